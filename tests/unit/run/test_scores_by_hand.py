"""Pieces of the scores by hand: alarms and what followed, the test of a mean, next month's simple forecasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from barograph.models._scores import mean_test
from barograph.models.macro._rates import monthly_rates
from barograph.run.score_inflation import _simple
from barograph.run.score_liquidity import _scored as scored_liquidity
from barograph.run.score_recession import alarms
from models_view import FakeView, catalog, rows_of

CPI = "us.prices.cpi"


def month_ends(first: int, last: int) -> list[date]:
    return [date(y, m, 28) for y in range(first, last + 1) for m in range(1, 13)]


def test_alarms_are_runs_apart_and_say_when_the_recession_began() -> None:
    """2006: the recession began in January 2008 (peak December 2007); 1995: none; 2000-08: in April 2001, after 8 months."""
    days = month_ends(1994, 2008)
    loud = {(1995, 3), (1995, 4), (1995, 12), (2000, 8), (2006, 9), (2007, 9), (2008, 3)}
    curve = np.array([40.0 if (d.year, d.month) in loud else 5.0 for d in days])
    assert alarms(days, curve) == [
        {"from": "1995-03-28", "recession_after_months": None},
        {"from": "2000-08-28", "recession_after_months": 8},
        {"from": "2006-09-28", "recession_after_months": 16},
    ]


def test_the_test_of_a_mean_is_statsmodels_hac() -> None:
    """OLS on a constant with HAC covariance, 5 lags, no small-sample correction: to 1e-10."""
    api = pytest.importorskip("statsmodels.api")
    x = np.convolve(np.random.default_rng(4).normal(0.1, 1.0, 400), np.ones(3) / 3.0, "valid")
    made = api.OLS(x, np.ones(x.size)).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False})
    statistic, p = mean_test(x, 5)
    assert statistic == pytest.approx(float(made.tvalues[0]), abs=1e-10)
    assert p == pytest.approx(float(made.pvalues[0]), abs=1e-10)
    assert np.isnan(mean_test(np.ones(50), 5)).all() and np.isnan(mean_test(x[:8], 5)).all()


def test_simple_forecasts_of_inflation() -> None:
    """Rates that alternate 0.1 and 0.3: their mean of twelve is 0.2, and an AR(1) knows which comes next."""
    months = [date(2010 + k // 12, k % 12 + 1, 1) for k in range(120)]
    rates = np.where(np.arange(120) % 2 == 0, 0.1, 0.3)
    levels = 100.0 * np.exp(np.cumsum(rates) / 100.0)
    rows = rows_of(catalog()[CPI], dict(zip(months, levels.tolist(), strict=True)), "assumed")
    view = FakeView({CPI: rows}, datetime(2020, 2, 20, tzinfo=UTC))
    assert len(monthly_rates(view, CPI)) == 119
    mean, ar1 = _simple(view, CPI, np.datetime64("2020-01", "M")) or (0.0, 0.0)
    assert mean == pytest.approx(0.2) and ar1 == pytest.approx(0.1)
    assert _simple(view, CPI, np.datetime64("2020-06", "M")) is None


def test_a_regression_on_what_foretells_beats_nought_and_on_noise_does_not() -> None:
    """Weekly pairs: y = 2 x + noise of 0.1 has an R2 near one; y without x has none that the test would call better."""
    rng = np.random.default_rng(8)
    weeks = [date(2021, 1, 8) + timedelta(7 * k) for k in range(200)]
    x, noise = rng.normal(size=200), rng.normal(size=200)
    found = scored_liquidity(
        [(d, a, 2.0 * a + 0.1 * b) for d, a, b in zip(weeks, x.tolist(), noise.tolist(), strict=True)]
    )
    assert (
        found["r2"] > 0.95 and found["slope"] == pytest.approx(2.0, abs=0.05) and found["skill"] == "better than nought"
    )
    idle = scored_liquidity(list(zip(weeks, x.tolist(), noise.tolist(), strict=True)))
    assert idle["r2"] < 0.05 and idle["skill"] == "no demonstrated skill" and idle["n"] == 148
