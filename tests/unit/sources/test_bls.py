"""BLS: spans of years, months and quarters, refusals in the Bureau's words, and a key that does not show."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import bls

CASES = {case.name: case for case in invented.cases()}
MONTHLY, QUARTERLY = CASES["bls_monthly.json"], CASES["bls_quarterly.json"]
KEY = "0123456789ABCDEF0123456789abcdef"
LONG = (date(1919, 1, 1), date(2025, 11, 5))


def years(request: invented.Request) -> tuple[str, str]:
    params = dict(request.params)
    return params["startyear"], params["endyear"]


def test_the_newest_years_first_and_the_key_never_in_the_request() -> None:
    series = invented.row("t.u", "bls", "LNS14000000", frequency="M")
    (plain,) = bls.SOURCE.plan(invented.job(series, window=LONG))
    (keyed,) = bls.SOURCE.plan(invented.job(series, window=LONG, has_key=True))
    assert plain.url == "https://api.bls.gov/publicAPI/v1/timeseries/data/LNS14000000"
    assert keyed.url == "https://api.bls.gov/publicAPI/v2/timeseries/data/LNS14000000"
    assert (years(plain), plain.key_param) == (("2016", "2025"), "")
    assert (years(keyed), keyed.key_param) == (("2006", "2025"), "registrationkey")
    assert "registrationkey" not in keyed.describe()


def chain(first: invented.Request, oldest: int) -> list[tuple[str, str]]:
    """Years of the requests that a series with values since `oldest` calls for."""
    out, queue = [], [first]
    while queue:
        request = queue.pop()
        out.append(years(request))
        begin, end = map(int, years(request))
        data = [{"year": str(y), "period": "M01", "value": "1.0"} for y in range(max(begin, oldest), end + 1)]
        body = {"status": "REQUEST_SUCCEEDED", "message": [], "Results": {"series": [{"data": data}]}}
        body["Results"]["series"][0]["seriesID"] = request.note.split()[0]
        queue += bls.SOURCE.follow(request, json.dumps(body).encode())
    return out


@pytest.mark.parametrize(("has_key", "asked"), [(False, 9), (True, 5)])
def test_a_long_history_comes_in_the_spans_allowed_and_ends_where_there_is_nothing(has_key: bool, asked: int) -> None:
    series = invented.row("t.u", "bls", "LNS14000000", frequency="M")
    (first,) = bls.SOURCE.plan(invented.job(series, window=LONG, has_key=has_key))
    spans = chain(first, oldest=1948)
    assert len(spans) == asked
    assert all(int(b) - int(a) < bls.SPANS[has_key] for a, b in spans)
    covered = [y for a, b in spans for y in range(int(a), int(b) + 1)]
    assert len(covered) == len(set(covered)) and set(range(1948, 2026)) <= set(covered)


def test_a_start_in_the_catalogue_ends_the_chain_without_an_empty_answer() -> None:
    series = invented.row("t.u", "bls", "LNS14000000", frequency="M", start=date(2000, 1, 1))
    (first,) = bls.SOURCE.plan(invented.job(series, window=LONG))
    assert chain(first, oldest=2000) == [("2016", "2025"), ("2006", "2015"), ("2000", "2005")]


def test_a_short_window_is_one_request() -> None:
    (first,) = bls.SOURCE.plan(invented.job(invented.row("t.u", "bls", "LNS14000000", frequency="M")))
    assert chain(first, oldest=1948) == [("2025", "2025")]


def test_months_without_the_average_of_the_year() -> None:
    wide = replace(MONTHLY, request=replace(MONTHLY.request, window=LONG))
    assert wide.parse() == [
        Reading("t.monthly", date(2024, 12, 1), 7.1),
        Reading("t.monthly", date(2025, 7, 1), 7.4),
        Reading("t.monthly", date(2025, 8, 1), None),
        Reading("t.monthly", date(2025, 9, 1), 7.7),
    ]


def test_quarters_begin_with_their_first_day() -> None:
    assert QUARTERLY.parse() == [
        Reading("t.quarterly", date(2025, 1, 1), 140.2),
        Reading("t.quarterly", date(2025, 4, 1), 141.9),
    ]


def test_results_in_a_list_as_the_documentation_shows_them() -> None:
    data = json.loads(MONTHLY.body)
    data["Results"] = [data["Results"]]
    assert MONTHLY.parse(json.dumps(data).encode()) == MONTHLY.parse()


def refusal(status: str, *message: str) -> bytes:
    return json.dumps({"status": status, "responseTime": 0, "message": list(message), "Results": {}}).encode()


@pytest.mark.parametrize(
    ("body", "found", "step"),
    [
        (refusal("REQUEST_NOT_PROCESSED", "the daily threshold has been reached"), "daily threshold", "tomorrow"),
        (refusal("REQUEST_NOT_PROCESSED", "The key: [key] provided is invalid."), "key", "BAROGRAPH_BLS_API_KEY"),
        (refusal("REQUEST_SUCCEEDED", "Series does not exist for Series X"), "does not exist", "code in the catalogue"),
        (refusal("REQUEST_FAILED", "No words"), "REQUEST_FAILED", "Nothing of it was stored"),
    ],
)
def test_a_refusal_comes_in_words(body: bytes, found: str, step: str) -> None:
    for read in (MONTHLY.parse, lambda b: bls.SOURCE.follow(MONTHLY.request, b)):
        with pytest.raises(SourceError) as caught:
            read(body)
        assert found in caught.value.found and step in caught.value.step


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"INVENTED01", b"INVENTED09", "the series 'INVENTED09'"),
        (b'"M08"', b'"M14"', "the period 'M14'"),
        (b'"M08"', b'"Q02"', "months and quarters"),
        (b'"M08"', b'"M09"', "two values"),
        (b'"year":"2024"', b'"year":"2015"', "the year '2015'"),
        (b'"7.4"', b"7.4", "where a value belongs"),
        (b'"7.4"', b'""', "where a number belongs"),
    ],
)
def test_another_answer_is_refused(old: bytes, new: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        MONTHLY.parse(MONTHLY.body.replace(old, new))


def test_the_key_is_in_the_address_that_is_sent_and_in_no_error() -> None:
    import httpx2

    from barograph.sources._http import Client, Limits

    sent: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.url.params.get("registrationkey"))
        return httpx2.Response(200, content=refusal("REQUEST_NOT_PROCESSED", f"The key:{KEY} is invalid."))

    series = invented.row("t.u", "bls", "LNS14000000", frequency="M")
    (request,) = bls.SOURCE.plan(invented.job(series, has_key=True))
    with Client({"bls": KEY}, transport=httpx2.MockTransport(answer), limits=Limits(attempts=1)) as client:
        body = client.get(request).body
    with pytest.raises(SourceError) as caught:
        bls.SOURCE.parse(body, request, {series.id: series})
    assert sent == [KEY] and KEY.lower() not in str(caught.value).lower() and "[key]" in str(caught.value)
