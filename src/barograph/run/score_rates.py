"""Whether the affine model of the curve foretells yields and short rates, out of sample, and its premium in known events."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._scores import diebold_mariano
from barograph.models.rates._zero_curves import BOARD, Curves
from barograph.models.rates.term_premium import MATURITIES, TermPremium, read, states
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

Floats = NDArray[np.float64]
#: Months ahead, the level of the test, forecasts without which there is no score.
AHEAD, LEVEL, LEAST = (3, 12), 0.05, 60
FORECAST = (("2y", 0), ("10y", 2))
#: Listed before the first run, with the direction of the 10-year premium that was reported of them at the time.
EVENTS = (
    ("taper_tantrum", date(2013, 5, 21), date(2013, 7, 5)),
    ("autumn_2023", date(2023, 7, 31), date(2023, 10, 19)),
)


def score_rates(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Forecasts from month ends, each with the parameters of the month after, which use no later curve.

    Per maturity (`2y`, `10y`) and months ahead: `rmse_bp` of the model, `ratio` to no change, Diebold and Mariano's statistic `t`
    with its `p` (negative: the model is better), `n`, and `n_effective`, the horizons among them that do not overlap.
    `short_rate_2y` is the rate expected over two years against the mean of the one-month rate over them; its no change is today's
    one-month rate. `events` are changes of the 10-year premium in bp with the parameters of the first day's month, and as they
    were said, re-estimations included.
    """
    end = record.as_of(last.isoformat())
    curves = Curves(end)
    days, yields = curves.month_ends()
    keep = days >= np.datetime64(first, "D")
    estimation, model = Estimation(record.archive.states), TermPremium()
    origins = [k for k in np.flatnonzero(keep).tolist() if np.isfinite(yields[k]).all()]
    params: dict[int, Any] = {}
    for done, k in enumerate(origins):
        if tell is not None:
            tell("term premium", done, len(origins))
        found = _params(estimation, model, end, _month_after(days[k].item()))
        if found is not None and found["windows"][0]["last"] == str(days[k]):
            params[k] = found["windows"][0]
    if len(params) < LEAST:
        raise InputError(
            "the scores of rates", f"{len(params)} month ends with an estimate", f"{LEAST}", "Fill the archive."
        )
    months = days.astype("datetime64[M]").astype(int)
    out: dict[str, Any] = {
        "model": "term_premium", "from": first.isoformat(), "to": last.isoformat(), "month_ends": len(params),
        "zero_yields": zero_yields(curves),
    }  # fmt: skip
    for slug, j in FORECAST:
        for ahead in AHEAD:
            out[f"{slug}_{ahead}m"] = _yields(params, yields, months, j, ahead)
    out["short_rate_2y"] = _short_rate(params, yields, months)
    out["events"] = [e for name, a, b in EVENTS if (e := _event(estimation, model, end, name, a, b)) is not None]
    return out


def zero_yields(curves: Curves) -> str:
    """Whose curves were scored, and whether their knowledge times are more than a rule's guess."""
    if not curves.board:
        return "from par yields"
    bases = {b for i in curves.inputs if i.series_id in BOARD for b in i.bases}
    return "the Board's" + (", known when the rule assumes: values of today" if "assumed" in bases else "")


def _params(estimation: Estimation, model: TermPremium, end: AsOf, month: date) -> Any:
    """The parameters of a month; None where there are none, or the month's first session lies after the view."""
    instant = new_york(sessions("NYSE", month, month + timedelta(14))[0], DAY_END)
    if instant > end.known_at:
        return None
    found = estimation.state(cast("Model", model), end.at(instant)).params
    return found if "windows" in found else None


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def _yields(params: dict[int, Any], yields: Floats, months: NDArray[np.int64], j: int, ahead: int) -> dict[str, Any]:
    at = MATURITIES[j][1] - 1
    errors, still = [], []
    for k, packed in params.items():
        then = np.flatnonzero(months == months[k] + ahead)
        if not then.size:
            continue
        x = states(packed, yields[k])
        for _ in range(ahead):
            x = np.array(packed["mu"]) + np.array(packed["phi"]) @ x
        said = packed["fitted"][0][j] + float(np.array(packed["fitted"][1][j]) @ x)
        came = float(yields[then[0], at])
        errors.append(came - said)
        still.append(came - float(yields[k, at]))
    return _scored(np.array(errors), np.array(still), ahead)


def _short_rate(params: dict[int, Any], yields: Floats, months: NDArray[np.int64]) -> dict[str, Any]:
    errors, still = [], []
    for k, packed in params.items():
        over = np.flatnonzero((months >= months[k]) & (months < months[k] + 24))
        if over.size < 24:
            continue
        came = float(yields[over, 0].mean())
        errors.append(came - float(read(packed, yields[k])[1, 0]))
        still.append(came - float(yields[k, 0]))
    return _scored(np.array(errors), np.array(still), 24)


def _scored(errors: Floats, still: Floats, ahead: int) -> dict[str, Any]:
    if errors.size < LEAST:
        return {"n": int(errors.size), "skill": "insufficient"}
    statistic, p = diebold_mariano(errors, still, ahead)
    told = math.isfinite(p) and p < LEVEL
    mine, none = (float(np.sqrt((e**2).mean())) for e in (errors, still))
    return {
        "n": int(errors.size),
        "n_effective": int(errors.size) // ahead,
        "rmse_bp": 100.0 * mine,
        "ratio": mine / none,
        "t": statistic,
        "p": p,
        "skill": "no demonstrated skill" if not told else f"{'better' if statistic < 0.0 else 'worse'} than no change",
    }


def _event(
    estimation: Estimation, model: TermPremium, end: AsOf, name: str, first: date, last: date
) -> dict[str, Any] | None:
    if new_york(last, DAY_END) > end.known_at:
        return None
    curves = Curves(end.at(new_york(last, DAY_END)), start=first - timedelta(10))
    found = [_params(estimation, model, end, d.replace(day=1)) for d in (first, last)]
    pair = [curves.on(d) for d in (first, last)]
    if found[0] is None or found[1] is None or pair[0] is None or pair[1] is None:
        return None
    before, after = (read(found[0]["windows"][0], c[1]) for c in (pair[0], pair[1]))
    said = read(found[1]["windows"][0], pair[1][1])
    return {
        "event": name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "premium_10y_bp": 100.0 * float(after[0, 2] - before[0, 2]),
        "expected_10y_bp": 100.0 * float(after[1, 2] - before[1, 2]),
        "premium_10y_as_said_bp": 100.0 * float(said[0, 2] - before[0, 2]),
        "yield_10y_bp": 100.0 * float(pair[1][1][119] - pair[0][1][119]),
    }
