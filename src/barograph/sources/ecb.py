"""European Central Bank, data portal: one series a request, as SDMX-CSV.

Format: a header of dimension names, one row per observation; the columns `KEY`, `TIME_PERIOD` and `OBS_VALUE` are found
by name. Days are ISO, months `2025-11`, quarters `2025-Q4`; both become the first day of theirs. An empty value is a
missing one (TARGET holidays are listed so).

The code of a series is the portal's path, `EXR/D.USD.EUR.SP00.A` or `FM/B.U2.EUR.4F.KR.DFR.LEV`.

A question without an answer gets 404 from this service. Key interest rates (`FM`) have a row on the days of a change
only, so their history is always asked for whole; other series hold something in every window that an update asks for.

Recorded are two rows of `FM`; exchange rates (`EXR`) are tested by their documented shape only.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import csv_rows, iso_date, known_series, number, one_per_day, readings, refuse, text_of

BASE = "https://data-api.ecb.europa.eu/service/data/"
#: Data sets whose series have a row per change, not per period.
OF_CHANGES = frozenset(("FM",))
_CODE = re.compile(r"[A-Z0-9_]{2,12}/[A-Z0-9_]+(\.[A-Z0-9_]+){2,15}")
_SUB_ANNUAL = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))", re.ASCII)
_COLUMNS = ("KEY", "TIME_PERIOD", "OBS_VALUE")


class EcbSource:
    """Exchange rates and key interest rates, as the portal states them."""

    name = "ecb"
    title = "European Central Bank"
    hosts: tuple[str, ...] = ("data-api.ecb.europa.eu",)
    terms = "Free to use and to redistribute where the ECB is named as the source and the figures are not changed."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = True
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per series."""
        out = []
        for series in job.series:
            code = series.code(self.name)
            if code is None or not _CODE.fullmatch(code):
                continue
            params = {"endPeriod": job.window[1].isoformat(), "format": "csvdata"}
            if code.partition("/")[0] not in OF_CHANGES:
                params["startPeriod"] = job.window[0].isoformat()
            out.append(
                Request(self.name, BASE + code, tuple(sorted(params.items())), (series.id,), job.window, note=code)
            )
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a series comes in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Observations inside the window.

        Raises
        ------
        SourceError
            A CSV without KEY, TIME_PERIOD and OBS_VALUE, another series, a row of another width, a bad period or
            number, or two values for one period.
        """
        (series,) = known_series(request, catalog_series)
        rows = csv_rows(text_of(body, request), request)
        head = [cell.strip() for cell in rows[0]]
        if any(head.count(name) != 1 for name in _COLUMNS):
            refuse(request, f"columns {', '.join(head[:8])}", ", ".join(_COLUMNS))
        key, when, what = (head.index(name) for name in _COLUMNS)
        asked = request.note.replace("/", ".", 1)
        pairs: list[tuple[date, float | None]] = []
        for row in rows[1:]:
            if len(row) != len(head):
                refuse(request, f"a row of {len(row)} cells under {len(head)} columns")
            if row[key] != asked:
                refuse(request, f"the series {row[key][:60]!r}", asked)
            period, cell = _period(row[when], request), row[what].strip()
            pairs.append((period, number(cell, request, period) if cell else None))
        return readings(one_per_day(pairs, request, series.id), request, series)


def _period(text: str, request: Request) -> date:
    """The first day of a period written as a day, a month or a quarter."""
    found = _SUB_ANNUAL.fullmatch(text)
    if found is None:
        return iso_date(text, request)
    month = int(found[2]) if found[2] else 3 * int(found[3]) - 2
    return iso_date(f"{found[1]}-{month:02}-01", request)


SOURCE = EcbSource()
