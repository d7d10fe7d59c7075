"""Curvature: the Hessian, exactly, and the point where the slope is zero."""

from fractions import Fraction

import numpy as np

from wuv.model import grad_u, hessian_u, loss
from wuv.worksheet import asking as ask
from wuv.worksheet.drawing import across
from wuv.worksheet.keys import agreed, gradient
from wuv.worksheet.written import array, column, columns_meet, dot, squares

AIM = "Read off how the loss bends, and where it is least."
SECOND = {
    "eq-curvature-change": (r"only $r$ moves, by $Wd$",),
    "eq-curvature-second": (
        r"$\mathrm{d}r$ is all that moves",
        "one $W$ crosses, as its transpose",
    ),
}
LEAST = {
    "eq-curvature-expansion": ("the square, written out",),
    "eq-curvature-normal": ("the gradient is zero",),
    "eq-curvature-least": ("the middle term is gone",),
}


def _hessian(W, u, v):
    """The Hessian; differences of the gradient with step 1 agree."""
    columns = [grad_u(W, u + e, v) - grad_u(W, u, v) for e in np.eye(2, dtype=int)[:, :, None]]
    return agreed(hessian_u(W, u, v), np.hstack(columns))


def _solved(a, b):
    """Return the column x with ax = b, for a 2×2 matrix a (Cramer's rule)."""
    (p, q), (s, t) = a
    x = np.array([[t * b[0, 0] - q * b[1, 0]], [p * b[1, 0] - s * b[0, 0]]], dtype=object)
    return x * Fraction(1, p * t - q * s)


def level_1(draw):
    """The Hessian, and what it does to the gradient and to the loss under a move."""
    W, u, v = draw.problem(3, 2, largest=2)
    r, g, H = W @ u - v, gradient(W, u, v, "u"), _hessian(W, u, v)
    d = draw.integers("d", (2, 1), 2, zero=False)
    moved = agreed(grad_u(W, u + d, v), g + H @ d)
    bend = int(((W @ d) ** 2).sum())
    there = W @ (u + d) - v
    far = agreed(loss(W, u + d, v), loss(W, u, v) + (g.T @ d).item() + bend)
    return {"W": W, "u": u, "v": v, "d": d}, (
        ask.residual_and_loss(W, u, v),
        ask.fill_in(
            "How the gradient changes along $d$, and how the slope does under a nudge.",
            "curvature", SECOND, {"W": W, "u": u, "d": d},
        ),
        ask.what_happened("u", "2W²", "2WWᵀ", "WᵀW", "2Wᵀ", order=2),
        ask.compute(
            r"Compute the Hessian $H = 2W^{\mathsf T}W$ and the gradient $g = 2W^{\mathsf T}r$.",
            {"H": H, "g": g}, 4, 4,
            f"$W^{{\\mathsf T}}W = {array(W.T @ W)}$",
            columns_meet(W, 2 * r, "W", "2r"),
            follows={"g": (ask.twice_columns(W), "r")},
            slopes={"H": ask.gradient_of("u", order=2, W=W, u=u, v=v),
                    "g": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.compute(
            f"Move to $u + d = {column(u + d)}$. The gradient there is $g + Hd$.",
            {"Hd": H @ d, "g + Hd": moved}, 2, 2,
            f"${column(g)} + {column(H @ d)} = {column(moved)}$",
            follows={"Hd": (lambda H: H @ d, "H"), "g + Hd": (np.add, "g", "Hd")},
        ),
        ask.compute(
            r"The loss there is exactly $L + \langle g, d\rangle + \lVert Wd\rVert^2$. Compute "
            r"the two new terms and their sum with $L$; then check it with the residual at "
            "$u + d$.",
            {r"\langle g, d\rangle": (g.T @ d).item(), r"\lVert Wd\rVert^2": bend, "L(u + d)": far},
            4, 4,
            f"${dot(g, d)}$, $Wd = {column(W @ d)}$, ${squares(W @ d)}$",
            f"at $u + d$ the residual is ${column(there)}$: ${squares(there)}$",
            follows={
                r"\langle g, d\rangle": (lambda g: (g.T @ d).item(), "g"),
                "L(u + d)": (lambda *x: sum(x), "L", r"\langle g, d\rangle", r"\lVert Wd\rVert^2"),
            },
        ),
    )  # fmt: skip


def level_2(draw):
    """The normal equations with a whole-number solution; Newton's step."""

    def make(k):
        W, best = draw.integers(f"{k}|W", (3, 2), 2), draw.integers(f"{k}|best", (2, 1), 2, False)
        return W, best, f"{k}|away"

    def fits(problem):
        W, best, _ = problem
        if np.linalg.matrix_rank(W) < 2 or not W.any(axis=1).all() or (W.T @ W)[0, 1] == 0:
            return False
        return abs(across(W)).max() <= 3 and abs(W @ best + across(W)).max() <= 6

    W, best, k = draw.first("normal", make, fits)
    a = W.T @ W
    away = draw.array(k, (2, 1), 2, lambda d: (best + d).all() and (a @ d).all(), zero=False)
    u, v = best + away, W @ best + across(W)
    r, rest, g, H = W @ u - v, W @ best - v, gradient(W, u, v, "u"), _hessian(W, u, v)
    least = agreed(loss(W, best, v), int((rest * rest).sum()))
    agreed(grad_u(W, best, v), 0 * best)
    agreed(H @ away, g)  # so Newton's step from u is exactly away
    det = int(a[0, 0] * a[1, 1] - a[0, 1] ** 2)
    return {"W": W, "v": v, "u": u}, (
        ask.compute(
            r"Compute $W^{\mathsf T}W$ and $W^{\mathsf T}v$.",
            {r"W^{\mathsf T}W": a, r"W^{\mathsf T}v": W.T @ v}, 4, 4,
            f"columns of $W$ meet: ${dot(W[:, 0], W[:, 0])}$, ${dot(W[:, 0], W[:, 1])}$, "
            f"${dot(W[:, 1], W[:, 1])}$",
            f"they meet $v$: {columns_meet(W, v)}",
        ),
        ask.compute(
            r"Solve the normal equations $W^{\mathsf T}W u^\ast = W^{\mathsf T}v$: two equations "
            "for two numbers. The solution is whole.",
            {r"u^\ast": best}, 4, 4,
            f"the determinant is {det}, and $W^{{\\mathsf T}}W {column(best)} = "
            f"{column(a @ best)}$",
            follows={r"u^\ast": (_solved, r"W^{\mathsf T}W", r"W^{\mathsf T}v")},
        ),
        ask.compute(
            r"Compute the residual $r^\ast = Wu^\ast - v$, its inner products with the columns "
            "of $W$, and the least loss.",
            {r"r^\ast": rest, r"W^{\mathsf T}r^\ast": W.T @ rest, r"\text{least } L": least}, 4, 3,
            f"$Wu^\\ast = {column(W @ best)}$, ${squares(rest)}$",
            follows={r"r^\ast": (lambda x: W @ x - v, r"u^\ast"),
                     r"W^{\mathsf T}r^\ast": (lambda r: W.T @ r, r"r^\ast"),
                     r"\text{least } L": (ask.length, r"r^\ast")},
        ),
        ask.fill_in(
            r"How the loss grows from any point, and from the least point $u^\ast$.",
            "curvature", LEAST, {"W": W, "u": u, "v": v, "d": u, "r": v},
        ),
        ask.compute(
            rf"Newton's step from $u = {column(u)}$: compute the gradient there, and check that "
            r"$H = 2W^{\mathsf T}W$ times $u - u^\ast$ is that gradient. So one step arrives.",
            {"g": g, r"H(u - u^\ast)": H @ away}, 4, 4,
            f"$r = {column(r)}$; " + columns_meet(W, 2 * r, "W", "2r"),
            f"$H {column(away)} = {column(H @ away)}$",
            follows={r"H(u - u^\ast)":
                     (lambda a, x: 2 * a @ (u - x), r"W^{\mathsf T}W", r"u^\ast")},
            slopes={"g": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.what_happened("u", "2WWᵀ", "2W²", "WᵀW", "2Wᵀ", order=2),
    )  # fmt: skip
