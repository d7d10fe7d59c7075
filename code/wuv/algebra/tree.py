"""The tree: one small record for every formula, whichever way it was written.

>>> W, u, v = Expr("name", data="W"), Expr("name", data="u"), Expr("name", data="v")
>>> r = Expr("sub", (Expr("product", (W, u)), v))
>>> [node.data for node in walk(r) if node.op == "name"]
['W', 'u', 'v']
>>> replace(r, v, u) == Expr("sub", (Expr("product", (W, u)), u))
True

A node is an operation, its arguments, and what is not a formula in it (a name, a number, an axis).
These are all the operations; where one language only can write it, the other column is empty.

============== ============================= =====================================
op             NumPy                         LaTeX
============== ============================= =====================================
name           ``W``                         ``W``
number         ``2``, ``0.5``                ``2``, ``0.5``
matrix         ``np.array([[1, 2]])``        ``\\begin{pmatrix} 1 & 2 \\end{pmatrix}``
eye ones zeros ``np.eye(n)``                 ``I``, ``I_n``, ``\\mathbf 1``, ``\\mathbf 0``
basis delta                                  ``e_i``, ``\\delta_{ij}``
size           ``len(v)``, ``W.shape[0]``    (a letter: ``m``)
add sub neg    ``a + b``, ``a - b``, ``-a``  the same
product                                      ``AB``, ``2A`` : matrix or scalar product
cdot                                         ``a \\cdot b`` : also of two columns
matmul         ``A @ B``
times          ``a * b``                     ``a \\odot b``
dot np_inner   ``np.dot``, ``np.inner``
outer          ``np.outer``
inner          ``np.vdot``                   ``\\langle a, b\\rangle``
div            ``a / b``                     ``\\frac{a}{b}``, ``a / b``
edivide                                      ``a \\oslash b``
power                                        ``a^2``, of a number or a square matrix
epower         ``a**2``                      ``a^{\\odot 2}``
matrix_power   ``np.linalg.matrix_power``
transpose      ``A.T``                       ``A^{\\mathsf T}``
inv det trace  ``np.linalg.inv(A)``          ``A^{-1}``, ``\\det(A)``, ``\\operatorname{tr}(A)``
norm           ``np.linalg.norm(x)``         ``\\lVert x\\rVert``
diag           (``np.diag`` of a flat array) ``\\operatorname{diag}(x)``
np_diag        ``np.diag(x)``
vec            ``x.reshape(-1, 1, order="F")`` ``\\operatorname{vec}(X)``
ravel reshape  ``x.ravel()``
kron           ``np.kron(A, B)``             ``A \\otimes B``
sum mean       ``np.sum(x, axis=0)``         ``\\operatorname{sum}(x)``
ones_like …    ``np.ones_like(x)``
cut diff       ``x[1:]``, ``np.diff(x)``
slice                                        ``\\operatorname{rows}(x, 2, n)``
joined         ``np.hstack([X, Y])``
stack                                        ``\\operatorname{hstack}(X, Y)``
expm, …        ``scipy.linalg.expm(A)``      ``\\operatorname{expm}(A)`` (see `matrices`)
p_norm         ``np.linalg.norm(x, 1)``      ``\\lVert x\\rVert_1``
item           ``float(x)``, ``x.item()``
index          ``x[0, 0]`` counts from 0
entry                                        ``x_{11}`` counts from 1
sigma          ``sum(… for i in range(n))``  ``\\sum_{i=1}^{n} …``
differential                                 ``\\mathrm{d}u``
gradient                                     ``\\nabla_u L``
hessian                                      ``\\nabla_u^2 L``
partial                                      ``\\frac{\\partial L}{\\partial u}``
call                                         ``L(u)``
max, var, …    ``np.max(x, axis=0)``          ``\\max(x)`` (see `along`)
exp, log, …    ``np.exp(x)``                 ``\\exp(x)`` (see `elementwise`)
============== ============================= =====================================

Why a tree of our own and not SymPy's? Because its products and transposes rearrange themselves
when they are built, and a formula must be printed, and judged, as it was written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from wuv.shapes import ShapeError


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: a table that stays readable."""
    return tuple(text.split())


# What the book's LaTeX alone can say.
BOOK_ONLY = words(
    "product cdot edivide power diag entry basis delta differential gradient hessian partial "
    "call space heaviside softmax hardmax slice stack"
)
OF_MATRICES = words("exp log sqrt sin cos")  # they are functions of a square matrix, too
MAX_COUNT = 20_000  # nodes of a formula, written out
MAX_MESSAGE = 400  # characters: long names and formulas lose their middle


class Place(NamedTuple):
    """Where something was written, ``source[start:stop]``, and whether by the book's rules."""

    source: str
    start: int
    stop: int
    book: bool = False

    @property
    def text(self) -> str:
        return self.source[self.start : self.stop]


class AlgebraError(ValueError):
    """What this package raises; one line, ``said``, and the place where there is one."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        self.said = message
        if place is not None:
            text = " ".join(place.text.split())
            text = text if len(text) <= 40 else text[:37] + "…"
            message += f" (at character {place.start + 1}{f': {text}' if text else ''})"
        if len(message) > MAX_MESSAGE:
            half = MAX_MESSAGE // 2
            message = f"{message[:half]} … {message[-half:]}"
        super().__init__("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in message))
        self.place = place


class Unreadable(AlgebraError):
    """Text that is not in the language."""


class Misfit(AlgebraError, ShapeError):
    """Sizes that do not fit; the message names both factors and both sizes."""


class Unwritable(AlgebraError):
    """A formula that the other language has no spelling for."""


class CannotEvaluate(AlgebraError):
    """A formula with no value here: an unknown name, a division by zero, a number too large."""


class TooMuchWork(CannotEvaluate):
    """A formula whose value takes more operations than are granted."""


class Expr:
    """A formula. Two are equal if they are written alike, wherever they stand.

    ``place`` is where it was written and ``shape`` its sizes, once `wuv.algebra.Sizes` found them:
    neither takes part in comparisons. ``depth`` and ``count`` say how deep it is nested and how
    many nodes it has, written out; `MAX_COUNT` of them are refused. ``moving`` says whether a
    differential stands in it. Nothing in it ever changes.
    """

    __slots__ = words("_alike _hash args count data depth moving op place shape")

    def __init__(
        self,
        op: str,
        args: tuple["Expr", ...] = (),
        data: Any = None,  # as the operation says; hashable
        place: Place | None = None,
        shape: Any = None,  # a tuple, once it is there
    ) -> None:
        self.op: Final = op
        self.args: Final = args
        self.data: Final = data
        self.place: Final = place
        self.shape: Final = shape
        depth, count, moving = 0, 1, op == "differential"
        for x in args:
            depth = x.depth if x.depth > depth else depth
            count += x.count
            moving = moving or x.moving
        if count > MAX_COUNT:
            raise TooMuchWork("this formula becomes too long", place)
        # Once, when it is built: comparing and hashing large trees is then as cheap as small ones.
        self.depth: Final[int] = depth + 1
        self.count: Final[int] = count
        self.moving: Final[bool] = moving
        self._hash: Final[int] = hash((op, args, data))
        self._alike: Expr | None = None  # an equal one that was met

    def __hash__(self):
        return self._hash

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, Expr) or self._hash != other._hash:
            return False
        while self._alike is not None:
            self = self._alike
        while other._alike is not None:
            other = other._alike
        if self is other:
            return True
        if (self.op, self.data, self.args) != (other.op, other.data, other.args):
            return False
        other._alike = self  # so that what is large and shared is compared once
        return True

    def __repr__(self):
        inside = [repr(x) for x in self.args]
        inside += [] if self.data is None else [str(self.data)]
        return f"{self.op}({', '.join(inside)})"

    def with_(self, **changes: Any) -> "Expr":
        """Return this node with some of its fields changed."""
        fields = {x: getattr(self, x) for x in ("op", "args", "data", "place", "shape")}
        return Expr(**fields | changes)


def spelled(node: Expr) -> str:
    """Return the formula as its author wrote it, or as a line of text where no one did."""
    from wuv.algebra.write_text import to_text  # which stands on this module

    if node.place is not None:
        return " ".join(node.place.text.split())
    try:
        return to_text(node, fits=False)
    except AlgebraError:
        return repr(node)


class Row(NamedTuple):
    """One line of a display: ``sides[0] relations[0] sides[1] …``, and the reason beside it.

    ``continues`` says that the line began with a relation, as in ``&= …``; its first side is then
    the last one of the row above.
    """

    sides: tuple[Expr, ...]
    relations: tuple[str, ...] = ()
    reason: str | None = None
    place: Place | None = None
    continues: bool = False


def name(text: str) -> Expr:
    """Return the node of a name."""
    return Expr("name", data=text)


def number(value: int | float | str | Fraction) -> Expr:
    """Return the node of a number, a Fraction becoming a whole number where it is one."""
    value = Fraction(value)
    return Expr("number", data=value.numerator if value.denominator == 1 else value)


def is_number(node: Expr, value: int | Fraction | None = None) -> bool:
    """Return whether a node is a number, or this number."""
    return node.op == "number" and (value is None or node.data == value)


def of_matrix(node: Expr) -> bool:
    """Return whether a node goes entry by entry where a function of a matrix has the same name:
    log of an array that is square."""
    shape = node.args[0].shape if node.op in OF_MATRICES else None
    return shape is not None and len(shape) == 2 and shape[0] == shape[1] != 1


def one_more(node: Expr) -> Expr:
    """Return node + 1, as a person would write it."""
    if is_number(node):
        return number(node.data + 1)
    if node.op == "sub" and node.args[1] == number(1):
        return node.args[0]
    return Expr("add", (node, number(1)))


def one_less(node: Expr) -> Expr:
    """Return node − 1, as a person would write it."""
    if is_number(node):
        return number(node.data - 1)
    if node.op == "add" and node.args[1] == number(1):
        return node.args[0]
    return Expr("sub", (node, number(1)))


def shifted(body: Expr, index: str, by: int) -> Expr:
    """Return a sum's body for an index that is one more, or one less, than it was."""
    i = name(index)
    marked = replace(body, one_more(i) if by < 0 else one_less(i), name(""))
    return replace(replace(marked, i, one_less(i) if by < 0 else one_more(i)), name(""), i)


def walk(tree: Expr) -> Iterator[Expr]:
    """Yield every node, each before its arguments, in reading order."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.args))


def rebuild(tree: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Return the tree with ``change`` applied to every node, arguments first."""
    args = tuple(rebuild(x, change) for x in tree.args)
    same = all(new is old for new, old in zip(args, tree.args, strict=True))
    return change(tree if same else tree.with_(args=args))


def replace(tree: Expr, old: Expr, new: Expr) -> Expr:
    """Return the tree with every occurrence of ``old`` replaced."""
    return rebuild(tree, lambda node: new if node == old else node)


def replace_all(tree: Expr, table: Mapping[Expr, Expr], whole: bool = True) -> Expr:
    """Return the tree with other formulas for the parts in a table, the largest first; unless
    ``whole``, the tree itself stays."""
    if whole and tree in table:
        return table[tree]
    args = tuple(replace_all(x, table) for x in tree.args)
    same = all(new is old for new, old in zip(args, tree.args, strict=True))
    return tree if same else tree.with_(args=args)


def places(tree: Expr, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Expr]]:
    """Yield (path, node) for every node; a path is the arguments' numbers from the root."""
    yield path, tree
    for i, x in enumerate(tree.args):
        yield from places(x, (*path, i))


def put(tree: Expr, path: Sequence[int], new: Expr) -> Expr:
    """Return the tree with the node at ``path`` replaced: one edit, at one place.

    >>> r = Expr("sub", (name("u"), name("u")))
    >>> put(r, (1,), name("v"))
    sub(name(u), name(v))
    """
    if not path:
        return new
    first, *rest = path
    args = list(tree.args)
    args[first] = put(args[first], rest, new)
    return tree.with_(args=tuple(args))


def factors(tree: Expr) -> tuple[Expr, ...]:
    """Return the factors of a product, in order: of ``2 W^T r`` the three."""
    if tree.op not in ("product", "matmul"):
        return (tree,)
    return tuple(x for side in tree.args for x in factors(side))


def product(*parts: Expr) -> Expr:
    """Return the product of the parts, grouped from the left; of none, the number 1."""
    found = parts[0] if parts else number(1)
    for part in parts[1:]:
        found = Expr("product", (found, part))
    return found


def terms(tree: Expr, sign: int = 1) -> tuple[tuple[int, Expr], ...]:
    """Return (sign, term) for each term of a sum: of ``a - (b + c)`` the three."""
    if tree.op == "neg":
        return terms(tree.args[0], -sign)
    if tree.op not in ("add", "sub"):
        return ((sign, tree),)
    left, right = tree.args
    return terms(left, sign) + terms(right, sign if tree.op == "add" else -sign)


def is_book(tree: Expr) -> bool:
    """Return whether the tree goes by the book's rules: it was read from LaTeX, or it has
    something that NumPy's text cannot say."""
    return any(
        x.op in BOOK_ONLY
        or (x.place is not None and x.place.book)
        or (x.op in ("eye", "ones", "zeros") and not x.args)
        or (x.op == "sigma" and len(x.args) == 1)
        for x in walk(tree)
    )


def free_names(tree: Expr) -> tuple[str, ...]:
    """Return the names in the tree, in order of appearance, without the indices of its sums."""
    if tree.op == "name":
        return (tree.data,)
    found = dict.fromkeys(x for arg in tree.args for x in free_names(arg))
    if tree.op == "sigma":
        outside = {x for arg in tree.args[1:] for x in free_names(arg)}
        found = [x for x in found if x != tree.data or x in outside]
    return tuple(found)
