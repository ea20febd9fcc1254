"""Calendars in the iCalendar format: times of New York, repetitions written out, foreign text as plain words."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from barograph.core.errors import SourceError
from barograph.core.feed import Feed
from barograph.core.observation import CalendarItem
from barograph.sources import Job, Request, _calendars, _ics_child
from barograph.sources._protocol import Whole
from barograph.sources.ics import SOURCE

BODY = (Path(__file__).parents[2] / "bodies" / "calendar.ics").read_bytes()
NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
TODAY = date(2025, 11, 5)
FEED = Feed(
    "own.calendar", "Own", "ics", "https://www.example.org/a.ics", "calendar", "public", "invented", kind="earnings"
)


def request(now: datetime = NOW) -> Request:
    [made] = SOURCE.plan(Job((), (TODAY, TODAY), now, feeds=(FEED,)))
    return made


def parse(body: bytes, now: datetime = NOW) -> Whole:
    return SOURCE.parse(body, request(now), {})


def event(lines: str, before: str = "") -> bytes:
    """A calendar of one event, its lines separated by `|`."""
    inner = "\r\n".join(lines.split("|"))
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Invented//EN\r\n"
    return f"{head}{before}BEGIN:VEVENT\r\n{inner}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def items(body: bytes) -> list[CalendarItem]:
    return [i for i in parse(body) if isinstance(i, CalendarItem)]


def test_the_calendar_as_new_york_has_it() -> None:
    found = parse(BODY)
    said = [(i.uid, i.day, i.at, i.title, i.subject) for i in found if isinstance(i, CalendarItem)]
    assert said == [
        ("3/20251106T1200", date(2025, 11, 6), time(7), "Decision of an invented bank", ""),
        ("4", date(2025, 11, 7), time(8, 30), "Employment Situation", ""),
        ("2", date(2025, 11, 12), None, "Invented Networks results", ""),
        ("1", date(2025, 11, 19), time(16, 20), "Invented Devices, third quarter", "INVD"),
        ("3/20251120T1200", date(2025, 11, 20), time(7), "Decision of an invented bank", ""),
        ("5", date(2026, 7, 15), time(8, 30), "Summer", ""),  # 08:30 in summer too: a zone, no fixed offset
    ]
    assert all(isinstance(i, CalendarItem) and i.kind == "earnings" and i.calendar == FEED.id for i in found)
    assert found.left_out == "events left out: 1 with a time zone that nobody knows"
    assert found.span[1] < found.span[0], "with an event left out nobody knows what is not there"


@pytest.mark.parametrize(
    ("zone", "before"),
    [("US-Eastern", ""), ("America/New_York", ""), ("Eastern Standard Time", ""), ("", "")],
)
@pytest.mark.parametrize(("day", "utc"), [("20260115", "13:30"), ("20260715", "12:30")])
def test_half_past_eight_in_both_halves_of_the_year(zone: str, before: str, day: str, utc: str) -> None:
    tzid = f";TZID={zone}" if zone else ""
    [item] = items(event(f"UID:a|DTSTART{tzid}:{day}T083000|SUMMARY:Release"))
    assert (item.day.isoformat().replace("-", ""), item.at) == (day, time(8, 30))


def test_a_moved_occurrence_takes_the_place_of_the_one_it_was() -> None:
    body = event("UID:w|DTSTART:20251106T180000Z|RRULE:FREQ=WEEKLY;COUNT=3|SUMMARY:Weekly").replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:w\r\nRECURRENCE-ID:20251113T180000Z\r\nDTSTART:20251114T190000Z\r\n"
        b"SUMMARY:Weekly, moved\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    assert [(i.day.day, i.at, str(i.title)) for i in items(body)] == [
        (6, time(13), "Weekly"), (14, time(14), "Weekly, moved"), (20, time(13), "Weekly"),
    ]  # fmt: skip
    assert len({i.uid for i in items(body)}) == 3


def test_a_cancelled_event_is_cancelled_and_a_repetition_has_an_end() -> None:
    [gone] = items(event("UID:a|DTSTART:20251106T133000Z|STATUS:CANCELLED|SUMMARY:Release"))
    assert gone.cancelled
    every = items(event("UID:a|DTSTART;VALUE=DATE:20200101|RRULE:FREQ=DAILY|SUMMARY:Every day"))
    assert len(every) == _ics_child.REPEATED and every[0].day == date(2025, 11, 4)
    until = items(event("UID:a|DTSTART;VALUE=DATE:20251101|RRULE:FREQ=DAILY;UNTIL=20251107T000000Z|SUMMARY:Some"))
    assert [i.day.day for i in until] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("UID:a|SUMMARY:No day", "without a day"),
        ("UID:a|DTSTART:20251106T133000Z", "without a title"),
        ("UID:a|DTSTART:20251106T133000Z|SUMMARY:<b></b>", "without a title"),
        ("UID:a|DTSTART:20251106T133000Z|RRULE:FREQ=SECONDLY|SUMMARY:Flood", "with a repetition that no release has"),
        ("UID:a|DTSTART:20251341T133000Z|SUMMARY:Bad day", ""),
    ],
)
def test_what_is_of_no_use_is_counted_or_refused(lines: str, why: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(event(lines))
    assert why in str(caught.value)


@pytest.mark.parametrize("body", [b"", b" \n", b"<html></html>", b"\x00\xff", b"BEGIN:VEVENT\nEND:VEVENT\n"])
def test_what_is_no_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(SourceError):
        parse(body)


def test_a_calendar_beyond_its_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="2,000,001 bytes"):
        parse(b" " * 2_000_000 + b"x")
    monkeypatch.setattr(_calendars, "CPU_SECONDS", 1)
    many = b"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20251106T133000Z\r\nSUMMARY:R\r\nEND:VEVENT\r\n" * 25_000
    with pytest.raises(SourceError, match="stopped by its limits"):
        parse(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + many + b"END:VCALENDAR\r\n")


def test_a_long_name_is_kept_apart_from_another() -> None:
    first, second = (items(event(f"UID:{'u' * 300}{n}|DTSTART:20251106T133000Z|SUMMARY:R"))[0].uid for n in (1, 2))
    assert first != second and len(first) <= _ics_child.UID


def test_two_hundred_malformed_calendars_give_events_or_a_sentence() -> None:
    """P12: read here, where nothing would hide what is not caught."""
    rng = random.Random(11)
    spec = {"first": "2025-11-04", "last": "2028-01-14", "most": 5_000}
    refused = 0
    for n in range(200):
        a, b = sorted(rng.sample(range(len(BODY)), 2))
        flipped = bytes(c ^ (1 << rng.randrange(8)) if rng.random() < 0.01 else c for c in BODY)
        made = (
            BODY[:a], BODY[a:], BODY[:a] + BODY[b:], BODY[:b] + BODY[a:], BODY[:a] + rng.randbytes(5) + BODY[a:],
            BODY.replace(b"2025", b"20x5"), BODY.replace(b"VEVENT", b"VEVEMT"), BODY.replace(b":", b";"),
            flipped, BODY[:a] + b"\r\nBEGIN:X\r\n" + BODY[a:],
        )[n % 10]  # fmt: skip
        answer = _ics_child.read(spec, made)
        assert answer.keys() in ({"items", "left"}, {"found"})
        for _, day, at, title, _, _ in answer.get("items", ()):
            assert "2025-11-04" <= day <= "2028-01-14" and title and (not at or time.fromisoformat(at))
        refused += "found" in answer or bool(answer["left"])
    assert refused > 60
    assert len(_ics_child.read(spec, BODY)["items"]) == 6
