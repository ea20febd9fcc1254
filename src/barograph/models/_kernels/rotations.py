"""Rotations drawn uniformly from the orthogonal group, each by its number, so that one can be made again alone.

Draw k is the Q of the QR decomposition, with R's diagonal positive, of an n x n matrix of standard normal numbers: that
is uniform (Haar) on O(n). Rubio-Ramirez, Waggoner & Zha (2010), Review of Economic Studies 77(2), doi
10.1111/j.1467-937X.2009.00578.x; Stewart (1980), doi 10.1137/0717034.

The normal numbers are a function of (seed, k): positions of one SplitMix64 stream (Steele, Lea & Flood 2014, doi
10.1145/2660193.2660195), which can be entered anywhere, through the transform of Box & Muller (1958). A state that
keeps the numbers of the draws it accepted keeps the rotations.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
#: The distance of neighbouring doubles in [0.5, 1).
_STEP = 2.0**-53


@njit(cache=True)
def bits(seed: int, position: int) -> np.uint64:
    """Output number `position` (0 is the first) of the SplitMix64 stream that begins with `seed`."""
    z = np.uint64(seed) + (np.uint64(position) + np.uint64(1)) * _GAMMA
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@njit(cache=True)
def fill_normal(seed: int, draw: int, out: Floats) -> None:
    """Fill `out`, shape (n, n), with the standard normal numbers of a draw, row by row."""
    rows, columns = out.shape
    total = rows * columns
    pairs = (total + 1) // 2
    for pair in range(pairs):
        at = 2 * (draw * pairs + pair)
        # The first is in (0, 1], so that its logarithm exists; the second in [0, 1).
        first = (np.float64(bits(seed, at) >> _S11) + 1.0) * _STEP
        second = np.float64(bits(seed, at + 1) >> _S11) * _STEP
        radius = math.sqrt(-2.0 * math.log(first))
        turn = 2.0 * math.pi * second
        k = 2 * pair
        out[k // columns, k % columns] = radius * math.cos(turn)
        if k + 1 < total:
            out[(k + 1) // columns, (k + 1) % columns] = radius * math.sin(turn)


@njit(cache=True)
def orthonormalise(x: Floats) -> None:
    """Replace the columns of `x`, shape (n, n), by Q of X = Q R with a positive diagonal.

    Gram-Schmidt, each column against those before it twice, which leaves them orthogonal to rounding: Giraud, Langou &
    Rozloznik (2005), doi 10.1016/j.camwa.2005.08.009.
    """
    n = x.shape[0]
    for j in range(n):
        for _ in range(2):
            for k in range(j):
                along = 0.0
                for i in range(n):
                    along += x[i, k] * x[i, j]
                for i in range(n):
                    x[i, j] -= along * x[i, k]
        square = 0.0
        for i in range(n):
            square += x[i, j] * x[i, j]
        scale = 1.0 / math.sqrt(square)
        for i in range(n):
            x[i, j] *= scale


@njit(cache=True)
def rotation(seed: int, draw: int, n: int) -> Floats:
    """The rotation number `draw`, shape (n, n): orthogonal, determinant 1 or -1."""
    x = np.empty((n, n))
    fill_normal(seed, draw, x)
    orthonormalise(x)
    return x


@njit(cache=True)
def rotations(seed: int, first: int, count: int, n: int) -> Floats:
    """The rotations `first`, `first` + 1, ..., shape (count, n, n)."""
    out = np.empty((count, n, n))
    for k in range(count):
        fill_normal(seed, first + k, out[k])
        orthonormalise(out[k])
    return out
