"""The gradient in W: an outer product."""

from fractions import Fraction

from wuv.model import loss
from wuv.worksheet import asking as ask
from wuv.worksheet.keys import agreed, gradient
from wuv.worksheet.written import array, column, number, outer

AIM = "Find the gradient in $W$: a slope for each entry, in a table of the shape of $W$."
NUDGE = {
    "eq-w-nudge": (
        "slope of a square, and only $W$ moves",
        "a number is its own trace",
        "$u$ goes round to the front",
        r"$\operatorname{tr}(A^{\mathsf T}B)$ is the inner product of matrices",
    )
}
ENTRY_AND_STEP = {
    "eq-w-components": ("the outer slope times the inner", "the slope of $r_i$ is $u_j$"),
    "eq-w-one-step": (r"$u^{\mathsf T}u$ cancels, and $Wu - r = v$",),
}


def _one_entry(W, u, v, i, j, g):
    """Ask for one slope of a matrix by an exact difference."""
    above, below, half = ask.halves(lambda x: loss(x, u, v), W, (i, j), g)
    place = f"W_{{{i + 1}{j + 1}}}"
    return ask.compute(
        f"Check one slope by an exact difference. Move ${place}$ up by 1, then down by 1, and "
        "halve the difference of the losses. (Only one residual moves: which?)",
        {r"L \text{ up}": above, r"L \text{ down}": below, ask.HALF: half}, 4, 4,
        f"residual ${column(W @ u - v)}$ at first",
        rf"only $r_{i + 1}$ moves, by $u_{j + 1} = {number(u[j, 0])}$ up and down",
        f"$({above} - {below}) / 2 = {number(half)}$, the entry of the gradient",
        follows={ask.HALF: (ask.half_difference, r"L \text{ up}", r"L \text{ down}")},
    )  # fmt: skip


def level_1(draw):
    """3×2: the trace carries u to the front; the gradient is a multiplication table."""
    W, u, v = draw.problem(3, 2)
    r, g = W @ u - v, gradient(W, u, v, "W")
    return {"W": W, "u": u, "v": v}, (
        ask.fill_in("Find the gradient in $W$.", "routes", NUDGE, {"W": W, "u": u, "r": r}),
        ask.what_happened("W", "2u(Wu − v)ᵀ", "2uᵀ(Wu − v)", "−2(Wu − v)uᵀ", "2(Wu − v) ⊙ u"),
        ask.residual_and_loss(W, u, v),
        ask.compute(
            r"Compute the gradient $\nabla_W L = 2ru^{\mathsf T}$.",
            {r"\nabla_W L": g}, 3, 3,
            outer(2 * r, u, r"2ru^{\mathsf T}"),
            follows={r"\nabla_W L": (lambda r: 2 * r @ u.T, "r")},
            slopes={r"\nabla_W L": ask.gradient_of("W", W=W, u=u, v=v)},
        ),
        _one_entry(W, u, v, 0, 1, g),
    )  # fmt: skip


def level_2(draw):
    """Square: urᵀ fits too; then one step that solves for W."""
    W, u, v = draw.problem(2, 2, fits=lambda p: (p.u * p.u).sum() in (2, 5, 8))
    r, g = W @ u - v, gradient(W, u, v, "W")
    size = int((u * u).sum())
    solved = W - Fraction(1, 2 * size) * g
    zero = agreed(loss(solved, u, v), 0)
    return {"W": W, "u": u, "v": v}, (
        ask.fill_in(
            "Find the gradient in $W$, entry by entry; and where the best step leads.",
            "gradient_W", ENTRY_AND_STEP, {"W": W, "u": u, "r": r, "v": v},
        ),
        ask.residual_and_loss(W, u, v),
        ask.compute(
            r"Compute $2ru^{\mathsf T}$ and $2ur^{\mathsf T}$. Both have the shape of $W$.",
            {r"2ru^{\mathsf T}": g, r"2ur^{\mathsf T}": 2 * u @ r.T}, 4, 3,
            outer(2 * r, u, r"2ru^{\mathsf T}"), outer(2 * u, r, r"2ur^{\mathsf T}"),
            follows={r"2ru^{\mathsf T}": (lambda r: 2 * r @ u.T, "r"),
                     r"2ur^{\mathsf T}": (lambda r: 2 * u @ r.T, "r")},
            slopes={r"2ru^{\mathsf T}": ask.gradient_of("W", W=W, u=u, v=v)},
        ),
        _one_entry(W, u, v, 0, 1, g),
        ask.what_happened("W", "2uᵀ(Wu − v)", "2u(Wu − v)ᵀ", "2(Wu − v) ⊙ u", "2Wuuᵀ"),
        ask.compute(
            rf"Make one step in $W$ with $\eta = 1/(2\lVert u\rVert^2) = 1/{2 * size}$. "
            "What is the loss at the new $W$?",
            {r"\text{new } W": solved, r"\text{new } L": zero}, 4, 3,
            rf"$W - \frac{{1}}{{{2 * size}}} {array(g)} = {array(solved)}$",
            f"it carries $u$ to ${column(solved @ u)} = v$: the loss is 0",
            follows={
                r"\text{new } W": (lambda g: W - Fraction(1, 2 * size) * g, r"2ru^{\mathsf T}"),
                r"\text{new } L": (lambda X: ask.length(X @ u - v), r"\text{new } W"),
            },
        ),
    )  # fmt: skip
