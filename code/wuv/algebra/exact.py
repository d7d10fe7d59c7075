"""Exact arithmetic on single numbers: quotients, and numbers that carry a slope.

>>> divide(6, 4), divide(6, 3)
(Fraction(3, 2), 2)
>>> x = Dual(3, 1)
>>> x * x * 2
Dual(18, 12)

Whole numbers and Fractions stay what they are. Only where a value is not rational (a logarithm, a
root of 2: see `wuv.algebra.elementwise`) does it become a floating point number.

A dual number is a value and its slope: (a, a')·(b, b') = (ab, a'b + ab'). Computing with duals
instead of numbers gives, beside every value, its exact derivative in one direction. They may be
nested, a dual of duals giving second derivatives: of two levels, the lower one is a constant to
the higher one. The slope may be `Slopes`, in several directions at once:

>>> Dual(3, Slopes([1, 0])) * Dual(2, Slopes([0, 1]))
Dual(6, Slopes([2, 3]))
"""

from fractions import Fraction

from wuv.algebra.tree import CannotEvaluate
from wuv.shapes import Array, Number

MAX_BITS = 4096


class Slopes:
    """Slopes in several directions: they are added, and multiplied or divided by a number."""

    __slots__ = ("each",)

    def __init__(self, each: list[Number]) -> None:
        self.each = each

    def __repr__(self):
        return f"Slopes({self.each})"

    def __add__(self, other):
        return Slopes([x + y for x, y in zip(self.each, other.each, strict=True)])

    def __mul__(self, number):
        return Slopes([x * number for x in self.each])

    def __truediv__(self, number):
        return Slopes([divide(x, number) for x in self.each])

    def __neg__(self):
        return Slopes([-x for x in self.each])


class Dual:
    """A value and its slope."""

    __slots__ = ("level", "slope", "value")

    def __init__(self, value: Number, slope: Number, level: int = 0) -> None:
        self.value, self.slope, self.level = value, slope, level

    def __repr__(self):
        return f"Dual({self.value}, {self.slope})"

    def __add__(self, other):
        level = other.level if isinstance(other, Dual) else -1
        if level == self.level:
            return Dual(self.value + other.value, self.slope + other.slope, level)
        if level > self.level:
            return Dual(self + other.value, other.slope, level)
        return Dual(self.value + other, self.slope, self.level)

    def __mul__(self, other):
        level = other.level if isinstance(other, Dual) else -1
        if level == self.level:
            a, b = self.value, other.value
            return Dual(a * b, self.slope * b + other.slope * a, level)
        if level > self.level:
            return Dual(self * other.value, other.slope * self, level)
        return Dual(self.value * other, self.slope * other, self.level)

    def __truediv__(self, other):
        level = other.level if isinstance(other, Dual) else -1
        if level > self.level:
            return other.__rtruediv__(self)
        if level < self.level:
            return Dual(divide(self.value, other), divide(self.slope, other), self.level)
        quotient = divide(self.value, other.value)
        return Dual(quotient, divide(self.slope + other.slope * -quotient, other.value), level)

    def __rtruediv__(self, other):
        quotient = divide(other, self.value)
        return Dual(quotient, divide(self.slope * -quotient, self.value), self.level)

    def __neg__(self):
        return Dual(-self.value, -self.slope, self.level)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def divide(a: Number, b: Number) -> Number:
    """Return a / b, a whole number or a Fraction where both are exact."""
    if isinstance(a, Dual | Slopes) or isinstance(b, Dual):
        return a / b
    if b == 0:
        raise CannotEvaluate("a division by zero")
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    return whole(Fraction(a) / b)


def whole(x: Number) -> Number:
    """Return a Fraction that is a whole number as one; anything else as it is."""
    return x.numerator if isinstance(x, Fraction) and x.denominator == 1 else x


def bits(x: Number) -> int:
    """Return how many bits a number needs: the cost of computing with it."""
    if type(x) is int:
        return x.bit_length()
    if isinstance(x, Dual):
        return max(bits(x.value), bits(x.slope))
    if isinstance(x, Slopes):
        return max(map(bits, x.each))
    if isinstance(x, float):
        return 0  # always the same
    return max(x.numerator.bit_length(), x.denominator.bit_length())


def value(x: Number) -> Number:
    """Return the plain number below all the slopes."""
    while isinstance(x, Dual):
        x = x.value
    return x


def determinant_and_inverse(A: Array, wanted: str = "inverse") -> Number | Array:
    """Return det A or A⁻¹, A a square object array, by Faddeev and Le Verrier's recursion.

    It divides by 1, 2, … n alone, never by an entry: so it is exact on fractions, there is no pivot
    to look for, and the determinant's slope is right even where the determinant is 0.

    Source: Gantmacher, The Theory of Matrices, vol. 1, chapter IV §5.
    """
    n = len(A)
    last, c = None, 1
    adjugate = A * 0
    for k in range(1, n + 1):
        adjugate = A.dot(adjugate) if k > 1 else adjugate
        for i in range(n):
            adjugate[i, i] = adjugate[i, i] + c
        last = A.dot(adjugate)
        c = divide(-sum(last[i, i] for i in range(n)), k)
    if wanted == "det":
        return c if n % 2 == 0 else -c
    if value(c) == 0:
        raise CannotEvaluate("a singular matrix has no inverse")
    for place in [(i, j) for i in range(n) for j in range(n)]:
        adjugate[place] = divide(-adjugate[place], c)
    return adjugate
