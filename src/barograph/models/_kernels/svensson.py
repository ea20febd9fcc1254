"""Svensson's curve: its zero, forward and par yields, and its fit to zero or to par yields of many days at once.

y(n) = b0 + b1 s(n/t1) + b2 [s(n/t1) - exp(-n/t1)] + b3 [s(n/t2) - exp(-n/t2)], s(x) = (1 - exp(-x))/x; Svensson (1994, doi
10.3386/w4871), Gurkaynak, Sack and Wright (2007, doi 10.1016/j.jmoneco.2007.06.029). Near-equal decays make betas that
cancel: the curve is what was fitted, its betas mean nothing.

The fit takes the best pair of decays from a grid (projected least squares, one product of matrices for all days) and
refines it by Gauss-Newton with the betas projected out (Golub and Pereyra 1973, doi 10.1137/0710036; Kaufman 1975, doi
10.1007/BF01932995).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels import _svensson as compiled

Floats = NDArray[np.float64]
#: The shortest and the longest decay of a fit, in years.
BOUNDS = (0.08, 30.0)
#: The second decay is at least so many times the first: nearer ones cannot be told apart.
RATIO = 1.05
#: Decays of the grid; every pair of them that RATIO allows is tried.
GRID = 40
#: Steps of the refinement at most.
STEPS = 15
#: Diebold and Li (2006, doi 10.1016/j.jeconom.2005.03.005): decay per month at which curvature peaks at 30 months.
LAMBDA = 0.0609
#: Values of a day without which there is nothing to fit.
LEAST = 6


@dataclass(frozen=True, slots=True)
class Fits:
    """`params` (T, 6): b0, b1, b2, b3 in per cent, t1, t2 in years; `rmse` (T,) in bp. NaN where a day has under LEAST values."""

    params: Floats
    rmse: Floats


def loadings(years: Floats, tau1: float, tau2: float) -> Floats:
    """Loadings (k, 4) of zero yields on b0..b3; a `tau2` of zero or less (the files' -999.99) means Nelson-Siegel only."""
    out, row = np.empty((len(years), 4)), np.empty(7)
    for i, n in enumerate(np.asarray(years, dtype=np.float64)):
        compiled.fill(n, tau1, tau2, row)
        out[i] = row[:4]
    return out


def zero_yields(params: Floats, years: Floats) -> Floats:
    """Continuously compounded zero-coupon yields (T, k), per cent, of curves (T, 6) at maturities (k,) in years."""
    params, years = np.atleast_2d(np.asarray(params, dtype=np.float64)), np.asarray(years, dtype=np.float64)
    out = np.empty((params.shape[0], years.size))
    compiled.zero_yields(params, years, out)
    return out


def forwards(params: Floats, years: Floats) -> Floats:
    """Instantaneous forward rates (T, k), per cent: b0 + b1 exp(-n/t1) + b2 n/t1 exp(-n/t1) + b3 n/t2 exp(-n/t2)."""
    p, n = np.atleast_2d(np.asarray(params, dtype=np.float64)), np.asarray(years, dtype=np.float64)
    x = n / p[:, 4:5]
    has = p[:, 5:6] > 0.0
    z = n / np.where(has, p[:, 5:6], 1.0)
    out = p[:, :1] + (p[:, 1:2] + p[:, 2:3] * x) * np.exp(-x) + np.where(has, p[:, 3:4], 0.0) * z * np.exp(-z)
    return np.asarray(out, dtype=np.float64)


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
        compiled.par(theta, n, row, slopes)
    return out


def fit_zero(years: Floats, yields: Floats, *, bounds: tuple[float, float] = BOUNDS, steps: int = STEPS) -> Fits:
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


def fit_par(years: Floats, yields: Floats, *, bounds: tuple[float, float] = BOUNDS, steps: int = STEPS) -> Fits:
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
        logs = math.log(bounds[0]), math.log(bounds[1]), math.log(RATIO)
        compiled.refine(part, n, _starts(n, part, par, bounds), *logs, par, steps, out)
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
    # The first column is every pair's own: out of the days beforehand, and single precision is enough to rank the rest.
    level, rows = q[0, :, 0], np.ascontiguousarray(q[:, :, 1:].transpose(0, 2, 1), dtype=np.float32)
    left = y - base
    left = np.ascontiguousarray((left - np.outer(left @ level, level)).T, dtype=np.float32)
    out = np.zeros((y.shape[0], 6))
    out[:, 0] = flat
    for first in range(0, y.shape[0], 512):
        explained = rows.reshape(-1, years.size) @ left[:, first : first + 512]
        np.square(explained, out=explained)
        best = explained.reshape(len(pairs), 3, -1).sum(axis=1).argmax(axis=0)
        out[first : first + 512, 4:] = pairs[best]
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
