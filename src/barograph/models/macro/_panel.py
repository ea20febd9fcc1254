"""A monthly panel of a view: transformed, weekly figures averaged, quarterly ones in the third month, outliers marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Transform = Literal["log_change", "change"]
#: Scales the median absolute deviation to the standard deviation of a normal distribution.
MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Row:
    """One series of a panel.

    `transform` is 100 (log x_t - log x_{t-1}) or x_t - x_{t-1}, over a month, for a quarterly series over a quarter. `blocks`
    are the positions of the factor blocks that it loads on.
    """

    series_id: str
    transform: Transform
    blocks: tuple[int, ...] = (0,)
    quarterly: bool = False

    @property
    def name(self) -> str:
        return self.series_id.rpartition(".")[2]


@dataclass(frozen=True)
class Panel:
    """`values[t, i]`: the transform of row i in month t, NaN where it is not known; `months` datetime64[M], shape (T,)."""

    rows: tuple[Row, ...]
    months: NDArray[np.datetime64]
    values: Floats
    inputs: tuple[Input | None, ...]

    @property
    def known(self) -> int:
        """How many rows have a value in the newest four months that any row has one in."""
        newest = self.newest
        if newest is None:
            return 0
        return int(np.isfinite(self.values[max(newest - 3, 0) : newest + 1]).any(axis=0).sum())

    @property
    def newest(self) -> int | None:
        """Position of the newest month in which a monthly series has a value."""
        monthly = [i for i, r in enumerate(self.rows) if not r.quarterly]
        there = np.flatnonzero(np.isfinite(self.values[:, monthly]).any(axis=1))
        return int(there[-1]) if there.size else None


def month_of(view: AsOf) -> np.datetime64:
    """The month of a view's day in New York."""
    return np.datetime64(view.day, "M")


def monthly_panel(view: AsOf, rows: Sequence[Row], months: int, ahead: int = 0) -> Panel:
    """The panel of `months` months up to that of the view, and `ahead` empty ones after it.

    A month's value needs the month before it (a quarter's the quarter before): over a gap there is none, since the change over
    two months is no monthly rate.
    """
    last = month_of(view)
    grid = np.arange(last - np.timedelta64(months - 1, "M"), last + np.timedelta64(ahead + 1, "M"))
    # The month or quarter before the first is needed for its change.
    begin = (grid[0] - np.timedelta64(4, "M")).astype("datetime64[D]").item()
    values = np.full((grid.size, len(rows)), np.nan)
    inputs: list[Input | None] = []
    for i, row in enumerate(rows):
        points = view.series(row.series_id, start=begin) if row.series_id in view.catalog else None
        if points is None or not len(points):
            inputs.append(None)
            continue
        stamps, made = transformed(points, row)
        at = (stamps - grid[0]).astype(np.int64)
        inside = (at >= 0) & (at < grid.size)
        values[at[inside], i] = made[inside]
        first = (grid[0] - np.timedelta64(3, "M")).astype("datetime64[D]").item()
        inputs.append(view.input(points.between(first, points.periods[-1].item())) if inside.any() else None)
    return Panel(tuple(rows), grid, values, tuple(inputs))


def transformed(points: Points, row: Row) -> tuple[NDArray[np.datetime64], Floats]:
    """Months and transformed values; a quarter's value stands in its third month."""
    stamps = points.periods.astype("datetime64[M]")
    values = points.values
    if not row.quarterly and stamps.size > 1 and (stamps[1:] == stamps[:-1]).any():
        # Several figures a month (weeks, by the day they end): the mean of those known.
        stamps, starts = np.unique(stamps, return_index=True)
        counts = np.diff(np.append(starts, values.size))
        values = np.add.reduceat(values, starts) / counts
    step = 3 if row.quarterly else 1
    follows = (stamps[1:] - stamps[:-1]).astype(np.int64) == step
    if row.transform == "log_change":
        positive = values > 0.0
        logs = np.log(np.where(positive, values, 1.0))
        made = 100.0 * np.diff(logs)
        follows &= positive[1:] & positive[:-1]
    else:
        made = np.diff(values)
    stamps = stamps[1:][follows] + np.timedelta64(step - 1, "M")
    return stamps, made[follows]


def outliers(values: Floats, limit: float) -> Bools:
    """Cells further than `limit` scaled median absolute deviations from their column's median; NaN is none."""
    out = np.zeros(values.shape, dtype=bool)
    for i in range(values.shape[1]):
        column = values[:, i]
        there = column[np.isfinite(column)]
        if there.size:
            middle = np.median(there)
            spread = MAD_TO_SD * np.median(np.abs(there - middle))
            out[:, i] = np.abs(column - middle) > limit * spread
    return out
