"""Scores of the nowcasts of inflation against first prints, and of the inflation axis against what inflation then did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, NEW_YORK, new_york
from barograph.models._scores import auroc, bootstrap_auroc, brier
from barograph.models.macro._rates import ONE, first_print, monthly_rates
from barograph.models.macro.inflation import Inflation
from barograph.models.macro.inflation_nowcast import BUCKETS, CORE, REPLAYED, TARGETS, InflationNowcast
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell, forecast_row, month_ends

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

P_UP = "regime.us.inflation.p_up"
#: The bucket and the target at the head of the table: CPI after the month's end, days before the release.
HEAD = ("cpi", 2)


def score_inflation(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Errors, coverage and comparisons of the nowcasts by target and time of the month; AUROC and Brier of P(up).

    The axis is said to have been right where core CPI rose faster over the three months to the newest month of the reading than
    over the three before, on the values of the last view.
    """
    end = record.as_of(last.isoformat())
    heard = None if tell is None else lambda done, total: tell("nowcasts of inflation", done, total)
    rows = _nowcasts(Estimation(record.archive.states, heard), end, first, last)
    if not rows:
        raise InputError("the scores of inflation", "no nowcast with a first print", "", "Fill the archive first.")
    head = next((r for r in rows if r["target"] == HEAD[0] and r["bucket"] == BUCKETS[HEAD[1]]), rows[0])
    made: dict[str, Any] = {"model": "inflation", "from": first.isoformat(), "to": last.isoformat(), "n": head["n"]}
    made |= {k: head[k] for k in ("rmse", "rmse_ratio_mean12", "rmse_ratio_ar1", "coverage70")}
    heard = None if tell is None else lambda done, total: tell("inflation axis", done, total)
    made["axis"] = _axis(Estimation(record.archive.states, heard), end, month_ends(first, last))
    return made | {"nowcasts": rows}


def _nowcasts(estimation: Estimation, end: AsOf, first: date, last: date) -> list[dict[str, Any]]:
    wanted: list[tuple[np.datetime64, int, datetime]] = []
    for month in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M")):
        day: date = month.astype("datetime64[D]").item()
        wanted += [(month, b, new_york(day + timedelta(n), DAY_END)) for b, n in enumerate(REPLAYED)]
    wanted = [w for w in wanted if w[2] <= end.known_at]
    said = estimation.record([cast("Model", InflationNowcast())], end, [w[2] for w in wanted])
    prints = {(n, m): first_print(end, i, m) for n, i in TARGETS for m in {w[0] for w in wanted}}
    out = []
    for name, series_id in TARGETS:
        for bucket in range(len(BUCKETS)):
            errors = []
            for (month, b, when), estimate in zip(wanted, said, strict=True):
                found = prints[name, month]
                numbers = [estimate.get(f"nowcast.us.{name}.{k}", {}).get("value") for k in ("point", "q15", "q85")]
                period = estimate.get(f"nowcast.us.{name}.point", {}).get("period")
                about = period is not None and np.datetime64(period, "M") == month
                if b != bucket or not about or found is None or found[0] <= when.astimezone(NEW_YORK).date():
                    continue
                simple = _simple(end.at(when), series_id, month)
                told = [v for v in numbers if isinstance(v, float)]
                if simple is None or len(told) < 3:
                    continue
                point, low, high = told
                errors.append((found[1] - point, found[1] - simple[0], found[1] - simple[1], low <= found[1] <= high))
            if len(errors) >= 24:
                row = forecast_row(errors, ("mean12", "ar1"))
                out.append({"target": name, "bucket": BUCKETS[bucket]} | row)
    return out


def _simple(view: AsOf, series_id: str, month: np.datetime64) -> tuple[float, float] | None:
    """What the mean of twelve rates and an AR(1) on 120 forecast for a month that follows the newest one known."""
    rates = monthly_rates(view, series_id, 125)
    months = sorted(m for m in rates if m < month)
    if len(months) < 60 or int((month - months[-1]).astype(int)) > 2:
        return None
    values = np.array([rates[m] for m in months])
    pairs = [(rates[m - ONE], rates[m]) for m in months if m - ONE in rates]
    slope, level = np.polyfit([a for a, _ in pairs], [b for _, b in pairs], 1)
    forecast = float(values[-1])
    for _ in range(int((month - months[-1]).astype(int))):
        forecast = float(level + slope * forecast)
    return float(values[-12:].mean()), forecast


def _axis(estimation: Estimation, end: AsOf, instants: Sequence[datetime]) -> dict[str, Any]:
    said = estimation.record([cast("Model", Inflation())], end, instants)
    rates = monthly_rates(end, CORE)
    chance, came = [], []
    for estimate in said:
        found = estimate.get(P_UP, {})
        if not isinstance(found.get("value"), float) or found.get("period") is None:
            continue
        month = np.datetime64(found["period"], "M")
        months = [month - k for k in range(6)]
        if all(m in rates for m in months):
            chance.append(found["value"] / 100.0)
            came.append(sum(rates[m] for m in months[:3]) > sum(rates[m] for m in months[3:]))
    p, label = np.array(chance), np.array(came, dtype=bool)
    out: dict[str, Any] = {"n": int(label.size)}
    if 0 < label.sum() < label.size:
        low, high = bootstrap_auroc(p, label)
        out |= {"auroc": auroc(p, label), "auroc_low": low, "auroc_high": high, "share_up": float(label.mean())}
        out |= {"brier": brier(p, label), "brier_of_base_rate": float(label.mean() * (1.0 - label.mean()))}
    return out
