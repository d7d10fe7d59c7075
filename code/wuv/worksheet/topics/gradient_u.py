"""The gradient in u: why Wᵀ, and why on the left."""

from wuv.worksheet import asking as ask
from wuv.worksheet.keys import gradient
from wuv.worksheet.written import column, columns_meet, rows_meet

AIM = "Find the gradient in $u$, and say why $W^{\\mathsf T}$ stands on the left."
NUDGE = {
    "eq-nudge": (
        "slope of a square",
        "$r$ moves with $u$",
        "a row times a column is an inner product",
        "$W$ crosses, and becomes its transpose",
    )
}
COMPONENTS = {
    "eq-components": (
        "only $W_{ik}u_k$ in $r_i$ moves with $u_k$",
        "row $k$ of the transpose is column $k$",
    ),
    "eq-jacobian": ("the row of derivatives, made a column", "a product transposed turns round"),
}


def level_1(draw):
    """3×2: a nudge and an inner product, then numbers, then the loss itself as the judge."""
    W, u, v = draw.problem(3, 2)
    r, g = W @ u - v, gradient(W, u, v, "u")
    return {"W": W, "u": u, "v": v}, (
        ask.fill_in("Find the gradient in $u$.", "gradient_u", NUDGE, {"W": W, "u": u, "r": r}),
        ask.what_happened("u", "2(Wu − v)Wᵀ", "2W(Wu − v)", "−2Wᵀ(Wu − v)", "2WᵀWu"),
        ask.residual_and_loss(W, u, v),
        ask.compute(
            r"Compute the gradient $\nabla_u L = 2W^{\mathsf T}r$: each column of $W$ meets $2r$.",
            {r"\nabla_u L": g}, 3, 3,
            f"$2r = {column(2 * r)}$", columns_meet(W, 2 * r),
            follows={r"\nabla_u L": (ask.twice_columns(W), "r")},
            slopes={r"\nabla_u L": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.exact_difference("u", u, g, rest=lambda x: W @ x - v),
        ask.in_words(
            r"In one sentence: why does $W^{\mathsf T}$ stand on the left of $r$?",
            r"$W$ acts on $\mathrm{d}u$ on one side of an inner product; on its way to the other "
            r"side it becomes $W^{\mathsf T}$, and a matrix acts on what stands to its right. "
            "(That the shapes fit is true and no reason.)",
        ),
    )  # fmt: skip


def level_2(draw):
    """Square: both orders fit, and the loss decides."""
    W, u, v = draw.problem(2, 2, fits=lambda p: (p.W @ (p.W @ p.u - p.v)).all())
    r, g = W @ u - v, gradient(W, u, v, "u")
    return {"W": W, "u": u, "v": v}, (
        ask.fill_in(
            "Find the gradient in $u$: entry by entry, then from the row of derivatives.",
            "routes", COMPONENTS, {"W": W, "r": r},
        ),
        ask.residual_and_loss(W, u, v),
        ask.compute(
            r"$W$ is square, so $2W^{\mathsf T}r$ and $2Wr$ both have the shape of $u$. "
            "Compute both.",
            {r"2W^{\mathsf T}r": g, "2Wr": 2 * W @ r}, 4, 4,
            columns_meet(W, 2 * r, "W", "2r"),
            rows_meet(W, 2 * r, "W", "2r"),
            follows={r"2W^{\mathsf T}r": (ask.twice_columns(W), "r"),
                     "2Wr": (lambda r: 2 * W @ r, "r")},
            slopes={r"2W^{\mathsf T}r": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        ask.exact_difference("u", u, g, rest=lambda x: W @ x - v),
        ask.what_happened(
            "u", "2W(Wu − v)", "2(Wu − v)Wᵀ", "2(Wu − v)ᵀW", "(W + Wᵀ)(Wu − v)",
            where="For your numbers it exists.",
        ),
        ask.in_words(
            "For which square matrices can no test tell the two formulas apart, whatever $u$ and "
            "$v$ are?",
            "For symmetric ones, such as the identity: there $W^{\\mathsf T} = W$. So test "
            "with a matrix that is not symmetric, or better, not square.",
        ),
    )  # fmt: skip
