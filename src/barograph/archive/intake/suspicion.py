"""Which values look like misprints: a decimal point in the wrong place, far from both neighbours.

A value is suspected when it is about 10^k times (k = +-1, 2, 3, within a factor TOLERANCE) the median of up to five
neighbours on either side, and jumps from the nearest neighbour on either side by more than both STEEP robust standard
deviations of the changes and a floor of its kind. Levels are compared in logarithms, rates in their unit. A crash, a
negative price or a rate that goes to zero is none of this: it is no power of ten away, or it is not far from both
neighbours, or it moves less than the floor.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from barograph.core.series import Kind

Floats = NDArray[np.float64]
NEIGHBOURS = 5
#: Fewer neighbours than this and nothing can be said.
FEWEST = 3
TOLERANCE = 1.35
POWERS = (-3, -2, -1, 1, 2, 3)
STEEP = 8.0
#: Changes on either side over which their spread is taken.
SPREAD_OVER = 250
#: Least jump of a level, as a logarithm: a factor of four from one period to the next.
LEVEL_FLOOR = math.log(4.0)
#: Least jump of a rate, by unit: for the newest value, which could be the first of a new level, and for one with
#: neighbours on both sides. Near zero per cent a rate may well move tenfold: bills went from 0.29 to 0.02 in a day.
RATE_FLOORS = {"bp": (50.0, 30.0), "percent": (0.5, 0.3)}
#: Kinds that are checked at all.
CHECKED: tuple[Kind, ...] = ("level", "rate")


class Suspect(NamedTuple):
    """A value at position `at`, about 10^`power` times the `median` of its `neighbours`."""

    at: int
    power: int
    median: float
    neighbours: tuple[float, ...]


def windows(values: Floats) -> Floats:
    """For each value its neighbours, shape (n, 2 NEIGHBOURS), oldest first, NaN where there is none."""
    padded = np.concatenate([np.full(NEIGHBOURS, np.nan), values, np.full(NEIGHBOURS, np.nan)])
    view = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    return np.delete(view, NEIGHBOURS, axis=1)


def medians(around: Floats) -> Floats:
    """Median of each row without its NaN; NaN where fewer than FEWEST are left."""
    counts = np.count_nonzero(~np.isnan(around), axis=1)
    ordered = np.sort(around, axis=1)  # NaN go last
    rows = np.arange(around.shape[0])
    low = ordered[rows, np.maximum(counts - 1, 0) // 2]
    high = ordered[rows, np.minimum(counts // 2, around.shape[1] - 1)]
    out = 0.5 * (low + high)
    out[counts < FEWEST] = np.nan
    return out


def off_by(values: Floats, median: Floats) -> NDArray[np.int64]:
    """The power of ten by which each value is off its median; 0 where it is not off by one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(values / median)
    power = np.where(np.isfinite(logs), np.rint(logs), 0.0)
    near = np.abs(logs - power) <= math.log10(TOLERANCE)
    return np.where(near & np.isin(power, POWERS), power, 0.0).astype(np.int64)


def suspects(kind: Kind, unit: str, values: Floats, asked: NDArray[np.bool_]) -> list[Suspect]:
    """The misprints among `values[asked]`.

    Parameters
    ----------
    kind, unit
        Of the series.
    values
        The course of the series, oldest period first, shape (n,); no NaN.
    asked
        Which of them are new and to be judged, shape (n,).
    """
    if kind not in CHECKED or values.size <= FEWEST or not asked.any():
        return []
    places = np.flatnonzero(asked)
    around = windows(values)[places]
    median = medians(around)
    powers = off_by(values[places], median)
    out = []
    for i in np.flatnonzero(powers):
        at = int(places[i])
        if _jumps(kind, unit, values, at):
            there = around[i][~np.isnan(around[i])]
            out.append(Suspect(at, int(powers[i]), float(median[i]), tuple(float(v) for v in there)))
    return out


def _jumps(kind: Kind, unit: str, values: Floats, at: int) -> bool:
    """Whether the value is far from its neighbours on both sides."""
    a, b = max(at - SPREAD_OVER, 0), at + SPREAD_OVER + 1
    others = np.delete(values[a:b], at - a)
    nearest = [values[i] for i in (at - 1, at + 1) if 0 <= i < values.size]
    value = values[at]
    if kind == "level":
        if value <= 0 or min(nearest) <= 0:
            return False  # signs differ, or no logarithm: no decimal slip of a level
        others = np.log(others[others > 0])
        jump = min(abs(math.log(value / v)) for v in nearest)
        floor = LEVEL_FLOOR
    else:
        jump = min(abs(value - float(v)) for v in nearest)
        floor = RATE_FLOORS.get(unit, (0.0, 0.0))[len(nearest) - 1]
    changes = np.diff(others)
    if changes.size:
        middle = np.median(changes)
        floor = max(floor, STEEP * 1.4826 * float(np.median(np.abs(changes - middle))))
    return jump > floor


def nearer(kind: Kind, value: float, this: float, that: float) -> bool:
    """Whether `value` lies nearer to `this` than to `that`: by ratio for levels, by difference for rates."""
    if kind == "level" and min(value, this, that) > 0:
        return abs(math.log(value / this)) < abs(math.log(value / that))
    return abs(value - this) < abs(value - that)
