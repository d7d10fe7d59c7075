"""The verb ``check`` of ``python -m wuv``: is every displayed equation of these pages right?

    python -m wuv check chapters/            every .md in the folder, folders in it included
    python -m wuv check a.md b.md --json

It prints one line for each equation that is false or cannot be read, ``file:line: what: why``, then
one line for each page, and the sum. The exit status is 0 if all is well, 1 if an equation is false,
or unreadable and not marked, 2 if there is nothing that could be checked.

With ``--json`` one object is printed instead:

    {"executed": 7, "marked": 1, "false": 0, "unreadable": 0,
     "pages": [{"file", "executed", "marked", "false", "unreadable", "equations": [
        {"line", "label", "latex", "status", "message", "statements", "defined", "wrong",
         "points", "degree", "bound", "all_sizes", "counterexample"}]}]}

``counterexample`` is null or {"left", "right", "sizes", "indices", "values", "changes"}; the rest
is described at `wuv.equations.book.Equation`.
"""

import json
import sys
from pathlib import Path

from wuv.equations.book import STATUSES, check_file, counts

HELP = "evaluate both sides of every displayed equation of pages in MyST Markdown"


def arguments(parser):
    """Say what the verb takes."""
    parser.add_argument("path", nargs="+", metavar="PATH", help="a file, or a folder of .md files")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(options):
    """Check, print, and return the exit status."""
    pages = []
    try:
        for path in files(options.path):
            pages.append(read(path))
    except CannotRead as error:
        print(f"wuv check: {error}", file=sys.stderr)
        return 2
    if options.json:
        totals = {x: sum(page.count(x) for page in pages) for x in STATUSES}
        print(json.dumps({**totals, "pages": [x.as_dict() for x in pages]}, ensure_ascii=False))
    else:
        for page in pages:
            for equation in page.failures:
                print(equation.complaint(page.file))
        for page in pages:
            print(page.summary())
        if len(pages) > 1:
            print(f"{len(pages)} pages: {counts(pages)}")
    return 1 if any(page.failures for page in pages) else 0


class CannotRead(Exception):
    """There is nothing to check here; the message says why."""


def files(paths):
    """Return the files that are meant, those of a folder in order of their names."""
    found = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = sorted(x for x in path.rglob("*.md") if visible(x.relative_to(path)))
            if not inside:
                raise CannotRead(f"{given}: no .md file in this folder")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise CannotRead(f"{given}: there is no such file or folder")
    return list(dict.fromkeys(found))


def visible(path):
    """Return whether no part of a path is hidden or was built."""
    return not any(part[0] in "._" for part in path.parts)


def read(path):
    """Check one file."""
    try:
        return check_file(path)
    except UnicodeDecodeError as error:
        raise CannotRead(f"{path}: not a text in UTF-8 (byte {error.start + 1})") from None
    except OSError as error:
        raise CannotRead(f"{path}: {error.strerror}") from None
