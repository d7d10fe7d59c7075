"""Blocks: a Kronecker product, each entry of one matrix times all of the other."""

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, block, drawn, frame, letter, upright, write
from wuv.shapes import matrix
from wuv.written import number_text


def kronecker(A: ArrayLike, B: ArrayLike, names: tuple[str, str] = ("A", "B")) -> Picture:
    """Draw A ⊗ B as blocks, the one in place (i, j) the number Aᵢⱼ times all of B; `Picture`.

    ``names`` are those of the two, as mathematics; blocks of zeros are left pale.

    Raises ``wuv.ShapeError`` where one of the two is not a matrix.
    """
    A, B = matrix("A", A), matrix("B", B)
    (rows, columns), (p, q) = A.shape, B.shape
    colour = letter("".join(names))

    def draw(axes):
        for i, j in product(range(rows), range(columns)):
            left, top = j * (q + 0.25), -i * (p + 0.9)
            held = A[i, j] != 0
            block(axes, left, top, q, -p, colour if held else "wash", alpha=0.16 if held else 1)
            block(axes, left, top, q, -p, edge="faint", linewidth=1)
            title = f"${number_text(A[i, j])} \\cdot {upright(names[1])}$"
            write(axes, left + q / 2, top + 0.36, title, colour, size=16)
            for (down, right), entry in np.ndenumerate(A[i, j] * B):
                place = left + right + 0.5, top - down - 0.5
                write(axes, *place, number_text(entry), "ink" if entry else "faint", size=16)
        wide, high = columns * (q + 0.25), rows * (p + 0.9)
        said = f"${upright(names[0])} \\otimes {upright(names[1])}$,  {rows * p} × {columns * q}"
        write(axes, (wide - 0.25) / 2, -high + 0.35, said, size=16)
        frame(axes, (-0.15, wide - 0.1), (-high - 0.1, 0.75), aspect="equal")

    whole = np.kron(A, B)
    table = "; ".join(" ".join(map(number_text, row)) for row in whole)
    factors = ", ".join(number_text(x) for x in A.ravel())
    alt = (
        f"{rows * p} × {columns * q} numbers in {rows} × {columns} blocks, row by row {factors} "
        f"times a matrix of shape {p} × {q}: [{table}]."
    )
    width = columns * (q + 0.25) + 0.05
    height = rows * (p + 0.9) + 0.85
    scale = min(5.2 / width, 0.75)
    return drawn(draw, alt, width * scale, height * scale)
