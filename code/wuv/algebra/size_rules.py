"""The shape of each operation's result, and what it asks of its arguments.

Every rule takes the `wuv.algebra.Sizes` that are known so far, the node, and its arguments with
their shapes; it unifies what must be equal and returns the shape of the whole.
"""

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.size import Shape, Unknown, minus, plus, shape_text, size_text


def _need(what, a, b):
    return f"{what} needs {size_text(a)} = {size_text(b)}"


def column(shape: Shape) -> Shape:
    """Return the shape that a flat array has in the book."""
    return (*shape, 1) if len(shape) == 1 else shape


def _count(shape):
    return shape[0] if len(shape) == 1 else tuple(shape)


def _function(sizes, node, *args):
    """A function entry by entry; of several arguments, some may be numbers."""
    first, *rest = args
    for x in rest:
        first = first.with_(shape=_entrywise(sizes, node, first, x))
    return first.shape


def _broadcast(sizes, node, left, right):
    a, b = left.shape, right.shape
    a, b = (1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b
    found = []
    for x, y in zip(a, b, strict=True):
        x, y = sizes.find(x), sizes.find(y)
        if x != 1 and y != 1 and not sizes.unify(x, y):
            sizes.clash(node, left, right, lambda *_: "these cannot be combined entry by entry")
        found.append(y if x == 1 else x)
    return tuple(found)


def _matmul(sizes, node, left, right):
    a, b = left.shape, right.shape
    if not a or not b:
        sizes.clash(node, left, right, lambda *_: "@ does not take numbers; use *")
    first, second = a[-1], b[0]
    if not sizes.unify(first, second):
        sizes.clash(node, left, right, lambda a, b: _need("@", a[-1], b[0]))
    return a[:-1] + b[1:]


def _product(sizes, node, left, right):
    if not left.shape or not right.shape:
        return left.shape or right.shape
    return _matrix_product(sizes, node, *(x.with_(shape=column(x.shape)) for x in (left, right)))


def _matrix_product(sizes, node, left, right):
    if not sizes.unify(left.shape[1], right.shape[0]):
        sizes.clash(node, left, right, lambda a, b: _need("a product", a[1], b[0]))
    return left.shape[0], right.shape[1]


def _square(sizes, node, x):
    shape = x.shape
    if len(shape) == 2 and not sizes.unify(*shape):
        sizes.refuse(x, f"is {shape_text(sizes.named(shape))}; it must be square here")
    if len(shape) == 1:
        sizes.refuse(x, f"is {shape_text(sizes.named(shape))}; it must be a matrix here")
    return shape


def _equal(sizes, node, a, b):
    return _broadcast(sizes, node, a, b) if sizes.numpy else sizes.equal(a, b, "a sum")


def _entrywise(sizes, node, a, b):
    if sizes.numpy:
        return _broadcast(sizes, node, a, b)
    if not a.shape or not b.shape:
        return a.shape or b.shape
    return sizes.equal(a, b, "an elementwise product")


def _quotient(sizes, node, a, b):
    if sizes.numpy:
        return _broadcast(sizes, node, a, b)
    sizes.number(b)
    return a.shape


def _cdot(sizes, node, a, b):
    columns = [len(x.shape) == 2 and sizes.find(x.shape[1]) == 1 for x in (a, b)]
    if all(columns):
        sizes.equal(a, b, "a dot product")
        return ()
    return _product(sizes, node, a, b)


def _dot(sizes, node, a, b):
    if not a.shape or not b.shape:
        return a.shape or b.shape
    return _matmul(sizes, node, a, b)


def _np_inner(sizes, node, a, b):
    if not a.shape or not b.shape:
        return a.shape or b.shape
    if not sizes.unify(a.shape[-1], b.shape[-1]):
        sizes.clash(node, a, b, lambda a, b: _need("np.inner", a[-1], b[-1]))
    return a.shape[:-1] + b.shape[:-1]


def _inner(sizes, node, a, b):
    if len(a.shape) == len(b.shape):
        sizes.equal(a, b, "an inner product")
    elif not sizes.unify(_count(a.shape), _count(b.shape)):
        sizes.clash(node, a, b, lambda *_: "an inner product needs equal sizes")
    return ()


def _power(sizes, node, a, b):
    sizes.number(b)
    return _square(sizes, node, a)


def _epower(sizes, node, a, b):
    if sizes.numpy:
        return _broadcast(sizes, node, a, b)
    sizes.number(b)
    return a.shape


def _of_square(sizes, node, a):
    if not (sizes.numpy and node.op == "trace"):
        _square(sizes, node, a)
    elif len(a.shape) == 2:
        sizes.unify(*a.shape)  # NumPy's trace takes any matrix; sizes nobody gave are meant equal
    return ()


def _norm(sizes, node, a):
    if node.data == "fro" and len(a.shape) == 1:
        sizes.refuse(a, "is flat; the Frobenius norm is a matrix's")
    return ()


def _p_norm(sizes, node, a):
    is_array = len(a.shape) == 2 and sizes.find(a.shape[1]) != 1
    if is_array and not (sizes.numpy and node.data in (1, "inf")):
        said = "norms of order 1 and inf of a matrix are NumPy's: type np.linalg.norm"
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}, no column; {said}")
    return ()


def _of_matrix(sizes, node, a):
    row = MATRICES[node.op]
    if row.square:
        _square(sizes, node, a)
    elif len(a.shape) == 1:
        sizes.refuse(a, "is a flat array; it must be a matrix here")
    results = {"number": (), "same": a.shape, "column": (*a.shape[:1], 1), "flat": a.shape[:1]}
    return results[row.result] if a.shape else ()


def _diag(sizes, node, a):
    if len(a.shape) == 2 and sizes.find(a.shape[1]) != 1:
        return (_square(sizes, node, a)[0], 1)
    return (a.shape[0], a.shape[0]) if a.shape else ()


def _np_diag(sizes, node, a):
    if len(a.shape) == 1:
        return a.shape * 2
    if not a.shape:
        sizes.refuse(a, "is a number; np.diag takes an array")
    rows, columns = map(sizes.find, a.shape)
    if 1 in (rows, columns):
        return (1,)
    return (rows,) if sizes.unify(rows, columns) else (Unknown(),)


def _kron(sizes, node, a, b):
    x, y = a.shape, b.shape
    x, y = (1,) * (len(y) - len(x)) + x, (1,) * (len(x) - len(y)) + y
    return tuple(zip(x, y, strict=True))


def _total(sizes, node, a):
    axis, keep = node.data or (None, False)
    if axis is None:
        return (1,) * len(a.shape) if keep else ()
    if not -len(a.shape) <= axis < len(a.shape):
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))} and has no axis {axis}")
    found = list(a.shape)
    found[axis : (axis + 1) or None] = [1] if keep else []
    return tuple(found)


def _same(sizes, node, a):
    _total(sizes, node, a)  # which says where there is no such axis
    if node.op == "cumsum" and node.data is None and 1 not in map(sizes.find, column(a.shape)):
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}; type rowcumsum or colcumsum")
    return a.shape


def _index(sizes, node, a, *places):
    sizes.number(*places)
    rest, found, at = list(a.shape), [], iter(places)
    for part in node.data:
        if part == "new":
            found.append(1)
        elif not rest:
            sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}; too many indices")
        else:
            size = rest.pop(0)
            if part == ":":
                found.append(size)
            else:
                sizes.unify(sizes.bound.get(next(at).data, size), size)  # the sum runs over all
    if len(found) + len(rest) > 2:
        sizes.refuse(node, "has three dimensions")
    return (*found, *rest)


def bounds(node, length, as_size):
    """Return from where to where a NumPy slice of a length goes; ``as_size`` says which size a
    formula is."""
    given, found = iter(node.args[1:]), [0, length]
    for i, told in enumerate(node.data[1:]):
        if told:
            x = next(given)
            back = x.op == "neg" and x.args[0].op == "number"
            found[i] = plus(length, -x.args[0].data) if back else as_size(x)
    if isinstance(length, int) and isinstance(found[1], int):
        found[1] = min(found[1], length)
    return found


def _cut(sizes, node, a, *places):
    sizes.number(*places)
    axis = node.data[0]
    if axis >= len(a.shape):
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}; too many indices")
    start, stop = bounds(node.with_(args=(a, *places)), sizes.find(a.shape[axis]), sizes.as_size)
    length = minus(stop, start)
    found = Unknown() if length is None else length
    if isinstance(found, int) and found < 1:
        sizes.refuse(node, "has no entries")
    return (*a.shape[:axis], found, *a.shape[axis + 1 :])


def _diff(sizes, node, a):
    if not -len(a.shape) <= node.data < len(a.shape):
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}, and has no axis {node.data}")
    axis = node.data % len(a.shape)
    return (*a.shape[:axis], plus(sizes.find(a.shape[axis]), -1), *a.shape[axis + 1 :])


def _slice(sizes, node, a):
    axis, start, stop = node.data
    length = minus(sizes.find(stop), sizes.find(start))
    shape = list(column(a.shape) or (1, 1))
    shape[axis] = Unknown() if length is None else length
    return tuple(shape)


def _joined(sizes, node, *args):
    function, axis = node.data
    if any(not x.shape for x in args):
        sizes.refuse(node, "puts arrays together, and there is a number")
    flat = [len(x.shape) == 1 for x in args]
    if all(flat) and function in ("hstack", "concatenate"):
        return (plus(*(x.shape[0] for x in args)),)
    if any(flat) and function in ("hstack", "concatenate"):
        sizes.refuse(node, "puts flat arrays and others together; type x[:, None]")
    rows = function == "vstack" or axis == 0
    shapes = [((1, *x.shape) if rows else (*x.shape, 1)) if f else x.shape
              for x, f in zip(args, flat, strict=True)]  # fmt: skip
    return _side_by_side(sizes, node, shapes, 0 if rows else 1)


def _side_by_side(sizes, node, shapes, axis):
    for shape in shapes[1:]:
        if not sizes.unify(shapes[0][1 - axis], shape[1 - axis]):
            sizes.refuse(node, "puts arrays together whose other sizes differ")
    found = list(shapes[0])
    found[axis] = plus(*(sizes.find(x[axis]) for x in shapes))
    return tuple(found)


def _stack(sizes, node, *args):
    return _side_by_side(sizes, node, [column(x.shape) or (1, 1) for x in args], node.data)


def _size(sizes, node, a):
    axis = 0 if node.data in ("len", "size") else node.data
    if node.data != "size" and not -len(a.shape) <= axis < len(a.shape):
        sizes.refuse(a, f"is {shape_text(sizes.named(a.shape))}, and has no such size")
    return ()


def _sized(sizes, node, *args):
    sizes.number(*args)
    found = tuple(map(sizes.as_size, args))
    if node.op == "eye":
        found = found or (Unknown(),)
        return found if len(found) == 2 else found * 2
    return found or (Unknown(), 1)


def _gradient(sizes, node, f, x):
    sizes.number(f)
    return x.shape


def _hessian(sizes, node, f, x):
    sizes.number(f)
    return (_count(x.shape),) * 2 if x.shape else ()


def _partial(sizes, node, f, x):
    turned = sizes.layout == "row"
    if not f.shape:
        return x.shape[::-1] if turned else x.shape
    if not x.shape:
        return f.shape
    if sizes.find(column(f.shape)[1]) != 1 or sizes.find(column(x.shape)[1]) != 1:
        sizes.refuse(node, "has four indices; take vec of both")
    found = (f.shape[0], x.shape[0])
    return found[::-1] if sizes.layout == "column" else found


def _matrix(sizes, node, *entries):
    sizes.number(*entries)
    return node.data


def _space(sizes, node, *args):
    found = tuple(map(sizes.as_size, args))
    return column(found)


RULES = {
    "number": lambda s, node: (),
    "size": _size,
    "item": lambda s, node, a: (),
    "matrix": _matrix,
    "eye": _sized,
    "ones": _sized,
    "zeros": _sized,
    "space": _space,
    "ones_like": lambda s, node, a: a.shape,
    "zeros_like": lambda s, node, a: a.shape,
    "neg": lambda s, node, a: a.shape,
    "add": _equal,
    "sub": _equal,
    "times": _entrywise,
    "edivide": _entrywise,
    "div": _quotient,
    "product": _product,
    "cdot": _cdot,
    "matmul": _matmul,
    "dot": _dot,
    "np_inner": _np_inner,
    "inner": _inner,
    "outer": lambda s, node, a, b: (_count(a.shape), _count(b.shape)),
    "power": _power,
    "epower": _epower,
    "matrix_power": _power,
    "transpose": lambda s, node, a: a.shape[::-1],
    "inv": _square,
    "det": _of_square,
    "trace": _of_square,
    "norm": _norm,
    "p_norm": _p_norm,
    **dict.fromkeys(MATRICES, _of_matrix),
    "diag": _diag,
    "np_diag": _np_diag,
    "vec": lambda s, node, a: (_count(a.shape), 1),
    "ravel": lambda s, node, a: (_count(a.shape),),
    "reshape": lambda s, node, a: tuple(_count(a.shape) if x == -1 else 1 for x in node.data[0]),
    "kron": _kron,
    **{op: _total if row.reduces else _same for op, row in ALONG.items()},
    "sum": _total,
    "mean": _total,
    "index": _index,
    "cut": _cut,
    "diff": _diff,
    "slice": _slice,
    "joined": _joined,
    "stack": _stack,
    "differential": lambda s, node, a: a.shape,
    "gradient": _gradient,
    "hessian": _hessian,
    "partial": _partial,
    **dict.fromkeys(ELEMENTWISE, _function),
}
