"""Sums of terms, as short as they can be: multiplied out where something cancels, with what their
terms have in common in front, over one line.

>>> from wuv.algebra import Sizes, read_latex, to_text
>>> tree = Sizes("p:n,1; y:n,1").annotate(read_latex(r"(y + p) \\odot p - p \\odot y"))
>>> to_text(whole(shortened(read_off(tree), ("n", 1)), ("n", 1)))
'p.^2'
"""

from collections import Counter
from fractions import Fraction

from wuv.algebra.size import times as size_of
from wuv.derivation.forms import size
from wuv.derivation.identities import powers_of, shorter
from wuv.derivation.term import (
    ENTRYWISE,
    ONE,
    Term,
    atom,
    collected,
    linear_term,
    merged,
    of_powers,
    product,
    read_off,
    times,
    transposed_terms,
    whole,
)


def one_term(addends, shape):
    """Return terms as a single one: a sum becomes a factor, without what all have in common."""
    addends = collected(addends)
    if not addends:
        return None
    number = abs(addends[0].number) if len({abs(t.number) for t in addends}) == 1 else ONE
    number = -number if all(t.number < 0 for t in addends) else number
    common = set(addends[0].powers).intersection(*(t.powers for t in addends))
    powers = tuple(p for p in addends[0].powers if p in common)
    rest = shortened(
        [
            Term(t.number / number, tuple(p for p in t.powers if p not in common), t.factors)
            for t in addends
        ],
        shape,
    )
    if not rest:
        return None
    inside = rest[0] if len(rest) == 1 else atom(whole(rest, shape))
    return times(Term(number, powers), inside)


def shortened(addends, shape):
    """Return the terms with equal ones added up, multiplied out where something cancels, or with
    what they have in common in front, if that is shorter."""
    best = collected(addends)
    while True:
        others = [_in_front(best, x, shape) for x in _common(best)]
        out = (collected(some) for some in ways_out(best))
        others += [some for some in out if length(some) <= 0.9 * length(best)]
        shortest = min(others, key=length, default=best)
        if length(shortest) >= length(best):
            return best
        best = shortest


def ways_out(addends):
    """Yield the terms with one of them multiplied out, and with all."""
    every = [_multiplied_out([t]) for t in addends]
    with_sums = [i for i, some in enumerate(every) if len(some) != 1 or some[0] is not addends[i]]
    for i in with_sums:
        yield [*addends[:i], *every[i], *addends[i + 1 :]]
    if len(with_sums) > 1:
        yield [t for some in every for t in some]


def length(addends):
    """Return how long terms are, in nodes."""
    return sum(t.count + 1 for t in addends)


def _multiplied_out(addends):
    """Return the terms without sums in them, as far as that goes; at most 32."""
    found, todo = [], list(addends)
    while todo:
        t = todo.pop(0)
        parts = _apart(t)
        if parts is None:
            found.append(t)
        else:
            todo[:0] = parts
        if len(found) + len(todo) > 32:
            return addends
    return found


def _apart(t):
    """Return the terms of a product with a sum in it; None where there is none."""
    for i, (base, k) in enumerate(t.powers):
        rest = t._replace(powers=t.powers[:i] + t.powers[i + 1 :])
        some = _addends(base) if k == 1 else []
        if some:
            return [times(rest, x) for x in some]
    for i, x in enumerate(t.factors):
        before, after = Term(t.number, t.powers, t.factors[:i]), Term(ONE, (), t.factors[i + 1 :])
        if x.op == "transpose" and x.args[0].op in ("add", "sub"):
            some = transposed_terms(read_off(x.args[0]))
        else:
            some = read_off(x) if x.op in ("add", "sub") else _entries_apart(x)
        if some:
            return [times(before, times(y, after)) for y in some]
    return None


def _addends(base):
    """Return the terms of a number that is a sum, or that of all entries of one; of a mean, the
    sum over the count; of others none."""
    if base.op in ("add", "sub"):
        return read_off(base)
    shape = base.args[0].shape if base.op in ("sum", "trace", "mean") else ()
    if base.op == "mean" and shape:
        (total,) = _totals("sum", [Term(ONE, (), base.args)], shape)
        return [times(total, Term(ONE, ((size(size_of(*shape)), -ONE),)))]
    some = _multiplied_out(read_off(base.args[0])) if shape else []
    return _totals(base.op, some, shape, base.data) if len(some) > 1 else []


def _totals(op, addends, shape, data=(None, False)):
    return [y for t in addends for y in linear_term(op, t, shape, data)]


def _entries_apart(node):
    """Return the terms of a product entry by entry with a sum in it, or nothing."""
    bases = powers_of(node) if node.op in ENTRYWISE else ()
    for i, (base, k) in enumerate(bases):
        if k == 1 and base.op in ("add", "sub") and len(bases) > 1:
            rest = bases[:i] + bases[i + 1 :]
            return [_entries_times(x, rest, node.shape) for x in read_off(base)]
    return []


def _entries_times(t, bases, shape):
    """Return a term times, entry by entry, some bases with exponents."""
    own = powers_of(product(*t.factors)) if t.factors else ()
    both = shorter(list(merged(own, bases)), shape)
    return t._replace(factors=(of_powers(both, shape),))


def _common(addends):
    """Return what several terms have as a factor entry by entry."""
    alone = [t.factors[0] for t in addends if len(t.factors) == 1]
    met = Counter(p for x in alone for p in dict.fromkeys(powers_of(x)))
    return [p for p, k in met.items() if k > 1]


def _in_front(addends, power, shape):
    """Return the terms with a common factor, entry by entry, in front of those that have it."""
    inside, others = [], []
    for t in addends:
        bases = powers_of(t.factors[0]) if len(t.factors) == 1 else []
        if power in bases:
            rest = of_powers([p for p in bases if p != power], shape)
            inside.append(t._replace(factors=(rest,)))
        else:
            others.append(t)
    one = one_term(inside, shape)
    if one is None:
        return others
    return collected([*others, _entries_times(one, [power], shape)])


def over_one_line(addends, shape):
    """Return a sum of fractions as one, if all have the same number below."""
    below = {t.number.denominator for t in addends}
    if len(addends) < 2 or len(below) != 1 or below == {1}:
        return addends
    (k,) = below
    inside = whole([t._replace(number=t.number * k) for t in addends], shape)
    return [Term(Fraction(1, k), (), (inside,))] if shape else addends


def factor_out(addends):
    """Return the terms with matrices that several have in common, at one end, taken out."""
    for end in (-1, 0):
        groups = {}
        for t in addends:
            if len(t.factors) > 1:
                groups.setdefault((frozenset(t.powers), t.factors[end]), []).append(t)
        for (_, factor), some in groups.items():
            rest = [Term(t.number, (), t.factors[:-1] if end else t.factors[1:]) for t in some]
            shape = product(*rest[0].factors).shape
            if len(some) < 2 or not shape:
                continue
            inside = one_term(factor_out(rest), shape)
            outside = Term(ONE, some[0].powers, (factor,))
            joined = [times(inside, outside) if end else times(outside, inside)] if inside else []
            at = addends.index(some[0])
            others = [t for t in addends if t not in some]
            return factor_out(others[:at] + joined + others[at:])
    return addends
