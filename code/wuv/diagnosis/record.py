"""What is returned: a verdict, the mistake, words, and the smallest case that shows it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape

import numpy as np

from wuv.derivation.record import OWN
from wuv.diagnosis.mistakes import TITLES, headline
from wuv.shapes import Array, Number

VERDICTS = (
    "right", "layout", "convention", "wrong", "unrecognised", "cannot-evaluate", "unreadable",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What was found out about an answer. It is true where the answer is right.

    ``verdict`` is one of `VERDICTS`: "layout" and "convention" are right answers to a question put
    a little differently, and the message says which. ``mistake`` is a short slug, such as
    "transpose-dropped", two of them joined by "+", or None. ``counterexample`` is None or
    ``{"W": …, "u": …, "v": …, "yours": …, "right": …}`` with small whole numbers where they do.
    ``also`` are other mistakes that would have led to the same numbers; ``line`` the line of the
    derivation where the answer parts from it; ``chapter`` where the book tells more; ``read_as``
    what was made of the texts, which is printed for another loss than this book's.
    """

    verdict: str
    mistake: str | None
    message: str
    counterexample: Mapping[str, Array | Number] | None = None
    also: tuple[str, ...] = ()
    line: str | None = None
    chapter: str | None = None
    read_as: str = ""

    def __bool__(self) -> bool:
        return self.verdict == "right"

    def __str__(self) -> str:
        head = self.verdict if self.mistake is None else f"{self.verdict}: {self.mistake}"
        said = "" if self._is_own else f"\n{self.read_as}"
        return f"{head}{said}\n{self.message}"

    @property
    def _is_own(self):
        return not self.read_as or self.read_as.endswith(f"the loss as {OWN}.")

    __repr__ = __str__

    def _repr_html_(self):
        head = escape(headline(self.verdict, self.mistake))
        slug = f' data-mistake="{escape(self.mistake)}"' if self.mistake else ""
        lines = [x for x in self.message.splitlines() if x.strip()]
        # Where the chapters' pages are, from where this is shown: only the book's own pages and
        # their notebooks know. Elsewhere a link would lead nowhere, and the message names it.
        pages = os.environ.get("WUV_PAGES")
        linked = self.chapter and pages is not None
        if linked:
            lines = [x for x in lines if not x.startswith("More: chapter")]
        lines = [x.replace("Right: it", "It").replace("Right: this", "This") for x in lines]
        rows = "".join(f"<p>{escape(x)}</p>" for x in lines)
        if linked:
            link = f'<a href="{pages}{self.chapter}.html">{escape(TITLES[self.chapter])}</a>'
            rows += f'<p class="diagnosis-more">More: {link}</p>'
        read = f'<p class="diagnosis-read">{escape(self.read_as)}</p>' if self.read_as else ""
        if self._is_own:  # nothing new: it folds, below what is
            rows += read and f"<details><summary>How it was read</summary>{read}</details>"
            read = ""
        return (
            f'<div class="diagnosis diagnosis-{self.verdict}"{slug}>{read}'
            f'<p class="diagnosis-head"><strong>{head}</strong></p>{rows}</div>'
        )

    def to_dict(self) -> dict[str, object]:
        """Return what ``python -m wuv diagnose --json`` prints."""
        return {
            "verdict": self.verdict,
            "mistake": self.mistake,
            "read_as": self.read_as,
            "message": self.message,
            "counterexample": self.counterexample and plain(self.counterexample),
        }

    def to_json(self) -> str:
        """Return the same as one line of text."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def plain(value: object) -> object:
    """Return arrays as lists, and fractions as numbers that JSON knows."""
    if isinstance(value, dict):
        return {k: plain(x) for k, x in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(x) for x in value]
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value.item() if isinstance(value, np.generic) else value
