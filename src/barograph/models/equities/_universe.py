"""A user's universe over a stretch of sessions: weights carried between their dates, returns, groups."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.models._price_path import price_path
from barograph.models._tagged import tag_of
from barograph.models.history import SessionView
from barograph.models.session import Days, grid

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog
    from barograph.core.series import Series

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its weights' row, the series of its price, its name and its group (empty: none)."""

    row: Series
    price: str
    name: str
    group: str


def universes_of(catalog: Catalog) -> dict[str, list[Member]]:
    """Members by universe, from rows tagged `universe:<name>` and `price:<series>`, perhaps `group:<name>`; in name order."""
    found: dict[str, list[Member]] = {}
    for row in catalog:
        universe, price = tag_of(row, "universe"), tag_of(row, "price")
        if universe and price:
            member = Member(row, price, slug(price.rpartition(".")[2]), slug(tag_of(row, "group")))
            found.setdefault(slug(universe), []).append(member)
    return {u: sorted(m, key=lambda x: (x.name, x.row.id)) for u, m in sorted(found.items())}


def slug(text: str) -> str:
    """What can stand in a fact's id.

    >>> slug("Semis & AI")
    'semis_ai'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


@dataclass(frozen=True, slots=True, eq=False)
class UniverseDays:
    """`weights` (T, n) at the close before, with the sum one over those that have a return; `returns` (T, n), nought where
    there is none; `covered` (T,): the weight of what has one. Shares of one. `ages` (T,) in sessions, `dates` (T,)."""

    days: Days
    weights: Floats
    returns: Floats
    covered: Floats
    ages: NDArray[np.int64]
    dates: Days

    def since(self, base: np.datetime64) -> UniverseDays:
        """The sessions after a day."""
        at = int(np.searchsorted(self.days, base, side="right"))
        return replace(
            self,
            days=self.days[at:],
            weights=self.weights[at:],
            returns=self.returns[at:],
            covered=self.covered[at:],
            ages=self.ages[at:],
            dates=self.dates[at:],
        )

    @property
    def contributions(self) -> Floats:
        return np.asarray(self.weights * self.returns, dtype=np.float64)


def universe_days(seen: SessionView, members: list[Member], path: Days) -> UniverseDays | str:
    """The sessions of `path` after its first day; w_t is proportional to w_F P_t/P_F, F the newest date of weights before.

    A member without a weight on that date is not held. A session before the first date has no weights: nothing is carried
    back, since a user's weights are a decision and not an index's arithmetic.
    """
    points = [seen.points(m.row.id) for m in members]
    dates = np.unique(np.concatenate([p.periods for p in points])) if points else np.empty(0, dtype="datetime64[D]")
    size, n = path.size - 1, len(members)
    at = np.searchsorted(dates, path[:-1], side="right") - 1
    if not dates.size or (at < 0).all():
        return "no weights up to the close before the session"
    used = dates[np.maximum(at, 0)]
    sessions = grid("NYSE", min(used.min(), path[0]).item(), path[-1].item())
    # Weights dated on a day without a session stand on the close before it.
    closes = sessions[np.maximum(np.searchsorted(sessions, used, side="right") - 1, 0)]
    every = np.unique(np.concatenate([path, closes]))
    prices = np.column_stack([price_path(seen, m.price, every) for m in members])
    weights, returns, covered = np.zeros((size, n)), np.zeros((size, n)), np.full(size, np.nan)
    ages = np.zeros(size, dtype=np.int64)
    for t in range(size):
        if at[t] < 0:
            continue
        given = np.array([p.value_on(used[t].item()) or 0.0 for p in points])
        a, b, c = (int(np.searchsorted(every, d)) for d in (closes[t], path[t], path[t + 1]))
        carried = given * prices[b] / prices[a]
        # What has no price keeps its weight in the sum that says how much is covered.
        whole = float(np.nansum(carried)) + float(given[~np.isfinite(carried)].sum())
        moves = prices[c] / prices[b] - 1.0
        good = np.isfinite(carried) & np.isfinite(moves) & (given > 0.0)
        held = float(carried[good].sum())
        if not (whole > 0.0 and held > 0.0):
            continue
        covered[t] = held / whole
        weights[t, good], returns[t, good] = carried[good] / held, moves[good]
        ages[t] = int(np.searchsorted(sessions, path[t])) - int(np.searchsorted(sessions, closes[t]))
    return UniverseDays(path[1:], weights, returns, covered, ages, used)
