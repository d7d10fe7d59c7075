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
from wuv.diagnosis.judge import front
from wuv.diagnosis.mistakes import CHAPTERS, MISTAKES, OTHER_CHAPTER, TITLES
from wuv.diagnosis.record import Diagnosis, shown
from wuv.diagnosis.search import LAYOUT
from wuv.diagnosis.smallest import case_at, smallest

NEUTRAL_SIGN = (
    "What stands behind a minus gives its own sign to the slope, and is easily overlooked there."
)
LONGEST = 70  # characters of a formula inside a sentence
ONE_NODE = number(1)
LAYOUTS = {
    "row": "a row: the derivative (numerator layout), as many books write it",
    "matrix": "the transpose: its factors stand in the other order (numerator layout)",
}


def told(answer, asked, judgement, here=None):
    """Return the `Diagnosis`: the judgement in words; ``here`` is the one point of an answer that
    is an array."""
    say = {
        "right": _right,
        "layout": _layout,
        "convention": _convention,
        "wrong": _wrong,
        "unrecognised": _unrecognised,
        "cannot-evaluate": _wrong,
    }[judgement.verdict]
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


def _right(answer, asked, judgement, at):
    said = f"Right: it is the {asked.what}, at every point and shape that was tried."
    if answer.step:
        said = "Right: this step goes down the gradient."
    return Diagnosis("right", None, said)


def _layout(answer, asked, judgement, at):
    here = at or asked.case("tall")
    with np.errstate(all="ignore"):
        yours, right = answer.quickly(here), asked.truth_at(here)
    kind = "flat" if judgement.flat else "row-for-column" if 1 in yours.shape else "transposed"
    words = MISTAKES[kind]
    shape, x = _shape(right.shape), asked.wrt
    if judgement.flat:
        said = f"The numbers are right, the shape is another: yours is {_shape(yours.shape)}, "
        said += f"and {x} is {shape}."
    else:
        row = 1 in yours.shape
        layout = LAYOUTS["row" if row else "matrix"]
        said = f"The numbers are right, and they are laid out as {layout}. "
        said += f"The {asked.what} has the shape of {x}: transpose yours."
        if not row:
            said += " For a square matrix no shape would warn you."
        if judgement.best.scale.edits:
            said += f" Besides, it belongs to {_other_loss(judgement.best.scale, asked)}."
    case = smallest(answer, asked, _only_shape) if at is None else case_at(answer, asked, at)
    parts = [said, why(words, asked), *_case_words(case, asked), _chapter_words(words.chapter)]
    return Diagnosis("layout", kind, "\n".join(parts), case, chapter=words.chapter)


def _convention(answer, asked, judgement, at):
    scale = judgement.best.scale
    said = f"Right for another loss: it is the {asked.what} of {_other_loss(scale, asked)}. "
    said += f"For the loss as it stands here, multiply by {_inverse(scale)}."
    if answer.step:
        said += " In a step, the learning rate can take the constant in."
    case = _case(answer, asked, at)
    parts = [said, *_case_words(case, asked), *_line(asked, MISTAKES["factor"])]
    line = _line_of(asked, MISTAKES["factor"])
    chapter = "batches" if scale.sizes else _chapter(asked)
    parts.append(_chapter_words(chapter))
    return Diagnosis("convention", "factor", "\n".join(parts), case, (), line, chapter)


def _only_shape(yours, right):
    """Return whether a case shows a layout: other shapes, and numbers that can be told apart."""
    apart = len(set(right.flat)) == right.size and right.all()
    return yours.shape != right.shape and right.size > 1 and bool(apart)


def _case(answer, asked, at):
    """Return the smallest case; of an array, its own point."""
    return smallest(answer, asked) if at is None else case_at(answer, asked, at)


def _other_loss(scale, asked):
    """Name the loss that a constant factor belongs to."""
    text = to_text(asked.book, asked.shapes, fits=False, book=True)
    own = front(asked.book)
    if own is not None and not own.edits and " + " not in text:
        return f"{_factor(scale)}{text}"
    return f"{_factor(scale)}L, with L = {text}"


def _factor(scale):
    text = str(scale)
    return {"1/2": "½"}.get(text, f"({text}) " if "/" in text else f"{text} ")


def _inverse(scale):
    return str(type(scale)(1 / scale.number, tuple((x, -k) for x, k in scale.sizes)))


def _wrong(answer, asked, judgement, at):
    best = judgement.best
    sentences = []
    if best is None:
        sentences.append("It cannot be evaluated.")
    else:
        for edit in best.edits:
            if edit.kind != LAYOUT:
                sentences.append(what_happened(edit, asked, answer, best))
        if best.scale.number < 0:
            sentences.append(MISTAKES["sign"].what.format(what=asked.what))
        if best.scale.edits - (best.scale.number < 0):
            sentences.append(_scale_words(best.scale))
        if LAYOUT in best.kinds:
            sentences.append("And it is transposed: laid out as a row, or a row as a column.")
    words = _words(best)
    parts = [" ".join(sentences)]
    if judgement.trouble:
        parts.append(_trouble(judgement))
    if words is not None:
        parts.append(why(words, asked))
    also = tuple("+".join(x.kinds) for x in judgement.others)
    if judgement.others:
        parts.append(f"The same numbers come from another slip too: {_others(judgement, asked)}.")
    if judgement.stretch:
        parts.append(_stretch_words(judgement.stretch))
    has_values = judgement.verdict == "wrong"
    case = _case(answer, asked, at) if has_values else None
    parts += _case_words(case, asked, step=answer.step)
    line = None if words is None else _line_of(asked, words)
    if words is not None:
        parts += _line(asked, words)
    chapter = (words and words.chapter) or _chapter(asked)
    parts.append(_chapter_words(chapter))
    mistake = None if best is None else "+".join(best.kinds)
    return Diagnosis(judgement.verdict, mistake, "\n".join(parts), case, also, line, chapter)


def _words(best):
    if best is None:
        return None
    kinds = best.kinds
    return MISTAKES[kinds[0]] if kinds else None


def why(words, asked):
    """Return why a mistake is tempting, in the letters of this loss."""
    if words is MISTAKES["sign"]:
        residual = asked.residual
        if residual is None or residual.op != "sub":
            return NEUTRAL_SIGN
        a, b = residual.args
        one, other = written(residual), written(residual.with_(args=(b, a)))
        if one is None or other is None:
            return NEUTRAL_SIGN
        return words.why.format(residual=one, turned=other)
    return words.why.format(x=asked.wrt)


def what_happened(edit, asked, answer, best):
    """Return what one edit did to the formula."""
    now, was = written(edit.now), written(edit.was)
    words = MISTAKES[edit.kind]
    if "{now}" not in words.what:
        return words.what.format(
            x=asked.wrt, what=asked.what, was=was or "the loss", constant=answer.constant, scale=""
        )
    if now is None or was is None:
        said = words.head
        return f"{said[0].upper()}{said[1:]}."
    return words.what.format(now=now, was=was, x=asked.wrt, what=asked.what)


def _scale_words(scale):
    size = type(scale)(abs(scale.number), scale.sizes)
    return MISTAKES["factor"].what.format(scale=size)


def _others(judgement, asked):
    found = []
    for other in judgement.others:
        pieces = []
        for edit in other.edits:
            now, was = written(edit.now), written(edit.was)
            label = edit.kind.replace("-", " ")
            named = now and was and edit.kind != LAYOUT
            pieces.append(f"{label} ({now} for {was})" if named else label)
        pieces += [] if other.edits else ["the whole with its sign turned round"]
        found.append(" and ".join(pieces))
    return "; or ".join(dict.fromkeys(found))


def _trouble(judgement):
    text = re.sub(r" \(at character .*$", "", judgement.trouble)
    if judgement.square:
        return f"Sizes: {text}. For square matrices NumPy runs it without a word."
    return f"Sizes: {text}."


def _stretch_words(stretch):
    node, a, b, found = stretch
    text = written(node)
    inside = f" in {text}" if text else ""
    return (
        f"NumPy stretched two arrays{inside} without a word: shapes {_shape(a)} and {_shape(b)} "
        f"became {_shape(found)}."
    )


def _unrecognised(answer, asked, judgement, at):
    here = at or asked.case("tall")
    with np.errstate(all="ignore"):
        yours, right = answer.quickly(here), asked.truth_at(here)
    parts = [f"It is not the {asked.what}, and which slip led to it was not found."]
    if yours.shape != right.shape:
        parts.append(
            f"Its shape is {_shape(yours.shape)}; the {asked.what} has {_shape(right.shape)}."
        )
    else:
        wrong = np.argwhere(abs(yours - right) > 1e-9 * (1 + abs(right)))
        first = tuple(int(i) for i in wrong[0]) if len(wrong) else ()
        count = f"{len(wrong)} of {right.size} entries differ"
        parts.append(f"{count}; the first is {list(first)}." if right.size > 1 else "")
    if judgement.stretch:
        parts.append(_stretch_words(judgement.stretch))
    case = _case(answer, asked, at)
    parts += _case_words(case, asked)
    parts.append(_chapter_words(_chapter(asked)))
    text = "\n".join(x for x in parts if x)
    return Diagnosis("unrecognised", None, text, case, chapter=_chapter(asked))


def _shape(shape):
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "×".join(map(str, shape)) or "a number"


def _case_words(case, asked, step=False):
    if case is None:
        return []
    values = ", ".join(f"{k} = {shown(x)}" for k, x in case.items() if k not in ("yours", "right"))
    yours, right = shown(case["yours"]), shown(case["right"])
    if step:
        yours = f"{yours} beside the learning rate"
    return [f"Try {values}: yours gives {yours}, and the {asked.what} is {right}."]


def _line_of(asked, words):
    step = _step(asked, words)
    return None if step is None else step.sides()[1]


def _step(asked, words):
    if asked.derivation is None or not words.step or asked.order == 2:
        return None
    steps = asked.derivation.steps[1:]
    for kinds in words.step:
        for step in steps:
            if not set(kinds).isdisjoint(step.kinds):
                return step
    return None


def _line(asked, words):
    step = _step(asked, words)
    if step is None:
        return []
    return [f"It parts from the derivation at {' = '.join(step.sides())} ({step.words})."]


def _chapter(asked):
    if asked.order == 2:
        return "curvature"
    return CHAPTERS.get(asked.wrt, OTHER_CHAPTER) if _is_book(asked) else OTHER_CHAPTER


def _is_book(asked):
    return set(asked.shapes) == {"W", "u", "v"}


def _chapter_words(chapter):
    return f"More: chapter “{TITLES[chapter]}” ({chapter})." if chapter else ""
