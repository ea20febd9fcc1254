"""The jump model's published example on the Nasdaq-100 (package jumpmodels 0.1.1), and its own kernels by brute force."""

from __future__ import annotations

import csv
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recorded
from barograph.models._kernels.ew_features import NAMES, features, weighted_means
from barograph.models._kernels.jump import fit, losses, online, path
from barograph.models._kernels.jump_continuous import online_between

#: As printed by the example, bear state; training 2007-01-03 to 2021-12-31, penalty 50.
BEAR = {
    "return_5": -0.643127,
    "log_downside_5": 1.237157,
    "sortino_5": -0.654906,
    "return_20": -1.234891,
    "log_downside_20": 1.328281,
    "sortino_20": -1.141952,
    "return_60": -1.402793,
    "log_downside_60": 1.024153,
    "sortino_60": -1.404137,
}


@pytest.mark.skipif(recorded.folder() is None, reason=recorded.ABSENT)
def test_the_published_example() -> None:
    """Centroids to all six printed digits, days and switches exactly, online switches by day; the objective to 1e-3."""
    home = recorded.folder()
    assert home is not None
    place = next(p for b in (home, home.parent) for p in [b / "reference" / "jump_models_NDX.csv"] if p.exists())
    with place.open() as file:
        rows = list(csv.DictReader(file))
    days = np.array([r["date"] for r in rows[1:]])
    close = np.array([float(r["close"]) for r in rows])
    x = features(close[1:] / close[:-1] - 1.0)
    good = np.isfinite(x).all(axis=1)
    train = (days >= "2007-01-03") & (days <= "2021-12-31") & good
    test = (days >= "2022-01-03") & (days <= "2024-09-27")
    own = x[train]
    low, high = own.mean(0) - 3 * own.std(0), own.mean(0) + 3 * own.std(0)
    clipped = np.clip(own, low, high)
    centre, scale = clipped.mean(0), clipped.std(0)
    made = fit((clipped - centre) / scale, 2, 50.0)
    assert train.sum() == 3777 and made.objective == pytest.approx(12478.436, abs=1e-3)
    bear = int(np.argmin(made.centroids[:, NAMES.index("return_60")]))
    assert (made.states == bear).sum() == 731 and (made.states[1:] != made.states[:-1]).sum() == 18
    for name, value in BEAR.items():
        assert made.centroids[bear, NAMES.index(name)] == pytest.approx(value, abs=6e-7), name
    assert made.centroids[1 - bear, NAMES.index("return_60")] == pytest.approx(0.336652, abs=6e-7)
    labels = online(losses((np.clip(x[test], low, high) - centre) / scale, made.centroids), 50.0) == bear
    assert (labels.size, labels.sum()) == (688, 273)
    switches = [(days[test][t], bool(labels[t])) for t in range(1, labels.size) if labels[t] != labels[t - 1]]
    assert switches == [("2022-01-13", True), ("2023-02-03", False), ("2024-08-07", True), ("2024-08-19", False)]


@given(st.integers(0, 10_000), st.floats(0.0, 3.0))
@settings(max_examples=60, deadline=None)
def test_the_path_is_the_cheapest_of_all(seed: int, penalty: float) -> None:
    """Against every sequence of two and three states over seven days."""
    rng = np.random.default_rng(seed)
    k = 2 + seed % 2
    cost = rng.random((7, k))
    states, value = path(cost, penalty)

    def price(s: tuple[int, ...]) -> float:
        return sum(cost[t, s[t]] for t in range(7)) + penalty * sum(a != b for a, b in pairwise(s))

    assert value == pytest.approx(min(price(s) for s in product(range(k), repeat=7)), abs=1e-12)
    assert price(tuple(states.tolist())) == pytest.approx(value, abs=1e-12)
    for t in range(7):
        assert online(cost, penalty)[t] == path(cost[: t + 1], penalty)[0][-1]


def test_no_penalty_is_k_means_and_a_great_one_is_one_state() -> None:
    rng = np.random.default_rng(0)
    x = np.r_[rng.normal(-2, 0.5, (50, 2)), rng.normal(2, 0.5, (50, 2))]
    made = fit(x, 2, 0.0)
    assert (made.states == losses(x, made.centroids).argmin(axis=1)).all()
    assert len(set(fit(x, 2, 1e9).states.tolist())) == 1
    assert fit(x, 2, 5.0) is not None and np.array_equal(fit(x, 2, 5.0).states, fit(x, 2, 5.0).states)
    with pytest.raises(ValueError, match="finite"):
        fit(np.full((5, 2), np.nan), 2, 1.0)


def test_states_that_made_the_data_come_back() -> None:
    rng = np.random.default_rng(1)
    truth = (np.arange(1000) // 125) % 2
    x = np.where(truth[:, None] == 1, 1.0, -1.0) + rng.normal(0, 1.0, (1000, 3))
    made = fit(x, 2, 10.0)
    agree = (made.states == truth).mean()
    assert max(agree, 1 - agree) > 0.98
    # Online the change is seen some days late, never early.
    between = online_between(losses(x, made.centroids), 10.0, 40)
    assert ((between >= 0.0) & (between <= 1.0)).all()


def test_weights_are_those_of_pandas() -> None:
    """Series.ewm(halflife=h).mean(), 1e-12."""
    import pandas as pd

    values = np.random.default_rng(2).normal(size=300)
    assert weighted_means(values, 20.0) == pytest.approx(
        pd.Series(values).ewm(halflife=20).mean().to_numpy(), abs=1e-12
    )
