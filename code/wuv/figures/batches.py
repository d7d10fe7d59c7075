"""Batches: a product of two matrices, taken apart into one outer product for each pair."""

import numpy as np
from matplotlib.patches import Rectangle

from wuv.figures.picture import LIGHT, drawn
from wuv.shapes import ShapeError, matrix


def sum_of_outer_products(R, U):
    """Draw RUᵀ as the sum of the outer products of the columns of R and U; `Picture`.

    R is ``(m, N)``, U is ``(n, N)``; N is 8 at most, two pairs to a line. Each pair has its entries
    of U above, its entries of R on the left, and their products between. Chapter `batches`.

    Raises ``wuv.ShapeError`` where R and U have different numbers of columns, or more than 8.
    """
    R, U = matrix("R", R), matrix("U", U)
    (m, N), n = R.shape, U.shape[0]
    if U.shape[1] != N or N > 8:
        raise ShapeError(f"R has {N} columns, U has {U.shape[1]}; give both the same, 8 at most")
    products = [np.outer(R[:, k], U[:, k]) for k in range(N)]
    total = sum(products)
    lines = -(-N // 2)
    wide, tall = n + 2.1, m + 1.8  # a pair with its margins; the unit is one entry
    middle = -tall * lines / 2 + 0.4

    def draw(axes):
        def entries(values, left, top, colour, face="none", edge=None):
            for (i, j), value in np.ndenumerate(values):
                x, y = left + j, top - i
                if edge:
                    axes.add_patch(
                        Rectangle((x, y - 1), 1, 1, facecolor=face, edgecolor=edge, linewidth=0.8)
                    )
                text = str(value).replace("-", "−")
                axes.text(x + 0.5, y - 0.5, text, ha="center", va="center", color=colour, size=12)

        for k, product in enumerate(products):
            left, top = wide * (k % 2) + 1, -tall * (k // 2)
            entries(R[:, [k]], left - 1, top, LIGHT["r"])
            entries(U[:, [k]].T, left, top + 1, LIGHT["u"])
            entries(product, left, top, LIGHT["ink"], LIGHT["wash"], LIGHT["rule"])
            axes.text(left - 0.5, top + 0.5, f"{k + 1}", ha="center", va="center",
                      color=LIGHT["faint"], size=10)  # fmt: skip
            if k + 1 < N:
                axes.text(left + n + 0.5, top - m / 2, "+", ha="center", va="center", size=14)
        left = wide * min(N, 2) + 0.9
        axes.text(left - 0.6, middle, "=", ha="center", va="center", size=16)
        entries(total, left, middle + m / 2, LIGHT["W"], "none", LIGHT["W"])
        axes.text(left + n / 2, middle + m / 2 + 0.5, r"$RU^{\mathregular{T}}$", ha="center",
                  va="center", color=LIGHT["W"], size=15)  # fmt: skip
        axes.set(xlim=(-0.1, left + n + 0.1), ylim=(-tall * lines + 1.6, 1.1), aspect="equal")
        axes.axis("off")

    def spoken(values):
        return f"({', '.join(map(str, values.reshape(-1)))})".replace("-", "−")

    pairs = "; ".join(
        f"{k + 1}: {spoken(R[:, k])} times the row {spoken(U[:, k])}" for k in range(N)
    )
    rows = ", ".join(spoken(row) for row in total)
    alt = f"{N} outer products, column of R times row: {pairs}. Their sum has the rows {rows}."
    width = wide * min(N, 2) + 0.9 + n + 0.2
    return drawn(draw, alt, 0.36 * width, 0.36 * (tall * lines - 0.5))
