"""The index's session by sector and member: contributions with the residual, breadth, equal weight, dispersion."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Input, Quantity, fact_of
from barograph.models._protocol import State
from barograph.models._rows import named, number_of
from barograph.models.assets import ASSETS
from barograph.models.equities.constituents import CLOSE, SECTOR, WEIGHT, Basket, Splits, basket, lineage
from barograph.models.equities.sector_funds import NO_HOLDINGS, SLUGS, FundSplit, by_funds
from barograph.models.history import History, SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_INDEX, _EQUAL = (next(a for a in ASSETS if a.slug == s) for s in ("spx", "rsp"))
_P = "equity.us"
#: Kept in the estimate for `explain`; as facts the index's levels belong to the model `levels`.
_LEVEL, _BEFORE = f"{_P}.spx.level", f"{_P}.spx.level_before"
_FAMILIES = (CLOSE, SECTOR, WEIGHT)


@dataclass(frozen=True, slots=True)
class Row:
    """A sector or member: weight and return in per cent, contribution in pp."""

    weight: float
    change: float
    contribution: float
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class AttributionModel:
    """Contributions c_i = w_i(t-1) r_i to the session's return of the index, weights at the close before.

    equity.us.sector.<slug>.{weight (per cent), return_1d (per cent), contribution_1d (pp)};
    equity.us.attribution.{total (sum of contributions), residual (index return less total), method}; method is
    `constituents`, or `sector_etfs` where no holdings of the session before are on record: then the last dated sector
    weights are carried forward by the funds' returns. equity.us.breadth.{advancing (per cent of members), members},
    equity.us.equal_weight.return_1d (mean member return; of the equal-weight fund under `sector_etfs`),
    equity.us.equal_minus_cap (pp), equity.us.dispersion = sqrt(sum w (r_i - R)^2) (pp), and
    equity.us.member.<ticker>.contribution_1d of the largest and the smallest.

    Contributions and residual add up to the index's return by construction; nothing is scaled to make them fit.
    """

    name: str = "attribution"
    version: str = "2"
    residual_bp: float = 2.0
    full_weight: float = 0.99
    least_weight: float = 0.95
    split_beyond: float = 0.6
    split_slack: float = 0.1
    split_tight: float = 0.03
    split_extreme: float = 8.0
    weights_fresh_days: int = 31
    weights_last_days: int = 366
    members_named: int = 5

    def needs(self) -> tuple[str, ...]:
        """The index, the three families of its members, the sector funds and the equal-weight fund."""
        funds = (a.series[0] for a in ASSETS if a.prefix.startswith("equity.us.sector_etf."))
        return tuple(sorted({*_INDEX.series, *_EQUAL.series, *_FAMILIES, *funds}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Attribute the view's session."""
        seen = SessionView.of(view)
        index = seen.history(_INDEX)
        moved = index.change(1)
        found = basket(seen, self._splits(), None if moved is None else moved[0])
        if found is not None and found.covered >= self.least_weight:
            out = self._by_members(seen, index, found)
        else:
            funds = by_funds(seen, self.weights_last_days)
            why = (
                f"no holdings of {seen.previous} on record" if found is None else "closes of too few members on record"
            )
            if isinstance(funds, FundSplit) and funds.covered >= self.least_weight:
                out = self._by_funds(seen, index, funds, why)
            else:
                lacking = "funds of too few sectors have prices" if isinstance(funds, FundSplit) else funds
                out = self._nothing(seen, why if lacking == NO_HOLDINGS else f"{why}; {lacking}")
        if moved is not None and index.level is not None:
            base = index.inputs(moved[1])
            out.append(Quantity(_LEVEL, index.level, index.unit, period=index.due, inputs=base))
            out.append(Quantity(_BEFORE, float(index.values[-2]), index.unit, period=moved[1], inputs=base))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _splits(self) -> Splits:
        return Splits(
            self.split_beyond, self.split_slack, self.split_tight, self.split_extreme, self.residual_bp / 10_000.0
        )

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the index's own levels."""
        return tuple(fact_of(q) for q in estimate.quantities if q.id not in (_LEVEL, _BEFORE))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The index's return from the session of `before` to that of `after`, in pp by sector.

        Over one session the rows are the contributions; over several, or within one, no contribution belongs to the
        change and the residual holds it whole.
        """
        old, new, base = before.get(_LEVEL), after.get(_LEVEL), after.get(_BEFORE)
        first, second = number_of(old), number_of(new)
        if old is None or base is None or first is None or second is None:
            return ()
        adjacent = old.period == base.period
        rows = []
        for slug in SLUGS:
            part = number_of(after.get(f"{_P}.sector.{slug}.contribution_1d"))
            if part is not None:
                rows.append((slug, part if adjacent else 0.0))
        return (named(f"{_P}.spx.return_1d", "pp", 100.0 * (second / first - 1.0), tuple(rows)),)

    def _by_members(self, seen: SessionView, index: History, found: Basket) -> list[Quantity]:
        held, day = found.held, seen.session
        parts = np.where(held, found.weights * found.returns, 0.0)
        sectors = np.array(found.sectors)
        rows = {}
        for slug in SLUGS:
            mine = sectors == slug
            weight = float(found.weights[mine & held].sum())
            if weight > 0.0:
                whole, part = float(found.weights[mine].sum()), math.fsum(parts[mine])
                keys = [k for k, m in zip(found.tickers, mine, strict=True) if m]
                inputs = lineage(seen, keys, found.weights_on, day, _FAMILIES)
                rows[slug] = Row(100.0 * whole, part / weight, part, inputs)
        unnamed = found.sectors.count("")
        reasons = [f"{unnamed} members without a sector"] if unnamed else []
        if found.splits:
            reasons.append(f"left out, the closes look like a split: {', '.join(found.splits)}")
        if found.covered < self.full_weight:
            reasons.append(f"{int((~held).sum())} members have no return")
        inputs = lineage(seen, found.tickers, found.weights_on, day, _FAMILIES)
        out = self._table(seen, index, rows, "constituents", f"weights of {found.weights_on}", reasons, inputs)
        # A residual that is too large is some member's: a spin-off, a missed action, a wrong close. Until it is known whose,
        # nothing that rests on the members' returns is sure.
        far = self._far(index, math.fsum(parts))
        state: FactState = "degraded" if found.covered < self.full_weight or found.splits or far else "ok"
        text = "; ".join([*reasons, *far]) or None if state == "degraded" else None
        returns, weights = found.returns[held], found.weights[held] / found.covered
        mean, center = float(returns.mean()), float(weights @ returns)
        n, closes = returns.size, lineage(seen, found.tickers, found.weights_on, day, (CLOSE,))
        values = (
            (f"{_P}.breadth.advancing", 100.0 * float(np.count_nonzero(returns > 0.0)) / n, "percent", closes),
            (f"{_P}.breadth.members", float(n), "count", closes),
            (f"{_P}.equal_weight.return_1d", mean, "percent", closes),
        )
        out += [Quantity(i, v, u, state, day, n=n, inputs=c, reason=text) for i, v, u, c in values]
        out.append(_minus_cap(index, mean, day, state, text, closes))
        spread = math.sqrt(float(weights @ (returns - center) ** 2))
        out.append(Quantity(f"{_P}.dispersion", spread, "pp", state, day, n=n, inputs=inputs, reason=text))
        return out + self._members(seen, found, parts, far)

    def _far(self, index: History, total: float) -> list[str]:
        """That the residual is too large, if it is; `total` is the sum of the contributions, pp."""
        change = index.change(1)
        if change is None or not abs(100.0 * (change[0] - total)) > self.residual_bp:
            return []
        return [f"the residual is larger than {self.residual_bp:g} bp"]

    def _members(self, seen: SessionView, found: Basket, parts: np.ndarray, far: list[str]) -> list[Quantity]:
        rows = sorted((-float(parts[i]), found.tickers[i]) for i in np.flatnonzero(found.held))
        k = min(self.members_named, len(rows) // 2)
        out = []
        # Largest first, then the smallest from the bottom up.
        for minus, ticker in (*rows[:k], *rows[len(rows) - k :][::-1]):
            id_ = f"{_P}.member.{re.sub(r'[^A-Za-z0-9]', '_', ticker)}.contribution_1d"
            inputs = lineage(seen, (ticker,), found.weights_on, seen.session, (CLOSE, WEIGHT))
            state: FactState = "degraded" if far else "ok"
            text = "; ".join(far) or None
            out.append(Quantity(id_, -minus + 0.0, "pp", state, seen.session, inputs=inputs, reason=text))
        return out

    def _by_funds(self, seen: SessionView, index: History, funds: FundSplit, why: str) -> list[Quantity]:
        rows = {slug: Row(100.0 * r.weight, r.change, r.weight * r.change, r.inputs) for slug, r in funds.rows.items()}
        age = (seen.session - funds.weights_on).days
        reasons = [f"the weights are of {funds.weights_on}"] if age > self.weights_fresh_days else []
        if funds.covered < self.full_weight:
            reasons.append("not every sector has a fund with prices")
        window = f"weights of {funds.weights_on}, carried forward by the sector funds"
        merged = {(i.series_id, i.first, i.last): i for r in rows.values() for i in r.inputs}
        out = self._table(seen, index, rows, "sector_etfs", window, reasons, tuple(merged.values()))
        equal, day = seen.history(_EQUAL), seen.session
        out += [
            Quantity(f"{_P}.breadth.{what}", None, unit, "insufficient", day, reason=why)
            for what, unit in (("advancing", "percent"), ("members", "count"))
        ]
        change, id_ = equal.change(1), f"{_P}.equal_weight.return_1d"
        if change is None or change[1] != seen.previous:
            reason = equal.reason or equal.no_base(1)
            out.append(equal.missing(id_, "percent", reason))
            out.append(equal.missing(f"{_P}.equal_minus_cap", "pp", reason))
        else:
            reason, inputs = "return of the equal-weight fund", equal.inputs(change[1])
            out.append(Quantity(id_, change[0], "percent", "degraded", day, inputs=inputs, reason=reason))
            out.append(_minus_cap(index, change[0], day, "degraded", reason, inputs))
        out.append(Quantity(f"{_P}.dispersion", None, "pp", "insufficient", day, reason=why))
        return out

    def _table(
        self,
        seen: SessionView,
        index: History,
        rows: dict[str, Row],
        method: str,
        window: str,
        reasons: list[str],
        inputs: tuple[Input, ...],
    ) -> list[Quantity]:
        day, change = seen.session, index.change(1)
        total = math.fsum(r.contribution for r in rows.values())
        residual = None if change is None else change[0] - total
        reasons = [*reasons, *self._far(index, total)]
        state: FactState = "degraded" if reasons else "ok"
        text = "; ".join(reasons) or None
        out = []
        for slug in SLUGS:
            row = rows.get(slug)
            values = (None, None, None) if row is None else (row.weight, row.change, row.contribution)
            for what, unit, value in zip(_SECTOR_KINDS, _SECTOR_UNITS, values, strict=True):
                id_ = f"{_P}.sector.{slug}.{what}"
                if row is None:
                    out.append(Quantity(id_, None, unit, "insufficient", day, reason="no weight or no price"))
                else:
                    out.append(Quantity(id_, value, unit, state, day, window=window, inputs=row.inputs, reason=text))
        p = f"{_P}.attribution"
        out.append(Quantity(f"{p}.total", total, "pp", state, day, window=window, inputs=inputs, reason=text))
        if residual is None:
            why = index.reason or index.no_base(1)
            out.append(Quantity(f"{p}.residual", None, "pp", "insufficient", day, inputs=inputs, reason=why))
        else:
            both = (*index.inputs(seen.previous), *inputs)
            out.append(Quantity(f"{p}.residual", residual, "pp", state, day, window=window, inputs=both, reason=text))
        out.append(Quantity(f"{p}.method", method, "label", state, day, window=window, inputs=inputs, reason=text))
        return out

    def _nothing(self, seen: SessionView, reason: str) -> list[Quantity]:
        ids = [(f"sector.{s}.{k}", u) for s in SLUGS for k, u in zip(_SECTOR_KINDS, _SECTOR_UNITS, strict=True)]
        ids += [("attribution.total", "pp"), ("attribution.residual", "pp"), ("attribution.method", "label")]
        ids += [("breadth.advancing", "percent"), ("breadth.members", "count"), ("equal_weight.return_1d", "percent")]
        ids += [("equal_minus_cap", "pp"), ("dispersion", "pp")]
        return [Quantity(f"{_P}.{i}", None, u, "insufficient", seen.session, reason=reason) for i, u in ids]


_SECTOR_KINDS = ("weight", "return_1d", "contribution_1d")
_SECTOR_UNITS = ("percent", "percent", "pp")


def _minus_cap(
    index: History, equal: float, day: object, state: FactState, reason: str | None, inputs: tuple[Input, ...]
) -> Quantity:
    id_, change = f"{_P}.equal_minus_cap", index.change(1)
    if change is None:
        return index.missing(id_, "pp", index.reason or index.no_base(1))
    both = (*index.inputs(change[1]), *inputs)
    return Quantity(id_, equal - change[0], "pp", state, index.due, inputs=both, reason=reason)


MODEL = AttributionModel
