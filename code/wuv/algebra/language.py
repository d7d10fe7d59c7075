r"""Which language was typed, and what it says: one reader for losses and for answers.

>>> read_text("np.dot(w, x)**2", {}).language, read_text("||Wu - v||^2", {}).language
('numpy', 'typed')
>>> found = read_text("dL/du = 2W^T r, where r = v - Wu", {})
>>> found.left, found.relation, found.tree.args[1]
('dL/du', '=', sub(name(v), product(name(W), name(u))))

NumPy is a text that Python's parser takes and that has what only Python has: @, a dot before a
name, an index, a keyword. A text with a command of LaTeX is LaTeX; all others are read as people
type them (`wuv.algebra.typed`). So ``2*transpose(A)*(A*x - b)`` is Julia's, and
``2*A.T*(A@x - b)`` NumPy's. What the language that was found refuses, no other one takes over.

A text may say what its letters stand for: ``where r = …``, ``let c_hat = Bh, then …``, several
statements, a ``lambda``, a ``def``. A definition is put where its name stands, and is never the
formula itself.
"""

import ast
import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from wuv.algebra.from_numpy import (
    ATTRIBUTES,
    FOREIGN,
    MAX_DEPTH,
    MODULES,
    is_letter,
    read_numpy,
    read_program,
)
from wuv.algebra.functions import FUNCTIONS, METHODS, TORCH, WORDS
from wuv.algebra.size import Shape
from wuv.algebra.tree import (
    AlgebraError,
    Expr,
    Place,
    Unreadable,
    free_names,
    is_number,
    rebuild,
    walk,
)
from wuv.algebra.typed import read_typed
from wuv.algebra.typed_tokens import MAX_CHARACTERS, NOTHING, lexemes, split

MAX_PARTS = 2000  # of a formula in which definitions were written out
LANGUAGES = (None, "numpy", "latex")
PREFACE = re.compile(
    r"^\s*(?:(?:the|my)\s+)?(?:answer|gradient|result|solution)\s*(?:is\b\s*:?|:)\s*"
    r"|^\s*minimi[sz]e\s+|^\s*(?:\w+|\([\w\s,]*\))\s*->|^\s*@\([\w\s,]*\)",
    re.IGNORECASE,
)
PYTHON = dict.fromkeys("−–—", "-") | dict.fromkeys("·⋅∙•×∗", "*") | dict.fromkeys("⁄∕÷", "/")
PYTHON |= dict.fromkeys("\xa0\u2009\u200b\ufeff\u2062", " ")
NEUTRAL = (
    ast.Module, ast.Expr, ast.Assign, ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Call,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.unaryop, ast.expr_context,
)  # fmt: skip
STRANGE = (ast.BitXor, ast.BitOr, ast.BitAnd, ast.Mod, ast.FloorDiv)  # Python's, but not for us
# With these a star is a product of matrices: they are Julia's, or no functions of NumPy's.
JULIA = {"transpose", "adjoint", "tr", "t"} | ({*WORDS} - {*FUNCTIONS})
FRAMES = re.compile(
    r"\\(?:begin|end)\s*\{(?:align|aligned|equation|gather|gathered|split|multline|eqnarray"
    r"|displaymath|math)\*?\}|\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b"
    r"|(?<=\\\\)\[[^]]*\]"
)
SAID = re.compile(r"\\(?:text|textrm|mbox)\s*\{[\s,]*([a-z]*)[\s,:]*\}")
DEFINING = {"where", "with", "let", "for"}
JOINING = DEFINING | {"then", "so", "and", "hence", "thus", "minimize", "minimise"}
GAPS = {",", ";", r"\quad", r"\qquad", r"\\", "\n"}
SOFT = {r"\quad", r"\qquad", r"\\"}  # a row that begins with a sign goes on with the one above it
ARROWS = {r"\leftarrow": "←", r"\gets": "←", "<-": "←", "≔": "=", ":=": "=", r"\coloneqq": "=",
          r"\in": "∈", "⇒": "=>", r"\Rightarrow": "=>", r"\implies": "=>"}  # fmt: skip
RELATIONS = {"=", "←", "-=", "+=", "=>", "∈"}
SPACE = re.compile(
    r"(?:\\mathbb\s*\{?\s*R\s*\}?|\\Re|ℝ|R)"
    r"(?:\s*\^\s*\{?\s*(\w+)\s*(?:(?:\\times|×|x)\s*(\w+)\s*)?\}?)?"
)
OPENING = {"(", "<", "[", "{", r"\{", r"\langle", "⟨", r"\lbrack", r"\begin"}
CLOSING = {")", ">", "]", "}", r"\}", r"\rangle", "⟩", r"\rbrack", r"\end"}
FENCES = {"$", "`"}
HEADS = {"name", "entry", "call", "gradient", "hessian", "partial", "differential"}
SLOPE = re.compile(r"[∂∇]|\\(?:partial|nabla)|\bd[^\W\d]*\s*/|grad|'\s*$")


class Reading(NamedTuple):
    """A formula that was read. ``left`` and ``relation`` are what stood before it, as typed;
    ``language`` is "numpy", "latex" or "typed"; ``equals`` are the formulas that it was said to be
    equal to, ``defined`` the letters that were put in, ``declared`` the shapes of those of which
    the text says in which space they are."""

    tree: Expr
    left: str
    relation: str
    language: str
    equals: tuple[Expr, ...] = ()
    defined: tuple[str, ...] = ()
    declared: Mapping[str, Shape] = MappingProxyType({})

    @property
    def book(self):
        """Whether a textbook's rules hold, and signs are still to be settled by `meant`."""
        return self.language != "numpy"


class _Piece(NamedTuple):
    """One statement: its sides' lexemes, and whether a word such as "where" came before it."""

    sides: list
    relations: list
    defining: bool
    spaces: tuple = ()


def read_text(text, names, *, language=None, closed=False, usual="typed"):
    """Return the `Reading` of a text.

    ``names`` has those that it may have, and their sizes, or None where these are not known; where
    it is ``closed``, there are no others. ``language`` ("numpy", "latex") decides, or the text's
    signs do; what might be NumPy too, such as ``2*(W*u - v)``, is in the ``usual`` one.

    Raises `Unreadable`, with the place.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; it is 'numpy' or 'latex', or left out")
    text = clean(text)
    python = "".join(PYTHON.get(c, c) for c in text)
    program = language != "latex" and _parsed(python)
    names_only = usual == "numpy" and _names_of(program).issubset(names)
    if program and (language == "numpy" or names_only or _only_python(program)):
        return _of_program(read_program(python), names)
    comma = re.search(r"(?<![\w.(\[,])[0-9]+,[0-9]+(?![0-9,]*[)\]])", text)
    if comma:
        raise Unreadable("a decimal point is a dot, as in 0.5", Place(text, *comma.span()))
    pieces = _pieces(text)
    spaces = dict(_spaces(text, pieces))
    pieces = [x for x in pieces if not _declares(x)] or pieces
    names = {**spaces, **names}
    said = [_name(text, x.sides[0]) for x in pieces if len(x.sides) > 1]
    names = {**dict.fromkeys(x for x in said if x), **names}
    if language == "numpy" or (language is None and _are_numpy(pieces, python)):
        language = "numpy"
    language = language or ("latex" if _has_command(text) else "typed")

    def read(side):
        if language == "numpy":
            return _told_apart(read_numpy(_source(python, side)), names)
        return read_typed(text, names, side, closed=closed, latex=language == "latex")

    try:
        return _chosen(text, pieces, language, read)._replace(declared=spaces)
    except Unreadable as error:
        raise _python_said(python, error) from None


def _python_said(python, error):
    """Return what Python's parser says of a text that is NumPy's but for a slip."""
    if re.search(r"[^\x00-\x7F]|[\^|'\\]", python) or not re.search(r"@|np\.|\.T\b", python):
        return error
    try:
        read_numpy(python)
    except AlgebraError as said:
        return said
    return error


def clean(text):
    """Return a text without what is around a formula: fences, dollar signs, comments, prefaces.

    Raises `Unreadable` for a text that is empty or too long.
    """
    if len(text) > MAX_CHARACTERS:
        place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
        raise Unreadable(f"more than {MAX_CHARACTERS} characters", place)
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    text = re.sub(r"^\s*```\w*|```\s*$", "", text)
    text = re.sub(r"(?:(?<=[$`])[.;,]++|(?<!\w)!++|[\s?✓✔]++)++$", "", text)  # n! is a factorial
    text = re.sub(r"^\s*(?:\\\[|\\\(|\$\$?|`)|(?:\\\]|\\\)|\$\$?|`)\s*$", "", text)
    text = re.sub(r"#.*", "", text)
    if _has_command(text):
        text = re.sub(r"(?<!\\)%.*", "", text)  # LaTeX's comments
    text = re.sub(r"^[ \t]*(?:import|from)\s.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[-+*/@(,=])[ \t]*\n\s*", " ", text)
    if not re.search(r"\\[A-Za-z]{2}", text):  # MATLAB's A\b, where no LaTeX is
        text = re.sub(r"(?<=[\w)'])\\(?=[A-Za-z(])", "⧵", text)
    text = PREFACE.sub("", FRAMES.sub(" ", SAID.sub(_unsaid, text)))
    text = re.sub(r"(?<!\d)[.;,]+\s*$", "", text).strip()
    text = re.sub(r"(?<=\d)[;,.]\s*$", "", text)
    if not text:
        raise Unreadable("there is nothing to read", Place(text, 0, 0))
    return text


def _unsaid(match):
    return f" {match[1]} " if match[1] in JOINING | {""} else match.group()


def last_side(text):
    """Return what stands behind the last relation of a text, as it was typed.

    >>> last_side("dL/du = (20, 16)")
    '(20, 16)'
    """
    text = clean(text)
    pieces = _pieces(text)
    return _source(text, pieces[-1].sides[-1]) if len(pieces) == 1 else text


# NumPy's statements


def _parsed(text):
    """Return Python's syntax tree of a text that may be NumPy's, or None."""
    if not all(map(is_letter, text)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if any(isinstance(getattr(x, "value", None), ast.Tuple) for x in tree.body):
        return None  # statements with commas between them
    if _are_points(tree):
        return None
    for x in ast.walk(tree):
        base = getattr(x.value, "id", "") if isinstance(x, ast.Subscript) else ""
        if len(base) > 1 and base in WORDS:
            return None  # tr[AB]
        if isinstance(getattr(x, "func", None), ast.Constant | ast.BinOp):
            return None  # 2(Wu - v).dot(x)
        if getattr(getattr(x, "func", None), "id", "") in {*WORDS} - {*FUNCTIONS}:
            return None  # SymPy's Trace(A.T*B)
        prefixed = isinstance(x, ast.Constant) and isinstance(x.value, str | bytes)
        prefixed = prefixed and ast.get_source_segment(text.strip(), x)[:1].isalpha()
        if isinstance(x, STRANGE) or prefixed:
            return None  # x^2, or two transposes, u'Au'b, taken for a text
    return tree


def _are_points(tree):
    """Return whether a dot is the sign of a product somewhere, as in x.Ax: no attribute."""
    nodes = [*ast.walk(tree)]
    other = [x.func for x in nodes if isinstance(x, ast.Call)]
    other += [x.value for x in nodes if isinstance(x, ast.Attribute | ast.Subscript)]
    known = {*ATTRIBUTES, *METHODS, *TORCH}
    dots = (x for x in nodes if isinstance(x, ast.Attribute) and x not in other)
    dots = (x for x in dots if getattr(x.value, "id", "") not in MODULES | FOREIGN)
    return any(x.attr.isalnum() and x.attr not in known for x in dots)


def _only_python(tree):
    """Return whether a syntax tree has what no other language has."""
    return any(
        not isinstance(x, NEUTRAL) or (isinstance(x, ast.Call) and x.keywords)
        for x in ast.walk(tree)
    )


def _names_of(tree):
    """Return the names in a syntax tree, without those of functions that NumPy's people call."""
    nodes = [*ast.walk(tree)] if tree else []
    called = {x.func.id for x in nodes if isinstance(x, ast.Call) and isinstance(x.func, ast.Name)}
    targets = {x.id for x in nodes if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}
    names = {x.id for x in nodes if isinstance(x, ast.Name)}
    return (names - (called - JULIA) - targets) | (called & JULIA)


def _are_numpy(pieces, text):
    """Return whether every statement's formula is Python's, and one has what only Python has."""
    trees = [_parsed(_source(text, x.sides[-1])) for x in pieces]
    return all(trees) and any(map(_only_python, trees))


def _source(text, found):
    return text[found[0].start - len(found[0].module) : found[-1].stop] if found else ""


def _of_program(rows, names):
    """Return the reading of Python's statements: the one formula, or the last one, with what the
    others say put in."""
    if not rows:
        raise Unreadable("there is nothing to read")
    names = {**dict.fromkeys(x.sides[0].data for x in rows if x.relations), **names}
    bare = [row for row in rows if not row.relations]
    last, meanings = bare[0] if len(bare) == 1 else rows[-1], {}
    for row in rows:
        tree = _with_meanings(_told_apart(row.sides[-1], names), meanings)
        if row is last:
            whole = tree
        elif row.relations:
            meanings[row.sides[0].data] = tree
    whole = _with_meanings(whole, meanings)  # what was said after it, too
    left = last.sides[0].data if last.relations else ""
    return Reading(whole, left, "".join(last.relations), "numpy", defined=tuple(meanings))


def _told_apart(tree, names):
    """Return NumPy's tree with a name that is run together from others, such as Wu, as a product.

    >>> _told_apart(read_numpy("WTr"), {"W": ("m", "n"), "r": None})
    matmul(transpose(name(W)), name(r))
    """

    def change(node):
        parts = split(node.data, names) if node.op == "name" and node.data not in names else None
        factors = []
        for x in parts or ():
            if x == "^T":
                factors[-1] = Expr("transpose", (factors[-1],))
            else:
                factors.append(Expr("name", data=x))
        for i in range(1, len(factors)):
            numbers = any(names.get(x.data) == () for x in factors[i - 1 : i + 1])
            factors[i] = Expr("times" if numbers else "matmul", (factors[i - 1], factors[i]))
        return factors[-1].with_(place=node.place) if factors else node

    return rebuild(tree, change)


def _with_meanings(tree, meanings):
    bound = {x.data for x in walk(tree) if x.op == "sigma"}

    def change(node):
        meant = meanings.get(node.data) if node.op == "name" and node.data not in bound else None
        return node if meant is None else meant.with_(place=node.place)

    whole = rebuild(tree, change) if meanings else tree
    if whole.depth > MAX_DEPTH or whole.count >= MAX_PARTS:
        raise Unreadable("with what its letters stand for, this is too long to be read")
    return whole


# Statements in no language


def _has_command(text):
    return re.search(r"\\[A-Za-z]", text) is not None


def _pieces(text):
    """Return the statements of a text: what stands between commas, lines, and words like "where",
    outside of brackets."""
    found, depth, gap, defining = [([], False)], 0, "", False
    cut = lexemes(text)
    for before, x, after in zip([NOTHING, *cut], cut, [*cut[1:], NOTHING], strict=False):
        depth += (x.text in OPENING) - (x.text in CLOSING)
        word = x.text.lower() if x.kind == "word" and depth <= 0 else ""
        ends = x.text == "." and not text[x.start - 1].isspace() and text[x.stop :][:1].isspace()
        if (
            word in JOINING
            or (depth <= 0 and ends and after.text)
            or (depth <= 0 and (x.text in GAPS or x.kind == "blank"))
        ):
            gap = x.text if not gap or gap in SOFT else gap
            defining = defining or word in DEFINING
        elif depth > 0 or not (x.text == "&&" or (x.text == "&" and _aligns(before, after))):
            goes_on = x.text in ("=", "+") or (gap in SOFT and x.text in "-−←")
            if gap and not (goes_on and not defining):
                found.append(([], defining))
            found[-1][0].append(x)
            gap, defining = "", False
    found = [_piece(x, where) for x, where in found if any(y.text not in ".:$`" for y in x)]
    return _calls_as_letters(found)


def _calls_as_letters(pieces):
    """Return the statements with f for f(x), where one of them says what f(x) is and another one
    has it in it."""
    for piece in pieces:
        head = [x.text for x in piece.sides[0]] if len(piece.sides) > 1 else []
        if not (head[1:2] == ["("] and head[-1:] == [")"] and piece.sides[0][0].kind == "word"):
            continue
        used = [_without_call(side, head) for x in pieces if x is not piece for side in x.sides]
        if any(len(new) < len(old) for new, old in used):
            pieces = [
                x._replace(sides=[_without_call(y, head)[0] for y in x.sides]) for x in pieces
            ]
    return pieces


def _without_call(side, head):
    """Return a side with one letter for a call such as f(x), and the side as it was."""
    found, i = [], 0
    while i < len(side):
        called = [x.text for x in side[i : i + len(head)]] == head
        found.append(side[i]._replace(stop=side[i + len(head) - 1].stop) if called else side[i])
        i += len(head) if called else 1
    return found, side


def _aligns(before, after):
    """Return whether an & between these is LaTeX's mark for columns that stand below each other."""
    marks = {"", "\n", r"\\", "+", "-", "−", *RELATIONS, *ARROWS, *GAPS}
    return before.text in marks or after.text in marks


def _piece(found, defining):
    """Return a statement: its sides, split where relations stand outside of brackets."""
    sides, relations, depth = [[]], [], 0
    for x in found:
        depth += (x.text in OPENING) - (x.text in CLOSING)
        relation = ARROWS.get(x.text, x.text)
        if depth <= 0 and relation in RELATIONS and (sides[-1] or len(sides) > 1):
            sides.append([])
            relations.append(relation)
        else:
            sides[-1].append(x)
    sides = [_without_fences(x) for x in sides]
    spaces = []
    while relations and relations[-1] == "∈":  # a space declares, and is no side
        relations.pop()
        spaces.append(sides.pop())
    if len(sides) > 2 and _is_zero(sides[-1]):  # a gradient that is set to zero
        sides.pop()
        relations.pop()
    elif len(sides) == 2 and relations == ["="] and _is_zero(sides[1]) and _is_formula(sides[0]):
        return _Piece(sides[:1], [], defining)
    return _Piece(sides, relations, defining, tuple(spaces))


def _declares(piece):
    """Return whether a statement says in which space a letter is, and no more."""
    return bool(piece.spaces) and len(piece.sides) == 1


def _spaces(text, pieces):
    r"""Yield a letter and its sizes for each statement such as A \in \mathbb{R}^{m \times n}."""
    for piece in filter(_declares, pieces):
        space = SPACE.fullmatch(_source(text, piece.spaces[-1]).strip())
        name = _name(text, piece.sides[0])
        if space and name:
            sizes = [int(x) if x.isdigit() else x for x in space.groups() if x]
            yield name, tuple(sizes) if len(sizes) > 1 else (*sizes, 1) if sizes else ()


def _without_fences(side):
    """Return a side's lexemes without the $ and ` around a formula within words."""
    while side and side[0].text in FENCES:
        side = side[1:]
    while side and side[-1].text in FENCES:
        side = side[:-1]
    return side


def _is_zero(side):
    return "".join(x.text for x in side) in ("0", r"\mathbf0", r"\mathbf{0}", "𝟎")


def _is_formula(side):
    text = "".join(x.text for x in side)
    return re.search(r"[-+*@(^−]", text) is not None and not SLOPE.search(text)


def _equal_formulas(sides, read):
    """Return the formulas among sides that were said to be equal to what stands behind them."""
    for side in sides:
        if SLOPE.search("".join(x.text for x in side)) or _is_call(side):
            continue
        with suppress(AlgebraError):  # the head of an equation may be in any notation
            tree = read(side)
            if not _is_head(tree):
                yield tree


def _is_call(side):
    r"""Return whether a side is a function's name and letters in brackets: SSE(b), J(\beta)."""
    word, *inside = side or [NOTHING]
    letters = all(x.kind in ("word", "command") or x.text == "," for x in inside[1:-1])
    return (
        word.kind == "word" and [x.text for x in inside[:1] + inside[-1:]] == ["(", ")"] and letters
    )


def _is_head(tree):
    """Return whether what stands before an equals sign is a name for what follows: L, J(w), u_new,
    u^{(k+1)}."""
    called = tree.op == "product" and all(x.op in ("name", "entry") for x in tree.args)
    called = called and tree.place is not None and tree.place.text.endswith(")")
    raised = tree.op in ("power", "epower") and not is_number(tree.args[1])
    inside = tree.args[0] if raised or tree.op in ("entry", "transpose") else tree
    return called or inside.op in HEADS


def _name(text, side):
    """Return the name that stands alone on a left side, as `read_typed` has it, or None."""
    words = "".join(x.text for x in side)
    if len(side) == 1 and side[0].kind == "word":
        return words
    if _has_command(words) or len(side) > 1:
        try:
            tree = read_typed(text, (), side, latex=_has_command(words))
        except AlgebraError:
            return None
        return tree.data if tree.op == "name" else None
    return None


def _chosen(text, pieces, language, read):
    """Return the reading of the one statement that is no definition, definitions put in."""
    trees = {i: read(x.sides[-1]) for i, x in enumerate(pieces)}
    names = {i: _name(text, x.sides[0]) for i, x in enumerate(pieces) if len(x.sides) > 1}
    meanings = {}
    for i, piece in enumerate(pieces):
        key = names.get(i)
        called = re.match(r"\w+\s*\(", _left(text, piece)) and len(pieces) == 1  # let f(x) = …
        if piece.defining and piece.relations[:1] == ["="] and key is None and not called:
            said = "behind where or let a letter stands alone, then = and what it is"
            raise Unreadable(said, Place(text, piece.sides[0][0].start, piece.sides[-1][-1].stop))
        circular = key is not None and key in free_names(trees[i])
        if circular and piece.defining and piece.relations[0] == "=":
            raise Unreadable("a letter is defined by itself", Place(text, 0, len(text)))
        if key is None or piece.relations[0] != "=" or circular:
            continue
        used = any(key in free_names(tree) for j, tree in trees.items() if j != i)
        if (used or piece.defining) and key in meanings:
            raise Unreadable(f"{key} is defined twice", Place(text, 0, len(text)))
        if used or piece.defining:
            meanings[key] = i
    rest = [i for i in trees if i not in meanings.values()]
    rest = [i for i in rest if not pieces[i].defining or names.get(i, "") is None]
    if len(rest) > 1:
        bare = [i for i in rest if len(pieces[i].sides) == 1]
        slopes = [i for i in rest if i not in bare and SLOPE.search(_left(text, pieces[i]))]
        rest = slopes if len(slopes) == 1 else bare if len(bare) == 1 else rest
    if len(rest) != 1:
        said = "several formulas stand here: one is wanted, and what its letters are"
        none = "here is what letters stand for, and no formula with them"
        raise Unreadable(said if rest else none, Place(text, 0, len(text)))
    defined = {key: trees[i] for key, i in meanings.items()}
    for _ in meanings:  # one may stand in another
        defined = {k: _with_meanings(x, defined) for k, x in defined.items()}
    here = pieces[rest[0]]
    tree = _with_meanings(trees[rest[0]], defined)
    if any(k in free_names(x) for k in defined for x in (tree, *defined.values())):
        raise Unreadable("a letter is defined by itself", Place(text, 0, len(text)))
    relation = here.relations[-1] if here.relations else ""
    equals = _equal_formulas(here.sides[:-1] if relation in ("=", "=>") else (), read)
    equals = tuple(_with_meanings(x, defined) for x in equals)
    return Reading(tree, _left(text, here), relation, language, equals, tuple(defined))


def _left(text, piece):
    return _source(text, piece.sides[-2]).strip() if len(piece.sides) > 1 else ""
