"""Clauses: what is said of an answer is looked up in its formula first.

>>> from wuv.diagnosis.question import question
>>> from wuv.diagnosis.reading import read_answer
>>> asked = question("u")
>>> answer = read_answer("2*W@W@u - 2*W@v", asked)
>>> parts = Parts(answer.tree, asked.case("free").book)
>>> from wuv.algebra import read_latex
>>> [parts.have(read_latex(x)) for x in ("W", "W u", "W^T", "W u - v")]
[True, True, False, False]
"""

import numpy as np

from wuv.algebra import factors, places, product, put, rebuild, walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.diagnosis.edits import LAYOUT
from wuv.diagnosis.mistakes import MISTAKES
from wuv.points import alike

MOST = 60  # ways to mend an answer
LONGEST = 6  # factors side by side that are looked at together
FAR_FETCHED = 2.9  # the weight of several mistakes that are hardly made at once
STEPS = ("step", "loss")  # where an edit is none of a formula
LOCAL = 4.0  # the same, if each is made in a small part of the formula
WRITTEN_OUT = {"sigmoid", "softmax"}  # people write them with exp, too
VAGUE = {
    "factor-dropped", "factor-added", "term-dropped", "term-added", "variable-for-variable",
    "letters-exchanged", "plus-for-times", "times-for-plus", "inverse-added", "norm-added",
    "function-lost", "function-added", "multiplied-for-divided", "divided-for-multiplied",
}  # fmt: skip


class Parts:
    """What stands in a formula: every part of it, and factors side by side, by their values."""

    def __init__(self, tree, values):
        self.values = values
        self.found = [] if tree is None else [*pieces(tree)]

    def have(self, node, plain=False):
        """Return whether a formula is one of the parts; if ``plain``, one without a transpose."""
        value = self.values(node)
        some = (self.values(x) for x, turned in self.found if not (plain and turned))
        return value is not None and any(x is not None and alike(x, value) for x in some)


def pieces(tree, turned=False):
    """Yield every part of a formula, and every run of neighbours in a product, and whether it is
    what a transpose turns."""
    yield tree, turned
    row = factors(tree)
    for i in range(len(row)):
        for j in range(i + 2, min(i + LONGEST, len(row)) + 1):
            yield product(*row[i:j]), False
    for x in tree.args:
        yield from pieces(x, tree.op == "transpose")


def tellable(explanation, answer, own, right, has_value=True):
    """Return whether an explanation may be told of an answer: what it names stands in the formula;
    and it is not that one whole formula replaces another and something else is wrong too."""
    if answer.tree is None or answer.free:
        return True
    used = {x.op for tree in (answer.tree, own) if tree is not None for x in walk(tree)}
    used |= WRITTEN_OUT if "exp" in used else set()
    if any(x and used.isdisjoint(x) for x in (MISTAKES[k].needs for k in explanation.kinds)):
        return False
    local = _is_local(explanation, own)
    if explanation.count > 1 and explanation.weight > (LOCAL if local else FAR_FETCHED):
        return False
    known = used.union(*({x.op for x in walk(y)} for y in (right,) if y is not None))
    if any(_foreign(x, used, known) for x in explanation.edits):
        return False
    vague = [x for x in explanation.edits if x.kind in VAGUE]
    if explanation.count > 1 and vague and any(x.where in STEPS for x in explanation.edits):
        return False
    whole = any(x.where == "gap" or x.now == own or x.was == right for x in vague)
    return explanation.count < 2 or not (
        whole or len(vague) > 1 or (vague and not has_value and not local)
    )


def _is_local(explanation, own):
    """Return whether each edit is one of a small part of the answer's own formula."""
    if own is None or not explanation.edits or any(x.where in STEPS for x in explanation.edits):
        return False
    size = {x: sum(1 for _ in walk(x)) for x in walk(own)}
    return all(2 * size.get(x.now, size[own]) <= size[own] for x in explanation.edits)


def _foreign(edit, used, known):
    """Return whether an edit of a formula speaks of a function that stands neither in the answer
    nor in what is right: another way to write the same numbers is nobody's slip."""
    if MISTAKES[edit.kind].about == "loss" or edit.where == "step":
        return False  # it names parts of the loss
    for node, there in ((edit.now, used), (edit.was, known)):
        here = {x.op for x in walk(node)} if node is not None else set()
        if here & {*ELEMENTWISE, "inv"} - there:
            return True
    return False


def said_of(edit, alone, parts, right):
    """Return whether "now stands where was belongs" is true of a formula with these ``parts``;
    ``right`` has the parts of the right one."""
    if edit.kind == LAYOUT or edit.now is None or edit.was is None:
        return False
    belongs = edit.where in ("answer", "gap") or right.have(edit.was)
    return (
        parts.have(edit.now, edit.kind == "transpose-dropped")
        and (alone or belongs)
        and not _one_value(edit, parts)
    )


def mends(explanation, own, right, values):
    """Return whether the answer, with what belongs there in place of what stands there, for each
    edit at one place or at all, is the right formula, up to the constant and the layout that are
    told. A run of factors is no place of its own, and is taken as it is said.
    """
    trees = [own]
    for edit in explanation.edits:
        if edit.kind == LAYOUT or edit.now is None or edit.was is None:
            return True
        trees = [new for tree in trees for new in _exchanged(tree, edit, values)][:MOST]
    wanted = values(right)
    if not trees or wanted is None:
        return True
    multiple = explanation.scale.edits > 0
    return any(_like(x, wanted, values, multiple) for x in trees)


def _exchanged(tree, edit, values):
    """Yield a formula with an edit undone: at each of its places, and at all of them."""
    now = values(edit.now)
    found = [path for path, x in places(tree) if x == edit.now or _equal(values(x), now)]
    for path in found:
        yield put(tree, path, edit.was)
    if len(found) > 1:
        yield rebuild(tree, lambda x: edit.was if x == edit.now or _equal(values(x), now) else x)


def _equal(a, b):
    return a is not None and b is not None and np.shape(a) == np.shape(b) and alike(a, b)


def _like(tree, wanted, values, multiple):
    """Return whether a formula is what is wanted, or its transpose; or a multiple of it."""
    value = values(tree)
    if value is None or value.size != wanted.size:
        return False
    for x in (value, value.T):
        x, y = x.ravel(), wanted.ravel()
        at = np.argmax(abs(y))
        if y[at] and alike(x, y * (x[at] / y[at] if multiple else 1)):
            return True
    return False


def _one_value(edit, parts):
    """Return whether both sides have one value, so that nothing is told by naming them."""
    return _equal(*map(parts.values, (edit.now, edit.was)))
