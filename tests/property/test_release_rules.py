"""Release rules over the days of 1990-2030: never before the period is over, in order, right across clock changes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.catalog.load import load
from barograph.core.errors import CatalogError
from barograph.core.release import ReleaseRule, newest_period, scheduled, vintage_instant
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, is_session, new_york

FIRST, LAST = date(1990, 1, 1), date(2030, 12, 31)
CATALOG = load(sample=True)
RULES = sorted(
    {s.release.text for s in CATALOG} | {"day+1 16:30", "weekday:SUN+30 00:00", "month_end+0 02:30", "close@SIFMA"}
)
DAYS = st.dates(FIRST, LAST)
#: Rules whose release waits for the period to end; the rest speak on the day itself.
LAGGED = [
    r for r in RULES if r.startswith(("session", "weekday", "month", "quarter", "payroll", "h6", "friday", "day+"))
]


def end_of(rule: str, period: date) -> date:
    """The last day of the period that a rule's frequency names."""
    if rule.startswith("quarter"):
        month = (period.month - 1) // 3 * 3 + 3
        return date(period.year + month // 12, month % 12 + 1, 1) - timedelta(1)
    if rule.startswith(("month", "payroll", "h6", "friday")):
        return date(period.year + period.month // 12, period.month % 12 + 1, 1) - timedelta(1)
    return period


def is_early(rule: ReleaseRule, period: date) -> bool:
    """Whether a lagged rule lets a figure out before its period is over.

    "month_end+0" is out on the last day itself, every other lagged rule after it; a survey of the quarter under way is out
    so many days into it.
    """
    if found := re.match(r"quarter_start\+(\d+)", rule.text):
        begin = period.replace(day=1, month=(period.month - 1) // 3 * 3 + 1)
        return rule.release_day(period) < begin + timedelta(int(found[1]))
    return rule.release_day(period) < end_of(rule.text, period) + timedelta(0 if "+0" in rule.text else 1)


@pytest.mark.parametrize("rule", LAGGED)
@settings(max_examples=60, deadline=None)
@given(period=DAYS)
def test_a_lagged_release_is_never_before_its_period_ends(rule: str, period: date) -> None:
    assert not is_early(ReleaseRule.parse(rule), period)


@pytest.mark.parametrize("rule", [r for r in LAGGED if "+0" not in r])
def test_a_planted_rule_that_counts_from_the_periods_day_is_found(rule: str) -> None:
    class FromTheDay(ReleaseRule):
        def release_day(self, period: date) -> date:
            return period

    days = [FIRST + timedelta(i) for i in range(0, 4000, 17)]
    assert any(is_early(FromTheDay(rule, time(8, 30)), d) for d in days)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=60, deadline=None)
@given(period=DAYS, later=st.integers(0, 400))
def test_a_later_period_is_never_out_earlier(rule: str, period: date, later: int) -> None:
    parsed = ReleaseRule.parse(rule)
    first, second = (parsed.instant(parsed.release_day(d)) for d in (period, period + timedelta(later)))
    assert first.tzinfo is UTC and first <= second


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=40, deadline=None)
@given(day=DAYS)
def test_the_wall_clock_is_new_yorks_on_every_day(rule: str, day: date) -> None:
    parsed = ReleaseRule.parse(rule)
    instant = parsed.instant(day)
    if rule == "utc_day_end":
        assert instant == datetime.combine(day + timedelta(1), time(), tzinfo=UTC)
        return
    local = instant.astimezone(NEW_YORK)
    wanted = parsed.at or time(17, 59, 59)
    gap = local.replace(tzinfo=None) != datetime.combine(day, wanted)
    # A time that the spring change leaves out is read an hour on: late rather than early.
    assert not gap or (wanted.hour == 2 and local.hour == 3 and local.date() == day)


@settings(max_examples=300, deadline=None)
@given(day=DAYS, minute=st.integers(0, 24 * 60 - 1))
def test_of_two_readings_of_the_wall_clock_the_later_is_taken(day: date, minute: int) -> None:
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=NEW_YORK)
    assert new_york(day, wall.time()) == max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def test_the_clock_changes_of_2026() -> None:
    assert new_york(date(2026, 11, 1), time(1, 30)) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 EST, not EDT
    assert new_york(date(2026, 3, 8), time(2, 30)) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)  # 03:30 EDT
    assert new_york(date(2026, 3, 8), time(1, 30)) == datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert new_york(date(2026, 3, 8), time(3, 30)) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


ROWS = [s for s in CATALOG if not s.family]


@pytest.mark.parametrize("series", ROWS, ids=lambda s: s.id)
def test_periods_of_a_row_come_out_in_order(series: Series) -> None:
    """With closures and exceptional days: no period is public before an older one, none before it began."""
    step = {"D": 1, "W": 7, "M": 31, "Q": 92}[series.frequency]
    day, before = date(2012, 1, 1), datetime(2000, 1, 1, tzinfo=UTC)
    never = {e.period for e in series.events if e.kind == "never"}
    while day < date(2027, 1, 1):
        if series.frequency in "MQ":
            day = day.replace(day=1)
        if series.weekday:
            day += timedelta(
                (("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN").index(series.weekday) - day.weekday()) % 7
            )
        if day not in never:
            instant = scheduled(series, day, CATALOG.closures)
            assert instant >= before, day
            assert instant.astimezone(NEW_YORK).date() >= day
            before = instant
        # Daily rows are sampled, the others walked.
        day += timedelta(step if series.frequency != "D" else 3)


@settings(max_examples=150, deadline=None)
@given(series=st.sampled_from(ROWS), day=st.dates(date(2005, 1, 1), date(2026, 11, 20)))
def test_the_newest_period_is_public_and_is_one(series: Series, day: date) -> None:
    at = new_york(day, time(18))
    newest = newest_period(series, at, CATALOG.closures)
    assert newest is not None
    assert scheduled(series, newest, CATALOG.closures) <= at
    if series.frequency == "D":
        assert is_session(series.calendar, newest)
    if series.weekday:
        assert ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")[newest.weekday()] == series.weekday
    if series.frequency in "MQ":
        assert newest.day == 1


@settings(max_examples=100, deadline=None)
@given(series=st.sampled_from(ROWS), day=DAYS)
def test_a_vintage_is_known_on_its_own_day(series: Series, day: date) -> None:
    assert vintage_instant(series, day).astimezone(NEW_YORK).date() == day


@pytest.mark.parametrize(
    "text",
    (
        *("", "daily", "day-1 16:00", "close@LSE", "weekday:MO 16:15", "weekday:XYZ 16:15", "weekday:MON+ 16:15"),
        *("day 24:00", "day 9:00", "session+1 08:00", "month_end 08:30", "payroll+1 08:30", "day  08:30 EST"),
    ),
)
def test_no_other_form_is_a_rule(text: str) -> None:
    with pytest.raises(CatalogError) as found:
        ReleaseRule.parse(text)
    assert "close@NYSE" in found.value.nearest
