"""The vintage log in memory, and which of its rows a point in time shows.

For one series rows lie in the order (period, known_at, stored_at). What (known_at <= t, stored_at <= s) shows of a
period is the last of its rows that pass: the row of greatest known_at, then of greatest stored_at. Rows of basis
`vintage` and all others are two chains: as soon as a vintage row of a period is stored, the others are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from barograph.archive.disk.segments import Ints, Page

Slices = tuple[tuple[str, int, int], ...]
#: Position of `vintage` in BASES.
VINTAGE = 0
NEVER = np.iinfo(np.int64).max


class Column:
    """The rows of one series (or of several, one after the other, with `group` telling the series apart).

    Arrays are parallel: `period` int32 days since 1970, `known` and `stored` int64 microseconds since 1970, `value`
    float64 with NaN for a withdrawn value, `basis` uint8 position in BASES, `batch` int64.
    """

    __slots__ = ("__dict__", "basis", "batch", "group", "hidden", "known", "period", "stored", "value")

    def __init__(
        self,
        period: NDArray[np.int32],
        known: Ints,
        stored: Ints,
        value: NDArray[np.float64],
        basis: NDArray[np.uint8],
        batch: Ints,
        group: Ints | None = None,
        hidden: Ints | None = None,
    ) -> None:
        self.period, self.known, self.stored = period, known, stored
        self.value, self.basis, self.batch = value, basis, batch
        #: What tells one (series, period) from the next: the period, or a number where series are joined.
        self.group: NDArray[np.signedinteger] = period if group is None else group
        #: From which stored_at on a row is hidden by a vintage row; None where none ever is.
        self.hidden = hidden if hidden is not None or group is not None else self._hidden_from()

    def __len__(self) -> int:
        return self.period.size

    def _hidden_from(self) -> Ints | None:
        other = self.basis != VINTAGE
        if not other.any() or other.all():
            return None
        starts = np.flatnonzero(np.r_[True, self.group[1:] != self.group[:-1]])
        first = np.minimum.reduceat(np.where(other, NEVER, self.stored), starts)
        spread = np.repeat(first, np.diff(np.r_[starts, self.group.size]))
        spread[~other] = NEVER
        return None if (spread == NEVER).all() else spread

    @cached_property
    def lone(self) -> bool:
        """Whether no period has two rows."""
        return not bool((self.group[1:] == self.group[:-1]).any())

    @cached_property
    def straight(self) -> bool:
        """Whether what is visible is always a beginning of the rows: one row a period, known in the order of periods."""
        return self.lone and self.hidden is None and not bool((self.known[1:] < self.known[:-1]).any())

    @cached_property
    def withdrawn(self) -> bool:
        """Whether any row says that a value was withdrawn."""
        return bool(np.isnan(self.value).any())

    def span(self, start: int | None, stop: int | None) -> tuple[int, int]:
        """Where the rows of periods `start`..`stop` (days since 1970, both included) begin and end; one series only."""
        # Searched in the array's own type: a Python int would make numpy convert the whole array.
        a = 0 if start is None else int(np.searchsorted(self.period, np.int32(start)))
        b = len(self) if stop is None else int(np.searchsorted(self.period, np.int32(stop), side="right"))
        return a, max(a, b)

    def visible(
        self, known: int, stored: int | None, start: int | None = None, stop: int | None = None
    ) -> slice | NDArray[np.intp]:
        """The rows shown at `known`, from what was stored up to `stored` (None: everything), withdrawn ones included."""
        a, b = self.span(start, stop)
        if stored is None and self.straight:
            return slice(a, max(a, min(b, int(np.searchsorted(self.known, np.int64(known), side="right")))))
        mask = self.known[a:b] <= known
        if stored is not None:
            mask &= self.stored[a:b] <= stored
        if self.hidden is not None:
            mask &= (self.hidden[a:b] == NEVER) if stored is None else (self.hidden[a:b] > stored)
        if self.lone:
            return np.flatnonzero(mask) + a
        rows = np.flatnonzero(mask)
        group = self.group[a:b][rows]
        last = np.empty(rows.size, dtype=bool)
        last[-1:] = True
        np.not_equal(group[1:], group[:-1], out=last[:-1])
        return rows[last] + a


@dataclass(frozen=True, slots=True)
class Whole:
    """All series joined: `ids[i]` has the rows `offsets[i]`..`offsets[i + 1]` of `rows`."""

    ids: list[str]
    offsets: NDArray[np.intp]
    rows: Column

    def series_of(self, at: NDArray[np.intp]) -> NDArray[np.intp]:
        """Position in `ids` of each row in `at`."""
        return np.searchsorted(self.offsets, at, side="right") - 1


class Table:
    """All live segments. Columns are put together when a series is first asked for.

    Parameters
    ----------
    pages
        The live segments, in the order of the manifest.
    shared
        Columns of an earlier table; one is used again only where it was made of the very same rows of the same files.
    """

    def __init__(self, pages: list[Page], shared: dict[str, tuple[Slices, Column]] | None = None) -> None:
        self.pages = {page.name: page for page in pages}
        self._made = {} if shared is None else shared
        self._where: dict[str, Slices] = {}
        for page in pages:
            for series_id, run in page.runs.items():
                self._where[series_id] = (*self._where.get(series_id, ()), (page.name, *run))
        self.ids = sorted(self._where)
        self.rows = sum(page.period.size for page in pages)

    def get(self, series_id: str) -> Column | None:
        """The rows of one series, or None where there is none."""
        where = self._where.get(series_id)
        if where is None:
            return None
        made = self._made.get(series_id)
        if made is None or made[0] != where:
            made = (where, self._joined(where))
            self._made[series_id] = made
        return made[1]

    def _joined(self, where: Slices) -> Column:
        parts = [(self.pages[name], slice(a, b)) for name, a, b in where]
        if len(parts) == 1:
            page, rows = parts[0]
            return Column(
                page.period[rows],
                page.known[rows],
                page.stored[rows],
                page.value[rows],
                page.basis[rows],
                page.batch[rows],
            )
        period = np.concatenate([p.period[r] for p, r in parts])
        known = np.concatenate([p.known[r] for p, r in parts])
        stored = np.concatenate([p.stored[r] for p, r in parts])
        order = np.lexsort((stored, known, period))
        return Column(
            period[order],
            known[order],
            stored[order],
            np.concatenate([p.value[r] for p, r in parts])[order],
            np.concatenate([p.basis[r] for p, r in parts])[order],
            np.concatenate([p.batch[r] for p, r in parts])[order],
        )

    @cached_property
    def whole(self) -> Whole:
        """Every series joined, for questions about all of them at once."""
        columns = [self.get(i) for i in self.ids]
        found = [c for c in columns if c is not None]
        sizes = [len(c) for c in found]
        offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.intp)]).astype(np.intp)
        if not found:
            none = np.empty(0, dtype=np.int64)
            empty = Column(none.astype(np.int32), none, none, none.astype(float), none.astype(np.uint8), none)
            return Whole([], offsets, empty)
        place = np.repeat(np.arange(len(found), dtype=np.int64), sizes)
        period = np.concatenate([c.period for c in found])
        hidden = None
        if any(c.hidden is not None for c in found):
            hidden = np.concatenate([np.full(len(c), NEVER) if c.hidden is None else c.hidden for c in found])
        rows = Column(
            period,
            np.concatenate([c.known for c in found]),
            np.concatenate([c.stored for c in found]),
            np.concatenate([c.value for c in found]),
            np.concatenate([c.basis for c in found]),
            np.concatenate([c.batch for c in found]),
            group=(place << 32) + period,
            hidden=hidden,
        )
        return Whole(list(self.ids), offsets, rows)


def table_of(
    ids: list[str],
    lengths: list[int],
    period: NDArray[np.int32],
    known: Ints,
    value: NDArray[np.float64],
    stored: Ints | None = None,
) -> Table:
    """A table of invented rows without an archive behind it: for benchmarks and tests.

    `ids[i]` covers the next `lengths[i]` rows; rows must lie in the order (series, period, known, stored).
    """
    stops = np.cumsum(lengths)
    runs = {i: (int(b) - n, int(b)) for i, n, b in zip(ids, lengths, stops, strict=True)}
    n = period.size
    zeros = np.zeros(n, dtype=np.int64)
    page = Page(
        "invented", period, known, known if stored is None else stored, value, np.zeros(n, np.uint8), zeros, runs
    )
    return Table([page])
