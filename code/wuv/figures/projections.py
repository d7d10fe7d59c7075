"""Projections: the point Wu of the columns' plane that is nearest to v, and the residual there."""

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, arrow, beside, drawn
from wuv.shapes import ShapeError, column, matrix
from wuv.written import listed, number_text

SLANT = np.array([0.25, 0.5])  # one step away from the reader, on the page


def projection(W: ArrayLike, v: ArrayLike) -> Picture:
    """Draw v over the plane of the columns of W, the point Wu* below it and r between; `Picture`.

    W has shape ``(3, 2)``, v ``(3, 1)``. The triangle of 0, Wu* and v is drawn in its true shape;
    what lies in the plane on either side of it is slanted.

    Raises ``wuv.ShapeError`` for other shapes, and ``ValueError`` where the columns span no plane
    or 0, Wu* and v are no triangle.
    """
    W, v = matrix("W", W), column(*np.ravel(np.asarray(v)))
    if W.shape != (3, 2) or v.shape != (3, 1):
        raise ShapeError(f"W has shape {W.shape}, v {v.shape}; there is room for (3, 2) and (3, 1)")
    W, v = W.astype(float), v.astype(float)
    if np.linalg.matrix_rank(W) < 2:
        raise ValueError("the columns of W lie on one line and span no plane")
    foot = W @ np.linalg.lstsq(W, v, rcond=None)[0]
    r = foot - v
    far, high = np.linalg.norm(foot), np.linalg.norm(r)
    if min(far, high) < 1e-9 * np.linalg.norm(v):
        raise ValueError("v lies in the plane of the columns or at right angles to it; move it")
    along = foot / far
    away = np.cross(-r.ravel() / high, along.ravel()).reshape(3, 1)
    flat = np.vstack([along.T, away.T]) @ W  # the columns, in the plane
    flat[1] *= -np.sign(flat[1].sum() or 1)  # towards the reader, clear of the triangle

    def place(a, b=0.0, c=0.0):
        return np.array([a, c]) + b * SLANT

    columns = [place(*flat[:, k]) for k in (0, 1)]
    zero, below, above = place(0), place(far), place(far, c=high)
    left, right = min(0, *flat[0]) - 0.7, max(far, *flat[0]) + 0.3
    near, back = min(0, *flat[1]) - 0.5, max(0, *flat[1]) + 0.8
    corners = [place(left, near), place(right, near), place(right, back), place(left, back)]

    def draw(axes):
        axes.add_patch(Polygon(corners, facecolor=LIGHT["wash"], edgecolor=LIGHT["rule"]))
        style = {"shrinkA": 0, "shrinkB": 0}
        for k, tip in enumerate(columns):
            arrow(axes, zero, tip, "W", 14, **style)
            beside(
                axes, tip, (0, -13), ("first", "second")[k] + " column", "W", size=12, ha="center"
            )
        arrow(axes, zero, below, "u", 14, **style)
        arrow(axes, zero, above, "v", 14, **style)
        arrow(axes, above, below, "r", 12, linewidth=2.4, **style)
        side = 0.28 * min(far, high) * np.array([[-1, 0], [-1, 1], [0, 1]])
        axes.plot(*(below + side).T, color=LIGHT["ink"], linewidth=1)
        axes.plot(*zero, "o", color=LIGHT["ink"], markersize=5)
        beside(axes, zero, (-8, -4), "0", size=13, ha="right")
        beside(axes, below, (6, -9), r"$Wu^\ast$", "u", size=15)
        beside(axes, above, (2, 4), "$v$", "v", size=15)
        beside(axes, (above + below) / 2, (6, -4), r"$r^\ast$", "r", size=15)
        everything = np.array([*corners, above])
        (x, y), (x_end, y_end) = everything.min(axis=0), everything.max(axis=0)
        axes.set(xlim=(x - 0.05, x_end + 0.05), ylim=(y - 0.1, y_end + 0.3), aspect="equal")
        axes.axis("off")

    paired = [number_text(round(x, 9) + 0.0) for x in (W.T @ r).ravel()]
    alt = (
        f"v = {_three(v)} above the plane of the columns {listed(W[:, 0])} and {listed(W[:, 1])} "
        f"of W. The point of the plane nearest to v is Wu* = {_three(foot)}; the residual r* from "
        f"v to it, {_three(r)}, has the length {high:.3g} and stands at a right angle on the "
        f"plane: paired with the two columns it is {paired[0]} and {paired[1]}."
    )
    return drawn(draw, alt, 4.6, 2.9)


def _three(column):
    return f"({', '.join(number_text(float(f'{x:.3g}')) for x in column.ravel())})"
