"""Nowcasts of CPI, core CPI and PCE inflation over the month, from core and food's own past, gasoline and crude oil."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Quantity, fact_of
from barograph.core.time import DAY_END, new_york
from barograph.models._panel import outliers
from barograph.models._protocol import State
from barograph.models._rows import both, named, number_of, own_changes

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
Rates = dict[np.datetime64, float]
CPI, CORE, LESS_FOOD, PCE = "us.prices.cpi", "us.prices.cpi_core", "us.prices.cpi_less_food", "us.prices.pce"
GAS, BRENT = "us.prices.gasoline", "us.commodity.brent"
#: Days of the month, counted from its first, on which past nowcasts are replayed, and where the buckets begin.
REPLAYED, EDGES = (7, 21, 38), (15, 31)
BUCKETS = ("the first half of the month", "the second half", "after its end")
TARGETS = (("cpi", CPI), ("core_cpi", CORE), ("pce", PCE))
ONE = np.timedelta64(1, "M")
#: Newest figures that a nowcast itself looks at: twelve rates, and what may be missing among them.
RECENT = 24


@dataclass(frozen=True)
class InflationNowcast:
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

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

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
        usual = self._usual(gas)
        moves = {m: v - usual[int(m.astype(int)) % 12] for m, v in changes_of(gas).items()} if usual else {}
        food = food_rates(rates["cpi"], rates["less"], self.food_weight)
        headline = regression(rates["cpi"], (rates["core"], food, moves), self.window, self.least, self.limit)
        pce = regression(rates["pce"], (rates["cpi"],), self.window, self.least, self.limit)
        weekly = self._weekly(view)
        if headline is None or weekly is None:
            return {}
        return {"headline": headline, "pce": pce, "usual": usual, "weekly": weekly}

    def _usual(self, gas: dict[np.datetime64, float]) -> list[float]:
        """Mean change of gasoline by calendar month (January first) less the mean of all, trailing years, per cent."""
        moves = sorted(changes_of(gas).items())[-12 * self.seasonal_years :]
        if len(moves) < self.least:
            return []
        by_month: list[list[float]] = [[] for _ in range(12)]
        for month, value in moves:
            by_month[int(month.astype(int)) % 12].append(value)
        whole = float(np.mean([v for _, v in moves]))
        return [float(np.mean(v)) - whole if v else 0.0 for v in by_month]

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
        """Constant, core, food and gasoline of a month's headline nowcast, per cent; `core_rate` beside them."""
        cpi, core, less = (monthly_rates(view, i, RECENT) for i in (CPI, CORE, LESS_FOOD))
        food = food_rates(cpi, less, self.food_weight)
        core_mean, food_mean = last_mean(core, month), last_mean(food, month)
        gas = self._gasoline(view, params, month)
        if core_mean is None or food_mean is None or gas is None:
            return None
        a, b1, b2, b3 = params["headline"]
        return {
            "constant": a,
            "core": b1 * core_mean,
            "food": b2 * food_mean,
            "gasoline": b3 * gas,
            "core_rate": core_mean,
        }

    def nowcasts(self, view: AsOf, params: Any, months: dict[str, np.datetime64]) -> dict[str, float]:
        """The nowcast of each target for its month, where it can be made."""
        out: dict[str, float] = {}
        parts = {m: self._parts(view, params, m) for m in set(months.values())}
        for name, month in months.items():
            found = parts[month]
            if name == "pce":
                known = monthly_rates(view, CPI, RECENT).get(month)
                rate = known if known is not None else None if found is None else headline_of(found)
                if rate is not None and params["pce"] is not None:
                    out[name] = params["pce"][0] + params["pce"][1] * rate
            elif found is not None:
                out[name] = found["core_rate"] if name == "core_cpi" else headline_of(found)
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
        closure = view.catalog.closure_at(view.known_at)
        inputs = tuple(
            view.input(view.series(i).tail(self.window)) for i in self.needs() if i not in gone and i in view.catalog
        )
        months = {n: next_month(view, i) for n, i in TARGETS if i not in gone}
        made = (
            self.nowcasts(view, params, {n: m for n, m in months.items() if m is not None})
            if params and not gone
            else {}
        )
        for name, series_id in TARGETS:
            head = f"nowcast.us.{name}"
            if name not in made:
                why = f"no value known of {', '.join(gone)}" if gone else "history is too short"
                out += [
                    Quantity(f"{head}.{k}", None, "percent", "insufficient", reason=why)
                    for k in ("point", "q15", "q85")
                ]
                continue
            month = months[name]
            assert month is not None
            first: date = month.astype("datetime64[D]").item()
            bucket = bucket_of((view.day - first).days)
            errors = params["errors"][name][bucket]
            state: FactState = "ok"
            reason: str | None = None
            if closure is not None:
                last = view.series(series_id).periods[-1].item()
                state, reason = "degraded", f"releases suspended: {closure.title}; last known: {last:%Y-%m}"
            if len(errors) < self.least_errors:
                errors = [e for b in params["errors"][name] for e in b]
                state, reason = "degraded", reason or "few past errors at this time of the month: all are used"
            more: dict[str, Any] = {"inputs": inputs, "reason": reason, "n": len(errors)}
            window = f"70 %; past errors, {BUCKETS[bucket]}"
            point = made[name]
            out.append(Quantity(f"{head}.point", point, "percent", state, first, window=window, **more))
            if len(errors) < self.least_errors:
                why = f"{len(errors)} past errors where {self.least_errors} are needed"
                out += [
                    Quantity(f"{head}.{k}", None, "percent", "insufficient", first, inputs=inputs, reason=why)
                    for k in ("q15", "q85")
                ]
            else:
                low, high = np.quantile(errors, [0.15, 0.85])
                out.append(Quantity(f"{head}.q15", point + float(low), "percent", state, first, window=window, **more))
                out.append(Quantity(f"{head}.q85", point + float(high), "percent", state, first, window=window, **more))
            if name == "cpi":
                found = self._parts(view, params, month) or {}
                out += [
                    Quantity(f"{head}.contribution.{k}", v, "pp", state, first, inputs=inputs, reason=reason)
                    for k, v in found.items()
                    if k != "core_rate"
                ]
        return out


def headline_of(parts: dict[str, float]) -> float:
    """The sum of a nowcast's parts."""
    return math.fsum(v for k, v in parts.items() if k != "core_rate")


def bucket_of(days: int) -> int:
    """Which time of the month a day is, by days since the month's first."""
    return sum(days >= edge for edge in EDGES)


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


MODEL = InflationNowcast
