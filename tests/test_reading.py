"""What people type is read as what it says, or refused with what to do; nothing is dropped."""

import itertools
import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import scipy.special
from gradients import GRADIENTS
from test_derive import TYPED

from wuv import derive, diagnose
from wuv.__main__ import main
from wuv.algebra import (
    AlgebraError,
    Expr,
    Unreadable,
    declare,
    evaluate,
    free_names,
    read_display,
    read_latex,
    read_numpy,
    rebuild,
    to_latex,
    to_numpy,
    to_text,
)
from wuv.algebra.elementwise import COMPARISONS
from wuv.algebra.functions import FUNCTIONS, METHODS, WORDS
from wuv.algebra.language import read_text
from wuv.algebra.meant import plain
from wuv.algebra.typed import read_typed
from wuv.derivation.prepare import read_loss
from wuv.derivation.trials import trials
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.diagnosis.rightness import is_right
from wuv.equations.pages import displays

HERE = Path(__file__).parent
CASES = [
    json.loads(line)
    for line in (HERE / "cases" / "gradients.jsonl").read_text("utf-8").splitlines()
]
LOSSES = [(x["id"], x["loss"], x["wrt"], x["shapes"]) for x in CASES]
LOSSES += [(row[0], *row[2:]) for row in GRADIENTS]
# With their declared letters, what NumPy would call by these names and could not know.
REFUSED = {
    "w.sm_const": "is not in the loss",
}

# Every function, every place and every keyword

A = np.array([[2, 1], [1, 3]], dtype=object)
X = np.array([[1, 2], [3, -1], [0, 4]], dtype=object)
W = np.array([1, 2, 4])
VALUES = {"A": A, "X": X, "w": W, "t": 2}
WANTED = {  # arguments that each function can work on
    **dict.fromkeys(("matmul", "dot", "inner", "solve"), "A, A"),
    **dict.fromkeys(("trace", "inv", "det", "matrix_power"), "A"),
    **dict.fromkeys(("vdot", "outer", "kron", "add", "subtract", "multiply"), "w, w"),
    **dict.fromkeys(("divide", "true_divide", "power", "pow"), "w, w"),
    **dict.fromkeys(("maximum", "minimum", "logaddexp", *COMPARISONS), "w, w"),
    **dict.fromkeys(("arcsin", "arccos", "arctanh", "asin", "acos", "atanh"), "w / 8"),
    **dict.fromkeys(("logical_and", "logical_or"), "w > 1, w < 3"),
    "logical_not": "w > 1",
    "where": "w > 1, w, w",
    "clip": "w, 2, 3",
    "heaviside": "w, 0",
    "polygamma": "1, w",
    "betaln": "w, w",
    "huber": "2, w",
    **dict.fromkeys(
        ("hypot", "float_power", "xlogy", "rel_entr", "kl_div", "fmax", "fmin"), "w, w"
    ),
    "logit": "w / 8",
    "einsum": "'i,i->', w, w",
    "tensordot": "w, w, 1",
    "multi_dot": "[A, A]",
    "block": "[[A, A]]",
    **dict.fromkeys(("vstack", "hstack", "column_stack", "concatenate"), "[w, w]"),
    **dict.fromkeys(("expm", "logm", "sqrtm", "cosm", "sinm", "eigvalsh"), "A"),
    **dict.fromkeys(("float", "item", "eye", "identity", "ones", "zeros"), "t"),
    "matrix_power": "A, 2",
    "reshape": "X, -1",
    "array": "[[1, 2]]",
    "asarray": "[[1, 2]]",
}
MORE = ("0", "1", "2", "-1", "None", "True", "'fro'", "'nuc'", "'F'", "np.inf", "(1, 0)", "(-1, 1)")
KEYWORDS = [
    *(f"axis={x}" for x in ("0", "1", "-1", "None", "(0, 1)", "True")),
    *(f"ord={x}" for x in ("1", "2", "3", "np.inf", "-np.inf", "'fro'", "'nuc'", "None")),
    *(f"keepdims={x}" for x in ("True", "False", "1")),
    *(f"order={x}" for x in ("'C'", "'F'", "'K'")),
    *(f"dtype={x}" for x in ("int", "float", "object", "bool")),
    "out=None", "where=True", "k=1", "offset=1", "N=2", "M=3", "n=2", "axes=(1, 0)", "initial=1",
    "axis1=1", "ddof=1", "copy=False", "newshape=(-1,)", "shape=(-1,)", "rcond=1", "nonsense=1",
]  # fmt: skip


CALLED = {
    "sigmoid": scipy.special.expit,
    "softplus": lambda x: np.logaddexp(0, x),
    "relu": lambda x: np.maximum(x, 0),
    "lgamma": scipy.special.gammaln,
    "logaddexp_reduce": np.logaddexp.reduce,
    "tensordot": np.tensordot,  # np.linalg's takes no axes by their place
    **{op: getattr(scipy.linalg, op) for op in ("expm", "logm", "sqrtm", "cosm", "sinm")},
}


def called(function):
    """What NumPy calls by this name."""
    if function in CALLED:
        return CALLED[function]
    if hasattr(scipy.special, function) and not hasattr(np, function):
        return getattr(scipy.special, function)
    if function in ("float", "len", "pow"):
        return {"float": float, "len": len, "pow": np.power}[function]
    if function in ("item", "flatten"):
        return lambda x, *args, **keywords: getattr(np.asarray(x), function)(*args, **keywords)
    return getattr(np.linalg, function, None) or getattr(np, function)


def real(function, text):
    """What real NumPy makes of a call that this test wrote; None where it refuses."""
    floats = {k: np.asarray(x, dtype=float) if np.ndim(x) else x for k, x in VALUES.items()}
    try:
        return np.asarray(eval(text, {"np": np, function: called(function), **floats}), dtype=float)
    except (TypeError, ValueError, IndexError, AttributeError):
        return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_argument_of_any_function_is_dropped(function):
    """In every place and by every name: what is read has NumPy's value, the rest is refused."""
    first = WANTED.get(function, "w" if function != "trace" else "A")
    read, texts = 0, [first]
    texts += [f"{first}, {x}" for x in (*MORE, *KEYWORDS)]
    texts += [f"{first}, {x}, {y}" for x, y in itertools.product(MORE, MORE[:6])]
    texts += [f"{first}, 0, None, None, True", f"{first}, {first}, {first}", ""]
    for arguments in texts:
        text = f"{function}({arguments})"
        try:
            tree = read_numpy(f"np.{text}" if function not in ("len", "float", "pow") else text)
        except Unreadable:
            continue
        wanted = real(function, text)
        try:
            found = np.asarray(evaluate(tree, VALUES), dtype=float)
        except AlgebraError:
            assert arguments != first
            continue
        assert wanted is not None, f"NumPy refuses {text}"
        assert found.shape == wanted.shape, text
        assert np.allclose(found, wanted), text
        read += 1
    assert read, "even the plain call was refused"


@pytest.mark.parametrize("function", sorted({*WORDS} - {"array", "asarray", "reshape"}))
def test_a_function_takes_the_same_where_it_is_typed_by_hand(function):
    first = WANTED.get(function, "A")
    for more in ("", *(f", {x}" for x in (*MORE, *KEYWORDS))):
        text = f"{function}({first}{more})"
        try:
            read_typed(text, {"A": None, "w": None, "t": None})
        except AlgebraError:
            continue
        text = text.replace("norm(A, 'F')", "norm(A, 'fro')")  # R's
        if function in FUNCTIONS:
            read_numpy(text if function in ("len", "float", "pow") else f"np.{text}")
        elif function not in ("crossprod", "tcrossprod"):  # R's, which take one or two
            assert not more, text


@pytest.mark.parametrize("function", sorted(METHODS))
def test_a_method_takes_what_its_function_takes(function):
    for more in ("", "0", "axis=0", "nonsense=1"):
        if function in ("dot", "reshape"):
            continue
        sides = []
        for text in (f"A.{function}({more})", f"np.{function}(A{more and ', '}{more})"):
            try:
                sides.append(read_numpy(text))
            except Unreadable:
                sides.append(None)
        assert sides[0] == sides[1]


# What was misread

MISREAD = [  # a loss, the variable, the shapes; and the gradient, or behind a ! what is said
    ("np.linalg.norm(x, 1)", "x", None, "np.sign(x)"),
    ("np.linalg.norm(x, 3)", "x", None, "np.sign(x) * x**2 / np.linalg.norm(abs(x.ravel()), 3)**2"),
    ("np.linalg.norm(x, np.inf)", "x", None, "np.sign(x) * (abs(x) == abs(x).max())"),
    ("np.linalg.norm(X, 'nuc')", "X", None, "scipy.linalg.polar(X)[0]"),
    ("norm(x, 1)", "x", None, "np.sign(x)"),
    ("np.linalg.norm(x, 'max')", "x", None, "!norm() has the orders"),
    ("np.linalg.norm(x, -1)", "x", None, "!norm() has the orders"),
    ("np.linalg.norm(x, axis=0)^2", "x", None, "2 * x"),
    ("np.sum(X, axis=None, axis=0)", "X", None, "!sum() gets axis twice"),
    ("np.trace(X, 1)", "X", None, "!trace() takes a here, and no more"),
    ("np.random.sum(X)", "X", None, "!np.random.sum() is not in the language"),
    ("||h||^2 where h = Bx - c", "x", None, "2 * B.T @ (B @ x - c)"),
    ("h^T k where h = Bx, k = Cx", "x", None, "(B.T @ C + C.T @ B) @ x"),
    ("c_hat^T c_hat where c_hat = B h", "h", None, "2 * B.T @ B @ h"),
    ("z = W @ u; r = z - v; r.T @ r", "u", None, "2 * W.T @ (W @ u - v)"),
    ("||La||^2", "L", None, "2 * L @ a @ a.T"),
    ("||La||^2", "L", "L:; a:n", "np.linalg.norm(a)**2 * 2 * L"),
    (r"\lVert La\rVert^2", "L", None, "2 * L @ a @ a.T"),
    ("tr(dG^T B C^T)", "C", None, "dG.T @ B"),
    (r"\operatorname{tr}(dG^\top B C^\top)", "C", None, "dG.T @ B"),
    ("sum(dG * (B C))", "C", None, "B.T @ dG"),
    ("log|S|", "S", None, "np.linalg.inv(S).T"),
    ("-1/2 log|S|", "S", None, "-0.5 * np.linalg.inv(S).T"),
    ("|B^T B|", "B", None, "2 * np.linalg.det(B.T @ B) * B @ np.linalg.inv(B.T @ B)"),
    ("|W|", "W", None, "!is a norm or a determinant"),
    (
        "a·b/(|a|·|b|)", "a", None,
        "b / (np.linalg.norm(a) * np.linalg.norm(b))"
        " - a.T @ b / (np.linalg.norm(a)**3 * np.linalg.norm(b)) * a",
    ),
    ("s^t", "s", "s:; t:", "t * s**(t - 1)"),
    ("sum(x^t)", "x", "x:n; t:", "t * x**(t - 1)"),
    ("s**t", "s", "s:; t:", "t * s**(t - 1)"),
    ("det(AXB)", "X", "A:n,n; X:n,n; B:n,n", "np.linalg.det(A @ X @ B) * np.linalg.inv(X).T"),
    ("sum(xz)", "x", "x:; z:n", "np.sum(z)"),
    ("det(A + tB)", "t", "A:n,n; B:n,n; t:",
     "np.linalg.det(A + t * B) * np.trace(np.linalg.inv(A + t * B) @ B)"),
    ("np.trace(AXB)", "X", "A:n,n; X:n,n; B:n,n", "A.T @ B.T"),
    ("||Wu - v||^2", "z", "z:n", "!it was read as ‖Wu − v‖²"),
    (r"\vert\vert A - XX^\top \vert\vert_F^2", "X", None,
     "-2 * (A - X @ X.T + (A - X @ X.T).T) @ X"),
    (r"\lvert\lvert Wu - v \rvert\rvert^2", "u", None, "2 * W.T @ (W @ u - v)"),
    (r"\lvert\lvert s\rvert - 2\rvert", "s", "s:", "np.sign(np.abs(s) - 2) * np.sign(s)"),
    (r"\mathrm{ReLU}(w^T x)", "x", None, "(w.T @ x > 0) * w"),
    (r"\operatorname{ELU}(Wx)", "x", None, "!ELU() is not in the language"),
    (r"\sum_{i=1}^{m} (x_i - \nu)^T A^{-1}(x_i - \nu)", "nu", "X:m,n; nu:n,1; A:n,n",
     "-(np.linalg.inv(A) + np.linalg.inv(A).T) @ (X - nu.T).sum(0).reshape(-1, 1)"),
    (r"-\sum{\log(\sigma(t_i\textbf v^T\textbf z_i))}", "v", "Z:m,n; v:n,1; t:m,1",
     "-Z.T @ (t / (1 + np.exp(t * (Z @ v))))"),
    ("log(1 + exp(-y w'x))", "w", None, "-y * x / (1 + np.exp(y * (w.T @ x)))"),
    ("(qtBq)/(qtq)", "q", None, "(B + B.T) @ q / (q.T @ q) - 2 * q * (q.T @ B @ q) / (q.T @ q)**2"),
    (r"\frac{p\cdot q}{\sqrt{p^2\cdot q^2}}", "q", None,
     "p / np.sqrt(p.T @ p * (q.T @ q)) - q * (p.T @ q) / (np.sqrt(p.T @ p) * (q.T @ q)**1.5)"),
    (r"\lVert B - I \otimes Z\rVert^2", "Z", None, "!the size k cannot be told"),
    (r"\operatorname{Tr}(AB)", "A", None, "B.T"),
    (r"\text{tr}(AB)", "A", None, "B.T"),
    ("sum(relu(Wx))", "x", None, "W.T @ (W @ x > 0)"),
    ("1/N sum (y - Xw)^2", "w", None, "2 / N * X.T @ (X @ w - y)"),
    ("sum((y - X*w)^2)", "w", None, "2 * X.T @ (X @ w - y)"),
    ("np.linalg.norm(w.T @ x - y)", "w", "w:n,1; x:n,1; y:", "np.sign(w.T @ x - y) * x"),
    ("np.array([[3, 5]]) @ x", "x", None, "np.array([[3], [5]])"),
    ("np.sum(x**y)", "x", None, "y * x**(y - 1)"),
    ("w[0]^2", "w", None, "!for an entry type x_1"),
    ("x & y", "x", None, "!'&' cannot be read here"),
    ("x'y & x'x", "x", None, "!'&' cannot be read here"),
    ("x $ y", "x", None, "!'$' cannot be read here"),
    ("x ` y", "x", None, "!'`' cannot be read here"),
    ("||Wu||^2 = 2u'u", "u", None, "!||Wu||^2 = 2u'u is an equation, not a loss: type one side"),
    ("||Wu - v||^2 = r'r", "u", None, "!is an equation, not a loss"),
    ("L = ||Wu - v||^2 = (Wu - v)^T(Wu - v)", "u", None, "2 * W.T @ (W @ u - v)"),
    ("J(u) = u'Au = u'A'u", "u", None, "(A + A.T) @ u"),
    (r"L &= \lVert Wu\rVert^2 \\ &= u^\top W^\top Wu", "u", None, "2 * W.T @ W @ u"),
    ("tr exp(A)", "A", None, "!type expm(A), or exp.(A)"),
    ("tr(A log A)", "A", None, "!type logm(A), or log.(A)"),
    (r"\operatorname{tr}(\log A)", "A", None, "!may be the function of a matrix"),
    ("tr(exp.(A))", "A", None, "np.exp(A) * np.eye(len(A))"),
    ("tr(B exp(A))", "A", None, "np.exp(A) * B.T"),
    ("1/2(x'Ax)", "x", None, "(A + A.T) @ x / 2"),
    ("1/2(x'x)", "x", None, "x"),
    ("1/2(||x||^2)", "x", None, "x"),
    ("norm(X,'F')^2", "X", None, "2 * X"),
    ('norm(X, "F")^2', "X", None, "2 * X"),
    ("np.sum(np.e**x)", "x", None, "np.exp(x)"),
    ("W.u·v", "u", None, "W.T @ v"),
    ("z->sum(sin.(z))", "z", None, "np.cos(z)"),
    ("@(z) norm(z)^2", "z", None, "2 * z"),
    ("Trace(A.T*B) + Trace(A.T*A)", "A", None, "B + 2 * A"),
    (r"{1 \over 2} \|x\|^2", "x", None, "x"),
    (r"\log(t)\hat{t}", r"\hat{t}", None, "np.log(t)"),
    (r"f_{\mathbf{v},c}(\mathbf{z}) = \mathbf{v} \cdot \mathbf{z} + c", "v", None, "z"),
    (r"\sqrt{|\Omega|} + z^T \Omega^{-1} z", "z", None,
     "(np.linalg.inv(Omega) + np.linalg.inv(Omega).T) @ z"),
    (r"\textbf{a}^T\textbf{Ax}", "x", None, "A.T @ a"),
    ("a.x", "x", None, "a"),
    ("x.Ax", "x", None, "(A + A.T) @ x"),
    ("||t^T||^2", "t", "t:n; T:m,n", "2 * t"),
    ("|a||x|", "x", None, "np.linalg.norm(a) / np.linalg.norm(x) * x"),
    (r"{\rm tr}(AB)", "A", None, "B.T"),
    (r"{\bf w}^{\rm T}{\bf x}", "w", None, "x"),
    ("1'|x|", "x", None, "np.sign(x)"),
    ("||Wx - ŷ||^2", "ŷ", None, "2 * (yhat - W @ x)"),
    ("||Wx - yhat||^2", "y_hat", None, r"2(\hat y - Wx)"),
    (r"\|Wx - \hat y\|^2", "x", "yhat:m,1", "2 * W.T @ (W @ x - ŷ)"),
    ("(yhat - ŷ)'z + y_hat'z", "yhat", None, "z"),
    ("np.sum((W@x - ŷ)**2)", "yhat", None, "2(ŷ - Wx)"),
    (r"\gamma^2", r"\gamma", None, "2*gamma"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "wrt", "shapes", "meant"), MISREAD)
def test_a_loss_is_read_as_what_it_says_or_refused_with_what_to_do(loss, wrt, shapes, meant):
    if meant[0] == "!":
        for ask in (lambda: derive(loss, wrt, shapes), lambda: diagnose("2", wrt, loss, shapes)):
            with pytest.raises(AlgebraError) as error:
                ask()
            assert meant[1:] in str(error.value)
        return
    found = derive(loss, wrt, shapes)
    assert diagnose(meant, wrt, loss, shapes).verdict == "right"
    assert diagnose(found.latex, wrt, loss, shapes).verdict == "right"


SHAPED = {
    "A": ("n", "n"), "B": ("n", "n"), "X": ("n", "n"), "x": ("n", 1), "a": ("n", 1), "s": (),
    "W1": ("k", "n"), "W2": ("m", "k"),
}  # fmt: skip
SAME = [  # what people mean, in NumPy; and how they type it
    ("x.T @ A @ x", "x⊤A⊤x", "x^⊤ A x", "x·Ax", r"x\cdot A x", r"\sum_{i,j} A_{ij}x_ix_j", "xᵀᵀᵀAx",
     r"\sum_{ij} x_iA_{ij}x_j",
     "let f(x) = x^T A x", r"x^\top A x % a form", "minimize x'Ax"),
    ("a.T @ x", r"\sum_i a_ix_i", "sum_i a_ix_i", "a⊤x", "a'[x]", "tr[x a']", "tr(x⊤ a)", "1a'x"),
    ("np.trace(np.linalg.inv(A).T @ B)", "tr(A^-T B)", "tr(A⁻ᵀB)", "tr(Aᵀ⁻¹B)", "tr(A⁻¹ᵀB)",
     "tr(A^{-T}B)", "tr(A^(-T)B)", "tr(A^{-⊤}B)", r"\operatorname{tr}(A^{-\top}B)"),
    ("np.sum((X - A @ B)**2)", "sum((X-A*B).^2)", "sum(sum((X .- A*B) .^ 2))",
     'norm(X - AB, "fro")^2',     "norm(X-A*B, 'fro')^2"),
    ("np.sum(A @ B @ x)", "sum(A*B*x)", "sum(A*(B*x))", "sum(ABx)"),
    ("np.sum(A * B)", "sum(A*B)", "sum(A.*B)", "sum(A⊙B)"),
    ("np.linalg.norm(W2 @ W1 @ x)**2", "||W2W1x||^2", "‖W_2W_1x‖²", "‖W₂W₁x‖²",
     r"\|W_{2}W_{1}x\|^2",     r"\|W_2W_1x\|_2^2"),
    ("0.5 * s * a.T @ x", ".5 s a'x", r"\frac s2 a^Tx", "1/2(s a)'x", r"\tfrac s2 a^\top x"),
    ("s * 0.001", "1E-3s", "1E-3*s", "1e-3 s"),
    ("np.sum(np.abs(x))", "sum|x|", "sum_i |x_i|"),
    ("np.sum(np.exp(x))", "sum(exp.(x))", "1'exp(x)", "1^T e^x", "sum exp x"),
    ("np.log(np.linalg.det(A))", "logdet(A)", "logdet A", "log|A|"),
    ("np.exp(s)", "e^s", "exp s", "exp.(s)"),
]  # fmt: skip


@pytest.mark.parametrize("meaning", [row[0] for row in SAME])
def test_what_is_typed_has_the_value_that_is_meant(meaning):
    draw = np.random.default_rng(3)
    sizes = {"m": 2, "n": 3, "k": 4}
    values = {
        k: draw.uniform(0.5, 2, [sizes.get(x, x) for x in s]).astype(object) if s else 1.5
        for k, s in SHAPED.items()
    }
    values["A"] += 2 * np.eye(3, dtype=int)
    floats = {k: np.asarray(x, dtype=float) for k, x in values.items()}
    wanted = float(np.squeeze(eval(meaning, {"np": np, **floats})))
    for text in next(row[1:] for row in SAME if row[0] == meaning):
        found = evaluate(read_loss(text, SHAPED).read, sizes | values)
        assert math.isclose(float(np.squeeze(found)), wanted), text


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("s/2 x'x + 0,5 x'x", "a decimal point is a dot"),
        ("||q||^2 where q' = Wu", "a letter stands alone"),
        ("||q||^2 where q = 2q", "defined by itself"),
        ("||q||^2, q = Wu, q = Wv", "q is defined twice"),
        ("s^1/2", "is the fraction the exponent"),
        ("(x'x)^-1/2", "is the fraction the exponent"),
        ("x_i^2", "no sum runs over i"),
        ("sum(x_i y_j)", "over which of i, j does this sum run"),
        ("sum_i w_ij", "no sum runs over j"),
        ("5'x", "a number has no transpose"),
        ("n!", "factorials"),
        ("x'x % 2", "cannot be read here"),
        ("x'x ~ 2", "cannot be read here"),
        ("(x'x)[0]", "for an entry type x_1"),
        ("1/2(a + s)", "below the slash"),
        ("sum(f.(x))", "f() is not in the language; for a product type f·(…)"),
        ("sum(softmax(AB)C)", "Type rowsoftmax(AB) or colsoftmax(AB)"),
        ("x.transpose(0, 1) @ x", "changes nothing in NumPy, and in PyTorch it is .T"),
        ("sum(Wsin(a))", "write a blank: W sin"),
    ],
)
def test_what_could_mean_two_things_is_refused(loss, words):
    with pytest.raises(AlgebraError) as error:
        read_loss(loss, {"s": (), "a": ()})
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("g = 0,5 W'(Wu-v)", "a decimal point is a dot"),
        ("dL/du = 0,5 W'(Wu-v)", "a decimal point is a dot"),
        ("2W'(Wu-v)[0]", "for an entry type x_1"),
        ("L'(u)", "this is a derivative"),
        ("|W|u", "is a norm or a determinant"),
        ("2W'r where r = r", "defined by itself"),
    ],
)
def test_an_answer_that_could_mean_two_things_is_refused(answer, words):
    found = diagnose(answer, "u")
    assert found.verdict == "unreadable"
    assert words in found.message


def test_an_e_that_is_declared_is_no_exponent():
    with pytest.raises(AlgebraError, match="is 2e-3 a number"):
        read_loss("||x||^2 + 2e-3", "x:n,1; e:")
    assert read_loss("||x||^2 + 2e-3", "x:n,1").read.args[1].data * 1000 == 2


def test_a_definition_is_never_graded():
    loss = ("||Bh - c||^2",)
    assert diagnose("2B^T g where g = Bh - c", "h", *loss).verdict == "right"
    assert diagnose("B^T g where g = 2(Bh - c)", "h", *loss).verdict == "right"
    found = diagnose("2B g where g = Bh - c", "h", *loss)
    assert found.mistake == "transpose-dropped"
    found = diagnose("B^T g where g = 2k, k = Bh - c", "h", *loss)
    assert found.verdict == "right"
    for only in ("where g = 2B^T(Bh - c)", "r = Bh - c", "residual = Bh - c"):
        found = diagnose(only, "h", *loss)
        assert found.verdict == "unreadable"
    assert diagnose("g = 2B^T(Bh - c)", "h", *loss).verdict == "right"
    assert diagnose("2B^T g, 3B^T g, g = Bh - c", "h", *loss).verdict == "unreadable"
    assert diagnose("g where g = g + 1", "h", *loss).verdict == "unreadable"


def test_a_rate_may_be_declared():
    loss = ("||Xw - y||^2", "X:m,n; w:n,1; y:m,1; lr:")
    assert diagnose("w - lr*2*X.T@(X@w - y)", "w", *loss).verdict == "right"
    assert diagnose("w - lr*2*X@(X@w - y)", "w", *loss).mistake == "transpose-dropped"


PARTS = [  # a loss that says what its letters stand for, its variable, and an answer with these
    ("||z - y||^2 where z = Wx", "W", "2(z - y)x'"),
    ("z = W@x; np.sum((z - y)**2)", "W", "2*np.outer(z - y, x)"),
    (r"Let p = \sigma(Xw). L = -y^T \log p - (1-y)^T \log(1-p)", "w", "X'(p - y)"),
    (r"p = \sigma(Xw), L = -y^T \log p - (1-y)^T \log(1-p)", "w", "X.T @ (p - y)"),
    ("L = ||e||^2\ne = Wu - v", "u", "2 W^T e"),
    ("f(x) = Ax - b, L = ||f(x)||^2", "x", "2A'(Ax - b)"),
    ("where r = Xw - y, minimize ||r||^2", "w", "2X'r"),
    ("E = ||d||^2 where d = t - y and y = Wx", "W", "-2 d x^T"),
    (r"z_1 = W_1 x, h = \tanh(z_1), L = \frac12\|W_2 h - y\|^2", "W_2", "(W_2 h - y) h^T"),
    ("def f(w):\n    r = X @ w - y\n    return r @ r", "w", "2 * X.T @ r"),
    ("||z - y||^2 where z = Wx", "W", "dz = 2(z - y), dW = dz x^T"),
    ("||WU - V||^2", "W", "2RU'"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "wrt", "answer"), PARTS)
def test_an_answer_may_have_the_letters_that_the_loss_defines(loss, wrt, answer):
    assert diagnose(answer, wrt, loss).verdict == "right"


def test_an_answer_that_is_a_chain_says_one_thing():
    assert diagnose("dL/du = 2W'(Wu - v) = 2W'Wu - 2W'v", "u").verdict == "right"
    assert diagnose("W'Wu = W'v", "u").mistake == "normal-equations"
    found = diagnose("dL/du = 2(Wu - v)'W = 2W'(Wu - v)", "u")
    assert found.verdict == "unreadable"
    assert "is an equation: type the gradient alone" in found.message


@pytest.mark.parametrize("answer", ["2*transpose(A)*(A*x-b)", "2*A'*(A*x-b)", "2*t(A)%*%(A%*%x-b)"])
def test_a_star_is_a_product_where_julia_or_matlab_is_typed(answer):
    assert diagnose(answer, "x", "||Ax - b||^2").verdict == "right"
    assert diagnose(answer, "x", "np.linalg.norm(A @ x - b)**2").verdict == "right"


def test_a_star_is_numpys_in_numpy():
    loss = ("np.linalg.norm(A @ x - b)**2", "A:m,n; x:n,1; b:m,1")
    assert diagnose("2*A.T*(A@x - b)", "x", *loss).mistake == "elementwise-for-matrix"
    assert diagnose("2*(A*x - b)", "b", *loss).verdict != "right"


def test_a_language_is_one_that_is_known():
    for ask in (
        lambda: derive("x", "x", language="matlab"),
        lambda: diagnose("2*u", "u", language="matlab"),
    ):
        with pytest.raises(ValueError, match="matlab"):
            ask()
    for loss in (lambda x: x, np.ones(3), 3):
        with pytest.raises(TypeError, match="a loss is a text"):
            derive(loss, "x")


LANGUAGES = {
    "2*W.T@(W@u - v)": "numpy",
    "r = W@u - v; 2*W.T@r": "numpy",
    "lambda u: 2*u": "numpy",
    "np.sum(x)": "numpy",
    "x[0]": "numpy",
    "sum(x**2 for i in range(3))": "numpy",
    "2 W @ u − v": "typed",
    "np.sum((W@u-v)^2)": "typed",
    "2*(W*u - v)": "typed",
    "u'A'u": "typed",
    "2W^T(Wu - v)": "typed",
    "2Wᵀ(Wu − v)": "typed",
    r"2 W^\top r": "latex",
    r"\frac12 ‖Wu-v‖^2": "latex",
}


@pytest.mark.parametrize("text", LANGUAGES)
def test_which_language_was_typed_is_settled_once(text):
    names = {"W": ("m", "n"), "u": ("n", 1), "v": ("m", 1), "x": ("k", 1), "r": None}
    assert read_text(text, names, closed=True).language == LANGUAGES[text]
    assert read_text(text, names).language == LANGUAGES[text]


def test_the_usual_language_is_that_of_the_loss():
    names = {"W": ("m", "n"), "u": ("n", 1), "v": ("m", 1)}
    assert read_text("2*(W*u - v)", names, closed=True, usual="numpy").language == "numpy"
    assert read_text("2*transpose(W)*u", names, closed=True, usual="numpy").language == "typed"
    assert read_text("2*(Wu - v)", names, closed=True, usual="numpy").language == "typed"


# What the program writes, it reads


def derived(loss, wrt, shapes):
    """The derivation, or what is said against it."""
    try:
        return question(wrt, loss, shapes).derivation or derive(loss, wrt, shapes)
    except AlgebraError as error:
        return str(error)


def book_points(given, wrt):
    try:
        return trials(given.read, given.shapes, wrt, given.book)
    except AlgebraError:
        return []


@pytest.mark.parametrize(("name", "loss", "wrt", "shapes"), LOSSES)
def test_a_loss_and_its_gradient_are_read_back_as_they_are_written(name, loss, wrt, shapes):
    found = derived(loss, wrt, shapes)
    if isinstance(found, str):
        assert REFUSED.get(name, "") in found
        assert name not in {row[0] for row in GRADIENTS}
        return
    given, asked = read_loss(loss, shapes, wrt=wrt), question(wrt, loss, shapes)
    points, tried = book_points(given, wrt), 0
    written = [to_latex(given.book, given.shapes, book=True)]
    written += [to_text(given.book, given.shapes, book=True), to_numpy(given.read, given.shapes)]
    for text in written:
        again = read_loss(text, given.shapes, wrt=wrt)
        for point in points[:1]:
            values = [evaluate(x.read, point.case.values, work=10**7) for x in (given, again)]
            a, b = (np.asarray(x, dtype=object).item() for x in values)
            exact = not isinstance(a, float) and not isinstance(b, float)
            assert a == b if exact else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
            tried += 1
    assert tried == len(written) or not points
    texts = (found.latex, to_text(found.gradient, found.shapes, book=True), found.numpy)
    for text in texts:
        assert is_right(read_answer(text, asked), asked), text


@pytest.mark.parametrize("loss", sorted({y for x in TYPED.values() for y in x}))
def test_a_typed_loss_is_read_back_as_it_is_written(loss):
    given = read_loss(loss)
    for text in (to_text(given.read, given.shapes), to_latex(given.read, given.shapes)):
        again = read_loss(text, given.shapes)
        assert same(again.book) == same(given.book), text


def test_every_displayed_equation_is_read_back_as_it_is_written():
    sides = 0
    for path in sorted((HERE.parent / "chapters").glob("*.md")):
        for display in displays(path.read_text(encoding="utf-8")):
            try:
                rows = read_display(display.text)
            except Unreadable:
                continue  # it is marked so, and `wuv check` says why
            for side in (x for row in rows for x in row.sides):
                names = dict.fromkeys(free_names(side))
                assert same(read_latex(to_latex(side, fits=False))) == same(side)
                text = to_text(side, fits=False)
                assert same(plain(read_typed(text, names, closed=True))) == same(side), text
                sides += 1
    assert sides > 500


def same(tree):
    """A formula but for its brackets: dG for a change of G, a sign at the front of a product."""

    def change(node):
        node = node.with_(place=None, shape=None)
        if node.op == "cdot":
            node = node.with_(op="product")
        if node.op == "norm" or node.data == (None, False):
            node = node.with_(data=None)
        if node.op == "differential" and node.args and not node.data:
            (what,) = node.args
            if what.op == "name":
                return Expr("name", data=f"d{what.data}")
            if what.op == "entry":
                return what.with_(
                    args=(change(Expr("differential", what.args[:1])), *what.args[1:])
                )
        if node.op == "product" and node.args[0].op == "neg":
            return Expr("neg", (node.with_(args=(node.args[0].args[0], node.args[1])),))
        return node

    return rebuild(tree, change)


# How it was read is said


def test_a_derivation_says_how_the_loss_was_read():
    found = derive("1/N sum (y - Xw)^2", "w")
    assert found.read_as == (
        "Read as L = (1/N) sum((y − Xw).^2), with N a number, y m×1, X m×n, w n×1."
    )
    assert str(found).startswith(found.read_as)
    assert found.to_dict()["read_as"] == found.read_as
    own = derive("||Wu - v||^2", "u")
    assert own.read_as == "Read as L = ‖Wu − v‖², with W m×n, u n×1, v m×1."
    assert "Read as" not in str(own)
    assert "W n×n" in derive("||Wu - v||^2", "u", "W:n,n; u:n,1; v:n,1").read_as
    assert "w flat of size n" in derive("w @ w", "w", "w:n").read_as
    assert "the gradient is 0" in derive("x - x + y", "x", "x:; y:").read_as
    assert "; exp entry by entry" in derive("x'exp(A)x", "x").read_as
    assert "entry by entry" not in derive("sum(exp(Wx))", "x").read_as
    declared = derive("||Wu - v||^2", "u", "W:m,n; u:n,1; v:m,1; z:k; m:").read_as
    assert declared.endswith("v m×1; z, which is declared, is not in it.")


def test_a_diagnosis_says_how_the_answer_and_the_loss_were_read():
    found = diagnose("2(Wu-v)", "u")
    assert found.read_as == (
        "Read as 2(Wu − v); the loss as L = ‖Wu − v‖², with W m×n, u n×1, v m×1."
    )
    assert "Read as" not in str(found)
    assert "<summary>How it was read</summary>" in found._repr_html_()
    other = diagnose("2X(Xw - y)", "w", "||Xw - y||^2")
    said = "Read as 2X(Xw − y); the loss as L = ‖Xw − y‖², with X m×n, w n×1, y m×1."
    assert other.read_as == other.to_dict()["read_as"] == said
    assert said in str(other)
    page = other._repr_html_()
    assert page.index("Read as") < page.index("diagnosis-head")
    assert "<details>" not in page
    assert "the loss as L = ‖Xw − y‖²" in diagnose("foo(", "w", "||Xw - y||^2").read_as
    assert "with a learning rate" in diagnose("u - eta*2*W.T@r", "u").read_as
    assert "against 2Wᵀ(Wu − v)" in diagnose("u - eta*2*W.T@r", "u").read_as
    assert "against −2Wᵀ(Wu − v)" in diagnose("u + 2*eta*W.T@r", "u").read_as


def test_the_commands_say_how_a_text_was_read(capsys):
    assert main(["derive", "sum (y - Xw)^2", "--wrt", "w"]) == 0
    assert capsys.readouterr().out.startswith("Read as L = sum((y − Xw).^2), with y m×1")
    assert main(["diagnose", "2X(Xw-y)", "--wrt", "w", "--loss", "|Xw-y|^2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["read_as"].startswith("Read as 2X(Xw − y); the loss")


# Nothing that is typed breaks the reader

SIGNS = "W u v r x ( ) [ ] { } + - * / ^ _ | , . ; = ' < > @ 2 0.5 T t d L I e"
PIECES = [
    *SIGNS.split(),
    "‖", "ᵀ", "²", "⁻¹", "₂", "½", "Σ", "∑ᵢ", "σ(", "λ", "𝟏", "√", "·", "⊙", "∂", "∇", "||", ".T",
    ".*", ".^", "%*%", "**", "sum(", "norm(", "log", "tr(", "np.", "np.linalg.norm(", " where ",
    " let ", "\n", "\\\\", r"\frac", r"\top", r"\text{where}", r"\operatorname{tr}", r"\mathbf{W}",
    r"\sum_i", r"\left", r"\begin{pmatrix}", r"\end{pmatrix}", "axis=0", "'fro'", "<-", ":=", "𝐖",
]  # fmt: skip


def said(act):
    """What comes of it: nothing, or what is said against it."""
    try:
        act()
    except AlgebraError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("seed", range(40))
def test_any_pieces_of_typed_text_give_a_tree_or_one_line(seed):
    draw = random.Random(seed)
    names = {"W": ("m", "n"), "u": ("n", 1), "v": ("m", 1), "r": None}
    for _ in range(50):
        text = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 14)))
        for closed in (True, False):
            words = said(lambda: read_text(text, names, closed=closed))  # noqa: B023, at once
            assert "\n" not in words
            assert len(words) < 400


def test_shapes_that_are_declared_may_go_beyond_the_loss():
    assert set(declare("W:m,n; z:k")) == {"W", "z"}
    assert derive("||Wu - v||^2", "u", "z:k").numpy == "2 * W.T @ (W @ u - v)"
