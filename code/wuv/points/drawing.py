"""Drawing: which sizes are tried, and which numbers.

>>> sizes_for("wide", ("m", "n")), sizes_for("square", ("m", "n"))
({'m': 2, 'n': 3}, {'m': 3, 'n': 3})
>>> import random
>>> draw_array(random.Random(1), (2, 2), "well conditioned").tolist()
[[Fraction(71, 16), Fraction(21, 16)], [Fraction(5, 16), Fraction(75, 16)]]

Numbers are whole, or sixteenths where functions must stay moderate; fractions, not floating point:
a determinant that is 0 then is 0, and not 1e-17.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

import numpy as np

from wuv.algebra.size import Shape, in_numbers
from wuv.points.degrees import FAR, SPREAD
from wuv.shapes import Array, Number

# For the letters in the order in which they appear, and what each is for.
SIZES = {
    "tall": (3, 2, 4, 5, 7, 6),  # all different: what does not fit in general has no value
    "wide": (2, 3, 5, 4, 3, 7),  # the same, and no inverse of WᵀW
    "odd": (4, 3, 2, 3, 5, 2),  # another pair, so that a constant is told from a size
    "square": (3,) * 6,  # all equal: what clashes in general has a value
    "small square": (2,) * 6,
    "one": (1,) * 6,  # where a matrix is a number
}


LARGEST = 9  # of the sizes that are drawn anew
ANEW = (1, 4, 7)  # the least of these


class Numbers(NamedTuple):
    """Whole numbers from ``low`` to ``high``, over ``below``; with ``signed`` their opposites, too,
    and with ``diagonal`` that much more on the diagonal of a square matrix."""

    low: int
    high: int
    below: int = 1
    signed: bool = False
    diagonal: int = 0


NUMBERS = {
    "any": Numbers(-SPREAD, SPREAD),  # for a bound by the lemma of Schwartz and Zippel
    "far": Numbers(-FAR, FAR),  # for one at a single point
    "whole": Numbers(1, 13, signed=True),  # for polynomials: no zero hides anything
    "positive": Numbers(1, 13),
    "quarters": Numbers(-39, 39, 4),  # for any function, some of the draws being refused
    "moderate": Numbers(3, 23, 16, signed=True),  # for exp and the like
    "small": Numbers(1, 12, 16, signed=True),  # for arcsin
    "large": Numbers(20, 60, 16),  # for arccosh
    "positive moderate": Numbers(3, 23, 16),  # for logarithms and roots
    "well conditioned": Numbers(3, 23, 16, diagonal=4),  # for inverses
    "signed well conditioned": Numbers(3, 23, 16, signed=True, diagonal=4),
}


def sizes_for(kind: str, letters: Iterable[str]) -> dict[str, int]:
    """Return {letter: number} of a kind in `SIZES`."""
    row = SIZES[kind]
    return {x: row[i % len(row)] for i, x in enumerate(letters)}


def sizes_anew(random_: Random, letters: Sequence[str]) -> list[dict[str, int]]:
    """Return a few [{letter: number}] drawn anew, the last of them large."""
    return [{x: random_.randint(least, LARGEST) for x in letters} for least in ANEW]


def draw(
    random_: Random, shapes: Mapping[str, Shape], numbers: Mapping[str, int], kind: str | int
) -> dict[str, Array | Number]:
    """Return {name: array} for {name: shape}, with ``numbers`` for the letters in the shapes.

    The kind is one of `NUMBERS`, or a whole number: then small ones up to it are drawn, most of
    them positive, as a person likes to see them.
    """
    return {
        name: draw_array(random_, tuple(in_numbers(x, numbers) for x in shape), kind)
        for name, shape in shapes.items()
    }


def draw_array(random_: Random, shape: tuple[int, ...], kind: str | int) -> Array | Number:
    """Return an array of numbers of a kind, or one number for the shape ()."""
    array = np.empty(shape, dtype=object)
    array.flat[:] = [_number(random_, kind) for _ in range(array.size)]
    if kind in NUMBERS and len(shape) == 2 and shape[0] == shape[1]:
        for i in range(shape[0]):
            array[i, i] += NUMBERS[kind].diagonal
    return array if shape else array.item()


def _number(random_, kind):
    if kind not in NUMBERS:
        return random_.randint(0 if random_.random() < 0.8 else -kind, kind)
    low, high, below, signed, _ = NUMBERS[kind]
    x = random_.randint(low, high) * (random_.choice((-1, 1)) if signed else 1)
    return Fraction(x, below) if below > 1 else x
