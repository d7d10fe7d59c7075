r"""Reading an answer: the text of a person becomes an `Answer`.

>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> read_answer("dL/du = 2 Wᵀ r", asked).tree
product(product(number(2), transpose(name(W))), sub(product(name(W), name(u)), name(v)))
>>> read_answer("u -= eta * 2 * W.T @ r", asked).step
True

Text is read, never run: Python's own parser makes a syntax tree of it and `wuv.algebra` evaluates
that with NumPy's meaning of every sign. What is no Python is read as a textbook's formula.
"""

import re
from contextlib import suppress
from dataclasses import replace

import numpy as np

from wuv.algebra import (
    AlgebraError,
    Expr,
    Misfit,
    Sizes,
    Unreadable,
    free_names,
    rebuild,
    to_arrays,
    walk,
)
from wuv.algebra.language import last_side, read_text
from wuv.algebra.meant import Unclear, meant, plain
from wuv.algebra.names import GREEK_SIGNS, INDICES, LAMBDAS, known_as
from wuv.algebra.tree import name, number, spelled
from wuv.derivation.forms import sized
from wuv.derivation.habits import with_ones
from wuv.derivation.samples import capital, in_matrix_form, letters_with_index, sampled
from wuv.diagnosis.answer import Answer
from wuv.points import same_value

RESIDUALS = (
    "r",
    "e",
    "R",
    "E",
    "res",
    "resid",
    "residual",
    "residuals",
    "err",
    "error",
    "diff",
    "epsilon",
)
PREDICTIONS = ("y_hat", "yhat", "pred", "preds", "y_pred", "prediction", "predictions", "v_hat")
RATES = ("eta", "lr", "alpha", "learning_rate", "rate", "step", "step_size", "gamma", "mu", "h")
COUNTS = ("N", "m", "n", "M", "n_samples", "N_samples", "num_samples")
CONSTANTS = ("C", "c", "const", "constant", "K")
DECORATED = r"(?:_?new|_?next|_\{?\w(?:\s*\+\s*1)?\}?|\^\{?\(?\w(?:\s*\+\s*1)?\)?\}?|'|\+\+)?"
OLD = r"(?:_old|_?prev|_\{?[kti]\}?|\^\{?\([kti]\)\}?)"
ARRAYS = re.compile(
    r"\\(?:begin|end)\s*\{\w+\}|\\(?:frac|left|right|cdot|\\|[,;:! ])|\^\s*\{?\s*(?:T|\\top)\s*\}?"
    r"|\.T\b|ᵀ|\b(?:(?:np|numpy|torch)\.)?(?:array|asarray|tensor|matrix)\b"
)
OWN_SUM = re.compile(r"(?<![\w.])sum\(")
NUMBERS = r"[\d\s.,;()\[\]{}&+*/^'-]*\d[\d\s.,;()\[\]{}&+*/^'-]*"


def read_answer(given, asked, *, step=None, language=None, at=None):
    """Return the `Answer` for a text, a function or an array.

    Raises `Unreadable` where a text cannot be read, `TypeError` for what is none of the three.
    """
    if isinstance(given, str):
        found = _Reader(asked, language).read(given, step)
        return replace(found, text=given.strip())
    if callable(given):
        return Answer(getattr(given, "__name__", "a function"), function=given, step=bool(step))
    array = np.asarray(given)
    if array.dtype.kind not in "biufO" or not array.size or array.ndim > 2:
        raise TypeError("an answer is a text, a function, or an array of numbers")
    try:
        array = array.astype(float)
    except (TypeError, ValueError):
        raise TypeError("an answer that is an array holds numbers") from None
    if at is None:
        raise TypeError("an array says nothing without its values: at={'W': …, 'u': …, 'v': …}")
    return Answer("an array", array=array, step=bool(step))


class Equation(Unreadable):
    """An equation where a formula was asked for; ``difference`` is what it says is 0, or None."""

    def __init__(self, message, place, difference):
        super().__init__(message, place)
        self.difference = difference


class _Reader:
    def __init__(self, asked, language):
        self.asked, self.language = asked, language
        self.known = {*asked.shapes, *asked.sizes}
        self.short = {*RESIDUALS, *PREDICTIONS, *asked.named} - self.known
        self.rates = {*RATES} - {*free_names(asked.read)}  # a rate may be declared, too
        self.names = {**dict.fromkeys((*asked.sizes, *self.short, *RATES)), **asked.shapes}

    def read(self, text, step):
        given = self.given(text)
        if given.left in self.short and given.relation == "=":
            raise Unreadable(f"this says what {given.left} is; type the {self.asked.what}")
        given = given._replace(tree=sampled(given.tree, self.samples(given.tree)))
        is_step = bool(step) or self.is_update(given.left)
        tree = self.resolved(self.current(given.tree) if is_step else given.tree, given.book)
        names = free_names(tree)
        constant = next((x for x in CONSTANTS if x in names and x not in self.known), None)
        tree = self.without(tree, constant) if constant else tree
        tree = self.meant(tree) if given.book else tree
        for other in given.equals:
            self.say_the_same(other, tree)
        answer = Answer(text, tree, given.book, constant=constant)
        if is_step or (step is None and self.looks_like_step(tree)):
            answer = self.slope(answer, given.relation)
        return self.finished(answer)

    def given(self, text):
        """Return what a text says. Python's own ``sum(X)`` adds up the rows; where only the sum of
        all entries has the variable's shape, that is meant."""
        how = {"language": self.language, "closed": True, "usual": self.asked.language}
        given = read_text(text, self.names, **how)
        if given.book or not OWN_SUM.search(text):
            return given
        if self.fits(given.tree):
            return given
        with suppress(AlgebraError):  # it may run over something, as in sum(… for i in …)
            other = read_text(OWN_SUM.sub("np.sum(", text), self.names, **how)
            return other if self.fits(other.tree) else given
        return given

    def fits(self, tree):
        """Return whether a formula has the variable's shape, by NumPy's rules."""
        with suppress(AlgebraError):
            sizes = Sizes(dict.fromkeys(RATES, ()) | self.asked.shapes, numpy=True)
            found = sizes.of(self.resolved(tree, False))
            return found == self.asked.shape or (found == () and {*self.asked.shape} == {1})
        return False

    def samples(self, tree):
        """Return {"x": "X"} for the letters of which x_i is a row of a matrix in the loss."""
        known = {x: capital(x) for x in letters_with_index(tree) if x not in self.known}
        return {k: x for k, x in known.items() if x in self.known} | dict(self.asked.samples)

    def meant(self, tree):
        """Return a typed formula with one meaning for each of its signs, where it has one."""
        shapes = dict.fromkeys(RATES, ()) | self.asked.shapes
        for some in (tree, with_ones(tree)):
            try:
                return meant(some, self.asked.x.shape, shapes)
            except Unclear:
                raise
            except Misfit:
                pass
        return plain(tree)

    # Statements

    def say_the_same(self, other, tree):
        """Raise for an equation whose sides differ: it is not said which of them is the answer."""
        difference = None
        with suppress(AlgebraError):
            again = self.meant(self.resolved(other, True))
            difference = Expr("sub", (again, tree))
            shapes = dict.fromkeys(RATES, ()) | self.asked.shapes
            if same_value(again, tree, shapes, book=True):
                return
        said = (
            f"{spelled(other)} = {spelled(tree)} is an equation: type the {self.asked.what} alone"
        )
        raise Equation(said, other.place, difference)

    def is_update(self, left):
        """Return whether a left side says how the variable moves."""
        x = re.escape(self.asked.wrt)
        plain = re.sub(r"\\(?:mathbf|boldsymbol|bm|vec|mathit)\s*\{?\s*(\w)\s*\}?", r"\1", left)
        return bool(left) and re.fullmatch(rf"\\?{x}\s*{DECORATED}", plain.strip()) is not None

    def current(self, tree):
        """Return an update's formula with u for u_k, u_old: u as it was before the step."""
        x = name(self.asked.wrt)

        def change(node):
            if node.op == "name" and re.fullmatch(rf"{re.escape(x.data)}{OLD}", node.data):
                return x
            old = node.op in ("entry", "power") and node.args[0] == x and len(node.args) == 2
            return x if old and node.args[1].data in ("k", "t", "i") else node

        return rebuild(tree, change)

    def looks_like_step(self, tree):
        """Return whether a formula is u − η(…), η being in no way a part of the loss."""
        if tree.op not in ("sub", "add"):
            return False
        x = name(self.asked.wrt)
        return x in tree.args and not self.rates.isdisjoint(free_names(tree))

    def slope(self, answer, relation):
        """Return the part of an update beside the learning rate: what u loses in a step."""
        tree, x = answer.tree, name(self.asked.wrt)
        if not relation and (tree.op not in ("sub", "add") or x not in tree.args):
            return replace(answer, step=True, rated=True)  # what is subtracted, alone
        rates = self.rates.intersection(free_names(tree))
        one = number(1)
        tree = rebuild(tree, lambda n: one if n.op == "name" and n.data in rates else n)
        if relation == "+=":
            tree = Expr("neg", (tree,))
        elif relation != "-=":
            tree = Expr("sub", (x, tree)) if tree.op != "sub" or tree.args[0] != x else tree.args[1]
            if tree.op == "sub" and tree.args[0] == x and tree.args[1].op == "add":
                inner = tree.args[1]
                if x in inner.args:
                    tree = Expr("neg", (inner.args[inner.args[0] == x],))
        if not rates:
            tree = without_number(tree)
        return replace(answer, tree=tree, step=True, rated=bool(rates))

    # Names

    def resolved(self, tree, book):
        """Return the tree with short names written out; raise for a name that nobody knows."""
        bound = {x.data for x in walk(tree) if x.op == "sigma"}

        def change(node):
            if node.op == "call" and len(node.args) == 1:
                return Expr("product", (change(name(node.data)), node.args[0]), place=node.place)
            if node.op != "name" or node.data in bound:
                return node
            key = self.spelled(node.data)
            if key in self.known:
                return node if key == node.data else name(key).with_(place=node.place)
            meant = self.meaning(key, book)
            if meant is not None:
                return meant.with_(place=node.place)
            if key in RATES or key in CONSTANTS or (book and key in INDICES):
                return node if key == node.data else name(key).with_(place=node.place)
            raise Unreadable(self.stranger(key), node.place)

        return rebuild(tree, change)

    def spelled(self, key):
        """Return the spelling of a name that the question has: ``W_1`` for ``W1``, λ for lam."""
        if key in self.known:
            return key
        key = GREEK_SIGNS.get(key, key)
        if key in ("lambda", *LAMBDAS):
            return next((x for x in ("lambda", *LAMBDAS) if x in self.known), key)
        accented = known_as(key, self.known)
        return accented or (key.replace("_", "") if key.replace("_", "") in self.known else key)

    def meaning(self, key, book):
        """Return what a short name stands for: the residual, a prediction, the number of rows."""
        residual = self.asked.residual
        found = self.asked.named.get(key)
        if found is not None:
            pass
        elif key in RESIDUALS and residual is not None:
            found = residual
        elif key in PREDICTIONS and residual is not None:
            products = [x for x in residual.args if x.op != "name"]
            found = products[0] if products else None
        elif key in ("L", "loss"):
            found = self.asked.book
        elif key in COUNTS and residual is not None and isinstance(residual.shape[0], str):
            return name(residual.shape[0])
        if found is None or book:
            return found
        return to_arrays(found, self.asked.shapes, book=True)

    def stranger(self, key):
        names = ", ".join(self.asked.shapes)
        short = " (r may stand for the residual)" if self.asked.residual is not None else ""
        other = "if you mean another loss, give it too"
        return f"{key!r} is not in this loss, which has {names}{short}; {other}"

    # What is left

    def finished(self, answer):
        tree = answer.tree
        names = set(free_names(tree))
        indices = [x for x in INDICES if x in names and x not in self.known]
        picked = {
            y.data for x in walk(tree) if x.op == "entry" for y in x.args[1:] if y.op == "name"
        }
        free = tuple(x for x in sorted(indices) if x in picked)
        for x in walk(tree):
            if x.op == "basis" and x.args[0].data in indices:
                said = f"no sum runs over {x.args[0].data}: type sum_{x.args[0].data} in front"
                raise Unreadable(said, x.place)
        if free:
            answer = replace(answer, free=free, book=True)
        left = set(free_names(tree)) - self.known - set(free)
        if left:
            raise Unreadable(self.stranger(min(left)))
        if answer.book:
            answer = replace(answer, tree=self.with_sizes(answer.tree, answer.free))
        return answer

    def without(self, tree, constant):
        """Return a sum without the term that is an added constant."""
        if tree.op == "add":
            a, b = tree.args
            if b == name(constant):
                return a
            if a == name(constant):
                return b
            if constant in free_names(a):
                return tree.with_(args=(self.without(a, constant), b))
            return tree.with_(args=(a, self.without(b, constant)))
        raise Unreadable(self.stranger(constant))

    def with_sizes(self, tree, free):
        """Return a textbook's formula with sizes for its I and 𝟏, where sizes fit."""
        if free or not any(x.op in ("eye", "ones", "zeros", "basis", "sigma") for x in walk(tree)):
            return tree
        sizes = Sizes(self.asked.shapes)
        try:
            found = sizes.infer(tree)
            with suppress(Misfit):  # e₁e₂ᵀ alone has the variable's sizes, if it can
                sizes.equal(found, self.asked.x, "an answer")
            found = in_matrix_form(sized(*sizes.settle(found)))
        except AlgebraError:
            return tree
        own = name(self.asked.shape[0]) if self.asked.shape else number(1)

        def known(node):  # an I alone, of which no size is known, goes with the variable
            strange = node.op == "eye" and not set(free_names(node)) <= self.known
            return node.with_(args=(own,)) if strange else node

        return rebuild(found, known)


def without_number(tree):
    """Return a product without the number it begins with: in ``u - 0.1*2*W.T@r`` the 0.1."""
    if tree.op == "neg":
        return tree.with_(args=(without_number(tree.args[0]),))
    if tree.op not in ("times", "product", "matmul"):
        return tree
    a, b = tree.args
    return b if a.op == "number" and a.data > 0 else tree.with_(args=(without_number(a), b))


def is_numbers(text):
    r"""Return whether a text has numbers alone in it, in brackets or not, and not the plain 0.

    >>> is_numbers("(20, 16)ᵀ"), is_numbers(r"\begin{pmatrix}20\\16\end{pmatrix}"), is_numbers("2u")
    (True, True, False)
    """
    text = ARRAYS.sub(" ", last_side(text))
    return re.fullmatch(NUMBERS, text) is not None and re.fullmatch(r"\s*0*\.?0*\s*", text) is None
