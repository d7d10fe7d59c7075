"""Differences: exact where they say so, close where they can be, and never silently 0."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems, wholes

from wuv import (
    case_a,
    central_difference,
    column,
    complex_step,
    directional_derivative,
    forward_difference,
    grad_u,
    grad_v,
    grad_W,
    loss,
)

DIFFERENCES = [forward_difference, central_difference, complex_step]


def square(x):
    return (x * x).sum()


def loss_a(u):
    W, _, v = case_a()
    return loss(W, u, v)


@given(wholes(3, 1), st.integers(1, 99))
def test_on_whole_numbers_central_is_exact_and_forward_is_off_by_the_step(x, step):
    assert (central_difference(square, x, step) == 2 * x).all()
    assert (forward_difference(square, x, step) == 2 * x + step).all()


@given(wholes(2, 2), st.fractions(min_value=Fraction(1, 99), max_value=9, max_denominator=99))
def test_a_fraction_as_step_is_exact_too(x, step):
    assert (central_difference(square, x, step) == 2 * x).all()
    assert (forward_difference(square, x, step) == 2 * x + step).all()


@given(wholes(2, 1), st.integers(1, 9))
def test_of_a_cubic_the_central_difference_is_off_by_the_step_squared(x, step):
    assert (central_difference(lambda x: (x**3).sum(), x, step) == 3 * x**2 + step**2).all()


@given(problems(pairs=2))
def test_the_complex_step_is_the_gradient(problem):
    W, u, v = problem
    slopes = [
        (complex_step(lambda x: loss(x, u, v), W), grad_W(W, u, v)),
        (complex_step(lambda x: loss(W, x, v), u), grad_u(W, u, v)),
        (complex_step(lambda x: loss(W, u, x), v), grad_v(W, u, v)),
    ]
    for measured, claimed in slopes:  # a few roundings of numbers of the size of the terms
        size = 1 + max(abs(a).max() for a in problem) ** 3 * W.size
        assert (abs(measured - claimed) <= 16 * np.finfo(float).eps * size).all()


@pytest.mark.parametrize("step", [1e-3, 1e-20, 1e-200])
def test_the_step_of_the_complex_step_does_not_matter(step):
    assert complex_step(loss_a, column(1, 2), step).tolist() == [[20], [16]]


@given(wholes(3, 2), wholes(3, 2))
def test_along_a_direction_the_slope_is_the_inner_product_with_the_gradient(x, direction):
    assert directional_derivative(square, x, direction, step=1) == (2 * x * direction).sum()


@pytest.mark.parametrize(
    ("difference", "evaluations"),
    [(forward_difference, 13), (central_difference, 24), (complex_step, 12)],
)
def test_the_number_of_evaluations_is_as_promised(difference, evaluations):
    calls = []
    difference(lambda x: calls.append(x) or square(x), np.ones((4, 3)))
    assert len(calls) == evaluations


def test_a_direction_takes_two_evaluations_whatever_the_size():
    calls, x = [], np.ones((40, 30))
    directional_derivative(lambda x: calls.append(x) or square(x), x, x)
    assert len(calls) == 2


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_floats_keep_their_type_and_are_close(difference, kind):
    x = np.array([[0.5], [-300.0], [1e-3]], kind)
    slopes = difference(lambda x: np.exp(x / 100).sum(), x)
    assert slopes.dtype == kind
    error = abs(slopes - np.exp(x / 100) / 100).max()
    assert error < 100 * np.finfo(kind).eps ** 0.5


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 3), (2, 1, 2)])
def test_any_shape_will_do_and_comes_back(difference, shape):
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    slopes = difference(square, x)
    assert slopes.shape == shape
    assert np.isclose(slopes, 2 * x, rtol=1e-6, atol=0).all()


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("kind", [int, float, object])
def test_x_is_never_changed_even_by_a_function_that_changes_it(difference, kind):
    x = np.array([[1], [2]]).astype(kind)
    difference(lambda x: x.fill(7) or square(x), x)
    assert x.tolist() == [[1], [2]]


def test_slices_and_fortran_order_make_no_difference():
    x = np.arange(12).reshape(3, 4)
    for other in (x.T, x[:, ::2], np.asfortranarray(x)):
        assert (central_difference(square, other, step=1) == 2 * other).all()


@given(wholes(2, 1), st.integers(60, 90))
def test_integers_of_any_size_stay_exact(x, power):
    huge = x.astype(object) * 2**power + 1
    assert (central_difference(square, huge, step=1) == 2 * huge).all()


def test_slopes_above_63_bits_stay_exact_beside_negative_ones():
    slopes = central_difference(lambda x: int(x[0, 0]) * 2**63 - int(x[1, 0]), column(1, 1), step=1)
    assert slopes.tolist() == [[2**63], [-1]]


@pytest.mark.parametrize("step", [np.int64(1), np.int8(1), True])
def test_a_whole_step_of_any_kind_keeps_whole_numbers_whole(step):
    slopes = central_difference(loss_a, column(1, 2), step)
    assert slopes.dtype.kind == "i"
    assert slopes.tolist() == [[20], [16]]


def test_without_a_step_whole_numbers_are_measured_in_floating_point():
    slopes = central_difference(lambda x: np.sin(x).sum(), column(0, 1))
    assert slopes.dtype == float
    assert abs(slopes - np.cos(column(0, 1))).max() < 1e-9


def test_a_function_that_gives_floats_for_whole_numbers_is_fine():
    x = column(3, -4)
    slopes = central_difference(lambda x: np.linalg.norm(x) ** 2, x, step=1)
    assert np.isclose(slopes, 2 * x, rtol=1e-12, atol=0).all()


@pytest.mark.parametrize("wrap", [np.array, lambda x: np.array([x]), lambda x: np.array([[x]])])
@pytest.mark.parametrize("difference", [forward_difference, central_difference])
def test_one_number_in_an_array_counts_as_a_number(difference, wrap):
    assert difference(lambda x: wrap(square(x)), column(3, 4), step=1).dtype.kind == "i"


# What a learner can do wrong


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_loss_stretched_to_a_matrix_is_refused(difference):
    W, u, v = case_a()
    with pytest.raises(TypeError, match=r"shape \(3, 3\); the loss must be one number, such as"):
        difference(lambda u: (W @ u - v.ravel()) ** 2, u)


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_forgotten_return_is_named(difference):
    with pytest.raises(TypeError, match=r"f returned None.*is a return missing"):
        difference(lambda x: None, column(1, 2))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: (abs(x) ** 2).sum(),
        lambda x: (x * x.conj()).sum().real,
        lambda x: np.array([[np.linalg.norm(x)]]),
    ],
)
def test_the_complex_step_refuses_what_loses_the_imaginary_part(f):
    with pytest.raises(TypeError, match=r"imaginary part is lost .* write .* as \(r \* r\)"):
        complex_step(f, column(1, 2))


def test_the_complex_step_refuses_a_complex_x():
    with pytest.raises(TypeError, match="needs a real x"):
        complex_step(square, np.array([1j]))


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("step", [0, -1, 0.0, np.nan, np.inf, "1", 1j, [1, 2]])
def test_a_step_that_is_no_positive_number_is_refused(difference, step):
    with pytest.raises(ValueError, match=r"the step is .*; it must be a positive number"):
        difference(square, column(1, 2), step)


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_x_must_be_finite(difference, bad):
    with pytest.raises(ValueError, match=rf"x\[1, 0\] is {bad}; every entry must be finite"):
        difference(square, column(1.0, bad))


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("x", [[], "abc", [None], [[1], [2, 3]]])
def test_x_must_hold_numbers(difference, x):
    with pytest.raises((TypeError, ValueError), match=r"give|use numbers only"):
        difference(square, x)


def test_a_direction_must_have_the_shape_of_x():
    with pytest.raises(ValueError, match=r"direction has shape \(2,\), x has \(2, 1\)"):
        directional_derivative(square, column(1, 2), np.array([1, 2]))


def test_what_the_function_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        central_difference(lambda x: 1 // 0, column(1, 2))
