"""Least squares with exponential weights and a ridge, many assets at once, the penalty chosen by forward validation.

minimise sum_s rho^(t-s) (y_s - a - x_s' b)^2 + lambda sum_k S_kk b_k^2, S_kk = sum_s rho^(t-s) x_sk^2: the penalty is a share of
what the data say about each coefficient, so it does not depend on units. The constant is not penalised.
Hoerl and Kennard (1970), doi 10.1080/00401706.1970.10488634.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels._cholesky import designed, factored, inverse, solve

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@njit(cache=True)
def _path(
    design: Floats, y: Floats, held: Bools, decay: float, penalties: Floats, least: int,
    keep: bool, betas: Floats, errors: Floats, losses: Floats,
) -> None:  # fmt: skip
    """Per column and penalty: one-step errors summed in squares; for the first penalty the path of coefficients as well."""
    length, k = design.shape
    a, work, b = np.empty((k, k)), np.empty((k, k)), np.empty(k)
    c = np.empty(k)
    for column in range(y.shape[1]):
        many = penalties.shape[1]
        current, ready = np.zeros((many, k)), np.zeros(many, dtype=np.bool_)
        a[:] = 0.0
        c[:] = 0.0
        seen = 0
        for t in range(length):
            there = held[t, column]
            for p in range(many):
                if there and ready[p]:
                    error = y[t, column]
                    for i in range(k):
                        error -= design[t, i] * current[p, i]
                    losses[p, column] += error * error
                    if p == 0 and keep:
                        errors[t, column] = error
            for i in range(k):
                c[i] = decay * c[i] + (design[t, i] * y[t, column] if there else 0.0)
                for j in range(i + 1):
                    a[i, j] = decay * a[i, j] + (design[t, i] * design[t, j] if there else 0.0)
            seen += there
            if there and seen >= least:
                for p in range(many):
                    for i in range(k):
                        b[i] = c[i]
                        for j in range(i + 1):
                            work[i, j] = a[i, j]
                        if i > 0:
                            work[i, i] += penalties[column, p] * a[i, i]
                    ready[p] = factored(work)
                    if ready[p]:
                        solve(work, b)
                        current[p] = b
            if keep:
                for i in range(k):
                    betas[t, i, column] = current[0, i] if ready[0] else np.nan


def _held(y: Floats, x: Floats) -> tuple[Floats, Floats, Bools]:
    design, days = designed(x)
    held = np.isfinite(y) & days[:, None]
    return design, np.ascontiguousarray(np.where(held, y, 0.0)), held


def decay_of(half_life: float) -> float:
    """The weight of the day before, per day.

    >>> decay_of(1.0)
    0.5
    """
    return float(0.5 ** (1.0 / half_life))


def chosen(y: Floats, x: Floats, half_life: float, penalties: Floats, least: int) -> Floats:
    """Per asset the penalty whose one-step errors have the smallest sum of squares, the smaller of two equals; (n,).

    The error of a day is that of the coefficients of the day before on the day's own regressors.
    """
    design, filled, held = _held(y, x)
    losses = np.zeros((penalties.size, y.shape[1]))
    every = np.ascontiguousarray(np.broadcast_to(penalties, (y.shape[1], penalties.size)))
    empty = np.empty((1, 1, 1))
    _path(design, filled, held, decay_of(half_life), every, least, False, empty, empty[0], losses)
    return np.asarray(penalties[np.argmin(losses, axis=0)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ridge:
    """Coefficients after each day, (T, k + 1, n), the constant first, and one-step errors, (T, n); NaN where none."""

    betas: Floats
    errors: Floats


def path(y: Floats, x: Floats, half_life: float, penalties: Floats, least: int) -> Ridge:
    """The coefficients after each day.

    Parameters
    ----------
    y : float array, shape (T, n)
    x : float array, shape (T, k)
    penalties : float array, shape (n,)
    least
        Days with values before the first coefficients.
    """
    design, filled, held = _held(y, x)
    betas, errors = np.empty((*design.shape, y.shape[1])), np.full(y.shape, np.nan)
    own = np.ascontiguousarray(penalties[:, None])
    _path(design, filled, held, decay_of(half_life), own, least, True, betas, errors, np.zeros((1, y.shape[1])))
    return Ridge(betas, errors)


@njit(cache=True)
def _sandwich(
    design: Floats,
    y: Floats,
    held: Bools,
    decay: float,
    penalties: Floats,
    betas: Floats,
    errors: Floats,
    effective: Floats,
) -> None:
    length, k = design.shape
    a, inverted, middle = np.empty((k, k)), np.empty((k, k)), np.empty((k, k))
    for column in range(y.shape[1]):
        a[:] = 0.0
        middle[:] = 0.0
        whole = squared = 0.0
        weight = 1.0
        for t in range(length - 1, -1, -1):
            if held[t, column]:
                rest = y[t, column]
                for i in range(k):
                    rest -= design[t, i] * betas[i, column]
                for i in range(k):
                    for j in range(k):
                        product = design[t, i] * design[t, j]
                        a[i, j] += weight * product
                        middle[i, j] += weight * weight * rest * rest * product
                whole += weight
                squared += weight * weight
            weight *= decay
        n = whole * whole / squared if squared > 0.0 else 0.0
        effective[column] = n
        for i in range(1, k):
            a[i, i] *= 1.0 + penalties[column]
        if n <= k or not inverse(a, inverted):
            errors[:, column] = np.nan
            continue
        cover = inverted @ middle @ inverted
        for i in range(k):
            errors[i, column] = math.sqrt(max(cover[i, i], 0.0) * n / (n - k))


def standard_errors(y: Floats, x: Floats, half_life: float, penalties: Floats, betas: Floats) -> tuple[Floats, Floats]:
    """Errors of the newest coefficients `betas` (k + 1, n) and the effective number of days (sum w)^2 / sum w^2, (n,).

    A^-1 (sum w^2 e^2 x x') A^-1, A with the penalty in it, times n/(n - k): robust to changing variance. The pull of the
    penalty towards nought is no part of it. White (1980), doi 10.2307/1912934.
    """
    design, filled, held = _held(y, x)
    errors, effective = np.empty(betas.shape), np.empty(y.shape[1])
    _sandwich(
        design, filled, held, decay_of(half_life), np.ascontiguousarray(penalties), np.ascontiguousarray(betas), errors,
        effective,
    )  # fmt: skip
    return errors, effective


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The newest coefficients of one asset: `slopes` (k,) in units of y per unit of x with their `errors` (k,); `share` =
    1 - var(e)/var(y), weighted; `n` effective days."""

    constant: float
    slopes: Floats
    errors: Floats
    share: float
    n: float


def newest(y: Floats, x: Floats, half_life: float, penalty: float, keep: Bools | None = None) -> Fit:
    """The regression of one asset at its last row; NaN where a regressor does not move or is a sum of the others.

    Parameters
    ----------
    y, x
        Shapes (T,) and (T, k), oldest first, any units.
    keep
        Rows that count, shape (T,); the others have weight nought and keep their place in time.
    """
    held = np.isfinite(y) if keep is None else np.isfinite(y) & keep
    column, each = np.where(held, y, np.nan)[:, None], np.array([penalty])
    betas = np.ascontiguousarray(path(column, x, half_life, each, x.shape[1] + 2).betas[-1])
    errors, n = standard_errors(column, x, half_life, each, betas)
    constant, slopes = float(betas[0, 0]), betas[1:, 0]
    w = np.where(held, decay_of(half_life) ** np.arange(y.size - 1, -1, -1), 0.0)
    w = w / w.sum()
    given = np.where(held, y, 0.0)
    e = given - constant - x @ slopes
    spread, rest = (float(w @ (v - w @ v) ** 2) for v in (given, e))
    return Fit(constant, slopes, errors[1:, 0], 1.0 - rest / spread if spread > 0.0 else 0.0, float(n[0]))
