r"""Fewer factors: the same formula with numbers in front and equal terms collected.

>>> from wuv.algebra import read_latex, Sizes, to_numpy
>>> x_A_x = Sizes().annotate(read_latex(r"W^T (2 (W u - v)) + (v^T v) (1/2 u + u / 2)"))
>>> to_numpy(simplify(x_A_x))
'2 * W.T @ (W @ u - v) + v.T @ v * u'

A formula is a sum of terms (`wuv.derivation.term`), and the table at the end says of which, for
each operation. What an author grouped in brackets stays a factor, and is multiplied out where
something cancels (`wuv.derivation.sums`).
"""

from fractions import Fraction
from functools import lru_cache

from wuv.algebra import Expr, factors, free_names
from wuv.algebra.size import plus
from wuv.derivation.forms import make, num, size, turned
from wuv.derivation.identities import powers_of, shorter
from wuv.derivation.sums import factor_out, length, one_term, over_one_line, shortened, ways_out
from wuv.derivation.term import (
    ENTRYWISE,
    HALF,
    ONE,
    Term,
    atom,
    chained,
    collected,
    inverse_of,
    linear_term,
    merged,
    of_powers,
    product,
    scaled,
    times,
    transposed_terms,
    uncopied,
    whole,
)


class Itself:
    """A formula and no equal one: for what depends on its shapes, too."""

    __slots__ = ("node",)

    def __init__(self, node):
        self.node = node

    def __hash__(self):
        return id(self.node)

    def __eq__(self, other):
        return self.node is other.node


def simplify(tree, factored=False):
    """Return an equal formula in fewer factors; ``factored`` takes common matrices out of a sum:
    ``Ax + Aᵀx`` becomes ``(A + Aᵀ)x``."""
    some = shortened(terms(tree), tree.shape)
    if factored:
        some = over_one_line(factor_out(some), tree.shape)
    return whole(some, tree.shape)


def together(parts, shape):
    """Return the sum of formulas with equal terms added up, before anything is multiplied out: what
    vanishes by itself stands there as it is. None where `simplify` finds no shorter form."""
    some = [terms(x) for x in parts]
    before = collected([t for x, one in zip(some, parts, strict=True) for t in x or [atom(one)]])
    out = (length(collected(x)) <= 0.9 * length(before) for x in ways_out(before))
    cancels = len(parts) > 1 and (not all(some) or any(out))
    return whole(before, shape) if cancels else None


def terms(node):
    """Return the terms of a formula."""
    return list(_terms(Itself(node)))


@lru_cache(maxsize=4096)
def _terms(itself):
    node = itself.node
    rule = TERMS.get(node.op)
    if rule is not None:
        return rule(node)
    return [atom(make(node.op, *map(simplify, node.args), data=node.data))]


def _sum(node):
    left, right = map(terms, node.args)
    return left + (scaled(right, -1) if node.op == "sub" else right)


def _single(node):
    return one_term(terms(node), node.shape)


def _product(node):
    a, b = map(_single, node.args)
    return [] if a is None or b is None else [times(a, b)]


def _transpose(node):
    addends = terms(node.args[0])
    if len(addends) == 1 or not node.shape:
        return transposed_terms(addends)
    one = one_term(addends, node.args[0].shape)
    return [] if one is None else transposed_terms([one])


def _div(node):
    above, below = map(_single, node.args)
    if above is None:
        return []
    return [atom(node)] if below is None else [times(above, inverse_of(below))]


def _power(node):
    base, k = node.args[0], _single(node.args[1])
    if base.shape or k is None or k.powers:
        return [atom(make("power", simplify(base), simplify(node.args[1])))]
    return _raised(base, k.number)


def _raised(base, k):
    """Return a number's power; of x², the root is |x|, so roots of powers stay as they are."""
    t = _single(base)
    if t is None:
        return [Term(ONE)] if k == 0 else [] if k > 0 else [atom(make("power", num(0), num(k)))]
    if k.denominator != 1:
        plain = t.number == 1 and len(t.powers) == 1 and t.powers[0][1] == 1
        t = t if plain else atom(whole([t], ()))
        return [Term(ONE, tuple((b, k) for b, _ in t.powers))]
    if abs(k) > 64 or (k < 0 and t.number == 0):
        return [atom(make("power", whole([t], ()), num(k)))]
    return [Term(t.number ** int(k), tuple((b, e * k) for b, e in t.powers if e * k))]


def _sqrt(node):
    if not node.shape:
        return _raised(node.args[0], HALF)
    return [Term(ONE, (), (make("sqrt", simplify(node.args[0])),))]


def _inv(node):
    t = _single(node.args[0])
    if t is None:
        return [atom(node)]
    if not node.args[0].shape:
        return [inverse_of(t)]
    one = product(*t.factors)
    if one.op == "transpose":
        one = make("transpose", make("inv", one.args[0]))
    elif one.op != "eye":
        one = one.args[0] if one.op == "inv" else make("inv", one)
    return [inverse_of(t)._replace(factors=(one,))]


def _entrywise(node):
    """Return a product or a quotient entry by entry: like a number's, it has exponents."""
    if not node.shape:
        return _div(node) if node.op == "edivide" else _product(node)
    number, powers, bases = _monomial(node)
    if number == 0:
        return []
    found = shorter(bases, node.shape)
    if found != bases:
        return terms(
            make("product", whole([Term(number, powers)], ()), of_powers(found, node.shape))
        )
    return [Term(number, powers, (of_powers(bases, node.shape),))]


def _monomial(node):
    """Return (number, powers, ((array, exponent), …)) of an elementwise product."""
    if node.op in ("times", "edivide"):
        sign = 1 if node.op == "times" else -1
        (n, p, b), (n2, p2, b2) = map(_monomial, node.args)
        if n2 == 0 and sign < 0:
            return ONE, (), ((node, ONE),)
        p2, b2 = (tuple((x, k * sign) for x, k in some) for some in (p2, b2))
        return n * n2**sign, merged(p, p2), merged(b, b2)
    if node.op == "epower" and node.args[1].op == "number":
        k = Fraction(node.args[1].data)
        n, p, b = _monomial(node.args[0])
        if k.denominator == 1 and abs(k) <= 64 and (n or k > 0):
            scaled = [tuple((x, e * k) for x, e in some if e * k) for some in (p, b)]
            return n ** int(k), *scaled
        base = make("epower", simplify(node.args[0]), num(k))
        return ONE, (), ((base, ONE),)
    if node.op == "epower":
        base = make("epower", *map(simplify, node.args))
        return ONE, (), ((base, ONE),)
    t = _single(node)
    if t is None:
        return Fraction(0), (), ()
    factor = product(*t.factors)
    copied = _copies(factor)
    if copied:
        return t.number, t.powers, copied
    if factor.op == "sqrt" and factor.args[0].op not in ENTRYWISE:
        return t.number, t.powers, ((factor.args[0], HALF),)
    if all(x.op == "ones" for x in t.factors):  # 𝟏 𝟏ᵀ, too
        return t.number, t.powers, ()
    if factor.op in ENTRYWISE:
        n, p, b = _monomial(factor) if factor != node else (ONE, (), ((factor, ONE),))
        return t.number * n, merged(t.powers, p), b
    return t.number, t.powers, ((factor, ONE),)


def _copies(node):
    """Return the powers of (a ⊘ b)𝟏ᵀ, those of a𝟏ᵀ and b𝟏ᵀ; of others, none."""
    for axis in (0, 1):
        inside = uncopied(node, axis)
        if inside is not None and inside.op == "edivide":
            ones = factors(node)[-1 if axis else 0]
            return tuple(
                (make("product", *((b, ones) if axis else (ones, b))), k)
                for b, k in powers_of(inside)
            )
    return ()


def _inner(node):
    """Return an inner product of columns as a product; of others, without the numbers in it."""
    a, b = map(_single, node.args)
    if a is None or b is None:
        return []
    if not node.args[0].shape:
        return [times(a, b)]
    if node.args[0].shape[1:] == (1,):
        return [times(*transposed_terms([a]), b)]
    if node.args[0].shape[:1] == (1,):
        return [times(a, *transposed_terms([b]))]
    first, second = product(*a.factors), product(*b.factors)
    if "eye" in (first.op, second.op):
        number, rest = (a, b) if first.op == "eye" else (b, a)
        one = times(number._replace(factors=()), rest)
        return _linear(make("trace", whole([one], node.args[0].shape)))
    if "ones" in (first.op, second.op):
        rest = make("sum", second if first.op == "ones" else first, data=(None, False))
    else:
        rest = make("inner", first, second)
    return [Term(a.number * b.number, merged(a.powers, b.powers, ((rest, ONE),)))]


def _linear(node):
    """Return a trace, a sum or a mean, without the number in front of its argument."""
    if not node.args[0].shape:
        return terms(node.args[0])
    t = _single(node.args[0])
    return [] if t is None else linear_term(node.op, t, node.args[0].shape, node.data)


def _part(node):
    """Return rows or columns of an array without the number in front; of arrays that were put
    together, the one that they are."""
    t = _single(node.args[0])
    if t is None:
        return []
    inside, (axis, start, stop) = product(*t.factors), node.data
    if (start, stop) == (0, inside.shape[axis]):
        return [t]
    if len(t.factors) > 1:  # the rows of AB are those of A, times B
        k = -1 if axis else 0
        cut = _single(make("slice", t.factors[k], data=node.data))
        rest = t._replace(factors=t.factors[:-1] if axis else t.factors[1:])
        return [] if cut is None else [times(rest, cut) if axis else times(cut, rest)]
    if inside.op == "transpose":
        return transposed_terms(_part(make("slice", inside.args[0], data=(1 - axis, start, stop))))
    if inside.op == "stack" and inside.data == axis:
        begin = 0
        for x in inside.args:
            end = plus(begin, (x.shape or (1, 1))[axis])
            if (begin, end) == (start, stop):
                return [times(t._replace(factors=()), _single(x) or Term(Fraction(0)))]
            begin = end
    rest = atom(make("slice", inside, data=node.data))
    return [Term(t.number * rest.number, merged(t.powers, rest.powers), rest.factors)]


def _mapped(node):
    """Return vec, diag or ⊗ without the numbers in front of its arguments."""
    parts = [_single(x) for x in node.args]
    if None in parts:
        return []
    args = [product(*t.factors) if t.factors else num(1) for t in parts]
    rest = atom(make(node.op, *args, data=node.data))
    for t in parts:
        rest = Term(rest.number * t.number, merged(t.powers, rest.powers), rest.factors)
    return [rest]


def _gathered(t, index, bounds):
    """Return Σᵢ aᵢ A eᵢ as A a, and Σᵢ A eᵢ eᵢᵀ B as A B; None where a sum is neither."""
    entries = [p for p in t.powers if index in free_names(p[0])]
    places = [k for k, x in enumerate(t.factors) if index in free_names(x)]
    units = [_unit(t.factors[k]) for k in places]
    if not units or len(units) + len(entries) != 2 or any(x.op != "basis" for x in units):
        return None
    if bounds and bounds != [num(1), size(units[0].data)]:
        return None
    rest = t._replace(powers=tuple(p for p in t.powers if p not in entries))
    return _filled(rest, *entries[0], index, *places) if entries else _joined(rest, *places)


def _joined(t, a, b):
    """Return a term without the eᵢ eᵢᵀ at two places, which add up to I."""
    if b != a + 1 or t.factors[b].op != "transpose":
        return None
    powers, factors = chained(t.factors[:a] + t.factors[b + 1 :])
    return Term(t.number, merged(t.powers, powers), factors) if factors or powers else None


def _filled(t, entry, exponent, index, at):
    """Return a term with the column of all aᵢ in the place of eᵢ."""
    column = _column_of(entry, index) if exponent == 1 else None
    if column is None:
        return None
    middle = _single(turned(column) if t.factors[at].op == "transpose" else column)
    before, after = t._replace(factors=t.factors[:at]), Term(ONE, (), t.factors[at + 1 :])
    return times(before, times(middle, after))


def _column_of(entry, index):
    """Return the column that has an entry at its index: of Mᵢⱼ that is M eⱼ, of Mⱼᵢ it is Mᵀ eⱼ."""
    if entry.op != "entry" or index in free_names(entry.args[0]):
        return None
    base, *places = entry.args
    if len(places) == 1:
        return base if base.shape[1] == 1 else None
    row, column = places
    base, other = (base, column) if row.data == index else (turned(base), row)
    length = base.shape[1]
    return make("product", base, Expr("basis", (other,), length, shape=(length, 1)))


def _unit(x):
    return x.args[0] if x.op == "transpose" else x


def _sigma(node):
    """Return a sum over an index without what doesn't depend on it."""
    body, *bounds = node.args
    t = _single(body)
    if t is None:
        return []
    gathered = _gathered(t, node.data, bounds)
    if gathered is not None:
        return [gathered]
    outside = tuple(p for p in t.powers if node.data not in free_names(p[0]))
    inside = Term(ONE, tuple(p for p in t.powers if p not in outside), t.factors)
    inside = whole([inside], body.shape)
    rest = atom(make("sigma", inside, *bounds, data=node.data).with_(shape=body.shape))
    return [Term(t.number, merged(outside, rest.powers), rest.factors)]


TERMS = {
    "number": lambda node: [Term(Fraction(node.data))] if node.data else [],
    "zeros": lambda node: [],
    "neg": lambda node: scaled(terms(node.args[0]), -1),
    "add": _sum,
    "sub": _sum,
    "product": _product,
    "cdot": _product,
    "times": _entrywise,
    "edivide": _entrywise,
    "epower": lambda node: _entrywise(node) if node.shape else _power(node),
    "div": _div,
    "power": _power,
    "sqrt": _sqrt,
    "inv": _inv,
    "transpose": _transpose,
    "inner": _inner,
    "trace": _linear,
    "sum": _linear,
    "mean": _linear,
    "vec": _mapped,
    "diag": _mapped,
    "kron": _mapped,
    "slice": _part,
    "sigma": _sigma,
    **{op: lambda node: [atom(node)] for op in ("name", "eye", "ones", "basis", "differential")},
}
