"""The operations on arrays: what each does, and which sizes it refuses.

Each takes the evaluation that it is part of (which counts the work, applies functions to numbers of
its kind, and says what is wrong), the node, and the values of its arguments, arrays. NumPy does the
rest: its products and sums work on any Python numbers, `Fraction` and `wuv.algebra.exact.Dual`
included. `SHARED` are those that are the same for numbers of all kinds (`wuv.points.fast`).
"""

import math
from fractions import Fraction
from functools import partial

import numpy as np

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import TABLE, call, power, root
from wuv.algebra.exact import determinant_and_inverse, divide, value, whole
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.tree import CannotEvaluate, Misfit, spelled, words

DIVIDE = np.frompyfunc(divide, 2, 1)
POWER = np.frompyfunc(power, 2, 1)
WHOLE = np.frompyfunc(whole, 1, 1)
VALUE = np.frompyfunc(value, 1, 1)
FUNCTIONS = {op: np.frompyfunc(partial(call, op), len(row.slopes), 1) for op, row in TABLE.items()}


def filled(shape, number):
    """Return an array of Python numbers, all the same."""
    found = np.empty(shape, dtype=object)
    found[...] = number
    return found


def stacked(numbers):
    """Return a flat array of the numbers."""
    found = np.empty(len(numbers), dtype=object)
    found[:] = numbers
    return found


def only(found, node):
    """Return the number that a 1×1 result is."""
    if found.size != 1:
        raise Misfit(f"{spelled(node)} has shape {found.shape}; a number is needed", node.place)
    return found.item()


def integer(found, node):
    """Return the whole number that a value is; raise `CannotEvaluate` where it is none."""
    x = whole(value(only(found, node)))
    if not isinstance(x, int) or abs(x) > 10**9:
        raise CannotEvaluate(f"{spelled(node)} must be a whole number", node.place)
    return x


def misfit(node, arrays, why):
    """Return the error that names all factors and their shapes."""
    some = zip(node.args, arrays, strict=False)
    return Misfit(f"{' and '.join(f'{spelled(x)} has shape {a.shape}' for x, a in some)}: {why}")


def broadcast(run, node, *arrays):
    """Pay for an entry by entry operation; raise `Misfit` where NumPy could not stretch."""
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        raise run.misfit(node, arrays, "these cannot be combined entry by entry") from None
    run.spend(math.prod(shape), node)


def _function(run, node, *arrays):
    if len(arrays) > 1:
        broadcast(run, node, *arrays)
    return run.each(node.op, *arrays)


def _entrywise(operation):
    def apply(run, node, a, b):
        broadcast(run, node, a, b)
        return operation(a, b)

    return apply


def _matmul(run, node, a, b):
    if not a.ndim or not b.ndim:
        raise run.misfit(node, (a, b), "@ does not take numbers; use *")
    if a.shape[-1] != b.shape[0]:
        raise run.misfit(node, (a, b), f"this product needs {a.shape[-1]} = {b.shape[0]}")
    run.spend(a.size * b.size // b.shape[0], node)
    return a.dot(b)


def _dot(run, node, a, b):
    return a * b if not a.ndim or not b.ndim else _matmul(run, node, a, b)


def _product(run, node, a, b):
    for x, y in ((a, node.args[0]), (b, node.args[1])):
        if x.ndim == 1:
            raise Misfit(f"{spelled(y)} is a flat array; make it a column: .reshape(-1, 1)")
    if not a.ndim or not b.ndim:
        return a * b
    if a.shape[1] != b.shape[0] and 1 in (a.size, b.size):
        return a.reshape(()) * b if a.size == 1 else a * b.reshape(())  # a dual is no array
    return _matmul(run, node, a, b)


def _cdot(run, node, a, b):
    if a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1] == 1 and a.shape == b.shape:
        return (a * b).sum()
    return _product(run, node, a, b)


def _np_inner(run, node, a, b):
    if not a.ndim or not b.ndim:
        return a * b
    if a.shape[-1] != b.shape[-1]:
        raise run.misfit(node, (a, b), f"np.inner needs {a.shape[-1]} = {b.shape[-1]}")
    run.spend(a.size * b.size // b.shape[-1], node)
    return a.dot(b.T)


def _inner(run, node, a, b):
    if a.size != b.size:
        raise run.misfit(node, (a, b), "an inner product needs equal sizes")
    return (a.ravel() * b.ravel()).sum()


def _outer(run, node, a, b):
    run.spend(a.size * b.size, node)
    return np.multiply.outer(a.ravel(), b.ravel())


def _kron(run, node, a, b):
    run.spend(a.size * b.size, node)
    return np.kron(a, b)


def square(x, node):
    """Raise `Misfit` where a matrix is not square."""
    if x.ndim != 2 or x.shape[0] != x.shape[1]:
        raise Misfit(f"{spelled(node)} has shape {x.shape}; it must be square", node.place)


def inverse(run, node, a):
    """Return the inverse of a matrix or of a number."""
    if not a.ndim:
        return divide(1, a.item())
    square(a, node.args[0])
    run.spend(2 * len(a) ** 4, node)
    return determinant_and_inverse(a, "inverse")


def _det(run, node, a):
    if not a.ndim:
        return a
    square(a, node.args[0])
    run.spend(2 * len(a) ** 4, node)
    return determinant_and_inverse(a, "det")


def _trace(run, node, a):
    if a.ndim == 1:
        raise run.misfit(node, (a,), "a trace is that of a matrix")
    return np.diagonal(a).sum() if a.ndim else a


def square_sum(run, node, a):
    """Return the sum of the squares of all entries."""
    if node.data == "fro" and np.ndim(a) == 1:
        raise CannotEvaluate("the Frobenius norm is a matrix's, and this is flat")
    return sum(x * x for x in a.flat)


def spectral(node, shape):
    """Return whether a norm is the largest singular value: that of order 2, of a matrix."""
    return node.data == 2 and len(shape) == 2 and 1 not in shape


def _norm(run, node, a):
    if spectral(node, a.shape):
        return run.of_matrix("spectral", a)
    return root(square_sum(run, node, a))


def _diag(run, node, a):
    if not a.ndim:
        return a
    if a.ndim == 2 and a.shape[1] != 1:
        run.square(a, node.args[0])
        return np.diagonal(a).reshape(-1, 1)
    return _spread(run, node, a.ravel())


def _spread(run, node, a):
    run.spend(a.size**2, node)
    found = np.full((a.size, a.size), run.number(0), dtype=a.dtype)
    np.fill_diagonal(found, a)
    return found


def _np_diag(run, node, a):
    if not a.ndim:
        raise run.misfit(node, (a,), "np.diag takes an array")
    return _spread(run, node, a) if a.ndim == 1 else np.diagonal(a)


def _total(run, node, a):
    axis, keep = node.data or (None, False)
    if axis is not None and not -a.ndim <= axis < a.ndim:
        raise run.misfit(node, (a,), f"there is no axis {axis}")
    total = a.sum(axis=axis, keepdims=keep)
    count = a.size if axis is None else a.shape[axis]
    return total if node.op == "sum" else run.over(total, count)


def _along(run, node, a):
    axis, keep = node.data or (None, False)
    if axis is not None and not -a.ndim <= axis < a.ndim:
        raise Misfit(f"{spelled(node.args[0])} has shape {a.shape}, and no axis {axis}")
    row = ALONG[node.op]
    found = row.value(run, np.atleast_1d(a), axis)  # of a number of its own, NumPy would unpack it
    if not row.reduces:
        return found.reshape(a.shape)
    if keep and a.ndim:
        return found
    return found.reshape(()) if axis is None else found.squeeze(axis)


def _of_matrix(run, node, a):
    if MATRICES[node.op].square:
        run.square(a, node.args[0])
    elif a.ndim != 2:
        raise Misfit(
            f"{spelled(node.args[0])} has shape {a.shape}; it must be a matrix", node.place
        )
    run.spend(100 * a.size * max(a.shape), node)
    return run.of_matrix(node.op, a)


def _p_norm(run, node, a):
    """A norm by its order; of a matrix to NumPy, its largest column sum or row sum."""
    size, order = run.each("abs", a), node.data
    if a.ndim == 2 and order in (1, "inf"):
        size, order = size.sum(axis=0 if order == 1 else 1), "inf"
    if order in ("inf", "-inf"):
        return run.reduced("maximum" if order == "inf" else "minimum", size, None).reshape(())
    if order == 1:
        return size.sum()
    return run.raised(run.raised(size, order).sum(), 1 / Fraction(order))


def _size(run, node, a):
    axis = 0 if node.data == "len" else node.data
    if axis != "size" and not -a.ndim <= axis < a.ndim:
        raise run.misfit(node, (a,), f"there is no axis {axis}")
    return run.array(a.size if axis == "size" else a.shape[axis])


def _item(run, node, a):
    if a.size != 1:
        raise run.misfit(node, (a,), "a number is needed")
    return a.reshape(())


def _index(run, node, a, *places):
    places = iter([run.whole(x, y) for x, y in zip(places, node.args[1:], strict=True)])
    pattern = {":": slice(None), "new": None}
    index = tuple(next(places) if part == "at" else pattern[part] for part in node.data)
    try:
        found = np.asarray(a[index], dtype=a.dtype)
    except IndexError:
        shape = f"{spelled(node.args[0])} has shape {a.shape}"
        raise CannotEvaluate(f"{shape}; there is no {spelled(node)}") from None
    if found.ndim > 2:
        raise run.misfit(node, (a, *places), "there would be three dimensions")
    return found


def _between(node, a, axis, start, stop):
    length = a.shape[axis] if axis < a.ndim else 0
    if any(x is not None and abs(x) > length for x in (start, stop)):
        raise CannotEvaluate(f"{spelled(node.args[0])} has shape {a.shape}; it has no such part")
    found = a[(slice(None),) * axis + (slice(start, stop),)]
    if not found.size:
        raise CannotEvaluate(f"{spelled(node)} has no entries here")
    return found


def _cut(run, node, a, *places):
    given = iter([run.whole(x, y) for x, y in zip(places, node.args[1:], strict=True)])
    start, stop = (next(given) if told else None for told in node.data[1:])
    return _between(node, a, node.data[0], start, stop)


def _diff(run, node, a):
    if not -a.ndim <= node.data < a.ndim or a.shape[node.data] < 2:
        raise run.misfit(node, (a,), "there are no differences")
    return np.diff(a, axis=node.data)


def _slice(run, node, a):
    axis, start, stop = node.data
    column = a.reshape(-1, 1) if a.ndim < 2 else a
    return _between(node, column, axis, run.size(start), run.size(stop))


def _joined(run, node, *arrays):
    function, axis = node.data
    try:
        return getattr(np, function)(arrays, **({} if axis is None else {"axis": axis}))
    except ValueError:
        raise run.misfit(node, arrays, "these cannot be put together") from None


def _stack(run, node, *arrays):
    columns = [a.reshape(-1, 1) if a.ndim < 2 else a for a in arrays]
    try:
        return np.concatenate(columns, axis=node.data)
    except ValueError:
        raise run.misfit(node, arrays, "these cannot be put together") from None


def _matrix(run, node, *entries):
    numbers = [only(x, y) for x, y in zip(entries, node.args, strict=True)]
    return stacked(numbers).reshape(node.data)


def _delta(run, node, i, j):
    return int(integer(i, node.args[0]) == integer(j, node.args[1]))


OPERATIONS = {
    "number": lambda run, node: node.data,
    "matrix": _matrix,
    "delta": _delta,
    "size": _size,
    "item": _item,
    "ones_like": lambda run, node, a: filled(a.shape, 1),
    "zeros_like": lambda run, node, a: filled(a.shape, 0),
    "neg": lambda run, node, a: -a,
    "add": _entrywise(lambda a, b: a + b),
    "sub": _entrywise(lambda a, b: a - b),
    "times": _entrywise(lambda a, b: a * b),
    "div": _entrywise(DIVIDE),
    "edivide": _entrywise(DIVIDE),
    "product": _product,
    "cdot": _cdot,
    "matmul": _matmul,
    "dot": _dot,
    "np_inner": _np_inner,
    "inner": _inner,
    "outer": _outer,
    "kron": _kron,
    "transpose": lambda run, node, a: a.T,
    "inv": inverse,
    "det": _det,
    "trace": _trace,
    "norm": _norm,
    "diag": _diag,
    "np_diag": _np_diag,
    "vec": lambda run, node, a: a.reshape((-1, 1), order="F"),
    "ravel": lambda run, node, a: a.ravel(order=node.data or "C"),
    "reshape": lambda run, node, a: a.reshape(node.data[0], order=node.data[1]),
    "sum": _total,
    "mean": _total,
    "index": _index,
    "cut": _cut,
    "diff": _diff,
    "slice": _slice,
    "joined": _joined,
    "stack": _stack,
    **dict.fromkeys(TABLE, _function),
    **dict.fromkeys(ALONG, _along),
    **dict.fromkeys(MATRICES, _of_matrix),
    "p_norm": _p_norm,
}

SHARED = (
    *words(
        "transpose vec ravel reshape item matmul dot np_inner inner outer kron trace diag np_diag"
    ),
    *words("sum mean index size cut diff slice joined stack p_norm"),
    *TABLE,
    *ALONG,
    *MATRICES,
)
