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

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.arrays import length_of, negated
from wuv.algebra.binding import ATOM, POWER, PREFIX, PRODUCT, SUM, Writer
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE
from wuv.algebra.size import Shape
from wuv.algebra.tree import Expr, number, words
from wuv.algebra.write_numpy import CALLS, PATTERNS, NumPy

# These may write their argument twice.
TWICE = words("logsumexp softmax hardmax softplus leading polar")

SPECIAL = words("erf gammaln digamma")  # scipy.special has them, as JAX calls it, too
JAX = {op: call.replace("np.", "jnp.") for op, call in CALLS.items()}
JAX |= {op: f"jax.scipy.special.{op}" for op in SPECIAL} | {"softplus": "jax.nn.softplus"}
PYTORCH = {op: call.replace("np.", "torch.") for op, call in CALLS.items()}
PYTORCH |= {"erf": "torch.erf", "gammaln": "torch.lgamma", "digamma": "torch.digamma"}
PYTORCH = {op: call for op, call in PYTORCH.items() if op not in ("inner", "eye", "cbrt", "where")}
# Functions of a whole matrix; a language without one refuses it.
JAX_MATRICES = {op: x.replace("np.", "jnp.") for op, x in PATTERNS.items() if "scipy" not in x}
JAX_MATRICES |= {"expm": "jax.scipy.linalg.expm({})"}
PYTORCH_MATRICES = {op: x.replace("jnp.", "torch.") for op, x in JAX_MATRICES.items()}
PYTORCH_MATRICES |= {
    "expm": "torch.linalg.matrix_exp({})",
    "spectral": "torch.linalg.matrix_norm({}, 2)",
    "nuclear": "torch.linalg.matrix_norm({}, 'nuc')",
}


class Jax(NumPy):
    """JAX's NumPy, whose functions have NumPy's names; a number is an array without dimensions."""

    language = "JAX"
    module, special = "jnp", "jax.scipy.special"
    calls, matrices = JAX, JAX_MATRICES

    def _item(self, node, last):
        return self.postfix(node, ".reshape(())")

    def _logsumexp(self, node, last):
        axis, keep = node.data or (None, False)
        return self.reduced("jax.nn.logsumexp", node.args[0], axis, keep)

    def reduced(self, called, inside, axis, keep, more=""):
        """Return a function along an axis, or of all entries."""
        text = self.write(inside) + more + ("" if axis is None else f", {self.axis}={axis}")
        return f"{called}({text}{f', {self.keepdims}=True' if keep else ''})", ATOM


class PyTorch(Jax):
    """PyTorch, for tensors of one type; what is made new takes that of the tensor ``like``."""

    language = "PyTorch"
    module, special = "torch", "torch.special"
    calls, matrices = PYTORCH, PYTORCH_MATRICES
    axis, keepdims = "dim", "keepdim"

    def __init__(self, like):
        self.like = like

    def text(self, node, last=True):
        if node.op in ELEMENTWISE and node.op not in COMPARISONS:  # functions take tensors alone
            args = tuple(x if _arrays_in(x) else self.tensor(x) for x in node.args)
            node = node.with_(args=args)
        return super().text(node, last)

    def tensor(self, node):
        """Return a number as a tensor; as a node, for what is written already."""
        return Expr("name", data=f"torch.tensor({self.write(node)}).to({self.like})")

    def _inner(self, node, last):
        left, right = (self.write(x, PRODUCT) for x in node.args)
        return f"torch.sum({left} * {right})", ATOM

    def _greater(self, node, last):
        return f"({super()._greater(node, last)[0]}).to({self.like})", ATOM  # a mask multiplies

    _greater_equal = _less = _less_equal = _equal = _not_equal = _greater

    def _where(self, node, last):
        mask, *rest = node.args
        return f"torch.where({self.write(mask)} != 0, {self.listed(rest)})", ATOM

    def _cbrt(self, node, last):
        x = self.listed(node.args)
        return f"torch.sign({x}) * torch.abs({x})**(1 / 3)", PRODUCT

    def _softplus(self, node, last):
        return f"-torch.nn.functional.logsigmoid(-{self.write(node.args[0], PREFIX)})", PREFIX

    def _vec(self, node, last):
        return self.postfix(node, ".T.reshape(-1, 1)")

    def _ravel(self, node, last):
        return self.postfix(node, ".T.ravel()" if node.data == "F" else ".ravel()")

    def _logsumexp(self, node, last):
        axis, keep = node.data or (None, False)
        if axis is not None:
            return self.reduced("torch.logsumexp", node.args[0], axis, keep)
        return self.reduced("torch.logsumexp", Expr("ravel", node.args), 0, False)

    def _max(self, node, last):
        axis, keep = node.data or (None, False)
        return self.reduced(
            f"torch.{'' if axis is None else 'a'}{node.op}", node.args[0], axis, keep
        )

    _min = _max

    def _var(self, node, last):
        axis, keep = node.data or (None, False)
        return self.reduced(f"torch.{node.op}", node.args[0], axis, keep, ", correction=0")

    _std = _var

    def _cumsum(self, node, last):
        axis = (node.data or (None,))[0] or 0
        return self.reduced("torch.cumsum", node.args[0], axis, False)

    def _flip(self, node, last):
        axis, inside = (node.data or (None,))[0], self.write(node.args[0], ATOM)
        dims = f"({axis},)" if axis is not None else f"tuple(range({inside}.ndim))"
        return f"torch.flip({self.write(node.args[0])}, dims={dims})", ATOM

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
    along: Mapping[str, tuple[str, str]]  # of all entries, and along an axis
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
        if node.op in ALONG:
            return self.along_axis(node, None if node.data is None else node.data[0]), ATOM
        return super().text(node, last)

    def along_axis(self, node, axis):
        """Return a function of all entries, or along an axis."""
        whole, one = self.along[node.op]
        inside = self.write(node.args[0])
        return whole.format(inside) if axis is None else one.format(inside, axis + 1)

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

    def _p_norm(self, node, last):
        if 1 not in node.args[0].shape or not isinstance(node.data, int | str):
            raise self.refusal(node)
        order = {"inf": "Inf", "-inf": "-Inf"}.get(node.data, node.data)
        return self.form("p_norm", self.listed(node.args), order)

    def of_matrix(self, node, last):
        if node.op not in self.forms:
            raise self.refusal(node)
        inside = self.listed(node.args)
        return f"({self.forms[node.op].format(inside, inside)})", ATOM

    _expm = _logm = _sqrtm = _cosm = _sinm = _eigvalsh = _eigenvalues = _eigenvectors = of_matrix
    _spectral = _nuclear = _leading = _polar = of_matrix

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

    def _heaviside(self, node, last):
        return f"1 * ({self.comparison(node)})", PRODUCT

    def comparison(self, node):
        """Return a mask: x > 0, or a > b for a − b."""
        inner = node.args[0]
        a, b = inner.args if inner.op == "sub" else (inner, number(0))
        dot = self.dot if node.shape else ""
        return f"{self.write(a, SUM)} {dot}> {self.write(b, SUM)}"

    def _where(self, node, last):
        if "where" not in self.forms:
            raise self.refusal(node)
        mask, *rest = node.args
        dot = self.dot if node.shape else ""
        said = f"{self.write(mask, SUM)} {dot}!= 0"
        said = self.comparison(mask) if mask.op == "heaviside" else said
        return self.form("where", dot, said, *map(self.write, rest))

    def _softplus(self, node, last):
        return self.form("softplus", self.listed(node.args), self.dot if node.shape else "")

    def _cbrt(self, node, last):
        return self.form("cbrt", self.listed(node.args))

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
FUNCTIONS = {op: op for op in words("exp expm1 log log1p log2 log10 sqrt abs sign erf "
                                    "sin cos tan sinh cosh tanh")}  # fmt: skip
FUNCTIONS |= {f"arc{op}": f"a{op}" for op in words("sin cos tan sinh cosh tanh")}
FUNCTIONS |= {"maximum": "max", "minimum": "min"}
JULIA_FUNCTIONS = FUNCTIONS | {"cbrt": "cbrt", "gammaln": "loggamma", "digamma": "digamma"}
JULIA_FUNCTIONS |= {"trigamma": "trigamma"}
MATLAB_FUNCTIONS = FUNCTIONS | {"gammaln": "gammaln", "digamma": "psi"}
SAME = {
    "p_norm": "norm({}, {})",
    "det": "det({})", "inv": "inv({})", "diag": "diag({})", "zeros": "zeros({})",
    "ones": "ones({})", "size": "size({}, {})", "delta": "({} == {})", "norm": "norm({})",
    "sigmoid of a number": "1 / (1 + exp({}))",
    "softplus": "(max{1}({0}, 0) + log1p{1}(exp{1}(-abs{1}({0}))))",
}  # fmt: skip
JULIA = SAME | {
    "trace": "tr({})", "sum": "sum({})", "mean": "mean({})", "matrix norm": "norm({})",
    "inner": "dot({}, {})", "vec": "vec({})", "eye": "I({})", "entry": "{}[{}]",
    "basis": "(1:{} .== {})", "sigma": "sum({} for {} in {}:{})", "diagonal": "diagm({})",
    "sigmoid": "1 ./ (1 .+ exp.({}))", "where": "ifelse{}({}, {}, {})",
    "expm": "exp({})", "logm": "log({})", "sqrtm": "sqrt({})", "cosm": "cos({})", "sinm": "sin({})",
    "eigvalsh": "eigvals(Symmetric({}))", "eigenvalues": "eigvals(Symmetric({}))",
    "eigenvectors": "eigen(Symmetric({})).vectors", "spectral": "opnorm({})",
    "nuclear": "sum(svdvals({}))", "polar": "svd({}).U * svd({}).Vt",
    "leading": "svd({}).U[:, 1:1] * svd({}).Vt[1:1, :]",
}  # fmt: skip
JULIA_ALONG = {
    "max": ("maximum({0})", "maximum({0}, dims={1})"),
    "min": ("minimum({0})", "minimum({0}, dims={1})"),
    "prod": ("prod({0})", "prod({0}, dims={1})"),
    "var": ("var({0}, corrected=false)", "var({0}, corrected=false, dims={1})"),
    "std": ("std({0}, corrected=false)", "std({0}, corrected=false, dims={1})"),
    "logsumexp": (
        "(maximum({0}) + log(sum(exp.({0} .- maximum({0})))))",
        "(maximum({0}, dims={1}) .+ "
        "log.(sum(exp.({0} .- maximum({0}, dims={1})), dims={1})))",
    ),
    "softmax": (
        "(exp.({0} .- maximum({0})) / sum(exp.({0} .- maximum({0}))))",
        "(exp.({0} .- maximum({0}, dims={1})) ./ "
        "sum(exp.({0} .- maximum({0}, dims={1})), dims={1}))",
    ),
    "hardmax": (
        "(({0} .== maximum({0})) / sum({0} .== maximum({0})))",
        "(({0} .== maximum({0}, dims={1})) ./ sum({0} .== maximum({0}, dims={1}), dims={1}))",
    ),
    "cumsum": ("cumsum({0})", "cumsum({0}, dims={1})"),
    "flip": ("reverse({0})", "reverse({0}, dims={1})"),
}  # fmt: skip
MATLAB = SAME | {
    "trace": "trace({})", "sum": "sum(sum({}))", "mean": "mean(mean({}))",
    "matrix norm": "norm({}, 'fro')", "inner": "sum(sum({} .* {}))",
    "vec": "reshape({}, [], 1)", "eye": "eye({})", "entry": "{}({})",
    "basis": "((1:{})' == {})", "sigma": "sum(arrayfun(@({1}) {0}, {2}:{3}))",
    "diagonal": "diag({})", "sigmoid": "1 ./ (1 + exp({}))", "cbrt": "nthroot({}, 3)",
    "expm": "expm({})", "logm": "logm({})", "sqrtm": "sqrtm({})", "spectral": "norm({})",
    "eigvalsh": "eig({})", "eigenvalues": "eig({})", "nuclear": "sum(svd({}))",
    "column sigma": "sum(cell2mat(arrayfun(@({1}) {0}, {2}:{3}, 'UniformOutput', false)), 2)",
}  # fmt: skip
MATLAB_ALONG = {
    "max": ("max(max({0}))", "max({0}, [], {1})"),
    "min": ("min(min({0}))", "min({0}, [], {1})"),
    "prod": ("prod(prod({0}))", "prod({0}, {1})"),
    "var": ("var(reshape({0}, [], 1), 1)", "var({0}, 1, {1})"),
    "std": ("std(reshape({0}, [], 1), 1)", "std({0}, 1, {1})"),
    "logsumexp": (
        "(max(max({0})) + log(sum(sum(exp({0} - max(max({0})))))))",
        "(max({0}, [], {1}) + log(sum(exp({0} - max({0}, [], {1})), {1})))",
    ),
    "softmax": (
        "(exp({0} - max(max({0}))) / sum(sum(exp({0} - max(max({0}))))))",
        "(exp({0} - max({0}, [], {1})) ./ sum(exp({0} - max({0}, [], {1})), {1}))",
    ),
    "hardmax": (
        "(({0} == max(max({0}))) / sum(sum({0} == max(max({0})))))",
        "(({0} == max({0}, [], {1})) ./ sum({0} == max({0}, [], {1}), {1}))",
    ),
    "cumsum": ("cumsum({0})", "cumsum({0}, {1})"),
    "flip": ("flip({0})", "flip({0}, {1})"),
}  # fmt: skip


class Julia(Matrices):
    """Julia with LinearAlgebra, Statistics and SpecialFunctions; columns are vectors."""

    language = "Julia"
    infix, calls, functions = INFIX, MATRIX_CALLS, JULIA_FUNCTIONS
    forms, along = JULIA, JULIA_ALONG
    dot = "."
    array_sums = True

    def along_axis(self, node, axis):
        text = super().along_axis(node, axis)
        if axis is None or not ALONG[node.op].reduces:
            return text
        return f"vec({text})" if axis == 1 else f"vec({text})'"

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
    infix, calls, functions = INFIX, MATRIX_CALLS, MATLAB_FUNCTIONS
    forms, along = MATLAB, MATLAB_ALONG

    def _trigamma(self, node, last):
        return f"psi(1, {self.listed(node.args)})", ATOM
