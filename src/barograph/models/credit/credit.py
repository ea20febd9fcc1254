"""Where credit spreads stand against their own trailing years: average, tight, wide, gaps, percentile, place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Attribution, Estimate, Fact, Quantity, fact_of
from barograph.core.transforms import percentile_rank
from barograph.models._protocol import State
from barograph.models._rows import both, named, own_changes
from barograph.models.assets import ASSETS, spreads_of
from barograph.models.history import History, SessionView, Window

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_SPREADS = tuple(a for a in ASSETS if a.slug in ("ig", "hy"))
_REFERENCES = ("avg", "tight", "wide")


def band_position(level: float, tight: float, wide: float) -> str:
    """Place between the tight (0) and the wide (1) of a window, (level - tight)/(wide - tight), as a label.

    near_tight up to 0.1, lower_third under 1/3, below_middle under 1/2, middle at 1/2, above_middle up to 2/3,
    upper_third above, near_wide from 0.9 on.

    >>> band_position(52.8, 50.0, 55.0), band_position(75.0, 74.0, 171.0)
    ('above_middle', 'near_tight')
    """
    place = (level - tight) / (wide - tight)
    if place <= 0.1:
        return "near_tight"
    if place >= 0.9:
        return "near_wide"
    if place < 0.5:
        return "lower_third" if place < 1.0 / 3.0 else "below_middle"
    if place > 0.5:
        return "upper_third" if place > 2.0 / 3.0 else "above_middle"
    return "middle"


@dataclass(frozen=True)
class Credit:
    """Per spread p = credit.us.{ig,hy}.oas, cash option-adjusted spreads in bp, and credit.<id> of a user's own:

    p.avg_5y, p.tight_5y, p.wide_5y (mean, minimum, maximum of the trailing five years up to the level; the period of
    tight and wide is the newest day that held it), p.gap_5y_{avg,tight,wide} (level less reference), p.percentile_3y
    (mid-rank, per cent; the five-year one is made by `levels`), p.band_position (label), p.sd_20d (standard deviation
    of the 20-session changes that ended on the `window` sessions before). A window that is shorter than its name says
    so and is degraded.
    """

    name: str = "credit"
    version: str = "1"
    years: int = 5
    percentile_years: int = 3
    window: int = 252
    horizon: int = 20

    def needs(self) -> tuple[str, ...]:
        """Both cash spreads; those of a user's catalogue are read as well."""
        return tuple(a.series[0] for a in _SPREADS)

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Place both spreads at the view's session."""
        seen = SessionView.of(view)
        out: list[Quantity] = []
        for asset in spreads_of(view.catalog):
            out += self._spread(seen.history(asset))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the levels, kept for `explain`, which are facts of the model `levels`."""
        return tuple(fact_of(q) for q in estimate.quantities if not q.id.endswith(".level"))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """A gap's change as the level's change and minus the reference's; the rest as one row each."""
        out = []
        for row in own_changes(before, after):
            prefix, _, kind = row.quantity.rpartition(f".gap_{self.years}y_")
            level = both(before, after, f"{prefix}.level") if prefix else None
            base = both(before, after, f"{prefix}.{kind}_{self.years}y") if prefix else None
            if level is None or base is None:
                out.append(row)
                continue
            rows = (("level", level[1] - level[0]), (f"{kind}_{self.years}y", base[0] - base[1]))
            out.append(named(row.quantity, row.unit, row.total, rows))
        return tuple(out)

    def _spread(self, history: History) -> list[Quantity]:
        p, level, window = history.asset.prefix, history.level, history.years(self.years)
        if level is None or window.state == "insufficient":
            out = [history.missing(i, u, history.reason or window.reason) for i, u in self._ids(p)]
        else:
            out = self._references(history, level, window)
        out += [self._percentile(history), self._sd(history)]
        if level is not None:
            out.append(Quantity(f"{p}.level", level, "bp", period=history.due, inputs=history.inputs()))
        return out

    def _ids(self, p: str) -> list[tuple[str, str]]:
        ids = [(f"{p}.{kind}_{self.years}y", "bp") for kind in _REFERENCES]
        ids += [(f"{p}.gap_{self.years}y_{kind}", "bp") for kind in _REFERENCES]
        return [*ids, (f"{p}.band_position", "label")]

    def _references(self, history: History, level: float, window: Window) -> list[Quantity]:
        p, values, days = history.asset.prefix, window.values, window.days
        tight, wide = float(values.min()), float(values.max())
        found: dict[str, tuple[float, date]] = {
            "avg": (float(values.mean()), history.due),
            "tight": (tight, days[np.flatnonzero(values == tight)[-1]].item()),
            "wide": (wide, days[np.flatnonzero(values == wide)[-1]].item()),
        }
        rows: list[tuple[str, float | str, str, date]] = [
            (f"{p}.{kind}_{self.years}y", value, "bp", day) for kind, (value, day) in found.items()
        ]
        rows += [(f"{p}.gap_{self.years}y_{k}", level - v, "bp", history.due) for k, (v, _) in found.items()]
        if wide > tight:
            rows.append((f"{p}.band_position", band_position(level, tight, wide), "label", history.due))
        inputs = history.inputs(window.since)
        out = [
            Quantity(i, v, u, window.state, d, n=window.n, window=window.text, inputs=inputs, reason=window.reason)
            for i, v, u, d in rows
        ]
        if not wide > tight:
            out.append(history.missing(f"{p}.band_position", "label", "tight and wide are the same"))
        return out

    def _percentile(self, history: History) -> Quantity:
        years = self.percentile_years
        id_, window = f"{history.asset.prefix}.percentile_{years}y", history.years(years)
        if history.level is None or window.state == "insufficient":
            return history.missing(id_, "percent", history.reason or window.reason)
        return Quantity(
            id_,
            percentile_rank(window.values, history.level),
            "percent",
            window.state,
            history.due,
            n=window.n,
            window=window.text,
            inputs=history.inputs(window.since),
            reason=window.reason,
        )

    def _sd(self, history: History) -> Quantity:
        id_, window = f"{history.asset.prefix}.sd_{self.horizon}d", history.changes(self.window, self.horizon)
        if history.level is None or window.state == "insufficient":
            return history.missing(id_, "bp", history.reason or window.reason)
        return Quantity(
            id_,
            float(window.values.std(ddof=1)),
            "bp",
            window.state,
            history.due,
            n=max(window.n // self.horizon, 1),
            window=window.text,
            inputs=history.inputs(window.since),
            reason=window.reason,
        )


MODEL = Credit
