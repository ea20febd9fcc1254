"""Svensson's curve: its zero, forward and par yields, and its fit to zero or to par yields of many days at once.

y(n) = b0 + b1 s(n/t1) + b2 [s(n/t1) - exp(-n/t1)] + b3 [s(n/t2) - exp(-n/t2)], s(x) = (1 - exp(-x))/x; Svensson (1994, doi
10.3386/w4871), Gurkaynak, Sack and Wright (2007, doi 10.1016/j.jmoneco.2007.06.029). Near-equal decays make betas that
cancel: the curve is what was fitted, its betas mean nothing.

The fit takes the best pairs of decays from a grid (projected least squares, all days at once) and
refines them by Gauss-Newton with the betas projected out (Golub and Pereyra 1973, doi 10.1137/0710036; Kaufman 1975, doi
10.1007/BF01932995).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels import _svensson as compiled

Floats = NDArray[np.float64]
#: The shortest and the longest decay of a fit, in years.
BOUNDS = (0.08, 30.0)
#: The larger decay is at least so many times the smaller: nearer ones cannot be told apart.
RATIO = 1.05
#: Decays of the grid; every pair of two different ones is tried.
GRID = 28
#: Steps of the refinement at most.
STEPS = 15
#: Diebold and Li (2006, doi 10.1016/j.jeconom.2005.03.005): decay per month at which curvature peaks at 30 months.
LAMBDA = 0.0609
#: Level of the flat curve that every fit begins with, per cent.
FLAT = 4.0
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
    masks, group = np.unique(np.isfinite(y), axis=0, return_inverse=True)
    logs = math.log(bounds[0]), math.log(bounds[1]), math.log(RATIO)
    for g, mask in enumerate(masks):
        if mask.sum() < LEAST:
            continue
        days = np.flatnonzero(group.ravel() == g)
        part, n = np.ascontiguousarray(y[np.ix_(days, mask)]), np.ascontiguousarray(years[mask])
        best = np.full((days.size, 7), np.inf)
        for grid in _grids(tuple(n.tolist()), par, bounds):
            out = np.empty((days.size, 7))
            compiled.refine(part, n, grid.starts(part), *logs, par, steps, out)
            nearer = out[:, 6] < best[:, 6]
            best[nearer] = out[nearer]
        params[days] = best[:, :6]
        rmse[days] = 100.0 * np.sqrt(best[:, 6] / n.size)
    return Fits(params, rmse)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Pairs of decays (pairs, 2), sorted by the first, with what each explains of a day beside the `level` (m,) that all
    explain, after `base` (m,) is taken off: slope and hump of the first decay, `own` (decays, 2, m), and what the hump of the
    second adds, `rows` (pairs, m), all orthonormal; the pairs of a first decay begin at `begins` (decays + 1,)."""

    decays: Floats
    own: NDArray[np.float32]
    rows: NDArray[np.float32]
    begins: NDArray[np.int64]
    level: Floats
    base: Floats

    def starts(self, y: Floats) -> Floats:
        """Per day the pair that leaves least, (T, 6), with a flat curve to begin with."""
        rest = y - self.base
        left = np.ascontiguousarray((rest - np.outer(rest @ self.level, self.level)).T).astype(np.float32)
        best = np.zeros(y.shape[0], dtype=np.int64)
        compiled.nearest(self.own, self.rows, self.begins, left, best)
        out = np.zeros((y.shape[0], 6))
        out[:, 0], out[:, 4:] = FLAT, self.decays[best]
        return out


@lru_cache(maxsize=64)
def _grids(years: tuple[float, ...], par: bool, bounds: tuple[float, float]) -> tuple[_Grid, _Grid]:
    """The grid with the first decay the smaller and the one with the second: a start from each is refined.

    A par yield counts here as linear in the zero yields of its coupons, with the weights that it has on a flat curve at FLAT,
    which makes a day's fit its own: no other day has a part in it.
    """
    n = np.array(years)
    nodes = np.geomspace(bounds[0], bounds[1], GRID)
    if par:
        at = np.unique(np.concatenate([n[n <= 0.5], np.arange(1, round(2.0 * max(n[-1], 0.5)) + 1) / 2.0]))
        base, weights = _weights(n, at)
    else:
        at, base, weights = n, np.zeros(n.size), np.eye(n.size)
    # Per node: what the level, the slope and the hump of that decay add to each yield, (nodes, 3, m).
    parts = np.array([(weights @ loadings(at, node, -1.0)[:, :3]).T for node in nodes])
    level = parts[0, 0] / np.linalg.norm(parts[0, 0])
    own = np.empty((GRID, 2, n.size))
    for k in range(2):
        own[:, k] = _beside(parts[:, k + 1], level[None, :], *(own[:, j] for j in range(k)))
    first, second = np.nonzero(~np.eye(GRID, dtype=bool))
    rows = _beside(parts[second, 2], level[None, :], own[first, 0], own[first, 1])
    made = []
    for kept in (first < second, first > second):
        begins = np.searchsorted(first[kept], np.arange(GRID + 1))
        decays = np.column_stack([nodes[first[kept]], nodes[second[kept]]])
        made.append(_Grid(decays, own.astype(np.float32), rows[kept].astype(np.float32), begins, level, base))
    return made[0], made[1]


def _beside(columns: Floats, *others: Floats) -> Floats:
    """Columns (k, m) without what the orthonormal others hold of them, of length one."""
    for _ in range(2):  # twice: humps of near decays are nearly each other's
        for other in others:
            columns = columns - np.sum(columns * other, axis=1, keepdims=True) * other
    return np.asarray(columns / np.linalg.norm(columns, axis=1, keepdims=True))


def _weights(years: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Par yields as base (m,) + weights (m, k) @ zero yields at `at`, around a curve flat at FLAT."""
    d = np.exp(-0.01 * FLAT * at)
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
    return value - weights.sum(axis=1) * FLAT, weights
