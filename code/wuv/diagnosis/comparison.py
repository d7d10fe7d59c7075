"""A comparison: an answer beside what is right, at a few points, and what a judge makes of it.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> places = [asked.case(kind) for kind in GENERAL]
>>> seen = Comparison(read_answer("2 (W u - v) W^T", asked), asked, places)
>>> seen.has_value, seen.is_array
(False, True)
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from wuv.algebra import AlgebraError, Misfit, Sizes, factors, walk
from wuv.diagnosis.answer import in_the_book, is_bare, stretched
from wuv.diagnosis.clauses import Parts, said_of, tellable
from wuv.diagnosis.edits import LAYOUT, Edit
from wuv.diagnosis.mistakes import MISTAKES
from wuv.diagnosis.question import Question
from wuv.diagnosis.rightness import in_shape
from wuv.diagnosis.scale import ONE
from wuv.diagnosis.search import ANGLE, Explanation, Search, canonical, explained
from wuv.diagnosis.unsaid import Unsaid, possible, usual
from wuv.points import Case, alike

GENERAL = ("tall", "wide", "odd")
SQUARES = (("square", 0), ("square", 1), ("small square", 2))
FREE = (("free", 0), ("free", 1))
PLAIN = 0.2  # how much likelier a constant times what is right is than one of its numbers
HIDDEN = 0.3  # how much seldomer a slip is that nothing in the answer shows
BENT = (0, 10, 20, 30)  # seeds: one point shows one side of a bend


@dataclass(frozen=True)
class Judgement:
    """A verdict and what led to it.

    ``best`` is the likeliest `Explanation`, or None; ``others`` those that come close. ``trouble``
    is the error of an answer without a value; ``stretch`` what NumPy stretched. ``square`` says
    that it has values for square matrices alone; ``flat`` that only its shape is another. ``here``
    is a point at which it was judged, and ``where`` says at which points and sizes it is right;
    ``term`` says in which terms of the gradient an answer is wrong. ``assuming`` is what has to be
    the case for all this, and ``asked`` the question where it is. ``said`` is what happened, in
    words, where no edit of a formula says it.
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
    assuming: Unsaid | None = None
    asked: Question | None = None
    said: str = ""


def cases(asked, kinds):
    """Return a case of each kind, (sizes, seed), at which there is one; of a loss with bends
    several."""
    seeds = BENT if asked.bends else BENT[:1]
    some = [asked.case(kind, first + seed) for seed in seeds for kind, first in kinds]
    return [x for x in some if x is not None]


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
        some = cases(self.asked, SQUARES)
        return some if _all_finite(map(self.answer.quickly, some)) else []

    @cached_property
    def trouble(self):
        """What keeps the answer from having a value, in words; None if it has one."""
        return None if self.has_value else _trouble(self.answer, self.asked, self.places[0])

    @cached_property
    def stretch(self):
        """What NumPy stretched without a word, or None."""
        known = {*walk(self.asked.read)}
        return stretched(self.answer, self.places[0], known) if self.has_value else None

    @cached_property
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
            free = cases(asked, FREE)
            some.append(Search(asked, free, lambda here: here.book(self.own), self.own))
        return some

    def explanations(self, levels=(1, 2)):
        """Return what may have led to the answer, the likeliest first; each may be told. Level 1 is
        for one edit of the formula, 2 for two."""
        answer = self.answer
        some_value = self.has_value or bool(self.squares)
        bare = answer.tree is not None and is_bare(answer.tree)
        is_row = self.own is not None and all(
            x.op in ("transpose", "number") for x in factors(self.own)
        )

        def holds(explanation):
            if bare and len(explanation.edits) > 1:
                return False  # of one letter, more edits would leave nothing
            if "symmetry-assumed" in explanation.kinds and not self.fits_symmetric:
                return False
            if LAYOUT in explanation.kinds and not (self.has_value or is_row):
                return False  # what has no value is not laid out in another way
            if len(explanation.edits) > 1 and not self.shows(explanation):
                return False  # of two slips one at least can be pointed at
            return tellable(explanation, answer, self.own, self.asked.right, some_value)

        found = explained(self.searches, holds, levels)

        def seldom(explanation):
            plain = PLAIN * (not explanation.edits and explanation.scale.number > 0)
            return explanation.weight + HIDDEN * (not self.shows(explanation)) - plain

        return sorted(found, key=seldom)

    def shows(self, explanation):
        """Return whether something of an explanation can be pointed at in the answer, or in the
        loss."""
        own, right = self.parts
        if own is None or not explanation.edits:
            return True
        alone = explanation.count == 1
        return any(
            x.where == "step"
            or MISTAKES[x.kind].about == "loss"
            or (alone and x.kind.endswith(("-dropped", "-lost")))  # what is missing shows nowhere
            or said_of(x, alone, own, right)
            for x in explanation.edits
        )

    @cached_property
    def parts(self):
        """The `Parts` of the answer and of what is right; None where there is no formula."""
        if self.own is None or self.asked.right is None:
            return None, None
        values = self.asked.case("free").book
        return Parts(self.own, values), Parts(self.asked.right, values)

    @cached_property
    def is_multiple(self):
        """Whether it is, at each point, a multiple of what is right."""
        pairs = [(canonical(a), canonical(b)) for a, b in self.pairs]
        return all(b is not None and parallel(a, b) for a, b in pairs)

    @cached_property
    def is_turned(self):
        """Whether its transpose is, at each point, a multiple of what is right."""
        pairs = [(canonical(a), canonical(b)) for a, b in self.pairs]
        return all(b is not None and parallel(a.T, b) for a, b in pairs)

    @cached_property
    def fits_symmetric(self):
        """Whether it is right where some matrix that does not vary is symmetric."""
        some = (x for x in (*usual(self.asked), *possible(self.asked)) if len(x.kinds) == 1)
        return any(self.under(x) is not None for x in some if x.kinds[0][1] == "symmetric")

    def under(self, unsaid):
        """Return the comparison where something is assumed, if the answer is a multiple of what is
        right there, or of its transpose; else None."""
        asked = unsaid.of(self.asked)
        points = points_of(asked)
        for here, right in points:
            value = canonical(self.answer.quickly(here))
            if value is None or not (parallel(value, right) or parallel(value.T, right)):
                return None
        return Comparison(self.answer, asked, [here for here, _ in points]) if points else None

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


@lru_cache(maxsize=128)
def points_of(asked):
    """Return a point of each general kind, and what is right there; () where one is missing."""
    points = []
    for kind in GENERAL:
        here = asked.case(kind)
        right = here and canonical(asked.truth_at(here))
        if right is None:
            return ()
        points.append((here, right))
    return tuple(points)


def parallel(value, other):
    """Return whether two matrices are multiples of each other, and neither is 0."""
    if value.shape != other.shape:
        return False
    product, lengths = (value * other).sum(), np.sqrt((value**2).sum() * (other**2).sum())
    return bool(0 < lengths < np.inf and abs(product) > (1 - ANGLE) * lengths)


def _all_finite(values):
    return all(x is not None and np.all(np.isfinite(x)) for x in values)


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
