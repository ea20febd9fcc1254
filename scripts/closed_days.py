"""Weekdays without a session, written down from the calendar library, so that a page need not work them out again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from barograph.core.time import CALENDARS, CLOSED_DAYS, LIBRARY, looked_up

TABLE = Path(__file__).parents[1] / "src" / "barograph" / "core" / CLOSED_DAYS
FIRST, LAST = 1960, 2049


def weekdays_without_session(calendar: str, first: int = FIRST, last: int = LAST) -> list[date]:
    """The Mondays to Fridays of the years `first` to `last` that are no session, as the library has them."""
    closed: list[date] = []
    for decade in range(first, last + 1, 10):
        days = set(looked_up(calendar, decade))
        spare = [d for d in days if d.weekday() > 4]
        if spare:
            raise SystemExit(f"{calendar} has sessions at weekends, which the table cannot say: {spare[:3]}")
        day = date(decade, 1, 1)
        while day.year < decade + 10:
            if day.weekday() < 5 and day not in days:
                closed.append(day)
            day += timedelta(1)
    return closed


def table() -> str:
    """The table's text: the library's version, the years that it covers, per calendar the days."""
    content = {
        "from": f"{LIBRARY} {version(LIBRARY)}",
        "years": [FIRST, LAST],
        "closed": {c: [d.isoformat() for d in weekdays_without_session(c)] for c in sorted(CALENDARS)},
    }
    return json.dumps(content, separators=(",", ":")).replace('],"', '],\n"').replace('{"NYSE', '{\n"NYSE') + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"{TABLE.name}: {len(TABLE.read_text().split(','))} entries")
