"""Differences: exact for this loss, and blind on some cases."""

import numpy as np

from wuv.difference import central_difference, directional_derivative, forward_difference
from wuv.model import loss
from wuv.worksheet.asking import (
    columns_meet,
    fill_in,
    gradient,
    residual_and_loss,
    rows_meet,
    unit,
)
from wuv.worksheet.record import Choice, Entry, Numbers, Option, Question, agreed
from wuv.worksheet.written import column, dot, number, squares

AIM = "Measure slopes by differences, and know when they are exact and when they are blind."
PARABOLA = {
    "eq-parabola": ("along a line the loss is a parabola in $h$",),
    "eq-central-exact": ("$h^2$ is the same for $h$ and for $-h$",),
}


def _four_values(W, u, v):
    """Ask for the losses one step up and down along both entries of u."""
    names, values, worked = [], [], []
    for k in range(2):
        for sign in (1, -1):
            x = u + sign * unit(2, k)
            names.append(f"L{column(x)}")
            values.append(loss(W, x, v))
            worked.append(f"at ${column(x)}$ the residual is ${column(W @ x - v)}$")
    return Question(
        f"Compute the loss one step up and one step down along each entry of $u = {column(u)}$.",
        Numbers(tuple(map(Entry, names, values)), 5),
        4,
        tuple(worked),
    )


def level_1(draw, blanks):
    """Forward and central differences, and by how much the forward one misses."""
    W, u, v = draw.problem(3, 2)
    g, L = gradient(W, u, v, "u"), loss(W, u, v)
    central = agreed(g, central_difference(lambda x: loss(W, x, v), u, step=1))
    forward = forward_difference(lambda x: loss(W, x, v), u, step=1)
    values = [[loss(W, u + sign * unit(2, k), v) for sign in (1, -1)] for k in range(2)]
    central_lines = ", ".join(
        rf"$({up} - {down}) / 2 = {number(x)}$"
        for (up, down), x in zip(values, central.flat, strict=True)
    )
    miss = agreed(forward - g, (W * W).sum(axis=0).reshape(-1, 1))
    return {"W": W, "u": u, "v": v}, (
        residual_and_loss(W, u, v),
        _four_values(W, u, v),
        Question(
            "With the step $h = 1$, compute the two central differences "
            r"$\frac{1}{2}(L(u + e) - L(u - e))$ and the two forward ones, $L(u + e) - L(u)$, with "
            "$e = (1, 0)$ and then $e = (0, 1)$.",
            Numbers((Entry(r"\text{central}", central), Entry(r"\text{forward}", forward)), 3),
            4,
            (f"central: {central_lines}", f"forward: subtract $L = {L}$"),
        ),
        fill_in("Why is the central difference exact, along any direction $d$?",
                "finite_differences", PARABOLA, {"W": W, "r": v, "d": u}, blanks, draw),
        Question(
            r"Compute the gradient $2W^{\mathsf T}r$. Which of the two differences agrees?",
            Numbers((Entry(r"2W^{\mathsf T}r", g),), 3),
            3,
            (f"columns of $W$ meet $2r$: {columns_meet(W, 2 * (W @ u - v))}",
             "it is the central one, exactly"),
        ),
        Question(
            r"The forward difference misses by $h\,\lVert We\rVert^2$. Compute the squared lengths "
            "of the two columns of $W$, and compare.",
            Numbers((Entry(r"\text{misses}", miss),), 2),
            2,
            tuple(f"column {k + 1}: ${squares(W[:, k])}$" for k in range(2)),
        ),
    )  # fmt: skip


def level_2(draw, blanks):
    """One direction for a whole gradient; then cases that cannot see a mistake."""
    W, u, v = draw.problem(3, 2, largest=2, fits=lambda p: abs(p.W @ p.u - p.v).max() < 6)
    g = gradient(W, u, v, "u")
    d = draw.first("d", lambda k: draw.integers(k, (2, 1), 2, zero=False),
                   lambda d: (g.T @ d).item() and abs(W @ d).max() < 6)  # fmt: skip
    slope = agreed((g.T @ d).item(),
                   directional_derivative(lambda x: loss(W, x, v), u, d, step=2))  # fmt: skip
    up, down = loss(W, u + 2 * d, v), loss(W, u - 2 * d, v)
    S = draw.first("S", lambda k: draw.integers(k, (2, 2), 3),
                   lambda S: (S == S.T).all() and S.all() and round(np.linalg.det(S)))  # fmt: skip
    s = draw.integers("s", (2, 1), 3, zero=False)
    same = agreed(2 * S @ s, 2 * S.T @ s)
    return {"W": W, "u": u, "v": v, "d": d}, (
        residual_and_loss(W, u, v),
        fill_in("Why is the central difference exact, along any direction $d$?",
                "finite_differences", PARABOLA, {"W": W, "r": v, "d": d}, blanks, draw),
        Question(
            rf"Take the step $h = 2$ along $d = {column(d)}$: compute the losses at "
            f"$u + 2d = {column(u + 2 * d)}$ and at $u - 2d = {column(u - 2 * d)}$, and the "
            r"central difference $\frac{1}{4}(L(u + 2d) - L(u - 2d))$.",
            Numbers(
                (Entry("L(u + 2d)", up), Entry("L(u - 2d)", down),
                 Entry(r"\text{central difference}", slope)), 5),
            4,
            (f"residuals ${column(W @ (u + 2 * d) - v)}$ and ${column(W @ (u - 2 * d) - v)}$",
             rf"$\frac{{1}}{{4}}({up} - {down}) = {number(slope)}$"),
        ),
        Question(
            r"Compute the gradient $2W^{\mathsf T}r$ and its inner product with $d$. Two losses "
            "have checked both entries at once.",
            Numbers((Entry(r"2W^{\mathsf T}r", g),
                     Entry(r"\langle 2W^{\mathsf T}r, d\rangle", slope)), 3),
            4,
            (f"columns of $W$ meet $2r$: {columns_meet(W, 2 * (W @ u - v))}", f"${dot(g, d)}$"),
        ),
        Question(
            rf"A test uses a symmetric matrix $S$, with the rows ${column(S[0])}$ and "
            rf"${column(S[1])}$, and its residual is $s = {column(s)}$. Compute "
            r"$2S^{\mathsf T}s$ and the wrong $2Ss$.",
            Numbers((Entry(r"2S^{\mathsf T}s", same), Entry("2Ss", same)), 3),
            2,
            (f"both: {rows_meet(S, 2 * s)}",),
        ),
        Question(
            r"Which test can see that $2Wr$ stands where $2W^{\mathsf T}r$ belongs?",
            Choice((
                Option("$W$ of size 2×2, not symmetric", True,
                       "There the two products differ, unless r is chosen badly."),
                Option("$W$ symmetric", False, "There W and its transpose are the same matrix."),
                Option("$W = I$", False, "The identity is symmetric: both products are 2r."),
                Option("any $W$, at a point with $r = 0$", False,
                       "Whatever is multiplied by r is zero there: everything passes."),
            )),
            2,
        ),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
