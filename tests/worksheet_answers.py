"""Every answer of every worksheet once more, from the numbers that are printed on the paper.

Nothing of `wuv` is used: a student's numbers go in, as read from the PDF, and the answers come out
in the order of the sheet, as written here by hand with fractions. `read_paper` reads a PDF.
"""

import re
from fractions import Fraction

import numpy as np
import pypdfium2

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
LETTERS = {chr(0x1D434 + k): chr(65 + k) for k in range(26)}
LETTERS |= {chr(0x1D44E + k): chr(97 + k) for k in range(26)} | {"−": "-", "∗": "*"}
NAME = re.compile(r"([A-Za-z])\s*(\*|[12](?=\s*=))?\s*=")
TUPLE = re.compile(r"\((-?\d+(?:,-?\d+)+)\)")


def pages_of(pdf):
    """The text of each page of a PDF."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def text_of(pdf):
    """The text of a PDF, its mathematical letters as plain ones."""
    text = "\n".join(pages_of(pdf)).replace("\r\n", "\n")
    return "".join(LETTERS.get(x, x) for x in text)


def read_paper(pdf, shapes):
    """(numbers, tuples): the panel of numbers as arrays of these shapes, {name: shape}, in the
    order of the sheet, and the tuples that stand in the questions."""
    text = text_of(pdf)
    panel = re.search(r"Your numbers(.*?)\n1\.\s", text, re.DOTALL)[1]
    parts = NAME.split(panel)
    values = [[int(x) for x in re.findall(r"-?\d+", part)] for part in parts[3::3]]
    assert len(values) == len(shapes), (panel, shapes)
    # a matrix is printed column by column
    found = {
        name: np.array(value).reshape(shape[::-1]).T
        for (name, shape), value in zip(shapes.items(), values, strict=True)
    }
    tuples = TUPLE.findall(re.sub(r"\s", "", text.split("\n1. ", 1)[1]))
    return found, [np.array([[int(x)] for x in t.split(",")]) for t in tuples]


def square(a):
    return (a * a).sum()


def halves(f, x, k):
    """f one step up, one step down, and half the difference."""
    e = np.eye(len(x), dtype=int)[:, [k]]
    return f(x + e), f(x - e), Fraction(int(f(x + e) - f(x - e)), 2)


def shapes_1(t, W, u, r):
    inner = (r * (W @ u)).sum()
    return W @ u, W.T @ r, inner, inner, r @ u.T


def shapes_2(t, W, u, r, A, B):
    inner = (r * (W @ u)).sum()
    return r @ u.T, inner, inner, A @ B, (A @ B).T, A.T @ B.T


def chain_rule_1(t, W, B, x, v):
    dx, u = t[0], B @ x
    r = W @ u - v
    at_u = 2 * W.T @ r
    at_x = B.T @ at_u
    slopes = halves(lambda x: square(W @ B @ x - v), x, 0)
    du = B @ dx
    return u, r, square(r), at_u, at_x, du, W @ du, (at_x * dx).sum(), *slopes


def chain_rule_2(t, A, x):
    def f(x):
        return (x.T @ A @ x).item()

    s = A @ x - x
    I = np.eye(2, dtype=int)  # noqa: E741
    g = (A + A.T) @ x
    return A @ x, f(x), g, 2 * A @ x, *halves(f, x, 0), s, 2 * (A - I).T @ s


def gradient_v_1(t, W, u, v):
    r = W @ u - v
    slopes = halves(lambda v: square(W @ u - v), v, 0)
    return r, square(r), -2 * r, *slopes, v + HALF * r, QUARTER * square(r)


def gradient_v_2(t, W, u, S, v):
    r = W @ u - S @ v
    slopes = halves(lambda v: square(W @ u - S @ v), v, 1)
    return r, square(r), -2 * S.T @ r, -2 * S @ r, *slopes


def gradient_u_1(t, W, u, v):
    r = W @ u - v
    return r, square(r), 2 * W.T @ r, *halves(lambda u: square(W @ u - v), u, 0)


def gradient_u_2(t, W, u, v):
    r = W @ u - v
    return r, square(r), 2 * W.T @ r, 2 * W @ r, *halves(lambda u: square(W @ u - v), u, 0)


def entry(W, u, v):
    """L with W₁₂ one up, one down, and half the difference."""
    E = np.zeros_like(W)
    E[0, 1] = 1
    up, down = square((W + E) @ u - v), square((W - E) @ u - v)
    return up, down, Fraction(int(up - down), 2)


def gradient_W_1(t, W, u, v):
    r = W @ u - v
    return r, square(r), 2 * r @ u.T, *entry(W, u, v)


def gradient_W_2(t, W, u, v):
    r = W @ u - v
    new = W - Fraction(1, int(square(u))) * (r @ u.T)
    return r, square(r), 2 * r @ u.T, 2 * u @ r.T, *entry(W, u, v), new, 0


def finite_differences_1(t, W, u, v):
    def L(a, b):
        return square(W @ (u + np.array([[a], [b]])) - v)

    r = W @ u - v
    four = L(1, 0), L(-1, 0), L(0, 1), L(0, -1)
    central = np.array(
        [[Fraction(int(four[0] - four[1]), 2)], [Fraction(int(four[2] - four[3]), 2)]]
    )
    forward = np.array([[four[0] - L(0, 0)], [four[2] - L(0, 0)]])
    bends = np.array([[square(W[:, 0])], [square(W[:, 1])]])
    return r, square(r), *four, central, forward, 2 * W.T @ r, bends


def finite_differences_2(t, W, u, v, d):
    r = W @ u - v
    up, down = square(W @ (u + 2 * d) - v), square(W @ (u - 2 * d) - v)
    slope, g = Fraction(int(up - down), 4), 2 * W.T @ r
    first, second, s = t[-3:]
    S = np.hstack([first, second])  # symmetric: its rows are its columns
    return r, square(r), up, down, slope, g, (g * d).sum(), 2 * S @ s, 2 * S.T @ s


def descent_1(t, W, u, v):
    r = W @ u - v
    g = 2 * W.T @ r
    new_W = W - Fraction(1, int(square(u))) * (r @ u.T)
    new_u = u - Fraction(1, 20) * g
    return r, square(r), v + HALF * r, QUARTER * square(r), new_W, 0, g, new_u


def descent_2(t, W, v, u, best):
    r, g = W @ u - v, 2 * W.T @ (W @ u - v)
    squares = [int(square(W[:, 0])), int(square(W[:, 1]))]
    limit = Fraction(1, max(squares))
    factors = np.array([[1 - limit * x] for x in squares])
    rest = W @ best - v
    return W.T @ W, rest, 0 * best, limit, limit / 2, factors, r, g, u - limit / 2 * g


def curvature_1(t, W, u, v, d):
    r = W @ u - v
    H, g = 2 * W.T @ W, 2 * W.T @ r
    far = square(W @ (u + d) - v)
    return r, square(r), H, g, H @ d, g + H @ d, (g * d).sum(), square(W @ d), far


def curvature_2(t, W, v, u):
    (a, b), (_, c) = (W.T @ W).tolist()
    p, q = (W.T @ v).ravel().tolist()
    det = a * c - b * b
    best = np.array([[Fraction(p * c - b * q, det)], [Fraction(a * q - b * p, det)]])
    rest, g = W @ best - v, 2 * W.T @ (W @ u - v)
    return W.T @ W, W.T @ v, best, rest, 0 * best, square(rest), g, g


def sgd_1(t, W, u, v, x, y):
    r, s = W @ u - v, W @ x - y
    first, second = 2 * r @ u.T, 2 * s @ x.T
    a, b, c = next(z for z in t if len(z) == 3).ravel().tolist()
    means = Fraction(a), Fraction(a + b, 2), Fraction(a + b + c, 3)
    return r, s, first, second, HALF * (first + second), W - QUARTER * first, *means


def sgd_2(t, W, u, v):
    r = W @ u - v
    new_W = W - HALF * (r @ u.T)
    new_u, new_v = u - HALF * (W.T @ r), v + HALF * r
    wrong = u - HALF * (new_W.T @ r)
    return r, square(r), 2 * r @ u.T, 2 * W.T @ r, -2 * r, new_W, new_u, new_v, wrong


def backpropagation_1(t, W, u, v, s):
    z = W @ u - v
    slopes = halves(lambda u: (s * (W @ u - v)).sum(), u, 0)
    return z, W.T @ s, s @ u.T, -s, (s * z).sum(), *slopes


def backpropagation_2(t, W, u, B, c):
    def L(u):
        return square(B @ np.maximum(W @ u, 0) - c)

    z = W @ u
    x = np.maximum(z, 0)
    y = B @ x - c
    at_x = 2 * B.T @ y
    at_z = np.where(z > 0, at_x, 0)
    down = at_x, at_z, W.T @ at_z, at_z @ u.T, 2 * y @ x.T
    return z, x, y, square(y), *down, *halves(L, u, 0)
