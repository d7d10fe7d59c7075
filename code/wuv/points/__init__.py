r"""wuv.points: the points at which formulas are tried, and how what they come to is compared.

>>> from wuv.algebra import read_latex
>>> shapes = {"W": ("m", "n"), "u": ("n", 1)}
>>> import random
>>> tall = sizes_for("tall", ("m", "n"))
>>> case = Case(draw(random.Random(1), shapes, tall, "whole"), tall)
>>> case.sizes, case.arrays["W"].shape
({'m': 3, 'n': 2}, (3, 2))
>>> def shows(case):
...     return bool(case.book(read_latex("W u")).any())
>>> str(shrunk(case, shows))
'W = [[0, 0], [0, 0], [0, 1]], u = (0, 1)ᵀ'

The modules: `case` (numbers for all letters), `drawing` (which sizes, which numbers), `shrinking`
(smaller numbers that show the same), `closeness` (equal but for rounding), `fast` (many formulas at
one case), `degrees` (how many points are enough), `sameness` (do two formulas come to the same).
"""

from wuv.points.case import Case, text
from wuv.points.closeness import alike, close
from wuv.points.drawing import draw, sizes_anew, sizes_for
from wuv.points.sameness import same_value
from wuv.points.shrinking import shrunk, smallest

__all__ = [
    "Case",
    "alike",
    "close",
    "draw",
    "same_value",
    "shrunk",
    "sizes_anew",
    "sizes_for",
    "smallest",
    "text",
]
