"""The nowcast of GDP growth: the next release and the one after it, with an interval from its own record and its news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import Attribution, Estimate, FactState, Quantity
from barograph.core.time import DAY_END, new_york, session_before
from barograph.models._fitting import refit_at
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, both, named, number_of, own_changes
from barograph.models.macro._factor import (
    Z70,
    FactorSettings,
    Standardised,
    fit_factor,
    leading,
    lineage,
    standardised,
    worn,
)
from barograph.models.macro._gdp_forecast import (
    BUCKETS,
    GDP,
    aligned,
    annual,
    bucket_of,
    cell_of,
    end_of,
    errors_of,
    forecast_of,
    name_of,
    quarter_after,
    replayed_by,
    smoothed_of,
    stretch_of,
)
from barograph.models.macro.growth import Growth
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

#: Days from the end of the quarter that is to be released next after which its release is overdue, and is none to come.
OVERDUE, GONE = 120, 270


@dataclass(frozen=True)
class GdpNowcast(EveryQuantity):
    """GDP growth in per cent at an annual rate, by the growth panel's factor model.

    =====================================  ===========================================================================
    nowcast.us.gdp.point, q15, q85         the next quarter to be released (`period` its first day) and its 70 % interval
    nowcast.us.gdp.next.point, q15, q85    the quarter after it
    nowcast.us.gdp.change_{1,10}d          the change of `point` since so many sessions, for the same quarter, pp
    nowcast.us.gdp.news_{1,10}d.<series>   what its releases since then moved; with `.revisions` and `.refit` they add up
    =====================================  ===========================================================================

    The interval is the larger of the model's own and of the 70 per cent quantile of its absolute errors against the first
    figure known, in `quarters` past quarters at the same distance to the quarter's end; n counts them. While an agency is
    closed the errors where its figures stopped count if they are wider. Those forecasts were made from what was known then,
    with the parameters of this month: they flatter the parameters, not the data.

    Banbura and Modugno (2014), doi 10.1002/jae.2306; Bok, Caratelli, Giannone, Sbordone and Tambalotti (2018), doi
    10.1146/annurev-economics-080217-053214.
    """

    name: str = "gdp_nowcast"
    version: str = "1"
    quarters: int = 40
    least_errors: int = 20
    lookbacks: tuple[int, ...] = (1, 10)
    monthly: bool = True

    @property
    def settings(self) -> FactorSettings:
        """The growth axis's: one panel, one model."""
        return Growth().settings

    def needs(self) -> tuple[str, ...]:
        """The growth panel."""
        return Growth().needs()

    def fit(self, view: AsOf) -> State:
        """Parameters of this month and of the one before (for the news over a refit), and the errors on record."""
        now = fit_factor(view, self.settings)
        earlier = view.at(refit_at(view.known_at - timedelta(1)))
        before = fit_factor(earlier, self.settings) if now else {}
        params = {
            "now": now,
            "before": before,
            "errors": errors_of(view, now, self.settings, self.quarters) if now else {},
        }
        return State(self.name, self.version, view.known_at, params=params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Forecast the two quarters to be released next, and say what moved the first."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state, view)))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the point by release where the two estimates are of neighbouring sessions."""
        point = "nowcast.us.gdp.point"
        pair = both(before, after, point)
        plain = tuple(a for a in own_changes(before, after) if a.quantity != point)
        if pair is None:
            return plain
        head = "nowcast.us.gdp.news_1d."
        rows = tuple(
            (q.id.removeprefix(head), v)
            for q in after.quantities
            if q.id.startswith(head) and (v := number_of(q)) is not None
        )
        return (named(point, pair[2], pair[1] - pair[0], rows), *plain)

    def _quantities(self, state: State, view: AsOf) -> list[Quantity]:
        params: Any = state.params
        last = view.series(GDP).last if GDP in view.catalog else None
        if not params.get("now") or last is None:
            why = "no GDP figure is known" if last is None else "fewer than half of the series have enough history"
            return self._missing(why)
        seen = standardised(view, self.settings, params["now"], ahead=9)
        if GDP not in params["now"]["rows"]:
            return self._missing("too few GDP figures are known")
        if seen.panel.newest is None or seen.panel.known < len(self.settings.rows) / 2:
            return self._missing(f"{seen.panel.known} of {len(self.settings.rows)} inputs are known")
        state_, reason = worn(view, seen.panel.known, len(self.settings.rows))
        quarter = quarter_after(last[0])
        late = (view.day - end_of(quarter)).days
        if late > GONE:
            return self._missing(f"the newest GDP figure known is of {name_of(last[0])}")
        if late > OVERDUE:
            state_, reason = "degraded", "; ".join(filter(None, (reason, "a release of GDP is overdue")))
        if state_ == "degraded" and reason is not None:
            reason = f"{reason}; last GDP known: {name_of(last[0])}"
        out: list[Quantity] = []
        smoothed = smoothed_of(seen)
        for head, target in (("nowcast.us.gdp", quarter), ("nowcast.us.gdp.next", quarter_after(quarter))):
            out += self._forecast(head, target, seen, smoothed, view, params["errors"], state_, reason)
        for sessions in self.lookbacks:
            out += self._news(sessions, quarter, seen, view, params, state_, reason)
        return out

    def _missing(self, why: str) -> list[Quantity]:
        heads = ("nowcast.us.gdp", "nowcast.us.gdp.next")
        return [
            Quantity(f"{h}.{k}", None, "percent", "insufficient", reason=why)
            for h in heads
            for k in ("point", "q15", "q85")
        ]

    def _forecast(
        self,
        head: str,
        quarter: date,
        seen: Standardised,
        smoothed: Any,
        view: AsOf,
        errors: dict[str, list[float]],
        state: FactState,
        reason: str | None,
    ) -> list[Quantity]:
        found = forecast_of(seen, smoothed, quarter)
        if found is None:
            why = "the quarter lies beyond the forecast"
            return [
                Quantity(f"{head}.{k}", None, "percent", "insufficient", reason=why) for k in ("point", "q15", "q85")
            ]
        mean, sd = found
        bucket = self._bucket(view, quarter, errors)
        record = errors.get(str(bucket), [])
        half = annual(mean + Z70 * sd) - annual(mean)
        window = f"70 %; errors of {len(record)} quarters, {BUCKETS[bucket]}"
        if len(record) >= self.least_errors:
            half = max(half, _reach(record))
        else:
            state, reason = (
                "degraded",
                reason or f"{len(record)} past errors are on record, {self.least_errors} are wanted",
            )
        point = annual(mean)
        more: dict[str, Any] = {
            "n": len(record),
            "window": window,
            "inputs": lineage(seen.panel),
            "reason": reason,
        }
        return [
            Quantity(f"{head}.{k}", v, "percent", state, quarter, **more)
            for k, v in (("point", point), ("q15", point - half), ("q85", point + half))
        ]

    def _bucket(self, view: AsOf, quarter: date, errors: dict[str, list[float]]) -> int:
        """Whose errors count: those of the day's distance to the quarter's end.

        While an agency is closed the forecasts of that distance knew more than this one: the errors of those that stood where
        its figures stopped count, if they are wider.
        """
        end = end_of(quarter)
        own = bucket_of((view.day - end).days)
        closure = view.catalog.closure_at(view.known_at)
        if closure is None:
            return own
        stopped = min(own, replayed_by((closure.start - end).days))
        wide = [b for b in (own, stopped) if len(errors.get(str(b), [])) >= self.least_errors]
        return max(wide, key=lambda b: _reach(errors[str(b)]), default=own)

    def _news(
        self,
        sessions: int,
        quarter: date,
        seen: Standardised,
        view: AsOf,
        params: Any,
        state: FactState,
        reason: str | None,
    ) -> list[Quantity]:
        """The change since some sessions ago, by series: releases, revisions, and another month's parameters."""
        from barograph.models._kernels.dfm import news

        then = view.at(new_york(session_before("NYSE", session_of(view), sessions), DAY_END))
        same_month = refit_at(then.known_at) == refit_at(view.known_at)
        fitted = params["now"] if same_month else params["before"]
        if not fitted or GDP not in fitted["rows"]:
            return []
        was = standardised(then, self.settings, fitted, ahead=9)
        old = forecast_of(was, smoothed_of(was), quarter)
        held = standardised(then, self.settings, params["now"], ahead=9)
        before, after = aligned(held, seen)
        target = cell_of(seen, quarter)
        if old is None or target is None:
            return []
        made = news(before, after, seen.shape, seen.params, target=target)
        column = target[1]
        scale, level = float(seen.sd[column]), float(seen.mean[column])
        now, refitted = made.after * scale + level, made.before * scale + level
        total = annual(now) - annual(old[0])
        # Impacts are in log growth over a quarter; the page speaks in per cent at an annual rate.
        stretch = stretch_of(now, old[0])
        rows: dict[str, float] = {}
        released = set()
        for row in made.rows:
            name = seen.panel.rows[row.series].name
            rows[name] = rows.get(name, 0.0) + row.impact * scale * stretch
            released.add(row.series)
        rows["revisions"] = made.revisions * scale * stretch
        rows["refit"] = (refitted - old[0]) * stretch
        window = f"since {then.day}"
        head = f"nowcast.us.gdp.news_{sessions}d"
        out = [
            Quantity(
                f"nowcast.us.gdp.change_{sessions}d",
                total,
                "pp",
                state,
                quarter,
                window=window,
                inputs=lineage(seen.panel),
                reason=reason,
            )
        ]
        by_name = {r.name: i for r, i in zip(seen.panel.rows, seen.panel.inputs, strict=True)}
        for name, value in rows.items():
            piece = by_name.get(name)
            inputs = leading(piece, lineage(seen.panel))
            out.append(
                Quantity(f"{head}.{name}", value, "pp", state, quarter, window=window, inputs=inputs, reason=reason)
            )
        return out


def _reach(errors: list[float]) -> float:
    """What seven in ten of the errors stayed within."""
    return float(np.quantile(np.abs(errors), 0.70))


MODEL = GdpNowcast
