"""Batches: a product of two matrices, taken apart into one outer product for each pair."""

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, block, drawn, frame, write
from wuv.shapes import ShapeError, matrix
from wuv.written import listed, number_text


def sum_of_outer_products(R: ArrayLike, U: ArrayLike) -> Picture:
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
    total = R @ U.T
    lines = -(-N // 2)
    wide, tall = n + 2.1, m + 1.8  # a pair with its margins; the unit is one entry
    middle = -tall * lines / 2 + 0.4

    def draw(axes):
        def entries(values, left, top, colour, face=None, edge=None):
            for (i, j), value in np.ndenumerate(values):
                x, y = left + j, top - i
                if edge:
                    block(axes, x, y - 1, 1, 1, face, edge, linewidth=0.8)
                write(axes, x + 0.5, y - 0.5, number_text(value), colour, size=12)

        for k, product in enumerate(products):
            left, top = wide * (k % 2) + 1, -tall * (k // 2)
            entries(R[:, [k]], left - 1, top, "r")
            entries(U[:, [k]].T, left, top + 1, "u")
            entries(product, left, top, "ink", "wash", "rule")
            write(axes, left - 0.5, top + 0.5, f"{k + 1}", "faint", size=10)
            if k + 1 < N:
                write(axes, left + n + 0.5, top - m / 2, "+", size=14)
        left = wide * min(N, 2) + 0.9
        write(axes, left - 0.6, middle, "=", size=16)
        entries(total, left, middle + m / 2, "W", edge="W")
        title = r"$RU^{\mathregular{T}}$"
        write(axes, left + n / 2, middle + m / 2 + 0.5, title, "W", size=15)
        frame(axes, (-0.1, left + n + 0.1), (-tall * lines + 1.6, 1.1), aspect="equal")

    pairs = "; ".join(
        f"{k + 1}: {listed(R[:, k])} times the row {listed(U[:, k])}" for k in range(N)
    )
    rows = ", ".join(map(listed, total))
    alt = f"{N} outer products, column of R times row: {pairs}. Their sum has the rows {rows}."
    width = wide * min(N, 2) + 0.9 + n + 0.2
    return drawn(draw, alt, 0.36 * width, 0.36 * (tall * lines - 0.5))
