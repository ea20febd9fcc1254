"""The mixed-frequency factor model beside statsmodels' DynamicFactorMQ: an EM iteration, and a day's update with its news.

33 monthly series over 500 months, one factor, AR(1) idiosyncratic parts, holes and a ragged edge. Both are given the same
parameters, so that what they say of the newest month can be compared; their EM steps start there too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ

from barograph.models._kernels.dfm import DfmParams, DfmShape, estimate, news, smooth

SERIES, MONTHS, SEED, STEPS = 33, 500, 3, 5
EM = f"{STEPS} EM iterations of a factor model, {SERIES} series x {MONTHS} months"
SMOOTH = f"factor of the newest month, {SERIES} series x {MONTHS} months"
NEWS = "a day's update: eight new figures, one revision, the news of a forecast"
SHAPE = DfmShape(SERIES, 0, np.ones((SERIES, 1), bool), 1)
INDEX = pd.period_range("1984-01", periods=MONTHS, freq="M")


@pytest.fixture(scope="module")
def model() -> tuple[np.ndarray, np.ndarray, DfmParams]:
    """(before, after, parameters): two panels that differ by a day's figures."""
    rng = np.random.default_rng(SEED)
    params = DfmParams(
        rng.uniform(0.3, 0.9, (SERIES, 1)),
        np.array([[0.7]]),
        np.array([0.5]),
        rng.uniform(-0.3, 0.6, SERIES),
        rng.uniform(0.3, 0.8, SERIES),
    )
    factor = np.zeros(MONTHS)
    parts = np.zeros((MONTHS, SERIES))
    for t in range(1, MONTHS):
        factor[t] = 0.7 * factor[t - 1] + np.sqrt(0.5) * rng.normal()
        parts[t] = params.rho * parts[t - 1] + np.sqrt(params.sigma2) * rng.normal(size=SERIES)
    after = factor[:, None] * params.loadings[:, 0] + parts
    after[rng.random(after.shape) < 0.01] = np.nan
    after[-1, 8:] = np.nan
    before = after.copy()
    before[-1] = np.nan
    before[-3, 0] = 0.25
    after[-3, 0] = 0.5
    return before, after, params


def peer(panel: np.ndarray) -> DynamicFactorMQ:
    frame = pd.DataFrame(panel, index=INDEX)
    return DynamicFactorMQ(frame, factors=1, factor_orders=1, idiosyncratic_ar1=True, standardize=False)


def vector(params: DfmParams) -> np.ndarray:
    """Our parameters in statsmodels' order: its factor shock is a standard deviation."""
    return np.concatenate([params.loadings[:, 0], [params.ar[0, 0], params.q[0] ** 0.5], params.rho, params.sigma2])


def test_em_ours(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    _, after, params = model
    work = lambda: estimate(after, SHAPE, start=params, tolerance=0.0, max_iterations=STEPS)  # noqa: E731
    measure(EM, "ours", work, read=lambda made: len(made[1].loglik) - 1, rounds=5)


def test_em_statsmodels(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    _, after, params = model
    theirs = peer(after)
    work = lambda: theirs.fit_em(start_params=vector(params), maxiter=STEPS, tolerance=0, disp=False, full_output=False)  # noqa: E731
    note = "answers are the number of steps; the estimates of one step differ by the start of the factor"
    measure(EM, "statsmodels", work, read=lambda _: STEPS, note=note, rounds=3, warm=0)


def test_em_nowcastbox(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    import warnings

    from nowcastbox import MixedFreqDFM

    _, after, _ = model
    frame = pd.DataFrame(after, index=INDEX, columns=[f"s{i}" for i in range(SERIES)])

    def work() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return MixedFreqDFM(1, 1, idiosyncratic="ar1", max_iter=STEPS, tol=0.0).fit(frame, "s20", frequency="M")

    note = "answers are the number of steps; it starts from principal components, which is in the time, and smooths at the end"
    measure(EM, "nowcastbox", work, read=lambda _: STEPS, note=note, rounds=2, warm=0)


def test_smooth_ours(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    _, after, params = model
    measure(SMOOTH, "ours", lambda: smooth(after, SHAPE, params), read=lambda made: made.factors[-1, 0])


def test_smooth_statsmodels(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    _, after, params = model
    theirs = peer(after)
    read = lambda made: np.asarray(made.factors.smoothed)[-1, 0]  # noqa: E731
    measure(SMOOTH, "statsmodels", lambda: theirs.smooth(vector(params)), read=read, rounds=3)


def test_news_ours(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    before, after, params = model
    read = lambda made: [sum(r.impact for r in made.rows), made.revisions]  # noqa: E731
    measure(NEWS, "ours", lambda: news(before, after, SHAPE, params, (MONTHS - 1, 20)), read=read)


def test_news_statsmodels(model: tuple[np.ndarray, np.ndarray, DfmParams], measure: Callable[..., Any]) -> None:
    before, after, params = model
    old = peer(before).smooth(vector(params))

    def work() -> Any:
        made = old.apply(pd.DataFrame(after, index=INDEX))
        return made.news(old, impact_date=INDEX[-1], impacted_variable=20, comparison_type="previous")

    def read(made: Any) -> list[float]:
        impacts = made.impacts.iloc[0]
        return [float(impacts["impact of news"]), float(impacts["impact of revisions"])]

    measure(NEWS, "statsmodels", work, read=read, rounds=3)
