"""Pixels: columns of numbers shown as small pictures, with what is below 0 in another colour."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, block, drawn, frame, write
from wuv.shapes import ShapeError

SHADES = 5
GAP = 1.5  # between pictures, in pixels


def pixels(
    columns: ArrayLike, labels: Sequence[str], *, wide: int = 5, shape: tuple[int, int] = (8, 8)
) -> Picture:
    """Draw each column of an array as a picture, ``wide`` of them in a row; `Picture`.

    ``columns`` has shape ``(rows · columns of a picture, N)``; there are N labels. The darker, the
    further from 0, on one scale for all; numbers below 0 have another colour, and are hatched.

    Raises ``wuv.ShapeError`` where the columns are no pictures of this shape, or N labels are not
    given.
    """
    values = np.asarray(columns, float)
    if values.ndim != 2 or values.shape[0] != shape[0] * shape[1]:
        raise ShapeError(f"columns of {shape[0] * shape[1]} entries are wanted, not {values.shape}")
    if len(labels) != values.shape[1]:
        raise ShapeError(f"there are {values.shape[1]} pictures and {len(labels)} labels")
    largest = np.abs(values).max() or 1
    shades = np.rint(values / largest * SHADES).astype(int)
    rows = -(-len(labels) // wide)
    across, down = shape[1] + GAP, shape[0] + GAP + 2

    def draw(axes):
        for place, label in enumerate(labels):
            left, top = place % wide * across, -(place // wide) * down
            block(axes, left, top - shape[0], shape[1], shape[0], edge="rule", linewidth=0.8)
            picture = shades[:, place].reshape(shape)
            for shade in np.unique(picture[picture != 0]):
                axes.add_patch(_squares(np.argwhere(picture == shade), left, top, shade))
            write(axes, left + shape[1] / 2, top - shape[0] - 1.3, label, size=12)
        frame(axes, (-0.3, wide * across - GAP + 0.3), (-rows * down + 0.4, 0.3), aspect="equal")

    alt = f"{len(labels)} pictures of {shape[0]} by {shape[1]} squares: {', '.join(labels)}."
    if (values < 0).any():
        alt += f" Entries run from {values.min():.2g} to {values.max():.2g}."
    return drawn(draw, alt, 6.0, 6.0 * rows * down / (wide * across))


def _squares(places, left, top, shade):
    """Return all squares of one shade as one patch."""
    corners = np.array([[0, 0], [1, 0], [1, -1], [0, -1], [0, 0]])
    vertices = [corners + np.array([left + column, top - row]) for row, column in places]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(places)
    look = {"facecolor": LIGHT["W"], "edgecolor": "none"}
    if shade < 0:
        look = {"facecolor": LIGHT["u"], "edgecolor": LIGHT["ink"], "hatch": "////", "linewidth": 0}
    return PathPatch(Path(np.concatenate(vertices), codes), alpha=abs(shade) / SHADES, **look)
