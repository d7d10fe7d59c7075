"""The words: for each verdict what is said of where, of which slip, and what is right.

>>> from wuv.diagnosis.reading import read_answer
>>> from wuv.diagnosis.judge import judged
>>> from wuv.diagnosis.question import question
>>> asked = question("u")
>>> answer = read_answer("2*W@(W@u - v)", asked)
>>> said = told(answer, asked, judged(answer, asked))
>>> said.slip, said.solution
('W stands where W.T belongs.', '2 * W.T @ (W @ u - v)')
>>> said.line
'dL = ⟨2(Wu − v), W du⟩'
"""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from wuv.algebra import AlgebraError, free_names, to_numpy, to_text, walk
from wuv.algebra.tree import name
from wuv.derivation.assumptions import in_words
from wuv.diagnosis.answer import Answer, in_the_book
from wuv.diagnosis.clauses import Parts, mends, said_of
from wuv.diagnosis.edits import LAYOUT
from wuv.diagnosis.mistakes import CHAPTERS, EITHER, MISTAKES, OTHER_CHAPTER, heads
from wuv.diagnosis.question import squared
from wuv.diagnosis.record import Diagnosis
from wuv.diagnosis.remarks import remark
from wuv.diagnosis.scale import ONE, front
from wuv.diagnosis.search import canonical
from wuv.diagnosis.smallest import case_at, smallest
from wuv.diagnosis.where import (
    LONGEST,
    as_typed,
    case_words,
    clash,
    entries,
    formula_text,
    narrowed,
    one_spelling,
    parting,
    shape_words,
    stretch,
    tidy,
)
from wuv.points import alike
from wuv.written import array_text

BLIND = "At this point every slope is 0, and many wrong formulas agree: try another point."
SAY_SO = "Nothing in the loss says so: write it beside the answer."
AGAINST = "What it subtracts points downhill already."
UNKNOWN = "Which slip led to it was not found."


def told(answer, asked, judgement, here=None):
    """Return the `Diagnosis`: the judgement in words; ``here`` is the one point of an answer that
    is an array."""
    say = {
        "right": _right,
        "layout": _layout,
        "convention": _convention,
        "right-if": _right_if,
        "unrecognised": _unrecognised,
    }.get(judgement.verdict, _wrong)
    known = in_words(asked.assumed.kinds)
    if judgement.assuming:
        known = "; ".join(filter(None, [known, judgement.assuming.text]))
    with np.errstate(all="ignore"):
        return replace(say(answer, asked, judgement, here), assuming=known)


def told_kind(kind, answer, asked):
    """Return the `Diagnosis` that an answer as a whole is a mistake of a kind."""
    mistake = MISTAKES[kind]
    slip = _joined(mistake.what.format(what=asked.what, x=asked.wrt), why(mistake, asked))
    return Diagnosis("wrong", kind, "", slip, solution(answer, asked), chapter=mistake.chapter)


def told_so(kind, said, text, asked):
    """Return the `Diagnosis` that a text as a whole is a mistake of a kind, told in other words."""
    right = solution(Answer(text), asked)
    return Diagnosis("wrong", kind, "", said, right, chapter=_chapter(asked, MISTAKES[kind]))


# One for each verdict


def _right(answer, asked, judgement, at):
    if at is not None:
        blind = not np.any(asked.truth_at(at))
        return Diagnosis("right", None, BLIND if blind else "Every entry is right at this point.")
    if answer.step:
        return Diagnosis("right", None, slip="This step goes down the gradient.")
    where = f"{judgement.where[0].upper()}{judgement.where[1:]}."
    return Diagnosis("right", None, where, remark(answer, asked))


def _layout(answer, asked, judgement, at):
    yours, right = _values(answer, asked, judgement)
    slug = "flat" if judgement.flat else LAYOUT if 1 in yours.shape else "transposed"
    mistake = MISTAKES[slug]
    other = not judgement.flat and judgement.best.scale.edits
    of = f"Besides, it is {_other_loss(judgement.best.scale, asked)}." if other else ""
    target = asked.wrt if asked.order == 1 else "the Hessian"
    where = f"Yours is {shape_words(yours.shape)}; {target} is {shape_words(right.shape)}."
    if yours.shape == right.shape:
        where = "Rows and columns are exchanged, which a square matrix hides."
    slip = _joined(mistake.what.format(x=asked.wrt, what=asked.what), mistake.why, of)
    case = smallest(answer, asked, _only_shape) if at is None else case_at(answer, asked, at)
    right = solution(answer, asked, at)
    return Diagnosis("layout", slug, where, slip, right, "", case, chapter=mistake.chapter)


def _only_shape(yours, right):
    """Return whether a case shows a layout: other shapes, and numbers that can be told apart."""
    apart = len(set(right.flat)) == right.size and right.all()
    return yours.shape != right.shape and right.size > 1 and bool(apart)


def _convention(answer, asked, judgement, at):
    case = _case(answer, asked, at)
    scale = judgement.best.scale
    slip = f"It is {_other_loss(scale, asked)}."
    slip += f" For the loss as it stands, multiply by {scale.inverse}."
    if answer.step:
        slip += " In a step, the learning rate can take the constant in."
    chapter = "batches#sums-and-means" if scale.sizes else _chapter(asked)
    right = solution(answer, asked, at)
    return Diagnosis("convention", "factor", "", slip, right, "", case, chapter=chapter)


def _right_if(answer, asked, judgement, at):
    """An assumption makes it right, or nearly: in another layout, or for another constant."""
    unsaid, best = judgement.assuming, judgement.best
    turned = judgement.flat or (best is not None and best.turned)
    scaled = best is not None and best.scale.edits
    said = [unsaid.facts(asked)]
    if turned:
        said.append("Besides, it is laid out in another way.")
    if scaled:
        said.append(f"Besides, it is {_other_loss(best.scale, asked)}.")
    said.append(SAY_SO)
    case = _case(answer, asked, at)
    symmetric = any(kind == "symmetric" for _, kind in unsaid.kinds)
    mistake = "flat" if judgement.flat else LAYOUT if turned else "factor" if scaled else None
    return Diagnosis(
        "right-if",
        mistake,
        "",
        _joined(*said),
        solution(answer, asked, at),
        "" if mistake else case_words(case, answer.step, letters(answer, asked)),
        case,
        chapter=MISTAKES["symmetry-assumed"].chapter if symmetric else _chapter(asked),
    )


def _other_loss(scale, asked):
    """Return which gradient a right one times a constant is."""
    text = one_spelling(to_text(asked.book, asked.shapes, fits=False, book=True))
    factor = str(scale)
    factor = {"1/2": "½"}.get(factor, f"({factor}) " if "/" in factor else f"{factor} ")
    bare = front(asked.book) == ONE and " + " not in text
    return f"the {asked.what} of {factor}{text if bare else f'L, with L = {text}'}"


def _either(answer, asked, judgement, at):
    """Say both of two slips that lead to the same numbers."""
    slug = EITHER.join("+".join(x.kinds) for x in (judgement.best, *judgement.others))
    return Diagnosis(
        "wrong",
        slug,
        _numbers(answer, asked, judgement),
        f"Either of two slips leads to these numbers: {heads(slug)}.",
        solution(answer, asked, at),
        "",
        _case(answer, asked, at),
        chapter=_chapter(asked),
    )


def _wrong(answer, asked, judgement, at):
    if at is not None and judgement.others:
        return _either(answer, asked, judgement, at)
    asked, best = judgement.asked or asked, judgement.best
    mistake = next((MISTAKES[x] for x in best.kinds), None) if best else None
    told_edit = next((x for x in best.edits if x.kind != LAYOUT), None) if best else None
    part = None
    if mistake and not judgement.said:
        part = parting(asked, mistake, told_edit and told_edit.was)
    case = _case(answer, asked, at) if judgement.verdict == "wrong" else None
    words = _Words(answer, asked)
    known = judgement.assuming
    where = [
        _look(part),
        f"It is taken for known that {known.text.replace('; ', ' and ')}." if known else "",
        clash(judgement),
        stretch(judgement, words.formula),
        _numbers(answer, asked, judgement) if at is not None else "",
    ]
    sentences = [*filter(None, _sentences(best, words))] if best else []
    if mistake and not (sentences and part):  # else the reason of the step has told why
        sentences.append(why(mistake, asked, told_edit))
    slip = judgement.said or _joined(*sentences)
    return Diagnosis(
        judgement.verdict,
        "+".join(best.kinds) if best else None,
        "\n".join(filter(None, where)),
        slip,
        solution(answer, asked, at),
        case_words(case, answer.step, letters(answer, asked)) if at is None else "",
        case,
        tuple("+".join(x.kinds) for x in judgement.others),
        part and part.line,
        _chapter(asked, mistake),
    )


def _unrecognised(answer, asked, judgement, at):
    yours, right = _values(answer, asked, judgement)
    case = _case(answer, asked, at)
    where = [
        entries(yours, right, asked, at is not None),
        judgement.term,
        stretch(judgement, _Words(answer, asked).formula),
    ]
    return Diagnosis(
        "unrecognised",
        None,
        "\n".join(filter(None, where)),
        UNKNOWN,
        solution(answer, asked, at),
        case_words(case, letter=letters(answer, asked)) if at is None else "",
        case,
        chapter=_chapter(asked),
    )


def solution(answer, asked, at=None):
    """Return what is right, in the language of the answer; "" where it is not known."""
    if at is not None:
        return array_text(asked.truth_at(at))
    if asked.right is None:
        return ""
    if asked.order == 1 and "\\" in answer.text:
        return asked.derivation.latex
    if asked.order == 1 and answer.is_numpy:
        return asked.derivation.numpy
    return to_text(asked.right, asked.shapes, fits=False, book=True)


# What happened, and why


def _joined(*sentences):
    return " ".join(filter(None, dict.fromkeys(sentences)))


def _look(part):
    if part is None:
        return ""
    return (
        f"Look after {part.line}: {part.words}."
        if part.line
        else f"Look at the step: {part.words}."
    )


def _numbers(answer, asked, judgement):
    return entries(*_values(answer, asked, judgement), asked, numbers=True)


def letters(answer, asked):
    """Return how the name of a letter is written: as in a formula, or in NumPy as it is."""
    return str if answer.is_numpy else lambda x: to_text(name(x), asked.shapes)


def _has_minus(tree):
    """Return whether a formula begins with a minus, as what is added in a step does."""
    while tree is not None and tree.op in ("product", "times", "cdot", "div", "edivide"):
        tree = tree.args[0]
    return tree is None or tree.op == "neg" or (tree.op == "number" and tree.data < 0)


class _Words:
    """How formulas are written in a message: as the answer was typed."""

    def __init__(self, answer, asked):
        self.answer, self.asked, here = answer, asked, asked.case("free")
        self.own = in_the_book(answer, asked, here)
        self.solution = solution(answer, asked)
        self.parts, self.right = Parts(self.own, here.book), Parts(asked.right, here.book)

    def formula(self, tree):
        """Return a formula as the answer writes it, or None where it is too long."""
        if tree is None or not self.answer.is_numpy:
            return formula_text(tree, self.asked.shapes)
        text = ""
        with suppress(AlgebraError):
            text = as_typed(to_numpy(tidy(tree), self.asked.shapes), self.answer.text)
        if not text and tree.place is not None and tree.place.source == self.answer.text:
            text = tree.place.text  # its sizes clash
        return text if len(text) <= LONGEST else None

    def of_edit(self, edit, alone):
        """Return what one edit did to the formula, or "" where that does not show."""
        mistake, asked = MISTAKES[edit.kind], self.asked
        in_loss = mistake.about == "loss"
        if edit.kind == "undifferentiated":
            shows = self.parts.have(edit.was)
        elif edit.kind == "counted-once":
            shows = edit.was is not None and sum(x == name(asked.wrt) for x in walk(edit.was)) > 1
        elif edit.kind == "another-loss":
            shows = alone
        elif edit.was is None:
            shows = edit.now is not None and self.parts.have(edit.now)
        else:
            shows = in_loss or said_of(edit, alone, self.parts, self.right)
        now, was = map(
            self.formula, narrowed(edit.now, edit.was) if not in_loss else (edit.now, edit.was)
        )
        x = letters(self.answer, asked)(asked.wrt)
        fields = {"now": now, "was": was, "x": x, "what": asked.what,
                  "constant": self.answer.constant}  # fmt: skip
        asks = [x for x in ("now", "was") if f"{{{x}}}" in mistake.what]
        long = not all(fields[x] for x in asks)
        if "was" in asks and not in_loss and shows and (long or self.tells(edit, alone)):
            return self.one_term(edit)
        if asks and not (shows and all(fields[x] for x in asks) and (in_loss or now != was)):
            return ""
        if edit.kind == "factor":
            return ""  # of a power's step: by how much the whole is off, it does not say
        if edit.kind == "uphill" and not _has_minus(self.answer.tree):
            return AGAINST
        return mistake.what.format(**fields)

    def mends(self, best):
        """Return whether what is said to belong there would mend the answer's own formula."""
        about = {MISTAKES[x.kind].about for x in best.edits}
        about |= {"loss"} if "undifferentiated" in best.kinds else set()
        if self.own is None or "loss" in about or self.asked.right is None:
            return True
        return mends(best, self.own, self.asked.right, self.parts.values)

    def tells(self, edit, alone):
        """Return whether what belongs there is all that is right, or nobody's formula: what is
        right but for another mistake."""
        value, right = self.parts.values(edit.was), self.parts.values(self.asked.right)
        whole = (
            value is not None and right is not None and alike(canonical(value), canonical(right))
        )
        return whole or edit.was == self.asked.right or (edit.now == self.own and not alone)

    def one_term(self, edit):
        """Name a term that is missing, or whose sign is turned, by its letters, without telling
        it."""
        if edit.kind == "term-dropped":
            rest, term, said = edit.now, edit.was, "is missing"
        elif edit.kind == "sign-of-one-term" and edit.now.op in ("add", "sub"):
            (rest, term), said = edit.now.args, "has the other sign"
        else:
            return ""
        known = [x for x in free_names(term) if x in self.asked.shapes]  # and no size
        letters = [x for x in known if x not in free_names(rest)]
        if not letters:
            return ""
        return f"The term with {' and '.join(self.formula(name(x)) for x in letters)} {said}."


def _sentences(best, words):
    """Return a sentence for each of the mistakes of an explanation that shows in the formula."""
    is_row = LAYOUT in best.kinds  # then transposes stand where they do not belong in a column
    edits = [x for x in best.edits if not (is_row and "transpose" in x.kind) and x.kind != LAYOUT]
    said = [words.of_edit(x, best.count == 1) for x in edits] if words.mends(best) else []
    what = words.asked.what
    if best.scale.number < 0:
        said.append(why(MISTAKES["sign"], words.asked))
    if best.scale.positive.edits:
        alone = best.count == 1
        said.append(MISTAKES["factor"].what.format(scale=best.scale, what=what) if alone else "")
    if LAYOUT in best.kinds:
        said.append("Besides, it is transposed.")
    return said


def why(mistake, asked, edit=None):
    """Return why a mistake is tempting, in words that are true of the case."""
    usual, _, other = mistake.why.partition(" | ")
    if mistake.slug == "term-dropped":
        lost = [x for x in edit.was.args if x != edit.now] if edit and edit.was is not None else []
        is_other = any(asked.wrt in free_names(x) for x in lost)
    elif mistake.slug == "sign":
        is_other = asked.residual is None
    else:
        is_other = not any(map(squared, walk(asked.book)))
    return (other if other and is_other else usual).format(x=asked.wrt, what=asked.what)


# The case, the chapter


def _values(answer, asked, judgement):
    """Return the answer's value and the right one at a point at which it was judged."""
    with np.errstate(all="ignore"):
        return answer.quickly(judgement.here), asked.truth_at(judgement.here)


def _case(answer, asked, at):
    """Return the smallest case; of an array, its own point."""
    return smallest(answer, asked) if at is None else case_at(answer, asked, at)


def _chapter(asked, mistake=None):
    """Return the chapter of a mistake; if it has none, that of the variable."""
    if mistake and mistake.chapter:
        return mistake.chapter
    if asked.order == 2:
        return "curvature"
    is_book = set(asked.shapes) == {"W", "u", "v"}
    own = CHAPTERS.get(asked.wrt) if is_book else None
    return own or (mistake and mistake.elsewhere) or OTHER_CHAPTER
