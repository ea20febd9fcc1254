"""A view made of plain arrays, with the methods that models use, and the recorded sources put into it.

It stands in for the archive where a test is about a model: it holds what was known at an instant, keeps nothing else,
and can be scaled, cut or poisoned in one line.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.archive.bulletin import seen_events
from barograph.archive.points import Points
from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.errors import UnknownSeries
from barograph.core.estimate import Input
from barograph.core.observation import BASES, Announcement, Coverage
from barograph.core.release import scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, new_york, sessions
from barograph.core.units import SECTORS

#: 18:00 in New York on 2025-11-05.
NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Rows:
    """All rows of a series, also the corrected ones; known_at in naive UTC."""

    periods: NDArray[Any]
    values: NDArray[Any]
    known_at: NDArray[Any]
    basis: str = "schedule"


@dataclass(frozen=True)
class FakeView:
    """Rows by series id, seen at an instant."""

    rows: Mapping[str, Rows]
    known_at: datetime
    catalog: Catalog = field(default_factory=lambda: catalog())
    looked_through: date | None = None
    stored_at: datetime | None = None

    def series(
        self, series_id: str, start: date | None = None, end: date | None = None, need: date | None = None
    ) -> Points:
        family = self.catalog.get(series_id.partition("[")[0])
        if family is None:
            raise UnknownSeries(series_id, "no row")
        rows = self.rows.get(series_id)
        if rows is None:
            rows = Rows(np.array([], "datetime64[D]"), np.array([]), np.array([], "datetime64[us]"))
        seen = rows.known_at <= np.datetime64(self.known_at.replace(tzinfo=None), "us")
        order = np.lexsort((rows.known_at[seen], rows.periods[seen]))
        periods, values, known = (a[seen][order] for a in (rows.periods, rows.values, rows.known_at))
        newest = np.append(periods[1:] != periods[:-1], True) if periods.size else np.zeros(0, bool)
        newest &= ~np.isnan(values)
        n = int(newest.sum())
        # One batch per family: the members of a file come together.
        batch = zlib.crc32(series_id.partition("[")[0].encode())
        found = Points(
            series_id,
            family.unit,
            periods[newest],
            values[newest],
            known[newest],
            np.full(n, BASES.index(rows.basis), dtype=np.uint8),  # type: ignore[arg-type]
            np.full(n, batch, dtype=np.int64),
        )
        return found.between(start or date(1800, 1, 1), end or date(2200, 1, 1))

    def members(self, family_id: str) -> list[str]:
        return sorted(i for i in self.rows if i.startswith(family_id + "["))

    def coverage(self, series_id: str) -> Coverage | None:
        rows = self.rows.get(series_id)
        if rows is None or not rows.periods.size:
            return None
        end = self.looked_through or self.known_at.date()
        return Coverage(series_id, rows.periods[0].item(), end, self.known_at)

    def input(self, points: Points) -> Input:
        batches = tuple((str(b), hashlib.sha256(str(b).encode()).hexdigest()) for b in np.unique(points.batch))
        known = points.known_at.max().item().replace(tzinfo=UTC)
        return Input(
            points.series_id,
            points.periods[0].item(),
            points.periods[-1].item(),
            len(points),
            known,
            points.bases,
            batches,
        )

    def announcements(self, at: datetime | None = None) -> list[Announcement]:
        known = self.known_at if at is None else min(at, self.known_at)
        return seen_events(self.catalog.events, known, None)

    def changes(self, since: datetime) -> pl.DataFrame:
        out = []
        for series_id in self.rows:
            now, then = self.series(series_id), self.at(since).series(series_id)
            was = dict(zip(then.periods.tolist(), then.values.tolist(), strict=True))
            for i in np.flatnonzero(now.known_at > np.datetime64(since.replace(tzinfo=None), "us")):
                period, known = now.periods[i].item(), now.known_at[i].item().replace(tzinfo=UTC)
                out.append((series_id, period, known, float(now.values[i]), was.get(period)))
        schema = {
            "series_id": pl.String,
            "period": pl.Date,
            "known_at": pl.Datetime("us", "UTC"),
            "value": pl.Float64,
            "previous": pl.Float64,
        }
        return pl.DataFrame(out, schema=schema, orient="row")

    def at(self, known_at: datetime) -> FakeView:
        return replace(self, known_at=known_at)

    @property
    def day(self) -> date:
        return self.known_at.astimezone(NEW_YORK).date()

    def mapped(self, change: Callable[[str, Rows], Rows | None]) -> FakeView:
        """Every series' rows through a function; None drops the series."""
        done = {i: change(i, r) for i, r in self.rows.items()}
        return replace(self, rows={i: r for i, r in done.items() if r is not None})


@cache
def catalog() -> Catalog:
    """The packaged catalogue."""
    return load()


def rows_of(row: Series, values: Mapping[date, float], basis: str = "schedule") -> Rows:
    """Rows of a series, known from its release rule on; long past days from a fortnight later, which is quicker."""
    days = sorted(values)
    closures = catalog().closures
    recent = days[-1] - timedelta(400) if days else date.max
    known = [
        scheduled(row, d, closures).replace(tzinfo=None)
        if d >= recent or row.frequency != "D"
        else datetime.combine(d, time(0)) + timedelta(14)
        for d in days
    ]
    return Rows(
        np.array(days, "datetime64[D]"),
        np.array([values[d] for d in days], dtype=np.float64),
        np.array(known, "datetime64[us]"),
        basis,
    )


def _column(path: Path, name: str) -> dict[date, float]:
    out = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line[name] not in ("", "."):
                out[date.fromisoformat(line["date"])] = float(line[name])
    return out


def _columns(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return next(csv.reader(file))


_TREASURY = {"par": ("par_yields", "Mo", "Yr"), "real": ("real_yields", "MO", "YR")}


def recorded_values(row: Series, home: Path) -> dict[date, float] | None:
    """The recorded values of a catalogue row by its first provider that is recorded, in the row's unit."""
    for provider in row.providers:
        data = home / "data"
        if provider.source == "fred":
            path = data / "fred" / f"{provider.code}.csv.gz"
            if path.is_file():
                return {d: v * provider.scale for d, v in _column(path, "value").items()}
        if provider.source == "treasury":
            kind, tenor = provider.code.split(":")
            name, month, year = _TREASURY[kind]
            path = data / "treasury" / f"{name}.csv.gz"
            column = f"{tenor[:-1]} {month if tenor.endswith('m') else year}"
            if path.is_file() and column in _columns(path):
                return _column(path, column)
        if provider.source == "cboe":
            path = data / "cboe" / f"{provider.code}.csv.gz"
            if path.is_file():
                return _column(path, _columns(path)[-1])
        if provider.source == "prices":
            path = data / "yahoo" / f"{provider.code}.csv.gz"
            if path.is_file():
                return _column(path, "close")
    return None


def _holdings(home: Path) -> dict[str, dict[date, float]]:
    """Members' weights, closes and sectors by day; a file dated F holds the closes of the session before F."""
    codes = {slug.replace("_", " "): code for code, slug in SECTORS.items()} | {"communication": 50}
    out: dict[str, dict[date, float]] = {}
    for path in sorted((home / "data" / "ishares" / "holdings").glob("IVV_2025*.csv.gz")):
        stamp = path.name[4:12]
        day = date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:]))
        day = sessions("NYSE", day - timedelta(10), day - timedelta(1))[-1]
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if line["asset_class"] != "Equity":
                    continue
                ticker, sector = line["symbol"], line["sector"].lower()
                cells = {"weight": line["weight_pct"], "close": line["price"], "sector": codes.get(sector, "")}
                for kind, text in cells.items():
                    if text not in ("", "-", "0", "0.0"):
                        out.setdefault(f"us.equity.member.{kind}[{ticker}]", {})[day] = float(text)
    return out


@cache
def recorded_view(home: Path, known_at: datetime = NOW) -> FakeView:
    """Everything recorded that the catalogue has a row for; macro values are today's, known by the release rule."""
    rows = {}
    for row in catalog():
        if row.family:
            continue
        values = recorded_values(row, home)
        if values:
            rows[row.id] = rows_of(row, values, "assumed" if row.revises else "schedule")
    for series_id, values in _holdings(home).items():
        rows[series_id] = rows_of(catalog()[series_id], values)
    return FakeView(rows, known_at)


def close_of(day: date) -> datetime:
    """18:00 New York of a day."""
    return new_york(day, time(18))


def invented(
    series_id: str, start: date, end: date, seed: int, *, level: float = 100.0, step: float = 0.01
) -> dict[date, float]:
    """An invented history on the sessions of the series' calendar: prices multiply, yields and spreads add."""
    row = catalog()[series_id]
    days = sessions(row.calendar, start, end)
    moves = np.random.default_rng(seed).standard_normal(len(days))
    if row.kind == "rate":
        values = np.round(level + step * np.cumsum(moves), 2)
    else:
        values = level * np.exp(step * np.cumsum(moves))
    return dict(zip(days, values.tolist(), strict=True))


#: Series of the small invented view: start level, size of a step.
SMALL: dict[str, tuple[float, float]] = {
    "us.equity.spx": (3000.0, 0.01),
    "us.equity.rsp": (100.0, 0.01),
    "us.commodity.gld": (150.0, 0.008),
    "us.rates.par_2y": (3.0, 0.05),
    "us.rates.par_10y": (4.0, 0.05),
    "us.rates.real_10y": (1.5, 0.04),
    "us.credit.ig_oas": (120.0, 2.0),
    "us.credit.hy_oas": (400.0, 8.0),
    "us.vol.vix": (20.0, 0.06),
}


def small_view(seed: int = 0, years: int = 6, known_at: datetime = NOW) -> FakeView:
    """Nine invented daily series that end with the session of `known_at`."""
    end = known_at.date()
    start = end.replace(year=end.year - years)
    rows = {}
    for i, (series_id, (level, step)) in enumerate(SMALL.items()):
        values = invented(series_id, start, end, 100 * seed + i, level=level, step=step)
        rows[series_id] = rows_of(catalog()[series_id], values)
    return FakeView(rows, known_at)


def estimates(view: FakeView) -> dict[str, Any]:
    """Every registered model's estimate of a view, by the model's name."""
    from barograph.models import registry

    return {m.name: m.step(fitted(m, view), view)[1] for m in registry()}


def fitted(model: Any, view: FakeView) -> Any:
    """The model's state for a view: of the month's first session where it is estimated by the month, else of the view."""
    from barograph.models._fitting import refit_at

    return model.fit(view.at(refit_at(view.known_at)) if getattr(model, "monthly", False) else view)


def archive_of(path: Path, rows: Mapping[str, Rows], at: datetime) -> Any:
    """A real archive that holds these rows as one backfill made at `at`; its catalogue is the packaged one."""
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.core.observation import Reading
    from barograph.core.time import Clock

    archive = Archive.open(path, catalog(), create=True)
    with archive.writer(Clock(at)) as writer:
        fetches = []
        by_family: dict[str, list[Reading]] = {}
        for series_id, held in rows.items():
            readings = by_family.setdefault(series_id.partition("[")[0], [])
            pairs = zip(held.periods.tolist(), held.values.tolist(), strict=True)
            readings += [Reading(series_id, day, value) for day, value in pairs if day <= at.date()]
        for family, readings in by_family.items():
            sha = writer.store_raw(family.encode())
            window = (min(r.period for r in readings), at.date())
            fetches.append(Fetch("test", f"test {family}", sha, window, (family,), readings))
        writer.commit(fetches)
    return archive
