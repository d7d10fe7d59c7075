"""A class's numbers as a table: a row for each sheet, a column for each number.

>>> from wuv.worksheet import sheet
>>> [x.heading for x in columns(sheet("GUA-66GGK"))][:5]
['2a option', '3a1 r', '3a2 r', '3a3 r', '3b L']
>>> read_number("−3,5"), read_number(" 1/3 "), read_number("1 1/2")
(Fraction(-7, 2), Fraction(1, 3), Fraction(3, 2))

A heading begins with the question, a letter for what is to be found in it, and the place in an
array: 4a21 is in row 2 and column 1. What stands after that is for people, and may be another.
"""

import re
from collections import Counter
from fractions import Fraction
from typing import NamedTuple

from wuv.csv_tables import BadTable, Table, as_csv
from wuv.mathtext import to_line
from wuv.worksheet.building import sheet
from wuv.worksheet.record import Choice, Sheet
from wuv.worksheet.sheet_code import BadCode, SheetCode, WorksheetError, read_code
from wuv.worksheet.students import MOST

LETTERS = "abcdefghijkl"
PLACE = re.compile(r"[1-9][0-9]?[a-l](?:[1-9][1-9]?)?")
MINUS = str.maketrans("−–‐‑‒﹣－", "-------", "\u200b\u200e\u200f\u2060\ufeff")
NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?:(?:(?P<whole>[0-9]+)\s+)?(?P<above>[0-9]+)\s*/\s*(?P<below>[0-9]+)"
    r"|(?P<decimal>[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+))"
)
CODES = ("code", "sheet", "sheet code")
LONGEST = 40  # characters of a number


class Column(NamedTuple):
    """Where an answer is typed: the number of the question and of the entry in it, from 0, the
    place in an array, or (), and what stands in the heading for people."""

    question: int
    entry: int
    place: tuple[int, ...]
    words: str

    @property
    def key(self):
        """What tells the columns apart."""
        place = "".join(str(k + 1) for k in self.place)
        return f"{self.question + 1}{LETTERS[self.entry]}{place}"

    @property
    def heading(self):
        return f"{self.key} {self.words}"


class Row(NamedTuple):
    """A row of the table: its number in the file, the cells of other columns, the sheet or None,
    {key: what was typed}, and what is wrong with it, or ""."""

    number: int
    others: tuple[str, ...]
    sheet: Sheet | None
    typed: dict[str, str]
    problem: str = ""


class Answers(NamedTuple):
    """A table that was read: the headings of its other columns, and its rows."""

    others: tuple[str, ...]
    rows: tuple[Row, ...]


def columns(one):
    """Return the `Column`s of a sheet: a number for each, and for a choice that of the option."""
    some = []
    for q, question in enumerate(one.questions):
        if isinstance(question.answer, Choice):
            some.append(Column(q, 0, (), "option"))
        for e, entry in enumerate(question.entries):
            words = _words(entry.name)
            for i, row in enumerate(entry.rows):
                for j in range(len(row)):
                    is_column = len(row) == 1
                    place = () if entry.is_number else (i,) if is_column else (i, j)
                    some.append(Column(q, e, place, words))
    return some


def _words(name):
    """Return an entry's name in a line, without the numbers that differ from sheet to sheet."""
    return re.sub(r"\([−\d, ]+\)$", "", to_line(name))


def template(copies):
    """Return the text of a table for a class, with a row for each copy, to type numbers into.

    Raises `WorksheetError` where the copies are of several kinds.
    """
    kinds = dict.fromkeys(_kind(x.sheet.code) for x in copies)
    if len(kinds) > 1:
        raise WorksheetError("a table for answers has one topic and one level")
    some = columns(copies[0].sheet)
    rows = [("name", "id", "code", *(x.heading for x in some))]
    rows += [(x.name, x.id, str(x.sheet.code), *[""] * len(some)) for x in copies]
    return as_csv(rows)


def _kind(code):
    return f"{code.topic}, level {code.level}"


def read_answers(path, points=None):
    """Return the `Answers` of a class from a CSV file; ``points`` is what a sheet is worth.

    Raises `WorksheetError` for a file that cannot be marked at all; what is wrong with one row is
    said in the row.
    """
    try:
        table = Table(path)
        at = table.needed(*CODES)
    except BadTable as error:
        raise WorksheetError(str(error)) from None
    if not table.rows:
        raise WorksheetError(f"{path}: there are headings and no answers")
    if len(table.rows) > MOST:
        raise WorksheetError(f"{path}: more than {MOST} rows; a class is marked at a time")
    codes = [_code(row[at]) for row in table.rows]
    known = [x for x in codes if isinstance(x, SheetCode)]
    if not known:
        raise WorksheetError(f"{path}: no row has the code of a sheet; the first says: {codes[0]}")
    kind = Counter(map(_kind, known)).most_common(1)[0][0]
    first = next(x for x in known if _kind(x) == kind)
    keys = _keys(path, table.heads, columns(sheet(first)), kind)
    met: dict[SheetCode, int] = {}
    rows = []
    for number, (row, code) in enumerate(zip(table.rows, codes, strict=True), start=2):
        problem = _problem(row, code, kind, table.heads, met)
        others = tuple(x for i, x in enumerate(row[: len(table.heads)]) if i not in keys)
        if problem:
            rows.append(Row(number, others, None, {}, problem))
            continue
        met[code] = number
        one = sheet(code) if points is None else sheet(code).worth(points)
        rows.append(Row(number, others, one, {key: row[i].strip() for i, key in keys.items()}))
    others = tuple(x for i, x in enumerate(table.heads) if i not in keys)
    return Answers(others, tuple(rows))


def _code(text):
    """Return the `SheetCode`, or what is wrong with it."""
    if not text.strip():
        return "there is no code in this row"
    try:
        return read_code(text)
    except BadCode as error:
        return str(error)


def _keys(path, heads, some, kind):
    """Return {number of the column: key}. Raises `WorksheetError` where the headings do not fit."""
    keys = {}
    for i, head in enumerate(heads):
        key = head.split()[0].lower() if head.split() else ""
        if PLACE.fullmatch(key):
            if key not in {x.key for x in some}:
                raise WorksheetError(
                    f"{path}: there is no {key} on a sheet of {kind}; a table with the right "
                    "headings comes with --answers"
                )
            if key in keys.values():
                raise WorksheetError(f"{path}: two columns are headed {key}")
            keys[i] = key
    asked = {x.question for x in some if x.key in keys.values()}
    missing = [x.key for x in some if x.question in asked and x.key not in keys.values()]
    if not keys:
        raise WorksheetError(
            f"{path}: no heading names an answer, such as {some[0].heading}; a table with the "
            "right headings comes with --answers"
        )
    if missing:
        raise WorksheetError(
            f"{path}: no column is headed {missing[0]}; a question that is not to be marked is "
            "left out whole"
        )
    return keys


def _problem(row, code, kind, heads, met):
    """Return why a row cannot be marked, or ""."""
    more = sum(map(bool, map(str.strip, row[len(heads) :])))
    if not isinstance(code, SheetCode):
        return code
    if _kind(code) != kind:
        return f"{code} is a sheet of {_kind(code)}; this table is of {kind}"
    if more:
        return (
            f"this row has more cells than there are headings, {more} too many: "
            "is a decimal comma without quotation marks?"
        )
    if code in met:
        return f"the code {code} stands in row {met[code]} already; delete one of the two rows"
    return ""


def read_number(text):
    """Return a number as people type it, exactly: a true minus or a hyphen, a decimal point or
    comma, a fraction, spaces around. Raises ``ValueError`` for what is none."""
    plain = " ".join(text.removeprefix("'").translate(MINUS).split())
    found = NUMBER.fullmatch(plain) if len(plain) <= LONGEST else None
    if found is None or (found["below"] and not int(found["below"])):
        raise ValueError(f"“{text[:LONGEST]}” is no number")
    if found["below"]:
        value = int(found["whole"] or 0) + Fraction(int(found["above"]), int(found["below"]))
    else:
        value = Fraction(found["decimal"].replace(",", "."))
    return -value if found["sign"] == "-" else value
