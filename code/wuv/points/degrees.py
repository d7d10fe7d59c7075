r"""How many random points are enough?

Two formulas that are not the same polynomial agree at a point drawn from a set S of numbers with
probability at most d/\|S\|, d the degree of their difference: the lemma of Schwartz and Zippel. So
k points let a false identity pass with probability at most (d/\|S\|)^k:

>>> points_needed(4), chance(4, points_needed(4)) < UNLIKELY
(3, True)

Formulas with quotients are handled as one polynomial above another. A point where the lower one,
of degree e, is zero is drawn again, so that the bound is d/(\|S\| − e).

Sources: J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial identities,
J. ACM 27 (1980) 701-717; R. Zippel, Probabilistic algorithms for sparse polynomials, EUROSAM 1979,
LNCS 72, 216-226; R. A. DeMillo and R. J. Lipton, A probabilistic remark on algebraic program
testing, Inf. Process. Lett. 7 (1978) 193-195.
"""

from collections import defaultdict
from fractions import Fraction

from wuv.algebra import Expr
from wuv.algebra.size import in_numbers
from wuv.algebra.tree import words

SPREAD = 10**6  # entries are drawn from −SPREAD … SPREAD
UNLIKELY = Fraction(1, 10**12)
SAME = words("transpose vec diag trace sum mean neg entry index ravel reshape np_diag item")
PRODUCTS = words("product matmul cdot times kron outer inner dot np_inner")
CONSTANT = words("number eye ones zeros basis delta size ones_like zeros_like")


def chance(degree, points, below=0):
    """Return a bound on the probability with which a false identity passes at so many points.

    ``degree`` is that of the difference of the two sides, ``below`` that of its denominator.
    """
    return (Fraction(degree) / (2 * SPREAD + 1 - below)) ** points


def points_needed(degree, below=0):
    """Return how many points make `chance` less than 10⁻¹²."""
    points = 1
    while chance(degree, points, below) >= UNLIKELY:
        points += 1
    return points


def degree(tree, definitions, sizes):
    """Return the degrees (above, below) of a formula as one polynomial above another, or None if
    it is no such thing.

    Both are bounds. ``definitions`` gives names formulas, or degrees that are known; ``sizes``
    gives numbers for the letters in the shapes of ``tree`` (see `wuv.algebra.Sizes.annotate`).
    An array has one polynomial below all its entries.
    """
    most = max(sizes.values(), default=1)
    sizes = defaultdict(lambda: most, sizes)
    try:
        return _degree(tree, dict(definitions), sizes)
    except _NotRational:
        return None


class _NotRational(Exception):
    pass


def _degree(tree, definitions, sizes):
    def of(node):
        return _degree(node, definitions, sizes)

    op, args = tree.op, tree.args
    if op in CONSTANT:
        return 0, 0
    if op == "name":
        known = definitions.get(tree.data, (0, 0) if tree.data in sizes else (1, 0))
        if isinstance(known, Expr):
            known = definitions[tree.data] = of(known)  # once, however often it is used
        return known
    if op in ("add", "sub", "matrix"):
        return _sum([of(x) for x in args])
    if op in SAME:
        return of(args[0])
    if op in PRODUCTS:
        return tuple(map(sum, zip(*map(of, args), strict=True)))
    if op == "sigma":
        above, below = of(args[0])
        times = max(sizes.values(), default=1) if below else 1
        return above + (times - 1) * below, times * below
    if op in ("div", "edivide"):
        (a, b), (c, d) = map(of, args)
        k = _length(args[1], sizes)  # entries may have different lower parts
        return a + d + (k - 1) * c, b + k * c
    if op in ("power", "epower", "matrix_power"):
        return _power(tree, of, sizes)
    if op in ("inv", "det"):
        above, below = of(args[0])
        k = _rows(args[0], sizes)
        return (k * above, k * below) if op == "det" else (below + (k - 1) * above, k * above)
    if op == "differential":
        above, below = of(args[0])
        return above + below, 2 * below
    if op in ("gradient", "partial", "hessian"):
        above, below = of(args[0])
        for _ in range(2 if op == "hessian" else 1):
            above, below = max(above + below - 1, 0), 2 * below
        return above, below
    raise _NotRational


def _sum(degrees):
    below = sum(d for _, d in degrees)
    return max((a + below - d for a, d in degrees), default=0), below


def _power(tree, of, sizes):
    base, exponent = tree.args
    sign = -1 if exponent.op == "neg" else 1
    exponent = exponent.args[0] if exponent.op == "neg" else exponent
    if exponent.op != "number" or not isinstance(exponent.data, int):
        raise _NotRational
    k = exponent.data
    if base.op in ("norm", "sqrt") and k % 2 == 0:
        above, below = of(base.args[0])
        k = k if base.op == "norm" else k // 2
    else:
        above, below = of(base)
    if sign < 0:
        n = _rows(base, sizes)
        above, below = (below, above) if n == 1 else (below + (n - 1) * above, n * above)
    return k * above, k * below


def _rows(tree, sizes):
    return in_numbers(tree.shape[0], sizes) if tree.shape else 1


def _length(tree, sizes):
    return in_numbers(tree.shape or (), sizes)
