r"""How many random points are enough, and how many sizes?

Two formulas that are not the same polynomial agree at a point drawn from a set S of numbers with
probability at most d/\|S\|, d the degree of their difference: the lemma of Schwartz and Zippel. So
k points let a false identity pass with probability at most (d/\|S\|)^k:

>>> points_needed(4), chance(4, points_needed(4)) < UNLIKELY
(3, True)

Formulas with quotients are handled as one polynomial above another. A point where the lower one,
of degree e, is zero is drawn again, so that the bound is d/(\|S\| − e).

That is for one size. Written out, a formula is a sum over indices of products of entries: with k
sums over the rows of W, a product has k different rows at most, and shows as soon as there are so
many. How often the same product comes is a number of the size alone, a polynomial in it: its degree
counts the sums over which no entry depends, as in 𝟏ᵀ𝟏 = n, and the size where it stands by itself,
as in 1/n. So as many sizes as this degree and one more, each of k or more, are enough for all.

>>> from wuv.algebra import Sizes, read_latex
>>> def sizes_needed(latex):
...     return degree(Sizes().annotate(read_latex(latex)), {}, {"m": 3, "n": 3}).sizes
>>> sizes_needed(r"W^{\mathsf T} (Wu - v)")["n"]
(2, 1)
>>> sizes_needed(r"(n - 1)(n - 2) u + W^{\mathsf T} v")["n"]
(1, 3)

Sources: J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial identities,
J. ACM 27 (1980) 701-717; R. Zippel, Probabilistic algorithms for sparse polynomials, EUROSAM 1979,
LNCS 72, 216-226; R. A. DeMillo and R. J. Lipton, A probabilistic remark on algebraic program
testing, Inf. Process. Lett. 7 (1978) 193-195.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np

from wuv.algebra import Expr, walk
from wuv.algebra.size import Size, Sum, in_numbers, letters_of
from wuv.algebra.tree import is_number, one_more, words

SPREAD = 10**6  # entries are drawn from −SPREAD … SPREAD
FAR = 10**15  # or from so many that one point is enough
UNLIKELY = Fraction(1, 10**12)
LARGEST, MOST_SIZES = 24, 64  # larger sizes, or more of them, are not tried
UNKNOWN = 10**30  # sums over an index of which not enough is known


def chance(degree: int, points: int, below: int = 0, spread: int = SPREAD) -> Fraction:
    """Return a bound on the probability with which a false identity passes at so many points.

    ``degree`` is that of the difference of the two sides, ``below`` that of its denominator;
    entries are drawn from −spread … spread.
    """
    return (Fraction(degree) / (2 * spread + 1 - below)) ** points


def points_needed(degree: int, below: int = 0, spread: int = SPREAD) -> int:
    """Return how many points make `chance` less than 10⁻¹²."""
    points = 1
    while chance(degree, points, below, spread) >= UNLIKELY:
        points += 1
    return points


class Degrees(NamedTuple):
    """The degrees of a formula as one polynomial ``above`` another one ``below``, both bounds; and
    for each letter in ``sizes`` the pair (least size, how many of them) that is enough for all
    sizes, or None where that is not known."""

    above: int
    below: int
    sizes: dict[str, tuple[int, int] | None]


def degree(
    tree: Expr,
    definitions: Mapping[str, Expr],
    sizes: Mapping[str, int],
    indices: Mapping[str, Size] | None = None,
) -> Degrees | None:
    """Return the `Degrees` of a formula, or None if it is no polynomial above another.

    ``definitions`` gives names formulas; ``sizes`` gives numbers for the letters in the shapes of
    ``tree`` (see `wuv.algebra.Sizes.annotate`); ``indices`` gives the sizes over which its free
    indices run. An array has one polynomial below all its entries.
    """
    indices = indices or {}
    counter = _Counter(definitions, sizes, indices)
    try:
        count = counter(tree)
    except _NotRational:
        return None
    sums, needed = count.above + counter.sums(*(tree.shape or ()), *indices.values()), {}
    for letter, k in counter.place.items():
        needed[letter] = (max(sums[k], 1), sums[k + 1] + 1) if sums[k] < UNKNOWN else None
    return Degrees(count.above[0], count.below[0], needed)


def enough(degrees: Degrees, letters: Sequence[str]) -> list[dict[str, int]] | None:
    """Return [{letter: number}], sizes that are enough for all; None where none are known, or too
    many.

    >>> enough(Degrees(3, 0, {"m": (1, 1), "n": (2, 3)}), ("m", "n"))
    [{'m': 1, 'n': 2}, {'m': 1, 'n': 3}, {'m': 1, 'n': 4}]
    """
    needed = [pair for x in letters if (pair := degrees.sizes[x]) is not None]
    if len(needed) < len(letters) or max((sum(x) for x in needed), default=0) > LARGEST:
        return None
    ranges = [range(least, least + count) for least, count in needed]
    if math.prod(map(len, ranges)) > MOST_SIZES:
        return None
    return [dict(zip(letters, some, strict=True)) for some in product(*ranges)]


class _NotRational(Exception):
    pass


class _Count(NamedTuple):
    """What is counted in a formula, ``above`` and ``below``: first its degree in the entries, then
    for each size the sums over it and the degree in it. ``tied`` says for each index of an array
    whether entries depend on it, in every term."""

    above: np.ndarray
    below: np.ndarray
    tied: tuple = ()


class _Counter:
    """Counts, from the letters to the whole."""

    def __init__(self, definitions, sizes, indices):
        most = max(sizes.values(), default=1)
        self.definitions, self.numbers = definitions, defaultdict(lambda: most, sizes)
        self.place = {letter: 1 + 2 * i for i, letter in enumerate(sizes)}
        self.zero = np.zeros(1 + 2 * len(sizes), dtype=object)
        self.entry, self.unknown = self.zero.copy(), self.zero + UNKNOWN
        self.entry[0], self.unknown[0] = 1, 0
        self.known, self.indices = {}, set(indices)

    def __call__(self, tree):
        if id(tree) not in self.known:  # by itself: 𝟏 is written alike in every size
            if tree.op not in COUNTS:
                raise _NotRational
            count, dims = COUNTS[tree.op](self, tree), len(tree.shape or ())
            tied = count.tied if len(count.tied) == dims else (False,) * dims
            self.known[id(tree)] = count._replace(tied=tied)
        return self.known[id(tree)]

    def sums(self, *sizes, tied=True):
        """Return the count of one sum over each size; without ``tied`` no entry depends on it."""
        vector = self.zero.copy()
        for size in sizes:
            for letter in letters_of(size) if isinstance(size, tuple | Sum) else (size,):
                if letter in self.place:
                    vector[self.place[letter]] += 1
                    vector[self.place[letter] + 1] += not tied
        return vector

    def number(self, *sizes):
        """Return the count of sizes that stand in a formula as numbers."""
        return self.sums(*sizes, tied=False) - self.sums(*sizes)

    def rows(self, tree):
        return in_numbers(tree.shape[0], self.numbers) if tree.shape else 1

    def aligned(self, tree):
        """Return for each argument that is stretched to a result on which indices it depends."""
        for x in tree.args:
            dims, shape = tree.shape or (), x.shape or ()
            free = (False,) * (len(dims) - len(shape))
            own = zip(shape, dims[len(free) :], self(x).tied, strict=True)
            yield free + tuple(size == dim and tied for size, dim, tied in own)

    # Letters and numbers

    def constant(self, tree):
        return _Count(self.zero, self.zero)

    def name(self, tree):
        if tree.data in self.indices:
            return _Count(self.unknown, self.zero)  # an index that is a number, too
        if tree.data in self.definitions:
            return self(self.definitions[tree.data])
        if tree.data in self.place:
            return _Count(self.number(tree.data), self.zero)
        return _Count(self.entry, self.zero, (True,) * len(tree.shape or ()))

    def size(self, tree):
        return _Count(self.number(*_sizes_named(tree)), self.zero)

    # Sums and products

    def added(self, tree):
        counts = [self(x) for x in tree.args]
        below = sum(x.below for x in counts)
        above = np.maximum.reduce([x.above + below - x.below for x in counts])
        return _Count(above, below, tuple(map(all, zip(*self.aligned(tree), strict=True))))

    def times(self, tree, sums=0, tied=None):
        """Return the count of a product of entries, or of one with so many sums."""
        a, b = map(self, tree.args)
        if tied is None:
            tied = tuple(map(any, zip(*self.aligned(tree), strict=True)))
        return _Count(a.above + b.above + sums, a.below + b.below, tied)

    def product(self, tree):
        (a, x), (b, y) = ((self(arg).tied, arg.shape or ()) for arg in tree.args)
        if not x or not y:
            return self.times(tree)
        if tree.op == "np_inner":
            b = b[::-1]
        return self.times(tree, self.sums(x[-1], tied=a[-1] or b[0]), a[:-1] + b[1:])

    def inner(self, tree):
        (a, x), (b, y) = ((self(arg).tied, arg.shape or ()) for arg in tree.args)
        if tree.op == "cdot" and (x != y or tree.shape):
            return self.product(tree)
        if x != y:  # a flat array and a column
            a, b = ((all(tied),) * len(x) for tied in (a, b))
        return self.times(tree, self.over(x, map(max, a, b)), ())

    def over(self, sizes, tied):
        """Return the count of the sums over all indices of an array."""
        some = zip(sizes, tied, strict=True)
        return sum((self.sums(size, tied=t) for size, t in some), self.zero)

    def outer(self, tree):
        return self.times(tree, tied=tuple(all(self(x).tied) for x in tree.args))

    def total(self, tree):
        (x,), (axis, keep) = tree.args, tree.data or (None, False)
        above, below, tied = self(x)
        axes = range(len(tied)) if axis is None else [axis % len(tied)]
        sizes = [x.shape[i] for i in axes]
        above = above + self.over(sizes, [tied[i] for i in axes])
        if tree.op == "mean":
            below = below + self.number(*sizes)
        rest = [i in axes or t for i, t in enumerate(tied) if keep or i not in axes]
        return _Count(above, below, tuple(rest))

    def trace(self, tree):
        above, below, tied = self(tree.args[0])
        return _Count(above + self.sums(*tree.args[0].shape[:1], tied=any(tied)), below)

    def sigma(self, tree):
        outer, self.indices = self.indices, self.indices | {tree.data}
        above, below, _ = self(tree.args[0])
        self.indices = outer
        size = self.runs(tree)
        if size is None or below[0]:
            above = above + self.unknown
        if below[0]:  # the terms may have different lower parts
            times = max(self.numbers.values(), default=1)
            return _Count(above + (times - 1) * below, times * below)
        return _Count(above + self.sums(size, tied=False), below)

    def runs(self, tree):
        """Return the size of which an index takes all values, or None."""
        body, *bounds = tree.args
        spots = {
            size
            for node in walk(body)
            if node.op in ("entry", "index")
            for spot, size in _spots(node)
            if spot.op == "name" and spot.data == tree.data
        }
        if bounds:
            low, high = bounds
            end = high if is_number(low, 1) else one_more(high)
            known = is_number(low, 1) or is_number(low, 0)
            spots |= {*_sizes_named(end)} if known else {None}
        return spots.pop() if len(spots) == 1 else None

    # Arrays in another form

    def same(self, tree):
        return self(tree.args[0])

    def formed(self, tree):
        above, below, tied = self(tree.args[0])
        sizes = [x for x in tree.args[0].shape or () if x != 1]
        if tree.op in ("ravel", "reshape") and len(sizes) > 1:
            above = above + self.unknown  # row by row: not in the order of vec and ⊗
        return _Count(above, below, (all(tied),) * len(tree.shape or ()))

    def transpose(self, tree):
        above, below, tied = self(tree.args[0])
        return _Count(above, below, tied[::-1])

    def entry(self, tree):
        """x₁₁, x[0, 0] or x[:, None]: an index that is a number is one more that may be met."""
        above, below, tied = self(tree.args[0])
        for spot, size in _spots(tree):
            if spot.op == "number":
                above = above + (abs(spot.data) + 1) * self.sums(size)
            elif spot.op != "name":
                above = above + self.unknown
        kept = () if tree.op == "entry" else (all(tied),) * len(tree.shape or ())
        return _Count(above, below, kept)

    # Quotients and powers

    def quotient(self, tree):
        a, b = map(self, tree.args)
        k = in_numbers(tree.args[1].shape or (), self.numbers)
        if k == 1:
            return _Count(a.above + b.below, a.below + b.above, a.tied)
        above = a.above + b.below + (k - 1) * b.above  # entries may have different lower parts
        return _Count(above + self.unknown, a.below + k * b.above)

    def inverse(self, tree):
        above, below, tied = self(tree.args[0])
        k = self.rows(tree.args[0])
        if k == 1:
            return _Count(below, above, tied)
        return _Count(below + (k - 1) * above + self.unknown, k * above)

    def determinant(self, tree):
        above, below, _ = self(tree.args[0])
        k = self.rows(tree.args[0])
        return _Count(k * above + (k > 1) * self.unknown, k * below)

    def power(self, tree):
        base, exponent = tree.args
        turned = exponent.op == "neg"
        exponent = exponent.args[0] if turned else exponent
        if exponent.op != "number" or not isinstance(exponent.data, int):
            raise _NotRational
        k, sums = exponent.data, self.zero
        if base.op in ("norm", "sqrt") and k % 2 == 0:
            (x,) = base.args
            above, below, tied = self(x)
            sums = k // 2 * self.over(x.shape or (), tied) if base.op == "norm" else sums
            k = k if base.op == "norm" else k // 2
        else:
            above, below, tied = self(base)
            if base.shape and tree.op != "epower":
                sums = max(k - 1, 0) * self.sums(base.shape[0], tied=any(tied))
        if turned:
            n = self.rows(base)
            above, below = below + (n - 1) * above, n * above
            sums = sums + (n > 1) * self.unknown
        return _Count(k * above + sums, k * below, tied)

    # Derivatives

    def differential(self, tree):
        above, below, tied = self(tree.args[0])
        return _Count(above + below, 2 * below, tied) if below[0] else _Count(above, below, tied)

    def gradient(self, tree):
        above, below, _ = self(tree.args[0])
        for _ in range(2 if tree.op == "hessian" else 1):
            if below[0]:
                above, below = above + below, 2 * below
            above = above - self.entry * (above[0] > 0)
        return _Count(above, below)


def _spots(node):
    """Return the pairs (index, the size it runs over) of ``x_{ij}`` or ``x[i, :]``."""
    base, *places = node.args
    sizes = base.shape or ()
    if node.op == "entry":
        some = [x for x in sizes if x != 1] if len(places) == 1 < len(sizes) else sizes
    else:
        parts = [x for x in node.data if x != "new"]
        some = [size for size, part in zip(sizes, parts, strict=False) if part == "at"]
    return [*zip(places, some, strict=False)]


def _sizes_named(node):
    """Return the sizes that n, len(x), x.shape[0] or x.size stands for; of others, None."""
    if node.op != "size":
        return (node.data if node.op in ("name", "number") else None,)
    shape = node.args[0].shape or ()
    return shape if node.data == "size" else (shape[0 if node.data == "len" else node.data],)


COUNTS = {
    "name": _Counter.name,
    "size": _Counter.size,
    "sum": _Counter.total,
    "mean": _Counter.total,
    "trace": _Counter.trace,
    "sigma": _Counter.sigma,
    "transpose": _Counter.transpose,
    "neg": _Counter.same,
    "item": _Counter.same,
    "differential": _Counter.differential,
    "det": _Counter.determinant,
    "inv": _Counter.inverse,
    "outer": _Counter.outer,
    **dict.fromkeys(
        words("number eye ones zeros basis delta ones_like zeros_like"), _Counter.constant
    ),
    **dict.fromkeys(words("add sub matrix"), _Counter.added),
    **dict.fromkeys(words("times kron"), _Counter.times),
    **dict.fromkeys(words("product matmul dot np_inner"), _Counter.product),
    **dict.fromkeys(words("inner cdot"), _Counter.inner),
    **dict.fromkeys(words("vec diag ravel reshape np_diag"), _Counter.formed),
    **dict.fromkeys(words("entry index"), _Counter.entry),
    **dict.fromkeys(words("div edivide"), _Counter.quotient),
    **dict.fromkeys(words("power epower matrix_power"), _Counter.power),
    **dict.fromkeys(words("gradient partial hessian"), _Counter.gradient),
}
