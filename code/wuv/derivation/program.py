r"""A value and its gradients as a short program: products grouped so that they cost least, and what
occurs more than once computed once, under a name.

>>> from wuv import derive
>>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
>>> from wuv.algebra import to_text
>>> for name, formula in found.program.lines:
...     print(name, "=", to_text(formula, fits=False, book=True))
r = Wu − v
L = ‖r‖²
grad_u = 2Wᵀr
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from wuv.algebra import Expr, walk
from wuv.algebra.size import Shape, in_numbers, letters_of
from wuv.algebra.tree import name, replace_all
from wuv.algebra.write_code import TWICE
from wuv.derivation.forms import make
from wuv.derivation.parts import letter_for

LARGE = 1000  # what every size is taken for, where the cheaper grouping of a product is looked for
# What costs next to nothing needs no name.
FREE = {"transpose", "neg"}
LEAVES = {"name", "number", "size", "eye", "ones", "zeros", "basis", "delta", "matrix"}


class Result(NamedTuple):
    """What a program finds: its name, its formula by the book's rules, its shape in NumPy, and what
    a book has on the left of it."""

    name: str
    formula: Expr
    shape: Shape
    left: Expr


class Program(NamedTuple):
    """Formulas by the book's rules: ``parts``, pairs of name and formula, in an order in which each
    knows those before it, then ``results``, the value first."""

    arguments: Mapping[str, Shape]
    parts: tuple[tuple[str, Expr], ...]
    results: tuple[Result, ...]

    @property
    def lines(self) -> tuple[tuple[str, Expr], ...]:
        """All pairs of name and formula, in the order in which they are computed."""
        return (*self.parts, *((x.name, x.formula) for x in self.results))


def program(
    results: Iterable[Result],
    arguments: Mapping[str, Shape],
    called: Mapping[str, Expr] | None = None,
) -> Program:
    """Return the program that computes results. A part that is ``called`` by a name already, {name:
    formula}, keeps it."""
    results = tuple(x._replace(formula=regrouped(x.formula)) for x in results)
    trees = [x.formula for x in results]
    own = {regrouped(tree): key for key, tree in (called or {}).items()}
    taken = {
        *arguments,
        *(x.name for x in results),
        *letters_of(*arguments.values()),
        *own.values(),
    }
    taken |= {x.data for tree in trees for x in walk(tree) if x.op in ("name", "sigma")}
    named: dict[Expr, Expr] = {}
    for part in _shared(trees):
        letter = own.get(part) or _name_for(part, taken)
        taken.add(letter)
        named[part] = name(letter).with_(shape=part.shape)
    parts = tuple((x.data, replace_all(part, named, whole=False)) for part, x in named.items())
    whole = tuple(x._replace(formula=replace_all(x.formula, named)) for x in results)
    return Program(arguments, parts, whole)


# Groups


def regrouped(tree: Expr) -> Expr:
    """Return a formula with each product of matrices grouped so that it costs least, and with the
    numbers multiplied last: of ``2 AᵀA x`` that is ``2(Aᵀ(Ax))``."""
    if tree.op != "product":
        args = tuple(map(regrouped, tree.args))
        return tree if args == tree.args else tree.with_(args=args)
    some = [regrouped(x) for x in _chain(tree)]
    numbers = [x for x in some if not x.shape]
    matrices = [x for x in some if x.shape]
    return reduce(lambda a, b: make("product", a, b), [*numbers, *_cheapest(matrices)])


def _chain(node):
    """Return the factors of a product: a product in it that is a number stays one factor."""
    for x in node.args:
        yield from _chain(x) if x.op == "product" and x.shape else (x,)


def _cheapest(some):
    """Return matrices as one product, or as none, in the cheapest grouping."""
    if not some:
        return []
    sizes = [(_size(x.shape[0]), _size(x.shape[1])) for x in some]
    best = {(i, i): (0, x) for i, x in enumerate(some)}
    for length in range(1, len(some)):
        for i in range(len(some) - length):
            j = i + length
            ways = [
                (best[i, k][0] + best[k + 1, j][0] + sizes[i][0] * sizes[k][1] * sizes[j][1], k)
                for k in range(i, j)
            ]
            cost, k = min(ways)
            best[i, j] = cost, make("product", best[i, k][1], best[k + 1, j][1])
    return [best[0, len(some) - 1][1]]


def _size(size):
    return in_numbers(size, dict.fromkeys(letters_of(size), LARGE))


# Parts


def _shared(trees):
    """Return the parts that are used more than once and cost something, and those that a language
    needs a name for, to take an entry or to write them twice; inner ones first."""
    uses, bound = Counter(), {x.data for tree in trees for x in walk(tree) if x.op == "sigma"}
    letters = {x: bool(bound & {y.data for y in walk(x)}) for t in trees for x in walk(t)}

    def visit(node):
        uses[node] += 1
        if uses[node] == 1 or node.op in FREE:
            for x in node.args:
                visit(x)

    for tree in trees:
        visit(tree)
    found = [x for x, n in uses.items() if n > 1 and not _is_cheap(x)]
    found += [x.args[0] for x in uses if x.op in ("entry", *TWICE) and x.args[0].op != "name"]
    return sorted((x for x in dict.fromkeys(found) if not letters[x]), key=lambda x: x.depth)


def _is_cheap(node):
    """Return whether a part costs no more than a copy of an array does: 2Wᵀ, x, 1/n."""
    if node.op in (*LEAVES, *FREE):
        return True
    arrays = sum(bool(x.shape) for x in node.args)
    return node.op in ("product", "div") and arrays < 2 and all(map(_is_cheap, node.args))


def _name_for(part, taken):
    """Return a letter for a part, or one with a number where all letters are taken."""
    numbered = (f"p_{k}" for k in itertools.count(1))
    return letter_for(part, taken) or next(x for x in numbered if x not in taken)
