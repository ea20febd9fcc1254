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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from barograph.core.observation import Item, Reading
from barograph.core.series import Series
from barograph.sources._fred_calendar import dates_in, dates_request
from barograph.sources._fred_pages import observations, param, vintage_dates
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import (
    csv_rows,
    iso_date,
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
        today = job.now.astimezone(CENTRAL).date()
        return out + [dates_request(feed, today) for feed in job.feeds if job.has_key and feed.gives == "calendar"]

    def otherwise(self, request: Request, found: str) -> list[Request]:
        """Vintage dates, where FRED refuses that many vintages at once; the graph CSV, where it holds none."""
        kind = request.note.split()[0]
        if kind == "graph" or "Bad Request" not in found:
            return []
        code, ids = param(request, "series_id"), request.series
        if "vintage" in found and kind == "observations":
            begin, end = (date.fromisoformat(param(request, f"realtime_{x}")) for x in ("start", "end"))
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
            rows, more = observations(body, request)
            if more:
                # The next page begins with the last period of this one: its rows may lie on both.
                kept = sum(1 for row in rows if row[0] != rows[-1][0])
                if kept == 0:
                    refuse(request, f"more than {MAX_OBSERVATIONS:,} values of one period")
                return [_moved(request, offset=int(param(request, "offset")) + kept)]
        return []

    def _windows(self, request: Request, body: bytes) -> Iterator[Request]:
        days, more = vintage_dates(body, request)
        code, ids = param(request, "series_id"), request.series
        begin, end = (date.fromisoformat(param(request, f"realtime_{x}")) for x in ("start", "end"))
        first_page = int(param(request, "offset")) == 0
        since = request.note.endswith("since") and first_page
        if not days:
            if not since:  # not in ALFRED: today's values are all there is
                yield _graph(code, ids[0], request.window)
            return
        if more:  # overlap by one date, so that the windows of both pages join
            yield _moved(request, offset=int(param(request, "offset")) + len(days) - 1)
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

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> Sequence[Item]:
        """Readings in the body; none for a list of vintage dates; coming releases for a list of release dates.

        Raises
        ------
        SourceError
            Another format, another series, a real-time period that was not asked for, a bad date or number, or two
            values for one day.
        """
        kind = request.note.split()[0]
        if kind == "vintagedates":
            vintage_dates(body, request)
            return []
        if kind == "dates":
            return dates_in(body, request)
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


def _moved(request: Request, offset: int) -> Request:
    params = tuple((k, str(offset) if k == "offset" else v) for k, v in request.params)
    return replace(request, params=params)


def _graph_csv(body: bytes, request: Request, series: Series) -> list[Reading]:
    rows = csv_rows(text_of(body, request), request)
    head = [cell.strip() for cell in rows[0]]
    code = param(request, "id")
    if len(head) != 2 or head[0] not in ("observation_date", "DATE") or head[1] != code:
        refuse(request, f"columns {', '.join(head[:8])}", f"observation_date, {code}")
    pairs: list[tuple[date, float | None]] = []
    for row in rows[1:]:
        if len(row) != 2:
            refuse(request, f"a row of {len(row)} cells under 2 columns")
        cell = row[1].strip()
        pairs.append((iso_date(row[0], request), None if cell in _MISSING else number(cell, request, row[0])))
    return readings(one_per_day(pairs, request, series.id), request, series)


def _by_realtime(body: bytes, request: Request, series: Series) -> list[Reading]:
    rows, more = observations(body, request)
    if more:  # the last period comes again, whole, on the next page
        rows = [row for row in rows if row[0] != rows[-1][0]]
    begin, end = param(request, "realtime_start"), param(request, "realtime_end")
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
