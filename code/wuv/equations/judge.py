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

import math
import random
import time
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from wuv.algebra import CannotEvaluate, Expr, Misfit, evaluate, walk
from wuv.equations.degrees import SPREAD, chance, degree, points_needed

SHAPES = (3, 2, 4), (2, 3, 1), (2, 2, 2), (1, 1, 1)  # for the first three letters
SMALL_SHAPES = (1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2), *SHAPES[1::-1]
SMALL = (1, 2, 3, 9)  # the numbers among which a counterexample is looked for first
SAMPLES = 24  # points for an inequality, or in floating point
TRIES = 40  # draws for one point, where some draws are not allowed
MAX_DEGREE = 1000
WORK = 100_000  # for one side at one point
SECONDS = 10  # for one statement
CLOSE = 1e-8


class Point(NamedTuple):
    """Numbers for all letters: sizes, values, the changes of those that vary, free indices."""

    sizes: dict
    values: dict
    changes: dict
    indices: dict

    def __str__(self):
        # a size that an array shows is not said again
        seen = {x for a in self.values.values() for x in np.shape(a)}
        shown = {**{k: v for k, v in self.sizes.items() if v not in seen}, **self.indices}
        shown |= self.values
        shown |= {f"d{k}": v for k, v in self.changes.items()}
        return ", ".join(f"{k} = {text(v)}" for k, v in shown.items())


class Counterexample(NamedTuple):
    """A point where the two sides are not as they are said to be."""

    left: object
    right: object
    point: Point

    def __str__(self):
        return f"left {text(self.left)}, right {text(self.right)}, with {self.point}"


class Verdict(NamedTuple):
    """What was found. ``false`` is a `Counterexample`, or None; ``degree`` and ``bound`` are None
    where the sides are no polynomials, ``points`` are those at which they were compared."""

    false: Counterexample | None
    points: int
    sizes: tuple[dict, ...]
    degree: int | None
    bound: float | None


def text(value):
    """Return a number or an array as one short line: a column as (1, 2), a matrix as rows."""
    if isinstance(value, tuple):
        return f"{text(value[0])} + {text(value[1])}i"
    value = np.asarray(value, dtype=object)
    if value.size == 1:
        x = value.item()
        return f"{x:.6g}" if isinstance(x, float) else str(x)
    if value.ndim == 2 and value.shape[1] == 1:
        return f"({', '.join(text(x) for x in value.flat)})"
    return f"[{', '.join('[' + ', '.join(text(x) for x in row) + ']' for row in value)}]"


def judge(statement, seed=0):
    """Return the `Verdict` on a statement.

    Raises `wuv.algebra.Misfit` where it does not fit at some sizes, and
    `wuv.algebra.CannotEvaluate` where it has no value at any.
    """
    return _Judge(statement, seed).verdict()


def shapes_to_try(letters, rows=SHAPES):
    """Return {letter: number} for tall, wide, square and 1×1 matrices.

    >>> shapes_to_try({"m": "m", "n": "n"})
    [{'m': 3, 'n': 2}, {'m': 2, 'n': 3}, {'m': 2, 'n': 2}, {'m': 1, 'n': 1}]
    """
    free = [x for x, fixed in letters.items() if not isinstance(fixed, int)]
    free.sort(key="mnkNl".find)
    fixed = {x: size for x, size in letters.items() if isinstance(size, int)}
    found = [{**fixed, **{x: row[i % 3] for i, x in enumerate(free)}} for row in rows]
    return [x for i, x in enumerate(found) if x not in found[:i]]


class _Judge:
    def __init__(self, statement, seed):
        self.statement = statement
        self.random = random.Random(seed)
        self.end = time.monotonic() + SECONDS
        sides = statement.left, statement.right
        self.changing = any(x.op == "differential" for side in sides for x in walk(side))

    def verdict(self):
        if self.statement.relation in ("fits", "∈"):
            return self.fitting()
        points, tried, worst, bound, unable = 0, [], 0, 0, None
        for sizes in shapes_to_try(self.statement.sizes):
            try:
                found = self.degrees(sizes)
                wanted, spread = (points_needed(*found), SPREAD) if found else (SAMPLES, SMALL[2])
                for _ in range(wanted):
                    false = self.compared(sizes, spread, smooth=found is None)
                    points += 1
                    if false:
                        if self.statement.relation == "≠":
                            return Verdict(None, points, (sizes,), None, None)
                        return Verdict(self.smallest(false), points, (sizes,), None, None)
            except CannotEvaluate as error:
                if "seconds" in str(error):
                    raise
                unable = error
                continue
            tried.append(sizes)
            if found is None:
                worst = None
            elif worst is not None:
                worst = max(worst, found[0])
                bound = max(bound, chance(found[0], wanted, found[1]))
        if not tried:
            raise unable
        if self.statement.relation == "≠":
            point = self.draw(tried[-1], SMALL[0])  # equal everywhere; so here
            return Verdict(Counterexample(*self.both(point), point), points, (), None, None)
        bound = float(bound) if worst is not None else None
        return Verdict(None, points, tuple(tried), worst, bound)

    def fitting(self):
        """Judge what only has to fit; the sizes did, when the statement was read."""
        for sizes in shapes_to_try(self.statement.sizes):
            point = self.draw(sizes, SMALL[-1])
            self.value(self.statement.right, point) if self.statement.relation == "fits" else None
        return Verdict(None, 1, (), None, None)

    # Points

    def degrees(self, sizes):
        """Return the degrees of left − right (see `degrees.degree`), or None."""
        s = self.statement
        if s.relation not in ("=", "←"):
            return None
        found = degree(Expr("sub", (s.left, s.right)), s.definitions, sizes)
        if found and max(found) > MAX_DEGREE:
            raise CannotEvaluate(f"a polynomial of degree {max(found)} is too much to check")
        return found

    def compared(self, sizes, spread, smooth):
        """Compare at a point at which the conditions hold and both sides have values."""
        for _ in range(TRIES):
            point = self.draw(sizes, spread, smooth)
            try:
                if self.conditions_hold(point):
                    return self.compare(point)
                unable = CannotEvaluate("the conditions hold nowhere that was tried")
            except CannotEvaluate as error:
                unable = error
                self.watch()
        raise unable

    def draw(self, sizes, spread, smooth=False):
        s = self.statement
        values = {
            k: self.numbers(shape, sizes, spread, smooth)
            for k, shape in s.shapes.items()
            if k != s.imaginary and k not in sizes
        }
        changes = {
            k: self.numbers(s.shapes[k], sizes, spread, smooth)
            for k in s.vary
            if self.changing and k in values
        }
        return Point(sizes, values, changes, {})

    def numbers(self, shape, sizes, spread, smooth):
        shape = tuple(self.size(x, sizes) for x in shape)
        found = np.empty(shape, dtype=object)
        for i in np.ndindex(shape):
            found[i] = self.random.randint(-spread, spread)
            if smooth:  # quarters, so that exp and log stay moderate
                found[i] += Fraction(self.random.randint(-3, 3), 4)
        return found if shape else found.item()

    def size(self, size, sizes):
        if isinstance(size, tuple):
            return math.prod(self.size(x, sizes) for x in size)
        return size if isinstance(size, int) else sizes[size]

    # Values

    def value(self, tree, point, **more):
        self.watch()
        s = self.statement
        values = {**s.definitions, **point.sizes, **point.values, **point.indices, **more}
        return evaluate(
            tree, values, directions=point.changes, layout=s.layout, book=True, work=WORK
        )

    def watch(self):
        if time.monotonic() > self.end:
            raise CannotEvaluate(f"this takes more than {SECONDS} seconds")

    def both(self, point):
        s = self.statement
        if s.imaginary:
            return tuple(self.at_i(side, point) for side in (s.left, s.right))
        return tuple(self.value(side, point) for side in (s.left, s.right))

    def at_i(self, side, point):
        """Return (real, imaginary), the value at t = i of a polynomial in t of known degree.

        Its values at t = 0, 1, 2, … give it in Newton's form c₀ + (t − 0)(c₁ + (t − 1)(c₂ + …)).
        """
        s = self.statement
        above, below = degree(side, s.definitions, point.sizes) or (0, 1)
        if below:
            raise CannotEvaluate("only polynomials can be read at an imaginary number")
        column = [self.value(side, point, **{s.imaginary: t}) for t in range(above + 1)]
        newton = []
        for order in range(above + 1):
            newton.append(column[0])
            column = [(b - a) * Fraction(1, order + 1) for a, b in pairwise(column)]
        real = imaginary = 0
        for t, c in reversed([*enumerate(newton)]):
            real, imaginary = c - imaginary - t * real, real - t * imaginary
        return real, imaginary

    def compare(self, point):
        """Return a `Counterexample` at this point, for one of the free indices, or None."""
        ranges = [range(1, self.size(x, point.sizes) + 1) for x in self.statement.indices.values()]
        for chosen in product(*ranges):
            here = point._replace(indices=dict(zip(self.statement.indices, chosen, strict=True)))
            left, right = self.both(here)
            if not holds(left, self.statement.relation, right):
                return Counterexample(left, right, here)
        return None

    def conditions_hold(self, point):
        return all(
            holds(self.value(c.left, point), c.relation, self.value(c.right, point))
            for c in self.statement.conditions
        )

    # The smallest counterexample

    def smallest(self, false):
        """Return a counterexample with small sizes and small numbers."""
        self.end = time.monotonic() + SECONDS
        for sizes in shapes_to_try(self.statement.sizes, SMALL_SHAPES):
            for spread in SMALL:
                for _ in range(TRIES):
                    found = self.try_at(self.draw(sizes, spread))
                    if found:
                        return self.shrunk(found)
        return self.shrunk(false)

    def try_at(self, point):
        try:
            return self.compare(point) if self.conditions_hold(point) else None
        except (CannotEvaluate, Misfit):
            return None

    def shrunk(self, false):
        """Put 0 or 1 for one number after the other, as long as it stays a counterexample."""
        for part in ("values", "changes"):
            for key, given in getattr(false.point, part).items():
                for i in np.ndindex(np.shape(given)):
                    for simple in (0, 1):
                        now = getattr(false.point, part)
                        changed = np.array(now[key], dtype=object)
                        if changed[i] in (0, simple):
                            break
                        changed[i] = simple
                        changed = changed if np.shape(given) else changed.item()
                        point = false.point._replace(**{part: {**now, key: changed}})
                        found = self.try_at(point)
                        if found:
                            false = found
                            break
        return false


def holds(left, relation, right):
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
    return all(TESTS[relation](x, y) for x, y in zip(a.flat, b.flat, strict=True))


def _equal(x, y):
    if isinstance(x, float) or isinstance(y, float):
        return math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE)
    return x == y


TESTS = {
    "=": _equal,
    "←": _equal,
    "≠": _equal,  # it is enough that this fails once
    "≈": lambda x, y: abs(x - y) <= abs(y) / 1000,
    "<": lambda x, y: x < y,
    "≤": lambda x, y: x <= y or _equal(x, y),
    ">": lambda x, y: x > y,
    "≥": lambda x, y: x >= y or _equal(x, y),
}


def _shape(a):
    return "×".join(map(str, a.shape)) or "a number"
