"""Cboe: volatility indices, one CSV with the whole history per index.

Format: `DATE,OPEN,HIGH,LOW,CLOSE` (VIX, VIX9D, VIX3M, VIX6M) or `DATE,<NAME>` (VVIX, SKEW), days as MM/DD/YYYY.
"""

from __future__ import annotations

from typing import Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import csv_rows, known_series, number, one_per_day, readings, refuse, text_of, us_date

FOLDER = "https://cdn.cboe.com/api/global/us_indices/daily_prices/"


class CboeSource:
    """Index closes in index points; the code of a series is the index's name (`VIX`)."""

    name = "cboe"
    title = "Cboe Global Indices"
    hosts: tuple[str, ...] = ("cdn.cboe.com",)
    terms = "Index values are copyright Cboe; free to read, not to redistribute."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per index: the file holds the whole history."""
        out = []
        for series in job.series:
            code = series.code(self.name)
            if code:
                out.append(Request(self.name, f"{FOLDER}{code}_History.csv", (), (series.id,), job.window, note=code))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: the file is complete."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Closes inside the window.

        Raises
        ------
        SourceError
            Not a CSV with DATE and CLOSE (or the index's name), a row of another width, a bad date or number, or two
            values for one day.
        """
        (series,) = known_series(request, catalog_series)
        rows = csv_rows(text_of(body, request), request)
        head = [cell.strip().upper() for cell in rows[0]]
        wanted = "CLOSE" if "CLOSE" in head else request.note.upper()
        if head[0] != "DATE" or head.count(wanted) != 1:
            refuse(request, f"columns {', '.join(head[:8])}", f"DATE and {wanted}")
        at, width = head.index(wanted), len(head)
        pairs = []
        for row in rows[1:]:
            if len(row) != width:
                refuse(request, f"a row of {len(row)} cells under {width} columns")
            cell = row[at].strip()
            pairs.append((us_date(row[0], request), number(cell, request, row[0]) if cell else None))
        return readings(one_per_day(pairs, request, series.id), request, series)


SOURCE = CboeSource()
