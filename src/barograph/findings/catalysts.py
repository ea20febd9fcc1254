"""What is to come: releases by their rules, bent by what agencies announced, and the events of calendars.

A rule foresees the day of every release; a provider's calendar that names a day near it takes its place, and adds the
releases that no rule knows. A closure puts both at risk. Everything is taken as it stood at the instant asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from barograph.core.ahead import NextRelease, releases_ahead
from barograph.core.feed import Feed
from barograph.core.observation import Announcement, EventKind
from barograph.core.publication import Publication
from barograph.core.release import Closure
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, new_york

CatalystState = Literal["by rule", "announced", "at risk", "suspended", "overdue"]
#: Who named a day: a release rule, which knows a day by which the figure is out, or a notice that moved one release.
RULE, NOTICE = "release rule", "notice of the agency"
#: How far from a rule's day an announced one may lie and still be the same release, by the series' frequency.
NEAR = {"D": timedelta(2), "W": timedelta(3), "M": timedelta(12), "Q": timedelta(20)}
#: Weight of an event that is no publication; the policy meetings move every market, a Treasury bill moves none.
WEIGHTS: dict[EventKind, int] = {
    "policy": 3, "earnings": 2, "release": 2, "auction": 1, "speech": 1, "other": 1,
}  # fmt: skip


class Rows(Protocol):
    """What is asked of the catalogue."""

    @property
    def closures(self) -> tuple[Closure, ...]:
        """All closures on record."""
        ...

    @property
    def publications(self) -> tuple[Publication, ...]:
        """What comes out together."""
        ...

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """Feeds, calendars among them."""
        ...

    @property
    def schedules(self) -> Mapping[str, str]:
        """Calendars that the catalogue itself holds, and who announced their days."""
        ...

    def __getitem__(self, series_id: str) -> Series: ...


@dataclass(frozen=True, slots=True)
class Catalyst:
    """One event to come.

    `day` is New York's, None where a release is suspended or overdue without a new day; `at` its wall-clock time there,
    None where only the day is known. `period` is what a release is about, `series` its leading row of `rows`, `was` the
    day on which it was expected at the page before. `quoted` says that the title is a calendar's own words. `more` counts
    further periods of the same publication without a day.
    """

    id: str
    title: str
    kind: EventKind
    weight: int
    day: date | None
    at: time | None
    state: CatalystState
    source: str
    series: str = ""
    rows: tuple[str, ...] = ()
    period: date | None = None
    note: str = ""
    subject: str = ""
    was: date | None = None
    quoted: bool = False
    more: int = 0


def catalysts(
    catalog: Rows,
    last: Callable[[str], date | None],
    announced: Sequence[Announcement],
    now: datetime,
    until: date,
) -> list[Catalyst]:
    """All events after `now` (UTC) up to the day `until`, those without a day at the end.

    Parameters
    ----------
    last
        The newest period on record of a series, None where there is none.
    announced
        The calendars' events as they stood at `now`.
    """
    day = now.astimezone(NEW_YORK).date()
    feeds = {f.id: f for f in catalog.feeds}
    coming = [a for a in announced if day <= a.item.day <= until and not _over(a, now)]
    first: dict[str, datetime] = {}
    for a in announced:
        first[a.item.calendar] = min(a.known_at, first.get(a.item.calendar, a.known_at))
    out: list[Catalyst] = []
    taken: set[int] = set()
    for publication in catalog.publications:
        ruled = _ruled(publication, catalog, last, now, until)
        mine = [(i, a) for i, a in enumerate(coming) if a.item.kind == "release" and _means(publication, a)]
        taken.update(i for i, _ in mine)
        out += _bent(publication, ruled, [a for _, a in mine], catalog, now, feeds, first)
    for i, a in enumerate(coming):
        feed = feeds.get(a.item.calendar)
        if i not in taken and (feed is None or feed.shows == "all"):
            out.append(_event(a, feeds, catalog))
    return sorted(out, key=_order)


def moved(now: Iterable[Catalyst], before: Iterable[Catalyst]) -> list[Catalyst]:
    """The events as they stand now, each with the day that it had before where that was another.

    That a calendar was looked at and names another day than the rule did is no change of the day.
    """
    held = {c.id: c for c in before if c.day is not None}
    out = []
    for c in now:
        was = held.get(c.id)
        changed = was is not None and was.day != c.day and not (was.state == "by rule" and c.state == "announced")
        out.append(replace(c, was=was.day) if was is not None and changed else c)
    return out


def _order(c: Catalyst) -> tuple[bool, date, bool, time, int, str]:
    return c.day is None, c.day or date.max, c.at is None, c.at or time.max, -c.weight, c.id


def _over(a: Announcement, now: datetime) -> bool:
    """Whether an event with a time has passed; one with a day only is to come until its day is over."""
    return a.item.at is not None and new_york(a.item.day, a.item.at) <= now


def _means(publication: Publication, a: Announcement) -> bool:
    if a.item.subject.startswith("fred:"):
        return a.item.subject == f"fred:{publication.fred}"
    title = a.item.title.casefold()
    return any(title.startswith(name.casefold()) for name in publication.called)


def _ruled(
    publication: Publication, catalog: Rows, last: Callable[[str], date | None], now: datetime, until: date
) -> list[Catalyst]:
    """What the rules of a publication's rows foresee: one event a day, under the first row that has it."""
    days: dict[date, Catalyst] = {}
    lost: dict[CatalystState, list[Catalyst]] = {}
    # Rows of one rule come out together: the newest figure of any of them says that the release was made.
    alike: dict[tuple[object, ...], list[str]] = {}
    for series_id in publication.series:
        s = catalog[series_id]
        alike.setdefault((s.release.text, s.agency, s.events, s.stamp, s.weekday), []).append(series_id)
    held = {i: p for i in publication.series if (p := last(i)) is not None}
    for ids in alike.values():
        series = catalog[ids[0]]
        newest = max((held[i] for i in ids if i in held), default=None)
        for found in releases_ahead(series, newest, now, catalog.closures, until):
            if found.state == "due" and newest is None:
                continue  # nobody looked: nothing says that it did not come
            if found.state in ("due", "suspended") and found.period <= max(held.values(), default=date.min):
                continue  # another row of the publication has it
            c = _release(publication, series, found)
            if c.day is None:
                lost.setdefault(c.state, []).append(c)
            else:
                days.setdefault(c.day, c)
    out = list(days.values())
    for same in lost.values():
        periods = sorted({c.period for c in same if c.period})
        first = next(c for c in same if c.period == periods[0])
        out.append(replace(first, more=len(periods) - 1))
    return out


_STATES: dict[str, CatalystState] = {
    "scheduled": "by rule", "due": "overdue", "at risk": "at risk", "suspended": "suspended",
}  # fmt: skip


def _release(publication: Publication, series: Series, found: NextRelease) -> Catalyst:
    overdue = found.state == "due"
    on = None if found.at is None else found.at.astimezone(NEW_YORK)
    due = on.date() if on is not None and overdue else None
    if found.state == "suspended":
        due = series.release.release_day(found.period)  # what the rule said before the agency closed
    told = any(e.period == found.period and e.release is not None and e.text == found.note for e in series.events)
    return Catalyst(
        id=f"{publication.id} {found.period}",
        title=publication.title,
        kind="release",
        weight=publication.weight,
        day=None if on is None or overdue else on.date(),
        at=None if on is None or overdue else on.time(),
        state=_STATES[found.state],
        source=NOTICE if told else RULE,
        series=series.id,
        rows=publication.series,
        period=found.period,
        note=found.note,
        was=due,
    )


def _bent(
    publication: Publication,
    ruled: list[Catalyst],
    announced: list[Announcement],
    catalog: Rows,
    now: datetime,
    feeds: Mapping[str, Feed],
    first: Mapping[str, datetime],
) -> list[Catalyst]:
    """A publication's events with the calendars' days in the place of the rule's.

    While its agency is closed a day counts as announced only where a calendar that was followed before (`first`, when it
    was first seen) names it anew: others are what stood there before.
    """
    series = catalog[publication.series[0]]
    day = now.astimezone(NEW_YORK).date()
    closure = next((c for c in catalog.closures if series.agency in c.agencies and c.start <= day <= c.end), None)
    free = [(c.day, c) for c in sorted(ruled, key=_order) if c.day is not None]
    lost = [c for c in ruled if c.day is None]
    out: list[Catalyst] = []
    for on, same in _by_day(announced):
        at = next((a.item.at for a in same if a.item.at is not None), series.release.at)
        if at is not None and new_york(on, at) <= now:
            continue
        begun = None if closure is None else new_york(closure.start, time(0))
        at_risk = begun is not None and not any(first[a.item.calendar] < begun <= a.known_at for a in same)
        near = [(abs(d - on), i) for i, (d, _) in enumerate(free) if abs(d - on) <= NEAR[series.frequency]]
        given = None
        if near:
            _, given = free.pop(min(near)[1])
        elif not at_risk and lost:
            given = lost.pop(0)  # the oldest of what had no day has one now
            if given.more:
                lost.insert(0, replace(given, id=f"{given.id} and later", more=given.more - 1))
        note = given.note if given is not None and given.day is not None else ""
        if at_risk and closure is not None:
            note = closure.title
        base = given or Catalyst(
            f"{publication.id} on {on}", publication.title, "release", publication.weight, on, at, "announced", ""
        )
        out.append(
            replace(
                base,
                day=on,
                at=at,
                state="at risk" if at_risk else "announced",
                source=_title(same[0], feeds, catalog),
                note=note,
                series=base.series or series.id,
                rows=publication.series,
                more=0,
            )
        )
    return [*out, *(c for _, c in free), *lost]


def _by_day(announced: Iterable[Announcement]) -> list[tuple[date, list[Announcement]]]:
    """What several calendars say of one day together, the one with a time first."""
    days: dict[date, list[Announcement]] = {}
    for a in announced:
        days.setdefault(a.item.day, []).append(a)
    return [(d, sorted(same, key=lambda a: (a.item.at is None, a.item.calendar))) for d, same in sorted(days.items())]


def _event(a: Announcement, feeds: Mapping[str, Feed], catalog: Rows) -> Catalyst:
    item = a.item
    bill = item.kind == "auction" and "Bill" in item.title
    return Catalyst(
        id=f"{item.calendar} {item.uid}",
        title=str(item.title),
        kind=item.kind,
        weight=0 if bill else WEIGHTS[item.kind],
        day=item.day,
        at=item.at,
        state="announced",
        source=_title(a, feeds, catalog),
        subject=item.subject,
        quoted=item.calendar in feeds,
    )


def _title(a: Announcement, feeds: Mapping[str, Feed], catalog: Rows) -> str:
    feed = feeds.get(a.item.calendar)
    return feed.title if feed else catalog.schedules.get(a.item.calendar, "the catalogue")
