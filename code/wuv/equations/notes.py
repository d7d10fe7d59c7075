r"""Notes to the checker: what a page cannot say to its readers, in comments they don't see.

A note stands on a line of its own, on the lines before the equation that it is about:

    % check: vary u
    $$ \mathrm{d}L = 2r^{\mathsf T} W\,\mathrm{d}u $$

These are all the notes:

======================= ============================================================================
vary u                  of all letters, only u changes: in d…, and in L(…), whose argument is u
layout row              ∂L/∂u is a row, the Jacobian's own layout. Without it, "gradient": the shape
                        of u. "column" lays the derivative of a column out transposed
shapes u: 1,m; v: 1,n   these letters have these sizes, two, or none for a number; and they stand
                        for nothing else, whatever defined them before
where f = x^{\mathsf T}x    f stands for this formula
where \eta > 0          only such numbers are tried
where i^2 = -1          i is the imaginary unit; the equation must be a polynomial in it
define L                the equation says anew what L is, from here on
also F_h = …            this must hold too. A definition alone cannot be false; what follows from it
                        can. ``also = …``: what the display, a formula without a relation, equals
wrong                   shown because it is wrong: it must be found false, or not to fit
skip, REASON            not executed, and counted as such
======================= ============================================================================

``page`` before ``vary``, ``layout``, ``shapes`` and ``where`` makes it last to the end of the page.

>>> read_notes([(3, "vary u"), (4, "where f = x^{\\mathsf T} x")]).vary
('u',)
>>> read_notes([(3, "skip")])
Traceback (most recent call last):
    ...
wuv.equations.pages.Unfinished: say why, as in “check: skip, a limit”
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from wuv.algebra import AlgebraError, declare
from wuv.algebra.size import Shape
from wuv.equations.pages import Unfinished

LAYOUTS = ("gradient", "row", "column")


class Notes(NamedTuple):
    """What the notes before one equation say; ``page`` is what they say for all that follow."""

    vary: tuple[str, ...] = ()
    layout: str = ""
    shapes: tuple[tuple[str, Shape], ...] = ()
    where: tuple[str, ...] = ()
    define: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    wrong: bool = False
    skip: str = ""
    page: "Notes | None" = None

    def over(self, page: "Notes") -> "Notes":
        """Return these notes with those of the page below them."""
        return self._replace(
            vary=self.vary or page.vary,
            layout=self.layout or page.layout,
            shapes=page.shapes + self.shapes,
            where=page.where + self.where,
        )


def read_notes(notes: Iterable[tuple[int, str]]) -> Notes:
    """Return the `Notes` in a list of (line, text). Raises `Unfinished`, with the line."""
    here, page = Notes(), Notes()
    for line, text in notes:
        word, _, rest = text.partition(" ")
        try:
            if word == "page":
                word, _, rest = rest.partition(" ")
                if word not in ("vary", "layout", "shapes", "where"):
                    raise ValueError(f"“{word}” cannot be said for a whole page")
                page = _read(page, word, rest.strip())
            else:
                here = _read(here, word, rest.strip())
        except (ValueError, AlgebraError) as error:
            raise Unfinished(str(error), line) from None
    return here._replace(page=page)


def _read(notes, word, rest):
    word = word.rstrip(",")
    names = tuple(re.split(r"[\s,]+", rest)) if rest else ()
    if word in ("vary", "define"):
        if not names or not all(re.fullmatch(r"\\?\w+", x) for x in names):
            raise ValueError(f"say what, as in “check: {word} u”")
        return notes._replace(**{word: getattr(notes, word) + tuple(x.strip("\\") for x in names)})
    if word == "layout":
        if rest not in LAYOUTS:
            raise ValueError(f"a layout is one of {', '.join(LAYOUTS)}, not “{rest}”")
        return notes._replace(layout=rest)
    if word == "shapes":
        return notes._replace(shapes=notes.shapes + tuple(declare(rest.strip('"')).items()))
    if word in ("where", "also"):
        if not rest:
            raise ValueError(f"an equation is wanted after “{word}”")
        return notes._replace(**{word: (*getattr(notes, word), rest)})
    if word == "wrong" and not rest:
        return notes._replace(wrong=True)
    if word == "skip":
        if not rest:
            raise ValueError("say why, as in “check: skip, a limit”")
        return notes._replace(skip=rest)
    raise ValueError(f"“check: {word}” is not a note; see wuv.equations.notes")
