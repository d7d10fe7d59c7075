"""A case: numbers for all letters of a formula.

>>> case = Case({"W": np.array([[1, 2]]), "u": np.array([3, 4])}, {"m": 1, "n": 2, "k": 7})
>>> str(case)
'k = 7, W = (1, 2), u = (3, 4)'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wuv.points.fast import Values, precise
from wuv.shapes import Array, Number
from wuv.written import array_text


@dataclass(frozen=True, eq=False)
class Case:
    """Numbers for all letters: ``arrays`` exact and as they were declared, ``sizes``, the
    ``changes`` of those that vary, and free ``indices``. Two are equal if all numbers are."""

    arrays: Mapping[str, Array | Number]
    sizes: Mapping[str, int]
    changes: Mapping[str, Array | Number] = field(default_factory=dict)
    indices: Mapping[str, int] = field(default_factory=dict)

    def __eq__(self, other):
        return isinstance(other, Case) and self._numbers == other._numbers

    def __hash__(self):
        return hash(self._numbers)

    @cached_property
    def _numbers(self):
        parts = {**self.values, **{f"d{k}": x for k, x in self.changes.items()}}
        return tuple((k, np.shape(x), *np.ravel(x)) for k, x in parts.items())

    def __str__(self):
        # a size that an array shows is not said again
        seen = {x for a in self.arrays.values() for x in np.shape(a)}
        shown = {**{k: v for k, v in self.sizes.items() if v not in seen}, **self.indices}
        shown |= self.arrays
        shown |= {f"d{k}": v for k, v in self.changes.items()}
        return ", ".join(f"{k} = {text(v)}" for k, v in shown.items())

    def with_(self, **parts: Mapping[str, Any]) -> "Case":
        """Return the case with other numbers: ``arrays``, ``changes`` or ``indices``."""
        return replace(self, **parts)

    @property
    def values(self) -> dict[str, Array | Number]:
        """Everything that a formula may contain, for `wuv.algebra.evaluate`."""
        return {**self.sizes, **self.arrays, **self.indices}

    @cached_property
    def typed(self) -> Values:
        """Fast values for NumPy text: what was declared flat is flat."""
        return Values({k: _floats(x) for k, x in self.values.items()})

    @cached_property
    def book(self) -> Values:
        """Fast values for a textbook's formulas: columns where NumPy may have flat arrays."""
        return Values({k: _column(_floats(x)) for k, x in self.values.items()})

    def precise(self, book: bool) -> Values:
        """Return values with 50 digits."""
        names = {k: np.asarray(x, dtype=object) for k, x in self.values.items()}
        return precise({k: _column(x) for k, x in names.items()} if book else names)


def _floats(x):
    return np.asarray(x, dtype=object).astype(float)


def _column(x):
    return x.reshape(-1, 1) if x.ndim == 1 else x


def text(value: ArrayLike) -> str:
    """Return a number or an array as one short line, with minus signs as they are typed."""
    if isinstance(value, tuple):
        return f"{text(value[0])} + {text(value[1])}i"
    return array_text(value).replace("−", "-")
