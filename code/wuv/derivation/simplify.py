r"""Fewer factors: the same formula with numbers in front and equal terms collected.

>>> from wuv.algebra import read_latex, Sizes, to_numpy
>>> x_A_x = Sizes().annotate(read_latex(r"W^T (2 (W u - v)) + (v^T v) (1/2 u + u / 2)"))
>>> to_numpy(simplify(x_A_x))
'2 * W.T @ (W @ u - v) + v.T @ v * u'

A formula is a sum of terms, and a term a number, times numbers with exponents, times a product of
matrices: ``2 λ ‖x‖⁻¹ Aᵀ x``. In this form products of terms are a matter of concatenation. What an
author grouped in brackets stays a factor; nothing is multiplied out.
"""

from fractions import Fraction
from functools import partial, reduce
from typing import NamedTuple

from wuv.algebra import Expr, free_names, walk
from wuv.derivation.forms import full, identity, make, num, size, turned

ONE, HALF = Fraction(1), Fraction(1, 2)
ENTRYWISE = ("times", "edivide", "epower")


class Term(NamedTuple):
    """``number · Π base^exponent · factors``: the factors are matrices, in their order."""

    number: Fraction
    powers: tuple[tuple[Expr, Fraction], ...] = ()
    factors: tuple[Expr, ...] = ()

    @property
    def key(self):
        return frozenset(self.powers), self.factors


def simplify(tree, factored=False):
    """Return an equal formula in fewer factors; ``factored`` takes common matrices out of a sum:
    ``Ax + Aᵀx`` becomes ``(A + Aᵀ)x``."""
    addends = collected(terms(tree))
    return whole(factor_out(addends) if factored else addends, tree.shape)


def terms(node):
    """Return the terms of a formula."""
    rule = TERMS.get(node.op)
    if rule is not None:
        return rule(node)
    return [_atom(make(node.op, *map(simplify, node.args), data=node.data))]


def _atom(node):
    return Term(ONE, (), (node,)) if node.shape else Term(ONE, ((node, ONE),))


def _sum(node):
    left, right = map(terms, node.args)
    return left + (_scaled(right, -1) if node.op == "sub" else right)


def _scaled(addends, by):
    return [t._replace(number=t.number * by) for t in addends]


def one_term(addends, shape):
    """Return terms as a single one: a sum becomes a factor, without what all have in common."""
    addends = collected(addends)
    if not addends:
        return None
    if len(addends) == 1:
        return addends[0]
    number = abs(addends[0].number) if len({abs(t.number) for t in addends}) == 1 else ONE
    number = -number if all(t.number < 0 for t in addends) else number
    common = set(addends[0].powers).intersection(*(t.powers for t in addends))
    rest = [
        Term(t.number / number, tuple(p for p in t.powers if p not in common), t.factors)
        for t in addends
    ]
    powers = tuple(p for p in addends[0].powers if p in common)
    factor = _atom(whole(rest, shape))
    return Term(number, _merged(powers, factor.powers), factor.factors)


def _single(node):
    return one_term(terms(node), node.shape)


def _product(node):
    a, b = map(_single, node.args)
    return [] if a is None or b is None else [times(a, b)]


def times(a, b):
    """Return the product of two terms."""
    powers, factors = _chain(a.factors + b.factors)
    return Term(a.number * b.number, _merged(a.powers, b.powers, powers), factors)


def _merged(*powers):
    total = {}
    for base, exponent in (p for some in powers for p in some):
        total[base] = total.get(base, 0) + exponent
    return tuple((base, k) for base, k in total.items() if k)


def _chain(factors):
    """Return a product of matrices without I, inverses beside their matrix, and with the numbers
    in it (a row before a column) as powers."""
    powers, kept = [], []
    for x in factors:
        if x.op == "eye":
            continue
        if kept and (x == _inverse(kept[-1]) or kept[-1] == _inverse(x)):
            kept.pop()
            continue
        raised = _raised_together(kept[-1], x) if kept else None
        if raised is not None:
            kept[-1] = raised
            continue
        kept.append(x)
        start = len(kept) - 1 if x.shape[1] == 1 else -1
        while start >= 0 and kept[start].shape[0] != 1:
            start -= 1
        if start >= 0:
            number = _number(kept[start:])
            if not (number.op == "sum" and number.args[0].op == "basis"):  # which is 1
                powers.append((number, ONE))
            del kept[start:]
    if factors and not kept and not powers:
        kept = [identity(factors[0].shape)]
    return tuple(powers), tuple(kept)


def _inverse(x):
    """Return the inverse of one factor, written as `simplify` would."""
    if x.op == "transpose":
        return make("transpose", make("inv", x.args[0]))
    return make("inv", x)


def _raised_together(x, y):
    """Return A³ for A² A, and the same of transposes; None for other pairs."""
    turns = {x.op == "transpose", y.op == "transpose"}
    x, y = (z.args[0] if z.op == "transpose" else z for z in (x, y))
    if len(turns) == 2 or "power" not in (x.op, y.op):
        return None
    (a, j), (b, k) = (z.args if z.op == "power" else (z, num(1)) for z in (x, y))
    if a != b or j.op != "number" or k.op != "number":
        return None
    both = make("power", a, num(j.data + k.data))
    return make("transpose", both) if True in turns else both


def _number(factors):
    """Return a product that is a number, in the direction with fewer transposes; 1ᵀx is a sum."""
    if len(factors) > 1 and "ones" in (factors[0].op, factors[-1].op):
        rest = factors[1:] if factors[0].op == "ones" else factors[:-1]
        rest = rest if product(*rest).shape[0] != 1 else [transposed(x) for x in reversed(rest)]
        return make("sum", product(*rest), data=(None, False))
    both = (factors, [transposed(x) for x in reversed(factors)])
    return product(*min(both, key=lambda some: (_transposes(some), list(map(repr, some)))))


def _transposes(some):
    return sum(node.op == "transpose" for x in some for node in walk(x))


def product(*some):
    """Return a product with its shape, grouped from the left."""
    return reduce(partial(make, "product"), some)


def transposed(x):
    """Return the transpose of one factor."""
    if x.op == "eye" or not x.shape or (x.op == "diag" and x.args[0].shape[1:] == (1,)):
        return x
    if x.op == "ones":
        return full("ones", x.shape[::-1])
    if x.op == "inv":  # (XᵀX)⁻¹ is symmetric, since XᵀX is
        return x if is_symmetric(x.args[0]) else turned(x)
    if x.op in ("add", "sub"):
        again = whole(collected(_transposed_terms(terms(x))), x.shape[::-1])
        if again == x or _transposes([again]) < _transposes([x]):
            return again
    return turned(x)


def is_symmetric(tree):
    """Return whether a formula is seen to be its own transpose, as X + Xᵀ and XᵀX are."""
    both = terms(tree), _transposed_terms(terms(tree))
    one, other = ({(t.key, t.number) for t in collected(some)} for some in both)
    return one == other


def _transposed_terms(addends):
    return [t._replace(factors=tuple(map(transposed, reversed(t.factors)))) for t in addends]


def _transpose(node):
    addends = terms(node.args[0])
    if len(addends) == 1 or not node.shape:
        return _transposed_terms(addends)
    one = one_term(addends, node.args[0].shape)
    return [] if one is None else _transposed_terms([one])


def _inverse_term(t):
    """Return 1 / t, t being a number."""
    return Term(1 / t.number, tuple((base, -k) for base, k in t.powers))


def _div(node):
    above, below = map(_single, node.args)
    if above is None:
        return []
    return [_atom(node)] if below is None else [times(above, _inverse_term(below))]


def _power(node):
    base, k = node.args[0], simplify(node.args[1])
    if base.shape or k.op != "number":
        return [_atom(make("power", simplify(base), k))]
    return _raised(base, Fraction(k.data))


def _raised(base, k):
    """Return a number's power; of x², the root is |x|, so roots of powers stay as they are."""
    t = _single(base)
    if t is None:
        return [Term(ONE)] if k == 0 else [] if k > 0 else [_atom(make("power", num(0), num(k)))]
    if k.denominator != 1:
        plain = t.number == 1 and len(t.powers) == 1 and t.powers[0][1] == 1
        t = t if plain else _atom(whole([t], ()))
        return [Term(ONE, tuple((b, k) for b, _ in t.powers))]
    if abs(k) > 64 or (k < 0 and t.number == 0):
        return [_atom(make("power", whole([t], ()), num(k)))]
    return [Term(t.number ** int(k), tuple((b, e * k) for b, e in t.powers if e * k))]


def _sqrt(node):
    if not node.shape:
        return _raised(node.args[0], HALF)
    return [Term(ONE, (), (make("sqrt", simplify(node.args[0])),))]


def _inv(node):
    t = _single(node.args[0])
    if t is None:
        return [_atom(node)]
    if not node.args[0].shape:
        return [_inverse_term(t)]
    one = product(*t.factors)
    if one.op == "transpose":
        one = make("transpose", make("inv", one.args[0]))
    elif one.op != "eye":
        one = one.args[0] if one.op == "inv" else make("inv", one)
    return [_inverse_term(t)._replace(factors=(one,))]


def _entrywise(node):
    """Return a product or a quotient entry by entry: like a number's, it has exponents."""
    if not node.shape:
        return _div(node) if node.op == "edivide" else _product(node)
    number, powers, bases = _monomial(node)
    if number == 0:
        return []
    above = [_entries(b, k) for b, k in bases if k > 0]
    below = [_entries(b, -k) for b, k in bases if k < 0]
    top, bottom = (_all_times(some) for some in (above, below))
    if bottom is not None:
        top = make("edivide", full("ones", node.shape) if top is None else top, bottom)
    return [Term(number, powers, (full("ones", node.shape) if top is None else top,))]


def _all_times(some):
    return reduce(partial(make, "times"), some) if some else None


def _entries(base, k):
    if k == 1:
        return base
    return make("sqrt", base) if k == HALF else make("epower", base, num(k))


def _monomial(node):
    """Return (number, powers, ((array, exponent), …)) of an elementwise product."""
    if node.op in ("times", "edivide"):
        sign = 1 if node.op == "times" else -1
        (n, p, b), (n2, p2, b2) = map(_monomial, node.args)
        if n2 == 0 and sign < 0:
            return ONE, (), ((node, ONE),)
        p2, b2 = (tuple((x, k * sign) for x, k in some) for some in (p2, b2))
        return n * n2**sign, _merged(p, p2), _merged(b, b2)
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
    if all(x.op == "ones" for x in t.factors):  # 𝟏 𝟏ᵀ, too
        return t.number, t.powers, ()
    if factor.op in ENTRYWISE:
        n, p, b = _monomial(factor) if factor != node else (ONE, (), ((factor, ONE),))
        return t.number * n, _merged(t.powers, p), b
    return t.number, t.powers, ((factor, ONE),)


def _inner(node):
    """Return an inner product of columns as a product; of others, without the numbers in it."""
    a, b = map(_single, node.args)
    if a is None or b is None:
        return []
    if not node.args[0].shape:
        return [times(a, b)]
    if node.args[0].shape[1:] == (1,):
        return [times(*_transposed_terms([a]), b)]
    if node.args[0].shape[:1] == (1,):
        return [times(a, *_transposed_terms([b]))]
    first, second = product(*a.factors), product(*b.factors)
    if "eye" in (first.op, second.op):
        number, rest = (a, b) if first.op == "eye" else (b, a)
        one = times(number._replace(factors=()), rest)
        return _linear(make("trace", whole([one], node.args[0].shape)))
    if "ones" in (first.op, second.op):
        rest = make("sum", second if first.op == "ones" else first, data=(None, False))
    else:
        rest = make("inner", first, second)
    return [Term(a.number * b.number, _merged(a.powers, b.powers, ((rest, ONE),)))]


def _linear(node):
    """Return a trace, a sum or a mean, without the number in front of its argument."""
    if not node.args[0].shape:
        return terms(node.args[0])
    t = _single(node.args[0])
    if t is None:
        return []
    if node.op == "trace" and t.factors and t.factors[0].op == "eye":
        return [times(t._replace(factors=()), _single(t.factors[0].args[0]))]
    rest = make(node.op, product(*t.factors), data=node.data)
    return [Term(t.number, _merged(t.powers, ((rest, ONE),)))]


def _mapped(node):
    """Return vec, diag or ⊗ without the numbers in front of its arguments."""
    parts = [_single(x) for x in node.args]
    if None in parts:
        return []
    args = [product(*t.factors) if t.factors else num(1) for t in parts]
    rest = _atom(make(node.op, *args, data=node.data))
    for t in parts:
        rest = Term(rest.number * t.number, _merged(t.powers, rest.powers), rest.factors)
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
    powers, factors = _chain(t.factors[:a] + t.factors[b + 1 :])
    return Term(t.number, _merged(t.powers, powers), factors) if factors or powers else None


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
    rest = _atom(make("sigma", inside, *bounds, data=node.data).with_(shape=body.shape))
    return [Term(t.number, _merged(outside, rest.powers), rest.factors)]


TERMS = {
    "number": lambda node: [Term(Fraction(node.data))] if node.data else [],
    "zeros": lambda node: [],
    "neg": lambda node: _scaled(terms(node.args[0]), -1),
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
    "sigma": _sigma,
    **{op: lambda node: [_atom(node)] for op in ("name", "eye", "ones", "basis", "differential")},
}


# Sums


def collected(addends):
    """Return the terms with equal ones added up."""
    total = {}
    for t in addends:
        kept = total.get(t.key)
        total[t.key] = t if kept is None else kept._replace(number=kept.number + t.number)
    return [t for t in total.values() if t.number]


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


def whole(addends, shape):
    """Return the sum of the terms as a formula."""
    if not addends:
        return full("zeros", shape)
    addends = sorted(addends, key=lambda t: t.number < 0)
    if len(addends) == 2 and addends[0].number == addends[1].number:
        a, b = addends
        if _transposed_terms([b])[0].key == a.key and _transposes(a.factors) > _transposes(
            b.factors
        ):
            addends = [b, a]
    total = None
    for t in addends:
        one = _written(t._replace(number=abs(t.number)))
        if total is None:
            total = make("neg", one) if t.number < 0 else one
        else:
            total = make("sub" if t.number < 0 else "add", total, one)
    return total


def _written(t):
    """Return a term with a positive number as a formula: numbers, a fraction line, matrices."""
    above = [num(t.number.numerator)] if t.number.numerator != 1 else []
    below = [num(t.number.denominator)] if t.number.denominator != 1 else []
    above += [_scalar(b, k) for b, k in t.powers if k > 0]
    below += [_scalar(b, -k) for b, k in t.powers if k < 0]
    chain = product(*t.factors) if t.factors else None
    if not below:
        return product(*above, *t.factors) if above or t.factors else num(1)
    if not above and chain is not None:
        return make("div", chain, product(*below))
    front = make("div", product(*above) if above else num(1), product(*below))
    return front if chain is None else product(front, *t.factors)


def _scalar(base, k):
    if k == 1:
        return base
    return make("sqrt", base) if k == HALF else make("power", base, num(k))
