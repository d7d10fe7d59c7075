"""Counting: how many multiplications a computation takes, the same on every machine.

>>> W, u = np.ones((3, 2)), np.ones((2, 1))
>>> count_multiplications(lambda W, u: W @ u, W, u)
6

The numbers themselves count, so what is counted is what the code does, not what a formula says:
a product of an m×k and a k×n matrix counts mkn.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def count_multiplications(f: Callable[..., Any], *arrays: ArrayLike) -> int:
    """Return how many times two numbers are multiplied while ``f(*arrays)`` is computed.

    A product with a constant, such as 2, counts; a change of sign does not. What ``f`` does to the
    arrays may be ``*``, ``@``, ``+``, ``-`` and comparisons; others, such as ``**`` and ``/``,
    raise ``TypeError``.
    """
    tally = [0]
    f(*(_counted(array, tally) for array in arrays))
    return tally[0]


def _counted(array, tally):
    counted = np.empty(np.shape(array), dtype=object)
    counted.flat = [_Counted(x, tally) for x in np.asarray(array).flat]
    return counted


class _Counted:
    """A number that counts its multiplications."""

    def __init__(self, number, tally):
        self.number, self.tally = number, tally

    def __mul__(self, other):
        self.tally[0] += 1
        return _Counted(self.number * _number(other), self.tally)

    def __add__(self, other):
        return _Counted(self.number + _number(other), self.tally)

    def __sub__(self, other):
        return _Counted(self.number - _number(other), self.tally)

    def __neg__(self):
        return _Counted(-self.number, self.tally)

    def __gt__(self, other):
        return self.number > _number(other)

    def __ge__(self, other):
        return self.number >= _number(other)

    __rmul__, __radd__ = __mul__, __add__


def _number(x):
    return x.number if isinstance(x, _Counted) else x
