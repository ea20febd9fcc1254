"""What comes out in one release, and under which names calendars announce it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publication:
    """Figures that are released together.

    `series` are the rows that come out in it, the leading one first. `weight` says how far ahead and how high on the page
    it stands: 3 moves every market, 2 is watched by most, 1 is the rest. `called` are the words with which calendars
    begin its name, `fred` is its number among FRED's releases (0: not known).
    """

    id: str
    title: str
    series: tuple[str, ...]
    weight: int
    called: tuple[str, ...] = ()
    fred: int = 0
