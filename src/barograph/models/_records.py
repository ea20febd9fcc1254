"""What a forecast's own record says, the same for every model: loss beside a plain forecast's, shares held, both in a word."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barograph.models._scores import clopper_pearson, cosine_test, independence, kupiec

Floats = NDArray[np.float64]


def gain(losses: Floats, overlap: int, level: float, plain: str = "usual") -> dict[str, Any] | None:
    """By how many per cent the losses (n, 2) of the first are below those of the second, the p of the test that they are equal
    and the verdict at a level, which names the second `plain`; None with too few rows or losses that do not differ.

    Parameters
    ----------
    overlap
        How many neighbouring rows share part of their outcome.
    """
    statistic, p, _ = cosine_test(losses[:, 1] - losses[:, 0], overlap)
    whole = float(losses[:, 1].sum())
    if not math.isfinite(p) or not whole > 0.0:
        return None
    share = 100.0 * (1.0 - float(losses[:, 0].sum()) / whole)
    return {"gain": share, "p": p, "verdict": verdict_of(statistic, p, level, plain)}


def verdict_of(statistic: float, p: float, level: float, plain: str = "usual") -> str:
    """What a difference of losses says, positive where the forecast's are smaller than the plain ones."""
    if p > level or not math.isfinite(p):
        return "no_demonstrated_skill"
    return f"{'better' if statistic > 0.0 else 'worse'}_than_{plain}"


def held(inside: NDArray[np.bool_], asked: float, apart: int = 1) -> dict[str, Any]:
    """Share of outcomes in an interval of `asked` (0 to 1), the ends of its 90 per cent interval, Kupiec's p and Christoffersen's
    of independence (None where hits and misses do not both stand before and after another outcome), per cent for the first two.

    Where outcomes overlap over `apart` rows, the share is that of all rows, interval and tests those of so many whole horizons:
    the mean over the sequences without overlap, so that nothing hangs on which row is first.
    """
    n = -(-inside.size // apart)
    share = float(inside.mean())
    alone = independence(inside, apart)[1]
    return {
        "share": 100.0 * share,
        "n": n,
        "ends": [100.0 * e for e in clopper_pearson(share * n, n)],
        "p_kupiec": kupiec(share * n, n, asked)[1],
        "p_independence": alone if math.isfinite(alone) else None,
    }


#: Why Christoffersen's test may have no value.
NO_RUNS = "hits and misses do not both stand before and after another outcome"


def width(asked: float, low: float, high: float) -> str:
    """Whether an interval whose share of outcomes lies between two ends is as wide as it says, per cent."""
    return "too_narrow" if high < asked else "too_wide" if low > asked else "as_said"


#: Why a comparison of losses may have no value.
NO_LOSSES = "too few rows, or losses that do not differ from row to row"
