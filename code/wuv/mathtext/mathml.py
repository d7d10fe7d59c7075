r"""LaTeX as MathML: what math-core makes of it, and a walk through it that leaves nothing out.

>>> mathml("x_1")
'<math><msub><mi>x</mi><mn>1</mn></msub></math>'
"""

import re
from functools import lru_cache
from html import unescape
from xml.etree import ElementTree

APPLY = "\N{FUNCTION APPLICATION}"
BRACE = "⏟"
PRIMES = {"′": "'", "″": "''", "‴": "'''"}
OF_HTML = re.compile(r"&(?!lt|gt|amp)[A-Za-z]+;")  # which XML does not know
NUMBERED = re.compile(r"\\(begin|end)\{(align|gather|equation)\*?\}")
ENVIRONMENT = re.compile(r"\\begin\{(\w+)\}.*\\end\{\1\}", re.DOTALL)
INNER = {"align": "aligned", "gather": "gathered", "equation": "aligned"}


class Strange(ValueError):
    """A formula that is not understood, or has something in it that cannot be written."""


def normalised(tex: str, display: bool) -> str:
    """TeX that stands alone: lines are aligned by an environment, numbers are left to the page."""
    tex = NUMBERED.sub(lambda m: rf"\{m[1]}{{{INNER[m[2]]}}}", tex.strip())
    outside = ENVIRONMENT.sub("", tex)
    if display and (r"\\" in outside or "&" in outside):
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex


@lru_cache(maxsize=10_000)
def mathml(tex: str, display: bool = False) -> str:
    """The `<math>` element of a formula, as text. Raises `Strange`."""
    from math_core import LatexError, LatexToMathML

    convert = LatexToMathML(fancy_error=False).convert_with_local_state
    try:
        math = convert(normalised(tex, display), displaystyle=display)
    except LatexError as error:
        raise Strange(f"{error} in {tex}") from error
    return OF_HTML.sub(lambda entity: unescape(entity[0]), math)


class Walk:
    """A way to write MathML: a method for each element, by its tag."""

    language = ""

    def write(self, node: ElementTree.Element) -> str:
        """Return what is made of an element; raise `Strange` for one that has no method."""
        method = getattr(self, node.tag, None)
        if method is None:
            raise Strange(f"no {self.language} for <{node.tag}>")
        return method(node)

    def braced(self, node: ElementTree.Element) -> ElementTree.Element | None:
        r"""Return what stands above the brace of \underbrace{…}, or None for another element."""
        if node.tag == "munder" and node[0].tag == "munder":
            return self.braced(node[0])
        return node[0] if node.tag == "munder" and node[1].text == BRACE else None

    def formula(self, tex: str, display: bool = False) -> str:
        """Return what is made of a formula."""
        return self.write(ElementTree.fromstring(mathml(tex, display)))
