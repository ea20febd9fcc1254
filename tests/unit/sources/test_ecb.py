"""ECB: SDMX-CSV, columns by name, the series that was asked for."""

from __future__ import annotations

from datetime import date

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import ecb

CASE = {case.name: case for case in invented.cases()}["ecb_daily.csv"]


def test_key_rates_are_asked_for_whole() -> None:
    codes = ["EXR/D.USD.EUR.SP00.A", "FM/B.U2.EUR.4F.KR.DFR.LEV", "EXR/../../x", "exr/D.USD"]
    plan = ecb.SOURCE.plan(invented.job(*(invented.row(f"t.{i}", "ecb", c) for i, c in enumerate(codes))))
    assert [r.url.removeprefix(ecb.BASE) for r in plan] == codes[:2]
    assert [dict(r.params).get("startPeriod") for r in plan] == ["2025-01-01", None]
    assert all(dict(r.params)["format"] == "csvdata" for r in plan)


def test_values_and_a_holiday() -> None:
    assert CASE.parse() == [
        Reading("t.eurusd", date(2025, 11, 3), 1.2345),
        Reading("t.eurusd", date(2025, 11, 4), None),
        Reading("t.eurusd", date(2025, 11, 5), 1.2301),
    ]


def test_columns_are_found_by_name() -> None:
    text = "OBS_VALUE,TIME_PERIOD,KEY\n1.5,2025-11-03,EXR.D.USD.EUR.SP00.A\n"
    assert CASE.parse(text.encode()) == [Reading("t.eurusd", date(2025, 11, 3), 1.5)]


@pytest.mark.parametrize(
    ("period", "day"), [("2025-03", date(2025, 3, 1)), ("2025-Q1", date(2025, 1, 1)), ("2025-Q3", date(2025, 7, 1))]
)
def test_months_and_quarters_begin_with_their_first_day(period: str, day: date) -> None:
    text = f"KEY,TIME_PERIOD,OBS_VALUE\nEXR.D.USD.EUR.SP00.A,{period},2\n"
    assert CASE.parse(text.encode()) == [Reading("t.eurusd", day, 2.0)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"EXR.D.USD.EUR", b"EXR.D.JPY.EUR", "the series 'EXR.D.JPY"),
        (b"OBS_VALUE", b"OBS_VAL", "columns KEY"),
        (b"OBS_STATUS", b"OBS_VALUE", "columns KEY"),
        (b"2025-11-04", b"2025-Q5", "where a date"),
        (b"2025-11-04", b"2025-11-05", "two values"),
        (b"1.2301", b"NaN", "where a number belongs"),
        (b",USD,0\n", b",USD\n", "cells under"),
    ],
)
def test_another_answer_is_refused(old: bytes, new: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        CASE.parse(CASE.body.replace(old, new))
