r"""Read LaTeX as the book prints it.

>>> read_latex(r"2 W^{\mathsf T} (W u - v)")
product(product(number(2), transpose(name(W))), sub(product(name(W), name(u)), name(v)))
>>> row, = read_display(r"L &= \lVert r\rVert^2 = r^{\mathsf T} r && \text{by definition}")
>>> row.relations, row.reason
(('=', '='), 'by definition')
>>> read_latex(r"\frac{1}{2")
Traceback (most recent call last):
    ...
wuv.algebra.tree.Unreadable: '}' is missing; this ends too early (at character 11)

Written by hand, and not as a grammar, because most of what matters here is invisible: products
have no sign, and whether ``W_{12}`` is an entry or a name, whether ``L(u)`` is a value or a
product, is settled by what the letters stand for (`wuv.algebra.names`). A recursive descent asks
at that very place, and can say there what it missed.

Here is the display around the formulas: rows, relations, reasons, words between statements.
`wuv.algebra.latex_formula` reads the sides.
"""

from collections.abc import Container

from wuv.algebra.latex_formula import Formula
from wuv.algebra.latex_tokens import GAPS, RELATIONS, TEXT
from wuv.algebra.names import FUNCTIONS, Shapes, declare
from wuv.algebra.tree import Expr, Place, Row, Unreadable

DISPLAYS = {"aligned", "align", "align*", "equation", "equation*", "gather", "gather*", "gathered",
            "split", "alignat", "alignedat"}  # fmt: skip


def read_latex(text: str, shapes: Shapes = None, functions: Container[str] = FUNCTIONS) -> Expr:
    """Return the tree of one formula. ``shapes`` are declarations, as in `wuv.algebra.declare`;
    ``functions`` are the names that, before a bracket, are applied and not multiplied.

    Raises `Unreadable`, with the place, for text that is not in the language.
    """
    rows = read_display(text, shapes, functions)
    if len(rows) != 1 or len(rows[0].sides) != 1:
        message = "one formula is wanted here, without a relation"
        raise Unreadable(message, Place(text, 0, len(text)))
    return rows[0].sides[0]


def read_display(
    text: str, shapes: Shapes = None, functions: Container[str] = FUNCTIONS
) -> tuple[Row, ...]:
    """Return the rows of a displayed formula, a tuple of `Row`.

    Several statements in one line, separated by commas, wide spaces or words, are several rows.
    """
    return _Display(text, declare(shapes), functions).display()


class _Display(Formula):
    """Reads rows."""

    def __init__(self, text, declared, functions):
        super().__init__(text, declared, functions)
        self.opened = []  # the environments and dollar signs around the rows

    def display(self):
        self.opening()
        rows = []
        while self.peek():
            if self.take(r"\\"):
                if self.take("["):
                    while self.next() != "]":
                        pass
            elif self.peek() in (r"\end", "$", r"\]"):
                self.ending()
            elif self.take(r"\label", r"\tag", r"\tag*"):
                self.group()
            elif self.take(".", "&", "&&", *GAPS):
                pass
            elif self.peek() in TEXT and rows and self.ends_with_words():
                rows[-1] = rows[-1]._replace(reason=self.reason())
            elif self.take(*TEXT):
                self.group()  # words between two statements
            else:
                rows.append(self.row(rows[-1] if rows else None))
        if self.opened:
            self.refuse(f"{self.opened[-1]!r} has no end")
        if not rows:
            raise Unreadable("there is nothing to read", Place(self.text, 0, 0))
        return tuple(rows)

    def opening(self):
        while True:
            if self.peek() in ("$", r"\["):
                self.opened.append(self.next())
            elif self.peek() == r"\begin" and self.name_ahead() in DISPLAYS:
                self.next()
                self.opened.append(self.group())
                if self.opened[-1].startswith("alignat"):
                    self.group()
            else:
                return

    def ending(self):
        start, token = self.at(), self.next()
        closed = {r"\]": r"\["}.get(token) or (self.group() if token == r"\end" else token)
        if self.opened[-1:] != [closed]:
            self.refuse(f"nothing is open that {token} {closed} could close", start)
        self.opened.pop()

    def name_ahead(self):
        kept = self.i
        self.next()
        found = self.group()
        self.i = kept
        return found

    def row(self, above):
        """Read sides and relations up to the row's end, or to a gap between two statements."""
        start, sides, relations = self.at(), [], []
        self.take("&", "&&")
        continues = self.relation_ahead()
        if continues:
            if above is None:
                self.refuse("nothing stands before this relation")
            sides.append(above.sides[-1])
        else:
            sides.append(self.whole())
        while True:
            self.take("&")
            relation = self.relation()
            if relation is None:
                break
            self.take("&")
            relations.append(relation)
            sides.append(self.space() if relation == "∈" else self.whole())
        reason = None
        if self.peek() == "&&" or (self.peek() in TEXT and self.ends_with_words()):
            self.take("&&")
            reason = self.reason() or None
        last = self.tokens[self.i - 1]
        place = Place(self.text, start, last.start + len(last.text))
        return Row(tuple(sides), tuple(relations), reason, place, continues)

    def relation(self):
        if self.peek() == ":" and self.peek(1) == "=":
            self.next(), self.next()
            return ":="
        if self.peek() == r"\not":
            self.next()
            self.expect("=")
            return "≠"
        return RELATIONS[self.next()] if self.peek() in RELATIONS else None

    def space(self):
        r"""Read \mathbb R^{m \times n}, as sizes."""
        start = self.at()
        if self.next() != r"\mathbb" or self.group() != "R":
            self.refuse(
                "after ∈, only a space such as \\mathbb{R}^{m \\times n} can be read", start
            )
        sizes = []
        if self.take("^"):
            braced = self.take("{")
            while not sizes or (braced and self.take(r"\times")):
                sizes.append(self.deeper(self.atom))
            if braced:
                self.expect("}")
        return self.node(start, "space", sizes)

    def ends_with_words(self):
        """Return whether the words here close the row: no formula follows them."""
        i, depth = self.i, 0
        while i < len(self.tokens):
            text = self.tokens[i].text
            if depth == 0 and text in (r"\\", r"\end", r"\]", "$"):
                return True
            if depth == 0 and text in GAPS and i > self.i:
                return self.peek(i - self.i + 1) in ("", r"\\", r"\end", r"\]", "$")
            depth += (text == "{") - (text == "}")
            i += 1
        return True

    def reason(self):
        """Return the rest of the row as plain words."""
        words = []
        while self.peek() and self.peek() not in (r"\\", r"\end", r"\]", "$"):
            if self.take(*TEXT):
                words.append(self.group())
            elif self.take(r"\label", r"\tag", r"\tag*"):
                self.group()
            else:
                start = self.at()
                while self.peek() and self.peek() not in (r"\\", r"\end", r"\]", "$", *TEXT):
                    if self.next() == "{":
                        self.i -= 1
                        self.group()
                words.append(self.text[start : self.at()])
        return " ".join(" ".join(words).split()).rstrip("&")
