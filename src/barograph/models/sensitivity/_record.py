"""The fan's own record: month by month, with the month's own variances, what its interval held of the sessions that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.models._records import NO_LOSSES, gain, held
from barograph.models._scores import pinball
from barograph.models.sensitivity import _estimates as estimates

if TYPE_CHECKING:
    from barograph.models.sensitivity._sample import Sample
    from barograph.models.sensitivity.sensitivity import Sensitivity

Floats = NDArray[np.float64]
#: What is known of a session the evening before, but for its moves and return: the error of the fit at the moves that came and
#: the half-width of the interval, both of the fan; the ends of the usual interval; error and half-width of the plain one.
ROWS = ("error", "half", "usual_low", "usual_high", "plain_error", "plain_half")


def fan_records(
    whole: Sample, settings: Sensitivity, count: int, level: float, large: float, least_large: int
) -> dict[str, dict[str, Any]]:
    """Per asset the record over the newest `count` months, as JSON values, or why there is none.

    On each session the random-walk betas and the residual's volatility of the evening before give an interval of the return at
    the moves that came: the fan's, at those moves. Variances are estimated for each month on the `window` sessions before it,
    as the page of that month had them. Of the same sessions are the usual interval, which is that of the returns whatever the
    moves, and the plain one, which knows the moves too: least squares, and the volatility of its residuals by the same weights.

    Parameters
    ----------
    whole
        Sessions before the one at which the parameters of the coming month are made.
    level
        The p above which no skill is claimed.
    large, least_large
        Sessions whose real yield moved by more, in bp, are counted apart where there are so many.
    """
    months = whole.days.astype("datetime64[M]")
    # By session and asset; what no month made stays NaN.
    made = np.full((len(ROWS), *whole.returns.shape), np.nan)
    for month in np.unique(months)[-count:]:
        first, stop = np.searchsorted(months, [month, month + 1]).tolist()
        made[:, first:stop] = _month(whole, settings, first, stop)
    there: NDArray[np.bool_] = np.asarray(np.isfinite(made).all(axis=0))
    moved = np.abs(whole.moves[:, 0]) > large / 10.0
    out: dict[str, dict[str, Any]] = {}
    for k, asset in enumerate(whole.assets):
        rows = there[:, k]
        if rows.sum() < settings.least:
            why = f"{int(rows.sum())} sessions could be tried where {settings.least} are needed"
            out[asset.slug] = {"reason": why}
            continue
        days, inside = whole.days[rows], np.abs(made[0, rows, k]) <= made[1, rows, k]
        found = scored(whole.returns[rows, k], made[:, rows, k], settings.level, level)
        if "reason" not in found:
            apart = inside[moved[rows]]
            found["large"] = held(apart, settings.level) if apart.size >= least_large else {"n": int(apart.size)}
            found["days"] = [str(days[0]), str(days[-1])]
        out[asset.slug] = found
    return out


def _month(whole: Sample, settings: Sensitivity, first: int, stop: int) -> Floats:
    """What ROWS names, (6, m, n), of the sessions from row `first` to `stop`."""
    start = max(first - settings.window, 0)
    learnt, sample = whole.upto(first).since(start), whole.upto(stop).since(start)
    out = np.full((len(ROWS), stop - first, len(whole.assets)), np.nan)
    found = estimates.variances(learnt, settings)
    if isinstance(found, str):
        return out
    z, edge = estimates.normal(settings.level), (1.0 - settings.level) / 2.0
    walked = estimates.walked(sample, settings, found.q, found.r, found.scale)
    spread = estimates.fan_spread(walked.variances[:-1], walked.volatility[:-1], sample.moves[1:])
    at = np.arange(first - start, stop - start)
    out[0], out[1] = walked.errors[at], z * spread[at - 1]
    design = np.column_stack([np.ones(sample.days.size), sample.moves])
    errors = np.full(sample.returns.shape, np.nan)
    for k in np.flatnonzero(np.isfinite(found.q)).tolist():
        rows = np.flatnonzero(learnt.paired[:, k])
        out[2:4, :, k] = np.quantile(learnt.returns[rows, k], [edge, 1.0 - edge])[:, None]
        plain = np.linalg.lstsq(design[rows], learnt.returns[rows, k], rcond=None)[0]
        errors[:, k] = sample.returns[:, k] - design @ plain
    volatility = estimates.residual_volatility(errors, settings.half_life, settings.rolling)
    out[4], out[5] = errors[at], z * volatility[at - 1]
    return out


def scored(returns: Floats, made: Floats, asked: float, level: float) -> dict[str, Any]:
    """The record of returns (m,) beside what ROWS names, (6, m), for an interval of `asked`.

    `r2` is the share of the squared returns, per cent, that the fit at the moves that came accounts for.
    """
    errors, halves, *usual, plain, plain_halves = made
    edge = (1.0 - asked) / 2.0

    def loss(above: Floats, below: Floats) -> Floats:
        """Of an interval's two ends by what the return is above the lower and above the upper one."""
        return (pinball(above, edge) + pinball(below, 1.0 - edge)) / 2.0

    ours = loss(errors + halves, errors - halves)
    theirs = {
        "usual": loss(returns - usual[0], returns - usual[1]),
        "plain": loss(plain + plain_halves, plain - plain_halves),
    }
    found = {k: gain(np.column_stack([ours, other]), 1, level, k) for k, other in theirs.items()}
    squares = float(returns @ returns)
    if found["usual"] is None or found["plain"] is None or not squares > 0.0:
        return {"reason": NO_LOSSES}
    inside = held(np.abs(errors) <= halves, asked)
    return {**inside, **found, "r2": 100.0 * (1.0 - float(errors @ errors) / squares)}
