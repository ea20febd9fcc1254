"""Scores of the daily index of activity against recessions, on what could be known and on revised values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from barograph.catalog.nber import in_recession
from barograph.core.errors import InputError
from barograph.core.time import NEW_YORK
from barograph.models._scores import auroc, bootstrap_auroc
from barograph.models.macro.activity import HEAD, Activity
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell, month_ends
from barograph.run.revised_view import RevisedView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record


def score_activity(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """AUROC of the index at month ends, sign turned, against NBER's recession months; its changes of sign."""
    end = record.as_of(last.isoformat())
    instants = month_ends(first, last)
    made: dict[str, Any] = {"model": "activity", "from": first.isoformat(), "to": last.isoformat()}
    made |= _scores(record, end, instants, tell, "real time")
    made["revised"] = _scores(record, cast("AsOf", RevisedView(end, end)), instants, tell, "revised values")
    return made


def _scores(record: Record, view: AsOf, instants: Sequence[datetime], tell: Tell | None, kind: str) -> dict[str, Any]:
    heard = None if tell is None else lambda done, total: tell(f"daily index, {kind}", done, total)
    said = Estimation(record.archive.states, heard).record([cast("Model", Activity())], view, instants)
    numbers = [s.get(f"{HEAD}.level", {}).get("value") for s in said]
    kept = [(t, v) for t, v in zip(instants, numbers, strict=True) if isinstance(v, float)]
    if len(kept) < 24:
        raise InputError(
            "the scores of activity",
            f"{len(kept)} months with an estimate",
            "two years of them",
            "Fill the archive first.",
        )
    level = np.array([v for _, v in kept])
    label = np.array([in_recession(t.astimezone(NEW_YORK).date()) for t, _ in kept])
    out: dict[str, Any] = {"n": len(kept), "recession_months": int(label.sum())}
    if 0 < label.sum() < label.size:
        low, high = bootstrap_auroc(-level, label)
        out |= {"auroc": auroc(-level, label), "auroc_low": low, "auroc_high": high}
    signs = [v > 0.0 for v in level.tolist()]
    out["sign_changes_per_year"] = 12.0 * sum(a != b for a, b in pairwise(signs)) / (len(signs) - 1)
    return out
