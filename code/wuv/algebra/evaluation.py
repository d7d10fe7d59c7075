"""Evaluate: what a formula comes to, exactly.

>>> from wuv.algebra.from_latex import read_latex
>>> from wuv.algebra.from_numpy import read_numpy
>>> values = {"W": [[1, 2], [0, 1], [3, -1]], "u": [[1], [2]], "v": [[1], [0], [-1]]}
>>> evaluate(read_numpy("np.linalg.norm(W @ u - v)**2"), values)
24
>>> loss = read_latex(r"\\lVert Wu - v\\rVert^2")
>>> gradient(loss, values, "u")
array([[20],
       [16]], dtype=object)

Whole numbers and Fractions give whole numbers and Fractions; a function that isn't rational gives
floating point numbers. NumPy's operations keep NumPy's meaning, stretching and flat arrays
included. The book's ``product`` multiplies matrices, or numbers with anything, a 1×1 matrix being
a number where it is needed as one; a flat array is a column to a formula read from LaTeX.

No rule of differentiation is used for matrices: a derivative is taken by computing with dual
numbers (`wuv.algebra.exact`), one entry at a time. So it can judge formulas found otherwise.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from wuv.algebra import matrices
from wuv.algebra.exact import MAX_BITS, Dual, Slopes, bits, value, whole
from wuv.algebra.operations import (
    DIVIDE,
    FUNCTIONS,
    OPERATIONS,
    POWER,
    VALUE,
    WHOLE,
    broadcast,
    filled,
    integer,
    inverse,
    misfit,
    only,
    spectral,
    square,
    square_sum,
    stacked,
)
from wuv.algebra.size import in_numbers, letters_of
from wuv.algebra.sizes import Sizes
from wuv.algebra.tree import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Misfit,
    TooMuchWork,
    is_book,
    name,
    spelled,
    walk,
)
from wuv.shapes import Array, Number

WORK = 500_000  # multiplications and additions of numbers: about a second


class Work:
    """A budget: how many multiplications and additions may be done, and how many were."""

    def __init__(self, limit: int) -> None:
        self.limit, self.done = limit, 0

    def spend(self, amount: int, node: Expr) -> None:
        """Count what is about to be done. Raises `TooMuchWork`."""
        self.done += amount
        if self.done > self.limit:
            raise TooMuchWork("this is too much work", node.place)


class Function(NamedTuple):
    """A value for a name that is applied: ``L(u)`` with parameters ("u",) and a formula."""

    parameters: tuple[str, ...]
    body: Expr


Values: TypeAlias = Mapping[str, ArrayLike | Expr | Function]


def evaluate(
    tree: Expr,
    values: Values,
    *,
    directions: Mapping[str, ArrayLike] | None = None,
    layout: str = "gradient",
    book: bool | None = None,
    work: int | Work = WORK,
) -> Number | Array:
    """Return the value of a formula: a number, or an array of Python numbers (dtype object).

    ``values`` gives each name an array or a number, a formula (a definition, evaluated where it is
    met), or a `Function`. ``directions`` gives names the changes that ``\\mathrm{d}u`` stands for;
    a name without one does not change. Without ``directions``, the values of du, dW, … are taken.

    ``layout`` says what ∂f/∂x is: "gradient", the shape of x for a scalar f, and df[i]/dx[j] in
    row i and column j for two columns; "row", the transpose of that for a scalar f; "column", the
    transpose of that for two columns. ``book`` says whether the tree goes by the book's rules or by
    NumPy's; without it, by the book's if it was read from LaTeX. ``work`` bounds the number of
    operations; it may be a `Work`, which counts them.

    Raises `CannotEvaluate` and `Misfit`, with the place.
    """
    run = _Evaluation.start(values, directions, layout, work)
    run.book = is_book(tree) if book is None else book
    with np.errstate(all="ignore"):  # what is not finite is refused
        return _result(run(run.sized(tree)))


def differential(
    tree: Expr, values: Values, directions: Mapping[str, ArrayLike], *, work: int | Work = WORK
) -> Number | Array:
    """Return dL, the exact rate of change of a formula along the given directions {name: array}.

    ``tree``, ``values``, ``work`` and what is raised are as in `evaluate`.
    """
    node = Expr("differential", (tree,))
    return evaluate(node, values, directions=directions, book=is_book(tree), work=work)


def gradient(tree: Expr, values: Values, wrt: str, *, work: int | Work = WORK) -> Number | Array:
    """Return the exact gradient of a scalar formula in the shape of the variable ``wrt``, a name.

    ``tree``, ``values``, ``work`` and what is raised are as in `evaluate`.
    """
    node = Expr("gradient", (tree, name(wrt)))
    found = evaluate(node, values, book=is_book(tree), work=work)
    shape = np.asarray(values[wrt]).shape
    return np.reshape(found, shape) if shape else found


def _result(found):
    found = np.asarray(WHOLE(found), dtype=object)
    return found.item() if found.ndim == 0 else found


class _Evaluation:
    """Values for names, at one level of differentiation; derivatives make deeper ones."""

    def __init__(self, values, directions, layout, work, level=0, open_=(), book=False, ways=1):
        self.values, self.directions, self.layout = values, directions, layout
        self.work, self.level, self.open, self.book = work, level, open_, book
        self.ways = ways  # directions in which a slope is computed
        self.known = {}  # definitions that were evaluated already
        self.met = {}  # the same of nodes: {id: (node, value)}

    @classmethod
    def start(cls, values, directions, layout, work):
        values = {k: _prepared(k, x) for k, x in values.items()}
        if directions is None:
            directions = {k[1:]: x for k, x in values.items() if k[:1] == "d" and k[1:] in values}
        directions = {k: _prepared(f"d{k}", x) for k, x in directions.items()}
        return cls(values, directions, layout, work if isinstance(work, Work) else Work(work))

    def spend(self, amount, node):
        self.work.spend(amount * self.ways * 3 ** max(self.level - 1, 0), node)

    def with_values(self, extra, level=None, ways=1):
        values = {**self.values, **extra}
        level = self.level if level is None else level
        rest = self.directions, self.layout, self.work, level, self.open, self.book
        return _Evaluation(values, *rest, ways=self.ways * ways)

    def opened(self, key, tree, extra):
        """Return the evaluation of a definition, which knows whose definition it is."""
        if key in self.open or len(self.open) > 20:
            raise CannotEvaluate(f"{key} is defined by itself")
        inner = self.with_values(extra)
        inner.open, inner.book = (*self.open, key), is_book(tree)
        return inner(inner.sized(tree))

    def sized(self, tree):
        """Return the tree with sizes for every I and 𝟏 that is written without one."""
        unsized = any(
            (x.op == "basis" and not self.knows_size(x)) or (x.op in UNSIZED and not x.args)
            for x in walk(tree)
        )
        if not unsized or tree.shape is not None:
            return tree
        arrays = {k: x for k, x in self.values.items() if not isinstance(x, Expr | Function)}
        sizes = Sizes({k: x.shape for k, x in arrays.items()}, layout=self.layout)
        for k, x in self.values.items():
            if isinstance(x, Expr):
                sizes.define(k, x)
        return sizes.annotate(tree)

    def __call__(self, node):
        kept = self.met.get(id(node))  # by itself: 𝟏 is written alike in every size
        if kept is None:
            kept = self.met[id(node)] = node, self.computed(node)
        return kept[1]

    def computed(self, node):
        self.spend(10, node)  # even the smallest step takes as long as ten multiplications
        try:
            special = SPECIAL.get(node.op)
            if special:
                found = special(self, node)
            else:
                args = [self(x) for x in node.args]
                self.spend(sum(x.size for x in args), node)
                found = OPERATIONS[node.op](self, node, *args)
        except AlgebraError as error:
            if error.place is None and node.place is not None:
                raise type(error)(str(error), node.place) from None
            raise
        except (OverflowError, ZeroDivisionError):
            raise CannotEvaluate("a number is too large here", node.place) from None
        found = np.asarray(found, dtype=object)
        for x in found.flat:
            if type(x) is int and x.bit_length() <= MAX_BITS:
                continue  # as nearly all are
            if bits(x) > MAX_BITS:
                raise CannotEvaluate("a number is too large here", node.place)
            x = value(x)
            if isinstance(x, float) and not math.isfinite(x):
                raise CannotEvaluate(f"a number here is {x}", node.place)
        return found

    def each(self, op, *arrays):
        """Return a function of `wuv.algebra.elementwise`, applied entry by entry."""
        return FUNCTIONS[op](*arrays)

    def reduced(self, op, a, axis):
        """Return a function of two numbers applied from entry to entry along an axis, or to all."""
        if axis is None:
            return np.asarray(FUNCTIONS[op].reduce(a.ravel())).reshape((1,) * a.ndim)
        return FUNCTIONS[op].reduce(a, axis=axis, keepdims=True)

    plain, over, raised = staticmethod(VALUE), staticmethod(DIVIDE), staticmethod(POWER)
    of_matrix, whole = staticmethod(matrices.call), staticmethod(integer)
    misfit, square, array = staticmethod(misfit), staticmethod(square), staticmethod(np.asarray)
    number = int

    def shared(self, mask, count):
        """Return which entry is the largest; where several are, a maximum has no slope."""
        if any(x != 1 for x in count.flat):
            raise CannotEvaluate("a slope of a maximum where several entries are the largest")
        return mask

    def size(self, size):
        """Return a size in numbers."""
        missing = next((x for x in letters_of(size) if x not in self.values), None)
        if missing is not None:
            raise CannotEvaluate(f"the size {missing} is not known")
        numbers = {x: integer(np.asarray(self.values[x]), name(x)) for x in letters_of(size)}
        return in_numbers(size, numbers)

    # Names

    def name(self, node):
        found = self.value(node.data)
        book = self.book if node.place is None else node.place.book
        return found.reshape(-1, 1) if book and found.ndim == 1 else found

    def value(self, key):
        if key not in self.values:
            raise CannotEvaluate(f"{key} has no value")
        found = self.values[key]
        if isinstance(found, Function):
            raise CannotEvaluate(f"{key} is a function; it needs an argument")
        if not isinstance(found, Expr):
            return found
        if key not in self.known:
            self.known[key] = self.opened(key, found, {})
        return self.known[key]

    def call(self, node):
        function = self.values.get(node.data)
        if not isinstance(function, Function):
            raise CannotEvaluate(f"{node.data} is not defined as a function")
        if len(function.parameters) != len(node.args):
            raise CannotEvaluate(f"{node.data} takes {', '.join(function.parameters)}")
        args = dict(zip(function.parameters, (self(x) for x in node.args), strict=True))
        return self.opened(node.data, function.body, args)

    # Sums over indices, and entries, which count from 1

    def sigma(self, node):
        body, *bounds = node.args
        if bounds:
            low, high = (integer(self(x), x) for x in bounds)
        else:
            low, high = 1, self.length(body, node.data)
        if high < low - 1:
            raise CannotEvaluate("a sum that ends before it begins")
        total = np.asarray(0, dtype=object)
        for i in range(low, high + 1):
            self.spend(10, node)
            term = self.with_values({node.data: np.asarray(i, dtype=object)})(body)
            # NumPy gives the sum of two arrays without dimensions as what is in them: a bare dual
            # number, to which the next array would be a constant.
            total = term if i == low else np.asarray(total + term, dtype=object)
        return total

    def length(self, body, index):
        """Return how far an index without bounds runs: the size where it picks entries."""
        found = set()
        for x in walk(body):
            spots = [i for i, y in enumerate(x.args[1:]) if y.op == "name" and y.data == index]
            if x.op == "entry" and spots:
                sizes = _entry_sizes(x, self(x.args[0]))
                found |= {sizes[i] for i in spots}
            if x.op == "basis" and x.args[0] == name(index):
                found.add(self.basis_size(x))
        if len(found) != 1:
            raise CannotEvaluate(f"it is not clear how far {index} runs; write its limits")
        return found.pop()

    def entry(self, node):
        base, *places = (self(x) for x in node.args)
        places = [integer(x, y) for x, y in zip(places, node.args[1:], strict=True)]
        sizes = _entry_sizes(node, base)
        for i, size in zip(places, sizes, strict=True):
            if not 1 <= i <= size:
                raise CannotEvaluate(f"the index {i} is not among 1 … {size}")
        return base.reshape(sizes)[tuple(i - 1 for i in places)]

    def knows_size(self, basis):
        return basis.data is not None and {*letters_of(basis.data)} <= self.values.keys()

    def basis_size(self, node):
        if not self.knows_size(node):
            return self.sizes_of(node)[0]
        return in_numbers(node.data, {k: int(self.value(k)) for k in letters_of(node.data)})

    def basis(self, node):
        size, i = self.basis_size(node), integer(self(node.args[0]), node)
        if not 1 <= i <= size:
            raise CannotEvaluate(f"the index {i} is not among 1 … {size}")
        found = filled((size, 1), 0)
        found[i - 1, 0] = 1
        return found

    def sizes_of(self, node):
        """Return the sizes found by inference, in numbers."""
        if node.shape is None:
            raise CannotEvaluate(f"{spelled(node)} has no size here; write it, as in I_m")
        numbers = {}
        for x in letters_of(*node.shape):
            if x not in self.values:
                message = f"the size of {spelled(node)} cannot be told; write it, as in I_m"
                raise CannotEvaluate(message)
            numbers[x] = integer(self.values[x], node)
        return tuple(in_numbers(x, numbers) for x in node.shape)

    def filled(self, node):
        sizes = [integer(self(x), x) for x in node.args]
        if node.op == "eye" and len(sizes) == 1:
            sizes *= 2
        sizes = tuple(sizes) if sizes else self.sizes_of(node)
        if any(size < 1 for size in sizes):
            raise CannotEvaluate(f"{spelled(node)} has no entries")
        self.spend(math.prod(sizes), node)
        if node.op != "eye":
            return filled(sizes, 1 if node.op == "ones" else 0)
        if not sizes:
            return 1
        found = filled(sizes, 0)
        np.fill_diagonal(found, 1)
        return found

    # Derivatives

    def slopes(self, f, variable, seeds):
        """Return the values of f's slope along each seed, a list of changes of one variable."""
        level = self.level + 1
        here = self.value(variable)
        dual = filled(here.shape, 0)
        for i in np.ndindex(here.shape):
            dual[i] = Dual(here[i], Slopes([seed[i] for seed in seeds]), level)
        found = _slope(self.with_values({variable: dual}, level, len(seeds))(f), level)
        every = [x.each if isinstance(x, Slopes) else [x] * len(seeds) for x in found.flat]
        return [stacked(slopes).reshape(found.shape) for slopes in zip(*every, strict=True)]

    def units(self, node):
        """Return the variable's name, its units of change in the order of vec, and their shape."""
        turned = node.op == "transpose"
        inner = node.args[0] if node.op in ("transpose", "vec") else node
        if inner.op == "entry" and inner.args[0].op == "name":
            key, shape = inner.args[0].data, ()
            here = self.value(key)
            grid = np.arange(1, here.size + 1, dtype=object).reshape(here.shape)
            which = self.with_values({key: grid})(inner).item()
            return key, [np.where(grid == which, 1, 0).astype(object)], shape
        if inner.op != "name":
            raise CannotEvaluate(f"no derivative can be taken in {spelled(node)}")
        here, shape, seeds = self.value(inner.data), self(inner).shape, []
        for k in range(here.size):
            seed = np.zeros(here.size, dtype=object)
            seed[k] = 1
            seeds.append(seed.reshape(here.shape, order="F"))
        if node.op == "vec":
            shape = (here.size, 1)
        return inner.data, seeds, shape[::-1] if turned else shape

    def gradient(self, node):
        f, x = node.args
        key, seeds, shape = self.units(x)
        slopes = self.slopes(f, key, seeds)
        if slopes[0].size != 1:
            raise Misfit(f"a gradient is that of a number; {spelled(f)} is an array")
        flat = stacked([s.item() for s in slopes])
        if x.op == "transpose":
            return flat.reshape(shape[::-1], order="F").T
        return flat.reshape(shape, order="F")

    def partial(self, node):
        f, x = node.args
        key, seeds, shape = self.units(x)
        if not shape:
            return self.slopes(f, key, seeds)[0]
        slopes = self.slopes(f, key, seeds)
        if slopes[0].size == 1:
            found = self.gradient(node)
            return found.T if self.layout == "row" else found
        columns = [s.ndim == 1 or s.shape[1] == 1 for s in slopes]
        if not all(columns) or (len(shape) == 2 and shape[1] != 1):
            raise CannotEvaluate("this derivative has four indices; take vec of both")
        found = np.stack([s.reshape(-1) for s in slopes], axis=1)
        return found.T if self.layout == "column" else found

    def hessian(self, node):
        f, x = node.args
        key, seeds, _ = self.units(x)
        columns = self.slopes(Expr("gradient", (f, x), place=node.place), key, seeds)
        return np.stack([s.reshape(-1, order="F") for s in columns], axis=1)

    def differential(self, node):
        level, moved = self.level + 1, {}
        if not self.directions:
            raise CannotEvaluate("nothing says in which direction this changes")
        for key, direction in self.directions.items():
            here = self.value(key)
            if here.shape != direction.shape:
                message = f"{key} has shape {here.shape} and its change {direction.shape}"
                raise Misfit(message)
            moved[key] = filled(here.shape, 0)
            for i in np.ndindex(here.shape):
                moved[key][i] = Dual(here[i], direction[i], level)
        return _slope(self.with_values(moved, level)(node.args[0]), level)

    # Powers of roots are exact

    def epower(self, node):
        base, exponent = node.args[0], self(node.args[1])
        k = whole(exponent.item()) if exponent.size == 1 else None
        if base.op in ("norm", "sqrt") and isinstance(k, int) and k % 2 == 0:
            square = self(base.args[0])
            if not spectral(base, square.shape):
                square = square_sum(self, base, square) if base.op == "norm" else square
                return POWER(square, k // 2)
        x = self(base)
        broadcast(self, node, x, exponent)
        return POWER(x, exponent)

    def power(self, node):
        base, exponent = self(node.args[0]), self(node.args[1])
        if base.size == 1 and node.op == "power":
            return self.epower(node)
        k = whole(only(exponent, node.args[1]))
        square(base, node.args[0])
        largest = max(map(bits, base.flat))
        if not isinstance(k, int) or abs(k) > 100 or abs(k) * largest > MAX_BITS:
            raise CannotEvaluate("a matrix has small whole powers only")
        self.spend((abs(k) + 1) * len(base) ** 3, node)
        base = inverse(self, node, base) if k < 0 else base
        found = filled(base.shape, 0)
        np.fill_diagonal(found, 1)
        for _ in range(abs(k)):
            found = found.dot(base)
        return found


def _prepared(key, given):
    """Return a value as an array of Python numbers."""
    if isinstance(given, Expr | Function):
        return given
    try:
        found = np.array(given, dtype=object)
    except ValueError:
        raise CannotEvaluate(f"the rows of {key} differ in length") from None
    for i, x in enumerate(found.flat):
        if type(x) is int:
            continue  # as nearly all are
        x = x.item() if isinstance(x, np.generic) else x
        x = int(x) if isinstance(x, bool) else x
        if not isinstance(x, int | float | Fraction):
            raise CannotEvaluate(f"{key} holds {type(x).__name__}, which is not a real number")
        found.flat[i] = x
    if not found.size or found.ndim > 2:
        raise CannotEvaluate(f"{key} has shape {found.shape}")
    return found


def _entry_sizes(node, base):
    """Return the size that each index of an entry runs over; a column or a row has one."""
    count = len(node.args) - 1
    sizes = base.shape or (1,) * count
    if count == 1 and len(sizes) == 2 and 1 in sizes:
        sizes = (max(sizes),)
    if len(sizes) != count:
        raise Misfit(f"{spelled(node)} has {count} indices, not {len(sizes)}", node.place)
    return sizes


def _slope(found, level):
    slopes = filled(found.shape, 0)
    for i in np.ndindex(found.shape):
        x = found[i]
        slopes[i] = x.slope if isinstance(x, Dual) and x.level == level else 0
    return slopes


UNSIZED = {"eye", "ones", "zeros"}
SPECIAL = {
    "name": _Evaluation.name,
    "call": _Evaluation.call,
    "sigma": _Evaluation.sigma,
    "entry": _Evaluation.entry,
    "basis": _Evaluation.basis,
    "eye": _Evaluation.filled,
    "ones": _Evaluation.filled,
    "zeros": _Evaluation.filled,
    "gradient": _Evaluation.gradient,
    "partial": _Evaluation.partial,
    "hessian": _Evaluation.hessian,
    "differential": _Evaluation.differential,
    "power": _Evaluation.power,
    "matrix_power": _Evaluation.power,
    "epower": _Evaluation.epower,
}
