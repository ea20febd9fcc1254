"""Segments: Parquet files of the vintage log, each with the sha256 under which the journal knows it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from barograph.archive.files import make_folder, read_checked, sha256, write_durable

KEYS = ["series_id", "period", "known_at", "stored_at", "batch"]
SCHEMA: dict[str, Any] = {
    "series_id": pl.String,
    "period": pl.Date,
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64,
    "basis": pl.UInt8,
    "batch": pl.UInt32,
    "stored_at": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as the journal knows it; `content` is the multiset digest of its rows."""

    name: str
    sha256: str
    size: int
    rows: int
    content: str

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "sha256": self.sha256, "size": self.size, "rows": self.rows, "content": self.content}


def content_of(frame: pl.DataFrame) -> str:
    """A digest of the rows that does not depend on their order or on how they lie in files.

    The sum of the rows' sha256 modulo 2^256: the digest of two segments together is the sum of theirs.
    """
    total = 0
    parts = frame.select(
        pl.concat_str(
            [
                pl.col("series_id"),
                pl.col("period").cast(pl.Int32).cast(pl.String),
                pl.col("known_at").cast(pl.Int64).cast(pl.String),
                # The bit pattern: two floats that print alike must not count as one.
                pl.col("value").reinterpret(signed=True).cast(pl.String).fill_null("null"),
                pl.col("basis").cast(pl.String),
                pl.col("batch").cast(pl.String),
                pl.col("stored_at").cast(pl.Int64).cast(pl.String),
            ],
            separator="\x1f",
        )
    ).to_series()
    for text in parts:
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return f"{total % (1 << 256):064x}"


def add_contents(contents: list[str]) -> str:
    """The digest of several segments together."""
    return f"{sum(int(c, 16) for c in contents) % (1 << 256):064x}"


def write(root: Path, number: int, frame: pl.DataFrame) -> Segment:
    """Write rows as a segment, sorted by their keys; it does not exist for readers until the journal names it."""
    frame = frame.sort(KEYS)
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", compression_level=3, statistics=False)
    data = out.getvalue()
    digest = sha256(data)
    name = f"{number:08d}-{digest[:12]}.parquet"
    make_folder(root / "log")
    write_durable(root / "log" / name, data)
    return Segment(name, digest, len(data), frame.height, content_of(frame))


def read(root: Path, segment: Segment) -> pl.DataFrame:
    """The rows of a segment, if its bytes are those that were committed."""
    data = read_checked(root / "log" / segment.name, segment.sha256)
    return pl.read_parquet(io.BytesIO(data), use_pyarrow=False, schema=SCHEMA)
