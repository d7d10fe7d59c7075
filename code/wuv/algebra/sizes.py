"""Sizes: which shapes a formula's letters must have for it to mean something.

>>> from wuv.algebra.from_latex import read_latex
>>> sizes = Sizes()
>>> sizes.of(read_latex("2 W^T (W u - v)"))
('n', 1)
>>> sizes.names()
{'W': ('m', 'n'), 'u': ('n', 1), 'v': ('m', 1)}
>>> Sizes("r:m,1; W:m,n").of(read_latex("r W^T"))
Traceback (most recent call last):
    ...
wuv.algebra.tree.Misfit: r is m×1 and W^T is n×m: a product needs 1 = n (at character 1: r W^T)

Every name starts with the sizes of its kind (`wuv.algebra.names.kind`), a matrix unknown × unknown
and a column unknown × 1; every operation makes some sizes equal. That is unification: an unknown
size may become a letter, a number (not 1: a general matrix is not a row), or another unknown; two
different letters clash. What nobody named gets a letter in the end.

A shape is a tuple: ``()`` for a number, ``('m', 'n')`` for a matrix, ``('n',)`` for a flat array.
The book's mathematics knows no flat arrays, adds only equal shapes, and takes 1×1 for a number;
``Sizes(numpy=True)`` goes by NumPy's rules instead, stretching included.
"""

from collections.abc import Callable
from typing import NoReturn

from wuv.algebra.names import SIZE_LETTERS, declare, kind
from wuv.algebra.size import (
    Shape,
    Size,
    Sum,
    Unknown,
    addends,
    letters_of,
    minus,
    parts_of,
    plus,
    shape_text,
    size_text,
    times,
)
from wuv.algebra.size_rules import RULES, column
from wuv.algebra.tree import Expr, Misfit, number, one_more, spelled

ONE_NUMBER: tuple[Shape, ...] = ((), (1,), (1, 1))


class Sizes:
    """What is known so far about the shapes of names.

    Formulas may be given one after the other: a page is one `Sizes`.

    ``shapes`` declares names, as in `wuv.algebra.declare`; ``layout`` says how ∂/∂x is laid out
    (see `wuv.algebra.evaluate`).
    """

    def __init__(self, shapes=None, *, numpy=False, layout="gradient"):
        self.shapes = declare(shapes)
        self.numpy, self.layout = numpy, layout
        self.became = {}  # an unknown or a letter, and what it turned out to be
        self.letters = {x for shape in self.shapes.values() for x in shape if isinstance(x, str)}
        self.given = {}  # letters handed to unknowns
        self.indices = {}  # the sizes over which free indices run
        self.bound = {}  # the same, inside a sum

    # What a reader of formulas asks for

    def of(self, tree: Expr) -> Shape:
        """Return the shape of a formula. Raises `Misfit` where sizes clash."""
        return self.named(self._infer(tree).shape)

    def annotate(self, tree: Expr) -> Expr:
        """Return the formula with the shape of every node filled in."""
        return self._settle(self._infer(tree))

    def infer(self, tree: Expr) -> Expr:
        """Return the formula with shapes that may still become others: see `settle`."""
        return self._infer(tree)

    def infer_rest(self, tree: Expr) -> Expr:
        """Return the formula with shapes, of which some of its arguments have theirs already."""
        if tree.op in SPECIAL:
            return self._infer(tree)
        args = tuple(self.infer_rest(x) if x.shape is None else x for x in tree.args)
        return self._ruled(tree, args)

    def settle(self, *trees: Expr) -> tuple[Expr, ...]:
        """Return inferred formulas with letters or numbers for sizes, once all that is to be
        known is known."""
        return tuple(map(self._settle, trees))

    def names(self) -> dict[str, Shape]:
        """Return the shape of every name met so far."""
        return {name: self.named(shape) for name, shape in self.shapes.items()}

    def index_sizes(self) -> dict[str, Size]:
        """Return {i: size} for the free indices, such as i in ``r_i = …``."""
        return {name: self.letter(size) for name, size in self.indices.items()}

    def same(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Make two sides equal in shape and return them inferred; the number 0 fits everything.

        Raises `Misfit`.
        """
        a, b = self._infer(left), self._infer(right)
        zero = any(x.op == "number" and x.data == 0 for x in (a, b))
        if not zero:
            self.equal(a, b, "the two sides")
        return a, b

    def declare(self, name: str, shape: Shape) -> None:
        """Settle the shape of a name, as a definition does. Raises `Misfit` on a contradiction."""
        if name in self.shapes:
            self.equal(
                Expr("name", data=name, shape=self.shapes[name]),
                Expr("name", data=name, shape=shape),
                "one name",
            )
        self.shapes[name] = shape

    def define(self, name: str, tree: Expr) -> Expr:
        """Let a name stand for a formula, whose shape it has; return the formula, inferred."""
        tree = self._infer(tree)
        self.declare(name, tree.shape)
        return tree

    # Unification

    def find(self, size: Size) -> Size:
        start = size
        while not isinstance(size, int | tuple) and size in self.became:
            size = self.became[size]
        if size is not start:
            self.became[start] = size  # the next way is short
        if isinstance(size, Sum):
            return plus(*map(self.find, size.parts), size.number)
        return times(*map(self.find, size)) if isinstance(size, tuple) else size

    def unify(self, a: Size, b: Size) -> bool:
        a, b = self.find(a), self.find(b)
        if a is b or a == b:
            return True
        for x, y in ((a, b), (b, a)):
            if isinstance(x, Unknown) and y != 1 and x not in parts_of(y):
                self.became[x] = y
                return True
            if isinstance(x, str) and isinstance(y, Sum) and x not in letters_of(y):
                self.became[x] = y  # w:k beside np.hstack([X, Y]): k is the sum m + n
                return True
            if isinstance(x, str) and isinstance(y, int) and y != 1:
                self.became[x] = y
                return True
            if self.numpy and isinstance(x, str) and isinstance(y, tuple) and x not in y:
                self.became[x] = y  # c:k beside np.kron(x, y): k is the product mn
                return True
        if isinstance(a, Sum) or isinstance(b, Sum):
            return self.unify_sums(a, b)
        if isinstance(a, tuple) or isinstance(b, tuple):
            return self.unify_products(a, b)
        return False

    def unify_sums(self, a: Size, b: Size) -> bool:
        """Let the one part that two sums have not in common be what makes them equal."""
        left, right = ([*addends(x)] for x in (a, b))
        for x in left[:]:
            if x in right:
                left.remove(x)
                right.remove(x)
        both = left + right
        number = sum(x for x in right if isinstance(x, int)) - sum(
            x for x in left if isinstance(x, int)
        )
        left, right = ([x for x in some if not isinstance(x, int)] for some in (left, right))
        if len(left) + len(right) == 1:
            size = number if left else -number
            return size > 0 and self.unify((left + right)[0], size)
        if len(left) == len(right) == 1 and not number:
            return self.unify(left[0], right[0])
        return any(isinstance(x, Unknown) for x in both)

    def unify_products(self, a: Size, b: Size) -> bool:
        left: list[Size] = [*a] if isinstance(a, tuple) else [a]
        right: list[Size] = [*b] if isinstance(b, tuple) else [b]
        for x in left[:]:
            if x in right:
                left.remove(x)
                right.remove(x)
        if not left and not right:  # mN and Nm
            return True
        if len(left) == len(right) == 1:
            return self.unify(left[0], right[0])
        # mk = pq may hold in many ways: nothing is said as long as something is unknown
        return any(isinstance(x, Unknown) for x in left + right)

    def letter(self, size: Size) -> Size:
        size = self.find(size)
        if isinstance(size, Sum):
            return plus(*map(self.letter, size.parts), size.number)
        if isinstance(size, tuple):
            return tuple(map(self.letter, size))
        if not isinstance(size, Unknown):
            return size
        if size not in self.given:
            met = [self.find(x) for shape in self.shapes.values() for x in shape]
            for x in [*met, size]:  # in the order of the names: W has the first letters
                if isinstance(x, Unknown) and x not in self.given:
                    self.given[x] = self._free_letter()
        return self.given[size]

    def _free_letter(self):
        taken = self.letters | self.shapes.keys() | set(self.given.values())
        return next((c for c in SIZE_LETTERS if c not in taken), f"n{len(self.given)}")

    def named(self, shape: Shape) -> Shape:
        return tuple(map(self.letter, shape))

    def _settle(self, tree):
        args = tuple(map(self._settle, tree.args))
        return tree.with_(args=args, shape=self.named(tree.shape))

    def clash(self, node: Expr, left: Expr, right: Expr, need: Callable[..., str]) -> NoReturn:
        (a, b), text = (self.named(x.shape) for x in (left, right)), shape_text
        is_a = f"{spelled(left)} is {text(a)} and {spelled(right)} is {text(b)}"
        raise Misfit(f"{is_a}: {need(a, b)}", node.place or left.place or right.place)

    def refuse(self, node: Expr, message: str) -> NoReturn:
        raise Misfit(f"{spelled(node)} {message}", node.place)

    # Inference

    def _infer(self, node):
        special = SPECIAL.get(node.op)
        if special:
            return special(self, node)
        return self._ruled(node, tuple(self._infer(x) for x in node.args))

    def _ruled(self, node, args):
        rule = RULES.get(node.op)
        if rule is None:
            self.refuse(node, f"has an operation without sizes, {node.op}")
        return self._with(node, args, rule(self, node, *args))

    def _with(self, node, args, shape):
        shape = tuple(self.find(x) for x in shape)
        if shape == (1, 1) and not self.numpy:
            shape = ()  # in the book, 1×1 is a number
        return node.with_(args=args, shape=shape)

    def _infer_name(self, node):
        name = node.data
        if name in self.bound:
            return node.with_(shape=())
        if name not in self.shapes and name in self.letters:
            return node.with_(shape=())
        if name not in self.shapes:
            sizes = {"matrix": 2, "column": 1, "scalar": 0}[kind(name)]
            shape = tuple(Unknown() for _ in range(sizes))
            self.shapes[name] = (*shape, 1) if sizes == 1 else shape
        shape = self.shapes[name]
        return self._with(node, (), shape if self.numpy else column(shape))

    def _infer_sigma(self, node):
        body, *bounds = node.args
        bounds = [self._infer(x) for x in bounds]
        size = Unknown()
        first, last = bounds or (None, None)
        if first and self.numpy and first.data == 0:  # NumPy counts from 0
            first, last = number(1), one_more(last)
        if first and first.data == 1 and last.op in ("number", "name"):
            size = self.as_size(last)
        outer = self.bound
        self.bound = {**outer, node.data: size}
        body = self._infer(body)
        self.bound = outer
        return self._with(node, (body, *bounds), body.shape)

    def _infer_entry(self, node):
        base = self._infer(node.args[0])
        sizes = base.shape or (1, 1)
        if not base.shape:
            self.refuse(base, "is a number, and has no entries")
        if len(node.args) == 2 and len(sizes) == 2:
            if 1 not in map(self.find, sizes):
                self.refuse(node, f"has one index, and {spelled(base)} is a matrix")
            sizes = [x for x in sizes if self.find(x) != 1] or [1]
        if len(sizes) != len(node.args) - 1:
            self.refuse(node, f"has {len(node.args) - 1} indices, and {len(sizes)} are needed")
        places = [self.index(x, s) for x, s in zip(node.args[1:], sizes, strict=True)]
        return self._with(node, (base, *places), ())

    def index(self, node: Expr, size: Size) -> Expr:
        """Infer an index; if it is a letter, it runs over this size."""
        if node.op == "name" and node.data not in self.letters:
            runs = self.bound.get(node.data)
            if runs is None:
                runs = self.indices.setdefault(node.data, Unknown())
            if self.find(size) != 1 and not self.unify(runs, size):
                self.refuse(
                    node,
                    f"runs up to {size_text(self.letter(runs))} and to "
                    f"{size_text(self.letter(size))}",
                )
            return node.with_(shape=())
        found = self._infer(node)
        self.number(found)
        return found

    def _infer_basis(self, node):
        size = Unknown() if node.data is None else node.data  # eᵢ that knows its size
        return self._with(node, (self.index(node.args[0], size),), (size, 1))

    def _infer_delta(self, node):
        return self._with(node, tuple(self.index(x, Unknown()) for x in node.args), ())

    def _infer_call(self, node):
        return self._with(node, tuple(map(self._infer, node.args)), ())

    def number(self, *nodes: Expr) -> None:
        for node in nodes:
            if tuple(map(self.find, node.shape)) not in ONE_NUMBER:
                self.refuse(node, f"is {shape_text(self.named(node.shape))}; a number is needed")

    def as_size(self, node: Expr) -> Size:
        """Return the size that a formula names: 3, m, len(v), W.shape[0]."""
        if node.op == "number" and isinstance(node.data, int):
            return node.data
        if node.op == "name":
            self.letters.add(node.data)
            return node.data
        if node.op in ("add", "sub"):
            a, b = map(self.as_size, node.args)
            if node.op == "add":
                return plus(a, b)
            found = plus(a, -b) if isinstance(b, int) else minus(a, b)
            return Unknown() if found is None else found
        if node.op == "size" and node.data != "size":
            return node.args[0].shape[0 if node.data == "len" else node.data]
        return Unknown()

    def equal(self, left: Expr, right: Expr, what: str) -> Shape:
        a, b = left.shape, right.shape
        if len(a) != len(b) or not all(map(self.unify, a, b)):
            self.clash(left, left, right, lambda a, b: f"{what} must have equal shapes")
        return a


SPECIAL = {
    "name": Sizes._infer_name,
    "sigma": Sizes._infer_sigma,
    "entry": Sizes._infer_entry,
    "basis": Sizes._infer_basis,
    "delta": Sizes._infer_delta,
    "call": Sizes._infer_call,
}
