"""Probability of a recession within twelve months, by published equations: the yield curve and the excess bond premium."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, number_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

TEN, BILL, EBP = "us.rates.treasury_10y_month", "us.rates.bill_3m_month", "us.credit.excess_bond_premium"
#: Days of a three-month bill.
_DAYS = 91
#: Months after which a reading is old.
FRESH_MONTHS = 4


@dataclass(frozen=True)
class Recession(EveryQuantity):
    """Published coefficients, not fitted here: the labels that they were fitted to are hindsight.

    ==============================  ==================================================================================
    recession.us.curve              Phi(a + b spread): 10-year less 3-month bill as a bond-equivalent, month averages, of the
                                    newest month with both
    recession.us.ebp                Phi(c + d EBP)
    recession.us.probability        their mean; low..high is their range: the disagreement is the band
    recession.us.curve.alarm_months months of the last 36 with a curve reading of at least `alarm`
    ==============================  ==================================================================================

    Estrella and Trubin (2006), Current Issues in Economics and Finance 12(5); Favara, Gilchrist, Lewis and Zakrajsek (2016),
    doi 10.17016/2380-7172.1836.
    """

    name: str = "recession"
    version: str = "1"
    curve_constant: float = -0.5333
    curve_slope: float = -0.6330
    ebp_constant: float = -0.80266
    ebp_slope: float = 1.31410
    alarm: float = 30.0

    def needs(self) -> tuple[str, ...]:
        """The three series."""
        return TEN, BILL, EBP

    def fit(self, view: AsOf) -> State:
        """Nothing is estimated."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read both equations."""
        curve = self._curve(view)
        ebp = self._ebp(view)
        read = [q for q in (curve[0], ebp) if isinstance(q.value, float)]
        inputs = tuple(i for q in read for i in q.inputs)
        head = "recession.us.probability"
        if not read:
            both = Quantity(head, None, "percent", "insufficient", reason="neither the curve nor the premium is known")
        else:
            values = [v for q in read if (v := number_of(q)) is not None]
            old = next((q.reason for q in read if q.state == "degraded"), None)
            alone = f"{read[0].id.rpartition('.')[2]} only" if len(read) < 2 else None
            state_: FactState = "degraded" if old or alone else "ok"
            period = min(q.period for q in read if q.period is not None)
            both = Quantity(
                head,
                float(np.mean(values)),
                "percent",
                state_,
                period,
                low=min(values),
                high=max(values),
                n=len(values),
                window="within twelve months",
                inputs=inputs,
                reason=old or alone,
            )
        return state, Estimate(self.name, view.known_at, (both, *curve, ebp))

    def curve_history(self, view: AsOf) -> tuple[NDArray[np.datetime64], NDArray[np.float64], tuple[Input, ...]] | None:
        """Months with both rates (datetime64[M]), the curve's reading of each in per cent, and their lineage."""
        if any(i not in view.catalog for i in (TEN, BILL)):
            return None
        ten, bill = view.series(TEN), view.series(BILL)
        months, at, on = np.intersect1d(ten.periods, bill.periods, return_indices=True)
        if not months.size:
            return None
        spread = ten.values[at] - bond_equivalent(bill.values[on])
        normal = NormalDist()
        chance = np.array([100.0 * normal.cdf(self.curve_constant + self.curve_slope * s) for s in spread.tolist()])
        return months.astype("datetime64[M]"), chance, (view.input(ten), view.input(bill))

    def _curve(self, view: AsOf) -> list[Quantity]:
        ids = ("recession.us.curve", "recession.us.curve.alarm_months")
        history = self.curve_history(view)
        if history is None:
            gone = [i for i in (TEN, BILL) if i not in view.catalog or not len(view.series(i))]
            why = f"no value known of {', '.join(gone)}" if gone else "no month with both"
            return [
                Quantity(ids[0], None, "percent", "insufficient", reason=why),
                Quantity(ids[1], None, "count", "insufficient", reason=why),
            ]
        months, chance = history[0][-36:], history[1][-36:].tolist()
        inputs = tuple(view.input(view.series(i).tail(36)) for i in (TEN, BILL))
        period = months[-1].astype("datetime64[D]").item()
        state, reason = _age(view, period)
        more: dict[str, Any] = {"inputs": inputs, "reason": reason}
        alarms = float(sum(c >= self.alarm for c in chance))
        return [
            Quantity(ids[0], chance[-1], "percent", state, period, window="within twelve months", **more),
            Quantity(ids[1], alarms, "count", state, period, n=len(chance), window=f"of {len(chance)} months", **more),
        ]

    def _ebp(self, view: AsOf) -> Quantity:
        id_ = "recession.us.ebp"
        points = view.series(EBP) if EBP in view.catalog else None
        if points is None or points.last is None:
            return Quantity(id_, None, "percent", "insufficient", reason=f"no value known of {EBP}")
        period, value = points.last
        state, reason = _age(view, period)
        chance = 100.0 * NormalDist().cdf(self.ebp_constant + self.ebp_slope * value)
        inputs = (view.input(points.tail(1)),)
        return Quantity(
            id_, chance, "percent", state, period, window="within twelve months", inputs=inputs, reason=reason
        )


def bond_equivalent(discount: np.ndarray) -> np.ndarray:
    """A three-month bill's bank-discount rate as a bond-equivalent yield, per cent: 365 d / (360 - 91 d).

    >>> round(float(bond_equivalent(np.array([5.0]))[0]), 4)
    5.1343
    """
    rate = np.asarray(discount, dtype=float) / 100.0
    return 100.0 * 365.0 * rate / (360.0 - _DAYS * rate)


def _age(view: AsOf, period: Any) -> tuple[FactState, str | None]:
    months = (view.day.year - period.year) * 12 + view.day.month - period.month
    if months > FRESH_MONTHS:
        return "degraded", f"the newest figure is of {period:%Y-%m}"
    return "ok", None


MODEL = Recession
