"""A class: many answers from a CSV file, and which mistakes were made how often.

The file has a column ``name`` and either a column ``answer`` (in the variable that is asked for) or
a column for each variable, such as ``u``, ``v`` and ``W``. Everything is read and judged before
anything is written.
"""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from wuv.csv_tables import BadTable, Table, as_csv, write_whole
from wuv.diagnosis import GOOD, diagnose
from wuv.diagnosis.question import BOOK, question
from wuv.diagnosis.record import Diagnosis

MAX_ANSWERS = 20_000
NAMES = ("name", "student", "id")
HEADS = ("name", "wrt", "answer", "verdict", "mistake", "assuming")
TIERS = ("headline", "where", "case", "slip", "solution")


class Marked(NamedTuple):
    """One answer of one student, and what it is."""

    name: str
    wrt: str
    answer: str
    diagnosis: Diagnosis

    @property
    def kind(self):
        """What to count it as: a mistake, or the verdict; a layout or a convention is none."""
        if self.diagnosis.verdict in GOOD:
            return self.diagnosis.verdict
        return self.diagnosis.mistake or self.diagnosis.verdict


def read_class(path, wrt=None):
    """Return [(name, variable, answer)] from a CSV file.

    Raises `wuv.csv_tables.BadTable` for a file that cannot be read, or without the columns.
    """
    table = Table(path)
    at = table.needed(*NAMES)
    columns = _columns(table, at, wrt)
    if not table.rows:
        raise BadTable(f"{path}: there are headings and no answers")
    if len(table.rows) * len(columns) > MAX_ANSWERS:
        raise BadTable(f"{path}: more than {MAX_ANSWERS} answers")
    return [(row[at].strip(), x, row[i].strip()) for row in table.rows for x, i in columns]


def _columns(table, at, wrt):
    """Return [(variable, number of the column)]."""
    answers = table.column("answer")
    if answers is not None:
        if wrt is None:
            raise BadTable("--wrt says in which variable the column answer is")
        return [(wrt, answers)]
    columns = [(x, i) for i, x in enumerate(table.heads) if i != at and x and wrt in (None, x)]
    if not columns:
        raise table.without("answer" if wrt is None else f"answer or {wrt}")
    return columns


def marked(answers, loss=BOOK, shapes=None):
    """Return a `Marked` for every answer; equal answers are judged once. Where an answer cannot be
    judged, its own row says what happened.

    Raises `wuv.algebra.AlgebraError` where a column is not a variable of the loss.
    """
    for wrt in dict.fromkeys(wrt for _, wrt, _ in answers):
        question(wrt, loss, shapes)
    known = {pair: _judged(*pair, loss, shapes) for pair in dict.fromkeys(x[1:] for x in answers)}
    return [Marked(name, wrt, answer, known[wrt, answer]) for name, wrt, answer in answers]


def _judged(wrt, answer, loss, shapes):
    try:
        return diagnose(answer, wrt, loss, shapes)
    except Exception as error:
        reason = str(error).partition("\n")[0] or "no more is known"
        said = f"This could not be judged: {reason} ({type(error).__name__})."
        return Diagnosis("unreadable", None, said)


def summary(lines):
    """Return [(kind, how often)], the most frequent first."""
    counts = Counter(x.kind for x in lines)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def as_dict(lines):
    """Return what ``--json`` prints: a row for each answer, and the mistakes with their numbers."""
    students = [
        {"name": x.name, "wrt": x.wrt, "answer": x.answer, **x.diagnosis.to_dict()} for x in lines
    ]
    return {"students": students, "mistakes": dict(summary(lines))}


def save(path, lines):
    """Write a line for each answer, as CSV or JSON after the file's ending: all of it or nothing.

    Raises `wuv.csv_tables.BadTable` where that is not possible.
    """
    ending = Path(path).suffix
    if ending not in (".csv", ".json"):
        raise BadTable(f"{path}: the ending must be .csv or .json")
    if ending == ".json":
        return write_whole(path, json.dumps(as_dict(lines), ensure_ascii=False))
    rows = [
        (
            *x[:3],
            x.diagnosis.verdict,
            x.diagnosis.mistake,
            x.diagnosis.assuming,
            *tiers(x.diagnosis),
        )
        for x in lines
    ]
    return write_whole(path, as_csv([(*HEADS, *TIERS), *rows]))


def tiers(diagnosis):
    """Return what to say one step at a time, in the order of `TIERS`."""
    return tuple(getattr(diagnosis, x) for x in TIERS)
