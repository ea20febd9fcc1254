"""Records of what is said of short rates, beside no change; and that of the expected rate, month end by month end."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input, Quantity
from barograph.models._kernels.affine_running import premia
from barograph.models._records import NO_LOSSES
from barograph.models._scores import cosine_test
from barograph.models.rates.term_premium import MATURITIES

if TYPE_CHECKING:
    from barograph.models.rates.term_premium import TermPremium

Floats = NDArray[np.float64]
#: What a record of rates says, with units.
RECORD = (("gap", "bp"), ("rmse", "bp"), ("ratio", "ratio"), ("p_equal", "percent"), ("verdict", "label"))


def expected_records(
    days: NDArray[Any], yields: Floats, settings: TermPremium, whole: int, level: float
) -> dict[str, dict[str, Any]]:
    """Per maturity the errors of the expected rate beside those of today's one-month rate, as JSON values, or why there is none.

    At each month end from the `least_months`-th on the model is estimated on all month ends so far; the rate that it expects
    over the maturity is set against the mean of the one-month rate at its own and the coming month ends. Errors of neighbouring
    month ends overlap: n counts whole horizons, and the test allows for it.

    Parameters
    ----------
    days : (T,)
        Month ends with a curve, oldest first. Before a month without one nothing is used.
    yields : (T, 120)
        Zero yields in per cent.
    whole
        Horizons that do not overlap without which there is no record.
    level
        The p above which no skill is claimed.
    """
    gaps = np.flatnonzero(np.diff(days.astype("datetime64[M]").astype(int)) != 1)
    first = int(gaps[-1]) + 1 if gaps.size else 0
    days, yields = days[first:], yields[first:]
    held = max(len(days) - settings.least_months + 1, 0)
    if all(max(held - h + 1, 0) // h < whole for _, h in MATURITIES):
        return {slug: few(max(held - h + 1, 0) // h, whole) for slug, h in MATURITIES}
    origins = np.arange(settings.least_months - 1, len(days))
    said = premia(yields, yields[origins], origins, settings.factors, tuple(m for _, m in MATURITIES))[:, 1]
    total = np.concatenate([[0.0], np.cumsum(yields[:, 0])])
    out = {}
    for j, (slug, h) in enumerate(MATURITIES):
        over = origins[origins + h <= len(days)]
        if over.size // h < whole:
            out[slug] = few(over.size // h, whole)
            continue
        came = (total[over + h] - total[over]) / h
        out[slug] = scored(came - said[: over.size, j], came - yields[over, 0], h, level)
        out[slug]["days"] = [str(days[over[0]]), str(days[over[-1] + h - 1])]
    return out


def few(n: int, whole: int) -> dict[str, Any]:
    """That there are too few horizons for a record."""
    return {"reason": f"{n} horizons that do not overlap where {whole} are needed"}


def scored(errors: Floats, still: Floats, h: int, level: float, overlap: int | None = None) -> dict[str, Any]:
    """The record of errors, what came less what was said, per cent, beside those of no change, as JSON values.

    Parameters
    ----------
    h
        Months ahead, and how many neighbours overlap unless `overlap` says otherwise.
    level
        The p above which no skill is claimed.
    """
    from scipy.special import stdtrit

    statistic, p, _ = cosine_test(errors**2 - still**2, overlap or h)
    off, _, freedom = cosine_test(errors, overlap or h)
    mine, none = (float(np.sqrt((e**2).mean())) for e in (errors, still))
    if not (math.isfinite(p) and math.isfinite(off)) or off == 0.0 or none == 0.0:
        return {"reason": NO_LOSSES}
    word = "no_demonstrated_skill"
    if p <= level:
        word = "better_than_no_change" if statistic < 0.0 else "worse_than_no_change"
    gap = 100.0 * float(errors.mean())
    half = abs(gap / off) * float(stdtrit(freedom, 0.95))
    made = {"n": errors.size // h, "rmse": 100.0 * mine, "ratio": mine / none, "p": p, "verdict": word}
    return {**made, "gap": gap, "ends": [gap - half, gap + half]}


def said_of(p: str, made: Any, session: date, inputs: tuple[Input, ...], how: str) -> list[Quantity]:
    """The quantities of a record, `p` what their ids begin with and `how` what it was made with."""
    if "reason" in made:
        gone: dict[str, Any] = {"state": "insufficient", "period": session, "inputs": inputs, "reason": made["reason"]}
        return [Quantity(f"{p}.{k}", None, unit, **gone) for k, unit in RECORD]
    values = {**made, "p_equal": 100.0 * made["p"]}
    first, last = made["days"]
    about: dict[str, Any] = {"period": date.fromisoformat(last), "n": made["n"], "inputs": inputs}
    about["window"] = f"{first} to {last}, {how}"
    ends = dict(zip(("low", "high"), made["ends"], strict=True))
    return [Quantity(f"{p}.{k}", values[k], unit, **(ends if k == "gap" else {}), **about) for k, unit in RECORD]
