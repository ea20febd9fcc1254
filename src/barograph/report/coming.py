"""The events to come at a view, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache

import numpy as np

from barograph.archive.view import AsOf
from barograph.findings.catalysts import Catalyst, catalysts, moved


def coming_at(view: AsOf, now: datetime, before: datetime | None, until: date) -> list[Catalyst]:
    """The events to come at `now` (UTC, not after the view) up to the day `until`.

    With `before`, an earlier instant, each also says which day it had then, where that was another.
    """
    newest = _newest(view)
    found = catalysts(view.catalog, lambda i: newest(i, now), view.announcements(now), now, until)
    if before is None:
        return found
    then = catalysts(view.catalog, lambda i: newest(i, before), view.announcements(before), before, until)
    return moved(found, then)


def _newest(view: AsOf) -> Callable[[str, datetime], date | None]:
    """The newest period of a series that was known at an instant; a withdrawn one counts, since it was released."""
    points = cache(view.series)

    def newest(series_id: str, at: datetime) -> date | None:
        p = points(series_id)
        known = p.periods[p.known_at <= np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")]
        return max([*p.withdrawn[-1:], *(known[-1:].tolist())], default=None)

    return newest
