"""The verdicts that people need: right under which assumption, or the answer to which question.

`cases/verdicts.jsonl` has a line for each answer: the loss, the variable, the shapes, the answer as
it was typed, and what is to be said of it: the verdict, the mistake, what is assumed, and a phrase.
"""

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from numpy_text import run

from wuv import derive, diagnose
from wuv.__main__ import main
from wuv.derivation.assumptions import KINDS
from wuv.diagnosis.classroom import as_dict, marked
from wuv.worksheet.keys import WrongKey
from wuv.worksheet.slips import named

FILE = Path(__file__).parent / "cases" / "verdicts.jsonl"
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{x['loss']}: {x['answer']}" for x in CASES])
def test_an_answer_gets_the_verdict_that_helps(case):
    found = diagnose(case["answer"], case["wrt"], case["loss"], case["shapes"])
    said = (found.verdict, found.mistake or "", found.assuming)
    assert said == (case["verdict"], case["mistake"], case["assuming"]), found
    assert case["phrase"] in found.message


# Terms of losses in x, and what is often unsaid of their letters
TERMS = [
    ("x.T @ S @ x", "S", "symmetric"),
    ("(A @ x - b).T @ K @ (A @ x - b)", "K", "symmetric"),
    ("x.T @ np.linalg.inv(Q) @ a", "Q", "orthogonal"),
    ("-(y.T @ np.log(softmax(x)))", "y", "sums to 1"),
    ("np.sum((m * x)**2)", "m", "in {0, 1}"),
    ("np.sum((t * x)**2)", "t", "in {-1, 1}"),
]
PLAIN = ["a.T @ x", "x.T @ x", "np.sum((A @ x - b)**2)", "np.sum(np.tanh(x))"]
SHAPES = {
    "x": "n,1", "S": "n,n", "A": "k,n", "K": "k,k", "Q": "n,n", "a": "n,1", "b": "k,1", "y": "n,1",
    "m": "n,1", "t": "n,1",
}  # fmt: skip
SIZES = {"n": 4, "k": 3, "1": 1}


def drawn(seed):
    """A loss with one or two terms of `TERMS`, and what is assumed of them."""
    draw = random.Random(seed)
    some = draw.sample(TERMS, draw.choice((1, 1, 2)))
    terms = [x[0] for x in some] + draw.sample(PLAIN, draw.randint(0, 2))
    loss = " + ".join(f"{draw.choice((1, 2, 3, 0.5))} * ({x})" for x in terms)
    shapes = "; ".join(f"{k}:{x}" for k, x in SHAPES.items() if re.search(rf"\b{k}\b", loss))
    return loss, shapes, {letter: kind for _, letter, kind in some}


def agrees(answer, loss, shapes, assumed, seed):
    """Whether a NumPy text is the gradient at a point at which something is assumed."""
    numbers = random.Random(seed)
    draw, values = np.random.default_rng(seed), {}
    for letter, shape in (x.split(":") for x in shapes.split("; ")):
        array = draw.integers(1, 9, [SIZES[k] for k in shape.split(",")]).astype(object)
        kind = assumed.get(letter)
        array = KINDS[kind].drawn(array, numbers) if kind else array
        assert kind is None or np.all(KINDS[kind].holds(array))
        values[letter] = np.asarray(array, dtype=float) / (1 if kind or letter != "x" else 8)
    _, right = derive(loss, "x", shapes).function()(**values)
    return np.allclose(run(answer, values), right)


@pytest.mark.parametrize("seed", range(16))
def test_right_if_is_said_where_it_is_right_with_and_wrong_without(seed):
    loss, shapes, assumed = drawn(seed)
    short = derive(loss, "x", shapes, assume="; ".join(f"{k} {x}" for k, x in assumed.items()))
    found = diagnose(short.numpy, "x", loss, shapes)
    assert found.verdict == "right-if", found
    said = {x.split()[0]: x.split(maxsplit=1)[1].removeprefix("is ") for x in
            found.assuming.split("; ")}  # fmt: skip
    assert said == assumed
    assert agrees(short.numpy, loss, shapes, assumed, seed)
    for letter in assumed:  # each of them is needed
        fewer = {k: x for k, x in assumed.items() if k != letter}
        assert not agrees(short.numpy, loss, shapes, fewer, seed)
    assert diagnose(derive(loss, "x", shapes).numpy, "x", loss, shapes).verdict == "right"
    assert diagnose(short.numpy, "x", loss, shapes, assume=found.assuming).verdict == "right"
    wrong = diagnose(f"{short.numpy} + x", "x", loss, shapes)
    assert wrong.verdict not in ("right", "right-if", "layout", "convention")


@pytest.mark.parametrize(
    "case", [x for x in CASES if x["verdict"] == "right-if" and "square" not in x["assuming"]]
)  # where a matrix is not square, the answer has no value
def test_an_answer_that_is_right_if_is_wrong_at_the_case_that_is_shown(case):
    found = diagnose(case["answer"], case["wrt"], case["loss"], case["shapes"])
    shown = found.counterexample
    yours, right = (np.asarray(shown[x], dtype=float) for x in ("yours", "right"))
    assert yours.shape != right.shape or not np.allclose(yours, right)
    assert found.solution
    assert not found


def test_everything_that_carries_a_verdict_carries_the_assumption(capsys):
    loss = "x.T @ S @ x"
    row = as_dict(marked([("Ada", "x", "2*S@x")], loss))["students"][0]
    assert (row["verdict"], row["assuming"]) == ("right-if", "S is symmetric")
    assert main(["diagnose", "2*S@x", "--wrt", "x", "--loss", loss]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "Right if S is symmetric."
    command = ["diagnose", "2*S@x", "--wrt", "x", "--loss", loss, "--assume", "S symmetric"]
    assert main(command) == 0
    assert "Right." in capsys.readouterr().out
    assert "Right if S is symmetric" in diagnose("2*S@x", "x", loss)._repr_html_()
    assert "Where S is symmetric" in named("2*S@x", "x", loss)[1]  # on a worksheet, and in Moodle
    with pytest.raises(WrongKey, match="Right if y sums to 1"):
        named("softmax(z) - y", "z", "-y^T log(softmax(z))")


@pytest.mark.parametrize(
    ("order", "answer", "mistake"),
    [(1, "2*W.T@W", "hessian"), (2, "2*W.T@(W@u - v)", "gradient-for-hessian")],
)
def test_a_gradient_and_a_hessian_are_told_apart(order, answer, mistake):
    assert diagnose(answer, "u", order=order).mistake == mistake


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("2*W.T@(W@u - v) + 2*lam*u", "a penalty ‖u‖²"),
        ("2Wᵀ(Wu − v) + λu", "a penalty ‖u‖²"),
        ("2*W.T@(W@u - v) + alpha*np.sign(u)", "a penalty ‖u‖₁"),
    ],
)
def test_a_penalty_that_the_loss_does_not_have_is_named(answer, said):
    found = diagnose(answer, "u")
    assert (found.verdict, found.mistake) == ("wrong", "another-loss")
    assert said in found.slip
    assert diagnose(answer.replace("u - v", "u + v").replace("u − v", "u + v"), "u").verdict == (
        "unreadable"
    )


def test_a_softmax_along_the_first_axis_has_words():
    found = diagnose("np.exp(z - np.logaddexp.reduce(z)) - y + z", "z", "-y^T log(softmax(z))")
    assert (found.mistake, found.assuming) == ("term-added", "y sums to 1")


@pytest.mark.parametrize("shape", ["", "1", "1,1"])
def test_a_sum_of_all_entries_is_meant_where_a_number_is_asked_for(shape):
    """Python's own sum adds up the rows."""
    shapes = f"a:{shape}; X:m,n"
    assert diagnose("sum(X)", "a", "np.sum(a*X)", shapes).verdict == "right"
    assert diagnose("2*sum(X)", "a", "np.sum(a*X)", shapes).mistake == "factor"


def test_python_s_own_sum_adds_up_the_rows_where_these_are_asked_for():
    assert diagnose("sum(X)", "w", "np.sum(X @ w)", "X:m,n; w:n").verdict == "right"
    assert diagnose("np.sum(X)", "w", "np.sum(X @ w)", "X:m,n; w:n").verdict == "wrong"


def test_the_number_that_a_power_brings_is_said_to_be_off():
    answer = "W.T @ (W @ u - v) * np.linalg.norm(W @ u - v)"
    assert diagnose(answer, "u", "np.linalg.norm(W @ u - v)**3").mistake == "factor"
