"""Re-estimation day by day says what an estimate on the whole sample of each day says."""

from __future__ import annotations

import numpy as np
import pytest

from barograph.models._kernels.affine import LONGEST, fit
from barograph.models._kernels.affine_running import premia
from barograph.models._kernels.discount import zero_from_par

YEARS = np.array([0.25, 0.5, 1.0, 2.0, 5.0, 7.0, 10.0, 20.0, 30.0])


def invented(days: int, seed: int = 0) -> np.ndarray:
    """Zero yields (days, 120) of par yields that walk."""
    rng = np.random.default_rng(seed)
    x = np.zeros((days, 6))
    for t in range(1, days):
        x[t] = [0.999, 0.998, 0.997, 0.99, 0.98, 0.9] * x[t - 1] + rng.normal(0.0, [0.06, 0.04, 0.03, 0.03, 0.02, 0.02])
    n = np.log1p(YEARS)
    shape = np.stack([np.ones_like(n), -1 / (1 + n), n * np.exp(-n), np.cos(n), np.cos(2 * n), np.cos(3 * n)])
    par = 5.0 + x @ shape + rng.normal(0.0, 0.01, (days, YEARS.size))
    return zero_from_par(YEARS, par, np.arange(1, LONGEST + 1) / 12.0)


@pytest.mark.parametrize("seed", [0, 1])
def test_each_day_is_an_estimate_of_its_own(seed: int) -> None:
    every = invented(21 * 160, seed)
    ends = every[20::21]
    days = every[21 * 120 :]
    closed = 120 + np.arange(days.shape[0]) // 21
    made = premia(ends, days, closed)
    for k in (0, 1, 20, 21, 22, 400, len(days) - 1):
        whole = fit(np.vstack([ends[: closed[k]], days[k]]))
        x = whole.states(days[k : k + 1])
        (a, b), (c, d) = whole.loadings(), whole.loadings(risk_neutral=True)
        fitted, expected = (u[[23, 59, 119]] + (x @ w[[23, 59, 119]].T)[0] for u, w in ((a, b), (c, d)))
        np.testing.assert_allclose(made[k], [fitted - expected, expected], rtol=0, atol=1e-8)
