"""Curves: several functions of one number, beside each other."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, drawn, told_apart
from wuv.written import number_text


def curves(
    places: ArrayLike, heights: Mapping[str, ArrayLike], names: tuple[str, str] = ("$x$", "$y$")
) -> Picture:
    """Draw functions of one number; `Picture`.

    ``places`` is a flat array that grows, ``heights`` maps a label to the values there, four labels
    at most; ``names`` are written at the two axes. The words give the values at both ends and in
    the middle.

    Raises ``ValueError`` for more curves than can be told apart.
    """
    places = np.ravel(places)
    lines = told_apart(heights, "curves")

    def draw(axes):
        for label, curve, colour, line, _ in lines:
            axes.plot(places, np.ravel(curve), line, color=colour, label=label)
        axes.set(xlabel=names[0], ylabel=names[1])
        axes.legend()

    at = [0, places.size // 2, places.size - 1]
    where = ", ".join(number_text(float(f"{places[i]:.3g}")) for i in at)
    parts = [
        f"{label}: {', '.join(number_text(float(f'{np.ravel(y)[i]:.3g}')) for i in at)}"
        for label, y in heights.items()
    ]
    return drawn(draw, f"Curves, with their values at {where}. {'; '.join(parts)}.", 5.4, 3.4)
