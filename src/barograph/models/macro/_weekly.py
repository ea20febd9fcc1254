"""Series by weeks back from their own newest value, so that inputs with different lags are compared like with like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datetime import date

    from barograph.archive.points import Points

Floats = NDArray[np.float64]
#: A value older than this does not stand for a week: a quarter's figure stands for its three months and their lag.
STALE_DAYS = 130


def weekly(points: Points, weeks: int, stale: int = STALE_DAYS, newest: date | None = None) -> Floats:
    """Values 0, 1, ..., weeks - 1 weeks before the newest one, newest first; NaN where the series has none so near.

    Each is the newest value at or before its day, inside one view. `newest` is the day to count from where that is not the
    series' own newest.
    """
    out = np.full(weeks, np.nan)
    if not len(points):
        return out
    last = points.periods[-1] if newest is None else np.datetime64(newest, "D")
    days = last - np.arange(weeks) * np.timedelta64(7, "D")
    at = np.searchsorted(points.periods, days, side="right") - 1
    there = at >= 0
    age = (days[there] - points.periods[at[there]]).astype(np.int64)
    values = np.where(age <= stale, points.values[at[there]], np.nan)
    out[there] = values
    return out


def trailing_z(history: Floats, window: int, least: int) -> Floats:
    """Each of the values of `history` (newest first) within `window` against their mean and standard deviation.

    One mean and one deviation for all, those of the window that ends with the newest value: two of them can be subtracted.
    Empty where fewer than `least` are known or they do not differ.
    """
    part = history[:window]
    there = part[np.isfinite(part)]
    if there.size < least or not there.std(ddof=1) > 0.0:
        return np.empty(0)
    return np.asarray((part - there.mean()) / there.std(ddof=1))
