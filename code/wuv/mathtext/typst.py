r"""MathML as Typst's mathematics.

>>> to_typst(r"\tfrac12 \mathbf 1^{\mathsf T} r")
'inline(frac(1, 2)) attach(𝟏, t: 𝖳) r'

A template that asks for letters of a colour has them by name, as ``#letter.W``, and ``#tuck``, by
which an index moves under one that leans.
"""

from functools import lru_cache
from xml.etree import ElementTree

from wuv.mathtext.mathml import APPLY, PRIMES, Walk, mathml

ACCENTS = {
    "¯": "macron", "‾": "macron", "̲": "macron", "^": "hat", "ˆ": "hat", "~": "tilde",
    "˜": "tilde", "→": "arrow", "⃗": "arrow", "˙": "dot",
}  # fmt: skip
# TeX's distances, by which the converter says what an operator is.
CLASSES = {("0", "0"): "normal", ("0.2222em",) * 2: "binary", ("0.2778em",) * 2: "relation"}
FENCES = {"prefix": "opening", "postfix": "closing"}
BETWEEN = "0.1667em"  # the thin space beside an operator's name: Typst has its own
LEANING = set("UVWY")  # whose index would stand too far off
ROW_GAP = "#h(2em)"  # between a line and its reason


@lru_cache(maxsize=10_000)
def to_typst(
    tex: str, display: bool = False, letters: frozenset[str] = frozenset(), large: bool = False
) -> str:
    """Return the formula as the inside of Typst's `$…$`.

    ``letters`` are those with a colour; ``large`` says that a matrix is as large in a line as on
    its own. Raises `wuv.mathtext.Strange` for what has no place there.
    """
    root, write = (
        list(ElementTree.fromstring(mathml(tex, display))),
        _Typst(display, letters, large),
    )
    while display and len(root) == 1 and root[0].tag == "mrow":
        root = list(root[0])
    if display and len(root) == 1 and root[0].tag == "mtable":
        return " \\ ".join(" & ".join(write.cells(row)) for row in root[0])
    return write.several(root)


def quoted(text: str) -> str:
    """A string of Typst, which means itself whatever it holds."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sign(text: str) -> str:
    """A character that means itself: what is special to Typst is escaped."""
    return text if text.isalnum() else f"\\{text}"


class _Typst(Walk):
    language = "Typst"

    def __init__(self, display, letters, large):
        self.display, self.letters, self.large = display, letters, large

    def several(self, elements):
        return " ".join(filter(None, map(self.write, elements)))

    math = mtd = several

    def cells(self, row):
        """The cells of an aligned line; a reason, behind an empty cell, keeps its distance."""
        texts = [self.write(cell) for cell in row]
        return [
            f"{ROW_GAP} {text}" if i >= 3 and i % 2 and not texts[i - 1] and text else text
            for i, text in enumerate(texts)
        ]

    def mi(self, node):
        text = node.text or ""
        if text in self.letters and node.get("class") is None and node.get("mathvariant") is None:
            return f"#letter.{text}"
        if len(text) > 1:
            return f"op({quoted(text)})"
        if node.get("mathvariant") == "normal":
            return f"upright({sign(text)})"
        return sign(text) if text.isalnum() else f'class("normal", {sign(text)})'

    def mo(self, node):
        text = node.text or ""
        if text in ("", APPLY):
            return ""
        written = sign(text) if len(text) == 1 else quoted(text)
        if node.get("minsize"):
            return f"lr(size: #{node.get('minsize')}, {written})"
        kind = FENCES.get(node.get("form")) or CLASSES.get((node.get("lspace"), node.get("rspace")))
        return f'class("{kind}", {written})' if kind else written

    def mn(self, node):
        return "".join(map(sign, node.text or ""))

    def mtext(self, node):
        return quoted((node.text or "").strip())  # Typst has its own space beside a text

    def mspace(self, node):
        width = node.get("width", "")
        return "" if width in ("", BETWEEN) else f"#h({width})"

    def mrow(self, node):
        children = list(node)
        if node.get("displaystyle") == "true":
            return f"display({self.several(children)})"
        if self.large and len(children) == 3 and children[1].tag == "mtable":
            return f"display({self.mtable(children[1], quoted(children[0].text))})"
        ends = [children[0], children[-1]] if len(children) > 1 else []
        if ends and all(end.tag == "mo" and _stretches(end) for end in ends):
            return f"lr({self.several(children)})"
        return self.several(children)

    mpadded = mrow

    def scripts(self, node, below=None, above=None, limits=False):
        """What carries an index or an exponent."""
        base = self.grouped(node)
        if above is not None and above.tag == "mo" and above.text in PRIMES:
            base, above = base + PRIMES[above.text], None
        if above is None and below is None:
            return base
        if limits and (self.display or node.text != "∑"):  # its own stand beside it in a line
            base = f"limits({base})"
        elif not limits and (node.tag == "mo" or "op(" in base):
            base = f"scripts({base})"
        leans = self.letters and node.tag == "mi" and node.text in LEANING and not limits
        lower = (
            f", b: {'#tuck ' if leans else ''}{self.grouped(below)}" if below is not None else ""
        )
        upper = f", t: {self.grouped(above)}" if above is not None else ""
        return f"attach({base}{lower}{upper})"

    def grouped(self, node):
        """An argument; a comma inside would end it, so it is escaped."""
        return self.write(node) or "zws"

    def msup(self, node):
        return self.scripts(node[0], above=node[1])

    def msub(self, node):
        return self.scripts(*node)

    msubsup = msub

    def munder(self, node):
        above = self.braced(node)
        if above is None:
            return self.scripts(*node, limits=True)
        parts = [above] if above is node[0] else [above, node[1]]
        return f"underbrace({', '.join(map(self.grouped, parts))})"

    def munderover(self, node):
        return self.scripts(*node, limits=True)

    def mover(self, node):
        base, above = node
        if above.text in ACCENTS:
            return f"accent({self.write(base)}, {ACCENTS[above.text]})"
        return self.scripts(base, above=above, limits=True)

    def mfrac(self, node):
        above, below = map(self.grouped, node)
        written = f"frac({above}, {below})"
        return f"inline({written})" if node.get("displaystyle") == "false" else written

    def msqrt(self, node):
        return f"sqrt({self.several(node)})"

    def mtable(self, node, bracket="#none"):
        # A semicolon right behind a letter would end the letter, and not the row.
        rows = " ; ".join(", ".join(map(self.grouped, row)) for row in node)
        return f"mat(delim: {bracket}, {rows})"


def _stretches(node):
    """Whether this is a bracket that grows with what is inside."""
    return (node.text or "") in tuple("()[]{}|‖⟨⟩") and not node.get("stretchy")
