"""Prices on given sessions, adjusted for splits alone: returns that a price index can be set against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from barograph.models.adjustment import adjusted
from barograph.models.history import SessionView
from barograph.models.session import Days

Floats = NDArray[np.float64]


def price_path(seen: SessionView, series_id: str, days: Days) -> Floats:
    """Closes of `days` (rising), shape (T,), NaN where there is none or the series may not be used yet.

    Dividends stay out: the index that the returns are set against is a price index.
    """
    row = seen.view.catalog.get(series_id)
    out = np.full(days.size, np.nan)
    if row is None:
        return out
    points = seen.points(series_id)
    none = (np.empty(0, dtype="datetime64[D]"), np.empty(0))
    values = adjusted(points.periods, points.values, seen.actions(series_id, "split"), none)
    at = np.searchsorted(points.periods, days)
    there = at < points.periods.size
    there[there] = points.periods[at[there]] == days[there]
    out[there] = values[at[there]]
    if row.eligible_from is not None:
        out[days < np.datetime64(row.eligible_from, "D")] = np.nan
    return np.where(out > 0.0, out, np.nan)
