r"""Two other ways to a gradient: entry by entry, and by multiplying Jacobians.

>>> from wuv import derive
>>> print(derive("np.linalg.norm(W @ u - v)**2", "u", route="jacobian").numpy)
2 * W.T @ (W @ u - v)

Both are for a sum of squares ‖R‖² whose residual R is a column and moves with the variable as
A du, or as dW b: such as this book's R = Wu − v. Each line has a left side of its own,
and is checked as the book's equations are: both sides are evaluated.
"""

from wuv.algebra import Expr, factors, walk
from wuv.algebra.tree import name
from wuv.derivation.engine import Line, NoRule, residual_of
from wuv.derivation.forms import identity, make, num, size, turned
from wuv.derivation.simplify import simplify
from wuv.derivation.term import product

BEFORE_AN_ENTRY = "the chain rule; in each residual one number stands before that entry"
DOWN_A_COLUMN = "the sum runs down a column of the matrix: along a row of its transpose"
ONE_RESIDUAL = "only one residual contains that entry of `{}`"


def _parts(loss, x, route):
    """Return R, ±1, A and b where L = ‖R‖² and dR = ±A dx b; an A or b that is absent is None."""
    residual, move = residual_of(loss, x)
    sign = 1
    while move is not None and move.op == "neg":
        move, sign = move.args[0], -sign
    some = factors(move) if move is not None else ()
    at = next((i for i, f in enumerate(some) if f.op == "differential"), None)
    fits = at is not None and some[at].args[0] == x and residual.shape[1:] == (1,)
    if not fits or (x.shape[1:] != (1,) and at > 0) or (x.shape[1:] == (1,) and some[at + 1 :]):
        raise NoRule(
            f"the route by {route} is for sums of squares such as ‖Wu − v‖², "
            "in a name of the residual"
        )
    before, after = some[:at], some[at + 1 :]
    return (
        residual,
        sign,
        product(*before) if before else None,
        product(*after) if after else None,
    )


def components(loss, x, letter):
    """Return the lines of the way by entries: school's chain rule, for one slope at a time."""
    R, sign, A, b = _parts(loss, x, "components")
    L = name(letter).with_(shape=())
    i, k, j = (name(c).with_(shape=()) for c in _free(3, loss))
    two, column = num(2 * sign), x.shape[1:] == (1,)
    slope = Expr("partial", (L, _entry(x, k) if column else _entry(x, k, j)), shape=())
    rows = [(L, _over(make("power", _entry(R, i), num(2)), i, R), "square", "a sum of squares")]
    if column and A is not None:
        chain = product(two, _entry(R, i), _entry(A, i, k))
        turn = product(two, _entry(turned(A), k, i), _entry(R, i))
        rows += [
            (slope, _over(chain, i, R), "chain", BEFORE_AN_ENTRY),
            (slope, _over(turn, i, R), "crossing", DOWN_A_COLUMN),
        ]
    else:
        alone = product(two, _entry(R, k), *([] if column else [_entry(b, j)]))
        rows.append((slope, alone, "moving", ONE_RESIDUAL.format(x.data)))
    return _lines(*rows, (_at(L, x), _gradient(R, sign, A, b), "collecting", "all slopes at once"))


def jacobian(loss, x, letter):
    """Return the lines of the way by Jacobians: a row times a matrix, transposed at the end."""
    R, sign, A, b = _parts(loss, x, "Jacobians")
    L = name(letter).with_(shape=())
    stacked = x if x.shape[1:] == (1,) else make("vec", x)
    inside = A if A is not None else identity((R.shape[0],) * 2)
    if b is not None:
        inside = make("kron", turned(b), inside)
    inside = make("neg", inside) if sign < 0 else inside
    row = product(num(2), turned(R), inside)
    g = _gradient(R, sign, A, b)
    of_all = Expr("partial", (R, stacked), shape=inside.shape)
    if b is None:
        across = Expr("partial", (L, turned(x)), shape=row.shape)
        then = (_at(L, x), turned(row), "transpose", "the gradient is that row made a column")
        last = "transposing a product reverses it"
    else:
        across = turned(Expr("partial", (L, stacked), shape=row.shape[::-1]))
        then = (across, turned(make("vec", g)), "crossing", "a Kronecker product times a stack")
        last = "unstacked"
    return _lines(
        (of_all, inside, "residual", "the Jacobian of the residual"),
        (across, row, "chain", "the chain rule: the outer derivative, a row, times the inner"),
        then,
        (_at(L, x), g, "collecting", last),
    )


def _lines(*rows):
    """Return the lines of rows (left side, formula, kind, reason); the last one has the pair."""
    some = [Line(formula, (kind,), why, left=left) for left, formula, kind, why in rows]
    last = some[-1]
    return [*some[:-1], last._replace(pairs=((last.formula, last.left.args[1]),))]


def _at(L, x):
    return Expr("gradient", (L, x), shape=x.shape)


def _gradient(R, sign, A, b):
    g = make("product", num(2 * sign), R)
    g = make("product", turned(A), g) if A is not None else g
    return simplify(make("product", g, turned(b)) if b is not None else g)


def _entry(column, *places):
    return make("entry", column, *places)


def _over(body, index, column):
    bounds = num(1), size(column.shape[0])
    return make("sigma", body, *bounds, data=index.data).with_(shape=())


def _free(count, loss):
    """Return letters for indices that stand for nothing else in the loss."""
    taken = {x.data for x in walk(loss)} | {s for x in walk(loss) for s in x.shape or ()}
    return [c for c in "ikjpqstabcdfgh" if c not in taken][:count]


ROUTES = {"components": components, "jacobian": jacobian}
