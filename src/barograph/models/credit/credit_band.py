"""How far a credit spread may go over 5, 21 and 63 sessions given what is known, beside how far it went as a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from barograph.core.estimate import Attribution, Estimate, FactState, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, both, named, own_changes
from barograph.models.assets import ASSETS, Asset, spreads_of
from barograph.models.credit._ids import MAIN, SPLIT, head_of, ids_of
from barograph.models.credit._panel import MOVE, NAMES, REAL, SOURCES, SPX, TEN, TWO, VIX, regressor
from barograph.models.history import SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf, Points
    from barograph.catalog.catalog import Catalog

EBP = "us.credit.excess_bond_premium"
#: Months after which the excess bond premium is old.
EBP_MONTHS = 4
#: A user's own duration of a spread: a tag of its row.
DURATION = "duration:"


@dataclass(frozen=True)
class CreditBand(EveryQuantity):
    """Per spread p = credit.us.{ig,hy} (cash) and credit.<id> of a user's own; changes in bp; 90 per cent intervals, of
    which those of a probability hold less than that (decision 020). Records: decision 024.

    =================================  ===============================================================================
    p.band_{5,21,63}d.q05 .. q95       quantiles of the coming change given the regressors; n whole horizons
    p.usual_{5,21,63}d.q05 .. q95      those of the same rows whatever the regressors
    p.asymmetry_21d                    (Q95 - Q50) / (Q50 - Q05) of the conditional ones; blocks drawn, selection with them
    p.driver_21d.{q50,q95}.<driver>    coefficient times regressor less its mean in the window; with `.rest` they add up to
                                       p.tilt_21d.{q50,q95}, conditional less usual quantile
    p.fifth_21d, .q05, .q50, .q95, .asymmetry  the fifth of its own history in which the level lies (1 the tightest), and the
                                       21-session changes from there, percentiles point in time
    p.fair_value, p.fair_gap, p.fair_fit  regression of the level, middle half of draws; level less it; R2 in the sample
    p.carry_breakeven_21d              widening that costs the carry of 21 sessions at the duration that `window` says
    p.carry_breakeven_21d.p_exceed, .p_exceed_base  probability of more, read off the five quantiles given the regressors
                                       and off the usual ones; `window` says where 5 or 95 is a bound
    p.beta_252d.{rates,volatility,equity}  bp per +10 bp of the 10-year yield, +10 points of MOVE, +1 % of the S&P 500
    p.record_{5,21,63}d.gain, .p_equal, .verdict, .share_in_{90,50}, .width_{90,50}, .p_kupiec, .p_independence  the band on
                                       the last ten years, refitted yearly; tests of the 90 per cent band
    p.record_wider_21d.gain, .p_equal, .verdict  likewise the probability of more than the breakeven, by Brier's score
    credit.us.ebp.level                excess bond premium of the newest month known
    =================================  ===============================================================================

    Adrian, Boyarchenko and Giannone (2019), doi 10.1257/aer.20161923, for quantiles given conditions; decisions 016 and 020.
    """

    name: str = "credit_band"
    version: str = "3"
    share: float = 0.5
    whole: int = 10
    years: int = 10
    ranked: int = 1250
    factor: float = 1.1
    alpha: float = 0.10
    block: int = 63
    draws: int = 100
    seed: int = 2016
    record_years: int = 10
    level: float = 0.10
    duration_ig: float = 7.0
    duration_hy: float = 3.5
    window: int = 252
    lags: int = 5
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """Both cash spreads, the regressors and the premium."""
        return (*(a.series[0] for a in ASSETS if a.slug in ("ig", "hy")), MOVE, VIX, REAL, TEN, TWO, SPX, EBP)

    def reads(self, catalog: Catalog) -> tuple[str, ...]:
        """With them a user's own spreads: what is kept of an estimation depends on them too."""
        return tuple(dict.fromkeys((*self.needs(), *(a.series[0] for a in spreads_of(catalog)))))

    def fit(self, view: AsOf) -> State:
        """Everything that moves by the month, per spread; what cannot be estimated says why."""
        from barograph.models.credit._fit import estimated

        lines = {n: regressor(view, n) for n in NAMES[1:]}
        made = {
            a.slug: estimated(self, view.series(a.series[0]), lines, self.duration(a, view.catalog[a.series[0]].tags))
            for a in spreads_of(view.catalog)
        }
        return State(self.name, self.version, view.known_at, self.seed, {"spreads": made})

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Read the regressors of the newest day and what the month's parameters make of them."""
        from barograph.models.credit._facts import betas_of, read

        seen = SessionView.of(view)
        out: list[Quantity] = []
        for asset in spreads_of(view.catalog):
            history = seen.history(asset)
            points = view.series(asset.series[0], end=history.due)
            made: dict[str, Quantity] = {}
            lacking: dict[str, str] = {}
            why = history.reason
            if history.level is not None:
                params = state.params.get("spreads", {}).get(asset.slug, {"reason": "not there when the month began"})
                found = read(self, params, view, asset, points)
                why = found if isinstance(found, str) else None
                if not isinstance(found, str):
                    made, lacking = {q.id: q for q in found[0]}, found[1]
                made |= {q.id: q for q in betas_of(self, view, asset, points)}
            for id_, unit in ids_of(asset):
                if id_ in made:
                    out.append(made[id_])
                    continue
                own = id_.removeprefix(f"{head_of(asset)}.")
                said = lacking.get(own) or lacking.get(own.split(".")[0])
                out.append(history.missing(id_, unit, why or said or _why(id_)))
        return state, Estimate(self.name, view.known_at, (*out, _premium(view)))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of a split quantile by driver and by the usual quantile; the rest as one row each."""
        out = []
        for row in own_changes(before, after):
            head, _, word = row.quantity.rpartition(f".band_{MAIN}d.")
            usual = both(before, after, f"{head}.usual_{MAIN}d.{word}") if head else None
            if usual is None or word not in dict(SPLIT):
                out.append(row)
                continue
            rows = [("usual", usual[1] - usual[0])]
            for driver in (*NAMES, "rest"):
                part = both(before, after, f"{head}.driver_{MAIN}d.{word}.{driver}")
                if part is not None:
                    rows.append((driver, part[1] - part[0]))
            out.append(named(row.quantity, row.unit, row.total, tuple(rows)))
        return tuple(out)

    def duration(self, asset: Asset, tags: tuple[str, ...]) -> float | None:
        """The assumed duration of a spread in years; None where a user's row names none."""
        known = {"ig": self.duration_ig, "hy": self.duration_hy}
        if asset.slug in known:
            return known[asset.slug]
        try:
            given = [float(t.removeprefix(DURATION)) for t in tags if t.startswith(DURATION)]
        except ValueError:
            return None
        return given[0] if given and 0.5 <= given[0] <= 50.0 else None


def _why(id_: str) -> str:
    """Why one id of a spread that has a band has no value, where its kind did not say."""
    driver = id_.rpartition(".")[2]
    if driver in SOURCES and ".driver_" in id_:
        return f"{' and '.join(SOURCES[driver])} known on too few of its days"
    return "the two quantiles that it divides by are the same"


def _premium(view: AsOf) -> Quantity:
    """The excess bond premium of the newest month known; old is said."""
    id_ = "credit.us.ebp.level"
    points: Points | None = view.series(EBP) if EBP in view.catalog else None
    if points is None or points.last is None:
        return Quantity(id_, None, "pp", "insufficient", reason=f"no value known of {EBP}")
    period: date = points.last[0]
    late = (view.day.year - period.year) * 12 + view.day.month - period.month
    state: FactState = "degraded" if late > EBP_MONTHS else "ok"
    why = f"the newest figure is of {period:%Y-%m}" if late > EBP_MONTHS else None
    return Quantity(id_, points.last[1], "pp", state, period, inputs=(view.input(points.tail(1)),), reason=why)


MODEL = CreditBand
