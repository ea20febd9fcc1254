"""What surrounds a text: the sessions it may name, the facts of the session before, the one formatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from barograph.core.estimate import Fact
from barograph.report import dates
from barograph.report.format import printed
from barograph.report.narrative.binding import Printer


@dataclass(frozen=True, slots=True)
class Setting:
    """The sessions a text may name, and the facts of the session before (for what it says has changed)."""

    session: date
    previous_session: date
    next_session: date
    previous: Mapping[str, Fact] = field(default_factory=dict)


def formatter() -> Printer:
    """The report's one formatter in the form the checker and the templates call it."""

    def shown(fact: Fact, part: Any, session: date | None) -> str:
        return printed(fact, part, session=session)

    return shown


def short_day(day: date, session: date) -> str:
    """A day inside a sentence, without its year while that is clear from the session.

    >>> short_day(date(2025, 11, 4), date(2025, 11, 5)).replace(chr(0x202F), " ")
    '4 Nov'
    """
    return dates.day_month(day) if abs((session - day).days) <= 330 else dates.day(day, "short")
