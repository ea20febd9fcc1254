"""A small archive of invented figures, built through the writer, on which every model has something to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from barograph.archive.archive import Archive
from barograph.archive.commit import CommitResult, Fetch
from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.observation import Reading
from barograph.core.series import family_of
from barograph.core.time import Clock, sessions
from models_view import SMALL, invented

#: 18:30 New York of the last session, on which the archive was filled.
FILLED = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)
LAST, FIRST = date(2025, 11, 5), date(2023, 11, 1)
MEMBERS = {"AAA": 45, "BBB": 45, "CCC": 50, "DDD": 40, "EEE": 10, "FFF": 35, "GGG": 20, "HHH": 55}
PAYROLLS, CPI = "us.labour.payrolls", "us.prices.cpi"


@cache
def packaged() -> Catalog:
    """The packaged catalogue."""
    return load()


@cache
def readings(seed: int = 0) -> tuple[Reading, ...]:
    """Nine daily series over two years, eight members of the index over four months, payrolls with vintages, a CPI, one
    market's positions, the parts of net liquidity by week."""
    out: list[Reading] = []
    for i, (series_id, (level, step)) in enumerate(SMALL.items()):
        values = invented(series_id, FIRST, LAST, 100 * seed + i, level=level, step=step)
        out += [Reading(series_id, day, round(v, 4)) for day, v in values.items()]
    rng = np.random.default_rng(seed)
    for key, sector in MEMBERS.items():
        close, weight = 100.0, 100.0 / len(MEMBERS)
        for day in sessions("NYSE", LAST - timedelta(120), LAST):
            close *= float(np.exp(0.01 * rng.standard_normal()))
            cells = {"close": round(close, 4), "weight": round(weight * close / 100.0, 6), "sector": float(sector)}
            out += [Reading(f"us.equity.member.{k}[{key}]", day, v) for k, v in cells.items()]
    day = FIRST + timedelta((1 - FIRST.weekday()) % 7)
    while day <= LAST:
        share = 0.1 * float(rng.standard_normal())
        out.append(Reading("us.positioning.es.lev_money_net", day, float(round(2_000_000 * share))))
        out.append(Reading("us.positioning.es.open_interest", day, 2_000_000.0))
        day += timedelta(7)
    levels = {"us.money.fed_assets": 7000.0, "us.money.treasury_account": 700.0, "us.money.reverse_repo": 400.0}
    day = FIRST + timedelta((2 - FIRST.weekday()) % 7)
    while day <= LAST:
        for series_id in levels:
            levels[series_id] *= float(np.exp(0.01 * rng.standard_normal()))
            out.append(Reading(series_id, day, round(levels[series_id], 3)))
        day += timedelta(7)
    for n in range(30):
        period = date(2023 + (n + 3) // 12, (n + 3) % 12 + 1, 1)
        if period > date(2025, 8, 1):
            break
        value = 150_000.0 + 150.0 * n
        following = (period + timedelta(40)).replace(day=5)
        out.append(Reading(PAYROLLS, period, value, vintage=following))
        if (later := following + timedelta(30)) <= LAST:
            out.append(Reading(PAYROLLS, period, value - 12.0, vintage=later))
        out.append(Reading(CPI, period, round(300.0 + 0.7 * n, 3)))
    return tuple(out)


def small(path: Path, seed: int = 0) -> Archive:
    """Make the archive in one backfill, looked at through its last session."""
    archive = Archive.open(path, packaged(), create=True)
    add(archive, readings(seed), FILLED)
    return archive


def fetch(writer: object, given: Sequence[Reading], what: str = "test") -> Fetch:
    """One answer that says these readings."""
    sha = writer.store_raw(repr(list(given)).encode())  # type: ignore[attr-defined]
    days = [r.period for r in given]
    ids = tuple(dict.fromkeys(family_of(r.series_id) for r in given))
    return Fetch("test", what, sha, (min(days), max(days)), ids, list(given))


def add(archive: Archive, given: Iterable[Reading], at: datetime, look: bool = True) -> list[CommitResult]:
    """Commit readings as one answer per family at `at`; `look` notes that all of them were looked at through that day."""
    groups: dict[str, list[Reading]] = {}
    for reading in given:
        groups.setdefault(family_of(reading.series_id), []).append(reading)
    with archive.writer(Clock(at)) as writer:
        done = writer.commit([fetch(writer, rows, f"test {family}") for family, rows in groups.items()])
        if look:
            first = min(r.period for rows in groups.values() for r in rows)
            writer.cover([(family, first, max(at.date(), first)) for family in groups])
    return done
