"""Sums over samples are read in matrix form, and letters give up a habit where one reading fits."""

import random

import numpy as np
import pytest

from wuv import derive, diagnose
from wuv.algebra import AlgebraError, Sizes, evaluate, read_latex, walk
from wuv.derivation.prepare import read_loss
from wuv.derivation.samples import in_matrix_form

# A loss, its variable, and the gradient
SAMPLES = [
    (r"\sum_i (w^T x_i - y_i)^2", "w", "2 * X.T @ (X @ w - y)"),
    (r"\frac1N\sum_i (y_i - w^\top x_i)^2", "w", "-2 / N * X.T @ (y - X @ w)"),
    (r"\frac{1}{2N} \sum_{n=1}^N (t_n - w^T x_n)^2", "w", "-X.T @ (t - X @ w) / N"),
    (r"\sum_{i=1}^n (y_i - x_i^T w)^2 + \lambda\|w\|^2", "w",
     "-2 * X.T @ (y - X @ w) + 2 * lam * w"),
    ("sum_i (w'x_i - y_i)^2", "w", "2 * X.T @ (X @ w - y)"),
    ("sum (w'x_i - y_i)^2", "w", "2 * X.T @ (X @ w - y)"),
    ("Σ (w^T x_i - y_i)^2", "w", "2 * X.T @ (X @ w - y)"),
    ("Σᵢ (wᵀxᵢ − yᵢ)²", "w", "2 * X.T @ (X @ w - y)"),
    (r"\sum (w^T x_i - y_i)^2", "w", "2 * X.T @ (X @ w - y)"),
    ("sum((X[i] @ w - y[i])**2 for i in range(n))", "w", "2 * X.T @ (X @ w - y)"),
    ("sum((X[i] @ w - y[i])**2 for i in range(len(y)))", "w", "2 * X.T @ (X @ w - y)"),
    (r"\sum_i |w^T x_i - y_i|", "w", "X.T @ np.sign(X @ w - y)"),
    (r"\sum_i \|W x_i - y_i\|^2", "W", "2 * (W @ X.T - Y.T) @ X"),
    (r"\sum_{i=1}^N \|W x_i + b - y_i\|_2^2", "b",
     "2 * (W @ X.T + b @ np.ones((1, N)) - Y.T) @ np.ones((N, 1))"),
    (r"\sum_i \|x_i - \mu\|^2", "mu",
     "-2 * (X.T - mu @ np.ones((1, len(X)))) @ np.ones((len(X), 1))"),
    (r"\sum_i \log(1 + \exp(-y_i w^T x_i))", "w", "-X.T @ (y / (1 + np.exp(y * (X @ w))))"),
    (r"-\sum_i \left[y_i \log \sigma(w^T x_i) + (1 - y_i) \log(1 - \sigma(w^T x_i))\right]", "w",
     "X.T @ (1 / (1 + np.exp(-X @ w)) - y)"),
    (r"\sum_{ij} (R_{ij} - p_i^T q_j)^2", "P", "-2 * (R - P @ Q.T) @ Q"),
    (r"\sum_{(i,j)} (r_{ij} - p_i^T q_j)^2", "P", "-2 * (r - P @ Q.T) @ Q"),
    (r"\sum_i \sum_j (x_i^T z_j)^2", "X", "2 * X @ Z.T @ Z"),
    (r"\sum_{i \in S} (w^T x_i - y_i)^2", "w", "2 * X.T @ (in_S * (X @ w - y))"),
    (r"\sum_{(i,j) \in K} (R_{ij} - u_i^T v_j)^2", "U", "-2 * (In_K * (R - U @ V.T)) @ V"),
    (r"\sum_{j \ne t} (w_j^T x)^2", "x", "2 * W.T @ ((1 - at_t) * (W @ x))"),
    (r"\sum_{j \ne t} \max(0, w_j^T x - w_t^T x + 1)", "W",
     "((1 - at_t) * (W @ x - at_t.T @ W @ x + 1 > 0)) @ x.T"
     " - np.sum((1 - at_t) * (W @ x - at_t.T @ W @ x + 1 > 0)) * at_t @ x.T"),
    (r"\sum_{j \ne t} (s_j - s_t)^2", "s", "2 * (s - at_t.T @ s) * (1 - at_t)"
     " - 2 * np.sum((s - at_t.T @ s) * (1 - at_t)) * at_t"),
    (r"\sum_k 1\{y=k\} w_k^T x", "x", "W.T @ at_y"),
    (r"-\sum_i \sum_k \mathbb{1}[y_i = k] w_k^T x_i", "W", "-At_y.T @ X"),
    (r"\sum_i \alpha_i (w^T x_i)", "alpha", "X @ w"),
    (r"\frac{1}{m} \sum_{i=1}^m [(ah^{(i)} + c) - t^{(i)}]^2", "a",
     "2 / m * h.T @ (a * h + c - t)"),
    (r"\sum_{i=1}^m (w^T x^{(i)} - y^{(i)})^2", "w", "2 * X.T @ (X @ w - y)"),
    (r"\sum_i (\sum_j w_{ij} u_j)^2", "u", "2 * w.T @ w @ u"),
    (r"\sum_i (w^T \phi_i - t_i)^2", "w", "2 * Phi.T @ (Phi @ w - t)"),
    (r"\sum_{ij} A_{ij} x_i x_j", "x", "(A + A.T) @ x"),
    (r"\sum_{i,j} W_{ij} (f_i - f_j)^2", "W",
     "(f @ np.ones((1, len(f))) - np.ones((len(f), 1)) @ f.T)**2"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "wrt", "gradient"), SAMPLES)
def test_the_gradient_of_a_sum_over_samples_has_no_sum(loss, wrt, gradient):
    found = derive(loss, wrt)
    assert not {"sigma", "basis"} & {x.op for x in walk(found.gradient)}
    assert diagnose(gradient, wrt, loss).verdict == "right"


def test_what_is_a_row_of_which_matrix_is_said():
    found = derive(r"\sum_{i \in S} (w^T x_i - y_i)^2", "w").read_as
    assert "; x_i is the i-th row of X, as a column; " in found
    assert found.endswith("in_S is 1 for what is in S and else 0.")
    assert "row of x" in derive(r"\sum_i (w^T x_i)^2", "w", "x:m,n; w:n,1").read_as
    assert "at_t is 1 at t and else 0" in derive(r"\sum_{j \ne t} (w_j^T x)^2", "x").read_as
    assert "row of" not in derive(r"\sum_i a_i b_i", "a").read_as


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"-2\sum_i (y_i - w^T x_i) x_i", "right"),
        ("-2 sum_i (y_i - w'x_i) x_i", "right"),
        ("-2X'(y - Xw)", "right"),
        ("-2*X.T @ (y - X @ w)", "right"),
        (r"2\sum_i (y_i - w^T x_i) x_i", "wrong"),
        (r"-2\sum_i (y_i - w^T x_i) x_i^T", "layout"),
        (r"-2 (y_i - w^T x_i) x_i", "unreadable"),
    ],
)
@pytest.mark.parametrize("loss", [r"\sum_i (y_i - w^T x_i)^2", "||y - Xw||^2"])
def test_an_answer_may_be_a_sum_over_samples(answer, verdict, loss):
    assert diagnose(answer, "w", loss).verdict == verdict


PARTS = ["a_i", "a_i b_i", "(Ab)_i", "c_i", "(b_i - a_i)", r"\|A^T e_i\|^2", "e_i^T A b", "2",
         "b^T A^T e_i", "A_{ij}", "b_j", "(a_i - c_j)", "e_j^T A^T e_i", "(a^T A^T)_j", "3^2",
         r"\tfrac{a_i}{2}", r"(e_i^T A e_j)^2"]  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_a_matrix_form_has_the_value_of_the_sum(seed):
    draw = random.Random(seed)
    done = 0
    while done < 5:
        terms = [
            " ".join(draw.sample(PARTS, draw.randint(1, 3))) for _ in range(draw.randint(1, 2))
        ]
        loss = rf"\sum_{{ij}} \left({draw.choice(['+', '-']).join(terms)}\right)"
        shapes = {"A": ("m", "n"), "a": ("m", 1), "b": ("n", 1), "c": ("m", 1)}
        try:
            tree = Sizes(shapes).annotate(read_latex(loss, shapes))
        except AlgebraError:
            continue
        sizes = {"m": draw.randint(1, 3), "n": draw.randint(1, 3)}
        values = {
            k: np.array(
                [draw.randint(-3, 3) for _ in range(sizes[s[0]] * sizes.get(s[1], 1))], dtype=object
            ).reshape(sizes[s[0]], sizes.get(s[1], 1))
            for k, s in shapes.items()
        }
        found = in_matrix_form(tree)
        try:
            wanted = evaluate(tree, sizes | values)
        except AlgebraError:
            continue
        assert np.ravel(evaluate(found, sizes | values, book=True)) == np.ravel(wanted), loss
        done += 1


# Habits

FITS = [
    ("||X beta - y||^2", "beta", "2 * X.T @ (X @ beta - y)"),
    (r"\|y - X\beta\|^2", r"\beta", "-2 * X.T @ (y - X @ beta)"),
    (r"(x - \mu)^T \Sigma^{-1} (x - \mu)", "mu",
     "-(np.linalg.inv(Sigma) + np.linalg.inv(Sigma).T) @ (x - mu)"),
    ("||Wt - k||^2", "t", "2 * W.T @ (W @ t - k)"),
    ("||Ac - r||^2", "c", "2 * A.T @ (A @ c - r)"),
    ("np.sum((A @ t - c)**2)", "t", "2 * A.T @ (A @ t - c)"),
    ("b @ b", "b", "2 * b"),
    ("y @ X @ w", "w", "X.T @ y"),
    ("np.dot(w, x) - b", "w", "x"),
    ("w^T x + b", "w", "x"),
    ("(w^T x + b - y)^2", "w", "2 * (w.T @ x + b - y) * x"),
    ("log(1 + exp(-y w'x))", "w", "-y / (1 + np.exp(y * (w.T @ x))) * x"),
    ("t^T t", "t", "2 * t"),
    ("np.mean((t - t_hat)**2)", "t_hat", "2 * (t_hat - t) / len(t)"),
    (r"Z^TBZ; Z\in\mathbb{R}^n", "Z", "(B + B.T) @ Z"),
    (r"J(\beta) = (A\beta - c)^T(A\beta - c), where A \in \mathbb{R}^{m \times n}", "beta",
     "2 * A.T @ (A @ beta - c)"),
    (r"SSE(\theta) = (A^{\top}\theta-c)^2+\mu\theta^{\top}\theta", "theta",
     "2 * A @ (A.T @ theta - c) + 2 * mu * theta"),
    ("||uW - v||^2", "u", "2 * (u @ W - v) @ W.T"),
    (r"\|\mu\|^2", "mu", "2 * mu"),
    ("c ||x||^2", "x", "2 * c * x"),
    ("xtAx", "x", "(A + A.T) @ x"),
    ("xTAx + bTx", "x", "(A + A.T) @ x + b"),
    ("||Ba^ta||^2", "a", "4 * (a.T @ a) * np.sum(B * B) * a"),
    ("||XW + 1b^T - Y||^2", "b", "2 * (XW + 1b^T - Y)^T 1"),
    (r"\frac12\|W_2 \tanh(W_1 x + b_1) + b_2 - y\|^2", "b_2", r"W_2 \tanh(W_1 x + b_1) + b_2 - y"),
    (r"\sum_i w_i x_i^2", "w", "x**2"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "wrt", "gradient"), FITS)
def test_a_letter_gives_up_its_habit_where_the_loss_fits_in_one_way(loss, wrt, gradient):
    assert diagnose(gradient, wrt, loss).verdict == "right"


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("sum(xz)", "this fits with x a number, or with z a number; for entries times entries type "
         "x·z: say which, as in shapes='x:', --shapes"),
        ("||y - (a x + b)||^2", "with a a number, or with x a number"),
        ("||uv - W||^2", "say so, as in shapes='u:n,1; v:n,1; W:m,n', --shapes"),
        (r"\|cY\|^2", "fits with c a row, or with c a number: say which, as in shapes='c:1,n'"),
        ("sum((w'x - y)^2)", "--shapes"),
        (r"\sum_i (w^T \phi(x_i) - t_i)^2", "phi() is not written out"),
        ("||f(x) - y||^2", "f() is not written out"),
        (r"\sum_{i \ne j} (x_i - x_j)^2", "is j fixed, or does it run, too"),
        (r"\sum_i 1\{y=3\} x_i", "only those such as 1{y = k} in a sum over k can be read"),
    ],
)  # fmt: skip
def test_what_fits_in_two_ways_or_none_is_refused_with_how_to_say_it(loss, words):
    with pytest.raises(AlgebraError) as error:
        read_loss(loss)
    assert words in str(error.value)


def test_what_is_declared_keeps_its_sizes():
    assert read_loss("t't", "t:").shapes == {"t": ()}
    with pytest.raises(AlgebraError, match="a sum must have equal shapes"):
        read_loss("||X beta - y||^2", "X:m,n; beta:; y:m,1")
