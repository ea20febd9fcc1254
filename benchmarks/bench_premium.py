"""The affine term structure model beside pyacm and nss-engine: one estimate, and one anew on each of many days.

All are given the same invented zero yields, made of par yields that walk. pyacm takes the VAR's constant for nought and
nss-engine divides otherwise, so answers are compared where they mean the same: the fitted 10-year yield to a basis point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels.affine import HELD, LONGEST, fit
from barograph.models._kernels.affine_running import premia
from barograph.models._kernels.discount import zero_from_par

MONTHS, DAYS, SESSIONS = 500, 5000, 21
ONE = f"affine term structure model, one estimate on {MONTHS} month ends x {LONGEST} maturities"
MANY = f"the same estimated anew on each of {DAYS} days, expanding sample"
CURVES = f"zero yields to ten years from nine par yields, {DAYS} days"
YEARS = np.array([0.25, 0.5, 1.0, 2.0, 5.0, 7.0, 10.0, 20.0, 30.0])
AT = np.arange(1, LONGEST + 1) / 12.0


def par(days: int) -> np.ndarray:
    """Par yields (days, 9) that walk, per cent."""
    rng = np.random.default_rng(0)
    x = np.zeros((days, 6))
    for t in range(1, days):
        x[t] = [0.9995, 0.998, 0.997, 0.99, 0.98, 0.9] * x[t - 1] + rng.normal(
            0.0, [0.05, 0.04, 0.03, 0.03, 0.02, 0.02]
        )
    n = np.log1p(YEARS)
    shape = np.stack([np.ones_like(n), -1 / (1 + n), n * np.exp(-n), np.cos(n), np.cos(2 * n), np.cos(3 * n)])
    return np.asarray(6.0 + x @ shape)


@pytest.fixture(scope="module")
def daily() -> np.ndarray:
    return zero_from_par(YEARS, par(MONTHS * SESSIONS), AT)


@pytest.fixture(scope="module")
def ends(daily: np.ndarray) -> np.ndarray:
    return daily[SESSIONS - 1 :: SESSIONS]


def newest(yields: np.ndarray) -> float:
    """The fitted 10-year yield of the newest month, in basis points."""
    made = fit(yields)
    a, b = made.loadings()
    made.loadings(risk_neutral=True)
    return round(100.0 * float(a[-1] + made.states(yields[-1:])[0] @ b[-1]))


def test_one_ours(ends: np.ndarray, measure: Callable[..., Any]) -> None:
    measure(ONE, "ours", lambda: newest(ends), rounds=15)


def test_one_pyacm(ends: np.ndarray, measure: Callable[..., Any]) -> None:
    pyacm, pandas = pytest.importorskip("pyacm"), pytest.importorskip("pandas")
    index = pandas.date_range("1984-01-31", periods=MONTHS, freq="ME")
    frame = pandas.DataFrame(ends / 100.0, index=index, columns=range(1, LONGEST + 1))
    work = lambda: pyacm.NominalACM(frame, selected_maturities=list(HELD))  # noqa: E731
    measure(ONE, "pyacm", work, read=lambda made: round(1e4 * float(made.miy.iloc[-1, -1])), rounds=5)


def test_one_nss_engine(ends: np.ndarray, measure: Callable[..., Any]) -> None:
    theirs, pandas = pytest.importorskip("nss_engine.termpremium"), pytest.importorskip("pandas")
    frame = pandas.DataFrame(ends, index=pandas.date_range("1984-01-31", periods=MONTHS, freq="ME"), columns=AT)
    work = lambda: theirs.fit_acm(frame, return_maturities=HELD)  # noqa: E731
    measure(ONE, "nss-engine", work, read=lambda made: round(100.0 * float(made.fitted.iloc[-1, -1])), rounds=5)


def test_many_ours(daily: np.ndarray, ends: np.ndarray, measure: Callable[..., Any]) -> None:
    days = daily[-DAYS:]
    closed = (np.arange(len(daily)) // SESSIONS)[-DAYS:]
    work = lambda: premia(ends, days, closed)  # noqa: E731
    measure(MANY, "ours", work, read=lambda made: np.round(made[::1000, 0, 2], 6), rounds=2)


def test_many_one_by_one(daily: np.ndarray, ends: np.ndarray, measure: Callable[..., Any]) -> None:
    """A whole estimate for each thousandth day: what the running one has to say."""
    at = np.arange(len(daily) - DAYS, len(daily), 1000)

    def work() -> np.ndarray:
        out = []
        for k in at:
            made = fit(np.vstack([ends[: k // SESSIONS], daily[k]]))
            x = made.states(daily[k : k + 1])[0]
            (a, b), (c, d) = made.loadings(), made.loadings(risk_neutral=True)
            out.append(a[-1] - c[-1] + float(x @ (b[-1] - d[-1])))
        return np.round(out, 6)

    measure(MANY, "whole estimates", work, note="of every thousandth day only: times a thousand", rounds=2)


def test_curves_ours(measure: Callable[..., Any]) -> None:
    rows = par(DAYS)
    measure(
        CURVES,
        "ours",
        lambda: zero_from_par(YEARS, rows, AT),
        read=lambda made: round(float(made[-1, -1]), 6),
        rounds=5,
    )
