"""US Treasury: daily par yield curve rates and par real yield curve rates, in per cent.

Two formats of the same figures: CSV (`Date,1 Mo,...,30 Yr`, newest first, days as MM/DD/YYYY) and the XML feed
(`d:NEW_DATE`, `d:BC_10YEAR`, `d:TC_5YEAR`). `Request.note` says which: `par csv`, `real csv`, `par xml`, `real xml`.

The code of a series is `par:` or `real:` and the maturity, `par:10y`, `par:3m`; `par:10 Yr` is read as well.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal
from xml.etree.ElementTree import ParseError

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import (
    csv_rows,
    iso_date,
    known_series,
    number,
    one_per_day,
    readings,
    refuse,
    text_of,
    us_date,
)

BASE = "https://home.treasury.gov/resource-center/data-chart-center/interest-rates/"
#: The curves' first days; nothing is asked for before them.
BEGINS = {"par": date(1990, 1, 2), "real": date(2003, 1, 2)}
KINDS = {"par": "daily_treasury_yield_curve", "real": "daily_treasury_real_yield_curve"}
_MATURITY = re.compile(r"(\d{1,2}(?:[._]5)?)[ _]?(m|mo|month|y|yr|year)s?", re.IGNORECASE)
_TAG = re.compile(r"(?:BC|TC)_(\d{1,2}(?:_5)?)(MONTH|YEAR)")
#: Maturities that either curve has ever had; a column of another name is a change of format.
MATURITIES = frozenset(["1m", "1.5m", "2m", "3m", "4m", "6m", "1y", "2y", "3y", "5y", "7y", "10y", "20y", "30y"])
#: A year of the XML feed has 9,000 tags in half a megabyte; what a parser makes of one takes ten times its room.
MOST_TAGS, MOST_XML = 60_000, 4 * 2**20
_NO_VALUE = frozenset(("", "N/A"))
Pairs = dict[str, list[tuple[date, float | None]]]


def maturity(text: str) -> str | None:
    """The maturity that a column or code names, as `10y` or `1.5m`; None where it names none.

    >>> maturity("10 Yr"), maturity("1.5 Month"), maturity("30 YR"), maturity("10 Yr_new")
    ('10y', '1.5m', '30y', None)
    """
    found = _MATURITY.fullmatch(text.strip())
    name = found[1].replace("_", ".") + found[2][0].lower() if found else ""
    return name if name in MATURITIES else None


def split_code(code: str) -> tuple[str, str] | None:
    """(`par` or `real`, maturity) of a series' code, or None."""
    head, _, tail = code.partition(":")
    found = maturity(tail)
    return (head, found) if head in KINDS and found else None


class TreasurySource:
    """Par and real yields; one request serves every maturity of a curve."""

    name = "treasury"
    title = "US Department of the Treasury"
    hosts: tuple[str, ...] = ("home.treasury.gov",)
    terms = "Public domain."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One CSV per curve and year of the window, or per month where it touches at most two months of a year."""
        out = []
        for kind in KINDS:
            ids = tuple(s.id for s in job.series if (split_code(s.code(self.name) or "") or ("",))[0] == kind)
            begins = max(job.window[0].year, BEGINS[kind].year)
            for year in range(begins, job.window[1].year + 1) if ids else ():
                # What lies before a curve's first year is looked at with it: there is nothing.
                first = job.window[0] if year == begins else date(year, 1, 1)
                last = min(job.window[1], date(year, 12, 31))
                if first.year < year or last.month - first.month >= 2:
                    out.append(self._csv(kind, f"{year}/all", str(year), ids, (first, last)))
                    continue
                for month in range(first.month, last.month + 1):
                    following = date(year + month // 12, month % 12 + 1, 1)
                    begin = max(first, date(year, month, 1))
                    end = min(last, date.fromordinal(following.toordinal() - 1))
                    out.append(self._csv(kind, f"all/{year}{month:02}", f"{year}{month:02}", ids, (begin, end)))
        return out

    def _csv(self, kind: str, path: str, when: str, ids: tuple[str, ...], window: tuple[date, date]) -> Request:
        field = "field_tdr_date_value" + ("_month" if len(when) == 6 else "")
        params = (("_format", "csv"), (field, when), ("page", ""), ("type", KINDS[kind]))
        return Request(self.name, f"{BASE}daily-treasury-rates.csv/{path}", params, ids, window, note=f"{kind} csv")

    def as_xml(self, request: Request) -> Request:
        """The same question to the XML feed, for a day on which the CSV cannot be read."""
        kind = request.note.split()[0]
        asked = [(k, v) for k, v in request.params if k.startswith("field_tdr_date_value")]
        params = (("data", KINDS[kind]), *asked)
        return Request(self.name, BASE + "pages/xml", params, request.series, request.window, note=f"{kind} xml")

    def otherwise(self, request: Request, found: str) -> list[Request]:
        """The XML feed, where the CSV cannot be had or read."""
        return [self.as_xml(request)] if request.note.endswith("csv") else []

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a year or month comes in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Yields in per cent inside the window.

        A maturity without a column has not been published in that stretch (there was no 20-year rate before 1993-10):
        it gives no reading. A column of an unknown name raises, so that a renamed one cannot pass as unpublished.

        Raises
        ------
        SourceError
            Another format, a row of another width, a bad date or number, two values for one day, or rows without any
            of the maturities asked for.
        """
        rows = known_series(request, catalog_series)
        table = self._from_xml(body, request) if request.note.endswith("xml") else self._from_csv(body, request)
        wanted = {s.id: (split_code(s.code(self.name) or "") or ("", ""))[1] for s in rows}
        if table and not any(m in table for m in wanted.values()):
            refuse(request, f"maturities {', '.join(sorted(table))}", ", ".join(sorted(wanted.values())))
        out: list[Reading] = []
        for series in rows:
            pairs = table.get(wanted[series.id], [])
            out += readings(one_per_day(pairs, request, series.id), request, series)
        return out

    def _from_csv(self, body: bytes, request: Request) -> Pairs:
        rows = csv_rows(text_of(body, request), request)
        head = [cell.strip() for cell in rows[0]]
        if head[0] != "Date":
            refuse(request, f"columns {', '.join(head[:8])}", "Date, 1 Mo, ... 30 Yr")
        columns: list[str] = []
        for cell in head[1:]:
            found = maturity(cell)
            if found is None or found in columns:
                refuse(request, f"a column {cell[:40]!r}", "Date and maturities, each once")
            columns.append(found)
        out: Pairs = {name: [] for name in columns} if rows[1:] else {}
        for row in rows[1:]:
            if len(row) != len(head):
                refuse(request, f"a row of {len(row)} cells under {len(head)} columns")
            day = us_date(row[0], request)
            for name, cell in zip(columns, row[1:], strict=True):
                cell = cell.strip()
                out[name].append((day, None if cell in _NO_VALUE else number(cell, request, day)))
        return out

    def _from_xml(self, body: bytes, request: Request) -> Pairs:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        text_of(body, request)
        if body.count(b"<") > MOST_TAGS or len(body) > MOST_XML:
            refuse(request, f"XML of more than {MOST_TAGS:,} tags or {MOST_XML:,} bytes")
        try:
            root = fromstring(body, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            refuse(request, f"not the XML feed: {type(error).__name__}")
        if not root.tag.endswith("}feed"):
            refuse(request, f"an XML document {root.tag[:60]!r}", "an Atom feed")
        entries: list[tuple[date, dict[str, float | None]]] = []
        for item in root.iter():
            if not item.tag.endswith("}properties"):
                continue
            cells = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in item}
            day = iso_date(cells.get("NEW_DATE", "").partition("T")[0], request)
            yields: dict[str, float | None] = {}
            for tag, cell in cells.items():
                if not tag.startswith(("BC_", "TC_")) or tag.endswith("DISPLAY"):
                    continue
                found = _TAG.fullmatch(tag)
                name = found and maturity(found[1] + found[2])
                if not name:
                    refuse(request, f"a tag {tag[:40]!r}", "BC_ or TC_ and a maturity")
                yields[name] = None if cell in _NO_VALUE else number(cell, request, day)
            entries.append((day, yields))
        names = {name for _, yields in entries for name in yields}
        if entries and not names:
            refuse(request, "entries without a single yield")
        return {name: [(day, yields.get(name)) for day, yields in entries] for name in sorted(names)}


SOURCE = TreasurySource()
