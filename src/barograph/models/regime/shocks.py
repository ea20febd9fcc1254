"""Which shock moved the markets: growth, inflation, policy or risk, read from seven prices by the signs they left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Input, Quantity, fact_of
from barograph.models._protocol import State
from barograph.models._rows import both, named, own_changes
from barograph.models.assets import ASSETS, Asset
from barograph.models.history import History, SessionView
from barograph.models.regime.shocks_identification import SHOCKS, VARIABLES, Identified, Point, identify, shown_and_band
from barograph.models.regime.shocks_sample import Moves, lacking, move_of, moves_of, too_few
from barograph.models.session import grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_ASSET = {a.slug: a for a in ASSETS}
#: Variables whose move is split into shocks; VIX is there to tell risk from growth.
_SPLIT = VARIABLES[:-1]
_PARTS = (*SHOCKS, "other", "expected")
_FOMC = "us.fed.fomc"


@dataclass(frozen=True)
class Shocks:
    """Market-implied shocks of the day, set-identified by signs in a daily vector autoregression.

    y = changes of the 10-year real yield, 10-year breakeven and high-yield OAS (bp), return of the S&P 500, a dollar and
    an oil fund (percent), change of VIX (points); y_t = c + A y_(t-1) + u_t over the trailing `window` NYSE sessions on
    which every leg has both closes and so had the session before; Cov u = B B'. Rotations are drawn uniformly and kept
    where four columns have the signs of `shocks_identification.SIGNS`; see `_kernels.signs` for the search. Estimated
    on each month's first session; every later day of the month reads the shocks B^(-1) u with the month's B.

    shock.us.{growth,inflation,policy,risk}.{1d,5d,20d}: sum of the daily shocks over so many sessions, in daily
    standard deviations, by the draw whose effects are nearest to the medians (`point`); low and high are 16 % and 84 % of
    the accepted draws, the range that the signs leave open. It holds no error of estimation, and the shown draw's shock
    of a day may lie outside of it. n counts the sessions in the sum.
    shock.us.acceptance: rotations, in per cent of those tried, that hold the four shocks in columns of any order and
    sign; under `least_acceptance` nothing is identified. A sampler with columns named beforehand would accept a share
    smaller by 7!/3! 2^4 = 13,440 over the number of ways per rotation, and the same set.
    shock.us.{real10y,breakeven10y,hy,spx,dollar,oil}.{growth,inflation,policy,risk,other,expected}: what each shock,
    the three unnamed columns and the autoregression contributed to the newest session's move; they add up to it.
    shock.us.fomc.{policy,information}: change of the 2-year par yield on the newest decision day of the FOMC, whole to
    one of the two by the sign of its product with the S&P 500's return (the poor man's split of Jarocinski & Karadi
    2020), from closes: hours of other news are in it, unlike in a window of half an hour around the statement.
    """

    name: str = "shocks"
    version: str = "1"
    window: int = 750
    least: int = 500
    horizons: tuple[int, ...] = (1, 5, 20)
    least_share: float = 0.8
    draws: int = 20_000
    rotations: int = 200_000
    kept: int = 1200
    point: Point = "median_target"
    least_acceptance: float = 1.0
    seed: int = 2010
    dollar: str = "dollar"
    oil: str = "oil"
    monthly: ClassVar[bool] = True

    def _legs(self) -> tuple[Asset, ...]:
        chosen = {"dollar": self.dollar, "oil": self.oil}
        return tuple(_ASSET[chosen.get(v, v)] for v in VARIABLES)

    def needs(self) -> tuple[str, ...]:
        """The seven legs (the breakeven has two) and the 2-year par yield."""
        ids = [s for a in (*self._legs(), _ASSET["us2y"]) for s in a.series]
        return tuple(dict.fromkeys(ids))

    def fit(self, view: AsOf) -> State:
        """Autoregression, covariance and accepted rotations on the trailing window; a reason where there are none."""
        seen = SessionView.of(view)
        params: dict[str, Any]
        legs, reason = self._histories(seen)
        if reason is not None:
            params = {"reason": reason}
        else:
            sample = moves_of(seen, legs, self.window)
            complete = int(sample.paired.sum())
            if complete < self.least:
                params = {"reason": too_few(sample, legs, complete, self.least)}
            else:
                try:
                    params = identify(sample, self.seed, self.draws, self.rotations, self.kept)
                except ValueError as error:
                    params = {"reason": str(error)}
        return State(self.name, self.version, view.known_at, self.seed, params)

    def _histories(self, seen: SessionView) -> tuple[list[History], str | None]:
        """The legs as the view shows them, and which series have nothing to show."""
        rows = {s for a in self._legs() for s in a.series}
        gone = sorted(s for s in rows if s not in seen.view.catalog or not len(seen.points(s)))
        if gone:
            return [], f"no values of {', '.join(gone)}"
        return [seen.history(a) for a in self._legs()], None

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Shocks of the newest sessions by the state's rotations, and the split of the newest move."""
        seen = SessionView.of(view)
        legs, reason = self._histories(seen)
        due = min((leg.due for leg in legs), default=seen.session)
        if reason is None and "reason" in state.params:
            reason = f"{state.params['reason']}, when last estimated, on {state.fitted_as_of:%Y-%m-%d}"
        if reason is not None:
            out = [Quantity("shock.us.acceptance", None, "percent", "insufficient", due, reason=reason)]
            out += self._nothing(due, (), reason)
        else:
            out = self._of(state, seen, legs, due)
        out += self._decision(seen, legs)
        return state, Estimate(self.name, view.known_at, tuple(out))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the whole moves, which are facts of the model `levels`."""
        return tuple(fact_of(q) for q in estimate.quantities if not q.id.endswith(".move"))

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of an asset's daily move as the changes of its parts; the rest as one row each."""
        out = []
        for row in own_changes(before, after):
            prefix, _, last = row.quantity.rpartition(".")
            parts = [(p, both(before, after, f"{prefix}.{p}")) for p in _PARTS] if last == "move" else []
            rows = tuple((p, found[1] - found[0]) for p, found in parts if found is not None)
            out.append(named(row.quantity, row.unit, row.total, rows) if rows else row)
        return tuple(out)

    # ------------------------------------------------------------------------------------------------- quantities

    def _of(self, state: State, seen: SessionView, legs: Sequence[History], due: date) -> list[Quantity]:
        params = state.params
        share = 100.0 * params["holding"] / params["tried"]
        first, sample = date.fromisoformat(params["first"]), f"{params['first']} to {params['last']}"
        inputs = _inputs(seen, legs, first, due)
        text = f"VAR(1), {params['n']} sessions, {sample}"
        low = share < self.least_acceptance
        reason = (
            f"not identified: {share:.2f} % of rotations hold the four shocks, {self.least_acceptance:g} % are asked"
        )
        acceptance = Quantity(
            "shock.us.acceptance",
            share,
            "percent",
            "degraded" if low else "ok",
            date.fromisoformat(params["last"]),
            n=params["tried"],
            window=text,
            inputs=inputs,
            reason=reason if low else None,
        )
        if low:
            return [acceptance, *self._nothing(due, inputs, reason)]
        name = "median target" if self.point == "median_target" else "mean"
        text += f"; {name} of {params['accepted']} accepted draws, 16-84 % of {len(params['draws'])}"
        found = _Reading(
            Identified.of(params, state.seed), moves_of(seen, legs, max(self.horizons)), legs, due, text, inputs
        )
        return [acceptance, *self._sums(found), *self._splits(found)]

    def _nothing(self, due: date, inputs: tuple[Input, ...], reason: str) -> list[Quantity]:
        ids = [(f"shock.us.{s}.{h}d", "sigma") for h in self.horizons for s in SHOCKS]
        return [_gone(i, u, due, inputs, reason) for i, u in (*ids, *self._split_ids())]

    def _split_ids(self) -> list[tuple[str, str]]:
        units = dict(zip(VARIABLES, (a.change_unit for a in self._legs()), strict=True))
        return [(f"shock.us.{v}.{part}", units[v]) for v in _SPLIT for part in (*_PARTS, "move")]

    def _sums(self, found: _Reading) -> list[Quantity]:
        """Sums of the daily shocks over the horizons."""
        out: list[Quantity] = []
        shocks, there = found.shocks, found.at
        for h in self.horizons:
            inside = there >= found.moves.days.size - h
            n, least = int(inside.sum()), ceil(self.least_share * h)
            if n < least:
                reason = f"{n} of {h} sessions have every leg; {least} are needed; {found.why}"
                out += [_gone(f"shock.us.{s}.{h}d", "sigma", found.due, found.inputs, reason) for s in SHOCKS]
                continue
            sums = shocks[:, :, inside].sum(axis=2)
            shown, lows, highs = shown_and_band(sums, self.point)
            state: FactState = "ok" if n == h else "degraded"
            reason_ = None if n == h else f"{h - n} of {h} sessions lack a leg or the day before; {found.why}"
            for k, shock in enumerate(SHOCKS):
                out.append(
                    Quantity(
                        f"shock.us.{shock}.{h}d",
                        float(shown[k]),
                        "sigma",
                        state,
                        found.due,
                        float(lows[k]),
                        float(highs[k]),
                        n,
                        found.text,
                        found.inputs,
                        reason_,
                    )
                )
        return out

    def _splits(self, found: _Reading) -> list[Quantity]:
        """What each shock contributed to the newest session's move of each variable."""
        if not found.today:
            reason = f"no residual for {found.due}; {found.why}"
            return [_gone(i, u, found.due, found.inputs, reason) for i, u in self._split_ids()]
        move, foreseen = found.moves.moves[-1], found.foreseen[-1]
        # (draws, shocks, variables), and what the unnamed columns leave.
        parts = found.system.impacts * found.shocks[:, :, -1][:, :, None]
        rest = (move - foreseen) - parts.sum(axis=1)
        every = np.concatenate([parts, rest[:, None, :]], axis=1)
        shown, lows, highs = shown_and_band(every, self.point)
        out = []
        for id_, unit in self._split_ids():
            variable, part = id_.split(".")[-2:]
            v = VARIABLES.index(variable)
            low = high = None
            if part == "move":
                value = float(move[v])
            elif part == "expected":
                value = float(foreseen[v])
            else:
                k = _PARTS.index(part)
                value, low, high = float(shown[k, v]), float(lows[k, v]), float(highs[k, v])
            out.append(Quantity(id_, value, unit, "ok", found.due, low, high, 1, found.text, found.inputs))
        return out

    def _decision(self, seen: SessionView, known: Sequence[History]) -> list[Quantity]:
        """The newest decision day of the FOMC, from closes."""
        from barograph.models._kernels.jarocinski_karadi import poor_mans_split

        ids = [f"shock.us.fomc.{kind}" for kind in ("policy", "information")]
        legs = [_ASSET["us2y"], _ASSET["spx"]]
        if any(s not in seen.view.catalog for a in legs for s in a.series):
            return [_gone(i, "bp", None, (), "the 2-year yield or the S&P 500 is not in the catalogue") for i in ids]
        days = [a.item.day for a in seen.view.announcements() if a.item.calendar == _FOMC and a.item.kind == "policy"]
        sessions = grid("NYSE", seen.start, seen.session)
        held = np.isin(sessions, np.array(days, dtype="datetime64[D]"))
        if not held.any() or held.argmax() == 0:
            return [_gone(i, "bp", seen.session, (), "no decision day of the FOMC on record") for i in ids]
        at = int(np.flatnonzero(held)[-1])
        day = sessions[at].item()
        there = {h.asset.slug: h for h in known}
        histories = [there.get(a.slug) or seen.history(a) for a in legs]
        moves = [move_of(h, sessions[at - 1 : at + 1])[-1:] for h in histories]
        if np.isnan(moves).any():
            reason = f"no change of the 2-year yield or no return of the S&P 500 on {day}"
            return [_gone(i, "bp", day, (), reason) for i in ids]
        inputs = _inputs(seen, histories, sessions[at - 1].item(), day)
        return [
            Quantity(i, float(v[0]), "bp", "ok", day, n=1, window="from closes", inputs=inputs)
            for i, v in zip(ids, poor_mans_split(moves[0], moves[1]), strict=True)
        ]


class _Reading:
    """The newest sessions read by a month's system: `shocks` (draws, shocks, days) of the rows `at` of `moves`."""

    def __init__(
        self,
        system: Identified,
        moves: Moves,
        legs: Sequence[History],
        due: date,
        text: str,
        inputs: tuple[Input, ...],
    ) -> None:
        self.system, self.moves, self.due, self.text, self.inputs = system, moves, due, text, inputs
        self.at = np.flatnonzero(moves.paired)
        self.foreseen, self.shocks = system.split(moves.moves[self.at - 1], moves.moves[self.at])
        self.today = bool(self.at.size) and int(self.at[-1]) == moves.days.size - 1
        self.why = lacking(legs, moves.days)


def _gone(id_: str, unit: str, period: date | None, inputs: tuple[Input, ...], reason: str) -> Quantity:
    return Quantity(id_, None, unit, "insufficient", period, inputs=inputs, reason=reason)


def _inputs(seen: SessionView, legs: Iterable[History], first: date, last: date) -> tuple[Input, ...]:
    found = [i for leg in legs for i in seen.inputs(leg.asset, first, last)]
    return tuple(dict.fromkeys(found))  # the real yield stands for itself and in the breakeven


MODEL = Shocks
