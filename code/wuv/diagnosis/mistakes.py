"""Mistakes: how likely each is, what to say of it, and where it shows.

>>> lost = MISTAKES["transpose-dropped"]
>>> lost.undone, lost.head
('transpose-added', 'a transpose is missing')
>>> print(lost.what.format(now="W", was="Wᵀ", x="u"))
You have W where Wᵀ belongs: a transpose is missing.

A weight near 1 is a mistake seen every day; 2 and more, one that is seldom made. Weights decide
only between explanations with equally many edits.
"""

from typing import NamedTuple

from wuv.diagnosis.mistake_table import TABLE


class Mistake(NamedTuple):
    """One kind of mistake, a row of the table.

    ``undone`` is the slug of the mistake that would undo it, "" where none does; ``family`` is
    shared by mistakes that say nearly the same of a formula. ``head`` is the mistake in a few
    words, ``what`` what happened, ``why`` why it is tempting. ``step`` has the kinds of the step of
    a derivation where an answer parts from it, the first that is there counting; ``chapter`` is
    where the book tells more, or "" for the chapter of the variable.
    """

    slug: str
    weight: float
    head: str
    what: str
    why: str
    undone: str = ""
    family: str = ""
    step: tuple[tuple[str, ...], ...] = ()
    chapter: str = ""


def _mistake(paragraph):
    first, head, what, *why = paragraph.splitlines()
    slug, weight, *more = first.split()
    fields = {"family": slug} | dict(x.split("=") for x in more)
    if "step" in fields:
        fields["step"] = tuple(tuple(x.split("/")) for x in fields["step"].split(","))
    said = (x.strip() for x in (head, what, " ".join(map(str.strip, why))))
    return Mistake(slug, float(weight), *said, **fields)


MISTAKES = {x.slug: x for x in map(_mistake, TABLE.split("\n\n"))}
CHAPTERS = {"u": "gradient_u", "v": "gradient_v", "W": "gradient_W"}
OTHER_CHAPTER = "chain_rule"
TITLES = {
    "gradient_u": "Find the gradient with respect to u",
    "gradient_v": "Find the gradient with respect to v",
    "gradient_W": "Find the gradient with respect to W",
    "chain_rule": "Chain derivatives in the right order",
    "batches": "Put many pairs side by side",
    "shapes": "Multiply the right shapes",
    "layouts": "Read other people's layouts",
    "descent": "Go downhill",
    "curvature": "Read the curvature",
    "how_it_checks": "See how this book checks itself",
}
VERDICT_HEADS = {
    "right": "Right",
    "layout": "Right, in another layout",
    "convention": "Right for another loss",
    "wrong": "Not yet",
    "unrecognised": "Not yet",
    "cannot-evaluate": "This has no value",
    "unreadable": "This cannot be read",
}


def headline(verdict, mistake):
    """Return a verdict and its mistake in plain words.

    >>> headline("wrong", "transpose-dropped+factor")
    'Not yet: a transpose is missing, and a constant factor is off'
    """
    said = VERDICT_HEADS[verdict]
    if mistake is None or verdict in ("right", "layout", "convention"):
        return said
    return f"{said}: {heads(mistake)}"


def heads(mistake):
    """Return the mistakes of a `Diagnosis`, joined by "+", in a few words."""
    return ", and ".join(MISTAKES[x].head for x in mistake.split("+"))
