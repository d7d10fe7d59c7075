r"""Missteps: what comes out if one step of the derivation goes wrong.

>>> from wuv.algebra import to_latex
>>> from wuv.derivation.simplify import simplify
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> wrong = {edit.kind: tree for edit, tree in missteps(asked.book, asked.x)}
>>> to_latex(simplify(wrong["inner-derivative-lost"]), book=True)
'2(Wu - v)'

A loss is differentiated from the outside inwards, with the rules and the adjoints of
`wuv.derivation`, and at every node once with a wrong one in their place.
"""

from contextlib import suppress
from functools import reduce

from wuv.algebra import AlgebraError, Expr, Work, factors, free_names, rebuild, walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.tree import number, replace
from wuv.derivation.crossing import cross
from wuv.derivation.forms import full, make, num, turned
from wuv.derivation.rules import kind_of, matching, moved
from wuv.diagnosis.edits import Edit

MAX_PAIRS = 6
MAX_STEPS = 8_000  # through one operation each
SLIPPERY = {*ELEMENTWISE, "softmax", "logsumexp", "inv", "det", "product"}
OTHERS_SLOPES = {  # what is taken for the slope of a function, being that of one like it
    "sigmoid": [lambda y: make("sub", full("ones", y.shape), make("epower", y, num(2)))],
    "tanh": [lambda y: make("times", y, make("sub", full("ones", y.shape), y))],
}
TROUBLE = (KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError)


def missteps(loss, x, work=None):
    """Return [(Edit, wrong gradient)], trees in the book's operations; [] where no rule fits, or
    where the steps are more than the ``work`` that is granted."""
    work = work or Work(MAX_STEPS)
    gradients = []
    inner = {y for y in walk(loss) if y.op not in ("name", "number") and y is not loss}
    moving = [y for y in inner if x.data in free_names(y)]
    moving.sort(key=lambda y: (-y.depth, repr(y)))
    for y in moving:
        tree = slope(loss, y, work)
        if tree is not None:  # the chain of slopes stops at y; before a number, at a sum
            gradients.append((Edit(_inner_lost(x, y, work), loss, y, "step"), tree))
            gradients += _everywhere(loss, x, y, tree, work)
    for op in sorted({y.op for y in moving if y.op in (*ELEMENTWISE, "softmax")}):
        with suppress(*TROUBLE):  # its slope is missing wherever it stands
            node = next(y for y in moving if y.op == op)
            tree = _Chain(x, work, lost=op).total(num(1), loss)
            gradients.append((Edit("slope-lost", node, node, "step"), tree))
    try:
        return gradients + _Chain(x, work).wrong(num(1), loss, 0)
    except TROUBLE:
        return gradients


def _everywhere(loss, x, y, tree, work):
    """Return what comes out if one step goes wrong at a part y, wherever it stands in the loss;
    ``tree`` is the gradient in y."""
    if y.op not in SLIPPERY:
        return []
    rest = slope(replace(loss, y, _stand_in(y)), x, work)
    if rest is None:
        return []
    rest = replace(rest, _stand_in(y), y)
    still = rest.op == "number" and rest.data == 0
    try:
        some = _Chain(x, work).here(tree, y)
    except TROUBLE:
        return []
    return [(edit, wrong if still else _added([wrong, rest])) for edit, wrong in some]


def _stand_in(y):
    return Expr("name", data="·part", shape=y.shape)


def _inner_lost(x, inside, work):
    """Return what is lost with the slope of the inside; a sum if that is an array of a number x, or
    if what stands against it is added up, and no more, as for a bias that all samples share."""
    if not x.shape:
        return "sum-lost" if inside.shape else "inner-derivative-lost"
    some = Expr("name", data="·", shape=inside.shape)
    with suppress(*TROUBLE):
        row = factors(_Chain(x, work).total(some, inside))
        if len(row) > 1 and all(z == some or _is_ones(z) for z in row):
            return "sum-lost"
    return "inner-derivative-lost"


def _is_ones(node):
    return (node.args[0] if node.op == "transpose" else node).op == "ones"


def slope(loss, x, work=None):
    """Return the gradient in a name, or in a part of the loss, by the same rules, all of them
    right; None where there is none, or it is too much work."""
    part = x if x.op == "name" else _stand_in(x)
    try:
        tree = _Chain(part, work).total(num(1), loss if part is x else replace(loss, x, part))
    except TROUBLE:
        return None
    return tree if part is x else replace(tree, part, x)


def carried(g, node, x):
    """Return what stands against the change of a name if g stands against that of a part of the
    loss; None where there is no rule, or it is too much work."""
    try:
        return _Chain(x, None).total(g, node)
    except TROUBLE:
        return None


def other_losses(loss):
    """Yield (Edit, loss) for losses that are easily taken for this one."""
    for edit, new in _lookalikes(loss):
        yield Edit("another-loss", edit[0], edit[1], "loss"), new


def _lookalikes(node):
    for new in _here(node):
        yield (node, new), new
    for i, x in enumerate(node.args):
        if node.op in ("power", "epower") and i:
            continue
        for edit, new in _lookalikes(x):
            args = (*node.args[:i], new, *node.args[i + 1 :])
            yield edit, node.with_(args=args)


def _here(node):
    if node.op in ("power", "epower") and node.args[1].op == "number":
        base, k = node.args
        if base.op == "norm" and k.data == 2:
            yield base
        elif k.data > 1:
            yield make(node.op, base, num(k.data + 1))
    if kind_of(node) == "square" and node.op not in ("power", "epower"):
        yield make("norm", *matching(node)[1].values())
    if node.op in ("add", "sub"):
        a, b = node.args
        yield node.with_(op="sub" if node.op == "add" else "add")
        yield a
        yield b
    if node.op in ("sum", "mean"):
        yield node.with_(op="mean" if node.op == "sum" else "sum")
    if node.op == "norm":
        yield make("power", node, num(2))
    if node.op == "det":
        yield make("log", node)
    if node.op == "log" and node.args[0].op == "det":
        yield node.args[0]


class _Chain:
    """Differentiates by recursion: every way from the loss to the variable on its own."""

    def __init__(self, x, work, lost=None):
        self.x, self.constant, self.work, self.lost = x, {}, work or Work(MAX_STEPS), lost

    def is_constant(self, node):
        if node not in self.constant:
            self.constant[node] = (
                self.x.data not in free_names(node)
                if self.x.op == "name"
                else all(y != self.x for y in walk(node))
            )
        return self.constant[node]

    def pairs(self, g, node):
        self.work.spend(1, node)
        if self.lost is not None and node.op == self.lost and len(node.args) == 1:
            return [(g, node.args[0])]  # as if its slope were 1
        if self.lost is not None and node.op == "log":
            return self.apart(g, node)
        move, _ = moved(node, self.is_constant)
        moving = [p for p in cross(g, move) if not self.is_constant(p[1])]
        if len(moving) > MAX_PAIRS or any(len(p) > 2 for p in moving):
            raise ValueError("a sum over an index")
        return moving

    def total(self, g, node):
        """Return what stands against the change of the variable."""
        if node == self.x:
            return g
        return _added([self.total(*pair) for pair in self.pairs(g, node)])

    def wrong(self, g, node, depth):
        """Return [(Edit, gradient)] with one misstep at this node or further in."""
        if node == self.x or self.is_constant(node):
            return []
        if depth > 40:
            raise ValueError("too deep")
        pairs = self.pairs(g, node)
        parts = [self.total(*pair) for pair in pairs]
        gradients = self.here(g, node)
        for i, (G, Y) in enumerate(pairs):
            for edit, tree in self.wrong(G, Y, depth + 1):
                gradients.append((edit, _replaced(parts, i, tree)))
        return gradients

    def here(self, g, node):
        """Return [(Edit, gradient)] with one misstep at this node."""
        gradients = self.by(self.pairs(g, node), g, node)
        if node.op == "log":  # what has a rule of its own, such as log det, can be taken apart
            gradients += self.by(self.apart(g, node), g, node)
        return gradients

    def apart(self, g, node):
        """Return the pairs of a function of one argument by its own rule, whatever is inside."""
        (inside,) = node.args
        part = _stand_in(inside)
        pairs = _Chain(part, self.work).pairs(g, node.with_(args=(part,)))
        return [(replace(G, part, inside), inside) for G, _ in pairs]

    def by(self, pairs, g, node):
        """Return [(Edit, gradient)] with one misstep at a node that leads to these pairs."""
        if node.op in (*ELEMENTWISE, "softmax"):
            pairs = _together(pairs)
        parts = [self.total(*pair) for pair in pairs]
        gradients = []

        def put(i, kind, tree, now=None):
            if tree is not None:
                gradients.append((Edit(kind, node, now, "step"), _replaced(parts, i, tree)))

        for i, (G, Y) in enumerate(pairs):
            if len(pairs) > 1:
                rest = parts[:i] + parts[i + 1 :]
                apart = node.op in ("add", "sub")  # terms of a loss, or occurrences inside of one
                is_term = apart and self.is_constant(g)
                kind = "term-dropped" if is_term else "counted-once"
                gradients.append((Edit(kind, node, Y, "step"), _added(rest)))
                if not apart:
                    twice = make("product", num(len(parts)), parts[i])
                    gradients.append((Edit("symmetry-assumed", node, Y, "step"), twice))
            if self.x != Y:
                put(i, _inner_lost(self.x, Y, self.work), G, Y)
            for edit, wrong in self.misplaced(g, node, Y):
                gradients.append((edit, _replaced(parts, i, self.total(wrong, Y))))
            for kind, wrong in self.slips(g, node, Y):
                try:
                    tree = self.total(wrong, Y)
                    if kind in ("transpose-dropped", "factors-swapped"):
                        gradients.append((Edit(kind, G, wrong, "step"), _replaced(parts, i, tree)))
                        continue
                    put(i, kind, tree, wrong)
                    if tree is not None and not wrong.shape:  # its inner slope is the Jacobian
                        put(i, kind, turned(tree), wrong)
                except (AlgebraError, *TROUBLE):
                    continue
        return gradients

    def misplaced(self, g, node, Y):
        """Yield (Edit, G) for a function's slope that is missing, or is taken at another place: at
        the function's value, or where it is written in the value, at what is inside."""
        normalised = node.args[0].op == "softmax" and node.args[0] != Y
        if node.op not in ELEMENTWISE or Y.shape != node.shape or normalised:
            return
        yield Edit("slope-lost", node, node, "step"), g
        if len(node.args) > 1 or node.args[0] != Y:
            return
        some = Expr("name", data="·", shape=g.shape)
        ((right, _),), ((outer, _),) = (
            self.apart(some, node),
            self.apart(some, node.with_(args=(node,))),
        )
        for wrong in dict.fromkeys((replace(right, node, Y), outer)):
            if wrong != right:
                edit = Edit("slope-misplaced", _without(right, some), _without(wrong, some), "step")
                yield edit, replace(wrong, some, g)
        for wrong in OTHERS_SLOPES.get(node.op, ()):
            yield Edit("slope-of-another", node, node, "step"), make("times", g, wrong(node))

    def slips(self, g, node, Y):
        """Yield (kind, G) for what may wrongly stand against dY."""
        if not (node.op == "times" and any(map(self.is_constant, node.args))):  # c ⊙ z: lost is c
            yield "outer-derivative-lost", num(1)
        if kind_of(node) == "square":
            yield "outer-derivative-lost", num(2)
            (A,) = matching(node)[1].values()
            norm = make("norm", A)
            yield "undifferentiated", make("product", g, make("epower", A, num(2)))
            yield "undifferentiated", make("product", g, make("power", norm, num(2)))
            yield "norm-kept", make("product", make("product", num(2), g), norm)
            yield "norm-kept", make("product", g, make("div", A, norm))
            yield "norm-kept", make("product", make("product", num(2), g), make("div", A, norm))
        if kind_of(node) == "form":
            A, x = (matching(node)[1][k] for k in "Ax")
            if x == Y:
                yield "counted-once", make("product", g, make("product", A, x))
                yield "counted-once", make("product", g, make("product", turned(A), x))
        if node.op == "softmax" and Y.shape == node.shape:
            still = make("sub", full("ones", node.shape), node)
            yield "slope-lost", g
            yield "diagonal-only", make("times", make("times", g, node), still)
            yield "normaliser-still", make("times", g, node)
        if kind_of(node) == "log-softmax" or (node.op == "log" and node.args[0].op == "softmax"):
            yield "normaliser-still", g
        if node.op == "inv":
            right = turned(node)
            yield "inverse-sign-lost", make("product", make("product", right, g), right)
            yield "inverse-once", make("neg", g)
            for pair in ((right, g), (g, right)):
                yield "inverse-once", make("neg", make("product", *pair))
            square = make("product", right, right)
            for pair in ((square, g), (g, square)):
                yield "inverse-on-one-side", make("neg", make("product", *pair))
            there = make("neg", make("product", make("product", node, g), node))
            yield "transpose-dropped", there
        if node.op in ELEMENTWISE:
            yield "undifferentiated", make("times", node, g)
        if node.op in ("power", "epower") and node.args[1].op == "number":
            base, k = node.args
            yield "power-kept", make("product", k, make("times", node, g))
            yield "undifferentiated", make("times", node, g)
            if k.data not in (1, 2):
                less = make(node.op, base, num(number(k.data).data - 1))
                yield "factor", make("times", less, g)
        if node.op == "product" and all(a.shape for a in node.args):
            a, b = node.args
            if b == Y:
                yield "transpose-dropped", make("product", a, g)
                yield "factors-swapped", make("product", g, turned(a))
            else:
                yield "transpose-dropped", make("product", g, b)
                yield "factors-swapped", make("product", turned(b), g)
        minus = node.op == "neg" or (node.op == "sub" and node.args[1] == Y)
        if minus and not self.is_constant(g):  # else it is a term of the loss, and not inside
            yield "inner-sign-lost", g


def _together(pairs):
    """Return pairs with one for each part that moves."""
    found = {}
    for G, Y in pairs:
        found.setdefault(Y, []).append(G)
    return [(_added(some), Y) for Y, some in found.items()]


def _without(tree, factor):
    """Return a slope without what is multiplied by it."""

    def change(node):
        if node.op in ("times", "product") and factor in node.args:
            return node.args[node.args[0] == factor]
        return node

    return rebuild(tree, change)


def _replaced(parts, i, tree):
    return _added([*parts[:i], tree, *parts[i + 1 :]])


def _added(parts):
    if not parts:
        return num(0)
    return reduce(lambda a, b: Expr("add", (a, b), shape=b.shape), parts)
