"""A coefficient through time with its band, and below it a strip of what the band says about its sign.

The band has no outline: its edge is no line of the data. A band that holds nought says nothing about the sign, and the
strip is grey there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from barograph.report.blocks import BandChart
from barograph.report.charts import NARROW, WIDE, Width
from barograph.report.charts.labels import thinned
from barograph.report.charts.line import Plot
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Frame, Linear, date_ticks, padded, round_ticks
from barograph.report.charts.svg import Drawing, Label
from barograph.report.charts.thinning import MOST, spread
from barograph.report.dates import day
from barograph.report.format import amount

HEIGHT = {WIDE: 250, NARROW: 250}
_TOP, _BOTTOM, _STRIP, _THICK, _LINE = 26.0, 190.0, 200.0, 10.0, 14.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One date: its value and the ends of its band."""

    on: date
    value: float
    low: float
    high: float

    @property
    def side(self) -> int:
        """1 where the whole band lies above nought, -1 where it lies below, else 0."""
        return 1 if self.low > 0.0 else -1 if self.high < 0.0 else 0


def draw(chart: BandChart, width: Width) -> Plot:
    """Draw the chart at one of the two widths; without a date it says so instead of showing an empty frame."""
    drawing = Drawing(width, HEIGHT[width])
    spots = spots_of(chart)
    if not spots:
        drawing.label(Label("no estimate is known", 8, 20))
        return Plot(drawing, 8.0, width - 8.0, 20.0, _BOTTOM)
    ends = _end(chart, spots[-1])
    frame = _frame(spots, ends, width)
    drawing.label(Label(fitted(chart.unit_label, width - 8.0), 8 if width == WIDE else 0, 14))
    _grid(drawing, frame)
    places = [(frame.x(s.on), s) for s in spots]
    upper = [(x, frame.up(s.high)) for x, s in places]
    lower = [(x, frame.up(s.low)) for x, s in reversed(places)]
    drawing.area([[*upper, *lower]], "band")
    if frame.up.low < 0.0 < frame.up.high:
        drawing.line((frame.left, frame.up(0.0)), (frame.right, frame.up(0.0)), "zero")
    line = [(x, frame.up(s.value)) for x, s in places]
    drawing.path([line], "l0")
    drawing.circle(line[-1], 3.5, "dot")
    middle = min(max(line[-1][1], _TOP + 4.0), _BOTTOM - 30.0)
    room = width - frame.right - 9.0
    for k, text in enumerate(ends):
        drawing.label(Label(fitted(text, room, bold=k == 0), frame.right + 8.0, middle + 4.0 + k * _LINE, "start", k == 0),
                      "i" if k == 0 else "")  # fmt: skip
    _strip(drawing, chart, spots, frame, room)
    _axis(drawing, spots, frame)
    return Plot(drawing, frame.left, frame.right, _TOP, _STRIP + _THICK)


def spots_of(chart: BandChart) -> list[Spot]:
    """The dates that are drawn: those with a value and a band, at most 120, the last one kept."""
    rows = zip(chart.dates, chart.values, chart.low, chart.high, strict=True)
    known = [Spot(*r) for r in rows if all(math.isfinite(v) for v in r[1:]) and r[2] <= r[3]]
    return [known[i] for i in spread(len(known), MOST)]


def readouts(chart: BandChart) -> list[tuple[float, str]]:
    """For each drawn date its place on the time axis (0..1) and what the readout prints."""
    spots = spots_of(chart)
    if not spots:
        return []
    first, span = spots[0].on, max((spots[-1].on - spots[0].on).days, 1)
    return [
        (
            (s.on - first).days / span,
            f"{day(s.on, 'short')}: {', '.join([*_end(chart, s)[:1], _band(chart, s), word(chart, s)])}",
        )
        for s in spots
    ]


def word(chart: BandChart, spot: Spot) -> str:
    """What the band says about the sign."""
    return {1: chart.above, -1: chart.below, 0: chart.neither}[spot.side]


def _end(chart: BandChart, spot: Spot) -> list[str]:
    text = amount(spot.value, chart.unit, signed=True, decimals=chart.decimals)
    ends = [amount(v, chart.unit, signed=True, decimals=chart.decimals, bare=True) for v in (spot.low, spot.high)]
    return [text, chart.band, f"{ends[0]} to {ends[1]}"]


def _band(chart: BandChart, spot: Spot) -> str:
    return " ".join(_end(chart, spot)[1:])


def _frame(spots: Sequence[Spot], ends: Sequence[str], width: Width) -> Frame:
    low, high = padded([v for s in spots for v in (s.low, s.high)], 0.05)
    ticks, decimals = round_ticks(low, high)
    names = max(text_width(amount(t, "index", signed=True, decimals=decimals)) for t in ticks)
    widest = max(text_width(text, bold=k == 0) for k, text in enumerate(ends))
    left = max(44.0 if width == WIDE else 34.0, names + 7.0)
    right = width - min(0.32 * width, max(widest + 14.0, 96.0 if width == WIDE else 0.0))
    first, last = spots[0].on.toordinal(), spots[-1].on.toordinal()
    return Frame(left, right, _TOP, _BOTTOM, Linear(first, last, left, right), Linear(low, high, _BOTTOM, _TOP))


def _grid(drawing: Drawing, frame: Frame) -> None:
    ticks, decimals = round_ticks(frame.up.low, frame.up.high)
    for tick in ticks:
        y = frame.up(tick)
        drawing.line((frame.left, y), (frame.right, y), "gl")
        text = amount(tick, "index", signed=True, decimals=decimals)
        drawing.label(Label(fitted(text, frame.left - 7.0), frame.left - 6.0, y + 4.0, "end"))


def _strip(drawing: Drawing, chart: BandChart, spots: Sequence[Spot], frame: Frame, room: float) -> None:
    """Stretches of one sign, each from half-way to its neighbours, and at the end what the newest one says."""
    xs = [frame.x(s.on) for s in spots]
    cuts = [frame.left, *((a + b) / 2 for a, b in pairwise(xs)), frame.right]
    start = 0
    for i, spot in enumerate(spots):
        if i + 1 == len(spots) or spots[i + 1].side != spot.side:
            cls = {1: "pos", -1: "neg", 0: "mid"}[spot.side]
            drawing.rect(cuts[start], _STRIP, cuts[i + 1] - cuts[start], _THICK, cls)
            start = i + 1
    text = word(chart, spots[-1])
    drawing.label(Label(fitted(text, room, bold=True), frame.right + 8.0, _STRIP + _THICK - 1.0, "start", True), "i")


def _axis(drawing: Drawing, spots: Sequence[Spot], frame: Frame) -> None:
    base = _STRIP + _THICK + 4.0
    drawing.line((frame.left, base), (frame.right, base), "axis")
    first, last = spots[0].on, spots[-1].on
    names = []
    ticks = date_ticks(first, last, 8 if drawing.width == WIDE else 5) or [(last, day(last, "short"))]
    for rank, (when, text) in enumerate(ticks):
        x, half = frame.x(when), text_width(text) / 2
        drawing.line((x, base), (x, base + 4.0), "axis")
        names.append((rank, Label(text, min(max(x, half), drawing.width - half), base + 18.0, "middle")))
    for label in thinned(names):
        drawing.label(label)


__all__ = ["HEIGHT", "Spot", "draw", "readouts", "spots_of", "word"]
