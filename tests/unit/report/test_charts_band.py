"""The coefficient in its band: the strip says what the band says, labels stay apart and inside, dates can be read back."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.report.blocks import BandChart, Cell, Figure
from barograph.report.charts import NARROW, WIDE, Width, band
from barograph.report.charts.thinning import MOST
from barograph.report.render import _drawing
from drawings import corners, found, outside, overlaps, root

WIDTHS: tuple[Width, ...] = (WIDE, NARROW)


def chart_of(values: list[float], half: float = 0.5, step: int = 14) -> BandChart:
    dates = tuple(date(2021, 1, 4) + timedelta(step * i) for i in range(len(values)))
    low, high = (tuple(v + s * half for v in values) for s in (-1, 1))
    return BandChart(dates, tuple(values), low, high, "percent", "Return per 10 bp, %", "90% band",
                     "helps", "hurts", "no link", 2)  # fmt: skip


def wave(n: int) -> list[float]:
    return [math.sin(i / 9.0) for i in range(n)]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_strip_has_the_sides_of_the_band_and_fills_the_axis(width: Width) -> None:
    chart = chart_of([1.0] * 10 + [0.1] * 10 + [-1.0] * 10)
    drawing = band.draw(chart, width).drawing
    parts = {c: found(drawing, "rect", c) for c in ("pos", "mid", "neg")}
    assert [len(p) for p in parts.values()] == [1, 1, 1]
    ends = [(float(p[0].get("x") or 0), float(p[0].get("width") or 0)) for p in parts.values()]
    for (x, w), (after, _) in pairwise(ends):
        assert x + w == pytest.approx(after, abs=0.15)
    plot = band.draw(chart, width)
    assert ends[0][0] == pytest.approx(plot.left, abs=0.1)
    assert sum(w for _, w in ends) == pytest.approx(plot.right - plot.left, abs=0.3)
    assert "hurts" in [la.text for la in drawing.labels]


@pytest.mark.parametrize("width", WIDTHS)
def test_line_band_and_nought_are_where_the_figures_are(width: Width) -> None:
    chart = chart_of(wave(60))
    drawing = band.draw(chart, width).drawing
    (line,) = corners(found(drawing, "path", "l0")[0].get("d") or "")
    (edge,) = corners(found(drawing, "path", "band")[0].get("d") or "")
    assert len(line) == 60 and len(edge) >= 120
    (zero,) = found(drawing, "line", "zero")
    y0 = float(zero.get("y1") or 0)
    for (_, y), value in zip(line, chart.values, strict=True):
        assert (y < y0) == (value > 0.0) or abs(y - y0) < 0.2
    # One scale: the height of the band is the same everywhere.
    heights = [abs(edge[i][1] - edge[119 - i][1]) for i in range(60)]
    assert max(heights) - min(heights) < 0.3


@pytest.mark.parametrize("width", WIDTHS)
def test_at_most_so_many_points_and_the_last_one_kept(width: Width) -> None:
    chart = chart_of(wave(400), step=7)
    spots = band.spots_of(chart)
    assert len(spots) <= MOST and spots[-1].on == chart.dates[-1] and spots[0].on == chart.dates[0]
    said = band.readouts(chart)
    assert len(said) == len(spots) and said[-1][0] == 1.0 and "90% band" in said[-1][1]
    root(band.draw(chart, width).drawing)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_and_a_single_date(width: Width) -> None:
    empty = band.draw(chart_of([]), width).drawing
    assert [la.text for la in empty.labels] == ["no estimate is known"] and band.readouts(chart_of([])) == []
    one = band.draw(chart_of([0.4]), width).drawing
    assert not overlaps(one) and not outside(one)
    broken = chart_of([0.4, math.nan, 0.6])
    assert len(band.spots_of(broken)) == 2


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 150), scale=st.sampled_from([1e-3, 0.1, 1.0, 40.0, 2e3]))
def test_labels_stay_apart_and_inside(seed: int, n: int, scale: float) -> None:
    rng = random.Random(seed)
    values, at = [], 0.0
    for _ in range(n):
        at += rng.gauss(0.0, 0.2)
        values.append(scale * at)
    for width in WIDTHS:
        drawing = band.draw(chart_of(values, half=scale * rng.uniform(0.05, 1.5)), width).drawing
        assert overlaps(drawing) == [] and outside(drawing) == []
        root(drawing)


def test_it_is_a_chart_with_a_time_axis() -> None:
    figure = Figure(chart_of(wave(50)), ("Beta",), "per cent", ("Line.",))
    said = _drawing.scrub(figure)
    assert said is not None and said["end"].endswith("hurts") and len(said["plots"].split()) == 2


def test_a_cell_of_a_heat_map_has_its_class_and_a_plain_one_has_none() -> None:
    from barograph.report.render.html import _Page

    assert [_Page.looks(None, Cell(heat=h)) for h in (3, 1, 0, -2)] == [" heat hp3", " heat hp1", "", " heat hm2"]  # type: ignore[arg-type]
