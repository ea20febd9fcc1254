"""Which session a view shows, and which period a series should have reached by then."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.release import newest_period, scheduled
from barograph.core.time import CLOSE, NEW_YORK, new_york, session_before, session_on_or_before, sessions

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.core.release import Closure
    from barograph.core.series import Series

Days = NDArray[np.datetime64]


def session_of(view: AsOf) -> date:
    """The last NYSE session that had closed (16:00 New York) at the view's `known_at`."""
    return session_at(view.known_at)


def session_at(instant: datetime) -> date:
    """The last NYSE session that had closed at `instant`, a half-day counting as open until 16:00.

    >>> from datetime import UTC
    >>> session_at(datetime(2025, 11, 5, 20, 59, tzinfo=UTC)), session_at(datetime(2025, 11, 9, 12, tzinfo=UTC))
    (datetime.date(2025, 11, 4), datetime.date(2025, 11, 7))
    """
    day = instant.astimezone(NEW_YORK).date()
    session = session_on_or_before("NYSE", day)
    if session == day and instant < new_york(day, CLOSE):
        return session_before("NYSE", day)
    return session


def due_period(series: Series, session: date, known_at: datetime, closures: tuple[Closure, ...]) -> date:
    """The period that the newest value of `series` should carry on the page of `session`.

    A series whose rule makes the session's own value public by `known_at` owes that value, on a holiday of its
    calendar too: a bond market closed while stocks traded has no change to show. A series with its own lag (H.10, spot
    oil) owes its newest scheduled period.
    """
    if scheduled(series, session, closures) <= known_at:
        return session
    newest = newest_period(series, known_at, closures)
    return session if newest is None else min(newest, session)


def years_before(day: date, years: int) -> date:
    """The same day so many calendar years earlier; 29 February becomes the 28th.

    >>> years_before(date(2024, 2, 29), 5)
    datetime.date(2019, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@lru_cache(maxsize=16)
def _grid(calendar: str, first: int, last: int) -> Days:
    days = sessions(calendar, date(first, 1, 1), date(last, 12, 31))
    return np.array(days, dtype="datetime64[D]")


def grid(calendar: str, start: date, end: date) -> Days:
    """Sessions of `calendar` from `start` to `end`, both included; shape (n,), rising."""
    days = _grid(calendar, start.year, end.year)
    left = int(np.searchsorted(days, np.datetime64(start, "D")))
    right = int(np.searchsorted(days, np.datetime64(end, "D"), side="right"))
    return days[left:right]
