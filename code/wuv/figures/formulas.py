"""Formulas: the tree that a program sees where we see a line."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from wuv.algebra import Expr, evaluate, to_latex, to_text
from wuv.figures.picture import LIGHT, Picture, drawn, frame, spoken, upright, write
from wuv.written import listed, number_text


def formula_tree(formula: Expr, values: Mapping[str, ArrayLike]) -> Picture:
    """Draw how a formula is computed, each part with what it comes to; `Picture`.

    ``formula`` is a tree of `wuv.algebra`, ``values`` the arrays by name. Columns are written in a
    line, (4, 2, 2), larger arrays by their shape.

    Raises ``wuv.algebra.AlgebraError`` where the formula has no value.
    """
    places, edges, leaves, deepest = [], [], [0.0], [0]

    def place(node, depth):
        deepest[0] = max(deepest[0], depth)
        spots = [place(part, depth + 1) for part in node.args]
        if spots:
            x = sum(spot[0] for spot in spots) / len(spots)
        else:
            x, leaves[0] = leaves[0], leaves[0] + 1
        spot = x, -depth
        edges.extend((spot, below) for below in spots)
        places.append((spot, node, _value(evaluate(node, values))))
        return spot

    place(formula, 0)

    def draw(axes):
        for above, below in edges:
            axes.plot(*zip(above, below, strict=True), color=LIGHT["faint"], linewidth=1, zorder=1)
        paper = {
            "facecolor": LIGHT["wash"],
            "edgecolor": LIGHT["rule"],
            "boxstyle": "round,pad=0.4",
        }
        for (x, y), node, value in places:
            name = to_latex(node)
            text = f"${upright(name)}$" + (f"\n{value}" if value != name else "")
            write(axes, x, y, text, size=13, linespacing=1.5, bbox=paper, zorder=2)
        frame(axes, (-0.6, leaves[0] - 0.4), (-deepest[0] - 0.45, 0.45))

    named = [(spoken(to_text(node)), value) for _, node, value in places]
    parts = "; ".join(f"{name} is {value}" for name, value in named if value != name)
    alt = f"The tree of {named[-1][0]}, from its leaves up: {parts}."
    return drawn(draw, alt, 1.22 * leaves[0] + 0.4, 1.05 * deepest[0] + 0.9)


def _value(array):
    """A number, a column in a line, or a shape."""
    array = np.asarray(array)
    if array.size == 1:
        return number_text(array.item())
    if array.ndim == 2 and array.shape[1] == 1:
        return listed(array)
    return " × ".join(map(str, array.shape))
