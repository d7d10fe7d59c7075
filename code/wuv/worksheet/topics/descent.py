"""Descent: the three updates, and how large a step may be."""

from fractions import Fraction

import numpy as np

from wuv.descent import largest_learning_rate
from wuv.model import gradients, loss
from wuv.worksheet import asking as ask
from wuv.worksheet.drawing import across
from wuv.worksheet.keys import agreed, gradient
from wuv.worksheet.written import column, dot, number, outer

AIM = "Take steps downhill, and find out how large they may be."
UPDATES = {
    "eq-updates": (
        r"minus $\eta$ times $2W^{\mathsf T}r$",
        r"minus $\eta$ times $-2r$",
        r"minus $\eta$ times $2ru^{\mathsf T}$",
    )
}
CONTRACTION = {"eq-contraction": (r"$W^{\mathsf T}v = W^{\mathsf T}Wu^\ast$ at the least point",)}
NO_PROOF = ask.which(
    "“The loss falls from step to step, so my gradient is right.” What do you say?",
    {"A falling loss is no proof; compare with a difference":
     "A wrong formula can go downhill too: half the gradient does, and in a square problem even "
     "2Wr may win by luck.",
     "Right: a wrong gradient would make it rise":
     "Half the gradient is wrong, and the loss falls all the same.",
     "Right, if it falls to zero":
     "In a square problem 2Wr may lead to zero all the same, by luck.",
     "It depends on the learning rate alone":
     "The rate decides how far you go, not whether the formula is right."},
)  # fmt: skip


def level_1(draw):
    """One step in each of v and W, by hand."""
    W, u, v = draw.problem(3, 2, fits=lambda p: (p.u * p.u).sum() in (2, 5, 8))
    r, L, g = W @ u - v, loss(W, u, v), gradients(W, u, v)
    size = int((u * u).sum())
    step_v = v - Fraction(1, 4) * gradient(W, u, v, "v")
    at_v = agreed(loss(W, u, step_v), Fraction(L, 4))
    step_W = W - Fraction(1, 2 * size) * gradient(W, u, v, "W")
    at_W = agreed(loss(step_W, u, v), 0)
    step_u = u - Fraction(1, 20) * gradient(W, u, v, "u")
    return {"W": W, "u": u, "v": v}, (
        ask.residual_and_loss(W, u, v),
        ask.fill_in(
            "These are the three update rules.",
            "descent", UPDATES, {"W": W, "u": u, "v": v, "r": r},
        ),
        ask.compute(
            r"One step in $v$ with $\eta = \frac{1}{4}$: where do you land, and what is the loss "
            "there?",
            {r"\text{new } v": step_v, r"\text{new } L": at_v}, 3, 3,
            rf"$v + \frac{{1}}{{2}} r$ with $r = {column(r)}$",
            rf"the residual is halved, the loss is $\frac{{{L}}}{{4}}$",
            follows={r"\text{new } v": (lambda r: v + Fraction(1, 2) * r, "r"),
                     r"\text{new } L": (lambda x: ask.length(W @ u - x), r"\text{new } v")},
        ),
        ask.compute(
            rf"From the old point, one step in $W$ with $\eta = \frac{{1}}{{{2 * size}}}$, which "
            r"is $1/(2\lVert u\rVert^2)$.",
            {r"\text{new } W": step_W, r"\text{new } L": at_W}, 4, 3,
            outer(2 * r, u, r"2ru^{\mathsf T}"),
            f"the new $W$ carries $u$ to ${column(step_W @ u)} = v$",
            follows={r"\text{new } W": (lambda r: W - Fraction(1, size) * r @ u.T, "r"),
                     r"\text{new } L": (lambda X: ask.length(X @ u - v), r"\text{new } W")},
        ),
        ask.compute(
            r"From the old point, one step in $u$ with $\eta = \frac{1}{20}$.",
            {r"\nabla_u L": g.u, r"\text{new } u": step_u}, 3, 3,
            rf"${column(u)} - \frac{{1}}{{20}} {column(g.u)} = {column(step_u)}$",
            follows={r"\nabla_u L": (ask.twice_columns(W), "r"),
                     r"\text{new } u": (lambda g: u - Fraction(1, 20) * g, r"\nabla_u L")},
            slopes={r"\nabla_u L": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        NO_PROOF,
    )  # fmt: skip


def level_2(draw):
    """The limit of the learning rate, for a matrix whose columns are orthogonal."""

    def fits(W, best, d):
        (a, c), (_, b) = W.T @ W
        ok = {1, 2, 4, 5, 8}  # their reciprocals have few decimals
        return c == 0 and W.any(axis=1).all() and a != b and {int(a), int(b)} <= ok

    sizes = {"W": (3, 2, 2), "best": (2, 1, 2), "d": (2, 1, 2)}
    W, best, away = draw.arrays("orthogonal", fits, nonzero=("best", "d"), **sizes)
    u, v = best + away, W @ best + across(W)
    squared = np.diag(W.T @ W)
    limit = Fraction(1, int(squared.max()))
    if not np.isclose(largest_learning_rate(W, u, v), float(limit)):
        agreed(largest_learning_rate(W, u, v), limit)
    eta = limit / 2
    factors = np.array([[1 - 2 * eta * int(x)] for x in squared], dtype=object)
    g = gradient(W, u, v, "u")
    new = agreed(u - eta * g, best + factors * away)
    return {"W": W, "v": v, "u": u, "u^\\ast": best}, (
        ask.compute(
            r"Compute $W^{\mathsf T}W$. Its off-diagonal entries are zero: the columns of $W$ are "
            "orthogonal.",
            {r"W^{\mathsf T}W": W.T @ W}, 3, 2,
            f"${dot(W[:, 0], W[:, 0])}$, ${dot(W[:, 0], W[:, 1])}$, ${dot(W[:, 1], W[:, 1])}$",
        ),
        ask.compute(
            r"Check that $u^\ast$ is the least point: compute $r^\ast = Wu^\ast - v$ and "
            r"$W^{\mathsf T}r^\ast$.",
            {r"r^\ast": W @ best - v,
             r"W^{\mathsf T}r^\ast": agreed(W.T @ (W @ best - v), 0 * best)}, 3, 3,
            f"$Wu^\\ast = {column(W @ best)}$; each column of $W$ is orthogonal to what is left",
            follows={r"W^{\mathsf T}r^\ast": (lambda r: W.T @ r, r"r^\ast")},
        ),
        ask.fill_in(
            r"The update rules, and what a step in $u$ leaves of $u - u^\ast$.",
            "descent", UPDATES | CONTRACTION, {"W": W, "u": u, "v": v, "r": v},
        ),
        ask.compute(
            r"The limit for the learning rate is $1/\sigma_{\max}^2$, and here the squared "
            r"singular values stand on the diagonal of $W^{\mathsf T}W$. With half that rate, "
            r"by which factors $1 - 2\eta\sigma^2$ does a step multiply the two entries of "
            r"$u - u^\ast$?",
            {r"\text{limit}": limit, r"\eta": eta, r"\text{factors}": factors}, 4, 3,
            ", ".join(rf"$1 - 2 \cdot {number(eta)} \cdot {x} = {number(1 - 2 * eta * int(x))}$"
                      for x in squared),
            follows={
                r"\text{limit}": (lambda a: Fraction(1, max(np.diag(a))), r"W^{\mathsf T}W"),
                r"\eta": (lambda x: Fraction(1, 2) * x, r"\text{limit}"),
                r"\text{factors}": (lambda x, a: 1 - 2 * x * np.diag(a).reshape(-1, 1),
                                    r"\eta", r"W^{\mathsf T}W"),
            },
        ),
        ask.compute(
            r"Take that step from $u$: compute $r$, the gradient $2W^{\mathsf T}r$ and the new "
            r"$u$. Compare the new $u - u^\ast$ with the factors.",
            {"r": W @ u - v, r"\nabla_u L": g, r"\text{new } u": new}, 4, 3,
            f"$u - u^\\ast = {column(away)}$ becomes ${column(new - best)}$",
            rf"${column(u)} - {number(eta)} \cdot {column(g)} = {column(new)}$",
            follows={r"\nabla_u L": (ask.twice_columns(W), "r"),
                     r"\text{new } u": (lambda x, g: u - x * g, r"\eta", r"\nabla_u L")},
            slopes={r"\nabla_u L": ask.gradient_of("u", W=W, u=u, v=v)},
        ),
        NO_PROOF,
    )  # fmt: skip
