"""Svensson's curve: its zero, forward and par yields, and its fit to zero or to par yields of many days at once.

y(n) = b0 + b1 s(n/t1) + b2 [s(n/t1) - exp(-n/t1)] + b3 [s(n/t2) - exp(-n/t2)], s(x) = (1 - exp(-x))/x; Svensson (1994, doi
10.3386/w4871), Gurkaynak, Sack and Wright (2007, doi 10.1016/j.jmoneco.2007.06.029). Near-equal decays make betas that
cancel: the curve is what was fitted, its betas mean nothing.

The fit takes the best pair of decays from a grid (projected least squares, one product of matrices for all days) and
refines it by Gauss-Newton with the betas projected out (Golub and Pereyra 1973, doi 10.1137/0710036; Kaufman 1975, doi
10.1007/BF01932995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: The shortest and the longest decay of a fit, in years.
BOUNDS = (0.08, 30.0)
#: The second decay is at least so many times the first: nearer ones cannot be told apart.
RATIO = 1.05
#: Decays of the grid; every pair of them that RATIO allows is tried.
GRID = 16
#: Diebold and Li (2006, doi 10.1016/j.jeconom.2005.03.005): decay per month at which curvature peaks at 30 months.
LAMBDA = 0.0609
#: Values of a day without which there is nothing to fit.
LEAST = 6


@dataclass(frozen=True, slots=True)
class Fits:
    """`params` (T, 6): b0, b1, b2, b3 in per cent, t1, t2 in years; `rmse` (T,) in bp. NaN where a day has under LEAST values."""

    params: Floats
    rmse: Floats


@njit(cache=True)
def _fill(n: float, t1: float, t2: float, out: Floats) -> None:
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


def loadings(years: Floats, tau1: float, tau2: float) -> Floats:
    """Loadings (k, 4) of zero yields on b0..b3; a `tau2` of zero or less (the files' -999.99) means Nelson-Siegel only."""
    out, row = np.empty((len(years), 4)), np.empty(7)
    for i, n in enumerate(np.asarray(years, dtype=np.float64)):
        _fill(n, tau1, tau2, row)
        out[i] = row[:4]
    return out


@njit(cache=True)
def _zero_yields(params: Floats, years: Floats, out: Floats) -> None:
    row = np.empty(7)
    for t in range(params.shape[0]):
        for i in range(years.size):
            _fill(years[i], params[t, 4], params[t, 5], row)
            out[t, i] = params[t, 0] + params[t, 1] * row[1] + params[t, 2] * row[2] + params[t, 3] * row[3]


def zero_yields(params: Floats, years: Floats) -> Floats:
    """Continuously compounded zero-coupon yields (T, k), per cent, of curves (T, 6) at maturities (k,) in years."""
    params, years = np.atleast_2d(np.asarray(params, dtype=np.float64)), np.asarray(years, dtype=np.float64)
    out = np.empty((params.shape[0], years.size))
    _zero_yields(params, years, out)
    return out


def forwards(params: Floats, years: Floats) -> Floats:
    """Instantaneous forward rates (T, k), per cent: b0 + b1 exp(-n/t1) + b2 n/t1 exp(-n/t1) + b3 n/t2 exp(-n/t2)."""
    p, n = np.atleast_2d(np.asarray(params, dtype=np.float64)), np.asarray(years, dtype=np.float64)
    x = n / p[:, 4:5]
    has = p[:, 5:6] > 0.0
    z = n / np.where(has, p[:, 5:6], 1.0)
    out = p[:, :1] + (p[:, 1:2] + p[:, 2:3] * x) * np.exp(-x) + np.where(has, p[:, 3:4], 0.0) * z * np.exp(-z)
    return np.asarray(out, dtype=np.float64)


@njit(cache=True)
def _par(theta: Floats, years: Floats, value: Floats, slopes: Floats) -> None:
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
        last = int(round(2.0 * n)) if n > 0.5 else 0
        d = 1.0
        for half in range(first, last + 1):
            at = 0.5 * half if n > 0.5 else n
            _fill(at, theta[4], theta[5], row)
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
def _zero(theta: Floats, years: Floats, value: Floats, slopes: Floats) -> None:
    """Zero yields of one curve and their derivatives, as in `_par`."""
    row = np.empty(7)
    for i in range(years.size):
        _fill(years[i], theta[4], theta[5], row)
        value[i] = theta[0] + theta[1] * row[1] + theta[2] * row[2] + theta[3] * row[3]
        slopes[i, :4] = row[:4]
        slopes[i, 4] = theta[1] * row[4] + theta[2] * row[5]
        slopes[i, 5] = theta[3] * row[6]


@njit(cache=True)
def _project(slopes: Floats, rest: Floats, q: Floats, r: Floats, beta: Floats) -> None:
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
def _refine(
    y: Floats, years: Floats, starts: Floats, low: float, high: float, gap: float, par: bool, steps: int, out: Floats
) -> None:
    """From `starts` (T, 6) downhill; `out` (T, 7): parameters and the sum of squares. `low`, `high`: of log decays."""
    m = years.size
    value, slopes, rest = np.empty(m), np.empty((m, 6)), np.empty(m)
    q, r, beta = np.empty((m, 4)), np.zeros((4, 4)), np.empty(4)
    here, trial, move, grad, hess = np.empty(6), np.empty(6), np.empty(2), np.empty(2), np.empty((2, 2))
    for t in range(y.shape[0]):
        here[:] = starts[t]
        trial[:] = here
        best, damping = np.inf, 1e-3
        for step in range(steps + 1):
            # A par yield is nearly linear in the betas: two corrections settle them for the decays of the trial.
            for _ in range(2 if par else 1):
                if par:
                    _par(trial, years, value, slopes)
                else:
                    _zero(trial, years, value, slopes)
                rest[:] = y[t] - value
                _project(slopes, rest, q, r, beta)
                for j in range(4):
                    trial[j] += beta[j]
            if par:
                _par(trial, years, value, slopes)
                rest[:] = y[t] - value
            else:
                _zero(trial, years, value, slopes)
            found = 0.0
            for i in range(m):
                found += rest[i] * rest[i]
            if found < best:
                small = best - found <= 1e-9 * found
                best = found
                here[:] = trial
                damping = max(damping * 0.1, 1e-9)
                if par:
                    _project(slopes, rest, q, r, beta)
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
            _move(here, grad, hess, damping, low, high, gap, move)
            if abs(move[0]) + abs(move[1]) < 1e-9:
                break
            trial[:] = here
            trial[4] = np.exp(np.log(here[4]) + move[0])
            trial[5] = np.exp(np.log(here[5]) + move[1])
        out[t, :6] = here
        out[t, 6] = best


@njit(cache=True)
def _move(
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


def par_yields(params: Floats, years: Floats) -> Floats:
    """Par yields (T, k), per cent, compounded twice a year, of curves (T, 6); up to half a year simple interest.

    Raises
    ------
    ValueError
        A maturity over half a year that is no multiple of it, or maturities that do not rise.
    """
    p, n = np.atleast_2d(np.asarray(params, dtype=np.float64)), _coupon_years(years)
    out, slopes = np.empty((p.shape[0], n.size)), np.empty((n.size, 6))
    for theta, row in zip(p, out, strict=True):
        _par(theta, n, row, slopes)
    return out


def fit_zero(years: Floats, yields: Floats, *, bounds: tuple[float, float] = BOUNDS, steps: int = 40) -> Fits:
    """The curve nearest to the zero yields of each day, in squares.

    Parameters
    ----------
    years : (m,)
        Maturities in years, rising.
    yields : (T, m)
        Continuously compounded zero yields, per cent; NaN where there is none.
    bounds
        Of both decays, years.
    steps
        Of the refinement at most.
    """
    return _fit(np.asarray(years, dtype=np.float64), yields, False, bounds, steps)


def fit_par(years: Floats, yields: Floats, *, bounds: tuple[float, float] = BOUNDS, steps: int = 40) -> Fits:
    """The curve whose own par yields are nearest to those of each day, in squares; arguments as in `fit_zero`.

    `years` are half a year or less (bond-equivalent simple interest) or multiples of half a year.
    """
    return _fit(_coupon_years(years), yields, True, bounds, steps)


def nelson_siegel_fixed(years: Floats, yields: Floats, decay: float = LAMBDA) -> Floats:
    """Level b0, slope -b1 and curvature b2 (T, 3), per cent, by least squares on zero yields (T, k) at fixed decay per month."""
    design = loadings(years, 1.0 / (12.0 * decay), -1.0)[:, :3]
    betas = np.atleast_2d(yields) @ np.linalg.pinv(design).T
    return np.asarray(betas * np.array([1.0, -1.0, 1.0]))


def _coupon_years(years: Floats) -> Floats:
    n = np.asarray(years, dtype=np.float64)
    if (np.diff(n) <= 0.0).any() or ((n > 0.5) & (np.abs(2.0 * n - np.round(2.0 * n)) > 1e-9)).any():
        raise ValueError(f"maturities of par yields rise and are multiples of half a year beyond one half: {n}")
    return n


def _fit(years: Floats, yields: Floats, par: bool, bounds: tuple[float, float], steps: int) -> Fits:
    y = np.atleast_2d(np.asarray(yields, dtype=np.float64))
    params, rmse = np.full((y.shape[0], 6), np.nan), np.full(y.shape[0], np.nan)
    known = np.isfinite(y)
    masks, group = np.unique(known, axis=0, return_inverse=True)
    for g, mask in enumerate(masks):
        if mask.sum() < LEAST:
            continue
        days = np.flatnonzero(group.ravel() == g)
        part, n = np.ascontiguousarray(y[np.ix_(days, mask)]), np.ascontiguousarray(years[mask])
        out = np.empty((days.size, 7))
        logs = np.log(bounds[0]), np.log(bounds[1]), np.log(RATIO)
        _refine(part, n, _starts(n, part, par, bounds), *logs, par, steps, out)
        params[days] = out[:, :6]
        rmse[days] = 100.0 * np.sqrt(out[:, 6] / n.size)
    return Fits(params, rmse)


def _starts(years: Floats, y: Floats, par: bool, bounds: tuple[float, float]) -> Floats:
    """Per day the pair of the grid that leaves least, (T, 6), from a flat curve at the mean of all yields.

    A par yield counts here as linear in the zero yields of its coupons, with the weights that it has on that flat curve.
    """
    nodes, flat = np.geomspace(bounds[0], bounds[1], GRID), float(y.mean())
    pairs = np.array([(a, b) for a in nodes for b in nodes if b >= a * RATIO])
    if par:
        at = np.unique(np.concatenate([years[years <= 0.5], np.arange(1, round(2.0 * max(years[-1], 0.5)) + 1) / 2.0]))
        base, weights = _weights(years, at, flat)
    else:
        at, base, weights = years, np.zeros(years.size), np.eye(years.size)
    q = np.linalg.qr(np.array([weights @ loadings(at, a, b) for a, b in pairs]))[0]
    rows = np.ascontiguousarray(q.transpose(0, 2, 1).reshape(4 * len(pairs), years.size))
    out = np.zeros((y.shape[0], 6))
    out[:, 0] = flat
    for first in range(0, y.shape[0], 512):
        explained = ((rows @ (y[first : first + 512] - base).T) ** 2).reshape(len(pairs), 4, -1).sum(axis=1)
        out[first : first + 512, 4:] = pairs[explained.argmax(axis=0)]
    return out


def _weights(years: Floats, at: Floats, flat: float) -> tuple[Floats, Floats]:
    """Par yields as base (m,) + weights (m, k) @ zero yields at `at`, around a curve flat at `flat`."""
    d = np.exp(-0.01 * flat * at)
    value, weights = np.empty(years.size), np.zeros((years.size, at.size))
    halves = np.abs(2.0 * at - np.round(2.0 * at)) < 1e-9
    for i, n in enumerate(years):
        end = int(np.abs(at - n).argmin())
        if n > 0.5:
            paid = halves & (at <= n + 1e-9)
            total = float(d[paid].sum())
            value[i] = 200.0 * (1.0 - d[end]) / total
            weights[i, paid] = value[i] * 0.01 * at[paid] * d[paid] / total
            weights[i, end] += 200.0 * 0.01 * n * d[end] / total
        else:
            value[i] = 100.0 * (1.0 / d[end] - 1.0) / n
            weights[i, end] = 1.0 / d[end]
    return value - weights.sum(axis=1) * flat, weights
