"""Take a loss as people type it to the form that the rules work on.

>>> loss = read_loss("np.dot(w, x)**2", "w:n; x:n")
>>> loss.shapes
{'w': ('n',), 'x': ('n',)}
>>> read_loss("L = ||Wu - v||_2^2").read
power(norm(sub(product(name(W), name(u)), name(v)), 2), number(2))

Whoever reads a loss reads it here, so that a gradient is found and judged for the same one.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from wuv.algebra import (
    AlgebraError,
    Expr,
    Misfit,
    Sizes,
    Unreadable,
    declare,
    free_names,
    rebuild,
    replace,
    shape_text,
    to_book,
    to_text,
    walk,
)
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.language import read_text
from wuv.algebra.names import GREEK_SIGNS, LAMBDAS, SCALARS, known_as
from wuv.algebra.size import Shape, Unknown, letters_of
from wuv.algebra.tree import name, of_matrix, spelled
from wuv.algebra.typed import read_typed
from wuv.derivation.forms import full, make, num, sized, sizes, turned
from wuv.derivation.habits import Ambiguous, fitting
from wuv.derivation.rules import softmax
from wuv.derivation.samples import in_matrix_form
from wuv.derivation.simplify import simplify, terms
from wuv.derivation.term import collected, is_symmetric
from wuv.points import same_value

INDICES = "ijkpqst"
TURNED_INSIDE = ("add", "sub", "neg", "product", "times", "edivide", "epower", "div", *ELEMENTWISE)
MASKS = {  # how a reader writes what a sum runs over
    "in": "{} is 1 for what is in {} and else 0",
    "In": "{} is 1 for what is in {} and else 0",
    "at": "{} is 1 at {} and else 0",
    "At": "{} is 1 in row i at {}_i and else 0",
}


class Loss(NamedTuple):
    """A loss as it was read, as a textbook has it, and the shapes of all its names; ``named`` are
    the parts of ``book`` for which the text has a letter of its own."""

    text: str
    read: Expr
    book: Expr
    shapes: dict
    language: str
    notes: tuple[str, ...] = ()
    named: Mapping[str, Expr] = MappingProxyType({})
    samples: Mapping[str, str] = MappingProxyType({})  # {"x": "X"} where x_i are the rows of X
    shape: Shape = ()

    @property
    def is_latex(self):
        """Whether it was read as a textbook's formula, and not as NumPy's."""
        return self.language != "numpy"

    @property
    def letter(self):
        """A letter for the loss that is none of its names; for an array f, or F."""
        some = ("L", "f", "F", "h", "E", "loss")
        if self.shape:
            some = ("f", "F", *some[3:]) if 1 in self.book.shape else ("F", "f", *some[3:])
        return next(c for c in some if c not in self.shapes)

    @property
    def read_as(self):
        """What was made of the text, in one line: the formula, and what each letter was taken for.

        >>> read_loss("|Ax|^2 + lam*|x|^2").read_as
        'L = ‖Ax‖² + λ‖x‖², with A m×n, x n×1, λ a number'
        """
        met = free_names(self.read)
        letters = [
            f"{to_text(name(k), self.shapes)} {shape_text(s)}"
            for k, s in self.shapes.items()
            if k in met
        ]
        said = f"{self.letter} = {to_text(self.book, self.shapes, book=True)}"
        said = f"{said}, with {', '.join(letters)}" if letters else said
        return "; ".join((said, *self.notes))


def read_loss(text, shapes=None, language=None, wrt=None, arrays=False):
    """Return the `Loss` that a text says: NumPy's, LaTeX, or a formula as people type it.

    ``language`` ("numpy", "latex") decides, or its look. A capital ``wrt`` is a matrix if it can
    be, an L too. With ``arrays`` it may be a function whose values are no numbers. Raises
    `wuv.algebra.AlgebraError` with a message for a person.
    """
    if not isinstance(text, str):
        raise TypeError(f"a loss is a text, not {type(text).__name__}")
    shapes = declare(shapes)
    given = read_text(text, shapes, language=language)
    shapes = {**given.declared, **shapes}
    for x in walk(given.tree):
        if x.op == "call":
            said = f"{x.data}() is not written out: type its formula, or a letter for its value"
            raise Unreadable(said, x.place)
    fit = _with_matrix(given, shapes, wrt) or _fit(given, shapes, wrt, arrays)
    found = _loss(text.strip(), fit, shapes, given.language, given.defined)
    for other in given.equals:
        _say_the_same(other, found)
    return found


def _with_matrix(given, shapes, wrt, arrays=False):
    """Return the `Fit` in which a capital variable that is a number by habit is a matrix, or
    None."""
    if wrt and len(wrt) == 1 and wrt.isupper() and wrt in SCALARS and wrt not in shapes:
        with suppress(Misfit):  # else it is a number here
            if wrt in free_names(given.tree):
                matrix = {**shapes, wrt: (Unknown(), Unknown())}
                return fitting(given.tree, matrix, book=given.book, usual=True, arrays=arrays)
    return None


def _fit(given, shapes, wrt, arrays):
    """Return the `Fit` of a number; with ``arrays`` that of an array, if the variable would have to
    be a number instead of a column."""
    number = trouble = None
    try:
        number = fitting(given.tree, shapes, book=given.book)
    except Ambiguous:
        raise
    except Misfit as error:
        trouble = error
    changed = number and wrt not in shapes and number.shapes.get(wrt) == ()
    if arrays and (number is None or changed or number.odd):
        with suppress(Misfit):
            array = fitting(given.tree, shapes, book=given.book, usual=True, arrays=True)
            return _with_matrix(given, shapes, wrt, arrays=True) or array
    if trouble:
        raise trouble
    return number


def _say_the_same(other, loss):
    """Raise for an equation whose sides differ: it is not said which of them is the loss."""
    with suppress(AlgebraError):
        fit = fitting(other, loss.shapes, book=loss.is_latex, usual=True)
        again = _loss("", fit, loss.shapes, loss.language)
        if same_value(again.read, loss.read, loss.shapes, book=loss.is_latex):
            return
    said = f"{spelled(other)} = {spelled(loss.read)} is an equation, not a loss: type one side"
    raise Unreadable(said, other.place)


def _loss(text, fit, declared, language, defined=()):
    is_latex, shapes = language != "numpy", fit.shapes
    found = Sizes(shapes, numpy=not is_latex)
    tree = rebuild(found.annotate(fit.tree), _of_a_number)
    if is_latex:
        _no_function_of_a_matrix(tree)
        _softmax_has_an_axis(tree)
    names = _declared_first(found.names(), declared)
    letters = letters_of(*names.values())
    names = {k: s for k, s in names.items() if k in declared or s or k not in letters}
    free = free_names(tree)
    known = {*declared, *letters}
    for node in walk(tree):
        for index in node.args[1:] if node.op == "entry" else ():
            if index.op == "name" and index.data in free and index.data not in known:
                said = f"no sum runs over {index.data}: type sum_{index.data} in front"
                raise Unreadable(said, node.place)
    whole = found.of(tree)
    shape = whole if any(x != 1 for x in whole) else ()
    book = tree if is_latex else to_book(_exponents(tree), names)
    named = {k: _plain(sized(x)) for k, x in _named(book, defined).items() if k not in names}
    book = _plain(_own_indices(in_matrix_form(sized(book)), names))
    for node in walk(book):
        if node.op == "eigenvalues" and not is_symmetric(simplify(node.args[0])):
            raise Misfit("eigvalsh is read of what is seen to be a symmetric matrix, as X + X.T is")
    notes = tuple(_notes(tree, fit.samples, declared, letters))
    tree = rebuild(tree, partial(_of_its_size, known={*letters}))
    return Loss(text, tree, book, names, language, notes, named, fit.samples, shape)


def _named(tree, letters):
    """Return {letter: part} for those letters in whose place a part of the tree was put."""
    placed = ((x.place.text, x) for x in walk(tree) if x.place is not None and x.op != "name")
    return {text: x for text, x in placed if text in letters}


def _notes(tree, samples, shapes, letters):
    """Return what the formula and its sizes do not say by themselves."""
    for x, rows in samples.items():
        yield f"{x}_i is the i-th row of {rows}, as a column"
    by_entry = {x.op: None for x in walk(tree) if of_matrix(x)}
    if by_entry:
        yield f"{' and '.join(by_entry)} entry by entry"
    for k in (x for x in shapes if x not in {*free_names(tree), *letters}):
        yield f"{k}, which is declared, is not in it"
    for k in free_names(tree):
        mark, _, of = k.partition("_")
        if mark in MASKS and k not in shapes:
            yield MASKS[mark].format(k, of)


def _softmax_has_an_axis(tree):
    """Raise for the softmax of a matrix: its rows, its columns, or all of it may add up to 1."""
    for x in walk(tree):
        if x.op == "softmax" and x.data is None and 1 not in (x.args[0].shape or (1,)):
            a = spelled(x.args[0])
            said = f"do the rows of {spelled(x)} add up to 1, or its columns? Type rowsoftmax({a})"
            raise Unreadable(f"{said} or colsoftmax({a})", x.place)


def _no_function_of_a_matrix(tree):
    """Raise where a function of a square matrix may be meant, and none entry by entry: in a
    trace."""
    for trace in walk(tree):
        for x in walk(trace.args[0]) if trace.op == "trace" else ():
            if of_matrix(x) and not _is_dotted(x):
                a = spelled(x.args[0])
                said = f"{spelled(x)} may be the function of a matrix or go entry by entry: "
                raise Unreadable(f"{said}type {x.op}m({a}), or {x.op}.({a})", x.place)


def _is_dotted(node):
    """Return whether a function was typed with Julia's dot: exp.(A)."""
    return node.place is not None and re.match(r"[^(]+\.\(", node.place.text) is not None


def _of_a_number(node):
    """Return the length of a number as its absolute value, which has a slope without a root."""
    if node.op in ("norm", "p_norm", "nuclear") and all(x == 1 for x in node.args[0].shape):
        return node.with_(op="abs", data=None)
    return node


def _of_its_size(node, known):
    """Return 𝟏, I and eᵢ with the size that a letter of the loss has; at a point where it is 1,
    nothing else would say so."""
    if not node.shape or not known.issuperset(letters_of(*node.shape)):
        return node
    if node.op in ("ones", "zeros", "eye") and not node.args:
        return node.with_(args=sizes(node.shape[: 1 + (node.op != "eye")]))
    return node.with_(data=node.shape[0]) if node.op == "basis" else node


def _declared_first(names, shapes):
    return {k: names[k] for k in (*shapes, *(x for x in names if x not in shapes))}


def _exponents(tree):
    """Return NumPy's tree with a^B, an array of exponents, as exp(B log a)."""

    def change(node):
        if node.op == "epower" and any(x != 1 for x in node.args[1].shape):
            a, b = node.args
            log = Expr("log", (a,), shape=a.shape)
            inside = Expr("times", (b, log), shape=node.shape)
            return Expr("exp", (inside,), shape=node.shape)
        return node

    return rebuild(tree, change)


def _own_indices(tree, names):
    """Return the tree with a letter of its own for each sum over an index."""
    taken = set(names) | {y for x in walk(tree) if x.op == "name" for y in [x.data]}
    if len({x.data for x in walk(tree) if x.op == "sigma"}) == sum(
        x.op == "sigma" for x in walk(tree)
    ):
        return tree
    letters = iter([x for x in INDICES if x not in taken] + [f"i_{k}" for k in range(100)])

    def change(node):
        if node.op != "sigma":
            return node
        letter = next(letters)
        old, new = name(node.data).with_(shape=()), name(letter).with_(shape=())
        return node.with_(args=(replace(node.args[0], old, new), *node.args[1:]), data=letter)

    return rebuild(tree, change)


def _plain(tree):
    """Return the tree with what rules look for in one form: a ``cdot`` as a product, numbers in
    front of transposes, so that a square is seen in ``(2x)ᵀx``, 1 / (1 + exp(−z)) as σ(z)."""

    def change(node):
        if node.op == "cdot":
            a, b = node.args
            if a.shape and a.shape == b.shape:
                return make("product", make("transpose", a), b)
            return make("product", a, b)
        if node.op in ("edivide", "div") and _is_one(node.args[0]):
            below = node.args[1]
            if below.op == "add" and _is_one(below.args[0]) and below.args[1].op == "exp":
                return make("sigmoid", simplify(make("neg", below.args[1].args[0])))
        if node.op == "log" and node.args[0].op == "entry":  # of a softmax, say
            inside, *places = node.args[0].args
            if inside.op == "softmax":
                return make("entry", make("log", inside), *places)
        if node.op in ("edivide", "div") and node.args[0].op == "exp":
            found = softmax(node)
            if found is not None:
                return found
        if node.op in ("power", "epower") and node.args[1].op != "number":
            return node.with_(args=(node.args[0], _constant(node.args[1])))
        if node.op == "number" and node.data.denominator in (2, 3, 4):  # ½, as it will be written
            return make("div", num(node.data.numerator), num(node.data.denominator))
        if node.op in ("transpose", "div", "product") and node.args[0].op == "neg":
            return make("neg", change(make(node.op, node.args[0].args[0], *node.args[1:])))
        if node.op == "transpose" and node.args[0].op == "product":
            a, b = node.args[0].args
            if not a.shape:
                return make("product", a, make("transpose", b))
        if node.op == "transpose" and any(x.op == "transpose" for x in walk(node.args[0])):
            other = _turned(node.args[0])
            return other if _transposes(other) < _transposes(node) else node
        if node.op == "product":
            a, b = node.args
            if a.op == "product" and not a.args[0].shape and a.args[1].shape and b.shape:
                return make("product", a.args[0], make("product", a.args[1], b))
            if a.op == "ones" and b.shape:
                return _gathered(a, b)
        return node

    return rebuild(tree, change)


def _gathered(ones, node):
    """Return 𝟏 times something without brackets: 𝟏(𝟏ᵀX/N) as 𝟏𝟏ᵀX/N."""
    if node.op == "div":
        return make("div", _gathered(ones, node.args[0]), node.args[1])
    if node.op == "product" and all(x.shape for x in node.args):
        return make("product", _gathered(ones, node.args[0]), node.args[1])
    return make("product", ones, node)


def _turned(node):
    """Return the transpose, with that of each part in its place."""
    if node.shape and node.op in ("ones", "zeros"):
        return full(node.op, node.shape[::-1])
    if not node.shape or node.op not in TURNED_INSIDE:
        return turned(node)
    args = [_turned(x) for x in node.args]
    swapped = node.op == "product" and all(x.shape for x in node.args)
    return make(node.op, *(args[::-1] if swapped else args), data=node.data)


def _transposes(tree):
    return sum(x.op == "transpose" for x in walk(tree))


def _constant(node):
    """Return an exponent such as −1 or 1/2 as one number; another one as it is."""
    found = collected(terms(node))
    if len(found) == 1 and not found[0].powers:
        return num(found[0].number)
    return node


def _is_one(node):
    return node.op == "ones" or (node.op == "number" and node.data == 1)


def _as_name(wrt):
    r"""Return a name that is typed as LaTeX, such as \hat{t}, as the readers have it."""
    if "\\" in wrt:
        with suppress(AlgebraError):
            tree = read_typed(wrt)
            return tree.data if tree.op == "name" else wrt
    return wrt


def variable(wrt, given):
    """Return the name of the variable as the `Loss` has it; λ may be called by any spelling.

    Raises `wuv.algebra.Unreadable` where the loss has no such name.
    """
    met = [x for x in free_names(given.read) if x in given.shapes]
    wrt = _as_name(wrt.strip())
    wrt = GREEK_SIGNS.get(wrt, wrt)
    if wrt not in met and wrt in ("lambda", *LAMBDAS):
        wrt = next((x for x in LAMBDAS if x in met), wrt)
    wrt = known_as(wrt, met) or wrt
    if wrt in met and wrt in given.shapes:
        return wrt
    if wrt in letters_of(*given.shapes.values()):
        raise Unreadable(f"{wrt} is a size here; nothing can be differentiated in it")
    runs = [x for x in met if len(x) == 2 and wrt in x]
    hint = f"; for the product type {' @ '.join(runs[0])}" if runs else ""
    if "r" in met:
        hint = "; write out what r stands for, such as (Wu - v)"
    known = ", ".join(x for x in given.shapes if x in met)
    read = f"it was read as {to_text(given.read)}, and " if wrt in given.shapes else ""
    raise Unreadable(f"{wrt!r} is not in the loss; {read}it has the names {known}{hint}")
