"""The sessions on which a company's results could move its share, from calendars that a user keeps."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING

from barograph.core.time import session_after, session_on_or_before

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

#: From this time on, New York, results move the next session.
CLOSED = time(16)


def results_of(view: AsOf, tickers: tuple[str, ...]) -> tuple[frozenset[date], bool]:
    """(sessions that results could move, whether any calendar of results is on record).

    An event of the kind `earnings` is a company's when its subject, or a word of its title, is the ticker. Before 16:00 it
    moves its own session, from then on the next one; without a time both are taken.
    """
    found: set[date] = set()
    there = False
    for announcement in view.announcements():
        item = announcement.item
        if item.kind != "earnings":
            continue
        there = True
        words = {item.subject.upper(), *re.findall(r"[A-Z]{1,6}", str(item.title))}
        if not words & set(tickers):
            continue
        own = session_on_or_before("NYSE", item.day)
        same = own if own == item.day else session_after("NYSE", own)
        after = session_after("NYSE", item.day)
        if item.at is None:
            found |= {same, after}
        else:
            found.add(after if item.at >= CLOSED else same)
    return frozenset(found), there
