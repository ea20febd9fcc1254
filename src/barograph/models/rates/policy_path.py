"""Where the Federal Reserve's rate is priced to go: by front-end Treasury yields, and by imported futures meeting by meeting."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.history import SessionView
from barograph.models.rates._curve_days import IDS, inputs_of, left_out, par_days, range_over
from barograph.models.rates._meetings import COUNT, MEETING_IDS, Priced, decided, decision_days, priced_meetings

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
EFFR = "us.rates.effr"
#: Horizons of the path: name -> months.
HORIZONS = {"3m": 3, "6m": 6, "12m": 12, "24m": 24}
#: Beyond the last meeting on record the path goes on in steps of this many days, the usual distance of two meetings.
PACE = 42
#: Intervals between meetings that are facts of their own.
SHOWN = 18
_PREMIUM = "Treasury forward rates averaged between meetings; includes the term premium"


@dataclass(frozen=True)
class PolicyPath(EveryQuantity):
    """policy.us.rate: the newest effective federal funds rate known.

    By Treasury yields: forward rates of the session's fitted curve (see `curve_fit`), averaged from the day after a meeting of
    the FOMC to the next, as overnight rates on 360 days. They hold the term premium and what Treasury bills cost beside
    overnight money.

    ======================================  ==========================================================================
    policy.us.path.now                      to the next meeting after the curve's day, percent
    policy.us.path.{3m,6m,12m,24m}          of the interval that holds that day, percent
    policy.us.path.terminal                 the furthest from the rate of today within `years` years; its period is the
                                            first day of its interval
    policy.us.path.change_<any of these>    less the rate of today, bp; see below for the days after a decision
    policy.us.path.interval.<n>             each interval, percent; its period is its first day
    ======================================  ==========================================================================

    low and high: range over leaving out a maturity, none where none can be. On the day of a decision and the day after, the
    newest effective rate known is of before it and the curve of after it: then .change_now is insufficient, the other changes
    and the terminal count from policy.us.path.now and are degraded.

    By imported prices (see `_meetings`), of the n-th meeting after the session, its period the day of the meeting:

    ======================================  ==========================================================================
    policy.us.meeting.<n>.rate              the rate after it, percent
    ....change, ....change_cumulative       less the rate before it, less the rate of today, bp
    ....change_lower, ....change_upper      the two moves of whole 25 bp around that change
    ....p_lower, ....p_upper                their probabilities, per cent
    policy.us.futures.terminal              the furthest of the rates; .change_terminal less the rate of today
    ======================================  ==========================================================================
    """

    name: str = "policy_path"
    version: str = "2"
    bounds: tuple[float, float] = (0.25, 20.0)
    least: int = 7
    years: int = 3
    stale_days: int = 7
    far: float = 5.0

    def needs(self) -> tuple[str, ...]:
        """Par yields of all maturities and the effective federal funds rate; imported families are read as well."""
        return (*IDS, EFFR)

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Both paths at the view's session."""
        seen = SessionView.of(view)
        rate = self._rate(seen)
        out = [rate, *self._treasury(seen, rate), *self._meetings(seen, rate)]
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _rate(self, seen: SessionView) -> Quantity:
        points = seen.points(EFFR) if EFFR in seen.view.catalog else None
        if points is None or points.last is None:
            return Quantity("policy.us.rate", None, "percent", "insufficient", reason=f"no value of {EFFR} known")
        day, value = points.last[0], float(points.last[1])
        inputs = inputs_of(seen, [EFFR], day, day)
        if seen.session - day > timedelta(self.stale_days):
            why = f"the last {EFFR} known is of {day}"
            return Quantity("policy.us.rate", None, "percent", "insufficient", day, inputs=inputs, reason=why)
        return Quantity("policy.us.rate", value, "percent", period=day, inputs=inputs)

    # --------------------------------------------------------------------------------------------- by Treasury yields

    def _treasury(self, seen: SessionView, rate: Quantity) -> list[Quantity]:
        due = max((seen.due(seen.view.catalog[i]) for i in IDS if i in seen.view.catalog), default=seen.session)
        today = par_days(seen, due, due)
        if not today.days.size or not today.enough(self.least)[0]:
            return _gone(_path_ids(), due, f"no curve for {due}: see curve.us.fit.rmse")
        used = inputs_of(seen, today.ids, due, due)
        starts = self._starts(seen, due)
        paths = path_of(left_out(today.yields[0], self.bounds, self.least), starts)
        rows: list[tuple[str, int]] = [("now", 0)]
        rows += [(name, _holding(starts, months_after(due, months))) for name, months in HORIZONS.items()]
        rows += [(f"interval.{n}", n) for n in range(SHOWN)]
        out = []
        for name, n in rows:
            period = starts[n] if name.startswith("interval") else due
            out.append(_ranged(f"policy.us.path.{name}", paths[:, n], "percent", period, used))
        if not isinstance(rate.value, float) or rate.period is None:
            return out + _gone([i for i in _path_ids() if i[1] == "bp" or "terminal" in i[0]], due, rate.reason or "")
        both = (*used, *rate.inputs)
        late = decided(seen.view, rate.period, due)
        moves = 100.0 * (paths - (rate.value if late is None else paths[:, :1]))
        why = None if late is None else f"counted from the front of the path: {late}"
        out += [
            _ranged(f"policy.us.path.change_{n}", moves[:, k], "bp", due, both, why) for n, k in rows if n in HORIZONS
        ]
        front = "policy.us.path.change_now"
        out.append(
            _ranged(front, moves[:, 0], "bp", due, both) if late is None else _gone([(front, "bp")], due, late)[0]
        )
        last = int(np.abs(moves[0]).argmax())
        out.append(_ranged("policy.us.path.terminal", paths[:, last], "percent", starts[last], both, why))
        out.append(_ranged("policy.us.path.change_terminal", moves[:, last], "bp", starts[last], both, why))
        return out

    def _starts(self, seen: SessionView, due: date) -> list[date]:
        """First days of the intervals, and the end of the last: the day after each meeting, then every PACE days."""
        end = due + timedelta(round(365.25 * self.years))
        # A curve is of the afternoon: the decision of its own day is in it.
        starts = [due, *(d + timedelta(1) for d in decision_days(seen.view) if due < d < end)]
        while starts[-1] < end:
            starts.append(starts[-1] + timedelta(PACE))
        return starts

    # --------------------------------------------------------------------------------------------- by imported prices

    def _meetings(self, seen: SessionView, rate: Quantity) -> list[Quantity]:
        found: Priced | str = rate.reason or ""
        if isinstance(rate.value, float) and rate.period is not None:
            found = priced_meetings(seen, rate.value, rate.period, self.stale_days, self.far)
        if isinstance(found, str):
            return _gone(MEETING_IDS, seen.session, found)
        return found.said(rate)


def path_of(curves: Floats, starts: Sequence[date]) -> Floats:
    """Overnight rates (curves, intervals), per cent on 360 days, from mean forward rates between the days."""
    from barograph.models._kernels.svensson import zero_yields

    days = np.array([(d - starts[0]).days for d in starts], dtype=np.float64)
    grown = zero_yields(curves, np.maximum(days, 1e-6) / 365.25) * days
    daily = np.diff(grown, axis=1) / np.diff(days) / 36525.0
    return np.asarray(36000.0 * np.expm1(daily))


def _holding(starts: Sequence[date], day: date) -> int:
    """Which interval holds a day."""
    return sum(s <= day for s in starts) - 1


def months_after(day: date, months: int) -> date:
    """The day so many months on, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _ranged(
    id_: str, over: Floats, unit: str, period: date, inputs: tuple[Input, ...], why: str | None = None
) -> Quantity:
    """A number (1 + k,) of the curve and of those with a maturity left out; degraded where there is a reason."""
    value, (low, high, alone) = float(over[0]), range_over(over)
    if not math.isfinite(value):
        return Quantity(id_, None, unit, "insufficient", period, inputs=inputs, reason="the curve gives no such rate")
    reason = "; ".join(r for r in (why, alone) if r) or None
    state: FactState = "degraded" if reason else "ok"
    n = len(over) - 1 if low is not None else None
    return Quantity(id_, value, unit, state, period, low, high, n, _PREMIUM, inputs, reason)


def _path_ids() -> list[tuple[str, str]]:
    ids = [("now", "percent"), *((h, "percent") for h in HORIZONS), ("terminal", "percent")]
    ids += [*((f"change_{h}", "bp") for h in HORIZONS), ("change_now", "bp"), ("change_terminal", "bp")]
    ids += [(f"interval.{n}", "percent") for n in range(SHOWN)]
    return [(f"policy.us.path.{i}", u) for i, u in ids]


def _gone(ids: Sequence[tuple[str, str]], due: date, reason: str) -> list[Quantity]:
    return [Quantity(i, None, u, "insufficient", due, reason=reason) for i, u in ids]


assert COUNT <= SHOWN
MODEL = PolicyPath
