"""A user's universe over a stretch of sessions: weights carried between their dates, returns, groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.catalog.universe_rows import universe_clashes, universe_faults
from barograph.core.tags import has_tag, short_names, slug, tag_of
from barograph.core.time import DAY_END, new_york
from barograph.models._price_path import carried_path
from barograph.models.history import SessionView
from barograph.models.session import Days, grid

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog
    from barograph.core.series import Series

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Calendar days that hold a session for certain, however the year's end falls.
SURELY = 10
#: Stands for a universe whose name says nothing.
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its weights' row, the series of its price, its name and its group (empty: none)."""

    row: Series
    price: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Universe:
    """Members in the order of their names, and what is wrong with the rows: nothing is accounted for unless that is empty."""

    members: tuple[Member, ...]
    faults: tuple[str, ...] = ()


def universes_of(catalog: Catalog) -> dict[str, Universe]:
    """Universes by name, from rows tagged `universe:<name>` and `price:<series>`, perhaps `group:<name>`; in name order."""
    rows: dict[str, list[Series]] = {}
    for row in catalog:
        if has_tag(row, "universe"):
            rows.setdefault(slug(tag_of(row, "universe")) or UNNAMED, []).append(row)
    return {name: _universe(rows[name], catalog.get) for name in sorted(rows)}


def _universe(rows: list[Series], find: Callable[[str], Series | None]) -> Universe:
    names = short_names(tag_of(r, "price") for r in rows)
    members = [Member(r, p, names[p], slug(tag_of(r, "group"))) for r in rows for p in (tag_of(r, "price"),)]
    faults = [f"{r.id} has {found}" for r in rows for found, _ in universe_faults(r, find)]
    faults += [f"{r.id} has {found}" for r, found, _ in universe_clashes(rows)]
    return Universe(tuple(sorted(members, key=lambda m: (m.name, m.row.id))), tuple(faults))


@dataclass(frozen=True, slots=True, eq=False)
class UniverseDays:
    """A row per session, T of them; shares of one.

    `weights` (T, n) at the close before, with the sum one over those that have a return; `returns` (T, n), nought where there
    is none; `covered` (T,): the weight of what has one, NaN where nothing can be said, and then `faults` says why; `ages`
    (T,) in sessions, `dates` (T,) of the weights. `late` (T,): whether the weights were known only after the close that they
    stand on. Per session, as `name on day`: `lacking` have weight and no return, `carried` have a return that rests on an
    older close; `dropped` were held on the date of weights before and are not named by the newest.
    """

    days: Days
    weights: Floats
    returns: Floats
    covered: Floats
    ages: NDArray[np.int64]
    dates: Days
    late: Bools
    faults: tuple[str, ...]
    lacking: tuple[tuple[str, ...], ...]
    carried: tuple[tuple[str, ...], ...]
    dropped: tuple[tuple[str, ...], ...]

    def since(self, base: np.datetime64) -> UniverseDays:
        """The sessions after a day."""
        at = int(np.searchsorted(self.days, base, side="right"))
        return replace(self, **{f.name: getattr(self, f.name)[at:] for f in fields(self)})

    @property
    def contributions(self) -> Floats:
        return np.asarray(self.weights * self.returns, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """Weights by date, (D, n), NaN where a member has none; `known` (D,): when the last of a date's was."""

    dates: Days
    weights: Floats
    known: NDArray[np.datetime64]


def _given(seen: SessionView, members: tuple[Member, ...]) -> _Given:
    points = [seen.points(m.row.id) for m in members]
    dates = np.unique(np.concatenate([p.periods for p in points])) if points else np.empty(0, dtype="datetime64[D]")
    weights = np.full((dates.size, len(members)), np.nan)
    known = np.full(dates.size, np.datetime64(0, "us"))
    for k, p in enumerate(points):
        at = np.searchsorted(dates, p.periods)
        weights[at, k] = p.values
        known[at] = np.maximum(known[at], p.known_at)
    return _Given(dates, weights, known)


def universe_days(seen: SessionView, members: tuple[Member, ...], path: Days, carry: int) -> UniverseDays | str:
    """The sessions of `path` after its first day; w_t is proportional to w_F P_t/P_F, F the newest date of weights before.

    A member without a weight on that date is not held. A session before the first date has no weights: nothing is carried
    back, since a user's weights are a decision and not an index's arithmetic. A close that is missing is the newest of up
    to `carry` sessions before: the move lands on the session on which it is known.
    """
    given = _given(seen, members)
    size, n = path.size - 1, len(members)
    at = np.searchsorted(given.dates, path[:-1], side="right") - 1
    if not given.dates.size or (at < 0).all():
        return "no weights up to the close before the session"
    used = given.dates[np.maximum(at, 0)]
    first: Any = min(used.min(), path[0]) - SURELY
    sessions = grid("NYSE", first.item(), path[-1].item())
    # Weights dated on a day without a session stand on the close before it.
    closes = sessions[np.searchsorted(sessions, used, side="right") - 1]
    every = np.unique(np.concatenate([path, closes]))
    found = [carried_path(seen, m.price, every, carry) for m in members]
    prices, of = (np.column_stack(columns) for columns in zip(*found, strict=True))
    weights, returns, covered = np.zeros((size, n)), np.zeros((size, n)), np.full(size, np.nan)
    ages, late = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    faults = [""] * size
    lacking: list[tuple[str, ...]] = [()] * size
    carried, dropped = list(lacking), list(lacking)

    def names(which: Bools, days: Days) -> tuple[str, ...]:
        return tuple(f"{members[k].name} on {days[k]}" for k in np.flatnonzero(which))

    for t in range(size):
        before, day = path[t], path[t + 1]
        if at[t] < 0:
            faults[t] = f"no weights up to the close before {day}"
            continue
        row = given.weights[at[t]]
        short = np.flatnonzero(row < 0.0)
        if short.size:
            faults[t] = f"negative weights of {members[short[0]].name} on {used[t]}: long only"
            continue
        shares = np.nan_to_num(row)
        a, b, c = (int(np.searchsorted(every, d)) for d in (closes[t], before, day))
        worth = shares * prices[b] / prices[a]
        # What has no price keeps its weight in the sum that says how much is covered.
        whole = float(np.nansum(worth)) + float(shares[~np.isfinite(worth)].sum())
        moves = prices[c] / prices[b] - 1.0
        good = np.isfinite(worth) & np.isfinite(moves) & (shares > 0.0)
        held = float(worth[good].sum())
        gone = (shares > 0.0) & ~good
        lacking[t] = names(
            gone, np.where(np.isfinite(prices[c]), np.where(np.isfinite(prices[b]), closes[t], before), day)
        )
        if not (whole > 0.0 and held > 0.0):
            faults[t] = f"no member has a weight and a return on {day}"
            continue
        covered[t] = held / whole
        weights[t, good], returns[t, good] = worth[good] / held, moves[good]
        carried[t] = names(good & ((of[c] != day) | (of[b] != before)), np.where(of[c] != day, day, before))
        ages[t] = int(np.searchsorted(sessions, before)) - int(np.searchsorted(sessions, closes[t]))
        late[t] = given.known[at[t]] > _evening(before)
        if at[t] > 0:
            dropped[t] = names((given.weights[at[t] - 1] > 0.0) & np.isnan(row), np.full(n, used[t]))
    assert not (covered > 1.0 + 1e-9).any(), "more is covered than there is"
    return UniverseDays(
        path[1:], weights, returns, covered, ages, used, late, tuple(faults), tuple(lacking), tuple(carried), tuple(dropped)
    )  # fmt: skip


def _evening(day: np.datetime64) -> np.datetime64:
    """18:00 New York of a day, at which its page stands, as UTC without a zone."""
    moment: Any = day.item()
    return np.datetime64(new_york(moment, DAY_END).replace(tzinfo=None), "us")
