"""Losses: how they fall, over steps, over u and over learning rates."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wuv.descent import History, descend, iterates, largest_learning_rate
from wuv.figures.picture import LIGHT, Picture, beside, drawn, told_apart
from wuv.model import loss
from wuv.shapes import problem


def loss_curve(histories: History | Mapping[str, History], *, every: str = "step") -> Picture:
    """Draw losses against steps on a logarithmic axis; `Picture`.

    ``histories`` is a `wuv.descent.History` or a dictionary of them by label, four at most.
    ``every`` names what a loss was recorded after: ``"step"``, or ``"pass"`` for `wuv.sgd`.

    Raises ``ValueError`` for more curves than can be told apart.
    """
    if isinstance(histories, History):
        histories = {"the loss": histories}
    lines = told_apart(histories, "curves")

    def draw(axes):
        for label, history, colour, line, marker in lines:
            axes.semilogy(history.losses, line, color=colour, marker=marker, label=label,
                          markevery=max(1, len(history.losses) // 8))  # fmt: skip
        axes.set(xlabel=every, ylabel="$L$")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if len(histories) > 1:
            axes.legend()

    plural = {"pass": "passes"}.get(every, f"{every}s")
    parts = [_course(label, history.losses, plural) for label, history in histories.items()]
    return drawn(draw, f"Loss against {every}, logarithmic: {'; '.join(parts)}.", 5.2, 3.2)


def _course(label, losses, units):
    verb = "falls" if losses[-1] < losses[0] else "grows" if losses[-1] > losses[0] else "stays"
    return f"{label} {verb} from {losses[0]:.3g} to {losses[-1]:.3g} in {len(losses) - 1} {units}"


def loss_surface(
    W: ArrayLike, v: ArrayLike, descents: Mapping[str, Mapping[str, Any]], *, steps: int = 30
) -> Picture:
    """Draw the level lines of L over u = (u₁, u₂) and the paths of descents in u; `Picture`.

    ``descents`` maps a label to the keywords of `wuv.descent.iterates`: ``u`` (the start, shape
    ``(2, 1)``), ``learning_rate`` and, if need be, ``gradient`` and ``momentum``. What goes farther
    from the minimum than the starts leaves the picture.

    Raises ``ValueError`` where u does not have two entries: the page has two directions.
    """
    paths = {}
    for label, how in descents.items():
        start = problem(W, how["u"], v)[1]
        if start.shape != (2, 1):
            raise ValueError(f"u has shape {start.shape}; a surface can be drawn for (2, 1) only")
        points = list(islice(iterates(W=W, v=v, **how), steps + 1))
        paths[label] = np.hstack([point.u for point in points]), points[-1].loss
    W, v = np.asarray(W, float), np.asarray(v, float)
    best = np.linalg.lstsq(W, v, rcond=None)[0]
    x, y = _window(best, [path for path, _ in paths.values()])
    grid = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    heights = ((W @ grid - v) ** 2).sum(axis=0).reshape(x.size, y.size)
    lines = told_apart(paths, "paths")

    def draw(axes):
        low, high = heights.min(), heights.max()
        levels = low + (high - low) * np.linspace(0.02, 1, 12) ** 2
        axes.contour(x, y, heights, levels, colors=LIGHT["rule"], linewidths=1)
        axes.plot(*best, "*", color=LIGHT["ink"], markersize=12, label="minimum", linestyle="")
        for label, (path, _), colour, line, marker in lines:
            axes.plot(*path, line, color=colour, marker=marker, label=label, linewidth=1.4)
        axes.set(xlabel="$u_1$", ylabel="$u_2$", aspect="equal")
        axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        axes.grid(False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=2)

    alt = (
        "Level lines of L over u are ellipses around the minimum at "
        f"({best[0, 0]:.3g}, {best[1, 0]:.3g}); {path_words(paths, steps)}."
    )
    return drawn(draw, alt, 4.4, 4.9)


def _window(best, paths):
    """Return the two axes of a square that holds the minimum and the paths, where these stay no
    farther from it than they began."""
    far = max(np.abs(path[:, :1] - best).max() for path in paths)
    points = np.hstack([best, *paths])
    points = points[:, np.abs(points - best).max(axis=0) <= 1.001 * far]
    low, high = points.min(axis=1), points.max(axis=1)
    half = 0.62 * (high - low).max()
    return [np.linspace(middle - half, middle + half, 121) for middle in (low + high) / 2]


def path_words(paths, steps):
    """Return where ``{label: (points as columns, last loss)}``, paths in a plane, begin and end."""
    return "; ".join(
        f"{label} starts at ({path[0, 0]:.3g}, {path[1, 0]:.3g}) and after {steps} steps is at "
        f"({path[0, -1]:.3g}, {path[1, -1]:.3g}), loss {last:.3g}"
        for label, (path, last) in paths.items()
    )


def learning_rates(
    W: ArrayLike, u: ArrayLike, v: ArrayLike, *, vary: str = "u", steps: int = 8
) -> Picture:
    """Draw the loss after some steps against the learning rate, and the limit; `Picture`.

    What is drawn is L − L_min, divided by its value at the start, for rates from 0 to 1.3 times
    `wuv.descent.largest_learning_rate`.
    """
    limit = largest_learning_rate(W, u, v, vary=vary)
    rates = limit * np.arange(1, 131) / 100
    least = _least(W, u, v, vary)
    start = float(loss(W, u, v)) - least
    left = np.array(
        [
            (descend(W, u, v, vary=vary, learning_rate=eta, steps=steps).last.loss - least) / start
            for eta in rates
        ]
    )
    left = np.maximum(left, 1e-16)
    below, above = rates < limit, rates >= limit

    def draw(axes):
        axes.semilogy(rates[below], left[below], color=LIGHT["W"], label="converges")
        axes.semilogy(rates[above], left[above], "--", color=LIGHT["r"], label="diverges")
        axes.axvline(limit, color=LIGHT["ink"], linewidth=1, linestyle=":")
        axes.axhline(1, color=LIGHT["faint"], linewidth=1)
        beside(axes, (limit, left.min()), (-6, 4), f"limit {limit:.3g}", ha="right")
        axes.set(xlabel=r"learning rate $\eta$", ylabel=f"what is left after {steps} steps")
        axes.legend(loc="upper left")

    best = rates[left.argmin()]
    alt = (
        f"What is left of the loss above its minimum after {steps} steps, against the learning "
        f"rate: least near {best:.3g}, {left[99]:.2g} at the limit {limit:.3g}, growing beyond."
    )
    return drawn(draw, alt, 5.4, 3.4)


def _least(W, u, v, vary):
    """Return the smallest loss that moving one array can reach."""
    if vary == "u":
        W, v = np.asarray(W, float), np.asarray(v, float)
        return float(((W @ np.linalg.lstsq(W, v, rcond=None)[0] - v) ** 2).sum())
    return 0.0
