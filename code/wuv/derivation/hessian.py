r"""The second derivative of a loss: how its gradient moves.

>>> from wuv import derive
>>> print(derive("np.linalg.norm(W @ u - v)**2", "u", order=2))
L        = ‖Wu − v‖²     the loss  [a number]
∇_u L    = 2Wᵀ(Wu − v)   the gradient  [n×1]
d(∇_u L) = 2Wᵀ(W du)     only u moves  [n×1]
         = 2WᵀW du       collected  [n×1]
∇_u² L   = 2WᵀW          the Jacobian of the gradient  [n×n]
<BLANKLINE>
numpy: 2 * W.T @ W

In a column it is a matrix, in a matrix X the change of the gradient, linear in dX. Its judge is the
loss itself, computed with numbers that carry a slope which carries a slope.
"""

from wuv.algebra import Expr
from wuv.algebra.tree import name
from wuv.derivation.confirming import (
    changes_of,
    confirmed_numpy,
    derivation,
    first_step,
    steps_of,
)
from wuv.derivation.engine import Line, change_lines, lines, result
from wuv.derivation.jacobian import REASONS, linear
from wuv.derivation.program import Result
from wuv.derivation.trials import trials
from wuv.derivation.writing import Written


def hessian(given, x):
    """Return the derivation of how the gradient of a loss moves."""
    rows = lines(given.book, x, given.named)
    gradient, loss = result(rows, x), name(given.letter)
    slope = Expr("gradient", (loss, x), shape=x.shape)
    moves = Expr("gradient", (given.read, name(x.data)))
    judges = trials(given.read, given.shapes, x.data, given.book, moves)
    shape = given.shapes[x.data]
    more = change_lines(gradient, x)
    kind, formula = linear(gradient, more, x)
    left = Expr("differential", (slope,)) if kind == "change" else Expr("hessian", (loss, x))
    square = (x.shape[0],) * 2 if kind == "Jacobian" else shape
    kind = kind if kind == "change" else "Hessian"
    written = Written(given, [formula], [gradient, *changes_of(more)], x)
    numpy = confirmed_numpy(formula, square, written, judges, kind)
    key = "change" if kind == "change" else f"hessian_{x.data}"
    line = Line(gradient, ("gradient",), "the gradient")
    steps = [first_step(given, written), *written.new_letters(gradient), written.step(slope, line)]
    steps += steps_of(given, written, more, judges, slope)[1:]
    also = (Result(f"grad_{x.data}", gradient, shape, slope),)
    why = REASONS["Hessian" if kind == "Hessian" else "change"].format(x.data)
    found = Result(key, formula, square, left)
    return derivation(given, x, written, steps, found, numpy, why, kind, also)
