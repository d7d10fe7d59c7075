"""A class: many answers from a CSV file, and which mistakes were made how often.

The file has a column ``name`` and either a column ``answer`` (in the variable that is asked for) or
a column for each variable, such as ``u``, ``v`` and ``W``. Everything is read and judged before
anything is written.
"""

import csv
import io
import json
import os
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from wuv.diagnosis import GOOD, diagnose
from wuv.diagnosis.question import BOOK, question
from wuv.diagnosis.record import Diagnosis

MAX_BYTES = 20_000_000
MAX_ANSWERS = 20_000
ENCODINGS = ("utf-8-sig", "utf-16")
NAMES = ("name", "student", "id")


class CannotMark(Exception):
    """A file that cannot be used; the message says why."""


class Marked(NamedTuple):
    """One answer of one student, and what was found."""

    name: str
    wrt: str
    answer: str
    found: Diagnosis

    @property
    def kind(self):
        """What to count it as: a mistake, or the verdict; a layout or a convention is none."""
        if self.found.verdict in GOOD:
            return self.found.verdict
        return self.found.mistake or self.found.verdict


def read_rows(path):
    """Return the rows of a CSV file that are not empty, as lists of text, the headings first.

    Raises `CannotMark` for a file that is missing, empty or not text.
    """
    text = _text(Path(path))
    first, _, rest = text.partition("\n")
    if re.fullmatch(r'"?sep=.?"?', first.strip()):  # Excel's own line
        text = rest
    try:
        dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [row for row in csv.reader(io.StringIO(text), _plain(dialect)) if any(row)]
    except csv.Error as error:
        raise CannotMark(f"{path}: not a CSV file ({error})") from None
    if not rows:
        raise CannotMark(f"{path}: this file is empty")
    return rows


def read_class(path, wrt=None):
    """Return [(name, variable, answer)] from a CSV file.

    Raises `CannotMark` for a file that is missing, empty, not text, or without the columns.
    """
    rows = read_rows(path)
    head = [x.strip() for x in rows[0]]
    lower = [x.lower() for x in head]
    at = next((lower.index(x) for x in NAMES if x in lower), None)
    if at is None:
        raise CannotMark(f"{path}: no column is called name; there are {', '.join(head)}")
    columns = _columns(path, head, lower, at, wrt)
    if len(rows) == 1:
        raise CannotMark(f"{path}: there are headings and no answers")
    if len(rows) * len(columns) > MAX_ANSWERS:
        raise CannotMark(f"{path}: more than {MAX_ANSWERS} answers")
    found = []
    for row in rows[1:]:
        row = [*row, *[""] * (len(head) - len(row))]
        found += [(row[at].strip(), x, row[i].strip()) for x, i in columns]
    return found


def _columns(path, head, lower, at, wrt):
    """Return [(variable, number of the column)]."""
    if "answer" in lower:
        if wrt is None:
            raise CannotMark("--wrt says in which variable the column answer is")
        return [(wrt, lower.index("answer"))]
    found = [(x, i) for i, x in enumerate(head) if i != at and x and (wrt is None or x == wrt)]
    if not found:
        wanted = "answer" if wrt is None else f"answer or {wrt}"
        raise CannotMark(f"{path}: no column is called {wanted}; there are {', '.join(head)}")
    return found


def _plain(dialect):
    """Return a dialect in which backslashes are LaTeX's."""

    class Plain(csv.excel):
        delimiter = dialect.delimiter
        skipinitialspace = True

    return Plain


def _text(path):
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CannotMark(f"{path}: this file is too large")
        data = path.read_bytes()
    except OSError as error:
        raise CannotMark(f"{path}: {error.strerror}") from None
    if not data.strip():
        raise CannotMark(f"{path}: this file is empty")
    encoding = ENCODINGS[data[:2] in (b"\xff\xfe", b"\xfe\xff")]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CannotMark(
            f"{path}: not a text in UTF-8 (byte {error.start + 1}); save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise CannotMark(f"{path}: not a text file")
    return text


def marked(answers, loss=BOOK, shapes=None, wrt=None):
    """Return a `Marked` for every answer; equal answers are judged once.

    Raises `wuv.algebra.AlgebraError` where a column is not a variable of the loss.
    """
    known, found = {}, []
    for x in dict.fromkeys(x for _, x, _ in answers):
        question(x, loss, shapes)
    for name, x, answer in answers:
        if (x, answer) not in known:
            known[x, answer] = diagnose(answer, x, loss, shapes)
        found.append(Marked(name, x, answer, known[x, answer]))
    return found


def summary(lines):
    """Return [(kind, how often)], the most frequent first."""
    counts = Counter(x.kind for x in lines)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def save(path, lines):
    """Write a line for each answer, as CSV or JSON after the file's ending: all of it or nothing.

    Raises `CannotMark` where that is not possible.
    """
    path = Path(path)
    if path.suffix not in (".csv", ".json"):
        raise CannotMark(f"{path}: the ending must be .csv or .json")
    out = io.StringIO(newline="")
    if path.suffix == ".csv":
        table = csv.writer(out)
        table.writerow(["name", "wrt", "answer", "verdict", "mistake", "message"])
        for x in lines:
            row = [x.name, x.wrt, x.answer, x.found.verdict, x.found.mistake or "", x.found.message]
            table.writerow([harmless(cell) for cell in row])
    else:
        table = [{"name": x.name, "wrt": x.wrt, "answer": x.answer, **x.found.to_dict()}
                 for x in lines]  # fmt: skip
        json.dump({"students": table, "mistakes": dict(summary(lines))}, out, ensure_ascii=False)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(out.getvalue())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise CannotMark(f"{path}: {error.strerror}") from None


def harmless(cell):
    """Return a cell that no spreadsheet takes for a formula of its own."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
