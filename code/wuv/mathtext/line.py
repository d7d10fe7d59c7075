r"""A formula as a line of text, whatever its LaTeX; spelled as `wuv.algebra.to_text` spells it.

>>> to_line(r"\sum_{i=1}^m r_i^2 \le \frac{1}{2} \lVert Wu - v\rVert^2")
'∑_{i=1}^m r_i² ≤ ½‖Wu − v‖²'
"""

import re
import unicodedata
from functools import lru_cache, reduce

from wuv.algebra.write_text import EDGE, HALVES, beside, lowered, raised
from wuv.mathtext.mathml import APPLY, PRIMES, Walk

RAISED = {"𝖳": "ᵀ", "⊤": "ᵀ", "−1": "⁻¹", "−𝖳": "⁻ᵀ", "*": "*", "∗": "*"}
SPACED = tuple("=≠≈≤≥<>↦⊗⊙⊘+−×⋅→←±∘")
OPENING, CLOSING = "([{⟨", ")]}⟩;:.!"
COMBINING = {"¯": "\u0304", "‾": "\u0304", "̲": "\u0304", "ˆ": "\u0302", "^": "\u0302",
             "˜": "\u0303", "~": "\u0303", "⃗": "\u20d7", "→": "\u20d7", "˙": "\u0307"}  # fmt: skip
ATOM = re.compile(r"∂?[^\W\d_](_\w+)?[ᵀ²³]?|\d+|‖[^‖ ]*‖²?|√\([^()]*\)")
GLUE = "\1"  # nothing comes between this side of a sign and what stands there
SLASH = "\2"  # begins and ends a fraction
MARKS = {",": f"{GLUE}, ", "/": f"{GLUE}/{GLUE}"}
FRACTION = re.compile(f"{SLASH}([^{SLASH}]*){SLASH}")
FUNCTION = re.compile(f"(?<!\\w)[^\\W_]{{2,}}{EDGE}")


@lru_cache(maxsize=10_000)
def to_line(tex: str, display: bool = False) -> str:
    """Return a formula as a line of text. Raises `wuv.mathtext.Strange` for what has none."""
    text = FRACTION.sub(_bracketed, _Line().formula(tex, display))
    return " ".join(re.sub(f"[{EDGE}{GLUE}]", "", text).replace("...", "…").split())


def _bracketed(fraction):
    """Return a fraction, in brackets beside a factor: a slash does not say where it ends."""
    text, (start, end) = fraction.string, fraction.span()
    before = text[:start].rstrip(EDGE + GLUE + " ")[-1:]
    after = text[end:].lstrip(EDGE + GLUE + " ")[:1]
    alone = before in ("", *OPENING, *SPACED, *"‖|,;") and after in ("", *CLOSING, *SPACED, ",")
    return fraction[1] if alone else f"({fraction[1]})"


def _seam(first, second):
    """Return two parts of a row."""
    if not first:
        return second.strip() if second in (" + ", " − ") else second
    if first[-1] == GLUE and first[-2:-1] in "d∂" and FUNCTION.match(second, 1):
        return f"{first[:-1]} {second}"
    applied = second[0] == "(" and re.search(f"{FUNCTION.pattern}$", first)
    if applied or GLUE in first[-1] + second.lstrip(EDGE)[:1]:
        return first.rstrip(EDGE + GLUE) + second.lstrip(EDGE + GLUE)
    return beside(first, second)


class _Line(Walk):
    language = "line of text"

    def several(self, nodes):
        """Return a row."""
        return reduce(_seam, filter(None, map(self.write, nodes)), "")

    math = mrow = mtd = mpadded = several

    def mi(self, node):
        text = (node.text or "").strip()
        if text == "∂" or (text == "d" and node.get("mathvariant") == "normal"):
            return f"{text}{GLUE}"
        return text if len(text) < 2 else f"{EDGE}{text}{EDGE}"

    def mn(self, node):
        return node.text or ""

    def mtext(self, node):
        return node.text or ""

    def mo(self, node):
        text = node.text or ""
        if text == APPLY:
            return " " if node.get("lspace") else GLUE
        if len(text) > 1:
            return f"{EDGE}{text}{EDGE}"
        if text in SPACED and not (text in "+−±" and node.get("lspace") == "0"):
            return f" {text.replace('⋅', '·')} "
        opens = text in OPENING or node.get("form") == "prefix"
        closes = text in CLOSING or node.get("form") == "postfix"
        return MARKS.get(text) or GLUE * closes + text + GLUE * opens

    def mspace(self, node):
        return " " if node.get("width") else ""

    def mfrac(self, node):
        above, below = (re.sub(f"[{EDGE}{GLUE}{SLASH}]", "", self.write(x)).strip() for x in node)
        if (above, below) in HALVES:
            return HALVES[above, below]
        above = f"({above})" if " " in above or "/" in above else above
        below = below if ATOM.fullmatch(below) else f"({below})"
        return f"{SLASH}{above}/{below}{SLASH}"

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

    def munder(self, node):
        above = self.braced(node)
        if above is None:
            return self.msub(node)
        below = "" if above is node[0] else f" [{self.script(node[1])}] "
        return f"{self.write(above)}{below}"

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


def _aligned(cells):
    """An aligned line: both sides of its relation, and its reason."""
    pairs = (" ".join(filter(None, cells[i : i + 2])) for i in range(0, len(cells), 2))
    return ", ".join(filter(None, pairs))
