"""Levels, their changes over 1, 5 and 20 sessions, and how rare they are by the asset's own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Estimate, Quantity
from barograph.core.transforms import percentile_rank, zscore
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.assets import ASSETS, assets_of
from barograph.models.history import History, SessionView, Window

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


@dataclass(frozen=True)
class Levels(EveryQuantity):
    """Per asset with prefix p, measured in per cent (prices), bp (yields, spreads) or points (volatility):

    ===========================  =====================================================================================
    p.level                      the value due at the session, as published
    p.last                       the newest value there is, given only where the one due is missing
    p.return_{1,5,20}d, p.change_...  change from the session so many sessions earlier on the series' own calendar
    p.z_1d                       one-session change against the `window` changes before it: (x - mean)/sd
    p.sd_1d                      that standard deviation
    p.rarity_1d                  share of those changes at least as large in absolute value, per cent
    p.percentile_5y              mid-rank of the level among the trailing five years, itself included, per cent
    ===========================  =====================================================================================

    Returns, z, rarity and percentile of a price use closes adjusted for splits and dividends.
    """

    name: str = "levels"
    version: str = "1"
    window: int = 252
    horizons: tuple[int, ...] = (1, 5, 20)
    years: int = 5

    def needs(self) -> tuple[str, ...]:
        """Series of the packaged assets; assets added by a user's catalogue are read as well."""
        return tuple(sorted({s for a in ASSETS for s in a.series}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read every asset at the view's session."""
        seen = SessionView.of(view)
        out: list[Quantity] = []
        for asset in assets_of(view.catalog):
            out += self._asset(seen.history(asset))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _asset(self, history: History) -> list[Quantity]:
        p = history.asset.prefix
        if history.level is None:
            return self._missing(history)
        out = [Quantity(f"{p}.level", history.level, history.unit, period=history.due, inputs=history.inputs())]
        out += [_change(history, h) for h in self.horizons]
        window = history.changes(self.window)
        today = history.change(1)
        out += _surprise(history, window, None if today is None else today[0])
        levels = history.years(self.years)
        out.append(_percentile(history, levels, f"{p}.percentile_{self.years}y"))
        return out

    def _missing(self, history: History) -> list[Quantity]:
        asset, p = history.asset, history.asset.prefix
        out = [history.missing(f"{p}.level", history.unit)]
        if history.last is not None:
            day, value = history.last
            out.append(Quantity(f"{p}.last", value, history.unit, period=day, inputs=history.inputs()))
        units = {f"{asset.change_word}_{h}d": asset.change_unit for h in self.horizons}
        units |= {"z_1d": "sigma", "sd_1d": asset.change_unit, "rarity_1d": "percent"}
        units |= {f"percentile_{self.years}y": "percent"}
        return [*out, *(history.missing(f"{p}.{name}", unit) for name, unit in units.items())]


def _change(history: History, h: int) -> Quantity:
    id_ = f"{history.asset.prefix}.{history.asset.change_word}_{h}d"
    change = history.change(h)
    if change is None:
        return history.missing(id_, history.asset.change_unit, history.no_base(h))
    value, base = change
    return Quantity(
        id_, value, history.asset.change_unit, period=history.due, window=f"since {base}", inputs=history.inputs(base)
    )


def _surprise(history: History, window: Window, today: float | None) -> list[Quantity]:
    p, unit = history.asset.prefix, history.asset.change_unit
    ids = ((f"{p}.z_1d", "sigma"), (f"{p}.sd_1d", unit), (f"{p}.rarity_1d", "percent"))
    reason = window.reason if window.state == "insufficient" else None
    if reason is None and today is None:
        reason = history.no_base(1)
    z = None if reason is not None or today is None else zscore(window.values, today)
    if z is None or today is None:
        return [history.missing(i, u, reason or "the changes have no spread") for i, u in ids]
    values = (
        z,
        float(window.values.std(ddof=1)),
        float(100.0 * np.count_nonzero(np.abs(window.values) >= abs(today)) / window.n),
    )
    return [
        Quantity(
            id_,
            value,
            unit_,
            window.state,
            history.due,
            n=window.n,
            window=window.text,
            inputs=history.inputs(window.since),
            reason=window.reason,
        )
        for (id_, unit_), value in zip(ids, values, strict=True)
    ]


def _percentile(history: History, window: Window, id_: str) -> Quantity:
    if window.state == "insufficient" or not history.current:
        return history.missing(id_, "percent", window.reason or history.no_base(0))
    return Quantity(
        id_,
        percentile_rank(window.values, float(window.values[-1])),
        "percent",
        window.state,
        history.due,
        n=window.n,
        window=window.text,
        inputs=history.inputs(window.since),
        reason=window.reason,
    )


MODEL = Levels
