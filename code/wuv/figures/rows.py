"""A row as the lines on which its number is the same, and its transpose as an arrow across them."""

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, beside, drawn, pointer
from wuv.shapes import ShapeError, matrix
from wuv.written import listed, number_text


def row_as_lines(row: ArrayLike, *nudges: ArrayLike, spacing: float = 20) -> Picture:
    """Draw what a row, shape ``(1, 2)``, makes of nudges, shape ``(2, 1)``; `Picture`.

    The lines are those on which the row times the nudge is a multiple of ``spacing``. The row's
    transpose is drawn as the arrow across them, as long as one space between two lines.

    Raises `wuv.ShapeError` for other shapes, ``ValueError`` for a row of zeros: it has no lines.
    """
    row, nudges = matrix("row", row), [matrix("nudge", nudge) for nudge in nudges]
    if row.shape != (1, 2) or any(nudge.shape != (2, 1) for nudge in nudges):
        raise ShapeError("lines can be drawn for a row of shape (1, 2) and nudges of shape (2, 1)")
    if not row.any():
        raise ValueError("a row of zeros gives 0 for every nudge; it has no lines")
    slope = row[0].astype(float)
    across = spacing * slope / (slope @ slope)  # from one line to the next
    reach = 1.25 * max([1.0, *(abs(nudge).max() for nudge in nudges)])
    most = int(reach * abs(slope).sum() / spacing)

    def draw(axes):
        along = reach * np.array([-slope[1], slope[0]]) / np.hypot(*slope)
        for step in range(-most, most + 1):
            start, stop = step * across - 4 * along, step * across + 4 * along
            axes.plot(*zip(start, stop, strict=True), "--", color=LIGHT["r"],
                      linewidth=2.2 if step == 0 else 1.2)  # fmt: skip
            label = step * across + 0.8 * along
            if abs(label).max() < 0.95 * reach:
                beside(axes, label, (4, 0), number_text(step * spacing), "r", size=12, va="bottom")
        look = {"linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
        for nudge in nudges:
            tip = nudge[:, 0].astype(float)
            pointer(axes, (0, 0), tip, "ink", 16, **look)
            away = 9 * np.sign(tip) + 5 * (tip == 0)
            beside(axes, tip, away, number_text((row @ nudge).item()), ha="left" if tip[0] >= 0 else
                   "right", va="bottom" if tip[1] >= 0 else "top", size=16)  # fmt: skip
        pointer(axes, (0, 0), across, "u", 18, **look | {"linewidth": 3})
        axes.set(aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
        axes.set_xlabel(r"$\mathrm{d}u_1$", size=16)
        axes.set_ylabel(r"$\mathrm{d}u_2$", size=16)
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_locator().set_params(nbins=4)
        axes.grid(False)

    read = [f"{listed(nudge)} gets {number_text((row @ nudge).item())}" for nudge in nudges]
    alt = (
        f"The plane of nudges. The row {listed(row)} is drawn as straight, parallel lines, equally "
        f"spaced, on which it gives the multiples of {number_text(spacing)}; its transpose as an "
        f"arrow at a right angle to them, from the line of 0 to that of {number_text(spacing)}. "
        f"Of the nudges {'; '.join(read)}."
    )
    return drawn(draw, alt, 4.4, 4.4)
