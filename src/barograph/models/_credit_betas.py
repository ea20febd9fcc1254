"""How a spread moved with rates, rate volatility and stocks of late: least squares with errors that know of each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Betas:
    """Slopes (k,), their standard errors (k,) and the share of variance explained."""

    slopes: Floats
    errors: Floats
    r2: float


def regress(x: Floats, y: Floats, lags: int) -> Betas | None:
    """Least squares with a constant; None where a regressor does not move or is a sum of others.

    Standard errors by Bartlett weights on `lags` autocovariances of the scores, with the factor n / (n - k - 1). Newey and West
    (1987), doi 10.2307/1913610.

    Parameters
    ----------
    x : (n, k)
    y : (n,)
    """
    n = y.size
    full = np.column_stack([np.ones(n), x])
    size = full.std(axis=0)
    size[0] = 1.0
    if not np.all(size > 0.0):
        return None
    scaled = full / size
    inner = scaled.T @ scaled
    if np.linalg.cond(inner) > 1e12:
        return None
    inverse = np.linalg.inv(inner)
    slopes = inverse @ (scaled.T @ y)
    rest = y - scaled @ slopes
    scores = scaled * rest[:, None]
    middle = scores.T @ scores
    for k in range(1, lags + 1):
        cross = scores[k:].T @ scores[:-k]
        middle += (1.0 - k / (lags + 1.0)) * (cross + cross.T)
    covariance = inverse @ middle @ inverse * n / (n - full.shape[1])
    total = float(((y - y.mean()) ** 2).sum())
    r2 = 1.0 - float(rest @ rest) / total if total > 0.0 else 0.0
    return Betas((slopes / size)[1:], (np.sqrt(np.diag(covariance)) / size)[1:], r2)
