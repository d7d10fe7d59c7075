"""From NumPy's rules to the book's: the same value, as a textbook would say it.

>>> from wuv.algebra.from_numpy import read_numpy
>>> to_book(read_numpy("np.dot(w, x) + 1"), "w:n; x:n")
add(product(transpose(name(w)), name(x)), number(1))
>>> to_book(read_numpy("X + b"), "X:m,n; b:n")
add(name(X), product(ones(), transpose(name(b))))

A textbook has columns where NumPy may have flat arrays, writes elementwise products as such, and
stretches nothing: what broadcasting did in silence is said with 𝟏. So whoever works with the
result, to differentiate it, say, meets few operations, each with one meaning.
"""

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import COMPARISONS
from wuv.algebra.names import Shapes, kind
from wuv.algebra.operations import spectral
from wuv.algebra.size import Shape, Sum, Unknown, minus, plus
from wuv.algebra.size_rules import bounds
from wuv.algebra.sizes import Sizes
from wuv.algebra.tree import (
    Expr,
    Misfit,
    Unwritable,
    is_book,
    is_number,
    name,
    number,
    one_more,
    shifted,
    spelled,
)

ONE = number(1)


def to_book(tree: Expr, shapes: Shapes = None, *, book: bool | None = None) -> Expr:
    """Return the tree that a textbook would print for NumPy text; shapes are filled in.

    A tree that is a textbook's already is returned with its shapes; ``book`` says whether it is, as
    in `wuv.algebra.to_arrays`. Raises `Misfit` where sizes clash, and `Unwritable` for the few
    things that have no such form.
    """
    if is_book(tree) if book is None else book:
        return Sizes(shapes).annotate(tree)
    sizes = Sizes(shapes, numpy=True)
    found = _book(sizes.annotate(tree))
    again = Sizes(shapes)
    again.letters |= set(sizes.given.values())  # a size such as len(v) is now a letter
    return again.annotate(found)


def like_book(tree: Expr) -> Expr:
    """Return a textbook's spelling of NumPy text by its signs alone, whether it fits or not.

    It is for showing what somebody wrote where `to_book` has to refuse it.
    """
    args = tuple(map(like_book, tree.args))
    if tree.op in ("matmul", "dot", "np_inner"):
        return tree.with_(op="product", args=args)
    if tree.op == "outer":
        return Expr("product", (args[0], Expr("transpose", args[1:])))
    if tree.op in ("item", "ravel", "reshape"):
        return args[0]
    if tree.op == "index" and set(tree.data) == {"at"}:
        return Expr("entry", (args[0], *map(one_more, args[1:])))
    if tree.op == "times" and any(_is_plainly_number(x) for x in args):
        return tree.with_(op="product", args=args)
    if tree.op == "epower" and _is_plainly_number(args[0]):
        return tree.with_(op="power", args=args)
    if tree.op == "exp" and args[0].op == "sub" and args[0].args[1].op == "logsumexp":
        x, total = args[0].args
        axis = (total.data or (None, False))[0]
        if total.args == (x,):
            along = None if axis is None else (axis % 2, True)
            return tree.with_(op="softmax", args=(x,), data=along)
    if tree.op in COMPARISONS:
        return _book_comparison(
            tree.with_(shape=(), args=tuple(x.with_(shape=()) for x in args)), *args
        )
    rename = {"np_diag": "diag", "matrix_power": "power"}
    return tree.with_(op=rename.get(tree.op, tree.op), args=args)


def _is_plainly_number(node):
    if node.op == "name":
        return kind(node.data) == "scalar"
    if node.op in ("neg", "times", "div", "epower"):
        return all(map(_is_plainly_number, node.args))
    return node.op in ("number", "norm", "trace", "det", "inner", "size", "item")


# From NumPy's rules to the book's. Every node has its NumPy shape.


def _book(node):
    rule = BOOK.get(node.op)
    if rule is None:
        return Expr(node.op, tuple(map(_book, node.args)), node.data, node.place)
    found = rule(node, *map(_book, node.args))
    return found.with_(place=node.place) if found.place is None else found


def _is_one(shape):
    return all(x == 1 for x in shape)


def _product(a, b):
    return Expr("product", (a, b))


def _transposed(a):
    return a.args[0] if a.op == "transpose" else Expr("transpose", (a,))


def stretched(x: Expr, shape: Shape, wanted: Shape) -> Expr:
    """Return x, of NumPy's ``shape``, as broadcasting would stretch it, spelled out."""
    ones = Expr("ones")
    if shape == wanted or _is_one(wanted):
        return x
    if _is_one(shape):
        if len(wanted) == 1 or wanted[1] == 1:
            return ones if is_number(x, 1) else _product(x, ones)
        whole = Expr("ones", tuple(map(size_node, wanted)))
        return whole if is_number(x, 1) else _product(x, whole)
    if len(shape) == 1:
        return stretched(_transposed(x), (1, *shape), wanted)
    if shape[1] == 1:
        return _product(x, _transposed(ones)) if wanted[1] != 1 else x
    return _product(ones, x) if wanted[0] != 1 else x


def size_node(size):
    """Return the formula of a size."""
    if isinstance(size, tuple):
        found = size_node(size[0])
        for x in size[1:]:
            found = _product(found, size_node(x))
        return found
    if isinstance(size, Sum):
        found = size_node(size.parts[0])
        for x in size.parts[1:]:
            found = Expr("add", (found, size_node(x)))
        op = "add" if size.number > 0 else "sub"
        return Expr(op, (found, number(abs(size.number)))) if size.number else found
    if isinstance(size, Unknown):
        raise Misfit("this asks for a size that nobody gave: declare the shapes, as in X:m,n; y:m")
    return number(size) if isinstance(size, int) else name(size)


def _book_entrywise(op):
    def rule(node, a, b):
        shapes = (x.shape for x in node.args)
        both = (stretched(x, s, node.shape) for x, s in zip((a, b), shapes, strict=True))
        return Expr(op, tuple(both))

    return rule


def _book_times(node, a, b):
    if node.args[0] == ONE and node.args[1].op in COMPARISONS:  # the book's masks are numbers
        return b
    if any(_is_one(x.shape) for x in node.args):
        return _product(a, b)
    return _book_entrywise("times")(node, a, b)


def _book_div(node, a, b):
    inside = _logistic(node)
    if inside is not None:
        return Expr("sigmoid", (_book(inside),))
    largest = _shared_maximum(node)
    if largest is not None:
        x = _book(largest.args[0])
        x = x if largest.op == "max" else Expr("neg", (x,))
        return _book_along(largest.with_(op="hardmax"), x)
    if _is_one(node.args[1].shape):
        return Expr("div", (a, b))
    return _book_entrywise("edivide")(node, a, b)


def _shared_maximum(node):
    """Return max(x), or min(x), where the node is 1 at these entries of x, shared among them."""
    mask, total = node.args
    if mask.op != "equal" or total.op != "sum" or total.args[0] != mask:
        return None
    for x, found in (mask.args, mask.args[::-1]):
        if found.op in ("max", "min") and found.args[0] == x and _goes_back(found, x):
            return found if (total.data or (None,))[0] == (found.data or (None,))[0] else None
    return None


def _logistic(node):
    """Return x where the node is 1/(1 + exp(−x)), which a textbook calls σ(x)."""
    below = node.args[1]
    if node.args[0] == ONE and below.op == "add" and ONE in below.args:
        exponential = below.args[below.args[0] == ONE]
        if exponential.op == "exp" and exponential.args[0].op == "neg":
            return exponential.args[0].args[0]
    return None


def _book_epower(node, a, b):
    base, exponent = (x.shape for x in node.args)
    if not _is_one(exponent):
        raise Unwritable(f"{spelled(node)} has an array of exponents", node.place)
    return Expr("power" if _is_one(base) else "epower", (a, b))


def _book_matmul(node, a, b):
    left, right = (len(x.shape) for x in node.args)
    if left == 2:
        return _product(a, b)
    found = _product(_transposed(a), b)
    return found if right == 1 else _transposed(found)


def _book_dot(node, a, b):
    if not all(x.shape for x in node.args):
        return _product(a, b)
    return _book_matmul(node, a, b)


def _book_np_inner(node, a, b):
    left, right = (len(x.shape) for x in node.args)
    if not left or not right:
        return _product(a, b)
    if left == 1:
        return _product(_transposed(a), b) if right == 1 else _product(b, a)
    return _product(a, b if right == 1 else _transposed(b))


def _book_ravel(node, a, order="C"):
    shape = node.args[0].shape
    if len(shape) < 2 or shape[1] == 1:
        return a
    if shape[0] == 1:
        return _transposed(a)
    return Expr("vec", (a if order == "F" else _transposed(a),))


def _book_outer(node, a, b):
    columns = [_book_ravel(Expr("ravel", (x,)), y) for x, y in zip(node.args, (a, b), strict=True)]
    return _product(columns[0], _transposed(columns[1]))


def _book_inner(node, a, b):
    one, two = (x.shape for x in node.args)
    if len(one) == len(two):
        return Expr("inner", (a, b))
    columns = [_book_ravel(Expr("ravel", (x,)), y) for x, y in zip(node.args, (a, b), strict=True)]
    return Expr("inner", tuple(columns))


def _book_kron(node, a, b):
    one, two = (len(x.shape) for x in node.args)
    if not one or not two:
        return _product(a, b)
    if one != two:
        a, b = (_transposed(x) if n == 1 else x for x, n in ((a, one), (b, two)))
    return Expr("kron", (a, b))


def _book_total(node, a):
    axis, keep = node.data or (None, False)
    shape = node.args[0].shape
    if shape in ((), (1, 1)):  # one number is its own sum
        return a
    if axis is None or len(shape) < 2:
        return Expr(node.op, (a,), (None, False))
    axis %= 2
    if axis == 1:
        found = _product(a, Expr("ones"))
    elif keep:
        found = _product(_transposed(Expr("ones")), a)
    else:
        found = _product(_transposed(a), Expr("ones"))
    return found if node.op == "sum" else Expr("div", (found, size_node(shape[axis])))


def _book_along(node, a):
    """A function along an axis; what is reduced keeps its dimensions in the book."""
    axis, keep = node.data or (None, False)
    shape = node.args[0].shape
    if _is_one(shape):
        return {"softmax": ONE, "hardmax": ONE, "var": number(0), "std": number(0)}.get(node.op, a)
    if axis is not None and len(shape) == 2 and shape[1 - axis % 2] != 1 and shape[axis % 2] == 1:
        raise Unwritable(f"{spelled(node)} goes along an axis of one entry", node.place)
    if axis is None or len(shape) < 2 or shape[1 - axis % 2] == 1:
        return Expr(node.op, (a,))
    found = Expr(node.op, (a,), (axis % 2, True))
    flat = ALONG[node.op].reduces and not keep and axis % 2 == 0
    return _transposed(found) if flat else found


def _book_exp(node, a):
    """exp(x − logsumexp(x)), which a textbook calls softmax(x)."""
    inside = node.args[0]
    if inside.op == "sub" and inside.args[1].op == "logsumexp":
        x, total = inside.args[0], inside.args[1]
        if total.args[0] == x and _goes_back(total, x):
            return _book_along(total.with_(op="softmax"), _book(x))
    return Expr("exp", (a,))


def _book_norm(node, a):
    if spectral(node, node.args[0].shape):
        return Expr("spectral", (a,))
    return Expr("norm", (a,), node.data if len(node.args[0].shape) == 2 else None)


def _book_p_norm(node, a):
    """A norm of a column; of a matrix NumPy's are its largest column sum and row sum."""
    order, shape = node.data, node.args[0].shape
    if len(shape) < 2 or shape[1] == 1:
        return Expr("min", (Expr("abs", (a,)),)) if order == "-inf" else Expr("p_norm", (a,), order)
    if shape[0] == 1:
        column = _transposed(a)
        return Expr("p_norm", (column,), {1: "inf", "inf": 1}[order])
    size, ones = Expr("abs", (a,)), Expr("ones")
    return Expr("max", (_product(_transposed(size) if order == 1 else size, ones),))


def _book_index(node, a, *places):
    shape, pattern = node.args[0].shape, node.data
    pattern += (":",) * (len(shape) - sum(x != "new" for x in pattern))
    if all(x == ":" for x in pattern) or (len(shape) == 1 and pattern == (":", "new")):
        return a
    if len(shape) == 1 and pattern == ("new", ":"):
        return _transposed(a)
    if set(pattern) == {"at"}:
        if _is_one(shape):
            return a
        places = [_counted(x, size) for x, size in zip(places, shape, strict=True)]
        return Expr("entry", (a, *(p for p, size in zip(places, shape, strict=True) if size != 1)))
    if len(shape) == 2 and pattern in ((":", "at"), ("at", ":")):
        axis = pattern.index("at")
        if shape[axis] == 1:
            return a if axis == 1 else _transposed(a)
        unit = Expr("basis", (_counted(places[0], shape[axis]),))
        return _product(a if axis == 1 else _transposed(a), unit)
    raise Unwritable(f"{spelled(node)} has no form in a textbook", node.place)


def _book_cut(node, a, *places):
    axis, shape = node.data[0], node.args[0].shape
    start, stop = bounds(node, shape[axis], _as_size)
    if len(shape) == 2 and shape[1 - axis] != 1 and shape[axis] == 1:
        return a
    return Expr("slice", (a,), (axis, start, stop))


def _as_size(node):
    """Return the size that a formula of NumPy stands for."""
    if node.op in ("add", "sub"):
        a, b = map(_as_size, node.args)
        found = plus(a, b) if node.op == "add" else minus(a, b)
        if found is not None:
            return found
    if node.op == "size" and node.data != "size":
        return node.args[0].shape[0 if node.data == "len" else node.data]
    if node.op == "name" or (node.op == "number" and isinstance(node.data, int)):
        return node.data
    raise Unwritable(f"{spelled(node)} is no size that can be read", node.place)


def _book_diff(node, a):
    shape = node.args[0].shape
    axis = node.data % len(shape)
    ends = ((1, shape[axis]), (0, plus(shape[axis], -1)))
    return Expr("sub", tuple(Expr("slice", (a,), (axis, *pair)) for pair in ends))


def _book_joined(node, *args):
    function, axis = node.data
    shapes = [x.shape for x in node.args]
    if len(node.shape) == 1:
        return Expr("stack", args, 0)
    rows = function == "vstack" or axis == 0
    turned = (
        _transposed(x) if rows and len(s) == 1 else x for x, s in zip(args, shapes, strict=True)
    )
    return Expr("stack", tuple(turned), 0 if rows else 1)


def _counted(place, size):
    """Return an index that counts from 1; a negative one counts from the end."""
    if place.op == "neg" and is_number(place.args[0]):
        back = place.args[0].data - 1
        return Expr("sub", (size_node(size), number(back))) if back else size_node(size)
    return one_more(place)


def _book_sigma(node, body, low, high):
    """Let a sum over 0 … n − 1 run over 1 … n, as a textbook's does."""
    if low != number(0):
        return Expr("sigma", (body, low, high), node.data)
    return Expr("sigma", (shifted(body, node.data, -1), ONE, one_more(high)), node.data)


def _book_diag(node, a):
    shape = node.args[0].shape
    if len(shape) == 2 and 1 in shape:
        return Expr("entry", (a, ONE))
    return Expr("diag", (a,))


def _book_size(node, a):
    shape = node.args[0].shape
    if node.data == "size":
        return size_node(tuple(shape) if shape else 1)
    return size_node(shape[0 if node.data == "len" else node.data])


def _book_filled(node, *args):
    sizes = args or tuple(map(size_node, node.shape))
    if node.op == "eye":
        if len(sizes) == 2 and sizes[0] != sizes[1]:
            raise Unwritable(f"{spelled(node)} is not square", node.place)
        return Expr("eye", sizes[:1])
    return Expr(node.op, sizes if len(sizes) == 2 else (*sizes, ONE))


def _book_like(node, a):
    shape = node.args[0].shape
    op = node.op.removesuffix("_like")
    if _is_one(shape):
        return number(op == "ones")
    return _book_filled(Expr(op, shape=shape))


def _book_function(node, *args):
    """A function of several arrays; a number need not be stretched."""
    some = zip(args, (x.shape for x in node.args), strict=True)
    return Expr(node.op, tuple(x if _is_one(s) else stretched(x, s, node.shape) for x, s in some))


def _book_comparison(node, a, b):
    """A comparison as 1 and 0: a > b is heaviside(a − b)."""
    if node.op.startswith("less"):
        a, b = b, a
    shapes = [x.shape for x in node.args]
    shapes = shapes[::-1] if node.op.startswith("less") else shapes
    one = stretched(ONE, (), node.shape)
    if node.op in ("greater", "less"):
        return Expr("heaviside", (_difference(a, b, shapes, node.shape),))
    if node.op in ("greater_equal", "less_equal"):
        return Expr("sub", (one, Expr("heaviside", (_difference(b, a, shapes[::-1], node.shape),))))
    apart = Expr("abs", (Expr("sign", (_difference(a, b, shapes, node.shape),)),))
    return apart if node.op == "not_equal" else Expr("sub", (one, apart))


def _goes_back(total, x):
    """Return whether NumPy stretches what was reduced to the array that it came from."""
    axis, keep = total.data or (None, False)
    whole = axis is None or len(x.shape) < 2 or (axis % 2 == 0 and x.shape[1] == 1)
    return whole or keep or axis % 2 == 0


def _difference(a, b, shapes, wanted):
    first, second = (stretched(x, s, wanted) for x, s in zip((a, b), shapes, strict=True))
    if is_number(b, 0):
        return first
    return Expr("neg", (second,)) if is_number(a, 0) else Expr("sub", (first, second))


BOOK = {
    **dict.fromkeys(("maximum", "minimum", "where"), _book_function),
    **dict.fromkeys(COMPARISONS, _book_comparison),
    **dict.fromkeys(ALONG, _book_along),
    "exp": _book_exp,
    "add": _book_entrywise("add"),
    "sub": _book_entrywise("sub"),
    "times": _book_times,
    "div": _book_div,
    "epower": _book_epower,
    "matrix_power": lambda node, a, b: Expr("power", (a, b)),
    "matmul": _book_matmul,
    "dot": _book_dot,
    "np_inner": _book_np_inner,
    "outer": _book_outer,
    "inner": _book_inner,
    "kron": _book_kron,
    "transpose": lambda node, a: a if len(node.args[0].shape) < 2 else Expr("transpose", (a,)),
    "item": lambda node, a: a,
    "ravel": lambda node, a: _book_ravel(node, a, node.data),
    "reshape": lambda node, a: (
        _book_ravel(node, a, node.data[1])
        if node.data[0] == (-1, 1)
        else _transposed(_book_ravel(node, a, node.data[1]))
    ),
    "vec": lambda node, a: _book_ravel(node, a, "F"),
    "norm": _book_norm,
    "p_norm": _book_p_norm,
    "eigvalsh": lambda node, a: Expr("eigenvalues", (a,)),
    "sum": _book_total,
    "mean": _book_total,
    "index": _book_index,
    "cut": _book_cut,
    "diff": _book_diff,
    "joined": _book_joined,
    "np_diag": _book_diag,
    "sigma": _book_sigma,
    "size": _book_size,
    "eye": _book_filled,
    "ones": _book_filled,
    "zeros": _book_filled,
    "ones_like": _book_like,
    "zeros_like": _book_like,
    "matrix": lambda node, *entries: Expr(
        "matrix", entries, node.data if len(node.data) == 2 else (*node.data, 1)
    ),
}
