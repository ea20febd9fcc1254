"""What the liquidity model reads: its series, week by week back from each one's newest value, inside one view."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input
from barograph.models.macro._weekly import weekly

if TYPE_CHECKING:
    from barograph.archive.points import Points
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
ASSETS, ACCOUNT, REPO = "us.money.fed_assets", "us.money.treasury_account", "us.money.reverse_repo"
LOANS, GDP, M2 = "us.money.loans_and_leases", "us.growth.gdp_nominal", "us.money.m2_real"
NFCI, HY, TWO, TEN = "us.money.financial_conditions", "us.credit.hy_oas", "us.rates.par_2y", "us.rates.par_10y"
SPX, DOLLAR = "us.equity.spx", "us.fx.broad_dollar"
RESERVES, SOFR, EFFR, IORB = "us.money.reserves", "us.rates.sofr", "us.rates.effr", "us.rates.iorb"
#: Net liquidity: what is added and what is taken away.
NET = (("fed_assets", ASSETS, 1.0), ("treasury_account", ACCOUNT, -1.0), ("reverse_repo", REPO, -1.0))
#: Tightening of financial conditions: series, whether its logarithm counts, and the sign of a tightening.
CONDITIONS = (
    ("yield_2y", TWO, False, 1.0),
    ("yield_10y", TEN, False, 1.0),
    ("hy_oas", HY, False, 1.0),
    ("equities", SPX, True, -1.0),
    ("dollar", DOLLAR, True, 1.0),
)
QUARTER, HALF, YEAR = 13, 26, 52
#: Days from a period to the view up to which a figure is fresh, by frequency: its length, its lag and some slack.
FRESH_DAYS = {"D": 12, "W": 28, "M": 110, "Q": 250}


class Seen:
    """One view's series by weeks, read once."""

    def __init__(self, view: AsOf) -> None:
        self._view = view
        self._points: dict[str, Points | None] = {}
        self._weekly: dict[str, Floats] = {}
        self._weeks = 12 * YEAR + QUARTER

    def points(self, id_: str) -> Points | None:
        if id_ not in self._points:
            there = id_ in self._view.catalog
            self._points[id_] = self._view.series(id_) if there else None
        return self._points[id_]

    def weekly(self, id_: str) -> Floats:
        if id_ not in self._weekly:
            points = self.points(id_)
            empty = np.full(self._weeks, np.nan)
            self._weekly[id_] = empty if points is None else weekly(points, self._weeks)
        return self._weekly[id_]

    def wednesdays(self, id_: str) -> Floats:
        """Values on the Wednesdays of the balance sheet: daily series are read on those days, not on their own newest."""
        base, points = self.points(ASSETS), self.points(id_)
        if base is None or points is None or not len(base) or not len(points):
            return np.full(self._weeks, np.nan)
        return weekly(points, self._weeks, 10, base.periods[-1].item())

    def last(self, id_: str) -> date | None:
        points = self.points(id_)
        return points.last[0] if points is not None and points.last is not None else None

    def oldest(self, *ids: str) -> date | None:
        return min((d for i in ids if (d := self.last(i)) is not None), default=None)

    def missing(self, *ids: str) -> str | None:
        gone = [i for i in ids if self.last(i) is None]
        return f"no value known of {', '.join(gone)}" if gone else None

    def inputs(self, *ids: str) -> tuple[Input, ...]:
        out = []
        for id_ in dict.fromkeys(ids):
            points = self.points(id_)
            if points is not None and len(points):
                out.append(self._view.input(points.tail(12 * 260)))
        return tuple(out)

    def gdp(self) -> float:
        """Nominal GDP of the newest quarter, USD bn at an annual rate; NaN where none is known."""
        points = self.points(GDP)
        return float(points.values[-1]) if points is not None and len(points) else math.nan

    def worn(self, *ids: str) -> tuple[FactState, str | None]:
        """Whether a figure is older than its frequency and its release allow."""
        old = []
        for id_ in dict.fromkeys(ids):
            last = self.last(id_)
            if last is not None and (self._view.day - last).days > FRESH_DAYS[self._view.catalog[id_].frequency]:
                old.append(f"{id_} ({last})")
        return ("degraded", f"old figures: {', '.join(old)}") if old else ("ok", None)

    def quarters(self) -> tuple[date | None, float]:
        """The newest quarter end with loans, and the credit impulse of its year, per cent of that quarter's GDP.

        Stocks are those of the last Wednesday of each quarter; NaN where one of nine quarter ends is not known.
        """
        points, gdp = self.points(LOANS), self.points(GDP)
        if points is None or gdp is None or not len(points) or not len(gdp):
            return None, math.nan
        # A week that ends the quarter or later must be known: before that its last Wednesday may still come.
        ends = np.arange(points.periods[0].astype("datetime64[M]"), points.periods[-1].astype("datetime64[M]") + 2)
        ends = (ends[ends.astype(int) % 3 == 0].astype("datetime64[D]")) - np.timedelta64(1, "D")
        ends = ends[(ends <= points.periods[-1] + np.timedelta64(6, "D")) & (ends >= points.periods[0])]
        if ends.size < 9:
            return None, math.nan
        at = np.searchsorted(points.periods, ends[[-1, -5, -9]], side="right") - 1
        stock = points.values[at]
        quarter = (ends[-1].astype("datetime64[M]") - np.timedelta64(2, "M")).astype("datetime64[D]")
        of = max(int(np.searchsorted(gdp.periods, quarter, side="right")) - 1, 0)
        impulse = 100.0 * float((stock[0] - stock[1]) - (stock[1] - stock[2])) / float(gdp.values[of])
        return ends[-1].item(), impulse

    def impulses(self) -> Floats:
        """The credit impulse of each week back, per cent of the GDP of its time, inside the view."""
        stock, gdp = self.weekly(LOANS), self.weekly(GDP)
        flow = stock[:-YEAR] - stock[YEAR:]
        change = flow[:-HALF] - flow[HALF:]
        return np.asarray(100.0 * change / gdp[: change.size])

    def spread(self, id_: str) -> float:
        """Mean of five days of a rate less the rate on reserves, bp; days that end a quarter are left out."""
        rate, floor = self.points(id_), self.points(IORB)
        if rate is None or floor is None or not len(rate) or not len(floor):
            return math.nan
        gaps = []
        for day, value in zip(rate.periods[:-9:-1].tolist(), rate.values[:-9:-1].tolist(), strict=True):
            at = floor.value_on(day)
            if at is not None and not (day.month % 3 == 0 and day.day >= 29):
                gaps.append(100.0 * (value - at))
        return float(np.mean(gaps[:5])) if len(gaps) >= 3 else math.nan

    def axis_inputs(self) -> dict[str, tuple[Floats, tuple[str, ...]]]:
        """The six inputs of the axis by weeks back, signed so that more is easier."""
        net = sum(means(self.wednesdays(id_)) * sign for _, id_, sign in NET)
        m2 = self.weekly(M2)
        two = self.weekly(TWO)
        with np.errstate(invalid="ignore", divide="ignore"):
            money = 100.0 * ((m2[:-HALF] / m2[HALF:]) ** 2 - 1.0)
        return {
            "net_liquidity": (np.asarray(net)[:-QUARTER] - np.asarray(net)[QUARTER:], parts_of(NET)),
            "credit_impulse": (self.impulses(), (LOANS, GDP)),
            "real_money": (money, (M2,)),
            "short_yield": (-(two[:-QUARTER] - two[QUARTER:]), (TWO,)),
            "financial_conditions": (-self.weekly(NFCI), (NFCI,)),
            "credit_spread": (-self.weekly(HY), (HY,)),
        }


def parts_of(table: tuple[tuple[str, str, float], ...]) -> tuple[str, ...]:
    """The series of a table of parts."""
    return tuple(id_ for _, id_, _ in table)


def means(values: Floats) -> Floats:
    """Means of each value and the three before it (newest first): quarter ends swell reverse repo for a week."""
    return np.asarray((values[:-3] + values[1:-2] + values[2:-1] + values[3:]) / 4.0)
