"""The chain rule: rows multiply forwards, gradients come back in reverse."""

import numpy as np

from wuv.difference import central_difference
from wuv.model import loss
from wuv.worksheet.asking import (
    columns_meet,
    exact_difference,
    fill_in,
    gradient,
    rows_meet,
    what_happened,
)
from wuv.worksheet.record import Entry, Numbers, Question, agreed
from wuv.worksheet.written import column, dot, squares

AIM = "Carry a nudge forwards and a gradient backwards, through two maps."
STATIONS = {
    "eq-chain-rule-row": ("the slope of a square", r"$r$ moves with $u$"),
    "eq-chain-rule-column": (
        "the row, made a column",
        "one station further back",
        "both transposes, in reverse",
    ),
}
TWICE = {
    "eq-chain-rule-twice": (
        "$x$ stands in two places, and both move",
        "$A$ crosses in the second term",
        "copies go back as a sum",
    )
}


def level_1(draw, blanks):
    """u = Bx: one station more, with the numbers of a nudge at each."""

    def make(k):
        W = draw.integers(f"{k}|W", (3, 2), 2)
        B = draw.integers(f"{k}|B", (2, 2), 2)
        x = draw.integers(f"{k}|x", (2, 1), 2, zero=False)
        v = draw.integers(f"{k}|v", (3, 1), 3)
        return W, B, x, v

    def fits(found):
        W, B, x, v = found
        u = B @ x
        if (
            not (u.all() and v.any())
            or round(np.linalg.det(B)) == 0
            or np.linalg.matrix_rank(W) < 2
        ):
            return False
        if not (W.any(axis=1).all() and (B != B.T).any() and np.count_nonzero(B) >= 3):
            return False
        r = W @ u - v
        g = B.T @ W.T @ r
        small = (r * r).sum() <= 80 and abs(2 * g).max() <= 60
        return bool(r.all() and (W.T @ r).all() and g.all() and small)

    W, B, x, v = draw.first("chain", make, fits)
    u = B @ x
    r, g_u = W @ u - v, gradient(W, u, v, "u")

    def L(x):
        return loss(W, B @ x, v)

    g_x = agreed(B.T @ g_u, central_difference(L, x, step=1))
    dx = draw.integers("dx", (2, 1), 2, zero=False)
    du, dr = B @ dx, W @ B @ dx
    dL = agreed((g_x.T @ dx).item(), (g_u.T @ du).item(), (2 * r.T @ dr).item())
    return {"W": W, "B": B, "x": x, "v": v}, (
        Question(
            r"With $u = Bx$ compute $u$, the residual $r = Wu - v$ and the loss "
            r"$L = \lVert r\rVert^2$.",
            Numbers((Entry("u", u), Entry("r", r), Entry("L", L(x))), 3),
            3,
            (f"$Bx$: {rows_meet(B, x)}", f"$Wu = {column(W @ u)}$", f"$L = {squares(r)}$"),
        ),
        fill_in(
            r"A nudge goes through $u = Bx$ and $r = Wu - v$, and the gradient comes back.",
            "chain_rule", STATIONS, {"W": W, "B": B, "u": u, "x": x, "r": r}, blanks, draw,
        ),
        what_happened(
            r"\nabla_x L = 2W^{\mathsf T}B^{\mathsf T}(WBx - v)",
            "2WᵀBᵀ(WBx − v)",
            "x",
            ("2BᵀW(WBx − v)", "BᵀWᵀ(WBx − v)", "2Wᵀ(WBx − v)"),
            loss="np.linalg.norm(W @ B @ x - v)**2",
        ),
        Question(
            r"Carry the gradient back, station by station: $\nabla_r L = 2r$, then $\nabla_u L$, "
            r"then $\nabla_x L$.",
            Numbers((Entry(r"\nabla_u L", g_u), Entry(r"\nabla_x L", g_x)), 3),
            4,
            (
                f"columns of $W$ meet $2r = {column(2 * r)}$: {columns_meet(W, 2 * r)}",
                f"columns of $B$ meet that: {columns_meet(B, g_u)}",
            ),
        ),
        Question(
            rf"Send the nudge $\mathrm{{d}}x = {column(dx)}$ forwards, and let it meet the "
            r"gradient at each station. Nothing is gained or lost on the way: the three inner "
            "products must be one number.",
            Numbers(
                (
                    Entry(r"\mathrm{d}u", du),
                    Entry(r"\mathrm{d}r", dr),
                    Entry(r"\text{the number}", dL),
                ),
                3,
            ),
            4,
            (
                f"at $x$: ${dot(g_x, dx)}$",
                f"at $u$: ${dot(g_u, du)}$",
                f"at $r$: ${dot(2 * r, dr)}$",
            ),
        ),
        exact_difference(L, "x", x, 0, g_x[0, 0], rest=lambda x: W @ B @ x - v),
    )  # fmt: skip


def level_2(draw, blanks):
    """A letter that occurs twice counts twice: xᵀAx, and a matrix that copies its input."""

    def fits(found):
        A, x = found
        g, tied = (A + A.T) @ x, A @ x - x
        plain = (g != 2 * A @ x).all() and g.all() and abs(g).max() <= 20
        return bool(
            plain and A.any(axis=1).all() and round(np.linalg.det(A)) and tied.all()
            and ((A - np.eye(2)).T @ tied).all() and np.count_nonzero(A) >= 3
        )  # fmt: skip

    def make(k):
        return draw.integers(f"{k}|A", (2, 2), 4), draw.integers(f"{k}|x", (2, 1), 3, zero=False)

    A, x = draw.first("twice", make, fits)

    def f(x):
        return (x.T @ A @ x).item()

    def copied(x):
        return loss(A, x, x)

    g = agreed((A + A.T) @ x, central_difference(f, x, step=1))
    rest = A @ x - x
    tied = agreed(2 * A.T @ rest - 2 * rest, central_difference(copied, x, step=1))
    return {"A": A, "x": x}, (
        Question(
            r"Compute $Ax$ and $f(x) = x^{\mathsf T}Ax$.",
            Numbers((Entry("Ax", A @ x), Entry("f(x)", f(x))), 3),
            3,
            (f"$Ax$: {rows_meet(A, x)}", f"${dot(x, A @ x)}$"),
        ),
        fill_in(r"Find the gradient of $f(x) = x^{\mathsf T}Ax$.",
                "chain_rule", TWICE, {"A": A, "x": x}, blanks, draw),
        what_happened(
            r"\nabla f = 2Ax",
            "2Ax",
            "x",
            ("Ax", "−(A + Aᵀ)x", "(A + Aᵀ)"),
            loss="x.T @ A @ x",
        ),
        Question(
            r"Compute the gradient $(A + A^{\mathsf T})x$, and $2Ax$ beside it.",
            Numbers(
                (Entry(r"(A + A^{\mathsf T})x", g), Entry("2Ax", 2 * A @ x)),
                3,
            ),
            4,
            (f"rows of $A + A^{{\\mathsf T}}$ meet $x$: {rows_meet(A + A.T, x)}",),
        ),
        exact_difference(f, "x", x, 0, g[0, 0], value="f"),
        Question(
            r"Now let $L = \lVert Ax - x\rVert^2$: the matrix is to copy its input. With "
            r"$s = Ax - x$, the gradient is the sum of two that you know, "
            r"$2A^{\mathsf T}s$ and $-2s$.",
            Numbers((Entry("s", rest), Entry(r"\nabla_x L", tied)), 4),
            4,
            (f"columns of $A$ meet $2s$: {columns_meet(A, 2 * rest)}; then subtract "
             f"${column(2 * rest)}$",),
        ),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
