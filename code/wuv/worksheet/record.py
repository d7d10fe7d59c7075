"""What a sheet is made of. Text may hold formulas between dollars, in the book's LaTeX,
and code between backticks.

A `Sheet` has a panel of the student's own numbers and a few `Question`s; the answer of a question
is one of `Numbers`, `Choice`, `Table` and `Words`. Paper, Moodle and QTI are three ways to write
the same record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Array, Number
from wuv.worksheet.sheet_code import SheetCode, WorksheetError

MOST_POINTS = 1000


class Follows(NamedTuple):
    """How an entry follows from earlier ones of the sheet, of these ``names``: it is ``function``
    of their values."""

    function: Callable[..., ArrayLike]
    names: tuple[str, ...]


class Slope(NamedTuple):
    """What `wuv.diagnose` is asked of an entry that is a gradient: in which variable, of which
    loss, at which numbers; or, of ``order`` 2, that it is a Hessian."""

    wrt: str
    loss: str
    at: dict[str, ArrayLike]
    order: int = 1


@dataclass(frozen=True)
class Entry:
    """Something to be found: its ``name`` in LaTeX, and its ``value``, a number or a matrix; how it
    ``follows`` from earlier entries, and which gradient it is, where that is known."""

    name: str
    value: ArrayLike
    follows: Follows | None = field(default=None, repr=False, compare=False)
    slope: Slope | None = field(default=None, repr=False, compare=False)

    @property
    def rows(self) -> tuple[tuple[Number, ...], ...]:
        """The value as rows of numbers; a single number is one row of one."""
        value = np.asarray(self.value, dtype=object)
        return tuple(map(tuple, value if value.ndim == 2 else value.reshape(1, 1)))

    @property
    def is_number(self) -> bool:
        return np.ndim(self.value) == 0


@dataclass(frozen=True)
class Numbers:
    """Numbers and arrays to be found, with ``lines`` of ruled space to work in."""

    entries: tuple[Entry, ...]
    lines: int = 3


@dataclass(frozen=True)
class Option:
    """One option of a `Choice`, and what is said to somebody who ticks it."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class Choice:
    """One of several is right."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class Table:
    """A table in which some cells are left blank.

    ``cells`` are the (row, column) of those that may be, ``blank`` of those that are, ``begun``
    what stands in one all the same, ``widths`` the parts of the columns (0: as wide as it must
    be). A school's system shows column ``shown`` and asks for column ``asked``, with ``match`` as
    its question and ``never`` as an option that is always wrong; on paper stands ``how`` the cells
    are filled in.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[int, int], ...]
    widths: tuple[int, ...]
    shown: int
    asked: int
    match: str
    never: str
    blank: frozenset[tuple[int, int]] = frozenset()
    begun: dict[tuple[int, int], str] = field(default_factory=dict)
    how: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What a school's system shows, and what it asks for."""
        return tuple((row[self.shown], row[self.asked]) for row in self.rows)


@dataclass(frozen=True)
class Words:
    """A sentence or two; ``answer`` is one that gets the points."""

    answer: str
    lines: int = 2


@dataclass(frozen=True)
class Question:
    """One question: what is asked, the answer, its points (0, before the sheet is put together: one
    for each blank), and worked lines for the key; where there are none, a choice is explained by
    what is said of its right option."""

    text: str
    answer: Numbers | Choice | Table | Words
    points: int = 0
    worked: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The numbers and arrays that are to be found; of another kind of answer, none."""
        return self.answer.entries if isinstance(self.answer, Numbers) else ()

    @property
    def explained(self) -> tuple[str, ...]:
        """The lines of the key."""
        if not self.worked and isinstance(self.answer, Choice):
            return tuple(x.feedback for x in self.answer.options if x.right)
        return self.worked


@dataclass(frozen=True)
class Sheet:
    """A whole sheet, and its key. ``given`` are the student's own numbers, {LaTeX name: value}."""

    code: SheetCode
    title: str
    aim: str
    given: dict[str, Array]
    questions: tuple[Question, ...]

    @property
    def points(self) -> int:
        return sum(x.points for x in self.questions)

    def worth(self, points: int) -> Sheet:
        """Return the sheet with so many points in all: one for each question, and the others
        shared out in the proportions of now (Webster's method). With 0, none has any.

        Raises `WorksheetError` for fewer points than questions, or more than 1000.
        """
        now = [x.points for x in self.questions]
        if points > MOST_POINTS:
            raise WorksheetError(f"{points} points are more than {MOST_POINTS}")
        if points == 0:
            shares = [0] * len(now)
        elif points < len(now):
            raise WorksheetError(
                f"{points} points are too few for the {len(now)} questions of {self.code}; "
                "0 points leaves them unsaid"
            )
        else:
            shares = [1] * len(now)
            for _ in range(points - len(now)):
                k = max(range(len(now)), key=lambda k: Fraction(now[k], 2 * shares[k] + 1))
                shares[k] += 1
        questions = [replace(x, points=n) for x, n in zip(self.questions, shares, strict=True)]
        return replace(self, questions=tuple(questions))
