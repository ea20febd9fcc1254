"""Bodies as providers send them: bounded text, CSV and JSON, dates and numbers. Pure; whatever does not fit raises."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable
from datetime import date
from typing import Any, NoReturn

from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Request

#: More rows than this are no provider's answer: fifty years of daily values are 18,000.
MAX_ROWS = 300_000
#: Brackets and commas of a JSON answer; the largest page of FRED has 100,001 and 400,000.
MAX_CONTAINERS = 400_000
MAX_COMMAS = 1_000_000
#: Days that a period, a vintage or a session can have.
FIRST_DAY, LAST_DAY = date(1700, 1, 1), date(2200, 1, 1)


def refuse(request: Request, found: str, nearest: str = "", step: str = "") -> NoReturn:
    """Raise SourceError about the answer to `request`; `found` must hold no long stretch of the body."""
    asked = f"{request.source}: {request.describe()}"
    raise SourceError(
        asked if len(asked) <= 240 else asked[:237] + "...",
        "".join(c if c.isprintable() else "?" for c in found)[:240],
        nearest,
        step or "Nothing of it was stored. Run the update again later; if it stays, the provider changed its format.",
    )


def text_of(body: bytes, request: Request) -> str:
    """The body as text: UTF-8, a byte-order mark dropped, no control characters, at most MAX_ROWS lines, no HTML."""
    if body.count(b"\n") > MAX_ROWS or body.count(b"\r") > MAX_ROWS:
        refuse(request, f"more than {MAX_ROWS:,} lines")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(request, "bytes that are not UTF-8")
    if not text.strip():
        refuse(request, "an empty body")
    if "\x00" in text:
        refuse(request, "NUL characters in the text")
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        refuse(request, "an HTML page where data was asked for")
    return text


def csv_rows(text: str, request: Request, delimiter: str = ",") -> list[list[str]]:
    """All rows of a CSV text; blank lines are left out."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
        return [row for row in reader if row]
    except csv.Error as error:
        refuse(request, f"text that is not CSV: {error}")


def json_of(body: bytes, request: Request) -> Any:
    """The body as JSON: strict numbers, no key twice in one object, bounded size and depth."""
    text = text_of(body, request)
    if text.count("{") + text.count("[") > MAX_CONTAINERS or text.count(",") > MAX_COMMAS:
        refuse(request, f"JSON of more than {MAX_CONTAINERS:,} objects or {MAX_COMMAS:,} values")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        pass
    except ValueError as error:
        refuse(request, f"text that is not JSON: {error}")
    refuse(request, "JSON nested too deeply")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return out


def number(cell: object, request: Request, where: object) -> float:
    """A finite number from a CSV cell or a JSON value; anything else raises and names `where` it stood."""
    if isinstance(cell, str):
        # float() also takes digit separators and other scripts' digits, which no provider writes.
        if cell.isascii() and "_" not in cell:
            try:
                value = float(cell)
            except ValueError:
                value = math.nan
            if math.isfinite(value):
                return value
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            value = float(cell)
        except OverflowError:
            value = math.nan
        if math.isfinite(value):
            return value
    refuse(request, f"{_short(cell)} where a number belongs, at {where}")


def iso_date(text: object, request: Request) -> date:
    """A day written YYYY-MM-DD."""
    # The library also reads 2025-W45-3 and 20251105, which no provider writes.
    if isinstance(text, str) and len(text) == 10 and text[4] == text[7] == "-":
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if FIRST_DAY <= day <= LAST_DAY:
            return day
    refuse(request, f"{_short(text)} where a date (YYYY-MM-DD) belongs")


def us_date(text: str, request: Request) -> date:
    """A day written MM/DD/YYYY or M/D/YYYY."""
    if len(text) == 10 and text[2] == text[5] == "/":
        parts = [text[:2], text[3:5], text[6:]]
    else:
        parts = [p.zfill(2) for p in text.strip().split("/")]
    if len(parts) == 3 and len(parts[2]) == 4:
        try:
            day = date.fromisoformat(f"{parts[2]}-{parts[0]}-{parts[1]}")
        except ValueError:
            day = date.min
        if FIRST_DAY <= day <= LAST_DAY:
            return day
    refuse(request, f"{_short(text)} where a date (MM/DD/YYYY) belongs")


def _short(cell: object) -> str:
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."


def one_per_day(
    pairs: Iterable[tuple[date, float | None]], request: Request, series_id: str
) -> dict[date, float | None]:
    """One value a day. A day that comes twice with one value is kept once, with two values the body is refused."""
    out: dict[date, float | None] = {}
    for day, value in pairs:
        if day in out and out[day] != value:
            refuse(request, f"two values of {series_id} for {day}: {out[day]} and {value}")
        out[day] = value
    return out


def readings(values: dict[date, float | None], request: Request, series: Series) -> list[Reading]:
    """Readings inside the request's window, oldest first, in the unit of `series`."""
    first, last = request.window
    scale = scale_of(series, request.source)
    inside = sorted(item for item in values.items() if first <= item[0] <= last)
    if scale == 1.0:
        return [Reading(series.id, day, value) for day, value in inside]
    return [Reading(series.id, day, scaled(value, scale)) for day, value in inside]


def scale_of(series: Series, source: str) -> float:
    """The factor from the provider's unit to the series' unit."""
    return next((p.scale for p in series.providers if p.source == source), 1.0)


def scaled(value: float | None, scale: float) -> float | None:
    """`value` in the series' unit; rounded where 1.13 % would otherwise become 112.99999999999999 bp.

    >>> scaled(1.13, 100.0)
    113.0
    """
    return value if value is None or scale == 1.0 else round(value * scale, 9)


def known_series(request: Request, catalog_series: dict[str, Series]) -> list[Series]:
    """The catalogue rows that `request` speaks about."""
    missing = [id_ for id_ in request.series if id_ not in catalog_series]
    if missing:
        refuse(request, f"no catalogue row for {', '.join(missing)}", step="Pass the rows of request.series to parse.")
    return [catalog_series[id_] for id_ in request.series]
