"""Copies: a letter that occurs twice is copied on the way forward, and added up on the way
back."""

from numpy.typing import ArrayLike

from wuv.figures.picture import Picture, arrow, block, drawn, frame, write
from wuv.shapes import ShapeError, matrix
from wuv.written import listed, number_text

X, COPIES, F = 0.0, 2.3, 4.6  # where x, its two copies, and f stand
UP = 0.95  # how far above and below the middle the copies are


def branching(A: ArrayLike, x: ArrayLike) -> Picture:
    """Draw f = xᵀAx as a graph in which x is copied, and both gradients that come back; `Picture`.

    ``A`` is square and ``x`` a column of as many entries. The first x in the formula gets Ax, the
    second Aᵀx; at the branch they are added.

    Raises ``wuv.ShapeError`` where the shapes don't fit.
    """
    A, x = matrix("A", A), matrix("x", x)
    if A.shape != (len(x), len(x)) or x.shape[1] != 1:
        raise ShapeError(
            f"A has shape {A.shape} and x has shape {x.shape}; A must be square, and x a column of "
            "as many entries"
        )
    value, parts = (x.T @ A @ x).item(), (A @ x, A.T @ x)
    transposed = r"^{\mathregular{T}}"
    names = "Ax", rf"A{transposed}x"

    def draw(axes):
        for (where, y), text, colour in (
            ((X, 0), "$x$", "u"),
            ((COPIES, UP), f"first $x{transposed}$", "u"),
            ((COPIES, -UP), "second $x$", "u"),
            ((F, 0), f"$x{transposed}Ax$", "ink"),
        ):
            block(axes, where - 0.62, y - 0.3, 1.24, 0.6, "wash", "rule", "pad=0.04")
            write(axes, where, y, text, colour, size=16)
        for up, part, name in zip((UP, -UP), parts, names, strict=True):
            for left, right in (((X, 0), (COPIES, up)), ((COPIES, up), (F, 0))):
                for style, line, shift, colour in (
                    ("-|>", "-", 0.09, "faint"),
                    ("<|-", (0, (4, 2)), -0.09, "r"),
                ):
                    ends = [(a, b + shift) for a, b in (left, right)]
                    bound = {"shrinkA": 48, "shrinkB": 48, "linestyle": line}
                    arrow(axes, *ends, colour, 14, arrowstyle=style, **bound)
            place = {"va": "bottom" if up > 0 else "top", "size": 15}
            write(axes, COPIES, up * 1.48, f"${name}$ = {listed(part)}", "r", **place)
        write(axes, X, 0.42, listed(x), "u", va="bottom", size=15)
        write(axes, F, 0.42, number_text(value), va="bottom", size=15)
        added = f"{listed(parts[0])}\n+ {listed(parts[1])}\n= {listed(sum(parts))}"
        write(axes, X, -0.45, added, "r", va="top", size=15)
        write(axes, F, -0.45, "1", "r", va="top", size=15)
        frame(axes, (-0.95, F + 0.75), (-1.95, 1.85))

    alt = (
        f"x = {listed(x)} is copied into two places of x transposed A x = {number_text(value)}. On "
        f"the way back the first copy brings Ax = {listed(parts[0])}, the second A transposed x = "
        f"{listed(parts[1])}; where they branched they add up to {listed(sum(parts))}."
    )
    return drawn(draw, alt, 5.2, 3.4)
