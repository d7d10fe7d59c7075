"""Conventions: an answer may be right for another constant in front of the loss.

>>> from fractions import Fraction
>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.scale import Scale
>>> is_convention(Scale(Fraction(1, 2)), question("u"))
True
>>> is_convention(Scale(Fraction(2)), question("u"))
False
"""

from fractions import Fraction

from wuv.algebra import walk
from wuv.diagnosis.question import squared
from wuv.diagnosis.scale import ONE, front

USUAL = {Fraction(1), Fraction(1, 2)}  # constants that people put in front of a loss


def is_convention(scale, asked):
    """Return whether a constant factor is one that people put in front of a loss, or leave out:
    ½, 1/N, 1/(2N), against the one that this loss has."""
    if scale.number <= 0 or scale == ONE:
        return False
    if scale.number != 1 and not any(map(squared, walk(asked.book))):
        return False
    total = scale.times(front(asked.book))
    return total.number in USUAL and all(k == -1 for _, k in total.sizes)
