"""The message: what happened, why it is tempting, the smallest case, the line, the chapter.

>>> from wuv.diagnosis.reading import read_answer
>>> from wuv.diagnosis.judge import judged
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> answer = read_answer("2*W@(W@u - v)", asked)
>>> said = told(answer, asked, judged(answer, asked))
>>> print(said.message.splitlines()[0])
You have W where Wᵀ belongs: a transpose is missing.
>>> said.line
'⟨2Wᵀ(Wu − v), du⟩'
"""

import re

import numpy as np

from wuv.algebra import AlgebraError, rebuild, to_text
from wuv.algebra.tree import number
from wuv.diagnosis.edits import LAYOUT
from wuv.diagnosis.mistakes import CHAPTERS, MISTAKES, OTHER_CHAPTER, TITLES
from wuv.diagnosis.record import Diagnosis
from wuv.diagnosis.scale import ONE, front
from wuv.diagnosis.smallest import case_at, smallest
from wuv.written import array_text

NEUTRAL_SIGN = (
    "What stands behind a minus gives its own sign to the slope, and is easily overlooked there."
)
LONGEST = 70  # characters of a formula inside a sentence
ONE_NODE = number(1)
LAYOUTS = {
    "row-for-column": "The numbers are right, and they are laid out as a row: the derivative "
    "(numerator layout), as many books write it. The {what} has the shape of {x}: transpose yours.",
    "transposed": "The numbers are right, and they are laid out as the transpose: its factors "
    "stand in the other order (numerator layout). The {what} has the shape of {x}: transpose "
    "yours. For a square matrix no shape would warn you.",
}
BLIND = "At this point every slope is 0, and many wrong formulas agree: try another point."


def told(answer, asked, judgement, here=None):
    """Return the `Diagnosis`: the judgement in words; ``here`` is the one point of an answer that
    is an array."""
    say = {
        "right": _right,
        "layout": _layout,
        "convention": _convention,
        "unrecognised": _unrecognised,
    }.get(judgement.verdict, _wrong)
    return say(answer, asked, judgement, here)


def written(tree):
    """Return a formula as people write it, or None where it is too long for a sentence."""
    if tree is None:
        return None
    try:
        text = to_text(tidy(tree), fits=False)
    except AlgebraError:
        return None
    return text if len(text) <= LONGEST else None


def tidy(tree):
    """Return a formula without the factors 1 and the double transposes that edits leave behind."""

    def change(node):
        if node.op in ("product", "times") and node.args[0] == ONE_NODE:
            return node.args[1]
        if node.op in ("product", "times", "div", "edivide") and node.args[1] == ONE_NODE:
            return node.args[0]
        if node.op == "transpose" and node.args[0].op == "transpose":
            return node.args[0].args[0]
        return node

    return rebuild(tree, change)


# One for each verdict


def _right(answer, asked, judgement, at):
    if at is not None:
        blind = not np.any(asked.truth_at(at))
        said = BLIND if blind else "Right at this point, in every entry."
    elif answer.step:
        said = "Right: this step goes down the gradient."
    else:
        said = f"Right: it is the {asked.what}, {judgement.where}."
    return Diagnosis("right", None, said)


def _layout(answer, asked, judgement, at):
    yours, right = _values(answer, asked, judgement)
    slug = "flat" if judgement.flat else "row-for-column" if 1 in yours.shape else "transposed"
    mistake = MISTAKES[slug]
    if judgement.flat:
        said = (
            f"The numbers are right, the shape is another: yours is {_shape(yours.shape)}, "
            f"and {asked.wrt if asked.order == 1 else 'the Hessian'} is {_shape(right.shape)}."
        )
    else:
        said = LAYOUTS[slug].format(what=asked.what, x=asked.wrt)
        if judgement.best.scale.edits:
            said += f" Besides, it belongs to {_other_loss(judgement.best.scale, asked)}."
    case = smallest(answer, asked, _only_shape) if at is None else case_at(answer, asked, at)
    parts = [said, why(mistake, asked)]
    return _assembled("layout", slug, parts, asked, case, chapter=mistake.chapter)


def _only_shape(yours, right):
    """Return whether a case shows a layout: other shapes, and numbers that can be told apart."""
    apart = len(set(right.flat)) == right.size and right.all()
    return yours.shape != right.shape and right.size > 1 and bool(apart)


def _convention(answer, asked, judgement, at):
    scale = judgement.best.scale
    said = (
        f"Right for another loss: it is the {asked.what} of {_other_loss(scale, asked)}. "
        f"For the loss as it stands here, multiply by {scale.inverse}."
    )
    if answer.step:
        said += " In a step, the learning rate can take the constant in."
    return _assembled(
        "convention", "factor", [said], asked, _case(answer, asked, at),
        step=_step(asked, MISTAKES["factor"]), chapter="batches" if scale.sizes else "",
    )  # fmt: skip


def _other_loss(scale, asked):
    """Name the loss that a constant factor belongs to."""
    text = to_text(asked.book, asked.shapes, fits=False, book=True)
    factor = str(scale)
    factor = {"1/2": "½"}.get(factor, f"({factor}) " if "/" in factor else f"{factor} ")
    bare = front(asked.book) == ONE and " + " not in text
    return f"{factor}{text}" if bare else f"{factor}L, with L = {text}"


def _wrong(answer, asked, judgement, at):
    best = judgement.best
    mistake = next((MISTAKES[x] for x in best.kinds), None) if best else None
    parts = [
        " ".join(_sentences(best, asked, answer)) if best else "It cannot be evaluated.",
        _trouble(judgement),
        why(mistake, asked) if mistake else "",
        _others(judgement, asked),
        _stretch(judgement),
    ]
    return _assembled(
        judgement.verdict,
        "+".join(best.kinds) if best else None,
        parts,
        asked,
        _case(answer, asked, at) if judgement.verdict == "wrong" else None,
        also=tuple("+".join(x.kinds) for x in judgement.others),
        step=_step(asked, mistake) if mistake else None,
        chapter=mistake.chapter if mistake else "",
        rated=answer.step,
    )


def _unrecognised(answer, asked, judgement, at):
    yours, right = _values(answer, asked, judgement)
    parts = [
        f"It is not the {asked.what}, and which slip led to it was not found.",
        _where_they_differ(yours, right, asked),
        _stretch(judgement),
    ]
    return _assembled("unrecognised", None, parts, asked, _case(answer, asked, at))


def _assembled(
    verdict, mistake, parts, asked, case, also=(), step=None, chapter="", rated=False
):  # fmt: skip
    """Return the `Diagnosis`: what was said, the case, the line of the derivation, the chapter."""
    chapter = chapter or _chapter(asked)
    parts = [*parts, _case_words(case, asked, rated), _step_words(step), _more(chapter)]
    line = None if step is None else step.sides()[1]
    return Diagnosis(verdict, mistake, "\n".join(filter(None, parts)), case, also, line, chapter)


# What happened, and why


def _sentences(best, asked, answer):
    """Return a sentence for each of the mistakes of an explanation."""
    said = [what_happened(x, asked, answer) for x in best.edits if x.kind != LAYOUT]
    if best.scale.number < 0:
        said.append(MISTAKES["sign"].what.format(what=asked.what))
    if best.scale.positive.edits:
        said.append(MISTAKES["factor"].what.format(scale=best.scale.positive))
    if LAYOUT in best.kinds:
        said.append("And it is transposed: laid out as a row, or a row as a column.")
    return said


def what_happened(edit, asked, answer):
    """Return what one edit did to the formula."""
    now, was = written(edit.now), written(edit.was)
    mistake = MISTAKES[edit.kind]
    if "{now}" in mistake.what and (now is None or was is None):
        return f"{mistake.head[0].upper()}{mistake.head[1:]}."
    return mistake.what.format(
        now=now, was=was or "the loss", x=asked.wrt, what=asked.what, constant=answer.constant
    )


def why(mistake, asked):
    """Return why a mistake is tempting, in the letters of this loss."""
    if mistake.slug != "sign":
        return mistake.why.format(x=asked.wrt)
    residual = asked.residual
    if residual is None or residual.op != "sub":
        return NEUTRAL_SIGN
    one, other = written(residual), written(residual.with_(args=residual.args[::-1]))
    return mistake.why.format(residual=one, turned=other) if one and other else NEUTRAL_SIGN


def _others(judgement, asked):
    """Return which other slips lead to the same numbers."""
    if not judgement.others:
        return ""
    slips = ("; or ").join(dict.fromkeys(map(_in_a_few_words, judgement.others)))
    return f"The same numbers come from another slip too: {slips}."


def _in_a_few_words(explanation):
    pieces = [] if explanation.edits else ["the whole with its sign turned round"]
    for edit in explanation.edits:
        now, was = written(edit.now), written(edit.was)
        label = edit.kind.replace("-", " ")
        named = now and was and edit.kind != LAYOUT
        pieces.append(f"{label} ({now} for {was})" if named else label)
    return " and ".join(pieces)


# Sizes and shapes


def _trouble(judgement):
    """Return why an answer has no value."""
    if not judgement.trouble:
        return ""
    text = re.sub(r" \(at character .*$", "", judgement.trouble)
    squares = " For square matrices NumPy runs it without a word." if judgement.square else ""
    return f"Sizes: {text}.{squares}"


def _stretch(judgement):
    """Return what NumPy stretched."""
    if not judgement.stretch:
        return ""
    node, a, b, result = judgement.stretch
    text = written(node)
    inside = f" in {text}" if text else ""
    return (
        f"NumPy stretched two arrays{inside} without a word: shapes {_shape(a)} and {_shape(b)} "
        f"became {_shape(result)}."
    )


def _where_they_differ(yours, right, asked):
    if yours.shape != right.shape:
        return f"Its shape is {_shape(yours.shape)}; the {asked.what} has {_shape(right.shape)}."
    if right.size == 1:
        return ""
    wrong = np.argwhere(abs(yours - right) > 1e-9 * (1 + abs(right)))
    first = [int(i) for i in wrong[0]] if len(wrong) else []
    return f"{len(wrong)} of {right.size} entries differ; the first is {first}."


def _shape(shape):
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "×".join(map(str, shape)) or "a number"


# The case, the line, the chapter


def _values(answer, asked, judgement):
    """Return the answer's value and the right one at a point at which it was judged."""
    with np.errstate(all="ignore"):
        return answer.quickly(judgement.here), asked.truth_at(judgement.here)


def _case(answer, asked, at):
    """Return the smallest case; of an array, its own point."""
    return smallest(answer, asked) if at is None else case_at(answer, asked, at)


def _case_words(case, asked, rated):
    if case is None:
        return ""
    given = {k: x for k, x in case.items() if k not in ("yours", "right")}
    values = ", ".join(f"{k} = {array_text(x)}" for k, x in given.items())
    yours = array_text(case["yours"]) + (" beside the learning rate" if rated else "")
    return (
        f"Try {values}: yours gives {yours}, and the {asked.what} is {array_text(case['right'])}."
    )


def _step(asked, mistake):
    """Return the step of the derivation where a mistake shows, or None."""
    if asked.derivation is None or asked.order == 2:
        return None
    steps = asked.derivation.steps[1:]
    met = (x for kinds in mistake.step for x in steps if not set(kinds).isdisjoint(x.kinds))
    return next(met, None)


def _step_words(step):
    if step is None:
        return ""
    return f"It parts from the derivation at {' = '.join(step.sides())} ({step.words})."


def _chapter(asked):
    """Return the chapter of the variable."""
    if asked.order == 2:
        return "curvature"
    is_book = set(asked.shapes) == {"W", "u", "v"}
    return CHAPTERS.get(asked.wrt, OTHER_CHAPTER) if is_book else OTHER_CHAPTER


def _more(chapter):
    return f"More: chapter “{TITLES[chapter]}” ({chapter})."
