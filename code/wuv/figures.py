"""Figures: the pictures of the book, each from the numbers it shows. Needs Matplotlib.

Every function returns a `Picture`, which displays itself in a notebook, turns with the page to
dark, and says in words what it shows (``picture.alt``), computed from the same numbers.

>>> from wuv.descent import descend
>>> from wuv.problems import case_a
>>> loss_curve({"right": descend(*case_a(), learning_rate=0.05, steps=20)}).alt
'Loss against step, logarithmic: right falls from 24 to 0.271 in 20 steps.'

W, u, v and r have one colour each, here as in the formulas of the book.
"""

from dataclasses import dataclass, field
from html import escape
from io import StringIO
from itertools import islice, pairwise

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from wuv.descent import History, descend, iterates, largest_learning_rate
from wuv.difference import central_difference, complex_step, forward_difference
from wuv.model import grad_u, loss, residual
from wuv.shapes import problem

LIGHT = {
    "ink": "#1b1b1f",
    "faint": "#76767e",
    "rule": "#d4d4da",
    "wash": "#f1f1f5",
    "W": "#0060a8",
    "u": "#b04e00",
    "v": "#00704f",
    "r": "#a3256e",
}
DARK = {
    "ink": "#e6e6ea",
    "faint": "#9d9da6",
    "rule": "#45454d",
    "wash": "#25252b",
    "W": "#79b8ff",
    "u": "#ffab6b",
    "v": "#5fd3a8",
    "r": "#f59ad0",
}
WT = r"W^{\mathregular{T}}"  # upright and sans, as in the formulas of the pages
LINES = [("W", "-", "o"), ("r", "--", "s"), ("v", "-.", "^"), ("u", ":", "D")]
STYLE = {
    "axes.edgecolor": LIGHT["faint"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": LIGHT["ink"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "font.size": 11,
    "grid.color": LIGHT["rule"],
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "mathtext.fontset": "stix",
    "svg.fonttype": "path",
    "svg.hashsalt": "wuv",
    "text.color": LIGHT["ink"],
    "xtick.color": LIGHT["faint"],
    "xtick.labelcolor": LIGHT["ink"],
    "ytick.color": LIGHT["faint"],
    "ytick.labelcolor": LIGHT["ink"],
}


@dataclass(frozen=True)
class Picture:
    """A drawing: ``svg`` is its text, ``alt`` the same in words, ``figure`` Matplotlib's own."""

    svg: str = field(repr=False)
    alt: str
    figure: Figure = field(repr=False)

    def _repr_svg_(self):
        return self.svg


def _drawn(draw, alt, width, height):
    """Call ``draw(axes)`` in the book's style and return the `Picture`."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure.add_subplot())
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    for name, colour in LIGHT.items():
        svg = svg.replace(colour, f"var(--{name})")
    light, dark = (
        "".join(f"--{name}: {colour};" for name, colour in colours.items())
        for colours in (LIGHT, DARK)
    )
    style = (
        f"<style>svg{{{light}}}"
        f"@media (prefers-color-scheme: dark){{svg{{{dark}}}}}"
        f"@media print{{svg{{{light}}}}}</style>"
    )
    opening, rest = svg.split(">", 1)
    opening += f' role="img" aria-label="{escape(alt)}"'
    return Picture(f"{opening}>{style}{rest}", alt, figure)


def loss_curve(histories, *, every="step"):
    """Draw losses against steps on a logarithmic axis; `Picture`.

    ``histories`` is a `wuv.descent.History` or a dictionary of them by label, four at most.
    ``every`` names what a loss was recorded after: ``"step"``, or ``"pass"`` for `wuv.sgd`.

    Raises ``ValueError`` for more curves than can be told apart.
    """
    if isinstance(histories, History):
        histories = {"the loss": histories}
    lines = list(zip(histories.items(), LINES, strict=False))
    if len(lines) < len(histories):
        raise ValueError(f"{len(histories)} curves cannot be told apart; give {len(LINES)} at most")

    def draw(axes):
        for (label, history), (colour, line, marker) in lines:
            axes.semilogy(
                history.losses,
                line,
                color=LIGHT[colour],
                marker=marker,
                markevery=max(1, len(history.losses) // 8),
                label=label,
            )
        axes.set(xlabel=every, ylabel="$L$")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if len(histories) > 1:
            axes.legend()

    plural = {"pass": "passes"}.get(every, f"{every}s")
    parts = [_course(label, history.losses, plural) for label, history in histories.items()]
    return _drawn(draw, f"Loss against {every}, logarithmic: {'; '.join(parts)}.", 6.4, 3.4)


def _course(label, losses, units):
    verb = "falls" if losses[-1] < losses[0] else "grows" if losses[-1] > losses[0] else "stays"
    return f"{label} {verb} from {losses[0]:.3g} to {losses[-1]:.3g} in {len(losses) - 1} {units}"


def loss_surface(W, v, descents, *, steps=30):
    """Draw the level lines of L over u = (u₁, u₂) and the paths of descents in u; `Picture`.

    ``descents`` maps a label to the keywords of `wuv.descent.iterates`: ``u`` (the start, shape
    ``(2, 1)``), ``learning_rate`` and, if need be, ``gradient``. Drawing stays near the start.

    Raises ``ValueError`` where u does not have two entries: the page has two directions.
    """
    paths = {}
    for label, how in descents.items():
        start = problem(W, how["u"], v)[1]
        if start.shape != (2, 1):
            raise ValueError(f"u has shape {start.shape}; a surface can be drawn for (2, 1) only")
        points = list(islice(iterates(W=W, v=v, **how), steps + 1))
        paths[label] = np.hstack([point.u for point in points]), points[-1].loss
    best = np.linalg.lstsq(np.asarray(W, float), np.asarray(v, float), rcond=None)[0]
    starts = np.hstack([path[:, :1] for path, _ in paths.values()])
    reach = 1.35 * np.abs(starts - best).max()
    x, y = (np.linspace(best[i, 0] - reach, best[i, 0] + reach, 121) for i in (0, 1))
    grid = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    heights = ((W @ grid - v) ** 2).sum(axis=0).reshape(x.size, y.size)

    def draw(axes):
        low, high = heights.min(), heights.max()
        levels = low + (high - low) * np.linspace(0.02, 1, 12) ** 2
        axes.contour(x, y, heights, levels, colors=LIGHT["rule"], linewidths=1)
        axes.plot(*best, "*", color=LIGHT["ink"], markersize=12, label="minimum", linestyle="")
        for (label, (path, _)), (colour, line, marker) in zip(paths.items(), LINES, strict=False):
            axes.plot(*path, line, color=LIGHT[colour], marker=marker, label=label, linewidth=1.4)
        axes.set(
            xlabel="$u_1$",
            ylabel="$u_2$",
            aspect="equal",
            xlim=(x[0], x[-1]),
            ylim=(y[0], y[-1]),
        )
        axes.grid(False)
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1))

    parts = [
        f"{label} starts at ({path[0, 0]:.3g}, {path[1, 0]:.3g}) and after {steps} steps "
        f"is at ({path[0, -1]:.3g}, {path[1, -1]:.3g}), loss {last:.3g}"
        for label, (path, last) in paths.items()
    ]
    alt = (
        "Level lines of L over u are ellipses around the minimum at "
        f"({best[0, 0]:.3g}, {best[1, 0]:.3g}); {'; '.join(parts)}."
    )
    return _drawn(draw, alt, 6.4, 4.2)


def step_errors(f, gradient, x, *, exponents=range(-15, 1)):
    """Draw the relative error of differences against their step, both logarithmic; `Picture`.

    ``f`` is a function of one array, ``gradient`` its gradient at x. An error of 0 is drawn at the
    bottom edge; a method that f does not allow (the complex step) is left out.
    """
    exponents = list(exponents)
    steps, x = 10.0 ** np.array(exponents), np.asarray(x, float)
    methods = {
        "forward": forward_difference,
        "central": central_difference,
        "complex step": complex_step,
    }
    errors = {}
    for name, method in methods.items():
        try:
            found = [method(f, x, step) for step in steps]
        except TypeError:
            continue
        scale = np.abs(gradient).max()
        errors[name] = np.array([np.abs(slopes - gradient).max() / scale for slopes in found])
    floor = 1e-17

    def draw(axes):
        for (name, error), (colour, line, marker) in zip(errors.items(), LINES, strict=False):
            shown = np.maximum(error, floor)
            axes.loglog(steps, shown, line, color=LIGHT[colour], marker=marker, label=name)
        axes.set(xlabel="step $h$", ylabel="relative error", ylim=(floor / 2, 10))
        axes.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.15))

    parts = [
        f"{name} is best at step {steps[error.argmin()]:.0e} with error {error.min():.0e}"
        for name, error in errors.items()
    ]
    alt = f"Relative error against step from {steps[0]:.0e} to {steps[-1]:.0e}: {'; '.join(parts)}."
    return _drawn(draw, alt, 6.4, 3.6)


def learning_rates(W, u, v, *, vary="u", steps=8):
    """Draw the loss after some steps against the learning rate, and the limit; `Picture`.

    What is drawn is L − L_min, divided by its value at the start, for rates from 0 to 1.3 times
    `wuv.descent.largest_learning_rate`.
    """
    limit = largest_learning_rate(W, u, v, vary=vary)
    rates = limit * np.arange(1, 131) / 100
    least = _least(W, u, v, vary)
    start = float(loss(W, u, v)) - least
    left = np.array(
        [
            (descend(W, u, v, vary=vary, learning_rate=eta, steps=steps).last.loss - least) / start
            for eta in rates
        ]
    )
    left = np.maximum(left, 1e-16)
    below, above = rates < limit, rates >= limit

    def draw(axes):
        axes.semilogy(rates[below], left[below], color=LIGHT["W"], label="converges")
        axes.semilogy(rates[above], left[above], "--", color=LIGHT["r"], label="diverges")
        axes.axvline(limit, color=LIGHT["ink"], linewidth=1, linestyle=":")
        axes.axhline(1, color=LIGHT["faint"], linewidth=1)
        axes.annotate(
            f"limit {limit:.3g}",
            (limit, left.min()),
            (-6, 4),
            textcoords="offset points",
            ha="right",
        )
        axes.set(xlabel=r"learning rate $\eta$", ylabel=f"what is left after {steps} steps")
        axes.legend(loc="upper left")

    best = rates[left.argmin()]
    alt = (
        f"What is left of the loss above its minimum after {steps} steps, against the learning "
        f"rate: least near {best:.3g}, {left[99]:.2g} at the limit {limit:.3g}, growing beyond."
    )
    return _drawn(draw, alt, 6.4, 3.4)


def _least(W, u, v, vary):
    """Return the smallest loss that moving one array can reach."""
    if vary == "u":
        W, v = np.asarray(W, float), np.asarray(v, float)
        return float(((W @ np.linalg.lstsq(W, v, rcond=None)[0] - v) ** 2).sum())
    return 0.0


def shape_blocks(*factors):
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
            colour = LIGHT[next((c for c in name if c in "Wuvr"), "ink")]
            result = place == len(factors)
            bottom = -rows / 2
            axes.add_patch(
                Rectangle(
                    (left, bottom),
                    columns,
                    rows,
                    facecolor="none" if result else colour,
                    edgecolor=colour,
                    alpha=1 if result else 0.22,
                    linestyle="--" if result else "-",
                )
            )
            axes.add_patch(
                Rectangle((left, bottom), columns, rows, facecolor="none", edgecolor=colour)
            )
            middle = left + columns / 2
            label = {"ha": "center", "color": colour}
            axes.text(
                middle, 0, f"${_upright(name)}$" if name else "", va="center", size=15, **label
            )
            axes.text(middle, -tallest / 2 - 0.35, f"{rows} × {columns}", va="top", **label)
            left += columns
            if place < len(fits):
                sign = "·" if fits[place] else f"{columns} ≠ {blocks[place + 1][1]}"
                tone = LIGHT["ink"] if fits[place] else LIGHT["r"]
                axes.text(left + 0.8, 0, sign, ha="center", va="center", color=tone, size=13)
            elif not result and all(fits):
                axes.text(left + 0.8, 0, "=", ha="center", va="center", size=15)
            left += 1.6
        axes.set(xlim=(-0.2, total + 0.2), ylim=(-tallest / 2 - 1.3, tallest / 2 + 0.2))
        axes.set_aspect("equal")
        axes.axis("off")

    listed = " times ".join(f"{_spoken(name)} ({rows} × {cols})" for name, rows, cols in factors)
    if all(fits):
        outcome = f"they fit and give {blocks[-1][1]} × {blocks[-1][2]}"
    else:
        where = fits.index(False)
        columns, rows = factors[where][2], factors[where + 1][1]
        outcome = f"columns {columns}, rows {rows}: there is no such product"
    alt = f"Blocks to scale: {listed}; {outcome}."
    return _drawn(draw, alt, (total + 0.4) * unit, (tallest + 1.5) * unit)


TRANSPOSED = (r"^{\mathsf{T}}", r"^{\mathsf T}", r"^\top", r"^T")


def _spoken(name):
    """Return a factor's name as it would be said."""
    for spelling in TRANSPOSED:
        name = name.replace(spelling, " transposed")
    return name


def _upright(name):
    for spelling in TRANSPOSED:
        name = name.replace(spelling, r"^{\mathregular{T}}")
    return name


def adjoint(W, u, v, du):
    """Draw the two ways from a nudge du to the change of the loss, in numbers; `Picture`.

    Forward, W carries du to the outputs, where it meets 2r; backward, Wᵀ carries 2r to the inputs,
    where it meets du. Both inner products are dL. ``du`` has the shape of u.
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
        for x, (space, size) in enumerate((("inputs", W.shape[1]), ("outputs", W.shape[0]))):
            axes.add_patch(
                FancyBboxPatch(
                    (2.6 * x - 0.85, -0.62),
                    1.7,
                    2.3,
                    boxstyle="round,pad=0.05",
                    facecolor=LIGHT["wash"],
                    edgecolor=LIGHT["rule"],
                )
            )
            title = rf"{space}, $\mathbb{{R}}^{{{size}}}$"
            axes.text(2.6 * x, 1.9, title, ha="center", va="center", size=12)
        for (x, y), (name, entries, colour) in corners.items():
            numbers = ", ".join(str(entry).replace("-", "−") for entry in entries.reshape(-1))
            style = {"ha": "center", "color": LIGHT[colour]}
            axes.text(2.6 * x, 1.08 * y + 0.22, f"${name}$", va="center", size=16, **style)
            axes.text(2.6 * x, 1.08 * y - 0.06, f"({numbers})", va="center", size=12, **style)
        for y, start, stop, name in ((1.14, 0.9, 1.7, "W"), (0.06, 1.7, 0.9, WT)):
            axes.add_patch(
                FancyArrowPatch(
                    (start, y),
                    (stop, y),
                    arrowstyle="-|>",
                    mutation_scale=18,
                    color=LIGHT["W"],
                    linewidth=2,
                )
            )
            axes.text(
                1.3, y + 0.14, f"${name}$", ha="center", va="bottom", color=LIGHT["W"], size=16
            )
        for x, pair in ((0, (0, 1)), (1, (1, 0))):
            names = (corners[x, y][0] for y in pair)
            text = product % (*names, change)
            axes.text(2.6 * x, -0.4, text, ha="center", va="center", size=12.5)
        axes.text(1.3, -0.4, r"$=\ \mathrm{d}L\ =$", ha="center", va="center", size=13)
        axes.set(xlim=(-1.0, 3.6), ylim=(-0.8, 2.1))
        axes.axis("off")

    listed = {
        corner: f"({', '.join(map(str, entries.reshape(-1)))})"
        for corner, (_, entries, _) in corners.items()
    }
    alt = (
        f"Two boxes, inputs and outputs. W carries du = {listed[0, 1]} forward to W du = "
        f"{listed[1, 1]}, where it meets 2r = {listed[1, 0]}; W transposed carries 2r back to "
        f"2 W transposed r = {listed[0, 0]}, where it meets du. "
        f"Both inner products are {change}."
    )
    return _drawn(draw, alt, 5.2, 3.7)


__all__ = [
    "Picture",
    "adjoint",
    "learning_rates",
    "loss_curve",
    "loss_surface",
    "shape_blocks",
    "step_errors",
]
