"""Re-estimation day by day says what an estimate on the whole sample of each day says."""

from __future__ import annotations

import numpy as np
import pytest

from barograph.models._kernels.affine import fit
from barograph.models._kernels.affine_running import premia
from walking_yields import invented


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
