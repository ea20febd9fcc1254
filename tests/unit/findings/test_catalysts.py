"""What is to come: rules bent by closures and announcements, calendars in the place of rules, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from barograph.catalog.load import load
from barograph.core.observation import Announcement, CalendarItem, EventKind, Untrusted
from barograph.core.time import new_york
from barograph.findings.catalysts import NOTICE, Catalyst, catalysts, moved

CATALOG = load()
EVENING = new_york(date(2025, 11, 5), time(18))
PAYROLLS, CPI, CLAIMS = "us.labour.payrolls", "us.prices.cpi", "us.labour.initial_claims"


def said(
    day: str, title: str, calendar: str = "calendar.us.bls", at: time | None = None, kind: EventKind = "release",
    known: datetime = EVENING - timedelta(100), subject: str = "",
) -> Announcement:  # fmt: skip
    on = date.fromisoformat(day)
    item = CalendarItem(calendar, f"{title} {day}", on, at, Untrusted(title), kind, subject)
    return Announcement(item, known, known, "b000001")


def ahead(
    now: datetime = EVENING, last: Mapping[str, date] | None = None, announced: list[Announcement] | None = None,
    days: int = 45,
) -> list[Catalyst]:  # fmt: skip
    held = last or {}
    return catalysts(CATALOG, held.get, announced or [], now, now.date() + timedelta(days))


def of(found: list[Catalyst], title: str) -> list[tuple[str | None, str, str | None]]:
    return [(str(c.day) if c.day else None, c.state, str(c.period)) for c in found if c.title == title]


def test_an_ordinary_month_by_rule() -> None:
    found = ahead(new_york(date(2024, 3, 1), time(18)), days=14)
    assert of(found, "Employment Situation") == [("2024-03-08", "by rule", "2024-02-01")]  # as it came
    assert of(found, "Consumer Price Index") == [("2024-03-12", "by rule", "2024-02-01")]  # the agency's own day
    assert [c.day for c in found if c.title.startswith("Unemployment")] == [date(2024, 3, 7), date(2024, 3, 14)]
    assert found == sorted(found, key=lambda c: (c.day is None, c.day or date.max, c.at or time.max, -c.weight, c.id))


def test_a_closure_puts_what_is_ahead_at_risk_and_suspends_what_was_due() -> None:
    found = ahead(last={CLAIMS: date(2025, 9, 20)})
    assert of(found, "Employment Situation") == [
        ("2025-11-07", "at risk", "2025-10-01"), ("2025-12-05", "at risk", "2025-11-01"),
        (None, "suspended", "2025-09-01"),
    ]  # fmt: skip
    claims = next(c for c in found if c.title.startswith("Unemployment") and c.day is None)
    assert (claims.period, claims.more) == (date(2025, 9, 27), 4)
    # What never came still has the day on which its rule expected it.
    assert next(c.was for c in found if c.title == "Employment Situation" and c.day is None) == date(2025, 10, 3)
    # The day before it nobody knew.
    before = ahead(new_york(date(2025, 9, 30), time(18)))
    assert {c.state for c in before} == {"by rule"}
    assert of(before, "Employment Situation")[0] == ("2025-10-03", "by rule", "2025-09-01")


def test_a_change_of_day_counts_from_its_announcement() -> None:
    """BLS announced on 2025-11-14 that the report on September would come on 2025-11-20."""
    told = next(e for e in CATALOG[PAYROLLS].events if e.period == date(2025, 9, 1))
    assert told.release == date(2025, 11, 20)
    last = {PAYROLLS: date(2025, 8, 1)}
    after = ahead(new_york(told.known_from, time(18)), last)
    assert of(after, "Employment Situation")[0] == ("2025-11-20", "by rule", "2025-09-01")
    before = ahead(new_york(told.known_from - timedelta(1), time(18)), last)
    assert ("2025-11-20", "by rule", "2025-09-01") not in of(before, "Employment Situation")
    [shown] = [c for c in moved(after, before) if c.title == "Employment Situation" and c.period == date(2025, 9, 1)]
    assert (shown.source, shown.note != "") == (NOTICE, True) and (shown.was is None or shown.was != shown.day)


def test_a_calendar_takes_the_place_of_the_rule_and_names_its_time() -> None:
    now = new_york(date(2024, 3, 1), time(18))
    cpi = said("2024-03-12", "Consumer Price Index", at=time(8, 30), known=now - timedelta(1))
    found = ahead(now, announced=[cpi], days=14)
    [c] = [c for c in found if c.title == "Consumer Price Index"]
    assert (c.day, c.at, c.state, c.period) == (date(2024, 3, 12), time(8, 30), "announced", date(2024, 2, 1))
    assert c.source == "Bureau of Labor Statistics, schedule of releases"
    # Of two calendars that name one day one event is made, with the time of the one that has it.
    fred = said("2024-03-12", "Consumer Price Index", "calendar.us.fred", known=now, subject="fred:10")
    both = ahead(now, announced=[fred, cpi], days=14)
    assert [x for x in both if x.title == "Consumer Price Index"] == [c]
    [alone] = [x for x in ahead(now, announced=[fred], days=14) if x.title == "Consumer Price Index"]
    assert (alone.day, alone.at) == (date(2024, 3, 12), time(8, 30)), "the rule's time on the announced day"


def test_a_calendar_adds_what_no_rule_knows_and_nothing_that_nobody_asked_for() -> None:
    now = new_york(date(2024, 3, 1), time(18))
    second = said("2024-03-28", "GDP (Third Estimate), 4th Quarter 2023", "calendar.us.bea", time(8, 30), known=now)
    local = said("2024-03-11", "State Employment and Unemployment", known=now)
    found = ahead(now, announced=[second, local])
    assert ("2024-03-28", "announced", "None") in of(found, "Gross Domestic Product")
    assert not [c for c in found if "State Emp" in c.title]
    own = said("2024-03-11", "State Employment and Unemployment", "user.own", kind="other", known=now)
    assert [c.title for c in ahead(now, announced=[own]) if "State Emp" in c.title]


def test_during_a_closure_only_a_calendar_followed_before_is_believed() -> None:
    begun = new_york(date(2025, 10, 1), time(0))
    old = said("2025-11-13", "Consumer Price Index", at=time(8, 30), known=begun - timedelta(30))
    new = said("2025-11-20", "Employment Situation", at=time(8, 30), known=EVENING)
    last = {PAYROLLS: date(2025, 8, 1), CPI: date(2025, 9, 1)}
    found = ahead(last=last, announced=[old, new])
    assert of(found, "Consumer Price Index")[0] == ("2025-11-13", "at risk", "2025-10-01")
    assert of(found, "Employment Situation")[0][:2] == ("2025-11-07", "at risk")
    assert ("2025-11-20", "announced", "2025-09-01") in of(found, "Employment Situation"), "the lost report has a day"
    # A calendar first seen during the closure shows what stood there before: nothing of it is new.
    assert ("2025-11-20", "announced", "2025-09-01") not in of(
        ahead(last=last, announced=[new]), "Employment Situation"
    )


def test_what_did_not_come_is_overdue_only_where_somebody_looked() -> None:
    now = new_york(date(2024, 3, 20), time(18))
    late = {PAYROLLS: date(2024, 1, 1), CPI: date(2024, 2, 1)}
    [c] = [c for c in ahead(now, late) if c.title == "Employment Situation" and c.day is None]
    assert (c.state, c.period, c.was) == ("overdue", date(2024, 2, 1), date(2024, 3, 8))
    assert not [c for c in ahead(now) if c.state == "overdue"]
    # Another row of the publication that has the period says that it came out.
    whole = {**late, "us.labour.unemployment_rate": date(2024, 2, 1)}
    assert not [c for c in ahead(now, whole) if c.state == "overdue"]


def test_an_event_with_a_time_is_over_when_it_has_passed() -> None:
    meeting = said("2025-11-05", "Meeting", "user.own", time(14), "policy")
    day_long = said("2025-11-05", "All day", "user.own", None, "other")
    shown = [
        c.title
        for c in ahead(announced=[meeting, day_long])
        if c.source == "user.own" or c.quoted or c.kind != "release"
    ]
    assert shown == ["All day"]
    noon = ahead(EVENING - timedelta(hours=6), announced=[meeting, day_long])
    assert {"Meeting", "All day"} <= {c.title for c in noon}


def test_bills_weigh_nothing_and_meetings_most() -> None:
    bill = said("2025-11-10", "13-Week Bill auction", "calendar.us.auctions", kind="auction", subject="13-Week")
    note = said("2025-11-12", "10-Year Note auction", "calendar.us.auctions", kind="auction", subject="10-Year")
    found = {c.title: c for c in ahead(announced=[bill, note, *CATALOG.events])}
    assert (found["13-Week Bill auction"].weight, found["10-Year Note auction"].weight) == (0, 1)
    fomc = found["FOMC statement"]
    assert (fomc.weight, fomc.day, fomc.at, fomc.source) == (3, date(2025, 12, 10), time(14), "Federal Reserve Board")
    assert not fomc.quoted and found["10-Year Note auction"].quoted


def test_moved_says_the_day_before_and_not_that_a_calendar_was_read() -> None:
    day = date(2025, 11, 13)
    base = Catalyst("cpi 2025-10-01", "CPI", "release", 3, day, time(8, 30), "announced", "BLS")
    assert moved([base], [replace(base, day=day - timedelta(1))])[0].was == day - timedelta(1)
    assert moved([base], [replace(base, day=day - timedelta(1), state="by rule")])[0].was is None
    assert moved([base], [base]) == [base] and moved([base], []) == [base]
    lost = replace(base, day=None, at=None, state="suspended")
    assert moved([lost], [replace(base, state="by rule")])[0].was == day


def test_every_instant_is_aware_of_the_change_of_clocks() -> None:
    for now in (new_york(date(2025, 3, 7), time(18)), new_york(date(2025, 10, 31), time(18))):
        for c in ahead(now, days=10):
            if c.day and c.at:
                assert new_york(c.day, c.at).astimezone(UTC) > now
