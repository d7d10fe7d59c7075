"""The gradient in u: why Wᵀ, and why on the left."""

from wuv.model import loss
from wuv.worksheet.asking import (
    columns_meet,
    exact_difference,
    fill_in,
    gradient,
    residual_and_loss,
    rows_meet,
    what_happened,
)
from wuv.worksheet.record import Entry, Numbers, Question, Words
from wuv.worksheet.written import column

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
    "eq-components": ("only $W_{ik}u_k$ in $r_i$ moves with $u_k$",),
    "eq-components-matrix": ("row $k$ of the transpose is column $k$",),
    "eq-jacobian": ("the row of derivatives, made a column", "a product transposed turns round"),
}


def level_1(draw, blanks):
    """3×2: a nudge and an inner product, then numbers, then the loss itself as the judge."""
    W, u, v = draw.problem(3, 2)
    r, g = W @ u - v, gradient(W, u, v, "u")
    return {"W": W, "u": u, "v": v}, (
        fill_in(
            "Find the gradient in $u$.", "gradient_u", NUDGE, {"W": W, "u": u, "r": r}, blanks, draw
        ),
        what_happened(
            r"\nabla_u L = 2(Wu - v)W^{\mathsf T}",
            "2(Wu − v)Wᵀ",
            "u",
            ("2W(Wu − v)", "−2Wᵀ(Wu − v)", "2WᵀWu"),
        ),
        residual_and_loss(W, u, v),
        Question(
            r"Compute the gradient $\nabla_u L = 2W^{\mathsf T}r$: each column of $W$ meets $2r$.",
            Numbers((Entry(r"\nabla_u L", g),), lines=3),
            3,
            (f"$2r = {column(2 * r)}$", columns_meet(W, 2 * r)),
        ),
        exact_difference(lambda x: loss(W, x, v), "u", u, 0, g[0, 0], rest=lambda x: W @ x - v),
        Question(
            r"In one sentence: why does $W^{\mathsf T}$ stand on the left of $r$?",
            Words(
                r"$W$ acts on $\mathrm{d}u$ on one side of an inner product; on its way to the "
                r"other side it becomes $W^{\mathsf T}$, and a matrix acts on what stands to its "
                "right. (That the shapes fit is true and no reason.)"
            ),
            2,
        ),
    )


def level_2(draw, blanks):
    """Square: both orders fit, and the loss decides."""
    W, u, v = draw.problem(2, 2, fits=lambda p: (p.W @ (p.W @ p.u - p.v)).all())
    r, g = W @ u - v, gradient(W, u, v, "u")
    return {"W": W, "u": u, "v": v}, (
        fill_in(
            "Find the gradient in $u$: entry by entry, then from the row of derivatives.",
            "gradient_u",
            COMPONENTS,
            {"W": W, "r": r},
            blanks,
            draw,
        ),
        residual_and_loss(W, u, v),
        Question(
            r"$W$ is square, so $2W^{\mathsf T}r$ and $2Wr$ both have the shape of $u$. "
            "Compute both.",
            Numbers(
                (Entry(r"2W^{\mathsf T}r", g), Entry("2Wr", 2 * W @ r)),
                lines=4,
            ),
            4,
            (
                f"columns of $W$ meet $2r$: {columns_meet(W, 2 * r)}",
                f"rows of $W$ meet $2r$: {rows_meet(W, 2 * r)}",
            ),
        ),
        exact_difference(lambda x: loss(W, x, v), "u", u, 0, g[0, 0], rest=lambda x: W @ x - v),
        what_happened(
            r"\nabla_u L = 2W(Wu - v)",
            "2W(Wu − v)",
            "u",
            ("2(Wu − v)Wᵀ", "2(Wu − v)ᵀW", "(W + Wᵀ)(Wu − v)"),
            where="For your numbers it exists.",
        ),
        Question(
            "For which square matrices can no test tell the two formulas apart, whatever $u$ and "
            "$v$ are?",
            Words(
                "For symmetric ones, such as the identity: there $W^{\\mathsf T} = W$. So test "
                "with a matrix that is not symmetric, or better, not square.",
            ),
            2,
        ),
    )


LEVELS = {1: level_1, 2: level_2}
