"""Descent: it converges where the theorem says, breaks where the formula does, and repeats."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from wuv import (
    Gradients,
    case_a,
    case_b,
    contraction_factor,
    descend,
    exact_step,
    gradients,
    hessian_u,
    hessian_v,
    hessian_W,
    integer_problem,
    inverse_time,
    iterates,
    largest_learning_rate,
    loss,
    sgd,
)

A, B = case_a(), case_b()


def batch(pairs=6, seed=4):
    """A batch in which v is W times u exactly, so that W can be found."""
    rng = np.random.default_rng(seed)
    W, U = rng.integers(-3, 4, (2, 3)), rng.integers(-3, 4, (3, pairs))
    return np.ones((2, 3)), U, W @ U


def inconsistent(pairs=6, seed=4):
    rng = np.random.default_rng(seed)
    return tuple(rng.integers(-3, 4, shape) for shape in ((2, 3), (3, pairs), (2, pairs)))


def mean_gradients(W, u, v):
    return gradients(W, u, v, mean=True)


WHOLE = [A, B, integer_problem(7), inconsistent()]
PROBLEMS = [*WHOLE, batch()]


# The limit


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("vary", "Wuv")
@pytest.mark.parametrize("mean", [False, True])
def test_below_the_limit_the_loss_falls_and_above_it_grows(problem, vary, mean):
    limit = largest_learning_rate(*problem, vary=vary, mean=mean)
    options = {"vary": vary, "gradient": mean_gradients if mean else gradients}
    below = descend(*problem, learning_rate=0.99 * limit, steps=400, **options).losses
    above = descend(*problem, learning_rate=1.01 * limit, steps=400, **options).losses
    best = loss(*at_minimum(problem, vary))
    rounding = 1e-12 * below[0]
    assert (np.diff(below) <= rounding).all()
    assert below[-1] - best <= 0.05 * (below[0] - best) + rounding
    assert above[-1] > 100 * above[0]


def at_minimum(problem, vary):
    """The arrays with the one that varies at a minimiser of the loss, by least squares."""
    W, u, v = (a.astype(float) for a in problem)
    if vary == "u":
        return W, np.linalg.lstsq(W, v)[0], v
    if vary == "W":
        return np.linalg.lstsq(u.T, v.T)[0].T, u, v
    return W, u, W @ u


def test_the_limits_are_those_of_the_formulas():
    W, u, _ = A
    assert np.isclose(largest_learning_rate(*A), 1 / np.linalg.svd(W)[1][0] ** 2, rtol=1e-14)
    assert largest_learning_rate(*A, vary="v") == 1
    assert np.isclose(largest_learning_rate(*A, vary="W"), 1 / (u * u).sum(), rtol=1e-14)
    W, U, V = batch(pairs=6)
    for vary in "Wuv":
        one, mean = (largest_learning_rate(W, U, V, vary=vary, mean=m) for m in (False, True))
        assert np.isclose(mean, 6 * one, rtol=1e-14)
    assert np.isclose(
        largest_learning_rate(W, U, V, vary="W"), 1 / np.linalg.norm(U, 2) ** 2, rtol=1e-14
    )


def test_where_the_loss_does_not_depend_on_the_array_any_rate_will_do():
    W, u, v = A
    assert largest_learning_rate(0 * W, u, v) == np.inf
    assert largest_learning_rate(W, 0 * u, v, vary="W") == np.inf


def test_a_matrix_too_large_for_its_square_has_the_limit_0():
    W, u, v = A
    assert largest_learning_rate(1e200 * W, u, v) == 0


@pytest.mark.parametrize("vary", ["Wu", "uv", "Wuv"])
def test_together_there_is_no_fixed_limit(vary):
    with pytest.raises(ValueError, match="only one array at a time has a fixed limit"):
        largest_learning_rate(*A, vary=vary)


# Steps


def test_one_step_of_the_right_length_solves_for_w():
    for problem in (A, B, integer_problem(3)):
        u = problem[1]
        eta = 1 / (2 * (u * u).sum())
        losses = descend(*problem, vary="W", learning_rate=eta, steps=1).losses
        assert losses[1] <= 1e-28 * losses[0]


def test_one_step_of_a_half_solves_for_v():
    assert descend(*A, vary="v", learning_rate=0.5, steps=1).losses.tolist() == [24, 0]


def test_a_step_is_against_the_gradient_and_exact_where_binary_numbers_allow():
    W, u, v = A
    path = iterates(W, u, v, vary="Wuv", learning_rate=0.25)
    first, second = next(path), next(path)
    assert first.loss == 24
    for name, before, slope in zip("Wuv", A, gradients(*A), strict=True):
        assert (getattr(first, name) == before).all()
        assert (getattr(second, name) == before - 0.25 * slope).all()
    assert second.loss == loss(second.W, second.u, second.v)


@pytest.mark.parametrize("vary", ["W", "u", "v", "Wu", "uW", "Wuv"])
def test_only_what_is_named_moves(vary):
    last = descend(*A, vary=vary, learning_rate=0.01, steps=2).last
    for name, before in zip("Wuv", A, strict=True):
        assert (getattr(last, name) != before).any() == (name in vary)


def test_the_history_has_the_loss_before_and_after_each_step():
    history = descend(*A, learning_rate=0.05, steps=7)
    points = [p for p, _ in zip(iterates(*A, learning_rate=0.05), range(8), strict=False)]
    assert history.losses.tolist() == [point.loss for point in points]
    assert history.last.loss == history.losses[-1]
    assert (history.last.u == points[-1].u).all()
    assert descend(*A, learning_rate=0.05, steps=0).losses.tolist() == [24]


def test_earlier_points_are_not_changed_by_later_steps():
    path = iterates(*A, vary="Wuv", learning_rate=0.05)
    first = next(path)
    kept = [a.copy() for a in first[:3]]
    next(path)
    assert all((a == b).all() for a, b in zip(first[:3], kept, strict=True))


def test_the_schedule_is_asked_for_every_step_in_turn():
    asked = []
    descend(*A, learning_rate=lambda step: asked.append(step) or 0.01, steps=5)
    assert asked == [0, 1, 2, 3, 4]
    asked.clear()
    sgd(*batch(pairs=5), learning_rate=lambda step: asked.append(step) or 0.01, passes=2, batch=2)
    assert asked == [0, 1, 2, 3, 4, 5]


def test_inverse_time_falls_as_it_says():
    schedule = inverse_time(Fraction(1, 2), decay=3)
    assert [schedule(step) for step in range(3)] == [
        Fraction(1, 2),
        Fraction(1, 8),
        Fraction(1, 14),
    ]


def test_joint_descent_from_all_zeros_stands_still_and_from_elsewhere_moves():
    W, u, v = A
    still = descend(0 * W, 0 * u, v, vary="Wu", learning_rate=0.01, steps=5).losses
    assert (still == still[0]).all()
    assert descend(W, u, v, vary="Wu", learning_rate=0.01, steps=50).losses[-1] < 1


# The wrong formula


def with_u(formula):
    def gradient(W, u, v):
        right = gradients(W, u, v)
        return right._replace(u=formula(W, W @ u - v))

    return gradient


def test_the_wrong_transpose_raises_the_loss_of_case_b():
    wrong = descend(*B, learning_rate=0.05, steps=3, gradient=with_u(lambda W, r: 2 * W @ r))
    right = descend(*B, learning_rate=0.05, steps=3)
    assert (np.diff(wrong.losses) > 0).all()
    assert (np.diff(right.losses) < 0).all()


def test_the_wrong_transpose_diverges_where_the_right_one_converges():
    W = np.array([[0, 2], [-2, 0]])  # W² = −4I: Wr leads up the hill
    u, v = np.array([[1], [1]]), np.array([[1], [2]])
    wrong = descend(W, u, v, learning_rate=0.05, steps=20, gradient=with_u(lambda W, r: 2 * W @ r))
    assert (np.diff(wrong.losses) > 0).all()
    assert (np.diff(descend(W, u, v, learning_rate=0.05, steps=20).losses) < 0).all()


def test_a_symmetric_w_hides_the_wrong_transpose():
    W, u, v = np.array([[2, 1], [1, 3]]), *B[1:]
    wrong = descend(W, u, v, learning_rate=0.01, steps=9, gradient=with_u(lambda W, r: 2 * W @ r))
    assert wrong.losses.tolist() == descend(W, u, v, learning_rate=0.01, steps=9).losses.tolist()


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"in u has shape \(1, 2\); .* that of u, \(2, 1\)"):
        descend(*A, learning_rate=0.01, gradient=with_u(lambda W, r: 2 * r.T @ W))


def test_a_gradient_may_name_its_arguments_as_it_likes():
    found = descend(*A, learning_rate=0.01, gradient=lambda A, x, b: gradients(A, x, b), steps=3)
    assert found.losses.tolist() == descend(*A, learning_rate=0.01, steps=3).losses.tolist()


def test_gradients_that_are_not_needed_need_not_be_given():
    def only_u(W, u, v):
        return Gradients(W=None, u=2 * W.T @ (W @ u - v), v=None)

    assert descend(*A, learning_rate=0.01, gradient=only_u).losses[-1] < 24


# Too far


def test_a_descent_beyond_all_numbers_ends_early_without_a_warning():
    history = descend(*A, learning_rate=10, steps=10_000)
    assert 2 < len(history.losses) < 500
    assert np.isfinite(history.losses).all()
    assert np.isfinite(history.last.u).all()
    assert history.last.loss == history.losses[-1]


def test_one_step_beyond_all_numbers_ends_it_too():
    assert descend(*A, learning_rate=1e308, steps=9).losses.tolist() == [24]
    assert len(list(iterates(*A, learning_rate=1e308))) == 1


@pytest.mark.parametrize("vary", ["W", "u", "Wuv"])
def test_a_stochastic_descent_beyond_all_numbers_ends_early_too(vary):
    history = sgd(*inconsistent(), vary=vary, learning_rate=50, passes=5000, batch=2)
    assert 1 <= len(history.losses) < 1000
    assert np.isfinite(history.losses).all()
    assert history.last.loss == loss(*history.last[:3], mean=True)


def test_a_start_beyond_all_numbers_is_refused():
    W, u, v = A
    with pytest.raises(ValueError, match="the loss at the start is too large"):
        descend(1e200 * W, u, v, learning_rate=0.1)


def test_a_paused_descent_leaves_the_warnings_of_others_alone():
    before = np.geterr()
    path = iterates(*A, learning_rate=0.1)
    next(path)
    assert np.geterr() == before


# A few pairs at a time


@pytest.mark.parametrize("vary", ["W", "u", "v", "Wuv"])
def test_the_same_seed_gives_the_same_run_and_another_seed_another(vary):
    def run(seed):
        rate = inverse_time(0.02, 0.1)
        return sgd(*inconsistent(), vary=vary, learning_rate=rate, batch=2, seed=seed)

    assert run(5).losses.tolist() == run(5).losses.tolist()
    assert all((a == b).all() for a, b in zip(run(5).last[:3], run(5).last[:3], strict=True))
    if "W" in vary:
        assert run(5).losses.tolist() != run(6).losses.tolist()


def test_with_all_pairs_at_hand_it_is_plain_descent_on_the_mean():
    problem = inconsistent()
    whole = sgd(*problem, learning_rate=0.02, passes=9, batch=6).losses
    plain = descend(*problem, vary="W", learning_rate=0.02, steps=9, gradient=mean_gradients)
    assert np.allclose(whole, plain.losses / 6, rtol=1e-13, atol=0)


def test_only_the_columns_at_hand_move():
    W, U, V = inconsistent(pairs=5)
    last = sgd(W, U, V, vary="u", learning_rate=0.25, passes=1, batch=2, seed=1).last
    order, wanted = np.random.default_rng(1).permutation(5), U.astype(float)
    for few in (order[:2], order[2:4], order[4:]):
        wanted[:, few] -= 0.25 * gradients(W, U[:, few], V[:, few]).u / len(few)
    assert (last.u == wanted).all()
    assert (last.W == W).all()
    assert (last.v == V).all()


def test_every_pair_is_seen_once_in_a_pass():
    W, U, V = inconsistent(pairs=7)
    last = sgd(W, U, V, vary="v", learning_rate=0.5, passes=1, batch=1).last
    assert (last.v == W @ U).all()  # a step of a half solves for each v


def test_it_finds_w_where_there_is_one_to_find():
    W, U, V = batch(pairs=8)
    history = sgd(W, U, V, learning_rate=0.02, passes=300, batch=2)
    assert len(history.losses) == 301
    assert history.losses[-1] < 1e-12 * history.losses[0]
    assert np.allclose(history.last.W @ U, V, rtol=0, atol=1e-4)


def test_no_passes_leave_the_start():
    history = sgd(*batch(), learning_rate=0.1, passes=0)
    assert history.losses.tolist() == [loss(*batch(), mean=True)]


# Types and bad input


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("vary", ["W", "u", "v", "Wuv"])
def test_floats_keep_their_type(kind, vary):
    problem = [a.astype(kind) for a in inconsistent()]
    for last in (
        descend(*problem, vary=vary, learning_rate=0.001, steps=3).last,
        descend(*problem, vary=vary, learning_rate=np.float64(0.001), steps=3).last,
        sgd(*problem, vary=vary, learning_rate=0.001, passes=2).last,
    ):
        assert {a.dtype.name for a in last[:3]} == {kind}


def test_fractions_and_integers_of_any_size_become_floats():
    W, u, v = (a * Fraction(1, 3) for a in A)
    assert descend(W, u, v, learning_rate=0.1).last.u.dtype == float
    assert descend(*A, learning_rate=Fraction(1, 20), steps=3).losses[-1] < 1


def test_nothing_given_is_changed():
    for run in (descend, sgd):
        problem = [a.astype(float) for a in inconsistent()]
        kept = [a.copy() for a in problem]
        run(*problem, vary="Wuv", learning_rate=0.01)
        assert all((a == b).all() for a, b in zip(problem, kept, strict=True))


@pytest.mark.parametrize("run", [descend, sgd, iterates, largest_learning_rate])
@pytest.mark.parametrize("vary", ["", "w", "x", "uu", "W u", ["u", "x"]])
def test_a_vary_that_names_no_array_is_refused_at_once(run, vary):
    options = {} if run is largest_learning_rate else {"learning_rate": 0.1}
    with pytest.raises(ValueError, match=r"vary is .*; name the arrays that move, such as 'u'"):
        run(*A, vary=vary, **options)


@pytest.mark.parametrize("run", [descend, sgd])
@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf, "0.1", None, lambda step: -step])
def test_a_learning_rate_that_is_no_positive_number_is_refused(run, rate):
    with pytest.raises(ValueError, match=r"the learning rate is .*; it must be a positive number"):
        run(*A, learning_rate=rate)


@pytest.mark.parametrize("size", [0, -1, 7])
def test_a_batch_that_is_not_there_is_refused(size):
    with pytest.raises(ValueError, match=f"the batch is {size}; with 6 pairs .* from 1 to 6"):
        sgd(*batch(pairs=6), learning_rate=0.1, batch=size)


def test_a_negative_number_of_steps_is_refused():
    with pytest.raises(ValueError, match="steps is -1; it must be 0 or more"):
        descend(*A, learning_rate=0.1, steps=-1)
    with pytest.raises(ValueError, match="passes is -1; it must be 0 or more"):
        sgd(*A, learning_rate=0.1, passes=-1)


def test_complex_numbers_are_refused():
    W, u, v = A
    with pytest.raises(TypeError, match="descent needs real numbers"):
        descend(W * 1j, u, v, learning_rate=0.1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("run", [descend, sgd, largest_learning_rate])
def test_nan_and_infinity_are_refused(run, place, bad):
    problem = [a.astype(float) for a in A]
    problem[place][0, 0] = bad
    options = {} if run is largest_learning_rate else {"learning_rate": 0.1}
    with pytest.raises(ValueError, match=rf"{'Wuv'[place]}\[0, 0\] is {bad}; every entry"):
        run(*problem, **options)


def test_flat_arrays_are_refused():
    W, u, v = A
    with pytest.raises(ValueError, match=r"u has shape .* a flat array; make it a column"):
        descend(W, u.ravel(), v, learning_rate=0.1)


# The best step along the gradient


@pytest.mark.parametrize("problem", WHOLE)
@pytest.mark.parametrize("vary", "Wuv")
def test_no_other_step_along_the_gradient_is_better_than_the_exact_one(problem, vary):
    eta, slope = exact_step(*problem, vary=vary), getattr(gradients(*problem), vary)

    def after(rate):
        arrays = dict(zip("Wuv", problem, strict=True))
        return loss(**arrays | {vary: arrays[vary] - rate * slope})

    best = after(eta)
    assert all(best < after(eta + delta) for delta in (Fraction(1, 1000), -Fraction(1, 1000)))
    # a parabola: as much higher on the left as on the right, exactly
    assert after(eta + Fraction(1, 7)) == after(eta - Fraction(1, 7))


@pytest.mark.parametrize(
    ("name", "hessian"), [("W", hessian_W), ("u", hessian_u), ("v", hessian_v)]
)
def test_the_exact_step_is_the_formula_with_the_hessian(name, hessian):
    for problem in (A, B, integer_problem(7)):
        g = getattr(gradients(*problem), name).reshape(-1, 1, order="F")
        bend = (g.T @ hessian(*problem) @ g).item()
        assert exact_step(*problem, vary=name) == Fraction((g.T @ g).item(), bend)


@pytest.mark.parametrize("problem", WHOLE)
def test_after_an_exact_step_the_next_gradient_is_at_a_right_angle(problem):
    W, u, v = problem
    before = gradients(W, u, v).u
    after = gradients(W, u - exact_step(W, u, v) * before, v).u
    assert (before * after).sum() == 0
    almost = gradients(W, u - (exact_step(W, u, v) + Fraction(1, 10**9)) * before, v).u
    assert (before * almost).sum() != 0


def test_exact_steps_make_whole_numbers_fractions_of_any_size():
    W, u, v = A
    assert exact_step(W, u, v) == Fraction(41, 612)
    assert exact_step(*A, vary="v") == Fraction(1, 2)
    assert exact_step(*A, vary="W") == Fraction(1, 10)
    assert exact_step(10**30 * W.astype(object), u, v) != 0
    assert exact_step(10**6 * W, u, 10**6 * v) == Fraction(41, 612 * 10**12)
    assert isinstance(exact_step(W / 2, u, v), float)


def test_the_exact_step_does_not_depend_on_how_large_the_gradient_is():
    W, u, v = (a.astype(float) for a in A)
    for scale in (1e-200, 1e-9, 1e150):
        assert np.isclose(exact_step(W, scale * u, scale * v), 41 / 612, rtol=1e-14)


def test_where_the_gradient_is_zero_there_is_no_exact_step():
    W, u, _ = A
    with pytest.raises(ValueError, match="the gradient in u is zero here; there is nowhere to go"):
        exact_step(W, u, W @ u)
    losses = descend(*A, vary="v", learning_rate="exact", steps=3).losses
    assert losses.tolist() == [24, 0, 0, 0]  # a descent stays there


def test_a_line_search_makes_the_exact_step_each_time():
    for point, _ in zip(path := iterates(*A, learning_rate="exact"), range(5), strict=False):
        after = next(path)
        g = gradients(*point[:3]).u
        assert np.allclose(after.u, point.u - exact_step(*point[:3]) * g, rtol=1e-12, atol=1e-15)


def test_from_its_worst_start_a_line_search_gains_no_more_than_the_bound():
    W, u, v = np.array([[1, 2], [-2, -1]]), np.array([[5], [-4]]), np.array([[0], [0]])
    for _ in range(6):  # κ = 9, so the bound is (8/10)²
        after = u - exact_step(W, u, v) * gradients(W, u, v).u
        assert loss(W, after, v) == Fraction(16, 25) * loss(W, u, v)
        u = after


@pytest.mark.parametrize("problem", [A, B, integer_problem(7, m=5, n=3)])
def test_no_exact_step_gains_less_than_the_bound(problem):
    small, *_, large = np.linalg.eigvalsh(hessian_u(*problem))
    best = loss(*at_minimum(problem, "u"))
    above = descend(*problem, learning_rate="exact", steps=12).losses - best
    assert (above[1:] <= ((large - small) / (large + small)) ** 2 * above[:-1] + 1e-12).all()


@pytest.mark.parametrize("vary", ["Wu", "uv"])
def test_together_there_is_no_exact_step(vary):
    for run in (exact_step, partial(iterates, learning_rate="exact")):
        with pytest.raises(ValueError, match=r"only one array at a time has .* an exact step"):
            run(*A, vary=vary)


def test_a_few_pairs_know_no_exact_step():
    with pytest.raises(ValueError, match="the learning rate is 'exact'; it must be a positive"):
        sgd(*batch(), learning_rate="exact")


# Momentum

HEAVY = {"learning_rate": 1 / 64, "momentum": 1 / 4}


def test_momentum_repeats_a_part_of_the_last_step():
    u_0, u_1, u_2 = (point.u for point, _ in zip(iterates(*A, **HEAVY), range(3), strict=False))
    assert (u_1 == u_0 - gradients(A.W, u_0, A.v).u / 64).all()
    assert (u_2 == u_1 - gradients(A.W, u_1, A.v).u / 64 + (u_1 - u_0) / 4).all()


def test_without_momentum_it_is_plain_descent_to_the_last_bit():
    how = {"vary": "Wu", "learning_rate": 0.01, "steps": 30}
    assert (descend(*A, **how, momentum=0).losses == descend(*A, **how).losses).all()


def test_the_best_momentum_shrinks_every_direction_by_its_square_root():
    W = np.array([[1, 2], [-2, -1]])  # singular values 3 and 1
    eta, beta = 2 / (3 + 1) ** 2, ((3 - 1) / (3 + 1)) ** 2
    for curvature in np.linalg.eigvalsh(2 * W.T @ W):
        found = contraction_factor(curvature, learning_rate=eta, momentum=beta)
        assert np.isclose(found, 0.5, rtol=1e-7)
    # any other pair is worse in one of the two directions
    for other in ((1.05, 1), (0.95, 1), (1, 1.05), (1, 0.95), (1.05, 1.05), (0.95, 0.95)):
        how = {"learning_rate": other[0] * eta, "momentum": other[1] * beta}
        assert contraction_factor(np.array([2, 18]), **how).max() > 0.51


@pytest.mark.parametrize("momentum", [0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1, 0.2])
def test_the_factor_is_what_a_long_descent_shows(rate, momentum):
    W, start, v = np.array([[2.0]]), np.array([[1.0]]), np.array([[0.0]])
    points = iterates(W, start, v, learning_rate=rate, momentum=momentum)
    left = np.array([abs(point.u.item()) for point, _ in zip(points, range(301), strict=False)])
    found = contraction_factor(8, learning_rate=rate, momentum=momentum)
    # complex roots turn: the largest of some neighbours is compared, over 200 steps
    shrunk = left[280:300].max() / left[80:100].max()
    assert np.isclose(shrunk ** (1 / 200), found, rtol=0.01)


def test_the_factor_takes_an_array_of_curvatures():
    curvatures = np.array([0, 2, 10, 18, 20])
    factors = contraction_factor(curvatures, learning_rate=1 / 10)
    assert np.allclose(factors, [1, 0.8, 0, 0.8, 1], rtol=0, atol=1e-15)
    assert (contraction_factor(curvatures, learning_rate=1 / 8, momentum=1 / 4) >= 0.5).all()


@pytest.mark.parametrize("momentum", [-0.1, 1, 1.5, np.nan])
def test_a_momentum_outside_its_range_is_refused(momentum):
    with pytest.raises(ValueError, match=r"momentum is .*; it must be at least 0 and below 1"):
        descend(*A, learning_rate=0.01, momentum=momentum)
