"""Stochastic descent: one pair is right on average, and three lines share one point."""

from fractions import Fraction

import numpy as np

from wuv.model import gradients
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, gradient
from wuv.worksheet.written import array, column, columns_meet, number, outer

AIM = "Learn from one pair at a time, and move three letters from one point."
UNBIASED = {
    "eq-sgd-unbiased": (r"the entries of a product, $RU^{\mathsf T}$",),
    "eq-sgd-stale": (r"multiplied out, and $ur^{\mathsf T}r = \lVert r\rVert^2 u$",),
}
FACTS = (
    "Two facts. Of $N$ pairs the $u_k$ are the columns of $U$, and the residuals those of $R$: "
    "what does a drawn pair's slope come to on average? And what does the new $W$ send down in "
    "place of the old one?"
)


def level_1(draw):
    """Two pairs: their gradients, the mean, and a number that learns from witnesses."""
    W, u, v = draw.problem(2, 2, largest=2, name="first")

    def fits(x, y):
        s, parallel = W @ x - y, u[0, 0] * x[1, 0] == u[1, 0] * x[0, 0]
        return bool(y.any() and s.all() and abs(s).max() < 7 and not parallel)

    x, y = draw.arrays("second", fits, nonzero="u", u=(2, 1, 2), v=(2, 1, 3))
    U, V = np.hstack([u, x]), np.hstack([v, y])
    each = gradient(W, u, v, "W"), gradient(W, x, y, "W")
    mean = agreed(Fraction(1, 2) * (each[0] + each[1]), gradients(W, U, V, mean=True).W)
    stepped = W - Fraction(1, 4) * each[0]
    said = draw.array("witnesses", (3, 1), 9, lambda s: s.sum() % 3 == 0 and len({*s.flat}) == 3)
    w = [0]
    for k, witness in enumerate(said.flat, start=1):
        w.append(w[-1] - 2 * Fraction(1, 2 * k) * (w[-1] - witness))
    agreed(w[3], Fraction(int(said.sum()), 3))
    return {"W": W, "u_1": u, "v_1": v, "u_2": x, "v_2": y}, (
        ask.compute(
            "Compute the residuals of both pairs, $r_1 = Wu_1 - v_1$ and $r_2 = Wu_2 - v_2$.",
            {"r_1": W @ u - v, "r_2": W @ x - y}, 3, 3,
            f"$Wu_1 = {column(W @ u)}$, $Wu_2 = {column(W @ x)}$",
        ),
        ask.compute(
            r"Compute the gradient in $W$ of each pair alone, $2ru^{\mathsf T}$, and the gradient "
            "of the mean loss.",
            {r"2r_1u_1^{\mathsf T}": each[0], r"2r_2u_2^{\mathsf T}": each[1],
             r"\text{mean}": mean}, 5, 4,
            outer(2 * (W @ u - v), u, r"2r_1u_1^{\mathsf T}"),
            outer(2 * (W @ x - y), x, r"2r_2u_2^{\mathsf T}"),
            follows={r"2r_1u_1^{\mathsf T}": (lambda r: 2 * r @ u.T, "r_1"),
                     r"2r_2u_2^{\mathsf T}": (lambda r: 2 * r @ x.T, "r_2"),
                     r"\text{mean}": (lambda a, b: Fraction(1, 2) * (a + b),
                                      r"2r_1u_1^{\mathsf T}", r"2r_2u_2^{\mathsf T}")},
            slopes={r"2r_1u_1^{\mathsf T}": ask.gradient_of("W", W=W, u=u, v=v),
                    r"2r_2u_2^{\mathsf T}": ask.gradient_of("W", W=W, u=x, v=y)},
        ),
        ask.fill_in(FACTS, "sgd", UNBIASED, {"W": W, "u": u, "r": v}),
        ask.which(
            "In one step of stochastic descent one pair is drawn, each with the same chance. "
            "Which sentence is true, whatever the pairs?",
            {"Its gradient is often wrong, and right on average":
             "The mean of the pairs' gradients is the gradient of the mean loss.",
             "Its gradient is the gradient of the mean loss":
             "Compare your two gradients with the mean: neither is it.",
             "Its gradient points downhill for every pair":
             "A step for one pair may raise the loss of another.",
             "Its gradient is shorter than that of the mean loss":
             "Of two gradients at least one is as long as their mean, or longer."},
        ),
        ask.compute(
            r"Make one step in $W$ with the first pair alone and $\eta = \frac{1}{4}$.",
            {r"\text{new } W": stepped}, 2, 3,
            rf"$W - \frac{{1}}{{4}} {array(each[0])}$",
            follows={r"\text{new } W": (lambda g: W - Fraction(1, 4) * g, r"2r_1u_1^{\mathsf T}")},
        ),
        ask.compute(
            f"A single number $w$ begins at 0. Three witnesses say ${column(said)}$, "
            r"one after another, and in step $k$ the update is $w - 2\eta(w - v)$ with "
            r"$\eta = 1/(2k)$. Follow it. How could you have known the last number at once?",
            {"w_1": w[1], "w_2": w[2], "w_3": w[3]}, 3, 3,
            f"it is the mean of the three, ${number(w[3])}$, and $w_2$ that of the first two",
            follows={f"w_{k}": (lambda w, k=k: w - Fraction(1, k) * (w - int(said[k - 1, 0])),
                                f"w_{k - 1}") for k in (2, 3)},
        ),
    )  # fmt: skip


def level_2(draw):
    """Three gradients from one point; what happens when each line overwrites its letter."""
    W, u, v = draw.problem(2, 2, largest=2, fits=lambda p: abs(p.W @ p.u - p.v).max() < 5)
    g = gradients(W, u, v)
    for name in "Wuv":
        agreed(getattr(g, name), gradient(W, u, v, name))
    eta = Fraction(1, 4)
    r = W @ u - v
    new_W, new_u, new_v = W - eta * g.W, u - eta * g.u, v - eta * g.v
    stale = u - 2 * eta * new_W.T @ r
    size = int((r * r).sum())
    agreed(2 * new_W.T @ r, g.u - 4 * eta * size * u)
    return {"W": W, "u": u, "v": v}, (
        ask.residual_and_loss(W, u, v),
        ask.compute(
            "Compute all three gradients.",
            {r"\nabla_W L": g.W, r"\nabla_u L": g.u, r"\nabla_v L": g.v}, 5, 4,
            outer(2 * r, u, r"2ru^{\mathsf T}"),
            columns_meet(W, 2 * r, "W", "2r"), f"$-2r = {column(-2 * r)}$",
            follows={r"\nabla_W L": (lambda r: 2 * r @ u.T, "r"),
                     r"\nabla_u L": (ask.twice_columns(W), "r"),
                     r"\nabla_v L": (lambda r: -2 * r, "r")},
            slopes={f"\\nabla_{x} L": ask.gradient_of(x, W=W, u=u, v=v) for x in "Wuv"},
        ),
        ask.compute(
            r"With $\eta = \frac{1}{4}$, let all three letters step from the old point.",
            {r"\text{new } W": new_W, r"\text{new } u": new_u, r"\text{new } v": new_v}, 5, 4,
            rf"$W - \frac{{1}}{{4}} {array(g.W)}$",
            rf"$u$: ${column(u)} - \frac{{1}}{{4}} {column(g.u)} = {column(new_u)}$",
            rf"$v$: ${column(v)} - \frac{{1}}{{4}} {column(g.v)} = {column(new_v)}$",
            follows={rf"\text{{new }} {k}": (lambda g, x=x: x - eta * g, rf"\nabla_{k} L")
                     for k, x in {"W": W, "u": u, "v": v}.items()},
        ),
        ask.fill_in(FACTS, "sgd", UNBIASED, {"W": W, "u": u, "r": v}),
        ask.compute(
            "A program computes $r$ once and then overwrites $W$ before it comes to $u$: its "
            r"second line uses the new $W$. Where does $u$ land?",
            {r"\text{its } u": stale}, 3, 4,
            rf"it is off by $4\eta^2\lVert r\rVert^2 u$, with $\lVert r\rVert^2 = {size}$: by "
            f"${column(4 * eta * eta * size * u)}$",
            follows={r"\text{its } u":
                     (lambda X, r: u - 2 * eta * X.T @ r, r"\text{new } W", "r")},
        ),
        ask.what_happened("W", "2(Wu − v) ⊙ u", "2u(Wu − v)ᵀ", "2uᵀ(Wu − v)", "2Wuuᵀ"),
    )  # fmt: skip
