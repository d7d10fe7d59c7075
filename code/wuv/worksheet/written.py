r"""Numbers as they are written: in the book's LaTeX, and in the steps of a worked line.

>>> array([[1], [-2]])
'\\begin{pmatrix} 1 \\\\ -2 \\end{pmatrix}'
>>> dot([1, -2], [3, 4])
'1 \\cdot 3 + (-2) \\cdot 4 = -5'
"""

from fractions import Fraction

import numpy as np


def number(x):
    """Return a whole number or a fraction in LaTeX."""
    x = Fraction(x)
    if x.denominator == 1:
        return str(x.numerator)
    sign = "-" if x < 0 else ""
    return rf"{sign}\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"


def factor(x):
    """Return a number as a factor: a negative one in brackets."""
    return f"({number(x)})" if x < 0 else number(x)


def array(value):
    """Return a number, a column or a matrix in LaTeX."""
    if np.ndim(value) == 0:
        return number(value)
    rows = (" & ".join(number(x) for x in row) for row in np.asarray(value, dtype=object))
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def column(value):
    """Return a column as it stands in a line: (1, 2)."""
    return "(" + ", ".join(number(x) for x in np.asarray(value, dtype=object).flat) + ")"


def total(terms):
    """Return a sum of LaTeX terms; one that begins with a minus is subtracted."""
    text = terms[0]
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text


def dot(a, b):
    """Return an inner product, written out, with its value."""
    a, b = (list(np.asarray(x, dtype=object).flat) for x in (a, b))
    terms = [rf"{number(a[0]) if not k else factor(x)} \cdot {factor(y)}"
             for k, (x, y) in enumerate(zip(a, b, strict=True))]  # fmt: skip
    return f"{' + '.join(terms)} = {number(sum(x * y for x, y in zip(a, b, strict=True)))}"


def squares(a):
    """Return a squared length, written out, with its value."""
    a = list(np.asarray(a, dtype=object).flat)
    return f"{' + '.join(f'{factor(x)}^2' for x in a)} = {number(sum(x * x for x in a))}"


def decimal(x):
    """Return a number as decimal text, exactly: "0.25".

    Raises ``ValueError`` for one whose decimals never end.
    """
    x = Fraction(x)
    if x.denominator == 1:
        return str(x.numerator)
    rest = x.denominator
    for p in (2, 5):
        while rest % p == 0:
            rest //= p
    if rest != 1:
        raise ValueError(f"{x} has no end as a decimal number")
    return format(float(x), "f").rstrip("0")
