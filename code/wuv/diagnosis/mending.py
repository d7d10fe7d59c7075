r"""Which slip is in a line of a derivation: the edit that would mend it.

The line is tried in floating point at a few points, at which the changes d… in it have values; an
edit (`wuv.diagnosis.edits`), or a constant factor, that makes the line right at all of them is the
slip undone. Of several the likeliest counts.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import chain, islice
from random import Random

import numpy as np

from wuv.algebra import AlgebraError, Expr, evaluate, factors, product, rebuild, to_text
from wuv.algebra.tree import is_number, name
from wuv.diagnosis.edits import Around, insertions, neighbours
from wuv.diagnosis.mistakes import MISTAKES
from wuv.diagnosis.question import Question
from wuv.diagnosis.where import formula_text, narrowed
from wuv.points import alike, close, draw
from wuv.points.fast import Values

KINDS = ("tall", "wide", "odd")
MOST = 20_000  # edits that are tried
FACTORS = [Fraction(a, b) for a, b in ((-1, 1), (1, 2), (2, 1), (-1, 2), (-2, 1), (1, 4), (4, 1))]
"""By which a line may be off."""


def slip(
    line: Expr, about: Expr, asked: Question, definitions: Mapping[str, Expr], before: str
) -> tuple[str | None, str]:
    """Return the slug of the slip in a line, and what is said of it; None and "" for none known.

    ``about`` is what the line should equal, ``definitions`` are {name: formula}, ``before`` is what
    a reader calls what it should equal.
    """
    with np.errstate(all="ignore"):
        return _slip(line, about, asked, definitions, before)


def _slip(line, about, asked, definitions, before):
    points = [x for x in (_point(k, line, about, asked, definitions) for k in KINDS) if x]
    if not points:
        return None, ""
    values, _ = points[0]
    line = _still(line)
    factor = _factor(line, points)
    if factor is not None:
        slug = "sign" if factor == -1 else "factor"
        return slug, f"It is {_scale(factor)} times {before}."
    around = Around(values, asked)
    edits = chain(neighbours(line, around), insertions(line, around))
    mends = (x for x in islice(edits, MOST) if _mends(x, points))
    undone = [x.edit.undone() for x in mends]
    likely = sorted((x for x in undone if x), key=lambda edit: edit.weight)
    return (likely[0].kind, _said(likely[0], asked)) if likely else (None, "")


def _point(kind, line, about, asked, definitions):
    """Return the values of a point, with those of the changes, and what is right there."""
    case = asked.case(kind)
    if case is None:
        return None
    directions = draw(Random(kind), {asked.wrt: np.shape(case.arrays[asked.wrt])}, {}, "whole")
    exact = {**definitions, **case.values}

    def value(tree):
        found = evaluate(tree, exact, directions=directions, book=True)
        return np.asarray(np.asarray(found, dtype=object), dtype=float)

    try:
        names = {k: value(name(k)) for k in (*case.arrays, *case.sizes, *definitions)}
        names |= {_named(x): value(x) for x in _changes(line)}
        return Values(names), value(about)
    except AlgebraError:
        return None


def _changes(tree):
    if tree.op == "differential":
        return [tree]
    return [x for part in tree.args for x in _changes(part)]


def _still(tree):
    """Return a line in which every change is a letter."""
    return rebuild(tree, lambda x: name(_named(x)) if x.op == "differential" else x)


def _named(change):
    return f"d{to_text(change.args[0])}" if change.args[0].op == "name" else to_text(change)


def _agrees(value, right):
    if value is None or not np.all(np.isfinite(value)):
        return False
    return close(value, right) if value.size == right.size == 1 else alike(value, right)


def _factor(line, points):
    """Return by what constant the line is off, or None."""
    for factor in FACTORS:
        yours = [(values(line), right) for values, right in points]
        if all(y is not None and _agrees(y, float(factor) * right) for y, right in yours):
            return factor
    return None


def _scale(factor):
    return str(factor).replace("-", "−")


def _mends(neighbour, points):
    if not _agrees(neighbour.value, points[0][1]):
        return False
    tree = neighbour.tree
    return all(_agrees(values(tree), right) for values, right in points[1:])


def _opened(tree):
    """Return a transposed product as the product that it is: 2urᵀ for (2ruᵀ)ᵀ."""
    if tree.op != "transpose" or tree.args[0].op != "product":
        return tree
    parts = factors(tree.args[0])
    turned = (x.args[0] if x.op == "transpose" else Expr("transpose", (x,)) for x in parts[::-1])
    return product(*(x for x in parts if is_number(x)), *(x for x in turned if not _numeric(x)))


def _numeric(turned):
    return turned.op == "transpose" and is_number(turned.args[0])


def _said(edit, asked):
    """Return what is said of a slip: what stands where, and why that is tempting."""
    mistake = MISTAKES[edit.kind]
    now, was = (x and formula_text(_opened(x), asked.shapes) for x in narrowed(edit.now, edit.was))
    what = ""
    if now and was and now != was:
        what = mistake.what.format(now=now, was=was, x=asked.wrt, what=asked.what, scale="")
    why = mistake.why.partition(" | ")[0].format(x=asked.wrt, what=asked.what)
    head = f"{mistake.head[0].upper()}{mistake.head[1:]}."
    return "\n".join([what or head, why])
