"""A view of invented macro series that share one factor, for tests of the axes and the nowcast."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import numpy as np

from barograph.models.macro._panel import Row
from barograph.models.macro.growth import ROWS as GROWTH
from barograph.models.macro.inflation import ROWS as INFLATION
from models_view import NOW, FakeView, Rows, catalog, rows_of

FIRST = date(1995, 1, 1)


def month(index: int) -> date:
    """The first day of the month `index` months after FIRST's year began."""
    return date(FIRST.year + index // 12, index % 12 + 1, 1)


def _levels(row: Row, growth: np.ndarray) -> np.ndarray:
    if row.transform == "log_change":
        return 100.0 * np.exp(np.cumsum(growth) / 100.0)
    return 50.0 + np.cumsum(growth)


@cache
def macro_rows(seed: int = 0, until: date = date(2025, 10, 1)) -> dict[str, Rows]:
    """Monthly (one weekly, one quarterly) series of a factor with persistence and noise of their own."""
    rng = np.random.default_rng(seed)
    months = (until.year - FIRST.year) * 12 + until.month
    out: dict[str, Rows] = {}
    for panel, sign in ((GROWTH, 1.0), (INFLATION, 1.0)):
        factor = np.zeros(months)
        for t in range(1, months):
            factor[t] = 0.8 * factor[t - 1] + 0.5 * rng.normal()
        for row in panel:
            growth = 0.2 + sign * 0.3 * factor + 0.3 * rng.normal(size=months)
            levels = _levels(row, growth)
            series = catalog()[row.series_id]
            if row.quarterly:
                sums = levels[: months // 3 * 3].reshape(-1, 3).mean(axis=1)
                values = {month(3 * q): float(v) for q, v in enumerate(sums)}
            elif series.frequency == "W":
                days = [FIRST + timedelta(6 + 7 * k) for k in range(int(months * 4.3))]
                days = [d for d in days if (d.year - FIRST.year) * 12 + d.month - 1 < months]
                values = {d: float(levels[(d.year - FIRST.year) * 12 + d.month - 1]) for d in days}
            else:
                values = {month(t): float(v) for t, v in enumerate(levels)}
            out[row.series_id] = rows_of(series, values, "assumed")
    return out


def macro_view(seed: int = 0, known_at: datetime = NOW) -> FakeView:
    """Everything of `macro_rows`, as known at an instant."""
    return FakeView(macro_rows(seed), known_at)
