"""Users' own files: CSV, Parquet and Excel, read in a process of their own and taken in whole or not at all.

A MAP.toml says what the file holds:

    date = "Date"                     # column of the days (ISO unless date_format says otherwise)
    known_at = "Published"            # optional: column of the times at which the figures were public
    known_at_zone = "Europe/London"   # zone of such times without an offset

    [[series]]
    id = "user.cdx_ig"
    column = "PX_LAST"
    title = "CDX.NA.IG five-year spread"
    unit = "bp"
    frequency = "D"
    release = "day 18:00"             # needed unless there is a known_at column
    rights = "personal"
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NoReturn

from barograph.catalog.catalog import Catalog
from barograph.core.errors import InputError, SourceError
from barograph.core.observation import Reading
from barograph.core.release import ReleaseRule
from barograph.core.series import Series
from barograph.core.time import NEW_YORK
from barograph.sources._calendars import events_in
from barograph.sources._files_calendar import CalendarMap, calendar_map_of, events_of_table, needs_columns
from barograph.sources._files_cells import Table, readings_of
from barograph.sources._files_map import SEEN, ImportMap, map_of, read_toml
from barograph.sources._files_purpose import purposes_fit
from barograph.sources._files_spread import check_levels
from barograph.sources._protocol import Job, Request, Whole

__all__ = ["SEEN", "SOURCE", "CalendarMap", "ImportMap", "read", "read_calendar", "read_map", "request_of"]

MOST_BYTES, MOST_ROWS = 64_000_000, 1_000_000
MEMORY, CPU_SECONDS, WALL_SECONDS = 2 << 30, 30, 60
_FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel"}
#: First bytes of packed files: the CSV reader would unpack them unasked.
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x78\x9c")


def read_map(path: Path) -> ImportMap | CalendarMap:
    """Read a MAP.toml: of a calendar where it has a table `[calendar]`, else of series.

    Raises
    ------
    InputError
        No such file, no TOML, an unknown or missing key, an unknown unit, rule, time zone, kind or right.
    """
    content = read_toml(path)
    return calendar_map_of(content, path.name) if "calendar" in content else map_of(content, path.name)


def read(
    path: Path, mapping: ImportMap, catalog: Catalog, now: datetime
) -> tuple[bytes, list[Series], list[Reading], tuple[date, date]]:
    """Read a user's file.

    Parameters
    ----------
    path
        A .csv, .parquet or .xlsx file of at most 64 MB and a million rows.
    mapping
        What it holds, from `read_map`.
    catalog
        The catalogue so far: an id of a packaged row is refused, so is one imported before in another unit.
    now
        The run's clock (UTC); a row about a later day, or known later, is refused.

    Returns
    -------
    tuple
        The file's bytes, the catalogue rows, the readings in file order, and the span of their periods.

    Raises
    ------
    InputError
        The map does not fit the catalogue or the purpose that it names, or there is no such file.
    SourceError
        The file is not what the map says, or holds a weight below nought. The message names the rows; nothing of it may be
        stored.
    """
    _fits(mapping, catalog)
    purposes_fit(mapping.series, catalog)
    body, form = _bytes_of(path)
    table = _table(path, body, form, mapping)
    readings = readings_of(table, mapping, now, path.name)
    check_levels(mapping.series, readings, path.name)
    periods = [r.period for r in readings]
    return body, list(mapping.series), readings, (min(periods), max(periods))


def read_calendar(path: Path, mapping: CalendarMap, now: datetime) -> tuple[bytes, Whole]:
    """Read a user's calendar: an .ics file, or a table with the columns that the map names.

    Parameters
    ----------
    now
        The run's clock (UTC); events of before today are passed over.

    Returns
    -------
    tuple
        The file's bytes, and its events with times of New York: all of them, so that what it does not name is struck.

    Raises
    ------
    InputError
        There is no such file, it is no table and no calendar, or the map names no columns for a table.
    SourceError
        The file is not what the map says. Nothing of it may be stored.
    """
    if path.suffix.lower() == ".ics":
        body, _ = _bytes_of(path, {".ics": "ics"})
        today = now.astimezone(NEW_YORK).date()

        def refuse(found: str, near: str = "") -> NoReturn:
            raise _refuse(path, found, near)

        return body, events_in(body, mapping.feed.id, mapping.feed.kind, today, refuse)
    body, form = _bytes_of(path, {**_FORMATS, ".ics": "ics"})
    if not mapping.date:
        needs_columns(path.name)
    return body, events_of_table(_table(path, body, form, mapping), mapping, now, path.name)


def _bytes_of(path: Path, formats: Mapping[str, str] = MappingProxyType(_FORMATS)) -> tuple[bytes, str]:
    """A file's bytes and its format by its ending."""
    form = formats.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"file {path.name}", f"ending {path.suffix!r}", ", ".join(formats), "Give a file of one of these."
        )
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"file {path}", "no regular file", ", ".join(_FORMATS), "Save it to a file first.")
        size = path.stat().st_size
        body = b"" if size > MOST_BYTES else path.read_bytes()
    except OSError as error:
        raise InputError(f"file {path}", f"cannot be read: {error.strerror}", "", "Check the path.") from None
    if size > MOST_BYTES or len(body) > MOST_BYTES:
        raise _refuse(path, f"{size} bytes", f"{MOST_BYTES} bytes", "Split the file.")
    return body, form


def request_of(path: Path, ids: tuple[str, ...], window: tuple[date, date]) -> Request:
    """The request under which a file's batch is stored: its name, without the folders of the user's machine."""
    return Request(SOURCE.name, f"file:{path.name}", (), ids, window, note="import")


def _refuse(path: Path, found: str, near: str = "", step: str = "Correct the file; nothing was stored.") -> SourceError:
    return SourceError(f"file {path.name}", found, near, step)


def _fits(mapping: ImportMap, catalog: Catalog) -> None:
    for series in mapping.series:
        held = catalog.get(series.id)
        if held is None:
            continue
        if [p.source for p in held.providers] != [SOURCE.name]:
            raise InputError(
                f"import of {series.id}",
                f"the catalogue has this series from {held.providers[0].source}; two origins are never spliced",
                f"user.{series.id.rpartition('.')[2]}",
                "Give the file's series an id of its own.",
            )
        if (held.unit, held.frequency) != (series.unit, series.frequency):
            raise InputError(
                f"import of {series.id} in {series.unit}, frequency {series.frequency}",
                f"earlier imports were in {held.unit}, frequency {held.frequency}",
                held.unit,
                "Keep unit and frequency (the map's `scale` converts), or give another id.",
            )
        for key in ("release", "rights", "revises", "kind", "calendar", "family", "tags"):
            now, then = getattr(series, key), getattr(held, key)
            if now != then:
                raise InputError(
                    f"import of {series.id} with {key} = {_said(now)}",
                    f"earlier imports said {_said(then)}",
                    _said(then),
                    "Say what was said before, or give another id: what is held was stamped by the earlier rule.",
                )


def _said(value: object) -> str:
    return value.text if isinstance(value, ReleaseRule) else str(value)


def _table(path: Path, body: bytes, form: str, mapping: ImportMap | CalendarMap) -> Table:
    """The columns of the map as text, from the child."""
    if form == "csv":
        if body.startswith(_PACKED):
            raise _refuse(path, "a packed file under the name of a CSV", "", "Unpack it first.")
        try:
            body = body.decode("utf-8-sig").encode("utf-8")
        except UnicodeDecodeError as error:
            raise _refuse(path, f"byte {error.start} is not UTF-8", "UTF-8", "Save the file as UTF-8.") from None
    answer = _ask_child(path, body, form, mapping)
    if "columns" not in answer:
        raise _refuse(path, str(answer.get("found")), str(answer.get("nearest", "")))
    columns = answer["columns"]
    for name in mapping.wanted():
        if columns[name]["type"] not in ("text", "day", "instant", "number"):
            raise _refuse(path, f"column {name!r} holds {columns[name]['type']}", "text, numbers or days")
    if not answer["rows"]:
        raise _refuse(path, "no rows under the head")
    return {name: (columns[name]["type"], columns[name]["cells"]) for name in mapping.wanted()}


def _ask_child(path: Path, body: bytes, form: str, mapping: ImportMap | CalendarMap) -> dict[str, Any]:
    spec = {
        "format": form,
        "columns": mapping.wanted(),
        "delimiter": "\t" if path.suffix.lower() == ".tsv" and mapping.delimiter == "," else mapping.delimiter,
        "sheet": mapping.sheet,
        "skip": mapping.skip,
        "most_rows": MOST_ROWS,
        "memory": MEMORY,
        "seconds": CPU_SECONDS,
    }
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-m", "barograph.sources._files_child"],
            input=json.dumps(spec).encode() + b"\n" + body,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"POLARS_MAX_THREADS": "1"},  # nothing of the user's environment, keys above all
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refuse(path, f"not read within {WALL_SECONDS} s") from None
    if child.returncode != 0 or not child.stdout:
        raise _refuse(path, f"its reader was stopped by its limits ({MEMORY >> 20} MB, {CPU_SECONDS} s of CPU)")
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


class FilesSource:
    """Files are imported by hand; an update asks nothing of this source."""

    name = "files"
    title = "Imported files"
    hosts: tuple[str, ...] = ()
    terms = "Your own files: what may be done with the figures is for you to know; the map states it."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 1

    def plan(self, job: Job) -> list[Request]:
        """Nothing: there is no file to fetch again."""
        return []

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """A file needs its map: this way in is closed."""
        raise SourceError(
            f"parse of {request.url}",
            "a file without its map",
            "",
            "Import it: `barograph import FILE --map MAP.toml`.",
        )


SOURCE = FilesSource()
