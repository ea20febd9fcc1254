"""Sparse Gaussian equations h'x = r + N(0, v) put into a banded precision matrix, and the band of its inverse."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def add_precision(out: Floats, index: Ints, coefficient: Floats, variance: Floats) -> None:
    """Add h h' / v of equations to a matrix in lower banded form, out[k, j] = P[j + k, j].

    Parameters
    ----------
    index : (m, k) int64
        Unknowns of each equation, -1 where there are fewer than k.
    coefficient : (m, k)
    variance : (m,)
    """
    for m in range(index.shape[0]):
        for a in range(index.shape[1]):
            i = index[m, a]
            if i < 0:
                continue
            scaled = coefficient[m, a] / variance[m]
            for b in range(index.shape[1]):
                j = index[m, b]
                if 0 <= j <= i:
                    out[i - j, j] += scaled * coefficient[m, b]


@njit(cache=True)
def add_information(out: Floats, index: Ints, coefficient: Floats, variance: Floats, target: Floats) -> None:
    """Add h r / v of equations to right-hand sides.

    Parameters
    ----------
    out : (size, c)
    target : (m, c)
        r, a column for each right-hand side.
    """
    for m in range(index.shape[0]):
        for a in range(index.shape[1]):
            i = index[m, a]
            if i < 0:
                continue
            scaled = coefficient[m, a] / variance[m]
            for c in range(target.shape[1]):
                out[i, c] += scaled * target[m, c]


@njit(cache=True)
def squared_errors(index: Ints, coefficient: Floats, variance: Floats, target: Floats, x: Floats) -> float:
    """Sum of (r - h'x)^2 / v."""
    total = 0.0
    for m in range(index.shape[0]):
        error = target[m]
        for a in range(index.shape[1]):
            if index[m, a] >= 0:
                error -= coefficient[m, a] * x[index[m, a]]
        total += error * error / variance[m]
    return total


@njit(cache=True)
def inverse_band(factor: Floats) -> Floats:
    """The band of the inverse of a matrix from its banded Cholesky factor, without the rest of the inverse.

    Z_ij = (1{i = j} / L_jj - sum_{k > j} L_kj Z_ki) / L_jj, from the last column backwards: an entry needs only entries of
    the band to its right.

    Takahashi, Fagan and Chen (1973); Rue and Martino (2007), doi 10.1016/j.jspi.2006.07.016.

    Parameters
    ----------
    factor : (width + 1, size)
        Lower banded: factor[k, j] = L[j + k, j].

    Returns
    -------
    (width + 1, size)
        out[k, j] = Z[j + k, j].
    """
    width, size = factor.shape[0] - 1, factor.shape[1]
    out = np.zeros((width + 1, size))
    for j in range(size - 1, -1, -1):
        last = min(j + width, size - 1)
        pivot = factor[0, j]
        for i in range(last, j - 1, -1):
            total = 1.0 / pivot if i == j else 0.0
            for k in range(j + 1, last + 1):
                low, high = (i, k) if i < k else (k, i)
                total -= factor[k - j, j] * out[high - low, low]
            out[i - j, j] = total / pivot
    return out
