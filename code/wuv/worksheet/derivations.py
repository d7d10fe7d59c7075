r"""Derivations to fill in, from the equations that the chapters show.

>>> for step in steps("gradient_u", "eq-nudge", {"m": 3, "n": 2}):
...     print(step.shape, "|", step.reason)
1×3 · 3×1 | slope of a square
1×3 · 3×2 · 2×1 | $r$ moves with $u$
⟨3×1, 3×1⟩ | among outputs
⟨2×1, 2×1⟩ | among inputs

The LaTeX of a chapter is the only place where such an equation is written. It is looked for by its
label, and executed, as `python -m wuv check` does, before it is printed: what does not hold makes
no sheet.
"""

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from wuv.algebra import Expr
from wuv.equations import Page, check_display, displays
from wuv.equations.notes import read_notes
from wuv.worksheet.record import Table
from wuv.worksheet.sheet_code import WorksheetError

PART = {"few": 1 / 3, "many": 2 / 3, "all": 1}
SIGNS = {"←": r"\leftarrow"}
HEADS = ("step", "expression", "sizes", "reason")


class Step(NamedTuple):
    """A line of a derivation: an expression in LaTeX, the sizes of its factors, and a reason."""

    expression: str
    shape: str
    reason: str


def chapters():
    """Return the folder of the chapters: the repository's, or their copy in an installed wheel."""
    repository = Path(__file__).parents[3] / "chapters"
    if (repository / "gradient_u.md").is_file():
        return repository
    packed = resources.files("wuv.worksheet") / "chapters"
    if packed.is_dir():
        return packed
    raise WorksheetError(
        "the chapters are missing, from which worksheets take their equations; install wuv from "
        "its wheel, or run it in the book's repository"
    )


@cache
def title(chapter):
    """Return the title of a chapter."""
    text = (chapters() / f"{chapter}.md").read_text("utf-8")
    return re.search(r"^# (.+)$", text, re.MULTILINE)[1]


class _Line(NamedTuple):
    """One relation of a display: its text, what stands on its right as a tree with sizes, and the
    reason beside it."""

    text: str
    right: Expr
    reason: str


@cache
def _lines(chapter, label):
    """Return the `_Line`s of a labelled display of a chapter, after it was executed."""
    page = Page()
    for display in displays((chapters() / f"{chapter}.md").read_text("utf-8")):
        notes = read_notes(display.notes)
        if display.label != label:
            if not notes.skip and not notes.wrong:
                page.read(display.text, notes)  # for what it defines
            continue
        found = check_display(display, page)
        if found.status != "executed" or found.wrong:
            raise WorksheetError(f"{chapter}, {label}: {found.status}; {found.message}")
        rows = page.rows(display.text, {**page.shapes, **dict(notes.shapes)})
        stated = page.read(display.text, notes).statements
        lines = []
        for row in rows:
            lines += _relations(row, alone=not lines)
        if len(stated) < len(lines):
            raise WorksheetError(f"{chapter}, {label} defines something; a derivation cannot")
        return tuple(
            _Line(text, statement.right, reason)
            for (text, reason), statement in zip(lines, stated, strict=False)
        )
    raise WorksheetError(f"the chapter {chapter} has no equation {label}")


def _relations(row, alone):
    """Return (text, reason) for each relation of a row; its left side only where it is new, or
    ``alone``: no line before it ended with it."""
    sides, found = [*map(_written, row.sides)], []
    for k, relation in enumerate(row.relations):
        sign = SIGNS.get(relation, relation)
        first = "" if k or (row.continues and not alone) else f"{sides[0]} "
        found.append((f"{first}{sign} {sides[k + 1]}", _plain(row.place.text.partition("&&")[2])))
    return found


def _written(side):
    """Return a side as the chapter has it, with the \\left of a bracket that it begins with."""
    source, start, stop = side.place.source, side.place.start, side.place.stop
    before = source[:start].rstrip()
    start = before.rindex("\\") if before.endswith((r"\left", r"\bigl")) else start
    return " ".join(source[start:stop].split())


def steps(chapter, label, sizes, reasons=()):
    """Return the `Step`s of a labelled equation, with these numbers for the letters in its sizes.

    ``reasons`` are used where the chapter gives none beside its lines.
    """
    lines = _lines(chapter, label)
    reasons = reasons or [x.reason for x in lines]
    if len(reasons) != len(lines) or not all(reasons):
        raise WorksheetError(f"{chapter}, {label}: {len(lines)} steps want as many reasons")
    return tuple(
        Step(line.text, sizes_of(line.right, sizes), reason)
        for line, reason in zip(lines, reasons, strict=True)
    )


def _plain(reason):
    r"""Return a reason in LaTeX as text with formulas: r \text{ moves} is $r$ moves."""
    parts = re.split(r"\\text\{([^{}]*)\}", reason)
    shown = [x if k % 2 else f"${x.strip()}$" if x.strip() else "" for k, x in enumerate(parts)]
    return "".join(shown).strip()


def sizes_of(tree, numbers):
    """Return the sizes of the factors of a formula, such as 1×3 · 3×2 · 2×1."""

    def one(shape):
        if shape == ():
            return "a number"
        return "×".join(str(numbers.get(x, x)) for x in shape)

    def factors(node):
        if node.op == "product":
            return [x for child in node.args for x in factors(child)]
        return [node.shape] if node.shape else []

    if tree.op in ("inner", "trace"):
        inside = ", ".join(one(x.shape) for x in tree.args)
        if tree.op == "trace":
            return f"tr({' · '.join(map(one, factors(tree.args[0])))})"
        return f"⟨{inside}⟩"
    found = factors(tree)
    if tree.op == "product" and len(found) > 1:
        return " · ".join(map(one, found))
    return one(tree.shape)


def derivation(chapter, labels, sizes, blanks, draw):
    """Return the `Table` of a derivation with some of its cells blank: few, many or all.

    ``labels`` are {label: reasons}, empty where the chapter has its own; ``sizes`` are numbers for
    letters, and {label: sizes} where one equation has others. The first expression always stands,
    so that there is something to begin with.
    """
    found = []
    for label, reasons in labels.items():
        found += steps(chapter, label, sizes | sizes.get(label, {}), reasons)
    rows = tuple((str(k), f"${x.expression}$", x.shape, x.reason) for k, x in enumerate(found, 1))
    cells = [(i, j) for i in range(len(rows)) for j in (1, 2, 3) if (i, j) != (0, 1)]
    blank = left_blank(cells, blanks, draw)
    return Table(
        HEADS,
        rows,
        blank,
        widths=(0, 10, 6, 8),
        shown=1,
        asked=3,
        match="Which reason belongs to which line of this derivation?",
        never="the sizes fit",  # true of every line, and a reason for none
    )


def left_blank(cells, blanks, draw):
    """Return which of the cells are blank; with one ``draw``, those of few are among those of
    many."""
    order = draw.shuffled("blank cells", cells)
    return frozenset(order[: max(2, round(len(cells) * PART[blanks]))])
