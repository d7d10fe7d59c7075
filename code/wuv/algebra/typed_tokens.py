r"""Typed text as tokens: the signs of word processors, words, names that are run together.

>>> [x.text for x in typed_tokens("2Wᵀ(Wu − v)²", {"W", "u", "v"})]
['2', 'W', '^', '{', '\\top', '}', '(', 'W', 'u', '-', 'v', ')', '^', '{', '2', '}']
>>> [x.text for x in typed_tokens("lam*pred_i + log|S|", {"lam"})]
['lam', '*', 'pred', '_', 'i', '+', 'log', '|', 'S', '|']

First lexemes, which are the text itself, cut: statements are told apart by these
(`wuv.algebra.language`). Then tokens, as `wuv.algebra.latex_tokens` has them; there it matters
which names a formula may have.
"""

import re
import unicodedata
from typing import NamedTuple

from wuv.algebra.functions import FUNCTIONS, METHODS, WORDS
from wuv.algebra.latex_tokens import BLANK, SIZED, TEXT, UPRIGHT, Token
from wuv.algebra.names import (
    ACCENTS,
    DIACRITICS,
    GREEK,
    GREEK_SIGNS,
    INDICES,
    LAMBDAS,
    known_as,
    spelled_out,
)
from wuv.algebra.tree import Place, Unreadable, words

MAX_CHARACTERS = 2000
MAX_EXPONENT = 40
# One sign of a word processor, as the tokens that it stands for.
SIGNS = {
    "−": "-", "–": "-", "—": "-", "·": "·", "⋅": "·", "∙": "·", "•": "·", "×": "·", "∗": "*",
    "⁄": "/", "∕": "/", "÷": "/", "′": "'", "’": "'", "ʹ": "'", "´": "'", "½": "( 1 / 2 )",
    "¼": "( 1 / 4 )", "||": "‖", "∥": "‖", "║": "‖", "│": "|", "∣": "|", "⟨": r"\langle",
    "⟩": r"\rangle", "<": r"\langle", ">": r"\rangle", "∑": r"\sum", "⊙": r"\odot", "∘": r"\odot",
    "⊗": r"\otimes", "⊘": r"\oslash", "∇": r"\nabla", "∂": r"\partial", "√": r"\sqrt",
    "ℓ": r"\ell", "∞": r"\infty", "𝟏": r"\mathbf 1", "𝟎": r"\mathbf 0", "**": "^",
    ".'": "'", ".T": "'", ".+": "+", ".-": "-", ".−": "-", "%*%": "@",
    r"\ast": "*", r"\star": "*", r"\cdot": "·", r"\times": "·",
}  # fmt: skip
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀᵗ⊺⊤", [*"0123456789-", *[r"\top"] * 4], strict=True))
BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙ", "0123456789ijklmn", strict=True))
HIDDEN = BLANK | SIZED | {"\n", "\u200b", "\ufeff", "\u2062", "\u2061", r"\bf", r"\rm",
                          r"\it", r"\sf", r"\boldmath"}  # fmt: skip
SWITCHES = {r"\rm": r"\mathrm", r"\bf": r"\mathbf", r"\it": r"\mathit", r"\sf": r"\mathsf",
            r"\tt": r"\mathtt"}  # fmt: skip
RAW = TEXT | UPRIGHT | {r"\begin", r"\end"}  # the words in braces behind these are no formula
NAMED = {"None": None, "True": True, "False": False, "fro": "fro", "nuc": "nuc", "inf": "inf"}
# Words that are functions, and of no formula's letters, even where no bracket follows.
OTHERS = {
    *words("min max argmin argmax minimize maximize minimise maximise softmax logsumexp relu tan"),
    *words("sinh cosh arcsin arccos arctan erf var std cov prod lim sup rank expm logm sqrtm clip"),
}
PREFIXES = {"tr", "Tr", "trace", "det", "log", "ln", "exp", "sum", "mean", "diag", "logdet", "sin",
            "cos", "tanh", "sqrt"}  # fmt: skip
FRACTIONS = {r"\frac", r"\tfrac", r"\dfrac"}
ENTRY = rf"[^\W\d_]_(?:[0-9]+|[{''.join(sorted(INDICES))}]{{1,2}})"
ENTRIES = re.compile(rf"(?:{ENTRY}){{2,}}[^\W\d_]*|[^\W\d_]_[0-9]+[^\W\d_]+")  # x_ix_j, W_1x
OPEN_ENTRIES = re.compile(rf"(?:{ENTRY})+[^\W\d_]")  # x_iA before _{ij}

INDEXED = re.compile(rf"_\{{?[{''.join(sorted(INDICES))}]\b|[ᵢⱼₖ]")  # an entry, somewhere
MODULE = r"(?P<module>(?:np|numpy|math|scipy|sp|torch|jnp|jax|tf)\.(?:(?:linalg|special)\.)?)"
AROUND = "".join(RAISED) + "".join(BELOW) + "½¼"
SMALL = f"[{''.join(GREEK_SIGNS)}]"
ACCENT = f"[{''.join(DIACRITICS)}]"
LETTER = rf"(?:(?![{AROUND}])(?!{SMALL})[^\W\d_]{ACCENT}?)"
LEXEME = re.compile(
    r"(?P<said>(?<=[,=(])\s*(?:'\w{1,3}'|\"\w{1,3}\"))"
    r"|(?P<blank>\s+)|(?P<command>\\[A-Za-z]+\*?|\\.)"
    rf"|(?P<raised>[{''.join(RAISED)}]+)|(?P<below>[{''.join(BELOW)}]+)"
    rf"|{MODULE}?(?P<word>(?:{SMALL}{ACCENT}?|{LETTER}(?:{LETTER}|[0-9])*)(?:_(?:{LETTER}|[0-9])+)*"
    rf"(?:_(?!{LETTER}|[0-9{{\\]))?)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)"
    r"|(?P<relation>[-+:<=!>]=|<-|=>|[=≔←⇒∈])"
    r"|(?P<sign>\|\||%\*%|%o%|\*\*|\.\*|\./|\.\^|\.[-+−']|\.T\b|&&|.)",
    re.DOTALL,
)


class Lexeme(NamedTuple):
    """A part of a text: of what kind, what it says, where it stands, and np. before it."""

    kind: str
    text: str
    start: int
    stop: int
    module: str = ""


NOTHING = Lexeme("", "", 0, 0)


def lexemes(text):
    """Return the words, numbers and signs of a text, in order; of its blanks, the ends of lines.

    Raises `Unreadable` for a text that is too long.
    """
    if len(text) > MAX_CHARACTERS:
        place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
        raise Unreadable(f"more than {MAX_CHARACTERS} characters", place)
    bold = any(0x1D400 <= ord(c) <= 0x1D7FF and c not in "𝟏𝟎" for c in text)
    plain = "".join(_plain_letter(c, bold) for c in text)
    found = []
    for match in LEXEME.finditer(plain):
        kind = match.lastgroup
        said, start, stop = match[kind], match.start(kind), match.end()
        if kind == "blank":
            if "\n" not in said:
                continue
            said = "\n"
        if said == "<-" and not (found and found[-1].kind == "word"):  # no arrow, but <−a, b>
            found.append(Lexeme("sign", "<", start, start + 1))
            kind, said, start = "sign", "-", start + 1
        found.append(Lexeme(kind, said, start, stop, match["module"] or ""))
    return found


def _plain_letter(c, bold):
    """Return 𝐖 and Ｗ as W, and anything that cannot be printed as a blank."""
    if c in "𝟏𝟎" and not bold:
        return c
    if 0x1D400 <= ord(c) <= 0x1D7FF or 0xFF01 <= ord(c) <= 0xFF5E:
        return unicodedata.normalize("NFKC", c)
    return c if c.isprintable() or c == "\n" else " "


def typed_tokens(text, names=(), found=None, *, closed=False, latex=False):
    """Return the tokens of a formula; see `wuv.algebra.typed.read_typed`."""
    return _Tokens(text, lexemes(text) if found is None else found, names, closed, latex).out


def _switched(found):
    r"""Return lexemes with \mathrm{tr} for {\rm tr}."""
    found = [*found]
    for i, x in enumerate(found[:-1]):
        switch = SWITCHES.get(found[i + 1].text)
        if x.text == "{" and switch:
            found[i : i + 2] = [x._replace(text=switch), found[i + 1]._replace(text="{")]
    return found


class _Tokens:
    """Goes through the lexemes once, from left to right."""

    def __init__(self, text, found, names, closed, latex):
        self.text, self.names, self.closed, self.latex = text, names, closed, latex
        self.out, self.skip = [], 0
        found = _switched(found)
        around = [NOTHING, *found, NOTHING._replace(start=len(text))]
        for self.before, x, self.after in zip(around, found, around[2:], strict=False):
            self.here = x
            if x.start >= self.skip:
                self.add(x)

    def put(self, x, *texts, kind=""):
        self.out += [Token(y, x.start, "", kind, x.stop - x.start) for y in texts]
        return True

    def add(self, x):
        if x.kind in ("raised", "below"):
            table, sign = (RAISED, "^") if x.kind == "raised" else (BELOW, "_")
            inside = "".join(table[c] for c in x.text)
            if self.before.text in ("^", "-", "{"):  # W^⊤, W^{-⊤}
                sign = ""
            marks = r"-?(?:\\top|\d+)|." if sign != "_" else ".+"
            for mark in re.findall(marks, inside):  # A⁻¹ᵀ has two
                self.put(x, *sign, "{", *re.findall(r"\d+|\\top|\D", mark), "}")
        elif (
            x.text == "{"
            and self.before.text != r"\textbf"
            and (self.before.text in RAW or self.before.text.startswith(r"\text"))
        ):
            self.skip = max(self.text.find("}", x.stop), x.stop)
            self.put(x, "{", self.text[x.stop : self.skip].strip().replace(r"\_", "_"))
        elif x.kind == "said":
            self.put(x, x.text.strip()[1:-1], kind="value")
        elif x.text == "\\ " and not self.latex:
            raise Unreadable("for A\\b type inv(A)*b", self.place(x))
        elif x.kind == "word":
            any(rule(self, x) for rule in WORD_RULES)
        elif (x.text not in HIDDEN or (x.text == "~" and not self.latex)) and not (
            x.text == "." and self.before.text in SIZED
        ):
            sign = r"\mathrm" if x.text in TEXT or x.text.startswith(r"\text") else x.text
            sign = r"\mathbf" if x.text == r"\textbf" else sign
            sign = self.numeral(x) if x.kind == "number" else sign
            self.put(x, *SIGNS.get(sign, sign).split())

    def numeral(self, x):
        power = re.search("[eE](.*)", x.text)
        if power and self.declared(power[0][0]):
            said = f"is {x.text} a number, or is {power[0][0]} a letter? Write blanks or ·"
            raise Unreadable(said, self.place(x))
        if power and abs(int(power[1])) > MAX_EXPONENT:
            raise Unreadable("this number has too many digits", self.place(x))
        return f"0{x.text}" if x.text[0] == "." else x.text

    def declared(self, name):
        return isinstance(self.names, dict) and self.names.get(name) is not None

    def place(self, x):
        return Place(self.text, x.start - len(x.module), x.stop)

    def touches(self, x):
        """Return whether a bracket follows at once, or after Julia's dot, as in exp.(x)."""
        return re.match(r"\.?\(", self.text[x.stop : x.stop + 2]) is not None

    @property
    def lifted(self):
        """Whether an exponent or a subscript begins here."""
        return self.before.text in ("^", "_", "**", ".^", ".")

    # What a word may be: each rule puts its tokens, or leaves the word to the next one

    def dotted(self, x):
        if self.text[x.stop : x.stop + 2] != ".(" or x.text in WORDS or x.text in self.names:
            return False
        said = f"{x.text}() is not in the language; for a product type {x.text}·(…)"
        raise Unreadable(said, self.place(x))

    def of_module(self, x):
        if not x.module:
            return False
        if x.text not in FUNCTIONS or self.after.text != "(":
            other = "NumPy" if x.module[0] in "tj" else "in the language"
            raise Unreadable(f"{x.module}{x.text} is not {other}", self.place(x))
        return self.put(x, x.text, kind="function")

    def glued(self, x):
        """Refuse a function that other letters touch: Wsin(a)."""
        if self.touches(x) and x.text not in WORDS:
            word = max((w for w in WORDS if len(w) > 2 and x.text.endswith(w)), key=len, default="")
            front = x.text[: -len(word)]
            if word and (split(front, self.names) or not front.islower()):
                raise Unreadable(f"write a blank: {front} {word}(…)", self.place(x))
        return False

    def name(self, x):
        """Put a name that the formula may have, W_1 for W1 and W1 for W_1 too."""
        accented = known_as(x.text, self.names) if spelled_out(x.text) != x.text else None
        if accented:
            return self.put(x, accented, kind="name")
        for spelling in (x.text, x.text.replace("_", ""), re.sub(r"(\d+)$", r"_\1", x.text)):
            if x.text == "t" and self.touches(x) and "%*%" in self.text:
                return False  # R's transpose
            if spelling in self.names and (spelling == x.text or spelling[-1].isdigit()):
                return self.put(x, spelling, kind="name")
        return False

    def transposed(self, x):
        behind = self.before.text and self.text[x.start - 1].isspace() and not self.touches(x)
        return x.text in ("transpose", "transposed") and behind and self.put(x, "'")

    def function(self, x):
        method = x.text in METHODS and self.before.text == "." and self.touches(x)
        if x.text not in WORDS or (self.lifted and not method):
            return False
        first = self.before.text == "(" and self.after.text == ","  # sum(abs2, x)
        applied = first or x.text in PREFIXES or (len(x.text) > 2 and self.after.text in ("(", "|"))
        if method or self.touches(x) or (applied and not self.is_total(x)):
            self.skip = x.stop + (self.touches(x) and self.after.text == ".")
            return self.put(x, x.text, kind="function")
        return False

    def is_total(self, x):
        over = self.after.kind == "below" or self.after.text == "_"
        bare = x.text == "Σ" and "Σ" not in self.names and INDEXED.search(self.text, x.stop)
        return bare or (x.text in ("sum", "Σ") and over)

    def total(self, x):
        """Put a sum over an index: Σᵢ, sum_i, sum_{i=1}^m."""
        word, _, index = x.text.partition("_")
        if self.is_total(x):
            return self.put(x, r"\sum")
        if word in ("sum", "Σ") and index and set(index) <= INDICES:
            return self.put(x, r"\sum", "_", "{", *index, "}")
        return False

    def cross(self, x):
        around = self.text[x.start - 1 : x.start] + self.text[x.stop : x.stop + 1]
        stands_free = len(around) == 2 and around.isspace()
        return x.text in ("times", "x") and self.closed and stands_free and self.put(x, "·")

    def entries(self, x):
        """Put a product of names with subscripts: x_ix_j, W_2W_1x, x_iA_{ij}."""
        word = x.text
        lowers = self.after.text == "_" or self.after.kind == "below"
        several = OPEN_ENTRIES if lowers else ENTRIES
        parts = [*re.finditer(rf"{ENTRY}(?=[^\W\d_]_|[^\W_]*$)|[^\W\d_]+$", word)]
        tiled = "".join(part[0] for part in parts) == word
        if self.lifted or not several.fullmatch(word) or not tiled:
            return False
        for part in parts:
            y = x._replace(text=part[0], start=x.start + part.start(), stop=x.start + part.end())
            any(rule(self, y) for rule in (_Tokens.name, _Tokens.run))
        return True

    def run(self, x):
        """Put a product of names, or a new name; ``W_ij`` has its subscript in braces."""
        base, mark, below = _parted(x.text)
        if "_" in base:
            self.put(x, known_as(base, self.names) or base, kind="name")
            return self.put(x, *(("_", "{", *below, "}") if below else ()))
        if below and not (below.isdecimal() or below.isalpha()):
            return self.put(x, x.text, kind="name")
        in_braces = [t.text for t in self.out[-2:]] == ["_", "{"]
        lowered = in_braces or (self.before.text == "_" and not self.latex)
        parts = [*base] if lowered and set(base) <= INDICES else self.parts(base)
        unknown = len(base) > 2 and parts == [base] and base not in GREEK
        called = unknown and not mark and not self.lifted and self.touches(x)
        if called or (unknown and base in OTHERS.union(WORDS)):
            return self.put(x, base, kind="unknown")
        braced = ("{", "}") if lowered and len(parts) > 1 and not in_braces else ("", "")
        self.put(x, *braced[0])
        start = x.start
        for part in parts:
            self.part(Lexeme("word", part, start, start + len(part)))
            start += len(part)
        self.put(x, *braced[1])
        if mark:
            many = [*below] if set(below) <= INDICES else [below] if below else []
            self.put(x, "_", *(many if len(below) < 2 else ["{", *many, "}"]))
        return True

    def part(self, x):
        if x.text == "^T":
            return self.put(x, "^", "T")
        if x.text[-1].isdigit() and self.name(x):
            return True
        if x.text in GREEK:
            return self.put(x, f"\\{x.text}")
        named = (len(x.text) > 1 or x.text in self.names) and x.text not in GREEK_SIGNS
        return self.put(x, x.text, kind="name" if named else "")

    def parts(self, word):
        """Return the names that a word is made of."""
        mark = word[:1]
        if self.lifted and word[1:] and (mark == "T" or (mark == "t" and not self.closed)):
            return [mark, *(split(word[1:], self.names) or [*word[1:]])]  # W^Tr
        parts = split(word, {*self.names, "I"} if self.closed else self.names)
        if parts is not None:
            return parts
        if not self.closed and re.fullmatch(r"([a-z])t\1", word):  # xtx
            return [word[0], "^T", word[0]]
        known = word in NAMED or word in GREEK or word in LAMBDAS
        change = len(word) == 2 and word[0] == "d" and "d" not in self.names
        long = self.closed or (len(word) > 2 and word.islower() and word.isascii())
        if re.search(r"\d", word) and self.before.text in FRACTIONS:  # \frac s2
            return re.findall(r"\d+|\D", word)
        if re.fullmatch(r"(?:[^\W\d_]\d+)+[^\W\d_]?", word) and not self.closed:  # W2W1x
            return re.findall(r"[^\W\d_]\d*", word)
        numbered = re.search(r"\d", word)
        called = len(word) > 3 and word[1:].islower() and self.touches(self.here)  # Identity(3)
        long = long or called
        return [word] if known or change or numbered or (long and not self.latex) else [*word]


WORD_RULES = (
    _Tokens.dotted, _Tokens.of_module, _Tokens.name, _Tokens.transposed, _Tokens.function,
    _Tokens.glued, _Tokens.total, _Tokens.cross, _Tokens.entries, _Tokens.run,
)  # fmt: skip


def _parted(word):
    """Return the base of a word, _, and its subscript; an accent is a part of the base."""
    base, mark, below = word.partition("_")
    accent, other, rest = below.partition("_")
    if accent in ACCENTS:
        return f"{base}_{accent}", other, rest
    return spelled_out(base), mark, below


def split(word, known):
    """Return the known names that a word is made of, "^T" for a transpose; None where it isn't.

    >>> split("Wu", {"W", "u"}), split("WTr", {"W", "r"}), split("what", {"W"})
    (['W', 'u'], ['W', '^T', 'r'], None)
    """
    if word in known:
        return [word]
    base, _, below = word.rpartition("_")
    if base in known and below in ("T", "t"):
        return [base, "^T"]
    found, rest = [], word
    while rest:
        best = max((x for x in known if x and rest.startswith(x)), key=len, default=None)
        length = len(best or " ")
        if best is None and rest[0] in GREEK_SIGNS:
            greek = GREEK_SIGNS[rest[0]]
            spellings = ("lam", *LAMBDAS) if greek == "lambda" else (greek,)
            best = next((x for x in spellings if x in known), None)
        if best is None and rest[0] in "Tt" and found and found[-1] != "^T":
            best = "^T"
        if best is None:
            return None
        found.append(best)
        rest = rest[length:]
    return found
