"""A process that writes to an archive until it is stopped; every batch is acknowledged on stdout after its commit.

Run as `python archive_worker.py FOLDER FIRST COUNT [PLANT]`. PLANT names a bug to build in, which the tests must find:
`no_fsync` (nothing is synced), `no_dirsync` (names are not made durable), `journal_first` (the journal names a segment
before its file is there).
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from barograph.archive import files, journal, segments
from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.catalog.load import load
from barograph.core.estimate import Statement
from barograph.core.observation import Reading
from barograph.core.time import Clock

SERIES = "us.vol.vix"
FIRST_DAY = date(2000, 1, 3)


def value_of(batch: int) -> float:
    """The figure that batch number `batch` carries."""
    return 10.0 + batch / 8.0


def day_of(batch: int) -> date:
    """The period of that figure."""
    return FIRST_DAY + timedelta(batch)


def plant(name: str) -> None:
    """Build in a bug."""
    if name == "no_fsync":
        files.os = _Without("fsync")  # type: ignore[attr-defined]
        real = journal.Journal._connect

        def careless(self, writer, create):  # type: ignore[no-untyped-def]
            db = real(self, writer, create)
            db.execute("PRAGMA synchronous=OFF")
            return db

        journal.Journal._connect = careless  # type: ignore[method-assign]
    elif name == "no_dirsync":
        files.sync_folder = lambda folder: None
    elif name == "journal_first":
        _journal_first()


class _Without:
    """The os module with one function doing nothing."""

    def __init__(self, name: str) -> None:
        import os

        self._os, self._name = os, name

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        return (lambda *args: None) if name == self._name else getattr(self._os, name)


def _journal_first() -> None:
    """The segment's bytes are kept back until after the journal has named it, on a disk that takes a moment."""
    waiting: list[tuple[Path, bytes]] = []
    real_write, real_append = segments.write_durable, journal.Journal.append
    segments.write_durable = lambda path, data: waiting.append((path, data))

    def append(self, stored_at, items):  # type: ignore[no-untyped-def]
        made = real_append(self, stored_at, items)
        while waiting:
            time.sleep(0.005)
            real_write(*waiting.pop())
        return made

    journal.Journal.append = append  # type: ignore[method-assign]


def main() -> None:
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) > 4:
        plant(sys.argv[4])
    archive = Archive.open(folder, load(), create=True)
    for batch in range(first, first + count):
        clock = Clock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=batch))
        with archive.writer(clock) as writer:
            sha = writer.store_raw(f"body of batch {batch}".encode())
            day = day_of(batch)
            fetch = Fetch(
                "cboe",
                f"https://example.invalid/{batch}",
                sha,
                (day, day),
                (SERIES,),
                [Reading(SERIES, day, value_of(batch))],
            )
            writer.commit([fetch])
            writer.cover([(SERIES, day, day)])
            if batch % 3 == 2:
                writer.add_statements([replace(STATEMENT, id=f"s{batch}", made_on=day, due=day + timedelta(1))])
            if batch % 5 == 4:
                writer.compact(force=True)
                writer.sweep(timedelta(0))
        sys.stdout.write(f"ACK {batch}\n")
        sys.stdout.flush()


STATEMENT = Statement("s", FIRST_DAY, FIRST_DAY, "vol.us.vix.level", "80 % range", "points", "interval", 1.0, 2.0, 0.8)

if __name__ == "__main__":
    main()
