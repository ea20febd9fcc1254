"""Clocks, sessions and time zones. Nothing here asks the machine for the time: `run` makes a Clock and passes it in."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from zoneinfo import ZoneInfo

from barograph.core.errors import InputError

NEW_YORK = ZoneInfo("America/New_York")
#: A date given as as-of means this time in New York.
DAY_END = time(18, 0)
#: A vintage date without a clock time counts as known one second before the day ends for us.
UNKNOWN_TIME = time(17, 59, 59)
#: The regular close; a half-day session counts as known at this time too: late rather than early.
CLOSE = time(16, 0)
FIRST_SESSION = date(1962, 1, 2)


@dataclass(frozen=True, slots=True)
class Clock:
    """The run's clock: one fixed UTC instant, so that everything in a run agrees on what "now" is."""

    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a Clock needs a timezone-aware instant")

    @property
    def today(self) -> date:
        """The clock's date in New York."""
        return self.now.astimezone(NEW_YORK).date()


def new_york(day: date, at: time) -> datetime:
    """The UTC instant of a wall-clock time in New York; where a clock change makes it doubtful, the later reading.

    >>> new_york(date(2025, 11, 5), time(18)).isoformat()
    '2025-11-05T23:00:00+00:00'
    """
    return latest_reading(datetime.combine(day, at), NEW_YORK)


def latest_reading(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall-clock time in `zone`; of two readings the later one, which cannot leak.

    In the doubled hour of autumn that is the second pass (fold 1), in the skipped hour of spring the reading by the
    clock of before (fold 0).
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(first, second)


CALENDARS = {"NYSE": "NYSE", "SIFMA": "SIFMA_US"}
LIBRARY = "pandas_market_calendars"
#: Written by scripts/closed_days.py: weekdays without session. The library takes a second to import and to work them
#: out, a third of a page's time; the table serves only as long as the installed version is the one it was made from.
CLOSED_DAYS = "closed_days.json"


def looked_up(calendar: str, decade: int) -> tuple[date, ...]:
    """The sessions of the ten years from `decade`, by the calendar library."""
    import pandas_market_calendars as pmc  # slow to import: only where the table does not serve

    days = pmc.get_calendar(CALENDARS[calendar]).valid_days(f"{decade}-01-01", f"{decade + 9}-12-31")
    return tuple(d.date() for d in days)


@lru_cache(maxsize=1)
def _table() -> tuple[range, dict[str, frozenset[date]]]:
    """The years that the table of closed days covers, and the days by calendar; nothing where it is out of date."""
    table = json.loads(files("barograph.core").joinpath(CLOSED_DAYS).read_text(encoding="utf-8"))
    if table["from"] != f"{LIBRARY} {version(LIBRARY)}":
        return range(0), {}
    first, last = table["years"]
    return range(first, last + 1), {
        c: frozenset(date.fromisoformat(d) for d in days) for c, days in table["closed"].items()
    }


@lru_cache(maxsize=64)
def _decade(calendar: str, decade: int) -> tuple[date, ...]:
    years, closed = _table()
    if decade not in years or decade + 9 not in years:
        return looked_up(calendar, decade)
    shut = closed[calendar]
    numbers = range(date(decade, 1, 1).toordinal(), date(decade + 10, 1, 1).toordinal())
    weekdays = [date.fromordinal(n) for n in numbers if (n - 1) % 7 < 5]  # day 1 of year 1 was a Monday
    return tuple(d for d in weekdays if d not in shut)


def sessions(calendar: str, start: date, end: date) -> list[date]:
    """Sessions of `calendar` (NYSE, SIFMA, 24x7, none = Monday to Friday) from `start` to `end`, both included."""
    if end < start:
        return []
    if calendar in ("24x7", "none"):
        days = [start + timedelta(i) for i in range((end - start).days + 1)]
        return days if calendar == "24x7" else [d for d in days if d.weekday() < 5]
    out: list[date] = []
    for decade in range(start.year // 10 * 10, end.year + 1, 10):
        days_ = _decade(calendar, decade)
        out.extend(days_[bisect_left(days_, start) : bisect_right(days_, end)])
    return out


def is_session(calendar: str, day: date) -> bool:
    """Whether `day` is a session of `calendar`."""
    return bool(sessions(calendar, day, day))


def session_on_or_before(calendar: str, day: date) -> date:
    """The last session not after `day`."""
    return sessions(calendar, day - timedelta(14), day)[-1]


def session_after(calendar: str, day: date, n: int = 1) -> date:
    """The n-th session strictly after `day`."""
    return sessions(calendar, day + timedelta(1), day + timedelta(14 + 2 * n))[n - 1]


def session_before(calendar: str, day: date, n: int = 1) -> date:
    """The n-th session strictly before `day`."""
    return sessions(calendar, day - timedelta(14 + 2 * n), day - timedelta(1))[-n]


@dataclass(frozen=True, slots=True)
class AsOfDate:
    """An as-of, resolved: the UTC instant, the NYSE session it shows, and what to say if the two differ."""

    instant: datetime
    session: date
    note: str = ""


def resolve_as_of(text: str, clock: Clock) -> AsOfDate:
    """Resolve `--as-of`: a date means 18:00 New York of that day; a day without session shows the last session.

    Parameters
    ----------
    text
        `2025-11-05` or an ISO timestamp with offset such as `2025-11-05T15:00:00-05:00`.
    clock
        The run's clock; an as-of after it is refused.

    Raises
    ------
    InputError
        Not a date, before the first session on record (1962-01-02), or in the future.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise InputError(
                f"as-of {text}", str(error), "a real day such as 2025-11-05", "Correct the date."
            ) from None
        instant = new_york(day, DAY_END)
        if day == clock.today:
            instant = min(instant, clock.now)
    else:
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise InputError(
                f"as-of {text!r}",
                "neither a date nor an ISO timestamp",
                "2025-11-05 or 2025-11-05T16:00:00-05:00",
                "Give the date as YYYY-MM-DD.",
            ) from None
        if instant.tzinfo is None:
            raise InputError(
                f"as-of {text}",
                "a timestamp without time zone",
                f"{instant.isoformat(timespec='minutes')}{instant.replace(tzinfo=NEW_YORK).isoformat()[-6:]} "
                f"for New York, or {instant.date()}",
                "Add the offset, or give a date alone: it means 18:00 New York.",
            )
        try:
            instant = instant.astimezone(UTC)
            day = instant.astimezone(NEW_YORK).date()
        except OverflowError:
            raise InputError(
                f"as-of {text}", "an instant off the calendar", FIRST_SESSION.isoformat(), "Ask for a later day."
            ) from None
    if day < FIRST_SESSION:
        raise InputError(
            f"as-of {text}",
            "a day before the first session on record",
            FIRST_SESSION.isoformat(),
            "Ask for a later day.",
        )
    if instant > clock.now or day > clock.today:
        raise InputError(
            f"as-of {text}",
            f"a day after the run's clock, {clock.today}",
            f"{session_on_or_before('NYSE', clock.today)}, the last session",
            "Ask for a day that has been; the record does not extrapolate.",
        )
    session = session_on_or_before("NYSE", day)
    note = "" if session == day else f"{day} is no trading session; this page shows the last one, {session}"
    if session == day and instant < new_york(day, CLOSE):
        session = session_before("NYSE", day)
        note = f"the session of {day} had not closed; this page shows the last closed one, {session}"
    return AsOfDate(instant, session, note)


def page_before(instant: datetime, session: date, before: date) -> datetime:
    """The as-of at which the page of the session before stood: the same wall-clock time where that is after its close.

    `instant` is the as-of of the page of `session`, `before` the session before it.
    """
    local = instant.astimezone(NEW_YORK)
    at = local.time() if local.date() == session and local.time() >= CLOSE else DAY_END
    return new_york(before, at)
