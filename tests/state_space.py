"""A plain linear Gaussian state space with missing data: y_t = C x_t + N(0, R), x_t = A x_{t-1} + N(0, Q).

A reference for checking kernels and published output, written for clearness and not for speed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StateSpace:
    """Matrices, and mean and covariance of the state before the first period."""

    a: Floats
    c: Floats
    q: Floats
    r: Floats
    start_mean: Floats
    start_covariance: Floats


@dataclass(frozen=True)
class Smoothed:
    """Log-likelihood, its part without the constant, E[C x_t | panel] (T, n)."""

    loglik: float
    without_constant: float
    signals: Floats


def smooth(panel: Floats, system: StateSpace) -> Smoothed:
    """Kalman filter, rows of missing values dropped, and Rauch-Tung-Striebel smoother."""
    months, k = panel.shape[0], system.a.shape[0]
    mean, covariance = system.start_mean, system.start_covariance
    ahead_mean, ahead_cov = np.zeros((months, k)), np.zeros((months, k, k))
    own_mean, own_cov = np.zeros((months, k)), np.zeros((months, k, k))
    loglik = constant = 0.0
    for t in range(months):
        mean, covariance = system.a @ mean, system.a @ covariance @ system.a.T + system.q
        ahead_mean[t], ahead_cov[t] = mean, covariance
        seen = np.isfinite(panel[t])
        if seen.any():
            c, r = system.c[seen], system.r[np.ix_(seen, seen)]
            error = panel[t, seen] - c @ mean
            spread = c @ covariance @ c.T + r
            gain = np.linalg.solve(spread, c @ covariance).T
            mean, covariance = mean + gain @ error, covariance - gain @ c @ covariance
            covariance = (covariance + covariance.T) / 2
            loglik -= 0.5 * (np.linalg.slogdet(spread)[1] + error @ np.linalg.solve(spread, error))
            constant -= 0.5 * seen.sum() * np.log(2 * np.pi)
        own_mean[t], own_cov[t] = mean, covariance
    out = own_mean.copy()
    for t in range(months - 2, -1, -1):
        back = own_cov[t] @ system.a.T @ np.linalg.pinv(ahead_cov[t + 1], hermitian=True)
        out[t] = own_mean[t] + back @ (out[t + 1] - ahead_mean[t + 1])
    return Smoothed(float(loglik + constant), float(loglik), out @ system.c.T)
