"""Backpropagation: what a layer sends down, and two layers by hand."""

import numpy as np

from wuv.tape import value_and_gradients
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, slopes
from wuv.worksheet.written import column, columns_meet, dot, outer, rows_meet, squares

AIM = "Send a gradient down through a layer, and through two."
LINEAR = "s.T @ (W @ u - v)"
RELU = "np.linalg.norm(B @ np.maximum(W @ u, 0) - c)**2"
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


def level_1(draw):
    """One layer with a gradient from above."""
    W, u, v = draw.problem(3, 2)
    z = W @ u - v

    def fits(s):
        return (W.T @ s).all() and (s.T @ z).item() and len({*abs(s).ravel().tolist()}) > 1

    def L(W, u):
        return (s.T @ (W @ u - v)).item()

    s = draw.array("s", (3, 1), 3, fits, zero=False)
    down, to_W = slopes(W.T @ s, lambda x: L(W, x), u), slopes(s @ u.T, lambda x: L(x, u), W)
    return {"W": W, "u": u, "v": v, "s": s}, (
        ask.compute(
            "Upwards: compute $z = Wu - v$.",
            {"z": z}, 2, 2,
            f"${column(W @ u)} - {column(v)}$",
        ),
        ask.fill_in(
            r"From above arrives $s = \nabla_z L$: what goes down from it?",
            "backpropagation", LAYER, {"W": W, "u": u, "v": v, "s": s},
        ),
        ask.compute(
            r"Downwards: compute what goes to $u$, to $W$ and to $v$.",
            {r"W^{\mathsf T}s": down, r"su^{\mathsf T}": to_W, "-s": -s}, 5, 4,
            columns_meet(W, s, "W", "s"), outer(s, u, r"su^{\mathsf T}"),
            slopes={name: ask.gradient_of(wrt, LINEAR, W=W, u=u, v=v, s=s) for name, wrt in
                    {r"W^{\mathsf T}s": "u", r"su^{\mathsf T}": "W", "-s": "v"}.items()},
        ),
        ask.what_happened("u", "Ws", "sᵀW", "−Wᵀs", "2Wᵀs", loss=LINEAR),
        ask.compute(
            r"A loss with exactly this $s$ is $L = \langle s, z\rangle$. Compute it.",
            {"L": L(W, u)}, 1, 1,
            f"${dot(s, z)}$",
            follows={"L": (lambda z: (s.T @ z).item(), "z")},
        ),
        ask.exact_difference("u", u, down, f=lambda x: L(W, x)),
    )  # fmt: skip


def level_2(draw):
    """Two layers with a ReLU between them, upwards and down."""

    def fits(W, u, B, c):
        z = W @ u
        # a step of 1 in u must not carry an entry of z across the corner of the ReLU
        calm = (abs(z) >= abs(W).max(axis=1, keepdims=True)).all()
        if not (c.any() and z.all() and calm and (z < 0).sum() == 1):
            return False
        y = B @ np.maximum(z, 0) - c
        at_x = 2 * B.T @ y
        at_u = W.T @ (at_x * (z > 0))
        small = (y * y).sum() <= 100 and abs(at_u).max() <= 60
        whole = y.all() and at_x.all() and at_u.all() and B.any(axis=1).all()
        return bool(small and whole and np.linalg.matrix_rank(W) == 2)

    sizes = {"W": (3, 2, 2), "u": (2, 1, 2), "B": (2, 3, 2), "c": (2, 1, 2)}
    W, u, B, c = draw.arrays("layers", fits, nonzero="u", **sizes)
    z, x = W @ u, np.maximum(W @ u, 0)
    y = B @ x - c
    at_x = 2 * B.T @ y
    at_z = at_x * (z > 0)

    def rest(u):
        return B @ np.maximum(W @ u, 0) - c

    def taped(W, u, B, c):
        return (B @ (W @ u).relu() - c).sum_of_squares()

    value, (on_W, on_u, on_B, _) = value_and_gradients(taped, W, u, B, c)
    at_u = agreed(W.T @ at_z, on_u)
    to_W, to_B = agreed(at_z @ u.T, on_W), agreed(2 * y @ x.T, on_B)
    return {"W": W, "u": u, "B": B, "c": c}, (
        ask.compute(
            r"Upwards: $z = Wu$, then $x = \max(z, 0)$ entry by entry, $y = Bx - c$ and "
            r"$L = \lVert y\rVert^2$.",
            {"z": z, "x": x, "y": y, "L": agreed((y * y).sum().item(), value)}, 4, 3,
            f"$Wu$: {rows_meet(W, u)}", f"$Bx = {column(B @ x)}$, $L = {squares(y)}$",
            follows={"x": (lambda z: np.maximum(z, 0), "z"),
                     "y": (lambda x: B @ x - c, "x"), "L": (ask.length, "y")},
        ),
        ask.fill_in(
            "Let $a$ have a 1 where $z$ is positive and a 0 where it is negative, "
            r"$D = \operatorname{diag}(a)$, and let $s$ be any gradient at $x$. How does a "
            "gradient go down through the corner, and through both layers?",
            "backpropagation", STACK,
            {"z": z, "a": z, "s": z, "y": y, "B": B, "W": W, "u": u, "D": (3, 3)},
        ),
        ask.compute(
            r"Downwards: $2y$ at $y$, then $B^{\mathsf T}2y$ at $x$; the entry that was stopped on "
            r"the way up is stopped on the way down; then $W^{\mathsf T}$.",
            {r"\text{at } x": at_x, r"\text{at } z": at_z, r"\text{at } u": at_u}, 5, 3,
            columns_meet(B, 2 * y, "B", f"2y = {column(2 * y)}"),
            columns_meet(W, at_z, "W", column(at_z)),
            follows={r"\text{at } x": (ask.twice_columns(B), "y"),
                     r"\text{at } z": (lambda g, z: g * (z > 0), r"\text{at } x", "z"),
                     r"\text{at } u": (lambda g: W.T @ g, r"\text{at } z")},
            slopes={r"\text{at } u": ask.gradient_of("u", RELU, W=W, u=u, B=B, c=c)},
        ),
        ask.compute(
            "Each matrix takes its outer product: gradient from above times input from below.",
            {r"\nabla_W L": to_W, r"\nabla_B L": to_B}, 4, 2,
            outer(at_z, u, r"\nabla_W L"), outer(2 * y, x, r"\nabla_B L"),
            follows={r"\nabla_W L": (lambda g: g @ u.T, r"\text{at } z"),
                     r"\nabla_B L": (lambda y, x: 2 * y @ x.T, "y", "x")},
            slopes={f"\\nabla_{wrt} L": ask.gradient_of(wrt, RELU, W=W, u=u, B=B, c=c)
                    for wrt in "WB"},
        ),
        ask.what_happened(
            "u", "2BᵀWᵀ(BWu − c)", "2WᵀB(BWu − c)", "WᵀBᵀ(BWu − c)", "2Wᵀ(BWu − c)",
            where="There is no ReLU here.", loss="np.linalg.norm(B @ W @ u - c)**2",
        ),
        ask.exact_difference("u", u, at_u, rest=rest),
    )  # fmt: skip
