"""What the book says of JAX and PyTorch, `check_gradient` of their functions, and the code that the
package writes for them and for Octave, run by them.

JAX is in the tests' own environment. PyTorch is not, so its tests are left out there, and say so;
``make test-frameworks`` runs them in one that has both; Octave is the machine's own, or missing.
"""

import shutil
import subprocess

import numpy as np
import pytest
from listings import CASES, LOSSES, SPECTRA, derived

from wuv import case_a, check_gradient, gradients
from wuv.algebra.write_code import Jax, PyTorch

pytestmark = pytest.mark.frameworks  # in a process of their own: JAX has threads, and others fork

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


# `check_gradient` of their functions


@pytest.mark.parametrize("learn", [False, True])
@pytest.mark.parametrize("kind", ["bfloat16", "float16", "float32", "float64"])
def test_pytorch_functions_are_checked_in_their_own_precision(torch, kind, learn):
    x = torch.tensor([[1.5], [-2.0]], dtype=getattr(torch, kind), requires_grad=learn)

    def f(x):
        return (torch.tanh(x) ** 2).sum()

    def slope(x):
        x = x.detach().requires_grad_()
        f(x).backward()
        return x.grad

    report = check_gradient(f, slope, x)
    assert report, report
    assert report.digits == {"bfloat16": 2, "float16": 3, "float32": 7, "float64": 16}[kind]
    assert not check_gradient(f, lambda x: 4 * slope(x), x)


def test_pytorch_modules_are_checked_by_their_parameters(torch):
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 3)
    rows = torch.tensor(X.tolist(), dtype=torch.float32)

    def f(p):
        return (torch.func.functional_call(layer, p, rows) ** 2).sum()

    parameters = dict(layer.named_parameters())
    f(parameters).backward()
    claimed = {name: p.grad for name, p in parameters.items()}
    assert check_gradient(f, claimed, parameters)
    assert not check_gradient(f, claimed | {"bias": -claimed["bias"]}, parameters)
    report = check_gradient(f, lambda p: claimed, parameters)
    assert report.part in ("x['weight']", "x['bias']")
    assert report.digits == 7


def test_a_plain_float_that_pytorch_computed_has_seven_digits(torch):
    x = np.array([0.3, -1.7])
    report = check_gradient(
        lambda x: (torch.tensor(x, dtype=torch.float32) ** 3).sum().item(), 3 * x**2, x
    )
    assert report, report
    assert report.digits == 7


def test_jax_functions_are_checked_at_numpys_points_and_at_their_own(jax):
    def f(W, u):
        return (jax.numpy.tanh(W @ u) ** 2).sum()

    for wrap in (np.asarray, jax.numpy.asarray):
        point = wrap(W / 3), wrap(u / 3)
        report = check_gradient(
            f, jax.grad(f, argnums=(0, 1)), tuple(map(jax.numpy.asarray, point))
        )
        assert report, report
        claimed = jax.grad(f, argnums=(0, 1))(*(np.asarray(a, "float32") for a in point))
        report = check_gradient(f, claimed, point)
        assert report, report
        assert report.digits == 7
        assert not check_gradient(f, tuple(1.1 * g for g in claimed), point)
    assert check_gradient(f, jax.grad(f, argnums=(0, 1)), point)


def test_jax_whole_numbers_are_checked_exactly(jax):
    x = jax.numpy.asarray([1, 2, 3])
    assert (
        check_gradient(lambda x: (x * x).sum(), 2 * x, x).message == "Every entry agrees, exactly."
    )
    assert check_gradient(lambda x: (x**4).sum(), 4 * x**3, x)


def test_jax_half_precision_is_checked_as_such(jax):
    x = jax.numpy.asarray([1.5, -2.0], "bfloat16")
    report = check_gradient(lambda x: (x * x).sum(), 2 * x, x)
    assert report, report
    assert report.digits == 2


# Code that the package writes


def same(computed, wanted, rel=1e-10):
    value, gradient = map(np.asarray, computed)
    assert value == pytest.approx(wanted[0], rel=rel)
    assert gradient.shape == np.shape(wanted[1])
    assert np.allclose(gradient, wanted[1], rtol=rel, atol=rel)


def run(code, arrays):
    names = {}
    exec(code, names)
    return names["value_and_gradient"](**arrays)


def double(x):
    return np.asarray(x, dtype=object).astype(float)


@pytest.mark.parametrize(("loss", "wrt", "shapes"), [*LOSSES, *SPECTRA, CASES])
def test_pytorch_runs_its_code(torch, loss, wrt, shapes):
    found, arrays, wanted = derived(loss, wrt, shapes)
    tensors = {key: torch.tensor(double(x)) for key, x in arrays.items()}
    same(run(found.code("pytorch"), tensors), wanted)


@pytest.mark.parametrize(("loss", "wrt", "shapes"), LOSSES[:4])
def test_pytorchs_code_has_the_slopes_that_its_own_tape_finds(torch, loss, wrt, shapes):
    found, arrays, _ = derived(loss, wrt, shapes)
    tensors = {key: torch.tensor(double(x), requires_grad=key == wrt) for key, x in arrays.items()}
    value, gradient = run(found.code("pytorch"), tensors)
    value.backward()
    assert torch.allclose(tensors[wrt].grad, gradient)


@pytest.mark.parametrize(("loss", "wrt", "shapes"), [*LOSSES, *SPECTRA, CASES])
def test_jax_runs_its_code_compiled_too(jax, loss, wrt, shapes):
    found, arrays, wanted = derived(loss, wrt, shapes)
    names = {}
    exec(found.code("jax"), names)
    with jax.enable_x64(True):
        arrays = {key: jax.numpy.asarray(double(x)) for key, x in arrays.items()}
        same(names["value_and_gradient"](**arrays), wanted)
        same(jax.jit(names["value_and_gradient"])(**arrays), wanted)


def test_every_function_that_is_called_exists(jax, torch):
    modules = {"jax": jax, "jnp": jax.numpy, "torch": torch}
    for name in {*Jax.calls.values(), *PyTorch.calls.values()}:
        thing = modules[name.split(".")[0]]
        for part in name.split(".")[1:]:
            thing = getattr(thing, part, None)
        assert callable(thing), name


@pytest.fixture(scope="module")
def octave_runs(tmp_path_factory):
    """What Octave prints for all losses, in one run: {number of the loss: [value, gradient]}."""
    if not shutil.which("octave-cli"):
        pytest.skip("octave-cli is not on the path")
    rows, calls = ["1;"], []
    for k, case in enumerate(LOSSES):
        found, arrays, _ = derived(*case)
        rows.append(found.code("matlab").replace("value_and_gradient", f"case_{k}"))
        given = ", ".join(f"[{literal(x)}]" for x in arrays.values())
        calls += [f"[L, g] = case_{k}({given});", f"printf('%d', {k});", "printf(' %.17g', L, g);"]
        calls.append("printf('\\n');")
    script = tmp_path_factory.mktemp("octave") / "cases.m"
    script.write_text("\n".join([*rows, *calls]), "utf-8")
    command = ["octave-cli", "--no-init-file", "--quiet", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = (line.split() for line in done.stdout.splitlines())
    return {int(k): [float(x) for x in numbers] for k, *numbers in lines}


def literal(x):
    """An array as Octave reads it, what is flat as a column."""
    x = double(x)
    rows = x.reshape(-1, 1) if x.ndim == 1 else np.atleast_2d(x)
    return "; ".join(" ".join(f"{entry:.17g}" for entry in row) for row in rows)


@pytest.mark.parametrize("k", range(len(LOSSES)))
def test_octave_runs_the_code_for_matlab(octave_runs, k):
    _, _, (value, gradient) = derived(*LOSSES[k])
    found, *slopes = octave_runs[k]
    assert found == pytest.approx(value, rel=1e-10)
    assert slopes == pytest.approx(np.ravel(gradient, order="F").tolist(), rel=1e-10, abs=1e-10)
