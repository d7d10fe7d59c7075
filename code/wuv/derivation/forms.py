"""Formulas that know their shapes: what the rules of calculus are put together from.

>>> x = Expr("name", data="x", shape=("n", 1))
>>> make("product", make("transpose", x), x).shape
()
>>> make("ones", *sizes(("n", 1)))
ones(name(n), number(1))

Everything here goes by the book's rules (`wuv.algebra.to_book`): columns, no stretching, and a
1×1 matrix is a number.
"""

from wuv.algebra import Expr, rebuild
from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.size import Sum, minus, plus, times
from wuv.algebra.tree import name, number, words

NUMBERS = {
    *words("trace det norm p_norm spectral nuclear sum mean inner entry delta number size"),
}


def make(op, *args, data=None):
    """Return a node with its shape, its arguments having theirs."""
    if op in ("times", "cdot") and not (args[0].shape and args[1].shape):
        op = "product"
    if op == "epower" and not args[0].shape:
        op = "power"
    shape = data if op == "matrix" else _shape(op, args, data)
    return Expr(op, args, data, shape=() if shape == (1, 1) else shape)


def _shape(op, args, data):
    shapes = [x.shape for x in args]
    if op in NUMBERS:
        return ()
    if op == "slice":
        axis, start, stop = data
        shape = list(shapes[0] or (1, 1))
        shape[axis] = minus(stop, start)
        return tuple(shape)
    if op == "stack":
        shape = list(shapes[0] or (1, 1))
        shape[data] = plus(*((x or (1, 1))[data] for x in shapes))
        return tuple(shape)
    if op in ALONG and ALONG[op].reduces:
        return _reduced(shapes[0], data)
    if op == "product":
        a, b = shapes
        return (a[0], b[1]) if a and b else a or b
    if op == "transpose":
        return shapes[0][::-1]
    if op == "kron":
        a, b = (x or (1, 1) for x in shapes)
        return tuple(times(*pair) for pair in zip(a, b, strict=True))
    if op == "vec":
        return (times(*shapes[0]), 1)
    if op == "diag":
        return _diag(shapes[0])
    if op == "eigenvalues":
        return (shapes[0][0], 1) if shapes[0] else ()
    if op in ("ones", "zeros", "eye"):
        found = tuple(map(as_size, args))
        return found * 2 if op == "eye" else found
    return next((x for x in shapes if x), ())


def _reduced(shape, data):
    if data is None or not shape:
        return ()
    return (shape[0], 1) if data[0] == 1 else (1, shape[1])


def _diag(shape):
    if not shape:
        return ()
    return (shape[0], shape[0]) if shape[1] == 1 else (shape[0], 1)


def size(found):
    """Return the formula of a size: 3, m, or mn."""
    if isinstance(found, tuple):
        first, *rest = map(size, found)
        for x in rest:
            first = make("product", first, x)
        return first
    if isinstance(found, Sum):
        first, *rest = map(size, found.parts)
        for x in rest:
            first = make("add", first, x)
        if found.number:
            first = make("add" if found.number > 0 else "sub", first, num(abs(found.number)))
        return first
    return (number(found) if isinstance(found, int) else name(found)).with_(shape=())


def sizes(shape):
    """Return the formulas of all sizes of a shape."""
    return tuple(map(size, shape))


def as_size(node):
    """Return the size that a formula made by `size` stands for."""
    if node.op == "product":
        return times(*map(as_size, node.args))
    if node.op in ("add", "sub"):
        a, b = map(as_size, node.args)
        return plus(a, b if node.op == "add" else -b)
    return node.data


def num(value):
    """Return the node of a number."""
    return number(value).with_(shape=())


def full(op, shape):
    """Return 𝟏 or 𝟎 of a shape: for a number's, 1 or 0."""
    return make(op, *sizes(shape)) if shape else num(int(op == "ones"))


def identity(shape):
    """Return the identity of a square shape: for a number's, 1."""
    return make("eye", size(shape[0])) if shape else num(1)


def turned(node):
    """Return the transpose."""
    if node.op == "transpose":
        return node.args[0]
    return make("transpose", node) if node.shape else node


def inner(a, b):
    """Return the inner product of two of a shape; of numbers, their product."""
    return make("inner" if a.shape else "product", a, b)


def differential(node):
    """Return the change of a formula."""
    return Expr("differential", (node,), shape=node.shape)


def sized(tree):
    """Return the tree with its sizes written into every 𝟏, 𝟎, I and eᵢ.

    Two nodes are equal if they are written alike, so a bare 𝟏 of one size would be taken for one
    of another.
    """

    def change(node):
        if node.op in ("ones", "zeros"):
            return full(node.op, node.shape)
        if node.op == "eye":
            return identity(node.shape)
        if node.op == "basis":
            return node.with_(data=node.shape[0] if node.shape else 1)
        return node.with_(place=None) if node.place is not None else node

    return rebuild(tree, change)
