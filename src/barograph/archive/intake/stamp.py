"""The clocks: from readings to rows with known_at and known_basis, and which of them say anything new.

1. The provider states the instant (a user's file): that, basis `vintage`.
2. It gives a vintage day, and the catalogue trusts its vintages: that day at the series' release time, basis `vintage`.
3. Otherwise the release rule; basis `schedule` where the series does not revise, else `assumed`.
4. First sight, for 3: where an earlier look, on an earlier clock day and at or after the rule's instant, found nothing,
   the value is known from now, basis `fetch`; likewise where an earlier clock day's look saw another value. Within one
   clock day a run corrects what the day's earlier runs saw: it takes over the known_at of the row it corrects.
5. "Missing" is a row only where a value is held: known from now, or within the clock day like the row it withdraws.

A row is kept only where its value differs from the row before it in its chain, in the order (known_at, stored_at).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barograph.archive.coverage import NEVER, Looks, clock_day, microseconds_of_day
from barograph.archive.disk.segments import Ints, day_of, micros
from barograph.archive.intake.readings import Incoming
from barograph.archive.table import VINTAGE, Column
from barograph.core.observation import BASES
from barograph.core.release import Closure, Event, scheduled
from barograph.core.series import Series

SCHEDULE, FETCH, ASSUMED = (BASES.index(b) for b in ("schedule", "fetch", "assumed"))


@dataclass(frozen=True, slots=True)
class Now:
    """The instants of a commit, in microseconds: `stored` of its first batch (the n-th has n more), `seen` = what the
    run's clock says, and the New York day of `stored` as days since 1970 with the instant at which it began."""

    stored: int
    seen: int
    day: int
    day_start: int

    @classmethod
    def at(cls, stored: int, seen: int) -> Now:
        """The instants of a commit stored at `stored`."""
        day = clock_day(stored)
        return cls(stored, seen, day, microseconds_of_day(day))


@dataclass(frozen=True, slots=True)
class Stamped:
    """Rows of one series, ready to be stored; `batch` is the position of the batch in the commit."""

    period: NDArray[np.int32]
    value: NDArray[np.float64]
    known: Ints
    basis: NDArray[np.uint8]
    batch: Ints

    def __len__(self) -> int:
        return self.period.size

    def take(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Stamped:
        """The rows under `mask`."""
        return Stamped(self.period[mask], self.value[mask], self.known[mask], self.basis[mask], self.batch[mask])


def nothing() -> Stamped:
    """No rows."""
    none = np.empty(0, dtype=np.int64)
    return Stamped(none.astype(np.int32), none.astype(np.float64), none, none.astype(np.uint8), none)


def joined(parts: list[Stamped]) -> Stamped:
    """Several lots of rows in one."""
    if not parts:
        return nothing()
    return Stamped(
        np.concatenate([p.period for p in parts]),
        np.concatenate([p.value for p in parts]),
        np.concatenate([p.known for p in parts]),
        np.concatenate([p.basis for p in parts]),
        np.concatenate([p.batch for p in parts]),
    )


class ReleaseInstants:
    """Release instants by rule, kept for all series that share a rule."""

    def __init__(self, closures: tuple[Closure, ...]) -> None:
        self._closures = closures
        self._known: dict[tuple[str, str, tuple[Event, ...]], dict[int, int]] = {}

    def of(self, series: Series, periods: NDArray[np.int32]) -> Ints:
        """The instant (microseconds) at which each period is public by the series' rule."""
        found = self._known.setdefault((series.release.text, series.agency, series.events), {})
        out = np.empty(periods.size, dtype=np.int64)
        for at, number in enumerate(periods.tolist()):
            us = found.get(number)
            if us is None:
                us = found[number] = micros(scheduled(series, day_of(number), self._closures))
            out[at] = us
        return out


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest row of each period in the chain of what is stamped by rule, periods rising."""

    period: NDArray[np.int32]
    value: NDArray[np.float64]
    known: Ints
    stored: Ints
    basis: NDArray[np.uint8]

    @classmethod
    def of(cls, column: Column | None) -> Standing:
        """From the rows held."""
        if column is None:
            none = np.empty(0, dtype=np.int64)
            return cls(none.astype(np.int32), none.astype(np.float64), none, none, none.astype(np.uint8))
        at = np.flatnonzero(column.basis != VINTAGE)
        at = at[_last_of_run(column.period[at])]
        return cls(column.period[at], column.value[at], column.known[at], column.stored[at], column.basis[at])

    def with_rows(self, rows: Stamped, now: Now) -> Standing:
        """After some rows (one a period) have been added."""
        period = np.concatenate([self.period, rows.period])
        order = np.argsort(period, kind="stable")  # a new row comes after the one it follows
        order = order[_last_of_run(period[order])]
        return Standing(
            period[order],
            np.concatenate([self.value, rows.value])[order],
            np.concatenate([self.known, rows.known])[order],
            np.concatenate([self.stored, now.stored + rows.batch])[order],
            np.concatenate([self.basis, rows.basis])[order],
        )

    def places(self, periods: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each period stands, and whether it does."""
        if not self.period.size:
            return np.zeros(periods.size, dtype=np.intp), np.zeros(periods.size, dtype=bool)
        place = np.minimum(np.searchsorted(self.period, periods), self.period.size - 1)
        return place, self.period[place] == periods


def _last_of_run(sorted_keys: NDArray[np.int32]) -> NDArray[np.bool_]:
    last = np.ones(sorted_keys.size, dtype=bool)
    np.not_equal(sorted_keys[1:], sorted_keys[:-1], out=last[:-1])
    return last


def rounds(incoming: Incoming) -> list[Incoming]:
    """Readings to be stamped by rule, split so that no period comes twice in one round: later batches come later."""
    order = np.lexsort((np.arange(len(incoming)), incoming.period))
    period = incoming.period[order]
    fresh = np.ones(period.size, dtype=bool)
    np.not_equal(period[1:], period[:-1], out=fresh[1:])
    starts = np.flatnonzero(fresh)
    rank = np.empty(period.size, dtype=np.int64)
    rank[order] = np.arange(period.size) - np.repeat(starts, np.diff(np.r_[starts, period.size]))
    return [incoming.take(rank == r) for r in range(int(rank.max(initial=-1)) + 1)]


def by_rule(
    series: Series, incoming: Incoming, standing: Standing, looks: Looks | None, now: Now, release: ReleaseInstants
) -> Stamped:
    """Stamp readings that carry no instant of their own, one a period; those that say nothing new are left out."""
    place, held = standing.places(incoming.period)
    if standing.period.size:
        was = np.where(held, standing.value[place], np.nan)
    else:
        was = np.full(len(incoming), np.nan)
    news = ~((incoming.value == was) | (np.isnan(incoming.value) & np.isnan(was)))
    incoming, place, held = incoming.take(news), place[news], held[news]
    gone = np.isnan(incoming.value)
    rule = release.of(series, incoming.period)
    known = rule.copy()
    basis = np.full(len(incoming), ASSUMED if series.revises else SCHEDULE, dtype=np.uint8)
    if looks is not None:
        before = looks.before(incoming.period, now.day)
        first_sight = ~held & (before != NEVER) & (before >= rule)
        known[first_sight] = np.maximum(rule[first_sight], now.seen)
        basis[first_sight] = FETCH
    if held.any():
        row_known, row_stored = standing.known[place[held]], standing.stored[place[held]]
        # A rule may have been corrected in the catalogue since; a row never goes behind the one it replaces.
        seen = np.maximum(row_known, now.seen)
        changed = np.where(gone[held], seen, np.maximum(rule[held], seen))
        earlier_day = row_stored < now.day_start
        known[held] = np.where(earlier_day, changed, row_known)
        basis[held] = np.where(earlier_day | gone[held], FETCH, standing.basis[place[held]])
    return Stamped(incoming.period, incoming.value, known, basis, incoming.batch)




def by_vintage(incoming: Incoming) -> Stamped:
    """Readings that carry their instant, as rows of basis `vintage`."""
    basis = np.full(len(incoming), VINTAGE, dtype=np.uint8)
    return Stamped(incoming.period, incoming.value, incoming.known, basis, incoming.batch)


def unheard(rows: Stamped, column: Column | None, now: Now) -> NDArray[np.bool_]:
    """Which rows of the vintage chain differ from the row before them, held or new."""
    period, known = rows.period, rows.known
    stored, value = now.stored + rows.batch, rows.value
    own = np.arange(len(rows))
    if column is not None:
        at = np.flatnonzero((column.basis == VINTAGE) & np.isin(column.period, period))
        period = np.concatenate([column.period[at], period])
        known = np.concatenate([column.known[at], known])
        stored = np.concatenate([column.stored[at], stored])
        value = np.concatenate([column.value[at], value])
        own = np.concatenate([np.full(at.size, -1), own])
    order = np.lexsort((stored, known, period))
    p, v = period[order], value[order]
    before = np.r_[np.nan, v[:-1]]
    before[np.r_[True, p[1:] != p[:-1]]] = np.nan
    differs = ~((v == before) | (np.isnan(v) & np.isnan(before)))
    out = np.zeros(len(rows), dtype=bool)
    mine = own[order]
    out[mine[mine >= 0]] = differs[mine >= 0]
    return out
