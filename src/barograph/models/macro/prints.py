"""The last known print of every macro series, its usual transform, and how the one before was revised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.core.release import newest_period
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
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
            return float(100.0 * ((new / old) ** self.power - 1.0))
        # A difference of two quotes leaves noise in the fifteenth digit.
        return round(self.scale * (new - old), 10)


def steps_of(row: Series) -> list[Step]:
    """The usual transforms of a series, by the catalogue's word for it.

    `change_1m` (1d, 1w by frequency): the difference in the series' unit (rates and bond yields in bp, other per cent
    figures in pp); in per cent for a daily price. `yoy`, `mom`: per cent over a year and over a month. `growth`: per
    cent over a quarter at an annual rate.
    """
    name = f"change_{_LETTER[row.frequency]}"
    if row.transform == "growth_saar":
        return [Step("growth", "percent", 1, growth=True, power=4.0)]
    if row.transform in ("yoy", "percent_change", "return"):
        year = {"M": 12, "Q": 4, "W": 52}.get(row.frequency)
        out = [Step("yoy", "percent", year, growth=True)] if row.transform == "yoy" and year else []
        if row.frequency == "M":
            out.append(Step("mom", "percent", 1, growth=True))
        return out or [Step(name, "percent", 1, growth=True)]
    if row.unit == "percent" and row.block in ("rates", "credit"):
        return [Step(name, "bp", 1, growth=False, scale=100.0)]
    return [Step(name, "pp" if row.unit == "percent" else row.unit, 1, growth=False)]


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
class Prints(EveryQuantity):
    """Per macro series s: macro.us.s.latest (the last known value with its period and known_at), the transforms of
    `steps_of`, and, where the provider's vintages are on record, macro.us.s.revision: the latest known value less the
    one known `revision_days` ago, of the newest period that had one then; for a monthly figure that was its first print.

    All differences are taken inside one view; where the base year changed between the two values there is none.
    """

    name: str = "prints"
    version: str = "1"
    revision_days: int = 35

    def needs(self) -> tuple[str, ...]:
        """The packaged macro series."""
        return MACRO

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read every macro series at the view."""
        seen = SessionView.of(view)
        added = sorted(r.id for r in view.catalog if "prints" in r.readers and r.id not in MACRO and not r.family)
        rows = [view.catalog[i] for i in (*MACRO, *added) if i in view.catalog]
        before = self._before(seen, [r for r in rows if r.revises and r.vintages])
        out: list[Quantity] = []
        for row in rows:
            out += self._series(seen, row, before)
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _before(self, seen: SessionView, rows: list[Series]) -> dict[tuple[str, date], float | None]:
        """Values of `revision_days` ago by (series, period), for what became known since (None: nothing then).

        Empty where no series has the provider's own vintages: without them today's value stands at every earlier day.
        """
        if not any(_vintages(seen, row) for row in rows):
            return {}
        changes = seen.view.changes(self._since(seen)).filter(pl.col("series_id").is_in([r.id for r in rows]))
        return {(s, p): v for s, p, v in changes.select("series_id", "period", "previous").iter_rows()}

    def _since(self, seen: SessionView) -> datetime:
        return seen.view.known_at - timedelta(self.revision_days)

    def _series(self, seen: SessionView, row: Series, before: dict[tuple[str, date], float | None]) -> list[Quantity]:
        p, points = f"macro.us.{row.id.rpartition('.')[2]}", seen.points(row.id)
        steps = steps_of(row)
        if not len(points):
            looked = seen.view.coverage(row.id)
            none = f"{row.id} has never been looked at" if looked is None else "no value known"
            ids = [("latest", row.unit), *((s.suffix, s.unit) for s in steps)]
            return [Quantity(f"{p}.{name}", None, unit, "insufficient", reason=none) for name, unit in ids]
        period: date = points.periods[-1].item()
        expected = newest_period(row, seen.view.known_at, seen.view.catalog.closures)
        late = expected is not None and period < min(expected, seen.session)
        state: FactState = "degraded" if late else "ok"
        reason = f"a value for {expected} was due" if late else None
        here, unit = _lineage(seen, row, period), points.unit or row.unit
        out = [Quantity(f"{p}.latest", float(points.values[-1]), unit, state, period, inputs=here, reason=reason)]
        for step in steps:
            found = index_before(row, points, step.back)
            why: str | None = "no value for the period it is compared with"
            if found is not None:
                why = _rebased(seen, row, points, found)
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
        return out + self._revision(seen, row, points, f"{p}.revision", before)

    def _revision(
        self, seen: SessionView, row: Series, points: Points, id_: str, before: dict[tuple[str, date], float | None]
    ) -> list[Quantity]:
        if not before or not row.revises or not row.vintages:
            return []
        since = self._since(seen)
        # The newest period that had a value then: a month ago that value was its first print.
        for at in range(len(points) - 1, max(len(points) - 5, -1), -1):
            period: date = points.periods[at].item()
            fresh = (row.id, period) in before
            if not fresh or before[(row.id, period)] is not None:
                break
        else:
            return []
        lineage, old = _lineage(seen, row, period), before.get((row.id, period))
        # The newest figure of all, unchanged, has had no release yet that could have revised it.
        if not lineage or lineage[0].bases != ("vintage",) or (at == len(points) - 1 and not fresh):
            return []
        if any(since < u.known_at <= seen.view.known_at for u in row.unit_from):
            return []
        value = float(points.values[at])
        revision = round(value - old, 10) if fresh and old is not None else 0.0
        unit = "pp" if row.unit == "percent" else points.unit or row.unit
        return [Quantity(id_, revision, unit, period=period, window=f"since {since.date()}", inputs=lineage)]


def _vintages(seen: SessionView, row: Series) -> bool:
    points = seen.points(row.id)
    return "vintage" in points.tail(1).bases


def known_from(points: Points, at: int) -> datetime:
    """The UTC instant from which a value was known."""
    instant: datetime = points.known_at[at].item().replace(tzinfo=UTC)
    return instant


def _lineage(seen: SessionView, row: Series, first: date, last: date | None = None) -> tuple[Input, ...]:
    found = seen.input(row.id, first, last or first)
    return () if found is None else (found,)


def _rebased(seen: SessionView, row: Series, points: Points, old: int) -> str | None:
    """Why two values must not be compared: the older is a vintage from before a change of base, the newer is not."""
    before, after = known_from(points, old), known_from(points, len(points) - 1)
    changed = [u.known_at for u in row.unit_from if before < u.known_at <= after]
    if not changed:
        return None
    lineage = _lineage(seen, row, points.periods[old].item())
    # A lag laid over today's values gives them all in today's base, whatever their days say.
    if not lineage or lineage[0].bases != ("vintage",):
        return None
    return f"the base of the index changed on {max(changed):%Y-%m-%d}, between the two values"


MODEL = Prints
