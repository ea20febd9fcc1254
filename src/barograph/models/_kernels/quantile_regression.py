"""Linear quantile regression, exact to the vertex: an interior point method brings the start, pivots finish it.

b minimises sum_i rho(y_i - x_i'b) + penalty sum_{j >= 1} |b_j|, rho(u) = u (tau - 1{u < 0}); column 0 is the constant.
Koenker and Bassett (1978), doi 10.2307/1913643; Frisch-Newton: Portnoy and Koenker (1997), doi 10.1214/ss/1030037960.

A solution passes through as many rows as there are columns. Pivots walk from such a vertex to a better one by an exact line
search until the subgradient at every edge is within its bounds, which proves that it is a solution. A window that grows starts
at the vertex of the one before, of which few pivots are left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels.quantile_interior import interior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: By how much of its scale each y is moved, so that no two rows are hit at once; the vertex is then read from y itself.
NUDGE = 1e-11
#: Rows on which the interior point method looks for a start; more of them cost more than the pivots that they save.
START_ROWS = 400
#: Rows near the start that the first pivots are about.
NEAR = 800


def fit(
    x: Floats,
    y: Floats,
    taus: Sequence[float],
    penalty: Sequence[float] | Floats | None = None,
    counts: Ints | None = None,
) -> Floats:
    """Coefficients per quantile level, shape (len(taus), p).

    Parameters
    ----------
    x : (n, p)
        Column 0 holds ones. Columns are scaled to a standard deviation of one for the penalty and the arithmetic.
    penalty
        Per level, in the unit of y times rows; None: none.
    counts : (n,)
        How many times each row counts, as a bootstrap draws it; None: once. The scale of the columns is that of the rows
        given, so that a draw is penalised as the sample is.

    Raises
    ------
    ValueError
        Fewer rows than columns, a column that is a sum of others, or pivots without end.
    """
    if counts is None:
        return np.asarray(expanding(x, y, taus, np.array([y.size]), penalty)[0], dtype=np.float64)
    there = np.flatnonzero(counts > 0)
    # rho(c u) = c rho(u): a row that counts c times is one row c times as long.
    times = counts[there].astype(np.float64)
    scale = _scale(x)
    rows, aims = x[there] / scale * times[:, None], y[there] * times
    return np.asarray(_solved(rows, aims, taus, np.array([there.size]), penalty)[0] / scale, dtype=np.float64)


def expanding(
    x: Floats, y: Floats, taus: Sequence[float], ends: Ints, penalty: Sequence[float] | Floats | None = None
) -> Floats:
    """Coefficients of the first `end` rows for every end (rising), shape (len(ends), len(taus), p).

    The scale of the columns, which decides how the penalty falls, is that of the first window.
    """
    if ends[0] < x.shape[1] or ends[-1] > y.size or np.any(np.diff(ends) < 0):
        raise ValueError(f"windows that end at {ends[0]} to {ends[-1]} of {y.size} rows in {x.shape[1]} columns")
    scale = _scale(x[: ends[0]])
    return np.asarray(_solved(x / scale, y, taus, ends, penalty) / scale, dtype=np.float64)


def _scale(x: Floats) -> Floats:
    """Standard deviation per column, one for the constant."""
    scale = np.asarray(x.std(axis=0), dtype=np.float64)
    scale[0] = 1.0
    if not np.all(scale > 0.0):
        raise ValueError("a column does not move")
    return scale


def _solved(
    x: Floats, y: Floats, taus: Sequence[float], ends: Ints, penalty: Sequence[float] | Floats | None
) -> Floats:
    """The same in the columns' own scale; x may be rows of any length."""
    if ends[0] < x.shape[1]:
        raise ValueError(f"{ends[0]} rows in {x.shape[1]} columns")
    given = np.zeros(len(taus)) if penalty is None else np.asarray(penalty, dtype=np.float64)
    rows, aims = np.ascontiguousarray(x), np.ascontiguousarray(y, dtype=np.float64)
    out = np.empty((len(ends), len(taus), x.shape[1]))
    for k, tau in enumerate(taus):
        if not 0.0 < tau < 1.0 or given[k] < 0.0:
            raise ValueError(f"level {tau} with penalty {given[k]}")
        try:
            solved = _expand(rows, aims, tau, ends.astype(np.int64), given[k], out[:, k])
        except np.linalg.LinAlgError:
            solved = False
        if not solved:
            raise ValueError("a column is a sum of others")
    return out


def rearranged(quantiles: Floats) -> Floats:
    """Quantiles that do not cross: sorted along the last axis.

    Chernozhukov, Fernandez-Val and Galichon (2010), doi 10.3982/ECTA7880: never farther from the truth than before.
    """
    return np.sort(quantiles, axis=-1)


def loss(residuals: Floats, tau: float) -> float:
    """Sum of rho over residuals."""
    return float(np.sum(residuals * (tau - (residuals < 0.0))))


@njit(cache=True)
def _expand(x: Floats, y: Floats, tau: float, ends: Ints, penalty: float, out: Floats) -> bool:
    """Solve every window, each from the vertex of the one before; False where the columns are dependent."""
    n, p = x.shape
    extra = 2 * (p - 1) if penalty > 0.0 else 0
    # Two rows of opposite sign make penalty |b_j| out of rho: rho(-l b) + rho(l b) = l |b|. They come first and stay.
    rows, aims = np.zeros((n + extra, p)), np.zeros(n + extra)
    for j in range(extra):
        rows[j, 1 + j // 2] = penalty if j % 2 == 0 else -penalty
    rows[extra:], aims[extra:] = x, y
    size = max(np.abs(y - y.mean()).mean(), 1e-300)
    nudged = np.empty(n + extra)
    seed = np.uint64(88172645463325252)
    for i in range(n + extra):
        seed ^= seed << np.uint64(13)
        seed ^= seed >> np.uint64(7)
        seed ^= seed << np.uint64(17)
        nudged[i] = aims[i] + NUDGE * size * (0.5 + float(seed >> np.uint64(11)) / 9007199254740992.0)
    first = int(ends[0])
    step = max(first // START_ROWS, 1)
    start, wanted = x[:first:step].copy(), nudged[extra : extra + first : step].copy()
    guess = interior(start, wanted, tau)
    residual = nudged - rows @ guess
    basis = _nearest(rows[: first + extra], residual[: first + extra])
    if basis[0] < 0:
        return False
    inverse = np.linalg.inv(rows[basis])
    _near(rows[: first + extra], nudged[: first + extra], tau, basis, inverse, residual)
    nothing = np.zeros(p)
    for k in range(ends.size):
        m = int(ends[k]) + extra
        if not _descend(rows[:m], nudged[:m], tau, basis, inverse, residual, nothing):
            return False
        out[k] = inverse @ aims[basis]
    return True


@njit(cache=True)
def _near(x: Floats, y: Floats, tau: float, basis: Ints, inverse: Floats, residual: Floats) -> None:
    """Pivots among the rows near the start, the others taken to stay on their side; what follows on all rows sees to that."""
    m, p = x.shape
    if m < 4 * NEAR:
        return
    edge = np.partition(np.abs(residual), NEAR + p)[NEAR + p]
    offset, place, count = np.zeros(p), np.full(m, -1), 0
    for i in range(m):
        if abs(residual[i]) <= edge:
            place[i] = count
            count += 1
        else:
            offset += (tau - 1.0 if residual[i] < 0.0 else tau) * x[i]
    kept = np.flatnonzero(place >= 0)
    inner = place[basis]
    # False where it leads out of these rows: the vertex reached is a start all the same.
    _descend(x[kept], y[kept], tau, inner, inverse, residual[kept], offset)
    basis[:] = kept[inner]


@njit(cache=True)
def _descend(x: Floats, y: Floats, tau: float, basis: Ints, inverse: Floats, residual: Floats, offset: Floats) -> bool:
    """Pivot until no edge leads down. `basis` (p,), `inverse` of its rows and `residual` are changed in place.

    `offset` (p,) is the gradient of rows that are not given.
    """
    m, p = x.shape
    weight, gradient = np.empty(m), np.empty(p)
    inside = np.zeros(m, dtype=np.bool_)
    inside[basis] = True
    for _ in range(100 * m):
        coefficients = inverse @ y[basis]
        gradient[:] = offset
        for i in range(m):
            fitted = 0.0
            for j in range(p):
                fitted += x[i, j] * coefficients[j]
            residual[i] = y[i] - fitted
            if not inside[i]:
                sign = tau - 1.0 if residual[i] < 0.0 else tau
                for j in range(p):
                    gradient[j] += sign * x[i, j]
        lowest, leaving, way = -1e-9, -1, 1.0
        for j in range(p):
            u = 0.0
            for i in range(p):
                u += inverse[i, j] * gradient[i]
            if 1.0 - tau - u < lowest:
                lowest, leaving, way = 1.0 - tau - u, j, 1.0
            if tau + u < lowest:
                lowest, leaving, way = tau + u, j, -1.0
        if leaving < 0:
            return True
        entering = _line_search(x, residual, inside, way * inverse[:, leaving], lowest, weight)
        if entering < 0:
            return False
        inside[basis[leaving]] = False
        inside[entering] = True
        basis[leaving] = entering
        inverse[:, :] = np.linalg.inv(x[basis])
    return False


@njit(cache=True)
def _line_search(
    x: Floats, residual: Floats, inside: NDArray[np.bool_], direction: Floats, slope: float, weight: Floats
) -> int:
    """The row at which the loss along `direction` turns up: rows are passed while the slope stays below nought."""
    m, p = x.shape
    count = 0
    times, rows = np.empty(m), np.empty(m, dtype=np.int64)
    for i in range(m):
        if inside[i]:
            continue
        speed = 0.0
        for j in range(p):
            speed += x[i, j] * direction[j]
        if residual[i] * speed > 0.0:
            times[count], rows[count], weight[count] = residual[i] / speed, i, abs(speed)
            count += 1
    # Halve the stretch of candidates around the turning point until it is one row: a weighted selection.
    low, high, total = 0, count, slope
    while low < high:
        middle, end = (low + high) // 2, high - 1
        _swap(times, weight, rows, middle, end)
        at, passed = low, 0.0
        for i in range(low, end):
            if times[i] < times[end]:
                _swap(times, weight, rows, i, at)
                passed += weight[at]
                at += 1
        _swap(times, weight, rows, at, end)
        if total + passed >= 0.0:
            high = at
        elif total + passed + weight[at] >= 0.0:
            return int(rows[at])
        else:
            total += passed + weight[at]
            low = at + 1
    # Sums in another order differ in the last digit: where the slope is nought the last row passed is the turning point.
    return int(rows[low - 1]) if high < count and low > 0 else -1


@njit(cache=True)
def _swap(times: Floats, weight: Floats, rows: Ints, a: int, b: int) -> None:
    times[a], times[b] = times[b], times[a]
    weight[a], weight[b] = weight[b], weight[a]
    rows[a], rows[b] = rows[b], rows[a]


@njit(cache=True)
def _nearest(x: Floats, residual: Floats) -> Ints:
    """The rows with the least residuals that span the columns, shape (p,); -1 first where none do."""
    m, p = x.shape
    basis, spanned = np.full(p, -1), np.zeros((p, p))
    open_ = np.ones(m, dtype=np.bool_)
    size = np.abs(residual)
    found = 0
    while found < p:
        at, least = -1, np.inf
        for i in range(m):
            if open_[i] and size[i] < least:
                at, least = i, size[i]
        if at < 0:
            basis[0] = -1
            return basis
        open_[at] = False
        rest = x[at].copy()
        length = np.sqrt(np.sum(rest**2))
        for _ in range(2):
            for j in range(found):
                rest -= np.sum(rest * spanned[j]) * spanned[j]
        left = np.sqrt(np.sum(rest**2))
        if left > 1e-7 * length:
            spanned[found] = rest / left
            basis[found] = at
            found += 1
    return basis
