r"""wuv.derivation: the gradient of a loss, found step by step, with reasons; also a Jacobian, or a
Hessian.

>>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
>>> found.numpy
'2 * W.T @ (W @ u - v)'
>>> [step.words for step in found.steps][1:3]
['the slope of a square', 'the residual moves with u']

The modules: `forms` (formulas with shapes), `rules` (the table of rules), `crossing` (adjoints),
`term` and `sums` (products and sums in short), `simplify` (any formula in these), `engine` (the
rounds), `prepare` (the loss as it was typed), `habits` (what each letter is), `samples` (sums over
samples, in matrix form), `parts` (letters for what is met again), `writing` (of lines, with these),
`trials` (the judge), `routes` (by components, by Jacobians), `jacobian` (the matrix in front of a
change), `hessian`, `together` (all variables at once), `assumptions` (what is known of letters),
`confirming` (what is tried before it is kept), `record` (what is returned), `program` (value and
gradient, common parts once), `numeric` (that as a function), `listings` (that as code), `command`.
"""

from dataclasses import replace

from wuv.algebra import Expr
from wuv.algebra.names import Shapes
from wuv.algebra.tree import name
from wuv.derivation.assumptions import AMONG, ENTRIES, assumptions, conventions
from wuv.derivation.confirming import (
    CannotDerive,
    changes_of,
    confirm_symmetric,
    confirmed_numpy,
    derivation,
    refusals,
    steps_of,
    variable_of,
)
from wuv.derivation.engine import Line, lines, result
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
    assume: str | None = None,
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

    ``assume`` says what is known, as in "S symmetric; y one-hot; t in {0, 1}": it shortens the
    gradient, which then holds where that is so (`wuv.derivation.assumptions`). Of a symmetric
    variable both conventions are shown.

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
        assumed = assumptions(assume, given)
    with refusals("no rule leads to this gradient"):
        if order == 2 or given.shape:
            if route != "differential":
                raise CannotDerive("there is one route to this: differential")
            if assumed.kinds:
                raise CannotDerive("what is assumed shortens gradients of losses, and nothing else")
            found = hessian(given, x) if order == 2 else of_array(given, x)
            return replace(found, sizes=sizes)
        judges = trials(given.read, given.shapes, x.data, given.book, assumed=assumed)
        if route == "differential":
            rows = lines(given.book, x, given.named)
        else:
            if route not in ROUTES:
                raise CannotDerive(
                    f"{route!r} is not a route; there are differential, components and jacobian"
                )
            rows = ROUTES[route](given.book, x, given.letter)
        return replace(_record(given, x, rows, judges, assumed), sizes=sizes)


def _record(given, x, rows, judges, assumed):
    """Return the derivation of a gradient, every line of it confirmed."""
    gradient, loss = result(rows, x), name(given.letter)
    left, shape = Expr("gradient", (loss, x)), given.shapes[x.data]
    last = assumed.shortened(gradient) if assumed.kinds else gradient
    entries = None
    if assumed.has(x, "symmetric"):
        last, entries = conventions(last, assumed)
    written = Written(given, [last], changes_of(rows), x)
    steps = steps_of(given, written, rows, judges)
    why = f"the gradient is what is paired with d`{x.data}`"
    why = rows[-1].reason if rows and rows[-1].left is not None else why
    if last != gradient:
        steps += written.new_letters(gradient)
        steps.append(written.step(left, Line(gradient, ("gradient",), why)))
        why = f"assuming {assumed}"
    if entries is None:
        numpy = confirmed_numpy(last, shape, written, judges)
        found = derivation(
            given, x, written, steps, Result(f"grad_{x.data}", last, shape, left), numpy, why
        )
    else:
        numpy, other = written.code(last, shape), written.code(entries, shape)
        confirm_symmetric(given, numpy, other, judges)
        slopes = Line(entries, ("convention",), ENTRIES)
        steps.append(written.step(Expr("partial", (loss, x), shape=x.shape), slopes))
        found = derivation(
            given, x, written, steps, Result(f"grad_{x.data}", last, shape, left), numpy, AMONG
        )
        found = replace(found, conventions={"independent entries": other})
    if not assumed.kinds:
        return found
    return replace(found, read_as=f"{found.read_as} Assumed: {assumed}.")
