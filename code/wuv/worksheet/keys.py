"""What a key says is computed twice, and both ways agree; where they don't, no sheet is made.

>>> agreed(4, 2 * 2)
4
"""

import numpy as np

from wuv.difference import central_difference
from wuv.model import grad_u, grad_v, grad_W, loss
from wuv.worksheet.sheet_code import WorksheetError

GRADIENTS = {"u": grad_u, "v": grad_v, "W": grad_W}


class WrongKey(WorksheetError):
    """Two ways to the same answer disagree: a mistake in this package, and no sheet is made."""


def agreed(value, *others):
    """Return a value that other computations arrive at, too.

    Raises `WrongKey` where one does not, and where nothing is compared.
    """
    if not others:
        raise WrongKey("an answer needs a second computation that agrees")
    for other in others:
        if np.shape(value) != np.shape(other) or not np.all(
            np.asarray(value, dtype=object) == np.asarray(other, dtype=object)
        ):
            raise WrongKey(f"{value!r} and {other!r} were to agree")
    return value


def slopes(gradient, f, x):
    """Return the gradient of f at x, which must be the exact difference with step 1."""
    return agreed(gradient, central_difference(f, x, step=1))


def gradient(W, u, v, wrt):
    """Return the gradient of the book's loss in ``wrt``, which is the exact difference, too."""
    point = {"W": W, "u": u, "v": v}
    return slopes(GRADIENTS[wrt](W, u, v), lambda x: loss(**point | {wrt: x}), point[wrt])
