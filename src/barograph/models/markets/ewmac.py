"""Exponentially weighted moving-average crossovers: forecasts of direction from six pairs of speeds.

raw = (EWMA_fast(P) - EWMA_slow(P)) / sd(price changes); forecast = raw times a scalar that makes the mean absolute
forecast 10 over many markets, capped at +-20. Carver (2015), Systematic Trading, appendix B; the scalars are those of
its author's published configuration.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: (fast span, slow span) in sessions -> scalar.
SCALARS: dict[tuple[int, int], float] = {
    (2, 8): 10.6,
    (4, 16): 7.5,
    (8, 32): 5.3,
    (16, 64): 3.75,
    (32, 128): 2.65,
    (64, 256): 1.87,
}
CAP = 20.0
#: Span of the standard deviation of price changes.
SD_SPAN = 35


def speed_name(pair: tuple[int, int]) -> str:
    """`2_8` for spans 2 and 8."""
    return f"{pair[0]}_{pair[1]}"


@lru_cache(maxsize=64)
def _weights(span: int, n: int) -> Floats:
    return np.asarray((1.0 - 2.0 / (span + 1.0)) ** np.arange(n - 1, -1, -1), dtype=np.float64)


def weights(span: int, n: int) -> Floats:
    """Weights (1 - 2/(span + 1))^age of n values, oldest first; shape (n,), the newest weight is 1."""
    # One array per span, cut to length: the cache then holds a few arrays and not one per history.
    return _weights(span, 1 << max(n - 1, 0).bit_length())[-n:]


def ewma(values: Floats, span: int) -> float:
    """Weighted mean of `values` (oldest first) with the weights of `span`, which sum to one over what is there."""
    w = weights(span, values.size)
    return float(w @ values / w.sum())


def ewm_sd(values: Floats, span: int) -> float:
    """Weighted standard deviation about the weighted mean, corrected for the loss of one mean.

    sqrt(sum w (x - m)^2 / sum w * (sum w)^2 / ((sum w)^2 - sum w^2)); nan below two values.
    """
    if values.size < 2:
        return math.nan
    w = weights(span, values.size)
    total = float(w.sum())
    mean = float(w @ values) / total
    variance = float(w @ (values - mean) ** 2) / total
    return math.sqrt(variance * total**2 / (total**2 - float(w @ w)))


def forecasts(levels: Floats) -> dict[str, float] | None:
    """Capped forecasts by speed from levels (oldest first, any positive unit); None where the changes have no spread.

    Multiplying the levels by a constant changes nothing.
    """
    sd = ewm_sd(np.diff(levels), SD_SPAN)
    # A constant history leaves rounding noise of the size of an ulp, which is no spread.
    if not sd > 1e-12 * float(np.abs(levels).max()):
        return None
    out = {}
    for (fast, slow), scalar in SCALARS.items():
        raw = (ewma(levels, fast) - ewma(levels, slow)) / sd
        out[speed_name((fast, slow))] = max(-CAP, min(CAP, scalar * raw))
    return out


def strength(by_speed: dict[str, float]) -> float:
    """Mean capped forecast over the speeds, halved: -10..+10."""
    return math.fsum(by_speed.values()) / len(by_speed) / 2.0


def random_walk_scalar(fast: int, slow: int) -> float:
    """The scalar that would make the mean absolute forecast 10 if prices were a random walk.

    sd(raw)^2 = ls^2/(1 - ls^2) + lf^2/(1 - lf^2) - 2 ls lf/(1 - ls lf), l = 1 - 2/(span + 1); 10/(sqrt(2/pi) sd).

    >>> round(random_walk_scalar(2, 8), 3), round(random_walk_scalar(64, 256), 3)
    (12.817, 2.335)
    """
    lf, ls = 1.0 - 2.0 / (fast + 1.0), 1.0 - 2.0 / (slow + 1.0)
    variance = ls**2 / (1.0 - ls**2) + lf**2 / (1.0 - lf**2) - 2.0 * ls * lf / (1.0 - ls * lf)
    return 10.0 / (math.sqrt(2.0 / math.pi) * math.sqrt(variance))
