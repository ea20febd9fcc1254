"""Liquidity: net liquidity, the credit impulse, the impulse of financial conditions, and the axis made of their changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.macro._liquidity_view import (
    ACCOUNT,
    ASSETS,
    CONDITIONS,
    DOLLAR,
    EFFR,
    GDP,
    HALF,
    HY,
    IORB,
    LOANS,
    M2,
    NET,
    NFCI,
    QUARTER,
    REPO,
    RESERVES,
    SOFR,
    SPX,
    TEN,
    TWO,
    YEAR,
    Seen,
    means,
    parts_of,
)  # fmt: skip
from barograph.models.macro._weekly import trailing_z

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


@dataclass(frozen=True)
class Liquidity(EveryQuantity):
    """Changes only: a level of net liquidity explains a level of stocks as any trend explains any other.

    ==================================  ==============================================================================
    liquidity.us.net.change_{4,13,26}w  Fed assets less the Treasury's account less reverse repo, means of four Wednesdays
    liquidity.us.net.<part>_13w         what each part adds to change_13w; they add up
    liquidity.us.net.z_13w              change_13w against the `years` of like changes before it
    liquidity.us.credit_impulse         loans of all banks: change of the 52-week flow over 26 weeks, per cent of GDP
    liquidity.us.credit_impulse_quarterly  the flow of the four quarters to a quarter's end less that of the four before
    liquidity.us.nfci.change_13w        Chicago Fed's index over 13 weeks
    liquidity.us.fci.change_13w         mean z of 2y, 10y, HY OAS, -S&P 500 and dollar, over 13 weeks; positive: tighter
    liquidity.us.fci_ex_equity.change_13w  the same without the S&P 500
    liquidity.us.fci.<part>_13w         what each part adds to fci.change_13w
    liquidity.us.sofr_iorb, effr_iorb   bp, mean of five days without quarter ends
    liquidity.us.reserves_to_gdp        per cent of nominal GDP
    liquidity.us.reserves               scarce, transition, ample or undecided, by the two spreads (`zone`)
    regime.us.liquidity.level           mean z of six signed inputs on their trailing `axis_years`
    regime.us.liquidity.change_3m       the level less that of 13 weeks before, inside the view
    regime.us.liquidity.z               the level against the same window
    regime.us.liquidity.p_up            Phi(change_3m / s), s the standard error of the mean of the inputs' changes;
                                        low..high: leaving out each input in turn
    regime.us.liquidity.contribution.<input>, contribution_3m.<input>   they add up to level and change
    ==================================  ==============================================================================

    Biggs, Mayer and Pick (2010), doi 10.2139/ssrn.1595980 (credit impulse).
    """

    name: str = "liquidity"
    version: str = "1"
    years: int = 5
    axis_years: int = 10
    least_years: int = 5

    def needs(self) -> tuple[str, ...]:
        """Everything read."""
        return (ASSETS, ACCOUNT, REPO, LOANS, GDP, M2, NFCI, HY, TWO, TEN, SPX, DOLLAR, RESERVES, SOFR, EFFR, IORB)

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read the view."""
        seen = Seen(view)
        out = [*self._net(seen), *self._credit(seen), *self._conditions(seen), *self._scarcity(seen), *self._axis(seen)]
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _net(self, seen: Seen) -> list[Quantity]:
        parts = {name: means(seen.wednesdays(id_)) * sign for name, id_, sign in NET}
        inputs = seen.inputs(*(id_ for _, id_, _ in NET))
        period = seen.last(ASSETS)
        total = sum(parts.values())
        head = "liquidity.us.net"
        old = seen.worn(*parts_of(NET))
        out = []
        for weeks in (4, QUARTER, HALF):
            change = float(np.asarray(total)[0] - np.asarray(total)[weeks])
            out.append(
                _of(f"{head}.change_{weeks}w", change, "usd_bn", period, inputs, seen.missing(*parts_of(NET)), old)
            )
        changes = np.asarray(total)[:-QUARTER] - np.asarray(total)[QUARTER:]
        past = changes[1 : 1 + self.years * YEAR]
        past = past[np.isfinite(past)]
        z = math.nan
        if past.size >= 2 * YEAR and past.std(ddof=1) > 0.0:
            z = float((changes[0] - past.mean()) / past.std(ddof=1))
        why = seen.missing(*parts_of(NET)) or "under two years of changes"
        out.append(_of(f"{head}.z_{QUARTER}w", z, "sigma", period, inputs, why, old, past.size))
        for name, values in parts.items():
            part = float(values[0] - values[QUARTER])
            id_ = next(i for n, i, _ in NET if n == name)
            own = seen.inputs(id_), seen.missing(id_), seen.worn(id_)
            out.append(_of(f"{head}.{name}_{QUARTER}w", part, "usd_bn", period, *own))
        return out

    def _credit(self, seen: Seen) -> list[Quantity]:
        values = seen.impulses()
        inputs, why = seen.inputs(LOANS, GDP), seen.missing(LOANS, GDP) or "under 78 weeks of loans"
        ends, quarterly = seen.quarters()
        old = seen.worn(LOANS, GDP)
        return [
            _of("liquidity.us.credit_impulse", float(values[0]), "percent", seen.last(LOANS), inputs, why, old),
            _of("liquidity.us.credit_impulse_quarterly", quarterly, "percent", ends, inputs, why, old),
        ]

    def _conditions(self, seen: Seen) -> list[Quantity]:
        nfci = seen.weekly(NFCI)
        out = [
            _of(
                "liquidity.us.nfci.change_13w",
                float(nfci[0] - nfci[QUARTER]),
                "sigma",
                seen.last(NFCI),
                seen.inputs(NFCI),
                seen.missing(NFCI),
                seen.worn(NFCI),
            )
        ]
        changes: dict[str, float] = {}
        for name, id_, logs, sign in CONDITIONS:
            values = seen.weekly(id_)
            with np.errstate(invalid="ignore", divide="ignore"):
                z = trailing_z(np.log(values) if logs else values, self.years * YEAR, 2 * YEAR)
            changes[name] = sign * float(z[0] - z[QUARTER]) if z.size > QUARTER else math.nan
        ids = [id_ for _, id_, _, _ in CONDITIONS]
        why = seen.missing(*ids) or "under two years of a part"
        period, inputs, old = seen.oldest(*ids), seen.inputs(*ids), seen.worn(*ids)
        whole = float(np.mean(list(changes.values())))
        rest = float(np.mean([v for k, v in changes.items() if k != "equities"]))
        out.append(_of("liquidity.us.fci.change_13w", whole, "sigma", period, inputs, why, old, len(changes)))
        out.append(
            _of("liquidity.us.fci_ex_equity.change_13w", rest, "sigma", period, inputs, why, old, len(changes) - 1)
        )
        for name, id_, _, _ in CONDITIONS:
            part = changes[name] / len(changes)
            own = seen.last(id_), seen.inputs(id_), seen.missing(id_), seen.worn(id_)
            out.append(_of(f"liquidity.us.fci.{name}_13w", part, "sigma", *own))
        return out

    def _scarcity(self, seen: Seen) -> list[Quantity]:
        sofr, effr = seen.spread(SOFR), seen.spread(EFFR)
        reserves = seen.weekly(RESERVES)[0]
        share = 100.0 * float(reserves) / seen.gdp()

        def of(name: str, value: float, unit: str, *ids: str) -> Quantity:
            rests = seen.last(ids[0]), seen.inputs(*ids), seen.missing(*ids), seen.worn(*ids)
            return _of(f"liquidity.us.{name}", value, unit, *rests)

        return [
            of("sofr_iorb", sofr, "bp", SOFR, IORB),
            of("effr_iorb", effr, "bp", EFFR, IORB),
            of("reserves_to_gdp", share, "percent", RESERVES, GDP),
            self._zone(seen, zone(sofr, effr)),
        ]

    def _zone(self, seen: Seen, label: str) -> Quantity:
        id_, inputs, period = "liquidity.us.reserves", seen.inputs(SOFR, EFFR, IORB), seen.last(SOFR) or seen.last(EFFR)
        if period is None:
            return Quantity(id_, None, "label", "insufficient", reason=seen.missing(SOFR, EFFR))
        window = "spreads to the rate on reserves, means of five days"
        state, reason = seen.worn(SOFR, EFFR)
        return Quantity(id_, label, "label", state, period, inputs=inputs, window=window, reason=reason)

    def _axis(self, seen: Seen) -> list[Quantity]:
        window, least = self.axis_years * YEAR, self.least_years * YEAR
        histories = seen.axis_inputs()
        z = {name: trailing_z(values, window, least) for name, (values, _) in histories.items()}
        z = {k: v for k, v in z.items() if v.size > QUARTER and np.isfinite(v[[0, QUARTER]]).all()}
        head = "regime.us.liquidity"
        units = {"level": "sigma", "change_3m": "sigma", "z": "sigma", "p_up": "percent"}
        ids = [i for n in z for i in histories[n][1]]
        if len(z) < len(histories) / 2:
            why = f"{len(z)} of {len(histories)} inputs have {self.least_years} years of history"
            return [
                Quantity(f"{head}.{k}", None, u, "insufficient", inputs=seen.inputs(*ids), reason=why)
                for k, u in units.items()
            ]
        changes = {k: float(v[0] - v[QUARTER]) for k, v in z.items()}
        level = float(np.mean([v[0] for v in z.values()]))
        history = np.mean([v[: min(x.size for x in z.values())] for v in z.values()], axis=0)
        history = history[np.isfinite(history)]
        place = (level - history[1:].mean()) / history[1:].std(ddof=1) if history.size > least else math.nan
        whole = p_rise(list(changes.values()))
        ends = [p_rise([v for k, v in changes.items() if k != out]) for out in changes]
        period = seen.oldest(*(i for i in ids if i != GDP))
        gone = [n for n in histories if n not in z]
        state, reason = seen.worn(*ids)
        if gone:
            state, reason = "degraded", f"left out for want of history: {', '.join(n.replace('_', ' ') for n in gone)}"
        more: dict[str, Any] = {
            "n": len(z),
            "inputs": seen.inputs(*ids),
            "window": f"z on {self.axis_years} years, at least {self.least_years}",
            "reason": reason,
        }
        out = [
            Quantity(f"{head}.level", level, "sigma", state, period, **more),
            Quantity(f"{head}.change_3m", float(np.mean(list(changes.values()))), "sigma", state, period, **more),
            Quantity(
                f"{head}.p_up", whole, "percent", state, period, low=min(*ends, whole), high=max(*ends, whole), **more
            ),
        ]
        if math.isfinite(place):
            out.insert(2, Quantity(f"{head}.z", float(place), "sigma", state, period, **more))
        for name, v in z.items():
            inputs = seen.inputs(*histories[name][1])
            for word, value in (("contribution", float(v[0])), ("contribution_3m", changes[name])):
                out.append(
                    Quantity(
                        f"{head}.{word}.{name}", value / len(z), "sigma", state, period, inputs=inputs, reason=reason
                    )
                )
        return out


def p_rise(changes: list[float]) -> float:
    """P(the mean change is positive), per cent: the inputs' changes as independent draws around it; 50 for one input."""
    if len(changes) < 2:
        return 50.0
    error = float(np.std(changes, ddof=1)) / math.sqrt(len(changes))
    mean = float(np.mean(changes))
    return (
        100.0 * NormalDist().cdf(mean / error)
        if error > 0.0
        else (100.0 if mean > 0.0 else 50.0 if mean == 0.0 else 0.0)
    )


def zone(sofr: float, effr: float) -> str:
    """How scarce reserves are by what money costs against the rate on reserves (bp): our convention, no estimate.

    Ample: repo at or below it and fed funds at least 5 bp below. Scarce: repo 10 bp above and fed funds not below.

    >>> zone(-5.0, -7.0), zone(12.0, 1.0), zone(4.0, -6.0), zone(float("nan"), -6.0)
    ('ample', 'scarce', 'transition', 'undecided')
    """
    if not (math.isfinite(sofr) and math.isfinite(effr)):
        return "undecided"
    if sofr <= 0.0 and effr <= -5.0:
        return "ample"
    return "scarce" if sofr >= 10.0 and effr >= 0.0 else "transition"


def _of(
    id_: str,
    value: float,
    unit: str,
    period: date | None,
    inputs: tuple[Input, ...],
    why: str | None,
    old: tuple[FactState, str | None] = ("ok", None),
    n: int | None = None,
) -> Quantity:
    """A quantity, insufficient where the value is no number, degraded where it rests on `old` figures."""
    if not math.isfinite(value):
        return Quantity(id_, None, unit, "insufficient", period, inputs=inputs, reason=why or "history is too short")
    return Quantity(id_, value, unit, old[0], period, n=n, inputs=inputs, reason=old[1])


MODEL = Liquidity
