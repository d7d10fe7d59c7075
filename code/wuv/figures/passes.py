"""Passes: the graph of a computation with its two passes, and what each way to a gradient costs."""

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from wuv.figures.crossing import spoken
from wuv.figures.picture import LIGHT, LINES, drawn
from wuv.figures.products import upright


def two_passes(nodes, steps):
    """Draw a chain of nodes with values forwards and gradients backwards; `Picture`.

    ``nodes`` maps names, the input first, to nodes of a `wuv.tape.Tape` after ``backward``, each a
    column or a number. ``steps`` has for each arrow what is done forwards, what is done backwards
    to the gradient s, and what the parameters at that arrow get.

    Raises ``ValueError`` where there is not one step fewer than nodes.
    """
    if len(steps) != len(nodes) - 1:
        raise ValueError(f"{len(nodes)} nodes need {len(nodes) - 1} steps; there are {len(steps)}")
    values = [_entries(node.value) for node in nodes.values()]
    slopes = [_entries(node.grad) for node in nodes.values()]
    rise = 1.25

    def draw(axes):
        for row, (name, value, slope) in enumerate(zip(nodes, values, slopes, strict=True)):
            for x, text, colour in (
                (0, f"${name} = {value}$", "W"),
                (3, f"$s = {slope}$", "r"),
            ):
                axes.add_patch(
                    FancyBboxPatch(
                        (x - 1.15, rise * row - 0.24),
                        2.3,
                        0.48,
                        boxstyle="round,pad=0.04",
                        facecolor=LIGHT["wash"],
                        edgecolor=LIGHT[colour],
                    )
                )
                axes.text(x, rise * row, text, ha="center", va="center", size=13.5)
        for row, (onward, back, parameters) in enumerate(steps):
            low, high = rise * row + 0.3, rise * (row + 1) - 0.3
            middle = (low + high) / 2
            for x, start, stop, colour in ((-0.75, low, high, "W"), (2.25, high, low, "r")):
                axes.add_patch(
                    FancyArrowPatch(
                        (x, start),
                        (x, stop),
                        arrowstyle="-|>",
                        mutation_scale=17,
                        color=LIGHT[colour],
                        linewidth=2,
                        linestyle="-" if colour == "W" else (0, (4, 1.5)),
                    )
                )
            label = {"ha": "left", "va": "center"}
            axes.text(-0.58, middle, f"${upright(onward)}$", color=LIGHT["W"], size=13, **label)
            axes.text(2.42, middle, f"${upright(back)}$", color=LIGHT["r"], size=13, **label)
            for place, line in enumerate(parameters):
                height = middle - 0.02 + 0.16 * (len(parameters) - 1) - 0.32 * place
                axes.text(3.5, height, f"${upright(line)}$", size=12, **label)
        height = rise * (len(nodes) - 1) + 0.5
        axes.text(0, height, "values, up", ha="center", color=LIGHT["W"], size=12.5)
        axes.text(3, height, "gradients, down", ha="center", color=LIGHT["r"], size=12.5)
        axes.set(xlim=(-1.25, 4.6), ylim=(-0.35, height + 0.25))
        axes.axis("off")

    names = list(nodes)
    up = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    down = ", ".join(
        f"{slope} at {name}" for name, slope in reversed(list(zip(names, slopes, strict=True)))
    )
    ways = "; ".join(
        ", ".join(
            [f"{_said(onward)} on the way up, {_said(back)} on the way down", *map(_said, to)]
        )
        for onward, back, to in steps
    )
    alt = f"Two columns of boxes. Upwards the values: {up}. Downwards the gradients: {down}. "
    alt += f"From the bottom, the arrows: {ways}."
    return drawn(draw, alt.replace("{-}", "−"), 4.5, 0.97 * len(nodes) + 0.3)


def operation_counts(counts):
    """Draw counts of multiplications against the size n, both axes logarithmic; `Picture`.

    ``counts`` maps a label to {n: count}, four labels at most. The slope of a line, which the words
    give, is the power of n that it tends to.

    Raises ``ValueError`` for more lines than can be told apart.
    """
    if len(counts) > len(LINES):
        raise ValueError(f"{len(counts)} lines cannot be told apart; give {len(LINES)} at most")

    def draw(axes):
        for (label, row), (colour, line, marker) in zip(counts.items(), LINES, strict=False):
            axes.loglog(
                list(row), list(row.values()), line, color=LIGHT[colour], marker=marker, label=label
            )
        ticks = sorted({n for row in counts.values() for n in row})
        axes.set(xlabel="$n$", ylabel="multiplications")
        axes.set_xticks(ticks, [str(n) for n in ticks])
        axes.minorticks_off()
        axes.legend()

    parts = []
    for label, row in counts.items():
        (n, first), (N, last) = list(row.items())[-2:]
        power = np.log(last / first) / np.log(N / n)
        parts.append(f"{label} takes {last:,} at n = {N} and grows like n to the {power:.1f}")
    return drawn(draw, f"Multiplications against n, logarithmic: {'; '.join(parts)}.", 5.4, 3.8)


def fitted_curves(points, curves):
    """Draw points of the plane and curves through them; `Picture`.

    ``points`` is a pair of flat arrays, places and heights; ``curves`` maps a label to the heights
    of a curve at the same places, four at most. The words give each curve's mean squared distance
    from the points.

    Raises ``ValueError`` for more curves than can be told apart.
    """
    if len(curves) > len(LINES):
        raise ValueError(f"{len(curves)} curves cannot be told apart; give {len(LINES)} at most")
    places, heights = (np.ravel(part) for part in points)
    order = np.argsort(places)
    curves = {label: np.ravel(curve) for label, curve in curves.items()}

    def draw(axes):
        axes.plot(places, heights, ".", color=LIGHT["faint"], markersize=8, label="data")
        for (label, curve), (colour, line, _) in zip(curves.items(), LINES, strict=False):
            axes.plot(places[order], curve[order], line, color=LIGHT[colour], label=label)
        axes.set(xlabel="input", ylabel="output")
        axes.legend()

    parts = [
        f"{label} has a mean squared distance of {((curve - heights) ** 2).mean():.2g}"
        for label, curve in curves.items()
    ]
    return drawn(draw, f"{places.size} points and curves: {'; '.join(parts)}.", 6.0, 3.6)


def _entries(value):
    """Return a column as (1, 2), a number as it is; the braces keep a sign with its number."""
    value = np.asarray(value)
    text = ", ".join(f"{x:.4g}" for x in value.flat).replace("-", "{-}")
    return text if value.size == 1 else f"({text})"


def _said(latex):
    """Return a formula of an arrow in words."""
    for sign, word in (
        (r"\colon\ ", " gets "),
        (r"\Vert^2", "‖²"),
        (r"\Vert ", "‖"),
        (r"\max", "max"),
        (r"\,", " "),
    ):
        latex = latex.replace(sign, word)
    return " ".join(spoken(latex).replace("-", "−").split())
