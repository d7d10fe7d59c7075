"""Exact arithmetic on single numbers: quotients, powers, roots, and numbers that carry a slope.

>>> divide(6, 4), power(Fraction(1, 2), -2), root(Fraction(9, 4))
(Fraction(3, 2), 4, Fraction(3, 2))
>>> x = Dual(3, 1)
>>> x * x * 2
Dual(18, 12)

Whole numbers and Fractions stay what they are. Only where a value is not rational (a logarithm, a
root of 2) does it become a floating point number.

A dual number is a value and its slope: (a, a')·(b, b') = (ab, a'b + ab'). Computing with duals
instead of numbers gives, beside every value, its exact derivative in one direction. They may be
nested, a dual of duals giving second derivatives: of two levels, the lower one is a constant to
the higher one.
"""

import math
from fractions import Fraction

from wuv.algebra.tree import CannotEvaluate
from wuv.shapes import Array, Number

MAX_BITS = 4096
MAX_EXPONENT = 1000


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
            return Dual(a * b, self.slope * b + a * other.slope, level)
        if level > self.level:
            return Dual(self * other.value, self * other.slope, level)
        return Dual(self.value * other, self.slope * other, self.level)

    def __truediv__(self, other):
        level = other.level if isinstance(other, Dual) else -1
        if level > self.level:
            return other.__rtruediv__(self)
        if level < self.level:
            return Dual(divide(self.value, other), divide(self.slope, other), self.level)
        quotient = divide(self.value, other.value)
        return Dual(quotient, divide(self.slope - quotient * other.slope, other.value), level)

    def __rtruediv__(self, other):
        return Dual(other, 0, self.level) / self

    def __neg__(self):
        return Dual(-self.value, -self.slope, self.level)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def divide(a: Number, b: Number) -> Number:
    """Return a / b, a whole number or a Fraction where both are exact."""
    if isinstance(a, Dual) or isinstance(b, Dual):
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
    if isinstance(x, Dual):
        return max(bits(x.value), bits(x.slope))
    if isinstance(x, float):
        return 0  # always the same
    return max(x.numerator.bit_length(), x.denominator.bit_length())


def value(x: Number) -> Number:
    """Return the plain number below all the slopes."""
    while isinstance(x, Dual):
        x = x.value
    return x


def power(x: Number, k: Number) -> Number:
    """Return x to the power k; exact for whole k, and for ½ where the root is rational."""
    k = whole(k)
    if isinstance(k, Dual) or (isinstance(k, float) and not k.is_integer()):
        if value(x) == 0 and not isinstance(k, Dual):
            return call("exp", k * call("log", x)) if k < 0 else 0.0
        return call("exp", k * call("log", x))
    if isinstance(k, Fraction):
        return power(root(x), k.numerator) if k.denominator == 2 else power(x, float(k))
    k = int(k)
    if abs(k) > MAX_EXPONENT or (bits(x) * abs(k) > MAX_BITS and abs(value(x)) not in (0, 1)):
        raise CannotEvaluate(f"the power {_short(x)}^{_short(k)} is too large")
    if k < 0:
        return divide(1, power(x, -k))
    if isinstance(x, Dual):
        slope = k * power(x.value, k - 1) * x.slope if k else 0
        return Dual(power(x.value, k), slope, x.level)
    return x**k


def root(x: Number) -> Number:
    """Return √x, exact where it is rational."""
    if isinstance(x, Dual):
        return call("sqrt", x)
    if x < 0:
        raise CannotEvaluate(f"the square root of {_short(x)}")
    if not isinstance(x, float):
        above, below = (math.isqrt(n) for n in (x.numerator, x.denominator))
        if above * above == x.numerator and below * below == x.denominator:
            return divide(above, below)
    return math.sqrt(x)


def _log(x):
    if x <= 0:
        raise CannotEvaluate(f"the logarithm of {_short(x)}")
    return math.log(x)


def _sign(x):
    return (x > 0) - (x < 0)


def _sign_slope(x):
    if value(x) == 0:
        raise CannotEvaluate("a slope of |x| where x is 0")
    return _sign(value(x))


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


# The functions of one number, each beside its slope.
FUNCTIONS = {
    "exp": (math.exp, lambda x: call("exp", x)),
    "log": (_log, lambda x: divide(1, x)),
    "tanh": (math.tanh, lambda x: 1 - power(call("tanh", x), 2)),
    "sin": (math.sin, lambda x: call("cos", x)),
    "cos": (math.cos, lambda x: -call("sin", x)),
    "sqrt": (root, lambda x: divide(1, 2 * root(x))),
    "abs": (abs, _sign_slope),
    "sign": (_sign, lambda x: 0 * _sign_slope(x)),
    "sigmoid": (_sigmoid, lambda x: call("sigmoid", x) * (1 - call("sigmoid", x))),
}
ZERO = {"exp": 1, "tanh": 0, "sin": 0, "cos": 1, "sigmoid": Fraction(1, 2)}  # exact values at 0


def call(name: str, x: Number) -> Number:
    """Return the function's value at x, a number or a dual."""
    function, slope = FUNCTIONS[name]
    if isinstance(x, Dual):
        return Dual(call(name, x.value), slope(x.value) * x.slope, x.level)
    if x == 0 and name in ZERO and not isinstance(x, float):
        return ZERO[name]
    if x == 1 and name == "log" and not isinstance(x, float):
        return 0
    try:
        return function(x)
    except OverflowError:
        raise CannotEvaluate(f"{name} of {_short(x)} is too large") from None


def _short(x):
    try:
        text = str(value(x)) if bits(x) < 200 else f"a number of {bits(x)} bits"
    except (OverflowError, ValueError):
        text = "it"
    return text


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
