"""wuv.worksheet: sheets with each student's own numbers, and keys that follow from their codes.

>>> from wuv.worksheet import sheet
>>> one = sheet("GUA-66GGK")
>>> one.title, len(one.questions)
('Find the gradient with respect to u', 6)

Everything on a sheet follows from the code printed on it. The derivations are those of the
chapters; numbers come from a hash, and what a key says was computed and agrees with a second way.

Its modules, from a code to paper: `sheet_code` (what a code says), `drawing` (numbers for work by
hand), `derivations` (equations from the chapters, with blanks), `slips` (mistakes, in the words of
`wuv.diagnose`), `keys` (answers that two ways agree on), `asking` (questions that several topics
ask), `topics` (one file each), `record` (what a sheet is), `building` (puts it together),
`written` and `pieces` (numbers, and formulas in a text),
`typesetting` (with the Typst templates ``sheets.typ`` and ``name.typ``), `moodle_xml`,
`qti_package`, `students`, `files`, `making`, `answers` (a class's numbers as a table), `marking`,
and `command`, ``wuv worksheet``.

PDFs need the packages typst and math-core: ``pip install 'wuv[worksheet]'``.
"""

from wuv.worksheet.building import sheet
from wuv.worksheet.moodle_xml import moodle
from wuv.worksheet.qti_package import qti
from wuv.worksheet.record import Sheet
from wuv.worksheet.sheet_code import (
    BLANKS,
    LEVELS,
    NUMBERS,
    TOPICS,
    BadCode,
    SheetCode,
    WorksheetError,
    read_code,
)
from wuv.worksheet.students import Student, assigned, read_students
from wuv.worksheet.typesetting import Copy, Look, marks, pdf, png

__all__ = [
    "BLANKS",
    "LEVELS",
    "NUMBERS",
    "TOPICS",
    "BadCode",
    "Copy",
    "Look",
    "Sheet",
    "SheetCode",
    "Student",
    "WorksheetError",
    "assigned",
    "marks",
    "moodle",
    "pdf",
    "png",
    "qti",
    "read_code",
    "read_students",
    "sheet",
]
