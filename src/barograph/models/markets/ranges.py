"""Where the next session should close with probability 0.8, how often that was right, and what the last one said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.assets import ASSETS, Asset
from barograph.models.history import History, SessionView
from barograph.models.intervals import wilson
from barograph.models.quantiles import rolling_quantile
from barograph.models.session import Days

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Asset of the page -> its slug in `range.<slug>`.
_RANGED = tuple(a for a in ASSETS if a.slug in ("spx", "us10y"))


@dataclass(frozen=True)
class Ranges(EveryQuantity):
    """Per asset a = spx, us10y:

    ===============================  =================================================================================
    range.a.low, .high               the level moved by the 10th and 90th percentile of the last `window` one-session
                                     returns (changes, for the yield), the session's own included; unit of the level
    range.a.hit_rate                 share of the last `tried` sessions whose close lay within what the same rule had
                                     said the session before, per cent, with its 90 % Wilson interval
    range.a.previous_low, _high      what the rule said on the session before
    range.a.previous_outcome         what came: the level of this session
    range.a.previous_result          hit or miss, the ends counting as hits
    ===============================  =================================================================================

    Every past range uses only what preceded it. All of them rest on today's view: no range is read from the ledger.
    """

    name: str = "ranges"
    version: str = "1"
    window: int = 252
    tried: int = 250
    level: float = 0.80
    hit_interval: float = 0.90
    min_tried: int = 30

    def needs(self) -> tuple[str, ...]:
        """The two series."""
        return tuple(a.series[0] for a in _RANGED)

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate: the quantiles move with every session."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Ranges from the view's session."""
        seen = SessionView.of(view)
        out: list[Quantity] = []
        for asset in _RANGED:
            if asset.series[0] in view.catalog:
                out += self._asset(seen.history(asset))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _asset(self, history: History) -> list[Quantity]:
        p, unit, level = f"range.{history.asset.slug}", history.unit, history.level
        ids = [
            *((f"{p}.{end}", unit) for end in ("low", "high")),
            (f"{p}.hit_rate", "percent"),
            *((f"{p}.previous_{what}", unit) for what in ("low", "high", "outcome")),
            (f"{p}.previous_result", "label"),
        ]
        # Twice the reach in sessions holds enough changes even where a provider skipped some.
        past = history.changes(2 * (self.window + self.tried), today=True)
        if level is None or not history.current or past.state == "insufficient":
            why = history.reason or past.reason or history.no_base(0)
            return [history.missing(i, u, why) for i, u in ids]
        keep = slice(-self.window - self.tried, None)
        values, days = past.values[keep], past.days[keep]
        n = min(values.size, self.window)
        reason: str | None = None
        state: FactState = "ok"
        text = f"{self.window} sessions"
        if n < self.window:
            text, reason = f"since {days[0]}, shorter than {text}", f"{n} changes in place of {self.window}"
            state = "degraded"
        low, high = (_moved(history.asset, level, float(e[-1])) for e in self._ends(values[-n:], n))
        lineage = history.inputs(days[-n].item())
        out = [
            Quantity(i, v, u, state, history.due, n=n, window=text, inputs=lineage, reason=reason)
            for (i, u), v in zip(ids[:2], (low, high), strict=True)
        ]
        return [*out, *self._tried(history, level, values, days, ids[2:])]

    def _ends(self, changes: Floats, width: int) -> tuple[Floats, Floats]:
        tail = (1.0 - self.level) / 2.0
        return rolling_quantile(changes, width, tail), rolling_quantile(changes, width, 1.0 - tail)

    def _tried(
        self, history: History, level: float, values: Floats, days: Days, ids: list[tuple[str, str]]
    ) -> list[Quantity]:
        today = history.change(1)
        n = values.size - self.window
        if today is None or n < self.min_tried:
            reason = history.no_base(1) if today is None else f"{max(n, 0)} ranges where {self.min_tried} are needed"
            return [history.missing(i, u, reason) for i, u in ids]
        # The range for a session is made of the `window` changes before it: the last one has no range to come.
        low, high = self._ends(values[:-1], self.window)
        came = values[self.window :]
        hits = (low <= came) & (came <= high)
        count = int(np.count_nonzero(hits))
        state: FactState = "ok" if n == self.tried else "degraded"
        why = None if state == "ok" else f"{n} ranges in place of {self.tried}"
        inner, outer = (100.0 * end for end in wilson(count, n, self.hit_interval))
        text = f"{days[self.window]} to {days[-1]}, {round(100 * self.hit_interval)} % interval"
        lineage, share = history.inputs(days[0].item()), 100.0 * count / n
        out = [Quantity(ids[0][0], share, "percent", state, history.due, inner, outer, n, text, lineage, why)]
        base = float(history.values[-2])
        rows: list[tuple[float | str, date]] = [
            (_moved(history.asset, base, float(e[-1])), today[1]) for e in (low, high)
        ]
        rows += [(level, history.due), ("hit" if hits[-1] else "miss", history.due)]
        lineage = history.inputs(days[-self.window - 1].item())
        return out + [
            Quantity(i, v, u, period=day, window=f"{self.window} sessions", inputs=lineage)
            for (i, u), (v, day) in zip(ids[1:], rows, strict=True)
        ]


def _moved(asset: Asset, level: float, change: float) -> float:
    """The level after a change in the asset's change unit."""
    if asset.kind == "price":
        return level * (1.0 + change / 100.0)
    # Without the noise of the fifteenth digit: a close on the end itself is inside for every reader of the range.
    return round(level + change / (100.0 if asset.kind == "yield" else 1.0), 10)


MODEL = Ranges
