"""Shapes: what W, u and v look like, and errors that say how to get there.

Fixed once, for the whole package:

======  ==========  =====================================================
name    shape       what it is
======  ==========  =====================================================
``W``   ``(m, n)``  the matrix
``u``   ``(n, 1)``  a column; ``(n, N)`` holds a batch of N columns
``v``   ``(m, 1)``  a column; ``(m, N)`` holds a batch of N columns
======  ==========  =====================================================

>>> column(1, 2)
array([[1],
       [2]])
>>> problem([[1, 2], [0, 1], [3, -1]], [1, 2], column(1, 0, -1))
Traceback (most recent call last):
    ...
wuv.shapes.ShapeError: u has shape (2,), a flat array; make it a column: u.reshape(-1, 1)
"""

from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from wuv.tensors import plain

Array: TypeAlias = np.ndarray[Any, Any]
Number: TypeAlias = Any  # Python's and NumPy's numbers and Fractions have no type in common


class ShapeError(ValueError):
    """An array whose shape does not fit; the message says what would."""


def column(*entries: Number) -> Array:
    """Return the column with these entries, shape ``(n, 1)``."""
    return array("the column", [[entry] for entry in entries])


def array(name: str, value: ArrayLike) -> Array:
    """Return ``value`` as a non-empty numeric array; whole numbers stay exact.

    ``name`` is what an error calls the value, here and in the functions below.

    Another library's array, such as a tensor of PyTorch, becomes NumPy's (`wuv.tensors.plain`).
    Small integer types become int64 (so that differences cannot wrap around); object arrays may
    hold Python ints, Fractions or anything else that adds and multiplies; floats and complex
    numbers keep their type.

    Raises ``TypeError`` for entries that are not numbers, ``ShapeError`` for rows of different
    lengths and for no entries at all. NaN and infinity pass: see `finite`.
    """
    try:
        numbers = np.asarray(plain(value))
    except ValueError as error:
        raise ShapeError(f"{name} has rows of different lengths; give each row as many") from error
    if numbers.dtype.kind in "uf" and not hasattr(value, "dtype"):
        entries = np.array(value, dtype=object)  # NumPy makes floats of [2**63, -1]
        numbers = entries if all(isinstance(entry, int) for entry in entries.flat) else numbers
    if numbers.size == 0:
        raise ShapeError(f"{name} is empty (shape {numbers.shape}); give it at least one entry")
    if numbers.dtype.kind == "O":
        strangers = [
            x for x in numbers.flat if not (hasattr(x, "__sub__") and hasattr(x, "__mul__"))
        ]
    elif numbers.dtype.kind in "biufc":
        strangers = []
    else:
        strangers = [numbers.flat[0]]
    if strangers:
        raise TypeError(f"{name} holds {strangers[0]!r}, which is not a number; use numbers only")
    if numbers.dtype.kind in "bu" or (numbers.dtype.kind == "i" and numbers.dtype.itemsize < 8):
        fits = numbers.dtype.itemsize < 8 or int(numbers.max()) < 2**63
        numbers = numbers.astype(np.int64 if fits else object)
    return numbers


def finite(name: str, value: Array) -> Array:
    """Return ``value``; raise ``ValueError`` naming the first entry that is NaN or infinite."""
    if all_finite(value):
        return value
    if value.dtype.kind in "fc":
        bad = ~np.isfinite(value)
    elif value.dtype.kind == "O":
        bad = np.array([isinstance(x, float) and not np.isfinite(x) for x in value.flat])
        bad = bad.reshape(value.shape)
    else:
        return value
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}{list(place)}" if place else name
        raise ValueError(f"{where} is {value[place]}; every entry must be finite")
    return value


def all_finite(value: Array) -> bool:
    """Return whether an array of whole numbers or floats has neither NaN nor infinity in it."""
    if value.dtype.kind not in "fc":
        return value.dtype.kind == "i"
    # Where the sum of squares is finite every entry is, and BLAS adds it up in one go.
    return bool(np.isfinite(np.vdot(value, value)) or np.isfinite(value).all())


def positive(name: str, value: Number) -> Number:
    """Return ``value`` as a Python number; raise ``ValueError`` unless positive and finite."""
    number: Number = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, Real) or not 0 < number < np.inf:
        raise ValueError(f"{name} is {value!r}; it must be a positive number")
    return number


def matrix(name: str, value: ArrayLike) -> Array:
    """Return ``value`` as a two-dimensional array, or say how to make it one."""
    return _two_dimensional(name, array(name, value))


def _two_dimensional(name, rows):
    if rows.ndim == 0:
        raise ShapeError(f"{name} is a single number; as a 1×1 array it is [[{rows}]]")
    if rows.ndim == 1:
        hint = f"make it a column: {name}.reshape(-1, 1)"
        if name == "W":
            hint = "give it rows and columns: W.reshape(m, n)"
        raise ShapeError(f"{name} has shape {rows.shape}, a flat array; {hint}")
    if rows.ndim > 2:
        raise ShapeError(f"{name} has shape {rows.shape}; it needs two dimensions, rows × columns")
    return rows


def problem(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> tuple[Array, Array, Array]:
    """Return W, u, v as arrays that fit together, shapes ``(m, n)``, ``(n, N)``, ``(m, N)``.

    Why so strict? Because NumPy is not: a column ``(m, 1)`` minus a flat ``(m,)`` gives ``(m, m)``
    without a word, and a gradient computed from that has the right shape and the wrong numbers.

    Whole numbers that could overflow 64 bits anywhere in the loss or its gradients become Python
    ints. Where one of the three is floating point, whole numbers join it in its type.

    Raises ``ShapeError`` (a ``ValueError``) where they do not fit, and what `array` and `finite`
    raise: of u and v, for NaN and infinity in W show in the residual.
    """
    W, u, v = fitting(W, u, v)
    return W, finite("u", u), finite("v", v)


def fitting(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> tuple[Array, Array, Array]:
    """Return what `problem` returns, and let NaN and infinity pass."""
    W, u, v = matrix("W", W), matrix("u", u), array("v", v)
    m, n = W.shape
    if v.ndim == 1:
        raise ShapeError(
            f"v has shape {v.shape}, a flat array; Wu − v would silently become "
            f"{(m, v.size)}; make it a column: v.reshape(-1, 1)"
        )
    v = _two_dimensional("v", v)
    _rows("u", u, n, f"W has {n} columns")
    _rows("v", v, m, f"W has {m} rows")
    if u.shape[1] != v.shape[1]:
        raise ShapeError(
            f"u has {u.shape[1]} columns and v has {v.shape[1]}, which NumPy might stretch "
            "silently; a batch needs one column of v for each column of u"
        )
    return _one_arithmetic(W, u, v)


def _rows(name, given, rows, reason):
    if given.shape[0] == rows:
        return
    hint = ""
    if given.shape[1] == rows:
        what = "a row" if given.shape[0] == 1 else "its columns and rows exchanged"
        hint = f", {what}; transpose it: {name}.T"
    raise ShapeError(f"{reason}, so {name} needs {rows} rows; it has shape {given.shape}{hint}")


def _one_arithmetic(*arrays):
    """Give the arrays one kind of number, exact if all of them are, and safe from overflow."""
    kinds = {a.dtype.kind for a in arrays}
    if kinds & set("fc") and "i" in kinds:
        shared = np.result_type(*(a.dtype for a in arrays if a.dtype.kind in "fc"))
        return tuple(a.astype(shared) if a.dtype.kind == "i" else a for a in arrays)
    if {"i", "O"} <= kinds:
        return tuple(a.astype(object) for a in arrays)
    if kinds == {"i"}:
        W, u, v = (max(-int(a.min()), int(a.max())) for a in arrays)
        (m, n), N = arrays[0].shape, arrays[1].shape[1]
        r = n * W * u + v
        largest = max(m * N * r * r, 2 * m * W * r, 2 * N * u * r, 2 * m * W * W, 2 * N * u * u, r)
        if largest >= 2**63:
            return tuple(a.astype(object) for a in arrays)
    return arrays
