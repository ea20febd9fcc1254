"""The nowcast in steps: no slope anywhere, days without a release visible, impacts as long as they are large."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regime_page as rp
from barograph.report.blocks import Level, Release, StepChart
from barograph.report.charts import NARROW, WIDE, Width, impacts, steps
from barograph.report.charts.svg import Drawing
from barograph.report.charts.thinning import MOST
from barograph.report.dates import day
from drawings import Vertices, corners, found, outside, overlaps, root

WIDTHS: tuple[Width, ...] = (WIDE, NARROW)


def chart_of(values: list[float | None], *releases: Release, half: float = 1.0, **more: object) -> StepChart:
    dates = rp.days(len(values), 1)
    low, high = (tuple(None if v is None else v + s * half for v in values) for s in (-1, 1))
    made = StepChart(dates, tuple(values), low, high, "percent", "Growth, %", "70% band", releases, decimals=1)
    return replace(made, **more)  # type: ignore[arg-type]


def line(chart: StepChart, width: Width) -> list[Vertices]:
    return [p for e in found(steps.draw(chart, width).drawing, "path", "l0") for p in corners(e.get("d") or "")]


def texts(drawing: Drawing) -> list[str]:
    return [la.text for la in drawing.labels]


def height_at(pieces: list[Vertices], x: float) -> float | None:
    """The height of the level pieces over a place."""
    for piece in pieces:
        for (x0, y0), (x1, y1) in pairwise(piece):
            if y0 == y1 and x0 <= x < x1:
                return y0
    return None


@pytest.mark.parametrize("width", WIDTHS)
def test_an_estimate_holds_until_the_next_one(width: Width) -> None:
    chart = rp.steps(90, gaps=frozenset(range(40, 46)), final=False)
    (element,) = found(steps.draw(chart, width).drawing, "path", "l0")
    assert not re.search("[LCQZ]", element.get("d") or "")
    frame = steps._frame(chart, steps.runs_of(chart), steps._ends(chart, steps.runs_of(chart)[-1][-1]), width)
    pieces = line(chart, width)
    assert len(pieces) == 2
    for i, value in enumerate(chart.values[:-1]):
        seen = height_at(pieces, frame.across(chart.dates[i].toordinal() + 0.5))
        assert (seen is None) == (value is None)
        if value is not None:
            assert seen == pytest.approx(frame.up(value), abs=0.06)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_band_is_as_wide_as_its_ends_say(width: Width) -> None:
    chart = chart_of([1.0] * 10 + [2.0] * 10, half=0.7)
    chart = replace(chart, low=(*chart.low[:15], *(None,) * 5))
    frame = steps._frame(chart, steps.runs_of(chart), steps._ends(chart, steps.runs_of(chart)[-1][-1]), width)
    (band,) = found(steps.draw(chart, width).drawing, "path", "band")
    (shape,) = corners(band.get("d") or "")
    assert (band.get("d") or "").endswith("Z")
    assert {y for _, y in shape} == {round(frame.up(v), 1) for v in (0.3, 1.7, 1.3, 2.7)}
    assert max(x for x, _ in shape) == pytest.approx(frame.x(chart.dates[15]), abs=0.06)
    turned = replace(chart, low=chart.high, high=chart.low)
    assert found(steps.draw(turned, width).drawing, "path", "band") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_impacts_are_as_long_as_they_are_large_and_add_up_by_day(width: Width) -> None:
    chart = rp.steps(90, final=False)
    drawing = steps.draw(chart, width).drawing
    bars = [e for tone in ("growth", "labour", "inflation", "other") for e in found(drawing, "rect", f"impact {tone}")]
    bars = [e for e in bars if float(e.get("width") or 0) < 10.0]
    assert len(bars) == len(chart.releases)
    drawn = sorted(float(e.get("height") or 0) for e in bars)
    real = sorted(abs(r.impact) for r in chart.releases)
    scale = sum(drawn) / sum(real)
    assert drawn == pytest.approx([scale * v for v in real], abs=0.11)
    # The ticks of a day with one sign stand on each other: together they are as long as their sum.
    ends: dict[tuple[str, bool], list[tuple[float, float]]] = defaultdict(list)
    zeros = [float(e.get("y1") or 0) for e in found(drawing, "line", "axis") if e.get("y1") == e.get("y2")]
    zero = min(zeros, key=lambda y: min(abs(y - float(e.get("y") or 0)) for e in bars))
    for e in bars:
        top, high = float(e.get("y") or 0), float(e.get("height") or 0)
        ends[(e.get("x") or "", top + high / 2 < zero)].append((top, top + high))
    for spans in ends.values():
        spans.sort()
        assert all(a[1] == pytest.approx(b[0], abs=0.21) for a, b in pairwise(spans))
        assert min(abs(zero - y) for pair in spans for y in pair) <= 0.11


def test_the_three_largest_are_named_with_their_sign() -> None:
    days = rp.days(60, 1)
    made = [Release(days[i], "claims", 0.02 * (-1) ** i, "labour") for i in range(0, 60, 7)]
    big = [Release(days[10], "payrolls", 0.31, "labour"), Release(days[30], "CPI", -0.22, "inflation"),
           Release(days[50], "retail sales", 0.18, "growth")]  # fmt: skip
    for width in WIDTHS:
        said = texts(steps.draw(chart_of([1.0] * 60, *made, *big), width).drawing)
        assert {"payrolls +0.3", "CPI −0.2", "retail sales +0.2"} <= {*said}
        assert not any(t.startswith("claims ") for t in said)
        assert {"labour", "inflation", "growth"} <= {*said} and "other" not in said
        # A label that would lie on the tick of another release is left out.
        shown = [
            la for la in steps.draw(chart_of([1.0] * 60, *made, *big), width).drawing.labels if "payrolls" in la.text
        ]
        through = [
            (shown[0].box.left + 5.0, shown[0].box.top - 9.0),
            (shown[0].box.left + 5.0, shown[0].box.bottom + 9.0),
        ]
        beside = [(x - 40.0 - shown[0].box.left, y) for x, y in through]
        assert impacts._hides(shown[0], [through]) and not impacts._hides(shown[0], [beside])
    assert impacts.printed(chart_of([1.0]), 0.04) == "+0.04"
    assert impacts.printed(chart_of([1.0]), -0.26) == "−0.3"
    assert impacts.printed(chart_of([1.0]), 0.0) == "0.0"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_final_figure_is_a_ring_on_its_day(width: Width) -> None:
    chart = chart_of([1.0] * 30, final=Level(2.9, "first print", rp.days(1, 1)[0] + timedelta(20)))
    plot = steps.draw(chart, width)
    (ring,) = found(plot.drawing, "circle", "ring")
    assert float(ring.get("cx") or 0) == pytest.approx(plot.right, abs=0.06)
    (dot,) = found(plot.drawing, "circle", "dot")
    assert float(dot.get("cx") or 0) == pytest.approx(plot.left + (plot.right - plot.left) * 29 / 49, abs=0.06)
    assert {"2.9%", "first print", "1.0%", "70% band", "0.0 to 2.0"} <= {*texts(plot.drawing)}
    assert found(steps.draw(chart_of([1.0] * 30), width).drawing, "circle", "ring") == []


def test_an_old_estimate_is_not_shown_as_new() -> None:
    chart = chart_of([1.5] * 20 + [None] * 5)
    said = texts(steps.draw(chart, WIDE).drawing)
    assert {"–", "last 1.5%", day(chart.dates[20], "short")} <= {*said}
    assert "1.5%" not in said
    assert steps.readouts(chart)[-1] == (1.0, f"{day(chart.dates[-1], 'short')}: –")


def test_the_readout_says_estimate_band_and_news() -> None:
    days = rp.days(10, 1)
    news = [Release(days[5], f"series {i}", 0.1 * (i + 1), "growth") for i in range(5)]
    chart = chart_of([1.0] * 5 + [2.5] * 5, *news, signed=True)
    said = [text for _, text in steps.readouts(chart)]
    assert said[0] == f"{day(days[0], 'short')}: +1.0%, 70% band 0.0 to +2.0"
    assert said[1] == (
        f"{day(days[5], 'short')}: +2.5%, 70% band +1.5 to +3.5; series 4 +0.5, series 3 +0.4, series 2 +0.3, 2 more"
    )
    assert len(said) == 3 and said[2].startswith(day(days[9], "short"))


@pytest.mark.parametrize("n", [121, 300, 900])
def test_at_most_120_estimates_are_drawn_with_the_last_one_kept(n: int) -> None:
    rng = random.Random(3)
    chart = chart_of([rng.gauss(2.0, 1.0) for _ in range(n)])
    kept = [s for run in steps.runs_of(chart) for s in run]
    assert len(kept) <= MOST and (kept[0].on, kept[-1].on) == (chart.dates[0], chart.dates[-1])
    values = dict(zip(chart.dates, chart.values, strict=True))
    assert all(values[s.on] == s.value for s in kept)
    assert all(a.until == b.on for a, b in pairwise(kept))
    assert {min(values.values()), max(values.values())} <= {s.value for s in kept}  # type: ignore[type-var]
    assert len(steps.readouts(chart)) <= MOST


def test_an_unchanged_estimate_is_one_step() -> None:
    chart = chart_of([1.0] * 300 + [2.0] * 300)
    assert [(s.on, s.until) for run in steps.runs_of(chart) for s in run] == [
        (chart.dates[0], chart.dates[300]), (chart.dates[300], chart.dates[-1]),
    ]  # fmt: skip


def test_releases_off_the_axis_or_without_a_number_are_left_out() -> None:
    days = rp.days(20, 1)
    chart = chart_of(
        [1.0] * 20, Release(days[0] - timedelta(1), "before", 0.5), Release(days[-1] + timedelta(1), "after", 0.5),
        Release(days[3], "none", math.nan), Release(days[4], "payrolls", 0.2, "labour"),
    )  # fmt: skip
    assert [r.label for r in impacts.releases_of(chart)] == ["payrolls"]
    assert not any("before" in t or "after" in t or "none" in t for t in texts(steps.draw(chart, NARROW).drawing))


def test_without_an_estimate_it_says_so() -> None:
    for values in ([None], [None] * 9, [math.nan, math.inf]):
        assert texts(steps.draw(chart_of(values), WIDE).drawing) == ["no estimate is known"]
        assert steps.readouts(chart_of(values)) == []


@st.composite
def charts(draw: st.DrawFn) -> StepChart:
    n = draw(st.sampled_from([1, 2, 3, 20, 128, 300]))
    rng = random.Random(draw(st.integers(0, 10**6)))
    size = draw(st.sampled_from([0.0, 0.01, 0.3, 50.0, 1e6]))
    level = draw(st.sampled_from([0.0, 1.9, -40.0, 1e6]))
    holes = draw(st.sampled_from([0.0, 0.1, 0.5, 0.97]))
    values = [None if rng.random() < holes else level + rng.gauss(0, size) for _ in range(n)]
    made = []
    for when in rp.days(n, 1):
        while rng.random() < draw(st.sampled_from([0.0, 0.3])):
            label, tone = rng.choice([*rp.SERIES, ("a series with quite a long name, adjusted", "other")])
            made.append(Release(when, label, rng.gauss(0, size), tone))  # type: ignore[arg-type]
    final = draw(st.sampled_from([None, Level(level, "first print", rp.days(1, 1)[0] + timedelta(20)),
                                  Level(level + 3 * size, "third estimate", None)]))  # fmt: skip
    unit = draw(st.sampled_from(["percent", "sigma", "index"]))
    return chart_of(values, *made, half=draw(st.sampled_from([0.0, 0.5, 2e3])), final=final, unit=unit,
                    decimals=draw(st.sampled_from([None, 1])), signed=draw(st.booleans()))  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(charts(), st.sampled_from(WIDTHS))
def test_any_chart_keeps_its_labels_apart_and_its_shapes_inside(chart: StepChart, width: Width) -> None:
    plot = steps.draw(chart, width)
    assert (overlaps(plot.drawing), outside(plot.drawing)) == ([], [])
    assert root(plot.drawing) is not None
    for cls in ("l0", "band"):
        for e in found(plot.drawing, "path", cls):
            for piece in corners(e.get("d") or ""):
                assert all(
                    plot.left - 0.1 <= x <= plot.right + 0.1 and plot.top - 0.1 <= y <= plot.bottom for x, y in piece
                )
                assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(piece))
    for e in found(plot.drawing, "rect", "impact"):
        assert plot.top <= float(e.get("y") or 0) <= plot.bottom
    said = steps.readouts(chart)
    assert len(said) <= MOST and [x for x, _ in said] == sorted({x for x, _ in said})
    assert all(0.0 <= x <= 1.0 for x, _ in said)


def test_labels_that_are_not_dodged_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = chart_of([1.0] * 30, final=Level(1.1, "first print", date(2031, 3, 20)))
    assert overlaps(steps.draw(chart, WIDE).drawing) == []
    monkeypatch.setattr(steps, "dodge", lambda wanted, *_: list(wanted))
    assert overlaps(steps.draw(chart, WIDE).drawing) != []
