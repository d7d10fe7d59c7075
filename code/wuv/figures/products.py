"""Products: what meets what, drawn to scale and in numbers."""

from itertools import pairwise, product

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, arrow, block, drawn, frame, letter, spoken, upright, write
from wuv.model import grad_u, residual
from wuv.shapes import ShapeError, matrix, problem
from wuv.written import listed, number_text

WT = r"W^{\mathregular{T}}"  # upright and sans, as in the formulas of the pages


def shape_blocks(*factors: tuple[str, int, int]) -> Picture:
    """Draw the factors of a product as blocks to scale, and whether they fit; `Picture`.

    A factor is ``(name, rows, columns)``; names are mathematics, such as ``r"W^{\\mathsf{T}}"``.
    Neighbours fit where the columns of the left one are the rows of the right one.
    """
    fits = [a[2] == b[1] for a, b in pairwise(factors)]
    blocks = [*factors, *([("", factors[0][1], factors[-1][2])] if all(fits) else [])]
    tallest = max(rows for _, rows, _ in blocks)
    total = sum(columns for *_, columns in blocks) + 1.6 * (len(blocks) - 1)
    unit = min(0.42, 6.0 / total)

    def draw(axes):
        left = 0
        for place, (name, rows, columns) in enumerate(blocks):
            colour, result = letter(name), place == len(factors)
            look = {"alpha": 1, "linestyle": "--"} if result else {"face": colour, "alpha": 0.22}
            for style in (look, {}):
                block(axes, left, -rows / 2, columns, rows, edge=colour, **style)
            middle = left + columns / 2
            write(axes, middle, 0, f"${upright(name)}$" if name else "", colour, size=15)
            write(axes, middle, -tallest / 2 - 0.35, f"{rows} × {columns}", colour, va="top")
            left += columns
            if place < len(fits):
                sign = "·" if fits[place] else f"{columns} ≠ {blocks[place + 1][1]}"
                write(axes, left + 0.8, 0, sign, "ink" if fits[place] else "r", size=13)
            elif not result and all(fits):
                write(axes, left + 0.8, 0, "=", size=15)
            left += 1.6
        frame(axes, (-0.2, total + 0.2), (-tallest / 2 - 1.3, tallest / 2 + 0.2), aspect="equal")

    product = " times ".join(f"{spoken(name)} ({rows} × {cols})" for name, rows, cols in factors)
    if all(fits):
        outcome = f"they fit and give {blocks[-1][1]} × {blocks[-1][2]}"
    else:
        where = fits.index(False)
        columns, rows = factors[where][2], factors[where + 1][1]
        outcome = f"columns {columns}, rows {rows}: there is no such product"
    alt = f"Blocks to scale: {product}; {outcome}."
    return drawn(draw, alt, (total + 0.4) * unit, (tallest + 1.5) * unit)


def adjoint(
    W: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    du: ArrayLike,
    spaces: tuple[str, str] = ("inputs", "outputs"),
) -> Picture:
    """Draw the two ways from a nudge du to the change of the loss, in numbers; `Picture`.

    Forward, W carries du to the outputs, where it meets 2r; backward, Wᵀ carries 2r to the inputs,
    where it meets du. Both inner products are dL. ``du`` has the shape of u; ``spaces`` says what
    is counted on either side.
    """
    r2, slope = 2 * residual(W, u, v), grad_u(W, u, v)
    W, du, _ = problem(W, du, v)
    moved = W @ du
    change = f"{(r2 * moved).sum():.6g}"
    corners = {
        (0, 1): (r"\mathrm{d}u", du, "u"),
        (1, 1): (r"W\,\mathrm{d}u", moved, "W"),
        (0, 0): (rf"2{WT}r", slope, "u"),
        (1, 0): (r"2r", r2, "r"),
    }
    product = r"$\langle %s,\, %s\rangle = %s$"

    def draw(axes):
        for x, (space, size) in enumerate(zip(spaces, reversed(W.shape), strict=True)):
            block(axes, 2.6 * x - 0.85, -0.62, 1.7, 2.3, "wash", "rule", "pad=0.05")
            write(axes, 2.6 * x, 1.9, rf"{space}, $\mathbb{{R}}^{{{size}}}$", size=12)
        for (x, y), (name, entries, colour) in corners.items():
            write(axes, 2.6 * x, 1.08 * y + 0.22, f"${name}$", colour, size=16)
            write(axes, 2.6 * x, 1.08 * y - 0.06, listed(entries), colour, size=12)
        for y, start, stop, name in ((1.14, 0.9, 1.7, "W"), (0.06, 1.7, 0.9, WT)):
            arrow(axes, (start, y), (stop, y), "W")
            write(axes, 1.3, y + 0.14, f"${name}$", "W", va="bottom", size=16)
        for x, pair in ((0, (0, 1)), (1, (1, 0))):
            names = (corners[x, y][0] for y in pair)
            write(axes, 2.6 * x, -0.4, product % (*names, change), size=12.5)
        write(axes, 1.3, -0.4, r"$=\ \mathrm{d}L\ =$", size=13)
        frame(axes, (-1.0, 3.6), (-0.8, 2.1))

    alt = (
        f"Two boxes, {spaces[0]} and {spaces[1]}. W carries du = {listed(du)} forward to W du = "
        f"{listed(moved)}, where it meets 2r = {listed(r2)}; W transposed carries 2r back to "
        f"2 W transposed r = {listed(slope)}, where it meets du. "
        f"Both inner products are {change}."
    )
    return drawn(draw, alt, 5.2, 3.7)


def outer_product(
    a: ArrayLike, b: ArrayLike, names: tuple[str, str] = ("a", r"b^{\mathsf{T}}")
) -> Picture:
    """Draw the outer product abᵀ as a table: a down the side, b along the top; `Picture`.

    ``a`` and ``b`` are columns, of shapes ``(m, 1)`` and ``(n, 1)``; ``names`` are those of the
    column and of the row, as mathematics. Entry (i, j) of the table is aᵢbⱼ.

    Raises ``wuv.ShapeError`` where one of the two is not a column.
    """
    return _table(a, b, names, "·", "times", np.multiply)


def broadcast(a: ArrayLike, b: ArrayLike, names: tuple[str, str] = ("a", "b")) -> Picture:
    """Draw what NumPy makes of a − b for a column and a flat array: a table; `Picture`.

    ``a`` is a column, shape ``(m, 1)``, and ``b`` flat, shape ``(m,)``. NumPy subtracts every entry
    of b from every entry of a; what was meant stands on the diagonal, which is marked.

    Raises ``wuv.ShapeError`` where a is no column, or b not flat and as long as a.
    """
    if np.shape(b) != np.shape(a)[:1]:
        raise ShapeError(f"b has shape {np.shape(b)}; it must be flat and as long as a")
    return _table(a, np.reshape(b, (-1, 1)), names, "−", "minus", np.subtract, marked=True)


def _table(a, b, names, sign, operated, operation, *, marked=False):
    """Draw the table of all aᵢ with all bⱼ, and in each cell how its number came about."""
    for name, x in (("a", a), ("b", b)):
        if matrix(name, x).shape[1] != 1:
            raise ShapeError(f"{name} has shape {np.shape(x)}; it must be a column, (…, 1)")
    entries = operation(np.asarray(a), np.asarray(b).T)
    side, top = ([number_text(x) for x in np.ravel(given)] for given in (a, b))
    m, n = entries.shape
    first, second = map(letter, names)
    whole = f" {sign} ".join(names) if sign != "·" else "".join(names)

    def draw(axes):
        for i, j in product(range(m), range(n)):
            block(axes, j, -i, 1, -1, "wash", "faint")
            if marked and i == j:
                block(axes, j + 0.06, -i - 0.06, 0.88, -0.88, edge="r", linewidth=2.5, zorder=2)
            how = f"{side[i]} {sign} " + (f"({top[j]})" if top[j].startswith("−") else top[j])
            write(axes, j + 0.5, -i - 0.38, number_text(entries[i, j]), size=17)
            write(axes, j + 0.5, -i - 0.76, how, "faint", size=11.5)
        for i, text in enumerate(side):
            block(axes, -1.1, -i, 1, -1, first, alpha=0.22)
            write(axes, -0.6, -i - 0.5, text, first, size=17)
        for j, text in enumerate(top):
            block(axes, j, 0.1, 1, 0.8, second, alpha=0.22)
            write(axes, j + 0.5, 0.5, text, second, size=17)
        write(axes, -0.6, 0.12, f"${upright(names[0])}$", first, va="bottom", size=17)
        write(axes, n + 0.12, 0.5, f"${upright(names[1])}$", second, ha="left", size=17)
        write(axes, n / 2, -m - 0.12, f"${upright(whole)}$,  {m} × {n}", va="top", size=15)
        frame(axes, (-1.15, n + 0.7), (-m - 0.6, 0.95))

    rows = ", ".join(map(listed, entries))
    alt = (
        f"Table: {spoken(names[0])} = ({', '.join(side)}) down the side, {spoken(names[1])} = "
        f"({', '.join(top)}) along the top, in each cell the number at the side {operated} the "
        f"one on top. Its rows are {rows}."
    )
    if marked:
        alt += f" The diagonal is marked: {listed(np.diag(entries))}."
    return drawn(draw, alt, (n + 1.85) * 0.95, (m + 1.55) * 0.76)
