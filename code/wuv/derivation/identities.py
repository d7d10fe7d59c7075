r"""Shorter forms of products entry by entry, as a table of equations.

>>> from wuv.algebra import Sizes, read_latex, to_text
>>> tree = Sizes("A:m,n; B:m,n").annotate(read_latex(r"B \odot \exp(A)"))
>>> below = Sizes("A:m,n").annotate(read_latex(r"\mathbf 1_{m \times n} + \exp(A)"))
>>> found = shorter([*((x, 1) for x in tree.args), (below, -1)], ("m", "n"))
>>> [to_text(x) for x, exponent in found]
['B', 'σ(A)']

Each row says that its sides are equal wherever the left one has a value. A test executes them.
"""

from fractions import Fraction
from functools import cache

from wuv.derivation.rules import fits, instance, pattern

TABLE = r"""
\operatorname{sign}(A) \odot \lvert A\rvert                 | A
\lvert A\rvert^{\odot 2}                                    | A^{\odot 2}
\operatorname{heaviside}(A) \odot \max(A, \mathbf 0)        | \max(A, \mathbf 0)
\exp(A) \oslash (\mathbf 1 + \exp(A))                       | \sigma(A)
\exp(A) \oslash (\exp(A) + \mathbf 1)                       | \sigma(A)
\mathbf 1 \oslash (\mathbf 1 + \exp(A))                     | \sigma(-A)
\mathbf 1 \oslash (\exp(A) + \mathbf 1)                     | \sigma(-A)
\sigma(A) \odot \exp(-A)                                   | \sigma(-A)
\exp(-A) \odot \exp(A)                                      | \mathbf 1
"""
IDENTITIES = tuple(tuple(map(str.strip, row.split(" | "))) for row in TABLE.strip().splitlines())


@cache
def _table():
    sides = ((pattern(left), pattern(right)) for left, right in IDENTITIES)
    return [(powers_of(left), powers_of(right)) for left, right in sides]


def powers_of(tree, k=1):
    """Return the factors of a product entry by entry, as pairs (factor, exponent)."""
    if tree.op in ("times", "edivide"):
        a, b = tree.args
        return powers_of(a, k) + powers_of(b, k if tree.op == "times" else -k)
    if tree.op == "epower" and tree.args[1].op == "number":
        return powers_of(tree.args[0], k * Fraction(tree.args[1].data))
    return [] if tree.op == "ones" else [(tree, Fraction(k))]


def shorter(powers, shape):
    """Return pairs (factor, exponent) with fewer or simpler factors; the same where none fits."""
    for left, right in _table():
        parts = {}
        rest = _without(left, list(powers), parts)
        if rest is not None:
            found = [(instance(x, parts, shape), Fraction(k)) for x, k in right]
            return shorter(rest + found, shape)
    return powers


def _without(wanted, powers, parts):
    """Return the powers without those wanted, which have the same ``parts``; None if one misses."""
    if not wanted:
        return powers
    (first, k), *others = wanted
    for i, (base, exponent) in enumerate(powers):
        again = dict(parts)
        if exponent * k >= k * k and fits(first, base, again):
            left = [(base, exponent - k)] if exponent != k else []
            rest = _without(others, powers[:i] + left + powers[i + 1 :], again)
            if rest is not None:
                parts.update(again)
                return rest
    return None
