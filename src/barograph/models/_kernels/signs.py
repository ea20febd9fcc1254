"""Which rotations of a covariance's root contain a set of shocks, named by the signs of what they do at once.

S = B B' fixes the impact matrix B up to a rotation: B = D C^(1/2) Q with D the standard deviations, C the correlations,
C^(1/2) symmetric and Q orthogonal. The symmetric root, and the scale kept outside, make the answer independent of the
variables' units, and of their order when the rows of the normal numbers are moved along.

A column of B and its negative are one shock, and columns carry no names. A rotation is searched for every way of giving
each named shock a column of its own, up to sign; each way found counts as one accepted draw. Names and signs of columns
are themselves uniform under the Haar distribution, so this is the plain sampler (column j must satisfy row j; Uhlig
2005, doi 10.1016/j.jmoneco.2004.05.007; Rubio-Ramirez, Waggoner & Zha 2010, doi 10.1111/j.1467-937X.2009.00578.x) with
the wait for the right names taken out: the same distribution of accepted draws, n!/(n - m)! 2^m times as many.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels.rotations import fill_normal, orthonormalise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def side(impact: Floats, column: int, signs: Floats) -> int:
    """1 where a column of `impact` has all the signs asked for, -1 where its negative has, 0 where neither.

    `signs`, shape (n,): 1, -1, or 0 where the row leaves the variable free.
    """
    up, down = True, True
    for i in range(signs.size):
        if signs[i] != 0.0:
            value = signs[i] * impact[i, column]
            up = up and value > 0.0
            down = down and value < 0.0
            if not up and not down:
                return 0
    return 1 if up else -1


@njit(cache=True)
def ways(impact: Floats, table: Floats, ranks: Ints, out: Ints) -> int:
    """Every way of giving each row of `table` its own column of `impact`.

    Parameters
    ----------
    impact : float array, shape (n, n)
        Effect of a shock (column) on a variable (row).
    table : float array, shape (m, n)
        Signs asked for, one row per shock.
    ranks : int array, shape (r, 3)
        (variable, larger, smaller): the first shock moves the variable further than the second.
    out : int array, shape (at least n^m, m)
        Written from the top: column number + 1, negative where the column's negative is the shock.

    Returns
    -------
    int
        How many ways there are.
    """
    m, n = table.shape
    sides = np.empty((m, n), np.int64)
    for r in range(m):
        some = False
        for c in range(n):
            sides[r, c] = side(impact, c, table[r])
            some = some or sides[r, c] != 0
        if not some:
            return 0
    chosen = np.full(m, -1, np.int64)
    found, row = 0, 0
    while row >= 0:
        # The next column of this row that fits and that no row before it holds.
        column = chosen[row] + 1
        while column < n:
            free = sides[row, column] != 0
            for before in range(row):
                free = free and chosen[before] != column
            if free:
                break
            column += 1
        if column == n:
            chosen[row] = -1
            row -= 1
            continue
        chosen[row] = column
        if row < m - 1:
            row += 1
            continue
        holds = True
        for k in range(ranks.shape[0]):
            variable, larger, smaller = ranks[k]
            if abs(impact[variable, chosen[larger]]) <= abs(impact[variable, chosen[smaller]]):
                holds = False
        if holds:
            for r in range(m):
                out[found, r] = sides[r, chosen[r]] * (chosen[r] + 1)
            found += 1
    return found


@njit(cache=True)
def accept(root: Floats, table: Floats, ranks: Ints, seed: int, wanted: int, most: int) -> tuple[Ints, int, int]:
    """Draw rotations until `wanted` draws are accepted or `most` rotations have been tried.

    Parameters
    ----------
    root : float array, shape (n, n)
        C^(1/2).
    table, ranks
        See `ways`.

    Returns
    -------
    draws : int array, shape (k, 1 + m)
        Number of the rotation, then the columns of the shocks as `ways` writes them; all ways of the last rotation are
        among them.
    tried, holding : int
        Rotations tried, and those among them that hold the shocks in some way.
    """
    m, n = table.shape
    largest = n**m
    out = np.empty((wanted + largest, 1 + m), np.int64)
    found = np.empty((largest, m), np.int64)
    q = np.empty((n, n))
    impact = np.empty((n, n))
    held, tried, holding = 0, 0, 0
    while held < wanted and tried < most:
        fill_normal(seed, tried, q)
        orthonormalise(q)
        for i in range(n):
            for j in range(n):
                total = 0.0
                for k in range(n):
                    total += root[i, k] * q[k, j]
                impact[i, j] = total
        count = ways(impact, table, ranks, found)
        for k in range(count):
            out[held, 0] = tried
            out[held, 1:] = found[k]
            held += 1
        holding += 1 if count else 0
        tried += 1
    return out[:held].copy(), tried, holding


@njit(cache=True)
def directions(draws: Ints, seed: int, n: int) -> Floats:
    """The columns of the rotations that the accepted draws name, signed: q with effect D C^(1/2) q, shock q'w.

    Parameters
    ----------
    draws : int array, shape (k, 1 + m)
        As `accept` returns them.

    Returns
    -------
    float array, shape (k, m, n)
    """
    k, m = draws.shape[0], draws.shape[1] - 1
    out = np.empty((k, m, n))
    q = np.empty((n, n))
    last = -1
    for d in range(k):
        if draws[d, 0] != last:
            last = draws[d, 0]
            fill_normal(seed, last, q)
            orthonormalise(q)
        for r in range(m):
            code = draws[d, 1 + r]
            for i in range(n):
                out[d, r, i] = q[i, code - 1] if code > 0 else -q[i, -code - 1]
    return out
