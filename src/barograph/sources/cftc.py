"""CFTC, Commitments of Traders: open interest and net positions of groups of traders, once a week.

The reports lie in a Socrata store, one row per report date and contract, all values as text, an unknown one left out.
Three reports are read: `tff` (traders in financial futures), `legacy` (futures only) and `legacy_combined` (futures and
options). Rows are told apart by the contract's code, since a market's name changes with its exchange.

The code of a series is `<report>:<contract code>:<measure>`, such as `tff:043602:lev_money_net` for what leveraged funds
hold net, long less short, in ten-year note futures. A period is the day that the report is about: a Tuesday, or a Monday
where the Tuesday is a holiday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import iso_date, json_of, known_series, one_per_day, readings, refuse

BASE = "https://publicreporting.cftc.gov/resource/"
DATASETS = {"tff": "gpe5-46if", "legacy": "6dca-aqww", "legacy_combined": "jun7-fc8e"}
DAY, CONTRACT = "report_date_as_yyyy_mm_dd", "cftc_contract_market_code"
PAGE = 5_000
#: The time of day that the store writes behind every report date.
MIDNIGHT = "T00:00:00.000"
Columns = dict[str, tuple[str, ...]]
_OPEN_INTEREST: Columns = {"open_interest": ("open_interest_all",)}
_FINANCIAL: Columns = _OPEN_INTEREST | {
    "asset_mgr_net": ("asset_mgr_positions_long", "asset_mgr_positions_short"),
    "dealer_net": ("dealer_positions_long_all", "dealer_positions_short_all"),
    "lev_money_net": ("lev_money_positions_long", "lev_money_positions_short"),
    "other_rept_net": ("other_rept_positions_long", "other_rept_positions_short"),
}
_LEGACY: Columns = _OPEN_INTEREST | {
    "comm_net": ("comm_positions_long_all", "comm_positions_short_all"),
    "noncomm_net": ("noncomm_positions_long_all", "noncomm_positions_short_all"),
    "nonrept_net": ("nonrept_positions_long_all", "nonrept_positions_short_all"),
}
#: report -> measure -> the columns it is made of: one, or long and short.
MEASURES: dict[str, Columns] = {"tff": _FINANCIAL, "legacy": _LEGACY, "legacy_combined": _LEGACY}
_CODE = re.compile(r"[0-9A-Z+]{4,8}")
_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Position:
    """What the code of a series says: the report, the contract, and the columns of the measure."""

    report: str
    contract: str
    columns: tuple[str, ...]


def split_code(code: str) -> Position | None:
    """The parts of a series' code, or None where it is none.

    >>> split_code("tff:043602:lev_money_net").columns
    ('lev_money_positions_long', 'lev_money_positions_short')
    >>> split_code("legacy:043602:lev_money_net") is None
    True
    """
    report, _, rest = code.partition(":")
    contract, _, measure = rest.partition(":")
    columns = MEASURES.get(report, {}).get(measure)
    return Position(report, contract, columns) if columns and _CODE.fullmatch(contract) else None


class CftcSource:
    """Positions in whole contracts; one request per report serves every series of it."""

    name = "cftc"
    title = "Commodity Futures Trading Commission"
    hosts: tuple[str, ...] = ("publicreporting.cftc.gov",)
    terms = "Public domain; the Commission asks to be named as the source."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """The first page of each report that a series needs."""
        wanted = [(series.id, split_code(series.code(self.name) or "")) for series in job.series]
        out = []
        for report, dataset in DATASETS.items():
            of_report = [(id_, position) for id_, position in wanted if position and position.report == report]
            if not of_report:
                continue
            contracts = ",".join(f"'{c}'" for c in sorted({p.contract for _, p in of_report}))
            columns = sorted({column for _, p in of_report for column in p.columns})
            begin, end = (f"{day.isoformat()}{MIDNIGHT}" for day in job.window)
            params = {
                "$limit": str(PAGE),
                "$offset": "0",
                "$order": f"{DAY},{CONTRACT}",
                "$select": ",".join([DAY, CONTRACT, *columns]),
                "$where": f"{CONTRACT} in ({contracts}) AND {DAY} between '{begin}' and '{end}'",
            }
            ids = tuple(id_ for id_, _ in of_report)
            url = f"{BASE}{dataset}.json"
            out.append(Request(self.name, url, tuple(sorted(params.items())), ids, job.window, note=report))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """The next page, after a full one.

        Raises
        ------
        SourceError
            The body is no list of rows.
        """
        params = dict(request.params)
        if len(_rows(body, request)) < int(params["$limit"]):
            return []
        params["$offset"] = str(int(params["$offset"]) + int(params["$limit"]))
        return [replace(request, params=tuple(sorted(params.items())))]

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Open interest and net positions inside the window; no reading where the report leaves a side out.

        Raises
        ------
        SourceError
            No list of rows, a column that was not asked for (so a renamed one is noticed), a bad date or a number that
            is not whole, or two values for one contract and day.
        """
        rows = _rows(body, request)
        asked = set(dict(request.params)["$select"].split(","))
        by_contract: dict[str, list[tuple[date, dict[str, Any]]]] = {}
        for row in rows:
            if strange := row.keys() - asked:
                refuse(request, f"a column {min(strange)[:60]!r}", ", ".join(sorted(asked)))
            contract = row.get(CONTRACT)
            if not isinstance(contract, str):
                refuse(request, "a row without the contract's code")
            by_contract.setdefault(contract, []).append((_day(row.get(DAY), request), row))
        out: list[Reading] = []
        for series in known_series(request, catalog_series):
            position = split_code(series.code(self.name) or "")
            if position is None:
                continue
            pairs: list[tuple[date, float | None]] = []
            for day, row in by_contract.get(position.contract, []):
                values = [_whole(row[c], request, day) for c in position.columns if row.get(c) is not None]
                if len(values) == len(position.columns):
                    pairs.append((day, float(values[0] - sum(values[1:]))))
            out += readings(one_per_day(pairs, request, series.id), request, series)
        return out


def _rows(body: bytes, request: Request) -> list[dict[str, Any]]:
    rows = json_of(body, request)
    if isinstance(rows, dict) and rows.get("error"):
        refuse(request, f"the store says {str(rows.get('message'))[:160]}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        refuse(request, "no list of rows")
    return rows


def _day(text: Any, request: Request) -> date:
    if not isinstance(text, str) or not text.endswith(MIDNIGHT):
        refuse(request, f"{str(text)[:30]!r} where a report date belongs")
    return iso_date(text.removesuffix(MIDNIGHT), request)


def _whole(cell: Any, request: Request, day: date) -> int:
    if not isinstance(cell, str) or not _WHOLE.fullmatch(cell):
        refuse(request, f"{str(cell)[:30]!r} where a number of contracts belongs, at {day}")
    return int(cell)


SOURCE = CftcSource()
