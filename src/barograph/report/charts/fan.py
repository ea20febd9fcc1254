"""A spread and what may become of it: history on calendar time, and on sunken ground the coming sessions as a fan.

Two scales of time stand side by side, parted by the ground and an axis of their own; the scale of values is one.
"""

from __future__ import annotations

from dataclasses import replace

from barograph.report.blocks import FanChart, FanStep, LineChart
from barograph.report.charts import WIDE, Width, line
from barograph.report.charts.labels import dodge, thinned
from barograph.report.charts.line import Plot, mark_level, on_chart, thinned_line
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Linear, date_ticks, padded, round_ticks
from barograph.report.charts.svg import Box, Drawing, Label, Point
from barograph.report.format import amount

HEIGHT = 320
_TOP, _BOTTOM = 46.0, 264.0
#: Share of the plot's width that is history, at both widths, so that the readout's places serve both.
PAST = 0.6
_KEY = (("band fan50", "50%"), ("band", "90%"))


def draw(chart: FanChart, width: Width) -> Plot:
    """Draw the chart at one of the two widths; without history or without a fan it says so."""
    drawing = Drawing(width, HEIGHT)
    history = thinned_line(_line(chart), 0)
    if not history or not chart.steps:
        drawing.label(Label("no band is known", 8, 20))
        return Plot(drawing, 8.0, width - 8.0, 20.0, _BOTTOM)
    start = FanStep(0, *[history[-1][1]] * 7)
    steps = (start, *chart.steps)
    values = [v for _, v in history] + [level.value for level in chart.levels]
    values += [v for s in steps for v in (s.low90, s.high90, s.usual_low, s.usual_high)]
    low, high = padded(values, 0.06)
    ends = _ends(chart)
    ticks, decimals = round_ticks(low, high)
    names = [amount(t, "index", decimals=decimals) for t in ticks]
    left = max(46.0 if width == WIDE else 34.0, max(text_width(t) for t in names) + 7.0)
    right = width - max(text_width(t, bold=True) for _, t, _ in ends) - 14.0
    middle = left + PAST * (right - left)
    up = Linear(low, high, _BOTTOM, _TOP)
    across = Linear(history[0][0].toordinal(), history[-1][0].toordinal(), left, middle)
    ahead = Linear(0, steps[-1].sessions, middle, right)
    drawing.rect(middle, _TOP - 6.0, right - middle, _BOTTOM - _TOP + 6.0, "track")
    rows = _key_rows(left, chart.words, width)
    drawing.label(Label(fitted(chart.unit_label, width - 8.0), 8 if width == WIDE else 0, 14 if len(rows) == 1 else 12))
    for tick, text in zip(ticks, names, strict=True):
        drawing.line((left, up(tick)), (right, up(tick)), "gl")
        drawing.label(Label(text, left - 6.0, up(tick) + 4.0, "end"))
    for level in chart.levels:
        if not on_chart(level, across):
            drawing.line((left, up(level.value)), (middle, up(level.value)), "ref")
    _fan(drawing, steps, ahead, up)
    drawn = [(across(d.toordinal()), up(v)) for d, v in history]
    drawing.path([drawn], "l0")
    drawing.circle(drawn[-1], 3.5, "dot")
    _axes(drawing, chart, (left, middle, right), across, ahead, history[0][0].toordinal())
    for y, row in zip((30.0,) if len(rows) == 1 else (25.0, 37.0), rows, strict=True):
        _key(drawing, left, y, row)
    ys = dodge([up(v) for v, _, _ in ends], _TOP, _BOTTOM)
    for (_, text, bold), y in zip(ends, ys, strict=True):
        drawing.label(Label(text, right + 8.0, y + 4.0, "start", bold), "i" if bold else "")
    now = amount(history[-1][1], chart.unit, decimals=chart.decimals)
    drawing.label(Label(now, drawn[-1][0] - 6.0, _clear(drawn, text_width(now, bold=True) + 10.0), "end", True), "i h")
    room = Box(left, _TOP - 14.0, middle - 2.0, _BOTTOM)
    for level in chart.levels:
        mark_level(drawing, level, chart.unit, [drawn], (across, up), room)
    return Plot(drawing, left, right, _TOP - 6.0, _BOTTOM)


def _clear(drawn: list[Point], room: float) -> float:
    """Where a label that ends at the last point stands off the line: over or under all of it in that stretch."""
    x, y = drawn[-1]
    near = [v for at, v in drawn if at >= x - room]
    over, under = min(near) - 8.0, max(near) + 17.0
    ways = [w for w in (over, under) if _TOP + 6.0 <= w <= _BOTTOM - 4.0] or [over]
    return min(ways, key=lambda w: abs(w - y))


def readouts(chart: FanChart) -> list[tuple[float, str]]:
    """For each drawn day and each horizon: its place along the plot (0..1) and what the readout prints."""
    if not chart.steps:
        return []
    out = [(PAST * at, text) for at, text in line.readouts(_line(chart))]
    last = chart.steps[-1].sessions

    def shown(value: float) -> str:
        return amount(value, chart.unit, decimals=chart.decimals, bare=True)

    for s in chart.steps:
        said = f"median {shown(s.middle)}, 50% {shown(s.low50)} to {shown(s.high50)}, 90% {shown(s.low90)} to {shown(s.high90)}"
        usual = f"usual 90% {shown(s.usual_low)} to {shown(s.usual_high)}"
        out.append((PAST + (1.0 - PAST) * s.sessions / last, f"+{s.sessions} sessions: {said}; {usual}"))
    return out


def _line(chart: FanChart) -> LineChart:
    """The history as a line chart, for what it shares with one."""
    lines = ((chart.label, chart.dates, chart.values),)
    return LineChart(lines, chart.unit, chart.unit_label, chart.levels, chart.decimals)


def _ends(chart: FanChart) -> list[tuple[float, str, bool]]:
    """What stands at the right: the ends of the wide band and the median, without their unit."""
    last = chart.steps[-1]
    marks = ((last.high90, False), (last.middle, True), (last.low90, False))
    return [(v, amount(v, chart.unit, decimals=chart.decimals, bare=True), bold) for v, bold in marks]


def _fan(drawing: Drawing, steps: tuple[FanStep, ...], ahead: Linear, up: Linear) -> None:
    def edge(name: str) -> list[Point]:
        return [(ahead(s.sessions), up(getattr(s, name))) for s in steps]

    drawing.area([[*edge("high90"), *reversed(edge("low90"))]], "band")
    drawing.area([[*edge("high50"), *reversed(edge("low50"))]], "band fan50")
    drawing.path([edge("usual_high"), edge("usual_low")], "l2")
    drawing.path([edge("middle")], "l0")


def _axes(
    drawing: Drawing, chart: FanChart, sides: tuple[float, float, float], across: Linear, ahead: Linear, first: int
) -> None:
    left, middle, right = sides
    drawing.line((left, _BOTTOM), (right, _BOTTOM), "axis")
    drawing.line((middle, _TOP - 6.0), (middle, _BOTTOM), "axis")
    names = []
    for s in reversed(chart.steps):
        x = ahead(s.sessions)
        drawing.line((x, _BOTTOM), (x, _BOTTOM + 4.0), "axis")
        names.append((-s.sessions, Label(f"+{s.sessions}", x, _BOTTOM + 18.0, "middle")))
    for rank, (when, text) in enumerate(date_ticks(chart.dates[0], chart.dates[-1], 5 if drawing.width == WIDE else 3)):
        x = across(when.toordinal())
        drawing.line((x, _BOTTOM), (x, _BOTTOM + 4.0), "axis")
        half = text_width(text) / 2
        names.append((rank, Label(text, min(max(x, half), middle - half), _BOTTOM + 18.0, "middle")))
    kept = thinned(names)
    for label in kept:
        drawing.label(label)
    word = Label("sessions ahead", (middle + right) / 2, _BOTTOM + 36.0, "middle")
    drawing.label(replace(word, x=min(word.x, drawing.width - text_width(word.text) / 2)))


def _key_rows(left: float, words: tuple[str, str], width: float) -> list[list[tuple[str, str]]]:
    """Class and words of what is drawn: in one row, or bands over lines where one row would run off the chart."""
    bands = [(cls, f"{share} ({word})" if word else share) for (cls, share), word in zip(_KEY, words, strict=True)]
    lines = [("l0", "median"), ("l2", "usual 90%")]
    room = left + sum(32.0 + text_width(text) for _, text in (*bands, *lines)) - 12.0
    return [[*bands, *lines]] if room <= width else [bands, lines]


def _key(drawing: Drawing, left: float, y: float, row: list[tuple[str, str]]) -> None:
    x = left
    for cls, text in row:
        if cls.startswith("band"):
            drawing.rect(x, y - 8.0, 16.0, 10.0, cls)
        else:
            drawing.line((x, y - 4.0), (x + 16.0, y - 4.0), cls)
        label = Label(text, x + 20.0, y)
        drawing.label(label)
        x = label.box.right + 12.0
