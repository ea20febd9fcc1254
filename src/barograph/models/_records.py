"""What a forecast's own record says, the same for every model: loss beside a plain forecast's, shares held, both in a word."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barograph.models._scores import clopper_pearson, independence, kupiec, mean_test

Floats = NDArray[np.float64]


def gain(losses: Floats, lags: int, level: float) -> dict[str, Any] | None:
    """By how many per cent the losses (n, 2) of the first are below those of the second, the p of the test that they are equal
    (Newey-West, so many lags) and the verdict at a level; None where they do not differ from row to row."""
    statistic, p = mean_test(losses[:, 1] - losses[:, 0], lags)
    if not math.isfinite(p):
        return None
    share = 100.0 * (1.0 - float(losses[:, 0].sum() / losses[:, 1].sum()))
    return {"gain": share, "p": p, "verdict": verdict_of(statistic, p, level)}


def verdict_of(statistic: float, p: float, level: float) -> str:
    """What a difference of losses says, positive where the forecast's are smaller than the usual ones."""
    if p > level or not math.isfinite(p):
        return "no_demonstrated_skill"
    return "better_than_usual" if statistic > 0.0 else "worse_than_usual"


def held(inside: NDArray[np.bool_], asked: float) -> dict[str, Any]:
    """Hits of an interval of `asked` (0 to 1) on outcomes in their order that do not overlap, with the ends of the share's 90 per
    cent interval, Kupiec's p and Christoffersen's of independence (None where hits and misses do not both stand before and
    after another outcome)."""
    hits, n = int(inside.sum()), inside.size
    alone = independence(inside)[1]
    return {
        "hits": hits,
        "ends": [100.0 * e for e in clopper_pearson(hits, n)],
        "p_kupiec": kupiec(hits, n, asked)[1],
        "p_independence": alone if math.isfinite(alone) else None,
    }


#: Why Christoffersen's test may have no value.
NO_RUNS = "hits and misses do not both stand before and after another outcome"


def width(asked: float, low: float, high: float) -> str:
    """Whether an interval whose share of outcomes lies between two ends is as wide as it says, per cent."""
    return "too_narrow" if high < asked else "too_wide" if low > asked else "as_said"
