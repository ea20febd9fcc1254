"""Scores of the probabilities of recession: against a recession month within the next twelve, and their alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.catalog.nber import in_recession, recessions
from barograph.core.errors import InputError
from barograph.core.time import NEW_YORK
from barograph.models._scores import auroc, bootstrap_auroc, brier, calibration
from barograph.models.recession import Recession
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell, month_ends

if TYPE_CHECKING:
    from barograph.models._protocol import Model
    from barograph.run.api import Record

READINGS = ("recession.us.probability", "recession.us.curve", "recession.us.ebp")
#: Months ahead, months that an alarm has to come true, and the observations of a block: a phase lasts years.
AHEAD, PATIENCE, BLOCK = 12, 24, 36


def score_recession(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """AUROC, Brier score and calibration of each reading at month ends; alarms that came true, and that did not."""
    end = record.as_of(last.isoformat())
    # The committee takes up to a year to announce: an origin's twelve months must be over for as long.
    instants = month_ends(first, last - timedelta(366 * 2))
    heard = None if tell is None else lambda done, total: tell("recession", done, total)
    said = Estimation(record.archive.states, heard).record([cast("Model", Recession())], end, instants)
    days = [t.astimezone(NEW_YORK).date() for t in instants]
    label = np.array([any(in_recession(_month(d, k)) for k in range(1, AHEAD + 1)) for d in days])
    out: dict[str, Any] = {"model": "recession", "from": first.isoformat(), "to": last.isoformat(), "n": len(days)}
    readings = {}
    for id_ in READINGS:
        values = [s.get(id_, {}).get("value") for s in said]
        kept = np.array([isinstance(v, float) for v in values], dtype=bool)
        if kept.sum() >= 24:
            chance = np.array([v for v in values if isinstance(v, float)]) / 100.0
            readings[id_] = _scored(chance, label[kept])
            if id_ == "recession.us.curve":
                out["alarms"] = alarms([d for d, k in zip(days, kept, strict=True) if k], 100.0 * chance)
    if not readings:
        raise InputError("the scores of recession", "under two years of readings", "", "Fill the archive first.")
    head = next(iter(readings.values()))
    return out | {k: v for k, v in head.items() if k != "n"} | {"readings": readings}


def _scored(chance: NDArray[np.float64], label: NDArray[np.bool_]) -> dict[str, Any]:
    out: dict[str, Any] = {"n": int(label.size), "base_rate": float(label.mean())}
    if 0 < label.sum() < label.size:
        low, high = bootstrap_auroc(chance, label, block=min(BLOCK, label.size // 2))
        out |= {"auroc": auroc(chance, label), "auroc_low": low, "auroc_high": high}
    parts = calibration(chance, label)
    out |= {"brier": brier(chance, label), "brier_of_base_rate": parts.uncertainty}
    return out | {"miscalibration": parts.miscalibration, "discrimination": parts.discrimination}


def alarms(days: Sequence[date], curve: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Runs of months with a curve reading of at least the model's alarm, twelve months apart, and what followed."""
    level = Recession().alarm
    out: list[dict[str, Any]] = []
    last: date | None = None
    for day, value in zip(days, curve.tolist(), strict=True):
        if value < level or in_recession(day):
            continue
        if last is None or (day.year - last.year) * 12 + day.month - last.month > AHEAD:
            began = [_month(r.peak, 1) for r in recessions()]
            months = [(b.year - day.year) * 12 + b.month - day.month for b in began if b > day]
            lead = min((m for m in months if m <= PATIENCE), default=None)
            out.append({"from": day.isoformat(), "recession_after_months": lead})
        last = day
    return out


def _month(day: date, ahead: int) -> date:
    index = day.year * 12 + day.month - 1 + ahead
    return date(index // 12, index % 12 + 1, 1)
