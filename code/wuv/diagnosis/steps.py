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

from functools import reduce

from wuv.algebra import AlgebraError, Expr, Work, free_names, rebuild, walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.tree import number, replace
from wuv.derivation.crossing import cross
from wuv.derivation.forms import make, num, turned
from wuv.derivation.rules import kind_of, matching, moved
from wuv.diagnosis.edits import Edit

MAX_PAIRS = 6
MAX_STEPS = 4_000  # through one operation each
TROUBLE = (KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError)


def missteps(loss, x, work=None):
    """Return [(Edit, wrong gradient)], trees in the book's operations; [] where no rule fits, or
    where the steps are more than the ``work`` that is granted."""
    gradients = []
    inner = {y for y in walk(loss) if y.op not in ("name", "number") and y is not loss}
    for y in sorted((y for y in inner if x.data in free_names(y)), key=lambda y: -y.depth):
        tree = slope(loss, y, work)
        if tree is not None:  # the chain of slopes stops at y; before a number, at a sum
            gradients.append((Edit(_inner_lost(x, y), loss, y, "step"), tree))
    try:
        return gradients + _Chain(x, work).wrong(num(1), loss, 0)
    except TROUBLE:
        return gradients


def _inner_lost(x, inside):
    """Return what is lost with the slope of the inside; a sum if that is an array of a number x."""
    return "inner-derivative-lost" if x.shape or not inside.shape else "sum-lost"


def slope(loss, x, work=None):
    """Return the gradient in a name, or in a part of the loss, by the same rules, all of them
    right; None where there is none, or it is too much work."""
    try:
        return _Chain(x, work).total(num(1), loss)
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


class _Chain:
    """Differentiates by recursion: every way from the loss to the variable on its own."""

    def __init__(self, x, work):
        self.x, self.constant, self.work = x, {}, work or Work(MAX_STEPS)

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
        gradients = []

        def put(i, kind, tree, now=None):
            if tree is not None:
                gradients.append((Edit(kind, node, now, "step"), _replaced(parts, i, tree)))

        for i, (G, Y) in enumerate(pairs):
            for edit, tree in self.wrong(G, Y, depth + 1):
                gradients.append((edit, _added([*parts[:i], tree, *parts[i + 1 :]])))
            if len(pairs) > 1:
                rest = parts[:i] + parts[i + 1 :]
                apart = node.op in ("add", "sub")  # terms of a loss, or occurrences inside of one
                kind = "term-dropped" if apart and not node.shape else "counted-once"
                gradients.append((Edit(kind, node, Y, "step"), _added(rest)))
                if not apart:
                    twice = make("product", num(len(parts)), parts[i])
                    gradients.append((Edit("symmetry-assumed", node, Y, "step"), twice))
            if self.x != Y:
                put(i, _inner_lost(self.x, Y), G, Y)
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
        if node.op not in ELEMENTWISE or len(node.args) > 1:
            return
        yield Edit("slope-lost", node, node, "step"), g
        some = Expr("name", data="·", shape=g.shape)
        ((right, _),), ((outer, _),) = (
            self.pairs(some, node),
            self.pairs(some, node.with_(args=(node,))),
        )
        for wrong in dict.fromkeys((replace(right, node, Y), outer)):
            if wrong != right:
                edit = Edit("slope-misplaced", _without(right, some), _without(wrong, some), "step")
                yield edit, replace(wrong, some, g)

    def slips(self, g, node, Y):
        """Yield (kind, G) for what may wrongly stand against dY."""
        yield "outer-derivative-lost", num(1)
        if kind_of(node) == "square":
            yield "outer-derivative-lost", num(2)
            (A,) = matching(node)[1].values()
            norm = make("norm", A)
            yield "undifferentiated", make("product", g, make("epower", A, num(2)))
            yield "norm-kept", make("product", make("product", num(2), g), norm)
            yield "norm-kept", make("product", g, make("power", norm, num(2)))
            yield "norm-kept", make("product", g, make("div", A, norm))
            yield "norm-kept", make("product", make("product", num(2), g), make("div", A, norm))
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
        if node.op == "sub" and node.args[1] == Y:
            yield "inner-sign-lost", g
        if node.op == "neg":
            yield "inner-sign-lost", g


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
