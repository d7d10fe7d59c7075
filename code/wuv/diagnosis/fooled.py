"""Who would have been fooled: which common tests a wrong gradient passes.

>>> fooled("2*W@(W@u - v)", "u")
{'any W': False, 'square W': False, 'symmetric W': True, '1×1': True, 'r ∥ u': False, 'r = 0': True}

A test is a point of a kind that people like to test at. A slip passes if its values there are the
gradient's, in shape and in number, at every point of that kind that was tried: so a test that a
slip passes is one that cannot see it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from wuv.algebra import AlgebraError
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.points import Case, alike

TRIES = 6
TESTS = ("any W", "square W", "symmetric W", "1×1", "r ∥ u", "r = 0")


def fooled(answer: str | Callable[..., ArrayLike], wrt: str) -> dict[str, bool]:
    """Return {test: whether the answer passes} for an answer to this book's loss, a text or a
    function of W, u and v.

    Raises `wuv.algebra.AlgebraError` for a text that cannot be read.
    """
    asked = question(wrt)
    given = read_answer(answer, asked)
    return {test: _passes(given, asked, test) for test in TESTS}


def _passes(given, asked, test):
    draw = np.random.default_rng(2096582)
    for _ in range(TRIES):
        W, u, v = POINTS[test](draw)
        arrays = {k: x.astype(object) for k, x in {"W": W, "u": u, "v": v}.items()}
        here = Case(arrays, {"m": W.shape[0], "n": W.shape[1]})
        try:
            yours = given.quickly(here)
        except AlgebraError:
            return False
        if yours is None or not alike(np.asarray(yours, dtype=float), asked.truth_at(here)):
            return False
    return True


def _numbers(draw, *shape):
    return draw.integers(1, 10, shape) * draw.choice([-1, 1], shape)


def _any(draw):
    return _numbers(draw, 3, 2), _numbers(draw, 2, 1), _numbers(draw, 3, 1)


def _square(draw, size=3):
    return _numbers(draw, size, size), _numbers(draw, size, 1), _numbers(draw, size, 1)


def _symmetric(draw):
    W, u, v = _square(draw)
    return W + W.T, u, v


def _one(draw):
    return _square(draw, 1)


def _parallel(draw):
    W, u, _ = _square(draw)
    return W, u, W @ u - draw.integers(2, 5) * u


def _solved(draw):
    W, u, _ = _square(draw)
    return W, u, W @ u


POINTS = dict(zip(TESTS, (_any, _square, _symmetric, _one, _parallel, _solved), strict=True))
