"""What stands beside a probability of recession: how often one came, and what the curve's alarms were followed by.

The labels are NBER's as announced by the day: no model reads them, a page may.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from barograph.catalog.nber import announced
from barograph.core.estimate import Fact, Quantity, fact_of
from barograph.models.macro.recession import BILL, TEN, Recession

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

#: First month counted: the curve's months begin in the fifties, bills as a benchmark in the sixties.
FIRST = np.datetime64("1960-01", "M")
#: Months after which a probability "within twelve months" is judged, those an alarm has, and the committee's usual delay.
AHEAD, PATIENCE, DELAY = 12, 24, 12
#: Months without an alarm after which the next one is a new run.
APART = 12


def recession_record(view: AsOf) -> tuple[Fact, ...]:
    """Base rate, runs of alarms of the yield curve, those that no recession followed, recessions without an alarm.

    ================================  ================================================================================
    recession.us.base_rate            per cent of months from 1960 on in whose next twelve a recession month lay; n months.
                                      The last two years are left out: what the committee will say of them is not known
    recession.us.curve.alarms         runs of months with a curve reading of at least the model's `alarm`, the last ones
                                      that can be judged; months of recession start none
    recession.us.curve.false_alarms   those of them without a recession month in the two years after their first month
    recession.us.curve.missed         recessions without a month of alarm in the twelve before their first
    ================================  ================================================================================
    """
    today = np.datetime64(view.day, "M")
    in_recession = _months_in_recession(view.day, today)
    months = np.arange(FIRST, today - AHEAD - DELAY + 1)
    facts = []
    if months.size:
        hits = sum(bool(in_recession & {m + k for k in range(1, AHEAD + 1)}) for m in months)
        window = f"{months[0]} to {months[-1]}, as announced by {view.day}"
        last: date = months[-1].astype("datetime64[D]").item()
        share, n = 100.0 * hits / months.size, int(months.size)
        rate = Quantity("recession.us.base_rate", share, "percent", period=last, n=n, window=window)
        facts.append(fact_of(rate))
    return (*facts, *_alarms(view, today, in_recession))


def _months_in_recession(day: date, today: np.datetime64) -> set[np.datetime64]:
    out: set[np.datetime64] = set()
    for peak, trough in announced(day):
        last = np.datetime64(trough, "M") if trough else today
        out |= set(np.arange(np.datetime64(peak, "M") + 1, last + 1))
    return out


def alarm_starts(loud: Collection[np.datetime64]) -> list[np.datetime64]:
    """First months of the runs of alarms: a month of alarm with none in the APART months before it."""
    out: list[np.datetime64] = []
    last: np.datetime64 | None = None
    for month in sorted(loud):
        if last is None or int((month - last).astype(int)) > APART:
            out.append(month)
        last = month
    return out


def _alarms(view: AsOf, today: np.datetime64, in_recession: set[np.datetime64]) -> list[Fact]:
    names = ("alarms", "false_alarms", "missed")
    model = Recession()
    history = model.curve_history(view)
    if history is None:
        why = f"no month known of both {TEN} and {BILL}"
        gone = [Quantity(f"recession.us.curve.{n}", None, "count", "insufficient", reason=why) for n in names]
        return [fact_of(q) for q in gone]
    months, chance, inputs = history
    loud = {m for m, c in zip(months, chance, strict=True) if c >= model.alarm and m >= FIRST}
    starts = alarm_starts(loud - in_recession)
    judged = [m for m in starts if m + PATIENCE + DELAY <= today]
    false = [m for m in judged if not in_recession & {m + k for k in range(1, PATIENCE + 1)}]
    begins = [np.datetime64(p, "M") + 1 for p, _ in announced(view.day)]
    begins = [b for b in begins if b - AHEAD >= max(months[0], FIRST)]
    missed = [b for b in begins if not loud & {b - k for k in range(1, AHEAD + 1)}]
    window = f"since {max(months[0], FIRST)}, at least {model.alarm:.0f} %"
    figures = ((len(judged), len(judged)), (len(false), len(judged)), (len(missed), len(begins)))
    period: date = months[-1].astype("datetime64[D]").item()
    return [
        fact_of(
            Quantity(f"recession.us.curve.{name}", float(v), "count", period=period, n=n, window=window, inputs=inputs)
        )
        for name, (v, n) in zip(names, figures, strict=True)
    ]
