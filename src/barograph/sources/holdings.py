"""Daily holdings of the iShares Core S&P 500 ETF: constituents with weight, price and sector.

The file of day D (`asOfDate=D`) holds the weights and closes of D. Format: a preamble (`Fund Holdings as of,"Nov 05,
2025"`), a blank line, then `Ticker,Name,Sector,Asset Class,...,Weight (%),...,Price,...`. A day without a file answers
with the preamble, `-` for the date and no rows.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.core.time import sessions
from barograph.core.units import SECTORS
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import csv_rows, known_series, number, refuse, scale_of, scaled, text_of

FILE = "https://www.ishares.com/us/products/239726/ishares-core-sp-500-etf/1467271812596.ajax"
#: A first fill takes this many of the window's newest sessions, and the last session of each of so many months before.
NEWEST, MONTHS = 10, 12
#: After a gap no more than this many files are asked for; older days of the gap stay without weights.
MOST = 60
#: Per cent of the fund that its shares make up, the rest being cash and futures; outside, the file is cut or padded.
FULL = (97.0, 101.0)
_FIELDS = {"weight": "Weight (%)", "close": "Price", "sector": "Sector"}
_CODES = {slug.replace("_", " "): code for code, slug in SECTORS.items()} | {
    "communication": 50,
    "telecommunications": 50,
    "telecommunication services": 50,
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STATED = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4})")
#: A right or an escrowed share may have no ticker, written "-".
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.\-/ ]{0,14}|-")


def field_of(code: str) -> str:
    """`weight`, `close` or `sector`: the last word of a series' code (`IVV:weight`); empty where it is none of them."""
    word = re.split(r"[:./ ]", code.strip().lower())[-1]
    return {"price": "close"}.get(word, word) if word in (*_FIELDS, "price") else ""


class HoldingsSource:
    """Members `<family>[TICKER]` of three families: weights in per cent, closes in dollars, GICS sector codes."""

    name = "holdings"
    title = "iShares Core S&P 500 ETF, daily holdings"
    hosts: tuple[str, ...] = ("www.ishares.com",)
    terms = "Holdings are published by BlackRock for investors' information."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One file per session, oldest first; a first fill adds month ends instead of a year of daily files."""
        ids = tuple(s.id for s in job.series if field_of(s.code(self.name) or ""))
        if not ids:
            return []
        # No further back than files are asked for: the calendar of a century takes its time.
        days = sessions("NYSE", max(job.window[0], job.window[1] - timedelta(2 * MOST)), job.window[1])
        if job.looked_at is None:
            ends = [day for day in _month_ends(job.window[1]) if day >= job.window[0]]
            days = sorted({*ends, *days[-NEWEST:]})
        out = []
        for day in days[-MOST:]:
            params = (
                ("asOfDate", f"{day:%Y%m%d}"),
                ("dataType", "fund"),
                ("fileName", "IVV_holdings"),
                ("fileType", "csv"),
            )
            out.append(Request(self.name, FILE, params, ids, (day, day), note=day.isoformat()))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a file is complete."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Weights, closes and sectors of the shares in the file; none where there is no file for the day.

        Two shares of one ticker are kept apart as `TICKER~NAME`; classes of a share have tickers of their own.

        Raises
        ------
        SourceError
            Another format, a file of another day than asked for, weights that do not make up the fund, an unknown
            sector, a bad number, or two rows for one share.
        """
        families = [(s, field_of(s.code(self.name) or "")) for s in known_series(request, catalog_series)]
        rows = csv_rows(text_of(body, request), request)
        start = next((i for i, row in enumerate(rows) if row[0].strip() == "Ticker"), None)
        stated = next((r[1].strip() for r in rows[:start] if r[0].strip() == "Fund Holdings as of" and r[1:]), None)
        if start is None or stated is None:
            refuse(request, "no 'Fund Holdings as of' and no row of column names")
        head = [cell.strip() for cell in rows[start]]
        needed = ("Ticker", "Name", "Asset Class", *_FIELDS.values())
        if any(head.count(name) != 1 for name in needed):
            refuse(request, f"columns {', '.join(head[:15])}", ", ".join(needed))
        table = rows[start + 1 :]
        if table and len(table[0]) == 1:  # a blank line or the small print begins: no holdings
            table = []
        day = request.window[0]
        if stated == "-" and not table:
            return []
        if _stated_day(stated, request) != day:
            refuse(request, f"a file of {stated[:20]}", f"the file of {day}")
        shares = _shares(table, head, request)
        return [
            Reading(f"{series.id}[{key}]", day, scaled(row[field], scale_of(series, self.name)))
            for series, field in families
            for key, row in sorted(shares.items())
            if row[field] is not None
        ]


def _month_ends(last: date) -> list[date]:
    """The last session of each of the MONTHS months before the month of `last`, oldest first."""
    out = []
    first = last.replace(day=1)
    for _ in range(MONTHS):
        end = first - timedelta(1)
        out.append(sessions("NYSE", end - timedelta(7), end)[-1])
        first = end.replace(day=1)
    return out[::-1]


def _stated_day(text: str, request: Request) -> date:
    found = _STATED.fullmatch(text)
    if found and found[1] in _MONTHS:
        try:
            return date(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
        except ValueError:
            pass
    return refuse(request, f"{text[:30]!r} where the day of the file belongs")


def _shares(table: list[list[str]], head: list[str], request: Request) -> dict[str, dict[str, float | None]]:
    at = {name: head.index(name) for name in ("Ticker", "Name", "Asset Class", *_FIELDS.values())}
    by_ticker: dict[str, dict[str, dict[str, float | None]]] = {}
    for row in table:
        if len(row) == 1:  # the small print below the table
            break
        if len(row) != len(head):
            refuse(request, f"a row of {len(row)} cells under {len(head)} columns")
        if row[at["Asset Class"]].strip() != "Equity":
            continue
        ticker, name = row[at["Ticker"]].strip().upper(), row[at["Name"]].strip()
        if not _TICKER.fullmatch(ticker):
            refuse(request, f"the ticker {ticker[:20]!r} of {name[:40]}")
        share = {
            "weight": _cell(row[at["Weight (%)"]], request, ticker),
            "close": _cell(row[at["Price"]], request, ticker) or None,  # 0.00 stands for "not traded"
            "sector": _sector(row[at["Sector"]], request, ticker),
        }
        if by_ticker.setdefault(ticker, {}).setdefault(name, share) != share:
            refuse(request, f"two rows for {ticker}, {name[:40]}")
    out: dict[str, dict[str, float | None]] = {}
    for ticker, named in by_ticker.items():
        for name, share in named.items():
            alone = len(named) == 1 and ticker != "-"
            out[ticker if alone else f"{ticker}~{re.sub(r'[^A-Z0-9]+', '-', name.upper())}"] = share
    total = sum(share["weight"] or 0.0 for share in out.values())
    if not FULL[0] <= total <= FULL[1]:
        refuse(request, f"shares of {total:.2f} % of the fund", f"{FULL[0]:.0f} to {FULL[1]:.0f} %")
    return out


def _cell(text: str, request: Request, ticker: str) -> float | None:
    text = text.strip().replace(",", "")
    if text in ("", "-"):
        return None
    value = number(text, request, ticker)
    if value < 0:
        refuse(request, f"{value} for {ticker}")
    return value


def _sector(text: str, request: Request, ticker: str) -> float | None:
    text = text.strip().lower()
    if text in ("", "-"):
        return None
    if text not in _CODES:
        refuse(request, f"the sector {text[:40]!r} of {ticker}", ", ".join(sorted(_CODES)))
    return float(_CODES[text])


SOURCE = HoldingsSource()
