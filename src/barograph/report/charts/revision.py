"""The revision heat map: a row for each period, a column for each release, in the cell what it moved the figure by.

Blue is up and vermilion is down, three steps a side at thresholds that are one for the whole chart and printed under it;
every cell carries its number, so that colour says nothing that the words do not. Revisions smaller than the first
threshold get no fill. A ring stands for a withdrawn value, a hatch for one in another base, nothing for a release to come.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from barograph.report.blocks import Revised, RevisionChart
from barograph.report.charts import WIDE, Width
from barograph.report.charts.labels import thinned
from barograph.report.charts.metrics import text_width
from barograph.report.charts.svg import Drawing, Label
from barograph.report.format import amount

ROW = 26
_TOP = 58.0
#: Room for the key below, by width.
_KEY = {704: 62.0, 344: 80.0}
#: Which release columns stay where there is no room for all: `now` and the first ones tell most.
_RANK = ("now", "2", "3", "4", "13", "7", "5", "6", "10", "8", "9", "11", "12")
#: Shares of the chart's unit of colour at which the steps begin.
STEPS = (0.2, 1.0, 2.0)


def scale_of(values: Sequence[float]) -> float:
    """The unit of colour: 1, 2 or 5 times a power of ten, the one nearest to the root mean square revision.

    >>> scale_of([30.0, -45.0, 0.0]), scale_of([0.31, -0.05]), scale_of([])
    (20.0, 0.2, 1.0)
    """
    size = math.sqrt(sum(v * v for v in values) / len(values)) if values else 0.0
    if not size > 0.0:
        return 1.0
    power = math.floor(math.log10(size))
    ways = [float(f"{f}e{p}") for p in (power, power + 1) for f in (1, 2, 5)]
    return min(ways, key=lambda w: abs(math.log(w / size)))


def step_of(value: float, scale: float) -> int:
    """-3..3: how strongly a revision is coloured; the scale is the same on both sides of nought.

    >>> [step_of(v, 20.0) for v in (0.0, 3.9, 4.0, -20.0, 39.9, 40.0, -900.0)]
    [0, 0, 1, -2, 2, 3, -3]
    """
    steps = sum(abs(value) >= s * scale - 1e-12 * scale for s in STEPS)
    return steps if value > 0 else -steps


def draw(chart: RevisionChart, width: Width) -> Drawing:
    """Draw the chart at one of the two widths, with as many of its columns as fit."""
    wide = width == WIDE
    if not chart.rows:
        drawing = Drawing(width, 40)
        drawing.label(Label("no vintages on record", 0, 20))
        return drawing
    left = max(text_width(t) for t in ("Period", *(r.period for r in chart.rows))) + 10.0
    print_width = max(text_width(t, bold=True) for t in ("First print", *(r.first for r in chart.rows)))
    start = left + print_width + 12.0
    texts = [_printed(chart, c) for r in chart.rows for c in r.cells]
    narrowest = max([34.0 if wide else 30.0, *(text_width(t) + (5.0 if wide else 8.0) for t in texts)])
    kept = _kept(chart.columns, max(1, int((width - start) / narrowest)))
    cell = min(64.0, (width - start) / len(kept))
    drawing = Drawing(width, int(_TOP + ROW * len(chart.rows) + _KEY[width]))
    drawing.label(Label(chart.unit_label, 0, 12))
    drawing.label(Label("Period", 0, _TOP - 8.0))
    drawing.label(Label("First print", left + print_width, _TOP - 8.0, "end"))
    drawing.label(Label("Revision at release", start, _TOP - 25.0))
    for k, column in enumerate(kept):
        drawing.label(Label(chart.columns[column], start + (k + 0.5) * cell, _TOP - 8.0, "middle"))
    for i, row in enumerate(chart.rows):
        top = _TOP + i * ROW
        drawing.line((0.0, top), (start + cell * len(kept), top), "gl")
        drawing.label(Label(row.period, 0, top + 17.0), "i")
        drawing.label(Label(row.first, left + print_width, top + 17.0, "end", True), "i")
        for k, column in enumerate(kept):
            _cell(drawing, chart, row.cells[column], start + k * cell, top, cell)
    bottom = _TOP + ROW * len(chart.rows)
    drawing.line((0.0, bottom), (start + cell * len(kept), bottom), "gl")
    _key(drawing, chart, bottom + 14.0)
    return drawing


def _kept(columns: Sequence[str], most: int) -> list[int]:
    ranked = sorted(range(len(columns)), key=lambda i: _RANK.index(columns[i]) if columns[i] in _RANK else 99)
    return sorted(ranked[:most])


def _printed(chart: RevisionChart, cell: Revised) -> str:
    return "" if cell.value is None else amount(cell.value, chart.unit, signed=True, bare=True)


def _cell(drawing: Drawing, chart: RevisionChart, cell: Revised, left: float, top: float, width: float) -> None:
    middle = left + width / 2
    if cell.state == "withdrawn":
        drawing.circle((middle, top + ROW / 2), 6.0, "gone")
    elif cell.state == "rebased":
        drawing.rect(left + 1.0, top + 1.0, width - 2.0, ROW - 2.0, "res pale")
    elif cell.value is not None:
        step = step_of(cell.value, chart.scale)
        name = f"{'p' if step > 0 else 'm'}{abs(step)}"
        if step:
            drawing.rect(left + 1.0, top + 1.0, width - 2.0, ROW - 2.0, f"k{name}")
        drawing.label(Label(_printed(chart, cell), middle, top + 17.0, "middle"), f"t{name}" if step else "")


def _key(drawing: Drawing, chart: RevisionChart, top: float) -> None:
    """Seven swatches with the six thresholds at their edges; on the phone the words stand below."""
    wide = drawing.width == WIDE
    edges = [s * chart.scale for s in (*(-s for s in reversed(STEPS)), *STEPS)]
    texts = [amount(e, chart.unit, signed=True, bare=True, decimals=_decimals(e)) for e in edges]
    width = min(64.0 if wide else 49.0, max(36.0, *(text_width(t) + 6.0 for t in texts)))
    down, up = "revised down", "revised up"
    left = text_width(down) + 8.0 if wide else 0.0
    for i, step in enumerate(range(-3, 4)):
        name = f"{'p' if step > 0 else 'm'}{abs(step)}"
        drawing.rect(left + i * width, top, width - 1.0, 12.0, f"k{name}" if step else "out")
    end = left + 7 * width
    drawing.label(Label(down, 0, top + (10.0 if wide else 44.0)))
    drawing.label(Label(up, end + 7.0, top + 10.0) if wide else Label(up, end, top + 44.0, "end"))
    placed = [(abs(3 - i), Label(t, left + i * width - 0.5, top + 26.0, "middle")) for i, t in enumerate(texts, 1)]
    for label in thinned(placed, 2.0):
        drawing.label(label)
    states = {c.state for r in chart.rows for c in r.cells}
    words = [("withdrawn", "ring: withdrawn"), ("rebased", "hatched: in another base")]
    said = "; ".join(text for state, text in words if state in states)
    if said:
        drawing.label(Label(said, 0, top + (44.0 if wide else 62.0)))


def _decimals(threshold: float) -> int:
    """Decimals that a threshold needs."""
    return next((d for d in range(8) if abs(threshold * 10**d - round(threshold * 10**d)) < 1e-9), 8)
