"""Which module draws which chart, and what the readout below a chart with a time axis needs."""

from __future__ import annotations

from types import ModuleType

from barograph.report.blocks import (
    BandChart,
    Chart,
    CurveChart,
    FanChart,
    Figure,
    LineChart,
    PathChart,
    RevisionChart,
    ShareChart,
    StepChart,
)
from barograph.report.charts import NARROW, WIDE, Width, band, curve, fan, line, path, revision, shares, steps
from barograph.report.charts.svg import Drawing, number

#: Charts with a time axis: their modules give a plot with its edges, and a sentence for each drawn date.
_TIMED: dict[type, ModuleType] = {
    LineChart: line,
    ShareChart: shares,
    StepChart: steps,
    FanChart: fan,
    BandChart: band,
}


def draw(chart: Chart, width: Width) -> Drawing:
    """The drawing of a chart at one of the two widths."""
    if isinstance(chart, RevisionChart):
        return revision.draw(chart, width)
    if isinstance(chart, CurveChart):
        return curve.draw(chart, width)
    if isinstance(chart, PathChart):
        return path.draw(chart)
    drawing: Drawing = _TIMED[type(chart)].draw(chart, width).drawing
    return drawing


def widths(figure: Figure) -> tuple[Width, ...]:
    """Both widths in the main column, the narrow one beside it and where the chart has but one form."""
    return (WIDE, NARROW) if figure.width == "main" and not isinstance(figure.chart, PathChart) else (NARROW,)


def scrub(figure: Figure) -> dict[str, str] | None:
    """What the readout needs: places, sentences, and the plot's edges in each drawing; None for no time axis."""
    module = _TIMED.get(type(figure.chart))
    said: list[tuple[float, str]] = module.readouts(figure.chart) if module else []
    if module is None or len(said) < 2:
        return None
    plots = [module.draw(figure.chart, width) for width in widths(figure)]
    return {
        "at": ",".join(f"{round(1000 * x)}" for x, _ in said),
        "say": "|".join(text.replace("|", "/") for _, text in said),
        "plots": " ".join(",".join(number(v) for v in (p.left, p.right, p.top, p.bottom)) for p in plots),
        "last": str(len(said) - 1),
        "end": said[-1][1],
    }
