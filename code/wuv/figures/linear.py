"""The linear part: the loss near a point, and the linear map that it looks like from close by."""

import numpy as np
from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, drawn, pointer
from wuv.model import grad_u, loss
from wuv.shapes import problem
from wuv.written import listed


def linear_part(
    W: ArrayLike, u: ArrayLike, v: ArrayLike, *, reach: float = 1, spacing: float = 8
) -> Picture:
    """Draw level lines of L over u and, dashed, those of L + dL, its linear part; `Picture`.

    The drawing reaches from u to ``reach`` on each side; both kinds of lines have the levels L and
    L plus and minus multiples of ``spacing``. An arrow shows where the gradient points.

    Raises ``ValueError`` where u does not have two entries, or the gradient there is 0.
    """
    W, u, v = problem(W, u, v)
    if u.shape != (2, 1):
        raise ValueError(f"u has shape {u.shape}; level lines can be drawn for (2, 1) only")
    slope, here = grad_u(W, u, v).astype(float), float(loss(W, u, v))
    steepest = np.hypot(*slope[:, 0])
    if not steepest:
        raise ValueError("the gradient here is 0: the linear part has no level lines")
    side = np.linspace(-reach, reach, 121)
    nudges = np.stack(np.meshgrid(side, side)).reshape(2, -1)
    square = side.size, side.size
    true = ((W @ (u + nudges) - v) ** 2).sum(axis=0).astype(float).reshape(square)
    linear = (here + slope.T @ nudges).reshape(square)
    count = int(reach * abs(slope).sum() / spacing)
    levels = here + spacing * np.arange(-count, count + 1)
    x, y = (u[i, 0] + side for i in (0, 1))
    shown = levels[(levels > true.min()) & (levels < true.max())]
    beside = _beside_the_arrow(W, u, v, shown, slope / steepest, reach)

    def draw(axes):
        axes.contour(x, y, linear, levels, colors=LIGHT["r"], linewidths=1.4, linestyles="dashed")
        lines = axes.contour(x, y, true, shown, colors=LIGHT["W"], linewidths=2)
        axes.clabel(lines, fmt=lambda level: f"{level:.6g}", fontsize=12, manual=beside)
        tip = u[:, 0] + 0.62 * reach * slope[:, 0] / steepest
        look = {"linewidth": 2.5, "shrinkA": 0, "shrinkB": 0}
        pointer(axes, u[:, 0].astype(float), tip, "u", 18, **look)
        axes.plot(*u, "o", color=LIGHT["u"], markersize=7)
        for label, style in (("$L$", ("W", "-")), (r"$L + \mathrm{d}L$", ("r", "--"))):
            axes.plot([], [], style[1], color=LIGHT[style[0]], label=label)
        axes.set_xlabel("$u_1$", size=16)
        axes.set_ylabel("$u_2$", size=16)
        axes.set(aspect="equal", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_locator().set_params(nbins=4)
        axes.grid(False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, fontsize=14)

    apart = abs(true - linear).max()
    alt = (
        f"Level lines of L around u = {listed(u)}, where L = {here:.6g}, are curves; those of its "
        f"linear part are straight, parallel and equally spaced. Both go up in steps of "
        f"{spacing:.6g} and touch at u. The arrow from there, across both, points along the "
        f"gradient {listed(slope)}. At {reach:.6g} on each side L and its linear part are at most "
        f"{apart:.3g} apart."
    )
    return drawn(draw, alt.replace("-", "−"), 4.2, 4.4)


def _beside_the_arrow(W, u, v, levels, uphill, reach):
    """Return places for the numbers of the levels, in a row that runs beside the arrow."""
    across = np.array([-uphill[1], uphill[0]])
    nudges = (0.55 * across + uphill * np.linspace(-1.4, 1.4, 561)) * reach
    nudges = nudges[:, abs(nudges).max(axis=0) < 0.92 * reach]
    heights = ((W @ (u + nudges) - v) ** 2).sum(axis=0)
    inside = [level for level in levels if heights.min() < level < heights.max()]
    return [tuple((u + nudges)[:, abs(heights - level).argmin()]) for level in inside]
