r"""Crossing an inner product: ⟨G, A M⟩ = ⟨Aᵀ G, M⟩, and the like for every linear operation.

>>> from wuv.algebra import Sizes, read_latex, to_latex
>>> sizes = Sizes("G:m,k; A:m,n; X:n,p; B:p,k")
>>> G, move = (sizes.annotate(read_latex(x)) for x in ("G", r"A\,\mathrm dX\,B"))
>>> [(found, met)] = cross(G, move)
>>> to_latex(found), met
('A^{\\mathsf T}(GB^{\\mathsf T})', name(X))

This is where the transposes of a gradient come from. A linear map moved to the other side of an
inner product is called its adjoint; a matrix that multiplies crosses as its transpose. In the table
below, g stands against the whole and the result against the part that moves.
"""

from wuv.algebra import Expr, free_names
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.size import minus, plus, times
from wuv.derivation.forms import full, identity, inner, make, num, size, turned


def cross(g, move):
    """Return the pairs (G, Y) such that ⟨g, move⟩ is the sum of ⟨G, dY⟩.

    ``move`` is linear in the changes in it. Raises `KeyError` for an operation without an adjoint.
    Inside a sum over an index, G and Y may depend on the index; a pair is then (G, Y, sum, …).
    """
    return [(g, met.args[0], *sums) for g, met, *sums in across(g, move)]


def across(g, move, until=()):
    """Return the pairs (G, M) such that ⟨g, move⟩ is the sum of ⟨G, M⟩, M being a change, or an
    operation of ``until`` on one."""
    if move.op == "differential" or (move.op in until and move.moving):
        return [(g, move)]
    if move.op == "sigma":
        body, *bounds = move.args
        return [_summed(pair, move.data, bounds) for pair in across(g, body, until)]
    if move.op in ("add", "sub"):
        left, right = move.args
        other = make("neg", g) if move.op == "sub" else g
        return across(g, left, until) + across(other, right, until)
    moving = [i for i, x in enumerate(move.args) if x.moving]
    if move.op == "stack":
        return [pair for i in moving for pair in across(_block(g, move, i), move.args[i], until)]
    if not moving:
        return []  # nothing moves: 0
    (i,) = moving
    column = _column(move.args[0]) if i == 0 and move.op == "product" and not move.shape else None
    if column is not None:  # dxᵀb is bᵀdx
        return across(make("product", g, move.args[1]), column, until)
    return across(ADJOINTS[move.op](g, move, i), move.args[i], until)


def _column(row):
    """Return x for a row xᵀ, with its sign and the numbers in front of it; else None."""
    if row.op == "transpose":
        return row.args[0]
    at = {"neg": 0, "div": 0, "product": 1}.get(row.op)
    if at is None or not row.shape or (at and row.args[0].shape):
        return None
    inside = _column(row.args[at])
    return inside and make(row.op, *row.args[:at], inside, *row.args[at + 1 :])


def _summed(pair, index, bounds):
    g, met, *sums = pair
    if sums or index in free_names(met):
        return (g, met, *sums, (index, *bounds))
    return (make("sigma", g, *bounds, data=index).with_(shape=g.shape), met)


def factors_crossed(move):
    """Return the matrices that crossing a formula moves to the other side."""
    if move.op == "differential" or not move.moving:
        return []
    moving = [y for x in move.args for y in factors_crossed(x)]
    if move.op == "product" and move.shape and all(x.shape for x in move.args):
        return [next(x for x in move.args if not x.moving), *moving]
    return moving


def operations_crossed(move):
    """Return the operations between the whole and what moves in it; a row times a column, which is
    a number, as "row"."""
    if move.op == "differential" or not move.moving:
        return set()
    row = move.op == "product" and not move.shape and all(x.shape for x in move.args)
    return {"row" if row else move.op}.union(*map(operations_crossed, move.args))


def _product(g, node, i):
    a, b = node.args
    still = node.args[1 - i]
    if not node.args[i].shape:  # the moving part is a number: all of g counts
        return inner(still, g)
    if not still.shape:
        return make("product", still, g)
    return make("product", turned(a), g) if i == 1 else make("product", g, turned(b))


def _times(g, node, i):
    still = node.args[1 - i]
    if not (still.shape and node.args[i].shape):
        return _product(g, node, i)
    return make("times", still, g)


def _mean(g, node, i):
    shape = node.args[0].shape
    count = size(times(*shape)) if shape else num(1)
    return make("product", make("div", g, count), full("ones", shape))


def _entry(g, node, i):
    base, *places = node.args
    shape = base.shape
    if len(places) == 1:
        row = shape[0] == 1
        unit = _unit(places[0], shape[1] if row else shape[0])
        return make("product", g, turned(unit) if row else unit)
    units = [_unit(x, n) for x, n in zip(places, shape, strict=True)]
    return make("product", g, make("product", units[0], turned(units[1])))


def _unit(place, length):
    return Expr("basis", (place,), data=length, shape=(length, 1))


def _kron(g, node, i):
    """⟨g, M ⊗ B⟩: each block of g against B. Where g is itself a ⊗, its parts meet separately;
    else g is multiplied by B entry by entry, block after block, and each block added up."""
    still = node.args[1 - i]
    if not still.shape or not node.args[i].shape:
        return _product(g, node, i)
    split = _split(g, [x.shape for x in node.args])
    if split is not None:
        factor, parts = split
        found = make("product", inner(still, parts[1 - i]), parts[i])
        return make("product", factor, found)
    (p, q), (r, s) = node.args[i].shape, still.shape
    if 1 in (r, s):  # a column or a row: (I ⊗ bᵀ) g
        left = _beside(identity((p, p)), turned(still) if s == 1 else num(1), i)
        right = _beside(identity((q, q)), turned(still) if s != 1 else num(1), i)
        return make("product", make("product", left, g), right)
    tiled = _beside(full("ones", (p, q)), still, i)
    left = _beside(identity((p, p)), full("ones", (1, r)), i)
    right = _beside(identity((q, q)), full("ones", (s, 1)), i)
    return make("product", make("product", left, make("times", g, tiled)), right)


def _beside(mine, other, i):
    """Return the ⊗ of two, in the order in which mine is the i-th factor."""
    pair = [x for x in ((mine, other) if i == 0 else (other, mine)) if x.shape]
    return make("kron", *pair) if len(pair) == 2 else pair[0] if pair else num(1)


def _split(g, shapes):
    """Return (number, (P, Q)) where g is that number times P ⊗ Q of the shapes; else None."""
    if g.op == "kron" and [x.shape for x in g.args] == shapes:
        return num(1), g.args
    if g.op == "ones":
        return num(1), tuple(full("ones", shape) for shape in shapes)
    if g.op == "eye" and all(a == b for a, b in shapes):
        return num(1), tuple(map(identity, shapes))
    if g.op == "neg":
        found = _split(g.args[0], shapes)
        return found and (make("neg", found[0]), found[1])
    if g.op in ("product", "div") and len(g.args) == 2:
        a, b = g.args
        if g.op == "product" and not a.shape:
            found = _split(b, shapes)
            return found and (make("product", a, found[0]), found[1])
        if not b.shape:
            found = _split(a, shapes)
            return found and (make(g.op, found[0], b), found[1])
    return None


def _block(g, node, i):
    """Return that part of g that stands against the i-th of arrays that are put together."""
    axis = node.data
    lengths = [(x.shape or (1, 1))[axis] for x in node.args]
    data = (axis, plus(*lengths[:i], 0), plus(*lengths[: i + 1], 0))
    return make("slice", g, data=data)


def _slice(g, node, i):
    """Put zeros before and behind g, where entries do not count."""
    axis, start, stop = node.data
    shape = node.args[0].shape
    parts = [(start, None), (None, g), (minus(shape[axis], stop), None)]
    zeros = [
        full("zeros", tuple(n if k == axis else x for k, x in enumerate(shape)))
        if part is None
        else part
        for n, part in parts
        if n != 0
    ]
    return make("stack", *zeros, data=axis) if len(zeros) > 1 else g


def _cumsum(g, node, i):
    """Each entry counts in all sums behind it: g is added up from the other end."""

    def flip(x):
        return make("flip", x, data=node.data)

    return flip(make("cumsum", flip(g), data=node.data))


def _vec(g, node, i):
    """⟨g, vec M⟩ = ⟨unvec g, M⟩, the stack cut into columns again."""
    shape = node.args[0].shape
    return _unvec(g, shape) if shape and shape[1] != 1 else g


def _unvec(g, shape):
    if g.op == "vec" and g.args[0].shape == shape:
        return g.args[0]
    if g.op in ("neg", "add", "sub", "times", "edivide", "epower", *ELEMENTWISE):
        args = [_unvec(x, shape) if x.shape else x for x in g.args]
        return make(g.op, *args, data=g.data)
    if g.op == "ones":
        return full("ones", shape)
    if g.op in ("product", "div"):
        a, b = g.args
        if not b.shape:
            return make(g.op, _unvec(a, shape), b)
        if not a.shape:
            return make(g.op, a, _unvec(b, shape))
        if a.op == "kron" and b.op == "vec":
            p, q = a.args
            x = b.args[0]
            if p.shape and q.shape and x.shape == (q.shape[1], p.shape[1]):
                return make("product", make("product", q, x), turned(p))
    # unvec g = (vec(I)ᵀ ⊗ I)(I ⊗ g)
    eyes = [identity((n, n)) for n in shape]
    left = make("kron", turned(make("vec", eyes[1])), eyes[0])
    return make("product", left, make("kron", eyes[1], g))


def _trace(g, node, i):
    shape = node.args[0].shape
    return make("product", g, identity(shape)) if shape else g


ADJOINTS = {
    "neg": lambda g, node, i: make("neg", g),
    "transpose": lambda g, node, i: turned(g),
    "product": _product,
    "times": _times,
    "div": lambda g, node, i: make("div", g, node.args[1]),
    "edivide": lambda g, node, i: make("edivide", g, node.args[1]),
    "inner": lambda g, node, i: make("product", g, node.args[1 - i]),
    "trace": _trace,
    "sum": lambda g, node, i: make("product", g, full("ones", node.args[0].shape)),
    "mean": _mean,
    "diag": lambda g, node, i: make("diag", g),
    "vec": _vec,
    "kron": _kron,
    "entry": _entry,
    "cumsum": _cumsum,
    "slice": _slice,
    "flip": lambda g, node, i: make("flip", g, data=node.data),
}
