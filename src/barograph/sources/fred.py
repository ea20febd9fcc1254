"""FRED and ALFRED, Federal Reserve Bank of St. Louis.

Two ways in. Without a key, and for series that do not revise: the graph CSV (`observation_date,<ID>`, an empty field or
`.` where a value is missing), one series a request. With the user's key, for series that revise: first the list of
vintage dates, then the observations by real-time period in windows of at most 2,000 vintage dates.

How a reply by real-time period is read. Each row says "from realtime_start to realtime_end the value was this", cut to
the window asked for. A row that begins with the window may be older than it looks; its value equals the one that the
window before ended with, so a log that stores changes only drops it. Windows begin at a vintage date and share one with
the next, so that a value which ends without a successor is seen to end: that is a withdrawal, dated the day after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import (
    csv_rows,
    iso_date,
    json_of,
    known_series,
    number,
    one_per_day,
    readings,
    refuse,
    scale_of,
    scaled,
    text_of,
)

GRAPH = "https://fred.stlouisfed.org/graph/fredgraph.csv"
API = "https://api.stlouisfed.org/fred/series/"
#: FRED's day begins in St. Louis; a realtime_end after its date is refused.
CENTRAL = ZoneInfo("America/Chicago")
MAX_VINTAGES = 2_000
MAX_DATES = 10_000
MAX_OBSERVATIONS = 100_000
#: Vintages may be entered a few days after their date; look that far behind the last look.
LATE_ENTRY = timedelta(7)
FIRST_REALTIME = date(1776, 7, 4)
OPEN_END = "9999-12-31"
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
_MISSING = frozenset(("", "."))


class FredSource:
    """Macro, rates and credit series; the code of a series is FRED's id (`PAYEMS`)."""

    name = "fred"
    title = "FRED, Federal Reserve Bank of St. Louis"
    hosts: tuple[str, ...] = ("fred.stlouisfed.org", "api.stlouisfed.org")
    terms = (
        "FRED's terms of use restrict use in developing or training software and machine learning, and some series "
        "belong to third parties; vintages need a key of your own."
    )
    key: Literal["none", "optional", "required"] = "optional"
    shape_tested_only = False
    per_host = 4

    def plan(self, job: Job) -> list[Request]:
        """One request per series: its vintages where they can be had and matter, else the graph CSV.

        `job.looked_at` must speak of the whole window and of a look that brought vintages: only what became known since
        a few days before it is asked for.
        """
        out = []
        for series in job.series:
            code = series.code(self.name)
            if code is None or not _CODE.fullmatch(code):
                continue
            if job.has_key and series.revises and series.vintages:
                since = job.looked_at.astimezone(CENTRAL).date() - LATE_ENTRY if job.looked_at else None
                today = job.now.astimezone(CENTRAL).date()
                realtime, note = (since or FIRST_REALTIME, today), "observations since" if since else "observations"
                out.append(_api("observations", code, realtime, MAX_OBSERVATIONS, 0, (series.id,), job.window, note))
            else:
                out.append(_graph(code, series.id, job.window))
        return out

    def otherwise(self, request: Request, found: str) -> list[Request]:
        """Vintage dates, where FRED refuses that many vintages at once; the graph CSV, where it holds none."""
        kind = request.note.split()[0]
        if kind == "graph" or "Bad Request" not in found:
            return []
        code, ids = _param(request, "series_id"), request.series
        if "vintage" in found and kind == "observations":
            begin, end = (date.fromisoformat(_param(request, f"realtime_{x}")) for x in ("start", "end"))
            note = request.note.replace("observations", "vintagedates")
            return [_api("vintagedates", code, (begin, end), MAX_DATES, 0, ids, request.window, note)]
        return [_graph(code, ids[0], request.window)] if "exist" in found else []

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """After vintage dates: the next page of them and the windows of observations; after a full page: the next page.

        Raises
        ------
        SourceError
            The body is not what `request` asked for.
        """
        kind = request.note.split()[0]
        if kind == "vintagedates":
            return list(self._windows(request, body))
        if kind == "observations":
            rows, more = _observations(body, request)
            if more:
                # The next page begins with the last period of this one: its rows may lie on both.
                kept = sum(1 for row in rows if row[0] != rows[-1][0])
                if kept == 0:
                    refuse(request, f"more than {MAX_OBSERVATIONS:,} values of one period")
                return [_moved(request, offset=int(_param(request, "offset")) + kept)]
        return []

    def _windows(self, request: Request, body: bytes) -> Iterator[Request]:
        days, more = _vintage_dates(body, request)
        code, ids = _param(request, "series_id"), request.series
        begin, end = (date.fromisoformat(_param(request, f"realtime_{x}")) for x in ("start", "end"))
        first_page = int(_param(request, "offset")) == 0
        since = request.note.endswith("since") and first_page
        if not days:
            if not since:  # not in ALFRED: today's values are all there is
                yield _graph(code, ids[0], request.window)
            return
        if more:  # overlap by one date, so that the windows of both pages join
            yield _moved(request, offset=int(_param(request, "offset")) + len(days) - 1)
        at = 0
        if more and at == len(days) - 1:
            return
        while True:
            final = at + MAX_VINTAGES >= len(days)
            last = (days[-1] if more else end) if final else days[at + MAX_VINTAGES - 1]
            cut = since and at == 0
            realtime, note = (begin if cut else days[at], last), "observations since" if cut else "observations"
            yield _api("observations", code, realtime, MAX_OBSERVATIONS, 0, ids, request.window, note)
            if final:
                return
            at += MAX_VINTAGES - 1

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Readings in the body; none for a list of vintage dates.

        Raises
        ------
        SourceError
            Another format, another series, a real-time period that was not asked for, a bad date or number, or two
            values for one day.
        """
        kind = request.note.split()[0]
        if kind == "vintagedates":
            _vintage_dates(body, request)
            return []
        (series,) = known_series(request, catalog_series)
        if kind == "observations":
            return _by_realtime(body, request, series)
        return _graph_csv(body, request, series)


def _graph(code: str, series_id: str, window: tuple[date, date]) -> Request:
    params = (("coed", window[1].isoformat()), ("cosd", window[0].isoformat()), ("id", code))
    return Request("fred", GRAPH, params, (series_id,), window, note="graph")


def _api(
    what: str,
    code: str,
    realtime: tuple[date, date],
    limit: int,
    offset: int,
    ids: tuple[str, ...],
    window: tuple[date, date],
    note: str,
) -> Request:
    params = {
        "file_type": "json",
        "limit": str(limit),
        "offset": str(offset),
        "realtime_end": realtime[1].isoformat(),
        "realtime_start": realtime[0].isoformat(),
        "series_id": code,
        "sort_order": "asc",
    }
    if what == "observations":
        params |= {
            "observation_end": window[1].isoformat(),
            "observation_start": window[0].isoformat(),
            "output_type": "1",
        }
    return Request("fred", API + what, tuple(sorted(params.items())), ids, window, "api_key", note, vintages=True)


def _param(request: Request, name: str) -> str:
    return dict(request.params)[name]


def _moved(request: Request, offset: int) -> Request:
    params = tuple((k, str(offset) if k == "offset" else v) for k, v in request.params)
    return replace(request, params=params)


def _graph_csv(body: bytes, request: Request, series: Series) -> list[Reading]:
    rows = csv_rows(text_of(body, request), request)
    head = [cell.strip() for cell in rows[0]]
    code = _param(request, "id")
    if len(head) != 2 or head[0] not in ("observation_date", "DATE") or head[1] != code:
        refuse(request, f"columns {', '.join(head[:8])}", f"observation_date, {code}")
    pairs: list[tuple[date, float | None]] = []
    for row in rows[1:]:
        if len(row) != 2:
            refuse(request, f"a row of {len(row)} cells under 2 columns")
        cell = row[1].strip()
        pairs.append((iso_date(row[0], request), None if cell in _MISSING else number(cell, request, row[0])))
    return readings(one_per_day(pairs, request, series.id), request, series)


def _page(body: bytes, request: Request, field: str) -> tuple[list[Any], bool]:
    """The list of a FRED API answer, and whether more pages follow; checks that the answer is to this question."""
    data = json_of(body, request)
    if not isinstance(data, dict) or "error_code" in data or not isinstance(data.get(field), list):
        message = data.get("error_message") if isinstance(data, dict) else None
        refuse(request, f"FRED says: {message}"[:200] if message else f"no list of {field}")
    for name in ("realtime_start", "realtime_end"):
        if data.get(name) != _param(request, name):
            refuse(request, f"{name} {str(data.get(name))[:12]!r}", _param(request, name))
    items, count, offset = data[field], data.get("count"), data.get("offset")
    if type(count) is not int or offset != int(_param(request, "offset")) or count < offset + len(items):
        refuse(request, "a page that does not say where it stands")
    more = count > offset + len(items)
    if more and not items:
        refuse(request, f"an empty page of {count:,} rows")
    return items, more


def _vintage_dates(body: bytes, request: Request) -> tuple[list[date], bool]:
    items, more = _page(body, request, "vintage_dates")
    days = [iso_date(item, request) for item in items]
    if any(b <= a for a, b in pairwise(days)):
        refuse(request, "vintage dates out of order")
    return days, more


def _observations(body: bytes, request: Request) -> tuple[list[tuple[str, str, str, str]], bool]:
    """(period, realtime_start, realtime_end, value) as texts, and whether more pages follow."""
    items, more = _page(body, request, "observations")
    try:
        rows = [(o["date"], o["realtime_start"], o["realtime_end"], o["value"]) for o in items]
    except (TypeError, KeyError, IndexError):
        refuse(request, "an observation without date, realtime_start, realtime_end or value")
    if not all(type(cell) is str for row in rows for cell in row):
        refuse(request, "an observation whose fields are not text")
    if any(b[0] < a[0] for a, b in pairwise(rows)):
        refuse(request, "observations out of order")
    return rows, more


def _by_realtime(body: bytes, request: Request, series: Series) -> list[Reading]:
    rows, more = _observations(body, request)
    if more:  # the last period comes again, whole, on the next page
        rows = [row for row in rows if row[0] != rows[-1][0]]
    begin, end = _param(request, "realtime_start"), _param(request, "realtime_end")
    # The first day of an increment is no vintage's: what begins there stood before, and is held.
    cut = request.note.endswith("since")
    scale = scale_of(series, request.source)
    known: dict[str, date] = {}
    out: list[Reading] = []

    def day(text: str) -> date:
        if text not in known:
            known[text] = iso_date(text, request)
        return known[text]

    for period_text, group in groupby(rows, key=lambda row: row[0]):
        period = day(period_text)
        if not request.window[0] <= period <= request.window[1]:
            refuse(request, f"the period {period}", f"{request.window[0]} to {request.window[1]}")
        spans = sorted(set(group))
        for i, (_, start, stop, cell) in enumerate(spans):
            if not begin <= start <= stop or (stop > end and stop != OPEN_END):
                refuse(request, f"a real-time period {start[:12]} to {stop[:12]} of {period}", f"{begin} to {end}")
            following = spans[i + 1] if i + 1 < len(spans) else None
            if following and following[1] <= stop:
                refuse(request, f"two values of {series.id} for {period} at once, {following[1][:12]}")
            value = None if cell in _MISSING else number(cell, request, period)
            if not (cut and start == begin):
                out.append(Reading(series.id, period, scaled(value, scale), day(start)))
            if value is not None and stop < end:
                gone = day(stop) + timedelta(1)
                if following is None or day(following[1]) > gone:
                    out.append(Reading(series.id, period, None, gone))
    return out


SOURCE = FredSource()
