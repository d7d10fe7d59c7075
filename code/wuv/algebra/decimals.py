"""Functions of one `Decimal`, to as many digits as the context has, by their series.

>>> from decimal import localcontext
>>> with localcontext(prec=30):
...     print(arctan(Decimal(1)) * 4)
3.14159265358979323846264338328

`Decimal` itself has exp, ln and sqrt. Sources: Abramowitz and Stegun, Handbook of Mathematical
Functions, 4.3.65 and 4.4.42 (sine and arctangent), 7.1.5 (erf), 6.1.40 and 6.3.18 (the gamma
function).
"""

import math
from collections.abc import Callable, Iterator
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

LARGEST = 100  # a sine's argument: that of a larger one has lost its digits
BERNOULLI, FAR = 30, 40  # so many terms of an asymptotic series, for arguments so large


def _total(terms: Iterator[Decimal]) -> Decimal:
    """Return the sum of a series, as soon as its terms no longer count."""
    total = Decimal(0)
    for term in terms:
        if total + term == total:
            break
        total += term
    return total


def _powers(x: Decimal, ratio: Callable[[int], Decimal]) -> Iterator[Decimal]:
    """Yield x, x·ratio(1), x·ratio(1)·ratio(2), …"""
    k = 0
    while True:
        yield x
        k += 1
        x *= ratio(k)


def sine(x: Decimal) -> Decimal:
    """Return sin x."""
    if abs(x) > LARGEST:
        raise ArithmeticError
    with localcontext() as context:
        context.prec += int(abs(x)) + 2  # large terms cancel
        found = _total(_powers(x, lambda k: -x * x / (2 * k * (2 * k + 1))))
    return +found


def cosine(x: Decimal) -> Decimal:
    """Return cos x."""
    if abs(x) > LARGEST:
        raise ArithmeticError
    with localcontext() as context:
        context.prec += int(abs(x)) + 2
        found = _total(_powers(Decimal(1), lambda k: -x * x / (2 * k * (2 * k - 1))))
    return +found


def arctan(x: Decimal) -> Decimal:
    """Return arctan x: of a half of the angle, three times over."""
    with localcontext() as context:
        context.prec += 3
        small = x
        for _ in range(3):
            small /= 1 + (1 + small * small).sqrt()
        square = small * small
        terms = (y / (2 * k + 1) for k, y in enumerate(_powers(small, lambda _: -square)))
        found = 8 * _total(terms)
    return +found


def arcsin(x: Decimal) -> Decimal:
    """Return arcsin x."""
    below = (1 + x) * (1 - x)
    return arctan(x / below.sqrt()) if below else 2 * arctan(x)


def arccos(x: Decimal) -> Decimal:
    """Return arccos x."""
    return 2 * arctan(Decimal(1)) - arcsin(x)


def erf(x: Decimal) -> Decimal:
    """Return the error function of x."""
    if abs(x) > LARGEST // 5:
        return Decimal(1).copy_sign(x)
    with localcontext() as context:
        context.prec += int(x * x) + 3
        powers = _powers(x, lambda k: -x * x / k)
        found = _total(y / (2 * k + 1) for k, y in enumerate(powers)) / arctan(Decimal(1)).sqrt()
    return +found


@cache
def _bernoulli() -> tuple[Fraction, ...]:
    """Return B₂, B₄, …"""
    found: list[Fraction] = []
    for n in range(2 * BERNOULLI + 1):
        rest = sum((math.comb(n + 1, k) * b for k, b in enumerate(found)), Fraction(0))
        found.append((Fraction(int(n == 0)) - rest) / (n + 1))
    return tuple(found[2::2])


def digamma(x: Any, log: Callable[[Any], Any] = Decimal.ln, far: int = FAR) -> Any:
    """Return the slope of log Γ at x, a `Decimal`, or a float with its own ``log``."""
    total = type(x)(0)
    while x < far:
        total -= 1 / x
        x += 1
    total += log(x) - 1 / (2 * x)
    for k, b in enumerate(_bernoulli(), 1):
        total -= type(x)(b.numerator) / b.denominator / (2 * k * x ** (2 * k))
    return total


def trigamma(x: Any, far: int = FAR) -> Any:
    """Return the slope of digamma at x, a `Decimal` or a float."""
    total = type(x)(0)
    while x < far:
        total += 1 / (x * x)
        x += 1
    total += 1 / x + 1 / (2 * x * x)
    for k, b in enumerate(_bernoulli(), 1):
        total += type(x)(b.numerator) / b.denominator / x ** (2 * k + 1)
    return total


def log_gamma(x: Decimal) -> Decimal:
    """Return log \\|Γ(x)\\|."""
    with localcontext() as context:
        context.prec = getcontext().prec + 5
        below = Decimal(1)
        while x < FAR:
            below *= x
            x += 1
        total = (x - Decimal("0.5")) * x.ln() - x + (8 * arctan(Decimal(1))).ln() / 2
        for k, b in enumerate(_bernoulli(), 1):
            power = 2 * k * (2 * k - 1) * x ** (2 * k - 1)
            total += Decimal(b.numerator) / b.denominator / power
        total -= abs(below).ln()
    return +total
