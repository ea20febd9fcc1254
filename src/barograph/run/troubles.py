"""What a page says went wrong by its as-of: values held back, providers that disagree, looks that failed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from barograph.core.estimate import Problem, Severity
from barograph.core.time import DAY_END, NEW_YORK, AsOfDate, new_york

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.archive.quarantine import QuarantineEntry
    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog

#: Sessions before the page's own whose figures two providers are compared on.
COMPARED = 5
#: Recorded problems that a page prints, those that say the same counted once.
MOST_PROBLEMS = 20


def second_opinions(view: AsOf, catalog: Catalog, start: date, end: date) -> tuple[Problem, ...]:
    """Where two providers of a series disagree about a day from `start` to `end`."""
    from barograph.archive.opinions import disagreements

    step = "The first provider's figure stands; the raw bytes of both are in the archive."
    return tuple(
        Problem("second source", d.series_id, d.describe(), "warning", step)
        for d in disagreements(view, catalog, start, end)
    )


def recorded_problems(
    archive: Archive, as_of: AsOfDate, stored_as_of: datetime | None, view: AsOf
) -> tuple[Problem, ...]:
    """Values in quarantine at this as-of, and what had failed by then: the page prints both.

    A value that was held back later, in place of one that the view shows, is no news of that day.
    """
    evening = _evening(as_of.instant)
    held = [
        Problem(
            "quarantine",
            q.series_id,
            replace(q, state="held").describe(),
            "warning",
            "It is released when a later look confirms it.",
        )
        for q in archive.quarantined()
        if _held_back(q, stored_as_of)
        and (
            q.stored_at <= evening
            or (q.known_at <= as_of.instant and view.series(q.series_id).value_on(q.period) is None)
        )
    ]
    until = evening if stored_as_of is None else min(evening, stored_as_of)
    recent = (p for p in archive.problems(sys.maxsize) if p.source != "quarantine" and (p.at is None or p.at <= until))
    return (*held, *islice(folded(recent), MOST_PROBLEMS))


def folded(problems: Iterable[Problem]) -> list[Problem]:
    """Problems that say the same of several subjects as one, errors before warnings before notes, newest first."""
    together: dict[tuple[str, str, Severity], list[Problem]] = {}
    for p in problems:
        together.setdefault((p.source, p.message, p.severity), []).append(p)
    out = []
    for same in together.values():
        subjects = list(dict.fromkeys(p.subject for p in same))
        more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
        out.append(replace(same[0], subject=", ".join(subjects[:3]) + more))
    order: tuple[Severity, ...] = ("error", "warning", "info")
    return sorted(out, key=lambda p: order.index(p.severity))


def _evening(instant: datetime) -> datetime:
    """A page of 18:00 is made by that evening's update: until midnight of New York what fails belongs to its day."""
    local = instant.astimezone(NEW_YORK)
    return new_york(local.date() + timedelta(1), time(0)) if local.time() >= DAY_END else instant


def _held_back(q: QuarantineEntry, stored_as_of: datetime | None) -> bool:
    if stored_as_of is None:
        return q.state == "held"
    return q.stored_at <= stored_as_of and (q.settled_at is None or q.settled_at > stored_as_of)
