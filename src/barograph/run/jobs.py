"""What an update asks of a provider: windows of periods from what was looked at before, and the feeds it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from barograph.core.feed import Feed
from barograph.core.series import Series, second_of
from barograph.sources import Job, Source

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.run.settings import Settings

#: Where a first fill begins: before every series of the catalogue.
FIRST_DAY = date(1919, 1, 1)
#: How much of a series that revises a second provider is asked for.
COMPARED = timedelta(730)
#: How far an increment looks back, so that a late figure or a correction inside it is seen, and that enough is said again
#: for an answer to contradict what is held: three months at least, also where the newest month is out two months late.
LOOK_BACK = {"D": timedelta(10), "W": timedelta(35), "M": timedelta(190), "Q": timedelta(400)}


def jobs_for(
    source: Source,
    rows: Iterable[Series],
    feeds: Iterable[Feed],
    archive: Archive,
    until: date,
    settings: Settings,
) -> list[Job]:
    """Group a provider's series by the window still to be looked at; its feeds are looked at as they stand.

    A series never looked at is asked for from the beginning. A revising series is asked for whole, since any of its
    figures may have changed (with vintages `looked_at` narrows what is sent); everything else from its last covered
    period less a look-back, and from the oldest value of it that is held back.
    """
    coverage = archive.coverages()
    waiting: dict[str, date] = {}
    for q in archive.quarantined("held"):
        waiting[q.series_id] = min(q.period, waiting.get(q.series_id, q.period))
    groups: dict[tuple[date, datetime | None], list[Series]] = defaultdict(list)
    has_key = source.name in settings.keys
    for series in rows:
        held = coverage.get(series.id)
        if second_of(series.id) and series.revises:
            # A second opinion on what still revises; the whole history every day would use up a keyless allowance.
            groups[(max(FIRST_DAY, until - COMPARED), None)].append(series)
        elif held is None:
            groups[(FIRST_DAY, None)].append(series)
        elif series.revises:
            # Only what was learnt since is asked for, and only where all vintages were held up to then: not after a look
            # without the key, one that failed half-way, or one that ended in the past.
            whole = archive.vintages_looked_at(series.id) if has_key and series.vintages else held.looked_at
            groups[(held.start, whole)].append(series)
        else:
            # A value held back is settled by what is said of its period: it is asked for until it is.
            start = min(held.end - LOOK_BACK[series.frequency], waiting.get(series.id, date.max))
            start = min(start, until - LOOK_BACK[series.frequency])
            groups[(max(start, held.start), held.looked_at)].append(series)
    jobs = [
        Job(tuple(members), (start, until), settings.clock.now, looked, has_key)
        for (start, looked), members in sorted(groups.items(), key=lambda g: (g[0][0], str(g[0][1])))
        if start <= until
    ]
    followed = tuple(feeds)
    if followed:
        looks = [coverage[f.id] for f in followed if f.id in coverage]
        since = min((c.end for c in looks), default=until) if len(looks) == len(followed) else until
        looked_at = min((c.looked_at for c in looks), default=None)
        jobs.append(Job((), (min(since, until), until), settings.clock.now, looked_at, has_key, followed))
    return jobs
