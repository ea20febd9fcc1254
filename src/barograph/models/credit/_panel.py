"""A spread beside what may say where it goes: levels as published, regressors by day, all known at the view."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
MOVE, VIX, REAL, TEN, TWO, SPX = (
    "us.vol.move",
    "us.vol.vix",
    "us.rates.real_10y",
    "us.rates.par_10y",
    "us.rates.par_2y",
    "us.equity.spx",
)
#: Regressors in their order: the level's percentile among all levels so far, two volatilities (points), the change of the
#: 10-year real yield (bp) and the return of the S&P 500 (per cent) over 21 sessions, 10-year less 2-year (bp).
NAMES = ("level", "move", "vix", "real10y", "equity", "slope")
SOURCES: dict[str, tuple[str, ...]] = {
    "move": (MOVE,),
    "vix": (VIX,),
    "real10y": (REAL,),
    "equity": (SPX,),
    "slope": (TEN, TWO),
}
#: Sessions of the changes among the regressors; levels before the first percentile; days for which a value is carried on.
CHANGE, RANKED, CARRIED = 21, 250, 7


@dataclass(frozen=True)
class Line:
    """Values by day, rising."""

    days: Days
    values: Floats


def regressor(view: AsOf, name: str, start: date | None = None) -> Line:
    """One regressor of the market by day, from `start` on; empty where a series is not in the catalogue or not known."""
    empty = Line(np.empty(0, dtype="datetime64[D]"), np.empty(0))
    if any(i not in view.catalog for i in SOURCES[name]):
        return empty
    legs = [view.series(i, start=start) for i in SOURCES[name]]
    if not all(len(p) for p in legs):
        return empty
    if name == "slope":
        days, at, on = np.intersect1d(legs[0].periods, legs[1].periods, assume_unique=True, return_indices=True)
        return Line(days, np.round(100.0 * (legs[0].values[at] - legs[1].values[on]), 10))
    days, values = legs[0].periods, legs[0].values
    if name == "real10y":
        return Line(days[CHANGE:], np.round(100.0 * (values[CHANGE:] - values[:-CHANGE]), 10))
    if name == "equity":
        return Line(days[CHANGE:], 100.0 * (values[CHANGE:] / values[:-CHANGE] - 1.0))
    return Line(days, values)


def ranks(levels: Floats, least: int = RANKED) -> Floats:
    """Mid-rank of each level among all up to it, itself included, per cent; NaN for the first `least` - 1."""
    seen: list[float] = []
    out = np.full(levels.size, np.nan)
    for i, level in enumerate(levels.tolist()):
        insort(seen, level)
        if i >= least - 1:
            out[i] = 50.0 * (bisect_left(seen, level) + bisect_right(seen, level)) / (i + 1)
    return out


def at_days(line: Line, days: Days) -> Floats:
    """A line's values on given days, NaN where it has none; shape (len(days),)."""
    out = np.full(days.size, np.nan)
    if line.days.size:
        place = np.minimum(np.searchsorted(line.days, days), line.days.size - 1)
        same = line.days[place] == days
        out[same] = line.values[place[same]]
    return out


@dataclass(frozen=True)
class Panel:
    """A spread's days (T,) and levels (T,) in bp, the names of the regressors used and their values (T, k), NaN unknown.

    `dropped` are regressors known on less than the share asked of the spread's days.
    """

    days: Days
    levels: Floats
    names: tuple[str, ...]
    x: Floats
    dropped: tuple[str, ...]


def panel_of(spread: Points, lines: dict[str, Line], share: float) -> Panel:
    """The spread beside the regressors that are known on at least `share` of its days."""
    days, levels = spread.periods, spread.values
    columns = {"level": ranks(levels)} | {n: at_days(lines[n], days) for n in NAMES[1:]}
    used = tuple(n for n in NAMES if n == "level" or np.isfinite(columns[n]).mean() >= share)
    return Panel(
        days, levels, used, np.column_stack([columns[n] for n in used]), tuple(n for n in NAMES if n not in used)
    )


def newest(view: AsOf, spread: Points, names: Sequence[str]) -> tuple[Floats, str | None] | str:
    """The regressors at the spread's newest day and which of them is older than it; or why there are none.

    A value up to CARRIED days old is carried on: an exchange was closed, or a figure came late.
    """
    day = spread.periods[-1].item()
    out: list[float] = []
    late = None
    for name in names:
        if name == "level":
            if len(spread) < RANKED:
                return f"{len(spread)} levels where {RANKED} are needed"
            values = spread.values
            below, equal = np.count_nonzero(values < values[-1]), np.count_nonzero(values == values[-1])
            out.append(float(100.0 * (below + 0.5 * equal) / values.size))
            continue
        line = regressor(view, name, day - timedelta(90))
        place = int(np.searchsorted(line.days, spread.periods[-1], side="right")) - 1
        if place < 0 or (day - line.days[place].item()).days > CARRIED:
            return f"no value of {' and '.join(SOURCES[name])} within {CARRIED} days of {day}"
        if line.days[place] != spread.periods[-1]:
            late = f"{SOURCES[name][0]} is of {line.days[place]}"
        out.append(float(line.values[place]))
    return np.array(out), late
