"""Shiller's own columns: the cyclically adjusted ratio and the excess yield that he publishes; foresight on his data."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from barograph.models._predictive import ahead, expanding, skill_of
from barograph.models.premium._premium import excess_yield, mean_real_earnings, ten_year_inflation

pytestmark = pytest.mark.e2e

#: Month -> (ratio, excess yield as a fraction), published; the recording holds them to eight digits.
SPOT = {
    "1929-09-01": (32.5638, -0.006070),
    "1982-08-01": (6.6434, 0.108014),
    "1999-12-01": (44.1979, -0.010887),
    "2009-03-01": (13.3237, 0.072578),
    "2024-12-01": (37.7112, 0.012630),
}


@pytest.fixture(scope="module")
def columns(recorded_folder: Path) -> dict[str, np.ndarray]:
    """The recorded columns, NaN where a cell is empty, and `months`."""
    with gzip.open(recorded_folder / "data" / "shiller" / "ie_data.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ("sp500", "dividend", "earnings", "cpi", "gs10", "cape", "excess_cape_yield")
    out = {n: np.array([float(r[n]) if r[n] else np.nan for r in rows]) for n in names}
    return out | {"months": np.array([r["date"] for r in rows])}


def ours(c: dict[str, np.ndarray], lag: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Ratio and excess yield (a fraction) of each month on earnings up to `lag` months before it."""
    at = np.arange(c["months"].size)
    mean = mean_real_earnings(c["earnings"], c["cpi"], at - lag, at)
    excess = excess_yield(c["sp500"], mean, c["gs10"], ten_year_inflation(c["cpi"], at))
    return c["sp500"] / mean, excess / 100.0


def test_the_published_columns(columns: dict[str, np.ndarray]) -> None:
    """Every month from 1881-01 on: the ratio to 5e-6, the yield to 5e-8, which is the rounding of the recording."""
    ratio, excess = ours(columns)
    for made, name, tolerance in ((ratio, "cape", 5e-6), (excess, "excess_cape_yield", 5e-8)):
        there = np.isfinite(columns[name])
        assert there.sum() == 1740 and np.array_equal(there, np.isfinite(made))
        error = np.abs(made - columns[name])[there].max()
        print(f"{name}: largest difference {error:.1e} over {there.sum()} months")
        assert error < tolerance


def test_spot_values(columns: dict[str, np.ndarray]) -> None:
    ratio, excess = ours(columns)
    for month, (r, e) in SPOT.items():
        [k] = np.flatnonzero(columns["months"] == month)
        assert (round(float(ratio[k]), 4), round(float(excess[k]), 6)) == (r, e)


def test_the_month_itself_is_not_in_the_window(columns: dict[str, np.ndarray]) -> None:
    """Counting it moves the ratio by up to a third of a point: the columns decide which window is meant."""
    wrong, _ = ours(columns, lag=0)
    off = np.nanmax(np.abs(wrong - columns["cape"]))
    assert 0.2 < off < 0.4


def test_foresight_on_his_data_against_statsmodels(columns: dict[str, np.ndarray]) -> None:
    """Log real total return of the next month and year on the excess yield, estimated from 1881, forecasts from 1926: R2,
    forecasts against statsmodels' regression refitted at the month, to 1e-8, and what was found, to two decimals.

    Here the yield does foretell: 0.37 and 4.80 per cent, p under 0.01. His prices are means of a month, whose changes are
    correlated by construction (Working 1960, doi 10.2307/1907574), his earnings were not known in it, the twenties and thirties
    are in, and returns are real, not excess. The model takes closes, what was known, and bills; it finds nothing.
    """
    sm = pytest.importorskip("statsmodels.api")
    price, paid = columns["sp500"] / columns["cpi"], columns["dividend"] / columns["cpi"] / 12.0
    returns = np.concatenate([[np.nan], 100.0 * np.log((price[1:] + paid[1:]) / price[:-1])])
    returns[np.isnan(paid)] = np.nan
    excess = 100.0 * ours(columns)[1]
    found = {}
    for h in (1, 12):
        y = ahead(returns, h)
        made = expanding(excess, y, h, 540)
        assert columns["months"][made.at[0]] == ("1926-01-01" if h == 1 else "1926-12-01")
        known = np.isfinite(excess) & np.isfinite(y)
        for t in (0, 17, 400, made.at.size - 1):
            past = np.flatnonzero(known[: made.at[t] - h + 1])
            fit = sm.OLS(y[past], sm.add_constant(excess[past])).fit()
            assert made.model[t] == pytest.approx(fit.params @ [1.0, excess[made.at[t]]], abs=1e-8)
            assert made.mean[t] == pytest.approx(y[past].mean(), abs=1e-8)
        skill = skill_of(made, h)
        assert skill is not None
        found[h] = skill
        print(f"{h} months: R2 {skill.r2:.2f} (restricted {skill.r2_restricted:.2f}), p {skill.p:.2f}, n {skill.n}")
    assert [round(found[h].r2, 2) for h in (1, 12)] == [0.37, 4.80]
    assert [found[h].n for h in (1, 12)] == [1199, 1177] and max(found[h].p for h in (1, 12)) < 0.01
