"""Chains: a nudge on its way to the loss, and the gradient on its way back."""

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, arrow, block, drawn, frame, write
from wuv.model import grad_u, residual
from wuv.shapes import problem
from wuv.written import listed, number_text

LINE = 0.42  # the height of one entry
STATIONS = (0, 2.1, 4.2)  # where the inputs, the outputs and the loss stand


def chain(W: ArrayLike, u: ArrayLike, v: ArrayLike, du: ArrayLike) -> Picture:
    """Draw u → r → L with nudges forward, gradients backward, and their inner products; `Picture`.

    On top, W carries du to dr, and 2rᵀ carries dr to dL. Below, 2r carries the number 1 back, and
    Wᵀ carries 2r back to 2Wᵀr. At each of the three stations the two meet in the same number.
    ``du`` has the shape of u, which is one column.
    """
    r2, slope = 2 * residual(W, u, v), grad_u(W, u, v)
    W, du, _ = problem(W, du, v)
    dr = W @ du
    change = (r2 * dr).sum()
    upright = r"^{\mathregular{T}}"
    forward = [
        (r"\mathrm{d}u", du, "u"),
        (r"\mathrm{d}r", dr, "r"),
        (r"\mathrm{d}L", change, "ink"),
    ]
    backward = [(rf"2W{upright}r", slope, "u"), ("2r", r2, "r"), ("1", 1, "ink")]
    tallest = LINE * max(W.shape)
    top, bottom = tallest / 2 + 0.35, -tallest / 2 - 0.6

    def draw(axes):
        for x, size in zip(STATIONS, (W.shape[1], W.shape[0], 1), strict=True):
            low = bottom - tallest / 2 - 0.75
            height = top + tallest / 2 + 0.6 - low
            block(axes, x - 0.56, low, 1.12, height, "wash", "rule", "pad=0.04")
            space = rf"$\mathbb{{R}}^{{{size}}}$" if size > 1 else r"$\mathbb{R}$"
            write(axes, x, top + tallest / 2 + 0.86, space, size=16)
            product = rf"$\langle\cdot,\cdot\rangle = {number_text(change)}$"
            write(axes, x, low + 0.24, product, size=15.5)
        for y, track in ((top, forward), (bottom, backward)):
            for x, (name, entries, colour) in zip(STATIONS, track, strict=True):
                if name != "1":
                    write(axes, x, y + tallest / 2 + 0.26, f"${name}$", colour, size=18)
                _column(axes, x, y, [number_text(entry) for entry in np.ravel(entries)], colour)
        for y, style, names in (
            (top, "-|>", (("W", "W"), (f"2r{upright}", "r"))),
            (bottom, "<|-", ((f"W{upright}", "W"), ("2r", "r"))),
        ):
            for left, (name, colour) in zip(STATIONS[:2], names, strict=True):
                ends = (left + 0.66, y), (left + STATIONS[1] - 0.66, y)
                arrow(axes, *ends, colour, arrowstyle=style, shrinkA=0, shrinkB=0)
                middle = left + STATIONS[1] / 2
                write(axes, middle, y + 0.14, f"${name}$", colour, va="bottom", size=19)
        low, high = bottom - tallest / 2 - 0.85, top + tallest / 2 + 1.15
        frame(axes, (-0.68, STATIONS[2] + 0.68), (low, high))

    alt = (
        f"Three stations. Forward, W carries du = {listed(du)} to dr = {listed(dr)}, and 2r "
        f"transposed carries it to dL = {number_text(change)}. Backward, 2r carries 1 to 2r = "
        f"{listed(r2)}, and W transposed carries it to 2 W transposed r = {listed(slope)}. At each "
        f"station the inner product of nudge and gradient is {number_text(change)}."
    )
    return drawn(draw, alt, 5.2, 4.4)


def _column(axes, x, y, entries, colour):
    """Draw entries below each other, between brackets if there are several."""
    height = LINE * len(entries)
    for place, entry in enumerate(entries):
        write(axes, x, y + height / 2 - LINE * (place + 0.5), entry, colour, size=16.5)
    if len(entries) > 1:
        for side in (-1, 1):
            edge, tip, up = x + 0.38 * side, x + 0.3 * side, height / 2
            bracket = [tip, edge, edge, tip], [y + up, y + up, y - up, y - up]
            axes.plot(*bracket, color=LIGHT[colour], linewidth=1.2)
