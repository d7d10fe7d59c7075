"""Bands: many runs of one method, drawn as their middle and their spread."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, drawn, told_apart


def loss_bands(
    runs: Mapping[str, Sequence[ArrayLike]],
    *,
    every: str = "pass",
    each: float = 1,
    ylabel: str = "$L$",
) -> Picture:
    """Draw the median of several runs and the band from the 10 % to the 90 % quantile; `Picture`.

    ``runs`` maps a label to the losses of its runs, shape ``(runs, records)``; three labels at
    most. Records are ``each`` apart on the horizontal axis, which counts what ``every`` names. The
    vertical axis is logarithmic.

    Raises ``ValueError`` for more labels than can be told apart, and for runs of unequal length.
    """
    for label, losses in runs.items():
        if len({np.shape(run) for run in losses}) != 1:
            raise ValueError(f"the runs of {label!r} are not equally long; a band needs them so")
    bands = {
        label: np.quantile(np.asarray(losses, float), (0.1, 0.5, 0.9), axis=0)
        for label, losses in runs.items()
    }
    lines = told_apart(bands, "bands", most=3)

    def draw(axes):
        for label, (low, middle, high), colour, line, marker in lines:
            at = each * np.arange(middle.size)
            axes.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(at, middle, line, color=colour, marker=marker, label=label,
                      markevery=max(1, middle.size // 8))  # fmt: skip
        axes.set(yscale="log", xlabel=every, ylabel=ylabel)
        axes.xaxis.get_major_locator().set_params(integer=True)
        if len(bands) > 1:
            axes.legend()

    parts = [
        f"{label}, {len(runs[label])} runs, median from {middle[0]:.2g} to {middle[-1]:.2g}, "
        f"at the end mostly between {low[-1]:.2g} and {high[-1]:.2g}"
        for label, (low, middle, high) in bands.items()
    ]
    alt = f"Loss against {every}, logarithmic, medians with bands: {'; '.join(parts)}."
    return drawn(draw, alt, 5.4, 3.7)
