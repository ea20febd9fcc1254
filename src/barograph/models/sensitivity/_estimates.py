"""The three estimators of betas to yields side by side, what is estimated for them by the month, and tests of many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.models.sensitivity._sample import FACTORS, Sample

if TYPE_CHECKING:
    from barograph.models.sensitivity.sensitivity import Sensitivity

Floats = NDArray[np.float64]
ESTIMATORS = ("rolling", "ridge", "kalman")


@dataclass(frozen=True, slots=True)
class Betas:
    """Coefficients of one estimator after the newest session with their interval, (4, n), the constant first, in per cent
    per 10 bp; `n` the (effective) sessions, (n,). NaN where there is none."""

    value: Floats
    low: Floats
    high: Floats
    n: Floats


@dataclass(frozen=True, slots=True)
class Walked:
    """The random-walk betas through the window: coefficients and variances after each session, (T, 4, n); one-step errors,
    the standard error of the fit that the evening before gives the session's moves, and the residual's standard deviation
    after each session without the betas' errors, (T, n)."""

    betas: Floats
    variances: Floats
    errors: Floats
    fit_errors: Floats
    volatility: Floats


@dataclass(frozen=True, slots=True)
class Variances:
    """The regressors' scale, (3,); q and r of each asset, (n,), NaN where it has too few sessions; sessions with all moves."""

    scale: Floats
    q: Floats
    r: Floats
    sessions: int


def variances(sample: Sample, settings: Sensitivity) -> Variances | str:
    """The variances of the random walk by maximum likelihood, or why there are none."""
    from barograph.models._kernels import random_walk_betas

    there = np.isfinite(sample.moves).all(axis=1)
    if int(there.sum()) < settings.least:
        return f"{int(there.sum())} sessions with all moves where {settings.least} are needed"
    scale = sample.moves[there].std(axis=0)
    if not (scale > 0.0).all():
        return "a yield did not move"
    counts = sample.paired.sum(axis=0)
    moving = np.array([_moves(sample.returns[:, i]) for i in range(counts.size)], dtype=bool)
    at = np.flatnonzero((counts >= settings.least) & moving)
    q, r = np.full(counts.size, np.nan), np.full(counts.size, np.nan)
    if at.size:
        y = np.ascontiguousarray(sample.returns[:, at])
        q[at], r[at] = random_walk_betas.most_likely(y, sample.moves, scale)
    return Variances(scale, q, r, int(there.sum()))


def fitted(sample: Sample, settings: Sensitivity) -> dict[str, Any]:
    """What is estimated by the month, as JSON values: the regressors' scale, and per asset with enough sessions the variances
    of the random walk, the penalty of the ridge, and the break with the betas of before and after it."""
    from barograph.models._kernels import ew_ridge, sup_wald
    from barograph.models._kernels.newey_west import newey_west

    found = variances(sample, settings)
    if isinstance(found, str):
        return {"reason": found}
    counts, at = sample.paired.sum(axis=0), np.flatnonzero(np.isfinite(found.q))
    y, x = np.ascontiguousarray(sample.returns[:, at]), sample.moves
    penalties = ew_ridge.chosen(y, x, settings.half_life, np.array(settings.penalties), settings.rolling)
    breaks = sup_wald.sup_wald(y, x, 0, trim=settings.trim, step=settings.break_step, least=settings.least)
    assets: dict[str, Any] = {}
    for k, column in enumerate(at.tolist()):
        row = int(breaks.row[k])
        if row < 0 or not np.isfinite(breaks.statistic[k]):
            continue
        late = np.arange(x.shape[0])[:, None] > row
        split = np.column_stack([x[:, :1] * ~late, x[:, :1] * late, x[:, 1:]])
        last = np.array([x.shape[0] - 1])
        sides = newey_west(y[:, k : k + 1], split, x.shape[0], 0, last, settings.least).betas[0, 1:3, 0]
        assets[sample.assets[column].slug] = {
            "q": float(found.q[column]),
            "r": float(found.r[column]),
            "penalty": float(penalties[k]),
            "n": int(counts[column]),
            "wald": float(breaks.statistic[k]),
            "break": str(sample.days[row]),
            "before": float(sides[0]),
            "after": float(sides[1]),
        }
    days = [str(sample.days[0]), str(sample.days[-1])]
    return {"days": days, "scale": found.scale.tolist(), "sessions": found.sessions, "assets": assets}


def _moves(returns: Floats) -> bool:
    known = returns[np.isfinite(returns)]
    return known.size > 1 and bool(known.std() > 0.0)


def parameters(params: Mapping[str, Any], sample: Sample) -> tuple[Floats, Floats, Floats]:
    """q, r and penalty of each asset of the sample, (n,) each; NaN where the month's estimation had too little of it."""
    rows = [params["assets"].get(a.slug, {}) for a in sample.assets]
    q, r, penalty = (np.array([row.get(k, np.nan) for row in rows], dtype=float) for k in ("q", "r", "penalty"))
    return q, r, penalty


def rolling(sample: Sample, settings: Sensitivity) -> Betas:
    """The rolling regression of the newest session, with Newey-West intervals by Student's t."""
    from barograph.models._kernels.newey_west import newey_west

    tail = sample.since(max(sample.days.size - settings.rolling, 0))
    last = np.array([tail.days.size - 1])
    made = newey_west(tail.returns, tail.moves, settings.rolling, settings.lags, last, settings.least_rolling)
    value, n = made.betas[0], made.n[0].astype(float)
    half = student(settings.level, n) * made.errors[0]
    return Betas(value, value - half, value + half, n)


def ridge(sample: Sample, settings: Sensitivity, penalty: Floats) -> Betas:
    """The exponentially weighted ridge after the newest session."""
    from barograph.models._kernels import ew_ridge

    made = ew_ridge.path(sample.returns, sample.moves, settings.half_life, _known(penalty), settings.rolling)
    value = np.where(np.isnan(penalty), np.nan, made.betas[-1])
    errors, n = ew_ridge.standard_errors(sample.returns, sample.moves, settings.half_life, _known(penalty), value)
    half = student(settings.level, n) * errors
    return Betas(value, value - half, value + half, n)


def walked(sample: Sample, settings: Sensitivity, q: Floats, r: Floats, scale: Floats) -> Walked:
    """The random-walk betas through the window, and how far off they were lately."""
    from barograph.models._kernels.random_walk_betas import filtered

    none = np.isnan(q)
    made = filtered(sample.returns, sample.moves, np.where(none, 0.0, q), np.where(none, 1.0, r), scale)
    for kept in (made.betas, made.variances, made.errors, made.spreads):
        kept[..., none] = np.nan  # in place: for thousands of assets these are large
    # The part of a one-step error that is the residual's: the betas' errors come on top of it, at the moves that are asked.
    own = made.errors * np.sqrt(r / made.spreads)
    volatility = residual_volatility(own, settings.half_life, settings.rolling)
    # Of the one-step error's variance r is the day's own; what is left is how well the fit is known, constant and all.
    fit_errors = np.sqrt(np.maximum(made.spreads - r, 0.0))
    return Walked(made.betas, made.variances, made.errors, fit_errors, volatility)


def kalman(made: Walked, sample: Sample, settings: Sensitivity) -> Betas:
    """The random-walk betas after the newest session."""
    value = made.betas[-1]
    half = normal(settings.level) * np.sqrt(made.variances[-1])
    return Betas(value, value - half, value + half, sample.paired.sum(axis=0).astype(float))


def normal(level: float) -> float:
    """The half-width of an interval of a normal distribution, in standard deviations."""
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def student(level: float, n: NDArray[Any]) -> Floats:
    """The half-width of an interval by Student's t, in standard errors, on so many sessions less the coefficients, (n,)."""
    from scipy.special import stdtrit  # scipy.stats takes half a second to import

    return np.asarray(stdtrit(_freedom(n), 0.5 + level / 2.0), dtype=np.float64)


def _freedom(n: NDArray[Any]) -> Floats:
    return np.maximum(np.asarray(n, dtype=np.float64) - len(FACTORS) - 1.0, 1.0)


def p_values(made: Betas, level: float) -> Floats:
    """Two-sided p values of no link to the real yield, (n,), from the interval of the beta by Student's t."""
    from scipy.special import stdtr

    error = (made.high[1] - made.value[1]) / student(level, made.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Floats = 2.0 * stdtr(_freedom(made.n), -np.abs(made.value[1] / error))
    return out


def on_days(
    sample: Sample, rows: NDArray[np.int64], least: int, level: float
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """The real yield's beta on chosen rows, its interval by heteroskedasticity-robust errors, and the rows used, (n,) each."""
    from barograph.models._kernels.newey_west import newey_west

    width = sample.returns.shape[1]
    if rows.size < least:
        none = np.full(width, np.nan)
        return none, none, none, sample.paired[rows].sum(axis=0)
    made = newey_west(sample.returns[rows], sample.moves[rows], rows.size, 0, np.array([rows.size - 1]), least)
    value, n = made.betas[0, 1], made.n[0]
    half = student(level, n) * made.errors[0, 1]
    return value, value - half, value + half, n


def _known(penalty: Floats) -> Floats:
    return np.where(np.isnan(penalty), 0.0, penalty)


def residual_volatility(errors: Floats, half_life: float, run_in: int) -> Floats:
    """Exponentially weighted standard deviation of the one-step errors up to and with each session, (T, n), in their unit.

    It is that of the next session. NaN until so many sessions have passed. The first errors, of a filter that knows nothing
    yet, are left out.
    """
    from barograph.models._kernels.ew_volatility import ew_volatility

    made: Floats = ew_volatility(np.ascontiguousarray(errors), 0.5 ** (1.0 / half_life), run_in // 2, run_in)
    return made


def fan_spread(variances: Floats, volatility: Floats, moves: Floats) -> Floats:
    """Standard deviation of the return at given moves of the yields, (..., n), in per cent: the betas' errors, each taken alone,
    and the residual's volatility.

    Parameters
    ----------
    variances : (..., 4, n)
        Of the coefficients, the constant first.
    volatility : (..., n)
        Of the residual.
    moves : (..., 3)
        In units of 10 bp.
    """
    return np.asarray(np.sqrt(np.einsum("...k,...kn->...n", moves**2, variances[..., 1:, :]) + volatility**2))


def evening_before(after: Floats) -> Floats:
    """What was known before each session of something known after each, (T, n): a score may use nothing else."""
    out = np.full(after.shape, np.nan)
    out[1:] = after[:-1]
    return out


def discoveries(p: Sequence[float], share: float) -> list[bool]:
    """Which of several tests are kept when at most a share of the kept ones may be false; a NaN is no test.

    Benjamini and Hochberg (1995), doi 10.1111/j.2517-6161.1995.tb02031.x.

    >>> discoveries([0.001, 0.02, 0.04, 0.9], 0.05)
    [True, True, False, False]
    """
    known = sorted(v for v in p if v == v)
    most = -1.0
    for rank, value in enumerate(known, start=1):
        if value <= share * rank / len(known):
            most = value
    return [v <= most for v in p]
