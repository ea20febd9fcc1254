"""A band's own record: refitted year by year on what had come by then, and tried on the year's outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.models._records import NO_LOSSES, gain, held
from barograph.models._scores import pinball
from barograph.models.credit import _estimates as estimates
from barograph.models.credit._estimates import TAUS
from barograph.models.credit._panel import Panel
from barograph.models.credit._reading import breakeven, exceeds

if TYPE_CHECKING:
    from barograph.models.credit.credit_band import CreditBand

Floats = NDArray[np.float64]
SHARES = (("90", 0.90), ("50", 0.50))
#: Whole horizons learnt from before a year is tried.
LEARNT = 40


def recorded(model: CreditBand, panel: Panel, h: int, duration: float | None) -> dict[str, Any]:
    """The record in numbers: gain of the mean loss in per cent, its test, shares inside the bands and their tests; with a
    duration also that of the chance of a widening beyond the carry. n counts whole horizons."""
    found = tried(panel, h, model.record_years, model.factor, model.alpha, duration)
    if found is None:
        return {"reason": "under two years could be tried"}
    apart = -(-h // estimates.stride_of(h))
    made = gain(found["losses"], apart, model.level)
    if made is None:
        return {"reason": NO_LOSSES}
    if duration is not None:
        made["wider"] = gain(found["wider"], apart, model.level)
    # The shares' ends are made here: what a page of kept states reads should not have to import what they take.
    shares = {name: held(found["inside"][:, k], asked, apart) for k, (name, asked) in enumerate(SHARES)}
    return {**made, "n": shares["90"]["n"], "shares": shares, "days": found["days"], "years": found["years"]}


def tried(
    panel: Panel, h: int, years: int, factor: float, alpha: float, duration: float | None = None
) -> dict[str, Any] | None:
    """The rule refitted on each first of January and tried on the year's rows, over the last `years` that have outcomes.

    Per row the mean over levels of rho of the outcome, conditional and unconditional, both from rows whose outcome had come
    when the year began; whether it fell into the 90 and the 50 per cent band. With a duration also Brier's loss of the chance
    of a widening beyond the carry breakeven, read off both. A year before which a regressor stood still is left out. None
    under two tried years.
    """
    from barograph.models._kernels.quantile_regression import rearranged

    rows = estimates.rows_of(panel, h)
    y, x = panel.levels[rows + h] - panel.levels[rows], estimates.design(panel, rows)
    made, came = panel.days[rows], panel.days[rows + h]
    if not rows.size:
        return None
    last = made[-1].astype("datetime64[Y]")
    losses, inside, wider, days = [], [], [], []
    for back in range(years - 1, -1, -1):
        begin, over = (np.datetime64(last - back + k, "D") for k in (0, 1))
        known, first, stop = (int(np.searchsorted(d, t)) for d, t in ((came, begin), (made, begin), (made, over)))
        if known * estimates.stride_of(h) // h < LEARNT or stop <= first:
            continue
        try:
            penalty = estimates.penalties(known, x.shape[1] - 1, h, factor, alpha)
            fitted = estimates.refitted(x[:known], y[:known], penalty)
        except ValueError:
            continue
        outcome = y[first:stop, None]
        band_ = rearranged(x[first:stop] @ fitted.T)
        usual = np.quantile(y[:known], TAUS)[None, :]
        losses.append(np.column_stack([pinball(outcome - q, np.array(TAUS)).mean(axis=1) for q in (band_, usual)]))
        inside.append((band_[:, :2] <= outcome) & (outcome <= band_[:, :2:-1]))
        if duration is not None:
            wider.append(_wider(panel.levels[rows[first:stop]], outcome[:, 0], band_, usual[0], h, duration))
        days += [str(made[first]), str(came[stop - 1])]
    if len(losses) < 2:
        return None
    return {
        "losses": np.concatenate(losses),
        "inside": np.concatenate(inside),
        "wider": np.concatenate(wider) if wider else None,
        "days": [days[0], days[-1]],
        "years": len(losses),
    }


def _wider(levels: Floats, came: Floats, band_: Floats, usual: Floats, h: int, duration: float) -> Floats:
    """Squared errors (n, 2) of the chance of a widening beyond the carry breakeven, conditional and usual, 0 to 1."""
    out = np.empty((levels.size, 2))
    for k, level in enumerate(levels.tolist()):
        edge = breakeven(level, h, duration)
        chances = exceeds(np.stack([band_[k], usual]), edge) / 100.0
        out[k] = (chances - float(came[k] > edge)) ** 2
    return out
