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

from wuv.algebra.binding import ATOM, LOOSE, POWER, PREFIX, SUM
from wuv.algebra.elementwise import latex_name as function_name
from wuv.algebra.names import Shapes, declare, latex_name
from wuv.algebra.size import size_text
from wuv.algebra.tree import Expr
from wuv.algebra.write_book import WHOLE, WRITTEN, Book, Sized, as_book

FENCES = {
    "norm": (r"\lVert ", r"\rVert"),
    "abs": (r"\lvert ", r"\rvert"),
    "inner": (r"\langle ", r"\rangle"),
}
INFIX = {
    "add": ("+", SUM), "sub": ("-", SUM), "cdot": (r"\cdot", LOOSE), "times": (r"\odot", LOOSE),
    "kron": (r"\otimes", LOOSE), "edivide": (r"\oslash", LOOSE),
}  # fmt: skip
CALLS = {
    "trace": r"\operatorname{tr}", "vec": r"\operatorname{vec}", "diag": r"\operatorname{diag}",
    "sum": r"\operatorname{sum}", "mean": r"\operatorname{mean}", "det": r"\det",
    **{op: function_name(op) for op in WRITTEN},
    **{op: rf"\operatorname{{{op}}}" for op in WHOLE},
}  # fmt: skip
SIGNS = {
    "transpose": r"^{\mathsf T}", "inv": "^{-1}", "inverse transpose": r"^{-\mathsf T}",
    "gradient": r"\nabla", "hessian": r"\nabla", "eye": "I", "ones": r"\mathbf{1}",
    "zeros": r"\mathbf{0}", "basis": "e", "delta": r"\delta", "sigma": r"\sum",
    "space": r"\mathbb{R}", "inf": r"\infty", "by": r" \times ", "abs": r"\operatorname{abs}",
    "sqrt": r"\operatorname{sqrt}",
}  # fmt: skip


def to_latex(
    tree: Expr,
    shapes: Shapes = None,
    *,
    fits: bool = True,
    book: bool | None = None,
    sizes: bool = False,
) -> str:
    r"""Return LaTeX for a formula, read from either language; see `wuv.algebra.write_book.as_book`.
    ``sizes`` stand below its factors.

    >>> from wuv.algebra.from_latex import read_latex
    >>> to_latex(read_latex("2 W^T r"), "W:m,n; r:m,1", sizes=True)
    '2\\underbrace{W^{\\mathsf T}}_{n \\times m}\\underbrace{r}_{m \\times 1}'

    Raises `Unwritable` for the few things of NumPy that have no LaTeX.
    """
    writer = (_LaTeXWithSizes if sizes else _LaTeX)(declare(shapes))
    return writer.write(as_book(tree, shapes, fits, book), last=True)


class _LaTeX(Book):
    language = "LaTeX"
    infix = INFIX
    calls = CALLS
    signs = SIGNS

    def named(self, name):
        return latex_name(name, self.declared)

    def joined(self, first, second):
        if second[0].isdigit() or (second.startswith(r"\mathrm{d}") and not first.endswith("d}")):
            return rf"{first}\,{second}"
        if re.search(r"\\mathrm\{d\}\S$", first):  # (dW)u, not d(Wu)
            return rf"{first}\,{second}"
        space = " " if re.search(r"\\[A-Za-z]+$", first) and second[0].isalpha() else ""
        return f"{first}{space}{second}"

    def clash(self, first, second):
        return second[0].isdigit() and first[-1].isdigit()

    def operator(self, word):
        return rf"\{word}" if word in ("max", "min") else rf"\operatorname{{{word}}}"

    def raised(self, base, exponent):
        short = len(exponent) == 1 and exponent.isdigit()
        return f"{base}^{exponent if short else f'{{{exponent}}}'}"

    def lowered(self, base, below):
        return f"{base}_{{{below}}}"

    def fenced(self, op, inside, below=""):
        below = f"{{{below}}}" if len(below) > 1 and below[0] != "\\" else below
        return inside.join(FENCES[op]) + (below and f"_{below}")

    def _div(self, node, last):
        above, below = map(self.write, node.args)
        return rf"\frac{{{above}}}{{{below}}}", POWER

    def _partial(self, node, last):
        above, below = map(self.changed, node.args)
        return rf"\frac{{\partial {above}}}{{\partial {below}}}", POWER

    def _differential(self, node, last):
        return self.joined(r"\mathrm{d}", self.write(node.args[0], ATOM)), PREFIX

    def _epower(self, node, last):
        base, exponent = node.args
        return rf"{self.base(base)}^{{\odot {self.write(exponent)}}}", POWER

    def _sqrt(self, node, last):
        return rf"\sqrt{{{self.listed(node.args)}}}", POWER

    def _matrix(self, node, last):
        inside = r" \\ ".join(self.listed(row, " & ") for row in self.rows(node))
        return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}", ATOM


class _LaTeXWithSizes(Sized, _LaTeX):
    plain = _LaTeX

    def under(self, text, shape):
        size = r" \times ".join(map(size_text, shape))
        return rf"\underbrace{{{text}}}_{{{size}}}"
