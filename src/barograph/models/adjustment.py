"""Prices without the jumps of splits and dividends: for ratios only, never shown as a level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
#: Corporate actions: days from which a share trades without them, and their amounts.
Actions = tuple[Days, Floats]


def adjusted(days: Days, closes: Floats, splits: Actions, dividends: Actions) -> Floats:
    """Closes as traded, multiplied by the factors of all later actions; the newest close is unchanged.

    At ex day e with split ratio r (new per old) and dividend D per new share, every earlier close is multiplied by
    (1/r)(1 - D r / P), P the last close before e. The ratio of two adjusted closes is the total return between them,
    dividends put back into the share.

    Parameters
    ----------
    days, closes
        Sessions, rising, and closes as traded; shape (n,), any price unit.
    splits, dividends
        Actions by ex day, rising; dividends in the unit of `closes`.
    """
    if not splits[0].size and not dividends[0].size:
        return closes
    factors = np.ones(closes.size)
    for day in np.union1d(splits[0], dividends[0]):
        at = int(np.searchsorted(days, day))
        # Before the first close there is nothing to adjust; after the last one the action has not happened yet.
        if at == 0 or at == days.size:
            continue
        ratio = _amount(splits, day, 1.0)
        lost = _amount(dividends, day, 0.0) * ratio / closes[at - 1]
        # A dividend of the whole price is a wrong row and not a payment; the split beside it still counts.
        factors[at - 1] *= (1.0 - lost if lost < 1.0 else 1.0) / ratio
    return np.asarray(closes * np.cumprod(factors[::-1])[::-1], dtype=np.float64)


def _amount(actions: Actions, day: np.datetime64, absent: float) -> float:
    found = actions[1][actions[0] == day]
    return float(found[-1]) if found.size else absent
