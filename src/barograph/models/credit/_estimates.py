"""What is estimated about a spread each month: quantiles of its change, their draws, fair value, fifths, its record."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barograph.models.credit._panel import Panel, ranks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TAUS = (0.05, 0.25, 0.50, 0.75, 0.95)
#: Digits that a state keeps of draws, which are random in the third; whole horizons learnt from before a year is tried.
DIGITS, LEARNT = 6, 40


def stride_of(h: int) -> int:
    """Every how manieth session is a row: outcomes over h sessions overlap, five in each horizon say what all say."""
    return max(h // 5, 1)


def rows_of(panel: Panel, h: int) -> Ints:
    """Rows with all regressors and an outcome, thinned backwards from the newest; rising."""
    whole = np.flatnonzero(np.isfinite(panel.x).all(axis=1))
    whole = whole[whole + h < panel.levels.size]
    return whole[::-1][:: stride_of(h)][::-1]


def penalties(n: int, k: int, h: int, factor: float, alpha: float) -> Floats:
    """Per level factor sqrt(tau (1 - tau)) sqrt(n m) z, z the normal quantile of 1 - alpha/2k; shape (5,).

    Belloni and Chernozhukov (2011), doi 10.1214/10-AOS827, by the normal bound. m rows overlap in each outcome: the score's
    variance is up to m times that of independent rows, which the published rule does not know.
    """
    z = NormalDist().inv_cdf(1.0 - alpha / (2.0 * k))
    overlap = h / stride_of(h)
    return np.array([factor * math.sqrt(t * (1.0 - t) * n * overlap) * z for t in TAUS])


def design(panel: Panel, rows: Ints) -> Floats:
    """Ones and the regressors, shape (n, 1 + k)."""
    return np.column_stack([np.ones(rows.size), panel.x[rows]])


def band(panel: Panel, h: int, factor: float, alpha: float) -> tuple[dict[str, Any], Floats, Floats]:
    """Coefficients per level (5, 1 + k) and the unconditional quantiles of the same rows; with them x and the residuals."""
    from barograph.models._kernels.quantile_regression import fit

    rows = rows_of(panel, h)
    y, x = panel.levels[rows + h] - panel.levels[rows], design(panel, rows)
    coefficients = fit(x, y, TAUS, penalties(rows.size, x.shape[1] - 1, h, factor, alpha))
    made = {
        "coefficients": coefficients.tolist(),
        "usual": np.quantile(y, TAUS).tolist(),
        "n": int(rows.size * stride_of(h) // h),
        "days": [str(panel.days[rows[0]]), str(panel.days[rows[-1] + h])],
        "mean": x[:, 1:].mean(axis=0).tolist(),
    }
    return made, x, y[None, :] - coefficients @ x.T


def draws(x: Floats, residuals: Floats, coefficients: Floats, block: int, count: int, seed: int) -> Floats:
    """Coefficients under a block bootstrap of the scores, shape (count, 5, 1 + k); those that the penalty put to nought stay.

    b* = b + J^-1 sum over drawn blocks of x_i (tau - 1{u_i < 0}) less its mean, J by Powell's kernel at the bandwidth of Hall
    and Sheather (1988). One draw of blocks serves all levels. Kline and Santos (2012), doi 10.1515/2156-6674.1006; blocks:
    Kunsch (1989), doi 10.1214/aos/1176347265.
    """
    n = x.shape[0]
    at = np.random.default_rng(seed).integers(0, n, (count, math.ceil(n / block)))
    sizes = np.full(at.shape, block)
    sizes[:, -1] = n - block * (at.shape[1] - 1)
    out = np.repeat(coefficients[None], count, axis=0)
    for k, tau in enumerate(TAUS):
        used = np.flatnonzero(coefficients[k] != 0.0)
        u = residuals[k]
        near = np.abs(u) < _bandwidth(u, tau)
        xs = x[:, used]
        spread = xs[near].T @ xs[near] / (2.0 * _bandwidth(u, tau))
        scores = xs * (tau - (u < 0.0))[:, None]
        scores -= scores.mean(axis=0)
        sums = np.concatenate([np.zeros((1, used.size)), np.cumsum(np.concatenate([scores, scores[:block]]), axis=0)])
        drawn = (sums[at + sizes] - sums[at]).sum(axis=1)
        out[:, k, used] += np.linalg.lstsq(spread, drawn.T, rcond=None)[0].T
    return out


def _bandwidth(u: Floats, tau: float) -> float:
    normal = NormalDist()
    z, n = normal.inv_cdf(tau), u.size
    half = normal.inv_cdf(0.975) ** (2.0 / 3.0) * (1.5 * normal.pdf(z) ** 2 / (2.0 * z * z + 1.0)) ** (1.0 / 3.0)
    half = min(half * n ** (-1.0 / 3.0), 0.9 * min(tau, 1.0 - tau))
    low, high = np.quantile(u, [0.25, 0.75])
    size = min(float(u.std()), float(high - low) / 1.34) or float(u.std()) or 1.0
    return size * (normal.inv_cdf(tau + half) - normal.inv_cdf(tau - half))


def fifths(levels: Floats, h: int, least: int) -> list[list[float]]:
    """Quantiles .05, .5, .95 of h-session changes by the fifth of the level's percentile point in time, and how many rows.

    A percentile counts once `least` levels were known. Fifths from the tightest to the widest; shape (5, 4), NaN-free: a fifth
    with no row is an empty list.
    """
    place = ranks(levels, least)[: levels.size - h]
    moves = levels[h:] - levels[:-h]
    fifth = np.where(np.isfinite(place), np.minimum(place // 20.0, 4.0), -1.0)
    out: list[list[float]] = []
    for k in range(5):
        held = moves[fifth == k]
        out.append([*np.quantile(held, [0.05, 0.5, 0.95]).tolist(), float(held.size)] if held.size else [])
    return out


def fair_value(panel: Panel, block: int, count: int, seed: int) -> dict[str, Any]:
    """Least squares of the level on the regressors without its own percentile, with draws of coefficients and one residual.

    The residual bootstrap keeps the regressors and strings blocks of residuals together. Each draw holds the coefficients and
    a residual of its own: the spread of their sum is that of a level, not of the line.
    """
    rows = rows_of(panel, 5)  # one row a session
    x, y = design(panel, rows)[:, [0, *range(2, 1 + panel.x.shape[1])]], panel.levels[rows]
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ coefficients
    rng, n = np.random.default_rng(seed), rows.size
    pieces = rng.integers(0, n, (count, math.ceil(n / block)))
    at = (pieces[:, :, None] + np.arange(block)).reshape(count, -1)[:, :n] % n
    moved = np.linalg.lstsq(x.T @ x, x.T @ rest[at].T, rcond=None)[0].T + coefficients
    made = np.column_stack([moved, rest[rng.integers(0, n, count)]])
    total = float(((y - y.mean()) ** 2).sum())
    return {
        "coefficients": coefficients.tolist(),
        "draws": rounded(made),
        "n": int(n // block),
        "r2": 1.0 - float(rest @ rest) / total if total > 0.0 else 0.0,
    }


def rounded(values: Floats) -> Any:
    """Nested lists of numbers with DIGITS digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(values == 0.0, 1.0, 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(values)))))
    return (np.round(values * size) / size).tolist()


def record(panel: Panel, h: int, years: int, factor: float, alpha: float) -> dict[str, Any] | None:
    """The rule refitted on each first of January and tried on the year's rows, over the last `years` that have outcomes.

    Per row the mean over levels of rho of the outcome, conditional and unconditional, both from rows whose outcome had come
    when the year began; whether it fell into the 90 and the 50 per cent band. None under two tried years.
    """
    from barograph.models._kernels.quantile_regression import expanding, rearranged

    rows = rows_of(panel, h)
    y, x = panel.levels[rows + h] - panel.levels[rows], design(panel, rows)
    made, came = panel.days[rows], panel.days[rows + h]
    last = panel.days[-1].astype("datetime64[Y]")
    tried: list[tuple[int, int, int]] = []  # rows to learn from, first and last row to try
    for back in range(years - 1, -1, -1):
        begin, over = (np.datetime64(last - back + k, "D") for k in (0, 1))
        known, first, stop = (int(np.searchsorted(d, t)) for d, t in ((came, begin), (made, begin), (made, over)))
        if known * stride_of(h) // h >= LEARNT and stop > first:
            tried.append((known, first, stop))
    if len(tried) < 2:
        return None
    ends = np.array([known for known, _, _ in tried])
    fitted = expanding(x, y, TAUS, ends, penalties(int(ends[0]), x.shape[1] - 1, h, factor, alpha))
    losses, inside = [], []
    for coefficients, (known, first, stop) in zip(fitted, tried, strict=True):
        outcome = y[first:stop, None]
        band_ = rearranged(x[first:stop] @ coefficients.T)
        usual = np.quantile(y[:known], TAUS)[None, :]
        losses.append(np.column_stack([pinball(outcome - q).mean(axis=1) for q in (band_, usual)]))
        inside.append((band_[:, :2] <= outcome) & (outcome <= band_[:, :2:-1]))
    return {
        "losses": np.concatenate(losses),
        "inside": np.concatenate(inside),
        "days": [str(made[tried[0][1]]), str(came[tried[-1][2] - 1])],
    }


def pinball(errors: Floats) -> Floats:
    """rho of the outcome less each quantile, errors (n, 5) by level."""
    return np.asarray(errors * (np.array(TAUS) - (errors < 0.0)), dtype=np.float64)
