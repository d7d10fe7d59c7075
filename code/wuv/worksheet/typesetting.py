"""Sheets and keys as PDF: tagged (PDF/UA-1), and the same bytes on every run.

Typst sets them, from the template ``sheets.typ`` beside this file, which is fed with JSON: no text
of a student's is ever read as Typst. Needs the packages typst and math-core (``wuv[worksheet]``).
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wuv.mathtext import to_typst, to_words
from wuv.worksheet.pieces import pieces
from wuv.worksheet.record import Choice, Numbers, Sheet, Table
from wuv.worksheet.sheet_code import WorksheetError
from wuv.worksheet.written import array

TEMPLATE = Path(__file__).with_name("sheets.typ")
NAME = Path(__file__).with_name("name.typ")
MARKS = Path(__file__).with_name("marks.typ")
PDF = {"format": "pdf", "pdf_standards": "ua-1", "timestamp": 0}  # tagged, the same bytes again
PAPERS = {"a4": "a4", "letter": "us-letter"}
BOOK = "Where does the transpose go?"
JOINERS = "\u200c\u200d"  # of letters in some scripts, and of emoji
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


class Copy(NamedTuple):
    """A sheet, and whose it is: a name and an id, or None where they are written by hand."""

    sheet: Sheet
    name: str | None = None
    id: str | None = None


class Look(NamedTuple):
    """How it is printed: the paper, in large print or not, and, for the printer, whether every
    sheet begins on a front."""

    paper: str = "a4"
    large: bool = False
    backs: bool = False


LOOK = Look()  # on A4, each sheet for itself


def pdf(copies: Sequence[Copy], look: Look = LOOK, *, key: bool = False) -> bytes:
    """Return one PDF, as bytes, of all the copies, or of their keys.

    Raises `WorksheetError` where typst or math-core is missing.
    """
    return _compiled(copies, look, key, **PDF)


def png(
    copies: Sequence[Copy], look: Look = LOOK, *, key: bool = False, ppi: float = 110
) -> list[bytes]:
    """Return the pages as PNG, a list of bytes, with so many dots an inch."""
    pages = _compiled(copies, look, key, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def marks(copies: Sequence[Copy], look: Look = LOOK) -> bytes:
    """Return the marking grid of a class, a PDF as bytes: a table for each kind of sheet, with a
    row for each copy and a column for each question."""
    kinds: dict[tuple, list[Copy]] = {}
    for copy in copies:
        code, points = copy.sheet.code, tuple(x.points for x in copy.sheet.questions)
        kinds.setdefault((copy.sheet.title, code.level, code.blanks, points), []).append(copy)
    groups = [
        {
            "title": title,
            "level": level,
            "blanks": blanks,
            "points": points,
            "students": [{"name": x.name, "id": x.id, "code": str(x.sheet.code)} for x in members],
        }
        for (title, level, blanks, points), members in kinds.items()
    ]
    data = {"title": _title("Marks", copies), "groups": groups}
    return _typeset(MARKS, data, copies, look, **PDF)


def _compiled(copies, look, key, **how):
    data = {
        "title": _title("Key" if key else "Worksheet", copies),
        "backs": look.backs,
        "key": key,
        "sheets": [sheet_data(copy) for copy in copies],
    }
    return _typeset(TEMPLATE, data, copies, look, **how)


def _typeset(template, data, copies, look, **how):
    """Return what Typst makes of a template and its data, with fonts for all the names."""
    names = [x for copy in copies for x in (copy.name, copy.id) if x]
    system = not all(map(printable, names))
    data |= {"book": BOOK, "paper": PAPERS[look.paper], "large": look.large}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return _compiler(template, system).compile(sys_inputs=inputs, **how)


def _title(kind, copies):
    codes = [str(x.sheet.code) for x in copies]
    shown = codes[0] if len(codes) == 1 else f"{codes[0]} and {len(codes) - 1} more"
    return f"{kind} {shown}: {copies[0].sheet.title}"


def _typst():
    try:
        import math_core
        import typst
    except ImportError as error:
        raise WorksheetError(
            f"{error.name} is missing: worksheets need pip install 'wuv[worksheet]'"
        ) from None
    del math_core
    return typst


@cache
def _compiler(source, system=False):
    return _typst().Compiler(source, ignore_system_fonts=not system)


@cache
def printable(text, system=False):
    """Return whether all of a text can be set with the fonts that come with Typst; or, if
    ``system`` is true, with those of this machine, too."""
    if text.isascii():
        return True
    typst = _typst()
    try:
        _compiler(NAME, system).compile(sys_inputs={"text": text}, **PDF)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return False
    return True


def clean(name):
    """Return a name in one line, without signs that cannot be seen."""
    seen = "".join(x for x in name if x in JOINERS or unicodedata.category(x) != "Cf")
    text = " ".join(INVISIBLE.sub(" ", seen).split())
    return text if text.strip(JOINERS) else ""


# To JSON


def rich(text):
    """Return a text with formulas and code as the template wants it."""
    return [
        ["math", to_typst(part, large=True), to_words(part)] if kind == "math" else [kind, part]
        for kind, part in pieces(text)
    ]


def sheet_data(copy):
    """Return what the template is told about one sheet."""
    sheet = copy.sheet
    return {
        "code": str(sheet.code),
        "title": sheet.title,
        "aim": rich(sheet.aim),
        "level": sheet.code.level,
        "blanks": sheet.code.blanks,
        "points": sheet.points,
        "name": copy.name,
        "id": copy.id,
        "given": [rich(f"${name} = {array(x)}$") for name, x in sheet.given.items()],
        "questions": [
            {
                "text": rich(x.text),
                "points": x.points,
                "worked": [rich(line) for line in x.explained],
                "answer": _answer(x.answer),
            }
            for x in sheet.questions
        ],
    }


def _answer(answer):
    if isinstance(answer, Numbers):
        return {
            "kind": "numbers",
            "lines": answer.lines,
            "entries": [
                {
                    "typst": to_typst(x.name, large=True),
                    "words": to_words(x.name),
                    "number": x.is_number,
                    "rows": len(x.rows),
                    "columns": len(x.rows[0]),
                    "value": rich(f"${array(x.value)}$")[0],
                }
                for x in answer.entries
            ],
        }
    if isinstance(answer, Choice):
        options = [{"text": rich(x.text), "right": x.right} for x in answer.options]
        return {"kind": "choice", "options": options}
    if isinstance(answer, Table):
        rows = [
            [
                {
                    "text": rich(x),
                    "blank": (i, j) in answer.blank,
                    "begun": rich(answer.begun.get((i, j), "")),
                }
                for j, x in enumerate(row)
            ]
            for i, row in enumerate(answer.rows)
        ]
        return {
            "kind": "table",
            "heads": answer.heads,
            "rows": rows,
            "widths": answer.widths,
            "how": rich(answer.how),
        }
    return {"kind": "words", "answer": rich(answer.answer), "lines": answer.lines}
