"""How much of cyclicals less defensives rates and credit account for out of sample, the factors of the day being given."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.models._common_days import common_changes
from barograph.models._kernels.newey_west import regress
from barograph.models._scores import mean_test
from barograph.models.equities.tilt import FACTORS, FUNDS, Tilt
from barograph.models.history import REACH_YEARS, SessionView
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.run.api import Record

Floats = NDArray[np.float64]
#: Autocovariances of the test, its level, years of one row of the table.
LAGS, LEVEL, YEARS = 5, 0.05, 5


def score_attribution(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """R2 of the tilt's regression on each session, estimated on the `window` changes before it, against their mean.

    The changes of the real yield and of the spread are those of the session itself: this scores an account of what happened
    and no forecast. Prices, yields and spreads are not revised, so one view at the end serves for all sessions; it reaches
    back fifteen years. The test is Newey and West's on the difference of squared errors.
    """
    seen, model = SessionView(record.as_of(last.isoformat())), Tilt()
    slugs = [*model.cyclicals, *model.defensives]
    histories = [seen.history(a) for a in (*(FUNDS[s] for s in slugs), *(a for _, a in FACTORS))]
    days, moves = common_changes(histories, 260 * REACH_YEARS)
    y, x = moves[:, : len(slugs)] @ model.pair(slugs), moves[:, len(slugs) :]
    inside = (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))
    scored = [t for t in np.flatnonzero(inside).tolist() if t >= model.window]
    if len(scored) < model.window:
        raise InputError(
            "the scores of attribution",
            f"{len(scored)} sessions with {model.window} changes before them",
            str(model.window),
            "Fill the archive, or give a longer stretch.",
        )
    ours, plain = np.empty(len(scored)), np.empty(len(scored))
    for k, t in enumerate(scored):
        if tell is not None and k % 50 == 0:
            tell("tilt", k, len(scored))
        past = slice(t - model.window, t)
        fit = regress(y[past, None], x[past], 0)
        ours[k] = y[t] - float(fit.constants[0] + x[t] @ fit.slopes[:, 0])
        plain[k] = y[t] - float(y[past].mean())
    years = days[scored].astype("datetime64[Y]").astype(int) + 1970
    begin = int(years[0]) // YEARS * YEARS
    rows = []
    for start in range(begin, int(years[-1]) + 1, YEARS):
        mine = (years >= start) & (years < start + YEARS)
        if mine.any():
            head = {"from": str(days[scored][mine][0]), "to": str(days[scored][mine][-1])}
            rows.append(head | _scored(ours[mine], plain[mine]))
    span = {"from": str(days[scored[0]]), "to": str(days[scored[-1]])}
    return {"model": "attribution", **span, "tilt": _scored(ours, plain), "years": rows}


def _scored(ours: Floats, plain: Floats) -> dict[str, Any]:
    statistic, p = mean_test(plain**2 - ours**2, LAGS)
    good = p < LEVEL and statistic > 0.0
    return {
        "n": int(ours.size),
        "r2": 1.0 - float((ours**2).sum() / (plain**2).sum()),
        "t": statistic,
        "p": p,
        "verdict": "accounts for more than the mean" if good else "no demonstrated share",
    }
