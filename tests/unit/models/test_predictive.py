"""Out-of-sample forecasts against statsmodels' own regressions, and the tests by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._predictive import NO_SKILL, SKILL, Forecasts, ahead, expanding, skill_of


def sample(n: int, slope: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A persistent predictor and the returns that follow it."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    for t in range(1, n):
        x[t] = 0.95 * x[t - 1] + rng.normal()
    returns = np.concatenate([[np.nan], 0.4 + slope * x[:-1] + rng.normal(0, 3, n - 1)])
    return x, returns


@pytest.mark.parametrize("horizon", [1, 12])
def test_forecasts_are_those_of_statsmodels_refitted_each_month(horizon: int) -> None:
    """To 1e-9: ordinary least squares on the pairs whose outcome had come, and their mean."""
    sm = pytest.importorskip("statsmodels.api")
    x, returns = sample(240, 0.2, 1)
    x[17] = np.nan
    y = ahead(returns, horizon)
    made = expanding(x, y, horizon, 60)
    known = np.isfinite(x) & np.isfinite(y)
    for t, outcome, model, mean, slope in zip(*(getattr(made, f) for f in made.__slots__), strict=True):
        past = np.flatnonzero(known[: t - horizon + 1])
        fit = sm.OLS(y[past], sm.add_constant(x[past])).fit()
        assert model == pytest.approx(fit.params[0] + fit.params[1] * x[t], abs=1e-9)
        assert (mean, slope) == pytest.approx((y[past].mean(), fit.params[1]), abs=1e-9)
        assert outcome == y[t] and past.size >= 60
    assert made.at[0] == 60 + horizon - 1 + 1  # one month of the first sixty has no predictor


def test_scores_by_hand() -> None:
    """R2 and Clark and West's statistic of four forecasts, worked out by hand."""
    outcome, model, mean = np.array([1.0, -1.0, 2.0, 0.0]), np.array([0.5, -0.5, 1.0, 0.5]), np.full(4, 0.5)
    skill = skill_of(Forecasts(np.arange(4), outcome, model, mean, np.ones(4)), 1)
    assert skill is not None
    e0, e1 = (outcome - mean) ** 2, (outcome - model) ** 2
    assert skill.r2 == pytest.approx(100.0 * (1.0 - (0.25 + 0.25 + 1.0 + 0.25) / (0.25 + 2.25 + 2.25 + 0.25)))
    f = e0 - e1 + (mean - model) ** 2
    assert skill.statistic == pytest.approx(f.mean() / np.sqrt(f.var() / 4))
    assert (skill.n, skill.n_effective) == (4, 4)
    # The negative forecast becomes nought: its error is 1 in place of 0.25.
    assert skill.r2_restricted == pytest.approx(100.0 * (1.0 - 2.5 / 5.0))


def test_restrictions() -> None:
    made = Forecasts(
        np.arange(3), np.zeros(3), np.array([-1.0, 2.0, 3.0]), np.array([0.5, 0.5, -0.2]), np.array([1.0, -1.0, -1.0])
    )
    assert made.restricted().tolist() == [0.0, 0.5, 0.0]


def test_the_p_value_is_that_of_a_regression_on_a_constant() -> None:
    """One-sided p of the adjusted difference: statsmodels' HAC with eleven lags, to 1e-9."""
    sm = pytest.importorskip("statsmodels.api")
    from scipy.stats import norm

    x, returns = sample(400, 0.1, 5)
    made = expanding(x, ahead(returns, 12), 12, 120)
    skill = skill_of(made, 12)
    assert skill is not None
    f = (made.outcome - made.mean) ** 2 - (made.outcome - made.model) ** 2 + (made.mean - made.model) ** 2
    fit = sm.OLS(f, np.ones(f.size)).fit(cov_type="HAC", cov_kwds={"maxlags": 11, "use_correction": False})
    assert skill.statistic == pytest.approx(float(fit.tvalues[0]), rel=1e-9)
    assert skill.p == pytest.approx(float(norm.sf(fit.tvalues[0])), abs=1e-9)


def test_what_foretells_is_found_and_what_does_not_is_not() -> None:
    good, bad = (
        skill_of(expanding(*pair, 1, 120), 1)
        for pair in ((lambda x, r: (x, ahead(r, 1)))(*sample(900, s, 3)) for s in (0.5, 0.0))
    )
    assert good is not None and bad is not None
    assert (good.verdict, bad.verdict) == (SKILL, NO_SKILL)


def test_the_size_of_the_test_is_about_its_level() -> None:
    """300 samples without any skill: a tenth of them, give or take three standard errors, have p of at most a tenth."""
    found = [skill_of(expanding(x, ahead(r, 1), 1, 120), 1) for x, r in (sample(360, 0.0, s) for s in range(300))]
    assert sum(s is not None and s.p <= 0.10 for s in found) / 300 < 0.10 + 3 * 0.0173


@given(st.integers(0, 10_000), st.sampled_from([1, 3, 12]), st.integers(130, 199))
@settings(max_examples=40, deadline=None)
def test_no_forecast_knows_what_comes_after_it(seed: int, horizon: int, cut: int) -> None:
    """Whatever returns come after a month, the forecasts up to it stay the same but for the rounding of sums."""
    x, returns = sample(200, 0.3, seed)
    later = returns.copy()
    later[cut + 1 :] = np.random.default_rng(seed + 1).normal(0, 1e3, 199 - cut)
    here, there = (expanding(x, ahead(r, horizon), horizon, 60) for r in (returns, later))
    upto = here.at <= cut
    for name in ("model", "mean", "slope"):
        assert np.allclose(getattr(here, name)[upto], getattr(there, name)[: upto.sum()], rtol=0, atol=1e-6)


def test_too_little_is_no_score() -> None:
    x, returns = sample(30, 0.0, 2)
    assert skill_of(expanding(x, ahead(returns, 1), 1, 120), 1) is None
    assert expanding(np.full(5, np.nan), np.ones(5), 1, 1).at.size == 0
    assert np.isnan(ahead(np.ones(3), 5)).all()
