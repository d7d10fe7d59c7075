"""Einstein's sums: a text of subscripts as products, sums and transposes.

>>> from wuv.algebra.tree import name
>>> A, B, x = map(name, "ABx")
>>> einsum("ij,jk->ik", [A, B]), einsum("ij,ij->", [A, B]), einsum("i,ij->j", [x, A])
(matmul(name(A), name(B)), sum(times(name(A), name(B)), (None, False)), matmul(name(x), name(A)))

Two operands at a time are put together, such that what results has two axes at most; an index that
nothing else has is summed as soon as possible.
"""

from collections.abc import Sequence
from itertools import combinations

from wuv.algebra.tree import Expr


class Untold(ValueError):
    """Subscripts that are not understood, or that need more than two axes."""


def einsum(subscripts: str, operands: Sequence[Expr]) -> Expr:
    """Return the tree of NumPy's operations that ``np.einsum(subscripts, *operands)`` stands for.

    Raises `Untold`.
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    parts = inputs.split(",")
    letters = "".join(parts)
    if not arrow:
        output = "".join(x for x in sorted({*letters}) if letters.count(x) == 1)
    if not (letters + output).isalpha() or len({*output}) < len(output):
        raise Untold("takes subscripts that are letters, each once behind the arrow")
    if not {*output} <= {*letters} or len(parts) != len(operands):
        raise Untold("takes as many operands as there are subscripts, which have all letters")
    if max(map(len, [*parts, output])) > 2 or not all(parts):
        raise Untold("takes one or two letters for each operand here, and two at most behind ->")
    terms = [_diagonal(part, node) for part, node in zip(parts, operands, strict=True)]
    found = _contracted(terms, output)
    if found is None:
        raise Untold("is read where every step has two axes at most")
    return found


def _diagonal(part, node):
    return (part[0], Expr("np_diag", (node,))) if len({*part}) < len(part) else (part, node)


def _contracted(terms, output):
    """Return the whole, putting two operands together after the other; None where that has three
    axes in every order."""
    terms = [_summed(term, _others(terms, i, output)) for i, term in enumerate(terms)]
    if len(terms) == 1:
        return _placed(*terms[0], output)
    for i, j in combinations(range(len(terms)), 2):
        rest = [x for k, x in enumerate(terms) if k not in (i, j)]
        both = _together(terms[i], terms[j], {*output}.union(*(x for x, _ in rest)))
        found = both and _contracted([*rest[:i], both, *rest[i:]], output)
        if found is not None:
            return found
    return None


def _others(terms, i, output):
    return {*output}.union(*(x for k, (x, _) in enumerate(terms) if k != i))


def _summed(term, kept):
    """Return an operand without the indices that nothing else has."""
    letters, node = term
    lost = [x for x in letters if x not in kept]
    if len(lost) < len(letters):
        for x in lost:
            node = Expr("sum", (node,), (letters.index(x), False))
        return "".join(x for x in letters if x in kept), node
    return ("", _total(node)) if letters else term


def _total(node):
    if node.op == "np_diag":
        return Expr("trace", node.args)
    return Expr("sum", (node,), (None, False))


def _together(one, two, kept):
    (a, left), (b, right) = one, two
    union = "".join(dict.fromkeys(a + b))
    summed = [x for x in union if x not in kept]
    if len(summed) == 1 and summed[0] in a and summed[0] in b:
        rest = [x.replace(summed[0], "") for x in (a, b)]
        if not {*rest[0]} & {*rest[1]}:
            sides = (_placed(a, left, rest[0] + summed[0]), _placed(b, right, summed[0] + rest[1]))
            return "".join(rest), Expr("matmul", sides)
    if len(union) > 2:
        return None
    if not {*a} & {*b} and len(a) == len(b) == 1 and not summed:
        return union, Expr("outer", (left, right))
    return union, Expr("times", tuple(_placed(x, node, union) for x, node in (one, two)))


def _placed(letters, node, wanted):
    """Return an operand with its axes in the order that is wanted; new ones are stretched."""
    if letters == wanted or not letters:
        return node
    if len(letters) == len(wanted) == 2:
        return Expr("transpose", (node,))
    return node if letters == wanted[1] else Expr("index", (node,), (":", "new"))
