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
#: Points of the grid, steps of the parabolas after it, and assets searched at once.
_GRID, _STEPS, _ABREAST = 15, (0.25, 0.1, 0.05, 0.02), 16


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
    """q and r of each asset by maximum likelihood, (n,) each.

    Over log10 q a grid, then vertices of parabolas over ever shorter steps around its best point. All points of a round are
    filtered together: a filter of few columns costs hardly less than one of many.
    """
    q, r = np.empty(y.shape[1]), np.empty(y.shape[1])
    for first in range(0, y.shape[1], _ABREAST):
        part = np.ascontiguousarray(y[:, first : first + _ABREAST])
        found = _searched(part, x, scale)
        q[first : first + _ABREAST] = 10.0**found
        r[first : first + _ABREAST] = log_likelihood(part, x, 10.0**found, scale)[1]
    return q, r


def _searched(y: Floats, x: Floats, scale: Floats) -> Floats:
    """log10 q of the largest likelihood of each asset, (n,)."""
    n = np.arange(y.shape[1])

    def at(exponents: Floats) -> Floats:
        """Log likelihoods (points, n)."""
        values = log_likelihood(np.tile(y, (1, len(exponents))), x, 10.0 ** exponents.ravel(), scale)[0]
        return np.where(np.isfinite(values), values, -np.inf).reshape(exponents.shape)

    points = np.repeat(np.linspace(*SEARCHED, _GRID)[:, None], n.size, axis=1)
    values = at(points)
    best = values.argmax(axis=0)
    found, top = points[best, n], values[best, n]
    beside = [np.clip(best + k, 0, _GRID - 1) for k in (-1, 0, 1)]
    low, high = points[beside[0], n], points[beside[2], n]
    # At an end of the searched range two of the three points are one: no parabola bends there and the best one stays.
    middle = found + _vertex(values[beside, n], points[1, 0] - points[0, 0])
    for step in _STEPS:
        middle = np.clip(middle, low, high)
        three = np.clip(np.stack([middle - step, middle, middle + step]), low, high)
        values = at(three)
        best = values.argmax(axis=0)
        higher = values[best, n] > top
        found, top = np.where(higher, three[best, n], found), np.where(higher, values[best, n], top)
        middle = middle + _vertex(values, step)
    middle = np.clip(middle, low, high)
    return np.asarray(np.where(at(middle[None, :])[0] > top, middle, found))


def _vertex(three: Floats, step: float) -> Floats:
    """How far from the middle of three points (3, n), `step` apart, their parabola has its top, (n,); nought where it bends
    upwards."""
    left, middle, right = three
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = left - 2.0 * middle + right
        moved = np.where(bend < 0.0, 0.5 * step * (left - right) / bend, 0.0)
    return np.asarray(np.nan_to_num(moved))
