"""What scores share: the instants of a replay, and what is said to the user while one runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

from barograph.core.time import DAY_END, new_york, sessions

#: What is said to the user while a replay runs: what, how much of it is done.
Tell = Callable[[str, int, int], None]


def month_ends(first: date, last: date) -> list[datetime]:
    """18:00 in New York on the last NYSE session of each whole month between two days."""
    days = sessions("NYSE", first, last + timedelta(10))
    kept = [a for a, b in pairwise(days) if (a.year, a.month) != (b.year, b.month) and a <= last]
    return [new_york(d, DAY_END) for d in kept]
