r"""Check pages: every displayed equation of every file, and what came of it.

>>> page = check_text(r'''
... $$ \nabla_u L = 2W^{\mathsf T} r $$
...
... $$ \nabla_u L = 2Wr $$
... ''', "page.md")
>>> [(x.line, x.status) for x in page.equations]
[(2, 'executed'), (4, 'false')]
>>> print(page.summary())
page.md: 1 executed, 0 marked, 1 false
>>> page.equations[1].complaint("page.md")[:63]
'page.md:4: false: \\nabla_u L = 2Wr: 2W is m×n and r is m×1: a p'
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

from wuv.algebra import AlgebraError, Misfit
from wuv.equations.judge import Counterexample, judge
from wuv.equations.notes import read_notes
from wuv.equations.pages import Display, Unfinished, displays
from wuv.equations.statements import Page
from wuv.points import text

STATUSES = ("executed", "marked", "false", "unreadable")


@dataclass(frozen=True)
class Equation:
    """What came of one displayed equation.

    ``status`` is "executed", "marked" (it is to be skipped, for the reason in ``message``),
    "false", or "unreadable"; for the last two ``message`` says why. ``statements`` counts the
    relations that were compared, ``defined`` names what it defines; ``wrong`` says that it is shown
    because it is wrong. ``points`` is at how many random points the sides were compared, ``degree``
    their degree, and ``bound`` the probability, at most, that a false equation passes there: the
    last two are None where the sides are no polynomials, and all are the greatest of all
    statements. ``all_sizes`` says that the sizes tried are enough for all. ``counterexample`` is
    there if one was found, also of a wrong one.
    """

    line: int
    label: str
    latex: str
    status: str
    message: str = ""
    statements: int = 0
    defined: tuple[str, ...] = ()
    wrong: bool = False
    points: int = 0
    degree: int | None = None
    bound: float | None = None
    all_sizes: bool = True
    counterexample: Counterexample | None = None

    @property
    def failed(self) -> bool:
        return self.status in ("false", "unreadable")

    def complaint(self, file: str) -> str:
        """Return one line that says what is wrong, and where."""
        return f"{file}:{self.line}: {self.status}: {self.message}"

    def as_dict(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        found = {k: getattr(self, k) for k in self.__dataclass_fields__ if k != "counterexample"}
        found["defined"] = list(self.defined)
        false = self.counterexample
        found["counterexample"] = false and {
            "left": text(false.left),
            "right": text(false.right),
            "sizes": false.case.sizes,
            "indices": false.case.indices,
            "values": {k: text(x) for k, x in false.case.arrays.items()},
            "changes": {k: text(x) for k, x in false.case.changes.items()},
        }
        return found


@dataclass(frozen=True)
class Checked:
    """What came of the equations of one file: an `Equation` for each display, in order.

    ``failures`` are those that are false or unreadable; ``count(status)`` says how many have a
    status, ``summary()`` all counts in one line.
    """

    file: str
    equations: tuple[Equation, ...] = field(default=())

    def count(self, status: str) -> int:
        return sum(x.status == status for x in self.equations)

    @property
    def failures(self) -> tuple[Equation, ...]:
        return tuple(x for x in self.equations if x.failed)

    def summary(self) -> str:
        return f"{self.file}: {counts([self])}"

    def as_dict(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        totals = {status: self.count(status) for status in STATUSES}
        return {"file": self.file, **totals, "equations": [x.as_dict() for x in self.equations]}


def counts(pages: Sequence[Checked]) -> str:
    """Return "7 executed, 1 marked, 0 false", with the unreadable ones if there are any."""
    totals = {status: sum(page.count(status) for page in pages) for status in STATUSES}
    shown = [x for x in STATUSES if totals[x] or x != "unreadable"]
    return ", ".join(f"{totals[x]} {x}" for x in shown)


def check_file(path: str | PathLike[str], shown: str | None = None) -> Checked:
    """Return what came of one file of MyST Markdown, as `Checked`; ``shown`` is its name there.

    Raises OSError for a file that cannot be read, UnicodeDecodeError for one that is not UTF-8.
    """
    return check_text(Path(path).read_text("utf-8-sig"), shown or str(path))


def check_text(markdown: str, file: str = "text") -> Checked:
    """Return what came of the equations in a text of MyST Markdown, as `Checked`.

    ``file`` is what complaints call it.
    """
    try:
        found = displays(markdown)
    except Unfinished as error:
        return Checked(file, (Equation(error.line, "", "", "unreadable", str(error)),))
    page = Page()
    return Checked(file, tuple(check_display(display, page) for display in found))


def check_display(display: Display, page: Page) -> Equation:
    """Return what came of one display, and let the page remember what it defines."""
    latex = " ".join(display.text.split())
    start = Equation(display.line, display.label, latex, "executed")
    try:
        notes = read_notes(display.notes)
    except Unfinished as error:
        return replace(start, line=error.line, status="unreadable", message=str(error))
    start = replace(start, wrong=notes.wrong)
    if notes.skip:
        return replace(start, status="marked", message=notes.skip)
    content, verdicts, false, message = None, [], None, ""
    try:
        content = page.read(display.text, notes)
        for statement in content.statements:
            try:
                verdicts.append(judge(statement))
            except Misfit as error:
                message = f"{statement}: {error}"
            else:
                false = verdicts[-1].false
                message = f"{statement}: {false}" if false else ""
            if message:
                break
    except Misfit as error:
        message = f"{_short(latex)}: {error}"
    except (AlgebraError, RecursionError) as error:
        reason = str(error) if isinstance(error, AlgebraError) else "this is nested too deep"
        line = start.line + _line(display, error)
        return replace(start, line=line, status="unreadable", message=reason)
    if content:
        start = replace(start, statements=len(content.statements), defined=content.defined)
    start = replace(
        start,
        points=max((x.points for x in verdicts), default=0),
        degree=max((x.degree for x in verdicts if x.degree is not None), default=None),
        bound=max((x.bound for x in verdicts if x.bound is not None), default=None),
        all_sizes=all(x.all_sizes for x in verdicts),
        counterexample=false,
    )
    if notes.wrong and not message:
        return replace(start, status="false", message="marked wrong, and it holds")
    status = "false" if message and not notes.wrong else "executed"
    return replace(start, status=status, message=_one_line(message))


def _line(display: Display, error: Exception) -> int:
    """Return how many lines below the display's first one the error lies."""
    place = getattr(error, "place", None)
    if place is None or place.source != display.text:
        return 0
    return display.text.count("\n", 0, place.start)


def _short(text):
    return text if len(text) <= 60 else text[:57] + "…"


def _one_line(message):
    message = " ".join(message.split())
    return message if len(message) <= 600 else message[:597] + "…"
