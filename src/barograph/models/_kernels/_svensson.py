"""What is compiled of Svensson's curve: loadings and their slopes, zero and par yields, the refinement of a fit."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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
def zero(theta: Floats, years: Floats, value: Floats, slopes: Floats) -> None:
    """Zero yields of one curve and their derivatives, as in `par`."""
    row = np.empty(7)
    for i in range(years.size):
        fill(years[i], theta[4], theta[5], row)
        value[i] = theta[0] + theta[1] * row[1] + theta[2] * row[2] + theta[3] * row[3]
        slopes[i, :4] = row[:4]
        slopes[i, 4] = theta[1] * row[4] + theta[2] * row[5]
        slopes[i, 5] = theta[3] * row[6]


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
    value, slopes, rest = np.empty(m), np.empty((m, 6)), np.empty(m)
    q, r, beta = np.empty((m, 4)), np.zeros((4, 4)), np.empty(4)
    here, trial, shift, grad, hess = np.empty(6), np.empty(6), np.empty(2), np.empty(2), np.empty((2, 2))
    for t in range(y.shape[0]):
        here[:] = starts[t]
        trial[:] = here
        best, damping = np.inf, 1e-3
        for step in range(steps + 1):
            # A par yield is nearly linear in the betas: two corrections settle them for the decays of the trial.
            for _ in range(2 if priced else 1):
                if priced:
                    par(trial, years, value, slopes)
                else:
                    zero(trial, years, value, slopes)
                rest[:] = y[t] - value
                project(slopes, rest, q, r, beta)
                for j in range(4):
                    trial[j] += beta[j]
            if priced:
                par(trial, years, value, slopes)
                rest[:] = y[t] - value
            else:
                zero(trial, years, value, slopes)
            found = 0.0
            for i in range(m):
                found += rest[i] * rest[i]
            if found < best:
                small = best - found <= 1e-9 * found
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
    here: Floats, grad: Floats, hess: Floats, damping: float, low: float, high: float, gap: float, move: Floats
) -> None:
    """The damped step of the two log decays, kept inside their bounds; a decay that stands at a bound and is pushed out
    stays, and two that stand at their least distance and are pushed together move as one."""
    a, b = np.log(here[4]), np.log(here[5])
    fixed1 = (a <= low + 1e-12 and grad[0] < 0.0) or (a >= high - gap - 1e-12 and grad[0] > 0.0)
    fixed2 = (b >= high - 1e-12 and grad[1] > 0.0) or (b <= low + gap + 1e-12 and grad[1] < 0.0)
    h11, h22, h12 = hess[0, 0] * (1.0 + damping) + 1e-30, hess[1, 1] * (1.0 + damping) + 1e-30, hess[0, 1]
    move[:] = 0.0
    if not fixed1 and not fixed2:
        det = h11 * h22 - h12 * h12
        move[0] = (h22 * grad[0] - h12 * grad[1]) / det
        move[1] = (h11 * grad[1] - h12 * grad[0]) / det
        if b - a <= gap + 1e-12 and move[1] < move[0]:
            both = (grad[0] + grad[1]) / (h11 + h22 + 2.0 * h12)
            move[0] = move[1] = both
    elif not fixed1:
        move[0] = grad[0] / h11
    elif not fixed2:
        move[1] = grad[1] / h22
    # A step of a factor e at most: further away the slopes say nothing.
    size = max(abs(move[0]), abs(move[1]))
    if size > 1.0:
        move /= size
    first = min(max(a + move[0], low), high - gap)
    second = min(max(b + move[1], first + gap), high)
    move[0], move[1] = first - a, second - b
