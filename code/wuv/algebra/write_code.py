"""Write formulas for other languages: JAX and PyTorch as NumPy is written, Julia and MATLAB (and
Octave) as a textbook has them.

>>> from wuv.algebra import Sizes, read_latex
>>> tree = Sizes().annotate(read_latex(r"-2 W^{\\mathsf T} (Wu - v) \\odot u"))
>>> shapes = {"W": ("m", "n"), "u": ("n", 1), "v": ("m", 1)}
>>> Julia(shapes).write(tree), Matlab(shapes).write(tree)
("-(2 * W' * (W * u - v) .* u)", "-(2 * W' * (W * u - v) .* u)")

Each is a table of spellings for the one `Writer`. In Julia a column is a vector; in MATLAB, and in
NumPy's languages where it was declared so, an array of two dimensions.
"""

from collections.abc import Mapping
from functools import reduce

from wuv.algebra.arrays import length_of, negated
from wuv.algebra.binding import ATOM, POWER, PREFIX, PRODUCT, SUM, Writer
from wuv.algebra.size import Shape
from wuv.algebra.tree import ELEMENTWISE, Expr, number, words
from wuv.algebra.write_numpy import CALLS, NumPy

JAX = {op: call.replace("np.", "jnp.") for op, call in CALLS.items()}
PYTORCH = {op: call.replace("np.", "torch.") for op, call in CALLS.items()}
PYTORCH = {op: call for op, call in PYTORCH.items() if op not in ("inner", "eye")}


class Jax(NumPy):
    """JAX's NumPy, whose functions have NumPy's names; a number is an array without dimensions."""

    language = "JAX"
    module = "jnp"
    calls = JAX

    def _item(self, node, last):
        return self.postfix(node, ".reshape(())")


class PyTorch(Jax):
    """PyTorch, for tensors of one type; what is made new takes that of the tensor ``like``."""

    language = "PyTorch"
    module = "torch"
    calls = PYTORCH
    axis, keepdims = "dim", "keepdim"

    def __init__(self, like):
        self.like = like

    def text(self, node, last=True):
        if node.op in ELEMENTWISE and not _arrays_in(node):  # its functions take tensors alone
            made = f"torch.tensor({self.listed(node.args)}).to({self.like})"
            node = node.with_(args=(Expr("name", data=made),))
        return super().text(node, last)

    def _inner(self, node, last):
        left, right = (self.write(x, PRODUCT) for x in node.args)
        return f"torch.sum({left} * {right})", ATOM

    def _vec(self, node, last):
        return self.postfix(node, ".T.reshape(-1, 1)")

    def _ravel(self, node, last):
        return self.postfix(node, ".T.ravel()" if node.data == "F" else ".ravel()")

    def _matrix(self, node, last):
        text, binds = super()._matrix(node, last)
        return f"{text.replace('torch.array', 'torch.tensor')}.to({self.like})", binds

    def _ones(self, node, last):
        return f"torch.{node.op}({self.listed(node.args)}).to({self.like})", ATOM

    _zeros = _eye = _ones


def _arrays_in(node):
    """Return whether a formula of NumPy's has an array in it, and not only sizes and numbers."""
    if node.op == "size":
        return False
    return node.op == "name" or any(map(_arrays_in, node.args))


class Matrices(Writer):
    """A language of matrices, in which a product is one of linear algebra.

    It writes the book's formulas with their shapes; ``shapes`` has those of the arrays that tell
    the sizes. ``forms`` are what is neither infix nor a call, with braces for the arguments.
    """

    negative = PREFIX
    forms: Mapping[str, str]
    functions: Mapping[str, str]  # entry by entry
    dot = ""  # what makes a function one of all entries
    array_sums = False  # whether what is summed over an index may be a matrix

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes

    def write(self, node, needed=SUM, last=False):
        if node.op == "neg":
            node = negated(node.args[0]) or node  # −2Wᵀ is (−2)Wᵀ here, too
        return super().write(node, needed, last)

    def text(self, node, last=True):
        if node.op in self.functions:
            dot = self.dot if node.shape else ""
            return f"{self.functions[node.op]}{dot}({self.listed(node.args)})", ATOM
        return super().text(node, last)

    def form(self, key, *args):
        return self.forms[key].format(*args), ATOM

    def _name(self, node, last):
        known = self.shapes if node.shape == () and node.data not in self.shapes else {}
        for axis in (0, 1):
            for key, shape in known.items():
                if len(shape) > axis and shape[axis] == node.data:
                    return self.form("size", key, axis + 1)
        return node.data, ATOM

    def _power(self, node, last):
        base, exponent = (self.write(x, ATOM) for x in node.args)
        return f"{base}{'.^' if node.op == 'epower' and node.shape else '^'}{exponent}", POWER

    _epower = _power

    def _transpose(self, node, last):
        return f"{self.write(node.args[0], ATOM)}'", POWER

    def _inv(self, node, last):
        if node.shape:
            return self.form("inv", self.listed(node.args))
        return f"1 / {self.write(node.args[0], PREFIX)}", PRODUCT

    def _cdot(self, node, last):
        if node.shape == () and all(x.shape for x in node.args):
            return self._inner(node, last)
        return self.text(node.with_(op="product"), last)

    def _inner(self, node, last):
        if not any(x.shape for x in node.args):
            return self.text(node.with_(op="product"), last)
        return self.form("inner", *(self.write(x, PREFIX) for x in node.args))

    def _total(self, node, last):
        """Return what one number is made of; of a number it is that number."""
        inside = node.args[0]
        if not inside.shape and node.op != "norm":
            return self.once(inside, last)
        matrix = "matrix " if node.op == "norm" and 1 not in inside.shape else ""
        return self.form(matrix + node.op, self.write(inside))

    _sum = _mean = _norm = _trace = _det = _total

    def _diag(self, node, last):
        column = node.args[0].shape[1:] == (1,)
        return self.form("diagonal" if column else "diag", self.listed(node.args))

    def _vec(self, node, last):
        return self.form("vec", self.listed(node.args))

    def _eye(self, node, last):
        return self.form("eye", self.write(node.args[0]))

    def _ones(self, node, last):
        return self.form(node.op, self.listed(node.args))

    _zeros = _ones

    def _basis(self, node, last):
        return self.form("basis", self.write(_size(node.data), ATOM), self.write(node.args[0]))

    def _delta(self, node, last):
        return self.form("delta", *map(self.write, node.args))

    def _entry(self, node, last):
        base, *places = node.args
        if base.op != "name":
            raise self.refusal(node)
        return self.form("entry", base.data, self.listed(places))

    def _sigma(self, node, last):
        body, *bounds = node.args
        length = None if bounds else length_of(body, node.data)
        kind = (
            ""
            if not node.shape or self.array_sums
            else "column "
            if node.shape[1:] == (1,)
            else None
        )
        if kind is None or not (bounds or length):
            raise self.refusal(node)
        low, high = bounds or (number(1), _size(length))
        return self.form(
            f"{kind}sigma", self.write(body), node.data, self.write(low), self.write(high)
        )

    def _matrix(self, node, last):
        rows = [[self.write(x, ATOM) for x in row] for row in self.rows(node)]
        return f"[{'; '.join(' '.join(row) for row in rows)}]", ATOM

    def _sigmoid(self, node, last):
        inner = node.args[0]
        inside = inner.args[0] if inner.op == "neg" else Expr("neg", node.args, shape=inner.shape)
        key = "sigmoid" if node.shape else "sigmoid of a number"
        return self.forms[key].format(self.write(inside)), PRODUCT


def _size(size):
    """Return the formula of a size: 3, m, or mn."""
    if isinstance(size, tuple):
        return reduce(lambda a, b: Expr("product", (a, b), shape=()), map(_size, size))
    return number(size) if isinstance(size, int) else Expr("name", data=size, shape=())


INFIX = {
    "add": ("+", SUM), "sub": ("-", SUM), "product": ("*", PRODUCT), "times": (".*", PRODUCT),
    "div": ("/", PRODUCT), "edivide": ("./", PRODUCT),
}  # fmt: skip
MATRIX_CALLS = {"kron": "kron"}
FUNCTIONS = {op: op for op in words("exp log tanh sin cos sqrt abs sign")}
SAME = {
    "det": "det({})", "inv": "inv({})", "diag": "diag({})", "zeros": "zeros({})",
    "ones": "ones({})", "size": "size({}, {})", "delta": "({} == {})", "norm": "norm({})",
    "sigmoid of a number": "1 / (1 + exp({}))",
}  # fmt: skip
JULIA = SAME | {
    "trace": "tr({})", "sum": "sum({})", "mean": "mean({})", "matrix norm": "norm({})",
    "inner": "dot({}, {})", "vec": "vec({})", "eye": "I({})", "entry": "{}[{}]",
    "basis": "(1:{} .== {})", "sigma": "sum({} for {} in {}:{})", "diagonal": "diagm({})",
    "sigmoid": "1 ./ (1 .+ exp.({}))",
}  # fmt: skip
MATLAB = SAME | {
    "trace": "trace({})", "sum": "sum(sum({}))", "mean": "mean(mean({}))",
    "matrix norm": "norm({}, 'fro')", "inner": "sum(sum({} .* {}))",
    "vec": "reshape({}, [], 1)", "eye": "eye({})", "entry": "{}({})",
    "basis": "((1:{})' == {})", "sigma": "sum(arrayfun(@({1}) {0}, {2}:{3}))",
    "diagonal": "diag({})", "sigmoid": "1 ./ (1 + exp({}))",
    "column sigma": "sum(cell2mat(arrayfun(@({1}) {0}, {2}:{3}, 'UniformOutput', false)), 2)",
}  # fmt: skip


class Julia(Matrices):
    """Julia with LinearAlgebra and Statistics; columns are vectors."""

    language = "Julia"
    infix, calls, functions, forms = INFIX, MATRIX_CALLS, FUNCTIONS, JULIA
    dot = "."
    array_sums = True

    def _ones(self, node, last):
        rows, *columns = map(self.write, node.args)
        if columns == ["1"]:
            return self.form(node.op, rows)
        if rows == "1" and columns:
            return f"{self.form(node.op, *columns)[0]}'", POWER
        return super()._ones(node, last)

    _zeros = _ones


class Matlab(Matrices):
    """MATLAB, and Octave."""

    language = "MATLAB"
    infix, calls, functions, forms = INFIX, MATRIX_CALLS, FUNCTIONS, MATLAB
