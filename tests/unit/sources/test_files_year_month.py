"""Dates that are a year and a month with a point between: 1871.01 is January and 1871.1, as spreadsheets write it, October."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from barograph.catalog.load import load
from barograph.core.errors import InputError, SourceError
from barograph.sources.files import read, read_map
from workbook import xlsx

NOW = datetime(2025, 11, 6, 23, tzinfo=UTC)
MAP = """
date = "Date"
date_format = "year.month"

[[series]]
id = "us.equity.shiller_cpi"
column = "CPI"
title = "Consumer prices"
unit = "index"
frequency = "M"
release = "month_end+15 08:30"
kind = "level"
rights = "attribution"
"""


def readings(tmp_path: Path, dates: list[str], text: str = MAP) -> list[date]:
    (tmp_path / "map.toml").write_text(text, "utf-8")
    body = "Date,CPI\n" + "".join(f"{d},{100 + i}\n" for i, d in enumerate(dates))
    (tmp_path / "file.csv").write_text(body, "utf-8")
    found = read(tmp_path / "file.csv", read_map(tmp_path / "map.toml"), load(), NOW)
    return [r.period for r in found[2]]


def test_a_year_as_shiller_writes_it(tmp_path: Path) -> None:
    written = [f"1999.{m:02d}" for m in range(1, 10)] + ["1999.1", "1999.11", "1999.12", "2000.01"]
    assert readings(tmp_path, written) == [*(date(1999, m, 1) for m in range(1, 13)), date(2000, 1, 1)]


def test_every_month_that_a_spreadsheet_can_hold(tmp_path: Path) -> None:
    """As doubles, with the traces that arithmetic leaves: 1871 + 10/100 is not 1871.1."""
    months = [(y, m) for y in range(1871, 2026) for m in range(1, 13) if (y, m) <= (2025, 11)]
    assert readings(tmp_path, [repr(y + m / 100) for y, m in months]) == [date(y, m, 1) for y, m in months]


@pytest.mark.parametrize("bad", ["1871.13", "1871", "1871.00", "1871.011", "1871-01", "", "January 1871", "nan", "1e9"])
def test_what_is_no_month_is_named(tmp_path: Path, bad: str) -> None:
    with pytest.raises(SourceError, match="row 3"):
        readings(tmp_path, ["1871.01", bad, "1871.03"])


def test_read_as_january_the_file_is_refused(tmp_path: Path) -> None:
    """With a plain `%Y.%m` October would be a second January: the file does not come in."""
    with pytest.raises(SourceError, match="stands in row"):
        readings(tmp_path, ["1999.01", "1999.1"], MAP.replace("year.month", "%Y.%m"))


def test_a_workbook_with_lines_above_its_head(tmp_path: Path) -> None:
    rows = [
        ["Stock market data"],
        ["as of November"],
        ["Date", "P", "CPI"],
        *([1999 + m / 100, 1000.0 + m, 160.0 + m] for m in range(1, 13)),
    ]
    (tmp_path / "ie_data.xlsx").write_bytes(xlsx(rows))
    (tmp_path / "map.toml").write_text(MAP.replace("date_format", "skip = 2\ndate_format", 1), "utf-8")
    found = read(tmp_path / "ie_data.xlsx", read_map(tmp_path / "map.toml"), load(), NOW)[2]
    assert [(r.period, r.value) for r in found] == [(date(1999, m, 1), 160.0 + m) for m in range(1, 13)]


@pytest.mark.parametrize(("key", "said"), [("release", "month_end+1 18:00"), ("kind", "rate"), ("rights", "personal")])
def test_a_map_cannot_say_otherwise_than_the_catalogue(tmp_path: Path, key: str, said: str) -> None:
    held = {"release": "month_end+15 08:30", "kind": "level", "rights": "attribution"}[key]
    with pytest.raises(InputError, match=key):
        readings(tmp_path, ["1999.01"], MAP.replace(f'{key} = "{held}"', f'{key} = "{said}"'))
