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
Jacobians), `jacobian` (the matrix in front of a change), `record` (what is returned), `program`
(value and gradient, common parts once), `numeric` (that as a function), `listings` (that as code),
`command`.
"""

from contextlib import contextmanager
from dataclasses import replace

from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    shape_text,
    to_numpy,
)
from wuv.algebra import replace as replaced
from wuv.algebra.language import read_text
from wuv.algebra.names import Shapes
from wuv.algebra.tree import is_number, name
from wuv.derivation.engine import Line, NoRule, change_lines, lines, result
from wuv.derivation.forms import differential
from wuv.derivation.jacobian import REASONS, linear
from wuv.derivation.prepare import read_loss, variable
from wuv.derivation.program import Result
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
    with _refusals():
        given = read_loss(loss, shapes, language, wrt, arrays=order == 1)
        x = _variable(wrt, given)
    with _refusals("no rule leads to this gradient"):
        if order == 2 or given.shape:
            if route != "differential":
                raise CannotDerive("there is one route to this: differential")
            found = _hessian(given, x) if order == 2 else _of_array(given, x)
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


@contextmanager
def _refusals(other=None):
    """Tell errors as refusals; what no one foresaw as the ``other`` one."""
    try:
        yield
    except NoRule as error:
        raise CannotDerive(str(error)) from None
    except (RecursionError, MemoryError):
        raise CannotDerive("this loss is nested too deeply") from None
    except (KeyError, IndexError, TypeError, ValueError, StopIteration, ArithmeticError) as error:
        if isinstance(error, AlgebraError) or other is None:
            raise
        raise CannotDerive(f"{other} ({type(error).__name__})") from None


def _of_array(given, x):
    """Return the derivation of how an array moves: its Jacobian, its derivative or its change."""
    judges = trials(given.read, given.shapes, x.data, given.book)
    rows = change_lines(given.book, x)
    f = name(given.letter).with_(shape=given.book.shape)
    kind, formula = linear(given.book, rows, x)
    left = Expr("differential", (f,)) if kind == "change" else Expr("partial", (f, x))
    shape = (given.book.shape[0], x.shape[0]) if kind == "Jacobian" else given.shape
    key = "change" if kind == "change" else f"{kind.lower()}_{x.data}"
    found = Result(key, formula, shape, left)
    written = Written(given, formula, _changes(rows), x)
    numpy = _confirmed_numpy(formula, shape, written, judges, kind)
    steps = _steps(given, written, rows, judges)
    return _derivation(given, x, written, steps, found, numpy, REASONS[kind].format(x.data), kind)


def _hessian(given, x):
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
    written = Written(given, formula, [gradient, *_changes(more)], x)
    numpy = _confirmed_numpy(formula, square, written, judges, kind)
    key = "change" if kind == "change" else f"hessian_{x.data}"
    line = Line(gradient, ("gradient",), "the gradient")
    steps = [_first(given, written), *written.new_letters(gradient), written.step(slope, line)]
    steps += _steps(given, written, more, judges, slope)[1:]
    also = (Result(f"grad_{x.data}", gradient, shape, slope),)
    why = REASONS["Hessian" if kind == "Hessian" else "change"].format(x.data)
    found = Result(key, formula, square, left)
    return _derivation(given, x, written, steps, found, numpy, why, kind, also)


def _variable(wrt, given):
    """Return the node of the variable."""
    wrt = variable(wrt, given)
    shape = given.shapes[wrt]
    column = (*shape, 1) if len(shape) == 1 else shape
    return name(wrt).with_(shape=() if column == (1, 1) else column)


def _record(given, x, rows, judges):
    """Return the derivation of a gradient, every line of it confirmed."""
    gradient = result(rows, x)
    written = Written(given, gradient, _changes(rows), x)
    numpy = _confirmed_numpy(gradient, given.shapes[x.data], written, judges)
    loss = name(given.letter)
    steps = _steps(given, written, rows, judges)
    why = f"the gradient is what stands against d`{x.data}`"
    why = rows[-1].reason if rows and rows[-1].left is not None else why
    found = Result(f"grad_{x.data}", gradient, given.shapes[x.data], Expr("gradient", (loss, x)))
    return _derivation(given, x, written, steps, found, numpy, why)


def _changes(rows):
    return [line.formula for line in rows if line.left is None]


def _steps(given, written, rows, judges, of=None):
    """Return the steps up to the last one: the loss, or what it is ``of``, and how it changes."""
    of = of or name(given.letter)
    steps = [_first(given, written), *written.own_letters(), *written.new_letters(given.book)]
    for line in rows:
        if line.left is not None and line is rows[-1]:
            continue  # it is the last step
        if _confirmed(line, given.letter, given, judges):
            step = written.step(line.left or Expr("differential", (of,)), line, moves=True)
            if step.sides() != steps[-1].sides():
                steps.append(step)
            steps += written.new_letters(line.formula)
    return steps


def _first(given, written):
    why = "the function" if given.shape else "the loss"
    first = written.step(name(given.letter), Line(given.book, ("loss",), why))
    return first if given.is_latex else replace(first, write_numpy=lambda: to_numpy(given.read))


def _derivation(given, x, written, steps, found, numpy, why, kind="gradient", also=()):
    """Return what was found as a `Derivation`; ``also`` are results between it and the value."""
    formula = found.formula
    steps += written.new_letters(formula)
    last = written.step(found.left, Line(formula, (kind.lower(),), why), moves=kind == "change")
    line = numpy.splitlines()[-1]
    last = replace(last, shapes=shape_text(found.shape), write_numpy=lambda: line)
    if (last.left, last.formula) == (steps[-1].left, steps[-1].formula):
        steps.pop()
    read_as = f"Read as {given.read_as}."
    if formula.op == "zeros" or is_number(formula, 0):
        read_as += f" It stays the same whatever {x.data} is: the {kind} is 0."
    value = Result(given.letter, given.book, given.shape, name(given.letter))
    moved = found._replace(formula=replaced(formula, differential(x), _named_change(x)))
    return Derivation(
        given.text,
        x.data,
        (value, *also, moved),
        formula,
        numpy,
        last.latex + written.where(formula),
        found.shape,
        given.shapes,
        (*steps, last),
        read_as,
        given.named,
        kind,
    )


def _named_change(x):
    return name(f"d{x.data}").with_(shape=x.shape)


def _confirmed_numpy(formula, shape, written, judges, kind="gradient"):
    """Return a formula's NumPy text, which computes what the loss's own slopes say."""
    text = written.code(formula, shape)
    change = {f"d{written.x.data}": written.given.shapes[written.x.data]}
    names = {**written.given.shapes, **(change if kind == "change" else {})}
    again, confirmed = read_text(text, names, language="numpy").tree, 0
    for judge in judges:
        try:
            if kind == "gradient":
                right = judge.is_gradient(again)
            else:
                right = judge.is_jacobian(again, kind)
        except CannotEvaluate:
            continue
        if not right:
            raise CannotDerive(
                f"the {kind} that was found is not confirmed by the loss; nothing is returned"
            )
        confirmed += 1
    if not confirmed:
        raise CannotDerive(f"the {kind} that was found could be tried at no point")
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
