"""Can the check fail? Alter each displayed equation of the book, one token at a time, and see.

    python tools/mutate.py [--seed 0 --sample 200] [PATH…]

A change is rejected if its page is then found false, or can no longer be read. One that passes is
compared with the original, side by side: where every side has the same value as before, the
mathematics was not altered (``2r_i W_{ik}`` for ``2W_{ik} r_i``). What is left are the survivors.
They are printed, and the exit status is 1 if more than one change in a hundred survives.
"""

import argparse
import copy
import random
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from wuv.algebra import AlgebraError, factors, read_display, walk
from wuv.algebra.latex_tokens import tokens
from wuv.equations import Page, check_display, displays, judge
from wuv.equations.notes import read_notes

BOOK = Path(__file__).resolve().parent.parent / "chapters"
TRANSPOSE = r"^{\mathsf T}"
LETTERS = ["uv", "ru", "rv", "ab", "ed", "ij", "ik", "mn", "WU", "UV", "xu"]
ENOUGH = 0.99


class Mutant(NamedTuple):
    """One change of one display: its kind, the new text, and what became of it."""

    kind: str
    file: str
    line: int
    old: str
    new: str
    fate: str = ""


def mutations(text):
    """Yield (kind, new text) for every change of one token in a displayed equation."""
    seen = {text}
    for kind, start, stop, new in edits(text):
        mutated = text[:start] + new + text[stop:]
        if mutated not in seen:
            seen.add(mutated)
            yield kind, mutated


def edits(text):
    """Yield (kind, start, stop, replacement)."""
    for match in re.finditer(re.escape(TRANSPOSE), text):
        yield "drop a transpose", match.start(), match.end(), ""
    words = [(x.start(), x.end()) for x in re.finditer(r"\\(?:text|label|tag)\s*\{[^}]*\}", text)]
    row = [t for t in tokens(text) if not any(a <= t.start < b for a, b in words)]
    for before, token, after in zip([None, *row], row, [*row[1:], None], strict=False):
        place = token.start, token.start + len(token.text)
        if token.text in "+-":
            yield "flip a sign", *place, "-" if token.text == "+" else "+"
        if token.text.isdigit():
            for new in (int(token.text) + 1, int(token.text) - 1):
                yield "change a number", *place, f" {new}"
        if len(token.text) == 1 and token.text.isalpha() and not upright(before, text):
            for pair in LETTERS:
                if token.text in pair:
                    other = pair[1 - pair.index(token.text)]
                    yield "one letter for another", *place, other
            if token.text.isupper() and (after is None or after.text not in ("^", "_")):
                yield "add a transpose", *place, token.text + TRANSPOSE
    for match in re.finditer(r"\\sum_\{(\w)=1\}\^\{(\w)\}", text):
        yield "lose a bound", *match.span(), rf"\sum_{{{match[1]}}}"
        yield "lose a bound", *match.span(), rf"\sum_{{{match[1]}=1}}"
        yield "lose a sum", *match.span(), ""
    for match in re.finditer(r"\\mathrm\{d\}", text):
        yield "drop a d", *match.span(), ""
    yield from exchanges(text)


def upright(before, text):
    """Return whether the token after this one is a word and no letter, as d in \\mathrm{d}."""
    return before is not None and re.search(r"\\(mathrm|mathsf|operatorname)\{?$",
                                            text[: before.start + 1]) is not None  # fmt: skip


def exchanges(text):
    """Yield the exchange of two neighbouring factors, and the loss of one."""
    spans = []
    for row in read_display(text, "h:"):
        for side in row.sides:
            inner = set()
            for node in walk(side):
                if node.op == "product" and id(node) not in inner:
                    inner |= {id(x) for x in walk(node) if x.op == "product" and x is not node
                              and any(x is y for y in chain(node))}  # fmt: skip
                    spans.append([(x.place.start, x.place.stop) for x in factors(node)])
                if node.op in ("kron", "cdot"):
                    spans.append([(x.place.start, x.place.stop) for x in node.args])
            for node in walk(side):
                if node.op in ("add", "sub"):
                    left, right = (x.place for x in node.args)
                    yield "drop a term", left.stop, right.stop, ""
                    yield (
                        "swap two terms",
                        left.start,
                        right.stop,
                        (
                            text[right.start : right.stop]
                            + text[left.stop : right.start]
                            + text[left.start : left.stop]
                        ),
                    )
    for row in spans:
        for (a, b), (c, d) in pairwise(row):
            if b <= c:
                new = text[c:d] + " " + text[b:c] + " " + text[a:b]
                yield "swap two factors", a, d, new
        for a, b in row:
            yield "drop a factor", a, b, ""


def chain(node):
    """Yield the products that are one product with this one: all of 2 W r."""
    for side in node.args:
        if side.op == "product":
            yield side
            yield from chain(side)


def mutants(paths, sample=None, seed=0):
    """Yield every `Mutant` of these pages, or a sample, with what became of it."""
    everything = []
    for path in paths:
        page, shown, before = Page(), displays(path.read_text("utf-8")), []
        for k, display in enumerate(shown):
            before.append(copy.deepcopy(page))
            check_display(display, page)
            notes = read_notes(display.notes)
            if notes.skip or notes.wrong:
                continue
            after = copy.deepcopy(page)
            for kind, new in mutations(display.text):
                mutant = Mutant(kind, path.name, display.line, display.text, new)
                everything.append((mutant, shown[k:], before[k], after))
    if sample is not None and sample < len(everything):
        everything = random.Random(seed).sample(everything, sample)
    for mutant, rest, start, after in everything:
        yield mutant._replace(fate=fate(mutant, rest, start, after))


def fate(mutant, rest, start, after):
    """Return "unreadable", "false", "same" or "survived"."""
    page = copy.deepcopy(start)
    changed = [rest[0]._replace(text=mutant.new), *rest[1:]]
    for display in changed:
        result = check_display(display, page)
        if result.failed:
            return result.status
    return "same" if same(mutant, read_notes(rest[0].notes), after) else "survived"


def same(mutant, notes, page):
    """Return whether every side of the changed equation has the value that it had."""
    shapes = {**page.shapes, **dict(notes.shapes)}
    old, new = (page.rows(text, shapes) for text in (mutant.old, mutant.new))
    if [row.relations for row in old] != [row.relations for row in new]:
        return False
    pairs = [
        (a.place.text, b.place.text)
        for before, now in zip(old, new, strict=True)
        for a, b in zip(before.sides, now.sides, strict=True)
    ]
    notes = notes._replace(also=(), define=())
    try:
        for a, b in pairs:
            if a != b:
                content = copy.deepcopy(page).read(rf"{a} = {b}", notes)
                if content.defined or any(judge(s).false for s in content.statements):
                    return False
    except AlgebraError:
        return False
    return True


def main():
    """Run the mutations and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="*", type=Path, default=sorted(BOOK.glob("*.md")))
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    table, survivors = Counter(), []
    for mutant in mutants(options.path, options.sample, options.seed):
        table[mutant.kind, mutant.fate] += 1
        if mutant.fate == "survived":
            survivors.append(mutant)
    fates = ("false", "unreadable", "same", "survived")
    print(f"{'':24}" + "".join(f"{x:>12}" for x in fates))
    for kind in sorted({kind for kind, _ in table}):
        print(f"{kind:24}" + "".join(f"{table[kind, x]:12}" for x in fates))
    total = {x: sum(n for (_, fate), n in table.items() if fate == x) for x in fates}
    print(f"{'all':24}" + "".join(f"{total[x]:12}" for x in fates))
    for mutant in survivors:
        print(
            f"survived: {mutant.file}:{mutant.line}: {mutant.kind}: {' '.join(mutant.new.split())}"
        )
    altered = total["false"] + total["unreadable"] + total["survived"]
    rate = 1 - total["survived"] / altered
    readable = 1 - total["survived"] / (total["false"] + total["survived"])
    print(f"{altered} changes alter the mathematics; {rate:.2%} are rejected "
          f"({readable:.2%} of those that can be read)")  # fmt: skip
    return int(rate < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
