"""The map that says what a user's file holds: which column is the day, which columns are which series."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from barograph.catalog.check import FREQUENCIES
from barograph.catalog.rows import series_of
from barograph.core.errors import CatalogError, InputError
from barograph.core.series import Series
from barograph.sources._files_spread import check_row

#: A date_format of its own: 1871.01 is January and 1871.1, as spreadsheets write it, October.
YEAR_MONTH = "year.month"
#: Marks a series whose known_at column says when the user saw the figure, not when its provider published it.
SEEN = "basis:fetch"
_FILE_KEYS: dict[str, type] = {
    "date": str,
    "date_format": str,
    "time_zone": str,
    "known_at": str,
    "known_at_zone": str,
    "known_at_basis": str,
    "member": str,
    "missing": list,
    "unit_column": str,
    "delimiter": str,
    "decimal": str,
    "sheet": str,
    "skip": int,
    "series": list,
}
#: Keys of a catalogue row that a map may set, besides `column` and `scale`.
_ROW_KEYS = (
    *("id", "title", "unit", "frequency", "weekday", "seasonal", "release", "transform", "revises", "rights"),
    *("citation", "kind", "readers", "calendar", "agency", "start", "eligible_from", "tags"),
)
_RELEASE = {"D": "day 18:00", "W": "day 18:00", "M": "month_end+1 18:00", "Q": "quarter_end+1 18:00"}


@dataclass(frozen=True, slots=True)
class ImportMap:
    """What a map says.

    `series` are the catalogue rows it makes, `columns` the value column of each; `date` is the column of the periods,
    in `date_format` (empty: ISO; `year.month`: 1871.01 to 1871.12); timestamps in it are taken as days in `time_zone`.
    `known_at` is the column that says when each figure was public, naive times in `known_at_zone`. Cells in `missing` hold
    no value. `skip` lines stand above the head, as an export writes its query there. `member` is the column that says which
    member of its series, then a family, a row is about: a contract, a meeting, a ticker.
    """

    series: tuple[Series, ...]
    columns: tuple[str, ...]
    date: str
    date_format: str = ""
    time_zone: ZoneInfo | None = None
    known_at: str = ""
    known_at_zone: ZoneInfo | None = None
    known_at_basis: Literal["vintage", "fetch"] = "vintage"
    missing: frozenset[str] = frozenset()
    unit_column: str = ""
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    sheet: str = ""
    skip: int = 0
    member: str = ""

    def wanted(self) -> list[str]:
        """Every column the file must have, each once."""
        named = (self.date, self.known_at, self.unit_column, self.member, *self.columns)
        return list(dict.fromkeys(c for c in named if c))


def refuse_map(where: str, found: str, near: str = "", step: str = "Correct the map.") -> InputError:
    """The error about a map; `where` names it."""
    return InputError(f"map {where}", found, near, step)


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a MAP.toml.

    Raises
    ------
    InputError
        No such file, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise refuse_map(str(path), f"cannot be read: {error.strerror}", "", "Give the path of a MAP.toml.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse_map(str(path), f"no TOML: {error}") from None


def map_of(content: Mapping[str, Any], where: str) -> ImportMap:
    """Build the map from its parsed content; `where` names it in errors. Raises InputError."""
    for key, value in content.items():
        if key not in _FILE_KEYS:
            near = ", ".join(get_close_matches(key, _FILE_KEYS, 2, 0.5)) or ", ".join(_FILE_KEYS)
            raise refuse_map(where, f"unknown key {key!r}", near)
        if not isinstance(value, _FILE_KEYS[key]) or isinstance(value, bool):
            raise refuse_map(where, f"{key} = {value!r}", {str: "text", int: "a number"}.get(_FILE_KEYS[key], "a list"))
    if not content.get("date"):
        raise refuse_map(where, "no date column", 'date = "Date"', "Say which column holds the days.")
    tables = content.get("series", [])
    if not tables or not all(isinstance(t, dict) for t in tables):
        raise refuse_map(
            where, "no series", '[[series]] with id = "user.cdx_ig", column = "PX_LAST", title, unit, rights'
        )
    basis = content.get("known_at_basis", "vintage")
    if basis not in ("vintage", "fetch"):
        raise refuse_map(where, f"known_at_basis = {basis!r}", "vintage or fetch")
    decimal, delimiter = content.get("decimal", "."), content.get("delimiter", ",")
    if decimal not in (".", ",") or len(delimiter.encode()) != 1 or decimal == delimiter:
        raise refuse_map(
            where, f"decimal {decimal!r} with delimiter {delimiter!r}", 'decimal = "," and delimiter = ";"'
        )
    if not 0 <= content.get("skip", 0) <= 1_000:
        raise refuse_map(where, f"skip = {content['skip']}", "the number of lines above the head of the columns")
    day_format(content.get("date_format", ""), where)
    seen = bool(content.get("known_at")) and basis == "fetch"
    member = content.get("member", "")
    pairs = [_series(t, where, bool(content.get("known_at")), seen, bool(member)) for t in tables]
    ids, columns = [s.id for s, _ in pairs], [c for _, c in pairs]
    for names, what in ((ids, "id"), (columns, "column")):
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice:
            raise refuse_map(where, f"the {what} {twice!r} twice", "", "Give each series its own id and column.")
    others = [c for c in (content["date"], content.get("known_at"), content.get("unit_column"), member) if c]
    taken = set(others) & set(columns)
    if taken:
        raise refuse_map(where, f"{min(taken)!r} is the column of a series and of the days, times, units or members")
    if member and others.count(member) > 1:
        raise refuse_map(where, f"{member!r} is the column of the members and of the days, times or units")
    return ImportMap(
        series=tuple(s for s, _ in pairs),
        columns=tuple(columns),
        date=content["date"],
        date_format=content.get("date_format", ""),
        time_zone=zone_of(content.get("time_zone"), "time_zone", where),
        known_at=content.get("known_at", ""),
        known_at_zone=zone_of(content.get("known_at_zone"), "known_at_zone", where),
        known_at_basis=basis,
        missing=frozenset(str(m) for m in content.get("missing", [])),
        unit_column=content.get("unit_column", ""),
        delimiter=delimiter,
        decimal=decimal,
        sheet=content.get("sheet", ""),
        skip=content.get("skip", 0),
        member=member,
    )


def day_format(text: str, where: str) -> None:
    """Refuse a format that does not read back what it wrote, at least the year of it."""
    if text == YEAR_MONTH:
        return
    day = date(2025, 11, 5)
    try:
        good = not text or time.strptime(day.strftime(text), text).tm_year == day.year
    except (ValueError, re.error):  # a directive twice is an error of the expression behind strptime
        good = False
    if not good:
        raise refuse_map(where, f"date_format = {text!r} reads no day", "%d/%m/%Y, %m/%d/%Y, %Y%m%d, %b %Y")


def zone_of(name: str | None, key: str, where: str) -> ZoneInfo | None:
    """The zone of that name, None for no name; raises InputError for a name that no zone has."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # `America` is a folder of zones
        raise refuse_map(where, f"{key} = {name!r} is no time zone", "America/New_York, Europe/London, UTC") from None


def _series(table: dict[str, Any], where: str, has_known_at: bool, seen: bool, family: bool) -> tuple[Series, str]:
    """The catalogue row and the value column of one table."""
    row = dict(table)
    name = f"{where}, series {row.get('id', '?')}"
    column, scale = row.pop("column", None), row.pop("scale", 1.0)
    if not isinstance(column, str) or not column:
        raise refuse_map(name, "no column", 'column = "PX_LAST"')
    if isinstance(scale, bool) or not isinstance(scale, (int, float)):
        raise refuse_map(name, f"scale = {scale!r}", "scale = 0.001")
    for key in ("id", "title", "unit", "frequency", "rights"):
        if key not in row:
            raise refuse_map(name, f"no {key}", f"{key} = ...", "Say it in the map: nothing is guessed about a file.")
    if "release" not in row and not has_known_at:
        raise refuse_map(
            name,
            "neither a release rule nor a known_at column: when could the figures be known?",
            'release = "day 18:00", or known_at = "Published" above the series',
        )
    for key in row:
        if key not in _ROW_KEYS:
            near = ", ".join(get_close_matches(key, [*_ROW_KEYS, "column", "scale"], 2, 0.5)) or ", ".join(_ROW_KEYS)
            raise refuse_map(name, f"unknown key {key!r}", near)
    given = row.pop("tags", [])
    if not isinstance(given, list) or not all(isinstance(t, str) for t in given):
        raise refuse_map(name, f"tags = {given!r}", 'tags = ["mine"]')
    tags = [*given, *([SEEN] if seen else [])]
    full = {
        "block": "user",
        "stamp": FREQUENCIES.get(str(row["frequency"]), "day"),
        "seasonal": "none",
        "release": _RELEASE.get(str(row["frequency"]), "day 18:00"),
        "transform": "level",
        "revises": has_known_at,
        "citation": "given by the user",
        "kind": "none",
        "readers": ["sources"],
        "providers": [{"source": "files", "code": str(row["id"]), "scale": scale}],
        "tags": tags,
        "family": family,
        **row,
    }
    try:
        made = series_of(full, name)
    except CatalogError as error:
        raise refuse_map(name, error.found, error.nearest, error.step) from None
    check_row(made, name)
    return made, column
