"""Users' files: what is taken in, and every kind of bad input refused with its rows named and nothing returned."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.errors import InputError, SourceError
from barograph.core.observation import Reading
from barograph.sources import files
from barograph.sources._files_map import map_of
from barograph.sources._protocol import Job, Request
from own_files import CATALOG, GOOD, MAP, NOW, SERIES, Answer
from workbook import xlsx


def row(**changes: object) -> dict[str, object]:
    return {**MAP, "series": [{**SERIES, **changes}]}


def test_a_csv_is_taken_in(take: Callable[..., Answer]) -> None:
    body, series, readings, window = take(GOOD)
    assert body == GOOD.encode()
    assert [s.id for s in series] == ["user.cdx_ig"]
    assert readings == [
        Reading("user.cdx_ig", date(2025, 11, 3), 51.2),
        Reading("user.cdx_ig", date(2025, 11, 4), 52.0),
        Reading("user.cdx_ig", date(2025, 11, 5), 52.75),
    ]
    assert window == (date(2025, 11, 3), date(2025, 11, 5))
    assert (series[0].unit, series[0].rights, series[0].code("files")) == ("bp", "personal", "user.cdx_ig")


def test_two_columns_scale_decimal_missing_and_format(take: Callable[..., Answer]) -> None:
    content = {
        "date": "Tag",
        "date_format": "%d.%m.%Y",
        "delimiter": ";",
        "decimal": ",",
        "missing": ["k.A."],
        "series": [{**SERIES, "scale": 100.0}, {**SERIES, "id": "user.b", "column": "b"}],
    }
    _, _, readings, _ = take("\ufeffTag;spread;b\n03.11.2025;0,5125;k.A.\n04.11.2025;;-1,5e1\n", content)
    assert [(r.series_id, r.period.day, r.value) for r in readings] == [
        ("user.cdx_ig", 3, 51.24999999999999 if 0.5125 * 100 != 51.25 else 51.25),
        ("user.cdx_ig", 4, None),
        ("user.b", 3, None),
        ("user.b", 4, -15.0),
    ]


def test_parquet_with_typed_days_and_instants(take: Callable[..., Answer]) -> None:
    frame = pl.DataFrame(
        {
            "Date": [date(2025, 11, 3), date(2025, 11, 4)],
            "spread": [51.5, None],
            "at": [datetime(2025, 11, 3, 21, 30, tzinfo=UTC), datetime(2025, 11, 4, 21, 30, tzinfo=UTC)],
        }
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    _, _, readings, _ = take(out.getvalue(), {**MAP, "known_at": "at"}, "own.parquet")
    assert readings[0].known_at == datetime(2025, 11, 3, 21, 30, tzinfo=UTC)
    assert [r.value for r in readings] == [51.5, None]


def test_excel(take: Callable[..., Answer]) -> None:
    book = xlsx([["Date", "spread"], ["2025-11-03", 51.5], ["2025-11-04", 52.25]])
    _, _, readings, _ = take(book, {**MAP, "sheet": "Daily"}, "own.xlsx")
    assert [r.value for r in readings] == [51.5, 52.25]
    with pytest.raises(SourceError, match="Weekly"):
        take(book, {**MAP, "sheet": "Weekly"}, "own.xlsx")


def test_months_are_named_by_their_first_day(take: Callable[..., Answer]) -> None:
    content = row(frequency="M", release="month_end+13 08:30")
    _, _, readings, window = take("Date,spread\n2025-08-31,1\n2025-09-30,2\n", content)
    assert [r.period for r in readings] == [date(2025, 8, 1), date(2025, 9, 1)]
    assert window == (date(2025, 8, 1), date(2025, 9, 1))


def test_known_at_as_day_means_the_release_time(take: Callable[..., Answer]) -> None:
    content = {**row(release="day 08:30"), "known_at": "at"}
    text = "Date,spread,at\n2025-10-31,1,2025-11-03\n2025-10-31,2,2025-11-04\n"
    _, series, readings, _ = take(text, content)
    assert [r.known_at for r in readings] == [
        datetime(2025, 11, 3, 13, 30, tzinfo=UTC),
        datetime(2025, 11, 4, 13, 30, tzinfo=UTC),
    ]
    assert series[0].revises and files.SEEN not in series[0].tags


def test_known_at_in_a_zone_takes_the_later_of_a_doubled_hour(take: Callable[..., Answer]) -> None:
    content = {**MAP, "known_at": "at", "known_at_zone": "America/New_York", "known_at_basis": "fetch"}
    _, series, readings, _ = take("Date,spread,at\n2025-11-01,1,2025-11-02T01:30:00\n", content)
    assert readings[0].known_at == datetime(2025, 11, 2, 6, 30, tzinfo=UTC)
    assert files.SEEN in series[0].tags


def test_a_zone_says_whose_day_a_timestamp_is(take: Callable[..., Answer]) -> None:
    text = "Date,spread\n2025-11-04T02:00:00+00:00,1\n2025-11-05T02:00:00+00:00,2\n"
    _, _, readings, _ = take(text, {**MAP, "time_zone": "America/New_York"})
    assert [r.period for r in readings] == [date(2025, 11, 3), date(2025, 11, 4)]


BAD: dict[str, tuple[str, dict[str, object], str]] = {
    "wrong column": ("Date,Spread\n2025-11-03,1\n", MAP, "no column 'spread' among Date, Spread"),
    "wrong date column": ("Day,spread\n2025-11-03,1\n", MAP, "no column 'Date'"),
    "column twice": ("Date,spread,spread\n2025-11-03,1,2\n", MAP, "'spread' twice"),
    "duplicate dates": (
        "Date,spread\n2025-11-03,1\n2025-11-04,2\n2025-11-03,3\n",
        MAP,
        "row 4: 2025-11-03 stands in row 2",
    ),
    "duplicate months": (
        "Date,spread\n2025-09-01,1\n2025-09-30,2\n",
        row(frequency="M", release="month_end+1 18:00"),
        "row 3: 2025-09-01 stands in row 2",
    ),
    "duplicate known_at": (
        "Date,spread,at\n2025-11-03,1,2025-11-04\n2025-11-03,2,2025-11-04\n",
        {**MAP, "known_at": "at"},
        "row 3: 2025-11-03 stands in row 2",
    ),
    "per cent sign among numbers": (
        "Date,spread\n2025-11-03,1\n2025-11-04,2%\n",
        MAP,
        "row 3: '2%' carries a unit: mixed units",
    ),
    "unit word": ("Date,spread\n2025-11-03,52 bp\n", MAP, "mixed units"),
    "unit column": (
        "Date,spread,u\n2025-11-03,1,bp\n2025-11-04,2,pct\n",
        {**MAP, "unit_column": "u"},
        "row 3: u says 'pct', row 2 says 'bp': mixed units",
    ),
    "nan": ("Date,spread\n2025-11-03,1\n2025-11-04,NaN\n", MAP, "row 3: 'NaN' is no value"),
    "inf": ("Date,spread\n2025-11-03,-inf\n", MAP, "row 2: '-inf' is no value"),
    "overflow": ("Date,spread\n2025-11-03,1e400\n", MAP, "row 2: '1e400' is beyond every number"),
    "thousands": ('Date,spread\n2025-11-03,"1,234.5"\n', MAP, "row 2: '1,234.5' is no number"),
    "words": ("Date,spread\n2025-11-03,n/a now\n", MAP, "row 2"),
    "offset": ("Date,spread\n2025-11-03T00:00:00-05:00,1\n", MAP, "time of day or an offset"),
    "time of day": ("Date,spread\n2025-11-03 16:00,1\n", MAP, "time of day or an offset"),
    "some offsets": (
        "Date,spread\n2025-11-03T16:00:00,1\n2025-11-04T16:00:00-05:00,2\n",
        {**MAP, "time_zone": "America/New_York"},
        "row 3: a time with an offset; row 2 has none",
    ),
    "known_at without zone": (
        "Date,spread,at\n2025-11-03,1,2025-11-03T09:00\n",
        {**MAP, "known_at": "at"},
        "has no offset",
    ),
    "unparsable date": (
        "Date,spread\n2025-11-03,1\n03/11/2025,2\n2025-02-30,3\n",
        MAP,
        "row 3: '03/11/2025' is no day; row 4",
    ),
    "empty date": ("Date,spread\n,1\n", MAP, "row 2: '' is no day"),
    "wrong format": ("Date,spread\n2025-11-03,1\n", {**MAP, "date_format": "%d.%m.%Y"}, "is no day"),
    "future date": ("Date,spread\n2025-11-06,1\n", MAP, "row 2: 2025-11-06 is in the future"),
    "future known_at": ("Date,spread,at\n2025-11-03,1,2025-11-06\n", {**MAP, "known_at": "at"}, "in the future"),
    "known before": ("Date,spread,at\n2025-11-03,1,2025-10-31\n", {**MAP, "known_at": "at"}, "before its period"),
    "far past": ("Date,spread\n0202-11-03,1\n", MAP, "before 1700"),
    "weekend": ("Date,spread\n2025-11-01,1\n", row(calendar="NYSE"), "SAT, no session of NYSE"),
    "wrong weekday": ("Date,spread\n2025-11-03,1\n", row(frequency="W", weekday="FRI"), "weeks named by FRI"),
    "empty": ("", MAP, "empty"),
    "only a head": ("Date,spread\n", MAP, "no rows"),
    "no value": ("Date,spread\n2025-11-03,\n", MAP, "no value in column 'spread'"),
    "ragged": ("Date,spread\n2025-11-03,1,2\n", MAP, "more fields"),
    "open quote": ('Date,spread\n"2025-11-03,1\n', MAP, "no rows"),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_input_is_refused_with_its_rows(case: str, take: Callable[..., Answer]) -> None:
    text, content, found = BAD[case]
    with pytest.raises(SourceError) as caught:
        take(text, content)
    message = str(caught.value)
    assert found in message.replace("\n", " ")
    assert caught.value.asked == "file own.csv" and caught.value.step


@pytest.mark.parametrize(
    ("body", "name", "found"),
    [
        (gzip.compress(GOOD.encode(), mtime=0), "own.csv", "packed"),
        (b"Date,spread\n2025-11-03,1\xff\n", "own.csv", "UTF-8"),
        (GOOD.encode("utf-16"), "own.csv", "UTF-8"),
        (b"PAR1 and no more", "own.parquet", "PAR1"),
        (b"PK\x03\x04 and no more", "own.xlsx", "rror"),
        (b"\x00" * 100, "own.csv", "no column"),
    ],
)
def test_broken_bodies_are_refused(body: bytes, name: str, found: str, take: Callable[..., Answer]) -> None:
    with pytest.raises(SourceError, match=found):
        take(body, MAP, name)


def parquet(columns: dict[str, object]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def test_parquet_of_other_types_is_refused(take: Callable[..., Answer]) -> None:
    for columns, found in (
        ({"Date": [20251103], "spread": [1.0]}, "is no day"),
        ({"Date": [date(2025, 11, 3)], "spread": [[1.0]]}, "List"),
        ({"Date": [date(2025, 11, 3)], "spread": [True]}, "Boolean"),
        ({"Date": [date(2025, 11, 3)], "spread": [float("nan")]}, "'nan' is no value"),
        ({"Date": [date(2025, 11, 3)], "spread": [date(2025, 11, 3)]}, "is a day, no number"),
        ({"Date": [datetime.fromisoformat("2025-11-03T04:00:00")], "spread": [1.0]}, "time of day"),
    ):
        with pytest.raises(SourceError, match=found):
            take(parquet(columns), MAP, "own.parquet")


def test_parquet_of_a_billion_rows_is_refused_by_its_footer(take: Callable[..., Answer]) -> None:
    out = io.BytesIO()
    pl.select(pl.repeat(1.0, 20_000_000).alias("spread"), Date=date(2025, 11, 3)).write_parquet(out)
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(SourceError, match="20000000 rows"):
        take(out.getvalue(), MAP, "own.parquet")


@pytest.mark.parametrize(("limit", "value"), [("MEMORY", 600 << 20), ("CPU_SECONDS", 1)])
def test_a_reader_at_its_limits_dies_alone(
    limit: str, value: int, take: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, limit, value)
    monkeypatch.setattr(files, "MOST_ROWS", 10**9)
    out = io.BytesIO()
    pl.select(pl.repeat(1.0, 60_000_000).alias("spread"), Date=date(2025, 11, 3)).write_parquet(out)
    with pytest.raises(SourceError, match="stopped by its limits"):
        take(out.getvalue(), MAP, "own.parquet")


def test_files_too_large_missing_or_of_another_kind(
    take: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"ending '\.pdf'"):
        take(GOOD, MAP, "own.pdf")
    with pytest.raises(InputError, match="cannot be read"):
        files.read(tmp_path / "none.csv", map_of(MAP, "MAP.toml"), CATALOG, NOW)
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    with pytest.raises(SourceError, match="10 bytes"):
        take(GOOD)


MAPS: dict[str, tuple[dict[str, object], str]] = {
    "unknown key": ({**MAP, "dat_format": "%Y"}, "unknown key 'dat_format'"),
    "no date": ({"series": [SERIES]}, "no date column"),
    "no series": ({"date": "Date"}, "no series"),
    "no unit": ({"date": "Date", "series": [{k: v for k, v in SERIES.items() if k != "unit"}]}, "no unit"),
    "no rule": ({"date": "Date", "series": [{k: v for k, v in SERIES.items() if k != "release"}]}, "neither a release"),
    "unknown unit": (row(unit="basis points"), "unknown unit"),
    "bad rule": (row(release="some day"), "bad release rule"),
    "rule of another frequency": (row(frequency="M"), "release rule 'day 18:00' on frequency M"),
    "bad rights": (row(rights="mine"), "unknown rights"),
    "bad id": (row(id="CDX"), "id 'CDX'"),
    "path in the id": (row(id="user.../../etc"), "id 'user.../../etc'"),
    "unknown row key": (row(colour="red"), "unknown key 'colour'"),
    "zone": ({**MAP, "time_zone": "Mars/Olympus"}, "no time zone"),
    "zone path": ({**MAP, "time_zone": "../../etc/passwd"}, "no time zone"),
    "basis": ({**MAP, "known_at_basis": "guess"}, "known_at_basis"),
    "decimal": ({**MAP, "decimal": ","}, "decimal"),
    "column of the members": (
        {**MAP, "member": "spread"},
        "column of a series and of the days, times, units or members",
    ),
    "members are days": ({**MAP, "member": "Date"}, "column of the members and of the days"),
    "column of the days": (row(column="Date"), "column of a series and of the days"),
    "twice": ({**MAP, "series": [SERIES, SERIES]}, "the id 'user.cdx_ig' twice"),
    "scale": (row(scale="0.1"), "scale"),
    "zero scale": (row(scale=0), "scale"),
    "type": ({**MAP, "date": 3}, "date = 3"),
}


@pytest.mark.parametrize("case", MAPS, ids=str)
def test_bad_maps_are_refused(case: str) -> None:
    content, found = MAPS[case]
    with pytest.raises(InputError) as caught:
        map_of(content, "MAP.toml")
    assert found in caught.value.found
    assert "MAP.toml" in caught.value.asked and caught.value.step


def test_read_map_reads_toml_and_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "MAP.toml"
    path.write_text('date = "Date"\n[[series]]\n' + "\n".join(f"{k} = {v!r}" for k, v in SERIES.items()))
    assert files.read_map(path) == map_of(MAP, "MAP.toml")
    path.write_text("date = ")
    with pytest.raises(InputError, match="no TOML"):
        files.read_map(path)
    with pytest.raises(InputError, match="cannot be read"):
        files.read_map(tmp_path / "none.toml")


def test_members_of_a_family(take: Callable[..., Answer]) -> None:
    """A column that names contracts makes the series a family: one row for a day and a contract."""
    head = "Date,Contract,spread\n2025-11-05,2025-12,96.28\n2025-11-05,2026-01,96.31\n2025-11-05,2025-12-10,96.3\n"
    _, [series], readings, _ = take(head, {**MAP, "member": "Contract"})
    assert series.family
    assert [(r.series_id, r.period, r.value) for r in readings] == [
        ("user.cdx_ig[2025-12]", date(2025, 11, 5), 96.28),
        ("user.cdx_ig[2026-01]", date(2025, 11, 5), 96.31),
        ("user.cdx_ig[2025-12-10]", date(2025, 11, 5), 96.3),
    ]
    with pytest.raises(SourceError, match=r"row 5: 2025-11-05 of 2025-12 stands in row 2 too"):
        take(head + "2025-11-05,2025-12,96.0\n", {**MAP, "member": "Contract"})
    with pytest.raises(SourceError, match=r"row 5: Contract says 'dec 25', no member"):
        take(head + "2025-11-05,dec 25,96.0\n", {**MAP, "member": "Contract"})
    weekly = row(frequency="W", release="day 18:00", weekday="FRI")
    with pytest.raises(InputError, match="family that is not daily"):
        take(head, {**weekly, "member": "Contract"})


def test_two_origins_and_two_units_are_never_spliced(take: Callable[..., Answer]) -> None:
    with pytest.raises(InputError, match=r"from prices; two origins(.|\n)*user\.spx"):
        take(GOOD, row(id="us.equity.spx", unit="index"))
    first = map_of(MAP, "MAP.toml").series[0]
    other = Catalog({first.id: first}, ())
    again = map_of(row(unit="percent"), "MAP.toml")
    with pytest.raises(InputError, match="earlier imports were in bp"):
        files.read(Path("own.csv"), again, other, NOW)


def test_the_source_asks_for_nothing_and_stores_no_path() -> None:
    mapping = map_of(MAP, "MAP.toml")
    ids = tuple(s.id for s in mapping.series)
    request = files.request_of(Path("/home/someone/secret/own.csv"), ids, (date(2025, 11, 3), date(2025, 11, 5)))
    assert request.describe() == "file:own.csv" and request.series == ("user.cdx_ig",)
    assert files.SOURCE.plan(Job(mapping.series, request.window, NOW)) == []
    assert files.SOURCE.follow(request, b"") == []
    with pytest.raises(SourceError):
        files.SOURCE.parse(GOOD.encode(), Request("files", "file:own.csv", (), (), request.window), {})
