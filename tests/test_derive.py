"""Gradients of real and of random losses: right as real NumPy runs them, or refused in one line."""

import itertools
import json
import random
import re
import string
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from gradients import GRADIENTS
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_text import run
from random_losses import NAMES, SHAPES, is_gradient, point, random_loss

from wuv import case_a, derive, diagnose, grad_u, grad_v, grad_W
from wuv.__main__ import main
from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Sizes,
    declare,
    evaluate,
    free_names,
    read_display,
    read_latex,
    read_numpy,
)
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE
from wuv.algebra.language import read_text
from wuv.derivation.forms import sized
from wuv.derivation.identities import IDENTITIES
from wuv.derivation.rules import RULES
from wuv.derivation.simplify import simplify
from wuv.derivation.trials import trials

BOOK = "np.linalg.norm(W @ u - v)**2"
LETTERS = "mnkdphgstq"


def arrays(shapes, sizes, draw, way=0):
    """Arrays of the declared shapes: positive, of both signs, or with small matrices."""
    found = {}
    for name, shape in declare(shapes).items():
        shape = tuple(sizes.get(x, x) for x in shape)
        values = draw.uniform(0.2, 1.2, shape)
        if way == 1:
            values = values * draw.choice([-1, 1], shape)
        if len(shape) == 2 and shape[0] == shape[1]:
            values = values + 3 * np.eye(shape[0])
        elif way == 2 and len(shape) == 2:
            values = values / 10
        found[name] = values if shape else float(values)
    return found


def sizes_for(loss, shapes, numbers):
    letters = sorted({x for s in declare(shapes).values() for x in s if isinstance(x, str)})
    sizes = dict(zip(letters, numbers, strict=False))
    if "kron(x, y) * c" in loss or 'order="F"' in loss:
        sizes["k"] = sizes["m"] * sizes["n"]
    return sizes


def difference(loss, values, wrt, h):
    """The central difference of a loss in every entry of one of its names."""
    x = np.asarray(values[wrt], dtype=float)
    found = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[i] += step
            ends.append(run(loss, values | {wrt: moved if x.shape else float(moved)}))
        found[i] = np.squeeze(ends[0] - ends[1]) / (2 * h)
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", GRADIENTS, ids=lambda row: row[0])
def test_a_gradient_from_the_literature_is_what_differences_say(row):
    _, _, loss, wrt, shapes = row
    answer = derive(loss, wrt, shapes)
    draw, tried = np.random.default_rng(1), 0
    for numbers in ((3, 2, 4, 5, 2, 3), (2, 3, 4, 2, 3, 4), (4, 3, 2, 5, 2, 3), (2,) * 6):
        sizes = sizes_for(loss, shapes, numbers)
        for way in (0, 1, 2):
            values = arrays(shapes, sizes, draw, way)
            try:
                found = run(answer.numpy, values)
                wide, narrow = (difference(loss, sizes | values, wrt, h) for h in (1e-5, 1e-6))
            except np.linalg.LinAlgError:
                continue  # a singular matrix: there is nothing to compare
            if not np.allclose(wide, narrow, rtol=1e-4, atol=1e-5) or np.abs(wide).max() > 1e4:
                continue  # no slope here, or none that differences can see
            assert np.shape(found) == np.shape(values[wrt])
            assert np.allclose(found, wide, rtol=1e-4, atol=1e-5)
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize("row", GRADIENTS, ids=lambda row: row[0])
def test_the_display_of_a_derivation_is_read_again_and_every_line_of_it_is_true(row):
    _, _, loss, wrt, shapes = row
    answer = derive(loss, wrt, shapes)
    rows, tried = read_display(answer.aligned(), answer.shapes), 0
    assert len(rows) == len(answer.steps)
    texts = [step.sides() for step in answer.steps]
    assert all(a != b for a, b in itertools.pairwise(texts))  # each line is new
    assert rows[-1].sides[0].op == "gradient"
    letters = {row.sides[0].data: row.sides[1] for row in rows if row.sides[0].op == "name"}
    changes = [row.sides[-1] for row in rows[:-1] if row.sides[0].op != "name"]
    for judge in trials(read_numpy(loss), answer.shapes, wrt):
        values = letters | judge.case.values
        try:
            found = [
                evaluate(x, values, directions=judge.case.changes, work=10**7) for x in changes
            ]
        except CannotEvaluate:
            continue  # a singular matrix
        assert all(map(judge.agrees, found))
        tried += 1
    assert tried
    assert changes


# The determinant of an outer product is 0 everywhere, and its slope is read off an inverse.
WITHOUT_A_GRADIENT = {126}


@pytest.mark.parametrize("seed", range(300))
@pytest.mark.filterwarnings("ignore")
def test_a_random_loss_is_derived_rightly(seed):
    draw = random.Random(seed)
    loss = random_loss(draw, 3)
    wrt = draw.choice([x for x in free_names(read_numpy(loss)) if x in NAMES.values()])
    if seed in WITHOUT_A_GRADIENT:
        with pytest.raises(AlgebraError, match="could be tried at no point"):
            derive(loss, wrt, SHAPES)
        return
    answer = derive(loss, wrt, SHAPES)
    assert is_gradient(answer.numpy, loss, wrt, point(seed))


SQUARE = "np.sum((W @ u - v)**2)"
TYPED = {
    SQUARE: (
        "||Wu-v||_2^2",
        "‖Wu−v‖²",
        "L = ‖Wu − v‖²",
        "L(u) = ||Wu-v||^2",
        "|| W u - v ||_2 ^2",
        "||W*u - v||**2",
        "||Wu-v||₂²",
        "‖Wu − v‖²₂",
        "‖Wu − v‖_{2}^{2}",
        "$||Wu-v||^2$",
        "|Wu-v|^2",
        "(Wu-v)²",
        "(Wu−v)ᵀ(Wu−v)",
        "(Wu-v)'(Wu-v)",
        "<Wu-v, Wu-v>",
        "dot(Wu - v, Wu - v)",
        "norm(Wu-v)^2",
        "norm(Wu - v)**2",
        "sum((Wu-v)^2)",
        "np.sum((W@u-v)^2)",
        "torch.sum((W@u-v)**2)",
        "r^T r where r = Wu - v",
        "sum_i (Wu-v)_i^2",
        "Σᵢ (Wu−v)ᵢ²",
        r"\sum_i (Wu-v)_i^2",
        r"\sum_{i=1}^m (Wu-v)_i^2",
        r"\|Wu-v\|_2^2",
        r"\lVert Wu-v\rVert^2_2",
        r"\left|\left|Wu-v\right|\right|^2",
    ),
    f"{SQUARE} / 2": (
        "½‖Wu − v‖²",
        "1/2 ||Wu-v||^2",
        "||Wu-v||^2/2",
        "0.5*||Wu-v||^2",
        "1/2 (Wu-v)^T(Wu-v)",
        r"\frac12||Wu-v||_2^2",
        r"\frac{1}{2}‖Wu-v‖^2",
        r"\frac{1}{2}|Wu-v|^2",
    ),
    f"{SQUARE} / len(v)": ("mean((Wu-v)^2)",),
    f"{SQUARE} / m": ("1/m ||Wu-v||^2", "1/m sum((Wu - v)^2)", "1/m (Wu−v)ᵀ(Wu−v)"),
    f"{SQUARE} / (2 * m)": ("1/(2m) (Wu-v)'(Wu-v)",),
    f"{SQUARE} + lam * np.sum(u**2)": ("||Wu-v||_2^2 + λ||u||_2^2", "(Wu-v)² + λu²"),
    "np.sum(u**2)": ("||u||_2^2", "u'u", "uᵀu", "|u|²"),
    "np.sum((X @ W - Y)**2)": ("||XW-Y||_F^2", "sum((XW-Y)^2)", "tr((XW-Y)'(XW-Y))"),
    "np.trace(W.T @ W)": ("trace(W^T W)", "tr(W'W)", "‖W‖_F²"),
    "np.sum(x * (A @ x))": ("x^T A x", "x'Ax", "xᵀAx"),
}
LETTERS_OF_TYPED = [
    (meaning, loss, wrt)
    for meaning, losses in TYPED.items()
    for loss in losses
    for wrt in free_names(read_numpy(meaning))
    if wrt != "m"  # a count
]


@pytest.mark.parametrize(("meaning", "loss", "wrt"), LETTERS_OF_TYPED)
def test_a_typed_loss_is_one_loss_for_the_derivation_and_for_the_judge(meaning, loss, wrt):
    found = derive(loss, wrt)
    assert diagnose(found.numpy, wrt, loss).verdict == "right"
    assert diagnose(found.latex, wrt, loss).verdict == "right"
    letters = dict.fromkeys(x for s in found.shapes.values() for x in s if isinstance(x, str))
    draw, values, sizes = random.Random(loss), {}, dict(zip(letters, (3, 2, 4), strict=False))
    for letter, shape in found.shapes.items():
        some = np.empty([sizes.get(x, x) for x in shape], dtype=object)
        for i in np.ndindex(some.shape):
            some[i] = Fraction(draw.choice((-1, 1)) * draw.randint(1, 9))
        values[letter] = some if shape else some.item()
    gradient = read_text(found.numpy, values, language="numpy").tree
    exact = np.asarray(evaluate(gradient, sizes | values), dtype=object)
    x, central = np.asarray(values[wrt], dtype=object), np.empty(exact.shape, dtype=object)
    for i in np.ndindex(x.shape):  # for a loss of degree 2 the step 1 is exact
        up, down = x.copy(), x.copy()
        up[i], down[i] = up[i] + 1, down[i] - 1
        ends = (run(meaning, values | {wrt: y if y.shape else y.item()}) for y in (up, down))
        central[i] = (next(ends) - next(ends)) / 2
    assert np.array_equal(exact, central)


def test_what_a_typed_loss_could_mean_is_not_guessed():
    for loss, words in (
        ("||Wu-v||_0", "numbers above 0"),
        ("‖Wu − v‖2", "for a square type"),
        ("foo(Wu-v)", "foo() is not in the language"),
        ("torch.sigmoid_(W@u)", "not NumPy"),
        ("torch.foo(W@u)", "not NumPy"),
        ("r^T r", "write out what r stands for"),
        ("r.T @ r", "write out what r stands for"),
        ("np.sum((Wu - v)**2)", "type W @ u"),
    ):
        for ask in (lambda x: derive(x, "u"), lambda x: diagnose("2*u", "u", x)):
            with pytest.raises(AlgebraError, match=re.escape(words)) as error:
                ask(loss)
            assert "\\" not in str(error.value)
    assert derive("||2u - v||^2 + ||3u||^2", "u").numpy == "26 * u - 4 * v"
    assert derive("sum(|u|)", "u").numpy == "np.sign(u)"
    assert derive("||pred - target||^2", "pred").numpy == "2 * (pred - target)"
    assert derive("||u||^2/2 ||v||^2", "u").numpy == derive("||u||^2 ||v||^2 / 2", "u").numpy


@pytest.mark.parametrize(
    "loss",
    ["||" * 500, "|" * 1001, "<" * 999, "sum(" * 300 + "u" + ")" * 300, "^2" * 700, "||u||_q", "∑"],
)
def test_a_hostile_loss_is_refused(loss):
    for ask in (lambda: derive(loss, "u"), lambda: diagnose("u", "u", loss)):
        with pytest.raises(AlgebraError):
            ask()


def test_both_verbs_of_the_command_read_the_same_loss(capsys):
    assert main(["derive", "||Wu-v||_2^2", "--wrt", "u", "--numpy"]) == 0
    found = capsys.readouterr().out.strip()
    assert found == "2 * W.T @ (W @ u - v)"
    assert main(["diagnose", found, "--wrt", "u", "--loss", "||Wu-v||_2^2"]) == 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.formula)
def test_a_rule_is_true(rule):
    shapes = {"A": ("m", "n"), "B": ("m", "n"), "C": ("m", "n"), "x": ("m", 1), "k": ()}
    if rule.formula == "AB":
        shapes["B"] = ("n", "m")
    if any(word in rule.formula for word in ("det", "A^{-1}", "A x", "A^k", "m}(A))", "eigen")):
        shapes["A"] = ("m", "m")
    if rule.formula == r"\frac{A}{B}":
        shapes["B"] = ()
    draw = np.random.default_rng(3)
    values = arrays(shapes, {"m": 3, "n": 2}, draw) | {"k": 3}
    for word, (scale, shift) in {"arc": (0.7, 0), "arccosh": (1, 1), "where": (0, 1)}.items():
        if word in rule.formula:
            values["A"] = scale * values["A"] + shift
    changes = {k: draw.uniform(-1, 1, np.shape(v)) for k, v in values.items() if k != "k"}
    if "eigen" in rule.formula:
        values["A"], changes["A"] = (x["A"] + x["A"].T for x in (values, changes))
    left = rf"\mathrm d({rule.formula})"
    right = rule.moves
    for bare in (r"\mathbf 1", r"\mathbf 0"):  # that of a matrix says its sizes
        sized_one = rf"\mathbf{{{bare[-1]}}}_{{3 \times 2}}"
        left, right = (x.replace(bare, sized_one) for x in (left, right))
    sides = [read_latex(side, shapes) for side in (left, right)]
    a, b = (np.asarray(evaluate(x, values, directions=changes), dtype=float) for x in sides)
    assert np.allclose(np.squeeze(a), np.squeeze(b), rtol=1e-9)


def test_every_function_has_a_rule_but_what_only_numpy_writes():
    with_rule = {read_latex(rule.formula).op for rule in RULES}
    assert {*ELEMENTWISE} - with_rule == {*COMPARISONS, "trigamma"}


@pytest.mark.parametrize("row", IDENTITIES, ids=lambda row: row[0])
@pytest.mark.parametrize("sign", [1, -1])
def test_an_identity_holds(row, sign):
    draw = np.random.default_rng(5)
    shapes = {"A": ("m", "n"), "B": ("m", "n")}
    values = arrays(shapes, {"m": 3, "n": 2}, draw, way=1)
    values["A"] = sign * values["A"]
    ones = [x.replace(r"\mathbf 1", r"\mathbf{1}_{3 \times 2}") for x in row]
    sides = (x.replace(r"\mathbf 0", r"\mathbf{0}_{3 \times 2}") for x in ones)
    a, b = (np.asarray(evaluate(read_latex(x, shapes), values), dtype=float) for x in sides)
    assert np.allclose(a, b, rtol=1e-12)


CLOSED = [
    ("np.linalg.det(np.linalg.matrix_power(X, 5))", "X", "X:n,n",
     "5 * np.linalg.det(np.linalg.matrix_power(X, 5)) * np.linalg.inv(X).T"),
    ("np.trace(np.linalg.matrix_power(X, 3))", "X", "X:n,n", "3 * np.linalg.matrix_power(X, 2).T"),
    ("np.log(np.linalg.det(A @ X @ B))", "X", "A:n,n; X:n,n; B:n,n", "np.linalg.inv(X).T"),
    ("np.log(np.linalg.det(X.T @ X))", "X", "X:n,n", "2 * np.linalg.inv(X).T"),
    ("np.log(np.linalg.det(X.T @ X))", "X", "X:m,n", "2 * X @ np.linalg.inv(X.T @ X)"),
    ("np.sum(x * y * x)", "x", "x:n; y:n", "2 * y * x"),
    ("(x.T @ y)**0.5", "x", "x:n,1; y:n,1", "y / (2 * np.sqrt(x.T @ y))"),
    ("np.sum(np.log(np.exp(-z) / (1 + np.exp(-z))))", "z", "z:n", "1 / (1 + np.exp(z)) - 1"),
    ("np.linalg.norm((X - np.mean(X, axis=0)) @ w)**2", "X", "X:m,n; w:n",
     "np.outer(2 * (X - np.mean(X, axis=0)) @ w, w)"),
    ("-np.sum(y * np.log(sigmoid(z)) + (1 - y) * np.log(1 - sigmoid(z)))", "z", "y:n; z:n",
     "1 / (1 + np.exp(-z)) - y"),
    ("np.sum(np.log(1 + np.exp(-y * z)))", "z", "y:n; z:n", "-(y / (1 + np.exp(y * z)))"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "wrt", "shapes", "numpy"), CLOSED)
def test_a_gradient_is_as_short_as_a_textbooks(loss, wrt, shapes, numpy):
    assert derive(loss, wrt, shapes).numpy == numpy


@pytest.mark.parametrize("loss", ["np.sqrt((x.T @ x)**2)", "np.sqrt((x.T @ y)**2)"])
def test_the_root_of_a_square_is_not_what_was_squared(loss):
    right = derive(loss, "x")
    for sign in (1, -1):
        x = np.array([[3.0], [1.0]])
        values = {"x": x, "y": sign * x}
        assert np.allclose(run(right.numpy, values), difference(loss, values, "x", 1e-5))
    square = read_latex(r"\sqrt{(x^T y)^2}")
    simpler = simplify(sized(Sizes().annotate(square)))
    values = {"x": np.array([[1]]), "y": np.array([[-2]])}
    assert evaluate(simpler, values) == evaluate(square, values) == 2


@pytest.mark.parametrize("wrt", ["A", "B"])
@pytest.mark.parametrize("shapes", ["A:m,n; B:n,m", "A:m,m; B:n,n"])
def test_the_trace_of_a_kronecker_product_has_a_gradient_whatever_its_factors(wrt, shapes):
    loss = "np.trace(np.kron(A, B))"
    right = derive(loss, wrt, shapes).numpy
    values = arrays(shapes, {"m": 2, "n": 3}, np.random.default_rng(4))
    assert np.allclose(run(right, values), difference(loss, values, wrt, 1e-5))


# This book's loss


@pytest.mark.parametrize(
    ("wrt", "numpy", "latex", "right"),
    [
        ("u", "2 * W.T @ (W @ u - v)", r"2W^{\mathsf T}(Wu - v)", grad_u),
        ("v", "-2 * (W @ u - v)", "-2(Wu - v)", grad_v),
        ("W", "2 * (W @ u - v) @ u.T", r"2(Wu - v)u^{\mathsf T}", grad_W),
    ],
)
@pytest.mark.parametrize("route", ["differential", "components", "jacobian"])
def test_every_route_leads_to_this_books_gradients(wrt, numpy, latex, right, route):
    found = derive(BOOK, wrt, route=route)
    assert (found.numpy, found.latex) == (numpy, latex)
    W, u, v = case_a()
    assert (run(found.numpy, {"W": W, "u": u, "v": v}) == right(W, u, v)).all()


def test_the_derivation_is_the_chapters():
    found = derive(BOOK, "u")
    assert [(s.latex, s.words) for s in found.steps[1:4]] == [
        (r"\langle 2(Wu - v), \mathrm{d}(Wu - v)\rangle", "the slope of a square"),
        (r"\langle 2(Wu - v), W\,\mathrm{d}u\rangle", "the residual moves with u"),
        (
            r"\langle 2W^{\mathsf T}(Wu - v), \mathrm{d}u\rangle",
            "W crosses the inner product, as its transpose",
        ),
    ]


@pytest.mark.parametrize("wrt", ["u", "v", "W"])
@pytest.mark.parametrize("route", ["differential", "components", "jacobian"])
def test_every_line_of_a_display_is_an_equation_that_holds_exactly(wrt, route):
    values = case_a()._asdict()
    rows = read_display(derive(BOOK, wrt, route=route).aligned())
    values["L"] = rows[0].sides[1]
    draw = np.random.default_rng(7)
    directions = {wrt: draw.integers(-9, 10, values[wrt].shape)}
    above = None
    for row in rows:
        left, right = row.sides
        if row.continues:  # the same left side as the line above
            left = above
        above = left
        indices = [x for x in free_names(right) if x not in values and x not in ("m", "n")]
        at = dict.fromkeys(indices, 1) | {"m": 3, "n": 2}
        sides = [
            np.asarray(evaluate(side, values | at, directions=directions), dtype=object)
            for side in (left, right)
        ]
        assert sides[0].size == sides[1].size
        assert (sides[0].ravel() == sides[1].ravel()).all()


def test_latex_is_read_as_numpy_is():
    assert derive(r"\lVert Wu - v\rVert^2", "u").numpy == derive(BOOK, "u").numpy
    assert derive("L = " + BOOK, "u").numpy == derive(BOOK, "u").numpy
    assert derive("x^T A x", "x").latex == r"(A + A^{\mathsf T})x"
    assert derive("x", "x", "x:", language="latex").numpy == "1"


def test_a_sum_over_an_index_is_gathered_into_a_product():
    assert derive(r"\sum_{i=1}^{m} (Wu - v)_i^2", "u").numpy == "2 * W.T @ (W @ u - v)"
    assert derive(r"\sum_{ij} W_{ij}^2", "W").numpy == "2 * W"


@pytest.mark.parametrize("wrt", ["lam", "lambda", "λ"])
def test_lambda_has_several_spellings(wrt):
    assert derive(r"\lambda\lVert u\rVert^2", wrt).numpy == "np.linalg.norm(u)**2"


def test_what_was_declared_flat_stays_flat():
    assert derive("x @ A @ x", "x", "A:n,n; x:n").numpy == "(A + A.T) @ x"
    assert derive("(X @ w - y) @ (X @ w - y)", "X", "X:n,d; w:d; y:n").numpy == (
        "np.outer(2 * (X @ w - y), w)"
    )


def test_a_steps_numpy_text_computes_the_change_of_the_loss():
    W, u, v = (x.astype(float) for x in case_a())
    du = np.array([[1.0], [-2.0]])
    for step in derive(BOOK, "u").steps[1:-1]:
        assert run(step.numpy, {"W": W, "u": u, "v": v, "du": du}) == grad_u(W, u, v).T @ du


def reasons(*asked):
    return [(" = ".join(step.sides()), step.words) for step in derive(*asked).steps[1:-1]]


def test_the_letters_of_the_text_are_those_of_the_lines():
    assert reasons("||W h - y||^2 where h = tanh(z), z = B x", "B") == [
        ("z = Bx", "as the text says"),
        ("h = tanh(z)", "as the text says"),
        ("dL = ⟨2(Wh − y), d(Wh − y)⟩", "the slope of a square"),
        ("dL = ⟨2(Wh − y), W dh⟩", "the residual moves with B"),
        ("dL = ⟨2Wᵀ(Wh − y), dh⟩", "W crosses the inner product, as its transpose"),
        ("dL = ⟨2Wᵀ(Wh − y), (𝟏_n − h.^2) ⊙ dz⟩", "the chain rule, entry by entry"),
        ("dL = ⟨2(𝟏_n − h.^2) ⊙ Wᵀ(Wh − y), dz⟩",
         "what multiplies entry by entry crosses as it is"),
        ("dL = ⟨2(𝟏_n − h.^2) ⊙ Wᵀ(Wh − y), dB x⟩", "only B moves"),
        ("dL = ⟨2((𝟏_n − h.^2) ⊙ Wᵀ(Wh − y))xᵀ, dB⟩",
         "x crosses the inner product, as its transpose"),
    ]  # fmt: skip
    found = derive("r @ r where r = X @ w - y", "w", "X:n,d; w:d; y:n")
    assert found.numpy == "r = X @ w - y\n2 * X.T @ r"
    assert found.latex == r"2X^{\mathsf T}r \quad\text{with } r = Xw - y"


def test_a_transposed_change_is_turned_and_what_cancels_goes_in_a_line_of_its_own():
    assert reasons("np.trace(A @ X.T @ B @ X)", "X", "A:k,k; X:n,k; B:n,n")[1:] == [
        ("dL = ⟨AᵀXᵀBᵀ, dXᵀ⟩ + ⟨BᵀXAᵀ, dX⟩",
         "what multiplies the change crosses over, as its transpose"),
        ("dL = ⟨BXA + BᵀXAᵀ, dX⟩", "an inner product may be transposed on both sides"),
    ]  # fmt: skip
    c = "(x - np.mean(x))"
    centred = reasons(f"g @ ({c} / np.sqrt(np.mean({c}**2)))", "x", "x:n; g:n")
    assert centred[-1][1] == "multiplied out, and what cancels is gone"
    assert not any("residual" in words for _, words in centred)


def test_sizes_stand_below_the_factors():
    found = derive(BOOK, "u", sizes=True)
    lines = str(found).splitlines()
    assert lines[6:8] == [
        "      = ⟨2  Wᵀ (Wu − v),  du⟩     W crosses the inner product, as its transpose",
        "           n×m   m×1     n×1",
    ]
    assert (
        r"2\underbrace{W^{\mathsf T}}_{n \times m}\underbrace{(Wu - v)}_{m \times 1}"
        in found.aligned()
    )
    for row, plain in zip(
        read_display(found.aligned()), read_display(derive(BOOK, "u").aligned()), strict=True
    ):
        assert row.sides == plain.sides


def test_a_derivation_shows_itself():
    found = derive(BOOK, "u")
    assert found._repr_latex_().startswith(r"$\displaystyle \begin{aligned}")
    assert "⟨2Wᵀ(Wu − v), du⟩" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["gradient"]["numpy"] == found.numpy


# Refusals


@pytest.mark.parametrize(
    ("loss", "wrt", "shapes", "words"),
    [
        (BOOK, "q", None, "'q' is not in the loss; it has the names W, u, v"),
        (BOOK, "n", "W:m,n", "n is a size"),
        ("W @ v + W @ W @ v", "v", "W:m,n; v:n", "needs"),
        ("np.linalg.norm(W @ u - v", "u", None, "never closed"),
        ("__import__('os').system('true')", "u", None, "not in the language"),
        ("u.__class__", "u", None, "not in the language"),
        (BOOK, "u", "W:m,n,k", "two are the most"),
        ("np.log(-np.exp(t))", "t", None, "no point was found"),
        (r"\frac{1}{2", "u", None, "ends too early"),
    ],
)
def test_what_cannot_be_derived_is_refused_in_one_line(loss, wrt, shapes, words):
    with pytest.raises(AlgebraError) as error:
        derive(loss, wrt, shapes)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("route", ["components", "jacobian"])
def test_a_route_says_what_it_is_for(route):
    with pytest.raises(AlgebraError, match="sums of squares"):
        derive("np.log(np.sum(np.exp(x)))", "x", route=route)


def test_a_gradient_that_is_not_confirmed_is_not_returned(monkeypatch):
    wrong = read_latex("3 W^T (W u - v)")
    shaped = {"u": ("n", 1)}
    monkeypatch.setattr("wuv.derivation.result", lambda found, x: wrong.with_(shape=shaped["u"]))
    with pytest.raises(AlgebraError, match="not confirmed"):
        derive(BOOK, "u")


def test_a_line_that_is_not_true_is_not_shown(monkeypatch):
    from wuv.derivation import engine

    def wrong(*asked):
        first, *rest = engine.lines(*asked)
        return [first._replace(formula=Expr("number", data=1, shape=())), *rest]

    monkeypatch.setattr("wuv.derivation.lines", wrong)
    with pytest.raises(AlgebraError, match="not confirmed"):
        derive(BOOK, "u")


HOSTILE = [
    "(" * 5000,
    "x" * 10_000,
    "x**" * 300 + "x",
    "9**9**9**9",
    "x**999999999",
    "+".join(["x.T @ x"] * 600),
    " @ ".join(["A"] * 400),
    "np.exp(" * 60 + "t" + ")" * 60,
    "np.tanh(A @ " * 30 + "x" + ")" * 30,
    "np.kron(A, " * 12 + "A" + ")" * 12,
    "np.linalg.matrix_power(A, 100)[0, 0]",
    "np.trace(np.eye(99999))",
    "sum(t for i in range(10**9))",
    r"\frac" * 2000,
    "$" * 100,
    "lambda: x",
    "",
    "\x00",
]


def answered_or_refused(loss, wrt, shapes=None):
    words = ""
    try:
        derive(loss, wrt, shapes)
    except AlgebraError as error:
        words = str(error)
    assert "\n" not in words


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("loss", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("wrt", ["x", "t", "A"])
def test_hostile_text_is_answered_or_refused_in_one_line(loss, wrt):
    answered_or_refused(loss, wrt, "A:n,n; x:n,1; t:")


@settings(max_examples=300, deadline=None)
@given(st.text(string.printable, max_size=60), st.sampled_from(["x", "W", "", "(", "x;y"]))
def test_any_text_is_answered_or_refused(loss, wrt):
    answered_or_refused(loss, wrt)


# The command line


def command(capsys, *arguments):
    code = main(["derive", *arguments])
    return code, *capsys.readouterr()


def test_the_command_prints_the_steps(capsys):
    code, out, err = command(capsys, BOOK, "--wrt", "u")
    assert (code, err) == (0, "")
    assert out.strip().endswith("numpy: 2 * W.T @ (W @ u - v)")


def test_the_command_prints_json_latex_and_numpy(capsys):
    _, out, _ = command(capsys, BOOK, "--wrt", "u", "--shapes", "W:m,n; u:n,1; v:m,1", "--json")
    found = json.loads(out)
    assert {"loss", "read_as", "wrt", "gradient", "shape", "steps"} == set(found)
    assert found["shape"] == ["n", 1]
    assert {"latex", "numpy", "reason"} <= set(found["steps"][0])
    assert command(capsys, BOOK, "--wrt", "u", "--numpy")[1] == "2 * W.T @ (W @ u - v)\n"
    assert r"\begin{aligned}" in command(capsys, BOOK, "--wrt", "u", "--latex")[1]
    sized = command(capsys, BOOK, "--wrt", "u", "--latex", "--sizes")[1]
    assert sized.count(r"\underbrace") > sized.count("&&")


def test_a_loss_may_begin_with_a_minus(capsys):
    shapes = ("--shapes", "x:n")
    assert command(capsys, "-np.sum(np.log(x))", "--wrt", "x", *shapes, "--numpy")[:2] == (
        0,
        "-(1 / x)\n",
    )


def test_the_command_refuses_in_one_line(capsys):
    code, out, err = command(capsys, BOOK, "--wrt", "q", "--json")
    assert code == 1
    assert set(json.loads(out)) == {"error"}
    assert err.count("\n") == 1


def test_a_command_that_cannot_be_understood_ends_in_2():
    run = [sys.executable, "-m", "wuv", "derive", BOOK]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 2
