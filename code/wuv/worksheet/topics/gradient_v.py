"""The gradient in v: where the minus comes from."""

from fractions import Fraction

import numpy as np

from wuv.model import loss
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, gradient, slopes
from wuv.worksheet.written import column, columns_meet, number, rows_meet

AIM = "Find the gradient in $v$, with its sign, and go down with it."
LOSS = "np.linalg.norm(W @ u - S @ v)**2"
ENTRY_AND_ROW = {
    "eq-v-components": ("the outer slope times the inner", "$r_k$ falls by what $v_k$ rises"),
    "eq-v-luck": (
        "a product transposed turns round, and $-I$ is its own transpose",
        "the identity changes nothing",
    ),
}


def level_1(draw):
    """A nudge and an inner product; a step of 1/4 halves the residual."""
    W, u, v = draw.problem(3, 2)
    r, g, L = W @ u - v, gradient(W, u, v, "v"), loss(W, u, v)
    half = agreed(v - Fraction(1, 4) * g, v + Fraction(1, 2) * r)
    left = agreed(loss(W, u, half), Fraction(L, 4))
    return {"W": W, "u": u, "v": v}, (
        ask.residual_and_loss(W, u, v),
        ask.fill_in(
            "Find the gradient in $v$.",
            "gradient_v", {"eq-v-nudge": ()}, {"r": r, "v": v},
        ),
        ask.what_happened("v", "2(Wu − v)", "−2(Wu − v)ᵀ", "−2Wu", "−2(v − Wu)ᵀ"),
        ask.compute(
            r"Compute the gradient $\nabla_v L = -2r$.",
            {r"\nabla_v L": g}, 2, 1,
            rf"$-2 \cdot {column(r)} = {column(g)}$",
            follows={r"\nabla_v L": (lambda r: -2 * r, "r")},
            slopes={r"\nabla_v L": ask.gradient_of("v", W=W, u=u, v=v)},
        ),
        ask.exact_difference("v", v, g, rest=lambda x: W @ u - x),
        ask.compute(
            r"Make one step of descent in $v$ with $\eta = \frac{1}{4}$: $v - \eta\,\nabla_v L$. "
            "What is the loss there, and which part of the old loss is that?",
            {r"\text{new } v": half, r"\text{new } L": left}, 3, 3,
            f"the step adds $r/2$: the residual is halved to ${column(r * Fraction(1, 2))}$",
            f"the loss is a quarter of ${L}$, ${number(left)}$",
            follows={r"\text{new } v": (lambda g: v - Fraction(1, 4) * g, r"\nabla_v L"),
                     r"\text{new } L": (lambda x: ask.length(W @ u - x), r"\text{new } v")},
        ),
    )  # fmt: skip


def level_2(draw):
    """A matrix before v: −1 is not −I, and the transpose shows."""

    def fits(problem):
        W, u, v = problem
        rest = W @ u - S @ v
        right, wrong = S.T @ rest, S @ rest
        return rest.all() and right.all() and (right != wrong).any() and abs(rest).max() < 8

    S = draw.array(
        "S", (2, 2), 2,
        lambda S: round(np.linalg.det(S)) and (S != S.T).any() and np.count_nonzero(S) >= 3,
    )  # fmt: skip
    W, u, v = draw.problem(2, 3, fits=fits)
    rest = W @ u - S @ v
    g = slopes(-2 * S.T @ rest, lambda x: loss(W, u, S @ x), v)
    return {"W": W, "u": u, "S": S, "v": v}, (
        ask.fill_in(
            r"Find the gradient in $v$ of $\lVert Wu - v\rVert^2$: entry by entry, then from "
            r"the row of derivatives, $2r^{\mathsf T}(-I)$.",
            "gradient_v", ENTRY_AND_ROW, {"r": v, "I": (2, 2)},
        ),
        ask.compute(
            r"Now put the matrix $S$ before $v$: $L = \lVert Wu - Sv\rVert^2$. Compute the "
            "residual and the loss.",
            {"Wu - Sv": rest, "L": loss(W, u, S @ v)}, 3, 4,
            f"$Wu = {column(W @ u)}$, $Sv = {column(S @ v)}$",
            follows={"L": (ask.length, "Wu - Sv")},
        ),
        ask.what_happened(
            "v", "−2S(Wu − Sv)", "2Sᵀ(Wu − Sv)", "−2(Wu − Sv)Sᵀ", "−2SᵀWu",
            loss=LOSS,
        ),
        ask.compute(
            r"Compute what is right, $-2S^{\mathsf T}(Wu - Sv)$, and what somebody wrote, "
            r"$-2S(Wu - Sv)$. Both have the shape of $v$.",
            {r"-2S^{\mathsf T}(Wu - Sv)": g, "-2S(Wu - Sv)": -2 * S @ rest}, 4, 4,
            columns_meet(S, -2 * rest, "S", column(-2 * rest)),
            f"rows of $S$ meet it: {rows_meet(S, -2 * rest)}",
            follows={r"-2S^{\mathsf T}(Wu - Sv)": (lambda r: -2 * S.T @ r, "Wu - Sv"),
                     "-2S(Wu - Sv)": (lambda r: -2 * S @ r, "Wu - Sv")},
            slopes={r"-2S^{\mathsf T}(Wu - Sv)": ask.gradient_of("v", LOSS, W=W, u=u, S=S, v=v)},
        ),
        ask.exact_difference("v", v, g, rest=lambda x: W @ u - S @ x, k=1),
    )  # fmt: skip
