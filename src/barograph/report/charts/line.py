"""Lines on calendar time with reference levels; the last point marked and labelled, readouts as printed strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from barograph.report.blocks import Level, LineChart
from barograph.report.charts import WIDE, Width
from barograph.report.charts.labels import around, dodge, place, thinned
from barograph.report.charts.metrics import text_width
from barograph.report.charts.scale import Linear, date_ticks, padded, round_ticks
from barograph.report.charts.svg import Box, Drawing, Label, Point
from barograph.report.charts.thinning import thin
from barograph.report.dates import day
from barograph.report.format import amount
from barograph.report.forms import MISSING

HEIGHT = 320
_BOTTOM = 280.0
_CLASSES = ("l0", "l1", "l2")
_STYLES = ("", "grey", "dashed")
#: Room for the bar of a range beside the last point.
_BAR = 7.0

Points = list[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing and where its plot lies, which the readout's cursor needs."""

    drawing: Drawing
    left: float
    right: float
    top: float
    bottom: float


def draw(chart: LineChart, width: Width) -> Plot:
    """Draw the chart at one of the two widths.

    Lines without a point are left out; a chart without any says so instead of showing an empty frame.
    """
    drawing = Drawing(width, HEIGHT)
    lines = [(name, thinned_line(chart, i)) for i, (name, _, _) in enumerate(chart.lines)]
    lines = [(name, points) for name, points in lines if points]
    if not lines:
        drawing.label(Label("no value is known", 8, 20))
        return Plot(drawing, 8.0, width - 8.0, 20.0, _BOTTOM)
    wide, many = width == WIDE, len(lines) > 1
    ends = [_end_text(name, points[-1][1], chart, named=wide and many) for name, points in lines]
    ranges = [r for (_, dates, _), r in zip(chart.lines, chart.ranges, strict=False) if r is not None and dates]
    values = [v for _, points in lines for _, v in points] + [level.value for level in chart.levels]
    values += [v for r in ranges for v in r]
    low, high = padded(values, 0.08)
    ticks = _ticks(low, high)
    left = max(46.0 if wide else 36.0, max(text_width(t) for _, t in ticks) + 7.0)
    right = width - min(190.0, max(text_width(t, bold=True) for t in ends) + 12.0) - _BAR * len(ranges)
    top = 26.0 if wide or not many else 46.0
    across = Linear(
        min(p[0][0] for _, p in lines).toordinal(), max(p[-1][0] for _, p in lines).toordinal(), left, right
    )
    up = Linear(low, high, _BOTTOM, top)
    _axes(drawing, chart, lines, (left, right), across, up)
    drawn = [[(across(d.toordinal()), up(v)) for d, v in points] for _, points in lines]
    for level in chart.levels:
        if not on_chart(level, across):
            drawing.line((left, up(level.value)), (right, up(level.value)), "ref")
    for line, cls in reversed(list(zip(drawn, _CLASSES, strict=False))):
        drawing.path([line], cls)
    if many and not wide:
        _key(drawing, [name for name, _ in lines])
    for i, (low_end, high_end) in enumerate(ranges):
        _range(drawing, right + _BAR * (i + 1), up(low_end), up(high_end))
    _ends(drawing, drawn, ends, right + _BAR * len(ranges), top)
    room = Box(left, top - 14.0, right, _BOTTOM)
    for level in chart.levels:
        mark_level(drawing, level, chart.unit, drawn, (across, up), room)
    return Plot(drawing, left, right, top, _BOTTOM)


def thinned_line(chart: LineChart, index: int) -> Points:
    """The points of one line that are drawn: at most 120, dated reference levels kept."""
    _, dates, values = chart.lines[index]
    return thin(dates, values, [level.on for level in chart.levels if level.on])


def readouts(chart: LineChart) -> list[tuple[float, str]]:
    """For each drawn point of the first line: its place on the time axis (0..1) and the sentence the readout prints."""
    kept = [(i, thinned_line(chart, i)) for i in range(len(chart.lines))]
    kept = [(i, points) for i, points in kept if points]
    if not kept:
        return []
    first = min(p[0][0] for _, p in kept).toordinal()
    span = max(max(p[-1][0] for _, p in kept).toordinal() - first, 1)
    every = {i: dict(zip(chart.lines[i][1], chart.lines[i][2], strict=True)) for i, _ in kept}
    out = []
    for when, _ in kept[0][1]:
        parts = []
        for i, _ in kept:
            value = every[i].get(when)
            text = MISSING if value is None else amount(value, chart.unit, signed=chart.signed, decimals=chart.decimals)
            parts.append(text if len(kept) == 1 else f"{chart.lines[i][0]} {text}")
        out.append(((when.toordinal() - first) / span, f"{day(when, 'short')}: {', '.join(parts)}"))
    return out


def _end_text(name: str, value: float, chart: LineChart, *, named: bool) -> str:
    text = amount(value, chart.unit, signed=chart.signed, decimals=chart.decimals)
    return f"{name} {text}" if named else text


def on_chart(level: Level, across: Linear) -> bool:
    """Whether the day of a reference level lies on the time axis."""
    return level.on is not None and across.low <= level.on.toordinal() <= across.high


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    ticks, decimals = round_ticks(low, high)
    return [(t, amount(t, "index", decimals=decimals)) for t in ticks]


def _axes(
    drawing: Drawing,
    chart: LineChart,
    lines: Sequence[tuple[str, Points]],
    sides: tuple[float, float],
    across: Linear,
    up: Linear,
) -> None:
    left, right = sides
    drawing.label(Label(chart.unit_label, 8 if drawing.width == WIDE else 0, 14))
    for tick, text in _ticks(up.low, up.high):
        drawing.line((left, up(tick)), (right, up(tick)), "gl")
        drawing.label(Label(text, left - 6.0, up(tick) + 4.0, "end"))
    if up.low < 0.0 < up.high:
        drawing.line((left, up(0.0)), (right, up(0.0)), "axis")
    drawing.line((left, _BOTTOM), (right, _BOTTOM), "axis")
    first, last = min(p[0][0] for _, p in lines), max(p[-1][0] for _, p in lines)
    names = []
    for rank, (when, text) in enumerate(date_ticks(first, last, 8 if drawing.width == WIDE else 5)):
        x = across(when.toordinal())
        drawing.line((x, _BOTTOM), (x, _BOTTOM + 4.0), "axis")
        half = text_width(text) / 2
        names.append((rank, Label(text, min(max(x, half), drawing.width - half), _BOTTOM + 18.0, "middle")))
    for label in thinned(names):
        drawing.label(label)


def _key(drawing: Drawing, names: Sequence[str]) -> None:
    x = 0.0
    for name, cls in zip(names, _CLASSES, strict=False):
        drawing.line((x, 30.0), (x + 18.0, 30.0), cls)
        label = Label(name, x + 23.0, 34.0)
        drawing.label(label)
        x = label.box.right + 14.0


def _ends(drawing: Drawing, drawn: Sequence[list[Point]], ends: Sequence[str], right: float, top: float) -> None:
    ys = dodge([line[-1][1] for line in drawn], top, _BOTTOM)
    for i, (line, text, y) in enumerate(zip(drawn, ends, ys, strict=True)):
        drawing.circle(line[-1], 3.5, "dot")
        drawing.label(Label(text, right + 8.0, y + 4.0, "start", True), "i" if i == 0 else "")


def _range(drawing: Drawing, x: float, low: float, high: float) -> None:
    """A bar with feet beside the last point."""
    drawing.line((x, low), (x, high), "axis")
    for y in (low, high):
        drawing.line((x - 2.0, y), (x + 2.0, y), "axis")


def mark_level(
    drawing: Drawing,
    level: Level,
    unit: str,
    drawn: Sequence[list[Point]],
    scales: tuple[Linear, Linear],
    room: Box,
) -> None:
    """The label of a reference level: beside the ring of its day, or along its dashed line where it hides least."""
    across, up = scales
    text, y = f"{level.label} {amount(level.value, unit, bare=True)}", up(level.value)
    if level.on is not None and on_chart(level, across):
        at = (across(level.on.toordinal()), y)
        drawing.circle(at, 3.5, "ring")
        full, plain = f"{text}, {day(level.on, 'short')}", text
        ways = [*around(full, at, away=8.0), *around(plain, at, away=8.0)]
    else:
        if level.on is not None:
            text = f"{text}, {day(level.on, 'short')}"
        places = [room.left + 4.0 + (room.right - room.left - 8.0) * k / 12 for k in range(12, -1, -1)]
        anchors = ["end" if x > (room.left + room.right) / 2 else "start" for x in places]
        ways = [
            Label(text, x, base, "end" if a == "end" else "start")
            for base in (y - 5.0, y + 14.0, y - 21.0, y + 30.0)  # farther where the line runs along it
            for x, a in zip(places, anchors, strict=True)
        ]
    if (label := place(ways, drawing.labels, drawn, room)) is not None:
        drawing.label(label, "h")
