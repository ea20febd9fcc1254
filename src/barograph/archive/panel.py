"""Tables over several series: side by side on a calendar, all rows in a list, what changed between two instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barograph.archive.points import Points
from barograph.archive.table import Whole
from barograph.core.errors import InputError
from barograph.core.observation import BASES
from barograph.core.series import Series
from barograph.core.time import sessions

_FREQUENCIES = "DWMQ"
_CALENDARS = ("NYSE", "SIFMA", "24x7", "none")
Days = NDArray[np.datetime64]


def check(rows: Sequence[Series], freq: str, calendar: str) -> None:
    """Refuse a frequency, a calendar or a mixture that a panel cannot show."""
    if freq not in _FREQUENCIES or len(freq) != 1:
        raise InputError(f"panel with freq={freq!r}", "no such frequency", "D, W, M or Q", "Name one of these.")
    if calendar not in _CALENDARS:
        raise InputError(
            f"panel with calendar={calendar!r}", "no such calendar", ", ".join(_CALENDARS), "Name one of these."
        )
    slow = next((r for r in rows if _FREQUENCIES.index(r.frequency) > _FREQUENCIES.index(freq)), None)
    if slow is not None:
        raise InputError(
            f"panel of {slow.id} with freq={freq!r}",
            f"the series has frequency {slow.frequency}; its values would have to be repeated",
            f"freq={slow.frequency!r}",
            "Ask for that frequency, or read the series by itself.",
        )


def _label(days: Days, freq: str) -> Days:
    """The period of the panel into which each day falls."""
    if freq == "D":
        return days
    if freq == "W":  # weeks run from Saturday to Friday; 1970-01-02 was a Friday
        return days + (1 - days.astype(np.int64)) % 7
    if freq == "M":
        return days.astype("datetime64[M]").astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return (months - months % 3).astype("datetime64[M]").astype("datetime64[D]")


def _index(freq: str, calendar: str, first: date, last: date) -> Days:
    if freq == "D":
        return np.array(sessions(calendar, first, last), dtype="datetime64[D]")
    days = np.arange(np.datetime64(first), np.datetime64(last + timedelta(1)), dtype="datetime64[D]")
    return np.unique(_label(days, freq))


def aligned(points: Mapping[str, Points], freq: str, calendar: str, start: date | None, end: date) -> pl.DataFrame:
    """One column per series over the periods of the panel; where a series has no value there is a null."""
    firsts = [p.periods[0].item() for p in points.values() if len(p)]
    first = start or min(firsts, default=end)
    index = _index(freq, calendar, first, end)
    columns: dict[str, pl.Series] = {"period": pl.Series("period", index).cast(pl.Date)}
    for series_id, held in points.items():
        column = np.full(index.size, np.nan)
        if len(held) and index.size:
            labels = _label(held.periods, freq)
            # The last value within each period of the panel.
            last = np.r_[labels[1:] != labels[:-1], True]
            labels, values = labels[last], held.values[last]
            place = np.minimum(np.searchsorted(index, labels), index.size - 1)
            on = index[place] == labels
            column[place[on]] = values[on]
        columns[series_id] = pl.Series(series_id, column).fill_nan(None)
    return pl.DataFrame(columns)


def _instants(us: NDArray[np.int64]) -> pl.Series:
    return pl.Series(us).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _ids(whole: Whole, at: NDArray[np.intp]) -> pl.Series:
    return pl.Series(whole.ids, dtype=pl.String).gather(whole.series_of(at))


def listed(whole: Whole, at: NDArray[np.intp]) -> pl.DataFrame:
    """The rows `at`: series_id, period, known_at, value, known_basis."""
    rows = whole.rows
    return pl.DataFrame(
        {
            "series_id": _ids(whole, at),
            "period": pl.Series(rows.period[at]).cast(pl.Date),
            "known_at": _instants(rows.known[at]),
            "value": pl.Series(rows.value[at]).fill_nan(None),
            "known_basis": pl.Series(list(BASES), dtype=pl.String).gather(rows.basis[at].astype(np.uint32)),
        }
    )


def changed(whole: Whole, known: int, since: int, stored: int | None) -> pl.DataFrame:
    """Rows shown at `known` that differ from those shown at `since` (both microseconds), with the value shown then."""
    rows = whole.rows
    after, before = (np.arange(len(rows), dtype=np.intp)[rows.visible(at, stored)] for at in (known, since))
    new = after[~np.isin(after, before, assume_unique=True)]
    previous = np.full(new.size, np.nan)
    if before.size and new.size:
        place = np.minimum(np.searchsorted(rows.group[before], rows.group[new]), before.size - 1)
        held = rows.group[before][place] == rows.group[new]
        previous[held] = rows.value[before][place[held]]
    # A withdrawal of what was not shown, and the same value on another basis, changed nothing.
    value = rows.value[new]
    told = ~((value == previous) | (np.isnan(value) & np.isnan(previous)))
    new, previous = new[told], previous[told]
    table = listed(whole, new).drop("known_basis")
    return table.with_columns(pl.Series("previous", previous, dtype=pl.Float64).fill_nan(None))


