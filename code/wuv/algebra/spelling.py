r"""Spellings: a gradient or a loss as people type it, made into text that the readers know.

>>> clean("∂L/∂u = 2Wᵀ(Wu − v)")
'∂L/∂u = 2W^T (Wu - v)'
>>> sides("dL/du = 2W^T(Wu - v)")
('dL/du', '=', '2W^T(Wu - v)')
>>> as_latex("2*W'*||Wu-v||", {"W", "u", "v"})
'2 W ^{T} \\lVert W u - v \\rVert'

Nobody types formulas as one program wants them. A missing multiplication sign, ᵀ or ' for a
transpose, ‖ ‖ for a norm, Matlab's and R's products: all of these are read; what they mean is
settled elsewhere.
"""

import re
import unicodedata
from decimal import Decimal

from wuv.algebra.names import GREEK, GREEK_SIGNS, INDICES, LAMBDAS, latex_name
from wuv.algebra.tree import Place, Unreadable

MAX_CHARACTERS = 2000
SIGNS = {
    "−": "-", "–": "-", "—": "-", "·": "*", "⋅": "*", "∙": "*", "•": "*", "×": "*", "∗": "*",
    "⁄": "/", "∕": "/", "÷": "/", "ᵀ": "^T ", "ᵗ": "^T ", "⊺": "^T ", "′": "'", "’": "'", "ʹ": "'",
    "´": "'", "²": "^2", "³": "^3", "⁻¹": "^{-1}", "½": "(1/2)", "¼": "(1/4)", "‖": "||",
    "∥": "||", "║": "||", "│": "|", "∣": "|", "⟨": "<", "⟩": ">", "←": "<-", "≔": "=",
    "∑": "sum", "\u200b": "", "\ufeff": "", "\xa0": " ", "\u2009": " ", "\u2062": " ", "\u2061": "",
}  # fmt: skip
PAIRED = re.compile("|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True))))
RELATION = re.compile(r"=>|<-|:=|\\leftarrow|\\gets|[-+]=|(?<![<>!=:])=(?!=)")
PREFACE = re.compile(
    r"^\s*(?:(?:the|my)\s+)?(?:answer|gradient|result|solution)\s*(?:is\b|:)\s*", re.IGNORECASE
)
BELOW = {
    "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8",
    "₉": "9", "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₗ": "l", "ₘ": "m", "ₙ": "n",
}  # fmt: skip
MODULES = {"numpy", "linalg", "torch", "jnp"}
POWER = r"((?:(?:\^|\*\*)\s*(?:\{\s*\d+\s*\}|\d+)\s*)?)"
BESIDE = r"(?=\s*\*?\s*(?:\||(?:sum|norm|mean|tr|trace)\b)|\s+\()"  # not below the slash
FRAMES = r"align|aligned|equation|gather|gathered|split|multline|eqnarray|displaymath|math"
FACE = r"\\(?:text|textsf|textrm|textbf|textit|mathbf|mathrm|mathsf|mathit|rm|sf|bf|it)"
BOLD = r"\\(?:mathbf|boldsymbol|bm|vec|mathit|symbf)"
HELPERS = "residual|resid|res|error|err|diff|[ersqzdRE]"
MEANING = re.compile(rf"\s*({HELPERS})\s*:?=\s*([^=]*[^=\s.])[\s.]*")
JOINT = r"(?:let|where|with|then|so|for|and|hence|thus)"
BETWEEN = re.compile(
    rf"\\[{{}}]|[(\[{{]|[)\]}}]|(?P<between>[,;]|\\q?quad\b(?!\s*[-+=])|\b{JOINT}\b"
    rf"|\\text\s*\{{[\s,]*{JOINT}?[\s,:]*\}})"
)
ZERO = re.compile(r"\s*(?:0|\\mathbf\s*\{?\s*0\s*\}?)\s*")
SLOPE = re.compile(r"[∂∇]|\\(?:partial|nabla)|\bd[^\W\d]*\s*/|grad")
WORDS = {
    "norm": "norm", "transpose": "transpose", "trans": "transpose", "t": "transpose",
    "sum": "sum", "mean": "mean", "trace": "tr", "tr": "tr", "diag": "diag", "det": "det",
    "inv": "inv", "inverse": "inv", "exp": "exp", "log": "log", "ln": "log", "tanh": "tanh",
    "sin": "sin", "cos": "cos", "sigmoid": "sigmoid", "sqrt": "sqrt", "abs": "abs",
    "sign": "sign", "dot": "dot", "matmul": "dot", "inner": "inner", "vdot": "inner",
    "outer": "outer", "multiply": "multiply",
}  # fmt: skip
KEPT = {*WORDS, *GREEK, "lr", "lam", "np"}
OPERATORS = {"sum", "mean", "tr", "diag", "det", "sigmoid", "abs", "sign"}
TOKEN = re.compile(
    r"(?:(?:np|numpy|torch|jnp)\.(?:linalg\.)?)?(?P<word>[^\W\d]\w*)"
    r"|(?P<number>\d+\.?\d*(?:e-?\d+)?|\.\d+)"
    r"|(?P<sign>\|\||%\*%|%o%|\*\*|\.\*|\.\^|\.'|\.T\b|[-+*/@^'|()\[\]{},_<>⊙∘⊗.&])"
    r"|(?P<blank>\s+)|(?P<other>.)",
    re.DOTALL,
)
LATEX_SIGNS = {"@": " ", "*": " ", "%*%": " ", ".*": r" \odot ", "⊙": r" \odot ",
               "∘": r" \odot ", "⊗": r" \otimes ", "-": " - ", "+": " + ",
               ".": " ", "[": "(", "]": ")"}  # fmt: skip


def clean(text):
    """Return a text without the signs that only word processors know.

    Raises `Unreadable` for a text that is empty, too long, or nothing but white space.
    """
    if len(text) > MAX_CHARACTERS:
        place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
        raise Unreadable(f"more than {MAX_CHARACTERS} characters", place)
    text = PAIRED.sub(lambda found: SIGNS[found.group()], text).replace("⊤", "T")
    text = "".join(_plain_letter(c) for c in text)
    text = re.sub(r"^\s*```\w*|```\s*$", "", text)
    text = re.sub(r"(?:(?<=[$`])[.;,]+|[\s?!✓✔]+)$", "", text)
    text = re.sub(r"^\s*(?:\\\[|\\\(|\$\$?|`)|(?:\\\]|\\\)|\$\$?|`)\s*$", "", text)
    text = re.sub(r"#.*", "", text)
    text = re.sub(r"^[ \t]*(?:import|from)\s.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[-+*/@(,=])[ \t]*\n\s*", " ", text)
    text = with_meanings(unframed(_indices(text)) if "\\" in text else _indices(text))
    text = PREFACE.sub("", text)
    text = re.sub(r"(?<!\d)[.;,]+\s*$", "", text).strip()
    text = re.sub(r"(?<=\d)[;,.]\s*$", "", text)
    if not text:
        raise Unreadable("there is nothing to read", Place(text, 0, 0))
    return text


def _indices(text):
    """Return rᵢWᵢⱼ as r_i W_ij, and Σᵢ as sum_i."""
    text = re.sub(f"Σ(?=\\s*[_{''.join(BELOW)}])", "sum", text)
    return re.sub(
        f"[{''.join(BELOW)}]+",
        lambda found: "_" + "".join(BELOW[c] for c in found.group()) + " ",
        text,
    )


def unframed(text):
    r"""Return LaTeX without what only sets it: environments of rows, labels, the set it is in.

    >>> unframed(r"\begin{align} \nabla_u L &= 2W^\top r \label{a} \end{align}").strip()
    '\\nabla_u L  = 2W^\\top r'
    """
    text = re.sub(r"\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b", " ", text)
    text = re.sub(r"\\in\s*\\mathbb\s*(?:\{\s*R\s*\}|R)\s*(?:\^\s*(?:\{[^{}]*\}|\w))?", " ", text)
    text = re.sub(rf"{BOLD}\s*(?:\{{\s*([A-Za-z])\s*\}}|\s([A-Za-z])(?![A-Za-z]))",
                  lambda found: " " + (found[1] or found[2]), text)  # fmt: skip
    text = re.sub(r"\{\s*\\(?:bf|bm|boldsymbol|rm|it|sf)\s+([A-Za-z])\s*\}", r" \1", text)
    framed = re.fullmatch(
        rf"\s*\\begin\{{((?:{FRAMES})\*?)\}}(.*)\\end\{{\1\}}\s*[.,;]?\s*", text, re.DOTALL
    )
    if framed and "\\begin" not in framed[2]:
        rows = [x.replace("&", " ") for x in re.split(r"\\\\(?:\[[^\]]*\])?", framed[2])]
        rows = [re.sub(r"^\s*\\q?quad\b", "", x) for x in rows if x.strip()]
        text = ""
        for row in rows:
            text += (", " if text and re.match(r"\s*[^\s=+-]", row) else " ") + row
    return text


def with_meanings(text):
    """Return a text with the residual written out, where the text says what it calls r.

    >>> with_meanings("-2W^T r where r = v - Wu"), with_meanings("r = v - Wu, dL/du = -2W^T r")
    ('-2W^T (v - Wu)', 'dL/du = -2W^T (v - Wu)')
    """
    if "\n" in text:
        return text
    pieces = _pieces(text)
    meanings, rest = {}, []
    for piece in pieces:
        found = MEANING.fullmatch(piece)
        if found and not re.search(rf"(?<![A-Za-z\\]){found[1]}(?![A-Za-z])", found[2]):
            meanings[found[1]] = found[2]
        else:
            rest.append(piece.strip())
    if not rest and len(meanings) > 1:
        rest = [pieces[-1].strip()]
        del meanings[MEANING.fullmatch(pieces[-1])[1]]
    if not meanings or len(rest) != 1:
        return text
    left, sign, right = rest[0].rpartition("=")
    for _ in meanings:  # one may stand in another
        right = re.sub(r"\\[A-Za-z]+|[A-Za-z]+", lambda x: _put(x.group(), meanings), right)
        if len(right) > MAX_CHARACTERS:
            raise Unreadable("what the letters stand for makes this too long", Place(text, 0, 0))
    return left + sign + right


def _pieces(text):
    """Return what stands between commas and words such as "where", outside of brackets."""
    pieces, depth, start = [], 0, 0
    for found in BETWEEN.finditer(text):
        depth += (found.group() in "([{") - (found.group() in ")]}")
        if depth == 0 and found["between"]:
            pieces.append(text[start : found.start()])
            start = found.end()
    return [x for x in [*pieces, text[start:]] if x.strip(" .:")]


def _put(letters, meanings):
    """Return a run of letters, such as Wr or r, with what r means in the place of r."""
    if letters in meanings:
        return f"({meanings[letters]})"
    if letters[0] == "\\" or len(letters) > 3 or letters.lower() in KEPT:
        return letters
    return "".join(f"({meanings[c]})" if c in meanings else c for c in letters)


def _plain_letter(c):
    """Return 𝐖 and Ｗ as W, and anything that cannot be printed as a blank."""
    if 0x1D400 <= ord(c) <= 0x1D7FF or 0xFF01 <= ord(c) <= 0xFF5E:
        return unicodedata.normalize("NFKC", c)
    return c if c.isprintable() or c == "\n" else " "


def sides(text):
    """Return (left, relation, right) of the last relation outside of brackets; ("", "", text)
    where there is none."""
    depths, depth = [], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        depths.append(depth)
    found = [x for x in RELATION.finditer(text) if depths[x.start()] == 0]
    if not found:
        return "", "", text
    if len(found) > 1 and ZERO.fullmatch(text[found[-1].end() :]):
        text, found = text[: found[-1].start()], found[:-1]  # a gradient that is set to zero
    last = found[-1]
    left = text[: last.start()]
    zero = last.group() == "=" and ZERO.fullmatch(text[last.end() :])
    if zero and re.search(r"[-+*@(^]", left) and not SLOPE.search(left):
        return "", "", left.strip()
    previous = [x.end() for x in found[:-1]]
    left = left[previous[-1] :] if previous else left
    return left.strip(), last.group(), text[last.end() :].strip()


def is_latex(text):
    """Return whether a text has a command of LaTeX in it."""
    return "\\" in text


def mended_latex(text):
    """Return LaTeX as the book's reader knows it: products without a sign, transposes with T."""
    text = re.sub(r"\\[!,;:>]", " ", text)
    text = re.sub(rf"\^\s*\{{\s*{FACE}\s*(?:\{{\s*[Tt]\s*\}}|\s[Tt])\s*\}}", "^{T}", text)
    text = re.sub(rf"\^\s*{FACE}\s*\{{\s*[Tt]\s*\}}", "^{T}", text)
    text = re.sub(r"\^\s*\{\s*(\\top|\\intercal|T)\s*\}", "^{T}", text)
    text = re.sub(r"(?<=[\w})\]])'(?!')", "^{T}", text)
    text = re.sub(r"\^\s*(?:\{\s*\\prime\s*\}|\\prime)", "^{T}", text)
    text = re.sub(r"\^\s*(?:\{\s*(?:t|tr|\\text\{\s*T\s*\}|\\rm\s*T|\\textsf\{T\})\s*\}|t\b|′)",
                  "^{T}", text)  # fmt: skip
    text = re.sub(r"\|\|(.*?)\|\|", r"\\lVert \1\\rVert ", text)
    text = re.sub(r"\\(?:left|right)\s*\.", " ", text)
    return re.sub(r"\\(?:ast|star)\b|[*@]", " ", text).replace(r"\hspace", r"\,")


def mended_numpy(text, known):
    """Return Python text with the products that a person left out, and ^ for a power."""
    text = re.sub(r"\^\s*\{?\s*T\s*\}?", ".T", text)
    text = re.sub(r"\^\s*\{?\s*(-?\d+)\s*\}?", r"**\1", text)
    text = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)(?!e-?\d)(?![\d.])\s*(?=[^\W\d]|\()", r"\1*", text)
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    text = re.sub(rf"(?<![\w.])({names})((?:\.T)?)\s*(?=\()", r"\1\2@", text)
    return re.sub(r"\)((?:\.T)?)\s*(?=[^\W\d]|\()", r")\1@", text)


def as_latex(text, known):
    """Return LaTeX for a formula as typed on a keyboard: ``2W'(Wu-v)``, ``2*t(W)%*%r``.

    ``known`` are the names that may stand in it. Raises `Unreadable`.
    """
    text = re.sub(r"_\s*\{\s*(\w(?:[\s,]*\w)*)\s*\}",
                  lambda found: "_" + re.sub(r"[\s,]", "", found[1]) + " ", text)  # fmt: skip
    text = re.sub(r"(?<![\w\\])sum\s*_\s*\{?\s*([ijkl])\s*(?:=\s*1\s*)?\}?\s*"
                  r"(?:\^\s*\{?\s*\w\s*\}?)?(?![A-Za-z])", r"sum_\1 ", text)  # fmt: skip
    if "times" not in known:
        text = re.sub(r"(?<=[\w)\]])\s+times\s+(?=[\w(\[])", " * ", text)
    if "x" not in known:
        text = re.sub(r"(?<=[\w)\]])\s+x\s+(?=[\w(\[])", " * ", text)
    text = re.sub(r"(?<=[\w)\]])\s+(?:transposed?)(?=\s|$|\))", "^T ", text)
    return _Typed(text, known).all()


def typed_loss(text, declared=()):
    """Return LaTeX for a loss as it is typed or printed, in no language.

    >>> typed_loss("L = ½‖Wu − v‖² + λ‖u‖_2^2")
    '( 1 / 2 )\\\\lVert W u - v \\\\rVert ^{2} + λ \\\\lVert u \\\\rVert ^{2}'
    >>> typed_loss("sum((Wu - v)^2)")
    '\\\\operatorname{sum}(( W u - v )^{2})'
    """
    sign = re.search(f"∑(?!\\s*[_{''.join(BELOW)}])", text)
    if sign:
        place = Place(text, *sign.span())
        raise Unreadable("say over which index, as in ∑ᵢ, or type sum((…)^2)", place)
    text = sides(clean(text))[2]
    text = re.sub(rf"(\|\|?)\s*{POWER}_\s*(?:\{{\s*[F2]\s*\}}|[F2](?!\w))", r"\1\2", text)
    for i, bars in enumerate(re.finditer(rf"\|\|?(\s*{POWER}_\s*\w+)?(\s*\d)?", text)):
        if bars[1]:
            said = "of norms, only the Euclidean and the Frobenius norm can be read"
            raise Unreadable(said, Place(text, *bars.span()))
        if bars[3] and i % 2:
            raise Unreadable("for a square type ^2 behind the norm", Place(text, *bars.span()))
    for called in re.finditer(r"(?<![^\W\d])([a-z]{3,})\(", text):
        if called[1] not in KEPT | {*declared}:
            place = Place(text, *called.span())
            raise Unreadable(f"{called[1]}() is not in the language", place)
    text = re.sub(rf"(?<![\w).^/*{{])(\d+)\s*/\s*(\([^()]*\)|\w+){BESIDE}", r"(\1/\2)", text)
    return as_latex(text, _names(text) | {*declared})


def _names(text):
    """Return what may stand for something in a loss: letters, and words such as ``pred``.

    >>> sorted(_names("||Wu - pred||^2 + lam*sum(u)"))
    ['W', 'lam', 'pred', 'u']
    """
    found = set()
    for word in re.findall(r"[^\W\d_]+", text):
        if word in ("lam", "lambda") or (len(word) > 1 and word in GREEK):
            found.add("lam" if word == "lambda" else word)
        elif len(word) > 2 and word.islower() and word.isascii():
            found |= set() if word in KEPT or word in MODULES else {word}
        elif word not in KEPT:
            found |= {*word}
    return found - {"T"}


class _Typed:
    """Goes through typed text once, from left to right."""

    def __init__(self, text, known):
        self.text, self.known = text, known
        self.tokens = [x for x in TOKEN.finditer(text) if not x["blank"]]
        self.i = 0
        self.totals = 0  # the sums that are open here: in them, bars mean each entry's size

    def all(self):
        found = self.until(())
        return " ".join(found.split())

    def peek(self, ahead=0):
        i = self.i + ahead
        return self.tokens[i].group() if i < len(self.tokens) else ""

    def refuse(self, message, token=None):
        at = token.span() if token else (len(self.text), len(self.text))
        raise Unreadable(message, Place(self.text, *at))

    def until(self, stops, depth=0):
        if depth > 50:
            self.refuse("this is nested too deeply")
        out = []
        while self.i < len(self.tokens):
            token = self.tokens[self.i]
            sign = token.group()
            if sign in stops:
                return "".join(out)
            self.i += 1
            if token["other"]:
                self.refuse(f"{sign!r} cannot be read here", token)
            if token["number"]:
                out.append(f" {self.number(sign, token)} ")
            elif token["word"]:
                out.append(self.word(token, depth))
            elif sign in ("^", "**", ".^"):
                out.append(self.exponent(depth))
            elif sign in (".T", "'", ".'"):
                out.append("^{T}")
            elif sign in ("||", "|"):
                inside = self.until((sign,), depth + 1)
                self.expect(sign, token)
                bar = "vert" if sign == "|" and self.totals else "Vert"
                out.append(rf"\l{bar} {inside}\r{bar} ")
            elif sign in ("(", "[", "{"):
                close = {"(": ")", "[": "]", "{": "}"}[sign]
                inside = self.until((close,), depth + 1)
                self.expect(close, token)
                out.append(f"({inside})")
            elif sign == "<":
                first = self.until((",", ">"), depth + 1)
                if self.peek() != ",":
                    self.refuse("in an inner product <a, b> a comma is missing", token)
                self.i += 1
                second = self.until((">",), depth + 1)
                self.expect(">", token)
                out.append(rf"\langle {first}, {second}\rangle ")
            elif sign in (")", "]", "}", ">"):
                self.refuse(f"nothing is open that {sign!r} could close", token)
            else:
                out.append(LATEX_SIGNS.get(sign, sign))
        if stops:
            return "".join(out)
        return "".join(out)

    def expect(self, sign, opened):
        if self.peek() != sign:
            self.refuse(f"{sign!r} is missing", opened)
        self.i += 1

    def number(self, text, token):
        """Return 1e-9 with all its digits."""
        if "e" not in text:
            return text
        if abs(int(text.partition("e")[2])) > 40:
            self.refuse("this number has too many digits", token)
        return format(Decimal(text), "f")

    def exponent(self, depth):
        """Return what follows ^ in braces."""
        if self.i >= len(self.tokens):
            self.refuse("an exponent is missing")
        token, minus = self.tokens[self.i], ""
        self.i += 1
        if token.group() == "-" and self.i < len(self.tokens):
            minus, token = "-", self.tokens[self.i]
            self.i += 1
        sign = token.group()
        if sign in ("(", "{"):
            inside = self.until(({"(": ")", "{": "}"}[sign],), depth + 1)
            self.expect({"(": ")", "{": "}"}[sign], token)
        else:
            inside = sign
        inside = inside.strip()
        if token["word"] and inside[0] == "T" and "T" not in self.known and not minus:
            rest = split(inside[1:], self.known) or [inside[1:]]
            if len(inside) > 1 and (len(rest) > 1 or rest[0] in self.known):  # W^Tr
                return "^{T} " + " ".join(self.spelled(x) for x in rest) + " "
        transposes = ("T", "t", "top", "tr", "'", "⊤") if "T" not in self.known else ("T",)
        return "^{T}" if inside in transposes and not minus else f"^{{{minus}{inside}}}"

    def word(self, token, depth):
        word = token["word"]
        if self.peek() == "(" and word in WORDS and word not in self.known:
            total = WORDS[word] in ("sum", "mean")
            self.totals += total
            self.i += 1
            args = [self.until((",", ")"), depth + 1)]
            while self.peek() == ",":
                self.i += 1
                args.append(self.until((",", ")"), depth + 1))
            self.expect(")", token)
            self.totals -= total
            return self.called(WORDS[word], args, token)
        if word[0] == "_" and word[1:] and set(word[1:]) <= set(INDICES):  # (Wu - v)_i
            return f"_{{{word[1:]}}} "
        if re.fullmatch(r"sum_[ijkl]", word) and "sum" not in self.known:
            return rf"\sum_{{{word[4:]}}} "
        return f" {self.name(word, token)} "

    def called(self, word, args, token):
        first = args[0]
        if word in ("dot", "inner", "outer", "multiply"):
            if len(args) != 2:
                self.refuse(f"{word} takes two arguments", token)
            second = args[1]
            return {
                "dot": rf"(({first}) \cdot ({second}))",
                "inner": rf"\langle {first}, {second}\rangle ",
                "outer": f"(({first})({second})^{{T}})",
                "multiply": rf"(({first}) \odot ({second}))",
            }[word]
        if word == "sum" and len(args) == 2 and args[1].strip() in INDICES:
            return rf"(\sum_{{{args[1].strip()}}} {first})"
        if len(args) != 1 and word != "norm":
            self.refuse(f"{token['word']} takes one argument here", token)
        if word == "norm":
            return rf"\lVert {first}\rVert "
        if word == "transpose":
            return f"({first})^{{T}}"
        if word == "inv":
            return f"({first})^{{-1}}"
        if word == "sqrt":
            return rf"\sqrt{{{first}}}"
        if word in OPERATORS:
            return rf"\operatorname{{{word}}}({first})"
        return rf"\{word}({first})"

    def name(self, word, token):
        """Return a name as LaTeX spells it; ``Wu`` is W u where both are known."""
        if word in self.known or word in GREEK or word in ("lam", "lambda"):
            return latex_name("lam" if word == "lambda" else word, self.known)
        base, _, below = word.partition("_")
        if base in self.known and below and set(below) <= set(INDICES) | set("0123456789"):
            return f"{latex_name(base, self.known)}_{{{below}}}"
        parts = split(word, self.known)
        if parts is None:
            return latex_name(word) if len(word) > 1 else word
        return " ".join(map(self.spelled, parts))

    def spelled(self, part):
        return "^{T}" if part == "^T" else latex_name(part, self.known)


def split(word, known):
    """Return the known names that a word is made of, "^T" for a transpose; None where it isn't.

    >>> split("Wu", {"W", "u"}), split("WTr", {"W", "r"}), split("what", {"W"})
    (['W', 'u'], ['W', '^T', 'r'], None)
    """
    for base, _, below in [word.rpartition("_")]:
        if base in known and below in ("T", "t"):
            return [base, "^T"]
        if base in known and below and set(below) <= set(INDICES):
            return None
    whole, found = word, []
    while word:
        best = max((x for x in known if word.startswith(x)), key=len, default=None)
        greek = GREEK_SIGNS.get(word[0])
        if best is None and greek:
            spellings = ("lam", *LAMBDAS) if greek == "lambda" else (greek,)
            best = next((x for x in spellings if x in known), None)
            word = (best or "") + word[1:] if best else word
        if best is None and word[0] in "Tt" and found and found[-1] != "^T":
            best = "^T"
            found.append(best)
            word = word[1:]
            continue
        if best is None:
            return None
        found.append(best)
        word = word[len(best) :]
    return found if found != [whole] else None
