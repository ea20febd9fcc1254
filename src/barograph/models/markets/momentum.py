"""Momentum and mean reversion of prices, yields and spreads: state, directional strength, trend or return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, Fact, Quantity, fact_of
from barograph.models._protocol import State
from barograph.models._rows import both, named, own_changes
from barograph.models.assets import ASSETS, Asset, assets_of
from barograph.models.history import FULL_SHARE, History, SessionView
from barograph.models.markets import ewmac
from barograph.models.markets.reversion import half_life, unit_root, variance_ratio

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
_SPEEDS = tuple(ewmac.speed_name(pair) for pair in ewmac.SCALARS)


def state_of(slow: float, fast: float) -> str:
    """Momentum state from the slow and the fast change; no change counts as up.

    Goulding, Harvey, Mazzoleni (2023), doi 10.1016/j.jfineco.2023.05.006.

    >>> state_of(12.0, -1.0), state_of(-12.0, 1.0), state_of(3.0, 0.0), state_of(-3.0, -1.0)
    ('correction', 'rebound', 'bull', 'bear')
    """
    if slow >= 0.0:
        return "bull" if fast >= 0.0 else "correction"
    return "rebound" if fast >= 0.0 else "bear"


@dataclass(frozen=True)
class Momentum:
    """Per asset a, in levels adjusted for splits and dividends; for yields and spreads the words are about the yield:

    ==============================  ==================================================================================
    momentum.a.state                bull, correction, bear or rebound from the signs of the next but one and next rows
    momentum.a.strength             mean capped crossover forecast of six speeds, halved, -10..+10
    momentum.a.return_252d, _21d    change since so many sessions ago (a value up to `slack` sessions older serves)
    momentum.a.z_price_63d          (level - mean)/sd of the last 63 sessions, the newest included
    momentum.a.half_life            sessions, AR(1) of log price or yield over five years, 90 % interval; only where a
                                    unit root is rejected at 5 % (augmented Dickey-Fuller, 5 lags)
    momentum.a.variance_ratio       VR(5) over five years with its 90 % interval
    momentum.a.verdict              trend or revert where that interval leaves 1 out, else neither
    ==============================  ==================================================================================
    """

    name: str = "momentum"
    version: str = "1"
    slow: int = 252
    fast: int = 21
    slack: int = 5
    z_window: int = 63
    years: int = 5
    lags: int = 5
    unit_root_level: float = 0.05
    half_life_interval: float = 0.90
    q: int = 5
    ratio_interval: float = 0.90
    min_reversion: int = 252

    def needs(self) -> tuple[str, ...]:
        """Series of all assets but the volatility indices."""
        return tuple(sorted({s for a in ASSETS if a.kind != "points" for s in a.series}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Measure every asset at the view's session."""
        seen = SessionView.of(view)
        out: list[Quantity] = []
        for asset in assets_of(view.catalog):
            if asset.kind != "points":
                out += self._asset(seen.history(asset))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the forecasts of the single speeds, which only explain the strength."""
        return tuple(fact_of(q) for q in estimate.quantities if ".forecast_" not in q.id)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """A change of strength by crossover speed; other numbers as one row each."""
        out = []
        for row in own_changes(before, after):
            prefix, _, kind = row.quantity.rpartition(".")
            if kind.startswith("forecast_"):
                continue
            pairs = {s: both(before, after, f"{prefix}.forecast_{s}") for s in _SPEEDS}
            if kind == "strength" and all(pairs.values()):
                shares = ((s, (v[1] - v[0]) / len(_SPEEDS) / 2.0) for s, v in pairs.items() if v)
                row = named(row.quantity, row.unit, row.total, tuple(shares))
            out.append(row)
        return tuple(out)

    def _asset(self, history: History) -> list[Quantity]:
        p, reason = f"momentum.{history.asset.slug}", history.reason
        if reason is None and not history.current:
            reason = history.no_base(0)
        if reason is not None:
            return [history.missing(i, u, reason) for i, u in _ids(p, history.asset, self)]
        slow, fast = self._since(history, self.slow), self._since(history, self.fast)
        out = [self._state(history, p, slow, fast), *self._strength(history, p)]
        for h, found in ((self.slow, slow), (self.fast, fast)):
            id_, unit = f"{p}.return_{h}d", history.asset.change_unit
            if found is None:
                out.append(history.missing(id_, unit, self._short(h)))
            else:
                lineage = history.inputs(found[1])
                out.append(
                    Quantity(id_, found[0], unit, period=history.due, window=f"since {found[1]}", inputs=lineage)
                )
        out.append(self._z(history, p))
        return [*out, *self._reversion(history, p)]

    def _since(self, history: History, h: int) -> tuple[float, date] | None:
        for back in range(h, h + self.slack + 1):
            if (found := history.change(back)) is not None:
                return found
        return None

    def _short(self, h: int) -> str:
        return f"no value between {h} and {h + self.slack} sessions back"

    def _state(
        self, history: History, p: str, slow: tuple[float, date] | None, fast: tuple[float, date] | None
    ) -> Quantity:
        if slow is None or fast is None:
            return history.missing(f"{p}.state", "label", self._short(self.slow if slow is None else self.fast))
        return Quantity(
            f"{p}.state",
            state_of(slow[0], fast[0]),
            "label",
            period=history.due,
            window=f"{self.slow} and {self.fast} sessions",
            inputs=history.inputs(slow[1]),
        )

    def _strength(self, history: History, p: str) -> list[Quantity]:
        ids = (f"{p}.strength", *(f"{p}.forecast_{s}" for s in _SPEEDS))
        need = max(slow for _, slow in ewmac.SCALARS)
        reason = f"{history.values.size} sessions where {need} are needed" if history.values.size < need else None
        by_speed = None if reason else ewmac.forecasts(history.values)
        if by_speed is None:
            return [history.missing(i, "forecast", reason or "the changes have no spread") for i in ids]
        inputs, n = history.inputs(history.days[0].item()), history.values.size
        values = (ewmac.strength(by_speed), *by_speed.values())
        return [
            Quantity(i, v, "forecast", period=history.due, n=n, window=f"since {history.days[0]}", inputs=inputs)
            for i, v in zip(ids, values, strict=True)
        ]

    def _z(self, history: History, p: str) -> Quantity:
        near = history.places > history.today - self.z_window
        values, id_ = history.values[near], f"{p}.z_price_{self.z_window}d"
        if values.size < FULL_SHARE * self.z_window:
            return history.missing(id_, "sigma", f"{values.size} of the last {self.z_window} sessions have a value")
        sd = float(values.std(ddof=1))
        if not sd > 1e-12 * float(np.abs(values).max()):
            return history.missing(id_, "sigma", "the levels have no spread")
        z = (float(values[-1]) - float(values.mean())) / sd
        window, first = f"{self.z_window} sessions", history.days[near][0].item()
        return Quantity(id_, z, "sigma", period=history.due, n=values.size, window=window, inputs=history.inputs(first))

    def _reversion(self, history: History, p: str) -> list[Quantity]:
        ids = ((f"{p}.half_life", "sessions"), (f"{p}.variance_ratio", "ratio"), (f"{p}.verdict", "label"))
        window = history.years(self.years)
        values = np.log(window.values) if history.asset.kind == "price" else window.values
        if window.n <= self.min_reversion:
            reason = f"{window.n} sessions where {self.min_reversion + 1} are needed"
            return [history.missing(i, u, reason) for i, u in ids]
        if not np.ptp(np.diff(values)) > 1e-12:
            return [history.missing(i, u, "the changes have no spread") for i, u in ids]
        due, inputs = history.due, history.inputs(window.since)
        ratio = variance_ratio(values, self.q, self.ratio_interval)
        verdict = "trend" if ratio.low > 1.0 else "revert" if ratio.high < 1.0 else "neither"
        text = f"{window.text}, {self.q} sessions, {round(100 * self.ratio_interval)} % interval"
        told: tuple[tuple[str, str, float | str], ...] = ((*ids[1], ratio.ratio), (*ids[2], verdict))
        rest = [
            Quantity(i, v, u, window.state, due, ratio.low, ratio.high, ratio.n, text, inputs, window.reason)
            for i, u, v in told
        ]
        test = unit_root(values, self.lags)
        if test.p >= self.unit_root_level:
            reason = "a unit root is not rejected: no mean to return to"
            return [history.missing(*ids[0], reason), *rest]
        found = half_life(values, self.half_life_interval)
        if found.steps is None:
            return [history.missing(*ids[0], "the corrected slope is not between 0 and 1"), *rest]
        text = f"{window.text}, {round(100 * self.half_life_interval)} % interval"
        if found.high is None:
            text += " without an upper end"
        steps = (found.steps, ids[0][1], window.state, due, found.low, found.high, found.n, text, inputs, window.reason)
        return [Quantity(ids[0][0], *steps), *rest]


def _ids(p: str, asset: Asset, model: Momentum) -> list[tuple[str, str]]:
    return [
        (f"{p}.state", "label"),
        (f"{p}.strength", "forecast"),
        *((f"{p}.forecast_{s}", "forecast") for s in _SPEEDS),
        (f"{p}.return_{model.slow}d", asset.change_unit),
        (f"{p}.return_{model.fast}d", asset.change_unit),
        (f"{p}.z_price_{model.z_window}d", "sigma"),
        (f"{p}.half_life", "sessions"),
        (f"{p}.variance_ratio", "ratio"),
        (f"{p}.verdict", "label"),
    ]


MODEL = Momentum
