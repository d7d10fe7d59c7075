"""Puts a derivation together: every line and every formula is confirmed before it is kept.

>>> from wuv import derive
>>> [step.kinds for step in derive("np.linalg.norm(W @ u - v)**2", "u").steps]
[('loss',), ('square',), ('residual',), ('crossing',), ('gradient',)]
"""

from contextlib import contextmanager
from dataclasses import replace

from wuv.algebra import AlgebraError, CannotEvaluate, Expr, shape_text, to_numpy
from wuv.algebra import replace as replaced
from wuv.algebra.language import read_text
from wuv.algebra.tree import is_number, name
from wuv.derivation.engine import Line, NoRule
from wuv.derivation.forms import differential
from wuv.derivation.prepare import variable
from wuv.derivation.program import Result
from wuv.derivation.record import Derivation


class CannotDerive(AlgebraError):
    """A loss whose gradient cannot be found here, or not be confirmed: no formula is returned."""


@contextmanager
def refusals(other=None):
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


def variable_of(wrt, given):
    """Return the node of the variable."""
    wrt = variable(wrt, given)
    shape = given.shapes[wrt]
    column = (*shape, 1) if len(shape) == 1 else shape
    return name(wrt).with_(shape=() if column == (1, 1) else column)


def changes_of(rows):
    """Return the formulas of lines that say what the loss changes by."""
    return [line.formula for line in rows if line.left is None]


def steps_of(given, written, rows, judges, of=None):
    """Return the steps up to the last one: the loss, or what it is ``of``, and how it changes."""
    of = of or name(given.letter)
    steps = [first_step(given, written), *written.own_letters(), *written.new_letters(given.book)]
    for line in rows:
        if line.left is not None and line is rows[-1]:
            continue  # it is the last step
        if _confirmed(line, given.letter, given, judges):
            step = written.step(line.left or Expr("differential", (of,)), line, moves=True)
            if step.sides() != steps[-1].sides():
                steps.append(step)
            steps += written.new_letters(line.formula)
    return steps


def first_step(given, written):
    """Return the step that says what the loss is."""
    why = "the function" if given.shape else "the loss"
    first = written.step(name(given.letter), Line(given.book, ("loss",), why))
    return first if given.is_latex else replace(first, write_numpy=lambda: to_numpy(given.read))


def derivation(given, x, written, steps, found, numpy, why, kind="gradient", also=()):
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
        loss=given.text,
        wrt=x.data,
        results=(value, *also, moved),
        shapes=given.shapes,
        steps=(*steps, last),
        read_as=read_as,
        called=given.named,
        kind=kind,
        gradient=formula,
        numpy=numpy,
        latex=last.latex + written.where(formula),
        shape=found.shape,
    )


def _named_change(x):
    return name(f"d{x.data}").with_(shape=x.shape)


def confirmed_numpy(formula, shape, written, judges, kind="gradient"):
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


def confirm_symmetric(given, numpy, entries, judges):
    """Raise where the gradient among symmetric matrices, or the slopes in independent entries, do
    not predict how the loss changes along them."""
    trees = [read_text(t, given.shapes, language="numpy").tree for t in (numpy, entries)]
    if not all(judge.is_symmetric_gradient(given.read, *trees) for judge in judges):
        raise CannotDerive("the gradient that was found is not confirmed by the loss")


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
