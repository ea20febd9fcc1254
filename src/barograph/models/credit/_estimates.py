"""What is estimated about a spread each month: quantiles of its change, their draws, fair value, fifths."""

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
#: Digits that a state keeps of draws, which are random in the third.
DIGITS = 6


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


def refitted(x: Floats, y: Floats, penalty: Floats, counts: Ints | None = None) -> Floats:
    """Coefficients per level (5, 1 + k): fitted under the penalty, then without it on what that left; the rest is nought.

    The penalty selects and its shrinkage is undone. Belloni and Chernozhukov (2011), doi 10.1214/10-AOS827, section 2.3.

    Raises
    ------
    ValueError
        A column does not move or is a sum of others.
    """
    from barograph.models._kernels.quantile_regression import fit

    out = np.zeros((len(TAUS), x.shape[1]))
    for k, chosen in enumerate(fit(x, y, TAUS, penalty, counts) != 0.0):
        chosen[0] = True
        out[k, chosen] = fit(x[:, chosen], y, (TAUS[k],), None, counts)[0]
    return out


def band(panel: Panel, h: int, factor: float, alpha: float) -> tuple[dict[str, Any], Floats, Floats]:
    """Coefficients per level (5, 1 + k) and the unconditional quantiles of the same rows; with them x and the outcomes."""
    rows = rows_of(panel, h)
    y, x = panel.levels[rows + h] - panel.levels[rows], design(panel, rows)
    coefficients = refitted(x, y, penalties(rows.size, x.shape[1] - 1, h, factor, alpha))
    made = {
        "coefficients": coefficients.tolist(),
        "usual": np.quantile(y, TAUS).tolist(),
        "n": int(rows.size * stride_of(h) // h),
        "days": [str(panel.days[rows[0]]), str(panel.days[rows[-1] + h])],
        "mean": x[:, 1:].mean(axis=0).tolist(),
    }
    return made, x, y


def draws(x: Floats, y: Floats, penalty: Floats, block: int, count: int, seed: int) -> Floats:
    """Coefficients on rows drawn in circular blocks, selected and refitted in each draw; shape (up to `count`, 5, 1 + k).

    A draw in which a column stands still is left out. Blocks: Politis and Romano (1992); that selection has to be made again
    in each draw to be part of the uncertainty: Efron (2014), doi 10.1080/01621459.2013.823775.
    """
    n, out = y.size, []
    rng = np.random.default_rng(seed)
    for _ in range(count):
        at = (rng.integers(0, n, math.ceil(n / block))[:, None] + np.arange(block)).ravel()[:n] % n
        try:
            out.append(refitted(x, y, penalty, np.bincount(at, minlength=n)))
        except ValueError:
            continue
    return np.array(out).reshape(len(out), len(TAUS), x.shape[1])


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
