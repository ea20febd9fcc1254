"""Scores of the sensitivities: the next session's return given its moves of yields, by betas of the evening before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from barograph.core.errors import InputError
from barograph.core.time import sessions
from barograph.models._scores import christoffersen, diebold_mariano, kupiec, mean_test
from barograph.models.assets import ASSETS
from barograph.models.history import SessionView
from barograph.models.sensitivity import _estimates as estimates
from barograph.models.sensitivity._sample import Sample, covered, sample_of
from barograph.models.sensitivity.sensitivity import Sensitivity
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell
from barograph.run.sign_record import sign_record

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model, State
    from barograph.run.api import Record

Floats = NDArray[np.float64]
#: Days with all forecasts that an asset needs, lags of the test over groups, its level.
LEAST, LAGS, LEVEL = 504, 5, 0.05
_FAMILY = {a.slug: a.family for a in ASSETS}
GROUPS = (
    ("S&P 500", ("spx",)),
    ("Nasdaq Composite", ("nasdaq",)),
    ("sector funds", tuple(s for s, f in _FAMILY.items() if f == "sectors")),
    ("mega caps", tuple(s for s, f in _FAMILY.items() if f == "mega_caps")),
    ("gold fund", ("gold",)),
    ("dollar fund", ("dollar",)),
    ("oil fund", ("oil",)),
)


@dataclass
class Forecasts:
    """By day: the return, each forecast's error and its standard deviation known before; and states at month ends."""

    returns: dict[tuple[str, date], float] = field(default_factory=dict)
    errors: dict[str, dict[tuple[str, date], float]] = field(default_factory=lambda: defaultdict(dict))
    spreads: dict[str, dict[tuple[str, date], float]] = field(default_factory=lambda: defaultdict(dict))
    states: dict[str, list[tuple[date, str]]] = field(default_factory=lambda: defaultdict(list))
    followed: dict[tuple[str, date], float] = field(default_factory=dict)


class Expanding:
    """Least squares on all days since the first, renewed by the month."""

    def __init__(self) -> None:
        self._squares: dict[str, Floats] = {}
        self._products: dict[str, Floats] = {}
        self._last: dict[str, np.datetime64] = {}

    def add(self, sample: Sample) -> None:
        """Take in the days that are new."""
        design = np.column_stack([np.ones(sample.days.size), sample.moves])
        for k, asset in enumerate(sample.assets):
            keep = sample.paired[:, k]
            if asset.slug in self._last:
                keep = keep & (sample.days > self._last[asset.slug])
            rows, y = design[keep], sample.returns[keep, k]
            self._squares[asset.slug] = self._squares.get(asset.slug, np.zeros((4, 4))) + rows.T @ rows
            self._products[asset.slug] = self._products.get(asset.slug, np.zeros(4)) + rows.T @ y
            if keep.any():
                self._last[asset.slug] = sample.days[keep][-1]

    def betas(self, slug: str) -> Floats:
        """Constant and slopes; NaN with under a year of days."""
        squares = self._squares.get(slug)
        if squares is None or squares[0, 0] < 252:
            return np.full(4, np.nan)
        return np.asarray(np.linalg.solve(squares, self._products[slug]))


def score_sensitivity(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """Per group of assets and estimator: out-of-sample R2 of the day's return given its moves of yields, against no betas and
    against expanding least squares since the first day, with Diebold and Mariano's test; coverage of the 90 % interval, with
    Kupiec's and Christoffersen's tests for single assets; how long states stand and what came after.

    Each month is read at its last session, with the parameters of its first; forecasts of a day use betas of the days before it.
    """
    model, made = Sensitivity(), Forecasts()
    days = sessions("NYSE", first, last)
    months = [list(ds) for _, ds in groupby(days, key=lambda d: (d.year, d.month))]
    estimation, expanding = Estimation(record.archive.states), Expanding()
    for done, month in enumerate(months):
        if tell is not None:
            tell("sensitivity", done, len(months))
        view = record.as_of(month[-1].isoformat())
        _month(model, estimation.state(cast("Model", model), view), view, month, expanding, made)
    groups = [row for name, slugs in GROUPS if (row := _group(name, slugs, made)) is not None]
    if not groups:
        raise InputError(
            "the scores of sensitivity",
            "no asset with two years of forecasts",
            f"{LEAST} sessions",
            "Fill the archive.",
        )
    return {
        "model": "sensitivity",
        "from": first.isoformat(),
        "to": last.isoformat(),
        "months": len(months),
        "given_the_moves": groups,
        "coverage_90": [row for name, slugs in GROUPS for row in _coverage(name, slugs, made, model.level)],
        "states": [_states(name, slugs, made) for name, slugs in (*GROUPS, ("all", tuple(_FAMILY)))],
    }


def _month(
    model: Sensitivity, state: State, view: AsOf, month: list[date], expanding: Expanding, made: Forecasts
) -> None:
    seen = SessionView.of(view)
    whole = sample_of(seen, covered(view.catalog))
    if isinstance(whole, str) or "assets" not in state.params:
        return
    first = int(np.searchsorted(whole.days, np.datetime64(month[0], "D")))
    expanding.add(whole.upto(first))
    sample = whole.since(max(first - model.window, 0))
    inside = np.flatnonzero(sample.days >= np.datetime64(month[0], "D"))
    errors, spreads = _errors(model, state, sample)
    design = np.column_stack([np.ones(sample.days.size), sample.moves])
    for k, asset in enumerate(sample.assets):
        full = sample.returns[:, k] - design @ expanding.betas(asset.slug)
        for t in inside[sample.paired[inside, k]].tolist():
            key = (asset.slug, sample.days[t].item())
            found = {**{e: v[t, k] for e, v in errors.items()}, "full": full[t]}
            if all(np.isfinite(v) for v in found.values()) and all(np.isfinite(s[t, k]) for s in spreads.values()):
                made.returns[key] = float(sample.returns[t, k])
                for name, value in found.items():
                    made.errors[name][key] = float(value)
                for name, spread in spreads.items():
                    made.spreads[name][key] = float(spread[t, k])
        rows = inside[sample.paired[inside, k]]
        if rows.size >= 15:
            made.followed[(asset.slug, month[0].replace(day=1))] = float(
                np.linalg.lstsq(design[rows], sample.returns[rows, k], rcond=None)[0][1]
            )
    for quantity in model.step(state, view)[1].quantities:
        if quantity.id.endswith(".state") and isinstance(quantity.value, str):
            made.states[quantity.id.split(".")[1]].append((month[-1], quantity.value))


def _errors(model: Sensitivity, state: State, sample: Sample) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """One-step errors of the three estimators, (T, n) each, and the standard deviations that the evening before gave them.

    Those of the random walk are the page's fan's, with the errors of its betas; the others' the residual's alone.
    """
    from barograph.models._kernels import ew_ridge
    from barograph.models._kernels.rolling_ols import rolling_ols

    q, r, penalty = estimates.parameters(state.params, sample)
    betas = rolling_ols(sample.returns, sample.moves, model.rolling, model.least_rolling)
    rolled = np.full(sample.returns.shape, np.nan)
    rolled[1:] = sample.returns[1:] - betas[:-1, 0] - np.einsum("tk,tkn->tn", sample.moves[1:], betas[:-1, 1:])
    ridge = ew_ridge.path(sample.returns, sample.moves, model.half_life, np.nan_to_num(penalty), model.rolling).errors
    ridge[:, np.isnan(penalty)] = np.nan
    walk = estimates.walked(sample, model, q, r, np.array(state.params["scale"]))
    errors = {"rolling": rolled, "ridge": ridge, "kalman": walk.errors}
    spreads = {
        e: estimates.evening_before(estimates.residual_volatility(v, model.half_life, model.rolling))
        for e, v in errors.items()
    }
    spreads["kalman"][1:] = estimates.fan_spread(walk.variances[:-1], walk.volatility[:-1], sample.moves[1:])
    return errors, spreads


# ------------------------------------------------------------------------------------------------------------ tables


def _keys(slugs: Sequence[str], made: Forecasts) -> list[tuple[str, date]]:
    counts: dict[str, int] = defaultdict(int)
    for slug, _ in made.returns:
        counts[slug] += 1
    return sorted(k for k in made.returns if k[0] in slugs and counts[k[0]] >= LEAST)


def _group(name: str, slugs: Sequence[str], made: Forecasts) -> dict[str, Any] | None:
    keys = _keys(slugs, made)
    if not keys:
        return None
    returns = np.array([made.returns[k] for k in keys])
    errors = {e: np.array([made.errors[e][k] for k in keys]) for e in (*estimates.ESTIMATORS, "full")}
    out: dict[str, Any] = {"group": name, "assets": len({s for s, _ in keys}), "n": len({d for _, d in keys})}
    out |= {f"r2_{e}": 1.0 - float(v @ v) / float(returns @ returns) for e, v in errors.items()}
    alone = out["assets"] == 1
    for e in estimates.ESTIMATORS:
        for other, theirs in (("nought", returns), ("full", errors["full"])):
            if alone:
                statistic, p = diebold_mariano(errors[e], theirs)
            else:
                statistic, p = mean_test(_by_day(keys, errors[e] ** 2 - theirs**2), LAGS)
            # Negative: the estimator's squared errors are smaller.
            out |= {f"dm_{e}_{other}": statistic, f"p_{e}_{other}": p}
            better = p < LEVEL and statistic < 0.0
            out[f"skill_{e}_{other}"] = "better" if better else "worse" if p < LEVEL else "no difference shown"
    return out


def _by_day(keys: Sequence[tuple[str, date]], values: Iterable[float]) -> Floats:
    """Means over the assets of each day: their errors of one day are no separate witnesses."""
    days: dict[date, list[float]] = defaultdict(list)
    for (_, day), value in zip(keys, values, strict=True):
        days[day].append(value)
    return np.array([np.mean(days[d]) for d in sorted(days)])


def _coverage(name: str, slugs: Sequence[str], made: Forecasts, level: float) -> list[dict[str, Any]]:
    keys = _keys(slugs, made)
    out = []
    for e in estimates.ESTIMATORS if keys else ():
        z = estimates.normal(level)
        hits = np.array([abs(made.errors[e][k]) <= z * made.spreads[e][k] for k in keys])
        row: dict[str, Any] = {"group": name, "estimator": e, "n": hits.size, "coverage": 100.0 * float(hits.mean())}
        if len({s for s, _ in keys}) == 1:
            row["p_kupiec"] = kupiec(int(hits.sum()), hits.size, level)[1]
            row["p_christoffersen"] = christoffersen(hits, level)[1]
        out.append(row)
    return out


def _states(name: str, slugs: Sequence[str], made: Forecasts) -> dict[str, Any]:
    """How often a state is the same one and three months later, and whether the next month's beta has its sign, beside the
    sign of most months so far and of the newest one."""
    counts: Mapping[str, list[int]] = defaultdict(lambda: [0, 0])
    words: dict[str, int] = defaultdict(int)
    for slug in slugs:
        said = dict(made.states.get(slug, []))
        days = sorted(said)
        for i, day in enumerate(days):
            words[said[day]] += 1
            for ahead in (1, 3):
                if i + ahead < len(days) and days[i + ahead] - day < timedelta(31 * ahead + 10):
                    kind = "signed" if said[day] != "no_link" else "unsigned"
                    tally = counts[f"same_{ahead}m_{kind}"]
                    tally[0] += said[days[i + ahead]] == said[day]
                    tally[1] += 1
    out: dict[str, Any] = {"group": name, **{w: words[w] for w in ("help", "hurt", "no_link")}}
    for what in ("same_1m_signed", "same_3m_signed", "same_1m_unsigned"):
        hits, n = counts[what]
        out |= {what: 100.0 * hits / n if n else float("nan"), f"n_{what}": n}
    return out | sign_record(made.states, made.followed, slugs)
