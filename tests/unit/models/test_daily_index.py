"""The daily factor against the exact Gaussian distribution of everything at once, and against itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from barograph.models._kernels.daily_index import DailyData, DailyParams, filtered, fit

CLOCKS = np.array([0, 1, 1, 2])
PARAMS = DailyParams(
    0.97, np.array([-0.7, 0.9, 0.5, 0.8]), np.array([0.3, -0.2, 0.1, 0.0]), np.array([0.6, 0.4, 0.8, 0.5])
)


def periods(days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last days and lengths of weeks of 7, months of 10 and quarters of 30 days."""
    t = np.arange(days)
    sizes = np.array([7, 10, 30])
    first = t[:, None] % sizes == 0
    length = (t[:, None] % sizes + 1).astype(float)
    return first, first[np.minimum(t + 1, days - 1)] & (t < days - 1)[:, None], length


def simulated(days: int, seed: int, params: DailyParams = PARAMS) -> tuple[DailyData, np.ndarray]:
    rng = np.random.default_rng(seed)
    first, last, length = periods(days)
    x = np.empty(days)
    x[0] = rng.normal()
    for t in range(1, days):
        x[t] = params.rho * x[t - 1] + np.sqrt(1 - params.rho**2) * rng.normal()
    values, before = np.full((days, 4), np.nan), np.full((days, 4), np.nan)
    for i, clock in enumerate(CLOCKS):
        was = 0.0
        for t in np.flatnonzero(last[:, clock]):
            size = int(length[t, clock])
            before[t, i] = was
            mean = x[t - size + 1 : t + 1].mean()
            values[t, i] = params.beta[i] * mean + params.gamma[i] * was + params.sigma[i] * rng.normal()
            was = values[t, i]
    return DailyData(CLOCKS, first, length, values, before), x


def test_filter_and_likelihood_are_those_of_the_joint_normal_distribution() -> None:
    """All days and figures of 95 days as one normal vector: likelihood and E[x_t | figures to t], Var to 1e-9."""
    data, _ = simulated(95, 3)
    data.values[20:40, 1] = np.nan
    days = np.arange(95)
    cov = PARAMS.rho ** np.abs(days[:, None] - days[None, :])
    rows, y, at, noise = [], [], [], []
    for t in days:
        for i in range(4):
            if np.isfinite(data.values[t, i]):
                size = int(data.length[t, CLOCKS[i]])
                row = np.zeros(95)
                row[t - size + 1 : t + 1] = PARAMS.beta[i] / size
                rows.append(row)
                y.append(data.values[t, i] - PARAMS.gamma[i] * data.before[t, i])
                at.append(t)
                noise.append(PARAMS.sigma[i] ** 2)
    z, seen, when = np.array(rows), np.array(y), np.array(at)
    whole = z @ cov @ z.T + np.diag(noise)
    level, spread, loglik = filtered(data, PARAMS)
    assert loglik == pytest.approx(multivariate_normal(np.zeros(len(y)), whole).logpdf(seen), abs=1e-9)
    for t in (0, 6, 29, 30, 61, 94):
        k = when <= t
        if not k.any():
            assert (level[t], spread[t]) == (0.0, 1.0)
            continue
        weight = np.linalg.solve(whole[np.ix_(k, k)], z[k] @ cov[:, t])
        assert level[t] == pytest.approx(weight @ seen[k], abs=1e-9)
        assert spread[t] ** 2 == pytest.approx(1.0 - weight @ (z[k] @ cov[:, t]), abs=1e-9)


def test_what_comes_later_changes_nothing() -> None:
    data, _ = simulated(400, 5)
    short = DailyData(CLOCKS, data.first[:250], data.length[:250], data.values[:250], data.before[:250])
    assert (filtered(short, PARAMS)[0] == filtered(data, PARAMS)[0][:250]).all()


def test_the_level_is_linear_in_the_figures() -> None:
    """Each series alone, the others' figures at nought: the parts add up to the level."""
    data, _ = simulated(300, 6)
    parts = 0.0
    for i in range(4):
        only = np.where(np.arange(4) == i, data.values, np.where(np.isfinite(data.values), 0.0, np.nan))
        lag = np.where(np.arange(4) == i, data.before, np.where(np.isfinite(data.before), 0.0, np.nan))
        parts += filtered(DailyData(CLOCKS, data.first, data.length, only, lag), PARAMS)[0]
    assert parts == pytest.approx(filtered(data, PARAMS)[0], abs=1e-10)


def test_estimation_finds_what_made_the_figures() -> None:
    """20,000 days: parameters to a tenth, at a likelihood that is at least that of the truth; the factor is followed."""
    data, x = simulated(20_000, 7)
    made, loglik, converged = fit(data, np.sign(PARAMS.beta))
    assert converged and loglik >= filtered(data, PARAMS)[2]
    assert made.rho == pytest.approx(PARAMS.rho, abs=0.01)
    for name in ("beta", "gamma", "sigma"):
        assert getattr(made, name) == pytest.approx(getattr(PARAMS, name), abs=0.1), name
    assert np.corrcoef(filtered(data, made)[0][500:], x[500:])[0, 1] > 0.7
