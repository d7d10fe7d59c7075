r"""What people leave unsaid: an answer may be right where a matrix is symmetric, labels sum to 1, …

>>> from wuv import diagnose
>>> found = diagnose("2*S@x", "x", "x.T @ S @ x", "S:n,n; x:n,1")
>>> found.verdict, found.assuming
('right-if', 'S is symmetric')
>>> diagnose("(S + S.T)@x", "x", "x.T @ S @ x", "S:n,n; x:n,1").verdict
'right'

The kinds are those of `wuv.derivation.assumptions`. An answer that is wrong is compared once more,
at points that satisfy one of them, or two; the weaker ones come first. What a letter often is says
which: a label sums to 1 under a softmax, Q is orthogonal. What is merely possible, such as any
matrix being orthogonal, is tried where no slip explains an answer.
"""

from contextlib import suppress
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from wuv.algebra import AlgebraError, Expr, free_names, walk
from wuv.algebra.tree import name
from wuv.derivation.assumptions import Assumptions, in_words
from wuv.diagnosis.question import CONVENTIONS, NOTHING, assuming, question

FACTS = {  # worth knowing; of a matrix, what stands behind the bar
    "symmetric": "Where {0} is symmetric, {0}ᵀ = {0}.",
    "orthogonal": "Where {0} is orthogonal, {0}ᵀ{0} = I.",
    "one-hot": "In a one-hot {0} one entry is 1, and the others are 0."
    " | In a one-hot {0} one entry of each row is 1, and the others are 0.",
    "in {0, 1}": "0 and 1 are their own squares.",
    "in {-1, 1}": "−1 and 1 have the square 1.",
    "sums to 1": "Labels that are one-hot, or probabilities, add up to 1."
    " | Labels that are one-hot, or probabilities, add up to 1 in each row.",
    "has columns that sum to 1": "Labels that are one-hot, or probabilities, add up to 1; here, "
    "each column does.",
    "has length 1": "Where {0} has length 1, {0}ᵀ{0} = 1.",
    "positive": "Where {0} is positive, |{0}| = {0}.",
}
READINGS = {  # of a symmetric variable, with G for the gradient in any matrix
    "any matrix": "Among symmetric matrices the gradient is ½(G + Gᵀ), with the gradient G for any "
    "{0}; the Matrix Cookbook has G + Gᵀ − diag G, the slopes in independent entries.",
    "symmetric matrices": "It is ½(G + Gᵀ), with the gradient G for any {0}; the Matrix Cookbook "
    "has G + Gᵀ − diag G, the slopes in independent entries.",
    "independent entries": "It has the slopes in independent entries, G + Gᵀ − diag G with the "
    "gradient G for any {0}, as the Matrix Cookbook has it; among symmetric matrices the gradient "
    "is ½(G + Gᵀ).",
}
SQUARE = "{0} is not declared square, and where it is not the formula has no value."
ENTROPY = {"log", "softmax", "logsumexp", "softplus", "sigmoid", "exp", "log1p", "logaddexp"}
LABELS = {"y", "Y", "t", "T", "z", "Z"}
MASKS = {"m", "M", "mask", "O", "Omega", "d", "delta"}
SYMMETRIC = {"S", "Sigma", "K", "P", "Lambda", "H"}
ORTHOGONAL = {"Q", "O", "R"}
MOST = 12  # pairs of assumptions that are tried


class Unsaid(NamedTuple):
    """An assumption: ``kinds``, ((letter, kind), …), with the ``convention`` for a symmetric
    variable; or that a matrix is ``square``, so that the sizes ``alike`` are the same."""

    kinds: tuple[tuple[str, str], ...] = ()
    convention: str = "any matrix"
    square: str = ""
    alike: tuple[str, ...] = ()

    def of(self, asked):
        """Return the question where it holds."""
        return assuming(asked, self.kinds, self.alike, self.convention)

    def asked(self, asked):
        """Return the question where it holds, with the derivation that it shortens; or None."""
        with suppress(AlgebraError):
            known = asked.language if asked.language in ("numpy", "latex") else None
            assume = in_words({**asked.assumed.kinds, **dict(self.kinds)})
            return question(asked.wrt, asked.text, asked.shapes, known, asked.order, assume)
        return None

    def facts(self, asked):
        """Return what is worth knowing of it, in a sentence or two."""
        if self.square:
            return SQUARE.format(self.square)
        said = []
        for letter, kind in self.kinds:
            plain, _, of_matrix = FACTS[kind].partition(" | ")
            fact = of_matrix if of_matrix and not _is_column(asked.shapes[letter]) else plain
            if (letter, kind) == (asked.wrt, "symmetric"):
                fact = READINGS[self.convention]
            said.append(fact.replace("{0}", letter))
        return " ".join(said)

    @property
    def text(self):
        """The assumption in words; those of ``kinds`` as `wuv.derive` takes them."""
        return in_words(dict(self.kinds)) if self.kinds else f"{self.square} is square"


@lru_cache(maxsize=64)
def usual(asked):
    """Return what people often leave unsaid of the letters of a loss, the weaker first."""
    single = [
        Unsaid(((letter, kind),))
        for letter, shape in asked.shapes.items()
        for kind in _kinds(asked, letter, shape)
        if letter not in asked.assumed.kinds
    ]
    pairs = [
        Unsaid(a.kinds + b.kinds)
        for a, b in combinations(single, 2)
        if a.kinds[0][0] != b.kinds[0][0]
    ]
    return (*single, *pairs[:MOST])


@lru_cache(maxsize=64)
def of_variable(asked):
    """Return the conventions for a variable that is symmetric, if it may be."""
    if not _is_square(asked.shape) or asked.wrt in asked.assumed.kinds:
        return ()
    return tuple(Unsaid(((asked.wrt, "symmetric"),), x) for x in CONVENTIONS)


@lru_cache(maxsize=64)
def of_squares(asked):
    """Return for each matrix that is not square by its declaration that it is."""
    found = {}
    for x, shape in asked.shapes.items():
        if len(shape) == 2 and shape[0] != shape[1] and all(isinstance(k, str) for k in shape):
            found.setdefault(frozenset(shape), Unsaid(square=x, alike=shape))
    return tuple(found.values())


@lru_cache(maxsize=64)
def possible(asked):
    """Return what could be assumed, of any letter that does not vary."""
    known = {x.kinds for x in usual(asked)}
    found = [
        Unsaid(((letter, kind),))
        for letter, shape in asked.shapes.items()
        if letter != asked.wrt and shape and letter not in asked.assumed.kinds
        for kind in (
            ("symmetric", "orthogonal")
            if _is_square(shape)
            else ("sums to 1", "in {0, 1}", "in {-1, 1}", "has length 1") * _is_column(shape)
        )
    ]
    return tuple(x for x in found if x.kinds not in known)


@lru_cache(maxsize=64)
def shortening(asked):
    """Return what is so often unsaid, and makes the gradient so much shorter, that slips are looked
    for in the shorter one; or None."""
    if asked.right is None or asked.order == 2:
        return None
    kinds = {}
    for ((letter, kind),) in (x.kinds for x in usual(asked) if len(x.kinds) == 1):
        assumed = Assumptions({letter: kind})
        if letter == asked.wrt or letter in kinds or kind not in STRONG:
            continue
        if assumed.shortened(asked.right) != NOTHING.shortened(asked.right):
            kinds[letter] = kind
    return Unsaid((*kinds.items(),)) if kinds else None


STRONG = ("symmetric", "sums to 1", "has columns that sum to 1")


def _kinds(asked, letter, shape):
    """Yield what a letter of the loss often is."""
    loss, moves = asked.book, letter == asked.wrt
    node = name(letter)
    if shape and any(_inside_modulus(x, node) for x in walk(loss)):
        yield "positive"
    if _is_column(shape) and any(_below(x, node) for x in walk(loss)):
        yield "has length 1"
    if moves:
        return
    if _is_square(shape):
        if letter in SYMMETRIC or _is_symmetrised(asked.right, node):
            yield "symmetric"
        if letter in ORTHOGONAL:
            yield "orthogonal"
        return
    is_label = shape and _weighs_entropy(loss, letter)
    if is_label:
        yield "sums to 1"
        if not _is_column(shape):
            yield "has columns that sum to 1"
    if is_label or letter in LABELS | MASKS:
        yield "in {0, 1}"
    if letter in LABELS:
        yield "in {-1, 1}"
    if is_label:
        yield "one-hot"


def _weighs_entropy(loss, letter):
    """Return whether there are logarithms or the like in a loss, and a letter in none of them."""
    inside = [x for x in walk(loss) if x.op in ENTROPY]
    return bool(inside) and not any(letter in free_names(x) for x in inside)


def _is_square(shape):
    return len(shape) == 2 and shape[0] == shape[1] != 1


def _is_column(shape):
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1 != shape[0])


def _inside_modulus(node, x):
    """Return whether a node is |x|, sign x, √x² or a norm like ‖x‖₁."""
    square = node.op == "sqrt" and node.args[0].op in ("epower", "power", "times")
    return (square and x in node.args[0].args) or (
        node.op in ("abs", "sign", "p_norm") and node.args[0] == x
    )


def _below(node, x):
    """Return whether a node divides by ‖x‖ or xᵀx."""
    if node.op not in ("div", "edivide"):
        return False
    return any(
        (y.op == "norm" and y.args[0] == x)
        or (y.op in ("product", "inner") and {*y.args} <= {x, Expr("transpose", (x,))})
        for y in walk(node.args[1])
    )


def _is_symmetrised(tree, x):
    """Return whether a matrix is added to its transpose, in a sum with both."""
    if tree is None:
        return False
    for node in walk(tree):
        if node.op in ("add", "sub"):
            plain, turned = zip(*(_occurs(y, x) for y in node.args), strict=True)
            if any(
                plain[i] and not turned[i] and turned[1 - i] and not plain[1 - i] for i in (0, 1)
            ):
                return True
    return False


def _occurs(node, x, turned=False):
    """Return whether a letter occurs as it is, and whether under a transpose."""
    if node == x:
        return not turned, turned
    found = [_occurs(y, x, turned != (node.op == "transpose")) for y in node.args]
    return any(a for a, _ in found), any(b for _, b in found)
