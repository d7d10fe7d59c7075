"""Chains: a nudge on its way to the loss, and the gradient on its way back."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from wuv.figures.picture import LIGHT, drawn
from wuv.model import grad_u, residual
from wuv.shapes import problem

LINE = 0.42  # the height of one entry
STATIONS = (0, 2.1, 4.2)  # where the inputs, the outputs and the loss stand


def chain(W, u, v, du):
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
            axes.add_patch(
                FancyBboxPatch(
                    (x - 0.56, low),
                    1.12,
                    top + tallest / 2 + 0.6 - low,
                    boxstyle="round,pad=0.04",
                    facecolor=LIGHT["wash"],
                    edgecolor=LIGHT["rule"],
                )
            )
            space = rf"$\mathbb{{R}}^{{{size}}}$" if size > 1 else r"$\mathbb{R}$"
            axes.text(x, top + tallest / 2 + 0.86, space, ha="center", va="center", size=16)
            product = rf"$\langle\cdot,\cdot\rangle = {_number(change)}$"
            axes.text(x, low + 0.24, product, ha="center", va="center", size=15.5)
        for y, track in ((top, forward), (bottom, backward)):
            for x, (name, entries, colour) in zip(STATIONS, track, strict=True):
                middle = {"ha": "center", "va": "center", "color": LIGHT[colour]}
                label = y + tallest / 2 + 0.26
                if name != "1":
                    axes.text(x, label, f"${name}$", size=18, **middle)
                _column(axes, x, y, _entries(entries), middle)
        for y, style, names in (
            (top, "-|>", (("W", "W"), (f"2r{upright}", "r"))),
            (bottom, "<|-", ((f"W{upright}", "W"), ("2r", "r"))),
        ):
            for left, (name, colour) in zip(STATIONS[:2], names, strict=True):
                ends = (left + 0.66, y), (left + STATIONS[1] - 0.66, y)
                axes.add_patch(
                    FancyArrowPatch(
                        *ends,
                        arrowstyle=style,
                        mutation_scale=18,
                        color=LIGHT[colour],
                        linewidth=2,
                        shrinkA=0,
                        shrinkB=0,
                    )
                )
                place = left + STATIONS[1] / 2, y + 0.14
                axes.text(
                    *place, f"${name}$", ha="center", va="bottom", size=19, color=LIGHT[colour]
                )
        axes.set(
            xlim=(-0.68, STATIONS[2] + 0.68),
            ylim=(bottom - tallest / 2 - 0.85, top + tallest / 2 + 1.15),
        )
        axes.axis("off")

    words = [
        ["(" + ", ".join(_entries(entries)) + ")" for _, entries, _ in track]
        for track in (forward, backward)
    ]
    alt = (
        f"Three stations. Forward, W carries du = {words[0][0]} to dr = {words[0][1]}, and 2r "
        f"transposed carries it to dL = {_number(change)}. Backward, 2r carries 1 to 2r = "
        f"{words[1][1]}, and W transposed carries it to 2 W transposed r = {words[1][0]}. At each "
        f"station the inner product of nudge and gradient is {_number(change)}."
    )
    return drawn(draw, alt, 5.2, 4.4)


def _column(axes, x, y, entries, style):
    """Draw entries below each other, between brackets if there are several."""
    height = LINE * len(entries)
    for place, entry in enumerate(entries):
        axes.text(x, y + height / 2 - LINE * (place + 0.5), entry, size=16.5, **style)
    if len(entries) > 1:
        for side in (-1, 1):
            edge, tip = x + 0.38 * side, x + 0.3 * side
            axes.plot(
                [tip, edge, edge, tip],
                [y + height / 2, y + height / 2, y - height / 2, y - height / 2],
                color=style["color"],
                linewidth=1.2,
            )


def _entries(values):
    return [_number(x) for x in getattr(values, "reshape", lambda _: [values])(-1)]


def _number(x):
    return f"{x:.6g}".replace("-", "−")
