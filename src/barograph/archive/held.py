"""What the archive folds out of its journal: segments, batches, looks, quarantine, statements, problems, runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from barograph.archive.bulletin import event_of, news_of
from barograph.archive.journal import GENESIS, Entry
from barograph.archive.quarantine import QuarantineEntry
from barograph.archive.segments import Segment
from barograph.core.errors import ArchiveError
from barograph.core.estimate import Problem, Statement
from barograph.core.observation import Announcement, Batch, Coverage, Headline


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a series: periods `start`..`end` were asked for at `at` (UTC), successfully.

    `vintages` says that all vintages known at `at` came with it.
    """

    start: date
    end: date
    at: datetime
    vintages: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A statement in the ledger: when it was stored and its link in the chain."""

    statement: Statement
    stored_at: datetime
    link: str


@dataclass(slots=True)
class Held:
    """The state after the entries folded so far; `seq` and `link` name the last of them."""

    seq: int = 0
    link: str = GENESIS
    stored_at: datetime | None = None
    segments: dict[str, Segment] = field(default_factory=dict)
    replaced: dict[str, datetime] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    series_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    looks: dict[str, list[Look]] = field(default_factory=dict)
    quarantine: dict[int, QuarantineEntry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    statements: list[Written] = field(default_factory=list)
    conditional: dict[str, tuple[str | None, str | None, Batch]] = field(default_factory=dict)
    news: list[Headline] = field(default_factory=list)
    events: list[Announcement] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[datetime, str]] = field(default_factory=list)

    def fold(self, entry: Entry) -> None:
        """Take in one entry."""
        body = entry.body
        handler = getattr(self, f"_{entry.kind}", None)
        if handler is None:
            raise ArchiveError(
                f"entry {entry.seq} of the journal",
                f"a kind this version does not know: {entry.kind}",
                "",
                "Upgrade barograph: the archive was written by a newer version.",
            )
        handler(entry, body)
        self.seq, self.link, self.stored_at = entry.seq, entry.link, entry.stored_at
        self.links.append((entry.stored_at, entry.link))

    def coverage(self, series_id: str) -> Coverage | None:
        """How far the series has been looked at: from the first to the last period of all looks."""
        looks = self.looks.get(series_id)
        if not looks:
            return None
        return Coverage(series_id, min(k.start for k in looks), max(k.end for k in looks), looks[-1].at)

    def _schema(self, entry: Entry, body: dict[str, Any]) -> None:
        from barograph.archive.journal import SCHEMA

        if body["version"] > SCHEMA:
            raise ArchiveError(
                "the archive",
                f"form {body['version']}, written by a newer version; this one reads form {SCHEMA} and older",
                "",
                "Upgrade barograph.",
            )

    def _commit(self, entry: Entry, body: dict[str, Any]) -> None:
        if body["segment"] is not None:
            segment = Segment(**body["segment"])
            self.segments[segment.name] = segment
        for b in body["batches"]:
            batch = Batch(
                b["id"], b["source"], b["request"], entry.stored_at, b["sha256"],
                (date.fromisoformat(b["window"][0]), date.fromisoformat(b["window"][1])), b["version"], b["rows"], b["new"],
            )  # fmt: skip
            self.batches[batch.batch_id] = batch
            self.series_of[batch.batch_id] = tuple(b["series"])
            if b["etag"] or b["last_modified"]:
                self.conditional[b["request"]] = (b["etag"], b["last_modified"], batch)
        for q in body["quarantine"]:
            made = QuarantineEntry.of_json(q, entry.stored_at)
            self.quarantine[made.id] = made
        for number, state in body["settled"]:
            self.quarantine[number] = replace(self.quarantine[number], state=state, settled_at=entry.stored_at)
        if body.get("news") or body.get("events"):
            self.news += [news_of(n, entry.stored_at) for n in body.get("news", ())]
            self.events += [event_of(e, entry.stored_at) for e in body.get("events", ())]

    def _look(self, entry: Entry, body: dict[str, Any]) -> None:
        whole = set(body.get("vintages", ()))
        for start, end, ids in body["windows"]:
            window = date.fromisoformat(start), date.fromisoformat(end)
            for series_id in ids:
                look = Look(*window, entry.stored_at, series_id in whole)
                self.looks.setdefault(series_id, []).append(look)

    def _compaction(self, entry: Entry, body: dict[str, Any]) -> None:
        segment = Segment(**body["segment"])
        for name in body["replaced"]:
            self.segments.pop(name)
            self.replaced[name] = entry.stored_at
        self.segments[segment.name] = segment

    def _sweep(self, entry: Entry, body: dict[str, Any]) -> None:
        for name in body["removed"]:
            self.replaced.pop(name, None)

    def _problem(self, entry: Entry, body: dict[str, Any]) -> None:
        self.problems.append(Problem(**body, at=entry.stored_at))

    def _body(self, entry: Entry, body: dict[str, Any]) -> None:
        """A body that could not be parsed: its bytes lie under raw/, the Problem beside it says what happened."""

    def _statement(self, entry: Entry, body: dict[str, Any]) -> None:
        days = {k: date.fromisoformat(body[k]) for k in ("made_on", "due")}
        self.statements.append(Written(Statement(**{**body, **days}), entry.stored_at, entry.link))

    def _run(self, entry: Entry, body: dict[str, Any]) -> None:
        self.runs.append({**body, "at": entry.stored_at})
