"""What every figure shares: colours, style, a few strokes of the pen, and a `Picture` that says in
words what it shows. Colours are given by their names in `LIGHT`.
"""

import re
from dataclasses import dataclass, field
from html import escape
from io import StringIO

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

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
TRANSPOSED = re.compile(r"\^\{\\mathsf(?: T|\{T\})\}|\^\\top|\^T|ᵀ")
SAID = {
    r"\colon": " gets ", r"\operatorname{tr}(X)": "the trace of X", r"\mathbf{1}": "ones",
    r"\odot": "times, entry by entry,", r"\lambda": "lambda", r"\Vert": "‖", "^2": "²", "‖ ": "‖",
    r"\max": "max", r"\,": " ", "\\ ": " ", "-": "−",
}  # fmt: skip
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

    def _repr_svg_(self) -> str:
        return self.svg


def drawn(draw, alt, width, height):
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


def told_apart(labelled, what, most=4):
    """Return (label, thing, colour, line, marker) for each of ``{label: thing}``.

    Raises ``ValueError`` for more than ``most``, which could not be told apart.
    """
    if len(labelled) > most:
        raise ValueError(f"{len(labelled)} {what} cannot be told apart; give {most} at most")
    looks = [(LIGHT[name], line, marker) for name, line, marker in LINES[: len(labelled)]]
    return [(*pair, *look) for pair, look in zip(labelled.items(), looks, strict=True)]


def write(axes, x, y, text, colour="ink", **style):
    """Write a text with its middle at (x, y)."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "color": LIGHT[colour]} | style)


def beside(axes, place, offset, text, colour="ink", **style):
    """Write a text beside a place, so many points away."""
    axes.annotate(text, place, offset, textcoords="offset points", color=LIGHT[colour], **style)


def arrow(axes, start, stop, colour, head=18, **look):
    """Draw an arrow with a head of so many points, 2 points wide unless ``look`` says more."""
    look = {"arrowstyle": "-|>", "linewidth": 2} | look
    axes.add_patch(FancyArrowPatch(start, stop, mutation_scale=head, color=LIGHT[colour], **look))


def pointer(axes, start, stop, colour, head, **look):
    """Draw an arrow that lies above the curves."""
    look |= {"arrowstyle": "-|>", "mutation_scale": head, "color": LIGHT[colour]}
    axes.annotate("", stop, start, arrowprops=look)


def block(axes, x, y, width, height, face=None, edge=None, rounded=None, **look):
    """Draw a rectangle from its corner (x, y), with rounded corners if ``rounded`` says how."""
    look["facecolor"], look["edgecolor"] = (LIGHT[c] if c else "none" for c in (face, edge))
    if rounded:
        shape = FancyBboxPatch((x, y), width, height, boxstyle=f"round,{rounded}", **look)
    else:
        shape = Rectangle((x, y), width, height, **look)
    axes.add_patch(shape)


def frame(axes, x, y, **more):
    """Show the part of the plane between these two limits, and no axes."""
    axes.set(xlim=x, ylim=y, **more)
    axes.axis("off")


def letter(name):
    """Return which of the letters that have a colour a formula is about, or "ink"."""
    return next((x for x in name if x in "Wuvr"), "ink")


def upright(latex):
    """Return LaTeX with its transposes as Matplotlib draws them best, upright."""
    return TRANSPOSED.sub(r"^{\\mathregular{T}}", latex)


def spoken(formula):
    """Return a small formula, in LaTeX or as a line of text, as it would be said."""
    formula = TRANSPOSED.sub(" transposed", formula)
    for sign, word in SAID.items():
        formula = formula.replace(sign, word)
    return " ".join(formula.split())
