"""CFTC: one request per report, pages, and net positions in whole contracts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import cftc

CASES = {case.name: case for case in invented.cases()}
TFF, LEGACY = CASES["cftc_tff.json"], CASES["cftc_legacy.json"]
OLD, NEW = date(2025, 10, 28), date(2025, 11, 4)


def rows(*codes: str) -> list[invented.Series]:
    return [invented.row(f"t.s{i}", "cftc", code, unit="contracts", frequency="W") for i, code in enumerate(codes)]


def test_one_request_per_report_serves_all_its_series() -> None:
    plan = cftc.SOURCE.plan(
        invented.job(
            *rows("tff:043602:lev_money_net", "tff:13874A:open_interest", "legacy:067651:noncomm_net"),
            *rows("tff:043602:nosuch", "nosuch:043602:open_interest", "tff:x' OR 1=1:open_interest"),
        )
    )
    assert [(r.note, r.url.rpartition("/")[2], r.series) for r in plan] == [
        ("tff", "gpe5-46if.json", ("t.s0", "t.s1")),
        ("legacy", "6dca-aqww.json", ("t.s2",)),
    ]
    asked = dict(plan[0].params)
    assert asked["$select"] == (
        "report_date_as_yyyy_mm_dd,cftc_contract_market_code,"
        "lev_money_positions_long,lev_money_positions_short,open_interest_all"
    )
    assert asked["$where"] == (
        "cftc_contract_market_code in ('043602','13874A') AND report_date_as_yyyy_mm_dd between "
        "'2025-01-01T00:00:00.000' and '2025-11-05T00:00:00.000'"
    )
    assert (asked["$limit"], asked["$offset"]) == ("5000", "0")
    assert "market_and_exchange_names" not in str(plan)  # names change with the exchange, codes do not


def test_every_measure_of_every_report_has_a_code() -> None:
    made = {
        (report, measure): cftc.split_code(f"{report}:043602:{measure}")
        for report, measures in cftc.MEASURES.items()
        for measure in measures
    }
    assert len(made) == 5 + 4 + 4 and all(made.values())


def test_net_positions_and_a_missing_side() -> None:
    assert TFF.parse() == [
        Reading("t.lev10", OLD, -1945000.0),
        Reading("t.lev10", NEW, -1877499.0),
        Reading("t.oi10", OLD, 4100250.0),
        Reading("t.oi10", NEW, 4177001.0),
        Reading("t.levsp", NEW, -350200.0),
    ]
    assert LEGACY.parse() == [
        Reading("t.spec_oil", OLD, 112000.0),
        Reading("t.spec_oil", NEW, 97750.0),
        Reading("t.comm_oil", OLD, -120750.0),
    ]


def test_an_empty_answer_holds_nothing() -> None:
    assert TFF.parse(b"[]") == []


def test_pages_follow_until_one_is_not_full() -> None:
    full = replace(TFF.request, params=tuple(sorted((dict(TFF.request.params) | {"$limit": "4"}).items())))
    (second,) = cftc.SOURCE.follow(full, TFF.body)
    assert dict(second.params) == dict(full.params) | {"$offset": "4"}
    (third,) = cftc.SOURCE.follow(second, TFF.body)
    assert dict(third.params)["$offset"] == "8"
    assert cftc.SOURCE.follow(TFF.request, TFF.body) == [] and cftc.SOURCE.follow(full, b"[]") == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b'"open_interest_all"', b'"open_interest"', "a column 'open_interest'"),
        (b"T00:00:00.000", b"T00:00:00", "where a report date belongs"),
        (b'"4177001"', b'"4177001.5"', "number of contracts"),
        (b'"4177001"', b"4177001", "number of contracts"),
        (b"2025-11-04", b"2025-10-28", "two values of t.lev10"),
        (b'"cftc_contract_market_code":"043602",', b"", "without the contract's code"),
    ],
)
def test_another_answer_is_refused(old: bytes, new: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        TFF.parse(TFF.body.replace(old, new))


def test_the_store_says_why_it_refuses() -> None:
    body = json.dumps({"code": "query.malformed", "error": True, "message": "No such column: lev_money"}).encode()
    with pytest.raises(SourceError, match="No such column"):
        TFF.parse(body)


def test_planted_a_side_that_is_missing_taken_for_zero_is_found() -> None:
    """The body holds a row with one side only, which a lax parser turns into a position of its own."""
    lax = [
        int(row.get("lev_money_positions_long", 0)) - int(row.get("lev_money_positions_short", 0))
        for row in json.loads(TFF.body)
        if row["cftc_contract_market_code"] == "13874A"
    ]
    assert lax == [150250, -350200] and [r.value for r in TFF.parse() if r.series_id == "t.levsp"] == [-350200.0]
