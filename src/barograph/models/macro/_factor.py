"""A factor model of a monthly panel: what it is estimated from, its estimation on a window, a view in its scale."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input
from barograph.models.macro._panel import Panel, Row, monthly_panel, outliers

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Estimations that one process remembers.
_REMEMBERED = 32
_estimated: dict[str, dict[str, Any]] = {}
#: A normal distribution holds 70 % within so many standard deviations.
Z70 = 1.0364333894937896


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


def worn(view: AsOf, known: int, wanted: int) -> tuple[FactState, str | None]:
    """Whether an estimate is less than it should be: an agency is closed, or an input is missing."""
    closure = view.catalog.closure_at(view.known_at)
    if closure is not None:
        return "degraded", f"releases suspended: {closure.title}"
    if known < wanted:
        return "degraded", f"{known} of {wanted} inputs have a value in the newest four months"
    return "ok", None


def leading(piece: Input | None, inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """All inputs, one of them first."""
    return inputs if piece is None else (piece, *(i for i in inputs if i != piece))


def lineage(panel: Panel) -> tuple[Input, ...]:
    """The stretches of series that a panel rests on."""
    return tuple(i for i in panel.inputs if i is not None)
