"""Least squares with standard errors that bear changing variance and autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Half-width of a 90 per cent interval in standard errors.
Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """`slopes` (k, m) and `constants` (m,) of m outcomes on k regressors, `cov` (m, k, k) of the slopes, `r2` (m,)."""

    slopes: Floats
    constants: Floats
    cov: Floats
    r2: Floats


def regress(y: Floats, x: Floats, lags: int) -> Regression:
    """y = c + x b + e by least squares; covariance by Newey and West (1987), doi 10.2307/1913610, Bartlett weights.

    Parameters
    ----------
    y
        Outcomes, shape (T, m), any unit.
    x
        Regressors, shape (T, k).
    lags
        Autocovariances that count, without a correction for small samples.
    """
    design = np.column_stack([np.ones(x.shape[0]), x])
    try:
        inverse = np.linalg.inv(design.T @ design)
    except np.linalg.LinAlgError:  # a regressor that does not move: no slope, and no number
        inverse = np.full((design.shape[1], design.shape[1]), np.nan)
    b = inverse @ design.T @ y
    e = y - design @ b
    cov = np.empty((y.shape[1], x.shape[1], x.shape[1]))
    for j in range(y.shape[1]):
        g = design * e[:, j : j + 1]
        s = g.T @ g
        for lag in range(1, lags + 1):
            cross = g[lag:].T @ g[:-lag]
            s += (1.0 - lag / (lags + 1.0)) * (cross + cross.T)
        cov[j] = (inverse @ s @ inverse)[1:, 1:]
    total = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    r2 = 1.0 - (e**2).sum(axis=0) / np.where(total > 0.0, total, np.nan)
    return Regression(b[1:], b[0], cov, r2)
