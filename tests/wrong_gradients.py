"""Wrong gradients, made as people make them: by a change of the text, one or two at a time.

Nothing of `wuv.diagnosis` takes part: a text is parsed by Python, one node of the syntax tree is
changed, and the text is written out again. Whether the change matters is asked of real NumPy.
"""

import ast
import copy
import random
from functools import cache

import numpy as np

# id, loss, variable, shapes, and the gradient as a person would write it
QUESTIONS = [
    tuple(line.split(" | "))
    for line in r"""
book-u | np.linalg.norm(W @ u - v)**2 | u | W:m,n; u:n,1; v:m,1 | 2 * W.T @ (W @ u - v)
book-v | np.linalg.norm(W @ u - v)**2 | v | W:m,n; u:n,1; v:m,1 | -2 * (W @ u - v)
book-W | np.linalg.norm(W @ u - v)**2 | W | W:m,n; u:n,1; v:m,1 | 2 * (W @ u - v) @ u.T
half | 0.5 * np.sum((v - W @ u)**2) | u | W:m,n; u:n,1; v:m,1 | -W.T @ (v - W @ u)
least-squares | np.sum((X @ w - y)**2) | w | X:m,n; w:n; y:m | 2 * X.T @ (X @ w - y)
mean-squares | np.mean((X @ w - y)**2) | w | X:m,n; w:n,1; y:m,1 | 2 / m * X.T @ (X @ w - y)
ridge | np.sum((X @ w - y)**2) + lam * np.sum(w**2) | w | X:m,n; w:n; y:m; lam: | 2 * X.T @ (X @ w - y) + 2 * lam * w
ridge-W | np.linalg.norm(X @ W - Y)**2 + lam * np.linalg.norm(W)**2 | W | X:m,n; W:n,k; Y:m,k; lam: | 2 * X.T @ (X @ W - Y) + 2 * lam * W
many-outputs | np.linalg.norm(X @ W - Y)**2 | W | X:m,n; W:n,k; Y:m,k | 2 * X.T @ (X @ W - Y)
batch | np.sum((W @ U - V)**2) / N | W | W:m,n; U:n,N; V:m,N | 2 / N * (W @ U - V) @ U.T
factors | np.linalg.norm(R - A @ B.T)**2 | A | R:m,n; A:m,k; B:n,k | -2 * (R - A @ B.T) @ B
quadratic | x.T @ A @ x | x | A:n,n; x:n,1 | (A + A.T) @ x
quadratic-b | 0.5 * x @ A @ x - b @ x | x | A:n,n; x:n; b:n | 0.5 * (A + A.T) @ x - b
bilinear | a.T @ X @ b | X | a:m,1; X:m,n; b:n,1 | a @ b.T
trace | np.trace(A @ X @ B) | X | A:k,m; X:m,n; B:n,k | A.T @ B.T
trace-2 | np.trace(X.T @ B @ X) | X | X:m,n; B:m,m | (B + B.T) @ X
logistic | np.sum(np.log(1 + np.exp(X @ w))) - y @ (X @ w) | w | X:m,n; w:n; y:m | X.T @ (sigmoid(X @ w) - y)
poisson | np.sum(np.exp(X @ w) - y * (X @ w)) | w | X:m,n; w:n; y:m | X.T @ (np.exp(X @ w) - y)
tanh | np.sum((np.tanh(W @ x) - y)**2) | W | W:m,n; x:n,1; y:m,1 | (2 * (np.tanh(W @ x) - y) * (1 - np.tanh(W @ x)**2)) @ x.T
two-layers | np.linalg.norm(B @ A @ x - y)**2 | A | B:k,m; A:m,n; x:n,1; y:k,1 | 2 * B.T @ (B @ A @ x - y) @ x.T
weighted | np.sum(c * (X @ w - y)**2) | w | X:m,n; w:n; y:m; c:m | 2 * X.T @ (c * (X @ w - y))
norm | np.linalg.norm(W @ u - v) | u | W:m,n; u:n,1; v:m,1 | W.T @ (W @ u - v) / np.linalg.norm(W @ u - v)
logdet | np.log(np.linalg.det(X.T @ X)) | X | X:m,n | 2 * X @ np.linalg.inv(X.T @ X)
rayleigh | (x.T @ A @ x) / (x.T @ x) | x | A:n,n; x:n,1 | (A + A.T) @ x / (x.T @ x) - 2 * (x.T @ A @ x) * x / (x.T @ x)**2
bias | np.sum((X @ w + b - y)**2) | b | X:m,n; w:n; y:m; b: | 2 * np.sum(X @ w + b - y)
""".strip().splitlines()  # noqa: E501, a row is a line
]


def run(text, values):
    """What real NumPy makes of a text that was made here."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    with np.errstate(all="ignore"):
        return np.asarray(eval(text, {"np": np, "sigmoid": sigmoid, **values}), dtype=float)


def points(shapes, seed):
    """Arrays of floats of declared shapes, with sizes that differ, then other ones."""
    draw = np.random.default_rng(seed)
    declared = [x.split(":") for x in shapes.replace(" ", "").split(";")]
    letters = sorted({s for _, x in declared for s in x.split(",") if s.isalpha()} | {"N", "m"})
    for numbers in ((3, 4, 2, 5), (2, 3, 5, 4), (5, 2, 3, 3)):
        sizes = dict(zip(letters, numbers, strict=False))
        arrays = {
            name: draw.uniform(0.3, 1.5, [sizes.get(s) or int(s) for s in x.split(",") if s])
            * draw.choice([-1, 1])
            for name, x in declared
        }
        arrays = {k: x if x.shape else float(x) for k, x in arrays.items()}
        yield sizes | arrays


def alters(right, wrong, shapes, seed=0):
    """Whether a changed text computes something else: other numbers, another shape, or nothing."""
    for values in points(shapes, seed):
        nearby = {k: x * (1 + 1e-11) if np.ndim(x) else x for k, x in values.items()}
        try:
            wanted, again = run(right, values), run(right, nearby)
        except np.linalg.LinAlgError:
            continue
        if not np.allclose(wanted, again, rtol=1e-6, atol=1e-9):
            continue  # a matrix is singular at these sizes, and all is noise
        try:
            found = run(wrong, values)
        except (AttributeError, ValueError, np.linalg.LinAlgError, TypeError, ZeroDivisionError):
            return True
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=1e-9, atol=1e-12):
            return True
    return False


def nodes(tree):
    """Every expression in a syntax tree that stands for a value, with where it hangs."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for i, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.expr) and not _is_word(child, parent):
                    yield parent, field, i if isinstance(value, list) else None, child


def _is_word(node, parent):
    """Whether a node is np, np.sum, a function's name: no value of its own."""
    if isinstance(node, ast.Name) and node.id in ("np", "sigmoid"):
        return True
    if isinstance(node, ast.Attribute) and node.attr != "T":
        return True
    return isinstance(parent, ast.keyword)


def replaced(tree, number, new):
    """The text of a syntax tree with one of its `nodes` replaced."""
    other = copy.deepcopy(tree)
    parent, field, i, _ = [*nodes(other)][number]
    if i is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[i] = new
    return ast.unparse(ast.fix_missing_locations(other))


def changes(text, shapes):
    """[(kind, new text)]: every single change of a text, without those that change nothing."""
    tree = ast.parse(text, mode="eval")
    names = [x.split(":")[0].strip() for x in shapes.split(";")]
    arrays = {k for k in names if shapes.replace(" ", "").split(f"{k}:")[1].partition(";")[0] != ""}
    found = {}
    for number, (_, _, _, node) in enumerate(nodes(tree)):
        for kind, new in _changes(node, names, arrays):
            try:
                written = replaced(tree, number, new)
            except (ValueError, RecursionError):
                continue
            if written != ast.unparse(tree):
                found.setdefault(written, kind)
    return [(kind, new) for new, kind in found.items()]


def _changes(node, names, arrays):
    copied = copy.deepcopy
    is_array = any(isinstance(x, ast.Name) and x.id in arrays for x in ast.walk(node))
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "drop a transpose", copied(node.value)
    elif is_array:
        yield "add a transpose", ast.Attribute(copied(node), "T", ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        for value in (node.value * 2, node.value / 2, -node.value, 1):
            yield "change a constant", ast.Constant(value)
    if isinstance(node, ast.Name) and node.id in arrays:
        for other in sorted(arrays - {node.id}):
            yield "one letter for another", ast.Name(other, ast.Load())
    if isinstance(node, ast.UnaryOp):
        yield "flip a sign", copied(node.operand)
    if isinstance(node, ast.BinOp):
        yield from _binary(node)
    if isinstance(node, ast.Call):
        yield "lose a function", copied(node.args[0])
        path = ast.unparse(node.func)
        other = {"np.sum": "np.mean", "np.mean": "np.sum", "np.exp": "np.log"}.get(path)
        if other:
            new = copied(node)
            new.func = ast.parse(other, mode="eval").body
            yield "mean for sum", new
        if path == "np.linalg.norm":
            yield "square a norm", ast.BinOp(copied(node), ast.Pow(), ast.Constant(2))


def _binary(node):
    left, right = copy.deepcopy(node.left), copy.deepcopy(node.right)

    def with_(op, a=left, b=right):
        return ast.BinOp(copy.deepcopy(a), op, copy.deepcopy(b))

    op = type(node.op)
    if op is ast.MatMult:
        yield "swap two factors", with_(ast.MatMult(), right, left)
        yield "elementwise for matrix", with_(ast.Mult())
        yield "plus for times", with_(ast.Add())
        yield "drop a factor", left
        yield "drop a factor", right
        turned = [ast.Attribute(copy.deepcopy(x), "T", ast.Load()) for x in (left, right)]
        if isinstance(right, ast.Attribute) and right.attr == "T":
            yield "inner for outer", with_(ast.MatMult(), turned[0], right.value)
        if isinstance(left, ast.Attribute) and left.attr == "T":
            yield "outer for inner", with_(ast.MatMult(), left.value, turned[1])
    if op is ast.Mult:
        yield "divided for multiplied", with_(ast.Div())
        yield "plus for times", with_(ast.Add())
        yield "drop a factor", left
        yield "drop a factor", right
        yield "matrix for elementwise", with_(ast.MatMult())
    if op is ast.Div:
        yield "multiplied for divided", with_(ast.Mult())
        yield "lose a denominator", left
        yield "double a denominator", with_(ast.Div(), node, right)
    if op in (ast.Add, ast.Sub):
        yield "flip a sign", with_(ast.Add() if op is ast.Sub else ast.Sub())
        yield "drop a term", left
        yield "drop a term", right if op is ast.Add else ast.UnaryOp(ast.USub(), right)
        yield "times for plus", with_(ast.Mult())
        for k in (2, 0.5):
            scaled = [ast.BinOp(ast.Constant(k), ast.Mult(), x) for x in (left, right)]
            yield "factor in a term", ast.BinOp(scaled[0], node.op, right)
            yield "factor in a term", ast.BinOp(left, node.op, scaled[1])
    if op is ast.Pow:
        yield "lose a power", left
        yield "raise a power", with_(ast.Pow(), left, ast.Constant(3))


def rewrites(text):
    """[text]: the same gradient, written in other ways, where arrays have two dimensions."""
    tree, found = ast.parse(text, mode="eval"), []
    for number, (_, _, _, node) in enumerate(nodes(tree)):
        for new in _rewrites(node):
            found.append(replaced(tree, number, new))
    return found


def _rewrites(node):
    if not isinstance(node, ast.BinOp):
        return
    a, b = ast.unparse(node.left), ast.unparse(node.right)
    texts = {
        ast.MatMult: [f"(({b}).T @ ({a}).T).T", f"np.dot({a}, {b})", f"({a}) @ ({b})"],
        ast.Add: [f"({b}) + ({a})", f"({a}) - (-({b}))"],
        ast.Sub: [f"-(({b}) - ({a}))", f"({a}) + (-1) * ({b})"],
        ast.Mult: [f"({b}) * ({a})", f"np.multiply({a}, {b})", f"-(-({a}) * ({b}))"],
        ast.Div: [f"({a}) * (1 / ({b}))"],
    }.get(type(node.op), [])
    if isinstance(node.op, ast.MatMult) and isinstance(node.right, ast.BinOp):
        c, d = ast.unparse(node.right.left), ast.unparse(node.right.right)
        sign = {ast.Add: "+", ast.Sub: "-"}.get(type(node.right.op))
        texts += [f"(({a}) @ ({c}) {sign} ({a}) @ ({d}))"] * bool(sign)
    for text in texts:
        yield ast.parse(text, mode="eval").body


@cache
def single(question):
    """[(kind, text)]: every change of the gradient of a question that matters."""
    _, _, _, shapes, right = question
    found = [(kind, new) for kind, new in changes(right, shapes) if alters(right, new, shapes)]
    whole = [
        ("flip a sign", f"-({right})"),
        ("constant", f"0.5 * ({right})"),
        ("constant", f"2 * ({right})"),
        ("add a transpose", f"({right}).T"),
    ]
    known = {new for _, new in found}
    return found + [x for x in whole if x[1] not in known and alters(right, x[1], shapes)]


def double(question, count, seed):
    """[(kinds, text)]: so many random pairs of changes that matter, each by itself too."""
    _, _, _, shapes, right = question
    draw, found = random.Random(seed), {}
    first = single(question)
    for _ in range(50 * count):
        if len(found) == count:
            break
        kind, text = draw.choice(first)
        second = changes(text, shapes)
        if not second:
            continue
        other, new = draw.choice(second)
        if alters(right, new, shapes) and len(new) < 300:
            found.setdefault(new, f"{kind} + {other}")
    return [(kind, new) for new, kind in found.items()]
