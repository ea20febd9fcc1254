"""Concentration, correlation, dispersion and the ridge regression against closed forms and another program."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from barograph.models._kernels.ew_ridge import newest
from barograph.models._kernels.newey_west import regress
from barograph.models.equities._togetherness import (
    average_correlation,
    correlation_interval,
    dispersion,
    effective_n,
    realised_correlation,
    rolling_correlation,
)


@given(st.integers(1, 600), st.floats(0.01, 50.0))
def test_equal_weights_count_every_member(n: int, weight: float) -> None:
    assert effective_n(np.full(n, weight)) == pytest.approx(n, rel=1e-9)


@given(st.floats(-0.1, 0.95), st.integers(2, 12), st.integers(0, 1000))
def test_an_equicorrelated_basket_gives_its_correlation_back(rho: float, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rho = max(rho, -0.9 / (n - 1))
    s, w = rng.uniform(0.5, 4.0, n), rng.uniform(0.1, 1.0, n)
    w /= w.sum()
    matrix = np.full((n, n), rho) + (1.0 - rho) * np.eye(n)
    assert average_correlation(w, s, float((w * s) @ matrix @ (w * s))) == pytest.approx(rho, abs=1e-9)


def sample(seed: int = 0, rho: float = 0.3, size: int = 400) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((size, 1))
    return np.sqrt(rho) * common + np.sqrt(1.0 - rho) * rng.standard_normal((size, 7))


def test_realised_correlation_is_the_weighted_mean_of_the_pairs() -> None:
    returns, w = sample(), np.arange(1.0, 8.0) / 28.0
    s, pairs = returns.std(axis=0, ddof=1), np.corrcoef(returns.T)
    by_pair = np.outer(w * s, w * s) * (1.0 - np.eye(7))
    expected = float((by_pair * pairs).sum() / by_pair.sum())
    assert realised_correlation(returns, w) == pytest.approx(expected, abs=1e-12)
    low, high = correlation_interval(returns, w, 3)
    assert low < expected < high and high - low < 0.2


def test_rolling_is_the_same_window_by_window() -> None:
    returns, w = sample(3), np.full(7, 1.0 / 7.0)
    rolled = rolling_correlation(returns, w, 63)
    assert rolled.size == 400 - 62
    for at in (0, 100, 337):
        assert rolled[at] == pytest.approx(realised_correlation(returns[at : at + 63], w), abs=1e-10)


def test_equal_returns_have_no_dispersion() -> None:
    w = np.arange(1.0, 8.0) / 28.0
    assert dispersion(np.full((5, 7), 1.3), w) == pytest.approx(np.zeros(5), abs=1e-12)
    two = dispersion(np.array([[1.0, -1.0]]), np.array([0.5, 0.5]))
    assert two[0] == pytest.approx(1.0)


def test_interval_covers_the_true_correlation_about_as_often_as_it_says() -> None:
    hits = 0
    for seed in range(200):
        low, high = correlation_interval(sample(seed, 0.35, 63), np.full(7, 1.0 / 7.0), 3)
        hits += low <= 0.35 <= high
    assert 0.80 <= hits / 200 <= 0.96


def regression(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((504, 4)) * np.array([1.0, 5.0, 3.0, 0.4])
    return 0.05 + x @ np.array([1.2, -0.05, 0.02, 0.3]) + rng.standard_normal(504), x


def test_without_a_penalty_it_is_weighted_least_squares() -> None:
    y, x = regression()
    w = 0.5 ** (np.arange(503, -1, -1) / 126.0)
    other = sm.WLS(y, sm.add_constant(x), weights=w).fit(cov_type="HC0")
    made = newest(y, x, 126.0, 0.0)
    small = np.sqrt(made.n / (made.n - 5))  # with the sample's effective size
    assert made.slopes == pytest.approx(other.params[1:], abs=1e-10)
    assert made.constant == pytest.approx(other.params[0], abs=1e-10)
    assert made.errors == pytest.approx(other.bse[1:] * small, abs=1e-10)
    assert made.share == pytest.approx(other.rsquared, abs=1e-10)


def test_the_penalty_is_that_of_rows_added_to_the_data() -> None:
    # Ridge by augmentation: the root of penalty times sum w x^2 as further observations of nought.
    y, x = regression(1)
    w = 0.5 ** (np.arange(503, -1, -1) / 126.0)
    own = np.diag(np.sqrt(0.3 * (w @ x**2)))
    rows = np.vstack([np.sqrt(w)[:, None] * sm.add_constant(x), np.column_stack([np.zeros(4), own])])
    target = np.concatenate([np.sqrt(w) * y, np.zeros(4)])
    other = sm.OLS(target, rows).fit().params[1:]
    assert newest(y, x, 126.0, 0.3).slopes == pytest.approx(other, abs=1e-10)


def test_rows_left_out_do_not_matter() -> None:
    y, x = regression(2)
    keep = np.ones(504, dtype=bool)
    keep[[17, 400, 503]] = False
    spoilt = y.copy()
    spoilt[~keep] = 1e6
    a, b = newest(y, x, 126.0, 0.01, keep), newest(spoilt, x, 126.0, 0.01, keep)
    assert a.slopes == pytest.approx(b.slopes, abs=1e-9) and a.share == pytest.approx(b.share, abs=1e-9)


def test_least_squares_with_newey_west_errors() -> None:
    y, x = regression(4)
    other = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": True})
    made = regress(y[:, None], x, 5)
    assert made.slopes[:, 0] == pytest.approx(other.params[1:], abs=1e-10)
    assert made.cov[0] == pytest.approx(other.cov_params()[1:, 1:], abs=1e-10)
    assert made.r2[0] == pytest.approx(other.rsquared, abs=1e-10)
