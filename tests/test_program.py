"""Programs: a value and its gradient, what they share computed once, run as a function."""

import random

import numpy as np
import pytest
from random_losses import SHAPES, random_loss

from wuv import ShapeError, case_a, case_b, check_gradient, derive, grad_u, integer_problem, loss
from wuv.algebra import AlgebraError, evaluate, to_text, walk
from wuv.algebra.language import read_text
from wuv.derivation.prepare import read_loss
from wuv.derivation.trials import trials

LOSS = "np.linalg.norm(W @ u - v)**2"


def lines(found):
    return [
        f"{name} = {to_text(formula, found.shapes, fits=False, book=True)}"
        for name, formula in found.program.lines
    ]


@pytest.mark.parametrize("seed", range(10))
def test_the_function_of_the_books_loss_is_its_value_and_gradient(seed):
    W, u, v = integer_problem(seed)
    value, gradient = derive(LOSS, "u").function()(W, u, v)
    assert value == loss(W, u, v)
    assert (gradient == grad_u(W, u, v)).all()


@pytest.mark.parametrize(
    ("text", "wrt", "shapes", "program"),
    [
        (LOSS, "u", None, ["r = Wu − v", "L = ‖r‖²", "grad_u = 2Wᵀr"]),
        ("||XW - Y||^2", "W", None, ["R = XW − Y", "L = ‖R‖²", "grad_W = 2XᵀR"]),
        ("2 x^T A^T A x", "x", None, ["z = Aᵀ(Ax)", "L = 2xᵀz", "grad_x = 4z"]),
        (
            "a^T X^{-1} b",
            "X",
            None,
            ["Z = X⁻¹", "L = aᵀ(Zb)", "grad_X = −Zᵀa(bᵀZᵀ)"],
        ),
        ("(w @ x - t)**2", "w", "w:n; x:n; t:", ["alpha = wᵀx − t", "L = α²", "grad_w = 2αx"]),
        ("sum(x)", "x", None, ["L = sum(x)", "grad_x = 𝟏_m"]),
        ("||e||^2 where e = Wu - v", "u", None, ["e = Wu − v", "L = ‖e‖²", "grad_u = 2Wᵀe"]),
    ],
)
def test_what_is_used_twice_is_computed_once_and_products_are_grouped_cheaply(
    text, wrt, shapes, program
):
    assert lines(derive(text, wrt, shapes)) == program


def test_no_part_takes_a_name_that_is_taken_and_none_hides_an_index():
    found = derive("norm(R @ r - s)**2 + norm(R @ r - s)", "r", "R:m,n; r:n,1; s:m,1")
    assert not {name for name, _ in found.program.parts} & {"R", "r", "s", "m", "n", "L"}
    found = derive("sum(np.exp(X[i] @ w) * np.exp(X[i] @ w) for i in range(3))", "w", "X:3,n; w:n")
    assert all("i" not in {x.data for x in walk(tree)} for _, tree in found.program.parts)


@pytest.mark.parametrize("seed", range(20))
def test_functions_of_random_losses_agree_with_exact_values(seed):
    draws = random.Random(seed)
    text = random_loss(draws)
    for wrt in "AbxtEy":
        if wrt not in text:
            continue
        try:
            found = derive(text, wrt, SHAPES)
        except AlgebraError:
            return
        given = read_loss(text, SHAPES, None, wrt)
        for trial in trials(given.read, given.shapes, found.wrt, given.book):
            values = trial.case.values
            try:
                wanted = [
                    np.asarray(evaluate(tree, values), dtype=object).astype(float)
                    for tree in (
                        given.read,
                        read_text(found.numpy, found.shapes, language="numpy").tree,
                    )
                ]
            except AlgebraError:
                continue  # where the loss has a value and the gradient none
            value, gradient = found.function()(**{k: values[k] for k in found.arguments})
            assert value == pytest.approx(wanted[0].item(), rel=1e-9)
            assert np.shape(gradient) == wanted[1].shape
            scale = max(1, abs(wanted[1]).max())
            assert np.allclose(gradient, wanted[1], rtol=1e-9, atol=1e-9 * scale)
        return


def test_the_function_takes_names_and_tells_what_it_takes():
    f = derive(LOSS, "u").function()
    W, u, v = case_b()
    assert f(v=v, u=u, W=W)[0] == 5
    for part in ("‖Wu − v‖²", "W m×n", "u n×1", "gradient in u"):
        assert part in f.__doc__
    with pytest.raises(TypeError, match="missing a required argument"):
        f(W, u)


def test_a_check_takes_its_function_as_it_is():
    W, u, v = case_a()
    f = derive("sum(log(1 + exp(Wu - v)))", "u").function()
    assert check_gradient(lambda u: f(W, u, v)[0], lambda u: f(W, u, v)[1], u)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"u": [1, 2]}, r"u has shape \(2,\), .* must have \(n, 1\); make it a column: u.reshape"),
        ({"u": [[1], [2], [3]]}, r"u has shape \(3, 1\), .* where n is 2 in W"),
        ({"W": 1}, r"W has shape \(\), and it must have \(m, n\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_shape(change, message):
    given = case_a()._asdict() | change
    with pytest.raises(ShapeError, match=message):
        derive(LOSS, "u").function()(**given)


def test_large_arrays_and_points_without_a_value_are_numpys():
    f = derive("sum(log(x)) + norm(A)**2", "x").function()
    value, gradient = f(x=np.ones((3, 1)), A=np.ones((300, 300)))
    assert value == 90_000
    assert gradient.tolist() == [[1.0]] * 3
    value, gradient = f(x=np.array([[0.0], [1.0]]), A=np.ones((1, 1)))
    assert value == -np.inf
    assert gradient.tolist() == [[np.inf], [1.0]]
