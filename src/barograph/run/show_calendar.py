"""`barograph calendar`: what is to come, as it could be foreseen at a day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from barograph.core.errors import InputError

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog
    from barograph.findings.catalysts import Catalyst
    from barograph.run.api import Record, When
    from barograph.run.settings import Settings

#: The furthest that releases are foreseen by rule.
MOST_DAYS = 370


def calendar_of(record: Record, as_of: When, stored: When | None = None, days: int = 14) -> list[Catalyst]:
    """Every event from an as-of to so many days after it, those without a day at the end.

    Raises InputError for a bad date, or days outside 1 to 370.
    """
    from barograph.report.coming import coming_at

    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"--days {days}", "not 1 to 370", "14", "Give the number of days ahead.")
    view = record.as_of(as_of, stored)
    return coming_at(view, view.known_at, None, view.day + timedelta(days))


def show_calendar(settings: Settings, as_of: str | None, stored: str | None, days: int, as_json: bool) -> str:
    """`barograph calendar`: as text or JSON."""
    from barograph.run.api import Record

    record = Record(settings=settings)
    when: Any = settings.clock.today if as_of is None else as_of
    found = calendar_of(record, when, stored, days)
    if as_json:
        return json.dumps({"events": [tree(c) for c in found]}, ensure_ascii=False, indent=1)
    return "\n".join(_lines(found, record.catalog)) or "nothing is known to come"


def tree(c: Catalyst) -> dict[str, Any]:
    """An event as plain data: `day` and `at` (wall time) are New York's."""
    return {
        "id": c.id,
        "title": c.title,
        "quoted": c.quoted,
        "kind": c.kind,
        "weight": c.weight,
        "day": c.day.isoformat() if c.day else None,
        "at": f"{c.at:%H:%M}" if c.at else None,
        "state": c.state,
        "source": c.source,
        "series": c.series or None,
        "period": c.period.isoformat() if c.period else None,
        "subject": c.subject or None,
        "note": c.note,
        "due": c.was.isoformat() if c.was else None,
        "further_periods": c.more,
    }


def _lines(found: list[Catalyst], catalog: Catalog) -> list[str]:
    from barograph.findings.catalysts import RULE
    from barograph.report.dates import stamped
    from barograph.report.words import clean

    rows = []
    day: date | None = None
    for c in found:
        shown = "" if c.day is None or c.day == day else f"{c.day:%a} {c.day}"
        day = c.day
        about = stamped(catalog[c.series].stamp, c.period) if c.series and c.period else c.subject
        more = f" and {c.more} more" if c.more else ""
        due = f", due {c.was}" if c.was and c.state == "overdue" else ""
        named = "" if c.source == RULE else f"  {c.source}"
        rows.append(
            (shown, f"{c.at:%H:%M}" if c.at else "", clean(f"{c.title} {about}").strip() + more, c.state + due + named)
        )
    wide = max((len(r[2]) for r in rows), default=0)
    return [f"{d:<14}  {t:<5}  {e:<{min(wide, 60)}}  {s}".rstrip() for d, t, e, s in rows]
