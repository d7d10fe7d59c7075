"""Embeddings: W, u and v learned together, where u and v are columns of one table.

Things are numbered 0 to K − 1; E of shape ``(n, K)`` holds a column x for each. A pair (h, t) says
that t follows h, and W, ``(n, n)``, is to carry one column to the other: the loss of the pair is
‖Wx_h − x_t‖², the loss of the book with u = x_h and v = x_t.

>>> W, E = [[1, 2], [0, 1]], [[1, 0, -1, 0], [0, 1, 0, -1]]
>>> slope = table_gradients(W, E, heads=[0], tails=[1])
>>> slope.W.astype(int)
array([[ 2,  0],
       [-2,  0]])
>>> slope.E.astype(int)
array([[ 2, -2,  0,  0],
       [ 2,  2,  0,  0]])
>>> tail_ranks([[0, -1], [1, 0]], E, heads=[0, 1, 2, 3], tails=[1, 2, 3, 0])
array([1, 1, 1, 1])

Source: chapter `embeddings`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wuv.model import Gradients, gradients, loss
from wuv.shapes import Array, ShapeError, matrix, positive


class TableGradients(NamedTuple):
    """The gradients in W and in the table E, each of the shape of its variable."""

    W: Array
    E: Array


class Trained(NamedTuple):
    """What `train_embedding` returns; its losses are before the first pass and after each."""

    W: Array
    E: Array
    losses: Array


def table_gradients(
    W: ArrayLike,
    E: ArrayLike,
    heads: ArrayLike,
    tails: ArrayLike,
    *,
    gradient: Callable[..., Gradients] = gradients,
) -> TableGradients:
    """Return the gradients of the mean loss of these pairs in W and in E, as `TableGradients`.

    ``heads`` and ``tails`` are lists of B column numbers. Why ``np.add.at``? A thing may stand in
    several pairs, and once as a head and once as a tail: its column collects all their slopes,
    where ``E[:, heads] += …`` would keep only the last. ``gradient`` is as in `wuv.iterates`, for
    the sum of these pairs; it is divided by B here.

    With the book's own gradients whole numbers stay exact. Raises ``wuv.ShapeError`` and
    ``ValueError`` where arrays do not fit or a number is not that of a column.
    """
    W, E, heads, tails = _pairs(W, E, heads, tails)
    return _slopes(W, E, heads, tails, gradient)


def _slopes(W, E, heads, tails, gradient):
    if gradient is gradients:
        each = gradients(W, E[:, heads], E[:, tails], mean=True)
    else:
        each = [slope / heads.size for slope in gradient(W, E[:, heads], E[:, tails])]
    in_W, in_u, in_v = each
    in_E = np.zeros(E.shape, in_u.dtype)
    np.add.at(in_E.T, heads, in_u.T)
    np.add.at(in_E.T, tails, in_v.T)
    return TableGradients(in_W, in_E)


def train_embedding(
    W: ArrayLike,
    E: ArrayLike,
    heads: ArrayLike,
    tails: ArrayLike,
    *,
    learning_rate: float,
    passes: int = 100,
    margin: float = 0,
    decay: float = 0,
    unit: bool = False,
    gradient: Callable[..., Gradients] = gradients,
    seed: int = 0,
) -> Trained:
    """Learn W and the table together, one pair at a time; return what came out as `Trained`.

    Each pass goes through all pairs in a new random order; a step moves W and the two columns of
    a pair (h, t), all by the gradients at its start. Three ways to keep a table from collapsing, or
    not: with a ``margin``, each step also draws a wrong tail, any thing but t, and pushes it and
    Wx_h apart if their squared distance is below the margin; ``decay`` is the λ of a penalty
    λ(‖W‖² + ‖E‖²); ``unit`` divides every column of E by its length after each step, a column of
    zeros excepted. ``gradient`` is as in `wuv.iterates`: give a wrong one to see what it does.

    The losses are those of the pairs, without push and penalty. The same ``seed`` gives the same
    run. It ends early, with the last whole pass, where an entry reaches 1e50. Raises what
    `table_gradients` raises, and ``ValueError`` for a learning rate that is not positive, for
    passes, a margin or a decay below 0, and for a margin where there is only one thing.
    """
    W, E, heads, tails = _pairs(W, E, heads, tails)
    for name, number in (("passes", passes), ("the margin", margin), ("the decay", decay)):
        if not number >= 0:
            raise ValueError(f"{name} is {number}; it must be 0 or more")
    if margin and E.shape[1] == 1:
        raise ValueError("with one thing there is no wrong tail to push away; leave out the margin")
    W, E, eta = (
        W.astype(float),
        E.astype(float),
        float(positive("the learning rate", learning_rate)),
    )
    rng, losses = np.random.default_rng(seed), [loss(W, E[:, heads], E[:, tails], mean=True)]
    for _ in range(passes):
        before = W, E
        for pair in rng.permutation(heads.size):
            h, t = heads[[pair]], tails[[pair]]
            in_W, in_E = _slopes(W, E, h, t, gradient)
            if margin:
                wrong = (t + rng.integers(1, E.shape[1])) % E.shape[1]
                if ((W @ E[:, h] - E[:, wrong]) ** 2).sum() < margin:
                    push = _slopes(W, E, h, wrong, gradient)
                    in_W, in_E = in_W - push.W, in_E - push.E
            W, E = W - eta * (in_W + 2 * decay * W), E - eta * (in_E + 2 * decay * E)
            if unit:
                length = np.linalg.norm(E, axis=0)
                E = E / np.where(length, length, 1)
            if not max(abs(W).max(), abs(E).max()) < 1e50:
                return Trained(*before, np.array(losses))
        losses.append(loss(W, E[:, heads], E[:, tails], mean=True))
    return Trained(W, E, np.array(losses))


def tail_ranks(W: ArrayLike, E: ArrayLike, heads: ArrayLike, tails: ArrayLike) -> Array:
    """Return for each pair the rank of x_t among all columns of E, by distance from Wx_h.

    The nearest has rank 1. A tie counts against the tail: in a table whose columns are all the
    same, every rank is K. Raises what `table_gradients` raises.
    """
    W, E, heads, tails = _pairs(W, E, heads, tails)
    away = (W @ E[:, heads])[:, :, None] - E[:, None, :]
    squares = (away * away).sum(axis=0)
    own = squares[np.arange(heads.size), tails]
    return (squares <= own[:, None]).sum(axis=1)


def _pairs(W, E, heads, tails):
    W, E = matrix("W", W), matrix("E", E)
    if not W.shape[0] == W.shape[1] == E.shape[0]:
        raise ShapeError(
            f"W has shape {W.shape} and E {E.shape}; with {E.shape[0]} numbers for each thing, "
            f"W must be {E.shape[0]}×{E.shape[0]}, since it leads back into the same table"
        )
    heads, tails = np.asarray(heads), np.asarray(tails)
    if heads.shape != tails.shape or heads.ndim != 1 or heads.size == 0:
        raise ShapeError(
            f"heads have shape {heads.shape} and tails {tails.shape}; "
            "give two lists of column numbers, equally long"
        )
    for name, numbers in (("heads", heads), ("tails", tails)):
        if numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= E.shape[1]:
            raise ValueError(f"{name} must be whole numbers from 0 to {E.shape[1] - 1}")
    return W, E, heads, tails
