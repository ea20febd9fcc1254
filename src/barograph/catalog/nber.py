"""NBER's recessions as labels: bands on charts, base rates, scores. No model reads them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

#: Turning points before the committee announced any count as known from here on.
_UNANNOUNCED = date(1979, 1, 1)


@dataclass(frozen=True, slots=True)
class Recession:
    """Peak and trough as first days of their months, with the days from which they were known; the months after the peak up
    to the trough are in recession."""

    peak: date
    trough: date
    peak_announced: date = _UNANNOUNCED
    trough_announced: date = _UNANNOUNCED

    def holds(self, month: date) -> bool:
        """Whether a month (any day of it) was in recession."""
        first = month.replace(day=1)
        return self.peak < first <= self.trough


@cache
def recessions() -> tuple[Recession, ...]:
    """All of the packaged table, oldest first."""
    text = files(__package__).joinpath("labels/nber.toml").read_text("utf-8")
    return tuple(Recession(**row) for row in tomllib.loads(text)["recession"])


def announced(day: date) -> list[tuple[date, date | None]]:
    """(peak, trough) of the recessions that were announced by a day; no trough where it was not yet.

    >>> announced(date(2009, 1, 2))[-1]
    (datetime.date(2007, 12, 1), None)
    """
    return [(r.peak, r.trough if r.trough_announced <= day else None) for r in recessions() if r.peak_announced <= day]


def in_recession(month: date) -> bool:
    """Whether NBER's table, as it stands today, has a month in recession: for scoring only."""
    return any(r.holds(month) for r in recessions())
