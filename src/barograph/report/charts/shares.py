"""Shares of 100 as stacked areas on calendar time: what a model held likely, and what a second one says against it.

Gaps in what is known stay holes. Labels stand at the areas' ends and inside an area that holds more than half for long;
below, a strip in five tones shows the second model, underlined where the two stand on different sides of one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from barograph.report.blocks import ShareChart
from barograph.report.charts import NARROW, WIDE, Width, strip
from barograph.report.charts.labels import dodge, thinned
from barograph.report.charts.line import Plot
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Frame, Linear, date_ticks
from barograph.report.charts.stacking import Row, percent, runs_of, stacked
from barograph.report.charts.svg import Drawing, Label, Point
from barograph.report.charts.thinning import MOST, spread
from barograph.report.dates import day
from barograph.report.format import share
from barograph.report.forms import MISSING

HEIGHT = {WIDE: 300, NARROW: 320}
#: Recessions are shown on charts of five years or more.
LONG = 1826
#: A regime is named inside its area where it holds more than half for twelve weeks or longer.
HELD = 84
_AXIS = 22.0
_LINE = 14.0
_SWATCH = 10.0
#: Half width of what is drawn of a single known date between two gaps, px.
_LONE = 1.0


def draw(chart: ShareChart, width: Width) -> Plot:
    """Draw the chart at one of the two widths; without a known date it says so instead of showing an empty frame."""
    drawing = Drawing(width, HEIGHT[width])
    runs = runs_of(chart)
    if not runs:
        drawing.label(Label("no probability is known", 8, 20))
        return Plot(drawing, 8.0, width - 8.0, 20.0, HEIGHT[width] - _AXIS)
    frame = _frame(chart, width)
    last = runs[-1][-1]
    _ground(drawing, frame)
    _areas(drawing, chart, runs, frame)
    if (chart.dates[-1] - chart.dates[0]).days >= LONG:
        _bands(drawing, chart, frame)
    _axis(drawing, chart, frame)
    if chart.strip:
        strip.draw(drawing, chart, frame)
    drawing.label(Label(fitted(chart.unit_label, width - 8.0), 8 if width == WIDE else 0, 14))
    (_end_labels if width == WIDE else _key)(drawing, chart, last, frame)
    if chart.strip and any(strip.against(chart, i, edges) for i, (_, edges) in enumerate(stacked(chart))):
        _if_free(drawing, Label("line under the strip: the models disagree", frame.right, 14, "end"), "")
    _named(drawing, chart, runs, frame)
    return Plot(drawing, frame.left, frame.right, frame.top, HEIGHT[width] - _AXIS)


def readouts(chart: ShareChart) -> list[tuple[float, str]]:
    """For each drawn date, and the ends of each gap: its place on the time axis (0..1) and what the readout prints."""
    rows = stacked(chart)
    drawn = {when for run in runs_of(chart) for when, _ in run}
    if not drawn:
        return []
    edge = {i for a, b in pairwise(range(len(rows))) if (rows[a][1] is None) != (rows[b][1] is None) for i in (a, b)}
    chosen = [i for i, (when, _) in enumerate(rows) if when in drawn or i in edge or i == len(rows) - 1]
    first, span = chart.dates[0].toordinal(), max((chart.dates[-1] - chart.dates[0]).days, 1)
    out = []
    for i in (chosen[k] for k in spread(len(chosen), MOST)):
        when, edges = rows[i]
        parts = [MISSING]
        if edges is not None:
            sizes = zip(chart.shares, (0.0, *edges), edges, strict=False)
            parts = [f"{label.lower()} {share(high - low)}" for (_, label, _), low, high in sizes]
        if chart.strip is not None and (value := percent(chart.strip.values[i])) is not None:
            parts.append(f"{chart.strip.label}, {chart.strip.word} {share(value)}")
        out.append(((when.toordinal() - first) / span, f"{day(when, 'short')}: {'; '.join(parts)}"))
    return out


def _frame(chart: ShareChart, width: Width) -> Frame:
    height = HEIGHT[width]
    long = (chart.dates[-1] - chart.dates[0]).days >= LONG and bool(chart.bands)
    top = 40.0 if long else 26.0
    left, margin = 44.0, 14.0
    if width == WIDE:
        texts = [line for line, _ in strip.words(chart)]
        texts += [f"{line} {share(99.0)}" for _, label, _ in chart.shares for line in _lines(label)]
        margin = min(220.0, max(text_width(t, bold=True) for t in texts) + 26.0)
    else:
        left = 40.0
        top += 16.0 * (len(chart.shares) + (1 if chart.strip else 0)) + 8.0
    bottom = height - _AXIS - (22.0 if chart.strip else 0.0)
    first, last = chart.dates[0].toordinal(), chart.dates[-1].toordinal()
    right = width - margin
    return Frame(left, right, top, bottom, Linear(first, last, left, right), Linear(0.0, 100.0, bottom, top))


def _ground(drawing: Drawing, frame: Frame) -> None:
    """The empty ground, which a gap lets through, and the scale."""
    drawing.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top, "track")
    for tick in (0, 50, 100):
        drawing.label(Label(f"{tick}%", frame.left - 6.0, frame.up(tick) + 4.0, "end"))


def _areas(drawing: Drawing, chart: ShareChart, runs: Sequence[Sequence[Row]], frame: Frame) -> None:
    """The uppermost share first, each from the bottom up: what the next one leaves free is seen, with its upper seam."""
    for k in reversed(range(len(chart.shares))):
        shapes = []
        for run in runs:
            upper = [(x, frame.up(edges[k])) for x, edges in _spots(run, frame)]
            shapes.append([(upper[0][0], frame.bottom), *upper, (upper[-1][0], frame.bottom)])
        drawing.area(shapes, f"{chart.shares[k][0]} share")
    for tick in (25, 50, 75):
        drawing.line((frame.left, frame.up(tick)), (frame.right, frame.up(tick)), "over")
    if 0 < chart.boundary < len(chart.shares):
        lines = [[(x, frame.up(edges[chart.boundary - 1])) for x, edges in _spots(run, frame)] for run in runs]
        drawing.path(lines, "seam")


def _spots(run: Sequence[Row], frame: Frame) -> list[tuple[float, tuple[float, ...]]]:
    """Places on the axis with their edges; a single date gets a little width, so that it can be seen."""
    spots = [(frame.x(when), edges) for when, edges in run]
    if len(spots) == 1:
        (x, edges), half = spots[0], _LONE if frame.across.high > frame.across.low else 8.0
        left = min(max(x - half, frame.left), frame.right - 2 * half)
        return [(left, edges), (left + 2 * half, edges)]
    return spots


def _bands(drawing: Drawing, chart: ShareChart, frame: Frame) -> None:
    """Recessions over the full height, cut at the ends of the axis."""
    names = []
    for i, (begin, end) in enumerate(chart.bands):
        first, last = max(begin, chart.dates[0]), min(end or chart.dates[-1], chart.dates[-1])
        if first > last:
            continue
        left, right = frame.x(first), frame.x(last)
        wide = max(right - left, 1.0)
        drawing.rect(min(left, frame.right - wide), frame.top - 16.0, wide, frame.bottom - frame.top + 16.0, "nber")
        half = text_width("NBER") / 2
        middle = min(max((left + right) / 2, frame.left + half), frame.right - half)
        names.append((i, Label("NBER", middle, frame.top - 5.0, "middle")))
    for label in thinned(names, 6.0, drawing.labels):
        drawing.label(label)


def _axis(drawing: Drawing, chart: ShareChart, frame: Frame) -> None:
    base = drawing.height - _AXIS
    drawing.line((frame.left, base), (frame.right, base), "axis")
    names = []
    for rank, (when, text) in enumerate(_ticks(chart, drawing.width)):
        x, half = frame.x(when), text_width(text) / 2
        drawing.line((x, base), (x, base + 4.0), "axis")
        names.append((rank, Label(text, min(max(x, half), drawing.width - half), base + 18.0, "middle")))
    for label in thinned(names):
        drawing.label(label)


def _ticks(chart: ShareChart, width: int) -> list[tuple[date, str]]:
    first, last = chart.dates[0], chart.dates[-1]
    return date_ticks(first, last, 8 if width == WIDE else 5) or [(last, day(last, "short"))]


def _lines(label: str) -> list[str]:
    """A label on one line or, where it has a comma, on two."""
    head, comma, rest = label.partition(", ")
    return [f"{head},", rest] if comma else [label]


def _sizes(chart: ShareChart, last: Row) -> list[str]:
    """The shares of the newest date as printed; a dash where it is a gap."""
    if last[0] != chart.dates[-1]:
        return [MISSING] * len(chart.shares)
    return [share(high - low) for low, high in zip((0.0, *last[1]), last[1], strict=False)]


def _end_labels(drawing: Drawing, chart: ShareChart, last: Row, frame: Frame) -> None:
    """Each area's name and share beside its end, in the order of the stack."""
    names, sizes = [_lines(label) for _, label, _ in chart.shares], _sizes(chart, last)
    most = max(len(lines) for lines in names)
    middles = [frame.up((low + high) / 2) for low, high in zip((0.0, *last[1]), last[1], strict=False)]
    half = most * _LINE / 2
    low, high = frame.top + half - 2.0, frame.bottom - half + (-6.0 if chart.strip else 2.0)
    room = drawing.width - frame.right - 26.0
    for (slug, _, _), lines, size, y in zip(
        chart.shares, names, sizes, dodge(middles, low, high, most * _LINE + 5.0), strict=True
    ):
        first = y - (len(lines) - 1) * _LINE / 2 + 4.0
        drawing.rect(frame.right + 8.0, first - 9.0, _SWATCH, _SWATCH, f"{slug} share")
        for k, line in enumerate(lines):
            tail = f" {size}" if k == len(lines) - 1 else ""
            text = fitted(line, room - text_width(tail, bold=True), bold=True) + tail
            drawing.label(Label(text, frame.right + 24.0, first + k * _LINE, "start", True), f"i t-{slug}")
    _stale(drawing, chart, last)


def _key(drawing: Drawing, chart: ShareChart, last: Row, frame: Frame) -> None:
    """On the phone: a list in the order of the stack, uppermost first, the shares in a column."""
    y = 34.0
    for (slug, label, _), size in reversed(list(zip(chart.shares, _sizes(chart, last), strict=True))):
        drawing.rect(0.0, y - 9.0, _SWATCH, _SWATCH, f"{slug} share")
        drawing.label(Label(fitted(label, frame.right - 66.0), 16.0, y), "i")
        drawing.label(Label(size, frame.right, y, "end", True), "i")
        y += 16.0
    if chart.strip:
        texts = strip.words(chart)
        strip.swatch(drawing, 0.0, y - 9.0)
        end = texts[1][0] if len(texts) > 1 else ""
        drawing.label(Label(fitted(texts[0][0], frame.right - 26.0 - text_width(end, bold=True)), 16.0, y), "i")
        if end:
            drawing.label(Label(end, frame.right, y, "end", True), "i")
    _stale(drawing, chart, last)


def _stale(drawing: Drawing, chart: ShareChart, last: Row) -> None:
    if last[0] != chart.dates[-1]:
        _if_free(drawing, Label(f"last known {day(last[0], 'short')}", drawing.width, 14, "end"), "i")


def _if_free(drawing: Drawing, label: Label, cls: str) -> None:
    """A remark that may be left out where there is no room for it."""
    if label.box.left >= 0.0 and all(label.box.grown(4.0).overlap(la.box) == (0.0, 0.0) for la in drawing.labels):
        drawing.label(label, cls)


def _named(drawing: Drawing, chart: ShareChart, runs: Sequence[Sequence[Row]], frame: Frame) -> None:
    """Inside an area: its name, where it holds more than half for long and the whole name fits with room around it."""
    for k, (slug, label, _) in enumerate(chart.shares):
        lines = _lines(label)
        width = max(text_width(line, bold=True) for line in lines) + 8.0
        height = len(lines) * _LINE + 10.0
        for run in runs:
            for part in _reigns(run, k):
                x, low, high = _widest(part, k, width, frame)
                if high - low < height:
                    continue
                first = (low + high) / 2 - (len(lines) - 1) * _LINE / 2 + 4.0
                new = [Label(t, x, first + i * _LINE, "middle", True) for i, t in enumerate(lines)]
                if all(a.box.overlap(b.box) == (0.0, 0.0) for a in new for b in drawing.labels):
                    for text in new:
                        drawing.label(text, f"on-{slug}")


def _reigns(run: Sequence[Row], k: int) -> list[list[Row]]:
    """Stretches of twelve weeks or longer in which share `k` is above one half."""
    out: list[list[Row]] = [[]]
    for when, edges in run:
        if edges[k] - (edges[k - 1] if k else 0.0) > 50.0:
            out[-1].append((when, edges))
        else:
            out.append([])
    return [part for part in out if part and (part[-1][0] - part[0][0]).days >= HELD]


def _widest(part: Sequence[Row], k: int, width: float, frame: Frame) -> tuple[float, float, float]:
    """Where a text of `width` px has most room in the area: its middle, and the area's edges over its whole width."""
    lines = [[(frame.x(d), frame.up(e[i] if i >= 0 else 0.0)) for d, e in part] for i in (k - 1, k)]
    left, right = lines[0][0][0], lines[0][-1][0]
    best = (0.0, 0.0, 0.0)
    for step in range(41):
        x = left + width / 2 + (right - left - width) * step / 40
        if right - left < width:
            break
        floor = min(_level(lines[0], x - width / 2, x + width / 2))
        ceiling = max(_level(lines[1], x - width / 2, x + width / 2))
        # Nearest to the middle of the stretch among places that are about as roomy.
        if floor - ceiling - 0.2 * abs(step - 20) > best[2] - best[1]:
            best = (x, ceiling, floor)
    return best


def _level(line: Sequence[Point], left: float, right: float) -> list[float]:
    """Heights of a line at both ends of a stretch and at each of its points between them."""
    out = [y for x, y in line if left <= x <= right]
    for (x0, y0), (x1, y1) in pairwise(line):
        out += [y0 + (y1 - y0) * (x - x0) / (x1 - x0) for x in (left, right) if x0 <= x <= x1 and x1 > x0]
    return out
