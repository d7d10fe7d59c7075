"""The transpose as geometry: level lines among outputs, pulled back to the inputs."""

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import (
    LIGHT,
    Picture,
    arrow,
    beside,
    drawn,
    frame,
    pointer,
    upright,
    write,
)
from wuv.model import residual
from wuv.shapes import problem
from wuv.written import listed, number_text

PANELS = {"inputs": -1.25, "outputs": 1.25}  # where the middles of the two planes are
REACH = 1.5  # how far a plane goes beyond the nudge that it shows


def pulled_back(
    W: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    du: ArrayLike,
    names: tuple[str, str, str] = ("2r", r"2W^{\mathsf T}r", "2Wr"),
) -> Picture:
    """Draw the level lines of ⟨2r, ·⟩ among outputs, and the same pulled back by W; `Picture`.

    A nudge ``du``, of the shape of u, and its image W du lie on lines with the same number. The
    lines among inputs are at a right angle to 2Wᵀr; an arrow for 2Wr shows that to it they are not.
    ``names`` are what these three are called, as mathematics.

    Raises ``ValueError`` where W is not 2 × 2, or where that number is 0: there is one line then.
    """
    W, du, _ = problem(W, du, v)
    if W.shape != (2, 2):
        raise ValueError(f"W has shape {W.shape}; both planes can be drawn for (2, 2) only")
    prices, image = 2 * residual(W, u, v), W @ du
    right, wrong, number = W.T @ prices, W @ prices, (prices * image).sum()
    if not number:
        raise ValueError("this nudge has ⟨2r, W du⟩ = 0; take one that moves the loss")
    aligned = right[0, 0] * wrong[1, 0] == right[1, 0] * wrong[0, 0]
    longest = max(np.linalg.norm(x.astype(float)) for x in (right, wrong))

    def draw(axes):
        for title, normal, nudge, name, colour in (
            ("inputs", right, du, r"\mathrm{d}u", "u"),
            ("outputs", prices, image, r"W\,\mathrm{d}u", "W"),
        ):
            unit = REACH * float(abs(nudge).max())
            middle = np.array([PANELS[title], 0.0])
            _plane(axes, middle[0], normal / abs(number) * unit, nudge, abs(number), number)
            _vector(axes, middle, nudge / unit, name, colour)
            write(axes, middle[0], 1.16, title, size=15)
        for title, normal, size, name, colour in (
            ("outputs", prices, np.linalg.norm(prices.astype(float)), upright(names[0]), "r"),
            ("inputs", right, longest, upright(names[1]), "r"),
            ("inputs", wrong, longest, upright(names[2]), "faint"),
        ):
            line = (0, (3, 2)) if colour == "faint" else "-"
            _vector(axes, np.array([PANELS[title], 0]), 0.72 * normal / size, name, colour, line)
        for y, style, text in ((1.45, "-|>", "W"), (-1.28, "<|-", r"W^{\mathregular{T}}")):
            arrow(axes, (-0.75, y), (0.75, y), "W", arrowstyle=style)
            write(axes, 0, y + 0.17, f"${text}$", "W", size=18)
        frame(axes, (-2.3, 2.3), (-1.4, 1.75), aspect="equal")

    outer, inner, other = (name.replace(r"^{\mathsf T}", "ᵀ") for name in names)
    alt = (
        f"Two planes. Among outputs, the level lines of the inner product with {outer} = "
        f"{listed(prices)}; W du = {listed(image)} lies on the line {number_text(number)}. Among "
        f"inputs, these lines pulled back by W: du = {listed(du)} lies on the line "
        f"{number_text((right * du).sum())}. They are at a right angle to {inner} = "
        f"{listed(right)}, "
    )
    said = number_text((wrong * du).sum())
    also = "and also" if aligned else "not"
    alt += f"{also} to {other} = {listed(wrong)}, which gives du {said}."
    return drawn(draw, alt, 5.2, 3.7)


def _vector(axes, start, way, name, colour, line="-"):
    """Draw an arrow from a point, with its name beyond its tip; none where it has no length."""
    way = np.ravel(way).astype(float)
    if way.any():
        look = {"linewidth": 2, "linestyle": line, "shrinkA": 0, "shrinkB": 0}
        pointer(axes, start, start + way, colour, 16, **look)
        beyond = 15 * way / np.linalg.norm(way)
        look = {"ha": "center", "va": "center", "size": 16}
        beside(axes, start + way, beyond, f"${name}$", colour, **look)


def _plane(axes, x, normal, nudge, step, marked):
    """Draw a square of the plane around (x, 0), with the level lines of ⟨normal, ·⟩ at whole
    numbers, which stand for multiples of ``step``; the line of the number ``marked`` is darker."""
    normal, nudge = (np.ravel(each).astype(float) for each in (normal, nudge))
    side = np.linspace(-1, 1, 41)
    across, up = np.meshgrid(side, side)
    heights = normal[0] * across + normal[1] * up
    most = int(np.ceil(heights.max())) - 1
    levels = np.arange(-most, most + 1)
    looks = {"colors": LIGHT["faint"], "linestyles": "solid"}
    looks["linewidths"] = [2.6 if level * step == marked else 1.2 for level in levels]
    lines = axes.contour(x + side, side, heights, levels, **looks)
    length = np.linalg.norm(normal)
    along = np.array([-normal[1], normal[0]]) / length
    along *= -1 if along @ nudge > 0 else 1  # the numbers stand where the nudge does not
    feet = [normal * level / length**2 for level in levels]
    tried = [[foot + s * along for s in np.linspace(0.72, -1, 44)] for foot in feet]
    inside = [[place for place in places if abs(place).max() < 0.87] for places in tried]
    places = [(x + found[0][0], found[0][1]) for found in inside if found]
    axes.clabel(lines, fmt=lambda k: number_text(round(k) * step), fontsize=14, manual=places)
    corners = np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])
    axes.plot(x + corners[0], corners[1], color=LIGHT["rule"], linewidth=1)
    mark = 0.1 * np.array([along, along + normal / length, normal / length])
    axes.plot(x + mark[:, 0], mark[:, 1], color=LIGHT["r"], linewidth=1.2)
    axes.plot(x, 0, "o", color=LIGHT["ink"], markersize=5)
