"""What stocks promise over bonds by three methods, how far these disagree, and whether any of them foretold returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from barograph.core.estimate import Attribution, Estimate, Fact, Quantity, fact_of
from barograph.models._predictive import ahead, expanding, skill_of
from barograph.models._protocol import State
from barograph.models._rows import both, named, own_changes
from barograph.models.premium._premium_parts import FORMULAS, INNER
from barograph.models.premium._premium_readings import Readings
from barograph.models.premium._valuation import SERIES, Days, Floats, Valuation

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

METHODS = tuple(FORMULAS)
#: Bills have a yield from 1934 on: no excess return before.
SINCE = date(1934, 1, 1)
_JUDGED = (("r2", "percent"), ("r2_restricted", "percent"), ("p", "ratio"), ("skill", "label"))


@dataclass(frozen=True)
class EquityPremium:
    """Three readings of the premium, per cent a year; none of them is a forecast of the next months.

    erp.us.damodaran: at which discount rate the cash paid out, its expected growth and the risk-free rate give the level
    (`_premium.implied_premium`); cash and growth are the user's.
    erp.us.excess_cape_yield: mean real earnings of ten years over the level, less the 10-year yield net of the inflation of
    ten years. The day's level and yield over the newest earnings and prices known; Shiller's file has the month's.
    erp.us.real_yield_gap: earnings of twelve months over the level, less the 10-year real yield; `.basis` says whether
    expected earnings (the user's, where they are fresh and cover 60 month ends) or reported ones; `.expected` on expected ones.
    p = erp.us.<method>: p.percentile_20y (mid-rank among month ends and the session), p.median_20y, p.sd_{1d,20d} (bp),
    p.change_{1d,20d,1y} (bp; a year is `year` sessions) and what the parts brought of the year's, p.<part>_1y (bp). Month
    ends are computed from what the release rules let be known at each.
    p.{r2,r2_restricted,p,skill}_{1m,12m}: whether the method foretold the log excess return of the S&P 500 over bills of so
    many months: R2 against the mean so far, per cent, Clark and West's one-sided p, a verdict (`_predictive`); made on the
    month's first session; n counts forecasts that do not overlap.
    erp.us.cape, .earnings_yield, .dividend_yield: plain ratios. erp.us.dispersion: largest less least of the methods that
    have a value, n of them.
    """

    name: str = "equity_premium"
    version: str = "2"
    years: int = 20
    least_months: int = 60
    year: int = 252
    stale_months: int = 3
    last_months: int = 24
    least_pairs: int = 120
    horizons: tuple[int, ...] = (1, 12)
    monthly: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Level, yields, Shiller's columns, what the user may import."""
        return SERIES

    def readings(self, view: AsOf) -> Readings:
        """The view read by these settings."""
        settings = self.years, self.least_months, self.year, self.stale_months, self.last_months
        return Readings(Valuation(view, self.stale_months, self.last_months), *settings)

    def samples(self, view: AsOf) -> dict[str, tuple[Floats, Days, Floats]]:
        """Per method its readings at month ends from 1934 on, those days, and the log excess return of each month, per cent."""
        read = self.readings(view)
        days = read.seen.month_ends(SINCE)
        measures = read.seen.measures(days)
        returns = read.seen.excess_returns(days, measures)
        return {m: (read.values(measures, m), days, returns) for m in METHODS}

    def fit(self, view: AsOf) -> State:
        """Whether the methods foretold returns, on the month ends before the view's session."""
        params: dict[str, Any] = {}
        for method, (predictor, days, returns) in self.samples(view).items():
            for h in self.horizons:
                params[f"{method}.{h}m"] = self._judged(predictor, days, returns, h)
        return State(self.name, self.version, view.known_at, params=params)

    def _judged(self, predictor: Floats, days: Days, returns: Floats, h: int) -> dict[str, Any]:
        made = expanding(predictor, ahead(returns, h), h, self.least_pairs)
        skill = skill_of(made, h) if made.at.size >= self.least_months else None
        if skill is None:
            return {"reason": f"{made.at.size} forecasts where {self.least_months} are needed"}
        months = days.astype("datetime64[M]")
        first, last = months[made.at[[0, -1]]]
        begin = months[np.isfinite(predictor) & np.isfinite(ahead(returns, h))][0]
        return {
            "r2": skill.r2,
            "r2_restricted": skill.r2_restricted,
            "p": skill.p,
            "skill": skill.verdict,
            "n": skill.n_effective,
            "window": f"{skill.n} monthly forecasts, {first} to {last}, estimated from {begin} on",
        }

    def history(self, state: State, view: AsOf) -> dict[str, list[tuple[date, float]]]:
        """Per method its readings at month ends, each as it could be known on its day, and the session's."""
        read = self.readings(view)
        now = {q.id: q.value for q in read.all()}
        out = {}
        for method in METHODS:
            today = now.get(f"erp.us.{method}")
            if isinstance(today, float):
                past = zip(read.past.days.tolist(), read.values(read.past, method).tolist(), strict=True)
                out[f"erp.us.{method}"] = [*((d, v) for d, v in past if np.isfinite(v)), (read.seen.session, today)]
        return out

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read the three methods at the view's session."""
        read = self.readings(view)
        out = read.all()
        there = {q.id: q for q in out}
        for method in METHODS:
            out += self._skill(state, method, there[f"erp.us.{method}"])
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _skill(self, state: State, method: str, head: Quantity) -> list[Quantity]:
        """The record of a method's forecasts; nothing where the method says nothing today."""
        out = []
        for h in self.horizons:
            judged = state.params.get(f"{method}.{h}m", {"reason": "never estimated"})
            reason = head.reason if head.value is None else judged.get("reason")
            for name, unit in _JUDGED:
                id_ = f"{head.id}.{name}_{h}m"
                if reason is not None and (head.value is None or "reason" in judged):
                    out.append(Quantity(id_, None, unit, "insufficient", head.period, reason=reason))
                    continue
                more: dict[str, Any] = {"n": judged["n"], "window": judged["window"], "inputs": head.inputs}
                out.append(Quantity(id_, judged[name], unit, period=state.fitted_as_of.date(), **more))
        return out

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the level and the yields, which are facts of the model `levels`."""
        return tuple(fact_of(q) for q in estimate.quantities if q.id not in INNER)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """A premium's change by price, earnings or cash, growth, rate and inflation; the rest as one row each."""
        out = []
        for row in own_changes(before, after):
            formula = FORMULAS.get(row.quantity.removeprefix("erp.us."))
            pairs = {i: both(before, after, i) for _, i in formula.parts} if formula is not None else {}
            known = {i: p for i, p in pairs.items() if p is not None}
            if formula is None or len(known) < len(pairs):
                out.append(row)
                continue
            rows = formula.split({i: p[0] for i, p in known.items()}, {i: p[1] for i, p in known.items()})
            out.append(named(row.quantity, row.unit, row.total, rows))
        return tuple(out)


MODEL = EquityPremium
