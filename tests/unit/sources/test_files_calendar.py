"""A user's own calendar out of a table or an .ics file: every bad row is named, nothing is half taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from barograph.core.errors import InputError, SourceError
from barograph.core.observation import CalendarItem
from barograph.sources import files
from barograph.sources._files_calendar import CalendarMap, calendar_map_of

NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
TABLE: dict[str, Any] = {
    "id": "user.earnings", "title": "Earnings", "kind": "earnings", "rights": "personal",
    "date": "Date", "name": "Company", "time": "Time", "subject": "Ticker", "time_zone": "America/New_York",
}  # fmt: skip
BODY = (
    "Date,Time,Company,Ticker\n2025-11-19,16:20,Invented Devices,INVD\n2025-11-12,,Invented Networks,INET\n"
    "2025-10-30,4:30 PM,Gone by,OLD\n2026-02-25,4:20 PM,Invented Devices,INVD\n"
)


def mapping(**changes: Any) -> CalendarMap:
    table = {k: v for k, v in (TABLE | changes).items() if v is not None}
    return calendar_map_of({"calendar": table}, "MAP.toml")


def read(tmp_path: Path, body: str, file: str = "own.csv", **changes: Any) -> list[CalendarItem]:
    path = tmp_path / file
    path.write_text(body, "utf-8")
    _, found = files.read_calendar(path, mapping(**changes), NOW)
    return [i for i in found if isinstance(i, CalendarItem)]


def test_the_events_of_a_table_from_today_on(tmp_path: Path) -> None:
    found = read(tmp_path, BODY)
    assert [(i.day, i.at, i.title, i.subject, i.kind, i.calendar) for i in found] == [
        (date(2025, 11, 12), None, "Invented Networks", "INET", "earnings", "user.earnings"),
        (date(2025, 11, 19), time(16, 20), "Invented Devices", "INVD", "earnings", "user.earnings"),
        (date(2026, 2, 25), time(16, 20), "Invented Devices", "INVD", "earnings", "user.earnings"),
    ]


def test_an_event_moved_within_its_month_is_the_same_event(tmp_path: Path) -> None:
    then, now = read(tmp_path, BODY), read(tmp_path, BODY.replace("2025-11-19", "2025-11-20"))
    assert [i.uid for i in then] == [i.uid for i in now] and then != now


def test_times_of_another_zone_become_new_yorks(tmp_path: Path) -> None:
    [item] = read(tmp_path, "Date,Time,Company,Ticker\n2025-11-19,02:00,Late in Tokyo,X\n", time_zone="Asia/Tokyo")
    assert (item.day, item.at) == (date(2025, 11, 18), time(12))


def test_other_layouts(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("a query\nTag;Firma\n12.11.2025;Erfunden AG\n", "utf-8")
    table = TABLE | {"date": "Tag", "name": "Firma", "date_format": "%d.%m.%Y"}
    content = {
        "calendar": {k: v for k, v in table.items() if k not in ("time", "subject")},
        "delimiter": ";",
        "skip": 1,
    }
    _, [item] = files.read_calendar(path, calendar_map_of(content, "MAP.toml"), NOW)
    assert isinstance(item, CalendarItem) and (item.day, item.title) == (date(2025, 11, 12), "Erfunden AG")


def test_an_ics_file_needs_no_columns(tmp_path: Path) -> None:
    body = (Path(__file__).parents[2] / "bodies" / "calendar.ics").read_text("utf-8")
    plain = dict.fromkeys(("date", "name", "time", "subject", "time_zone"))
    assert len(read(tmp_path, body, "own.ics", **plain)) == 6
    with pytest.raises(InputError, match="names no columns"):
        read(tmp_path, BODY, **plain)


def test_titles_are_plain_words(tmp_path: Path) -> None:
    body = "Date,Time,Company,Ticker\n2025-11-19,,<img src=x onerror=alert(1)>Invented\u202e,<b>X</b>\n"
    [item] = read(tmp_path, body)
    assert (str(item.title), item.subject) == ("Invented", "X")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("2025-13-19,16:20,A,X", "row 3: '2025-13-19' is no day"),
        ("2025-11-19,25:00,A,X", "row 3: '25:00' is no time"),
        ("2025-11-19,13:00 PM,A,X", "row 3: '13:00 PM' is no time"),
        ("2025-11-19,16:20,,X", "row 3: no name"),
        (",16:20,A,X", "row 3: '' is no day"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(tmp_path: Path, row: str, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, f"Date,Time,Company,Ticker\n2025-11-19,16:20,Good,G\n{row}\n")
    assert found in str(caught.value) and "nothing was stored" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "us.earnings"}, "id 'us.earnings'"),
        ({"id": None}, "no id"),
        ({"kind": "dividend"}, "kind = 'dividend'"),
        ({"rights": "mine"}, "rights = 'mine'"),
        ({"name": None}, "one of the columns"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"time_zone": "Mars/Base"}, "no time zone"),
        ({"date_format": "%Q"}, "reads no day"),
    ],
)
def test_a_map_that_says_too_little_or_too_much_is_refused(changes: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError) as caught:
        mapping(**changes)
    assert found in str(caught.value)


def test_a_calendar_stands_alone_in_its_map() -> None:
    with pytest.raises(InputError, match="'series' beside"):
        calendar_map_of({"calendar": TABLE, "series": []}, "MAP.toml")


def test_the_row_that_an_import_writes_reads_back(tmp_path: Path) -> None:
    from barograph.catalog.load import load
    from barograph.catalog.render import feed_toml

    feed = mapping(title='Earn"ings').feed
    (tmp_path / "user-user.earnings.toml").write_text(feed_toml(feed), "utf-8")
    assert next(f for f in load(tmp_path).feeds if f.id == feed.id) == feed
