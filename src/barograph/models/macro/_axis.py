"""An axis of the regime: the level of one factor, its change over three months, and the probability that it rose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, Quantity
from barograph.core.transforms import zscore
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, both, named, number_of, own_changes
from barograph.models.macro._factor import Z70, FactorSettings, Standardised, fit_factor, leading, standardised, worn
from barograph.models.macro._panel import Row, month_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Months that a level averages, and by how many the change looks back.
AVERAGED, BACK = 3, 3
#: Months of the trailing window in which a level is placed.
PLACED = 120
#: Months from the newest figure to the view after which an axis is degraded, and after which it is none.
OLD, GONE = 4, 12


def axis_quantities(
    name: str, view: AsOf, settings: FactorSettings, params: Any, threshold: float | None = None
) -> list[Quantity]:
    """The quantities of one axis; see `growth` and `inflation`."""
    prefix = f"regime.us.{name}"
    units = {"level": "sigma", "change_3m": "sigma", "z": "sigma", "p_up": "percent"}
    units |= {"p_below": "percent"} if threshold is not None else {}
    if not params:
        why = "fewer than half of the axis's series have enough history"
        return [Quantity(f"{prefix}.{k}", None, u, "insufficient", reason=why) for k, u in units.items()]
    seen = standardised(view, settings, params)
    panel, newest = seen.panel, seen.panel.newest
    inputs = tuple(i for i in panel.inputs if i is not None)
    known, wanted = panel.known, len(settings.rows)
    if newest is None or newest < PLACED // 2 or known < wanted / 2:
        why = f"{known} of {wanted} inputs have a value in the newest four months"
        return [Quantity(f"{prefix}.{k}", None, u, "insufficient", inputs=inputs, reason=why) for k, u in units.items()]
    period = panel.months[newest].astype("datetime64[D]").item()
    age = int((month_of(view) - panel.months[newest]).astype(int))
    if age > GONE:
        why = f"the newest figure is of {period:%Y-%m}"
        return [Quantity(f"{prefix}.{k}", None, u, "insufficient", inputs=inputs, reason=why) for k, u in units.items()]
    state, reason = worn(view, known, wanted)
    if age > OLD:
        state, reason = "degraded", "; ".join(filter(None, (f"the newest figure is of {period:%Y-%m}", reason)))
    window = f"estimated on {params['window'][0]} to {params['window'][1]}, mean of {AVERAGED} months"
    reading = _Reading(seen, newest)
    more: dict[str, Any] = {"inputs": inputs, "reason": reason, "n": known, "window": window}
    up = [reading.probability(i) for i in range(len(panel.rows)) if np.isfinite(seen.values[:, i]).any()]
    p_up = reading.probability()
    levels = reading.levels()
    place = zscore(levels[max(newest - PLACED, 0) : newest], float(levels[newest]))
    low, high = (reading.level + side * Z70 * reading.spread for side in (-1.0, 1.0))
    out = [
        Quantity(f"{prefix}.level", reading.level, "sigma", state, period, low=low, high=high, **more),
        Quantity(f"{prefix}.change_3m", reading.change, "sigma", state, period, **more),
        Quantity(f"{prefix}.p_up", p_up, "percent", state, period, low=min(*up, p_up), high=max(*up, p_up), **more),
    ]
    if threshold is not None:
        out.append(Quantity(f"{prefix}.p_below", reading.p_below(threshold), "percent", state, period, **more))
    if place is not None:
        out.insert(2, Quantity(f"{prefix}.z", place, "sigma", state, period, **more))
    for row, level, change, piece in zip(panel.rows, *reading.contributions(), panel.inputs, strict=True):
        # Its own series first; the others weigh it, so it rests on them too.
        own: dict[str, Any] = {"inputs": leading(piece, inputs), "reason": reason}
        out.append(Quantity(f"{prefix}.contribution.{row.name}", level, "sigma", state, period, **own))
        out.append(Quantity(f"{prefix}.contribution_3m.{row.name}", change, "sigma", state, period, **own))
    return out


class _Reading:
    """One factor read at one view: level, change, probability, and the same without one of its series."""

    def __init__(self, seen: Standardised, newest: int) -> None:
        self._seen, self._newest = seen, newest
        self._whole = self._smooth(seen.values)
        self.level = self._level(self._whole.factors[:, 0], newest)
        self.change = self.level - self._level(self._whole.factors[:, 0], newest - BACK)

    def _smooth(self, values: Floats) -> Any:
        from barograph.models._kernels.dfm import smooth

        return smooth(values, self._seen.shape, self._seen.params)

    def _level(self, factor: Floats, at: int) -> float:
        return float(factor[at - AVERAGED + 1 : at + 1].mean() / self._seen.factor_sd)

    def levels(self) -> Floats:
        """The level of every month in this view."""
        factor = self._whole.factors[:, 0] / self._seen.factor_sd
        out = np.full(factor.size, np.nan)
        out[AVERAGED - 1 :] = np.convolve(factor, np.full(AVERAGED, 1.0 / AVERAGED), "valid")
        return out

    def probability(self, without: int | None = None) -> float:
        """P(the change is positive), per cent, under the model's joint normal distribution of the months concerned."""
        made, change, newest = self._whole, self.change, self._newest
        if without is not None:
            # What lies further back than PLACED months no longer reaches a stationary factor.
            begin = max(newest - PLACED, 0)
            values = self._seen.values[begin:].copy()
            values[:, without] = np.nan
            made, newest = self._smooth(values), newest - begin
            factor = made.factors[:, 0]
            change = self._level(factor, newest) - self._level(factor, newest - BACK)
        months = list(range(newest - BACK - AVERAGED + 1, newest + 1))
        weights = np.zeros(len(months))
        weights[-AVERAGED:] += 1.0 / AVERAGED
        weights[:AVERAGED] -= 1.0 / AVERAGED
        covariance = made.covariance(0, months)
        spread = math.sqrt(float(weights @ covariance @ weights)) / self._seen.factor_sd
        return 100.0 * NormalDist().cdf(change / spread)

    @property
    def spread(self) -> float:
        """Standard deviation of the level given the data, in the axis's own standard deviations."""
        months = list(range(self._newest - AVERAGED + 1, self._newest + 1))
        return math.sqrt(float(self._whole.covariance(0, months).sum())) / AVERAGED / self._seen.factor_sd

    def p_below(self, threshold: float) -> float:
        """P(the level lies below a threshold), per cent."""
        return 100.0 * NormalDist().cdf((threshold - self.level) / self.spread)

    def contributions(self) -> tuple[list[float], list[float]]:
        """What each series adds to level and change: the smoothed mean is linear in the data, so they add up."""
        n = self._seen.values.shape[1]
        cube = np.where(np.isfinite(self._seen.values), 0.0, np.nan)[:, :, None].repeat(n, axis=2)
        for i in range(n):
            cube[:, i, i] = self._seen.values[:, i]
        factors = self._whole.factors_of(cube)[:, 0]
        levels = [self._level(factors[:, i], self._newest) for i in range(n)]
        earlier = [self._level(factors[:, i], self._newest - BACK) for i in range(n)]
        return levels, [a - b for a, b in zip(levels, earlier, strict=True)]


def axis_changes(name: str, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
    """The change of the level by series; every other number as one row."""
    level = f"regime.us.{name}.level"
    pair = both(before, after, level)
    plain = tuple(a for a in own_changes(before, after) if a.quantity != level)
    if pair is None:
        return plain
    head = f"regime.us.{name}.contribution."
    ids = [q.id for q in after.quantities if q.id.startswith(head)]
    rows = []
    for id_ in ids:
        new, old = number_of(after.get(id_)), number_of(before.get(id_))
        rows.append((id_.removeprefix(head), (new or 0.0) - (old or 0.0)))
    return (named(level, pair[2], pair[1] - pair[0], tuple(rows)), *plain)


@dataclass(frozen=True)
class FactorAxis(EveryQuantity):
    """What the axes of growth and of inflation share: one factor of a panel, estimated by month, read every day.

    `rows` is the panel and `anchor` the series that loads positively; `blocks` of factors, the first of which is the axis.
    The other fields are those of `FactorSettings`.
    """

    rows: ClassVar[tuple[Row, ...]] = ()
    anchor: ClassVar[str] = ""
    blocks: ClassVar[int] = 1
    name: str = ""
    version: str = "1"
    lags: int = 2
    months: int = 360
    least: int = 60
    limit: float = 6.0
    iterations: int = 100
    tolerance: float = 1e-5
    least_variance: float = 0.2
    monthly: bool = True

    @property
    def settings(self) -> FactorSettings:
        """The factor model's settings."""
        return FactorSettings(
            self.rows,
            self.anchor,
            self.blocks,
            self.lags,
            self.months,
            self.least,
            self.limit,
            self.iterations,
            self.tolerance,
            self.least_variance,
        )

    @property
    def level_threshold(self) -> float | None:
        """The level below which lying is told as a probability; None: there is none."""
        return None

    def needs(self) -> tuple[str, ...]:
        """The panel."""
        return tuple(r.series_id for r in self.rows)

    def fit(self, view: AsOf) -> State:
        """Estimate the factor model on the window up to the view."""
        return State(self.name, self.version, view.known_at, params=fit_factor(view, self.settings))

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read the factor at the view."""
        params: Any = state.params
        made = axis_quantities(self.name, view, self.settings, params, self.level_threshold)
        return state, Estimate(self.name, view.known_at, tuple(made))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the level by series."""
        return axis_changes(self.name, before, after)
