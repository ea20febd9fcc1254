"""Laws of the jump models: what later days cannot change, names that do not matter, prices at both ends."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._kernels.jump import descend, fit, losses, online
from barograph.models._kernels.jump_continuous import fit_between, online_between

SEEDS, LENGTHS = st.integers(0, 2**32 - 1), st.integers(20, 120)


def sample(seed: int, length: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(length, 2)) + 2.0 * np.repeat(rng.integers(0, 2, length // 10 + 1), 10)[:length, None]
    return np.asarray((x - x.mean(0)) / x.std(0))


@settings(deadline=None, max_examples=40)
@given(SEEDS, LENGTHS, st.floats(0.0, 20.0))
def test_later_days_change_nothing_read_online(seed: int, length: int, penalty: float) -> None:
    x = sample(seed, length)
    cost = losses(x, x[:2])
    cut = length // 2
    assert (online(cost, penalty)[:cut] == online(cost[:cut], penalty)).all()
    assert (online_between(cost, penalty, 10)[:cut] == online_between(cost[:cut], penalty, 10)).all()


@settings(deadline=None, max_examples=40)
@given(SEEDS, LENGTHS, st.floats(0.1, 20.0))
def test_turns_lower_the_cost(seed: int, length: int, penalty: float) -> None:
    x = sample(seed, length)
    start = x[:2].copy()
    costs = [descend(x, start, penalty, n)[2] for n in range(6)]
    assert all(b <= a + 1e-9 for a, b in pairwise(costs))


@settings(deadline=None, max_examples=40)
@given(SEEDS, LENGTHS)
def test_prices_at_both_ends(seed: int, length: int) -> None:
    """No price: every day is with its nearest centroid. A price that nothing is worth: one state."""
    x = sample(seed, length)
    free = fit(x, 2, 0.0)
    assert (free.states == losses(x, free.centroids).argmin(axis=1)).all()
    assert np.ptp(fit(x, 2, 1e9).states) == 0 and np.ptp(fit_between(x, 1e9).shares) == 0.0


@settings(deadline=None, max_examples=40)
@given(SEEDS, LENGTHS, st.floats(0.1, 20.0))
def test_names_of_states_do_not_matter(seed: int, length: int, penalty: float) -> None:
    x = sample(seed, length)
    cost = losses(x, x[:2])
    there = online_between(cost, penalty, 10)
    back = online_between(np.ascontiguousarray(cost[:, ::-1]), penalty, 10)
    # Where two ways cost the same the lower point of the grid is taken from either side.
    assert np.mean(np.abs(there - (1.0 - back)) < 1e-9) > 0.9
