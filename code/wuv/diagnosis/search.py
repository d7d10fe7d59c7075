"""Search: the fewest mistakes that lead from the right formula to the answer.

Formulas are compared by their values at a point, thousands at once. The neighbourhood of the right
formula, of its derivation and of losses that look alike meets the neighbourhood of the answer's own
formula: what two edits reach from the right one, one edit from each side reaches as well, however
differently the two are written. What agrees at one point is confirmed at others.
"""

from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from wuv.algebra import Expr, Work
from wuv.diagnosis.edits import (
    LAYOUT,
    Around,
    Edit,
    Neighbour,
    everywhere,
    exchanges,
    insertions,
    neighbours,
    slopes,
)
from wuv.diagnosis.expand import expanded, summed, written_out
from wuv.diagnosis.scale import ONE, Scale, scale_of
from wuv.diagnosis.steps import MAX_STEPS, missteps, other_losses, slope

ANGLE = 1e-7  # between the directions of two values that may be equal
CLOSE = 1e-9
MAX_WORK = 60_000  # operations that are evaluated for one kind of candidates
MAX_FAR = 25_000  # for two mistakes in a row; with one mended in the answer, most are met before
MAX_COUNT, MAX_WEIGHT = 3, 4.5  # beyond that an explanation explains nothing
MAX_NEAR = 1_500  # neighbours of one formula
OPPOSITE = 0.4  # one and the same thing lost in one place and added in another
LIKELY = 2.6  # two edits as light as this need no rival
CHUNK = 400
MAX_MET = 20_000
CONFIRMED = 60  # hits that are looked at more closely
REACHES = 4  # of one question all kinds of points, by the book's rules and by NumPy's


class Candidate(NamedTuple):
    """A formula, the edits that made it, and its value at the first point."""

    edits: tuple[Edit, ...]
    formula: Expr | Neighbour
    value: object

    @property
    def tree(self):
        """The formula."""
        return self.formula.tree if isinstance(self.formula, Neighbour) else self.formula


class Explanation(NamedTuple):
    """How the answer came about: edits, a constant factor, and whether it is transposed."""

    edits: tuple[Edit, ...]
    scale: Scale = ONE
    turned: bool = False

    @property
    def count(self):
        """The number of mistakes."""
        return len(self.edits) + self.scale.edits + self.turned

    @property
    def weight(self):
        """How seldom people make them."""
        kinds = {x.kind for x in self.edits}
        against = OPPOSITE * (kinds >= {"transpose-dropped", "transpose-added"})
        return sum(x.weight for x in self.edits) + self.scale.weight + 0.5 * self.turned + against

    @property
    def kinds(self):
        """The kinds of the mistakes, the layout last."""
        slugs = [x.kind for x in self.edits if x.kind != LAYOUT]
        slugs += ["sign"] * (self.scale.number < 0)
        slugs += ["factor"] * (self.scale.edits - (self.scale.number < 0))
        turned = self.turned + sum(x.kind == LAYOUT for x in self.edits)
        return tuple(slugs + [LAYOUT] * (turned % 2))


class Pool:
    """Candidates whose values at a point are known, as directions: the values up to a factor."""

    def __init__(self, candidates):
        self.rows, self.directions, self.lengths = {}, {}, {}
        by_shape = {}
        for candidate in candidates:
            value = canonical(candidate.value)
            if value is not None:
                rows, vectors = by_shape.setdefault(value.shape, ([], []))
                rows.append(candidate)
                vectors.append(value.ravel())
        for shape, (rows, vectors) in by_shape.items():
            some = np.array(vectors, dtype=float)
            with np.errstate(all="ignore"):
                length = np.sqrt((some * some).sum(axis=1))
                fine = np.isfinite(length) & (length > 0)
            self.rows[shape] = [x for x, good in zip(rows, fine, strict=True) if good]
            self.directions[shape] = some[fine] / length[fine, None]
            self.lengths[shape] = length[fine]

    def like(self, value):
        """Return the candidates whose values are a multiple of ``value``."""
        rows = self.rows.get(value.shape)
        length = np.sqrt((value * value).sum())
        if not rows or not length or not np.isfinite(length):
            return []
        angles = self.directions[value.shape] @ (value.ravel() / length)
        hits = np.flatnonzero(abs(angles) > 1 - ANGLE)
        ratios = angles[hits] * length / self.lengths[value.shape][hits]
        apart = abs(abs(ratios) - 1) > ANGLE  # a factor is one more mistake
        order = sorted(range(len(hits)), key=lambda k: (apart[k], _weight(rows[hits[k]])))
        return [rows[hits[k]] for k in order]

    def meeting(self, other):
        """Yield the pairs of candidates, one of each pool, with values that are multiples."""
        for shape, rows in self.rows.items():
            theirs = other.rows.get(shape)
            if not theirs:
                continue
            for start in range(0, len(rows), CHUNK):
                here = self.directions[shape][start : start + CHUNK]
                met = abs(here @ other.directions[shape].T) > 1 - ANGLE
                for i, j in zip(*np.nonzero(met), strict=True):
                    yield rows[start + i], theirs[j]


def canonical(value):
    """Return a value as a matrix: a flat array is a column, a number is 1×1."""
    if value is None or not value.size:
        return None
    return value.reshape(-1, 1) if value.ndim < 2 else value


class Reach:
    """What mistakes make of the right formula at a point, the same for every answer.

    Formulas go by the book's rules, or, if ``typed``, by NumPy's.
    """

    def __init__(self, asked, here, typed):
        here = here.with_()  # with values of its own
        self.asked, self.typed = asked, typed
        self.around = Around(here.typed if typed else here.book, asked)
        self.work = Work(MAX_STEPS)

    @cached_property
    def right(self):
        """The right formula in a few forms."""
        return Pool(self.bases())

    @cached_property
    def near(self):
        """What one mistake makes of it."""
        return Pool(self.near_right)

    @cached_property
    def far(self):
        """What two mistakes make of it."""
        return Pool(self.second())

    def made(self, edits, tree):
        """Return a candidate with its value."""
        return Candidate(edits, tree, self.around.values(tree))

    def bases(self):
        """Return the right formula in a few forms."""
        written = self.written()
        of_typed = self.typed or self.asked.order != 1
        plain = None if of_typed else slope(self.asked.book, self.asked.x, self.work)
        return written if plain is None else [*written, self.made((), plain)]

    def written(self):
        """Return the right formula as people write it: as it is, multiplied out, with sums for
        products with 𝟏, with exp for σ and softmax."""
        right = self.asked.typed if self.typed else self.asked.right
        ways = (lambda x: x,) if self.typed else (lambda x: x, expanded, summed, written_out)
        forms = [] if right is None else [way(right) for way in ways]
        return [self.made((), x) for i, x in enumerate(forms) if x not in forms[:i]]

    @cached_property
    def near_right(self):
        """Return what one mistake makes of the right formula."""
        candidates = [
            Candidate((x.edit,), x, x.value)
            for base in self.written()
            for some in (near, slopes)
            for x in granted(some(base.formula, self.around), self.around)
        ]
        if self.typed or self.asked.order == 2:
            return sorted(candidates, key=_weight)[:MAX_NEAR]
        for edit, tree in missteps(self.asked.book, self.asked.x, self.work):
            candidates.append(self.made((edit,), tree))
        for edit, loss in other_losses(self.asked.book):
            tree = slope(loss, self.asked.x, self.work)
            if tree is not None:
                candidates.append(self.made((edit,), tree))
        return sorted(candidates, key=_weight)[:MAX_NEAR]

    def second(self):
        """Yield what two mistakes make of the right formula."""
        for first, loss in (
            () if self.typed or self.asked.order == 2 else other_losses(self.asked.book)
        ):
            for edit, tree in missteps(loss, self.asked.x, self.work):
                yield self.made((first, edit), tree)
        once = [*_distinct(self.near_right)]
        for whole in (True, False):
            pairs = (
                Candidate((*candidate.edits, x.edit), x, x.value)
                for candidate in once
                for x in neighbours(candidate.tree, self.around, whole)
            )
            yield from granted(pairs, self.around, MAX_FAR)


def granted(candidates, around, work=MAX_WORK):
    """Yield candidates until so much work was done for them that no more is granted."""
    end = around.values.done + work
    for x in candidates:
        yield x
        if around.values.done > end:
            return


reach = lru_cache(maxsize=REACHES)(Reach)


class Search:
    """One answer against one question at one kind of points.

    ``places`` are points of that kind; ``answer`` gives the answer's value at each; ``own`` is the
    answer's formula, or None. Formulas go by the book's rules, or, if ``typed``, by NumPy's.
    """

    def __init__(self, asked, places, answer, own=None, typed=False):
        self.asked, self.places, self.own, self.typed = asked, places, own, typed
        self.targets = [canonical(answer(here)) for here in places]
        self.here, self.target = places[0], self.targets[0]
        self.has_value = all(x is not None and np.all(np.isfinite(x)) for x in self.targets)
        self.around = Around(self.values(self.here), asked)
        self.reach = reach(asked, self.here, typed)

    def values(self, here):
        """Return the values of formulas at a point."""
        return here.typed if self.typed else here.book

    def plain(self):
        """Return the explanation by a constant factor or by the layout alone, or None."""
        explanations = [*self.confirmed(self.reach.right)]
        return min(explanations, key=lambda x: x.count, default=None)

    def level(self, edits, holds):
        """Return explanations with one edit of the formula, or with two, the likeliest first, of
        those that hold."""
        stage = self.one if edits == 1 else self.two
        explanations = [x for x in stage() if 0 < x.count <= MAX_COUNT and x.weight <= MAX_WEIGHT]
        explanations = [x for x in explanations if holds(x)]
        best = min((x.count for x in explanations), default=0)
        return _unique(x for x in explanations if x.count == best)

    @cached_property
    def mended(self):
        """What one repair makes of the answer, as the mistake that it mends."""
        return Pool(self.repairs())

    def repairs(self):
        """Return what one repair makes of the answer."""
        if self.own is None:
            return []
        repairs = []
        for own in dict.fromkeys((self.own, expanded(self.own))):
            gaps = insertions(own, self.around)
            for where, some in (("answer", near(own, self.around)), ("gap", gaps)):
                for x in granted(islice(some, MAX_NEAR), self.around):
                    mended = x.edit.undone(where)
                    turned = mended and mended.kind == "transpose-dropped" and x.is_turned
                    one = mended and mended.kind == "sum-lost" and self.is_one(mended.was)
                    if mended is not None and not (turned or one):  # there, one too many is meant
                        repairs.append(Candidate((mended,), x, x.value))
        return repairs

    def is_one(self, tree):
        """Return whether a formula is the number 1, as the sum of probabilities is."""
        value = self.around.values(tree)
        return value is not None and value.size == 1 and bool(abs(value - 1).max() < CLOSE)

    # The stages

    def one(self):
        yield from self.confirmed(self.reach.right)
        yield from self.confirmed(self.reach.near)
        yield from self.mending(self.reach.right)

    def two(self):
        explanations = [*self.mending(self.reach.near)]
        yield from explanations
        if not any(x.count == 2 and x.weight < LIKELY for x in explanations):
            yield from self.confirmed(self.reach.far)

    def confirmed(self, pool):
        """Yield the explanations of the answer by one pool's candidates."""
        if not self.has_value:
            return
        turned = [(self.target, False)]
        if self.target.shape[0] != self.target.shape[1] or self.target.size > 1:
            turned.append((self.target.T, True))
        for target, is_turned in turned:
            for candidate in pool.like(target)[:CONFIRMED]:
                scale = self.ratio(candidate.tree, is_turned)
                if scale is not None:
                    yield Explanation(candidate.edits, scale, is_turned)

    def mending(self, pool):
        """Yield explanations with one edit from the answer's side."""
        met = [*islice(self.mended.meeting(pool), MAX_MET)]
        met.sort(key=lambda pair: _weight(pair[0]) + _weight(pair[1]))
        for mended, candidate in met[:CONFIRMED]:
            scale = self.meets(mended.tree, candidate.tree)
            if scale is not None:
                yield Explanation((*mended.edits, *candidate.edits), scale)

    def ratio(self, tree, turned):
        """Return the constant that the answer is of a candidate at all points, or None."""
        values = [canonical(self.values(here)(tree)) for here in self.places]
        targets = [x.T if turned else x for x in self.targets]
        return self.constant(targets, values)

    def meets(self, mended, tree):
        """Return the constant that the mended answer is of a candidate at all points."""
        values = [canonical(self.values(here)(tree)) for here in self.places]
        targets = [canonical(self.values(here)(mended)) for here in self.places]
        return self.constant(targets, values)

    def constant(self, targets, values):
        ratios = []
        for target, value in zip(targets, values, strict=True):
            if value is None or target is None or value.shape != target.shape:
                return None
            at = np.unravel_index(np.argmax(abs(value)), value.shape)
            ratio = target[at] / value[at]
            size = abs(target).max()
            if not np.isfinite(ratio) or not np.all(abs(value * ratio - target) <= CLOSE * size):
                return None
            ratios.append(ratio)
        counts = self.asked.counts
        known = [{**x.sizes, **{k: x.arrays[k] for k in counts}} for x in self.places]
        return scale_of(ratios, known)


def explained(searches, holds, levels=(1, 2)):
    """Return explanations with the fewest edits that any of several searches finds, of those of
    which ``holds`` says that they may be told; ``levels`` says how many edits are tried."""
    for edits in levels:
        explanations = []
        for search in searches:
            explanations += search.level(edits, holds)
            if edits > 1 and any(x.count == edits and x.weight < LIKELY for x in explanations):
                break
        if explanations:
            best = min(x.count for x in explanations)
            return _unique(x for x in explanations if x.count == best)
    return []


def _weight(candidate):
    return sum(x.weight for x in candidate.edits)


def near(formula, around):
    """Yield the neighbours of a formula."""
    yield from neighbours(formula, around)
    yield from exchanges(formula, around)
    yield from everywhere(formula, around)


def _distinct(candidates):
    """Yield candidates without those that have another's value; the likelier one stays."""
    met = set()
    for x in candidates:
        if x.value is None:
            key = x.tree
        else:
            with np.errstate(all="ignore"):
                key = (x.value.shape, np.round(x.value, 9).tobytes())
        if key not in met:
            met.add(key)
            yield x


def _unique(explanations):
    """Return one explanation of each set of kinds, sorted; one that points into the answer's own
    text rather than another."""
    likeliest = {}
    for x in sorted(explanations, key=lambda x: (x.weight, -_own(x))):
        key = tuple(sorted(x.kinds))
        if key not in likeliest or (_own(x) > _own(likeliest[key])):
            likeliest[key] = x
    return sorted(likeliest.values(), key=lambda x: x.weight)


def _own(explanation):
    return sum(x.where == "answer" for x in explanation.edits)
