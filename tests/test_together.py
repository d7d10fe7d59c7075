"""All gradients of a loss from one derivation: each is the one that is found alone."""

import random

import numpy as np
import pytest
from random_losses import SHAPES, random_loss

from wuv import check_gradient, derive, derive_all, gradients, integer_problem, loss
from wuv.__main__ import main
from wuv.algebra import AlgebraError, Misfit, evaluate
from wuv.algebra.language import read_text
from wuv.derivation.listings import LANGUAGES
from wuv.derivation.prepare import read_loss
from wuv.derivation.trials import trials

LOSS = "np.linalg.norm(W @ u - v)**2"
NETWORK = "||W2 tanh(W1 x + b1) + b2 - y||^2"
LAYERS = "W1:h,n; b1:h,1; W2:m,h; b2:m,1; x:n,1; y:m,1"


def test_the_books_loss_has_its_three_gradients_in_one_line():
    found = derive_all(LOSS)
    assert found.wrt == "W, u, v"
    assert [" = ".join(step.sides()) for step in found.steps] == [
        "L = ‖Wu − v‖²",
        "r = Wu − v",
        "dL = ⟨2r, dr⟩",
        "dL = ⟨2r, dW u + W du − dv⟩",
        "dL = ⟨2ruᵀ, dW⟩ + ⟨2Wᵀr, du⟩ − ⟨2r, dv⟩",
        "∇_W L = 2ruᵀ",
        "∇_u L = 2Wᵀr",
        "∇_v L = −2r",
    ]
    assert found.program_text.splitlines()[0] == "r = W @ u - v"
    assert str(found).count("W @ u - v") == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_function_returns_all_of_them(seed):
    problem = integer_problem(seed)
    value, *slopes = derive_all(LOSS).function()(*problem)
    assert value == loss(*problem)
    for ours, theirs in zip(slopes, gradients(*problem), strict=True):
        assert (ours == theirs).all()


def test_a_network_is_read_backwards_once():
    found = derive_all(NETWORK, "W1, b1, W2, b2", LAYERS)
    draws = np.random.default_rng(0)
    sizes = {"h": 4, "n": 3, "m": 2, 1: 1}
    arrays = {k: draws.normal(size=[sizes[n] for n in s]) for k, s in found.shapes.items()}
    f = found.function()
    for key, slope in zip(found.gradients, f(**arrays)[1:], strict=True):
        alone = derive(NETWORK, key, LAYERS).function()(**arrays)[1]
        assert np.allclose(slope, alone, rtol=1e-12)
    free = {key: arrays[key] for key in found.gradients}
    assert check_gradient(
        lambda p: f(**arrays | p)[0],
        lambda p: dict(zip(p, f(**arrays | p)[1:], strict=True)),
        free,
    )


@pytest.mark.parametrize("seed", range(12))
def test_each_is_the_gradient_that_is_found_alone(seed):
    text = random_loss(random.Random(seed), 3)
    names = [x for x in "ABabxyt" if x in text and f"np.{x}" not in text]
    alone = {}
    for x in names:
        try:
            alone[x] = derive(text, x, SHAPES)
        except AlgebraError:
            continue
    if len(alone) < 2:
        return
    try:
        found = derive_all(text, ", ".join(alone), SHAPES)
    except AlgebraError:
        return  # together they may be too long, or have a value nowhere
    for x, one in alone.items():
        given = read_loss(text, SHAPES, None, x)
        for trial in trials(given.read, given.shapes, x, given.book)[:2]:
            texts = (one.numpy, found.numpy[x])
            trees = [read_text(t, found.shapes, language="numpy").tree for t in texts]
            try:
                ours, theirs = (evaluate(t, trial.case.values, book=False) for t in trees)
            except AlgebraError:
                continue
            ours, theirs = (np.asarray(v, dtype=object).astype(float) for v in (ours, theirs))
            assert np.allclose(ours, theirs, rtol=1e-9, atol=1e-9 * max(1, abs(ours).max()))


def test_some_variables_and_what_is_no_loss():
    assert derive_all(LOSS, "v, u").wrt == "v, u"
    assert derive_all("lam ||x||^2").numpy == {
        "lam": "np.linalg.norm(x)**2",
        "x": "2 * lam * x",
    }
    with pytest.raises(AlgebraError, match="'q' is not in the loss"):
        derive_all(LOSS, "u, q")
    with pytest.raises(Misfit, match="only a number has a gradient"):
        derive_all("W @ u - v")


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_computes_what_they_share_once(language):
    code = derive_all(LOSS).code(language)
    assert code.count("Wu - v" if language == "latex" else "u - v") == 1


def test_the_command_takes_several_variables(capsys):
    assert main(["derive", LOSS, "--wrt", "all", "--numpy"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "r = W @ u - v",
        "grad_W = 2 * r @ u.T",
        "grad_u = 2 * W.T @ r",
        "grad_v = -2 * r",
    ]
    assert main(["derive", LOSS, "--wrt", "u,v", "--json"]) == 0
    assert '"gradients": {' in capsys.readouterr().out
    assert main(["derive", LOSS, "--wrt", "u,v", "--hessian"]) == 1
    assert "several variables have plain gradients only" in capsys.readouterr().err
