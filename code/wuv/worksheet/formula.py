r"""A formula of the book's LaTeX, for paper and for a screen reader.

math-core reads it, as it does for the site; what is here goes from its MathML to Typst's
mathematics and to words.

>>> to_typst(r"2W^{\mathsf T}(Wu - v)")
'2 W ^(upright(sans(T))) \\( W u - v \\)'
>>> to_words(r"\nabla_u L = \frac{1}{2} W^{\mathsf T} r")
'nabla sub u L = 1 over 2 W transposed r'
"""

import re
from functools import cache
from xml.etree import ElementTree

THIN = "\u2009"
NAMES = {
    "𝖳": "upright(sans(T))",
    "−": "-",
    "\u2061": "",  # an invisible “function of”
}
SIDES = {"prefix": "opening", "postfix": "closing"}
SPOKEN = {
    "−": "minus", "∇": "nabla", "∑": "the sum", "⟨": "inner product of", "⟩": "end", "‖": "norm",
    "←": "becomes", "↦": "maps to", "⊙": "entry by entry times", "×": "by", "⋅": "times",
    "∗": "star", "𝖳": "transposed", "𝟏": "ones", "∂": "partial", "\u2061": "", "η": "eta",
    "λ": "lambda", "σ": "sigma", "⊗": "Kronecker times", "…": "and so on", "≠": "is not",
}  # fmt: skip


@cache
def mathml(latex):
    """Return the formula as MathML, a ``<math>`` element.

    Raises ``math_core.LatexError`` for what is not understood.
    """
    from math_core import LatexToMathML

    text = LatexToMathML(fancy_error=False).convert_with_local_state(latex, displaystyle=False)
    return text.replace("&ApplyFunction;", "\u2061")


@cache
def to_typst(latex):
    """Return the formula in Typst's mathematics."""
    return re.sub(" +", " ", _typst(ElementTree.fromstring(mathml(latex)))).strip()


@cache
def to_words(latex):
    """Return the formula in words, for those who listen."""
    return re.sub(r"\s+", " ", _words(ElementTree.fromstring(mathml(latex)))).strip()


def _row(node, write):
    return " ".join(write(x) for x in node)


def _is_array(node):
    return node.tag == "mrow" and len(node) == 3 and node[1].tag == "mtable"


def _typst(node):
    if _is_array(node):
        rows = "; ".join(", ".join(_row(cell, _typst) for cell in row) for row in node[1])
        return f'display(mat(delim: "{node[0].text}", {rows}))'
    match node.tag:
        case "mi" | "mn" | "mo":
            return _sign(node)
        case "mtext":
            return f'"{node.text.strip()}"' if '"' not in node.text else ""
        case "mspace":
            return "thin" if node.get("width") else ""
        case "mfrac":
            return f"frac({_typst(node[0])}, {_typst(node[1])})"
        case "msup" | "mover":
            return f"{_typst(node[0])} ^({_typst(node[1])})"
        case "msub" | "munder":
            return f"{_typst(node[0])} _({_typst(node[1])})"
        case "msubsup" | "munderover":
            return f"{_typst(node[0])} _({_typst(node[1])})^({_typst(node[2])})"
        case "math" | "mrow":
            return _row(node, _typst)
    raise ValueError(f"no Typst is known for <{node.tag}>")


def _sign(node):
    text = (node.text or "").strip()
    if text in NAMES:
        return NAMES[text]
    if node.tag == "mn":
        return text
    if node.tag == "mi":
        if len(text) > 1:
            return f'op("{text}")'
        return f"upright({text})" if node.get("mathvariant") == "normal" and text != "∇" else text
    # an escaped sign is a sign: no bracket groups, and none grows
    sign = "".join(x if x.isalnum() else f"\\{x}" for x in text)
    side = SIDES.get(node.get("form"))
    return f'class("{side}", {sign})' if side else sign


def _words(node):
    if _is_array(node):
        rows = [" ".join(_row(cell, _words) for cell in row) for row in node[1]]
        if all(len(row) == 1 for row in node[1]):
            return f"the column {', '.join(rows)}"
        return f"the matrix with rows {'; '.join(rows)}"
    match node.tag:
        case "mi" | "mn" | "mo" | "mtext":
            text = (node.text or "").strip()
            return SPOKEN.get(text, text)
        case "mspace":
            return ""
        case "mfrac":
            return f"{_words(node[0])} over {_words(node[1])}"
        case "msup" | "mover":
            above = _words(node[1])
            if above in ("transposed", "star"):
                return f"{_words(node[0])} {above}"
            return f"{_words(node[0])} to the power {above}"
        case "msub" | "munder":
            return f"{_words(node[0])} sub {_words(node[1])}"
        case "msubsup":
            return f"{_words(node[0])} sub {_words(node[1])} to the power {_words(node[2])}"
        case "munderover":
            return f"{_words(node[0])} from {_words(node[1])} to {_words(node[2])} of"
    return _row(node, _words)


def pieces(text):
    """Return a text with formulas between dollars and code between backticks, in its pieces.

    >>> pieces("Let $u$ be `u`.")
    [('text', 'Let '), ('math', 'u'), ('text', ' be '), ('code', 'u'), ('text', '.')]
    """
    found = []
    for kind, part in _between("$", ("text", "math"), text):
        found += [(kind, part)] if kind == "math" else _between("`", ("text", "code"), part)
    return found


def _between(sign, kinds, text):
    parts = text.split(sign)
    if len(parts) % 2 == 0:
        raise ValueError(f"a {sign} is missing in {text!r}")
    return [(kinds[k % 2], part) for k, part in enumerate(parts) if part]


@cache
def to_plain(latex):
    """Return the formula as a line of text, such as 2Wᵀ(Wu − v)."""
    return re.sub(r"\s+", " ", _plain(ElementTree.fromstring(mathml(latex)))).strip()


def _plain(node):
    match node.tag:
        case "mo":
            text = (node.text or "").strip()
            return f" {text} " if text in ("=", "−", "+", "←", "⊙", "⊗") else text
        case "mi" | "mn":
            return (node.text or "").strip()
        case "mtext":
            return node.text
        case "mfrac":
            return f"{_plain(node[0])}/{_plain(node[1])}"
        case "msup":
            above = _plain(node[1])
            return _plain(node[0]) + {"𝖳": "ᵀ", "2": "²", "∗": "*"}.get(above, f"^{above}")
        case "msub":
            return f"{_plain(node[0])}_{_plain(node[1])}"
        case "msubsup" | "munderover":
            return f"{_plain(node[0])}_{_plain(node[1])}^{_plain(node[2])}"
    return "".join(map(_plain, node))
