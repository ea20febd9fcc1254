"""Whether the bands of credit spreads beat the usual ones: week by week, as said from what was known, against what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._records import verdict_of
from barograph.models._scores import brier, clopper_pearson, independence, kupiec, mean_test, pinball
from barograph.models.assets import Asset, spreads_of
from barograph.models.credit._estimates import TAUS
from barograph.models.credit._ids import HORIZONS, WORDS, head_of
from barograph.models.credit.credit_band import CreditBand
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

Floats = NDArray[np.float64]
#: Sessions of a week; weeks that a score needs; p above which no skill is claimed.
WEEK, LEAST, LEVEL = 5, 60, 0.10


def score_credit(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Per spread and horizon: pinball loss of each quantile beside that of the usual one, coverage and its tests, bands.

    `gain` is the share by which the loss is smaller; its p is Newey and West's on the difference of losses with as many weekly
    lags as the horizon has. Coverage is counted on outcomes that do not overlap: Kupiec on the share below each
    quantile, Christoffersen on its independence. `wider_than_carry` is the Brier score of the chance of a widening that costs
    the carry.
    """
    end = record.as_of(last.isoformat())
    days = sessions("NYSE", first, last)
    weeks = [
        a
        for a, b in zip(days, [*days[1:], None], strict=True)
        if b is None or b.isocalendar()[:2] != a.isocalendar()[:2]
    ]
    heard = None if tell is None else lambda done, total: tell("credit bands", done, total)
    said = Estimation(record.archive.states, heard).record(
        [cast("Model", CreditBand())], end, [new_york(d, DAY_END) for d in weeks]
    )
    out: dict[str, Any] = {"model": "credit_band", "from": first.isoformat(), "to": last.isoformat()}
    for asset in spreads_of(end.catalog):
        made = {f"{h}d": found for h in HORIZONS if (found := _horizon(end, asset, h, said)) is not None}
        if made:
            out[asset.slug] = made
    if not any(isinstance(v, dict) for v in out.values()):
        raise InputError(
            "the scores of the credit bands", "no weeks with a band and an outcome", f"{LEAST}", "Fill the archive."
        )
    return out


def _horizon(end: AsOf, asset: Asset, h: int, said: Sequence[Any]) -> dict[str, Any] | None:
    points = end.series(asset.series[0])
    head = head_of(asset)
    quantiles, usual, places, chances = [], [], [], []
    for quantities in said:
        got = [
            [quantities.get(f"{head}.{kind}_{h}d.{w}", {}).get("value") for w in WORDS] for kind in ("band", "usual")
        ]
        period = quantities.get(f"{head}.band_{h}d.q50", {}).get("period")
        if period is None or any(v is None for row in got for v in row):
            continue
        at = int(np.searchsorted(points.periods, np.datetime64(period)))
        if at + h >= len(points) or points.periods[at] != np.datetime64(period):
            continue
        quantiles.append(got[0])
        usual.append(got[1])
        places.append(at)
        carry = f"{head}.carry_breakeven_{h}d"
        chances.append([quantities.get(f"{carry}{k}", {}).get("value") for k in ("", ".p_exceed", ".p_exceed_base")])
    if len(places) < LEAST:
        return None
    at_ = np.array(places)
    came = points.values[at_ + h] - points.values[at_]
    out = scores_of(np.array(quantiles), np.array(usual), came, -(-h // WEEK), apart(at_, h))
    read = np.array([[np.nan if v is None else v for v in row] for row in chances])
    there = np.isfinite(read).all(axis=1)
    if there.sum() >= LEAST:
        out["wider_than_carry"] = chances_of(read[there], came[there], -(-h // WEEK))
    return out


def apart(places: NDArray[np.int64], h: int) -> NDArray[np.intp]:
    """Positions of outcomes that do not overlap, chosen in order: each begins at least h published levels after the last."""
    out: list[int] = []
    for k, place in enumerate(places.tolist()):
        if not out or place >= places[out[-1]] + h:
            out.append(k)
    return np.array(out, dtype=np.intp)


def scores_of(band: Floats, usual: Floats, came: Floats, lags: int, alone: NDArray[np.intp]) -> dict[str, Any]:
    """Scores of quantiles (n, 5) beside others, outcomes (n,); those at `alone` do not overlap."""
    losses = [np.column_stack([pinball(came - q[:, k], tau) for k, tau in enumerate(TAUS)]) for q in (band, usual)]
    rows = []
    for k, tau in enumerate(TAUS):
        below = (came <= band[:, k])[alone]
        hits, n = int(below.sum()), below.size
        rows.append(
            {
                "tau": tau,
                **_gain(losses[0][:, k], losses[1][:, k], lags),
                "share_below": hits / n,
                "kupiec_p": kupiec(hits, n, tau)[1],
                "independence_p": independence(below)[1],
            }
        )
    out: dict[str, Any] = {"n": int(came.size), "n_apart": int(alone.size)}
    out |= _gain(losses[0].mean(axis=1), losses[1].mean(axis=1), lags)
    for name, (low, high) in (("band_90", (0, 4)), ("band_50", (1, 3))):
        inside = ((band[:, low] <= came) & (came <= band[:, high]))[alone]
        ends = clopper_pearson(int(inside.sum()), inside.size)
        out[name] = {"covered": float(inside.mean()), "low": ends[0], "high": ends[1]}
    out["quantiles"] = rows
    return out


def chances_of(read: Floats, came: Floats, lags: int) -> dict[str, Any]:
    """Brier scores of the chance of a widening beyond the carry breakeven; `read` (n, 3): breakeven in bp, chances in per cent.

    5 and 95 are bounds and are scored as they stand.
    """
    wider = came > read[:, 0]
    errors = (read[:, 1:] / 100.0 - wider[:, None]) ** 2
    ours, usual = (brier(read[:, k] / 100.0, wider) for k in (1, 2))
    out: dict[str, Any] = {"n": int(came.size), "share": float(wider.mean()), "brier": ours, "brier_usual": usual}
    return out | _gain(errors[:, 0], errors[:, 1], lags, "chance")


def _gain(ours: Floats, theirs: Floats, lags: int, what: str = "quantile") -> dict[str, Any]:
    statistic, p = mean_test(theirs - ours, lags)
    skill = verdict_of(statistic, p, LEVEL).replace("_", " ").replace("usual", f"the usual {what}")
    return {"gain": 1.0 - float(ours.sum() / theirs.sum()), "t": statistic, "p": p, "skill": skill}
