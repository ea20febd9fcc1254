"""The strip of a second model below stacked shares: five tones, and a line under it where the two models part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from barograph.report.blocks import ShareChart
from barograph.report.charts import WIDE
from barograph.report.charts.metrics import fitted
from barograph.report.charts.scale import Frame
from barograph.report.charts.stacking import percent, stacked
from barograph.report.charts.svg import Drawing, Label
from barograph.report.charts.thinning import MOST, spread
from barograph.report.format import share
from barograph.report.forms import MISSING

HEIGHT = 10.0
_LINE = 14.0


def words(chart: ShareChart) -> list[tuple[str, bool]]:
    """The strip's words: the model's name, and what it says at the newest date and whether the chart agrees."""
    if chart.strip is None:
        return []
    value = percent(chart.strip.values[-1]) if chart.strip.values else None
    if value is None:
        return [(chart.strip.label, False), (f"{chart.strip.word} {MISSING}", True)]
    said = f"{chart.strip.word} {share(value)}"
    apart = against(chart, len(chart.dates) - 1, stacked(chart)[-1][1])
    if apart is not None:
        said += ", disagrees" if apart else ", agrees"
    return [(chart.strip.label, False), (said, True)]


def against(chart: ShareChart, i: int, edges: tuple[float, ...] | None) -> bool | None:
    """Whether the two models stand on different sides of one half at a date; None where that cannot be said."""
    value = percent(chart.strip.values[i]) if chart.strip else None
    if value is None or edges is None or not 0 < chart.boundary < len(chart.shares):
        return None
    return (100.0 - edges[chart.boundary - 1] > 50.0) != (value > 50.0)


def tone(value: float) -> int:
    """Which of five tones a per cent value has.

    >>> [tone(v) for v in (0.0, 19.9, 20.0, 50.0, 99.0, 100.0)]
    [0, 0, 1, 2, 4, 4]
    """
    return min(4, int(value // 20.0))


def swatch(drawing: Drawing, left: float, top: float) -> None:
    """Three of the tones side by side, for a key."""
    for k, step in enumerate((0, 2, 4)):
        drawing.rect(left + k * 4.0, top, 4.0, HEIGHT, f"tone{step}")


def draw(drawing: Drawing, chart: ShareChart, frame: Frame) -> None:
    """Draw it below the plot; beside it, where there is room, what it says today."""
    top = frame.bottom + 5.0
    drawing.rect(frame.left, top, frame.right - frame.left, HEIGHT, "track")
    rows = stacked(chart)
    chosen = spread(len(rows), MOST)
    xs = [frame.x(rows[i][0]) for i in chosen]
    cuts = [frame.left, *((a + b) / 2 for a, b in pairwise(xs)), frame.right]
    values = [percent(chart.strip.values[i]) if chart.strip else None for i in chosen]
    for first, last, step in _same([None if v is None else tone(v) for v in values]):
        drawing.rect(cuts[first], top, cuts[last + 1] - cuts[first], HEIGHT, f"tone{step}")
    apart = [against(chart, i, rows[i][1]) for i in chosen]
    for first, last, _ in _same([1 if a else None for a in apart]):
        y = top + HEIGHT + 3.0
        drawing.line((cuts[first], y), (cuts[last + 1], y), "apart")
    if drawing.width == WIDE:
        room = drawing.width - frame.right - 10.0
        for k, (text, bold) in enumerate(words(chart)):
            drawing.label(
                Label(fitted(text, room, bold=bold), frame.right + 8.0, top + 6.0 + k * _LINE, "start", bold), "i"
            )


def _same(values: Sequence[int | None]) -> list[tuple[int, int, int]]:
    """Stretches of equal values that are not None: first and last place, value."""
    out: list[tuple[int, int, int]] = []
    for i, value in enumerate(values):
        if out and out[-1][1] == i - 1 and out[-1][2] == value:
            out[-1] = (out[-1][0], i, value)
        elif value is not None:
            out.append((i, i, value))
    return out
