"""The gradient in v: where the minus comes from."""

from fractions import Fraction

import numpy as np

from wuv.difference import central_difference
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
from wuv.worksheet.record import Entry, Numbers, Question, agreed
from wuv.worksheet.written import column, number

AIM = "Find the gradient in $v$, with its sign, and go down with it."
ENTRY_AND_ROW = {
    "eq-v-components": ("the outer slope times the inner", "$r_k$ falls by what $v_k$ rises"),
    "eq-v-luck": (
        "a product transposed turns round, and $-I$ is its own transpose",
        "the identity changes nothing",
    ),
}


def level_1(draw, blanks):
    """A nudge and an inner product; a step of 1/4 halves the residual."""
    W, u, v = draw.problem(3, 2)
    r, g, L = W @ u - v, gradient(W, u, v, "v"), loss(W, u, v)
    half = agreed(v - Fraction(1, 4) * g, v + Fraction(1, 2) * r)
    left = agreed(loss(W, u, half), Fraction(L, 4))
    return {"W": W, "u": u, "v": v}, (
        residual_and_loss(W, u, v),
        fill_in("Find the gradient in $v$.", "gradient_v", {"eq-v-nudge": ()}, {"r": r, "v": v},
                blanks, draw),
        what_happened(
            r"\nabla_v L = 2(Wu - v)",
            "2(Wu − v)",
            "v",
            ("−2(Wu − v)ᵀ", "−2Wu", "−2(v − Wu)ᵀ"),
        ),
        Question(
            r"Compute the gradient $\nabla_v L = -2r$.",
            Numbers((Entry(r"\nabla_v L", g),), lines=1),
            2,
            (rf"$-2 \cdot {column(r)} = {column(g)}$",),
        ),
        exact_difference(lambda x: loss(W, u, x), "v", v, 0, g[0, 0], rest=lambda x: W @ u - x),
        Question(
            r"Make one step of descent in $v$ with $\eta = \frac{1}{4}$: $v - \eta\,\nabla_v L$. "
            "What is the loss there, and which part of the old loss is that?",
            Numbers((Entry(r"\text{new } v", half), Entry(r"\text{new } L", left)), lines=3),
            3,
            (
                f"the step adds $r/2$: the residual is halved to ${column(r * Fraction(1, 2))}$",
                f"the loss is a quarter of ${L}$, ${number(left)}$",
            ),
        ),
    )  # fmt: skip


def level_2(draw, blanks):
    """A matrix before v: −1 is not −I, and the transpose shows."""

    def fits(problem):
        W, u, v = problem
        rest = W @ u - S @ v
        right, wrong = S.T @ rest, S @ rest
        return rest.all() and right.all() and (right != wrong).any() and abs(rest).max() < 8

    S = draw.first(
        "S",
        lambda k: draw.integers(k, (2, 2), 2),
        lambda S: round(np.linalg.det(S)) and (S != S.T).any() and np.count_nonzero(S) >= 3,
    )
    W, u, v = draw.problem(2, 3, fits=fits)
    rest = W @ u - S @ v

    def sheared(x):
        return loss(W, u, S @ x)

    g = agreed(-2 * S.T @ rest, central_difference(sheared, v, step=1))
    wrong = -2 * S @ rest
    return {"W": W, "u": u, "S": S, "v": v}, (
        fill_in(r"Find the gradient in $v$ of $\lVert Wu - v\rVert^2$: entry by entry, then from "
                r"the row of derivatives, $2r^{\mathsf T}(-I)$.",
                "gradient_v", ENTRY_AND_ROW, {"r": v, "I": (2, 2)}, blanks, draw),
        Question(
            r"Now put the matrix $S$ before $v$: $L = \lVert Wu - Sv\rVert^2$. Compute the "
            "residual and the loss.",
            Numbers((Entry("Wu - Sv", rest), Entry("L", sheared(v))), lines=4),
            3,
            (f"$Wu = {column(W @ u)}$, $Sv = {column(S @ v)}$",),
        ),
        what_happened(
            r"\nabla_v L = -2S(Wu - Sv)",
            "−2S(Wu − Sv)",
            "v",
            ("2Sᵀ(Wu − Sv)", "−2(Wu − Sv)Sᵀ", "−2SᵀWu"),
            loss="np.linalg.norm(W @ u - S @ v)**2",
        ),
        Question(
            r"Compute what is right, $-2S^{\mathsf T}(Wu - Sv)$, and what somebody wrote, "
            r"$-2S(Wu - Sv)$. Both have the shape of $v$.",
            Numbers(
                (
                    Entry(r"-2S^{\mathsf T}(Wu - Sv)", g),
                    Entry("-2S(Wu - Sv)", wrong),
                ),
                lines=4,
            ),
            4,
            (f"columns of $S$ meet ${column(-2 * rest)}$: {columns_meet(S, -2 * rest)}",
             f"rows of $S$ meet it: {rows_meet(S, -2 * rest)}"),
        ),
        exact_difference(sheared, "v", v, 1, g[1, 0], rest=lambda x: W @ u - S @ x),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
