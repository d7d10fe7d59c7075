"""The question: which loss, in which variable, and what is right.

>>> asked = question("u")
>>> asked.derivation.numpy, asked.shapes
('2 * W.T @ (W @ u - v)', {'W': ('m', 'n'), 'u': ('n', 1), 'v': ('m', 1)})

The right answer comes from `wuv.derive`; the judge of what is right is the loss itself, computed
with numbers that carry a slope (`wuv.algebra.gradient`).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product
from random import Random

import numpy as np

from wuv.algebra import (
    AlgebraError,
    Expr,
    Unreadable,
    declare,
    evaluate,
    free_names,
    gradient,
    walk,
)
from wuv.algebra.elementwise import ROUGH as ROUGH_FUNCTIONS
from wuv.algebra.elementwise import ROWS
from wuv.algebra.language import read_text
from wuv.algebra.size import letters_of
from wuv.algebra.tree import is_book, name, number
from wuv.derivation import CannotDerive, Derivation, derive
from wuv.derivation.assumptions import Assumptions, assumptions
from wuv.derivation.forms import sized
from wuv.derivation.prepare import read_loss, variable
from wuv.derivation.rules import matching
from wuv.diagnosis.scale import front
from wuv.points import Case, draw, sizes_for

BOOK = "np.linalg.norm(W @ u - v)**2"
WORK = 1_500_000
ROUGH = ROUGH_FUNCTIONS | {"det"}
JUMPS = {row.op for row in ROWS if row.rational}
BENDS = JUMPS | {"max", "min", "hardmax", "p_norm"}
ROUGH_NUMBERS = ("moderate", "positive moderate", "well conditioned", "signed well conditioned")
EXACT_NUMBERS = ("whole", "positive moderate", "well conditioned", "positive")


NOTHING = Assumptions({})


def _halved(x):
    return x * Fraction(1, 2) if isinstance(x, int | Fraction) else x / 2


def _mean(g):
    both = g + g.T
    return both / 2 if both.dtype == float else np.vectorize(_halved, otypes=[object])(both)


CONVENTIONS = {  # the slopes in a symmetric matrix, made of those in any
    "any matrix": lambda g: g,
    "symmetric matrices": _mean,
    "independent entries": lambda g: g + g.T - np.diag(np.diag(g)),
}


@dataclass(frozen=True, eq=False)
class Question:
    """A loss that was read and the variable of its gradient.

    ``read`` is the loss as it was typed, ``book`` as a textbook has it; ``derivation`` and
    ``right`` are None where no rule leads to the gradient; ``residual`` is the R of a loss with
    ‖R‖² in it, or None.

    What is right holds where the letters are as ``assumed``, and where the sizes ``alike`` are the
    same; ``convention``, one of `CONVENTIONS`, says which slopes of a symmetric variable are meant.
    """

    text: str
    wrt: str
    read: Expr
    book: Expr
    shapes: dict
    x: Expr
    derivation: Derivation | None
    right: Expr | None
    residual: Expr | None
    order: int = 1
    language: str = "numpy"  # of the loss
    read_as: str = ""
    named: Mapping[str, Expr] = field(default_factory=dict)  # the parts for which it has letters
    samples: Mapping[str, str] = field(default_factory=dict)  # "x": "X" where x_i is a row of X
    assumed: Assumptions = NOTHING
    alike: tuple[str, ...] = ()
    convention: str = "any matrix"

    @cached_property
    def typed(self):
        """The right answer in NumPy's operations, or None."""
        if self.derivation is None or self.order == 2:
            return None
        return read_text(self.derivation.numpy, self.shapes, language="numpy").tree

    @property
    def what(self):
        """What is asked for, in a word."""
        return "gradient" if self.order == 1 else "Hessian"

    def in_letter(self, letter):
        """Return the same question for another letter of the loss, or None."""
        with suppress(AlgebraError):
            known = self.language if self.language in ("numpy", "latex") else None
            return question(letter, self.text, self.shapes, known)
        return None

    def of_order(self, order):
        """Return the question for the gradient, 1, or the Hessian, 2, of the same loss; or None."""
        with suppress(AlgebraError):
            known = self.language if self.language in ("numpy", "latex") else None
            return question(self.wrt, self.text, self.shapes, known, order)
        return None

    @property
    def is_general(self):
        """Whether it is asked for all values of all letters."""
        return not (self.assumed.kinds or self.alike)

    def result_shape(self, arrays):
        """Return the shape of a right answer, given the arrays of a point."""
        here = np.asarray(arrays[self.wrt], dtype=object)
        return here.shape if self.order == 1 else (here.size, here.size)

    @property
    def is_constant(self):
        """Whether the right answer is the same at every point."""
        return self.right is not None and not set(free_names(self.right)) & {*self.shapes}

    @property
    def shape(self):
        """The shape of the variable, as declared."""
        return self.shapes[self.wrt]

    @property
    def sizes(self):
        """The letters of all sizes, in the order in which they appear."""
        return letters_of(*self.shapes.values())

    @cached_property
    def counts(self):
        """The numbers that divide the loss and count something, such as an N that is no size."""
        below = [x for x, k in front(self.book).sizes if k < 0]
        return tuple(x for x in below if self.shapes.get(x) == () and x != self.wrt)

    def case(self, kind, seed=0, numbers=None):
        """Return a `Case` with sizes of a kind at which the loss has a slope, the same for the same
        seed; one that is not 0, if it is so anywhere; None where none was found.

        The kinds are those of `wuv.points.drawing`, which has those of ``numbers``, too: these are
        taken as they come. Instead of a kind it may be {letter: number}. In "free"
        every array is a square matrix, so that any product of letters has a value and its order
        shows.
        """
        shapes, free = self.shapes, kind == "free"
        if free:
            kind, shapes = "square", {name: x and (3, 3) for name, x in shapes.items()}
        here = kind if isinstance(kind, dict) else sizes_for(kind, self.sizes)
        here = with_alike(here, self.alike)
        rough = self.bends or any(x.op in ROUGH for x in walk(self.book))
        some = [numbers] if numbers else ROUGH_NUMBERS if rough else EXACT_NUMBERS
        level = None
        for way, again in product(some, range(3)):
            random_ = Random(f"{kind} {seed} {way} {again}")
            case = self.fitted(Case(draw(random_, shapes, here, way), here), random_)
            slope = None if free or numbers else self.slope_at(case)
            if free or numbers or (slope is not None and np.any(slope)):
                return case
            level = level or (case if slope is not None else None)
        return level

    @cached_property
    def bends(self):
        """Whether the loss has a bend, such as max(0, z): then it may be level at many points."""
        return any(x.op in BENDS for x in walk(self.read))

    def fitted(self, case, draws):
        """Return a case with the letters as they are assumed to be, made of another."""
        if not self.assumed.kinds:
            return case
        return case.with_(arrays=self.assumed.fitted(case.arrays, draws))

    def slope_at(self, case):
        """Return the slope of the loss at a case, or its value where no formula is known; None
        where it has none."""
        with np.errstate(all="ignore"):
            if self.right is None:
                values = [case.typed(self.read)]
            else:
                values = [case.book(self.right), case.book(self.book)]
        return values[0] if all(x is not None and np.all(np.isfinite(x)) for x in values) else None

    def truth_at(self, case):
        """Return the gradient at a case in floating point, in the variable's shape; or None."""
        shape = self.result_shape(case.arrays)
        if self.right is not None:
            value = case.book(self.right)
            if value is not None and value.size == 1 and not np.any(value):
                return np.zeros(shape)  # an empty sum
            if value is None or value.size != np.prod(shape):
                return None
            return CONVENTIONS[self.convention](value.reshape(shape))
        try:
            value = np.asarray(self.truth(case.values), dtype=object).astype(float)
        except (AlgebraError, TypeError, ValueError):
            return None
        return value.reshape(shape)

    def truth(self, values, work=WORK):
        """Return the exact gradient at a point: {name: array} and the sizes."""
        if self.order == 1:
            found = gradient(self.read, values, self.wrt, work=work)
            return CONVENTIONS[self.convention](found)
        node = Expr("hessian", (self.read, name(self.wrt)))
        return evaluate(node, values, book=is_book(self.read), work=work)


def question(wrt, loss=BOOK, shapes=None, language=None, order=1, assume=None):
    """Return the `Question`; of ``order`` 2 it is for the Hessian in a column; ``assume`` is that
    of `wuv.derive`.

    Raises `wuv.algebra.AlgebraError` where it cannot be asked.
    """
    if order not in (1, 2):
        raise ValueError(f"order is {order!r}; it is 1 for a gradient and 2 for a Hessian")
    if not isinstance(wrt, str):
        raise TypeError(f"wrt is the name of a variable, not {type(wrt).__name__}")
    if not isinstance(loss, str):
        raise TypeError(f"a loss is a text, not {type(loss).__name__}")
    declared = tuple(declare(shapes).items())
    if not isinstance(assume, str | None):
        raise TypeError(f"what is assumed is a text, not {type(assume).__name__}")
    return _question(wrt, loss.strip(), declared, language, order, assume)


def with_alike(sizes, letters):
    """Return sizes of which these are the same."""
    return sizes | {x: sizes[letters[0]] for x in letters}  # noqa: C420, there may be none


@lru_cache(maxsize=256)
def assuming(asked, kinds=(), alike=(), convention="any matrix"):
    """Return the same question where the letters are of these ``kinds``, ((letter, kind), …), and
    the sizes ``alike`` are the same."""
    known = Assumptions({**asked.assumed.kinds, **dict(kinds)})
    return replace(asked, assumed=known, alike=alike, convention=convention)


@lru_cache(maxsize=64)
def _question(wrt, text, declared, language, order, assume):
    given = read_loss(text, dict(declared), language, wrt)
    wrt = variable(wrt, given)
    assumed = assumptions(assume, given)
    try:
        derivation = derive(
            text, wrt, dict(declared), language=language, assume=assume if order == 1 else None
        )
    except CannotDerive:
        derivation = None
    shape = given.shapes[wrt]
    column = (*shape, 1) if len(shape) == 1 else shape
    x = Expr("name", data=wrt, shape=() if column == (1, 1) else column)
    right = None if derivation is None else sized(derivation.gradient)
    if order == 2:
        if column[1:] != (1,):
            raise Unreadable(f"{wrt} is no column; a Hessian can be asked for in a column only")
        right = _hessian(text, wrt, declared, language)
    residual = _residual(given.book)
    return Question(
        text,
        wrt,
        given.read,
        given.book,
        given.shapes,
        x,
        derivation,
        right,
        residual,
        order,
        given.language,
        f"{given.read_as}; assumed: {assumed}" if assumed.kinds else given.read_as,
        given.named,
        given.samples,
        assumed,
        convention="symmetric matrices" if assumed.has(x, "symmetric") else "any matrix",
    )


def _hessian(text, wrt, declared, language):
    """Return the formula of the Hessian, or None where none is known."""
    try:
        return sized(derive(text, wrt, dict(declared), language=language, order=2).gradient)
    except CannotDerive:
        return None


def squared(node):
    """Return what is squared in ‖R‖², in a quadratic form or a mean of squares; () elsewhere."""
    if node.op == "mean" and node.args[0].op == "epower" and node.args[0].args[1] == number(2):
        return node.args[0].args[:1]
    rule, parts = matching(node)
    return (*parts.values(),) if rule and rule.kind in ("square", "form") else ()


def _residual(loss):
    """Return the first R in the loss that is squared, or in a quadratic form, and is a sum or a
    difference."""
    inside = (x for node in walk(loss) for x in squared(node))
    return next((x for x in inside if x.op in ("add", "sub") and x.shape), None)
