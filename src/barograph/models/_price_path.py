"""Prices on given sessions, adjusted for splits alone: returns that a price index can be set against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from barograph.models.adjustment import adjusted
from barograph.models.history import SessionView
from barograph.models.session import Days, grid

Floats = NDArray[np.float64]


def price_path(seen: SessionView, series_id: str, days: Days, *, dividends: bool = False) -> Floats:
    """Closes of `days` (rising), shape (T,), NaN where there is none or the series may not be used yet.

    Dividends stay out unless asked for: the index that the returns are set against is a price index.
    """
    values, of = carried_path(seen, series_id, days, 0, dividends=dividends)
    return np.where(of == days, values, np.nan)


def carried_path(
    seen: SessionView, series_id: str, days: Days, most: int, *, dividends: bool = False
) -> tuple[Floats, Days]:
    """The newest close of each of `days` (rising) or of up to `most` NYSE sessions before it, and the day it is of, (T,) each.

    NaN and NaT where there is none, and before the series may be used.
    """
    row = seen.view.catalog.get(series_id)
    out, of = np.full(days.size, np.nan), np.full(days.size, np.datetime64("NaT"), dtype="datetime64[D]")
    if row is None or not days.size:
        return out, of
    points = seen.points(series_id)
    none = (np.empty(0, dtype="datetime64[D]"), np.empty(0))
    paid = seen.actions(series_id, "dividend") if dividends else none
    values = adjusted(points.periods, points.values, seen.actions(series_id, "split"), paid)
    good = values > 0.0
    if row.eligible_from is not None:
        good &= points.periods >= np.datetime64(row.eligible_from, "D")
    periods, values = points.periods[good], values[good]
    at = np.searchsorted(periods, days, side="right") - 1
    there = at >= 0
    of[there], out[there] = periods[at[there]], values[at[there]]
    if there.any():
        sessions = grid("NYSE", of[there].min().item(), days[-1].item())
        # A close of a day without a session counts as one of the session before it.
        age = np.searchsorted(sessions, days[there], side="right") - np.searchsorted(sessions, of[there], side="right")
        far = np.flatnonzero(there)[age > most]
        out[far], of[far] = np.nan, np.datetime64("NaT")
    return out, of
