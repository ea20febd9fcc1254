"""The zero curve under the Treasury's par yields: fit, level, slope and curvature, forwards, principal components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Quantity
from barograph.core.transforms import percentile_rank
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.history import MIN_VALUES, SessionView
from barograph.models.rates._curve_days import (
    IDS,
    factors,
    fitted,
    forward,
    forward_of_two_pars,
    inputs_of,
    left_out,
    par_days,
    range_over,
)
from barograph.models.rates._curve_parts import Components, components_of
from barograph.models.session import grid, years_before

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
FACTORS = ("level", "slope", "curvature")
ZEROS = (2, 5, 10)
#: Name of a forward rate -> years ahead, years long.
FORWARDS = {"1y1y": (1.0, 1.0), "2y1y": (2.0, 1.0), "5y5y": (5.0, 5.0)}
REAL = ("us.rates.real_5y", "us.rates.real_10y")
#: What is kept of a day, in the order of its columns.
COLUMNS = (*FACTORS, *FORWARDS, "real_5y5y")
_FIVE, _REAL = COLUMNS.index("5y5y"), COLUMNS.index("real_5y5y")


@dataclass(frozen=True)
class CurveFit(EveryQuantity):
    """Svensson's curve fitted to the par yields of the session by pricing them, and what it says.

    curve.us.fit.rmse (bp): what the fit leaves; n counts the maturities. curve.us.{level,slope,curvature} (percent): fixed
    decay of 0.0609 per month on the fitted zero curve to ten years, slope and curvature as -b1 and b2 (a high slope is
    steep); with .change_{1,20}d (bp) and .percentile_5y (mid-rank). curve.us.zero.{2,5,10}y and
    curve.us.forward.{1y1y,2y1y,5y5y} (percent, continuously compounded), the forwards with their changes;
    curve.us.forward.{real,breakeven}_5y5y: real from the real par yields of 5 and 10 years, breakeven the difference.
    low and high are the range over leaving out one maturity. curve.us.pca.{level,slope,curvature}.share (percent) and
    .score_1d (sigma): principal components of daily par-yield changes.

    Curves of past days and the components are of the month's first session (`monthly`); later days are added to them.
    """

    name: str = "curve_fit"
    version: str = "2"
    bounds: tuple[float, float] = (0.25, 20.0)
    least: int = 7
    years: int = 5
    horizons: tuple[int, ...] = (1, 20)
    pca_window: int = 500
    pca_least: int = 250
    monthly: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Par yields of all maturities, real yields of 5 and 10 years."""
        return (*IDS, *REAL)

    def fit(self, view: AsOf) -> State:
        """Curves of the trailing years and the components of the trailing changes."""
        seen = SessionView.of(view)
        days, values = self._past(seen, years_before(seen.session, self.years), seen.session)
        found = components_of(seen, self.pca_window, self.pca_least)
        params = {
            "days": [str(d) for d in days],
            "values": [[None if np.isnan(x) else float(x) for x in row] for row in values],
            "pca": found.to_json() if isinstance(found, Components) else None,
            "pca_reason": found if isinstance(found, str) else None,
        }
        return State(self.name, self.version, view.known_at, params=params)

    def history(self, state: State, view: AsOf) -> dict[str, list[tuple[date, float]]]:
        """Daily values behind the chart: the state's days and those since, as known at the view, by fact id."""
        seen = SessionView.of(view)
        days, values = self._days(state, seen)
        columns = {f"curve.us.{f}": values[:, i] for i, f in enumerate(FACTORS)}
        columns["curve.us.forward.5y5y"] = values[:, _FIVE]
        columns["curve.us.forward.real_5y5y"] = values[:, _REAL]
        columns["curve.us.forward.breakeven_5y5y"] = values[:, _FIVE] - values[:, _REAL]
        return {
            i: [(d, float(x)) for d, x in zip(days.tolist(), column, strict=True) if np.isfinite(x)]
            for i, column in columns.items()
        }

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The curve of the session beside the state's past."""
        seen = SessionView.of(view)
        due = max((seen.due(view.catalog[i]) for i in IDS if i in view.catalog), default=seen.session)
        today = par_days(seen, due, due)
        reason = None
        if not today.days.size or not today.enough(self.least)[0]:
            have = int(np.isfinite(today.yields).sum())
            at = f"{have} par yields for {due} known, where {self.least} are needed, one of at most 1 and one of 20 years or more"
            reason = at if have else f"no par yields for {due} known"
        out = _missing(due, reason) if reason is not None else self._said(state, seen, due, today.yields[0])
        out += self._components(state, seen, due)
        return state, Estimate(self.name, view.known_at, tuple(out))

    # ------------------------------------------------------------------------------------------------------- days

    def _past(self, seen: SessionView, first: date, last: date) -> tuple[Any, Floats]:
        """Days with a curve between two, and COLUMNS of each, (T, 7)."""
        par = par_days(seen, first, last)
        enough = par.enough(self.least)
        days, yields = par.days[enough], par.yields[enough]
        values = np.full((days.size, len(COLUMNS)), np.nan)
        if days.size:
            params, _ = fitted(yields, self.bounds)
            values[:, :3] = factors(params)
            for name, (start, length) in FORWARDS.items():
                values[:, COLUMNS.index(name)] = forward(params, start, length)
        if all(i in seen.view.catalog for i in REAL) and days.size:
            five, ten = (seen.stretch(i, first, last) for i in REAL)
            both, at, bt = np.intersect1d(five.periods, ten.periods, assume_unique=True, return_indices=True)
            real = forward_of_two_pars(five.values[at], ten.values[bt])
            _, here, there = np.intersect1d(days, both, assume_unique=True, return_indices=True)
            values[here, _REAL] = real[there]
        return days, values

    def _days(self, state: State, seen: SessionView) -> tuple[Any, Floats]:
        """The state's days and those after them up to the session, in the trailing years."""
        days = np.array(state.params["days"], dtype="datetime64[D]")
        values = np.array(state.params["values"], dtype=np.float64).reshape(-1, len(COLUMNS))
        since = (days[-1] + 1).item() if days.size else years_before(seen.session, self.years)
        if since <= seen.session:
            more, added = self._past(seen, since, seen.session)
            days, values = np.concatenate([days, more]), np.vstack([values, added])
        kept = days > np.datetime64(years_before(seen.session, self.years), "D")
        return days[kept], values[kept]

    # ------------------------------------------------------------------------------------------------- quantities

    def _said(self, state: State, seen: SessionView, due: date, row: Floats) -> list[Quantity]:
        from barograph.models._kernels.svensson import zero_yields

        ids = [i for i, x in zip(IDS, row, strict=True) if np.isfinite(x)]
        inputs = inputs_of(seen, ids, due, due)
        curves, n = left_out(row, self.bounds, self.least), len(ids)
        _, rmse = fitted(row[None, :], self.bounds)
        days, values = self._days(state, seen)
        text = f"Svensson, {n} par yields priced" + ("; range over leaving one out" if len(curves) > 1 else "")

        def made(id_: str, over: Floats) -> Quantity:
            low, high, why = range_over(over)
            state: FactState = "ok" if why is None else "degraded"
            return Quantity(id_, float(over[0]), "percent", state, due, low, high, n, text, inputs, why)

        out = [Quantity("curve.us.fit.rmse", float(rmse[0]), "bp", period=due, n=n, inputs=inputs)]
        three = factors(curves)
        for i, factor in enumerate(FACTORS):
            out += [
                made(f"curve.us.{factor}", three[:, i]),
                *self._moved(f"curve.us.{factor}", seen, days, values, i, due),
            ]
            out.append(self._percentile(f"curve.us.{factor}", seen, days, values[:, i], due))
        zeros = zero_yields(curves, np.array(ZEROS, dtype=np.float64))
        out += [made(f"curve.us.zero.{z}y", zeros[:, i]) for i, z in enumerate(ZEROS)]
        for name, (start, length) in FORWARDS.items():
            id_ = f"curve.us.forward.{name}"
            out.append(made(id_, forward(curves, start, length)))
            out += self._moved(id_, seen, days, values, COLUMNS.index(name), due)
        return out + self._real(seen, days, values, due, inputs)

    def _real(self, seen: SessionView, days: Any, values: Floats, due: date, inputs: tuple[Any, ...]) -> list[Quantity]:
        now = values[days == np.datetime64(due, "D")]
        ids = ("curve.us.forward.real_5y5y", "curve.us.forward.breakeven_5y5y")
        if not now.size or np.isnan(now[0, _REAL]):
            gone = " and ".join(i for i in REAL if i not in seen.view.catalog or seen.points(i).value_on(due) is None)
            return _gone([(i, "percent") for i in ids] + _changes(ids), due, f"no value of {gone} for {due} known")
        real = inputs_of(seen, REAL, due, due)
        text = "from real par yields of 5 and 10 years"
        out = [
            Quantity(ids[0], float(now[0, _REAL]), "percent", period=due, window=text, inputs=real),
            Quantity(ids[1], float(now[0, _FIVE] - now[0, _REAL]), "percent", period=due, inputs=(*inputs, *real)),
        ]
        out += self._moved(ids[0], seen, days, values, _REAL, due)
        wedge = np.column_stack([values[:, _FIVE] - values[:, _REAL]])
        return out + self._moved(ids[1], seen, days, wedge, 0, due, (*IDS, *REAL))

    def _moved(
        self,
        id_: str,
        seen: SessionView,
        days: Any,
        values: Floats,
        column: int,
        due: date,
        ids: tuple[str, ...] | None = None,
    ) -> list[Quantity]:
        """Changes in bp over the horizons, from the session so many sessions earlier on the bond market's calendar."""
        out, known = [], dict(zip(days.tolist(), values[:, column].tolist(), strict=True))
        calendar = grid("SIFMA", seen.start, due)
        series = ids or (REAL if column == _REAL else IDS)
        for h in self.horizons:
            name = f"{id_}.change_{h}d"
            base = calendar[-1 - h].item() if calendar.size > h and calendar[-1].item() == due else None
            then = known.get(base, np.nan) if base is not None else np.nan
            if base is None or not np.isfinite(then) or not np.isfinite(known.get(due, np.nan)):
                why = (
                    f"no curve for {base}, {h} sessions before {due}"
                    if base
                    else f"{due} is no session of the bond market"
                )
                out += _gone([(name, "bp")], due, why)
                continue
            used = inputs_of(seen, series, base, due)
            change = 100.0 * (known[due] - then)
            out.append(Quantity(name, change, "bp", period=due, window=f"since {base}", inputs=used))
        return out

    def _percentile(self, id_: str, seen: SessionView, days: Any, column: Floats, due: date) -> Quantity:
        name = f"{id_}.percentile_{self.years}y"
        kept = np.isfinite(column) & (days <= np.datetime64(due, "D"))
        known, values = days[kept], column[kept]
        if values.size < MIN_VALUES or known[-1].item() != due:
            return _gone([(name, "percent")], due, f"{values.size} curves where {MIN_VALUES} are needed")[0]
        wanted = grid("SIFMA", years_before(seen.session, self.years), due).size
        short = values.size < 0.9 * wanted
        return Quantity(
            name,
            percentile_rank(values, float(values[-1])),
            "percent",
            "degraded" if short else "ok",
            due,
            n=values.size,
            window=f"{known[0]} to {known[-1]}" + (f", shorter than {self.years} years" if short else ""),
            inputs=inputs_of(seen, IDS, known[0].item(), due),
            reason=f"{values.size} of the {wanted} sessions of {self.years} years" if short else None,
        )

    def _components(self, state: State, seen: SessionView, due: date) -> list[Quantity]:
        kept: Mapping[str, Any] | None = state.params["pca"]
        if kept is None:
            return _gone(_pca_ids(), due, str(state.params["pca_reason"]))
        return Components.from_json(kept).said(seen, due)


def _pca_ids() -> list[tuple[str, str]]:
    return [(f"curve.us.pca.{f}.{k}", u) for f in FACTORS for k, u in (("share", "percent"), ("score_1d", "sigma"))]


def _changes(ids: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"{i}.change_{h}d", "bp") for i in ids for h in (1, 20)]


def _gone(ids: list[tuple[str, str]], due: date, reason: str) -> list[Quantity]:
    return [Quantity(i, None, u, "insufficient", due, reason=reason) for i, u in ids]


def _missing(due: date, reason: str) -> list[Quantity]:
    """Every quantity of the curve of a session without one."""
    ids: list[tuple[str, str]] = [("curve.us.fit.rmse", "bp")]
    whole = tuple(f"curve.us.{f}" for f in FACTORS)
    ahead = tuple(f"curve.us.forward.{f}" for f in (*FORWARDS, "real_5y5y", "breakeven_5y5y"))
    ids += [(i, "percent") for i in (*whole, *(f"{i}.percentile_5y" for i in whole), *ahead)]
    ids += [(f"curve.us.zero.{z}y", "percent") for z in ZEROS] + _changes((*whole, *ahead))
    return _gone(ids, due, reason)


MODEL = CurveFit
