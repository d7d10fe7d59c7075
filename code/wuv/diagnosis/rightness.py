"""Is an answer right? Compared exactly, at random points of several shapes.

>>> from wuv.diagnosis.reading import read_answer
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> is_right(read_answer("2*W.T@W@u - W.T@v - (v.T@W).T", asked), asked)
True

Two formulas that are polynomials of degree d and not the same agree at a point with entries drawn
from S numbers with probability at most d/S (Schwartz and Zippel; see `wuv.points.degrees`). So
many points are taken that this is less than 10⁻¹². The judge is the loss, computed with numbers
that carry a slope; no rule of differentiation takes part. Where there are logarithms, roots and the
like, floating point is compared first and numbers of 50 digits after it.
"""

from decimal import Decimal, localcontext

import numpy as np

from wuv.algebra import AlgebraError, Misfit, Sizes, walk
from wuv.points import alike, close
from wuv.points.degrees import degree, points_needed
from wuv.points.fast import DIGITS

SIZES = ("tall", "wide", "odd", "square", "one")
JUMPS = {"sign", "abs"}
ROUGH_POINTS = 3
FINE = Decimal("1e-30")
MAX_POINTS = 4
USUAL_DEGREE = 8


def is_right(answer, asked):
    """Return whether an answer is the gradient, in the shape of the variable.

    An answer that jumps where the question does not is not right: random points miss its jumps.
    """
    if _operations(answer.tree) & JUMPS and not _operations(asked.read) & JUMPS:
        return False
    tried = 0
    for kind in SIZES:
        here = asked.case(kind, seed=1)
        if here is None:
            continue
        fits = _fits(answer, asked, here)
        if fits is None and kind in ("one", "square"):
            continue
        if not fits:
            return False
        tried += 1
    return tried > 0 and _exactly(answer, asked)


def _operations(tree):
    return set() if tree is None else {node.op for node in walk(tree)}


def _fits(answer, asked, here):
    """Return whether the answer agrees in floating point; None where it has no value."""
    with np.errstate(all="ignore"):
        yours = answer.quickly(here)
        right = asked.truth_at(here)
    if yours is None or right is None:
        return None
    yours = in_shape(yours, answer, asked, right.shape)
    return bool(np.all(np.isfinite(yours))) and alike(yours, right)


def in_shape(yours, answer, asked, shape):
    """Return a textbook's value in the shape of the variable, where only NumPy tells them apart:
    a textbook knows no flat arrays, and takes 1×1 for a number."""
    if yours.shape == shape or yours.size != np.prod(shape, dtype=int):
        return yours
    column = (*shape, 1) if len(shape) == 1 else shape
    textbook = answer.book and yours.shape in (column, ()) and len(shape) < 2
    if textbook or yours.size == 1:
        return yours.reshape(shape)
    return yours


def _exactly(answer, asked):
    """Compare with exact numbers, or with many digits; True where neither can be done."""
    if answer.tree is None:
        return all(
            _fits(answer, asked, here) is not False
            for seed in range(2, 2 + ROUGH_POINTS)
            for here in [asked.case(SIZES[seed % 3], seed)]
            if here is not None
        )
    degrees = _degrees(answer, asked)
    if degrees is None:
        return _finely(answer, asked)
    needed = min(points_needed(*degrees), MAX_POINTS)
    for kind in ("tall", "wide", "square", "odd")[: max(needed, 3)]:
        here = asked.case(kind, 5, "any")
        if here is None:
            continue
        try:
            yours = np.asarray(answer.exactly(here), dtype=object)
            right = np.asarray(asked.truth(here.values), dtype=object)
        except Misfit:
            return False
        except AlgebraError:
            continue
        yours = in_shape(yours, answer, asked, right.shape)
        if yours.shape != right.shape:
            return False
        for x, y in zip(yours.flat, right.flat, strict=True):
            if isinstance(x, float) or isinstance(y, float):
                return _finely(answer, asked)
            if x != y:
                return False
    return True


def _degrees(answer, asked):
    """Return the degrees of answer − gradient as one polynomial above another, or None."""
    sizes = dict.fromkeys(asked.sizes, 3)
    try:
        known = Sizes(asked.shapes, numpy=not answer.book)
        loss = degree(asked.read, {}, sizes)
        yours = degree(known.annotate(answer.tree), {}, sizes)
    except AlgebraError:
        return (USUAL_DEGREE, 0) if _is_rational(asked) else None
    if loss is None or yours is None:
        return None
    (a, b), (c, d) = loss, yours
    return max(a + b + d, c + 2 * b, 1), 2 * b + d


def _is_rational(asked):
    return degree(asked.read, {}, dict.fromkeys(asked.sizes, 3)) is not None


def _finely(answer, asked):
    """Compare with 50 digits; True where a formula cannot be computed so."""
    if asked.right is None:
        return True
    for kind, seed in (("tall", 7), ("wide", 8), ("odd", 9)):
        here = asked.case(kind, seed)
        if here is None:
            continue
        with localcontext() as context:
            context.prec = DIGITS
            yours, right = answer.precisely(here), here.precise(True)(asked.right)
            if yours is None or right is None or yours.size != right.size:
                continue
            if not close(yours, right, tolerance=FINE):
                return False
    return True
