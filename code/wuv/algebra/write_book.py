"""What LaTeX and a line of text share: the book's form of a formula, its order and its brackets.

`Book` leaves to `wuv.algebra.write_latex` and `wuv.algebra.write_text` how a name, a product
without a sign, a fraction, an exponent, an index and a pair of bars look.
"""

from collections.abc import Mapping
from functools import cached_property

from wuv.algebra import along
from wuv.algebra.binding import ATOM, LOOSE, POWER, PREFIX, PRODUCT, SUM, Writer
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.names import FUNCTIONS, Shapes
from wuv.algebra.size import plus
from wuv.algebra.textbook import like_book, size_node, to_book
from wuv.algebra.tree import Expr, number, of_matrix

WRITTEN = [x for x in ELEMENTWISE if x not in {*COMPARISONS, "sqrt", "abs"}]  # as functions are
NORMS = {"fro": "F", 2: "2", None: ""}
WHOLE = [
    x.op for x in MATRICES.values() if x.result != "flat" and x.op not in ("spectral", "nuclear")
]


def as_book(tree: Expr, shapes: Shapes = None, fits: bool = True, book: bool | None = None) -> Expr:
    """Return a formula as a textbook has it.

    ``fits=False`` takes it as it stands, even where its sizes clash; otherwise that raises
    `Misfit`. ``shapes`` are declarations, as in `wuv.algebra.declare`; ``book`` is that of
    `wuv.algebra.evaluate`.
    """
    if fits:
        return to_book(tree, shapes, book=book)
    return tree if book else like_book(tree)


class Book(Writer):
    """Writes a formula as a textbook prints it; ``declared`` are the names that have sizes.

    A language has ``named(name)``, ``joined(first, second)`` for a product without a sign, and
    ``operator(word)`` for a function's name,
    ``clash`` of the same where the sign is needed, ``raised(base, exponent)``, ``lowered(base,
    below)`` for an index, and ``fenced(op, inside, below)`` for what stands between bars.
    """

    called = POWER
    signs: Mapping  # this language's ᵀ, ⁻¹, ⁻ᵀ, ∇, I, 𝟏, 𝟎, e, δ, ∑, ℝ, × and root
    functions = FUNCTIONS | {"sigma"}  # a bracket behind these would be taken for an argument

    def __init__(self, declared=()):
        self.declared = declared

    dotted = False  # in a trace, where exp(A) would be the exponential of a matrix

    def text(self, node, last=True):
        """Return the text of a node and how tightly it binds."""
        if node.op == "trace":
            inside = type(self)(self.declared)
            inside.dotted = True
            return f"{self.calls[node.op]}({inside.listed(node.args)})", self.called
        if self.dotted and of_matrix(node):
            return f"{self.calls.get(node.op, self.signs['sqrt'])}.({self.listed(node.args)})", ATOM
        return super().text(node, last)

    def write(self, node, needed=SUM, last=False):
        """Return the text of a node, in brackets if it binds less tightly than is needed."""
        if node.op == "sigma" and last and needed <= PREFIX:
            return self.text(node)[0]
        return super().write(_sign_first(node), needed, last)

    def base(self, node):
        """Return what an exponent may follow."""
        text = self.write(node, ATOM)
        return f"({text})" if node.op == "number" and not text.isdigit() else text

    def below(self, nodes):
        """Return the text of some indices: ``ij``, but ``i,10``."""
        texts = [self.write(x) for x in nodes]
        return ("" if all(len(x) == 1 for x in texts) else ",").join(texts)

    def _name(self, node, last):
        return self.named(node.data), ATOM

    def _product(self, node, last):
        left, right = node.args
        # 2(Wᵀr) is 2Wᵀr; but Wᵀ(Wu) was grouped on purpose
        free = left.shape == () or left.op == "number"
        first = self.write(left, PRODUCT)
        second = self.write(right, PRODUCT if free else PREFIX, last)
        applied = second[0] == "(" and self.ends_in_function(left)
        if applied or self.clash(first, second):
            return f"{first} {self.infix['cdot'][0]} {second}", LOOSE
        return self.joined(first, second), PRODUCT

    def ends_in_function(self, node):
        """Return whether a bracket behind a node would seem to be an argument."""
        while node.op in ("product", "cdot"):
            node = node.args[1]
        return node.op == "name" and node.data in self.functions and node.data not in self.declared

    def _power(self, node, last):
        base, exponent = node.args
        return self.raised(self.base(base), self.write(exponent)), POWER

    def _transpose(self, node, last):
        inner = node.args[0]
        if inner.op == "inv":
            return f"{self.base(inner.args[0])}{self.signs['inverse transpose']}", POWER
        base = self.write(inner) if inner.op == "differential" else self.base(inner)
        return f"{base}{self.signs['transpose']}", POWER

    def _inv(self, node, last):
        return f"{self.base(node.args[0])}{self.signs['inv']}", POWER

    def _norm(self, node, last):
        if node.data not in NORMS:
            raise self.refusal(node)
        return self.fenced(node.op, self.listed(node.args), NORMS[node.data]), ATOM

    _inner = _norm

    def _p_norm(self, node, last):
        order = self.signs["inf"] if node.data == "inf" else self.write(number(node.data))
        return self.fenced("norm", self.listed(node.args), order), ATOM

    def _spectral(self, node, last):
        return self.fenced("norm", self.listed(node.args), "2"), ATOM

    def _nuclear(self, node, last):
        return self.fenced("norm", self.listed(node.args), "*"), ATOM

    def _abs(self, node, last):
        if any(x != 1 for x in node.args[0].shape or ()):  # bars would be taken for its length
            return f"{self.signs['abs']}({self.listed(node.args)})", self.called
        return self._norm(node, last)

    def _max(self, node, last):
        """A function along an axis."""
        axis = node.data[0] if node.data else None
        name = self.operator(along.named(node.op, None if axis is None else (axis % 2, True)))
        return f"{name}({self.listed(node.args)})", self.called

    _min = _logsumexp = _prod = _var = _std = _softmax = _hardmax = _cumsum = _flip = _max

    def _slice(self, node, last):
        axis, start, stop = node.data
        texts = [self.write(x) for x in (*node.args, size_node(plus(start, 1)), size_node(stop))]
        return f"{self.operator(('rows', 'cols')[axis])}({', '.join(texts)})", self.called

    def _stack(self, node, last):
        return (
            f"{self.operator(('vstack', 'hstack')[node.data])}({self.listed(node.args)})",
            self.called,
        )

    def _eye(self, node, last):
        sizes = [self.write(x, PRODUCT if len(node.args) > 1 else SUM) for x in node.args]
        sizes = sizes[:1] if sizes[1:] == ["1"] else sizes
        sign = self.signs[node.op]
        return (self.lowered(sign, self.signs["by"].join(sizes)) if sizes else sign), ATOM

    _ones = _zeros = _eye

    def _entry(self, node, last):
        base, *places = node.args
        name = self.write(base, ATOM)
        plain = base.op == "name" and not set("_'") & set(name) and base.data != "Sigma"
        return self.lowered(name if plain else f"({self.write(base)})", self.below(places)), ATOM

    def _basis(self, node, last):
        return self.lowered(self.signs[node.op], self.below(node.args)), ATOM

    _delta = _basis

    def _sigma(self, node, last):
        body, *bounds = node.args
        total = self.signs["sigma"]
        if bounds:
            low, high = map(self.write, bounds)
            total = self.raised(self.lowered(total, f"{node.data}={low}"), high)
        else:
            total = self.lowered(total, node.data)
        return f"{total} {self.write(body, LOOSE, last)}", LOOSE

    def _gradient(self, node, last):
        f, x = node.args
        nabla = self.lowered(self.signs[node.op], self.write(x))
        nabla = self.raised(nabla, "2") if node.op == "hessian" else nabla
        f = f"({self.write(f)})" if f.op in self.calls else self.write(f, PREFIX)
        return f"{nabla} {f}", PREFIX

    _hessian = _gradient

    def changed(self, node):
        """Return what is changed in a partial derivative: ∂u, ∂uᵀ, ∂‖r‖²."""
        plain = node.op == "transpose" or (node.op == "power" and node.args[0].op == "norm")
        return self.write(node, POWER if plain else ATOM)

    def _call(self, node, last):
        return f"{self.named(node.data)}({self.listed(node.args)})", ATOM

    def _space(self, node, last):
        sizes = self.listed(node.args, self.signs["by"])
        return (self.raised(self.signs["space"], sizes) if sizes else self.signs["space"]), ATOM


OPEN = ("product", "add", "sub", "neg", "div", "times", "edivide", "kron")  # may have factors


class Sized:
    """Writes formulas with the size below each factor, to be put before a language.

    That has ``plain``, the class that writes without sizes, and ``under(text, size)``.
    """

    plain: type

    def write(self, node, needed=SUM, last=False):
        """Return the text of a node; a factor is written with its size."""
        if node.shape and node.op != "sigma":
            binds = self.without.once(node, last)[1]
            if node.op not in OPEN or binds < needed:
                return self.under(self.without.write(node, needed, last), node.shape)
        return super().write(node, needed, last)

    @cached_property
    def without(self):
        return self.plain(self.declared)


def _sign_first(node):
    """Return −(2W) for (−2)W: a sign at the front of a product belongs to all of it."""
    if node.op not in ("product", "cdot", "times", "kron"):
        return node
    left = _sign_first(node.args[0])
    if left.op == "number" and left.data < 0:
        left = Expr("neg", (number(-left.data).with_(shape=()),), shape=())
    if left.op != "neg":
        return node
    return Expr("neg", (node.with_(args=(left.args[0], node.args[1])),), shape=node.shape)
