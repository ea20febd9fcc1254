"""The members of the index over a stretch: weights, closes and sectors of every dated file, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from barograph.archive.points import Points
from barograph.core.estimate import Input
from barograph.core.series import member_of
from barograph.core.units import SECTORS
from barograph.models.equities.constituents import CLOSE, SECTOR, WEIGHT, is_split
from barograph.models.session import Days, session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
SLUGS: tuple[str, ...] = tuple(sorted(SECTORS.values()))
FAMILIES = (CLOSE, SECTOR, WEIGHT)
#: Position of a GICS code's slug among SLUGS.
_PLACE = {code: SLUGS.index(slug) for code, slug in SECTORS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """Members in the order of their tickers, days rising.

    `weights` are shares of one of all members of the day, shape (D, n), NaN on days without a file (`filed` says which days
    have one); `closes` likewise in dollars. `sectors` are positions among SLUGS, -1 where no sector is known; a day without
    its own takes the newest before it, or else the earliest. `rows` are the values of each family with what is known of them.
    """

    tickers: tuple[str, ...]
    days: Days
    weights: Floats
    closes: Floats
    sectors: NDArray[np.int64]
    filed: NDArray[np.bool_]
    rows: dict[str, Points]

    @property
    def files(self) -> Days:
        """Days with weights."""
        return self.days[self.filed]

    def inputs(self, view: AsOf, first: date, last: date, families: Iterable[str] = FAMILIES) -> tuple[Input, ...]:
        """One Input per family for all of its members together between two days; `n` counts the values of all members."""
        parts = (self.rows[f].between(first, last) for f in families if f in self.rows)
        return tuple(view.input(p) for p in parts if len(p))

    def place(self, day: np.datetime64) -> int | None:
        """Position of a day; None where it has neither weights nor closes."""
        at = int(np.searchsorted(self.days, day))
        return at if at < self.days.size and self.days[at] == day else None

    def nearest(self, day: np.datetime64) -> np.datetime64 | None:
        """The newest file of `day` or before it, else the earliest after it; None without any."""
        files = self.files
        if not files.size:
            return None
        at = int(np.searchsorted(files, day, side="right"))
        found: np.datetime64 = files[max(at - 1, 0)]
        return found

    def returns(self, before: np.datetime64, day: np.datetime64, beyond: float, slack: float) -> Floats | None:
        """Simple returns between the closes of two days, shares of one, NaN without both or where it looks like a split."""
        a, b = self.place(before), self.place(day)
        if a is None or b is None:
            return None
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.closes[b] / self.closes[a]
        ratio[~(ratio > 0.0) | ~np.isfinite(ratio)] = np.nan
        for i in np.flatnonzero((ratio < beyond) | (ratio > 1.0 / beyond)):
            if is_split(float(ratio[i]), beyond, slack):
                ratio[i] = np.nan
        return np.asarray(ratio - 1.0, dtype=np.float64)


_read: WeakKeyDictionary[AsOf, Holdings] = WeakKeyDictionary()


def holdings_of(view: AsOf, back: int = 480) -> Holdings:
    """What a view holds of the members over the `back` days before its session; read once for all models of the view."""
    try:
        if view not in _read:
            _read[view] = _holdings(view, back)
        return _read[view]
    except TypeError:  # a stand-in for a view that no dictionary can keep
        return _holdings(view, back)


def _holdings(view: AsOf, back: int) -> Holdings:
    end: date = session_of(view)
    start = end - timedelta(back)
    found = {}
    for family in (WEIGHT, CLOSE, SECTOR):
        members = view.members(family) if family in view.catalog else []
        found[family] = {member_of(i): view.series(i, start=start, end=end) for i in members}
    tickers = sorted(found[WEIGHT])
    rows = {f: _together(f, [by_ticker[t] for t in tickers if t in by_ticker]) for f, by_ticker in found.items()}
    days = np.unique(np.concatenate([rows[f].periods for f in (WEIGHT, CLOSE)]))
    tables = {}
    for family, by_ticker in found.items():
        table = np.full((days.size, len(tickers)), np.nan)
        there = [(i, p) for i, t in enumerate(tickers) if (p := by_ticker.get(t)) is not None and len(p)]
        if there and days.size:
            who = np.repeat([i for i, _ in there], [len(p) for _, p in there])
            when, values = (np.concatenate([getattr(p, c) for _, p in there]) for c in ("periods", "values"))
            at = np.minimum(np.searchsorted(days, when), days.size - 1)
            inside = days[at] == when
            table[at[inside], who[inside]] = values[inside]
        tables[family] = table
    weights = tables[WEIGHT]
    totals = np.nansum(weights, axis=1)
    filed = totals > 0.0
    shares = np.where(filed[:, None], weights / np.where(filed, totals, 1.0)[:, None], np.nan)
    return Holdings(tuple(tickers), days, shares, tables[CLOSE], _placed(tables[SECTOR]), filed, rows)


def _together(family: str, points: list[Points]) -> Points:
    """The values of all members as one stretch by day, for its lineage."""
    if not points:
        none = np.empty(0, dtype="datetime64[D]")
        known = none.astype("datetime64[us]")
        return Points(family, "", none, np.empty(0), known, np.empty(0, np.uint8), np.empty(0, np.int64))
    order = np.argsort(np.concatenate([p.periods for p in points]), kind="stable")
    return Points(
        family,
        points[0].unit,
        np.concatenate([p.periods for p in points])[order],
        np.concatenate([p.values for p in points])[order],
        np.concatenate([p.known_at for p in points])[order],
        np.concatenate([p.basis for p in points])[order],
        np.concatenate([p.batch for p in points])[order],
    )


def _placed(codes: Floats) -> NDArray[np.int64]:
    """Positions of sectors by day, a gap filled from the day before, then from the day after."""
    out = np.full(codes.shape, -1, dtype=np.int64)
    for code, place in _PLACE.items():
        out[codes == code] = place
    last = len(out) - 1
    steps = [(t, t - 1) for t in range(1, last + 1)] + [(t, t + 1) for t in range(last - 1, -1, -1)]
    for here, there in steps:
        gap = out[here] < 0
        out[here, gap] = out[there, gap]
    return out
