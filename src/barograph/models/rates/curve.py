"""The curve's move over 1 and 20 sessions: its class, how unusual the slope's change is, which leg drove it, and the
real and breakeven parts of the 10-year's change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from barograph.core.estimate import Attribution, Estimate, Fact, Quantity, fact_of
from barograph.core.transforms import zscore
from barograph.models._protocol import State
from barograph.models._rows import both, named
from barograph.models.assets import ASSETS
from barograph.models.history import History, SessionView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

_ASSET = {a.slug: a for a in ASSETS}
_TEN, _TWO, _SLOPE, _REAL, _BREAKEVEN = (_ASSET[s] for s in ("us10y", "us2y", "2s10s", "real10y", "breakeven10y"))
#: Kept in the estimate for `explain`; as facts they belong to the model `levels`.
_INNER = ("curve.us.10y.level", "curve.us.real10y.level")


def dead_band(h: int, sd: float, floor: float = 1.5, share: float = 0.35) -> float:
    """max(floor sqrt(h), share sd) in bp: slope changes inside it are none."""
    return max(floor * math.sqrt(h), share * sd)


def classify(d2: float, d10: float, band: float, floor: float = 1.5) -> str:
    """Class of a curve move from the changes of the 2-year and the 10-year in bp and the dead band of the slope.

    In this order: both legs under `floor`: unchanged. Signs differ and both legs exceed `floor`: twist, however wide the
    band. Slope change inside the band: parallel, bull or bear by the sign of the mean change (of the 10-year where the mean
    is zero). Else bull or bear by the mean change; steepener where the 10-year rose more than the 2-year.

    >>> classify(5.0, 7.0, 1.5), classify(5.0, 6.0, 1.5), classify(-4.0, 3.0, 1.5), classify(1.0, -1.0, 1.5)
    ('bear_steepener', 'bear_parallel', 'twist_steepener', 'unchanged')
    """
    if abs(d2) < floor and abs(d10) < floor:
        return "unchanged"
    slope, mean = d10 - d2, (d2 + d10) / 2.0
    side = "bear" if (mean or d10) > 0.0 else "bull"
    if d2 * d10 < 0.0 and min(abs(d2), abs(d10)) > floor:
        side = "twist"
    elif abs(slope) < band:
        return f"{side}_parallel"
    return f"{side}_{'steepener' if slope > 0.0 else 'flattener'}"


def leading_leg(d2: float, d10: float) -> str:
    """Which leg drove the move: `long` or `front` where it makes up two thirds of |d2| + |d10|, else `both`.

    >>> leading_leg(1.0, 7.0), leading_leg(5.0, 7.0), leading_leg(-6.0, 1.0)
    ('long', 'both', 'front')
    """
    total = abs(d2) + abs(d10)
    if total == 0.0:
        return "both"
    share = abs(d10) / total
    return "long" if share >= 2.0 / 3.0 else "front" if share <= 1.0 / 3.0 else "both"


@dataclass(frozen=True)
class Curve:
    """Per lookback h: curve.us.move_h (label), .modest (yes: |z| of the slope's change under 1), .leg (front, long,
    both), curve.us.slope_z_h (sigma), curve.us.dead_band_h (bp), curve.us.10y.split_{real,breakeven}_h (bp).

    The slope is 10-year less 2-year; its h-session change stands against the h-session changes that ended on the
    `window` sessions before; overlapping ones count n/h in n.
    """

    name: str = "curve"
    version: str = "2"
    window: int = 252
    horizons: tuple[int, ...] = (1, 20)
    floor_bp: float = 1.5
    share_of_sd: float = 0.35
    modest_below: float = 1.0

    def needs(self) -> tuple[str, ...]:
        """Par yields of 2 and 10 years and the 10-year real yield."""
        return ("us.rates.par_10y", "us.rates.par_2y", "us.rates.real_10y")

    def fit(self, view: AsOf) -> State:
        """Nothing to estimate."""
        return State(self.name, self.version, view.known_at)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Classify the move at the view's session."""
        seen = SessionView.of(view)
        two, ten, slope = (seen.history(a) for a in (_TWO, _TEN, _SLOPE))
        out: list[Quantity] = []
        for h in self.horizons:
            out += self._move(two, ten, slope, h)
        real, breakeven = seen.history(_REAL), seen.history(_BREAKEVEN)
        for h in self.horizons:
            out += _split(ten, real, breakeven, h)
        for history in (ten, real):
            if history.level is not None:
                id_ = f"{history.asset.prefix}.level"
                out.append(Quantity(id_, history.level, "percent", period=history.due, inputs=history.inputs()))
        return state, Estimate(self.name, view.known_at, tuple(out))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the two levels, which are facts of the model `levels`."""
        return tuple(fact_of(q) for q in estimate.quantities if q.id not in _INNER)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """The change of the 10-year yield as the change of its real yield and of its breakeven, in bp."""
        ten, real = (both(before, after, i) for i in _INNER)
        if ten is None or real is None:
            return ()
        total, part = 100.0 * (ten[1] - ten[0]), 100.0 * (real[1] - real[0])
        rest = 100.0 * ((ten[1] - real[1]) - (ten[0] - real[0]))
        return (named(_INNER[0], "bp", total, (("real", part), ("breakeven", rest))),)

    def _move(self, two: History, ten: History, slope: History, h: int) -> list[Quantity]:
        move = f"curve.us.move_{h}d"
        kinds = (
            (move, "label"),
            (f"{move}.modest", "label"),
            (f"{move}.leg", "label"),
            (f"curve.us.slope_z_{h}d", "sigma"),
            (f"curve.us.dead_band_{h}d", "bp"),
        )
        window = slope.changes(self.window, h)
        d2, d10, change = two.change(h), ten.change(h), slope.change(h)
        if d2 is None or d10 is None or change is None:
            leg = next(x for x in (two, ten, slope) if x.change(h) is None)
            reason = leg.reason or leg.no_base(h)
            return [slope.missing(i, u, reason) for i, u in kinds]
        z = None if window.state == "insufficient" else zscore(window.values, change[0])
        if z is None:
            return [slope.missing(i, u, window.reason or "the slope's changes have no spread") for i, u in kinds]
        band = dead_band(h, float(window.values.std(ddof=1)), self.floor_bp, self.share_of_sd)
        values: tuple[float | str, ...] = (
            classify(d2[0], d10[0], band, self.floor_bp),
            "yes" if abs(z) < self.modest_below else "no",
            leading_leg(d2[0], d10[0]),
            z,
            band,
        )
        inputs, n = slope.inputs(window.since), max(window.n // h, 1)
        return [
            Quantity(i, v, u, window.state, slope.due, n=n, window=window.text, inputs=inputs, reason=window.reason)
            for (i, u), v in zip(kinds, values, strict=True)
        ]


def _split(ten: History, real: History, breakeven: History, h: int) -> list[Quantity]:
    ids = (f"curve.us.10y.split_real_{h}d", f"curve.us.10y.split_breakeven_{h}d")
    whole, parts = ten.change(h), (real.change(h), breakeven.change(h))
    if whole is None or parts[0] is None or parts[1] is None:
        missing = next(x for x in (ten, real, breakeven) if x.change(h) is None)
        reason = missing.reason or missing.no_base(h)
        return [breakeven.missing(i, "bp", reason) for i in ids]
    # The breakeven is the remainder by definition, so that the two parts add up to the whole.
    values = (parts[0][0], whole[0] - parts[0][0])
    base = whole[1]
    return [
        Quantity(i, v, "bp", period=ten.due, window=f"since {base}", inputs=breakeven.inputs(base))
        for i, v in zip(ids, values, strict=True)
    ]


MODEL = Curve
