"""From prices of fed funds futures to the rate after each meeting: month averages, and the algebra that undoes them.

A contract settles at 100 less the average of the daily effective rates of its month, holidays and weekends with the rate of the
day before. The rate is taken as constant from the day after a meeting to the day of the next, which is how such prices are
read by the exchange and by Gurkaynak, Sack and Swanson (2007, doi 10.1198/073500106000000387) and Kuttner (2001, doi
10.1016/S0304-3932(01)00055-1): a month without a meeting holds one rate, a month with one is a mean weighted by days.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

#: (year, month).
Month = tuple[int, int]
#: The usual size of a move, bp.
STEP = 25.0
#: A rate that holds on a smaller share of a month's days is not solved from it: a rounded price would be blown up by ten.
LEAST_SHARE = 0.1
#: A move this near to a whole number of steps is that number.
_NEAR = 1e-9


def month_averages(rates: Sequence[float], meetings: Sequence[date], months: Sequence[Month]) -> list[float]:
    """Average rate of each month where `rates[0]` holds until the first of the rising `meetings`, `rates[k]` from the day after
    the k-th of them."""
    out = []
    for year, month in months:
        days = monthrange(year, month)[1]
        total = 0.0
        for day in range(1, days + 1):
            total += rates[sum(date(year, month, day) > m for m in meetings)]
        out.append(total / days)
    return out


def rates_after(averages: Mapping[Month, float], meetings: Sequence[date], current: float | None) -> list[float | None]:
    """The rate before the first meeting and after each, (1 + meetings); None where the prices do not say.

    A meeting's rate is the average of the first priced month that holds no day of another rate; else it is solved from the
    month of its own meeting or from the month of the next one, whichever has it on more of its days.

    Parameters
    ----------
    averages
        Average rate of each priced month, per cent.
    meetings
        Coming meetings, rising; at most one a month.
    current
        The rate that holds today; None: of the month before the first meeting, where it is priced.

    Raises
    ------
    ValueError
        Meetings out of order, or two in one month.
    """
    if any((a.year, a.month) >= (b.year, b.month) for a, b in pairwise(meetings)):
        raise ValueError(f"meetings out of order, or two in one month: {', '.join(map(str, meetings))}")
    count = len(meetings)
    whole = [_whole(averages, meetings, k) for k in range(count + 1)]
    out: list[float | None] = [current if current is not None else whole[0], *whole[1:]]
    for k in range(1, count + 1):
        if out[k] is not None:
            continue
        own, before = _of(meetings[k - 1]), meetings[k - 1].day
        days = monthrange(*own)[1]
        ways: list[tuple[float, float]] = []
        last = out[k - 1]
        if own in averages and last is not None and before < days:
            solved = (days * averages[own] - before * last) / (days - before)
            ways.append(((days - before) / days, solved))
        if k < count and _of(meetings[k]) in averages:
            then, held = _of(meetings[k]), meetings[k].day
            following = monthrange(*then)[1]
            # On the last day of a month nothing of the rate after it is in the average.
            after = whole[k + 1] if held < following else 0.0
            if after is not None and _next(own) == then:
                solved = (following * averages[then] - (following - held) * after) / held
                ways.append((held / following, solved))
        share, solved = max(ways, default=(0.0, math.nan))
        if share >= LEAST_SHARE:
            out[k] = solved
    return out


def outcomes(change: float) -> tuple[float, float, float, float]:
    """The two neighbouring moves that a mean change in bp lies between, and their probabilities in per cent.

    >>> outcomes(-17.5)
    (-25.0, 0.0, 70.0, 30.0)
    >>> outcomes(25.0)
    (25.0, 50.0, 100.0, 0.0)
    """
    steps = change / STEP
    if abs(steps - round(steps)) < _NEAR:
        steps = float(round(steps))
    lower = float(math.floor(steps))
    upper = 100.0 * (steps - lower)
    return lower * STEP, (lower + 1.0) * STEP, 100.0 - upper, upper


def _of(day: date) -> Month:
    return day.year, day.month


def _next(month: Month) -> Month:
    return (month[0] + 1, 1) if month[1] == 12 else (month[0], month[1] + 1)


def _whole(averages: Mapping[Month, float], meetings: Sequence[date], k: int) -> float | None:
    """Average of the first priced month that lies wholly after the k-th meeting and up to the day of the next."""
    if k == 0:
        months = [m for m in sorted(averages) if meetings and date(*m, monthrange(*m)[1]) <= meetings[0]]
        return averages[months[-1]] if months else None
    first = meetings[k - 1] + timedelta(1)
    month = _of(first) if first.day == 1 else _next(_of(first))
    while k == len(meetings) or date(*month, monthrange(*month)[1]) <= meetings[k]:
        if month in averages:
            return averages[month]
        # Beyond the last meeting on record the next month is asked, and no later one.
        if k == len(meetings):
            return None
        month = _next(month)
    return None
