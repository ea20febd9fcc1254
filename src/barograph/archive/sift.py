"""Which readings of an answer may be stamped, which are held back, and what became of those held back before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from barograph.archive.held import Look
from barograph.archive.opinions import confirmed
from barograph.archive.quarantine import OF_AN_ANSWER, QuarantineEntry
from barograph.archive.stamp import Row, is_vintage, learnt, newest
from barograph.archive.suspects import suspects
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
    others: Callable[[date], Iterable[float | None]] = lambda _: (),
    looks: Sequence[Look] = (),
) -> tuple[list[Reading], list[QuarantineEntry], list[tuple[int, str]]]:
    """Judge an answer before it is stamped.

    Parameters
    ----------
    held
        Rows held of the series by period.
    waiting
        Values of the series held back earlier, whatever became of them.
    others
        What other providers have for a period: a value that one of them has too is no misprint.
    looks
        Earlier looks at the series: a value that comes after one which did not have it was not known before.

    Returns
    -------
    tuple
        Readings to stamp, values to hold back, and (number, state) of values held back earlier that are settled now.
    """

    if series.kind not in ("level", "rate"):
        return readings, [], []
    open_ = {q.period: q for q in waiting if q.state == "held"}
    refused = [q for q in waiting if q.state == "rejected" and q.basis == "vintage"]
    last = {r.period: r for r in sorted(readings, key=_chronology)}
    current: dict[date, float] = {}
    for day, rows in held.items():
        row = newest(rows)
        # A value that the answer withdraws is no witness for those beside it.
        if row is not None and row.value is not None and not (day in last and last[day].value is None):
            current[day] = row.value
    today = _day(origin.stored_at)
    again = {d for d, q in open_.items() if d in last and last[d].value == q.value and _day(q.stored_at) < today}
    # What is said again on another day stands: what comes new with it is judged beside it.
    current |= {d: open_[d].value for d in again}
    fresh = {d: r.value for d, r in last.items() if r.value is not None and current.get(d) != r.value}
    # A value held back stands where the answer says nothing of its period, also in place of what it would revise.
    silent = {d: q.value for d, q in open_.items() if d not in last}
    merged = {**current, **silent, **fresh}
    days = sorted(merged)
    judged = suspects(
        series,
        np.array([merged[d] for d in days], dtype=np.float64),
        np.array([d in fresh or d in silent for d in days]),
        np.array([current.get(d, np.nan) for d in days], dtype=np.float64),
        np.array([d in last for d in days]),
        np.array([d in silent for d in days]),
    )
    found = {days[s.at]: s for s in judged}
    found = {d: s for d, s in found.items() if not confirmed(series, d, merged[d], others(d))}
    kept: list[Reading] = []
    bad: list[QuarantineEntry] = []
    done: list[tuple[int, str]] = []
    waits: set[date] = set()
    for period, q in open_.items():
        said = last.get(period)
        if said is not None and said.value != q.value:
            done.append((q.id, "rejected"))
            refused.append(q)
            continue
        # Neighbours cannot speak for what a whole answer got wrong: one that is silent about the period, or too short to
        # contradict anything, would let it in.
        whole = q.reason in OF_AN_ANSWER
        stands = confirmed(series, period, q.value, others(period)) if whole else period not in found
        if period in again or stands:
            # What follows, another provider, or a second look on another day says that the value stands.
            done.append((q.id, "released"))
            if said is None or q.basis == "vintage":  # a look that came later may cut the day of its release
                kept.append(Reading(series.id, period, q.value, known_at=q.known_at if q.basis == "vintage" else None))
        else:
            waits.add(period)
    for reading in readings:
        value, period = reading.value, reading.period
        if value is None or merged.get(period) != value or not (period in found or period in waits):
            if not any(q.period == period and q.value == value for q in refused) or _corrected(
                series, reading, refused, readings, held, closures
            ):
                kept.append(reading)
        elif period not in open_ or open_[period].value != value:  # else seen again on the same day: held back already
            known_at, basis = learnt(series, reading, held.get(period, []), looks, origin.stored_at, closures)
            bad.append(
                QuarantineEntry(
                    origin.number + len(bad),
                    series.id,
                    period,
                    value,
                    known_at,
                    "vintage" if is_vintage(series, reading) else basis,
                    origin.batch_id,
                    origin.sha256,
                    found[period].reference,
                    origin.stored_at,
                    reason=found[period].reason,
                )
            )
    return kept, bad, done


def _corrected(
    series: Series,
    reading: Reading,
    refused: Sequence[QuarantineEntry],
    readings: Sequence[Reading],
    held: Mapping[date, list[Row]],
    closures: tuple[Closure, ...],
) -> bool:
    """Whether the provider said something else between the misprint that a reading repeats and the reading.

    A window of vintages may cut the misprint's own day off: it is the same misprint until another value comes.
    """
    at = _known_at(series, reading, closures)
    since = min(q.known_at for q in refused if q.period == reading.period and q.value == reading.value)
    others = [(r.value, r.known_at) for r in held.get(reading.period, ())]
    others += [(r.value, _known_at(series, r, closures)) for r in readings if r.period == reading.period]
    return at < since or any(value != reading.value and since < known <= at for value, known in others)


def _day(at: datetime) -> date:
    return at.astimezone(NEW_YORK).date()


def _chronology(reading: Reading) -> tuple[date, date, float]:
    known = reading.known_at.timestamp() if reading.known_at is not None else float("-inf")
    return reading.period, reading.vintage or date.min, known


def _known_at(series: Series, reading: Reading, closures: tuple[Closure, ...]) -> datetime:
    """The instant at which the reading could be known by its own word, else by the series' rule."""
    if is_vintage(series, reading) and reading.vintage is not None:
        return vintage_instant(series, reading.vintage)
    return reading.known_at or scheduled(series, reading.period, closures)
