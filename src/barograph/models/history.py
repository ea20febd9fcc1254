"""What a view shows of an asset at its session: level, changes by session, trailing windows, lineage."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input, Quantity
from barograph.core.time import NEW_YORK, session_before
from barograph.models.adjustment import Actions, adjusted
from barograph.models.session import Days, due_period, grid, session_of, years_before

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.core.series import Series
    from barograph.models.assets import Asset

Floats = NDArray[np.float64]
#: No model looks further back than so many years.
REACH_YEARS = 15
#: Fewer values than this and a statistic is not given.
MIN_VALUES = 60
#: A trailing window with less than this share of its sessions is called shorter than its name.
FULL_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Window:
    """A trailing window: its values (levels or changes, oldest first), the days they are of, state and what to print.

    `since` is the first day that any of the values rests on: for changes the day from which the oldest one counts.
    """

    values: Floats
    days: Days
    since: date | None
    state: FactState
    text: str
    reason: str | None

    @property
    def n(self) -> int:
        return self.values.size


class SessionView:
    """A view seen at its session; reads each series once and hands out the lineage of stretches."""

    _shared: ClassVar[deque[SessionView]] = deque(maxlen=2)

    @classmethod
    def of(cls, view: AsOf) -> SessionView:
        """The view's one session view, kept for the last two views: a page's models read the same series."""
        for kept in tuple(cls._shared):  # a copy: another thread may add its own
            if kept.view is view:
                return kept
        seen = cls(view)
        cls._shared.append(seen)
        return seen

    def __init__(self, view: AsOf) -> None:
        self.view = view
        self.session = session_of(view)
        self.previous = session_before("NYSE", self.session)
        self.start = years_before(self.session, REACH_YEARS)
        self._points: dict[str, Points] = {}
        self._members: dict[str, list[str]] = {}
        self._due: dict[tuple[object, ...], date] = {}
        self._stretches: dict[tuple[str, date, date], Points] = {}
        self._inputs: dict[tuple[str, date, date], Input | None] = {}
        self._histories: dict[Asset, History] = {}

    def points(self, series_id: str) -> Points:
        """Values from REACH_YEARS before the session up to the session."""
        if series_id not in self._points:
            self._points[series_id] = self.view.series(series_id, start=self.start, end=self.session)
        return self._points[series_id]

    def stretch(self, series_id: str, first: date, last: date) -> Points:
        """Values between two days, both included."""
        key = (series_id, first, last)
        if key not in self._stretches:
            self._stretches[key] = self.points(series_id).between(first, last)
        return self._stretches[key]

    def member(self, family: str, key: str) -> Points:
        """Values of one member of a family, over the same stretch."""
        return self.points(f"{family}[{key}]")

    def due(self, row: Series) -> date:
        """The period that the newest value should carry."""
        key = (row.release.text, row.stamp, row.calendar, row.weekday, row.agency, row.events)
        if key not in self._due:
            closures = self.view.catalog.closures
            self._due[key] = due_period(row, self.session, self.view.known_at, closures)
        return self._due[key]

    def members(self, family: str) -> list[str]:
        """Ids of the members of a family, or of the corporate actions of a price series."""
        if family not in self._members:
            self._members[family] = list(self.view.members(family))
        return self._members[family]

    def actions(self, series_id: str, kind: str) -> Actions:
        """Splits or dividends on record for a price series, by ex day."""
        member = f"{series_id}[{kind}]"
        if member not in self.members(series_id):
            return np.empty(0, dtype="datetime64[D]"), np.empty(0)
        points = self.points(member)
        return points.periods, points.values

    def input(self, series_id: str, first: date, last: date) -> Input | None:
        """Lineage of the values of a series between two days, both included; None where there is none."""
        key = (series_id, first, last)
        if key not in self._inputs:
            part = self.stretch(series_id, first, last)
            self._inputs[key] = self.view.input(part) if len(part) else None
        return self._inputs[key]

    def inputs(self, asset: Asset, first: date, last: date) -> tuple[Input, ...]:
        """Lineage of an asset between two days: its series, and the corporate actions in between."""
        ids = list(asset.series)
        if asset.kind == "price":
            ids += [m for m in self.members(asset.series[0]) if m.endswith(("[dividend]", "[split]"))]
        found = (self.input(i, first, last) for i in ids)
        return tuple(i for i in found if i is not None)

    def history(self, asset: Asset) -> History:
        """The asset at this session."""
        if asset not in self._histories:
            self._histories[asset] = self._history(asset)
        return self._histories[asset]

    def _history(self, asset: Asset) -> History:
        rows = [self.view.catalog[s] for s in asset.series]
        due = min(self.due(row) for row in rows)
        calendar = grid(rows[0].calendar, self.start, self.session)
        if len(rows) == 1:
            points = self.points(asset.series[0])
            days, raw = points.periods, points.values
            ratio = raw
            if asset.kind == "price":
                ratio = adjusted(days, raw, *(self.actions(rows[0].id, k) for k in ("split", "dividend")))
            unit = rows[0].unit
        else:
            first, second = (self.points(s) for s in asset.series)
            days, at, bt = np.intersect1d(first.periods, second.periods, assume_unique=True, return_indices=True)
            unit, scale = ("bp", 100.0) if asset.kind == "spread" else ("percent", 1.0)
            raw = ratio = _clean(scale * (first.values[at] - second.values[bt]))
        upto = int(np.searchsorted(days, np.datetime64(due, "D"), side="right"))
        days, raw, ratio = days[:upto], raw[:upto], ratio[:upto]
        last = (days[-1].item(), float(raw[-1])) if days.size else None
        reason = self._reason(asset, rows, due, last)
        # Holidays carried forward by a provider are no sessions; the value due counts on whatever day it falls.
        place = np.searchsorted(calendar, days)
        listed = calendar[np.minimum(place, calendar.size - 1)] == days
        if days.size and days[-1] == np.datetime64(due, "D"):
            listed[-1] = True
        if asset.kind == "price":
            listed &= ratio > 0.0  # oil has traded below zero: such a close has a level and no return
        level = last[1] if last is not None and reason is None else None
        today = int(np.searchsorted(calendar, np.datetime64(due, "D")))
        return History(asset, self, due, today, unit, level, last, reason, days[listed], ratio[listed], place[listed])

    def _reason(self, asset: Asset, rows: list[Series], due: date, last: tuple[date, float] | None) -> str | None:
        for row in rows:
            if row.eligible_from is not None and self.session < row.eligible_from:
                return f"{row.id} may be used from {row.eligible_from} on"
        if last is not None and last[0] == due:
            return None
        for row in rows:
            looked = self.view.coverage(row.id)
            if looked is None:
                return f"{row.id} has never been looked at"
            if looked.end < due:
                return f"{row.id} has been looked at through {looked.end} only"
        at = self.view.known_at.astimezone(NEW_YORK)
        held = f"; the last is of {last[0]}" if last else ""
        return f"no value for {due} known at {at:%Y-%m-%d %H:%M} New York{held}"


def _clean(differences: Floats) -> Floats:
    """Differences of quotes without the noise of the fifteenth digit, so that equal moves compare as equal."""
    return np.round(differences, 10)


@dataclass(frozen=True, slots=True)
class History:
    """An asset at a session.

    `level` is the value due, as published, in `unit`; None with a `reason`. `last` is the newest value there is.
    `days`, `values`, `places` hold the sessions with a value up to the due one, oldest first: the values are adjusted
    for splits and dividends (use them in ratios only), the places are positions on the calendar, so that neighbours
    in place are neighbouring sessions; `today` is the place of the due one.
    """

    asset: Asset
    seen: SessionView
    due: date
    today: int
    unit: str
    level: float | None
    last: tuple[date, float] | None
    reason: str | None
    days: Days
    values: Floats
    places: NDArray[np.intp]

    def _difference(self, new: Floats, old: Floats) -> Floats:
        if self.asset.kind == "price":
            return np.asarray(100.0 * (new / old - 1.0), dtype=np.float64)
        return _clean((100.0 if self.asset.kind == "yield" else 1.0) * (new - old))

    @property
    def current(self) -> bool:
        """Whether the value due is there and may stand in a difference or ratio."""
        return self.level is not None and bool(self.places.size) and int(self.places[-1]) == self.today

    def value_of(self, day: date) -> float | None:
        """The adjusted value of a day, for ratios; None where there is none."""
        at = int(np.searchsorted(self.days, np.datetime64(day, "D")))
        return float(self.values[at]) if at < self.days.size and self.days[at] == np.datetime64(day, "D") else None

    def change(self, h: int) -> tuple[float, date] | None:
        """Change over h sessions in the asset's change unit and the day it counts from; None without its value."""
        if not self.current:
            return None
        base = int(np.searchsorted(self.places, self.today - h))
        if self.places[base] != self.today - h:
            return None
        change = self._difference(self.values[-1:], self.values[base : base + 1])
        return float(change[0]), self.days[base].item()

    def no_base(self, h: int) -> str:
        """Why there is no change over h sessions."""
        if self.level is not None and not self.current:
            return f"{self.level} is no price that a return could be taken of"
        row = self.seen.view.catalog[self.asset.series[0]]
        days = grid(row.calendar, self.seen.start, self.seen.session)
        day = days[self.today - h].item() if self.today >= h else "the days before the record"
        return f"no value for {day}, {h} session{'s' if h > 1 else ''} before {self.due}"

    def changes(self, count: int, h: int = 1, *, today: bool = False) -> Window:
        """Changes over h sessions that ended on the `count` sessions before the due one (`today`: up to it)."""
        bases = np.searchsorted(self.places, self.places - h)
        both = self.places[bases] == self.places - h  # a place less h is never beyond the newest
        newest = self.today - (0 if today else 1)
        ends = np.flatnonzero(both & (self.places > newest - count) & (self.places <= newest))
        values = self._difference(self.values[ends], self.values[bases[ends]])
        days = self.days[ends]
        since = self.days[bases[ends[0]]].item() if ends.size else None
        name = f"{count} sessions" if h == 1 else f"{count} sessions, changes over {h}"
        if values.size < MIN_VALUES:
            return Window(
                values, days, since, "insufficient", name, f"{values.size} changes where {MIN_VALUES} are needed"
            )
        if values.size < FULL_SHARE * count:
            text = f"{days[0]} to {days[-1]}, shorter than {name}"
            return Window(values, days, since, "degraded", text, f"{values.size} changes in place of {count}")
        return Window(values, days, since, "ok", name, None)

    def years(self, years: int) -> Window:
        """Levels (adjusted, for prices) of the trailing calendar years up to and with the due one."""
        cut = years_before(self.seen.session, years)
        begin = int(np.searchsorted(self.days, np.datetime64(cut, "D"), side="right"))
        values, days = self.values[begin:], self.days[begin:]
        since = days[0].item() if days.size else None
        if values.size < MIN_VALUES:
            need = f"{values.size} values where {MIN_VALUES} are needed"
            return Window(values, days, since, "insufficient", f"{years} years", need)
        row = self.seen.view.catalog[self.asset.series[0]]
        expected = grid(row.calendar, self.seen.start, self.due)
        expected = expected[np.searchsorted(expected, np.datetime64(cut, "D"), side="right") :]
        text = f"{days[0]} to {days[-1]}"
        if values.size < FULL_SHARE * expected.size:
            reason = f"{values.size} of the {expected.size} sessions of {years} years"
            return Window(values, days, since, "degraded", f"{text}, shorter than {years} years", reason)
        return Window(values, days, since, "ok", text, None)

    def inputs(self, first: date | None = None) -> tuple[Input, ...]:
        """Lineage from `first` (None: the newest value alone) to the newest value."""
        if self.last is None:
            return ()
        return self.seen.inputs(self.asset, first or self.last[0], self.last[0])

    def missing(self, id_: str, unit: str, reason: str | None = None) -> Quantity:
        """An insufficient quantity of this asset, with the lineage of the newest value that is there."""
        return Quantity(id_, None, unit, "insufficient", self.due, inputs=self.inputs(), reason=reason or self.reason)
