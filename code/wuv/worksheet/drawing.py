"""Numbers drawn from a sheet's code: by a hash, so that they are the same everywhere and always.

>>> draw = Draw("GU1-123456")
>>> draw.integers("x", (2, 2), 3).tolist() == Draw("GU1-123456").integers("x", (2, 2), 3).tolist()
True
>>> W, u, v = draw.problem(3, 2)
>>> bool((W @ u - v).all())
True
"""

from hashlib import sha256
from itertools import count

import numpy as np

from wuv.model import gradients, loss
from wuv.problems import Problem

LARGEST_ENTRY = 60  # of a gradient, so that it can be found by hand
LARGEST_LOSS = 150


class Draw:
    """A source of numbers: the same ``seed`` gives the same ones, in whatever order they are asked.

    Each number has a name, what it is for; another name is another number.
    """

    def __init__(self, seed):
        self.seed = seed

    def integer(self, name, below):
        """Return a whole number from 0 to ``below`` − 1."""
        digest = sha256(f"wuv|{self.seed}|{name}".encode()).digest()
        return int.from_bytes(digest[:16]) % below

    def one(self, name, options):
        """Return one of the options."""
        return options[self.integer(name, len(options))]

    def shuffled(self, name, things):
        """Return the things in another order, as a tuple."""
        order = sorted(range(len(things)), key=lambda k: self.integer(f"{name}|{k}", 2**64))
        return tuple(things[k] for k in order)

    def integers(self, name, shape, largest, zero=True):
        """Return an array of whole numbers between ± ``largest``; without zeros if ``zero`` is
        false."""
        numbers = [x for x in range(-largest, largest + 1) if x or zero]
        entries = [self.one(f"{name}|{k}", numbers) for k in range(int(np.prod(shape)))]
        return np.array(entries).reshape(shape)

    def first(self, name, make, fits):
        """Return the first of make(name 0), make(name 1), … that fits."""
        return next(x for x in (make(f"{name}|{k}") for k in count()) if fits(x))

    def array(self, name, shape, largest, fits, zero=True):
        """Return the first array, drawn as by `integers`, that fits."""
        return self.first(name, lambda k: self.integers(k, shape, largest, zero), fits)

    def arrays(self, name, fits, nonzero="", **sizes):
        """Return the first arrays for which ``fits(*arrays)`` is true, of these ``sizes``, {letter:
        (rows, columns, largest)}; those of the letters in ``nonzero`` have no zeros."""

        def make(k):
            return [
                self.integers(f"{k}|{letter}", shape, largest, letter not in nonzero)
                for letter, (*shape, largest) in sizes.items()
            ]

        return self.first(name, make, lambda arrays: fits(*arrays))

    def problem(self, m, n, largest=3, name="problem", fits=lambda problem: True):
        """Return a `wuv.problems.Problem` for work by hand, which hides no mistake.

        W has full rank and no row or column of zeros, v is not zero, nothing in u, r and the
        gradients is, and if W is square it is not symmetric and r is no multiple of u.
        """
        sizes = {"W": (m, n, largest), "u": (n, 1, 2), "v": (m, 1, largest)}
        return Problem(
            *self.arrays(name, lambda *x: good(*x) and fits(Problem(*x)), nonzero="u", **sizes)
        )


def across(W):
    """Return a short column of whole numbers that is orthogonal to both columns of W, 3×2."""
    normal = np.cross(W[:, 0], W[:, 1]).reshape(-1, 1)
    return normal // np.gcd.reduce(normal.ravel())


def good(W, u, v):
    """Return whether these numbers hide no mistake, and are small enough for work by hand."""
    m, n = W.shape
    r, g = W @ u - v, gradients(W, u, v)
    if not (W.any(axis=1).all() and W.any(axis=0).all() and r.all() and u.all() and v.any()):
        return False
    if np.linalg.matrix_rank(W) < min(m, n) or not (g.u.all() and g.v.all() and g.W.all()):
        return False
    if loss(W, u, v) > LARGEST_LOSS or max(abs(x).max() for x in g) > LARGEST_ENTRY:
        return False
    if (abs(W) > 1).sum() < m * n // 3 or len({*map(int, abs(r).flat)}) == 1:
        return False
    if m == n:
        parallel = not (r @ u.T - u @ r.T).any()
        return not parallel and bool((W @ r != W.T @ r).any())
    return True
