"""Futures positions by class of trader: net, share of open interest, and where that stands in its own history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.core.release import newest_period
from barograph.core.transforms import percentile_rank, zscore
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.history import SessionView
from barograph.models.session import Days, years_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from barograph.archive.view import AsOf

    Floats = NDArray[np.float64]

_TFF = ("es", "nq", "rty", "vix", "ust_2y", "ust_5y", "ust_10y", "ust_bond", "eur", "jpy", "gbp", "dxy", "btc")
_LEGACY = ("es", "ust_10y", "eur", "gold", "silver", "copper", "wti")
#: (market, class of trader in fact ids, series of the net position, series of the open interest).
BOOK: tuple[tuple[str, str, str, str], ...] = (
    *(
        (m, word, f"us.positioning.{m}.{column}_net", f"us.positioning.{m}.open_interest")
        for m in _TFF
        for word, column in (("leveraged", "lev_money"), ("asset_managers", "asset_mgr"))
    ),
    *(
        (m, "noncommercial", f"us.positioning.{m}.noncomm_net", f"us.positioning.{m}.legacy_open_interest")
        for m in _LEGACY
    ),
)
#: How long after its agency has reopened a closure may still be why reports are late.
BACKLOG = timedelta(60)
#: Weeks apart by more than this are no neighbours: a holiday moves a report's day by one.
WEEK = (timedelta(5), timedelta(9))


@dataclass(frozen=True)
class Positioning(EveryQuantity):
    """Per market m and class of trader c, with p = positioning.us.m.c, of the newest report that could be known:

    ====================  ============================================================================================
    p.net                 long less short, contracts
    p.net_of_oi           the same in per cent of open interest, where the report gives it
    p.change_1w           net less net of the report a week before; none where that report is missing
    p.percentile_3y       mid-rank of net_of_oi (of net where there is no open interest) among the reports of the trailing
                          three years, the newest included, per cent
    p.z_156w              the newest less the mean of the `weeks` reports before it, over their standard deviation
    ====================  ============================================================================================

    Share of open interest as in Bessembinder, Seguin (1993), doi 10.2307/2331149, and the usual "COT" percentile. The
    numbers are about the report's Tuesday and known from its release, three days later or after a closure weeks later.
    """

    name: str = "positioning"
    version: str = "1"
    years: int = 3
    weeks: int = 156
    least: int = 104

    def needs(self) -> tuple[str, ...]:
        """The net positions and the open interest of the book."""
        return tuple(dict.fromkeys(i for _, _, net, interest in BOOK for i in (net, interest)))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read every market of the book at the view."""
        seen = SessionView.of(view)
        out: list[Quantity] = []
        for market, who, net, interest in BOOK:
            if net in view.catalog:
                out += self._market(seen, f"positioning.us.{market}.{who}", net, interest)
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _market(self, seen: SessionView, p: str, net_id: str, interest_id: str) -> list[Quantity]:
        units = {
            "net": "contracts",
            "net_of_oi": "percent",
            "change_1w": "contracts",
            f"percentile_{self.years}y": "percent",
            f"z_{self.weeks}w": "sigma",
        }
        points = seen.points(net_id)
        if not len(points):
            looked = seen.view.coverage(net_id)
            none = f"{net_id} has never been looked at" if looked is None else "no report is known"
            return [Quantity(f"{p}.{name}", None, unit, "insufficient", reason=none) for name, unit in units.items()]
        period: date = points.periods[-1].item()
        state, reason = self._freshness(seen, net_id, period)
        days, shares = _of_interest(seen, net_id, interest_id)
        ranked = (days, shares) if days.size and days[-1] == points.periods[-1] else (points.periods, points.values)
        ids = (net_id, interest_id) if ranked[0] is days else (net_id,)
        made = {
            "net": (float(points.values[-1]), None, period, None),
            "net_of_oi": (float(shares[-1]) if ranked[0] is days else None, None, period, None),
            "change_1w": self._change(points.periods, points.values),
            f"percentile_{self.years}y": self._percentile(*ranked, period),
            f"z_{self.weeks}w": self._z(*ranked),
        }
        out = []
        for name, (value, n, since, text) in made.items():
            if value is None:
                why = text or "no open interest in the report"
                out.append(Quantity(f"{p}.{name}", None, units[name], "insufficient", period, reason=why))
                continue
            inputs = _lineage(seen, (net_id,) if name in ("net", "change_1w") else ids, since or period, period)
            out.append(
                Quantity(
                    f"{p}.{name}", value, units[name], state, period, n=n, window=text, inputs=inputs, reason=reason
                )
            )
        return out

    def _freshness(self, seen: SessionView, net_id: str, period: date) -> tuple[FactState, str | None]:
        """Whether a newer report was due, and what stands in its way where that is known."""
        row, catalog = seen.view.catalog[net_id], seen.view.catalog
        expected = newest_period(row, seen.view.known_at, catalog.closures)
        if expected is not None and period < expected - WEEK[0]:
            return "degraded", f"a report of {expected} was due"
        # What would have come by now had nobody been closed.
        bare = newest_period(replace(row, events=()), seen.view.known_at, ())
        day = seen.view.day
        for closure in catalog.closures:
            shut = row.agency in closure.agencies and closure.start <= day <= closure.backlog + BACKLOG
            if shut and bare is not None and period < bare - WEEK[0]:
                return "degraded", f"no report since {period}: {closure.title}"
        return "ok", None

    def _change(self, days: Days, net: Floats) -> tuple[float | None, int | None, date | None, str | None]:
        if days.size < 2:
            return None, None, None, "no report before this one"
        before: date = days[-2].item()
        if not WEEK[0] <= days[-1].item() - before <= WEEK[1]:
            return None, None, None, f"no report of the week before; the last one is of {before}"
        return float(net[-1] - net[-2]), None, before, f"since {before}"

    def _percentile(
        self, days: Days, values: Floats, period: date
    ) -> tuple[float | None, int | None, date | None, str | None]:
        window = values[days > np.datetime64(years_before(period, self.years), "D")]
        if window.size < self.least:
            return None, None, None, f"{window.size} reports in {self.years} years, {self.least} are needed"
        since: date = days[-window.size].item()
        return percentile_rank(window, float(window[-1])), window.size, since, f"{since} to {period}"

    def _z(self, days: Days, values: Floats) -> tuple[float | None, int | None, date | None, str | None]:
        before = values[-1 - self.weeks : -1]
        if before.size < self.least:
            return None, None, None, f"{before.size} reports before this one, {self.least} are needed"
        z = zscore(before, float(values[-1]))
        if z is None:
            return None, None, None, "the reports have no spread"
        since: date = days[-1 - before.size].item()
        return z, before.size, since, f"{before.size} reports from {since}"


def _of_interest(seen: SessionView, net_id: str, interest_id: str) -> tuple[Days, Floats]:
    """Days with both figures, and the net position in per cent of open interest on them."""
    net, interest = seen.points(net_id), seen.points(interest_id)
    days, a, b = np.intersect1d(net.periods, interest.periods, assume_unique=True, return_indices=True)
    held = interest.values[b]
    good = held > 0.0
    return days[good], 100.0 * net.values[a][good] / held[good]


def _lineage(seen: SessionView, ids: tuple[str, ...], first: date, last: date) -> tuple[Input, ...]:
    found = (seen.input(i, first, last) for i in ids)
    return tuple(i for i in found if i is not None)


MODEL = Positioning
