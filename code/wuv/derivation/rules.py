r"""The rules of the differential calculus, as a table: how a formula moves when its parts move.

>>> rule, parts = matching(pattern(r"\lVert A\rVert^2"))
>>> rule.moves, rule.kind, rule.reason
('\\langle 2A, \\mathrm dA\\rangle', 'square', 'the slope of a square')

Each rule is a formula, its differential, and the kind of step that it makes, which has its reason
in words; the first that fits is taken.
A capital stands for anything, a lower-case letter for a column, k for a constant number. Since all
is written in the language of `wuv.algebra`, the rules are themselves executed: a test evaluates
both columns of this table with numbers that carry a slope.

Source: Magnus and Neudecker, Matrix Differential Calculus, chapters 8 and 9; the same results are
in The Matrix Cookbook, section 2.
"""

from functools import cache
from typing import NamedTuple

from wuv.algebra import Expr, free_names, kind, read_latex, to_latex
from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import ROWS
from wuv.algebra.size import times
from wuv.algebra.tree import name
from wuv.derivation.forms import differential, full, identity, inner, make, num, size

REASONS = {
    "square": "the slope of a square",
    "mean-square": "the slope of a mean of squares",
    "trace-power": "the slope of the trace of a power: under a trace, factors may go round",
    "log-quotient": "the log of a quotient is a difference of logs",
    "log-product": "the log of a product is a sum of logs",
    "form": "the slope of a quadratic form",
    "norm": "the slope of a norm: only the part along it counts",
    "inverse": "an inverse times its matrix stays I: by the product rule",
    "log-determinant": "the slope of a log determinant",
    "determinant": "the slope of a determinant (Jacobi)",
    "softplus": "the slope of log(1 + exp z) is the logistic function",
    "spectrum": "the slope of the trace of f(A) is that of f, transposed",
    "eigenvalues-sum": "the sum of the eigenvalues is the trace",
    "eigenvalues": "an eigenvalue moves as its eigenvectors see the change",
    "spectral": "the slope of the largest singular value: its two singular vectors",
    "nuclear": "the slope of the sum of the singular values: U V^T of A = U S V^T",
    "p-norm": "the slope of a norm, entry by entry",
    "log-cosh": "the slope of log cosh z is tanh z",
    "log-logistic": "the slope of log of the logistic function",
    "chain": "the chain rule, entry by entry",
    "largest": "a maximum moves as the largest entry: hardmax is 1 there, shared by equals",
    "smallest": "a minimum moves as the smallest entry: hardmax(-x) is 1 there, shared by equals",
    "logsumexp": "the slope of log sum exp is softmax",
    "softmax": "the slope of softmax: what one entry gains, all lose in proportion",
    "log-softmax": "the slope of log softmax: the normalisation moves as softmax says",
    "variance": "the slope of a variance: the mean's own change cancels",
    "deviation": "the slope of a standard deviation, the root of the variance",
    "bend": "the slope of |x| is its sign; where x is 0, it is taken for 0",
    "jump": "between its jumps, this is constant",
    "larger": "a maximum moves as the larger one: heaviside is 1 above 0, and 0 at the kink",
    "smaller": "a minimum moves as the smaller one: heaviside is 1 above 0, and 0 at the kink",
    "cases": "each entry moves as the one that is taken",
    "product": "the product rule: each factor moves in turn",
    "quotient": "the quotient rule",
    "power": "the slope of a power",
    "exponential": "the slope of a power, a^b = exp(b log a)",
}


class Rule(NamedTuple):
    """A formula, its differential, and the kind of step that it makes."""

    formula: str
    moves: str
    kind: str

    @property
    def reason(self):
        """Why the formula moves so, in words."""
        return REASONS[self.kind]


TABLE = r"""
\lVert A\rVert^2                 | \langle 2A, \mathrm dA\rangle | square
x^T x                            | \langle 2x, \mathrm dx\rangle | square
\operatorname{sum}(A^{\odot 2})  | \langle 2A, \mathrm dA\rangle | square
\operatorname{sum}(A \odot A)    | \langle 2A, \mathrm dA\rangle | square
\langle A, A\rangle              | \langle 2A, \mathrm dA\rangle | square
\operatorname{tr}(A^T A)         | \langle 2A, \mathrm dA\rangle | square
\operatorname{tr}(A A^T)         | \langle 2A, \mathrm dA\rangle | square
\operatorname{mean}(A^{\odot 2}) | 2\operatorname{mean}(A \odot \mathrm dA) | mean-square
\operatorname{tr}(A^k)           | k\operatorname{tr}(A^{k - 1}\,\mathrm dA) | trace-power
x^T A x     | \langle (A + A^T)x, \mathrm dx\rangle + \langle x x^T, \mathrm dA\rangle | form
\lVert A\rVert                   | \frac{\langle A, \mathrm dA\rangle}{\lVert A\rVert} | norm
A^{-1}                           | -A^{-1}(\mathrm dA) A^{-1} | inverse
\log(\det(A))                    | \operatorname{tr}(A^{-1}\,\mathrm dA) | log-determinant
\log(\lvert\det(A)\rvert)        | \operatorname{tr}(A^{-1}\,\mathrm dA) | log-determinant
\log(A \oslash B)                | (\mathrm dA) \oslash A - (\mathrm dB) \oslash B | log-quotient
\log(A \odot B)                  | (\mathrm dA) \oslash A + (\mathrm dB) \oslash B | log-product
\det(A^k)                        | k\det(A^k)\operatorname{tr}(A^{-1}\,\mathrm dA) | determinant
\det(A)                          | \det(A)\operatorname{tr}(A^{-1}\,\mathrm dA) | determinant
\log(\mathbf 1 + \exp(A))        | \sigma(A) \odot \mathrm dA | softplus
\log(\exp(A) + \mathbf 1)        | \sigma(A) \odot \mathrm dA | softplus
\operatorname{log1p}(\exp(A))    | \sigma(A) \odot \mathrm dA | softplus
\log(\cosh(A))                   | \tanh(A) \odot \mathrm dA | log-cosh
\log(\sigma(A))                  | (\mathbf 1 - \sigma(A)) \odot \mathrm dA | log-logistic
\log(\mathbf 1 - \sigma(A))      | -\sigma(A) \odot \mathrm dA | log-logistic
A^{\odot k}                      | k A^{\odot (k - 1)} \odot \mathrm dA | chain
AB                               | (\mathrm dA) B + A\,\mathrm dB | product
A \odot B                        | (\mathrm dA) \odot B + A \odot \mathrm dB | product
A \otimes B                      | (\mathrm dA) \otimes B + A \otimes \mathrm dB | product
\langle A, B\rangle  | \langle B, \mathrm dA\rangle + \langle A, \mathrm dB\rangle | product
\frac{A}{B}          | \frac{\mathrm dA}{B} - \frac{A}{B^2}\,\mathrm dB | quotient
A \oslash B  | (\mathrm dA) \oslash B - (A \oslash B^{\odot 2}) \odot \mathrm dB | quotient
"""
OF_MATRICES = tuple(
    Rule(rf"\operatorname{{tr}}(\operatorname{{{op}}}(A))", moves, "spectrum")
    for op, moves in {
        "expm": r"\operatorname{tr}(\operatorname{expm}(A)\,\mathrm dA)",
        "logm": r"\operatorname{tr}(A^{-1}\,\mathrm dA)",
        "sqrtm": r"\frac{1}{2} \operatorname{tr}(\operatorname{sqrtm}(A)^{-1}\,\mathrm dA)",
        "sinm": r"\operatorname{tr}(\operatorname{cosm}(A)\,\mathrm dA)",
        "cosm": r"-\operatorname{tr}(\operatorname{sinm}(A)\,\mathrm dA)",
    }.items()
)
OF_SPECTRA = (
    Rule(
        r"\operatorname{sum}(\operatorname{eigenvalues}(A))",
        r"\operatorname{tr}(\mathrm dA)",
        "eigenvalues-sum",
    ),
    *(
        Rule(rf"\operatorname{{{op}}}(A)", moves, kind)
        for op, moves, kind in (
            (
                "eigenvalues",
                r"\operatorname{diag}(\operatorname{eigenvectors}(A)^T\,\mathrm dA"
                r"\,\operatorname{eigenvectors}(A))",
                "eigenvalues",
            ),
            ("spectral", r"\langle \operatorname{leading}(A), \mathrm dA\rangle", "spectral"),
            ("nuclear", r"\langle \operatorname{polar}(A), \mathrm dA\rangle", "nuclear"),
        )
    ),
)
ENTRYWISE = tuple(
    Rule(to_latex(Expr(x.op, tuple(map(name, "ABC"[: len(x.slopes)])))), x.moves, x.kind)
    for x in ROWS
    if x.moves
)
RULES = (
    *(Rule(*map(str.strip, row.split(" | "))) for row in TABLE.strip().splitlines()),
    *OF_MATRICES,
    *OF_SPECTRA,
    *ENTRYWISE,
)
LOG_SOFTMAX = r"\mathrm dA - \operatorname{sum}(\operatorname{softmax}(A) \odot \mathrm dA)"
# What has a slope in few places only, and where.
HINTS = {
    **dict.fromkeys(
        ("expm", "logm", "sqrtm", "sinm", "cosm"), "; there is one under a trace alone"
    ),
    "trigamma": "; that would be another polygamma function",
}
IN_TURN = ("product", "quotient")  # these steps are none where only one part moves
# What is linear moves as its argument does.
LINEAR = ("neg", "add", "sub", "transpose", "trace", "sum", "mean", "diag", "vec", "entry", "sigma",
          "cumsum", "flip", "slice", "stack")  # fmt: skip
# These are expanded together with what is linear around them: their changes stay linear.
BILINEAR = ("product", "times", "inner", "kron")
TOGETHER = {*LINEAR, *BILINEAR, "div", "edivide"}


@cache
def pattern(text):
    """Return a formula of a table, in which A, B and C are arrays of any size."""
    shapes = {x: (x.lower() + "1", x.lower() + "2") for x in "ABC"} | {"k": ()}
    return read_latex(text, shapes)


@cache
def _table():
    return tuple((rule, pattern(rule.formula), pattern(rule.moves)) for rule in RULES)


def matching(node):
    """Return the first rule that fits a node, and {letter: part}; (None, {}) if there is none."""
    for rule, left, _ in _table():
        parts = {}
        if fits(left, node, parts):
            return rule, parts
    return None, {}


def kind_of(node):
    """Return the kind of step of the first rule that fits a node, or ""."""
    rule, _ = matching(node)
    return rule.kind if rule else ""


def fits(wanted, node, parts):
    """Return whether a formula is one of a pattern; ``parts`` gets what its letters stand for."""
    if wanted.op == "name":
        letter = wanted.data
        if kind(letter) == "column" and letter != "k" and (node.shape or ())[1:] != (1,):
            return False
        if letter == "k" and node.op != "number":
            return False
        return parts.setdefault(letter, node) == node
    op = node.op
    if op == "power" and not node.shape and wanted.op == "epower":
        op = "epower"  # of numbers it is the same
    if wanted.op in ("ones", "zeros"):
        value = int(wanted.op == "ones")
        return op == wanted.op or (not node.shape and op == "number" and node.data == value)
    if wanted.op != op or len(wanted.args) != len(node.args):
        return False
    if wanted.op == "number":
        return wanted.data == node.data
    return all(fits(p, x, parts) for p, x in zip(wanted.args, node.args, strict=True))


def special_rule(node):
    """Return the rule for a node that goes beyond its operation: ``xᵀx`` is a square."""
    rule = matching(node)[0]
    return None if rule is None or rule.kind in IN_TURN else rule


def moved(node, is_constant):
    """Return the differential of a node in terms of its parts', and the kind of step; what is
    constant does not move. None where there is no rule."""
    special = special_rule(node)
    if (
        node.op in ("trace", "det")
        and _is_raised(node.args[0])
        and is_constant(node.args[0].args[1])
    ):
        return _of_power(node), "power"
    if node.op in LINEAR and not special:
        args = [
            differential(x) if i == 0 or node.op in ("add", "sub", "stack") else x
            for i, x in enumerate(node.args)
        ]
        change = make(node.op, *args, data=node.data).with_(shape=node.shape)
        return _without_constants(change, is_constant), None
    if node.op == "power" and node.shape:
        return _matrix_power(node, is_constant)
    if node.op in ("maximum", "minimum") and is_constant(node.args[0]):
        node = node.with_(args=node.args[::-1])  # so that a slope is picked by what moves
    if node.op in ("power", "epower") and node.args[1].op != "number":
        return _exponential(node, is_constant)
    found = _along(node)
    if found is not None:
        change, kind = found
        return _without_constants(change, is_constant), kind
    for rule, left, moves in _table():
        parts = {}
        if fits(left, node, parts):
            change = _without_constants(instance(moves, parts, node.shape), is_constant)
            alone = rule.kind in IN_TURN and any(map(is_constant, node.args))
            return change, None if alone else rule.kind
    return None, None


def _along(node):
    """Return the differential of a function along an axis and the kind of step; None for others."""
    if node.op in ALONG:
        row = ALONG[node.op]
        return _going_along(row.moves, node.args[0], node.data), row.kind
    if node.op == "p_norm":
        return _p_norm(node), "p-norm"
    written = _logsumexp(node) if node.op == "log" else None
    if written is not None:
        return _going_along(ALONG["logsumexp"].moves, *written), "logsumexp"
    if node.op == "log" and node.args[0].op == "softmax":
        inside = node.args[0]
        return _going_along(LOG_SOFTMAX, inside.args[0], inside.data), "log-softmax"
    return None


def _p_norm(node):
    """d‖a‖ = ⟨sign(a) ⊙ (|a|/‖a‖)^(p−1), da⟩; of the largest entry where p is ∞."""
    (a,), p = node.args, node.data
    size, slope = make("abs", a), make("sign", a)
    if p == "inf":
        slope = make("times", make("hardmax", size), slope)
    elif p != 1:
        slope = make("times", slope, make("epower", make("div", size, node), num(p - 1)))
    return inner(slope, differential(a))


def instance(tree, parts, shape):
    """Return a rule's formula with the parts put in; its bare 𝟏 has the shape of the whole."""

    def build(node):
        if node.op == "name":
            return parts[node.data]
        if node.op == "number":
            return num(node.data)
        if node.op in ("ones", "zeros"):
            return full(node.op, shape)
        if node.op == "eye":
            return identity(shape)
        args = [build(x) for x in node.args]
        if node.op == "differential":
            return differential(args[0])
        if node.op == "sub":
            return _difference(*args, shape)
        if node.op in ("epower", "power") and args[1].op == "number" and args[1].data == 1:
            return args[0]
        if node.op == "epower" and args[1].op == "number" and args[1].data == 0:
            return full("ones", args[0].shape)
        if node.op == "edivide" and not args[0].shape:
            return make("div", *args)
        return make(node.op, *args, data=node.data)

    return build(tree)


def _going_along(moves, a, data):
    """Return a rule of `wuv.algebra.along` with its array and its axis put in: what is reduced is
    stretched again where it meets the array."""
    axis = data and data[0]

    def ones(x):
        return full("ones", (x.shape[1], 1) if axis else (1, x.shape[0]))

    def beside(x, one):
        return make("product", *((x, one) if axis else (one, x)))

    def stretched(x):
        if x.shape == a.shape:
            return x
        return make("product", x, full("ones", a.shape)) if axis is None else beside(x, ones_back)

    ones_back = full("ones", (1, a.shape[1]) if axis else (a.shape[0], 1)) if a.shape else num(1)

    def total(x):
        if axis is not None:
            return beside(x, ones(x))
        return inner(*x.args) if x.op == "times" else make("sum", x, data=(None, False))

    def build(node):
        if node.op in ("name", "number", "zeros"):
            return {"name": a, "zeros": full("zeros", a.shape)}.get(node.op) or num(node.data)
        args = [build(x) for x in node.args]
        if node.op == "differential":
            return differential(a)
        if node.op == "mean" and axis is None and args[0].op != "times":
            return make("mean", *args)
        if node.op == "mean":
            return make("div", total(*args), size(times(*_lengths(a.shape, axis))))
        if node.op == "sum":
            return total(*args)
        if node.op in ALONG:
            return make(node.op, *args, data=data)
        if node.op != "product" and a.shape in [x.shape for x in args]:
            args = [stretched(x) for x in args]
        return make("div" if node.op == "edivide" and not args[0].shape else node.op, *args)

    return build(read_latex(moves))


def _lengths(shape, axis):
    return shape if axis is None else shape[axis : axis + 1]


def _logsumexp(node):
    """Return (A, data) where a node is log(sum(exp(A))), of all entries or of each row or column,
    however it is written; else None."""
    total = node.args[0] if node.op == "log" else node
    if total.op == "sum" and total.args[0].op == "exp":
        return total.args[0].args[0], None
    if total.op == "product" and total.shape:
        a, b = total.args
        if a.op == "exp" and _is_ones(b):
            return a.args[0], (1, True)
        if b.op == "exp" and _is_ones(a):
            return b.args[0], (0, True)
    return None


def softmax(node):
    """Return softmax(A) where a node is exp(A) over the sum of all exp(A), or of each row or
    column; else None."""
    above, below = node.args
    if node.op == "edivide" and below.op == "product":
        some = [x for x in below.args if x.shape and 1 in x.shape and not _is_ones(x)]
        below = some[0] if len(some) == 1 else below
    found = _logsumexp(below)
    if found is None or above.args[0] != found[0]:
        return None
    return make("softmax", above.args[0], data=found[1])


def _is_ones(node):
    return node.op == "ones" or (node.op == "transpose" and _is_ones(node.args[0]))


def _difference(a, b, shape):
    """Return a − b, a number beside an array being one in each entry."""
    if all(x.op == "number" for x in (a, b)):
        return num(a.data - b.data)
    if _zero(b):
        return a
    if a.shape != b.shape:
        a, b = (x if x.shape else make("product", x, full("ones", shape)) for x in (a, b))
    return make("neg", b) if _zero(a) else make("sub", a, b)


def _matrix_power(node, is_constant):
    """d(A³) = dA A² + A dA A + A² dA: each factor in turn."""
    base, k = node.args[0], node.args[1].data if node.args[1].op == "number" else None
    if k is None and is_constant(node.args[1]):
        return _in_turn(*node.args), "product"
    if not isinstance(k, int) or abs(k) > 12:
        return None, None
    if k < 0:
        base, k = make("inv", base), -k
    total = None
    for i in range(k):
        term = differential(base)
        for j, before in ((i, True), (k - 1 - i, False)):
            if j:
                power = base if j == 1 else make("power", base, num(j))
                term = make("product", *((power, term) if before else (term, power)))
        total = term if total is None else make("add", total, term)
    return _without_constants(total or full("zeros", node.shape), is_constant), "product"


def _is_raised(node):
    """Return whether a node is a power of a matrix whose exponent is no number that is written."""
    return node.op == "power" and node.shape and node.args[1].op != "number"


def _of_power(node):
    """d tr(A^k) = k tr(A^(k−1) dA), and d det(A^k) = k det(A^k) tr(A⁻¹ dA)."""
    a, k = node.args[0].args
    if node.op == "trace":
        rest, front = make("power", a, make("sub", k, num(1))), k
    else:
        rest, front = make("inv", a), make("product", k, node)
    return make("product", front, make("trace", make("product", rest, differential(a))))


def _in_turn(a, k):
    """d(A^k) = Σ A^(i−1) dA A^(k−i), for a whole k from 0 on: each factor in turn."""
    taken = (*free_names(a), *free_names(k))
    i = name(next(x for x in "ijpqst" if x not in taken)).with_(shape=())
    left, right = (make("power", a, x) for x in (make("sub", i, num(1)), make("sub", k, i)))
    body = make("product", make("product", left, differential(a)), right)
    return make("sigma", body, num(1), k, data=i.data).with_(shape=a.shape)


def _exponential(node, is_constant):
    """a^b = exp(b log a), where the exponent moves."""
    a, b = node.args
    log = make("log", a)
    less = make("epower", a, make("sub", b, num(1)))
    first = make("product", b, make("times", less, differential(a)))
    if is_constant(b):
        return _without_constants(first, is_constant), "power"
    second = make("product", differential(b), make("times", node, log))
    whole = _without_constants(make("add", first, second), is_constant)
    return whole, "exponential"


def _without_constants(tree, is_constant):
    """Return the tree without the terms in which what is constant would move."""

    def change(node):
        if node.op == "differential" and is_constant(node.args[0]):
            return full("zeros", node.shape)
        if node.op in ("add", "sub"):
            a, b = node.args
            if _zero(a):
                return b if node.op == "add" else make("neg", b)
            return a if _zero(b) else node
        if node.op == "stack":
            return full("zeros", node.shape) if all(map(_zero, node.args)) else node
        factors = node.args[: 2 if node.op in BILINEAR else 1 if node.op in TOGETHER else 0]
        return full("zeros", node.shape) if any(map(_zero, factors)) else node

    def inside(node):
        if not node.moving or node.op == "differential":
            return change(node) if node.moving else node
        args = tuple(map(inside, node.args))
        return change(node if args == node.args else node.with_(args=args))

    return inside(tree)


def _zero(node):
    return node.op == "zeros" or (node.op == "number" and node.data == 0)
