"""Fiscal Data, US Treasury: the government's cash, results of auctions, and the auctions to come.

Format: pages of JSON with `data` (a list of records, all values as text, an unknown one as the word `null`) and `meta`
(`total-pages`). The codes of series:

`dts:closing_balance`
    What the Treasury general account held at the end of a day, in millions of dollars. The daily statement has named
    that line in three ways, and since April 2022 the closing balance stands in the column of the opening one.
`auction:<term>:<measure>`
    `bid_to_cover` (a ratio) or `high_yield` (per cent) of nominal notes and bonds, such as `auction:10-Year:high_yield`.
    A period is the day of the auction. The term is the one that the security was first sold with, so a ten-year note
    reopened after a month counts as ten years. Where two securities of one term are sold on one day, as when older
    ones were reopened in October 2008, the one that matures last counts.

The code of a feed is `upcoming_auctions`: a day per auction, no time, since the format states none.

Tested by its documented shape only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Literal

from barograph.core.observation import CalendarItem, Item, Untrusted
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import iso_date, json_of, known_series, number, one_per_day, readings, refuse

BASE = "https://api.fiscaldata.treasury.gov/services/api/fiscal_service/v1/accounting/"
PATHS = {"dts": "dts/operating_cash_balance", "auction": "od/auctions_query", "upcoming": "od/upcoming_auctions"}
CLOSING_BALANCE, UPCOMING = "dts:closing_balance", "upcoming_auctions"
FIELDS = {
    "dts": ("record_date", "account_type", "open_today_bal", "close_today_bal"),
    "auction": (
        *("auction_date", "security_type", "security_term", "original_security_term", "reopening", "maturity_date"),
        *("inflation_index_security", "floating_rate", "bid_to_cover_ratio", "high_yield"),
    ),
    "upcoming": ("record_date", "security_type", "security_term", "auction_date"),
}
#: account_type -> the column in which the balance at the end of the day stands.
ACCOUNTS = {
    "Federal Reserve Account": "close_today_bal",  # until September 2021
    "Treasury General Account (TGA)": "close_today_bal",  # until April 2022
    "Treasury General Account (TGA) Closing Balance": "open_today_bal",
}
MEASURES = {"bid_to_cover": "bid_to_cover_ratio", "high_yield": "high_yield"}
PAGE = 10_000
_AUCTION = re.compile(r"auction:(\d{1,2}-Year):(bid_to_cover|high_yield)", re.ASCII)
_TERM = re.compile(r"[0-9]{1,3}-(Day|Week|Month|Year)( [0-9]{1,2}-(Day|Week|Month))?")
_KIND = re.compile(r"[A-Z][A-Za-z -]{1,30}")
Record = dict[str, str]
Pairs = list[tuple[date, float | None]]


class FiscalDataSource:
    """Cash in millions of dollars, auctions in ratios and per cent, and the calendar of auctions."""

    name = "fiscaldata"
    title = "Fiscal Data, US Department of the Treasury"
    hosts: tuple[str, ...] = ("api.fiscaldata.treasury.gov",)
    terms = "Public domain; no key and no agreement needed."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = True
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request for the cash balance, one for all auctions, one per feed."""
        begin, end = (day.isoformat() for day in job.window)
        cash = tuple(s.id for s in job.series if s.code(self.name) == CLOSING_BALANCE)
        sold = tuple(s.id for s in job.series if _AUCTION.fullmatch(s.code(self.name) or ""))
        out = []
        if cash:
            within = f"record_date:gte:{begin},record_date:lte:{end}"
            out.append(self._first("dts", within, "record_date,account_type", cash, job))
        if sold:
            within = f"auction_date:gte:{begin},auction_date:lte:{end},security_type:in:(Note,Bond)"
            out.append(self._first("auction", within, "auction_date,original_security_term", sold, job))
        for feed in job.feeds:
            if feed.code == UPCOMING:
                ahead = f"auction_date:gte:{begin}"
                out.append(self._first("upcoming", ahead, "record_date,auction_date", (feed.id,), job))
        return out

    def _first(self, kind: str, within: str, order: str, ids: tuple[str, ...], job: Job) -> Request:
        params = {
            "fields": ",".join(FIELDS[kind]),
            "filter": within,
            "format": "json",
            "page[number]": "1",
            "page[size]": str(PAGE),
            "sort": order,
        }
        return Request(self.name, BASE + PATHS[kind], tuple(sorted(params.items())), ids, job.window, note=kind)

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """The next page, where there is one.

        Raises
        ------
        SourceError
            The body is no page.
        """
        _, pages = _page(body, request)
        params = dict(request.params)
        at = int(params["page[number]"])
        if at >= pages:
            return []
        return [replace(request, params=tuple(sorted((params | {"page[number]": str(at + 1)}).items())))]

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Item]:
        """Readings inside the window, or the auctions of the feed.

        Raises
        ------
        SourceError
            No page of records, a field of another name or no text, a bad date, number, term or kind of security, two
            values for one day, or cash without a line for the general account.
        """
        records, _ = _page(body, request)
        if request.note == "upcoming":
            return list(_upcoming(records, request))
        out: list[Item] = []
        cash = _cash(records, request) if request.note == "dts" else []
        for series in known_series(request, catalog_series):
            found = _AUCTION.fullmatch(series.code(self.name) or "")
            pairs = _sold(records, found[1], MEASURES[found[2]], request) if found else cash
            out += readings(one_per_day(pairs, request, series.id), request, series)
        return out


def _page(body: bytes, request: Request) -> tuple[list[Record], int]:
    """The records of a page, and how many pages there are."""
    data = json_of(body, request)
    records = data.get("data") if isinstance(data, dict) else None
    meta = data.get("meta") if isinstance(data, dict) else None
    pages = meta.get("total-pages") if isinstance(meta, dict) else None
    if not isinstance(records, list) or type(pages) is not int or not 0 <= pages <= 1_000:
        message = str(data.get("message", "")) if isinstance(data, dict) else ""
        refuse(request, f"no page of records. {message[:160]}".strip())
    needed = set(FIELDS[request.note])
    for record in records:
        if not isinstance(record, dict) or needed - record.keys():
            refuse(request, "a record without its fields", ", ".join(FIELDS[request.note]))
        if not all(isinstance(record[name], str) for name in needed):
            refuse(request, "a record whose fields are not text")
    return records, pages


def _known(cell: str) -> str:
    return "" if cell == "null" else cell.strip()


def _cash(records: list[Record], request: Request) -> Pairs:
    out: Pairs = []
    for record in records:
        day = iso_date(record["record_date"], request)
        column = ACCOUNTS.get(record["account_type"])
        if column is None:
            continue
        cell = _known(record[column])
        out.append((day, number(cell, request, day) if cell else None))
    if records and not out:
        refuse(request, f"accounts {records[0]['account_type'][:60]!r} and others", ", ".join(ACCOUNTS))
    return out


def _sold(records: list[Record], term: str, field: str, request: Request) -> Pairs:
    """Day and result of the nominal securities first sold with `term`; of several a day the one that matures last."""
    last: dict[date, str] = {}
    found: dict[date, list[float | None]] = {}
    for record in records:
        day = iso_date(record["auction_date"], request)
        cell = _known(record[field])
        value = number(cell, request, day) if cell else None
        original = _known(record["original_security_term"])
        if not original and record["reopening"] == "No":
            original = _known(record["security_term"])
        nominal = record["inflation_index_security"] != "Yes" and record["floating_rate"] != "Yes"
        if original != term or not nominal or record["security_type"] not in ("Note", "Bond"):
            continue
        matures = iso_date(record["maturity_date"], request).isoformat()
        if matures > last.get(day, ""):
            last[day], found[day] = matures, []
        if matures == last[day]:
            found[day].append(value)
    return [(day, value) for day, values in found.items() for value in values]


def _upcoming(records: list[Record], request: Request) -> list[CalendarItem]:
    """One item per auction; an auction keeps its name when its security gets a number."""
    out: dict[str, CalendarItem] = {}
    for record in records:
        kind, term = record["security_type"], record["security_term"]
        if not _KIND.fullmatch(kind) or not _TERM.fullmatch(term):
            refuse(request, f"an auction of {kind[:20]!r}, {term[:20]!r}", "Note, 10-Year")
        day = iso_date(record["auction_date"], request)
        iso_date(record["record_date"], request)
        if day < request.window[0]:
            refuse(request, f"an auction of {day}", f"auctions from {request.window[0]} on")
        uid = f"{kind} {term} {day}"
        out[uid] = CalendarItem(
            request.series[0], uid, day, None, Untrusted(f"{term} {kind} auction"), "auction", subject=term
        )
    return sorted(out.values(), key=lambda item: (item.day, item.uid))


SOURCE = FiscalDataSource()
