"""The archive: opened for reading by anybody, for writing by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from barograph.archive import files, segments
from barograph.archive.held import Held, Written
from barograph.archive.journal import SCHEMA, Journal
from barograph.archive.lock import locked
from barograph.archive.quarantine import QuarantineEntry
from barograph.archive.states import States
from barograph.archive.table import VintageTable, micros
from barograph.archive.view import AsOf, Rows
from barograph.core.errors import ArchiveError
from barograph.core.estimate import Problem
from barograph.core.observation import Batch, Coverage
from barograph.core.time import NEW_YORK, Clock

if TYPE_CHECKING:
    from barograph.archive.writer import Writer


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The log in memory and the entry of the journal up to which it holds it."""

    names: tuple[str, ...]
    table: VintageTable


class Archive:
    """An archive folder.

    `journal.db` holds the journal, `log/` the segments, `raw/` the providers' bodies, `catalogue/` rows of its own.
    """

    def __init__(self, path: Path, catalog: Rows) -> None:
        self.path, self.catalog = path, catalog
        self._journal = Journal(path / "journal.db")
        self._held = Held()
        self._loaded: _Loaded | None = None
        self.refresh()

    @classmethod
    def open(cls, path: str | Path, catalog: Rows, *, create: bool = False) -> Archive:
        """Open an archive.

        Parameters
        ----------
        create
            Make it when it is not there.

        Raises
        ------
        ArchiveError
            There is none, it cannot be read, or a newer version wrote it.
        DamageError
            Journal or segments are not what was committed.
        """
        path = Path(path)
        if create:
            # Also where a run was killed while it made the journal: the table may not be there yet.
            if path.exists() and not path.is_dir():
                raise ArchiveError(f"an archive at {path}", "a file is there", "", "Give a folder with --archive.")
            try:
                files.make_folder(path)
                if not Journal.is_begun(path / "journal.db"):
                    # Under the lock: the last writing connection to close folds the log, which only the writer may.
                    with locked(path):
                        Journal(path / "journal.db", writer=True, create=True).close()
            except OSError as error:
                raise files.unwritable(path, error) from error
        return cls(path, catalog)

    def refresh(self) -> None:
        """Fold what was written since; segments are read again when the list of them has changed."""
        self._journal.reopen_if_frozen()
        for entry in self._journal.entries(self._held.seq, self._held.link):
            self._held.fold(entry)

    @property
    def held(self) -> Held:
        """What the journal holds, folded."""
        return self._held

    def table(self) -> VintageTable:
        """The vintage log in memory, its segments checked against the journal."""
        names = tuple(self._held.segments)
        if self._loaded is None or self._loaded.names != names:
            frames = [segments.read(self.path, s) for s in self._held.segments.values()]
            if len(frames) == 1:
                table = VintageTable.of(frames[0], ordered=True)
            else:
                table = VintageTable.of(pl.concat(frames) if frames else pl.DataFrame(schema=segments.SCHEMA))
            self._loaded = _Loaded(names, table)
        return self._loaded.table

    def as_of(self, known_at: datetime, stored_at: datetime | None = None) -> AsOf:
        """The view of what could be known at `known_at` (UTC), from rows stored by `stored_at`."""
        self.refresh()
        return AsOf(self.table(), self._held, self.catalog, known_at, stored_at)

    def coverage(self, series_id: str) -> Coverage | None:
        """How far a series has been looked at."""
        return self._held.coverage(series_id)

    def coverages(self) -> dict[str, Coverage]:
        """How far every series has been looked at."""
        out = {}
        for series_id in self._held.looks:
            found = self._held.coverage(series_id)
            if found is not None:
                out[series_id] = found
        return out

    def vintages_looked_at(self, series_id: str) -> datetime | None:
        """When all vintages of the series were last held, up to that day; None where they never were.

        A look that ended before its own day says nothing of the periods after it: it does not count.
        """
        looks = [k for k in self._held.looks.get(series_id, ()) if k.vintages]
        return max((k.at for k in looks if k.end >= k.at.astimezone(NEW_YORK).date()), default=None)

    def vintages(self, series_id: str, period: date | None = None, stored_at: datetime | None = None) -> pl.DataFrame:
        """Every row of a series, or of one period: series_id, period, known_at, value, known_basis, batch_id, stored_at.

        Assumed rows that a vintage row hides are left out.
        """
        import numpy as np

        _ = self.catalog[series_id]
        table = self.table()
        lo, hi = table.stretch(series_id, period, period)
        at = np.arange(lo, hi)
        if stored_at is None:
            at = at[table.hidden_from[lo:hi] == np.iinfo(np.int64).max]
        else:
            s = micros(stored_at)
            at = at[(table.stored[lo:hi] <= s) & (table.hidden_from[lo:hi] > s)]
        return table.rows(at, series_id)

    def batch(self, batch_id: str) -> Batch:
        """A batch by its id."""
        if batch_id not in self._held.batches:
            raise ArchiveError(f"batch {batch_id}", "no such batch", "", "See `barograph doctor`.")
        return self._held.batches[batch_id]

    def batches(self) -> pl.DataFrame:
        """All batches: batch_id, source, request, stored_at, sha256, first, last, rows, new."""
        rows = [
            (b.batch_id, b.source, b.request, b.stored_at, b.sha256, *b.window, b.rows, b.new)
            for b in self._held.batches.values()
        ]
        schema: dict[str, Any] = {
            "batch_id": pl.String, "source": pl.String, "request": pl.String, "stored_at": pl.Datetime("us", "UTC"),
            "sha256": pl.String, "first": pl.Date, "last": pl.Date, "rows": pl.Int64, "new": pl.Int64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    def raw(self, digest: str) -> bytes:
        """The raw body of a sha256, checked."""
        return files.read_raw(self.path, digest)

    def conditional(self, request: str, window: tuple[date, date]) -> tuple[str | None, str | None] | None:
        """(etag, last_modified) of the last answer to a request, if "unchanged" may stand for `window`; else None.

        It may where that answer's window held this one, or reached to its own day: then nothing of the body was left out
        for being too late.
        """
        if request not in self._held.conditional:
            return None
        etag, modified, batch = self._held.conditional[request]
        last = max(batch.window[1], window[1]) if batch.window[1] >= _day(batch.stored_at) else batch.window[1]
        return (etag, modified) if batch.window[0] <= window[0] and window[1] <= last else None

    def quarantined(self, state: str | None = None) -> list[QuarantineEntry]:
        """Values held back, or those in one state (held, released, rejected)."""
        return [q for q in self._held.quarantine.values() if state is None or q.state == state]

    def problems(self, limit: int = 100) -> list[Problem]:
        """The newest problems first."""
        return self._held.problems[::-1][:limit]

    def statements(self, made_on: date | None = None) -> list[tuple[Any, datetime, str]]:
        """(statement, stored_at, link) of the ledger, oldest first."""
        rows: list[Written] = [w for w in self._held.statements if made_on is None or w.statement.made_on == made_on]
        return [(w.statement, w.stored_at, w.link) for w in rows]

    @property
    def states(self) -> States:
        """What models have estimated on this archive, kept beside it."""
        return States(self.path)

    def runs(self) -> list[dict[str, Any]]:
        """What updates did, oldest first."""
        return list(self._held.runs)

    def head(self) -> str:
        """The head of the chain over everything written, to be kept outside the archive."""
        return self._held.link

    def head_at(self, stored_at: datetime) -> str:
        """The head as it stood at `stored_at`."""
        links = [link for at, link in self._held.links if at <= stored_at]
        return links[-1] if links else "0" * 64

    def segment_count(self) -> int:
        """How many segments make up the log."""
        return len(self._held.segments)

    def verify(self, anchor: str | None = None) -> list[Problem]:
        """Re-check every byte: chain, segments, raw bodies, and an earlier head where one is given."""
        from barograph.archive.verify import examine

        return examine(self.path, anchor)

    @contextmanager
    def writer(self, clock: Clock) -> Iterator[Writer]:
        """The one writer.

        Raises
        ------
        LockedError
            Another process writes; the message says which and since when.
        """
        from barograph.archive.writer import Writer

        with locked(self.path, clock):
            writer = Writer(self, clock)
            try:
                writer.begin()
                yield writer
            finally:
                writer.close()
        self.refresh()


def _day(instant: datetime) -> date:
    return instant.astimezone(NEW_YORK).date()


__all__ = ["SCHEMA", "Archive"]
