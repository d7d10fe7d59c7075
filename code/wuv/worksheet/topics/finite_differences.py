"""Differences: exact for this loss, and blind on some cases."""

from fractions import Fraction

import numpy as np

from wuv.difference import directional_derivative, forward_difference
from wuv.model import loss
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, gradient
from wuv.worksheet.written import column, columns_meet, dot, number, rows_meet, squares, unit

AIM = "Measure slopes by differences, and know when they are exact and when they are blind."
PARABOLA = {
    "eq-parabola": ("along a line the loss is a parabola in $h$",),
    "eq-central-exact": ("$h^2$ is the same for $h$ and for $-h$",),
}


def _four_places(u):
    """Return the points one step up and down along both entries of u."""
    return [u + sign * unit(2, k) for k in range(2) for sign in (1, -1)]


def _four_values(W, u, v):
    """Ask for the losses one step up and down along both entries of u."""
    places = _four_places(u)
    return ask.compute(
        f"Compute the loss one step up and one step down along each entry of $u = {column(u)}$.",
        {f"L{column(x)}": loss(W, x, v) for x in places}, 4, 5,
        *(f"at ${column(x)}$ the residual is ${column(W @ x - v)}$" for x in places),
    )  # fmt: skip


def level_1(draw):
    """Forward and central differences, and by how much the forward one misses."""
    W, u, v = draw.problem(3, 2)
    r, g, L = W @ u - v, gradient(W, u, v, "u"), loss(W, u, v)
    forward = forward_difference(lambda x: loss(W, x, v), u, step=1)
    central = [ask.halves(lambda x: loss(W, x, v), u, (k, 0), g) for k in range(2)]
    losses = [f"L{column(x)}" for x in _four_places(u)]
    miss = agreed(forward - g, (W * W).sum(axis=0).reshape(-1, 1))
    return {"W": W, "u": u, "v": v}, (
        ask.residual_and_loss(W, u, v),
        _four_values(W, u, v),
        ask.compute(
            "With the step $h = 1$, compute the two central differences "
            r"$\frac{1}{2}(L(u + e) - L(u - e))$ and the two forward ones, $L(u + e) - L(u)$, with "
            "$e = (1, 0)$ and then $e = (0, 1)$.",
            {r"\text{central}": g, r"\text{forward}": forward}, 4, 3,
            "central: " + ", ".join(rf"$({up} - {down}) / 2 = {x}$" for up, down, x in central),
            f"forward: subtract $L = {L}$",
            follows={
                r"\text{central}": (lambda a, b, c, d: ask.half_difference(
                    np.array([[a], [c]]), np.array([[b], [d]])), *losses),
                r"\text{forward}": (lambda a, b, L: np.array([[a - L], [b - L]]),
                                    losses[0], losses[2], "L"),
            },
        ),
        ask.fill_in(
            "Why is the central difference exact, along any direction $d$?",
            "finite_differences", PARABOLA, {"W": W, "r": v, "d": u},
        ),
        ask.compute(
            r"Compute the gradient $2W^{\mathsf T}r$. Which of the two differences agrees?",
            {r"2W^{\mathsf T}r": g}, 3, 3,
            columns_meet(W, 2 * r, "W", "2r"), "it is the central one, exactly",
            follows={r"2W^{\mathsf T}r": (ask.twice_columns(W), "r")},
            slopes={r"2W^{\mathsf T}r": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.compute(
            r"The forward difference misses by $h\,\lVert We\rVert^2$. Compute the squared lengths "
            "of the two columns of $W$, and compare.",
            {r"\text{misses}": miss}, 2, 2,
            *(f"column {k + 1}: ${squares(W[:, k])}$" for k in range(2)),
        ),
    )  # fmt: skip


def level_2(draw):
    """One direction for a whole gradient; then cases that cannot see a mistake."""
    W, u, v = draw.problem(3, 2, largest=2, fits=lambda p: abs(p.W @ p.u - p.v).max() < 6)
    r, g = W @ u - v, gradient(W, u, v, "u")

    def fits(d):
        return (g.T @ d).item() and abs(W @ d).max() < 6

    def symmetric(S):
        return (S == S.T).all() and S.all() and round(np.linalg.det(S))

    d, S = draw.array("d", (2, 1), 2, fits, zero=False), draw.array("S", (2, 2), 3, symmetric)
    measured = directional_derivative(lambda x: loss(W, x, v), u, d, step=2)
    slope = agreed((g.T @ d).item(), measured)
    up, down = loss(W, u + 2 * d, v), loss(W, u - 2 * d, v)
    s = draw.integers("s", (2, 1), 3, zero=False)
    same = agreed(2 * S @ s, 2 * S.T @ s)
    return {"W": W, "u": u, "v": v, "d": d}, (
        ask.residual_and_loss(W, u, v),
        ask.fill_in(
            "Why is the central difference exact, along any direction $d$?",
            "finite_differences", PARABOLA, {"W": W, "r": v, "d": d},
        ),
        ask.compute(
            rf"Take the step $h = 2$ along $d = {column(d)}$: compute the losses at "
            f"$u + 2d = {column(u + 2 * d)}$ and at $u - 2d = {column(u - 2 * d)}$, and the "
            r"central difference $\frac{1}{4}(L(u + 2d) - L(u - 2d))$.",
            {"L(u + 2d)": up, "L(u - 2d)": down, r"\text{central difference}": slope}, 4, 5,
            f"residuals ${column(W @ (u + 2 * d) - v)}$ and ${column(W @ (u - 2 * d) - v)}$",
            rf"$\frac{{1}}{{4}}({up} - {down}) = {number(slope)}$",
            follows={r"\text{central difference}":
                     (lambda a, b: Fraction(1, 4) * (a - b), "L(u + 2d)", "L(u - 2d)")},
        ),
        ask.compute(
            r"Compute the gradient $2W^{\mathsf T}r$ and its inner product with $d$. Two losses "
            "have checked both entries at once.",
            {r"2W^{\mathsf T}r": g, r"\langle 2W^{\mathsf T}r, d\rangle": slope}, 4, 3,
            columns_meet(W, 2 * r, "W", "2r"), f"${dot(g, d)}$",
            follows={r"2W^{\mathsf T}r": (ask.twice_columns(W), "r"),
                     r"\langle 2W^{\mathsf T}r, d\rangle":
                     (lambda g: (g.T @ d).item(), r"2W^{\mathsf T}r")},
            slopes={r"2W^{\mathsf T}r": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.compute(
            rf"A test uses a symmetric matrix $S$, with the rows ${column(S[0])}$ and "
            rf"${column(S[1])}$, and its residual is $s = {column(s)}$. Compute "
            r"$2S^{\mathsf T}s$ and the wrong $2Ss$.",
            {r"2S^{\mathsf T}s": same, "2Ss": same}, 2, 3,
            f"both: {rows_meet(S, 2 * s)}",
        ),
        ask.which(
            r"Which test can see that $2Wr$ stands where $2W^{\mathsf T}r$ belongs?",
            {"$W$ of size 2×2, not symmetric":
             "There the two products differ, unless r is chosen badly.",
             "$W$ symmetric": "There W and its transpose are the same matrix.",
             "$W = I$": "The identity is symmetric: both products are 2r.",
             "any $W$, at a point with $r = 0$":
             "Whatever is multiplied by r is zero there: everything passes."},
        ),
    )  # fmt: skip
