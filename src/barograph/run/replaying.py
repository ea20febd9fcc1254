"""What scores share: the instants of a replay, and what is said to the user while one runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._scores import clopper_pearson, diebold_mariano

#: What is said to the user while a replay runs: what, how much of it is done.
Tell = Callable[[str, int, int], None]


def month_ends(first: date, last: date) -> list[datetime]:
    """18:00 in New York on the last NYSE session of each whole month between two days."""
    days = sessions("NYSE", first, last + timedelta(10))
    kept = [a for a, b in pairwise(days) if (a.year, a.month) != (b.year, b.month) and a <= last]
    return [new_york(d, DAY_END) for d in kept]


def forecast_row(made: Sequence[tuple[float, float, float, bool]], against: tuple[str, str]) -> dict[str, Any]:
    """Root mean squared error, its ratio to two simple forecasts with Diebold and Mariano's p, coverage with its interval.

    Parameters
    ----------
    made
        Per forecast our error, the errors of the two simple ones, and whether our 70 % interval held the outcome.
    """
    errors = [np.array([m[k] for m in made], dtype=float) for k in range(3)]
    hits = sum(bool(m[3]) for m in made)
    low, high = clopper_pearson(hits, len(made))
    rmse = [float(np.sqrt(np.mean(e**2))) for e in errors]
    out: dict[str, Any] = {"n": len(made), "rmse": rmse[0]}
    for k, name in enumerate(against, start=1):
        out |= {f"rmse_ratio_{name}": rmse[0] / rmse[k], f"p_{name}": diebold_mariano(errors[0], errors[k])[1]}
    return out | {"coverage70": 100.0 * hits / len(made), "coverage_low": 100.0 * low, "coverage_high": 100.0 * high}
