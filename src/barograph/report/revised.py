"""Which figure of a series is followed through its releases, and the heat map, sizes and table made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.archive.revisions import Revisions, RevisionSize, size_of
from barograph.models.macro.prints import Step, steps_of
from barograph.report.blocks import Revised, RevisionChart, RevisionRow
from barograph.report.charts.revision import scale_of
from barograph.report.dates import stamped
from barograph.report.format import amount
from barograph.report.forms import MISSING

if TYPE_CHECKING:
    from barograph.core.series import Series

Floats = NDArray[np.float64]
#: Release numbers of the heat map; the last column is what stands now.
RELEASES = tuple(range(2, 14))
#: How many of the newest periods a page shows, by frequency.
ROWS = {"D": 20, "W": 26, "M": 24, "Q": 20}
_NAMES = {
    "change_1m": "change over a month",
    "change_1w": "change over a week",
    "change_1q": "change over a quarter",
    "change_1d": "change over a day",
    "yoy": "growth over a year",
    "mom": "growth over a month",
    "growth": "growth over a quarter at an annual rate",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """The figure whose revisions are shown: a level as it is (`step` None), else the series' usual change, taken inside
    one vintage. `unit` is that of the figure, `change_unit` that of its revisions."""

    name: str
    unit: str
    change_unit: str
    step: Step | None

    def at_first(self, r: Revisions) -> Floats:
        """The figure at the first print, shape (n,); NaN where none is on record."""
        if self.step is None:
            return r.first
        return np.where(r.on_record, r.change(1, self.step.back, self.step.apply)[0], np.nan)

    def revision(self, r: Revisions, n: int | None) -> Floats:
        """The figure after the n-th release (None: now) less the same at the first print, shape (n,)."""
        if self.step is None:
            return r.revision_now if n is None else r.revision(n)
        return r.change_revision(n, self.step.back, self.step.apply, relative=self.step.growth)

    def sizes(self, r: Revisions, numbers: tuple[int, ...] = (2, 3, 4, 7, 13)) -> tuple[RevisionSize, ...]:
        """How large its revisions were at each release number."""
        return tuple(size_of(n, self.revision(r, n)) for n in numbers)


def measure_of(series: Series, unit: str) -> Measure:
    """What is followed: the level of a rate or a survey, the usual change of everything else."""
    if series.transform == "level":
        return Measure("level", unit, "pp" if unit == "percent" else unit, None)
    step = steps_of(series)[0]
    return Measure(_NAMES.get(step.suffix, step.suffix), step.unit, "pp" if step.unit == "percent" else step.unit, step)


#: Periods after which figures that were never revised are taken for one vintage laid on its release days.
UNREVISED = 6


def one_vintage(r: Revisions, measure: Measure, newest: int) -> bool:
    """Whether none of the newest figures on record was ever revised: what stands for first prints are then today's."""
    moved = measure.revision(r, None)[r.on_record][-newest:]
    moved = moved[np.isfinite(moved)]
    return bool(moved.size >= UNREVISED and not moved.any())


def chart_of(series: Series, r: Revisions, measure: Measure) -> RevisionChart:
    """The heat map of the newest periods whose first print is on record."""
    shown = [int(i) for i in np.flatnonzero(r.on_record)[::-1][: ROWS[series.frequency]]]
    numbers: tuple[int | None, ...] = (*RELEASES, None)
    columns = {n: _column(r, measure, n) for n in numbers}
    first = measure.at_first(r)
    names: list[date] = r.periods.astype("datetime64[D]").tolist()
    signed = measure.step is not None
    rows = tuple(
        RevisionRow(
            stamped(series.stamp, names[i]),
            _bare(float(first[i]), measure.unit, signed=signed),
            tuple(columns[n](i) for n in numbers),
        )
        for i in shown
    )
    values = [c.value for row in rows for c in row.cells if c.value is not None]
    label = f"{measure.name[:1].upper()}{measure.name[1:]}, {unit_words(measure.unit)}"
    heads = tuple("now" if n is None else str(n) for n in numbers)
    # Where figures are rounded as coarsely as they are revised, one step of rounding is the least that may look large.
    smallest = min((abs(v) for v in values if v), default=0.0) if measure.step is None else 0.0
    scale = max(scale_of(values), scale_of([smallest]) if smallest else 0.0)
    return RevisionChart(rows, heads, measure.change_unit, label, scale)


def _column(r: Revisions, measure: Measure, n: int | None) -> Callable[[int], Revised]:
    revision = measure.revision(r, n)
    out = np.isnat(r.instants(2 if n is None else n))  # what stands now is no revision while no release has followed
    value, base = (r.latest, None) if n is None else r.seen(r.instants(n))
    last = r.base[np.arange(len(r)), np.maximum(r.count - 1, 0)] if base is None else base

    def cell(i: int) -> Revised:
        if out[i]:
            return Revised(state="to come")
        if np.isfinite(revision[i]):
            return Revised(float(revision[i]))
        if not np.isfinite(value[i]):
            return Revised(state="withdrawn")
        relative = measure.step is not None and measure.step.growth
        return Revised(state="rebased" if last[i] != r.base[i, 0] and not relative else "to come")

    return cell


def _bare(value: float, unit: str, *, signed: bool = False) -> str:
    return amount(value, unit, signed=signed, bare=True) if np.isfinite(value) else MISSING


def unit_words(unit: str) -> str:
    """A unit for a label: `thousands`, `%`, `billions of chained 2017 dollars, annual rate`."""
    from barograph.core.units import UNITS

    short = {"percent": "%", "bp": "bp", "pp": "pp", "index": "index", "thousands": "thousands"}
    return short.get(unit) or UNITS[unit].split(" (")[0]
