"""Assumptions: what is known of the letters of a loss, and how it shortens a gradient.

>>> from wuv import derive
>>> derive("x.T @ S @ x", "x", assume="S symmetric").numpy
'2 * S @ x'
>>> derive("-y.T @ np.log(softmax(x))", "x", "x:n,1; y:n,1", assume="y one-hot").numpy
'np.exp(x - np.logaddexp.reduce(x)) - y'

Each kind is one row of `KINDS`: how numbers are drawn that have it, and which parts of a formula it
makes shorter. A shorter formula is tried at points that satisfy the assumptions, and nowhere else.

Where the variable itself is symmetric there are two conventions. Its gradient among symmetric
matrices is ½(G + Gᵀ), which may be added to it; the slopes in its independent entries, those on and
above the diagonal, are G + Gᵀ − diag G, which the Matrix Cookbook prints (its equation 138).
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

import numpy as np

from wuv.algebra import Expr, Unreadable, rebuild
from wuv.algebra.tree import is_number
from wuv.derivation.forms import full, identity, make, num, turned
from wuv.derivation.prepare import Loss
from wuv.derivation.simplify import simplify

MAX_ROUNDS = 10
SPELLINGS = re.compile(r"\b(is|are)\b|\{\s*([-−±])\s*1(?:\s*,\s*\+?1)?\s*\}|\{\s*0\s*,\s*1\s*\}")
ENTRIES = (
    "in the entries on and above the diagonal: G + G^T - diag G, as the Matrix Cookbook has it"
)
AMONG = "among symmetric matrices: the mean of G and its transpose"


class Kind(NamedTuple):
    """A kind of assumption: ``drawn`` makes an array that has it from any, ``holds`` says whether
    one of exact numbers has it; ``rules`` name the parts that it shortens."""

    drawn: Callable[[Any, Random], Any]
    holds: Callable[[Any], Any]
    rules: tuple[str, ...]
    square: bool = False


def _symmetric(a, draws):
    return a + a.T


def _definite(a, draws):
    found = a.dot(a.T)
    return found + np.diag([1] * len(a)).astype(object)


def _orthogonal(a, draws):
    v = a[:, :1] if np.any(a[:, :1]) else np.ones_like(a[:, :1])
    return np.diag([1] * len(a)).astype(object) - v.dot(v.T) * Fraction(2) / (v * v).sum()


def _binary(a, draws):
    found = np.array(a, dtype=object)
    for i in np.ndindex(found.shape):
        found[i] = draws.randint(0, 1)
    return found if found.shape else found.item()


def _sign(a, draws):
    return _binary(a, draws) * 2 - 1


def _one_hot(a, draws):
    found = np.zeros(np.shape(a), dtype=int).astype(object)
    rows = found if found.ndim == 2 and found.shape[1] > 1 else found.reshape(1, -1)
    for row in rows:
        row[draws.randrange(len(row))] = 1
    return found


def _of_sum_one(a, draws):
    """Let a column add up to 1, and of a matrix each row, as the one-hot ones do."""
    a = abs(np.array(a, dtype=object))
    return _over_sums(a, axis=1 if a.shape[1:] > (1,) else None)


def _columns_of_sum_one(a, draws):
    return _over_sums(abs(np.array(a, dtype=object)), axis=0)


def _over_sums(a, axis):
    a = a + (a.sum(axis=axis, keepdims=True) == 0)
    return a * Fraction(1) / a.sum(axis=axis, keepdims=True)


def _of_length_one(a, draws):
    """Return a point of the unit sphere with fractions as entries: where a line that starts at the
    pole meets it."""
    flat = np.ravel(np.array(a, dtype=object)) * Fraction(1)
    rest = (flat[:-1] ** 2).sum()
    flat[:-1] *= 2
    flat[-1] = rest - 1
    return (flat / (rest + 1)).reshape(np.shape(a))


def _positive(a, draws):
    return abs(a) + (a == 0)


def _sums(a):
    return a.sum(axis=1) if a.shape[1:] > (1,) else a.sum()


def _is_symmetric(a):
    return a == a.T


def _is_orthogonal(a):
    return a.dot(a.T) == np.eye(len(a), dtype=int)


def _is_definite(a):
    return np.all(_is_symmetric(a)) and np.linalg.eigvalsh(a.astype(float)).min() > 0


KINDS = {
    "symmetric": Kind(_symmetric, _is_symmetric, ("symmetric",), True),
    "positive definite": Kind(_definite, _is_definite, ("symmetric",), True),
    "orthogonal": Kind(_orthogonal, _is_orthogonal, ("orthogonal",), True),
    "one-hot": Kind(
        _one_hot, lambda a: (a * a == a).all() & (_sums(a) == 1), ("idempotent", "of sum 1")
    ),
    "in {0, 1}": Kind(_binary, lambda a: a * a == a, ("idempotent",)),
    "in {-1, 1}": Kind(_sign, lambda a: a * a == 1, ("its own inverse",)),
    "sums to 1": Kind(_of_sum_one, lambda a: _sums(a) == 1, ("of sum 1",)),
    "has columns that sum to 1": Kind(
        _columns_of_sum_one, lambda a: a.sum(axis=0) == 1, ("of column sums 1",)
    ),
    "has length 1": Kind(_of_length_one, lambda a: (a * a).sum() == 1, ("unit",)),
    "positive": Kind(_positive, lambda a: a > 0, ("positive",)),
}
VERBS = ("sums ", "has ")
COLUMNS = ("one-hot", "sums to 1", "has columns that sum to 1", "has length 1")  # and no numbers


class Assumptions(NamedTuple):
    """What is assumed of names: {name: kind}."""

    kinds: Mapping[str, str]

    def __str__(self):
        return ", ".join(f"{key} {kind}" for key, kind in self.kinds.items())

    def fitted(self, values: Mapping[str, Any], draws: Random) -> dict[str, Any]:
        """Return values that satisfy the assumptions, drawn from others."""
        found = dict(values)
        for key, kind in self.kinds.items():
            found[key] = KINDS[kind].drawn(found[key], draws)
        return found

    def hold(self, values: Mapping[str, Any]) -> bool:
        """Return whether exact values satisfy the assumptions."""
        found = {key: np.asarray(values[key], dtype=object) for key in self.kinds}
        return all(bool(np.all(KINDS[k].holds(found[key]))) for key, k in self.kinds.items())

    def has(self, node: Expr, rule: str) -> bool:
        """Return whether a node is a name of which a rule holds."""
        return node.op == "name" and rule in KINDS.get(self.kinds.get(node.data, ""), _NONE).rules

    def shortened(self, formula: Expr) -> Expr:
        """Return a formula that is equal where the assumptions hold, and shorter if it can be."""
        for _ in range(MAX_ROUNDS):
            shorter = simplify(rebuild(formula, self._shorter), factored=True)
            if shorter == formula:
                break
            formula = shorter
        return formula

    def _shorter(self, node):
        if node.op == "transpose" and self.is_symmetric(node.args[0]):
            return node.args[0]
        if node.op == "inv" and self.has(node.args[0], "orthogonal"):
            return turned(node.args[0])
        if node.op == "product":
            return self._product(node)
        if node.op in ("times", "epower", "power"):
            return self._entries(node)
        if node.op in ("abs", "sign", "sqrt"):
            return self._of_positive(node)
        if node.op == "norm" and node.data is None and self.has(node.args[0], "unit"):
            return num(1)
        whole = node.op == "sum" and (node.data or (None,))[0] is None
        return num(1) if whole and self._is_unit(node.args[0]) else node

    def _entries(self, node):
        """Shorten y ⊙ y and powers of y."""
        y, other = node.args
        again = other == y or (node.op != "times" and other.op == "number" and other.data > 0)
        if again and self.has(y, "idempotent"):
            return y
        if self.has(y, "its own inverse") and (other == y or is_number(other, 2)):
            return full("ones", node.shape) if node.shape else num(1)
        return node

    def _of_positive(self, node):
        """Shorten |x|, sign x and √x²."""
        (x,) = node.args
        if self.has(x, "positive") and node.op != "sqrt":
            return x if node.op == "abs" else full("ones", node.shape)
        square = x.op in ("epower", "power") and is_number(x.args[1], 2)
        plain = node.op == "sqrt" and square and self.has(x.args[0], "positive")
        return x.args[0] if plain else node

    def _product(self, node):
        a, b = node.args
        last, rest = (a.args[1], a.args[0]) if a.op == "product" and a.shape else (a, None)
        if b == turned(last) and self.has(_base(b), "orthogonal"):  # Q Qᵀ, Qᵀ Q
            return identity(b.shape[1:] * 2) if rest is None else rest
        if b.op == "ones" and self.has(a, "of sum 1") and a.shape[1:] != (1,):
            return full("ones", node.shape)  # each row adds up to 1
        if last.op == "ones" and self.has(b, "of column sums 1"):
            row = full("ones", (last.shape[0], b.shape[1]))  # 𝟏ᵀY: each column adds up to 1
            return row if rest is None else make("product", rest, row)
        if a == turned(b) and not node.shape and self.has(b, "unit"):
            return num(1)
        return (
            num(1)
            if not node.shape
            and self._is_unit(b)
            and a == turned(b)
            and (self.has(b, "idempotent"))
            else node
        )

    def _is_unit(self, node):
        return self.has(node, "of sum 1") and node.shape[1:] == (1,)

    def is_symmetric(self, node: Expr) -> bool:
        """Return whether a formula is its own transpose, as S, S⁻¹, S + I and SAS are for A and S
        symmetric."""
        if node.op in ("inv", "power", "neg", "div", "add", "sub"):
            arrays = [x for x in node.args if x.shape]
            return all(map(self.is_symmetric, arrays))
        return node.op == "eye" or self.has(node, "symmetric")


_NONE = Kind(lambda a, draws: a, lambda a: True, ())


def _base(node):
    return node.args[0] if node.op == "transpose" else node


def assumptions(text: str | None, given: Loss) -> Assumptions:
    """Return the `Assumptions` of a text, such as "S symmetric; y one-hot; t in {0, 1}".

    Raises `wuv.algebra.Unreadable`.
    """
    found = {}
    for part in re.split(r"[;,](?![^{]*\})", text or ""):
        said = " ".join(SPELLINGS.sub(_one_spelling, part).split())
        key, _, kind = said.partition(" ")
        if not said:
            continue
        if key not in given.shapes:
            raise Unreadable(f"{key} is not in the loss; an assumption is such as S symmetric")
        if kind not in KINDS:
            raise Unreadable(f"{said!r} is not known; there are {', '.join(KINDS)}")
        shape = given.shapes[key]
        if KINDS[kind].square and (len(shape) != 2 or shape[0] != shape[1]):
            said = f"{key} is not declared square; say so, as in --shapes '{key}:n,n'"
            raise Unreadable(said)
        if kind in COLUMNS and not shape:
            raise Unreadable(f"{key} is a number; {kind} is said of a column")
        found[key] = kind
    return Assumptions(found)


def in_words(kinds: Mapping[str, str]) -> str:
    """Return assumptions, {name: kind}, as `assumptions` reads them and people do.

    >>> in_words({"S": "symmetric", "y": "sums to 1"})
    'S is symmetric; y sums to 1'
    """
    parts = (f"{k} {x}" if x.startswith(VERBS) else f"{k} is {x}" for k, x in kinds.items())
    return "; ".join(parts)


def _one_spelling(match):
    return "" if match[1] else "{-1, 1}" if match[2] else "{0, 1}"


def conventions(gradient: Expr, assumed: Assumptions) -> tuple[Expr, Expr]:
    """Return the gradient of a symmetric variable among symmetric matrices, and its slopes in
    independent entries: ½(G + Gᵀ), and G + Gᵀ − diag G."""
    both = make("add", gradient, turned(gradient))
    plain = make("product", num(Fraction(1, 2)), both)
    diagonal = make("diag", make("diag", gradient))
    entries = make("sub", both, diagonal)
    return assumed.shortened(plain), assumed.shortened(entries)
