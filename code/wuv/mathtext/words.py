r"""Formulas in words, for those who listen.

>>> to_words(r"\begin{pmatrix} 1 \\ -2 \end{pmatrix}")
'the column 1, minus 2'
"""

from functools import lru_cache

from wuv.algebra.names import GREEK_SIGNS
from wuv.mathtext.mathml import APPLY, PRIMES, Walk

SPOKEN = GREEK_SIGNS | {
    "−": "minus", "∇": "nabla", "∂": "partial", "∑": "the sum", "⟨": "inner product of",
    "⟩": "end", "‖": "norm", "←": "becomes", "→": "to", "↦": "maps to", "≠": "is not",
    "≤": "is at most", "≥": "is at least", "<": "is less than", ">": "is greater than",
    "≈": "is about", "±": "plus or minus", "⊙": "entry by entry times",
    "⊘": "entry by entry divided by", "⊗": "Kronecker times", "∘": "after", "×": "by",
    "⋅": "times", "·": "times", "∗": "star", "𝖳": "transposed", "ᵀ": "transposed", "⁻": "minus",
    "𝟏": "ones", "𝟎": "zeros", "ℝ": "the real numbers", "ℓ": "ell", "∞": "infinity",
    "…": "and so on", "½": "one half", "√": "the root of", APPLY: "",
    **{sign: "prime" * len(mark) for sign, mark in PRIMES.items()},
}  # fmt: skip
ACCENTS = {"¯": "bar", "‾": "bar", "̲": "bar", "ˆ": "hat", "^": "hat", "˜": "tilde", "⃗": "arrow"}


@lru_cache(maxsize=10_000)
def to_words(tex: str) -> str:
    """Return a formula in words. Raises `wuv.mathtext.Strange` for what has none."""
    return _Words().formula(tex)


class _Words(Walk):
    language = "words"

    def several(self, nodes):
        return " ".join(filter(None, map(self.write, nodes)))

    math = mtd = mpadded = several

    def mrow(self, node):
        if len(node) == 3 and node[1].tag == "mtable":
            rows = [[self.write(cell) for cell in row] for row in node[1]]
            if all(len(row) == 1 for row in rows):
                return f"the column {', '.join(row[0] for row in rows)}"
            return f"the matrix with rows {'; '.join(map(' '.join, rows))}"
        return self.several(node)

    def mtable(self, node):
        return "; ".join(map(self.several, node))

    def mi(self, node):
        text = (node.text or "").strip()
        return SPOKEN.get(text, text)

    mn = mo = mtext = mi

    def mspace(self, node):
        return ""

    def mfrac(self, node):
        return f"{self.write(node[0])} over {self.write(node[1])}"

    def msqrt(self, node):
        return f"the root of {self.several(node)}"

    def msup(self, node):
        base, above = map(self.write, node)
        short = above in ("transposed", "star") or node[1].text in PRIMES
        return f"{base} {above}" if short else f"{base} to the power {above}"

    def mover(self, node):
        if node[1].text in ACCENTS:
            return f"{self.write(node[0])} {ACCENTS[node[1].text]}"
        return self.msup(node)

    def msub(self, node):
        return f"{self.write(node[0])} sub {self.write(node[1])}"

    def munder(self, node):
        above = self.braced(node)
        if above is None:
            return self.msub(node)
        return (
            self.write(above)
            if above is node[0]
            else f"{self.write(above)}, {self.write(node[1])},"
        )

    def msubsup(self, node):
        return f"{self.msub(node)} to the power {self.write(node[2])}"

    def munderover(self, node):
        base, low, high = map(self.write, node)
        return f"{base} from {low} to {high} of"
