"""Chart service: sessions, splits undone, members for corporate actions, and no bar of an open session."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import prices

SOURCE = prices.SOURCE
CASE = next(case for case in invented.cases() if case.name == "prices.json")
SHARE = invented.row("t.share", "prices", "INVENTED", unit="usd", release="close@NYSE", calendar="NYSE")


def spoilt(change: Any) -> bytes:
    data = json.loads(CASE.body)
    change(data["chart"]["result"][0])
    return json.dumps(data).encode()


def test_closes_as_traded_with_members() -> None:
    day = lambda d, m=11: date(2025, m, d)  # noqa: E731
    assert CASE.parse() == [
        Reading("t.share", day(30, 10), 202.0),  # shown as 50.5 after the later 4-for-1 split
        Reading("t.share", day(31, 10), 205.0),
        Reading("t.share", day(4), 52.125),  # the split's own day is already in new shares
        Reading("t.share", day(5), 53.0),
        Reading("t.share[dividend]", day(31, 10), 0.8),
        Reading("t.share[split]", day(4), 4.0),
    ]


def test_a_later_split_does_not_rewrite_closes() -> None:
    """Before and after a 3-for-1 split the service shows different closes; what was traded stays."""

    def split_again(result: dict[str, Any]) -> None:
        stamp = result["timestamp"][-1] + 86_400
        result["timestamp"].append(stamp)
        quote = result["indicators"]["quote"][0]
        quote["close"] = [c and round(c / 3, 6) for c in quote["close"]] + [18.0]
        result["events"]["splits"][str(stamp)] = {"date": stamp, "numerator": 3, "denominator": 1}
        result["events"]["dividends"] = {
            k: {**d, "amount": d["amount"] / 3} for k, d in result["events"]["dividends"].items()
        }

    assert CASE.parse(spoilt(split_again)) == CASE.parse()


@pytest.mark.parametrize(
    ("now", "release", "last"),
    [
        (datetime(2025, 11, 5, 23, 0, tzinfo=UTC), "close@NYSE", date(2025, 11, 5)),
        (datetime(2025, 11, 5, 20, 59, tzinfo=UTC), "close@NYSE", date(2025, 11, 4)),
        (datetime(2025, 11, 5, 21, 10, tzinfo=UTC), "close@NYSE", date(2025, 11, 4)),  # shown a quarter hour late
        (datetime(2025, 11, 5, 21, 15, tzinfo=UTC), "close@NYSE", date(2025, 11, 5)),
        (datetime(2025, 11, 6, 2, 0, tzinfo=UTC), "close@NYSE", date(2025, 11, 5)),
        (datetime(2025, 11, 5, 23, 0, tzinfo=UTC), "utc_day_end", date(2025, 11, 4)),
        (datetime(2025, 11, 6, 0, 0, tzinfo=UTC), "utc_day_end", date(2025, 11, 5)),
    ],
)
def test_the_window_ends_at_the_last_closed_session(now: datetime, release: str, last: date) -> None:
    row = invented.row("x", "prices", "^X", release=release)
    (request,) = SOURCE.plan(invented.job(row, now=now, window=(date(2025, 10, 1), date(2025, 11, 6))))
    assert request.window == (date(2025, 10, 1), last)
    assert request.url == "https://query1.finance.yahoo.com/v8/finance/chart/%5EX"


def test_nothing_is_asked_for_before_the_first_close() -> None:
    noon = datetime(2025, 11, 5, 17, 0, tzinfo=UTC)
    assert SOURCE.plan(invented.job(SHARE, now=noon, window=(date(2025, 11, 5), date(2025, 11, 5)))) == []


def test_sessions_are_dated_at_the_exchange() -> None:
    def tokyo(result: dict[str, Any]) -> None:
        result["meta"]["exchangeTimezoneName"] = "Asia/Tokyo"
        result["timestamp"] = [t - 14 * 3600 for t in result["timestamp"]]  # 9:30 in Tokyo is the evening before here
        result["events"] = {}

    assert [r.period.day for r in CASE.parse(spoilt(tokyo))] == [30, 31, 4, 5]


def test_no_bars_is_no_error() -> None:
    def none(result: dict[str, Any]) -> None:
        result.pop("timestamp")
        result.pop("events")
        result["indicators"] = {"quote": [{}], "adjclose": [{}]}

    assert CASE.parse(spoilt(none)) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda r: r["meta"].update(symbol="OTHER"), "another symbol"),
        (lambda r: r["meta"].update(currency="GBp"), "GBp"),
        (lambda r: r["meta"].update(exchangeTimezoneName="../../etc/passwd"), "time zone"),
        (lambda r: r["meta"].update(exchangeTimezoneName="Mars/Olympus"), "time zone"),
        (lambda r: r["timestamp"].pop(), "unequal"),
        (lambda r: r["timestamp"].__setitem__(0, 10**12), "time stamp"),
        (lambda r: r["timestamp"].__setitem__(0, True), "time stamp"),
        (lambda r: r["timestamp"].__setitem__(1, r["timestamp"][0]), "two values of t.share for 2025-10-30"),
        (lambda r: r["indicators"]["quote"][0]["close"].__setitem__(0, "50.5x"), "number"),
        (lambda r: r["indicators"].update(quotes=r["indicators"].pop("quote")), "indicators"),
        (lambda r: r["events"]["splits"].update(a={"date": 1, "numerator": 0, "denominator": 1}), "split"),
        (lambda r: r["events"].update(splits=[1]), "shape"),
        (lambda r: r["events"]["dividends"].update(a={"date": 1, "amount": -1}), "dividend"),
    ],
)
def test_another_shape_is_refused(change: Any, names: str) -> None:
    with pytest.raises(SourceError, match=names):
        CASE.parse(spoilt(change))


def test_the_services_error_is_told() -> None:
    body = b'{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}'
    with pytest.raises(SourceError, match="No data found"):
        CASE.parse(body)
