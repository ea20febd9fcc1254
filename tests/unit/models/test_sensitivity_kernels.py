"""The kernels of the sensitivities beside statsmodels, numpy and the definitions written out."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.rolling import RollingOLS
from statsmodels.tsa.statespace.mlemodel import MLEModel

from barograph.models._kernels import ew_ridge, sup_wald
from barograph.models._kernels.gss import target_and_path
from barograph.models._kernels.newey_west import newey_west
from barograph.models._kernels.random_walk_betas import DIFFUSE, filtered, log_likelihood, most_likely
from barograph.models._kernels.rolling_ols import TILE, rolling_ols


def invented(length: int, n: int, k: int = 3, seed: int = 0, gaps: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((length, k)) * np.array([0.4, 0.2, 0.6, 1.0, 3.0])[:k]
    y = x @ rng.standard_normal((k, n)) + rng.standard_normal((length, n)) * (1.0 + np.abs(x[:, :1]))
    y[rng.random(y.shape) < gaps] = np.nan
    return y, x


def with_constant(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(x.shape[0]), x])


# ------------------------------------------------------------------------------------------------ rolling regression


def test_rolling_coefficients_are_those_of_statsmodels() -> None:
    y, x = invented(600, 3)
    ours = rolling_ols(y, x, 126)
    for c in range(3):
        theirs = RollingOLS(y[:, c], with_constant(x), window=126).fit().params
        assert np.allclose(ours[:, :, c], theirs, rtol=0.0, atol=1e-10, equal_nan=True)


def test_rolling_coefficients_with_gaps_are_least_squares_on_what_is_there() -> None:
    y, x = invented(420, 5, seed=1, gaps=0.05)
    y[:200, 3] = np.nan  # a late start
    x[250] = np.nan  # a day without regressors
    ours = rolling_ols(y, x, 126, 100)
    design = with_constant(x)
    for c in range(5):
        for t in (99, 125, 126, 251, 252, 300, 419):
            rows = slice(max(t - 125, 0), t + 1)
            held = np.isfinite(y[rows, c]) & np.isfinite(x[rows]).all(axis=1)
            if held.sum() < 100:
                assert np.isnan(ours[t, :, c]).all()
                continue
            exact = np.linalg.lstsq(design[rows][held], y[rows, c][held], rcond=None)[0]
            assert np.abs(ours[t, :, c] - exact).max() < 1e-11


def test_an_outlier_leaves_the_window_without_a_trace() -> None:
    y, x = invented(400, 1)
    plain = rolling_ols(y, x, 126)
    y[10], x[10] = 1e9, 1e6
    assert np.array_equal(rolling_ols(y, x, 126)[140:], plain[140:])


def test_a_regressor_that_is_a_sum_of_others_gives_nothing() -> None:
    y, x = invented(200, 2)
    x[:, 2] = x[:, 0] - x[:, 1]
    assert np.isnan(rolling_ols(y, x, 126)).all()
    assert np.isnan(newey_west(y, x, 126, 4, np.array([199])).betas).all()


def test_newey_west_errors_are_those_of_statsmodels() -> None:
    y, x = invented(300, 4, gaps=0.03)
    days = np.array([125, 200, 299])
    made = newey_west(y, x, 126, 4, days, 100)
    for d, day in enumerate(days):
        rows = slice(day - 125, day + 1)
        for c in range(4):
            held = np.isfinite(y[rows, c])
            fit = sm.OLS(y[rows, c][held], with_constant(x[rows][held])).fit(
                cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True}
            )
            assert made.n[d, c] == held.sum()
            assert np.abs(made.betas[d, :, c] - fit.params).max() < 1e-11
            assert np.abs(made.errors[d, :, c] - fit.bse).max() < 1e-11
            assert made.sigma[d, c] == pytest.approx(np.sqrt(fit.scale), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(1e-3, 1e3), gap=st.sampled_from([0.0, 0.02]))
def test_scaling_a_price_and_adding_an_asset_change_no_beta(seed: int, scale: float, gap: float) -> None:
    rng = np.random.default_rng(seed)
    prices = 100.0 * np.exp(0.01 * rng.standard_normal((301, 3)).cumsum(axis=0))
    prices[rng.random(prices.shape) < gap] = np.nan
    x = rng.standard_normal((300, 3))

    def returns(p: np.ndarray) -> np.ndarray:
        return 100.0 * (p[1:] / p[:-1] - 1.0)

    def betas(y: np.ndarray) -> list[np.ndarray]:
        q, penalty = np.full(y.shape[1], 1e-3), np.full(y.shape[1], 0.1)
        ridge = ew_ridge.path(y, x, 63, penalty, 126).betas
        walk = filtered(y, x, q, np.ones(y.shape[1]), np.ones(3)).betas
        return [rolling_ols(y, x, 126, 90), ridge, walk]

    alone, scaled, more = betas(returns(prices[:, :2])), betas(returns(scale * prices[:, :2])), betas(returns(prices))
    for one, two, three in zip(alone, scaled, more, strict=True):
        assert np.allclose(one, two, rtol=1e-8, atol=1e-9, equal_nan=True)
        assert np.allclose(one, three[:, :, :2], rtol=1e-10, atol=1e-11, equal_nan=True)


def test_more_assets_than_one_tile_are_worked_on_alike() -> None:
    y, x = invented(150, TILE + 3, seed=4)
    whole = rolling_ols(y, x, 126)
    assert np.array_equal(whole[:, :, -2:], rolling_ols(y[:, -2:], x, 126), equal_nan=True)
    q = np.full(y.shape[1], 1e-3)
    walk = filtered(y, x, q, np.ones(q.size), np.ones(3)).betas
    assert np.array_equal(walk[:, :, -2:], filtered(y[:, -2:], x, q[:2], np.ones(2), np.ones(3)).betas)


# ------------------------------------------------------------------------------------------------- random-walk betas


class Walk(MLEModel):
    """The same model in statsmodels: the regressors are the design, the state the coefficients."""

    def __init__(self, y: np.ndarray, x: np.ndarray, q: float, r: float, scale: np.ndarray) -> None:
        design = with_constant(x / scale)
        k = design.shape[1]
        super().__init__(y, k_states=k, k_posdef=k, initialization="known", initial_state=np.zeros(k),
                         initial_state_cov=np.eye(k) * (DIFFUSE + 0.0) * r)  # fmt: skip
        self.ssm.loglikelihood_burn = k
        self["design"] = design.T[None]
        self["transition"], self["selection"] = np.eye(k), np.eye(k)
        self["state_cov"] = np.diag([0.0, *([q * r] * (k - 1))])
        self["obs_cov"] = np.array([[r]])
        # Ours adds the day's step before the first observation, theirs after it.
        self.ssm.initialize_known(np.zeros(k), np.eye(k) * DIFFUSE * r + np.diag([0.0, *([q * r] * (k - 1))]))


@pytest.mark.parametrize(("q", "r"), [(1e-3, 0.7), (1e-5, 2.0)])
def test_filter_and_likelihood_are_those_of_statsmodels(q: float, r: float) -> None:
    y, x = invented(400, 2, seed=2)
    y[50:60, 1] = np.nan
    scale = x.std(axis=0)
    ours = filtered(y, x, np.full(2, q), np.full(2, r), scale)
    value, _ = log_likelihood(y, x, np.full(2, q), scale, np.full(2, r))
    for c in range(2):
        theirs = Walk(y[:, c], x, q, r, scale).filter([])
        unit = np.array([1.0, *scale])
        assert theirs.llf == pytest.approx(value[c], abs=1e-8 * abs(value[c]))
        settled = slice(5, None)  # before that both differ in the digits that the diffuse start eats
        assert np.abs(ours.betas[settled, :, c] - (theirs.filtered_state.T / unit)[settled]).max() < 1e-8
        variances = np.diagonal(theirs.filtered_state_cov, axis1=0, axis2=1) / unit**2
        assert np.abs(ours.variances[settled, :, c] / variances[settled] - 1.0).max() < 1e-7


def test_q_and_r_are_the_most_likely_ones() -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((900, 3))
    betas = np.cumsum(0.05 * rng.standard_normal((900, 3)), axis=0)
    y = np.column_stack([(x * betas).sum(axis=1) + rng.standard_normal(900), x[:, 0] + rng.standard_normal(900)])
    q, r = most_likely(y, x, np.ones(3))
    best, _ = log_likelihood(y, x, q, np.ones(3))
    for exponent in np.linspace(-8.0, -1.0, 141):
        assert (log_likelihood(y, x, np.full(2, 10.0**exponent), np.ones(3))[0] <= best + 1e-6).all()
    assert 5e-4 < q[0] < 1e-2 and q[1] < 1e-4  # 0.0025 was put in, and nothing
    assert r == pytest.approx([1.0, 1.0], abs=0.15)


def test_betas_that_were_put_in_lie_in_nine_of_ten_intervals() -> None:
    rng = np.random.default_rng(6)
    n = 40
    x = rng.standard_normal((700, 3))
    betas = np.cumsum(0.04 * rng.standard_normal((700, 3, n)), axis=0)
    y = (x[:, :, None] * betas).sum(axis=1) + rng.standard_normal((700, n))
    q, r = most_likely(y, x, np.ones(3))
    made = filtered(y, x, q, r, np.ones(3))
    inside = np.abs(made.betas[200::20, 1:] - betas[200::20]) <= 1.6449 * np.sqrt(made.variances[200::20, 1:])
    assert 0.85 < inside.mean() < 0.95


# ------------------------------------------------------------------------------------------------------------- ridge


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_the_ridge_is_weighted_least_squares_with_rows_added(penalty: float) -> None:
    y, x = invented(300, 2, seed=7, gaps=0.02)
    made = ew_ridge.path(y, x, 63, np.full(2, penalty), 126)
    errors, effective = ew_ridge.standard_errors(y, x, 63, np.full(2, penalty), made.betas[-1])
    for c in range(2):
        held = np.isfinite(y[:, c])
        weights = 0.5 ** ((299 - np.arange(300)) / 63)
        root = np.sqrt(weights * held)[:, None]
        design, values = with_constant(x), np.nan_to_num(y[:, c])
        added = np.diag(np.sqrt(penalty * (weights[:, None] * held[:, None] * design**2).sum(axis=0)))[1:]
        left, right = np.vstack([root * design, added]), np.concatenate([root[:, 0] * values, np.zeros(3)])
        exact = np.linalg.lstsq(left, right, rcond=None)[0]
        assert np.abs(made.betas[-1, :, c] - exact).max() < 1e-10
        rest = (values - design @ exact) * held
        inverse = np.linalg.inv(left.T @ left)
        middle = (design * ((weights * rest) ** 2)[:, None]).T @ design
        n = (weights * held).sum() ** 2 / ((weights * held) ** 2).sum()
        assert effective[c] == pytest.approx(n, rel=1e-12)
        theirs = np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - 4))
        assert np.abs(errors[:, c] / theirs - 1.0).max() < 1e-10
        last = y[-1, c] - design[-1] @ made.betas[-2, :, c]
        assert (np.isnan(made.errors[-1, c]) and np.isnan(last)) or made.errors[-1, c] == pytest.approx(last, abs=1e-12)


def test_the_chosen_penalty_has_the_smallest_errors_of_forecasts() -> None:
    y, x = invented(500, 3, seed=8)
    penalties = np.array([0.0, 0.03, 0.3, 3.0])
    picked = ew_ridge.chosen(y, x, 63, penalties, 126)
    losses = np.array([np.nansum(ew_ridge.path(y, x, 63, np.full(3, p), 126).errors ** 2, axis=0) for p in penalties])
    assert (penalties[losses.argmin(axis=0)] == picked).all()


# ------------------------------------------------------------------------------------------------------------- break


def test_the_wald_statistic_is_that_of_the_regression_written_out() -> None:
    y, x = invented(260, 2, seed=9)
    y[130:, 0] += 4.0 * x[130:, 0]
    y[3, 1] = np.nan
    made = sup_wald.sup_wald(y, x, 0)
    for c in range(2):
        held = np.flatnonzero(np.isfinite(y[:, c]))
        rows, values = x[held], y[held, c]
        best, least, at = -1.0, np.inf, -1
        n = held.size
        for split in range(int(np.ceil(0.15 * n)), int(np.floor(0.85 * n)) + 1):
            late = (np.arange(n) >= split).astype(float)
            fit = sm.OLS(values, np.column_stack([with_constant(rows), rows[:, 0] * late])).fit(cov_type="HC0")
            best = max(best, fit.tvalues[-1] ** 2)
            if fit.ssr < least:
                least, at = fit.ssr, held[split - 1]
        assert made.statistic[c] == pytest.approx(best, rel=1e-9)
        assert made.row[c] == at
    assert abs(made.row[0] - 129) < 15 and sup_wald.p_value(made.statistic[0]) < 0.001


def test_p_values_are_those_of_the_supremum_simulated() -> None:
    # Andrews (2003), one coefficient, 15 % trimming: 7.12, 8.68, 12.16 at 10, 5 and 1 %.
    assert [sup_wald.p_value(v) for v in (7.12, 8.68, 12.16)] == pytest.approx([0.10, 0.05, 0.01], abs=1.5e-3)
    rng, share = np.random.default_rng(10), np.arange(1, 2001) / 2000
    walk = rng.standard_normal((4000, 2000)).cumsum(axis=1) / np.sqrt(2000)
    bridge = walk - share * walk[:, -1:]
    middle = (share >= 0.15) & (share <= 0.85)
    largest = (bridge[:, middle] ** 2 / (share * (1 - share))[middle]).max(axis=1)
    for value in (7.12, 8.68, 12.16):
        hits = float((largest > value).mean())
        # Days are a grid and the limit is not: the simulated share lies a little below.
        assert sup_wald.p_value(value) == pytest.approx(hits, abs=0.013)


# --------------------------------------------------------------------------------------------------- target and path


def test_the_path_does_not_move_the_target_and_both_are_found() -> None:
    rng = np.random.default_rng(11)
    one, two = rng.standard_normal(200), rng.standard_normal(200)
    loads = np.array([[1.0, 0.9, 0.6, 0.5, 0.5], [0.0, 0.3, 0.8, 1.0, 1.0]])
    surprises = 0.05 * np.column_stack([one, two]) @ loads + 1e-4 * rng.standard_normal((200, 5))
    made = target_and_path(surprises)
    assert abs(np.cov(made.path, surprises[:, 0])[0, 1]) < 1e-15
    assert abs(np.corrcoef(made.target, made.path)[0, 1]) < 1e-12
    assert np.polyfit(made.target, surprises[:, 0], 1)[0] == pytest.approx(1.0, abs=1e-12)
    slopes = [np.polyfit(f, surprises[:, -1], 1)[0] for f in (made.target, made.path)]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-12)
    # Drawn independently, the two are correlated by chance; along the target nothing of that is left in the path.
    assert np.corrcoef(made.target, one)[0, 1] > 0.99 and abs(np.corrcoef(made.path, two)[0, 1]) > 0.98
    assert sum(made.shares) > 99.9
