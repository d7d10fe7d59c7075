"""The kinds of mistake: how likely each is among people, and which one undoes it.

>>> KINDS["transpose-dropped"].undone
'transpose-added'

A weight near 1 is a mistake seen every day; 2 and more, one that is seldom made. Weights decide
only between explanations with equally many edits. `wuv.diagnosis.words` says each in words.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of mistake: its weight, and the kind that would undo it ("" where none does)."""

    weight: float
    undone: str = ""


FAMILIES = (
    {"sign", "sign-of-one-term", "inner-sign-lost"},
    {"factor", "constant", "factor-of-one-term", "mean-for-sum", "sum-for-mean"},
    {"norm-kept", "norm-for-square", "norm-added"},
)


def family(kind):
    """Return the kinds that say nearly the same of a formula, this one among them.

    >>> sorted(family("sign"))
    ['inner-sign-lost', 'sign', 'sign-of-one-term']
    """
    return next((frozenset(x) for x in FAMILIES if kind in x), frozenset({kind}))


KINDS = {
    # one place of the formula
    "transpose-dropped": Kind(1.0, "transpose-added"),
    "transpose-added": Kind(1.05, "transpose-dropped"),
    "factors-swapped": Kind(1.1, "factors-swapped"),
    "sign": Kind(0.8, "sign"),
    "sign-of-one-term": Kind(1.0, "sign-of-one-term"),
    "factor": Kind(1.0, "factor"),
    "constant": Kind(1.0, "constant"),
    "factor-of-one-term": Kind(1.1, "factor-of-one-term"),
    "factor-dropped": Kind(1.4, "factor-added"),
    "term-dropped": Kind(1.3, "term-added"),
    "variable-for-variable": Kind(2.0, "variable-for-variable"),
    "factor-added": Kind(1.7, "factor-dropped"),
    "term-added": Kind(1.7, "term-dropped"),
    "plus-for-times": Kind(2.0, "times-for-plus"),
    "times-for-plus": Kind(2.1, "plus-for-times"),
    "elementwise-for-matrix": Kind(1.3, "matrix-for-elementwise"),
    "matrix-for-elementwise": Kind(1.5, "elementwise-for-matrix"),
    "inner-for-outer": Kind(1.0, "outer-for-inner"),
    "outer-for-inner": Kind(1.05, "inner-for-outer"),
    "divided-for-multiplied": Kind(1.8, "multiplied-for-divided"),
    "multiplied-for-divided": Kind(1.8, "divided-for-multiplied"),
    "denominator-lost": Kind(1.5),
    "power": Kind(1.3, "power"),
    "norm-for-square": Kind(1.3, "square-for-norm"),
    "square-for-norm": Kind(1.3, "norm-for-square"),
    "norm-lost": Kind(1.8, "norm-added"),
    "norm-added": Kind(1.9, "norm-lost"),
    "sum-lost": Kind(1.4, "sum-added"),
    "sum-added": Kind(1.5, "sum-lost"),
    "wrong-axis": Kind(1.5, "wrong-axis"),
    "mean-for-sum": Kind(1.2, "sum-for-mean"),
    "sum-for-mean": Kind(1.2, "mean-for-sum"),
    "function-lost": Kind(1.5, "function-added"),
    "function-added": Kind(1.7, "function-lost"),
    "slope-for-function": Kind(1.4, "function-for-slope"),
    "function-for-slope": Kind(1.3, "slope-for-function"),
    "transpose-misplaced": Kind(1.15, "transpose-misplaced"),
    "inverse-for-transpose": Kind(1.2, "transpose-for-inverse"),
    "transpose-for-inverse": Kind(1.3, "inverse-for-transpose"),
    "letters-exchanged": Kind(1.6, "letters-exchanged"),
    "elementwise-for-outer": Kind(0.95, "outer-for-elementwise"),
    "outer-for-elementwise": Kind(1.5, "elementwise-for-outer"),
    "slope-added": Kind(1.3),
    "inverse-lost": Kind(1.3, "inverse-added"),
    "inverse-added": Kind(1.5, "inverse-lost"),
    "diagonal-lost": Kind(1.5),
    "symmetry-assumed": Kind(1.0, "quadratic-rule"),
    "quadratic-rule": Kind(0.9, "symmetry-assumed"),
    # one step of the derivation
    "inner-derivative-lost": Kind(1.05),
    "inner-sign-lost": Kind(0.75),
    "outer-derivative-lost": Kind(1.15),
    "counted-once": Kind(1.05),
    "norm-kept": Kind(1.2),
    "power-kept": Kind(1.25),
    "undifferentiated": Kind(1.3),
    "another-loss": Kind(1.35),
    # the whole
    "constant-added": Kind(1.0),
    "column-needed": Kind(1.0),
    "number-with-at": Kind(1.0),
    "row-for-column": Kind(0.5, "row-for-column"),
    "transposed": Kind(0.5),
    "flat": Kind(0.5),
    "uphill": Kind(1.0),
    "zero": Kind(1.0),
    "nearly": Kind(1.0),
    "minimiser": Kind(1.0),
    "loss-itself": Kind(1.0),
}
