"""The nowcast of GDP growth: the next release and the one after it, with an interval from its own record and its news."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Quantity, fact_of
from barograph.core.time import DAY_END, new_york, session_before
from barograph.models._axis import FactorSettings, Standardised, fit_factor, leading, lineage, standardised, worn
from barograph.models._fitting import refit_at
from barograph.models._protocol import State
from barograph.models._rows import both, named, number_of, own_changes
from barograph.models.growth import Growth
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

GDP = "us.growth.gdp_real"
#: Days from the end of the quarter at which past forecasts are made, one per bucket, and where the buckets begin.
OFFSETS, EDGES = (-75, -45, -15, 15), (-60, -30, 0)
BUCKETS = ("60 days before the quarter's end or earlier", "60 to 30 days before", "the last 30 days", "after the end")
#: A normal distribution holds 70 % within so many standard deviations.
Z70 = 1.0364333894937896
#: Months of data behind one past forecast: longer ago nothing is left of a stationary factor.
REPLAYED = 120


@dataclass(frozen=True)
class GdpNowcast:
    """GDP growth in per cent at an annual rate, by the growth panel's factor model.

    =====================================  ===========================================================================
    nowcast.us.gdp.point, q15, q85         the next quarter to be released (`period` its first day) and its 70 % interval
    nowcast.us.gdp.next.point, q15, q85    the quarter after it
    nowcast.us.gdp.change_{1,10}d          the change of `point` since so many sessions, for the same quarter, pp
    nowcast.us.gdp.news_{1,10}d.<series>   what its releases since then moved; with `.revisions` and `.refit` they add up
    =====================================  ===========================================================================

    The interval is the larger of the model's own and of the 70 per cent quantile of its absolute errors against the first
    figure known, in `quarters` past quarters at the same distance to the quarter's end; n counts them. Those forecasts were
    made from what was known then, with the parameters of this month: they flatter the parameters, not the data.

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
        params = {"now": now, "before": before, "errors": self._errors(view, now) if now else {}}
        return State(self.name, self.version, view.known_at, params=params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Forecast the two quarters to be released next, and say what moved the first."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state, view)))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

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
        quarter = _quarter_after(last[0])
        if state_ == "degraded" and reason is not None:
            reason = f"{reason}; last GDP known: {_name(last[0])}"
        out: list[Quantity] = []
        smoothed = _smooth(seen)
        for head, target in (("nowcast.us.gdp", quarter), ("nowcast.us.gdp.next", _quarter_after(quarter))):
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
        found = _forecast_of(seen, smoothed, quarter)
        if found is None:
            why = "the quarter lies beyond the forecast"
            return [
                Quantity(f"{head}.{k}", None, "percent", "insufficient", reason=why) for k in ("point", "q15", "q85")
            ]
        mean, sd = found
        bucket = bucket_of((view.day - _end(quarter)).days)
        record = errors.get(str(bucket), [])
        half = _annual(mean + Z70 * sd) - _annual(mean)
        window = f"70 %; errors of {len(record)} quarters, {BUCKETS[bucket]}"
        if len(record) >= self.least_errors:
            half = max(half, float(np.quantile(np.abs(record), 0.70)))
        else:
            state, reason = (
                "degraded",
                reason or f"{len(record)} past errors are on record, {self.least_errors} are wanted",
            )
        point = _annual(mean)
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
        old = _forecast_of(was, _smooth(was), quarter)
        held = standardised(then, self.settings, params["now"], ahead=9)
        before, after = _aligned(held, seen)
        target = _cell(seen, quarter)
        if old is None or target is None:
            return []
        made = news(before, after, seen.shape, seen.params, target=target)
        column = target[1]
        scale, level = float(seen.sd[column]), float(seen.mean[column])
        now, refitted = made.after * scale + level, made.before * scale + level
        total = _annual(now) - _annual(old[0])
        # Impacts are in log growth over a quarter; the page speaks in per cent at an annual rate.
        stretch = _stretch(now, old[0])
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

    def _errors(self, view: AsOf, fitted: dict[str, Any]) -> dict[str, list[float]]:
        """First figure less forecast by bucket, oldest first, of the newest `quarters` quarters known at the view."""
        if GDP not in fitted["rows"]:
            return {}
        settings = replace(self.settings, months=REPLAYED)
        out: dict[str, list[float]] = {str(b): [] for b in range(len(OFFSETS))}
        known = view.series(GDP).periods[-self.quarters :]
        for quarter in known.tolist():
            first = first_figure(view, quarter)
            if first is None:
                continue
            for bucket, offset in enumerate(OFFSETS):
                when = new_york(_end(quarter) + timedelta(offset), DAY_END)
                if when >= first[0] or when >= view.known_at:
                    continue
                seen = standardised(view.at(when), settings, fitted, ahead=6)
                if seen.panel.newest is None or seen.panel.known < len(self.settings.rows) / 2:
                    continue
                found = _forecast_of(seen, _smooth(seen), quarter)
                if found is not None:
                    out[str(bucket)].append(first[1] - _annual(found[0]))
        return out


def first_figure(view: AsOf, quarter: date) -> tuple[datetime, float] | None:
    """When a quarter's growth was first known inside the view, to a week, and its first figure, per cent annualised."""
    end = _end(quarter)
    for days in (*range(25, 70, 7), 75, 90, 120, 150, 200):
        when = new_york(end + timedelta(days), DAY_END)
        if when > view.known_at:
            return None
        points = view.at(when).series(GDP, start=quarter - timedelta(100), end=quarter)
        if len(points) > 1 and points.periods[-1].item() == quarter:
            return when, _annual(100.0 * math.log(points.values[-1] / points.values[-2]))
    return None


def bucket_of(days: int) -> int:
    """Which bucket a distance to the quarter's end belongs to: days after it, negative before."""
    return sum(days >= edge for edge in EDGES)


def _smooth(seen: Standardised) -> Any:
    from barograph.models._kernels.dfm import smooth

    return smooth(seen.values, seen.shape, seen.params)


def _cell(seen: Standardised, quarter: date) -> tuple[int, int] | None:
    """Row and column of a quarter's growth in the panel: it stands in the quarter's third month."""
    column = next((i for i, r in enumerate(seen.panel.rows) if r.series_id == GDP), None)
    at = int((np.datetime64(quarter, "M") + np.timedelta64(2, "M") - seen.panel.months[0]).astype(int))
    return None if column is None or not 0 <= at < seen.panel.months.size else (at, column)


def _forecast_of(seen: Standardised, smoothed: Any, quarter: date) -> tuple[float, float] | None:
    """Mean and standard deviation of a quarter's growth, 100 times the log change."""
    cell = _cell(seen, quarter)
    if cell is None:
        return None
    mean, variance = smoothed.cell(*cell)
    scale = float(seen.sd[cell[1]])
    return mean * scale + float(seen.mean[cell[1]]), math.sqrt(variance) * scale


def _aligned(old: Standardised, new: Standardised) -> tuple[np.ndarray, np.ndarray]:
    """The two panels on the months of the newer one: it may begin and end a month or two later."""
    shift = int((new.panel.months[0] - old.panel.months[0]).astype(int))
    before = np.full_like(new.values, np.nan)
    part = old.values[shift:][: new.values.shape[0]]
    before[: part.shape[0]] = part
    return before, new.values


def _annual(growth: float) -> float:
    """Per cent at an annual rate from 100 times the log change over a quarter."""
    return 100.0 * math.expm1(4.0 * growth / 100.0)


def _stretch(now: float, then: float) -> float:
    """Percentage points at an annual rate per unit of log growth, exact for the whole change."""
    if abs(now - then) > 1e-12:
        return (_annual(now) - _annual(then)) / (now - then)
    return 4.0 * math.exp(4.0 * now / 100.0)


def _quarter_after(quarter: date) -> date:
    month = quarter.month + 3
    return date(quarter.year + (month > 12), month - 12 if month > 12 else month, 1)


def _end(quarter: date) -> date:
    return _quarter_after(quarter) - timedelta(1)


def _name(quarter: date) -> str:
    return f"{quarter.year} Q{(quarter.month + 2) // 3}"


MODEL = GdpNowcast
