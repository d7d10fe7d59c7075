"""Wrong gradients, made as people make them: by a change of the text, one or two at a time.

Nothing of `wuv.diagnosis` takes part: a text is parsed by Python, one node of the syntax tree is
changed, and the text is written out again. Whether the change matters is asked of real NumPy.
"""

import ast
import copy
import itertools
import random
import re
from contextlib import suppress
from functools import cache

import numpy as np
from spellings import on_paper


def sigmoid(z):
    """σ, entry by entry."""
    return 1 / (1 + np.exp(-z))


def softmax(z, axis=None):
    """Softmax along an axis; of a column, of all."""
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def paper(a, b, elementwise=False):
    """A product on paper, where a number may stand beside anything."""
    if np.size(a) == 1 or np.size(b) == 1:
        return np.reshape(a, ()) * b if np.size(a) == 1 else a * np.reshape(b, ())
    if not elementwise:
        return a @ b
    return a * b


POINTS = 3  # at which two texts are compared
KINKS, MANY = (" < ", " > ", "clip", "sign", "maximum"), 40  # of these few points see little
FUNCTIONS = {"sigmoid": sigmoid, "softmax": softmax, "paper": paper}


def run(text, values):
    """What real NumPy makes of a text that was made here."""

    with np.errstate(all="ignore"):
        return np.asarray(eval(text, {"np": np, **FUNCTIONS, **values}), dtype=float)


def points(shapes, seed):
    """Arrays of floats of declared shapes, with sizes that differ, again and again."""
    draw = np.random.default_rng(seed)
    declared = [x.split(":") for x in shapes.replace(" ", "").split(";")]
    letters = sorted({s for _, x in declared for s in x.split(",") if s.isalpha()} | {"N", "m"})
    for one_sign in (True, False, False) * 16:
        numbers = draw.permutation(range(2, 2 + max(4, len(letters)))).tolist()
        sizes = dict(zip(letters, numbers, strict=False))
        arrays = {}
        for name, x in declared:
            shape = [sizes.get(s) or int(s) for s in x.split(",") if s]
            signs = draw.choice([-1, 1], () if one_sign else shape)
            arrays[name] = draw.uniform(0.3, 1.5, shape) * signs
        arrays = {k: x if x.shape else float(x) for k, x in arrays.items()}
        yield sizes | arrays


def alters(right, wrong, shapes, seed=0):
    """Whether a changed text computes something else: other numbers, another shape, or nothing."""
    tried, enough = 0, MANY if any(x in right for x in KINKS) else POINTS
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
        tried += 1
        if tried == enough:
            break
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
    if isinstance(node, ast.Name) and (node.id == "np" or node.id in FUNCTIONS):
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


OTHER_FUNCTIONS = [
    ("mean for sum", "np.sum", "np.mean"),
    ("another function", "np.exp", "np.log"),
    ("another function", "np.tanh", "sigmoid"),
    ("another function", "np.sign", "np.abs"),
]


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
    if isinstance(node, ast.Compare):
        other = {ast.Gt: ast.Lt, ast.Lt: ast.Gt}[type(node.ops[0])]
        yield "other side of a kink", ast.Compare(copied(node.left), [other()], node.comparators)
    if isinstance(node, ast.Call):
        path = ast.unparse(node.func)
        if path != "np.ones":
            moves = [x for x in node.args if not isinstance(x, ast.Constant)]
            if moves:
                yield "lose a function", copied(moves[0])
        for kind, one, other in OTHER_FUNCTIONS:
            if path == one:
                new = copied(node)
                new.func = ast.parse(other, mode="eval").body
                yield kind, new
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


def standing(part, text, shapes):
    """[the numbers of the `nodes` of a text that are a part of it], by their values, or as they are
    written where they have none; −1 for a run of factors, which is no node."""
    values, found = next(points(shapes, 3)), set()
    wanted, written = value_of(part, values), ast.unparse(ast.parse(part, mode="eval"))
    for number, (_, _, _, node) in enumerate(nodes(ast.parse(text, mode="eval"))):
        row = chain(node)
        runs = [row[i:j] for i in range(len(row)) for j in range(i + 2, len(row) + 1)]
        for some, place in ((ast.unparse(node), number), *((" @ ".join(x), -1) for x in runs)):
            value = value_of(some, values)
            if some == written or (value == wanted is not None):
                found.add(place)
    return sorted(found)


def value_of(text, values):
    """The entries of what a text comes to, on paper at least, rounded; None where it has no
    value."""
    for some in (text, on_paper(text)):
        with suppress(ValueError, np.linalg.LinAlgError, TypeError, AttributeError):
            return run(some, values).ravel().round(9).tolist()
    return None


def chain(node):
    """The factors of a matrix product, as texts."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return [*chain(node.left), *chain(node.right)]
    return [f"({ast.unparse(node)})"]


def mend(text, places, was):
    """A text with the nodes at some places replaced."""
    for place in sorted(places, reverse=True):
        text = replaced(ast.parse(text, mode="eval"), place, ast.parse(was, mode="eval").body)
    return text


def claims(slip):
    """[(what stands in the answer, what belongs there)]: the formulas in a sentence on a slip."""
    part = r"(?:^|\. )(\S[^.]*?(?:\.\w[^.]*?)*)"
    there = re.findall(rf"{part} stands where (.*?) belongs\.", slip)
    return there + [(b, a) for a, b in re.findall(rf"{part} is enough where (.*?) stands\.", slip)]


def mended(text, now, was, shapes):
    """[text]: every text in which what is said to belong there stands instead; None where what is
    said to stand there does not, [] where it is a run of factors."""
    places = standing(now, text, shapes)
    if not places:
        return None
    places = [x for x in places if x >= 0]
    some = [x for k in (1, 2, len(places)) for x in itertools.combinations(places, k)]
    return [mend(text, x, was) for x in dict.fromkeys(some)]


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


def _drawn(draw, some):
    """One of several (kind, text), first its kind, then which of that kind."""
    kind = draw.choice(list(dict.fromkeys(kind for kind, _ in some)))
    return draw.choice([x for x in some if x[0] == kind])


def double(question, count, seed):
    """[(kinds, text)]: so many random pairs of changes that matter, the first by itself too; of
    every kind as many."""
    _, _, _, shapes, right = question
    draw, found = random.Random(seed), {}
    first = single(question)
    for _ in range(50 * count):
        if len(found) == count:
            break
        kind, text = _drawn(draw, first)
        second = changes(text, shapes)
        if not second:
            continue
        other, new = _drawn(draw, second)
        if alters(right, new, shapes) and len(new) < 300:
            found.setdefault(new, f"{kind} + {other}")
    return [(kind, new) for new, kind in found.items()]
