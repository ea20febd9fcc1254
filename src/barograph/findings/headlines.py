"""Which headlines a page shows: those that became known since the last one, by theme, near-duplicates folded, ranked.

Rules and a list of words, no judgement and no number: what a headline says is never read for anything but its theme and
whether another says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from barograph.catalog.themes import Gazetteer, Theme
from barograph.core.feed import Feed
from barograph.core.observation import Coverage, Headline
from barograph.findings._duplicates import fold

#: What belongs to no theme still stands on the page, last.
OTHER = Theme("", "Other", "", ())


@dataclass(frozen=True, slots=True)
class Development:
    """A piece of news: the headline that stands for it, its feed, and the other publishers that reported it, sorted."""

    headline: Headline
    feed: Feed
    also: tuple[str, ...] = ()


def developments(
    headlines: Iterable[Headline], feeds: Iterable[Feed], words: Gazetteer, since: datetime, until: datetime
) -> tuple[tuple[Theme, tuple[Development, ...]], ...]:
    """Themes with what became known in (`since`, `until`], both UTC.

    A piece of news is dated by the earliest headline that tells it and shown in the words of the publisher of greatest
    weight. Within a theme: weight, then by how many others it was reported, then the newest, then feed and address.
    """
    by_id = {f.id: f for f in feeds}
    fresh = [h for h in headlines if since < h.known_at <= until and h.item.feed in by_id]
    fresh.sort(key=lambda h: (h.item.published_at, h.item.feed, h.item.url, h.item.title))
    found: dict[str, list[tuple[tuple[int, int, float, str, str], Development]]] = {}
    for group in fold(fresh, lambda h: str(h.item.title)):
        first = max(group, key=lambda h: words.weight(by_id[h.item.feed]))  # of equal ones the earliest
        feed = by_id[first.item.feed]
        also = tuple(sorted({_publisher(by_id[h.item.feed]) for h in group} - {_publisher(feed)}))
        rank = (
            -words.weight(feed),
            -len(also),
            -first.item.published_at.timestamp(),
            first.item.feed,
            first.item.url,
        )
        found.setdefault(words.theme_of(first.item.title, feed), []).append((rank, Development(first, feed, also)))
    return tuple(
        (theme, tuple(d for _, d in sorted(found[theme.id], key=lambda pair: pair[0])))
        for theme in (*words.themes, OTHER)
        if theme.id in found
    )


def _publisher(feed: Feed) -> str:
    """Two feeds of one agency are one publisher."""
    return feed.agency or feed.title


def looked_at(
    feeds: Sequence[Feed], coverage: Mapping[str, Coverage], headlines: Iterable[Headline], since: date, session: date
) -> tuple[Feed, ...]:
    """The feeds that were looked at through the session's day and from the day of the page before on.

    A feed lists what came before it was looked at: it was looked at from its oldest headline on record on, if not from
    an earlier look.
    """
    oldest: dict[str, date] = {}
    for h in headlines:
        day = h.item.published_at.date()
        oldest[h.item.feed] = min(day, oldest.get(h.item.feed, day))
    out = []
    for feed in feeds:
        held = coverage.get(feed.id)
        if held is not None and held.end >= session and min(held.start, oldest.get(feed.id, held.start)) <= since:
            out.append(feed)
    return tuple(out)
