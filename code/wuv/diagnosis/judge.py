"""The judge: from an answer to a verdict, with the likeliest explanation of the mistake.

>>> from wuv.diagnosis.reading import read_answer
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> judged(read_answer("W.T @ r", asked), asked).verdict
'convention'
>>> found = judged(read_answer("2 (W u - v) W^T", asked), asked)
>>> found.verdict, found.best.kinds
('cannot-evaluate', ('factors-swapped',))
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Misfit,
    Sizes,
    free_names,
    rebuild,
    walk,
)
from wuv.algebra.textbook import like_book
from wuv.algebra.tree import name, number
from wuv.derivation.rules import kind_of
from wuv.diagnosis.answer import in_the_book, is_bare, stretched
from wuv.diagnosis.edits import Edit
from wuv.diagnosis.mistakes import MISTAKES
from wuv.diagnosis.question import COUNTS, is_mean_square
from wuv.diagnosis.rightness import in_shape, is_right
from wuv.diagnosis.search import ONE, Explanation, Scale, Search, canonical, explained
from wuv.points import Case, alike, close

GENERAL = ("tall", "wide", "odd")
SQUARES = (("square", 0), ("square", 1), ("small square", 2))
FREE = (("free", 0), ("free", 1))
NORMAL = {Fraction(1), Fraction(1, 2)}  # constants that people put in front of a loss
SMALL = 1e-8
TIE = 0.35  # explanations this close in weight are told together


@dataclass(frozen=True)
class Judgement:
    """A verdict and what led to it.

    ``best`` is the likeliest `Explanation`, or None; ``others`` those that come close. ``trouble``
    is the error of an answer without a value; ``stretch`` what NumPy stretched. ``square`` says
    that it has values for square matrices alone.
    """

    verdict: str
    best: Explanation | None = None
    others: tuple[Explanation, ...] = ()
    trouble: str | None = None
    stretch: tuple | None = None
    square: bool = False
    flat: bool = False


def has_value(answer, asked):
    """Return whether an answer has a value where the sizes are general."""
    here = asked.case(GENERAL[0])
    return here is not None and answer.quickly(here) is not None


def judged(answer, asked):
    """Return the `Judgement` on an answer that is a formula or a function."""
    found = _judged(answer, asked)
    best = found.best
    if answer.step and not answer.rated and best is not None and best.edits:
        sign = Scale(Fraction(-1 if best.scale.number < 0 else 1))
        return replace(found, best=best._replace(scale=sign))  # the number is the learning rate
    return found


def _judged(answer, asked):
    places = [x for x in (asked.case(kind) for kind in GENERAL) if x is not None]
    if not places:
        raise CannotEvaluate("no point was found where this loss has a slope")
    with np.errstate(all="ignore"):
        values = [answer.quickly(here) for here in places]
        if all(x is not None and np.all(np.isfinite(x)) for x in values):
            return _with_values(answer, asked, places, values)
        return _without_values(answer, asked, places)


def _with_values(answer, asked, places, values):
    if _agrees(answer, asked, places, values) and not answer.constant and is_right(answer, asked):
        return Judgement("right")
    own = in_the_book(answer, asked, places[0])
    search = Search(asked, places, answer.quickly, own)
    searches = [search]
    if answer.tree is not None and not answer.book and not answer.free:
        searches.append(Search(asked, places, answer.quickly, answer.tree, typed=True))
    stretch = stretched(answer, places[0])
    if _is_flat(answer, asked, places, values):
        return Judgement("layout", Explanation((), ONE, False, None), flat=True)
    agrees = _agrees(answer, asked, places, values)
    if agrees and not answer.constant:
        edit = Edit("nearly", None, None, "answer")
        return Judgement("wrong", Explanation((edit,), ONE, False, None))
    plain = search.plain() if search.has_value else None
    if plain is not None and not _holds(answer, asked, plain):
        plain = None
    if plain is not None and not answer.constant:
        scale = plain.scale
        if answer.step and not answer.rated and scale.number > 0:
            scale = ONE  # the number is the learning rate
        if plain.turned and scale == ONE:
            return Judgement("layout", plain)
        if scale == ONE:
            return Judgement("right")  # a step, confirmed above
        if is_convention(scale, asked):
            return Judgement("layout" if plain.turned else "convention", plain)
        if answer.step and scale.number < 0 and not plain.turned:
            up = Edit("uphill", None, None, "step")
            rest = _positive(scale) if answer.rated else ONE
            rest = ONE if is_convention(rest, asked) else rest
            return Judgement("wrong", Explanation((up,), rest, False, None))
    kind = _other_thing(answer, asked, places, values)
    if kind is not None:
        edit = Edit(kind, None, None, "answer")
        return Judgement("wrong", Explanation((edit,), ONE, False, None))
    as_matrix = _elementwise(answer, asked, places)
    if as_matrix is not None and as_matrix.count == 1:
        return Judgement("wrong", as_matrix, stretch=stretch)
    if answer.constant:
        return _constant([] if agrees else explained(searches))
    found = explained(searches)
    if answer.tree is not None and is_bare(answer.tree):
        found = [x for x in found if len(x.edits) < 2]  # of one letter more would leave nothing
    if not found:
        return Judgement("unrecognised", stretch=stretch)
    best = found[0]
    return Judgement("wrong", best, ties(found), stretch=stretch)


def _other_thing(answer, asked, places, values):
    """Return the kind of an answer that is no gradient at all: 0, the loss, where it is least."""
    if not any(np.any(x) for x in values):
        return "zero"
    losses = [here.typed(asked.read) for here in places]
    pairs = [*zip(values, losses, strict=True)]
    if all(b is not None and a.size == 1 == b.size and close(a, b) for a, b in pairs):
        return "loss-itself"
    if answer.tree is None or asked.wrt in free_names(answer.tree):
        return None
    solved = 0
    for here, value in zip(places, values, strict=True):
        given = np.asarray(here.arrays[asked.wrt], dtype=object)
        if value.size != given.size:
            return None
        there = Case({**here.arrays, asked.wrt: value.reshape(given.shape)}, here.sizes)
        slope, usual = asked.truth_at(there), asked.truth_at(here)
        solved += slope is not None and abs(slope).max() <= SMALL * abs(usual).max()
    return "minimiser" if solved > len(places) / 2 else None


def _holds(answer, asked, plain):
    """Return whether an answer is exactly the constant times the right one, or its transpose."""
    if answer.tree is None or answer.free:
        return True
    tree = answer.tree
    factor = number(1 / plain.scale.number)
    for x, k in plain.scale.sizes:
        for _ in range(abs(k)):
            factor = Expr("div" if k > 0 else "times", (factor, name(x)))
    tree = Expr("product" if answer.book else "times", (factor, tree))
    if plain.turned:
        flat = asked.order == 1 and len(asked.shape) == 1
        tree = Expr("ravel", (tree,), "C") if flat else Expr("transpose", (tree,))
    return is_right(replace(answer, tree=tree), asked)


def _positive(scale):
    return Scale(abs(scale.number), scale.sizes)


def ties(found):
    """Return the explanations that come close to the first one and say something else."""
    known, close = {_families(found[0])}, []
    for x in found[1:]:
        if x.weight - found[0].weight <= TIE and _families(x) not in known:
            known.add(_families(x))
            close.append(x)
    return tuple(close[:2])


def _families(explanation):
    return frozenset(MISTAKES[x].family for x in explanation.kinds)


def _agrees(answer, asked, places, values):
    """Return whether the answer has the gradient's values at the first points."""
    for here, value in zip(places, values, strict=True):
        right = asked.truth_at(here)
        if right is None or not alike(in_shape(value, answer, asked, right.shape), right):
            return False
    return True


def _is_flat(answer, asked, places, values):
    """Return whether the numbers are right, and only the shape is another: flat for a column, a
    column for flat, vec of a matrix."""
    for here, value in zip(places, values, strict=True):
        right = asked.truth_at(here)
        if right is None or value.size != right.size or value.shape == right.shape:
            return False
        if value.ndim == 2 and right.ndim == 2 and value.shape == right.T.shape:
            return False
        turned = value.ndim == 2 and right.ndim == 1 and value.shape[0] == 1 != right.size
        orders = [right.ravel(), right.ravel(order="F")]
        if turned or not any(close(value, x) for x in orders):
            return False
    return True


def _constant(found):
    """Judge an answer with an added constant, which is right or explained without it."""
    edit = Edit("constant-added", None, None, "answer")
    if not found:
        return Judgement("wrong", Explanation((edit,), ONE, False, None))
    return Judgement("wrong", found[0]._replace(edits=(edit, *found[0].edits)))


def is_convention(scale, asked):
    """Return whether a constant factor is one that people put in front of a loss, or leave out:
    ½, 1/N, 1/(2N), against the one that this loss has.

    >>> from wuv.diagnosis.question import question
    >>> is_convention(Scale(Fraction(1, 2)), question("u")), is_convention(
    ...     Scale(Fraction(2)), question("u"))
    (True, False)
    """
    own = front(asked.book)
    if own is None or scale.number <= 0 or scale == ONE:
        return False
    total = Scale(scale.number * own.number, _times(scale.sizes, own.sizes))
    if not any(_is_square(x) for x in walk(asked.book)) and scale.number != 1:
        return False
    return total.number in NORMAL and all(k == -1 for _, k in total.sizes)


def _is_square(node):
    return is_mean_square(node) or kind_of(node) in ("square", "form")


def _times(*monomials):
    total = {}
    for x, k in (pair for some in monomials for pair in some):
        total[x] = total.get(x, 0) + k
    return tuple((x, k) for x, k in total.items() if k)


def front(loss):
    """Return the constant in front of a loss as a `Scale`, of a sum that of its first term; None
    where it is neither a number nor made of sizes."""
    if loss.op == "neg":
        return front(loss.args[0])
    if loss.op in ("add", "sub"):
        return front(loss.args[0])
    if loss.op == "mean":
        letters = [(x, -1) for x in loss.args[0].shape if isinstance(x, str)]
        return Scale(Fraction(1), _times(letters))
    if loss.op == "product":
        a, b = (_constant_of(x) for x in loss.args)
        if a is not None:
            return _joined(a, front(loss.args[1]), 1)
        return _joined(b, front(loss.args[0]), 1) if b is not None else ONE
    if loss.op == "div":
        below = _constant_of(loss.args[1])
        return ONE if below is None else _joined(front(loss.args[0]), below, -1)
    return ONE


def _joined(a, b, sign):
    if a is None or b is None:
        return None
    sizes = tuple((x, k * sign) for x, k in b.sizes)
    return Scale(a.number * b.number**sign, _times(a.sizes, sizes))


def _constant_of(node):
    """Return a formula that is a number, or made of sizes, as a `Scale`; else None."""
    if node.op == "number":
        return Scale(Fraction(node.data)) if node.data else None
    if node.op == "name" and node.shape == () and len(node.data) == 1:
        return Scale(Fraction(1), ((node.data, 1),)) if node.data in COUNTS else None
    if node.op in ("div", "product"):
        a, b = map(_constant_of, node.args)
        return None if a is None or b is None else _joined(a, b, 1 if node.op == "product" else -1)
    return None


# Answers without a value


def _without_values(answer, asked, places):
    trouble = _trouble(answer, asked, places)
    own = in_the_book(answer, asked, places[0])
    squares = [x for x in (asked.case(k, seed) for k, seed in SQUARES) if x is not None]
    as_matrix = _elementwise(answer, asked, places)
    if as_matrix is not None and as_matrix.count == 1:
        return Judgement("cannot-evaluate", as_matrix, trouble=trouble)
    square = bool(squares) and all(
        x is not None and np.all(np.isfinite(x)) for x in map(answer.quickly, squares)
    )
    if _right_as_read(own, asked, places):
        flat = any(len(x) == 1 for x in asked.shapes.values())
        edit = Edit("column-needed" if flat else "number-with-at", None, None, "answer")
        return Judgement("cannot-evaluate", Explanation((edit,), ONE, False, None), (), trouble)
    searches = [] if own is None else [Search(asked, places, answer.quickly, own)]
    searches += [Search(asked, squares, answer.quickly, own)] * square
    if square and answer.tree is not None and not answer.book:
        searches.append(Search(asked, squares, answer.quickly, answer.tree, typed=True))
    if own is not None:
        free = [asked.case(*x) for x in FREE]
        searches.append(Search(asked, free, lambda here: here.book(own), own))
    found = explained(searches)
    if not found:
        return Judgement("cannot-evaluate", trouble=trouble, square=square)
    verdict = "wrong" if square else "cannot-evaluate"
    return Judgement(verdict, found[0], ties(found), trouble=trouble, square=square)


def _with_number(node, values):
    return any(x is not None and x.size == 1 for x in map(values, node.args))


def _right_as_read(own, asked, places):
    """Return whether an answer would be right as a textbook's formula: with columns in the place
    of flat arrays, and @ between numbers."""
    if own is None:
        return False
    for here in places:
        value, right = here.book(own), asked.truth_at(here)
        if value is None or right is None or value.size != right.size:
            return False
        if not close(value, right):
            return False
    return True


def _book(own):
    return lambda here: here.book(own)


def _elementwise(answer, asked, places):
    """Return the explanation of NumPy text in which every * is meant as a matrix product."""
    if answer.tree is None or answer.book or answer.free:
        return None
    own = like_book(answer.tree)
    values = places[0].book
    if not any(x.op == "times" and not _with_number(x, values) for x in walk(own)):
        return None
    meant = rebuild(own, lambda x: Expr("product", x.args) if x.op == "times" else x)
    values = [canonical(here.book(meant)) for here in places]
    rights = [canonical(here.book(asked.right)) if asked.right is not None else None
              for here in places]  # fmt: skip
    edit = Edit("elementwise-for-matrix", meant, own, "answer")
    for value, right in zip(values, rights, strict=True):
        if value is None or right is None or not alike(value, right):
            break
    else:
        return Explanation((edit,), ONE, False, meant)
    search = Search(asked, places, _book(meant), meant)
    found = [x for x in search.level(1) if x.count <= 1] if search.has_value else []
    if not found:
        return None
    best = found[0]
    return best._replace(edits=(edit, *best.edits))


def _trouble(answer, asked, places):
    """Return in words why an answer has no value."""
    if answer.function is not None:
        return answer.complaint(places[0])
    if answer.tree is not None and not answer.free:
        try:
            Sizes(asked.shapes, numpy=not answer.book).of(answer.tree)
        except Misfit as error:
            return str(error)
        except AlgebraError:
            pass
    try:
        answer.exactly(places[0])
    except AlgebraError as error:
        return str(error)
    return None
