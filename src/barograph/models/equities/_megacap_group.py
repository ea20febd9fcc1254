"""What is said of the seven together: weight, effective number of members, contribution, correlation, dispersion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import FactState, Input, Quantity
from barograph.core.transforms import percentile_rank
from barograph.models._common_days import common_changes
from barograph.models._price_path import price_path
from barograph.models._tagged import tagged
from barograph.models.equities._concentration import BEYOND, GROUP, NAMED_ON, SLACK, TICKERS, Concentration
from barograph.models.equities._holdings import holdings_of
from barograph.models.equities._sector_days import INDEX
from barograph.models.equities._togetherness import (
    average_correlation,
    correlation_interval,
    dispersion,
    realised_correlation,
    rolling_correlation,
)
from barograph.models.history import History, SessionView
from barograph.models.session import grid, years_before

if TYPE_CHECKING:
    from barograph.models.equities.megacaps import MegaCaps

Floats = NDArray[np.float64]
_P = "megacap.us"


def group_ids(model: MegaCaps) -> list[tuple[str, str]]:
    """Ids and units of everything that is always said of the group."""
    ids = [(f"{_P}.{m}.{w}", u) for m in GROUP for w, u in (("weight", "percent"), ("contribution_1d", "pp"))]
    ids += [
        (f"{_P}.effective_n", "ratio"),
        (f"{_P}.top7_weight", "percent"),
        (f"{_P}.top7_weight.percentile_1y", "percent"),
    ]
    ids += [
        (f"{_P}.contribution_1d", "pp"),
        (f"{_P}.rest_contribution_1d", "pp"),
        (f"{_P}.contribution_share", "percent"),
    ]
    return ids + _together_ids(model)


def _together_ids(model: MegaCaps) -> list[tuple[str, str]]:
    c, d, y = f"{_P}.correlation_{model.correlation}d", f"{_P}.dispersion", f"percentile_{model.years}y"
    return [(c, "ratio"), (f"{c}.{y}", "percent"), (f"{d}_1d", "pp"), (f"{d}_{model.dispersed}d", "pp"),
            (f"{d}_{model.dispersed}d.{y}", "percent")]  # fmt: skip


def group_facts(
    model: MegaCaps, seen: SessionView, shares: dict[str, History], index: History, weights: Concentration
) -> list[Quantity]:
    """Everything about the group at the session; `weights` end with it."""
    out = _weights(model, seen, weights)
    out += _contributions(model, seen, weights)
    out += _togetherness(model, seen, shares, index, weights)
    return out + _implied(seen, weights)


def _missing(seen: SessionView, ids: list[tuple[str, str]], why: str) -> list[Quantity]:
    return [Quantity(i, None, u, "insufficient", seen.session, reason=why) for i, u in ids]


def _dated(model: MegaCaps, seen: SessionView, weights: Concentration, t: int) -> tuple[FactState, str, str | None]:
    """State, window and reason of weights that stand on the file of a session or are carried from it."""
    day, file = weights.days[t], weights.files[t]
    age = grid("NYSE", min(day, file).item(), max(day, file).item()).size - 1
    if file == day:
        return "ok", f"weights of {file}", None
    text = f"weights of {file} carried by prices"
    if file > day:
        return "degraded", text, f"the nearest weights are of {file}, carried back"
    old = age > model.fresh_sessions
    return ("degraded" if old else "ok"), text, f"the weights are of {file}" if old else None


def _about(model: MegaCaps, seen: SessionView, weights: Concentration, t: int) -> dict[str, Any]:
    """What a quantity of the session says of itself where it stands on the weights of session `t`."""
    state, window, reason = _dated(model, seen, weights, t)
    inputs = _inputs(seen, weights, t)
    return {"state": state, "period": seen.session, "window": window, "inputs": inputs, "reason": reason}


def _inputs(seen: SessionView, weights: Concentration, low: int) -> tuple[Input, ...]:
    files = [f for f in weights.files[low:] if not np.isnat(f)]
    first = min(weights.days[low], *files).item()
    prices = (seen.input(f"us.equity.{g}", first, seen.session) for g in GROUP)
    found = (*(i for i in prices if i is not None), seen.input(INDEX, first, seen.session))
    return (*(i for i in found if i is not None), *holdings_of(seen.view).inputs(seen.view, first, seen.session))


def _weights(model: MegaCaps, seen: SessionView, weights: Concentration) -> list[Quantity]:
    ids = [
        (f"{_P}.effective_n", "ratio"),
        (f"{_P}.top7_weight", "percent"),
        (f"{_P}.top7_weight.percentile_1y", "percent"),
    ]
    top = weights.top
    if not np.isfinite(top[-1]) or not np.isfinite(weights.effective[-1]):
        return _missing(seen, ids, _no_weights(model, weights))
    more = _about(model, seen, weights, -1)
    out = [
        Quantity(ids[0][0], float(weights.effective[-1]), "ratio", **more),
        Quantity(ids[1][0], 100.0 * float(top[-1]), "percent", **more),
    ]
    known = np.flatnonzero(np.isfinite(top))
    if known.size < model.correlation:
        return out + _missing(seen, ids[2:], f"weights of {known.size} sessions where {model.correlation} are needed")
    days = weights.days[known]
    carried = int((weights.files[known] != days).sum())
    text = f"{days[0]} to {days[-1]}"
    why = f"{carried} of {known.size} sessions carried from the nearest file"
    worn: FactState = "degraded" if carried else "ok"
    rank = percentile_rank(top[known], float(top[-1]))
    made = Quantity(ids[2][0], rank, "percent", worn, seen.session, n=known.size, window=text,
                    inputs=_inputs(seen, weights, int(known[0])), reason=why if carried else None)  # fmt: skip
    return [*out, made]


def _no_weights(model: MegaCaps, weights: Concentration) -> str:
    if np.isnat(weights.files).all():
        return f"no holdings with all seven within {model.last_sessions} sessions"
    return "no price of every one of the seven to carry the weights by"


def _contributions(model: MegaCaps, seen: SessionView, weights: Concentration) -> list[Quantity]:
    """Weight at the close before times the return of the session, by prices adjusted for splits."""
    ids = [(f"{_P}.{m}.{w}", u) for m in GROUP for w, u in (("weight", "percent"), ("contribution_1d", "pp"))]
    ids += [
        (f"{_P}.contribution_1d", "pp"),
        (f"{_P}.rest_contribution_1d", "pp"),
        (f"{_P}.contribution_share", "percent"),
    ]
    before = weights.group[-2]
    moves = _moves(seen, weights)
    index = price_path(seen, INDEX, weights.days[-2:])
    whole = 100.0 * float(index[1] / index[0] - 1.0)
    if not np.isfinite(before).all():
        return _missing(seen, ids, _no_weights(model, weights))
    if not (np.isfinite(moves).all() and np.isfinite(whole)):
        return _missing(seen, ids, "no return of the session for the index and all seven")
    more = _about(model, seen, weights, -2)
    parts = before * moves
    out = []
    for slug, weight, part in zip(GROUP, before, parts, strict=True):
        out.append(Quantity(f"{_P}.{slug}.weight", 100.0 * float(weight), "percent", **more))
        out.append(Quantity(f"{_P}.{slug}.contribution_1d", float(part), "pp", **more))
    total = float(parts.sum())
    out.append(Quantity(f"{_P}.contribution_1d", total, "pp", **more))
    out.append(Quantity(f"{_P}.rest_contribution_1d", whole - total, "pp", **more))
    why = f"the index moved by less than {model.share_floor:g} %" if abs(whole) < model.share_floor else ""
    if not why and abs(total) < model.share_least:
        why = f"they gave less than {model.share_least:g} pp: a share of that is rounding"
    if why:
        return out + _missing(seen, [(f"{_P}.contribution_share", "percent")], why)
    return [*out, Quantity(f"{_P}.contribution_share", 100.0 * total / whole, "percent", **more)]


def _moves(seen: SessionView, weights: Concentration) -> Floats:
    """Returns of the session, per cent, by prices; where holdings have closes of every class, of the classes by weight."""
    days = weights.days[-2:]
    paths = np.column_stack([price_path(seen, f"us.equity.{g}", days) for g in GROUP])
    out = 100.0 * (paths[1] / paths[0] - 1.0)
    held = holdings_of(seen.view)
    moved, at = held.returns(days[0], days[1], BEYOND, SLACK), held.place(days[0])
    if moved is None or at is None or not held.filed[at]:
        return np.asarray(out, dtype=np.float64)
    for k, slug in enumerate(GROUP):
        mine = [held.tickers.index(t) for t in TICKERS[slug] if t in held.tickers]
        shares = np.nan_to_num(held.weights[at][mine])
        if shares.sum() > 0.0 and np.isfinite(moved[mine][shares > 0.0]).all():
            out[k] = 100.0 * float(np.nansum(shares * moved[mine]) / shares.sum())
    return np.asarray(out, dtype=np.float64)


def _togetherness(
    model: MegaCaps, seen: SessionView, shares: dict[str, History], index: History, weights: Concentration
) -> list[Quantity]:
    ids = _together_ids(model)
    absent = [g for g, h in shares.items() if not h.current]
    if absent:
        return _missing(seen, ids, shares[absent[0]].reason or "no price of the session")
    days, moves = common_changes(list(shares.values()), model.years * 252 + model.correlation)
    first = max(years_before(seen.session, model.years), NAMED_ON)
    inside = days > np.datetime64(first, "D")
    days, moves = days[inside], moves[inside]
    if days.size < model.correlation or days[-1] != np.datetime64(seen.session, "D"):
        why = f"{days.size} common changes since {first} where {model.correlation} are needed"
        return _missing(seen, ids, why)
    basket, state, text, reason = _basket(model, seen, weights)
    newest = moves[-model.correlation :]
    low, high = correlation_interval(newest, basket, model.block)

    def inputs_since(at: int) -> tuple[Input, ...]:
        return tuple(i for h in shares.values() for i in h.inputs(days[at].item()))

    more: dict[str, Any] = {"state": state, "period": seen.session, "reason": reason}
    c, d = f"{_P}.correlation_{model.correlation}d", f"{_P}.dispersion"
    window = f"{model.correlation} sessions, 90% interval, {text}"
    rho, spread = realised_correlation(newest, basket), dispersion(moves, basket)
    out = [Quantity(c, rho, "ratio", low=low, high=high, n=model.correlation, window=window,
                    inputs=inputs_since(-model.correlation), **more)]  # fmt: skip
    rolled = rolling_correlation(moves, basket, model.correlation)
    mean = np.convolve(spread, np.full(model.dispersed, 1.0 / model.dispersed), "valid")
    out.append(Quantity(f"{d}_1d", float(spread[-1]), "pp", n=len(GROUP), window=text, inputs=inputs_since(-1), **more))
    name = f"{d}_{model.dispersed}d"
    out.append(Quantity(name, float(mean[-1]), "pp", n=model.dispersed, window=f"mean of {model.dispersed} sessions, {text}",
                        inputs=inputs_since(-model.dispersed), **more))  # fmt: skip
    for id_, path, h in ((c, rolled, model.correlation), (name, mean, model.dispersed)):
        full = f"{id_}.percentile_{model.years}y"
        if path.size < model.year:
            out += _missing(
                seen, [(full, "percent")], f"{path.size} sessions since {first} where {model.year} are needed"
            )
            continue
        since = days[days.size - path.size]
        out.append(Quantity(full, percentile_rank(path, float(path[-1])), "percent", n=max(path.size // h, 1),
                            window=f"{since} to {days[-1]}", inputs=inputs_since(0), **more))  # fmt: skip
    return out


def _basket(model: MegaCaps, seen: SessionView, weights: Concentration) -> tuple[Floats, FactState, str, str | None]:
    """Weights within the seven at the close before, or equal ones where no holdings are in reach."""
    found = weights.group[-2]
    if np.isfinite(found).all():
        state, text, reason = _dated(model, seen, weights, -2)
        return np.asarray(found / found.sum(), dtype=np.float64), state, text, reason
    why = "equal weights: no holdings in reach"
    return np.full(len(GROUP), 1.0 / len(GROUP)), "degraded", "equal weights", why


def _implied(seen: SessionView, weights: Concentration) -> list[Quantity]:
    """The average correlation that option volatilities of the seven and of the basket imply; nothing unless all are given."""
    rows = tagged(seen.view.catalog, "implied_vol")
    names = [*GROUP, "basket"]
    if any(n not in rows for n in names) or not np.isfinite(weights.group[-1]).all():
        return []
    points = [seen.points(rows[n].id) for n in names]
    values = [p.value_on(seen.session) for p in points]
    id_ = f"{_P}.implied_correlation"
    vols = np.array([np.nan if v is None else v for v in values])
    if not (vols > 0.0).all():
        return _missing(seen, [(id_, "ratio")], "not every implied volatility is of the session")
    basket = weights.group[-1] / weights.group[-1].sum()
    rho = average_correlation(basket, vols[:-1], float(vols[-1]) ** 2)
    found = (seen.input(p.series_id, seen.session, seen.session) for p in points)
    inputs = tuple(i for i in found if i is not None)
    return [Quantity(id_, rho, "ratio", period=seen.session, n=len(GROUP), window="option volatilities", inputs=inputs)]
