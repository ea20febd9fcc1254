"""The seven largest companies named in 2023: weights, momentum, macro decomposition, concentration, correlation, dispersion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, Quantity
from barograph.models._common_days import common_changes
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, finite
from barograph.models._tagged import tagged
from barograph.models.assets import ASSETS, Asset
from barograph.models.equities._concentration import GROUP, NAMED_ON, concentration
from barograph.models.equities._holdings import holdings_of
from barograph.models.equities._megacap_group import group_facts, group_ids
from barograph.models.equities._megacap_members import Panel, decomposition, momentum, nothing, premium
from barograph.models.equities.constituents import CLOSE, SECTOR, WEIGHT
from barograph.models.history import History, SessionView
from barograph.models.session import grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
_BY_SLUG = {a.slug: a for a in ASSETS}
_INDEX = _BY_SLUG["spx"]
#: Factors of the packaged catalogue; `semis` is a user's.
_FACTORS = {"market": _INDEX, **{n: _BY_SLUG[n] for n in ("real10y", "breakeven10y")}, "usd": _BY_SLUG["dollar"]}


@dataclass(frozen=True)
class MegaCaps(EveryQuantity):
    """Per share m of AAPL, AMZN, GOOGL, META, MSFT, NVDA, TSLA, and of the group. None of it is about a day before 2023.

    ==============================================  ==================================================================
    megacap.us.<m>.{weight,contribution_1d}         in the index at the close before, per cent; weight times return, pp
    megacap.us.<m>.relative_{21,63,252}d            return over the index's, both by prices, per cent
    megacap.us.<m>.relative_z_{21,63,252}d          the same in standard deviations of a random walk
    megacap.us.<m>.premium_{index,10y}_z            forward P/E against the index's, the 10-year less the earnings yield
    megacap.us.<m>.{market,usd,semis}_beta          per cent for +1 per cent, with interval
    megacap.us.<m>.{real10y,breakeven10y}.beta      per cent for +10 bp, with interval
    megacap.us.<m>.<factor>_1d, .own_1d             parts of the session's return, pp; own holds the constant and the rest
    megacap.us.<m>.systematic_share                 1 - var(e)/var(r) of the estimation, per cent
    megacap.us.<m>.results_left_out                 sessions left out because of results
    megacap.us.effective_n                          1 / sum w^2 of all members of the index at the session's close
    megacap.us.top7_weight                          weight of the seven at the session's close, per cent; .percentile_1y
    megacap.us.{contribution_1d,rest_contribution_1d,contribution_share}   of the seven and the rest, pp; share, per cent
    megacap.us.correlation_63d                      realised average correlation of the seven; .percentile_3y
    megacap.us.implied_correlation                  only with option volatilities tagged implied_vol:<m> and :basket
    megacap.us.dispersion_{1d,21d}                  weighted deviation from the basket's return, pp; .percentile_3y
    ==============================================  ==================================================================

    r = a + market + real + breakeven + dollar + semiconductors + e by exponentially weighted ridge, Hoerl and Kennard (1970),
    doi 10.1080/00401706.1970.10488634, on changes up to the session before. The index holds the seven, so the market's
    part holds some of their own news. The group was chosen after it had risen: nothing here is a backtest.
    """

    name: str = "megacaps"
    version: str = "3"
    horizons: tuple[int, ...] = (21, 63, 252)
    year: int = 252
    half_life: float = 126.0
    window: int = 504
    least: int = 252
    full: float = 0.9
    penalty: float = 0.01
    premium_sessions: int = 1260
    stale_days: int = 7
    correlation: int = 63
    block: int = 3
    dispersed: int = 21
    years: int = 3
    share_floor: float = 0.1
    share_least: float = 0.05
    fresh_sessions: int = 21
    last_sessions: int = 252

    def needs(self) -> tuple[str, ...]:
        """The seven, the index, its members, and the factors."""
        ids = {i for a in _FACTORS.values() for i in a.series} | {i for g in GROUP for i in _BY_SLUG[g].series}
        return tuple(sorted({*ids, WEIGHT, CLOSE, SECTOR}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The seven at the view's session."""
        seen = SessionView.of(view)
        if seen.session < NAMED_ON:
            why = f"the group was named in {NAMED_ON.year}: earlier it would be chosen in hindsight"
            return state, Estimate(self.name, view.known_at, tuple(self._nothing(seen, why)))
        if any(_BY_SLUG[g].series[0] not in view.catalog for g in GROUP) or _INDEX.series[0] not in view.catalog:
            why = "the catalogue lacks one of the seven or the index"
            return state, Estimate(self.name, view.known_at, tuple(self._nothing(seen, why)))
        shares = {g: seen.history(_BY_SLUG[g]) for g in GROUP}
        index = seen.history(_INDEX)
        days = grid("NYSE", seen.session - timedelta(2 * self.year), seen.session)[-self.year - 1 :]
        weights = concentration(seen, holdings_of(view), days, self.last_sessions)
        out = group_facts(self, seen, shares, index, weights)
        panel = self._panel(seen, shares, index)
        for slug in GROUP:
            out += momentum(self, seen, slug, shares[slug], index)
            out += premium(self, seen, slug)
            out += decomposition(self, seen, slug, panel)
        return state, Estimate(self.name, view.known_at, finite(out))

    def _panel(self, seen: SessionView, shares: dict[str, History], index: History) -> Panel | str:
        if not index.current:
            return index.reason or "no close of the index"
        there = {g: h for g, h in shares.items() if h.current}
        if not there:
            return "no price of the seven"
        factors: dict[str, History] = {"market": index}
        dropped = []
        wanted = [*((n, a) for n, a in _FACTORS.items() if n != "market"), ("semis", self._semis(seen))]
        for name, asset in wanted:
            if asset is None or any(i not in seen.view.catalog for i in asset.series):
                dropped.append(f"{name} (no series)")
                continue
            history = seen.history(asset)
            since = index.days[max(-self.window - 2, -index.days.size)]
            if not history.current or history.due != seen.session:
                dropped.append(f"{name} (no value of the session)")
            elif int((history.days >= since).sum()) < self.full * self.window:
                dropped.append(f"{name} (too few values)")
            else:
                factors[name] = history
        histories = [*there.values(), *factors.values()]
        days, moves = common_changes(histories, self.window + 1)
        if not days.size or days[-1] != np.datetime64(seen.session, "D"):
            return "no change of every input over the session"
        first = days[0].item()
        inputs = tuple(i for h in histories for i in h.inputs(first))
        names = (*there, *factors)
        return Panel(days, moves, names, tuple(factors), tuple(dropped), inputs)

    def _semis(self, seen: SessionView) -> Asset | None:
        row = tagged(seen.view.catalog, "factor").get("semis")
        return None if row is None else Asset("semis", (row.id,), row.id, "price", row.title, "equity")

    def _nothing(self, seen: SessionView, why: str) -> list[Quantity]:
        out = [Quantity(i, None, u, "insufficient", seen.session, reason=why) for i, u in group_ids(self)]
        for slug in GROUP:
            p = f"megacap.us.{slug}"
            ids = [(f"{p}.relative_{h}d", "percent") for h in self.horizons]
            ids += [(f"{p}.relative_z_{h}d", "sigma") for h in self.horizons]
            ids += [(f"{p}.premium_{n}_z", "sigma") for n in ("index", "10y")]
            out += [Quantity(i, None, u, "insufficient", seen.session, reason=why) for i, u in ids]
            out += nothing(p, seen.session, why)
        return out


MODEL = MegaCaps
