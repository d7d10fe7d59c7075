"""Remarks: one sentence that a right answer gets, true of it and worth knowing.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> remark(read_answer("2Wᵀ(Wu − v)", asked), asked)
'Wᵀ stands there because W crossed the inner product.'
>>> remark(read_answer("2*W.T@W@u - 2*W.T@v", asked), asked)
'It is 2 * W.T @ (W @ u - v), multiplied out or rearranged.'
"""

import re

from wuv.algebra import free_names, walk
from wuv.algebra.size import shape_text
from wuv.algebra.tree import name
from wuv.derivation.rules import matching
from wuv.diagnosis.answer import in_the_book
from wuv.diagnosis.where import LONGEST, formula_text


def remark(answer, asked):
    """Return the sentence: the form that the derivation has, if the answer's is another; which
    transpose a crossing has left; where it is 0; or its size."""
    return next(said for rule in (_form, _crossing, _zero, _size) if (said := rule(answer, asked)))


def _form(answer, asked):
    if asked.derivation is None or asked.order == 2 or answer.tree is None:
        return ""
    own = in_the_book(answer, asked, asked.case("free"))
    yours, ours = (formula_text(x, asked.shapes) for x in (own, asked.right))
    in_one_line = answer.is_numpy and "\n" not in asked.derivation.numpy
    shown = asked.derivation.numpy if in_one_line else ours
    if not yours or not ours or yours == ours or len(shown) > LONGEST:
        return ""
    if _signs(shown) == _signs(answer.text):
        return ""  # nothing but the order is another
    return f"It is {shown}, multiplied out or rearranged."


def _signs(text):
    return sorted(re.sub(r"[\s()]", "", text))


def _crossing(answer, asked):
    """Name a matrix of the loss that crossed, if its transpose stands in the answer."""
    if asked.derivation is None or asked.order == 2 or answer.tree is None:
        return ""
    crossed = {
        x
        for s in asked.derivation.steps
        if "crossing" in s.kinds
        for x in s.reason.split("`")[1::2]
    }
    yours, loss = (
        {x.args[0] for x in walk(tree) if x.op == "transpose"} for tree in (answer.tree, asked.book)
    )
    for x in asked.shapes:
        if x in crossed and name(x) in yours - loss:
            return f"{x}ᵀ stands there because {x} crossed the inner product."
    return ""


def _zero(answer, asked):
    """Say where it is 0, if the loss is nothing but a square with a difference inside."""
    residual = asked.residual
    rule, parts = matching(_behind_constant(asked.book))
    if asked.order == 2 or residual is None or residual.op != "sub" or rule is None:
        return ""
    if rule.kind != "square" or residual not in parts.values():
        return ""
    one, other = (formula_text(x, asked.shapes) for x in residual.args)
    return f"It is 0 where {one} = {other}: the loss is 0 there, too." if one and other else ""


def _behind_constant(node):
    while node.op == "product" and not free_names(node.args[0]):
        node = node.args[1]
    return node


def _size(answer, asked):
    shape = shape_text(asked.shape)
    if asked.order == 2:
        return "It is symmetric, as second derivatives are."
    return f"It has the shape of {asked.wrt}, {shape}, as it must."
