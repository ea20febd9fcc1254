"""Pages of the FRED API: the list in an answer, whether more follow, and that it answers the question asked."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from barograph.sources._protocol import Request
from barograph.sources._wire import iso_date, json_of, refuse


def param(request: Request, name: str) -> str:
    """A parameter of a request."""
    return dict(request.params)[name]


def page_of(body: bytes, request: Request, field: str) -> tuple[list[Any], bool]:
    """The list of a FRED API answer, and whether more pages follow; checks that the answer is to this question."""
    data = json_of(body, request)
    if not isinstance(data, dict) or "error_code" in data or not isinstance(data.get(field), list):
        message = data.get("error_message") if isinstance(data, dict) else None
        refuse(request, f"FRED says: {message}"[:200] if message else f"no list of {field}")
    for name in ("realtime_start", "realtime_end"):
        if data.get(name) != param(request, name):
            refuse(request, f"{name} {str(data.get(name))[:12]!r}", param(request, name))
    items, count, offset = data[field], data.get("count"), data.get("offset")
    if type(count) is not int or offset != int(param(request, "offset")) or count < offset + len(items):
        refuse(request, "a page that does not say where it stands")
    more = count > offset + len(items)
    if more and not items:
        refuse(request, f"an empty page of {count:,} rows")
    return items, more


def vintage_dates(body: bytes, request: Request) -> tuple[list[date], bool]:
    """Vintage dates in their order, and whether more pages follow."""
    items, more = page_of(body, request, "vintage_dates")
    days = [iso_date(item, request) for item in items]
    if any(b <= a for a, b in pairwise(days)):
        refuse(request, "vintage dates out of order")
    return days, more


def observations(body: bytes, request: Request) -> tuple[list[tuple[str, str, str, str]], bool]:
    """(period, realtime_start, realtime_end, value) as texts, and whether more pages follow."""
    items, more = page_of(body, request, "observations")
    try:
        rows = [(o["date"], o["realtime_start"], o["realtime_end"], o["value"]) for o in items]
    except (TypeError, KeyError, IndexError):
        refuse(request, "an observation without date, realtime_start, realtime_end or value")
    if not all(type(cell) is str for row in rows for cell in row):
        refuse(request, "an observation whose fields are not text")
    if any(b[0] < a[0] for a, b in pairwise(rows)):
        refuse(request, "observations out of order")
    return rows, more
