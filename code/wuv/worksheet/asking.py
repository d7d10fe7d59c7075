"""Questions that several topics ask, with their worked lines.

What a key says is computed by `wuv.model` and must agree with a second way to it, the exact
difference where there is one (`wuv.worksheet.record.agreed`).
"""

import numpy as np

from wuv.difference import central_difference
from wuv.model import grad_u, grad_v, grad_W, loss, residual
from wuv.worksheet.derivations import derivation
from wuv.worksheet.record import Entry, Numbers, Question, agreed
from wuv.worksheet.slips import slip
from wuv.worksheet.written import array, column, dot, number, squares

GRADIENTS = {"u": grad_u, "v": grad_v, "W": grad_W}


def gradient(W, u, v, wrt):
    """Return the gradient in ``wrt``; the exact difference agrees, or `WrongKey` is raised."""
    point = {"W": W, "u": u, "v": v}
    measured = central_difference(lambda x: loss(**point | {wrt: x}), point[wrt], step=1)
    return agreed(GRADIENTS[wrt](W, u, v), measured)


def unit(n, k):
    """Return the column with n entries, a 1 in place k (from 0) and zeros."""
    return np.eye(n, dtype=int)[:, [k]]


def residual_and_loss(W, u, v):
    """Ask for r and L."""
    r = agreed(residual(W, u, v), W @ u - v)
    value = agreed(loss(W, u, v), int((r * r).sum()))
    return Question(
        r"Compute the residual $r = Wu - v$ and the loss $L = \lVert r\rVert^2$.",
        Numbers((Entry("r", r), Entry("L", value)), lines=3),
        3,
        (
            f"$Wu$: {rows_meet(W, u)}",
            f"$r = {column(W @ u)} - {column(v)} = {column(r)}$",
            f"$L = {squares(r)}$",
        ),
    )


def rows_meet(W, u):
    """Return the entries of Wu, written out."""
    return ", ".join(f"${dot(row, u)}$" for row in W)


def columns_meet(W, a):
    """Return the entries of Wᵀa, written out."""
    return rows_meet(W.T, a)


def fill_in(goal, chapter, labels, sizes, blanks, draw):
    """Ask for the blank cells of a derivation, a point each; ``goal`` says what it finds.

    ``sizes`` are {letter: array or shape}, as in `wuv.worksheet.derivations.derivation`.
    """
    shapes = {k: x if isinstance(x, tuple) else np.shape(x) for k, x in sizes.items()}
    answer = derivation(chapter, labels, shapes, blanks, draw)
    return Question(f"{goal} Fill in the blank cells.", answer, len(answer.blank))


def what_happened(shown, answer, wrt, others, where="", **asked):
    """Ask which slip led to an answer; ``shown`` is the answer in LaTeX."""
    text = f"Somebody writes ${shown}$. {where} What happened?".replace("  ", " ")
    return Question(text, slip(answer, wrt, others, **asked), 2)


def exact_difference(f, name, x, k, slope, value="L", rest=None):
    """Ask for entry k (from 0) of a gradient as half the difference of two values of f.

    ``f`` takes the column ``x``; ``slope`` is what the gradient says, and must agree. ``rest`` is
    the column whose squared length is f, for the key.
    """
    e = unit(len(x), k)
    above, below = f(x + e), f(x - e)
    half = agreed(slope, central_difference(f, x, step=1)[k, 0], (above - below) // 2)
    up, down = column(x + e), column(x - e)
    worked = [f"residuals ${column(rest(x + e))}$ and ${column(rest(x - e))}$"] if rest else []
    return Question(
        f"Check one slope by an exact difference. Move ${name}_{k + 1}$ up by 1, to "
        f"${name} = {up}$, then down by 1, to ${name} = {down}$, and halve the difference of the "
        f"two values of ${value}$. For this function there is no error: the result must equal "
        "your gradient's entry.",
        Numbers(
            (
                Entry(f"{value}{up}", above),
                Entry(f"{value}{down}", below),
                Entry(r"\text{half the difference}", half),
            ),
            lines=4,
        ),
        4,
        (
            *worked,
            rf"$({number(above)} - {number(below)}) / 2 = {number(half)}$, "
            f"entry {k + 1} of the gradient",
        ),
    )


def outer(a, b, name):
    """Return the worked line of an outer product: each row a multiple of b."""
    rows = ", ".join(rf"${number(x)} \cdot {column(b)}$" for x in a.flat)
    return f"the rows of ${name}$: {rows}"


def show(**arrays):
    """Return arrays in one line of LaTeX."""
    return ", ".join(f"${k} = {array(x)}$" for k, x in arrays.items())
