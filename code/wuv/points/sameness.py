"""Whether two formulas come to the same, wherever both have a value.

>>> from wuv.algebra import read_latex
>>> a, b, c = map(read_latex, ("(x + y)^T (x + y)", "x^T x + 2 x^T y + y^T y", "x^T x + y^T y"))
>>> shapes = {"x": ("n", 1), "y": ("n", 1)}
>>> same_value(a, b, shapes, book=True), same_value(a, c, shapes, book=True)
(True, False)
"""

from collections.abc import Mapping
from random import Random

import numpy as np

from wuv.algebra import Expr
from wuv.algebra.size import Shape, letters_of
from wuv.points.case import Case
from wuv.points.closeness import alike, close
from wuv.points.drawing import draw, sizes_for

KINDS = ("tall", "wide", "square")
NUMBERS = ("moderate", "positive moderate", "well conditioned")


def same_value(a: Expr, b: Expr, shapes: Mapping[str, Shape], *, book: bool) -> bool:
    """Return whether two formulas have one value, in floating point, at random points of several
    sizes; False where they could be tried at none. ``book`` says by whose rules they go."""
    tried = 0
    for kind in KINDS:
        sizes = sizes_for(kind, letters_of(*shapes.values()))
        for numbers in NUMBERS:
            case = Case(draw(Random(f"{kind} {numbers}"), shapes, sizes, numbers), sizes)
            with np.errstate(all="ignore"):
                both = [(case.book if book else case.typed)(x) for x in (a, b)]
            if any(x is None or not np.all(np.isfinite(x)) for x in both):
                continue
            alone = both[0].size == both[1].size == 1
            if not (close if alone else alike)(*both):
                return False
            tried += 1
    return tried > 0
