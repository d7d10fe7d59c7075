"""A size: a number, a letter, or a product of those, a tuple: the length of vec W is mn.

>>> times("m", ("n", 2), 3)
(6, 'm', 'n')
>>> in_numbers(("m", "n"), {"m": 3, "n": 2}), letters_of("m", ("m", "n"), 1)
(6, ('m', 'n'))
>>> size_text((6, "m")), shape_text(("m", 1)), shape_text(("n",)), shape_text(())
('6m', 'm×1', 'flat of size n', 'a number')
"""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias


class Unknown:
    """A size that nothing has settled yet."""

    __slots__ = ()


Size: TypeAlias = "int | str | Unknown | tuple[Size, ...]"
Shape: TypeAlias = tuple[Size, ...]  # () of a number, ("n",) flat, ("m", "n") of a matrix


def times(*sizes: Size) -> Size:
    """Return a product of sizes in one normal form: one number in front, 1 left out."""
    parts = [p for x in sizes for p in (x if isinstance(x, tuple) else (x,))]
    number = math.prod(p for p in parts if isinstance(p, int))
    parts = [number] * (number != 1) + [p for p in parts if not isinstance(p, int)]
    return tuple(parts) if len(parts) > 1 else parts[0] if parts else 1


def letters_of(*sizes: Size) -> tuple[str, ...]:
    """Return the letters in sizes, or in shapes, each once, in order."""
    parts = (p for x in sizes for p in (letters_of(*x) if isinstance(x, tuple) else (x,)))
    return tuple(dict.fromkeys(p for p in parts if isinstance(p, str)))


def in_numbers(size: Size, numbers: Mapping[Any, int]) -> int:
    """Return a size as a number; ``numbers`` gives one for each letter."""
    if isinstance(size, tuple):
        return math.prod(in_numbers(x, numbers) for x in size)
    return size if isinstance(size, int) else numbers[size]


def size_text(size: Size) -> str:
    """Return a size as people write it; a product of sizes, as of vec W, is a tuple."""
    return "".join(map(size_text, size)) if isinstance(size, tuple) else str(size)


def shape_text(shape: Shape) -> str:
    """Return "m×n", "a number", or "flat of size n"."""
    if len(shape) == 1:
        return f"flat of size {size_text(shape[0])}"
    return "×".join(map(size_text, shape)) or "a number"
