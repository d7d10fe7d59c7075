"""The checks can fail: every slip people make is caught, and told in words that help.

The slips are those of lecture notes, threads and issue trackers; `RIGHT` holds what must pass.
"""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems, wholes

from wuv import (
    case_a,
    case_b,
    check_direction,
    check_gradient,
    column,
    grad_u,
    gradients,
    hessian_u,
    integer_problem,
    loss,
    residual,
)

A, B = case_a(), case_b()


def checked(name, formula, problem):
    """The report on a formula in W, u, v and r for the gradient in one of the three."""
    arrays = dict(zip("Wuv", problem, strict=True))

    def claimed(x):
        W, u, v = (arrays | {name: x}).values()
        return formula(W, u, v, W @ u - v)

    return check_gradient(lambda x: loss(**arrays | {name: x}), claimed, arrays[name])


RIGHT = {
    "u: 2Wᵀr": ("u", lambda W, u, v, r: 2 * W.T @ r),
    "u: −2Wᵀ(v − Wu)": ("u", lambda W, u, v, r: -2 * W.T @ (v - W @ u)),
    "u: (2rᵀW)ᵀ": ("u", lambda W, u, v, r: (2 * r.T @ W).T),
    "v: −2r": ("v", lambda W, u, v, r: -2 * r),
    "v: 2(v − Wu)": ("v", lambda W, u, v, r: 2 * (v - W @ u)),
    "W: 2ruᵀ": ("W", lambda W, u, v, r: 2 * r @ u.T),
    "W: 2r × uᵀ, stretched": ("W", lambda W, u, v, r: 2 * r * u.T),
    "W: 2(urᵀ)ᵀ": ("W", lambda W, u, v, r: 2 * (u @ r.T).T),
}

norm = np.linalg.norm
PRODUCT = r"cannot be computed: .*left factor has {} columns? and the right one {} rows?"
LAYOUT = r"numbers are right: it is {}, so only the layout differs"
BOTH = r"It is (flat|transposed), and its numbers are wrong too"
ROW = LAYOUT.format("the derivative as a row")


def shaped(claimed, wanted):
    return rf"shape \({claimed}\); it must have its variable's, \({wanted}\)"


SLIPS = [
    # wrong in u
    ("u: 2rWᵀ", "u", A, lambda W, u, v, r: 2 * r @ W.T, PRODUCT.format(1, 2)),
    ("u: 2rWᵀ", "u", B, lambda W, u, v, r: 2 * r @ W.T, PRODUCT.format(1, 2)),
    ("u: 2rWᵀ, flat", "u", B, lambda W, u, v, r: 2 * r.ravel() @ W.T, BOTH),
    ("u: 2Wr", "u", A, lambda W, u, v, r: 2 * W @ r, PRODUCT.format(2, 3)),
    ("u: 2Wr", "u", B, lambda W, u, v, r: 2 * W @ r, "2 of 2 entries are not the measured"),
    ("u: 2rᵀW", "u", A, lambda W, u, v, r: 2 * r.T @ W, shaped("1, 2", "2, 1") + ".*" + ROW),
    ("u: 2rᵀW", "u", B, lambda W, u, v, r: 2 * r.T @ W, shaped("1, 2", "2, 1") + ".*" + ROW),
    ("u: 2rᵀWᵀ", "u", A, lambda W, u, v, r: 2 * r.T @ W.T, PRODUCT.format(3, 2)),
    ("u: 2rᵀWᵀ", "u", B, lambda W, u, v, r: 2 * r.T @ W.T, BOTH),
    ("u: (W + Wᵀ)r", "u", A, lambda W, u, v, r: (W + W.T) @ r, r"cannot be .*\(3,2\) \(2,3\)"),
    ("u: (W + Wᵀ)r", "u", B, lambda W, u, v, r: (W + W.T) @ r, "2 of 2 entries"),
    ("u: Wᵀr", "u", A, lambda W, u, v, r: W.T @ r, r"1/2 times .*a factor 2 is missing.*½"),
    ("u: −2Wᵀr", "u", A, lambda W, u, v, r: -2 * W.T @ r, r"[-−]1 times .*a sign is wrong"),
    ("u: −Wᵀr", "u", A, lambda W, u, v, r: -(W.T @ r), "[-−]1/2 times .*sign.*2 is missing"),
    ("u: 4Wᵀr", "u", A, lambda W, u, v, r: 4 * W.T @ r, "2 times .*a factor 2 too many"),
    ("u: 2WᵀWu", "u", A, lambda W, u, v, r: 2 * W.T @ W @ u, "2 of 2 entries"),
    ("u: 2W‖r‖", "u", A, lambda W, u, v, r: 2 * W * norm(r), shaped("3, 2", "2, 1")),
    ("u: 2W‖r‖", "u", B, lambda W, u, v, r: 2 * W * norm(r), shaped("2, 2", "2, 1")),
    ("u: 2Wᵀ‖r‖", "u", A, lambda W, u, v, r: 2 * W.T * norm(r), shaped("2, 3", "2, 1")),
    ("u: r/‖r‖", "u", A, lambda W, u, v, r: r / norm(r), shaped("3, 1", "2, 1")),
    ("u: r/‖r‖", "u", B, lambda W, u, v, r: r / norm(r), "2 of 2 entries"),
    ("u: Wᵀr/‖r‖", "u", A, lambda W, u, v, r: W.T @ r / norm(r), "2 of 2 entries"),
    ("u: 2r", "u", A, lambda W, u, v, r: 2 * r, shaped("3, 1", "2, 1")),
    ("u: 2W", "u", A, lambda W, u, v, r: 2 * W, shaped("3, 2", "2, 1")),
    ("u: 0", "u", A, lambda W, u, v, r: 0 * u, "0 times .*does not change"),
    # wrong in v
    ("v: 2r", "v", A, lambda W, u, v, r: 2 * r, r"[-−]1 times .*a sign is wrong"),
    ("v: −2rᵀ", "v", A, lambda W, u, v, r: -2 * r.T, shaped("1, 3", "3, 1") + ".*" + ROW),
    ("v: 2rᵀ", "v", A, lambda W, u, v, r: 2 * r.T, BOTH),
    ("v: −r", "v", A, lambda W, u, v, r: -r, "1/2 times .*a factor 2 is missing"),
    ("v: r", "v", A, lambda W, u, v, r: r, "[-−]1/2 times .*sign.*2 is missing"),
    ("v: −1", "v", A, lambda W, u, v, r: -1, r"shape \(\); it must have its variable's, \(3, 1\)"),
    ("v: −2r, flat", "v", A, lambda W, u, v, r: -2 * r.ravel(), LAYOUT.format("flat")),
    # wrong in W
    ("W: 2urᵀ", "W", A, lambda W, u, v, r: 2 * u @ r.T, LAYOUT.format("transposed")),
    ("W: 2urᵀ", "W", B, lambda W, u, v, r: 2 * u @ r.T, "2 of 4 entries"),
    ("W: 2uᵀr", "W", A, lambda W, u, v, r: 2 * u.T @ r, PRODUCT.format(2, 3)),
    ("W: 2uᵀr", "W", B, lambda W, u, v, r: 2 * u.T @ r, shaped("1, 1", "2, 2")),
    ("W: 2r * u", "W", A, lambda W, u, v, r: 2 * r * u, r"cannot be computed: .*\(3,1\) \(2,1\)"),
    ("W: 2r * u", "W", B, lambda W, u, v, r: 2 * r * u, shaped("2, 1", "2, 2")),
    ("W: 2ru", "W", B, lambda W, u, v, r: 2 * r @ u, PRODUCT.format(1, 2)),
    ("W: ruᵀ", "W", A, lambda W, u, v, r: r @ u.T, "1/2 times .*a factor 2 is missing"),
    ("W: −2ruᵀ", "W", A, lambda W, u, v, r: -2 * r @ u.T, r"[-−]1 times .*a sign is wrong"),
]


@pytest.mark.parametrize(("name", "formula"), RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("problem", [A, B], ids="AB")
def test_a_right_formula_passes_exactly(name, formula, problem):
    report = checked(name, formula, problem)
    assert report
    assert report.verdict == "right"
    assert report.message == "Every entry agrees, exactly."
    assert report.relative_error == 0


@pytest.mark.parametrize(
    ("name", "problem", "formula", "message"),
    [slip[1:] for slip in SLIPS],
    ids=[f"{slip[0]} in {'AB'[slip[2] is B]}" for slip in SLIPS],
)
def test_a_wrong_gradient_of_every_kind_is_caught_and_named(name, problem, formula, message):
    report = checked(name, formula, problem)
    assert not report
    assert report.verdict == "wrong"
    assert re.search(message, report.message), report.message
    assert "gufunc" not in report.message


@pytest.mark.parametrize("formula", [lambda W: 2 * W @ W, lambda W: W.T @ W, lambda W: 2 * W @ W.T])
def test_a_wrong_hessian_is_not_the_derivative_of_the_gradient(formula):
    W, u, v = B
    for k in range(2):
        report = check_gradient(lambda x, k=k: grad_u(W, x, v)[k, 0], hessian_u(W, u, v)[:, [k]], u)
        assert report.message == "Every entry agrees, exactly."
        assert not check_gradient(lambda x, k=k: grad_u(W, x, v)[k, 0], formula(W)[:, [k]], u)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("name", "formula"), RIGHT.values(), ids=RIGHT)
def test_on_every_problem_the_right_pass_and_a_multiple_of_them_fails(name, formula, seed):
    problem = integer_problem(seed)
    assert checked(name, formula, problem)
    assert not checked(name, lambda *given: 1.0005 * formula(*given), problem)


@given(problems(), st.sampled_from("Wuv"), st.integers(-99, 99), st.data())
def test_one_entry_off_by_any_whole_number_is_found_where_it_is(problem, name, off, data):
    assume(off)
    arrays = dict(zip("Wuv", problem, strict=True))
    claimed = getattr(gradients(*problem), name)
    place = tuple(data.draw(st.integers(0, size - 1)) for size in claimed.shape)
    claimed[place] += off
    report = check_gradient(lambda x: loss(**arrays | {name: x}), claimed, arrays[name])
    assert not report
    assert report.worst == place
    assert report.claimed - report.measured == off


@pytest.mark.parametrize("kind", [int, float])
def test_a_gradient_of_2_001_times_is_not_one_of_2(kind):
    x = column(3, -4).astype(kind)
    report = check_gradient(lambda x: (x * x).sum(), 2.001 * x, x)
    assert not report
    assert "2 of 2 entries" in report.message
    assert check_gradient(lambda x: (x * x).sum(), 2 * x, x)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("seed", range(20))
def test_floating_point_problems_pass_and_slips_fail(kind, seed):
    W, u, v = (a.astype(kind) / 7 for a in integer_problem(seed))
    right = grad_u(W, u, v)
    assert check_gradient(lambda u: loss(W, u, v), right, u)
    for wrong in (-right, right / 2, 1.02 * right, right + 0.02 * abs(right).max()):
        assert not check_gradient(lambda u: loss(W, u, v), wrong, u)


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1, 1e12, 1e30])
def test_the_scale_of_the_loss_does_not_matter(scale):
    x = column(0.5, -2.0)
    assert check_gradient(lambda x: scale * (x * x).sum(), 2 * scale * x, x)
    report = check_gradient(lambda x: scale * (x * x).sum(), 3 * scale * x, x)
    assert report.message == "2 of 2 entries are not the measured slope."
    half = check_gradient(lambda x: scale * (x * x).sum(), scale * x, x)
    assert "a factor 2 is missing" in half.message


def test_where_the_residual_is_0_it_says_that_nothing_was_tested():
    W, u, _ = A
    for factor in (2, -77):  # the right formula and a wrong one
        report = check_gradient(
            lambda x: loss(W, x, W @ u), factor * W.T @ residual(W, u, W @ u), u
        )
        assert report
        assert "every slope here is 0" in report.message
    assert not check_gradient(lambda x: loss(W, x, W @ u), np.ones((2, 1)), u)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_a_claim_of_nan_or_infinity_is_wrong(bad, place):
    W, u, v = A
    claimed = grad_u(W, u, v).astype(float)
    claimed[place] = bad
    report = check_gradient(lambda u: loss(W, u, v), claimed, u)
    assert not report
    assert report.worst == (place, 0)
    assert report.relative_error == np.inf
    assert str(bad).replace("-", "−") in str(report)
    assert report.message == "1 of 2 entries are not the measured slope."
    assert not check_gradient(lambda u: loss(W, u, v), np.full((2, 1), bad), u)


@given(wholes(2, 1))
def test_a_loss_that_is_not_quadratic_is_measured_in_floating_point(x):
    f, slope = (lambda x: (x**4).sum()), (lambda x: 4 * x**3)
    assert check_gradient(f, slope, x)
    if x.any():  # at 0 every slope is 0, and whole steps see that exactly
        assert check_gradient(f, slope, x).step is None
        assert not check_gradient(f, lambda x: 1.001 * slope(x), x)


@given(wholes(2, 1))
def test_a_quadratic_loss_of_whole_numbers_is_measured_exactly(x):
    report = check_gradient(lambda x: (x * x).sum() + 3 * x.sum(), lambda x: 2 * x + 3, x)
    assert report.step == 1
    assert report.relative_error == 0
    assert report.measured == 2 * x[report.worst] + 3


def test_a_loss_written_with_the_norm_gives_floats_and_passes():
    W, u, v = A
    report = check_gradient(lambda u: np.linalg.norm(W @ u - v) ** 2, grad_u(W, u, v), u)
    assert report.message == "Every entry agrees."
    assert "exact" not in report.message


def test_a_loss_that_is_a_1_by_1_array_is_a_number():
    W, u, v = A
    report = check_gradient(lambda u: (W @ u - v).T @ (W @ u - v), grad_u(W, u, v), u)
    assert report.message == "Every entry agrees, exactly."


def test_a_loss_stretched_to_a_matrix_teaches():
    W, u, v = A
    with pytest.raises(TypeError, match=r"shape \(3, 3\); the loss must be one number"):
        check_gradient(lambda u: (W @ u - v.ravel()) ** 2, grad_u(W, u, v), u)


def test_fractions_are_compared_exactly_and_printed_as_such():
    x = column(Fraction(1, 2), Fraction(2, 3))
    assert check_gradient(lambda x: (x * x).sum(), lambda x: 2 * x, x).relative_error == 0
    report = check_gradient(lambda x: (x * x).sum(), lambda x: x * 2 + x / 10**30, x)
    assert not report
    assert "/" in str(report).split("claimed")[1].split("measured")[0]
    assert not check_gradient(lambda x: (x * x).sum(), column(1, 1), x)
    assert "measured at [1, 0] 4/3" in str(check_gradient(lambda x: (x * x).sum(), column(1, 1), x))


def test_integers_beyond_floats_are_compared_exactly():
    x = np.array([[10**20]])
    assert check_gradient(lambda x: (x * x).sum(), 2 * x, x)
    assert not check_gradient(lambda x: (x * x).sum(), 2 * x + 1, x)


def test_a_step_and_a_tolerance_are_the_callers():
    x = column(3.0, -4.0)
    close = 2 * x * (1 + 1e-8)
    assert check_gradient(lambda x: (x * x).sum(), close, x)
    assert check_gradient(lambda x: (x * x).sum(), close, x, step=0.5).step == 0.5
    assert not check_gradient(lambda x: (x * x).sum(), close, x, step=1, tolerance=1e-10)
    assert check_gradient(lambda x: (x * x).sum(), 2.1 * x, x, tolerance=0.1)
    whole = column(3, -4)
    assert check_gradient(lambda x: (x * x).sum(), 2 * whole + 1, whole, tolerance=0.5)


def test_a_complex_function_of_a_complex_variable_is_checked_too():
    x = np.array([1 + 2j, 3])
    assert check_gradient(lambda x: (x * x).sum(), 2 * x, x)
    assert not check_gradient(lambda x: (x * x).sum(), 2j * x, x)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (None, "cannot be compared: the gradient holds None, which is not a number"),
        (lambda x: None, "cannot be compared: the gradient holds None, which is not a number"),
        ("2Wᵀr", "cannot be compared: .*not a number"),
        ([[1], [2, 3]], "cannot be compared: the gradient has rows of different lengths"),
        ([], "cannot be compared: the gradient is empty"),
        (lambda x: x.reshape(7), "cannot be computed"),
        ([[20, 20], [16, 16]], r"shape \(2, 2\).*If a column met a row.*stretched"),
    ],
)
def test_a_claim_that_is_no_gradient_is_wrong_and_says_why(claim, message):
    W, u, v = A
    report = check_gradient(lambda u: loss(W, u, v), claim, u)
    assert not report
    assert re.search(message, report.message)
    assert "verdict" in str(report)


def test_nothing_given_is_changed_even_by_a_gradient_that_does():
    W, u, v = A
    check_gradient(lambda u: loss(W, u, v), lambda u: u.fill(0) or u, u)
    assert u.tolist() == [[1], [2]]


def test_a_report_prints_its_message_and_what_was_compared():
    W, u, v = A
    report = check_gradient(lambda u: loss(W, u, v), W.T @ residual(W, u, v), u)
    for part in (report.message, "wrong", "claimed at [0, 0]", "10", "measured", "20", "0.5", "1"):
        assert part in str(report)
        assert part in report._repr_html_()
    assert repr(report) == str(report)


def test_a_report_escapes_what_it_shows_in_a_page():
    report = check_gradient(lambda x: (x * x).sum(), np.array([["<b>"]]), column(1))
    assert "<b>" in report.message
    assert "<b>" not in report._repr_html_()


# Along a direction


@given(problems(pairs=2), st.sampled_from("Wuv"), st.integers(0, 99))
def test_along_any_direction_the_right_gradient_passes_exactly(problem, name, seed):
    arrays = dict(zip("Wuv", problem, strict=True))

    def f(x):
        return loss(**arrays | {name: x})

    report = check_direction(f, getattr(gradients(*problem), name), arrays[name], seed=seed, step=1)
    assert report
    assert report.relative_error == 0
    assert report.worst is None


def test_along_a_direction_slips_fail_unless_their_error_is_orthogonal():
    W, u, v = A
    right = grad_u(W, u, v)
    for wrong in (-right, right // 2, 2 * right, right + column(0, 1)):
        assert not check_direction(lambda u: loss(W, u, v), wrong, u, step=1)
    blind = column(1, 0)
    assert check_direction(
        lambda u: loss(W, u, v), right + column(0, 9), u, direction=blind, step=1
    )


def test_along_a_direction_a_sign_is_named_and_fractions_print():
    x = column(Fraction(1, 2), Fraction(2, 3))
    report = check_direction(lambda x: (x * x).sum(), -2 * x, x, direction=column(1, 1), step=1)
    assert "a sign is wrong" in report.message
    assert "7/3" in str(report)
    assert "along the direction" in str(report)


def test_along_a_direction_large_integers_do_not_wrap_around():
    x = np.array([[2**61], [2**61]])
    right = np.array([[2**62], [2**62]])
    report = check_direction(
        lambda x: (x.astype(object) ** 2).sum(), right, x, direction=column(3, 3), step=1
    )
    assert report
    assert report.claimed == 6 * 2**62


def test_along_a_direction_floats_are_compared_as_floats():
    W, u, v = (a / 3 for a in A)
    assert check_direction(lambda W: loss(W, u, v), gradients(W, u, v).W, W)
    assert not check_direction(lambda W: loss(W, u, v), 1.001 * gradients(W, u, v).W, W)


def test_the_same_seed_draws_the_same_direction():
    W, u, v = A
    reports = [
        check_direction(lambda u: loss(W, u, v), 3 * u, u, seed=seed).measured for seed in (5, 5, 6)
    ]
    assert reports[0] == reports[1] != reports[2]


@pytest.mark.parametrize(("shape", "stretched"), [((2, 2), True), ((3, 1), False), ((3,), False)])
def test_stretching_is_thought_of_where_it_may_have_been(shape, stretched):
    found = check_gradient(lambda u: (u * u).sum(), np.ones(shape, int), np.array([[1], [2]]))
    hint = " If a column met a row entry by entry, NumPy stretched both."
    start = f"The gradient has shape {shape}; it must have its variable's, (2, 1)."
    assert found.message == start + hint * stretched


def test_a_direction_or_a_gradient_of_another_shape_is_refused():
    W, u, v = A
    with pytest.raises(ValueError, match=r"shape \(1, 2\); .*\(2, 1\). It is transposed"):
        check_direction(lambda u: loss(W, u, v), u.T, u)
    with pytest.raises(ValueError, match=r"direction has shape \(2,\), x has \(2, 1\)"):
        check_direction(lambda u: loss(W, u, v), u, u, direction=[1, 2])


# Kinks


def test_at_a_kink_what_lies_between_both_slopes_is_not_called_wrong():
    x = np.array([1.0, 0.0, 2.0])
    for at_the_kink in (-1, 0.3, 1):
        report = check_gradient(lambda x: abs(x).sum(), [1, at_the_kink, 1], x)
        assert report
        assert "At [1] f has a kink: its slope is −1 on one side and 1" in report.message
    for wrong in ([1, 3, 1], [1, 1, -1], [1, 1, 1.1]):
        assert not check_gradient(lambda x: abs(x).sum(), wrong, x)


def test_on_whole_numbers_kinks_are_found_exactly_and_curves_are_none():
    x = column(0, 50)
    report = check_gradient(lambda x: abs(x).sum(), column(1, 1), x)
    assert report
    assert report.message.startswith("Every other entry agrees, exactly. At [0, 0] f has a kink")
    assert not check_gradient(lambda x: abs(x).sum(), column(2, 1), x)
    bent = check_gradient(lambda x: 1000 * (x * x).sum(), column(500, 100000), x)
    assert not bent
    assert "kink" not in bent.message


@given(st.floats(-3, 3), st.sampled_from([np.exp, np.sin, np.tanh, lambda x: 1e6 * x**3]))
def test_no_smooth_function_is_told_to_have_a_kink(at, f):
    report = check_gradient(lambda x: f(x).sum(), np.array([at + 1e3]), np.array([at]))
    assert "kink" not in report.message


def test_beside_a_kink_there_is_a_gradient():
    x = np.array([0.01, -0.01])
    assert check_gradient(lambda x: abs(x).sum(), np.sign(x), x).message == "Every entry agrees."
    assert not check_gradient(lambda x: abs(x).sum(), -np.sign(x), x)


# Several arrays


def test_several_arguments_are_checked_at_once_and_exactly():
    report = check_gradient(loss, gradients, A)
    assert report
    assert report.message == "x.W, x.u, x.v: Every entry agrees, exactly."
    assert "claimed at x.W[" in str(report)


def test_of_several_arguments_the_wrong_one_is_named():
    right = gradients(*A)
    report = check_gradient(loss, right._replace(u=-right.u), A)
    assert not report
    assert report.part == "x.u"
    assert report.message.splitlines() == [
        "x.W, x.v: Every entry agrees, exactly.",
        "x.u: Every entry is −1 times the measured slope: a sign is wrong.",
    ]


def test_a_dictionary_of_arrays_is_one_argument_however_deep_it_is():
    parameters = {"layer": {"W": np.ones((2, 2)) / 3, "b": np.ones((2, 1))}, "scale": 2.0}

    def f(p):
        return p["scale"] * ((p["layer"]["W"] @ p["layer"]["b"]) ** 2).sum()

    def slopes(p):
        z = p["layer"]["W"] @ p["layer"]["b"]
        inner = 2 * p["scale"] * z
        return {
            "layer": {"W": inner @ p["layer"]["b"].T, "b": p["layer"]["W"].T @ inner},
            "scale": (z**2).sum(),
        }

    assert check_gradient(f, slopes, parameters)
    report = check_gradient(f, slopes(parameters) | {"scale": 3}, parameters)
    assert (report.ok, report.part, report.worst) == (False, "x['scale']", None)
    assert "claimed at x['scale']" in str(report)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ({"W": np.ones(2)}, "must be a dictionary with the keys of x"),
        (np.ones(2), "must be a dictionary"),
    ],
)
def test_a_gradient_of_other_parts_is_wrong_and_says_which_are_wanted(claim, message):
    report = check_gradient(lambda p: (p["a"] ** 2).sum(), claim, {"a": np.ones(2)})
    assert not report
    assert message in report.message
    assert not check_gradient(lambda a, b: (a * b).sum(), (1,), (np.ones(2), np.ones(2)))


def test_a_tuple_of_numbers_is_an_array_as_it_always_was():
    assert check_gradient(lambda x: (x * x).sum(), (6, -8), (3, -4))
    assert check_gradient(lambda x: (x * x).sum(), [(6,), (-8,)], [(3,), (-4,)])


# Other libraries' arrays


class Tensor:
    """What `wuv.tensors` asks of a tensor of PyTorch, in single precision or in another type."""

    def __init__(self, values, kind="float32", requires_grad=False):
        self.values = np.array(values, kind)
        self.kind, self.requires_grad = kind, requires_grad

    @property
    def dtype(self):
        return f"torch.{self.kind}"

    @property
    def ndim(self):
        return self.values.ndim

    def __array__(self, dtype=None, copy=None):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.values

    def detach(self):
        return Tensor(self.values, self.kind)

    def cpu(self):
        return self

    def double(self):
        return Tensor(self.values, "float64")

    def is_floating_point(self):
        return self.values.dtype.kind == "f"

    def size(self):  # a method, as it is there
        return self.values.shape

    def new_tensor(self, values, requires_grad=False):
        return Tensor(values, self.kind, requires_grad)


def tensor_loss(x):
    assert isinstance(x, Tensor)
    return Tensor((x.values**2).sum(), x.kind, x.requires_grad)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int64"])
@pytest.mark.parametrize("requires_grad", [False, True])
def test_tensors_are_checked_in_their_own_precision(kind, requires_grad):
    x = Tensor([[1], [2]], kind, requires_grad)
    right = Tensor([[2], [4]], kind, requires_grad)
    report = check_gradient(tensor_loss, right, x)
    assert report
    assert report.digits == {"float16": 3, "float32": 7, "float64": 16, "int64": None}[kind]
    assert check_gradient(tensor_loss, lambda x: Tensor(2 * x.values, kind), x)
    assert not check_gradient(tensor_loss, Tensor([[3], [4]], kind), x)
    assert check_direction(tensor_loss, right, x)
    assert not check_direction(tensor_loss, Tensor([[3], [4]], kind), x)


def test_whole_tensors_move_by_fractions_of_1():
    x = Tensor([[1], [2]], "int64")
    report = check_gradient(lambda x: Tensor((x.values**4).sum(), x.kind), [[4], [32]], x)
    assert report
    assert report.step is None


class Namespaced:
    """What `wuv.tensors` asks of an array of JAX, which has single precision alone."""

    def __init__(self, values):
        self.values = np.array(values, np.float32)
        self.dtype, self.ndim = self.values.dtype, self.values.ndim

    def __array__(self, dtype=None, copy=None):
        return self.values

    def __array_namespace__(self):
        return Namespaced

    @staticmethod
    def asarray(values, dtype=None, copy=None):
        assert copy
        return Namespaced(values)


def test_an_array_of_a_namespace_is_given_to_f_as_one():
    x = Namespaced([1.0, 2.0])
    report = check_gradient(lambda x: Namespaced((x.values**3).sum()), [3.0, 12.0], x)
    assert report
    assert report.digits == 7


SINGLE = {
    "a number of single precision": lambda x: (x.astype("float32") ** 3).sum(),
    "an array of it": lambda x: (x.astype("float32") ** 3).sum(keepdims=True),
    "a tensor": lambda x: Tensor((x.astype("float32") ** 3).sum(), requires_grad=True),
    "a plain float with its digits": lambda x: float((x.astype("float32") ** 3).sum()),
}


@pytest.mark.parametrize("f", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("seed", range(5))
def test_what_computes_in_single_precision_is_measured_so_at_a_point_of_double(f, seed):
    x = np.random.default_rng(seed).normal(size=(3, 2)) + 3
    report = check_gradient(f, 3 * x**2, x)
    assert report
    assert report.digits == 7
    assert "small enough" in str(report)
    assert not check_gradient(f, 3.2 * x**2, x)
    assert check_direction(f, 3 * x**2, x)


@pytest.mark.parametrize("f", [lambda x: float(x.sum()), lambda x: float((x * x).sum() - 2)])
def test_a_plain_float_of_few_digits_is_not_taken_for_single_precision(f):
    assert check_gradient(f, [1.0, 1.0], [0.5, 0.5]).digits == 16
