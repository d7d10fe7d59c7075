"""The judge: from an answer to a verdict, with the likeliest explanation of the mistake.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> judged(read_answer("W.T @ r", asked), asked).verdict
'convention'
>>> judgement = judged(read_answer("2 (W u - v) W^T", asked), asked)
>>> judgement.verdict, judgement.best.kinds
('cannot-evaluate', ('factors-swapped',))

It is a ladder of small judges: each says what it knows of an answer, or leaves it to the next. One
is for answers that have a value where the sizes are general, one for those that have none, and one
for arrays, which are known at one point alone.
"""

from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np

from wuv.algebra import CannotEvaluate, Expr, rebuild, terms, walk
from wuv.algebra.textbook import like_book
from wuv.algebra.tree import name, number, spelled
from wuv.diagnosis.another import another_loss, another_order, another_variable, minimiser
from wuv.diagnosis.comparison import GENERAL, Comparison, Judgement, cases
from wuv.diagnosis.conventions import is_convention
from wuv.diagnosis.edits import LAYOUT, Edit
from wuv.diagnosis.mistakes import MISTAKES
from wuv.diagnosis.one_point import explanations as led_to
from wuv.diagnosis.rightness import in_shape, is_right, only_some_sizes, rightness
from wuv.diagnosis.scale import ONE, Scale
from wuv.diagnosis.search import Explanation, canonical
from wuv.diagnosis.unsaid import of_squares, of_variable, possible, shortening, usual
from wuv.points import Case, alike, close

SMALL = 1e-8
MAX_TERMS = 8  # of an answer of which one is left out
TIE = 0.35  # explanations this close in weight are told together


def judged(answer, asked, here=None):
    """Return the `Judgement` on an answer; ``here`` is the one point of an array."""
    places = [here] if here else cases(asked, [(kind, 0) for kind in GENERAL])
    with np.errstate(all="ignore"):  # it may be too much work
        places = [x for x in places if here or asked.truth_at(x) is not None]
    if not places:
        raise CannotEvaluate("no point was found where this loss has a slope")
    with np.errstate(all="ignore"):
        seen = Comparison(answer, asked, places)
        ladder = AT_ONE_POINT if here else WITH_A_VALUE if seen.has_value else WITHOUT_A_VALUE
        judgement = next(x for judge in ladder if (x := judge(seen)) is not None)
    judgement = replace(
        judgement, here=judgement.asked.case(GENERAL[0]) if judgement.asked else places[0]
    )
    best = judgement.best
    if answer.step and not answer.rated and best is not None and best.edits:
        sign = Scale(Fraction(-1 if best.scale.number < 0 else 1))
        return replace(judgement, best=best._replace(scale=sign))  # the number is the learning rate
    return judgement


# The judges, and the ladders that they stand on


def right(seen):
    """It is right, at points enough to say so."""
    where = seen.agrees and not seen.answer.constant and rightness(seen.answer, seen.asked)
    return Judgement("right", where=where) if where else None


def right_here(seen):
    """It is right at this one point."""
    return Judgement("right") if seen.agrees else None


def flat(seen):
    """The numbers are right, and only the shape is another: flat for a column, a column for flat,
    vec of a matrix."""
    for value, right in seen.pairs:
        if right is None or value.size != right.size or value.shape == right.shape:
            return None
        if value.ndim == 2 and right.ndim == 2 and value.shape == right.T.shape:
            return None
        row = value.ndim == 2 and right.ndim == 1 and value.shape[0] == 1 != right.size
        if row or not any(close(value, right.ravel(order)) for order in "CF"):
            return None
    return Judgement("layout", Explanation(()), flat=True)


def nearly(seen):
    """Its values are hardly apart from the right ones, or not at these sizes; a better look, or
    other sizes, have told them apart."""
    if not seen.agrees or seen.answer.constant:
        return None
    return seen.named("some-sizes" if only_some_sizes(seen.answer, seen.asked) else "nearly")


def scaled(seen):
    """It is the right one times a constant, or transposed, or a step along it."""
    answer = seen.answer
    plain = None if answer.constant or not seen.search.has_value else seen.search.plain()
    if plain is None or not _holds(answer, seen.asked, plain):
        return None
    scale = plain.scale
    any_number = answer.step and not answer.rated  # the number is the learning rate
    if scale == ONE or (any_number and scale.number > 0):
        return Judgement("layout", plain) if plain.turned else Judgement("right")
    if is_convention(scale, seen.asked):
        return Judgement("layout" if plain.turned else "convention", plain)
    if answer.step and scale.number < 0 and not plain.turned:
        usual = any_number or is_convention(scale.positive, seen.asked)
        return seen.named("uphill", "step", ONE if usual else scale.positive)
    return None


def zero(seen):
    """It is 0; on paper that stands for an array of zeros too, where these are right."""
    if any(map(np.any, seen.values)):
        return None
    if not any(right is None or np.any(right) for _, right in seen.pairs):
        return Judgement("layout", Explanation(()), flat=True)
    return seen.named("zero")


def loss_itself(seen):
    """It is the loss, and not its slope."""
    losses = [here.typed(seen.asked.read) for here in seen.places]
    pairs = zip(seen.values, losses, strict=True)
    if all(b is not None and a.size == 1 == b.size and close(a, b) for a, b in pairs):
        return seen.named("loss-itself")
    return None


def right_if(seen):
    """It is right under an assumption that people leave unsaid."""
    if seen.is_multiple:
        return None
    return _right_under(seen, usual(seen.asked), (right,) if seen.is_turned else None)


def symmetric_variable(seen):
    """It is right for a symmetric matrix that is asked for, in one of the conventions for it."""
    answer, asked = seen.answer, seen.asked
    if answer.tree is None or asked.order == 2:
        return None
    node = name(asked.wrt)
    if any(x.op == "transpose" and node in walk(x) for x in walk(answer.tree)):
        return None  # who has typed a transpose has not thought of a symmetric matrix
    found = _right_under(seen, of_variable(asked), (right,))
    if found is None and answer.book and any(x.op == "diag" for x in walk(answer.tree)):
        again = replace(answer, tree=rebuild(answer.tree, _diagonal_matrix))
        other = Comparison(again, asked, seen.places)
        return _right_under(other, of_variable(asked), (right,)) if other.has_value else None
    return found


def _diagonal_matrix(node):
    """Return diag A as some books mean it, A without what is off its diagonal."""
    return Expr("diag", (node,)) if node.op == "diag" else node


def right_in_squares(seen):
    """It has a value, and is right, where a matrix is square."""
    return _right_under(seen, of_squares(seen.asked), (right, scaled)) if seen.squares else None


def _right_under(seen, some, ladder=None):
    """Return the `Judgement` that it is right under one of some assumptions, or None."""
    if seen.answer.constant:
        return None
    for unsaid in some:
        there = seen.under(unsaid)
        judges = ladder or (right, flat, scaled)
        found = there and next((x for judge in judges if (x := judge(there)) is not None), None)
        if found is not None:
            verdict = found.verdict if found.verdict in ("wrong", "cannot-evaluate") else "right-if"
            return replace(found, verdict=verdict, assuming=unsaid, asked=there.asked)
    return None


def _off_by_a_constant(seen):
    """It is the right one times a constant that is no convention."""
    plain = seen.search.plain() if seen.search.has_value else None
    if plain is None or plain.turned or not _holds(seen.answer, seen.asked, plain):
        return None
    return Judgement("wrong", plain)


def _term(seen):
    """Return in which terms the answer is wrong: those with a letter without which it is right."""
    for letter in seen.asked.shapes:
        if letter == seen.asked.wrt or seen.answer.array is not None:
            continue
        fits = []
        for here in seen.places[:2]:
            none = here.arrays[letter] * 0
            there = Case({**here.arrays, letter: none}, here.sizes)
            value, right = seen.answer.quickly(there), seen.asked.truth_at(there)
            usable = value is not None and right is not None and right.any()
            fits.append(
                usable and alike(in_shape(value, seen.answer, seen.asked, right.shape), right)
            )
        if all(fits):
            return f"It is right where {spelled(name(letter))} = 0: look at the terms with it."
    return ""


def star_for_matrix(seen):
    """It is NumPy text that is right if every * is meant as a matrix product."""
    if not seen.is_numpy or seen.answer.free:
        return None
    own = like_book(seen.answer.tree)
    values = seen.places[0].book
    if not any(x.op == "times" and not _with_number(x, values) for x in walk(own)):
        return None
    meant = rebuild(own, lambda x: Expr("product", x.args) if x.op == "times" else x)
    if not _is_right_on_paper(meant, seen, canonical):
        return None
    best = Explanation((Edit("elementwise-for-matrix", meant, own, "answer"),))
    verdict = "wrong" if seen.has_value else "cannot-evaluate"
    return Judgement(verdict, best, (), seen.trouble, seen.stretch)


def right_on_paper(seen):
    """It would be right as a textbook's formula: with columns in the place of flat arrays, and @
    between numbers."""
    if seen.own is None or not _is_right_on_paper(seen.own, seen, np.ravel):
        return None
    has_flat = any(len(x) == 1 for x in seen.asked.shapes.values())
    return seen.named("column-needed" if has_flat else "number-with-at")


def one_term_more(seen):
    """It is right but for one of its terms: one that stands there twice, or does not belong."""
    if seen.own is None or not seen.has_value:
        return None
    row = terms(seen.own)
    for i, (_, term) in enumerate(row) if 1 < len(row) <= MAX_TERMS else ():
        (sign, first), *others = row[:i] + row[i + 1 :]
        rest = reduce(
            lambda x, y: Expr("add" if y[0] > 0 else "sub", (x, y[1])),
            others,
            first if sign > 0 else Expr("neg", (first,)),
        )
        if _is_right_on_paper(rest, seen, np.ravel):
            twice = row[i] in row[:i] + row[i + 1 :]
            return seen.named("counted-twice" if twice else "term-not-there", now=term)
    return None


def number_in_sum(seen):
    """One of its terms is a number, and the variable has more entries."""
    row = () if seen.own is None or not seen.is_array else terms(seen.own)
    values = seen.places[0].book
    numbers = [x for _, x in row if (value := values(x)) is not None and value.size == 1]
    if not numbers or len(numbers) == len(row):
        return None
    return seen.named("number-in-sum", now=numbers[0])


def constant_added(seen):
    """It has a constant of integration; what else is wrong is explained without it."""
    if not seen.answer.constant:
        return None
    explanations = [] if seen.agrees else seen.explanations()
    best = explanations[0] if explanations else Explanation(())
    edit = Edit("constant-added", None, None, "answer")
    return Judgement("wrong", best._replace(edits=(edit, *best.edits)))


def by_edits(seen):
    """It is a few mistakes away from what is right; or nobody knows."""
    explanations = seen.explanations(levels=(1,))
    if not explanations or explanations[0].count > 1:
        constant = (_off_by_a_constant,) if seen.has_value and not seen.is_multiple else None
        if found := constant and _right_under(seen, usual(seen.asked), constant):
            return found
        if found := _slip_if(seen):
            return found
    if found := another_loss(seen, explanations):
        return found
    explanations = explanations or seen.explanations(levels=(2,))
    if not explanations or explanations[0].count > 1 or "symmetry-assumed" in explanations[0].kinds:
        if found := _right_under(seen, possible(seen.asked), (right,)):
            return found
        if seen.is_number and seen.is_array:
            return seen.named("number-for-array")
    rest = seen.trouble, seen.stretch, bool(seen.squares)
    if (not explanations or explanations[0].count > 1) and (found := number_in_sum(seen)):
        return found
    if not explanations and seen.has_value:
        return Judgement("unrecognised", None, (), *rest, term=_term(seen))
    if not explanations:
        return Judgement("cannot-evaluate", None, (), *rest)
    verdict = "wrong" if seen.has_value or seen.squares else "cannot-evaluate"
    return Judgement(verdict, explanations[0], ties(explanations), *rest)


def other_shape(seen):
    """It is an array of another shape: the gradient in another letter, or one that says nothing."""
    ((value, right),) = seen.pairs
    shape = canonical(right).shape
    if canonical(value).shape in (shape, shape[::-1]):
        return None
    if seen.is_number and seen.is_array:
        return seen.named("number-for-array")
    return another_variable(seen)


def by_numbers(seen):
    """These numbers come from one slip, or from either of two; of more, none is told."""
    known = led_to(seen.asked, seen.places[0], seen.values[0])
    if not known or (len(known) == 1 and _is_scale(known[0], seen.asked)):
        return None
    if len(known) > 2:
        return Judgement("unrecognised")
    return Judgement("wrong", known[0], tuple(known[1:]))


def _is_scale(explanation, asked):
    """Return whether an explanation is another layout, or another loss's constant."""
    kinds, scale = explanation.kinds, explanation.scale
    return kinds == (LAYOUT,) or (not explanation.edits and is_convention(scale, asked))


def unknown(seen):
    """Nobody knows which slip led to it."""
    return Judgement("unrecognised")


def _slip_if(seen):
    """Return the `Judgement` that it is one slip away from what is right where something is assumed
    that often is, or None."""
    unsaid = shortening(seen.asked) if seen.answer.array is None else None
    asked = unsaid and unsaid.asked(seen.asked)
    if asked is None:
        return None
    places = [x for x in map(asked.case, GENERAL) if x is not None]
    there = Comparison(seen.answer, asked, places)
    explanations = there.explanations(levels=(1,)) if places else []
    if not explanations or explanations[0].count > 1:
        return None
    verdict = "wrong" if seen.has_value or seen.squares else "cannot-evaluate"
    rest = seen.trouble, seen.stretch, bool(seen.squares)
    best, others = explanations[0], ties(explanations)
    return Judgement(verdict, best, others, *rest, assuming=unsaid, asked=asked)


WITH_A_VALUE = (
    right, symmetric_variable, flat, nearly, right_if, scaled, zero, loss_itself, minimiser,
    another_variable, another_order, star_for_matrix, constant_added, one_term_more, by_edits,
)  # fmt: skip
WITHOUT_A_VALUE = (right_in_squares, minimiser, star_for_matrix, right_on_paper, by_edits)
AT_ONE_POINT = (right_here, flat, zero, other_shape, by_numbers, scaled, unknown)


def _holds(answer, asked, plain):
    """Return whether an answer is exactly the constant times the right one, or its transpose."""
    if answer.tree is None or answer.free:
        return True
    factor = number(1 / plain.scale.number)
    for x, k in plain.scale.sizes:
        for _ in range(abs(k)):
            factor = Expr("div" if k > 0 else "times", (factor, name(x)))
    tree = Expr("product" if answer.book else "times", (factor, answer.tree))
    if plain.turned:
        is_flat = asked.order == 1 and len(asked.shape) == 1
        tree = Expr("ravel", (tree,), "C") if is_flat else Expr("transpose", (tree,))
    return is_right(replace(answer, tree=tree), asked)


def _with_number(node, values):
    return any(x is not None and x.size == 1 for x in map(values, node.args))


def _is_right_on_paper(formula, seen, layout):
    """Return whether a textbook's formula has the right values, in a layout of both."""
    for here, (_, right) in zip(seen.places, seen.pairs, strict=True):
        value = here.book(formula)
        if value is None or right is None or not alike(layout(value), layout(right)):
            return False
    return True


def ties(explanations):
    """Return the explanations that come close to the first one and say something else."""
    first, *rest = explanations
    known, close = {_families(first)}, []
    for x in rest:
        if x.weight - first.weight <= TIE and _families(x) not in known:
            known.add(_families(x))
            close.append(x)
    return tuple(close[:2])


def _families(explanation):
    return frozenset(MISTAKES[x].family for x in explanation.kinds)
