"""The as-of view: the only thing a model receives. It shows what could be known, and nothing can be written through it."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from copy import copy
from datetime import UTC, date, datetime
from typing import Any, Protocol

import numpy as np
import polars as pl

from barograph.archive.bulletin import seen_events, seen_news
from barograph.archive.differences import differences_of
from barograph.archive.fingerprint import fingerprints
from barograph.archive.held import Held
from barograph.archive.panel import panel_of
from barograph.archive.points import Points
from barograph.archive.revisions import Revisions, revisions_of
from barograph.archive.table import VintageTable, batch_id, instant_of, micros
from barograph.core.errors import CoverageError, InputError
from barograph.core.estimate import Input
from barograph.core.observation import BASES, Announcement, Coverage, Headline
from barograph.core.release import Closure
from barograph.core.series import Series
from barograph.core.time import NEW_YORK


class Rows(Protocol):
    """What the archive asks of a catalogue."""

    @property
    def closures(self) -> tuple[Closure, ...]:
        """Government closures."""
        ...

    def __getitem__(self, series_id: str) -> Series: ...

    def __contains__(self, series_id: object) -> bool: ...


class AsOf:
    """What could be known at `known_at` (UTC), from rows stored by `stored_at` (None: all that is stored)."""

    def __init__(
        self, table: VintageTable, held: Held, catalog: Any, known_at: datetime, stored_at: datetime | None
    ) -> None:
        for name, instant in (("known_at", known_at), ("stored_at", stored_at)):
            if instant is not None and instant.tzinfo is None:
                raise InputError(f"a view at {instant}", f"{name} without time zone", "", "Pass an aware datetime.")
        self.known_at = known_at.astimezone(UTC)
        self.stored_at = stored_at.astimezone(UTC) if stored_at is not None else None
        self.catalog = catalog
        self._table, self._held = table, held
        # The archive folds what others write into what it holds: this view stays at what stood when it was made.
        self._upto = min(filter(None, (self.stored_at, held.stored_at)), default=self.known_at)
        self._known = micros(self.known_at)
        self._stored = micros(self.stored_at) if self.stored_at is not None else None

    @property
    def day(self) -> date:
        """The view's date in New York."""
        return self.known_at.astimezone(NEW_YORK).date()

    def at(self, known_at: datetime) -> AsOf:
        """The view of an earlier instant, from the same stored rows.

        Raises
        ------
        InputError
            The instant lies after this view: nothing leads forward.
        """
        if known_at > self.known_at:
            raise InputError(
                f"a view at {known_at} from one at {self.known_at}", "it is later", "", "Take it from the archive."
            )
        earlier = copy(self)
        earlier.known_at = known_at.astimezone(UTC)
        earlier._known = micros(earlier.known_at)
        return earlier

    def fingerprints(self, ids: Sequence[str], instants: Sequence[datetime]) -> list[int]:
        """A number per instant (at or before the view) for all that the series showed then; equal rows, equal number."""
        known = np.array([min(micros(t), self._known) for t in instants], dtype=np.int64)
        return [int(w) for w in fingerprints(self._table, ids, known, self._stored)]

    @property
    def begins(self) -> datetime | None:
        """The earliest known_at of anything stored by the view's `stored_at`, be it after the view; None: nothing is."""
        known = self._table.known if self._stored is None else self._table.known[self._table.stored <= self._stored]
        return instant_of(int(known.min())) if known.size else None

    def series(
        self, series_id: str, start: date | None = None, end: date | None = None, need: date | None = None
    ) -> Points:
        """A series as it could be known.

        Parameters
        ----------
        start, end
            Periods wanted, both included.
        need
            Raise unless the series has been looked at through this day.

        Raises
        ------
        UnknownSeries
            The catalogue has no such row.
        CoverageError
            `need` lies beyond what was looked at.
        """
        row = self.catalog[series_id]
        if need is not None:
            self.require(series_id, need)
        lo, hi = self._table.stretch(series_id, start, end)
        at = self._table.visible(self._known, self._stored, lo, hi)
        values = self._table.value[at]
        gone = np.isnan(values)
        days = self._table.period[at]
        withdrawn: tuple[date, ...] = ()
        if gone.any():
            withdrawn = tuple(days[gone].astype("datetime64[D]").tolist())
            at, values, days = at[~gone], values[~gone], days[~gone]
        unit = row.unit
        if row.unit_from and at.size:  # the base in which the newest value stands
            newest = at[-1]
            known, stored = (instant_of(int(column[newest])) for column in (self._table.known, self._table.stored))
            unit = row.unit_of(known, BASES[int(self._table.basis[newest])], stored)
        return Points(
            series_id,
            unit,
            days.astype("datetime64[D]"),
            values,
            self._table.known[at].astype("datetime64[us]"),
            self._table.basis[at],
            self._table.batch[at].astype(np.int64),
            withdrawn,
        )

    def require(self, series_id: str, need: date) -> None:
        """Raise CoverageError unless the series has been looked at through `need`."""
        coverage = self.coverage(series_id)
        if coverage is None or coverage.end < need:
            looked = f"has been looked at through {coverage.end} only" if coverage else "has never been looked at"
            raise CoverageError(
                f"{series_id} through {need}",
                f"it {looked}",
                str(coverage.end) if coverage else "",
                "Run `barograph update`, or ask for an earlier day.",
            )

    def panel(
        self,
        ids: Sequence[str],
        freq: str = "D",
        calendar: str = "NYSE",
        start: date | None = None,
        end: date | None = None,
    ) -> pl.DataFrame:
        """Several series side by side: a column `period` and one per id, gaps explicit nulls.

        Parameters
        ----------
        freq
            `D`: the sessions of `calendar`; `W`, `M`, `Q`: the last value known inside each week (Friday), month or
            quarter (their first day), where a series is of higher frequency.
        end
            Default: the last session at the view.

        Raises
        ------
        CoverageError
            A series has not been looked at through the last session of the view (or `end`).
        InputError
            Unknown frequency, or no ids.
        """
        return panel_of(self, ids, freq, calendar, start, end)

    def headlines(self) -> list[Headline]:
        """Headlines that could be known, in the order of publication, each address once in its newest words."""
        return seen_news(self._held.news, self.known_at, self._upto)

    def announcements(self, at: datetime | None = None) -> list[Announcement]:
        """Coming and past events as the calendars stood at the view (`at`: at an earlier instant), by day.

        Struck ones are left out; those that the catalogue knows are among them.
        """
        known = self.known_at if at is None else min(at, self.known_at)
        packaged = getattr(self.catalog, "events", ())
        return seen_events([*packaged, *(e for e in self._held.events if e.stored_at <= self._upto)], known, None)

    def news(self) -> pl.DataFrame:
        """The headlines as a table: feed, url, published_at, seen_at, title (untrusted text)."""
        schema: dict[str, Any] = {
            "feed": pl.String, "url": pl.String, "published_at": pl.Datetime("us", "UTC"),
            "seen_at": pl.Datetime("us", "UTC"), "title": pl.String,
        }  # fmt: skip
        rows = [(h.item.feed, h.item.url, h.item.published_at, h.stored_at, h.item.title) for h in self.headlines()]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def changes(self, since: datetime) -> pl.DataFrame:
        """What became known after `since`: series_id, period, known_at, value, previous (null: nothing before)."""
        table, then = self._table, micros(since.astimezone(UTC))
        now = table.visible(self._known, self._stored)
        fresh = now[table.known[now] > then]
        old = table.visible(then, self._stored)
        was = np.full(int(table.group[-1]) + 1 if len(table) else 0, np.nan)
        was[table.group[old]] = table.value[old]
        names, ends = list(table.bounds), np.array([hi for _, hi in table.bounds.values()])
        which = np.searchsorted(ends, fresh, side="right")
        frame = table.rows(fresh, "").with_columns(
            series_id=pl.Series([names[k] for k in which.tolist()], dtype=pl.String),
            previous=pl.Series(was[table.group[fresh]], dtype=pl.Float64).fill_nan(None),
        )
        columns = ["series_id", "period", "known_at", "value", "previous"]
        return frame.select(columns).sort("known_at", "series_id", "period")

    def revisions(self, series_id: str) -> Revisions:
        """How the figures of a series had been revised by the view: first prints, n-th releases, all vintages.

        Raises UnknownSeries where the catalogue has no such row; see `archive.revisions` for shapes and units.
        """
        table, row = self._table, self.catalog[series_id]
        lo, hi = table.stretch(series_id)
        keep = table.known[lo:hi] <= self._known
        if self._stored is None:
            keep &= table.hidden_from[lo:hi] == np.iinfo(np.int64).max
        else:
            keep &= (table.stored[lo:hi] <= self._stored) & (table.hidden_from[lo:hi] > self._stored)
        at = np.flatnonzero(keep) + lo
        columns = table.period[at], table.known[at], table.value[at], table.basis[at]
        return revisions_of(row, self.catalog.closures, *columns)

    def differences(self, earlier: AsOf) -> pl.DataFrame:
        """What this view shows otherwise than an `earlier` one of the same archive.

        Columns: series_id, period, known_at (when it became known), kind (`new`, `revised`, `withdrawn`, `rebased`: the
        value stands in another unit or base, which is no revision), old, new (null: none), old_unit, new_unit.
        """
        table = self._table
        was, now = (table.visible(v._known, v._stored) for v in (earlier, self))
        size = int(table.group[-1]) + 1 if len(table) else 0
        old = np.full(size, -1, dtype=np.int64)
        old[table.group[was]] = was
        before = old[table.group[now]]
        moved = before != now
        return differences_of(table, self.catalog, before[moved], now[moved])

    def members(self, family_id: str) -> list[str]:
        """Ids of a family's members (or a series' corporate actions) of which any value can be known, sorted."""
        found = []
        names, head = list(self._table.bounds), family_id + "["  # in order, so that members stand together
        for series_id in names[bisect_left(names, head) :]:
            if not series_id.startswith(head):
                break
            lo, hi = self._table.bounds[series_id]
            if bool((self._table.known[lo:hi] <= self._known).any()):
                found.append(series_id)
        return found

    def coverage(self, series_id: str) -> Coverage | None:
        """How far the series has been looked at, by looks stored in time; a member has its family's coverage."""
        for name in (series_id, series_id.split("[", 1)[0]):
            looks = [k for k in self._held.looks.get(name, ()) if k.at <= self._upto]
            if looks:
                return Coverage(name, min(k.start for k in looks), max(k.end for k in looks), looks[-1].at)
        return None

    def input(self, points: Points) -> Input:
        """The lineage of a stretch of a series: its span, newest knowledge time, bases, batches with payload digests."""
        if not len(points):
            raise InputError(
                f"the lineage of {points.series_id}", "an empty stretch", "", "Ask for a stretch with values."
            )
        one = (points.batch == points.batch[0]).all()  # so it is for most, and seen sooner than sorted out
        batches = [batch_id(b) for b in (points.batch[:1] if one else np.unique(points.batch))]
        return Input(
            series_id=points.series_id,
            first=points.periods[0].item(),
            last=points.periods[-1].item(),
            n=len(points),
            known_at=instant_of(int(points.known_at.max().astype(np.int64))),
            bases=points.bases,
            batches=tuple((b, self._held.batches[b].sha256) for b in batches),
        )

    def digest(self, ids: Sequence[str]) -> str:
        """A sha256 over the visible rows of the series: the identity of a model's inputs at this view."""
        out = hashlib.sha256()
        for series_id in ids:
            p = self.series(series_id)
            out.update(series_id.encode() + b"\0")
            for array in (p.periods.astype(np.int64), p.values, p.known_at.astype(np.int64)):
                out.update(np.ascontiguousarray(array).tobytes() + b"\0")
        return out.hexdigest()


__all__ = ["AsOf", "Points", "Rows"]
