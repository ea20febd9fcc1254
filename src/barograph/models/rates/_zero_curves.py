"""Zero yields of a view, months 1 to 120: from the Treasury's par yields, or from the Board's curve where a user imported it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input
from barograph.models._kernels.discount import zero_from_par
from barograph.models.session import grid

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
Days = NDArray[Any]
#: (slug of the series, years) of the par yields that a curve is made of: those to ten years are known all along, the two beyond
#: where they are. A maturity that begins within the sample (one month, three years) would bend the curve beside it from then on.
PAR = (
    ("3m", 0.25),
    ("6m", 0.5),
    ("1y", 1.0),
    ("2y", 2.0),
    ("5y", 5.0),
    ("7y", 7.0),
    ("10y", 10.0),
    ("20y", 20.0),
    ("30y", 30.0),
)
#: The Treasury's own file begins here; the days before are the same yields as H.15 has them.
TREASURY = date(1990, 1, 2)
#: Parameters of the Board's fitted curve (Gurkaynak, Sack and Wright 2007), as a user may import them.
BOARD = tuple(f"user.gsw.{k}" for k in ("beta0", "beta1", "beta2", "beta3", "tau1", "tau2"))
#: A curve needs the par yields to ten years, which are the first so many.
LEAST = 7
MONTHS = np.arange(1, 121) / 12.0
#: Days by which the Board's file may lie back.
LATE = timedelta(45)
#: Its parameters without which a day has no curve: all but those of the second hump.
NEEDED = (0, 1, 2, 4)


def par_ids() -> tuple[str, ...]:
    """The Treasury's series, and what H.15 has of them."""
    return tuple(f"us.rates.par_{slug}{at}" for slug, _ in PAR for at in ("", "@fred"))


class Curves:
    """The curves of a view from `start` on; `board` says whose they are.

    The Board's curve is used where its six series are known to within LATE of the view's day; after its newest day a curve is
    that day's with the change that par yields have since.
    """

    def __init__(self, view: AsOf, start: date | None = None, board: bool | None = None) -> None:
        self.view, self.start = view, start
        self.board = has_board(view) if board is None else board
        self.days, self._par, self.inputs = self._par_yields()
        self._board_days, self._parameters = np.empty(0, "datetime64[D]"), np.empty((0, 6))
        if self.board:
            self._board_days, self._parameters, more = _board(view, start)
            self.inputs = (*self.inputs, *more)

    def month_ends(self) -> tuple[Days, Floats]:
        """The newest day with a curve of each month before the view's, and its yields (T, 120) in per cent, oldest first."""
        days = self._board_days if self.board else self.days[self._usable()]
        months = days.astype("datetime64[M]")
        last = np.append(months[1:] != months[:-1], True)[: days.size] & (months < np.datetime64(self.view.day, "M"))
        chosen = days[last]
        return chosen, self._of(chosen)

    def on(self, day: date) -> tuple[date, Floats] | None:
        """The curve (120,) of a day, with its own day: an older one where the bond market was closed since; else None."""
        days = self.days[self._usable()]
        if self.board:
            days = np.union1d(days, self._board_days)
        at = int(np.searchsorted(days, np.datetime64(day, "D"), side="right")) - 1
        if at < 0 or grid("SIFMA", days[at].item() + timedelta(1), day).size:
            return None
        made = self._of(days[at : at + 1])[0]
        return (days[at].item(), made) if np.isfinite(made).all() else None

    def _of(self, days: Days) -> Floats:
        if not self.board:
            return self._from_par(days)
        at = np.searchsorted(self._board_days, days, side="right") - 1
        out = _from_parameters(self._parameters[np.maximum(at, 0)])
        out[at < 0] = np.nan
        moved = (at >= 0) & (self._board_days[np.maximum(at, 0)] != days)
        if moved.any():
            out[moved] += self._from_par(days[moved]) - self._from_par(self._board_days[at[moved]])
        return out

    def _from_par(self, days: Days) -> Floats:
        at = np.searchsorted(self.days, days)
        rows = np.full((len(days), len(PAR)), np.nan)
        found = at < self.days.size
        found[found] = self.days[at[found]] == days[found]
        rows[found] = self._par[at[found]]
        return zero_from_par(np.array([y for _, y in PAR]), rows, MONTHS, LEAST)

    def _usable(self) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(self._par[:, :LEAST]).all(axis=1))

    def _par_yields(self) -> tuple[Days, Floats, tuple[Input, ...]]:
        view = self.view
        parts: list[list[tuple[Days, Floats]]] = []
        inputs: list[Input] = []
        for slug, _ in PAR:
            own = f"us.rates.par_{slug}"
            stretches = [(f"{own}@fred", self.start, TREASURY - timedelta(1)), (own, self.start, None)]
            parts.append([])
            for series_id, first, last in stretches:
                if series_id not in view.catalog or (first is not None and last is not None and first > last):
                    continue
                points = view.series(series_id, start=first, end=last)
                if len(points):
                    parts[-1].append((points.periods, points.values))
                    inputs.append(view.input(points))
        held = [d for part in parts for d, _ in part]
        days = np.unique(np.concatenate(held)) if held else np.empty(0, "datetime64[D]")
        out = np.full((days.size, len(PAR)), np.nan)
        for k, part in enumerate(parts):
            for periods, values in part:
                out[np.searchsorted(days, periods), k] = values
        return days, out, tuple(inputs)


def has_board(view: AsOf) -> bool:
    """Whether the Board's curve is known, in all that a curve needs, and not older than LATE."""
    if any(i not in view.catalog for i in BOARD):
        return False
    days = [view.series(i, start=view.day - LATE) for i in (BOARD[k] for k in NEEDED)]
    return all(len(p) for p in days)


def _board(view: AsOf, start: date | None) -> tuple[Days, Floats, tuple[Input, ...]]:
    """Days, parameters (T, 6) and lineage; a day before 1980 has no second hump, which the file writes as tau2 below zero.

    A day whose second hump has a weight and no decay, or a decay and no weight, is left out: part of its curve is missing.
    """
    # The day from which a stretch begins may be none of the file's: what stood before it counts.
    first = None if start is None else start - LATE
    points = [view.series(i, start=first) for i in BOARD]
    days = points[0].periods
    for p in (points[k] for k in NEEDED[1:]):
        days = np.intersect1d(days, p.periods, assume_unique=True)
    out = np.full((days.size, 6), np.nan)
    for k, p in enumerate(points):
        if len(p):
            at = np.minimum(np.searchsorted(p.periods, days), len(p) - 1)
            same = p.periods[at] == days
            out[same, k] = p.values[at[same]]
    out[~(out[:, 5] > 0.0), 5] = -1.0
    has, weighs = out[:, 5] > 0.0, out[:, 3] != 0.0  # a weight that is not known counts as one
    whole = np.where(has, np.isfinite(out[:, 3]), ~weighs | np.isnan(out[:, 3]))
    return days[whole], out[whole], tuple(view.input(p) for p in points if len(p))


def _from_parameters(params: Floats) -> Floats:
    """Zero yields (T, 120), per cent, of Svensson's curve; a second decay of nought or less leaves its hump away."""
    n = MONTHS[None, :]
    t1, t2 = params[:, 4:5], params[:, 5:6]
    has = t2 > 0.0
    x, z = n / t1, n / np.where(has, t2, 1.0)
    slope, second = (1.0 - np.exp(-x)) / x, (1.0 - np.exp(-z)) / z - np.exp(-z)
    hump = np.where(has, np.nan_to_num(params[:, 3:4]) * second, 0.0)
    return np.asarray(params[:, :1] + params[:, 1:2] * slope + params[:, 2:3] * (slope - np.exp(-x)) + hump)
