"""The as-of: 500,000 vintages of 200 series over 60 years, seeded; ours beside polars, DuckDB, pandas and SQLite.

Every program gets the same rows sorted by series, period, known_at, in memory. Peers get series as integers, a form they
like, and answer one clock only; ours answers two (known_at and stored_at) and hides assumed rows behind vintages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.archive.table import micros
from barograph.catalog.load import load
from barograph.core.observation import Reading
from barograph.core.time import Clock

SERIES, YEARS, ROWS, SEED = 200, 60, 500_000, 20251105
WHEN = datetime(2008, 9, 15, 22, 0, tzinfo=UTC)  # 18:00 New York
WHOLE = f"as-of of the whole table, {ROWS:,} vintages of {SERIES} series"
EACH = f"as-of of {SERIES} series, each as arrays of its own"
ONE = "as-of of one series"
_ROW = """[[series]]
id = "user.s{k:03d}"
title = "Invented series {k}"
block = "user"
unit = "index"
frequency = "M"
stamp = "month_start"
seasonal = "none"
release = "month_end+13 08:30"
transform = "level"
revises = true
providers = ["files:s{k:03d}"]
rights = "public"
citation = "invented"
kind = "none"
readers = ["sources"]
"""


@dataclass
class Data:
    """The same vintages for us and for the others."""

    archive: Archive
    frame: pl.DataFrame  # series u16, period, known_at (UTC), value; sorted
    intervals: pl.DataFrame  # the same with valid_to: what polars' fastest form needs prepared
    commit_seconds: float


def invented() -> pl.DataFrame:
    """Columns series, period, vintage, value: three vintages of every month, a fourth of some."""
    rng = np.random.default_rng(SEED)
    months = [date(1965 + m // 12, m % 12 + 1, 1) for m in range(12 * YEARS)]
    pairs = SERIES * len(months)
    fourth = np.zeros(pairs, dtype=bool)
    fourth[rng.choice(pairs, ROWS - 3 * pairs, replace=False)] = True
    counts = 3 + fourth.astype(np.int64)
    pair = np.repeat(np.arange(pairs), counts)
    turn = np.arange(ROWS) - np.repeat(np.cumsum(counts) - counts, counts)
    lag = np.array([44, 75, 106, 471])[turn] + rng.integers(0, 5, ROWS)
    frame = pl.DataFrame(
        {
            "series": (pair // len(months)).astype(np.uint16),
            "period": pl.Series(months, dtype=pl.Date).gather(pair % len(months)),
            "lag": lag,
            "value": rng.normal(100.0, 10.0, ROWS),
        }
    )
    return frame.with_columns(vintage=pl.col("period") + pl.duration(days="lag")).drop("lag")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    import time

    place = tmp_path_factory.mktemp("asof")
    (place / "rows").mkdir()
    (place / "rows" / "invented.toml").write_text("\n".join(_ROW.format(k=k) for k in range(SERIES)))
    catalog = load(place / "rows")
    rows = invented()
    ids = [f"user.s{k:03d}" for k in range(SERIES)]
    readings = [
        Reading(ids[k], p, x, vintage=v)
        for k, p, v, x in rows.select("series", "period", "vintage", "value").iter_rows()
    ]
    archive = Archive.open(place / "archive", catalog, create=True)
    window = (rows["period"].min(), rows["period"].max())
    begun = time.perf_counter()
    with archive.writer(Clock(datetime(2026, 6, 30, tzinfo=UTC))) as writer:
        [result] = writer.commit([Fetch("files", "invented", "", window, tuple(ids), readings)])  # type: ignore[arg-type]
    seconds = time.perf_counter() - begun
    assert result.new == ROWS
    at = pl.col("vintage").cast(pl.Datetime("us")) + timedelta(hours=8, minutes=30)
    frame = rows.select(
        "series",
        "period",
        at.dt.replace_time_zone("America/New_York").dt.convert_time_zone("UTC").alias("known_at"),
        "value",
    )
    following = pl.col("known_at").shift(-1).over("series", "period")
    intervals = frame.with_columns(valid_to=following.fill_null(datetime(9999, 1, 1, tzinfo=UTC)))
    return Data(archive, frame, intervals, seconds)


def columns(frame: pl.DataFrame) -> tuple[Any, ...]:
    """series, period as days, value, in order."""
    frame = frame.sort("series", "period")
    days = frame["period"].cast(pl.Date).to_numpy().astype("datetime64[D]").astype(np.int64)
    return frame["series"].to_numpy().astype(np.int64), days, frame["value"].to_numpy()


def to_pandas(frame: pl.DataFrame) -> Any:
    """The rows as pandas, times in UTC without zone."""
    import pandas as pd

    plain = frame.with_columns(pl.col("known_at").dt.replace_time_zone(None))
    return pd.DataFrame({c: plain[c].to_numpy() for c in plain.columns})


def test_whole_ours(data: Data, measure: Callable[..., Any]) -> None:
    table, t = data.archive.table(), micros(WHEN)
    names = list(table.bounds)
    ends = np.array([hi for _, hi in table.bounds.values()])

    def work() -> Any:
        at = table.visible(t, None)
        return at, table.period[at], table.value[at]

    def read(made: Any) -> Any:
        at, period, value = made
        series = np.array([int(n[-3:]) for n in names])[np.searchsorted(ends, at, side="right")]
        return series, period.astype(np.int64), value

    note = "rows of the answer as arrays; two clocks; the log in memory, sorted"
    measure(WHOLE, "ours", work, read=read, note=note, rounds=15)


def test_whole_polars_interval(data: Data, measure: Callable[..., Any]) -> None:
    def work() -> pl.DataFrame:
        return data.intervals.lazy().filter((pl.col("known_at") <= WHEN) & (pl.col("valid_to") > WHEN)).collect()

    note = "filter on validity intervals prepared beforehand, one clock"
    measure(WHOLE, "polars interval filter", work, read=columns, note=note, rounds=15)


def test_whole_polars_group(data: Data, measure: Callable[..., Any]) -> None:
    def work() -> pl.DataFrame:
        known = data.frame.lazy().filter(pl.col("known_at") <= WHEN)
        return known.group_by("series", "period").agg(pl.col("value").last()).collect()

    measure(WHOLE, "polars group_by", work, read=columns, note="filter, then last value of each pair in sorted order")


def test_whole_duckdb(data: Data, measure: Callable[..., Any]) -> None:
    import duckdb

    connection = duckdb.connect()
    rows = to_pandas(data.frame)
    connection.execute("CREATE TABLE log AS SELECT * FROM rows")
    query = (
        "SELECT series, period, value FROM log WHERE known_at <= ? "
        "QUALIFY row_number() OVER (PARTITION BY series, period ORDER BY known_at DESC) = 1"
    )

    def work() -> Any:
        return connection.execute(query, [WHEN.replace(tzinfo=None)]).fetchnumpy()

    def read(made: Any) -> Any:
        plain = {c: np.asarray(made[c]) for c in ("series", "period", "value")}
        return columns(pl.DataFrame({**plain, "period": plain["period"].astype("datetime64[ms]")}))

    measure(WHOLE, "duckdb", work, read=read, note="QUALIFY row_number() = 1")
    del rows


def test_whole_pandas(data: Data, measure: Callable[..., Any]) -> None:
    rows, when = to_pandas(data.frame), WHEN.replace(tzinfo=None)

    def work() -> Any:
        return rows[rows["known_at"] <= when].drop_duplicates(["series", "period"], keep="last")

    def read(made: Any) -> Any:
        plain = {c: made[c].to_numpy() for c in ("series", "period", "value")}
        return columns(pl.DataFrame({**plain, "period": plain["period"].astype("datetime64[ms]")}))

    measure(
        WHOLE, "pandas", work, read=read, note="filter, then drop_duplicates(keep='last') in sorted order", rounds=5
    )


def sqlite_table(data: Data) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    key = "PRIMARY KEY (series, period, known_at)"
    connection.execute(f"CREATE TABLE log (series INT, period INT, known_at INT, value REAL, {key}) WITHOUT ROWID")
    plain = data.frame.select("series", pl.col("period").cast(pl.Int32), pl.col("known_at").cast(pl.Int64), "value")
    connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", plain.iter_rows())
    return connection


def of_tuples(made: list[tuple[int, int, float]]) -> Any:
    series, period, value = zip(*made, strict=True)
    return np.array(series), np.array(period), np.array(value)


def test_whole_sqlite(data: Data, measure: Callable[..., Any]) -> None:
    connection, t = sqlite_table(data), micros(WHEN)
    # A bare column beside max() comes from the row of the maximum: SQLite's own shortest form.
    query = "SELECT series, period, value, max(known_at) FROM log WHERE known_at <= ? GROUP BY series, period"

    def work() -> list[Any]:
        return connection.execute(query, (t,)).fetchall()

    measure(
        WHOLE,
        "sqlite",
        work,
        read=lambda made: of_tuples([r[:3] for r in made]),
        note="in memory, primary key",
        rounds=3,
    )


def test_each_ours(data: Data, measure: Callable[..., Any]) -> None:
    ids = list(data.archive.table().bounds)

    def work() -> list[Any]:
        view = data.archive.as_of(WHEN)
        return [view.series(i) for i in ids]

    def read(made: list[Any]) -> Any:
        return [(p.periods.astype(np.int64), p.values) for p in made]

    note = "Archive.as_of(t).series(id): periods, values, known_at, basis, batch of each"
    measure(EACH, "ours", work, read=read, note=note, rounds=15)


def test_each_polars(data: Data, measure: Callable[..., Any]) -> None:
    def work() -> list[Any]:
        shown = data.intervals.lazy().filter((pl.col("known_at") <= WHEN) & (pl.col("valid_to") > WHEN)).collect()
        parts = shown.partition_by("series", maintain_order=True)
        return [(p["period"].to_numpy(), p["value"].to_numpy()) for p in parts]

    def read(made: list[Any]) -> Any:
        return [(p.astype("datetime64[D]").astype(np.int64), v) for p, v in made]

    measure(EACH, "polars interval filter", work, read=read, note="one filter, then partition_by", rounds=15)


def test_one_ours(data: Data, measure: Callable[..., Any]) -> None:
    def read(points: Any) -> Any:
        return points.periods.astype(np.int64), points.values

    note = "Archive.as_of(t).series(id), a look at the journal included"
    measure(ONE, "ours", lambda: data.archive.as_of(WHEN).series("user.s077"), read=read, note=note, rounds=50, warm=5)


def test_one_polars(data: Data, measure: Callable[..., Any]) -> None:
    def work() -> pl.DataFrame:
        wanted = (pl.col("series") == 77) & (pl.col("known_at") <= WHEN) & (pl.col("valid_to") > WHEN)
        return data.intervals.lazy().filter(wanted).collect()

    measure(
        ONE,
        "polars interval filter",
        work,
        read=lambda f: columns(f)[1:],
        note="validity intervals prepared",
        rounds=50,
    )


def test_one_sqlite(data: Data, measure: Callable[..., Any]) -> None:
    connection, t = sqlite_table(data), micros(WHEN)
    query = "SELECT series, period, value, max(known_at) FROM log WHERE series = 77 AND known_at <= ? GROUP BY period"

    def work() -> list[Any]:
        return connection.execute(query, (t,)).fetchall()

    note = "primary key begins with the series"
    measure(ONE, "sqlite", work, read=lambda made: of_tuples([r[:3] for r in made])[1:], note=note, rounds=50)


def test_the_log_was_committed(data: Data, benchmark: Any) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    note = "clocks, quarantine, Parquet segment, journal with fsync"
    benchmark.extra_info.update(task=f"commit of {ROWS:,} vintages", who="ours", note=note, seconds=data.commit_seconds)


def test_the_log_is_opened(data: Data, measure: Callable[..., Any]) -> None:
    def work() -> int:
        return len(Archive.open(data.archive.path, data.archive.catalog).table())

    note = "journal folded, segment checked against its sha256, read, sorted into arrays"
    assert measure(f"open an archive of {ROWS:,} vintages", "ours", work, note=note, rounds=3) == ROWS
