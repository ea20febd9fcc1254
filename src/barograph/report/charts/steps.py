"""A nowcast as it stood on each date: a line in steps with its band, and below it what each release moved it by.

An estimate holds until the next one, so nothing is joined by a slope. The impacts have a scale of their own and one zero;
those of one day stand on each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from barograph.report.blocks import StepChart
from barograph.report.charts import NARROW, WIDE, Width, impacts
from barograph.report.charts.labels import dodge, thinned
from barograph.report.charts.line import Plot
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Frame, Linear, date_ticks, padded
from barograph.report.charts.svg import Drawing, Label, Point
from barograph.report.charts.thinning import MOST, spread, thin
from barograph.report.dates import day
from barograph.report.format import amount
from barograph.report.forms import MISSING

HEIGHT = {WIDE: 300, NARROW: 320}
_TOP = 26.0
_LINE = 14.0
_TITLE = {WIDE: 174.0, NARROW: 172.0}


@dataclass(frozen=True, slots=True)
class Step:
    """One estimate: its date, the date until which it held, its value and its band (None: none)."""

    on: date
    until: date
    value: float
    low: float | None
    high: float | None


def draw(chart: StepChart, width: Width) -> Plot:
    """Draw the chart at one of the two widths; without an estimate it says so instead of showing an empty frame."""
    drawing = Drawing(width, HEIGHT[width])
    runs = runs_of(chart)
    if not runs:
        drawing.label(Label("no estimate is known", 8, 20))
        return Plot(drawing, 8.0, width - 8.0, 20.0, HEIGHT[width] - impacts.AXIS)
    ends = _ends(chart, runs[-1][-1])
    frame = _frame(chart, runs, ends, width)
    drawing.label(Label(fitted(chart.unit_label, width - 8.0), 8 if width == WIDE else 0, 14))
    _grid(drawing, chart, frame)
    drawing.stairs(_band(runs, frame), "band", closed=True)
    drawn = [_stairs(run, frame) for run in runs]
    drawing.stairs(drawn, "l0")
    last = runs[-1][-1]
    drawing.circle((frame.x(last.until), frame.up(last.value)), 3.5, "dot")
    if chart.final and _on_chart(chart, chart.final.on):
        drawing.circle((frame.x(chart.final.on or last.until), frame.up(chart.final.value)), 4.5, "ring")
    _end_labels(drawing, ends, frame)
    if chart.releases:
        impacts.draw(drawing, chart, frame, _TITLE[width] + 10.0)
    _axis(drawing, chart, frame)
    return Plot(drawing, frame.left, frame.right, _TOP, HEIGHT[width] - impacts.AXIS)


def steps_of(chart: StepChart) -> list[list[Step]]:
    """Stretches without a gap; an estimate that repeats the one before it is part of that one."""
    runs: list[list[Step]] = [[]]
    rows = list(zip(chart.dates, chart.values, chart.low, chart.high, strict=True))
    for i, (when, value, low, high) in enumerate(rows):
        if value is None or not math.isfinite(value):
            runs.append([])
            continue
        if low is None or high is None or not (math.isfinite(low) and math.isfinite(high) and low <= high):
            low = high = None
        until = rows[min(i + 1, len(rows) - 1)][0]
        before = runs[-1][-1] if runs[-1] else None
        if before and (before.value, before.low, before.high) == (value, low, high):
            runs[-1][-1] = Step(before.on, until, value, low, high)
        else:
            runs[-1].append(Step(when, until, value, low, high))
    return [run for run in runs if run]


def runs_of(chart: StepChart) -> list[list[Step]]:
    """The steps that are drawn, at most 120 with the last one kept; each holds until the next that is drawn."""
    runs = steps_of(chart)
    every = [step for run in runs for step in run]
    if len(every) <= MOST:
        return runs
    ends = [run[i].on for run in runs for i in (0, -1)]
    kept = [when for when, _ in thin([s.on for s in every], [s.value for s in every], ends)]
    chosen = {kept[i] for i in spread(len(kept), MOST)}
    out = []
    for run in runs:
        left = [step for step in run if step.on in chosen]
        untils = [*(step.on for step in left[1:]), run[-1].until]
        out.append([Step(s.on, u, s.value, s.low, s.high) for s, u in zip(left, untils, strict=True)] if left else [])
    return [run for run in out if run]


def readouts(chart: StepChart) -> list[tuple[float, str]]:
    """For each date on which something changed: its place on the time axis (0..1) and what the readout prints."""
    runs = runs_of(chart)
    if not runs:
        return []
    first, last = impacts.span(chart)
    known = {step.on: step for run in runs for step in run}
    holes = {b for (_, v), (b, w) in pairwise(zip(chart.dates, chart.values, strict=True)) if _is(v) and not _is(w)}
    turns = sorted({*known, *holes, chart.dates[-1]})
    held: list[Step | None] = []
    for when in turns:
        held.append(None if when in holes else known.get(when, held[-1] if held else None))
    out, since = [], date.min
    for i in spread(len(turns), MOST):
        when, step, parts = turns[i], held[i], [MISSING]
        if step is not None:
            parts = [amount(step.value, chart.unit, signed=chart.signed, decimals=chart.decimals)]
            if step.low is not None and step.high is not None:
                parts.append(f"{chart.band} {_between(chart, step.low, step.high)}")
        news = sorted((r for r in impacts.releases_of(chart) if since < r.on <= when), key=lambda r: -abs(r.impact))
        moved = [f"{r.label} {impacts.printed(chart, r.impact)}" for r in news[: impacts.NAMED]]
        if len(news) > impacts.NAMED:
            moved.append(f"{len(news) - impacts.NAMED} more")
        since = when
        said = f"{', '.join(parts)}{'; ' if moved else ''}{', '.join(moved)}"
        out.append(((when - first).days / max((last - first).days, 1), f"{day(when, 'short')}: {said}"))
    return out


def _is(value: float | None) -> bool:
    """Whether an estimate is known."""
    return value is not None and math.isfinite(value)


def _on_chart(chart: StepChart, when: date | None) -> bool:
    first, last = impacts.span(chart)
    return when is None or first <= when <= last


def _between(chart: StepChart, low: float, high: float) -> str:
    ends = [amount(v, chart.unit, signed=chart.signed, decimals=chart.decimals, bare=True) for v in (low, high)]
    return f"{ends[0]} to {ends[1]}"


def _ends(chart: StepChart, last: Step) -> list[tuple[float, list[str], str]]:
    """What stands at the right: the newest estimate with its band, and the final figure; value, lines, class."""
    text = amount(last.value, chart.unit, signed=chart.signed, decimals=chart.decimals)
    if chart.values[-1] is None or not math.isfinite(chart.values[-1]):
        lines = [MISSING, f"last {text}", day(last.until, "short")]
    else:
        lines = [text]
        if last.low is not None and last.high is not None:
            lines += [chart.band, _between(chart, last.low, last.high)]
    out = [(last.value, lines, "i")]
    if chart.final and _on_chart(chart, chart.final.on):
        out.append(
            (
                chart.final.value,
                [
                    amount(chart.final.value, chart.unit, signed=chart.signed, decimals=chart.decimals),
                    chart.final.label,
                ],
                "i",
            )
        )
    return out


def _frame(chart: StepChart, runs: list[list[Step]], ends: list[tuple[float, list[str], str]], width: Width) -> Frame:
    known = [v for run in runs for s in run for v in (s.value, s.low, s.high) if v is not None]
    known += [value for value, _, _ in ends]
    low, high = padded(known, 0.08)
    ticks = impacts.ticks_of(low, high)
    widest = max(text_width(line, bold=k == 0) for _, lines, _ in ends for k, line in enumerate(lines))
    names = max(text_width(t) for _, t in ticks)
    if chart.releases:
        names = max(names, impacts.tick_width(chart))
    left = min(max(44.0 if width == WIDE else 34.0, names + 7.0), 0.3 * width)
    right = width - min(0.32 * width, widest + 14.0)
    bottom = _TITLE[width] - 18.0 if chart.releases else HEIGHT[width] - impacts.AXIS
    first, last = impacts.span(chart)
    return Frame(
        left,
        right,
        _TOP,
        bottom,
        Linear(first.toordinal(), last.toordinal(), left, right),
        Linear(low, high, bottom, _TOP),
    )


def _grid(drawing: Drawing, chart: StepChart, frame: Frame) -> None:
    for tick, text in impacts.ticks_of(frame.up.low, frame.up.high, 4 if chart.releases else 5):
        y = frame.up(tick)
        drawing.line((frame.left, y), (frame.right, y), "axis" if tick == 0.0 else "gl")
        drawing.label(Label(fitted(text, frame.left - 7.0), frame.left - 6.0, y + 4.0, "end"))


def _stairs(run: Sequence[Step], frame: Frame) -> list[Point]:
    """The corners of a stretch, from the day of its first estimate to the day on which its last one ended."""
    return [(frame.x(at), frame.up(step.value)) for step in run for at in (step.on, step.until)]


def _band(runs: Sequence[Sequence[Step]], frame: Frame) -> list[list[Point]]:
    """The closed edges of the band, one for each stretch in which it is known."""
    out = []
    parts: list[list[tuple[Step, float, float]]] = []
    for run in runs:
        parts.append([])
        for step in run:
            if step.low is None or step.high is None:
                parts.append([])
            else:
                parts[-1].append((step, step.low, step.high))
    for part in parts:
        upper = [(frame.x(at), frame.up(high)) for step, _, high in part for at in (step.on, step.until)]
        lower = [(frame.x(at), frame.up(low)) for step, low, _ in reversed(part) for at in (step.until, step.on)]
        if part and upper[-1][0] - upper[0][0] < 3.0:  # a single day, with a little width, so that it can be seen
            middle = min(max(upper[0][0], frame.left + 1.5), frame.right - 1.5)
            upper = [(middle + dx, y) for dx, (_, y) in zip((-1.5, 1.5), (upper[0], upper[0]), strict=True)]
            lower = [(middle + dx, y) for dx, (_, y) in zip((1.5, -1.5), (lower[0], lower[0]), strict=True)]
        if part:
            out.append([*upper, *lower])
    return out


def _end_labels(drawing: Drawing, ends: list[tuple[float, list[str], str]], frame: Frame) -> None:
    halves = [len(lines) * _LINE / 2 for _, lines, _ in ends]
    wanted = [frame.up(value) for value, _, _ in ends]
    placed = dodge(wanted, _TOP + max(halves) - 8.0, frame.bottom - max(halves) + 4.0, sum(halves) + 4.0)
    room = drawing.width - frame.right - 9.0
    for (_, lines, cls), y, half in zip(ends, placed, halves, strict=True):
        for k, line in enumerate(lines):
            label = Label(
                fitted(line, room, bold=k == 0), frame.right + 8.0, y - half + 12.0 + k * _LINE, "start", k == 0
            )
            drawing.label(label, cls if k == 0 else "")


def _axis(drawing: Drawing, chart: StepChart, frame: Frame) -> None:
    base = drawing.height - impacts.AXIS
    drawing.line((frame.left, base), (frame.right, base), "axis")
    first, last = impacts.span(chart)
    names = []
    ticks = date_ticks(first, last, 8 if drawing.width == WIDE else 5) or [(last, day(last, "short"))]
    for rank, (when, text) in enumerate(ticks):
        x, half = frame.x(when), text_width(text) / 2
        drawing.line((x, base), (x, base + 4.0), "axis")
        names.append((rank, Label(text, min(max(x, half), drawing.width - half), base + 18.0, "middle")))
    for label in thinned(names):
        drawing.label(label)
