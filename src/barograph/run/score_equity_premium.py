"""Whether an equity premium foretells returns: out of sample, month by month, against the mean so far."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.errors import InputError
from barograph.models._predictive import Forecasts, ahead, expanding, skill_of
from barograph.models.premium._valuation import Days, Floats
from barograph.models.premium.equity_premium import EquityPremium
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.run.api import Record

#: The horizon that is described and not tested: how many months, and how many pairs that takes.
LONG, LEAST_LONG = 120, 240


def score_equity_premium(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Per method and horizon R2 of the forecasts made between two days, with and without restrictions, and the test.

    Readings are what the release rules let be known at each month end, on the values of the last view; each forecast rests
    on the outcomes that had come by it, from the first month on. Returns are log excess returns of the S&P 500 over bills,
    per cent. `ten_years` is the R2 of one regression over the months asked for, with the number of outcomes that do not
    overlap: a description, not a forecast.
    """
    model = EquityPremium()
    samples = model.samples(record.as_of(last.isoformat()))
    out: dict[str, Any] = {"model": "equity_premium", "from": first.isoformat(), "to": last.isoformat()}
    scored = 0
    for done, (method, (predictor, days, returns)) in enumerate(samples.items()):
        if tell is not None:
            tell("methods", done, len(samples))
        out[method] = {}
        for h in model.horizons:
            made = _between(expanding(predictor, ahead(returns, h), h, model.least_pairs), days, first)
            skill = skill_of(made, h) if made.at.size >= model.least_months else None
            if skill is None:
                out[method][f"{h}m"] = {"n": int(made.at.size), "skill": "too few forecasts to judge"}
                continue
            scored += 1
            months = days.astype("datetime64[M]")[made.at]
            out[method][f"{h}m"] = {
                "first": str(months[0]),
                "last": str(months[-1]),
                "n": skill.n,
                "n_effective": skill.n_effective,
                "r2": skill.r2,
                "r2_restricted": skill.r2_restricted,
                "t": skill.statistic,
                "p": skill.p,
                "slope": float(made.slope[-1]),
                "skill": skill.verdict.replace("_", " "),
            }
        asked = days >= np.datetime64(first, "D")
        out[method]["ten_years"] = described(np.where(asked, predictor, np.nan), returns)
    if not scored:
        raise InputError(
            "the scores of equity_premium",
            f"no method with {model.least_months} forecasts from {first} to {last}",
            "",
            "Import Shiller's workbook (docs/how-to/import-valuation.md), or give a longer stretch.",
        )
    return out


def _between(made: Forecasts, days: Days, first: date) -> Forecasts:
    """The forecasts made from a day on."""
    kept = days[made.at] >= np.datetime64(first, "D")
    return Forecasts(*(getattr(made, name)[kept] for name in made.__slots__))


def described(predictor: Floats, returns: Floats) -> dict[str, Any]:
    """R2 in the sample of the return of ten years on the reading at their beginning, with n without overlap."""
    outcome = ahead(returns, LONG)
    paired = np.isfinite(predictor) & np.isfinite(outcome)
    n = int(paired.sum())
    if n < LEAST_LONG:
        return {"n": n, "skill": "too short to describe"}
    r = float(np.corrcoef(predictor[paired], outcome[paired])[0, 1])
    return {"n": n, "n_effective": n // LONG, "r2_in_sample": 100.0 * r * r, "correlation": r}
