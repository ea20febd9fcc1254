"""Exponentially weighted standard deviations of many columns, day by day."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True)
def ew_volatility(errors: Floats, decay: float, left_out: int, run_in: int) -> Floats:
    """Root of the weighted mean of squares up to and with each row, (T, n), in the unit of the errors.

    Per column the first `left_out` values do not count; NaN before `run_in` values have come. A row without a value leaves
    what stood.
    """
    length, n = errors.shape
    out = np.full((length, n), np.nan)
    for c in range(n):
        total = weight = 0.0
        seen = 0
        for t in range(length):
            if math.isfinite(errors[t, c]):
                if seen >= left_out:
                    total = decay * total + errors[t, c] * errors[t, c]
                    weight = decay * weight + 1.0
                seen += 1
            if seen >= run_in:
                out[t, c] = math.sqrt(total / weight) if weight > 0.0 else np.nan
    return out
