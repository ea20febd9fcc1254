"""Valuation as it could be known: prices and yields of a day over the newest earnings and prices known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.observation import BASES
from barograph.core.release import scheduled
from barograph.core.time import DAY_END, new_york
from barograph.models.premium._premium import (
    bridged,
    excess_yield,
    implied_premium,
    mean_real_earnings,
    ten_year_inflation,
)
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Indices = NDArray[np.intp]

SPX, TEN, REAL, BILL = "us.equity.spx", "us.rates.par_10y", "us.rates.real_10y", "us.rates.bill_3m_month"
SHILLER = "us.equity.shiller_"
PRICE, DIVIDEND, EARNINGS, CPI, GS10 = (f"{SHILLER}{n}" for n in ("price", "dividend", "earnings", "cpi", "gs10"))
CASH, GROWTH, FORWARD = "us.equity.spx_cash_flow", "us.equity.spx_growth", "us.equity.spx_forward_eps"
SERIES = (SPX, TEN, REAL, BILL, PRICE, DIVIDEND, EARNINGS, CPI, GS10, CASH, GROWTH, FORWARD)
#: A bond market that was closed leaves its last yield: it counts for so many days.
_CARRIED = np.timedelta64(7, "D")
_FETCH = BASES.index("fetch")
#: Cash paid out, per cent of the level, and growth, per cent a year, beyond which a figure is taken to be in another unit.
PAID, GROWN = (0.5, 15.0), 50.0


@dataclass(frozen=True)
class Measures:
    """By day, shape (n,): the three premia in per cent and what they are made of; NaN where it is not known.

    `level` in index points; `nominal`, `real` the 10-year yields, `inflation` of ten years, per cent; `cyclical` mean real
    earnings of ten years in money of the newest price index, `trailing` earnings and `dividends` of twelve months,
    `forward` expected ones, `cash` paid out, in index points; `growth` expected, per cent.
    """

    days: Days
    level: Floats
    nominal: Floats
    real: Floats
    inflation: Floats
    cyclical: Floats
    trailing: Floats
    forward: Floats
    dividends: Floats
    cash: Floats
    growth: Floats

    @cached_property
    def damodaran(self) -> Floats:
        """The implied premium; NaN where cash or growth cannot be in the unit that is asked for."""
        with np.errstate(invalid="ignore"):
            paid = 100.0 * self.cash / self.level
            good = (paid >= PAID[0]) & (paid <= PAID[1]) & (np.abs(self.growth) <= GROWN)
        return np.where(good, implied_premium(self.level, self.cash, self.growth, self.nominal), np.nan)

    @cached_property
    def excess_cape_yield(self) -> Floats:
        return excess_yield(self.level, self.cyclical, self.nominal, self.inflation)

    def real_yield_gap(self, basis: str) -> Floats:
        """Earnings of the basis (`trailing` or `forward`) over the level, less the real yield."""
        return np.asarray(100.0 * getattr(self, basis) / self.level - self.real)


class Valuation:
    """A view seen for its valuation; reads each series once.

    Parameters
    ----------
    stale_months, last_months
        Months behind its rule by which a figure of expected earnings, or any other one, counts as none; on past days too.
    """

    def __init__(self, view: AsOf, stale_months: int = 3, last_months: int = 24) -> None:
        self.view = view
        self._oldest = {i: stale_months if i == FORWARD else last_months for i in SERIES}
        self.session = session_of(view)
        self._points = {i: view.series(i, end=self.session) for i in SERIES if i in view.catalog}
        self._known: dict[str, tuple[NDArray[np.int64], Indices]] = {}
        self._rules: dict[tuple[str, np.datetime64], int] = {}

    def points(self, series_id: str) -> Points | None:
        """The series up to the session; None where nothing of it is known."""
        points = self._points.get(series_id)
        return points if points is not None and len(points) else None

    def month_ends(self, since: date) -> Days:
        """Per month from that of `since` on, before the session's: the last day with a close, or its last day."""
        first = np.datetime64(since, "M")
        months = np.arange(first, np.datetime64(self.session, "M"))
        ends: Days = np.asarray((months + 1).astype("datetime64[D]") - np.timedelta64(1, "D"), dtype="datetime64[D]")
        closes = self.points(SPX)
        if closes is not None and months.size:
            at = np.searchsorted(closes.periods, ends, side="right") - 1
            last = closes.periods[np.maximum(at, 0)]
            held = (at >= 0) & (last.astype("datetime64[M]") == months)
            ends[held] = last[held]
        return ends

    def sessions(self, count: int) -> Days:
        """The last `count` days with a close, up to the session."""
        closes = self.points(SPX)
        return closes.periods[-count:] if closes is not None else np.zeros(0, dtype="datetime64[D]")

    def measures(self, days: Days) -> Measures:
        """The measures at 18:00 New York of each day, rising, from what could be known then.

        A figure that was imported again with another value counts from the day of its rule: what it was before is not held.
        """
        months, grid, filled = self.monthly
        cpi, earnings = grid.get(CPI), grid.get(EARNINGS)
        none = np.full(days.size, np.nan)
        cyclical = inflation = none
        if cpi is not None and earnings is not None:
            newest = self.position(EARNINGS, days, months)
            money = self.position(CPI, days, months)
            cyclical = mean_real_earnings(earnings, cpi, newest, money)
            inflation = ten_year_inflation(cpi, money)
            for at in filled:  # not known before the month after it
                cyclical = np.where((newest >= at) & (money <= at), np.nan, cyclical)
        return Measures(
            days=days,
            level=self._daily(SPX, PRICE, days),
            nominal=self._daily(TEN, GS10, days),
            real=self._daily(REAL, None, days),
            inflation=inflation,
            cyclical=cyclical,
            trailing=self._newest(EARNINGS, days),
            forward=self._newest(FORWARD, days),
            dividends=self._newest(DIVIDEND, days),
            cash=self._newest(CASH, days),
            growth=self._newest(GROWTH, days),
        )

    def excess_returns(self, days: Days, measures: Measures) -> Floats:
        """Log return of the index with dividends since the month end before, less that of bills, shape (n,); NaN first.

        The dividend is a twelfth of those of twelve months known then, the bill's yield that of the month before.
        """
        out = np.full(days.size, np.nan)
        bill = self.points(BILL)
        if bill is None or days.size < 2:
            return out
        before = days[:-1].astype("datetime64[M]").astype("datetime64[D]")
        at = np.searchsorted(bill.periods, before)
        there = (at < len(bill)) & (bill.periods[np.minimum(at, len(bill) - 1)] == before)
        safe = np.where(there, bill.values[np.minimum(at, len(bill) - 1)], np.nan)
        paid = measures.level[1:] + measures.dividends[1:] / 12.0
        with np.errstate(invalid="ignore", divide="ignore"):
            out[1:] = 100.0 * (np.log(paid / measures.level[:-1]) - np.log1p(safe / 100.0) / 12.0)
        return out

    # ----------------------------------------------------------------------------------------------- what was known

    @cached_property
    def monthly(self) -> tuple[Days, dict[str, Floats], Indices]:
        """Earnings and price index on one grid of months without a gap; the months of the index that were bridged."""
        held = {i: p for i in (EARNINGS, CPI) if (p := self.points(i)) is not None}
        months, filled = np.zeros(0, dtype="datetime64[M]"), np.zeros(0, dtype=np.intp)
        grid: dict[str, Floats] = {}
        if held:
            stamps = {i: p.periods.astype("datetime64[M]") for i, p in held.items()}
            months = np.arange(min(s[0] for s in stamps.values()), max(s[-1] for s in stamps.values()) + 1)
            for i, stamp in stamps.items():
                grid[i] = np.full(months.size, np.nan)
                grid[i][(stamp - months[0]).astype(int)] = held[i].values
        if CPI in grid:
            grid[CPI], filled = bridged(grid[CPI])
        return months, grid, filled

    def _times(self, series_id: str) -> tuple[NDArray[np.int64], Indices]:
        """When figures became known, rising (microseconds), and the position of the newest known from then on."""
        if series_id not in self._known:
            points = self._points[series_id]
            known = points.known_at.astype("datetime64[us]").astype(np.int64)
            row, closures = self.view.catalog[series_id], self.view.catalog.closures
            for k in np.flatnonzero(points.basis == _FETCH).tolist():
                rule = scheduled(row, points.periods[k].item(), closures)
                known[k] = min(int(known[k]), _micros(rule))
            order = np.argsort(known, kind="stable")
            self._known[series_id] = known[order], np.maximum.accumulate(order)
        return self._known[series_id]

    def _ends(self, days: Days) -> NDArray[np.int64]:
        """18:00 New York of each day in microseconds of UTC; of the session the view's own instant, where that is later."""
        ends = np.array([_end(d) for d in days.tolist()], dtype=np.int64)
        if days.size and days[-1] == np.datetime64(self.session, "D"):
            ends[-1] = max(int(ends[-1]), _micros(self.view.known_at))
        return ends

    def newest(self, series_id: str, days: Days) -> Indices:
        """Position among the points of the newest figure known at the end of each day; -1: none, or too old a one."""
        points = self.points(series_id)
        if points is None:
            return np.full(days.size, -1, dtype=np.intp)
        known, newest = self._times(series_id)
        ends = self._ends(days)
        at = np.searchsorted(known, ends, side="right") - 1
        found = np.where(at >= 0, newest[np.maximum(at, 0)], -1)
        behind = self._due(series_id, days, ends) - points.periods[np.maximum(found, 0)].astype("datetime64[M]")
        return np.where(behind.astype(int) <= self._oldest[series_id], found, -1)

    def _due(self, series_id: str, days: Days, ends: NDArray[np.int64]) -> Days:
        """The month whose figure was out by the rule at the end of each day, as far back as matters."""
        row, closures = self.view.catalog[series_id], self.view.catalog.closures
        step = 3 if row.stamp == "quarter_start" else 1
        # No rule is a year behind its period.
        first = days[0].astype("datetime64[M]") - 12 if days.size else np.datetime64(self.session, "M")
        months = np.arange(first - int(first.astype(int)) % step, np.datetime64(self.session, "M") + 1, step)
        times = []
        for month in months:
            key = series_id, month
            if key not in self._rules:
                self._rules[key] = _micros(scheduled(row, month.astype("datetime64[D]").item(), closures))
            times.append(self._rules[key])
        out = np.searchsorted(np.maximum.accumulate(np.array(times)), ends, side="right") - 1
        return np.asarray(months[np.maximum(out, 0)])

    def position(self, series_id: str, days: Days, months: Days) -> Indices:
        """The same as positions on the grid of months."""
        newest = self.newest(series_id, days)
        points = self._points[series_id]
        at = (points.periods[np.maximum(newest, 0)].astype("datetime64[M]") - months[0]).astype(np.intp)
        return np.where(newest >= 0, at, -1)

    def _newest(self, series_id: str, days: Days) -> Floats:
        points = self.points(series_id)
        if points is None:
            return np.full(days.size, np.nan)
        newest = self.newest(series_id, days)
        return np.where(newest >= 0, points.values[np.maximum(newest, 0)], np.nan)

    def _daily(self, series_id: str, monthly: str | None, days: Days) -> Floats:
        """The close or yield of each day, a yield of up to a week before; in months without one Shiller's monthly mean."""
        out = np.full(days.size, np.nan)
        points = self.points(series_id)
        if points is not None:
            at = np.maximum(np.searchsorted(points.periods, days, side="right") - 1, 0)
            age = days - points.periods[at]
            slack = np.timedelta64(0, "D") if series_id == SPX else _CARRIED
            out = np.where((age >= np.timedelta64(0, "D")) & (age <= slack), points.values[at], np.nan)
        means = self.points(monthly) if monthly is not None else None
        if means is not None:
            of = days.astype("datetime64[M]").astype("datetime64[D]")
            at = np.minimum(np.searchsorted(means.periods, of), len(means) - 1)
            past = of < np.datetime64(self.session, "M").astype("datetime64[D]")
            out = np.where(np.isnan(out) & past & (means.periods[at] == of), means.values[at], out)
        return out


@lru_cache(maxsize=4096)
def _end(day: date) -> int:
    return _micros(new_york(day, DAY_END))


def _micros(at: datetime) -> int:
    return int(np.datetime64(at.replace(tzinfo=None), "us").astype(np.int64))
