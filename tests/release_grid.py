"""Every release rule on every day that may stamp a period, 2000-2030, and clocks told by arithmetic alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from barograph.catalog.load import load
from barograph.core import release
from barograph.core.release import ReleaseRule
from barograph.core.time import UNKNOWN_TIME, sessions

FIRST, LAST = date(2000, 1, 1), date(2030, 12, 31)
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True)
class Kept:
    """A rule as a row keeps it: with the stamp, the weekday and the calendar that say which days are periods."""

    text: str
    stamp: str
    weekday: str = ""
    calendar: str = "none"

    @property
    def rule(self) -> ReleaseRule:
        return ReleaseRule.parse(self.text)

    def periods(self) -> list[date]:
        return list(_periods(self.stamp, self.weekday, self.calendar))

    def ends(self, period: date) -> date:
        """The last day of a period."""
        if self.stamp == "month_start":
            return last_of_month(period)
        if self.stamp == "quarter_start":
            return last_of_month(period.replace(month=(period.month - 1) // 3 * 3 + 3))
        return period


def last_of_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(1)


@cache
def _periods(stamp: str, weekday: str, calendar: str) -> tuple[date, ...]:
    days = [FIRST + timedelta(i) for i in range((LAST - FIRST).days + 1)]
    if stamp == "month_start":
        return tuple(d for d in days if d.day == 1)
    if stamp == "quarter_start":
        return tuple(d for d in days if d.day == 1 and d.month % 3 == 1)
    if stamp == "week_end":
        return tuple(d for d in days if not weekday or WEEKDAYS[d.weekday()] == weekday)
    return tuple(sessions(calendar, FIRST, LAST))


def forms() -> list[str]:
    """The examples of every form in the docstring of core/release.py."""
    return re.findall(r"``([^`]+)``", (release.__doc__ or "").partition("====\n")[2].rpartition("====")[0])


def kept() -> list[Kept]:
    """The distinct rules of the catalogue with their stamps, and the documented forms that no row has."""
    rows = {Kept(s.release.text, s.stamp, s.weekday, s.calendar) for s in load(sample=True)}
    texts = {k.text for k in rows}
    for text in forms():
        if text not in texts:
            monthly = text.startswith(("month_end", "payroll", "h6", "friday"))
            quarterly = text.startswith("quarter")
            stamp = "month_start" if monthly else "quarter_start" if quarterly else "day"
            rows.add(Kept(text, stamp, calendar="24x7" if stamp == "day" else "none"))
    return sorted(rows, key=lambda k: (k.text, k.stamp, k.weekday, k.calendar))


# ---------------------------------------------------------------- clocks by the law, without a zone database


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday of a month (Monday 0); n = -1 is the last."""
    if n < 0:
        end = last_of_month(date(year, month, 1))
        return end - timedelta((end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))


@cache
def summer_in_new_york(year: int) -> tuple[date, date]:
    """First and last-plus-one day of summer time: Energy Policy Act of 2005 from 2007 on, Uniform Time Act before."""
    if year >= 2007:
        return nth(year, 3, 6, 2), nth(year, 11, 6, 1)
    return nth(year, 4, 6, 1), nth(year, 10, 6, -1)


@cache
def summer_in_london(year: int) -> tuple[date, date]:
    """The same in London: the last Sundays of March and October."""
    return nth(year, 3, 6, -1), nth(year, 10, 6, -1)


def by_law(day: date, at: time) -> datetime:
    """The UTC instant of a wall-clock time of New York: the later reading where the clock leaves two or none."""
    begin, end = summer_in_new_york(day.year)
    wall = datetime.combine(day, at, tzinfo=UTC)
    # The clock goes from 02:00 to 03:00 and back from 02:00 to 01:00: up to those marks the day before still rules.
    changed = datetime.combine(begin, time(3), tzinfo=UTC) <= wall < datetime.combine(end, time(1), tzinfo=UTC)
    return wall + timedelta(hours=4 if changed else 5)


def apart(day: date) -> int:
    """Hours from New York to London at noon of New York."""
    (a, b), (c, d) = summer_in_new_york(day.year), summer_in_london(day.year)
    return 5 - (a <= day < b) + (c <= day < d)


def odd_days() -> list[date]:
    """Days of 2000-2026 on which London is not five hours ahead of New York."""
    days = (FIRST + timedelta(i) for i in range((date(2026, 12, 31) - FIRST).days + 1))
    return [d for d in days if apart(d) != 5]


def pairs(rule: ReleaseRule, days: list[date]) -> Iterator[tuple[date, date, datetime]]:
    """(period, release day, instant) of every period."""
    for period in days:
        day = rule.release_day(period)
        yield period, day, rule.instant(day)


def stated(rule: ReleaseRule) -> time:
    """The wall-clock time that a rule states, or the one that stands for an unknown one."""
    return rule.at or UNKNOWN_TIME
