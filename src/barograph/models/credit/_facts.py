"""The quantities of one spread from the month's parameters and the regressors of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import FactState, Input, Quantity
from barograph.models.credit import _reading as reading
from barograph.models.credit._betas import regress
from barograph.models.credit._panel import MOVE, SOURCES, SPX, TEN, Line, at_days, newest
from barograph.models.credit.credit_band import BETAS, HORIZONS, MAIN, SPLIT, WORDS, head_of, reach
from barograph.models.intervals import Z90

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.models.assets import Asset
    from barograph.models.credit.credit_band import CreditBand

#: Changes under which a regression over a window is not given, normal quantile of a 90 per cent interval.
LEAST = 126


def read(
    model: CreditBand, params: Mapping[str, Any], view: AsOf, asset: Asset, points: Points
) -> list[Quantity] | str:
    """Everything but the betas; or why there is nothing."""
    if "reason" in params:
        return str(params["reason"])
    names = params["names"]
    found = newest(view, points, names)
    if isinstance(found, str):
        return found
    x, late = found
    return list(_Reading(model, params, view, asset, points, x, late).quantities())


class _Reading:
    """One spread at one view."""

    def __init__(
        self,
        model: CreditBand,
        params: Mapping[str, Any],
        view: AsOf,
        asset: Asset,
        points: Points,
        x: Any,
        late: str | None,
    ) -> None:
        self.model, self.params, self.view, self.asset, self.x, self.late = model, params, view, asset, x, late
        self.p, self.m = head_of(asset), f"{MAIN}d"
        self.day, self.level = points.periods[-1].item(), float(points.values[-1])
        self.own = (view.input(points),)
        legs = [i for n in params["names"] if n != "level" for i in SOURCES[n]]
        self.inputs = (*self.own, *_inputs(view, legs))

    def quantities(self) -> Iterator[Quantity]:
        """In no order: the model puts them into that of their ids."""
        for h in HORIZONS:
            fitted = self.params["bands"][str(h)]
            if "reason" in fitted:
                continue
            known = reading.quantiles(fitted["coefficients"], self.x)
            for k, word in enumerate(WORDS):
                yield self._made(f"band_{h}d.{word}", float(known[k]), "bp", fitted)
                yield self._made(f"usual_{h}d.{word}", float(fitted["usual"][k]), "bp", fitted)
            if h == MAIN:
                yield from self._main(fitted, known)
        yield from self._fifth()

    def _made(
        self, name: str, value: float | str, unit: str, fitted: Mapping[str, Any], ends: Any = None, window: str = ""
    ) -> Quantity:
        first, last = fitted["days"]
        short = f"rows from {first} to {last}, shorter than {self.model.years} years" if fitted.get("short") else None
        state: FactState = "degraded" if short or self.late else "ok"
        low, high = ends or (None, None)
        text = f"{first} to {last}{', ' if window else ''}{window}"
        return Quantity(
            f"{self.p}.{name}", value, unit, state, self.day, low, high, int(fitted["n"]), text, self.inputs,
            short or self.late,
        )  # fmt: skip

    def _main(self, fitted: Mapping[str, Any], known: Any) -> Iterator[Quantity]:
        drawn = reading.quantiles(fitted["draws"], self.x)
        value = float(reading.asymmetry(known))
        if np.isfinite(value):
            ends = reading.interval(reading.asymmetry(drawn))
            yield self._made(f"asymmetry_{self.m}", value, "ratio", fitted, ends and _around(ends, value))
        for word, k in SPLIT:
            tilt = reading.tilt(fitted, self.params["names"], self.x, k)
            yield self._made(f"tilt_{self.m}.{word}", tilt.total, "bp", fitted)
            for driver, part in tilt.rows:
                yield self._made(f"driver_{self.m}.{word}.{driver}", part, "bp", fitted)
        yield from self._fair(fitted)
        yield from self._carry(fitted, known, drawn)
        yield from self._record(fitted)

    def _fair(self, fitted: Mapping[str, Any]) -> Iterator[Quantity]:
        made = self.params["fair"]
        value, low, high = reading.fair(made, self.x[1:])
        about = {**fitted, "n": made["n"]}
        yield self._made("fair_value", value, "bp", about, (low, high), "middle half of draws")
        yield self._made("fair_gap", self.level - value, "bp", about, (self.level - high, self.level - low))

    def _carry(self, fitted: Mapping[str, Any], known: Any, drawn: Any) -> Iterator[Quantity]:
        duration = self.model.duration(self.asset, self.view.catalog[self.asset.series[0]].tags)
        if duration is None:
            return
        edge, name = reading.breakeven(self.level, MAIN, duration), f"carry_breakeven_{self.m}"
        text = f"{MAIN} sessions, assumed duration {duration:g} years"
        yield Quantity(f"{self.p}.{name}", edge, "bp", period=self.day, window=text, inputs=self.own)
        value = float(reading.exceeds(known, edge))
        ends = reading.interval(reading.exceeds(drawn, edge))
        yield self._made(f"{name}.p_exceed", value, "percent", fitted, ends and _around(ends, value))
        grid = np.arange(1, 100) / 100.0
        base = 100.0 * (1.0 - float(np.interp(edge, fitted["percentiles"], grid)))
        yield self._made(f"{name}.p_exceed_base", base, "percent", fitted)

    def _record(self, fitted: Mapping[str, Any]) -> Iterator[Quantity]:
        made = self.params.get("record")
        if made is None:
            return
        about = {**fitted, "n": made["n"], "days": made["days"]}
        name = f"record_{self.m}"
        yield self._made(f"{name}.gain", made["gain"], "percent", about, window="refitted yearly")
        yield self._made(f"{name}.p_equal", 100.0 * made["p"], "percent", about)
        yield self._made(f"{name}.verdict", made["verdict"], "label", about)
        for share, hits, ends in zip(("share_in_90", "share_in_50"), made["hits"], made["ends"], strict=True):
            yield self._made(f"{name}.{share}", 100.0 * hits / made["n"], "percent", about, ends)

    def _fifth(self) -> Iterator[Quantity]:
        if len(self.params["fifths"]) != 5:
            return
        fifth = min(int(self.x[0] // 20.0), 4)
        held = self.params["fifths"][fifth]
        if not held or held[3] < self.model.whole * MAIN:
            return
        first, last = self.params["fifths_days"]
        text = f"{first} to {last}, percentile among all levels so far"
        n, head = int(held[3] // MAIN), f"{self.p}.fifth_{self.m}"
        more: dict[str, Any] = {"period": self.day, "n": n, "window": text, "inputs": self.own}
        yield Quantity(head, float(fifth + 1), "count", **more)
        for word, value in zip(("q05", "q50", "q95"), held, strict=False):
            yield Quantity(f"{head}.{word}", float(value), "bp", **more)
        if held[1] > held[0]:
            yield Quantity(f"{head}.asymmetry", (held[2] - held[1]) / (held[1] - held[0]), "ratio", **more)


def betas_of(model: CreditBand, view: AsOf, asset: Asset, points: Points) -> list[Quantity]:
    """Slopes of the spread's one-day changes on the yield, MOVE and stocks, all three together."""
    day, head = points.periods[-1].item(), f"{head_of(asset)}.beta_{model.window}d"
    units = ("per +10 bp of the 10-year yield", "per +10 points of MOVE", "per +1 % of the S&P 500")
    ids = [f"{head}.{name}" for name in BETAS]

    def none(why: str) -> list[Quantity]:
        return [Quantity(i, None, "bp", "insufficient", day, reason=why) for i in ids]

    series = (TEN, MOVE, SPX)
    if any(i not in view.catalog for i in series):
        return none("a regressor is not in the catalogue")
    legs = [view.series(i, start=reach(day), end=day) for i in series]
    own = points.between(reach(day), day)
    panel = np.column_stack([own.values, *(at_days(Line(p.periods, p.values), own.periods) for p in legs)])
    whole = np.isfinite(panel).all(axis=1)
    panel, days = panel[whole][-model.window - 1 :], own.periods[whole][-model.window - 1 :]
    if len(panel) < LEAST + 1:
        return none(f"{max(len(panel) - 1, 0)} days with all four where {LEAST} are needed")
    moves = np.diff(panel, axis=0)
    moves[:, 1] *= 100.0
    moves[:, 3] = 100.0 * (panel[1:, 3] / panel[:-1, 3] - 1.0)
    found = regress(moves[:, 1:], moves[:, 0], model.lags)
    if found is None:
        return none("a regressor did not move")
    short, late = len(moves) < model.window, days[-1].item() != day
    why = f"{len(moves)} changes in place of {model.window}" if short else f"the newest day with all four is {days[-1]}"
    state: FactState = "degraded" if short or late else "ok"
    inputs = (view.input(own), *(view.input(p) for p in legs))
    scale = np.array([10.0, 10.0, 1.0])
    slopes, errors = found.slopes * scale, found.errors * scale
    return [
        Quantity(
            i, float(b), "bp", state, days[-1].item(), float(b - Z90 * e), float(b + Z90 * e), len(moves),
            f"{days[0]} to {days[-1]}, {unit}", inputs, why if short or late else None,
        )
        for i, b, e, unit in zip(ids, slopes, errors, units, strict=True)
    ]  # fmt: skip


def _around(ends: tuple[float, float], value: float) -> tuple[float, float]:
    """An interval of draws holds the value that it is about."""
    return min(ends[0], value), max(ends[1], value)


def _inputs(view: AsOf, ids: list[str]) -> tuple[Input, ...]:
    found = (view.series(i) for i in dict.fromkeys(ids))
    return tuple(view.input(p) for p in found if len(p))
