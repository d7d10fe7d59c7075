"""The smallest case that shows a mistake: small sizes first, then small whole numbers.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> case = smallest(read_answer("2*W@(W@u - v)", asked), asked)
>>> case["W"].tolist(), case["yours"].tolist(), case["right"].tolist()
([[0, 0], [1, 0]], [[0], [0]], [[-2], [0]])
"""

import random

import numpy as np

from wuv import points
from wuv.algebra import AlgebraError
from wuv.diagnosis.question import with_alike
from wuv.points import Case, alike, close, draw

ROUNDED = 1e-12  # of the largest number around, is 0


def smallest(answer, asked, differ=None):
    """Return {names to values, "yours", "right"} at a point where the answer is not the gradient,
    or None where none was found. ``differ`` says whether two values count as different."""
    if differ is None:
        tried = (smallest(answer, asked, each) for each in (of_one_size, apart, different))
        return next((case for case in tried if case is not None), None)
    random_ = random.Random(2096582)

    def drawn(sizes, largest):
        sizes = with_alike(sizes, asked.alike)
        return asked.fitted(Case(draw(random_, asked.shapes, sizes, largest), sizes), random_)

    def shows(case):
        if not asked.assumed.hold(case.arrays):
            return False
        with np.errstate(all="ignore"):
            yours = answer.quickly(case)
            if yours is None or not np.all(np.isfinite(yours)):
                return False
            right = asked.truth_at(case)
        return right is not None and np.all(np.isfinite(right)) and differ(yours, right)

    case = points.smallest(asked.sizes, drawn, shows)
    return None if case is None else case_at(answer, asked, case)


def different(yours, right):
    """Return whether two values are not the same, shapes included."""
    return not alike(yours, right)


def of_one_size(yours, right):
    """Return whether two values are as many numbers, and not the same."""
    return yours.size == right.size and not close(yours, right)


def apart(yours, right):
    """Return whether two values are not the same numbers, however they are laid out."""
    if yours.size == right.size:
        return of_one_size(yours, right)
    return bool(np.any(right)) and bool(np.any(yours))


def case_at(answer, asked, case):
    """Return the case at a point, with exact values where there are any."""
    yours, right = answer.quickly(case), asked.truth_at(case)
    try:
        if answer.tree is not None:
            yours = np.asarray(answer.exactly(case), dtype=object)
        right = np.asarray(asked.truth(case.values), dtype=object)
    except AlgebraError:
        pass
    largest = max(abs(x) for a in (*case.arrays.values(), yours, right) for x in np.ravel(a))
    yours, right = (_rounded(x, ROUNDED * largest) for x in (yours, right))
    return {**case.arrays, "yours": yours, "right": right}


def _rounded(value, small):
    """Return an array in which what is 0 but for rounding is 0."""
    is_zero = [isinstance(x, float) and abs(x) <= small for x in np.ravel(value).tolist()]
    return np.where(np.reshape(is_zero, np.shape(value)), 0, value)
