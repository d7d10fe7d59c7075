"""The lines of chapter `layouts` about JAX and PyTorch, run where these libraries are installed.

The book does not need them, so its own environment leaves these tests out and says so. To run them:
``pip install jax torch`` beside NumPy and pytest, then ``pytest tests/test_frameworks.py``.
"""

import numpy as np
import pytest

from wuv import case_a, gradients

W, u, v = case_a()
FLAT_U, FLAT_V = u.ravel(), v.ravel()
X = np.array([[1, 2], [0, 1]])  # two examples, one in each row
T = np.array([[1, 0, -1], [2, 2, 2]])


@pytest.fixture
def jax():
    return pytest.importorskip("jax")


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def floats(torch, *arrays, learn=False):
    return [torch.tensor(a.tolist(), dtype=torch.float64, requires_grad=learn) for a in arrays]


def test_jax_jacobian_of_the_residual_is_W(jax):
    J = jax.jacobian(lambda u: W @ u - FLAT_V)(FLAT_U.astype(np.float32))
    assert (np.asarray(J) == W).all()


def test_jax_jacobian_of_columns_has_four_indices(jax):
    J = jax.jacobian(lambda u: W @ u - v)(u.astype(np.float32))
    assert J.shape == (3, 1, 2, 1)
    assert (np.asarray(J)[:, 0, :, 0] == W).all()


def test_jax_grad_has_the_shape_of_its_variable(jax):
    def loss(W, u, v):
        return ((W @ u - v) ** 2).sum()

    found = jax.grad(loss, argnums=(0, 1, 2))(*(a.astype(np.float32) for a in (W, u, v)))
    for ours, theirs in zip(gradients(W, u, v), found, strict=True):
        assert theirs.shape == ours.shape
        assert (np.asarray(theirs) == ours).all()


def test_pytorch_grad_has_the_shape_of_its_variable(torch):
    variables = floats(torch, W, u, v, learn=True)
    A, x, b = variables
    ((A @ x - b) ** 2).sum().backward()
    for ours, variable in zip(gradients(W, u, v), variables, strict=True):
        assert variable.grad.shape == ours.shape
        assert variable.grad.tolist() == ours.tolist()


def test_pytorch_jacobian_of_the_residual_is_W(torch):
    A, x, b = floats(torch, W, FLAT_U, FLAT_V)
    J = torch.autograd.functional.jacobian(lambda x: A @ x - b, x)
    assert J.tolist() == W.tolist()


def test_pytorch_linear_multiplies_rows_by_W_transposed(torch):
    (rows, bias), (targets,) = floats(torch, X, np.array([5, 6, 7])), floats(torch, T)
    layer = torch.nn.Linear(2, 3, dtype=torch.float64)
    assert layer.weight.shape == W.shape
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.tolist()))
        layer.bias.copy_(bias)
    rows.requires_grad_()
    out = layer(rows)
    assert out.tolist() == (X @ W.T + [5, 6, 7]).tolist()
    ((out - targets) ** 2).sum().backward()
    dY = 2 * (X @ W.T + [5, 6, 7] - T)
    assert rows.grad.tolist() == (dY @ W).tolist()
    assert layer.weight.grad.tolist() == (dY.T @ X).tolist()
    assert layer.bias.grad.tolist() == dY.sum(axis=0).tolist()


def test_pytorch_mse_divides_by_the_number_of_all_entries(torch):
    targets, out = floats(torch, T, X @ W.T)
    squares = ((X @ W.T - T) ** 2).sum()
    assert torch.nn.MSELoss()(out, targets).item() * T.size == pytest.approx(squares, rel=1e-15)
    assert torch.nn.MSELoss(reduction="sum")(out, targets).item() == squares
