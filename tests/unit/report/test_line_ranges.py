"""The bars of a line chart, which the term premium has beside its last points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from barograph.report.blocks import LineChart
from barograph.report.charts import NARROW, WIDE, line

DATES = tuple(date(2024, 1, 31) + timedelta(30 * k) for k in range(20))


def chart(*ranges: tuple[float, float] | None) -> LineChart:
    lines = tuple((name, DATES, tuple(at + 0.01 * k for k in range(20))) for name, at in (("a", 4.0), ("b", 2.5)))
    return LineChart(lines, "percent", "Per cent", decimals=2, ranges=ranges)


def test_bars_stand_beside_the_last_point_and_widen_the_scale() -> None:
    for width in (WIDE, NARROW):
        plain, barred = (line.draw(chart(*r), width) for r in ((), (None, (1.0, 2.7))))
        assert barred.right == plain.right - 7.0
        assert line.draw(replace(chart(), ranges=(None, None)), width).right == plain.right
