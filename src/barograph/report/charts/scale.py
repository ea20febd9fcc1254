"""Scales from data to px, and ticks at round numbers and at the turns of the calendar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from barograph.report.dates import month


@dataclass(frozen=True, slots=True)
class Linear:
    """The straight line from `low`..`high` (data) to `start`..`end` (px)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.5)


@dataclass(frozen=True, slots=True)
class Log:
    """As Linear, on the logarithm."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        inner = Linear(math.log(self.low), math.log(self.high), self.start, self.end)
        return inner(math.log(value))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot lies in its drawing, and its scales."""

    left: float
    right: float
    top: float
    bottom: float
    across: Linear
    up: Linear

    def x(self, when: date) -> float:
        """The place of a day on the time axis."""
        return self.across(when.toordinal())


def round_ticks(low: float, high: float, most: int = 5) -> tuple[list[float], int]:
    """Three to `most` ticks at 1, 2, 2.5 or 5 times a power of ten within `low`..`high`, and the decimals they need.

    >>> round_ticks(3.5, 4.8)
    ([3.5, 4.0, 4.5], 1)
    >>> round_ticks(70, 172)
    ([80.0, 100.0, 120.0, 140.0, 160.0], 0)
    """
    span = high - low
    if not span > 0:
        return [low], 2
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            break
    decimals = next((d for d in range(8) if abs(step * 10**d - round(step * 10**d)) < 1e-9), 8)
    # Adding 0.0 turns a negative zero into zero.
    return [round(i * step, decimals) + 0.0 for i in range(first, last + 1)], decimals


def date_ticks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Years, half years, quarters, months or weeks between two dates, at most `most`; a tick in January names its year.

    >>> date_ticks(date(2022, 5, 1), date(2025, 11, 5), 6)[0]
    (datetime.date(2023, 1, 1), '2023')
    """
    for step in (1, 3, 6, 12, 24, 60, 120):
        days = _month_starts(first, last, step)
        if len(days) <= most:
            break
    if len(days) < 2 and (last - first).days > 1:
        # Less than a month or two: the ends themselves.
        return [(first, _short(first)), (last, _short(last))]
    return [(d, str(d.year) if d.month == 1 else month(d)) for d in days]


def _short(when: date) -> str:
    return f"{when.day}\u202f{month(when)}"


def _month_starts(first: date, last: date, step: int) -> list[date]:
    out = []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(index // 12, index % 12 + 1, 1)
        if index % step == 0 and first <= day <= last:
            out.append(day)
    return out


def padded(values: Sequence[float], share: float = 0.06) -> tuple[float, float]:
    """Lowest and highest of `values` with a margin; a constant gets room on both sides."""
    low, high = min(values), max(values)
    margin = (high - low) * share or abs(high) * 0.01 or 1.0
    return low - margin, high + margin
