"""What the FOMC's announcements moved: target and path surprises, and how stocks and yields went with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Estimate, FactState, Quantity
from barograph.models._kernels.hc3 import regress_hc3
from barograph.models._protocol import State
from barograph.models._rows import EveryQuantity
from barograph.models.assets import ASSETS
from barograph.models.history import SessionView
from barograph.models.intervals import student
from barograph.models.rates._meetings import decision_days

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.core.estimate import Input

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
#: Surprises in the announcement window, in percentage points, as a user may import them: the current target first.
CONTRACTS = tuple(f"user.fomc.{k}" for k in ("mp1", "ff4", "ed2", "ed3", "ed4"))
ASKED = tuple(a for slug in ("spx", "us2y", "us10y") for a in ASSETS if a.slug == slug)
FACTORS = ("target", "path")
P = "announcement.us"
IMPORT = "no surprises of announcements are imported (docs/how-to/import-surprises.md)"


@dataclass(frozen=True)
class Announcements(EveryQuantity):
    """Two factors of imported surprises, and regressions of the same day's moves on both, from close to close.

    ================================  =================================================================================
    announcement.us.{target,path}     the newest event's factors in bp, as they came (their means not taken off), its day in
                                      `period`; n events made them
    announcement.us.share             per cent of the surprises' variance that the two hold
    announcement.us.<asset>.<f>       spx: per cent per 10 bp of factor f; us2y, us10y: bp per 10 bp; low and high: 90 %,
                                      HC3 errors (MacKinnon and White 1985, doi 10.1016/0304-4076(85)90158-7), Student's t;
                                      n and `window` are those of the regression
    ================================  =================================================================================

    All events known at the view make the factors; the moves are those of fifteen years. All is degraded where the newest event
    is older than the last two decisions of the FOMC. A day has other news than the announcement, so the regression is noisier
    than one on half an hour's quotes. Gurkaynak, Sack and Swanson (2005),
    International Journal of Central Banking 1(1).
    """

    name: str = "announcements"
    version: str = "2"
    least: int = 24

    def needs(self) -> tuple[str, ...]:
        """What the user may import, the index and two yields."""
        return (*CONTRACTS, *(s for a in ASKED for s in a.series))

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The factors of all events known, and the regressions on them."""
        from barograph.models._kernels.gss import target_and_path

        found = self._surprises(view)
        if not isinstance(found, str):
            days, surprises, inputs = found
            try:
                made = target_and_path(surprises)
            except ValueError as error:
                found = f"no factors: {error}"
        if isinstance(found, str):
            return state, Estimate(self.name, view.known_at, tuple(self._nothing(found)))
        seen = SessionView.of(view)
        old = _old(seen, days[-1].item())
        state_: FactState = "degraded" if old else "ok"
        window = f"{days[0]} to {days[-1]}"
        more: dict[str, Any] = {"period": days[-1].item(), "n": int(days.size), "window": window, "inputs": inputs}
        more |= {"state": state_, "reason": old}
        factors = 100.0 * np.column_stack([made.target, made.path])
        newest = factors[-1] + 100.0 * np.array(made.means)
        out = [Quantity(f"{P}.{f}", float(newest[k]), "bp", **more) for k, f in enumerate(FACTORS)]
        out.append(Quantity(f"{P}.share", float(sum(made.shares)), "percent", **more))
        for asset in ASKED:
            moved = self._moved(seen, asset, days, factors, inputs)
            out += [replace(q, state=state_, reason=old) if old and q.value is not None else q for q in moved]
        return state, Estimate(self.name, view.known_at, tuple(out))

    def _surprises(self, view: AsOf) -> tuple[Days, Floats, tuple[Input, ...]] | str:
        """Days on which the current target's surprise is known, all surprises (events, 5) in percentage points, lineage."""
        if any(i not in view.catalog for i in CONTRACTS):
            return IMPORT
        points = [view.series(i) for i in CONTRACTS]
        days = points[0].periods
        if days.size < self.least or not all(len(p) for p in points):
            return f"{days.size} events are known, where {self.least} are needed"
        table = np.full((days.size, len(points)), np.nan)
        for k, p in enumerate(points):
            _, at, own = np.intersect1d(days, p.periods, assume_unique=True, return_indices=True)
            table[at, k] = p.values[own]
        return days, table, tuple(view.input(p) for p in points)

    def _moved(
        self, seen: SessionView, asset: Any, days: Days, factors: Floats, inputs: tuple[Input, ...]
    ) -> list[Quantity]:
        unit = "percent" if asset.kind == "price" else "bp"
        ids = [f"{P}.{asset.slug}.{f}" for f in FACTORS]
        if any(s not in seen.view.catalog for s in asset.series):
            return [Quantity(i, None, unit, "insufficient", reason=f"no {asset.series[0]}") for i in ids]
        history = seen.history(asset)
        moves = history.changes(history.days.size, today=True)
        _, at, own = np.intersect1d(days, moves.days, assume_unique=True, return_indices=True)
        if at.size < self.least:
            return [history.missing(i, unit, f"{at.size} events have a move, {self.least} are needed") for i in ids]
        try:
            made = regress_hc3(moves.values[own], factors[at] / 10.0)
        except ValueError as error:
            return [history.missing(i, unit, str(error)) for i in ids]
        half = student(0.90, made.freedom) * made.errors
        window = f"{days[at[0]]} to {days[at[-1]]}"
        lineage = (*inputs, *history.inputs(days[at[0]].item()))
        return [
            Quantity(
                i,
                float(made.slopes[k]),
                unit,
                period=days[at[-1]].item(),
                low=float(made.slopes[k] - half[k]),
                high=float(made.slopes[k] + half[k]),
                n=int(at.size),
                window=window,
                inputs=lineage,
            )
            for k, i in enumerate(ids)
        ]

    def _nothing(self, reason: str) -> list[Quantity]:
        units = {f"{P}.{f}": "bp" for f in FACTORS} | {f"{P}.share": "percent"}
        units |= {f"{P}.{a.slug}.{f}": "percent" if a.kind == "price" else "bp" for a in ASKED for f in FACTORS}
        return [Quantity(i, None, u, "insufficient", reason=reason) for i, u in units.items()]


def _old(seen: SessionView, newest: date) -> str | None:
    """Why the newest event is old; None where at most one decision has come since."""
    since = [d for d in decision_days(seen.view) if newest < d <= seen.session]
    if len(since) < 2:
        return None
    return f"the newest surprise is of {newest}, before the last {len(since)} decisions of the FOMC"


MODEL = Announcements
