"""Take a loss as people type it to the form that the rules work on.

>>> loss = read_loss("np.dot(w, x)**2", "w:n; x:n")
>>> loss.shapes
{'w': ('n',), 'x': ('n',)}
>>> read_loss("L = ||Wu - v||_2^2").read
power(norm(sub(product(name(W), name(u)), name(v))), number(2))

Whoever reads a loss reads it here, so that a gradient is found and judged for the same one.
"""

import re
from typing import NamedTuple

from wuv.algebra import (
    AlgebraError,
    Expr,
    Misfit,
    Sizes,
    Unreadable,
    declare,
    free_names,
    read_display,
    read_numpy,
    read_statement,
    rebuild,
    replace,
    shape_text,
    to_book,
    walk,
)
from wuv.algebra.names import GREEK_SIGNS, LAMBDAS
from wuv.algebra.size import letters_of
from wuv.algebra.spelling import clean, mended_latex, sides, typed_loss
from wuv.algebra.tree import name, unplaced
from wuv.derivation.forms import make, num, sized
from wuv.derivation.simplify import collected, simplify, terms

INDICES = "ijkpqst"
NUMPY = re.compile(r"@|[\w)]\.[A-Za-z_]")  # what only Python has
TYPED = re.compile(r"[^\x00-\x7F]|[\^|]")  # and what it has not
RUN = re.compile(r"[A-Za-z]?[A-Z][a-z]|[A-Z]{2}")  # what may be a product: Wu, XW


class Loss(NamedTuple):
    """A loss as it was read, as a textbook has it, and the shapes of all its names."""

    text: str
    read: Expr
    book: Expr
    shapes: dict
    is_latex: bool


def read_loss(text, shapes=None, language=None):
    """Return the `Loss` that a text says: NumPy's, LaTeX, or a formula as people type it.

    ``language`` ("numpy", "latex") decides, or its look. Raises `wuv.algebra.AlgebraError` with a
    message for a person.
    """
    if not isinstance(text, str):
        raise TypeError(f"a loss is a text, not {type(text).__name__}")
    text, shapes = text.strip(), declare(shapes)
    if language is not None:
        read = _from_latex if language == "latex" else _from_numpy
        return read(text, shapes)
    if "\\" in text:
        return _from_any_latex(text, shapes)
    is_numpy = NUMPY.search(text) is not None
    found = trouble = None
    try:
        found = _from_numpy(text, shapes)
    except AlgebraError as error:
        trouble = error
    if is_numpy and (found or not isinstance(trouble, Unreadable)):
        return _or_raise(found, trouble)
    if found and not any(RUN.fullmatch(x) for x in found.shapes if x not in shapes):
        return found
    try:
        return _from_typed(text, shapes)
    except AlgebraError as error:
        strange = TYPED.search(text) or not is_numpy
        return _or_raise(found, error if strange else trouble)


def _or_raise(found, trouble):
    """Return what was found, or raise what was in the way."""
    if found is None:
        raise trouble from None
    return found


def _from_numpy(text, shapes):
    tree = _the_side([read_statement(text)]) if "=" in text else read_numpy(text)
    return _loss(text, tree, shapes, is_latex=False)


def _from_latex(text, shapes):
    tree = _the_side(read_display(text, shapes))
    return _loss(text, _lengths(tree, shapes), shapes)


def _from_any_latex(text, shapes):
    """Read LaTeX as the book prints it, or as people type it."""
    try:
        return _from_latex(text, shapes)
    except Unreadable as error:
        try:
            plain = mended_latex(sides(clean(text))[2])
            return _from_latex(plain, shapes)._replace(text=text)
        except AlgebraError:
            raise error from None


def _from_typed(text, shapes):
    """Read what is in no language: ``||Wu - v||^2``, ``sum((Wu − v)²)``."""
    try:
        tree = _the_side(read_display(typed_loss(text, shapes), shapes))
    except Unreadable as error:
        raise readable(error) from None
    return _loss(text, _lengths(unplaced(tree), shapes, typed=True), shapes)


def readable(error):
    """Return an error without its place in LaTeX that nobody typed."""
    said = str(error).partition(" (at character")[0]
    return type(error)(said.replace(r"\cdot", "·").replace("\\", ""))


def _lengths(tree, shapes, typed=False):
    """Return a textbook's formula with what people mean by the square of a column: ‖x‖² for x² and
    |x|², and in a sum the square of each entry; there of a matrix too, where it was ``typed``."""

    def shape(node):
        try:
            return Sizes(shapes).of(node) or (1, 1)
        except AlgebraError:
            return None

    def change(node, inside=False):
        within = inside or node.op in ("sum", "mean")
        node = node.with_(args=tuple(change(x, within) for x in node.args))
        if node.op == "norm" and typed and shape(node.args[0]) == (1, 1):
            return node.with_(op="abs")
        if node.op != "power" or node.args[1].op != "number":
            return node
        base, exponent = node.args
        rows, columns = shape(base) or (1, 1)
        if inside and rows != 1 and (columns == 1 or typed):
            return node.with_(op="epower")
        if rows != 1 and columns == 1 and (exponent == num(2) or base.op == "abs"):
            column = base.args[0] if base.op == "abs" else base
            return node.with_(args=(Expr("norm", (column,), place=base.place), exponent))
        return node

    return change(tree)


def _loss(text, tree, shapes, is_latex=True):
    sizes = Sizes(shapes, numpy=not is_latex)
    tree = sizes.annotate(tree)
    names = _declared_first(sizes.names(), shapes)
    letters = letters_of(*names.values())
    names = {k: s for k, s in names.items() if k in shapes or s or k not in letters}
    whole = sizes.of(tree)
    if any(x != 1 for x in whole):
        raise Misfit(f"this is {shape_text(whole)}; only a number has a gradient")
    book = tree if is_latex else to_book(_exponents(tree), names)
    book = _plain(_own_indices(sized(book), names))
    return Loss(text, tree, book, names, is_latex)


def _the_side(rows):
    """Return the formula: of ``L = …`` the last side."""
    if len(rows) != 1:
        raise Unreadable("one formula is wanted here", rows[1].place)
    return rows[0].sides[-1]


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
        if node.op in ("power", "epower") and node.args[1].op != "number":
            return node.with_(args=(node.args[0], _constant(node.args[1])))
        if node.op == "transpose" and node.args[0].op == "product":
            a, b = node.args[0].args
            if not a.shape:
                return make("product", a, make("transpose", b))
        if node.op == "product":
            a, b = node.args
            if a.op == "product" and not a.args[0].shape and a.args[1].shape and b.shape:
                return make("product", a.args[0], make("product", a.args[1], b))
        return node

    return rebuild(tree, change)


def _constant(node):
    """Return an exponent such as −1 or 1/2 as one number; another one as it is."""
    found = collected(terms(node))
    if len(found) == 1 and not found[0].powers:
        return num(found[0].number)
    return node


def _is_one(node):
    return node.op == "ones" or (node.op == "number" and node.data == 1)


def variable(wrt, given):
    """Return the name of the variable as the `Loss` has it; λ may be called by any spelling.

    Raises `wuv.algebra.Unreadable` where the loss has no such name.
    """
    wrt, met = wrt.strip(), free_names(given.read)
    wrt = GREEK_SIGNS.get(wrt, wrt)
    if wrt not in met and wrt in ("lambda", *LAMBDAS):
        wrt = next((x for x in LAMBDAS if x in met), wrt)
    if wrt in given.shapes:
        return wrt
    if wrt in letters_of(*given.shapes.values()):
        raise Unreadable(f"{wrt} is a size here; nothing can be differentiated in it")
    runs = [x for x in given.shapes if RUN.fullmatch(x) and wrt in x]
    hint = f"; for the product type {' @ '.join(runs[0])}" if runs else ""
    if "r" in given.shapes:
        hint = "; write out what r stands for, such as (Wu - v)"
    known = ", ".join(given.shapes)
    raise Unreadable(f"{wrt!r} is not in the loss; it has the names {known}{hint}")
