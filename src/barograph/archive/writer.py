"""The one writer: raw bodies, commits, looks, problems, statements, compaction. Each call is durable when it returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from barograph.archive import files, segments
from barograph.archive.bulletin import event_json, fresh_events, fresh_news, news_json
from barograph.archive.commit import CommitResult, Fetch, Prepared, batch_json, problem_json
from barograph.archive.journal import SCHEMA, Journal
from barograph.archive.opinions import confirmed
from barograph.archive.quarantine import QuarantineEntry
from barograph.archive.remembered import HeldRows
from barograph.archive.sift import Origin, sift
from barograph.archive.stamp import newest, stamp
from barograph.archive.table import batch_id
from barograph.core.errors import ArchiveError
from barograph.core.estimate import Problem, Statement
from barograph.core.observation import CalendarItem, NewsItem, Reading
from barograph.core.series import Series
from barograph.core.time import Clock

if TYPE_CHECKING:
    from barograph.archive.archive import Archive

#: More segments than this are merged at the end of an update.
MANY = 8
#: How long replaced segments stay for readers that still hold an older list of them.
GRACE = timedelta(minutes=10)
#: The source of a batch in which another provider's word lets a value in.
SECOND = "second source"


class Writer:
    """Made by `Archive.writer`; not to be kept after its block."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self.archive, self.clock = archive, clock
        self._root, self._held = archive.path, archive.held
        self._catalog = archive.catalog
        self._journal = Journal(archive.path / "journal.db", writer=True)
        self._rows = HeldRows(archive)

    def begin(self) -> None:
        """Take in what others wrote, note the schema in a fresh archive, sweep what nobody needs."""
        self.archive.refresh()
        if self._held.seq == 0:
            self._write([("schema", {"version": SCHEMA})])
        if self._held.stored_at is not None and self.clock.now < self._held.stored_at - timedelta(minutes=1):
            self.problem(
                Problem(
                    "clock",
                    "stored_at",
                    f"the clock says {self.clock.now:%Y-%m-%d %H:%M} UTC, the archive was last written at "
                    f"{self._held.stored_at:%Y-%m-%d %H:%M}; storage times go on from there",
                    "warning",
                    "Check the machine's clock.",
                )
            )
        self.sweep()

    def close(self) -> None:
        """Fold the write-ahead log and let go."""
        try:
            self._journal.checkpoint()
        finally:
            self._journal.close()

    def use_catalog(self, catalog: Any) -> None:
        """Go on with a catalogue that has gained rows."""
        self._catalog = self.archive.catalog = catalog

    # ---------------------------------------------------------------- writing

    def _now(self) -> datetime:
        """A storage time: the clock's, and always later than the last one."""
        last = self._held.stored_at
        now = self.clock.now.astimezone(UTC)
        return now if last is None or now > last else last + timedelta(microseconds=1)

    def _write(self, items: list[tuple[str, dict[str, Any]]], stored_at: datetime | None = None) -> None:
        for entry in self._journal.append(stored_at or self._now(), items):
            self._held.fold(entry)

    def store_raw(self, body: bytes) -> str:
        """Store a body before it is parsed; returns its sha256."""
        return files.store_raw(self._root, body)

    def commit(self, fetches: Sequence[Fetch]) -> list[CommitResult]:
        """Commit answers together: one segment, one transaction; all or nothing.

        Raises
        ------
        ArchiveError
            The disk refuses; the archive is as it was.
        """
        stored_at = self._now()
        try:
            made = self._prepare(fetches, stored_at)
            segment = None
            if made.columns["period"]:
                frame = pl.DataFrame(made.columns, schema=segments.SCHEMA)
                segment = segments.write(self._root, self._held.seq + 1, frame)
            body = {
                "segment": segment.to_json() if segment else None,
                "batches": made.batches,
                "quarantine": [q.to_json() for q in made.quarantine.values()],
                "settled": list(made.settled.items()),
            }
            if made.news or made.events:
                body |= {"news": [news_json(n) for n in made.news], "events": [event_json(e) for e in made.events]}
            problems = [("problem", problem_json(p)) for r in made.results for p in r.problems()]
            self._write([("commit", body), *problems], stored_at)
        except BaseException:
            self._rows.clear()  # rows remembered for this commit were not written: a retry must not take them for held
            raise
        return made.results

    def _prepare(self, fetches: Sequence[Fetch], stored_at: datetime) -> Prepared:
        """Judge and stamp every answer; the rows to be are remembered in `_rows`, for the next answer to compare with."""
        out = Prepared()
        # The oldest period of each series over all the answers: what was remembered is not unfolded anew half-way.
        oldest: dict[str, date] = {}
        for fetch in fetches:
            for r in fetch.readings:
                if r.series_id not in oldest or r.period < oldest[r.series_id]:
                    oldest[r.series_id] = r.period
        for number, fetch in enumerate(fetches, start=len(self._held.batches) + 1):
            grouped: dict[str, list[Reading]] = defaultdict(list)
            for reading in fetch.readings:
                grouped[reading.series_id].append(reading)
            if fetch.source == SECOND:
                grouped[fetch.series_ids[0]] = []
            new = unchanged = 0
            quarantined: list[QuarantineEntry] = []
            for series_id, readings in grouped.items():
                series = self._catalog[series_id]
                waiting = self._held_back(series_id, out)
                waits = [q.period for q in waiting if q.state == "held"]
                held = self._rows.of(series_id, min([oldest.get(series_id, date.max), *waits]))
                free = len(self._held.quarantine) + len(out.quarantine) + 1
                origin = Origin(batch_id(number), fetch.sha256, stored_at, free)
                looks = self._held.looks.get(series_id) or self._held.looks.get(series_id.split("[", 1)[0]) or ()
                kept, bad, done = sift(
                    series, readings, held, waiting, origin, self._catalog.closures, self._others(series), looks
                )
                out.quarantine.update({q.id: q for q in bad})
                out.settled.update(done)
                quarantined += bad
                periods = {q.id: q.period for q in waiting}
                stamped = stamp(
                    series,
                    kept,
                    lambda p, held=held: held.get(p, []),  # type: ignore[misc]
                    looks,
                    stored_at,
                    self._catalog.closures,
                    frozenset(periods[n] for n, state in done if state == "released"),
                )
                new += len(stamped.rows)
                unchanged += stamped.unchanged
                for row in stamped.rows:
                    out.add(series_id, row, number, stored_at)
                    held.setdefault(row.period, []).append(row)
            if fetch.items or fetch.whole:
                new += self._take_items(fetch, out, batch_id(number), stored_at)
            out.batches.append(batch_json(batch_id(number), fetch, new))
            out.results.append(CommitResult(batch_id(number), new, unchanged, quarantined))
        return out

    def _take_items(self, fetch: Fetch, out: Prepared, batch: str, stored_at: datetime) -> int:
        """Add an answer's headlines and events that say anything new; returns how many."""
        looks = [k for i in fetch.series_ids for k in self._held.looks.get(i, ())]
        news = [i for i in fetch.items if isinstance(i, NewsItem)]
        events = [i for i in fetch.items if isinstance(i, CalendarItem)]
        headlines = fresh_news(news, [*self._held.news, *out.news], looks, batch, stored_at)
        announced = fresh_events(
            events, [*self._held.events, *out.events], batch, stored_at, fetch.series_ids, fetch.whole
        )
        out.news += headlines
        out.events += announced
        return len(headlines) + len(announced)

    def _others(self, series: Series) -> Callable[[date], list[float | None]]:
        """What other providers have for a period, held back or not: two that say the same do not both err."""
        first, _, mine = series.id.partition("@")  # beside a second opinion stands the first provider's word
        ids = [first] if mine else [f"{first}@{p.source}" for p in series.providers[1:]]

        def values(period: date) -> list[float | None]:
            rows = (newest(self._rows.of(i, period).get(period, [])) for i in ids)
            waiting = (q for q in self._held.quarantine.values() if q.state == "held" and q.period == period)
            return [*(r.value for r in rows if r is not None), *(q.value for q in waiting if q.series_id in ids)]

        return values

    def ask_the_second(self) -> list[CommitResult]:
        """Let in the values held back that another provider has too, under a batch that says so."""
        out: list[CommitResult] = []
        for q in [q for q in self._held.quarantine.values() if q.state == "held"]:
            series = self._catalog[q.series_id]
            if confirmed(series, q.period, q.value, self._others(series)(q.period)):
                asked = f"second opinion on {q.series_id} of {q.period}"
                out += self.commit([Fetch(SECOND, asked, q.sha256, (q.period, q.period), (q.series_id,), ())])
        return out

    def _held_back(self, series_id: str, pending: Prepared) -> list[QuarantineEntry]:
        """Values of the series held back earlier, by this commit too, with what became of them."""
        entries = [*self._held.quarantine.values(), *pending.quarantine.values()]
        return [replace(q, state=pending.settled.get(q.id, q.state)) for q in entries if q.series_id == series_id]

    def cover(self, looks: Sequence[tuple[str, date, date]], vintages: Collection[str] = ()) -> None:
        """Note that series were looked at, successfully, over windows of periods; of some all vintages came."""
        windows: dict[tuple[date, date], list[str]] = defaultdict(list)
        for series_id, start, end in looks:
            windows[(start, end)].append(series_id)
        if windows:
            rows = [[a.isoformat(), b.isoformat(), sorted(set(ids))] for (a, b), ids in sorted(windows.items())]
            whole = sorted({i for i, _, _ in looks} & set(vintages))
            self._write([("look", {"windows": rows} | ({"vintages": whole} if whole else {}))])

    def quarantine_body(self, source: str, request: str, sha: str, reason: str) -> None:
        """Note a body that could not be parsed; its bytes are under raw/."""
        self._write([("body", {"source": source, "request": request, "sha256": sha, "reason": reason})])

    def problem(self, problem: Problem) -> None:
        """Record a failure as data."""
        self._write([("problem", problem_json(problem))])

    def log_run(self, what: str, until: date, summary: dict[str, Any], exit_code: int) -> None:
        """Record what a run did."""
        self._write([("run", {"what": what, "until": until.isoformat(), "summary": summary, "exit_code": exit_code})])

    def add_statements(self, statements: Sequence[Statement]) -> None:
        """Write statements to the ledger; one that was made is never made again."""
        made = {w.statement.id for w in self._held.statements}
        items: list[tuple[str, dict[str, Any]]] = []
        for s in statements:
            if s.id in made:
                raise ArchiveError(f"statement {s.id}", "the ledger has it", "", "A statement is made once.")
            items.append(("statement", {**asdict(s), "made_on": s.made_on.isoformat(), "due": s.due.isoformat()}))
        if items:
            self._write(items)

    # ---------------------------------------------------------------- housekeeping

    def compact(self, *, force: bool = False) -> bool:
        """Merge the segments into one when there are many; content is preserved, replaced files are kept for a while.

        Raises
        ------
        DamageError
            A segment is damaged, or the merged rows are not the rows that were there: nothing is replaced then.
        """
        live = list(self._held.segments.values())
        if len(live) < 2 or (len(live) <= MANY and not force):
            return False
        frame = pl.concat([segments.read(self._root, s) for s in live])
        merged = segments.write(self._root, self._held.seq + 1, frame)
        if merged.content != segments.add_contents([s.content for s in live]) or merged.rows != sum(
            s.rows for s in live
        ):
            raise ArchiveError("compaction", "the merged rows differ from the rows that were there", "", "Report this.")
        self._write([("compaction", {"segment": merged.to_json(), "replaced": [s.name for s in live]})])
        return True

    def sweep(self, grace: timedelta | None = None) -> None:
        """Remove replaced and orphaned files that are older than the grace period."""
        grace = GRACE if grace is None else grace
        folder = self._root / "log"
        if not folder.is_dir():
            return
        now = self._now()
        old = [n for n, at in self._held.replaced.items() if now - at >= grace]
        for name in old:
            (folder / name).unlink(missing_ok=True)
        if old:
            files.sync_folder(folder)
            self._write([("sweep", {"removed": old})])
        known = set(self._held.segments) | set(self._held.replaced)
        # Orphans of a run that was killed between writing a file and naming it. Their age is judged by the file system's
        # own clock: the lock was written when this writer began.
        began = (self._root / "lock").stat().st_mtime
        for path in folder.iterdir():
            if path.name not in known and began - path.stat().st_mtime >= grace.total_seconds():
                path.unlink(missing_ok=True)
        for path in (self._root / "raw").glob("*/*.part"):
            if began - path.stat().st_mtime >= grace.total_seconds():
                path.unlink(missing_ok=True)
