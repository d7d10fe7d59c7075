"""Curvature: what a step leaves in each direction, and a saddle between two valleys."""

from collections.abc import Mapping
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike

from wuv.descent import contraction_factor, iterates
from wuv.figures.losses import path_words
from wuv.figures.picture import LIGHT, Picture, beside, drawn, told_apart
from wuv.shapes import column


def contraction_factors(hessian: ArrayLike, methods: Mapping[str, Mapping[str, float]]) -> Picture:
    """Draw the factor by which a step shrinks what is left, against the curvature; `Picture`.

    ``methods`` maps a label to the keywords of `wuv.descent.contraction_factor`: ``learning_rate``
    and, if need be, ``momentum``. Upright lines stand at the least and the largest eigenvalue of
    ``hessian``, a symmetric matrix.
    """
    small, *_, large = np.linalg.eigvalsh(np.asarray(hessian, float))
    curvatures = np.linspace(0, 1.2 * large, 601)
    lines = told_apart(methods, "methods")

    def draw(axes):
        for label, how, colour, line, marker in lines:
            factors = contraction_factor(curvatures, **how)
            look = {"color": colour, "marker": marker, "markevery": 60}
            axes.plot(curvatures, factors, line, label=label, **look)
        for curvature, name in ((small, "min"), (large, "max")):
            axes.axvline(curvature, color=LIGHT["ink"], linewidth=1, linestyle=":")
            label = rf"$\lambda_{{\mathrm{{{name}}}}}$"
            beside(axes, (curvature, 0), (5, 4), label, size=13)
        axes.axhline(1, color=LIGHT["faint"], linewidth=1)
        axes.set(xlabel=r"curvature $\lambda$", ylabel="factor per step", ylim=(0, 1.3))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

    parts = []
    for label, how in methods.items():
        ends = contraction_factor(np.array([small, large]), **how)
        inside = contraction_factor(np.linspace(small, large, 601), **how)
        parts.append(
            f"{label}, {ends[0]:.3g} and {ends[1]:.3g}, between them from {inside.min():.3g} "
            f"to {inside.max():.3g}"
        )
    alt = (
        "Factor per step against curvature; at the least eigenvalue "
        f"{small:.3g} and the largest {large:.3g}: {'; '.join(parts)}."
    )
    return drawn(draw, alt, 5.2, 3.6)


def saddle(
    v: float, descents: Mapping[str, tuple[float, float, float]], *, steps: int = 60
) -> Picture:
    """Draw the loss (wu − v)² of two numbers w and u, and paths in both; `Picture`.

    ``v`` is a positive number. ``descents`` maps a label to a start (w, u) and a learning rate. The
    minima are the two branches of the hyperbola wu = v; at the origin is the saddle.
    """
    paths = {}
    for label, (w, u, learning_rate) in descents.items():
        start = [[w]], column(u), column(v)
        points = iterates(*start, vary="Wu", learning_rate=learning_rate)
        points = list(islice(points, steps + 1))
        path = np.array([[point.W.item(), point.u.item()] for point in points]).T
        paths[label] = path, points[-1].loss
    reach = 1.35 * max(np.sqrt(v), *(np.abs(path).max() for path, _ in paths.values()))
    x = np.linspace(-reach, reach, 161)
    heights = (np.multiply.outer(x, x) - v) ** 2
    branch = np.geomspace(v / reach, reach, 101)
    lines = told_apart(paths, "paths")

    def draw(axes):
        levels = v**2 * np.array([0.25, 1, 2.25, 4, 9, 16, 25])
        axes.contour(x, x, heights, levels, colors=LIGHT["rule"], linewidths=1)
        for sign, label in ((1, "$wu = v$"), (-1, None)):
            style = {"color": LIGHT["ink"], "linewidth": 2, "label": label}
            axes.plot(sign * branch, sign * v / branch, **style)
        axes.plot(0, 0, "x", color=LIGHT["ink"], markersize=9, label="saddle")
        for label, (path, _), colour, line, marker in lines:
            style = {"color": colour, "marker": marker, "markersize": 4, "linewidth": 1.4}
            axes.plot(*path, line, label=label, **style)
        axes.set(xlabel="$w$", ylabel="$u$", aspect="equal", xlim=(-reach, reach))
        axes.set(ylim=(-reach, reach))
        axes.grid(False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=2)

    alt = (
        f"Level lines of (wu − {v:.3g})² over w and u: two valleys along the branches of the "
        f"hyperbola wu = {v:.3g}, and between them a saddle at the origin, of height "
        f"{v * v:.3g}; {path_words(paths, steps)}."
    )
    return drawn(draw, alt, 4.4, 4.9)
