"""Shrinking: smaller numbers that show the same.

>>> from wuv.points.case import Case
>>> str(shrunk(Case({"u": [5, 7, -2]}, {}), lambda case: sum(case.arrays["u"]) > 5))
'u = (1, 7, 0)'
>>> small_sizes(("m",))[:4]
[{'m': 1}, {'m': 2}, {'m': 3}, {'m': 4}]
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from wuv.points.case import Case

LARGEST = (1, 2, 3, 9)  # whole numbers up to each are tried
DRAWS, FEW_DRAWS = 24, 2
MOST_SIZES = 40


def smallest(
    letters: Sequence[str],
    drawn: Callable[[dict[str, int], int], Case],
    shows: Callable[[Case], bool],
) -> Case | None:
    """Return a case that shows something: of small sizes first, then of small whole numbers; None
    where none was found. ``drawn(sizes, largest)`` draws one, ``shows(case)`` says whether it
    does."""
    for sizes in small_sizes(letters):
        for largest in LARGEST:
            draws = DRAWS if max(sizes.values(), default=1) <= 3 else FEW_DRAWS
            showing = [x for x in (drawn(sizes, largest) for _ in range(draws)) if shows(x)]
            if showing:
                return shrunk(min(showing, key=_weight), shows)
    return None


def small_sizes(letters: Sequence[str]) -> list[dict[str, int]]:
    """Return all sizes of 1 and 2, the smallest first, and 3; then each size alone up to 9, and
    all together."""
    every = [dict(zip(letters, some, strict=True)) for some in product((1, 2), repeat=len(letters))]
    every.sort(key=lambda sizes: sum(sizes.values()))
    every = [*every, dict.fromkeys(letters, 3)][:MOST_SIZES]
    for k in range(3, 10) if letters else ():
        every += [dict.fromkeys(letters, 1) | {x: k} for x in letters]
    every += [dict.fromkeys(letters, k) for k in range(4, 10)] * (len(letters) > 1)
    return [x for i, x in enumerate(every) if x not in every[:i]]


def _weight(case):
    arrays = [*case.arrays.values(), *case.changes.values()]
    return sum(abs(x) for a in arrays for x in np.ravel(a)), str(case)


def shrunk(case: Case, shows: Callable[[Case], bool]) -> Case:
    """Put 0 or 1 for one number of a case after the other, as long as it still ``shows``."""
    for part in ("arrays", "changes"):
        for name in getattr(case, part):
            for i in np.ndindex(np.shape(getattr(case, part)[name])):
                for simple in (0, 1):
                    now = np.array(getattr(case, part)[name], dtype=object)
                    if now[i] in (0, simple):
                        break
                    now[i] = simple
                    now = now if now.shape else now.item()
                    other = case.with_(**{part: {**getattr(case, part), name: now}})
                    if shows(other):
                        case = other
                        break
    return case
