"""Fiscal Data: cash under three names, auctions by the term they were first sold with, and the calendar."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.feed import Feed
from barograph.core.observation import CalendarItem, Reading, Untrusted
from barograph.sources import fiscaldata

CASES = {case.name: case for case in invented.cases()}
CASH, SOLD, AHEAD = (CASES[f"fiscaldata_{name}.json"] for name in ("cash", "auctions", "upcoming"))
FEED = Feed("us.treasury.auctions", "Auctions", "fiscaldata", "upcoming_auctions", "calendar", "public", "invented")


def page(case: invented.Case, *records: dict[str, Any], pages: int = 1) -> bytes:
    """The case's page with other records, each given by what differs from its first."""
    data = json.loads(case.body)
    first = data["data"][0]
    return json.dumps(data | {"data": [first | r for r in records], "meta": {"total-pages": pages}}).encode()


def test_one_request_for_cash_one_for_all_auctions_one_for_the_feed() -> None:
    codes = ["dts:closing_balance", "auction:10-Year:bid_to_cover", "auction:30-Year:high_yield", "auction:x", "dts:x"]
    rows = [invented.row(f"t.{i}", "fiscaldata", code) for i, code in enumerate(codes)]
    plan = fiscaldata.SOURCE.plan(invented.job(*rows, feeds=(FEED, replace(FEED, code="x"))))
    assert [(r.note, r.series) for r in plan] == [
        ("dts", ("t.0",)),
        ("auction", ("t.1", "t.2")),
        ("upcoming", ("us.treasury.auctions",)),
    ]
    assert dict(plan[1].params)["filter"] == (
        "auction_date:gte:2025-01-01,auction_date:lte:2025-11-05,security_type:in:(Note,Bond)"
    )
    assert dict(plan[0].params)["page[size]"] == "10000" and plan[0].url.endswith(
        "/v1/accounting/dts/operating_cash_balance"
    )


def test_the_closing_balance_of_today() -> None:
    assert CASH.parse() == [
        Reading("t.cash", date(2025, 11, 3), 896123.0),
        Reading("t.cash", date(2025, 11, 4), 905500.0),
    ]


def test_the_closing_balance_under_each_name_of_its_history() -> None:
    wide = replace(CASH, request=replace(CASH.request, window=(date(2005, 1, 1), date(2025, 11, 5))))
    old = {"open_today_bal": "1", "close_today_bal": "31415"}
    body = page(
        CASH,
        {"record_date": "2010-03-02", "account_type": "Federal Reserve Account", **old},
        {"record_date": "2010-03-02", "account_type": "Tax and Loan Note Accounts", **old},
        {"record_date": "2022-01-04", "account_type": "Treasury General Account (TGA)", **old},
        {
            "record_date": "2022-05-03",
            "account_type": "Treasury General Account (TGA) Closing Balance",
            "open_today_bal": "31416",
            "close_today_bal": "null",
        },
    )
    assert [(r.period.year, r.value) for r in wide.parse(body)] == [(2010, 31415.0), (2022, 31415.0), (2022, 31416.0)]


def test_cash_under_a_fourth_name_is_refused() -> None:
    with pytest.raises(SourceError, match="accounts 'Closing Cash'"):
        CASH.parse(page(CASH, {"account_type": "Closing Cash"}))


def test_auctions_count_by_their_first_term_and_only_nominal_ones() -> None:
    days = [date(2025, 8, 6), date(2025, 9, 10), date(2025, 10, 8), date(2025, 11, 5)]
    read = SOLD.parse()
    assert [r for r in read if r.series_id == "t.cover"] == [
        Reading("t.cover", d, v) for d, v in zip(days, [2.61, 2.44, 2.52, None], strict=True)
    ]
    assert [r.value for r in read if r.series_id == "t.high"] == [4.321, 4.205, 4.188, None]


def test_of_two_on_one_day_the_later_maturity_counts_in_any_order() -> None:
    data = json.loads(SOLD.body)
    turned = data | {"data": data["data"][::-1]}
    assert SOLD.parse(json.dumps(turned).encode()) == SOLD.parse()


def test_two_results_of_one_security_and_day_are_refused() -> None:
    with pytest.raises(SourceError, match=r"two values of t\.cover"):
        SOLD.parse(page(SOLD, {}, {"bid_to_cover_ratio": "2.7"}))


def test_the_calendar_names_an_auction_once() -> None:
    assert AHEAD.parse() == [
        CalendarItem(
            "t.auctions", f"{kind} {term} {day}", day, None, Untrusted(f"{term} {kind} auction"), "auction", term
        )
        for kind, term, day in [
            ("Bill", "13-Week", date(2025, 11, 10)),
            ("Note", "10-Year", date(2025, 11, 12)),
            ("Bond", "29-Year 11-Month", date(2025, 11, 13)),
        ]
    ]
    assert all(type(item.title) is Untrusted for item in AHEAD.parse())


@pytest.mark.parametrize(
    "record",
    [
        {"security_term": "10-Year<script>"},
        {"security_type": "<b>Note"},
        {"security_term": "null"},
        {"auction_date": "null"},
        {"auction_date": "2024-11-12"},
        {"auction_date": 20251112},
    ],
)
def test_a_strange_event_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(SourceError):
        AHEAD.parse(page(AHEAD, record))


def test_pages_follow_to_the_last() -> None:
    body = page(CASH, {}, pages=3)
    (second,) = fiscaldata.SOURCE.follow(CASH.request, body)
    (third,) = fiscaldata.SOURCE.follow(second, body)
    assert [dict(r.params)["page[number]"] for r in (second, third)] == ["2", "3"]
    assert fiscaldata.SOURCE.follow(third, body) == [] and fiscaldata.SOURCE.follow(CASH.request, CASH.body) == []


def test_an_empty_page_is_an_answer() -> None:
    for case in (CASH, SOLD, AHEAD):
        assert case.parse(json.dumps({"data": [], "meta": {"total-pages": 0}}).encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b'"high_yield":', b'"high_rate":', "without its fields"),
        (b'"total-pages":1', b'"total-pages":"1"', "no page"),
        (b'"4.321000"', b"4.321", "not text"),
        (b'"4.321000"', b'"4.321%"', "where a number belongs"),
        (b"2035-08-15", b"null", "where a date"),
    ],
)
def test_another_answer_is_refused(old: bytes, new: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        SOLD.parse(SOLD.body.replace(old, new))
