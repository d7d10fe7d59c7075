"""Problems: whole numbers in which no mistake can hide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuv import case_a, case_b, integer_problem

SIZES = st.none() | st.integers(1, 8)


def hides_nothing(W, u, v):
    m, n = W.shape
    return (
        m != n
        and u.shape == (n, 1)
        and v.shape == (m, 1)
        and np.linalg.matrix_rank(W) == min(m, n)
        and u.all()
        and (W @ u - v).all()
    )


@given(st.integers(0, 2**32), SIZES, SIZES, st.integers(2, 9))
def test_no_problem_hides_a_mistake(seed, m, n, largest):
    if m is not None and m == n:
        n = m + 1
    problem = integer_problem(seed, m, n, largest)
    assert hides_nothing(*problem)
    assert problem.W.shape == (m or problem.W.shape[0], n or problem.W.shape[1])
    assert all(a.dtype.kind == "i" and abs(a).max() <= largest for a in problem)


@pytest.mark.parametrize("seed", range(300))
def test_the_problems_of_the_first_seeds_hide_nothing(seed):
    assert hides_nothing(*integer_problem(seed))


def test_the_same_seed_gives_the_same_problem_and_another_another():
    def text(seed):
        return str([a.tolist() for a in integer_problem(seed)])

    assert text(3) == text(3)
    assert len({text(seed) for seed in range(50)}) == 50


@pytest.mark.parametrize(("m", "n"), [(200, 3), (3, 200), (60, 61), (1, 2), (2, 1)])
def test_extreme_sizes_are_found_too(m, n):
    assert hides_nothing(*integer_problem(0, m, n, largest=2))


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"m": 3, "n": 3}, "m = n = 3: .*shapes cannot tell Wᵀr from Wr; vary one"),
        ({"m": 0}, "m = 0, .*; both must be at least 1"),
        ({"n": 0}, "n = 0; both must be at least 1"),
        ({"m": -1, "n": 2}, "m = -1, n = 2; both must be at least 1"),
        ({"largest": 1}, "largest is 1"),
    ],
)
def test_a_problem_that_cannot_be_had_is_refused(options, hint):
    with pytest.raises(ValueError, match=hint):
        integer_problem(**options)


def test_the_running_example_hides_nothing():
    assert hides_nothing(*case_a())


def test_the_square_example_is_not_symmetric_and_has_no_zero_in_its_residual():
    W, u, v = case_b()
    assert W.shape == (2, 2)
    assert (W != W.T).any()
    assert np.linalg.matrix_rank(W) == 2
    assert u.all()
    assert (W @ u - v).all()


def test_the_cases_are_made_anew_each_time():
    case_a().W[:] = 0
    assert case_a().W.any()
