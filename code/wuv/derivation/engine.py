r"""From a loss to its gradient: dL is written as ⟨G, dX⟩, and G is the gradient.

>>> from wuv.algebra import Sizes, read_latex, to_latex
>>> L = sized(Sizes().annotate(read_latex(r"\lVert Wu - v\rVert^2")))
>>> for line in lines(L, next(x for x in walk(L) if x.data == "u")):
...     print(to_latex(line.formula, book=True), *line.kinds)
\langle 2(Wu - v), \mathrm{d}(Wu - v)\rangle square
\langle 2(Wu - v), W\,\mathrm{d}u\rangle residual
\langle 2W^{\mathsf T}(Wu - v), \mathrm{d}u\rangle crossing

At every moment dL is a sum of pairs ⟨G, dY⟩, at first the one pair ⟨1, dL⟩. A round takes those
pairs whose Y is not yet the variable, replaces dY by its rule (`wuv.derivation.rules`) and lets
what multiplies the changes cross to the other side (`wuv.derivation.crossing`). Equal Y's are
added up, and a part of another Y waits until that one is done, so nothing is done twice. What
stands at several places of the loss is such a Y too, and waits until all of them are reached.
"""

from collections import Counter
from functools import partial, reduce
from types import MappingProxyType
from typing import NamedTuple

from wuv.algebra import Expr, free_names, rebuild, walk
from wuv.derivation.crossing import across, factors_crossed, operations_crossed
from wuv.derivation.forms import differential, full, inner, make, num, sized, turned
from wuv.derivation.parts import defined, named
from wuv.derivation.rules import HINTS, REASONS, TOGETHER, matching, moved, special_rule
from wuv.derivation.simplify import simplify, together

MAX_ROUNDS = 30
MAX_SIZE = 2000  # nodes in all the pairs of one line

__all__ = ["Line", "NoRule", "change_lines", "lines", "residual_of", "result", "settled", "sized"]


class NoRule(ValueError):
    """A construct for which there is no rule of differentiation, or a result too long to print."""


class Line(NamedTuple):
    """One line of a derivation: ``kinds`` say what happened, ``reason`` says it in words, in which
    names are quoted. It says what ``left`` is, dL where that is None; ``pairs`` are those of
    ⟨G, dY⟩."""

    formula: Expr
    kinds: tuple[str, ...]
    reason: str
    pairs: tuple = ()
    left: Expr | None = None


def lines(loss, x, letters=MappingProxyType({})):
    """Return the lines of the derivation; the last one is ⟨G, dx⟩ (see `result`). ``letters`` are
    those that parts of the loss have, {letter: part}: each of these moves as one, and its inside is
    not looked at before. Where x is a tuple of variables, all of them move, and the last line has a
    pair for each."""
    known = {k: defined(k, letters) for k in letters}
    loss = named(loss, letters)
    rows = _Derivation(x, _met_again(loss), known).run(loss)
    return [_spelled_out(line, letters) for line in rows] if letters else rows


def _spelled_out(line, letters):
    """Return a line without letters for parts."""

    def change(node):
        return letters[node.data] if node.op == "name" and node.data in letters else node

    pairs = tuple(
        tuple(rebuild(p, change) if isinstance(p, Expr) else p for p in pair) for pair in line.pairs
    )
    return line._replace(formula=rebuild(line.formula, change), pairs=pairs)


def _met_again(loss):
    """Return the sums and the functions that are arguments of several parts of a loss."""
    met = Counter(x for node in dict.fromkeys(walk(loss)) for x in node.args)
    return [x for x, count in met.items() if count > 1 and x.op not in ("transpose", "neg")]


def result(rows, x):
    """Return G of the last line's pair of x, or zeros where nothing moves."""
    found = [g for g, y, *_ in (rows[-1].pairs if rows else ()) if y == x]
    return found[0] if found else full("zeros", x.shape)


def settled(formula, x):
    """Return a line with every change in terms of dx alone, for arrays to be put in."""
    work = _Derivation(x)

    def change(node):
        if node.op == "differential" and node.args[0] not in work.xs:
            move = moved(node.args[0], work.is_constant)[0]
            if move is None:
                raise NoRule("there is no rule")
            return change(move)
        args = tuple(map(change, node.args)) if node.moving else node.args
        return node if args == node.args else node.with_(args=args)

    simpler = simplify(change(formula))
    return simpler if simpler.count <= MAX_SIZE // 4 else None


def change_lines(formula, x):
    """Return the lines of how a formula of any shape moves, the last one in dx alone; none where
    it does not move."""
    work, rows = _Derivation(x), []
    if work.is_constant(formula):
        return []
    now, todo, kinds = differential(formula), [], []

    def change(node):
        if node.op != "differential":
            args = tuple(map(change, node.args))
            return node if args == node.args else node.with_(args=args)
        if node.args[0] == x:
            return node
        move, met = work.expanded(node.args[0])
        todo.append((None, node.args[0]))
        kinds.extend(met)
        return move

    for _ in range(MAX_ROUNDS):
        now = change(now)
        if not todo:
            break
        work.add(rows, Line(now, *work.because(todo, kinds)))
        todo, kinds = [], []
    simpler = simplify(now)
    if rows and simpler != now:
        work.add(rows, Line(simpler, ("collecting",), "collected"))
    return rows or [Line(now, ("variable",), "it is the variable")]


def residual_of(loss, x):
    """Return R and dR where a loss is ‖R‖², however it is written; else (None, None)."""
    rule, parts = matching(loss)
    if rule is None or rule.kind != "square":
        return None, None
    (residual,) = parts.values()
    return residual, _Derivation(x).expanded(residual)[0]


class _Derivation:
    def __init__(self, x, stops=(), letters=MappingProxyType({})):
        self.xs = x if isinstance(x, tuple) else (x,)
        self.stops, self.letters = stops, letters
        self.constant = {}
        self.residuals = set()

    def is_constant(self, node):
        if node not in self.constant:
            self.constant[node] = all(y not in self.xs for y in self.inside(node))
        return self.constant[node]

    def inside(self, node):
        """Yield the nodes of a formula, those of what its letters stand for, too."""
        for x in walk(node):
            yield x
            if x.op == "name" and x.data in self.letters:
                yield from self.inside(self.letters[x.data])

    def run(self, loss):
        pairs, rows = [(num(1), loss)], []
        if self.is_constant(loss):
            return []
        for _ in range(MAX_ROUNDS):
            todo = self.outermost(pairs)
            if not todo:
                itself = shown([(num(1), differential(loss))])
                why = ("variable",), "the loss is the variable"
                return rows or [Line(itself, *why, tuple(pairs))]
            moves, kinds = [], []
            for pair in pairs:
                move = differential(pair[1])
                if pair in todo:
                    known = set(self.residuals)
                    move, met = self.expanded(pair[1])
                    kinds += met
                    if not self.is_constant(pair[0]):
                        self.residuals = known  # a square inside of a loss has none
                moves.append((pair[0], move, *pair[2:]))
            self.add(rows, Line(shown(moves), *self.because(todo, kinds)))
            pairs = self.carried(rows, moves)
        raise NoRule("this derivation has too many steps")

    def carried(self, rows, moves):
        """Let what multiplies the changes cross over, and return the pairs; a transposed change is
        turned in a line of its own."""
        crossed, why = [m for _, m, *_ in moves], None
        while True:
            found = self.gathered(
                (g, m, *inside, *sums)
                for G, move, *sums in moves
                for g, m, *inside in across(G, move, ("transpose",))
            )
            before = self.not_yet_cancelled(found)
            if before is not None:
                self.add(rows, Line(before, *(why or self.across(crossed))))
                why = CANCELLED
            moves = self.merged(found)
            todo = [m.args[0] for _, m, *_ in moves if m.op == "transpose"]
            pairs = () if todo else tuple((g, m.args[0], *sums) for g, m, *sums in moves)
            self.add(rows, Line(shown(moves), *(why or self.across(crossed)), pairs))
            if not todo:
                return list(pairs)
            moves = [
                (turned(g), m.args[0], *sums) if m.op == "transpose" else (g, m, *sums)
                for g, m, *sums in moves
            ]
            crossed, why = todo, TURNED
            if any(m.op != "differential" for m in todo):
                moves, why = self.merged(self.gathered(moves)), None
                self.add(rows, Line(shown(moves), *TURNED))

    @staticmethod
    def gathered(moves):
        """Return {(M, sums): [G, …]}."""
        total = {}
        for g, m, *sums in moves:
            while sums and sums[0][0] not in free_names(m):  # the sum is over G alone
                (index, *bounds), *sums = sums
                g = make("sigma", g, *bounds, data=index).with_(shape=g.shape)
            total.setdefault((m, *sums), []).append(g)
        return total

    @staticmethod
    def not_yet_cancelled(found):
        """Return the sum of the pairs, where some part of it is about to cancel; else None."""
        sums = {key: together(some, some[0].shape) for key, some in found.items()}
        if all(x is None for x in sums.values()):
            return None
        return shown(
            (simplify(reduce(partial(make, "add"), found[key])) if x is None else x, *key)
            for key, x in sums.items()
        )

    def merged(self, found):
        """Return the (G, M) with those of one M added up, simplified, and without those of 0."""
        remaining = []
        for (m, *sums), some in found.items():
            whole = reduce(partial(make, "add"), some)
            g = simplify(whole, factored=m.op == "differential" and m.args[0] in self.xs)
            if not (g.op == "zeros" or (g.op == "number" and g.data == 0)):
                remaining.append((g, m, *sums))
        return remaining

    @staticmethod
    def add(rows, line):
        if line.formula.count > MAX_SIZE:
            raise NoRule("this derivation becomes too long to print")
        if rows and rows[-1].formula == line.formula:
            rows[-1] = line._replace(kinds=rows[-1].kinds, reason=rows[-1].reason)
        else:
            rows.append(line)

    def outermost(self, pairs):
        """Return the pairs that are not done, and whose Y is not a part of another's."""
        todo = [p for p in pairs if p[1] not in self.xs]
        parts = {y for p in todo for y in self.inside(p[1]) if y is not p[1] and y != p[1]}
        return [p for p in todo if p[1] not in parts]

    def expanded(self, node, top=True):
        """Return dY in terms of the changes of its parts, and the kinds of steps."""
        together = node.op in TOGETHER and special_rule(node) is None
        waits = not top and (not together or node in self.stops)
        if node in self.xs or self.is_constant(node) or waits:
            return differential(node), []
        if node.op == "name":
            return self.expanded(self.letters[node.data])
        move, kind = moved(node, self.is_constant)
        if move is None:
            raise NoRule(f"there is no rule for the slope of {node.op}{HINTS.get(node.op, '')}")
        kinds = [kind] if kind else []
        if kind in ("square", "mean-square"):
            parts = (self.letters.get(x.data, x) for x in matching(node)[1].values())
            self.residuals.update(x for x in parts if x.op in ("sub", "add"))
        if not together:
            return move, kinds

        def inside(part):
            if part.op == "differential":
                further, met = self.expanded(part.args[0], top=False)
                kinds.extend(met)
                return further
            args = tuple(map(inside, part.args)) if part.moving else part.args
            return part if args == part.args else part.with_(args=args)

        return inside(move), kinds

    # What happened: (kinds, reason)

    def because(self, todo, kinds):
        kinds = tuple(dict.fromkeys(kinds))[:2]
        if kinds:
            why = "; ".join(map(REASONS.get, kinds))
            return kinds, why if any(p[1].shape for p in todo) else why.replace(BY_ENTRY, "")
        if any(self.letters.get(p[1].data, p[1]) in self.residuals for p in todo):
            return ("residual",), f"the residual moves with {self.variables}"
        if any(self.letters.get(p[1].data, p[1]).op in ("add", "sub") for p in todo):
            return ("moving",), "a sum moves term by term"
        return ("moving",), f"only {self.variables} move{'s' * (len(self.xs) == 1)}"

    @property
    def variables(self):
        """The names of what moves, in words."""
        *some, last = (f"`{x.data}`" for x in self.xs)
        return f"{', '.join(some)} and {last}" if some else last

    @staticmethod
    def across(crossed):
        factors = {}
        for f in (f for move in crossed for f in factors_crossed(move)):
            factors.setdefault(_base(f), "ᵀ" * (_bare(f).op == "transpose"))
        names = [f"`{f.data}`{turned}" for f, turned in factors.items() if f.op == "name"]
        if factors:
            return ("crossing",), _crossing(names if len(names) == len(factors) else ())
        met = {op for move in crossed for op in operations_crossed(move)}
        for kind, (operations, reason) in ACROSS.items():
            if met & operations:
                return (kind,), reason
        return ("collecting",), "collected in front of the change"


BY_ENTRY = ", entry by entry"
CANCELLED = ("collecting",), "multiplied out, and what cancels is gone"
TURNED = ("transpose",), "an inner product may be transposed on both sides"
ACROSS = {
    "row": ({"row"}, "a row times a column is an inner product"),
    "trace": ({"trace"}, "a trace is an inner product with the identity"),
    "mean": ({"mean"}, "a mean is an inner product with ones, over their number"),
    "sum": ({"sum"}, "a sum is an inner product with ones"),
    "entrywise": ({"times", "edivide"}, "what multiplies entry by entry crosses as it is"),
}


def _crossing(names):
    """Return in words that these matrices, or too many to be named, cross the inner product."""
    if not 0 < len(names) < 4:
        return "what multiplies the change crosses over, as its transpose"
    *some, last = names
    if not some:
        return f"{last} crosses the inner product, as its transpose"
    return f"{', '.join(some)} and {last} cross the inner product, as their transposes"


def _base(node):
    """Return a matrix without its transpose, its sign and the numbers in front."""
    node = _bare(node)
    return _base(node.args[0]) if node.op == "transpose" else node


def _bare(node):
    """Return a matrix without its sign and the numbers in front."""
    while node.op in ("neg", "div") or (
        node.op == "product" and not all(x.shape for x in node.args)
    ):
        node = next(x for x in node.args if x.shape)
    return node


def shown(pairs):
    """Return the sum of the pairs ⟨G, M⟩ as a formula."""
    total = None
    for g, move, *sums in pairs:
        sign, number = "add", g.op == "number" and g.data < 0
        if number or (g.op == "neg" and (total is not None or not move.shape)):
            g, sign = num(-g.data) if number else g.args[0], "sub"
        if move.shape:
            one = inner(g, move)
        elif g.op == "number" and g.data == 1:
            one = move
        else:
            one = make("product", g, move)
        for index, *bounds in sums:
            one = make("sigma", one, *bounds, data=index).with_(shape=())
        if total is None:
            total = make("neg", one) if sign == "sub" else one
        else:
            total = make(sign, total, one)
    return num(0) if total is None else total
