r"""Multiply out: the same formula as a sum of products, as many people would write it.

>>> from wuv.algebra import read_latex, to_latex
>>> to_latex(expanded(read_latex(r"2 W^T (W u - v)")), book=True, fits=False)
'2W^{\\mathsf T}(Wu) - 2W^{\\mathsf T}v'
"""

from wuv.algebra import Expr, factors, product, rebuild
from wuv.algebra.tree import number

MAX_TERMS = 12


def expanded(tree):
    """Return the formula with its products multiplied out, or the formula itself if that makes
    more than a dozen terms."""
    addends = _terms(tree)
    if len(addends) > MAX_TERMS:
        return tree
    total = None
    for sign, x in addends:
        if total is None:
            total = Expr("neg", (x,)) if sign < 0 else x
        else:
            total = Expr("sub" if sign < 0 else "add", (total, x))
    return total


def summed(tree):
    r"""Return the formula with sums along an axis for its products with 𝟏.

    >>> from wuv.algebra import Sizes, read_latex
    >>> tree = Sizes("R:m,n").annotate(read_latex(r"\mathbf 1^T R"))
    >>> summed(tree)
    sum(name(R), (0, True))
    """

    def change(node):
        if node.op != "product":
            return node
        row = factors(node)
        for i, x in enumerate(row):
            rest = row[i + 1 :]
            if _is_ones(x) and x.shape[0] == 1 != x.shape[1] and rest:
                return product(*row[:i], Expr("sum", (product(*rest),), (0, True)))
        if _is_ones(row[-1]) and row[-1].shape[1] == 1 != row[-1].shape[0]:
            return Expr("sum", (product(*row[:-1]),), (1, True))
        return node

    return rebuild(tree, change)


def written_out(tree):
    r"""Return the formula with exp for the logistic function and for softmax of a whole array.

    >>> from wuv.algebra import read_latex, to_latex
    >>> to_latex(written_out(read_latex(r"\operatorname{softmax}(x)")), book=True, fits=False)
    '\\frac{\\exp(x)}{\\operatorname{sum}(\\exp(x))}'
    """

    def change(node):
        if node.op == "softmax" and (node.data or (None,))[0] is None:
            above = Expr("exp", node.args)
            return Expr("div", (above, Expr("sum", (above,))))
        if node.op == "sigmoid":
            (z,) = node.args
            z = z.args[0] if z.op == "neg" else Expr("neg", (z,))
            one = number(1)
            return Expr("edivide", (one, Expr("add", (one, Expr("exp", (z,))))))
        return node

    return rebuild(tree, change)


def _is_ones(node):
    inside = node.args[0] if node.op == "transpose" else node
    return bool(node.shape) and inside.op == "ones"


def _terms(node):
    """Return (sign, term) for each term."""
    if node.op == "neg":
        return [(-s, x) for s, x in _terms(node.args[0])]
    if node.op in ("add", "sub"):
        left, right = map(_terms, node.args)
        sign = 1 if node.op == "add" else -1
        return [*left, *((s * sign, x) for s, x in right)]
    if node.op in ("product", "times", "matmul"):
        left, right = map(_terms, node.args)
        if len(left) * len(right) <= MAX_TERMS:
            return [(s * t, Expr(node.op, (x, y))) for s, x in left for t, y in right]
    if node.op == "transpose":
        return [(s, _turned(x)) for s, x in _terms(node.args[0])]
    if node.op == "div":
        return [(s, Expr("div", (x, node.args[1]))) for s, x in _terms(node.args[0])]
    return [(1, node)]


def _turned(node):
    """Return a transpose, spelled out for a product: (AB)ᵀ is BᵀAᵀ."""
    if node.op == "transpose":
        return node.args[0]
    if node.op in ("product", "matmul"):
        a, b = node.args
        return Expr(node.op, (_turned(b), _turned(a)))
    return node if node.op == "number" else Expr("transpose", (node,))
