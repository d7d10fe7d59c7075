r"""Derivations to fill in, from the equations that the chapters show.

>>> for step in steps("gradient_u", "eq-nudge", {"W": (3, 2)}):
...     print(step.shape, "|", step.reason)
1×3 · 3×1 | slope of a square
1×3 · 3×2 · 2×1 | $r$ moves with $u$
⟨3×1, 3×1⟩ | among outputs
⟨2×1, 2×1⟩ | among inputs

The LaTeX of a chapter is the only place where such an equation is written. It is looked for by its
label, and executed, as `wuv check` does, before it is printed: what does not hold makes
no sheet.
"""

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from wuv.algebra import Expr
from wuv.algebra.tree import walk
from wuv.equations import Page, check_display, displays
from wuv.equations.notes import read_notes
from wuv.worksheet.keys import WrongKey
from wuv.worksheet.record import Table
from wuv.worksheet.sheet_code import WorksheetError

SIGNS = {"←": r"\leftarrow"}
HOW = (
    "A line that begins with = goes on from the one before. Sizes: of the factors after the sign, "
    "or of the two in an inner product; a sum has one, and a number none: write “a number”. "
    "Reasons: a few words of your own."
)
HEADS = ("step", "expression", "sizes", "reason")


class Step(NamedTuple):
    """A line of a derivation: its relation in LaTeX, up to the sign and after it, the sizes of the
    factors after it, and a reason."""

    begun: str
    rest: str
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
    """One relation of a display: its text up to the sign and after it, what stands there as a tree
    with sizes, and the reason beside it."""

    begun: str
    rest: str
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
        result = check_display(display, page)
        if result.status != "executed" or result.wrong:
            raise WorksheetError(f"{chapter}, {label}: {result.status}; {result.message}")
        rows = page.rows(display.text, {**page.shapes, **dict(notes.shapes)})
        stated = page.read(display.text, notes).statements
        lines = []
        for row in rows:
            lines += _relations(row, alone=not lines)
        if len(stated) < len(lines):
            raise WorksheetError(f"{chapter}, {label} defines something; a derivation cannot")
        return tuple(
            _Line(begun, rest, statement.right, reason)
            for (begun, rest, reason), statement in zip(lines, stated, strict=False)
        )
    raise WorksheetError(f"the chapter {chapter} has no equation {label}")


def _relations(row, alone):
    """Return (begun, rest, reason) for each relation of a row; its left side only where it is new,
    or ``alone``: no line before it ended with it."""
    sides, relations = [*map(_written, row.sides)], []
    for k, relation in enumerate(row.relations):
        sign = SIGNS.get(relation, relation)
        first = "" if k or (row.continues and not alone) else f"{sides[0]} "
        reason = _plain(row.place.text.partition("&&")[2])
        relations.append((f"{first}{sign}", sides[k + 1], reason))
    return relations


def _written(side):
    """Return a side as the chapter has it, with the \\left of a bracket that it begins with."""
    source, start, stop = side.place.source, side.place.start, side.place.stop
    before = source[:start].rstrip()
    start = before.rindex("\\") if before.endswith((r"\left", r"\bigl")) else start
    return " ".join(source[start:stop].split())


def steps(chapter, label, sizes, reasons=()):
    """Return the `Step`s of a labelled equation, with these ``sizes``, {letter: shape}.

    ``reasons`` are used where the chapter gives none beside its lines, or other ones are wanted.
    Raises `wuv.worksheet.keys.WrongKey` where sizes contradict one another.
    """
    lines = _lines(chapter, label)
    reasons = reasons or [x.reason for x in lines]
    if len(reasons) != len(lines) or not all(reasons):
        raise WorksheetError(f"{chapter}, {label}: {len(lines)} steps want as many reasons")
    numbers = _numbers(label, lines, sizes)
    return tuple(
        Step(line.begun, line.rest, sizes_of(line.right, numbers), reason)
        for line, reason in zip(lines, reasons, strict=True)
    )


def _numbers(label, lines, sizes):
    """Return what the letters in the shapes of these lines stand for, {letter: number}."""
    numbers = {}
    for node in (node for line in lines for node in walk(line.right)):
        if node.op == "name" and node.data in sizes:
            for letter, size in zip(node.shape, sizes[node.data], strict=True):
                if numbers.setdefault(letter, size) != size or letter == 1 != size:
                    raise WrongKey(f"{label}: {node.data} cannot be {sizes[node.data]} here")
    return numbers


def _plain(reason):
    r"""Return a reason in LaTeX as text with formulas: r \text{ moves} is $r$ moves."""
    parts = re.split(r"\\text\{([^{}]*)\}", reason)
    shown = [x if k % 2 else f"${x.strip()}$" if x.strip() else "" for k, x in enumerate(parts)]
    return "".join(shown).strip()


def sizes_of(tree, numbers):
    """Return the sizes of the factors of a formula as they stand, such as 1×3 · 3×2 · 2×1; of the
    two in an inner product. A sum has one size, and "a number" none."""

    def one(shape):
        return "×".join(str(numbers.get(x, x)) for x in shape)

    def factors(node):
        if node.op == "product":
            return [x for child in node.args for x in factors(child)]
        return [sizes] if (sizes := written(node)) else []

    def inside(node):
        return " · ".join(factors(node))

    def written(node):
        if node.op == "entry" and node.args[0].op == "inner":  # ⟨A, B⟩_F
            node = node.args[0]
        if node.op == "inner":
            return f"⟨{', '.join(one(x.shape) for x in node.args)}⟩"
        if node.op == "trace":
            return f"tr({inside(node.args[0])})"
        if node.op == "transpose" and node.args[0].op == "product":
            return f"({inside(node.args[0])})ᵀ"
        return one(node.shape)

    return inside(tree) or "a number"


def derivation(chapter, labels, sizes):
    """Return the `Table` of a derivation.

    ``labels`` are {label: reasons}, empty where the chapter has its own; ``sizes`` are {letter:
    shape}. What a line begins with, up to its sign, is never blank, and what follows is not where
    a longer equation begins: so there is something to go on from.
    """
    rows, cells, begun = [], [], {}
    for k, (label, reasons) in enumerate(labels.items(), start=1):
        lines = steps(chapter, label, sizes, reasons)
        for j, step in enumerate(lines):
            i = len(rows)
            letter = chr(ord("a") + j) if len(lines) > 1 else ""
            number = str(i + 1) if len(labels) == 1 else f"{k}{letter}"
            rows.append((number, f"${step.begun} {step.rest}$", step.shape, step.reason))
            begun[i, 1] = f"${step.begun}$"
            first = j == 0 and (i == 0 or len(lines) > 1)
            cells += [(i, 2), (i, 3)] if first else [(i, 1), (i, 2), (i, 3)]
    return Table(
        HEADS,
        tuple(rows),
        tuple(cells),
        widths=(0, 10, 6, 8),
        shown=1,
        asked=3,
        match="Which reason belongs to which line of this derivation?",
        never="the sizes fit",  # true of every line, and a reason for none
        begun=begun,
        how=HOW,
    )
