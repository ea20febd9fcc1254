"""Setting the clocks: from readings to rows of the log, and which of them say anything new (docs/decisions/001)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from barograph.archive.held import Look
from barograph.core.observation import Basis, Reading
from barograph.core.release import Closure, scheduled, vintage_instant
from barograph.core.series import Series
from barograph.core.time import NEW_YORK


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log to be: without its batch, which the commit knows."""

    period: date
    known_at: datetime
    value: float | None
    basis: Basis
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Stamped:
    """Rows to insert, in order, and how many readings said nothing new."""

    rows: list[Row]
    unchanged: int


def rule_basis(series: Series) -> Basis:
    """The basis of a release rule: schedule where values do not revise, else assumed."""
    return "assumed" if series.revises else "schedule"


def is_vintage(series: Series, reading: Reading) -> bool:
    """Whether the provider's own word decides when the reading was known."""
    return reading.known_at is not None or (reading.vintage is not None and series.vintages)


def stamp(
    series: Series,
    readings: Sequence[Reading],
    held: Callable[[date], list[Row]],
    looks: Sequence[Look],
    stored_at: datetime,
    closures: tuple[Closure, ...],
    released: frozenset[date] = frozenset(),
) -> Stamped:
    """Stamp the readings of one series that came in one answer.

    Parameters
    ----------
    held
        The rows held for a period, oldest knowledge first (then oldest storage).
    looks
        Earlier looks at the series.
    released
        Periods whose value was held back by quarantine: it had been seen, so its rule stands.
    """
    today = stored_at.astimezone(NEW_YORK).date()
    earlier = [k for k in looks if k.at.astimezone(NEW_YORK).date() < today]
    out: list[Row] = []
    added: dict[date, list[Row]] = {}
    unchanged = 0
    # Provider vintages in the order in which they were known: each is compared with the one before.
    for reading in sorted(readings, key=lambda r: (r.period, r.vintage or date.min, r.known_at or stored_at)):
        have = held(reading.period) + added.get(reading.period, [])
        if is_vintage(series, reading):
            row = _vintage(series, reading, have, stored_at)
        else:
            row = _ruled(series, reading, have, earlier, today, stored_at, closures, released)
        if row is None:
            unchanged += 1
            continue
        out.append(row)
        added.setdefault(reading.period, []).append(row)
    return Stamped(out, unchanged)


def learnt(
    series: Series,
    reading: Reading,
    have: list[Row],
    looks: Sequence[Look],
    stored_at: datetime,
    closures: tuple[Closure, ...],
) -> tuple[datetime, Basis]:
    """The instant at which a reading that is not let in would have been known, and on what that rests.

    A figure that comes after another of its period, or after a look that found none, is news of the look and of no day
    before it, whatever the rule says of the period.
    """
    if is_vintage(series, reading):
        if reading.known_at is not None:
            return reading.known_at, _own_basis(series)
        assert reading.vintage is not None
        return vintage_instant(series, reading.vintage), "vintage"
    today = stored_at.astimezone(NEW_YORK).date()
    earlier = [k for k in looks if k.at.astimezone(NEW_YORK).date() < today]
    row = _ruled(series, reading, have, earlier, today, stored_at, closures, frozenset())
    return (row.known_at, row.basis) if row else (scheduled(series, reading.period, closures), rule_basis(series))


def newest(rows: list[Row]) -> Row | None:
    """The row of greatest known_at, then stored_at, of the chain that readers see: vintages hide what is assumed."""
    seen = [r for r in rows if r.basis != "assumed"] if any(r.basis == "vintage" for r in rows) else rows
    return _last(seen)


def _last(rows: list[Row]) -> Row | None:
    """The row of greatest known_at, then stored_at; of two rows of one commit the later, as readers take it."""
    at = max(range(len(rows)), key=lambda i: (rows[i].known_at, rows[i].stored_at, i), default=None)
    return None if at is None else rows[at]


def _vintage(series: Series, reading: Reading, have: list[Row], stored_at: datetime) -> Row | None:
    if reading.known_at is not None:
        known_at, basis = reading.known_at, _own_basis(series)
    else:
        assert reading.vintage is not None
        known_at, basis = vintage_instant(series, reading.vintage), "vintage"
    chain = [r for r in have if r.basis != "assumed" and r.known_at <= known_at]
    before = _last(chain)
    if (before.value if before else None) == reading.value:
        return None
    return Row(reading.period, known_at, reading.value, basis, stored_at)


def _own_basis(series: Series) -> Basis:
    return "fetch" if "basis:fetch" in series.tags else "vintage"


def _ruled(
    series: Series,
    reading: Reading,
    have: list[Row],
    earlier: list[Look],
    today: date,
    stored_at: datetime,
    closures: tuple[Closure, ...],
    released: frozenset[date],
) -> Row | None:
    before = newest(have)
    if (before.value if before else None) == reading.value:
        return None
    if before is not None:
        if before.basis != "vintage" and before.stored_at.astimezone(NEW_YORK).date() == today:
            # A second run of one day replaces what that day's look saw; a provider's vintage stays where it is.
            return Row(reading.period, before.known_at, reading.value, before.basis, stored_at)
        known_at = max(before.known_at, stored_at)
        return Row(reading.period, known_at, reading.value, "fetch", stored_at)
    rule = scheduled(series, reading.period, closures)
    if reading.period not in released and _late(reading.period, rule, earlier):
        return Row(reading.period, max(rule, stored_at), reading.value, "fetch", stored_at)
    return Row(reading.period, rule, reading.value, rule_basis(series), stored_at)


def _late(period: date, rule: datetime, earlier: list[Look]) -> bool:
    """Whether an earlier look, at or after the rule's instant, covered the period (and so found nothing)."""
    return any(k.at >= rule and k.start <= period <= k.end for k in reversed(earlier))
