"""How large a change of a series is beside its own usual changes: a robust z from what was known before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from barograph.models.macro.prints import Step, index_before, steps_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.core.series import Series

#: How many changes make up the usual, by frequency; with fewer than `FEWEST` nothing is called usual.
WINDOW = {"D": 252, "W": 104, "M": 60, "Q": 40}
FEWEST = 12
#: The median absolute deviation of a normal law, times this, is its standard deviation.
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual change of a series by its shortest transform: median and robust sd in `step.unit`, over n changes."""

    step: Step
    median: float
    sd: float
    n: int

    def of_change(self, new: float, old: float) -> float:
        """z of the change from the value before, `old`, to `new`."""
        return (self.step.apply(new, old) - self.median) / self.sd

    def of_revision(self, new: float, old: float) -> float:
        """z of a revision: the size of `new` less `old` in the unit of a change; a revision is usually none."""
        return self.step.apply(new, old) / self.sd


def usual(series: Series, view: AsOf) -> Usual | None:
    """The usual change of a series at a view; None where it has fewer than `FEWEST` changes, or no spread."""
    step = steps_of(series)[-1]
    points = view.series(series.id).tail(WINDOW[series.frequency] + step.back)
    changes = [
        step.apply(float(points.values[at]), float(points.values[before]))
        for at, before in _pairs(series, points, step.back)
        if not step.growth or points.values[before]
    ]
    if len(changes) < FEWEST:
        return None
    median = float(np.median(changes))
    sd = _NORMAL * float(np.median(np.abs(np.array(changes) - median)))
    return Usual(step, median, sd, len(changes)) if sd > 1e-9 * max(1.0, abs(median)) else None


def _pairs(series: Series, points: Points, back: int) -> list[tuple[int, int]]:
    """Positions of each value and of the one `back` periods before it, where that is there."""
    if series.frequency == "D":
        return [(at, at - back) for at in range(back, len(points))]
    out = []
    for at in range(back, len(points)):
        before = index_before(series, points.upto(points.periods[at].item()), back)
        if before is not None:
            out.append((at, before))
    return out
