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


def decided(view: AsOf, since: date, until: date) -> str | None:
    """That a rate of `since` is of before a decision that a curve or a price of `until` knows; None where it is not.

    A decision holds from the day after it, so that the rate of its own day is still the old one.
    """
    held = [d for d in decision_days(view) if since <= d <= until]
    return f"the effective rate known is of {since}, before the decision of {held[-1]} took effect" if held else None


@dataclass(frozen=True, slots=True)
class Priced:
    """`rates` after each of the `meetings` to come (None where the prices do not say), from prices of `day`; `reason` where
    those are old.

    `before` is the rate that holds until the first of them: the effective rate or, after a decision that is not in it yet, the
    one priced; None where neither is known. `since` says which decision that is.
    """

    meetings: tuple[date, ...]
    rates: tuple[float | None, ...]
    before: float | None
    since: str | None
    day: date
    source: str
    inputs: tuple[Input, ...]
    reason: str | None

    def said(self, rate: Quantity) -> list[Quantity]:
        """The quantities of the next COUNT meetings and of the furthest rate, beside the rate of today."""
        from barograph.models._kernels.meeting_rates import outcomes

        out: list[Quantity] = []
        before = self.before
        for n in range(1, COUNT + 1):
            if n > len(self.meetings):
                out += [self._gone(f"policy.us.meeting.{n}.{k}", u, "no such meeting on record") for k, u in _KINDS]
                continue
            meeting, after = self.meetings[n - 1], self.rates[n - 1]
            values: list[float | None] = [after, *[None] * 6]
            if after is not None and self.before is not None:
                values[2] = 100.0 * (after - self.before)
            if after is not None and before is not None:
                change = 100.0 * (after - before)
                values = [after, change, values[2], *outcomes(change)]
            for (kind, unit), value in zip(_KINDS, values, strict=True):
                # What counts from the rate before the first meeting leans on where that rate is from.
                leans = kind == "change_cumulative" or (n == 1 and kind != "rate")
                out.append(
                    self._quantity(
                        f"policy.us.meeting.{n}.{kind}", value, unit, meeting, rate, leans and after is not None
                    )
                )
            before = after
        return out + self._ends(rate)

    def _ends(self, rate: Quantity) -> list[Quantity]:
        priced = [(m, r) for m, r in zip(self.meetings, self.rates, strict=True) if r is not None]
        if not priced:
            return [self._gone(i, u, "no meeting is priced") for i, u in _ENDS]
        base = self.before
        if base is None:
            return [self._quantity(i, None, u, self.day, rate, True) for i, u in _ENDS]
        day, last = max(priced, key=lambda p: abs(p[1] - base))
        return [
            self._quantity(i, v, u, day, rate, True, f", to {priced[-1][0]}")
            for (i, u), v in zip(_ENDS, (last, 100.0 * (last - base)), strict=True)
        ]

    def _quantity(
        self, id_: str, value: float | None, unit: str, period: date, rate: Quantity, leans: bool, more: str = ""
    ) -> Quantity:
        if value is None:
            since = f"fed funds at the new rate is not known yet: {self.since}"
            why = since if leans and self.before is None else f"the prices of {self.day} do not say"
            return Quantity(id_, None, unit, "insufficient", period, reason=why)
        counted = f"counted from the priced rate: {self.since}" if leans and self.since else None
        reason = "; ".join(r for r in (self.reason, counted) if r) or None
        text, used = f"{self.source} of {self.day}{more}", (*self.inputs, *rate.inputs)
        return Quantity(
            id_, value, unit, "degraded" if reason else "ok", period, window=text, inputs=used, reason=reason
        )

    def _gone(self, id_: str, unit: str, why: str) -> Quantity:
        return Quantity(id_, None, unit, "insufficient", self.day, reason=why)


def priced_meetings(seen: SessionView, current: float, since: date, stale_days: int, far: float) -> Priced | str:
    """What the newest imported prices say of the meetings after the session, or why nothing.

    Rates given by meeting come before prices of months where there are both.

    Parameters
    ----------
    current, since
        The newest effective rate, per cent, and its day. A meeting between that day and the session is over; the algebra of
        months needs it all the same.
    stale_days
        Prices older than this say nothing.
    far
        A price that says a rate further than so many percentage points from `current` is taken for a fault.
    """
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
            over = sum(m <= seen.session for m in meetings)
            made = (_by_meeting if tag == RATES else _by_month)(values, meetings, current, row.unit, far)
            if isinstance(made, str):
                why = f"{row.id}: {made}"
                continue
            if all(r is None for r in made[over:]):
                why = f"no member of {row.id} is a month (2025-12) or a meeting (2025-12-10) that is to come"
                continue
            before = current if not over else made[over - 1] if tag == FUTURES else None
            old = None if day == seen.session else f"the prices are of {day}"
            if old is not None and over and meetings[over - 1] > day:
                old += f", before the decision of {meetings[over - 1]}"
            text = decided(seen.view, since, seen.session)
            return Priced(meetings[over:], tuple(made[over:]), before, text, day, row.id, inputs, old)
    return why


def _by_meeting(
    values: dict[str, float], meetings: tuple[date, ...], current: float, unit: str, far: float
) -> list[float | None] | str:
    """The rate after each meeting as given; or which of them cannot be one."""
    rates = [values.get(str(m)) for m in meetings]
    for meeting, rate in zip(meetings, rates, strict=True):
        if rate is not None and abs(rate - current) > far:
            return f"the rate after {meeting} is given as {rate:.1f} %, fed funds is {current:.2f} %: is it a price?"
    return rates


def _by_month(
    values: dict[str, float], meetings: tuple[date, ...], current: float, unit: str, far: float
) -> list[float | None] | str:
    """The rate after each meeting out of prices of months; or which price or which solution cannot be right."""
    from barograph.models._kernels.meeting_rates import rates_after

    price = unit != "percent"
    months = {
        (int(m[1]), int(m[2])): 100.0 - v if price else v
        for k, v in values.items()
        if (m := _MONTH.fullmatch(k)) and 1 <= int(m[2]) <= 12
    }
    for (year, month), rate in sorted(months.items()):
        if abs(rate - current) > far:
            asked = "percent" if price else "index"
            return (
                f"the price of {year}-{month:02d} says {rate:.1f} %, fed funds is {current:.2f} %: is the unit {asked}?"
            )
    try:
        rates = rates_after(months, meetings, current)[1:]
    except ValueError as error:
        return str(error)
    for meeting, after in zip(meetings, rates, strict=True):
        if after is not None and abs(after - current) > far:
            return f"the prices say {after:.1f} % after {meeting}, fed funds is {current:.2f} %: are all of one day?"
    return rates


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
