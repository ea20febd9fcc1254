"""Numbers, dates, CSV and JSON as providers write them; what does not fit raises and never becomes a value."""

from __future__ import annotations

import contextlib
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import invented
from barograph.core.errors import SourceError
from barograph.sources import _wire
from barograph.sources._protocol import Request

REQUEST = Request("test", "https://example.org/x", (), ("t",), invented.WINDOW)


@pytest.mark.parametrize("cell", ["4.17", "-37.63", "0", "1e3", " 2 ", 4, 4.5, -1])
def test_numbers(cell: object) -> None:
    assert math.isfinite(_wire.number(cell, REQUEST, "here"))


@pytest.mark.parametrize(
    "cell",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "1_000",
        "４.２",
        "0x10",
        "",
        "4,17",
        "-",
        None,
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        10**400,
    ],
)
def test_no_numbers(cell: object) -> None:
    with pytest.raises(SourceError, match="number belongs, at here"):
        _wire.number(cell, REQUEST, "here")


@given(st.text(max_size=20) | st.floats() | st.integers() | st.none() | st.booleans())
def test_whatever_stands_in_a_cell_becomes_a_finite_number_or_an_error(cell: object) -> None:
    with contextlib.suppress(SourceError):
        assert math.isfinite(_wire.number(cell, REQUEST, "x"))


@given(st.text(max_size=12))
def test_whatever_stands_for_a_date_becomes_a_day_or_an_error(text: str) -> None:
    for read in (_wire.iso_date, _wire.us_date):
        with contextlib.suppress(SourceError):
            assert _wire.FIRST_DAY <= read(text, REQUEST) <= _wire.LAST_DAY


def test_dates() -> None:
    assert _wire.iso_date("2025-11-05", REQUEST) == _wire.us_date("11/5/2025", REQUEST) == date(2025, 11, 5)
    for bad in (
        "2025-13-01",
        "0001-01-01",
        "20251105",
        "11/05/25",
        "13/01/2025",
        "2025-11-05T00:00",
        "2025-W45-3",
        "W1/01/2025",
        "11/05/2O25",
    ):
        with pytest.raises(SourceError, match="date"):
            _wire.iso_date(bad, REQUEST)
        with pytest.raises(SourceError, match="date"):
            _wire.us_date(bad, REQUEST)


def test_a_day_that_comes_twice() -> None:
    day = date(2025, 11, 5)
    assert _wire.one_per_day([(day, 1.0), (day, 1.0)], REQUEST, "t") == {day: 1.0}
    with pytest.raises(SourceError, match="two values of t for 2025-11-05"):
        _wire.one_per_day([(day, 1.0), (day, 2.0)], REQUEST, "t")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"\xff\xfea\x00", "UTF-8|NUL"),
        (b"a,b\x00", "NUL"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\xef\xbb\xbf \n<HTML>", "HTML"),
        (b"\n" * 300_001 + b"x", "lines"),
    ],
)
def test_texts_that_are_refused(body: bytes, names: str) -> None:
    with pytest.raises(SourceError, match=names):
        _wire.text_of(body, REQUEST)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"{", "not JSON"),
        (b"[" * 10_000 + b"]" * 10_000, "nested"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested"),
        (b"[" + b"[]," * 400_000 + b"[]]", "objects"),
        (b"9" * 5_000, "not JSON"),
    ],
)
def test_json_that_is_refused(body: bytes, names: str) -> None:
    with pytest.raises(SourceError, match=names):
        _wire.json_of(body, REQUEST)


def test_readings_stay_inside_the_window() -> None:
    row = invented.row("t", "test", "X")
    values = {date(2024, 12, 31): 1.0, date(2025, 1, 1): 2.0, date(2025, 11, 5): 3.0, date(2025, 11, 6): 4.0}
    assert [r.value for r in _wire.readings(values, REQUEST, row)] == [2.0, 3.0]


def test_an_error_shows_no_long_stretch_and_no_control_characters() -> None:
    with pytest.raises(SourceError) as error:
        _wire.number("x" * 10_000 + "\x1b[31m\n", REQUEST, "y" * 10_000)
    assert len(str(error.value)) < 700
    assert "\x1b" not in str(error.value)
