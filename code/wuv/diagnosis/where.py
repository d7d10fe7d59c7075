"""Where an answer parts from the derivation: the line before, the reason after, the smallest case.

>>> from wuv.diagnosis.mistakes import MISTAKES
>>> from wuv.diagnosis.question import question
>>> part = parting(question("u"), MISTAKES["transpose-dropped"])
>>> part.line, part.words
('dL = ⟨2(Wu − v), W du⟩', 'W crosses the inner product, as its transpose')

None of it has the right formula in it.
"""

import re
from typing import NamedTuple

import numpy as np

from wuv.algebra import AlgebraError, Expr, rebuild, terms, to_text, walk
from wuv.algebra.tree import name, number
from wuv.diagnosis.answer import without_one
from wuv.written import array_text

LONGEST = 70  # characters of a formula inside a sentence
SMALL = 1e-9
ONE = number(1)
ONES = re.compile(r"𝟏_(\{[^}]*\}|\w)")


class Parting(NamedTuple):
    """The last ``line`` before the step, or None where it is too long or would tell the gradient;
    and in ``words`` why the next one follows."""

    line: str | None
    words: str


def parting(asked, mistake, was=None):
    """Return the `Parting` of a mistake: the step of its kind, of several that which brings in what
    belongs there. None where the derivation has none."""
    if asked.derivation is None or asked.order == 2:
        return None
    steps = [x for x in asked.derivation.steps[:-1] if "part" not in x.kinds]
    kinds = next((x for x in mistake.step if any(set(x) & {*s.kinds} for s in steps[1:])), None)
    some = [i for i, s in enumerate(steps) if i and (kinds is None or set(kinds) & {*s.kinds})]
    formula = was is not None and was.op != "number"
    new = [i for i in some if formula and _brings(was, *steps[i - 1 : i + 1])]
    if not new and kinds is None:
        return None
    at = (new or some)[0]
    line = _line(steps[at - 1], asked.derivation)
    return Parting(
        None if tells(steps[at - 1].formula, name(asked.wrt)) or len(line) > LONGEST else line,
        steps[at].words,
    )


def _brings(node, before, after):
    return node in walk(after.formula) and node not in walk(before.formula)


def _line(step, derivation):
    """Return a line, with what its letters stand for that the derivation has introduced."""
    met = {x.data for x in walk(step.formula) if x.op == "name"}
    parts = [x for x in derivation.steps if "part" in x.kinds and x.left.data in met]
    return one_spelling(", ".join(" = ".join(x.sides()) for x in (step, *parts)))


def tells(line, x):
    """Return whether a line has the gradient in x in it: nothing else stands against a change.

    >>> from wuv.algebra import read_latex
    >>> x = read_latex("u")
    >>> tells(read_latex(r"\\langle 2W^T r, \\mathrm{d}u\\rangle"), x)
    True
    >>> tells(read_latex(r"\\langle 2r, W\\,\\mathrm{d}u\\rangle"), x)
    False
    """
    return all(
        node.op == "inner" and node.args[1] == Expr("differential", (x,)) for _, node in terms(line)
    )


def one_spelling(text):
    """Return a text in which all ones look alike, whatever their size."""
    return ONES.sub("𝟏", text)


def formula_text(tree, shapes):
    """Return a formula as people write it, or None where it is too long for a sentence."""
    if tree is None:
        return None
    try:
        text = to_text(tidy(tree), shapes, fits=False)
    except AlgebraError:
        return None
    return one_spelling(text) if len(text) <= LONGEST else None


def as_typed(text, answer):
    """Return NumPy text with sigmoid and softmax for what they are, if the answer has them.

    >>> as_typed("1 / (1 + np.exp(-(A @ w))) - 1", "sigmoid(A @ w)")
    'sigmoid(A @ w) - 1'
    >>> as_typed("np.exp(z - np.logaddexp.reduce(z, axis=None, keepdims=True))", "softmax(z)")
    'softmax(z)'
    """
    if "sigmoid(" in answer:
        text = _called(text, "1 / (1 + np.exp(", _sigmoid)
    return _called(text, "np.exp(", _softmax) if "softmax(" in answer else text


def _called(text, begins, written):
    """Return a text with another spelling of what begins so, up to where its bracket closes."""
    at = text.find(begins)
    while at >= 0:
        start, depth = at + len(begins), 1
        stop = start
        while stop < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[stop], 0)
            stop += 1
        found = written(text[start : stop - 1], text[stop:])
        if found is not None:
            text = text[:at] + found
        at = text.find(begins, at + 1)
    return text


def _sigmoid(inside, rest):
    if not rest.startswith(")"):
        return None
    plain = re.fullmatch(r"-\((.*)\)|-(\w+)", inside)
    return f"sigmoid({(plain[1] or plain[2]) if plain else f'-({inside})'}){rest[1:]}"


def _softmax(inside, rest):
    total = r"np\.logaddexp\.reduce\(\1(, axis=\w+)?(, keepdims=True)?\)"
    found = re.fullmatch(rf"(.+) - {total}", inside)
    if found is None:
        return None
    axis = found[2] if found[2] not in (None, ", axis=None") else ""
    return f"softmax({found[1]}{axis}){rest}"


def tidy(tree):
    """Return a formula without the factors 1 and the double transposes that edits leave behind."""

    def change(node):
        if node.op in ("div", "edivide") and node.args[1] == ONE:
            return node.args[0]
        if node.op in ("product", "times") and all(x.op == "number" for x in node.args):
            return number(node.args[0].data * node.args[1].data)
        if node.op == "transpose" and node.args[0].op == "transpose":
            return node.args[0].args[0]
        return without_one(node)

    return rebuild(tree, change)


def narrowed(now, was):
    """Return the parts in which two formulas differ, if all else in them is the same.

    >>> from wuv.algebra import read_latex, to_text
    >>> [to_text(x) for x in narrowed(read_latex("a + c b"), read_latex("a + 2 b"))]
    ['c', '2']
    """
    while now is not None and was is not None and len(now.args) == len(was.args):
        apart = [(a, b) for a, b in zip(now.args, was.args, strict=True) if a != b]
        if (now.op, now.data) != (was.op, was.data) or len(apart) != 1:
            break
        now, was = apart[0]
    return now, was


# Sizes and shapes


def clash(judgement):
    """Return why an answer has no value, and whether square matrices hide it."""
    if not judgement.trouble:
        return ""
    if judgement.square and judgement.verdict != "cannot-evaluate":
        return "It fits square matrices only."
    text = re.sub(r" \(at character .*$", "", judgement.trouble)
    return f"Sizes: {text}."


def stretch(judgement, text):
    """Return what NumPy stretched, as ``text`` writes formulas."""
    if not judgement.stretch:
        return ""
    node, a, b, result = judgement.stretch
    inside = text(node)
    return (
        f"NumPy stretched two arrays{f' in {inside}' if inside else ''} without a word: "
        f"{shape_words(a)} and {shape_words(b)} became {shape_words(result)}."
    )


def entries(yours, right, asked, numbers=False):
    """Return where two values differ first: in their shape, or in which entry; ``numbers`` says
    that they are no formula's."""
    if yours.shape != right.shape:
        return (
            f"Its shape is {shape_words(yours.shape)}; {asked.wrt} has {shape_words(right.shape)}."
        )
    if right.size == 1:
        return ""
    wrong = np.argwhere(abs(yours - right) > SMALL * (1 + abs(right)))
    if not len(wrong):
        return ""
    ratios = yours.ravel() / right.ravel()
    if not numbers and np.all(abs(ratios - ratios[0]) <= SMALL * abs(ratios[0])):
        return "Its direction is right; its length is off by a factor that is no constant."
    first = [int(i) for i in wrong[0]]
    if numbers:
        look = f"Look at entry {first} first: it is not {array_text(yours[tuple(first)])}."
        return " ".join(filter(None, (look, _the_others(len(wrong), right.size))))
    return f"{len(wrong)} of {right.size} entries differ; the first is {first}."


def _the_others(wrong, entries):
    """Say that the other entries are right, where half of them are, or more."""
    if wrong == 1:
        return "The other one is right." if entries == 2 else "All the others are right."
    return f"{entries - wrong} of {entries} are right." if 2 * wrong <= entries else ""


def shape_words(shape):
    """Return a shape in words."""
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "×".join(map(str, shape)) or "a number"


# The case


def case_words(case, rated=False, letter=str):
    """Return a case in words, its letters written by ``letter``; a column of zeros is 0."""
    if case is None:
        return ""
    shown = {letter(k): _short(x) for k, x in case.items() if k not in ("yours", "right")}
    given = ", ".join(f"{k} = {x}" for k, x in shown.items())
    beside = " beside the learning rate" if rated else ""
    yours, right = case["yours"], case["right"]
    write = _short if np.shape(yours) == np.shape(right) else array_text
    yours, right = write(yours), write(right)
    return f"Try {given}: yours {yours}{beside}, right {right}."


def _short(value):
    return array_text(value) if np.any(value) else "0"
