"""The record beside a probability of recession, by hand on NBER's table and invented curves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from barograph.catalog.nber import in_recession, recessions
from barograph.core.estimate import Fact
from barograph.models.macro.recession import BILL, TEN
from barograph.run.recession_record import recession_record
from models_view import FakeView, catalog, rows_of

NOW = datetime(2019, 6, 28, 22, tzinfo=UTC)


def months(first: int, last: int) -> list[date]:
    return [date(y, m, 1) for y in range(first, last + 1) for m in range(1, 13)]


def record(inverted: set[int], now: datetime = NOW) -> dict[str, Fact]:
    """A curve that is inverted by two points in whole years, and steep in the others; months known by their own end."""
    days = [d for d in months(1960, now.year) if d < now.date().replace(day=1)]
    ten = {d: 3.0 if d.year in inverted else 8.0 for d in days}
    rows = {
        TEN: rows_of(catalog()[TEN], ten, "assumed"),
        BILL: rows_of(catalog()[BILL], dict.fromkeys(days, 5.0), "assumed"),
    }
    return {f.id.removeprefix("recession.us."): f for f in recession_record(FakeView(rows, now))}


def test_the_base_rate_by_counting_months() -> None:
    """Every month from 1960 to two years before the view, by NBER's table: recession months 1 to 12 months later."""
    found = record(set())["base_rate"]
    days = [d for d in months(1960, 2017) if d <= date(2017, 6, 1)]
    every = months(1960, 2019)
    hits = sum(any(in_recession(x) for x in every[every.index(d) + 1 : every.index(d) + 13]) for d in days)
    assert found.number == pytest.approx(100.0 * hits / len(days)) and found.n == len(days)


def test_alarms_are_runs_and_judged_two_years_later() -> None:
    """1965 is followed by nothing for two years, 1973 by the recession of 1973 to 1975, and that of 2001 comes unannounced."""
    found = record({1965, 1973, 2006})
    assert found["curve.alarms"].number == 3 and found["curve.false_alarms"].number == 1
    # Seven recessions from 1961 on were announced; only that of December 1973 had an alarm in the twelve months before it.
    assert len([r for r in recessions() if r.peak.year >= 1961 and r.peak_announced <= NOW.date()]) == 7
    assert (found["curve.missed"].number, found["curve.missed"].n) == (6.0, 7)


def test_an_alarm_that_may_still_come_true_is_not_judged() -> None:
    assert record({2018})["curve.alarms"].number == 0


def test_a_recession_counts_from_the_day_it_was_announced() -> None:
    """On 2008-11-28 the recession that began in January 2008 had not been announced (2008-12-01)."""
    before = record({2006}, datetime(2008, 11, 28, 22, tzinfo=UTC))["curve.missed"]
    after = record({2006}, datetime(2008, 12, 5, 22, tzinfo=UTC))["curve.missed"]
    assert before.n is not None and after.n == before.n + 1


def test_without_a_curve_the_reason_is_said() -> None:
    found = {f.id: f for f in recession_record(FakeView({}, NOW))}
    assert found["recession.us.base_rate"].value is not None
    assert found["recession.us.curve.alarms"].value is None and TEN in (found["recession.us.curve.alarms"].reason or "")
