"""Sector weights and returns of each session of a stretch: from the members where a file is on record, else from funds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from barograph.models._price_path import price_path
from barograph.models.assets import ASSETS
from barograph.models.equities._holdings import SLUGS, Holdings
from barograph.models.equities.constituents import Splits, fractional_splits
from barograph.models.history import SessionView
from barograph.models.session import Days, grid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
INDEX, EQUAL = "us.equity.spx", "us.equity.rsp"
FUNDS = {a.slug: a.series[0] for a in ASSETS if a.prefix.startswith("equity.us.sector_etf.")}


@dataclass(frozen=True, slots=True, eq=False)
class SectorDays:
    """One row per session, T of them; sectors in the order of SLUGS, S of them. Returns and weights are shares of one.

    `weights`, `returns` (T, S): weights at the close before, NaN for a sector without a price. `covered` (T,): the weight of
    what has a return. `index` (T,). `members` (T,): whether the session's rows are of the members themselves.
    `equal_weights`, `equal_returns` (T, S), `equal` (T,): the same of the equal-weighted index; its sectors' returns are NaN
    where it is read off its fund. `ages` (T,): sessions from the file to the close before, negative where the weights of a
    later file are carried back. `files`: the files used.
    """

    days: Days
    weights: Floats
    returns: Floats
    covered: Floats
    index: Floats
    members: Bools
    equal_weights: Floats
    equal_returns: Floats
    equal: Floats
    ages: NDArray[np.int64]
    files: tuple[np.datetime64, ...]

    @property
    def contributions(self) -> Floats:
        """Weight times return, (T, S); nought for a sector without a price, which stays in the residual."""
        return np.asarray(np.nan_to_num(self.weights * self.returns), dtype=np.float64)

    def since(self, base: np.datetime64) -> SectorDays:
        """The sessions after a day."""
        at = int(np.searchsorted(self.days, base, side="right"))
        return replace(
            self,
            days=self.days[at:],
            weights=self.weights[at:],
            returns=self.returns[at:],
            covered=self.covered[at:],
            index=self.index[at:],
            members=self.members[at:],
            equal_weights=self.equal_weights[at:],
            equal_returns=self.equal_returns[at:],
            equal=self.equal[at:],
            ages=self.ages[at:],
        )


def sector_days(seen: SessionView, held: Holdings, path: Days, least: float, rules: Splits) -> SectorDays | str:
    """The sessions of `path` after its first day, or why there are none.

    A session's rows are the members' where a file of the close before is on record and `least` of its weight has both closes.
    Else they are the sector funds': w_s(t) is proportional to w_s(F) P_s(t)/P_s(F), F the newest file up to the close before
    or, where there is none, the earliest after it. That is w_t = w_{t-1}(1 + r)/(1 + R) from session to session, forth or back.
    Funds' prices hold their dividends, as in the model of one session: on its ex day a fund loses at once what the index
    has lost, or will lose, on as many days as it has members.
    """
    if not held.files.size:
        return "no holdings on record"
    files = {day: held.nearest(day) for day in path[:-1]}
    days = np.unique(np.concatenate([path, [f for f in files.values() if f is not None]]))
    prices = np.column_stack([price_path(seen, FUNDS[s], days, dividends=True) for s in SLUGS])
    index, equal = price_path(seen, INDEX, path), price_path(seen, EQUAL, path, dividends=True)
    moves = index[1:] / index[:-1] - 1.0
    size, n = path.size - 1, len(SLUGS)
    weights, returns = np.full((size, n), np.nan), np.full((size, n), np.nan)
    same, alike = np.zeros((size, n)), np.full((size, n), np.nan)
    covered, members = np.zeros(size), np.zeros(size, dtype=bool)
    whole = equal[1:] / equal[:-1] - 1.0
    ages = np.zeros(size, dtype=np.int64)
    for t in range(size):
        before, day = path[t], path[t + 1]
        file = files[before]
        assert file is not None
        at = held.place(file)
        assert at is not None
        moved = held.returns(before, day, rules.beyond, rules.slack) if file == before else None
        shares, sectors = held.weights[at], held.sectors[at]
        if moved is not None:
            odd = fractional_splits(moved, shares, float(moves[t]), rules.tight, rules.extreme, rules.floor)
            moved = np.where(odd, np.nan, moved)
        there = np.isfinite(shares)
        if moved is not None:
            good = there & np.isfinite(moved)
            covered[t] = float(shares[good].sum())
        members[t] = covered[t] >= least
        if members[t]:
            assert moved is not None
            known = good & (sectors >= 0)
            total = np.bincount(sectors[known], (shares * moved)[known], n)
            weight = np.bincount(sectors[known], shares[known], n)
            count = np.bincount(sectors[known], minlength=n).astype(float)
            with np.errstate(invalid="ignore", divide="ignore"):
                weights[t], returns[t] = weight, np.where(weight > 0.0, total / weight, np.nan)
                alike[t] = np.where(count > 0.0, np.bincount(sectors[known], moved[known], n) / count, np.nan)
            covered[t] = float(weight.sum())
            same[t] = count / max(count.sum(), 1.0)
            whole[t] = float(moved[known].mean())
            continue
        named = there & (sectors >= 0)
        base = np.bincount(sectors[named], shares[named], n)
        a, b, c = (int(np.searchsorted(days, d)) for d in (file, before, day))
        carried = base * prices[b] / prices[a]
        # A sector without a fund keeps the weight of its file in the sum and has no return.
        rest = 1.0 - base.sum() + float(base[~np.isfinite(carried)].sum())
        weights[t] = carried / (np.nansum(carried) + rest)
        returns[t] = np.where(np.isfinite(weights[t]), prices[c] / prices[b] - 1.0, np.nan)
        covered[t] = float(np.nansum(np.where(np.isfinite(returns[t]), weights[t], 0.0)))
        same[t] = np.bincount(sectors[named], minlength=n) / max(int(named.sum()), 1)
        ages[t] = _sessions_between(file, before)
    used = tuple(sorted({f for f in files.values() if f is not None}))
    return SectorDays(path[1:], weights, returns, covered, moves, members, same, alike, whole, ages, used)


def _sessions_between(first: np.datetime64, last: np.datetime64) -> int:
    low, high = _day(min(first, last)), _day(max(first, last))
    count = grid("NYSE", low, high).size - 1
    return count if last >= first else -count


def _day(moment: np.datetime64) -> date:
    day: date = moment.item()  # type: ignore[assignment]
    return day
