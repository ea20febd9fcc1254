"""The next release as it could be foreseen at a day.

The days of 2013 and 2025 are the agencies' own: Employment Situation for September 2013 on 2013-10-22; no release while
the government was closed in October 2025, and never a consumer price index for that month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from barograph.catalog.load import load
from barograph.core.ahead import next_release
from barograph.core.release import following_period
from barograph.core.time import is_session

CATALOG = load()


@dataclass
class Stand:
    """A view that knows values up to `last` and withdrew `withdrawn`."""

    known_at: datetime
    last: date | None
    withdrawn: tuple[date, ...] = ()
    catalog: Any = field(default=CATALOG)

    def series(self, series_id: str) -> Any:
        return SimpleNamespace(last=(self.last, 1.0) if self.last else None, withdrawn=self.withdrawn)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("series_id", "now", "last", "period", "due", "state"),
    [
        ("us.labour.payrolls", "2008-10-02T22:00", "2008-08-01", "2008-09-01", "2008-10-03T12:30", "scheduled"),
        ("us.labour.payrolls", "2008-10-03T12:30", "2008-08-01", "2008-09-01", "2008-10-03T12:30", "due"),
        ("us.growth.gdp_real", "2008-10-02T22:00", "2008-04-01", "2008-07-01", "2008-10-31T12:30", "scheduled"),
        ("us.labour.initial_claims", "2024-01-11T22:00", "2024-01-06", "2024-01-13", "2024-01-18T13:30", "scheduled"),
        ("us.vol.vix", "2025-11-05T23:00", "2025-11-05", "2025-11-06", "2025-11-06T22:00", "scheduled"),
        # Before the closure nobody knew of it.
        ("us.labour.payrolls", "2013-09-30T22:00", "2013-08-01", "2013-09-01", "2013-10-04T12:30", "scheduled"),
        ("us.labour.payrolls", "2013-10-10T22:00", "2013-08-01", "2013-09-01", None, "suspended"),
        ("us.labour.payrolls", "2013-10-18T22:00", "2013-08-01", "2013-09-01", "2013-10-22T12:30", "scheduled"),
        ("us.labour.payrolls", "2025-11-05T23:00", "2025-08-01", "2025-09-01", None, "suspended"),
        ("us.prices.cpi", "2025-11-05T23:00", "2025-09-01", "2025-10-01", "2025-11-17T13:30", "at risk"),
    ],
)
def test_the_next_release(series_id: str, now: str, last: str, period: str, due: str | None, state: str) -> None:
    found = next_release(CATALOG[series_id], Stand(at(now), date.fromisoformat(last)))
    assert found is not None
    assert (found.period.isoformat(), found.state) == (period, state)
    assert found.at == (at(due) if due else None)
    assert bool(found.note) == (state in ("suspended", "at risk") or "2013-10-18" in now)


def test_a_figure_known_never_to_come_is_passed_over() -> None:
    cpi = CATALOG["us.prices.cpi"]
    never = next(e for e in cpi.events if e.kind == "never")
    told = next_release(cpi, Stand(datetime(never.known_from.year, 12, 20, tzinfo=UTC), date(2025, 9, 1)))
    assert told is not None and told.period == date(2025, 11, 1)
    untold = next_release(cpi, Stand(at("2025-09-30T22:00"), date(2025, 9, 1)))
    assert untold is not None and untold.period == date(2025, 10, 1)


def test_a_withdrawn_figure_is_not_the_next_one() -> None:
    found = next_release(
        CATALOG["us.labour.payrolls"], Stand(at("2008-10-20T22:00"), date(2008, 8, 1), (date(2008, 9, 1),))
    )
    assert found is not None and found.period == date(2008, 10, 1)


def test_nothing_to_count_from() -> None:
    assert next_release(CATALOG["us.labour.payrolls"], Stand(at("2008-10-20T22:00"), None)) is None
    assert next_release(CATALOG["us.equity.member.weight"], Stand(at("2008-10-20T22:00"), date(2008, 8, 1))) is None


def test_periods_follow_by_their_stamp() -> None:
    assert following_period(CATALOG["us.labour.payrolls"], date(2008, 12, 1)) == date(2009, 1, 1)
    assert following_period(CATALOG["us.growth.gdp_real"], date(2008, 10, 1)) == date(2009, 1, 1)
    assert following_period(CATALOG["us.labour.initial_claims"], date(2024, 1, 6)) == date(2024, 1, 13)
    assert following_period(CATALOG["us.vol.vix"], date(2025, 11, 7)) == date(2025, 11, 10)


@pytest.mark.parametrize("series", [s for s in CATALOG if not s.family], ids=lambda s: s.id)
def test_the_period_after_is_later_and_of_the_same_stamp(series: Any) -> None:
    period = {"month_start": date(2020, 1, 1), "quarter_start": date(2020, 1, 1)}.get(series.stamp, date(2020, 1, 3))
    for _ in range(5):
        after = following_period(series, period)
        assert after > period
        if series.stamp == "day":
            assert is_session(series.calendar, after)
        if series.weekday:
            assert f"{after:%a}".upper() == series.weekday
        period = after
