"""Imported fed funds futures and meeting-dated rates, and what they say of each coming meeting.

A family of a user's catalogue, tagged, holds one member per contract or meeting:

===================  ==========  =================================================================================
tag                  member      value
===================  ==========  =================================================================================
fed_funds_futures    2025-12     price of the month's contract (unit `index`), or the average rate itself (`percent`)
meeting_rates        2025-12-10  rate expected after that meeting (unit `percent`), as of meeting-dated swaps
===================  ==========  =================================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from barograph.core.estimate import Input, Quantity
from barograph.core.series import member_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models.history import SessionView

FUTURES, RATES = "fed_funds_futures", "meeting_rates"
#: Meetings that are facts.
COUNT = 8
_KINDS = (
    ("rate", "percent"), ("change", "bp"), ("change_cumulative", "bp"), ("change_lower", "bp"), ("change_upper", "bp"),
    ("p_lower", "percent"), ("p_upper", "percent"),
)  # fmt: skip
_ENDS = [("policy.us.futures.terminal", "percent"), ("policy.us.futures.change_terminal", "bp")]
MEETING_IDS = [(f"policy.us.meeting.{n}.{k}", u) for n in range(1, COUNT + 1) for k, u in _KINDS] + _ENDS
_MONTH = re.compile(r"(\d{4})-(\d\d)")


def decision_days(view: AsOf) -> list[date]:
    """Decision days of the FOMC as known at the view, rising."""
    items = (a.item for a in view.announcements())
    return sorted({i.day for i in items if i.calendar == "us.fed.fomc" and i.kind == "policy"})


@dataclass(frozen=True, slots=True)
class Priced:
    """`rates` after each of `meetings` (None where the prices do not say), from prices of `day`; `reason` where those are old."""

    meetings: tuple[date, ...]
    rates: tuple[float | None, ...]
    day: date
    source: str
    inputs: tuple[Input, ...]
    reason: str | None

    def said(self, rate: Quantity) -> list[Quantity]:
        """The quantities of the next COUNT meetings and of the furthest rate, beside the rate of today."""
        from barograph.models._kernels.meeting_rates import outcomes

        assert isinstance(rate.value, float)
        out: list[Quantity] = []
        used, state = (*self.inputs, *rate.inputs), "degraded" if self.reason else "ok"
        before: float | None = rate.value
        for n in range(1, COUNT + 1):
            known = n <= len(self.meetings)
            meeting = self.meetings[n - 1] if known else None
            after = self.rates[n - 1] if known else None
            values: tuple[float | None, ...] = (after, *[None] * 6)
            if after is not None:
                values = (after, None, 100.0 * (after - rate.value), *[None] * 4)
            if after is not None and before is not None:
                change = 100.0 * (after - before)
                values = (after, change, values[2], *outcomes(change))
            for (kind, unit), value in zip(_KINDS, values, strict=True):
                id_ = f"policy.us.meeting.{n}.{kind}"
                if value is None:
                    why = f"the prices of {self.day} do not say" if known else "no such meeting on record"
                    out.append(Quantity(id_, None, unit, "insufficient", meeting or self.day, reason=why))
                else:
                    text = f"{self.source} of {self.day}"
                    out.append(Quantity(id_, value, unit, state, meeting, window=text, inputs=used, reason=self.reason))  # type: ignore[arg-type]
            before = after
        priced = [(m, r) for m, r in zip(self.meetings, self.rates, strict=True) if r is not None]
        if not priced:
            return out + [
                Quantity(i, None, u, "insufficient", self.day, reason="no meeting is priced") for i, u in _ENDS
            ]
        day, last = max(priced, key=lambda p: abs(p[1] - rate.value))  # type: ignore[operator]
        for (id_, unit), value in zip(_ENDS, (last, 100.0 * (last - rate.value)), strict=True):
            text = f"{self.source} of {self.day}, to {priced[-1][0]}"
            out.append(Quantity(id_, value, unit, state, day, window=text, inputs=used, reason=self.reason))  # type: ignore[arg-type]
        return out


def priced_meetings(seen: SessionView, current: float, since: date, stale_days: int) -> Priced | str:
    """What the newest imported prices say of the meetings from `since` on, the day of the rate `current`; or why nothing.

    Rates given by meeting come before prices of months where there are both.
    """
    from barograph.models._kernels.meeting_rates import rates_after

    why = "no fed funds futures and no meeting-dated rates imported"
    for tag in (RATES, FUTURES):
        for row in seen.view.catalog:
            if tag not in row.tags or not row.family:
                continue
            found = _newest(seen, row.id)
            if found is None:
                continue
            day, values, inputs = found
            if seen.session - day > timedelta(stale_days):
                why = f"the last prices of {row.id} are of {day}"
                continue
            meetings = tuple(d for d in decision_days(seen.view) if d >= since)
            rates: list[float | None]
            if tag == RATES:
                rates = [values.get(str(m)) for m in meetings]
            else:
                price = row.unit != "percent"
                months = {
                    (int(m[1]), int(m[2])): 100.0 - v if price else v
                    for k, v in values.items()
                    if (m := _MONTH.fullmatch(k)) and 1 <= int(m[2]) <= 12
                }
                try:
                    rates = rates_after(months, meetings, current)[1:]
                except ValueError as error:
                    why = str(error)
                    continue
            if all(r is None for r in rates):
                why = f"no member of {row.id} is a month (2025-12) or a meeting (2025-12-10) that is to come"
                continue
            old = None if day == seen.session else f"the prices are of {day}"
            return Priced(meetings, tuple(rates), day, row.id, inputs, old)
    return why


def _newest(seen: SessionView, family: str) -> tuple[date, dict[str, float], tuple[Input, ...]] | None:
    """The newest day of a family, its members' values on it, and their lineage."""
    held = {m: seen.points(m) for m in seen.members(family)}
    last = [p.last[0] for p in held.values() if p.last is not None]
    if not last:
        return None
    day = max(last)
    values, inputs = {}, []
    for member, points in held.items():
        value = points.value_on(day)
        if value is not None:
            values[member_of(member)] = float(value)
            if (used := seen.input(member, day, day)) is not None:
                inputs.append(used)
    return day, values, tuple(inputs)
