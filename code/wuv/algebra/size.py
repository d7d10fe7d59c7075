"""A size: a number, a letter, a product of those, a tuple, or a sum: the length of vec W is mn.

>>> times("m", ("n", 2), 3)
(6, 'm', 'n')
>>> size_text(plus("n", -1)), size_text(plus("m", "n", 2)), plus("n", 1, -1)
('n−1', 'm+n+2', 'n')
>>> in_numbers(("m", "n"), {"m": 3, "n": 2}), letters_of("m", ("m", "n"), 1)
(6, ('m', 'n'))
>>> size_text((6, "m")), shape_text(("m", 1)), shape_text(("n",)), shape_text(())
('6m', 'm×1', 'flat of size n', 'a number')
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


class Unknown:
    """A size that nothing has settled yet."""

    __slots__ = ()


@dataclass(frozen=True)
class Sum:
    """A sum of sizes and a number: of x[1:] the length n − 1."""

    parts: "tuple[Size, ...]"
    number: int = 0


Size: TypeAlias = "int | str | Unknown | Sum | tuple[Size, ...]"
Shape: TypeAlias = tuple[Size, ...]  # () of a number, ("n",) flat, ("m", "n") of a matrix


def times(*sizes: Size) -> Size:
    """Return a product of sizes in one normal form: one number in front, 1 left out."""
    parts = [p for x in sizes for p in (x if isinstance(x, tuple) else (x,))]
    number = math.prod(p for p in parts if isinstance(p, int))
    parts = [number] * (number != 1) + [p for p in parts if not isinstance(p, int)]
    return tuple(parts) if len(parts) > 1 else parts[0] if parts else 1


def plus(*sizes: Size) -> Size:
    """Return a sum of sizes in one normal form."""
    flat = [(x.parts, x.number) if isinstance(x, Sum) else ((x,), 0) for x in sizes]
    parts = sorted((p for some, _ in flat for p in some if not isinstance(p, int)), key=repr)
    number = sum(k for _, k in flat) + sum(p for some, _ in flat for p in some if type(p) is int)
    if not parts:
        return number
    return parts[0] if len(parts) == 1 and not number else Sum(tuple(parts), number)


def minus(a: Size, b: Size) -> "Size | None":
    """Return a − b where that is a size that can be said, as (m + n) − m is; else None."""
    rest = [*addends(a)]
    for x in addends(b):
        if isinstance(x, int):
            rest.append(-x)
        elif x in rest:
            rest.remove(x)
        else:
            return None
    return plus(*rest)


def addends(size: Size) -> tuple[Size, ...]:
    """Return what a sum of sizes adds up."""
    return (*size.parts, size.number) if isinstance(size, Sum) else (size,)


def parts_of(size: Size) -> tuple[Size, ...]:
    """Return what a product or a sum of sizes is made of; of others nothing."""
    return size.parts if isinstance(size, Sum) else size if isinstance(size, tuple) else ()


def letters_of(*sizes: Size) -> tuple[str, ...]:
    """Return the letters in sizes, or in shapes, each once, in order."""
    parts = (p for x in sizes for p in (letters_of(*parts_of(x)) if parts_of(x) else (x,)))
    return tuple(dict.fromkeys(p for p in parts if isinstance(p, str)))


def in_numbers(size: Size, numbers: Mapping[Any, int]) -> int:
    """Return a size as a number; ``numbers`` gives one for each letter."""
    if isinstance(size, tuple):
        return math.prod(in_numbers(x, numbers) for x in size)
    if isinstance(size, Sum):
        return sum(in_numbers(x, numbers) for x in size.parts) + size.number
    return size if isinstance(size, int) else numbers[size]


def size_text(size: Size) -> str:
    """Return a size as people write it; a product of sizes, as of vec W, is a tuple."""
    if isinstance(size, Sum):
        number = f"{size.number:+d}".replace("-", "−") if size.number else ""
        return "+".join(map(size_text, size.parts)) + number
    if isinstance(size, tuple):
        return "".join(f"({size_text(x)})" if isinstance(x, Sum) else size_text(x) for x in size)
    return str(size)


def shape_text(shape: Shape) -> str:
    """Return "m×n", "a number", or "flat of size n"."""
    if len(shape) == 1:
        return f"flat of size {size_text(shape[0])}"
    return "×".join(map(size_text, shape)) or "a number"
