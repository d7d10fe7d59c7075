"""Losses whose value and gradient are written out for every language, and points to run them at."""

from functools import cache

from wuv import derive
from wuv.derivation.prepare import read_loss
from wuv.derivation.trials import trials

LOSSES = [
    ("np.linalg.norm(W @ u - v)**2", "u", None),
    ("np.linalg.norm(W @ u - v)**2", "W", "W:m,n; u:n; v:m"),
    ("np.linalg.norm(W @ U - V)**2 / len(V)", "W", "W:m,n; U:n,k; V:m,k"),
    ("np.linalg.norm(X)", "X", None),
    ("x.T @ A.T @ A @ x + t * np.sum(x)", "x", "x:n,1; A:m,n; t:"),
    ("np.sum(np.log(1 + np.exp(-y * (X @ w))))", "w", None),
    ("np.mean((X @ W + np.outer(np.ones(len(X)), b))**2)", "b", "X:m,n; W:n,k; b:k"),
    ("np.mean((X @ W + b)**2)", "W", "X:m,n; W:n,k; b:k"),
    ("a^T X^{-1} b", "X", None),
    ("log det(X) + tr(X^3) - det(X)/7", "X", None),
    ("tr(A X B) + <X, C>", "X", "A:k,m; X:m,n; B:n,k; C:m,n"),
    ("sum(tanh(A x) * sin(x) / cos(x))", "x", "A:n,n; x:n,1"),
    ("sum(tanh(A x) * sin(x))", "A", "A:n,n; x:n"),
    ("sum(sqrt(x) + abs(x)) - x^T log(x)", "x", None),
    ("norm(kron(a, x))^2 + kron(a, b)^T vec(x a^T)", "x", "a:2,1; x:3,1; b:3,1"),
    ("kron(a, b)^T vec(X) + sum(kron(A, X))", "X", "a:2,1; b:3,1; X:3,2; A:m,n"),
    ("x^T diag(y) x + sum(diag(A))", "x", "x:n,1; y:n,1; A:n,n"),
    ("x^T diag(y) x + sum(diag(A))", "A", "x:n,1; y:n,1; A:n,n"),
    ("sum_i exp((A x)_i) (A x)_i", "x", None),
    ("sum_i x_i^2 a_i", "x", None),
    ("A_{12} x_1 + x_2", "A", "A:m,n; x:m,1"),
    ("lam * norm(x)**2 / 2 + sigmoid(x^T a) / x_1", "x", "lam:; x:n,1; a:n,1"),
    ("tr((X^T X + I)^{-1})", "X", None),
    ("sum(x**3 / (1 + x**2))", "x", "x:n"),
    ("exp(t) * sum(x) + sqrt(t) - 1/t", "t", "t:; x:n"),
    ("logsumexp(A x) + y^T log(softmax(x))", "x", "A:m,n; x:n,1; y:n,1"),
    ("np.sum(np.log(np.sum(np.exp(X @ W), axis=1)))", "W", "X:m,n; W:n,k"),
    ("np.sum(np.max(X @ W, axis=1)) + np.max(X @ W)", "W", "X:m,n; W:n,k"),
    ("sum(maximum(x, 0)) + sum(minimum(x, y) * y) + max(x)", "x", "x:n,1; y:n,1"),
    ("np.std(x) + np.var(x) + np.prod(x)", "x", "x:n"),
    ("np.sum(np.std(X, axis=1)) + np.sum(np.prod(X, axis=0))", "X", "X:m,n"),
    ("np.sum(np.cumsum(x) * y)", "x", "x:n; y:n"),
    ("sum(softplus(A x)) + sum(log1p(x) + expm1(x) + arctan(x))", "x", "A:m,n; x:n,1"),
    ("sum(tan(x) + sinh(x) + cosh(x) + arcsin(x) + log2(x) + log10(x))", "x", "x:n,1"),
    ("sum(arcsinh(x) * arctanh(x) + arccos(x)) + sum(cbrt(x))", "x", "x:n,1"),
    ("tr(expm(A X / 50)) + norm(x, 1) + norm(x, inf)", "X", "A:n,n; X:n,n; x:n,1"),
    ("norm(x, 3) + norm(x, 1)", "x", "x:n,1"),
    ("np.sum(np.linalg.norm(X, axis=1)) + np.log(abs(np.linalg.det(A @ X)))", "X", "X:n,n; A:n,n"),
    ("np.sum(x @ Y @ np.ones((len(z), 3)))", "x", "x:m; Y:m,n; z:n"),
]  # fmt: skip
# MATLAB has no spelling for these, or not for their slopes.
SPECTRA = [
    ("np.linalg.norm(X, 'nuc')", "X", "X:m,n"),
    ("np.linalg.norm(X, 2)", "X", "X:m,n"),
    ("np.sum(np.linalg.eigvalsh(X + X.T)**2)", "X", "X:n,n"),
]
CASES = (
    "np.sum(np.where(x > 0, x**2, 2 * x))",
    "x",
    "x:n",
)  # which MATLAB has no spelling for, nor for the slopes of these


@cache
def derived(loss, wrt, shapes):
    """The derivation of a loss, the names of its function's arguments with arrays, and what these
    give there: the function's own value and gradient."""
    found = derive(loss, wrt, shapes)
    given = read_loss(loss, shapes, None, wrt)
    arrays = trials(given.read, given.shapes, found.wrt, given.book)[0].case.arrays
    arrays = {key: arrays[key] for key in found.arguments}
    return found, arrays, found.function()(**arrays)
