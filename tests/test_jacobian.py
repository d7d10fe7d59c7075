"""Jacobians, changes of matrices and Hessians: each against exact slopes of its own function."""

import numpy as np
import pytest

from wuv import check_gradient, derive, grad_u, hessian_u, hessian_W, integer_problem
from wuv.__main__ import main
from wuv.algebra import AlgebraError, to_text
from wuv.derivation.listings import LANGUAGES

LOSS = "np.linalg.norm(W @ u - v)**2"


def formula(found):
    return to_text(found.gradient, found.shapes, fits=False, book=True)


JACOBIANS = [
    ("A x", "x", None, "A"),
    ("tanh(W x + b)", "x", None, "diag(𝟏_m − tanh(Wx + b).^2)W"),
    ("tanh(W x + b)", "b", None, "diag(𝟏_m − tanh(Wx + b).^2)"),
    ("softmax(x)", "x", None, "diag(softmax(x)) − softmax(x) softmax(x)ᵀ"),
    ("softmax(W x)", "x", None, "(diag(softmax(Wx)) − softmax(Wx) softmax(Wx)ᵀ)W"),
    ("log(softmax(x))", "x", None, "I_m − 𝟏_m softmax(x)ᵀ"),
    ("x / norm(x)", "x", None, "I_m/‖x‖ − xxᵀ/‖x‖³"),
    ("x x^T b", "x", None, "bᵀx I_m + xbᵀ"),
    ("exp(-x) .* (B x)", "x", None, "diag(exp(−x))B − diag(exp(−x) ⊙ Bx)"),
    ("diag(x) A x", "x", None, "diag(Ax) + diag(x)A"),
    ("cumsum(x)", "x", "x:n,1", "colcumsum(I_n)"),
    ("kron(x, a)", "x", "a:2,1; x:3,1", "I_3 ⊗ a"),
    ("vec(A x b^T + a x^T)", "x", None, "b ⊗ A + I_n ⊗ a"),
    ("inv(A + x b^T) b", "x", None, "−bᵀ(A + xbᵀ)⁻¹b(A + xbᵀ)⁻¹"),
    ("sum_i x_i^2 a", "x", "a:m,1; x:n,1", "2axᵀ"),
    ("maximum(W x, 0)", "x", None, "diag(heaviside(Wx))W"),
    ("x", "x", None, "I_m"),
]


@pytest.mark.parametrize(("text", "wrt", "shapes", "wanted"), JACOBIANS)
def test_a_column_by_a_column_has_a_jacobian(text, wrt, shapes, wanted):
    found = derive(text, wrt, shapes)
    assert found.kind == "Jacobian"
    assert formula(found) == wanted
    assert found.steps[-1].left.op == "partial"
    assert "numerator layout" in found.steps[-1].reason


@pytest.mark.parametrize(("text", "wrt", "shapes"), [case[:3] for case in JACOBIANS])
def test_the_function_of_a_jacobian_has_the_slopes_of_its_own_value(text, wrt, shapes):
    found = derive(text, wrt, shapes)
    draws = np.random.default_rng(1)
    sizes = {"m": 3, "n": 3, "k": 2, 1: 1, 2: 2, 3: 3}
    arrays = {
        key: draws.normal(size=[sizes[n] for n in shape]) for key, shape in found.arguments.items()
    }
    f = found.function()
    value, slopes = f(**arrays)
    assert slopes.shape == (value.size, arrays[wrt].size)
    for i, row in enumerate(slopes):
        assert check_gradient(
            lambda x, i=i: f(**arrays | {wrt: x})[0].ravel()[i],
            row.reshape(arrays[wrt].shape),
            arrays[wrt],
        )


def test_flat_arrays_have_jacobians_too():
    found = derive("np.tanh(W @ x + b)", "x", "W:m,n; x:n; b:m")
    assert found.numpy == "np.diag(1 - np.tanh(W @ x + b)**2) @ W"
    W, x, b = np.ones((3, 2)), np.ones(2), np.ones(3)
    value, slopes = found.function()(W, x, b)
    assert (value.shape, slopes.shape) == ((3,), (3, 2))


def test_of_a_number_an_array_has_a_derivative_of_its_own_shape():
    found = derive("inv(A + t B)", "t", "A:n,n; B:n,n; t:")
    assert found.kind == "derivative"
    assert formula(found) == "−(A + tB)⁻¹B(A + tB)⁻¹"
    assert found.numpy.endswith("-np.linalg.inv(S) @ B @ np.linalg.inv(S)")
    assert derive("t x + t^2 b", "t", "t:; x:n,1; b:n,1").numpy == "x + 2 * t * b"


CHANGES = [
    ("A X B", "X", "A @ dX @ B"),
    ("X^T X", "X", "dX.T @ X + X.T @ dX"),
    ("inv(X)", "X", "-np.linalg.inv(X) @ dX @ np.linalg.inv(X)"),
    ("exp.(X)", "X", "np.exp(X) * dX"),
    ("x x^T", "x", "dx @ x.T + x @ dx.T"),
    ("x^T A", "A", "x.T @ dA"),
    ("X - X + A", "X", "np.zeros((X.shape[0], X.shape[1]))"),
]


@pytest.mark.parametrize(("text", "wrt", "numpy"), CHANGES)
def test_a_matrix_has_a_change(text, wrt, numpy):
    found = derive(text, wrt)
    assert found.kind == "change"
    assert found.numpy == numpy
    assert found.steps[-1].left.op == "differential"
    arrays = {}
    for key, shape in found.arguments.items():
        filled = np.arange(1.0, 10).reshape(3, 3) % 4 + 2 * np.eye(3)
        arrays[key] = filled[:, : 1 if shape[1] == 1 else 3]
    f, here, change = found.function(), arrays[wrt], arrays[f"d{wrt}"]
    above, below = (f(**arrays | {wrt: here + h * change})[0] for h in (1e-6, -1e-6))
    assert np.allclose(f(**arrays)[1], (above - below) / 2e-6, rtol=1e-7, atol=1e-7)


HESSIANS = [
    (LOSS, "u", None, "2WᵀW"),
    (LOSS, "v", None, "2 I_m"),
    ("x^T A x", "x", None, "A + Aᵀ"),
    ("sum(log(1 + exp(X w)))", "w", None, "Xᵀ diag(σ(Xw) ⊙ (𝟏_m − σ(Xw)))X"),
    ("logsumexp(x)", "x", None, "diag(softmax(x)) − softmax(x) softmax(x)ᵀ"),
    ("sum(x^3)", "x", "x:n,1", "6 diag(x)"),
    ("norm(x)", "x", None, "I_m/‖x‖ − xxᵀ/‖x‖³"),
    ("t^3 sum(x)", "t", "t:; x:n,1", "6t sum(x)"),
    ("a^T x", "x", None, "𝟎_{m×m}"),
]


@pytest.mark.parametrize(("text", "wrt", "shapes", "wanted"), HESSIANS)
def test_a_loss_has_a_hessian(text, wrt, shapes, wanted):
    found = derive(text, wrt, shapes, order=2)
    assert found.kind == "Hessian"
    assert formula(found) == wanted
    assert [x.name for x in found.results][1:] == [f"grad_{wrt}", f"hessian_{wrt}"]


@pytest.mark.parametrize("seed", range(5))
def test_the_hessians_of_the_books_loss_are_the_models(seed):
    W, u, v = integer_problem(seed)
    _, gradient, hessian = derive(LOSS, "u", order=2).function()(W, u, v)
    assert (gradient == grad_u(W, u, v)).all()
    assert (hessian == hessian_u(W, u, v)).all()
    found = derive(LOSS, "W", order=2)
    assert (found.kind, found.numpy) == ("change", "2 * dW @ u @ u.T")
    dW = np.arange(W.size).reshape(W.shape)
    *_, change = found.function()(W, u, v, dW)
    assert (change.reshape(-1, order="F") == hessian_W(W, u, v) @ dW.reshape(-1, order="F")).all()


def test_the_gradient_of_what_is_linear_in_a_matrix_does_not_change():
    found = derive("tr(A X)", "X", order=2)
    assert (found.kind, found.gradient.op) == ("change", "zeros")
    assert "the change is 0" in found.read_as


def test_a_hessian_that_is_not_there_is_refused():
    with pytest.raises(AlgebraError, match="only a number has a gradient"):
        derive("W u - v", "u", order=2)
    with pytest.raises(ValueError, match="order is 3"):
        derive(LOSS, "u", order=3)
    with pytest.raises(AlgebraError, match="there is one route"):
        derive(LOSS, "u", order=2, route="components")


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_of_jacobians_hessians_and_changes_is_written(language):
    for text, wrt, order in (("softmax(W x)", "x", 1), ("A X B", "X", 1), (LOSS, "W", 2)):
        code = derive(text, wrt, order=order).code(language)
        assert code.count("(") == code.count(")")
    assert r"\nabla_{u}^2 L &= 2W^{\mathsf T}W" in derive(LOSS, "u", order=2).code("latex")


def test_the_command_finds_jacobians_and_hessians(capsys):
    assert main(["derive", "tanh(W x)", "--wrt", "x", "--numpy"]) == 0
    assert main(["derive", LOSS, "--wrt", "u", "--hessian", "--json"]) == 0
    out = capsys.readouterr().out
    assert "@ W" in out
    assert '"hessian": {\n    "numpy": "2 * W.T @ W"' in out
