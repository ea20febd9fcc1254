"""Whether the expected rate of the term premium ever foretold short rates: month end by month end, beside no change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Estimate, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.rates._record import expected_records, said_of
from barograph.models.rates._zero_curves import Curves
from barograph.models.rates.term_premium import MATURITIES, TermPremium
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


@dataclass(frozen=True)
class ExpectedRecord(EveryQuantity):
    """Per maturity p = curve.us.{2y,5y,10y}.expected_rate.record, at all month ends with an estimate and an outcome:

    ==============  ===================================================================================================
    p.gap           mean of what came less what was expected, bp, with its 90 per cent interval: below nought where expected rates
                    were too high, and so the premium too low
    p.rmse          root mean square error, bp, of the expected rate against the mean of the one-month rate at its own and the
                    coming month ends of the maturity
    p.ratio         over that of today's one-month rate
    p.p_equal       p of the test that both squared errors are equal, per cent
    p.verdict       better_than_no_change, no_demonstrated_skill or worse_than_no_change
    ==============  ===================================================================================================

    n counts whole horizons. At each month end the model of `term_premium` is estimated on all month ends so far, also where
    that model would leave its window out for missing its yields. Monthly; decision 024. Equal squared errors: Diebold and
    Mariano (1995), doi 10.1080/07350015.1995.10524599, with the variance of `cosine_test`.
    """

    name: str = "expected_record"
    version: str = "1"
    whole: int = 10
    level: float = 0.10
    monthly: bool = True

    @property
    def settings(self) -> TermPremium:
        """The model that is tried: its settings are part of the state's name."""
        return TermPremium()

    def needs(self) -> tuple[str, ...]:
        """What the term premium needs."""
        return self.settings.needs()

    def fit(self, view: AsOf) -> State:
        """The record of the month ends before the view's month."""
        curves = Curves(view)
        days, yields = curves.month_ends()
        good = np.isfinite(yields).all(axis=1)
        try:
            records = expected_records(days[good], yields[good], self.settings, self.whole, self.level)
        except (ValueError, np.linalg.LinAlgError) as error:
            records = {s: {"reason": f"no estimate at an earlier month end: {error}"} for s, _ in MATURITIES}
        return State(self.name, self.version, view.known_at, 0, {"records": records, "board": curves.board})

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The month's record, in words and numbers."""
        out: list[Quantity] = []
        inputs = Curves(view, board=state.params["board"]).inputs
        for slug, _ in MATURITIES:
            p = f"curve.us.{slug}.expected_rate.record"
            out += said_of(p, state.params["records"][slug], session_of(view), inputs, "estimated at each month end")
        return state, Estimate(self.name, view.known_at, tuple(out))


MODEL = ExpectedRecord
