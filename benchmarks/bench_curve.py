"""Svensson curves fitted to thousands of days beside nelson-siegel-svensson, nss-engine and scipy.

All are given the same invented days. A fit is a search for a least sum of squares: the answers agree where ours leaves no more
than the peer on the days that the peer was given, by the mean and, day by day, by more than a tenth of a basis point on at most
one in twenty.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels import svensson

DAYS = 5000
YEARS = np.array([1 / 12, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0])
ZERO = f"{DAYS} Svensson fits, 11 zero yields"
PAR = f"{DAYS} Svensson fits, 11 par yields priced"
#: Days that a peer is given; its seconds are scaled to all of them.
SOME = np.arange(0, DAYS, 100)


@pytest.fixture(scope="module")
def days() -> np.ndarray:
    """(T, 11) zero yields: curves that wander, with 3 bp of noise."""
    rng = np.random.default_rng(1)
    walk = lambda start, step: start + step * np.cumsum(rng.standard_normal(DAYS))  # noqa: E731
    params = np.column_stack(
        [
            walk(4.0, 0.02),
            walk(-1.0, 0.03),
            walk(-1.0, 0.04),
            walk(1.0, 0.04),
            rng.uniform(0.6, 2, DAYS),
            rng.uniform(5, 12, DAYS),
        ]
    )
    return svensson.zero_yields(params, YEARS) + rng.normal(0.0, 0.03, (DAYS, YEARS.size))


def no_worse(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether ours leaves no more than theirs (bp); days on which the peer failed are passed over."""
    known = np.isfinite(theirs)
    more = ours[SOME][known] - theirs[known]
    return bool(known.any() and more.mean() <= 0.0 and (more > 0.1).mean() <= 0.05)


@pytest.fixture(scope="module")
def left(days: np.ndarray) -> np.ndarray:
    return svensson.fit_zero(YEARS, days).rmse


def test_zero_ours(days: np.ndarray, left: np.ndarray, measure: Callable[..., Any]) -> None:
    note = f"mean rmse {left.mean():.3f} bp"
    measure(ZERO, "ours", lambda: svensson.fit_zero(YEARS, days), read=lambda fits: fits.rmse, note=note)


def test_par_ours(days: np.ndarray, measure: Callable[..., Any]) -> None:
    measure(PAR, "ours", lambda: svensson.fit_par(YEARS, days), read=lambda fits: fits.rmse, rounds=3)


def beside(
    benchmark: Any, task: str, days: np.ndarray, left: np.ndarray, who: str, fit: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Give a peer the days SOME, one at a time: `fit` takes a day and gives its fitted yields."""
    found: list[float] = []
    begun = time.perf_counter()

    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for y in days[SOME]:
                try:
                    found.append(100.0 * float(np.sqrt(np.mean((fit(y) - y) ** 2))))
                except np.linalg.LinAlgError:
                    found.append(np.nan)

    benchmark.pedantic(work, rounds=1, iterations=1)
    seconds = (time.perf_counter() - begun) * DAYS / SOME.size
    theirs = np.array(found)
    failed = int(np.isnan(theirs).sum())
    note = f"{SOME.size} days, scaled; mean rmse {np.nanmean(theirs):.3f} bp, ours on them {left[SOME].mean():.3f}"
    note += f"; it failed on {failed}" if failed else ""
    benchmark.extra_info.update(task=task, who=who, note=note, seconds=seconds, agree=no_worse(left, theirs))


def test_zero_nelson_siegel_svensson(benchmark: Any, days: np.ndarray, left: np.ndarray) -> None:
    calibrate = pytest.importorskip("nelson_siegel_svensson.calibrate")

    def fit(y: np.ndarray) -> np.ndarray:
        return calibrate.calibrate_nss_ols(YEARS, y)[0](YEARS)

    beside(benchmark, ZERO, days, left, "nelson-siegel-svensson", fit)


def test_zero_nss_engine(benchmark: Any, days: np.ndarray, left: np.ndarray) -> None:
    engine = pytest.importorskip("nss_engine")

    def fit(y: np.ndarray) -> np.ndarray:
        return np.asarray(engine.calibrate(YEARS, y).fitted)

    beside(benchmark, ZERO, days, left, "nss-engine", fit)


def test_par_nss_engine(benchmark: Any, days: np.ndarray) -> None:
    engine = pytest.importorskip("nss_engine")
    config = engine.CalibrationConfig(target="par")

    def fit(y: np.ndarray) -> np.ndarray:
        return np.asarray(engine.calibrate(YEARS, y, config).fitted)

    beside(benchmark, PAR, days, svensson.fit_par(YEARS, days).rmse, "nss-engine", fit)


def test_zero_scipy(benchmark: Any, days: np.ndarray, left: np.ndarray) -> None:
    """scipy's least squares over the decays with the betas projected out, each day from the answer of the day before."""
    from scipy.optimize import least_squares

    logs = np.log([1.0, 5.0])
    bounds = tuple(np.log(b) for b in svensson.BOUNDS)

    def fitted(at: np.ndarray, y: np.ndarray) -> np.ndarray:
        loads = svensson.loadings(YEARS, *np.exp(at))
        return loads @ np.linalg.lstsq(loads, y, rcond=None)[0]

    def fit(y: np.ndarray) -> np.ndarray:
        nonlocal logs
        logs = least_squares(lambda at: fitted(at, y) - y, logs, bounds=bounds).x
        return fitted(logs, y)

    beside(benchmark, ZERO, days, left, "scipy, warm start", fit)
