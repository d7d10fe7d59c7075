"""Write NumPy text that runs as it is, after ``import numpy as np``.

>>> from wuv.algebra.from_latex import read_latex
>>> to_numpy(read_latex(r"2 W^{\\mathsf T} (Wu - v)"))
'2 * W.T @ (W @ u - v)'
>>> to_numpy(read_latex("2 r u^T"), "r:m; u:n")
'np.outer(2 * r, u)'

What was read from NumPy text is written as it was: its order, and the brackets it needs.
"""

from wuv.algebra.arrays import to_arrays
from wuv.algebra.tree import Expr, Unwritable, number, one_more, spelled

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly Python binds

INFIX = {"add": ("+", SUM), "sub": ("-", SUM), "times": ("*", PRODUCT), "matmul": ("@", PRODUCT),
         "div": ("/", PRODUCT)}  # fmt: skip
CALLS = {
    "dot": "np.dot", "np_inner": "np.inner", "inner": "np.vdot", "outer": "np.outer",
    "kron": "np.kron", "np_diag": "np.diag", "trace": "np.trace", "inv": "np.linalg.inv",
    "det": "np.linalg.det", "matrix_power": "np.linalg.matrix_power", "ones_like": "np.ones_like",
    "zeros_like": "np.zeros_like", "eye": "np.eye", "abs": "np.abs", "exp": "np.exp",
    "log": "np.log", "tanh": "np.tanh", "sin": "np.sin", "cos": "np.cos", "sqrt": "np.sqrt",
    "sign": "np.sign",
}  # fmt: skip


def to_numpy(tree, shapes=None, *, book=None):
    """Return NumPy text for a formula, for arrays of the declared shapes.

    ``shapes`` are declarations, as in `wuv.algebra.declare`; ``book`` is that of
    `wuv.algebra.evaluate`.

    Raises `Misfit` where sizes clash, and `Unwritable` for what NumPy text cannot say.
    """
    return _write(to_arrays(tree, shapes, book=book), SUM)


def _write(node, needed):
    """Return the text of a node, in brackets if it binds less tightly than is needed."""
    text, binds = _text(node)
    return text if binds >= needed else f"({text})"


def _text(node):
    if node.op in INFIX:
        sign, binds = INFIX[node.op]
        left, right = node.args
        return f"{_write(left, binds)} {sign} {_write(right, binds + 1)}", binds
    if node.op in CALLS:
        return f"{CALLS[node.op]}({_list(node.args)})", ATOM
    write = WRITERS.get(node.op)
    if write is None:
        raise Unwritable(f"{spelled(node)} has no spelling in NumPy", node.place)
    return write(node)


def _list(nodes):
    return ", ".join(_write(x, SUM) for x in nodes)


def _number(node):
    value = node.data
    if value < 0:
        return f"-{_number(number(-value))[0]}", SIGN
    if isinstance(value, int):
        return str(value), ATOM
    text = decimal(value)
    if text is None:
        return f"{value.numerator} / {value.denominator}", PRODUCT
    return text, ATOM


def decimal(value):
    """Return a Fraction as a decimal number, or None where it has no short one."""
    for digits in range(1, 30):
        if (value * 10**digits).denominator == 1:
            text = str(int(value * 10**digits)).rjust(digits + 1, "0")
            return f"{text[:-digits]}.{text[-digits:]}"
    return None


def _power(node):
    base, exponent = node.args
    return f"{_write(base, ATOM)}**{_write(exponent, SIGN)}", POWER


def _postfix(node, text):
    base = _write(node.args[0], ATOM)
    base = f"({base})" if node.args[0].op == "number" else base
    return f"{base}{text}", ATOM


def _total(node):
    axis, keep = node.data or (None, False)
    text = _write(node.args[0], SUM)
    text += "" if axis is None else f", axis={axis}"
    return f"np.{node.op}({text}{', keepdims=True' if keep else ''})", ATOM


def _norm(node):
    order = "" if node.data is None else f", {node.data!r}"
    return f"np.linalg.norm({_write(node.args[0], SUM)}{order})", ATOM


def _sigma(node):
    body, low, high = node.args
    start = [] if low == number(0) else [low]
    bounds = [*start, one_more(high)]
    return f"sum({_write(body, SUM)} for {node.data} in range({_list(bounds)}))", ATOM


def _index(node):
    base, *places = node.args
    places = iter(places)
    spelling = {":": ":", "new": "None"}
    inside = [_write(next(places), SUM) if x == "at" else spelling[x] for x in node.data]
    return f"{_write(base, ATOM)}[{', '.join(inside)}]", ATOM


def _matrix(node):
    entries = [_write(x, SUM) for x in node.args]
    if len(node.data) == 2:
        width = node.data[1]
        rows = (entries[i : i + width] for i in range(0, len(entries), width))
        entries = [f"[{', '.join(row)}]" for row in rows]
    return f"np.array([{', '.join(entries)}])", ATOM


def _filled(node):
    if len(node.args) == 1:
        return f"np.{node.op}({_list(node.args)})", ATOM
    return f"np.{node.op}(({_list(node.args)}))", ATOM


def _sigmoid(node):
    inner = node.args[0]
    inside = _write(inner.args[0] if inner.op == "neg" else Expr("neg", node.args), SUM)
    return f"1 / (1 + np.exp({inside}))", PRODUCT


def _size(node):
    if node.data == "len":
        return f"len({_write(node.args[0], SUM)})", ATOM
    return _postfix(node, ".size" if node.data == "size" else f".shape[{node.data}]")


def _reshape(node):
    sizes, order = node.data
    return _postfix(node, f".reshape({sizes[0]}, {sizes[1]}{_order(order)})")


def _order(order):
    return ', order="F"' if order == "F" else ""


WRITERS = {
    "name": lambda node: (node.data, ATOM),
    "number": _number,
    "matrix": _matrix,
    "neg": lambda node: (f"-{_write(node.args[0], SIGN)}", SIGN),
    "epower": _power,
    "transpose": lambda node: _postfix(node, ".T"),
    "item": lambda node: _postfix(node, ".item()"),
    "sum": _total,
    "mean": _total,
    "norm": _norm,
    "sigma": _sigma,
    "index": _index,
    "ones": _filled,
    "zeros": _filled,
    "sigmoid": _sigmoid,
    "size": _size,
    "reshape": _reshape,
    "ravel": lambda node: _postfix(node, f".ravel({_order(node.data)[2:]})"),
    "vec": lambda node: _postfix(node, '.reshape(-1, 1, order="F")'),
}
