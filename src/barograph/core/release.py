"""Release rules: from the period a value is about to the UTC instant at which the world could know it.

A rule is one line in the catalogue. All wall-clock times are New York. The forms:

=================================  ==================================================================================
``close@NYSE``                     16:00 of the period's day
``day 17:30``, ``day+1 16:30``     that many calendar days after the period's day
``session+1@SIFMA 08:00``          that many sessions of the calendar after the period's day
``weekday:MON 16:15``              the first Monday after the period's day (next SIFMA session where it is a holiday)
``weekday:WED+1 13:00``            the same after that many further days: the first Wednesday after the day after
``month_end+13 08:30``             days after the end of the period's month, a weekend or holiday rolls forward
``quarter_end+30 08:30``           the same for the quarter
``quarter_start+33 14:00``         the same from the first day of the period's quarter: a survey of the quarter under way
``payroll 08:30``                  third Friday after the week that holds the 12th of the period's month
``h6 13:00``                       fourth Tuesday of the next month, a holiday rolls forward
``friday_after_month_end+9 16:15`` first Friday from that day on
``utc_day_end``                    24:00 UTC of the period's day (assets that trade round the clock)
=================================  ==================================================================================
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from barograph.core.errors import CatalogError
from barograph.core.time import CLOSE, UNKNOWN_TIME, new_york, session_after, sessions

if TYPE_CHECKING:
    from barograph.core.series import Series

_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_FORMS = re.compile(
    r"(?P<close>close@(?P<close_cal>NYSE|SIFMA))"
    r"|(?P<utc>utc_day_end)"
    r"|(?P<session>session\+(?P<session_n>\d+)@(?P<session_cal>NYSE|SIFMA))"
    r"|(?P<weekday>weekday:(?P<weekday_name>MON|TUE|WED|THU|FRI|SAT|SUN)(?:\+(?P<weekday_n>\d+))?)"
    r"|(?P<month>month_end\+(?P<month_n>\d+))"
    r"|(?P<quarter>quarter_end\+(?P<quarter_n>\d+))"
    r"|(?P<begun>quarter_start\+(?P<begun_n>\d+))"
    r"|(?P<friday>friday_after_month_end\+(?P<friday_n>\d+))"
    r"|(?P<payroll>payroll)|(?P<h6>h6)"
    r"|(?P<day>day(?:\+(?P<day_n>\d+))?)"
)


@dataclass(frozen=True, slots=True)
class Closure:
    """A government closure: releases of `agencies` due from `start` until `backlog` come out on `backlog`, unless the
    catalogue names another day. `end` is the last day closed."""

    start: date
    end: date
    backlog: date
    agencies: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """A parsed rule; `text` is its line in the catalogue, `at` the wall-clock time in New York (None: unknown)."""

    text: str
    at: time | None

    @classmethod
    def parse(cls, text: str) -> ReleaseRule:
        """Parse one line; raises CatalogError naming the forms.

        >>> ReleaseRule.parse("month_end+13 08:30").at
        datetime.time(8, 30)
        """
        form, _, clock = text.strip().partition(" ")
        if not _FORMS.fullmatch(form) or (clock and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock)):
            raise CatalogError(
                f"release rule {text!r}",
                "not one of the forms",
                "close@NYSE, day+1 16:30, session+1@SIFMA 08:00, weekday:MON 16:15, month_end+13 08:30, payroll 08:30",
                "Correct the rule; docs/reference/catalogue.md lists them.",
            )
        at = time.fromisoformat(clock) if clock else (CLOSE if form.startswith("close@") else None)
        return cls(text.strip(), at)

    def release_day(self, period: date) -> date:
        """The day on which the value of `period` is released, closures left aside."""
        found = _FORMS.fullmatch(self.text.partition(" ")[0])
        assert found is not None
        if found["close"] or found["utc"]:
            return period
        if found["session"]:
            return session_after(found["session_cal"], period, max(int(found["session_n"]), 1))
        if found["weekday"]:
            begin = period + timedelta(int(found["weekday_n"] or 0))
            ahead = (_WEEKDAYS.index(found["weekday_name"]) - begin.weekday() - 1) % 7 + 1
            return _business_day(begin + timedelta(ahead))
        if found["month"]:
            return _business_day(_month_end(period) + timedelta(int(found["month_n"])))
        if found["quarter"]:
            last_month = period.replace(day=1, month=(period.month - 1) // 3 * 3 + 3)
            return _business_day(_month_end(last_month) + timedelta(int(found["quarter_n"])))
        if found["begun"]:
            begin = period.replace(day=1, month=(period.month - 1) // 3 * 3 + 1)
            return _business_day(begin + timedelta(int(found["begun_n"])))
        if found["friday"]:
            first = _month_end(period) + timedelta(int(found["friday_n"]))
            return first + timedelta((4 - first.weekday()) % 7)
        if found["payroll"]:
            # The Saturday that ends the week of the 12th, then the third Friday after it.
            twelfth = period.replace(day=12)
            day = twelfth + timedelta((5 - twelfth.weekday()) % 7 + 20)
            return day + timedelta(7) if (day.month, day.day) <= (1, 3) else day
        if found["h6"]:
            first = _month_end(period) + timedelta(1)
            return _business_day(first + timedelta((1 - first.weekday()) % 7 + 21))
        return period + timedelta(int(found["day_n"] or 0))

    def instant(self, day: date) -> datetime:
        """The UTC instant at which a release of `day` is public; an unknown time means 17:59:59."""
        if self.text == "utc_day_end":
            return datetime.combine(day + timedelta(1), time(0), tzinfo=UTC)
        return new_york(day, self.at or UNKNOWN_TIME)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _business_day(day: date) -> date:
    """`day`, or the next SIFMA session: agencies keep federal holidays, which are SIFMA's closed days."""
    if day.year < 1962:  # before the calendars begin, weekends only
        return day + timedelta({5: 2, 6: 1}.get(day.weekday(), 0))
    return sessions("SIFMA", day, day + timedelta(7))[0]


def scheduled(series: Series, period: date, closures: tuple[Closure, ...]) -> datetime:
    """The UTC instant at which `series` for `period` is public by its rule, exceptional days and closures included.

    An event with a release day in the catalogue wins; else a release due while its agency was closed comes out on the
    closure's backlog day.
    """
    for event in series.events:
        if event.period == period and event.release is not None:
            return series.release.instant(event.release)
    day = series.release.release_day(period)
    for closure in closures:
        if series.agency in closure.agencies and closure.start <= day <= closure.backlog:
            day = closure.backlog
    return series.release.instant(day)


def vintage_instant(series: Series, vintage: date) -> datetime:
    """The UTC instant of a provider's vintage date: that day at the series' release time."""
    if series.release.text == "utc_day_end":
        return new_york(vintage, UNKNOWN_TIME)
    return series.release.instant(vintage)


def newest_period(series: Series, at: datetime, closures: tuple[Closure, ...]) -> date | None:
    """The newest period whose value should be public at `at` by the rule; None where there is none within two years.

    This is what staleness is judged against: a figure is stale when a newer one should have been there.
    """
    day = at.date()
    for step in range(1, 1100):
        period = _stamped(series, day - timedelta(step - 1))
        if period is None or any(e.period == period and e.kind == "never" for e in series.events):
            continue
        if scheduled(series, period, closures) <= at:
            return period
    return None


def _stamped(series: Series, day: date) -> date | None:
    """`day` if it can name a period of the series, else None."""
    if series.stamp == "month_start":
        return day if day.day == 1 else None
    if series.stamp == "quarter_start":
        return day if day.day == 1 and day.month % 3 == 1 else None
    if series.stamp == "day":
        return day if sessions(series.calendar, day, day) else None
    if series.weekday:
        return day if _WEEKDAYS[day.weekday()] == series.weekday else None
    return day


def following_period(series: Series, period: date) -> date:
    """The period after `period`, by the series' stamp and calendar."""
    if series.stamp in ("month_start", "quarter_start"):
        month = period.year * 12 + period.month - 1 + (3 if series.stamp == "quarter_start" else 1)
        return date(month // 12, month % 12 + 1, 1)
    if series.stamp == "day":
        return session_after(series.calendar, period)
    if series.weekday:
        return period + timedelta((_WEEKDAYS.index(series.weekday) - period.weekday() - 1) % 7 + 1)
    return period + timedelta(7)


def period_end(series: Series, period: date) -> date:
    """The last day of a period: of its month or quarter, else the day that names it."""
    if series.stamp == "month_start":
        return _month_end(period)
    if series.stamp == "quarter_start":
        return _month_end(period.replace(day=1, month=(period.month - 1) // 3 * 3 + 3))
    return period


def in_time(series: Series, period: date, known_at: datetime, closures: tuple[Closure, ...]) -> bool:
    """Whether a value known at `known_at` (UTC) came before the day on which the next period was due, so that no later
    release can have revised it unseen."""
    due, day = scheduled(series, period, closures).date(), known_at.date()
    for _ in range(6):  # a closure's backlog may bring several periods on one day
        period = following_period(series, period)
        if (after := scheduled(series, period, closures).date()) > due:
            return day < after
    return False
