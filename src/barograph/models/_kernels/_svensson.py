"""What is compiled of Svensson's curve: loadings and their slopes, zero and par yields, the refinement of a fit."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]


@njit(cache=True)
def fill(n: float, t1: float, t2: float, out: Floats) -> None:
    """Loadings at n into out[:4], their derivatives by log t1 (slope, curvature) and log t2 (hump) into out[4:7]."""
    out[:] = 0.0
    out[0] = 1.0
    x = n / t1
    e = np.exp(-x)
    # Below 1e-5 the series: the quotient there loses the digits that the curvature is made of.
    out[1] = (1.0 - e) / x if x > 1e-5 else 1.0 - x / 2.0
    out[2] = out[1] - e
    out[4] = out[2]
    out[5] = out[2] - x * e
    if t2 > 0.0:
        x = n / t2
        e = np.exp(-x)
        out[3] = ((1.0 - e) / x if x > 1e-5 else 1.0 - x / 2.0) - e
        out[6] = out[3] - x * e


@njit(cache=True)
def zero_yields(params: Floats, years: Floats, out: Floats) -> None:
    row = np.empty(7)
    for t in range(params.shape[0]):
        for i in range(years.size):
            fill(years[i], params[t, 4], params[t, 5], row)
            out[t, i] = params[t, 0] + params[t, 1] * row[1] + params[t, 2] * row[2] + params[t, 3] * row[3]


@njit(cache=True)
def par(theta: Floats, years: Floats, value: Floats, slopes: Floats) -> None:
    """Par yields (m,) of one curve, per cent, and their derivatives (m, 6) by b0..b3, log t1, log t2.

    A maturity over half a year pays a coupon every half: c = 2 (1 - d(n)) / sum d(i/2). Up to half a year it is a bill:
    c = (1/d(n) - 1)/n, simple interest, which is the same at one half.
    """
    row, change = np.empty(7), np.empty(6)
    annuity, total = np.zeros(6), 0.0
    paid = 0
    for i in range(years.size):
        n = years[i]
        first = paid + 1 if n > 0.5 else 0
        last = round(2.0 * n) if n > 0.5 else 0
        d = 1.0
        for half in range(first, last + 1):
            at = 0.5 * half if n > 0.5 else n
            fill(at, theta[4], theta[5], row)
            z = theta[0] + theta[1] * row[1] + theta[2] * row[2] + theta[3] * row[3]
            d = np.exp(-0.01 * z * at)
            scale = -0.01 * at * d
            for j in range(4):
                change[j] = scale * row[j]
            change[4] = scale * (theta[1] * row[4] + theta[2] * row[5])
            change[5] = scale * theta[3] * row[6]
            if n > 0.5:
                total += d
                annuity += change
        if n > 0.5:
            paid = last
            value[i] = 200.0 * (1.0 - d) / total
            slopes[i] = (-200.0 * change - value[i] * annuity) / total
        else:
            value[i] = 100.0 * (1.0 / d - 1.0) / n
            slopes[i] = -100.0 * change / (d * d * n)


@njit(cache=True)
def columns(theta: Floats, years: Floats, rows: Floats) -> None:
    """Loadings of zero yields and their derivatives by the log decays, (m, 7), as `fill` writes them."""
    for i in range(years.size):
        fill(years[i], theta[4], theta[5], rows[i])


@njit(cache=True)
def project(slopes: Floats, rest: Floats, q: Floats, r: Floats, beta: Floats) -> None:
    """Least squares of `rest` on the four columns of the betas, by Gram-Schmidt done twice; leaves in `rest` what remains,
    in `beta` the coefficients, in `q` (m, 4) the orthonormal columns."""
    m = rest.size
    r[:] = 0.0
    for j in range(4):
        q[:, j] = slopes[:, j]
        for _ in range(2):
            for k in range(j):
                dot = 0.0
                for i in range(m):
                    dot += q[i, k] * q[i, j]
                r[k, j] += dot
                for i in range(m):
                    q[i, j] -= dot * q[i, k]
        size = 0.0
        for i in range(m):
            size += q[i, j] * q[i, j]
        r[j, j] = max(np.sqrt(size), 1e-14)
        for i in range(m):
            q[i, j] /= r[j, j]
    for j in range(4):
        dot = 0.0
        for i in range(m):
            dot += q[i, j] * rest[i]
        beta[j] = dot
        for i in range(m):
            rest[i] -= dot * q[i, j]
    for j in range(3, -1, -1):
        for k in range(j + 1, 4):
            beta[j] -= r[j, k] * beta[k]
        beta[j] /= r[j, j]


@njit(cache=True)
def refine(
    y: Floats, years: Floats, starts: Floats, low: float, high: float, gap: float, priced: bool, steps: int, out: Floats
) -> None:
    """From `starts` (T, 6) downhill; `out` (T, 7) gets the parameters and the sum of squares.

    `low`, `high`, `gap`: bounds and least distance of the log decays. `priced`: `y` are par yields, else zero yields.
    """
    m = years.size
    value, slopes, rows, rest = np.empty(m), np.empty((m, 6)), np.empty((m, 7)), np.empty(m)
    q, r, beta = np.empty((m, 4)), np.zeros((4, 4)), np.empty(4)
    here, trial, shift, grad, hess = np.empty(6), np.empty(6), np.empty(2), np.empty(2), np.empty((2, 2))
    for t in range(y.shape[0]):
        here[:] = starts[t]
        trial[:] = here
        best, damping = np.inf, 1e-3
        for step in range(steps + 1):
            # A par yield is nearly linear in the betas: two corrections settle them for the decays of the trial.
            if priced:
                for _ in range(2):
                    par(trial, years, value, slopes)
                    rest[:] = y[t] - value
                    project(slopes, rest, q, r, beta)
                    for j in range(4):
                        trial[j] += beta[j]
                par(trial, years, value, slopes)
                rest[:] = y[t] - value
            else:
                columns(trial, years, rows)
                rest[:] = y[t]
                project(rows, rest, q, r, beta)
                trial[:4] = beta
                for i in range(m):
                    slopes[i, 4] = trial[1] * rows[i, 4] + trial[2] * rows[i, 5]
                    slopes[i, 5] = trial[3] * rows[i, 6]
            found = 0.0
            for i in range(m):
                found += rest[i] * rest[i]
            if found < best:
                small = best - found <= 1e-7 * found
                best = found
                here[:] = trial
                damping = max(damping * 0.1, 1e-9)
                if priced:
                    project(slopes, rest, q, r, beta)
                # What the betas cannot follow of a change of the decays.
                for k in range(2):
                    for j in range(4):
                        dot = 0.0
                        for i in range(m):
                            dot += q[i, j] * slopes[i, 4 + k]
                        for i in range(m):
                            slopes[i, 4 + k] -= dot * q[i, j]
                for k in range(2):
                    grad[k] = 0.0
                    for i in range(m):
                        grad[k] += slopes[i, 4 + k] * rest[i]
                    for j in range(2):
                        hess[k, j] = 0.0
                        for i in range(m):
                            hess[k, j] += slopes[i, 4 + k] * slopes[i, 4 + j]
                if small or best < 1e-22 * m:
                    break
            else:
                damping *= 10.0
                if damping > 1e6:
                    break
            if step == steps:
                break
            move(here, grad, hess, damping, low, high, gap, shift)
            if abs(shift[0]) + abs(shift[1]) < 1e-9:
                break
            trial[:] = here
            trial[4] = np.exp(np.log(here[4]) + shift[0])
            trial[5] = np.exp(np.log(here[5]) + shift[1])
        out[t, :6] = here
        out[t, 6] = best


@njit(cache=True)
def move(
    here: Floats, grad: Floats, hess: Floats, damping: float, low: float, high: float, gap: float, shift: Floats
) -> None:
    """The damped step of the two log decays, kept inside their bounds and in their order; a decay that stands at a bound
    and is pushed out stays, and two that stand at their least distance and are pushed together move as one."""
    s, g = (4, 5) if here[4] <= here[5] else (5, 4)
    a, b, down, up = np.log(here[s]), np.log(here[g]), grad[s - 4], grad[g - 4]
    fixed1 = (a <= low + 1e-12 and down < 0.0) or (a >= high - gap - 1e-12 and down > 0.0)
    fixed2 = (b >= high - 1e-12 and up > 0.0) or (b <= low + gap + 1e-12 and up < 0.0)
    # What is added is the same for both: a share of its own curvature would let a decay whose hump has a beta of nearly
    # nought go anywhere, so that every trial fails and the other decay stands still with it.
    more = damping * max(hess[0, 0], hess[1, 1]) + 1e-30
    h11, h12, h22 = hess[s - 4, s - 4] + more, hess[0, 1], hess[g - 4, g - 4] + more
    first, second = 0.0, 0.0
    if not fixed1 and not fixed2:
        det = h11 * h22 - h12 * h12
        first = (h22 * down - h12 * up) / det
        second = (h11 * up - h12 * down) / det
        if b - a <= gap + 1e-12 and second < first:
            first = second = (down + up) / (h11 + h22 + 2.0 * h12)
    elif not fixed1:
        first = down / h11
    elif not fixed2:
        second = up / h22
    # A step of a factor e at most: further away the slopes say nothing.
    size = max(abs(first), abs(second), 1.0)
    to = min(max(a + first / size, low), high - gap)
    shift[s - 4] = to - a
    shift[g - 4] = min(max(b + second / size, to + gap), high) - b


@njit(cache=True)
def nearest(own: Singles, rows: Singles, begins: Ints, left: Singles, out: Ints) -> None:
    """Per day the pair of decays whose columns explain most of it, into `out` (T,).

    Not a library's product of matrices: with eleven maturities its threads wait for each other longer than they work.

    Parameters
    ----------
    own : (decays, 2, m)
        Orthonormal slope and hump of each first decay: all its pairs share them.
    rows : (pairs, m)
        What the hump of the second decay adds, orthonormal to those, sorted by the first decay.
    begins : (decays + 1,)
        Where the pairs of a first decay begin.
    left : (m, T)
        The days, without what all pairs explain.
    """
    width = 256
    shared, part, best = np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32)
    score, which = np.empty(width, np.float32), np.empty(width, np.int32)
    for first in range(0, left.shape[1], width):
        days = left[:, first : min(first + width, left.shape[1])]
        best[:] = -1.0
        which[:] = 0
        for a in range(own.shape[0]):
            if begins[a] == begins[a + 1]:
                continue
            along(own[a, 0], days, part)
            for d in range(width):
                shared[d] = part[d] * part[d]
            along(own[a, 1], days, part)
            for d in range(width):
                shared[d] += part[d] * part[d]
            for p in range(begins[a], begins[a + 1]):
                along(rows[p], days, part)
                # Without a branch, which the compiler turns into steps of eight days.
                pair = np.int32(p)
                for d in range(width):
                    score[d] = shared[d] + part[d] * part[d]
                for d in range(width):
                    which[d] = pair if score[d] > best[d] else which[d]
                for d in range(width):
                    best[d] = max(best[d], score[d])
        for d in range(days.shape[1]):
            out[first + d] = which[d]


@njit(cache=True, inline="always")
def along(row: Singles, days: Singles, part: Singles) -> None:
    """The days (m, n) along a row (m,), into `part`; four maturities at once, so that it is written less often."""
    m, many = days.shape
    part[:] = 0.0
    i = 0
    while i + 4 <= m:
        r0, r1, r2, r3 = row[i], row[i + 1], row[i + 2], row[i + 3]
        for d in range(many):
            part[d] += (r0 * days[i, d] + r1 * days[i + 1, d]) + (r2 * days[i + 2, d] + r3 * days[i + 3, d])
        i += 4
    while i < m:
        r = row[i]
        for d in range(many):
            part[d] += r * days[i, d]
        i += 1
