"""Descent: the three updates, and how large a step may be."""

from fractions import Fraction

import numpy as np

from wuv.descent import largest_learning_rate
from wuv.model import gradients, loss
from wuv.worksheet.asking import fill_in, gradient, outer, residual_and_loss
from wuv.worksheet.record import Choice, Entry, Numbers, Option, Question, agreed
from wuv.worksheet.written import column, dot, number

AIM = "Take steps downhill, and find out how large they may be."
UPDATES = {
    "eq-updates": (
        r"minus $\eta$ times $2W^{\mathsf T}r$",
        r"minus $\eta$ times $-2r$",
        r"minus $\eta$ times $2ru^{\mathsf T}$",
    )
}
CONTRACTION = {"eq-contraction": (r"$W^{\mathsf T}v = W^{\mathsf T}Wu^\ast$ at the least point",)}
NO_PROOF = Question(
    "“The loss falls from step to step, so my gradient is right.” What do you say?",
    Choice((
        Option("A falling loss is no proof; compare with a difference", True,
               "A wrong formula can go downhill too: half the gradient does, and in a square "
               "problem even 2Wr may win by luck."),
        Option("Right: a wrong gradient would make it rise", False,
               "Half the gradient is wrong, and the loss falls all the same."),
        Option("Right, if it falls to zero", False,
               "In a square problem 2Wr may lead to zero all the same, by luck."),
        Option("It depends on the learning rate alone", False,
               "The rate decides how far you go, not whether the formula is right."),
    )),
    2,
)  # fmt: skip


def level_1(draw, blanks):
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
        residual_and_loss(W, u, v),
        fill_in("These are the three update rules.", "descent", UPDATES,
                {"W": W, "u": u, "v": v, "r": r}, blanks, draw),
        Question(
            r"One step in $v$ with $\eta = \frac{1}{4}$: where do you land, and what is the loss "
            "there?",
            Numbers((Entry(r"\text{new } v", step_v), Entry(r"\text{new } L", at_v)), 3),
            3,
            (rf"$v + \frac{{1}}{{2}} r$ with $r = {column(r)}$",
             rf"the residual is halved, the loss is $\frac{{{L}}}{{4}}$"),
        ),
        Question(
            rf"From the old point, one step in $W$ with $\eta = \frac{{1}}{{{2 * size}}}$, which "
            r"is $1/(2\lVert u\rVert^2)$.",
            Numbers((Entry(r"\text{new } W", step_W), Entry(r"\text{new } L", at_W)), 3),
            4,
            (outer(2 * r, u, r"2ru^{\mathsf T}"),
             f"the new $W$ carries $u$ to ${column(step_W @ u)} = v$"),
        ),
        Question(
            r"From the old point, one step in $u$ with $\eta = \frac{1}{20}$.",
            Numbers((Entry(r"\nabla_u L", g.u), Entry(r"\text{new } u", step_u)), 3),
            3,
            (rf"${column(u)} - \frac{{1}}{{20}} {column(g.u)} = {column(step_u)}$",),
        ),
        NO_PROOF,
    )  # fmt: skip


def level_2(draw, blanks):
    """The limit of the learning rate, for a matrix whose columns are orthogonal."""

    def make(k):
        W = draw.integers(f"{k}|W", (3, 2), 2)
        return W, draw.integers(f"{k}|best", (2, 1), 2, zero=False), f"{k}|d"

    def fits(found):
        a, b = np.diag(found[0].T @ found[0])
        diagonal = (found[0].T @ found[0])[0, 1] == 0
        ok = {1, 2, 4, 5, 8}  # their reciprocals have few decimals
        return diagonal and found[0].any(axis=1).all() and a != b and {int(a), int(b)} <= ok

    W, best, k = draw.first("orthogonal", make, fits)
    normal = np.cross(W[:, 0], W[:, 1]).reshape(-1, 1)
    normal = normal // np.gcd.reduce(normal.ravel())
    v = W @ best + normal  # perpendicular to both columns: the least point is best
    away = draw.integers(k, (2, 1), 2, zero=False)
    u = best + away
    squared = np.diag(W.T @ W)
    largest = int(squared.max())
    limit = Fraction(1, largest)
    if not np.isclose(largest_learning_rate(W, u, v), float(limit)):
        agreed(largest_learning_rate(W, u, v), limit)
    eta = limit / 2
    factors = np.array([[1 - 2 * eta * int(x)] for x in squared], dtype=object)
    g = gradient(W, u, v, "u")
    new = agreed(u - eta * g, best + factors * away)
    return {"W": W, "v": v, "u": u, "u^\\ast": best}, (
        Question(
            r"Compute $W^{\mathsf T}W$. Its off-diagonal entries are zero: the columns of $W$ are "
            "orthogonal.",
            Numbers((Entry(r"W^{\mathsf T}W", W.T @ W),), 2),
            3,
            (f"${dot(W[:, 0], W[:, 0])}$, ${dot(W[:, 0], W[:, 1])}$, ${dot(W[:, 1], W[:, 1])}$",),
        ),
        Question(
            r"Check that $u^\ast$ is the least point: compute $r^\ast = Wu^\ast - v$ and "
            r"$W^{\mathsf T}r^\ast$.",
            Numbers((Entry(r"r^\ast", W @ best - v),
                     Entry(r"W^{\mathsf T}r^\ast", agreed(W.T @ (W @ best - v), 0 * best))), 3),
            3,
            (f"$Wu^\\ast = {column(W @ best)}$; each column of $W$ is orthogonal to what is left",),
        ),
        fill_in(r"The update rules, and what a step in $u$ leaves of $u - u^\ast$.",
                "descent", UPDATES | CONTRACTION, {"W": W, "u": u, "v": v, "r": v}, blanks, draw),
        Question(
            r"The limit for the learning rate is $1/\sigma_{\max}^2$, and here the squared "
            r"singular values stand on the diagonal of $W^{\mathsf T}W$. With half that rate, "
            r"by which factors $1 - 2\eta\sigma^2$ does a step multiply the two entries of "
            r"$u - u^\ast$?",
            Numbers((Entry(r"\text{limit}", limit), Entry(r"\eta", eta),
                     Entry(r"\text{factors}", factors)), 3),
            4,
            (", ".join(rf"$1 - 2 \cdot {number(eta)} \cdot {x} = {number(1 - 2 * eta * int(x))}$"
                       for x in squared),),
        ),
        Question(
            r"Take that step from $u$: compute $r$, the gradient $2W^{\mathsf T}r$ and the new "
            r"$u$. Compare the new $u - u^\ast$ with the factors.",
            Numbers((Entry("r", W @ u - v), Entry(r"\nabla_u L", g),
                     Entry(r"\text{new } u", new)), 3),
            4,
            (f"$u - u^\\ast = {column(away)}$ becomes ${column(new - best)}$",
             rf"${column(u)} - {number(eta)} \cdot {column(g)} = {column(new)}$"),
        ),
        NO_PROOF,
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
