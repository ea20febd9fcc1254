"""FRED's release dates: the releases that the feed names, a day each, struck only where one page holds them all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.feed import Feed
from barograph.core.observation import CalendarItem
from barograph.sources import Job, fred
from barograph.sources._protocol import Whole

[CASE] = [c for c in invented.cases() if c.name == "fred_releases.json"]
FEED = Feed(
    "own.releases", "Releases", "fred", "releases/dates:10,50", "calendar", "personal", "invented", kind="release"
)


def test_only_with_a_key_and_from_today_on() -> None:
    job = Job((), (date(2025, 11, 5), date(2025, 11, 5)), datetime(2025, 11, 5, 23, tzinfo=UTC), feeds=(FEED,))
    assert fred.SOURCE.plan(job) == []
    [request] = fred.SOURCE.plan(Job((), job.window, datetime(2025, 11, 6, 3, tzinfo=UTC), has_key=True, feeds=(FEED,)))
    asked = dict(request.params)
    assert request.key_param == "api_key" and "api_key" not in asked and request.series == (FEED.id,)
    assert (asked["realtime_start"], asked["realtime_end"]) == ("2025-11-05", "2025-12-20"), (
        "St. Louis has the 5th still"
    )
    assert asked["include_release_dates_with_no_data"] == "true"


def test_the_releases_named_by_the_feed_and_no_others() -> None:
    found = CASE.parse()
    assert [(i.subject, i.day.isoformat()) for i in found] == [
        ("fred:50", "2025-11-07"), ("fred:10", "2025-11-13"), ("fred:53", "2025-11-26"), ("fred:50", "2025-12-05"),
        ("fred:10", "2025-12-10"),
    ]  # fmt: skip
    assert all(isinstance(i, CalendarItem) and i.kind == "release" and i.at is None for i in found)
    assert isinstance(found, Whole) and found.span == (date(2025, 11, 5), date(2025, 12, 20))


def test_a_first_page_of_many_strikes_nothing() -> None:
    data = json.loads(CASE.body)
    found = CASE.parse(json.dumps(data | {"count": 4_000}).encode())
    assert not isinstance(found, Whole) and found.left_out and len(found) == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [{"release_id": "50"}, {"release_name": None}, {"date": "2025-11-31"}, {"date": None}],
)
def test_an_entry_of_another_shape_is_refused(change: dict[str, object]) -> None:
    data = json.loads(CASE.body)
    data["release_dates"][0] |= change
    with pytest.raises(SourceError):
        CASE.parse(json.dumps(data).encode())
