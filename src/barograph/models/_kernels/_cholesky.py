"""Normal equations of a few regressors, solved by Cholesky's factor inside compiled loops."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: A pivot below this share of its diagonal means that a regressor is a sum of the others.
SINGULAR = 1e-11


@njit(cache=True)
def factored(a: Floats) -> bool:
    """Cholesky's lower triangle in place of a symmetric matrix; False where it is not positive definite."""
    k = a.shape[0]
    for i in range(k):
        whole = a[i, i]
        for j in range(i + 1):
            total = a[i, j]
            for m in range(j):
                total -= a[i, m] * a[j, m]
            if i == j:
                if not total > SINGULAR * whole or not total > 0.0:
                    return False
                a[i, i] = math.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    return True


@njit(cache=True)
def solve(lower: Floats, b: Floats) -> None:
    """The solution of L L' x = b in place of b."""
    k = lower.shape[0]
    for i in range(k):
        total = b[i]
        for j in range(i):
            total -= lower[i, j] * b[j]
        b[i] = total / lower[i, i]
    for i in range(k - 1, -1, -1):
        total = b[i]
        for j in range(i + 1, k):
            total -= lower[j, i] * b[j]
        b[i] = total / lower[i, i]


@njit(cache=True)
def inverse(a: Floats, out: Floats) -> bool:
    """The inverse of a symmetric positive definite matrix; `a` is spent. False where it has none."""
    if not factored(a):
        return False
    k = a.shape[0]
    column = np.empty(k)
    for c in range(k):
        column[:] = 0.0
        column[c] = 1.0
        solve(a, column)
        for r in range(k):
            out[r, c] = column[r]
    return True


@njit(cache=True)
def regressed(design: Floats, y: Floats, inverted: Floats, betas: Floats) -> bool:
    """Least squares on complete rows: fills (x'x)^-1 and the coefficients; False where x'x has no inverse."""
    n, k = design.shape
    a, b = np.zeros((k, k)), np.zeros(k)
    for t in range(n):
        for i in range(k):
            b[i] += design[t, i] * y[t]
            for j in range(k):
                a[i, j] += design[t, i] * design[t, j]
    if not inverse(a, inverted):
        return False
    betas[:] = inverted @ b
    return True


def designed(x: Floats) -> tuple[Floats, Bools]:
    """The regressors with a constant before them, rows that lack one set to zero; and which rows lack none."""
    held: Bools = np.asarray(np.isfinite(x).all(axis=1))
    design = np.column_stack([np.ones(x.shape[0]), x])
    design[~held] = 0.0
    return np.ascontiguousarray(design), held
