"""Nowcasts of CPI, core CPI and PCE inflation over the month, from core and food's own past, gasoline and crude oil."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import Attribution, Estimate, FactState, Input, Quantity
from barograph.core.time import DAY_END, new_york
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, both, named, number_of, own_changes
from barograph.models.macro._rates import (
    ONE,
    changes_of,
    first_print,
    food_rates,
    last_mean,
    month_means,
    monthly_rates,
    next_month,
    regression,
    usual_changes,
)

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

CPI, CORE, LESS_FOOD, PCE = "us.prices.cpi", "us.prices.cpi_core", "us.prices.cpi_less_food", "us.prices.pce"
GAS, BRENT = "us.prices.gasoline", "us.commodity.brent"
#: Days of the month, counted from its first, on which past nowcasts are replayed, and where the buckets begin.
REPLAYED, EDGES = (7, 21, 38), (15, 31)
BUCKETS = ("the first half of the month", "the second half", "after its end")
TARGETS = (("cpi", CPI), ("core_cpi", CORE), ("pce", PCE))
#: Ends of the interval as shares of the errors.
ENDS = (0.15, 0.85)
#: Newest figures that a nowcast itself looks at (twelve rates, and what may be missing among them); days of gasoline prices yet
#: to come before a month's mean is a guess.
RECENT, AHEAD = 24, 45
#: Days from the first of the month that is to be released next after which its release is overdue, and is none to come.
OVERDUE, GONE = 75, 150


@dataclass(frozen=True)
class InflationNowcast(EveryQuantity):
    """Per cent over the month, seasonally adjusted, of the next release of each (`period` is its month).

    Core: the mean of its last twelve rates. Food, from CPI and CPI less food by a fixed weight: likewise. Gasoline: the month's
    mean of weekly prices, the weeks to come by a regression on its own and crude oil's last changes, less the usual change of
    the calendar month. Headline: a + b1 core + b2 food + b3 gasoline, rolling least squares. PCE: a + b CPI.

    ========================================  ========================================================================
    nowcast.us.{cpi,core_cpi,pce}.point       the nowcast; q15, q85 its 70 % interval
    nowcast.us.cpi.contribution.<part>        constant, core, food, gasoline: they add up to the point, pp
    ========================================  ========================================================================

    The interval holds the middle 70 % of the model's own errors against first prints at the same time of the month, over
    `months` past months, each nowcast made from what was known then with this month's coefficients; n counts them.

    Knotek and Zaman (2017), doi 10.1111/jmcb.12401. Simplified: one regression for PCE, no separate models of its parts.
    """

    name: str = "inflation_nowcast"
    version: str = "1"
    window: int = 180
    months: int = 120
    least: int = 60
    least_errors: int = 24
    food_weight: float = 0.14
    seasonal_years: int = 10
    limit: float = 6.0
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """Indexes, gasoline and crude oil."""
        return CPI, CORE, LESS_FOOD, PCE, GAS, BRENT

    def fit(self, view: AsOf) -> State:
        """Coefficients on the trailing window, usual changes of gasoline by calendar month, and the errors on record."""
        params = self._coefficients(view)
        if params:
            params["errors"] = self._errors(view, params)
        return State(self.name, self.version, view.known_at, params=params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Nowcast the next release of each."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state.params, view)))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the headline nowcast by part, where both are of one month."""
        point, head = "nowcast.us.cpi.point", "nowcast.us.cpi.contribution."
        pair, (old, new) = both(before, after, point), (before.get(point), after.get(point))
        plain = tuple(a for a in own_changes(before, after) if a.quantity != point)
        if pair is None or old is None or new is None or old.period != new.period:
            return plain
        ids = [q.id for q in after.quantities if q.id.startswith(head)]
        rows = tuple(
            (i.removeprefix(head), (number_of(after.get(i)) or 0.0) - (number_of(before.get(i)) or 0.0)) for i in ids
        )
        return (named(point, pair[2], pair[1] - pair[0], rows), *plain)

    def _coefficients(self, view: AsOf) -> dict[str, Any]:
        rates = {
            k: monthly_rates(view, i) for k, i in (("cpi", CPI), ("core", CORE), ("less", LESS_FOOD), ("pce", PCE))
        }
        gas = month_means(view, GAS)
        usual = usual_changes(gas, self.seasonal_years, self.least)
        moves = {m: v - usual[int(m.astype(int)) % 12] for m, v in changes_of(gas).items()} if usual else {}
        food = food_rates(rates["cpi"], rates["less"], self.food_weight)
        headline = regression(rates["cpi"], (rates["core"], food, moves), self.window, self.least, self.limit)
        pce = regression(rates["pce"], (rates["cpi"],), self.window, self.least, self.limit)
        weekly = self._weekly(view)
        if headline is None or weekly is None:
            return {}
        return {"headline": headline, "pce": pce, "usual": usual, "weekly": weekly}

    def _weekly(self, view: AsOf) -> list[float] | None:
        """Weekly change of gasoline on its last change and on crude oil's change of the week and the one before."""
        gas, oil = view.series(GAS), view.series(BRENT)
        days = gas.periods[-52 * self.seasonal_years :]
        if days.size < 2 * self.least or len(oil) < 300:
            return None
        prices = np.log(gas.values[-days.size :])
        crude = np.log(oil.values[np.maximum(np.searchsorted(oil.periods, days, side="right") - 1, 0)])
        dg, do = np.diff(prices), np.diff(crude)
        x = np.column_stack([dg[1:-1], do[2:], do[1:-1]])
        return [float(b) for b in np.linalg.lstsq(x, dg[2:], rcond=None)[0]]

    def _gasoline(self, view: AsOf, params: Any, month: np.datetime64) -> float | None:
        """The month's change of gasoline, per cent, less the usual one: weeks known, weeks to come by regression."""
        gas, oil = view.series(GAS).tail(16), view.series(BRENT).tail(60)
        if len(gas) < 3 or len(oil) < 12:
            return None
        days, prices = gas.periods.astype("datetime64[D]"), np.log(gas.values)
        b = params["weekly"]
        crude = np.log(oil.values)
        at = np.searchsorted(oil.periods, days[-2:], side="right") - 1
        oil_moves = [float(crude[at[1]] - crude[at[0]]), float(crude[-1] - crude[at[1]])]
        last_day, level, move = days[-1], float(prices[-1]), float(prices[-1] - prices[-2])
        future: list[tuple[np.datetime64, float]] = []
        end = (month + ONE).astype("datetime64[D]")
        if int((end - last_day).astype(int)) > AHEAD:
            return None
        before = oil_moves[0]
        now = oil_moves[1]
        while last_day + np.timedelta64(7, "D") < end:
            last_day = last_day + np.timedelta64(7, "D")
            move = b[0] * move + b[1] * now + b[2] * before
            before, now = now, 0.0
            level += move
            future.append((last_day, math.exp(level)))
        values: dict[np.datetime64, list[float]] = {}
        for day, price in [*zip(days[-12:], gas.values[-12:].tolist(), strict=True), *future]:
            values.setdefault(day.astype("datetime64[M]"), []).append(price)
        if month not in values or month - ONE not in values:
            return None
        change = 100.0 * math.log(float(np.mean(values[month])) / float(np.mean(values[month - ONE])))
        return change - float(params["usual"][int(month.astype(int)) % 12])

    def _parts(self, view: AsOf, params: Any, month: np.datetime64) -> dict[str, float] | None:
        """Constant, core, food and gasoline of a month's headline nowcast, per cent."""
        cpi, core, less = (monthly_rates(view, i, RECENT) for i in (CPI, CORE, LESS_FOOD))
        food = food_rates(cpi, less, self.food_weight)
        core_mean, food_mean = last_mean(core, month), last_mean(food, month)
        gas = self._gasoline(view, params, month)
        if core_mean is None or food_mean is None or gas is None:
            return None
        a, b1, b2, b3 = params["headline"]
        return {"constant": a, "core": b1 * core_mean, "food": b2 * food_mean, "gasoline": b3 * gas}

    def nowcasts(self, view: AsOf, params: Any, months: dict[str, np.datetime64]) -> dict[str, float]:
        """The nowcast of each target for its month, where it can be made."""
        out: dict[str, float] = {}
        # Core needs nothing but its own past; headline and PCE of one month share their parts.
        parts = {m: self._parts(view, params, m) for n, m in months.items() if n != "core_cpi"}
        for name, month in months.items():
            rate: float | None
            if name == "core_cpi":
                rate = last_mean(monthly_rates(view, CORE, RECENT), month)
            else:
                found = parts[month]
                rate = None if found is None else math.fsum(found.values())
            if name == "pce":
                rate = monthly_rates(view, CPI, RECENT).get(month, rate)
                b = params["pce"]
                rate = b[0] + b[1] * rate if rate is not None and b is not None else None
            if rate is not None:
                out[name] = rate
        return out

    def _errors(self, view: AsOf, params: Any) -> dict[str, list[list[float]]]:
        """First print less nowcast by target and bucket, oldest first."""
        out: dict[str, list[list[float]]] = {n: [[] for _ in BUCKETS] for n, _ in TARGETS}
        newest = view.series(CPI).periods
        if not newest.size:
            return out
        last = newest[-1].astype("datetime64[M]")
        for back in range(self.months, -1, -1):
            month = last - np.timedelta64(back, "M")
            first_day: date = month.astype("datetime64[D]").item()
            prints = {n: first_print(view, i, month) for n, i in TARGETS}
            for bucket, days in enumerate(REPLAYED):
                when = new_york(first_day + timedelta(days), DAY_END)
                if when >= view.known_at:
                    continue
                made = self.nowcasts(view.at(when), params, {n: month for n, _ in TARGETS})
                for name, value in made.items():
                    found = prints[name]
                    if found is not None and found[0] > when.date():
                        out[name][bucket].append(found[1] - value)
        return out

    def _quantities(self, params: Any, view: AsOf) -> list[Quantity]:
        out: list[Quantity] = []
        gone = [i for i in self.needs() if i not in view.catalog or not len(view.series(i))]
        inputs = tuple(view.input(view.series(i).tail(self.window)) for i in self.needs() if i not in gone)
        months = {n: m for n, i in TARGETS if i not in gone and (m := next_month(view, i)) is not None}
        made = self.nowcasts(view, params, months) if params and not gone else {}
        for name, series_id in TARGETS:
            why = f"no value known of {', '.join(gone)}" if gone else "history is too short, or gasoline's is too old"
            first = months[name].astype("datetime64[D]").item() if name in months else None
            if first is not None and (view.day - first).days > GONE:
                made.pop(name, None)
                why = f"the newest figure known is of {view.series(series_id).periods[-1].item():%Y-%m}"
            if name not in made or first is None:
                ids = (f"nowcast.us.{name}.{k}" for k in ("point", "q15", "q85"))
                out += [Quantity(i, None, "percent", "insufficient", inputs=inputs, reason=why) for i in ids]
                continue
            state, reason = self._worn(view, series_id, first)
            out += self._interval(name, made[name], first, view, params["errors"][name], inputs, state, reason)
            if name == "cpi":
                found = self._parts(view, params, months[name]) or {}
                out += [
                    Quantity(f"nowcast.us.cpi.contribution.{k}", v, "pp", state, first, inputs=inputs, reason=reason)
                    for k, v in found.items()
                ]
        return out

    def _worn(self, view: AsOf, series_id: str, first: date) -> tuple[FactState, str | None]:
        """Whether the release is held up: an agency is closed, or the month should have been out long ago."""
        last = f"last known: {view.series(series_id).periods[-1].item():%Y-%m}"
        closure = view.catalog.closure_at(view.known_at)
        if closure is not None:
            return "degraded", f"releases suspended: {closure.title}; {last}"
        if (view.day - first).days > OVERDUE:
            return "degraded", f"a release is overdue; {last}"
        return "ok", None

    def _bucket(self, view: AsOf, first: date, errors: list[list[float]]) -> int:
        """Whose errors count: those of the time of the month; in a closure those of where figures stopped, if they are wider."""
        own = bucket_of((view.day - first).days)
        closure = view.catalog.closure_at(view.known_at)
        if closure is None:
            return own
        stopped = max(sum(days <= (closure.start - first).days for days in REPLAYED) - 1, 0)
        wide = [b for b in (own, min(own, stopped)) if len(errors[b]) >= self.least_errors]
        return max(wide, key=lambda b: float(np.ptp(np.quantile(errors[b], ENDS))), default=own)

    def _interval(
        self,
        name: str,
        point: float,
        first: date,
        view: AsOf,
        errors: list[list[float]],
        inputs: tuple[Input, ...],
        state: FactState,
        reason: str | None,
    ) -> list[Quantity]:
        """Point and interval from the errors at this time of the month, or of any time where those are few."""
        head, bucket = f"nowcast.us.{name}", self._bucket(view, first, errors)
        own = errors[bucket]
        if len(own) < self.least_errors:
            own = [e for b in errors for e in b]
            state, reason = "degraded", reason or "few past errors at this time of the month: all are used"
        more: dict[str, Any] = {"inputs": inputs, "reason": reason, "n": len(own)}
        window = f"70 %; past errors, {BUCKETS[bucket]}"
        out = [Quantity(f"{head}.point", point, "percent", state, first, window=window, **more)]
        ends = zip(("q15", "q85"), ENDS, strict=True)
        if len(own) < self.least_errors:
            why = f"{len(own)} past errors where {self.least_errors} are needed"
            return out + [
                Quantity(f"{head}.{k}", None, "percent", "insufficient", first, inputs=inputs, reason=why)
                for k, _ in ends
            ]
        return out + [
            Quantity(f"{head}.{k}", point + float(np.quantile(own, q)), "percent", state, first, window=window, **more)
            for k, q in ends
        ]


def bucket_of(days: int) -> int:
    """Which time of the month a day is, by days since the month's first."""
    return sum(days >= edge for edge in EDGES)


MODEL = InflationNowcast
