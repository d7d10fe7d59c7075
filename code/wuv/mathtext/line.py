r"""A formula as a line of text, whatever its LaTeX; spelled as `wuv.algebra.to_text` spells it.

>>> to_line(r"\sum_{i=1}^m r_i^2 \le \frac{1}{2} \lVert Wu - v\rVert^2")
'∑_{i=1}^m r_i² ≤ ½‖Wu − v‖²'
"""

import re
import unicodedata
from functools import lru_cache

from wuv.algebra.write_text import EDGE, HALVES, beside, lowered, raised
from wuv.mathtext.mathml import APPLY, PRIMES, Walk

RAISED = {"𝖳": "ᵀ", "⊤": "ᵀ", "−1": "⁻¹", "−𝖳": "⁻ᵀ", "*": "*", "∗": "*"}
SPACED = tuple("=≠≈≤≥<>↦⊗⊙⊘+−×⋅→←±∘")
OPENING, CLOSING = "([{⟨/", ")]}⟩,;:.!/"
COMBINING = {"¯": "\u0304", "‾": "\u0304", "̲": "\u0304", "ˆ": "\u0302", "^": "\u0302",
             "˜": "\u0303", "~": "\u0303", "⃗": "\u20d7", "→": "\u20d7", "˙": "\u0307"}  # fmt: skip
ATOM = re.compile(r"∂?[^\W\d_](_\w+)?[ᵀ²³]?|\d+|‖[^‖ ]*‖²?|√\([^()]*\)")


@lru_cache(maxsize=10_000)
def to_line(tex, display=False):
    """Return a formula as a line of text. Raises `wuv.mathtext.Strange` for what has none."""
    text = _Line().formula(tex, display).replace(EDGE, "").replace("...", "…")
    return " ".join(text.split())


class _Line(Walk):
    language = "line of text"

    def several(self, nodes):
        """Return a row."""
        nodes, row = list(nodes), ""
        for i, node in enumerate(nodes):
            text = self.write(node)
            if node.tag == "mfrac" and "/" in text and _beside_a_factor(nodes, i):
                text = f"({text})"  # a slash does not say where it ends
            if i == 0 and text in (" + ", " − "):
                text = text.strip()
            if (node.tag == "mo" and node.text == APPLY) or (text and _closes(node)):
                row = row.rstrip(EDGE) + text.lstrip(EDGE)
            elif i and _is_d(nodes[i - 1]) and _is_function(_end(node, 0)):
                row += f" {text}"
            elif i and (_opens(nodes[i - 1]) or (text[:1] == "(" and _is_function(nodes[i - 1]))):
                row = row.rstrip(EDGE) + text.lstrip(EDGE)
            elif text:
                row = beside(row, text) if row else text
        return row

    math = mrow = mtd = mpadded = several

    def mi(self, node):
        text = (node.text or "").strip()
        return text if len(text) < 2 else f"{EDGE}{text}{EDGE}"

    def mn(self, node):
        return node.text or ""

    def mtext(self, node):
        return node.text or ""

    def mo(self, node):
        text = node.text or ""
        if text == APPLY:
            return " " if node.get("lspace") else ""
        if len(text) > 1:
            return f"{EDGE}{text}{EDGE}"
        sided = node.get("lspace") == "0" and text in "+−±"
        shown = "·" if text == "⋅" else text
        return f" {shown} " if text in SPACED and not sided else ", " if text == "," else shown

    def mspace(self, node):
        return " " if node.get("width") else ""

    def mfrac(self, node):
        above, below = (self.write(x).strip() for x in node)
        plain = tuple(x.replace(EDGE, "") for x in (above, below))
        if plain in HALVES:
            return HALVES[plain]
        above = f"({above})" if " " in above or "/" in above else above
        below = below if ATOM.fullmatch(plain[1]) else f"({below})"
        return f"{above}/{below}"

    def msqrt(self, node):
        return f"√({self.several(node)})"

    def msup(self, node):
        return self.up(self.write(node[0]), node[1])

    def up(self, base, node):
        """Return a base with its exponent."""
        above = self.script(node)
        if above in PRIMES:
            return base + PRIMES[above]
        if above in RAISED:
            return base.rstrip(EDGE) + RAISED[above]
        if above.startswith("⊙"):
            return f"{base.rstrip(EDGE)}.^{above[1:]}"
        return raised(base.rstrip(EDGE), above)

    def script(self, node):
        """Return what is raised or lowered, without the spaces that are not needed."""
        return re.sub(r" ?([−+=×⊙,]) ?", r"\1", self.write(node).strip())

    def msub(self, node):
        return lowered(self.write(node[0]), self.script(node[1]))

    munder = msub

    def msubsup(self, node):
        return self.up(self.msub(node), node[2])

    munderover = msubsup

    def mover(self, node):
        base, above = node
        if above.text in COMBINING:
            return unicodedata.normalize("NFC", self.write(base) + COMBINING[above.text])
        return self.msup(node)

    def mtable(self, node):
        aligned = node.get("displaystyle") == "true"
        rows = ([self.write(cell).strip() for cell in row] for row in node)
        return "; ".join(_aligned(row) if aligned else ", ".join(row) for row in rows)


def _end(node, place):
    """Return the first or the last sign of an element."""
    while len(node) and (place == 0 or node.tag == "mrow"):
        node = node[place]
    return node


def _opens(node):
    """Return whether what follows stands close: behind (, behind ∂ and behind an upright d."""
    node = _end(node, -1)
    opening = node.tag == "mo" and (node.text in OPENING or node.get("form") == "prefix")
    return opening or _is_d(node)


def _is_d(node):
    node = _end(node, -1)
    upright = node.text == "d" and node.get("mathvariant") == "normal"
    return node.tag == "mi" and (upright or node.text == "∂")


def _is_function(node):
    node = _end(node, -1)
    return node.tag in ("mi", "mo") and len(node.text or "") > 1


def _closes(node):
    node = _end(node, 0)
    return node.tag == "mo" and (node.text in CLOSING or node.get("form") == "postfix")


def _beside_a_factor(nodes, i):
    """Return whether a fraction is multiplied by what stands beside it."""
    for j in (i - 1, i + 1):
        if 0 <= j < len(nodes) and nodes[j].tag != "mspace":
            sign = _end(nodes[j], -1 if j < i else 0)
            outside = _closes(sign) if j > i else _opens(sign) and sign.text != "∂"
            if sign.tag != "mo" or not (outside or sign.text in SPACED):
                return True
    return False


def _aligned(cells):
    """An aligned line: both sides of its relation, and its reason."""
    pairs = (" ".join(filter(None, cells[i : i + 2])) for i in range(0, len(cells), 2))
    return ", ".join(filter(None, pairs))
