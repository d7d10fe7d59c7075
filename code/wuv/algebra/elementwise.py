r"""The functions that go entry by entry: each is one row, with all that is known of it.

>>> call("exp", 0), call("maximum", Fraction(1, 2), 0), call("tanh", Dual(0, 3))
(1, Fraction(1, 2), Dual(0, 3))
>>> TABLE["tanh"].latex, TABLE["tanh"].moves
('\\tanh', '(\\mathbf 1 - \\tanh(A)^{\\odot 2}) \\odot \\mathrm dA')

A row has the slope twice: as the rule that derivations print, and as a function of exact numbers by
which they are judged. A function that jumps or has a kink has no slope there: a derivative at that
point is refused. Away from it a maximum moves as the larger one does, which ``heaviside`` picks: it
is 1 above 0, and else 0, as NumPy's ``x > 0`` is.
"""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from wuv.algebra import decimals
from wuv.algebra.exact import MAX_BITS, Dual, bits, divide, value, whole
from wuv.algebra.tree import AlgebraError, CannotEvaluate
from wuv.shapes import Array, Number

MAX_EXPONENT = 1000


class Row(NamedTuple):
    r"""A function: its ``value`` at Python's numbers; its ``slopes``, one for each argument, exact
    where that can be; how it ``moves``, in the book's LaTeX (A, B, C are the arguments, a sum with
    a bare 𝟏 is that of an array of ones), and the ``kind`` of this step.

    ``digits`` computes with `Decimal`, ``floats`` with NumPy's arrays; ``numpy`` and ``latex`` are
    what is written; ``known`` has exact values. It is ``rational`` if fractions stay fractions.
    """

    op: str
    value: Callable[..., Any]
    slopes: tuple[Callable[..., Any], ...]
    moves: str = ""
    digits: Callable[..., Any] | None = None
    floats: Callable[..., Array] | None = None
    numpy: str = ""
    latex: str = ""
    kind: str = "chain"
    known: Mapping[Any, Number] = {}
    rational: bool = False


def call(name: str, *xs: Any) -> Any:
    """Return a function's value at numbers, plain or dual. Raises `CannotEvaluate`."""
    row = TABLE[name]
    level = max((x.level for x in xs if isinstance(x, Dual)), default=None)
    if level is not None:
        moving = [isinstance(x, Dual) and x.level == level for x in xs]
        here = [x.value if moves else x for x, moves in zip(xs, moving, strict=True)]
        some = zip(row.slopes, xs, moving, strict=True)
        slopes = (x.slope * slope(*here) for slope, x, moves in some if moves)
        return Dual(call(name, *here), reduce(add, slopes), level)
    if row.known and not isinstance(xs[0], float) and xs[0] in row.known:
        return row.known[xs[0]]
    try:
        return row.value(*xs)
    except AlgebraError:
        raise
    except (OverflowError, ValueError, ZeroDivisionError) as error:
        where = ", ".join(map(_short, xs))
        said = "is too large" if isinstance(error, OverflowError) else "does not exist"
        raise CannotEvaluate(f"{name} of {where} {said}") from None


def _short(x):
    try:
        return str(value(x)) if bits(x) < 200 else f"a number of {bits(x)} bits"
    except (OverflowError, ValueError):
        return "it"


# Powers and roots


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
        slope = x.slope * (k * power(x.value, k - 1) if k else 0)
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


def _square(x):
    return power(x, 2)


def _one_over_root(square):
    return divide(1, root(square))


# What jumps, and what has a kink


def _sign(x):
    return (x > 0) - (x < 0)


def _apart(a, b=0):
    """Return whether a > b, for a slope; there is none where they are equal."""
    a, b = value(a), value(b)
    if a == b:
        raise CannotEvaluate(f"a slope at a jump or a kink, where both sides are {_short(a)}")
    return int(a > b)


def _flat(a, b=0):
    return 0 * _apart(a, b)


def _compared(op, holds):
    """Return NumPy's comparison of two arrays, as numbers."""
    floats = getattr(np, op)
    return Row(op, lambda a, b: int(holds(a, b)), (_flat, _flat), rational=True,
               floats=lambda a, b: 1.0 * floats(a, b))  # fmt: skip


# Values that math has not, or not for all numbers


def _log(x):
    if x <= 0:
        raise CannotEvaluate(f"the logarithm of {_short(x)}")
    return math.log(x)


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _softplus(x):
    return max(x, 0) + math.log1p(math.exp(-abs(x)))


def _digamma(x):
    return decimals.digamma(float(x), math.log, 10)


def _trigamma(x):
    return decimals.trigamma(float(x), 10)


def _trigamma_slope(x):
    raise CannotEvaluate("the slope of trigamma is not in the language")


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    return np.vectorize(function, otypes=[float])


def _exp(x):
    return call("exp", x)


ROWS = (
    Row("exp", math.exp, (_exp,), r"\exp(A) \odot \mathrm dA", Decimal.exp, latex=r"\exp",
        known={0: 1}),
    Row("expm1", math.expm1, (_exp,), r"\exp(A) \odot \mathrm dA", lambda x: x.exp() - 1,
        known={0: 0}),
    Row("log", _log, (lambda x: divide(1, x),), r"(\mathrm dA) \oslash A", Decimal.ln,
        latex=r"\log", known={1: 0}),
    Row("log1p", math.log1p, (lambda x: divide(1, 1 + x),),
        r"(\mathrm dA) \oslash (\mathbf 1 + A)", lambda x: (1 + x).ln(), known={0: 0}),
    Row("log2", math.log2, (lambda x: divide(1, x * math.log(2)),),
        r"(\mathrm dA) \oslash (\log(2)\,A)", lambda x: x.ln() / Decimal(2).ln(), known={1: 0}),
    Row("log10", math.log10, (lambda x: divide(1, x * math.log(10)),),
        r"(\mathrm dA) \oslash (\log(10)\,A)", Decimal.log10, known={1: 0}),
    Row("sqrt", root, (lambda x: divide(1, 2 * root(x)),),
        r"(\mathrm dA) \oslash (2\sqrt{A})", Decimal.sqrt),
    Row("cbrt", math.cbrt, (lambda x: divide(1, 3 * _square(call("cbrt", x))),),
        r"(\mathrm dA) \oslash (3 \operatorname{cbrt}(A)^{\odot 2})",
        lambda x: (abs(x) ** (1 / Decimal(3))).copy_sign(x), known={0: 0, 1: 1}),
    Row("sin", math.sin, (lambda x: call("cos", x),), r"\cos(A) \odot \mathrm dA", decimals.sine,
        latex=r"\sin", known={0: 0}),
    Row("cos", math.cos, (lambda x: -call("sin", x),), r"-\sin(A) \odot \mathrm dA",
        decimals.cosine, latex=r"\cos", known={0: 1}),
    Row("tan", math.tan, (lambda x: 1 + _square(call("tan", x)),),
        r"(\mathbf 1 + \tan(A)^{\odot 2}) \odot \mathrm dA",
        lambda x: decimals.sine(x) / decimals.cosine(x), latex=r"\tan", known={0: 0}),
    Row("arcsin", math.asin, (lambda x: _one_over_root(1 - x * x),),
        r"(\mathrm dA) \oslash \sqrt{\mathbf 1 - A^{\odot 2}}", decimals.arcsin,
        latex=r"\arcsin", known={0: 0}),
    Row("arccos", math.acos, (lambda x: -_one_over_root(1 - x * x),),
        r"-(\mathrm dA) \oslash \sqrt{\mathbf 1 - A^{\odot 2}}", decimals.arccos,
        latex=r"\arccos", known={1: 0}),
    Row("arctan", math.atan, (lambda x: divide(1, 1 + x * x),),
        r"(\mathrm dA) \oslash (\mathbf 1 + A^{\odot 2})", decimals.arctan,
        latex=r"\arctan", known={0: 0}),
    Row("sinh", math.sinh, (lambda x: call("cosh", x),), r"\cosh(A) \odot \mathrm dA",
        lambda x: (x.exp() - (-x).exp()) / 2, latex=r"\sinh", known={0: 0}),
    Row("cosh", math.cosh, (lambda x: call("sinh", x),), r"\sinh(A) \odot \mathrm dA",
        lambda x: (x.exp() + (-x).exp()) / 2, latex=r"\cosh", known={0: 1}),
    Row("tanh", math.tanh, (lambda x: 1 - _square(call("tanh", x)),),
        r"(\mathbf 1 - \tanh(A)^{\odot 2}) \odot \mathrm dA",
        lambda x: 1 - 2 / ((2 * x).exp() + 1), latex=r"\tanh", known={0: 0}),
    Row("arcsinh", math.asinh, (lambda x: _one_over_root(1 + x * x),),
        r"(\mathrm dA) \oslash \sqrt{\mathbf 1 + A^{\odot 2}}",
        lambda x: (x + (1 + x * x).sqrt()).ln(), known={0: 0}),
    Row("arccosh", math.acosh, (lambda x: _one_over_root(x * x - 1),),
        r"(\mathrm dA) \oslash \sqrt{A^{\odot 2} - \mathbf 1}",
        lambda x: (x + (x * x - 1).sqrt()).ln(), known={1: 0}),
    Row("arctanh", math.atanh, (lambda x: divide(1, 1 - x * x),),
        r"(\mathrm dA) \oslash (\mathbf 1 - A^{\odot 2})",
        lambda x: ((1 + x) / (1 - x)).ln() / 2, known={0: 0}),
    Row("sigmoid", _sigmoid, (lambda x: call("sigmoid", x) * (1 - call("sigmoid", x)),),
        r"\sigma(A) \odot (\mathbf 1 - \sigma(A)) \odot \mathrm dA", lambda x: 1 / (1 + (-x).exp()),
        lambda x: 1 / (1 + np.exp(-x)), latex=r"\sigma", known={0: Fraction(1, 2)}),
    Row("softplus", _softplus, (lambda x: call("sigmoid", x),), r"\sigma(A) \odot \mathrm dA",
        lambda x: (1 + x.exp()).ln(), lambda x: np.logaddexp(0, x), kind="softplus"),
    Row("erf", math.erf, (lambda x: _exp(-x * x) * (2 / math.sqrt(math.pi)),),
        r"\frac{2}{\sqrt{\arccos(-1)}} \exp(-A^{\odot 2}) \odot \mathrm dA", decimals.erf,
        _each(math.erf), numpy="scipy.special.erf", known={0: 0}),
    Row("gammaln", math.lgamma, (lambda x: call("digamma", x),),
        r"\operatorname{digamma}(A) \odot \mathrm dA", decimals.log_gamma,
        _each(math.lgamma), numpy="scipy.special.gammaln", known={1: 0, 2: 0}),
    Row("digamma", _digamma, (lambda x: call("trigamma", x),),
        r"\operatorname{trigamma}(A) \odot \mathrm dA", decimals.digamma,
        _each(_digamma), numpy="scipy.special.digamma"),
    Row("trigamma", _trigamma, (_trigamma_slope,), "", decimals.trigamma, _each(_trigamma)),
    Row("abs", abs, (lambda x: 2 * _apart(x) - 1,),
        r"\operatorname{sign}(A) \odot \mathrm dA", kind="bend", rational=True),
    Row("sign", _sign, (_flat,), r"\mathbf 0 \odot \mathrm dA", kind="jump", rational=True),
    Row("heaviside", lambda x: int(x > 0), (_flat,), r"\mathbf 0 \odot \mathrm dA", kind="jump",
        floats=lambda x: 1.0 * (x > 0), rational=True),
    Row("maximum", max, (_apart, lambda a, b: _apart(b, a)), latex=r"\max", kind="larger",
        moves=r"\operatorname{heaviside}(A - B) \odot \mathrm dA"
        r" + (\mathbf 1 - \operatorname{heaviside}(A - B)) \odot \mathrm dB", rational=True),
    Row("minimum", min, (lambda a, b: _apart(b, a), _apart), latex=r"\min", kind="smaller",
        moves=r"\operatorname{heaviside}(B - A) \odot \mathrm dA"
        r" + (\mathbf 1 - \operatorname{heaviside}(B - A)) \odot \mathrm dB", rational=True),
    Row("where", lambda c, a, b: a if c else b,
        (lambda c, a, b: 0, lambda c, a, b: int(value(c) != 0), lambda c, a, b: int(value(c) == 0)),
        r"A \odot \mathrm dB + (\mathbf 1 - A) \odot \mathrm dC", kind="cases", rational=True),
    _compared("greater", lambda a, b: a > b),
    _compared("greater_equal", lambda a, b: a >= b),
    _compared("less", lambda a, b: a < b),
    _compared("less_equal", lambda a, b: a <= b),
    _compared("equal", lambda a, b: a == b),
    _compared("not_equal", lambda a, b: a != b),
)  # fmt: skip
TABLE = {row.op: row for row in ROWS}
ELEMENTWISE = tuple(TABLE)
ROUGH = {row.op for row in ROWS if not row.rational}  # these give floating point numbers
COMPARISONS = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=",
               "equal": "==", "not_equal": "!="}  # fmt: skip


def numpy_name(op: str) -> str:
    """Return what calls a function in NumPy text."""
    return TABLE[op].numpy or f"np.{op}"


def latex_name(op: str) -> str:
    r"""Return a function's name in LaTeX, such as ``\tan`` or ``\operatorname{erf}``."""
    return TABLE[op].latex or rf"\operatorname{{{op}}}"


def of_floats(op: str) -> Callable[..., Array]:
    """Return the function of arrays of floats."""
    return TABLE[op].floats or getattr(np, op)


def of_digits(op: str) -> Callable[..., Array]:
    """Return the function of arrays of `Decimal`."""
    row = TABLE[op]
    single = row.digits or (lambda *xs: Decimal(row.value(*xs)))
    return np.frompyfunc(single, len(row.slopes), 1)
