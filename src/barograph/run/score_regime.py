"""How the label of the regime has behaved: what it said, how often it changed, how sure the quadrants were."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models.macro.growth import Growth
from barograph.models.macro.inflation import Inflation
from barograph.models.regime.regime import UNDECIDED, WORDS, Regime, entropy, quadrants_of
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.models._protocol import Model
    from barograph.run.api import Record

#: Sessions of a year.
YEAR = 252


def score_regime(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Changes of the label a year beside those of the likeliest quadrant, shares of the labels, mean entropy, by session.

    There is no outcome to score it by that is not one of our own making: whether growth and inflation were right is scored
    with `growth` and `inflation`.
    """
    end = record.as_of(last.isoformat())
    instants = [new_york(d, DAY_END) for d in sessions("NYSE", first, last)]
    heard = None if tell is None else lambda done, total: tell("quadrants", done, total)
    models = [cast("Model", Growth()), cast("Model", Inflation())]
    history = [quadrants_of(s) for s in Estimation(record.archive.states, heard).record(models, end, instants)]
    known = [h for h in history if all(v is not None for v in h.values())]
    if len(known) < YEAR:
        raise InputError(
            "the scores of the regime", f"{len(known)} sessions with quadrants", "", "Fill the archive first."
        )
    model = Regime()
    # What the page would have shown: the label of each session from the sessions that it looks back on.
    labels = [model.hysteresis(known[max(k - model.lookback, 0) : k + 1])[0] for k in range(len(known))]
    likeliest = [max(h, key=lambda q, h=h: h[q] or 0.0) for h in known]  # type: ignore[misc]
    shares = Counter(labels)
    return {
        "model": "regime",
        "from": first.isoformat(),
        "to": last.isoformat(),
        "n": len(known),
        "label_changes_per_year": _a_year(labels),
        "likeliest_changes_per_year": _a_year(likeliest),
        "mean_entropy": float(np.mean([entropy(h) for h in known])),
        "share_by_label": {WORDS.get(k, UNDECIDED): n / len(labels) for k, n in shares.most_common()},
    }


def _a_year(said: list[str]) -> float:
    return YEAR * sum(a != b for a, b in pairwise(said)) / max(len(said) - 1, 1)
