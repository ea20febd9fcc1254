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
from barograph.sources import Job, Request, cftc, sources

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
    frequency: Literal["D", "W", "M", "Q"] = "D",
    start: date | None = None,
    options: Mapping[str, str] | None = None,
) -> Series:
    """A catalogue row."""
    stamps: dict[str, Any] = {"D": "day", "W": "week_end", "M": "month_start", "Q": "quarter_start"}
    return Series(
        id=id_,
        title=id_,
        block="test",
        unit=unit,
        frequency=frequency,
        stamp=stamps[frequency],
        seasonal="none",
        release=ReleaseRule.parse(release),
        transform="level",
        revises=revises,
        providers=(ProviderCode(source, code, scale, tuple(sorted((options or {}).items()))),),
        rights="public",
        citation="invented",
        kind="none",
        readers=("test",),
        calendar=calendar,
        family=family,
        vintages=vintages,
        start=start,
    )


def job(*series: Series, window: tuple[date, date] = WINDOW, **more: Any) -> Job:
    """What ingest would ask for at NOW."""
    return Job(series, window, more.pop("now", NOW), **more)


@dataclass(frozen=True)
class Case:
    """A body that parses, with its request and rows; `fine` are other bodies that are answers, if empty ones."""

    name: str
    source: str
    request: Request
    body: bytes
    series: dict[str, Series]
    fine: tuple[bytes, ...] = ()

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
        "sofr": row("t.sofr", "nyfed", "sofr", unit="percent"),
        "rrp": row("t.rrp", "nyfed", "rrp", unit="usd_bn", scale=1e-9),
        "lev10": row("t.lev10", "cftc", "tff:043602:lev_money_net", unit="contracts", frequency="W"),
        "oi10": row("t.oi10", "cftc", "tff:043602:open_interest", unit="contracts", frequency="W"),
        "levsp": row("t.levsp", "cftc", "tff:13874A:lev_money_net", unit="contracts", frequency="W"),
        "spec_oil": row("t.spec_oil", "cftc", "legacy:067651:noncomm_net", unit="contracts", frequency="W"),
        "comm_oil": row("t.comm_oil", "cftc", "legacy:067651:comm_net", unit="contracts", frequency="W"),
        "eurusd": row("t.eurusd", "ecb", "EXR/D.USD.EUR.SP00.A", unit="usd_per_eur"),
        "monthly": row("t.monthly", "bls", "INVENTED01", unit="percent", frequency="M", release="payroll 08:30"),
        "quarterly": row("t.quarterly", "bls", "INVENTED02", frequency="Q", release="quarter_end+30 08:30"),
        "cash": row("t.cash", "fiscaldata", "dts:closing_balance", unit="usd_mn"),
        "cover": row("t.cover", "fiscaldata", "auction:10-Year:bid_to_cover", unit="ratio"),
        "high": row("t.high", "fiscaldata", "auction:10-Year:high_yield", unit="percent"),
        "auctions": row("t.auctions", "fiscaldata", "upcoming_auctions"),
        "releases": row("t.releases", "fred", "releases/dates:10,50,53"),
        "own": row(
            "t.own", "http_csv", "https://data.example.org/a.csv", options={"column": "Close", "missing": "n/a"}
        ),
        "open": row("t.open", "http_csv", "https://data.example.org/a.csv", options={"date": "Day"}),
        "german": row(
            "t.german",
            "http_csv",
            "https://data.example.org/b.csv",
            frequency="M",
            release="month_end+13 08:30",
            options={
                "date": "Stand",
                "column": "Wert",
                "date_format": "%d.%m.%Y",
                "delimiter": ";",
                "decimal": ",",
                "missing": "k.A.|-",
                "where": "Region=Nord",
            },
        ),
    }
    span = {"startyear": "2016", "endyear": "2025"}
    page = {"page[number]": "1", "page[size]": "10000"}
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
        (
            "fred_releases.json",
            "fred",
            ("releases",),
            "dates 10,50,53",
            {"realtime_start": "2025-11-05", "realtime_end": "2025-12-20", "offset": "0"},
        ),
        ("treasury_par.csv", "treasury", ("par2", "par10"), "par csv", None),
        ("treasury_real.csv", "treasury", ("real5",), "real csv", None),
        ("treasury_par.xml", "treasury", ("par2", "par10"), "par xml", None),
        ("cboe_ohlc.csv", "cboe", ("vix",), "VIX", None),
        ("cboe_single.csv", "cboe", ("vvix",), "VVIX", None),
        ("prices.json", "prices", ("share",), "INVENTED", None),
        ("holdings.csv", "holdings", ("weight", "close", "sector"), "2025-11-05", None),
        ("nyfed_rates.json", "nyfed", ("sofr",), "sofr", None),
        ("nyfed_rrp.json", "nyfed", ("rrp",), "rrp", None),
        ("cftc_tff.json", "cftc", ("lev10", "oi10", "levsp"), "tff", _cftc("tff", "lev_money_net", "open_interest")),
        ("cftc_legacy.json", "cftc", ("spec_oil", "comm_oil"), "legacy", _cftc("legacy", "noncomm_net", "comm_net")),
        ("ecb_daily.csv", "ecb", ("eurusd",), "EXR/D.USD.EUR.SP00.A", None),
        ("bls_monthly.json", "bls", ("monthly",), "INVENTED01 1990", span),
        ("bls_quarterly.json", "bls", ("quarterly",), "INVENTED02 1990", span),
        ("fiscaldata_cash.json", "fiscaldata", ("cash",), "dts", page),
        ("fiscaldata_auctions.json", "fiscaldata", ("cover", "high"), "auction", page),
        ("fiscaldata_upcoming.json", "fiscaldata", ("auctions",), "upcoming", page),
        ("http_csv_plain.csv", "http_csv", ("own", "open"), "", None),
        ("http_csv_german.csv", "http_csv", ("german",), "", None),
    ]
    # A stretch without a report is an empty list, and nothing else, where rows are sent bare.
    fine = {"cftc": (b"[]",)}
    out = []
    for name, source, names, note, params in plans:
        chosen = {rows[n].id: rows[n] for n in names}
        request = _request(source, tuple(chosen), note, params)
        out.append(Case(name, source, request, (BODIES / name).read_bytes(), chosen, fine.get(source, ())))
    return out


def _cftc(report: str, *measures: str) -> dict[str, str]:
    """The parameters of a first page that `parse` and `follow` look at."""
    columns = [column for m in measures for column in cftc.MEASURES[report][m]]
    return {"$limit": "100", "$offset": "0", "$select": ",".join([cftc.DAY, cftc.CONTRACT, *columns])}


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
