r"""Judge a statement: evaluate both sides, exactly, at random points of several sizes.

>>> from wuv.equations.statements import Page
>>> (right,) = Page().read(r"\nabla_u L = 2W^{\mathsf T} (Wu - v)").statements
>>> judge(right).false
>>> (wrong,) = Page().read(r"\nabla_u L = W^{\mathsf T} (Wu - v)").statements
>>> print(judge(wrong).false)
left -2, right -1, with W = 1, u = 0, v = 1

Whole numbers, and no tolerance. Where a function is not rational (a logarithm, a norm without its
square) floating point is compared, at small points, and no bound can be given.

Nothing here knows a formula of matrix calculus: d… and ∂… are computed with dual numbers from the
definition of the loss (`wuv.algebra.evaluation`).
"""

import random
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple, TypeAlias

import numpy as np

from wuv.algebra import CannotEvaluate, Expr, Misfit, TooMuchWork, Work, evaluate, walk
from wuv.algebra.size import in_numbers
from wuv.equations.statements import Statement
from wuv.points import Case, close, draw, shrunk, sizes_anew, sizes_for, smallest, text
from wuv.points.degrees import FAR, SPREAD, chance, degree, enough, points_needed
from wuv.shapes import Array, Number

KINDS = ("tall", "wide", "small square", "one")
SAMPLES = 24  # points for an inequality, or in floating point
SPREADS = {"any": SPREAD, "far": FAR}  # numbers for which there is a bound
TRIES = 40  # draws for one point, where some draws are not allowed
MAX_DEGREE = 1000
WORK = 100_000  # for one side at one point
ANEW_WORK = 30_000  # the same, for sizes that are drawn anew
ALL_WORK = 5_000_000  # for one statement, and for its smallest counterexample

Side: TypeAlias = Number | Array | tuple[Number, Number]  # two are a complex number


class Counterexample(NamedTuple):
    """A case where the two sides are not as they are said to be."""

    left: Side
    right: Side
    case: Case

    def __str__(self):
        return f"left {text(self.left)}, right {text(self.right)}, with {self.case}"


class Verdict(NamedTuple):
    """What was found. ``false`` is a `Counterexample`, or None; ``degree`` and ``bound`` are None
    where the sides are no polynomials, ``points`` are those at which they were compared.
    ``all_sizes`` says that the sizes tried are enough for all (see `wuv.points.degrees`)."""

    false: Counterexample | None
    points: int
    sizes: tuple[dict[str, int], ...]
    degree: int | None
    bound: float | None
    all_sizes: bool = True


def judge(statement: Statement, seed: int = 0) -> Verdict:
    """Return the `Verdict` on a statement.

    Raises `wuv.algebra.Misfit` where it does not fit at some sizes, and
    `wuv.algebra.CannotEvaluate` where it has no value at any.
    """
    return _Judge(statement, seed).verdict()


class _Judge:
    def __init__(self, statement, seed):
        self.statement = statement
        self.random = random.Random(f"{statement} {seed}")
        self.work, self.most, self.points, self.tried, self.bounds = ALL_WORK, WORK, 0, [], []
        self.fixed = {x: size for x, size in statement.sizes.items() if isinstance(size, int)}
        self.free = sorted((x for x in statement.sizes if x not in self.fixed), key="mnkNl".find)
        sides = statement.left, statement.right
        self.changing = any(x.op == "differential" for side in sides for x in walk(side))

    def verdict(self):
        s = self.statement
        if s.relation in ("fits", "∈"):
            return self.fitting()
        enough, unable = self.enough(), None
        plan = [(x, "any") for x in self.standard()] + [(x, "far") for x in enough or ()]
        anew = sizes_anew(self.random, self.free)[: 1 if enough else None]
        plan += [(self.fixed | x, "whole") for x in anew]
        for sizes, numbers in plan:
            try:
                false = self.compared_at(sizes, numbers)
            except CannotEvaluate as error:
                unable = error
                continue
            if false and s.relation == "≠":
                return Verdict(None, self.points, (sizes,), None, None)
            if false:
                return Verdict(self.smallest(false), self.points, (sizes,), None, None)
        if not self.tried:
            raise unable
        if s.relation == "≠":
            case = self.draw(self.tried[-1], 1)  # equal everywhere; so here
            return Verdict(Counterexample(*self.both(case), case), self.points, (), None, None)
        known = not self.free or (enough is not None and all(x in self.tried for x in enough))
        worst = [*map(max, zip(*self.bounds, strict=True))] if all(self.bounds) else [None, None]
        return Verdict(None, self.points, tuple(self.tried), *worst, known)

    def fitting(self):
        """Judge what only has to fit; the sizes did, when the statement was read."""
        for sizes in self.standard():
            case = self.draw(sizes, "whole")
            self.value(self.statement.right, case) if self.statement.relation == "fits" else None
        return Verdict(None, 1, (), None, None)

    # Sizes

    def standard(self):
        """Return sizes for tall, wide, square and 1×1 matrices."""
        every = [self.fixed | sizes_for(kind, self.free) for kind in KINDS]
        return [x for i, x in enumerate(every) if x not in every[:i]]

    def enough(self):
        """Return sizes that are enough for all, or None where that is not known."""
        standard = self.standard()
        try:
            degrees = self.degrees(standard[0])
        except CannotEvaluate:
            return None
        grid = degrees and enough(degrees, self.free)
        if grid and len(grid) == 1:  # and any that is as large will do
            grid = [x for x in standard if all(x[k] >= grid[0][k] for k in self.free)][:1] or grid
        return grid and [self.fixed | x for x in grid]

    # Points

    def degrees(self, sizes):
        """Return the `Degrees` of left − right, or None."""
        s = self.statement
        if s.relation not in ("=", "←"):
            return None
        shape = s.left.shape or s.right.shape
        difference = Expr("sub", (s.left, s.right), shape=shape)
        degrees = degree(difference, s.definitions, sizes, s.indices)
        if degrees and max(degrees[:2]) > MAX_DEGREE:
            message = f"a polynomial of degree {max(degrees[:2])} is too much to check"
            raise CannotEvaluate(message)
        return degrees

    def compared_at(self, sizes, numbers):
        """Compare at as many points as are needed, or, where no bound is asked for, at one; return
        a `Counterexample` or None."""
        if sizes in self.tried:
            return None
        degrees, spread = self.degrees(sizes), SPREADS.get(numbers)
        self.most, points = (WORK, SAMPLES) if spread else (ANEW_WORK, 1)
        if degrees and spread:
            above, below, _ = degrees
            points = points_needed(above, below, spread)
        for _ in range(points):
            self.points += 1
            false = self.compared(sizes, numbers if degrees else "quarters")
            if false:
                return false
        if spread:
            self.tried.append(sizes)
            bound = degrees and (above, float(chance(above, points, below, spread)))
            self.bounds.append(bound)
        return None

    def compared(self, sizes, numbers):
        """Compare at a point at which the conditions hold and both sides have values."""
        for _ in range(TRIES):
            case = self.draw(sizes, numbers)
            try:
                if self.conditions_hold(case):
                    return self.compare(case)
                unable = CannotEvaluate("the conditions hold nowhere that was tried")
            except TooMuchWork:
                raise
            except CannotEvaluate as error:
                unable = error
        raise unable

    def draw(self, sizes, numbers):
        s = self.statement
        shapes = {k: x for k, x in s.shapes.items() if k != s.imaginary and k not in sizes}
        moving = {k: shapes[k] for k in s.vary if self.changing and k in shapes}
        arrays, changes = (draw(self.random, x, sizes, numbers) for x in (shapes, moving))
        return Case(arrays, sizes, changes)

    # Values

    def value(self, tree, case, **more):
        s, work = self.statement, Work(min(self.most, self.work))
        values = {**s.definitions, **case.values, **more}
        try:
            return evaluate(
                tree, values, directions=case.changes, layout=s.layout, book=True, work=work
            )
        finally:
            self.work -= work.done

    def both(self, case):
        s = self.statement
        if s.imaginary:
            return tuple(self.at_i(side, case) for side in (s.left, s.right))
        return tuple(self.value(side, case) for side in (s.left, s.right))

    def at_i(self, side, case):
        """Return (real, imaginary), the value at t = i of a polynomial in t of known degree.

        Its values at t = 0, 1, 2, … give it in Newton's form c₀ + (t − 0)(c₁ + (t − 1)(c₂ + …)).
        """
        s = self.statement
        degrees = degree(side, s.definitions, case.sizes)
        if degrees is None or degrees.below:
            raise CannotEvaluate("only polynomials can be read at an imaginary number")
        above = degrees.above
        column = [self.value(side, case, **{s.imaginary: t}) for t in range(above + 1)]
        newton = []
        for order in range(above + 1):
            newton.append(column[0])
            column = [(b - a) * Fraction(1, order + 1) for a, b in pairwise(column)]
        real = imaginary = 0
        for t, c in reversed([*enumerate(newton)]):
            real, imaginary = c - imaginary - t * real, real - t * imaginary
        return real, imaginary

    def compare(self, case):
        """Return a `Counterexample` at this point, for one of the free indices, or None."""
        ranges = [range(1, in_numbers(x, case.sizes) + 1) for x in self.statement.indices.values()]
        for chosen in product(*ranges):
            here = case.with_(indices=dict(zip(self.statement.indices, chosen, strict=True)))
            left, right = self.both(here)
            if not holds(left, self.statement.relation, right):
                return Counterexample(left, right, here)
        return None

    def conditions_hold(self, case):
        return all(
            holds(self.value(c.left, case), c.relation, self.value(c.right, case))
            for c in self.statement.conditions
        )

    # The smallest counterexample

    def smallest(self, false):
        """Return a counterexample with small sizes and small numbers."""
        self.work, self.most = ALL_WORK, WORK

        def drawn(sizes, largest):
            return self.draw(self.fixed | sizes, largest)

        case = smallest(self.free, drawn, self.shows) or shrunk(false.case, self.shows)
        return self.shows(case) or false

    def shows(self, case):
        """Return the counterexample that a case is, or None."""
        try:
            return self.compare(case) if self.conditions_hold(case) else None
        except (CannotEvaluate, Misfit):
            return None


def holds(left: Side, relation: str, right: Side) -> bool:
    """Return whether two values are as the relation says.

    Raises `Misfit` for values whose shapes differ, 1×1 being a number and 0 fitting everything.
    """
    if isinstance(left, tuple):
        return all(holds(a, relation, b) for a, b in zip(left, right, strict=True))
    a, b = (np.asarray(x, dtype=object) for x in (left, right))
    a, b = (x.reshape(()) if x.size == 1 else x for x in (a, b))
    zero = any(x.ndim == 0 and x.item() == 0 for x in (a, b))
    if a.shape != b.shape and not zero:
        raise Misfit(f"the left side is {_shape(a)} and the right side is {_shape(b)}")
    a, b = np.broadcast_arrays(a, b)
    if relation in EQUAL:
        return close(a, b)
    return all(TESTS[relation](x, y) for x, y in zip(a.flat, b.flat, strict=True))


EQUAL = ("=", "←", "≠")  # of ≠ it is enough that this fails once
TESTS = {
    "≈": lambda x, y: abs(x - y) <= abs(y) / 1000,
    "<": lambda x, y: x < y,
    "≤": lambda x, y: x <= y or close(x, y),
    ">": lambda x, y: x > y,
    "≥": lambda x, y: x >= y or close(x, y),
}


def _shape(a):
    return "×".join(map(str, a.shape)) or "a number"
