"""Differences: slopes of any scalar function of one array, from its values alone.

>>> import numpy as np
>>> x = np.array([[1], [2]])
>>> central_difference(lambda x: int((x * x).sum()), x, step=1)
array([[2],
       [4]])

No tolerance was needed: whole numbers with a whole step stay whole, and for a quadratic function
the central difference *is* the slope, whatever the step. Chapter `finite_differences` shows why,
and where it stops being true. Without a step, slopes are measured in floating point, with a step
near the best one for a smooth function.

``f`` takes an array of the shape of ``x`` and returns one number. It is called with one and the
same array, changed between calls: it must not keep it. ``x`` itself is never changed. Where ``x``
is an array of JAX or a tensor of PyTorch, f is called with such ones, and slopes are NumPy's.
"""

from collections.abc import Callable
from fractions import Fraction
from numbers import Number as AnyNumber

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Array, Number, array, finite, positive
from wuv.tensors import called, epsilon, plain


def forward_difference(
    f: Callable[[Array], Number], x: ArrayLike, step: Number | None = None
) -> Array:
    """Return (f(x + h eᵢ) − f(x)) / h for each entry i, in the shape of x; N + 1 evaluations.

    ``step`` is h: without it, about √ε · ``max(1, |xᵢ|)``.
    """
    f = called(f, x)
    x, steps = _prepare(x, step, power=1 / 2)
    flat, slopes = x.reshape(-1), []
    here = value(f, x)
    for i, (kept, h) in enumerate(zip(flat.tolist(), steps, strict=True)):
        flat[i] = kept + h
        slopes.append(quotient(value(f, x) - here, h))
        flat[i] = kept
    return _shaped(slopes, x)


def central_difference(
    f: Callable[[Array], Number],
    x: ArrayLike,
    step: Number | None = None,
    *,
    rounding: float = 0,
) -> Array:
    """Return (f(x + h eᵢ) − f(x − h eᵢ)) / 2h for each entry i, in the shape of x; 2N evaluations.

    ``step`` is h: without it, about ∛ε · ``max(1, |xᵢ|)``, where ε is the machine epsilon of x, or
    ``rounding`` if that is larger: that of f, as `precision` finds it. With step 1 (or any whole
    number or Fraction) on whole numbers the arithmetic is exact, and so is the slope of a quadratic
    f.

    Raises ``TypeError`` where f does not return a single number.
    """
    f = called(f, x)
    x, steps = _prepare(x, step, 1 / 3, rounding)
    flat, slopes = x.reshape(-1), []
    for i, (kept, h) in enumerate(zip(flat.tolist(), steps, strict=True)):
        flat[i] = kept + h
        above = value(f, x)
        flat[i] = kept - h
        below = value(f, x)
        flat[i] = kept
        slopes.append(quotient(above - below, 2 * h))
    return _shaped(slopes, x)


def complex_step(f: Callable[[Array], Number], x: ArrayLike, step: Number = 1e-20) -> Array:
    """Return Im f(x + ih eᵢ) / h for each entry i, in the shape of x; N evaluations.

    Nothing is subtracted, so nothing cancels: the step can be tiny and the result is right to the
    last digit or two. f must be made of analytic operations.

    Raises ``TypeError`` where f returns a real number for a complex argument (``abs`` and
    ``np.linalg.norm`` do): its imaginary part would be a silent 0.

    Source: Squire & Trapp, SIAM Review 40 (1998), 110–112.
    """
    x, step = finite("x", array("x", x)), positive("the step", step)
    if x.dtype.kind == "c":
        raise TypeError("x is complex already; the complex step needs a real x")
    x = x.astype(np.result_type(np.complex64, x) if x.dtype.kind == "f" else complex)
    flat, slopes = x.reshape(-1), []
    for i, kept in enumerate(flat.tolist()):
        flat[i] = kept + 1j * step
        moved = value(f, x)
        flat[i] = kept
        if not isinstance(moved, complex | np.complexfloating):
            raise TypeError(
                "f returned a real number for a complex argument, so the imaginary part is lost "
                "(abs and np.linalg.norm do that); write the square as (r * r).sum()"
            )
        slopes.append(moved.imag / step)
    return np.array(slopes, dtype=x.real.dtype).reshape(x.shape)


def directional_derivative(
    f: Callable[[Array], Number],
    x: ArrayLike,
    direction: ArrayLike,
    step: Number | None = None,
    *,
    rounding: float = 0,
) -> Number:
    """Return the slope of f at x along ``direction``, a number; two evaluations whatever the size.

    It is (f(x + hd) − f(x − hd)) / 2h, with the step h and ``rounding`` as in `central_difference`.

    Raises ``ValueError`` where ``direction`` does not have the shape of x.
    """
    f = called(f, x)
    x, direction = finite("x", array("x", x)), array("direction", direction)
    if direction.shape != x.shape:
        raise ValueError(f"direction has shape {direction.shape}, x has {x.shape}; make them equal")

    def along(t):
        return f(x + t.item() * direction)

    if is_exact(x) and is_exact(direction):
        start = np.zeros((), int)
    else:
        start = np.zeros((), x.dtype if x.dtype.kind == "f" else float)
    return central_difference(along, start, step, rounding=rounding).item()


SINGLE = 2.0**-23  # the machine epsilon of float32
NUDGES = (0.0012345, 0.0023456)  # such that what is moved by them needs all digits of a float


def precision(f: Callable[[Array], Number], x: ArrayLike) -> float:
    """Return the machine epsilon with which f computes at x: that of the type it returns.

    A plain float has no type to tell: f is then called twice near x, and if all its values fit in
    single precision, it computes in that, as JAX and PyTorch do unless told otherwise.
    """
    f, x = called(f, x), array("x", x)
    here = f(x.copy())
    if not isinstance(here, float) or isinstance(here, np.generic):
        return epsilon(here) or np.finfo(float).eps
    values = (here if t == 0 else value(f, x * (1 + t) + t) for t in (0, *NUDGES))
    return SINGLE if all(map(_is_single, values)) else np.finfo(float).eps


def _is_single(number):
    with np.errstate(over="ignore"):
        return isinstance(number, float) and float(np.float32(number)) == number


def is_exact(x: Array) -> bool:
    """Return whether ``x`` holds whole numbers or other exact ones rather than floats."""
    return x.dtype.kind in "iu" or (
        x.dtype.kind == "O" and not any(isinstance(entry, float | complex) for entry in x.flat)
    )


NUMBERS = (float, int, complex, np.inexact, Fraction)  # the most frequent first, for speed


def value(f: Callable[[Array], Number], x: Array) -> Number:
    """Return ``f(x)`` as a single number, or say why it is none."""
    result = f(x)
    if isinstance(result, NUMBERS):
        return result
    result = plain(result)
    if np.size(result) != 1:
        raise TypeError(
            f"f returned an array of shape {np.shape(result)}; the loss must be one number, such "
            "as (r * r).sum()"
        )
    number = np.asarray(result).item()
    if not isinstance(number, AnyNumber):
        raise TypeError(f"f returned {result!r}; it must return one number (is a return missing?)")
    return number


EXACT = (int, Fraction)


def quotient(rise: Number, run: Number) -> Number:
    """Return rise / run: a whole number or a Fraction where both are exact, else a float."""
    if not isinstance(rise, float) and isinstance(rise, EXACT) and isinstance(run, EXACT):
        exact = Fraction(rise) / run
        return exact.numerator if exact.denominator == 1 else exact
    return rise / run


def _prepare(x, step, power, rounding=0):
    """Return a copy of x that can be moved by the steps, and a step for each entry."""
    x = finite("x", array("x", x)).copy(order="C")
    if step is not None:
        step = positive("the step", step)
    if is_exact(x) and isinstance(step, int | Fraction):
        x = x.astype(object) if isinstance(step, Fraction) else x
    elif x.dtype.kind in "iO":
        x = x.astype(float)
    if step is not None:
        return x, [step] * x.size
    best = max(np.finfo(x.dtype).eps, rounding) ** power * np.maximum(1, abs(x.reshape(-1)))
    return x, np.exp2(np.round(np.log2(best))).tolist()  # a power of 2: x ± h is barely rounded


def _shaped(slopes, x):
    if x.dtype.kind in "fc":
        return np.array(slopes, dtype=x.dtype).reshape(x.shape)
    return array("the slopes", slopes).reshape(x.shape)
