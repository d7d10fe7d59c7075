"""Several arrays as one point: the arguments of a function, or a dictionary of its parameters.

>>> import numpy as np
>>> x = {"W": np.eye(2), "deep": (np.ones(3), np.zeros(1))}
>>> list(parts(x))
["x['W']", "x['deep'][0]", "x['deep'][1]"]
>>> changed(x, "x['deep'][1]", 7)["deep"]
(array([1., 1., 1.]), 7)

A tuple or a dictionary with an array in it, at any depth, holds several arrays; a list and all else
is an array, as NumPy reads it. A function takes the entries of a tuple as its arguments, and a
dictionary as one.
"""

from collections.abc import Callable, Mapping
from typing import Any


def are_several(x: Any) -> bool:
    """Return whether x holds several arrays rather than being one."""
    return isinstance(x, Mapping) or (
        isinstance(x, tuple) and any(getattr(y, "ndim", 0) or are_several(y) for y in x)
    )


def parts(x: Any) -> dict[str, Any]:
    """Return {name: array} of all arrays in x, each named as Python would reach it."""
    return beside(x, x)


def beside(x: Any, other: Any, name: str = "x") -> dict[str, Any]:
    """Return {name: what ``other`` has in its place} for each array in x.

    Raises ``ValueError`` where ``other`` is not made like x.
    """
    if not are_several(x):
        return {name: other}
    if isinstance(x, Mapping):
        if not isinstance(other, Mapping) or set(other) != set(x):
            raise ValueError(f"it must be a dictionary with the keys of {name}: {[*x]}")
        other = [other[key] for key in x]
    elif not isinstance(other, tuple | list) or len(other) != len(x):
        raise ValueError(f"it must hold {len(x)} arrays, as {name} does")
    pairs = zip(_entries(x, name), other, strict=True)
    return {k: z for (key, y), there in pairs for k, z in beside(y, there, key).items()}


def changed(x: Any, which: str, new: Any, name: str = "x") -> Any:
    """Return x with the array of this name replaced."""
    if not are_several(x):
        return new if name == which else x
    some = [changed(y, which, new, key) for key, y in _entries(x, name)]
    if isinstance(x, Mapping):
        return dict(zip(x, some, strict=True))
    return type(x)(*some) if hasattr(x, "_fields") else tuple(some)


def applied(f: Callable[..., Any], x: Any) -> Any:
    """Return f of x: a tuple's entries are its arguments."""
    return f(*x) if isinstance(x, tuple) and are_several(x) else f(x)


def _entries(x, name):
    """Return what x holds, as pairs of name and array."""
    if isinstance(x, Mapping):
        return [(f"{name}[{key!r}]", y) for key, y in x.items()]
    fields = getattr(x, "_fields", None)
    keys = [f".{k}" for k in fields] if fields else [f"[{i}]" for i in range(len(x))]
    return [(name + key, y) for key, y in zip(keys, x, strict=True)]
