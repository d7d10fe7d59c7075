"""Points at which a derivation is tried: no line is shown that was not evaluated.

The judge is the loss itself, computed with numbers that carry a slope (`wuv.algebra.differential`):
no rule of `wuv.derivation` takes part. Arrays of several sizes and whole numbers where the loss
allows them; a false formula that is a polynomial of degree d then survives one direction with a
probability of at most d / 2,000,000 (Schwartz and Zippel: a polynomial that is not zero has few
zeros among many points).
"""

import itertools
from fractions import Fraction

import numpy as np

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    differential,
    evaluate,
    free_names,
    walk,
)
from wuv.algebra.tree import ELEMENTWISE

WORK = 1_500_000
WAYS = 8  # of drawing the values
SIZES = ((3, 2, 4, 5), (2, 3, 4, 2), (4, 3, 2, 3), (2, 4, 3, 1), (3, 3, 3, 3), (5, 1, 1, 2))


class Point:
    """Values for every name, a change of one, and the change of the loss that follows."""

    def __init__(self, values, changes, wrt, slope):
        self.values, self.changes, self.wrt, self.slope = values, changes, wrt, slope

    def moves(self, tree, book=True):
        """Return the value of a formula with differentials in it."""
        return evaluate(tree, self.values, directions=self.changes, book=book, work=WORK)

    def agrees(self, value):
        """Return whether a number is the change of the loss."""
        return _close(np.asarray(value, dtype=object), self.slope)

    def holds(self, line, letter, loss):
        """Return whether a line of a derivation is true here, whatever its free indices are."""
        if line.left is None:
            return self.agrees(self.moves(line.formula))
        values = self.values | {letter: loss}
        free = [x for x in free_names(line.formula) if x not in values]
        for at in itertools.product((1, 2), repeat=len(free)):
            here = values | dict(zip(free, at, strict=True))
            sides = (evaluate(x, here, book=True, work=WORK) for x in (line.left, line.formula))
            left, right = (np.asarray(x, dtype=object) for x in sides)
            pairs = zip(left.flat, right.flat, strict=True)
            if left.size != right.size or not all(_close(a, b) for a, b in pairs):
                return False
        return True

    def is_gradient(self, tree, book=False):
        """Return whether a formula, in the variable's shape, predicts the change of the loss."""
        found = np.asarray(evaluate(tree, self.values, book=book, work=WORK), dtype=object)
        change = np.asarray(self.changes[self.wrt], dtype=object)
        if found.shape != change.shape:
            return False
        products = np.asarray(found * change, dtype=object)
        return _close(sum(products.flat), self.slope, sum(map(abs, products.flat)))


def _close(found, wanted, scale=0):
    found, wanted = (np.asarray(x, dtype=object) for x in (found, wanted))
    if found.size != 1 or wanted.size != 1:
        return False
    found, wanted = found.item(), wanted.item()
    if not isinstance(found, float) and not isinstance(wanted, float):
        return found == wanted
    return abs(found - wanted) <= 1e-7 * float(max(abs(found), abs(wanted), scale)) + 1e-9


def draw_points(loss, shapes, wrt):
    """Return three points with different sizes where the loss has a slope.

    Raises `CannotEvaluate` where there seem to be none.
    """
    draw, found, trouble = np.random.default_rng(2096582), [], None
    exact = not any(x.op in ELEMENTWISE for x in walk(loss))
    known = {x for shape in shapes.values() for x in shape if isinstance(x, str | tuple)}
    letters = sorted(
        {y for x in known for y in (x if isinstance(x, tuple) else (x,))} - {1}, key=str
    )
    letters = [x for x in letters if isinstance(x, str)]
    for way, numbers in itertools.product(range(WAYS), SIZES):
        numbers = dict(zip(letters, itertools.cycle(numbers), strict=False))
        values = {
            name: _array(draw, [_number(x, numbers) for x in shape], exact, way)
            for name, shape in shapes.items()
        } | numbers
        shape = np.shape(values[wrt])
        change = draw.integers(-1_000_000, 1_000_001, shape)
        change = np.asarray(change, dtype=object)
        changes = {wrt: change}
        try:
            slope = differential(loss, values, changes, work=WORK)
        except CannotEvaluate as error:
            if trouble and "too much work" in str(error):
                raise  # it will be at every point
            trouble = error
            continue
        except AlgebraError as error:
            raise CannotEvaluate(str(error)) from None
        found.append(Point(values, changes, wrt, slope))
        if len(found) == 3:
            return found
    raise CannotEvaluate(f"no point was found where the loss could be tried: {trouble}")


def _number(size, numbers):
    if isinstance(size, tuple):
        return int(np.prod([_number(x, numbers) for x in size]))
    return numbers.get(size, size)


def _array(draw, shape, exact, way):
    """Return an array of small numbers: of any sign, positive, small, or well conditioned.

    Fractions, not floating point: a determinant that is 0 then is 0, and not 1e-17.
    """
    found = np.asarray(draw.integers(1, 6 if exact else 13, shape), dtype=object)
    if way in (0, 3, 5):
        found = found * draw.choice([-1, 1], shape)
    if not exact:
        found = found * Fraction(1, 160 if way in (5, 6) else 8)
    if way in (2, 3, 4, 7) and len(shape) == 2 and shape[0] == shape[1]:
        found = found + 8 * np.eye(shape[0], dtype=int)
        found = found + found.T if way == 4 else found
    return np.asarray(found, dtype=object)
