"""Publications and schedules: the meeting days of the FOMC as published, and what a table may not say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from barograph.catalog.agenda import events_of, newest_day, publication_of
from barograph.catalog.load import load
from barograph.core.errors import CatalogError
from barograph.core.time import NEW_YORK

CATALOG = load()
FOMC = [a for a in CATALOG.events if a.item.calendar == "us.fed.fomc"]
SCHEDULED = {a.item.day: a for a in FOMC if a.item.title == "FOMC statement" and not a.item.cancelled}


def test_eight_meetings_a_year() -> None:
    per_year = Counter(day.year for day in SCHEDULED)
    assert per_year.pop(2028) == 1, "the schedule of 2027 names the first meeting of 2028"
    assert sorted(per_year) == list(range(2000, 2028)) and set(per_year.values()) == {8}
    assert all(day.weekday() < 5 for day in SCHEDULED)
    assert newest_day(CATALOG.events, "us.fed.fomc") == date(2028, 1, 26)


def test_the_days_that_were_published() -> None:
    """Federal Reserve Board, press releases of 2024-08-09 (2025 and 2026) and 2025-09-05 (2027)."""
    published = {
        date(2024, 8, 9): "2025-01-29 2025-03-19 2025-05-07 2025-06-18 2025-07-30 2025-09-17 2025-10-29 2025-12-10 "
        "2026-01-28 2026-03-18 2026-04-29 2026-06-17 2026-07-29 2026-09-16 2026-10-28 2026-12-09",
        date(2025, 9, 5): "2027-01-27 2027-03-17 2027-04-28 2027-06-09 2027-07-28 2027-09-15 2027-10-27 2027-12-08",
    }
    for known, days in published.items():
        for text in days.split():
            a = SCHEDULED[date.fromisoformat(text)]
            assert a.item.at == time(14) and a.known_at.astimezone(NEW_YORK).date() == known


def test_the_meeting_of_march_2020_was_struck_when_another_took_its_place() -> None:
    [struck] = [a for a in FOMC if a.item.cancelled]
    assert struck.item.day == date(2020, 3, 18) and struck.known_at.astimezone(NEW_YORK).date() == date(2020, 3, 15)
    [sunday] = [a for a in FOMC if a.item.day == date(2020, 3, 15)]
    assert sunday.known_at == datetime(2020, 3, 15, 21, 0, tzinfo=UTC), "known when it happened, at 17:00"


def test_every_publication_has_its_rows_and_no_row_two_publications() -> None:
    rows = Counter(i for p in CATALOG.publications for i in p.series)
    assert set(rows.values()) == {1} and all(i in CATALOG for i in rows)
    for p in CATALOG.publications:
        assert len({CATALOG[i].agency for i in p.series}) == 1, p.id
    assert [p.id for p in CATALOG.publications if p.weight == 3] == ["employment", "cpi", "gdp", "pce"]


GOOD: dict[str, Any] = {
    "calendar": "own.meetings", "title": "Meeting", "kind": "policy", "by": "A bank", "at": "09:30",
    "known_from": date(2025, 1, 1), "days": [date(2025, 2, 3), date(2025, 3, 3)],
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"days": []}, {"days": ["2025-02-03"]}, {"days": [date(2025, 2, 3)] * 2}, {"days": [date(2024, 2, 3)]},
        {"kind": "party"}, {"at": "9:30"}, {"at": 930}, {"known_from": "2025-01-01"}, {"calendar": "Own"}, {"title": ""},
        {"by": ""}, {"struck": {"2025-02-04": date(2025, 1, 5)}}, {"struck": {"2025-02-03": date(2025, 2, 4)}},
        {"struck": [1]}, {"struck": {"x": date(2025, 2, 4)}}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be(change: dict[str, Any]) -> None:
    assert len(events_of(GOOD, "own.toml")) == 2
    with pytest.raises(CatalogError) as caught:
        events_of({**GOOD, **change}, "own.toml")
    assert "own.toml" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "Two words"}, {"weight": 4}, {"weight": True}, {"reports": ["No such report"]}, {"series": ["us.none"]},
        {"series": []}, {"called": "GDP"}, {"fred": -1}, {"fred": "50"}, {"title": ""}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_publication_that_cannot_be(change: dict[str, Any]) -> None:
    good = {"id": "own", "title": "Own", "weight": 1, "series": ["us.labour.payrolls"]}
    rows = {s.id: s for s in CATALOG}
    assert publication_of(good, rows, "own.toml").series == ("us.labour.payrolls",)
    with pytest.raises(CatalogError):
        publication_of({**good, **change}, rows, "own.toml")


def test_a_users_folder_adds_a_schedule_and_replaces_a_publication(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[schedule]]\ncalendar = "own.snb"\ntitle = "SNB assessment"\nkind = "policy"\nby = "SNB"\nat = "03:30"\n'
        "known_from = 2025-06-19\ndays = [2025-12-11]\n"
        '[[publication]]\nid = "cpi"\ntitle = "Prices"\nseries = ["us.prices.cpi"]\nweight = 1\n',
        "utf-8",
    )
    own = load(tmp_path)
    assert [a.item.day for a in own.events if a.item.calendar == "own.snb"] == [date(2025, 12, 11)]
    assert own.schedules["own.snb"] == "SNB" and len(own.publications) == len(CATALOG.publications)
    assert next(p for p in own.publications if p.id == "cpi").title == "Prices"
