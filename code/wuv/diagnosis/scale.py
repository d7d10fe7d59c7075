r"""Constant factors: a number times sizes to whole powers, such as 2/n; the one before a loss.

>>> from wuv.algebra import Sizes, read_latex
>>> print(front(Sizes().annotate(read_latex(r"\frac{1}{2N}\lVert Wu - v\rVert^2"))))
1/(2N)
"""

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, permutations
from typing import NamedTuple

from wuv.diagnosis.mistakes import MISTAKES

CLOSE = 1e-9
COUNTING = "mnkNdp"  # letters for how many there are


class Scale(NamedTuple):
    """A constant factor: a number times sizes to whole powers, such as 2/n."""

    number: Fraction
    sizes: tuple[tuple[str, int], ...] = ()

    def __str__(self):
        above = [x for x, k in self.sizes for _ in range(k)]
        below = [x for x, k in self.sizes for _ in range(-k)]
        number = abs(self.number)
        top = "".join([str(number.numerator)] * (number.numerator != 1 or not above) + above)
        bottom = "".join([str(number.denominator)] * (number.denominator != 1) + below)
        sign = "−" if self.number < 0 else ""
        bottom = f"({bottom})" if len(bottom) > 1 and below and number.denominator != 1 else bottom
        return f"{sign}{top}/{bottom}" if bottom else f"{sign}{top}"

    @property
    def edits(self):
        """How many mistakes such a factor is."""
        return (self.number < 0) + (abs(self.number) != 1 or bool(self.sizes))

    @property
    def weight(self):
        """How seldom it is made."""
        signs, plain = self.number < 0, abs(self.number) in (1, 2, Fraction(1, 2))
        constant = (self.edits - signs) * (MISTAKES["factor"].weight + 0.2 * (not plain))
        return signs * MISTAKES["sign"].weight + constant

    @property
    def positive(self):
        """The factor without its sign."""
        return self._replace(number=abs(self.number))

    @property
    def inverse(self):
        """One over the factor."""
        return Scale(1 / self.number, tuple((x, -k) for x, k in self.sizes))

    def times(self, other):
        """Return the product of two factors."""
        total = Counter(dict(self.sizes))
        total.update(dict(other.sizes))
        return Scale(self.number * other.number, tuple((x, k) for x, k in total.items() if k))


ONE = Scale(Fraction(1))


def front(loss):
    """Return the constant in front of a loss, of a sum that of its first term."""
    if loss.op in ("neg", "add", "sub"):
        return front(loss.args[0])
    if loss.op == "mean":
        counts = Counter(x for x in loss.args[0].shape if isinstance(x, str))
        return Scale(Fraction(1), tuple(counts.items())).inverse
    if loss.op == "product":
        a, b = (_of_a_factor(x) for x in loss.args)
        return a.times(b)
    if loss.op == "div":
        below = _constant(loss.args[1])
        above = front(loss.args[0])
        return above.times(below.inverse) if below else above
    return ONE


def _of_a_factor(node):
    constant = _constant(node)
    if constant is not None:
        return constant
    return ONE if node.op in ("add", "sub") else front(node)


def _constant(node):
    """Return a formula that is a number, or made of sizes, as a `Scale`; else None."""
    if node.op == "number":
        return Scale(Fraction(node.data)) if node.data else None
    if node.op == "name" and node.shape == () and len(node.data) == 1:
        return Scale(Fraction(1), ((node.data, 1),)) if node.data in COUNTING else None
    if node.op in ("div", "product"):
        a, b = map(_constant, node.args)
        return a and b and a.times(b if node.op == "product" else b.inverse)
    return None


def scale_of(ratios, sizes):
    """Return the `Scale` that has these values at points with these sizes, or None.

    >>> str(scale_of([2 / 3, 1.0], [{"n": 3}, {"n": 2}]))
    '2/n'
    """
    for monomial in _monomials(tuple(sizes[0])):
        over = [r / _power(monomial, s) for r, s in zip(ratios, sizes, strict=True)]
        if all(abs(a - b) <= CLOSE * abs(a) for a, b in pairwise(over)):
            number = Fraction(over[0]).limit_denominator(10_000)
            if number and abs(over[0] - number) <= CLOSE * abs(number):
                return Scale(number, monomial)
    return None


def _monomials(letters):
    """Yield 1, n, 1/n, then products of two of these, as pairs (letter, exponent)."""
    yield ()
    for k in (-1, 1):
        for x in letters:
            yield ((x, k),)
    for x, y in combinations_with_replacement(letters, 2):
        for k in (-1, 1):
            yield ((x, 2 * k),) if x == y else ((x, k), (y, k))
    for x, y in permutations(letters, 2):
        yield ((x, 1), (y, -1))


def _power(monomial, sizes):
    product = 1.0
    for x, k in monomial:
        product *= float(sizes[x]) ** k
    return product
