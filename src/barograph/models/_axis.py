"""An axis of the regime: the level of one factor, its change over three months, and the probability that it rose."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, FactState, Input, Quantity
from barograph.core.transforms import zscore
from barograph.models._panel import Panel, Row, monthly_panel, outliers
from barograph.models._rows import both, named, number_of, own_changes

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Months that a level averages, and by how many the change looks back.
AVERAGED, BACK = 3, 3
#: Estimations that one process remembers.
_REMEMBERED = 32
_estimated: dict[str, dict[str, Any]] = {}
#: Months of the trailing window in which a level is placed.
PLACED = 120


@dataclass(frozen=True, slots=True)
class FactorSettings:
    """What a factor is estimated from and how; docs/decisions/013-settings-of-the-regime-engine.md.

    `months` is the estimation window; a series with fewer than `least` values in it (a quarterly one a third) is left out;
    `limit` the scaled median absolute deviations beyond which a cell is left out of the estimation; `anchor` the series
    that loads positively on the first factor.
    """

    rows: tuple[Row, ...]
    anchor: str
    blocks: int = 1
    lags: int = 2
    months: int = 360
    least: int = 60
    limit: float = 6.0
    iterations: int = 100
    tolerance: float = 1e-5
    least_variance: float = 0.2


def fit_factor(view: AsOf, settings: FactorSettings) -> dict[str, Any]:
    """Parameters of the factor model on the window up to the view, as JSON values; empty where too little is known.

    Means and standard deviations are those of the window without the outliers; nothing after the view enters.
    """
    panel = monthly_panel(view, settings.rows, settings.months)
    if not np.isfinite(panel.values).any():
        return {}
    # Two models of one panel share its estimation; the key is everything that it depends on.
    key = hashlib.sha256(repr(settings).encode() + str(panel.months).encode() + panel.values.tobytes()).hexdigest()
    if key not in _estimated:
        while len(_estimated) >= _REMEMBERED:
            _estimated.pop(next(iter(_estimated)))
        _estimated[key] = _fitted(panel, settings)
    return _estimated[key]


def _fitted(panel: Panel, settings: FactorSettings) -> dict[str, Any]:
    from barograph.models._kernels.dfm import DfmShape, estimate, smooth

    clean = np.where(outliers(panel.values, settings.limit), np.nan, panel.values)
    counts = np.isfinite(clean).sum(axis=0)
    need = [settings.least // 3 if r.quarterly else settings.least for r in panel.rows]
    kept = [i for i, n in enumerate(need) if counts[i] >= n and np.nanstd(clean[:, i]) > 0.0]
    anchor = [i for i in kept if panel.rows[i].series_id == settings.anchor]
    if len(kept) < len(panel.rows) / 2 or not anchor:
        return {}
    rows = [panel.rows[i] for i in kept]
    clean = clean[:, kept]
    mean, sd = np.nanmean(clean, axis=0), np.nanstd(clean, axis=0)
    shape = shape_of(rows, settings.blocks, settings.lags, DfmShape)
    scaled = (clean - mean) / sd
    params, trace = estimate(
        scaled,
        shape,
        anchor=kept.index(anchor[0]),
        tolerance=settings.tolerance,
        max_iterations=settings.iterations,
        least_variance=settings.least_variance,
    )
    factor = smooth(scaled, shape, params).factors[:, 0]
    return {
        "rows": [r.series_id for r in rows],
        "mean": mean.tolist(),
        "sd": sd.tolist(),
        "dfm": params.to_json(),
        "factor_sd": float(factor.std()),
        "loglik": float(trace.loglik[-1]),
        "iterations": len(trace.loglik),
        "window": [str(panel.months[0]), str(panel.months[-1])],
    }


def shape_of(rows: Sequence[Row], blocks: int, lags: int, kind: Any) -> Any:
    """The kernel's description of a panel: which rows load on which block; monthly rows come first."""
    loads = np.zeros((len(rows), blocks), dtype=bool)
    for i, row in enumerate(rows):
        loads[i, list(row.blocks)] = True
    quarterly = sum(r.quarterly for r in rows)
    return kind(len(rows) - quarterly, quarterly, loads, lags)


@dataclass(frozen=True)
class Standardised:
    """A view's panel in the scale of the estimation window; `panel.rows` are the series that were estimated."""

    panel: Panel
    values: Floats
    shape: Any
    params: Any
    factor_sd: float
    mean: Floats
    sd: Floats


def standardised(view: AsOf, settings: FactorSettings, params: Any, ahead: int = 0) -> Standardised:
    """What the view shows of the estimated series, outliers in, in the window's mean and standard deviation."""
    from barograph.models._kernels.dfm import DfmParams, DfmShape

    by_id = {r.series_id: r for r in settings.rows}
    rows = [by_id[i] for i in params["rows"]]
    panel = monthly_panel(view, rows, settings.months, ahead)
    mean, sd = np.array(params["mean"]), np.array(params["sd"])
    return Standardised(
        panel,
        (panel.values - mean) / sd,
        shape_of(rows, settings.blocks, settings.lags, DfmShape),
        DfmParams.from_json(params["dfm"]),
        params["factor_sd"],
        mean,
        sd,
    )


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
    state, reason = worn(view, known, wanted)
    window = f"estimated on {params['window'][0]} to {params['window'][1]}, mean of {AVERAGED} months"
    reading = _Reading(seen, newest)
    more: dict[str, Any] = {"inputs": inputs, "reason": reason, "n": known, "window": window}
    up = [reading.probability(i) for i in range(len(panel.rows)) if np.isfinite(seen.values[:, i]).any()]
    p_up = reading.probability()
    levels = reading.levels()
    place = zscore(levels[max(newest - PLACED, 0) : newest], float(levels[newest]))
    out = [
        Quantity(f"{prefix}.level", reading.level, "sigma", state, period, **more),
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

    def p_below(self, threshold: float) -> float:
        """P(the level lies below a threshold), per cent."""
        months = list(range(self._newest - AVERAGED + 1, self._newest + 1))
        spread = math.sqrt(float(self._whole.covariance(0, months).sum())) / AVERAGED / self._seen.factor_sd
        return 100.0 * NormalDist().cdf((threshold - self.level) / spread)

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


def worn(view: AsOf, known: int, wanted: int) -> tuple[FactState, str | None]:
    """Whether an estimate is less than it should be: an agency is closed, or an input is missing."""
    closure = view.catalog.closure_at(view.known_at)
    if closure is not None:
        return "degraded", f"releases suspended: {closure.title}"
    if known < wanted:
        return "degraded", f"{known} of {wanted} inputs have a value in the newest four months"
    return "ok", None


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


def leading(piece: Input | None, inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """All inputs, one of them first."""
    return inputs if piece is None else (piece, *(i for i in inputs if i != piece))


def lineage(panel: Panel) -> tuple[Input, ...]:
    """The stretches of series that a panel rests on."""
    return tuple(i for i in panel.inputs if i is not None)
