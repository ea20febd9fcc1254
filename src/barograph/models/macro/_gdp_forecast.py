"""A quarter's growth out of the factor model: its cell of the panel, its forecast, and the errors of past forecasts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.time import DAY_END, new_york
from barograph.models.macro._factor import FactorSettings, Standardised, standardised

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

GDP = "us.growth.gdp_real"
#: Days from the end of the quarter at which past forecasts are made, one per bucket, and where the buckets begin.
OFFSETS, EDGES = (-75, -45, -15, 15), (-60, -30, 0)
BUCKETS = ("60 days before the quarter's end or earlier", "60 to 30 days before", "the last 30 days", "after the end")
#: Months of data behind one past forecast: longer ago nothing is left of a stationary factor.
REPLAYED = 120


def errors_of(view: AsOf, fitted: dict[str, Any], settings: FactorSettings, quarters: int) -> dict[str, list[float]]:
    """First figure less forecast by bucket, oldest first, of the newest `quarters` quarters known at the view."""
    if GDP not in fitted["rows"]:
        return {}
    short = replace(settings, months=REPLAYED)
    out: dict[str, list[float]] = {str(b): [] for b in range(len(OFFSETS))}
    known = view.series(GDP).periods[-quarters:]
    for quarter in known.tolist():
        first = first_figure(view, quarter)
        if first is None:
            continue
        for bucket, offset in enumerate(OFFSETS):
            when = new_york(end_of(quarter) + timedelta(offset), DAY_END)
            if when >= first[0] or when >= view.known_at:
                continue
            seen = standardised(view.at(when), short, fitted, ahead=6)
            if seen.panel.newest is None or seen.panel.known < len(settings.rows) / 2:
                continue
            found = forecast_of(seen, smoothed_of(seen), quarter)
            if found is not None:
                out[str(bucket)].append(first[1] - annual(found[0]))
    return out


def first_figure(view: AsOf, quarter: date) -> tuple[datetime, float] | None:
    """When a quarter's growth was first known inside the view, to a week, and its first figure, per cent annualised."""
    end = end_of(quarter)
    for days in (*range(25, 70, 7), 75, 90, 120, 150, 200):
        when = new_york(end + timedelta(days), DAY_END)
        if when > view.known_at:
            return None
        points = view.at(when).series(GDP, start=quarter - timedelta(100), end=quarter)
        if len(points) > 1 and points.periods[-1].item() == quarter:
            return when, annual(100.0 * math.log(points.values[-1] / points.values[-2]))
    return None


def bucket_of(days: int) -> int:
    """Which bucket a distance to the quarter's end belongs to: days after it, negative before."""
    return sum(days >= edge for edge in EDGES)


def replayed_by(days: int) -> int:
    """The newest distance of the replayed forecasts at or before one: which of them knew no more."""
    return max(sum(offset <= days for offset in OFFSETS) - 1, 0)


def smoothed_of(seen: Standardised) -> Any:
    """The smoother over a view's panel."""
    from barograph.models._kernels.dfm import smooth

    return smooth(seen.values, seen.shape, seen.params)


def cell_of(seen: Standardised, quarter: date) -> tuple[int, int] | None:
    """Row and column of a quarter's growth in the panel: it stands in the quarter's third month."""
    column = next((i for i, r in enumerate(seen.panel.rows) if r.series_id == GDP), None)
    at = int((np.datetime64(quarter, "M") + np.timedelta64(2, "M") - seen.panel.months[0]).astype(int))
    return None if column is None or not 0 <= at < seen.panel.months.size else (at, column)


def forecast_of(seen: Standardised, smoothed: Any, quarter: date) -> tuple[float, float] | None:
    """Mean and standard deviation of a quarter's growth, 100 times the log change."""
    cell = cell_of(seen, quarter)
    if cell is None:
        return None
    mean, variance = smoothed.cell(*cell)
    scale = float(seen.sd[cell[1]])
    return mean * scale + float(seen.mean[cell[1]]), math.sqrt(variance) * scale


def aligned(old: Standardised, new: Standardised) -> tuple[np.ndarray, np.ndarray]:
    """The two panels on the months of the newer one: it may begin and end a month or two later."""
    shift = int((new.panel.months[0] - old.panel.months[0]).astype(int))
    before = np.full_like(new.values, np.nan)
    part = old.values[shift:][: new.values.shape[0]]
    before[: part.shape[0]] = part
    return before, new.values


def annual(growth: float) -> float:
    """Per cent at an annual rate from 100 times the log change over a quarter."""
    return 100.0 * math.expm1(4.0 * growth / 100.0)


def stretch_of(now: float, then: float) -> float:
    """Percentage points at an annual rate per unit of log growth, exact for the whole change."""
    if abs(now - then) > 1e-12:
        return (annual(now) - annual(then)) / (now - then)
    return 4.0 * math.exp(4.0 * now / 100.0)


def quarter_after(quarter: date) -> date:
    """The first day of the next quarter."""
    month = quarter.month + 3
    return date(quarter.year + (month > 12), month - 12 if month > 12 else month, 1)


def end_of(quarter: date) -> date:
    """The last day of a quarter that is given by its first."""
    return quarter_after(quarter) - timedelta(1)


def name_of(quarter: date) -> str:
    """`2025 Q2`."""
    return f"{quarter.year} Q{(quarter.month + 2) // 3}"
