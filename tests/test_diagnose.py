"""Wrong gradients get their mistakes named: real slips, generated ones, hostile ones."""

import csv
import dataclasses
import io
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from gradient_questions import QUESTIONS
from wrong_gradients import alters, claims, double, mended, single

from wuv import case_b, derive, diagnose
from wuv.__main__ import main
from wuv.algebra import AlgebraError
from wuv.csv_tables import BadTable
from wuv.diagnosis import fooled, rightness, search
from wuv.diagnosis.classroom import marked, read_class, save
from wuv.diagnosis.edits import Edit
from wuv.diagnosis.judge import ties
from wuv.diagnosis.mistakes import MISTAKES, TITLES, VERDICT_HEADS, headline
from wuv.diagnosis.question import BOOK, _question
from wuv.diagnosis.record import VERDICTS
from wuv.diagnosis.search import Explanation

CHAPTERS = Path(__file__).parent.parent / "chapters"

LEAST_SQUARES = ("np.sum((X @ w - y)**2)", "X:m,n; w:n,1; y:m,1")
FLAT = ("np.sum((X @ w - y)**2)", "X:m,n; w:n; y:m")
MANY = ("np.linalg.norm(X @ W - Y)**2", "X:m,n; W:n,k; Y:m,k")
RIDGE = ("np.sum((X @ w - y)**2) + lam * np.sum(w**2)", "X:m,n; w:n,1; y:m,1; lam:")
GOOD = ("right", "layout", "convention")

SLIPS = [
    ("u", "2*(W@u-v)@W.T", "cannot-evaluate", "factors-swapped"),
    ("u", "2*W@(W@u-v)", "wrong", "transpose-dropped"),
    ("u", "2*(W@u-v).T@W", "layout", "row-for-column"),
    ("u", "2*(W@u-v).T@W.T", "wrong", "transpose-dropped+row-for-column"),
    ("u", "(W+W.T)@(W@u-v)", "wrong", "quadratic-rule"),
    ("u", "W.T@(W@u-v)", "convention", "factor"),
    ("u", "-2*W.T@(W@u-v)", "wrong", "sign"),
    ("u", "2*W.T@W@u", "wrong", "term-dropped"),
    ("u", "2*W*np.linalg.norm(W@u-v)", "wrong", "norm-kept"),
    ("u", "(W@u-v)/np.linalg.norm(W@u-v)", "wrong", "another-loss+inner-derivative-lost"),
    ("u", "W.T@(W@u-v)/np.linalg.norm(W@u-v)", "wrong", "another-loss"),
    ("v", "2*(W@u-v)", "wrong", "inner-sign-lost"),
    ("v", "-2*(W@u-v).T", "layout", "row-for-column"),
    ("W", "2*u@(W@u-v).T", "layout", "transposed"),
    ("W", "2*u.T@(W@u-v)", "wrong", "inner-for-outer"),
    ("W", "2*(W@u-v)*u", "wrong", "elementwise-for-outer"),
]
CARRIED = [
    (LEAST_SQUARES, "w", "2*(X@w-y)@X.T", "factors-swapped"),
    (LEAST_SQUARES, "w", "2*X@(X@w-y)", "transpose-dropped"),
    (LEAST_SQUARES, "w", "2*(X@w-y).T@X", "row-for-column"),
    (LEAST_SQUARES, "w", "2*(X@w-y).T@X.T", "transpose-dropped+row-for-column"),
    (LEAST_SQUARES, "w", "(X+X.T)@(X@w-y)", "quadratic-rule"),
    (LEAST_SQUARES, "w", "X.T@(X@w-y)", "factor"),
    (LEAST_SQUARES, "w", "2/m*X.T@(X@w-y)", "factor"),
    (LEAST_SQUARES, "w", "-2*X.T@(X@w-y)", "sign"),
    (LEAST_SQUARES, "w", "2*X.T@X@w", "term-dropped"),
    (LEAST_SQUARES, "w", "2*X*np.linalg.norm(X@w-y)", "norm-kept"),
    (LEAST_SQUARES, "y", "2*(X@w-y)", "inner-sign-lost"),
    (LEAST_SQUARES, "y", "-2*(X@w-y).T", "row-for-column"),
    (LEAST_SQUARES, "X", "2*w@(X@w-y).T", "transposed"),
    (LEAST_SQUARES, "X", "2*w.T@(X@w-y)", "inner-for-outer"),
    (LEAST_SQUARES, "X", "2*(X@w-y)*w", "elementwise-for-outer"),
    (MANY, "W", "2*(X@W-Y)@X.T", "factors-swapped"),
    (MANY, "W", "2*X@(X@W-Y)", "transpose-dropped"),
    (MANY, "W", "2*(X@W-Y).T@X", "transposed"),
    (MANY, "W", "2*(X@W-Y).T@X.T", "transpose-dropped+row-for-column"),
    (MANY, "W", "(X+X.T)@(X@W-Y)", "quadratic-rule"),
    (MANY, "W", "X.T@(X@W-Y)", "factor"),
    (MANY, "W", "-2*X.T@(X@W-Y)", "sign"),
    (MANY, "W", "2*X.T@X@W", "term-dropped"),
    (MANY, "W", "2*X*np.linalg.norm(X@W-Y)", "norm-kept"),
    (MANY, "W", "2*X.T*(X@W-Y)", "elementwise-for-matrix"),
    (MANY, "Y", "2*(X@W-Y)", "inner-sign-lost"),
    (RIDGE, "w", "2*(X@w-y)@X.T + 2*lam*w", "factors-swapped"),
    (RIDGE, "w", "2*X@(X@w-y) + 2*lam*w", "transpose-dropped"),
    (RIDGE, "w", "2*(X@w-y).T@X + 2*lam*w.T", "row-for-column"),
    (RIDGE, "w", "X.T@(X@w-y) + lam*w", "factor"),
    (RIDGE, "w", "2*X.T@(X@w-y) + lam*w", "factor-of-one-term"),
    (RIDGE, "w", "2*X.T@(X@w-y)", "term-dropped"),
    (RIDGE, "w", "2*X.T@X@w + 2*lam*w", "term-dropped"),
    (RIDGE, "w", "2*X.T@(X@w-y) + 2*lam", "factor-dropped"),
    (RIDGE, "w", "2*X.T@(X@w-y) + lam*w**2", "undifferentiated"),
    (RIDGE, "w", "2*X.T@(X@w-y) - 2*lam*w", "sign-of-one-term"),
    (RIDGE, "lam", "2*w.T@w", "factor"),
]
SIGMOID = ("np.sum(c * sigmoid(X @ w))", "X:m,n; w:n,1; c:m,1")
TANH = ("np.sum((np.tanh(W @ x) - y)**2)", "W:m,n; x:n,1; y:m,1")
FACTORS = ("np.linalg.norm(R - A @ B.T)**2", "R:m,n; A:m,k; B:n,k")
GAUSS = ("0.5*np.log(np.linalg.det(P)) - 0.5*d.T@P@d", "P:n,n; d:n,1")
ASKED = [  # as people ask; what they had done, and the verdict
    (SIGMOID, "w", "X.T@((X@w)*(1-X@w)*c)", "wrong", "slope-misplaced"),
    (SIGMOID, "w", "X.T@(sigmoid(sigmoid(X@w))*(1-sigmoid(sigmoid(X@w)))*c)", "wrong",
     "slope-misplaced"),
    (TANH, "W", "(2*(np.tanh(W@x)-y)*(1-(W@x)**2))@x.T", "wrong", "slope-misplaced"),
    (TANH, "W", "(2*(np.tanh(W@x)-y)*(1-np.tanh(np.tanh(W@x))**2))@x.T", "wrong",
     "slope-misplaced"),
    (TANH, "W", "2*(np.tanh(W@x)-y)@x.T", "wrong", "slope-lost"),
    (("np.sum(y*np.log(X@w))", "X:m,n; w:n,1; y:m,1"), "w", "X.T@y", "wrong", "slope-lost"),
    (("-np.sum(y*np.log(sigmoid(X@w)))", "X:m,n; w:n,1; y:m,1"), "w",
     "-X.T@(y*np.log(sigmoid(X@w)))", "wrong", "undifferentiated"),
    (FACTORS, "A", "-2*(R-A@B.T).T@A", "wrong", "another-variable"),
    (FACTORS, "B", "-2*(R-A@B.T)@B", "wrong", "another-variable"),
    ((BOOK,), "v", "2W^T(Wu-v)", "wrong", "another-variable"),
    (RIDGE, "w", "2*X.T@(X@w-y)", "wrong", "term-dropped"),
    (("np.sum((X@w+b-y)**2)", "X:m,n; w:n; y:m; b:"), "b", "2*(X@w+b-y)", "wrong", "sum-lost"),
    (GAUSS, "P", "0.5*(np.linalg.inv(P)-d@d.T)", "right-if", None),
    ((BOOK,), "W", "np.sum(2*(W@u-v))", "wrong", "number-for-array"),
    (("np.sum(X)", "X:m,n"), "X", "m*n", "wrong", "number-for-array"),
    (("np.sum(X)", "X:m,n"), "X", "np.sum(X)", "wrong", "loss-itself"),
    ((BOOK,), "u", "2(Wu-v)W", "cannot-evaluate", "factors-swapped+transpose-dropped"),
    ((BOOK,), "W", "2u(Wu-v)", "cannot-evaluate", "factors-swapped+transpose-dropped"),
    ((BOOK,), "u", "W^TWu = W^Tv", "wrong", "normal-equations"),
    ((BOOK,), "u", "W.T@W@u = W.T@v", "wrong", "normal-equations"),
    ((BOOK,), "u", "W^Tu = W^Tv", "unreadable", None),
    ((BOOK,), "u", "W+u", "cannot-evaluate", None),
]  # fmt: skip
SPELLINGS = [
    "2*W.T@(W@u-v)",
    "2 * W.T @ (W @ u - v)",
    "W.T @ (2*(W@u - v))",
    "2*np.dot(W.T, np.dot(W, u) - v)",
    "2*W.T.dot(W.dot(u) - v)",
    "2*np.matmul(np.transpose(W), W@u - v)",
    "2*W.transpose()@(W@u - v)",
    "-2*W.T@(v - W@u)",
    "2*W.T@W@u - 2*W.T@v",
    "2*(W.T@W@u - W.T@v)",
    "2*((W@u-v).T@W).T",
    "2*(u.T@W.T@W - v.T@W).T",
    "W.T@(W@u-v) + W.T@(W@u-v)",
    "2*np.sum(W*(W@u-v), axis=0).reshape(-1, 1)",
    "4*W.T@r/2",
    "2*W.T@r",
    "2*W.T@(Wu - v)",
    "2W^T(Wu-v)",
    "2 W^T (W u - v)",
    "2Wᵀ(Wu − v)",
    "2W'(Wu-v)",
    "2*W'*(W*u-v)",
    "2 Wᵀr",
    "2·Wᵀ·(W·u − v)",
    "2*np.transpose(W)@r",
    "2 * t(W) %*% (W %*% u - v)",
    "2WT(Wu-v)",
    "2 W^⊤ (Wu - v)",
    "dL/du = 2W^T(Wu-v)",
    "∂L/∂u = 2Wᵀ(Wu−v).",
    "∇L = 2W^T r",
    "grad_u = 2*W.T@(W@u-v)",
    "r = W@u - v; 2*W.T@r",
    "def grad(W, u, v):\n    r = W @ u - v\n    return 2 * W.T @ r",
    "lambda W, u, v: 2*W.T@(W@u - v)",
    r"2W^{\mathsf T}(Wu - v)",
    r"2 W^\top (W u - v)",
    r"$2\mathbf{W}^{\top}(\mathbf{W}\mathbf{u}-\mathbf{v})$",
    r"\nabla_u L = 2 W^T (Wu - v)",
    r"\frac{\partial L}{\partial u} = 2\,W^{T}\left(W u - v\right)",
    r"2\left(u^\top W^\top W - v^\top W\right)^\top",
    r"2\sum_i r_i W_{ij}",
    r"\frac{4}{2} W^T W u - 2 W^T v",
    "u - eta * 2 * W.T @ (W @ u - v)",
    "u = u - lr*2*W.T@r",
    "u -= 0.01 * 2 * W.T @ (W @ u - v)",
    r"u_{k+1} = u_k - 2\eta W^T(W u_k - v)",
    "𝟐𝐖ᵀ(𝐖𝐮 − 𝐯)",
    "(2) * (W.T) @ ((W) @ (u) - (v))",
]
HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "exec('1')",
    "open('/etc/passwd')",
    "W.__class__",
    "9**9**9**9",
    "2**99999999 * u",
    "(" * 5000,
    "(" * 900 + "u" + ")" * 900,
    "-" * 1900 + "u",
    "u" + "@W" * 900,
    "u" + ".T" * 900,
    "'" * 1900,
    "|" * 1901,
    "^" * 1000,
    "2W^T" * 400,
    "\\frac" * 300,
    "{" * 1500,
    "W'" * 900,
    "sum(" * 400,
    "W@" * 999,
    "np.kron(W,np.kron(W,np.kron(W,np.kron(W,np.kron(W,W)))))",
    "np.ones((10**9, 10**9))",
    "np.eye(10**8)",
    "sum(sum(sum(1 for i in range(10**6)) for j in range(10**6)) for k in range(10**6))",
    "1e308*1e308*u",
    "u/0",
    "0/0*u",
    "np.exp(np.exp(np.exp(np.exp(100*u))))",
    "\x00\x01\x02",
    "\u202eu",
    "",
    "   ",
    "=",
    "====",
    "u==v",
    "u if u else v",
    "[u for u in u]",
    "lambda: lambda: u",
    "def f(): pass",
    "while True: pass",
    "import os",
    "\ud800",
    "2*W.T@(W@u-v" + " " * 1500,
    "T" * 1500,
    "uvW" * 600,
]


@pytest.mark.parametrize(("wrt", "answer", "verdict", "mistake"), SLIPS)
def test_a_slip_that_people_make_is_named(wrt, answer, verdict, mistake):
    found = diagnose(answer, wrt)
    assert (found.verdict, found.mistake) == (verdict, mistake)
    assert is_clean(found.message)


@pytest.mark.parametrize(("question", "wrt", "answer", "mistake"), CARRIED)
def test_a_slip_is_named_for_other_losses_too(question, wrt, answer, mistake):
    found = diagnose(answer, wrt, *question)
    assert found.verdict != "right"
    assert found.mistake == mistake
    assert is_clean(found.message)
    assert "Wu − v" not in found.message


@pytest.mark.parametrize(("question", "wrt", "answer", "verdict", "mistake"), ASKED)
def test_what_people_ask_gets_its_own_name(question, wrt, answer, verdict, mistake):
    found = diagnose(answer, wrt, *question)
    assert (found.verdict, found.mistake) == (verdict, mistake)
    assert is_clean(found.message)
    assert not found.solution or found.solution not in found.message


def test_what_is_known_of_an_answer_that_fits_nothing_is_said():
    found = diagnose("2*X.T@(X@w-y) + lam*lam*y.T@y*w", "w", *RIDGE)
    assert "It is right where λ = 0: look at the terms with it." in found.where
    found = diagnose("2*W.T@(W@u-v)*np.linalg.norm(W@u-v)**3", "u")
    assert found.where.startswith("Its direction is right; ")
    found = diagnose("3Wᵀv + u", "u")
    assert "2 of 2 entries differ; the first is [0, 0]." in found.where
    assert found.slip == "Which slip led to it was not found."


def is_clean(message):
    """Return whether no LaTeX and no unfilled place is left in a message."""
    return not re.search(r"[{}\\]|operatorname|mathsf|mathrm|lambda|frac", message)


@pytest.mark.parametrize(
    ("question", "wrt", "answer"),
    [
        (("np.linalg.norm(W @ u - v)**2",), "u", "0"),
        (("np.linalg.norm(W @ u - v)**2",), "u", "np.linalg.inv(W.T@W)@W.T@v"),
        (("np.linalg.norm(W @ u - v)**2",), "u", "(W@u-v).T@(W@u-v)"),
        (("np.linalg.norm(W @ u - v)**2",), "u", "np.sum(2*W.T@(W@u-v))"),
        (("(W@u-v).T@np.diag(d)@(W@u-v)", "d:m"), "u", "2 diag(d) Wᵀ(Wu − v)"),
        (("np.linalg.norm(A @ x)", "A:m,n; x:n,1"), "x", "A.T@A@x/np.sum((A@x)**2)**(3/2)"),
        (RIDGE, "w", "2*X.T@(X@w-y) + lam*w/np.sqrt(m)"),
        (
            ("np.sum(np.exp(X@w)) - np.sum(y*(X@w))", "X:m,n; w:n,1; y:m,1"),
            "w",
            "-X.T@(np.exp(X@w)-y)",
        ),
    ],
)
def test_a_message_has_nothing_unfilled_in_it(question, wrt, answer):
    found = diagnose(answer, wrt, *question)
    assert found.verdict not in GOOD
    assert is_clean(found.message)


def test_a_variable_that_occurs_twice_in_a_residual_is_counted_once():
    loss = ("np.linalg.norm(W@u - u)**2", "W:n,n; u:n,1")
    assert diagnose("2 Wᵀ (W u − u)", "u", *loss).mistake == "counted-once"
    assert diagnose("−2 (W u − u)", "u", *loss).mistake == "counted-once"
    loss = ("np.linalg.norm(W@U - U)**2", "W:n,n; U:n,k")
    assert diagnose("2*W.T@(W@U-U)", "U", *loss).mistake == "counted-once"
    assert diagnose("2*X.T@(X@w-y)", "w", *RIDGE).mistake == "term-dropped"


def test_a_star_in_a_formula_on_paper_may_go_entry_by_entry():
    loss = ("np.sum(d*(W@u-v)**2)", "d:m,1")
    assert diagnose("2Wᵀ(d * (Wu − v))", "u", *loss).verdict == "right"
    assert diagnose("2*W'*(W*u-v)", "u").verdict == "right"
    assert diagnose("2W(d * (Wu − v))", "u", *loss).verdict not in GOOD


def test_the_words_of_every_kind_can_be_filled():
    fields = dict.fromkeys(("now", "was", "x", "what", "scale", "constant", "other"), "W")
    for kind, mistake in MISTAKES.items():
        said = f"{mistake.head}. {mistake.what} {mistake.why}"
        assert is_clean(said.format(residual="Wu − v", turned="v − Wu", **fields)), kind


def test_a_count_in_front_is_a_convention_whether_it_is_a_size_or_a_number():
    loss = "np.sum((X@w-y)**2)/N"
    for shapes in (None, "X:N,d; w:d,1; y:N,1"):
        assert diagnose("2/N*X.T@(X@w-y)", "w", loss, shapes).verdict == "right"
        for answer in ("X^T(Xw-y)", "2*X.T@(X@w-y)", "1/N*X.T@(X@w-y)"):
            assert diagnose(answer, "w", loss, shapes).verdict == "convention"
        for answer in ("3*X.T@(X@w-y)", "2*N*X.T@(X@w-y)", "2/N**2*X.T@(X@w-y)"):
            assert diagnose(answer, "w", loss, shapes).verdict == "wrong"
        found = diagnose("2/N*X@(X@w-y)", "w", loss, shapes)
        assert found.mistake == "transpose-dropped"
    assert diagnose("2*X.T@(X@w-y)", "w", "N*np.sum((X@w-y)**2)").verdict == "wrong"
    assert diagnose("2*X.T@(X@w-y)", "w", "np.sum((X@w-y)**2)/(2*N)").verdict == "convention"
    assert "multiply by 2/N" in diagnose("X^T(Xw-y)", "w", loss).slip


def test_a_mean_of_squares_and_a_weighted_square_have_a_residual():
    mean = ("np.mean((X@w - y)**2)", "X:N,d; w:d,1; y:N,1")
    assert diagnose("2/N * X.T@r", "w", *mean).verdict == "right"
    assert diagnose("X.T@r", "w", *mean).verdict == "convention"
    assert diagnose("3*X.T@r", "w", *mean).verdict == "wrong"
    weighted = "(W@u-v).T@D@(W@u-v)"
    assert diagnose("Wᵀ(D + Dᵀ)r", "u", weighted).verdict == "right"
    assert diagnose("2WᵀDr", "u", weighted).assuming == "D is symmetric"


@pytest.mark.parametrize("answer", ["(W + Wᵀ)r", "(W + W.T) @ (W @ u - v)"])
def test_a_case_is_one_where_the_sizes_fit_if_there_is_one(answer):
    case = diagnose(answer, "u").counterexample
    assert case["W"].shape == (2, 2)
    assert case["yours"].shape == case["right"].shape == (2, 1)


def test_numpys_silence_with_flat_arrays_is_broken():
    found = diagnose("2*(W@u-v)@W.T", "u", shapes="W:m,n; u:n; v:m")
    assert found.verdict == "wrong"
    assert "It fits square matrices only." in found.where
    found = diagnose("2*X.T*(X@w-y)", "w", *FLAT)
    assert (found.verdict, found.mistake) == ("wrong", "elementwise-for-matrix")
    assert "stretched" in found.message


@pytest.mark.parametrize("answer", SPELLINGS)
def test_a_right_answer_is_right_however_it_is_spelled(answer):
    assert diagnose(answer, "u").verdict == "right"


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_and_never_run(answer):
    found = diagnose(answer, "u")
    assert found.verdict in VERDICTS
    assert found.verdict != "right"
    assert found.message
    json.loads(found.to_json())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda row: row[0])
def test_generated_mistakes_are_named_and_none_is_called_right(question):
    _, loss, wrt, shapes, right = question
    assert diagnose(right, wrt, loss, shapes).verdict == "right"
    draw = random.Random(question[0])
    one = draw.sample(single(question), 2)
    two = double(question, 1, seed=1)
    named = []
    for edits, cases in ((1, one), (2, two)):
        for _, text in cases:
            found = diagnose(text, wrt, loss, shapes)
            assert found.verdict != "right", text
            assert is_clean(found.message), text
            assert_true_of(found, text, shapes, right)
            few = found.mistake is not None and found.mistake.count("+") < edits
            named.append(few or found.verdict == "right-if")
    assert sum(named) >= len(named) - 1


SHOWS = {  # what a formula has in which there is one of these too many, or misplaced
    "transpose-added": ".T",
    "transpose-misplaced": ".T",
    "inverse-added": "inv(",
    "inverse-for-transpose": "inv(",
    "norm-kept": "norm(",
    "mean-for-sum": "mean(",
    "elementwise-for-matrix": "*",
    "elementwise-for-outer": "*",
}


def assert_true_of(found, text, shapes, right):
    """Check what is said of an answer against its text, by Python's own syntax tree and NumPy."""
    assert len(found.headline.split()) <= 12
    if found.solution:
        assert not re.search(rf"(?<![\w(]){re.escape(found.solution)}(?![\w)])", found.message), (
            text
        )
    for kind in (found.mistake or "").split("+"):
        assert SHOWS.get(kind, "") in text, (text, kind)
    for now, was in claims(found.slip):
        some = mended(text, now, was, shapes)
        assert some is not None, (text, found.slip)
        if some and "+" not in found.mistake and found.verdict == "wrong":
            assert not all(alters(right, x, shapes) for x in some), (text, found.slip)


@pytest.mark.parametrize("slip", ["W.T stands where W belongs.", "W stands where v belongs."])
def test_a_false_sentence_about_an_answer_is_seen(slip):
    shapes, right, text = "W:m,n; u:n,1; v:m,1", "2 * W.T @ (W @ u - v)", "2 * W @ (W @ u - v)"
    found = diagnose(text, "u")
    assert_true_of(found, text, shapes, right)
    with pytest.raises(AssertionError):
        assert_true_of(dataclasses.replace(found, slip=slip), text, shapes, right)


def test_what_was_asked_before_changes_no_verdict():
    caches = _question, rightness._truth, search.reach
    answers = ["2*X@(X@W-Y)", "2*X.T@(X@W-Y)", "X.T@X@W", "2*(X@W-Y)@X.T", "2*X.T@(X*W-Y)"]

    def said(answers):
        found = [diagnose(x, "W", *MANY) for x in answers]
        return [(x.verdict, x.mistake, x.message) for x in found]

    together = said(answers)
    assert search.reach.cache_info().hits
    assert said(answers[::-1]) == together[::-1]
    for answer, wanted in zip(answers, together, strict=True):
        for x in caches:
            x.cache_clear()
        assert said([answer]) == [wanted]


def test_the_generator_knows_a_change_that_changes_nothing():
    right = "2 * W.T @ (W @ u - v)"
    shapes = "W:m,n; u:n,1; v:m,1"
    assert not alters(right, "W.T @ (W @ u - v) * 2", shapes)
    assert alters(right, "W.T @ (W @ u - v)", shapes)
    assert alters(right, "2 * W @ (W @ u - v)", shapes)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ("u + eta*2*W.T@r", "uphill"),
        ("u = u + 0.1*W.T@r", "uphill"),
        ("u += lr * W.T @ r", "uphill"),
        ("u - eta*2*W@r", "transpose-dropped"),
        ("u - 0.1*2*W@(W@u-v)", "transpose-dropped"),
        ("u - 0.1*W@(W@u-v)", "transpose-dropped"),
        ("u - 0.1*W.T@W@u", "term-dropped"),
        ("u + 0.1*W.T@(W@u-v)", "uphill"),
    ],
)
def test_an_update_rule_is_told_from_a_gradient(answer, mistake):
    found = diagnose(answer, "u")
    assert found.mistake == mistake
    assert found.verdict == "wrong"


def test_what_looks_like_a_step_may_be_a_gradient():
    loss = ("np.sum((u - v)**2)", "u:n,1; v:n,1")
    assert diagnose("u - v", "u", *loss).verdict == "convention"
    assert diagnose("u - 2*v", "u", *loss).mistake == "factor-of-one-term"
    ridge = "np.sum((W@u - v)**2) + np.sum(u**2)/2"
    assert diagnose("u + 2*W.T@(W@u - v)", "u", ridge).verdict == "right"
    assert diagnose("u - 2*W.T@(v - W@u)", "u", ridge).verdict == "right"
    assert diagnose("u - 2*W.T@(W@u - v)", "u", ridge).mistake == "sign-of-one-term"


@pytest.mark.parametrize(
    ("answer", "verdict", "mistake"),
    [
        ("2*W.T@W", "right", None),
        ("2*W@W", "wrong", "transpose-dropped"),
        ("2W^2", "wrong", "transpose-dropped"),
        ("2*W@W.T", "wrong", "factors-swapped"),
        ("W.T@W", "convention", "factor"),
    ],
)
def test_a_hessian_is_diagnosed(answer, verdict, mistake):
    found = diagnose(answer, "u", order=2)
    assert (found.verdict, found.mistake) == (verdict, mistake)
    assert "gradient" not in found.message


def test_the_hessian_in_v_is_twice_the_identity():
    assert diagnose("2I", "v", order=2).verdict == "right"
    assert diagnose("2*np.eye(len(v))", "v", order=2).verdict == "right"
    assert diagnose("2", "v", order=2).verdict != "right"
    with pytest.raises(AlgebraError, match="column"):
        diagnose("2*I", "W", order=2)


@pytest.mark.parametrize(
    "answer",
    [
        "2*W.T@(W@u-v) + 1e-12*u",
        "2.0000000001*W.T@(W@u-v)",
        "2*W.T@r + np.sin(u)**2 + np.cos(u)**2 - 1.00000000000001",
        "2*W.T@r*(m - 2)",
        "2*W.T@r*(m - n)",
        "W.T@r + 1e-12*u",
        "2*r.T@W + 1e-12*u.T",
    ],
)
def test_what_is_almost_right_is_not_called_right(answer):
    assert diagnose(answer, "u").verdict not in GOOD


def test_almost_right_is_seen_among_logarithms_too():
    loss = ("np.sum(np.log(1 + np.exp(X @ w))) - y @ (X @ w)", "X:m,n; w:n; y:m")
    assert diagnose("X.T@(0.5*(1+np.tanh(X@w/2))-y)", "w", *loss).verdict == "right"
    assert diagnose("X.T@(sigmoid(X@w)-y)*(1+1e-14)", "w", *loss).mistake == "nearly"


def test_a_function_is_diagnosed():
    assert diagnose(lambda W, u, v: 2 * W.T @ (W @ u - v), "u").verdict == "right"
    assert diagnose(lambda W, u, v: 2 * W.T @ (W @ u), "u").mistake == "term-dropped"
    found = diagnose(lambda W, u, v: 2 * W @ (W @ u - v), "u")
    assert (found.verdict, found.mistake) == ("wrong", "transpose-dropped")
    found = diagnose(lambda W, u, v: 1 / 0, "u")
    assert found.verdict == "cannot-evaluate"


def test_an_array_is_diagnosed_at_its_own_values():
    at = case_b()._asdict()
    assert diagnose([[4], [6]], "u", at=at).verdict == "right"
    assert diagnose([[4, 6]], "u", at=at).verdict == "layout"
    assert diagnose([4, 6], "u", at=at).mistake == "flat"
    assert diagnose([[2], [3]], "u", at=at).verdict == "convention"
    assert diagnose([[0], [-2]], "u", at=at).mistake == "transpose-dropped|factor-dropped"
    assert diagnose([[2], [2]], "u", at=at).mistake == "quadratic-rule"
    assert diagnose([[4, -2], [4, -2]], "W", at=at).verdict == "layout"
    with pytest.raises(TypeError, match="at="):
        diagnose([[4], [6]], "u")
    with pytest.raises(AlgebraError, match="missing"):
        diagnose([[4], [6]], "u", at={"W": [[1]]})


@pytest.mark.parametrize(("wrt", "answer", "verdict", "_"), SLIPS)
def test_a_counterexample_is_one(wrt, answer, verdict, _):
    found = diagnose(answer, wrt)
    if verdict == "cannot-evaluate":
        assert found.counterexample is None
        return
    case = json.loads(found.to_json())["counterexample"]
    values = {k: np.array(case[k], dtype=float) for k in ("W", "u", "v")}
    yours = np.asarray(eval(answer, {"np": np, **values}))
    r = values["W"] @ values["u"] - values["v"]
    right = {"u": 2 * values["W"].T @ r, "v": -2 * r, "W": 2 * r @ values["u"].T}[wrt]
    assert np.allclose(yours, case["yours"])
    assert np.array_equal(right, case["right"])
    assert yours.shape != right.shape or not np.allclose(yours, right)
    assert all(float(x).is_integer() and abs(x) <= 9 for a in values.values() for x in a.flat)


@pytest.mark.parametrize(
    ("loss", "wrt", "right", "wrong"),
    [
        ("‖Wu − v‖²", "u", "2Wᵀ(Wu − v)", "2W(Wu − v)"),
        ("||Wu - v||^2", "u", "2*W.T@(W@u-v)", "2*W@(W@u-v)"),
        ("L = ½‖Wu − v‖²", "u", "Wᵀ(Wu − v)", "Wu − v"),
        ("‖W@u − v‖**2", "W", "2(Wu − v)uᵀ", "2uᵀ(Wu − v)"),
        ("‖Wu − v‖² + λ‖u‖²", "u", "2Wᵀ(Wu − v) + 2λu", "2Wᵀ(Wu − v) + λu"),
        ("‖Wu − v‖² + lam*||u||²", "lam", "uᵀu", "uuᵀ"),
        ("1/N ||Xw - y||^2", "w", "2/N Xᵀ(Xw - y)", "2/N X(Xw - y)"),
        ("1/(2m) ‖Xw − y‖²", "w", "1/m * X.T@(X@w-y)", "1/m * X@(X@w-y)"),
        ("‖XW − Y‖_F²", "W", "2Xᵀ(XW − Y)", "2(XW − Y)Xᵀ"),
        ("‖Wᵀu‖²", "u", "2WWᵀu", "2WᵀWu"),
        ("‖Wu‖", "u", "WᵀWu/‖Wu‖", "Wu/‖Wu‖"),
    ],
)
def test_a_loss_may_be_typed_with_the_bars_of_a_norm(loss, wrt, right, wrong):
    assert diagnose(right, wrt, loss).verdict == "right"
    found = diagnose(wrong, wrt, loss)
    assert found.verdict in ("wrong", "cannot-evaluate")
    assert found.mistake is not None


@pytest.mark.parametrize(
    "answer",
    [
        "42",
        "-3",
        "1/2",
        "(20,16)",
        "(20, 16)ᵀ",
        "[[20],[16]]",
        "20 16",
        "dL/du = (20, 16)",
        "np.array([[20],[16]])",
        r"\begin{pmatrix}20\\16\end{pmatrix}",
        r"$\begin{bmatrix} 20 & 16 \end{bmatrix}^T$",
    ],
)
def test_numbers_are_no_formula(answer):
    found = diagnose(answer, "u")
    assert found.verdict == "unreadable"
    assert "Type a formula in W, u, v" in found.message
    assert "at=dict(W=…, u=…, v=…)" in found.message
    assert is_clean(found.message)


def test_a_number_may_be_the_gradient_where_it_is_the_same_everywhere():
    assert diagnose("3", "t", "3*t").verdict == "right"
    assert diagnose("4", "t", "3*t").mistake == "factor"
    assert diagnose("0", "u").mistake == "zero"
    assert diagnose("2", "v", order=2).verdict == "wrong"


@pytest.mark.parametrize(
    ("answer", "wrt"), [("u", "u"), ("v", "u"), ("-2uᵀ", "u"), ("2I", "u"), ("v", "W"), ("u", "v")]
)
def test_a_lone_letter_gets_no_far_fetched_explanation(answer, wrt):
    found = diagnose(answer, wrt)
    assert (found.verdict, found.mistake) == ("unrecognised", None)
    assert found.counterexample is not None


def test_a_lone_letter_that_is_one_slip_away_is_named():
    assert diagnose("2W", "u").mistake == "outer-derivative-lost"
    assert diagnose("2v", "v").mistake == "term-dropped"
    assert diagnose("r", "u").mistake == "factor-dropped"
    assert diagnose("v", "v", "u.T @ v").mistake == "another-variable"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<script>", "a comma is missing"),
        ("<script>alert(1)</script>", "a comma is missing"),
        ("<img src=x onerror=alert(1)>", "a comma is missing"),
        ("2u>", "could close"),
        ("2 3 u", "write · between them"),
        ("2X^T(Xw - y)", "if you mean another loss, give it too"),
    ],
)
def test_what_is_said_of_a_text_names_only_what_was_typed(answer, said):
    found = diagnose(answer, "u")
    assert found.verdict == "unreadable"
    assert said in found.message
    assert is_clean(found.message)


def test_an_inner_product_may_be_typed():
    assert diagnose("2<Wu - v, W> + 2<u, u>", "t", "t*u.T@u", "t:; u:n,1").verdict == "unreadable"
    assert diagnose("<u, u>", "t", "t*u.T@u", "t:; u:n,1").verdict == "right"


def test_explanations_are_told_together_if_hardly_one_is_likelier():
    def explanation(*slugs):
        return Explanation(tuple(Edit(slug, None, None) for slug in slugs))

    first = explanation("transpose-dropped")  # its weight is 1.0
    close, apart = explanation("power"), explanation("factor-dropped")  # 1.3 and 1.4
    assert ties([first, close, apart]) == (close,)
    assert ties([first, explanation("transpose-dropped"), close]) == (close,)
    assert ties([first]) == ()


@pytest.mark.parametrize(
    ("answer", "loss", "order", "verdict"),
    [
        ("u", "np.sum(u) + np.linalg.det(W.T @ W)", 1, "unrecognised"),
        ("2*W.T@W", "np.sum(W @ u)", 2, "unrecognised"),
        ("W", "u.T @ W @ v", 2, "unrecognised"),
        ("np.zeros((len(u), len(u)))", "u.T @ W @ v", 2, "right"),
        ("0", "np.sum(W @ u)", 2, "layout"),
        ("0", "np.linalg.norm(W @ u - v)**2", 2, "wrong"),
    ],
)
def test_a_loss_that_is_linear_or_has_no_slope_at_some_shapes_can_be_asked_for(
    answer, loss, order, verdict
):
    found = diagnose(answer, "u", loss, order=order)
    assert found.verdict == verdict
    assert is_clean(found.message)


@pytest.mark.parametrize("again", ["a = a" + "*2" * 18, "a = a + a", "a = -(-a)"])
@pytest.mark.parametrize("times", [3, 12, 25, 40])
def test_definitions_that_add_up_are_a_verdict_whatever_their_length(again, times):
    text = "\n".join(["a = 2*(W@u - v)", *[again] * times, "W.T@a"])
    assert diagnose(text, "u").verdict in ("right", "wrong", "unreadable")


def test_silly_questions_are_refused():
    with pytest.raises(AlgebraError, match="not in the loss"):
        diagnose("2*u", "x")
    with pytest.raises(AlgebraError):
        diagnose("2*u", "u", "np.linalg.norm(W @ u")
    for loss in ("‖Wu − v", "‖", "||||", "‖W‖ ‖ u", "‖" * 3000):
        with pytest.raises(AlgebraError):
            diagnose("2*u", "u", loss)
    with pytest.raises(TypeError):
        diagnose(object(), "u", at={})
    with pytest.raises(TypeError):
        diagnose("u", 3)


def test_every_kind_of_mistake_has_words_and_none_of_them_unkind():
    assert all(x.undone in {*MISTAKES, ""} for x in MISTAKES.values())
    assert all(x.slug == slug and x.head and x.what and x.why for slug, x in MISTAKES.items())
    for mistake in MISTAKES.values():
        words = f"{mistake.head} {mistake.what} {mistake.why}".lower()
        text = words.replace(",", " ").split()
        banned = {"obviously", "simply", "just", "trivial", "trivially", "clearly", "incorrect"}
        assert not banned & set(text)
        assert "of course" not in words


def test_what_undoes_a_mistake_is_undone_by_it():
    for slug, mistake in MISTAKES.items():
        assert not mistake.undone or MISTAKES[mistake.undone].undone == slug


def test_the_step_where_a_mistake_shows_is_one_that_derivations_have():
    wanted = {x for m in MISTAKES.values() for kinds in m.step for x in kinds}
    losses = [(BOOK, "u"), ("x.T @ A @ x / (x.T @ x)", "x"), ("np.trace(X @ X @ X)", "X"),
              ("np.trace(np.linalg.inv(X))", "X"), ("np.sum(np.tanh(x))", "x"),
              ("np.sum(np.log(1 + np.exp(x)))", "x"), ("np.sum(softmax(x)**2)", "x")]  # fmt: skip
    made = {x for loss, wrt in losses for step in derive(loss, wrt).steps for x in step.kinds}
    assert wanted <= made
    assert {x.family for x in MISTAKES.values()} >= {"sign", "constant", "norm"}


def test_a_diagnosis_prints_itself(monkeypatch):
    monkeypatch.setenv("WUV_PAGES", "")
    found = diagnose("2*W@(W@u - v)", "u")
    assert str(found).startswith("Not yet: a transpose is missing.\nLook after dL = ")
    assert repr(found) == str(found)
    page = found._repr_html_()
    assert page.startswith(
        '<div class="diagnosis diagnosis-wrong" data-mistake="transpose-dropped">'
    )
    assert '<p class="diagnosis-head"><strong>Not yet</strong></p>' in page
    assert page.index("<summary>Which slip?") < page.index("Not yet: a transpose is missing")
    assert page.index("<summary>What is right?") < page.index(found.solution)
    link = '<a href="gradient_u.html">Find the gradient with respect to u</a>'
    assert link in page
    assert "(gradient_u)" not in page
    assert not found
    assert diagnose("2*W.T@r", "u")
    assert found.chapter == "gradient_u"
    assert found.line == "dL = ⟨2(Wu − v), W du⟩"
    with pytest.raises(AttributeError):
        found.verdict = "right"


def test_a_diagnosis_links_to_the_book_only_where_the_book_says_where_it_is(monkeypatch):
    found = diagnose("2*W@(W@u - v)", "u")
    monkeypatch.setenv("WUV_PAGES", "../../chapters/")
    assert 'href="../../chapters/gradient_u.html"' in found._repr_html_()
    monkeypatch.delenv("WUV_PAGES")
    page = found._repr_html_()
    assert "href" not in page
    assert "chapter “Find the gradient with respect to u” (gradient_u)" in page


def test_a_headline_is_in_plain_words_and_a_link_has_the_name_of_its_chapter():
    for kind in MISTAKES:
        said = headline("wrong", kind)
        assert said.startswith("Not yet: ")
        assert kind not in said or "-" not in kind
    assert set(VERDICT_HEADS) == set(VERDICTS)
    texts = {x: (CHAPTERS / f"{x}.md").read_text(encoding="utf-8") for x in TITLES}
    assert all(f"\n# {title}\n" in texts[chapter] for chapter, title in TITLES.items())
    places = {y for x in MISTAKES.values() for y in (x.chapter, x.elsewhere) if y}
    for chapter, _, section in (x.partition("#") for x in places):
        headings = re.findall(r"(?m)^##+ (.*)$", texts[chapter])
        assert section in {re.sub(r"[^\w -]", "", x).lower().replace(" ", "-") for x in headings}
    assert "<b>" not in diagnose("<b>", "u")._repr_html_()


def test_symmetric_matrices_are_fooled_by_a_lost_transpose():
    found = fooled("2*W@(W@u - v)", "u")
    assert found["symmetric W"]
    assert found["1×1"]
    assert found["r = 0"]
    assert not found["square W"]
    assert fooled("2*u@(W@u - v).T", "W")["r ∥ u"]
    assert all(fooled("2*W.T@(W@u - v)", "u").values())
    assert not any(fooled(answer, wrt)["any W"] for wrt, answer, *_ in SLIPS)


# The command line


def test_the_command_prints_json(capsys):
    assert main(["diagnose", "2*W@(W@u-v)", "--wrt", "u", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "verdict", "mistake", "assuming", "read_as", "headline", "where", "slip", "solution",
        "case", "counterexample", "also", "line", "chapter",
    ]  # fmt: skip
    assert found["verdict"] == "wrong"
    assert set(found["counterexample"]) == {"W", "u", "v", "yours", "right"}
    assert main(["diagnose", "-2*W.T@(v-W@u)", "--wrt", "u"]) == 0
    assert capsys.readouterr().out.startswith("Right.")
    command = ["diagnose", "2*X.T@(X@w-y)", "--wrt", "w", "--loss", FLAT[0], "--shapes", FLAT[1]]
    assert main(command) == 0
    assert main(["diagnose", "2*u", "--wrt", "q"]) == 2
    assert "q" in capsys.readouterr().err
    assert main(["diagnose", "2*u"]) == 2
    assert main(["diagnose", "--wrt", "u"]) == 2


def test_the_command_says_as_much_as_is_asked_for(capsys):
    def said(*options):
        main(["diagnose", "2*W@(W@u-v)", "--wrt", "u", *options])
        return capsys.readouterr().out

    right = "2 * W.T @ (W @ u - v)"
    one, two, three = said("--hint", "1"), said(), said("--solution")
    assert one.startswith("Not yet.\nLook after dL = ")
    assert "a transpose is missing" not in one
    assert two == said("--hint", "2")
    assert two.startswith("Not yet: a transpose is missing.\n")
    assert right not in two
    assert f"\nRight is: {right}\n" in three
    assert main(["diagnose", "2*(W@u-v)", "--wrt", "v", "--all"]) == 1
    other = "The same numbers come from another slip too: the inner derivative is missing."
    assert other in capsys.readouterr().out
    assert other not in diagnose("2*(W@u-v)", "v").message
    with pytest.raises(ValueError, match="1 says where"):
        diagnose("2*u", "u").hint(3)


@pytest.mark.parametrize(
    ("answer", "wrt", "loss", "said"),
    [
        ("2Wᵀ(Wu − v)", "u", BOOK, "Wᵀ stands there because W crossed the inner product."),
        ("2*W.T@W@u - 2*W.T@v", "u", BOOK,
         "It is 2 * W.T @ (W @ u - v), multiplied out or rearranged."),
        ("−2(Wu − v)", "v", BOOK, "It is 0 where Wu = v: the loss is 0 there, too."),
        ("−2(Wu − v)", "v", "‖Wu − v‖² + ‖u‖²", "It has the shape of v, m×1, as it must."),
        ("(A + Aᵀ)x", "x", "x.T@A@x", "It has the shape of x, m×1, as it must."),
    ],
)  # fmt: skip
def test_a_right_answer_gets_a_sentence_that_is_true_of_it(answer, wrt, loss, said):
    found = diagnose(answer, wrt, loss)
    assert (found.verdict, found.slip) == ("right", said)


def test_nothing_typed_is_no_mistake():
    assert diagnose("", "u").verdict == diagnose(" \n", "u").verdict == "empty"
    assert diagnose([], "u", at=case_b()._asdict()).verdict == "empty"
    assert diagnose("", "u").solution == ""


def test_a_class_is_marked(tmp_path, capsys):
    file = tmp_path / "answers.csv"
    file.write_text('name,answer\nAda,"2*W.T@r"\nBen,2*W@r\nCem,2*W@r\nDee,\n', encoding="utf-8")
    out = tmp_path / "marked.csv"
    assert main(["diagnose", "--class", str(file), "--wrt", "u", "--out", str(out)]) == 0
    assert "2  transpose-dropped" in capsys.readouterr().out
    rows = [*csv.DictReader(out.read_text(encoding="utf-8").splitlines())]
    assert [row["verdict"] for row in rows] == ["right", "wrong", "wrong", "empty"]
    assert main(["diagnose", "--class", str(file), "--wrt", "u", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["mistakes"]["transpose-dropped"] == 2
    lines = marked([("Ada", "u", "W.T@r"), ("Ben", "u", "2*r.T@W"), ("Cem", "u", "4*W.T@r")])
    assert [x.kind for x in lines[:2]] == ["convention", "layout"]
    assert lines[2].kind == lines[2].diagnosis.mistake
    file.write_text("name;u;v\nAda;2W^T r;-2r\nBen;2Wr;2r\n", encoding="utf-8-sig")
    assert len(read_class(file)) == 4
    assert main(["diagnose", "--class", str(file), "--json"]) == 0


@pytest.mark.parametrize("error", [IndexError("no row"), RecursionError(), MemoryError()])
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_one_answer_that_cannot_be_judged_leaves_the_others_in_the_table(
    error, ending, tmp_path, monkeypatch, capsys
):
    def fails(answer, *rest, **more):
        if answer == "2*r":
            raise error
        return diagnose(answer, *rest, **more)

    monkeypatch.setattr("wuv.diagnosis.classroom.diagnose", fails)
    file, out = tmp_path / "answers.csv", tmp_path / f"marked.{ending}"
    file.write_text("name,answer\nAda,2*W.T@r\nBen,2*r\nCem,2*W@r\n", encoding="utf-8")
    assert main(["diagnose", "--class", str(file), "--wrt", "u", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    rows = [*csv.DictReader(text.splitlines())] if ending == "csv" else json.loads(text)["students"]
    assert [row["verdict"] for row in rows] == ["right", "unreadable", "wrong"]
    assert rows[1]["where"].startswith("This could not be judged: ")
    assert type(error).__name__ in rows[1]["where"]
    assert {x.name for x in tmp_path.iterdir()} == {file.name, out.name}


def test_an_answer_that_is_a_spreadsheets_formula_is_only_text_in_the_table(tmp_path):
    out = tmp_path / "marked.csv"
    answers = ["=1+1", "Ada;=cmd|' /C calc'!A0", "u\t@x", " +2*r", "-2*r", "＝1"]
    save(out, marked([("Ada", "u", x) for x in answers]))
    text = out.read_text(encoding="utf-8")
    rows = [*csv.DictReader(text.splitlines())]
    assert [x["answer"] for x in rows] == [
        "'=1+1", "Ada;'=cmd|' /C calc'!A0", "u\t'@x", " '+2*r", "'-2*r", "'＝1"
    ]  # fmt: skip
    assert text.startswith('"name","wrt","answer","verdict","mistake","assuming","headline",')
    for delimiter in ";\t":  # of a spreadsheet that splits lines elsewhere
        split = csv.reader(io.StringIO(text), delimiter=delimiter)
        assert not [x for row in split for x in row if x.lstrip()[:1] in {*"=+-@＝＋－＠"}]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"student,reply\nA,2*u\n", "answer"),
        (b"who,answer\nA,2*u\n", "name"),
        (b"name,answer\n", "no answers"),
        (b"name,answer\n\xff\xe9,2*u\n", "UTF-8"),
        (b"\x00\x01\x02\x03", "text"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_written(content, why, tmp_path, capsys):
    file, out = tmp_path / "answers.csv", tmp_path / "out.csv"
    file.write_bytes(content)
    assert main(["diagnose", "--class", str(file), "--wrt", "u", "--out", str(out)]) == 2
    assert why in capsys.readouterr().err
    assert [x.name for x in tmp_path.iterdir()] == ["answers.csv"]


def test_a_file_that_is_not_there_and_one_that_cannot_be_written(tmp_path):
    with pytest.raises(BadTable, match="No such file"):
        read_class(tmp_path / "none.csv")
    with pytest.raises(BadTable, match="ending"):
        save(tmp_path / "out.txt", [])
    with pytest.raises(BadTable):
        save(tmp_path / "no" / "out.csv", [])
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("answer", "wrt"),
    [
        (r"\begin{align} \nabla_u L &= 2W^\top(Wu-v) \label{a} \end{align}", "u"),
        (r"\begin{align*} L' &= 2W^\top W u \\ &\quad - 2W^\top v. \end{align*}", "u"),
        (r"\begin{align*} r &= v - Wu \\ \nabla_u L &= -2W^\top r \end{align*}", "u"),
        (r"$2W^\top(Wu-v)$.", "u"),
        (r"2 {\bf W}^\top ({\bf W}{\bf u} - {\bf v})", "u"),
        (r"2 \mathbf W^{\!\top}(\mathbf W \mathbf u - \mathbf v)", "u"),
        (r"2 W^\textsf{T}(W u - v)", "u"),
        (r"2 W^{\textrm{T}}(W u - v)", "u"),
        (r"\nabla_u L = 2(W^\top Wu - W^\top v) \in \mathbb{R}^n", "u"),
        (
            r"\mathbf{u}_{t+1} = \mathbf{u}_t - 2\eta\mathbf{W}^\top(\mathbf{W}\mathbf{u}_t - v)",
            "u",
        ),
        (r"2W^\top r, \quad r = Wu - v", "u"),
        ("2Wᵀr where r = Wu − v", "u"),
        ("-2W^T r where r = v - Wu", "u"),
        ("let r = v - Wu, then -2W^T r", "u"),
        ("r = v - Wu, g = -2W^T r", "u"),
        ("u = u - lr*2*W.T@e, e = W@u - v", "u"),
        ("dL/du = 2W^T(Wu-v) = 0", "u"),
        ("2W^T(Wu-v) = 0", "u"),
        ("2 times W^T(Wu-v)", "u"),
        ("2 x W^T (Wu - v)", "u"),
        ("2 W transpose (Wu - v)", "u"),
        ("2 . W^T . (W.u - v)", "u"),
        ("2W^T(Wu-v)?", "u"),
        ("∂L/∂uⱼ = 2 Σᵢ (Wu−v)ᵢ Wᵢⱼ", "u"),
        ("2 sum_{i=1}^m W_{ij} (Wu - v)_i", "u"),
        ("sum(2*r_i*W_ij, i)", "u"),
        ("2 * W.T @\n (W @ u - v)", "u"),
        ("import numpy as np\ng = 2*W.T@(W@u-v)", "u"),
        ("2e0*W.T@(W@u-v)", "u"),
        ("2rᵢuⱼ", "W"),
    ],
)
def test_more_spellings(answer, wrt):
    assert diagnose(answer, wrt).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ("r = v - Wu, dL/du = 2W^T r", "sign"),
        ("2W^T r, where r = v - Wu", "sign"),
        ("Σⱼ 2 (Wu−v)ⱼ Wᵢⱼ", "transpose-dropped"),
        ("2W^T(Wu-v) + 1e-9u", "nearly"),
        ("2W^T(Wu-v) + (n-1)(n-2)(n-3)(n-4)u", "some-sizes"),
        ("dL/du = 0", "zero"),
        (r"\begin{align} L' &= 2W(Wu-v) \end{align}", "transpose-dropped"),
    ],
)
def test_spellings_of_mistakes(answer, mistake):
    assert diagnose(answer, "u").mistake == mistake


def test_spellings_with_too_many_digits_are_refused():
    assert diagnose("2W^T(Wu-v) + 1e-300u", "u").verdict == "unreadable"
    assert diagnose("1e400 u", "u").verdict == "unreadable"


@pytest.mark.parametrize("tail", ["np.sign(u)**2", "np.sign(u + 1000)", "np.abs(np.sign(u))"])
def test_a_factor_that_is_one_almost_everywhere_makes_no_answer_right(tail):
    assert diagnose(f"2*W.T@(W@u - v)*{tail}", "u").verdict not in GOOD


@pytest.mark.parametrize(
    "added",
    [
        "(n-1)(n-2)(n-3)(n-4)u",
        "(n-1)(n-2)(n-3)(n-4)(n-5)(n-6)u",
        "(len(u)-1)*(len(u)-2)*(len(u)-3)*(len(u)-4)*u",
        "(np.trace(np.eye(len(u)))-1)*(u.size-2)*(W.shape[1]-3)*(n-4)*(n-5)*(n-6)*u",
        "sum(i*0 + 1 for i in range(m))*(m-1)*(m-2)*(m-3)*(m-4)*u",
    ],
)
def test_what_is_right_for_small_sizes_alone_is_wrong_with_a_counterexample(added):
    found = diagnose(
        f"2*W.T@(W@u - v) + {added}" if "*" in added else f"2Wᵀ(Wu − v) + {added}", "u"
    )
    assert (found.verdict, found.mistake) == ("wrong", "some-sizes")
    W, u, v, yours, right = found.counterexample.values()
    assert (right == 2 * W.T.dot(W.dot(u) - v)).all()
    assert (yours != right).any()


@pytest.mark.parametrize(
    ("answer", "wrt", "loss", "shapes", "where"),
    [
        ("2Wᵀr", "u", BOOK, None, "sizes that are enough for all"),
        ("2*X.T@(X@w - y)/len(y)", "w", "np.mean((X@w - y)**2)", "X:m,n; w:n; y:m",
         "sizes that are enough for all"),
        ("x/np.linalg.norm(x)", "x", "np.linalg.norm(x)", None, "for the sizes tried"),
        ("-np.linalg.inv(X).T@np.linalg.inv(X).T", "X", "np.trace(np.linalg.inv(X))",
         "X:n,n", "for the sizes tried"),
        ("2*w*x", "x", "w*x**2", "w:;x:", "at random points."),
    ],
)  # fmt: skip
def test_right_says_for_which_sizes(answer, wrt, loss, shapes, where):
    found = diagnose(answer, wrt, loss, shapes)
    assert found.verdict == "right"
    assert where in found.message


FACTORS = ("np.linalg.norm(R - P @ Q.T)**2", "R:m,n; P:m,k; Q:n,k")


def test_what_crosses_is_named_with_its_own_transpose():
    found = diagnose("-2*(R - P@Q.T)@Q.T", "P", *FACTORS)
    assert found.where.startswith(
        "Look after dL = ⟨2(R − PQᵀ), −dP Qᵀ⟩: Qᵀ crosses the inner product, as its transpose."
    )
    assert r"Q^{\mathsf T} \text{ crosses" in derive(FACTORS[0], "P", FACTORS[1]).aligned()


def test_an_inverse_that_is_lost_turns_no_sign():
    loss = ("np.trace(np.linalg.inv(K) @ C) + np.log(np.linalg.det(K))", "K:n,n; C:n,n")
    found = diagnose("np.linalg.inv(K).T - C.T", "K", *loss)
    assert found.mistake == "inverse-once"
    assert found.slip == "np.linalg.inv(K) brings itself twice, once on each side."


def test_a_term_with_the_other_sign_is_named_by_its_letters():
    loss = ("np.sum((X @ w - y)**2) + lam * np.sum(w**2)", "X:m,n; w:n; y:m; lam:")
    found = diagnose("2*X.T@(X@w - y) - 2*lam*w", "w", *loss)
    assert found.slip == "The term with lam has the other sign."


def test_ones_look_alike_in_a_loss_that_is_quoted():
    loss = "-np.sum(t*np.log(sigmoid(X@w)) + (1-t)*np.log(1-sigmoid(X@w)))"
    found = diagnose("X.T@(sigmoid(X@w) - t)/m", "w", loss, "X:m,n; w:n; t:m")
    assert found.verdict == "convention"
    assert "(𝟏 − t) ⊙ log(𝟏 − σ(Xw))" in found.slip


def test_a_minus_before_the_loss_is_not_inside_of_it():
    found = diagnose("t - softmax(z)", "z", "-t @ np.log(softmax(z))", "z:n; t:n")
    assert (found.mistake, found.assuming) == ("sign", "t sums to 1")


def test_a_step_that_subtracts_what_points_downhill_is_not_told_that_it_adds():
    found = diagnose("u - eta*W.T@(v - W@u)", "u")
    assert found.mistake == "uphill"
    assert found.slip.startswith("What it subtracts points downhill already. ")
    assert diagnose("u + eta*W.T@(W@u - v)", "u").slip.startswith("It adds the gradient. ")


def test_a_case_has_the_letters_of_the_formula():
    loss = (r"\lVert Xw - y\rVert^2 + \lambda\lVert w\rVert^2", "X:m,n; w:n,1; y:m,1; lam:")
    found = diagnose(r"2X^T(Xw - y) + \lambda w", "w", *loss)
    assert ", λ = 1: yours 1, right 2." in found.message
    found = diagnose("2*X.T@(X@w - y) + lam*w", "w", *loss)
    assert ", lam = 1: yours 1, right 2." in found.message


def test_a_term_is_named_by_the_letters_of_the_loss_and_not_by_a_size():
    found = diagnose("2*x", "x", "x.T@x + np.sum(N@x)", "x:n,1; N:k,n")
    assert (found.mistake, found.slip) == ("term-dropped", "The term with N is missing.")
