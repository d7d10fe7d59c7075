"""A formula in a line: twelve that used to come out in six ways, and brackets as in LaTeX."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wuv import derive
from wuv.__main__ import main
from wuv.algebra import (
    CannotEvaluate,
    Expr,
    Unwritable,
    evaluate,
    read_latex,
    read_numpy,
    to_latex,
    to_numpy,
    to_text,
)
from wuv.algebra.tree import name, number
from wuv.mathtext import to_line

# A formula in LaTeX, its line of text, and its NumPy text.
TWELVE = [
    (r"2W^{\mathsf T}(Wu - v)", "2Wᵀ(Wu − v)", "2 * W.T @ (W @ u - v)"),
    ("A^{-1}b", "A⁻¹b", "np.linalg.inv(A) @ b"),
    (r"A^{-\mathsf T}b", "A⁻ᵀb", "np.linalg.inv(A).T @ b"),
    (r"\frac{2}{x^{\mathsf T}Bx}Bx", "(2/(xᵀBx))Bx", "2 / (x.T @ B @ x) * B @ x"),
    (r"\lambda \operatorname{sum}(w^{\odot 2})", "λ sum(w.^2)", "lam * np.sum(w**2)"),
    (r"\sqrt{x^{\mathsf T}x}", "√(xᵀx)", "np.sqrt(x.T @ x)"),
    (r"\frac{1}{2}\lVert Wu - v\rVert^2", "½‖Wu − v‖²", "1 / 2 * np.linalg.norm(W @ u - v)**2"),
    (r"\sum_{i=1}^{m} r_{i}^2", "∑_{i=1}^m r_i²", "sum(r[i, 0]**2 for i in range(r.shape[0]))"),
    (r"\nabla_{W_{h}} L", "∇_{W_h} L", None),
    (r"\frac{\partial L}{\partial u}", "∂L/∂u", None),
    (r"(\mathbf{1}_{m} - y)\mathbf{1}_{n}^{\mathsf T}", "(𝟏_m − y)𝟏_nᵀ", None),
    (r"\Sigma^{-\mathsf T} \odot \log(\sigma(X))", "Σ⁻ᵀ ⊙ log(σ(X))", None),
]


def test_brackets_that_open_and_close_stand_in_each_other_and_bars_do_not():
    tree = read_latex(r"\langle x, \langle x, y\rangle y\rangle")
    assert to_text(tree) == "⟨x, ⟨x, y⟩y⟩"
    assert to_text(read_latex(r"\lVert \lVert x\rVert y\rVert")) == "‖(‖x‖y)‖"


@pytest.mark.parametrize(("latex", "text", "numpy"), TWELVE, ids=[row[1] for row in TWELVE])
def test_twelve_formulas_are_alike_in_every_writer(latex, text, numpy):
    tree = read_latex(latex)
    assert to_text(tree) == text
    assert to_latex(tree).replace(r"\lambda\op", r"\lambda \op") == latex
    if numpy:
        assert to_numpy(tree) == numpy
    spoken = to_line(latex)
    assert re.sub("[ ()]", "", spoken) == re.sub("[ ()]", "", text)


ARTEFACT = re.compile(
    r"\\|frac|sqrt|nabla|lambda|Sigma|mathbf|[^\W_]\{|\^⊙|\(\(\w+\)\)| [,)⟩]|[(⟨] |  "
)


@pytest.mark.parametrize(
    ("loss", "wrt"),
    [
        ("||A^-1 b - lambda W1 x||^2", "x"),
        ("np.sum(np.tanh(W1 @ x)**2) / len(x) + lam*np.sum(x**2)", "W1"),
        ("x.T @ A.T @ A @ x / (x.T @ B.T @ B @ x)", "x"),
        ("np.sqrt(np.trace(X.T @ X))", "X"),
        ("np.log(np.linalg.det(Sigma)) + y.T @ np.linalg.inv(Sigma) @ y", "Sigma"),
        ("sum(np.linalg.norm(W @ U[:, i])**2 for i in range(U.shape[1]))", "W"),
    ],
)
def test_the_terminal_shows_no_latex(loss, wrt, capsys):
    assert main(["derive", loss, "--wrt", wrt]) == 0
    lines = capsys.readouterr().out.split("\n\n")[0].splitlines()
    formulas = [line.partition("   ")[0] for line in lines]
    assert not [x for x in formulas if ARTEFACT.search(re.sub(r"^.*? += ", "", x))]


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Expr("product", (name("u"), Expr("product", (name("lr"), name("v"))))), "u(lr v)"),
        (Expr("product", (name("x"), number(2))), "x · 2"),
        (Expr("product", (number(2), number(3))), "2 · 3"),
        (Expr("power", (name("s"), name("t"))), "s^(t)"),
        (Expr("power", (name("s"), number(-12))), "s⁻¹²"),
        (Expr("product", (name("L"), Expr("add", (name("a"), name("b"))))), "L · (a + b)"),
        (Expr("product", (Expr("norm", (name("x"),)), Expr("norm", (name("y"),)))), "‖x‖ ‖y‖"),
        (Expr("norm", (Expr("product", (Expr("norm", (name("x"),)), name("y"))),)), "‖(‖x‖y)‖"),
        (Expr("entry", (name("Sigma"), name("i"), name("j"))), "(Σ)_ij"),
        (Expr("div", (Expr("div", (name("a"), name("b"))), name("c"))), "(a/b)/c"),
        (Expr("div", (name("a"), Expr("div", (name("b"), name("c"))))), "a/(b/c)"),
        (Expr("power", (Expr("neg", (name("t"),)), number(2))), "(−t)²"),
    ],
)
def test_a_line_says_one_thing_only(tree, text):
    assert to_text(tree, fits=False, book=True) == text


# Back from text to LaTeX, sign by sign: the brackets alone say what is what.
SIGNS = {
    "⁻ᵀ": r"^{-\mathsf T}", "ᵀ": r"^{\mathsf T}", "⁻¹": "^{-1}", "²": "^2", "³": "^3", "−": "-",
    "⊙": r"\odot ", "⊘": r"\oslash ", "·": r"\cdot ", "⟨": r"\langle ", "⟩": r"\rangle ",
    "½": r"\tfrac12 ", "¼": r"\tfrac14 ", "tr(": r"\operatorname{tr}(",
    "sum(": r"\operatorname{sum}(",
}  # fmt: skip
VALUES = {"a": 2, "c": -3, "x": [[1], [2]], "y": [[3], [-1]], "A": [[2, 1], [1, 3]],
          "B": [[0, 1], [-2, 5]]}  # fmt: skip
SHAPES = "a:; c:; x:n,1; y:n,1; A:n,n; B:n,n"
NUMBER, COLUMN, MATRIX = "number", "column", "matrix"
FORMS = {
    NUMBER: [
        *[(op, (NUMBER, NUMBER)) for op in ("add", "sub", "product", "div", "cdot")],
        *[("neg", (NUMBER,)), ("inner", (COLUMN, COLUMN)), ("trace", (MATRIX,))],
        *[("power", (NUMBER, "exponent")), ("sum", (COLUMN,))],
    ],
    COLUMN: [
        *[(op, (COLUMN, COLUMN)) for op in ("add", "sub", "times", "edivide")],
        *[("product", (NUMBER, COLUMN)), ("product", (MATRIX, COLUMN)), ("neg", (COLUMN,))],
        *[("div", (COLUMN, NUMBER))],
    ],
    MATRIX: [
        *[(op, (MATRIX, MATRIX)) for op in ("add", "sub", "times", "product")],
        *[("product", (NUMBER, MATRIX)), ("neg", (MATRIX,)), ("div", (MATRIX, NUMBER))],
        *[("transpose", (MATRIX,)), ("inv", (MATRIX,)), ("power", (MATRIX, "exponent"))],
    ],
}
NAMES = {NUMBER: "ac", COLUMN: "xy", MATRIX: "AB"}


@st.composite
def book_trees(draw, kind=None, depth=4):
    """Draw a formula of the book whose sizes fit."""
    if kind == "exponent":
        return number(draw(st.integers(2, 3)))
    kind = kind or draw(st.sampled_from(list(FORMS)))
    if not depth or draw(st.integers(0, 4)) == 0:
        if kind == NUMBER and draw(st.booleans()):
            return number(draw(st.integers(0, 12)))
        return name(draw(st.sampled_from(NAMES[kind])))
    op, kinds = draw(st.sampled_from(FORMS[kind]))
    return Expr(op, tuple(draw(book_trees(kind=k, depth=depth - 1)) for k in kinds))


def as_latex(text):
    """Return LaTeX for a line of text, its signs put one for one."""
    for sign, latex in SIGNS.items():
        text = text.replace(sign, latex)
    return text


@settings(max_examples=400, derandomize=True, deadline=None)
@given(book_trees())
def test_text_latex_and_numpy_have_their_brackets_where_the_value_needs_them(tree):
    try:
        wanted = evaluate(tree, VALUES, book=True)
        numpy = to_numpy(tree, SHAPES, book=True)
    except (CannotEvaluate, Unwritable):
        assume(False)
    text, latex = to_text(tree, SHAPES, book=True), to_latex(tree, SHAPES, book=True)
    for found in (
        evaluate(read_latex(latex, SHAPES), VALUES),
        evaluate(read_numpy(numpy), VALUES),
        evaluate(read_latex(as_latex(text), SHAPES), VALUES),
    ):
        assert np.array_equal(np.ravel(found), np.ravel(wanted))


def test_a_derivation_reads_as_the_chapter_prints_it():
    found = derive("np.linalg.norm(W @ u - v)**2", "u")
    assert [" = ".join(step.sides()) for step in found.steps] == [
        "L = ‖Wu − v‖²",
        "dL = ⟨2(Wu − v), d(Wu − v)⟩",
        "dL = ⟨2(Wu − v), W du⟩",
        "dL = ⟨2Wᵀ(Wu − v), du⟩",
        "∇_u L = 2Wᵀ(Wu − v)",
    ]
