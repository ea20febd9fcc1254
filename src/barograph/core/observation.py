"""What a provider said (Reading), what the archive holds (Observation), and how far we looked (Batch, Coverage)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

Basis = Literal["vintage", "schedule", "fetch", "assumed"]
#: How good known_at is, best first; a fact made from several inputs carries the worst of them.
BASES: tuple[Basis, ...] = ("vintage", "schedule", "fetch", "assumed")


def worst_basis(bases: set[str]) -> Basis | None:
    """Return the least trusted of `bases`, or None when there is none.

    >>> worst_basis({"vintage", "assumed"})
    'assumed'
    """
    return next((b for b in reversed(BASES) if b in bases), None)


class Reading(NamedTuple):
    """One value as the provider gave it, before the archive's clocks are set.

    `value` is in the series' unit; None means the provider says "missing". `vintage` is the provider's own vintage
    date (a day on the provider's calendar), None where it gives none. `known_at` is set only where the provider
    states the instant itself (a user's file with a known_at column); timezone-aware UTC.
    """

    series_id: str
    period: date
    value: float | None
    vintage: date | None = None
    known_at: datetime | None = None


class Observation(NamedTuple):
    """One row of the vintage log: about `period`, knowable from `known_at` (UTC), held since its batch's stored_at."""

    series_id: str
    period: date
    known_at: datetime
    value: float | None
    known_basis: Basis
    batch_id: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch returned.

    `request` carries no key. `window` is the span of periods that the request looked at, both ends included.
    `stored_at` is UTC. `rows` counts readings parsed, `new` the rows that entered the log.
    """

    batch_id: str
    source: str
    request: str
    stored_at: datetime
    sha256: str
    window: tuple[date, date]
    code_version: str
    rows: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far we have looked at one series: periods `start`..`end` were asked for, last at `looked_at` (UTC)."""

    series_id: str
    start: date
    end: date
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A headline: an untrusted string with its source and two clocks (UTC)."""

    source: str
    url: str
    published_at: datetime
    title: str
    seen_at: datetime | None = None
