"""The month's parameters of one spread as JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.models._scores import clopper_pearson, mean_test
from barograph.models.credit import _estimates as estimates
from barograph.models.credit._ids import HORIZONS, MAIN
from barograph.models.credit._panel import RANKED, Line, Panel, panel_of

if TYPE_CHECKING:
    from barograph.archive.view import Points
    from barograph.models.credit.credit_band import CreditBand


def estimated(model: CreditBand, spread: Points, lines: dict[str, Line]) -> dict[str, Any]:
    """Bands, draws, fair value, fifths and record of a spread; `reason` alone where there is too little of it."""
    if len(spread) < RANKED + 5 * model.whole:
        return {"reason": f"{len(spread)} levels where {RANKED + 5 * model.whole} are needed"}
    panel = panel_of(spread, lines, model.share)
    params: dict[str, Any] = {
        "names": list(panel.names),
        "dropped": list(panel.dropped),
        "bands": {},
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
            params["record"] = _record(model, panel)
        params["bands"][str(h)] = made
    return params


def _fair(model: CreditBand, panel: Panel) -> dict[str, Any]:
    """The regression of the level, or why there is none."""
    try:
        return estimates.fair_value(panel, model.block, model.draws, model.seed)
    except (ValueError, np.linalg.LinAlgError) as error:
        return {"reason": f"the level has no regression: {error}"}


def _record(model: CreditBand, panel: Panel) -> dict[str, Any]:
    """The record in numbers: gain of the mean loss in per cent, its test, hits of the bands on rows that do not overlap."""
    tried = estimates.record(panel, MAIN, model.record_years, model.factor, model.alpha)
    if tried is None:
        return {"reason": "under two years could be tried"}
    losses, inside = tried["losses"], tried["inside"]
    apart = -(-MAIN // estimates.stride_of(MAIN))
    statistic, p = mean_test(losses[:, 1] - losses[:, 0], apart)
    if not math.isfinite(p):
        return {"reason": "the losses of band and usual band do not differ from row to row"}
    single = inside[::apart]
    hits: list[int] = single.sum(axis=0).astype(int).tolist()
    return {
        "gain": 100.0 * (1.0 - float(losses[:, 0].sum() / losses[:, 1].sum())),
        "p": p,
        "verdict": verdict_of(statistic, p, model.level),
        "n": int(single.shape[0]),
        "hits": hits,
        # Made here: what a page of kept states reads should not have to import what they take.
        "ends": [[100.0 * e for e in clopper_pearson(k, int(single.shape[0]))] for k in hits],
        "days": tried["days"],
        "years": tried["years"],
    }


def verdict_of(statistic: float, p: float, level: float) -> str:
    """What a difference of losses says, positive where the band's are smaller."""
    if p > level or not math.isfinite(p):
        return "no_demonstrated_skill"
    return "better_than_usual" if statistic > 0.0 else "worse_than_usual"
