r"""A sum over samples in matrix form: xᵢ are the rows of X.

>>> from wuv.algebra import Sizes, read_latex, to_text
>>> tree = sampled(read_latex(r"\sum_i (w^T x_i - y_i)^2"), {"x": "X"})
>>> to_text(in_matrix_form(Sizes().annotate(tree)))
'‖Xw − y‖²'

What depends on i is one row for each i, stacked: a number becomes the entry of a column, a column
or a row becomes the row of a matrix. So Xw has the entries wᵀxᵢ, and XAᵀ the rows (Axᵢ)ᵀ; a
function of a number goes entry by entry. Where a part has no such form the sum stays as it is.
"""

from itertools import pairwise
from typing import NamedTuple

from wuv.algebra import Expr, rebuild, walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.names import SCALARS, is_greek
from wuv.algebra.tree import is_number, name, number
from wuv.derivation.forms import full, make, num, size, turned

ONE = number(1)


def sampled(tree, samples):
    """Return the tree with x_i as the i-th row of X, a column; ``samples`` is {"x": "X"}."""

    def change(node):
        matrix = samples.get(node.args[0].data) if _is_one_of_many(node) else None
        if matrix is None:
            return node
        rows = Expr("transpose", (name(matrix).with_(place=node.place),), place=node.place)
        unit = Expr("basis", node.args[1:], place=node.place)
        return Expr("product", (rows, unit), place=node.place)

    return _fixed(rebuild(tree, change))


def with_fixed_index(tree):
    """Return the tree with w_t as an entry, or a row, of w at t, where a sum leaves out t."""
    fixed = {x.data.removeprefix("at_") for x in walk(tree) if _is_mask(x)}
    letters = letters_with_index(tree)

    def change(node):
        base, _, below = node.data.rpartition("_") if node.op == "name" else ("", "", "")
        if base not in letters or below not in fixed:
            return node
        return Expr("entry", (name(base), name(below)), place=node.place)

    return rebuild(tree, change) if fixed else tree


def _is_mask(node):
    return node.op == "name" and node.data.startswith("at_")


def _fixed(tree):
    """Return the tree with the column at_t for e_t, and for an entry at t."""
    fixed = {x.data.removeprefix("at_"): x for x in walk(tree) if _is_mask(x)}

    def change(node):
        at = fixed.get(node.args[-1].data) if node.op in ("basis", "entry") else None
        if at is None:
            return node
        if node.op == "basis":
            return at
        if len(node.args) == 2:
            return Expr("product", (Expr("transpose", (at,)), node.args[0]), place=node.place)
        return node

    return rebuild(tree, change) if fixed else tree


def _is_one_of_many(node):
    return node.op == "entry" and len(node.args) == 2 and node.args[0].op == "name"


def labelled(tree, letter):
    """Return the tree with W_1 as a letter of its own and no entry of W."""

    def change(node):
        known = _is_one_of_many(node) and node.args[0].data == letter
        if not known or not is_number(node.args[1]):
            return node
        return name(f"{node.args[0].data}_{node.args[1].data}").with_(place=node.place)

    return rebuild(tree, change)


def letters_with_number(tree):
    """Return the letters that stand with one index, a number, each once."""
    found = (x for x in walk(tree) if _is_one_of_many(x) and is_number(x.args[1]))
    return tuple(dict.fromkeys(x.args[0].data for x in found))


def letters_with_index(tree):
    """Return the letters that stand with one index which a sum runs over, each once."""
    sums = {x.data for x in walk(tree) if x.op == "sigma"}
    found = (x for x in walk(tree) if _is_one_of_many(x) and x.args[1].data in sums)
    return tuple(dict.fromkeys(x.args[0].data for x in found))


def capital(letter):
    """Return the capital for a letter, Phi for phi, or None."""
    base, mark, rest = letter.partition("_")
    if len(base) > 1 and not is_greek(base):
        return None
    capital = f"{base[0].upper()}{base[1:]}{mark}{rest}"
    return capital if capital not in SCALARS else f"{capital}_"


def in_matrix_form(tree):
    """Return a formula, with the shapes of its nodes, with its sums over an index written as
    products of whole arrays."""

    def change(node):
        if node.op != "sigma":
            return node
        body, *bounds = node.args
        try:
            rows = _Rows(node.data)
            found = rows.of(body)
            return _total(found) if rows.runs_over_all(bounds) else node
        except _NoForm:
            return node

    return rebuild(tree, change)


class _NoForm(Exception):
    """What has no matrix form here."""


class _Stack(NamedTuple):
    """What depends on an index: of numbers, columns or rows, one below the other; or the products
    a bᵀ of the rows of two matrices."""

    kind: str  # "constant", "number", "column", "row", "outer"
    node: Expr
    other: Expr | None = None


class _Rows:
    """Stacks what depends on one index."""

    def __init__(self, index):
        self.index, self.size = name(index), None

    def runs_over_all(self, bounds):
        """Return whether a sum with these bounds runs over every row."""
        return not bounds or (bounds[0] == ONE and bounds[1] == size(self.size))

    def of(self, node):
        """Return the `_Stack` of a node."""
        if self.index not in walk(node):
            return _Stack("constant", node)
        if node.op in RULES:
            found = RULES[node.op](self, node)
        elif node.op in ELEMENTWISE:
            found = self.entrywise(node)
        else:
            raise _NoForm
        if found.kind != "constant":
            self.size = found.node.shape[0] if found.node.shape else 1
        return found

    def entrywise(self, node):
        some = [*map(self.of, node.args)]
        kind = next(x.kind for x in some if x.kind != "constant")
        some = [self.plain(self.repeated(x, kind, self.height(*some))) for x in some]
        if any(x.kind != kind for x in some):
            raise _NoForm
        return _Stack(kind, make(node.op, *(x.node for x in some)))

    def plain(self, found):
        """Return a stack of numbers, columns or rows as it is."""
        if found.kind == "outer":
            raise _NoForm
        return found

    def entry(self, node):
        base, *places = node.args
        if base.shape and self.index not in walk(base):
            if places == [self.index]:
                return _Stack("number", base if base.shape[1] == 1 else turned(base))
            if len(places) == 2 and self.index in places and places[0] != places[1]:
                across = places[0] == self.index
                other = places[across]
                if self.index not in walk(other):
                    matrix = base if across else turned(base)
                    unit = Expr("basis", (other,), matrix.shape[1], shape=(matrix.shape[1], 1))
                    return _Stack("number", make("product", matrix, unit))
        raise _NoForm

    def basis(self, node):
        if node.args != (self.index,):
            raise _NoForm
        return _Stack("column", make("eye", size(node.shape[0])))

    def transpose(self, node):
        (inner,) = node.args
        if inner.op == "product" and all(x.shape for x in inner.args):
            return self.of(_turned(inner))
        found = self.of(inner)
        kinds = {"column": "row", "row": "column", "number": "number"}
        if found.kind == "outer":
            return found._replace(node=found.other, other=found.node)
        return found._replace(kind=kinds[found.kind])

    def neg(self, node):
        found = self.of(node.args[0])
        return found._replace(node=make("neg", found.node))

    def added(self, node):
        a, b = map(self.of, node.args)
        kind = a.kind if a.kind != "constant" else b.kind
        if "outer" in (a.kind, b.kind):
            raise _NoForm
        height = self.height(a, b)
        both = (self.repeated(x, kind, height).node for x in (a, b))
        return _Stack(kind, make(node.op, *both))

    def height(self, *stacks):
        shape = next(x.node.shape for x in stacks if x.kind != "constant")
        return shape[0] if shape else 1

    def repeated(self, found, kind, height):
        """Return a constant as a stack of itself."""
        if found.kind != "constant":
            return found
        ones = full("ones", (height, 1))
        row = turned(found.node) if kind == "column" else found.node
        return _Stack(kind, ones if row == num(1) else make("product", *_scalar_first(ones, row)))

    def product(self, node):
        """Stack a product: its numbers in front, those that do not depend on the index first."""
        numbers, others = _numbers_apart(node)
        numbers.sort(key=lambda x: self.index in walk(x))
        parts = [*numbers, *([_chain(others)] if others else [])]
        if len(parts) > 1 and parts != [*node.args]:
            return self.of_all(parts)
        a, b = map(self.of, node.args)
        if not node.args[0].shape:
            return self.scaled(a, b, node.args[1])
        rule = PRODUCTS.get((a.kind, b.kind))
        if rule is None:
            raise _NoForm
        return rule(a, b)

    def of_all(self, parts):
        """Stack numbers times what stands behind them."""
        *numbers, last = parts
        found = self.of(last)
        for x in reversed(numbers):
            last, found = make("product", x, last), self.scaled(self.of(x), found, last)
        return found

    def scaled(self, factor, found, node):
        """Return a stack with a factor for each of its rows."""
        if factor.kind == "constant":
            return found._replace(node=_product(factor.node, found.node))
        if found.kind == "constant":
            if not node.shape:
                return _Stack("number", _product(found.node, factor.node))
            kind = "column" if node.shape[1] == 1 else "row"
            if 1 not in node.shape:
                raise _NoForm
            row = turned(found.node) if kind == "column" else found.node
            return _Stack(kind, make("product", factor.node, row))
        return found._replace(node=_times(factor.node, found.node))

    def inner(self, node):
        a, b = node.args
        if not a.shape or a.shape[1] != 1:
            raise _NoForm
        return self.product(make("product", turned(a), b))

    def cdot(self, node):
        a, b = node.args
        if a.shape and a.shape == b.shape:
            return self.inner(node)
        return self.product(node)

    def times(self, node):
        a, b = map(self.of, node.args)
        if a.kind == b.kind != "outer":
            return a._replace(node=make("times", a.node, b.node))
        both = (self.repeated(x, y.kind, self.height(a, b)) for x, y in ((a, b), (b, a)))
        a, b = both
        if a.kind != b.kind:
            raise _NoForm
        return a._replace(node=make("times", a.node, b.node))

    def divided(self, node):
        a, b = map(self.of, node.args)
        if b.kind == "constant" and not b.node.shape:
            return a._replace(node=make("div", a.node, b.node))
        if a.kind == "constant" and not a.node.shape:
            a = self.repeated(a, "number", self.height(b))
        if a.kind != b.kind or "outer" in (a.kind, b.kind):
            raise _NoForm
        return a._replace(node=make("edivide", a.node, b.node))

    def power(self, node):
        base, exponent = node.args
        found = self.of(base)
        if found.kind in ("outer", "constant") or self.index in walk(exponent):
            raise _NoForm
        if base.op == "norm" and exponent == number(2):
            return _Stack("number", self.squares(self.of(base.args[0])))
        return found._replace(node=make("epower", found.node, exponent))

    def norm(self, node):
        return _Stack("number", make("sqrt", self.squares(self.of(node.args[0]))))

    def squares(self, found):
        """Return the sums of the squares in each row."""
        if found.kind == "number":
            return make("epower", found.node, num(2))
        self.plain(found)
        return _row_sums(make("epower", found.node, num(2)))

    def total(self, node):
        found = self.plain(self.of(node.args[0]))
        if found.kind == "number":
            return found
        sums = _row_sums(found.node)
        if node.op == "mean":
            sums = make("div", sums, size(found.node.shape[1]))
        return _Stack("number", sums)


def _turned(node):
    """Return a transpose, that of a product factor by factor."""
    if node.op != "product":
        return turned(node)
    a, b = node.args
    return (
        make("product", a, _turned(b)) if not a.shape else make("product", _turned(b), _turned(a))
    )


def _numbers_apart(node):
    """Return the factors of a product that are numbers, such as wᵀx, and the other ones."""
    if node.op != "product":
        return ([], [node]) if node.shape else ([node], [])
    numbers, others = [], []
    for x in node.args:
        some, rest = _numbers_apart(x)
        numbers += some
        if rest and not x.shape:
            numbers.append(_chain(rest))
        else:
            others += rest
    for i, (a, b) in enumerate(pairwise(others)):
        if a.shape[0] == b.shape[1] == 1:
            return [*numbers, make("product", a, b)], others[:i] + others[i + 2 :]
    return numbers, others


def _chain(parts):
    found = parts[0]
    for x in parts[1:]:
        found = make("product", found, x)
    return found


def _scalar_first(a, b):
    return (b, a) if not b.shape else (a, b)


def _product(a, b):
    """Return a product without the identity, and without the number 1."""
    if a.op == "eye" or (a.op == "number" and a.data == 1):
        return b
    return a if b.op == "eye" else make("product", a, b)


def _row_sums(matrix):
    return make("product", matrix, full("ones", (matrix.shape[1], 1)))


def _times(column, stack):
    """Return the rows of a stack, each times an entry of a column."""
    if stack.shape[1] != 1:
        column = make("product", column, turned(full("ones", (stack.shape[1], 1))))
    return make("times", column, stack)


def _one_for_each(matrix):
    """Return the stack of what a product with a constant made: numbers where it has one column."""
    return "number" if not matrix.shape or matrix.shape[1] == 1 else ""


def _constant_times_columns(a, b):  # the rows of XAᵀ are (Axᵢ)ᵀ
    found = _product(b.node, _turned(a.node))
    return _Stack(_one_for_each(found) or "column", found)


def _rows_times_constant(a, b):
    found = _product(a.node, b.node)
    return _Stack(_one_for_each(found) or "row", found)


def _rows_times_columns(a, b):
    if a.node.op == "eye":
        raise _NoForm
    return _Stack("number", _row_sums(make("times", a.node, b.node)))


PRODUCTS = {
    ("constant", "column"): _constant_times_columns,
    ("row", "constant"): _rows_times_constant,
    ("row", "column"): _rows_times_columns,
    ("column", "row"): lambda a, b: _Stack("outer", a.node, b.node),
}
RULES = {
    "entry": _Rows.entry,
    "basis": _Rows.basis,
    "transpose": _Rows.transpose,
    "neg": _Rows.neg,
    "add": _Rows.added,
    "sub": _Rows.added,
    "product": _Rows.product,
    "inner": _Rows.inner,
    "cdot": _Rows.cdot,
    "times": _Rows.times,
    "div": _Rows.divided,
    "edivide": _Rows.divided,
    "power": _Rows.power,
    "epower": _Rows.power,
    "norm": _Rows.norm,
    "sum": _Rows.total,
    "mean": _Rows.total,
}


def _total(found):
    """Return the sum of all rows."""
    if found.kind == "constant":
        raise _NoForm
    if found.kind == "outer":
        return _product(_turned(found.node), found.other)
    if found.kind == "number":
        return _sum(found.node)
    column = _rows_summed(found.node)
    return column if found.kind == "column" else _turned(column)


def _rows_summed(matrix):
    """Return the sum of the rows of a matrix, as a column."""
    if matrix.op in ("add", "sub", "neg"):
        return make(matrix.op, *map(_rows_summed, matrix.args))
    if matrix.op == "product" and not matrix.args[0].shape:
        return make("product", matrix.args[0], _rows_summed(matrix.args[1]))
    ones = full("ones", (matrix.shape[0], 1))
    if matrix.op == "times":
        a, b = matrix.args
        stretched = a.op == "product" and a.args[1] == turned(full("ones", (b.shape[1], 1)))
        if stretched:  # Σ sᵢxᵢ = Xᵀs
            return make("product", turned(b), a.args[0])
    return make("product", turned(matrix), ones)


def _sum(node):
    """Return the sum of a column's entries, as one would write it."""
    if not node.shape:
        return node
    if node.op in ("add", "sub"):
        return make(node.op, *map(_sum, node.args))
    if node.op == "neg":
        return make("neg", _sum(node.args[0]))
    if node.op == "div":
        return make("div", _sum(node.args[0]), node.args[1])
    if node.op == "product":
        a, b = node.args
        if not a.shape:
            return make("product", a, _sum(b))
        if b.op == "ones" and 1 not in a.shape:
            return _sum_all(a)
    if node.op == "epower" and node.args[1] == number(2):
        return make("power", make("norm", node.args[0]), num(2))
    if node.op == "times":
        a, b = node.args
        return make("product", turned(a), b)
    return make("sum", node, data=(None, False))


def _sum_all(matrix):
    """Return the sum of a matrix's entries."""
    if matrix.op == "epower" and matrix.args[1] == number(2):
        return make("power", make("norm", matrix.args[0]), num(2))
    return make("sum", matrix, data=(None, False))
