"""The weights of the seven and the concentration of the index on every session, carried from the nearest dated file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.models._price_path import price_path
from barograph.models.equities._holdings import Holdings, holdings_of
from barograph.models.equities._sector_days import INDEX
from barograph.models.history import SessionView
from barograph.models.session import Days, grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: Tickers in files of holdings by the slug of the share whose price stands for them; both classes of Alphabet count.
TICKERS: dict[str, tuple[str, ...]] = {
    "aapl": ("AAPL",),
    "amzn": ("AMZN",),
    "googl": ("GOOGL", "GOOG"),
    "meta": ("META", "FB"),
    "msft": ("MSFT",),
    "nvda": ("NVDA",),
    "tsla": ("TSLA",),
}
GROUP: tuple[str, ...] = tuple(TICKERS)
#: Nobody had named the group before: anything about it on an earlier day is chosen in hindsight.
NAMED_ON = date(2023, 1, 1)
#: Share of the weight that must have closes of both days; a ratio beyond this is looked at for a split.
COVER, BEYOND, SLACK = 0.95, 0.6, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Concentration:
    """`group` (T, 7): weights in the order of GROUP, shares of one of the index; `effective` (T,): 1 / sum w^2 of all members.

    `files` (T,): the day of the file that a session's weights are of or carried from. NaN where there is none in reach.
    """

    days: Days
    group: Floats
    effective: Floats
    files: Days

    @property
    def top(self) -> Floats:
        """The weight of the seven together, shape (T,), a share of one."""
        return np.asarray(self.group.sum(axis=1), dtype=np.float64)


def concentration(seen: SessionView, held: Holdings, days: Days, last: int) -> Concentration:
    """Weights on `days`: of the day's file; else members' closes carry them; else the seven's own prices against the index.

    w_t = w_F (P_t/P_F)/(I_t/I_F). In the last way the rest of the index moves as one block. A file further off than `last`
    sessions is not used.
    """
    size = days.size
    group, effective = np.full((size, len(GROUP)), np.nan), np.full(size, np.nan)
    files = np.full(size, np.datetime64("NaT"), dtype="datetime64[D]")
    columns = [[held.tickers.index(t) for t in TICKERS[g] if t in held.tickers] for g in GROUP]
    if not held.files.size or not all(columns):
        return Concentration(days, group, effective, files)
    every = np.unique(np.concatenate([days, held.files]))
    prices = np.column_stack([price_path(seen, f"us.equity.{g}", every) for g in GROUP])
    moved = prices / price_path(seen, INDEX, every)[:, None]
    sessions = grid("NYSE", every[0].item(), every[-1].item())
    for t, day in enumerate(days):
        file = held.nearest(day)
        assert file is not None
        if abs(int(np.searchsorted(sessions, day)) - int(np.searchsorted(sessions, file))) > last:
            continue
        at = held.place(file)
        assert at is not None
        shares = np.nan_to_num(held.weights[at])
        carried = None if file == day else held.returns(file, day, BEYOND, SLACK)
        by_members = carried is not None and float(shares[np.isfinite(carried)].sum()) >= COVER
        if carried is not None and by_members:
            shares = shares * (1.0 + np.nan_to_num(carried))
            shares = shares / shares.sum()
        base = np.array([shares[c].sum() for c in columns])
        square = float(shares @ shares)
        if file != day and not by_members:
            ratio = moved[np.searchsorted(every, day)] / moved[np.searchsorted(every, file)]
            mine = np.concatenate([np.array(c) for c in columns])
            times = np.concatenate([np.full(len(c), r) for c, r in zip(columns, ratio, strict=True)])
            rest = (1.0 - float((base * ratio).sum())) / (1.0 - float(base.sum()))
            own = float((shares[mine] ** 2).sum())
            square = float((shares[mine] ** 2 * times**2).sum()) + (square - own) * rest**2
            base = base * ratio
        group[t], effective[t], files[t] = base, 1.0 / square, file
    named = days >= np.datetime64(NAMED_ON, "D")
    group[~named] = np.nan
    return Concentration(days, group, effective, files)


@dataclass(frozen=True, slots=True)
class Path:
    """What a chart draws: days, the weight of the seven in per cent, the effective number of members, how many files."""

    days: tuple[date, ...]
    top: tuple[float, ...]
    effective: tuple[float, ...]
    files: int


def concentration_path(view: AsOf, session: date, sessions: int = 252, last: int = 252) -> Path:
    """The sessions of the trailing year up to `session` that have weights, none before the group had a name."""
    days = grid("NYSE", session - timedelta(2 * sessions), session)[-sessions:]
    days = days[days >= np.datetime64(NAMED_ON, "D")]
    found = concentration(SessionView.of(view), holdings_of(view), days, last)
    good = np.isfinite(found.top) & np.isfinite(found.effective)
    return Path(
        tuple(days[good].tolist()),
        tuple((100.0 * found.top[good]).tolist()),
        tuple(found.effective[good].tolist()),
        int(np.unique(found.files[good]).size),
    )
