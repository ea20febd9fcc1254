"""The month's parameters of one spread as JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.models.credit import _estimates as estimates
from barograph.models.credit._ids import HORIZONS, MAIN
from barograph.models.credit._panel import RANKED, Line, Panel, panel_of
from barograph.models.credit._record import recorded

if TYPE_CHECKING:
    from barograph.archive.view import Points
    from barograph.models.credit.credit_band import CreditBand


def estimated(
    model: CreditBand, spread: Points, lines: dict[str, Line], duration: float | None = None
) -> dict[str, Any]:
    """Bands, draws, fair value, fifths and records of a spread; `reason` alone where there is too little of it.

    Without an assumed duration (years) the chance of a widening beyond the carry has no record.
    """
    if len(spread) < RANKED + 5 * model.whole:
        return {"reason": f"{len(spread)} levels where {RANKED + 5 * model.whole} are needed"}
    panel = panel_of(spread, lines, model.share)
    params: dict[str, Any] = {
        "names": list(panel.names),
        "dropped": list(panel.dropped),
        "bands": {},
        "records": {},
        "fifths": estimates.fifths(panel.levels, MAIN, model.ranked),
        "fifths_days": [str(panel.days[0]), str(panel.days[-1])],
    }
    for h in HORIZONS:
        rows = estimates.rows_of(panel, h)
        whole = rows.size * estimates.stride_of(h) // h
        if whole < model.whole:
            params["bands"][str(h)] = {"reason": f"{whole} whole horizons where {model.whole} are needed"}
            continue
        try:
            made, x, y = estimates.band(panel, h, model.factor, model.alpha)
        except ValueError as error:  # a regressor that stood still
            params["bands"][str(h)] = {"reason": str(error)}
            continue
        years = (panel.days[rows[-1]] - panel.days[rows[0]]).astype(int) / 365.25
        made["short"] = bool(years < model.years)
        if h == MAIN:
            penalty = estimates.penalties(rows.size, x.shape[1] - 1, h, model.factor, model.alpha)
            block = math.ceil(model.block / estimates.stride_of(h))
            drawn = estimates.draws(x, y, penalty, block, model.draws, model.seed)
            made["draws"] = estimates.rounded(drawn) if 2 * len(drawn) >= model.draws else []
            params["fair"] = _fair(model, panel)
        params["bands"][str(h)] = made
        params["records"][str(h)] = recorded(model, panel, h, duration if h == MAIN else None)
    return params


def _fair(model: CreditBand, panel: Panel) -> dict[str, Any]:
    """The regression of the level, or why there is none."""
    try:
        return estimates.fair_value(panel, model.block, model.draws, model.seed)
    except (ValueError, np.linalg.LinAlgError) as error:
        return {"reason": f"the level has no regression: {error}"}
