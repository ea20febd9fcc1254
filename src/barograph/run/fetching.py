"""One update under way: answers fetched in threads, everything else in the one thread that holds the writer.

Order for each answer: body stored by its sha256, then parsed, then committed. What cannot be parsed is quarantined with
its raw bytes; what cannot be fetched is a Problem; nothing that goes wrong with one provider touches another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from barograph.core.errors import BarographError, SourceError
from barograph.core.estimate import Problem, Severity
from barograph.core.observation import Item, Reading
from barograph.core.series import family_of, second_of
from barograph.sources import Request, Source
from barograph.sources._protocol import FallsBack, Partial, Whole

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.archive.writer import Writer
    from barograph.catalog.catalog import Catalog
    from barograph.sources._http import Response

#: Answers committed together: one segment, one transaction.
GROUP = 24


class Fetcher(Protocol):
    """What ingest needs of the HTTP client."""

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Return the answer or raise SourceError."""
        ...


@dataclass(slots=True)
class SourceResult:
    """What came from one provider: requests asked, answered, unchanged (304) and failed; rows; entries quarantined.

    `second_came` and `second_failed` count the requests for a second opinion on series that another provider gives;
    the first are among those that came. `feeds_failed` are among those that failed: no figure is missing with them.
    """

    source: str
    series: int = 0
    asked: int = 0
    came: int = 0
    unchanged: int = 0
    failed: int = 0
    rows: int = 0
    new: int = 0
    quarantined: int = 0
    bodies_quarantined: int = 0
    second_came: int = 0
    second_failed: int = 0
    feeds_failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class UpdateResult:
    """What an update did. `exit_code`: 0 every figure came, 3 some failed, 1 nothing came."""

    sources: dict[str, SourceResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        failed = sum(r.failed + r.bodies_quarantined for r in self.sources.values())
        good = sum(r.came + r.unchanged - r.second_came for r in self.sources.values())
        feeds = sum(r.feeds_failed for r in self.sources.values())
        if not failed or (failed == feeds and good > 0):
            return 0
        return 3 if good > 0 else 1


Progress = Callable[[str, int, int, str], None]  # source, done, of, what


def quiet(source: str, done: int, of: int, what: str) -> None:
    """No progress shown."""


class Run:
    """The requests of one update, from asking to committing."""

    def __init__(
        self,
        archive: Archive,
        catalog: Catalog,
        picked: dict[str, Source],
        writer: Writer,
        client: Fetcher,
        result: UpdateResult,
        progress: Progress,
    ) -> None:
        self.archive, self.catalog, self.picked, self.writer = archive, catalog, picked, writer
        self.client, self.result, self.progress = client, result, progress
        self.pending: dict[Future[Response], Request] = {}
        self.failed: set[str] = set()
        self.looked: dict[str, tuple[date, date]] = {}
        self.feeds = {f.id for f in catalog.feeds}
        self.unheard: dict[tuple[str, str, str], list[str]] = {}
        self.with_vintages: set[str] = set()
        self.without: set[str] = set()
        self.ready: list[tuple[Request, Response, str, Sequence[Item]]] = []
        self.pools: dict[str, ThreadPoolExecutor] = {}
        self.waiting = {family_of(q.series_id) for q in archive.quarantined("held")}

    def work(self, plans: dict[str, list[Request]]) -> None:
        try:
            for name, requests in plans.items():
                self.pools[name] = ThreadPoolExecutor(max(self.picked[name].per_host, 1), thread_name_prefix=name)
                for request in requests:
                    self._submit(request)
            while self.pending:
                # Answers about the same series are taken in the order of asking: vintages build on each other.
                heads: dict[tuple[str, ...], Future[Response]] = {}
                for future, request in self.pending.items():
                    heads.setdefault(request.series, future)
                done, _ = wait(heads.values(), return_when=FIRST_COMPLETED)
                for future in [f for f in self.pending if f in done]:
                    self._take(self.pending.pop(future), future)
                if len(self.ready) >= GROUP:
                    self._commit()
            self._commit()
            self.writer.ask_the_second()
            for (source, found, step), feeds in sorted(self.unheard.items()):
                self.writer.problem(Problem(source, ", ".join(sorted(feeds)), found, "warning", step))
            # A series is covered only when all that was asked about it came: what failed is asked again next time.
            covered = [(i, *w) for i, w in sorted(self.looked.items()) if i not in self.failed]
            self.writer.cover(covered, vintages=self.with_vintages - self.without)
        finally:
            for pool in self.pools.values():
                pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, request: Request) -> None:
        etag, modified = None, None
        if all(self.archive.coverage(i) is not None and i not in self.waiting for i in request.series):
            # Only where every series of the answer is held already may "nothing changed" stand for its figures; a value
            # held back waits for the provider to say it again.
            etag, modified = self.archive.conditional(request.describe(), request.window) or (None, None)
        (self.with_vintages if request.vintages else self.without).update(request.series)
        for series_id in request.series:
            first, last = self.looked.get(series_id, request.window)
            self.looked[series_id] = (min(first, request.window[0]), max(last, request.window[1]))
        future = self.pools[request.source].submit(self.client.get, request, etag, modified)
        self.pending[future] = request

    def _take(self, request: Request, future: Future[Response]) -> None:
        row = self.result.sources[request.source]
        source = self.picked[request.source]
        try:
            response = future.result()
        except SourceError as error:
            if not self._ask_otherwise(request, error):
                self._fail(request, error)
            self._tick(request)
            return
        row.second_came += all(map(second_of, request.series))
        if response.not_modified:
            row.unchanged += 1
            self._tick(request)
            return
        sha = self.writer.store_raw(response.body)
        try:
            further = source.follow(request, response.body)
            rows = {i: self.catalog[i] for i in request.series if i in self.catalog}
            items = source.parse(response.body, request, rows)
        except SourceError as error:
            self.writer.quarantine_body(request.source, request.describe(), sha, error.found)
            if not self._ask_otherwise(request, error):
                self._fail(request, error, body=True)
        else:
            row.came += 1
            row.rows += len(items)
            if isinstance(items, Partial) and items.left_out:
                subject = ", ".join(request.series)
                self.result.notes.append(f"{request.source}: {subject}: {items.left_out}")
                self.writer.problem(Problem(request.source, subject, items.left_out, "info"))
            row.asked += len(further)
            for more in further:
                self._submit(more)
            if items or isinstance(items, Whole):
                self.ready.append((request, response, sha, items))
        self._tick(request)

    def _ask_otherwise(self, request: Request, error: SourceError) -> bool:
        """Put what the provider can be asked instead in the place of a request that failed; False where nothing can."""
        source = self.picked[request.source]
        other = source.otherwise(request, error.found) if isinstance(source, FallsBack) else []
        for more in other:
            self._submit(more)
        if other:
            self.result.sources[request.source].asked += len(other) - 1
            subject = ", ".join(request.series[:3])
            self.writer.problem(Problem(request.source, subject, f"{error.found}; asked in another way", "info"))
        return bool(other)

    def _tick(self, request: Request) -> None:
        row = self.result.sources[request.source]
        done = row.came + row.unchanged + row.failed + row.bodies_quarantined + row.second_failed
        self.progress(request.source, done, row.asked, ", ".join(request.series[:2]))

    def _fail(self, request: Request, error: BarographError, body: bool = False) -> None:
        self.failed.update(request.series)
        row = self.result.sources[request.source]
        subject = ", ".join(request.series[:3]) + (" ..." if len(request.series) > 3 else "")
        if all(map(second_of, request.series)):
            # Nothing that the page shows is missing when a second opinion is.
            row.second_failed += 1
            row.second_came -= body
            self.result.notes.append(f"{request.source}, as second source of {subject}: {error.found}")
            severity: Severity = "info"
        else:
            row.failures.append((subject, error.found))
            severity = "error"
            if body:
                row.bodies_quarantined += 1
            else:
                row.failed += 1
            if self.feeds.issuperset(request.series):
                row.feeds_failed += 1
                self.unheard.setdefault((request.source, error.found, error.step), []).append(subject)
                return  # told together at the end, so that a dozen silent feeds push no figure's failure off the page
        self.writer.problem(Problem(request.source, subject, error.found, severity, error.step))

    def _commit(self) -> None:
        from barograph.archive.commit import Fetch

        if not self.ready:
            return
        fetches = [
            Fetch(
                source=q.source,
                request=q.describe(),
                sha256=sha,
                window=q.window,
                series_ids=q.series,
                readings=[i for i in items if isinstance(i, Reading)],
                etag=response.etag,
                last_modified=response.last_modified,
                items=[i for i in items if not isinstance(i, Reading)],
                whole=items.span if isinstance(items, Whole) else None,
            )
            for q, response, sha, items in self.ready
        ]
        for (request, *_), committed in zip(self.ready, self.writer.commit(fetches), strict=True):
            row = self.result.sources[request.source]
            row.new += committed.new
            row.quarantined += len(committed.quarantined)
        self.ready.clear()
