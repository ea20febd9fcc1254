"""The life of an archive of one invented price: what is said on which day, what a reader then sees, what waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from barograph.archive.archive import Archive
from barograph.archive.commit import CommitResult
from barograph.catalog.catalog import Catalog
from barograph.core.observation import Reading
from barograph.core.time import Clock, sessions
from small_archive import fetch, packaged

GOLD = "us.commodity.gld"
DAYS = sessions("NYSE", date(2025, 9, 2), date(2025, 11, 5))
EVENING = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)
LAST = DAYS[-1]


def normal(days: tuple[date, ...] | list[date] = DAYS) -> list[Reading]:
    return [Reading(GOLD, d, 18.0 + 0.1 * (d.toordinal() % 7)) for d in days]


class Life:
    """An archive and its commits; `at` is the storage time in days after the first evening."""

    def __init__(self, path: Path, catalog: Catalog | None = None) -> None:
        self.archive = Archive.open(path, catalog or packaged(), create=True)

    def say(self, *readings: Reading, at: float = 0.0) -> CommitResult:
        with self.archive.writer(Clock(EVENING + timedelta(days=at))) as writer:
            [done] = writer.commit([fetch(writer, readings)])
            writer.cover([(readings[0].series_id, DAYS[0], LAST + timedelta(int(at)))])
        return done

    def value(self, period: date, series_id: str = GOLD) -> float | None:
        view = self.archive.as_of(datetime(2030, 1, 1, tzinfo=UTC))
        return view.series(series_id).value_on(period)

    def states(self) -> list[str]:
        return [q.state for q in self.archive.quarantined()]
