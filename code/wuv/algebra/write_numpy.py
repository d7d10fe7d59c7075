"""Write NumPy text that runs as it is, after ``import numpy as np``.

>>> from wuv.algebra.from_latex import read_latex
>>> to_numpy(read_latex(r"2 W^{\\mathsf T} (Wu - v)"))
'2 * W.T @ (W @ u - v)'
>>> to_numpy(read_latex("2 r u^T"), "r:m; u:n")
'np.outer(2 * r, u)'

What was read from NumPy text is written as it was: its order, and the brackets it needs.
"""

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.arrays import to_arrays
from wuv.algebra.binding import ATOM, COMPARISON, POWER, PREFIX, PRODUCT, SUM, Writer
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE, numpy_name
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.names import Shapes
from wuv.algebra.tree import Expr, is_number, number, one_more

INFIX = {
    "add": ("+", SUM), "sub": ("-", SUM), "times": ("*", PRODUCT), "matmul": ("@", PRODUCT),
    "div": ("/", PRODUCT),
}  # fmt: skip
CALLS = {
    "dot": "np.dot",
    "np_inner": "np.inner",
    "inner": "np.vdot",
    "outer": "np.outer",
    "kron": "np.kron",
    "np_diag": "np.diag",
    "trace": "np.trace",
    "inv": "np.linalg.inv",
    "det": "np.linalg.det",
    "matrix_power": "np.linalg.matrix_power",
    "ones_like": "np.ones_like",
    "zeros_like": "np.zeros_like",
    "eye": "np.eye",
} | {
    op: numpy_name(op)
    for op in ELEMENTWISE
    if op not in {*COMPARISONS, "sigmoid", "softplus", "log", "sqrt", "arccos", "trigamma"}
}

PATTERNS = {op: row.numpy for op, row in MATRICES.items() if row.numpy}


def to_numpy(tree: Expr, shapes: Shapes = None, *, book: bool | None = None) -> str:
    """Return NumPy text for a formula, for arrays of the declared shapes.

    ``shapes`` are declarations, as in `wuv.algebra.declare`; ``book`` is that of
    `wuv.algebra.evaluate`.

    Raises `Misfit` where sizes clash, and `Unwritable` for what NumPy text cannot say.
    """
    return NumPy().write(to_arrays(tree, shapes, book=book))


class NumPy(Writer):
    """The language of NumPy's operations; ``module`` is what its functions are called by."""

    language = "NumPy"
    module, special, axis, keepdims = "np", "scipy.special", "axis", "keepdims"
    negative = PREFIX  # Python's −a * b is (−a) * b
    infix, calls, matrices = INFIX, CALLS, PATTERNS

    def _name(self, node, last):
        return node.data, ATOM

    def _epower(self, node, last):
        base, exponent = node.args
        return f"{self.write(base, ATOM)}**{self.write(exponent, PREFIX)}", POWER

    def postfix(self, node, text):
        """Return what stands behind an array, such as .T; a number before a dot needs brackets."""
        base = self.write(node.args[0], ATOM)
        return f"({base}){text}" if node.args[0].op == "number" else f"{base}{text}", ATOM

    def _transpose(self, node, last):
        return self.postfix(node, ".T")

    def _item(self, node, last):
        return self.postfix(node, ".item()")

    def _vec(self, node, last):
        return self.postfix(node, '.reshape(-1, 1, order="F")')

    def _ravel(self, node, last):
        return self.postfix(node, f".ravel({_order(node.data)[2:]})")

    def _reshape(self, node, last):
        sizes, order = node.data
        return self.postfix(node, f".reshape({sizes[0]}, {sizes[1]}{_order(order)})")

    def _size(self, node, last):
        if node.data == "len":
            return f"len({self.listed(node.args)})", ATOM
        return self.postfix(node, ".size" if node.data == "size" else f".shape[{node.data}]")

    def _sum(self, node, last):
        axis, keep = node.data or (None, False)
        reduces = node.op not in ALONG or ALONG[node.op].reduces
        text = self.listed(node.args) + ("" if axis is None else f", {self.axis}={axis}")
        text += f", {self.keepdims}=True" if keep and reduces else ""
        return f"{self.module}.{node.op}({text})", ATOM

    _mean = _max = _min = _prod = _var = _std = _flip = _sum

    def _cumsum(self, node, last):
        (inner,) = node.args
        if node.data == (0, True) and inner.op == "ravel":
            return f"{self.module}.cumsum({self.listed(inner.args)})", ATOM
        return self._sum(node, last)

    def _logsumexp(self, node, last):
        axis, keep = node.data or (None, False)
        text = self.listed(node.args) + ("" if axis == 0 else f", axis={axis}")
        return f"{self.module}.logaddexp.reduce({text}{', keepdims=True' if keep else ''})", ATOM

    def _norm(self, node, last):
        inf = f"{self.module}.inf"
        orders = {None: "", "fro": ", 'fro'", "inf": f", {inf}", "-inf": f", -{inf}"}
        order = orders[node.data] if node.data in orders else f", {self.write(number(node.data))}"
        return f"{self.module}.linalg.norm({self.listed(node.args)}{order})", ATOM

    _p_norm = _norm

    def of_matrix(self, node, last):
        if node.op not in self.matrices:
            raise self.refusal(node)
        pattern, inside = self.matrices[node.op], self.listed(node.args)
        return pattern.format(inside, inside), PRODUCT if " @ " in pattern else ATOM

    _expm = _logm = _sqrtm = _cosm = _sinm = _eigvalsh = _eigenvectors = of_matrix
    _spectral = _nuclear = _leading = _polar = of_matrix

    def _log(self, node, last):
        inner = node.args[0]
        if inner.op == "abs" and inner.args[0].op == "det":
            return f"{self.module}.linalg.slogdet({self.listed(inner.args[0].args)})[1]", ATOM
        return f"{self.module}.log({self.listed(node.args)})", ATOM

    def _trigamma(self, node, last):
        return f"{self.special}.polygamma(1, {self.listed(node.args)})", ATOM

    def _arccos(self, node, last):
        if node.args[0] in (number(-1), Expr("neg", (number(1),))):
            return f"{self.module}.pi", ATOM
        return f"{self.module}.arccos({self.listed(node.args)})", ATOM

    def _sqrt(self, node, last):
        (inner,) = node.args
        square = (
            inner.args[0] if inner.op == "sum" and (inner.data or (None,))[0] is not None else None
        )
        if square is not None and square.op == "epower" and is_number(square.args[1], 2):
            total = self._sum(inner.with_(args=square.args[:1]), last)[0]
            return total.replace(".sum", ".linalg.norm", 1), ATOM
        return f"{self.module}.sqrt({self.listed(node.args)})", ATOM

    def _sigma(self, node, last):
        body, low, high = node.args
        bounds = self.listed([one_more(high)] if low == number(0) else [low, one_more(high)])
        return f"sum({self.write(body)} for {node.data} in range({bounds}))", ATOM

    def _index(self, node, last):
        base, *places = node.args
        places = iter(places)
        spelling = {":": ":", "new": "None"}
        inside = [self.write(next(places)) if x == "at" else spelling[x] for x in node.data]
        return f"{self.write(base, ATOM)}[{', '.join(inside)}]", ATOM

    def _cut(self, node, last):
        base, *places = node.args
        axis, *told = node.data
        given = iter(map(self.write, places))
        inside = ":".join(next(given) if t else "" for t in told)
        return f"{self.write(base, ATOM)}[{':, ' * axis}{inside}]", ATOM

    def _diff(self, node, last):
        axis = "" if node.data == -1 else f", axis={node.data}"
        return f"{self.module}.diff({self.listed(node.args)}{axis})", ATOM

    def _joined(self, node, last):
        function, axis = node.data
        axis = f", axis={axis}" if axis else ""
        return f"{self.module}.{function}([{self.listed(node.args)}]{axis})", ATOM

    def _matrix(self, node, last):
        rows = map(self.listed, self.rows(node))
        inside = ", ".join(f"[{row}]" if len(node.data) == 2 else row for row in rows)
        return f"{self.module}.array([{inside}])", ATOM

    def _ones(self, node, last):
        sizes = self.listed(node.args)
        return f"{self.module}.{node.op}({sizes if len(node.args) == 1 else f'({sizes})'})", ATOM

    _zeros = _ones

    def _sigmoid(self, node, last, above="1"):
        inner = node.args[0]
        inside = _without_sign(inner) or Expr("neg", node.args)
        return f"{above} / (1 + {self.module}.exp({self.write(inside)}))", PRODUCT

    def text(self, node, last=True):
        if node.op == "times" and node.args[1].op == "sigmoid":  # y σ(z) is y / (1 + exp(−z))
            return self._sigmoid(node.args[1], last, self.write(node.args[0], PRODUCT))
        return super().text(node, last)

    def _softplus(self, node, last):
        return f"{self.module}.logaddexp(0, {self.listed(node.args)})", ATOM

    def _greater(self, node, last):
        left, right = map(self.write, node.args)
        return f"{left} {COMPARISONS[node.op]} {right}", COMPARISON

    _greater_equal = _less = _less_equal = _equal = _not_equal = _greater


def _without_sign(node):
    """Return −x where a node is −(−x), the sign being on its first factor; else None."""
    if node.op == "neg":
        return node.args[0]
    first = _without_sign(node.args[0]) if node.op in ("matmul", "times", "div") else None
    return first and node.with_(args=(first, node.args[1]))


def _order(order):
    return ', order="F"' if order == "F" else ""
