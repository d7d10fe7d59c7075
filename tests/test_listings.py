"""Code for other languages: what is written runs, and gives the value and the gradient.

Other frameworks than NumPy run theirs in `test_frameworks`. What is executed here was written by
this package for the losses in `listings`.
"""

import numpy as np
import pytest
from listings import CASES, LOSSES, SPECTRA, derived

from wuv import derive
from wuv.__main__ import main
from wuv.algebra import Unwritable, read_latex
from wuv.algebra.along import TABLE as ALONG
from wuv.algebra.elementwise import COMPARISONS, ELEMENTWISE
from wuv.algebra.write_code import Julia, Matlab
from wuv.derivation.listings import LANGUAGES

LOSS = "np.linalg.norm(W @ u - v)**2"


@pytest.mark.parametrize(("loss", "wrt", "shapes"), [*LOSSES, *SPECTRA, CASES])
def test_numpys_code_gives_the_value_and_the_gradient(loss, wrt, shapes):
    found, arrays, (value, gradient) = derived(loss, wrt, shapes)
    names = {}
    exec(found.code("numpy"), names)
    arrays = {key: np.asarray(x, dtype=object).astype(float) for key, x in arrays.items()}
    computed = names["value_and_gradient"](**arrays)
    assert computed[0] == pytest.approx(value, rel=1e-12)
    assert np.shape(computed[1]) == np.shape(gradient)
    assert np.allclose(computed[1], gradient, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_loss_is_written_in_every_language(language):
    for loss, wrt, shapes in LOSSES:
        code = derived(loss, wrt, shapes)[0].code(language)
        assert "\n" in code
        assert code.count("(") == code.count(")")


def test_what_two_results_share_is_computed_once_in_every_language():
    found = derive(LOSS, "u")
    for language, residual in {
        "numpy": "r = W @ u - v",
        "jax": "r = W @ u - v",
        "pytorch": "r = W @ u - v",
        "julia": "r = W * u - v",
        "matlab": "r = W * u - v;",
        "latex": "r &= Wu - v",
    }.items():
        assert found.code(language).count(residual) == 1


def test_the_lines_in_latex_are_read_back():
    code = derive(LOSS, "u").code("latex")
    rows = code.replace(r"\begin{aligned}", "").replace(r"\end{aligned}", "").split(r"\\")
    formulas = [read_latex(row.split("&=")[1].strip()) for row in rows]
    assert [x.op for x in formulas] == ["sub", "power", "product"]


@pytest.mark.parametrize(
    ("loss", "wrt", "shapes", "language", "line"),
    [
        ("norm(A x - b)^2", "x", None, "julia", "grad_x = 2 * (A' * r)"),
        ("-x^T A x", "A", None, "matlab", "grad_A = -x * x';"),
        ("sum(exp(-x)/(1 + x^2))", "x", "x:n,1", "julia", "exp.(-x)"),
        ("sum(1/(1+exp(-x)))", "x", None, "julia", "1 ./ (1 .+ exp.(-x))"),
        ("norm(X)^2", "X", None, "matlab", "L = norm(X, 'fro')^2;"),
        ("tr((A + I)^{-1})", "A", None, "pytorch", "torch.eye(A.shape[0]).to(A)"),
        ("x^T A x", "x", None, "pytorch", ".reshape(())"),
        ("x^T A x", "x", None, "numpy", ".item()"),
        ("sum_{i=2}^3 x_i^2", "x", None, "matlab", "L = sum(arrayfun(@(i) x(i)^2, 2:3));"),
    ],
)
def test_the_spellings_of_a_language(loss, wrt, shapes, language, line):
    assert line in derive(loss, wrt, shapes).code(language)


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="there are numpy, jax, pytorch, julia, matlab, latex"):
        derive(LOSS, "u").code("fortran")
    with pytest.raises(Unwritable, match=r"where.* has no spelling in MATLAB"):
        derive(*CASES).code("matlab")
    assert "ifelse.(z .!= 0, x.^2, 2 * x)" in derive(*CASES).code("julia")
    with pytest.raises(Unwritable, match="end cannot be a variable's name in julia"):
        derive("np.sum(end**2)", "end", "end:n").code("julia")
    assert "end" in derive("np.sum(end**2)", "end", "end:n").code("numpy")


@pytest.mark.parametrize("writer", [Julia, Matlab])
def test_every_function_of_the_language_is_spelled(writer):
    functions = {*ELEMENTWISE, *ALONG} - {*COMPARISONS}  # a mask is a heaviside to a textbook
    unknown = {
        op for op in functions - {*writer.functions, *writer.along} if not hasattr(writer, f"_{op}")
    }
    assert unknown == set()


def test_the_command_writes_code(capsys):
    assert main(["derive", LOSS, "--wrt", "u", "--code", "julia"]) == 0
    assert "function value_and_gradient(W, u, v)" in capsys.readouterr().out
    assert main(
        ["derive", "np.sum(end**2)", "--wrt", "end", "--shapes", "end:n", "--code", "julia"]
    )
    assert "cannot be a variable's name" in capsys.readouterr().err
