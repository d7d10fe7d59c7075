r"""A term: a number, times numbers with exponents, times a product of matrices: ``2 λ ‖x‖⁻¹ Aᵀ x``.

>>> from wuv.algebra import Sizes, read_latex, to_text
>>> tree = Sizes("A:n,n; x:n,1; B:n,n").annotate(read_latex(r"3 B - 2 A + A A^{-1} B"))
>>> [t.number for t in read_off(tree)]
[Fraction(3, 1), Fraction(-2, 1), Fraction(1, 1)]
>>> to_text(whole(collected(times(Term(HALF), t) for t in read_off(tree)), ("n", "n")))
'2B − A'

Products of terms are a matter of concatenation, and of what cancels where they meet; a sum of terms
is written back as a formula.
"""

from fractions import Fraction
from functools import lru_cache, partial, reduce
from typing import NamedTuple

from wuv.algebra import Expr, factors, walk
from wuv.algebra import terms as addends_of
from wuv.algebra.binding import decimal
from wuv.algebra.size import times as size_of
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


def atom(node):
    """Return a formula as a term of its own."""
    return Term(ONE, (), (node,)) if node.shape else Term(ONE, ((node, ONE),))


def scaled(addends, by):
    """Return terms times a number."""
    return [t._replace(number=t.number * by) for t in addends]


def times(a, b):
    """Return the product of two terms."""
    powers, factors = chained(a.factors + b.factors)
    return Term(a.number * b.number, merged(a.powers, b.powers, powers), factors)


def merged(*powers):
    """Return powers as one tuple, with the exponents of equal bases added up."""
    total = {}
    for base, exponent in (p for some in powers for p in some):
        total[base] = total.get(base, 0) + exponent
    return tuple((base, k) for base, k in total.items() if k)


def chained(factors):
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


def uncopied(node, axis):
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
        again = whole(collected(transposed_terms(read_off(x))), x.shape[::-1])
        if again == x or _transposes([again]) < _transposes([x]):
            return again
    return turned(x)


def is_symmetric(tree):
    """Return whether a formula, simplified, is seen to be its own transpose: X + Xᵀ, XᵀX."""
    both = read_off(tree), transposed_terms(read_off(tree))
    one, other = ({(t.key, t.number) for t in collected(some)} for some in both)
    return one == other


def transposed_terms(addends):
    """Return the transposes of terms."""
    return [t._replace(factors=tuple(map(transposed, reversed(t.factors)))) for t in addends]


def inverse_of(t):
    """Return 1 / t, t being a number."""
    return Term(1 / t.number, tuple((base, -k) for base, k in t.powers))


def of_powers(bases, shape):
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


def linear_term(op, t, shape, data):
    """Return the terms of a trace or of a sum of all entries of a term of a shape."""
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
            yield from scaled(_flattened(read_off(t.factors[0])), t.number)
        else:
            yield t


def read_off(node):
    """Return the terms of a formula that `whole` has written, as they stand."""
    return [_scale(_term_of(x), k) for k, x in addends_of(node)]


def _scale(t, by):
    return t._replace(number=t.number * by)


def _term_of(node):
    if node.op == "number":
        return Term(Fraction(node.data))
    if node.op == "neg":
        return _scale(_term_of(node.args[0]), -1)
    if node.op == "product" and not node.shape and all(x.shape for x in node.args):
        return atom(node)  # a row times a column
    if node.op in ("product", "div"):
        a, b = map(_term_of, node.args)
        b = inverse_of(b) if node.op == "div" else b
        return Term(a.number * b.number, merged(a.powers, b.powers), a.factors + b.factors)
    if node.op in ("times", "edivide"):
        t = _term_of(node.args[0])
        top = product(*t.factors) if t.factors else full("ones", node.shape)
        return t._replace(factors=(node.with_(args=(top, node.args[1])),))
    if not node.shape and node.op == "power" and node.args[1].op == "number":
        return Term(ONE, ((node.args[0], Fraction(node.args[1].data)),))
    if not node.shape and node.op == "sqrt":
        return Term(ONE, ((node.args[0], HALF),))
    return atom(node)


def whole(addends, shape):
    """Return the sum of the terms as a formula."""
    if not addends:
        return full("zeros", shape)
    addends = sorted(map(_without_minus, addends), key=lambda t: t.number < 0)
    if len(addends) == 2 and addends[0].number == addends[1].number:
        a, b = addends
        if transposed_terms([b])[0].key == a.key and _transposes(a.factors) > _transposes(
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
    """Return −(y − 𝟏) ⊘ c as (𝟏 − y) ⊘ c; longer differences may have a letter, and stay."""
    if t.number == -1 and len(t.factors) == 1 and t.factors[0].op in ("times", "edivide"):
        turned_round = _turned_round(t.factors[0])
        if turned_round is not None:
            return t._replace(number=ONE, factors=(turned_round,))
    return t


def _turned_round(node):
    if node.op == "sub" and node.count <= 5:
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
