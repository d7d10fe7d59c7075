"""Problems: whole numbers to try a formula on, chosen so that a wrong one cannot pass.

Case A is the book's running example, 3×2. Case B is square, 2×2, where shapes settle nothing.

>>> W, u, v = case_a()
>>> (W @ u - v).T
array([[4, 2, 2]])
"""

from typing import NamedTuple

import numpy as np

from wuv.shapes import Array, column


class Problem(NamedTuple):
    """W of shape ``(m, n)``, u of shape ``(n, 1)``, v of shape ``(m, 1)``."""

    W: Array
    u: Array
    v: Array


def case_a() -> Problem:
    """Return the book's running example, 3×2: r = (4, 2, 2), L = 24."""
    return Problem(np.array([[1, 2], [0, 1], [3, -1]]), column(1, 2), column(1, 0, -1))


def case_b() -> Problem:
    """Return the square example, 2×2, W not symmetric: r = (2, −1), L = 5."""
    return Problem(np.array([[1, 2], [0, 1]]), column(1, 1), column(1, 2))


def integer_problem(
    seed: int = 0, m: int | None = None, n: int | None = None, largest: int = 4
) -> Problem:
    """Return a random whole-number problem that hides no mistake.

    W is never square (m ≠ n; drawn from 2…5 where not given) and has full rank; u has no zero and
    neither has the residual. The same seed gives the same problem. Entries of W, u, v lie between
    ``-largest`` and ``largest``.

    Raises ``ValueError`` for m = n, for sizes below 1, and for ``largest`` below 2.
    """
    if largest < 2:
        raise ValueError(f"largest is {largest}; with fewer than 2 there are too few problems")
    rng = np.random.default_rng(seed)
    sizes = [k for k in range(2, 6) if k not in (m, n)]
    m = int(rng.choice(sizes)) if m is None else m
    n = int(rng.choice([k for k in sizes if k != m])) if n is None else n
    if m == n:
        raise ValueError(f"m = n = {n}: for square W, shapes cannot tell Wᵀr from Wr; vary one")
    if min(m, n) < 1:
        raise ValueError(f"the sizes are m = {m}, n = {n}; both must be at least 1")
    bounds = -largest, largest + 1
    W, u, v = (rng.integers(*bounds, size) for size in ((m, n), (n, 1), (m, 1)))
    while np.linalg.matrix_rank(W) < min(m, n):
        W = rng.integers(*bounds, W.shape)
    while not u.all():
        u = np.where(u == 0, rng.integers(*bounds, u.shape), u)
    while not (W @ u - v).all():
        v = np.where(W @ u == v, rng.integers(*bounds, v.shape), v)
    return Problem(W, u, v)
