"""The chain rule: rows multiply forwards, gradients come back in reverse."""

import numpy as np

from wuv.model import loss
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, gradient, slopes
from wuv.worksheet.written import column, columns_meet, dot, rows_meet, squares

AIM = "Carry a nudge forwards and a gradient backwards, through two maps."
LOSS = "np.linalg.norm(W @ B @ x - v)**2"
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


def level_1(draw):
    """u = Bx: one station more, with the numbers of a nudge at each."""

    def fits(W, B, x, v):
        u = B @ x
        if not (u.all() and v.any() and round(np.linalg.det(B)) and np.linalg.matrix_rank(W) == 2):
            return False
        if not (W.any(axis=1).all() and (B != B.T).any() and np.count_nonzero(B) >= 3):
            return False
        r = W @ u - v
        g = B.T @ W.T @ r
        small = (r * r).sum() <= 80 and abs(2 * g).max() <= 60
        return bool(r.all() and (W.T @ r).all() and g.all() and small)

    sizes = {"W": (3, 2, 2), "B": (2, 2, 2), "x": (2, 1, 2), "v": (3, 1, 3)}
    W, B, x, v = draw.arrays("chain", fits, nonzero="x", **sizes)
    u = B @ x
    r, g_u = W @ u - v, gradient(W, u, v, "u")
    g_x = slopes(B.T @ g_u, lambda x: loss(W, B @ x, v), x)
    dx = draw.integers("dx", (2, 1), 2, zero=False)
    du, dr = B @ dx, W @ B @ dx
    dL = agreed((g_x.T @ dx).item(), (g_u.T @ du).item(), (2 * r.T @ dr).item())
    return {"W": W, "B": B, "x": x, "v": v}, (
        ask.compute(
            r"With $u = Bx$ compute $u$, the residual $r = Wu - v$ and the loss "
            r"$L = \lVert r\rVert^2$.",
            {"u": u, "r": r, "L": loss(W, u, v)}, 3, 3,
            f"$Bx$: {rows_meet(B, x)}", f"$Wu = {column(W @ u)}$", f"$L = {squares(r)}$",
            follows={"r": (lambda u: W @ u - v, "u"), "L": (ask.length, "r")},
        ),
        ask.fill_in(
            r"A nudge goes through $u = Bx$ and $r = Wu - v$, and the gradient comes back.",
            "chain_rule", STATIONS, {"W": W, "B": B, "u": u, "x": x, "r": r},
        ),
        ask.what_happened(
            "x", "2WᵀBᵀ(WBx − v)", "2BᵀW(WBx − v)", "BᵀWᵀ(WBx − v)", "2Wᵀ(WBx − v)",
            loss=LOSS,
        ),
        ask.compute(
            r"Carry the gradient back, station by station: $\nabla_r L = 2r$, then $\nabla_u L$, "
            r"then $\nabla_x L$.",
            {r"\nabla_u L": g_u, r"\nabla_x L": g_x}, 4, 3,
            columns_meet(W, 2 * r, "W", f"2r = {column(2 * r)}"),
            f"columns of $B$ meet that: {columns_meet(B, g_u)}",
            follows={r"\nabla_u L": (ask.twice_columns(W), "r"),
                     r"\nabla_x L": (lambda g: B.T @ g, r"\nabla_u L")},
            slopes={r"\nabla_u L": ask.gradient_of("u", W=W, u=u, v=v),
                    r"\nabla_x L": ask.gradient_of("x", LOSS, W=W, B=B, x=x, v=v)},
        ),
        ask.compute(
            rf"Send the nudge $\mathrm{{d}}x = {column(dx)}$ forwards, and let it meet the "
            r"gradient at each station. Nothing is gained or lost on the way: the three inner "
            "products must be one number.",
            {r"\mathrm{d}u": du, r"\mathrm{d}r": dr, r"\text{the number}": dL}, 4, 3,
            f"at $x$: ${dot(g_x, dx)}$", f"at $u$: ${dot(g_u, du)}$", f"at $r$: ${dot(2 * r, dr)}$",
            follows={r"\mathrm{d}r": (lambda du: W @ du, r"\mathrm{d}u"),
                     r"\text{the number}": (lambda g: (g.T @ dx).item(), r"\nabla_x L")},
        ),
        ask.exact_difference("x", x, g_x, rest=lambda x: W @ B @ x - v),
    )  # fmt: skip


def level_2(draw):
    """A letter that occurs twice counts twice: xᵀAx, and a matrix that copies its input."""

    def fits(A, x):
        g, tied = (A + A.T) @ x, A @ x - x
        plain = (g != 2 * A @ x).all() and g.all() and abs(g).max() <= 20
        return bool(
            plain and A.any(axis=1).all() and round(np.linalg.det(A)) and tied.all()
            and ((A - np.eye(2)).T @ tied).all() and np.count_nonzero(A) >= 3
        )  # fmt: skip

    A, x = draw.arrays("twice", fits, nonzero="x", A=(2, 2, 4), x=(2, 1, 3))

    def f(x):
        return (x.T @ A @ x).item()

    g, rest = slopes((A + A.T) @ x, f, x), A @ x - x
    tied = slopes(2 * A.T @ rest - 2 * rest, lambda x: loss(A, x, x), x)
    return {"A": A, "x": x}, (
        ask.compute(
            r"Compute $Ax$ and $f(x) = x^{\mathsf T}Ax$.",
            {"Ax": A @ x, "f(x)": f(x)}, 3, 3,
            f"$Ax$: {rows_meet(A, x)}", f"${dot(x, A @ x)}$",
            follows={"f(x)": (lambda y: (x.T @ y).item(), "Ax")},
        ),
        ask.fill_in(
            r"Find the gradient of $f(x) = x^{\mathsf T}Ax$.",
            "chain_rule", TWICE, {"A": A, "x": x},
        ),
        ask.what_happened(
            "x", "2Ax", "Ax", "−(A + Aᵀ)x", "(A + Aᵀ)", loss="x.T @ A @ x", of='\\nabla f',
        ),
        ask.compute(
            r"Compute the gradient $(A + A^{\mathsf T})x$, and $2Ax$ beside it.",
            {r"(A + A^{\mathsf T})x": g, "2Ax": 2 * A @ x}, 4, 3,
            rows_meet(A + A.T, x, r"A + A^{\mathsf T}", "x"),
            follows={"2Ax": (lambda y: 2 * y, "Ax")},
            slopes={r"(A + A^{\mathsf T})x": ask.gradient_of("x", "x.T @ A @ x", A=A, x=x)},
        ),
        ask.exact_difference("x", x, g, f=f, value="f"),
        ask.compute(
            r"Now let $L = \lVert Ax - x\rVert^2$: the matrix is to copy its input. With "
            r"$s = Ax - x$, the gradient is the sum of two that you know, "
            r"$2A^{\mathsf T}s$ and $-2s$.",
            {"s": rest, r"\nabla_x L": tied}, 4, 4,
            f"columns of $A$ meet $2s$: {columns_meet(A, 2 * rest)}; then subtract "
            f"${column(2 * rest)}$",
            follows={"s": (lambda y: y - x, "Ax"),
                     r"\nabla_x L": (lambda s: 2 * A.T @ s - 2 * s, "s")},
            slopes={r"\nabla_x L": ask.gradient_of("x", "np.linalg.norm(A @ x - x)**2", A=A, x=x)},
        ),
    )  # fmt: skip
