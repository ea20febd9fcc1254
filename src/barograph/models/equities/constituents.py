"""The members of the index on one session: weights at the close before, sectors, returns, and their lineage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input
from barograph.core.observation import BASES
from barograph.core.series import member_of
from barograph.core.units import SECTORS
from barograph.models.history import SessionView

if TYPE_CHECKING:
    from barograph.archive.view import Points

Floats = NDArray[np.float64]
WEIGHT, CLOSE, SECTOR = (f"us.equity.member.{what}" for what in ("weight", "close", "sector"))
#: Ratios of splits that are no whole ones: five for four, four for three, three for two, five for two.
_FRACTIONS = (1.25, 4.0 / 3.0, 1.5, 2.5)
#: Median absolute deviations to a standard deviation of a normal distribution.
_SCALED = 1.4826
#: Whole ratios of share splits and of reverse splits.
_SPLITS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50)


@dataclass(frozen=True, slots=True)
class Basket:
    """Members in the order of their tickers.

    `weights` are shares of one over all members, at the close of `weights_on`; `returns` are in per cent over the
    session, nan where a close is missing or the step looks like a split (`splits` names those); `sectors` are slugs,
    empty where the sector is not known. All arrays have shape (n,).
    """

    tickers: tuple[str, ...]
    weights: Floats
    returns: Floats
    sectors: tuple[str, ...]
    splits: tuple[str, ...]
    weights_on: date

    @property
    def held(self) -> NDArray[np.bool_]:
        """Which members have a return."""
        return ~np.isnan(self.returns)

    @property
    def covered(self) -> float:
        """Weight of the members that have a return, as a share of one."""
        return float(self.weights[self.held].sum())


def is_split(ratio: float, beyond: float, slack: float) -> bool:
    """Whether a ratio of two closes is that of a split: beyond `beyond` (or its inverse) and within `slack` of one.

    Holdings carry no corporate actions. A fall by 44 per cent stays a fall; a close of 0.1 times the one before is a
    split ten for one, or cannot be told from one.

    >>> is_split(0.1012, 0.6, 0.1), is_split(0.56, 0.6, 0.1), is_split(0.97, 0.6, 0.1)
    (True, False, False)
    """
    down = min(ratio, 1.0 / ratio)
    return down < beyond and any(abs(down * k - 1.0) <= slack for k in _SPLITS)


def fractional_splits(
    returns: Floats, weights: Floats, index: float, tight: float, extreme: float, floor: float
) -> NDArray[np.bool_]:
    """Members whose return is that of a split 5:4, 4:3, 3:2 or 5:2, shape (n,), by ratio, by size and by the index.

    A fall of a fifth on results has such a ratio too and is as far from the others. What tells them apart is the index, which
    no split moves: with a split as a return the account misses it, with the ratio taken out it does not.

    Parameters
    ----------
    returns, weights
        Of the session and at the close before, shape (n,), shares of one; NaN for a member without either.
    index
        The index's return, a share of one; NaN: nothing can be told.
    tight
        How far the ratio of two closes may be from that of a split.
    extreme
        Scaled median absolute deviations that the return must be away from the members' median.
    floor
        Residual, a share of one, from which on the account misses the index.
    """
    out = np.zeros(returns.size, dtype=bool)
    good = np.isfinite(returns) & np.isfinite(weights)
    if not np.isfinite(index) or not good.any():
        return out
    centre = float(np.median(returns[good]))
    width = _SCALED * float(np.median(np.abs(returns[good] - centre)))
    total = float(weights[good] @ returns[good]) / float(weights[good].sum())
    share = np.where(good, weights, 0.0) / float(weights[good].sum())
    far = good & (np.abs(returns - centre) > extreme * width)
    # The member that moves the account most is judged first: another's ratio may only look odd because of it.
    for i in sorted(np.flatnonzero(far), key=lambda k: -abs(float(share[k] * returns[k]))):
        ratio = 1.0 + float(returns[i])
        for k in (f for base in _FRACTIONS for f in (base, 1.0 / base)):
            own = ratio * k - 1.0
            mended = total + float(share[i]) * (own - float(returns[i]))
            gap, left = abs(index - total), abs(index - mended)
            if abs(own) <= tight and gap > floor and left < 0.5 * gap:
                out[i], total = True, mended
                break
    return out


def keys_of(seen: SessionView) -> list[str]:
    """Tickers that ever had a weight."""
    return sorted(member_of(i) for i in seen.members(WEIGHT))


def value_on(seen: SessionView, family: str, key: str, day: date) -> float | None:
    """A member's value of a day, None where there is none."""
    found: float | None = seen.member(family, key).value_on(day)
    return found


def sector_of(seen: SessionView, key: str, day: date) -> str:
    """Slug of the member's newest sector up to `day`, or an empty string."""
    points = seen.member(SECTOR, key).upto(day)
    return SECTORS.get(int(points.values[-1]), "") if len(points) else ""


@dataclass(frozen=True, slots=True)
class Splits:
    """What is taken for a split: whole ratios `beyond` and within `slack`, others by `fractional_splits`."""

    beyond: float
    slack: float
    tight: float
    extreme: float
    floor: float


def basket(seen: SessionView, rules: Splits, index: float | None) -> Basket | None:
    """The members at the session, `index` being its return in per cent; None where no weight of the session before is on
    record."""
    before, day = seen.previous, seen.session
    found = [(k, w) for k in keys_of(seen) if (w := value_on(seen, WEIGHT, k, before)) is not None]
    total = sum(w for _, w in found)
    if not total > 0.0:
        return None
    returns, splits = np.full(len(found), np.nan), []
    for i, (key, _) in enumerate(found):
        old, new = value_on(seen, CLOSE, key, before), value_on(seen, CLOSE, key, day)
        if old is None or new is None or not old > 0.0 or not new > 0.0:
            continue
        if is_split(new / old, rules.beyond, rules.slack):
            splits.append(key)
            continue
        returns[i] = 100.0 * (new / old - 1.0)
    weights = np.array([w for _, w in found]) / total
    moved = np.nan if index is None else index / 100.0
    odd = fractional_splits(returns / 100.0, weights, moved, rules.tight, rules.extreme, rules.floor)
    splits = sorted([*splits, *(found[i][0] for i in np.flatnonzero(odd))])
    returns[odd] = np.nan
    return Basket(
        tuple(k for k, _ in found),
        weights,
        returns,
        tuple(sector_of(seen, k, before) for k, _ in found),
        tuple(splits),
        before,
    )


def lineage(
    seen: SessionView, keys: Iterable[str], first: date, last: date, families: Iterable[str]
) -> tuple[Input, ...]:
    """One Input per family for all of its members together: five hundred lines would hide what two files say.

    `series_id` is the family's id; n counts the values of all members.
    """
    keys = list(keys)
    out = (_merged(seen, family, [seen.stretch(f"{family}[{k}]", first, last) for k in keys]) for family in families)
    return tuple(i for i in out if i is not None)


def _merged(seen: SessionView, family: str, pieces: list[Points]) -> Input | None:
    pieces = [p for p in pieces if len(p)]
    if not pieces:
        return None
    met: set[tuple[object, object]] = set()
    inputs: list[Input] = []
    for piece in pieces:
        # Members of one file share batch and basis: its lineage is asked for once and not five hundred times.
        new = set(zip(piece.batch.tolist(), piece.basis.tolist(), strict=True)) - met
        if new:
            met |= new
            inputs.append(seen.view.input(piece))
    newest = max(piece.known_at.max() for piece in pieces)
    bases = {b for i in inputs for b in i.bases}
    return Input(
        family,
        min(p.periods[0] for p in pieces).item(),
        max(p.periods[-1] for p in pieces).item(),
        sum(len(p) for p in pieces),
        newest.item().replace(tzinfo=UTC),
        tuple(b for b in BASES if b in bases),
        tuple(sorted({b for i in inputs for b in i.batches})),
    )
