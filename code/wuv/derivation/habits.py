r"""What each letter is where the habits of the book do not fit: the sizes of the whole decide.

>>> from wuv.algebra.typed import read_typed
>>> found = fitting(read_typed(r"\|X\beta - y\|^2"), {}, book=True)
>>> found.shapes["beta"][1], found.samples
(1, {})
>>> fitting(read_typed(r"\sum_i (w^T x_i - y_i)^2"), {}, book=True).samples
{'x': 'X'}
>>> try:
...     fitting(read_typed("sum(xz)"), {}, book=True)
... except Misfit as error:
...     print(error.said.partition(";")[0])
this fits with x a number, or with z a number

A Greek letter that is a number by habit may be a column, a column may be a number, x_i may be the
i-th row of X, and NumPy's columns may be flat. As few letters as possible give up their habit; a
length or a transpose of what would be a number is no reading as long as there is another one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, islice
from types import MappingProxyType
from typing import NamedTuple

from wuv.algebra import Expr, Misfit, Sizes, free_names, kind, rebuild, shape_text, walk
from wuv.algebra.meant import meant
from wuv.algebra.size import Shape, Unknown, letters_of
from wuv.algebra.tree import is_number, name, spelled
from wuv.derivation.samples import (
    capital,
    labelled,
    letters_with_index,
    letters_with_number,
    sampled,
    with_fixed_index,
)

SIZES = ("", "n,1", "m,n")  # of a number, a column, a matrix
OF_ARRAYS = ("sum", "mean", "var", "std")
MOST = 3  # letters that give up their habit together
FEW = 8  # where there are more of them, one letter less
TRIES = 100


class Ambiguous(Misfit):
    """A formula that fits in several ways."""


class Change(NamedTuple):
    """One habit that is given up: which letters become what, in words; ``rewritten`` is the formula
    in which they do."""

    said: str
    shapes: Mapping[str, Shape] = MappingProxyType({})
    samples: Mapping[str, str] = MappingProxyType({})
    rewritten: Callable[[Expr], Expr] = lambda tree: tree


@dataclass(frozen=True)
class Fit:
    """A formula whose sizes fit, the shapes that were assumed for it, and {"x": "X"} where x_i are
    the rows of X. ``odd`` says that it takes the length or the transpose of a number."""

    tree: Expr
    shapes: dict = field(default_factory=dict)
    samples: dict = field(default_factory=dict)
    odd: bool = False


def fitting(tree, shapes, *, book, usual=False, arrays=False):
    """Return the `Fit` of a formula that is to be a number, or with ``arrays`` anything; ``usual``:
    by the habits alone.

    Raises `Misfit` where none fits, or several do with as few changes.
    """
    tree, first, trouble = with_fixed_index(tree), None, None
    try:
        first = _fit(tree, shapes, (), book, arrays)
    except Misfit as error:
        trouble = error
    if usual and trouble:
        raise trouble
    if first and (usual or not first.odd):
        return first
    changes = [*_changes(tree, shapes, book)]
    most = MOST if len(changes) <= FEW else MOST - 1
    tries = (x for n in range(1, most + 1) for x in combinations(changes, n))
    found, odd = [], []
    for some in islice(tries, TRIES):
        if found and len(some) > len(found[0][0]):
            break
        try:
            fit = _fit(tree, shapes, some, book)
        except Misfit:
            continue
        (odd if fit.odd else found).append((some, fit))
    least = [x for x in odd if len(x[0]) == len(odd[0][0])]
    found = found or (least if not first else [])
    if len(found) == 1:
        return found[0][1]
    if found:
        raise Ambiguous(_several(found, tree))
    if first:
        return first
    letters = [x for x in free_names(tree) if x not in shapes]
    raise Misfit(f"{trouble.said}{_dotted(tree)}{_otherwise(letters)}", trouble.place) from None


def _otherwise(letters):
    return f"; if letters are something else, say so{_example(letters)}" if letters else ""


def _fit(tree, shapes, changes, book, arrays=False):
    declared, shapes, samples = shapes, dict(shapes), {}
    for x in changes:
        shapes.update(x.shapes)
        samples.update(x.samples)
        tree = x.rewritten(tree)
    tree = sampled(tree, samples)
    undeclared = {*free_names(tree)} - declared.keys()
    tree = meant(tree, (), shapes, undeclared) if book else tree
    sizes = Sizes(shapes, numpy=not book)
    whole = sizes.annotate(tree)
    if any(x != 1 for x in whole.shape) and not arrays:
        raise Misfit(f"this is {shape_text(whole.shape)}; only a number has a gradient")
    for x in walk(whole):
        columns = x.op == "entry" and len(x.args) == 3 and 1 in (x.args[0].shape or (1,))
        if columns and not undeclared.isdisjoint(free_names(x.args[0])):
            raise Misfit(
                f"{spelled(x)} has two indices, and {spelled(x.args[0])} is a column", x.place
            )
    changed = {k: x for k, x in shapes.items() if k not in declared}
    odd = _is_odd(whole, undeclared)
    return Fit(tree, _in_order(tree, declared, changed), samples, odd)


def _in_order(tree, declared, changed):
    """Return declared shapes, then those of other letters as they appear: so they are given the
    letters of their sizes."""
    habits = {"matrix": (0, 0), "column": (0, 1), "scalar": ()}
    met = {x: tuple(n or Unknown() for n in habits[kind(x)]) for x in free_names(tree)}
    met = {k: changed.get(k, x) for k, x in met.items() if x or k in changed}
    return {**met, **changed, **declared} if changed else declared


def _is_odd(tree, undeclared):
    """Return whether the length, the transpose, the sum or the mean of a number is taken that
    nobody declared, or the square of a column."""
    for x in walk(tree):
        if x.op not in ("norm", "transpose", "inner", *OF_ARRAYS):
            continue
        inside = x.args[0]
        guessed = not undeclared.isdisjoint(free_names(inside))
        squared = x.op == "norm" and x.place is not None and x.place == inside.place  # (Ax − b)²
        number = all(size == 1 for size in inside.shape)
        plain = x.op in ("inner", *OF_ARRAYS) or inside.op in ("name", "entry", "add", "sub")
        if guessed and (squared or (number and plain)):
            return True
    return False


def _changes(tree, shapes, book):
    """Yield what each letter may be that nobody declared."""
    indices = {x.data for x in walk(tree) if x.op == "sigma"}
    indices |= {y.data for x in walk(tree) if x.op == "entry" for y in x.args[1:]}
    sizes = {*letters_of(*shapes.values())}
    letters = [x for x in free_names(tree) if x not in {*shapes, *indices, *sizes}]
    for x in letters_with_index(tree) if book else ():
        if len(shapes.get(x, ())) == 2 and shapes[x][1] != 1:
            yield Change(f"{x}_i the rows of {x}", samples={x: x})
        elif rows := capital(x):
            one = {rows: (Unknown(), *shapes[x][:1])} if x in shapes and rows not in shapes else {}
            yield Change(f"{x}_i the rows of a matrix {rows}", one, {x: rows})
    for x in letters_with_number(tree) if book else ():
        if x not in shapes:
            yield Change(f"{x}_1 a letter of its own", rewritten=partial(labelled, letter=x))
    for x in (x for x in "tT" if book and x in letters):
        yield Change(f"{x} a transpose", rewritten=partial(_turned_by, letter=x))
    if book and any(_has_one(x) for x in walk(tree)):
        yield Change("1 a column of ones", rewritten=with_ones)
    columns = [x for x in letters if kind(x) == "column"]
    twice = {x.args[0].data for x in walk(tree) if x.op == "entry" and len(x.args) == 3}
    for x in (x for x in letters if x in twice and x.islower()):
        yield Change(f"{x} a matrix", {x: (Unknown(), Unknown())})
    if columns and not book:
        flat = {x: (Unknown(),) for x in columns}
        yield Change(f"{', '.join(columns)} flat arrays", flat)
    if book and columns and "matrix" in map(kind, letters):
        yield Change(f"{', '.join(columns)} a row", {x: (1, Unknown()) for x in columns})
    for alike in _families(letters):
        said = " and ".join(alike)
        if kind(alike[0]) == "scalar" and alike[0].islower():
            yield Change(f"{said} a column", {x: (Unknown(), 1) for x in alike})
        elif kind(alike[0]) == "column":
            yield Change(f"{said} a number", dict.fromkeys(alike, ()))


def _families(letters):
    """Return letters that are of one kind together: t and its estimates t_hat, t_pred."""
    found = {}
    for x in letters:
        base, _, below = x.partition("_")
        found.setdefault(base if len(below) > 1 and below.isalpha() else x, []).append(x)
    return found.values()


def _turned_by(tree, letter):
    """Return the tree with x'A for xtA, a product: t stands for a transpose."""

    def change(node):
        if node.op != "product" or node.args[1] != name(letter):
            return node
        before = node.args[0]
        if before.op == "product":
            last = Expr("transpose", before.args[1:], place=node.place)
            return before.with_(args=(before.args[0], last))
        return Expr("transpose", (before,), place=node.place)

    return rebuild(tree, change)


def _has_one(node):
    return node.op == "product" and any(is_number(x, 1) for x in node.args)


def with_ones(tree):
    """Return the tree with the column 𝟏 for a number 1 that is a factor, as in 1bᵀ."""

    def change(node):
        if not _has_one(node):
            return node
        args = (Expr("ones", place=x.place) if is_number(x, 1) else x for x in node.args)
        return node.with_(args=tuple(args))

    return rebuild(tree, change)


def _several(found, tree):
    """Return what is said of a formula that fits in several ways."""
    ways = ", or with ".join(" and ".join(x.said for x in some) for some, _ in found)
    some, fit = found[0]
    letters = [x for change in some for x in change.shapes]
    return f"this fits with {ways}{_dotted(tree)}: say which{_example(letters, fit.shapes)}"


def _dotted(tree):
    """Return the hint that two columns side by side may be multiplied entry by entry."""
    for x in walk(tree):
        letters = [y.data for y in x.args if y.op == "name" and kind(y.data) == "column"]
        if x.op == "product" and len(letters) == 2:
            return f"; for entries times entries type {'·'.join(letters)}"
    return ""


def _example(letters, shapes=MappingProxyType({})):
    """Return how the sizes of letters are declared."""
    parts = [f"{x}:{_sizes(shapes.get(x), x)}" for x in letters[:3]]
    return f", as in shapes={'; '.join(parts)!r}, --shapes" if parts else ""


def _sizes(shape, letter):
    habit = {"matrix": 2, "column": 1, "scalar": 0}[kind(letter)]
    rank = habit if shape is None else 1 if shape[1:] == (1,) else len(shape)
    return "1,n" if shape and shape[0] == 1 else SIZES[rank]
