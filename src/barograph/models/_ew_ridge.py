"""Exponentially weighted ridge regression with an interval and the share of variance that it accounts for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RidgeFit:
    """`slopes` (k,) in units of y per unit of x with `cov` (k, k); `share` = 1 - var(e)/var(y), weighted; `n` effective."""

    constant: float
    slopes: Floats
    cov: Floats
    share: float
    n: float


def ew_ridge(y: Floats, x: Floats, half_life: float, penalty: float, keep: NDArray[np.bool_] | None = None) -> RidgeFit:
    """Minimise sum w_t (y_t - a - z_t b)^2 / sum w + penalty |b|^2, w_t = 2^(-age/half_life), z the weighted z-scores of x.

    The constant is not penalised. Covariance of the slopes by White's (1980) sandwich with the weights, doi 10.2307/1912934;
    the shrinkage itself is not in it. n = (sum w)^2 / sum w^2.

    Parameters
    ----------
    y, x
        Shapes (T,) and (T, k), oldest first, any units.
    keep
        Rows that count, shape (T,); the others have weight nought and keep their place in time.
    """
    w = 0.5 ** (np.arange(y.size - 1, -1, -1) / half_life)
    if keep is not None:
        w = np.where(keep, w, 0.0)
    w = w / w.sum()
    centre = w @ x
    scale = np.sqrt(w @ (x - centre) ** 2)
    scale = np.where(scale > 0.0, scale, 1.0)  # what does not move has no slope under a penalty
    z = (x - centre) / scale
    level = float(w @ y)
    inverse = np.linalg.inv((z * w[:, None]).T @ z + penalty * np.eye(x.shape[1]))
    b = inverse @ ((z * w[:, None]).T @ (y - level))
    e = y - level - z @ b
    meat = z * (w * e)[:, None]
    cov = inverse @ (meat.T @ meat) @ inverse / np.outer(scale, scale)
    spread = float(w @ (y - level) ** 2)
    rest = float(w @ (e - w @ e) ** 2)
    share = 1.0 - rest / spread if spread > 0.0 else 0.0
    slopes = b / scale
    return RidgeFit(level - float(slopes @ centre), slopes, cov, share, 1.0 / float((w**2).sum()))
