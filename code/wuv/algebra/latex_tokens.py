"""LaTeX as a row of tokens, and a cursor that moves along it.

>>> [token.text for token in tokens(r"2\\,W^{\\top} r % why")]
['2', 'W', '^', '{', '\\\\top', '}', 'r']

Blanks, comments and the sizes of brackets disappear; every token knows where it stood.
"""

import re
from typing import NamedTuple

from wuv.algebra.names import GREEK_SIGNS
from wuv.algebra.tree import Expr, Place, Unreadable

MAX_CHARACTERS = 10_000
MAX_DEPTH = 100
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[0-9]+(?:\.[0-9]+)?|&&|.", re.DOTALL)
BLANK = {r"\,", r"\;", r"\!", r"\:", r"\ ", r"\>", r"\thinspace", "~", r"\displaystyle"}
BLANK |= {r"\textstyle", r"\limits", r"\nolimits", r"\notag", r"\nonumber", r"\hfill", r"\strut"}
SIZED = {r"\left", r"\right", r"\middle", *(rf"\{a}{b}" for a in ("big", "Big", "bigg", "Bigg")
         for b in ("", "l", "r", "m"))}  # fmt: skip
GAPS = {r"\quad", r"\qquad", ",", ";"}
RELATIONS = {
    "=": "=", r"\ne": "≠", r"\neq": "≠", r"\approx": "≈", r"\le": "≤", r"\leq": "≤", "<": "<",
    r"\ge": "≥", r"\geq": "≥", ">": ">", r"\lt": "<", r"\gt": ">", r"\leftarrow": "←",
    r"\gets": "←", ":=": ":=", r"\coloneqq": ":=", r"\equiv": "=", r"\in": "∈",
    r"\Rightarrow": "⇒", r"\implies": "⇒", r"\iff": "⇔", r"\Leftrightarrow": "⇔",
    r"\Longrightarrow": "⇒",
}  # fmt: skip
UPRIGHT = {r"\mathrm", r"\operatorname", r"\mathsf", r"\mathtt", r"\operatorname*", r"\rm"}
TEXT = {r"\text", r"\textrm", r"\mbox", r"\textit", r"\textbf", r"\hbox"}


class Token(NamedTuple):
    text: str
    start: int
    side: str = ""  # "left" or "right" after \left and \right, \bigl and \bigr
    kind: str = ""  # "name" or "function" for a word that was typed without a backslash
    length: int = 0  # in the text, where it was spelled otherwise

    @property
    def stop(self):
        return self.start + (self.length or len(self.text))


def tokens(text):
    """Split the text; blanks and the sizes of brackets disappear."""
    if not isinstance(text, str):
        raise TypeError(f"text is wanted, not {type(text).__name__}")
    if len(text) > MAX_CHARACTERS:
        place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
        raise Unreadable(f"{len(text)} characters are too many to read", place)
    found, side, skip = [], "", False
    for match in TOKEN.finditer(text):
        token, start = match.group(), match.start()
        if skip or token == "%":  # a comment, to the end of its line
            skip = token != "\n"
            continue
        if token in SIZED:
            side = {"l": "left", "r": "right"}.get(token[-1], "")
            side = {r"\left": "left", r"\right": "right"}.get(token, side)
        elif not token.isspace() and token not in BLANK:
            if not token.isascii() and token not in GREEK_SIGNS:
                place = Place(text, start, start + len(token))
                raise Unreadable(f"{token!r} is not used in LaTeX here", place)
            found.append(Token(token, start, side))
            side = ""
    return found


class Cursor:
    """A place among the tokens of one text, and ways to move on and to complain."""

    def __init__(self, text, found=None):
        self.text, self.tokens = text, tokens(text) if found is None else found
        self.i, self.depth = 0, 0

    def peek(self, ahead=0):
        i = self.i + ahead
        return self.tokens[i].text if i < len(self.tokens) else ""

    def at(self):
        return self.tokens[self.i].start if self.i < len(self.tokens) else len(self.text)

    def next(self):
        if self.i >= len(self.tokens):
            self.refuse("this ends too early")
        self.i += 1
        return self.tokens[self.i - 1].text

    def take(self, *wanted):
        if self.peek() in wanted and self.i < len(self.tokens):
            return self.next()
        return None

    def expect(self, wanted):
        if not self.take(wanted):
            found = f"here stands {self.peek()!r}" if self.peek() else "this ends too early"
            self.refuse(f"{wanted!r} is missing; {found}")

    def refuse(self, message, start=None):
        stop = self.tokens[self.i].stop if self.peek() else len(self.text)
        start = self.at() if start is None else start
        raise Unreadable(message, Place(self.text, start, max(start, stop)))

    def node(self, start, op, args=(), data=None):
        last = self.tokens[self.i - 1]
        place = Place(self.text, start, last.stop, book=True)
        found = Expr(op, tuple(args), data, place)
        if found.depth > MAX_DEPTH:
            raise Unreadable(f"this is nested more than {MAX_DEPTH} deep", place)
        return found

    def deeper(self, read):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"this is nested more than {MAX_DEPTH} deep")
        found = read()
        self.depth -= 1
        return found

    def group(self):
        """Return the raw text in {…}, for words and names, braces not included."""
        if self.peek() != "{":
            return self.next()
        start, depth = self.at() + 1, 0
        while True:
            token = self.next()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return self.text[start : self.tokens[self.i - 1].start]
