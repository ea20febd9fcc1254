"""The vintage log in memory: arrays sorted by series, period, known_at, stored_at, and the as-of over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.core.observation import BASES

Ints = NDArray[np.int64]
FOREVER = np.iinfo(np.int64).max
VINTAGE, ASSUMED = BASES.index("vintage"), BASES.index("assumed")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """Microseconds since 1970 of a UTC instant."""
    delta = instant - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def instant_of(value: int) -> datetime:
    """The UTC instant of microseconds since 1970."""
    from datetime import timedelta

    return _EPOCH + timedelta(microseconds=int(value))


def day_number(day: date) -> int:
    """Days since 1970 of a date."""
    return day.toordinal() - 719_163


@dataclass(frozen=True, slots=True)
class VintageTable:
    """Columns of equal length, sorted; `bounds` gives the stretch of each series.

    `group` numbers the (series, period) pairs, `hidden_from` is the stored_at from which an assumed row is hidden by a
    vintage row of its pair (FOREVER where none hides it).
    """

    bounds: dict[str, tuple[int, int]]
    period: NDArray[np.int32]
    known: Ints
    value: NDArray[np.float64]
    basis: NDArray[np.uint8]
    batch: NDArray[np.uint32]
    stored: Ints
    group: NDArray[np.int32]
    hidden_from: Ints

    def __len__(self) -> int:
        return int(self.period.size)

    @classmethod
    def of(cls, frame: pl.DataFrame, *, ordered: bool = False) -> VintageTable:
        """Build from rows in the form of a segment; `ordered` where they come sorted already."""
        if not ordered:
            frame = frame.sort(["series_id", "period", "known_at", "stored_at", "batch"])
        n = frame.height
        if n == 0:
            empty = np.empty(0, dtype=np.int64)
            return cls(
                {}, empty.astype(np.int32), empty, empty.astype(float), empty.astype(np.uint8), empty.astype(np.uint32),
                empty, empty.astype(np.int32), empty,
            )  # fmt: skip
        ids = frame["series_id"].rle_id().to_numpy()
        starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
        names = frame["series_id"].gather(starts).to_list()
        ends = [*starts[1:].tolist(), n]
        period = frame["period"].cast(pl.Int32).to_numpy()
        known = frame["known_at"].cast(pl.Int64).to_numpy()
        stored = frame["stored_at"].cast(pl.Int64).to_numpy()
        basis = frame["basis"].to_numpy()
        new = np.r_[True, (ids[1:] != ids[:-1]) | (period[1:] != period[:-1])]
        group = (np.cumsum(new) - 1).astype(np.int32)
        hidden = np.full(n, FOREVER, dtype=np.int64)
        true = basis == VINTAGE
        assumed = np.flatnonzero(basis == ASSUMED)
        if assumed.size and true.any():
            first = np.full(int(group[-1]) + 1, FOREVER, dtype=np.int64)
            np.minimum.at(first, group[true], stored[true])
            hidden[assumed] = first[group[assumed]]
        return cls(
            dict(zip(names, zip(starts.tolist(), ends, strict=True), strict=True)),
            period,
            known,
            frame["value"].fill_null(float("nan")).to_numpy(),
            basis,
            frame["batch"].to_numpy(),
            stored,
            group,
            hidden,
        )

    def visible(self, known_at: int, stored_at: int | None, lo: int = 0, hi: int | None = None) -> NDArray[np.intp]:
        """Positions of the rows of an as-of: per (series, period) the greatest known_at <= `known_at`, then the greatest
        stored_at <= `stored_at`; withdrawn periods (NULL) are among them.

        Parameters
        ----------
        known_at, stored_at
            Microseconds since 1970; None takes everything stored.
        lo, hi
            A stretch that begins and ends between pairs.
        """
        part = slice(lo, len(self) if hi is None else hi)
        keep = self.known[part] <= known_at
        if stored_at is None:
            keep &= self.hidden_from[part] == FOREVER
        else:
            keep &= self.stored[part] <= stored_at
            keep &= self.hidden_from[part] > stored_at
        at = np.flatnonzero(keep)
        if at.size == 0:
            return at
        group = self.group[part][at]
        last = np.empty(at.size, dtype=bool)
        last[-1] = True
        np.not_equal(group[1:], group[:-1], out=last[:-1])
        return at[last] + lo

    def stretch(self, series_id: str, start: date | None = None, end: date | None = None) -> tuple[int, int]:
        """Positions of a series' rows with periods from `start` to `end`."""
        lo, hi = self.bounds.get(series_id, (0, 0))
        if start is not None or end is not None:
            days = self.period[lo:hi]
            a = int(days.searchsorted(day_number(start), "left")) if start is not None else 0
            b = int(days.searchsorted(day_number(end), "right")) if end is not None else hi - lo
            lo, hi = lo + a, lo + max(a, b)
        return lo, hi

    def rows(self, at: NDArray[np.intp], series_id: str) -> pl.DataFrame:
        """Rows at positions as a frame with readable columns."""
        return pl.DataFrame(
            {
                "series_id": pl.Series([series_id] * at.size, dtype=pl.String),
                "period": pl.Series(self.period[at]).cast(pl.Date),
                "known_at": pl.Series(self.known[at]).cast(pl.Datetime("us", "UTC")),
                "value": pl.Series(self.value[at]).fill_nan(None),
                "known_basis": pl.Series([BASES[b] for b in self.basis[at]], dtype=pl.String),
                "batch_id": pl.Series([batch_id(b) for b in self.batch[at]], dtype=pl.String),
                "stored_at": pl.Series(self.stored[at]).cast(pl.Datetime("us", "UTC")),
            }
        )


def batch_id(number: int) -> str:
    """`b000042` for 42."""
    return f"b{int(number):06d}"


def batch_number(text: str) -> int:
    """42 for `b000042`."""
    return int(text.removeprefix("b"))
