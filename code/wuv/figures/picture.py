"""What every figure shares: colours, style, and a `Picture` that says in words what it shows."""

from dataclasses import dataclass, field
from html import escape
from io import StringIO

import matplotlib
from matplotlib.figure import Figure

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
