"""One loss in many spellings: all are read to one gradient, or refused for a reason that is named.

As typed, as papers print it, for NumPy, PyTorch, JAX, MATLAB, Julia and R.
"""

from functools import cache

import pytest

from wuv import derive, diagnose
from wuv.algebra import AlgebraError

# A variable, its gradient in NumPy, and the loss; behind a spelling the reason why it is refused.
LOSSES = {
    "least squares": ("w", "2 * X.T @ (X @ w - y)", [
        "||Xw - y||^2",
        "‖Xw − y‖₂²",
        "(Xw-y)'(Xw-y)",
        "(Xw – y)^T (Xw – y)",
        r"\|X\mathbf{w} - \mathbf{y}\|_2^2",
        r"\left\lVert X w - y \right\rVert^2",
        r"(y - Xw)^\top (y - Xw)",
        r"\sum_{i=1}^n (w^\top x_i - y_i)^2",
        r"\sum_i (y_i - \langle w, x_i\rangle)^2",
        "np.sum((X @ w - y)**2)",
        "np.linalg.norm(X @ w - y)**2",
        "(X @ w - y) @ (X @ w - y)",
        "sum((X[i] @ w - y[i])**2 for i in range(len(y)))",
        "torch.sum((X @ w - y)**2)",
        "(X.mm(w) - y).pow(2).sum()",
        "F.mse_loss(X @ w, y, reduction='sum')",
        "jnp.sum((X @ w - y)**2)",
        "jnp.square(X @ w - y).sum()",
        "norm(X*w - y)^2",
        "sum((X*w - y).^2)",
        "(X*w - y)'*(X*w - y)",
        "sum(abs2, X*w - y)",
        "sum(abs2.(X*w .- y))",
        "dot(X*w - y, X*w - y)",
        "sum((X %*% w - y)^2)",
        "crossprod(X %*% w - y)",
        "t(X %*% w - y) %*% (X %*% w - y)",
        ("X.w - y squared", "squared"),
    ]),
    "quadratic form": ("x", "(A + A.T) @ x", [
        "x'Ax", "xᵀAx", "x^T A x", "xtAx", "x.Ax", "x·Ax", r"x^\top A x", r"\langle x, Ax\rangle",
        r"\mathbf{x}^{\mathsf T}\mathbf{A}\mathbf{x}", r"\sum_{ij} x_i A_{ij} x_j", "x.T @ A @ x",
        "x @ A @ x", "np.dot(x, A @ x)", "x.t() @ A @ x", "x.dot(A @ x)", "x'*A*x", "dot(x, A*x)",
        "t(x) %*% A %*% x",
        ("x.transpose(0, 1) @ A @ x", "in PyTorch it is .T: type that"),
    ]),
    "trace": ("A", "B.T", [
        "tr(AB)", "trace(A*B)", "tr AB", "Tr[AB]", r"\operatorname{tr}(AB)", r"\mbox{tr}(AB)",
        r"{\rm tr}(AB)", r"\text{tr}\{AB\}", "np.trace(A @ B)", "torch.trace(A @ B)",
        "(A @ B).trace()", "sum(diag(A %*% B))", "jnp.trace(A @ B)",
    ]),
    "log determinant": ("S", "np.linalg.inv(S).T", [
        "log det S", "log|S|", "logdet(S)", r"\log\det S", r"\ln|S|", r"\log\det(\mathbf S)",
        "np.log(np.linalg.det(S))", "torch.logdet(S)", "jnp.log(jnp.linalg.det(S))", "log(det(S))",
    ]),
    "logistic": ("w", "-X.T @ (y / (1 + np.exp(y * (X @ w))))", [
        r"\sum_i \log(1 + \exp(-y_i w^T x_i))",
        r"\sum_{i} \ln\left(1 + e^{-y_i w^\top x_i}\right)",
        "sum(log(1 + exp(-y ⊙ Xw)))",
        "np.sum(np.log(1 + np.exp(-y * (X @ w))))",
        "torch.log(1 + torch.exp(-y * (X @ w))).sum()",
        "jnp.sum(jnp.log1p(jnp.exp(-y * (X @ w))))",
        "sum(log(1 + exp(-y .* (X*w))))",
        "sum(log.(1 .+ exp.(-y .* (X*w))))",
        "sum(log(1 + exp(-y * (X %*% w))))",
    ]),
    "one layer": ("W", "2 * ((np.tanh(W @ x) - y) * (1 - np.tanh(W @ x)**2)) @ x.T", [
        "||h - y||^2 where h = tanh(Wx)",
        "let h = tanh(Wx), then ||h - y||^2",
        r"L = \|h - y\|^2, \quad h = \tanh(Wx)",
        r"\|\tanh(Wx) - y\|_2^2",
        "h = np.tanh(W @ x); np.sum((h - y)**2)",
        "h = torch.tanh(W @ x)\nloss = (h - y).pow(2).sum()",
        "lambda W: jnp.sum((jnp.tanh(W @ x) - y)**2)",
        "def f(W):\n    h = np.tanh(W @ x)\n    return ((h - y)**2).sum()",
        "h = tanh.(W*x); sum(abs2, h - y)",
        "sum((tanh(W %*% x) - y)^2)",
    ]),
    "factors": ("P", "-2 * (R - P @ Q.T) @ Q", [
        "||R - PQ'||_F^2", r"\|R - PQ^\top\|_F^2", r"\sum_{i,j} (R_{ij} - p_i^T q_j)^2",
        r"\sum_{(i,j)} (R_{ij} - p_i^\top q_j)^2", "np.linalg.norm(R - P @ Q.T, 'fro')**2",
        "((R - P @ Q.t())**2).sum()", "norm(R - P*Q', 'fro')^2", "sum((R - P*Q').^2)",
        "norm(R - P %*% t(Q), 'F')^2",
    ]),
    "ridge": (r"\beta", "2 * X.T @ (X @ beta - y) + 2 * lam * beta", [
        r"\|y - X\beta\|^2 + \lambda\|\beta\|^2", "||y - X beta||^2 + lambda ||beta||^2",
        "‖y − Xβ‖² + λ βᵀβ", "(y - Xβ)'(y - Xβ) + λβ'β",
        "np.sum((y - X @ beta)**2) + lam * beta.T @ beta",
        "norm(y - X*beta)^2 + lambda*norm(beta)^2",
        "sum((y - X %*% beta)^2) + lambda * sum(beta^2)",
        ("||y - X beta||^2 + 0,5 ||beta||^2", "a decimal point is a dot"),
    ]),
    "inverse": ("b", "(np.linalg.inv(A) + np.linalg.inv(A).T) @ b", [
        "b'A⁻¹b", "b^T A^{-1} b", r"b^\top A^{-1} b", "b'*(A\\b)", "b'*inv(A)*b", "dot(b, A\\b)",
        "t(b) %*% solve(A) %*% b", "t(b) %*% solve(A, b)", "b.T @ np.linalg.inv(A) @ b",
        "b.T @ np.linalg.solve(A, b)", "b.t() @ torch.inverse(A) @ b",
    ]),
    "bias": ("b", "2 * (X @ W + np.ones((len(X), 1)) @ b.T - Y).T @ np.ones((len(X), 1))", [
        "||XW + 1b^T - Y||^2", "||XW + 𝟏bᵀ − Y||²", r"\|XW + \mathbf{1} b^\top - Y\|_F^2",
        r"\sum_i \|W^T x_i + b - y_i\|^2", "np.sum((X @ W + b.T - Y)**2)",
        ("sum((1 - XWb).^2) + sum(xz)", "for entries times entries"),
    ]),
}  # fmt: skip
SPELLINGS = [(name, text) for name, (_, _, texts) in LOSSES.items() for text in texts]


@cache
def right(wrt, gradient, loss):
    return diagnose(gradient, wrt, loss).verdict == "right"


@pytest.mark.parametrize(("name", "text"), SPELLINGS)
def test_a_loss_in_any_spelling_has_its_gradient_or_is_refused_for_a_reason(name, text):
    wrt, gradient, _ = LOSSES[name]
    if isinstance(text, tuple):
        with pytest.raises(AlgebraError) as error:
            derive(text[0], wrt)
        assert text[1] in str(error.value)
        return
    assert right(wrt, gradient, text), derive(text, wrt).read_as
