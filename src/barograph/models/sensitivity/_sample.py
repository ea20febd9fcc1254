"""What the sensitivities are estimated on: returns of the priced assets beside the day's moves of yields, session by session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input
from barograph.core.tags import short_names, slug
from barograph.core.units import PRICES
from barograph.models.assets import ASSETS, Asset, assets_of
from barograph.models.regime.shocks_sample import move_of
from barograph.models.session import Days, grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog
    from barograph.core.series import Series
    from barograph.models.history import History, SessionView

Floats = NDArray[np.float64]
#: The regressors, in the order of their columns: the name in a fact's id, and the asset whose change it is.
FACTORS: tuple[tuple[str, str], ...] = (("real10y", "real10y"), ("breakeven10y", "breakeven10y"), ("slope", "2s10s"))
LEGS: tuple[Asset, ...] = tuple(next(a for a in ASSETS if a.slug == slug) for _, slug in FACTORS)
#: A user's daily price row is covered, whatever its id, where its `readers` name this.
READER = "sensitivity"


@dataclass(frozen=True)
class Sample:
    """Returns and moves by NYSE session, oldest first.

    `days` (T,); `returns` (T, n), per cent from the session before, NaN where an end has no value; `moves` (T, 3), real
    yield, breakeven and slope in units of 10 bp, a row NaN throughout unless all three have a value on the session and on
    the one before, so that stocks and bonds move over the same hours.
    """

    assets: tuple[Asset, ...]
    days: Days
    returns: Floats
    moves: Floats
    histories: tuple[History, ...]

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Sessions with a return and all moves, (T, n)."""
        return np.isfinite(self.returns) & np.isfinite(self.moves[:, :1])

    def since(self, first: int) -> Sample:
        """The sample from a row on."""
        return Sample(self.assets, self.days[first:], self.returns[first:], self.moves[first:], self.histories)

    def upto(self, last: int) -> Sample:
        """The sample up to a row, without it."""
        return Sample(self.assets, self.days[:last], self.returns[:last], self.moves[:last], self.histories)


def covered(catalog: Catalog) -> tuple[Asset, ...]:
    """The assets with a price, those of the page first, then what a user's catalogue adds, by name.

    Added are daily rows `us.equity.<ticker>` and `fx.<pair>`, as everywhere, and daily prices of any id whose readers name
    `sensitivity`. These are called by the last word of their id where nothing else is, else by the whole id.
    """
    out: dict[str, Asset] = {}
    for asset in (a for a in assets_of(catalog) if a.kind == "price"):
        # A share `us.equity.gold` is not the gold fund.
        name = asset.slug if asset.slug not in out else slug(asset.series[0])
        out[name] = replace(asset, slug=name)
    mine = [r for r in _named(catalog) if not _unfit(r)]
    # A name of the page stays its own, also that of a yield or of a series that this catalogue lacks.
    names = short_names((r.id for r in mine), {*out, *(a.slug for a in ASSETS), "us"})
    added = [Asset(names[r.id], (r.id,), r.id, "price", r.title, "shares") for r in mine]
    return (*out.values(), *sorted(added, key=lambda a: a.slug))


def left_out(catalog: Catalog) -> list[tuple[str, str]]:
    """(id, why) of a user's rows whose readers name `sensitivity` and that are not covered."""
    return [(r.id, why) for r in _named(catalog) if (why := _unfit(r))]


def _named(catalog: Catalog) -> list[Series]:
    """Rows that a user has named, in the order of their ids; the packaged ones are covered by their assets."""
    packaged = {s for a in ASSETS for s in a.series}
    taken = {s for a in assets_of(catalog) if a.kind == "price" for s in a.series} | packaged
    return sorted((r for r in catalog if READER in r.readers and r.id not in taken), key=lambda r: r.id)


def _unfit(row: Series) -> str:
    """Why no return of a row can be taken by session; empty where one can."""
    if row.family or row.frequency != "D":
        return "no daily series"
    return "" if row.unit in PRICES else f"in {row.unit}, which is no price"


def sample_of(seen: SessionView, assets: tuple[Asset, ...], sessions: int | None = None) -> Sample | str:
    """The newest `sessions` sessions (None: all that are read), or why there are none."""
    catalog = seen.view.catalog
    legs = {s for leg in LEGS for s in leg.series}
    gone = sorted(s for s in legs if s not in catalog or not len(seen.points(s)))
    if gone:
        return f"no values of {', '.join(gone)}"
    days = grid("NYSE", seen.start, seen.session)
    days = days if sessions is None else days[-(sessions + 1) :]
    moves = np.column_stack([move_of(seen.history(leg), days) / 10.0 for leg in LEGS])
    moves[np.isnan(moves).any(axis=1)] = np.nan
    histories = tuple(seen.history(a) for a in assets)
    returns = np.column_stack([move_of(h, days) for h in histories]) if histories else np.empty((days.size, 0))
    return Sample(assets, days[1:], returns[1:], moves[1:], histories)


def lineage(seen: SessionView, assets: tuple[Asset, ...], first: date, last: date) -> list[tuple[Input, ...]]:
    """Per asset the stretches of its own series and of the yields."""
    rates = tuple(dict.fromkeys(i for leg in LEGS for i in seen.inputs(leg, first, last)))
    return [(*seen.inputs(a, first, last), *rates) for a in assets]


def event_days(view: AsOf, first: date, last: date) -> dict[str, list[date]]:
    """Days between two, both included, on which consumer prices, payrolls or a decision of the FOMC came out.

    Releases by the rules and announced changes of day as they were known at the view; a release that a closure suspended
    has no day.
    """
    from barograph.core.ahead import foreseen
    from barograph.core.time import NEW_YORK

    out: dict[str, list[date]] = {"cpi": [], "payrolls": [], "fomc": []}
    for name, series_id in (("cpi", "us.prices.cpi"), ("payrolls", "us.labour.payrolls")):
        row = view.catalog.get(series_id)
        month = np.datetime64(first, "M") - 3
        while row is not None and month <= np.datetime64(last, "M"):
            found = foreseen(row, month.astype("datetime64[D]").item(), view.known_at, view.catalog.closures)
            month += 1
            if found is None or found.at is None or found.at > view.known_at:
                continue
            day = found.at.astimezone(NEW_YORK).date()
            if first <= day <= last:
                out[name].append(day)
    decisions = {
        a.item.day for a in view.announcements() if a.item.calendar == "us.fed.fomc" and a.item.kind == "policy"
    }
    out["fomc"] = sorted(d for d in decisions if first <= d <= last)
    return out
