"""Another question's answer: right, and not for what was asked.

>>> from wuv import diagnose
>>> found = diagnose("np.linalg.inv(W.T @ W) @ W.T @ v", "u")
>>> found.mistake, found.slip
('minimiser', 'It solves for u. Setting the gradient to 0 comes after finding it.')
>>> print(diagnose("2 Wᵀ W", "u").slip)
It is the Hessian: its entries are second derivatives. A gradient has the shape of u.

It is the point where the gradient is 0, the gradient in another letter, the Hessian for a gradient
or the other way round, or the gradient of a relative of the loss (`wuv.diagnosis.relatives`).
"""

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np

from wuv.algebra import AlgebraError, free_names
from wuv.algebra.tree import name
from wuv.diagnosis.comparison import FREE, GENERAL, Comparison, Judgement
from wuv.diagnosis.edits import Edit
from wuv.diagnosis.relatives import relatives, turned_relatives
from wuv.diagnosis.search import Explanation, Search, canonical
from wuv.diagnosis.unsaid import shortening
from wuv.points import Case, alike, close

SMALL = 1e-8
PENALTIES = ("lam", "alpha", "mu", "beta", "gamma", "c", "C", "k")
LENGTHS = {"‖{}‖²": lambda x: x, "‖{}‖₁": np.sign}  # and what the slope of each is a multiple of
ADDED = (
    "It is the gradient with a penalty {} added, which this loss does not have. "
    "If yours has one, give that loss."
)
USUAL = {Fraction(1), Fraction(2), Fraction(1, 2)}  # constants in front of another loss


def minimiser(seen):
    """It is where the gradient is 0: a value of the variable, made of the others. At some sizes it
    may have no value, such as (WᵀW)⁻¹ for a W that is wide."""
    asked, tree = seen.asked, seen.answer.tree
    if tree is None or asked.wrt in free_names(tree):
        return None
    places = [*zip(seen.places, seen.values, strict=True)]
    places += [(here, seen.answer.quickly(here)) for here in seen.squares]
    some = [(here, x) for here, x in places if x is not None and np.all(np.isfinite(x))]
    solved = sum(_is_zero(asked, here, value) for here, value in some)
    return replace(seen.named("minimiser"), verdict="wrong") if solved > len(some) / 2 else None


def _is_zero(asked, here, value):
    """Return whether the gradient is 0 where the variable has a value."""
    given = np.asarray(here.arrays[asked.wrt], dtype=object)
    if value.size != given.size:
        return False
    there = Case({**here.arrays, asked.wrt: value.reshape(given.shape)}, here.sizes)
    slope, usual = asked.truth_at(there), asked.truth_at(here)
    if slope is None or usual is None:
        return False
    return bool(abs(slope).max() <= SMALL * abs(usual).max())


def another_variable(seen):
    """It is the gradient in another letter of the loss, and not the right one with another sign."""
    if seen.asked.order == 2 or seen.answer.constant or seen.is_multiple:
        return None
    for letter in seen.asked.shapes:
        shapes = [np.shape(here.arrays[letter]) for here in seen.places]
        fits = all(x.size == np.prod(s) for x, s in zip(seen.values, shapes, strict=True))
        other = seen.asked.in_letter(letter) if fits and letter != seen.asked.wrt else None
        if other is not None and any(_is_slope_of(other, seen.answer, x) for x in _places(seen)):
            return seen.named("another-variable", now=name(letter))
    return None


def _is_slope_of(asked, answer, places):
    pairs = [(answer.quickly(here), asked.truth_at(here)) for here in places]
    return all(b is not None and b.any() and alike(canonical(a), canonical(b)) for a, b in pairs)


def _places(seen):
    """Yield the points, then those where what is often unsaid is the case, if the answer is no
    multiple of the right one there."""
    yield seen.places
    unsaid = shortening(seen.asked) if seen.answer.array is None else None
    asked = unsaid and unsaid.of(seen.asked)
    places = [x for x in map(asked.case, GENERAL) if x] if asked else []
    if places and not Comparison(seen.answer, asked, places).is_multiple:
        yield places


def another_order(seen):
    """It is the Hessian where the gradient is asked for, or the gradient where the Hessian is, or a
    usual multiple."""
    order = 3 - seen.asked.order
    sizes = [np.size(here.arrays[seen.asked.wrt]) for here in seen.places]
    lengths = [n**order for n in sizes]
    if max(sizes) < 2 or [x.size for x in seen.values] != lengths:
        return None
    other = seen.asked.of_order(order)
    if other is None:
        return None
    rights = [canonical(other.truth_at(here)) for here in seen.places]
    pairs = [*zip(map(canonical, seen.values), rights, strict=True)]
    for k in (1, 2, 0.5):
        if all(
            b is not None and b.any() and (alike(a, k * b) or alike(a.T, k * b)) for a, b in pairs
        ):
            return seen.named("hessian" if order == 2 else "gradient-for-hessian")
    return None


def another_loss(seen, explanations):
    """It is the gradient of a relative of the loss, which is likelier than the ``explanations`` of
    one slip."""
    least = min((x.weight for x in explanations if x.count == 1), default=np.inf)
    if seen.answer.constant or seen.answer.array is not None:
        return None
    if seen.has_value:
        known, search = relatives(seen.asked), seen.search
    elif seen.own is not None:
        known = turned_relatives(seen.asked)
        free = [seen.asked.case(*kind) for kind in FREE]
        search = Search(seen.asked, free, lambda here: here.book(seen.own), seen.own)
    else:
        return None
    for relative in sorted(known, key=lambda x: x.weight):
        scale = search.ratio(relative.gradient, False) if relative.weight < least else None
        if scale is not None and scale.number in USUAL:
            said = f"It is the gradient of {relative.named}. {relative.why}"
            best = Explanation((Edit("another-loss", None, None, "loss"),))
            verdict = "wrong" if seen.has_value or seen.squares else "cannot-evaluate"
            return Judgement(verdict, best, (), seen.trouble, None, bool(seen.squares), said=said)
    return None


def with_penalty(text, asked, read):
    """Return what to say of a text that is the gradient with a penalty added, whose factor is a
    letter that the loss does not have; "" for any other. ``read`` makes an answer of it."""
    for factor in (x for x in PENALTIES if x not in asked.shapes and spelled_in(x, text)):
        more = replace(asked, shapes={**asked.shapes, factor: ()})
        with suppress(AlgebraError):
            answer = read(text, more)
            for name_, slope_ in LENGTHS.items():
                if _adds(answer, more, factor, slope_):
                    return ADDED.format(name_.format(asked.wrt))
    return ""


def spelled_in(factor, text):
    """Return whether a letter stands in a text, by its name or its sign."""
    signs = {"lam": ("lam", "λ"), "alpha": ("alpha", "α"), "mu": ("mu", "μ")}
    return any(x in text for x in signs.get(factor, (factor,)))


def _adds(answer, asked, factor, slope):
    """Return whether an answer is the gradient and the factor times a usual multiple of a slope."""
    for k in map(float, USUAL):
        tried = 0
        for here in filter(None, map(asked.case, GENERAL)):
            value, right = answer.quickly(here), asked.truth_at(here)
            if value is None or right is None:
                return False
            x = np.asarray(here.arrays[asked.wrt], dtype=object).astype(float)
            added = k * float(here.arrays[factor]) * slope(x)
            if value.size != right.size or not close(value, right + added):
                break
            tried += 1
        if tried == len(GENERAL):
            return True
    return False
