"""Catalogue rows, requests and bodies with invented figures, for tests of the providers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from barograph.core.release import ReleaseRule
from barograph.core.series import ProviderCode, Series
from barograph.sources import Job, Request, sources

BODIES = Path(__file__).parent / "bodies"
#: 18:00 in New York.
NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
WINDOW = (date(2025, 1, 1), date(2025, 11, 5))


def row(
    id_: str,
    source: str,
    code: str,
    *,
    unit: str = "index",
    scale: float = 1.0,
    revises: bool = False,
    vintages: bool = True,
    release: str = "day 17:30",
    calendar: Literal["NYSE", "SIFMA", "24x7", "none"] = "none",
    family: bool = False,
) -> Series:
    """A catalogue row."""
    return Series(
        id=id_,
        title=id_,
        block="test",
        unit=unit,
        frequency="D",
        stamp="day",
        seasonal="none",
        release=ReleaseRule.parse(release),
        transform="level",
        revises=revises,
        providers=(ProviderCode(source, code, scale),),
        rights="public",
        citation="invented",
        kind="none",
        readers=("test",),
        calendar=calendar,
        family=family,
        vintages=vintages,
    )


def job(*series: Series, window: tuple[date, date] = WINDOW, **more: Any) -> Job:
    """What ingest would ask for at NOW."""
    return Job(series, window, more.pop("now", NOW), **more)


@dataclass(frozen=True)
class Case:
    """A body that parses, with its request and rows."""

    name: str
    source: str
    request: Request
    body: bytes
    series: dict[str, Series]

    def parse(self, body: bytes | None = None) -> list[Any]:
        return sources()[self.source].parse(self.body if body is None else body, self.request, self.series)


def _request(source: str, series: tuple[str, ...], note: str, params: Mapping[str, str] | None = None) -> Request:
    window = (date(2025, 11, 5), date(2025, 11, 5)) if source == "holdings" else WINDOW
    return Request(source, "https://example.org/x", tuple(sorted((params or {}).items())), series, window, note=note)


def cases() -> list[Case]:
    """One case per format of each provider."""
    realtime = {"realtime_end": "2025-11-05", "offset": "0", "series_id": "INVENTED"}
    rows = {
        "graph": row("t.graph", "fred", "INVENTED", unit="percent"),
        "vintage": row("t.vintage", "fred", "INVENTED", revises=True),
        "par2": row("t.par2", "treasury", "par:2y", unit="percent"),
        "par10": row("t.par10", "treasury", "par:10y", unit="percent"),
        "real5": row("t.real5", "treasury", "real:5y", unit="percent"),
        "vix": row("t.vix", "cboe", "VIX", unit="points"),
        "vvix": row("t.vvix", "cboe", "VVIX", unit="points"),
        "share": row("t.share", "prices", "INVENTED", unit="usd", release="close@NYSE", calendar="NYSE"),
        "weight": row("t.weight", "holdings", "IVV:weight", unit="percent", family=True),
        "close": row("t.close", "holdings", "IVV:close", unit="usd", family=True),
        "sector": row("t.sector", "holdings", "IVV:sector", unit="gics_code", family=True),
    }
    plans: list[tuple[str, str, tuple[str, ...], str, dict[str, str] | None]] = [
        ("fred_graph.csv", "fred", ("graph",), "graph", {"id": "INVENTED"}),
        (
            "fred_vintagedates.json",
            "fred",
            ("vintage",),
            "vintagedates -",
            {**realtime, "realtime_start": "1776-07-04"},
        ),
        ("fred_observations.json", "fred", ("vintage",), "observations", {**realtime, "realtime_start": "2025-09-05"}),
        ("treasury_par.csv", "treasury", ("par2", "par10"), "par csv", None),
        ("treasury_real.csv", "treasury", ("real5",), "real csv", None),
        ("treasury_par.xml", "treasury", ("par2", "par10"), "par xml", None),
        ("cboe_ohlc.csv", "cboe", ("vix",), "VIX", None),
        ("cboe_single.csv", "cboe", ("vvix",), "VVIX", None),
        ("prices.json", "prices", ("share",), "INVENTED", None),
        ("holdings.csv", "holdings", ("weight", "close", "sector"), "2025-11-05", None),
    ]
    out = []
    for name, source, names, note, params in plans:
        chosen = {rows[n].id: rows[n] for n in names}
        out.append(
            Case(name, source, _request(source, tuple(chosen), note, params), (BODIES / name).read_bytes(), chosen)
        )
    return out


History = dict[date, list[tuple[date, float | None]]]


def fred_answer(history: History, request: Request, max_vintages: int, max_rows: int) -> bytes:
    """What the FRED API answers about `history` (period -> [(vintage, value or None once withdrawn)]).

    Rows end without a successor where a value was withdrawn; a window with more than `max_vintages` vintages is
    refused, as the service does.
    """
    asked = dict(request.params)
    begin, end = (date.fromisoformat(asked[f"realtime_{edge}"]) for edge in ("start", "end"))
    vintages = sorted({v for changes in history.values() for v, _ in changes if begin <= v <= end})
    if request.url.endswith("vintagedates"):
        field, items = "vintage_dates", [v.isoformat() for v in vintages]
    else:
        if len(vintages) > max_vintages:
            return json.dumps({"error_code": 400, "error_message": "Bad Request. Too many vintage dates."}).encode()
        field, items = "observations", []
        for period in sorted(history):
            if not asked["observation_start"] <= period.isoformat() <= asked["observation_end"]:
                continue
            changes = history[period]
            for i, (since, value) in enumerate(changes):
                until = date.fromordinal(changes[i + 1][0].toordinal() - 1) if i + 1 < len(changes) else date.max
                if value is None or since > end or until < begin:
                    continue
                items.append(
                    {
                        "realtime_start": max(since, begin).isoformat(),
                        "realtime_end": min(until, end).isoformat(),
                        "date": period.isoformat(),
                        "value": str(value),
                    }
                )
    offset = int(asked["offset"])
    page = {
        "realtime_start": asked["realtime_start"],
        "realtime_end": asked["realtime_end"],
        "count": len(items),
        "offset": offset,
        "limit": max_rows,
        field: items[offset : offset + max_rows],
    }
    return json.dumps(page).encode()


def chart(symbol: str, days: list[date], closes: list[float], split: bool) -> bytes:
    """What the chart service answers about a share; with `split` four new shares for one on the last day."""
    stamps = [int(datetime(d.year, d.month, d.day, 14, 30, tzinfo=UTC).timestamp()) for d in days]
    event = {"date": stamps[-1], "numerator": 4, "denominator": 1}
    result = {
        "meta": {"symbol": symbol, "currency": "USD", "exchangeTimezoneName": "America/New_York"},
        "timestamp": stamps,
        "events": {"splits": {str(stamps[-1]): event}} if split else {},
        "indicators": {"quote": [{"close": closes[: len(days)]}]},
    }
    return json.dumps({"chart": {"error": None, "result": [result]}}).encode()
