"""Fund holdings: which files are asked for, who is a member, and that a file is of the day it was asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.time import sessions
from barograph.core.units import SECTORS
from barograph.sources import holdings

SOURCE = holdings.SOURCE
CASE = next(case for case in invented.cases() if case.name == "holdings.csv")
ROWS = tuple(CASE.series.values())


def asked(**more) -> list[date]:
    plan = SOURCE.plan(invented.job(*ROWS, **more))
    for request in plan:
        assert dict(request.params)["asOfDate"] == f"{request.window[0]:%Y%m%d}"
        assert request.window[0] == request.window[1]
        assert request.series == tuple(CASE.series)
    return [request.window[0] for request in plan]


def test_a_first_fill_takes_ten_sessions_and_twelve_month_ends() -> None:
    days = asked(window=(date(1919, 1, 1), date(2025, 11, 5)))
    assert days[-10:] == sessions("NYSE", date(2025, 10, 1), date(2025, 11, 5))[-10:]
    assert days[:12] == sorted(days[:12]) and days[0] == date(2024, 11, 29)
    assert date(2025, 5, 30) in days and date(2025, 10, 31) in days
    assert len(days) == 21  # the last session of October is among the ten newest


def test_a_short_first_window_is_not_left() -> None:
    assert asked(window=(date(2025, 11, 3), date(2025, 11, 5))) == [date(2025, 11, d) for d in (3, 4, 5)]


def test_later_every_session_of_the_window() -> None:
    days = asked(window=(date(2025, 10, 30), date(2025, 11, 5)), looked_at=datetime(2025, 10, 30, tzinfo=UTC))
    assert days == [date(2025, 10, 30), date(2025, 10, 31)] + [date(2025, 11, d) for d in (3, 4, 5)]
    assert len(asked(window=(date(2020, 1, 1), date(2025, 11, 5)), looked_at=datetime(2020, 1, 1, tzinfo=UTC))) == 60


def test_members() -> None:
    read = {(r.series_id, r.value) for r in CASE.parse()}
    assert ("t.weight[BRKA]", 10.0) in read and ("t.weight[BRKB]", 20.0) in read  # classes stay apart
    assert ("t.close[BRKA]", 720_000.0) in read
    assert ("t.weight[DUP~DELTA-ONE-CORP]", 8.0) in read and ("t.weight[DUP~DELTA-TWO-CORP]", 6.4) in read
    assert ("t.weight[-~EPSILON-RIGHTS]", 0.0) in read
    assert not any(name in id_ for id_, _ in read for name in ("XTSLA", "USD", "ESZ5"))  # shares only
    assert ("t.sector[CCC]", 50.0) in read and ("t.sector[AAA]", 45.0) in read
    assert not any(id_ == "t.close[-~EPSILON-RIGHTS]" for id_, _ in read)  # not traded: no close
    assert {v for i, v in read if i.startswith("t.sector")} <= {float(code) for code in SECTORS}


def test_a_day_without_a_file_is_no_error() -> None:
    head, _, _ = CASE.body.decode("utf-8-sig").partition('"AAA"')
    assert CASE.parse(head.replace("Nov 05, 2025", "-").encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("Nov 05, 2025", "Nov 04, 2025", "file of Nov 04, 2025"),
        ("Nov 05, 2025", "-", "day of the file"),  # rows without a day
        ("Weight (%)", "Weight", "columns"),
        ('"40.10"', '"4.10"', "% of the fund"),
        ('"Financials"', '"Finance"', "sector"),
        ('"DELTA TWO CORP"', '"DELTA ONE CORP"', "two rows for DUP"),
        ('"40.10"', '"nan"', "number"),
        ('"20.00"', '"-20.00"', "-20"),
    ],
)
def test_another_file_is_refused(old: str, new: str, names: str) -> None:
    spoilt = CASE.body.decode().replace(old, new, 1)
    with pytest.raises(SourceError, match=names):
        CASE.parse(spoilt.encode())


def test_a_row_that_comes_twice_counts_once() -> None:
    line = next(row for row in CASE.body.decode().splitlines(keepends=True) if row.startswith('"CCC"'))
    assert CASE.parse(CASE.body.decode().replace(line, line * 2).encode()) == CASE.parse()
