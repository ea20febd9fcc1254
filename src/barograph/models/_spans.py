"""The stretches over which moves are accounted for: one and five sessions, month and quarter to date."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from barograph.models.session import Days, grid

SPANS: tuple[str, ...] = ("1d", "5d", "mtd", "qtd")


def sessions_of(span: str, session: date) -> Days:
    """The close from which a span counts and every session after it up to `session`; shape (T + 1,).

    Month and quarter to date count from the last close of the month or quarter before.

    >>> [str(d) for d in sessions_of("mtd", date(2025, 11, 5))]
    ['2025-10-31', '2025-11-03', '2025-11-04', '2025-11-05']
    """
    days = grid("NYSE", session - timedelta(110), session)
    if span in ("mtd", "qtd"):
        month = session.month if span == "mtd" else 3 * ((session.month - 1) // 3) + 1
        first = int(np.searchsorted(days, np.datetime64(session.replace(month=month, day=1), "D")))
    else:
        first = days.size - int(span.removesuffix("d"))
    return days[first - 1 :]
