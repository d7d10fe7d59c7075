"""Tables of a class as CSV: read as schools save them, written so that spreadsheets leave them be.

>>> for line in as_csv([("name", "points"), ("Ada", 3), ("Bob;=1+1", None)]).splitlines():
...     print(line)
"name","points"
"Ada","3"
"Bob;'=1+1",""
"""

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

MAX_BYTES = 20_000_000
DELIMITERS = ",;\t"
ENCODINGS = ("utf-8-sig", "utf-16")
# What a spreadsheet takes for a formula, also where it splits a line at another sign than ours.
FORMULA = re.compile(r"(?:^|(?<=[;\t\n\r]))(\s*)(?=[=+\-@＝＋－＠])")


class BadTable(Exception):
    """A table that cannot be read or written; the message says why."""


class Table:
    """The rows of a CSV file below its headings; empty rows are left out.

    Raises `BadTable` for a file that is missing, too large, empty or not text.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path
        rows = _rows(path)
        self.heads = [x.strip() for x in rows[0]]
        self.rows = [[*row, *[""] * (len(self.heads) - len(row))] for row in rows[1:]]

    def column(self, *names: str) -> int | None:
        """Return the number of the column with the first of these headings that is there, whatever
        its capitals; None if there is none."""
        lower = [x.lower() for x in self.heads]
        return next((lower.index(x) for x in names if x in lower), None)

    def needed(self, *names: str) -> int:
        """Return the same; raise `BadTable` if there is none."""
        found = self.column(*names)
        if found is None:
            raise self.without(names[0])
        return found

    def without(self, name: str) -> BadTable:
        """Return the error that no column has a name."""
        return BadTable(
            f"{self.path}: no column is called {name}; there are {', '.join(self.heads)}"
        )


def _rows(path):
    text = _text(Path(path))
    first, _, rest = text.partition("\n")
    if re.fullmatch(r'"?sep=.?"?', first.strip()):  # Excel's own line
        text = rest
    delimiter = _delimiter(text)
    try:  # backslashes are LaTeX's
        lines = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
        rows = [row for row in lines if any(row)]
    except csv.Error as error:
        raise BadTable(f"{path}: not a CSV file ({error})") from None
    if not rows:
        raise BadTable(f"{path}: this file is empty")
    return rows


def _delimiter(text):
    """Return what stands between cells: of commas, semicolons and tabs the only one among the
    headings, for below them a comma may be a number's; or what Python makes of the whole."""
    bare = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    some = [x for x in DELIMITERS if x in bare]
    if len(some) == 1:
        return some[0]
    try:
        return csv.Sniffer().sniff(text[:4000], delimiters=DELIMITERS).delimiter
    except csv.Error:
        return ","


def _text(path):
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadTable(f"{path}: this file is too large")
        data = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from None
    if not data.strip():
        raise BadTable(f"{path}: this file is empty")
    encoding = ENCODINGS[data[:2] in (b"\xff\xfe", b"\xfe\xff")]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadTable(
            f"{path}: not a text in UTF-8 (byte {error.start + 1}); save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise BadTable(f"{path}: not a text file")
    return text


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as the text of a CSV file, all fields quoted; None is an empty field."""
    text = io.StringIO(newline="")
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in rows:
        table.writerow([harmless(x) if isinstance(x, str) else x for x in row])
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return a text in which no spreadsheet finds a formula of its own.

    >>> harmless("-2*r"), harmless("Ada;=cmd|' /C calc'!A0"), harmless("r; 2 - 1")
    ("'-2*r", "Ada;'=cmd|' /C calc'!A0", 'r; 2 - 1')
    """
    return FORMULA.sub(r"\1'", cell)


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a file that is there whole or not at all.

    Raises `BadTable` where that is not possible.
    """
    path, temporary = Path(path), None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
