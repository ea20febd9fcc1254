"""Attribution of users' own universes: contributions by member and group, linked over sessions, against equal weight."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.core.tags import slug
from barograph.models._price_path import price_path
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity, finite
from barograph.models._spans import SPANS, sessions_of
from barograph.models._tagged import tagged
from barograph.models.equities._brinson import brinson_fachler
from barograph.models.equities._linking import compounded, linked, linked_active
from barograph.models.equities._togetherness import dispersion, effective_n
from barograph.models.equities._universe import Member, Universe, UniverseDays, universe_days, universes_of
from barograph.models.history import SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Members or dates that a reason names; the others are counted.
NAMED = 3


@dataclass(frozen=True)
class Universes(EveryQuantity):
    """Per universe u that a user's catalogue rows define, and per span s of 1d, 5d, mtd, qtd; p = equity.user.u:

    =========================================  ========================================================================
    p.return_s                                 compounded return of the universe, per cent
    p.{member.<m>,group.<g>}.contribution_s    what a member (the `named` heaviest) or group gave to it, pp, linked after Carino
    p.rest.contribution_s                      what the members that are not named gave, pp
    p.index_s, p.residual_s                    return of the series tagged `index_of:u`, and what the parts leave of it, pp
    p.brinson.{allocation,selection,interaction,active}_s   the universe at equal weight less at its own weights, by group, pp
    p.{weight of member, group}                `.weight`, at the close before, per cent
    p.effective_n, p.dispersion, p.members     1 / sum w^2; weighted deviation of the session's returns, pp; how many
    p.weights.age                              sessions from the date of the weights to the close before
    =========================================  ========================================================================

    Members and groups add up to the return, or with the residual to the index where one is given, to 1e-9. Weights are long
    only and of daily rows; what is wrong with rows, weights or closes is the reason of the facts, by member and day.
    """

    name: str = "universes"
    version: str = "2"
    fresh_sessions: int = 21
    last_sessions: int = 252
    full_weight: float = 0.99
    least_weight: float = 0.95
    named: int = 60
    carry_sessions: int = 5

    def needs(self) -> tuple[str, ...]:
        """Nothing of the packaged catalogue: a user's rows say what is read."""
        return ()

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Account for every universe of the view's catalogue."""
        found = universes_of(view.catalog)
        out: list[Quantity] = []
        if found:
            seen = SessionView.of(view)
            indices = {slug(u): row.id for u, row in tagged(view.catalog, "index_of").items()}
            for name, universe in found.items():
                out += self._universe(seen, f"equity.user.{name}", universe, indices.get(name))
        return state, Estimate(self.name, view.known_at, finite(out))

    def _universe(self, seen: SessionView, p: str, universe: Universe, index: str | None) -> list[Quantity]:
        members = universe.members
        longest = min((sessions_of(s, seen.session) for s in SPANS), key=lambda d: d[0])
        made: UniverseDays | str = "; ".join(universe.faults)
        if not made:
            made = universe_days(seen, members, longest, self.carry_sessions)
        out = []
        for span in SPANS:
            days = sessions_of(span, seen.session)
            why = made if isinstance(made, str) else self._lacking(made.since(days[0]))
            if isinstance(made, str) or why is not None:
                out.append(Quantity(f"{p}.return_{span}", None, "percent", "insufficient", seen.session, reason=why))
                continue
            table = made.since(days[0])
            more = self._more(seen, members, table, days[0], index)
            if span == "1d":
                out += self._today(p, members, table, more)
            out += self._span(seen, p, span, members, table, days, index, more)
        return out

    def _lacking(self, table: UniverseDays) -> str | None:
        wrong = next((f for f in table.faults if f), None)
        if wrong is not None:
            return wrong
        bare = np.flatnonzero(table.covered < self.least_weight)
        if bare.size:
            t, reach = int(bare[0]), f"nor of the {self.carry_sessions} sessions before"
            return f"prices of {100.0 * table.covered[t]:.0f} % of the weight only: no close of {_list(table.lacking[t])} {reach}"
        if (table.ages > self.last_sessions).any():
            return f"the weights are more than {self.last_sessions} sessions old"
        return None

    def _more(
        self,
        seen: SessionView,
        members: tuple[Member, ...],
        table: UniverseDays,
        base: np.datetime64,
        index: str | None,
    ) -> dict[str, Any]:
        reasons = []
        if (table.ages > self.fresh_sessions).any():
            reasons.append(f"weights up to {int(table.ages.max())} sessions old")
        if table.late.any():
            reasons.append(f"weights known later: those of {_list(dict.fromkeys(table.dates[table.late].astype(str)))}")
        bare = table.covered < self.full_weight
        for told, words in (
            (tuple(names for names, less in zip(table.lacking, bare, strict=True) if less), "no return of"),
            (table.carried, "carried closes of"),
            (table.dropped, "weights that leave out, without saying nought,"),
        ):
            every = tuple(dict.fromkeys(name for names in told for name in names))
            if every:
                count = len({name.partition(" ")[0] for name in every})
                reasons.append(f"{words} {count} member{'s' if count > 1 else ''}: {_list(every)}")
        first = min(table.dates[0], base).item()
        ids = (*(m.row.id for m in members), *(m.price for m in members), *([index] if index else []))
        found = (seen.input(i, first, seen.session) for i in dict.fromkeys(ids) if i in seen.view.catalog)
        inputs: tuple[Input, ...] = tuple(i for i in found if i is not None)
        state: FactState = "degraded" if reasons else "ok"
        window = f"{table.days[0]} to {table.days[-1]}, weights of {table.dates[-1]}"
        text = "; ".join(reasons) or None
        return {"state": state, "period": seen.session, "window": window, "inputs": inputs, "reason": text}

    def _today(self, p: str, members: tuple[Member, ...], table: UniverseDays, more: dict[str, Any]) -> list[Quantity]:
        weights, returns = table.weights[-1], table.returns[-1]
        held = weights > 0.0
        out = [
            Quantity(f"{p}.weights.age", float(table.ages[-1]), "sessions", **more),
            Quantity(f"{p}.members", float(held.sum()), "count", **more),
            Quantity(f"{p}.effective_n", effective_n(weights[held]), "ratio", **more),
            Quantity(f"{p}.dispersion", 100.0 * float(dispersion(returns[None, :], weights)[0]), "pp", **more),
        ]
        for m, k in self._heaviest(members, weights):
            out.append(Quantity(f"{p}.member.{m.name}.weight", 100.0 * float(weights[k]), "percent", **more))
        for g in _groups(members):
            mine = np.array([m.group == g for m in members])
            out.append(Quantity(f"{p}.group.{g}.weight", 100.0 * float(weights[mine].sum()), "percent", **more))
        return out

    def _heaviest(self, members: tuple[Member, ...], weights: Floats) -> list[tuple[Member, int]]:
        order = sorted(range(len(members)), key=lambda k: (-float(weights[k]), members[k].name))[: self.named]
        return [(members[k], k) for k in sorted(order)]

    def _span(
        self,
        seen: SessionView,
        p: str,
        span: str,
        members: tuple[Member, ...],
        table: UniverseDays,
        days: NDArray[np.datetime64],
        index: str | None,
        more: dict[str, Any],
    ) -> list[Quantity]:
        own = table.contributions.sum(axis=1)
        whole, whole_id = own, ""
        if index is not None:
            path = price_path(seen, index, days)
            whole, whole_id = path[1:] / path[:-1] - 1.0, index
        out = [Quantity(f"{p}.return_{span}", 100.0 * compounded(own), "percent", n=own.size, **more)]
        if not np.isfinite(whole).all():
            why = f"no value of {whole_id} on every session"
            out.append(Quantity(f"{p}.index_{span}", None, "pp", "insufficient", seen.session, reason=why))
            whole, index = own, None
        parts = 100.0 * linked(table.contributions, whole)
        named = self._heaviest(members, table.weights[-1])
        out += [Quantity(f"{p}.member.{m.name}.contribution_{span}", float(parts[k]), "pp", **more) for m, k in named]
        rest = math.fsum(parts) - math.fsum(parts[k] for _, k in named)
        if len(named) < len(members):
            out.append(Quantity(f"{p}.rest.contribution_{span}", rest, "pp", **more))
        groups = _groups(members)
        for g in groups:
            mine = [k for k, m in enumerate(members) if m.group == g]
            out.append(Quantity(f"{p}.group.{g}.contribution_{span}", math.fsum(parts[mine]), "pp", **more))
        if index is not None:
            total = 100.0 * compounded(whole)
            out.append(Quantity(f"{p}.index_{span}", total, "pp", **more))
            out.append(Quantity(f"{p}.residual_{span}", total - math.fsum(parts), "pp", **more))
        return out + (self._brinson(p, span, members, table, groups, more) if len(groups) > 1 else [])

    def _brinson(
        self,
        p: str,
        span: str,
        members: tuple[Member, ...],
        table: UniverseDays,
        groups: list[str],
        more: dict[str, Any],
    ) -> list[Quantity]:
        held = table.weights > 0.0
        flat = held / held.sum(axis=1, keepdims=True)
        which = np.array([[m.group == g for m in members] for g in groups], dtype=float).T
        theirs, ours = table.weights @ which, flat @ which
        with np.errstate(invalid="ignore", divide="ignore"):
            bench = np.nan_to_num((table.contributions @ which) / theirs)
            mine = np.nan_to_num(((flat * table.returns) @ which) / ours)
        effects = brinson_fachler(ours, theirs, mine, bench)
        equal, cap = (flat * table.returns).sum(axis=1), table.contributions.sum(axis=1)
        stacked = np.column_stack([e.sum(axis=1) for e in (effects.allocation, effects.selection, effects.interaction)])
        made = 100.0 * linked_active(stacked, equal, cap)
        values = (*made.tolist(), 100.0 * (compounded(equal) - compounded(cap)))
        names = ("allocation", "selection", "interaction", "active")
        return [Quantity(f"{p}.brinson.{n}_{span}", v, "pp", **more) for n, v in zip(names, values, strict=True)]


def _list(names: Iterable[str]) -> str:
    """The first three, and how many more."""
    every = list(names)
    return ", ".join(every[:NAMED]) + (f" and {len(every) - NAMED} more" if len(every) > NAMED else "")


def _groups(members: tuple[Member, ...]) -> list[str]:
    """Names of the groups, in order; none unless every member has one."""
    found = {m.group for m in members}
    return [] if "" in found else sorted(found)


MODEL = Universes
