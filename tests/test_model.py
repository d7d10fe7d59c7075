"""The model: three gradients that are the exact differences of the loss, whatever the numbers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems

from wuv import (
    ShapeError,
    case_a,
    case_b,
    central_difference,
    column,
    grad_u,
    grad_v,
    grad_W,
    gradients,
    hessian_u,
    hessian_v,
    hessian_W,
    loss,
    residual,
)

GRADIENTS = {"W": grad_W, "u": grad_u, "v": grad_v}
HESSIANS = {"W": hessian_W, "u": hessian_u, "v": hessian_v}


def along(name, W, u, v, **options):
    """The loss as a function of one of the three arrays."""
    arrays = {"W": W, "u": u, "v": v}
    return lambda x: loss(**arrays | {name: x}, **options), arrays[name]


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("mean", [False, True])
@given(problem=problems(pairs=3))
def test_each_gradient_is_the_exact_difference_at_step_1(name, mean, problem):
    f, x = along(name, *problem, mean=mean)
    assert (GRADIENTS[name](*problem, mean=mean) == central_difference(f, x, step=1)).all()


@given(problems(pairs=3), st.integers(1, 50))
def test_the_step_does_not_matter_because_the_loss_is_quadratic(problem, step):
    for name, gradient in GRADIENTS.items():
        f, x = along(name, *problem)
        assert (gradient(*problem) == central_difference(f, x, step=step)).all()


@given(problems(pairs=3))
def test_the_loss_is_the_sum_of_the_squared_residuals(problem):
    W, u, v = problem
    for (i, j), entry in np.ndenumerate(residual(W, u, v)):
        assert entry == sum(W[i, k] * u[k, j] for k in range(len(u))) - v[i, j]
    assert loss(W, u, v) == sum(entry**2 for entry in residual(W, u, v).flat)


@given(problems(pairs=4))
def test_a_batch_is_the_sum_over_its_pairs(problem):
    W, U, V = problem
    pairs = [(W, U[:, [j]], V[:, [j]]) for j in range(U.shape[1])]
    assert loss(W, U, V) == sum(loss(*pair) for pair in pairs)
    assert (grad_W(W, U, V) == sum(grad_W(*pair) for pair in pairs)).all()
    assert (grad_u(W, U, V) == np.hstack([grad_u(*pair) for pair in pairs])).all()
    assert (grad_v(W, U, V) == np.hstack([grad_v(*pair) for pair in pairs])).all()


@given(problems(pairs=4))
def test_the_mean_is_exactly_the_sum_divided_by_n(problem):
    N = problem[1].shape[1]
    assert loss(*problem, mean=True) == Fraction(loss(*problem), N)
    for mean, total in zip(gradients(*problem, mean=True), gradients(*problem), strict=True):
        assert (mean * N == total).all()
        assert all(isinstance(entry, Fraction) for entry in mean.flat)


@given(problems(pairs=3))
def test_all_three_at_once_are_the_three_one_by_one(problem):
    for mean in (False, True):
        for name, found in gradients(*problem, mean=mean)._asdict().items():
            alone = GRADIENTS[name](*problem, mean=mean)
            assert found.dtype == alone.dtype
            assert (found == alone).all()


@pytest.mark.parametrize("kind", ["int64", "float32", "float64", "complex128", "object"])
@given(problem=problems(pairs=3))
def test_into_given_arrays_come_the_same_values(kind, problem):
    problem = [a.astype(kind) for a in problem]
    out = [np.empty_like(a) for a in problem]
    found = gradients(*problem, out=out)
    for given_array, got, plain in zip(out, found, gradients(*problem), strict=True):
        assert got is given_array
        assert (got == plain).all()


@given(problems(pairs=3))
def test_nothing_given_is_changed(problem):
    kept = [a.copy() for a in problem]
    out = [np.empty_like(a) for a in problem]
    for function in (residual, loss, *GRADIENTS.values(), *HESSIANS.values()):
        function(*problem)
    gradients(*problem, out=out)
    for a, before in zip(problem, kept, strict=True):
        assert (a == before).all()


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "complex64", "complex128"])
def test_inexact_types_are_kept(kind):
    for mean in (False, True):
        problem = [a.astype(kind) for a in case_a()]
        assert loss(*problem, mean=mean).dtype == kind
        assert {g.dtype.name for g in gradients(*problem, mean=mean)} == {kind}
        assert {h(*problem).dtype.name for h in HESSIANS.values()} == {kind}


@pytest.mark.parametrize("place", range(3))
def test_whole_numbers_join_the_type_of_a_float_beside_them(place):
    problem = list(case_a())
    problem[place] = problem[place].astype("float32")
    assert {g.dtype.name for g in gradients(*problem)} == {"float32"}
    assert loss(*problem) == 24


@pytest.mark.parametrize("kind", ["bool", "int8", "int16", "int32", "uint8", "uint64"])
def test_small_integers_do_not_wrap_around(kind):
    largest = 1 if kind == "bool" else np.iinfo(kind).max
    W, u, v = (np.full(shape, largest, kind) for shape in ((2, 3), (3, 1), (2, 1)))
    exact = [a.astype(object) * 1 for a in (W, u, v)]
    assert loss(W, u, v) == loss(*exact)
    for got, wanted in zip(gradients(W, u, v), gradients(*exact), strict=True):
        assert (got == wanted).all()


@given(problems(pairs=2), st.integers(20, 62))
def test_what_would_overflow_64_bits_stays_exact(problem, power):
    large = [np.array(a, dtype=object) * 2**power for a in problem]
    as_integers = [np.array(a.tolist()) for a in large] if power < 60 else large
    for got, wanted in zip(gradients(*as_integers), gradients(*large), strict=True):
        assert (got == wanted).all()
    assert loss(*as_integers) == loss(*large)
    for hessian in HESSIANS.values():
        assert (hessian(*as_integers) == hessian(*large)).all()


@pytest.mark.parametrize(
    ("W", "u", "v"),  # each makes another product the one that is too large
    [(2**31, 0, 0), (0, 2**31, 0), (0, 0, 2**31), (2**30, 0, 2**31 - 1), (0, 2**30, 2**31 - 1),
     (2**20, 2**20, 0), (2**62, 1, -(2**62)), (-(2**63), 0, 0)],
)  # fmt: skip
def test_wherever_64_bits_would_overflow_it_is_seen_before(W, u, v):
    exact = [np.full(*a, dtype=object) for a in (((3, 2), W), ((2, 3), u), ((3, 3), v))]
    narrow = [a.astype(np.int64) for a in exact]
    assert loss(*narrow) == loss(*exact)
    for got, wanted in zip(gradients(*narrow), gradients(*exact), strict=True):
        assert (got == wanted).all()
    for hessian in HESSIANS.values():
        assert (hessian(*narrow) == hessian(*exact)).all()


@pytest.mark.parametrize("total", [2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**100])
def test_python_integers_of_any_size_stay_exact(total):
    W, u, v = [[1]], [[total]], [[0]]
    assert loss(W, u, v) == total**2
    assert loss(W, u, v, mean=True) == total**2
    assert grad_u(W, u, v).item() == 2 * total
    assert grad_u([[1], [1]], u, [[total + 1], [-1]]).item() == 2 * total


def test_a_mean_between_63_and_64_bits_is_exact():
    root = 3037000500  # its square is just above 2**63
    assert loss([[root]], [[1]], [[0]], mean=True) == root**2


def test_integers_beside_fractions_do_not_overflow():
    W, u, v = np.array([[2**40]]), np.array([[Fraction(1, 2)]]), np.array([[1]])
    assert hessian_u(W, u, v).item() == 2**81
    assert loss(W, u, v) == (2**39 - 1) ** 2


@given(problems(pairs=2), st.integers(2, 9))
def test_fractions_stay_exact(problem, bottom):
    shares = [a * Fraction(1, bottom) for a in problem]
    f, x = along("u", *shares)
    assert (grad_u(*shares) == central_difference(f, x, step=Fraction(1, 3))).all()
    assert all(isinstance(entry, Fraction) for g in gradients(*shares) for entry in g.flat)


@pytest.mark.parametrize(("name", "hessian"), HESSIANS.items())
@given(problem=problems(pairs=3, sizes=3))
def test_hessians_are_the_differences_of_the_gradients(name, hessian, problem):
    x = dict(zip("Wuv", problem, strict=True))[name]
    found = hessian(*problem)
    assert found.shape == (x.size, x.size)
    for place in range(x.size):  # vec stacks columns, in the variable and in its gradient
        nudge = np.zeros(x.size, int)
        nudge[place] = 1
        moved = dict(zip("Wuv", problem, strict=True))
        moved[name] = x + nudge.reshape(x.shape, order="F")
        change = GRADIENTS[name](**moved) - GRADIENTS[name](*problem)
        assert (found[:, place] == change.reshape(-1, order="F")).all()


def test_the_worked_cases_have_the_values_that_the_book_prints():
    W, u, v = case_a()
    assert loss(W, u, v) == 24
    assert residual(W, u, v).T.tolist() == [[4, 2, 2]]
    assert grad_u(W, u, v).T.tolist() == [[20, 16]]
    assert grad_v(W, u, v).T.tolist() == [[-8, -4, -4]]
    assert grad_W(W, u, v).tolist() == [[8, 16], [4, 8], [4, 8]]
    W, u, v = case_b()
    assert loss(W, u, v) == 5
    assert grad_u(W, u, v).T.tolist() == [[4, 6]]
    assert grad_v(W, u, v).T.tolist() == [[-4, 2]]
    assert grad_W(W, u, v).tolist() == [[4, 4], [-2, -2]]
    assert hessian_u(W, u, v).tolist() == [[2, 4], [4, 10]]


def test_slices_and_fortran_order_make_no_difference():
    W, u, v = (a.astype(float) for a in case_a())
    wide = np.repeat(W, 2, axis=1)[:, ::2]
    for other in (wide, np.asfortranarray(W)):
        for got, wanted in zip(gradients(other, u, v), gradients(W, u, v), strict=True):
            assert (got == wanted).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("kind", [float, object])
def test_nan_and_infinity_are_named_with_their_place(bad, place, kind):
    problem = [a.astype(kind) for a in case_a()]
    problem[place][1, 0] = bad
    functions = (residual, loss, *GRADIENTS.values(), gradients, *HESSIANS.values())
    for function in functions:
        with pytest.raises(ValueError, match=rf"{'Wuv'[place]}\[1, 0\] is {bad}; .* finite"):
            function(*problem)


def test_nan_in_w_is_seen_behind_a_zero_of_u():
    W, u, v = (a.astype(float) for a in case_a())
    W[2, 1], u[1] = np.nan, 0
    with pytest.raises(ValueError, match=r"W\[2, 1\] is nan"):
        grad_W(W, u, v)


@pytest.mark.parametrize(
    "out",
    [
        [np.empty((2, 3)), np.empty((2, 1)), np.empty((3, 1))],
        [np.empty((3, 2), int), np.empty((2, 1), int), np.empty((3, 1), int)],
        [np.empty((3, 2), order="F"), np.empty((2, 1)), np.empty((3, 1))],
    ],
)
def test_an_array_that_cannot_hold_its_gradient_is_refused(out):
    problem = [a.astype(float) for a in case_a()]
    with pytest.raises(ShapeError, match=r"out.W must be .* make it with np.empty\(\(3, 2\)"):
        gradients(*problem, out=out)


def test_a_flat_v_is_stopped_before_numpy_stretches_it():
    W, u, v = case_a()
    assert (W @ u - v.ravel()).shape == (3, 3)  # the trap
    with pytest.raises(ShapeError, match=r"silently become \(3, 3\).*v.reshape\(-1, 1\)"):
        loss(W, u, v.ravel())


def test_lists_are_as_good_as_arrays():
    assert loss([[1, 2], [0, 1], [3, -1]], [[1], [2]], column(1, 0, -1)) == 24
