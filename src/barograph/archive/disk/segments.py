"""Segments: immutable Parquet files of vintage rows, read only when their sha256 is the one on record.

Columns: series_id, period (date), known_at (UTC, microseconds), value (null: withdrawn), known_basis (position in
`core.observation.BASES`), batch (number of the batch), stored_at (UTC, microseconds). Rows lie in the order of
(series_id, period, known_at, stored_at). polars does not check Parquet's page checksums, and its PanicException is no
Exception: nothing is decoded before its bytes are known to be the ones committed.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.archive.disk.files import damaged, read_whole, write_whole

Ints = NDArray[np.int64]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_ZERO = date(1970, 1, 1).toordinal()
SCHEMA: dict[str, pl.DataType] = {
    "series_id": pl.String(),
    "period": pl.Date(),
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "known_basis": pl.UInt8(),
    "batch": pl.UInt32(),
    "stored_at": pl.Datetime("us", "UTC"),
}
ORDER = ["series_id", "period", "known_at", "stored_at"]


def micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of(us: int) -> datetime:
    """The UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=int(us))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _DAY_ZERO


def day_of(number: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return date.fromordinal(int(number) + _DAY_ZERO)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as the manifest lists it; `content` is the multiset hash of its rows."""

    name: str
    sha256: str
    size: int
    rows: int
    content: str


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A segment in memory: parallel arrays of its rows, and where each series begins and ends.

    `period` int32 days since 1970; `known`, `stored` int64 microseconds since 1970; `value` float64, NaN where the row
    says withdrawn; `basis` uint8; `batch` int64; `runs` series id -> (start, stop).
    """

    name: str
    period: NDArray[np.int32]
    known: Ints
    stored: Ints
    value: NDArray[np.float64]
    basis: NDArray[np.uint8]
    batch: Ints
    runs: dict[str, tuple[int, int]]


def frame(
    ids: list[str],
    lengths: list[int],
    period: NDArray[np.int32],
    known: Ints,
    value: NDArray[np.float64],
    basis: NDArray[np.uint8],
    batch: Ints,
    stored: Ints,
) -> pl.DataFrame:
    """Rows as a frame in the segments' schema; `ids[i]` covers the next `lengths[i]` rows."""
    of = np.repeat(np.arange(len(ids), dtype=np.uint32), lengths)
    return pl.DataFrame(
        {
            "series_id": pl.Series(ids, dtype=pl.String).gather(of),
            "period": pl.Series(period, dtype=pl.Int32).cast(pl.Date),
            "known_at": _instants(known),
            "value": pl.Series(value, dtype=pl.Float64).fill_nan(None),
            "known_basis": pl.Series(basis, dtype=pl.UInt8),
            "batch": pl.Series(batch, dtype=pl.UInt32),
            "stored_at": _instants(stored),
        },
        schema=SCHEMA,
    )


def _instants(us: Ints) -> pl.Series:
    return pl.Series(us, dtype=pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def encode(rows: pl.DataFrame) -> bytes:
    """The rows, sorted, as Parquet."""
    out = io.BytesIO()
    rows.sort(ORDER, maintain_order=True).write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def content_of(rows: pl.DataFrame) -> str:
    """A hash of the rows as a multiset: the same whatever their order and however they are split over files.

    The sum modulo 2^128 of a hash of each row, so contents of disjoint segments add up. Not cryptographic: bytes are
    under sha256; this is there to see that a rewrite lost, doubled or changed nothing.
    """
    ids = rows["series_id"].unique().sort()
    marks = np.array([_id_hash(i) for i in ids], dtype=np.uint64).reshape(-1, 2)
    place = rows["series_id"].replace_strict(ids, pl.Series(range(len(ids)), dtype=pl.UInt32)).to_numpy()
    value = np.where(rows["value"].is_null().to_numpy(), np.nan, rows["value"].fill_null(0.0).to_numpy())
    cells = [
        rows["period"].to_physical().to_numpy(),
        rows["known_at"].to_physical().to_numpy(),
        np.where(np.isnan(value), np.iinfo(np.int64).min, value.view(np.int64)),
        rows["known_basis"].to_numpy(),
        rows["batch"].to_numpy(),
        rows["stored_at"].to_physical().to_numpy(),
    ]
    total = 0
    for half in (0, 1):
        mixed = marks[place, half] if len(ids) else np.empty(0, dtype=np.uint64)
        for cell in cells:
            mixed = _mixed(mixed ^ cell.astype(np.int64).view(np.uint64))
        total |= int(mixed.sum(dtype=np.uint64)) << (64 * half)
    return f"{total:032x}"


def added(contents: list[str]) -> str:
    """The content of several disjoint sets of rows together."""
    halves = [0, 0]
    for content in contents:
        number = int(content, 16)
        halves = [(h + (number >> (64 * i))) & (2**64 - 1) for i, h in enumerate(halves)]
    return f"{halves[0] | halves[1] << 64:032x}"


def _id_hash(series_id: str) -> tuple[int, int]:
    digest = hashlib.sha256(series_id.encode()).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def write(folder: Path, number: int, rows: pl.DataFrame) -> Segment:
    """Write a segment for good; it does not exist for readers until a manifest row says so."""
    data = encode(rows)
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"{number:08d}-{sha256[:12]}.parquet"
    write_whole(folder / name, data)
    return Segment(name, sha256, len(data), rows.height, content_of(rows))


def read(folder: Path, segment: Segment) -> pl.DataFrame:
    """The rows of a segment, after its bytes are found to be the ones committed."""
    data = read_whole(folder / segment.name, segment.sha256)
    rows = pl.read_parquet(io.BytesIO(data))
    if dict(rows.schema) != SCHEMA or rows.height != segment.rows:
        raise damaged(f"read {folder / segment.name}", f"{rows.height} rows of another kind than on record")
    return rows


def page_of(name: str, rows: pl.DataFrame) -> Page:
    """A frame of sorted rows as arrays."""
    runs: dict[str, tuple[int, int]] = {}
    start = 0
    lengths = rows["series_id"].rle().struct.unnest()
    for length, series_id in lengths.iter_rows():
        runs[series_id] = (start, start + length)
        start += length
    return Page(
        name,
        rows["period"].to_physical().to_numpy(),
        rows["known_at"].to_physical().to_numpy(),
        rows["stored_at"].to_physical().to_numpy(),
        rows["value"].to_numpy(),  # a null becomes NaN
        rows["known_basis"].to_numpy(),
        rows["batch"].cast(pl.Int64).to_numpy(),
        runs,
    )
