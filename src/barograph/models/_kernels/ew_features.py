"""Features of a return series for regimes: exponentially weighted mean, downside deviation and their ratio."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Half-lives in sessions, as in the published example.
HALF_LIVES = (5, 20, 60)
NAMES = tuple(f"{n}_{h}" for h in HALF_LIVES for n in ("return", "log_downside", "sortino"))


@njit(cache=True)
def weighted_means(values: Floats, half_life: float) -> Floats:
    """sum_i w^i x_{t-i} / sum_i w^i with w = 2^(-1/half_life), over all values up to t: shape (T,)."""
    decay = 0.5 ** (1.0 / half_life)
    out = np.empty(values.size)
    total, weight = 0.0, 0.0
    for t in range(values.size):
        total = total * decay + values[t]
        weight = weight * decay + 1.0
        out[t] = total / weight
    return out


def features(returns: Floats) -> Floats:
    """Per half-life the weighted mean return, the log of the weighted downside deviation, and their ratio.

    Parameters
    ----------
    returns : (T,)
        Simple returns, a fraction a session.

    Returns
    -------
    (T, 9)
        In the order of NAMES; NaN or infinite until the first loss.
    """
    columns = []
    down = np.minimum(returns, 0.0) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        for half_life in HALF_LIVES:
            mean = weighted_means(returns, float(half_life))
            deviation = np.sqrt(weighted_means(down, float(half_life)))
            columns += [mean, np.log(deviation), mean / deviation]
    return np.column_stack(columns)
