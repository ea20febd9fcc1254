"""P10, release clocks are right: every rule of the catalogue and every documented form on every day, 2000-2030.

Known: a period is public at an aware instant in UTC, by the wall clock of New York as the law sets it (told here by
arithmetic, without a zone database), never before its day, and never before an earlier period of the same rule. Planted:
a rule that forgets summer time, one that counts backwards, one that ignores holidays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

import release_grid as grid
from barograph.catalog.load import load
from barograph.core.release import ReleaseRule, scheduled
from barograph.core.series import Series
from barograph.core.time import CLOSE, is_session, new_york, session_after, sessions
from release_grid import FIRST, LAST, Kept

KEPT = grid.kept()
RULES = sorted({k.text for k in KEPT})
CATALOG = load()
#: A survey of the quarter under way is out inside its quarter.
INSIDE_ITS_PERIOD = ("quarter_start",)
#: These move on from a weekend or a federal holiday.
BUSINESS = ("session", "weekday", "month_end", "quarter_end", "quarter_start", "h6")
#: These name a day of the week whatever the holidays are.
ITS_WEEKDAY = {"friday": 4, "payroll": 4, "h6": 1}


def faults(kept: Kept, rule: ReleaseRule | None = None) -> tuple[int, list[str]]:
    """How many periods were looked at, and what is wrong with their instants."""
    rule = rule or kept.rule
    out: list[str] = []
    before, count = datetime(1990, 1, 1, tzinfo=UTC), 0
    form = kept.text.partition(" ")[0]
    sifma = frozenset(sessions("SIFMA", FIRST, date(2031, 12, 31)))
    weekday = next((d for f, d in ITS_WEEKDAY.items() if form.startswith(f)), None)
    for period, day, instant in grid.pairs(rule, kept.periods()):
        count += 1
        if instant.tzinfo is not UTC:
            out.append(f"{period}: not in UTC")
        wanted = (
            datetime.combine(day + timedelta(1), time(), tzinfo=UTC)
            if form == "utc_day_end"
            else grid.by_law(day, grid.stated(rule))
        )
        if instant != wanted:
            out.append(f"{period}: {instant}, by law {wanted}")
        if instant < before:
            out.append(f"{period}: before an earlier period")
        least = period if form.startswith(INSIDE_ITS_PERIOD) else kept.ends(period)
        if day < least:
            out.append(f"{period}: out on {day}, before {least}")
        if form.startswith(BUSINESS) and "@NYSE" not in form and day not in sifma:
            out.append(f"{period}: out on {day}, no business day")
        moved = form == "h6" and day - timedelta(1) not in sifma  # from a Tuesday that is a holiday
        if weekday is not None and day.weekday() != weekday and not moved:
            out.append(f"{period}: out on a {day:%A}")
        before = instant
    return count, out


@pytest.mark.parametrize("kept", KEPT, ids=lambda k: f"{k.text} {k.stamp}{k.weekday} {k.calendar}")
def test_every_period_of_a_rule(kept: Kept) -> None:
    count, found = faults(kept)
    assert found[:5] == []
    assert count == len(kept.periods()) >= 124  # 31 years of quarters


def test_the_grid_is_whole() -> None:
    assert {s.release.text for s in CATALOG} <= set(RULES) and set(grid.forms()) <= set(RULES)
    assert len(grid.forms()) >= 13 and len(RULES) >= 40
    assert sum(len(k.periods()) for k in KEPT) > 180_000
    assert max(len(k.periods()) for k in KEPT) == (LAST - FIRST).days + 1


class Planted(ReleaseRule):
    """A rule with a bug."""

    def __init__(self, text: str, day: Callable[[ReleaseRule, date], date], hour: int | None = None) -> None:
        rule = ReleaseRule.parse(text)
        super().__init__(rule.text, rule.at)
        object.__setattr__(self, "bug", (rule, day, hour))

    def __getattribute__(self, name: str) -> object:
        if name not in ("release_day", "instant"):
            return super().__getattribute__(name)
        rule, day, hour = object.__getattribute__(self, "bug")
        if name == "release_day":
            return lambda period: day(rule, period)
        return lambda d: rule.instant(d) if hour is None else datetime.combine(d, time(hour), tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day", "hour", "word"),
    [
        ("month_end+15 08:30", ReleaseRule.release_day, 13, "by law"),  # 08:30 at UTC-5 all the year
        ("month_end+15 08:30", lambda r, p: p + timedelta(14), None, "before"),
        ("month_end+15 08:30", lambda r, p: grid.last_of_month(p) + timedelta(15), None, "business"),
        ("payroll 08:30", lambda r, p: grid.last_of_month(p) + timedelta(7), None, "out on a"),
        ("session+3@SIFMA 15:30", lambda r, p: p + timedelta(3 + 14 * (p.month == 3)), None, "an earlier period"),
    ],
)
def test_planted_bugs_are_found(
    text: str, day: Callable[[ReleaseRule, date], date], hour: int | None, word: str
) -> None:
    (kept,) = [k for k in KEPT if k.text == text][:1]
    assert any(word in f for f in faults(kept, Planted(text, day, hour))[1])


BENT = [s for s in CATALOG if s.events or any(s.agency in c.agencies for c in CATALOG.closures)]


@pytest.mark.parametrize("series", BENT, ids=lambda s: s.id)
def test_closures_and_exceptional_days_keep_the_order(series: Series) -> None:
    never = {e.period for e in series.events if e.kind == "never"}
    periods = Kept(series.release.text, series.stamp, series.weekday, series.calendar).periods()
    instants = [scheduled(series, p, CATALOG.closures) for p in periods if p not in never]
    assert instants == sorted(instants)


# ---------------------------------------------------------------- gap and fold, by hand


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("2026-03-08", "01:59", "2026-03-08T06:59"),
        ("2026-03-08", "02:30", "2026-03-08T07:30"),  # skipped: read at UTC-5, which is 03:30 by the new clock
        ("2026-03-08", "03:00", "2026-03-08T07:00"),
        ("2026-11-01", "00:59", "2026-11-01T04:59"),
        ("2026-11-01", "01:30", "2026-11-01T06:30"),  # passed twice: the second pass, at UTC-5
        ("2026-11-01", "02:00", "2026-11-01T07:00"),
        ("2006-04-02", "02:30", "2006-04-02T07:30"),  # the law before 2007
        ("2006-10-29", "01:30", "2006-10-29T06:30"),
        ("2006-03-12", "02:30", "2006-03-12T07:30"),  # no change on the day that the later law would name
    ],
)
def test_the_hours_of_the_clock_changes(day: str, at: str, instant: str) -> None:
    rule = ReleaseRule.parse(f"day {at}")
    wanted = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert rule.instant(date.fromisoformat(day)) == wanted
    assert grid.by_law(date.fromisoformat(day), time.fromisoformat(at)) == wanted


def test_a_rule_inside_the_hours_of_change_is_right_on_every_day() -> None:
    for text in ("day 01:30", "day 02:30", "day 02:00", "day 01:00", "day 03:00"):
        count, found = faults(Kept(text, "day", calendar="24x7"))
        # Two days may share an instant's order only by being a day apart: nothing may run backwards.
        assert found == [] and count == 11_323


# ---------------------------------------------------------------- half days


@pytest.mark.parametrize("day", ["2025-11-28", "2025-12-24", "2023-07-03"])
def test_a_half_day_counts_from_four_o_clock(day: str) -> None:
    """The exchange closes at 13:00 then; 16:00 is later than the truth, so no page can show a close that was not."""
    half = date.fromisoformat(day)
    assert is_session("NYSE", half)
    spx = CATALOG["us.equity.spx"]
    known = scheduled(spx, half, CATALOG.closures)
    assert known == new_york(half, CLOSE) == new_york(half, time(16))
    assert (
        new_york(half, time(13)) < known < new_york(half, time(18)) < new_york(session_after("NYSE", half), time(9, 30))
    )
