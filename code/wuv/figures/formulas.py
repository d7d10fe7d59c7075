"""Formulas: the tree that a program sees where we see a line."""

import numpy as np

from wuv.algebra import evaluate, to_latex
from wuv.figures.picture import LIGHT, drawn
from wuv.figures.products import _spoken, upright


def formula_tree(formula, values):
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
        places.append((spot, to_latex(node), _value(evaluate(node, values))))
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
        for (x, y), name, value in places:
            text = f"${upright(name)}$" + (f"\n{value}" if value != name else "")
            axes.text(
                x, y, text, ha="center", va="center", size=13, linespacing=1.5, bbox=paper, zorder=2
            )
        axes.set(xlim=(-0.6, leaves[0] - 0.4), ylim=(-deepest[0] - 0.45, 0.45))
        axes.axis("off")

    listed = "; ".join(f"{_spoken(name)} is {value}" for _, name, value in places if value != name)
    alt = f"The tree of {_spoken(to_latex(formula))}, from its leaves up: {listed}."
    return drawn(draw, alt, 1.35 * leaves[0] + 0.4, 1.05 * deepest[0] + 0.9)


def _value(found):
    """A number, a column in a line, or a shape."""
    found = np.asarray(found)
    if found.size == 1:
        return str(found.item()).replace("-", "−")
    if found.ndim == 2 and found.shape[1] == 1:
        return f"({', '.join(map(str, found.ravel()))})".replace("-", "−")
    return " × ".join(map(str, found.shape))
