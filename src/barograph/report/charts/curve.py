"""Curve snapshots: yields on log maturity today, a session ago and 20 sessions ago, with bars of change in bp below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from barograph.report.blocks import CurveChart, CurvePoint
from barograph.report.charts import WIDE, Width
from barograph.report.charts.labels import around, dodge, place, thinned
from barograph.report.charts.metrics import text_width
from barograph.report.charts.scale import Linear, Log, padded, round_ticks
from barograph.report.charts.svg import Box, Drawing, Label, Point
from barograph.report.dates import day, day_month
from barograph.report.format import amount

HEIGHT = 356
_PLOT_BOTTOM = 214.0
_BAR_TITLE = 242.0
_BAR_TOP, _BAR_BOTTOM = 266.0, 322.0
_AXIS_TEXT = 350.0
#: Which maturities keep their label where there is no room for all.
_RANK = ("10y", "2y", "30y", "5y", "3m", "1y", "1m", "7y", "6m", "20y", "3y")
_WAYS = (("today", "c0"), ("previous", "c1"), ("earlier", "c2"))


@dataclass(frozen=True, slots=True)
class _Frame:
    width: Width
    left: float
    right: float
    top: float
    across: Log
    up: Linear


def draw(chart: CurveChart, width: Width) -> Drawing:
    """Draw the chart at one of the two widths."""
    drawing = Drawing(width, HEIGHT)
    known = [v for p in chart.points for v in (p.today, p.previous, p.earlier) if v is not None]
    if not known:
        drawing.label(Label("no yield is known", 8, 20))
        return drawing
    frame = _frame(chart, known, width)
    _grid(drawing, frame, known)
    lines = {way: _runs(chart.points, way, frame) for way, _ in _WAYS}
    for way, cls in reversed(_WAYS):
        drawing.path(lines[way], cls)
        for run in lines[way]:
            if len(run) == 1:  # a maturity whose neighbours are not known
                drawing.circle(run[0], 2.0, "lone")
    for point in (p for run in lines["today"] for p in run):
        drawing.circle(point, 3.0, "dot")
    drawing.label(Label("Par yield, %", 8 if width == WIDE else 0, 14))
    if width == WIDE:
        _end_labels(drawing, chart, lines, frame)
    else:
        _key(drawing, chart)
    _bars(drawing, chart.points, frame)
    _point_labels(drawing, chart.points, lines, frame)
    return drawing


def _frame(chart: CurveChart, known: list[float], width: Width) -> _Frame:
    wide = width == WIDE
    texts = (day(chart.today, "short"), _dashed(chart))
    margin = max(text_width(texts[0], bold=True), text_width(texts[1])) + 14.0 if wide else 12.0
    left = max(44.0 if wide else 34.0, max(text_width(t) for _, t in _ticks(known)) + 7.0)
    right = width - margin
    top = 26.0 if wide else 50.0
    years = [p.years for p in chart.points]
    low, high = padded(known, 0.09)
    across = Log(min(years), max(years) if len(years) > 1 else min(years) * 2, left + 10.0, right - 8.0)
    return _Frame(width, left, right, top, across, Linear(low, high, _PLOT_BOTTOM, top))


def _grid(drawing: Drawing, frame: _Frame, known: list[float]) -> None:
    for tick, text in _ticks(known):
        y = frame.up(tick)
        drawing.line((frame.left, y), (frame.right, y), "gl")
        drawing.label(Label(text, frame.left - 6.0, y + 4.0, "end"))


def _ticks(known: list[float]) -> list[tuple[float, str]]:
    ticks, decimals = round_ticks(*padded(known, 0.09))
    return [(t, amount(t, "percent", decimals=decimals, bare=True)) for t in ticks]


def _runs(points: Sequence[CurvePoint], way: str, frame: _Frame) -> list[list[Point]]:
    """Stretches of known yields; an unknown maturity breaks the line instead of being bridged."""
    runs: list[list[Point]] = [[]]
    for point in points:
        value = getattr(point, way)
        if value is None:
            runs.append([])
        else:
            runs[-1].append((frame.across(point.years), frame.up(value)))
    return [run for run in runs if run]


def _dashed(chart: CurveChart) -> str:
    return f"{day_month(chart.earlier)}, dashed"


def _end_labels(drawing: Drawing, chart: CurveChart, lines: dict[str, list[list[Point]]], frame: _Frame) -> None:
    texts = {"today": day_month(chart.today), "previous": day_month(chart.previous), "earlier": _dashed(chart)}
    ends = [(way, lines[way][-1][-1]) for way, _ in _WAYS if lines[way]]
    for (way, _), y in zip(ends, dodge([p[1] for _, p in ends], frame.top, _PLOT_BOTTOM), strict=True):
        drawing.label(
            Label(texts[way], frame.right + 4.0, y + 4.0, "start", way == "today"), "i" if way == "today" else ""
        )


def _key(drawing: Drawing, chart: CurveChart) -> None:
    x = 0.0
    for way, cls in _WAYS:
        text = day_month(getattr(chart, way))
        drawing.line((x, 30.0), (x + 18.0, 30.0), cls)
        label = Label(text, x + 23.0, 34.0, "start", way == "today")
        drawing.label(label, "i" if way == "today" else "")
        x = label.box.right + 14.0


def _point_labels(
    drawing: Drawing, points: Sequence[CurvePoint], lines: dict[str, list[list[Point]]], frame: _Frame
) -> None:
    room = Box(frame.left, frame.top - 16.0, frame.right + 2.0, _PLOT_BOTTOM + 8.0)
    every = [run for runs in lines.values() for run in runs]
    for name in ("10y", "2y"):
        point = next((p for p in points if p.label == name and p.today is not None), None)
        if point is None or point.today is None:
            continue
        at = (frame.across(point.years), frame.up(point.today))
        ways = around(amount(point.today, "percent"), at, bold=True)
        if name == "2y":
            ways = [ways[1], ways[0], *ways[2:]]
        if (label := place(ways, drawing.labels, every, room)) is not None:
            drawing.label(label, "i h")


def _bars(drawing: Drawing, points: Sequence[CurvePoint], frame: _Frame) -> None:
    now = [_change(p.today, p.previous) for p in points]
    then = [_change(p.today, p.earlier) for p in points]
    drawing.label(Label("Change, bp: 1 session solid, 20 outline", 8 if frame.width == WIDE else 0, _BAR_TITLE))
    limit = _limit([v for v in now if v is not None], [v for v in then if v is not None])
    high = max(0.0, *(min(v, limit) for v in (*now, *then) if v is not None), 0.0)
    low = min(0.0, *(max(v, -limit) for v in (*now, *then) if v is not None), 0.0)
    scale = Linear(low, high if high > low else low + 1.0, _BAR_BOTTOM, _BAR_TOP)
    zero = scale(0.0)
    xs = [frame.across(p.years) for p in points]
    apart = min((b - a for a, b in pairwise(xs)), default=40.0)
    thick = max(3.0, min(9.0, (apart - 4.0) / 2))
    ranked: list[tuple[int, Label]] = []
    cut: list[tuple[int, Label]] = []
    for point, x, solid, outline in zip(points, xs, now, then, strict=True):
        rank = _RANK.index(point.label) if point.label in _RANK else len(_RANK)
        ends = [zero]
        if solid is not None:
            ends.append(_bar(drawing, x - thick - 0.5, thick, solid, limit, scale, "pos" if solid >= 0 else "neg"))
        if outline is not None:
            ends.append(_bar(drawing, x + 0.5, thick, outline, limit, scale, "out"))
        above, below = min(ends) - 4.0, max(ends) + 13.0
        if solid is not None:
            text = amount(solid, "bp", signed=True, bare=True)
            # On the bar's own side, but clear of the outline beside it.
            ranked.append((rank, Label(text, x, above if solid >= 0 else below, "middle", True)))
        if outline is not None and abs(outline) > limit:
            text = amount(outline, "bp", signed=True, bare=True)
            cut.append((rank, Label(text, x + thick / 2, above if outline >= 0 else below, "middle")))
    drawing.line((frame.left, zero), (frame.right, zero), "axis")
    names = [
        (_RANK.index(p.label) if p.label in _RANK else len(_RANK), Label(p.label, x, _AXIS_TEXT, "middle"))
        for p, x in zip(points, xs, strict=True)
    ]
    for label in thinned(names):
        drawing.label(label)
    # A bar that is cut must say its length, so its label comes before the others.
    for label in thinned(cut, 3.0, drawing.labels):
        drawing.label(label)
    for label in thinned(ranked, 3.0, drawing.labels):
        drawing.label(label, "i")


def _change(new: float | None, old: float | None) -> float | None:
    return None if new is None or old is None else 100.0 * (new - old)


def _limit(now: list[float], then: list[float]) -> float:
    """The longest bar drawn in full: all of today's, and the 20-session ones unless a few dwarf the others.

    Bills roll, so their month's change is often many times that of any other maturity; drawn in full it would flatten
    what the chart is about.
    """
    sizes = sorted((abs(v) for v in then), reverse=True)
    session = max((abs(v) for v in now), default=0.0)
    usual = max(session, 1.25 * sizes[len(sizes) // 4]) if sizes else session
    most = max([session, *sizes])
    return usual if most > 1.6 * usual > 0.0 else max(most, 1e-9)


def _bar(drawing: Drawing, left: float, thick: float, value: float, limit: float, scale: Linear, cls: str) -> float:
    end, zero = scale(max(-limit, min(limit, value))), scale(0.0)
    drawing.rect(left, min(end, zero), thick, abs(end - zero), cls)
    return end
