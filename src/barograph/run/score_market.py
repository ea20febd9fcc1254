"""Scores of the market's states: how often they change, how alike refits are, and whether they help to predict returns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._fitting import refit_at
from barograph.models._kernels.alignment import adjusted_rand, align
from barograph.models._scores import mean_test
from barograph.models.regime._market import SERIES, YEAR, returns
from barograph.models.regime.market_hmm import MarketHmm
from barograph.models.regime.market_regime import MarketRegime
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

Floats = NDArray[np.float64]
#: Autocovariances of daily differences of scores that count, and the level of the test.
LAGS, LEVEL = 20, 0.05


def score_market(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Per model: label changes a year, sessions in a state, adjusted Rand index between refits, log predictive density.

    The density of the next session's return is normal with mean and volatility of the label's state, against a normal with
    those of the estimation window as a whole: nats per session, Newey-West test. `skill` says what that comes to.
    """
    end = record.as_of(last.isoformat())
    days = sessions("NYSE", first, last)
    instants = [new_york(d, DAY_END) for d in days]
    made: dict[str, Any] = {"model": "market_regime", "from": first.isoformat(), "to": last.isoformat(), "n": len(days)}
    for model in (MarketRegime(), MarketHmm()):
        made[model.name] = _scores(record, model, end, days, instants, tell)
    return made


def _scores(
    record: Record, model: Any, end: AsOf, days: Sequence[date], instants: Sequence[datetime], tell: Tell | None
) -> dict[str, Any]:
    heard = None if tell is None else lambda done, total: tell(model.name, done, total)
    estimation = Estimation(record.archive.states, heard)
    said = estimation.record([cast("Model", model)], end, instants)
    head = "regime.us.market." + ("jump" if model.name == "market_regime" else "hmm")
    labels = [s.get(f"{head}.label", {}).get("value") for s in said]
    known = [k for k, v in enumerate(labels) if isinstance(v, str)]
    if len(known) < YEAR:
        raise InputError(
            "the scores of the market's states", f"{len(known)} sessions with a label", "", "Fill the archive."
        )
    path = [str(labels[k]) for k in known]
    changes = sum(a != b for a, b in pairwise(path))
    out: dict[str, Any] = {
        "sessions": len(path),
        "share_bear": path.count("bear") / len(path),
        "switches_per_year": changes * YEAR / len(path),
        "mean_sessions_in_a_state": len(path) / (changes + 1),
    }
    refits = sorted({refit_at(instants[k]) for k in known})
    rand, renamed = _between_refits(estimation, model, end, refits)
    out |= {"refits": len(refits), "rand_mean": float(np.mean(rand)), "rand_least": float(np.min(rand))}
    out["refits_that_assignment_would_rename"] = renamed
    gains = _gains(model, end, days, instants, said, head, {k: path[i] for i, k in enumerate(known)})
    statistic, p = mean_test(gains, LAGS)
    better = p < LEVEL and statistic > 0.0
    out |= {"log_density_gain": float(gains.mean()), "t": statistic, "p": p}
    out["skill"] = "better than the unconditional density" if better else "no demonstrated skill"
    return out


def _between_refits(estimation: Estimation, model: Any, end: AsOf, refits: Sequence[datetime]) -> tuple[Floats, int]:
    """Adjusted Rand index of the labels that each month's parameters and the month's before give to one window.

    Beside it in how many months the states would bear other names if they were matched to the month's before by least distance
    instead of ordered by mean return: names by order need no memory, so no day depends on which were computed before it.
    """
    out, renamed = [], 0
    for before, now in pairwise(refits):
        view = end.at(now)
        old, new = (estimation.state(model, end.at(t)) for t in (before, now))
        if old.params and new.params:
            out.append(adjusted_rand(model.labels(old.params, view), model.labels(new.params, view)))
            matched = align(model.places(old.params), model.places(new.params), model.scale(old.params))
            renamed += matched.tolist() != [0, 1]
    return np.array(out or [math.nan]), renamed


def _gains(
    model: Any,
    end: AsOf,
    days: Sequence[date],
    instants: Sequence[datetime],
    said: Sequence[Any],
    head: str,
    labels: dict[int, str],
) -> Floats:
    """Log density of the next session's return by the label's state less that of the whole window, where it is known."""
    points = end.series(SERIES)
    closes = dict(zip(points.periods.tolist(), points.values.tolist(), strict=True))
    whole: dict[datetime, tuple[float, float]] = {}
    out = []
    for k, label in labels.items():
        if k + 1 >= len(days) or days[k] not in closes or days[k + 1] not in closes:
            continue
        at = refit_at(instants[k])
        if at not in whole:
            found = returns(end.at(at), model.window, model.least)
            if isinstance(found, str):
                continue
            whole[at] = float(found.values.mean()), float(found.values.std(ddof=1))
        quantities = said[k]
        mean = quantities[f"{head}.{label}.mean"]["value"] / 100.0 / YEAR
        spread = quantities[f"{head}.{label}.volatility"]["value"] / 100.0 / math.sqrt(YEAR)
        move = closes[days[k + 1]] / closes[days[k]] - 1.0
        out.append(_log_density(move, mean, spread) - _log_density(move, *whole[at]))
    return np.array(out)


def _log_density(x: float, mean: float, spread: float) -> float:
    return -math.log(spread) - 0.5 * ((x - mean) / spread) ** 2
