r"""Fewer factors: the same formula with numbers in front and equal terms collected.

>>> from wuv.algebra import read_latex, Sizes, to_numpy
>>> x_A_x = Sizes().annotate(read_latex(r"W^T (2 (W u - v)) + (v^T v) (1/2 u + u / 2)"))
>>> to_numpy(simplify(x_A_x))
'2 * W.T @ (W @ u - v) + v.T @ v * u'

A formula is a sum of terms, and a term a number, times numbers with exponents, times a product of
matrices: ``2 λ ‖x‖⁻¹ Aᵀ x``. In this form products of terms are a matter of concatenation. What an
author grouped in brackets stays a factor; nothing is multiplied out.
"""

from collections import Counter
from fractions import Fraction
from functools import lru_cache, partial, reduce
from typing import NamedTuple

from wuv.algebra import Expr, factors, free_names, walk
from wuv.algebra import terms as addends_of
from wuv.algebra.binding import decimal
from wuv.algebra.size import plus
from wuv.algebra.size import times as size_of
from wuv.derivation.forms import full, identity, make, num, size, turned
from wuv.derivation.identities import powers_of, shorter

ONE, HALF = Fraction(1), Fraction(1, 2)
ENTRYWISE = ("times", "edivide", "epower")


class Itself:
    """A formula and no equal one: for what depends on its shapes, too."""

    __slots__ = ("node",)

    def __init__(self, node):
        self.node = node

    def __hash__(self):
        return id(self.node)

    def __eq__(self, other):
        return self.node is other.node


class Term(NamedTuple):
    """``number · Π base^exponent · factors``: the factors are matrices, in their order."""

    number: Fraction
    powers: tuple[tuple[Expr, Fraction], ...] = ()
    factors: tuple[Expr, ...] = ()

    @property
    def key(self):
        """What is equal for terms that are the same but for their numbers."""
        return frozenset((alike(b), k) for b, k in self.powers), tuple(map(alike, self.factors))

    @property
    def count(self):
        """How long it is, in nodes."""
        number = (abs(self.number) != 1) + (self.number.denominator != 1)
        powers = sum(_count(b) + 2 * (k != 1) for b, k in self.powers)
        parts = len(self.powers) + len(self.factors) + number
        return number + powers + sum(map(_count, self.factors)) + max(parts - 1, 0)


@lru_cache(maxsize=4096)
def alike(node):
    """Return what is equal for formulas that differ only in the order of what commutes: for a + b
    and b + a, a ⊙ b and b ⊙ a, ⟨A, B⟩ and ⟨B, A⟩, tr(AB) and tr(BA)."""
    if node.op in ("add", "sub", "neg"):
        pairs = ((alike(x), k) for k, x in addends_of(node))
        some = [x if k > 0 else Expr("neg", (x,)) for x, k in pairs]
        return Expr("add", tuple(sorted(some, key=hash)))
    if node.op in ("times", "inner"):
        some = _flat(node) if node.op == "times" else node.args
        return Expr(node.op, tuple(sorted(map(alike, some), key=hash)))
    if node.op == "trace":
        some = [*map(alike, factors(node.args[0]))]
        turns = (tuple(some[i:] + some[:i]) for i in range(len(some)))
        return Expr("trace", min(turns, key=lambda turn: [*map(hash, turn)]))
    return node.with_(args=tuple(map(alike, node.args))) if node.args else node


@lru_cache(maxsize=4096)
def _count(node):
    """Return the nodes of a formula, without those of the sizes of 𝟏 and I."""
    return 1 + (0 if node.op in ("ones", "zeros", "eye") else sum(map(_count, node.args)))


def _flat(node):
    return [y for x in node.args for y in _flat(x)] if node.op == "times" else [node]


def simplify(tree, factored=False):
    """Return an equal formula in fewer factors; ``factored`` takes common matrices out of a sum:
    ``Ax + Aᵀx`` becomes ``(A + Aᵀ)x``."""
    some = shortened(terms(tree), tree.shape)
    if factored:
        some = _over_one_line(factor_out(some), tree.shape)
    return whole(some, tree.shape)


def together(parts, shape):
    """Return the sum of formulas with equal terms added up, before anything is multiplied out: what
    vanishes by itself stands there as it is. None where `simplify` finds no shorter form."""
    some = [terms(x) for x in parts]
    before = collected([t for x, one in zip(some, parts, strict=True) for t in x or [_atom(one)]])
    out = (_length(collected(x)) <= 0.9 * _length(before) for x in _ways_out(before))
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
    inside = rest[0] if len(rest) == 1 else _atom(whole(rest, shape))
    return times(Term(number, powers), inside)


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
    powers, kept, todo = [], [], list(factors)
    while todo:
        x = todo.pop(0)
        if x.op == "eye":
            continue
        less = _cancelled(kept, x, todo) if kept else None
        if less is not None:
            kept, todo = less
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
    if factors and not kept and not powers and factors[0].shape[0] != 1:
        kept = [identity(factors[0].shape)]
    return tuple(powers), tuple(kept)


def _cancelled(kept, x, after):
    """Return the factors in the place of the last ones and of those to come where they cancel: of
    A A⁻¹ nothing is left, of A(BA)⁻¹ and of (AB)⁻¹A B⁻¹ is; None where nothing cancels."""
    below = _inverted(x)
    for n in range(min(len(kept), len(below)), 0, -1):
        rest = below[:-n]
        if kept[-n:] == below[-n:] and _is_square(rest):
            return kept[:-n], [*_inverse(rest), *after]
    below = _inverted(kept[-1])
    for n in range(min(len(after) + 1, len(below)), 0, -1):
        rest = below[n:]
        if [x, *after][:n] == below[:n] and _is_square(rest):
            return kept[:-1], [*_inverse(rest), *after[n - 1 :]]
    return None


def _inverted(x):
    """Return the factors of what is inverted: of (AB)⁻¹ and of (BᵀAᵀ)⁻ᵀ A and B; else none."""
    if x.op == "transpose" and x.args[0].op == "inv":
        return [transposed(y) for y in reversed(factors(x.args[0].args[0])) if y.shape]
    return [y for y in factors(x.args[0]) if y.shape] if x.op == "inv" else []


def _is_square(some):
    return not some or some[0].shape[0] == some[-1].shape[1]


def _inverse(some):
    """Return the inverse of a product as a list of factors."""
    if all(x.op == "transpose" for x in some):
        inside = [x.args[0] for x in reversed(some)]
        return [make("transpose", make("inv", product(*inside)))] if some else []
    return [make("inv", product(*some))]


def _pulled_out(x, y):
    """Return b ⊙ (A𝟏) for (A ⊙ b𝟏ᵀ)𝟏, or the same with rows; None for other pairs."""
    axis = 1 if _is_ones(y, 1) else 0
    some, ones = (x, y) if axis else (y, x)
    if some.op not in ENTRYWISE or not _is_ones(ones, axis):
        return None
    bases = powers_of(some)
    outside = [(_uncopied(b, axis), k) for b, k in bases if _uncopied(b, axis) is not None]
    if not outside:
        return None
    inside = _of_powers([p for p in bases if _uncopied(p[0], axis) is None], some.shape)
    total = _single(make("product", inside, ones) if axis else make("product", ones, inside))
    return total, outside


def _uncopied(node, axis):
    """Return the column b of b𝟏ᵀ (axis 1), the row of 𝟏b (axis 0), or None."""
    if node.op != "product" or not all(x.shape for x in node.args):
        return None
    some = factors(node)
    ones, rest = (some[-1], some[:-1]) if axis else (some[0], some[1:])
    return product(*rest) if _is_ones(ones, 1 - axis) else None


def _is_ones(x, axis):
    """Return whether a factor is a column of ones (axis 1) or a row of them (axis 0)."""
    return x.op == "ones" and x.shape[axis] == 1


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
        if [x.op for x in rest] == ["ones"]:
            return size(size_of(*rest[0].shape))
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
    base, k = node.args[0], _single(node.args[1])
    if base.shape or k is None or k.powers:
        return [_atom(make("power", simplify(base), simplify(node.args[1])))]
    return _raised(base, k.number)


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
    found = shorter(bases, node.shape)
    if found != bases:
        return terms(
            make("product", whole([Term(number, powers)], ()), _of_powers(found, node.shape))
        )
    return [Term(number, powers, (_of_powers(bases, node.shape),))]


def _of_powers(bases, shape):
    """Return the product, entry by entry, of bases with exponents."""
    above = [_entries(b, k) for b, k in bases if k > 0]
    below = [_entries(b, -k) for b, k in bases if k < 0]
    top, bottom = (_all_times(some) for some in (above, below))
    top = full("ones", shape) if top is None else top
    return top if bottom is None else make("edivide", top, bottom)


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
    copied = _copies(factor)
    if copied:
        return t.number, t.powers, copied
    if factor.op == "sqrt" and factor.args[0].op not in ENTRYWISE:
        return t.number, t.powers, ((factor.args[0], HALF),)
    if all(x.op == "ones" for x in t.factors):  # 𝟏 𝟏ᵀ, too
        return t.number, t.powers, ()
    if factor.op in ENTRYWISE:
        n, p, b = _monomial(factor) if factor != node else (ONE, (), ((factor, ONE),))
        return t.number * n, _merged(t.powers, p), b
    return t.number, t.powers, ((factor, ONE),)


def _copies(node):
    """Return the powers of (a ⊘ b)𝟏ᵀ, those of a𝟏ᵀ and b𝟏ᵀ; of others, none."""
    for axis in (0, 1):
        inside = _uncopied(node, axis)
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
    return [] if t is None else _linear_term(node.op, t, node.args[0].shape, node.data)


def _linear_term(op, t, shape, data):
    front, first = Term(t.number, t.powers), t.factors[0]
    if op == "trace" and first.op == "eye":
        return [times(front, _term_of(first.args[0]))]
    if op == "sum" and first.op == "ones" and len(t.factors) == 1:
        return [times(front, _term_of(size(size_of(*shape))))]
    if op == "trace":  # tr(abᵀ) is the number bᵀa
        for i in range(1, len(t.factors)):
            if t.factors[i].shape[0] == 1:
                return [times(front, Term(ONE, (), t.factors[i:] + t.factors[:i]))]
    rest = make(op, product(*t.factors), data=data)
    return [times(front, Term(ONE, ((rest, ONE),)))]


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
        return _transposed_terms(_part(make("slice", inside.args[0], data=(1 - axis, start, stop))))
    if inside.op == "stack" and inside.data == axis:
        begin = 0
        for x in inside.args:
            end = plus(begin, (x.shape or (1, 1))[axis])
            if (begin, end) == (start, stop):
                return [times(t._replace(factors=()), _single(x) or Term(Fraction(0)))]
            begin = end
    rest = _atom(make("slice", inside, data=node.data))
    return [Term(t.number * rest.number, _merged(t.powers, rest.powers), rest.factors)]


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
    "slice": _part,
    "sigma": _sigma,
    **{op: lambda node: [_atom(node)] for op in ("name", "eye", "ones", "basis", "differential")},
}


# Sums


def collected(addends):
    """Return the terms with equal ones added up."""
    total = {}
    for t in _flattened(addends):
        kept = total.get(t.key)
        total[t.key] = t if kept is None else kept._replace(number=kept.number + t.number)
    return [t for t in total.values() if t.number]


def _flattened(addends):
    """Yield the terms; of a sum in brackets, each of its own."""
    for t in addends:
        if abs(t.number) == 1 and not t.powers and [x.op for x in t.factors] in (["add"], ["sub"]):
            yield from _scaled(_flattened(terms(t.factors[0])), t.number)
        else:
            yield t


def shortened(addends, shape):
    """Return the terms with equal ones added up, multiplied out where something cancels, or with
    what they have in common in front, if that is shorter."""
    best = collected(addends)
    while True:
        others = [_in_front(best, x, shape) for x in _common(best)]
        out = (collected(some) for some in _ways_out(best))
        others += [some for some in out if _length(some) <= 0.9 * _length(best)]
        shortest = min(others, key=_length, default=best)
        if _length(shortest) >= _length(best):
            return best
        best = shortest


def _ways_out(addends):
    """Yield the terms with one of them multiplied out, and with all."""
    every = [_multiplied_out([t]) for t in addends]
    with_sums = [i for i, some in enumerate(every) if len(some) != 1 or some[0] is not addends[i]]
    for i in with_sums:
        yield [*addends[:i], *every[i], *addends[i + 1 :]]
    if len(with_sums) > 1:
        yield [t for some in every for t in some]


def _length(addends):
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
            some = _transposed_terms(_read_off(x.args[0]))
        else:
            some = _read_off(x) if x.op in ("add", "sub") else _entries_apart(x)
        if some:
            return [times(before, times(y, after)) for y in some]
    return None


def _addends(base):
    """Return the terms of a number that is a sum, or that of all entries of one; of a mean, the
    sum over the count; of others none."""
    if base.op in ("add", "sub"):
        return _read_off(base)
    shape = base.args[0].shape if base.op in ("sum", "trace", "mean") else ()
    if base.op == "mean" and shape:
        (total,) = _totals("sum", [Term(ONE, (), base.args)], shape)
        return [times(total, Term(ONE, ((size(size_of(*shape)), -ONE),)))]
    some = _multiplied_out(_read_off(base.args[0])) if shape else []
    return _totals(base.op, some, shape, base.data) if len(some) > 1 else []


def _totals(op, addends, shape, data=(None, False)):
    return [y for t in addends for y in _linear_term(op, t, shape, data)]


def _entries_apart(node):
    """Return the terms of a product entry by entry with a sum in it, or nothing."""
    bases = powers_of(node) if node.op in ENTRYWISE else ()
    for i, (base, k) in enumerate(bases):
        if k == 1 and base.op in ("add", "sub") and len(bases) > 1:
            rest = bases[:i] + bases[i + 1 :]
            return [_entries_times(x, rest, node.shape) for x in _read_off(base)]
    return []


def _entries_times(t, bases, shape):
    """Return a term times, entry by entry, some bases with exponents."""
    own = powers_of(product(*t.factors)) if t.factors else ()
    merged = shorter(list(_merged(own, bases)), shape)
    return t._replace(factors=(_of_powers(merged, shape),))


def _read_off(node):
    """Return the terms of a formula that `whole` has written, as they stand."""
    return [_scale(_term_of(x), k) for k, x in addends_of(node)]


def _scale(t, by):
    return t._replace(number=t.number * by)


def _term_of(node):
    if node.op == "number":
        return Term(Fraction(node.data))
    if node.op == "neg":
        return _scale(_term_of(node.args[0]), -1)
    if node.op in ("product", "div"):
        a, b = map(_term_of, node.args)
        b = _inverse_term(b) if node.op == "div" else b
        return Term(a.number * b.number, _merged(a.powers, b.powers), a.factors + b.factors)
    if node.op in ("times", "edivide"):
        t = _term_of(node.args[0])
        top = product(*t.factors) if t.factors else full("ones", node.shape)
        return t._replace(factors=(node.with_(args=(top, node.args[1])),))
    if not node.shape and node.op == "power" and node.args[1].op == "number":
        return Term(ONE, ((node.args[0], Fraction(node.args[1].data)),))
    if not node.shape and node.op == "sqrt":
        return Term(ONE, ((node.args[0], HALF),))
    return _atom(node)


def _common(addends):
    """Return what several terms have as a factor entry by entry."""
    alone = [t.factors[0] for t in addends if len(t.factors) == 1]
    met = Counter(p for x in alone for p in {*powers_of(x)})
    return [p for p, k in met.items() if k > 1]


def _in_front(addends, power, shape):
    """Return the terms with a common factor, entry by entry, in front of those that have it."""
    inside, others = [], []
    for t in addends:
        bases = powers_of(t.factors[0]) if len(t.factors) == 1 else []
        if power in bases:
            rest = _of_powers([p for p in bases if p != power], shape)
            inside.append(t._replace(factors=(rest,)))
        else:
            others.append(t)
    one = one_term(inside, shape)
    if one is None:
        return others
    return collected([*others, _entries_times(one, [power], shape)])


def _over_one_line(addends, shape):
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


def whole(addends, shape):
    """Return the sum of the terms as a formula."""
    if not addends:
        return full("zeros", shape)
    addends = sorted(map(_without_minus, addends), key=lambda t: t.number < 0)
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


def _without_minus(t):
    """Return −(a − b) ⊘ c as (b − a) ⊘ c."""
    if t.number == -1 and len(t.factors) == 1 and t.factors[0].op in ("times", "edivide"):
        turned_round = _turned_round(t.factors[0])
        if turned_round is not None:
            return t._replace(number=ONE, factors=(turned_round,))
    return t


def _turned_round(node):
    if node.op == "sub":
        return make("sub", *reversed(node.args))
    if node.op not in ("times", "edivide"):
        return None
    first = _turned_round(node.args[0])
    return first and node.with_(args=(first, node.args[1]))


def _written(t):
    """Return a term with a positive number as a formula: numbers, a fraction line, matrices."""
    number, over = t.number.numerator, t.number.denominator
    if over > 12 and decimal(t.number) is not None:  # 1.702, as it was typed
        number, over = t.number, 1
    above = [num(number)] if number != 1 else []
    below = [num(over)] if over != 1 else []
    above += [_scalar(b, k) for b, k in t.powers if k > 0]
    below += [_scalar(b, -k) for b, k in t.powers if k < 0]
    chain = product(*t.factors) if t.factors else None
    if above and chain is not None and len(t.factors) == 1 and chain.op in ("times", "edivide"):
        chain = _with_front(product(*above), chain)
        return make("div", chain, product(*below)) if below else chain
    if not below:
        return product(*above, *t.factors) if above or t.factors else num(1)
    if not above and chain is not None:
        return make("div", chain, product(*below))
    front = make("div", product(*above) if above else num(1), product(*below))
    return front if chain is None else product(front, *t.factors)


def _with_front(front, node):
    """Return a product entry by entry with a number before its first factor."""
    if node.op in ("times", "edivide"):
        return make(node.op, _with_front(front, node.args[0]), node.args[1])
    return make("product", front, node)


def _scalar(base, k):
    if k == 1:
        return base
    return make("sqrt", base) if k == HALF else make("power", base, num(k))
