"""Arrays: an answer in numbers, at the values that a person worked with.

>>> from wuv import case_b, diagnose
>>> found = diagnose([[2], [2]], "u", at=case_b()._asdict())
>>> found.verdict, found.mistake
('wrong', 'quadratic-rule')

At one point many formulas may agree: `wuv.diagnosis.one_point` says which slips lead to these
numbers, and whether so few numbers can tell.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from wuv.algebra import CannotEvaluate, Misfit, Sizes
from wuv.algebra.size import Sum
from wuv.diagnosis.judge import judged
from wuv.diagnosis.message import told
from wuv.points import Case


def judged_array(answer, asked, at):
    """Return the `Diagnosis` of an array at the values ``at``: {name: array or number}.

    Raises `wuv.algebra.Misfit` where the values do not fit the loss, `CannotEvaluate` where it has
    no slope there.
    """
    here = point(asked, at)
    with np.errstate(all="ignore"):
        right, yours = asked.truth_at(here), answer.array
    if right is None or not np.all(np.isfinite(right)):
        raise CannotEvaluate("the loss has no slope at these values")
    if yours.size == right.size == 1:
        answer = replace(answer, array=yours.reshape(right.shape))
    return told(answer, asked, judged(answer, asked, here), here)


def point(asked, at):
    """Return the `Case` of the values ``at``, with sizes taken from the arrays."""
    missing = [x for x in asked.shapes if x not in at]
    if missing:
        raise CannotEvaluate(f"the values of {', '.join(missing)} are missing in at=")
    arrays, sizes = {}, {}
    for name, shape in asked.shapes.items():
        array = _exact(name, at[name])
        if len(shape) == 2 and array.ndim == 1 and shape[1] == 1:
            array = array.reshape(-1, 1)
        if array.ndim != len(shape):
            raise Misfit(f"{name} has shape {array.shape}; it needs {len(shape)} dimensions")
        for letter, size in zip(shape, array.shape, strict=True):
            known = sizes.setdefault(letter, size) if isinstance(letter, str) else letter
            if not isinstance(letter, tuple | Sum) and known != size:
                raise Misfit(f"{name} has shape {array.shape}, and {letter} is {known} elsewhere")
        arrays[name] = array if array.ndim else array.item()
    Sizes(asked.shapes)
    return Case(arrays, sizes)


def _exact(name, given):
    try:
        array = np.array(given, dtype=object)
        for i in np.ndindex(array.shape):
            x = array[i].item() if isinstance(array[i], np.generic) else array[i]
            array[i] = x if isinstance(x, int | Fraction) else float(x)
    except (TypeError, ValueError):
        raise CannotEvaluate(f"{name} must hold numbers") from None
    if not array.size:
        raise CannotEvaluate(f"{name} is empty")
    return array
