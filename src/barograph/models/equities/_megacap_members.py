"""What is said of one mega cap: weight and contribution, relative momentum, premium, and its macro decomposition."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input, Quantity
from barograph.models._kernels import ew_ridge
from barograph.models._price_path import price_path
from barograph.models._tagged import tagged
from barograph.models.equities._concentration import TICKERS
from barograph.models.equities._megacap_results import results_of
from barograph.models.history import History, SessionView
from barograph.models.intervals import Z90
from barograph.models.session import Days

if TYPE_CHECKING:
    from barograph.models.equities.megacaps import MegaCaps

Floats = NDArray[np.float64]
#: Factors in order: name, and what a unit of the stated sensitivity is in units of its change.
FACTORS: tuple[tuple[str, float], ...] = (
    ("market", 1.0),
    ("real10y", 10.0),
    ("breakeven10y", 10.0),
    ("usd", 1.0),
    ("semis", 1.0),
)


def beta_id(prefix: str, name: str) -> tuple[str, str]:
    """Id and unit of a sensitivity: to yields in per cent for +10 bp, to prices in per cent for +1 per cent."""
    return (f"{prefix}.{name}.beta", "percent") if name.endswith("10y") else (f"{prefix}.{name}_beta", "ratio")


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Changes of shares and factors between their common days: `moves` (T, n) by `names`; `dropped` says which and why."""

    days: Days
    moves: Floats
    names: tuple[str, ...]
    factors: tuple[str, ...]
    dropped: tuple[str, ...]
    inputs: tuple[Input, ...]

    def column(self, name: str) -> Floats:
        return np.asarray(self.moves[:, self.names.index(name)], dtype=np.float64)


def momentum(model: MegaCaps, seen: SessionView, slug: str, share: History, index: History) -> list[Quantity]:
    """Relative return over each horizon, per cent, and in standard deviations of a random walk.

    Prices on both sides, adjusted for splits alone: the index is one of prices, and a share's dividends would count for it.
    """
    p, out = f"megacap.us.{slug}", []
    reason = share.reason or index.reason
    days = np.intersect1d(share.days, index.days, assume_unique=True)
    if reason is None and (not share.current or not index.current or days.size < 2):
        reason = "no price of the session"
    with np.errstate(invalid="ignore", divide="ignore"):
        paths = [price_path(seen, h.asset.series[0], days) for h in (share, index)]
        moves = np.diff(np.log(paths[0] / paths[1])) if reason is None else np.empty(0)
    past = moves[max(moves.size - 1 - model.year, 0) : -1]
    sd = float(past.std(ddof=1)) if past.size >= model.least else math.nan
    for h in model.horizons:
        ids = ((f"{p}.relative_{h}d", "percent"), (f"{p}.relative_z_{h}d", "sigma"))
        why = reason or (None if moves.size >= h else f"{moves.size} sessions where {h} are needed")
        if why is not None:
            out += [Quantity(i, None, u, "insufficient", share.due, reason=why) for i, u in ids]
            continue
        total = float(moves[-h:].sum())
        since = days[-h - 1].item()
        inputs = (*share.inputs(since), *index.inputs(since))
        out.append(
            Quantity(
                ids[0][0],
                100.0 * math.expm1(total),
                "percent",
                period=share.due,
                n=h,
                window=f"since {since}",
                inputs=inputs,
            )
        )
        if not sd > 0.0:
            why = f"{past.size} earlier sessions where {model.least} are needed"
            out.append(Quantity(ids[1][0], None, "sigma", "insufficient", share.due, reason=why))
            continue
        wide = days[-1 - 1 - past.size].item()
        state: FactState = "ok" if past.size >= model.full * model.year else "degraded"
        short = None if state == "ok" else f"{past.size} sessions in place of {model.year}"
        inputs = (*share.inputs(min(wide, since)), *index.inputs(min(wide, since)))
        z = total / (sd * math.sqrt(h))
        window = f"random walk by {past.size} sessions before the session"
        out.append(Quantity(ids[1][0], z, "sigma", state, share.due, n=h, window=window, inputs=inputs, reason=short))
    return out


def premium(model: MegaCaps, seen: SessionView, slug: str) -> list[Quantity]:
    """Forward P/E against the index's and against the 10-year yield, in standard deviations of their own trailing years."""
    p = f"megacap.us.{slug}"
    rows = tagged(seen.view.catalog, "forward_pe")
    out = []
    for name, other in (("index", "spx"), ("10y", "")):
        id_ = f"{p}.premium_{name}_z"
        lacking = [w for w in (slug, other) if w and w not in rows]
        if lacking:
            why = f"no forward price-earnings ratio: import a series tagged forward_pe:{lacking[0]}"
            out.append(Quantity(id_, None, "sigma", "insufficient", seen.session, reason=why))
            continue
        first = seen.points(rows[slug].id)
        second = seen.points(rows[other].id) if other else seen.points("us.rates.par_10y")
        days, a, b = np.intersect1d(first.periods, second.periods, assume_unique=True, return_indices=True)
        good = (first.values[a] > 0.0) & (second.values[b] > 0.0)
        days, x, y = days[good], first.values[a][good], second.values[b][good]
        made = (np.log(x / y) if other else y - 100.0 / x)[-model.premium_sessions :]
        days = days[-model.premium_sessions :]
        if made.size < model.least or (seen.session - days[-1].item()).days > model.stale_days:
            why = f"{made.size} common days, {model.least} are needed, the newest at most {model.stale_days} days old"
            out.append(Quantity(id_, None, "sigma", "insufficient", seen.session, reason=why))
            continue
        sd = float(made[:-1].std(ddof=1))
        state: FactState = "ok" if days[-1].item() == seen.session else "degraded"
        reason = None if state == "ok" else f"the newest ratio is of {days[-1]}"
        inputs = [seen.input(s.series_id, days[0].item(), days[-1].item()) for s in (first, second)]
        if not sd > 0.0:
            out.append(Quantity(id_, None, "sigma", "insufficient", seen.session, reason="the ratio does not vary"))
            continue
        out.append(
            Quantity(
                id_,
                (float(made[-1]) - float(made[:-1].mean())) / sd,
                "sigma",
                state,
                days[-1].item(),
                n=made.size - 1,
                window=f"{days[0]} to {days[-1]}",
                inputs=tuple(i for i in inputs if i is not None),
                reason=reason,
            )
        )
    return out


def decomposition(model: MegaCaps, seen: SessionView, slug: str, panel: Panel | str) -> list[Quantity]:
    """Sensitivities estimated to the session before, the parts of the session's return, and the systematic share."""
    p = f"megacap.us.{slug}"
    if isinstance(panel, str) or slug not in panel.names:
        why = panel if isinstance(panel, str) else "no price of the session"
        return nothing(p, seen.session, why)
    y, x = panel.column(slug), np.column_stack([panel.column(f) for f in panel.factors])
    moved, there = results_of(seen.view, TICKERS[slug])
    keep = np.array([d not in moved for d in panel.days[:-1].tolist()], dtype=bool)
    if int(keep.sum()) < model.least:
        return nothing(p, seen.session, f"{int(keep.sum())} changes before the session where {model.least} are needed")
    fit = ew_ridge.newest(y[:-1], x[:-1], model.half_life, model.penalty, keep)
    if not np.isfinite(fit.slopes).all():
        return nothing(p, seen.session, "a factor does not move, or is a sum of the others")
    reasons = [] if keep.size >= model.full * model.window else [f"{keep.size} changes in place of {model.window}"]
    today = seen.session in moved
    if today:
        reasons.append("results could move the session")
    state: FactState = "degraded" if reasons else "ok"
    without = f", without {', '.join(panel.dropped)}" if panel.dropped else ""
    left = int((~keep).sum())
    more: dict[str, Any] = {
        "state": state,
        "period": seen.session,
        "n": round(fit.n),
        "window": f"{keep.size} changes to {panel.days[-2]}, half-life {model.half_life:g}, 90% interval{without}",
        "inputs": panel.inputs,
        "reason": "; ".join(reasons) or None,
    }
    out = []
    rest = float(y[-1])
    for name, unit in FACTORS:
        id_, kind = beta_id(p, name)
        part = f"{p}.{name}_1d"
        if name not in panel.factors:
            why = next((d for d in panel.dropped if d.startswith(name)), "not used")
            out += [
                Quantity(i, None, u, "insufficient", seen.session, reason=f"dropped: {why}")
                for i, u in ((id_, kind), (part, "pp"))
            ]
            continue
        k = panel.factors.index(name)
        value, half = unit * float(fit.slopes[k]), unit * Z90 * float(fit.errors[k])
        out.append(Quantity(id_, value, kind, low=value - half, high=value + half, **more))
        given = float(fit.slopes[k] * x[-1, k])
        edge = abs(half / unit * float(x[-1, k]))
        out.append(Quantity(part, given, "pp", low=given - edge, high=given + edge, **more))
        rest -= given
    out.append(Quantity(f"{p}.own_1d", rest, "pp", **more))
    out.append(Quantity(f"{p}.systematic_share", 100.0 * fit.share, "percent", **more))
    if there:
        text = "results named by calendars on record"
        out.append(
            Quantity(
                f"{p}.results_left_out", float(left), "count", period=seen.session, window=text, inputs=panel.inputs
            )
        )
    else:
        why = "no calendar of results: import one of the kind earnings; their sessions stay in the estimation"
        out.append(Quantity(f"{p}.results_left_out", None, "count", "insufficient", seen.session, reason=why))
    return out


def nothing(p: str, session: date, why: str) -> list[Quantity]:
    """The ids of a decomposition without a value."""
    ids = [i for name, _ in FACTORS for i in (beta_id(p, name), (f"{p}.{name}_1d", "pp"))]
    ids += [(f"{p}.own_1d", "pp"), (f"{p}.systematic_share", "percent"), (f"{p}.results_left_out", "count")]
    return [Quantity(i, None, u, "insufficient", session, reason=why) for i, u in ids]
