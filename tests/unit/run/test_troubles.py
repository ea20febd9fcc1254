"""What a page says was held back: a figure that came later than another is no news of the days before it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.core.observation import Reading
from barograph.core.time import DAY_END, AsOfDate, new_york
from barograph.run.troubles import recorded_problems
from small_archive import FILLED, PAYROLLS, add, small

JULY = date(2025, 7, 1)
#: By the release rule July's payrolls come on 1 August; the archive holds them as known on the fifth.
BY_RULE, NEXT = date(2025, 8, 1), date(2025, 8, 4)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return small(tmp_path / "archive")


def said(archive: Archive, day: date) -> list[str]:
    at = AsOfDate(new_york(day, DAY_END), day)
    view = archive.as_of(at.instant)
    return [p.message for p in recorded_problems(archive, at, None, view) if p.source == "quarantine"]


def misprint(archive: Archive, period: date, at: datetime) -> None:
    made = add(archive, [Reading(PAYROLLS, period, 1_540_500.0)], at)
    assert [q.period for r in made for q in r.quarantined] == [period]


def test_a_misprint_of_a_known_figure_is_no_news_of_the_days_before(archive: Archive) -> None:
    before = [said(archive, d) for d in (BY_RULE, NEXT)]
    assert before == [[], []]
    misprint(archive, JULY, FILLED + timedelta(days=1))
    assert [said(archive, d) for d in (BY_RULE, NEXT)] == before


def test_the_day_of_the_look_says_it(archive: Archive) -> None:
    seen = FILLED + timedelta(days=1)
    misprint(archive, JULY, seen)
    (text,) = said(archive, seen.date())
    assert "held back" in text and "2025-07-01" in text
