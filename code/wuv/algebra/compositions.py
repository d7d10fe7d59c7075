"""Functions that are made of others, or that need more than their name: what each comes to.

>>> from wuv.algebra.tree import name
>>> logaddexp(ZERO, name("x")), clipped(name("x"), None, ONE)
(softplus(name(x)), minimum(name(x), number(1)))
"""

from fractions import Fraction
from functools import reduce

from wuv.algebra.arguments import formula, integer, is_mask, refuse
from wuv.algebra.einsum import Untold
from wuv.algebra.einsum import einsum as by_subscripts
from wuv.algebra.size import minus, plus
from wuv.algebra.tree import Expr, is_number, number

ZERO, ONE = number(0), number(1)
PI = Expr("arccos", (Expr("neg", (ONE,)),))  # which NumPy's text writes as np.pi


def norm(x, order, axis, keepdims):
    """Return a norm; along an axis it is the root of a sum, and the like."""
    if axis is None and keepdims:
        refuse("takes keepdims with an axis alone")
    if axis is None:
        op = {None: "norm", "fro": "norm", 2: "norm", "nuc": "nuclear"}.get(order, "p_norm")
        return Expr(op, (x,), None if op == "nuclear" else order)
    if order in ("fro", "nuc"):
        refuse(f"has no order {order!r} along an axis")
    if order in (None, 2):
        return Expr("sqrt", (Expr("sum", (Expr("epower", (x, number(2))),), (axis, keepdims)),))
    size = Expr("abs", (x,))
    if order in ("inf", "-inf"):
        return Expr("max" if order == "inf" else "min", (size,), (axis, keepdims))
    if order == 1:
        return Expr("sum", (size,), (axis, keepdims))
    total = Expr("sum", (Expr("epower", (size, number(order))),), (axis, keepdims))
    return Expr("epower", (total, number(1 / Fraction(order))))


def total(op):
    """A function along an axis, as NumPy has it."""
    return lambda a, axis, keepdims=True: Expr(op, (a,), (axis, keepdims))


def of_two(op, binary):
    """Let a maximum be that of two numbers, too, as people and Python write it."""

    def make(a, b, axis, keepdims):
        if b is None:
            return total(op)(a, axis, keepdims)
        if axis is not None or keepdims:
            refuse("of two takes no axis")
        return Expr(binary, (a, b))

    return make


def log_softmax(x, axis):
    """Return x − logsumexp(x)."""
    return Expr("sub", (x, Expr("logsumexp", (x,), (axis, True))))


def cumsum(a, axis):
    """Return sums of all entries up to each; without an axis, of the flat array."""
    if axis is None:
        a, axis = Expr("ravel", (a,), "C"), 0
    return Expr("cumsum", (a,), (axis, True))


def spread(op):
    """Return the variance or the standard deviation; with ddof, one for n − ddof."""

    def make(a, axis, ddof, keepdims):
        found = Expr(op, (a,), (axis, keepdims))
        if ddof is None or is_number(ddof, 0):
            return found
        count = Expr("size", (a,), "size" if axis is None else axis)
        ratio = Expr("div", (count, Expr("sub", (count, ddof))))
        return Expr("times", (ratio if op == "var" else Expr("sqrt", (ratio,)), found))

    return make


def filled(op):
    """An array of ones or zeros."""
    return lambda shape, _: Expr(op, shape)


def raveled(a, order):
    """Return an array made flat, row by row or column by column."""
    return Expr("ravel", (a,), order)


def reshaped(a, sizes, order):
    """Return an array as a column, a row or a flat array; these are all that is read."""
    if sizes == (-1, 1) and order == "F":
        return Expr("vec", (a,))
    if sizes not in ((-1, 1), (1, -1), (-1,)):
        refuse("takes the sizes (-1, 1), (1, -1) or -1 here", a)
    if sizes == (-1,):
        return Expr("ravel", (a,), order)
    return Expr("reshape", (a,), (sizes, order))


def array(a):
    """Read np.array of a list, or of rows; of an array it is that array."""
    if a.op != "list":
        return formula(a)
    rows = [x.args for x in a.args if x.op == "list"]
    if rows and len(rows) == len(a.args):
        if len(set(map(len, rows))) != 1 or not rows[0]:
            refuse("takes rows of one length", a)
        shape, entries = (len(rows), len(rows[0])), [x for row in rows for x in row]
    else:
        shape, entries = (len(a.args),), a.args
    if not entries:
        refuse("takes no empty array", a)
    return Expr("matrix", tuple(map(formula, entries)), shape)


def masks(make):
    """A function of comparisons alone."""

    def function(*args):
        for x in args:
            if not is_mask(x):
                refuse("takes comparisons here, such as x > 0", x)
        return make(*args)

    return function


def clipped(a, low, high):
    """Return min(max(a, low), high), as NumPy has it; a bound may be None."""
    a = a if low is None else Expr("maximum", (a, low))
    return a if high is None else Expr("minimum", (a, high))


def logaddexp(a, b):
    """Return a + softplus(b − a); of 0 and b that is softplus(b)."""
    if ZERO in (a, b):
        return Expr("softplus", (b if a == ZERO else a,))
    return Expr("add", (a, Expr("softplus", (Expr("sub", (b, a)),))))


def joined(function):
    """Return arrays that are put together, as NumPy's function of that name does."""

    def make(arrays, axis=None):
        if arrays.op != "list" or not arrays.args:
            refuse("takes a list of arrays", arrays)
        return Expr("joined", tuple(map(formula, arrays.args)), (function, axis))

    return make


def block(arrays):
    """Return np.block of rows of blocks."""
    if arrays.op != "list" or any(x.op != "list" for x in arrays.args):
        refuse("takes rows of blocks, as in [[A, B], [C, D]]", arrays)
    rows = [joined("hstack")(x) for x in arrays.args]
    return Expr("joined", tuple(rows), ("vstack", None))


def concatenated(arrays, axis):
    """Return arrays that are put together along an axis."""
    if axis not in (0, 1, -1):
        refuse("takes the axis 0, 1 or -1 here")
    return joined("concatenate")(arrays, axis)


def part(axis):
    """Return rows or columns, counted from 1, the last one included."""

    def make(x, first, last):
        start, stop = (as_size(y) for y in (first, last))
        return Expr("slice", (x,), (axis, plus(start, -1), stop))

    return make


def as_size(node):
    """Return the size that a formula names: 3, n, n − 1."""
    if node.op == "name" or (node.op == "number" and isinstance(node.data, int)):
        return node.data
    if node.op in ("add", "sub"):
        a, b = map(as_size, node.args)
        found = (
            plus(a, b) if node.op == "add" else minus(a, b) if isinstance(b, str) else plus(a, -b)
        )
        if found is not None:
            return found
    return refuse("counts with sizes, such as n or n - 1", node)


def heaviside(make):
    """NumPy's function, which wants to be told what it is at 0."""

    def function(x, at_zero):
        if at_zero is not None and not is_number(at_zero, 0):
            refuse("is read as 0 at 0, and takes 0 here", at_zero)
        return make(x)

    return function


def square(x):
    """Return the square of each entry."""
    return Expr("epower", (x, number(2)))


def rel_entr(x, y):
    """Return x log(x / y)."""
    return Expr("times", (x, Expr("log", (Expr("div", (x, y)),))))


def huber(delta, r):
    """Return SciPy's function: r²/2 where |r| is at most delta, and linear beyond it."""
    size = Expr("abs", (r,))
    half = Expr("div", (delta, number(2)))
    linear = Expr("times", (delta, Expr("sub", (size, half))))
    near = Expr("div", (square(r), number(2)))
    return Expr("where", (Expr("less_equal", (size, delta)), near, linear))


def polygamma(n, x):
    """Return digamma or its slope: of SciPy's functions these are read."""
    if not is_number(n, 0) and not is_number(n, 1):
        refuse("takes the orders 0 and 1 here", n)
    return Expr("trigamma" if n.data else "digamma", (x,))


def sinc(x):
    """Return sin(πx) / (πx)."""
    angle = Expr("times", (PI, x))
    return Expr("div", (Expr("sin", (angle,)), angle))


def erfc(x):
    """Return 1 − erf(x)."""
    return Expr("sub", (ONE, Expr("erf", (x,))))


def ndtr(x):
    """Return the normal distribution's Φ(x), which is (1 + erf(x/√2)) / 2."""
    inside = Expr("div", (x, Expr("sqrt", (number(2),))))
    return Expr("div", (Expr("add", (ONE, Expr("erf", (inside,)))), number(2)))


def radians(x):
    """Return degrees as an angle."""
    return Expr("times", (x, Expr("div", (PI, number(180)))))


def betaln(a, b):
    """Return log B(a, b)."""
    single, both = (Expr("gammaln", (x,)) for x in (a, b)), Expr("add", (a, b))
    return Expr("sub", (Expr("add", tuple(single)), Expr("gammaln", (both,))))


def peak_to_peak(a, axis, keepdims):
    """Return the maximum less the minimum."""
    return Expr("sub", tuple(Expr(op, (a,), (axis, keepdims)) for op in ("max", "min")))


def average(a, axis, weights):
    """Return a weighted mean of all entries."""
    if weights is None:
        return Expr("mean", (a,), (axis, False))
    if axis is not None:
        refuse("takes weights without an axis; type np.sum(a * w, axis=…) / np.sum(w)", weights)
    total = Expr("sum", (weights,), (None, False))
    return Expr("div", (Expr("inner", (a, weights)), total))


def einsum(subscripts=None, *operands):
    """Return what subscripts and operands stand for."""
    if subscripts is None or subscripts.op != "value" or not isinstance(subscripts.data, str):
        refuse("takes its subscripts first, as in 'ij,jk->ik'", subscripts)
    try:
        return by_subscripts(subscripts.data, [*map(formula, operands)])
    except Untold as error:
        refuse(str(error), subscripts)


def tensordot(a, b, axes):
    """Return a product summed over one axis."""
    if not is_number(axes, 1):
        refuse("takes 1 axis here; for both type np.sum(A * B), for others np.einsum", axes)
    return Expr("dot", (a, b))


def multi_dot(arrays):
    """Return the product of a list of arrays."""
    if arrays.op != "list" or len(arrays.args) < 2:
        refuse("takes a list of arrays", arrays)
    return reduce(lambda a, b: Expr("matmul", (a, b)), map(formula, arrays.args))


def crossed(a, b):
    """Return AᵀB, R's crossprod; of one matrix AᵀA."""
    return Expr("matmul", (Expr("transpose", (a,)), a if b is None else b))


def solved(a, b):
    """Return A⁻¹b, or A⁻¹ alone, as R has it."""
    return Expr("inv", (a,)) if b is None else Expr("matmul", (Expr("inv", (a,)), b))


def swapped(a, first, second):
    """Return the transpose, as PyTorch names its two axes."""
    if {integer(first) % 2, integer(second) % 2} != {0, 1}:
        refuse("takes two axes here, 0 and 1", first)
    return Expr("transpose", (a,))


def reduced_loss(make):
    """PyTorch's losses, which are means where nothing else is said."""

    def function(a, b, how):
        if how is not None and not (how.op == "value" and how.data in ("sum", "mean", "none")):
            refuse("takes the reduction 'sum', 'mean' or 'none' here", how)
        op, apart = how.data if how else "mean", make(Expr("sub", (a, b)))
        return apart if op == "none" else Expr(op, (apart,), (None, False))

    return function
