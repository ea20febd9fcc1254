"""Monthly rates of a view's price indexes: changes, means, food by identity, regressions, first prints."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.time import DAY_END, new_york
from barograph.models.macro._panel import outliers

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Rates = dict[np.datetime64, float]
ONE = np.timedelta64(1, "M")


def monthly_rates(view: AsOf, series_id: str, newest: int | None = None) -> Rates:
    """100 (log x_t - log x_{t-1}) of months that follow each other: a change over two months is no monthly rate."""
    points = view.series(series_id)
    points = points if newest is None else points.tail(newest)
    months = points.periods.astype("datetime64[M]")
    with np.errstate(invalid="ignore", divide="ignore"):
        made = 100.0 * np.diff(np.log(points.values))
    good = (np.diff(months).astype(int) == 1) & np.isfinite(made)
    return dict(zip(months[1:][good], made[good].tolist(), strict=True))


def month_means(view: AsOf, series_id: str) -> dict[np.datetime64, float]:
    """Means of a series' values by month."""
    points = view.series(series_id)
    months, starts = np.unique(points.periods.astype("datetime64[M]"), return_index=True)
    if not months.size:
        return {}
    sums = np.add.reduceat(points.values, starts)
    return dict(zip(months, (sums / np.diff(np.append(starts, len(points)))).tolist(), strict=True))


def changes_of(levels: dict[np.datetime64, float]) -> Rates:
    """100 times the log change of months that follow each other."""
    return {m: 100.0 * math.log(v / levels[m - ONE]) for m, v in levels.items() if m - ONE in levels}


def usual_changes(levels: dict[np.datetime64, float], years: int, least: int) -> list[float]:
    """Mean change by calendar month (January first) less the mean of all, trailing years, per cent; empty below `least`."""
    moves = sorted(changes_of(levels).items())[-12 * years :]
    if len(moves) < least:
        return []
    by_month: list[list[float]] = [[] for _ in range(12)]
    for month, value in moves:
        by_month[int(month.astype(int)) % 12].append(value)
    whole = float(np.mean([v for _, v in moves]))
    return [float(np.mean(v)) - whole if v else 0.0 for v in by_month]


def food_rates(cpi: Rates, less: Rates, weight: float) -> Rates:
    """Food inflation from the identity cpi = weight food + (1 - weight) less."""
    return {m: (cpi[m] - (1.0 - weight) * less[m]) / weight for m in cpi if m in less}


def last_mean(rates: Rates, month: np.datetime64) -> float | None:
    """The mean of the newest twelve rates before a month; None under six or where the newest is older than half a year."""
    known = sorted(m for m in rates if m < month)[-12:]
    if len(known) < 6 or int((month - known[-1]).astype(int)) > 6:
        return None
    return float(np.mean([rates[m] for m in known]))


def regression(y: Rates, x: tuple[Rates, ...], window: int, least: int, limit: float) -> list[float] | None:
    """Constant and slopes by least squares on the newest `window` months with all of them, outliers left out."""
    months = sorted(m for m in y if all(m in r for r in x))[-window:]
    if len(months) < least:
        return None
    rows = np.array([[y[m], *(r[m] for r in x)] for m in months])
    rows = rows[~outliers(rows, limit).any(axis=1)]
    if rows.shape[0] < least:
        return None
    design = np.column_stack([np.ones(rows.shape[0]), rows[:, 1:]])
    return [float(b) for b in np.linalg.lstsq(design, rows[:, 0], rcond=None)[0]]


def next_month(view: AsOf, series_id: str) -> np.datetime64 | None:
    """The month after the newest one known."""
    points = view.series(series_id)
    return points.periods[-1].astype("datetime64[M]") + ONE if len(points) else None


def first_print(view: AsOf, series_id: str, month: np.datetime64) -> tuple[date, float] | None:
    """The day by which a month's rate was first known inside the view, to a few days, and that rate."""
    start: date = month.astype("datetime64[D]").item()
    for days in (40, 43, 46, 50, 57, 64, 75, 95, 130):
        when = new_york(start + timedelta(days), DAY_END)
        if when > view.known_at:
            return None
        points = view.at(when).series(series_id, start=start - timedelta(40), end=start)
        if len(points) > 1 and points.periods[-1].item() == start:
            if (
                int(
                    (points.periods[-1].astype("datetime64[M]") - points.periods[-2].astype("datetime64[M]")).astype(
                        int
                    )
                )
                != 1
            ):
                return None
            return when.date(), 100.0 * math.log(points.values[-1] / points.values[-2])
    return None
