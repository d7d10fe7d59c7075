"""Write a formula as a line of text, in signs that people type.

>>> from wuv.algebra.from_latex import read_latex
>>> to_text(read_latex(r"2 W^{\\mathsf T} (Wu - v)"))
'2Wᵀ(Wu − v)'
>>> to_text(read_latex(r"\\tfrac12 \\lVert Wu - v\\rVert^2 + \\lambda \\operatorname{sum}(u)"))
'½‖Wu − v‖² + λ sum(u)'
>>> to_text(read_latex(r"\\frac{2}{x^{\\mathsf T} x} A^{-1} x"))
'(2/(xᵀx))A⁻¹x'

It says one thing only: a product stands without a sign where its factors can be told apart, with a
space before and behind what has more than one letter (``λ sum(u)``, ``x_i y_i``, ``W du``), and
else with a point. A sum is ∑, for Σ is a matrix; ``x.^2`` is the square of each entry.
"""

import re

from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.binding import ATOM, LOOSE, POWER, PREFIX, PRODUCT, QUOTIENT, SUM
from wuv.algebra.names import GREEK_SIGNS, LAMBDAS, Shapes, declare
from wuv.algebra.size import shape_text
from wuv.algebra.tree import Expr
from wuv.algebra.write_book import WHOLE, WRITTEN, Book, Sized, as_book

GREEK = {word: sign for sign, word in GREEK_SIGNS.items()} | {"ell": "ℓ"}
HALVES = {("1", "2"): "½", ("1", "4"): "¼"}
FENCES = {"norm": ("‖", "‖"), "abs": ("|", "|"), "inner": ("⟨", "⟩")}
RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
CLOSED = ")]ᵀ⁻⁰¹²³⁴⁵⁶⁷⁸⁹½¼"  # no word goes on behind these
EDGE = "\0"  # of a word that must not touch the next one
INFIX = {
    "add": ("+", SUM), "sub": ("−", SUM), "cdot": ("·", LOOSE), "times": ("⊙", LOOSE),
    "kron": ("⊗", LOOSE), "edivide": ("⊘", LOOSE),
}  # fmt: skip
WORDS = {"trace": "tr", "maximum": "max", "minimum": "min"}
CALLS = {
    op: f"{EDGE}{WORDS.get(op, op)}"
    for op in ("vec", "diag", "sum", "mean", "det", "trace", *WRITTEN, *WHOLE)
} | {"sigmoid": "σ"}
SIGNS = {
    "transpose": "ᵀ", "inv": "⁻¹", "inverse transpose": "⁻ᵀ", "gradient": "∇", "hessian": "∇",
    "eye": "I", "ones": "𝟏", "zeros": "𝟎", "basis": "e", "delta": "δ", "sigma": "∑",
    "space": "ℝ", "inf": "∞", "by": "×", "abs": f"{EDGE}abs",
    "sqrt": f"{EDGE}sqrt",
}  # fmt: skip


def to_text(
    tree: Expr,
    shapes: Shapes = None,
    *,
    fits: bool = True,
    book: bool | None = None,
    sizes: bool = False,
) -> str:
    """Return a formula, read from either language, as a line of text; see
    `wuv.algebra.write_book.as_book`. With ``sizes`` a second line has those of the factors:

    >>> from wuv.algebra.from_latex import read_latex
    >>> print(to_text(read_latex("2 W^T (Wu - v)"), "W:m,n", sizes=True))
    2  Wᵀ (Wu − v)
      n×m   m×1

    Raises `Unwritable` for the few things of NumPy that have no form in a textbook.
    """
    tree = as_book(tree, shapes, fits, book)
    if sizes:
        return _in_two_lines(_TextWithSizes(declare(shapes)).write(tree, last=True))
    return _Text(declare(shapes)).write(tree, last=True).replace(EDGE, "")


def _in_two_lines(text):
    """Return a text whose factors carry their sizes with these in a line below."""
    above, below = "", ""
    for between, factor, size in re.findall("([^\1]*)(?:\1([^\2]*)\2([^\3]*)\3)?", text):
        between, factor = between.replace(EDGE, ""), factor.replace(EDGE, "")
        touches = (above + between)[-1:] not in ("", " ", *"(⟨‖|")
        if factor and (touches or (not between and below[-1:].strip())):
            between += " "
        width = max(len(factor), len(size))
        above += between + factor.center(width)
        below += " " * len(between) + size.center(width)
    return f"{above.rstrip()}\n{below.rstrip()}"


def beside(first: str, second: str) -> str:
    """Return two factors side by side, with a space where they would run into one another."""
    apart = EDGE in first[-1] + second[0] or first[-1] == second[0] in ("‖", "|")
    if apart and second[2:3] == "_" and first[-1] in CLOSED:  # xᵀ𝟏_m
        apart = False
    return f"{first} {second}" if apart else f"{first}{second}"


def raised(base: str, exponent: str) -> str:
    """Return a base with an exponent."""
    if re.fullmatch(r"[-−]?[0-9]+", exponent):
        return base + exponent.translate(RAISED)
    if len(exponent) == 1 and exponent not in "Tt":
        return f"{base}^{exponent}{EDGE}"
    return f"{base}^({exponent.replace('½', '1/2').replace('¼', '1/4')})"


def lowered(base: str, below: str) -> str:
    """Return what carries an index."""
    base, below = base.strip(EDGE), below.replace(EDGE, "")
    if below.isalnum():
        return f"{EDGE}{base}_{below}{EDGE}"
    return f"{EDGE}{base}_{{{below}}}"


class _Text(Book):
    language = "text"
    minus = "−"
    called = ATOM
    functions = Book.functions | {"d", "t"}
    infix = INFIX
    calls = CALLS
    signs = SIGNS

    def named(self, name):
        if name in LAMBDAS and (name == LAMBDAS[0] or name in self.declared):
            return "λ"
        sign = GREEK.get(name, name)
        return sign if len(sign) == 1 else f"{EDGE}{sign}{EDGE}"

    def clash(self, first, second):
        return second[0] in "0123456789"

    def operator(self, word):
        return f"{EDGE}{word}"

    joined = staticmethod(beside)
    raised = staticmethod(raised)
    lowered = staticmethod(lowered)

    def fenced(self, op, inside, below=""):
        left, right = FENCES[op]
        text = f"{left}({inside}){right}" if left == right in inside else f"{left}{inside}{right}"
        return f"{text}_{below}{EDGE}" if below else text

    def _div(self, node, last):
        above, below = node.args
        texts = self.write(above, PRODUCT), self.write(below, PREFIX)
        if texts in HALVES:
            return HALVES[texts], ATOM
        return "/".join(texts), QUOTIENT

    def _partial(self, node, last):
        above, below = (self.changed(x).strip(EDGE) for x in node.args)
        return f"∂{above}/∂{below}", QUOTIENT

    def _differential(self, node, last):
        (inner,) = node.args
        text = self.write(inner, ATOM).strip(EDGE)
        if inner.op in {*self.calls, *ALONG, "slice", "stack"} or text.startswith("abs"):
            return f"{EDGE}d({text})", PREFIX
        return f"{EDGE}d{text}{EDGE if inner.op in ('name', 'entry') else ''}", PREFIX

    def _epower(self, node, last):
        base, exponent = node.args
        raised = self.write(exponent)
        raised = f"{raised}{EDGE}" if raised.isalnum() else f"({raised})"
        return f"{self.base(base)}.^{raised}", POWER

    def _sqrt(self, node, last):
        return f"√({self.listed(node.args)})", POWER

    def _matrix(self, node, last):
        rows = (f"[{self.listed(row)}]" for row in self.rows(node))
        return f"[{', '.join(rows)}]", ATOM


class _TextWithSizes(Sized, _Text):
    plain = _Text

    def under(self, text, shape):
        return f"\1{text.strip(EDGE)}\2{shape_text(shape)}\3"
