r"""The matrix of a linear change: J in df = J dx, for columns f and x.

>>> from wuv.algebra import Sizes, read_latex, to_text
>>> sizes = Sizes("A:m,n; x:n,1; b:m,1")
>>> change = sizes.annotate(read_latex(r"b \odot (A\,\mathrm dx) + \lVert b\rVert A\,\mathrm dx"))
>>> x = sizes.annotate(read_latex("x"))
>>> to_text(jacobian(change, x), fits=False, book=True)
'diag(b)A + ‖b‖A'

Row i has the slopes of the i-th entry of f, column j those along the j-th entry of x: the numerator
layout. A product is taken to pieces until dx stands at the right end; what multiplies entry by
entry becomes a diagonal matrix, and a number that moves, a row times dx, is found by letting its
factors cross (`wuv.derivation.crossing`).

Source: Magnus and Neudecker, Matrix Differential Calculus, chapter 5 (the first identification
theorem).
"""

from contextlib import suppress
from fractions import Fraction

from wuv.algebra import Expr, replace
from wuv.algebra.tree import name
from wuv.derivation.confirming import changes_of, confirmed_numpy, derivation, steps_of
from wuv.derivation.crossing import cross
from wuv.derivation.engine import Line, NoRule, change_lines
from wuv.derivation.forms import differential, full, identity, make, num, turned
from wuv.derivation.program import Result
from wuv.derivation.simplify import simplify, terms
from wuv.derivation.term import Term, collected, product, times, whole
from wuv.derivation.trials import trials
from wuv.derivation.writing import Written

REASONS = {
    "Jacobian": "what multiplies d`{}` (numerator layout)",
    "derivative": "what multiplies d`{}`, a number",
    "Hessian": "the Jacobian of the gradient",
    "change": "linear in d`{}`, which no single matrix multiplies",
}
NO_MATRIX = "its change is no matrix times d{}"


def jacobian(change: Expr, x: Expr) -> Expr:
    """Return J where a column, or a number, that is linear in dx is J dx.

    Raises `NoRule` where J cannot be written as one formula.
    """
    shape = (change.shape or (1, 1))[0], x.shape[0]
    addends = collected(_Matrix(x).of(change))
    if not addends:
        return full("zeros", shape)
    return simplify(whole(addends, shape), factored=True)


def linear(formula: Expr, rows: list[Line], x: Expr) -> tuple[str, Expr]:
    """Return what a formula's change is, one of `REASONS`, and the formula of that; ``rows`` are
    the lines of the change (`wuv.derivation.engine.change_lines`)."""
    change = rows[-1].formula if rows else full("zeros", formula.shape)
    if not x.shape:
        still = replace(change, differential(x), num(1))
        return "derivative", simplify(still, factored=True)
    if x.shape[1:] == (1,) and formula.shape[1:] == (1,):
        with suppress(NoRule, KeyError):
            return "Jacobian", jacobian(change, x)
    return "change", change


class _Matrix:
    """Turns what is linear in dx into the terms of the matrix in front of dx."""

    def __init__(self, x):
        self.x, self.one = x, Term(Fraction(1))

    def of(self, node):
        return [y for t in terms(node) for y in self.term(t)]

    def term(self, t):
        moving = [p for p in t.powers if p[0].moving]
        if moving:
            return self.of_number(t, *moving)
        at = [i for i, f in enumerate(t.factors) if f.moving]
        if len(at) != 1:
            raise self.refusal()
        (i,) = at
        f, before = t.factors[i], t._replace(factors=t.factors[:i])
        after = self.one._replace(factors=t.factors[i + 1 :])
        some = terms(f)
        if [x.factors for x in some] != [(f,)]:
            return [y for x in some for y in self.term(times(times(before, x), after))]
        right = product(*after.factors) if after.factors else None
        return [times(before, y) for y in self.atom(f, right)]

    def of_number(self, t, *moving):
        """Return the terms of a number that moves, with what it multiplies in front."""
        (base, exponent), *more = moving
        if more or exponent != 1 or any(x.moving for x in t.factors):
            raise self.refusal()
        rest = t._replace(powers=tuple(p for p in t.powers if p[0] != base))
        return [times(rest, y) for y in self.row(base)]

    def row(self, base):
        """Return the terms of the row in front of dx, for a number that is linear in it."""
        found = []
        for g, met, *sums in cross(num(1), base):
            if met != self.x or sums:
                raise self.refusal()
            found += terms(turned(simplify(g)))
        return found

    def atom(self, f, right):
        """Return the terms for one factor that moves, with the column that it multiplies."""
        if f.op == "differential" and right is None:
            return [self.one._replace(factors=(identity((self.x.shape[0],) * 2),))]
        if f.op == "diag" and f.args[0].shape[1:] == (1,) and right is not None:
            return self.stretched(right, f.args[0])
        make_terms = None if right is not None else ATOMS.get(f.op)
        if make_terms is None or f.shape[1:] != (1,):
            raise self.refusal()
        return make_terms(self, f)

    def stretched(self, column, moving):
        """Return the terms of ``column ⊙ moving``: diag(column) in front."""
        return [self.scaled(column, y) for y in self.of(moving)]

    def scaled(self, column, y):
        """Return diag(column) times a term; what begins with a column stays an outer product."""
        first, *rest = y.factors
        if first.op == "diag" and first.args[0].shape[1:] == (1,):
            both = make("diag", simplify(make("times", column, first.args[0])))
            return times(times(y._replace(factors=()), _term(both)), _of_factors(rest))
        if first.shape[1:] != (1,):
            return times(_of_factors([make("diag", column)]), y)
        first = column if first.op == "ones" else make("times", column, first)
        return times(times(y._replace(factors=()), _term(first)), _of_factors(rest))

    def times(self, f):
        a, b = f.args
        return self.stretched(a, b) if b.moving else self.stretched(b, a)

    def edivide(self, f):
        if f.args[1].moving:
            raise self.refusal()
        below = make("edivide", full("ones", f.args[1].shape), f.args[1])
        return self.stretched(below, f.args[0])

    def kron(self, f):
        """(A dx) ⊗ b is (A ⊗ b) dx."""
        args = [jacobian(x, self.x) if x.moving else x for x in f.args]
        return terms(make("kron", *args))

    def vec(self, f):
        """vec(a bᵀ) is b ⊗ a, and one of the two moves."""
        found = []
        for t in terms(f.args[0]):
            at = next((i for i, x in enumerate(t.factors) if x.shape[1] == 1), len(t.factors)) + 1
            if not t.factors[at:]:
                raise self.refusal()
            a, b = product(*t.factors[:at]), turned(product(*t.factors[at:]))
            pair = [jacobian(simplify(x), self.x) if x.moving else x for x in (b, a)]
            found.append(times(t._replace(factors=()), _term(make("kron", *pair))))
        return found

    def along(self, f):
        """What goes down a column goes down each column of the matrix."""
        return terms(make(f.op, jacobian(f.args[0], self.x), data=(0, True)))

    def sigma(self, f):
        body, *bounds = f.args
        inside = jacobian(body, self.x)
        return terms(make("sigma", inside, *bounds, data=f.data).with_(shape=inside.shape))

    def refusal(self):
        return NoRule(NO_MATRIX.format(self.x.data))


def _term(node):
    (found,) = terms(node)
    return found


def _of_factors(some):
    return Term(Fraction(1), (), tuple(some))


ATOMS = {
    "times": _Matrix.times,
    "edivide": _Matrix.edivide,
    "kron": _Matrix.kron,
    "cumsum": _Matrix.along,
    "flip": _Matrix.along,
    "sigma": _Matrix.sigma,
    "vec": _Matrix.vec,
}


def of_array(given, x):
    """Return the derivation of how an array moves: its Jacobian, its derivative or its change."""
    judges = trials(given.read, given.shapes, x.data, given.book)
    rows = change_lines(given.book, x)
    f = name(given.letter).with_(shape=given.book.shape)
    kind, formula = linear(given.book, rows, x)
    left = Expr("differential", (f,)) if kind == "change" else Expr("partial", (f, x))
    shape = (given.book.shape[0], x.shape[0]) if kind == "Jacobian" else given.shape
    key = "change" if kind == "change" else f"{kind.lower()}_{x.data}"
    found = Result(key, formula, shape, left)
    written = Written(given, [formula], changes_of(rows), x)
    numpy = confirmed_numpy(formula, shape, written, judges, kind)
    steps = steps_of(given, written, rows, judges)
    return derivation(given, x, written, steps, found, numpy, REASONS[kind].format(x.data), kind)
