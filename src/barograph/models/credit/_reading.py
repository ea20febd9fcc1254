"""What the month's estimates say about a spread today: bands, tilt by driver, asymmetry, fair value, carry, all in bp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barograph.models.credit._estimates import TAUS

Floats = NDArray[np.float64]
WORDS = ("q05", "q25", "q50", "q75", "q95")
#: Ends of a 90 per cent interval among draws.
ENDS = (0.05, 0.95)


def quantiles(coefficients: Any, x: Floats) -> Floats:
    """Conditional quantiles at regressors x (k,), not crossing; draws stand before the last axis."""
    return np.sort(np.asarray(coefficients, dtype=np.float64) @ np.concatenate([[1.0], x]), axis=-1)


def asymmetry(found: Floats) -> Floats:
    """(Q95 - Q50) / (Q50 - Q05) along the last axis; infinite where the lower tail has no length."""
    up, down = found[..., 4] - found[..., 2], found[..., 2] - found[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(down > 0.0, up / down, np.inf)


def interval(draws: Floats) -> tuple[float, float] | None:
    """The ends of the middle 90 per cent of the draws as they stand in order; None where one of them is not finite."""
    ordered = np.sort(draws)
    low, high = (float(ordered[round((draws.size - 1) * e)]) for e in ENDS)
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None


def exceeds(found: Floats, threshold: float) -> Floats:
    """P(change > threshold) in per cent by straight lines between the quantiles; 95 and 5 stand for what lies beyond.

    Parameters
    ----------
    found : (..., 5)
    """
    flat = found.reshape(-1, len(TAUS))
    out = [100.0 * (1.0 - float(np.interp(threshold, q, TAUS))) for q in flat]
    return np.array(out).reshape(found.shape[:-1])


def bound_of(chance: float) -> str:
    """What a probability read off the outer quantile is: `at most` or `at least` it; empty where it is read between them."""
    least, most = (100.0 * (1.0 - t) for t in (TAUS[-1], TAUS[0]))
    return "at most" if chance <= least + 1e-9 else "at least" if chance >= most - 1e-9 else ""


def breakeven(level: float, h: int, duration: float) -> float:
    """Widening in bp over h sessions at which a position of that duration has lost its carry: s (h/252) / (D - h/252).

    >>> round(breakeven(81.0, 21, 7.0), 4)
    0.9759
    """
    years = h / 252.0
    return level * years / (duration - years)


@dataclass(frozen=True, slots=True)
class Tilt:
    """A conditional quantile less the unconditional one, bp: one row per regressor, and `rest`, which makes it whole."""

    total: float
    rows: tuple[tuple[str, float], ...]


def tilt(fitted: Mapping[str, Any], names: Sequence[str], x: Floats, k: int) -> Tilt:
    """Coefficients times today's regressors less their mean in the window, for level k of TAUS.

    `rest` is the fit at the means less the unconditional quantile, and what putting the quantiles in order moved.
    """
    coefficients = np.array(fitted["coefficients"])
    total = float(quantiles(coefficients, x)[k]) - float(fitted["usual"][k])
    parts = coefficients[k, 1:] * (x - np.array(fitted["mean"]))
    rows = [(name, float(v) + 0.0) for name, v in zip(names, parts, strict=True)]
    rest = total
    for _, value in rows:
        rest -= value
    return Tilt(total, (*rows, ("rest", rest)))


def fair(fitted: Mapping[str, Any], x: Floats) -> tuple[float, float, float]:
    """Fair value and the middle half of its draws; x without the level's percentile."""
    row = np.concatenate([[1.0], x])
    drawn = np.array(fitted["draws"])
    low, high = np.quantile(drawn[:, :-1] @ row + drawn[:, -1], [0.25, 0.75])
    return float(np.array(fitted["coefficients"]) @ row), float(low), float(high)
