"""The smallest case that shows a mistake: small sizes first, then small whole numbers.

>>> from wuv.diagnosis.reading import read_answer
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> case = smallest(read_answer("2*W@(W@u - v)", asked), asked)
>>> case["W"].tolist(), case["yours"].tolist(), case["right"].tolist()
([[0, 0], [1, 0]], [[0], [0]], [[-2], [0]])
"""

import random
from itertools import product as every

import numpy as np

from wuv.algebra import AlgebraError
from wuv.diagnosis.points import Here

LARGEST = (1, 2, 3, 9)
DRAWS = 24
MOST_SIZES = 40
CLOSE = 1e-9


def smallest(answer, asked, differ=None):
    """Return {names to values, "yours", "right"} at a point where the answer is not the gradient,
    or None where none was found. ``differ`` says whether two values count as different."""
    if differ is None:
        return smallest(answer, asked, apart) or smallest(answer, asked, different)
    draw = random.Random(2096582)
    for sizes in _sizes(asked):
        for largest in LARGEST:
            found = []
            for _ in range(DRAWS):
                here = _drawn(draw, asked, sizes, largest)
                if _shows(answer, asked, here, differ):
                    found.append(here)
            if found:
                best = min(found, key=_size)
                return case_at(answer, asked, _shrunk(answer, asked, best, differ))
    return None


def different(yours, right):
    """Return whether two values are not the same, shapes included."""
    if yours.shape != right.shape:
        return True
    size = max(1.0, float(abs(right).max()), float(abs(yours).max()))
    return not bool((abs(yours - right) <= CLOSE * size).all())  # NaN is near to nothing


def apart(yours, right):
    """Return whether two values are not the same numbers, however they are laid out."""
    if yours.size == right.size:
        return different(yours.ravel(), right.ravel())
    return bool(np.any(right)) and bool(np.any(yours))


def _sizes(asked):
    letters = asked.sizes
    found = [dict(zip(letters, some, strict=True)) for some in every((1, 2), repeat=len(letters))]
    found.sort(key=lambda sizes: sum(sizes.values()))
    return [*found, dict.fromkeys(letters, 3)][:MOST_SIZES]


def _drawn(draw, asked, sizes, largest):
    arrays = {}
    for name, shape in asked.shapes.items():
        shape = tuple(_length(x, sizes) for x in shape)
        found = np.empty(shape, dtype=object)
        for i in np.ndindex(shape):
            found[i] = draw.randint(0 if draw.random() < 0.8 else -largest, largest)
        arrays[name] = found if shape else found.item()
    return Here(arrays, sizes)


def _length(size, sizes):
    if isinstance(size, tuple):
        return int(np.prod([_length(x, sizes) for x in size]))
    return size if isinstance(size, int) else sizes[size]


def _shows(answer, asked, here, differ):
    with np.errstate(all="ignore"):
        yours = answer.quickly(here)
        if yours is None or not np.all(np.isfinite(yours)):
            return False
        right = truth(asked, here)
    return right is not None and np.all(np.isfinite(right)) and differ(yours, right)


def truth(asked, here):
    """Return the gradient at a point in floating point, in the shape of the variable; or None."""
    shape = asked.result_shape(here.arrays)
    if asked.right is not None:
        found = here.book(asked.right)
        return None if found is None or found.size != np.prod(shape) else found.reshape(shape)
    try:
        found = np.asarray(asked.truth(here.values), dtype=object).astype(float)
    except (AlgebraError, TypeError, ValueError):
        return None
    return found.reshape(shape)


def _size(here):
    return sum(abs(x) for a in here.arrays.values() for x in np.ravel(a)), str(here.arrays)


def _shrunk(answer, asked, here, differ):
    """Put 0 or 1 for one number after the other, as long as the mistake still shows."""
    for name in here.arrays:
        for i in np.ndindex(np.shape(here.arrays[name])):
            for simple in (0, 1):
                now = np.array(here.arrays[name], dtype=object)
                if now[i] in (0, simple):
                    break
                now[i] = simple
                new = now if now.shape else now.item()
                other = Here({**here.arrays, name: new}, here.sizes)
                if _shows(answer, asked, other, differ):
                    here = other
                    break
    return here


def case_at(answer, asked, here):
    """Return the case at a point, with exact values where there are any."""
    yours, right = answer.quickly(here), truth(asked, here)
    try:
        if answer.tree is not None:
            yours = np.asarray(answer.exactly(here), dtype=object)
        right = np.asarray(asked.truth(here.values), dtype=object)
    except AlgebraError:
        pass
    return {**here.arrays, "yours": yours, "right": right}
