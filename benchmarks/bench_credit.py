"""Quantile regressions on growing windows: ours beside pinball-qr and statsmodels, the loss reached compared with theirs.

A peer that is not installed is skipped. The peers solve every window from nothing; that is how they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from barograph.models._kernels.quantile_regression import expanding, fit

TAUS = (0.05, 0.25, 0.5, 0.75, 0.95)
FIRST, WINDOWS, FEW = 501, 500, 20
TASK = (
    f"{len(TAUS) * WINDOWS:,} quantile regressions: {len(TAUS)} levels x {WINDOWS} growing windows, 3 regressors, "
    f"n {FIRST} to {FIRST + WINDOWS - 1}"
)
SUBSET = f"{len(TAUS) * FEW} of them, every {WINDOWS // FEW}th window"
MONTH = "a month's band: 5 levels, 6,000 rows, 6 regressors"


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    """Ones and three regressors (n, 4), outcomes with heavy tails (n,)."""
    rng = np.random.default_rng(1)
    n = FIRST + WINDOWS - 1
    x = np.column_stack([np.ones(n), rng.standard_normal((n, 3))])
    return x, x @ np.array([0.0, 1.0, 0.5, -0.2]) + rng.standard_t(4, n) * (1.0 + 0.3 * np.abs(x[:, 1]))


def ends(every: int = 1) -> np.ndarray:
    return np.arange(FIRST, FIRST + WINDOWS, every)


def losses(sample: tuple[np.ndarray, np.ndarray], every: int, made: np.ndarray) -> np.ndarray:
    """Mean loss per window and level, by which solutions are compared: a vertex need not be the only one."""
    x, y = sample
    out = np.empty(made.shape[:2])
    for i, end in enumerate(ends(every)):
        rest = y[:end, None] - x[:end] @ made[i].T
        out[i] = (rest * (np.array(TAUS) - (rest < 0.0))).mean(axis=0)
    return out


def near_best(sample: tuple[np.ndarray, np.ndarray], every: int, made: np.ndarray) -> np.ndarray:
    """Per window and level 1 where the loss is that of the exact solution or up to a thousandth more, and never less."""
    best = losses(sample, every, expanding(*sample, TAUS, ends(every)))
    ratio = losses(sample, every, made) / best
    return ((ratio > 1.0 - 1e-9) & (ratio < 1.001)).astype(float)


def test_all_ours(sample: Any, measure: Callable[..., Any]) -> None:
    note = "compiled; each window from the vertex of the one before, to the exact vertex"
    measure(TASK, "ours", lambda: expanding(*sample, TAUS, ends()), read=lambda m: losses(sample, 1, m), note=note)


def test_all_pinball(sample: Any, measure: Callable[..., Any]) -> None:
    pinball = pytest.importorskip("pinball")
    x, y = sample

    def work() -> np.ndarray:
        out = np.empty((WINDOWS, len(TAUS), 4))
        for i, end in enumerate(ends()):
            for k, tau in enumerate(TAUS):
                model = pinball.QuantileRegressor(tau=tau, method="br").fit(x[:end, 1:], y[:end])
                out[i, k] = np.concatenate([[model.intercept_], model.coef_])
        return out

    note = "QuantileRegressor, method br (Barrodale and Roberts, exact)"
    measure(TASK, "pinball-qr", work, read=lambda m: losses(sample, 1, m), note=note, rounds=1, warm=0)


def test_few_ours(sample: Any, measure: Callable[..., Any]) -> None:
    every = WINDOWS // FEW
    work = lambda: expanding(*sample, TAUS, ends(every))  # noqa: E731
    measure(SUBSET, "ours", work, read=lambda m: near_best(sample, every, m), note="")


def test_few_statsmodels(sample: Any, measure: Callable[..., Any]) -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    every = WINDOWS // FEW
    x, y = sample

    def work() -> np.ndarray:
        return np.array(
            [[QuantReg(y[:e], x[:e]).fit(q=t, p_tol=1e-9, max_iter=5000).params for t in TAUS] for e in ends(every)]
        )

    note = "QuantReg, p_tol 1e-9; it iterates towards the solution: compared is whether its losses come within 1e-3 of the least"
    measure(SUBSET, "statsmodels", work, read=lambda m: near_best(sample, every, m), note=note, rounds=1, warm=0)


def test_month_ours(measure: Callable[..., Any]) -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(6000), rng.standard_normal((6000, 6))])
    y = np.round(10.0 * (x @ rng.standard_normal(7) + rng.standard_t(3, 6000)))
    measure(MONTH, "ours", lambda: fit(x, y, TAUS), note="from nothing, outcomes in whole basis points")
