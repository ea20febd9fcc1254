"""What keeps a premium from being read, in words: months that ten years of figures miss, figures in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import FactState
from barograph.models.premium._premium import TEN_YEARS
from barograph.models.premium._valuation import CASH, CPI, EARNINGS, GROWN, GROWTH, PAID

if TYPE_CHECKING:
    from barograph.models.premium._valuation import Days, Measures, Valuation

#: Missing months that are named before the rest is counted.
NAMED = 3


def missing_months(seen: Valuation, day: Days) -> tuple[FactState, str | None]:
    """State of the ten years of earnings and prices that a day (1,) reads, and what they miss.

    A bridged month of the price index degrades, any other missing month leaves no reading.
    """
    months, grid, filled = seen.monthly
    if len(grid) < 2 or not day.size:
        return "ok", None
    newest, money = (int(seen.position(i, day, months)[0]) for i in (EARNINGS, CPI))
    if newest < TEN_YEARS - 1 or money < TEN_YEARS:
        return "ok", None  # too short, which is said elsewhere
    window = list(range(newest - TEN_YEARS + 1, newest + 1))
    for id_, asked in ((CPI, sorted({*window, money - TEN_YEARS})), (EARNINGS, window)):
        unknown = set(filled[filled >= money].tolist()) if id_ == CPI else set()
        lost = [str(months[k]) for k in asked if not np.isfinite(grid[id_][k]) or k in unknown]
        if lost:
            more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
            said = f"{', '.join(lost[:NAMED])}{more}"
            return "insufficient", f"{id_} has no figure of {said}, which the ten years up to {months[newest]} need"
    over = [str(months[k]) for k in filled.tolist() if k in {*window, money - TEN_YEARS}]
    if over:
        said = f"{CPI} has no figure of {', '.join(over)}"
        return "degraded", f"{said}; the geometric mean of the months beside it stands for it"
    return "ok", None


def unit_question(recent: Measures) -> str | None:
    """A question where the newest cash or growth cannot be in the unit that is asked for."""
    level, cash, growth = (float(v[-1]) for v in (recent.level, recent.cash, recent.growth))
    if np.isfinite(level + cash) and not PAID[0] <= 100.0 * cash / level <= PAID[1]:
        share = f"{100.0 * cash / level:.2g} per cent of the level where {PAID[0]:g} to {PAID[1]:g} are possible"
        return f"{CASH} of {cash:g} is {share}: is it in index points?"
    if np.isfinite(growth) and abs(growth) > GROWN:
        return f"{GROWTH} of {growth:g} per cent a year is beyond {GROWN:g}: is it in per cent?"
    return None
