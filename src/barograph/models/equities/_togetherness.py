"""How concentrated a basket is, how much its members move together, and how far apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from barograph.models.intervals import Z90

Floats = NDArray[np.float64]


def effective_n(weights: Floats) -> float:
    """1 / sum w^2 of weights brought to the sum one: how many equal members would be as concentrated.

    >>> round(effective_n(np.full(4, 2.0)), 9)
    4.0
    """
    shares = weights / weights.sum()
    return 1.0 / float(shares @ shares)


def average_correlation(weights: Floats, deviations: Floats, variance: float) -> float:
    """rho = (s^2 - sum w_i^2 s_i^2) / sum_{i != j} w_i w_j s_i s_j, the average correlation weighted by w_i w_j s_i s_j.

    Parameters
    ----------
    weights
        Shape (n,), with the sum one.
    deviations
        s_i, shape (n,), in the unit whose square `variance` has: realised, or implied volatilities.
    variance
        s^2 of the basket with these weights.

    Returns
    -------
    float
        NaN where fewer than two members move at all.
    """
    parts = weights * deviations
    own = float(parts @ parts)
    between = float(parts.sum()) ** 2 - own
    return (variance - own) / between if between > 0.0 else math.nan


def realised_correlation(returns: Floats, weights: Floats) -> float:
    """The average correlation of returns, shape (T, n), in the basket with fixed weights."""
    variance = float((returns @ weights).var(ddof=1))
    return average_correlation(weights, returns.std(axis=0, ddof=1), variance)


def correlation_interval(returns: Floats, weights: Floats, block: int) -> tuple[float, float]:
    """Ends of a 90 per cent interval by leaving out blocks of `block` sessions in turn.

    Kuensch (1989), doi 10.1214/aos/1176347265, with blocks that do not overlap.
    """
    count = returns.shape[0] // block
    whole = realised_correlation(returns, weights)
    kept = np.ones(returns.shape[0], dtype=bool)
    found = []
    for k in range(count):
        kept[k * block : (k + 1) * block] = False
        found.append(realised_correlation(returns[kept], weights))
        kept[:] = True
    made = np.array(found)
    edge = Z90 * math.sqrt((count - 1) / count * float(((made - made.mean()) ** 2).sum()))
    return float(np.maximum(whole - edge, -1.0)), float(np.minimum(whole + edge, 1.0))


def rolling_correlation(returns: Floats, weights: Floats, window: int) -> Floats:
    """The realised average correlation of every `window` sessions, shape (T - window + 1,), oldest first."""
    both = np.column_stack([returns, returns @ weights])
    both = both - both.mean(axis=0)  # for the precision of the sums; variances do not change
    sums, squares = (np.vstack([np.zeros(both.shape[1]), np.cumsum(b, axis=0)]) for b in (both, both**2))
    total, square = sums[window:] - sums[:-window], squares[window:] - squares[:-window]
    variance = (square - total**2 / window) / (window - 1)
    parts = weights * np.sqrt(np.maximum(variance[:, :-1], 0.0))
    own = (parts**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((variance[:, -1] - own) / (parts.sum(axis=1) ** 2 - own), dtype=np.float64)


def dispersion(returns: Floats, weights: Floats) -> Floats:
    """sqrt(sum w_i (r_i - R)^2) of every session, shape (T,), in the unit of the returns."""
    centre = returns @ weights
    return np.asarray(np.sqrt((returns - centre[:, None]) ** 2 @ weights), dtype=np.float64)
