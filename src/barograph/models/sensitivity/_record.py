"""The fan's own record: month by month, with the month's own variances, what its interval held of the sessions that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.models._records import gain, held
from barograph.models._scores import pinball
from barograph.models.sensitivity import _estimates as estimates

if TYPE_CHECKING:
    from barograph.models.sensitivity._sample import Sample
    from barograph.models.sensitivity.sensitivity import Sensitivity

Floats = NDArray[np.float64]


def fan_records(
    whole: Sample, settings: Sensitivity, count: int, lags: int, least_p: float
) -> dict[str, dict[str, Any]]:
    """Per asset the record over the newest `count` months, as JSON values, or why there is none.

    On each session the random-walk betas and the residual's volatility of the evening before give an interval of the return at
    the moves that came: the fan's, at those moves. Variances are estimated for each month on the `window` sessions before it,
    as the page of that month had them. The usual interval is that of the returns of the same `window` sessions.

    Parameters
    ----------
    whole
        Sessions before the one at which the parameters of the coming month are made.
    lags, least_p
        Of the test of losses: sessions, and the p above which no skill is claimed.
    """
    months = whole.days.astype("datetime64[M]")
    # Error, half-width, and the ends of the usual interval, by session and asset; what no month made stays NaN.
    made = np.full((4, *whole.returns.shape), np.nan)
    for month in np.unique(months)[-count:]:
        first, stop = np.searchsorted(months, [month, month + 1]).tolist()
        made[:, first:stop] = _month(whole, settings, first, stop)
    there: NDArray[np.bool_] = np.asarray(np.isfinite(made).all(axis=0))
    out: dict[str, dict[str, Any]] = {}
    for k, asset in enumerate(whole.assets):
        rows = there[:, k]
        if rows.sum() < settings.least:
            why = f"{int(rows.sum())} sessions could be tried where {settings.least} are needed"
            out[asset.slug] = {"reason": why}
            continue
        days = whole.days[rows]
        found = scored(whole.returns[rows, k], made[:, rows, k], settings.level, lags, least_p)
        out[asset.slug] = {**found, "days": [str(days[0]), str(days[-1])]}
    return out


def _month(whole: Sample, settings: Sensitivity, first: int, stop: int) -> Floats:
    """Errors, half-widths and usual ends (4, m, n) of the sessions from row `first` to `stop`."""
    start = max(first - settings.window, 0)
    learnt, sample = whole.upto(first).since(start), whole.upto(stop).since(start)
    out = np.full((4, stop - first, len(whole.assets)), np.nan)
    found = estimates.variances(learnt, settings)
    if isinstance(found, str):
        return out
    walked = estimates.walked(sample, settings, found.q, found.r, found.scale)
    spread = estimates.fan_spread(walked.variances[:-1], walked.volatility[:-1], sample.moves[1:])
    at = np.arange(first - start, stop - start)
    out[0], out[1] = walked.errors[at], estimates.normal(settings.level) * spread[at - 1]
    edge = (1.0 - settings.level) / 2.0
    for k in np.flatnonzero(np.isfinite(found.q)).tolist():
        out[2:, :, k] = np.quantile(learnt.returns[learnt.paired[:, k], k], [edge, 1.0 - edge])[:, None]
    return out


def scored(returns: Floats, made: Floats, level: float, lags: int, least_p: float) -> dict[str, Any]:
    """The record of returns (m,) beside error, half-width and the two usual ends (4, m).

    `r2` is the share of the squared returns, per cent, that the fit at the moves that came accounts for.
    """
    errors, halves, usual = made[0], made[1], made[2:]
    edge = (1.0 - level) / 2.0
    ours = pinball(errors + halves, edge) + pinball(errors - halves, 1.0 - edge)
    theirs = pinball(returns - usual[0], edge) + pinball(returns - usual[1], 1.0 - edge)
    found = gain(np.column_stack([ours, theirs]) / 2.0, lags, least_p)
    if found is None:
        return {"reason": "the losses of the fan and of the usual interval do not differ from session to session"}
    return {
        **found,
        **held(np.abs(errors) <= halves, level),
        "n": int(returns.size),
        "r2": 100.0 * (1.0 - float(errors @ errors) / float(returns @ returns)),
    }
