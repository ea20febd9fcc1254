"""A number for what a series showed at each of many instants, without reading the series at each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from barograph.archive.table import FOREVER, VintageTable

Words = NDArray[np.uint64]
#: Odd constants of a multiply-xorshift mixer: every input bit reaches every output bit.
_M1, _M2, _SHIFT = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(31)


def fingerprints(table: VintageTable, ids: Sequence[str], known_at: NDArray[np.int64], stored_at: int | None) -> Words:
    """One 64-bit number per instant over all rows of the series that are visible or superseded then.

    The sum of a hash of every row known by the instant: it changes when any row appears, and with it whatever an as-of at
    the instant can show. Rows never change or go, so equal numbers on one archive mean equal rows.

    Parameters
    ----------
    known_at : (n,) int64
        Instants in microseconds since 1970.
    stored_at
        Only rows stored by then; None takes all.

    Returns
    -------
    (n,) uint64
    """
    out = np.zeros(known_at.size, dtype=np.uint64)
    for n, series_id in enumerate(sorted(set(ids))):
        known, sums = _kept(table, series_id, stored_at)
        out += _mixed(sums[known.searchsorted(known_at, side="right")] + np.uint64(n + 1))
    return out


#: What was worked out of one table: a page's models ask for the same series again and again.
_held: list[tuple[VintageTable, dict[tuple[str, int | None], tuple[NDArray[np.int64], Words]]]] = []


def _kept(table: VintageTable, series_id: str, stored_at: int | None) -> tuple[NDArray[np.int64], Words]:
    """Knowledge times of a series in order, and the sum of its rows' hashes before each and after all."""
    kept = next((made for held, made in tuple(_held) if held is table), None)
    if kept is None:
        kept = {}
        _held[:] = [(table, kept)]
    key = series_id, stored_at
    if key not in kept:
        kept[key] = _summed(table, series_id, stored_at)
    return kept[key]


def _summed(table: VintageTable, series_id: str, stored_at: int | None) -> tuple[NDArray[np.int64], Words]:
    lo, hi = table.stretch(series_id)
    part = slice(lo, hi)
    hidden = table.hidden_from[part]
    keep = hidden == FOREVER if stored_at is None else (table.stored[part] <= stored_at) & (hidden > stored_at)
    known = table.known[part][keep]
    rows = known.astype(np.uint64)
    for column in (table.value[part][keep].view(np.uint64), table.period[part][keep].astype(np.uint64)):
        rows = _mixed(rows ^ _mixed(column))
    order = np.argsort(known, kind="stable")
    return known[order], np.concatenate([[np.uint64(0)], np.cumsum(rows[order], dtype=np.uint64)])


def _mixed(words: Words) -> Words:
    with np.errstate(over="ignore"):
        words = (words + np.uint64(0x9E3779B97F4A7C15)) * _M1
        words = (words ^ (words >> _SHIFT)) * _M2
        return words ^ (words >> _SHIFT)
