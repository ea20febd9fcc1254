"""Any public CSV: a series becomes readable by one catalogue row, without a provider file.

The code of a series is the file's https address. What must be known of the file stands beside it:

    { source = "http_csv", code = "https://data.example.org/x.csv", date = "Day", column = "Close" }

===============  =======================================================================================
``date``         column of the days (default: the first)
``column``       column of the values (default: the second)
``date_format``  how days are written, such as ``%d.%m.%Y`` or ``%Y-%m`` (default: ISO)
``delimiter``    one character, or ``tab`` (default: a comma)
``decimal``      ``.`` or ``,`` (default: a point)
``missing``      words for a missing value, with ``|`` between them; an empty cell is always one
``where``        ``COLUMN=value``: only rows that say so count
===============  =======================================================================================

Months and quarters are named by their first day, whichever of their days the file names. One recorded file has been read
this way, the excess bond premium of the Federal Reserve Board; what users choose cannot be known beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import (
    FIRST_DAY,
    LAST_DAY,
    csv_rows,
    iso_date,
    known_series,
    number,
    one_per_day,
    readings,
    refuse,
    text_of,
)

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
Table = dict[str, list[list[str]]]


class HttpCsvSource:
    """Columns of public files; addresses inside this machine or its network are refused before anything is sent."""

    name = "http_csv"
    title = "Public CSV files"
    hosts: tuple[str, ...] = ()
    terms = "Whatever the publisher of each file allows; the catalogue row states the rights."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per address: a file serves every series that is read from it."""
        by_address: dict[str, list[str]] = {}
        for series in job.series:
            if code := series.code(self.name):
                by_address.setdefault(code, []).append(series.id)
        return [Request(self.name, address, (), tuple(ids), job.window) for address, ids in by_address.items()]

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a file is complete."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Values inside the window.

        Raises
        ------
        SourceError
            An option that says nothing, a column that is missing or stands twice, a row of another width, no row that
            counts, a bad day or number, or two values for one period.
        """
        text = text_of(body, request)
        tables: Table = {}
        out: list[Reading] = []
        for series in known_series(request, catalog_series):
            options = next((dict(p.options) for p in series.providers if p.source == self.name), {})
            delimiter = _delimiter(options.get("delimiter", ","), request)
            if delimiter not in tables:
                tables[delimiter] = csv_rows(text, request, delimiter)
            pairs = _pairs(tables[delimiter], options, series, request)
            out += readings(one_per_day(pairs, request, series.id), request, series)
        return out


def _pairs(
    rows: list[list[str]], options: dict[str, str], series: Series, request: Request
) -> list[tuple[date, float | None]]:
    head = [cell.strip() for cell in rows[0]]
    if len(head) < 2:
        refuse(request, f"one column, {head[0][:60]!r}", step="Name the file's delimiter in the catalogue row.")
    when = _column(head, options.get("date", head[0]), request)
    what = _column(head, options.get("column", head[1]), request)
    where, wanted = None, ""
    if "where" in options:
        name, equals, wanted = options["where"].partition("=")
        if not equals:
            refuse(request, f"where = {options['where'][:40]!r}", "COLUMN=value", "Correct the catalogue row.")
        where = _column(head, name.strip(), request)
    missing = {"", *(word.strip() for word in options.get("missing", "").split("|"))}
    value = _number(options.get("decimal", "."), request)
    days: dict[str, date] = {}
    out: list[tuple[date, float | None]] = []
    for row in rows[1:]:
        if len(row) != len(head):
            refuse(request, f"a row of {len(row)} cells under {len(head)} columns")
        if where is not None and row[where].strip() != wanted.strip():
            continue
        text, cell = row[when].strip(), row[what].strip()
        if text not in days:
            days[text] = _named(_day(text, options.get("date_format", ""), request), series)
        out.append((days[text], None if cell in missing else value(cell, text)))
    if not out:
        refuse(request, "no row that counts", options.get("where", "rows under the head"))
    return out


def _column(head: list[str], name: str, request: Request) -> int:
    if head.count(name) != 1:
        found = "no column" if name not in head else "twice the column"
        refuse(request, f"{found} {name[:40]!r} among {', '.join(head[:12])}", step="Correct the catalogue row.")
    return head.index(name)


def _delimiter(text: str, request: Request) -> str:
    text = "\t" if text == "tab" else text
    if len(text) != 1 or text.isalnum() or text == '"' or not (text.isprintable() or text == "\t"):
        refuse(request, f"delimiter = {text[:12]!r}", "one character, or tab", "Correct the catalogue row.")
    return text


def _number(decimal: str, request: Request) -> Callable[[str, str], float]:
    if decimal not in (".", ","):
        refuse(request, f"decimal = {decimal[:12]!r}", "a point or a comma", "Correct the catalogue row.")

    def read(cell: str, where: str) -> float:
        # A point beside a decimal comma would divide thousands, and the number would be another.
        plain = cell.replace(",", ".") if decimal == "," and "." not in cell else cell
        if (decimal == "," and "." in cell) or not _PLAIN.fullmatch(plain):
            refuse(request, f"{cell[:40]!r} where a number belongs, at {where[:20]}")
        return number(plain, request, where[:20])

    return read


def _day(text: str, written: str, request: Request) -> date:
    if not written:
        return iso_date(text, request)
    day = date.min
    if text.isascii():
        with suppress(ValueError, re.error):  # a directive twice is an error of the expression behind strptime
            day = datetime.strptime(text, written).date()  # noqa: DTZ007 - a day has no zone
    if not FIRST_DAY <= day <= LAST_DAY:
        refuse(request, f"{text[:40]!r} where a day ({written[:20]}) belongs")
    return day


def _named(day: date, series: Series) -> date:
    """The day that names the period of `day`."""
    if series.stamp == "month_start":
        return day.replace(day=1)
    if series.stamp == "quarter_start":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


SOURCE = HttpCsvSource()
