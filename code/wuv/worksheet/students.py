"""A class: who gets which sheet. The same student gets the same numbers whatever the others do.

>>> ada, _, other = assigned([Student("Ada"), Student("Bob"), Student("Ada")], "gradient_u")
>>> ada.number == assigned([Student("Ada")], "gradient_u")[0].number != other.number
True
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from os import PathLike
from typing import NamedTuple

from wuv.csv_tables import BadTable, Table
from wuv.worksheet.sheet_code import NUMBERS, SheetCode, WorksheetError
from wuv.worksheet.typesetting import clean

IDS = ("id", "code")
MOST = 5000


class Student(NamedTuple):
    """One student: a name and an id; both may be None, for a sheet on which they are written."""

    name: str | None = None
    id: str | None = None


def read_students(path: str | PathLike[str]) -> list[Student]:
    """Return the `Student`s of a CSV file with a column ``name`` and, if there is one, ``id`` (or
    ``code``), in the order of the file.

    Raises `WorksheetError` for a file that cannot be used; the message says why.
    """
    try:
        table = Table(path)
        name, number = table.needed("name"), table.column(*IDS)
    except BadTable as error:
        raise WorksheetError(str(error)) from None
    students = []
    for k, row in enumerate(table.rows, start=1):
        if "\n" in row[name].strip():
            raise WorksheetError(
                f"{path}: the name of student {k} goes over lines; is a quotation mark missing?"
            )
        student = Student(
            clean(row[name]), clean(row[number]) or None if number is not None else None
        )
        if not student.name:
            raise WorksheetError(f"{path}: student {k} has no name")
        students.append(student)
    if not students:
        raise WorksheetError(f"{path}: there are headings and no students")
    repeated = [x for x, times in Counter(s.id for s in students if s.id).items() if times > 1]
    if repeated:
        raise WorksheetError(f"{path}: two students have the id {repeated[0]}")
    return students


def without_names(count):
    """Return ``count`` students who write their names themselves."""
    if not 1 <= count <= MOST:
        raise WorksheetError(f"{count} sheets: a number from 1 to {MOST} is wanted")
    return [Student()] * count


def assigned(
    students: Sequence[Student],
    topic: str,
    level: int = 1,
    blanks: str = "few",
    seed: str = "1",
) -> list[SheetCode]:
    """Return a `SheetCode` for each student, all different.

    A student is known by the id, or else by the name; the second of two with one name is known by
    being the second. Another ``seed`` gives everybody other numbers.
    """
    if len(students) > MOST:
        raise WorksheetError(f"{len(students)} students are more than {MOST}")
    seen: Counter[tuple] = Counter()
    taken, codes = set(), []
    for student in students:
        who = ("id", student.id) if student.id else ("name", student.name)
        seen[who] += 1
        number = _number(seed, topic, level, *who, seen[who])
        while number in taken:
            number = (number + 1) % NUMBERS
        taken.add(number)
        codes.append(SheetCode(topic, level, blanks, number))
    return codes


def _number(*parts):
    text = "\0".join(map(str, parts))
    return int.from_bytes(sha256(text.encode()).digest()[:16]) % NUMBERS
