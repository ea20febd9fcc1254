"""A read-only view of the archive at (known_at, stored_at): the only thing a model receives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from barograph.archive import panel as panels
from barograph.archive.disk.segments import day_number, day_of, instant_of, micros
from barograph.archive.points import Points
from barograph.archive.table import Column
from barograph.core.errors import CoverageError, InputError
from barograph.core.estimate import Input
from barograph.core.observation import Coverage
from barograph.core.series import Series, family_of
from barograph.core.time import NEW_YORK

if TYPE_CHECKING:
    from barograph.archive.archive import Archive, Snapshot
    from barograph.catalog.catalog import Catalog

__all__ = ["AsOf", "Points"]


class AsOf:
    """What could be known at `known_at`, of the rows stored by `stored_at` (None: all that were there when it was made).

    Of each (series, period) it shows the row of greatest known_at, then of greatest stored_at. A view never changes:
    what is committed later is in later views.
    """

    def __init__(self, archive: Archive, snapshot: Snapshot, known_at: datetime, stored_at: datetime | None) -> None:
        self.known_at, self.stored_at = known_at, stored_at
        self._archive, self._table = archive, snapshot.table
        self._coverages = snapshot.coverages if stored_at is None else archive.coverages_at(stored_at)
        self._known = micros(known_at)
        self._stored = None if stored_at is None else micros(stored_at)

    @property
    def catalog(self) -> Catalog:
        """The catalogue the archive was opened with."""
        return self._archive.catalog

    def series(
        self, series_id: str, start: date | None = None, end: date | None = None, need: date | None = None
    ) -> Points:
        """The values of a series for periods `start`..`end`, both included; empty where nothing could be known.

        Parameters
        ----------
        need
            The last period that the caller relies on having been looked at.

        Raises
        ------
        UnknownSeries
            The catalogue has no such row.
        CoverageError
            Periods up to `need` have not been looked at.
        """
        row = self._archive.rows[series_id]
        if need is not None:
            self._require(series_id, need)
        column = self._table.get(series_id)
        if column is None:
            return _points(series_id, self._unit(row), _NOTHING, slice(0, 0))
        at = column.visible(
            self._known,
            self._stored,
            None if start is None else day_number(start),
            None if end is None else day_number(end),
        )
        return _points(series_id, self._unit(row), column, at)

    def panel(
        self,
        ids: Sequence[str],
        freq: str = "D",
        calendar: str = "NYSE",
        start: date | None = None,
        end: date | None = None,
    ) -> pl.DataFrame:
        """Several series side by side: `period` and one column per id.

        Parameters
        ----------
        ids
            Series ids.
        freq
            D: sessions of `calendar`; W: weeks by their Friday; M, Q: by their first day. A series of a higher frequency
            gives the last value within; one of a lower frequency is refused rather than repeated.
        calendar
            NYSE, SIFMA, 24x7 or none (Monday to Friday). A session without a value is a null, never a value carried on.
        start, end
            First and last period; by default from the first value there is to the day of the view.

        Raises
        ------
        UnknownSeries, CoverageError
            As `series`; coverage must reach `end`.
        InputError
            A frequency or calendar that is not one, or a series of a lower frequency.
        """
        rows = [self._archive.rows[i] for i in ids]
        panels.check(rows, freq, calendar)
        until = end or self.known_at.astimezone(NEW_YORK).date()
        for series_id in ids:
            self._require(series_id, until)
        return panels.aligned({i: self.series(i, start, until) for i in ids}, freq, calendar, start, until)

    def coverage(self, series_id: str) -> Coverage | None:
        """How far the series had been looked at; None where never. A member counts as looked at with its family."""
        found = self._coverages.get(series_id) or self._coverages.get(family_of(series_id))
        return None if found is None else Coverage(series_id, found.start, found.end, found.looked_at)

    def members(self, family_id: str) -> list[str]:
        """Ids of the members of which anything could be known, sorted."""
        prefix = f"{family_id}["
        return [i for i in self._archive.members(self._table, prefix) if self._first_known(i)]

    def _first_known(self, series_id: str) -> bool:
        column = self._table.get(series_id)
        if column is None:
            return False
        mask = column.known <= self._known
        if self._stored is not None:
            mask &= column.stored <= self._stored
        return bool(mask.any())

    def news(self) -> pl.DataFrame:
        """Headlines published by `known_at`: source, url, published_at, seen_at, title."""
        return self._archive.news(self.known_at, self.stored_at)

    def rows(self) -> pl.DataFrame:
        """Every visible row of every series: series_id, period, known_at, value (null: withdrawn), known_basis."""
        whole = self._table.whole
        at = whole.rows.visible(self._known, self._stored)
        at = np.arange(len(whole.rows), dtype=np.intp)[at] if isinstance(at, slice) else at
        return panels.listed(whole, at)

    def changes(self, since: datetime) -> pl.DataFrame:
        """What became known after `since`: series_id, period, known_at, value, and `previous` as shown at `since`.

        A null value is a withdrawal; a null `previous` a first print.
        """
        if since.tzinfo is None:
            raise InputError(f"changes since {since}", "an instant without time zone", "", "Give it with its offset.")
        return panels.changed(self._table.whole, self._known, micros(since), self._stored)

    def input(self, points: Points) -> Input:
        """Lineage of some values of this view: stretch, count, newest knowledge, bases, batches with payload sha256."""
        if not len(points):
            raise ValueError(f"{points.series_id}: no values, no lineage")
        batches = self._archive.payloads(np.unique(points.batch).tolist())
        return Input(
            points.series_id,
            points.periods[0].item(),
            points.periods[-1].item(),
            len(points),
            instant_of(points.known_at.max().astype(np.int64)),
            points.bases,
            tuple(batches),
        )

    def digest(self, ids: Sequence[str]) -> str:
        """sha256 over the visible rows of `ids`, in their order: two views that show the same have the same."""
        total = hashlib.sha256()
        for series_id in ids:
            row = self._archive.rows[series_id]
            total.update(f"{series_id}\n{self._unit(row)}\n".encode())
            column = self._table.get(series_id)
            if column is None:
                continue
            at = column.visible(self._known, self._stored)
            # NaN has many bit patterns and means one thing here.
            value = column.value[at]
            value = np.where(np.isnan(value), np.nan, value + 0.0)
            for array, kind in ((column.period[at], "<i4"), (column.known[at], "<i8"), (value, "<f8")):
                total.update(np.ascontiguousarray(array, dtype=kind).tobytes())
            total.update(column.basis[at].tobytes())
        return total.hexdigest()

    def _unit(self, row: Series) -> str:
        """The unit in force at the view: a unit change (a rebased index) is no revision."""
        if not row.unit_from:
            return row.unit
        return next((c.unit for c in reversed(row.unit_from) if c.known_at <= self.known_at), row.unit_from[0].unit)

    def _require(self, series_id: str, day: date) -> None:
        found = self.coverage(series_id)
        if found is None or found.end < day:
            said = f"checked through {found.end} only" if found else "never looked at"
            raise CoverageError(
                f"{series_id} up to {day}",
                f"it has been {said}" + (f" (as stored by {self.stored_at})" if self.stored_at else ""),
                f"{found.end}, the last period looked at" if found else "",
                "Run `barograph update`, or pass an earlier date.",
            )


_none = np.empty(0, dtype=np.int64)
_NOTHING = Column(_none.astype(np.int32), _none, _none, _none.astype(float), _none.astype(np.uint8), _none)


def _points(series_id: str, unit: str, column: Column, at: slice | np.ndarray[tuple[int], np.dtype[np.intp]]) -> Points:
    withdrawn: tuple[date, ...] = ()
    value = column.value[at]
    if column.withdrawn:
        gone = np.isnan(value)
        if gone.any():
            withdrawn = tuple(day_of(d) for d in column.period[at][gone])
            at = (np.arange(len(column), dtype=np.intp)[at] if isinstance(at, slice) else at)[~gone]
            value = column.value[at]
    return Points(
        series_id,
        unit,
        column.period[at].astype("datetime64[D]"),
        value,
        column.known[at].view("datetime64[us]"),
        column.basis[at],
        column.batch[at],
        withdrawn,
    )
