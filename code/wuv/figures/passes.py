"""Passes: the graph of a computation with its two passes, and what each way to a gradient costs."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import (
    LIGHT,
    Picture,
    arrow,
    block,
    drawn,
    frame,
    spoken,
    told_apart,
    upright,
    write,
)
from wuv.tape import Node


def two_passes(
    nodes: Mapping[str, Node], steps: Sequence[tuple[str, str, Sequence[str]]]
) -> Picture:
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
            for x, text, edge in (0, f"${name} = {value}$", "W"), (3, f"$s = {slope}$", "r"):
                block(axes, x - 1.15, rise * row - 0.24, 2.3, 0.48, "wash", edge, "pad=0.04")
                write(axes, x, rise * row, text, size=13.5)
        for row, (onward, back, parameters) in enumerate(steps):
            low, high = rise * row + 0.3, rise * (row + 1) - 0.3
            middle = (low + high) / 2
            arrow(axes, (-0.75, low), (-0.75, high), "W", 17)
            arrow(axes, (2.25, high), (2.25, low), "r", 17, linestyle=(0, (4, 1.5)))
            write(axes, -0.58, middle, f"${upright(onward)}$", "W", size=13, ha="left")
            write(axes, 2.42, middle, f"${upright(back)}$", "r", size=13, ha="left")
            for place, line in enumerate(parameters):
                height = middle - 0.02 + 0.16 * (len(parameters) - 1) - 0.32 * place
                write(axes, 3.5, height, f"${upright(line)}$", size=12, ha="left")
        height = rise * (len(nodes) - 1) + 0.5
        write(axes, 0, height, "values, up", "W", size=12.5, va="baseline")
        write(axes, 3, height, "gradients, down", "r", size=12.5, va="baseline")
        frame(axes, (-1.25, 4.6), (-0.35, height + 0.25))

    names = list(nodes)
    up = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    down = ", ".join(
        f"{slope} at {name}" for name, slope in reversed(list(zip(names, slopes, strict=True)))
    )
    ways = "; ".join(
        ", ".join(
            [f"{spoken(onward)} on the way up, {spoken(back)} on the way down", *map(spoken, to)]
        )
        for onward, back, to in steps
    )
    alt = f"Two columns of boxes. Upwards the values: {up}. Downwards the gradients: {down}. "
    alt += f"From the bottom, the arrows: {ways}."
    return drawn(draw, alt.replace("{-}", "−"), 4.5, 0.97 * len(nodes) + 0.3)


def operation_counts(counts: Mapping[str, Mapping[int, int]]) -> Picture:
    """Draw counts of multiplications against the size n, both axes logarithmic; `Picture`.

    ``counts`` maps a label to {n: count}, four labels at most. The slope of a line, which the words
    give, is the power of n that it tends to.

    Raises ``ValueError`` for more lines than can be told apart.
    """
    lines = told_apart(counts, "lines")

    def draw(axes):
        for label, row, colour, line, marker in lines:
            axes.loglog(*zip(*row.items(), strict=True), line, color=colour, marker=marker,
                        label=label)  # fmt: skip
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


def fitted_curves(points: tuple[ArrayLike, ArrayLike], curves: Mapping[str, ArrayLike]) -> Picture:
    """Draw points of the plane and curves through them; `Picture`.

    ``points`` is a pair of flat arrays, places and heights; ``curves`` maps a label to the heights
    of a curve at the same places, four at most. The words give each curve's mean squared distance
    from the points.

    Raises ``ValueError`` for more curves than can be told apart.
    """
    lines = [(label, np.ravel(y), *look) for label, y, *look in told_apart(curves, "curves")]
    places, heights = (np.ravel(part) for part in points)
    order = np.argsort(places)

    def draw(axes):
        axes.plot(places, heights, ".", color=LIGHT["faint"], markersize=8, label="data")
        for label, curve, colour, line, _ in lines:
            axes.plot(places[order], curve[order], line, color=colour, label=label)
        axes.set(xlabel="input", ylabel="output")
        axes.legend()

    parts = [
        f"{label} has a mean squared distance of {((curve - heights) ** 2).mean():.2g}"
        for label, curve, *_ in lines
    ]
    return drawn(draw, f"{places.size} points and curves: {'; '.join(parts)}.", 5.4, 3.6)


def _entries(value):
    """Return a column as (1, 2), a number as it is; the braces keep a sign with its number."""
    value = np.asarray(value)
    text = ", ".join(f"{x:.4g}" for x in value.flat).replace("-", "{-}")
    return text if value.size == 1 else f"({text})"
