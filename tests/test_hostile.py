"""Whatever is typed gets an answer or one line, in bounded work; `make fuzz` tries more of it."""

import random
import tracemalloc

import numpy as np
import pytest
from hostile_texts import SIGNS, hostile

from wuv import derive, diagnose
from wuv.algebra import AlgebraError, Expr, TooMuchWork, read_latex, read_numpy, walk
from wuv.algebra.tree import MAX_COUNT
from wuv.derivation.prepare import read_loss
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.points.fast import Values

DOUBLING = "a where " + ", ".join(
    f"{a} = {b}{b}" for a, b in zip("abcdefghjk", "bcdefghjku", strict=True)
)
# Each took exponential time, or ended in an exception of Python's, or never.
ANSWERED = {
    "np.sum(" + "(" * 11 + "W" + ").T" * 11 + ")": "np.ones((W.shape[0], W.shape[1]))",
    "-" * 20 + "u.T @ u": "2 * u",
    "2*" * 45 + "u.T @ u": "70368744177664 * u",
    "(" * 16 + "u.T @ u" + ")**1" * 16: "2 * u",
    "(" * 12 + "u'u" + ")^(-1)" * 12: "2 * u",
    "0e-9999999999 + u.T @ u": "2 * u",
}
REFUSED = {
    "1e-9999999999*u.T @ u": "out of range",
    "0." + "1" * 120 + "*u.T @ u": "out of range",
    "u" + "²" * 300: "too many digits|more than 100 digits",
    "u.T @ u" + " " * 1900 + "+": "invalid syntax",
    "u" * 1999: "'u+' is not in the loss|is not in the loss",
    DOUBLING: "too long to be read",
    "x = u + u; " + "x = x + x; " * 30 + "x @ x": "too long to be read",
    r"\left|" + r"\nabla_u \left|" * 8 + "u^T u" + r"\right|" * 9: "too much work",
    r"((((u \otimes u)^2 \otimes W)^2 \otimes u)^2 \otimes W)^2": "must be square|only a number",
    r"\mathrm{d}-\mathrm{d}": "divided by none",
    "‖u‖² len(v)": "declare the shapes",
    "sigmoid(" * 30 + "u.T @ u" + ")" * 30 + "**2": "too many steps|too long to print",
}


@pytest.mark.parametrize("language", SIGNS)
def test_a_hostile_text_is_read_or_refused_in_one_line(language):
    draw, asked = random.Random(1), question("u")
    for _ in range(80):
        loss, answer = hostile(draw, language), hostile(draw, language, answer=True)
        for read in (lambda x=loss: read_loss(x), lambda x=answer: read_answer(x, asked)):
            said = "read"
            try:
                read()
            except AlgebraError as error:
                said = str(error)
            assert 0 < len(said) < 500
            assert "\n" not in said


@pytest.mark.parametrize("loss", ANSWERED)
def test_a_loss_that_repeats_itself_is_derived(loss):
    wrt = "W" if "W" in loss else "u"
    assert derive(loss, wrt).numpy == ANSWERED[loss]


@pytest.mark.parametrize("loss", REFUSED)
def test_a_loss_beyond_all_bounds_is_refused(loss):
    with pytest.raises(AlgebraError, match=REFUSED[loss]):
        derive(loss, "u")


@pytest.mark.parametrize(
    "answer", ["(" * 12 + "2*u" + ")**-1" * 12, "np.tanh(" * 40 + "u" + ")" * 40]
)
def test_an_answer_that_is_deeply_nested_is_judged(answer):
    assert diagnose(answer, "u").verdict in ("unrecognised", "wrong")


def test_a_formula_has_a_greatest_length_and_equal_ones_are_compared_once():
    one, two = (read_latex("u + v") for _ in range(2))
    while one.count < MAX_COUNT // 2:
        one, two = Expr("add", (one, one)), Expr("add", (two, two))
    assert one == two
    assert one.count == sum(1 for _ in walk(one))
    with pytest.raises(TooMuchWork, match="too long"):
        Expr("add", (one, two))


@pytest.mark.parametrize("wrt", ["i", "m"])
def test_what_is_no_array_has_no_gradient(wrt):
    with pytest.raises(AlgebraError, match=r"is a size|is not in the loss"):
        derive(r"\sum_{i=1}^{m} v_i^2", wrt)


def test_a_value_too_large_is_refused_before_it_is_built():
    tree = read_numpy("np.kron(W, W)")
    assert Values({"W": np.ones((3, 3))})(tree).shape == (9, 9)
    tracemalloc.start()
    assert Values({"W": np.ones((60, 60))})(tree) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6  # of 104 million bytes


def test_half_a_character_is_no_part_of_an_answer():
    assert diagnose("2Wᵀ(Wu − v)\ud83d", "u").verdict == "right"
