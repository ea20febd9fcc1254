"""Releases that are to come, as they could be foreseen at an instant: no closure and no change of day before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from barograph.core.release import Closure, following_period, newest_period
from barograph.core.time import NEW_YORK

if TYPE_CHECKING:
    from barograph.core.series import Series

#: A series whose newest value is older than this is counted by its rule, not from that value.
FORGOTTEN = timedelta(400)
#: Periods looked through for one series; a year of weeks, and then some.
_MOST = 60


class Seen(Protocol):
    """What `next_release` asks of a view."""

    @property
    def known_at(self) -> datetime:
        """The instant of the view, UTC."""
        ...

    @property
    def catalog(self) -> Any:
        """The catalogue, for its closures."""
        ...

    def series(self, series_id: str) -> Any:
        """The visible values of a series."""
        ...


@dataclass(frozen=True, slots=True)
class NextRelease:
    """The release of a period that is not known yet.

    `at` is its UTC instant; `state` says how firm that is: `scheduled`; `due`, the instant has passed and nothing came;
    `at risk`, by the rule, while the agency is closed; `suspended`, it fell due while the agency is closed and has no
    day (`at` None). `note` names the closure or the announced change.
    """

    period: date
    at: datetime | None
    state: Literal["scheduled", "due", "at risk", "suspended"]
    note: str = ""


def foreseen(series: Series, period: date, now: datetime, closures: tuple[Closure, ...]) -> NextRelease | None:
    """How the release of a period stood at an instant (UTC); None where it was known that there will be none.

    Closures and exceptional days count only from the day on which they were known.
    """
    day = now.astimezone(NEW_YORK).date()
    told = next((e for e in series.events if e.period == period and e.known_from <= day), None)
    if told is not None and told.kind == "never":
        return None
    if told is not None and told.release is not None:
        at = series.release.instant(told.release)
        return NextRelease(period, at, "scheduled" if at > now else "due", told.text)
    ruled = series.release.release_day(period)
    for closure in (c for c in closures if series.agency in c.agencies and c.start <= day):
        if day <= closure.end and ruled >= closure.start:
            if ruled <= day:
                return NextRelease(period, None, "suspended", closure.title)
            return NextRelease(period, series.release.instant(ruled), "at risk", closure.title)
        if day > closure.end and closure.start <= ruled <= closure.backlog:
            at = series.release.instant(closure.backlog)
            return NextRelease(period, at, "scheduled" if at > now else "due", closure.title)
    at = series.release.instant(ruled)
    return NextRelease(period, at, "scheduled" if at > now else "due")


def next_release(series: Series, view: Seen) -> NextRelease | None:
    """The next release of a series as it could be foreseen at a view.

    A figure that by then was known never to come is passed over. None where the view holds no value to count from, and
    for families, whose members have releases of their own.
    """
    if series.family and not series.id.endswith("]"):
        return None
    points = view.series(series.id)
    last = max([*points.withdrawn, *([points.last[0]] if points.last else [])], default=None)
    if last is None:
        return None
    while True:
        last = following_period(series, last)
        found = foreseen(series, last, view.known_at, view.catalog.closures)
        if found is not None:
            return found


def releases_ahead(
    series: Series, last: date | None, now: datetime, closures: tuple[Closure, ...], until: date
) -> list[NextRelease]:
    """The releases of all periods after the newest one held, by the day on which they were foreseen at `now` (UTC).

    Parameters
    ----------
    last
        The newest period held; None, or one of long ago: the newest that should be out by the rule is taken for it.
    until
        The last day wanted, New York. Suspended releases have no day and are all given.
    """
    day = now.astimezone(NEW_YORK).date()
    if last is None or day - last > FORGOTTEN:
        last = newest_period(series, now, closures)
        if last is None:
            return []
    out: list[NextRelease] = []
    for _ in range(_MOST):
        last = following_period(series, last)
        found = foreseen(series, last, now, closures)
        if found is None:
            continue
        if found.at is not None and found.at.astimezone(NEW_YORK).date() > until:
            break
        out.append(found)
    return out
