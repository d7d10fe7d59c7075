r"""Numbers as they are written: in the book's LaTeX, and in the steps of a worked line.

>>> array([[1], [-2]])
'\\begin{pmatrix} 1 \\\\ -2 \\end{pmatrix}'
>>> dot([1, -2], [3, 4])
'1 \\cdot 3 + (-2) \\cdot 4 = -5'
"""

from decimal import Decimal, Inexact, localcontext
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
    return " + ".join(terms).replace("+ -", "- ")


def dot(a, b):
    """Return an inner product, written out, with its value."""
    a, b = (np.asarray(x, dtype=object).ravel() for x in (a, b))
    left = [number(a[0]), *map(factor, a[1:])]
    terms = [rf"{x} \cdot {factor(y)}" for x, y in zip(left, b, strict=True)]
    return f"{' + '.join(terms)} = {number(a @ b)}"


def squares(a):
    """Return a squared length, written out, with its value."""
    a = list(np.asarray(a, dtype=object).flat)
    return f"{' + '.join(f'{factor(x)}^2' for x in a)} = {number(sum(x * x for x in a))}"


def rows_meet(W, u, *said):
    """Return the entries of Wu, written out; ``said`` are the names of W and u, to begin with."""
    entries = ", ".join(f"${dot(row, u)}$" for row in W)
    return "rows of ${}$ meet ${}$: ".format(*said) + entries if said else entries


def columns_meet(W, a, *said):
    """Return the entries of Wᵀa, written out; ``said`` are the names of W and a, to begin with."""
    return rows_meet(W.T, a, *said).replace("rows", "columns", 1)


def outer(a, b, name):
    """Return the worked line of an outer product: each row a multiple of b."""
    rows = ", ".join(rf"${number(x)} \cdot {column(b)}$" for x in a.flat)
    return f"the rows of ${name}$: {rows}"


def unit(n, k):
    """Return the column with n entries, a 1 in place k (from 0) and zeros."""
    return np.eye(n, dtype=int)[:, [k]]


def decimal(x):
    """Return a number as decimal text, exactly: "0.25".

    Raises ``ValueError`` for one whose decimals never end.
    """
    x = Fraction(x)
    try:
        with localcontext(traps=[Inexact]):
            return format(Decimal(int(x.numerator)) / int(x.denominator), "f")
    except Inexact:
        raise ValueError(f"{x} has no end as a decimal number") from None
