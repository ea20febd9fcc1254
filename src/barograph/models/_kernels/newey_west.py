"""Least squares with heteroskedasticity- and autocorrelation-consistent errors: once, and on windows of trailing days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels._cholesky import designed, regressed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Windows:
    """Coefficients and their standard errors, (days, k + 1, n), the constant first; `n` the days used, (days, n); `sigma`
    the residuals' standard deviation, (days, n). NaN where a window holds too few days."""

    betas: Floats
    errors: Floats
    n: Ints
    sigma: Floats


@njit(cache=True)
def _hac(design: Floats, y: Floats, lags: int, betas: Floats, cover: Floats) -> float:
    """One regression on complete rows: fills coefficients and their covariance, gives the residuals' standard deviation."""
    n, k = design.shape
    inverted = np.empty((k, k))
    if not regressed(design, y, inverted, betas):
        betas[:] = np.nan
        cover[:] = np.nan
        return np.nan
    scores = np.empty((n, k))
    squares = 0.0
    for t in range(n):
        rest = y[t]
        for i in range(k):
            rest -= design[t, i] * betas[i]
        squares += rest * rest
        for i in range(k):
            scores[t, i] = rest * design[t, i]
    middle = np.zeros((k, k))
    for lag in range(min(lags, n - 1) + 1):
        weight = 1.0 - lag / (lags + 1.0)
        for i in range(k):
            for j in range(k):
                total = 0.0
                for t in range(lag, n):
                    total += scores[t, i] * scores[t - lag, j]
                middle[i, j] += weight * total
                if lag > 0:
                    middle[j, i] += weight * total
    cover[:] = inverted @ middle @ inverted * (n / (n - k))
    return math.sqrt(squares / (n - k))


@njit(cache=True)
def _hac_days(
    design: Floats, y: Floats, held: Bools, days: Ints, window: int, lags: int, least: int,
    betas: Floats, errors: Floats, counts: Ints, sigma: Floats,
) -> None:  # fmt: skip
    k = design.shape[1]
    rows, values = np.empty((window, k)), np.empty(window)
    b, cover = np.empty(k), np.empty((k, k))
    for d in range(days.size):
        for column in range(y.shape[1]):
            n = 0
            for t in range(max(days[d] - window + 1, 0), days[d] + 1):
                if held[t, column]:
                    rows[n] = design[t]
                    values[n] = y[t, column]
                    n += 1
            counts[d, column] = n
            if n < least or n <= k:
                betas[d, :, column] = np.nan
                errors[d, :, column] = np.nan
                sigma[d, column] = np.nan
                continue
            sigma[d, column] = _hac(rows[:n], values[:n], lags, b, cover)
            betas[d, :, column] = b
            for i in range(k):
                errors[d, i, column] = math.sqrt(max(cover[i, i], 0.0))


def newey_west(y: Floats, x: Floats, window: int, lags: int, days: Ints, least: int | None = None) -> Windows:
    """The regressions whose windows end on `days`, with heteroskedasticity- and autocorrelation-consistent errors.

    Bartlett weights on `lags` autocovariances of the scores, times n/(n - k). Missing days are left out, and what is left
    counts as consecutive. Newey and West (1987), doi 10.2307/1913610.

    Parameters
    ----------
    y, x
        As in `rolling_ols`.
    days : int array, shape (d,)
        Rows on which a window ends.
    """
    design, there = designed(x)
    held = np.isfinite(y) & there[:, None]
    shape = (days.size, design.shape[1], y.shape[1])
    betas, errors = np.empty(shape), np.empty(shape)
    counts, sigma = np.zeros((days.size, y.shape[1]), dtype=np.int64), np.empty((days.size, y.shape[1]))
    smallest = window if least is None else least
    _hac_days(
        design,
        np.ascontiguousarray(y),
        held,
        days.astype(np.int64),
        window,
        lags,
        smallest,
        betas,
        errors,
        counts,
        sigma,
    )
    return Windows(betas, errors, counts, sigma)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """`slopes` (k, m) and `constants` (m,) of m outcomes on k regressors, `cov` (m, k, k) of the slopes, `r2` (m,)."""

    slopes: Floats
    constants: Floats
    cov: Floats
    r2: Floats


def regress(y: Floats, x: Floats, lags: int) -> Regression:
    """One regression per outcome on whole rows, with the covariances of its slopes; errors as in `newey_west`.

    NaN where a regressor does not move or is a sum of the others, or where there are no more rows than coefficients.

    Parameters
    ----------
    y, x
        Outcomes, shape (T, m), and regressors, shape (T, k), any units, without holes.
    lags
        Autocovariances that count.
    """
    design, outcomes = np.column_stack([np.ones(x.shape[0]), x]), np.asfortranarray(y, dtype=np.float64)
    (length, k), m = design.shape, y.shape[1]
    betas, cover = np.full((m, k), np.nan), np.full((m, k, k), np.nan)
    if length > k:
        for j in range(m):
            _hac(design, outcomes[:, j], lags, betas[j], cover[j])
    rest = y - design @ betas.T
    total = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    r2 = 1.0 - (rest**2).sum(axis=0) / np.where(total > 0.0, total, np.nan)
    return Regression(betas[:, 1:].T, betas[:, 0], cover[:, 1:, 1:], r2)
