"""Fast values: what thousands of candidate formulas come to at one point.

>>> from wuv.algebra import read_latex, read_numpy
>>> here = Values({"W": np.array([[1.0, 2], [0, 1]]), "r": np.array([[2.0], [-1]])})
>>> here(read_latex("W^T r")).tolist()
[[2.0], [3.0]]
>>> here(read_numpy("W * r")).tolist()
[[2.0, 4.0], [-0.0, -1.0]]

A candidate that differs from another in one place shares everything else with it, so every subtree
is computed once. Operations keep NumPy's meaning, stretching included; the book's product takes a
1×1 matrix for a number where it has to. What has no value (sizes that clash, a division by zero)
is None. Nothing is decided here: what looks equal is confirmed by `wuv.algebra.evaluate`, or, where
there are logarithms and the like, with numbers of 50 digits (`precise`).
"""

import math
from decimal import Decimal, DecimalException, localcontext
from fractions import Fraction

import numpy as np

from wuv.algebra import walk
from wuv.algebra.elementwise import ELEMENTWISE, of_digits, of_floats
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.operations import OPERATIONS as SAME
from wuv.algebra.operations import (
    SHARED,  # what moves entries, whatever they are
    spectral,
)
from wuv.algebra.size import in_numbers, letters_of

DIGITS = 50
MAX_ENTRIES, MAX_WORK = 20_000, 10**7
SINGULAR = 1e-11
MAX_TERMS, MAX_ROUNDS = 100, 20_000  # of one sum over an index, and of all of them


class NoValue(Exception):
    """Sizes that clash, or a number that does not exist."""


TROUBLE = (
    AttributeError, ValueError, KeyError, IndexError, TypeError, ArithmeticError, NoValue,
    DecimalException, np.linalg.LinAlgError,
)  # fmt: skip


class Values:
    """The values of formulas at one point, each subtree computed once.

    ``names`` gives arrays of floats, or of `Decimal` where ``functions`` are `precise`.
    """

    def __init__(self, names, functions=None, number=float, rounds=None):
        self.names, self.functions, self.number = names, functions or FLOATS, number
        self.known, self.rounds = {}, [MAX_ROUNDS] if rounds is None else rounds
        self.done = 0  # operations

    def __call__(self, tree):
        """Return the value of a formula, an array, or None."""
        found = self.known.get(tree, self)
        if found is self:
            found = self.known[tree] = self._compute(tree)
        return found

    def _compute(self, tree):
        if tree.op in SPECIAL:
            return self.again(tree, ())
        args = []
        for x in tree.args:
            args.append(self(x))
            if args[-1] is None:
                return None
        return self.again(tree, args)

    def again(self, tree, args):
        """Return what an operation makes of other values than those of its own arguments; None
        where one of them is None."""
        self.done += 1
        special = SPECIAL.get(tree.op)
        try:
            found = special(self, tree) if special else OPERATIONS[tree.op](self, tree, *args)
        except TROUBLE:
            return None
        found = np.asarray(found)
        return None if found.ndim > 2 or found.size > MAX_ENTRIES else found

    def spend(self, amount, node):
        """Refuse an operation that is too much work; their sum is not counted here."""
        if amount > MAX_WORK:
            raise NoValue

    def misfit(self, *_):
        return NoValue()

    def square(self, a, node):
        _square(a)

    def each(self, op, *arrays):
        """Return a function of `wuv.algebra.elementwise`, applied entry by entry."""
        return self.functions[op](*arrays)

    def reduced(self, op, a, axis):
        """Return a function of two numbers applied from entry to entry along an axis, or to all."""
        if axis is None:
            return np.asarray(self.functions[op].reduce(a.ravel())).reshape((1,) * a.ndim)
        return self.functions[op].reduce(a, axis=axis, keepdims=True)

    def plain(self, a):
        return a

    def over(self, a, count):
        return a / self.number(count)

    def shared(self, mask, count):
        if np.any(count != 1):
            raise NoValue  # several entries are the largest: there is no slope
        return mask

    def raised(self, a, k):
        return self.functions["power"](a, self.number(k.numerator) / self.number(k.denominator))

    def whole(self, a, node):
        return int(a.item())

    def size(self, size):
        return in_numbers(size, {x: int(self.names[x]) for x in letters_of(size)})

    def of_matrix(self, op, a):
        if self.number is not float:
            raise NoValue  # these are computed in floating point alone
        return MATRICES[op].value(a)

    def name(self, tree):
        return self.names[tree.data]

    def constant(self, tree):
        data = tree.data
        if self.number is float:
            return float(data)
        return self.number(data.numerator) / self.number(data.denominator)

    def sigma(self, tree):
        body, *bounds = tree.args
        low, high = (int(self(x).item()) for x in bounds) if bounds else (1, self.length(tree))
        if not -1 <= high - low <= MAX_TERMS:
            raise NoValue
        total = None
        for i in range(low, high + 1):
            self.rounds[0] -= 1
            if self.rounds[0] < 0:
                raise NoValue
            names = {**self.names, tree.data: self.array(i)}
            term = Values(names, self.functions, self.number, self.rounds)(body)
            if term is None:
                raise NoValue
            total = term if total is None else total + term
        return self.array(0) if total is None else total

    def length(self, tree):
        """Return how far an index without bounds runs: the size where it picks entries."""
        found = set()
        for x in walk(tree.args[0]):
            if x.op == "entry":
                base = self(x.args[0])
                if base is None:
                    raise NoValue
                shape = base.shape if len(x.args) == 3 else (base.size,)
                spots = zip(x.args[1:], shape, strict=True)
                found |= {n for spot, n in spots if spot.op == "name" and spot.data == tree.data}
            elif x.op == "basis" and x.args[0].data == tree.data:
                found.add(self.length_of(x))
        if len(found) != 1:
            raise NoValue
        return found.pop()

    def array(self, number):
        """Return a number as an array without dimensions."""
        return np.asarray(self.number(number))

    def filled(self, tree):
        sizes = [int(self(x).item()) for x in tree.args]
        if tree.op == "eye" and len(sizes) == 1:
            sizes *= 2
        if not sizes:
            return self.array(1 if tree.op != "zeros" else 0)
        if math.prod(sizes) > MAX_ENTRIES or min(sizes) < 1:
            raise NoValue
        found = np.full(sizes, self.number(tree.op == "ones"), dtype=self.array(1).dtype)
        if tree.op == "eye":
            np.fill_diagonal(found, self.number(1))
        return found

    def length_of(self, basis):
        size = basis.data if basis.data is not None else basis.shape[0]
        return size if isinstance(size, int) else int(self.names[size])

    def basis(self, tree):
        size = self.length_of(tree)
        found = np.full((size, 1), self.number(0), dtype=self.array(1).dtype)
        found[int(self(tree.args[0]).item()) - 1, 0] = self.number(1)
        return found


def _product(run, node, a, b):
    if a.ndim < 2 or b.ndim < 2:
        if not a.ndim or not b.ndim:
            return a * b
        return a @ b
    if a.shape[1] == b.shape[0]:
        return a @ b
    if a.size == 1:
        return a.item() * b
    if b.size == 1:
        return a * b.item()
    raise NoValue


def _cdot(run, node, a, b):
    if a.ndim == b.ndim == 2 and a.shape == b.shape and a.shape[1] == 1:
        return (a * b).sum()
    return _product(run, node, a, b)


def _divide(run, node, a, b):
    if not np.all(b != 0):
        raise NoValue
    return a / b


def _power(run, node, a, k):
    if node.op == "power" and a.ndim == 2 and 1 not in a.shape:
        return _matrix_power(run, node, a, k)
    return run.functions["power"](a, k)


def _matrix_power(run, node, a, k):
    k = int(k.item())
    if a.ndim != 2 or a.shape[0] != a.shape[1] or abs(k) > 12:
        raise NoValue
    base, found = run.functions["inv"](a) if k < 0 else a, None
    for _ in range(abs(k)):
        found = base if found is None else found @ base
    return np.eye(len(a)) if found is None else found


def _square(a):
    if a.ndim != 2 or a.shape[0] != a.shape[1]:
        raise NoValue
    return a


def _entry(run, node, a, *places):
    places = [int(x.item()) - 1 for x in places]
    if min(places) < 0:
        raise NoValue
    return a.reshape(-1)[places[0]] if len(places) == 1 else a[tuple(places)]


def _norm(run, node, a):
    if spectral(node, a.shape):
        return run.of_matrix("spectral", a)
    return run.functions["sqrt"]((a * a).sum())


OPERATIONS = {
    "matrix": lambda run, node, *entries: np.array([x.item() for x in entries]).reshape(node.data),
    "neg": lambda run, node, a: -a,
    "add": lambda run, node, a, b: a + b,
    "sub": lambda run, node, a, b: a - b,
    "times": lambda run, node, a, b: a * b,
    "div": _divide,
    "edivide": _divide,
    "product": _product,
    "cdot": _cdot,
    **{op: SAME[op] for op in SHARED},
    "inv": lambda run, node, a: run.functions["inv"](_square(a)) if a.ndim else 1 / a,
    "det": lambda run, node, a: run.functions["det"](_square(a)) if a.ndim else a,
    "norm": _norm,
    "entry": _entry,
    "power": _power,
    "epower": _power,
    "matrix_power": _matrix_power,
    "ones_like": lambda run, node, a: a * 0 + run.number(1),
    "zeros_like": lambda run, node, a: a * 0,
}
SPECIAL = {
    "name": Values.name,
    "number": Values.constant,
    "sigma": Values.sigma,
    "eye": Values.filled,
    "ones": Values.filled,
    "zeros": Values.filled,
    "basis": Values.basis,
}


def _inv(a):
    found = np.linalg.inv(a)
    if np.linalg.norm(a) * np.linalg.norm(found) > 1 / SINGULAR:
        raise NoValue  # singular, but for rounding
    return found


def _det(a):
    found = np.linalg.det(a)
    zero = abs(found) < SINGULAR * np.prod(np.linalg.norm(a, axis=1))  # but for rounding
    return 0 * found if zero else found


FLOATS = {
    **{op: of_floats(op) for op in ELEMENTWISE},
    "power": lambda a, k: np.asarray(a, dtype=float) ** k,
    "inv": _inv,
    "det": _det,
}


# Numbers of 50 digits


def precise(names):
    """Return `Values` that compute with 50 digits; ``names`` hold ints, Fractions or floats."""
    return Values({k: decimals(x) for k, x in names.items()}, PRECISE, Decimal)


def decimals(array):
    """Return an array of `Decimal`, each to 50 digits."""
    found = np.array(array, dtype=object)
    with localcontext() as context:
        context.prec = DIGITS
        for i in np.ndindex(found.shape):
            x = Fraction(found[i])
            found[i] = Decimal(x.numerator) / Decimal(x.denominator)
    return found


def _raise(a, k):
    return a ** int(k) if k == int(k) else a**k


def _inverse(a, wanted="inv"):
    """Return the inverse of a matrix of `Decimal`, or its determinant, by elimination."""
    n = len(a)
    work = [[*row, *(Decimal(i == j) for j in range(n))] for i, row in enumerate(a.tolist())]
    det = Decimal(1)
    for i in range(n):
        best = max(range(i, n), key=lambda k: abs(work[k][i]))
        if work[best][i] == 0:
            raise NoValue
        if best != i:
            work[i], work[best] = work[best], work[i]
            det = -det
        det *= work[i][i]
        work[i] = [x / work[i][i] for x in work[i]]
        for k in range(n):
            if k != i:
                work[k] = [x - work[k][i] * y for x, y in zip(work[k], work[i], strict=True)]
    if wanted == "det":
        return det
    found = np.empty((n, n), dtype=object)
    found[...] = [row[n:] for row in work]
    return found


PRECISE = {
    **{op: of_digits(op) for op in ELEMENTWISE},
    "power": np.frompyfunc(_raise, 2, 1),
    "inv": _inverse,
    "det": lambda a: _inverse(a, "det"),
}
