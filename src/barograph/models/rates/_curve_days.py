"""Treasury par yields of a stretch of days, the curves fitted to them, and what is read off a curve."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Input
from barograph.models.session import Days

if TYPE_CHECKING:
    from barograph.archive.points import Points
    from barograph.models.history import SessionView

Floats = NDArray[np.float64]
#: Maturities of the Treasury's par curve that the catalogue holds, in years.
TENORS = {
    "1m": 1 / 12,
    "3m": 0.25,
    "6m": 0.5,
    **{f"{n}y": float(n) for n in (1, 2, 3, 5, 7, 10, 20, 30)},
}
YEARS = np.array(list(TENORS.values()))
IDS = tuple(f"us.rates.par_{t}" for t in TENORS)
#: A curve needs a value of at most so many years and one of at least so many.
SHORT, LONG = 1.0, 20.0
#: Maturities at which the fixed-decay factors are read off a fitted curve: those of Diebold and Li (2006).
FACTOR_YEARS = np.array([3, 6, 9, 12, 15, 18, 21, 24, 30, 36, 48, 60, 72, 84, 96, 108, 120]) / 12.0


@dataclass(frozen=True, slots=True)
class ParDays:
    """`yields` (T, 11), per cent, NaN where there is none, of rising `days`; `ids` are the series that have any value."""

    days: Days
    yields: Floats
    ids: tuple[str, ...]

    def enough(self, least: int) -> NDArray[np.bool_]:
        """Days (T,) with `least` maturities, a short and a long one among them."""
        there = np.isfinite(self.yields)
        ends = there[:, YEARS <= SHORT].any(axis=1) & there[:, YEARS >= LONG].any(axis=1)
        return np.asarray((there.sum(axis=1) >= least) & ends)


def par_days(seen: SessionView, first: date, last: date) -> ParDays:
    """All days between two, both included, on which any maturity has a value."""
    return stacked({i: seen.stretch(i, first, last) for i in IDS if i in seen.view.catalog})


def stacked(found: Mapping[str, Points]) -> ParDays:
    """The days on which any of the series has a value, with all values of each."""
    days = np.unique(np.concatenate([np.array([], "datetime64[D]"), *(p.periods for p in found.values())]))
    yields = np.full((days.size, len(IDS)), np.nan)
    for column, id_ in enumerate(IDS):
        if id_ in found:
            yields[np.searchsorted(days, found[id_].periods), column] = found[id_].values
    return ParDays(days, yields, tuple(i for i, p in found.items() if len(p)))


def inputs_of(seen: SessionView, ids: Sequence[str], first: date, last: date) -> tuple[Input, ...]:
    """Lineage of series between two days."""
    found = (seen.input(i, first, last) for i in ids)
    return tuple(i for i in found if i is not None)


#: Curves by bounds and values of a day: a curve depends on nothing else, so that none can be stale.
_kept: OrderedDict[tuple[tuple[float, float], bytes], tuple[Floats, float]] = OrderedDict()
_MOST = 20_000


def fitted(yields: Floats, bounds: tuple[float, float]) -> tuple[Floats, Floats]:
    """Svensson curves (T, 6) fitted to par yields (T, 11) by pricing, and their rmse (T,) in bp."""
    from barograph.models._kernels.svensson import fit_par

    keys = [(bounds, row.tobytes()) for row in np.ascontiguousarray(yields)]
    new = [n for n, key in enumerate(keys) if key not in _kept]
    if new:
        fits = fit_par(YEARS, yields[new], bounds=bounds)
        for n, params, rmse in zip(new, fits.params, fits.rmse, strict=True):
            _kept[keys[n]] = (params, float(rmse))
    out = [_kept[key] for key in keys]
    while len(_kept) > _MOST:
        _kept.popitem(last=False)
    return np.array([p for p, _ in out]).reshape(-1, 6), np.array([r for _, r in out])


def left_out(row: Floats, bounds: tuple[float, float], least: int) -> Floats:
    """The curve of a day (11,) and those without one of its maturities each, (1 + k, 6).

    Each leaves out a maturity that `least` and both ends can do without.
    """
    rows = [row]
    for column in np.flatnonzero(np.isfinite(row)):
        without = row.copy()
        without[column] = np.nan
        if ParDays(np.array(["2000-01-01"], "datetime64[D]"), without[None, :], ()).enough(least)[0]:
            rows.append(without)
    return fitted(np.array(rows), bounds)[0]


def range_over(over: Floats) -> tuple[float | None, float | None, str | None]:
    """Low and high of a number (1 + k,) over the curves of `left_out`; where nothing could be left out none, and why."""
    if len(over) == 1:
        return None, None, "no maturity can be left out, so there is no range"
    return float(over.min()), float(over.max()), None


def factors(params: Floats) -> Floats:
    """Level, slope and curvature (T, 3), per cent, of fitted curves (T, 6) at the fixed decay."""
    from barograph.models._kernels.svensson import nelson_siegel_fixed, zero_yields

    return nelson_siegel_fixed(FACTOR_YEARS, zero_yields(params, FACTOR_YEARS))


def forward(params: Floats, start: float, years: float) -> Floats:
    """Forward rate (T,) for `years` years from `start` years on, per cent, continuously compounded."""
    from barograph.models._kernels.svensson import zero_yields

    ends = np.array([start, start + years])
    zeros = zero_yields(params, ends) * ends
    return np.asarray((zeros[:, 1] - zeros[:, 0]) / years)


def forward_of_two_pars(five: Floats, ten: Floats) -> Floats:
    """The five-year forward rate five years ahead (T,), per cent, continuously compounded, from par yields of 5 and 10 years.

    Bootstrapped every half year; par yields are taken as level up to 5 years, where coupons are too small for it to matter
    much, and on a straight line from there to 10.
    """
    paid = np.zeros_like(five)
    discount = {}
    for half in range(1, 21):
        coupon = (five + (ten - five) * max(half / 2.0 - 5.0, 0.0) / 5.0) / 200.0
        d = (1.0 - coupon * paid) / (1.0 + coupon)
        paid = paid + d
        discount[half] = d
    return np.asarray(20.0 * np.log(discount[10] / discount[20]))
