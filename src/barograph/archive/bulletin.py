"""Headlines and coming events: which of an answer's items say anything new, from when on, and what a view sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from barograph.core.observation import Announcement, CalendarItem, Headline, NewsItem, Untrusted

if TYPE_CHECKING:
    from barograph.archive.held import Look


def fresh_news(
    items: Iterable[NewsItem],
    held: Sequence[Headline],
    looks: Sequence[Look],
    batch_id: str,
    stored_at: datetime,
) -> list[Headline]:
    """Headlines that are not on record, or whose words changed, with the instant from which each could be known.

    A headline counts from when its feed says that it was published. One that an earlier look at the feed should have
    found counts from now: a feed can put it in later under an older time. So does one whose words changed.
    """
    newest = {(h.item.feed, h.item.url): h.item.title for h in held}
    out = []
    for item in items:
        key = (item.feed, item.url)
        if newest.get(key) == item.title:
            continue
        late = key in newest or any(k.at >= item.published_at for k in looks)
        known_at = max(item.published_at, stored_at) if late else item.published_at
        out.append(Headline(item, known_at, stored_at, batch_id))
        newest[key] = item.title
    return out


def fresh_events(
    items: Iterable[CalendarItem],
    held: Sequence[Announcement],
    batch_id: str,
    stored_at: datetime,
    calendars: Sequence[str] = (),
    whole: tuple[date, date] | None = None,
) -> list[Announcement]:
    """Events that are not on record as they are said now; each is known from now on.

    Where the answer names every event of its `calendars` on the days `whole`, both included, an event held of those days
    that it does not name is struck.
    """
    newest = {(a.item.calendar, a.item.uid): a.item for a in held}
    out = []
    named = set()
    for item in items:
        key = (item.calendar, item.uid)
        named.add(key)
        if newest.get(key) != item:
            out.append(Announcement(item, stored_at, stored_at, batch_id))
            newest[key] = item
    if whole is not None:
        gone = [i for key, i in newest.items() if key[0] in calendars and key not in named and not i.cancelled]
        struck = [i._replace(cancelled=True) for i in gone if whole[0] <= i.day <= whole[1]]
        out += [Announcement(i, stored_at, stored_at, batch_id) for i in struck]
    return out


def seen_news(held: Iterable[Headline], known_at: datetime, stored_at: datetime | None) -> list[Headline]:
    """The headlines of a view in the order of publication: each address once, in its newest words."""
    shown: dict[tuple[str, str], Headline] = {}
    for h in held:  # in the order of storage
        if h.known_at <= known_at and (stored_at is None or h.stored_at <= stored_at):
            shown[(h.item.feed, h.item.url)] = h
    return sorted(shown.values(), key=lambda h: (h.item.published_at, h.item.feed, h.item.url))


def seen_events(held: Iterable[Announcement], known_at: datetime, stored_at: datetime | None) -> list[Announcement]:
    """The events of a view by day: each in its newest form, struck ones left out."""
    shown: dict[tuple[str, str], Announcement] = {}
    for a in held:
        if a.known_at <= known_at and (stored_at is None or a.stored_at <= stored_at):
            shown[(a.item.calendar, a.item.uid)] = a
    standing = [a for a in shown.values() if not a.item.cancelled]
    return sorted(standing, key=lambda a: (a.item.day, a.item.at or time.max, a.item.calendar, a.item.uid))


def news_json(h: Headline) -> dict[str, Any]:
    """A headline in the journal."""
    return {
        **h.item._asdict(),
        "published_at": h.item.published_at.isoformat(),
        "known_at": h.known_at.isoformat(),
        "batch": h.batch_id,
    }


def news_of(body: dict[str, Any], stored_at: datetime) -> Headline:
    """A headline out of the journal."""
    published, known = (datetime.fromisoformat(body[k]).astimezone(UTC) for k in ("published_at", "known_at"))
    item = NewsItem(body["feed"], body["url"], published, Untrusted(body["title"]), Untrusted(body["category"]))
    return Headline(item, known, stored_at, body["batch"])


def event_json(a: Announcement) -> dict[str, Any]:
    """An event in the journal."""
    at = a.item.at.isoformat() if a.item.at else None
    return {**a.item._asdict(), "day": a.item.day.isoformat(), "at": at, "batch": a.batch_id}


def event_of(body: dict[str, Any], stored_at: datetime) -> Announcement:
    """An event out of the journal."""
    fields = {k: v for k, v in body.items() if k != "batch"}
    fields |= {
        "day": date.fromisoformat(body["day"]),
        "at": time.fromisoformat(body["at"]) if body["at"] else None,
        "title": Untrusted(body["title"]),
    }
    return Announcement(CalendarItem(**fields), stored_at, stored_at, body["batch"])
