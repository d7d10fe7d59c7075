"""A class's numbers, marked: points, the slip in words, and errors carried forward.

>>> from wuv.worksheet import sheet
>>> one = sheet("GUA-66GGK")
>>> typed = {"3a1": "5", "3a2": "3", "3a3": "2", "3b": "38"}
>>> for x in marks(one, typed):
...     print(x.heading, x.state, x.share, x.said)
3a r wrong 0 not right
3b L carried 1 follows from r

A question's points are shared equally among what is to be found in it, and an array's share among
its numbers. What follows from a student's own wrong numbers has its points: a topic says how an
entry follows from earlier ones (`wuv.worksheet.record.Follows`), and where it does not, nothing is
claimed. Slips are named by `wuv.diagnose`, at the numbers of the sheet.
"""

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wuv.algebra import AlgebraError
from wuv.csv_tables import as_csv
from wuv.diagnosis import diagnose
from wuv.diagnosis.mistakes import heads
from wuv.diagnosis.one_point import in_one_entry
from wuv.worksheet.answers import columns, read_answers, read_number
from wuv.worksheet.files import all_or_nothing
from wuv.worksheet.moodle_xml import plain
from wuv.worksheet.record import Choice
from wuv.worksheet.sheet_code import WorksheetError

STATES = ("right", "carried", "wrong", "blank")
MOST_SLIPS = 3  # in the table by question
TROUBLE = (ArithmeticError, TypeError, ValueError)  # of a formula, at numbers it is not made for


class Mark(NamedTuple):
    """One entry: the question, from 0, its heading, one of `STATES`, which share of its points it
    has, what is said of it, and what is no number in it."""

    question: int
    heading: str
    state: str
    share: Fraction
    said: str = ""
    problem: str = ""


def marks(one, typed):
    """Return a `Mark` for each entry of a sheet, in its order, from {key: what was typed}; those of
    questions of which nothing is in ``typed`` are left out."""
    groups: dict[tuple[int, int], list] = {}
    for x in columns(one):
        if x.key in typed:
            groups.setdefault((x.question, x.entry), []).append(x)
    done, own, right = [], {}, {}
    for q, question in enumerate(one.questions):
        if isinstance(question.answer, Choice) and (q, 0) in groups:
            done.append(_choice(question.answer, groups[q, 0][0], typed))
        for e, entry in enumerate(question.entries):
            if (q, e) in groups:
                done.append(_entry(entry, groups[q, e], typed, own, right))
    return done


def _choice(answer, column, typed):
    text = typed[column.key]
    numbers = [str(k) for k in range(1, len(answer.options) + 1)]
    if not text:
        return Mark(column.question, column.heading, "blank", Fraction(0))
    if text not in numbers:
        problem = f"{column.key}: “{text}” is no option; they are counted from 1 to {numbers[-1]}"
        return Mark(column.question, column.heading, "wrong", Fraction(0), "", problem)
    option = answer.options[int(text) - 1]
    if option.right:
        return Mark(column.question, column.heading, "right", Fraction(1))
    said = f"“{plain(option.text)}” was chosen"
    return Mark(column.question, column.heading, "wrong", Fraction(0), said)


def _entry(entry, group, typed, own, right):
    """Return the `Mark` of an entry; ``own`` and ``right`` are the values so far, by name, and get
    these."""
    numbers, problems = [], []
    for x in group:
        try:
            numbers.append(read_number(typed[x.key]) if typed[x.key] else None)
        except ValueError as error:
            numbers.append(None)
            problems.append(f"{x.key}: {error}")
    whole = np.array([x for row in entry.rows for x in row], dtype=object)
    fits = [a is not None and a == b for a, b in zip(numbers, whole, strict=True)]
    value = None if None in numbers else _shaped(numbers, entry)
    key = group[0].key[: -len(group[0].place) or None]
    heading = f"{key} {group[0].words}"
    state, said, share = "wrong", "", Fraction(sum(fits), len(fits))
    if all(fits):
        state = "right"
    elif not any(typed[x.key] for x in group):
        state = "blank"
    elif value is not None and (names := _carried(entry, value, own, right)):
        state, said, share = "carried", f"follows from {names}", Fraction(1)
    elif value is not None:
        said = _slip(entry, value, [x.key for x, fit in zip(group, fits, strict=True) if not fit])
    elif not problems:
        said = "not all of it is filled in"
    own[entry.name], right[entry.name] = value, (entry.value, group[0].words)
    return Mark(group[0].question, heading, state, share, said, "; ".join(problems))


def _shaped(numbers, entry):
    return numbers[0] if entry.is_number else np.array(numbers, dtype=object).reshape(
        np.shape(entry.value)
    )  # fmt: skip


def _carried(entry, value, own, right):
    """Return from which of the student's own wrong entries a value follows, in words, or ""."""
    if entry.follows is None or any(own.get(x) is None for x in entry.follows.names):
        return ""
    wrong = [x for x in entry.follows.names if np.any(own[x] != right[x][0])]
    try:
        follows = entry.follows.function(*(own[x] for x in entry.follows.names))
    except TROUBLE:
        return ""
    fits = wrong and np.shape(follows) == np.shape(value) and np.all(follows == value)
    return " and ".join(right[x][1] for x in wrong) if fits else ""


def _slip(entry, value, wrong):
    """Return in words what is wrong with a value; ``wrong`` are the places."""
    value, right = (np.asarray(x, dtype=object).astype(float) for x in (value, entry.value))
    words = _named(entry.slope, value) if entry.slope else _numbers_alone(value, right)
    if len(wrong) == 1 and right.size > 1:
        return f"{words} ({wrong[0]})" if words else f"{wrong[0]} is not right"
    if words or len(wrong) == right.size:
        return words or "not right"
    return f"{', '.join(wrong)} are not right"


def _named(slope, value):
    """Return the slip in a gradient, or ""."""
    wrt, loss, at, order = slope
    try:
        found = diagnose(value, wrt, loss, at=at, order=order)
    except AlgebraError:  # there is no slope: the row is marked all the same
        return ""
    if found.verdict == "convention":
        return f"right for another loss: i{found.slip.split('. ')[0][1:]}"  # It is the gradient of
    return "" if found.mistake is None or found.verdict == "right" else heads(found.mistake)


def _numbers_alone(value, right):
    """Return what two values show without a formula, or ""."""
    if np.array_equal(value, -right) and np.any(right):
        return heads("sign")
    slug = in_one_entry(*(x.reshape(-1, 1) for x in (right, value))) if right.ndim else None
    return heads(slug) if slug else ""


# A class


class Marked(NamedTuple):
    """A row of the class's table, and its `Mark`s; none where it could not be marked."""

    row: object
    marks: tuple[Mark, ...]

    @property
    def questions(self):
        """{question: its points, exactly}."""
        points: dict[int, Fraction] = {}
        for q in dict.fromkeys(x.question for x in self.marks):
            shares = [x.share for x in self.marks if x.question == q]
            points[q] = self.row.sheet.questions[q].points * sum(shares) / len(shares)
        return points

    @property
    def worth(self):
        """What all its marked questions are worth."""
        return sum(self.row.sheet.questions[q].points for q in self.questions)

    @property
    def problem(self):
        return "; ".join(filter(None, [self.row.problem, *(x.problem for x in self.marks)]))

    def said(self, state):
        """Return what is said of entries in a state."""
        return "; ".join(
            f"{x.heading}: {x.said}" for x in self.marks if x.state == state and x.said
        )


class Class(NamedTuple):
    """A class that was marked: the headings of the other columns, and a `Marked` for each row."""

    others: tuple[str, ...]
    students: tuple[Marked, ...]

    def table(self):
        """Return the rows of the table by student, its headings first."""
        asked = sorted({q for x in self.students for q in x.questions})
        heads = [*self.others, *(f"question {q + 1}" for q in asked), "total", "of",
                 "carried forward", "slips", "problem"]  # fmt: skip
        rows = [heads]
        for x in self.students:
            points = x.questions
            row = [*x.row.others, *(_decimal(points[q]) if q in points else "" for q in asked)]
            total = [_decimal(sum(points.values())), x.worth] if x.marks else ["", ""]
            rows.append([*row, *total, x.said("carried"), x.said("wrong"), x.problem])
        return rows

    def to_dict(self):
        """Return what ``wuv worksheet --mark … --json`` prints."""
        tables = {"students": self.table(), "questions": self.by_question()}
        return {
            name: [dict(zip(heads, row, strict=True)) for row in rows]
            for name, (heads, *rows) in tables.items()
        }

    def by_question(self):
        """Return the rows of the table by question, its headings first."""
        rows = [["question", *STATES, "common slips"]]
        seen: dict[tuple[int, str], list[Mark]] = {}
        for x in self.students:
            for mark in x.marks:
                seen.setdefault((mark.question, mark.heading), []).append(mark)
        for (_, heading), some in sorted(seen.items()):
            counts = Counter(x.state for x in some)
            slips = Counter(
                x.said.partition(" (")[0] for x in some if x.state == "wrong" and x.said
            )
            common = sorted(slips.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SLIPS]
            said = "; ".join(f"{what} ({times})" for what, times in common)
            rows.append([heading, *(counts[x] for x in STATES), said])
        return rows


def mark_class(path, points=None):
    """Return the `Class` of a CSV file of answers. Raises `WorksheetError` as `read_answers`."""
    others, rows = read_answers(path, points)
    some = (Marked(x, tuple(marks(x.sheet, x.typed)) if x.sheet else ()) for x in rows)
    return Class(others, tuple(some))


def write_marks(path, out, points=None):
    """Mark a class and write its two tables into a folder, both or none; return the `Class` and
    the names of the files.

    Raises `WorksheetError` for a file that cannot be marked, and where nothing can be written.
    """
    if points == 0:
        raise WorksheetError("marks want points; leave --points 0 out")
    marked, stem = mark_class(path, points), Path(path).stem
    names = (f"marked-{stem}.csv", f"questions-{stem}.csv")
    with all_or_nothing(out) as write:
        for name, rows in zip(names, (marked.table(), marked.by_question()), strict=True):
            write(name, as_csv(rows).encode("utf-8-sig"))
    return marked, names


def _decimal(x):
    """Return points as text, to the hundredth."""
    return f"{float(round(x, 2)):.2f}".rstrip("0").rstrip(".")
