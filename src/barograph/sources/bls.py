"""Bureau of Labor Statistics, public data API: monthly and quarterly series, today's values only.

Format: `Results.series[0].data`, newest first, each value as text beside its `year` and `period` (`M01`..`M12`,
`Q01`..`Q04`; `M13` and `Q05` are averages of the year and left out). `-` says that a value is missing. A refusal comes
with HTTP status 200 and says why in `message`.

One request spans ten years without a key and twenty with one, by the service's rules; a longer window is asked for from
its newest years back, until years without a value come. Without a key the service answers 25 requests a day, with one
500, so a long history is better begun with a key.

The code of a series is the Bureau's id, such as `LNS14000000`. Tested by its documented shape only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request
from barograph.sources._wire import iso_date, json_of, known_series, number, one_per_day, readings, refuse

BASE = "https://api.bls.gov/publicAPI/"
#: Years that one request may span, without and with a key; the version of the service that goes with it.
SPANS = {False: 10, True: 20}
VERSIONS = {False: "v1", True: "v2"}
#: Nothing of the Bureau's is older.
FIRST_YEAR = 1913
_CODE = re.compile(r"[A-Z0-9_#-]{5,40}")
_PERIOD = re.compile(r"(M)(0[1-9]|1[0-3])|(Q)0([1-5])")
_YEAR = re.compile(r"[0-9]{4}")
_STEPS = {
    "threshold": "Run the update again tomorrow; a free key in BAROGRAPH_BLS_API_KEY allows more requests a day.",
    "key": "Check BAROGRAPH_BLS_API_KEY, or unset it: without a key fewer requests a day are answered.",
    "exist": "Correct the code in the catalogue: the Bureau does not know this series.",
}


class BlsSource:
    """Employment, prices and wages as the Bureau shows them today; no vintages."""

    name = "bls"
    title = "US Bureau of Labor Statistics"
    hosts: tuple[str, ...] = ("api.bls.gov",)
    terms = (
        "Public domain; the Bureau asks to be named, and does not vouch for figures or analyses after they have been "
        "fetched."
    )
    key: Literal["none", "optional", "required"] = "optional"
    shape_tested_only = True
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """The newest years of each series; `follow` asks for those before."""
        out = []
        for series in job.series:
            code = series.code(self.name)
            if code is None or not _CODE.fullmatch(code):
                continue
            floor = max(FIRST_YEAR, job.window[0].year, series.start.year if series.start else FIRST_YEAR)
            last = max(floor, job.window[1].year)
            first = max(floor, last - SPANS[job.has_key] + 1)
            out.append(
                Request(
                    self.name,
                    f"{BASE}{VERSIONS[job.has_key]}/timeseries/data/{code.replace('#', '%23')}",
                    (("endyear", str(last)), ("startyear", str(first))),
                    (series.id,),
                    job.window,
                    key_param="registrationkey" if job.has_key else "",
                    note=f"{code} {floor}",
                )
            )
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """The years before, unless these hold no value or the window begins with them.

        Raises
        ------
        SourceError
            The body is not what `request` asked for.
        """
        values = _values(body, request)
        first, floor = _years(request)[0], int(request.note.split()[1])
        if first <= floor or not values:
            return []
        begin = max(floor, first - SPANS[bool(request.key_param)])
        return [replace(request, params=(("endyear", str(first - 1)), ("startyear", str(begin))))]

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """Values inside the window; a month or quarter is named by its first day.

        Raises
        ------
        SourceError
            The service's refusal in its own words, another format, another series, months among quarters, a period
            outside the years asked for, a bad number, or two values for one period.
        """
        (series,) = known_series(request, catalog_series)
        return readings(one_per_day(_values(body, request), request, series.id), request, series)


def _years(request: Request) -> tuple[int, int]:
    params = dict(request.params)
    return int(params["startyear"]), int(params["endyear"])


def _values(body: bytes, request: Request) -> list[tuple[date, float | None]]:
    records = _records(body, request)
    first, last = _years(request)
    kinds: set[str] = set()
    out: list[tuple[date, float | None]] = []
    for record in records:
        year, period, value = (record.get(name) for name in ("year", "period", "value"))
        if not (isinstance(year, str) and _YEAR.fullmatch(year) and first <= int(year) <= last):
            refuse(request, f"the year {str(year)[:12]!r}", f"{first} to {last}")
        found = _PERIOD.fullmatch(period) if isinstance(period, str) else None
        if found is None:
            refuse(request, f"the period {str(period)[:12]!r}", "M01 to M12, Q01 to Q04")
        kinds.add(found[1] or found[3])
        month = int(found[2]) if found[1] else 3 * int(found[4]) - 2
        if month > 12:
            continue  # the year's average
        day = iso_date(f"{year}-{month:02}-01", request)
        if not isinstance(value, str):
            refuse(request, f"{str(value)[:20]!r} where a value belongs, at {day}")
        value = value.strip()
        out.append((day, None if value == "-" else number(value, request, day)))
    if len(kinds) > 1:
        refuse(request, "months and quarters in one series")
    return out


def _records(body: bytes, request: Request) -> list[dict[str, Any]]:
    """The data of the one series asked for, from an answer that says that it succeeded."""
    data = json_of(body, request)
    if not isinstance(data, dict):
        refuse(request, "JSON without a status")
    words = data.get("message")
    said = "; ".join(w for w in words if isinstance(w, str)) if isinstance(words, list) else ""
    refused = data.get("status") != "REQUEST_SUCCEEDED"
    unknown = "not exist" in said.lower() or "invalid series" in said.lower()
    if refused or unknown:
        step = next((s for word, s in _STEPS.items() if word in said.lower()), "")
        refuse(request, f"the Bureau says {str(data.get('status'))[:40]}: {said[:180]}", step=step)
    results = data.get("Results")
    if isinstance(results, list) and len(results) == 1:  # as the documentation shows it; the service sends it bare
        results = results[0]
    listed = results.get("series") if isinstance(results, dict) else None
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        refuse(request, "an answer without one series")
    code = request.note.split()[0]
    if listed[0].get("seriesID") != code:
        refuse(request, f"the series {str(listed[0].get('seriesID'))[:40]!r}", code)
    records = listed[0].get("data")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        refuse(request, "a series without a list of data")
    return records


SOURCE = BlsSource()
