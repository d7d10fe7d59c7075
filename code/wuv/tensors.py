"""Arrays of other libraries, such as JAX and PyTorch, told by what they can do: none is imported.

>>> import numpy as np
>>> float(epsilon(np.float32(1))), epsilon(1.0)
(1.1920928955078125e-07, None)
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Return another library's array as NumPy's, without its graph, and anything else as it is."""
    if not hasattr(value, "dtype") or isinstance(value, np.ndarray | np.generic):
        return value
    for step in ("detach", "cpu"):  # PyTorch
        value = getattr(value, step)() if hasattr(value, step) else value
    try:
        found = np.asarray(value)
    except TypeError:
        found = np.asarray(value.float())  # PyTorch's bfloat16, which NumPy does not know
    return found.astype(np.float32) if _type_name(found) == "bfloat16" else found


def like(x: Any) -> Callable[[np.ndarray], Any] | None:
    """Return the function that makes arrays of x's library from NumPy's, of x's type unless whole
    numbers become floats; None where x is NumPy's own, or no array."""

    def tensor(a):
        base = x.double() if a.dtype.kind == "f" and not x.is_floating_point() else x
        return base.new_tensor(a, requires_grad=x.requires_grad)

    def namespaced(a):
        whole = plain(x).dtype.kind in "biu"
        kind = None if whole and a.dtype.kind == "f" else x.dtype
        return x.__array_namespace__().asarray(a, dtype=kind, copy=True)

    if hasattr(x, "new_tensor"):  # PyTorch
        return tensor
    if hasattr(x, "__array_namespace__") and not isinstance(x, np.ndarray | np.generic):
        return namespaced
    return None


def called(f: Callable[[Any], Any], x: Any) -> Callable[[np.ndarray], Any]:
    """Return f as a function of NumPy's array, also where x belongs to another library."""
    made = like(x)
    return f if made is None else lambda a: f(made(a))


def epsilon(value: Any) -> float | None:
    """Return the distance from 1 to the next number of a value's type; None where it has none."""
    name = _type_name(value)
    if name == "bfloat16":
        return 2.0**-7
    try:
        return np.finfo(name).eps
    except (TypeError, ValueError):
        return None


def _type_name(value):
    kind = getattr(value, "dtype", None)
    return getattr(kind, "name", "") or str(kind).rpartition(".")[2]
