"""From the book's rules to NumPy's: operations on arrays, for NumPy text.

>>> from wuv.algebra.from_latex import read_latex
>>> to_arrays(read_latex("2 r u^T"))
matmul(times(number(2), name(r)), transpose(name(u)))
>>> to_arrays(read_latex("2 r u^T"), "r:m; u:n")
outer(times(number(2), name(r)), name(u))

The book's product becomes ``*``, ``@`` or an outer product, as the shapes say; the size of I is
taken from an array that has it; and what was declared flat stays flat. A product with 𝟏 is a sum,
and what 𝟏 stretches to the size of its neighbour, NumPy stretches by itself:

>>> from wuv.algebra.write_numpy import to_numpy
>>> to_numpy(read_latex(r"X\\mathbf 1 + (X + \\mathbf 1 b^T)c"), "X:m,n; b:n,1; c:n,1")
'np.sum(X, axis=1, keepdims=True) + (X + b.T) @ c'
"""

from functools import reduce

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.names import Shapes, declare
from wuv.algebra.size import Shape, Size, Sum, letters_of, minus
from wuv.algebra.sizes import Sizes
from wuv.algebra.tree import (
    Expr,
    Unwritable,
    factors,
    is_book,
    is_number,
    name,
    number,
    one_less,
    shifted,
    spelled,
    walk,
)

ONE = number(1)
ENTRYWISE = ("add", "sub", "times", "edivide", *ELEMENTWISE)


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


def to_part(tree: Expr, shapes: Shapes) -> tuple[Expr, Shape]:
    """Return NumPy's operations for a part of the book's formula that gets a name, and the
    shape to declare for it: a column that is held flat is flat."""
    declared = declare(shapes)
    sizes = Sizes(declared)
    tree = sizes.annotate(tree)
    arrays = _Arrays(declared, sizes.names())
    found, held = arrays.node(tree)
    shape = tree.shape or (1, 1)
    if held == "row":
        found = arrays.array((found, held))
    return found, {"number": (), "column": shape[:1]}.get(held, shape)


def _held(tree, held, dimensions):
    """Return a value with so many dimensions."""
    if dimensions == 0:
        return tree if held == "number" else Expr("item", (tree,))
    if held == "number":
        if is_number(tree, 0) or is_number(tree, 1):
            return Expr("ones" if tree.data else "zeros", (ONE,) * dimensions)
        return Expr("times", (tree, Expr("ones", (ONE,) * dimensions)))
    if dimensions == 1:
        return Expr("ravel", (tree,), "C") if held == "array" else tree
    return _Arrays.array(None, (tree, held))


def _is_stretched(node):
    """Return whether all entries of an array are equal: 𝟏, 𝟎, or a number times 𝟏, or that over
    a number."""
    if node.op == "div":
        return _is_stretched(node.args[0])
    if node.op == "product" and node.args[0].shape == ():
        node = node.args[1]
    return node.op in ("ones", "zeros")


def _is_ones(node, axis):
    """Return whether a node is a column of ones (axis 1) or a row of them (axis 0)."""
    if node.op == "transpose":
        return _is_ones(node.args[0], 1 - axis)
    return node.op == "ones" and bool(node.shape) and node.shape[axis] == 1


def _count(node):
    """Return how many numbers are added up in a product with 𝟏; 0 in others."""
    if node.op == "transpose":
        return _count(node.args[0])
    for axis in (0, 1) if node.op == "product" else ():
        if _is_ones(node.args[axis], axis):
            return node.args[axis].shape[1 - axis]
    return 0


def _copied(node):
    """Return (axis, the column or the row) of an array that consists of copies of one along an
    axis, such as 𝟏bᵀ, log(𝟏bᵀ) or a𝟏ᵀ/2; of others None."""
    if not node.shape:
        return None
    rest = [x for x in node.args[1:] if x.shape]
    if node.op in ("neg", "div", "epower", *ELEMENTWISE) and not rest:
        found = _copied(node.args[0])
        return found and (found[0], _with_args(node, found[1], *node.args[1:]))
    if node.op != "product":
        return None
    if () in (node.args[0].shape, node.args[1].shape):
        i = int(node.args[0].shape == ())
        found = _copied(node.args[i])
        args = found and (node.args[0], found[1]) if i else found and (found[1], node.args[1])
        return found and (found[0], _with_args(node, *args))
    some = [x for x in factors(node) if x.shape]
    front = [x for x in factors(node) if not x.shape]
    for axis, rest in ((0, some[1:]), (1, some[:-1])):
        ones = some[-1] if axis else some[0]
        if _is_ones(ones, 1 - axis) and node.shape[axis] != 1:
            return axis, reduce(_multiplied, front + rest)
    return None


def _unstretched(node):
    """Return an operation entry by entry on what NumPy stretches to the size of the other."""
    found = [*map(_copied, node.args)]
    if any(map(_is_stretched, node.args)) or not any(found):
        return node
    some = [
        (i, y and y[0]) for i, (x, y) in enumerate(zip(node.args, found, strict=True)) if x.shape
    ]
    if len({axis for _, axis in some}) == 1:
        found[some[0][0]] = None  # one of them has to have the size
    args = (y[1] if y else x for x, y in zip(node.args, found, strict=True))
    return node.with_(args=tuple(args))


def _with_args(node, first, *rest):
    return node.with_(args=(first, *rest), shape=first.shape or rest[-1].shape)


def _multiplied(a, b):
    shape = (a.shape[0], b.shape[1]) if a.shape and b.shape else a.shape or b.shape
    return Expr("product", (a, b), shape=() if shape == (1, 1) else shape)


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
        if node.op in ENTRYWISE:
            node = _unstretched(node)
        args = [self.node(x) for x in node.args]
        if node.op == "div":
            return self.over(node, *args, _count(node.args[0]))
        if node.op in ENTRYWISE:
            return self.entrywise(node, *args)
        if node.op in ("sum", "mean", "norm", "p_norm", "trace", "det"):
            return self.reduced(node, args[0])
        if node.op in MATRICES:
            return self.of_matrix(node, args[0])
        if node.op == "number":
            return node, "number"
        raise Unwritable(f"{spelled(node)} has no spelling in NumPy", node.place)

    def name(self, node):
        if node.data not in self.names or node.data not in self.declared:
            size = self.size(node.data) if node.shape == () else None
            if size is not None:
                return size, "number"
            if node.data in letters_of(*self.names.values(), *self.declared.values()):
                raise Unwritable(f"the size {node.data} cannot be told from an array", node.place)
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
        if isinstance(size, Sum):
            first, *rest = (self.size(x) for x in size.parts)
            for x in rest:
                first = Expr("add", (first, x))
            op = "add" if size.number > 0 else "sub"
            return Expr(op, (first, number(abs(size.number)))) if size.number else first
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
        inner = negated(node.args[0])
        if inner is not None:  # −2Wᵀ is spelled (−2)Wᵀ in Python
            return self.node(inner)
        tree, held = self.node(node.args[0])
        return Expr("neg", (tree,)), held

    def entrywise(self, node, *found):
        if node.op not in ("div", "product"):  # NumPy stretches a number: 1 + x
            plain = [_is_stretched(x) for x in node.args]
            if any(plain) and not all(plain):
                some = zip(plain, node.args, found, strict=True)
                found = tuple(self.once(x) if p else y for p, x, y in some)
        op = {"edivide": "div", "product": "times"}.get(node.op, node.op)
        if any(held in ("column", "row") for _, held in found):
            # A 1×1 array would stretch a flat one to two dimensions.
            found = tuple(
                (Expr("item", (x,)), "number") if y.shape == () and held == "array" else (x, held)
                for y, (x, held) in zip(node.args, found, strict=True)
            )
        arrays = [(i, x) for i, (x, held) in enumerate(found) if held == "array"]
        if len(arrays) == 1 and arrays[0][1].op == "transpose" and node.op != "product":
            i, turned = arrays[0]  # f(Aᵀ) is f(A)ᵀ
            if all(held == "number" for k, (_, held) in enumerate(found) if k != i):
                trees = (turned.args[0] if k == i else x for k, (x, _) in enumerate(found))
                return self.turned((_combined(op, *trees), "array"))
        kinds = {held for _, held in found if held != "number"}
        if len(kinds) > 1:  # a flat array is a row to NumPy
            trees = (x[0] if x[1] == "row" else self.array(x) for x in found)
            return _combined(op, *trees), "array"
        return _combined(op, *(x for x, _ in found)), kinds.pop() if kinds else "number"

    def heaviside(self, node):
        """Return the mask x > 0, or a > b for a − b: times 1, for NumPy adds no truth values."""
        inner, zero = node.args[0], number(0).with_(shape=())
        signs = {"sub": ("greater", inner.args), "neg": ("less", (*inner.args, zero))}
        op, args = signs.get(inner.op, ("greater", (inner, zero)))
        both = _unstretched(node.with_(op=op, args=args))
        tree, held = self.entrywise(both, *map(self.node, both.args))
        return Expr("times", (ONE, tree)), held

    def along(self, node):
        """Return a function along an axis; softmax and its limit as NumPy can say them."""
        tree, held = self.node(node.args[0])
        axis = None if node.data is None else node.data[0]
        data = (axis, axis is not None) if held == "array" or axis is None else (None, False)
        if node.op == "softmax":
            data = (0, False) if held in ("column", "row") or node.shape[1:] == (1,) else data
            return Expr("exp", (Expr("sub", (tree, Expr("logsumexp", (tree,), data))),)), held
        if node.op == "hardmax":
            least = tree.op == "neg"
            tree = tree.args[0] if least else tree
            mask = Expr("equal", (tree, Expr("min" if least else "max", (tree,), data)))
            return Expr("div", (mask, Expr("sum", (mask,), data or (None, False)))), held
        if node.op == "cumsum" and held == "array" and axis is None:
            data = (int(node.shape[0] == 1), True)
        if not ALONG[node.op].reduces:
            return Expr(node.op, (tree,), data), held
        if axis is None:
            data = (0, False) if node.op == "logsumexp" and held in ("column", "row") else data
            return Expr(node.op, (tree,), data), "number"
        if self.flat:
            return Expr(node.op, (tree,), (axis, False)), ("row", "column")[axis]
        return Expr(node.op, (tree,), data), "array"

    def over(self, node, a, b, count):
        """Return a quotient; a sum of ``count`` numbers, divided by that, is their mean."""
        turned = a[0].op == "transpose"
        total = a[0].args[0] if turned else a[0]
        along = total.op == "sum" and (total.data or (None,))[0] is not None
        if along and node.args[1].data == count:
            found = total.with_(op="mean")
            return Expr("transpose", (found,)) if turned else found, a[1]
        return self.entrywise(node, a, b)

    def once(self, node):
        """Return the number of which an array holds nothing else."""
        if node.op in ("ones", "zeros"):
            return number(int(node.op == "ones")), "number"
        if node.op == "div":
            return self.entrywise(node, self.once(node.args[0]), self.node(node.args[1]))
        return self.node(node.args[0])

    def product(self, node):
        left, right = node.args
        if _is_ones(right, 1) and left.shape:
            return self.total(left, 1)
        if _is_ones(left, 0) and right.shape:
            return self.total(right, 0)
        a, b = self.node(left), self.node(right)
        if left.shape == () or right.shape == ():
            return self.entrywise(node, a, b)
        return self.multiplied(node, a, b)

    def multiplied(self, node, a, b):
        held = a[1], b[1]
        if held == ("array", "array"):
            return _combined("matmul", a[0], b[0]), "array"
        if held[0] == "column" or held[1] == "row":
            return _combined("outer", a[0], b[0]), "array"
        found = _combined("matmul", a[0], b[0])
        if held == ("row", "column"):
            return found, "number"
        if node.shape == ():  # (1, n) @ (n,) has one entry
            return Expr("item", (found,)), "number"
        return found, "column" if held[1] == "column" else "row"

    def total(self, node, axis):
        """Return the sums along an axis, which the book writes as a product with 𝟏."""
        if node.op == "transpose":
            return self.turned(self.total(node.args[0], 1 - axis))
        if node.op == "div":
            found = self.total(node.args[0], axis)
            return self.over(node, found, self.node(node.args[1]), node.shape[axis])
        if node.op == "product":
            args = [*node.args]
            if _is_ones(args[1 - axis], 1 - axis):
                return Expr("sum", (self.node(args[axis])[0],), (None, False)), "number"
            i = axis if all(x.shape for x in args) else int(not args[0].shape)
            pair = [self.total(x, axis) if k == i else self.node(x) for k, x in enumerate(args)]
            if not all(x.shape for x in args):
                return self.entrywise(node, *pair)
            shape = list(node.shape or (1, 1))
            shape[axis] = 1
            whole = node.with_(shape=() if shape == [1, 1] else tuple(shape))
            return self.multiplied(whole, *pair)
        tree, held = self.node(node)
        if 1 in node.shape or held != "array":
            if node.shape[axis] == 1:
                return tree, held
            return Expr("sum", (tree,), (None, False)), "number"
        found = Expr("sum", (tree,), (axis, not self.flat))
        return found, ("row", "column")[axis] if self.flat else "array"

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
        data = None if a[1] != "array" and node.op == "norm" else node.data
        if node.op == "p_norm" and a[1] == "array" and data not in (1, "inf", "-inf"):
            return Expr(node.op, (Expr("ravel", (a[0],), "C"),), data), "number"  # of no matrix
        return Expr(node.op, (a[0],), data), "number"

    def of_matrix(self, node, found):
        row, (tree, held) = MATRICES[node.op], found
        if held != "array":
            raise Unwritable(f"{spelled(node)} is that of a number", node.place)
        op, held = {"column": ("eigvalsh", "column"), "number": (node.op, "number")}.get(
            row.result, (node.op, "array")
        )
        return Expr(op, (tree,)), held

    def power(self, node):
        base, exponent = self.node(node.args[0]), self.node(node.args[1])[0]
        op = "epower" if node.op == "epower" or node.shape == () else "matrix_power"
        return Expr(op, (base[0], exponent)), base[1]

    def transpose(self, node):
        return self.turned(self.node(node.args[0]))

    def turned(self, found):
        tree, held = found
        if held == "array":
            again = tree.args[0] if tree.op == "transpose" else Expr("transpose", (tree,))
            return again, "array"
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

    def slice(self, node):
        tree, held = self.node(node.args[0])
        axis, start, stop = node.data
        length = node.args[0].shape[axis]
        if held in ("column", "row"):
            axis = 0
        back = minus(length, stop)
        end = (
            number(-back)
            if isinstance(back, int) and length != stop
            else self.known_size(stop, node)
        )
        told = start != 0, stop != length
        places = [x for x, t in ((start, told[0]), (end, told[1])) if t]
        places = [self.known_size(x, node) if x is start else x for x in places]
        if not places:
            return tree, held
        cut = Expr("cut", (tree, *places), (axis, *told))
        return (Expr("item", (cut,)), "number") if node.shape == () else (cut, held)

    def stack(self, node):
        found = [self.node(x) for x in node.args]
        kinds, axis = {held for _, held in found}, node.data
        flat = {0: "column", 1: "row"}[axis]
        if "number" in kinds:
            shape = (1,) if kinds <= {"number", flat} else (1, 1)
            found = [(_held(x, h, len(shape)), flat if len(shape) == 1 else "array")
                     if h == "number" else (x, h) for x, h in found]  # fmt: skip
        if all(held == flat for _, held in found):
            return Expr("joined", tuple(x for x, _ in found), ("concatenate", 0)), flat
        function = ("vstack", "hstack")[axis]
        return Expr("joined", tuple(map(self.array, found)), (function, None)), "array"

    def sigma(self, node):
        body, *bounds = node.args
        tree, held = self.node(body)
        if bounds:
            bounds = [self.node(x)[0] for x in bounds]
        else:
            size = length_of(body, node.data)
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


def _combined(op, *args):
    """Return an operation entry by entry; beside other numbers a mask needs no 1 in front."""
    bare = [_mask(x) for x in args]
    if op == "sub" and args[0] == ONE and bare[1] and bare[1].op in OPPOSITES:
        mask = bare[1]
        return Expr("times", (ONE, mask.with_(op=OPPOSITES[mask.op])))
    i = {"add": -1, "sub": -1, "times": -1, "matmul": -1, "outer": -1, "div": 0, "where": 0}.get(op)
    if i is not None:
        i = i % len(args) if bare[i] else 0
        args = tuple(bare[k] if k == i and bare[k] else x for k, x in enumerate(args))
    if op == "times" and args[1].op == "div" and args[1].args[0] == ONE:
        return Expr("div", (args[0], args[1].args[1]))
    return Expr(op, args)


def _mask(node):
    """Return the comparison in ``1 * (a > b)``, else None."""
    masked = node.op == "times" and node.args[0] == ONE and node.args[1].op in COMPARISONS
    return node.args[1] if masked else None


def negated(node):
    """Return a product with the sign on its first factor, or None for anything else."""
    if node.op != "product":
        return None
    first, second = node.args
    left = negated(first) or Expr("neg", (first,), shape=first.shape)
    return node.with_(args=(left, second))


def length_of(body: Expr, index: str) -> "Size | None":
    """Return the size that an index runs over, as the entries that it picks in a sum's body say."""
    for x in walk(body):
        shape = x.args[0].shape if x.op == "entry" else ()
        for k, place in enumerate(x.args[1:]):
            if shape and place == name(index):
                return shape[k] if len(x.args) == 3 else max(shape, key=_not_one)
    return None


def _not_one(size):
    return size != 1


OPPOSITES = {"greater": "less_equal", "less_equal": "greater", "less": "greater_equal",
             "greater_equal": "less"}  # fmt: skip
ARRAYS = {
    "heaviside": _Arrays.heaviside,
    **dict.fromkeys(ALONG, _Arrays.along),
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
    "slice": _Arrays.slice,
    "stack": _Arrays.stack,
    "differential": _Arrays.differential,
    "item": _Arrays.item,
    "matrix": _Arrays.matrix,
}
