"""Chart API of Yahoo Finance: daily closes of indices, funds, shares and crypto assets, with splits and dividends.

The service adjusts closes for splits and gives no raw ones. Closes before a split that the answer lists are therefore
multiplied back, so that a later split does not rewrite the past: the archive holds what was traded. Every request
reaches to today for that reason; the window only says which sessions are kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.core.time import CLOSE, new_york
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import json_of, known_series, number, one_per_day, readings, refuse

CHART = "https://query1.finance.yahoo.com/v8/finance/chart/"
_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}")
#: The service shows prices a quarter of an hour late; before that a bar is not final.
DELAY = timedelta(minutes=15)
_EARLIEST, _LATEST = -7_000_000_000, 7_000_000_000


def last_closed(series: Series, now: datetime) -> date:
    """The newest day whose bar is final at `now`: an open session's bar holds the price of the minute."""
    if series.release.text == "utc_day_end":
        return now.astimezone(UTC).date() - timedelta(1)
    day = now.astimezone(UTC).date() + timedelta(1)
    at = series.release.at or CLOSE
    while new_york(day, at) + DELAY > now:
        day -= timedelta(1)
    return day


class PricesSource:
    """Closes as traded; the code of a series is the service's symbol (`^GSPC`, `SPY`, `BTC-USD`)."""

    name = "prices"
    title = "Yahoo Finance chart service"
    hosts: tuple[str, ...] = ("query1.finance.yahoo.com",)
    terms = "Yahoo's terms allow personal use and forbid redistribution; the service is not documented and may change."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per symbol; the window ends at the last session that has closed."""
        out = []
        for series in job.series:
            code = series.code(self.name)
            window = (job.window[0], min(job.window[1], last_closed(series, job.now)))
            if not code or window[0] > window[1]:
                continue
            begin = datetime.combine(window[0] - timedelta(1), time(0), tzinfo=UTC)
            end = datetime.combine(max(window[1], job.now.astimezone(UTC).date()) + timedelta(2), time(0), tzinfo=UTC)
            params = (
                ("events", "div,splits"),
                ("interval", "1d"),
                ("period1", str(int(begin.timestamp()))),
                ("period2", str(int(end.timestamp()))),
            )
            out.append(Request(self.name, CHART + quote(code, safe=""), params, (series.id,), window, note=code))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: all bars come in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Closes as traded, and the members `<id>[dividend]` (per share, as paid) and `<id>[split]` (new per old).

        Bars without a close are left out.

        Raises
        ------
        SourceError
            The service's error, another symbol or currency, lists of unequal length, a bad number or time, or two
            closes for one session.
        """
        (series,) = known_series(request, catalog_series)
        result = _result(body, request)
        meta = result.get("meta")
        if not isinstance(meta, dict) or meta.get("symbol") != request.note:
            refuse(request, "bars of another symbol", request.note)
        if series.unit == "usd" and meta.get("currency") != "USD":
            refuse(request, f"prices in {str(meta.get('currency'))[:8]!r}", "USD")
        session = _sessions(meta.get("exchangeTimezoneName"), request)
        splits = _events(result, "splits", session, request, _ratio)
        dividends = _events(result, "dividends", session, request, _amount)
        share = series.unit == "usd" and series.calendar == "NYSE"  # what can split
        stamps = result.get("timestamp", [])
        try:
            closes = result["indicators"]["quote"][0].get("close", [])
        except (KeyError, IndexError, TypeError, AttributeError):
            refuse(request, "no indicators.quote[0] in the answer")
        if not isinstance(stamps, list) or not isinstance(closes, list) or len(stamps) != len(closes):
            refuse(request, "times and closes of unequal length")
        bars: list[tuple[date, float | None]] = [
            (session(stamp), _as_traded(number(close, request, stamp), session(stamp), splits, share))
            for stamp, close in zip(stamps, closes, strict=True)
            if close is not None
        ]
        out = readings(one_per_day(bars, request, series.id), request, series)
        first, last = request.window
        paid = {day: _as_traded(amount, day, splits, share) for day, amount in dividends.items()}
        for name, found in (("dividend", paid), ("split", splits)):
            member = f"{series.id}[{name}]"
            out += [Reading(member, day, found[day]) for day in sorted(found) if first <= day <= last]
        return out


def _result(body: bytes, request: Request) -> dict[str, Any]:
    data = json_of(body, request)
    chart = data.get("chart") if isinstance(data, dict) else None
    if not isinstance(chart, dict):
        refuse(request, "JSON without a chart")
    error = chart.get("error")
    if error:
        text = f"{error.get('code')}: {error.get('description')}" if isinstance(error, dict) else str(error)
        refuse(request, f"the service says {text}"[:200])
    result = chart.get("result")
    if not isinstance(result, list) or len(result) != 1 or not isinstance(result[0], dict):
        refuse(request, "a chart without one result")
    return result[0]


def _sessions(zone_name: object, request: Request) -> Callable[[object], date]:
    """From a bar's time stamp (seconds since 1970 UTC) to the session's date at the exchange."""
    if not isinstance(zone_name, str) or not _ZONE.fullmatch(zone_name):
        refuse(request, f"no time zone in {str(zone_name)[:30]!r}")
    try:
        zone = ZoneInfo(zone_name)
    except (KeyError, ValueError, OSError):
        refuse(request, f"the unknown time zone {zone_name[:30]!r}")

    def session(stamp: object) -> date:
        if type(stamp) is not int or not _EARLIEST < stamp < _LATEST:
            refuse(request, f"{str(stamp)[:20]!r} where a time stamp belongs")
        return datetime.fromtimestamp(stamp, zone).date()

    return session


def _events(
    result: dict[str, Any],
    kind: str,
    session: Callable[[object], date],
    request: Request,
    value: Callable[[dict[str, Any], Request], float],
) -> dict[date, float]:
    events = result.get("events") or {}
    listed = events.get(kind) or {} if isinstance(events, dict) else None
    if not isinstance(listed, dict) or not all(isinstance(e, dict) for e in listed.values()):
        refuse(request, f"{kind} in another shape")
    out: dict[date, float] = {}
    for event in listed.values():
        day, found = session(event.get("date")), value(event, request)
        if out.setdefault(day, found) != found:
            refuse(request, f"two {kind} of {day}")
    return out


def _ratio(event: dict[str, Any], request: Request) -> float:
    new, old = (number(event.get(k), request, "a split") for k in ("numerator", "denominator"))
    if not (0 < new <= 10_000 and 0 < old <= 10_000):
        refuse(request, f"a split of {new} for {old}")
    return new / old


def _amount(event: dict[str, Any], request: Request) -> float:
    amount = number(event.get("amount"), request, "a dividend")
    if amount < 0:
        refuse(request, f"a dividend of {amount}")
    return amount


def _as_traded(value: float, day: date, splits: dict[date, float], share: bool) -> float:
    """Undo the service's split adjustment: a close before a 4-for-1 split was four times what is shown.

    A share's close is rounded to six digits, at least to a cent, before its first split and after every further one:
    the service's single-precision figures differ beyond, and the same close must come out the same.
    """
    factor = math.prod(ratio for split_day, ratio in splits.items() if day < split_day)
    traded = value * factor
    if not share or traded == 0.0:
        return value if factor == 1.0 else traded
    return round(traded, max(2, 5 - math.floor(math.log10(abs(traded)))))


SOURCE = PricesSource()
