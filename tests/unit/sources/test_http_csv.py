"""Any public CSV: what a catalogue row may say of it, and what does not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import invented
from barograph.catalog.rows import series_of
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import http_csv

CASES = {case.name: case for case in invented.cases()}
PLAIN, GERMAN = CASES["http_csv_plain.csv"], CASES["http_csv_german.csv"]
ADDRESS = "https://data.example.org/a.csv"


def read(body: bytes, frequency: str = "D", **options: str) -> list[Reading]:
    series = invented.row("t.x", "http_csv", ADDRESS, frequency=frequency, options=options)  # type: ignore[arg-type]
    return http_csv.SOURCE.parse(body, replace(PLAIN.request, series=("t.x",)), {"t.x": series})


def test_one_request_per_address() -> None:
    rows = [
        invented.row(f"t.{i}", "http_csv", ADDRESS if i < 2 else "https://other.example.org/?q=1") for i in range(3)
    ]
    plan = http_csv.SOURCE.plan(invented.job(*rows))
    assert [(r.url, r.series) for r in plan] == [
        (ADDRESS, ("t.0", "t.1")),
        ("https://other.example.org/?q=1", ("t.2",)),
    ]


def test_two_columns_of_one_file() -> None:
    days = [date(2025, 11, d) for d in (3, 4, 5)]
    assert PLAIN.parse() == [
        *[Reading("t.own", d, v) for d, v in zip(days, [102.25, None, 99.75], strict=True)],
        *[Reading("t.open", d, v) for d, v in zip(days, [101.5, 102.0, None], strict=True)],
    ]


def test_a_german_file_with_months_and_rows_that_count() -> None:
    assert GERMAN.parse() == [
        Reading("t.german", date(2025, 9, 1), 1.25),
        Reading("t.german", date(2025, 10, 1), -0.75),
    ]


@pytest.mark.parametrize(
    ("body", "options", "day"),
    [
        (b"d\tv\n2025-03\t1\n", {"delimiter": "tab", "date_format": "%Y-%m"}, date(2025, 3, 1)),
        (b"d|v\n20250304|1\n", {"delimiter": "|", "date_format": "%Y%m%d"}, date(2025, 3, 4)),
        (b"d,v\n3/4/2025,1\n", {"date_format": "%m/%d/%Y"}, date(2025, 3, 4)),
    ],
)
def test_delimiters_and_ways_to_write_a_day(body: bytes, options: dict[str, str], day: date) -> None:
    assert read(body, **options) == [Reading("t.x", day, 1.0)]


def test_a_quarter_is_named_by_its_first_day() -> None:
    assert read(b"d,v\n2025-06-30,5\n", frequency="Q") == [Reading("t.x", date(2025, 4, 1), 5.0)]


@pytest.mark.parametrize(
    ("body", "options", "found"),
    [
        (b"d,v\n2025-11-03,1\n", {"column": "w"}, "no column 'w' among d, v"),
        (b"d,v,v\n2025-11-03,1,2\n", {"column": "v"}, "twice the column 'v'"),
        (b"d;v\n2025-11-03;1\n", {}, "one column"),
        (b"d,v\n2025-11-03,1\n", {"where": "v"}, "where = 'v'"),
        (b"d,v\n2025-11-03,1\n", {"where": "v=2"}, "no row that counts"),
        (b"d,v\n", {}, "no row that counts"),
        (b"d,v\n2025-11-03\n", {}, "a row of 1 cells"),
        (b"d,v\n03.11.2025,1\n", {}, "where a date"),
        (b"d,v\n2025-11-03,1\n", {"date_format": "%d.%m.%Y"}, "where a day"),
        (b"d,v\n2025-11-03,1\n", {"date_format": "%Y %Y"}, "where a day"),
        (b"d,v\n2025-11-03,1\n", {"date_format": "%"}, "where a day"),
        (b"d,v\n\xef\xbc\x92025-11-03,1\n", {"date_format": "%Y-%m-%d"}, "where a day"),
        (b"d,v\n2025-11-03,1\n", {"delimiter": ",,"}, "delimiter = ',,'"),
        (b"d,v\n2025-11-03,1\n", {"decimal": ";"}, "decimal = ';'"),
        (b'd,v\n2025-11-03,"1,234.5"\n', {}, "'1,234.5' where a number"),
        (b"d;v\n2025-11-03;1.234,5\n", {"delimiter": ";", "decimal": ","}, "'1.234,5' where a number"),
        (b"d;v\n2025-11-03;1.234\n", {"delimiter": ";", "decimal": ","}, "'1.234' where a number"),
        (b"d,v\n2025-11-03,nan\n", {}, "'nan' where a number"),
        (b"d,v\n2025-11-03,1e999\n", {}, "where a number"),
        (b"d,v\n2025-11-03,1\n2025-11-03,2\n", {}, "two values"),
    ],
)
def test_what_does_not_fit_is_refused(body: bytes, options: dict[str, str], found: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(body, **options)
    assert found in caught.value.found


def test_a_catalogue_row_is_all_it_takes() -> None:
    provider = {"source": "http_csv", "code": ADDRESS, "column": "Close", "missing": "n/a", "scale": 10.0}
    row = {
        "id": "user.mine",
        "title": "Mine",
        "block": "user",
        "unit": "index",
        "frequency": "D",
        "stamp": "day",
        "seasonal": "none",
        "release": "day 18:00",
        "transform": "level",
        "revises": False,
        "rights": "personal",
        "citation": "mine",
        "kind": "level",
        "readers": ["explorer"],
        "providers": [provider],
    }
    series = series_of(row, Path("mine.toml").name)
    (request,) = http_csv.SOURCE.plan(invented.job(series))
    read = http_csv.SOURCE.parse(PLAIN.body, request, {series.id: series})
    assert [r.value for r in read] == [1022.5, None, 997.5]
