"""The tape: every gradient is the exact difference, and other programs say the same."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems

from wuv import (
    Node,
    ShapeError,
    Tape,
    case_a,
    central_difference,
    check_gradient,
    column,
    count_multiplications,
    gradients,
    integer_problem,
    value_and_gradients,
)

SECOND = np.array([[1, 0, -1], [2, -1, 1]]), column(-1, 1)


def square(W, u, v):
    return (W @ u - v).sum_of_squares()


def two_layers(W, u, v, B, c):
    return (B @ (W @ u - v).relu() - c).sum_of_squares()


def bent(W, u, v, B, c):
    return (B @ (W @ u - v).tanh() - c).sum_of_squares()


def value(f, *arrays):
    tape = Tape()
    return f(*(tape.variable(a) for a in arrays)).value[()]


def small_layers(seed=0):
    rng = np.random.default_rng(seed)
    shapes = (3, 2), (2, 1), (3, 1), (2, 3), (2, 1)
    return [rng.normal(size=shape) for shape in shapes]


@given(problems())
def test_the_tape_says_what_the_formulas_say(problem):
    found, slopes = value_and_gradients(square, *problem)
    assert found == ((problem[0] @ problem[1] - problem[2]) ** 2).sum()
    assert all((a == b).all() for a, b in zip(slopes, gradients(*problem), strict=True))


@pytest.mark.parametrize("f", [two_layers, bent])
@pytest.mark.parametrize("place", range(5))
def test_every_gradient_of_two_layers_is_measured(f, place):
    arrays = small_layers()
    _, slopes = value_and_gradients(f, *arrays)

    def one(x):
        return value(f, *arrays[:place], x, *arrays[place + 1 :])

    assert check_gradient(one, slopes[place], arrays[place])


def test_the_two_layers_of_the_chapter_in_whole_numbers():
    W, _, v = case_a()
    found, slopes = value_and_gradients(two_layers, W, column(-1, 2), v, *SECOND)
    assert found == 10
    assert (slopes[1] == column(10, 18)).all()
    assert all(slope.dtype.kind == "i" for slope in slopes)


OPERATIONS = {
    "add": lambda a, b: (a + b).sum_of_squares(),
    "subtract": lambda a, b: (a - b).sum_of_squares(),
    "multiply": lambda a, b: (a * b).sum_of_squares(),
    "multiply, used twice": lambda a, b: (a * b - b * b).sum_of_squares(),
    "matmul": lambda a, b: ((a @ b) @ a).sum_of_squares(),
    "tanh": lambda a, b: (a.tanh() * b).sum_of_squares(),
    "relu": lambda a, b: (a.relu() - b).sum_of_squares(),
}


@pytest.mark.parametrize("f", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_every_operation_has_the_slopes_of_its_value(f):
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 3, 3))
    _, (at_a, at_b) = value_and_gradients(f, a, b)
    assert check_gradient(lambda x: value(f, x, b), at_a, a)
    assert check_gradient(lambda x: value(f, a, x), at_b, b)


@pytest.mark.parametrize("n", [1, 3, 7])
def test_a_bias_that_is_copied_gets_the_sum(n):
    S = np.arange(2 * n).reshape(2, n)

    def f(b):
        ones = b.tape.variable(np.ones((1, n), int))
        return (b @ ones - b.tape.variable(S)).sum_of_squares()

    _, (at_b,) = value_and_gradients(f, column(1, 2))
    assert (at_b == central_difference(lambda b: ((b - S) ** 2).sum(), column(1, 2), 1)).all()


def test_a_gradient_that_is_set_and_not_added_is_caught():
    class Forgetful(Tape):
        def backward(self, loss):
            loss.grad = np.ones_like(loss.value)
            for node in reversed(self.nodes):
                for source, vjp in node.inputs:
                    source.grad = vjp(node.grad)

    tape = Forgetful()
    z = tape.variable(column(1, 2))
    tape.backward((z * z).sum_of_squares())
    assert "factor 2 is missing" in check_gradient(lambda z: (z**4).sum(), z.grad, z.value).message


def test_a_product_with_the_transposes_in_the_wrong_places_is_caught():
    W, u, v = integer_problem(3, m=3, n=3 - 1)
    tape = Tape()
    U = tape.variable(u)
    wrong = tape.record(W @ u, (U, lambda s: W[: len(u)] @ s[: len(u)]))
    tape.backward((wrong - tape.variable(v)).sum_of_squares())
    assert not check_gradient(lambda u: ((W @ u - v) ** 2).sum(), U.grad, u)


def test_reading_the_tape_twice_does_not_add_twice():
    tape = Tape()
    nodes = [tape.variable(a) for a in case_a()]
    L = square(*nodes)
    tape.backward(L)
    tape.backward(L)
    assert (nodes[1].grad == column(20, 16)).all()


def test_what_the_loss_does_not_depend_on_has_the_gradient_zero():
    tape = Tape()
    a, b = tape.variable(column(1, 2)), tape.variable(column(3, 4))
    tape.backward(a.sum_of_squares())
    assert (b.grad == 0).all()
    assert b.grad.shape == (2, 1)


def test_nothing_is_stretched_and_backward_wants_a_number():
    tape = Tape()
    a, b = tape.variable(np.ones((2, 3))), tape.variable(np.ones((2, 1)))
    for operation in (Node.__add__, Node.__sub__, Node.__mul__):
        with pytest.raises(ShapeError, match="row of ones"):
            operation(a, b)
    with pytest.raises(ShapeError, match="one number"):
        tape.backward(a)


def test_a_flat_array_is_no_factor():
    """With a square matrix its gradient would be one number in the place of a table."""
    for shapes in (((2, 2), (2,)), ((2,), (2, 2)), ((2,), (2,)), ((2, 2, 2), (2, 2)), ((2, 2), ())):
        tape = Tape()
        a, b = (tape.variable(np.ones(shape)) for shape in shapes)
        with pytest.raises(ShapeError, match="rows and columns"):
            a @ b


def test_what_is_not_on_the_tape_is_refused():
    first, second = Tape(), Tape()
    a, b = first.variable(column(1, 2)), second.variable(column(3, 4))
    for operation in (Node.__matmul__, Node.__add__, Node.__sub__, Node.__mul__):
        with pytest.raises(TypeError, match="ndarray is not on the tape"):
            operation(a, b.value)
        with pytest.raises(ValueError, match="different tapes"):
            operation(a, b)
    with pytest.raises(ValueError, match="another tape"):
        second.backward(a.sum_of_squares())
    with pytest.raises(TypeError, match="not a number"):
        first.variable("one")


def test_a_variable_is_a_copy_and_no_small_type():
    tape, array = Tape(), np.array([[200], [7]], dtype=np.uint8)
    a = tape.variable(array)
    L = a.sum_of_squares()
    array[:] = 0
    tape.backward(L)
    assert L.value == 200**2 + 49
    assert (a.grad == column(400, 14)).all()


def test_autograd_agrees():
    arrays = small_layers(1)

    def f(arrays):
        W, u, v, B, c = arrays
        return anp.sum((anp.dot(B, anp.tanh(anp.dot(W, u) - v)) - c) ** 2)

    _, slopes = value_and_gradients(bent, *arrays)
    for ours, theirs in zip(slopes, autograd.grad(f)(arrays), strict=True):
        assert np.allclose(ours, theirs, rtol=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_pytorch_agrees():
    torch = pytest.importorskip("torch")
    arrays = small_layers(2)
    for ours, bend in ((two_layers, torch.relu), (bent, torch.tanh)):
        W, u, v, B, c = leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
        ((B @ bend(W @ u - v) - c) ** 2).sum().backward()
        _, slopes = value_and_gradients(ours, *arrays)
        for slope, leaf in zip(slopes, leaves, strict=True):
            assert np.allclose(slope, leaf.grad.numpy(), rtol=1e-12)


# Counts


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_a_product_of_matrices_takes_pqr_multiplications(p, q, r):
    A, B = np.ones((p, q)), np.ones((q, r))
    assert count_multiplications(lambda A, B: A @ B - (-B).sum(), A, B) == p * q * r


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_all_slopes_of_a_chain_cost_at_most_three_evaluations(n):
    def f(W, B, u):
        return (B @ (W @ u)).sum_of_squares()

    arrays = np.ones((n, n)), np.ones((n, n)), np.ones((n, 1))
    once = count_multiplications(lambda *a: value(f, *a), *arrays)
    assert once == 2 * n * n + n
    every = count_multiplications(lambda *a: value_and_gradients(f, *a), *arrays)
    assert every == 3 * once - n


def test_a_relu_is_compared_and_not_multiplied_on_the_way_up():
    assert count_multiplications(lambda z: np.maximum(z, 0), np.ones((4, 1))) == 0
    assert count_multiplications(lambda z: 2 * z, np.ones((4, 1))) == 4


def test_the_slope_of_a_relu_is_0_at_0():
    _, (slope, _) = value_and_gradients(
        lambda z, c: (z.relu() - c).sum_of_squares(), column(-1, 0, 2), column(1, 1, 1)
    )
    assert slope.tolist() == [[0], [0], [2]]
