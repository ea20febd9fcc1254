"""The days on which every leg has a value and so has the session before: what a shock may be read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.models.session import Days, grid

if TYPE_CHECKING:
    from barograph.models.history import History, SessionView

Floats = NDArray[np.float64]
#: Sessions beyond the window that are read, so that its first rows have a day before.
_RUN_UP = 2


@dataclass(frozen=True, slots=True)
class Moves:
    """The legs' changes by NYSE session, oldest first.

    `days`, shape (T,): sessions up to the newest one that every leg should have reached. `moves`, shape (T, n): the
    changes from the session before, in the legs' units; a row is NaN throughout unless every leg has a value on the
    session and on the one before: all legs then move over the same hours, and no stale close makes a shock.
    """

    days: Days
    moves: Floats

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Rows that follow a complete row and are complete themselves, shape (T,)."""
        there = ~np.isnan(self.moves[:, 0])
        after = np.zeros_like(there)
        after[1:] = there[:-1]
        return there & after


def moves_of(seen: SessionView, legs: Sequence[History], sessions: int) -> Moves:
    """The legs' changes over the newest `sessions` sessions and those that they rest on."""
    due = min(leg.due for leg in legs)
    days = grid("NYSE", seen.start, due)[-(sessions + _RUN_UP) :]
    moves = np.column_stack([move_of(leg, days) for leg in legs])
    moves[np.isnan(moves).any(axis=1)] = np.nan
    return Moves(days[1:], moves[1:])


def move_of(leg: History, days: Days) -> Floats:
    """Change of one leg from each of `days` to the next, shape (T,), the first NaN; NaN where an end has no value.

    Prices in per cent, yields in bp, spreads and volatility indices in their own unit.
    """
    values = np.full(days.size, np.nan)
    if leg.days.size:
        at = np.minimum(np.searchsorted(leg.days, days), leg.days.size - 1)
        there = leg.days[at] == days
        values[there] = leg.values[at[there]]
    out = np.full(days.size, np.nan)
    if leg.asset.kind == "price":
        out[1:] = 100.0 * (values[1:] / values[:-1] - 1.0)
    else:
        # Differences of quotes leave noise in the fifteenth digit.
        out[1:] = np.round((100.0 if leg.asset.kind == "yield" else 1.0) * (values[1:] - values[:-1]), 10)
    return out


def lacking(legs: Sequence[History], days: Days) -> str:
    """Which of `days` lack a value, the newest of them first met, and in which series; empty where none does."""
    for day in reversed(days.tolist()):
        gone = dict.fromkeys(s for leg in legs if leg.value_of(day) is None for s in leg.asset.series)
        if gone:
            return f"no value for {day} of {', '.join(gone)}"
    return ""


def too_few(sample: Moves, legs: Sequence[History], complete: int, least: int) -> str:
    """Why there is no sample: how many days there are, and which leg has the fewest."""
    held = [int(np.isin(sample.days, leg.days).sum()) for leg in legs]
    fewest = legs[int(np.argmin(held))]
    return (
        f"{complete} sessions with every leg where {least} are needed; "
        f"{', '.join(fewest.asset.series)} has {min(held)} of {sample.days.size}"
    )
