r"""wuv.derivation: the gradient of a loss, found step by step, with reasons.

>>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
>>> found.numpy
'2 * W.T @ (W @ u - v)'
>>> [step.words for step in found.steps][1:3]
['the slope of a square', 'the residual moves with u']

The modules: `forms` (formulas with shapes), `rules` (the table of rules), `crossing` (adjoints),
`simplify` (fewer factors), `engine` (the rounds), `prepare` (the loss as it was typed), `habits`
(what each letter is), `samples` (sums over samples, in matrix form), `parts` (letters for what is
met again), `writing` (of lines, with these), `trials` (the judge), `routes` (by components, by
Jacobians), `record` (what is returned), `program` (value and gradient, common parts once),
`numeric` (that as a function), `listings` (that as code), `command`.
"""

from dataclasses import replace

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    shape_text,
    to_numpy,
)
from wuv.algebra.language import read_text
from wuv.algebra.names import Shapes
from wuv.algebra.tree import is_number, name
from wuv.derivation.engine import Line, NoRule, lines, result
from wuv.derivation.prepare import read_loss, variable
from wuv.derivation.record import Derivation, Step
from wuv.derivation.routes import ROUTES
from wuv.derivation.trials import trials
from wuv.derivation.writing import Written

__all__ = ["CannotDerive", "Derivation", "Step", "derive"]


class CannotDerive(AlgebraError):
    """A loss whose gradient cannot be found here, or not be confirmed: no formula is returned."""


def derive(
    loss: str,
    wrt: str,
    shapes: Shapes = None,
    *,
    route: str = "differential",
    language: str | None = None,
) -> Derivation:
    """Return the `Derivation` of the gradient of a loss with respect to ``wrt``, one of its names.

    ``loss`` is NumPy text, LaTeX, or a formula as people type it (``||Wu - v||^2``); its signs tell
    which, or ``language`` says it ("numpy", "latex"). ``shapes`` declares names: ``"A:m,n; x:n,1;
    w:n; t:"`` (see `wuv.algebra.declare`); without it capitals are matrices, lower-case letters
    columns, and Greek letters numbers. ``route`` is "differential", "components" or "jacobian"; the
    last two are for sums of squares of a residual such as Wu − v.

    Every line is evaluated at random points before it is kept, and so is the NumPy text of the
    gradient. Raises a `wuv.algebra.AlgebraError` with one line to read: `wuv.algebra.Unreadable`
    for a loss that cannot be read, `wuv.algebra.Misfit` where its sizes clash, `CannotDerive` where
    there is no rule.
    """
    if not isinstance(wrt, str):
        raise TypeError(f"wrt is the name of a variable, not {type(wrt).__name__}")
    try:
        given = read_loss(loss, shapes, language, wrt)
        x = _variable(wrt, given)
    except (RecursionError, MemoryError):
        raise CannotDerive("this loss is nested too deeply") from None
    try:
        judges = trials(given.read, given.shapes, x.data, given.book)
        if route == "differential":
            rows = lines(given.book, x, given.named.values())
        else:
            if route not in ROUTES:
                raise CannotDerive(
                    f"{route!r} is not a route; there are differential, components and jacobian"
                )
            rows = ROUTES[route](given.book, x, given.letter)
        return _record(given, x, rows, judges)
    except NoRule as error:
        raise CannotDerive(str(error)) from None
    except (RecursionError, MemoryError):
        raise CannotDerive("this loss is nested too deeply") from None
    except (KeyError, IndexError, TypeError, ValueError, StopIteration, ArithmeticError) as error:
        if isinstance(error, AlgebraError):
            raise
        raise CannotDerive(f"no rule leads to this gradient ({type(error).__name__})") from None


def _variable(wrt, given):
    """Return the node of the variable."""
    wrt = variable(wrt, given)
    shape = given.shapes[wrt]
    column = (*shape, 1) if len(shape) == 1 else shape
    return name(wrt).with_(shape=() if column == (1, 1) else column)


def _record(given, x, rows, judges):
    """Return the derivation, every line of it confirmed."""
    gradient = result(rows, x)
    written = Written(given, gradient, [x.formula for x in rows if x.left is None], x)
    numpy = _confirmed_numpy(gradient, written, judges)
    loss = name(given.letter)
    first = written.step(loss, Line(given.book, ("loss",), "the loss"))
    steps = [first if given.is_latex else replace(first, write_numpy=lambda: to_numpy(given.read))]
    steps += written.new_letters(given.book)
    for line in rows:
        if line.left is not None and line is rows[-1]:
            continue  # it is the last step
        if _confirmed(line, given.letter, given, judges):
            step = written.step(line.left or Expr("differential", (loss,)), line, moves=True)
            if (step.left, step.formula) != (steps[-1].left, steps[-1].formula):
                steps.append(step)
            steps += written.new_letters(line.formula)
    why = f"the gradient is what stands against d`{x.data}`"
    why = rows[-1].reason if rows and rows[-1].left is not None else why
    steps += written.new_letters(gradient)
    last = written.step(Expr("gradient", (loss, x)), Line(gradient, ("gradient",), why))
    last_line = numpy.splitlines()[-1]
    last = replace(last, shapes=shape_text(given.shapes[x.data]), write_numpy=lambda: last_line)
    read_as = f"Read as {given.read_as}."
    if gradient.op == "zeros" or is_number(gradient, 0):
        read_as += f" It stays the same whatever {x.data} is: the gradient is 0."
    return Derivation(
        given.text,
        x.data,
        given.book,
        gradient,
        numpy,
        last.latex + written.where(gradient),
        given.shapes[x.data],
        given.shapes,
        (*steps, last),
        read_as,
        given.named,
    )


def _confirmed_numpy(gradient, written, judges):
    """Return the gradient's NumPy text, which computes what the loss's own slopes say."""
    text = written.code(gradient)
    again, confirmed = read_text(text, written.given.shapes, language="numpy").tree, 0
    for judge in judges:
        try:
            right = judge.is_gradient(again)
        except CannotEvaluate:
            continue
        if not right:
            raise CannotDerive(
                "the gradient that was found is not confirmed by the loss; nothing is returned"
            )
        confirmed += 1
    if not confirmed:
        raise CannotDerive("the gradient that was found could be tried at no point")
    return text


def _confirmed(line, letter, given, judges):
    """Return whether a line holds; False where it can't be tried, and an error where it fails."""
    tried = 0
    for judge in judges[:2]:
        try:
            right = judge.holds(line, letter, given.read)
        except AlgebraError:
            continue
        if not right:
            raise CannotDerive(
                "a line of this derivation is not confirmed by the loss; nothing is returned"
            )
        tried += 1
    return tried > 0
