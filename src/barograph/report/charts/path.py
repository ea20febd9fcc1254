"""The way through the plane of growth and inflation: monthly points, older ones paler, ellipses around the newest.

The axes are the same on both sides of nought and fixed, so that a small distance looks small; where a point lies beyond,
they are longer, and a label says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from barograph.report.blocks import PathChart
from barograph.report.charts import NARROW
from barograph.report.charts.labels import around, densified, place
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Linear, round_ticks
from barograph.report.charts.svg import Anchor, Box, Drawing, Label, Point
from barograph.report.dates import THIN, day, month
from barograph.report.format import amount

SIZE = NARROW
#: Months that are drawn.
MOST = 13
#: What the ellipses hold, and the class of each, the larger first.
ELLIPSES = ((0.8, "e80"), (0.5, "e50"))
_TOP, _BOTTOM, _RIGHT = 24.0, 310.0, 330.0
_LEFT = _RIGHT - (_BOTTOM - _TOP)
_CORNERS = 48
#: Quadrants by (growth high, inflation high): of the levels, with the colours of the directions of that name.
_QUADRANTS = {(False, True): "gd_iu", (True, True): "gu_iu", (False, False): "gd_id", (True, False): "gu_id"}

Spot = tuple[date, float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Linear
    up: Linear

    def at(self, spot: Spot) -> Point:
        return self.across(spot[1]), self.up(spot[2])


def draw(chart: PathChart) -> Drawing:
    """Draw the chart: a square of the narrow width, the same on every screen."""
    drawing = Drawing(SIZE, SIZE)
    spots = known(chart)
    if not spots:
        drawing.label(Label("no month is known", 8, 20))
        return drawing
    limit = limit_of(chart)
    frame = _Frame(Linear(-limit, limit, _LEFT, _RIGHT), Linear(-limit, limit, _BOTTOM, _TOP))
    _tints(drawing, frame)
    _axes(drawing, chart, frame, limit)
    for held, cls in ELLIPSES:
        edge = ellipse(chart.covariance, spots[-1], held)
        drawing.area([_inside([(frame.across(x), frame.up(y)) for x, y in edge])], cls)
    points = [frame.at(spot) for spot in spots]
    ages = [age(len(spots) - 1 - i) for i in range(len(spots))]
    for (a, b), old in zip(pairwise(points), ages[1:], strict=True):
        drawing.path([[a, b]], f"way age{old}")
    for point, old in zip(points[:-1], ages[:-1], strict=True):
        drawing.circle(point, 2.5, f"month age{old}")
    drawing.circle(points[-1], 5.0, "dot")
    _names(drawing, chart, frame, [*densified(points), *_marks(points)])
    _dates(drawing, spots, points)
    return drawing


def known(chart: PathChart) -> list[Spot]:
    """The newest months of which both figures are known, at most 13."""
    out = [
        (when, x, y)
        for when, x, y in chart.points
        if x is not None and y is not None and math.isfinite(x) and math.isfinite(y)
    ]
    return out[-MOST:]


def limit_of(chart: PathChart) -> float:
    """Where the axes end: at the chart's limit, or at the next half beyond the farthest point with a little room."""
    far = max((max(abs(x), abs(y)) for _, x, y in known(chart)), default=0.0)
    if far <= chart.limit:
        return chart.limit
    step = max(0.5, 10.0 ** math.floor(math.log10(far)) / 2)
    return step * math.ceil(1.04 * far / step)


def age(months: int) -> int:
    """How pale a month is, 0 to 3, by the months that came after it.

    >>> [age(n) for n in (0, 3, 4, 6, 7, 9, 10, 12)]
    [0, 0, 1, 1, 2, 2, 3, 3]
    """
    return 0 if months < 4 else 1 if months < 7 else 2 if months < 10 else 3


def ellipse(covariance: tuple[float, float, float] | None, spot: Spot, held: float) -> list[tuple[float, float]]:
    """The edge of the region that holds a share of a normal distribution around a point; nothing without a covariance.

    With the covariance S = L L', the points m + r L (cos t, sin t)', r^2 = -2 ln(1 - held), the quantile of the
    chi-squared distribution with two degrees of freedom.
    """
    if covariance is None or not all(map(math.isfinite, covariance)):
        return []
    xx, xy, yy = covariance
    if xx < 0.0 or yy < 0.0 or xy * xy > xx * yy * (1.0 + 1e-9):
        return []
    root = math.sqrt(xx)
    slope = xy / root if root else 0.0
    rest = math.sqrt(max(yy - slope * slope, 0.0))
    r = math.sqrt(-2.0 * math.log(1.0 - held))
    turns = [2.0 * math.pi * k / _CORNERS for k in range(_CORNERS)]
    return [(spot[1] + r * root * math.cos(t), spot[2] + r * (slope * math.cos(t) + rest * math.sin(t))) for t in turns]


def _inside(edge: Sequence[Point]) -> list[Point]:
    """The part of a convex shape that lies in the plot (Sutherland and Hodgman 1974)."""
    out = list(edge)
    for axis, bound, side in ((0, _LEFT, 1.0), (0, _RIGHT, -1.0), (1, _TOP, 1.0), (1, _BOTTOM, -1.0)):
        whole, out = out, []
        for a, b in zip(whole, whole[1:] + whole[:1], strict=True):
            da, db = side * (a[axis] - bound), side * (b[axis] - bound)
            if da >= 0.0:
                out.append(a)
            if (da > 0.0) != (db > 0.0) and da != db and da * db < 0.0:
                t = da / (da - db)
                out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
    return out


def _tints(drawing: Drawing, frame: _Frame) -> None:
    half = (_RIGHT - _LEFT) / 2
    for (right, high), name in _QUADRANTS.items():
        left, top = frame.across(0.0) if right else _LEFT, _TOP if high else frame.up(0.0)
        drawing.rect(left, top, half, half, f"tint {name}")


def _names(drawing: Drawing, chart: PathChart, frame: _Frame, hidden: Sequence[Point]) -> None:
    """Each quadrant's name in its outer corner or, where that would hide a month, in the one that hides least."""
    zero, (across, up) = (frame.across(0.0), frame.up(0.0)), chart.labels
    for right, high in _QUADRANTS:
        words = (f"{across[:1].upper()}{across[1:]} {'high' if right else 'low'},", f"{up} {'high' if high else 'low'}")
        lines = [fitted(word, zero[0] - _LEFT - 12.0, bold=True) for word in words]
        outer, inner = (_TOP + 17.0, zero[1] - 23.0) if high else (_BOTTOM - 22.0, zero[1] + 18.0)
        sides: list[tuple[float, Anchor]] = [(_RIGHT - 7.0, "end"), (zero[0] + 7.0, "start")]
        if not right:
            sides = [(_LEFT + 7.0, "start"), (zero[0] - 7.0, "end")]
        ways = [
            [Label(t, x, y + 14.0 * k, anchor, True) for k, t in enumerate(lines)]
            for y in (outer, inner)
            for x, anchor in sides
        ]
        for label in min(ways, key=lambda way: sum(la.box.grown(2.0).holds(p) for la in way for p in hidden)):
            drawing.label(label, "i")


def _axes(drawing: Drawing, chart: PathChart, frame: _Frame, limit: float) -> None:
    ticks, decimals = round_ticks(-limit, limit)
    for tick in ticks:
        text = amount(tick, "index", signed=True, decimals=decimals)
        x, y = frame.across(tick), frame.up(tick)
        if tick == 0.0:
            drawing.line((x, _TOP), (x, _BOTTOM), "axis")
            drawing.line((_LEFT, y), (_RIGHT, y), "axis")
        if text_width(text) > _LEFT - 6.0:
            continue
        drawing.label(Label(text, _LEFT - 6.0, y + 4.0, "end"))
        drawing.line((_LEFT - 3.0, y), (_LEFT, y), "axis")
        drawing.line((x, _BOTTOM), (x, _BOTTOM + 3.0), "axis")
        half = text_width(text) / 2
        drawing.label(Label(text, min(x, SIZE - half), _BOTTOM + 15.0, "middle"))
    end = "" if limit == chart.limit else f"axes to ±{amount(limit, 'index', decimals=1)}, a month lies far out"
    drawing.label(Label(fitted(f"↑ {chart.labels[1]}, σ", 120.0), 0.0, 14.0))
    if end:
        drawing.label(Label(fitted(end, 218.0), _RIGHT, 14.0, "end"), "i")
    said = "no ellipses: uncertainty not known"
    if ellipse(chart.covariance, (date.min, 0.0, 0.0), 0.5):
        said = "ellipses hold 50% and 80%"
    drawing.label(Label(said, 0.0, _BOTTOM + 32.0))
    drawing.label(Label(fitted(f"{chart.labels[0]}, σ →", 112.0), _RIGHT, _BOTTOM + 32.0, "end"))


def _dates(drawing: Drawing, spots: Sequence[Spot], points: Sequence[Point]) -> None:
    """Names of the newest month, of the oldest, and of two that lie far from those named."""
    named = [len(points) - 1]
    while len(named) < min(4, len(points)):
        rest = [i for i in range(len(points)) if i not in named]
        if len(named) == 1:
            named.append(0)
            continue
        named.append(max(rest, key=lambda i: (min(math.dist(points[i], points[j]) for j in named), -i)))
    room = Box(_LEFT + 1.0, _TOP + 1.0, _RIGHT - 1.0, _BOTTOM - 1.0)
    way = [points] if len(points) > 1 else [[points[0], points[0]]]
    for i in named:
        newest = i == len(points) - 1
        when = spots[i][0]
        text = day(when, "short") if newest else f"{month(when)}{THIN}{when.year}"
        ways = around(text, points[i], bold=newest, away=9.0 if newest else 7.0)
        if (label := place(ways, drawing.labels, [*way, _marks(points)], room)) is not None:
            drawing.label(label, "i h" if newest else "h")


def _marks(points: Sequence[Point]) -> list[Point]:
    """The dots of the months, a few points for each, the newest the largest: no label is to hide one."""
    sizes = [3.0] * (len(points) - 1) + [6.0]
    return [
        (x + r * dx, y + r * dy)
        for (x, y), r in zip(points, sizes, strict=True)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]


__all__ = ["ELLIPSES", "MOST", "SIZE", "age", "draw", "ellipse", "known", "limit_of"]
