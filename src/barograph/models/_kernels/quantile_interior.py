"""A quantile regression to a few digits by an interior point method: Portnoy and Koenker (1997), doi 10.1214/ss/1030037960."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True)
def interior(x: Floats, y: Floats, tau: float) -> Any:
    """A solution to a few digits, shape (p,): the dual max y'a, X'a = (1 - tau) X'1, 0 <= a <= 1, by primal-dual steps.

    The slack of the upper bound is s = 1 - a; z and w are the multipliers of both bounds, w - z the residuals. Each iteration
    is Mehrotra's predictor and corrector with one factorisation.
    """
    n = x.shape[0]
    a, s = np.full(n, 1.0 - tau), np.full(n, tau)
    v = np.linalg.solve(x.T @ x, -(x.T @ y))
    gap = -y - x @ v
    least = 1e-3 * np.mean(np.abs(gap)) + 1e-300
    z, w = np.maximum(gap, 0.0) + least, np.maximum(-gap, 0.0) + least
    target = 1e-4 * np.mean(np.abs(gap)) * n
    for _ in range(50):
        mu = np.sum(a * z) + np.sum(s * w)
        if mu < target:
            break
        q = 1.0 / (z / a + w / s)
        left = x.T @ (x * q.reshape(n, 1))
        dv = np.linalg.solve(left, x.T @ (q * (z - w)))
        da = q * (x @ dv - (z - w))
        dz, dw = -z - z / a * da, -w + w / s * da
        far, deep = _reach(a, s, da), _reach2(z, w, dz, dw)
        ahead = np.sum((a + far * da) * (z + deep * dz)) + np.sum((s - far * da) * (w + deep * dw))
        aim = (ahead / mu) ** 3 * mu / (2.0 * n)
        xi, eta = (aim - da * dz) / a, (aim + da * dw) / s
        dv = np.linalg.solve(left, x.T @ (q * ((z - xi) - (w - eta))))
        da = q * (x @ dv - (z - xi) + (w - eta))
        dz, dw = -z + xi - z / a * da, -w + eta + w / s * da
        far, deep = 0.9995 * _reach(a, s, da), 0.9995 * _reach2(z, w, dz, dw)
        a, s, v = a + far * da, s - far * da, v + deep * dv
        z, w = z + deep * dz, w + deep * dw
    return -v


@njit(cache=True)
def _reach(a: Floats, s: Floats, da: Floats) -> float:
    """The longest step up to one that keeps a and s = 1 - a from falling below nought."""
    far = 1.0
    for i in range(a.size):
        if da[i] < 0.0:
            far = min(far, -a[i] / da[i])
        elif da[i] > 0.0:
            far = min(far, s[i] / da[i])
    return far


@njit(cache=True)
def _reach2(z: Floats, w: Floats, dz: Floats, dw: Floats) -> float:
    """The same for two variables of their own steps."""
    far = 1.0
    for i in range(z.size):
        if dz[i] < 0.0:
            far = min(far, -z[i] / dz[i])
        if dw[i] < 0.0:
            far = min(far, -w[i] / dw[i])
    return far
