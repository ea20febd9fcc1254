"""A commit: the answers that go into it, what is prepared of them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from barograph import __version__
from barograph.archive import segments
from barograph.archive.quarantine import QuarantineEntry
from barograph.archive.stamp import Row
from barograph.core.estimate import Problem
from barograph.core.observation import BASES, Announcement, CalendarItem, Headline, NewsItem, Reading

_STEP = "It is released when later values or another day's look confirm it; see `barograph doctor`."


@dataclass(frozen=True, slots=True)
class Fetch:
    """One answer to commit: where it came from, the digest of its stored body ("" where the provider said that nothing
    changed), the window of periods it looked at, the series or feeds it speaks about, its readings, or its headlines and
    events. `whole` is the span of days of which a calendar's answer names every event."""

    source: str
    request: str
    sha256: str
    window: tuple[date, date]
    series_ids: tuple[str, ...]
    readings: Sequence[Reading]
    etag: str | None = None
    last_modified: str | None = None
    items: Sequence[NewsItem | CalendarItem] = ()
    whole: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What became of one answer: its batch, rows new to the log, readings that said nothing new, values held back."""

    batch_id: str
    new: int
    unchanged: int
    quarantined: list[QuarantineEntry] = field(default_factory=list)

    def problems(self) -> list[Problem]:
        """The values held back, as the page prints them."""
        return [Problem("quarantine", q.series_id, q.describe(), "warning", _STEP) for q in self.quarantined]


@dataclass(slots=True)
class Prepared:
    """A commit to be: columns of its segment, its batches, values held back and settled, what to tell the caller."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: {k: [] for k in segments.SCHEMA})
    batches: list[dict[str, Any]] = field(default_factory=list)
    quarantine: dict[int, QuarantineEntry] = field(default_factory=dict)
    settled: dict[int, str] = field(default_factory=dict)
    results: list[CommitResult] = field(default_factory=list)
    news: list[Headline] = field(default_factory=list)
    events: list[Announcement] = field(default_factory=list)

    def add(self, series_id: str, row: Row, batch: int, stored_at: datetime) -> None:
        """Add a row to the segment to be."""
        to = self.columns
        to["series_id"].append(series_id)
        to["period"].append(row.period)
        to["known_at"].append(row.known_at)
        to["value"].append(row.value)
        to["basis"].append(BASES.index(row.basis))
        to["batch"].append(batch)
        to["stored_at"].append(stored_at)


def batch_json(identity: str, fetch: Fetch, new: int) -> dict[str, Any]:
    """The entry of an answer in the journal."""
    return {
        "id": identity,
        "source": fetch.source,
        "request": fetch.request,
        "sha256": fetch.sha256,
        "window": [fetch.window[0].isoformat(), fetch.window[1].isoformat()],
        "version": __version__,
        "series": list(fetch.series_ids),
        "rows": len(fetch.readings) + len(fetch.items),
        "new": new,
        "etag": fetch.etag,
        "last_modified": fetch.last_modified,
    }


def problem_json(p: Problem) -> dict[str, Any]:
    """A failure in the journal."""
    return {"source": p.source, "subject": p.subject, "message": p.message, "severity": p.severity, "step": p.step}
