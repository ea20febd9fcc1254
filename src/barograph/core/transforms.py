"""Changes, growth rates and windowed statistics over plain arrays. All trailing: the value at i uses values up to i."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def simple_returns(levels: Floats, lag: int = 1) -> Floats:
    """Simple returns in per cent over `lag` steps: 100 (x_t / x_{t-lag} - 1); shape (n - lag,)."""
    return 100.0 * (levels[lag:] / levels[:-lag] - 1.0)


def changes(levels: Floats, lag: int = 1) -> Floats:
    """Differences x_t - x_{t-lag}, in the unit of `levels`; shape (n - lag,)."""
    return levels[lag:] - levels[:-lag]


def percentile_rank(window: Floats, value: float) -> float:
    """Mid-rank percentile of `value` in `window`: 100 (#below + half #equal) / n; the window includes the value.

    >>> percentile_rank(np.array([1.0, 2.0, 3.0, 4.0]), 3.0)
    62.5
    """
    below = np.count_nonzero(window < value)
    equal = np.count_nonzero(window == value)
    return float(100.0 * (below + 0.5 * equal) / window.size)


def zscore(history: Floats, value: float) -> float | None:
    """(value - mean) / sd of `history` (sample sd, ddof 1); None where it has no spread or under 20 values."""
    if history.size < 20:
        return None
    sd = float(history.std(ddof=1))
    # A constant history leaves rounding noise of the size of an ulp, which is no spread.
    if not sd > 1e-12 * max(1.0, float(np.abs(history).max())):
        return None
    return (value - float(history.mean())) / sd
