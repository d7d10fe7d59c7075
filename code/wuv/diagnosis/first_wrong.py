r"""The first wrong line of a derivation: which it is, and what happened in it.

>>> found = first_wrong_line('''
... dL = 2 r^T dr
...    = 2 r^T W du
...    = <2r, W du>
...    = <2 W r, du>
... ''', wrt="u")
>>> found.line
4
>>> print(found.told(2))
Not line 2: it still equals line 1, at every point tried.
>>> print(found.told(4))
Yes, line 4: it does not equal line 3.
Sizes: 2 W is m×n and r is m×1: a product needs n = m.
W stands where Wᵀ belongs.
What crosses an inner product is transposed.

Each line is compared with what the derivation begins with, such as dL, in exact numbers at random
points of several sizes, as a page's equations are (`wuv.equations`): no rule of differentiation
takes part. Which slip it is is asked of the edits that would mend the line (`wuv.diagnosis.edits`).
"""

import re
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

import numpy as np

from wuv.algebra import AlgebraError, Expr, Misfit, Unreadable, rebuild, to_book, walk
from wuv.algebra.language import read_text
from wuv.algebra.meant import meant, plain
from wuv.algebra.names import Shapes
from wuv.algebra.size_rules import column
from wuv.algebra.textbook import like_book
from wuv.algebra.tree import name
from wuv.diagnosis.mending import slip
from wuv.diagnosis.question import BOOK, question
from wuv.equations import Page, judge
from wuv.equations.notes import Notes
from wuv.written import array_text

MOST = 50  # lines
FRAME = re.compile(r"\s*\\(?:begin|end)\s*\{[^{}]*\}\s*")
REASON = re.compile(r"(?:&&|#).*$")
BEGINNING = re.compile(r"^\s*&?\s*(.*?)\s*&?\s*=")
PLACE = re.compile(r" \(at character .*$")
FOLD = "Which slip?"
ASK = "Which line is the first wrong one? Put its number there."


@dataclass(frozen=True, repr=False)
class FirstWrongLine:
    """What was found out about a derivation. It is true where the number that was given is right.

    ``lines`` are the lines as they were typed, ``line`` is the number of the first wrong one,
    counted from 1, or None; ``answer`` the number that was given, or None. Of that line ``case``
    says why it is wrong, with small numbers where it has a value, ``mistake`` is the slug of the
    slip, such as "transpose-dropped", and ``slip`` says it in words, or both are empty.
    """

    lines: tuple[str, ...]
    line: int | None
    answer: int | None = None
    mistake: str | None = None
    slip: str = ""
    case: str = ""

    def __bool__(self) -> bool:
        return self.answer is not None and self.answer == self.line

    def told(self, answer: int | None) -> str:
        """Return what is said of a number; which line it is only where that is the number.

        Raises ``TypeError`` and ``ValueError`` for what is no line's number.
        """
        _check(answer, len(self.lines))
        if answer is None:
            return ASK
        goes_on = _goes_on(self.lines[answer - 1])
        if self.line is None or answer < self.line:
            said = f"still equals line {answer - 1}" if goes_on else "holds"
            return f"Not line {answer}: it {said}, at every point tried."
        if answer > self.line:
            return f"Not line {answer}: a line above it is wrong already."
        said = f"not equal line {answer - 1}" if goes_on else "not hold"
        first = f"Yes, line {answer}: it does {said}."
        return "\n".join(filter(None, (first, self.case, self.slip)))

    def __str__(self) -> str:
        return self.told(self.answer)

    __repr__ = __str__

    def _repr_html_(self):
        first, *rest = str(self).splitlines()
        page = f'<p class="diagnosis-head"><strong>{escape(first)}</strong></p>'
        page += "".join(f"<p>{escape(x)}</p>" for x in rest if x not in self.slip.splitlines())
        if self and self.slip:
            said = "".join(f"<p>{escape(x)}</p>" for x in self.slip.splitlines())
            page += (
                f'<details class="diagnosis-slip"><summary>Which slip?</summary>{said}</details>'
            )
        return f'<div class="diagnosis">{page}</div>'


def first_wrong_line(
    derivation: str, wrt: str, loss: str = BOOK, shapes: Shapes = None, *, answer: int | None = None
) -> FirstWrongLine:
    """Return the `FirstWrongLine` of a derivation of dL, where only ``wrt`` varies.

    ``derivation`` has a line for each step. The first line says what it is about, ``dL = …``,
    ``L = …`` or ``∇_u L = …``; those that begin with ``=`` go on. Lines are typed or LaTeX:
    ``<2r, W du>``, ``⟨2r, W du⟩``, ``tr(2 u r^T dW)``, ``2r^{\\mathsf T} W\\,\\mathrm{d}u``; du is
    the nudge, d(…) the change of a formula, r the residual, and a reason stands behind # or &&.
    ``loss`` and ``shapes`` are those of `wuv.derive`; without them it is this book's ‖Wu − v‖².
    ``answer`` is the number of the line that somebody takes for the first wrong one.

    Text is read and never run. Raises `wuv.algebra.AlgebraError` for a loss or a line that cannot
    be read, ``ValueError`` for a derivation without lines and an answer that is no line's number,
    ``TypeError`` for one that is no number.
    """
    if not isinstance(derivation, str):
        raise TypeError(f"a derivation is a text, not {type(derivation).__name__}")
    lines = tuple(_lines(derivation))
    if not 1 <= len(lines) <= MOST:
        raise ValueError(f"a derivation has 1 to {MOST} lines; this has {len(lines)}")
    _check(answer, len(lines))
    asked = question(wrt, loss, shapes)
    steps = _Reader(asked).steps(lines)
    found = FirstWrongLine(lines, None, answer)
    for number, step in enumerate(steps, 1):
        case = step.wrong()
        if case is not None:
            mistake, said = step.slip(number)
            return replace(found, line=number, mistake=mistake, slip=said, case=case)
    return found


def _check(answer, many):
    if answer is None:
        return
    if isinstance(answer, bool) or not isinstance(answer, int | np.integer):
        raise TypeError(f"answer is the number of a line, not {answer!r}")
    if not 1 <= answer <= many:
        raise ValueError(f"there is no line {answer}: the lines are 1 to {many}")


def _goes_on(line):
    """Return whether a line goes on with the one above it."""
    return not BEGINNING.match(line)[1]


def _lines(text):
    """Yield the lines of a derivation without what only lays them out."""
    for line in text.splitlines():
        plain = REASON.sub("", line).strip().removesuffix("\\\\").strip()
        if plain and not FRAME.fullmatch(plain):
            yield plain


class _Reader:
    """Reads lines for a question."""

    def __init__(self, asked):
        self.asked = asked
        self.shapes = {k: column(shape) for k, shape in asked.shapes.items()}
        self.definitions = {"L": asked.book} | dict(asked.named)
        if asked.residual is not None:
            self.definitions["r"] = asked.residual
        self.definitions = {k: x for k, x in self.definitions.items() if k not in self.shapes}
        known = {k: x.shape for k, x in self.definitions.items() if x.shape is not None}
        self.known = {"L": ()} | known | self.shapes
        self.page = Page.about(self.shapes, self.definitions)

    def steps(self, lines):
        about = None
        for number, line in enumerate(lines, 1):
            try:
                said, texts = self.sides(line)
                about = self.about(said) if said else about
                if about is None:
                    raise Unreadable("it says what it is about, as in dL = …")
                sides = [self.read(text, about) for text in texts]
            except AlgebraError as error:
                raise Unreadable(f"line {number}: {error}") from None
            yield _Step(self, about, sides)

    def sides(self, line):
        """Return what stands before the first relation of a line, and the formulas after it."""
        begins = BEGINNING.match(line)
        if begins is None:
            raise Unreadable("a line has a sign =, as in dL = … or = …")
        texts = [x.strip(" &") for x in line[begins.end() :].split("=")]
        if not all(texts):
            raise Unreadable("nothing stands behind the sign =")
        return begins[1], texts

    def about(self, said):
        """Return the formula that stands left: dL, L, or the gradient of L."""
        plain = re.sub(r"\\mathrm|\\[,;:! ]|[\s{}&]", "", said)
        wrt = re.escape(self.asked.wrt)
        loss, x = name("L"), name(self.asked.wrt)
        if plain == "dL":
            return Expr("differential", (loss,))
        if plain == "L":
            return loss
        if re.fullmatch(rf"(?:∇|\\nabla)_?{wrt}L|(?:d|∂|\\partial)L/(?:d|∂|\\partial){wrt}", plain):
            return Expr("gradient", (loss, x))
        raise Unreadable(f"left of = stands dL, L or ∇_{self.asked.wrt} L, not {said}")

    def read(self, text, about):
        """Return the formula of one side."""
        names = self.known | {f"d{k}": x for k, x in self.known.items()} | self.known
        given = read_text(text, names, closed=True)
        tree = given.tree if given.book else self.book(given.tree, names)
        self.refuse_strangers(tree, names)
        tree = rebuild(tree, self.nudge)
        shape = self.shapes[self.asked.wrt] if about.op == "gradient" else ()
        try:
            return _Side(meant(tree, shape, self.known))
        except Misfit as error:
            return _Side(plain(tree), error)  # whether it fits is for the judge to say

    def book(self, tree, names):
        """Return NumPy's formula as a textbook has it."""
        try:
            return to_book(tree, names)
        except Misfit:
            return like_book(tree)

    def nudge(self, node):
        """Let dG be the change of G, where G is known."""
        inner = node.data[1:] if node.op == "name" and node.data not in self.known else None
        return (
            Expr("differential", (name(inner),), place=node.place) if inner in self.known else node
        )

    def refuse_strangers(self, tree, names):
        bound = {x.data for x in walk(tree) if x.op == "sigma"}
        for x in walk(tree):
            if x.op == "name" and x.data not in {*names, *bound, *self.asked.sizes}:
                raise Unreadable(f"nothing says what {x.data} is", x.place)


class _Side(NamedTuple):
    """One formula of a line; ``misfit`` says why its sizes clash, if they do."""

    tree: Expr
    misfit: Misfit | None = None


class _Step:
    """One line, read: what it is about, and the formulas that it says to be equal to that."""

    def __init__(self, reader, about, sides):
        self.reader, self.about, self.sides = reader, about, sides
        self.notes = Notes(vary=(reader.asked.wrt,))

    def wrong(self):
        """Return why the line is wrong, in words, or None where it is right."""
        return next(filter(None, (self.against(side) for side in self.sides)), None)

    def against(self, side):
        """Return why one of its formulas is wrong, in words, or None."""
        try:
            statement = self.reader.page.equation(self.about, side.tree, self.notes)
            false = judge(statement).false
        except Misfit as error:
            return f"Sizes: {PLACE.sub('', str(side.misfit or error))}."
        if false is None:
            return None
        numbers = f"it is {array_text(false.right)} and should be {array_text(false.left)}"
        return f"Try {false.case}: {numbers}.".replace("-", "−")

    def slip(self, number):
        """Return the slug of the slip in this line and what is said of it; None and "" where none
        is known."""
        side = next(x for x in self.sides if self.against(x) is not None)
        before = "what it should be" if number == 1 else f"line {number - 1}"
        return slip(side.tree, self.about, self.reader.asked, self.reader.definitions, before)
