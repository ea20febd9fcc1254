"""A user's own calendar from a file: an .ics as it is, or a table of which the map names the columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from barograph.catalog.agenda import KINDS
from barograph.catalog.check import CHOICES, ID
from barograph.core.errors import InputError, SourceError
from barograph.core.feed import Feed
from barograph.core.observation import CalendarItem, EventKind, Untrusted
from barograph.core.series import Rights
from barograph.core.time import NEW_YORK
from barograph.sources._calendars import AHEAD, BACK
from barograph.sources._files_cells import Table
from barograph.sources._files_map import day_format, refuse_map, zone_of
from barograph.sources._protocol import Whole
from barograph.sources._rss_child import plain

#: Key of `[calendar]` -> whether it must be there; the columns are for tables only.
KEYS = {
    "id": True, "title": True, "kind": True, "rights": True, "citation": False,
    "date": False, "date_format": False, "time": False, "time_zone": False, "name": False, "subject": False,
}  # fmt: skip
_LAYOUT = ("delimiter", "sheet", "skip")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?(?: ?([AaPp])\.?[Mm]\.?)?")
_MOST_EVENTS = 5_000


@dataclass(frozen=True, slots=True)
class CalendarMap:
    """What a map says of a calendar: the feed that it becomes and, of a table, its columns.

    `time` and `subject` may be empty: events of a day, about nothing named. Times are wall times of `zone`.
    """

    feed: Feed
    date: str = ""
    date_format: str = ""
    time: str = ""
    zone: ZoneInfo = NEW_YORK
    name: str = ""
    subject: str = ""
    delimiter: str = ","
    sheet: str = ""
    skip: int = 0

    def wanted(self) -> list[str]:
        """Every column the file must have, each once."""
        return list(dict.fromkeys(c for c in (self.date, self.time, self.name, self.subject) if c))


def calendar_map_of(content: Mapping[str, Any], where: str) -> CalendarMap:
    """Build the map of a calendar from its parsed content; `where` names it in errors. Raises InputError."""
    table = content["calendar"]
    if not isinstance(table, dict):
        raise refuse_map(where, f"calendar = {str(table)[:40]!r}", "[calendar] with id, title, kind, rights")
    for key in content:
        if key not in ("calendar", *_LAYOUT):
            raise refuse_map(where, f"{key!r} beside [calendar]", ", ".join(_LAYOUT))
    for key, value in table.items():
        if key not in KEYS:
            raise refuse_map(where, f"unknown key {key!r}", ", ".join(KEYS))
        if not isinstance(value, str) or not value:
            raise refuse_map(where, f"{key} = {value!r}", "text")
    if missing := [k for k, must in KEYS.items() if must and k not in table]:
        raise refuse_map(where, f"no {', '.join(missing)}", 'id = "user.earnings", title, kind = "earnings", rights')
    if not ID.fullmatch(table["id"]) or not table["id"].startswith("user."):
        raise refuse_map(where, f"id {table['id']!r}", "user.earnings: it begins with user.")
    for key, choices in (("kind", KINDS), ("rights", CHOICES["rights"])):
        if table[key] not in choices:
            raise refuse_map(where, f"{key} = {table[key]!r}", ", ".join(choices))
    if bool(table.get("date")) != bool(table.get("name")):
        raise refuse_map(where, "one of the columns date and name without the other", 'date = "Date", name = "Company"')
    skip = content.get("skip", 0)
    if type(skip) is not int or not 0 <= skip <= 1_000:
        raise refuse_map(where, f"skip = {skip!r}", "the number of lines above the head of the columns")
    delimiter, sheet = content.get("delimiter", ","), content.get("sheet", "")
    if not isinstance(delimiter, str) or len(delimiter.encode()) != 1 or not isinstance(sheet, str):
        raise refuse_map(where, f"delimiter {delimiter!r}, sheet {sheet!r}", 'delimiter = ";"')
    day_format(table.get("date_format", ""), where)
    kind: EventKind = table["kind"]
    rights: Rights = table["rights"]
    feed = Feed(
        table["id"], table["title"], "files", table["id"], "calendar", rights, table.get("citation", "given by the user"),
        kind=kind,
    )  # fmt: skip
    columns = {k: table.get(k, "") for k in ("date", "date_format", "time", "name", "subject")}
    zone = zone_of(table.get("time_zone"), "time_zone", where) or NEW_YORK
    return CalendarMap(feed, zone=zone, delimiter=delimiter, sheet=sheet, skip=skip, **columns)


def events_of_table(table: Table, mapping: CalendarMap, now: datetime, name: str) -> Whole:
    """The events of a table from today on; rows of the past are passed over.

    Raises SourceError naming the rows without a name, or with a day or time that is none, and for more than 5,000 rows.
    """
    today = now.astimezone(NEW_YORK).date()
    days, names = table[mapping.date][1], table[mapping.name][1]
    times = table[mapping.time][1] if mapping.time else [None] * len(days)
    subjects = table[mapping.subject][1] if mapping.subject else [None] * len(days)
    if len(days) > _MOST_EVENTS:
        raise SourceError(f"file {name}", f"{len(days)} events", f"{_MOST_EVENTS}", "Split the file.")
    faults: list[str] = []
    out: dict[str, CalendarItem] = {}
    for row, (day, at, title, subject) in enumerate(zip(days, times, names, subjects, strict=True), 2 + mapping.skip):
        words, about = plain(title or "", 300), plain(subject or "", 40)
        if not any(c.isalnum() for c in words):
            faults.append(f"row {row}: no name")
            continue
        try:
            on = _day((day or "").strip(), mapping.date_format)
            hour = _time(at or "")
        except ValueError as error:
            faults.append(f"row {row}: {error}")
            continue
        if hour is not None:
            local = datetime.combine(on, hour, tzinfo=mapping.zone).astimezone(NEW_YORK)
            on, hour = local.date(), local.time()
        if not today - BACK <= on <= today + AHEAD:
            continue
        # One event per name and month or so: a day that is moved within the list moves the event.
        uid = _name_of(f"{about or words} {on:%Y-%m}", out)
        out[uid] = CalendarItem(mapping.feed.id, uid, on, hour, Untrusted(words), mapping.feed.kind, about)
    if faults:
        more = f" and {len(faults) - 6} more" if len(faults) > 6 else ""
        near = mapping.date_format or "2026-01-29, and 16:05 or 4:05 PM"
        step = "Correct the rows or the map and import again; nothing was stored."
        raise SourceError(f"file {name}", "; ".join(faults[:6]) + more, near, step)
    items = sorted(out.values(), key=lambda i: (i.day, i.uid))
    return Whole(items, (today, today + AHEAD))


def _name_of(stem: str, taken: Mapping[str, CalendarItem]) -> str:
    uid, n = stem, 1
    while uid in taken:
        n += 1
        uid = f"{stem} {n}"
    return uid


def _day(text: str, form: str) -> date:
    try:
        if form:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day") from None


def _time(text: str) -> time | None:
    """`16:05`, `4:05 PM`, or nothing."""
    text = text.strip()
    if not text:
        return None
    found = _TIME.fullmatch(text)
    hour = int(found[1]) if found else 99
    if found and found[3]:
        if not 1 <= hour <= 12:
            hour = 99
        else:
            hour = hour % 12 + (12 if found[3] in "Pp" else 0)
    if not found or hour > 23 or int(found[2]) > 59:
        raise ValueError(f"{text[:20]!r} is no time")
    return time(hour, int(found[2]))


def needs_columns(name: str) -> NoReturn:
    """Refuse a table whose map names no columns."""
    raise InputError(
        f"file {name}",
        "a table, and a map that names no columns",
        'date = "Date", name = "Company" under [calendar]',
        "Name the columns, or give an .ics file.",
    )
