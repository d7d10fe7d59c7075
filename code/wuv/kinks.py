"""Kinks: places where a function has a slope on either side and no gradient, such as |x| at 0.

>>> import numpy as np
>>> kinks(lambda x: int(abs(x).sum() + 3 * x.sum()), np.array([0, 1]), [0], step=1)
{0: (2, 4)}
"""

from collections.abc import Callable, Iterable

import numpy as np

from wuv.difference import quotient, value
from wuv.shapes import Array, Number

SMOOTH = 16  # how much less a smooth function bends over the narrower step


def kinks(
    f: Callable[[Array], Number],
    x: Array,
    places: Iterable[int],
    step: Number | None = None,
    epsilon: float = 2.0**-52,
) -> dict[int, tuple[Number, Number]]:
    """Return {place: (slope on the left, on the right)} for those of the places in which f has a
    kink, up to the first that has none; a place counts the entries of x. Each takes 4 evaluations.

    ``epsilon`` is the machine epsilon of f; a whole ``step`` on whole numbers is exact. Of a
    complex x nothing is found.
    """
    found: dict[int, tuple[Number, Number]] = {}
    if x.dtype.kind == "c":
        return found
    here = value(f, x)
    for place in places:
        sides = _sides(f, x, place, here, step, epsilon)
        if sides is None:
            break
        found[int(place)] = sides
    return found


def _sides(f, x, place, here, step, epsilon):
    """Return the slopes on both sides of an entry where they differ however small the step."""
    if isinstance(step, int) and x.dtype.kind in "iO":
        narrow, noise, least = step, 0, 0
    else:
        x = x.astype(float) if x.dtype.kind in "iO" else x
        narrow = 2.0 ** round(np.log2(epsilon ** (1 / 3) * max(1, abs(x.flat[place])))) / SMOOTH
        noise, least = 32 * epsilon * abs(here) / narrow, epsilon ** (1 / 3)
    far, near = (_one_sided(f, x, place, here, h) for h in (SMOOTH * narrow, narrow))
    bend = abs(near[1] - near[0])
    seen = bend > noise + least * max(map(abs, near))
    return near if seen and 2 * bend > abs(far[1] - far[0]) else None


def _one_sided(f, x, place, here, h):
    slopes = []
    for move in (-h, h):
        moved = x.copy()
        moved.flat[place] += move
        slopes.append(quotient(value(f, moved) - here, move))
    return tuple(slopes)
