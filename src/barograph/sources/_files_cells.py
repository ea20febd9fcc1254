"""From the cells of a user's file to readings: every bad cell is named by its row before anything is kept."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from typing import Literal

from barograph.catalog.catalog import MEMBER
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.core.tags import has_tag
from barograph.core.time import NEW_YORK, UNKNOWN_TIME, latest_reading, new_york, sessions
from barograph.sources._files_map import YEAR_MONTH, ImportMap

Kind = Literal["text", "day", "instant", "number"]
#: Column -> (what the file says it is, its cells as text); row 2 is the first under the head.
Table = dict[str, tuple[Kind, list[str | None]]]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_UNIT_SIGN = re.compile(r"[%$€£¥]|\d\s*[a-zA-Z]{1,4}$")
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")  # strftime would follow the locale
_HEAD = 2


class _Faults:
    """Bad cells, gathered so that one message names them all (up to six)."""

    def __init__(self, name: str, skipped: int) -> None:
        self.name, self.head = name, _HEAD + skipped
        self.found: list[str] = []
        self.near = ""

    def add(self, row: int, text: str, near: str = "") -> None:
        self.found.append(f"row {row + self.head}: {text}")
        self.near = self.near or near

    def raise_any(self) -> None:
        """Raise SourceError when a fault was added."""
        if self.found:
            more = f" and {len(self.found) - 6} more" if len(self.found) > 6 else ""
            raise SourceError(
                f"file {self.name}",
                "; ".join(self.found[:6]) + more,
                self.near,
                "Correct the rows or the map and import again; nothing was stored.",
            )


def readings_of(table: Table, mapping: ImportMap, now: datetime, name: str) -> list[Reading]:
    """The readings of a table, in file order, values in the unit of each series.

    An empty cell is a reading without value: the file says that there is none. Raises SourceError naming the rows of
    unparsable days, times and numbers, of mixed units, of days twice, and of what lies in the future.
    """
    faults = _Faults(name, mapping.skip)
    days = _days(table[mapping.date], mapping, faults)
    faults.raise_any()
    if mapping.unit_column:
        _one_unit(table[mapping.unit_column][1], mapping.unit_column, faults)
    known = _known(table[mapping.known_at], mapping, faults) if mapping.known_at else None
    members = _members(table[mapping.member][1], mapping.member, faults) if mapping.member else None
    faults.raise_any()
    out: list[Reading] = []
    for series, column in zip(mapping.series, mapping.columns, strict=True):
        periods = _periods(days, series, now, faults)
        values = _values(table[column], mapping, faults)
        times = None if known is None else _instants(known, series, periods, now, faults)
        _twice(periods, times, members, faults)
        faults.raise_any()
        if all(v is None for v in values):
            raise SourceError(f"file {name}", f"no value in column {column!r}", "", "Name another column in the map.")
        scale = next(p.scale for p in series.providers if p.source == "files")
        long_only = has_tag(series, "universe")
        for i, (period, value) in enumerate(zip(periods, values, strict=True)):
            scaled = None if value is None else value * scale
            if scaled is not None and not math.isfinite(scaled):
                faults.add(i, f"{value:g} times the scale {scale:g} is beyond every number")
            if long_only and scaled is not None and scaled < 0.0:
                faults.add(
                    i,
                    f"{scaled:g} is a short position of {series.id}: a universe is long only",
                    "0 or a weight above it",
                )
            id_ = f"{series.id}[{members[i]}]" if members else series.id
            out.append(Reading(id_, period, scaled, known_at=None if times is None else times[i]))
        faults.raise_any()
    return out


def _days(column: tuple[Kind, list[str | None]], mapping: ImportMap, faults: _Faults) -> list[date]:
    """The day of each row; a timestamp needs the zone in which its day is meant."""
    kind, cells = column
    days: list[date] = []
    offsets: dict[bool, int] = {}  # whether a time has an offset -> the first row of that kind
    for row, cell in enumerate(cells):
        day, instant = date.min, None
        text = (cell or "").strip()
        try:
            if mapping.date_format == YEAR_MONTH:
                instant = _year_month(text)
            elif not text or kind == "number":
                raise ValueError
            elif mapping.date_format and kind == "text":
                instant = datetime.strptime(text, mapping.date_format)  # noqa: DTZ007 - the zone is looked at below
            elif kind == "day" or re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                instant = datetime.combine(date.fromisoformat(text), time())
            else:
                instant = datetime.fromisoformat(text)
        except ValueError:
            faults.add(
                row, f"{text[:40]!r} is no day", mapping.date_format or "2025-11-05, or a date_format in the map"
            )
        if instant is not None:
            offsets.setdefault(instant.tzinfo is not None, row)
            bare = instant.tzinfo is None and instant.time() == time()
            if bare:
                day = instant.date()
            elif mapping.time_zone is None:
                faults.add(
                    row, f"{text[:40]!r} has a time of day or an offset", 'time_zone = "America/New_York" in the map'
                )
            else:
                try:
                    day = (instant.astimezone(mapping.time_zone) if instant.tzinfo else instant).date()
                except OverflowError:
                    faults.add(row, f"{text[:40]!r} is off the calendar", "2025-11-05")
        days.append(day)
    if len(offsets) > 1 and not faults.found:
        first = {with_offset: row + faults.head for with_offset, row in offsets.items()}
        faults.add(
            offsets[True], f"a time with an offset; row {first[False]} has none", "one kind of time in the column"
        )
    return days


def _year_month(text: str) -> datetime:
    """The month of `1871.1` (October: a spreadsheet drops the nought) or of `1871.0999999999999`."""
    if not _NUMBER.fullmatch(text):
        raise ValueError
    value = float(text)
    year, month = int(value), round(100.0 * (value - int(value)))
    if abs(100.0 * value - (100 * year + month)) > 1e-6:
        raise ValueError
    return datetime(year, month, 1)  # noqa: DTZ001 - a month has no zone


def _periods(days: list[date], series: Series, now: datetime, faults: _Faults) -> list[date]:
    """The period that each day names for the series; months and quarters are named by their first day."""
    out = []
    today = now.astimezone(NEW_YORK).date()
    known = [d for d in days if d.year >= 1900]
    nyse = set(sessions("NYSE", min(known), max(known))) if series.calendar == "NYSE" and known else None
    for row, day in enumerate(days):
        period = day
        if series.stamp == "month_start":
            period = day.replace(day=1)
        elif series.stamp == "quarter_start":
            period = day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
        elif series.stamp == "week_end" and _WEEKDAYS[day.weekday()] != series.weekday:
            faults.add(row, f"{day} is a {_WEEKDAYS[day.weekday()]}", f"weeks named by {series.weekday}")
        elif (nyse is not None and day.year >= 1900 and day not in nyse) or (
            series.calendar == "SIFMA" and day.weekday() > 4
        ):
            faults.add(
                row,
                f"{day} is a {_WEEKDAYS[day.weekday()]}, no session of {series.calendar}",
                'calendar = "24x7" in the map',
            )
        if period > today:
            faults.add(row, f"{day} is in the future", f"{today}, the run's day")
        if day.year < 1700:
            faults.add(row, f"{day} is before 1700", "four digits of a year")
        out.append(period)
    return out


def _values(column: tuple[Kind, list[str | None]], mapping: ImportMap, faults: _Faults) -> list[float | None]:
    kind, cells = column
    out: list[float | None] = []
    for row, cell in enumerate(cells):
        text = (cell or "").strip()
        value: float | None = None
        if text and text not in mapping.missing:
            plain = text.replace(",", ".") if mapping.decimal == "," and kind == "text" else text
            if kind in ("day", "instant"):
                faults.add(row, f"{text[:40]!r} is a day, no number")
            elif _NOT_FINITE.fullmatch(text):
                faults.add(row, f"{text!r} is no value", 'an empty cell, or missing = ["NaN"] in the map')
            elif _NUMBER.fullmatch(plain):
                value = float(plain)
                if not math.isfinite(value):
                    faults.add(row, f"{text[:40]!r} is beyond every number")
            elif _UNIT_SIGN.search(text):
                faults.add(row, f"{text[:40]!r} carries a unit: mixed units", "plain numbers, the unit in the map")
            else:
                faults.add(row, f"{text[:40]!r} is no number", "1234.5: no thousands separator, `decimal` in the map")
        out.append(value)
    return out


def _one_unit(cells: list[str | None], column: str, faults: _Faults) -> None:
    units = [(c or "").strip() for c in cells]
    for row, unit in enumerate(units):
        if unit != units[0]:
            faults.add(
                row, f"{column} says {unit!r}, row {faults.head} says {units[0]!r}: mixed units", "one unit in a file"
            )


def _known(column: tuple[Kind, list[str | None]], mapping: ImportMap, faults: _Faults) -> list[datetime | date]:
    """When each row was public: an instant, or a day where no time is given."""
    kind, cells = column
    out: list[datetime | date] = []
    for row, cell in enumerate(cells):
        text = (cell or "").strip()
        known: datetime | date = date.min
        try:
            if kind == "number":
                raise ValueError
            instant = datetime.fromisoformat(text)
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                known = instant.date()
            elif instant.tzinfo is not None:
                known = instant.astimezone(UTC)
            elif mapping.known_at_zone is not None:
                known = latest_reading(instant, mapping.known_at_zone)
            else:
                faults.add(row, f"{text!r} has no offset", 'known_at_zone = "America/New_York" in the map')
        except (ValueError, OverflowError):
            faults.add(row, f"{text[:40]!r} is no time", "2025-11-05T08:30:00-05:00")
        out.append(known)
    return out


def _instants(
    known: list[datetime | date], series: Series, periods: list[date], now: datetime, faults: _Faults
) -> list[datetime]:
    """UTC instants; a day alone means the series' release time, or 17:59:59 New York."""
    out = []
    for row, (value, period) in enumerate(zip(known, periods, strict=True)):
        instant = value if isinstance(value, datetime) else new_york(value, series.release.at or UNKNOWN_TIME)
        if instant > now:
            faults.add(row, f"known at {value}, in the future", f"{now:%Y-%m-%d %H:%M} UTC, the run's clock")
        if instant.date() < period:
            faults.add(row, f"known at {value}, before its period {period} began")
        out.append(instant)
    return out


def _members(cells: list[str | None], column: str, faults: _Faults) -> list[str]:
    """The member of the family that each row is about."""
    out = []
    for row, cell in enumerate(cells):
        text = (cell or "").strip()
        if not MEMBER.fullmatch(text):
            faults.add(row, f"{column} says {text[:40]!r}, no member", "2025-12, 2025-12-10 or a ticker in capitals")
        out.append(text)
    return out


def _twice(periods: list[date], times: list[datetime] | None, members: list[str] | None, faults: _Faults) -> None:
    seen: dict[object, int] = {}
    for row, period in enumerate(periods):
        key = (period, times and times[row], members and members[row])
        if key in seen:
            said = f"{period} of {members[row]}" if members else f"{period}"
            faults.add(
                row, f"{said} stands in row {seen[key] + faults.head} too", "one row for a period, or a known_at column"
            )
        seen.setdefault(key, row)
