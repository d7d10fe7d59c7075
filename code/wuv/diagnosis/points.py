"""Points: whole numbers at which formulas are compared, chosen so that a wrong one shows.

>>> from wuv.diagnosis.question import question
>>> tall = place(question("u"), "tall")
>>> {name: x.shape for name, x in tall.arrays.items()}
{'W': (3, 2), 'u': (2, 1), 'v': (3, 1)}
>>> {name: x.shape for name, x in place(question("u"), "square").arrays.items()}
{'W': (3, 3), 'u': (3, 1), 'v': (3, 1)}

"tall" and "wide" have all sizes different, "square" has them equal: formulas whose sizes clash in
general still have values there. In "free" every array is a square matrix, so that any product of
letters has a value and its order shows.
"""

import random
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from wuv.algebra import walk
from wuv.algebra.tree import ELEMENTWISE
from wuv.diagnosis.fast import Values, precise

SIZES = {
    "tall": (3, 2, 4, 5, 7, 6),
    "wide": (2, 3, 5, 4, 3, 7),
    "odd": (4, 3, 2, 3, 5, 2),
    "square": (3,) * 6,
    "small square": (2,) * 6,
    "one": (1,) * 6,
    "free": (3,) * 6,
}
ROUGH = set(ELEMENTWISE) - {"abs", "sign"} | {"det"}
WAYS = 6


@dataclass(frozen=True)
class Here:
    """Values for every name: ``arrays`` as they were declared, exact, and numbers for sizes."""

    arrays: dict
    sizes: dict

    @property
    def values(self):
        """Everything that a formula may contain, for `wuv.algebra.evaluate`."""
        return {**self.sizes, **self.arrays}

    @cached_property
    def typed(self):
        """Fast values for NumPy text: what was declared flat is flat."""
        return Values({k: _floats(x) for k, x in self.values.items()})

    @cached_property
    def book(self):
        """Fast values for a textbook's formulas: columns where NumPy may have flat arrays."""
        names = {k: _floats(x) for k, x in self.values.items()}
        return Values({k: x.reshape(-1, 1) if x.ndim == 1 else x for k, x in names.items()})

    def precise(self, book):
        """Return values with 50 digits."""
        names = {k: np.asarray(x, dtype=object) for k, x in self.values.items()}
        if book:
            names = {k: x.reshape(-1, 1) if x.ndim == 1 else x for k, x in names.items()}
        return precise(names)


def _floats(x):
    return np.asarray(x, dtype=object).astype(float)


def place(asked, kind, seed=0, spread=None):
    """Return a point of a kind at which the loss has a slope, the same for the same seed; None
    where none was found. ``spread`` is the largest whole number, for a rational loss."""
    numbers = SIZES[kind]
    sizes = {x: numbers[i % len(numbers)] for i, x in enumerate(asked.sizes)}
    rough = any(x.op in ROUGH for x in walk(asked.book))
    for way in (2, 1, 3, 5) if rough else (0, 1, 3, 4):
        for again in range(3):
            draw = random.Random(f"{kind} {seed} {way} {again}")
            arrays = {
                name: _drawn(draw, shape, sizes, way, kind, spread)
                for name, shape in asked.shapes.items()
            }
            here = Here(arrays, sizes)
            if kind == "free" or _has_slope(asked, here):
                return here
    return None


def _has_slope(asked, here):
    with np.errstate(all="ignore"):
        if asked.right is None:
            found = here.typed(asked.read)
        else:
            found = here.book(asked.right)
            loss = here.book(asked.book)
            if loss is None or not np.all(np.isfinite(loss)):
                return False
    return found is not None and bool(np.all(np.isfinite(found)))


def _drawn(draw, shape, sizes, way, kind, spread):
    """Return an array of whole numbers, or of sixteenths where functions must stay moderate."""
    shape = tuple(_size(x, sizes) for x in shape)
    if kind == "free" and shape:
        shape = (3, 3)
    found = np.empty(shape, dtype=object)
    for i in np.ndindex(shape):
        found[i] = _number(draw, way, spread)
    if way in (3, 5) and len(shape) == 2 and shape[0] == shape[1]:
        for i in range(shape[0]):
            found[i, i] += 4
    return found if shape else found.item()


def _number(draw, way, spread):
    if way == 0:
        return draw.choice((-1, 1)) * draw.randint(1, spread or 13)
    if way == 4:
        return draw.randint(1, spread or 13)
    sixteenths = draw.randint(3, 23)
    sign = draw.choice((-1, 1)) if way in (2, 5) else 1
    return Fraction(sign * sixteenths, 16)


def _size(size, sizes):
    if isinstance(size, tuple):
        return int(np.prod([_size(x, sizes) for x in size]))
    return size if isinstance(size, int) else sizes[size]
