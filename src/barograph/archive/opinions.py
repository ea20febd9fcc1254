"""Two providers of one series side by side: where they disagree, and which of the two speaks for a value held back.

The first provider's figures are the series; the second's lie under an id of their own (`us.equity.spx@fred`) and are
never put into its place. What they say of the same period is compared inside one view.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.series import Series

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values of one period, further apart than the row's tolerance, in the row's unit."""

    series_id: str
    period: date
    value: float
    second: str
    other: float
    tolerance: float

    @property
    def gap(self) -> float:
        """The first provider's value less the second's."""
        return self.value - self.other

    def describe(self) -> str:
        """One sentence for the page."""
        return (
            f"{self.period}: {self.value:,.10g}, by {self.second} {self.other:,.10g}; "
            f"{abs(self.gap):,.4g} apart where {self.tolerance:g} is allowed"
        )


def second_ids(view: AsOf, series: Series) -> list[tuple[str, str]]:
    """(provider, id) of the second opinions that the view holds of a series."""
    ids = [(p.source, f"{series.id}@{p.source}") for p in series.providers[1:]]
    return [(source, i) for source, i in ids if view.coverage(i) is not None]


def disagreements(view: AsOf, rows: Iterable[Series], start: date, end: date) -> list[Disagreement]:
    """Where two providers differ on periods from `start` to `end` by more than the tolerance, oldest first."""
    out: list[Disagreement] = []
    for series in rows:
        if series.tolerance is None or series.family:
            continue
        for source, second in second_ids(view, series):
            a, b = view.series(series.id, start, end), view.series(second, start, end)
            days, at, bt = np.intersect1d(a.periods, b.periods, assume_unique=True, return_indices=True)
            # A tolerance of 0.011 means two quotes at most a hundredth apart, whatever binary makes of them.
            far = np.abs(a.values[at] - b.values[bt]) > series.tolerance * (1 + 1e-9)
            out += [
                Disagreement(
                    series.id, days[i].item(), float(a.values[at[i]]), source, float(b.values[bt[i]]), series.tolerance
                )
                for i in np.flatnonzero(far).tolist()
            ]
    return sorted(out, key=lambda d: (d.period, d.series_id, d.second))


def confirmed(series: Series, period: date, value: float, others: Iterable[float | None]) -> bool:
    """Whether another provider has the same value for the period, within the row's tolerance."""
    if series.tolerance is None:
        return False
    return any(o is not None and abs(o - value) <= series.tolerance * (1 + 1e-9) for o in others)
