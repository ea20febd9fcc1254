"""How far we have looked at a series, and when: the windows of all looks, laid over each other.

Steps are stretches of periods with the same last look. Each keeps two instants: the last look, and the last look on an
earlier clock day (New York), since looks of one day count as one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from barograph.archive.disk.chain import Row, opened, seal
from barograph.archive.disk.files import damaged
from barograph.archive.disk.segments import day_number, day_of, instant_of, micros
from barograph.core.observation import Coverage
from barograph.core.time import NEW_YORK

NEVER = np.iinfo(np.int64).min
#: Steps kept per series. Older ones are joined, taking the later look: a value that turns up there counts as seen by
#: us rather than as known by its rule, which can be late but never early.
MOST_STEPS = 64


class Step(NamedTuple):
    """Periods `start`..`stop` (days since 1970, both included), last looked at `last`, and before that day `earlier`."""

    start: int
    stop: int
    last: int
    earlier: int


def clock_day(us: int) -> int:
    """The New York date of an instant, as days since 1970."""
    return day_number(instant_of(us).astimezone(NEW_YORK).date())


@dataclass(frozen=True, slots=True)
class Looks:
    """All looks at one series: hull of the windows, last look, steps in rising order without overlap."""

    start: int
    stop: int
    looked_at: int
    steps: tuple[Step, ...]

    def public(self, series_id: str) -> Coverage:
        """As the readers see it."""
        return Coverage(series_id, day_of(self.start), day_of(self.stop), instant_of(self.looked_at))

    def before(self, periods: NDArray[np.int32], today: int) -> NDArray[np.int64]:
        """For each period the last look on a clock day before `today` (days since 1970); NEVER where there was none."""
        out = np.full(periods.size, NEVER, dtype=np.int64)
        for step in self.steps:
            then = step.last if clock_day(step.last) < today else step.earlier
            out[(periods >= step.start) & (periods <= step.stop)] = then
        return out


def looked(looks: Looks | None, start: int, stop: int, at: int) -> Looks:
    """`looks` after a look at periods `start`..`stop` at `at` (microseconds)."""
    if looks is None:
        return Looks(start, stop, at, (Step(start, stop, at, NEVER),))
    day = clock_day(at)
    out: list[Step] = []
    free = start  # the first period of the window that no older step has covered so far
    for step in looks.steps:
        if step.stop < start or step.start > stop:
            out.append(step)
            continue
        if step.start < start:
            out.append(step._replace(stop=start - 1))
        inside_from, inside_to = max(step.start, start), min(step.stop, stop)
        if free < inside_from:
            out.append(Step(free, inside_from - 1, at, NEVER))
        earlier = step.last if clock_day(step.last) < day else step.earlier
        out.append(Step(inside_from, inside_to, at, earlier))
        free = inside_to + 1
        if step.stop > stop:
            out.append(step._replace(start=stop + 1))
    if free <= stop:
        out.append(Step(free, stop, at, NEVER))
    hull = (min(looks.start, start), max(looks.stop, stop))
    return Looks(*hull, max(looks.looked_at, at), _joined(sorted(out)))


def _joined(steps: list[Step]) -> tuple[Step, ...]:
    out: list[Step] = []
    for step in steps:
        if out and out[-1].stop + 1 == step.start and out[-1][2:] == step[2:]:
            out[-1] = out[-1]._replace(stop=step.stop)
        else:
            out.append(step)
    while len(out) > MOST_STEPS:
        # Never over a gap: periods nobody looked at stay so.
        at = next((i for i in range(len(out) - 1) if out[i].stop + 1 == out[i + 1].start), None)
        if at is None:
            break
        a, b = out[at], out[at + 1]
        out[at : at + 2] = [Step(a.start, b.stop, max(a.last, b.last), max(a.earlier, b.earlier))]
    return tuple(out)


def read_all(con: sqlite3.Connection) -> dict[str, Looks]:
    """All rows of the coverage table, each under its digest, and none missing."""
    rows = con.execute("SELECT series_id, start, stop, looked_at, steps, digest FROM coverage").fetchall()
    head = con.execute("SELECT n, link FROM heads WHERE name = 'coverage'").fetchone()
    if head is None or tuple(head) != (len(rows), _total(str(row[5]) for row in rows)):
        raise damaged("read table coverage", f"{len(rows)} rows that are not the ones on record")
    out = {}
    for row in rows:
        series_id, start, stop, at, steps = opened("coverage", row)
        parsed = tuple(Step(*step) for step in json.loads(str(steps)))
        out[str(series_id)] = Looks(int(start or 0), int(stop or 0), int(at or 0), parsed)
    return out


def write_all(con: sqlite3.Connection, changed: dict[str, Looks]) -> None:
    """Replace the rows of the series in `changed` inside the caller's transaction."""
    full: list[Row] = []
    for series_id, looks in changed.items():
        row = (series_id, looks.start, looks.stop, looks.looked_at, json.dumps(looks.steps))
        full.append((*row, seal("coverage", row)))
    con.executemany("INSERT OR REPLACE INTO coverage VALUES (?, ?, ?, ?, ?, ?)", full)
    digests = [str(row[0]) for row in con.execute("SELECT digest FROM coverage")]
    con.execute("UPDATE heads SET n = ?, link = ? WHERE name = 'coverage'", (len(digests), _total(digests)))


def _total(digests: Iterable[str]) -> str:
    """Order-free sum of digests modulo 2^256."""
    total = 0
    for digest in digests:
        try:
            total += int(digest, 16)
        except ValueError:
            raise damaged("read table coverage", "a row's digest is no digest") from None
    return f"{total % 2**256:064x}"


def hull_at(con_rows: Iterable[Row], at: int) -> dict[str, Coverage]:
    """Coverage as it stood at `at` (microseconds), from the rows of the batches table."""
    hulls: dict[str, tuple[int, int, int]] = {}
    for row in con_rows:
        stored, start, stop = int(row[3] or 0), int(row[5] or 0), int(row[6] or 0)
        if stored > at:
            break
        for series_id in json.loads(str(row[10])):
            held = hulls.get(series_id, (start, stop, stored))
            hulls[series_id] = (min(held[0], start), max(held[1], stop), stored)
    return {
        i: Coverage(i, day_of(start), day_of(stop), instant_of(stored)) for i, (start, stop, stored) in hulls.items()
    }


def microseconds_of_day(day: int) -> int:
    """The instant at which a New York day (days since 1970) begins, in microseconds."""
    from datetime import time

    from barograph.core.time import new_york

    return micros(new_york(day_of(day), time(0)))
