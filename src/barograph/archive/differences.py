"""What one view shows otherwise than another, and in which unit or base each value stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.core.observation import BASES

if TYPE_CHECKING:
    from barograph.archive.table import VintageTable
    from barograph.core.series import Series

Ints = NDArray[np.int64]
#: A lag laid over today's values: they stand in today's base, whatever their days say.
_LAID = np.array([BASES.index("assumed"), BASES.index("schedule")])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bases_of(series: Series, known: Ints, basis: NDArray[np.uint8], stored: Ints | None = None) -> Ints:
    """How many changes of base lay behind each value, shape (n,), from `known` and `stored`: microseconds since 1970,
    shape (n,). As `Series.unit_of`: a value laid on an earlier day stands in the base of the day it was stored, without
    `stored` in today's."""
    days = [int((c.known_at - _EPOCH) / timedelta(microseconds=1)) for c in series.unit_from]
    laid = np.isin(basis, _LAID)
    behind = np.searchsorted(days, known if stored is None else np.where(laid, stored, known), side="right")
    return (np.where(laid, len(days), behind) if stored is None else behind).astype(np.int64)


def units_of(series: Series) -> tuple[str, ...]:
    """The unit of each base; before the first change that is on record values are taken to stand in its unit."""
    units = tuple(c.unit for c in series.unit_from)
    return (units[0], *units) if units else (series.unit,)


def differences_of(table: VintageTable, catalog: Any, old: NDArray[np.intp], new: NDArray[np.intp]) -> pl.DataFrame:
    """Pairs of rows of one period each as a frame; `old` -1 where there was none, shape (n,) both, in table order.

    Pairs of equal values in one base, and withdrawals of what was not there, are left out.
    """
    names, ends = list(table.bounds), np.array([hi for _, hi in table.bounds.values()], dtype=np.int64)
    which = np.searchsorted(ends, new, side="right")
    value = np.where(old >= 0, table.value[old], np.nan) if new.size else np.empty(0)
    frames = []
    for k in np.unique(which):
        if names[k] not in catalog:
            continue
        series = catalog[names[k]]
        mine = np.flatnonzero(which == k)
        was, now = value[mine], table.value[new[mine]]
        at, before = new[mine], np.maximum(old[mine], 0)
        there, stays = np.isfinite(was), np.isfinite(now)
        base = bases_of(series, table.known[at], table.basis[at], table.stored[at])
        base_old = np.where(
            there, bases_of(series, table.known[before], table.basis[before], table.stored[before]), base
        )
        kind = np.select(
            [there & ~stays, ~there & stays, there & stays & (base != base_old), there & stays & (was != now)],
            ["withdrawn", "new", "rebased", "revised"],
            "",
        )
        units = np.array(units_of(series))
        frames.append(
            table.rows(at, names[k])
            .select("series_id", "period", "known_at")
            .with_columns(
                kind=pl.Series(kind.tolist(), dtype=pl.String),
                old=pl.Series(was, dtype=pl.Float64).fill_nan(None),
                new=pl.Series(now, dtype=pl.Float64).fill_nan(None),
                old_unit=pl.Series(units[base_old].tolist(), dtype=pl.String),
                new_unit=pl.Series(units[base].tolist(), dtype=pl.String),
            )
            .filter(pl.col("kind") != "")
        )
    schema: dict[str, Any] = {
        "series_id": pl.String, "period": pl.Date, "known_at": pl.Datetime("us", "UTC"), "kind": pl.String,
        "old": pl.Float64, "new": pl.Float64, "old_unit": pl.String, "new_unit": pl.String,
    }  # fmt: skip
    return pl.concat([pl.DataFrame(schema=schema), *frames])
