"""Reads one calendar (iCalendar, RFC 5545) in a process of its own under limits of memory and time; `ics` starts it.

In on stdin: one line of JSON (first, last, most, memory, seconds), then the calendar's bytes. Out on stdout: JSON with the
events as plain text and their days and times in New York, or what was found instead.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from barograph.sources._rss_child import answer, plain

NEW_YORK = ZoneInfo("America/New_York")
TITLE, UID = 300, 120
#: Occurrences of one repeating event.
REPEATED = 200
#: Names that calendars give to New York and no zone database knows.
ZONES = {"US-Eastern": "America/New_York", "US/Eastern": "America/New_York", "Eastern": "America/New_York"}
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{0,9}")
#: [uid, day, time or "", title, subject, cancelled]
Row = tuple[str, str, str, str, str, bool]


def read(spec: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The calendar's events: {"items": [row], "left": {why: how many}}, or {"found": words}."""
    from icalendar import Calendar

    try:
        calendars: Any = Calendar.from_ical(body, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        return {"found": f"text that is no calendar: {str(error)[:120]}"}
    if not calendars or any(c.name != "VCALENDAR" for c in calendars):
        return {"found": "no VCALENDAR"}
    events: list[Any] = [e for c in calendars for e in c.walk("VEVENT")]
    first, last = date.fromisoformat(spec["first"]), date.fromisoformat(spec["last"])
    items: dict[str, Row] = {}
    left: dict[str, int] = {}
    moved = {(str(e.get("UID")), _stamp(e["RECURRENCE-ID"].dt)) for e in events if "RECURRENCE-ID" in e}
    for event in events[: spec["most"]]:
        try:
            found = list(_rows(event, first, last, moved))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            why = str(error) if type(error) is ValueError and str(error).startswith("with") else "that cannot be read"
            left[why] = left.get(why, 0) + 1
            continue
        for row in found:
            items[row[0]] = row  # of two with one name the later stands
    if len(events) > spec["most"]:
        left[f"after the first {spec['most']}"] = len(events) - spec["most"]
    return {"items": sorted(items.values(), key=lambda r: (r[1], r[2], r[0])), "left": left}


def _rows(event: Any, first: date, last: date, moved: set[tuple[str, str]]) -> Iterator[Row]:
    title = plain(str(event.get("SUMMARY", "")), TITLE)
    if not any(c.isalnum() for c in title):
        raise ValueError("without a title")
    if "DTSTART" not in event:
        raise ValueError("without a day")
    starts, name = event["DTSTART"], str(event.get("UID", ""))
    gone = str(event.get("STATUS", "")).upper() == "CANCELLED"
    subject = next((t for t in _categories(event) if _TICKER.fullmatch(t)), "")
    if "RRULE" in event:
        for at in _repeated(event, first, last):
            if (name, _stamp(at)) not in moved:
                yield _row(f"{name or title}/{_stamp(at)}", at, starts, title, subject, gone)
        return
    again = f"/{_stamp(event['RECURRENCE-ID'].dt)}" if "RECURRENCE-ID" in event else ""
    own = name + again if name else f"{title}/{_stamp(starts.dt)}"
    row = _row(own, starts.dt, starts, title, subject, gone)
    if first <= date.fromisoformat(row[1]) <= last:
        yield row


def _row(uid: str, at: date | datetime, starts: Any, title: str, subject: str, gone: bool) -> Row:
    """An event in New York's wall time; a time without a zone is New York's."""
    uid = plain(uid, 10_000)
    if len(uid) > UID or not uid:
        uid = hashlib.sha256(uid.encode()).hexdigest()[:32]
    if not isinstance(at, datetime):
        return uid, at.isoformat(), "", title, subject, gone
    if at.tzinfo is None:
        named = str(starts.params.get("TZID", ""))
        if named and named not in ZONES:
            raise ValueError("with a time zone that nobody knows")
        at = at.replace(tzinfo=ZoneInfo(ZONES.get(named, "America/New_York")))
    local = at.astimezone(NEW_YORK)
    return uid, local.date().isoformat(), f"{local:%H:%M}", title, subject, gone


def _repeated(event: Any, first: date, last: date) -> list[date | datetime]:
    """The occurrences of a repeating event from the first day wanted to the last, exceptions left out."""
    from dateutil.rrule import rrulestr

    start = event["DTSTART"].dt
    rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
    if len(rules) > 1 or any(f in ("SECONDLY", "MINUTELY", "HOURLY") for f in rules[0].get("FREQ", [])):
        raise ValueError("with a repetition that no release has")
    timed = isinstance(start, datetime)
    begin = start if timed else datetime.combine(start, time(0))
    text = rules[0].to_ical().decode()
    if not timed or begin.tzinfo is None:
        text = re.sub(r"(UNTIL=\d{8}T\d{6})Z", r"\1", text)  # both must have a zone, or neither
    rule = rrulestr(text, dtstart=begin)
    since = datetime.combine(first - timedelta(2), time(0), tzinfo=begin.tzinfo)
    out: list[date | datetime] = []
    skipped = _exceptions(event)
    for at in rule.xafter(since, inc=True):
        if at.date() > last or len(out) == REPEATED:
            break
        if at.date() >= first and _stamp(at if timed else at.date()) not in skipped:
            out.append(at if timed else at.date())
    return out


def _exceptions(event: Any) -> set[str]:
    lists = event.get("EXDATE", [])
    return {_stamp(d.dt) for one in (lists if isinstance(lists, list) else [lists]) for d in one.dts}


def _categories(event: Any) -> list[str]:
    found = event.get("CATEGORIES", [])
    lists = found if isinstance(found, list) else [found]
    return [str(c).strip() for one in lists for c in getattr(one, "cats", [])]


def _stamp(at: date | datetime) -> str:
    """An occurrence's name: its day, and its time in UTC where it has one."""
    if isinstance(at, datetime):
        return f"{(at.astimezone(UTC) if at.tzinfo else at):%Y%m%dT%H%M}"
    return f"{at:%Y%m%d}"


def main() -> int:
    """Read one calendar."""
    import icalendar  # noqa: F401  # loaded before the limits: it opens files

    return answer(read, descriptors=24)  # the zones of a calendar are files


if __name__ == "__main__":
    sys.exit(main())
