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
from barograph.models.macro.recession import Recession
from barograph.run.estimation import Estimation
from barograph.run.recession_record import PATIENCE, alarm_starts
from barograph.run.replaying import Tell, month_ends

if TYPE_CHECKING:
    from barograph.models._protocol import Model
    from barograph.run.api import Record

READINGS = ("recession.us.probability", "recession.us.curve", "recession.us.ebp")
#: Months ahead, and the observations of a block: a phase lasts years.
AHEAD, BLOCK = 12, 36


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
    """Runs of months with a curve reading of at least the model's alarm, and the months until a recession began, if one did."""
    level = Recession().alarm
    by_month: dict[Any, date] = {np.datetime64(d, "M"): d for d in days}
    loud = [
        np.datetime64(d, "M") for d, v in zip(days, curve.tolist(), strict=True) if v >= level and not in_recession(d)
    ]
    began = [np.datetime64(r.peak, "M") + 1 for r in recessions()]
    out: list[dict[str, Any]] = []
    for month in alarm_starts(loud):
        ahead = [int((b - month).astype(int)) for b in began if b > month]
        lead = min((m for m in ahead if m <= PATIENCE), default=None)
        out.append({"from": by_month[month].isoformat(), "recession_after_months": lead})
    return out


def _month(day: date, ahead: int) -> date:
    index = day.year * 12 + day.month - 1 + ahead
    return date(index // 12, index % 12 + 1, 1)
