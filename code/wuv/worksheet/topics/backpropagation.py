"""Backpropagation: what a layer sends down, and two layers by hand."""

import numpy as np

from wuv.difference import central_difference
from wuv.tape import value_and_gradients
from wuv.worksheet.asking import (
    columns_meet,
    exact_difference,
    fill_in,
    outer,
    rows_meet,
    what_happened,
)
from wuv.worksheet.record import Entry, Numbers, Question, agreed
from wuv.worksheet.written import column, dot, squares

AIM = "Send a gradient down through a layer, and through two."
LAYER = {
    "eq-back-layer": (
        "what arrives from above is $s$",
        "the product rule",
        r"$u$ crosses to the right, $W$ to the left",
    )
}
STACK = {
    "eq-back-entrywise": ("a diagonal matrix is its own transpose",),
    "eq-back-stack": ("the square, then both layers", "all cross over, in reverse"),
}


def level_1(draw, blanks):
    """One layer with a gradient from above."""
    W, u, v = draw.problem(3, 2)
    z = W @ u - v
    s = draw.first("s", lambda k: draw.integers(k, (3, 1), 3, zero=False),
                   lambda s: (W.T @ s).all() and (s.T @ z).item()
                   and len({*abs(s).ravel().tolist()}) > 1)  # fmt: skip

    def L(x):
        return (s.T @ (W @ x - v)).item()

    down = agreed(W.T @ s, central_difference(L, u, step=1))
    to_W = agreed(s @ u.T, central_difference(lambda A: (s.T @ (A @ u - v)).item(), W, step=1))
    return {"W": W, "u": u, "v": v, "s": s}, (
        Question(
            "Upwards: compute $z = Wu - v$.",
            Numbers((Entry("z", z),), 2),
            2,
            (f"${column(W @ u)} - {column(v)}$",),
        ),
        fill_in(r"From above arrives $s = \nabla_z L$: what goes down from it?",
                "backpropagation", LAYER, {"W": W, "u": u, "v": v, "s": s}, blanks, draw),
        Question(
            r"Downwards: compute what goes to $u$, to $W$ and to $v$.",
            Numbers((Entry(r"W^{\mathsf T}s", down), Entry(r"su^{\mathsf T}", to_W),
                     Entry("-s", -s)), 4),
            5,
            (f"columns of $W$ meet $s$: {columns_meet(W, s)}", outer(s, u, r"su^{\mathsf T}")),
        ),
        what_happened(
            r"\nabla_u L = Ws", "Ws", "u", ("sᵀW", "−Wᵀs", "2Wᵀs"),
            loss="s.T @ (W @ u - v)",
        ),
        Question(
            r"A loss with exactly this $s$ is $L = \langle s, z\rangle$. Compute it.",
            Numbers((Entry("L", L(u)),), 1),
            1,
            (f"${dot(s, z)}$",),
        ),
        exact_difference(L, "u", u, 0, down[0, 0]),
    )  # fmt: skip


def level_2(draw, blanks):
    """Two layers with a ReLU between them, upwards and down."""

    def make(k):
        return (draw.integers(f"{k}|W", (3, 2), 2), draw.integers(f"{k}|u", (2, 1), 2, zero=False),
                draw.integers(f"{k}|B", (2, 3), 2), draw.integers(f"{k}|c", (2, 1), 2))  # fmt: skip

    def fits(found):
        W, u, B, c = found
        z = W @ u
        # a step of 1 in u must not carry an entry of z across the corner of the ReLU
        calm = (abs(z) >= abs(W).max(axis=1, keepdims=True)).all()
        if (
            not (c.any() and z.all() and calm and (z < 0).sum() == 1)
            or np.linalg.matrix_rank(W) < 2
        ):
            return False
        y = B @ np.maximum(z, 0) - c
        at_x = 2 * B.T @ y
        at_u = W.T @ (at_x * (z > 0))
        small = (y * y).sum() <= 100 and abs(at_u).max() <= 60
        return bool(small and y.all() and at_x.all() and at_u.all() and B.any(axis=1).all())

    W, u, B, c = draw.first("layers", make, fits)
    z = W @ u
    x = np.maximum(z, 0)
    y = B @ x - c
    at_x = 2 * B.T @ y
    at_z = at_x * (z > 0)

    def L(u):
        return ((B @ np.maximum(W @ u, 0) - c) ** 2).sum().item()

    def taped(W, u, B, c):
        return (B @ (W @ u).relu() - c).sum_of_squares()

    value, (on_W, on_u, on_B, _) = value_and_gradients(taped, W, u, B, c)
    at_u = agreed(W.T @ at_z, on_u, central_difference(L, u, step=1))
    to_W, to_B = agreed(at_z @ u.T, on_W), agreed(2 * y @ x.T, on_B)
    return {"W": W, "u": u, "B": B, "c": c}, (
        Question(
            r"Upwards: $z = Wu$, then $x = \max(z, 0)$ entry by entry, $y = Bx - c$ and "
            r"$L = \lVert y\rVert^2$.",
            Numbers((Entry("z", z), Entry("x", x), Entry("y", y), Entry("L", agreed(L(u), value))),
                    3),
            4,
            (f"$Wu$: {rows_meet(W, u)}", f"$Bx = {column(B @ x)}$, $L = {squares(y)}$"),
        ),
        fill_in("Let $a$ have a 1 where $z$ is positive and a 0 where it is negative, "
                r"$D = \operatorname{diag}(a)$, and let $s$ be any gradient at $x$. How does a "
                "gradient go down through the corner, and through both layers?",
                "backpropagation", STACK,
                {"z": z, "a": z, "s": z, "y": y, "B": B, "W": W, "u": u, "D": (3, 3)},
                blanks, draw),
        Question(
            r"Downwards: $2y$ at $y$, then $B^{\mathsf T}2y$ at $x$; the entry that was stopped on "
            r"the way up is stopped on the way down; then $W^{\mathsf T}$.",
            Numbers((Entry(r"\text{at } x", at_x), Entry(r"\text{at } z", at_z),
                     Entry(r"\text{at } u", at_u)), 3),
            5,
            (f"columns of $B$ meet $2y = {column(2 * y)}$: {columns_meet(B, 2 * y)}",
             f"columns of $W$ meet ${column(at_z)}$: {columns_meet(W, at_z)}"),
        ),
        Question(
            "Each matrix takes its outer product: gradient from above times input from below.",
            Numbers((Entry(r"\nabla_W L", to_W), Entry(r"\nabla_B L", to_B)), 2),
            4,
            (outer(at_z, u, r"\nabla_W L"), outer(2 * y, x, r"\nabla_B L")),
        ),
        what_happened(
            r"\nabla_u L = 2B^{\mathsf T}W^{\mathsf T}(BWu - c)",
            "2BᵀWᵀ(BWu − c)", "u",
            ("2WᵀB(BWu − c)", "WᵀBᵀ(BWu − c)", "2Wᵀ(BWu − c)"),
            where="There is no ReLU here.",
            loss="np.linalg.norm(B @ W @ u - c)**2",
        ),
        exact_difference(
            L, "u", u, 0, at_u[0, 0], rest=lambda u: B @ np.maximum(W @ u, 0) - c
        ),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
