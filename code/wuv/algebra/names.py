"""Names: what a letter stands for, how it is spelled, and how to declare otherwise.

>>> kind("W"), kind("u"), kind("eta"), kind("N")
('matrix', 'column', 'scalar', 'scalar')
>>> declare("A:m,n; x:n,1; w:n; t:")
{'A': ('m', 'n'), 'x': ('n', 1), 'w': ('n',), 't': ()}
>>> latex_name("eta"), latex_name("u_new"), latex_name("y_hat")
('\\\\eta', 'u_{\\\\text{new}}', '\\\\hat{y}')

The conventions of the book: capitals are matrices, lower-case letters are columns, Greek letters
and the names below are scalars. Whatever is declared comes first.
"""

import unicodedata
from collections.abc import Container, Iterable, Mapping
from typing import TypeAlias

from wuv.algebra.size import Shape, Size
from wuv.algebra.tree import Place, Unreadable, words

Shapes: TypeAlias = str | Mapping[str, Shape] | None  # what `declare` takes

SCALARS = frozenset(words("L N i j k l m n t lr step learning_rate loss ell"))
INDICES = frozenset("ijklmnpq")  # letters that, below a matrix or a column, pick an entry
FUNCTIONS = frozenset({"L", "f", "g", "ell", "phi"})  # read as L(u) before a bracket, not L·(u)
SIZE_LETTERS = "mnkNl"  # handed out in this order to sizes that nobody named
GREEK = words(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega varepsilon varphi vartheta "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK_SIGNS = dict(zip("αβγδεζηθικλμνξπρστυφχψωϵϕϑΓΔΘΛΞΠΣΥΦΨΩ", GREEK, strict=True))
LAMBDAS = ("lam", "lambda_", "lamda", "lambd")  # Python keeps `lambda` for itself
ACCENTS = ("hat", "bar", "tilde", "dot")
DIACRITICS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot"}
MARKS = {"prime": "'", "star": "*"}


def kind(name: str) -> str:
    """Return "matrix", "column" or "scalar": what the book's conventions say about a name."""
    base, _, below = (name.strip("_") or "x").partition("_")
    if base == "g" and kind_is_known(below):
        return kind(below)  # g_W, the gradient in W, has its shape
    if len(name) == 2 and name[0] == "d" and name[1].isalpha():
        return kind(name[1])  # dW, a change of W
    if name in SCALARS or base in SCALARS or (is_greek(base) and base[0].islower()):
        return "scalar"
    return "matrix" if base[0].isupper() else "column"


def kind_is_known(name: str) -> bool:
    """Return whether a name is a single letter, for which there is a convention."""
    return len(name) == 1 and name.isalpha()


def is_greek(base: str) -> bool:
    """Return whether a name is a Greek letter written out."""
    return base in GREEK or base in LAMBDAS


def spelled_out(name: str) -> str:
    """Return a name with its accent as a word, the one spelling that ŷ, yhat and \\hat y have here.

    >>> spelled_out("ŷ"), spelled_out("yhat"), spelled_out("y_hat"), spelled_out("x")
    ('y_hat', 'y_hat', 'y_hat', 'x')
    """
    plain = unicodedata.normalize("NFD", name)
    for sign, accent in DIACRITICS.items():
        plain = plain.replace(sign, f"_{accent}")
    for accent in ACCENTS:
        base = plain.removesuffix(accent)
        if base != plain and (kind_is_known(base) or is_greek(base)):
            return f"{base}_{accent}"
    return plain


def known_as(name: str, known: Iterable[str]) -> str | None:
    """Return the spelling that a name has among those that are known, or None."""
    plain = spelled_out(name)
    return next((x for x in known if x == name or spelled_out(x) == plain), None)


def declare(shapes: Shapes) -> dict[str, Shape]:
    """Return {name: sizes} from a declaration; a mapping is returned as it is, None as empty.

    In text, declarations are separated by semicolons: a name, a colon, its sizes as letters or
    numbers, separated by commas. Two sizes are a matrix, one a flat array, none a scalar:

    >>> declare("W:m,n; u:n,1; f:3; t:")
    {'W': ('m', 'n'), 'u': ('n', 1), 'f': (3,), 't': ()}

    Raises `Unreadable`, with the place.
    """
    if shapes is None:
        return {}
    if isinstance(shapes, Mapping):
        return {name: tuple(sizes) for name, sizes in shapes.items()}
    found, start = {}, 0
    for part in shapes.split(";"):
        place = Place(shapes, start, start + len(part))
        start += len(part) + 1
        if not part.strip():
            continue
        name, colon, sizes = (x.strip() for x in part.partition(":"))
        if not colon or not _is_identifier(name):
            raise Unreadable("a declaration is a name, a colon and its sizes, as in W:m,n", place)
        if name in found:
            raise Unreadable(f"{name} is declared twice", place)
        found[name] = tuple(_size(x.strip(), place) for x in sizes.split(",")) if sizes else ()
        if len(found[name]) > 2:
            raise Unreadable(f"{name} has {len(found[name])} sizes; two are the most", place)
    return found


def _size(text: str, place: Place) -> Size:
    if text.isascii() and text.isdigit() and len(text) < 5 and int(text) > 0:
        return int(text)
    if _is_identifier(text):
        return text
    raise Unreadable(f"{text or 'nothing'!r} is not a size; write a letter or a number", place)


def _is_identifier(text):
    return text.isascii() and text.isidentifier() and len(text) <= 40


def latex_name(name: str, declared: Container[str] = ()) -> str:
    """Return the LaTeX spelling of a name, such that the LaTeX reader finds the same name."""
    if name in LAMBDAS[:1] or (name in LAMBDAS and name in declared):
        return r"\lambda"
    if name in GREEK and name != "lambda":
        return f"\\{name}"
    if len(name) == 1:
        return name
    if len(name) == 2 and name[0] == "d" and name[1].isalpha() and name not in declared:
        return rf"\mathrm{{d}}{name[1]}"
    if name == "ell":
        return r"\ell"
    base, _, below = name.rpartition("_")
    if base and (len(base) == 1 or is_greek(base)) and below:
        stem = latex_name(base, declared)
        if below in ACCENTS:
            return f"\\{below}{{{stem}}}"
        if below in MARKS:
            return f"{stem}'" if below == "prime" else f"{stem}_*"
        if below.isalpha() and len(below) > 1:
            return f"{stem}_{{\\text{{{below}}}}}"
        if name in declared or (kind_is_known(below) and below not in INDICES):
            return f"{stem}_{{{below}}}"
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"
