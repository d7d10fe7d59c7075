"""What is returned: a verdict, what to say one step at a time, and the smallest case that shows it.

Three tiers: *where* the answer parts from the derivation, *which* slip it is, and what is right,
which nothing shows unless it is asked for.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape

import numpy as np

from wuv.derivation.record import OWN
from wuv.diagnosis.mistakes import TITLES, VERDICT_HEADS, headline, heads
from wuv.shapes import Array, Number

VERDICTS = (
    "right", "layout", "convention", "right-if", "wrong", "unrecognised", "cannot-evaluate",
    "unreadable", "empty",
)  # fmt: skip
OPEN = ("right", "layout", "convention", "right-if", "unreadable", "empty")  # they spoil nothing


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What was found out about an answer. It is true where the answer is right.

    ``verdict`` is one of `VERDICTS`: "layout" and "convention" are right answers to a question put
    a little differently, and "right-if" is right under an assumption that nothing in the loss says:
    ``assuming`` has it, such as "S is symmetric", in the words that `wuv.derive` takes. It is also
    what a mistake takes for known that is named beside it. ``mistake`` is a short slug, such as
    "transpose-dropped", two of them joined by "+", one of two that lead to the same numbers by "|",
    or None. Then come three tiers: ``where`` the answer parts from the derivation, and the smallest
    ``case`` that shows it; which ``slip`` it is; and the ``solution``, in the language of the
    answer, which is printed nowhere unless you print it.

    ``counterexample`` is the case as numbers, ``{"W": …, "u": …, "v": …, "yours": …, "right": …}``,
    small whole ones where they do, or None. ``also`` are other mistakes that would have led to the
    same numbers; ``line`` the last line of the derivation before the step to look at; ``chapter``
    where the book tells more, with ``#`` and the section where there is one; ``read_as`` what was
    made of the texts, which is printed for another loss than this book's.
    """

    verdict: str
    mistake: str | None
    where: str = ""
    slip: str = ""
    solution: str = ""
    case: str = ""
    counterexample: Mapping[str, Array | Number] | None = None
    also: tuple[str, ...] = ()
    line: str | None = None
    chapter: str | None = None
    read_as: str = ""
    assuming: str = ""

    def __bool__(self) -> bool:
        return self.verdict == "right"

    @property
    def headline(self) -> str:
        """The verdict and the mistake, in a dozen words at most."""
        return f"{headline(self.verdict, self.mistake, self.assuming)}."

    @property
    def message(self) -> str:
        """The headline, where, and which slip."""
        return self.hint(2)

    def hint(self, tier: int) -> str:
        """Return what to say up to a tier: 1 is where, 2 is which slip too.

        >>> from wuv import diagnose
        >>> print(diagnose("2*(W@u - v)", "v").hint(1))
        Not yet.
        Look after dL = ⟨2(Wu − v), d(Wu − v)⟩: the residual moves with v.
        Try W = 0, u = 0, v = 1: yours −2, right 2.

        Raises ``ValueError`` for another tier.
        """
        if tier not in (1, 2):
            raise ValueError(f"the hint is {tier!r}; 1 says where, 2 which slip, too")
        if tier == 2 or self.verdict in OPEN or self.mistake is None:
            parts = [self.headline, self.where, self.case, self.slip]
        else:
            parts = [f"{VERDICT_HEADS[self.verdict]}.", self.where, self.case]
        return "\n".join(filter(None, parts))

    def others(self) -> str:
        """Return in a line which other slips lead to the same numbers, or ""."""
        said = "; or ".join(dict.fromkeys(map(heads, self.also)))
        return f"The same numbers come from another slip too: {said}." if said else ""

    def shown(self, tier: int) -> str:
        """Return a `hint` below how the texts were read, where that is new."""
        return "\n".join(filter(None, ["" if self._is_own else self.read_as, self.hint(tier)]))

    def __str__(self) -> str:
        return self.shown(2)

    @property
    def _is_own(self):
        return not self.read_as or self.read_as.endswith(f"the loss as {OWN}.")

    __repr__ = __str__

    def _repr_html_(self):
        slug = f' data-mistake="{escape(self.mistake)}"' if self.mistake else ""
        read = f'<p class="diagnosis-read">{escape(self.read_as)}</p>' if self.read_as else ""
        first, _, rest = self.hint(1).partition("\n")
        page = "" if self._is_own else read
        page += f'<p class="diagnosis-head"><strong>{escape(first[:-1])}</strong></p>'
        page += _paragraphs(rest)
        if self.mistake and self.verdict not in OPEN:
            named = f"<p><strong>{escape(self.headline)}</strong></p>"
            page += _fold("slip", "Which slip?", named + _paragraphs(self.slip))
        if self.solution:
            page += _fold("solution", "What is right?", _paragraphs(self.solution))
        if self._is_own and read:
            page += _fold("read", "How it was read", read)
        return f'<div class="diagnosis diagnosis-{self.verdict}"{slug}>{page}{self._more()}</div>'

    def _more(self):
        """Return a link to the chapter: where the chapters' pages are, from where this is shown,
        only the book's own pages and their notebooks know. Elsewhere a link would lead nowhere."""
        if not self.chapter:
            return ""
        pages = os.environ.get("WUV_PAGES")
        chapter, sign, section = self.chapter.partition("#")
        said = escape(TITLES[chapter])
        if pages is None:
            said = f"chapter “{said}” ({escape(chapter)})"
        else:
            said = f'<a href="{pages}{chapter}.html{sign}{section}">{said}</a>'
        return f'<p class="diagnosis-more">More: {said}</p>'

    def to_dict(self) -> dict[str, object]:
        """Return what ``python -m wuv diagnose --json`` prints."""
        return {
            "verdict": self.verdict,
            "mistake": self.mistake,
            "assuming": self.assuming,
            "read_as": self.read_as,
            "headline": self.headline,
            "where": self.where,
            "slip": self.slip,
            "solution": self.solution,
            "case": self.case,
            "counterexample": self.counterexample and plain(self.counterexample),
            "also": list(self.also),
            "line": self.line,
            "chapter": self.chapter,
        }

    def to_json(self) -> str:
        """Return the same as one line of text."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def _paragraphs(text):
    return "".join(f"<p>{escape(x)}</p>" for x in text.splitlines())


def _fold(name, title, page):
    return f'<details class="diagnosis-{name}"><summary>{title}</summary>{page}</details>'


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
