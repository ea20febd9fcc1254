"""Whether the sign that a state gave was the next month's, beside two signs that need no model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Months of a block, draws, seed and level of the interval of a difference.
BLOCK, DRAWS, SEED, LEVEL = 12, 2000, 20_250_131, 0.90
#: What a state is compared with: the sign that most months so far had, and that of the newest month.
PLAIN = ("majority", "last")


def sign_record(
    states: Mapping[str, Sequence[tuple[date, str]]], followed: Mapping[tuple[str, date], float], slugs: Iterable[str]
) -> dict[str, Any]:
    """Shares of signed states whose sign the next month's beta had, per cent, and those of two plain signs on the same months.

    Parameters
    ----------
    states
        By asset (month end, `help`, `hurt` or `no_link`).
    followed
        Betas of single months by asset and the month's first day. One month's is known at its end.

    Returns
    -------
    dict
        `sign_held`, `majority_held`, `last_held` and `n_sign_held`; `over_<plain>`, the state's share less the plain sign's in
        percentage points, with `_low` and `_high` of its 90 % interval by a circular bootstrap of blocks of twelve months,
        all assets of a month together. NaN where there is no such month.
    """
    hits: dict[date, Floats] = {}
    for slug in slugs:
        months = sorted(m for s, m in followed if s == slug)
        for day, word in states.get(slug, ()):
            month = day.replace(day=1)
            after = followed.get((slug, (month + timedelta(32)).replace(day=1)))
            known = [followed[slug, m] for m in months if m <= month]
            if word == "no_link" or after is None or not known:
                continue
            votes = sum(math.copysign(1.0, b) for b in known)
            said = (word == "help", votes > 0.0 if votes else known[-1] > 0.0, known[-1] > 0.0)
            row = hits.setdefault(month, np.zeros(4))
            row += np.array([*(sign == (after > 0.0) for sign in said), 1.0])
    table = np.array([hits[m] for m in sorted(hits)]) if hits else np.zeros((0, 4))
    total = table.sum(axis=0)
    n = int(total[3])
    shares = 100.0 * total[:3] / n if n else np.full(3, np.nan)
    names = ("sign_held", *(f"{p}_held" for p in PLAIN))
    out: dict[str, Any] = {**dict(zip(names, shares.tolist(), strict=True)), "n_sign_held": n}
    for k, plain in enumerate(PLAIN, start=1):
        low, high = _interval(table[:, 0] - table[:, k], table[:, 3])
        out |= {f"over_{plain}": float(shares[0] - shares[k]), f"over_{plain}_low": low, f"over_{plain}_high": high}
    return out


def _interval(differences: Floats, counts: Floats) -> tuple[float, float]:
    """Ends of the interval of 100 sum(d)/sum(n) over months. Politis and Romano (1992)."""
    months = counts.size
    if months < 2:
        return math.nan, math.nan
    rng, pieces = np.random.default_rng(SEED), math.ceil(months / BLOCK)
    starts = rng.integers(0, months, (DRAWS, pieces, 1))
    at = (starts + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :months] % months
    drawn = 100.0 * differences[at].sum(axis=1) / counts[at].sum(axis=1)
    low, high = np.quantile(drawn, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return float(low), float(high)
