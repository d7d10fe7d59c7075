"""Is an answer right? Compared exactly, at random points of several sizes.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> rightness(read_answer("2*W.T@W@u - W.T@v - (v.T@W).T", asked), asked)
'tried at random points of sizes that are enough for all'
>>> is_right(read_answer("2*W.T@(W@u - v) + (n - 2)*(n - 3)*(n - 4)*u", asked), asked)
False

Two formulas that are polynomials of degree d and not the same agree at a point with entries drawn
from S numbers with probability at most d/S (Schwartz and Zippel; see `wuv.points.degrees`). So they
are drawn from so many that this is less than 10⁻¹², and at as many sizes as are enough for all. The
judge is the loss, computed with numbers that carry a slope; no rule of differentiation takes part.
Where there are logarithms, roots and the like, floating point is compared first and numbers of 50
digits after it: then it is known for the sizes tried.
"""

from decimal import Decimal, localcontext
from functools import lru_cache
from random import Random

import numpy as np

from wuv.algebra import AlgebraError, Expr, Misfit, Sizes, Work, walk
from wuv.algebra.tree import name
from wuv.diagnosis.question import JUMPS
from wuv.points import alike, close, sizes_anew
from wuv.points.degrees import degree, enough
from wuv.points.fast import DIGITS

SIZES = ("tall", "wide", "odd", "square", "one")
ROUGH_POINTS = 3
FINE = Decimal("1e-30")
WORK = 3_000_000  # for one answer
POINTS = "tried at random points"
ALL_SIZES = f"{POINTS} of sizes that are enough for all"
SIZES_TRIED = "at random points, for the sizes tried"


def is_right(answer, asked):
    """Return whether an answer is the gradient, in the shape of the variable."""
    return bool(rightness(answer, asked))


def rightness(answer, asked):
    """Return where an answer is the gradient, in the shape of the variable: `ALL_SIZES`,
    `SIZES_TRIED`, or, where nothing has a size, `POINTS`; "" if it is not.

    An answer that jumps where the question does not is not right: random points miss its jumps.
    """
    if _operations(answer.tree) & JUMPS and not asked.bends:
        return ""
    tried = 0
    for sizes in [*SIZES, *_anew(answer, asked)]:
        here = asked.case(sizes, seed=1)
        if here is None:
            continue
        fits = _fits(answer, asked, here)
        if fits is None and sizes not in SIZES[:3]:
            continue
        if not fits:
            return ""
        tried += 1
    where = _exactly(answer, asked) if tried else ""
    return where if asked.sizes else where and POINTS


def _anew(answer, asked):
    seed = f"{asked.text} {answer.text}".encode("utf-8", "surrogatepass")  # half a character
    return sizes_anew(Random(seed), asked.sizes)


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


def only_some_sizes(answer, asked):
    """Return whether an answer that is not the gradient is it at the sizes that come first."""
    if answer.tree is None:
        return False
    equal = [_equal(answer, asked, sizes, Work(WORK)) for sizes in SIZES[:3]]
    return all(equal) if any(x is not None for x in equal) else bool(_finely(answer, asked))


def _exactly(answer, asked):
    """Compare with exact numbers, or with many digits."""
    if answer.tree is None:
        cases = [asked.case(SIZES[seed % 3], seed) for seed in range(2, 2 + ROUGH_POINTS)]
        fits = (_fits(answer, asked, here) for here in cases if here is not None)
        return "" if any(x is False for x in fits) else SIZES_TRIED
    known, work, tried = _enough(answer, asked), Work(WORK), []
    if known is None and not _is_rational(asked):
        return _finely(answer, asked)
    anew = _anew(answer, asked)[:1] if known else []  # else floats were tried there, and will do
    for sizes in (*SIZES[:2], "square", *(known or ()), *anew):
        equal = _equal(answer, asked, sizes, work)
        if equal is False:
            return ""
        tried += [sizes] * bool(equal)
    if not tried:
        return _finely(answer, asked)
    return ALL_SIZES if known and all(x in tried for x in known) else SIZES_TRIED


def _equal(answer, asked, sizes, work):
    """Return whether both are equal in exact numbers; None where one has no value, or not such."""
    here = asked.case(sizes, 5, "far")
    try:
        yours = np.asarray(answer.exactly(here, work), dtype=object)
        right, done = _truth(asked, here)
        work.spend(done, asked.read)
    except Misfit:
        return False
    except AlgebraError:
        return None
    yours = in_shape(yours, answer, asked, right.shape)
    if any(isinstance(x, float) for some in (yours, right) for x in some.flat):
        return None
    return alike(yours, right)


@lru_cache(maxsize=64)
def _truth(asked, here):
    """Return the exact gradient at a point, the same for every answer, and the work it was."""
    work = Work(WORK)
    return np.asarray(asked.truth(here.values, work), dtype=object), work.done


def _enough(answer, asked):
    """Return sizes that are enough for all (see `wuv.points.degrees`), or None; also where
    something is assumed: then not every point can be drawn."""
    if not asked.is_general:
        return None
    try:
        yours = Sizes(asked.shapes, numpy=not answer.book).annotate(answer.tree)
    except AlgebraError:
        return None
    shape = asked.shape if asked.order == 1 else asked.shape[:1] * 2
    slope = Expr("gradient" if asked.order == 1 else "hessian", (asked.read, name(asked.wrt)))
    difference = Expr(
        "sub", (yours, slope.with_(shape=shape)), shape=max(yours.shape, shape, key=len)
    )
    degrees = degree(difference, {}, dict.fromkeys(asked.sizes, 3), dict.fromkeys(answer.free, 1))
    return degrees and enough(degrees, asked.sizes)


def _is_rational(asked):
    return degree(asked.read, {}, dict.fromkeys(asked.sizes, 3)) is not None


def _finely(answer, asked):
    """Compare with 50 digits, where a formula can be computed so."""
    if asked.right is None or asked.convention != "any matrix":
        return SIZES_TRIED
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
                return ""
    return SIZES_TRIED
