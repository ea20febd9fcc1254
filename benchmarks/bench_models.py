"""The models' kernels beside pandas, arch and statsmodels, on seeded random walks; answers compared to 1e-9."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from barograph.core.transforms import percentile_rank
from barograph.models.markets import ewmac
from barograph.models.markets.reversion import unit_root, variance_ratio
from barograph.models.quantiles import rolling_quantile

ASSETS, DAYS, SEED = 500, 6000, 7
NEWEST = f"EWMAC of the newest session, {ASSETS} assets x {DAYS} sessions"
EVERY = f"EWMAC of every session, 2 assets x {DAYS} sessions"
RATIO = f"variance ratio with robust z, {ASSETS} assets x 1,260 sessions"
RANK = f"percentile rank of the newest session in 1,260, {ASSETS} assets"
RANKS = f"percentile rank of every session in 252, 10 assets x {DAYS} sessions"
QUANTILES = f"10 % quantile of every 252 sessions, 20 assets x {DAYS} sessions"
ROOT = f"augmented Dickey-Fuller test, 5 lags, {ASSETS} assets x 1,260 sessions"


@pytest.fixture(scope="module")
def levels() -> np.ndarray:
    """Prices as log random walks, shape (ASSETS, DAYS), oldest first."""
    rng = np.random.default_rng(SEED)
    return 100.0 * np.exp(np.cumsum(rng.normal(0.0002, 0.012, (ASSETS, DAYS)), axis=1))


def pandas_forecasts(frame: pd.DataFrame) -> pd.DataFrame:
    """Strength of every session by pandas: the same six crossovers, scalars and caps."""
    sd = frame.diff().ewm(span=ewmac.SD_SPAN).std()
    total = 0.0
    for (fast, slow), scalar in ewmac.SCALARS.items():
        raw = (frame.ewm(span=fast).mean() - frame.ewm(span=slow).mean()) / sd
        total = total + (scalar * raw).clip(-ewmac.CAP, ewmac.CAP)
    return total / len(ewmac.SCALARS) / 2.0


def our_strength(history: np.ndarray) -> float:
    by_speed = ewmac.forecasts(history)
    assert by_speed is not None
    return ewmac.strength(by_speed)


def test_newest_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    note = "one asset after another, as the model momentum does"
    measure(NEWEST, "ours", lambda: np.array([our_strength(row) for row in levels]), note=note)


def test_newest_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(levels.T)
    note = "DataFrame.ewm, which computes every session to give the newest"
    measure(NEWEST, "pandas", lambda: pandas_forecasts(frame).iloc[-1].to_numpy(), note=note, rounds=3)


def test_newest_numpy(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    spans = sorted({s for pair in ewmac.SCALARS for s in pair})

    def work() -> np.ndarray:
        weights = np.column_stack([(1.0 - 2.0 / (s + 1.0)) ** np.arange(DAYS - 1, -1, -1) for s in spans])
        means = levels @ (weights / weights.sum(axis=0))
        w = (1.0 - 2.0 / (ewmac.SD_SPAN + 1.0)) ** np.arange(DAYS - 2, -1, -1)
        steps = np.diff(levels, axis=1)
        centred = steps - (steps @ w / w.sum())[:, None]
        variance = (centred**2) @ w / w.sum() * w.sum() ** 2 / (w.sum() ** 2 - w @ w)
        at = {s: i for i, s in enumerate(spans)}
        total = np.zeros(ASSETS)
        for (fast, slow), scalar in ewmac.SCALARS.items():
            raw = (means[:, at[fast]] - means[:, at[slow]]) / np.sqrt(variance)
            total += np.clip(scalar * raw, -ewmac.CAP, ewmac.CAP)
        return total / len(ewmac.SCALARS) / 2.0

    measure(NEWEST, "numpy, one product", work, note="all assets in one matrix product, written for this comparison")


def test_every_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> np.ndarray:
        return np.array([[our_strength(row[:n]) for n in range(256, DAYS + 1)] for row in levels[:2]])

    note = "the page needs the newest session only: every session again from the start is quadratic"
    measure(EVERY, "ours", work, note=note, rounds=1, warm=0)


def test_every_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(levels[:2].T)
    measure(EVERY, "pandas", lambda: pandas_forecasts(frame).to_numpy()[255:].T, note="DataFrame.ewm", rounds=5)


def test_ratio_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    logs = np.log(levels[:, -1260:])

    def work() -> np.ndarray:
        found = [variance_ratio(row, 5) for row in logs]
        return np.array([(f.ratio, f.z) for f in found])

    measure(RATIO, "ours", work, note="q = 5, overlapping, corrected for the small sample")


def test_ratio_arch(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    try:
        unitroot = importlib.import_module("arch.unitroot")
    except ImportError as error:
        pytest.skip(f"arch cannot be imported without its dependencies: {error}")
    logs = np.log(levels[:, -1260:])

    def work() -> np.ndarray:
        found = [unitroot.VarianceRatio(row, lags=5, trend="c", debiased=True, robust=True) for row in logs]
        return np.array([(f.vr, f.stat) for f in found])

    measure(RATIO, "arch", work, note="arch.unitroot.VarianceRatio, debiased, robust", rounds=3)


def test_ratio_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(np.log(levels[:, -1260:]).T)

    def work() -> np.ndarray:
        q, n = 5, len(frame) - 1
        step, long = frame.diff().iloc[1:], frame.diff(5).iloc[5:]
        mu = step.mean()
        e = step - mu
        total = (e**2).sum()
        ratio = ((long - q * mu) ** 2).sum() / (q * (n - q + 1) * (1 - q / n)) / (total / (n - 1))
        theta = sum((2 * (q - j) / q) ** 2 * (e**2 * e.shift(j) ** 2).sum() / total**2 for j in range(1, q))
        return np.column_stack([ratio, (ratio - 1) / np.sqrt(theta)])

    measure(RATIO, "pandas", work, note="the formula over the whole frame, written for this comparison")


def test_rank_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    window = np.ascontiguousarray(levels[:, -1260:])
    measure(RANK, "ours", lambda: np.array([percentile_rank(row, row[-1]) for row in window]), note="mid-rank")


def mid_rank(share: np.ndarray, n: int) -> np.ndarray:
    """From pandas' share (average rank / n) to the mid-rank percentile, which counts half of the value itself."""
    return 100.0 * (share - 0.5 / n)


def test_rank_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(levels[:, -1260:].T)
    measure(
        RANK,
        "pandas",
        lambda: frame.rank(pct=True).iloc[-1].to_numpy(),
        read=lambda made: mid_rank(made, 1260),
        note="DataFrame.rank of the window, newest row",
        rounds=3,
    )


def test_ranks_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> np.ndarray:
        return np.array(
            [[percentile_rank(row[i - 252 : i], row[i - 1]) for i in range(252, DAYS + 1)] for row in levels[:10]]
        )

    measure(RANKS, "ours", work, note="one window after another: a page needs one of them", rounds=3)


def test_ranks_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(levels[:10].T)
    measure(
        RANKS,
        "pandas",
        lambda: frame.rolling(252).rank(pct=True).to_numpy()[251:].T,
        read=lambda made: mid_rank(made, 252),
        note="DataFrame.rolling(252).rank",
        rounds=5,
    )


def test_quantiles_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    def work() -> np.ndarray:
        return np.array([rolling_quantile(row, 252, 0.10) for row in levels[:20]])

    measure(QUANTILES, "ours", work, note="every window sorted", rounds=3)


def test_quantiles_pandas(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    frame = pd.DataFrame(levels[:20].T)
    measure(
        QUANTILES,
        "pandas",
        lambda: frame.rolling(252).quantile(0.10).to_numpy()[251:].T,
        note="DataFrame.rolling(252).quantile, a skip list",
        rounds=3,
    )


def test_root_ours(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    logs = np.log(levels[:, -1260:])

    def work() -> np.ndarray:
        found = [unit_root(row, 5) for row in logs]
        return np.array([(f.statistic, f.p) for f in found])

    def read(made: np.ndarray) -> list[np.ndarray]:
        return [made[:, 0], np.round(made[:, 1], 4)]

    measure(ROOT, "ours", work, read=read, note="constant; p values compared to four decimals", rounds=5)


def test_root_statsmodels(levels: np.ndarray, measure: Callable[..., Any]) -> None:
    from statsmodels.tsa.stattools import adfuller

    logs = np.log(levels[:, -1260:])

    def work() -> list[Any]:
        return [adfuller(row, maxlag=5, regression="c", autolag=None, result_object=False) for row in logs]

    def read(made: list[Any]) -> list[np.ndarray]:
        return [np.array([m[0] for m in made]), np.round([m[1] for m in made], 4)]

    measure(ROOT, "statsmodels", work, read=read, note="adfuller(maxlag=5, autolag=None)", rounds=3)
