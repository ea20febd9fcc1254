"""Unit root, variance ratio and half-life against other programs, published numbers and simulation."""

from __future__ import annotations

import gzip
import warnings
from datetime import date, timedelta
from math import log, log1p

import numpy as np
import pytest

from barograph.models.markets.reversion import half_life, unit_root, variance_ratio
from recorded import ABSENT, folder


def walk(n: int, seed: int, phi: float = 1.0) -> np.ndarray:
    steps = np.random.default_rng(seed).standard_normal(n)
    out = np.zeros(n)
    for t in range(1, n):
        out[t] = phi * out[t - 1] + steps[t]
    return out


@pytest.mark.parametrize("lags", [0, 1, 5])
@pytest.mark.parametrize(("phi", "shift"), [(1.0, 4000.0), (0.9, 0.0), (0.5, -3.0)])
def test_unit_root_agrees_with_statsmodels(lags: int, phi: float, shift: float) -> None:
    stattools = pytest.importorskip("statsmodels.tsa.stattools")
    levels = walk(600, 7, phi) + shift
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it announces another form of its answer
        other = stattools.adfuller(levels, maxlag=lags, autolag=None, regression="c")
    ours = unit_root(levels, lags)
    assert ours.statistic == pytest.approx(other[0], abs=1e-8)
    assert ours.p == pytest.approx(other[1], abs=1e-8)
    assert ours.critical == pytest.approx([other[4][k] for k in ("1%", "5%", "10%")], abs=1e-10)
    assert ours.n == other[3]


def test_critical_values_are_those_published() -> None:
    # MacKinnon (2010), table 2, constant, T = 100: 1 % -3.498, 5 % -2.891, 10 % -2.583 (his printed digits give these).
    assert unit_root(walk(101, 1), 0).critical == pytest.approx((-3.4975, -2.8909, -2.5824), abs=2e-4)


def test_size_of_the_unit_root_test_at_five_per_cent() -> None:
    rejected = np.mean([unit_root(walk(260, seed), 1).p < 0.05 for seed in range(400)])
    assert 0.02 <= rejected <= 0.085  # 5 % within about three standard errors


@pytest.mark.parametrize("q", [2, 5, 16])
def test_variance_ratio_agrees_with_arch(q: int) -> None:
    other = pytest.importorskip("arch.unitroot").VarianceRatio
    levels = walk(900, 3) + np.sin(np.arange(900) / 9.0)
    theirs, ours = other(levels, q, robust=True, debiased=True), variance_ratio(levels, q)
    assert ours.ratio == pytest.approx(theirs.vr, abs=1e-10)
    assert ours.z == pytest.approx(theirs.stat, abs=1e-9)


#: French's daily market factor, Wednesday to Wednesday, 1962-09-06..1985-12-26, rule of Lo and MacKinlay (1988):
#: q -> (VR, robust z) of the whole sample and of its first 608 weeks, printed to 3 and 2 decimals in the research.
BENCHMARK = {2: (1.094, 2.60), 4: (1.182, 2.68), 8: (1.257, 2.43), 16: (1.262, 1.68)}
FIRST_HALF = {2: (1.15, 3.00), 4: (1.23, 2.38), 8: (1.28, 1.87), 16: (1.34, 1.56)}


def weekly_log_prices() -> np.ndarray:
    home = folder()
    if home is None:
        pytest.skip(ABSENT)
    level, by_day = 0.0, {}
    with gzip.open(home / "reference" / "french_daily_factors.csv.gz", "rt") as file:
        for line in file:
            cells = [c.strip() for c in line.split(",")]
            if len(cells) >= 5 and len(cells[0]) == 8 and cells[0].isdigit():
                level += log1p((float(cells[1]) + float(cells[4])) / 100.0)
                by_day[date(int(cells[0][:4]), int(cells[0][4:6]), int(cells[0][6:]))] = level
    out, wednesday = [], date(1962, 9, 5)
    while wednesday <= date(1985, 12, 25):
        # A closed Wednesday is replaced by Thursday, and that by Tuesday.
        day = next(d for d in (wednesday + timedelta(k) for k in (0, 1, -1)) if d in by_day)
        out.append(by_day[day])
        wednesday += timedelta(7)
    return np.array(out)


def test_variance_ratios_of_us_weekly_returns() -> None:
    prices = weekly_log_prices()
    assert prices.size - 1 == 1216
    for sample, table, digits in ((prices, BENCHMARK, 5e-4), (prices[:609], FIRST_HALF, 5e-3)):
        for q, (ratio, z) in table.items():
            found = variance_ratio(sample, q)
            assert found.ratio == pytest.approx(ratio, abs=digits + 1e-9)
            assert found.z == pytest.approx(z, abs=5e-3 + 1e-9)


def test_a_statistic_that_is_not_robust_would_be_found() -> None:
    # The planted bug: the standard error of equal variances, sqrt(2(2q - 1)(q - 1)/(3qn)), misses the benchmark.
    prices = weekly_log_prices()
    for q, (ratio, z) in BENCHMARK.items():
        planted = (ratio - 1.0) / (2.0 * (2 * q - 1) * (q - 1) / (3.0 * q * (prices.size - 1))) ** 0.5
        assert abs(planted - z) > 0.2


def simulated(phi: float, n: int, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = np.empty((n + 1, count))
    out[0] = rng.standard_normal(count) / np.sqrt(1.0 - phi**2)
    for t in range(1, n + 1):
        out[t] = phi * out[t - 1] + rng.standard_normal(count)
    return out


@pytest.mark.parametrize("phi", [0.8, 0.95, 0.98])
def test_half_life_interval_covers(phi: float) -> None:
    # 90 % intervals on 1,250 sessions: coverage in 85..95 % (binomial standard error 1.1 points).
    truth, paths = -log(2.0) / log(phi), simulated(phi, 1250, 800, 11)
    inside = 0
    for path in paths.T:
        found = half_life(path)
        assert found.low is not None
        inside += found.low <= truth and (found.high is None or truth <= found.high)
    assert 0.85 <= inside / paths.shape[1] <= 0.95


def test_kendall_correction_removes_the_bias() -> None:
    phi, paths = 0.95, simulated(0.95, 250, 2000, 5)
    corrected = np.mean([half_life(p).phi for p in paths.T])
    # Uncorrected the mean is 0.95 - (1 + 3 * 0.95)/250 = 0.9346; its standard error here is 0.0006.
    assert corrected == pytest.approx(phi, abs=0.003)


def test_half_life_of_a_trend_is_none() -> None:
    found = half_life(np.cumsum(np.full(300, 1.0)) + np.random.default_rng(0).standard_normal(300) * 1e-3)
    assert found.steps is None and found.high is None
