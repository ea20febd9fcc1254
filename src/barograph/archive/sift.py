"""Which readings of an answer may be stamped, which are held back, and what became of those held back before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from barograph.archive.quarantine import QuarantineEntry, suspects
from barograph.archive.stamp import Row, is_vintage, newest, rule_basis
from barograph.core.observation import Reading
from barograph.core.release import Closure, scheduled, vintage_instant
from barograph.core.series import Series
from barograph.core.time import NEW_YORK


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence the readings came: their batch, its raw body, when it is stored, and the next free quarantine number."""

    batch_id: str
    sha256: str
    stored_at: datetime
    number: int


def sift(
    series: Series,
    readings: list[Reading],
    held: Mapping[date, list[Row]],
    waiting: Sequence[QuarantineEntry],
    origin: Origin,
    closures: tuple[Closure, ...],
) -> tuple[list[Reading], list[QuarantineEntry], list[tuple[int, str]]]:
    """Judge an answer before it is stamped.

    Parameters
    ----------
    held
        Rows held of the series by period.
    waiting
        Values of the series held back earlier.

    Returns
    -------
    tuple
        Readings to stamp, values to hold back, and (number, state) of values held back earlier that are settled now.
    """

    open_ = {q.period: q for q in waiting}
    if series.kind not in ("level", "rate"):
        return readings, [], []
    current: dict[date, float] = {}
    for day, rows in held.items():
        row = newest(rows)
        if row is not None and row.value is not None:
            current[day] = row.value
    fresh: dict[date, list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.value is not None and current.get(reading.period) != reading.value:
            fresh[reading.period].append(reading)
    merged = {**current, **{d: rs[-1].value for d, rs in fresh.items()}}
    merged.update({d: q.value for d, q in open_.items() if d not in merged})
    days = sorted(merged)
    values = np.array([merged[d] for d in days], dtype=np.float64)
    new = np.array([d in fresh or d in open_ for d in days])
    found = {days[i]: reference for i, reference in suspects(series, values, new)}
    kept: list[Reading] = []
    bad: list[QuarantineEntry] = []
    done: list[tuple[int, str]] = []
    today = origin.stored_at.astimezone(NEW_YORK).date()
    for period, q in open_.items():
        came = fresh.get(period, [])
        again = any(r.value == q.value for r in came)
        other_day = q.stored_at.astimezone(NEW_YORK).date() < today
        if period not in found or (again and other_day):
            # What follows, or a second look on another day, says that the value stands; or it was corrected.
            if came and not again:
                done.append((q.id, "rejected"))
            else:
                done.append((q.id, "released"))
                if not came:
                    kept.append(Reading(series.id, period, q.value))
            found.pop(period, None)
    for reading in readings:
        suspect = (
            reading.value is not None
            and reading.period in found
            and current.get(reading.period) != reading.value
            and merged.get(reading.period) == reading.value
        )
        if not suspect:
            kept.append(reading)
            continue
        if reading.period in open_ and open_[reading.period].value == reading.value:
            continue  # seen again on the same day: it is held back already
        known_at = (
            vintage_instant(series, reading.vintage)
            if is_vintage(series, reading) and reading.vintage
            else reading.known_at or scheduled(series, reading.period, closures)
        )
        bad.append(
            QuarantineEntry(
                origin.number + len(bad),
                series.id,
                reading.period,
                float(reading.value or 0.0),
                known_at,
                rule_basis(series),
                origin.batch_id,
                origin.sha256,
                found[reading.period],
                origin.stored_at,
            )
        )
    return kept, bad, done
