"""Cboe: closes from either of the two layouts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import cboe

CASES = {case.name: case for case in invented.cases()}


def test_one_file_per_index() -> None:
    rows = [invented.row("a", "cboe", "VIX"), invented.row("b", "cboe", "SKEW"), invented.row("c", "fred", "VIXCLS")]
    assert [r.url.rpartition("/")[2] for r in cboe.SOURCE.plan(invented.job(*rows))] == [
        "VIX_History.csv",
        "SKEW_History.csv",
    ]


def test_closes() -> None:
    assert CASES["cboe_ohlc.csv"].parse()[-1] == Reading("t.vix", date(2025, 11, 5), 18.05)
    assert [r.value for r in CASES["cboe_single.csv"].parse()] == [95.1, 102.3, 97.7]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"CLOSE", b"CLOSE_new"), (b"DATE", b"DAY"), (b"18.050000", b"inf"), (b"11/04/2025", b"11/05/2025")],
)
def test_another_layout_is_refused(old: bytes, new: bytes) -> None:
    case = CASES["cboe_ohlc.csv"]
    with pytest.raises(SourceError):
        case.parse(case.body.replace(old, new))


def test_nine_thousand_rows_are_read() -> None:
    case = CASES["cboe_ohlc.csv"]
    days = [date(2000, 1, 3) + timedelta(i) for i in range(9_000)]
    body = b"DATE,OPEN,HIGH,LOW,CLOSE\n" + b"".join(
        f"{d:%m/%d/%Y},17.1,18.2,16.9,{17 + i % 7}.250000\n".encode() for i, d in enumerate(days)
    )
    request = invented.Request("cboe", "https://x", (), ("t.vix",), (days[0], days[-1]), note="VIX")
    assert len(cboe.SOURCE.parse(body, request, case.series)) == 9_000
