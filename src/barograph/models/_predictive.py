"""Whether a measure foretells returns: out of sample, against the mean so far.

At each month a regression on the pairs whose outcome had come makes a forecast; so does the mean of those outcomes.
Welch and Goyal (2008), doi 10.1093/rfs/hhm014.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from barograph.models._scores import mean_test

Floats = NDArray[np.float64]
#: The one-sided level at which a forecast is said to be better than the mean.
LEVEL = 0.10
NO_SKILL, SKILL = "no_demonstrated_skill", "better_than_the_mean"


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What was forecast: positions in the sample, outcomes, forecasts by the regression and by the mean, slopes."""

    at: NDArray[np.intp]
    outcome: Floats
    model: Floats
    mean: Floats
    slope: Floats

    def restricted(self) -> Floats:
        """Campbell and Thompson (2008), doi 10.1093/rfs/hhm055: no negative slope and no negative premium is believed."""
        return np.asarray(np.maximum(np.where(self.slope > 0.0, self.model, self.mean), 0.0))


@dataclass(frozen=True, slots=True)
class Skill:
    """R2 against the mean in per cent, with and without the restrictions, Clark and West's one-sided p, numbers.

    `n` counts forecasts, `n_effective` those that do not overlap.
    """

    r2: float
    r2_restricted: float
    statistic: float
    p: float
    n: int
    n_effective: int

    @property
    def verdict(self) -> str:
        """Better than the mean only where R2 is positive and p at most a tenth."""
        return SKILL if self.p <= LEVEL and self.r2 > 0.0 else NO_SKILL


def expanding(predictor: Floats, outcome: Floats, horizon: int, least: int) -> Forecasts:
    """Forecasts of each month by least squares on what was known in it.

    Parameters
    ----------
    predictor, outcome
        By month without a gap, shape (n,); the outcome of position t is that of the `horizon` months after it and so
        known at t + horizon. NaN where there is none.
    least
        Pairs with a known outcome before the first forecast.
    """
    paired = np.isfinite(predictor) & np.isfinite(outcome)
    if not paired.any():
        none = np.zeros(0)
        return Forecasts(np.zeros(0, dtype=np.intp), none, none, none, none)
    # Sums of centred values: the answer does not depend on the centre, its digits do.
    cx, cy = float(predictor[paired].mean()), float(outcome[paired].mean())
    x, y = np.where(paired, predictor - cx, 0.0), np.where(paired, outcome - cy, 0.0)
    sums = [_known(v, horizon) for v in (paired.astype(np.float64), x, y, x * x, x * y)]
    n, sx, sy, sxx, sxy = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sy / n
        slope = (sxy - sx * mean) / (sxx - sx * sx / n)
        model = mean + slope * (predictor - cx - sx / n)
    at = np.flatnonzero(paired & (n >= least) & np.isfinite(model))
    return Forecasts(at, outcome[at], model[at] + cy, mean[at] + cy, slope[at])


def _known(values: Floats, horizon: int) -> Floats:
    """Running sums over the positions whose outcome had come at each position: up to t - horizon."""
    sums = np.cumsum(values)
    return np.concatenate([np.zeros(min(horizon, sums.size)), sums[: max(sums.size - horizon, 0)]])


def skill_of(made: Forecasts, horizon: int) -> Skill | None:
    """Score the forecasts; None for fewer than a test can be made of.

    R2 = 100 (1 - sum (y - model)^2 / sum (y - mean)^2). Clark and West (2007), doi 10.1016/j.jeconom.2006.05.023: the mean
    of e0^2 - (e1^2 - (mean - model)^2) against nought, one-sided, Bartlett weights on horizon - 1 autocovariances.
    """
    zero, one, gap = made.outcome - made.mean, made.outcome - made.model, made.mean - made.model
    statistic, _ = mean_test(zero**2 - (one**2 - gap**2), horizon - 1)
    if not math.isfinite(statistic):
        return None
    base, bound = float(zero @ zero), made.outcome - made.restricted()
    return Skill(
        r2=100.0 * (1.0 - float(one @ one) / base),
        r2_restricted=100.0 * (1.0 - float(bound @ bound) / base),
        statistic=statistic,
        p=1.0 - NormalDist().cdf(statistic),
        n=made.at.size,
        n_effective=max(made.at.size // horizon, 1),
    )


def ahead(returns: Floats, horizon: int) -> Floats:
    """Sums of the `horizon` returns after each position, NaN where one of them is missing; shape of `returns`."""
    out = np.full(returns.size, np.nan)
    if returns.size > horizon:
        out[:-horizon] = np.lib.stride_tricks.sliding_window_view(returns[1:], horizon).sum(axis=1)
    return out
