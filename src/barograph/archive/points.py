"""What a view shows of one series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from barograph.core.observation import BASES


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The visible values of a series, oldest period first; shape (n,) each.

    `periods` datetime64[D], rising without repetition; `values` float64 in `unit`, finite; `known_at` datetime64[us],
    UTC; `basis` uint8, position in `core.observation.BASES`; `batch` int64, number of the batch. Periods whose value
    was withdrawn are not among them: they are listed in `withdrawn`.
    """

    series_id: str
    unit: str
    periods: NDArray[np.datetime64]
    values: NDArray[np.float64]
    known_at: NDArray[np.datetime64]
    basis: NDArray[np.uint8]
    batch: NDArray[np.int64]
    withdrawn: tuple[date, ...] = ()

    def __len__(self) -> int:
        return self.values.size

    @property
    def last(self) -> tuple[date, float] | None:
        """The newest period and its value; None where there is none."""
        return (self.periods[-1].item(), float(self.values[-1])) if len(self) else None

    @property
    def bases(self) -> tuple[str, ...]:
        """The known_basis values among them, best first."""
        there = np.bincount(self.basis, minlength=len(BASES))
        return tuple(b for b, n in zip(BASES, there, strict=True) if n)

    def value_on(self, day: date) -> float | None:
        """The value of exactly this period, or None."""
        at = int(self.periods.searchsorted(np.datetime64(day, "D")))
        if at < len(self) and self.periods[at] == np.datetime64(day, "D"):
            return float(self.values[at])
        return None

    def between(self, first: date, last: date) -> Points:
        """Periods from `first` to `last`, both included."""
        a = int(self.periods.searchsorted(np.datetime64(first, "D")))
        b = int(self.periods.searchsorted(np.datetime64(last, "D"), side="right"))
        return self._cut(a, max(a, b), tuple(d for d in self.withdrawn if first <= d <= last))

    def upto(self, day: date) -> Points:
        """Periods up to `day`, included."""
        b = int(self.periods.searchsorted(np.datetime64(day, "D"), side="right"))
        return self._cut(0, b, tuple(d for d in self.withdrawn if d <= day))

    def tail(self, n: int) -> Points:
        """The newest `n` values, or all where there are fewer."""
        part = self._cut(max(len(self) - n, 0), len(self), ())
        if not self.withdrawn or not len(part):
            return part
        first = part.periods[0].item()
        return part._cut(0, len(part), tuple(d for d in self.withdrawn if d >= first))

    def _cut(self, a: int, b: int, withdrawn: tuple[date, ...]) -> Points:
        return Points(
            self.series_id,
            self.unit,
            self.periods[a:b],
            self.values[a:b],
            self.known_at[a:b],
            self.basis[a:b],
            self.batch[a:b],
            withdrawn,
        )
