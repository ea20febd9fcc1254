"""The last known print of every macro series, its usual transform, and what the newest release did to the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Input, Quantity, fact_of
from barograph.core.release import newest_period, scheduled
from barograph.models._protocol import State
from barograph.models._rows import own_changes
from barograph.models.history import SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.core.series import Series

#: The packaged macro series, in the order of the page; rows that a catalogue adds for this reader come after them.
MACRO: tuple[str, ...] = (
    "us.labour.payrolls",
    "us.labour.unemployment_rate",
    "us.labour.initial_claims",
    "us.labour.continued_claims",
    "us.labour.job_openings",
    "us.labour.hourly_earnings",
    "us.prices.cpi",
    "us.prices.cpi_core",
    "us.prices.pce",
    "us.prices.pce_core",
    "us.prices.ppi",
    "us.prices.inflation_expectations_michigan",
    "us.growth.gdp_real",
    "us.growth.industrial_production",
    "us.growth.retail_sales",
    "us.growth.housing_starts",
    "us.growth.building_permits",
    "us.growth.durable_orders",
    "us.growth.consumer_sentiment",
    "us.rates.effr",
    "us.rates.sofr",
    "us.rates.iorb",
    "us.rates.target_upper",
    "us.rates.target_lower",
    "us.rates.mortgage_30y",
    "us.money.m2",
    "us.money.fed_assets",
    "us.money.reserves",
    "us.money.treasury_account",
    "us.money.reverse_repo",
    "us.money.commercial_loans",
    "us.money.bank_credit",
    "us.money.financial_conditions",
    "us.credit.aaa_yield",
    "us.credit.baa_yield",
    "us.commodity.brent",
)
_LETTER = {"D": "1d", "W": "1w", "M": "1m", "Q": "1q"}


@dataclass(frozen=True, slots=True)
class Step:
    """One transform of a series: suffix of the fact id, unit, periods back, growth rate or scaled difference.

    A growth rate is ((x / x_before)^power - 1) 100, a difference scale (x - x_before).
    """

    suffix: str
    unit: str
    back: int
    growth: bool
    power: float = 1.0
    scale: float = 1.0

    def apply(self, new: float, old: float) -> float:
        """The transform of two values."""
        if self.growth:
            return 100.0 * ((new / old) ** self.power - 1.0)
        return self.scale * (new - old)


def steps_of(row: Series) -> list[Step]:
    """The usual transforms of a series, by the catalogue's word for it.

    `change_1m` (1d, 1w by frequency): the difference in the series' unit (rates and bond yields in bp, other per cent
    figures in pp), or the growth over one period in per cent where the catalogue measures the series in growth. `yoy`:
    per cent over a year. `growth_saar`: per cent over a quarter at an annual rate.
    """
    if row.transform == "growth_saar":
        return [Step("growth_saar", "percent", 1, growth=True, power=4.0)]
    name = f"change_{_LETTER[row.frequency]}"
    if row.transform in ("percent_change", "return", "yoy"):
        step = Step(name, "percent", 1, growth=True)
    elif row.unit == "percent" and row.block in ("rates", "credit"):
        step = Step(name, "bp", 1, growth=False, scale=100.0)
    else:
        step = Step(name, "pp" if row.unit == "percent" else row.unit, 1, growth=False)
    year = {"M": 12, "Q": 4, "W": 52}.get(row.frequency)
    if row.transform == "yoy" and year:
        return [Step("yoy", "percent", year, growth=True), step]
    return [step]


def index_before(row: Series, points: Points, back: int) -> int | None:
    """Position in `points` of the value `back` periods before the newest; None where it is not there.

    By months and quarters; by weeks, a holiday moving the day by up to three; a daily figure by its own days.
    """
    newest: date = points.periods[-1].item()
    if row.frequency == "D":
        return len(points) - 1 - back if len(points) > back else None
    slack = 0
    if row.frequency == "W":
        target, slack = newest - timedelta(7 * back), 3
    else:
        month = newest.year * 12 + newest.month - 1 - back * (3 if row.frequency == "Q" else 1)
        target = date(month // 12, month % 12 + 1, 1)
    away = np.abs((points.periods - np.datetime64(target, "D")).astype(np.int64))
    nearest = int(away.argmin())
    return nearest if away[nearest] <= slack else None


@dataclass(frozen=True)
class Prints:
    """Per macro series s: macro.us.s.latest (the last known value with its period and known_at), the transforms of
    `steps_of`, and, where the provider's vintages are on record, macro.us.s.revision: the latest known value less the
    first print of the period before the newest (of the newest itself for quarterly figures), in the series' unit.

    All differences are taken inside one view; where the base year changed between the two values there is none.
    """

    name: str = "prints"
    version: str = "1"
    first_print_days: int = 120
    first_print_slack: int = 45

    def needs(self) -> tuple[str, ...]:
        """The packaged macro series."""
        return MACRO

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read every macro series at the view."""
        seen = SessionView(view)
        added = sorted(r.id for r in view.catalog if "prints" in r.readers and r.id not in MACRO and not r.family)
        rows = [view.catalog[i] for i in (*MACRO, *added) if i in view.catalog]
        firsts = self._first_prints(view, [r for r in rows if r.revises and r.vintages])
        out: list[Quantity] = []
        for row in rows:
            out += self._series(seen, row, firsts)
        return state, Estimate(self.name, view.known_at, tuple(out))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """Every quantity is a fact."""
        return tuple(fact_of(q) for q in estimate.quantities)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of each number as one row."""
        return own_changes(before, after)

    def _first_prints(self, view: AsOf, rows: list[Series]) -> dict[tuple[str, date], float]:
        """First prints by (series, period) that came out in the last `first_print_days` days and came out in time.

        A first row that is later than the release by more than `first_print_slack` days is where the record begins and
        not the first print.
        """
        by_id = {r.id: r for r in rows}
        closures = view.catalog.closures
        changes = view.changes(view.known_at - timedelta(self.first_print_days))
        new = changes.filter(pl.col("series_id").is_in(list(by_id)) & pl.col("previous").is_null()).sort("known_at")
        out: dict[tuple[str, date], float] = {}
        for series_id, period, known_at, value in new.select("series_id", "period", "known_at", "value").iter_rows():
            due = scheduled(by_id[series_id], period, closures) + timedelta(self.first_print_slack)
            if value is not None and _utc(known_at) <= due:
                out.setdefault((series_id, period), value)
        return out

    def _series(self, seen: SessionView, row: Series, firsts: dict[tuple[str, date], float]) -> list[Quantity]:
        p, points = f"macro.us.{row.id.rpartition('.')[2]}", seen.points(row.id)
        steps = steps_of(row)
        if not len(points):
            looked = seen.view.coverage(row.id)
            reason = f"{row.id} has never been looked at" if looked is None else "no value known"
            ids = [("latest", row.unit), *((s.suffix, s.unit) for s in steps)]
            return [Quantity(f"{p}.{name}", None, unit, "insufficient", reason=reason) for name, unit in ids]
        period: date = points.periods[-1].item()
        expected = newest_period(row, seen.view.known_at, seen.view.catalog.closures)
        late = expected is not None and period < min(expected, seen.session)
        state: FactState = "degraded" if late else "ok"
        reason = f"a value for {expected} was due" if late else None
        here, unit = _lineage(seen, row, period), points.unit or row.unit
        out = [Quantity(f"{p}.latest", float(points.values[-1]), unit, state, period, inputs=here, reason=reason)]
        for step in steps:
            found = index_before(row, points, step.back)
            why = "no value for the period it is compared with" if found is None else _rebased(seen, row, points, found)
            if found is None or why is not None:
                out.append(
                    Quantity(f"{p}.{step.suffix}", None, step.unit, "insufficient", period, inputs=here, reason=why)
                )
                continue
            base: date = points.periods[found].item()
            change = step.apply(float(points.values[-1]), float(points.values[found]))
            lineage, window = _lineage(seen, row, base, period), f"since {base}"
            out.append(
                Quantity(
                    f"{p}.{step.suffix}", change, step.unit, state, period, window=window, inputs=lineage, reason=reason
                )
            )
        return out + self._revision(seen, row, points, f"{p}.revision", firsts)

    def _revision(
        self, seen: SessionView, row: Series, points: Points, id_: str, firsts: dict[tuple[str, date], float]
    ) -> list[Quantity]:
        at = index_before(row, points, 0 if row.frequency == "Q" else 1) if row.revises and row.vintages else None
        if at is None:
            return []
        period: date = points.periods[at].item()
        lineage = _lineage(seen, row, period)
        # Without the provider's own vintages today's value stands at every earlier day: it has no first print.
        if not lineage or lineage[0].bases != ("vintage",) or (row.id, period) not in firsts:
            return []
        moved = any(
            u.known_at <= points_known(points, at) and u.known_at > scheduled(row, period, ()) for u in row.unit_from
        )
        if moved:
            return []
        revision = float(points.values[at]) - firsts[(row.id, period)]
        unit = "pp" if row.unit == "percent" else points.unit or row.unit
        return [Quantity(id_, revision, unit, period=period, window="since the first print", inputs=lineage)]


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def points_known(points: Points, at: int) -> datetime:
    """The UTC instant from which a value was known."""
    return _utc(points.known_at[at].item())


def _lineage(seen: SessionView, row: Series, first: date, last: date | None = None) -> tuple[Input, ...]:
    found = seen.input(row.id, first, last or first)
    return () if found is None else (found,)


def _rebased(seen: SessionView, row: Series, points: Points, old: int) -> str | None:
    """Why two values must not be compared: the older is a vintage from before a change of base, the newer is not."""
    before, after = points_known(points, old), points_known(points, len(points) - 1)
    changed = [u.known_at for u in row.unit_from if before < u.known_at <= after]
    if not changed:
        return None
    lineage = _lineage(seen, row, points.periods[old].item())
    # A lag laid over today's values gives them all in today's base, whatever their days say.
    if not lineage or lineage[0].bases != ("vintage",):
        return None
    return f"the base of the index changed on {max(changed):%Y-%m-%d}, between the two values"


MODEL = Prints
