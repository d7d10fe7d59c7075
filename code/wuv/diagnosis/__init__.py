r"""wuv.diagnosis: a wrong gradient gets its mistake named.

>>> from wuv import diagnose
>>> diagnose("2 Wᵀ (W u − v)", "u").verdict
'right'
>>> found = diagnose("2*W@(W@u - v)", "u")
>>> found.verdict, found.mistake
('wrong', 'transpose-dropped')
>>> print(found)
Not yet: a transpose is missing.
Look after dL = ⟨2(Wu − v), W du⟩: W crosses the inner product, as its transpose.
It fits square matrices only.
Try W = [[0, 0], [1, 0]], u = 0, v = (0, 1)ᵀ: yours 0, right (−2, 0)ᵀ.
W stands where W.T belongs.
>>> found.solution
'2 * W.T @ (W @ u - v)'

The modules: `question` (the loss and what is right), `answer` (what a person gave), `reading` (how
a text becomes one), `rightness` (comparing), `mistakes` (their table), `edits`, `steps` and
`expand` (neighbourhoods), `search`, `comparison` (an answer beside what is right), `unsaid` (what
makes an answer right that nobody said), `another` (another question's answer) and `relatives` (of
a loss), `judge`, `message` (what is said: `where`, `clauses` that
are looked up first, `remarks` on a right answer), `smallest` (the counterexample), `given` (an
answer that is an array) and `one_point` (which slips lead to it), `fooled` (which tests a slip
passes), `classroom` (a table of answers), `record` (what is returned), `command`; and
`first_wrong` (the first wrong line of a derivation), on `mending` (which edit would mend it).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from wuv.algebra import AlgebraError, CannotEvaluate
from wuv.algebra.names import Shapes
from wuv.diagnosis.another import with_penalty
from wuv.diagnosis.answer import Answer, is_difference
from wuv.diagnosis.comparison import has_value
from wuv.diagnosis.first_wrong import FirstWrongLine, first_wrong_line
from wuv.diagnosis.fooled import fooled
from wuv.diagnosis.given import judged_array
from wuv.diagnosis.judge import judged
from wuv.diagnosis.message import told, told_kind, told_so
from wuv.diagnosis.question import BOOK, question
from wuv.diagnosis.reading import Equation, is_numbers, read_answer
from wuv.diagnosis.record import Diagnosis
from wuv.diagnosis.where import one_spelling

GOOD = ("right", "layout", "convention", "right-if")
NUMBERS = (
    "These are numbers, and other points have others. Type a formula in {}, which holds for all.\n"
    "Numbers can be tried too, in Python, with their point: diagnose(array, wrt, at=dict({}))."
)
EMPTY = "Put your gradient there, a formula in {}."
EMPTY_ARRAY = "Put your numbers there, in the shape of {}."
MARGIN = 0.5  # by which a step must explain more easily what was not called a step

__all__ = ["Diagnosis", "FirstWrongLine", "diagnose", "first_wrong_line", "fooled"]


def diagnose(
    answer: str | Callable[..., ArrayLike] | ArrayLike,
    wrt: str,
    loss: str = BOOK,
    shapes: Shapes = None,
    *,
    at: Mapping[str, ArrayLike] | None = None,
    step: bool | None = None,
    language: str | None = None,
    order: int = 1,
    assume: str | None = None,
) -> Diagnosis:
    """Return the `Diagnosis` of an answer to: what is the gradient of ``loss`` in ``wrt``?

    ``answer`` is NumPy text, a formula as people type or print it (``2Wᵀ(Wu − v)``, LaTeX), an
    update rule (``u - eta*2*W.T@r``; ``step=True`` says so where it cannot be seen), a Python
    function of the names in the loss, or an array with the values it belongs to in ``at``
    (``{"W": …, "u": …, "v": …}``). In text, r stands for the residual.

    ``loss`` and ``shapes`` are those of `wuv.derive`; without them it is this book's ‖Wu − v‖².
    With ``order=2`` the question is for the Hessian in a column, such as 2WᵀW. ``assume`` says what
    is known of letters, as in `wuv.derive`; an answer that is right only where something more is
    known is "right-if", and ``assuming`` says what.
    ``language`` ("numpy", "latex") says which language the answer is in, where its signs mislead.
    Text is read and never run. A function is called, as any function of yours would be.

    Raises `wuv.algebra.AlgebraError` where the question itself cannot be asked: a loss that cannot
    be read, a variable that is not in it; ``TypeError`` for an answer that is none of these. An
    answer that cannot be read, or has no value, is a verdict.

    Source of the mistakes: threads, issues and published notes, and the slips of this book.
    """
    asked = question(wrt, loss, shapes, order=order, assume=assume)
    try:
        if _is_empty(answer):
            said = EMPTY.format(", ".join(asked.shapes)) if at is None else EMPTY_ARRAY.format(wrt)
            return Diagnosis("empty", None, said)
        if isinstance(answer, str) and not asked.is_constant and is_numbers(answer):
            values = ", ".join(f"{x}=…" for x in asked.shapes)
            said = NUMBERS.format(", ".join(asked.shapes), values)
            return _unread(asked, said)
        given = read_answer(answer, asked, step=step, language=language, at=at)
    except Equation as error:
        if _is_zero_with_the_gradient(error.difference, asked):
            return told_kind("normal-equations", Answer(str(answer), error.difference, True), asked)
        return _unread(asked, f"{error}.")
    except AlgebraError as error:
        if isinstance(answer, str) and (said := with_penalty(answer, asked, read_answer)):
            return told_so("another-loss", said, answer, asked)
        return _unread(asked, f"{error}.")
    except (RecursionError, MemoryError):
        return _unread(asked, "It is nested too deeply.")
    try:
        if given.array is not None:
            diagnosis = judged_array(given, asked, at)
        elif step is None and is_difference(given, asked):
            step_too = read_answer(answer, asked, step=True, language=language)
            given, asked, judgement = _likelier(given, step_too, asked)
            diagnosis = told(given, asked, judgement)
        else:
            diagnosis = told(given, asked, judged(given, asked))
        return replace(diagnosis, read_as=one_spelling(given.read_as(asked)))
    except CannotEvaluate as error:
        if given.tree is None:
            raise
        said = f"It cannot be evaluated: {error}."
        return Diagnosis("cannot-evaluate", None, said, read_as=given.read_as(asked))


def _is_empty(answer):
    if isinstance(answer, str):
        return not answer.strip()
    return not callable(answer) and np.size(answer) == 0


def _is_zero_with_the_gradient(difference, asked):
    if difference is None:
        return False
    with suppress(AlgebraError):
        found = judged(Answer("", difference, True), asked)
        if found.verdict in GOOD:
            return True
        return found.best is not None and not {*found.best.kinds} - {"sign", "factor"}
    return False


def _unread(asked, said):
    return Diagnosis("unreadable", None, said, read_as=Answer("").read_as(asked))


def _likelier(given, step, asked):
    """Return (answer, question, judgement) of ``u - …`` as a gradient, or as a step if that is
    right, or leads to a mistake that is more often made."""
    if not has_value(given, asked):
        other = judged(step, asked)
        if other.verdict in GOOD or other.best is not None:
            return step, asked, other
        return given, asked, judged(given, asked)
    judgement = judged(given, asked)
    if judgement.verdict in GOOD:
        return given, asked, judgement
    other = judged(step, asked)
    if other.verdict in GOOD or (other.best is not None and _clearer(other.best, judgement.best)):
        return step, asked, other
    return given, asked, judgement


def _clearer(step, plain):
    whole = {"minimiser", "zero", "loss-itself"}
    if whole & set(step.kinds):
        return False
    return plain is None or step.weight + MARGIN < plain.weight
