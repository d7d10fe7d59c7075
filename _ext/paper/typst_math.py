"""Mathematics for Typst, from the same MathML that the pages show, and in words.

`to_typst` walks the `<math>` element: a small, closed language, which has no macros and no room for
guesses. What it does not know is a `Strange` error, never a hole. `to_words` is the formula as one
types it in a line, `2Wᵀ(Wu − v)`: what a PDF reads aloud.
"""

import re
from functools import lru_cache
from html import unescape
from xml.etree import ElementTree

from math_core import LatexError

from _ext.page.mathml import convert, normalised

APPLY = "\N{FUNCTION APPLICATION}"
PRIMES = {"′": "'", "″": "''", "‴": "'''"}
ACCENTS = {"¯": "macron", "‾": "macron", "^": "hat", "~": "tilde", "→": "arrow", "˙": "dot"}
LETTERS = set("WuvrUV")  # which have a colour; the template names them so
RAISED = {"𝖳": "ᵀ", "2": "²", "3": "³", "*": "*", "∗": "*"}
# TeX's distances, by which the converter says what an operator is.
CLASSES = {("0", "0"): "normal", ("0.2222em",) * 2: "binary", ("0.2778em",) * 2: "relation"}
FENCES = {"prefix": "opening", "postfix": "closing"}
ENTITY = re.compile(r"&(?!lt|gt|amp)[A-Za-z]+;")  # those of HTML, which XML does not know
BETWEEN = "0.1667em"  # the thin space beside an operator's name: Typst has its own
LEANING = set("UVWY")  # whose index would stand too far off
ROW_GAP = "#h(2em)"  # between a line and its reason


class Strange(Exception):
    """A formula that cannot be written for Typst."""


@lru_cache(maxsize=10_000)
def tree(tex, display):
    """The `<math>` element of a formula. `Strange` if the TeX is not understood."""
    try:
        math = convert(normalised(tex.strip(), display), displaystyle=display)
    except LatexError as error:
        raise Strange(f"{error} in {tex}") from error
    return ElementTree.fromstring(
        re.sub(r"&(?!lt|gt|amp)[A-Za-z]+;", lambda m: unescape(m[0]), math)
    )


def to_typst(tex, display=False):
    """The formula as the inside of Typst's `$…$`."""
    root = list(tree(tex, display))
    while display and len(root) == 1 and root[0].tag == "mrow":
        root = list(root[0])
    if display and len(root) == 1 and root[0].tag == "mtable":
        return " \\ ".join(" & ".join(cells(row)) for row in root[0])
    return several(root)


def cells(row):
    """The cells of an aligned line; a reason, behind an empty cell, keeps its distance."""
    found = [one(cell) for cell in row]
    return [
        f"{ROW_GAP} {text}" if i >= 3 and i % 2 and not found[i - 1] and text else text
        for i, text in enumerate(found)
    ]


def several(elements):
    return " ".join(filter(None, map(one, elements)))


def one(node):
    if node.tag not in WRITERS:
        raise Strange(f"no Typst for <{node.tag}>")
    return WRITERS[node.tag](node)


def quoted(text):
    """A string of Typst, which means itself whatever it holds."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sign(text):
    """A character that means itself: what is special to Typst is escaped."""
    return text if text.isalnum() else f"\\{text}"


def identifier(node):
    text = node.text or ""
    if text in LETTERS and node.get("class") is None and node.get("mathvariant") is None:
        return f"#letter.{text}"
    if len(text) > 1:
        return f"op({quoted(text)})"
    if node.get("mathvariant") == "normal":
        return f"upright({sign(text)})"
    return sign(text) if text.isalnum() else f'class("normal", {sign(text)})'


def operator(node):
    text = node.text or ""
    if text in ("", APPLY):
        return ""
    written = sign(text) if len(text) == 1 else quoted(text)
    if node.get("minsize"):
        return f"lr(size: #{node.get('minsize')}, {written})"
    kind = FENCES.get(node.get("form")) or CLASSES.get((node.get("lspace"), node.get("rspace")))
    return f'class("{kind}", {written})' if kind else written


def space(node):
    width = node.get("width", "")
    return "" if width in ("", BETWEEN) else f"#h({width})"


def row(node):
    children = list(node)
    if node.get("displaystyle") == "true":
        return f"display({several(children)})"
    ends = [children[0], children[-1]] if len(children) > 1 else []
    if ends and all(end.tag == "mo" and stretches(end) for end in ends):
        return f"lr({several(children)})"
    return several(children)


def stretches(node):
    """Whether this is a bracket that grows with what is inside."""
    return (node.text or "") in tuple("()[]{}|‖⟨⟩") and not node.get("stretchy")


def base_of(node):
    """What carries the scripts; a comma inside would end an argument, so it is escaped."""
    return one(node) or "zws"


def scripts(node, below=None, above=None, limits=False):
    base = base_of(node)
    if above is not None and above.tag == "mo" and above.text in PRIMES:
        base, above = base + PRIMES[above.text], None
    if above is None and below is None:
        return base
    if limits or node.tag == "mo" or "op(" in base:
        base = f"{'limits' if limits else 'scripts'}({base})"
    tuck = "#tuck " if node.tag == "mi" and node.text in LEANING and not limits else ""
    lower = f", b: {tuck}{grouped(below)}" if below is not None else ""
    upper = f", t: {grouped(above)}" if above is not None else ""
    return f"attach({base}{lower}{upper})"


def grouped(node):
    return one(node) or "zws"


def accent(node):
    base, above = node
    if above.text in ACCENTS:
        return f"accent({one(base)}, {ACCENTS[above.text]})"
    return scripts(base, above=above, limits=True)


def fraction(node):
    above, below = map(grouped, node)
    written = f"frac({above}, {below})"
    return f"inline({written})" if node.get("displaystyle") == "false" else written


def matrix(node):
    # A semicolon right behind a letter would end the letter, and not the row.
    rows = " ; ".join(", ".join(grouped(cell) for cell in row) for row in node)
    return f"mat(delim: #none, {rows})"


def words(node):
    return quoted(node.text or "")


WRITERS = {
    "mi": identifier,
    "mo": operator,
    "mn": lambda node: "".join(map(sign, node.text or "")),
    "mtext": words,
    "mspace": space,
    "mrow": row,
    "mpadded": row,
    "mtd": lambda node: several(node),
    "msup": lambda node: scripts(node[0], above=node[1]),
    "msub": lambda node: scripts(node[0], below=node[1]),
    "msubsup": lambda node: scripts(*node),
    "munder": lambda node: scripts(*node, limits=True),
    "munderover": lambda node: scripts(*node, limits=True),
    "mover": accent,
    "mfrac": fraction,
    "msqrt": lambda node: f"sqrt({several(node)})",
    "mtable": matrix,
}


def to_words(tex, display=False):
    """The formula as a line of text, nothing left out."""
    text = spoken(tree(tex, display))
    text = re.sub(r"\s*([=≠≈≤≥↦⊗⊙+×·→←])\s*", r" \1 ", text)
    return re.sub(r"\s+", " ", text).strip()


def inside(nodes):
    return "".join(map(spoken, nodes))


def bracketed(node):
    text = spoken(node).strip()
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def spoken(node):
    tag, parts = node.tag, list(node)
    if tag == "mtable":
        aligned = node.get("displaystyle") == "true"
        lines = ([spoken(cell).strip() for cell in row] for row in parts)
        return "; ".join(line_of(line) if aligned else ", ".join(line) for line in lines)
    if tag in ("msub", "munder"):
        return f"{spoken(parts[0])}_{bracketed(parts[1])}"
    if tag in ("msup", "mover"):
        return spoken(parts[0]) + raised(parts[1])
    if tag in ("msubsup", "munderover"):
        return f"{spoken(parts[0])}_{bracketed(parts[1])}{raised(parts[2])}"
    if tag == "mfrac":
        return f"{bracketed(parts[0])}/{bracketed(parts[1])}"
    if tag == "msqrt":
        return f"√({inside(parts)})"
    if tag == "mspace":
        return " " if node.get("width") else ""
    text = (node.text or "").replace(APPLY, "")
    if tag == "mi" and len(text) > 1:
        return f" {text} "
    if tag == "mo" and text in ("=", "−", "+") and node.get("lspace") != "0":
        return f" {text} "
    return text + inside(parts)


def line_of(found):
    """An aligned line in words: both sides of its relation, and its reason."""
    pairs = (" ".join(filter(None, found[i : i + 2])) for i in range(0, len(found), 2))
    return ", ".join(filter(None, pairs))


def raised(node):
    text = spoken(node).strip()
    if text in PRIMES or text in ACCENTS:
        return text
    return RAISED.get(text) or f"^{bracketed(node)}"
