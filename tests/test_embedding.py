"""Embeddings: the table's gradients are exact, training is repeatable, and a collapse is seen."""

import numpy as np
import pytest

from wuv import (
    case_b,
    check_gradient,
    gradients,
    loss,
    table_gradients,
    tail_ranks,
    train_embedding,
)

RING = np.arange(7), (np.arange(7) + 1) % 7
SEASONS = np.array([[1, 0, -1, 0], [0, 1, 0, -1]])
TURN = np.array([[0, -1], [1, 0]])


def whole_numbers(seed, n, K, pairs):
    rng = np.random.default_rng(seed)
    W, E = rng.integers(-3, 4, (n, n)), rng.integers(-3, 4, (n, K))
    return W, E, rng.integers(0, K, pairs), rng.integers(0, K, pairs)


def start(seed, K=7):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2)) / 2, rng.normal(size=(2, K)) / 2


def train(seed=0, **how):
    return train_embedding(*start(seed), *RING, learning_rate=0.15, seed=seed, **how)


# The gradients


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("n", "K", "pairs"), [(2, 4, 5), (3, 5, 9), (1, 1, 3), (3, 2, 1)])
def test_the_gradients_are_the_exact_differences_also_where_a_thing_is_met_twice(seed, n, K, pairs):
    W, E, heads, tails = whole_numbers(seed, n, K, pairs)

    def total(W, E):
        return loss(W, E[:, heads], E[:, tails])

    slope = table_gradients(W, E, heads, tails)
    assert check_gradient(lambda W: total(W, E), pairs * slope.W, W)
    assert check_gradient(lambda E: total(W, E), pairs * slope.E, E)


def test_adding_without_add_at_is_caught():
    W, E, heads, tails = case_b().W, SEASONS, [0, 0], [1, 2]
    slope, kept = gradients(W, E[:, heads], E[:, tails]), np.zeros_like(E)
    kept[:, heads] += slope.u
    kept[:, tails] += slope.v
    assert not check_gradient(lambda E: loss(W, E[:, heads], E[:, tails]), kept, E)


def test_it_is_the_mean_of_the_pairs_gradients_exactly():
    W, E, heads, tails = whole_numbers(3, 2, 5, 6)
    whole = table_gradients(W, E, heads, tails)
    each = [table_gradients(W, E, [h], [t]) for h, t in zip(heads, tails, strict=True)]
    assert (sum(slope.W for slope in each) == 6 * whole.W).all()
    assert (sum(slope.E for slope in each) == 6 * whole.E).all()


def test_a_wrong_gradient_can_be_given_and_is_one():
    W, E, heads, tails = whole_numbers(5, 2, 4, 3)

    def wrong(W, u, v):
        return gradients(W, u, v)._replace(u=2 * W @ (W @ u - v))

    slope = table_gradients(W, E, heads, tails, gradient=wrong)
    assert (table_gradients(W, E, heads, tails).W.astype(float) == slope.W).all()
    assert not check_gradient(lambda E: loss(W, E[:, heads], E[:, tails]), 3 * slope.E, E)


def test_the_same_function_given_by_hand_gives_the_same_numbers():
    W, E, heads, tails = whole_numbers(6, 3, 4, 5)
    W, E = W.astype(float), E.astype(float)
    given = table_gradients(W, E, heads, tails, gradient=lambda *x: gradients(*x))
    assert np.allclose(given.E, table_gradients(W, E, heads, tails).E, rtol=1e-14)


# Training


def test_with_a_push_the_week_is_learned_and_w_to_the_seventh_is_the_identity():
    traces = 2 * np.cos(2 * np.pi * np.arange(1, 4) / 7)
    for seed in range(5):
        run = train(seed, margin=1)
        assert (tail_ranks(run.W, run.E, *RING) == 1).all()
        assert run.losses[-1] < 1e-8
        assert np.allclose(np.linalg.matrix_power(run.W, 7), np.eye(2), atol=1e-3)
        assert abs(np.trace(run.W) - traces).min() < 1e-3


def test_weight_decay_shrinks_everything_to_a_perfect_loss():
    run = train(decay=0.02)
    assert run.losses[-1] < 1e-15
    assert np.linalg.norm(run.E) < 1e-6
    assert (tail_ranks(run.W, run.E, *RING) > 1).any()


def test_unit_columns_have_length_one():
    assert np.allclose(np.linalg.norm(train(unit=True, passes=3).E, axis=0), 1, rtol=1e-14)


def test_a_column_of_zeros_has_no_unit_and_stays():
    run = train_embedding(TURN, [[1, 0, 0], [0, 2, 0]], [0], [1], learning_rate=0.1, unit=True)
    assert run.E.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_step_is_pull_minus_push_minus_decay():
    W, E = start(1, K=2)  # two things: the only wrong tail of (0, 1) is 0
    E, eta, decay = E / 4, 0.25, 0.5
    pull, push = table_gradients(W, E, [0], [1]), table_gradients(W, E, [0], [0])
    run = train_embedding(W, E, [0], [1], learning_rate=eta, passes=1, margin=9, decay=decay)
    for name, before in (("W", W), ("E", E)):
        slope = getattr(pull, name) - getattr(push, name) + 2 * decay * before
        assert np.allclose(getattr(run, name), before - eta * slope, rtol=1e-14)


def test_beyond_the_margin_nothing_is_pushed():
    still = train_embedding(TURN, SEASONS, *ring(4), learning_rate=0.1, margin=1, passes=3)
    assert (still.W == TURN).all()
    assert (still.E == SEASONS).all()
    assert still.losses.tolist() == [0, 0, 0, 0]


def ring(K):
    return np.arange(K), (np.arange(K) + 1) % K


def test_the_losses_are_those_of_the_pairs_before_and_after():
    run = train(margin=1, decay=0.01, passes=4)
    W, E = start(0)
    assert len(run.losses) == 5
    assert run.losses[0] == loss(W, E, E[:, RING[1]], mean=True)
    assert run.losses[-1] == loss(run.W, run.E, run.E[:, RING[1]], mean=True)


def test_the_same_seed_gives_the_same_run_and_nothing_given_is_changed():
    W, E = start(2)
    kept = W.copy(), E.copy()

    def run(seed):
        return train_embedding(W, E, *RING, learning_rate=0.1, passes=5, margin=1, seed=seed)

    assert run(4).losses.tolist() == run(4).losses.tolist() != run(5).losses.tolist()
    assert (run(4).E == run(4).E).all()
    assert (kept[0] == W).all()
    assert (kept[1] == E).all()


def test_training_beyond_all_numbers_ends_early_without_a_warning():
    run = train_embedding(*start(0), *RING, learning_rate=50, passes=500)
    assert 1 <= len(run.losses) < 100
    assert np.isfinite(run.losses).all()
    assert run.losses[-1] == loss(run.W, run.E, run.E[:, RING[1]], mean=True)


@pytest.mark.parametrize("rate", [0, -1, np.nan, "0.1"])
def test_a_learning_rate_that_is_no_positive_number_is_refused(rate):
    with pytest.raises(ValueError, match="the learning rate is"):
        train_embedding(*start(0), *RING, learning_rate=rate)


@pytest.mark.parametrize("how", [{"passes": -1}, {"margin": -1}, {"decay": np.nan}])
def test_what_cannot_be_below_zero_is_refused(how):
    with pytest.raises(ValueError, match="it must be 0 or more"):
        train(**how)


def test_one_thing_has_no_wrong_tail():
    with pytest.raises(ValueError, match="leave out the margin"):
        train_embedding(TURN, [[1], [0]], [0], [0], learning_rate=0.1, margin=1)


# Ranks


def test_the_right_turn_ranks_every_season_first_and_the_wrong_one_last():
    heads, tails = ring(4)
    assert tail_ranks(TURN, SEASONS, heads, tails).tolist() == [1, 1, 1, 1]
    assert tail_ranks(-TURN, SEASONS, heads, tails).tolist() == [4, 4, 4, 4]


def test_a_collapsed_table_finds_nothing():
    for E in (0 * SEASONS, np.ones((2, 4))):
        assert tail_ranks(np.eye(2), E, *ring(4)).tolist() == [4, 4, 4, 4]


def test_ranks_of_whole_numbers_are_counted_by_hand():
    E = np.array([[0, 1, 5, 2]])
    assert tail_ranks([[1]], E, [1, 1, 1, 1], [1, 0, 3, 2]).tolist() == [1, 3, 3, 4]


def test_column_numbers_may_be_unsigned():
    heads, tails = (np.array(few, np.uint8) for few in ring(4))
    assert tail_ranks(TURN, SEASONS, heads, tails).tolist() == [1, 1, 1, 1]
    assert train_embedding(TURN, SEASONS, heads, tails, learning_rate=0.1, margin=1).losses[-1] == 0


# Bad input


@pytest.mark.parametrize("call", [table_gradients, tail_ranks])
def test_arrays_that_do_not_fit_are_refused(call):
    with pytest.raises(ValueError, match=r"W must be 2×2, since it leads back"):
        call(np.ones((3, 2)), SEASONS, [0], [1])
    with pytest.raises(ValueError, match="two lists of column numbers, equally long"):
        call(TURN, SEASONS, [0, 1], [1])
    with pytest.raises(ValueError, match="two lists of column numbers, equally long"):
        call(TURN, SEASONS, [], [])
    for heads in ([4], [-1], [0.0]):
        with pytest.raises(ValueError, match="heads must be whole numbers from 0 to 3"):
            call(TURN, SEASONS, heads, [1])
