"""The index over a session, five, the month and the quarter: linked sector contributions, and equal against cap weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, finite
from barograph.models._spans import SPANS, sessions_of
from barograph.models.equities._brinson import brinson_fachler
from barograph.models.equities._holdings import SLUGS, Holdings, holdings_of
from barograph.models.equities._linking import compounded, linked, linked_active
from barograph.models.equities._sector_days import EQUAL, FUNDS, INDEX, SectorDays, sector_days
from barograph.models.equities.constituents import CLOSE, SECTOR, WEIGHT, Splits
from barograph.models.history import SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_P = "equity.us"
#: Spans of the contributions; those of one session are facts of the model `attribution`.
LINKED = SPANS[1:]
_EFFECTS = ("allocation", "selection", "interaction", "within", "active")


@dataclass(frozen=True)
class AttributionWindows(EveryQuantity):
    """Per span s of 5d, mtd, qtd (sessions since five before, since the last close of the month or quarter before):

    =============================================  ====================================================================
    equity.us.sector.<slug>.contribution_s         what the sector gave to the index's return, pp, days linked after Carino
    equity.us.attribution.{total,residual}_s       their sum, and the index's return less that sum, pp
    equity.us.attribution.index_s                  the index's return, pp
    equity.us.attribution.proxied_s (also 1d)      sessions that rest on sector funds
    equity.us.brinson.active_s (also 1d)           return of the equal-weighted index less the cap-weighted one, pp
    equity.us.brinson.{allocation,selection,interaction}_s   its parts by sector weights and returns, added over sectors
    equity.us.brinson.within_s                     selection and interaction together
    equity.us.weights.age                          sessions from the newest file of holdings to the close before the session
    =============================================  ====================================================================

    A session whose close before has a file on record is of the members; any other is of the sector funds with weights
    carried from the nearest file, w_t = w_{t-1}(1 + r)/(1 + R), returns of funds with their dividends. The equal-weighted
    index is then its fund, with the members' count as sector weights; selection and interaction cannot be told apart there.
    Everything adds up: contributions and residual to the index's return, the three effects to the active return, both to 1e-9.

    Brinson and Fachler (1985), doi 10.3905/jpm.1985.409005; Carino (1999), J. Performance Measurement 3(4).
    """

    name: str = "attribution_windows"
    version: str = "2"
    residual_bp: float = 2.0
    full_weight: float = 0.99
    least_weight: float = 0.95
    split_beyond: float = 0.6
    split_slack: float = 0.1
    split_tight: float = 0.03
    split_extreme: float = 8.0
    fresh_sessions: int = 21
    last_sessions: int = 252

    def needs(self) -> tuple[str, ...]:
        """The index, the three families of its members, the sector funds and the equal-weight fund."""
        return tuple(sorted({INDEX, EQUAL, WEIGHT, CLOSE, SECTOR, *FUNDS.values()}))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Account for the spans that end with the view's session."""
        seen = SessionView.of(view)
        held = holdings_of(view)
        longest = min((sessions_of(s, seen.session) for s in SPANS), key=lambda d: d[0])
        floor = self.residual_bp / 10_000.0
        rules = Splits(self.split_beyond, self.split_slack, self.split_tight, self.split_extreme, floor)
        made = sector_days(seen, held, longest, self.least_weight, rules)
        out = [self._age(seen, held)]
        for span in SPANS:
            days = sessions_of(span, seen.session)
            why = made if isinstance(made, str) else self._lacking(made.since(days[0]))
            if why is not None or isinstance(made, str):
                out += self._nothing(seen, span, why or "")
                continue
            table = made.since(days[0])
            inputs = self._inputs(seen, held, table, days[0])
            degraded = self._worn(table)
            proxied = float((~table.members).sum())
            more = {"window": self._window(table), "inputs": inputs}
            out.append(Quantity(f"{_P}.attribution.proxied_{span}", proxied, "count", period=seen.session, **more))  # type: ignore[arg-type]
            if span in LINKED:
                out += self._contributions(seen, span, table, list(degraded), inputs)
            out += self._brinson(seen, span, table, list(degraded), inputs)
        return state, Estimate(self.name, view.known_at, finite(out))

    def _age(self, seen: SessionView, held: Holdings) -> Quantity:
        id_, before = f"{_P}.weights.age", np.datetime64(seen.previous, "D")
        files = held.files[held.files <= before]
        if not files.size:
            return Quantity(
                id_, None, "sessions", "insufficient", seen.session, reason="no holdings up to the close before"
            )
        from barograph.models.session import grid

        age = grid("NYSE", files[-1].item(), seen.previous).size - 1
        old = age > self.fresh_sessions
        return Quantity(
            id_,
            float(age),
            "sessions",
            "degraded" if old else "ok",
            files[-1].item(),
            inputs=held.inputs(seen.view, files[-1].item(), files[-1].item(), (WEIGHT,)),
            reason=f"the weights are of {files[-1]}" if old else None,
        )

    def _lacking(self, table: SectorDays) -> str | None:
        """Why a span cannot be accounted for."""
        missing = np.flatnonzero(~np.isfinite(table.index))
        if missing.size:
            return f"no return of the index for {table.days[missing[0]]}"
        old = np.flatnonzero(np.abs(table.ages) > self.last_sessions)
        if old.size:
            return f"no holdings within {self.last_sessions} sessions of {table.days[old[0]]}"
        bare = np.flatnonzero(~(table.covered >= self.least_weight))
        if bare.size:
            return f"neither members nor funds of enough sectors have prices of {table.days[bare[0]]}"
        return None

    def _worn(self, table: SectorDays) -> list[str]:
        """Why a span is less than it should be."""
        reasons, count = [], table.days.size
        proxied = int((~table.members).sum())
        if proxied:
            reasons.append(f"{proxied} of {count} session{'s' if count > 1 else ''} by sector funds, a proxy")
        if (table.ages < 0).any():
            reasons.append(f"weights carried back from {table.files[0]}")
        if (table.ages > self.fresh_sessions).any():
            reasons.append(f"weights up to {int(table.ages.max())} sessions old")
        if (table.covered < self.full_weight).any():
            reasons.append("some members or sectors have no return")
        # Whose the residual is nobody knows: what it may have spoilt, contributions and effects alike, is less than sure.
        limit = self.residual_bp * math.sqrt(table.days.size)
        total = float(linked(table.contributions, table.index).sum())
        if abs(10_000.0 * (compounded(table.index) - total)) > limit:
            reasons.append(f"the residual is larger than {limit:.1f} bp")
        return reasons

    def _window(self, table: SectorDays) -> str:
        n, count = int(table.members.sum()), table.days.size
        how = "constituents" if n == count else "sector funds" if n == 0 else f"constituents on {n} of {count} sessions"
        return f"{table.days[0]} to {table.days[-1]}, {how}"

    def _inputs(self, seen: SessionView, held: Holdings, table: SectorDays, base: np.datetime64) -> tuple[Input, ...]:
        first: date = base.item()  # type: ignore[assignment]
        last = seen.session
        low: date = min(base, *table.files).item()  # type: ignore[assignment]
        found = [seen.input(INDEX, first, last)]
        if not table.members.all():
            found += [seen.input(i, low, last) for i in (*FUNDS.values(), EQUAL) if i in seen.view.catalog]
        members = held.inputs(seen.view, low, last)
        return (*(i for i in found if i is not None), *members)

    def _contributions(
        self, seen: SessionView, span: str, table: SectorDays, reasons: list[str], inputs: tuple[Input, ...]
    ) -> list[Quantity]:
        parts = 100.0 * linked(table.contributions, table.index)
        there = np.isfinite(table.weights).any(axis=0)
        index, total = 100.0 * compounded(table.index), math.fsum(parts)
        residual = index - total
        state: FactState = "degraded" if reasons else "ok"
        more = {"window": self._window(table), "inputs": inputs, "reason": "; ".join(reasons) or None}
        out = []
        for slug, part, known in zip(SLUGS, parts, np.atleast_1d(there).tolist(), strict=True):
            id_ = f"{_P}.sector.{slug}.contribution_{span}"
            if known:
                out.append(Quantity(id_, float(part), "pp", state, seen.session, n=table.days.size, **more))  # type: ignore[arg-type]
            else:
                out.append(
                    Quantity(
                        id_, None, "pp", "insufficient", seen.session, reason="no weight or no price of the sector"
                    )
                )
        for what, value in (("index", index), ("total", total), ("residual", residual)):
            id_ = f"{_P}.attribution.{what}_{span}"
            out.append(Quantity(id_, value, "pp", state, seen.session, n=table.days.size, **more))  # type: ignore[arg-type]
        return out

    def _brinson(
        self, seen: SessionView, span: str, table: SectorDays, reasons: list[str], inputs: tuple[Input, ...]
    ) -> list[Quantity]:
        if not np.isfinite(table.equal).all():
            return self._no_brinson(seen, span, "no return of the equal-weighted index on every session")
        theirs = np.nan_to_num(np.where(np.isfinite(table.returns), table.weights, 0.0))
        theirs /= theirs.sum(axis=1, keepdims=True)
        bench = np.nan_to_num(table.returns)
        ours = np.where(np.isfinite(table.returns), table.equal_weights, 0.0)
        ours /= ours.sum(axis=1, keepdims=True)
        returns = np.where(np.isfinite(table.equal_returns), table.equal_returns, bench)
        cap = (theirs * bench).sum(axis=1)
        made = brinson_fachler(ours, theirs, returns, bench)
        active = compounded(table.equal) - compounded(cap)
        allocation = made.allocation.sum(axis=1)
        rest = table.equal - cap - allocation
        effects = np.column_stack([allocation, made.selection.sum(axis=1), made.interaction.sum(axis=1), rest])
        values = dict(zip(_EFFECTS, 100.0 * linked_active(effects, table.equal, cap), strict=False))
        values["active"] = 100.0 * active
        told = bool(table.members.all())
        if not told:
            reasons.append("the equal-weighted index is its fund, its sector weights are counts of members")
        state: FactState = "degraded" if reasons else "ok"
        more = {"window": self._window(table), "inputs": inputs, "reason": "; ".join(reasons) or None}
        out = []
        for what in _EFFECTS:
            id_ = f"{_P}.brinson.{what}_{span}"
            if what in ("selection", "interaction") and not told:
                why = "returns of the members are not on record for every session"
                out.append(Quantity(id_, None, "pp", "insufficient", seen.session, reason=why))
            else:
                value = float(values[what])
                out.append(Quantity(id_, value, "pp", state, seen.session, n=table.days.size, **more))  # type: ignore[arg-type]
        return out

    def _no_brinson(self, seen: SessionView, span: str, why: str) -> list[Quantity]:
        return [
            Quantity(f"{_P}.brinson.{e}_{span}", None, "pp", "insufficient", seen.session, reason=why) for e in _EFFECTS
        ]

    def _nothing(self, seen: SessionView, span: str, why: str) -> list[Quantity]:
        ids = [] if span not in LINKED else [f"sector.{s}.contribution_{span}" for s in SLUGS]
        ids += [] if span not in LINKED else [f"attribution.{w}_{span}" for w in ("index", "total", "residual")]
        out = [Quantity(f"{_P}.{i}", None, "pp", "insufficient", seen.session, reason=why) for i in ids]
        id_ = f"{_P}.attribution.proxied_{span}"
        out.append(Quantity(id_, None, "count", "insufficient", seen.session, reason=why))
        return out + self._no_brinson(seen, span, why)


MODEL = AttributionWindows
