"""The releases under a nowcast: a tick for each from zero, as long as what it moved the nowcast by, the largest named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from barograph.report.blocks import Release, StepChart
from barograph.report.charts import WIDE
from barograph.report.charts.labels import around, densified, place, thinned
from barograph.report.charts.metrics import fitted, text_width
from barograph.report.charts.scale import Frame, Linear, round_ticks
from barograph.report.charts.svg import Anchor, Box, Drawing, Label, Point
from barograph.report.format import amount
from barograph.report.forms import THIN, form

#: Releases that are named on the chart.
NAMED = 3
#: Room below the time axis, px.
AXIS = 22.0
_TONES = ("growth", "labour", "inflation", "other")


def span(chart: StepChart) -> tuple[date, date]:
    """The time axis: the dates of the estimates, and on to the day of the final figure."""
    on = chart.final.on if chart.final and chart.final.on else chart.dates[-1]
    return chart.dates[0], max(chart.dates[-1], on)


def releases_of(chart: StepChart) -> list[Release]:
    """Releases on the time axis of the chart, in their order."""
    first, last = span(chart)
    found = [r for r in chart.releases if first <= r.on <= last and math.isfinite(r.impact)]
    return sorted(found, key=lambda r: r.on)


def printed(chart: StepChart, value: float) -> str:
    """An impact with its sign, in as many decimals as the chart's figures or, where that is nought, one more."""
    unit = "pp" if chart.unit == "percent" else chart.unit
    text = amount(value, unit, signed=True, decimals=chart.decimals, bare=True)
    if value and chart.decimals is not None and not any(c in "123456789" for c in text):
        return amount(value, unit, signed=True, decimals=chart.decimals + 1, bare=True)
    return text


def ticks_of(low: float, high: float, most: int = 5) -> list[tuple[float, str]]:
    ticks, decimals = round_ticks(low, high, most)
    return [(t, amount(t, "index", decimals=decimals)) for t in ticks]


def draw(drawing: Drawing, chart: StepChart, frame: Frame, title: float) -> None:
    """The lower panel: a tick for each release from zero, those of a day on each other, the largest named."""
    releases = releases_of(chart)
    top = _title(drawing, chart, releases, title)
    bottom = drawing.height - AXIS - 3.0
    stacked, low, high = _stacked(releases)
    # Room for a line of text beyond the longest tick of either side.
    scale = Linear(low, high, bottom - (16.0 if low < 0.0 else 0.0), top + (16.0 if high > 0.0 else 0.0))
    zero = scale(0.0)
    names = []
    for tick, text in _ticks(low, high):
        cut = fitted(text, frame.left - 7.0)
        names.append((int(tick != 0.0), Label(cut, frame.left - 6.0, scale(tick) + 4.0, "end")))
    for label in thinned(names, taken=drawing.labels):
        drawing.label(label)
        y = label.y - 4.0
        drawing.line((frame.left, y), (frame.right, y), "axis" if y == zero else "gl")
    thick = max(2.0, min(7.0, 0.8 * (frame.right - frame.left) / max((frame.across.high - frame.across.low), 1.0)))
    ticks, tips = [], []
    for release, base in stacked:
        x = min(max(frame.x(release.on), frame.left + thick / 2), frame.right - thick / 2)
        a, b = scale(base), scale(base + release.impact)
        drawing.rect(x - thick / 2, min(a, b), thick, abs(a - b), f"impact {release.tone}")
        # With a margin, so that no label touches the tick of another release.
        ticks += [[(x + dx, a), (x + dx, b)] for dx in (-3.0, 0.0, 3.0)]
        tips.append((release, (x, b)))
    room = Box(frame.left, top - 2.0, frame.right + 6.0, bottom + 2.0)
    # Labels keep clear of every tick; the line of zero may be written on.
    for release, at in sorted(tips, key=lambda t: (-abs(t[0].impact), t[0].on))[:NAMED]:
        ways = around(f"{release.label} {printed(chart, release.impact)}", at, away=4.0)
        ways = [w for w in ways if (w.y <= zero) == (release.impact > 0.0) or w.anchor != "middle"]
        ways += _beyond(ways[0].text, at[0], top + 10.0 if release.impact > 0.0 else bottom - 4.0)
        found = place(ways, drawing.labels, ticks, room)
        # Where every place hides a tick there is no label: it would strike out what another release did.
        if found is not None and not _hides(found, ticks):
            drawing.label(found, "i h")


def _hides(label: Label, ticks: Iterable[Sequence[Point]]) -> bool:
    """Whether the ink of a label lies on a tick."""
    box = label.box
    ink = Box(box.left - 1.0, box.top + 2.0, box.right + 1.0, box.bottom - 2.0)
    return any(ink.holds(p) for tick in ticks for p in densified(tick))


def _title(drawing: Drawing, chart: StepChart, releases: Sequence[Release], y: float) -> float:
    """The panel's title with a key of the kinds of news that occur; returns where the panel begins."""
    unit = "pp" if chart.unit == "percent" else form(chart.unit).after.strip(THIN)
    wide = drawing.width == WIDE
    title = Label(f"Impact of releases, {unit}" if unit else "Impact of releases", 8 if wide else 0, y)
    drawing.label(title)
    x = title.box.right + 20.0
    if not wide:
        x, y = 0.0, y + 16.0
    for tone in (t for t in _TONES if any(r.tone == t for r in releases)):
        drawing.rect(x, y - 9.0, 10.0, 10.0, f"impact {tone}")
        label = Label(tone, x + 15.0, y)
        drawing.label(label)
        x = label.box.right + 14.0
    return y + 8.0


def _beyond(text: str, x: float, y: float) -> list[Label]:
    """Places in the row beyond the longest tick, where no tick can be hidden."""
    ways: list[tuple[float, Anchor]] = [
        (0.0, "middle"), (-8.0, "start"), (8.0, "end"), (10.0, "start"), (-10.0, "end")
    ]  # fmt: skip
    return [Label(text, x + dx, y, anchor) for dx, anchor in ways]


def _stacked(releases: Sequence[Release]) -> tuple[list[tuple[Release, float]], float, float]:
    """Each release with where its tick begins, on those of its day that have its sign; the lowest and the highest end."""
    sums: dict[tuple[date, bool], float] = {}
    out: list[tuple[Release, float]] = []
    for release in releases:
        key = (release.on, release.impact > 0.0)
        out.append((release, sums.get(key, 0.0)))
        sums[key] = out[-1][1] + release.impact
    low, high = min([0.0, *sums.values()]), max([0.0, *sums.values()])
    return out, low, high if high > low else 1.0


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    ticks, decimals = round_ticks(low, high, 3)
    return [(t, amount(t, "index", signed=True, decimals=decimals) if t else "0") for t in ticks]


def tick_width(chart: StepChart) -> float:
    """Room that the names of the scale need, px."""
    _, low, high = _stacked(releases_of(chart))
    return max(text_width(text) for _, text in _ticks(low, high))
