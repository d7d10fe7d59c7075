r'''Find the displayed equations of a page of MyST Markdown.

>>> text = """The loss is
...
... ```{math}
... :label: eq-loss
... L = r^{\\mathsf T} r
... ```
...
... and its gradient in $r$
...
... % check: vary r
... $$ \\nabla_r L = 2r $$
... """
>>> for display in displays(text):
...     print(display.line, display.label, display.text.strip(), display.notes)
5 eq-loss L = r^{\mathsf T} r ()
11  \nabla_r L = 2r ((10, 'vary r'),)

Three spellings are displays: the directive ``{math}``, ``$$ … $$``, and the environments of
amsmath. What stands in a code cell, in a fence of code, in an HTML comment or in `code` is none;
what stands in an admonition, an exercise, a quotation or a list is one like any other.

Read line by line, and not with a parser of Markdown: the package needs NumPy alone, and these
few rules are all that matters here.
'''

import re
from typing import NamedTuple

from wuv.algebra import Unreadable
from wuv.algebra.tree import words

FENCE = re.compile(r"(`{3,}|~{3,}|:{3,})\s*(.*)$")
DIRECTIVE = re.compile(r"\{([\w:+.-]+)\}\s*(.*)$")
NOTE = re.compile(r"%\s*check\s*:(.*)$")
OPTION = re.compile(r":([\w-]+):\s*(.*)$")
BEGIN = re.compile(
    r"\\begin\{((?:equation|align|alignat|gather|multline|flalign|eqnarray)\*?)\}"
)  # of those that amsmath sets as displays
QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)*")
TEXT = words(  # directives whose content is Markdown; that of every other one is not
    "admonition attention caution danger error hint important note seealso tip warning "
    "exercise exercise-start exercise-end solution solution-start solution-end "
    "prf:theorem prf:proof prf:lemma prf:definition prf:remark prf:example prf:corollary "
    "container card grid grid-item dropdown margin sidebar topic epigraph aside "
    "tab-set tab-item table list-table figure"
)


class Display(NamedTuple):
    """A displayed equation: its LaTeX, the line where that begins, its label, and the notes
    ``% check: …`` on the lines before it, as (line, text)."""

    text: str
    line: int
    label: str = ""
    notes: tuple[tuple[int, str], ...] = ()


def displays(text: str) -> tuple[Display, ...]:
    """Return the displayed equations of a page, in order.

    Raises `Unfinished` for a display that never ends and for a note with no display behind it.
    """
    return tuple(_Reader(text).read())


class Unfinished(Unreadable):
    """A page that cannot be taken apart; ``line`` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Reader:
    def __init__(self, text):
        self.lines = text.split("\n")  # and at nothing else: line numbers are those of editors
        self.i = 0
        self.notes = []
        self.open = []  # the fences around this line whose content is Markdown

    def read(self):
        self.front_matter()
        while self.i < len(self.lines):
            line = self.plain(self.i)
            note = NOTE.match(line)
            if note:
                self.notes.append((self.i + 1, note[1].strip()))
                self.i += 1
                continue
            fence, begin = FENCE.match(line), BEGIN.match(line)
            if line.startswith("%"):
                self.i += 1
            elif fence:
                yield from self.fence(fence)
            elif line.startswith("<!--"):
                self.skip_to("-->")
            elif begin:
                yield from self.environment(begin[1])
            elif "$$" in line:
                yield from self.dollars(line)
            else:
                self.i += 1
            if self.notes:
                line, text = self.notes[0]
                raise Unfinished(f"no displayed equation follows “check: {text}”", line)
        if self.notes:
            line, text = self.notes[0]
            raise Unfinished(f"no displayed equation follows “check: {text}”", line)

    def plain(self, i):
        return self.lines[i][QUOTED.match(self.lines[i]).end() :]

    def front_matter(self):
        if self.lines[:1] == ["---"] and "---" in self.lines[1:]:
            self.i = self.lines.index("---", 1) + 1

    def display(self, text, line, label=""):
        notes, self.notes = tuple(self.notes), []
        # a blank line in a display separates equations
        for part in re.finditer(r"(?:[^\n]|\n(?![ \t]*\n))+", text):
            if part[0].strip():
                lead = len(part[0]) - len(part[0].lstrip())
                above = text.count("\n", 0, part.start() + lead)
                yield Display(part[0].strip(), line + above, label, notes)

    def fence(self, fence):
        marks, info = fence[1], fence[2].strip()
        if not info and self.open and self.closes(marks):
            while not self.same(self.open.pop(), marks):
                pass
            self.i += 1
            return
        directive = DIRECTIVE.match(info)
        name = directive[1] if directive else ""
        if name == "math":
            yield from self.directive(marks, directive[2])
        elif name in TEXT or marks.startswith(":"):
            self.open.append(marks)
            self.i += 1
        else:
            start, self.i = self.i, self.i + 1
            while self.i < len(self.lines) and not self.ends(self.i, marks):
                self.i += 1
            if self.i == len(self.lines):
                raise Unfinished(f"this {marks} has no end", start + 1)
            self.i += 1

    def same(self, opened, marks):
        return opened[0] == marks[0] and len(marks) >= len(opened)

    def closes(self, marks):
        return any(self.same(opened, marks) for opened in self.open)

    def ends(self, i, marks):
        line = self.plain(i).rstrip()
        return len(line) >= len(marks) and not line.strip(marks[0])

    def directive(self, marks, first):
        """Read from ```{math} to the fence that closes it; options stand first, as :label: x, or
        as label: x between two ---."""
        start = self.i
        self.i += 1
        body = []
        while self.i < len(self.lines) and not self.ends(self.i, marks):
            body.append(self.plain(self.i))
            self.i += 1
        if self.i == len(self.lines):
            raise Unfinished("this equation has no end", start + 1)
        self.i += 1
        k, label, yaml = 0, "", body[:1] == ["---"] and "---" in body[1:]
        if yaml:
            k = body.index("---", 1) + 1
        while not yaml and k < len(body) and OPTION.match(body[k]):
            k += 1
        for option in body[:k]:
            found = re.match(r":?(?:label|name):\s*(.*)$", option)
            label = found[1].strip() if found else label
        while k < len(body) and not body[k].strip():
            k += 1
        if first:
            yield from self.display("\n".join([first, *body[k:]]), start + 1, label)
        else:
            yield from self.display("\n".join(body[k:]), start + 2 + k, label)

    def environment(self, name):
        start, end = self.i, rf"\end{{{name}}}"
        while self.i < len(self.lines) and end not in self.lines[self.i]:
            self.i += 1
        if self.i == len(self.lines):
            raise Unfinished(f"\\begin{{{name}}} has no end", start + 1)
        self.i += 1
        text = "\n".join(self.plain(i) for i in range(start, self.i))
        found = re.search(r"\\label\{([^}]*)\}", text)
        yield from self.display(text, start + 1, found[1] if found else "")

    def dollars(self, line):
        """Read from a line with $$ to the line where the last of them closes."""
        text, start = without_code(line), self.i
        while len(marks(text)) % 2:
            self.i += 1
            if self.i == len(self.lines):
                raise Unfinished("this $$ has no end", start + 1)
            text += "\n" + self.plain(self.i)
        self.i += 1
        spots = marks(text)
        for left, right in zip(spots[::2], spots[1::2], strict=True):
            above = text.count("\n", 0, left)
            label = re.match(r"[ \t]*\(([\w:.-]+)\)", text[right + 2 :])
            yield from self.display(
                text[left + 2 : right], start + above + 1, label[1] if label else ""
            )

    def skip_to(self, end):
        while self.i < len(self.lines) and end not in self.lines[self.i]:
            self.i += 1
        self.i += 1


def marks(text: str) -> list[int]:
    """Return where $$ stands in a text, those after a backslash left out."""
    return [m.start() for m in re.finditer(r"(?<!\\)\$\$", text)]


def without_code(line: str) -> str:
    """Return the line with blanks in place of its `code`."""
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", lambda m: " " * len(m[0]), line)
