"""Changes of several assets between the neighbouring days on which all of them have a value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from barograph.models.history import History
from barograph.models.session import Days

Floats = NDArray[np.float64]
#: Calendar days between two such days beyond which their change is left out.
FURTHEST = 5


def common_changes(histories: Sequence[History], newest: int) -> tuple[Days, Floats]:
    """The newest changes by the day on which they end, shape (T,) and (T, n), oldest first; at most `newest` of them.

    Prices change in per cent of themselves, yields and spreads in bp. A holiday of one market merges its days for all, so that
    every row is about one stretch of time.
    """
    days = histories[0].days[-2 * newest - 20 :]
    for h in histories[1:]:
        days = np.intersect1d(days, h.days, assume_unique=True)
    if days.size < 2:
        return days[:0], np.empty((0, len(histories)))
    columns = []
    for h in histories:
        values = h.values[np.searchsorted(h.days, days)]
        if h.asset.kind == "price":
            columns.append(100.0 * (values[1:] / values[:-1] - 1.0))
        else:
            columns.append(np.round((100.0 if h.asset.kind == "yield" else 1.0) * np.diff(values), 10))
    near = np.diff(days).astype(np.int64) <= FURTHEST
    made = np.column_stack(columns)
    return days[1:][near][-newest:], made[near][-newest:]
