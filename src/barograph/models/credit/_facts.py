"""The quantities of one spread from the month's parameters and the regressors of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import FactState, Input, Quantity
from barograph.models._records import NO_LOSSES, NO_RUNS, width
from barograph.models.credit import _reading as reading
from barograph.models.credit._betas import regress
from barograph.models.credit._ids import BETAS, HORIZONS, MAIN, SPLIT, WORDS, head_of, reach
from barograph.models.credit._panel import MOVE, SOURCES, SPX, TEN, Line, at_days, newest
from barograph.models.intervals import Z90
from barograph.models.session import grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.models.assets import Asset
    from barograph.models.credit.credit_band import CreditBand

#: Changes under which a regression over a window is not given, normal quantile of a 90 per cent interval.
LEAST = 126
#: What rests on the band of MAIN sessions, by the beginning of its ids.
MAIN_ONLY = (
    *(f"{k}_{MAIN}d" for k in ("asymmetry", "driver", "tilt", "carry_breakeven", "record_wider")),
    *("fair_value", "fair_gap", "fair_fit"),
)

NO_DURATION = "no duration is assumed for it: give its row the tag duration:YEARS"


def read(
    model: CreditBand, params: Mapping[str, Any], view: AsOf, asset: Asset, points: Points
) -> tuple[list[Quantity], dict[str, str]] | str:
    """Everything but the betas and, by the beginning of an id, why something is missing; or why there is nothing."""
    if "reason" in params:
        return str(params["reason"])
    names = params["names"]
    found = newest(view, points, names)
    if isinstance(found, str):
        return found
    x, late = found
    reading_ = _Reading(model, params, view, asset, points, x, late)
    return list(reading_.quantities()), reading_.lacking


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
        self.lacking: dict[str, str] = {}

    def quantities(self) -> Iterator[Quantity]:
        """In no order: the model puts them into that of their ids."""
        for h in HORIZONS:
            fitted = self.params["bands"][str(h)]
            if "reason" in fitted:
                stems = (*(f"{k}_{h}d" for k in ("band", "usual", "record")), *(MAIN_ONLY if h == MAIN else ()))
                self.lacking |= dict.fromkeys(stems, fitted["reason"])
                continue
            known = reading.quantiles(fitted["coefficients"], self.x)
            for k, word in enumerate(WORDS):
                yield self._made(f"band_{h}d.{word}", float(known[k]), "bp", fitted)
                yield self._made(f"usual_{h}d.{word}", float(fitted["usual"][k]), "bp", fitted)
            if h == MAIN:
                yield from self._main(fitted, known)
            yield from self._record(h, fitted)
        yield from self._fifth()

    def _made(
        self, name: str, value: float | str, unit: str, fitted: Mapping[str, Any], ends: Any = None, window: str = ""
    ) -> Quantity:
        first, last = fitted["days"]
        short = None
        if fitted.get("short"):
            rows = fitted.get("fitted_on", fitted["days"])
            short = f"rows from {rows[0]} to {rows[1]}, shorter than {self.model.years} years"
        state: FactState = "degraded" if short or self.late else "ok"
        low, high = ends or (None, None)
        text = f"{first} to {last}{', ' if window else ''}{window}"
        return Quantity(
            f"{self.p}.{name}", value, unit, state, self.day, low, high, int(fitted["n"]), text, self.inputs,
            short or self.late,
        )  # fmt: skip

    def _main(self, fitted: Mapping[str, Any], known: Any) -> Iterator[Quantity]:
        drawn = reading.quantiles(fitted["draws"], self.x) if fitted["draws"] else None
        value = float(reading.asymmetry(known))
        if np.isfinite(value):
            yield self._made(f"asymmetry_{self.m}", value, "ratio", fitted, _ends(drawn, reading.asymmetry, value))
        else:
            self.lacking[f"asymmetry_{self.m}"] = "the lower half of the band has no length today"
        for word, k in SPLIT:
            tilt = reading.tilt(fitted, self.params["names"], self.x, k)
            yield self._made(f"tilt_{self.m}.{word}", tilt.total, "bp", fitted)
            for driver, part in tilt.rows:
                yield self._made(f"driver_{self.m}.{word}.{driver}", part, "bp", fitted)
        yield from self._fair(fitted)
        yield from self._carry(fitted, known, drawn)

    def _fair(self, fitted: Mapping[str, Any]) -> Iterator[Quantity]:
        made = self.params["fair"]
        if "reason" in made:
            self.lacking |= dict.fromkeys(("fair_value", "fair_gap", "fair_fit"), made["reason"])
            return
        value, low, high = reading.fair(made, self.x[1:])
        about = {**fitted, "n": made["n"]}
        yield self._made("fair_value", value, "bp", about, (low, high), "middle half of draws")
        yield self._made("fair_gap", self.level - value, "bp", about, (self.level - high, self.level - low))
        yield self._made("fair_fit", 100.0 * made["r2"], "percent", about, window="in the sample")

    def _carry(self, fitted: Mapping[str, Any], known: Any, drawn: Any) -> Iterator[Quantity]:
        name = f"carry_breakeven_{self.m}"
        duration = self.model.duration(self.asset, self.view.catalog[self.asset.series[0]].tags)
        if duration is None:
            self.lacking[name] = NO_DURATION
            return
        edge = reading.breakeven(self.level, MAIN, duration)
        text = f"{MAIN} sessions, assumed duration {duration:g} years"
        yield Quantity(f"{self.p}.{name}", edge, "bp", period=self.day, window=text, inputs=self.own)

        def chance(found: Any) -> Any:
            return reading.exceeds(found, edge)

        # Both are read off five quantiles: a difference between them is none of the reading.
        for word, found in (("p_exceed", known), ("p_exceed_base", np.array(fitted["usual"]))):
            value = float(chance(found))
            ends = _ends(drawn, chance, value) if word == "p_exceed" else None
            yield self._made(f"{name}.{word}", value, "percent", fitted, ends, reading.bound_of(value))

    def _record(self, h: int, fitted: Mapping[str, Any]) -> Iterator[Quantity]:
        made, name, wider = self.params["records"][str(h)], f"record_{h}d", f"record_wider_{h}d"
        if "reason" in made:
            self.lacking |= dict.fromkeys((name, wider), made["reason"])
            return
        about = {**fitted, "n": made["n"], "days": made["days"], "fitted_on": fitted["days"]}
        yield self._made(f"{name}.gain", made["gain"], "percent", about, window="refitted yearly")
        yield self._made(f"{name}.p_equal", 100.0 * made["p"], "percent", about)
        yield self._made(f"{name}.verdict", made["verdict"], "label", about)
        for share, asked in (("90", 90.0), ("50", 50.0)):
            found = made["shares"][share]
            yield self._made(f"{name}.share_in_{share}", found["share"], "percent", about, found["ends"])
            yield self._made(f"{name}.width_{share}", width(asked, *found["ends"]), "label", about)
        for test in ("p_kupiec", "p_independence"):
            p = made["shares"]["90"][test]
            if p is None:
                self.lacking[f"{name}.{test}"] = NO_RUNS
            else:
                yield self._made(f"{name}.{test}", 100.0 * p, "percent", about, window="wide band")
        if h == MAIN:
            yield from self._wider(made, wider, about)

    def _wider(self, record: Mapping[str, Any], name: str, about: Mapping[str, Any]) -> Iterator[Quantity]:
        if "wider" not in record:
            self.lacking[name] = NO_DURATION
        elif record["wider"] is None:
            self.lacking[name] = NO_LOSSES
        else:
            made = record["wider"]
            yield self._made(f"{name}.gain", made["gain"], "percent", about, window="Brier's score, refitted yearly")
            yield self._made(f"{name}.p_equal", 100.0 * made["p"], "percent", about)
            yield self._made(f"{name}.verdict", made["verdict"], "label", about)

    def _fifth(self) -> Iterator[Quantity]:
        fifth, name = min(int(self.x[0] // 20.0), 4), f"fifth_{self.m}"
        held, least = self.params["fifths"][fifth], self.model.whole * MAIN
        if not any(self.params["fifths"]):
            self.lacking[name] = f"no percentile point in time: it takes {self.model.ranked} levels and {MAIN} more"
            return
        if not held or held[3] < least:
            count = int(held[3]) if held else 0
            self.lacking[name] = f"{count} changes from levels in fifth {fifth + 1} where {least} are needed"
            return
        first, last = self.params["fifths_days"]
        text = f"{first} to {last}, percentile among all levels so far"
        n, head = int(held[3] // MAIN), f"{self.p}.{name}"
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
    days = grid(view.catalog[asset.series[0]].calendar, reach(day), day)
    panel = np.column_stack([at_days(Line(p.periods, p.values), days) for p in (own, *legs)])
    # One-day changes only: a session without all four leaves out the change up to it and the one from it.
    moves = np.diff(panel, axis=0)
    moves[:, 1] *= 100.0
    moves[:, 3] = 100.0 * (panel[1:, 3] / panel[:-1, 3] - 1.0)
    ends = 1 + np.flatnonzero(np.isfinite(moves).all(axis=1))[-model.window :]
    if ends.size < LEAST:
        return none(f"{ends.size} one-day changes of all four where {LEAST} are needed")
    moves, days = moves[ends - 1], days[[ends[0] - 1, *ends]]
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


def _ends(drawn: Any, of: Callable[[Any], Any], value: float) -> tuple[float, float] | None:
    """The interval of what the draws say, which holds the value that it is about; None without enough draws."""
    ends = None if drawn is None else reading.interval(of(drawn))
    return None if ends is None else (min(ends[0], value), max(ends[1], value))


def _inputs(view: AsOf, ids: list[str]) -> tuple[Input, ...]:
    found = (view.series(i) for i in dict.fromkeys(ids))
    return tuple(view.input(p) for p in found if len(p))
