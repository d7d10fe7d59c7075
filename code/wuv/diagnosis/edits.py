r"""Edits: every formula that differs from a given one by one mistake in one place.

>>> from wuv.algebra import read_latex, to_latex
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> right = read_latex(r"2 W^T (W u - v)")
>>> found = neighbours(right, Around(asked.case("tall").book, asked))
>>> {to_latex(x.tree, fits=False) for x in found if x.edit.kind == "transpose-dropped"}
{'2W(Wu - v)'}

The same edits serve in both directions: what a person may have done to the right formula, and what
would mend the formula that the person wrote.
"""

from collections import Counter
from fractions import Fraction
from functools import cached_property, reduce
from itertools import islice
from typing import NamedTuple

from wuv.algebra import Expr, factors, product, put, rebuild, walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.tree import is_number, name, number, replace
from wuv.diagnosis.mistakes import MISTAKES

PRODUCTS = ("product", "matmul", "dot", "cdot")
SUMS = ("add", "sub")
POWERS = ("power", "epower", "matrix_power")
STILL = ("ones", "zeros", "eye", "size", "basis", "entry", "index", "matrix", "delta")
TERM_FACTORS = tuple(map(Fraction, ("2", "1/2", "-1", "-2", "-1/2", "4", "1/4", "3", "1/3")))
AGAIN = {  # what people do to a part wherever they write it
    "transpose-dropped", "transpose-added", "inverse-for-transpose", "inverse-lost",
    "transpose-for-inverse", "function-lost", "function-for-slope", "slope-for-function",
    "term-dropped", "factor-dropped", "sign-of-one-term", "power", "symmetry-assumed",
}  # fmt: skip
MAX_CHAIN = 6
WHERE = {"answer": -0.15, "gap": 0.5}
LAYOUT = "row-for-column"


class Edit(NamedTuple):
    """One mistake: ``now`` stands in the answer where ``was`` belongs; ``where`` says whether the
    place is one of the answer ("answer"; "gap": something is missing there), of the right formula
    ("right"), or a step ("step")."""

    kind: str
    was: Expr | None
    now: Expr | None
    where: str = "right"

    @property
    def weight(self):
        """How seldom people make this mistake; one that shows in the answer's own formula comes
        before one that gives the same numbers."""
        return MISTAKES[self.kind].weight + WHERE.get(self.where, 0)

    def undone(self, where="answer"):
        """Return this edit as the mistake that it mends; None where it mends none."""
        kind = MISTAKES[self.kind].undone
        if self.kind == "quadratic-rule" and self.was.op != "product":
            kind = "counted-once"  # A where A + Aᵀ belongs
        return Edit(kind, self.now, self.was, where) if kind else None


class Around:
    """What an edit may look at: sizes at a point, and the names of the question."""

    def __init__(self, values, asked):
        self.values, self.asked = values, asked

    def is_number(self, node):
        """Return whether a formula is a number here; one without a value is taken for an array."""
        value = self.values(node)
        return value is not None and value.size == 1

    def is_column(self, node):
        """Return whether a formula is a column here."""
        value = self.values(node)
        return value is not None and value.ndim == 2 and value.shape[1] == 1 < value.shape[0]

    @cached_property
    def names(self):
        """The names of the loss, whether each is a number."""
        return {k: all(x == 1 for x in s) for k, s in self.asked.shapes.items()}

    @cached_property
    def term_factors(self):
        """Constants by which a term may be off: numbers, and the sizes."""
        letters = [name(x) for x in self.asked.sizes]
        over = [Expr("div", (number(1), x)) for x in letters]
        return [*map(number, TERM_FACTORS), *letters, *over]


class Neighbour(NamedTuple):
    """A formula that is one edit away: ``new`` stands at ``path``; its value is known."""

    edit: Edit
    base: Expr
    path: tuple[int, ...]
    new: Expr
    value: object

    @property
    def tree(self):
        """The whole formula, which is built only where it is asked for."""
        return put(self.base, self.path, self.new)

    @property
    def is_turned(self):
        """Whether the place is inside of a transpose."""
        node = self.base
        for i in self.path:
            if node.op == "transpose":
                return True
            node = node.args[i]
        return False


class Spot(NamedTuple):
    """A part of a formula, where it stands, the operation that it is inside of ("chain" for all
    products), and the nodes above it, each with the values of its arguments."""

    tree: Expr
    path: tuple[int, ...]
    node: Expr
    inside: str
    above: tuple

    def neighbour(self, kind, new, values):
        """Return the formula with something else in this place."""
        value = values(new)
        for parent, i, args in self.above:
            if value is None:
                break
            value = values.again(parent, (*args[:i], value, *args[i + 1 :]))
        return Neighbour(Edit(kind, self.node, new), self.tree, self.path, new, value)


def _spots(tree, values):
    """Yield every `Spot` of a formula, the whole first."""
    waiting = [Spot(tree, (), tree, "", ())]
    while waiting:
        spot = waiting.pop()
        yield spot
        node = spot.node
        if node.op in STILL or _is_softmax(node):
            continue
        inside, args = "chain" if node.op in PRODUCTS else node.op, tuple(map(values, node.args))
        parts = node.args[:1] if node.op in POWERS else node.args
        waiting += [
            Spot(tree, (*spot.path, i), x, inside, ((node, i, args), *spot.above))
            for i, x in reversed([*enumerate(parts)])
        ]


def _is_softmax(node):
    """Return whether a formula is exp(z − logsumexp z), which people write as softmax z."""
    inside = node.args[0] if node.op == "exp" else node
    return inside is not node and inside.op == "sub" and inside.args[1].op == "logsumexp"


def neighbours(tree, around, whole=False):
    """Yield a `Neighbour` for every formula that is one edit away; if ``whole``, one edit of the
    whole and not of a part."""
    for spot in islice(_spots(tree, around.values), 1 if whole else None):
        for kind, new in _here(spot.node, around, spot.inside):
            if new != spot.node:
                turned = not spot.path and new == _turned(spot.node)
                yield spot.neighbour(LAYOUT if turned else kind, new, around.values)


def everywhere(tree, around):
    """Yield a `Neighbour` for every edit of a part that stands in several places, made in all of
    them: W₁x for W₁x + b, wherever σ takes it."""
    tried = set()
    for spot in _spots(tree, around.values):
        if spot.path and spot.node.op not in ("times", *PRODUCTS):
            continue
        met = Counter(x for x in walk(spot.node) if x.op not in ("number", "name"))
        for part in [x for x, count in met.items() if count > 1 and x != spot.node]:
            for kind, new in _here(part, around, ""):
                other = replace(spot.node, part, new) if kind in AGAIN and new != part else tree
                if other != tree and (spot.node, other) not in tried:
                    tried.add((spot.node, other))
                    found = spot.neighbour(kind, other, around.values)
                    yield found._replace(edit=Edit(kind, part, new))


def insertions(tree, around):
    """Yield a `Neighbour` for every name put beside a part of the formula, as a factor or as a
    term: what would mend a formula from which one was dropped."""
    for spot in _spots(tree, around.values):
        if spot.inside != "transpose" and spot.node.op != "number":
            for kind, new in _with_names(spot.node, around):
                yield spot.neighbour(kind, new, around.values)


def _with_names(node, around):
    one = number(1)
    yield "term-added", Expr("sub", (node, one))
    yield "term-added", Expr("sub", (one, node))
    yield "term-added", Expr("add", (one, node))
    for key, is_one in around.names.items():
        x = name(key)
        if node != x:
            yield "term-added", Expr("add", (node, x))
            yield "term-added", Expr("sub", (node, x))
        yield "factor-added", Expr("product", (x, node))
        if not is_one:
            yield "factor-added", Expr("product", (node, x))
            yield "factor-added", Expr("product", (_turned(x), node))
            yield "factor-added", Expr("product", (node, _turned(x)))
            yield "factor-added", Expr("times", (node, x))


def slopes(tree, around):
    """Yield a `Neighbour` for every part multiplied by the slope of a function that is in the
    formula: the slope of σ counted although the loss has cancelled it."""
    values = around.values
    inner = dict.fromkeys(x for x in walk(tree) if x.op in ("sigmoid", "tanh"))
    for spot in _spots(tree, values) if inner else ():
        if spot.node in inner or spot.inside in ("transpose", *ELEMENTWISE):
            continue
        here = values(spot.node)
        for f in inner:
            size = values(f)
            if here is not None and size is not None and here.shape == size.shape:
                for slope in SLOPES_TAKEN[f.op](f.args[0]):
                    yield spot.neighbour("slope-added", Expr("times", (spot.node, slope)), values)


def exchanges(tree, around):
    """Yield a `Neighbour` with two letters of a kind in each other's place, everywhere."""
    names = [*around.names]
    for i, x in enumerate(names):
        for y in names[i + 1 :]:
            if around.names[x] == around.names[y]:
                other = {x: y, y: x}
                new = rebuild(
                    tree, lambda n, other=other: name(other.get(n.data, n.data))
                    if n.op == "name" else n
                )  # fmt: skip
                if new != tree:
                    edit = Edit("letters-exchanged", tree, new)
                    yield Neighbour(edit, tree, (), new, around.values(new))


def rebuilt(tree, i, new):
    """Return a node with one argument replaced."""
    return Expr(tree.op, (*tree.args[:i], new, *tree.args[i + 1 :]), tree.data, tree.place)


def _here(node, around, inside):
    """Yield (kind, new node) for the edits at the top of a formula."""
    op = node.op
    one = around.is_number(node)
    if not one and inside != "transpose":
        if op == "transpose":
            yield "transpose-dropped", node.args[0]
            yield "inverse-for-transpose", Expr("inv", node.args)
        elif op not in (*PRODUCTS, "times") or not any(map(around.is_number, node.args)):
            yield "transpose-added", _turned(node)
    if op in PRODUCTS:
        yield from _product(node, around, inside)
    if op in SUMS:
        yield from _sum(node, around)
    if op == "neg":
        yield "sign-of-one-term", node.args[0]
        first, *rest = factors(node.args[0])
        if rest and is_number(first):  # the −2 of −2r
            yield "factor-dropped", product(*rest)
    if op in ("number", "name", "norm") or op in POWERS or op in ELEMENTWISE:
        yield from LEAVES.get(op, _power if op in POWERS else _function)(node, around)
    if op in OTHERS:
        yield from OTHERS[op](node, around)
    if op == "times" or (op == "product" and inside != "chain"):
        yield from _brackets(node, around)
    if not one and op != "transpose":
        yield from _array(node, around, inside)


def _turned(node):
    return node.args[0] if node.op == "transpose" else Expr("transpose", (node,))


def _product(node, around, inside):
    a, b = node.args
    numbers = [around.is_number(x) for x in node.args]
    if any(numbers):
        for kept, lost in ((b, a), (a, b)) if numbers[0] else ((a, b), (b, a)):
            yield "denominator-lost" if _is_one_over(lost) else "factor-dropped", kept
        yield "divided-for-multiplied", Expr("div", (b, a) if numbers[0] else (a, b))
        yield "divided-for-multiplied", Expr("div", (a, b) if numbers[0] else (b, a))
        yield "plus-for-times", Expr("add", (a, b))
        yield from _quadratic(a, b)
        return
    yield "elementwise-for-matrix", Expr("times", (a, b))
    yield "plus-for-times", Expr("add", (a, b))
    yield "factor-dropped", a
    yield "factor-dropped", b
    *front, last = factors(a)
    if last == _turned(b):  # WᵀW taken for W²
        inner = b if last.op == "transpose" else last
        yield "transpose-dropped", product(*front, Expr("power", (inner, number(2))))
        yield "elementwise-for-matrix", product(*front, _squared(inner))
    if last.op == "transpose":
        over = Expr("sum", last.args, (1, True))
        yield "wrong-axis", product(*front, Expr("times", (b, over)))
    yield from _inner_outer(node, around)
    if inside != "chain":
        yield from _chain(node, around)


def _is_one_over(node):
    return node.op in ("div", "edivide") and is_number(node.args[0]) and not is_number(node.args[1])


def _quadratic(a, b):
    """The rule for xᵀAx used where there is no quadratic form: A + Aᵀ instead of 2Aᵀ."""
    inside = b.args[0] if b.op == "transpose" else b
    if is_number(a, 2) and inside.op == "name":
        yield "quadratic-rule", Expr("add", (inside, _turned(inside)))


def _inner_outer(node, around):
    """An outer product taken for an inner one, and the reverse; ``2r`` in front stays there."""
    a, b = node.args
    *front, last = factors(a)
    if b.op == "transpose" and around.is_column(last) and around.is_column(b.args[0]):
        for pair in ((_turned(last), b.args[0]), (b, last)):
            yield "inner-for-outer", product(*front, *pair)
    if last.op == "transpose" and around.is_column(last.args[0]) and around.is_column(b):
        for pair in ((last.args[0], _turned(b)), (b, last)):
            yield "outer-for-inner", product(*front, *pair)
    if (last.op == "transpose") != (b.op == "transpose"):
        yield "transpose-misplaced", product(*front, _turned(last), _turned(b))


def _chain(node, around):
    row = factors(node)
    arrays = [i for i, x in enumerate(row) if not around.is_number(x)]
    if len(row) > MAX_CHAIN + 2 or len(arrays) > MAX_CHAIN:
        arrays = arrays[:MAX_CHAIN]
    shapes = [getattr(around.values(row[i]), "shape", ()) for i in arrays]
    inner_outer = len(shapes) == 2 and all(1 in x for x in shapes) and shapes[0] != shapes[1]
    for k, i in enumerate(arrays):
        for j in arrays[k + 1 :] if not inner_outer else ():
            some = list(row)
            some[i], some[j] = some[j], some[i]
            yield "factors-swapped", product(*some)
    if len(arrays) > 2:
        for moved in ([*arrays[1:], arrays[0]], [arrays[-1], *arrays[:-1]]):
            some = list(row)
            for i, j in zip(arrays, moved, strict=True):
                some[i] = row[j]
            yield "factors-swapped", product(*some)
    for i in arrays:
        rest = row[:i] + row[i + 1 :]
        if rest:
            yield "factor-dropped", product(*rest)


def _sum(node, around):
    a, b = node.args
    yield "sign-of-one-term", Expr("sub" if node.op == "add" else "add", (a, b))
    if a.op not in ("number", "ones"):
        yield "term-dropped", a
    if b.op not in ("number", "ones"):
        yield "term-dropped", b if node.op == "add" else Expr("neg", (b,))
    yield "times-for-plus", Expr("product", (a, b))
    yield "times-for-plus", Expr("times", (a, b))
    for k, x in enumerate(node.args):
        for c in around.term_factors:
            kind = "sign-of-one-term" if is_number(c, -1) else "factor-of-one-term"
            yield kind, rebuilt(node, k, Expr("product", (c, x)))
    if b == _turned(a):
        for x in (a, b):
            yield "symmetry-assumed", Expr("product", (number(2), x))


def _number(node, around):
    c = Fraction(node.data)
    for k in (2, Fraction(1, 2), -1):
        yield "sign-of-one-term" if k == -1 else "constant", number(c * k)
    if abs(c) != 1:
        yield "constant", number(1)
        yield "divided-for-multiplied", number(1 / c) if c else number(0)


def _name(node, around):
    kind = around.names.get(node.data)
    for other, is_one in around.names.items():
        if other != node.data and is_one == kind:
            yield "variable-for-variable", name(other)


def _norm(node, around):
    yield "square-for-norm", Expr("epower", (node, number(2)))
    yield "norm-lost", node.args[0]


def _power(node, around):
    base, k = node.args
    yield "power", base
    if k.op == "number":
        for other in {k.data + 1, k.data - 1, 2 * k.data, Fraction(k.data) / 2, -k.data}:
            if other not in (0, 1):
                kind = "norm-for-square" if base.op == "norm" and other == 1 else "power"
                yield kind, Expr(node.op, (base, number(other)))
        if base.op == "norm" and k.data == 2:
            yield "norm-for-square", base


def _function(node, around):
    if _is_softmax(node):
        yield "function-lost", node.args[0].args[0]
        return
    for x in node.args:
        yield "function-lost", x
    for kind, make in SLOPES.get(node.op, ()):
        yield kind, make(*node.args)


def _one_minus(x):
    return Expr("sub", (number(1), x))


def _call(op, x):
    return Expr(op, (x,))


def _squared(x):
    return Expr("epower", (x, number(2)))


def _over(x):
    return Expr("edivide", (number(1), x))


def _logistic_slope(y):
    return Expr("times", (y, _one_minus(y)))


SLOPES_TAKEN = {  # the slope of a function, also of its value or its argument
    "sigmoid": lambda x: map(
        _logistic_slope, (_call("sigmoid", x), x, _call("sigmoid", _call("sigmoid", x)))
    ),
    "tanh": lambda x: (
        _one_minus(_squared(y)) for y in (_call("tanh", x), x, _call("tanh", _call("tanh", x)))
    ),
}
SLOPES = {
    "tanh": [("slope-for-function", lambda x: _one_minus(_squared(_call("tanh", x))))],
    "sigmoid": [
        (
            "slope-for-function",
            lambda x: _logistic_slope(_call("sigmoid", x)),
        ),
        ("slope-for-function", lambda x: _logistic_slope(x)),
        ("function-lost", lambda x: _one_minus(_call("sigmoid", x))),
    ],
    "sin": [("slope-for-function", lambda x: _call("cos", x))],
    "cos": [
        ("function-for-slope", lambda x: _call("sin", x)),
        ("slope-for-function", lambda x: Expr("neg", (_call("sin", x),))),
    ],
    "log": [("slope-for-function", _over)],
    "abs": [("slope-for-function", lambda x: _call("sign", x))],
    "sign": [("function-for-slope", lambda x: _call("abs", x))],
    "sqrt": [("power", _squared)],
    "exp": [("sign-of-one-term", lambda x: _call("exp", Expr("neg", (x,))))],
}


def _brackets(node, around):
    """(AB) ⊙ C, which A @ B * C is, for A(B ⊙ C), and the reverse."""
    if node.op == "times":
        row = _entrywise(node)
        for i, x in enumerate(row):
            arrays = [k for k in factors(x) if not around.is_number(k)]
            if x.op in PRODUCTS and len(arrays) > 1:
                a, b = x.args
                others = row[:i] + row[i + 1 :]
                yield "brackets", Expr("product", (a, _multiplied([b, *others])))
                *front, first = factors(a)
                beside = _multiplied([*others, first])
                yield "brackets", product(*front, beside, b)
        return
    a, b = node.args
    if b.op == "times":
        first, *others = _entrywise(b)
        yield "brackets", _multiplied([Expr("product", (a, first)), *others])
    *front, last = factors(a)
    if last.op == "times":
        first, *others = _entrywise(last)[::-1]
        yield "brackets", _multiplied([*others[::-1], product(*front, first, b)])


def _entrywise(node):
    return [y for x in node.args for y in _entrywise(x)] if node.op == "times" else [node]


def _multiplied(row):
    return reduce(lambda x, y: Expr("times", (x, y)), row)


def _times(node, around):
    a, b = node.args
    numbers = [around.is_number(x) for x in node.args]
    if any(numbers):
        yield from _product(node, around, "chain")
        return
    yield "plus-for-times", Expr("sub", (a, b))
    yield "plus-for-times", Expr("sub", (b, a))
    yield "matrix-for-elementwise", Expr("product", (a, b))
    yield "matrix-for-elementwise", Expr("product", (_turned(a), b))
    yield "outer-for-elementwise", Expr("product", (a, _turned(b)))
    yield "outer-for-elementwise", Expr("product", (b, _turned(a)))
    yield "plus-for-times", Expr("add", (a, b))
    yield "divided-for-multiplied", Expr("edivide", (a, b))
    yield "factor-dropped", a
    yield "factor-dropped", b


def _div(node, around):
    a, b = node.args
    yield "denominator-lost", a
    yield "multiplied-for-divided", Expr("times", (a, b))
    yield "power", Expr(node.op, (a, _squared(b)))
    yield "factor-dropped", Expr(node.op, (number(1), b))
    if b.op in POWERS and b.args[1].op == "number":
        yield "power", Expr(node.op, (a, b.args[0]))
    if b.op == "norm":
        yield "norm-lost", Expr(node.op, (a, b.args[0]))


def _sum_all(node, around):
    other = "mean" if node.op == "sum" else "sum"
    kind = "mean-for-sum" if other == "mean" else "sum-for-mean"
    yield kind, Expr(other, node.args, node.data)
    yield "sum-lost", node.args[0]
    axis, keep = node.data or (None, False)
    for new in (0, 1):
        if new != axis:
            yield "wrong-axis", Expr(node.op, node.args, (new, keep))


def _inv(node, around):
    yield "inverse-lost", node.args[0]
    yield "transpose-for-inverse", _turned(node.args[0])


def _softmax(node, around):
    yield "function-lost", node.args[0]


def _diag(node, around):
    yield "diagonal-lost", node.args[0]


def _inner(node, around):
    yield "norm-for-square", Expr("sqrt", (node,))


def _trace(node, around):
    yield "sum-lost", node.args[0]
    yield "sum-for-mean", Expr("sum", node.args, (None, False))


def _outer(node, around):
    a, b = node.args
    yield "factors-swapped", Expr("outer", (b, a))
    yield "inner-for-outer", Expr("inner", (a, b))


def _kron(node, around):
    a, b = node.args
    yield "factors-swapped", Expr("kron", (b, a))


def _array(node, around, inside):
    """Edits of any array: a sum over it, its norm, its inverse."""
    if inside != "chain" or node.op not in PRODUCTS:
        if inside not in ("sum", "mean", "softmax", *ELEMENTWISE):
            yield "sum-added", Expr("sum", (node,))
            for axis in (0, 1):
                yield "sum-added", Expr("sum", (node,), (axis, True))
        if inside != "norm":
            yield "norm-added", Expr("norm", (node,))
    value = around.values(node)
    if value is None or (value.ndim == 2 and value.shape[0] == value.shape[1]):
        if inside not in ("inv", "transpose") and node.op != "inv":
            yield "inverse-added", Expr("inv", (node,))
        if node.op == "name":
            yield "quadratic-rule", Expr("add", (node, _turned(node)))


LEAVES = {"number": _number, "name": _name, "norm": _norm}
OTHERS = {
    "times": _times,
    "div": _div,
    "edivide": _div,
    "sum": _sum_all,
    "mean": _sum_all,
    "inv": _inv,
    "softmax": _softmax,
    "diag": _diag,
    "np_diag": _diag,
    "inner": _inner,
    "trace": _trace,
    "outer": _outer,
    "kron": _kron,
}
