"""New York Fed: reference rates, and which of a day's reverse repo operations counts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import nyfed

CASES = {case.name: case for case in invented.cases()}
TODAY = date(2025, 11, 5)
RATES, RRP = CASES["nyfed_rates.json"], CASES["nyfed_rrp.json"]


def test_one_request_per_code_over_the_window() -> None:
    codes = ["sofr", "effr", "obfr", "tgcr", "bgcr", "rrp", "nosuch"]
    plan = nyfed.SOURCE.plan(invented.job(*(invented.row(f"t.{c}", "nyfed", c) for c in codes)))
    assert [r.note for r in plan] == codes[:-1]
    assert [r.url.removeprefix(nyfed.BASE) for r in plan[:2]] == [
        "rates/secured/sofr/search.json",
        "rates/unsecured/effr/search.json",
    ]
    assert all(dict(r.params)["startDate"] == "2025-01-01" for r in plan)
    assert dict(plan[5].params)["operationTypes"] == "Reverse Repo"
    (long,) = nyfed.SOURCE.plan(invented.job(invented.row("t.rrp", "nyfed", "rrp"), window=(date(1919, 1, 1), TODAY)))
    assert dict(long.params)["startDate"] == "2013-09-23" and long.window[0] == date(1919, 1, 1)


def test_rates_and_a_missing_one() -> None:
    assert RATES.parse() == [
        Reading("t.sofr", date(2025, 11, 3), 4.27),
        Reading("t.sofr", date(2025, 11, 4), None),
        Reading("t.sofr", date(2025, 11, 5), 4.19),
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b'"SOFR"', b'"EFFR"', "a rate of type 'EFFR'"),
        (b"percentRate", b"percentRate_new", "without percentRate"),
        (b"2025-11-04", b"2025-11-05", "two values"),
        (b'"refRates"', b'"refrates"', "no list of refRates"),
        (b"4.19", b'"n/a"', "where a number belongs"),
    ],
)
def test_another_answer_is_refused(old: bytes, new: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        RATES.parse(RATES.body.replace(old, new))


def test_reverse_repo_leaves_out_exercises_terms_and_repo() -> None:
    assert RRP.parse() == [
        Reading("t.rrp", date(2025, 11, 4), 18.75),
        Reading("t.rrp", date(2025, 11, 5), 21.5),
    ]


def operations(**changes: Any) -> bytes:
    """The invented answer with its exercise, the second operation, changed."""
    data = json.loads(RRP.body)
    data["repo"]["operations"][1] |= changes
    return json.dumps(data).encode()


def test_an_exercise_that_does_not_say_so_is_not_the_one_that_closes_last() -> None:
    assert RRP.parse(operations(note="")) == RRP.parse()


def test_two_operations_that_close_at_once_are_refused() -> None:
    with pytest.raises(SourceError, match="two operations of 2025-11-05"):
        RRP.parse(operations(note="", closeTime="13:15"))


def test_an_announced_operation_has_no_amount_yet() -> None:
    assert RRP.parse(operations(note="", auctionStatus="Announced", totalAmtAccepted=None)) == RRP.parse()


@pytest.mark.parametrize("changes", [{"totalAmtAccepted": -1}, {"term": None}, {"operationType": 7}, {"note": []}])
def test_a_broken_operation_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SourceError):
        RRP.parse(operations(**({"note": ""} | changes)))


def test_planted_a_sum_over_the_day_would_count_the_exercise() -> None:
    """The body must tell the day's operation from everything that was taken in on that day."""
    taken = [o for o in json.loads(RRP.body)["repo"]["operations"] if o["operationDate"] == "2025-11-05"]
    assert sum(o["totalAmtAccepted"] for o in taken) / 1e9 != RRP.parse()[-1].value
