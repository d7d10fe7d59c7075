"""Mistakes: how likely each is, what to say of it, and where it shows.

>>> lost = MISTAKES["transpose-dropped"]
>>> lost.undone, lost.head
('transpose-added', 'a transpose is missing')
>>> print(lost.what.format(now="W", was="Wᵀ"))
W stands where Wᵀ belongs.

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
    a derivation where an answer parts from it, the first that is there counting; ``needs`` are
    operations of which one stands in every answer with this mistake; ``about`` is "loss" where what
    happened is said of parts of the loss; ``chapter`` is where the book
    tells more, with its section, or "" for the chapter of the variable; ``elsewhere`` is where it
    does for another loss than the book's.
    """

    slug: str
    weight: float
    head: str
    what: str
    why: str
    undone: str = ""
    family: str = ""
    step: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    about: str = "answer"
    chapter: str = ""
    elsewhere: str = ""


def _mistake(paragraph):
    *first, head, what, why = paragraph.splitlines()
    slug, weight, *more = " ".join(first).split()
    fields = {"family": slug} | dict(x.split("=") for x in more)
    if "step" in fields:
        fields["step"] = tuple(tuple(x.split("/")) for x in fields["step"].split(","))
    if "needs" in fields:
        fields["needs"] = tuple(fields["needs"].split("/"))
    return Mistake(slug, float(weight), *map(str.strip, (head, what, why)), **fields)


MISTAKES = {x.slug: x for x in map(_mistake, TABLE.split("\n\n"))}
CHAPTERS = {"u": "gradient_u", "v": "gradient_v", "W": "gradient_W"}
OTHER_CHAPTER = "chain_rule"
TITLES = {
    "gradient_u": "Find the gradient with respect to u",
    "gradient_v": "Find the gradient with respect to v",
    "gradient_W": "Find the gradient with respect to W",
    "gradient": "Know what a gradient is",
    "chain_rule": "Chain derivatives in the right order",
    "backpropagation": "Send the gradient back through many layers",
    "batches": "Put many pairs side by side",
    "shapes": "Multiply the right shapes",
    "numpy_traps": "Know where NumPy says nothing",
    "layouts": "Read other people's layouts",
    "descent": "Go downhill",
    "curvature": "Read the curvature",
    "how_it_checks": "See how this book checks itself",
}
VERDICT_HEADS = {
    "right": "Right",
    "layout": "Right, in another layout",
    "convention": "Right for another loss",
    "right-if": "Right",
    "wrong": "Not yet",
    "unrecognised": "Not yet: this is not the gradient",
    "cannot-evaluate": "This has no value",
    "unreadable": "This cannot be read",
    "empty": "Nothing is typed yet",
}
EITHER = "|"  # between slips that numbers cannot tell apart
WORDS = 12  # of a headline, at most
SAME = ("right", "layout", "convention", "right-if")  # these have their mistake in their words


def headline(verdict, mistake, assuming=""):
    """Return a verdict and its mistake in plain words, a dozen of them at most; what is
    ``assuming`` may make them more.

    >>> headline("wrong", "transpose-dropped+factor")
    'Not yet: a transpose is missing, and a constant factor is off'
    """
    said = VERDICT_HEADS[verdict]
    if verdict == "right-if":
        kind = {"factor": " for another loss,", None: ""}.get(mistake, ", in another layout,")
        return f"{said}{kind} if {assuming.replace('; ', ' and ')}"
    if mistake is None or verdict in SAME:
        return said
    whole = f"{said}: {heads(mistake)}"
    if EITHER in mistake:
        return whole if len(whole.split()) <= WORDS else f"{said}: one of two slips"
    first, _, rest = mistake.partition("+")
    return whole if len(whole.split()) <= WORDS else f"{said}: {heads(first)}, and {_more(rest)}"


def heads(mistake):
    """Return the mistakes of a `Diagnosis` in a few words: all that are joined by "+", one of those
    that are joined by "|"."""
    either = mistake.split(EITHER)
    return ", or ".join(", and ".join(MISTAKES[x].head for x in y.split("+")) for y in either)


def _more(rest):
    return "two slips more" if "+" in rest else "another slip"
