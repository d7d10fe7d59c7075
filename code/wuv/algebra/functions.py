"""The functions of the language: what each takes, in which place and by which name.

>>> from wuv.algebra.tree import name
>>> applied("norm", (name("x"), Expr("value", data="fro")))
norm(name(x), fro)
>>> applied("norm", (name("x"), Expr("value", data="max")))
Traceback (most recent call last):
    ...
wuv.algebra.tree.Unreadable: norm() has the orders None, 'fro', 'nuc', ±np.inf, numbers above 0

Every reader comes here with the arguments it met, so none of them drops one: what is not in the
table is refused by its name.
"""

from wuv.algebra import compositions as made
from wuv.algebra.along import OPERATORS
from wuv.algebra.arguments import PARAMETERS, Refused, by_name, formula, refuse
from wuv.algebra.elementwise import TABLE
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.tree import Expr, Unreadable, number, words

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
                refuse(f"has no {keywords[0][0]} in the language", keywords[0][1])
            return make(*args)
        kinds = {x.split(":")[0]: x.split(":")[-1] for x in names.split()}
        given = by_name([*kinds], args, keywords)
        values = [PARAMETERS.get(kinds[key], formula)(value) for key, value in given.items()]
        return Expr(make, tuple(values)) if isinstance(make, str) else make(*values)
    except Refused as error:
        message, node = error.args
        raise Unreadable(f"{function}() {message}", node.place if node else place) from None


REDUCED = words("max min prod logsumexp")
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
    "square": (made.square, "x"),
    "matmul": ("matmul", "x1 x2"),
    "einsum": (made.einsum, "..."),
    "tensordot": (made.tensordot, "a b axes"),
    "multi_dot": (made.multi_dot, "arrays"),
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
    "norm": (made.norm, "x ord axis keepdims"),
    **{op: (op, "a") for op, row in MATRICES.items() if row.square and row.numpy.endswith("({})")},
    **{
        word: (made.total(op), "a axis * keepdims")
        for word, op in {"amax": "max", "amin": "min", **{x: x for x in REDUCED}}.items()
    },
    "var": (made.spread("var"), "a axis * ddof keepdims"),
    "std": (made.spread("std"), "a axis * ddof keepdims"),
    "softmax": (lambda x, axis: Expr("exp", (made.log_softmax(x, axis),)), "x axis"),
    "log_softmax": (made.log_softmax, "x axis"),
    "logaddexp_reduce": (made.total("logsumexp"), "array axis:first_axis * keepdims"),
    "cumsum": (made.cumsum, "a axis"),
    "flip": (made.total("flip"), "m axis"),
    "sum": (made.total("sum"), "a axis * keepdims"),
    "mean": (made.total("mean"), "a axis * keepdims"),
    "len": (lambda a: Expr("size", (a,), "len"), "obj"),
    "float": ("item", "x"),
    "item": ("item", "a"),
    **{
        op: (op, " ".join(ARGUMENTS[len(row.slopes)]))
        for op, row in TABLE.items()
        if op not in ("heaviside", "trigamma")
    },
    "heaviside": (made.heaviside(lambda x: Expr("greater", (x, ZERO))), "x1 x2"),
    **{word: (op, "x") for op, some in SPELLINGS.items() for word in words(some)},
    "reciprocal": (lambda x: Expr("div", (ONE, x)), "x"),
    "logical_and": (made.masks(lambda a, b: Expr("times", (a, b))), "x1 x2"),
    "logical_or": (made.masks(lambda a, b: Expr("maximum", (a, b))), "x1 x2"),
    "logical_not": (made.masks(lambda a: Expr("sub", (ONE, a))), "x"),
    "fmax": ("maximum", "x1 x2"),
    "fmin": ("minimum", "x1 x2"),
    "hypot": (lambda a, b: Expr("sqrt", (Expr("add", (made.square(a), made.square(b))),)), "x1 x2"),
    "exp2": (lambda x: Expr("epower", (number(2), x)), "x"),
    "float_power": ("epower", "x1 x2"),
    "logit": (lambda x: Expr("log", (Expr("div", (x, Expr("sub", (ONE, x)))),)), "x"),
    "log_expit": (lambda x: Expr("log", (Expr("sigmoid", (x,)),)), "x"),
    "xlogy": (lambda x, y: Expr("times", (x, Expr("log", (y,)))), "x y"),
    "entr": (lambda x: Expr("neg", (Expr("times", (x, Expr("log", (x,)))),)), "x"),
    "rel_entr": (made.rel_entr, "x y"),
    "kl_div": (lambda x, y: Expr("add", (Expr("sub", (made.rel_entr(x, y), x)), y)), "x y"),
    "huber": (made.huber, "delta r"),
    "polygamma": (made.polygamma, "n x"),
    "sinc": (made.sinc, "x"),
    "erfc": (made.erfc, "x"),
    "ndtr": (made.ndtr, "x"),
    **dict.fromkeys(("deg2rad", "radians"), (made.radians, "x")),
    "betaln": (made.betaln, "a b"),
    "ptp": (made.peak_to_peak, "a axis * keepdims"),
    "average": (made.average, "a axis weights"),
    **{op: (made.joined(op), "arrays") for op in ("vstack", "hstack", "column_stack")},
    "concatenate": (made.concatenated, "arrays axis:first_axis"),
    "block": (made.block, "arrays"),
    "diff": (lambda a, axis: Expr("diff", (a,), axis), "a * axis:last_axis"),
    "relu": (lambda x: Expr("maximum", (x, ZERO)), "x"),
    "clip": (made.clipped, "a a_min a_max"),
    "logaddexp": (made.logaddexp, "x1 x2"),
    "eye": (lambda n, columns, _: Expr("eye", (n, *columns)), "N M * dtype"),
    "identity": (lambda n, _: Expr("eye", (n,)), "n * dtype"),
    "ones": (made.filled("ones"), "shape * dtype"),
    "zeros": (made.filled("zeros"), "shape * dtype"),
    "ones_like": ("ones_like", "a"),  # x·0 + 1 would read NaN: the sizes alone are taken
    "zeros_like": ("zeros_like", "a"),
    "ravel": (made.raveled, "a order"),
    "flatten": (made.raveled, "a order"),
    "reshape": (made.reshaped, "a newshape * order"),
    "array": (made.array, "object"),
    "asarray": (made.array, "object"),
}
MAXIMA = {"max": (made.of_two("max", "maximum"), "a other * axis keepdims"),
          "min": (made.of_two("min", "minimum"), "a other * axis keepdims")}  # fmt: skip

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


WORDS = FUNCTIONS | {  # and what people call them where they type by hand
    "vec": ("vec", "X"),
    "trigamma": ("trigamma", "x"),
    "solve": (made.solved, "a other"),
    "crossprod": (made.crossed, "x other"),
    "tcrossprod": (
        lambda a, b: Expr("matmul", (a, Expr("transpose", (a if b is None else b,)))),
        "x other",
    ),
    "abs2": FUNCTIONS["square"],
    "where": ("where", "C x y"),
    "rows": (made.part(0), "X first last"),
    "cols": (made.part(1), "X first last"),
    **{
        f: (lambda *args, axis=axis: Expr("stack", tuple(map(formula, args)), axis), "...")
        for axis, f in enumerate(("vstack", "hstack"))
    },
    **dict.fromkeys(("eigvalsh", "eigenvalues"), ("eigenvalues", "a")),
    **{op: (op, "a") for op in ("eigenvectors", "spectral", "nuclear", "leading", "polar")},
    "heaviside": (made.heaviside(lambda x: Expr("heaviside", (x,))), "x at_zero"),
    "softmax": (made.total("softmax"), "x axis"),
    "cumsum": (made.total("cumsum"), "a axis"),
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
    **dict.fromkeys(("ReLU", "Relu"), FUNCTIONS["relu"]),
}
METHODS = {
    *words(
        "max min prod cumsum var std clip dot trace transpose item sum mean ravel flatten reshape"
    )
}


TORCH = {  # PyTorch's functions and methods, where NumPy has none or another name
    **dict.fromkeys(("mm", "mv", "matmul"), ("matmul", "input mat2")),
    **{op: FUNCTIONS[op] for op in TABLE if len(TABLE[op].slopes) == 1 and op in FUNCTIONS},
    **{x: FUNCTIONS[x] for x in words("square relu det trace norm pow logsumexp softmax")},
    "log_softmax": FUNCTIONS["log_softmax"],
    "outer": FUNCTIONS["outer"],
    "t": ("transpose", "input"),
    "transpose": (made.swapped, "input dim0 dim1"),
    "inverse": FUNCTIONS["inv"],
    "logdet": WORDS["logdet"],
    "clamp": (made.clipped, "input min:a_min max:a_max"),
    "mul": ("times", "input other_factor"),
    "mse_loss": (
        made.reduced_loss(lambda x: Expr("epower", (x, number(2)))),
        "input target reduction",
    ),
    "l1_loss": (made.reduced_loss(lambda x: Expr("abs", (x,))), "input target reduction"),
}
