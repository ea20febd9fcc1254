"""What a provider said (Reading), what the archive holds (Observation), and how far we looked (Batch, Coverage)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, NamedTuple

Basis = Literal["vintage", "schedule", "fetch", "assumed"]
EventKind = Literal["release", "policy", "auction", "earnings", "speech", "other"]
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


class Untrusted(str):
    """Text from outside that nobody has checked. Only a renderer prints it, escaped; no rule takes a number from it."""

    __slots__ = ()


class NewsItem(NamedTuple):
    """A headline as its feed gave it: where it stands, when the feed says that it was published (UTC), its own words.

    `category` is the feed's word for it, where it has one.
    """

    feed: str
    url: str
    published_at: datetime
    title: Untrusted
    category: Untrusted = Untrusted("")


class CalendarItem(NamedTuple):
    """A coming event as a calendar announced it.

    `uid` names the event within its calendar: an item of the same uid that comes later moves it, `cancelled` strikes it.
    `at` is the New York wall-clock time of `day`, None where only the day is known. `subject` is the series, ticker or
    maturity that it is about.
    """

    calendar: str
    uid: str
    day: date
    at: time | None
    title: Untrusted
    kind: EventKind
    subject: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline on record: the item, the instant from which it could be known, when we stored it, and its batch."""

    item: NewsItem
    known_at: datetime
    stored_at: datetime
    batch_id: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A calendar's item on record: known from when it was first seen, since calendars do not say when they changed."""

    item: CalendarItem
    known_at: datetime
    stored_at: datetime
    batch_id: str


#: What a provider's answer may hold.
Item = Reading | NewsItem | CalendarItem
