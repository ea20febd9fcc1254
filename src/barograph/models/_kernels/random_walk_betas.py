"""Regression coefficients that walk at random, filtered for many assets at once; the ratio q/r by maximum likelihood.

y_t = a + x_t' b_t + e_t, e ~ N(0, r); b_t = b_{t-1} + w_t, w ~ N(0, q r diag(1/s^2)), s the regressors' scale: q is a pure
number, the same for each. The constant stays. All covariances are kept in units of r, so r has a closed form and the
likelihood is searched over q alone.

Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, chapter 3; the diffuse start is a large
variance, whose first observations do not count for the likelihood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels._cholesky import designed

Floats = NDArray[np.float64]
#: Variance of a standardised coefficient before the first day, in units of r.
DIFFUSE = 1e6
#: Assets worked on at once.
TILE = 250
#: Between these log10 q is searched: a walk that hardly moves, and one that moves by its own size in ten days.
SEARCHED = (-8.0, -1.0)
_GRID, _STEPS = 15, 24
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@njit(cache=True)
def _filter(
    design: Floats, y: Floats, held: Floats, q: Floats, keep: bool, r: Floats, unit: Floats, betas: Floats, variances: Floats,
    errors: Floats, spreads: Floats, logs: Floats, squares: Floats, counts: Floats,
) -> None:  # fmt: skip
    """Filter all columns; fills what is kept or, where nothing is, per column the sums of log F and v^2/F after the first k
    observations, and how many those are."""
    length, k = design.shape
    columns, size = y.shape[1], k * (k + 1) // 2
    width = min(TILE, columns)
    # The covariance by its lower triangle, row by row.
    cover, state = np.empty((size, width)), np.empty((k, width))
    move, gain, spread, error = np.empty((k, width)), np.empty(width), np.empty(width), np.empty(width)
    seen, ratio, size_of = np.empty(width), np.empty(width), np.empty(width)
    for first in range(0, columns, TILE):
        n = min(TILE, columns - first)
        cover[:] = 0.0
        state[:] = 0.0
        seen[:] = 0.0
        ratio[:n] = q[first : first + n]
        size_of[:n] = r[first : first + n]
        for i in range(k):
            cover[i * (i + 1) // 2 + i] = DIFFUSE
        for t in range(length):
            values, there = y[t, first : first + n], held[t, first : first + n]
            for j in range(n):
                spread[j] = 1.0
                error[j] = values[j]
            for i in range(k):
                row = i * (i + 1) // 2
                target, own, x = move[i], state[i], design[t, i]
                if i > 0:
                    diagonal = cover[row + i]
                    for j in range(n):
                        diagonal[j] += ratio[j]
                side, other = cover[row], design[t, 0]
                for j in range(n):
                    target[j] = other * side[j]
                for m in range(1, i + 1):
                    side, other = cover[row + m], design[t, m]
                    for j in range(n):
                        target[j] += other * side[j]
                for m in range(i + 1, k):
                    side, other = cover[m * (m + 1) // 2 + i], design[t, m]
                    for j in range(n):
                        target[j] += other * side[j]
                for j in range(n):
                    spread[j] += x * target[j]
                    error[j] -= x * own[j]
            for j in range(n):
                gain[j] = there[j] / spread[j]
            if keep:
                kept, wide = errors[t, first : first + n], spreads[t, first : first + n]
                for j in range(n):
                    kept[j] = error[j] if there[j] > 0.0 else np.nan
                    wide[j] = spread[j] * size_of[j]
            else:
                for j in range(n):
                    if there[j] > 0.0:
                        if seen[j] >= k:
                            logs[first + j] += math.log(spread[j])
                            squares[first + j] += error[j] * error[j] * gain[j]
                            counts[first + j] += 1.0
                        seen[j] += 1.0
            for i in range(k):
                row = i * (i + 1) // 2
                own, side = state[i], move[i]
                for j in range(n):
                    spread[j] = side[j] * gain[j]
                    own[j] += spread[j] * error[j]
                for m in range(i + 1):
                    target, right = cover[row + m], move[m]
                    for j in range(n):
                        target[j] -= spread[j] * right[j]
                if keep:
                    kept, wide, diagonal = (
                        betas[t, i, first : first + n],
                        variances[t, i, first : first + n],
                        cover[row + i],
                    )
                    x = unit[i]
                    for j in range(n):
                        kept[j] = own[j] * x
                        wide[j] = diagonal[j] * (x * x) * size_of[j]


@dataclass(frozen=True, slots=True)
class Walk:
    """Filtered coefficients and their variances after each day, (T, k + 1, n), the constant first, in y's unit per x's unit
    (squared); one-step errors (NaN where there is no value) and their variances, (T, n)."""

    betas: Floats
    variances: Floats
    errors: Floats
    spreads: Floats


def _sums(y: Floats, x: Floats, q: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Per asset the sums of log F and v^2/F after the first observations, and how many, (n,) each."""
    design, filled, held = _prepared(y, x, scale)
    n, none, flat = y.shape[1], np.empty((1, 1, 1)), np.empty((1, 1))
    logs, squares, counts = np.zeros(n), np.zeros(n), np.zeros(n)
    one = np.ones(n)
    _filter(
        design, filled, held, np.ascontiguousarray(q), False, one, one, none, none, flat, flat, logs, squares, counts
    )
    return logs, squares, counts


def _prepared(y: Floats, x: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    design, days = designed(x / scale)
    held = np.isfinite(y) & days[:, None]
    return design, np.ascontiguousarray(y if held.all() else np.where(held, y, 0.0)), held.astype(np.float64)


def log_likelihood(y: Floats, x: Floats, q: Floats, scale: Floats, r: Floats | None = None) -> tuple[Floats, Floats]:
    """The log likelihood without the first k + 1 observations, and r: as given, or by maximum likelihood; (n,) each."""
    logs, squares, counts = _sums(y, x, q, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = squares / counts if r is None else r
        return -0.5 * (counts * np.log(2.0 * math.pi * size) + logs + squares / size), size


def filtered(y: Floats, x: Floats, q: Floats, r: Floats, scale: Floats) -> Walk:
    """Filter with given variances.

    Parameters
    ----------
    y : float array, shape (T, n)
        NaN where an asset has no value.
    x : float array, shape (T, k)
        Shared regressors; a day that lacks one is no day.
    q : float array, shape (n,)
        Variance of a day's step of a standardised coefficient over that of the error.
    r : float array, shape (n,)
        Variance of the error.
    scale : float array, shape (k,)
        What a regressor is divided by for the purpose.
    """
    design, filled, held = _prepared(y, x, scale)
    (length, k), n = design.shape, y.shape[1]
    betas, variances = np.empty((length, k, n)), np.empty((length, k, n))
    errors, spreads, none = np.empty((length, n)), np.empty((length, n)), np.empty(n)
    unit = np.concatenate([[1.0], 1.0 / scale])
    _filter(
        design, filled, held, np.ascontiguousarray(q), True, np.ascontiguousarray(r), unit, betas, variances, errors,
        spreads, none, none, none,
    )  # fmt: skip
    return Walk(betas, variances, errors, spreads)


def most_likely(y: Floats, x: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """q and r of each asset by maximum likelihood, (n,) each: a grid over log10 q, then golden section beside its best."""
    n = y.shape[1]

    def at(exponents: Floats) -> Floats:
        return log_likelihood(y, x, 10.0**exponents, scale)[0]

    grid = np.linspace(*SEARCHED, _GRID)
    values = np.array([at(np.full(n, g)) for g in grid])
    best = np.nanargmax(np.where(np.isfinite(values), values, -np.inf), axis=0)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, _GRID - 1)]
    one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    first, second = at(one), at(two)
    for _ in range(_STEPS):
        left = first >= second
        low, high = np.where(left, low, one), np.where(left, two, high)
        fresh = np.where(left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        value = at(fresh)
        one, two, first, second = (
            np.where(left, fresh, two),
            np.where(left, one, fresh),
            np.where(left, value, second),
            np.where(left, first, value),
        )
    found = 0.5 * (low + high)
    # At an end of the grid the best may be the end itself.
    edge = np.where(best == 0, SEARCHED[0], np.where(best == _GRID - 1, SEARCHED[1], found))
    found = np.where(at(edge) > at(found), edge, found)
    return 10.0**found, log_likelihood(y, x, 10.0**found, scale)[1]
