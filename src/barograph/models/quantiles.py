"""Empirical quantiles of trailing windows, one window or one per step."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def quantile(window: Floats, share: float) -> float:
    """Empirical quantile at `share` in 0..1, linear between order statistics (type 7).

    With x_(1) <= ... <= x_(n), h = (n - 1) share and k = floor h: x_(k + 1) + (h - k) (x_(k + 2) - x_(k + 1)).
    Hyndman, Fan (1996), doi 10.1080/00031305.1996.10473566.

    >>> quantile(np.array([3.0, 1.0, 2.0, 4.0]), 0.1)
    1.3
    """
    return float(rolling_quantile(window, window.size, share)[0])


def rolling_quantile(values: Floats, width: int, share: float) -> Floats:
    """Quantile of every run of `width` values; shape (n - width + 1,), entry i ends at value i + width - 1."""
    if not 0.0 <= share <= 1.0 or not 1 <= width <= values.size:
        raise ValueError(f"share {share} of windows of {width} among {values.size} values")
    ordered = np.sort(sliding_window_view(values, width), axis=1)
    place = (width - 1) * share
    low = int(place)
    high = min(low + 1, width - 1)
    return ordered[:, low] + (place - low) * (ordered[:, high] - ordered[:, low])
