"""Make worksheets with each student's own numbers, and their keys.

A topic is a chapter's file name without .md, such as gradient_u; the code of a sheet in its place
prints that sheet once more. Exit status: 0 if all was written, 2 if a command or a file cannot be
understood, or nothing can be written; then nothing was.

  wuv worksheet gradient_u                         # one sheet, and its key
  wuv worksheet gradient_u --students class.csv    # one for each in the column name
  wuv worksheet gradient_u --count 30 --together   # for the printer, both sides
  wuv worksheet --key GUA-66GGK                    # the key to a paper, from its code
  wuv worksheet gradient_u --students class.csv --answers   # and a table for their numbers
  wuv worksheet --mark numbers.csv                 # points and slips, from that table
"""

import json
import sys

HELP = "make worksheets with each student's own numbers, and their keys"


def arguments(parser):
    """Say what the verb takes."""
    parser.add_argument(
        "topics", metavar="TOPIC", nargs="*", help="a topic, all, or a sheet's code"
    )
    parser.add_argument("--key", metavar="CODE", nargs="+", help="make keys, from codes alone")
    parser.add_argument(
        "--mark", metavar="CSV", help="mark a class's numbers, in a table made with --answers"
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--count", metavar="N", type=int, help="so many sheets (default: 1)")
    who.add_argument(
        "--students", metavar="CSV", help="a file with the columns name and, maybe, id"
    )
    parser.add_argument("--level", type=int, choices=(1, 2), help="default: 1")
    parser.add_argument(
        "--blanks", choices=("few", "many", "all"),
        help="how much of a derivation is to be filled in (default: few)",
    )  # fmt: skip
    parser.add_argument(
        "--points", metavar="N", type=int,
        help="what a sheet is worth in all, shared out among its questions; 0: none are printed",
    )  # fmt: skip
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4", help="default: a4")
    parser.add_argument("--large", action="store_true", help="large print")
    parser.add_argument(
        "--together", action="store_true",
        help="one PDF of all sheets, each beginning on a front, and one of all keys",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="TEXT", default="1", help="another, for other numbers")
    parser.add_argument(
        "--answers", action="store_true",
        help="a table to type the class's numbers into, or for a form's headings; for --mark",
    )  # fmt: skip
    parser.add_argument("--moodle", action="store_true", help="the questions as Moodle XML, too")
    parser.add_argument("--qti", action="store_true", help="the questions as QTI 2.1, too")
    parser.add_argument("--out", metavar="DIR", default="worksheets", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="what was made, for programs")


def run(options):
    """Write the files and return the exit status."""
    from wuv.worksheet.making import make
    from wuv.worksheet.sheet_code import WorksheetError

    try:
        if options.mark is not None:
            return _mark(options)
        made = make(options, _Progress() if sys.stderr.isatty() else None)
    except WorksheetError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(f"worksheet: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nworksheet: interrupted; nothing was written", file=sys.stderr)
        return 130
    for warning in made.warnings:
        print(f"worksheet: {warning}", file=sys.stderr)
    if options.json:
        print(json.dumps(made.to_dict(), ensure_ascii=False, indent=2))
    else:
        for name in made.files:
            print(f"{options.out}/{name}")
    return 0


def _mark(options):
    """Write the marks of a class, print its table by question and return the exit status."""
    from wuv.worksheet.marking import write_marks
    from wuv.worksheet.sheet_code import WorksheetError

    making = {
        "a topic": options.topics,
        "--key": options.key,
        "--students": options.students,
        "--count": options.count,
        "--level": options.level,
        "--blanks": options.blanks,
        "--answers": options.answers,
    }
    if given := [k for k, x in making.items() if x]:
        raise WorksheetError(f"--mark takes the codes from its table; leave {given[0]} out")
    marked, names = write_marks(options.mark, options.out, options.points)
    if options.json:
        print(json.dumps({**marked.to_dict(), "files": names}, ensure_ascii=False, indent=2))
        return 0
    heads, *rows = [[str(x) for x in row] for row in marked.by_question()]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for first, *counts, slips in [heads, *rows]:
        numbers = "  ".join(x.rjust(w) for x, w in zip(counts, widths[1:], strict=False))
        print(f"{first.ljust(widths[0])}  {numbers}  {slips}".rstrip())
    for row in filter(None, (x.problem and (x.row.number, x.problem) for x in marked.students)):
        print("worksheet: row {}: {}".format(*row), file=sys.stderr)
    for name in names:
        print(f"{options.out}/{name}")
    return 0


class _Progress:
    """A line on the terminal that says how far it is."""

    WIDTH = 30

    def __call__(self, done, total):
        filled = round(self.WIDTH * done / total)
        bar = "█" * filled + "·" * (self.WIDTH - filled)
        end = "\n" if done == total else ""
        print(f"\r{bar} {done} of {total}", end=end, file=sys.stderr, flush=True)
