"""Trials of a derivation: no line is shown that was not evaluated.

The judge is the loss itself, computed with numbers that carry a slope (`wuv.algebra.evaluation`):
no rule of `wuv.derivation` takes part. Arrays of several sizes and whole numbers where the loss
allows them; a false formula that is a polynomial of degree d then survives one direction with a
probability of at most d / 2,000,000 (Schwartz and Zippel: a polynomial that is not zero has few
zeros among many points).
"""

import itertools
import random
from dataclasses import dataclass

import numpy as np

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    TooMuchWork,
    evaluate,
    free_names,
    walk,
)
from wuv.algebra.elementwise import ROUGH as ROUGH_FUNCTIONS
from wuv.algebra.size import letters_of
from wuv.algebra.tree import is_book
from wuv.points import Case, close, draw, sizes_for

WORK = 1_500_000
KINDS = ("tall", "wide", "odd", "square", "one")
EXACT = ("whole", "positive", "well conditioned", "moderate")
ROUGH = (
    *("moderate", "positive moderate", "well conditioned", "signed well conditioned"),
    *("small", "large"),  # for arcsin, and arccosh
)
COUNTED = ("positive",)  # for what is raised to the power k, a whole number
UNSURE = 1e-4  # of the largest product that is added up, beyond 8 digits: cancelled by the others

ROUGH_HERE = {*ROUGH_FUNCTIONS, "logsumexp", "softmax", "std"}


@dataclass(frozen=True)
class Trial:
    """A case at which one name changes, and the change of the loss that follows."""

    case: Case
    wrt: str
    slope: object

    def moves(self, tree, book=True):
        """Return the value of a formula with differentials in it."""
        here = self.case
        return evaluate(tree, here.values, directions=here.changes, book=book, work=WORK)

    def agrees(self, value):
        """Return whether a value is the change of the loss."""
        return np.size(value) == np.size(self.slope) and close(value, self.slope)

    def holds(self, line, letter, loss):
        """Return whether a line of a derivation is true here, whatever its free indices are."""
        if line.left is None:
            return self.agrees(self.moves(line.formula))
        values = self.case.values | {letter: loss}
        free = [x for x in free_names(line.formula) if x not in values]
        for at in itertools.product((1, 2), repeat=len(free)):
            here = values | dict(zip(free, at, strict=True))
            left, right = (
                evaluate(x, here, book=True, work=WORK) for x in (line.left, line.formula)
            )
            if np.size(left) != np.size(right) or not close(left, right):
                return False
        return True

    def is_gradient(self, tree, book=False):
        """Return whether a formula, in the variable's shape, predicts the change of the loss."""
        return self.are_gradients({self.wrt: tree}, book)

    def are_gradients(self, trees, book=False):
        """Return whether formulas, {variable: formula}, predict the change of the loss."""
        products = []
        for wrt, tree in trees.items():
            value = np.asarray(evaluate(tree, self.case.values, book=book, work=WORK), dtype=object)
            change = np.asarray(self.case.changes[wrt], dtype=object)
            if value.shape != change.shape:
                return False
            products.extend(np.ravel(value * change))
        return close(sum(products), self.slope, scale=max(1, sum(map(abs, products))))

    def is_symmetric_gradient(self, loss, tree, entries):
        """Return whether formulas predict the change of the loss along symmetric matrices: the
        gradient, and the slopes in the entries on and above the diagonal."""
        change = np.asarray(self.case.changes[self.wrt], dtype=object)
        change = change + change.T
        case = self.case.with_(changes={self.wrt: change})
        slope = _change(loss, case, is_book(loss))
        for formula, along in ((tree, change), (entries, np.triu(change))):
            value = np.asarray(evaluate(formula, self.case.values, book=False, work=WORK), object)
            products = np.ravel(value * along)
            if not close(sum(products), slope, scale=max(1, sum(map(abs, products)))):
                return False
        return True

    def is_jacobian(self, tree, kind):
        """Return whether a formula of NumPy's predicts the change of an array: a matrix that
        multiplies the change of a column, an array where a number changes, or, of the kind
        "change", one in which dX stands."""
        change = np.asarray(self.case.changes[self.wrt], dtype=object)
        values = {**self.case.values, f"d{self.wrt}": self.case.changes[self.wrt]}
        value = np.asarray(evaluate(tree, values, book=False, work=WORK), dtype=object)
        slope = np.ravel(self.slope)
        if kind == "change":
            products = value.reshape(-1, 1)
        else:
            products = (value if change.ndim else value.reshape(-1, 1)) * np.ravel(change)
        if products.ndim != 2 or len(products) != slope.size:
            return False
        scale = max(1, UNSURE * float(abs(products).max()))
        return close(products.sum(axis=1), slope, scale=scale)


def _counts(node):
    """Return whether a node is a matrix raised to a power that is a letter."""
    return node.op in ("power", "matrix_power") and bool(node.shape) and node.args[1].op == "name"


def trials(loss, shapes, wrt, book=None, moves=None, assumed=None):
    """Return three trials with different sizes where the loss has a slope, and a value as a
    textbook has it: for ``x**y``, which is exp(y log x) there, those of positive x. What moves is
    the loss, or its gradient where ``moves`` is that. Several variables, a tuple, move at once.
    Values are such as is ``assumed`` (`wuv.derivation.assumptions`).

    Raises `CannotEvaluate` where there seem to be none.
    """
    done, trouble = [], None
    ways = ROUGH if any(x.op in ROUGH_HERE for x in walk(loss)) else EXACT
    ways = COUNTED if any(map(_counts, walk(loss))) else ways
    for way, kind in itertools.product(ways, KINDS):
        here = sizes_for(kind, letters_of(*shapes.values()))
        draws = random.Random(f"{kind} {way}")
        moving = wrt if isinstance(wrt, tuple) else (wrt,)
        changes = draw(draws, {x: shapes[x] for x in moving}, here, "any")
        values = draw(draws, shapes, here, way)
        case = Case(assumed.fitted(values, draws) if assumed else values, here, changes)
        try:
            slope = _change(loss if moves is None else moves, case, is_book(loss))
            if book is not None and book != loss:
                evaluate(book, case.values, work=WORK)
        except TooMuchWork as error:
            if trouble:
                raise  # it will be at every point
            trouble = error
            continue
        except CannotEvaluate as error:
            trouble = error
            continue
        except AlgebraError as error:
            raise CannotEvaluate(str(error)) from None
        done.append(Trial(case, wrt, slope))
        if len(done) == 3:
            return done
    raise CannotEvaluate(f"no point was found where the loss could be tried: {trouble}")


def _change(tree, case, book):
    """Return the exact change of a formula at a case."""
    node = Expr("differential", (tree,))
    return evaluate(node, case.values, directions=case.changes, book=book, work=WORK)
