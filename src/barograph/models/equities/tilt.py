"""Cyclical against defensive sectors, and how much of the gap real yields and credit account for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._common_days import common_changes
from barograph.models._kernels.newey_west import Regression, regress
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, finite
from barograph.models._spans import SPANS, sessions_of
from barograph.models.assets import ASSETS, Asset
from barograph.models.history import History, SessionView
from barograph.models.intervals import Z90
from barograph.models.session import Days

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
_P = "equity.us"
FUNDS = {a.slug: a for a in ASSETS if a.prefix.startswith("equity.us.sector_etf.")}
_REAL, _CREDIT = (next(a for a in ASSETS if a.slug == s) for s in ("real10y", "hy"))
FACTORS: tuple[tuple[str, Asset], ...] = (("real10y", _REAL), ("hy_oas", _CREDIT))
#: bp that a sensitivity is stated for.
PER = 10.0
#: Sessions of the longest span, no quarter having more.
LONGEST = 66
_GAP = ("explained", "rates", "credit", "unexplained")


@dataclass(frozen=True)
class Tilt(EveryQuantity):
    """Sector funds' returns y_t = c + a d(real 10-year)_t + b d(high-yield spread)_t + e_t by least squares.

    Per span s of 1d, 5d, mtd, qtd the regression rests on the `window` changes that ended before the span began:

    =================================================  ================================================================
    equity.us.cyclicals_minus_defensives.return_s      mean return of the cyclical sector funds less that of the defensive, pp
    equity.us.tilt.{real10y,hy_oas}.beta               of that gap, per cent for +10 bp; span of one session
    equity.us.tilt.r2                                  share of the gap's variance explained in the window, a ratio
    equity.us.tilt.{rates,credit}_s                    beta times the change of the real yield, of the spread, pp
    equity.us.tilt.explained_s                         their sum, pp: what rates and credit account for
    equity.us.tilt.unexplained_s                       the gap less that, pp
    equity.us.tilt.<sector>.{real10y,hy_oas}.beta      of a sector's fund, per cent for +10 bp
    =================================================  ================================================================

    Intervals are of 90 per cent and of the coefficients alone, by Newey and West's errors. Both factors are known at the end of
    the span: this accounts for what happened and foretells nothing.
    """

    name: str = "tilt"
    version: str = "2"
    cyclicals: tuple[str, ...] = ("consumer_discretionary", "financials", "industrials", "materials")
    defensives: tuple[str, ...] = ("consumer_staples", "health_care", "utilities")
    window: int = 252
    least: int = 126
    full: float = 0.9
    lags: int = 5

    def needs(self) -> tuple[str, ...]:
        """The sector funds, the real ten-year yield and the high-yield spread."""
        return tuple(sorted({*(a.series[0] for a in FUNDS.values()), *_REAL.series, *_CREDIT.series}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The gap of the spans that end with the view's session, and what accounts for it."""
        seen = SessionView.of(view)
        funds = {s: seen.history(a) for s, a in FUNDS.items() if a.series[0] in view.catalog}
        factors = [seen.history(a) for _, a in FACTORS if all(i in view.catalog for i in a.series)]
        out: list[Quantity] = []
        gaps = {span: self._gap(seen, funds, span) for span in SPANS}
        out += gaps.values()
        made = self._table(seen, funds, factors)
        if isinstance(made, str):
            return state, Estimate(self.name, view.known_at, (*out, *self._nothing(seen, made)))
        days, slugs, y, x = made
        for span in SPANS:
            base = sessions_of(span, seen.session)[0]
            out += self._account(seen, span, days, slugs, y, x, base, gaps[span])
        return state, Estimate(self.name, view.known_at, finite(out))

    def pair(self, slugs: list[str]) -> Floats:
        """Weights that turn sectors' returns into the gap, shape (m,)."""
        out = np.zeros(len(slugs))
        for side, sign in ((self.cyclicals, 1.0), (self.defensives, -1.0)):
            for slug in side:
                out[slugs.index(slug)] = sign / len(side)
        return out

    def _gap(self, seen: SessionView, funds: dict[str, History], span: str) -> Quantity:
        id_ = f"{_P}.cyclicals_minus_defensives.return_{span}"
        days = sessions_of(span, seen.session)
        means: list[float] = []
        inputs: list[Input] = []
        for side in (self.cyclicals, self.defensives):
            moves = []
            for slug in side:
                h = funds.get(slug)
                old = h.value_of(days[0].item()) if h is not None else None
                if h is None or old is None or not h.current:
                    why = f"no return of the {slug.replace('_', ' ')} fund since {days[0]}"
                    return Quantity(id_, None, "pp", "insufficient", seen.session, reason=why)
                moves.append(100.0 * (float(h.values[-1]) / old - 1.0))
                inputs += h.inputs(days[0].item())
            means.append(math.fsum(moves) / len(moves))
        window = f"{days[1]} to {days[-1]}"
        n = days.size - 1
        return Quantity(id_, means[0] - means[1], "pp", period=seen.session, n=n, window=window, inputs=tuple(inputs))

    def _table(
        self, seen: SessionView, funds: dict[str, History], factors: list[History]
    ) -> tuple[Days, list[str], Floats, Floats] | str:
        if len(factors) < len(FACTORS):
            return "no real yield or no spread in the catalogue"
        lacking = [s for s in (*self.cyclicals, *self.defensives) if s not in funds or not funds[s].current]
        if lacking:
            return f"no price of the {lacking[0].replace('_', ' ')} fund for the session"
        for h in factors:
            if not h.current or h.due != seen.session:
                return h.reason or f"no {h.asset.label} of the session"
        # A young fund may not cut the window of the others short.
        core = [*self.cyclicals, *self.defensives]
        reach = self.window + LONGEST + 1
        since = max(funds[s].days[max(-reach, -funds[s].days.size)] for s in core)
        slugs = [s for s, h in funds.items() if s in core or (h.current and h.days[0] <= since)]
        days, moves = common_changes([*(funds[s] for s in slugs), *factors], self.window + LONGEST)
        if not days.size or days[-1] != np.datetime64(seen.session, "D"):
            return "no change of every input over the session"
        return days, slugs, moves[:, : len(slugs)], moves[:, len(slugs) :]

    def _account(
        self,
        seen: SessionView,
        span: str,
        days: Days,
        slugs: list[str],
        y: Floats,
        x: Floats,
        base: np.datetime64,
        gap: Quantity,
    ) -> list[Quantity]:
        upto = int(np.searchsorted(days, base, side="right"))
        past = slice(max(upto - self.window, 0), upto)
        n = past.stop - past.start
        if n < self.least or not isinstance(gap.value, float):
            why = gap.reason or f"{n} changes before the span where {self.least} are needed"
            return self._nothing(seen, why, (span,))
        both = np.column_stack([y[past] @ self.pair(slugs), y[past]])
        fit = regress(both, x[past], self.lags)
        state: FactState = "ok" if n >= self.full * self.window else "degraded"
        reason = None if state == "ok" else f"{n} changes in place of {self.window}"
        inputs = self._inputs(seen, slugs, days[past.start].item())
        more: dict[str, Any] = {
            "period": seen.session,
            "n": n,
            "window": f"{n} changes to {days[upto - 1]}, 90% interval",
            "inputs": inputs,
            "reason": reason,
        }
        moved = x[upto:].sum(axis=0)
        rates, credit = (float(fit.slopes[k, 0] * moved[k]) for k in (0, 1))
        half = Z90 * math.sqrt(max(float(moved @ fit.cov[0] @ moved), 0.0))
        explained = rates + credit
        out = [
            Quantity(
                f"{_P}.tilt.explained_{span}",
                explained,
                "pp",
                state,
                low=explained - half,
                high=explained + half,
                **more,
            )
        ]
        for k, (what, value) in enumerate((("rates", rates), ("credit", credit))):
            edge = Z90 * math.sqrt(max(float(fit.cov[0, k, k]), 0.0)) * abs(float(moved[k]))
            id_ = f"{_P}.tilt.{what}_{span}"
            out.append(Quantity(id_, value, "pp", state, low=value - edge, high=value + edge, **more))
        rest = gap.value - explained
        id_ = f"{_P}.tilt.unexplained_{span}"
        out.append(Quantity(id_, rest, "pp", state, low=rest - half, high=rest + half, **more))
        return out + (self._betas(fit, slugs, state, more) if span == "1d" else [])

    def _betas(self, fit: Regression, slugs: list[str], state: FactState, more: dict[str, Any]) -> list[Quantity]:
        out = [Quantity(f"{_P}.tilt.r2", float(fit.r2[0]), "ratio", state, **more)]
        for j, prefix in enumerate((f"{_P}.tilt", *(f"{_P}.tilt.{s}" for s in slugs))):
            for k, (name, _) in enumerate(FACTORS):
                value, edge = PER * float(fit.slopes[k, j]), PER * Z90 * math.sqrt(max(float(fit.cov[j, k, k]), 0.0))
                id_ = f"{prefix}.{name}.beta"
                out.append(Quantity(id_, value, "percent", state, low=value - edge, high=value + edge, **more))
        absent = [s for s in FUNDS if s not in slugs]
        return out + [
            Quantity(
                f"{_P}.tilt.{s}.{name}.beta", None, "percent", "insufficient", reason="no price of its fund, or too few"
            )
            for s in absent
            for name, _ in FACTORS
        ]

    def _inputs(self, seen: SessionView, slugs: list[str], first: date) -> tuple[Input, ...]:
        ids = (*(FUNDS[s].series[0] for s in slugs), *_REAL.series, *_CREDIT.series)
        found = (seen.input(i, first, seen.session) for i in ids)
        return tuple(i for i in found if i is not None)

    def _nothing(self, seen: SessionView, why: str, spans: tuple[str, ...] = SPANS) -> list[Quantity]:
        ids = [(f"tilt.{w}_{s}", "pp") for s in spans for w in _GAP]
        if "1d" in spans:
            ids.append(("tilt.r2", "ratio"))
            prefixes = ("tilt", *(f"tilt.{s}" for s in FUNDS))
            ids += [(f"{p}.{name}.beta", "percent") for p in prefixes for name, _ in FACTORS]
        return [Quantity(f"{_P}.{i}", None, u, "insufficient", seen.session, reason=why) for i, u in ids]


MODEL = Tilt
