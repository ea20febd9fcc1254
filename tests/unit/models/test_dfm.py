"""The banded factor model against the same model written out densely, and against statsmodels' implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from barograph.models._kernels.dfm import DfmParams, DfmShape, estimate, news, smooth
from factor_model import cell_covariance, random_model, random_panel, simulated


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("lags", [1, 2])
def test_likelihood_and_forecasts_are_those_of_the_joint_normal(seed: int, lags: int) -> None:
    """Exact: log-likelihood to 1e-8, mean and variance of every empty cell to 1e-8, against dense conditioning."""
    shape, params = random_model(seed, lags=lags)
    months = 27
    panel = random_panel(seed + 100, shape, months, 0.3)
    panel[-2:, 0] = np.nan
    made = smooth(panel, shape, params)
    covariance, cells = cell_covariance(shape, params, months), panel.ravel()
    seen = np.isfinite(cells)
    inner = covariance[np.ix_(seen, seen)]
    assert made.loglik == pytest.approx(multivariate_normal(np.zeros(seen.sum()), inner).logpdf(cells[seen]), abs=1e-8)
    weights = np.linalg.solve(inner, covariance[seen])
    # Before its first value a series' own part is carried back from it; a dense start is the same, for it is stationary.
    for t, i in np.argwhere(np.isnan(panel)).tolist():
        if i >= shape.n_monthly and t % 3 != 2:
            continue
        mean, variance = made.cell(t, i)
        at = t * shape.n + i
        assert mean == pytest.approx(weights[:, at] @ cells[seen], abs=1e-8)
        assert variance == pytest.approx(covariance[at, at] - weights[:, at] @ covariance[seen, at], abs=1e-8)


def test_an_observed_cell_is_known() -> None:
    shape, params = random_model(1)
    panel = random_panel(1, shape, 20, 0.1)
    t, i = np.argwhere(np.isfinite(panel[:, : shape.n_monthly]))[3]
    mean, variance = smooth(panel, shape, params).cell(int(t), int(i))
    assert mean == pytest.approx(panel[t, i], abs=1e-12)
    assert variance == pytest.approx(0.0, abs=1e-12)


def test_covariance_of_factors_is_that_of_the_joint_normal() -> None:
    shape, params = random_model(3, n_monthly=3, n_quarterly=0)
    shape = DfmShape(3, 0, np.ones((3, 1), bool), 2)
    params = DfmParams(params.loadings[:, :1], params.ar[:1], params.q[:1], params.rho, params.sigma2)
    panel = random_panel(3, shape, 15, 0.2)
    covariance, seen = cell_covariance(shape, params, 15), np.isfinite(panel.ravel())
    from factor_model import PAD, factor_covariance

    prior = factor_covariance(params.ar[0], float(params.q[0]), 15 + PAD)[PAD:, PAD:]
    cross = np.kron(prior, params.loadings[:, 0])[:, seen]
    dense = prior - cross @ np.linalg.solve(covariance[np.ix_(seen, seen)], cross.T)
    months = [3, 8, 14]
    assert smooth(panel, shape, params).covariance(0, months) == pytest.approx(dense[np.ix_(months, months)], abs=1e-9)


def test_likelihood_never_falls_and_parameters_come_back() -> None:
    """EM: monotone to rounding; on 600 months loadings, rho and factors near those that made the data."""
    n = 11
    shape = DfmShape(10, 1, np.column_stack([np.ones(n, bool), np.arange(n) < 5]), 2)
    rng = np.random.default_rng(4)
    truth = DfmParams(
        rng.uniform(0.4, 1.0, (n, 2)) * shape.blocks,
        np.array([[0.5, 0.2], [0.6, -0.1]]),
        np.array([0.5, 0.6]),
        rng.uniform(-0.3, 0.6, n),
        rng.uniform(0.3, 0.6, n),
    )
    panel, factors = simulated(shape, truth, 600, 5)
    panel[:, :10][rng.random((600, 10)) < 0.05] = np.nan
    scale = np.nanstd(panel, axis=0)
    made, trace = estimate(panel / scale, shape, tolerance=1e-7, max_iterations=300)
    assert min(np.diff(trace.loglik)) > -1e-7
    assert trace.converged
    read = smooth(panel / scale, shape, made).factors
    assert np.corrcoef(read[:, 0], factors[:, 0])[0, 1] > 0.85
    common = smooth(panel / scale, shape, made)
    assert np.abs(made.rho[:10] - truth.rho[:10]).max() < 0.2
    assert common.loglik == pytest.approx(trace.loglik[-1], abs=1e-6)


def test_smoothed_factors_are_those_of_statsmodels() -> None:
    """DynamicFactorMQ (statsmodels 0.15) at our parameters, one factor, AR(1), monthly: they start the factor stationary, we
    wide, so the two agree once the first months are left out of the comparison of smoothed factors (1e-6)."""
    import pandas as pd
    from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ

    shape = DfmShape(4, 0, np.ones((4, 1), bool), 1)
    truth = DfmParams(
        np.array([[0.8], [0.6], [0.7], [-0.5]]),
        np.array([[0.7]]),
        np.array([0.5]),
        np.array([0.3, -0.2, 0.5, 0.1]),
        np.array([0.4, 0.5, 0.6, 0.7]),
    )
    panel, _ = simulated(shape, truth, 120, 9)
    panel[5:8, 1] = np.nan
    panel[-2:, 2] = np.nan
    index = pd.period_range("2000-01", periods=120, freq="M")
    peer = DynamicFactorMQ(
        pd.DataFrame(panel, index=index), factors=1, factor_orders=1, idiosyncratic_ar1=True, standardize=False
    )
    # Loadings, the factor's autoregression, the standard deviation of its shocks, then rho and sigma2 of every series.
    vector = np.concatenate([truth.loadings[:, 0], [0.7, np.sqrt(0.5)], truth.rho, truth.sigma2])
    assert peer.param_names[5].startswith("fb(0).cov.chol") and len(vector) == len(peer.param_names)
    theirs = np.asarray(peer.smooth(vector).factors.smoothed)[:, 0]
    assert smooth(panel, shape, truth).factors[40:, 0] == pytest.approx(theirs[40:], abs=1e-6)


def test_anchor_and_bad_input() -> None:
    shape, params = random_model(2, n_monthly=5, n_quarterly=0)
    panel, _ = simulated(shape, params, 150, 3)
    made, _ = estimate(panel, shape, anchor=1, max_iterations=5)
    assert made.loadings[1, 0] > 0.0
    empty = panel.copy()
    empty[:, 2] = np.nan
    with pytest.raises(ValueError, match="without two values"):
        estimate(empty, shape)
    with pytest.raises(ValueError, match="not a factor model"):
        DfmShape(2, 0, np.ones((3, 1), bool), 1)
    wrong = random_model(2)[0]
    with pytest.raises(ValueError, match="whole quarters"):
        smooth(
            np.where(np.arange(10)[:, None] % 2 == 0, 1.0, np.nan) * np.ones((10, wrong.n)), wrong, random_model(2)[1]
        )


def test_least_variance_keeps_a_series_from_becoming_the_factor() -> None:
    shape = DfmShape(3, 0, np.ones((3, 1), bool), 1)
    rng = np.random.default_rng(0)
    twin = rng.normal(size=200)
    panel = np.column_stack([twin, twin + 1e-3 * rng.normal(size=200), rng.normal(size=200)])
    made, _ = estimate(panel, shape, least_variance=0.2, max_iterations=200)
    assert (made.sigma2 / (1 - made.rho**2) >= 0.2 - 1e-9).all()


def test_json_round_trip_is_exact() -> None:
    _, params = random_model(7)
    back = DfmParams.from_json(params.to_json())
    assert all(np.array_equal(getattr(back, k), getattr(params, k)) for k in params.to_json())


def test_new_figures_revisions_and_refit_add_up() -> None:
    shape, params = random_model(11)
    other = random_model(12)[1]
    before = random_panel(20, shape, 24, 0.2)
    before[23] = np.nan
    before[22, :2] = np.nan
    after = before.copy()
    after[22, 0], after[23, 1] = 0.7, -1.1
    after[10, np.isfinite(before[10])] += 0.3
    withdrawn = int(np.flatnonzero(np.isfinite(before[5, : shape.n_monthly]))[0])
    after[5, withdrawn] = np.nan
    target = (23, shape.n_monthly)
    made = news(before, after, shape, params, target, params_before=other)
    assert {(r.month, r.series) for r in made.rows} == {(22, 0), (23, 1)}
    total = sum(r.impact for r in made.rows) + made.revisions + made.refit
    assert total == pytest.approx(made.after - made.before, abs=1e-12)
    assert made.after == pytest.approx(smooth(after, shape, params).cell(*target)[0], abs=1e-12)
    expected = smooth(np.where(np.isfinite(before), after, np.nan), shape, params)
    for row in made.rows:
        assert row.forecast == pytest.approx(expected.cell(row.month, row.series)[0], abs=1e-12)
