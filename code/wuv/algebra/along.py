r"""The functions that go along an axis: of a whole array, of each of its rows, or of its columns.

>>> TABLE["logsumexp"].moves, named("max", (1, True)), named("max", None)
('\\operatorname{sum}(\\operatorname{softmax}(A) \\odot \\mathrm dA)', 'rowmax', 'max')

Each is one row. ``data`` of a node is (axis, keepdims), as NumPy has them, or None for the whole
array. The book keeps the dimensions of what it reduces: what is found for each row is a column.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from wuv.shapes import Array


class Row(NamedTuple):
    r"""A function along an axis: its ``value``, for an evaluation, an array and an axis, with
    dimensions kept; how it ``moves``, where all functions go along the same axis and what they
    reduce is stretched again; and the ``kind`` of this step. It ``reduces``, or keeps the shape."""

    op: str
    value: Callable[..., Array]
    moves: str = ""
    kind: str = "chain"
    reduces: bool = True


def _logsumexp(run, a, axis):
    shift = run.reduced("maximum", run.plain(a), axis)  # so that no exponential is too large
    return run.each("log", run.each("exp", a - shift).sum(axis=axis, keepdims=True)) + shift


def _softmax(run, a, axis):
    return run.each("exp", a - _logsumexp(run, a, axis))


def _hardmax(run, a, axis):
    plain = run.plain(a)
    largest = run.each("equal", plain, run.reduced("maximum", plain, axis))
    total = largest.sum(axis=axis, keepdims=True)
    return run.shared(largest, total)


def _mean(run, a, axis):
    return run.over(a.sum(axis=axis, keepdims=True), a.size if axis is None else a.shape[axis])


def _var(run, a, axis):
    apart = a - _mean(run, a, axis)
    return _mean(run, apart * apart, axis)


def _cumsum(run, a, axis):
    return a.cumsum(axis=int(a.shape[:1] == (1,)) if axis is None else axis)


ROWS = (
    Row("max", lambda run, a, axis: run.reduced("maximum", a, axis),
        r"\operatorname{sum}(\operatorname{hardmax}(A) \odot \mathrm dA)", "largest"),
    Row("min", lambda run, a, axis: run.reduced("minimum", a, axis),
        r"\operatorname{sum}(\operatorname{hardmax}(-A) \odot \mathrm dA)", "smallest"),
    Row("logsumexp", _logsumexp,
        r"\operatorname{sum}(\operatorname{softmax}(A) \odot \mathrm dA)", "logsumexp"),
    Row("prod", lambda run, a, axis: a.prod(axis=axis, keepdims=True),
        r"\operatorname{prod}(A) \odot \operatorname{sum}((\mathrm dA) \oslash A)", "product"),
    Row("var", _var,
        r"\operatorname{mean}(2 (A - \operatorname{mean}(A)) \odot \mathrm dA)", "variance"),
    Row("std", lambda run, a, axis: run.each("sqrt", _var(run, a, axis)),
        r"\operatorname{mean}((A - \operatorname{mean}(A)) \odot \mathrm dA)"
        r" \oslash \operatorname{std}(A)", "deviation"),
    Row("softmax", _softmax, r"\operatorname{softmax}(A) \odot (\mathrm dA"
        r" - \operatorname{sum}(\operatorname{softmax}(A) \odot \mathrm dA))", "softmax", False),
    Row("hardmax", _hardmax, r"\mathbf 0 \odot \mathrm dA", "jump", False),
    Row("cumsum", _cumsum, reduces=False),
    Row("flip", lambda run, a, axis: np.flip(a, axis), reduces=False),
)  # fmt: skip
TABLE = {row.op: row for row in ROWS}
AXES = {"": None, "row": (1, True), "col": (0, True)}
OPERATORS = {f"{front}{op}": (op, data) for op in TABLE for front, data in AXES.items()}


def named(op: str, data: Any) -> str:
    """Return the name of a function for the axis along which it goes: max, rowmax or colmax."""
    axis = None if data is None or data[0] is None else data
    return next(name for name, pair in OPERATORS.items() if pair == (op, axis))
