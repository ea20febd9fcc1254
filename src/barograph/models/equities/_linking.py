"""Contributions of several days as parts of one compounded return: the logarithmic linking of Carino."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def log_factor(returns: Floats) -> Floats:
    """ln(1 + R)/R, and its limit 1 where R is nought; `returns` are shares of one.

    >>> [round(float(k), 6) for k in log_factor(np.array([0.0, 0.1, -0.1]))]
    [1.0, 0.953102, 1.053605]
    """
    safe = np.where(returns == 0.0, 1.0, returns)
    return np.where(returns == 0.0, 1.0, np.log1p(safe) / safe)


def compounded(returns: Floats) -> float:
    """prod(1 + R_t) - 1, a share of one."""
    return float(np.expm1(np.log1p(returns).sum()))


def linked(parts: Floats, returns: Floats) -> Floats:
    """Parts of each day's return as parts of the compounded return: C_i = sum_t c_it k_t / k, k = ln(1 + R)/R.

    Where the parts of every day add up to its return, the linked parts add up to the compounded one; a single day is left as
    it is. Carino (1999), Combining attribution effects over time, Journal of Performance Measurement 3(4).

    Parameters
    ----------
    parts
        Contributions, shape (T, n), in any unit.
    returns
        The whole's returns, shape (T,), shares of one above -1.

    Returns
    -------
    ndarray
        Shape (n,), in the unit of `parts`.
    """
    whole = log_factor(np.array([compounded(returns)]))[0]
    return np.asarray(log_factor(returns) @ parts / whole, dtype=np.float64)


def linked_active(effects: Floats, ours: Floats, theirs: Floats) -> Floats:
    """Effects of each day's active return as effects of the active return of the whole stretch.

    A_i = sum_t a_it k_t / k with k = (ln(1 + R) - ln(1 + B))/(R - B), in the limit 1/(1 + R), of the day and of the stretch.

    Parameters
    ----------
    effects
        Shape (T, n), in any unit; where a day's add up to R_t - B_t, the linked ones add up to R - B.
    ours, theirs
        R and B, shape (T,), shares of one above -1.
    """
    daily = _active_factor(ours, theirs)
    whole = _active_factor(np.array([compounded(ours)]), np.array([compounded(theirs)]))[0]
    return np.asarray(daily @ effects / whole, dtype=np.float64)


def _active_factor(ours: Floats, theirs: Floats) -> Floats:
    return np.asarray(log_factor((ours - theirs) / (1.0 + theirs)) / (1.0 + theirs), dtype=np.float64)
