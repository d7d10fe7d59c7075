"""Read NumPy text, as people type it, without ever running it.

>>> read_numpy("2 * W.T @ (W @ u - v)")
matmul(times(number(2), transpose(name(W))), sub(matmul(name(W), name(u)), name(v)))
>>> read_numpy("W.__class__")
Traceback (most recent call last):
    ...
wuv.algebra.tree.Unreadable: .__class__ is not in the language (at character 1: W.__class__)

Python's own parser makes the syntax tree, so precedence is Python's; what is not listed below is
refused. Nothing is looked up, called or evaluated: the result is a tree of `wuv.algebra.Expr`.
"""

import ast
import unicodedata
import warnings
from fractions import Fraction

from wuv.algebra.arguments import is_mask, whole_number
from wuv.algebra.compositions import PI
from wuv.algebra.functions import FUNCTIONS, INSTEAD, METHODS, PARTS_OF, TORCH, applied
from wuv.algebra.matrices import TABLE as MATRICES
from wuv.algebra.names import DIACRITICS, GREEK_SIGNS, spelled_out
from wuv.algebra.tree import Expr, Place, Row, Unreadable, number, one_less, walk

MAX_CHARACTERS = 5000
MAX_DEPTH = 100
MAX_DIGITS = 100
MAX_STATEMENTS = 50

MODULES = {"np", "numpy", "math", "scipy", "sp"}
FOREIGN = {"torch", "nn", "jnp", "jax", "tf", "tensorflow"}  # of these, what is as in NumPy
PYTORCH = {"torch", "nn", "F"}  # and what PyTorch calls by names of its own
DIMENSIONS = {"dim": "axis", "keepdim": "keepdims"}
ATTRIBUTES = {"T", "mT", "size", "shape"}
PIS = {"np.pi", "numpy.pi", "math.pi"}
EULER = {"np.e", "numpy.e", "math.e"}
PARTS = {  # of a module, such as np.linalg
    "", "linalg", "special", "numpy", "numpy.linalg", "scipy.special", "nn", "nn.functional",
    "functional",
}  # fmt: skip
HINTS = {"−": "-", "·": "*", "×": "*", "ᵀ": ".T", "²": "**2", "‖": "np.linalg.norm(…)", "^": "**"}
BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "times",
    ast.MatMult: "matmul",
    ast.Div: "div",
    ast.Pow: "epower",
}


def read_numpy(text: str) -> Expr:
    """Return the tree of a NumPy expression.

    Raises `Unreadable`, with the place, for text that is not in the language.
    """
    row = read_statement(text)
    if row.relations:
        raise Unreadable("an expression is wanted here, not a statement", Place(text, 0, 0))
    return row.sides[0]


def read_statement(text: str) -> Row:
    """Return a `Row` for an expression, an assignment ``g = …``, or an update ``u -= …``.

    An update, in either spelling, has the relation "←" and the whole new value on its right.

    >>> row = read_statement("u -= eta * g")
    >>> row.sides, row.relations
    ((name(u), sub(name(u), times(name(eta), name(g)))), ('←',))
    """
    rows = read_program(text, several=False)
    if len(rows) != 1:
        raise Unreadable("one expression is wanted", Place(text, 0, len(text)))
    return rows[0]


def read_program(text: str, *, several: bool = True) -> list[Row]:
    """Return the rows of one or more statements, or of the body of one function.

    >>> [row.sides[-1] for row in read_program("def f(u): r = 2 * u; return r @ r")]
    [times(number(2), name(u)), matmul(name(r), name(r))]
    """
    reader = _Reader(text, several)
    body = reader.parse()
    if several and len(body) == 1:
        if isinstance(body[0], ast.FunctionDef):
            body = body[0].body
        elif isinstance(getattr(body[0], "value", None), ast.Lambda):
            body = [ast.Expr(body[0].value.body)]
    if len(body) > MAX_STATEMENTS:
        raise Unreadable(f"{len(body)} statements are too many", Place(text, 0, 0))
    docstring = (ast.Constant, type(None))
    said = [x for x in body if len(body) == 1 or not isinstance(getattr(x, "value", x), docstring)]
    return [reader.statement(x) for x in said]


class _Reader:
    """Reads one text; it is kept for the places."""

    def __init__(self, text, several=False):
        if not isinstance(text, str):
            raise TypeError(f"text is wanted, not {type(text).__name__}")
        self.text, self.several = text, several
        self.shift = 0

    def parse(self):
        """Return Python's statements."""
        text = self.text
        if len(text) > MAX_CHARACTERS:
            place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
            raise Unreadable(f"{len(text)} characters are too many to read", place)
        for i, sign in enumerate(text):
            strange = sign in "^\\#\0" or not is_letter(sign)
            if strange or (sign == ";" and not self.several):
                hint = f"; type {HINTS[sign]}" if sign in HINTS else ""
                place = Place(text, i, i + 1)
                raise Unreadable(f"{sign!r} is not used in NumPy text{hint}", place)
        if not text.strip():
            raise Unreadable("there is nothing to read", Place(text, 0, 0))
        clean = text
        if not self.several:
            # Leading blanks would be an indentation; a line break, the end of the statement.
            clean = "".join(" " if c in "\n\r\t\f" else c for c in text)
            self.shift = len(clean) - len(clean.lstrip())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                return ast.parse(clean.strip()).body
        except SyntaxError as error:
            start = min(max((error.offset or 1) - 1, 0) + self.shift, len(text))
            message = (error.msg or "this cannot be read").partition(". ")[0]
            raise Unreadable(message, Place(text, start, len(text))) from None
        except (ValueError, MemoryError, RecursionError):
            raise Unreadable("this is nested too deeply to be read", Place(text, 0, 0)) from None

    def statement(self, node):
        """Return the `Row` of one statement."""
        whole = Place(self.text, 0, len(self.text))
        value = getattr(node, "value", None)
        if isinstance(node, ast.Expr | ast.Return) and value is not None:
            return Row((self.read(value, 0),), place=whole)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AugAssign) and type(node.op) in BINARY:
            target = node.target
        else:
            raise Unreadable("only expressions and assignments can be read", whole)
        value, target = self.read(value, 0), self.read(target, 0)
        if target.op != "name":
            raise Unreadable("only a name can be assigned to", target.place)
        if isinstance(node, ast.AugAssign):
            value = Expr(BINARY[type(node.op)], (target, value), place=whole)
        update = isinstance(node, ast.AugAssign) or target in walk(value)
        return Row((target, value), ("←" if update else "=",), place=whole)

    def place(self, node):
        def offset(line, column):  # Python counts lines, and bytes
            above = self.text[self.shift :].encode().splitlines(keepends=True)
            here = b"".join(above[: line - 1]) + above[line - 1][:column]
            return self.shift + len(here.decode(errors="ignore"))

        start = offset(node.lineno, node.col_offset)
        return Place(self.text, start, offset(node.end_lineno, node.end_col_offset))

    def refuse(self, node, message):
        raise Unreadable(message, self.place(node))

    def read(self, node, depth):
        if depth > MAX_DEPTH:
            self.refuse(node, f"this is nested more than {MAX_DEPTH} deep")
        read = READERS.get(type(node))
        if read is None:
            self.refuse(node, f"{type(node).__name__} is not in the language")
        found = read(self, node, depth + 1)
        return found.with_(place=self.place(node))

    def constant(self, node, depth):
        value = node.value
        if type(value) is int:
            if value.bit_length() > 4 * MAX_DIGITS:
                self.refuse(node, f"a number of more than {MAX_DIGITS} digits")
            return number(value)
        if type(value) is not float:
            self.refuse(node, f"{value!r} is not a number")
        digits = self.place(node).text.replace("_", "").lower()
        is_zero = not digits.partition("e")[0].strip("0.")
        tiny = abs(value) < 1 / 10**MAX_DIGITS and not is_zero
        if abs(value) > 10**MAX_DIGITS or tiny or len(digits) > MAX_DIGITS:
            self.refuse(node, "this number is out of range")
        return number(0 if is_zero else Fraction(digits))  # 0.1 is one tenth

    def name(self, node, depth):
        if node.id in MODULES or node.id.startswith("__"):
            self.refuse(node, f"{node.id} alone is not a formula")
        if len(node.id) > 40:
            self.refuse(node, "this name is too long")
        return Expr("name", data=_spelled(node.id))

    def unary(self, node, depth):
        if isinstance(node.op, ast.UAdd):
            return self.read(node.operand, depth)
        if not isinstance(node.op, ast.USub):
            self.refuse(node, f"{type(node.op).__name__} is not in the language")
        inner = self.read(node.operand, depth)
        if is_mask(inner):
            self.refuse(node, "a comparison is no number to NumPy; type -1 * (x > 0)")
        return Expr("neg", (inner,))

    def binary(self, node, depth):
        op = BINARY.get(type(node.op))
        if op is None:
            self.refuse(node, f"{type(node.op).__name__} is not in the language")
        singular = self.singular(node, depth) if op == "matmul" else None
        if singular is not None:
            return singular
        if op == "epower" and _path(node.left) in EULER:
            return Expr("exp", (self.read(node.right, depth),))
        args = self.read(node.left, depth), self.read(node.right, depth)
        if op in ("add", "sub", "matmul") and all(map(is_mask, args)):
            self.refuse(node, "two comparisons are no numbers to NumPy; type 1 * (x > 0)")
        return Expr(op, args)

    def compare(self, node, depth):
        """Read a comparison: 1 where it holds, and else 0."""
        op = COMPARED.get(type(node.ops[0]))
        if op is None or len(node.ops) > 1:
            self.refuse(node, "of comparisons, one is read: a > b, a >= b, a == b and the like")
        left, right = (self.read(x, depth) for x in (node.left, node.comparators[0]))
        return Expr(op, (left, right))

    def attribute(self, node, depth):
        if node.attr in ("T", "mT"):
            return Expr("transpose", (self.read(node.value, depth),))
        if node.attr == "size":
            return Expr("size", (self.read(node.value, depth),), "size")
        if _path(node) in EULER:
            return Expr("exp", (number(1),))
        if _path(node) in PIS:
            return PI
        if _path(node.value) in MODULES:
            self.refuse(node, f"{_path(node)} is not in the language")
        return self.refuse(node, f".{node.attr} is not in the language")

    def subscript(self, node, depth):
        inside, parts = node.value, node.slice
        called = _path(getattr(inside, "func", None)).rpartition(".")[2]
        if isinstance(inside, ast.Call) and called in {x for x, _ in PARTS_OF}:
            return self.part(called, inside, parts, depth)
        parts = parts.elts if isinstance(parts, ast.Tuple) else [parts]
        if isinstance(inside, ast.Attribute) and inside.attr == "shape":
            axis = whole_number(self.read(parts[0], depth)) if len(parts) == 1 else None
            if axis not in (0, 1, -1, -2):
                self.refuse(node, "a shape has the entries 0 and 1")
            return Expr("size", (self.read(inside.value, depth),), axis)
        pattern, places, base = [], [], self.read(inside, depth)
        for part in parts:
            if isinstance(part, ast.Slice):
                base = self.cut(base, part, sum(x != "new" for x in pattern), depth)
                pattern.append(":")
            elif _path(part) in ("None", "np.newaxis") or _is_none(part):
                pattern.append("new")
            else:
                pattern.append("at")
                places.append(self.read(part, depth))
        if len(parts) > 3:
            self.refuse(node, "there are at most two dimensions")
        if base.op in ("cut", "flip") and {*pattern} == {":"}:
            return base
        return Expr("index", (base, *places), tuple(pattern))

    def cut(self, base, part, axis, depth):
        """Return an array between two bounds along an axis, or with its entries in reverse."""
        bounds = [x and self.read(x, depth) for x in (part.lower, part.upper)]
        step = part.step and whole_number(self.read(part.step, depth))
        if step == -1 and bounds == [None, None]:
            return Expr("flip", (base,), (axis, True))
        if step not in (None, 1):
            self.refuse(part.step, "of slices with a step, x[::-1] can be read")
        told = tuple(x is not None for x in bounds)
        return Expr("cut", (base, *(x for x in bounds if x)), (axis, *told)) if any(told) else base

    def part(self, function, call, place, depth):
        """Return one of the things that a function returns: np.linalg.slogdet(A)[1]."""
        make = PARTS_OF.get((function, getattr(place, "value", None)))
        if make is None or len(call.args) != 1 or call.keywords:
            known = " and ".join(f"{x}(A)[{i}]" for x, i in PARTS_OF if x == function)
            self.refuse(call, f"{known} can be read here, and no other part")
        return make(self.read(call.args[0], depth))

    def singular(self, node, depth):
        """Return what two parts of a singular value decomposition multiply to, or None."""
        calls = (x for x in ast.walk(node) if isinstance(x, ast.Call))
        found = next((x.args for x in calls if _path(x.func) == "np.linalg.svd" and x.args), None)
        for op in ("leading", "polar") if found else ():
            if ast.unparse(node) == MATRICES[op].numpy.format(*2 * [ast.unparse(found[0])]):
                return Expr(op, (self.read(found[0], depth),))
        return None

    def sequence(self, node, depth):
        return self.refuse(node, "a list is not a formula; write np.array([…])")

    def call(self, node, depth):
        path = _path(node.func)
        path = path.replace("logaddexp.reduce", "logaddexp_reduce")
        module, _, function = path.rpartition(".")
        module, _, part = module.partition(".")
        if any(isinstance(x, ast.Starred) for x in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            self.refuse(node, "starred arguments are not in the language")
        args, torch = list(node.args), module in PYTORCH and function in TORCH
        if module == "F" and function in METHODS:
            torch = False  # F is a matrix here
        dimensions = DIMENSIONS if module in PYTORCH else {}
        if isinstance(node.func, ast.Attribute) and module not in MODULES | FOREIGN and not torch:
            function, dimensions = node.func.attr, DIMENSIONS
            torch = function in TORCH and (function not in METHODS or len(args) > 1)
            if function not in METHODS and not torch:
                self.refuse(node, f".{function}() is not in the language")
            if function == "transpose" and [getattr(x, "value", 0) for x in args] == [0, 1]:
                said = (
                    "transpose(0, 1) changes nothing in NumPy, and in PyTorch it is .T: type that"
                )
                self.refuse(node, said)
            if function == "reshape" and len(args) > 1:  # of a method the brackets may be left out
                args = [ast.copy_location(ast.Tuple(args, ast.Load()), node)]
            args.insert(0, node.func.value)
        elif not path:
            self.refuse(node, "this cannot be called")
        elif (function not in FUNCTIONS and not torch) or part not in PARTS:
            said = f"{path if part not in PARTS else function}() is not in the language"
            said += f"; type {INSTEAD[function]}" if function in INSTEAD else ""
            self.refuse(node, f"{path} is not NumPy" if module in FOREIGN else said)
        elif path == "sum":  # Python's own
            if len(args) == 1 and isinstance(args[0], ast.GeneratorExp):
                return self.sigma(args[0], depth)
            named = {k.arg for k in node.keywords} & {"axis", "dim"}  # then it is NumPy's
            if not named and (len(args) != 1 or node.keywords):
                self.refuse(node, "Python's sum takes one array here; type np.sum(…)")
            dimensions = DIMENSIONS
        keywords = [
            (dimensions.get(k.arg, k.arg), self.argument(k.value, depth)) for k in node.keywords
        ]
        args = tuple(self.argument(x, depth) for x in args)
        if path == "sum" and not keywords:
            args += (number(0),)  # it adds up the rows
        of_python = path in ("max", "min")  # which take two numbers
        return applied(function, args, keywords, self.place(node), numpy=not of_python, torch=torch)

    def argument(self, node, depth):
        """Read what a function takes: a formula, or what stands where no formula can."""
        if isinstance(node, ast.List | ast.Tuple):
            inside = tuple(self.argument(x, depth + 1) for x in node.elts)
            return Expr("list", inside, place=self.place(node))
        value = node.value if isinstance(node, ast.Constant) else 0
        if _path(node).rpartition(".")[2] == "inf":
            value = "inf"
        if value is None or isinstance(value, bool | str):
            return Expr("value", data=value, place=self.place(node))
        return self.read(node, depth)

    def sigma(self, node, depth):
        one = node.generators[0]
        ranged = one.iter
        simple = len(node.generators) == 1 and not one.ifs and isinstance(one.target, ast.Name)
        if not simple or not isinstance(ranged, ast.Call) or _path(ranged.func) != "range":
            self.refuse(node, "a sum runs over one range: sum(… for i in range(n))")
        bounds = [self.read(x, depth) for x in ranged.args]
        if not 1 <= len(bounds) <= 2 or ranged.keywords:
            self.refuse(ranged, "a range has one or two bounds here")
        low, high = bounds if len(bounds) == 2 else (number(0), bounds[0])
        body = self.read(node.elt, depth)
        return Expr("sigma", (body, low, one_less(high)), _spelled(one.target.id))


COMPARED = {
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
READERS = {
    ast.Compare: _Reader.compare,
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.Call: _Reader.call,
    ast.List: _Reader.sequence,
    ast.Tuple: _Reader.sequence,
}


def _path(node):
    """Return a dotted name such as "np.linalg.inv", or "" where it isn't one."""
    parts = []
    while isinstance(node, ast.Attribute) and len(parts) < 4:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _is_none(node):
    return isinstance(node, ast.Constant) and node.value is None


def is_letter(sign: str) -> bool:
    """Return whether a sign may stand in NumPy text: ASCII, a Greek letter, one with an accent."""
    plain = unicodedata.normalize("NFD", sign)
    return all(c.isascii() or c in GREEK_SIGNS or c in DIACRITICS for c in plain)


def _spelled(name):
    """Return a name with Greek letters and accents written out: η is eta, as \\eta is."""
    name = name if name.isascii() else spelled_out(name)
    if name in GREEK_SIGNS:
        return GREEK_SIGNS[name].replace("lambda", "lam")
    return "".join(GREEK_SIGNS.get(c, c) for c in name)
