"""A gradient in NumPy, written as people write it elsewhere: as typed, in LaTeX, for PyTorch.

>>> typed("2 * X.T @ (X @ w - y)", {"X", "w", "y"})
'2Xᵀ(Xw − y)'
>>> latex("(x - a) / np.linalg.norm(x - a)", {"x", "a"})
'\\\\frac{x - a}{\\\\lVert x - a\\\\rVert}'
>>> torch("np.exp(X @ w).T", random.Random(1))
'torch.exp(X.mm(w)).t()'

Nothing of `wuv` takes part. On paper a number stands beside anything without a sign and an array
that is flat does not exist, so what is written for paper has columns in it; `on_paper` is that
formula with the products that paper has, for NumPy to run.
"""

import ast
import random
import re
from types import MappingProxyType

TORCH = {
    "np.linalg.norm": "torch.norm",
    "np.clip": "torch.clamp",
    "sigmoid": "torch.sigmoid",
    "softmax": "torch.softmax",
}
SUM, MINUS, OVER, PRODUCT, PART, ATOM = range(6)  # how tightly a piece of text holds together


class Unspelled(Exception):
    """This formula is not written in that way."""


def typed(text, arrays):
    """Return a NumPy text as it is typed with ᵀ and without signs of multiplication."""
    return _Typed(arrays).whole(text)


def latex(text, arrays):
    """Return a NumPy text in LaTeX."""
    return _Latex(arrays).whole(text)


def torch(text, draw):
    """Return a NumPy text in PyTorch's functions and, in half of all cases, its methods."""
    tree = _Torch().visit(ast.parse(text, mode="eval"))
    if draw.random() < 0.5:
        tree = _Methods().visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Torch(ast.NodeTransformer):
    def visit_Call(self, node):
        node, path = self.generic_visit(node), ast.unparse(node.func)
        name = TORCH.get(path, path.replace("np.", "torch."))
        axis = [ast.keyword("dim", x.value) for x in node.keywords if x.arg == "axis"]
        if path == "softmax" and not axis:
            axis = [ast.keyword("dim", ast.Constant(0))]
        return ast.Call(ast.parse(name, mode="eval").body, node.args, axis)


class _Methods(ast.NodeTransformer):
    def visit_Attribute(self, node):
        node = self.generic_visit(node)
        if node.attr != "T":
            return node
        return ast.Call(ast.Attribute(node.value, "t", ast.Load()), [], [])

    def visit_BinOp(self, node):
        node = self.generic_visit(node)
        names = isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name)
        if isinstance(node.op, ast.MatMult) and names:
            return ast.Call(ast.Attribute(node.left, "mm", ast.Load()), [node.right], [])
        return node


def on_paper(text):
    """Return a NumPy text with the products of paper; see `wrong_gradients.paper`."""
    return ast.unparse(ast.fix_missing_locations(_Paper().visit(ast.parse(text, mode="eval"))))


class _Paper(ast.NodeTransformer):
    def visit_BinOp(self, node):
        node = self.generic_visit(node)
        if not isinstance(node.op, ast.MatMult | ast.Mult):
            return node
        kinds = [ast.Constant(True)] * isinstance(node.op, ast.Mult)
        return ast.Call(ast.Name("paper", ast.Load()), [node.left, node.right, *kinds], [])


class _Writer:
    """Writes a syntax tree from the inside out; every piece with how tightly it holds."""

    def __init__(self, arrays):
        self.arrays = arrays

    def whole(self, text):
        return self.write(ast.parse(text, mode="eval").body)[0]

    def at_least(self, node, level):
        text, has = self.write(node)
        return text if has >= level else f"({text})"

    def is_array(self, node):
        """Whether a name of an array stands where it is not made a number."""
        if isinstance(node, ast.Call) and ast.unparse(node.func) in NUMBERS:
            return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult) and _is_inner(node):
            return False
        if isinstance(node, ast.Name):
            return node.id in self.arrays
        return any(map(self.is_array, ast.iter_child_nodes(node)))

    def write(self, node):
        way = getattr(self, f"write_{type(node).__name__}", None)
        if way is None:
            raise Unspelled(ast.unparse(node))
        return way(node)

    def write_Constant(self, node):
        value = node.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value), ATOM if value >= 0 else MINUS

    def write_Name(self, node):
        return self.names.get(node.id, node.id), ATOM

    def write_Attribute(self, node):
        if node.attr != "T":
            raise Unspelled(node.attr)
        return self.at_least(node.value, ATOM) + self.turned, PART

    def write_UnaryOp(self, node):
        return self.minus + self.at_least(node.operand, OVER), MINUS

    def write_BinOp(self, node):
        left, right = node.left, node.right
        match node.op:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(node.op, ast.Add) else self.minus
                after = OVER if isinstance(node.op, ast.Sub) else MINUS
                after = OVER if self.write(right)[0].startswith(self.minus) else after
                return f"{self.at_least(left, SUM)} {sign} {self.at_least(right, after)}", SUM
            case ast.Div():
                if self.is_array(right):
                    raise Unspelled("a division entry by entry")
                return self.divided(left, right)
            case ast.Mult() if self.is_array(left) and self.is_array(right):
                return f"{self.at_least(left, PART)}{self.times}{self.at_least(right, PART)}", OVER
            case ast.Mult() | ast.MatMult():
                a, level = self.write(left)
                a = a if level in (MINUS, PRODUCT, PART, ATOM) else f"({a})"
                b = self.at_least(right, PART)
                b = f"({b})" if b[0].isdigit() else b
                return self.beside(a, b), MINUS if level == MINUS else PRODUCT
            case ast.Pow():
                if not isinstance(right, ast.Constant) or right.value not in (2, 3):
                    raise Unspelled("a power")
                if self.is_array(left) and not isinstance(left, ast.Call):
                    raise Unspelled("a power entry by entry")
                return f"{self.at_least(left, ATOM)}^{right.value}", PART
        raise Unspelled(ast.unparse(node))

    def write_Call(self, node):
        path = ast.unparse(node.func)
        if node.keywords or len(node.args) != 1 or path not in self.functions:
            raise Unspelled(path)
        inside = self.whole(ast.unparse(node.args[0]))
        if path == "np.linalg.inv":
            return f"{self.at_least(node.args[0], ATOM)}{self.inverse}", PART
        return self.functions[path].format(inside), ATOM


def _is_inner(node):
    """Whether a product is a row times what ends in a column, as it is usually written."""
    first, last = node, node
    while isinstance(first, ast.BinOp) and isinstance(first.op, ast.MatMult):
        first = first.left
    while isinstance(last, ast.BinOp) and isinstance(last.op, ast.MatMult):
        last = last.right
    row = isinstance(first, ast.Attribute) and first.attr == "T"
    inside = first.value if row else first
    return (
        row
        and isinstance(inside, ast.Name)
        and inside.id.islower()
        and isinstance(last, ast.Name)
        and last.id.islower()
    )


NUMBERS = ("np.linalg.norm", "np.sum", "np.mean", "np.trace", "np.linalg.det")
NAMED = {"np.exp": "exp", "np.log": "log", "np.tanh": "tanh", "np.sqrt": "sqrt"}


class _Typed(_Writer):
    turned, minus, times, inverse = "ᵀ", "−", " ⊙ ", "⁻¹"
    names = MappingProxyType({"lam": "λ", "mu": "μ"})
    functions = MappingProxyType(
        {k: f"{x}({{}})" for k, x in NAMED.items()}
        | {
            "np.linalg.norm": "‖{}‖",
            "np.linalg.inv": "",
            "np.trace": "tr({})",
            "np.sum": "sum({})",
            "np.mean": "mean({})",
            "np.sign": "sign({})",
            "np.abs": "|{}|",
            "np.diag": "diag({})",
            "sigmoid": "σ({})",
            "softmax": "softmax({})",
        }
    )

    def divided(self, left, right):
        return f"{self.at_least(left, PRODUCT)}/{self.at_least(right, PART)}", OVER

    def beside(self, a, b):
        word = a[-1].isalpha() and re.match(r"[a-z]{2,}\(", b)
        return f"{a} {b}" if word else a + b


class _Latex(_Writer):
    turned, minus, times, inverse = r"^{\mathsf T}", "-", r" \odot ", "^{-1}"
    names = MappingProxyType({"lam": r"\lambda", "mu": r"\mu"})
    functions = MappingProxyType(
        {k: rf"\{x}({{}})" for k, x in NAMED.items() if x != "sqrt"}
        | {
            "np.sqrt": r"\sqrt{{{}}}",
            "np.linalg.norm": r"\lVert {}\rVert",
            "np.linalg.inv": "",
            "np.trace": r"\operatorname{{tr}}({})",
            "np.diag": r"\operatorname{{diag}}({})",
            "np.sign": r"\operatorname{{sign}}({})",
            "sigmoid": r"\sigma({})",
            "softmax": r"\operatorname{{softmax}}({})",
        }
    )

    def divided(self, left, right):
        return f"\\frac{{{self.write(left)[0]}}}{{{self.write(right)[0]}}}", PRODUCT

    def beside(self, a, b):
        return f"{a} {b}" if re.search(r"\\[a-zA-Z]+$", a) else a + b


WAYS = ("numpy", "numpy", "typed", "latex", "torch")


def spelled(text, shapes, seed):
    """Return (text, way): a NumPy text in a way that is drawn, in which it can be written."""
    draw = random.Random(seed)
    way = draw.choice(WAYS)
    if way == "torch":
        return torch(text, draw), way
    arrays, flat = _arrays(shapes)
    if way != "numpy" and not flat:
        try:
            return {"typed": typed, "latex": latex}[way](text, arrays), way
        except Unspelled:
            pass
    return text, "numpy"


def _arrays(shapes):
    """Return (the names of all arrays, whether one of them is flat)."""
    declared = dict(x.split(":") for x in shapes.replace(" ", "").split(";"))
    arrays = {k for k, x in declared.items() if x}
    return arrays, any("," not in declared[k] for k in arrays)
