r"""wuv.derivation: the gradient of a loss, found step by step, with reasons; also a Jacobian, or a
Hessian.

>>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
>>> found.numpy
'2 * W.T @ (W @ u - v)'
>>> [step.words for step in found.steps][1:3]
['the slope of a square', 'the residual moves with u']

The modules: `forms` (formulas with shapes), `rules` (the table of rules), `crossing` (adjoints),
`simplify` (fewer factors), `engine` (the rounds), `prepare` (the loss as it was typed), `habits`
(what each letter is), `samples` (sums over samples, in matrix form), `parts` (letters for what is
met again), `writing` (of lines, with these), `trials` (the judge), `routes` (by components, by
Jacobians), `jacobian` (the matrix in front of a change), `hessian`, `together` (all variables at
once), `confirming` (what is tried before it is kept), `record` (what is returned), `program` (value
and gradient, common parts once), `numeric` (that as a function), `listings` (that as code),
`command`.
"""

from dataclasses import replace

from wuv.algebra import Expr
from wuv.algebra.names import Shapes
from wuv.algebra.tree import name
from wuv.derivation.confirming import (
    CannotDerive,
    changes_of,
    confirmed_numpy,
    derivation,
    refusals,
    steps_of,
    variable_of,
)
from wuv.derivation.engine import lines, result
from wuv.derivation.hessian import hessian
from wuv.derivation.jacobian import of_array
from wuv.derivation.prepare import read_loss
from wuv.derivation.program import Result
from wuv.derivation.record import Derivation, Derivations, Step
from wuv.derivation.routes import ROUTES
from wuv.derivation.together import derive_all
from wuv.derivation.trials import trials
from wuv.derivation.writing import Written

__all__ = ["CannotDerive", "Derivation", "Derivations", "Step", "derive", "derive_all"]


def derive(
    loss: str,
    wrt: str,
    shapes: Shapes = None,
    *,
    order: int = 1,
    route: str = "differential",
    language: str | None = None,
    sizes: bool = False,
) -> Derivation:
    """Return the `Derivation` of the gradient of a loss with respect to ``wrt``, one of its names.

    ``loss`` is NumPy text, LaTeX, or a formula as people type it (``||Wu - v||^2``); its signs tell
    which, or ``language`` says it ("numpy", "latex"). ``shapes`` declares names: ``"A:m,n; x:n,1;
    w:n; t:"`` (see `wuv.algebra.declare`); without it capitals are matrices, lower-case letters
    columns, and Greek letters numbers. ``route`` is "differential", "components" or "jacobian"; the
    last two are for sums of squares of a residual such as Wu − v. With ``sizes`` each factor has
    its size below it where the derivation is shown.

    Of a column such as tanh(Wx + b) it is the Jacobian, a matrix with df = J dx: row i has the
    slopes of the i-th entry (numerator layout). Of an array in a number it is the derivative, an
    array of the same shape. In all other cases, such as a matrix that depends on one, it is the
    change dF, a formula that is linear in dX. With ``order`` 2 it is the Hessian of a loss: a
    matrix for a column, and for a matrix the change of the gradient.

    Every line is evaluated at random points before it is kept, and so is the NumPy text of the
    gradient. Raises a `wuv.algebra.AlgebraError` with one line to read: `wuv.algebra.Unreadable`
    for a loss that cannot be read, `wuv.algebra.Misfit` where its sizes clash, `CannotDerive` where
    there is no rule.
    """
    if not isinstance(wrt, str):
        raise TypeError(f"wrt is the name of a variable, not {type(wrt).__name__}")
    if order not in (1, 2):
        raise ValueError(f"order is {order!r}; it is 1, or 2 for a Hessian")
    with refusals():
        given = read_loss(loss, shapes, language, wrt, arrays=order == 1)
        x = variable_of(wrt, given)
    with refusals("no rule leads to this gradient"):
        if order == 2 or given.shape:
            if route != "differential":
                raise CannotDerive("there is one route to this: differential")
            found = hessian(given, x) if order == 2 else of_array(given, x)
            return replace(found, sizes=sizes)
        judges = trials(given.read, given.shapes, x.data, given.book)
        if route == "differential":
            rows = lines(given.book, x, given.named)
        else:
            if route not in ROUTES:
                raise CannotDerive(
                    f"{route!r} is not a route; there are differential, components and jacobian"
                )
            rows = ROUTES[route](given.book, x, given.letter)
        return replace(_record(given, x, rows, judges), sizes=sizes)


def _record(given, x, rows, judges):
    """Return the derivation of a gradient, every line of it confirmed."""
    gradient = result(rows, x)
    written = Written(given, [gradient], changes_of(rows), x)
    numpy = confirmed_numpy(gradient, given.shapes[x.data], written, judges)
    loss = name(given.letter)
    steps = steps_of(given, written, rows, judges)
    why = f"the gradient is what stands against d`{x.data}`"
    why = rows[-1].reason if rows and rows[-1].left is not None else why
    found = Result(f"grad_{x.data}", gradient, given.shapes[x.data], Expr("gradient", (loss, x)))
    return derivation(given, x, written, steps, found, numpy, why)
