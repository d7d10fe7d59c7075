"""The functions of the language: what each takes, in which place and by which name.

>>> from wuv.algebra.tree import name
>>> applied("norm", (name("x"), Expr("value", data="fro")))
norm(name(x), fro)
>>> applied("norm", (name("x"), Expr("value", data="max")))
Traceback (most recent call last):
    ...
wuv.algebra.tree.Unreadable: norm() has the orders None, 'fro', 'nuc', ±np.inf, numbers above 0

Every reader comes here with the arguments it met, so none of them drops one: what is not in the
table is refused by its name. An argument is a formula, or what stands where no formula can:
``value`` (None, True, a text) and ``list`` (brackets with several formulas in them).
"""

from fractions import Fraction
from functools import reduce

from wuv.algebra.along import OPERATORS
from wuv.algebra.einsum import Untold, einsum
from wuv.algebra.elementwise import COMPARISONS, TABLE
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.size import minus, plus
from wuv.algebra.tree import Expr, Unreadable, is_number, number, words

LIMIT = 10**6
ZERO, ONE = number(0), number(1)


def applied(function, args, keywords=(), place=None, *, numpy=False, torch=False):
    """Return the tree of a function of `WORDS`, or of ``numpy``'s `FUNCTIONS`; ``keywords`` are
    pairs, a name and an argument.

    Raises `Unreadable` for an argument that it doesn't take, or not here.
    """
    make, names = (TORCH if torch else FUNCTIONS if numpy else WORDS)[function]
    try:
        if names == "...":  # as many as there are
            if keywords:
                _refuse(f"has no {keywords[0][0]} in the language", keywords[0][1])
            return make(*args)
        kinds = {x.split(":")[0]: x.split(":")[-1] for x in names.split()}
        given = _by_name([*kinds], args, keywords)
        values = [PARAMETERS.get(kinds[key], _formula)(value) for key, value in given.items()]
        return Expr(make, tuple(values)) if isinstance(make, str) else make(*values)
    except _Refused as error:
        message, node = error.args
        raise Unreadable(f"{function}() {message}", node.place if node else place) from None


def _by_name(names, args, keywords):
    """Return {name: argument}, in the table's order; an optional one that is missing is None."""
    by_place = names[: names.index("*")] if "*" in names else names
    names = [x for x in names if x != "*"]
    if len(args) > len(by_place):
        _refuse(f"takes {', '.join(by_place)} here, and no more", args[len(by_place)])
    given = dict.fromkeys(names) | dict(zip(by_place, args, strict=False))
    for key, value in keywords:
        if key not in names:
            _refuse(f"has no {key} in the language", value)
        if given[key] is not None:
            _refuse(f"gets {key} twice", value)
        given[key] = value
    for key in names:
        if given[key] is None and key not in OPTIONAL:
            _refuse(f"needs {key}")
    return given


class _Refused(Exception):
    """What is wrong, and the argument that it is wrong with, or None."""


def _refuse(message, node=None):
    raise _Refused(message, node)


def _formula(node):
    """Return an argument that must be a formula."""
    if node is None:
        return None
    if node.op == "list":
        _refuse("takes no list; write np.array([…])", node)
    if node.op == "value":
        _refuse(f"takes no {node.data!r} here", node)
    return node


# What stands where no formula can


def whole_number(node):
    """Return a whole number that was written out. Raises `Unreadable`, with the place."""
    try:
        return _integer(node)
    except _Refused:
        raise Unreadable("a whole number is wanted here", node.place) from None


def _integer(node):
    sign, inside = 1, node
    if node.op == "neg":
        sign, inside = -1, node.args[0]
    if inside.op != "number" or not isinstance(inside.data, int):
        _refuse("takes a whole number here", node)
    if inside.data > LIMIT:
        _refuse("takes no number so large", node)
    return sign * inside.data


def _is_none(node):
    return node is None or (node.op == "value" and node.data is None)


def _axis(node):
    return None if _is_none(node) else _integer(node)


def _flag(node):
    if node is not None and not (node.op == "value" and isinstance(node.data, bool)):
        _refuse("takes True or False here", node)
    return node is not None and node.data


def _order(node):
    if node is not None and not (node.op == "value" and node.data in ("C", "F")):
        _refuse("takes the order 'C' (row by row) or 'F' (column by column)", node)
    return "C" if node is None else node.data


def _norm_order(node):
    """Return the order of a norm: None, "fro", "nuc", "inf", "-inf", or a number above 0."""
    if _is_none(node):
        return None
    sign, inside = ("-", node.args[0]) if node.op == "neg" else ("", node)
    if inside.op == "value" and inside.data in (("inf",) if sign else ("inf", "fro", "nuc")):
        return sign + inside.data
    order = _constant(node)
    if order is None or order <= 0:
        _refuse("has the orders None, 'fro', 'nuc', ±np.inf, numbers above 0", node)
    return order


def _constant(node):
    """Return a number such as 3, 1.5 or 1/2, or None."""
    if node.op == "div":
        above, below = map(_constant, node.args)
        return Fraction(above) / below if above is not None and below else None
    return node.data if node.op == "number" else None


def _kind_of_number(node):
    """Let dtype be said where it changes no value."""
    if node is not None and not (node.op == "name" and node.data in ("int", "float", "object")):
        _refuse("takes the dtype int, float or object here", node)


def _columns(node):
    return () if _is_none(node) else (_formula(node),)


def _sizes(node):
    sizes = node.args if node.op == "list" else (node,)
    if not 1 <= len(sizes) <= 2:
        _refuse("takes one or two sizes here", node)
    return tuple(map(_formula, sizes))


def is_mask(node):
    """Return whether NumPy has truth values here: a comparison, or a product of such."""
    both = node.op == "times" and all(map(is_mask, node.args))
    return both or node.op in COMPARISONS


def _condition(node):
    return node if is_mask(node) else Expr("not_equal", (_formula(node), ZERO))


OPTIONAL = {"other", "reduction", "weights", "at_zero", "ddof", "axis", "keepdims", "order", "ord",
            "dtype", "M"}  # fmt: skip
PARAMETERS = {  # the others are formulas
    "axis": _axis,
    "first_axis": lambda node: 0 if node is None else _axis(node),
    "keepdims": _flag,
    "order": _order,
    "ord": _norm_order,
    "dtype": _kind_of_number,
    "M": _columns,
    "shape": _sizes,
    "condition": _condition,
    "a_min": lambda node: None if _is_none(node) else _formula(node),
    "a_max": lambda node: None if _is_none(node) else _formula(node),
    "newshape": lambda node: tuple(map(_integer, node.args if node.op == "list" else (node,))),
    "object": lambda node: node,
    "arrays": lambda node: node,
    "reduction": lambda node: node,
}


# What is more than its own name


def _norm(x, order, axis, keepdims):
    """Return a norm; along an axis it is the root of a sum, and the like."""
    if axis is None and keepdims:
        _refuse("takes keepdims with an axis alone")
    if axis is None:
        op = {None: "norm", "fro": "norm", 2: "norm", "nuc": "nuclear"}.get(order, "p_norm")
        return Expr(op, (x,), None if op == "nuclear" else order)
    if order in ("fro", "nuc"):
        _refuse(f"has no order {order!r} along an axis")
    if order in (None, 2):
        return Expr("sqrt", (Expr("sum", (Expr("epower", (x, number(2))),), (axis, keepdims)),))
    size = Expr("abs", (x,))
    if order in ("inf", "-inf"):
        return Expr("max" if order == "inf" else "min", (size,), (axis, keepdims))
    if order == 1:
        return Expr("sum", (size,), (axis, keepdims))
    total = Expr("sum", (Expr("epower", (size, number(order))),), (axis, keepdims))
    return Expr("epower", (total, number(1 / Fraction(order))))


def _total(op):
    return lambda a, axis, keepdims: Expr(op, (a,), (axis, keepdims))


def _over_axes(op):
    """A function of `wuv.algebra.along`, in a book's signs; of NumPy there are fewer."""
    return lambda a, axis, keepdims=True: Expr(op, (a,), (axis, keepdims))


def _of_two(op, binary):
    """Let a maximum be that of two numbers, too, as people and Python write it."""

    def make(a, b, axis, keepdims):
        if b is None:
            return Expr(op, (a,), (axis, keepdims))
        if axis is not None or keepdims:
            _refuse("of two takes no axis")
        return Expr(binary, (a, b))

    return make


def _log_softmax(x, axis):
    return Expr("sub", (x, Expr("logsumexp", (x,), (axis, True))))


def _logaddexp_reduce(a, axis, keepdims):
    """NumPy's own spelling, which goes along the first axis where none is said."""
    return Expr("logsumexp", (a,), (axis, keepdims))


def _cumsum(a, axis):
    if axis is None:
        a, axis = Expr("ravel", (a,), "C"), 0
    return Expr("cumsum", (a,), (axis, True))


def _spread(op):
    """Return the variance or the standard deviation; with ddof, one for n − ddof."""

    def make(a, axis, ddof, keepdims):
        found = Expr(op, (a,), (axis, keepdims))
        if ddof is None or is_number(ddof, 0):
            return found
        count = Expr("size", (a,), "size" if axis is None else axis)
        ratio = Expr("div", (count, Expr("sub", (count, ddof))))
        return Expr("times", (ratio if op == "var" else Expr("sqrt", (ratio,)), found))

    return make


def _filled(op):
    return lambda shape, _: Expr(op, shape)


def _raveled(a, order):
    return Expr("ravel", (a,), order)


def _reshaped(a, sizes, order):
    if sizes == (-1, 1) and order == "F":
        return Expr("vec", (a,))
    if sizes not in ((-1, 1), (1, -1), (-1,)):
        _refuse("takes the sizes (-1, 1), (1, -1) or -1 here", a)
    if sizes == (-1,):
        return Expr("ravel", (a,), order)
    return Expr("reshape", (a,), (sizes, order))


def _array(a):
    """Read np.array of a list, or of rows; of an array it is that array."""
    if a.op != "list":
        return _formula(a)
    rows = [x.args for x in a.args if x.op == "list"]
    if rows and len(rows) == len(a.args):
        if len(set(map(len, rows))) != 1 or not rows[0]:
            _refuse("takes rows of one length", a)
        shape, entries = (len(rows), len(rows[0])), [x for row in rows for x in row]
    else:
        shape, entries = (len(a.args),), a.args
    if not entries:
        _refuse("takes no empty array", a)
    return Expr("matrix", tuple(map(_formula, entries)), shape)


def _masks(make):
    def function(*args):
        for x in args:
            if not is_mask(x):
                _refuse("takes comparisons here, such as x > 0", x)
        return make(*args)

    return function


def _clipped(a, low, high):
    """Return min(max(a, low), high), as NumPy has it; a bound may be None."""
    a = a if low is None else Expr("maximum", (a, low))
    return a if high is None else Expr("minimum", (a, high))


def _logaddexp(a, b):
    """Return a + softplus(b − a); of 0 and b that is softplus(b)."""
    if ZERO in (a, b):
        return Expr("softplus", (b if a == ZERO else a,))
    return Expr("add", (a, Expr("softplus", (Expr("sub", (b, a)),))))


def _joined(function):
    """Return arrays that are put together, as NumPy's function of that name does."""

    def make(arrays, axis=None):
        if arrays.op != "list" or not arrays.args:
            _refuse("takes a list of arrays", arrays)
        return Expr("joined", tuple(map(_formula, arrays.args)), (function, axis))

    return make


def _block(arrays):
    """Return np.block of rows of blocks."""
    if arrays.op != "list" or any(x.op != "list" for x in arrays.args):
        _refuse("takes rows of blocks, as in [[A, B], [C, D]]", arrays)
    rows = [_joined("hstack")(x) for x in arrays.args]
    return Expr("joined", tuple(rows), ("vstack", None))


def _concatenated(arrays, axis):
    if axis not in (0, 1, -1):
        _refuse("takes the axis 0, 1 or -1 here")
    return _joined("concatenate")(arrays, axis)


def _part(axis):
    """Return rows or columns, counted from 1, the last one included."""

    def make(x, first, last):
        start, stop = (_as_size(y) for y in (first, last))
        return Expr("slice", (x,), (axis, plus(start, -1), stop))

    return make


def _as_size(node):
    if node.op == "name" or (node.op == "number" and isinstance(node.data, int)):
        return node.data
    if node.op in ("add", "sub"):
        a, b = map(_as_size, node.args)
        found = (
            plus(a, b) if node.op == "add" else minus(a, b) if isinstance(b, str) else plus(a, -b)
        )
        if found is not None:
            return found
    return _refuse("counts with sizes, such as n or n - 1", node)


def _heaviside(make):
    """NumPy's function, which wants to be told what it is at 0."""

    def function(x, at_zero):
        if at_zero is not None and not is_number(at_zero, 0):
            _refuse("is read as 0 at 0, and takes 0 here", at_zero)
        return make(x)

    return function


REDUCED = words("max min prod logsumexp")


def _square(x):
    return Expr("epower", (x, number(2)))


def _rel_entr(x, y):
    return Expr("times", (x, Expr("log", (Expr("div", (x, y)),))))


def _huber(delta, r):
    """Return SciPy's function: r²/2 where |r| is at most delta, and linear beyond it."""
    size = Expr("abs", (r,))
    half = Expr("div", (delta, number(2)))
    linear = Expr("times", (delta, Expr("sub", (size, half))))
    square = Expr("div", (_square(r), number(2)))
    return Expr("where", (Expr("less_equal", (size, delta)), square, linear))


def _range(a, axis, keepdims):
    return Expr("sub", tuple(Expr(op, (a,), (axis, keepdims)) for op in ("max", "min")))


def _average(a, axis, weights):
    """Return a weighted mean of all entries."""
    if weights is None:
        return Expr("mean", (a,), (axis, False))
    if axis is not None:
        _refuse("takes weights without an axis; type np.sum(a * w, axis=…) / np.sum(w)", weights)
    total = Expr("sum", (weights,), (None, False))
    return Expr("div", (Expr("inner", (a, weights)), total))


def _diff(a):
    """Return x[1:] − x[:-1] of a flat array."""
    later = Expr("cut", (a, ONE), (0, True, False))
    before = Expr("cut", (a, Expr("neg", (ONE,))), (0, False, True))
    return Expr("sub", (later, before))


def _einsum(subscripts=None, *operands):
    if subscripts is None or subscripts.op != "value" or not isinstance(subscripts.data, str):
        _refuse("takes its subscripts first, as in 'ij,jk->ik'", subscripts)
    try:
        return einsum(subscripts.data, [*map(_formula, operands)])
    except Untold as error:
        _refuse(str(error), subscripts)


def _tensordot(a, b, axes):
    if not is_number(axes, 1):
        _refuse("takes 1 axis here; for both type np.sum(A * B), for others np.einsum", axes)
    return Expr("dot", (a, b))


def _multi_dot(arrays):
    if arrays.op != "list" or len(arrays.args) < 2:
        _refuse("takes a list of arrays", arrays)
    return reduce(lambda a, b: Expr("matmul", (a, b)), map(_formula, arrays.args))


ARGUMENTS = {1: ("x",), 2: ("x1", "x2"), 3: ("condition", "x", "y")}
SPELLINGS = {
    "abs": "fabs absolute", "sigmoid": "expit", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
    "gammaln": "lgamma loggamma",
}  # fmt: skip
FUNCTIONS = {
    "add": ("add", "x1 x2"),
    "subtract": ("sub", "x1 x2"),
    "negative": ("neg", "x"),
    "multiply": ("times", "x1 x2"),
    "divide": ("div", "x1 x2"),
    "true_divide": ("div", "x1 x2"),
    "power": ("epower", "x1 x2"),
    "pow": ("epower", "x1 x2"),
    "square": (_square, "x"),
    "matmul": ("matmul", "x1 x2"),
    "einsum": (_einsum, "..."),
    "tensordot": (_tensordot, "a b axes"),
    "multi_dot": (_multi_dot, "arrays"),
    "dot": ("dot", "a b"),
    "inner": ("np_inner", "a b"),
    "vdot": ("inner", "a b"),
    "outer": ("outer", "a b"),
    "kron": ("kron", "a b"),
    "diag": ("np_diag", "v"),
    "trace": ("trace", "a"),
    "transpose": ("transpose", "a"),
    "inv": ("inv", "a"),
    "det": ("det", "a"),
    "matrix_power": ("matrix_power", "a n"),
    "solve": (lambda a, b: Expr("matmul", (Expr("inv", (a,)), b)), "a b"),
    "norm": (_norm, "x ord axis keepdims"),
    **{op: (op, "a") for op, row in MATRICES.items() if row.square and row.numpy.endswith("({})")},
    **{
        word: (_total(op), "a axis * keepdims")
        for word, op in {"amax": "max", "amin": "min"}.items() | {(x, x) for x in REDUCED}
    },
    "var": (_spread("var"), "a axis * ddof keepdims"),
    "std": (_spread("std"), "a axis * ddof keepdims"),
    "softmax": (lambda x, axis: Expr("exp", (_log_softmax(x, axis),)), "x axis"),
    "log_softmax": (_log_softmax, "x axis"),
    "logaddexp_reduce": (_logaddexp_reduce, "array axis:first_axis * keepdims"),
    "cumsum": (_cumsum, "a axis"),
    "flip": (_over_axes("flip"), "m axis"),
    "sum": (_total("sum"), "a axis * keepdims"),
    "mean": (_total("mean"), "a axis * keepdims"),
    "len": (lambda a: Expr("size", (a,), "len"), "obj"),
    "float": ("item", "x"),
    "item": ("item", "a"),
    **{
        op: (op, " ".join(ARGUMENTS[len(row.slopes)]))
        for op, row in TABLE.items()
        if op != "heaviside"
    },
    "heaviside": (_heaviside(lambda x: Expr("greater", (x, ZERO))), "x1 x2"),
    **{word: (op, "x") for op, some in SPELLINGS.items() for word in words(some)},
    "reciprocal": (lambda x: Expr("div", (ONE, x)), "x"),
    "logical_and": (_masks(lambda a, b: Expr("times", (a, b))), "x1 x2"),
    "logical_or": (_masks(lambda a, b: Expr("maximum", (a, b))), "x1 x2"),
    "logical_not": (_masks(lambda a: Expr("sub", (ONE, a))), "x"),
    "fmax": ("maximum", "x1 x2"),
    "fmin": ("minimum", "x1 x2"),
    "hypot": (lambda a, b: Expr("sqrt", (Expr("add", (_square(a), _square(b))),)), "x1 x2"),
    "exp2": (lambda x: Expr("epower", (number(2), x)), "x"),
    "float_power": ("epower", "x1 x2"),
    "logit": (lambda x: Expr("log", (Expr("div", (x, Expr("sub", (ONE, x)))),)), "x"),
    "log_expit": (lambda x: Expr("log", (Expr("sigmoid", (x,)),)), "x"),
    "xlogy": (lambda x, y: Expr("times", (x, Expr("log", (y,)))), "x y"),
    "entr": (lambda x: Expr("neg", (Expr("times", (x, Expr("log", (x,)))),)), "x"),
    "rel_entr": (_rel_entr, "x y"),
    "kl_div": (lambda x, y: Expr("add", (Expr("sub", (_rel_entr(x, y), x)), y)), "x y"),
    "huber": (_huber, "delta r"),
    "ptp": (_range, "a axis * keepdims"),
    "average": (_average, "a axis weights"),
    **{op: (_joined(op), "arrays") for op in ("vstack", "hstack", "column_stack")},
    "concatenate": (_concatenated, "arrays axis:first_axis"),
    "block": (_block, "arrays"),
    "diff": (_diff, "a"),
    "relu": (lambda x: Expr("maximum", (x, ZERO)), "x"),
    "clip": (_clipped, "a a_min a_max"),
    "logaddexp": (_logaddexp, "x1 x2"),
    "eye": (lambda n, columns, _: Expr("eye", (n, *columns)), "N M * dtype"),
    "identity": (lambda n, _: Expr("eye", (n,)), "n * dtype"),
    "ones": (_filled("ones"), "shape * dtype"),
    "zeros": (_filled("zeros"), "shape * dtype"),
    "ones_like": ("ones_like", "a"),  # x·0 + 1 would read NaN: the sizes alone are taken
    "zeros_like": ("zeros_like", "a"),
    "ravel": (_raveled, "a order"),
    "flatten": (_raveled, "a order"),
    "reshape": (_reshaped, "a newshape * order"),
    "array": (_array, "object"),
    "asarray": (_array, "object"),
}
MAXIMA = {"max": (_of_two("max", "maximum"), "a other * axis keepdims"),
          "min": (_of_two("min", "minimum"), "a other * axis keepdims")}  # fmt: skip

INSTEAD = {  # what to type for functions that are not here
    "pinv": "np.linalg.inv(X.T @ X) @ X.T",
    "svd": "np.linalg.norm(X, 'nuc') or np.linalg.norm(X, 2) for its values' sum or largest",
    "svdvals": "np.linalg.norm(X, 'nuc') or np.linalg.norm(X, 2) for their sum or largest",
    "cond": "np.linalg.norm(X, 2) * np.linalg.norm(np.linalg.inv(X), 2)",
    **dict.fromkeys(("eig", "eigvals"), "np.linalg.eigvalsh(S), of a symmetric matrix"),
    **dict.fromkeys(("triu", "tril"), "X * M, with a matrix M of ones and zeros"),
    **dict.fromkeys(("tile", "repeat", "roll"), "P @ x, with a matrix P of ones and zeros"),
    **dict.fromkeys(("argmax", "argmin"), "x == np.max(x)"),
    **dict.fromkeys(("squeeze",), "x.item(), for one number"),
    **dict.fromkeys(("nansum", "fsum"), "np.sum(x)"),
    "arctan2": "np.arctan(y / x)",
    "cumprod": "np.exp(np.cumsum(np.log(x)))",
    "cholesky": "np.linalg.det(S) or np.linalg.inv(S)",
    "trapz": "np.sum(w * x), with weights w",
    "cross": "A @ x, with a matrix A",
}
PARTS_OF = {  # what stands in which place of what a function returns
    ("slogdet", 0): lambda a: Expr("sign", (Expr("det", (a,)),)),
    ("slogdet", 1): lambda a: Expr("log", (Expr("abs", (Expr("det", (a,)),)),)),
    ("eigh", 0): lambda a: Expr("eigvalsh", (a,)),
    ("eigh", 1): lambda a: Expr("eigenvectors", (a,)),
    ("polar", 0): lambda a: Expr("polar", (a,)),
}


def _crossed(a, b):
    """Return AᵀB, R's crossprod; of one matrix AᵀA."""
    return Expr("matmul", (Expr("transpose", (a,)), a if b is None else b))


def _solved(a, b):
    """Return A⁻¹b, or A⁻¹ alone, as R has it."""
    return Expr("inv", (a,)) if b is None else Expr("matmul", (Expr("inv", (a,)), b))


WORDS = FUNCTIONS | {  # and what people call them where they type by hand
    "vec": ("vec", "X"),
    "solve": (_solved, "a other"),
    "crossprod": (_crossed, "x other"),
    "tcrossprod": (
        lambda a, b: Expr("matmul", (a, Expr("transpose", (a if b is None else b,)))),
        "x other",
    ),
    "abs2": FUNCTIONS["square"],
    "where": ("where", "C x y"),
    "rows": (_part(0), "X first last"),
    "cols": (_part(1), "X first last"),
    **{
        f: (lambda *args, axis=axis: Expr("stack", tuple(map(_formula, args)), axis), "...")
        for axis, f in enumerate(("vstack", "hstack"))
    },
    **dict.fromkeys(("eigvalsh", "eigenvalues"), ("eigenvalues", "a")),
    **{op: (op, "a") for op in ("eigenvectors", "spectral", "nuclear", "leading", "polar")},
    "heaviside": (_heaviside(lambda x: Expr("heaviside", (x,))), "x at_zero"),
    "softmax": (_over_axes("softmax"), "x axis"),
    "cumsum": (_over_axes("cumsum"), "a axis"),
    **{
        word: (lambda x, op=op, data=data: Expr(op, (x,), data), "x")
        for word, (op, data) in OPERATORS.items()
        if data or op == "hardmax"
    },
    **MAXIMA,
    "logdet": (lambda a: Expr("log", (Expr("det", (a,)),)), "a"),
    **dict.fromkeys(("tr", "Tr", "Trace"), FUNCTIONS["trace"]),
    **dict.fromkeys(("t", "trans", "Transpose"), FUNCTIONS["transpose"]),
    **dict.fromkeys(("Det", "determinant"), FUNCTIONS["det"]),
    **dict.fromkeys(("inverse", "Inv"), FUNCTIONS["inv"]),
    **dict.fromkeys(("ln", "Log"), FUNCTIONS["log"]),
    **dict.fromkeys(("Diag",), FUNCTIONS["diag"]),
    **dict.fromkeys(("sgn",), FUNCTIONS["sign"]),
}
METHODS = {
    "max",
    "min",
    "prod",
    "cumsum",
    "var",
    "std",
    "clip",
    "dot",
    "trace",
    "transpose",
    "item",
    "sum",
    "mean",
    "ravel",
    "flatten",
    "reshape",
}


def _swapped(a, first, second):
    if {_integer(first) % 2, _integer(second) % 2} != {0, 1}:
        _refuse("takes two axes here, 0 and 1", first)
    return Expr("transpose", (a,))


def _reduced(make):
    """PyTorch's losses, which are means where nothing else is said."""

    def function(a, b, how):
        if how is not None and not (how.op == "value" and how.data in ("sum", "mean", "none")):
            _refuse("takes the reduction 'sum', 'mean' or 'none' here", how)
        op, apart = how.data if how else "mean", make(Expr("sub", (a, b)))
        return apart if op == "none" else Expr(op, (apart,), (None, False))

    return function


TORCH = {  # PyTorch's functions and methods, where NumPy has none or another name
    **dict.fromkeys(("mm", "mv", "matmul"), ("matmul", "input mat2")),
    **{op: FUNCTIONS[op] for op in TABLE if len(TABLE[op].slopes) == 1},
    **{x: FUNCTIONS[x] for x in words("square relu det trace norm pow logsumexp softmax")},
    "log_softmax": FUNCTIONS["log_softmax"],
    "outer": FUNCTIONS["outer"],
    "t": ("transpose", "input"),
    "transpose": (_swapped, "input dim0 dim1"),
    "inverse": FUNCTIONS["inv"],
    "logdet": WORDS["logdet"],
    "mul": ("times", "input other_factor"),
    "mse_loss": (_reduced(lambda x: Expr("epower", (x, number(2)))), "input target reduction"),
    "l1_loss": (_reduced(lambda x: Expr("abs", (x,))), "input target reduction"),
}
