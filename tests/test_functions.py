"""Every function of the language: its value, its slope, how it is written, how far out it holds."""

import json
import random
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import scipy.special
from numpy_text import run

from wuv import derive
from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    along,
    declare,
    elementwise,
    evaluate,
    gradient,
    matrices,
    read_latex,
    read_numpy,
    to_book,
    to_latex,
    to_numpy,
    to_text,
)
from wuv.algebra.exact import Dual
from wuv.algebra.meant import meant
from wuv.algebra.size import in_numbers
from wuv.algebra.tree import name
from wuv.algebra.typed import read_typed
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.diagnosis.rightness import is_right
from wuv.points.fast import Values, precise

CASES = Path(__file__).parent / "cases" / "gradients.jsonl"
CASES = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
RIGHT = 223  # of them, at least
SIZES = [
    dict(zip("kmnhdNpqT", sizes, strict=True))
    for sizes in ((3, 3, 4, 3, 2, 5, 3, 2, 3), (2, 4, 5, 2, 3, 6, 4, 3, 2))
]


# What peers' tests, documentation and textbooks ask for


def drawn(shape, domain, draw):
    """Return an array of a domain, such as spd: a symmetric positive definite matrix."""
    x = draw.uniform(-1, 1, shape)
    if domain == "spd":
        return x @ x.T + len(x) * np.eye(len(x))
    if domain in ("oneh", "onehot"):
        x = np.zeros(shape)
        x.reshape(-1, shape[-1] if shape[-1] != 1 else x.size)[:, 0] = 1
        return x
    return {
        "pos": lambda: abs(x) + 0.2,
        "big": lambda: abs(x) + 20,
        "u01": lambda: abs(x) * 0.8 + 0.1,
        "int": lambda: 3,
        "tril": lambda: np.tril(x) + 2 * np.eye(*shape),
        "pm1": lambda: np.sign(x),
        "bin": lambda: 1.0 * (x > 0),
        "mask": lambda: 1.0 * (x > 0),
    }.get(domain, lambda: x)()


def values(case, sizes):
    draw, shapes = np.random.default_rng(5), declare(case["shapes"])
    domains = dict(x.split(":")[::-1] for x in case.get("domain", "").split())
    sizes = {x: sizes.get(x, 2) for s in shapes.values() for x in s if isinstance(x, str)}
    return sizes | {
        name: drawn(tuple(sizes.get(x, x) for x in shape), domains.get(name), draw)
        for name, shape in shapes.items()
    }


def number(text, values):
    return np.asarray(run(text, values), dtype=float)


def test_gradients_are_right_or_refused():
    """Nothing is wrong, and few of the losses that others test are refused."""
    refused = []
    for case in CASES:
        try:
            found = derive(case["loss"], case["wrt"], case["shapes"]).numpy
        except AlgebraError as error:
            refused.append(str(error))
            continue
        for sizes in SIZES:
            here = values(case, sizes)
            wanted, mine = number(case["known"], here), number(found, here)
            assert np.allclose(mine, np.broadcast_to(wanted, mine.shape)), case["id"]
    assert len(CASES) - len(refused) >= RIGHT, refused
    assert not any("\n" in x for x in refused)


# Entry by entry

POINTS = {  # where a function is tried, other than here
    "arccosh": ("1.25", "3.5"),
    "gammaln": ("0.3", "7.5"),
    **dict.fromkeys(("digamma", "trigamma"), ("0.3", "7.5")),
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt"), ("0.3", "7.5")),
}
OURS = {"sigmoid": scipy.special.expit, "softplus": lambda x: np.logaddexp(0, x)}
OURS |= {"heaviside": lambda x: np.heaviside(x, 0)}
OURS |= {"trigamma": lambda x: scipy.special.polygamma(1, x)}
OTHERS = {op: getattr(scipy.special, op) for op in ("erf", "gammaln", "digamma")}


@pytest.mark.parametrize("op", elementwise.ELEMENTWISE)
def test_a_function_has_one_value_and_the_slope_that_differences_have(op):
    row, step = elementwise.TABLE[op], Decimal(10) ** -20
    theirs = OURS.get(op) or OTHERS.get(op) or getattr(np, op)
    digits = elementwise.of_digits(op)
    for first in POINTS.get(op, ("-0.75", "0.3")):
        at = [Decimal(first), Decimal("0.125"), Decimal("-1.5")][: len(row.slopes)]
        exact, floats = [Fraction(x) for x in at], [np.array(float(x)) for x in at]
        wanted = float(theirs(*floats))
        for mine in (elementwise.call(op, *exact), elementwise.of_floats(op)(*floats), digits(*at)):
            assert float(mine) == pytest.approx(wanted, rel=1e-13)
        for i in range(len(at)) if op != "trigamma" else ():
            dual = [Dual(x, int(i == k)) for k, x in enumerate(exact)]
            with localcontext(prec=50):
                sides = (digits(*at[:i], at[i] + h, *at[i + 1 :]) for h in (step, -step))
                difference = (next(sides) - next(sides)) / (2 * step)
            found = elementwise.call(op, *dual).slope
            assert float(found) == pytest.approx(float(difference), rel=1e-12, abs=1e-18)


@pytest.mark.parametrize("op", [x.op for x in elementwise.ROWS if x.rational])
def test_no_slope_is_made_up_at_a_kink(op):
    if op == "where":
        return  # it has none: a condition that jumps does
    level = [Dual(0, 1), 0][: len(elementwise.TABLE[op].slopes)]
    with pytest.raises(CannotEvaluate, match="kink"):
        elementwise.call(op, *level)


# Along an axis

FLAT = {"softmax": scipy.special.softmax, "logsumexp": scipy.special.logsumexp}
FLAT["log_softmax"] = scipy.special.log_softmax
SHAPES = {"X": ("m", "n"), "C": ("m", "n"), "c": ("m",), "d": ("n",), "t": ()}
HERE = {
    "X": np.array([[0.5, -1.25, 2], [0.75, 0.25, -0.5]]),
    "C": np.array([[2.0, 1, -1], [0.5, 3, 1]]),
    "c": np.array([1.5, -2]),
    "d": np.array([1.0, 2, -1]),
    "t": 2.0,
}
REDUCED = ("max", "min", "prod", "var", "std", "sum", "mean", "logsumexp")
KEPT = ("softmax", "log_softmax", "cumsum")


def called(op, arguments):
    return f"np.{op}(X{arguments})" if hasattr(np, op) else f"scipy.special.{op}(X{arguments})"


LOSSES = [
    f"np.sum({called(op, f', axis={axis}{keep}')} * {weights})"
    for op in REDUCED
    for axis, keep, weights in (
        (None, "", "t"), (0, "", "d"), (1, "", "c"), (-1, ", keepdims=True", "c[:, None]"),
        (0, ", keepdims=True", "C"),
    )
] + [f"np.sum({called(op, f', axis={axis}')} * C)" for op in KEPT for axis in (0, 1)]  # fmt: skip
LOSSES += ["np.sum(np.flip(X, axis=1) * C)", "np.sum(np.var(X, axis=0, ddof=1) * d)"]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_function_goes_along_an_axis_as_numpys_does(loss):
    """Its value is NumPy's; its gradient is that of differences with 50 digits."""
    tree = read_numpy(loss)
    assert float(evaluate(tree, HERE)) == pytest.approx(float(run(loss, HERE)))
    assert Values(HERE)(tree) == pytest.approx(float(run(loss, HERE)))
    found = run(derive(loss, "X", SHAPES).numpy, HERE)
    for i in np.ndindex(found.shape):
        with localcontext(prec=50):
            sides, step = [], Fraction(1, 10**20)
            for h in (step, -step):
                moved = HERE["X"].astype(object)
                moved[i] = Fraction(moved[i]) + h
                sides.append(precise({**HERE, "X": moved})(tree).item())
            slope = (sides[0] - sides[1]) * 10**20 / 2
        assert float(slope) == pytest.approx(found[i], abs=1e-12)


# Of a whole matrix

S = np.array([[3.0, 1, 0.5], [1, 2, -0.25], [0.5, -0.25, 4]])
THEIRS = {op: getattr(scipy.linalg, op) for op in ("expm", "logm", "sqrtm", "sinm", "cosm")}
WHOLE = [  # a loss, and its gradient
    ("np.trace(scipy.linalg.expm(A @ X))", "A.T @ scipy.linalg.expm(A @ X).T"),
    ("np.trace(scipy.linalg.logm(X @ X.T))", "2 * np.linalg.inv(X).T"),
    ("np.trace(scipy.linalg.sqrtm(X @ X.T))", "np.linalg.inv(scipy.linalg.sqrtm(X @ X.T)) @ X"),
    ("np.trace(scipy.linalg.cosm(X))", "-scipy.linalg.sinm(X).T"),
    ("np.sum(np.linalg.eigvalsh(X @ X.T))", "2 * X"),
    ("np.sum(np.linalg.eigh(X @ X.T)[0]**2)", "4 * X @ X.T @ X"),
    ("np.linalg.norm(A @ X, 'nuc')", "A.T @ scipy.linalg.polar(A @ X)[0]"),
    ("np.linalg.norm(X, 2)**2", "2 * X @ np.outer(v[0], v[0])"),
    ("np.linalg.slogdet(X)[1]", "np.linalg.inv(X).T"),
    ("np.linalg.norm(X, 1)", "np.sign(X) * (abs(X).sum(0) == abs(X).sum(0).max())"),
    ("np.linalg.norm(X, np.inf)", "np.sign(X) * (abs(X).sum(1) == abs(X).sum(1).max())[:, None]"),
]


@pytest.mark.parametrize("op", THEIRS)
def test_a_function_of_a_matrix_is_scipys(op):
    assert np.allclose(matrices.TABLE[op].value(S), THEIRS[op](S), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("loss", "slope"), WHOLE)
def test_a_function_of_a_matrix_has_its_gradient(loss, slope):
    here = {"X": S + np.array([[0, 0.5, 0], [-0.5, 0, 0.25], [0, 0, 0]]), "A": S[::-1] / 4}
    here["v"] = np.linalg.svd(here["X"])[2]
    found = run(derive(loss, "X", "X:n,n; A:n,n; v:n,n").numpy, here)
    assert np.allclose(found, run(slope, here))


@pytest.mark.parametrize("words", ["under a trace", "symmetric matrix"])
def test_what_has_no_slope_is_told_with_what_to_write(words):
    loss = {"under a trace": "np.sum(scipy.linalg.expm(X))"}.get(words, "np.linalg.eigvalsh(X)[0]")
    with pytest.raises(AlgebraError, match=words):
        derive(loss, "X", "X:n,n")


def test_einsum_is_numpys():
    draw, tried = random.Random(1), 0
    arrays = {x: np.arange(9).reshape(3, 3) * k % 7 - 2 for x, k in (("A", 2), ("B", 5), ("C", 3))}
    arrays |= {"x": np.array([1, -2, 3]), "y": np.array([2, 0, 5])}
    for _ in range(300):
        operands = draw.choices([*arrays], k=draw.choice((1, 2, 2, 3)))
        parts = ["".join(draw.choices("ijkl", k=arrays[x].ndim)) for x in operands]
        letters = sorted({*"".join(parts)})
        output = "".join(draw.sample(letters, draw.randint(0, min(2, len(letters)))))
        text = f"np.einsum('{','.join(parts)}->{output}', {', '.join(operands)})"
        try:
            found = evaluate(read_numpy(text), arrays)
        except AlgebraError:  # a step of three axes
            continue
        assert np.array_equal(found, run(text, arrays)), text
        tried += 1
    assert tried > 280


# Parts of arrays, and arrays put together

PARTS = [  # a loss, the variable, the shapes
    ("np.sum((x[1:] - x[:-1])**2)", "x", "x:n"),
    ("np.sum((x[1:] - x[:-1])**2)", "x", "x:n,1"),
    ("np.sum(np.diff(x)**2 * x[2])", "x", "x:n"),
    ("np.sum(x[::-1] * c)", "x", "x:n; c:n"),
    ("np.sum(x[1:n] * x[:n-1])", "x", "x:n"),
    ("x[:2] @ c[-2:]", "x", "x:n; c:n"),
    ("np.sum((X[1:, :] - X[:-1, :])**2) + np.sum((X[:, 1:] - X[:, :-1])**3)", "X", "X:m,n"),
    ("np.trace(X[:2, :2]**2)", "X", "X:n,n"),
    ("np.sum(X[1:, 0] * X[0, 0])", "X", "X:m,n"),
    ("np.sum((np.hstack([X, Y]) @ w)**2)", "X", "X:m,n; Y:m,p; w:q"),
    ("np.sum((np.hstack([X, np.ones((m, 1))]) @ w - y)**2)", "w", "X:m,n; w:q; y:m"),
    ("np.sum(np.vstack([X, Y])**2 @ A)", "Y", "X:m,n; Y:p,n; A:n,k"),
    ("np.linalg.norm(np.block([[A, B], [C, D]]))**2", "B", "A:m,n; B:m,p; C:k,n; D:k,p"),
    ("np.sum((A @ np.concatenate([x, x, y]))**2)", "x", "A:m,q; x:n; y:p"),
    ("np.sum(np.column_stack([x, y])**2 @ A)", "x", "x:n; y:n; A:2,k"),
    ("np.sum(w[:-1]**2) + np.sum((X @ w[:-1] + w[-1] - y)**2)", "w", "X:m,n; w:s; y:m"),
]


@pytest.mark.parametrize(("loss", "wrt", "shapes"), PARTS)
def test_a_part_of_an_array_has_its_gradient(loss, wrt, shapes):
    """It is the loss's exact slope, and what is printed on the way is read back."""
    found, sizes = derive(loss, wrt, shapes), {"m": 3, "n": 4, "p": 2, "k": 5, "s": 6}
    draw = np.random.default_rng(2)
    here = {
        x: draw.integers(-5, 6, [in_numbers(y, sizes) for y in shape])
        for x, shape in found.shapes.items()
    } | sizes
    wanted = gradient(read_numpy(loss), here, wrt)
    assert np.array_equal(run(found.numpy, here), wanted)
    asked = question(wrt, loss, shapes)
    for text in (found.numpy, found.latex, to_text(found.gradient, found.shapes, book=True)):
        assert is_right(read_answer(text, asked), asked), text


@pytest.mark.parametrize("text", ["x[::2]", "x[1:1]", "np.hstack([x, X])", "np.vstack([X, Y])"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(AlgebraError):
        derive(f"np.sum({text})", "x" if "x" in text else "X", "x:n; X:m,n; Y:m,p")


@pytest.mark.parametrize("loss", ["np.max(x)", "-np.min(-x)", "np.linalg.norm(x, np.inf)"])
def test_entries_that_are_equally_large_share_the_slope(loss):
    assert run(derive(loss, "x", "x:n").numpy, {"x": np.array([2, 1, 2, 0])}).tolist() == [
        0.5, 0, 0.5, 0,
    ]  # fmt: skip


# What is printed is read

BOOK = [
    Expr(op, tuple(map(name, "ABC"[: len(row.slopes)]))) for op, row in elementwise.TABLE.items()
]
BOOK = [x for x in BOOK if x.op not in {*elementwise.COMPARISONS, "where"}]
BOOK += [Expr("where", (Expr("heaviside", (name("A"),)), name("B"), name("C")))]
BOOK += [Expr(op, (name("A"),), data) for op, data in along.OPERATORS.values()]
BOOK = [x for x in BOOK if x.op != "cumsum" or x.data]
SQUARE = [Expr(op, (name("A"),)) for op, row in matrices.TABLE.items() if row.result != "flat"]
COLUMN = [Expr("p_norm", (name("x"),), order) for order in (1, 3, Fraction(3, 2), "inf")]


@pytest.mark.parametrize("tree", BOOK + SQUARE + COLUMN, ids=str)
def test_what_is_printed_is_read_as_the_same(tree):
    shapes = dict.fromkeys("ABC", ("m", "m" if tree in SQUARE else "n")) | {"x": ("n", 1)}
    assert meant(read_latex(to_latex(tree, shapes)), (), shapes) == tree
    assert meant(read_typed(to_text(tree, shapes), shapes), (), shapes) == tree
    again = to_book(read_numpy(to_numpy(tree, shapes, book=True)), shapes)
    assert to_text(again, shapes) == to_text(tree, shapes)


# Far out

FAR = [
    ("np.sum(1 / (1 + np.exp(-x)))", 0), ("np.sum(np.logaddexp(0, x))", 1),
    ("np.sum(np.log(1 + np.exp(x)))", 1), ("np.sum(np.log1p(np.exp(x)))", 1),
    ("np.sum(np.log(np.exp(x) + 1))", 1), ("np.sum(np.log(np.cosh(x)))", 1),
    ("scipy.special.logsumexp(x)", 1), ("np.log(np.sum(np.exp(x)))", 1),
    ("-scipy.special.log_softmax(x)[1]", 1), ("-np.log(np.exp(x) / np.sum(np.exp(x)))[1]", 1),
    ("np.logaddexp(x[0], x[1])", 1), ("scipy.special.softmax(x)[0]", 0),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "at_top"), FAR)
def test_no_gradient_overflows(loss, at_top):
    found = derive(loss, "x", "x:n").numpy
    with np.errstate(over="ignore"):  # 1 / (1 + exp(800)) is 0
        slope = run(found, {"x": np.array([800.0, -800.0])})
    assert slope[0] == pytest.approx(at_top, abs=1e-12)
    assert np.isfinite(slope).all()


def test_a_function_along_an_axis_takes_a_number_too():
    """NumPy unpacks an array of no axes, and a number of its own has no sum."""
    found = derive("np.sum((t - np.mean(t))**2) / np.var(t)", "t")
    assert is_right(read_answer("0 * t", question("t", found.loss)), question("t", found.loss))
