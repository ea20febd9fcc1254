"""Whether the change of net liquidity foretells stocks and spreads: out of sample, week by week, against a forecast of nought."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._scores import mean_test
from barograph.models.macro._liquidity_view import HY, SPX
from barograph.models.macro.liquidity import Liquidity
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

Floats = NDArray[np.float64]
CHANGE = "liquidity.us.net.change_4w"
#: Sessions ahead, pairs before the first forecast, weeks by which outcomes overlap, the level of the test.
AHEAD, TRAINED, LAGS, LEVEL = 20, 52, 4, 0.05


def score_liquidity(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Per outcome the out-of-sample R2 of a regression on the 4-week change, refitted each week on outcomes that had come.

    The change is what was known on each week's last session. Outcomes are the return of the S&P 500 and the change of the
    high-yield spread over the next twenty sessions. Positive R2 beats nought; the test is Newey and West's on the difference of
    squared errors. `slope` is of the newest regression: per cent, or basis points, per USD bn.
    """
    end = record.as_of(last.isoformat())
    days = sessions("NYSE", first, last)
    weeks = [
        a
        for a, b in zip(days, [*days[1:], None], strict=True)
        if b is None or b.isocalendar()[:2] != a.isocalendar()[:2]
    ]
    instants: list[datetime] = [new_york(d, DAY_END) for d in weeks]
    heard = None if tell is None else lambda done, total: tell("net liquidity", done, total)
    said = Estimation(record.archive.states, heard).record([cast("Model", Liquidity())], end, instants)
    changes = [s.get(CHANGE, {}).get("value") for s in said]
    out: dict[str, Any] = {"model": "liquidity", "from": first.isoformat(), "to": last.isoformat()}
    for name, series_id in (("spx_return", SPX), ("hy_change", HY)):
        known = [(d, c, y) for d, c in zip(weeks, changes, strict=True)
                 if isinstance(c, float) and (y := _outcome(end, series_id, d, days)) is not None]  # fmt: skip
        if len(known) < 2 * TRAINED:
            raise InputError(
                "the scores of liquidity",
                f"{len(known)} weeks with a change and an outcome",
                f"{2 * TRAINED}",
                "Fill the archive.",
            )
        out[name] = _scored(known)
    return out


def _outcome(end: AsOf, series_id: str, day: date, days: list[date]) -> float | None:
    """Return in per cent (a price) or change in basis points (a spread) over the next twenty sessions."""
    at = days.index(day) + AHEAD
    if at >= len(days):
        return None
    points = end.series(series_id, start=day - timedelta(7), end=days[at])
    now, then = points.value_on(day), points.value_on(days[at])
    if now is None or then is None:
        return None
    return 100.0 * (then / now - 1.0) if series_id == SPX else then - now


def _scored(known: list[tuple[date, float, float]]) -> dict[str, Any]:
    x, y = np.array([k[1] for k in known]), np.array([k[2] for k in known])
    errors, outcomes, slopes = [], [], []
    for k in range(TRAINED, len(known)):
        # An outcome of twenty sessions is known four weeks and a day later.
        past = [i for i in range(k) if (known[k][0] - known[i][0]).days > 7 * LAGS]
        if len(past) < TRAINED - LAGS - 1:
            continue
        slope, level = np.polyfit(x[past], y[past], 1)
        errors.append(y[k] - (level + slope * x[k]))
        outcomes.append(y[k])
        slopes.append(slope)
    forecast, nought = np.array(errors), np.array(outcomes)
    statistic, p = mean_test(nought**2 - forecast**2, LAGS)
    skill = "better than nought" if p < LEVEL and statistic > 0.0 else "no demonstrated skill"
    return {
        "n": len(errors),
        "r2": 1.0 - float((forecast**2).sum() / (nought**2).sum()),
        "t": statistic,
        "p": p,
        "slope": float(slopes[-1]),
        "skill": skill,
    }
