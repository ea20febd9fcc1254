"""A daily index of activity: one factor behind weekly, monthly and quarterly figures, read to the day of the view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, both, named, number_of, own_changes
from barograph.models.macro._factor import Z70, leading, worn
from barograph.models.macro._panel import Row, outliers, transformed

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._kernels.daily_index import DailyData

Floats = NDArray[np.float64]
CLAIMS = "us.labour.initial_claims"
#: Series, its clock (0 week, 1 month, 2 quarter), expected sign, and days for which its newest figure counts as known.
ROWS: tuple[tuple[Row, int, float, int], ...] = (
    (Row(CLAIMS, "log_change"), 0, -1.0, 40),
    (Row("us.labour.payrolls", "log_change"), 1, 1.0, 120),
    (Row("us.growth.industrial_production", "log_change"), 1, 1.0, 120),
    (Row("us.growth.real_income_less_transfers", "log_change"), 1, 1.0, 150),
    (Row("us.growth.real_consumption", "log_change"), 1, 1.0, 150),
    (Row("us.growth.gdp_real", "log_change", quarterly=True), 2, 1.0, 270),
)
#: Weeks before a week whose mean its claims are set against, and days over which the change looks back.
WEEKS, BACK = 52, 30
HEAD = "regime.us.activity"


@dataclass(frozen=True)
class Activity(EveryQuantity):
    """The filtered factor of the day, in its own standard deviations: what figures of periods that have ended say of today.

    ==========================================  ======================================================================
    regime.us.activity.level                    E[x_t | figures known], `period` the day of the newest one; low..high hold
                                                70 % of its distribution given the data; n the series known
    regime.us.activity.change_1m                the level less that which the same figures gave for thirty days before
    regime.us.activity.contribution.<series>    what each series adds to the level; they add up to it
    ==========================================  ======================================================================

    Claims are 100 log of the week over the mean of the 52 weeks before, the others 100 times log changes. Real consumption
    stands where the published index has manufacturing and trade sales, which the catalogue lacks.

    Aruoba, Diebold and Scotti (2009), doi 10.1198/jbes.2009.07205.
    """

    name: str = "activity"
    version: str = "1"
    years: int = 30
    least_years: int = 10
    limit: float = 6.0
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """Six series of three frequencies."""
        return tuple(row.series_id for row, *_ in ROWS)

    def fit(self, view: AsOf) -> State:
        """Means, standard deviations and the factor's parameters on the trailing window, outliers left out."""
        from barograph.models._kernels.daily_index import fit

        empty = State(self.name, self.version, view.known_at)
        figures = self._figures(view)
        enough = [f[0].size and (f[0][-1] - f[0][0]) >= np.timedelta64(365 * self.least_years, "D") for f, _ in figures]
        if not all(enough):
            return empty
        clean = []
        for days, values, before in (f for f, _ in figures):
            out = outliers(values[:, None], self.limit)[:, 0]
            # A figure far out spoils the one after it too, through its lag.
            lagged = np.append(False, out[:-1]) if out.size else out
            clean.append((days, np.where(out | lagged, np.nan, values), before, values[~out]))
        mean = [float(kept.mean()) for *_, kept in clean]
        sd = [float(kept.std()) for *_, kept in clean]
        if not all(s > 0.0 for s in sd):
            return empty
        scaled = [((d, (v - m) / s, (b - m) / s)) for (d, v, b, _), m, s in zip(clean, mean, sd, strict=True)]
        params, loglik, converged = fit(self._laid_out(view, scaled), np.array([sign for *_, sign, _ in ROWS]))
        if not converged:
            return empty
        made: dict[str, Any] = {"mean": mean, "sd": sd, **params.to_json(), "loglik": loglik}
        return State(self.name, self.version, view.known_at, params=made)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Filter the view's figures, outliers in."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state.params, view)))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the level by series."""
        level, head = f"{HEAD}.level", f"{HEAD}.contribution."
        pair = both(before, after, level)
        plain = tuple(a for a in own_changes(before, after) if a.quantity != level)
        if pair is None:
            return plain
        ids = [q.id for q in after.quantities if q.id.startswith(head)]
        rows = tuple(
            (i.removeprefix(head), (number_of(after.get(i)) or 0.0) - (number_of(before.get(i)) or 0.0)) for i in ids
        )
        return (named(level, pair[2], pair[1] - pair[0], rows), *plain)

    def _quantities(self, params: Any, view: AsOf) -> list[Quantity]:
        from barograph.models._kernels.daily_index import DailyData, DailyParams, filtered

        ids = (f"{HEAD}.level", f"{HEAD}.change_1m")
        if not params:
            why = f"one of six series has under {self.least_years} years of history, or the estimation failed"
            return [Quantity(i, None, "sigma", "insufficient", reason=why) for i in ids]
        figures = self._figures(view)
        today = np.datetime64(view.day, "D")
        ages = [int((today - f[0][-1]).astype(int)) if f[0].size else None for f, _ in figures]
        fresh = [age is not None and age <= most for age, (*_, most) in zip(ages, ROWS, strict=True)]
        inputs = tuple(i for _, i in figures if i is not None)
        if sum(fresh) < len(ROWS) / 2:
            why = f"{sum(fresh)} of {len(ROWS)} series have a new enough figure"
            return [Quantity(i, None, "sigma", "insufficient", inputs=inputs, reason=why) for i in ids]
        scaled = [
            (d, (v - m) / s, (b - m) / s)
            for ((d, v, b), _), m, s in zip(figures, params["mean"], params["sd"], strict=True)
        ]
        data = self._laid_out(view, scaled)
        numbers = (np.array(params[k], dtype=float) for k in ("beta", "gamma", "sigma"))
        model = DailyParams(float(params["rho"]), *numbers)
        level, spread, _ = filtered(data, model)
        state, reason = worn(view, sum(fresh), len(ROWS))
        newest: date = max(f[0][-1] for f, _ in figures if f[0].size).item()
        window = f"estimated on {self.years} years"
        more: dict[str, Any] = {"inputs": inputs, "reason": reason, "window": window}
        now, ends = float(level[-1]), Z70 * float(spread[-1])
        out = [
            Quantity(ids[0], now, "sigma", state, newest, low=now - ends, high=now + ends, n=sum(fresh), **more),
            Quantity(ids[1], now - float(level[-1 - BACK]), "sigma", state, newest, **more),
        ]
        for i, (row, *_) in enumerate(ROWS):
            # The filter is linear: with the others' figures at nought it gives this series' part.
            mine = np.arange(len(ROWS)) == i
            values, before = (np.where(mine | ~np.isfinite(a), a, 0.0) for a in (data.values, data.before))
            part = filtered(DailyData(data.clock, data.first, data.length, values, before), model)[0][-1]
            own = {**more, "inputs": leading(figures[i][1], inputs)}
            out.append(Quantity(f"{HEAD}.contribution.{row.name}", float(part), "sigma", state, newest, **own))
        return out

    def _figures(self, view: AsOf) -> list[tuple[tuple[Any, Floats, Floats], Input | None]]:
        """Per series the days on which its periods end, its figures and those of the periods before; its lineage."""
        start = self._start(view)
        out: list[tuple[tuple[Any, Floats, Floats], Input | None]] = []
        for row, clock, *_ in ROWS:
            points = view.series(row.series_id, start=start - timedelta(500)) if row.series_id in view.catalog else None
            if points is None or len(points) < 2:
                nothing = np.empty(0)
                out.append(((np.empty(0, dtype="datetime64[D]"), nothing, nothing), None))
                continue
            if clock == 0:
                days, values = _against_the_year(points.periods, points.values)
            else:
                stamps, values = transformed(points, row)
                days = (stamps + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
            step = (10, 40, 100)[clock]
            follows = np.append(False, (days[1:] - days[:-1]).astype(np.int64) <= step)[: days.size]
            before = np.where(follows, np.append(np.nan, values[:-1])[: values.size], np.nan)
            inside = days >= np.datetime64(start, "D")
            out.append(((days[inside], values[inside], before[inside]), view.input(points)))
        return out

    def _start(self, view: AsOf) -> date:
        """The first day of the quarter so many years before the view."""
        day = view.day
        return date(day.year - self.years, (day.month - 1) // 3 * 3 + 1, 1)

    def _laid_out(self, view: AsOf, scaled: list[tuple[Any, Floats, Floats]]) -> DailyData:
        """Figures on the calendar from the window's first day to the view's."""
        from barograph.models._kernels.daily_index import DailyData

        days = np.arange(np.datetime64(self._start(view), "D"), np.datetime64(view.day, "D") + 1)
        months = days.astype("datetime64[M]")
        month, quarter = months.astype("datetime64[D]"), (months - months.astype(np.int64) % 3).astype("datetime64[D]")
        # A week begins on Sunday: claims are of weeks that end on Saturday.
        week = days - (days.astype(np.int64) + 4) % 7
        starts = np.column_stack([week, month, quarter])
        first = starts == days[:, None]
        length = (days[:, None] - starts).astype(np.float64) + 1.0
        values = np.full((days.size, len(ROWS)), np.nan)
        before = np.full_like(values, np.nan)
        for i, (when, figures, lagged) in enumerate(scaled):
            at = (when - days[0]).astype(np.int64)
            # The sum of a period that began before the window is not whole.
            whole = (at < days.size) & (at - length[np.minimum(at, days.size - 1), ROWS[i][1]] + 1 >= 0)
            values[at[whole], i], before[at[whole], i] = figures[whole], lagged[whole]
        return DailyData(np.array([clock for _, clock, *_ in ROWS]), first, length, values, before)


def _against_the_year(days: Any, values: Floats) -> tuple[Any, Floats]:
    """100 log of each week over the mean of the 52 before it, where all of them are known."""
    if values.size <= WEEKS:
        return days[:0], values[:0]
    sums = np.convolve(values, np.ones(WEEKS), "valid")[:-1]
    span = (days[WEEKS:] - days[:-WEEKS]).astype(np.int64)
    good = (span == 7 * WEEKS) & (sums > 0.0) & (values[WEEKS:] > 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        made = 100.0 * np.log(values[WEEKS:] / (sums / WEEKS))
    return days[WEEKS:][good], made[good]


MODEL = Activity
