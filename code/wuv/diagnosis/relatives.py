r"""Relatives of a loss: others that are taken for it, each with the gradient that belongs to it.

>>> from wuv.algebra import to_text
>>> from wuv.diagnosis.question import question
>>> asked = question("w", "np.sum((X @ w - y)**2)", "X:m,n; w:n; y:m")
>>> for x in relatives(asked):
...     print(x.named)
the logistic loss, with σ(Xw) for the prediction
the cross-entropy, with softmax(Xw) for the prediction
the loss with |Xw − y| where its square stands
‖Xw − y‖, not of its square

An answer may be right for one of them. What is compared is the slope against the prediction, such
as σ(z) − y, carried back to the variable by the rules of `wuv.derivation`.
"""

from functools import lru_cache
from typing import NamedTuple

from wuv.algebra import Expr, free_names, rebuild, walk
from wuv.algebra.tree import name
from wuv.derivation.forms import make, num, turned
from wuv.diagnosis.question import squared
from wuv.diagnosis.steps import carried, slope
from wuv.diagnosis.where import formula_text

LIKELY = 1.2  # the weight of taking one loss for another
TURNED = 1.9  # and of one with the transpose in another place
ROOT = 0.95  # and of a norm for its square
WHY = {  # why a loss that compares z with labels in one way is not the one that does in another
    "squared": "Here the residual is {z} − {y} itself, with no function around {z}.",
    "squared σ": "Here σ({z}) stands in a square, and has a slope of its own.",
    "σ": "Here {z} goes through a function, and a logarithm, before it is compared.",
    "softmax": "σ is for labels that are 0 or 1, each alone; softmax for one class of many.",
}
SIGN = "The slope of |x| is its sign, that of x² is 2x."
BEFORE = "Where a transpose stands in the gradient depends on where it stands in the loss."
NORM = "The slope of ‖r‖ has length 1 in r; that of ‖r‖² is 2r, which grows with r."


class Relative(NamedTuple):
    """Another loss: how it is ``named``, the ``gradient`` that belongs to it, and ``why`` it is not
    this one; ``weight`` says how seldom it is taken for it."""

    named: str
    gradient: Expr
    why: str
    weight: float = LIKELY


@lru_cache(maxsize=64)
def relatives(asked):
    """Return the `Relative`s of a loss that have a gradient in its variable, in general sizes."""
    if asked.order == 2:
        return ()
    found = [*_by_prediction(asked), *_other_lengths(asked)]
    return tuple(x for x in found if x.gradient is not None)


@lru_cache(maxsize=64)
def turned_relatives(asked):
    """Return the losses in which one matrix is transposed: their sizes fit square ones at least."""
    if asked.order == 2:
        return ()
    found = []
    for letter, shape in asked.shapes.items():
        if len(shape) == 2 and 1 not in shape:
            loss = _with_transposed(asked.book, name(letter))
            gradient = slope(loss, asked.x)
            said = f"{_text(loss, asked)}, with {letter} transposed"
            found.append(Relative(said, gradient, BEFORE, TURNED))
    return tuple(x for x in found if x.gradient is not None)


def _with_transposed(loss, letter):
    """Return the loss with Aᵀ for A, and A for Aᵀ."""

    def change(node):
        if node.op == "transpose" and node.args[0] == turned(letter):
            return letter.with_(shape=node.shape)
        return turned(node) if node == letter else node

    return rebuild(loss, change)


def _text(tree, asked):
    return formula_text(tree, asked.shapes) or "a loss"


def _by_prediction(asked):
    """Yield losses that compare the same labels with the same prediction in another way."""
    for z, y, now in _predictions(asked):
        text, label = _text(z, asked), _text(y, asked)
        why = WHY[now].format(z=text, y=label)
        p, π = make("sigmoid", z), _softmax(z, asked)
        if now != "squared":
            named = f"a squared error, with {text} − {label} for its residual"
            against = WHY["σ"].format(z=text) if now == "softmax" else why
            yield Relative(named, carried(make("sub", z, y), z, asked.x), against)
        if now != "σ":
            named = f"the logistic loss, with σ({text}) for the prediction"
            yield Relative(named, carried(make("sub", p, y), z, asked.x), why)
        if now != "softmax":
            named = f"the cross-entropy, with softmax({text}) for the prediction"
            against = WHY["softmax"] if now == "σ" else why
            yield Relative(named, carried(make("sub", π, y), z, asked.x), against)


def _softmax(z, asked):
    """Return the softmax of a column, or of the rows of a matrix, or as the loss has it."""
    own = next((x.data for x in walk(asked.book) if x.op == "softmax" and x.shape == z.shape), None)
    return make("softmax", z, data=own or (None if z.shape[1:] == (1,) else (1, True)))


def _predictions(asked):
    """Yield (z, y, how): what is compared with which labels, in which of the ways of `WHY`."""
    loss, x = asked.book, asked.wrt
    for node in walk(loss):
        for residual in squared(node)[:1]:
            sides = [x in free_names(y) for y in residual.args]
            if residual.op == "sub" and residual.shape and sum(sides) == 1:
                z, y = residual.args if sides[0] else residual.args[::-1]
                yield (z.args[0], y, "squared σ") if z.op == "sigmoid" else (z, y, "squared")
        how, z = _entropy(node)
        if how and z.shape and x in free_names(z):
            known = {*free_names(z), x}
            labels = (n for n in walk(loss) if n.op == "name" and n.data not in known)
            for y in dict.fromkeys(n for n in labels if n.shape == z.shape):
                yield z, y, how


def _entropy(node):
    """Return (how, z) of what makes a cross-entropy of z; ("", None) of anything else."""
    if node.op in ("logsumexp", "softplus"):
        return "softmax" if node.op == "logsumexp" else "σ", node.args[0]
    if node.op != "log":
        return "", None
    (inner,) = node.args
    if inner.op in ("sigmoid", "softmax"):
        return "σ" if inner.op == "sigmoid" else "softmax", inner.args[0]
    if inner.op == "add" and inner.args[0].op in ("ones", "number") and inner.args[1].op == "exp":
        return "σ", inner.args[1].args[0]
    if inner.op == "sum" and inner.args[0].op == "exp":
        return "softmax", inner.args[0].args[0]
    return "", None


def _other_lengths(asked):
    """Yield losses with one square, absolute value or norm in the place of another of these."""
    for node in walk(asked.book):
        square = squared(node)[:1] if node.op != "mean" else ()
        for x in (x for x in square if x.shape and asked.wrt in free_names(x)):
            text = _text(x, asked)
            norm, modulus = make("norm", x), make("sum", make("abs", x), data=(None, False))
            named = f"the loss with |{text}| where its square stands"
            yield Relative(named, _slope_with(asked, node, modulus), SIGN)
            if node == asked.book:
                yield Relative(
                    f"‖{text}‖, not of its square", _slope_with(asked, node, norm), NORM, ROOT
                )
        whole = node.op == "sum" and node.args[0].op == "abs"
        if whole or (node.op == "p_norm" and node.data == 1):
            x = node.args[0].args[0] if whole else node.args[0]
            new = make("power", make("norm", x), num(2))
            named = f"the loss with ‖{_text(x, asked)}‖² where the absolute value stands"
            yield Relative(named, _slope_with(asked, node, new), SIGN)


def _slope_with(asked, node, new):
    loss = rebuild(asked.book, lambda x: new if x == node else x)
    return slope(loss, asked.x)
