"""Curvature: the Hessian, exactly, and the point where the slope is zero."""

import numpy as np

from wuv.model import grad_u, hessian_u, loss
from wuv.worksheet.asking import columns_meet, fill_in, gradient, residual_and_loss, what_happened
from wuv.worksheet.record import Entry, Numbers, Question, agreed
from wuv.worksheet.written import array, column, dot, squares

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


def level_1(draw, blanks):
    """The Hessian, and what it does to the gradient and to the loss under a move."""
    W, u, v = draw.problem(3, 2, largest=2)
    r, g, H = W @ u - v, gradient(W, u, v, "u"), _hessian(W, u, v)
    d = draw.integers("d", (2, 1), 2, zero=False)
    moved = agreed(grad_u(W, u + d, v), g + H @ d)
    bend = int(((W @ d) ** 2).sum())
    there = W @ (u + d) - v
    far = agreed(loss(W, u + d, v), loss(W, u, v) + (g.T @ d).item() + bend)
    return {"W": W, "u": u, "v": v, "d": d}, (
        residual_and_loss(W, u, v),
        fill_in("How the gradient changes along $d$, and how the slope does under a nudge.",
                "curvature", SECOND, {"W": W, "u": u, "d": d}, blanks, draw),
        what_happened(
            r"\nabla_u^2 L = 2W^2",
            "2W²",
            "u",
            ("2WWᵀ", "WᵀW", "2Wᵀ"),
            order=2,
        ),
        Question(
            r"Compute the Hessian $H = 2W^{\mathsf T}W$ and the gradient $g = 2W^{\mathsf T}r$.",
            Numbers((Entry("H", H), Entry("g", g)), 4),
            4,
            (f"$W^{{\\mathsf T}}W = {array(W.T @ W)}$",
             f"columns of $W$ meet $2r$: {columns_meet(W, 2 * r)}"),
        ),
        Question(
            f"Move to $u + d = {column(u + d)}$. The gradient there is $g + Hd$.",
            Numbers((Entry("Hd", H @ d), Entry("g + Hd", moved)), 2),
            2,
            (f"${column(g)} + {column(H @ d)} = {column(moved)}$",),
        ),
        Question(
            r"The loss there is exactly $L + \langle g, d\rangle + \lVert Wd\rVert^2$. Compute "
            r"the two new terms and their sum with $L$; then check it with the residual at "
            "$u + d$.",
            Numbers((Entry(r"\langle g, d\rangle", (g.T @ d).item()),
                     Entry(r"\lVert Wd\rVert^2", bend), Entry("L(u + d)", far)), 4),
            4,
            (f"${dot(g, d)}$, $Wd = {column(W @ d)}$, ${squares(W @ d)}$",
             f"at $u + d$ the residual is ${column(there)}$: ${squares(there)}$"),
        ),
    )  # fmt: skip


def level_2(draw, blanks):
    """The normal equations with a whole-number solution; Newton's step; a saddle."""

    def make(k):
        W = draw.integers(f"{k}|W", (3, 2), 2)
        return W, draw.integers(f"{k}|best", (2, 1), 2, zero=False), f"{k}|away"

    def fits(found):
        W, best, _ = found
        if np.linalg.matrix_rank(W) < 2 or not W.any(axis=1).all() or (W.T @ W)[0, 1] == 0:
            return False
        normal = np.cross(W[:, 0], W[:, 1])
        normal = normal // np.gcd.reduce(normal)
        return np.abs(normal).max() <= 3 and abs(W @ best + normal[:, None]).max() <= 6

    W, best, k = draw.first("normal", make, fits)
    normal = np.cross(W[:, 0], W[:, 1]).reshape(-1, 1)
    v = W @ best + normal // np.gcd.reduce(normal.ravel())
    away = draw.first(k, lambda k: draw.integers(k, (2, 1), 2, zero=False),
                      lambda d: (best + d).all() and (W.T @ W @ d).all())  # fmt: skip
    u = best + away
    rest, g, H = W @ best - v, gradient(W, u, v, "u"), _hessian(W, u, v)
    least = agreed(loss(W, best, v), int((rest * rest).sum()))
    agreed(grad_u(W, best, v), 0 * best)
    agreed(H @ away, g)  # so Newton's step from u is exactly away
    a = W.T @ W
    det = int(a[0, 0] * a[1, 1] - a[0, 1] ** 2)
    return {"W": W, "v": v, "u": u}, (
        Question(
            r"Compute $W^{\mathsf T}W$ and $W^{\mathsf T}v$.",
            Numbers((Entry(r"W^{\mathsf T}W", a), Entry(r"W^{\mathsf T}v", W.T @ v)), 4),
            4,
            (f"columns of $W$ meet: ${dot(W[:, 0], W[:, 0])}$, ${dot(W[:, 0], W[:, 1])}$, "
             f"${dot(W[:, 1], W[:, 1])}$", f"they meet $v$: {columns_meet(W, v)}"),
        ),
        Question(
            r"Solve the normal equations $W^{\mathsf T}W u^\ast = W^{\mathsf T}v$: two equations "
            "for two numbers. The solution is whole.",
            Numbers((Entry(r"u^\ast", best),), 4),
            4,
            (f"the determinant is {det}, and $W^{{\\mathsf T}}W {column(best)} = "
             f"{column(a @ best)}$",),
        ),
        Question(
            r"Compute the residual $r^\ast = Wu^\ast - v$, its inner products with the columns "
            "of $W$, and the least loss.",
            Numbers((Entry(r"r^\ast", rest), Entry(r"W^{\mathsf T}r^\ast", W.T @ rest),
                     Entry(r"\text{least } L", least)), 3),
            4,
            (f"$Wu^\\ast = {column(W @ best)}$, ${squares(rest)}$",),
        ),
        fill_in(r"How the loss grows from any point, and from the least point $u^\ast$.",
                "curvature", LEAST, {"W": W, "u": u, "v": v, "d": u, "r": v}, blanks, draw),
        Question(
            rf"Newton's step from $u = {column(u)}$: compute the gradient there, and check that "
            r"$H = 2W^{\mathsf T}W$ times $u - u^\ast$ is that gradient. So one step arrives.",
            Numbers((Entry("g", g), Entry(r"H(u - u^\ast)", H @ away)), 4),
            4,
            (f"$r = {column(W @ u - v)}$; columns of $W$ meet $2r$: "
             f"{columns_meet(W, 2 * (W @ u - v))}", f"$H {column(away)} = {column(H @ away)}$"),
        ),
        what_happened(
            r"\nabla_u^2 L = 2WW^{\mathsf T}", "2WWᵀ", "u", ("2W²", "WᵀW", "2Wᵀ"), order=2
        ),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
