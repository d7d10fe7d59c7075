"""Questions that several topics ask, with their worked lines: `wuv.worksheet.keys` computes them.

>>> question = compute("Compute $1 + 1$.", {"1 + 1": 2}, 3, 1, "count on from one")
>>> question.points, question.answer.entries[0].value, question.worked
(3, 2, ('count on from one',))
"""

from fractions import Fraction

import numpy as np

from wuv.diagnosis.question import BOOK
from wuv.difference import central_difference
from wuv.model import loss, residual
from wuv.worksheet.derivations import derivation
from wuv.worksheet.keys import WrongKey, agreed
from wuv.worksheet.record import (
    Choice,
    Entry,
    Follows,
    Numbers,
    Option,
    Question,
    Slope,
    Words,
)
from wuv.worksheet.slips import slip
from wuv.worksheet.written import column, number, rows_meet, squares, unit

HALF = r"\text{half the difference}"
LATEX = str.maketrans({"ᵀ": r"^{\mathsf T}", "²": "^2", "−": "-", "⊙": r"\odot"})


def compute(text, values, points, lines, *worked, follows=None, slopes=None):
    """Ask for ``values``, {LaTeX name: number or array}, with so many lines to work in.

    ``follows`` says of some how they follow from earlier ones, {name: (function, *names)}: so an
    error is carried forward. ``slopes`` says which are gradients, {name: `gradient_of`(…)}.
    """
    follows = {k: Follows(x[0], x[1:]) for k, x in (follows or {}).items()}
    slopes = slopes or {}
    if strange := {*follows, *slopes} - {*values}:
        raise WrongKey(f"{', '.join(sorted(strange))} is not asked for")
    entries = tuple(Entry(k, x, follows.get(k), slopes.get(k)) for k, x in values.items())
    return Question(text, Numbers(entries, lines), points, worked)


def gradient_of(wrt, loss=BOOK, order=1, **at):
    """Return the `Slope`: the gradient in ``wrt`` at these numbers."""
    return Slope(wrt, loss, at, order)


def length(a):
    """Return the squared length of a column."""
    return (a * a).sum()


def twice_columns(W):
    """Return the function of r whose value is 2Wᵀr."""
    return lambda r: 2 * W.T @ r


def half_difference(above, below):
    """Return half the difference of two values."""
    return Fraction(1, 2) * (above - below)


def which(text, options, right=None):
    """Ask which of ``options``, {text: what is said of it}, is right: the first, or ``right``."""
    right = next(iter(options)) if right is None else right
    if right not in options:
        raise WrongKey(f"{right} is not among the options")
    return Question(text, Choice(tuple(Option(x, x == right, options[x]) for x in options)), 2)


def in_words(text, answer):
    """Ask for a sentence or two."""
    return Question(text, Words(answer), 2)


def fill_in(goal, chapter, labels, sizes):
    """Ask for the blank cells of a derivation, a point each; ``goal`` says what it finds.

    ``sizes`` are {letter: array or shape}, as in `wuv.worksheet.derivations.derivation`.
    """
    shapes = {k: x if isinstance(x, tuple) else np.shape(x) for k, x in sizes.items()}
    return Question(f"{goal} Fill in the blank cells.", derivation(chapter, labels, shapes))


def what_happened(wrt, answer, *others, of="", where="", loss=BOOK, order=1):
    """Ask which slip led to an answer for the gradient in ``wrt``; those that led to the ``others``
    are the other options. ``of`` is what stands before it, where that is not the book's."""
    of = of or rf"\nabla_{wrt}{'^2' if order == 2 else ''} L"
    text = f"Somebody writes ${of} = {answer.translate(LATEX)}$. {where} What happened?"
    return Question(text.replace("  ", " "), slip(answer, wrt, others, loss, order), 2)


def residual_and_loss(W, u, v):
    """Ask for r and L."""
    r = agreed(residual(W, u, v), W @ u - v)
    return compute(
        r"Compute the residual $r = Wu - v$ and the loss $L = \lVert r\rVert^2$.",
        {"r": r, "L": agreed(loss(W, u, v), int((r * r).sum()))}, 3, 3,
        f"$Wu$: {rows_meet(W, u)}",
        f"$r = {column(W @ u)} - {column(v)} = {column(r)}$",
        f"$L = {squares(r)}$",
        follows={"L": (length, "r")},
    )  # fmt: skip


def halves(f, x, place, g):
    """Return f one step up and one down in an entry of x, and half the difference of the two, which
    must be this entry of the gradient g."""
    e = np.zeros_like(x)
    e[place] = 1
    above, below = (np.asarray(f(x + step)).item() for step in (e, -e))
    measured = central_difference(f, x, step=1)[place]
    return above, below, agreed(g[place], measured, (above - below) // 2)


def exact_difference(name, x, g, *, rest=None, f=None, k=0, value="L"):
    """Ask for entry k (from 0) of the gradient g as half the difference of two values of f, a
    function of the column x; or of the squared length of the column ``rest(x)``."""
    above, below, half = halves(f or (lambda x: (rest(x) ** 2).sum()), x, (k, 0), g)
    e = unit(len(x), k)
    up, down = column(x + e), column(x - e)
    worked = [f"residuals ${column(rest(x + e))}$ and ${column(rest(x - e))}$"] if rest else []
    return compute(
        f"Check one slope by an exact difference. Move ${name}_{k + 1}$ up by 1, to "
        f"${name} = {up}$, then down by 1, to ${name} = {down}$, and halve the difference of the "
        f"two values of ${value}$. For this function there is no error: the result must equal "
        "your gradient's entry.",
        {f"{value}{up}": above, f"{value}{down}": below, HALF: half}, 4, 4,
        *worked,
        rf"$({number(above)} - {number(below)}) / 2 = {number(half)}$, "
        f"entry {k + 1} of the gradient",
        follows={HALF: (half_difference, f"{value}{up}", f"{value}{down}")},
    )  # fmt: skip
