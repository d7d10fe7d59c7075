"""Assumptions: what they shorten, and that nothing false is shortened."""

import numpy as np
import pytest

from wuv import derive
from wuv.__main__ import main
from wuv.algebra import AlgebraError, to_text
from wuv.derivation import CannotDerive
from wuv.derivation.assumptions import KINDS

SQUARE = "S:n,n; x:n,1; a:n,1; b:n,1"
CASES = [
    ("x.T @ S @ x", "x", SQUARE, "S symmetric", "2Sx"),
    ("x^T S^{-1} x", "x", SQUARE, "S is positive definite", "2S⁻¹x"),
    ("a^T S b", "S", SQUARE, "S symmetric", "(abᵀ + baᵀ)/2"),
    ("log det(S)", "S", "S:n,n", "S symmetric", "S⁻¹"),
    ("-y^T log(softmax(x))", "x", "x:n,1; y:n,1", "y one-hot", "softmax(x) − y"),
    ("-y^T log(softmax(x))", "x", "x:n,1; y:n,1", "y sums to 1", "softmax(x) − y"),
    ("norm(y .* x)^2", "x", "x:n,1; y:n,1", "y in {0,1}", "2y ⊙ x"),
    ("norm(y .* x)^2", "x", "x:n,1; y:n,1", "y one-hot", "2y ⊙ x"),
    ("tr(Q^{-1} A)", "A", "Q:n,n; A:n,n", "Q orthogonal", "Q"),
    ("x^T Q^T Q x", "x", "Q:n,n; x:n,1", "Q is orthogonal", "2x"),
    ("norm(y .* x)^2", "x", "x:n,1; y:n,1", "y in {±1}", "2x"),
    ("x^T a / norm(x)", "x", "x:n,1; a:n,1", "x has length 1", "a − aᵀxx"),
    ("sum(abs(x)) + sum(sqrt(x.^2))", "x", "x:n,1", "x positive", "2 𝟏_n"),
    (
        "-np.sum(Y * np.log(softmax(W @ X, axis=0)))",
        "W",
        "Y:k,n; W:k,d; X:d,n",
        "Y has columns that sum to 1",
        "(colsoftmax(WX) − Y)Xᵀ",
    ),
    ("x^T S Q^T Q x", "x", "S:n,n; Q:n,n; x:n,1", "Q orthogonal, S symmetric", "2Sx"),
]


@pytest.mark.parametrize(("loss", "wrt", "shapes", "assume", "wanted"), CASES)
def test_what_is_assumed_shortens_the_gradient_and_is_printed_with_it(
    loss, wrt, shapes, assume, wanted
):
    found = derive(loss, wrt, shapes, assume=assume)
    assert to_text(found.gradient, found.shapes, fits=False, book=True) == wanted
    assert "Assumed: " in str(found)
    assert derive(loss, wrt, shapes).gradient != found.gradient


def test_what_shortens_nothing_changes_nothing():
    alone = derive("norm(A x - b)^2", "x")
    found = derive("norm(A x - b)^2", "x", assume="b one-hot")
    assert found.gradient == alone.gradient
    assert found.read_as == f"{alone.read_as} Assumed: b one-hot."


def test_a_symmetric_variable_has_two_conventions_and_both_are_named():
    found = derive("log det(S)", "S", "S:n,n", assume="S symmetric")
    assert found.numpy == "np.linalg.inv(S)"
    (other,) = found.conventions.values()
    assert other == "2 * np.linalg.inv(S) - np.diag(np.diag(np.linalg.inv(S)))"
    reasons = [step.words for step in found.steps]
    assert any("Matrix Cookbook" in x for x in reasons)
    assert "among symmetric matrices" in reasons[-1]
    assert f"numpy, independent entries: {other}" in str(found)


def test_each_convention_predicts_the_change_along_symmetric_matrices():
    found = derive("tr(S A S) + a^T S b", "S", "S:n,n; A:n,n; a:n,1; b:n,1", assume="S symmetric")
    draws = np.random.default_rng(3)
    arrays = {k: draws.normal(size=(3, 1) if k in "ab" else (3, 3)) for k in found.arguments}
    arrays["S"] = arrays["S"] + arrays["S"].T
    change = draws.normal(size=(3, 3))
    change = change + change.T
    f = found.function()
    above, below = (f(**arrays | {"S": arrays["S"] + h * change})[0] for h in (0.5, -0.5))
    slope = above - below  # the loss is quadratic in S
    assert (f(**arrays)[1] * change).sum() == pytest.approx(slope, rel=1e-10)
    names = {"np": np, **arrays}
    *said, last = found.conventions["independent entries"].splitlines()
    exec("\n".join([*said, f"slopes = {last}"]), names)
    assert (np.triu(names["slopes"]) * change).sum() == pytest.approx(slope, rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "loss", "shapes", "assume"),
    [
        ("orthogonal", "x^T Q^T Q x", "Q:n,n; x:n,1", "Q orthogonal"),
        ("in {0, 1}", "norm(y .* x)^2", "x:n,1; y:n,1", "y in {0, 1}"),
        ("symmetric", "x^T S x", "S:n,n; x:n,1", "S symmetric"),
    ],
)
def test_a_rule_that_does_not_hold_is_seen(monkeypatch, kind, loss, shapes, assume):
    monkeypatch.setitem(KINDS, kind, KINDS[kind]._replace(drawn=lambda a, draws: a))
    with pytest.raises(CannotDerive, match="not confirmed"):
        derive(loss, "x", shapes, assume=assume)


@pytest.mark.parametrize(
    ("assume", "words"),
    [
        ("q symmetric", "q is not in the loss"),
        ("S upper triangular", "there are symmetric, positive definite, orthogonal, one-hot"),
        ("x symmetric", "x is not declared square"),
        ("t one-hot", "t is a number"),
    ],
)
def test_what_cannot_be_assumed_is_refused(assume, words):
    with pytest.raises(AlgebraError, match=words):
        derive("t x^T S x", "x", SQUARE + "; t:", assume=assume)
    with pytest.raises(CannotDerive, match="gradients of losses, and nothing else"):
        derive("S x", "x", SQUARE, assume="S symmetric")


def test_the_command_takes_assumptions(capsys):
    given = ["derive", "x^T S x", "--wrt", "x", "--assume", "S symmetric"]
    assert main([*given, "--numpy"]) == 0
    assert capsys.readouterr().out == "2 * S @ x\n"
    given = ["derive", "log det(S)", "--wrt", "S", "--assume", "S symmetric", "--json"]
    assert main(given) == 0
    assert '"independent entries"' in capsys.readouterr().out
