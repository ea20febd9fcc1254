"""Rows of a series by period as the writer sees them: those held, and those of its own commits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from barograph.archive.stamp import Row
from barograph.archive.table import day_number, instant_of
from barograph.core.observation import BASES

if TYPE_CHECKING:
    from barograph.archive.archive import Archive

#: Rows before the first period of an answer that its judgement may look at.
REACH = 320


class HeldRows:
    """Unfolds series from the log when they are first asked for; the writer adds the rows that it commits."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._before: dict[str, dict[date, list[Row]]] = {}
        self._since: dict[str, date] = {}

    def clear(self) -> None:
        """Forget everything, so that the next question reads the log."""
        self._before.clear()
        self._since.clear()

    def of(self, series_id: str, since: date = date.min) -> dict[date, list[Row]]:
        """Rows of a series by period, oldest knowledge first.

        At least the periods from `since` on and the REACH rows before them: an increment need not unfold all of history.
        """
        begin = self._since.get(series_id)
        if begin is None or since < begin:
            table = self._archive.table()
            lo, hi = table.bounds.get(series_id, (0, 0))
            if since > date.min and hi > lo:
                at = lo + int(np.searchsorted(table.period[lo:hi], day_number(since), "left"))
                at = max(lo, at - REACH)
                while at > lo and table.group[at] == table.group[at - 1]:
                    at -= 1
                lo = at
            out: dict[date, list[Row]] = {}
            columns = (table.known, table.value, table.basis, table.stored)
            for day, known, value, basis, stored in zip(
                table.period[lo:hi].astype("datetime64[D]").tolist(), *(c[lo:hi].tolist() for c in columns), strict=True
            ):
                row = Row(day, instant_of(known), None if value != value else value, BASES[basis], instant_of(stored))
                out.setdefault(day, []).append(row)
            self._before[series_id], self._since[series_id] = out, since
        return self._before[series_id]
