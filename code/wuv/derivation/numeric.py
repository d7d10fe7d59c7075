"""A program as a Python function, which computes with NumPy and with its inf and nan; no text is
ever executed.

>>> from wuv import case_a, derive
>>> f = derive("np.linalg.norm(W @ u - v)**2", "u").function()
>>> value, slope = f(*case_a())
>>> value, slope.tolist()
(24.0, [[20.0], [16.0]])
"""

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from wuv.algebra import Expr
from wuv.algebra.arrays import to_arrays, to_part
from wuv.algebra.size import Shape, letters_of
from wuv.algebra.tree import is_number
from wuv.derivation.program import Program
from wuv.points import fast
from wuv.shapes import Array, Number, ShapeError, array


def in_arrays(found: Program) -> list[tuple[str, Expr]]:
    """Return the lines of a program as NumPy's operations: pairs of name and tree."""
    known, lines = dict(found.arguments), []
    for key, tree in found.parts:
        arrays, known[key] = to_part(tree, known)
        lines.append((key, arrays))
    for x in found.results:
        lines.append((x.name, to_arrays(x.formula, known, book=True, shape=x.shape)))
    return lines


def function(found: Program, called: str, doc: str) -> Callable[..., tuple[Number | Array, ...]]:
    """Return the function of a program's arguments, ``called`` so, that returns its results."""
    lines = in_arrays(found)

    def computed(*given: Any, **by_name: Any) -> Any:
        bound = signature.bind(*given, **by_name).arguments
        names = fitted(found.arguments, bound)
        with np.errstate(all="ignore"):
            for key, tree in lines:
                names[key] = _Plain(names)(tree)
        values = ((names[x.name], x.shape) for x in found.results)
        return tuple(value if shape else value.item() for value, shape in values)

    signature = Signature([Parameter(k, Parameter.POSITIONAL_OR_KEYWORD) for k in found.arguments])
    computed.__signature__ = signature  # type: ignore[attr-defined]
    computed.__name__ = computed.__qualname__ = called
    computed.__doc__ = f"Return {doc}"
    return computed


def fitted(shapes: Mapping[str, Shape], given: Mapping[str, Any]) -> dict[str, Array]:
    """Return arrays of floats that have the shapes, letters standing for any size.

    Raises ``ShapeError``.
    """
    sizes: dict[Any, tuple[int, str]] = {}
    found = {}
    for key, shape in shapes.items():
        value = array(key, given[key])
        value = value.reshape(()) if not shape and value.size == 1 else value
        wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
        if value.ndim != len(shape):
            hint = ""
            if value.ndim == 1 and shape[1:] == (1,):
                hint = f"; make it a column: {key}.reshape(-1, 1)"
            raise ShapeError(f"{key} has shape {value.shape}, and it must have {wanted}{hint}")
        for size, letter in zip(value.shape, shape, strict=True):
            known = (letter, "") if isinstance(letter, int) else sizes.get(letter, (size, ""))
            if size != known[0]:
                why = f", where {letter} is {known[0]} in {known[1]}" if known[1] else ""
                raise ShapeError(f"{key} has shape {value.shape}, and it must have {wanted}{why}")
            for x in letters_of(letter) if isinstance(letter, str) else ():
                sizes.setdefault(x, (size, key))
        found[key] = value if value.dtype.kind in "fc" else value.astype(float)
    return found


class _Plain(fast.Values):
    """Values as NumPy has them, of arrays of any size."""

    def __init__(self, names):
        super().__init__(names, PLAIN)

    def again(self, tree, args):
        special = SPECIAL.get(tree.op)
        return np.asarray(
            special(self, tree) if special else OPERATIONS[tree.op](self, tree, *args)
        )

    def shared(self, mask, count):
        return mask / count

    def sigma(self, tree):
        body, low, high = tree.args
        low, high = (int(self(x).item()) for x in (low, high))
        terms = [
            _Plain({**self.names, tree.data: np.asarray(float(i))})(body)
            for i in range(low, high + 1)
        ]
        return sum(terms)

    def epower(self, tree):
        """‖r‖² without a root, so that it is exact where the entries of r are small and whole."""
        base, k = tree.args
        if base.op != "norm" or not is_number(k) or k.data % 2:
            return self(base) ** self(k)
        a = self(base.args[0])
        return (a * a).sum() ** (k.data // 2)

    def filled(self, tree):
        sizes = [int(self(x).item()) for x in tree.args]
        if tree.op == "eye":
            return np.eye(*sizes)
        return np.full(sizes, float(tree.op == "ones"))


PLAIN = fast.FLOATS | {"inv": np.linalg.inv, "det": np.linalg.det}
OPERATIONS = fast.OPERATIONS | {
    "div": lambda run, node, a, b: a / b,
    "matrix_power": lambda run, node, a, k: np.linalg.matrix_power(a, int(k.item())),
}
SPECIAL = fast.SPECIAL | {
    "sigma": _Plain.sigma,
    "epower": _Plain.epower,
    "eye": _Plain.filled,
    "ones": _Plain.filled,
    "zeros": _Plain.filled,
}
