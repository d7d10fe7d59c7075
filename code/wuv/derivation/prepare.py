"""Take a loss as people type it to the form that the rules work on.

>>> loss = read_loss("np.dot(w, x)**2", "w:n; x:n")
>>> loss.shapes
{'w': ('n',), 'x': ('n',)}
"""

from typing import NamedTuple

from wuv.algebra import (
    Expr,
    Misfit,
    Sizes,
    Unreadable,
    declare,
    read_display,
    read_numpy,
    read_statement,
    rebuild,
    replace,
    shape_text,
    to_book,
    walk,
)
from wuv.algebra.tree import name
from wuv.derivation.forms import make, num, sized
from wuv.derivation.simplify import collected, simplify, terms

INDICES = "ijkpqst"


class Loss(NamedTuple):
    """A loss as it was read, as a textbook has it, and the shapes of all its names."""

    text: str
    read: Expr
    book: Expr
    shapes: dict
    is_latex: bool


def read_loss(text, shapes=None, language=None):
    """Return the `Loss` that a text says, NumPy's or LaTeX: ``language`` decides, or its look.

    Raises `wuv.algebra.AlgebraError` with a message for a person.
    """
    if not isinstance(text, str):
        raise TypeError(f"a loss is a text, not {type(text).__name__}")
    is_latex = looks_like_latex(text) if language is None else language == "latex"
    shapes = declare(shapes)
    if is_latex:
        tree = _the_side(read_display(text, shapes))
    else:
        tree = _the_side([read_statement(text)]) if "=" in text else read_numpy(text)
    sizes = Sizes(shapes, numpy=not is_latex)
    tree = sizes.annotate(tree)
    names = _declared_first(sizes.names(), shapes)
    letters = size_letters(names)
    names = {k: s for k, s in names.items() if k in shapes or s or k not in letters}
    whole = sizes.of(tree)
    if any(x != 1 for x in whole):
        raise Misfit(f"this is {shape_text(whole)}; only a number has a gradient")
    book = tree if is_latex else to_book(_exponents(tree), names)
    book = _plain(_own_indices(sized(book), names))
    return Loss(text, tree, book, names, is_latex)


def looks_like_latex(text):
    """Return whether a text has signs that only LaTeX uses."""
    return any(sign in text for sign in ("\\", "^", "_{", "$"))


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


def size_letters(shapes):
    """Return the letters that stand for sizes."""
    found = set()
    for shape in shapes.values():
        for x in shape:
            found |= {y for y in (x if isinstance(x, tuple) else (x,)) if isinstance(y, str)}
    return found
