"""Relations: the columns of a table as points of the plane, and where W carries them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, beside, drawn, pointer
from wuv.shapes import ShapeError, matrix


def relation(W: ArrayLike, E: ArrayLike, names: Sequence[str]) -> Picture:
    """Draw the columns of E as named points, and an arrow from each x to Wx; `Picture`.

    W has shape ``(2, 2)``, E ``(2, K)``, and ``names`` are K words. An arrow that ends in a point
    carries its thing there.

    Raises ``wuv.ShapeError`` for other shapes: the page has two directions.
    """
    W, E = matrix("W", W), matrix("E", E)
    if W.shape != (2, 2) or E.shape != (2, len(names)):
        raise ShapeError(
            f"W has shape {W.shape}, E {E.shape}, and there are {len(names)} names; "
            f"a page has room for (2, 2) and {(2, len(names))}"
        )
    moved = W @ E
    squares = ((moved[:, :, None] - E[:, None, :]) ** 2).sum(axis=0)
    middle = E.mean(axis=1, keepdims=True)
    outward = E - middle
    outward = outward / np.maximum(np.linalg.norm(outward, axis=0), 1e-12)

    def draw(axes):
        for start, stop in zip(E.T, moved.T, strict=True):
            pointer(axes, start, stop, "W", 16, linewidth=1.8, shrinkA=4, shrinkB=4)
        axes.plot(*E, "o", color=LIGHT["u"], markersize=8)
        for name, point, away in zip(names, E.T, outward.T, strict=True):
            beside(axes, point, 20 * away, name, ha="center", va="center", size=13)
        every = np.hstack([E, moved])
        centre, reach = middle[:, 0], 1.35 * np.abs(every - middle).max()
        x, y = ((at - reach, at + reach) for at in centre)
        axes.set(xlim=x, ylim=y, aspect="equal", xlabel="first entry", ylabel="second entry")

    carried = ", ".join(f"{names[i]} to {names[j]}" for i, j in enumerate(squares.argmin(axis=1)))
    around = np.argsort(np.arctan2(outward[1], outward[0]))
    turned = np.roll(around, -int(np.flatnonzero(around == 0)[0]))
    order = ", ".join(names[i] for i in turned)
    alt = (
        f"{len(names)} points in the plane, anticlockwise {order}. "
        f"Arrows for W, each to the point nearest its tip: {carried}."
    )
    return drawn(draw, alt, 4.4, 4.2)
