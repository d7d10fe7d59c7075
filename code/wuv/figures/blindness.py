"""Blind tests: the whole-number problems on which a wrong formula agrees with the right one."""

import re

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, beside, drawn
from wuv.shapes import problem


def blind_tests(W: ArrayLike, u: ArrayLike, v: ArrayLike, *, reach: int = 3) -> Picture:
    """Draw where 2Wr and 2Wᵀr agree while W₁₂ and W₂₁ run over the plane; `Picture`.

    W is ``(2, 2)``, u and v are ``(2, 1)``; the diagonal of W, u and v stay as they are. Level
    lines show the length of 2Wr − 2Wᵀr; each whole-number test from ``-reach`` to ``reach`` is a
    dot, a filled one where the two formulas agree. The given W is a star. Chapter `symbols`.

    Raises ``ValueError`` where W is not 2 × 2 or u is not one column.
    """
    W, u, v = problem(W, u, v)
    if W.shape != (2, 2) or u.shape != (2, 1):
        raise ValueError(f"W has shape {W.shape}, u {u.shape}; this plane needs (2, 2) and (2, 1)")

    def distance(above, below):
        above, below = np.broadcast_arrays(above, below)
        A = np.empty((*above.shape, 2, 2), above.dtype)
        A[...] = W
        A[..., 0, 1], A[..., 1, 0] = above, below
        r = A @ u - v
        return np.linalg.norm(2 * A @ r - 2 * A.swapaxes(-1, -2) @ r, axis=(-2, -1))

    whole = range(-reach, reach + 1)
    tests = [(a, b, distance(a, b) == 0) for a in whole for b in whole]
    blind = [(a, b) for a, b, agree in tests if agree]
    seeing = [(a, b) for a, b, agree in tests if not agree]
    off = [(a, b) for a, b in blind if a != b]
    line = np.linspace(-reach - 0.5, reach + 0.5, 113)
    heights = distance(line, line[:, np.newaxis])
    star = W[0, 1].item(), W[1, 0].item()

    def draw(axes):
        levels = heights.max() * np.array([0.02, 0.06, 0.14, 0.28, 0.5, 0.75])
        axes.contour(line, line, heights, levels, colors=LIGHT["rule"], linewidths=1)
        axes.plot(line, line, "--", color=LIGHT["r"], linewidth=1.2)
        for points, style in (
            (seeing, {"mfc": "none", "color": LIGHT["W"], "label": "sees the slip"}),
            (blind, {"color": LIGHT["r"], "markersize": 8, "label": "blind to it"}),
        ):
            if points:
                axes.plot(*zip(*points, strict=True), "o", linestyle="", **style)
        axes.plot(*star, "*", color=LIGHT["ink"], markersize=13, linestyle="", label="given W")
        for a, b in off[:1]:
            beside(axes, (a, b), (-7, 6), "$r = 0$", ha="right", size=14)
        along = {"rotation": 45, "rotation_mode": "anchor", "va": "top", "size": 14}
        axes.text(-reach + 0.55, -reach + 0.15, "$W_{12} = W_{21}$", color=LIGHT["r"], **along)
        axes.set_xlabel("$W_{12}$", size=15)
        axes.set_ylabel("$W_{21}$", size=15)
        axes.set(aspect="equal", xticks=whole, yticks=whole)
        axes.grid(False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)

    where = f", and {', '.join(map(str, off))}, where r = 0" if off else ""
    alt = (
        f"The plane of W₁₂ and W₂₁ with its {len(tests)} whole-number points from −{reach} to "
        f"{reach}. On {len(blind)} of them 2Wr and 2Wᵀr agree: the {len(blind) - len(off)} on the "
        f"line W₁₂ = W₂₁{where}. The given W, at {star}, sees the slip."
    )
    if star in blind:
        alt = alt.replace("sees the slip.", "is blind to the slip.")
    return drawn(draw, re.sub(r"-(?=\d)", "−", alt), 4.8, 5.0)
