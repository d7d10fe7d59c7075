"""Numbers at one point: which single slips lead to them, and whether so few numbers can tell.

>>> from wuv.diagnosis.given import point
>>> from wuv.diagnosis.question import question
>>> from wuv.problems import case_b
>>> asked = question("u")
>>> here = point(asked, case_b()._asdict())
>>> [x.kinds for x in explanations(asked, here, np.array([[2.0], [2]]))]
[('quadratic-rule',)]
>>> arithmetic(asked, here, np.array([[4.0], [-6]]))
'entry-sign'

Two numbers are soon met by chance. So few slips are told that one in `CHANCE` arrays of whole
numbers has a story, or fewer, and these are the likeliest; where another slip gives the same
numbers, both are told.
"""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wuv.algebra import factors, product, terms
from wuv.algebra.tree import name
from wuv.diagnosis.conventions import is_convention
from wuv.diagnosis.edits import Edit
from wuv.diagnosis.scale import Scale
from wuv.diagnosis.search import Explanation, canonical, reach
from wuv.points import alike, close

CHANCE = 220  # of so many arrays drawn at random, one may get a story
LARGE = 20  # entries of arrays drawn at random, at least
USUAL = tuple(map(Fraction, ("-1", "1/2", "2", "-1/2", "-2")))
EVER = 12  # the largest number in a factor that is told where many entries show it
ENOUGH = 3  # entries that show any factor
DEEP, MULTIPLIED_OUT = 0.1, 0.4  # how seldom a slip is made far inside, or in a formula in terms
SELDOM = {"factor": 0.3, "factor-of-one-term": 0.5, "another-variable": 0.2}
UNKNOWN = "one-entry"  # whatever went wrong in it
BESIDE = 3  # another point, at which formulas that agree by chance differ


class Slip(NamedTuple):
    """One slip, how seldom it is made here, its value at the point, and at another one with the
    same sizes."""

    explanation: Explanation
    seldom: float
    value: np.ndarray
    beside: np.ndarray | None


def explanations(asked, here, value):
    """Return the `Explanation`s of one slip each that lead to a value at a point, the likeliest
    first; [] where there are none, or where such numbers are soon met by chance."""
    right = canonical(asked.truth_at(here))
    value = canonical(value)
    turned = value.shape == right.shape[::-1] != right.shape
    value = value.T if turned else value
    if value.shape != right.shape or right.size < 2 or alike(value, right):
        return []
    some = [x for x in slips(asked, here) if alike(x.value, value)]
    known = [x.explanation for x in some or _any_factor(value, right)]
    slug = arithmetic(asked, here, value)
    if slug and not (slug == UNKNOWN and known):
        known.append(Explanation((Edit(slug, None, None, "answer"),)))
    elif some and _key(some[0].value) not in _told(asked, here):
        return []
    kinds = {x.kinds: x for x in reversed(known)}
    return [x._replace(turned=turned) for x in reversed(kinds.values())]


@lru_cache(maxsize=8)
def slips(asked, here):
    """Return the `Slip`s whose values have the right shape and are not right, one for each
    formula, the likeliest first."""
    right, there = canonical(asked.truth_at(here)), asked.case(dict(here.sizes), BESIDE)
    beside = None if there is None else canonical(asked.truth_at(there))
    some = []
    for number in USUAL:
        explanation = Explanation((), Scale(number))
        far = None if beside is None else beside * float(number)
        some.append(Slip(explanation, explanation.weight, right * float(number), far))
    for letter in asked.shapes if asked.order == 1 else ():
        other = asked.in_letter(letter) if letter != asked.wrt else None
        if other is not None:
            edit = Edit("another-variable", None, name(letter), "answer")
            values = [x and other.truth_at(x) for x in (here, there)]
            some.append(Slip(Explanation((edit,)), edit.weight, *map(_canonical, values)))
    known = reach(asked, here, False)
    compact = {x.tree for x in known.bases()[:1]}
    for x in known.near_right:
        value = _canonical(x.value)
        if value is not None and value.shape == right.shape and np.all(np.isfinite(value)):
            path, base = getattr(x.formula, "path", ()), getattr(x.formula, "base", None)
            seldom = x.edits[0].weight + DEEP * len(path)
            seldom += MULTIPLIED_OUT * (base is not None and base not in compact)
            far = None if there is None else _canonical(there.book(x.tree))
            some.append(Slip(Explanation(x.edits), seldom, value, far))
    fine = [x for x in some if x.value is not None and x.value.shape == right.shape]
    fine.sort(key=lambda x: (x.explanation.weight, x.seldom))
    some = [x._replace(seldom=x.seldom + _more(x)) for x in _distinct(fine, right)]
    return sorted(some, key=lambda x: x.seldom)


def _more(slip):
    return max((SELDOM.get(x, 0) for x in slip.explanation.kinds), default=0)


def _canonical(value):
    return None if value is None else canonical(np.asarray(value, dtype=float))


def _distinct(some, right):
    """Yield the slips that are not right here; of those that agree at both points, the first."""
    met = set()
    for x in some:
        key = tuple(map(_key, (x.value, x.beside)))
        if key not in met and not alike(x.value, right):
            met.add(key)
            yield x


def _key(value):
    return None if value is None else (value.shape, tuple((np.round(value, 6) + 0.0).flat))


@lru_cache(maxsize=8)
def _told(asked, here):
    """Return the keys of the values of those slips that so many numbers can tell."""
    right = canonical(asked.truth_at(here))
    # told in any case: zeros, another loss's constant, and of two entries one with the other sign
    other = [right * float(x) for x in USUAL if is_convention(Scale(x), asked)]
    sizes = [
        0.0,
        *(abs(x).max() for x in other),
        *[abs(right).max()] * (2 if right.size == 2 else 0),
    ]
    told = {*map(_key, other)}
    for x in slips(asked, here):
        key, size = _key(x.value), abs(x.value).max()
        if key in told:
            continue
        if not np.all(x.value == np.round(x.value)):
            told.add(key)  # no array of whole numbers is met
        elif _fits([*sizes, size], right.size):
            told.add(key)
            sizes.append(size)
    return told


def _fits(sizes, entries):
    """Return whether of whole numbers up to any size, few enough arrays have a story."""
    sizes = sorted(max(x, LARGE) for x in sizes)
    return all(k * CHANCE <= (2 * x + 1) ** entries for k, x in enumerate(sizes, start=1))


def _any_factor(value, right):
    """Yield the slip that the value is a constant times the right one, if that shows."""
    at = np.unravel_index(np.argmax(abs(right)), right.shape)
    number = Fraction(float(value[at] / right[at])).limit_denominator(EVER)
    shown = np.count_nonzero(right) >= ENOUGH and number and abs(number.numerator) <= EVER
    if shown and close(value, right * float(number)):
        yield Slip(Explanation((), Scale(number)), 0, value, None)


# One entry


def arithmetic(asked, here, value):
    """Return the slug of the slip in the one entry that is not right; None where more are wrong,
    or where it may be chance that another is right."""
    return in_one_entry(
        canonical(asked.truth_at(here)), canonical(value), lambda at: _added_up(asked, here, at)
    )


def in_one_entry(right, value, products=lambda at: ()):
    """Return the same of two arrays; ``products(place)`` are those that an entry adds up.

    >>> in_one_entry(np.array([[8], [21], [5]]), np.array([[8], [12], [5]]))
    'entry-digits'
    """
    if value.shape != right.shape or right.size < 2:
        return None
    wrong = [at for at in np.ndindex(right.shape) if not close(value[at], right[at])]
    if len(wrong) != 1:
        return None
    yours, ours = value[wrong[0]], right[wrong[0]]
    if close(yours, -ours):
        return "entry-sign"
    if right.size < ENOUGH:
        return None
    parts = products(wrong[0])
    seen = [
        ("entry-product-lost", any(close(yours, ours - x) for x in parts)),
        ("entry-product-sign", any(close(yours, ours - 2 * x) for x in parts)),
        ("entry-digits", _digits(yours) == _digits(ours)[::-1]),
    ]
    slugs = [slug for slug, fits in seen if fits]
    return slugs[0] if len(slugs) == 1 else UNKNOWN


def _added_up(asked, here, at):
    """Return the products that an entry of the right formula adds up, and its terms."""
    if asked.right is None:
        return []
    some, addends = [], terms(asked.right)
    for sign, term in addends:
        row = factors(term)
        for k in range(1, len(row)):
            a, b = (here.book(product(*x)) for x in (row[:k], row[k:]))
            if a is not None and b is not None and a.ndim == b.ndim == 2 and a.shape[1] > 1:
                some += [*(sign * a[at[0]] * b[:, at[1]])]
        whole = canonical(here.book(term)) if len(addends) > 1 else None
        if whole is not None and whole.size > 1:
            some.append(sign * whole[at])
    return [x for x in some if x]


def _digits(x):
    return f"{abs(float(x)):g}".replace(".", "")
