r"""The rules of the differential calculus, as a table: how a formula moves when its parts move.

>>> rule, parts = matching(_read(r"\lVert A\rVert^2"))
>>> rule.moves, rule.reason
('\\langle 2A, \\mathrm dA\\rangle', 'the slope of a square')

Each rule is a formula, its differential, and the reason in words; the first that fits is taken.
A capital stands for anything, a lower-case letter for a column, k for a constant number. Since all
is written in the language of `wuv.algebra`, the rules are themselves executed: a test evaluates
both columns of this table with numbers that carry a slope.

Source: Magnus and Neudecker, Matrix Differential Calculus, chapters 8 and 9; the same results are
in The Matrix Cookbook, section 2.
"""

from functools import cache
from typing import NamedTuple

from wuv.algebra import kind, read_latex, rebuild, walk
from wuv.derivation.forms import differential, full, identity, make, num


class Rule(NamedTuple):
    """A formula, its differential, and why."""

    formula: str
    moves: str
    reason: str


SQUARE = "the slope of a square"
PRODUCT = "the product rule: each factor moves in turn"
QUOTIENT = "the quotient rule"
FORM = "the slope of a quadratic form"
CHAIN = "the chain rule, entry by entry"
RULES = (
    Rule(r"\lVert A\rVert^2", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(r"x^T x", r"\langle 2x, \mathrm dx\rangle", SQUARE),
    Rule(r"\operatorname{sum}(A^{\odot 2})", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(r"\operatorname{sum}(A \odot A)", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(r"\langle A, A\rangle", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(r"\operatorname{tr}(A^T A)", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(r"\operatorname{tr}(A A^T)", r"\langle 2A, \mathrm dA\rangle", SQUARE),
    Rule(
        r"x^T A x",
        r"\langle (A + A^T)x, \mathrm dx\rangle + \langle x x^T, \mathrm dA\rangle",
        FORM,
    ),
    Rule(
        r"\lVert A\rVert",
        r"\frac{\langle A, \mathrm dA\rangle}{\lVert A\rVert}",
        "the slope of a norm: only the part along it counts",
    ),
    Rule(r"A^{-1}", r"-A^{-1}(\mathrm dA) A^{-1}", "from A A^-1 = I, by the product rule"),
    Rule(
        r"\log(\det(A))",
        r"\operatorname{tr}(A^{-1}\,\mathrm dA)",
        "the slope of a log determinant",
    ),
    Rule(
        r"\log(\lvert\det(A)\rvert)",
        r"\operatorname{tr}(A^{-1}\,\mathrm dA)",
        "the slope of a log determinant",
    ),
    Rule(
        r"\det(A)",
        r"\det(A)\operatorname{tr}(A^{-1}\,\mathrm dA)",
        "the slope of a determinant (Jacobi)",
    ),
    Rule(
        r"\log(\mathbf 1 + \exp(A))",
        r"\sigma(A) \odot \mathrm dA",
        "the slope of log(1 + exp z) is the logistic function",
    ),
    Rule(
        r"\log(\sigma(A))",
        r"(\mathbf 1 - \sigma(A)) \odot \mathrm dA",
        "the slope of log of the logistic function",
    ),
    Rule(
        r"\log(\mathbf 1 - \sigma(A))",
        r"-\sigma(A) \odot \mathrm dA",
        "the slope of log of the logistic function",
    ),
    Rule(r"\exp(A)", r"\exp(A) \odot \mathrm dA", CHAIN),
    Rule(r"\log(A)", r"(\mathrm dA) \oslash A", CHAIN),
    Rule(r"\tanh(A)", r"(\mathbf 1 - \tanh(A)^{\odot 2}) \odot \mathrm dA", CHAIN),
    Rule(r"\sigma(A)", r"\sigma(A) \odot (\mathbf 1 - \sigma(A)) \odot \mathrm dA", CHAIN),
    Rule(r"\sin(A)", r"\cos(A) \odot \mathrm dA", CHAIN),
    Rule(r"\cos(A)", r"-\sin(A) \odot \mathrm dA", CHAIN),
    Rule(r"\sqrt{A}", r"(\mathrm dA) \oslash (2\sqrt{A})", CHAIN),
    Rule(r"\lvert A\rvert", r"\operatorname{sign}(A) \odot \mathrm dA", CHAIN),
    Rule(r"A^{\odot k}", r"k A^{\odot (k - 1)} \odot \mathrm dA", CHAIN),
    Rule(r"AB", r"(\mathrm dA) B + A\,\mathrm dB", PRODUCT),
    Rule(r"A \odot B", r"(\mathrm dA) \odot B + A \odot \mathrm dB", PRODUCT),
    Rule(r"A \otimes B", r"(\mathrm dA) \otimes B + A \otimes \mathrm dB", PRODUCT),
    Rule(
        r"\langle A, B\rangle",
        r"\langle B, \mathrm dA\rangle + \langle A, \mathrm dB\rangle",
        PRODUCT,
    ),
    Rule(
        r"\frac{A}{B}",
        r"\frac{\mathrm dA}{B} - \frac{A}{B^2}\,\mathrm dB",
        QUOTIENT,
    ),
    Rule(
        r"A \oslash B",
        r"(\mathrm dA) \oslash B - (A \oslash B^{\odot 2}) \odot \mathrm dB",
        QUOTIENT,
    ),
)
# What is linear moves as its argument does.
LINEAR = ("neg", "add", "sub", "transpose", "trace", "sum", "mean", "diag", "vec", "entry", "sigma")
# These are expanded together with what is linear around them: their changes stay linear.
TOGETHER = {*LINEAR, "product", "times", "inner", "kron", "div", "edivide"}


@cache
def _read(text):
    shapes = {x: (x.lower() + "1", x.lower() + "2") for x in "AB"} | {"k": ()}
    return read_latex(text, shapes)


@cache
def _table():
    return tuple((rule, _read(rule.formula), _read(rule.moves)) for rule in RULES)


def matching(node):
    """Return the first rule that fits a node, and {letter: part}; (None, {}) if there is none."""
    for rule, pattern, _ in _table():
        parts = {}
        if _fits(pattern, node, parts):
            return rule, parts
    return None, {}


def _fits(pattern, node, parts):
    if pattern.op == "name":
        letter = pattern.data
        if kind(letter) == "column" and letter != "k" and (node.shape or ())[1:] != (1,):
            return False
        if letter == "k" and node.op != "number":
            return False
        return parts.setdefault(letter, node) == node
    op = node.op
    if op == "power" and not node.shape and pattern.op == "epower":
        op = "epower"  # of numbers it is the same
    if pattern.op == "ones":
        return op == "ones" or (not node.shape and node.op == "number" and node.data == 1)
    if pattern.op != op or len(pattern.args) != len(node.args):
        return False
    if pattern.op == "number":
        return pattern.data == node.data
    return all(_fits(p, x, parts) for p, x in zip(pattern.args, node.args, strict=True))


def special_rule(node):
    """Return the rule for a node that goes beyond its operation: ``xᵀx`` is a square."""
    rule = matching(node)[0]
    return None if rule is None or rule.reason in (PRODUCT, QUOTIENT) else rule


def moved(node, is_constant):
    """Return the differential of a node in terms of its parts', and the reason; what is constant
    does not move. None where there is no rule."""
    special = special_rule(node)
    if node.op in LINEAR and not special:
        args = [
            differential(x) if i == 0 or node.op in ("add", "sub") else x
            for i, x in enumerate(node.args)
        ]
        found = make(node.op, *args, data=node.data).with_(shape=node.shape)
        return _without_constants(found, is_constant), None
    if node.op == "power" and node.shape:
        return _matrix_power(node, is_constant)
    if node.op in ("power", "epower") and node.args[1].op != "number":
        return _exponential(node, is_constant)
    for rule, pattern, moves in _table():
        parts = {}
        if _fits(pattern, node, parts):
            found = _without_constants(_instance(moves, parts, node.shape), is_constant)
            split = rule.reason in (PRODUCT, QUOTIENT)
            constant = split and any(is_constant(x) for x in node.args)
            return found, None if constant else rule.reason
    return None, None


def _instance(tree, parts, shape):
    """Return a rule's formula with the parts put in; its bare 𝟏 has the shape of the whole."""

    def build(node):
        if node.op == "name":
            return parts[node.data]
        if node.op == "number":
            return num(node.data)
        if node.op in ("ones", "eye"):
            return full("ones", shape) if node.op == "ones" else identity(shape)
        args = [build(x) for x in node.args]
        if node.op == "differential":
            return differential(args[0])
        if node.op == "sub" and all(x.op == "number" for x in args):
            return num(args[0].data - args[1].data)
        if node.op == "epower" and args[1].op == "number" and args[1].data == 1:
            return args[0]
        if node.op == "edivide" and not args[0].shape:
            return make("div", *args)
        return make(node.op, *args, data=node.data)

    return build(tree)


def _matrix_power(node, is_constant):
    """d(A³) = dA A² + A dA A + A² dA: each factor in turn."""
    base, k = node.args[0], node.args[1].data if node.args[1].op == "number" else None
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
    return _without_constants(total or full("zeros", node.shape), is_constant), PRODUCT


def _exponential(node, is_constant):
    """a^b = exp(b log a), where the exponent moves."""
    a, b = node.args
    log = make("log", a)
    less = make("epower", a, make("sub", b, num(1)))
    first = make("product", b, make("times", less, differential(a)))
    if is_constant(b):
        return _without_constants(first, is_constant), "the slope of a power"
    second = make("product", differential(b), make("times", node, log))
    found = _without_constants(make("add", first, second), is_constant)
    return found, "the slope of a power, a^b = exp(b log a)"


def _without_constants(tree, is_constant):
    """Return the tree without the terms in which what is constant would move."""

    def change(node):
        if node.op == "differential" and is_constant(node.args[0]):
            return full("zeros", node.shape) if node.shape else num(0)
        if node.op in ("add", "sub"):
            a, b = node.args
            if _zero(a):
                return b if node.op == "add" else make("neg", b)
            if _zero(b):
                return a
            return node
        if node.op in ("number", "zeros", "name", "power", "epower", "differential"):
            return node
        linear = ("product", "times", "inner", "kron", *LINEAR)
        if node.op in ("div", "edivide") and _zero(node.args[0]):
            return node.args[0]
        if node.op in linear and any(
            map(
                _zero,
                node.args[:2]
                if node.op in ("product", "times", "inner", "kron")
                else node.args[:1],
            )
        ):
            return full("zeros", node.shape) if node.shape else num(0)
        return node

    if not any(x.op == "differential" for x in walk(tree)):
        return tree
    return rebuild(tree, change)


def _zero(node):
    return node.op == "zeros" or (node.op == "number" and node.data == 0)
