"""How the figures of a series were revised, from the rows that a view shows; pure functions over plain arrays.

A *vintage* of a period is a value that it was given; the table holds a column per vintage. A *release* is an instant at
which anything of the series was published, so the n-th release of a period is the n-th publication counted from its
first print, whether or not it changed the value: an unchanged figure is a revision of nought, not a missing one.

Only rows of basis vintage or fetch are releases. A lag laid over today's values says nothing of what stood there first,
so a period that begins with such a row has no first print on record, nor has one that turns up only when its successor
was due already (the record begins late, or has a gap). A change of base (`Series.unit_from`) is another unit: values of
two bases are never subtracted. A value that was withdrawn stays withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.archive.differences import bases_of, units_of
from barograph.core.observation import BASES
from barograph.core.release import Closure, in_time, period_end
from barograph.core.series import Series

NONE_ON_RECORD = "no vintages on record"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_RELEASES = np.array([BASES.index("vintage"), BASES.index("fetch")])


@dataclass(frozen=True, slots=True)
class RevisionSize:
    """Revisions at one release number: mean, mean size and sd (ddof 1; None under two) in the unit revised, and n."""

    release: int
    n: int
    mean: float | None
    mean_size: float | None
    sd: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Revisions:
    """The vintages of a series at one view, oldest period first; n periods, k vintages of the period that has most.

    `periods` datetime64[D] (n,); `ends` their last days; `values` float64 (n, k), NaN where withdrawn or absent;
    `known_at` datetime64[us], UTC (n, k), NaT where absent; `base` int64 (n, k), how many changes of base lay behind a
    value, -1 where absent; `count` int64 (n,), vintages of each period; `on_record` bool (n,), whether the first of
    them is the first print; `releases` datetime64[us] (r,), the instants at which anything was published.
    """

    series_id: str
    frequency: str
    periods: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    values: Floats
    known_at: NDArray[np.datetime64]
    base: Ints
    count: Ints
    on_record: NDArray[np.bool_]
    releases: NDArray[np.datetime64]
    units: tuple[str, ...]

    def __len__(self) -> int:
        return self.periods.size

    @property
    def note(self) -> str:
        """`no vintages on record` where that is so, else an empty string."""
        return "" if self.on_record.any() else NONE_ON_RECORD

    @property
    def unit(self) -> str:
        """The unit of the newest release."""
        if not len(self):
            return self.units[-1]
        at = int(np.nanargmax(np.where(np.isnat(self.known_at), -np.inf, self.known_at.astype(np.int64)).ravel()))
        return self.units[int(self.base.ravel()[at])]

    @property
    def first(self) -> Floats:
        """First prints, shape (n,); NaN where none is on record."""
        return np.where(self.on_record, self.values[:, 0], np.nan) if len(self) else np.empty(0)

    @property
    def latest(self) -> Floats:
        """The newest vintages, shape (n,); NaN where withdrawn."""
        return self._last()[0]

    @property
    def days_to_first(self) -> Floats:
        """Days from the end of the period to its first print (by the UTC date), shape (n,); NaN where none is on record."""
        if not len(self):
            return np.empty(0)
        days = (self.known_at[:, 0].astype("datetime64[D]") - self.ends).astype(np.float64)
        return np.where(self.on_record, days, np.nan)

    def nth(self, n: int) -> Floats:
        """The value that stood after the n-th release (1: the first print), shape (n periods,); NaN where not yet out."""
        return self.seen(self.instants(n))[0]

    def instants(self, n: int) -> NDArray[np.datetime64]:
        """The instant of each period's n-th release, shape (n periods,); NaT where there was none yet or no first print."""
        out = np.full(len(self), np.datetime64("NaT"), dtype="datetime64[us]")
        if not len(self):
            return out
        at = np.searchsorted(self.releases, self.known_at[:, 0]) + n - 1
        there = self.on_record & (at < self.releases.size)
        out[there] = self.releases[at[there]]
        return out

    def seen(self, instants: NDArray[np.datetime64], shift: Ints | None = None) -> tuple[Floats, Ints]:
        """Value and base that stood at `instants` (n,), of each period or of the one `shift` names (-1: of none)."""
        if not len(self):
            return np.empty(0), np.empty(0, dtype=np.int64)
        of = np.arange(len(self)) if shift is None else shift
        known = self.known_at[of]
        with np.errstate(invalid="ignore"):
            k = (known <= instants[:, None]).sum(axis=1) - 1
        there = (k >= 0) & (of >= 0)
        at = np.maximum(k, 0)
        value = np.where(there, self.values[of, at], np.nan)
        return value, np.where(there, self.base[of, at], -1)

    def revision(self, n: int) -> Floats:
        """The n-th release less the first print, in the unit of both, shape (n periods,); NaN over a change of base."""
        return self._against_first(*self.seen(self.instants(n)))

    @property
    def revision_now(self) -> Floats:
        """The newest vintage less the first print, shape (n,)."""
        return self._against_first(*self._last())

    def change_revision(
        self, n: int | None, back: int, apply: Callable[[float, float], float], *, relative: bool
    ) -> Floats:
        """The revision of a change: after the n-th release (None: now) less at the first print, shape (n periods,).

        Parameters
        ----------
        back
            How many periods before the value that each is compared with lies.
        apply
            The change of (value, value before); both are taken from one vintage and in one base.
        relative
            Whether the change has no unit of its own (a growth rate), so that vintages of two bases can be compared.
        """
        (then, base_then), (later, base_later) = self.change(1, back, apply), self.change(n, back, apply)
        same = np.ones(len(self), dtype=bool) if relative else base_then == base_later
        return np.where(same & self.on_record, later - then, np.nan)

    def change(self, n: int | None, back: int, apply: Callable[[float, float], float]) -> tuple[Floats, Ints]:
        """The change on the period `back` before as it stood after the n-th release (None: now), and its base; shape
        (n periods,) each, NaN where one of the two values was not there or stood in another base."""
        if not len(self):
            return np.empty(0), np.empty(0, dtype=np.int64)
        last = np.full(len(self), np.datetime64("9999-01-01"), dtype="datetime64[us]")
        instants, before = last if n is None else self.instants(n), self._before(back)
        (new, base), (old, base_old) = self.seen(instants), self.seen(instants, before)
        good = np.isfinite(new) & np.isfinite(old) & (base == base_old)
        out = np.full(new.size, np.nan)
        out[good] = [apply(float(a), float(b)) for a, b in zip(new[good], old[good], strict=True)]
        return out, base

    def sizes(self, numbers: tuple[int, ...] = (2, 3, 4, 7, 13)) -> tuple[RevisionSize, ...]:
        """How large revisions of the level were at each release number; one without any period has n = 0."""
        return tuple(size_of(n, self.revision(n)) for n in numbers)

    def frame(self) -> pl.DataFrame:
        """The table in long form: period, vintage (1, 2, ...), known_at, value (null: withdrawn), unit, first_print
        (whether it is), revision (against the first print; null where there is none or the base is another)."""
        rows: list[tuple[Any, ...]] = []
        first = self.first
        for i, period in enumerate(self.periods.astype("datetime64[D]").tolist()):
            for k in range(int(self.count[i])):
                value, there = float(self.values[i, k]), np.isfinite(self.values[i, k])
                same = there and k > 0 and np.isfinite(first[i]) and self.base[i, k] == self.base[i, 0]
                known = self.known_at[i, k].item().replace(tzinfo=UTC)
                rows.append(
                    (
                        period, k + 1, known, value if there else None, self.units[int(self.base[i, k])],
                        bool(self.on_record[i]) and k == 0, round(value - float(first[i]), 10) if same else None,
                    )
                )  # fmt: skip
        schema: dict[str, Any] = {
            "period": pl.Date, "vintage": pl.Int64, "known_at": pl.Datetime("us", "UTC"), "value": pl.Float64,
            "unit": pl.String, "first_print": pl.Boolean, "revision": pl.Float64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _last(self) -> tuple[Floats, Ints]:
        at = np.arange(len(self)), np.maximum(self.count - 1, 0)
        return (self.values[at], self.base[at]) if len(self) else (np.empty(0), np.empty(0, dtype=np.int64))

    def _against_first(self, value: Floats, base: Ints) -> Floats:
        out = np.full(len(self), np.nan)
        if len(self):
            same = base == self.base[:, 0]
            out[same] = np.round(value[same] - self.first[same], 10)
        return out

    def _before(self, back: int) -> Ints:
        """Position of the period `back` before each, or -1."""
        days: list[date] = self.periods.astype("datetime64[D]").tolist()
        if self.frequency == "D":
            return np.maximum(np.arange(len(days)) - back, -1)
        where = {d: i for i, d in enumerate(days)}
        out = []
        for day in days:
            if self.frequency == "W":
                near = [where.get(day - timedelta(7 * back + k)) for k in (0, 1, -1, 2, -2, 3, -3)]
                out.append(next((i for i in near if i is not None), -1))
            else:
                month = day.year * 12 + day.month - 1 - back * (3 if self.frequency == "Q" else 1)
                out.append(where.get(date(month // 12, month % 12 + 1, 1), -1))
        return np.array(out, dtype=np.int64)


def size_of(release: int, revisions: Floats) -> RevisionSize:
    """Mean, mean size and sd of the revisions that there are."""
    r = revisions[np.isfinite(revisions)]
    mean, size = (float(r.mean()), float(np.abs(r).mean())) if r.size else (None, None)
    return RevisionSize(release, int(r.size), mean, size, float(r.std(ddof=1)) if r.size > 1 else None)


def revisions_of(
    series: Series,
    closures: tuple[Closure, ...],
    period: NDArray[np.int32],
    known: Ints,
    value: Floats,
    basis: NDArray[np.uint8],
) -> Revisions:
    """The revisions of a series from its rows, shape (m,) each, by period, then known_at, then time stored.

    Parameters
    ----------
    period
        Days since 1970.
    known
        Microseconds since 1970; of rows with one known_at the last stored stands.
    value
        NaN: withdrawn.
    basis
        Position in `core.observation.BASES`.
    """
    base = bases_of(series, known, basis)
    vintages: dict[int, list[int]] = {}
    laid: set[int] = set()
    for i in range(period.size):
        day = int(period[i])
        if basis[i] not in _RELEASES:
            if day not in vintages:
                laid.add(day)
            continue
        held = vintages.get(day, [])
        if held and known[held[-1]] == known[i]:
            held.pop()
        new = bool(np.isfinite(value[i])) if not held else not _same(value, base, held[-1], i)
        if new:
            vintages.setdefault(day, []).append(i)
    days = sorted(d for d, rows in vintages.items() if rows)
    n, k = len(days), max((len(vintages[d]) for d in days), default=1)
    values, bases = np.full((n, k), np.nan), np.full((n, k), -1, dtype=np.int64)
    times = np.full((n, k), np.datetime64("NaT"), dtype="datetime64[us]")
    for i, d in enumerate(days):
        rows = vintages[d]
        values[i, : len(rows)], bases[i, : len(rows)] = value[rows], base[rows]
        times[i, : len(rows)] = known[rows].astype("datetime64[us]")
    periods = np.array(days, dtype="int64").astype("datetime64[D]")
    names: list[date] = periods.tolist()
    prompt = [
        d not in laid and in_time(series, p, t[0].item(), closures) for d, p, t in zip(days, names, times, strict=True)
    ]
    return Revisions(
        series.id,
        series.frequency,
        periods,
        np.array([period_end(series, p) for p in names], dtype="datetime64[D]"),
        values,
        times,
        bases,
        np.array([len(vintages[d]) for d in days], dtype=np.int64),
        np.array(prompt, dtype=bool),
        np.unique(times[~np.isnat(times)]),
        units_of(series),
    )


def _same(value: Floats, base: Ints, a: int, b: int) -> bool:
    return bool(base[a] == base[b] and (value[a] == value[b] or (np.isnan(value[a]) and np.isnan(value[b]))))


__all__ = ["NONE_ON_RECORD", "RevisionSize", "Revisions", "revisions_of", "size_of"]
