"""Readings of one commit, per series, as arrays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from barograph.archive.disk.segments import Ints, micros
from barograph.core.observation import Reading
from barograph.core.release import vintage_instant
from barograph.core.series import Series

#: known_at of a reading that has to be stamped by the release rule.
BY_RULE = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a commit brings for one series, in the order in which it came.

    `period` int32 days since 1970, `value` float64 with NaN for the provider's "missing", `known` int64 microseconds or
    BY_RULE, `batch` int64 position of the batch in the commit. No (batch, period, known) comes twice.
    """

    period: NDArray[np.int32]
    value: NDArray[np.float64]
    known: Ints
    batch: Ints

    def __len__(self) -> int:
        return self.period.size

    def take(self, mask: NDArray[np.bool_]) -> Incoming:
        """The readings under `mask`."""
        return Incoming(self.period[mask], self.value[mask], self.known[mask], self.batch[mask])


def by_series(batches: Sequence[Sequence[Reading]]) -> dict[str, list[tuple[int, list[Reading]]]]:
    """The readings of all batches sorted out by series: (batch, its readings), ids in order of first appearance."""
    out: dict[str, list[tuple[int, list[Reading]]]] = {}
    for number, readings in enumerate(batches):
        own: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            own[reading.series_id].append(reading)
        for series_id, part in own.items():
            out.setdefault(series_id, []).append((number, part))
    return out


def arrays_of(series: Series, parts: list[tuple[int, list[Reading]]]) -> tuple[Incoming, list[tuple[int, str]]]:
    """The readings of one series as arrays, and complaints as (batch, sentence).

    A value that is no finite number is left out; of two values that one batch gives for the same period and vintage
    the last counts, and the complaint says so.
    """
    complaints: list[tuple[int, str]] = []
    readings = [r for _, part in parts for r in part]
    batch = np.repeat([n for n, _ in parts], [len(p) for _, p in parts]).astype(np.int64)
    value = np.array([math.nan if r.value is None else r.value for r in readings], dtype=np.float64)
    strange = ~np.isfinite(value)
    if strange.any():
        strange &= np.array([r.value is not None for r in readings])
    period = np.array([r.period for r in readings], dtype="datetime64[D]").astype(np.int32)
    known = _known(series, readings)
    keep = ~strange
    for at in np.flatnonzero(strange):
        complaints.append((int(batch[at]), f"{readings[at].value} for {readings[at].period} is no value; left out"))
    twice = np.lexsort((np.arange(period.size), known, period, batch))
    same = np.zeros(period.size, dtype=bool)
    a, b = twice[:-1], twice[1:]
    same[a] = (period[a] == period[b]) & (known[a] == known[b]) & (batch[a] == batch[b]) & keep[a] & keep[b]
    for at, after in zip(a[same[a]], b[same[a]], strict=True):
        if value[at] != value[after] and not (math.isnan(value[at]) and math.isnan(value[after])):
            text = f"{value[at]:g} and {value[after]:g} for {readings[at].period} in one answer; the last counts"
            complaints.append((int(batch[at]), text))
    keep &= ~same
    return Incoming(period, value, known, batch).take(keep), complaints


def _known(series: Series, readings: list[Reading]) -> Ints:
    vintages: dict[date, int] = {}
    known = np.full(len(readings), BY_RULE, dtype=np.int64)
    for at, reading in enumerate(readings):
        if reading.known_at is not None:
            known[at] = micros(reading.known_at)
        elif reading.vintage is not None and series.vintages:
            us = vintages.get(reading.vintage)
            if us is None:
                us = vintages[reading.vintage] = micros(vintage_instant(series, reading.vintage))
            known[at] = us
    return known
