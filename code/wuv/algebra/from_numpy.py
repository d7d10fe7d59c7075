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
import warnings
from fractions import Fraction

from wuv.algebra.names import GREEK_SIGNS
from wuv.algebra.tree import ELEMENTWISE, Expr, Place, Row, Unreadable, number, one_less, walk

MAX_CHARACTERS = 5000
MAX_DEPTH = 100
MAX_DIGITS = 100

MODULES = {"np", "numpy", "math", "scipy", "sp"}
FOREIGN = {"torch", "jnp", "jax", "tf", "tensorflow"}
HINTS = {"−": "-", "·": "*", "×": "*", "ᵀ": ".T", "²": "**2", "‖": "np.linalg.norm(…)", "^": "**"}
BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "times",
    ast.MatMult: "matmul",
    ast.Div: "div",
    ast.Pow: "epower",
}
# A call with these positional arguments becomes the operation; functions and methods alike.
PLAIN = {
    "add": ("add", 2),
    "subtract": ("sub", 2),
    "negative": ("neg", 1),
    "multiply": ("times", 2),
    "divide": ("div", 2),
    "true_divide": ("div", 2),
    "power": ("epower", 2),
    "pow": ("epower", 2),
    "matmul": ("matmul", 2),
    "dot": ("dot", 2),
    "inner": ("np_inner", 2),
    "vdot": ("inner", 2),
    "outer": ("outer", 2),
    "kron": ("kron", 2),
    "diag": ("np_diag", 1),
    "trace": ("trace", 1),
    "transpose": ("transpose", 1),
    "inv": ("inv", 1),
    "det": ("det", 1),
    "matrix_power": ("matrix_power", 2),
    "float": ("item", 1),
    "item": ("item", 1),
    "fabs": ("abs", 1),
    "absolute": ("abs", 1),
    "expit": ("sigmoid", 1),
    **{name: (name, 1) for name in ELEMENTWISE},
}
METHODS = {"dot", "trace", "transpose", "item", "sum", "mean", "ravel", "flatten", "reshape"}
LINALG = {"norm", "inv", "det", "solve", "matrix_power"}
SIZED = {"eye": "eye", "identity": "eye", "ones": "ones", "zeros": "zeros"}


def read_numpy(text):
    """Return the tree of a NumPy expression.

    Raises `Unreadable`, with the place, for text that is not in the language.
    """
    reader = _Reader(text)
    statement = reader.parse()
    if not isinstance(statement, ast.Expr):
        raise Unreadable("an expression is wanted here, not a statement", Place(text, 0, 0))
    return reader.whole(statement.value)


def read_statement(text):
    """Return a `Row` for an expression, an assignment ``g = …``, or an update ``u -= …``.

    An update, in either spelling, has the relation "←" and the whole new value on its right.

    >>> row = read_statement("u -= eta * g")
    >>> row.sides, row.relations
    ((name(u), sub(name(u), times(name(eta), name(g)))), ('←',))
    """
    reader = _Reader(text)
    statement = reader.parse()
    place = Place(text, 0, len(text))
    if isinstance(statement, ast.Expr):
        return Row((reader.whole(statement.value),), place=place)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], reader.whole(statement.value)
    elif isinstance(statement, ast.AugAssign) and type(statement.op) in BINARY:
        target, value = statement.target, reader.whole(statement.value)
    else:
        raise Unreadable("only expressions and assignments can be read", place)
    target = reader.whole(target)
    if target.op != "name":
        raise Unreadable("only a name can be assigned to", target.place)
    if isinstance(statement, ast.AugAssign):
        value = Expr(BINARY[type(statement.op)], (target, value), place=place)
    update = isinstance(statement, ast.AugAssign) or target in walk(value)
    return Row((target, value), ("←" if update else "=",), place=place)


class _Reader:
    """Reads one text; it is kept for the places."""

    def __init__(self, text):
        if not isinstance(text, str):
            raise TypeError(f"text is wanted, not {type(text).__name__}")
        self.text = text

    def parse(self):
        text = self.text
        if len(text) > MAX_CHARACTERS:
            place = Place(text, MAX_CHARACTERS, MAX_CHARACTERS)
            raise Unreadable(f"{len(text)} characters are too many to read", place)
        for i, sign in enumerate(text):
            if sign in "^\\#;\0" or not (sign.isascii() or sign in GREEK_SIGNS):
                hint = f"; type {HINTS[sign]}" if sign in HINTS else ""
                place = Place(text, i, i + 1)
                raise Unreadable(f"{sign!r} is not used in NumPy text{hint}", place)
        if not text.strip():
            raise Unreadable("there is nothing to read", Place(text, 0, 0))
        # Leading blanks would be an indentation; a line break, the end of the statement.
        clean = "".join(" " if c in "\n\r\t\f" else c for c in text)
        self.shift = len(clean) - len(clean.lstrip())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                body = ast.parse(clean.strip()).body
        except SyntaxError as error:
            start = min(max((error.offset or 1) - 1, 0) + self.shift, len(text))
            message = (error.msg or "this cannot be read").partition(". ")[0]
            raise Unreadable(message, Place(text, start, len(text))) from None
        except (ValueError, MemoryError, RecursionError):
            raise Unreadable("this is nested too deeply to be read", Place(text, 0, 0)) from None
        if len(body) != 1:
            raise Unreadable("one expression is wanted", Place(text, 0, len(text)))
        return body[0]

    def place(self, node):
        def offset(column):  # Python counts bytes
            line = self.text[self.shift :].encode()
            return self.shift + len(line[:column].decode(errors="ignore"))

        return Place(self.text, offset(node.col_offset), offset(node.end_col_offset))

    def refuse(self, node, message):
        raise Unreadable(message, self.place(node))

    def whole(self, node):
        return self.read(node, 0)

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
        if abs(value) > 10**MAX_DIGITS or 0 < abs(value) < Fraction(1, 10**MAX_DIGITS):
            self.refuse(node, "this number is out of range")
        return number(Fraction(self.place(node).text.replace("_", "")))  # 0.1 is one tenth

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
        return Expr("neg", (self.read(node.operand, depth),))

    def binary(self, node, depth):
        op = BINARY.get(type(node.op))
        if op is None:
            self.refuse(node, f"{type(node.op).__name__} is not in the language")
        return Expr(op, (self.read(node.left, depth), self.read(node.right, depth)))

    def attribute(self, node, depth):
        if node.attr == "T":
            return Expr("transpose", (self.read(node.value, depth),))
        if node.attr == "size":
            return Expr("size", (self.read(node.value, depth),), "size")
        if _path(node.value) in MODULES:
            self.refuse(node, f"{_path(node)} is not in the language")
        return self.refuse(node, f".{node.attr} is not in the language")

    def subscript(self, node, depth):
        inside, parts = node.value, node.slice
        parts = parts.elts if isinstance(parts, ast.Tuple) else [parts]
        if isinstance(inside, ast.Attribute) and inside.attr == "shape":
            axis = self.integer(parts[0]) if len(parts) == 1 else None
            if axis not in (0, 1, -1, -2):
                self.refuse(node, "a shape has the entries 0 and 1")
            return Expr("size", (self.read(inside.value, depth),), axis)
        pattern, places = [], []
        for part in parts:
            if isinstance(part, ast.Slice):
                if part.lower or part.upper or part.step:
                    self.refuse(node, "of slices, only the full one, :, can be read")
                pattern.append(":")
            elif _path(part) in ("None", "np.newaxis") or _is_none(part):
                pattern.append("new")
            else:
                pattern.append("at")
                places.append(self.read(part, depth))
        if len(parts) > 3:
            self.refuse(node, "there are at most two dimensions")
        return Expr("index", (self.read(inside, depth), *places), tuple(pattern))

    def sequence(self, node, depth):
        return self.refuse(node, "a list is not a formula; write np.array([…])")

    def call(self, node, depth):
        path = _path(node.func)
        module, _, function = path.rpartition(".")
        if any(isinstance(x, ast.Starred) for x in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            self.refuse(node, "starred arguments are not in the language")
        keywords = {k.arg: k.value for k in node.keywords}
        if path and (not module or module.split(".")[0] in MODULES):
            return self.function(node, function, list(node.args), keywords, depth)
        if isinstance(node.func, ast.Attribute):
            function = node.func.attr
            if module.split(".")[0] in FOREIGN:
                known = function in PLAIN or function in SPECIAL
                where = "np.linalg" if function in LINALG else "np"
                hint = f"; type {where}.{function}(…)" if known else ""
                self.refuse(node, f"{path} is not NumPy{hint}")
            if function not in METHODS:
                self.refuse(node, f".{function}() is not in the language")
            return self.function(node, function, [node.func.value, *node.args], keywords, depth)
        return self.refuse(node, "this cannot be called")

    def function(self, node, function, args, keywords, depth):
        special = SPECIAL.get(function)
        if special is None and function not in PLAIN:
            self.refuse(node, f"{function}() is not in the language")
        if special is not None:
            if not args:
                self.refuse(node, f"{function}() needs something to work on")
            found = special(self, node, function, args, keywords, depth)
            if keywords:
                self.refuse(node, f"{function}() has no {next(iter(keywords))} in the language")
            return found
        op, count = PLAIN[function]
        if len(args) != count or keywords:
            self.refuse(node, f"{function}() takes {count} argument{'s' * (count > 1)} here")
        return Expr(op, tuple(self.read(x, depth) for x in args))

    def total(self, node, function, args, keywords, depth):
        """Read np.sum and np.mean, with axis and keepdims, and Python's sum over a range."""
        if isinstance(args[0], ast.GeneratorExp):
            if _path(node.func) != "sum" or len(args) > 1:
                self.refuse(node, "only sum(… for i in range(…)) can be read")
            return self.sigma(args[0], depth)
        if _path(node.func) == "sum":  # Python's own adds up the rows
            args.append(ast.Constant(0))
        axis = args[1] if len(args) == 2 else keywords.pop("axis", None)
        if len(args) > 2:
            self.refuse(node, f"{function}() takes an array and an axis here")
        axis = None if axis is None or _is_none(axis) else self.integer(axis)
        keep = keywords.pop("keepdims", None)
        keep = keep is not None and self.boolean(keep)
        return Expr(function, (self.read(args[0], depth),), (axis, keep))

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

    def norm(self, node, function, args, keywords, depth):
        order = args[1] if len(args) == 2 else keywords.pop("ord", None)
        if order is None or _is_none(order):
            order = None
        elif isinstance(order, ast.Constant) and order.value in ("fro", 2):
            order = order.value
        else:
            self.refuse(order, "of norms, only the Euclidean and the Frobenius norm can be read")
        if len(args) > 2:
            self.refuse(node, "norm() takes an array and an order here")
        return Expr("norm", (self.read(args[0], depth),), order)

    def squared(self, node, function, args, keywords, depth):
        if len(args) != 1:
            self.refuse(node, "square() takes 1 argument here")
        return Expr("epower", (self.read(args[0], depth), number(2)))

    def log1p(self, node, function, args, keywords, depth):
        if len(args) != 1:
            self.refuse(node, "log1p() takes 1 argument here")
        inside = Expr("add", (number(1), self.read(args[0], depth)))
        return Expr("log", (inside,))

    def solve(self, node, function, args, keywords, depth):
        if len(args) != 2:
            self.refuse(node, "solve() takes 2 arguments here")
        A, b = (self.read(x, depth) for x in args)
        return Expr("matmul", (Expr("inv", (A,)), b))

    def length(self, node, function, args, keywords, depth):
        if len(args) != 1:
            self.refuse(node, "len() takes 1 argument")
        return Expr("size", (self.read(args[0], depth),), "len")

    def sized(self, node, function, args, keywords, depth):
        if "dtype" in keywords and _path(keywords["dtype"]) in ("int", "float", "object"):
            del keywords["dtype"]
        shape = args[0].elts if isinstance(args[0], ast.Tuple | ast.List) else args
        if len(shape) > (1 if function == "identity" else 2) or (
            len(args) > 1 and function not in ("eye",)
        ):
            self.refuse(node, f"{function}() takes its sizes in one pair of brackets")
        return Expr(SIZED[function], tuple(self.read(x, depth) for x in shape))

    def like(self, node, function, args, keywords, depth):
        if len(args) != 1:
            self.refuse(node, f"{function}() takes 1 argument here")
        x = self.read(args[0], depth)  # x·0 + 1 would read NaN: the sizes alone are taken
        return Expr(f"{function.removesuffix('_like')}_like", (x,))

    def ravel(self, node, function, args, keywords, depth):
        order = self.order(args[1] if len(args) == 2 else keywords.pop("order", None))
        return Expr("ravel", (self.read(args[0], depth),), order)

    def reshape(self, node, function, args, keywords, depth):
        order = self.order(keywords.pop("order", None))
        sizes = args[1].elts if len(args) == 2 and isinstance(args[1], ast.Tuple) else args[1:]
        sizes = tuple(self.integer(x) for x in sizes)
        if sizes == (-1, 1) and order == "F":
            return Expr("vec", (self.read(args[0], depth),))
        if sizes not in ((-1, 1), (1, -1), (-1,)):
            self.refuse(node, "of reshapes, (-1, 1), (1, -1) and (-1) can be read")
        if sizes == (-1,):
            return Expr("ravel", (self.read(args[0], depth),), order)
        return Expr("reshape", (self.read(args[0], depth),), (sizes, order))

    def array(self, node, function, args, keywords, depth):
        if len(args) != 1:
            self.refuse(node, f"{function}() takes one list")
        if not isinstance(args[0], ast.List | ast.Tuple):
            return self.read(args[0], depth)
        rows = args[0].elts
        if rows and all(isinstance(x, ast.List | ast.Tuple) for x in rows):
            if len({len(x.elts) for x in rows}) != 1 or not rows[0].elts:
                self.refuse(node, "the rows differ in length")
            shape, entries = (len(rows), len(rows[0].elts)), [x for row in rows for x in row.elts]
        else:
            shape, entries = (len(rows),), rows
        if not entries:
            self.refuse(node, "this array is empty")
        return Expr("matrix", tuple(self.read(x, depth) for x in entries), shape)

    def integer(self, node):
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        if not isinstance(node, ast.Constant) or type(node.value) is not int:
            self.refuse(node, "a whole number is wanted here")
        if abs(node.value) > 10**6:
            self.refuse(node, "this number is out of range")
        return sign * node.value

    def boolean(self, node):
        if not isinstance(node, ast.Constant) or type(node.value) is not bool:
            self.refuse(node, "True or False is wanted here")
        return node.value

    def order(self, node):
        if node is None:
            return "C"
        if not isinstance(node, ast.Constant) or node.value not in ("C", "F"):
            self.refuse(node, "an order is 'C' (row by row) or 'F' (column by column)")
        return node.value


READERS = {
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
SPECIAL = {
    "sum": _Reader.total,
    "mean": _Reader.total,
    "norm": _Reader.norm,
    "square": _Reader.squared,
    "log1p": _Reader.log1p,
    "solve": _Reader.solve,
    "len": _Reader.length,
    "eye": _Reader.sized,
    "identity": _Reader.sized,
    "ones": _Reader.sized,
    "zeros": _Reader.sized,
    "ones_like": _Reader.like,
    "zeros_like": _Reader.like,
    "ravel": _Reader.ravel,
    "flatten": _Reader.ravel,
    "reshape": _Reader.reshape,
    "array": _Reader.array,
    "asarray": _Reader.array,
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


def _spelled(name):
    """Return a name with Greek letters written out: η is eta, as \\eta is."""
    if name in GREEK_SIGNS:
        return GREEK_SIGNS[name].replace("lambda", "lam")
    return "".join(GREEK_SIGNS.get(c, c) for c in name)
