"""How much each asset moves with the real yield, the breakeven and the slope: three estimators, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Estimate
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.assets import ASSETS
from barograph.models.history import SessionView
from barograph.models.sensitivity import _estimates as estimates
from barograph.models.sensitivity._facts import missing
from barograph.models.sensitivity._quantities import quantities
from barograph.models.sensitivity._sample import FACTORS, LEGS, covered, sample_of

if TYPE_CHECKING:
    from datetime import date

    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog


#: Whose beta to what the chart draws, and how many sessions lie between its points.
DRAWN, EVERY = ("spx", "real10y"), 10


@dataclass(frozen=True)
class Sensitivity(EveryQuantity):
    """r_t = a + b_r d(real yield) + b_be d(breakeven) + b_s d(slope) + e per asset with a price; betas in per cent per 10 bp.

    Returns are those of closes adjusted for splits and dividends from the session before; all four moves are over the same
    session. Per asset s, with p = sensitivity.s; intervals are of 90 %:

    ======================================  ===========================================================================
    p.<factor>.<estimator>.beta, .low, .high  factor real10y, breakeven10y or slope; estimator rolling (126 sessions,
                                            Newey-West errors), ridge (exponential weights of half-life 63, penalty by
                                            forward validation) or kalman (betas walk at random, q/r by likelihood)
    p.state                                 help or hurt where at least two of the three intervals of the real yield's
                                            beta leave nought out on one side, and none on the other; else no_link
    p.discovery                             yes where the rolling beta of the real yield is among the links that are kept
                                            when a tenth of those kept may be false (Benjamini-Hochberg over the assets)
    p.break.statistic, .flag                largest Wald statistic of a break in the real yield's beta within the window
                                            of the month's estimation; `period` is its day; break where it is kept at 5 %
                                            of false ones over the assets
    p.break.before, .after                  the real yield's beta on either side of that day
    p.event.{all,cpi,payrolls,fomc}.beta    the real yield's beta on such days of the window alone
    p.impact.<factor>, .total, .residual    the kalman betas of the evening before times the session's moves, their sum,
                                            and what they leave of the return; intervals by the betas' errors, those of
                                            the sum and of the rest with the constant's
    p.fan.up25, .down25                     return at +-25 bp of the real yield, all else unmoved, by the kalman beta; the
                                            interval holds the beta's error and the residual's volatility without it, the
                                            session's own error counted, of one session
    p.fan.width, .percentile_5y             width of that interval, and its mid-rank among those of the window's sessions
    ======================================  ===========================================================================

    sensitivity.us.{assets,help,hurt,discoveries,breaks} count them. What is estimated (q, r, penalty, scale, break) is made at
    the month's first session from the sessions before it, so that betas of the evening before know nothing of that one.
    """

    name: str = "sensitivity"
    version: str = "3"
    window: int = 1260
    least: int = 252
    rolling: int = 126
    least_rolling: int = 100
    lags: int = 4
    half_life: int = 63
    penalties: tuple[float, ...] = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    level: float = 0.90
    agree: int = 2
    scenario: float = 25.0
    least_events: int = 24
    trim: float = 0.15
    break_step: int = 5
    break_level: float = 0.05
    discovery: float = 0.10
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """The three yields and the packaged assets with a price."""
        ids = [s for leg in LEGS for s in leg.series]
        return tuple(dict.fromkeys([*ids, *(s for a in ASSETS if a.kind == "price" for s in a.series)]))

    def reads(self, catalog: Catalog) -> tuple[str, ...]:
        """Those, and the tickers that a user's catalogue adds: what is estimated depends on them too."""
        return tuple(dict.fromkeys([*self.needs(), *(s for a in covered(catalog) for s in a.series)]))

    def fit(self, view: AsOf) -> State:
        """Scale of the moves, and per asset q, r, penalty and break, on the trailing window through the close before."""
        sample = sample_of(SessionView.of(view), covered(view.catalog), self.window + 1)
        # The view's own session is scored and split by these parameters: it may not shape them.
        params = {"reason": sample} if isinstance(sample, str) else estimates.fitted(sample.upto(-1), self)
        return State(self.name, self.version, view.known_at, 0, params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Betas after the view's session, and what they make of it."""
        seen, assets = SessionView.of(view), covered(view.catalog)
        sample = sample_of(seen, assets, self.window)
        reason = sample if isinstance(sample, str) else None
        if reason is None and "assets" not in state.params:
            why = state.params.get("reason", "nothing was estimated")
            reason = f"{why}, when last estimated, on {state.fitted_as_of:%Y-%m-%d}"
        if isinstance(sample, str) or reason is not None:
            out = missing(assets, seen.session, reason or "")
        else:
            out = quantities(self, state.params, seen, sample)
        return state, Estimate(self.name, view.known_at, tuple(out))

    def history(self, state: State, view: AsOf) -> dict[str, list[tuple[date, float]]]:
        """The S&P 500's kalman beta to the real yield through the window with its interval, every tenth session and the newest.

        Each is from the days before it; the variances are those of the state. Empty where there is none.
        """
        slug, factor = DRAWN
        sample = sample_of(SessionView.of(view), tuple(a for a in covered(view.catalog) if a.slug == slug), self.window)
        if isinstance(sample, str) or not sample.assets or slug not in state.params.get("assets", {}):
            return {}
        q, r, _ = estimates.parameters(state.params, sample)
        made = estimates.walked(sample, self, q, r, np.array(state.params["scale"]))
        k = 1 + [name for name, _ in FACTORS].index(factor)
        held = np.flatnonzero(sample.paired[:, 0])[self.rolling :]
        at = held[::-1][::EVERY][::-1]
        half = estimates.normal(self.level) * np.sqrt(made.variances[at, k, 0])
        value, days = made.betas[at, k, 0], sample.days[at].tolist()
        parts = {"beta": value, "low": value - half, "high": value + half}
        head = f"sensitivity.{slug}.{factor}.kalman"
        return {f"{head}.{part}": list(zip(days, v.tolist(), strict=True)) for part, v in parts.items()}


MODEL = Sensitivity
