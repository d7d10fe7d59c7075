"""Equal, but for rounding: exact numbers exactly, others relative to the largest of them.

>>> close(Fraction(1, 3), Fraction(1, 3)), close(1, 1 + Fraction(1, 10**30)), close(0.1 + 0.2, 0.3)
(True, False, True)
>>> alike(np.array([1.0, 2]), np.array([[1.0], [2]])), close([1, float("nan")], [1, float("nan")])
(False, False)
"""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Number

CLOSE = 1e-8  # in floating point


def close(a: ArrayLike, b: ArrayLike, scale: Number = 1, tolerance: float = CLOSE) -> bool:
    """Return whether two values with as many entries, or two numbers, are equal: whole numbers and
    fractions exactly, others up to ``tolerance`` of the largest, or of ``scale``."""
    a, b = np.ravel(a), np.ravel(b)
    if not a.dtype == b.dtype == float:
        a, b = a.astype(object), b.astype(object)
        if all(isinstance(x, int | Fraction) for some in (a, b) for x in some):
            return bool(np.all(a == b))
    try:
        largest = max(scale, abs(a).max(), abs(b).max())
        return bool(np.all(abs(a - b) <= tolerance * largest))  # NaN is near to nothing
    except OverflowError:
        return False  # a whole number that floating point does not reach


def alike(a: ArrayLike, b: ArrayLike, **how: Number) -> bool:
    """Return whether two arrays have one shape and are `close`."""
    return np.shape(a) == np.shape(b) and close(a, b, **how)
