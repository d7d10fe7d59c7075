r"""Write LaTeX as the book prints it.

>>> from wuv.algebra.from_numpy import read_numpy
>>> to_latex(read_numpy("2*W.T@(W@u - v)"))
'2W^{\\mathsf T}(Wu - v)'
>>> to_latex(read_numpy("np.linalg.norm(X @ w - y)**2 / len(y)"), "X:m,n; w:n; y:m")
'\\frac{\\lVert Xw - y\\rVert^2}{m}'

Order and form are kept; brackets are written where the value needs them, or where somebody put
them to say what is multiplied first.
"""

import re

from wuv.algebra.names import FUNCTIONS, declare, latex_name
from wuv.algebra.textbook import like_book, to_book
from wuv.algebra.tree import Expr, Unwritable, number, spelled
from wuv.algebra.write_numpy import decimal as decimal_text

SUM, LOOSE, PRODUCT, PREFIX, POWER, ATOM = range(6)  # how tightly LaTeX's reader binds

SIGNS = {"cdot": r"\cdot", "times": r"\odot", "kron": r"\otimes", "edivide": r"\oslash"}
WORDS = {
    "trace": r"\operatorname{tr}", "vec": r"\operatorname{vec}", "diag": r"\operatorname{diag}",
    "sum": r"\operatorname{sum}", "mean": r"\operatorname{mean}", "det": r"\det",
    "exp": r"\exp", "log": r"\log", "tanh": r"\tanh", "sin": r"\sin", "cos": r"\cos",
    "sigmoid": r"\sigma", "sign": r"\operatorname{sign}",
}  # fmt: skip
TRANSPOSED = r"^{\mathsf T}"


def to_latex(tree, shapes=None, *, fits=True, book=None):
    """Return LaTeX for a formula, read from either language.

    ``fits=False`` writes what somebody wrote even where its sizes clash; otherwise that raises
    `Misfit`. ``shapes`` are declarations, as in `wuv.algebra.declare`; ``book`` is that of
    `wuv.algebra.evaluate`. Raises `Unwritable` for the few things of NumPy that have no LaTeX.
    """
    tree = to_book(tree, shapes, book=book) if fits else like_book(tree)
    return _Writer(frozenset(declare(shapes))).write(tree, SUM, last=True)


class _Writer:
    def __init__(self, declared):
        self.declared = declared

    def write(self, node, needed, last=False):
        """Return the text of a node, in brackets if it binds less tightly than is needed.

        ``last`` says that no factor follows, which a sum over an index would swallow.
        """
        node = _sign_first(node)
        text, binds = self.text(node, last or needed == SUM)
        if binds < needed and not (node.op == "sigma" and last and needed <= PREFIX):
            return f"({self.text(node, True)[0]})"
        return text

    def text(self, node, last):
        if node.op in SIGNS:
            left, right = node.args
            right = self.write(right, PRODUCT, last)
            return f"{self.write(left, LOOSE)} {SIGNS[node.op]} {right}", LOOSE
        if node.op in WORDS:
            return f"{WORDS[node.op]}({self.write(node.args[0], SUM)})", POWER
        write = WRITERS.get(node.op)
        if write is None:
            raise Unwritable(f"{spelled(node)} has no spelling in LaTeX", node.place)
        return write(self, node, last)

    def name(self, node, last):
        return latex_name(node.data, self.declared), ATOM

    def number(self, node, last):
        value = node.data
        if value < 0:
            return f"-{self.number(number(-value), last)[0]}", SUM
        if isinstance(value, int):
            return str(value), ATOM
        decimal = decimal_text(value)
        if decimal is None:
            return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", POWER
        return decimal, ATOM

    def sum(self, node, last):
        sign = "+" if node.op == "add" else "-"
        left, right = node.args
        return f"{self.write(left, SUM)} {sign} {self.write(right, LOOSE, last)}", SUM

    def neg(self, node, last):
        return f"-{self.write(node.args[0], LOOSE, last)}", SUM

    def product(self, node, last):
        left, right = node.args
        # 2(Wᵀr) is 2Wᵀr; but Wᵀ(Wu) was grouped on purpose
        free = left.shape == () or left.op == "number"
        first = self.write(left, PRODUCT)
        second = self.write(right, PRODUCT if free else PREFIX, last)
        applied = second[0] == "(" and _ends_in_function(left, self.declared)
        if applied or (second[0].isdigit() and first[-1].isdigit()):
            return rf"{first} \cdot {second}", LOOSE
        return _joined(first, second), PRODUCT

    def div(self, node, last):
        above, below = (self.write(x, SUM) for x in node.args)
        return rf"\frac{{{above}}}{{{below}}}", POWER

    def base(self, node):
        """Return what an exponent may follow."""
        text = self.write(node, ATOM)
        return f"({text})" if node.op == "number" and not text.isdigit() else text

    def power(self, node, last):
        base, exponent = node.args
        raised = self.write(exponent, SUM)
        short = len(raised) == 1 and raised.isdigit()
        return f"{self.base(base)}^{raised if short else f'{{{raised}}}'}", POWER

    def epower(self, node, last):
        base, exponent = node.args
        return rf"{self.base(base)}^{{\odot {self.write(exponent, SUM)}}}", POWER

    def transpose(self, node, last):
        inner = node.args[0]
        if inner.op == "inv":
            return rf"{self.base(inner.args[0])}^{{-\mathsf T}}", POWER
        if inner.op == "differential":
            return f"{self.differential(inner, last)[0]}{TRANSPOSED}", POWER
        return f"{self.base(inner)}{TRANSPOSED}", POWER

    def inv(self, node, last):
        return f"{self.base(node.args[0])}^{{-1}}", POWER

    def norm(self, node, last):
        below = {"fro": "_F", 2: "_2", None: ""}[node.data]
        return rf"\lVert {self.write(node.args[0], SUM)}\rVert{below}", ATOM

    def abs(self, node, last):
        return rf"\lvert {self.write(node.args[0], SUM)}\rvert", ATOM

    def inner(self, node, last):
        a, b = (self.write(x, SUM) for x in node.args)
        return rf"\langle {a}, {b}\rangle", ATOM

    def sqrt(self, node, last):
        return rf"\sqrt{{{self.write(node.args[0], SUM)}}}", POWER

    def matrix(self, node, last):
        entries = [self.write(x, SUM) for x in node.args]
        width = node.data[1]
        rows = (" & ".join(entries[i : i + width]) for i in range(0, len(entries), width))
        inside = r" \\ ".join(rows)
        return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}", ATOM

    def filled(self, node, last):
        sign = {"eye": "I", "ones": r"\mathbf{1}", "zeros": r"\mathbf{0}"}[node.op]
        sizes = [self.write(x, SUM) for x in node.args]
        if sizes[1:] == ["1"]:
            sizes = sizes[:1]
        below = r" \times ".join(sizes)
        return f"{sign}_{{{below}}}" if sizes else sign, ATOM

    def entry(self, node, last):
        base, *places = node.args
        name = self.write(base, ATOM)
        plain = base.op == "name" and "_" not in name and "'" not in name
        places = [self.write(x, SUM) for x in places]
        separator = "" if all(len(x) == 1 for x in places) else ","
        return (
            f"{name if plain else f'({self.write(base, SUM)})'}_{{{separator.join(places)}}}",
            ATOM,
        )

    def unit(self, node, last):
        places = [self.write(x, SUM) for x in node.args]
        separator = "" if all(len(x) == 1 for x in places) else ","
        sign = "e" if node.op == "basis" else r"\delta"
        return f"{sign}_{{{separator.join(places)}}}", ATOM

    def sigma(self, node, last):
        body, *bounds = node.args
        below, above = node.data, ""
        if bounds:
            low, high = (self.write(x, SUM) for x in bounds)
            below, above = f"{node.data}={low}", f"^{{{high}}}"
        return rf"\sum_{{{below}}}{above} {self.write(body, LOOSE, last)}", LOOSE

    def differential(self, node, last):
        return _joined(r"\mathrm{d}", self.write(node.args[0], ATOM)), PREFIX

    def gradient(self, node, last):
        f, x = node.args
        order = "^2" if node.op == "hessian" else ""
        f = self.write(f, PREFIX) if f.op not in WORDS else f"({self.write(f, SUM)})"
        return rf"\nabla_{{{self.write(x, SUM)}}}{order} {f}", PREFIX

    def partial(self, node, last):
        above, below = (self.changed(x) for x in node.args)
        return rf"\frac{{\partial {above}}}{{\partial {below}}}", POWER

    def changed(self, node):
        plain = node.op == "transpose" or (node.op == "power" and node.args[0].op == "norm")
        return self.write(node, POWER if plain else ATOM)

    def call(self, node, last):
        args = ", ".join(self.write(x, SUM) for x in node.args)
        return f"{latex_name(node.data)}({args})", ATOM

    def space(self, node, last):
        sizes = r" \times ".join(self.write(x, SUM) for x in node.args)
        return rf"\mathbb{{R}}^{{{sizes}}}" if sizes else r"\mathbb{R}", ATOM


def _sign_first(node):
    """Return −(2W) for (−2)W: a sign at the front of a product belongs to all of it."""
    if node.op not in ("product", "cdot", "times", "kron"):
        return node
    left = _sign_first(node.args[0])
    if left.op == "number" and left.data < 0:
        left = Expr("neg", (number(-left.data).with_(shape=()),), shape=())
    if left.op != "neg":
        return node
    return Expr("neg", (node.with_(args=(left.args[0], node.args[1])),), shape=node.shape)


def _ends_in_function(node, declared):
    while node.op in ("product", "cdot"):
        node = node.args[1]
    return node.op == "name" and node.data in FUNCTIONS | {"sigma"} and node.data not in declared


def _joined(first, second):
    if second[0].isdigit() or (second.startswith(r"\mathrm{d}") and not first.endswith("d}")):
        return rf"{first}\,{second}"
    if re.search(r"\\mathrm\{d\}\S$", first):  # (dW)u, not d(Wu)
        return rf"{first}\,{second}"
    space = " " if re.search(r"\\[A-Za-z]+$", first) and second[0].isalpha() else ""
    return f"{first}{space}{second}"


WRITERS = {
    "name": _Writer.name,
    "number": _Writer.number,
    "add": _Writer.sum,
    "sub": _Writer.sum,
    "neg": _Writer.neg,
    "product": _Writer.product,
    "div": _Writer.div,
    "power": _Writer.power,
    "epower": _Writer.epower,
    "transpose": _Writer.transpose,
    "inv": _Writer.inv,
    "norm": _Writer.norm,
    "abs": _Writer.abs,
    "sqrt": _Writer.sqrt,
    "inner": _Writer.inner,
    "matrix": _Writer.matrix,
    "eye": _Writer.filled,
    "ones": _Writer.filled,
    "zeros": _Writer.filled,
    "entry": _Writer.entry,
    "basis": _Writer.unit,
    "delta": _Writer.unit,
    "sigma": _Writer.sigma,
    "differential": _Writer.differential,
    "gradient": _Writer.gradient,
    "hessian": _Writer.gradient,
    "partial": _Writer.partial,
    "call": _Writer.call,
    "space": _Writer.space,
}
