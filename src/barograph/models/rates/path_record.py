"""Whether the path of policy by Treasury yields ever foretold the funds rate: month end by month end, beside no change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.rates._curve_days import IDS, ParDays, fitted, stacked
from barograph.models.rates._record import few, said_of, scored
from barograph.models.rates.policy_path import EFFR, HORIZONS, PACE, PolicyPath, months_after, path_of
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
#: Days after which an effective rate no longer holds: a longer gap in it is a gap.
HELD = 7


@dataclass(frozen=True)
class PathRecord(EveryQuantity):
    """Per horizon p = policy.us.path.record_{3m,6m,12m,24m}, at all month ends with a curve and an outcome:

    ==============  ===================================================================================================
    p.gap           mean of what came less what the path said, bp, with its 90 per cent interval: below nought where the path
                    stood too high, as a term premium makes it
    p.rmse          root mean square error, bp
    p.ratio         over that of the newest effective rate known
    p.p_equal       p of the test that both squared errors are equal, per cent
    p.verdict       better_than_no_change, no_demonstrated_skill or worse_than_no_change
    ==============  ===================================================================================================

    The path is that of `policy_path` on the month's last curve, with intervals of PACE days all along: which meetings were then
    known to come is not on record for the past. What came is the mean effective rate of the interval. n counts whole horizons.
    Monthly; decision 024.
    """

    name: str = "path_record"
    version: str = "1"
    whole: int = 10
    level: float = 0.10
    monthly: bool = True

    @property
    def settings(self) -> PolicyPath:
        """The model that is tried: its settings are part of the state's name."""
        return PolicyPath()

    def needs(self) -> tuple[str, ...]:
        """Par yields of all maturities and the effective federal funds rate."""
        return (*IDS, EFFR)

    def fit(self, view: AsOf) -> State:
        """The record of the month ends before the view's month."""
        curves = stacked({i: view.series(i) for i in IDS if i in view.catalog})
        rates = view.series(EFFR) if EFFR in view.catalog else None
        records: dict[str, Any] = {h: few(0, self.whole) for h in HORIZONS}
        if rates is not None and len(rates) and curves.days.size:
            records = self._records(curves, rates.periods, rates.values, np.datetime64(view.day, "M"))
        return State(self.name, self.version, view.known_at, 0, {"records": records})

    def _records(self, curves: ParDays, days: Days, values: Floats, month: np.datetime64) -> dict[str, Any]:
        months = curves.days.astype("datetime64[M]")
        good = curves.enough(self.settings.least) & (months < month)
        at = np.flatnonzero(good)
        at = at[np.append(months[at][1:] != months[at][:-1], True)[: at.size]]
        # Before the first effective rate and after the newest one there is no change to compare with.
        at = at[(curves.days[at] > days[0]) & (curves.days[at] <= days[-1] + 1)]
        if at.size < self.whole * min(HORIZONS.values()):
            return {h: few(max(at.size - m, 0) // m, self.whole) for h, m in HORIZONS.items()}
        params = fitted(curves.yields[at], self.settings.bounds)[0]
        first, held = daily(days, values)
        rows: dict[str, list[tuple[date, float, float, float]]] = {h: [] for h in HORIZONS}
        for curve, day in zip(params, curves.days[at].tolist(), strict=True):
            still = held[(day - first).days - 1]
            starts = starts_of(day, max(HORIZONS.values()))
            path = path_of(curve[None, :], starts)[0]
            for name, ahead in HORIZONS.items():
                k = sum(s <= months_after(day, ahead) for s in starts) - 1
                a, b = ((s - first).days for s in starts[k : k + 2])
                came = float(held[a:b].mean()) if b <= held.size else np.nan
                rows[name].append((day, float(path[k]), float(still), came))
        return {name: self._scored(found, HORIZONS[name]) for name, found in rows.items()}

    def _scored(self, found: Sequence[tuple[date, float, float, float]], ahead: int) -> dict[str, Any]:
        numbers = np.array([r[1:] for r in found]).reshape(-1, 3)
        there = np.flatnonzero(np.isfinite(numbers).all(axis=1))
        if there.size // ahead < self.whole:
            return few(there.size // ahead, self.whole)
        path, still, came = numbers[there].T
        # An interval is longer than a month: outcomes of as many neighbours overlap as the horizon has, and one more.
        made = scored(came - path, came - still, ahead, self.level, overlap=ahead + 1)
        return {**made, "days": [str(found[there[0]][0]), str(found[there[-1]][0])]}

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The month's record, in words and numbers."""
        ids = [i for i in (*IDS, EFFR) if i in view.catalog]
        inputs = tuple(view.input(p) for p in (view.series(i) for i in ids) if len(p))
        out: list[Quantity] = []
        for name in HORIZONS:
            made, p = state.params["records"][name], f"policy.us.path.record_{name}"
            out += said_of(p, made, session_of(view), inputs, "one curve a month")
        return state, Estimate(self.name, view.known_at, tuple(out))


def daily(days: Days, values: Floats) -> tuple[date, Floats]:
    """The rate of every calendar day from the first on, that of the newest day held for weekends and holidays; NaN in a gap."""
    every = np.arange(days[0], days[-1] + 1)
    at = np.searchsorted(days, every, side="right") - 1
    old = (every - days[at]).astype(int) > HELD
    first: date = days[0].item()
    return first, np.where(old, np.nan, values[at])


def starts_of(day: date, months: int) -> list[date]:
    """First days of intervals of PACE days from a day on, to the end of the one that lies so many months ahead."""
    starts = [day]
    while starts[-1] <= months_after(day, months):
        starts.append(starts[-1] + timedelta(PACE))
    return starts


MODEL = PathRecord
