"""Maximum likelihood by expectation and conditional maximisation: each iteration costs one factorisation and one pass."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from barograph.models._kernels._banded import inverse_band
from barograph.models._kernels.dfm_smooth import Solved
from barograph.models._kernels.dfm_system import (
    MARIANO_MURASAWA,
    PAD,
    DfmParams,
    DfmShape,
    Floats,
    Ints,
    Pattern,
    bridge,
    changing,
    loaded,
    pattern_of,
)

#: No closer to a unit root than this; no variance of a factor's shocks below this.
MOST_RHO, LEAST_SHOCK = 0.98, 1e-4
#: Points of each of the nested grids on which rho is found.
_GRID, _ROUNDS = 25, 5


@dataclass(frozen=True, slots=True)
class Trace:
    """The log-likelihood before each iteration and after the last, and whether the gain fell below the tolerance."""

    loglik: tuple[float, ...]
    converged: bool


def estimate(
    panel: Floats,
    shape: DfmShape,
    *,
    anchor: int = 0,
    start: DfmParams | None = None,
    tolerance: float = 1e-5,
    max_iterations: int = 100,
    least_variance: float = 1e-4,
) -> tuple[DfmParams, Trace]:
    """Parameters that maximise the likelihood of a panel, from principal components or from `start`.

    Every step maximises the expected log-likelihood over a part of the parameters (loadings; idiosyncratic rho and sigma2;
    factor dynamics), so the likelihood does not fall. Meng and Rubin (1993), doi 10.1093/biomet/80.2.267.

    Parameters
    ----------
    panel : (T, n)
        Standardised; NaN for what is missing or to be left out.
    anchor
        The series that loads positively on the first block's factor; other blocks: their first series.
    least_variance
        No idiosyncratic part is let below this share of a standardised series' variance: without it the factor can become one
        of its series, which then has no error at all.
    tolerance
        Stops when the log-likelihood gains less than this share of its size.

    Raises
    ------
    ValueError
        A column without two values.
    """
    pattern = pattern_of(panel, shape)
    if (np.bincount(pattern.series, minlength=shape.n) < 2).any():
        raise ValueError("a series without two values")
    params = _start(panel, shape) if start is None else start
    path: list[float] = []
    converged = False
    for _ in range(max_iterations):
        params, loglik = _iteration(panel, pattern, params, least_variance)
        path.append(loglik)
        if len(path) > 1 and path[-1] - path[-2] < tolerance * abs(path[-2]):
            converged = True
            break
    solved = Solved.of(pattern, params)
    path.append(solved.loglik(panel, solved.means(panel)[:, 0]))
    return _signed(params, shape, anchor), Trace(tuple(path), converged)


def _signed(params: DfmParams, shape: DfmShape, anchor: int) -> DfmParams:
    signs = np.ones(shape.factors)
    for f in range(shape.factors):
        first = anchor if shape.blocks[anchor, f] and f == 0 else int(np.flatnonzero(shape.blocks[:, f])[0])
        signs[f] = -1.0 if params.loadings[first, f] < 0.0 else 1.0
    return DfmParams(params.loadings * signs, params.ar, params.q, params.rho, params.sigma2)


def _start(panel: Floats, shape: DfmShape) -> DfmParams:
    """Principal components of the monthly series, block after block on what the blocks before leave; nought for gaps."""
    months, b = panel.shape[0], shape.factors
    left = np.nan_to_num(panel[:, : shape.n_monthly])
    seen = np.isfinite(panel)
    loadings, ar, q = np.zeros((shape.n, b)), np.zeros((b, shape.lags)), np.ones(b)
    factors = np.zeros((months, b))
    for f in range(b):
        own = shape.blocks[: shape.n_monthly, f]
        _, vectors = np.linalg.eigh(left[:, own].T @ left[:, own])
        factor = left[:, own] @ vectors[:, -1]
        factor /= factor.std() or 1.0
        factors[:, f] = factor
        scale = float(factor @ factor)
        loadings[: shape.n_monthly, f][own] = left[:, own].T @ factor / scale
        left = left - np.outer(factor, loadings[: shape.n_monthly, f])
        lagged = np.column_stack([factor[shape.lags - k : months - k] for k in range(1, shape.lags + 1)])
        ar[f] = np.linalg.lstsq(lagged, factor[shape.lags :], rcond=None)[0]
        q[f] = max(float(np.mean((factor[shape.lags :] - lagged @ ar[f]) ** 2)), LEAST_SHOCK)
    rho, sigma2 = np.full(shape.n, 0.1), np.full(shape.n, 0.5)
    for i in range(shape.n_monthly, shape.n):
        mixed = sum(w * np.roll(factors, k, axis=0) for k, w in enumerate(MARIANO_MURASAWA))
        rows = np.flatnonzero(seen[:, i] & (np.arange(months) >= PAD))
        loads = np.flatnonzero(shape.blocks[i])
        x = np.asarray(mixed)[rows][:, loads]
        loadings[i, loads] = np.linalg.lstsq(x, panel[rows, i], rcond=None)[0]
    return DfmParams(loadings, ar, q, rho, sigma2)


def _iteration(panel: Floats, pattern: Pattern, params: DfmParams, least: float) -> tuple[DfmParams, float]:
    shape = pattern.shape
    solved = Solved.of(pattern, params)
    mean = solved.means(panel)[:, 0]
    loglik = solved.loglik(panel, mean)
    band = inverse_band(np.ascontiguousarray(solved.factor))
    now = panel[pattern.month, pattern.series]
    was = np.where(pattern.gap > 0, panel[np.maximum(pattern.before, 0), pattern.series], 0.0)
    carried, spread = bridge(params.rho[pattern.series], pattern.gap)
    b = shape.factors
    cross, right = np.zeros((shape.n, b, b)), np.zeros((shape.n, b))
    change, weight = now - carried * was, 1.0 / spread
    for g in pattern.groups:
        part = (change[g.rows], weight[g.rows], pattern.series[g.rows])
        _loading_sums(cross, right, g.index, changing(g, carried), *part, mean, band)
    loadings = np.zeros_like(params.loadings)
    for i in range(shape.n):
        on = np.flatnonzero(shape.blocks[i])
        loadings[i, on] = np.linalg.solve(cross[i][np.ix_(on, on)], right[i, on])
    gaps, kind = np.unique(pattern.gap, return_inverse=True)
    sums = np.zeros((shape.n, gaps.size, 4))
    for g in pattern.groups:
        own = loaded(pattern, g, g.weight, loadings)
        _error_sums(sums, g.index, own, now[g.rows], was[g.rows], pattern.series[g.rows], kind[g.rows], mean, band)
    rho, sigma2 = _idiosyncratic(sums, gaps, params.rho, least)
    ar, q = _dynamics(mean, band, shape, pattern.months + PAD)
    return DfmParams(loadings, ar, q, rho, sigma2), loglik


@njit(cache=True)
def _moment(mean: Floats, band: Floats, i: int, j: int) -> float:
    """E[x_i x_j] given the panel."""
    low, high = (i, j) if i < j else (j, i)
    return float(mean[i] * mean[j] + band[high - low, low])


@njit(cache=True)
def _loading_sums(
    cross: Floats,
    right: Floats,
    index: Ints,
    unit: Floats,
    change: Floats,
    weight: Floats,
    series: Ints,
    mean: Floats,
    band: Floats,
) -> None:
    """Add to each series' regression of its changes on the factors' changes: cross (n, b, b) and right (n, b)."""
    b = cross.shape[1]
    for m in range(index.shape[0]):
        i, w = series[m], weight[m]
        for a in range(index.shape[1]):
            if index[m, a] < 0:
                continue
            right[i, a % b] += w * unit[m, a] * mean[index[m, a]] * change[m]
            for c in range(index.shape[1]):
                if index[m, c] >= 0:
                    product = _moment(mean, band, index[m, a], index[m, c])
                    cross[i, a % b, c % b] += w * unit[m, a] * unit[m, c] * product


@njit(cache=True)
def _error_sums(
    out: Floats,
    index: Ints,
    weight: Floats,
    now: Floats,
    was: Floats,
    series: Ints,
    kind: Ints,
    mean: Floats,
    band: Floats,
) -> None:
    """Add per series and kind of gap: how many, E sum e_t^2, E sum e_t e_s, E sum e_s^2; out (n, kinds, 4)."""
    half = index.shape[1] // 2
    error, spread = np.zeros(2), np.zeros((2, 2))
    for m in range(index.shape[0]):
        error[0], error[1] = now[m], was[m]
        spread[:] = 0.0
        for a in range(index.shape[1]):
            i = index[m, a]
            if i < 0:
                continue
            error[a // half] -= weight[m, a] * mean[i]
            for c in range(index.shape[1]):
                j = index[m, c]
                if j >= 0:
                    low, high = (i, j) if i < j else (j, i)
                    spread[a // half, c // half] += weight[m, a] * weight[m, c] * band[high - low, low]
        into = out[series[m], kind[m]]
        into[0] += 1.0
        into[1] += error[0] * error[0] + spread[0, 0]
        into[2] += error[0] * error[1] + spread[0, 1]
        into[3] += error[1] * error[1] + spread[1, 1]


@njit(cache=True)
def _idiosyncratic(sums: Floats, gaps: Ints, current: Floats, least: float) -> tuple[Floats, Floats]:
    """rho and sigma2 of every series: rho on nested grids around the best so far, sigma2 in closed form."""
    rho, sigma2 = current.copy(), np.empty(current.size)
    for i in range(current.size):
        low, high, best = -MOST_RHO, MOST_RHO, current[i]
        for _ in range(_ROUNDS):
            step = (high - low) / (_GRID - 1)
            value, chosen = _profile(sums[i], gaps, best, least)[0], best
            for k in range(_GRID):
                at = low + k * step if k < _GRID - 1 else high
                found = _profile(sums[i], gaps, at, least)[0]
                if found < value:
                    value, chosen = found, at
            best = chosen
            low, high = max(best - step, -MOST_RHO), min(best + step, MOST_RHO)
        rho[i], sigma2[i] = best, _profile(sums[i], gaps, best, least)[1]
    return rho, sigma2


@njit(cache=True)
def _profile(sums: Floats, gaps: Ints, rho: float, least: float) -> tuple[float, float]:
    """Twice the negative expected log-likelihood of one series with sigma2 at its best, and that sigma2."""
    total = squares = spreads = 0.0
    for k in range(gaps.size):
        count = sums[k, 0]
        if count == 0.0:
            continue
        carried = 0.0 if gaps[k] == 0 else rho ** gaps[k]
        spread = (1.0 - carried * carried) / (1.0 - rho * rho)
        squares += (sums[k, 1] - 2.0 * carried * sums[k, 2] + carried * carried * sums[k, 3]) / spread
        spreads += count * math.log(spread)
        total += count
    # What is bounded is the part's own variance, sigma2/(1 - rho^2).
    sigma2 = max(squares / total, least * (1.0 - rho * rho))
    return total * math.log(sigma2) + squares / sigma2 + spreads, sigma2


def _dynamics(mean: Floats, band: Floats, shape: DfmShape, months: int) -> tuple[Floats, Floats]:
    """Autoregressions of the factors on their expected cross products, after the first months."""
    b, p = shape.factors, shape.lags
    ar, q = np.zeros((b, p)), np.zeros(b)
    for f in range(b):
        column = np.arange(p, months) * b + f
        moments = np.zeros((p + 1, p + 1))
        for i in range(p + 1):
            for j in range(i + 1):
                late, early = column - j * b, column - i * b
                total = float((mean[late] * mean[early] + band[late - early, early]).sum())
                moments[i, j] = moments[j, i] = total
        ar[f] = np.linalg.solve(moments[1:, 1:], moments[1:, 0])
        rest = moments[0, 0] - float(ar[f] @ moments[1:, 0])
        q[f] = max(rest / column.size, LEAST_SHOCK)
    return ar, q
