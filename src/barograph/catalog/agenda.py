"""From `[[publication]]` and `[[schedule]]` tables to what the calendar of the page is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, get_args

from barograph.catalog.check import ID, nearest, refuse
from barograph.core.observation import Announcement, CalendarItem, EventKind, Untrusted
from barograph.core.publication import Publication
from barograph.core.series import Series
from barograph.core.time import new_york

KINDS: tuple[str, ...] = get_args(EventKind)
WEIGHTS = (1, 2, 3)
#: Stands for the batch of an event that no provider announced: it came with the catalogue.
PACKAGED = "catalogue"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: Key -> whether it must be there.
PUBLICATION_KEYS = {
    "id": True,
    "title": True,
    "weight": True,
    "reports": False,
    "series": False,
    "called": False,
    "fred": False,
}
SCHEDULE_KEYS = {
    "calendar": True,
    "title": True,
    "kind": True,
    "known_from": True,
    "days": True,
    "by": True,
    "at": False,
}


def publication_of(table: Mapping[str, Any], rows: Mapping[str, Series], where: str) -> Publication:
    """Build one publication over the rows it names; raises CatalogError."""
    _keys(table, PUBLICATION_KEYS, where)
    where = f"publication {table['id']} in {where}"
    if not isinstance(table["id"], str) or not _NAME.fullmatch(table["id"]):
        raise refuse(where, f"id {table['id']!r}", "employment: lower case, digits, underscores")
    if not isinstance(table["title"], str) or not table["title"]:
        raise refuse(where, f"title {table['title']!r}", "text")
    if table["weight"] not in WEIGHTS or type(table["weight"]) is not int:
        raise refuse(where, f"weight = {table['weight']!r}", "1, 2 or 3")
    for key in ("reports", "series", "called"):
        if not isinstance(table.get(key, []), list) or not all(isinstance(t, str) and t for t in table.get(key, [])):
            raise refuse(where, f"{key} = {table[key]!r}", f'{key} = ["..."]')
    fred = table.get("fred", 0)
    if type(fred) is not int or fred < 0:
        raise refuse(where, f"fred = {fred!r}", "the number of the release, fred = 50")
    for series_id in table.get("series", []):
        if series_id not in rows:
            raise refuse(where, f"the row {series_id!r}, which the catalogue does not hold", nearest(series_id, rows))
    named = list(table.get("series", []))
    for report in table.get("reports", []):
        found = [i for i, s in rows.items() if s.report == report]
        if not found:
            near = nearest(report, {s.report for s in rows.values() if s.report})
            raise refuse(where, f"the report {report!r}, in which no row comes", near)
        named += found
    if not named:
        raise refuse(where, "neither reports nor series", 'series = ["us.labour.payrolls"]')
    called = tuple(table.get("called", []))
    return Publication(table["id"], table["title"], tuple(dict.fromkeys(named)), table["weight"], called, fred)


def events_of(table: Mapping[str, Any], where: str) -> list[Announcement]:
    """The events of a schedule, each known from the midnight of New York that begins `known_from`.

    An event of `days` that was called off has its day under `struck` with the day from which that was known.
    """
    _keys(table, SCHEDULE_KEYS | {"struck": False}, where)
    where = f"schedule {table['calendar']} in {where}"
    if not isinstance(table["calendar"], str) or not ID.fullmatch(table["calendar"]):
        raise refuse(where, f"calendar {table['calendar']!r}", "us.fed.fomc: lower case, digits, underscores and a dot")
    if not isinstance(table["title"], str) or not table["title"]:
        raise refuse(where, f"title {table['title']!r}", "text")
    if table["kind"] not in KINDS:
        raise refuse(where, f"kind = {table['kind']!r}", nearest(str(table["kind"]), KINDS) or ", ".join(KINDS))
    if not isinstance(table["by"], str) or not table["by"]:
        raise refuse(where, f"by = {table['by']!r}", 'by = "Federal Reserve Board"')
    if type(table["known_from"]) is not date:
        raise refuse(where, f"known_from = {table['known_from']!r}", "known_from = 2024-08-09")
    days = table["days"]
    if not isinstance(days, list) or not days or any(type(d) is not date for d in days) or len(set(days)) < len(days):
        raise refuse(where, f"days = {str(days)[:80]}", "days = [2025-01-29, 2025-03-19], each once")
    if early := [d for d in days if d < table["known_from"]]:
        raise refuse(where, f"{early[0]}, a day before known_from", f"known_from = {min(early)} or earlier")
    at = _time(table.get("at"), where)
    known = _midnight(table["known_from"])
    out = [_announced(table, day, at, known, struck=False) for day in days]
    for text, since in _struck(table.get("struck", {}), where).items():
        if text not in days or not table["known_from"] <= since <= text:
            raise refuse(where, f"struck {text} from {since}", "a day of `days`, struck from a day not after it")
        out.append(_announced(table, text, at, _midnight(since), struck=True))
    return out


def _announced(
    table: Mapping[str, Any], day: date, at: time | None, known_at: datetime, *, struck: bool
) -> Announcement:
    title = Untrusted(table["title"])
    item = CalendarItem(table["calendar"], day.isoformat(), day, at, title, table["kind"], "", struck)
    if not struck and at is not None and day == known_at.date():
        known_at = new_york(day, at)  # an event that nobody had announced is known when it happens
    return Announcement(item, known_at, known_at, PACKAGED)


def _midnight(day: date) -> datetime:
    return new_york(day, time(0)).astimezone(UTC)


def _struck(table: Any, where: str) -> dict[date, date]:
    try:
        out = {date.fromisoformat(day): since for day, since in table.items()}
    except (AttributeError, ValueError):
        raise refuse(where, f"struck = {str(table)[:80]}", "struck = { 2020-03-18 = 2020-03-15 }") from None
    if any(type(since) is not date for since in out.values()):
        raise refuse(where, f"struck = {str(table)[:80]}", "struck = { 2020-03-18 = 2020-03-15 }")
    return out


def _time(text: Any, where: str) -> time | None:
    if text is None:
        return None
    if not isinstance(text, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise refuse(where, f"at = {text!r}", 'at = "14:00", New York')
    return time.fromisoformat(text)


def _keys(table: Mapping[str, Any], keys: Mapping[str, bool], where: str) -> None:
    for key in table:
        if key not in keys:
            raise refuse(where, f"unknown key {key!r}", nearest(key, keys) or ", ".join(keys))
    if missing := [key for key, must in keys.items() if must and key not in table]:
        raise refuse(where, f"no {', '.join(missing)}", ", ".join(k for k, must in keys.items() if must))


def newest_day(events: Iterable[Announcement], calendar: str) -> date | None:
    """The last day that a calendar names."""
    return max((a.item.day for a in events if a.item.calendar == calendar), default=None)
