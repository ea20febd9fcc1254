"""Rates and currencies that are published after their day: over a year, none of them is known a minute early."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import new_york, session_after, sessions

pytestmark = pytest.mark.e2e

YEAR = (date(2024, 11, 5), date(2025, 11, 4))
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def archive(golden_archive: Path) -> Archive:
    return Archive.open(golden_archive, load())


def next_morning(day: date) -> datetime:
    """The New York Fed puts the rate of a day out at eight (SOFR) on the next business day."""
    return new_york(session_after("SIFMA", day), time(8))


def monday_after(day: date) -> datetime:
    """H.10 speaks on Monday, Tuesday after a holiday, about the week before."""
    monday = day + timedelta(7 - day.weekday())
    return new_york(sessions("SIFMA", monday, monday + timedelta(7))[0], time(16, 15))


@pytest.mark.parametrize(
    ("series_id", "public", "least"),
    [("us.rates.sofr", next_morning, 240), ("us.fx.broad_dollar", monday_after, 240)],
)
def test_not_known_before_its_release_and_known_from_then_on(
    archive: Archive, series_id: str, public, least: int
) -> None:
    held = archive.as_of(new_york(date(2025, 11, 6), time(18))).series(series_id, *YEAR)
    assert len(held) >= least
    for period in (p.item() for p in held.periods):
        before, at = (
            archive.as_of(public(period) - step).series(series_id, start=period) for step in (MINUTE, 0 * MINUTE)
        )
        assert before.value_on(period) is None, period
        assert at.value_on(period) == held.value_on(period), period


@pytest.mark.parametrize(
    ("series_id", "last"),
    [
        ("us.rates.sofr", date(2025, 11, 4)),
        ("us.rates.effr", date(2025, 11, 4)),
        ("us.money.treasury_account", date(2025, 10, 29)),
        ("us.positioning.es.noncomm_net", date(2025, 9, 23)),
        ("us.positioning.es.lev_money_net", date(2025, 4, 29)),
    ],
)
def test_the_golden_session_sees_each_on_its_own_clock(archive: Archive, series_id: str, last: date) -> None:
    view = archive.as_of(new_york(date(2025, 11, 5), time(18)))
    assert view.series(series_id).last[0] == last
