"""The model: L = ‖Wu − v‖² and its three gradients.

With r = Wu − v (shapes as in `wuv.shapes`), the loss is L = rᵀr and

======  ============  ==========  ==========================================
wrt     gradient      shape       chapter
======  ============  ==========  ==========================================
``u``   2 Wᵀ r        ``(n, 1)``  Find the gradient with respect to u
``v``   −2 r          ``(m, 1)``  Find the gradient with respect to v
``W``   2 r uᵀ        ``(m, n)``  Find the gradient with respect to W
======  ============  ==========  ==========================================

>>> from wuv.shapes import column
>>> W, u, v = [[1, 2], [0, 1], [3, -1]], column(1, 2), column(1, 0, -1)
>>> loss(W, u, v)
24
>>> grad_u(W, u, v)
array([[20],
       [16]])

A batch is the same three lines: u of shape ``(n, N)`` and v of shape ``(m, N)`` hold N pairs as
columns, r becomes a matrix, and L = ‖WU − V‖²_F; ``mean=True`` divides loss and gradients by N.

Whole numbers give whole numbers (means of them, Fractions); float32, float64 and complex arrays
keep their type. Complex numbers are not conjugated, so that the complex step works.

Source: Petersen & Pedersen, The Matrix Cookbook (15 November 2012), equations 84, 87 and 88.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Array, Number, ShapeError, all_finite, finite, fitting, problem


class Gradients(NamedTuple):
    """The three gradients, each of the shape of its variable."""

    W: Array
    u: Array
    v: Array


def residual(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """Return r = Wu − v, shape ``(m, 1)``, or ``(m, N)`` for a batch.

    Raises ``wuv.ShapeError`` where shapes do not fit, ``TypeError`` for entries that are not
    numbers, ``ValueError`` for NaN or infinity; so do all functions of this module.
    """
    return _residual(*fitting(W, u, v))


def loss(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, mean: bool = False) -> Number:
    """Return L = ‖Wu − v‖² as a number; for a batch the sum over its N pairs, or their mean."""
    r = residual(W, u, v)
    total = (r * r).sum()
    if isinstance(total, np.integer):
        total = int(total)
    return _share(total, r.shape[1]) if mean else total


def grad_u(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, mean: bool = False) -> Array:
    """Return ∂L/∂u = 2Wᵀr, the shape of u. Why Wᵀ, and on the left? Chapter `gradient_u`."""
    W, u, v = fitting(W, u, v)
    return W.T @ _doubled(_residual(W, u, v), mean)


def grad_v(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, mean: bool = False) -> Array:
    """Return ∂L/∂v = −2r, the shape of v."""
    return -_doubled(residual(W, u, v), mean)


def grad_W(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, mean: bool = False) -> Array:
    """Return ∂L/∂W = 2ruᵀ, the shape of W."""
    W, u, v = fitting(W, u, v)
    return np.dot(_doubled(_residual(W, u, v), mean), u.T)


def gradients(
    W: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    *,
    mean: bool = False,
    out: Iterable[Array] | None = None,
) -> Gradients:
    """Return all three gradients from one residual, as ``Gradients(W, u, v)``.

    ``out``, three arrays made like the result, receives the values in place, as in NumPy: for a
    large W, making a new array can cost more than filling it.

    Raises ``wuv.ShapeError`` also where an array of ``out`` cannot hold its gradient.
    """
    W, u, v = fitting(W, u, v)
    r = _residual(W, u, v)
    r2 = _doubled(r, mean) if mean else np.multiply(r, 2, out=r)
    if out is None:
        return Gradients(np.dot(r2, u.T), np.dot(W.T, r2), -r2)
    out = Gradients(*out)
    for name, like, given in zip(Gradients._fields, (W, u, v), out, strict=True):
        wanted, kind, flags = like.shape, np.result_type(W, r2), given.flags
        if given.shape != wanted or given.dtype != kind or not flags.c_contiguous:
            raise ShapeError(
                f"out.{name} must be a contiguous array of shape {wanted} and type {kind}; "
                f"make it with np.empty({wanted}, dtype={str(kind)!r})"
            )
    # np.dot, not @: for one column @ takes a slower road to the outer product
    np.dot(r2, u.T, out=out.W)
    np.dot(W.T, r2, out=out.u)
    np.negative(r2, out=out.v)
    return out


def hessian_u(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """Return ∂²L/∂u², which is 2WᵀW, shape ``(n, n)``; for a batch one such block per column."""
    W, u, v = problem(W, u, v)
    W = finite("W", W)
    return np.kron(np.eye(u.shape[1], dtype=W.dtype), 2 * (W.T @ W))


def hessian_v(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """Return ∂²L/∂v², which is 2I, shape ``(m, m)``; for a batch ``(mN, mN)``."""
    W, u, v = problem(W, u, v)
    finite("W", W)
    return 2 * np.eye(v.size, dtype=v.dtype)


def hessian_W(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """Return ∂²L/∂W², which is 2uuᵀ ⊗ I, shape ``(mn, mn)``.

    Rows and columns follow vec W, the columns of W stacked: entry (i, j) stands at place jm + i.
    """
    W, u, v = problem(W, u, v)
    finite("W", W)
    return np.kron(2 * (u @ u.T), np.eye(W.shape[0], dtype=u.dtype))


def _residual(W, u, v):
    r = W @ u
    r = np.subtract(r, v, out=r if r.dtype == v.dtype else None)
    # NaN and infinity show in r; those of W not where u has a zero: so a large W is read only then.
    seen = W.size > 4 * u.size and (u.all() or all_finite(W[:, (u == 0).any(axis=1)]))
    if not all_finite(r) or not (seen or all_finite(W)):
        for name, given in (("u", u), ("v", v), ("W", W)):
            finite(name, given)
    return r


def _doubled(r, mean):
    return _share(2 * r, r.shape[1]) if mean else 2 * r


def _share(total, N):
    """Divide by N, exactly where whole numbers allow it."""
    if np.asarray(total).dtype.kind in "iuO":
        return total * Fraction(1, N)
    return total / N
