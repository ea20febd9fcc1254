"""Calendars in the iCalendar format, wherever they come from: the body goes to a child, plain events come back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, NoReturn

from barograph.core.observation import CalendarItem, EventKind, Untrusted
from barograph.sources._protocol import Whole

MOST_BYTES, MOST_EVENTS = 2_000_000, 5_000
MEMORY, CPU_SECONDS, WALL_SECONDS = 512 << 20, 10, 20
#: How far ahead events are kept; a calendar may hold what somebody repeats for ever.
AHEAD = timedelta(800)
#: Days that an event may lie back, so that today's are seen until the day is over everywhere.
BACK = timedelta(1)


def events_in(body: bytes, calendar: str, kind: EventKind, today: date, refuse: Callable[..., NoReturn]) -> Whole:
    """The events of a calendar from `today` on, each under the calendar's own name for it.

    Parameters
    ----------
    refuse
        Called with what was found where the body is no calendar, or its reader was stopped by its limits.
    """
    if not body.strip():
        refuse("an empty body")
    if len(body) > MOST_BYTES:
        refuse(f"a calendar of {len(body):,} bytes", f"{MOST_BYTES:,} bytes")
    first, last = today - BACK, today + AHEAD
    spec = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "most": MOST_EVENTS,
        "memory": MEMORY,
        "seconds": CPU_SECONDS,
    }
    answer = _ask_child(spec, body, refuse)
    if "items" not in answer:
        refuse(str(answer.get("found")), "BEGIN:VCALENDAR")
    left = ", ".join(f"{n} {why}" for why, n in answer["left"].items())
    if left and not answer["items"]:
        refuse(f"events, but none of use: {left}")
    items = [
        CalendarItem(
            calendar,
            uid,
            date.fromisoformat(day),
            time.fromisoformat(at) if at else None,
            Untrusted(title),
            kind,
            subject,
            gone,
        )
        for uid, day, at, title, subject, gone in answer["items"]
    ]
    # With events left out nobody knows what is not there: an empty span, so that nothing is struck.
    span = (today, today - BACK if left else last)
    return Whole(items, span, f"events left out: {left}" if left else "")


def _ask_child(spec: dict[str, Any], body: bytes, refuse: Callable[..., NoReturn]) -> dict[str, Any]:
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-m", "barograph.sources._ics_child"],
            input=json.dumps(spec).encode() + b"\n" + body,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},  # nothing of the user's environment, keys above all
            check=False,
        )
    except subprocess.TimeoutExpired:
        refuse(f"a calendar not read within {WALL_SECONDS} s")
    if child.returncode != 0 or not child.stdout:
        refuse(f"a calendar whose reader was stopped by its limits ({MEMORY >> 20} MB, {CPU_SECONDS} s of CPU)")
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer
