r"""Answers: what a person gave, whatever it is, as something that has a value at a point.

>>> from wuv.algebra import read_numpy
>>> from wuv.diagnosis.question import question
>>> answer = Answer("-2 * u.T", read_numpy("-2 * u.T"))
>>> is_bare(answer.tree), is_difference(answer, question("u"))
(True, False)
"""

import inspect
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product as every

import numpy as np

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Misfit,
    Unwritable,
    evaluate,
    rebuild,
    to_book,
    to_text,
    walk,
)
from wuv.algebra.textbook import like_book
from wuv.algebra.tree import is_book, name, number
from wuv.derivation.forms import sized

WORK = 400_000
ONE = number(1)
BROADCAST = ("add", "sub", "times", "div", "edivide")


@dataclass(frozen=True)
class Answer:
    """An answer that was read.

    ``tree`` is its formula, with short names such as r written out, or None for a function or an
    array; ``book`` says by whose rules it goes. ``free`` are the indices of an answer by
    components. ``step`` says that it was an update rule, of which this is the part beside the
    learning rate; ``rated`` whether a learning rate was named in it; ``constant`` the letter of a
    constant that was added. ``array`` belongs to the values in ``at``.
    """

    text: str
    tree: Expr | None = None
    book: bool = False
    free: tuple[str, ...] = ()
    step: bool = False
    rated: bool = False
    constant: str | None = None
    function: Callable | None = None
    array: np.ndarray | None = None

    @property
    def is_numpy(self):
        """Whether it goes by NumPy's rules."""
        return self.tree is None or not self.book

    def read_as(self, asked):
        """Return what was made of the answer and of the loss, in one line."""
        said = f"the loss as {asked.read_as}"
        if self.tree is not None:
            formula = self._shown(asked.shapes)
            rate = "a learning rate" if self.rated else "the number in front as learning rate"
            what = f"a step, with {rate}, against {formula}" if self.step else formula
            what += f" + {self.constant}, a constant" if self.constant else ""
            said = f"{what}; {said}"
        return f"Read as {said}." if self.tree is not None else f"Read {said}."

    def _shown(self, shapes):
        tree = rebuild(self.tree, without_one)
        for fits in (True, False):  # its sizes may clash
            with suppress(AlgebraError):
                return to_text(tree, shapes, fits=fits, book=self.book or is_book(tree))
        return self.text

    def exactly(self, here, work=WORK):
        """Return the exact value at a point. Raises `Misfit` and `CannotEvaluate`."""
        if not self.free:
            return evaluate(self.tree, here.values, book=self.book, work=work)
        return self.by_entries(lambda more: evaluate(
            self.tree, {**here.values, **more}, book=True, work=work), here)  # fmt: skip

    def quickly(self, here):
        """Return the value in floating point, as NumPy would have it, or None."""
        if self.array is not None:
            return self.array
        if self.function is not None:
            return self.called(here)
        if self.free:
            try:
                return np.asarray(self.exactly(here), dtype=object).astype(float)
            except (AlgebraError, TypeError, ValueError):
                return None
        with np.errstate(all="ignore"):
            return (here.book if self.book else here.typed)(self.tree)

    def complaint(self, here):
        """Return what Python says when a function is called, or None."""
        try:
            with np.errstate(all="ignore"):
                call(self.function, here)
        except Exception as error:
            clash = re.search(r"\(size (\d+) is different from (\d+)\)", str(error))
            if clash:
                rows, columns = clash.groups()
                return f"in a product the left factor has {columns} columns, the right {rows} rows"
            return f"{type(error).__name__}, {str(error).partition(chr(10))[0][:200]}"
        return None

    def precisely(self, here):
        """Return the value with 50 digits, or None where that is not known."""
        if self.tree is None or self.free:
            return None
        return here.precise(self.book)(self.tree)

    def called(self, here):
        """Return what a Python function returns, or None; ``why`` says what went wrong."""
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(call(self.function, here))
            return value.astype(float) if value.dtype.kind in "biufO" else None
        except Exception:
            return None

    def by_entries(self, value, here):
        """Return an array from a formula for its entries."""
        lengths = entry_lengths(self.tree, self.free, here)
        entries = np.empty(lengths, dtype=object)
        for places in every(*(range(x) for x in lengths)):
            more = {k: i + 1 for k, i in zip(self.free, places, strict=True)}
            one = np.asarray(value(more), dtype=object)
            if one.size != 1:
                raise Misfit("this names an entry, and is an array")
            entries[places] = one.item()
        return entries.reshape(-1, 1) if entries.ndim == 1 else entries


def without_one(node):
    """Return x for 1·x and for x·1: what is left of a learning rate."""
    if node.op not in ("times", "product") or ONE not in node.args:
        return node
    return node.args[node.args[0] == ONE]


def call(function, here):
    """Call a learner's function with the arrays of a point, by the names of its parameters."""
    arrays = {k: np.asarray(x, dtype=object).astype(float) for k, x in here.arrays.items()}
    arrays = {k: x if x.ndim else float(x) for k, x in arrays.items()}
    try:
        taken = [
            p
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]
        wanted = [p.name for p in taken]
    except (TypeError, ValueError):
        wanted = list(arrays)
    if not wanted:
        wanted = list(arrays)
    if set(wanted) <= set(arrays):
        return function(*(arrays[x] for x in wanted))
    return function(*[*arrays.values()][: len(wanted)])


def entry_lengths(tree, free, here):
    """Return how far each free index runs, from where it picks entries."""
    lengths = {}
    for node in walk(tree):
        if node.op != "entry":
            continue
        base = here.book(node.args[0])
        if base is None:
            continue
        shape = base.shape if len(node.args) == 3 else (base.size,)
        for spot, size in zip(node.args[1:], shape, strict=False):
            if spot.op == "name" and spot.data in free:
                lengths.setdefault(spot.data, size)
    if set(lengths) != set(free):
        raise CannotEvaluate("it is not clear how far an index runs")
    return [lengths[x] for x in free]


def is_bare(tree):
    """Return whether a formula is one letter or one number, whatever its sign, factor, transpose.

    >>> from wuv.algebra import read_numpy
    >>> is_bare(read_numpy("-2 * u.T")), is_bare(read_numpy("W @ u"))
    (True, False)
    """
    kept = ("name", "number", "neg", "transpose", "product", "times", "div", "eye")
    letters = sum(x.op == "name" for x in walk(tree)) - sum(
        len(x.args) - 1 for x in walk(tree) if x.op == "eye"
    )
    return letters <= 1 and all(x.op in kept for x in walk(tree))


def is_difference(answer, asked):
    """Return whether a formula is u minus, or plus, something: it may be a step that nobody called
    one."""
    tree = answer.tree
    return tree is not None and tree.op in ("sub", "add") and tree.args[0] == name(asked.wrt)


def in_the_book(answer, asked, here):
    """Return the answer's formula in the book's operations, as it was written if that has the same
    value at a point, or whether its sizes fit or not; None where it has none."""
    if answer.tree is None or answer.free:
        return None
    if answer.book or is_book(answer.tree):
        return answer.tree
    plain, value = like_book(answer.tree), answer.quickly(here)
    if value is None:
        return plain
    again = here.book(plain)
    if again is not None and again.size == value.size and np.allclose(again.ravel(), value.ravel()):
        return plain
    try:
        return sized(to_book(answer.tree, asked.shapes, book=False))
    except (Misfit, Unwritable, CannotEvaluate):
        return plain


def stretched(answer, here, known=()):
    """Return (node, shape, shape, result) where NumPy stretched an array without a word; None where
    it never did, but in formulas that are ``known``, or inside of softmax."""
    if answer.tree is None or answer.book:
        return None
    for node in walk(answer.tree):
        is_softmax = node.op == "sub" and node.args[1].op == "logsumexp"
        if node.op in BROADCAST and node not in known and not is_softmax:
            a, b, result = (here.typed(x) for x in (*node.args, node))
            if result is not None and a.shape != b.shape and min(a.size, b.size) > 1:
                return node, a.shape, b.shape, result.shape
    return None
