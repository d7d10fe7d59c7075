"""From the book's rules to NumPy's: operations on arrays, for NumPy text.

>>> from wuv.algebra.from_latex import read_latex
>>> to_arrays(read_latex("2 r u^T"))
matmul(times(number(2), name(r)), transpose(name(u)))
>>> to_arrays(read_latex("2 r u^T"), "r:m; u:n")
outer(times(number(2), name(r)), name(u))

The book's product becomes ``*``, ``@`` or an outer product, as the shapes say; the size of I is
taken from an array that has it; and what was declared flat stays flat.
"""

from wuv.algebra.names import Shapes, declare
from wuv.algebra.size import Shape
from wuv.algebra.sizes import Sizes
from wuv.algebra.tree import (
    ELEMENTWISE,
    Expr,
    Unwritable,
    is_book,
    name,
    number,
    one_less,
    shifted,
    spelled,
    walk,
)

ONE = number(1)


def to_arrays(
    tree: Expr, shapes: Shapes = None, *, book: bool | None = None, shape: Shape | None = None
) -> Expr:
    """Return a tree of NumPy's operations that computes the book's formula.

    A column that was declared flat stays flat, and so does what is computed from it. A tree that
    is NumPy's already is returned as it is. ``book`` says which it is; without it, the tree is the
    book's if it was read from LaTeX or has one of its operations. ``shape`` is what the result
    must have where it can be held in several ways: ``("n",)`` is a flat array, ``()`` a number.

    Raises `Misfit` and `Unwritable`.
    """
    declared = declare(shapes)
    if not (is_book(tree) if book is None else book):
        return tree
    sizes = Sizes(declared)
    tree = sizes.annotate(tree)
    found, held = _Arrays(declared, sizes.names()).node(tree)
    return found if shape is None else _held(found, held, len(shape))


def _held(tree, held, dimensions):
    """Return a value with so many dimensions."""
    if dimensions == 0:
        return tree if held == "number" else Expr("item", (tree,))
    if held == "number":
        return Expr("times", (tree, Expr("ones", (ONE,) * dimensions)))
    if dimensions == 1:
        return Expr("ravel", (tree,), "C") if held == "array" else tree
    return _Arrays.array(None, (tree, held))


def _is_stretched(node):
    """Return whether all entries of an array are equal: 𝟏, or a number times 𝟏."""
    if node.op == "product" and node.args[0].shape == ():
        node = node.args[1]
    return node.op == "ones"


class _Arrays:
    """Turns nodes into pairs: NumPy's tree, and how it holds the value.

    "number" is a number, "column" and "row" are flat arrays that the book takes for a column or a
    row, "array" has two dimensions (and may be 1×1).
    """

    def __init__(self, declared, names):
        self.declared, self.names = declared, names
        self.flat = any(len(shape) == 1 for shape in declared.values())

    def node(self, node):
        special = ARRAYS.get(node.op)
        if special:
            return special(self, node)
        args = [self.node(x) for x in node.args]
        if node.op in ("add", "sub", "times", "edivide", "div"):
            return self.entrywise(node, *args)
        if node.op in ELEMENTWISE:
            return Expr(node.op, (args[0][0],)), args[0][1]
        if node.op in ("sum", "mean", "norm", "trace", "det"):
            return self.reduced(node, args[0])
        if node.op == "number":
            return node, "number"
        raise Unwritable(f"{spelled(node)} has no spelling in NumPy", node.place)

    def name(self, node):
        if node.data not in self.names or node.data not in self.declared:
            size = self.size(node.data) if node.shape == () else None
            if size is not None:
                return size, "number"
        shape = self.declared.get(node.data, node.shape)
        return node, {0: "number", 1: "column", 2: "array"}[len(shape)]

    def size(self, size):
        """Return the tree of a size: 3, or W.shape[0] where W has that many rows."""
        if isinstance(size, int):
            return number(size)
        if isinstance(size, tuple):
            first, *rest = (self.size(x) for x in size)
            for x in rest:
                first = Expr("times", (first, x))
            return first
        for axis in (0, 1):
            for key, shape in {**self.names, **self.declared}.items():
                if len(shape) > axis and shape[axis] == size:
                    return Expr("size", (name(key),), axis)
        return None

    def known_size(self, size, node):
        found = self.size(size)
        if found is None:
            raise Unwritable(f"the size of {spelled(node)} cannot be told", node.place)
        return found

    def array(self, found):
        """Return a held value with two dimensions."""
        tree, held = found
        patterns = {"column": (":", "new"), "row": ("new", ":")}
        return Expr("index", (tree,), patterns[held]) if held in patterns else tree

    def neg(self, node):
        inner = _negated(node.args[0])
        if inner is not None:  # −2Wᵀ is spelled (−2)Wᵀ in Python
            return self.node(inner)
        tree, held = self.node(node.args[0])
        return Expr("neg", (tree,)), held

    def entrywise(self, node, a, b):
        if node.op not in ("div", "product"):  # NumPy stretches a number: 1 + x
            plain = [_is_stretched(x) for x in node.args]
            if sum(plain) == 1:
                some = zip(plain, node.args, (a, b), strict=True)
                a, b = (self.once(x) if p else found for p, x, found in some)
        op = {"edivide": "div", "product": "times"}.get(node.op, node.op)
        if a[1] in ("column", "row") or b[1] in ("column", "row"):
            # A 1×1 array would stretch a flat one to two dimensions.
            shapes = [x.shape for x in node.args]
            a, b = (
                (Expr("item", (x[0],)), "number") if s == () and x[1] == "array" else x
                for x, s in zip((a, b), shapes, strict=True)
            )
        if "number" in (a[1], b[1]) or a[1] == b[1]:
            return Expr(op, (a[0], b[0])), b[1] if a[1] == "number" else a[1]
        return Expr(op, (self.array(a), self.array(b))), "array"

    def once(self, node):
        """Return the number of which an array holds nothing else."""
        if node.op == "ones":
            return ONE, "number"
        return self.node(node.args[0])

    def product(self, node):
        left, right = node.args
        a, b = self.node(left), self.node(right)
        if left.shape == () or right.shape == ():
            return self.entrywise(node, a, b)
        held = a[1], b[1]
        if held == ("array", "array"):
            return Expr("matmul", (a[0], b[0])), "array"
        if held[0] == "column" or held[1] == "row":
            return Expr("outer", (a[0], b[0])), "array"
        found = Expr("matmul", (a[0], b[0]))
        if held == ("row", "column"):
            return found, "number"
        if node.shape == ():  # (1, n) @ (n,) has one entry
            return Expr("item", (found,)), "number"
        return found, "column" if held[1] == "column" else "row"

    def cdot(self, node):
        left, right = node.args
        if left.shape and right.shape and node.shape == () and left.shape == right.shape:
            return self.inner(node)
        return self.product(node.with_(op="product"))

    def inner(self, node):
        a, b = map(self.node, node.args)
        op = "matmul" if a[1] == b[1] == "column" else "times" if a[1] == b[1] == "number" else None
        return Expr(op or "inner", (a[0], b[0])), "number"

    def reduced(self, node, a):
        if a[1] == "number" and node.op in ("trace", "det", "sum", "mean"):
            return a
        data = node.data if a[1] == "array" or node.op != "norm" else None
        return Expr(node.op, (a[0],), data), "number"

    def power(self, node):
        base, exponent = self.node(node.args[0]), self.node(node.args[1])[0]
        op = "epower" if node.op == "epower" or node.shape == () else "matrix_power"
        return Expr(op, (base[0], exponent)), base[1]

    def transpose(self, node):
        tree, held = self.node(node.args[0])
        if held == "array":
            return Expr("transpose", (tree,)), "array"
        return tree, {"column": "row", "row": "column"}.get(held, held)

    def inv(self, node):
        tree, held = self.node(node.args[0])
        if held == "number":
            return Expr("div", (ONE, tree)), held
        return Expr("inv", (tree,)), held

    def kron(self, node):
        a, b = (self.array(self.node(x)) for x in node.args)
        return Expr("kron", (a, b)), "array"

    def diag(self, node):
        inner = node.args[0]
        tree, held = self.node(inner)
        if inner.shape == ():
            return tree, held
        if inner.shape[1] == 1:
            flat = tree if held == "column" else Expr("ravel", (tree,), "C")
            return Expr("np_diag", (flat,)), "array"
        return Expr("np_diag", (tree,)), "column"

    def vec(self, node):
        tree, held = self.node(node.args[0])
        if held != "array" or node.args[0].shape[1:] == (1,):
            return tree, "column" if held == "row" else held
        return Expr("vec", (tree,)), "array"

    def filled(self, node):
        if not node.args:
            shape = node.shape or (1, 1)
            sizes = [self.known_size(x, node) for x in shape]
        else:
            sizes = [self.node(x)[0] for x in node.args]
        if node.op == "eye":
            if node.shape == () and not node.args:
                return ONE, "number"
            return Expr("eye", tuple(sizes[:1])), "array"
        if self.flat and sizes[-1] == ONE:
            return Expr(node.op, (sizes[0],)), "column"
        return Expr(node.op, tuple(sizes)), "array"

    def basis(self, node):
        size = self.known_size(node.shape[0], node)
        place = one_less(self.node(node.args[0])[0])
        return Expr("index", (Expr("eye", (size,)), place), (":", "at")), "column"

    def entry(self, node):
        base, *places = node.args
        tree, held = self.node(base)
        places = [one_less(self.node(x)[0]) for x in places]
        if held == "number":
            return tree, held
        if held == "array" and len(places) == 1:
            zero = number(0)
            row = base.shape and base.shape[0] == 1
            places = [zero, *places] if row else [*places, zero]
        if held in ("column", "row") and len(places) == 2:
            places = places[:1] if held == "column" else places[1:]
        return Expr("index", (tree, *places), ("at",) * len(places)), "number"

    def sigma(self, node):
        body, *bounds = node.args
        tree, held = self.node(body)
        if bounds:
            bounds = [self.node(x)[0] for x in bounds]
        else:
            size = next(
                (
                    x.args[0].shape[k] if len(x.args) == 3 else max(x.args[0].shape, key=_not_one)
                    for x in walk(body)
                    if x.op == "entry" and x.args[0].shape
                    for k, y in enumerate(x.args[1:])
                    if y == name(node.data)
                ),
                None,
            )
            bounds = [ONE, self.known_size(size, node)]
        low, high = bounds
        if low == ONE:  # as Python counts
            tree, low, high = shifted(tree, node.data, 1), number(0), one_less(high)
        return Expr("sigma", (tree, low, high), node.data), held

    def differential(self, node):
        variable = node.args[0]
        if variable.op != "name":
            raise Unwritable(f"{spelled(node)} has no spelling in NumPy", node.place)
        return name(f"d{variable.data}"), self.name(variable)[1]

    def item(self, node):
        tree, held = self.node(node.args[0])
        return (tree, held) if held == "number" else (Expr("item", (tree,)), "number")

    def matrix(self, node):
        entries = tuple(self.node(x)[0] for x in node.args)
        return Expr("matrix", entries, node.data), "array"


def _negated(node):
    """Return a product with the sign on its first factor, or None for anything else."""
    if node.op != "product":
        return None
    first, second = node.args
    left = _negated(first) or Expr("neg", (first,), shape=first.shape)
    return node.with_(args=(left, second))


def _not_one(size):
    return size != 1


ARRAYS = {
    "name": _Arrays.name,
    "neg": _Arrays.neg,
    "product": _Arrays.product,
    "cdot": _Arrays.cdot,
    "inner": _Arrays.inner,
    "power": _Arrays.power,
    "epower": _Arrays.power,
    "transpose": _Arrays.transpose,
    "inv": _Arrays.inv,
    "kron": _Arrays.kron,
    "diag": _Arrays.diag,
    "vec": _Arrays.vec,
    "eye": _Arrays.filled,
    "ones": _Arrays.filled,
    "zeros": _Arrays.filled,
    "basis": _Arrays.basis,
    "entry": _Arrays.entry,
    "sigma": _Arrays.sigma,
    "differential": _Arrays.differential,
    "item": _Arrays.item,
    "matrix": _Arrays.matrix,
}
