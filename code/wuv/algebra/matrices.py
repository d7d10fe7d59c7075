r"""The functions of a whole matrix that are computed in floating point: each is one row.

>>> TABLE["expm"].value(np.zeros((2, 2))).tolist(), TABLE["nuclear"].numpy
([[1.0, 0.0], [0.0, 1.0]], "np.linalg.norm({}, 'nuc')")

For f(A) with a power series there is one slope for all: f of the block matrix (A dA; 0 A) has
df(A) in its upper right corner (Mathias, 1996), whatever f is. So no rule takes part where these
are judged. Values come from a decomposition, or from squarings and roots (Higham, Functions of
Matrices, chapters 5, 6 and 10).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from wuv.algebra.exact import Dual, Slopes
from wuv.algebra.tree import CannotEvaluate
from wuv.shapes import Array

HALVINGS, TERMS, MAX_STEPS = 2, 24, 60


class Row(NamedTuple):
    """A function: its ``value`` at an array of floats; its ``slope`` at (array, change), which is
    None where the block matrix gives it; the pattern of its NumPy text; its name in LaTeX; and its
    result, a "number", a "column" (to NumPy a "flat" array) or an array of the "same" shape."""

    op: str
    value: Callable[[Array], Any]
    slope: Callable[[Array, Array], Any] | None
    numpy: str
    result: str = "same"
    square: bool = True


def _expm(a):
    scale = max(0, int(np.ceil(np.log2(max(np.linalg.norm(a), 1e-300)))) + HALVINGS)
    found, term = np.eye(len(a)), np.eye(len(a))
    for k in range(1, TERMS):
        term = term @ a / (2**scale * k)
        found = found + term
    for _ in range(scale):
        found = found @ found
    return found


def _rotated(a):
    """Return cos A and sin A, of which exp(iA) consists."""
    n = len(a)
    both = _expm(np.block([[0 * a, -a], [a, 0 * a]]))
    return both[:n, :n], both[n:, :n]


def _sqrtm(a):
    """Return the principal root, by the iteration of Denman and Beavers."""
    root, inverse = a, np.eye(len(a))
    for _ in range(MAX_STEPS):
        root, inverse, last = (
            (root + np.linalg.inv(inverse)) / 2, (inverse + np.linalg.inv(root)) / 2, root,
        )  # fmt: skip
        if np.linalg.norm(root - last) <= 1e-15 * np.linalg.norm(root):
            break
    if not np.allclose(root @ root, a, rtol=1e-10, atol=1e-12):
        raise CannotEvaluate("a matrix has no real square root here")
    return root


def _logm(a):
    """Return the principal logarithm: of a root near I by its series, and doubled again."""
    eye, doubled = np.eye(len(a)), 0
    while np.linalg.norm(a - eye) > 0.2:
        if doubled > MAX_STEPS:
            raise CannotEvaluate("a matrix has no real logarithm here")
        a, doubled = _sqrtm(a), doubled + 1
    near = np.linalg.solve(a + eye, a - eye)  # log a = 2 artanh of this
    found, power = near, near
    for k in range(3, 2 * TERMS, 2):
        power = power @ near @ near
        found = found + power / k
    return found * 2.0 ** (doubled + 1)


def _symmetric(a):
    if not np.allclose(a, a.T):
        raise CannotEvaluate("eigvalsh takes a symmetric matrix, such as (X + X.T) / 2")
    return np.linalg.eigh(a)


def _eigenvalue_slopes(a, change):
    values, vectors = _symmetric(a)
    if np.any(np.diff(values) < 1e-9 * max(abs(values))):
        raise CannotEvaluate("a slope of eigenvalues where two are equal")
    return np.diagonal(vectors.T @ change @ vectors)


def _polar(a):
    u, _, v = np.linalg.svd(a, full_matrices=False)
    return u @ v


def _leading(a):
    u, values, v = np.linalg.svd(a)
    if len(values) > 1 and values[0] - values[1] < 1e-9 * values[0]:
        raise CannotEvaluate("a slope of the largest singular value where two are equal")
    return u[:, :1] @ v[:1]


def _no_slope(a, change):
    raise CannotEvaluate("the slope of singular or eigenvectors is not in the language")


ROWS = (
    Row("expm", _expm, None, "scipy.linalg.expm({})"),
    Row("logm", _logm, None, "scipy.linalg.logm({})"),
    Row("sqrtm", _sqrtm, None, "scipy.linalg.sqrtm({})"),
    Row("cosm", lambda a: _rotated(a)[0], None, "scipy.linalg.cosm({})"),
    Row("sinm", lambda a: _rotated(a)[1], None, "scipy.linalg.sinm({})"),
    Row("eigvalsh", lambda a: _symmetric(a)[0], _eigenvalue_slopes, "np.linalg.eigvalsh({})",
        "flat"),
    Row("eigenvalues", lambda a: _symmetric(a)[0].reshape(-1, 1),
        lambda a, change: _eigenvalue_slopes(a, change).reshape(-1, 1), "", "column"),
    Row("eigenvectors", lambda a: _symmetric(a)[1], _no_slope, "np.linalg.eigh({})[1]"),
    Row("spectral", lambda a: np.linalg.norm(a, 2), lambda a, change: (_leading(a) * change).sum(),
        "np.linalg.norm({}, 2)", "number", False),
    Row("nuclear", lambda a: np.linalg.norm(a, "nuc"), lambda a, change: (_polar(a) * change).sum(),
        "np.linalg.norm({}, 'nuc')", "number", False),
    Row("leading", _leading, _no_slope,
        "np.linalg.svd({})[0][:, :1] @ np.linalg.svd({})[2][:1]", square=False),
    Row("polar", _polar, _no_slope, "np.linalg.svd({}, full_matrices=False)[0]"
        " @ np.linalg.svd({}, full_matrices=False)[2]", square=False),
)  # fmt: skip
TABLE = {row.op: row for row in ROWS}


def call(op: str, a: Array) -> Array:
    """Return a function's value at an array of numbers, plain or dual."""
    level = max((x.level for x in a.flat if isinstance(x, Dual)), default=None)
    if level is None:
        try:
            return np.asarray(TABLE[op].value(a.astype(float)))
        except np.linalg.LinAlgError:
            raise CannotEvaluate(f"{op} of this matrix does not exist") from None
    here, change = np.empty_like(a), np.empty_like(a)
    for i, x in np.ndenumerate(a):
        moving = isinstance(x, Dual) and x.level == level
        here[i], change[i] = (x.value, x.slope) if moving else (x, 0)
    several = max((len(x.each) for x in change.flat if isinstance(x, Slopes)), default=None)
    if several is None:
        value, slopes = _moved(op, here, change)
    else:
        each = [x.each if isinstance(x, Slopes) else several * [x] for x in change.flat]
        ways = (np.array(some, dtype=object).reshape(a.shape) for some in zip(*each, strict=True))
        moves = [_moved(op, here, way) for way in ways]
        value, slopes = moves[0][0], np.empty(moves[0][0].shape, dtype=object)
        for i in np.ndindex(value.shape):
            slopes[i] = Slopes([slope[i] for _, slope in moves])
    found = np.empty(value.shape, dtype=object)
    for i in np.ndindex(value.shape):
        found[i] = Dual(value[i], slopes[i], level)
    return found


def _moved(op, here, change):
    """Return a function's value and its slope in one direction."""
    slope, n = TABLE[op].slope, len(here)
    if slope is not None:
        return call(op, here), np.asarray(slope(_plain(here), _plain(change)))
    block = call(op, np.block([[here, change], [0 * here, here]]))
    return block[:n, :n], block[:n, n:]


def _plain(a):
    if any(isinstance(x, Dual) for x in a.flat):
        raise CannotEvaluate("a second slope of singular values is not in the language")
    return a.astype(float)
