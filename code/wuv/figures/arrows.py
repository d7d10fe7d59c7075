"""Arrows in the plane of outputs: the residual, and the gradient in v."""

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, arrow, beside, drawn
from wuv.model import grad_v, residual
from wuv.shapes import problem
from wuv.written import listed


def residual_arrow(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Picture:
    """Draw r as the arrow from v to Wu, and the gradient −2r that starts at v; `Picture`.

    The circles around Wu are level lines of L as a function of v: the larger goes through v.

    Raises ``ValueError`` where v does not have two entries, or where r is zero: there is no arrow.
    """
    W, u, v = problem(W, u, v)
    if v.shape != (2, 1):
        raise ValueError(f"v has shape {v.shape}; arrows can be drawn for (2, 1) only")
    r, slope, output = residual(W, u, v), grad_v(W, u, v), W @ u
    if not r.any():
        raise ValueError("the residual is zero; there is no arrow")
    start, stop, tip = (point.reshape(-1).astype(float) for point in (v, output, v + slope))
    radius = np.hypot(*(stop - start))
    along = (stop - start) / radius
    up = np.array([-along[1], along[0]]) * (-1 if along[0] < 0 else 1)
    side = "left" if up[0] >= 0 else "right"
    value = f"{(r * r).sum():.6g}"

    def draw(axes):
        def label(text, place, offset, colour, ha="center"):
            beside(axes, place, offset, f"${text}$", colour, ha=ha, va="center", size=17)

        for part, line in ((0.5, ":"), (1, "-")):
            edge = {"edgecolor": LIGHT["faint"], "linestyle": line, "linewidth": 1.2}
            axes.add_patch(Circle(stop, part * radius, fill=False, **edge))
        for end, colour, line in ((tip, "v", "--"), (stop, "r", "-")):
            look = {"linestyle": line, "linewidth": 2.4, "shrinkA": 0, "shrinkB": 3}
            arrow(axes, start, end, colour, 20, **look)
        for point, colour in ((start, "v"), (stop, "W")):
            axes.plot(*point, "o", color=LIGHT[colour], markersize=8)
        label("r", (start + stop) / 2, 12 * up, "r")
        label(r"\nabla_v L = -2r", (start + tip) / 2, 14 * up, "v", side)
        label("v", start, -13 * up - 9 * along, "v")
        label("Wu", stop, -15 * up + 6 * along, "W")
        label(rf"L = {value}", stop - [0, 0.78 * radius], (0, 0), "ink")
        corners = np.array([stop - radius, stop + radius, tip])
        (left, bottom), (right, top) = corners.min(axis=0) - 0.5, corners.max(axis=0) + 0.5
        axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        axes.set(xlabel="first output", ylabel="second output")

    alt = (
        f"The plane of outputs. The residual r = {listed(r)} is an arrow from v = {listed(v)} to "
        f"Wu = {listed(output)}. The gradient −2r = {listed(slope)} starts at v and points the "
        f"other way, twice as long. Circles around Wu are level lines of the loss; on the one "
        f"through v it is {value}."
    )
    return drawn(draw, alt, 5.2, 3.6)
