"""Noise: the path of one number that learns from witnesses who contradict each other."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from wuv.figures.picture import LIGHT, Picture, drawn, told_apart


def noise_floor(
    said: Sequence[float],
    rates: Mapping[str, float | Callable[[int], float]],
    *,
    start: float,
    target: float,
    floor: float,
) -> Picture:
    """Draw the paths of w ← w − 2η(w − v) as the witnesses speak, one v a step; `Picture`.

    ``said`` are what they say, ``rates`` maps a label to η, a number or a function of the step (0,
    1, 2, …). ``floor`` is a mean square distance from ``target``, the mean of what may be said; a
    band shows its root on either side. Chapter `sgd`.

    Raises ``ValueError`` for more than two rates: their paths cannot be told apart.
    """
    paths = {label: _path(said, rate, start) for label, rate in rates.items()}
    reach = float(np.sqrt(floor))
    lines = told_apart(paths, "paths", most=2)

    def draw(axes):
        axes.axhspan(target - reach, target + reach, color=LIGHT["rule"], alpha=0.6, linewidth=0)
        axes.axhline(target, color=LIGHT["faint"], linewidth=1)
        for label, path, colour, line, _ in lines:
            axes.plot(path, line, color=colour, linewidth=1.5, label=label)
        axes.set(xlabel="step", ylabel="$w$", xlim=(0, len(said)))
        axes.legend(loc="upper right")

    half = len(said) // 2
    parts = [
        f"{label} is at {path[-1]:.3g} in the end, and in the second half of the way at a root "
        f"mean square distance of {np.sqrt(((path[half:] - target) ** 2).mean()):.2g}"
        for label, path in paths.items()
    ]
    alt = (
        f"w against step, from {start:.3g}, as {len(said)} witnesses say {min(said):.3g} to "
        f"{max(said):.3g}: {'; '.join(parts)}. A band of {reach:.2g} on either side of "
        f"{target:.3g}."
    )
    return drawn(draw, alt, 5.2, 3.2)


def _path(said, rate, start):
    rate = rate if callable(rate) else lambda step, eta=rate: eta
    path = [float(start)]
    for step, v in enumerate(said):
        path.append(path[-1] - 2 * rate(step) * (path[-1] - v))
    return np.array(path)
