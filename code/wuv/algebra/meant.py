r"""What a typed formula means by its sizes: the signs that say several things.

>>> from wuv.algebra.typed import read_typed
>>> meant(read_typed("2*A'*(A*x - b)"), ("n", 1), "A:m,n; x:n,1; b:m,1")
product(product(number(2), transpose(name(A))), sub(product(name(A), name(x)), name(b)))
>>> meant(read_typed("(Ax - b)² + sum(x*y)"))
add(power(norm(sub(product(name(A), name(x)), name(b))), number(2)), sum(times(name(x), name(y))))

A star is a product of matrices where it can be one, and goes entry by entry between two columns.
Between matrices it does so too in a sum, unless ``.*`` or ``.^`` stands in the formula.
Bars are the size of a number, the length of a column, the determinant of a square matrix. A
column's power goes entry by entry, and is ‖x‖² for x² where a number is wanted; there its bars are
those of its entries, where its length gives none. A number that is
added to a column is added to each entry, unless it has letters that only look like a number's.
Nothing else is made to fit.
"""

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.names import declare
from wuv.algebra.size import Unknown, shape_text
from wuv.algebra.size_rules import column
from wuv.algebra.sizes import SPECIAL, Sizes
from wuv.algebra.textbook import BOOK, stretched
from wuv.algebra.tree import Expr, Misfit, free_names, number, spelled, walk

MOST = 20  # products that are grouped anew
SUMS = ("sum", "mean")
ENTRYWISE = ("times", "edivide", "epower")
WORDS = {"size", "ones_like", "zeros_like"}  # functions that ask for sizes


class Unclear(Misfit):
    """Bars that may be a norm, or a determinant."""


def meant(tree, wanted=(), shapes=None, guessed=()):
    """Return a typed formula with one meaning for each sign, such that it has the ``wanted`` shape
    if it can. The shapes of the ``guessed`` letters were not said by anyone.

    Raises `Misfit` where its sizes clash in every way, or it is not clear what bars mean.
    """
    shapes = {name: column(sizes) for name, sizes in declare(shapes).items()}
    others, trouble = [], None
    for lengths, entries in ((False, False), (True, False), (False, True)):
        try:
            reader = _Meant(shapes, lengths, entries)
            reader.declared -= {*guessed}
            reader.inverted = {x.args[0] for x in walk(tree) if x.op == "inv"}
            reader.dotted = any(x.op in ENTRYWISE for x in walk(tree))
            settled = reader.read(tree)
            if reader.sizes.of(settled) == (() if tuple(wanted) == (1, 1) else tuple(wanted)):
                return plain(settled)
            others.append(settled)
        except Misfit as error:
            trouble = trouble or error
    if others:
        return plain(others[0])
    raise trouble


def plain(tree):
    """Return the tree without shapes, in the signs' first meaning where none was settled."""
    first = {"star": "product", "bars": "abs"}
    return tree.with_(op=first.get(tree.op, tree.op), args=tuple(map(plain, tree.args)), shape=None)


class _Meant:
    def __init__(self, shapes, lengths, entries):
        self.sizes, self.lengths, self.entries = Sizes(shapes), lengths, entries
        self.declared = {*shapes, *self.sizes.letters}
        self.regrouped = 0
        self.inverted = set()  # what must be square
        self.dotted = False  # whether products entry by entry have a sign of their own

    def read(self, node, inside=""):
        """Return a node, settled, with its shape; ``inside`` is the function around it."""
        if node.op == "sigma":
            outer = self.sizes.bound
            self.sizes.bound = {**outer, node.data: Unknown()}
            body = self.read(node.args[0])
            self.sizes.bound = outer
            return self.sizes.infer(node.with_(args=(body, *node.args[1:])))
        if node.op in SPECIAL:  # an entry: its indices are no formulas
            base = (self.read(x, inside) for x in node.args[:1])
            return self.sizes.infer(node.with_(args=(*base, *node.args[1:])))
        around = "sum" if node.op in SUMS or inside == "sum" else node.op
        if around == "sum" and node.op in ("star", "product"):
            args = self.chain(node, around)
        elif node.op == "product" and node.args[0].op == "product":
            args = self.grouped(node, around)
        else:
            args = tuple(self.read(x, around) for x in node.args)
        rule = RULES.get(node.op)
        settled = node.with_(args=args)
        if rule is not None:
            settled = rule(self, settled, inside, *args)
        elif node.op in WORDS or (node.op in ("sum", "mean", *ALONG) and node.data):
            settled = BOOK[node.op](self.sizes.infer_rest(settled), *args)
        return self.sizes.infer_rest(settled.with_(place=node.place))

    def chain(self, node, around):
        """Return both sides of a product in a sum; in A*B*x the first star is one of matrices."""
        left, right = node.args
        right, outer = self.read(right, around), self.dotted
        self.dotted = outer or self.kind(right) == "column"
        left = self.read(left, around)
        self.dotted = outer
        return left, right

    def grouped(self, node, around):
        """Return both sides of a product; in Baᵀa the number aᵀa, where Baᵀ has no sizes."""
        (first, second), third = node.args[0].args, node.args[1]
        kept = dict(self.sizes.became)
        try:
            return tuple(self.read(x, around) for x in node.args)
        except Misfit:
            if second.op != "transpose" or self.regrouped > MOST:
                raise
        self.regrouped += 1
        self.sizes.became = kept
        number = Expr("product", (second, third), place=node.place)
        return tuple(self.read(x, around) for x in (first, number))

    def kind(self, node):
        """Return "number", "column", "row" or "matrix"."""
        rows, columns = map(self.sizes.find, column(node.shape or (1, 1)))
        if rows == columns == 1:
            return "number"
        return "column" if columns == 1 else "row" if rows == 1 else "matrix"

    def alike(self, a, b):
        return all(self.sizes.find(x) == self.sizes.find(y) for x, y in zip(a, b, strict=True))

    def may_fit(self, a, b):
        """Return whether two shapes are the same, or can be."""
        sides = [[self.sizes.find(y) for y in x.shape] for x in (a, b)]
        return all(x == y or Unknown in map(type, (x, y)) for x, y in zip(*sides, strict=True))

    # What signs mean

    def star(self, node, inside, a, b):
        kinds = self.kind(a), self.kind(b)
        same = kinds[0] == kinds[1] and kinds[0] != "number"
        if kinds == ("matrix", "matrix"):
            meets = self.sizes.find(a.shape[1]), self.sizes.find(b.shape[0])
            product = meets[0] == meets[1] or any(isinstance(x, Unknown) for x in meets)
            same = not product or (inside == "sum" and not self.dotted and self.may_fit(a, b))
        return node.with_(op="times" if same else "product")

    def times(self, node, inside, a, b):
        return node.with_(op="product") if "number" in (self.kind(a), self.kind(b)) else node

    def dot(self, node, inside, a, b):
        both = self.kind(a) == self.kind(b) == "column"
        return node if both else node.with_(op="product")

    def bars(self, node, inside, a):
        kind = self.kind(a)
        if kind == "number" or inside in ENTRYWISE or (inside == "sum" and kind != "matrix"):
            return node.with_(op="abs")
        if kind in ("column", "row"):
            return node.with_(op="abs" if self.entries else "norm")  # in 1'|x| each entry's size
        if inside == "log" or a in self.inverted or self.alike(a.shape[:1], a.shape[1:]):
            return node.with_(op="det")
        if inside == "sum":
            return node.with_(op="abs")
        shape = shape_text(self.sizes.named(a.shape))
        said = f"{spelled(node)} is a norm or a determinant, as {spelled(a)} is {shape}"
        raise Unclear(f"{said}: type ‖…‖ or det(…)", node.place)

    def power(self, node, inside, a, b):
        kind = self.kind(a)
        if kind == "number":
            return node.with_(op="power")
        counted = not self.sizes.bound.keys().isdisjoint(free_names(b))  # Σ Aⁱ
        if kind == "matrix" and (node.op == "epower" or inside != "sum" or counted):
            return node
        lengths = inside == "cdot" or (self.lengths and inside != "sum")  # p²·q²
        if lengths and kind == "column" and b == number(2) and node.op == "power":
            where = node.place if inside == "cdot" else a.place
            return node.with_(args=(Expr("norm", (a,), place=where), b))
        return node.with_(op="epower")

    def norm(self, node, inside, a):
        """Return ‖X‖₂ of a matrix as its largest singular value."""
        if self.kind(a) == "matrix":
            return node.with_(op="spectral", data=None) if node.data == 2 else node
        return node.with_(op="norm") if node.op == "nuclear" else node

    def added(self, node, inside, a, b):
        kinds = self.kind(a), self.kind(b)
        if "number" not in kinds or kinds == ("number", "number"):
            return node
        number = a if kinds[0] == "number" else b
        guessed = not self.declared.issuperset(free_names(number))
        if guessed or ("matrix" in kinds and inside != "sum"):
            return node  # μ may be meant as a column, and λ beside a matrix as λI
        return node.with_(args=tuple(self.stretched(a, b)))

    def over(self, node, inside, a, b):
        if self.kind(b) == "number":
            return node.with_(op="div")
        if self.kind(b) == "matrix" and inside != "sum":
            return node  # B⁻¹ may be meant
        return node.with_(op="edivide", args=tuple(self.stretched(a, b)))

    def stretched(self, a, b):
        """Return both, a number as an array of the other's shape."""
        shapes = [self.sizes.named(x.shape) for x in (a, b)]
        wanted = shapes[self.kind(a) == "number"]
        for x, shape in zip((a, b), shapes, strict=True):
            yield x if shape == wanted else stretched(x, (), wanted) if shape == () else x


RULES = {
    "star": _Meant.star,
    "times": _Meant.times,
    "cdot": _Meant.dot,
    "bars": _Meant.bars,
    "power": _Meant.power,
    "epower": _Meant.power,
    "norm": _Meant.norm,
    "nuclear": _Meant.norm,
    "add": _Meant.added,
    "sub": _Meant.added,
    "div": _Meant.over,
    "edivide": _Meant.over,
}
