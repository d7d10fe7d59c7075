"""Checks: is this gradient right? Ask the function itself.

>>> from wuv.model import grad_u, loss
>>> from wuv.problems import case_a
>>> W, u, v = case_a()
>>> print(check_gradient(lambda u: loss(W, u, v), grad_u(W, u, v), u))
Every entry agrees, exactly.
  verdict            right
  claimed at [0, 0]  20
  measured at [0, 0] 20
  relative error     0
  small enough       0
  step               1
>>> print(check_gradient(lambda u: loss(W, u, v), -grad_u(W, u, v), u).message)
Every entry is −1 times the measured slope: a sign is wrong.

What is measured are central differences. On whole numbers they are exact for a quadratic
function, and the comparison is ``==``; otherwise it is made in floating point, with as many digits
as the values of f have. f may be written for JAX or PyTorch, and take several arrays.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wuv.arguments import applied, are_several, beside, changed, parts
from wuv.difference import (
    central_difference,
    directional_derivative,
    is_exact,
    precision,
    value,
)
from wuv.kinks import kinks
from wuv.shapes import Array, Number, array
from wuv.tensors import called, epsilon
from wuv.written import number_text


@dataclass(frozen=True, repr=False)
class Report:
    """What a check found. It is true where the gradient is right, and prints as a small table.

    ``worst`` is the index of the entry that differs most, ``claimed`` and ``measured`` are the two
    values there, ``relative_error`` is their distance divided by the larger of the two, ``step``
    the step of the difference (None: chosen for each entry). What still passes is a relative error
    of ``tolerance``, or a distance of ``rounding``, which ``digits``, those that the values of f
    have, leave unsure (None: all are exact). Along a direction there is no ``worst``; where nothing
    could be compared there are no values either. Of several arrays the report tells what was found
    in each, and the values of the worst, ``part``.
    """

    ok: bool
    message: str
    worst: tuple[int, ...] | None = None
    claimed: Number | None = None
    measured: Number | None = None
    relative_error: float | None = None
    step: Number | None = None
    tolerance: float | None = None
    rounding: float = 0
    digits: int | None = None
    part: str = ""

    def __bool__(self) -> bool:
        return self.ok

    @property
    def verdict(self) -> str:
        return "right" if self.ok else "wrong"

    def rows(self) -> list[tuple[str, str]]:
        """Return what was found as pairs of label and text."""
        pairs = [("verdict", self.verdict)]
        if self.claimed is not None:
            where = f"at {self.part}{list(self.worst or ()) or ''}"
            where = where if self.part or self.worst else "along the direction"
            pairs += [
                (f"claimed {where}", number_text(self.claimed, 10)),
                (f"measured {where}", number_text(self.measured, 10)),
                ("relative error", f"{self.relative_error:.2g}"),
                ("small enough", self._small_enough),
                ("step", "chosen for each entry" if self.step is None else str(self.step)),
            ]
        return pairs

    @property
    def _small_enough(self):
        if self.digits is None:
            return f"{self.tolerance:.1g}"
        unsure = f"or a distance of {self.rounding:.1g}, since f has {self.digits} digits"
        return f"{self.tolerance:.1g}, {unsure}"

    def __str__(self) -> str:
        width = max(len(label) for label, _ in self.rows())
        return "\n".join([self.message, *(f"  {a:<{width}} {b}" for a, b in self.rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>'
            for label, text in self.rows()
        )
        return f"<p>{escape(self.message)}</p><table><tbody>{rows}</tbody></table>"


def check_gradient(
    f: Callable[..., Number],
    gradient: Any,
    x: Any,
    *,
    step: Number | None = None,
    tolerance: float | None = None,
) -> Report:
    """Compare ``gradient`` with the measured slopes of f at x, entry by entry; return a `Report`.

    ``f`` takes an array of the shape of x and returns one number; ``gradient`` is an array or a
    function of x. Where x is a tuple of arrays, f takes each as an argument, and the gradient is a
    tuple too; where it is a dictionary of arrays, at any depth, so is the gradient. An array may be
    JAX's or PyTorch's, and f then gets such ones.

    ``step`` is that of `wuv.difference.central_difference`; without it slopes are measured at step
    1 if x holds whole numbers and f turns out quadratic with whole values, and in floating point
    otherwise, with a step for the precision in which f computes (`wuv.difference.precision`).
    ``tolerance`` is the relative error that still passes: without it, 0 for exact numbers and the
    cube root of the machine epsilon for floats.

    At a kink, where the slopes on both sides differ, there is no gradient: the report says so, and
    a claim between the two is not called wrong. A gradient that cannot be computed, or that has
    another shape than x, is a wrong one: nothing is raised, the report says so. What f itself
    raises is raised.
    """
    if are_several(x):
        return _check_several(f, gradient, x, step, tolerance)
    if callable(gradient):
        try:
            gradient = called(gradient, x)(array("x", x).copy())
        except (TypeError, ValueError, RuntimeError) as error:
            return Report(False, f"This gradient cannot be computed: {_plainly(error)}")
    f, coarsest = called(f, x), max(epsilon(x) or 0, epsilon(gradient) or 0)
    x = array("x", x)
    try:
        claimed = array("the gradient", gradient)
    except (TypeError, ValueError) as error:
        return Report(False, f"This gradient cannot be compared: {error}")
    if step is None and is_exact(x) and _is_quadratic(f, x):
        step = 1
    measure = _Measure(f, x, step, tolerance, max(coarsest, precision(f, x)))
    measured = central_difference(f, x, step, rounding=measure.epsilon)

    def compare(claimed):
        return measure.compare(claimed, measured)

    if claimed.shape != x.shape:
        return Report(False, _shape_message(claimed, x, compare))
    return compare(claimed)


def _check_several(f, gradient, x, step, tolerance):
    """Return the report on several arrays: what is said of each, and the values of the worst."""
    try:
        claims = applied(gradient, x) if callable(gradient) else gradient
        claims = beside(x, claims)
    except (TypeError, ValueError, RuntimeError) as error:
        return Report(False, f"This gradient cannot be compared: {_plainly(error)}")
    reports, said = {}, {}
    for name, part in parts(x).items():

        def alone(a, name=name):
            return applied(f, changed(x, name, a))

        reports[name] = check_gradient(alone, claims[name], part, step=step, tolerance=tolerance)
        said.setdefault(reports[name].message, []).append(name)
    worst = max(reports, key=lambda k: (not reports[k], reports[k].relative_error or 0))
    message = "\n".join(f"{', '.join(names)}: {text}" for text, names in said.items())
    return replace(reports[worst], message=message, part=worst)


def check_direction(
    f: Callable[[Array], Number],
    gradient: ArrayLike,
    x: ArrayLike,
    *,
    direction: ArrayLike | None = None,
    seed: int = 0,
    step: Number | None = None,
    tolerance: float | None = None,
) -> Report:
    """Compare ⟨gradient, d⟩ with the slope of f along d; two evaluations whatever the size.

    ``direction`` is d, an array of the shape of x; without it, one is drawn from ``seed``. A wrong
    gradient passes only if its error is orthogonal to d. For an exact comparison on whole numbers
    with a quadratic f, say ``step=1``. The rest is as in `check_gradient`.

    Raises ``ValueError`` where x, the gradient and the direction differ in shape.
    """
    f, coarsest = called(f, x), max(epsilon(x) or 0, epsilon(gradient) or 0)
    x, gradient = array("x", x), array("the gradient", gradient)
    if gradient.shape != x.shape:
        raise ValueError(_shape_message(gradient, x))
    if direction is None:
        direction = np.random.default_rng(seed).choice([-3, -2, -1, 1, 2, 3], x.shape)
    rounding = max(coarsest, precision(f, x))
    slope = directional_derivative(f, x, direction, step, rounding=rounding)
    measured = array("the slope", slope)
    exact = is_exact(gradient) and is_exact(measured)
    claimed = ((gradient.astype(object) if exact else gradient) * direction).sum()
    measure = _Measure(f, x, step, tolerance, rounding)
    return measure.compare(array("the claim", claimed), measured, along=True)


@dataclass(frozen=True)
class _Measure:
    """How slopes of f at x are compared: in steps, and up to an error that follows from the machine
    epsilon of what computes them."""

    f: Callable[[Array], Number]
    x: Array
    step: Number | None
    tolerance: float | None
    epsilon: float

    def compare(self, claimed, measured, along=False):
        """Return the report; ``along`` a direction there are no entries to look for kinks in."""
        shape, claimed, measured = measured.shape, claimed.reshape(-1), measured.reshape(-1)
        exact = is_exact(claimed) and is_exact(measured)
        claimed, measured = (
            a.astype(object if exact else np.result_type(a, float)) for a in (claimed, measured)
        )
        allowed, rounding = self.limits(exact)

        def near(a, b):
            distance = abs(a - b)  # NaN and infinity are near to nothing
            close = distance <= allowed * np.maximum(abs(a), abs(b)) + rounding
            return close & (distance < np.inf)

        with np.errstate(invalid="ignore"):
            wrong = ~near(claimed, measured)
            bent = {} if along else self.kinks(np.flatnonzero(wrong))
            wrong[[i for i, sides in bent.items() if _between(claimed[i], sides, near)]] = False
            message = _message(claimed, measured, wrong, exact, near, bent)
            relative = _relative(claimed, measured)
        place = np.argmax(np.where(wrong | ~wrong.any(), relative, -1))
        index = tuple(int(i) for i in np.unravel_index(place, shape))
        return Report(
            ok=not wrong.any(),
            message=message + _bent_message(bent, shape, wrong),
            worst=index or None,
            claimed=claimed[place],
            measured=measured[place],
            relative_error=float(relative[place]),
            step=self.step,
            tolerance=float(allowed),
            rounding=float(rounding),
            digits=None if exact else round(-np.log10(self.epsilon)),
        )

    def limits(self, exact):
        """Return the relative error that passes, and the error that rounding alone may cause."""
        if exact:
            return self.tolerance or 0, 0
        usual = self.epsilon ** (1 / 3)
        rounding = 8 * self.epsilon * abs(value(self.f, self.x)) / float(self.step or usual)
        return usual if self.tolerance is None else self.tolerance, rounding

    def kinks(self, places):
        return kinks(self.f, self.x, places, self.step, self.epsilon)


def _relative(claimed, measured):
    """Return the distance of each pair divided by the larger; infinity where there is none."""
    size = np.maximum(abs(claimed), abs(measured))
    found = (abs(claimed - measured) / np.where(size == 0, 1, size)).astype(float)
    return np.where(np.isnan(found), np.inf, found)


def _is_quadratic(f, x):
    """Return whether f, along two slanted lines through x, is a quadratic in whole numbers."""
    slanted = np.arange(3, 3 + 2 * x.size, 2)
    crossed = np.where(np.arange(x.size) % 2, slanted, -slanted)
    slopes = [
        directional_derivative(f, x, line.reshape(x.shape), step)
        for line in (slanted, crossed)
        for step in (1, 2)
    ]
    exact = all(isinstance(slope, int | Fraction) for slope in slopes)
    return exact and slopes[0] == slopes[1] and slopes[2] == slopes[3]


RATIOS = {
    -1: "a sign is wrong",
    Fraction(1, 2): "a factor 2 is missing (or the loss was meant to have a ½)",
    2: "there is a factor 2 too many",
    Fraction(-1, 2): "a sign is wrong, and a factor 2 is missing",
    -2: "a sign is wrong, and there is a factor 2 too many",
    0: "it claims that the loss does not change",
}


def _message(claimed, measured, wrong, exact, near, bent):
    if wrong.size == len(bent):
        return "There is nothing to compare."
    subject = f"Every{' other' * bool(bent)} entry" if wrong.size > 1 else "It"
    if not wrong.any():
        if not np.any(measured):
            return "It agrees, but every slope here is 0, where wrong formulas agree too: move on."
        return f"{subject} agrees{', exactly' if exact else ''}."
    for ratio, meaning in RATIOS.items():
        if np.all(near(claimed, (ratio if exact else float(ratio)) * measured)):
            return f"{subject} is {number_text(ratio)} times the measured slope: {meaning}."
    if wrong.size == 1:
        return "It is not the measured slope."
    return f"{int(wrong.sum())} of {wrong.size} entries are not the measured slope."


def _between(claim, sides, near):
    """Return whether a claim lies between the slopes on both sides of a kink."""
    return min(sides) <= claim <= max(sides) or any(near(claim, side) for side in sides)


def _bent_message(bent, shape, wrong):
    """Say where f has kinks, and whether the claims there can be judged."""
    if not bent:
        return ""
    place, (left, right) = next(iter(bent.items()))
    index = [int(i) for i in np.unravel_index(place, shape)]
    where = f"At {index}" if index else "Here"
    where += f" and {len(bent) - 1} more" * (len(bent) > 1)
    slopes = f"{number_text(left, 4)} on one side and {number_text(right, 4)} on the other"
    judged = "no formula is right there" if wrong[place] else "any claim between passes: move on"
    return f" {where} f has a kink: its slope is {slopes}, so it has no gradient; {judged}."


def _plainly(error):
    """Return NumPy's message; the one for a product that does not exist in a student's words."""
    sizes = re.search(r"^matmul: .*\(size (\d+) is different from (\d+)\)", str(error))
    if not sizes:
        return str(error)
    rows, columns = sizes.groups()
    return (
        f"in one of its products the left factor has {columns} column{'s'[: columns != '1']} "
        f"and the right one {rows} row{'s'[: rows != '1']}; these must be the same number."
    )


def _shape_message(claimed, x, compare=None):
    """Say what a shape other than x's means; ``compare`` tells whether its numbers are right."""
    start = f"The gradient has shape {claimed.shape}; it must have its variable's, {x.shape}."
    turned = claimed.reshape(-1, 1) if claimed.ndim == 1 else claimed.T
    if turned.shape != x.shape:
        stretched = claimed.ndim == 2 and x.ndim == 2 and 1 in x.shape and 1 not in claimed.shape
        hint = " If a column met a row entry by entry, NumPy stretched both." if stretched else ""
        return start + hint
    how = "flat" if claimed.ndim == 1 else "transposed"
    if compare is None:
        return f"{start} It is {how}."
    if compare(turned):
        layout = "the derivative as a row" if how == "transposed" and 1 in x.shape else f"{how}"
        return f"{start} Its numbers are right: it is {layout}, so only the layout differs."
    return f"{start} It is {how}, and its numbers are wrong too."
