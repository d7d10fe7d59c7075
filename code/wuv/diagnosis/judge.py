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

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from wuv.algebra import AlgebraError, CannotEvaluate, Expr, Misfit, Sizes, free_names, rebuild, walk
from wuv.algebra.textbook import like_book
from wuv.algebra.tree import name, number, spelled
from wuv.diagnosis.answer import in_the_book, is_bare, stretched
from wuv.diagnosis.clauses import tellable
from wuv.diagnosis.conventions import is_convention
from wuv.diagnosis.edits import LAYOUT, Edit
from wuv.diagnosis.mistakes import MISTAKES
from wuv.diagnosis.numbers import explanations as led_to
from wuv.diagnosis.rightness import in_shape, is_right, only_some_sizes, rightness
from wuv.diagnosis.scale import ONE, Scale
from wuv.diagnosis.search import Explanation, Search, canonical, explained
from wuv.points import Case, alike, close

GENERAL = ("tall", "wide", "odd")
SQUARES = (("square", 0), ("square", 1), ("small square", 2))
FREE = (("free", 0), ("free", 1))
SMALL = 1e-8
TIE = 0.35  # explanations this close in weight are told together


SYMMETRIC = {  # the slopes of a symmetric matrix, and of one that stays symmetric
    "if {} is symmetric": lambda g: g,
    "if {} is symmetric, and two equal entries move at once": lambda g: (
        g + g.T - np.diag(np.diag(g))
    ),
}


@dataclass(frozen=True)
class Judgement:
    """A verdict and what led to it.

    ``best`` is the likeliest `Explanation`, or None; ``others`` those that come close. ``trouble``
    is the error of an answer without a value; ``stretch`` what NumPy stretched. ``square`` says
    that it has values for square matrices alone; ``flat`` that only its shape is another. ``here``
    is a point at which it was judged, and ``where`` says at which points and sizes it is right;
    ``term`` says in which terms of the gradient an answer is wrong.
    """

    verdict: str
    best: Explanation | None = None
    others: tuple[Explanation, ...] = ()
    trouble: str | None = None
    stretch: tuple | None = None
    square: bool = False
    flat: bool = False
    here: Case | None = None
    where: str = ""
    term: str = ""


def judged(answer, asked, here=None):
    """Return the `Judgement` on an answer; ``here`` is the one point of an array."""
    places = [here] if here else [x for x in (asked.case(kind) for kind in GENERAL) if x]
    with np.errstate(all="ignore"):  # it may be too much work
        places = [x for x in places if here or asked.truth_at(x) is not None]
    if not places:
        raise CannotEvaluate("no point was found where this loss has a slope")
    with np.errstate(all="ignore"):
        seen = Comparison(answer, asked, places)
        ladder = AT_ONE_POINT if here else WITH_A_VALUE if seen.has_value else WITHOUT_A_VALUE
        judgement = next(x for judge in ladder if (x := judge(seen)) is not None)
    judgement = replace(judgement, here=places[0])
    best = judgement.best
    if answer.step and not answer.rated and best is not None and best.edits:
        sign = Scale(Fraction(-1 if best.scale.number < 0 else 1))
        return replace(judgement, best=best._replace(scale=sign))  # the number is the learning rate
    return judgement


def has_value(answer, asked):
    """Return whether an answer has a value where the sizes are general."""
    here = asked.case(GENERAL[0])
    return here is not None and answer.quickly(here) is not None


class Comparison:
    """An answer beside what is right, at a few points: what the judges look at."""

    def __init__(self, answer, asked, places):
        self.answer, self.asked, self.places = answer, asked, places
        self.values = [answer.quickly(here) for here in places]
        self.has_value = answer.array is not None or _all_finite(self.values)

    @cached_property
    def pairs(self):
        """The answer's value and the right one at each point."""
        return [*zip(self.values, map(self.asked.truth_at, self.places), strict=True)]

    @cached_property
    def agrees(self):
        """Whether the answer has the gradient's values at these points."""
        return not any(
            right is None or not alike(in_shape(value, self.answer, self.asked, right.shape), right)
            for value, right in self.pairs
        )

    @cached_property
    def own(self):
        """The answer's formula in the book's operations, or None."""
        return in_the_book(self.answer, self.asked, self.places[0])

    @property
    def is_numpy(self):
        """Whether the answer is a formula by NumPy's rules."""
        return self.answer.tree is not None and not self.answer.book

    @cached_property
    def search(self):
        """The search for what led to the answer at these points."""
        return Search(self.asked, self.places, self.answer.quickly, self.own)

    @cached_property
    def squares(self):
        """Points with square matrices, if the answer has values there and in general none."""
        if self.has_value:
            return []
        some = [x for x in (self.asked.case(*kind) for kind in SQUARES) if x is not None]
        return some if _all_finite(map(self.answer.quickly, some)) else []

    @cached_property
    def trouble(self):
        """What keeps the answer from having a value, in words; None if it has one."""
        return None if self.has_value else _trouble(self.answer, self.asked, self.places[0])

    @cached_property
    def stretch(self):
        """What NumPy stretched without a word, or None."""
        return stretched(self.answer, self.places[0]) if self.has_value else None

    def searches(self):
        """Return the searches at all kinds of points, by the book's rules and by NumPy's."""
        asked, yours, tree = self.asked, self.answer.quickly, self.answer.tree
        if self.has_value:
            typed = self.is_numpy and not self.answer.free
            return [self.search] + [Search(asked, self.places, yours, tree, typed=True)] * typed
        some = [] if self.own is None else [self.search]
        if self.squares:
            some.append(Search(asked, self.squares, yours, self.own))
            some += [Search(asked, self.squares, yours, tree, typed=True)] * self.is_numpy
        if self.own is not None:
            free = [asked.case(*kind) for kind in FREE]
            some.append(Search(asked, free, lambda here: here.book(self.own), self.own))
        return some

    def explanations(self):
        """Return what may have led to the answer, the likeliest first; each may be told."""
        answer = self.answer
        some_value = self.has_value or bool(self.squares)
        bare = answer.tree is not None and is_bare(answer.tree)

        def holds(explanation):
            if bare and len(explanation.edits) > 1:
                return False  # of one letter, more edits would leave nothing
            if "symmetry-assumed" in explanation.kinds and not _for_symmetric(self):
                return False
            return tellable(explanation, answer, self.own, self.asked.right, some_value)

        return explained(self.searches(), holds)

    @property
    def is_array(self):
        """Whether the right answer has more than one entry."""
        return any(right is not None and right.size > 1 for _, right in self.pairs)

    @property
    def is_number(self):
        """Whether the answer is one number."""
        return self.has_value and all(x.size == 1 for x in self.values)

    def named(self, kind, where="answer", scale=ONE, now=None):
        """Return the `Judgement` that the answer as a whole is a mistake of a kind."""
        best = Explanation((Edit(kind, None, now, where),), scale)
        return Judgement("wrong" if self.has_value else "cannot-evaluate", best, (), self.trouble)


def _all_finite(values):
    return all(x is not None and np.all(np.isfinite(x)) for x in values)


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


def minimiser(seen):
    """It is where the gradient is 0: a value of the variable, made of the others."""
    asked, tree = seen.asked, seen.answer.tree
    if tree is None or asked.wrt in free_names(tree):
        return None
    solved = 0
    for here, value in zip(seen.places, seen.values, strict=True):
        given = np.asarray(here.arrays[asked.wrt], dtype=object)
        if value.size != given.size:
            return None
        there = Case({**here.arrays, asked.wrt: value.reshape(given.shape)}, here.sizes)
        slope, usual = asked.truth_at(there), asked.truth_at(here)
        solved += slope is not None and abs(slope).max() <= SMALL * abs(usual).max()
    return seen.named("minimiser") if solved > len(seen.places) / 2 else None


def another_variable(seen):
    """It is the gradient in another letter of the loss."""
    if seen.asked.order == 2 or seen.answer.constant:
        return None
    for letter in seen.asked.shapes:
        shapes = [np.shape(here.arrays[letter]) for here in seen.places]
        fits = all(x.size == np.prod(s) for x, s in zip(seen.values, shapes, strict=True))
        other = seen.asked.in_letter(letter) if fits and letter != seen.asked.wrt else None
        if other is not None:
            rights = [other.truth_at(here) for here in seen.places]
            pairs = zip(seen.values, rights, strict=True)
            if all(
                b is not None and b.any() and alike(canonical(a), canonical(b)) for a, b in pairs
            ):
                return seen.named("another-variable", now=name(letter))
    return None


def symmetric_variable(seen):
    """It is right for a symmetric matrix that is asked for: as it is, or, if both of two equal
    entries move at once, twice the slope but on the diagonal."""
    asked, answer = seen.asked, seen.answer
    if len(asked.shape) != 2 or len({*asked.shape}) != 1 or asked.shape == (1, 1):
        return None
    turned = (
        any(x.op == "transpose" and asked.wrt in free_names(x) for x in walk(answer.tree))
        if answer.tree is not None
        else False
    )
    if turned or seen.agrees or asked.order == 2 or answer.array is not None:
        return None  # who has typed a transpose has not thought of a symmetric matrix
    pairs = _at_symmetric(seen, (asked.wrt,))
    for said, other in SYMMETRIC.items():
        if pairs and all(alike(a, other(b)) for a, b in pairs):
            return replace(seen.named("symmetry-assumed"), verdict="convention", where=said)
    return None


def _for_symmetric(seen):
    """Return the letter of a matrix for which the answer is right if it is symmetric, or None."""
    asked = seen.asked
    for letter, shape in asked.shapes.items():
        if len(shape) == 2 and shape[0] == shape[1] != 1 and letter != asked.wrt and seen.has_value:
            pairs = _at_symmetric(seen, (letter,))
            if pairs and all(alike(in_shape(a, seen.answer, asked, b.shape), b) for a, b in pairs):
                return name(letter)
    return None


def _at_symmetric(seen, letters):
    """Return the answer's values and the right ones where some matrices are symmetric; [] where
    there is none."""
    pairs = []
    for here in seen.places[:2]:
        arrays = {k: x @ x.T if k in letters else x for k, x in here.arrays.items()}
        there = Case(arrays, here.sizes)
        value, right = seen.answer.quickly(there), seen.asked.truth_at(there)
        if value is None or right is None or not np.all(np.isfinite(right)) or not right.any():
            return []
        pairs.append((value, right))
    return pairs


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
    explanations = seen.explanations()
    rest = seen.trouble, seen.stretch, bool(seen.squares)
    if not explanations or explanations[0].count > 1:
        if other := _for_symmetric(seen):
            return seen.named("symmetry-assumed", now=other)
        if seen.is_number and seen.is_array:
            return seen.named("number-for-array")
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


WITH_A_VALUE = (
    right, symmetric_variable, flat, nearly, scaled, zero, loss_itself, minimiser, another_variable,
    star_for_matrix, constant_added, by_edits,
)  # fmt: skip
WITHOUT_A_VALUE = (star_for_matrix, right_on_paper, by_edits)
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


def _trouble(answer, asked, here):
    """Return in words why an answer has no value."""
    if answer.function is not None:
        return answer.complaint(here)
    if answer.tree is not None and not answer.free:
        try:
            Sizes(asked.shapes, numpy=not answer.book).of(answer.tree)
        except Misfit as error:
            return str(error)
        except AlgebraError:
            pass
    try:
        answer.exactly(here)
    except AlgebraError as error:
        return str(error)
    return None
