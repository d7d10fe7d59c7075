"""Descent: what gradients are for.

One step moves each varied array against its gradient: u ← u − η ∂L/∂u, with the learning rate η.
`exact_step` is the η that makes the loss along this line least; momentum repeats a part of the last
move.

>>> from wuv.problems import case_a
>>> W, u, v = case_a()
>>> descend(W, u, v, learning_rate=0.05, steps=3).losses.round(2).tolist()
[24.0, 3.44, 0.84, 0.37]
>>> exact_step(W, u, v)
Fraction(41, 612)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from wuv.difference import quotient
from wuv.model import Gradients, gradients, loss
from wuv.shapes import Array, Number, ShapeError, finite, positive, problem

Rate: TypeAlias = float | str | Callable[[int], float]


class Point(NamedTuple):
    """Where a descent stands: the three arrays (shapes as in `wuv.shapes`) and the loss there."""

    W: Array
    u: Array
    v: Array
    loss: float


@dataclass(frozen=True)
class History:
    """A finished descent: the losses it passed through, and the last `Point`.

    `descend` records the loss before the first step and after each; `sgd` the mean loss of all
    pairs, before the first pass and after each.
    """

    losses: Array
    last: Point


def iterates(
    W: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    *,
    vary: str = "u",
    learning_rate: Rate,
    momentum: float = 0,
    gradient: Callable[..., Gradients] = gradients,
) -> Iterator[Point]:
    """Yield the `Point` of a descent before the first step, after one step, after two, and so on.

    ``vary`` names the arrays that move: ``"u"``, ``"W"``, ``"Wu"``, ``"Wuv"``…; all of them use
    the gradients at the start of the step. ``learning_rate`` is η: a number, a function of the step
    (0, 1, 2, …), or ``"exact"``, the `exact_step` at each point. ``momentum`` is β: each step
    repeats this part of the one before (heavy ball; chapter `momentum`). ``gradient(W, u, v)``
    returns a `wuv.model.Gradients`; give a wrong one to see what it does. It ends only where
    numbers grow beyond floating point: take what you need, as `descend` does.

    Raises ``ValueError`` for a ``vary`` that names no array, a learning rate that is not positive,
    a momentum below 0 or not below 1, or a gradient of another shape than its array, and what
    `wuv.model.residual` raises.

    Source of the heavy ball: Polyak, USSR Computational Mathematics and Mathematical Physics 4, 5
    (1964), 1–17.
    """
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum}; it must be at least 0 and below 1")
    arrays, rate = _floating(W, u, v, vary), _schedule(learning_rate)
    if isinstance(learning_rate, str) and learning_rate == "exact":
        rate = _line_search(vary)
    return _iterates(arrays, vary, rate, gradient, float(momentum))


def _iterates(arrays, vary, rate, gradient, momentum):
    step, before = 0, arrays
    while arrays is not None:
        yield _point(arrays)
        eta = rate(step, arrays)
        last = {name: momentum * (arrays[name] - before[name]) for name in vary if momentum}
        before, arrays = arrays, _moved(arrays, vary, eta, gradient, last)
        step += 1


def descend(
    W: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    *,
    vary: str = "u",
    learning_rate: Rate,
    momentum: float = 0,
    steps: int = 100,
    gradient: Callable[..., Gradients] = gradients,
) -> History:
    """Make ``steps`` steps of gradient descent and return their `History`; see `iterates`.

    A descent that grows beyond all numbers ends early, at the last finite loss.

    Raises ``ValueError`` for a negative number of steps, and where the loss at the start is too
    large for floating point.
    """
    path = iterates(W, u, v, vary=vary, learning_rate=learning_rate, momentum=momentum,
                    gradient=gradient)  # fmt: skip
    return _history(path, "steps", steps)


def exact_step(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, vary: str = "u") -> Number:
    """Return the learning rate that makes the loss after one step in one array least.

    With the gradient g and the Hessian H in that array it is gᵀg / gᵀHg; H is not formed, since
    gᵀHg is 2‖s‖² where s is what g does to the residual: Wg for u, g for v, gu for W. Whole
    numbers give a whole number or a Fraction.

    Raises ``ValueError`` where ``vary`` names more than one array (the loss along the step is then
    no parabola) and where the gradient is zero, since every rate leaves the loss as it is.
    """
    W, u, v = _real(W, u, v, vary)
    rise, bend = _parabola(W, u, v, _alone(vary))
    if not bend:
        raise ValueError(f"the gradient in {vary} is zero here; there is nowhere to go")
    return quotient(rise, bend)


def _parabola(W, u, v, vary):
    """Return gᵀg and gᵀHg, both by the same factor too small for floats of any size."""
    # Python's own whole numbers: a product of two gradients may not fit 64 bits
    W, u, v = (a.astype(object) if a.dtype.kind == "i" else a for a in (W, u, v))
    g = getattr(gradients(W, u, v), vary)
    if g.dtype.kind == "f" and g.any():
        g = g / abs(g).max()
    moved = {"u": lambda: W @ g, "v": lambda: g, "W": lambda: g @ u}[vary]()
    return (g * g).sum(), 2 * (moved * moved).sum()


def _line_search(vary):
    """Return the schedule of exact steps; at a minimum any rate does."""
    _alone(vary)

    def rate(step, arrays):
        rise, bend = _parabola(*arrays.values(), vary)
        return rise / bend if bend else 1

    return rate


def contraction_factor(
    curvature: ArrayLike, *, learning_rate: float, momentum: float = 0
) -> Number | Array:
    """Return the factor by which a step of descent shrinks what is left, in the long run.

    It belongs to one eigenvector of the Hessian; ``curvature`` is its eigenvalue λ, a number or an
    array of them. With the learning rate η and the momentum β a step multiplies what is left here
    and what was left one step before by the matrix [[1 + β − ηλ, −β], [1, 0]], and the factor is
    its larger eigenvalue, in absolute value; without momentum they are 1 − ηλ and 0. Chapter
    `momentum` derives it.
    """
    half = (1 + momentum - learning_rate * np.asarray(curvature, float)) / 2
    square = half**2 - momentum
    real = abs(half) + np.sqrt(np.maximum(square, 0))
    return np.where(square > 0, real, np.sqrt(float(momentum)))[()]


def sgd(
    W: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    *,
    vary: str = "W",
    learning_rate: float | Callable[[int], float],
    passes: int = 10,
    batch: int = 1,
    seed: int = 0,
) -> History:
    """Descend on a few pairs at a time: minibatch stochastic gradient descent; return a `History`.

    U ``(n, N)`` and V ``(m, N)`` hold N pairs as columns. Each pass goes through all pairs in a
    new random order, ``batch`` at a time, along the gradient of the *mean* loss of those at hand;
    ``learning_rate`` is a number or a function of the step. Of U and V, where ``vary`` names
    ``"u"`` or ``"v"``, only the columns at hand move. The same ``seed`` gives the same run.

    Raises ``ValueError`` for a batch below 1 or above N, and what `descend` raises; it ends early
    as `descend` does.
    """
    arrays, rate = _floating(W, U, V, vary), _schedule(learning_rate)
    N = arrays["u"].shape[1]
    if not 1 <= batch <= N:
        raise ValueError(f"the batch is {batch}; with {N} pairs it must be from 1 to {N}")
    path = _passes(arrays, vary, rate, batch, np.random.default_rng(seed))
    return _history(path, "passes", passes)


def _passes(arrays, vary, rate, batch, rng):
    N, step = arrays["u"].shape[1], 0
    while True:
        yield _point(arrays, mean=True)
        arrays = {name: value.copy() for name, value in arrays.items()}
        order = rng.permutation(N)
        for start in range(0, N, batch):
            at_hand = order[start : start + batch]
            few = {"W": arrays["W"], "u": arrays["u"][:, at_hand], "v": arrays["v"][:, at_hand]}
            few = _moved(few, vary, rate(step, few), partial(gradients, mean=True))
            if few is None:
                return
            for name in vary:
                arrays[name][:, slice(None) if name == "W" else at_hand] = few[name]
            step += 1


def largest_learning_rate(
    W: ArrayLike, u: ArrayLike, v: ArrayLike, *, vary: str = "u", mean: bool = False
) -> float:
    """Return the limit below which descent in one array converges, and above which it diverges.

    It is 2 / λ_max of the Hessian: 1/σ_max(W)² for u, 1 for v, 1/‖u‖² for W (1/σ_max(U)² for a
    batch), N times as much for the mean loss; infinity where the loss does not depend on the
    array. Chapter `descent` proves it.

    Raises ``ValueError`` where ``vary`` names more than one array: the loss is then no quadratic,
    and the limit moves with the descent.
    """
    W, u, v = _floating(W, u, v, vary).values()
    finite("W", W)
    _alone(vary)
    with np.errstate(divide="ignore", over="ignore"):
        size: Number = 1.0 if vary == "v" else np.linalg.norm(W if vary == "u" else u, 2)
        return float(np.divide(2 * (u.shape[1] if mean else 1), 2 * size**2))


def inverse_time(start: float, decay: float) -> Callable[[int], float]:
    """Return the schedule η(step) = start / (1 + decay · step), which lets `sgd` settle."""
    return lambda step: start / (1 + decay * step)


def _point(arrays, mean=False):
    with np.errstate(over="ignore", invalid="ignore"):
        return Point(**arrays, loss=loss(**arrays, mean=mean))


def _moved(arrays, vary, eta, gradient, last=None):
    """Return the arrays after one step, and what is kept of the ``last`` one; None where they would
    no longer be finite."""
    eta = float(positive("the learning rate", eta))
    with np.errstate(over="ignore", invalid="ignore"):
        slopes, moved = gradient(*arrays.values()), {}
        for name in vary:
            slope = getattr(slopes, name)
            if np.shape(slope) != arrays[name].shape:
                raise ShapeError(
                    f"the gradient in {name} has shape {np.shape(slope)}; "
                    f"it must have that of {name}, {arrays[name].shape}"
                )
            moved[name] = arrays[name] - eta * slope
            if last:
                moved[name] += last[name]
    return arrays | moved if all(np.isfinite(a).all() for a in moved.values()) else None


def _history(path, unit, count):
    if count < 0:
        raise ValueError(f"{unit} is {count}; it must be 0 or more")
    losses = []
    for point in islice(path, count + 1):
        if not np.isfinite(point.loss):
            break
        losses.append(point.loss)
        last = point
    if not losses:
        raise ValueError(
            "the loss at the start is too large for floating point; use smaller numbers"
        )
    return History(np.array(losses), last)


def _alone(vary):
    if len(vary) > 1:
        raise ValueError(
            f"vary is {vary!r}; only one array at a time has a fixed limit and an exact step"
        )
    return vary


def _floating(W, u, v, vary):
    """Return fresh floating-point arrays by name; exact ones would grow without end."""
    arrays = _real(W, u, v, vary)
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in arrays]
    return dict(zip("Wuv", (a.astype(k) for a, k in zip(arrays, kinds, strict=True)), strict=True))


def _real(W, u, v, vary):
    """Return the arrays as they are, if they are real and ``vary`` names some of them."""
    if not vary or not set(vary) <= set("Wuv") or len(set(vary)) < len(vary):
        raise ValueError(f"vary is {vary!r}; name the arrays that move, such as 'u' or 'Wu'")
    arrays = problem(W, u, v)
    if any(a.dtype.kind == "c" for a in arrays):
        raise TypeError("descent needs real numbers; take the real parts: W.real, u.real, v.real")
    return arrays


def _schedule(rate):
    """Return the learning rate as a function of the step and of the arrays there."""
    if isinstance(rate, Callable):
        return lambda step, arrays: rate(step)
    return lambda step, arrays: rate
