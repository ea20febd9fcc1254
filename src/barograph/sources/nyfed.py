"""Federal Reserve Bank of New York, Markets Data API: reference rates, and what overnight reverse repo took in.

Rates come as `refRates`, newest first, one record per day with `percentRate` in per cent; reverse repo as
`repo.operations`, one record per operation with `totalAmtAccepted` in dollars (a catalogue row scales it to billions).

Several operations can fall on one day. Only overnight reverse repo with results counts; small-value exercises, which
test the machinery in the morning and often but not always say so in their note, do not: of what is left the operation
that closes last is the day's.

The codes `sofr` and `effr` have been read from recorded answers; `obfr`, `tgcr` and `bgcr` share their format. `rrp` is
tested by its documented shape only.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import iso_date, json_of, known_series, number, one_per_day, readings, refuse

BASE = "https://markets.newyorkfed.org/api/"
RRP = "rrp"
PATHS = {
    "sofr": "rates/secured/sofr/search.json",
    "tgcr": "rates/secured/tgcr/search.json",
    "bgcr": "rates/secured/bgcr/search.json",
    "effr": "rates/unsecured/effr/search.json",
    "obfr": "rates/unsecured/obfr/search.json",
    RRP: "rp/results/search.json",
}
#: The first overnight operation of the facility; what the search finds before were other exercises.
RRP_BEGINS = date(2013, 9, 23)
Pairs = list[tuple[date, float | None]]


class NyFedSource:
    """Overnight rates in per cent, reverse repo in dollars; the code is the rate's short name (`sofr`), or `rrp`."""

    name = "nyfed"
    title = "Federal Reserve Bank of New York"
    hosts: tuple[str, ...] = ("markets.newyorkfed.org",)
    terms = (
        "The Bank's terms of use allow use with attribution; it does not endorse what is made of its rates and is not "
        "liable for it."
    )
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per code, over the whole window."""
        begin, end = (day.isoformat() for day in job.window)
        out = []
        for series in job.series:
            code = series.code(self.name)
            if code not in PATHS:
                continue
            params = {"startDate": begin, "endDate": end}
            if code == RRP:
                # Asked for, but not relied upon: the service has been seen to send other operations as well.
                begins = max(job.window[0], min(RRP_BEGINS, job.window[1])).isoformat()
                params |= {"operationTypes": "Reverse Repo", "startDate": begins, "term": "overnight"}
            ordered = tuple(sorted(params.items()))
            out.append(Request(self.name, BASE + PATHS[code], ordered, (series.id,), job.window, note=code))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: the window comes in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Rates or amounts inside the window.

        Raises
        ------
        SourceError
            Another format, another rate, a bad date or number, two values for one day, or two operations of one day of
            which neither closes last.
        """
        (series,) = known_series(request, catalog_series)
        data = json_of(body, request)
        pairs = _accepted(data, request) if request.note == RRP else _rates(data, request)
        return readings(one_per_day(pairs, request, series.id), request, series)


def _rates(data: Any, request: Request) -> Pairs:
    records = data.get("refRates") if isinstance(data, dict) else None
    out: Pairs = []
    for record in _records(records, "refRates", request):
        if record.get("type") != request.note.upper():
            refuse(request, f"a rate of type {str(record.get('type'))[:12]!r}", request.note.upper())
        if "percentRate" not in record:
            refuse(request, "a rate without percentRate")
        day, rate = iso_date(record.get("effectiveDate"), request), record["percentRate"]
        out.append((day, None if rate is None else number(rate, request, day)))
    return out


def _accepted(data: Any, request: Request) -> Pairs:
    """Day and amount of each day's operation."""
    repo = data.get("repo") if isinstance(data, dict) else None
    records = repo.get("operations") if isinstance(repo, dict) else None
    found: dict[date, dict[str, float]] = {}
    for record in _records(records, "repo.operations", request):
        kind, status, term, note, closes = (
            _text(record, key, request) for key in ("operationType", "auctionStatus", "term", "note", "closeTime")
        )
        if not kind or not term:
            refuse(request, "an operation without operationType or term")
        day = iso_date(record.get("operationDate"), request)
        small = "small value" in note.lower().replace("-", " ")
        if kind != "Reverse Repo" or term != "Overnight" or small or status not in ("", "Results"):
            continue
        amount = number(record.get("totalAmtAccepted"), request, day)
        if amount < 0:
            refuse(request, f"an amount of {amount} on {day}")
        if found.setdefault(day, {}).setdefault(closes, amount) != amount:
            refuse(request, f"two operations of {day} that close at the same time, {closes[:8] or 'unknown'}")
    return [(day, amounts[max(amounts)]) for day, amounts in found.items()]


def _text(record: dict[str, Any], key: str, request: Request) -> str:
    """A field of words; empty where it is missing or null."""
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        refuse(request, f"{key} that is no text")
    return (value or "").strip()


def _records(records: Any, name: str, request: Request) -> list[dict[str, Any]]:
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        refuse(request, f"no list of {name}")
    return records


SOURCE = NyFedSource()
