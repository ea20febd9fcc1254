"""Drawings: labels that do not overlap in the widest font, lines thinned without losing a turn, bars with one zero."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import report_fixture as fx
import report_sections
from barograph.report.blocks import CurveChart, CurvePoint, Figure, Level, LineChart, Mini
from barograph.report.charts import NARROW, WIDE, Width, curve, line, mini
from barograph.report.charts.labels import dodge, place, thinned
from barograph.report.charts.metrics import text_width
from barograph.report.charts.scale import date_ticks, round_ticks
from barograph.report.charts.svg import Box, Drawing, Label
from barograph.report.charts.thinning import MOST, thin
from drawings import corners

#: Two labels may touch by this much (line gaps of fonts), no more.
SLACK = (1.5, 3.5)
WIDTHS: tuple[Width, ...] = (WIDE, NARROW)


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    out = []
    for a, b in combinations(drawing.labels, 2):
        across, down = a.box.overlap(b.box)
        if across > SLACK[0] and down > SLACK[1]:
            out.append((a.text, b.text))
    return out


def outside(drawing: Drawing) -> list[str]:
    room = Box(-1.5, -3.5, drawing.width + 1.5, drawing.height + 3.5)
    return [
        la.text
        for la in drawing.labels
        if la.box.left < room.left or la.box.right > room.right or la.box.top < room.top or la.box.bottom > room.bottom
    ]


def drawn(chart: CurveChart | LineChart, width: Width) -> Drawing:
    return curve.draw(chart, width) if isinstance(chart, CurveChart) else line.draw(chart, width).drawing


def figures() -> list[Figure]:
    return [b for s in report_sections.all_sections() for b in s.blocks if isinstance(b, Figure)]


def random_curve(seed: int) -> CurveChart:
    rng = random.Random(seed)
    level, points = rng.uniform(-0.5, 6), []
    size = rng.choice([0.02, 0.1, 0.6])
    for tenor, years in fx.TENORS.items():
        level += rng.gauss(0, 0.3)
        values = [level, level - rng.gauss(0, size), level - rng.gauss(0, 4 * size)]
        points.append(CurvePoint(years, tenor, *(None if rng.random() < 0.08 else round(v, 2) for v in values)))
    return CurveChart(tuple(points), fx.SESSION, fx.PREVIOUS, fx.EARLIER)


def random_lines(seed: int) -> LineChart:
    rng = random.Random(seed)
    n = rng.choice([2, 12, 60, 250, 1255, 2600])
    days = tuple(fx.SESSION - timedelta(n - 1 - i) for i in range(n))
    start, size = rng.choice([(100.0, 2.0), (4.2, 0.05), (7000.0, 60.0), (-0.5, 0.02)])
    lines = []
    for k in range(rng.choice([1, 1, 2, 3])):
        path = [start + 3 * k * size]
        for _ in range(n - 1):
            path.append(path[-1] + rng.gauss(0, size))
        lines.append((("IG OAS", "HY OAS", "Baa yield")[k], days, tuple(round(v, 3) for v in path)))
    values = lines[0][2]
    levels = (Level(sum(values) / n, "5-year mean"), Level(min(values), "tight", days[values.index(min(values))]),
              Level(max(values), "wide", days[values.index(max(values))]))  # fmt: skip
    unit = {100.0: "bp", 4.2: "percent", 7000.0: "index", -0.5: "sigma"}[start]
    return LineChart(tuple(lines), unit, "Option-adjusted spread, bp", levels if rng.random() < 0.8 else levels[:1])


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_of_the_fixture_do_not_overlap(width: Width) -> None:
    for figure in figures():
        drawing = drawn(figure.chart, width)
        assert (overlaps(drawing), outside(drawing)) == ([], [])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seed", range(60))
def test_labels_of_any_chart_do_not_overlap(seed: int, width: Width) -> None:
    for chart in (random_curve(seed), random_lines(seed)):
        drawing = drawn(chart, width)
        assert (overlaps(drawing), outside(drawing)) == ([], [])


def test_the_overlap_test_finds_labels_that_were_not_dodged(monkeypatch: pytest.MonkeyPatch) -> None:
    days = fx.business_days(300)
    near = tuple(50.0 if i == 0 else 100.0 for i in range(300))
    close = LineChart((("IG", days, near), ("HY", days, tuple(v + 0.2 for v in near))), "bp", "bp")
    assert overlaps(line.draw(close, WIDE).drawing) == []
    monkeypatch.setattr(line, "dodge", lambda wanted, *_: list(wanted))
    assert len(overlaps(line.draw(close, WIDE).drawing)) == 1


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_dodged_labels_keep_their_distance_order_and_room(wanted: list[float]) -> None:
    placed = dodge(wanted, 0.0, 300.0)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    assert all(b - a >= 14.0 - 1e-9 for a, b in pairwise([placed[i] for i in order]))
    assert min(placed) >= -1e-9
    assert max(placed) <= 300.0 + 1e-9


def test_a_label_avoids_lines_and_other_labels() -> None:
    room = Box(0, 0, 200, 100)
    above, below = Label("text", 100, 40, "middle"), Label("text", 100, 80, "middle")
    along = [(0.0, 36.0), (200.0, 36.0)]
    assert place([above, below], [], [along], room) is below
    assert place([above, below], [], [], room) is above
    assert place([above, below], [Label("text", 100, 40, "middle")], [], room) is below
    assert place([Label("text", 195, 40)], [], [], room) is None
    assert [la.text for la in thinned([(1, Label("b", 5, 10)), (0, Label("a", 0, 10))])] == ["a"]


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.sampled_from([5, 119, 121, 260, 400, 1300, 2600]))
def test_thinning_keeps_ends_extremes_and_marked_days(seed: int, n: int) -> None:
    rng = random.Random(seed)
    days = [date(2020, 1, 1) + timedelta(i) for i in range(n)]
    values = [round(rng.gauss(0, 1), 3) for _ in days]
    marked = days[rng.randrange(n)]
    kept = thin(days, values, [marked])
    assert len(kept) <= MOST
    assert set(kept) <= set(zip(days, values, strict=True))
    assert [d for d, _ in kept] == sorted({d for d, _ in kept})
    assert (kept[0][0], kept[-1][0]) == (days[0], days[-1])
    assert {min(values), max(values)} <= {v for _, v in kept}
    assert marked in {d for d, _ in kept}


def test_a_short_line_is_not_thinned_and_a_long_one_is_weekly() -> None:
    days = fx.business_days(100)
    assert len(thin(days, [float(i) for i in range(100)])) == 100
    days = fx.business_days(400)
    kept = [d for d, _ in thin(days, [float(i) for i in range(400)])]
    weeks = [d.isocalendar()[:2] for d in kept[1:]]
    assert len(weeks) == len(set(weeks))


def test_every_line_has_at_most_120_points_in_both_drawings() -> None:
    for figure in figures():
        for width in WIDTHS:
            for path in re.findall(r' d="([^"]+)"', drawn(figure.chart, width).svg("a", "b", "plot")):
                assert max(map(len, corners(path))) <= MOST


def test_drawings_are_well_formed_named_and_painted_by_class() -> None:
    for figure in figures():
        for width in WIDTHS:
            text = drawn(figure.chart, width).svg("id1", 'a <b> & "c"', "plot")
            root = ElementTree.fromstring(text)
            assert (root.get("role"), root.get("aria-labelledby")) == ("img", "id1")
            assert root[0].text == 'a <b> & "c"'
            assert (root.get("width"), root.get("viewBox")) == (str(width), f"0 0 {width} {root.get('height')}")
            assert not re.search(r'(fill|stroke|style)="', text)


def test_an_unknown_maturity_breaks_the_line() -> None:
    chart = random_curve(1)
    known = tuple(replace(p, today=4.0 + i / 10, previous=4.0, earlier=3.9) for i, p in enumerate(chart.points))
    gap = tuple(replace(p, today=None) if p.label == "3y" else p for p in known)
    whole = curve.draw(replace(chart, points=known), WIDE).svg("a", "b", "p")
    broken = curve.draw(replace(chart, points=gap), WIDE).svg("a", "b", "p")
    today = re.compile(r'class="c0" d="([^"]+)"')
    assert (today.search(whole)[1].count("M"), today.search(broken)[1].count("M")) == (1, 2)  # type: ignore[index]


def test_a_bar_that_would_dwarf_the_others_is_cut_and_labelled() -> None:
    points = tuple(
        CurvePoint(years, tenor, 4.0, 3.95, 4.0 + (1.0 if tenor == "1m" else 0.05))
        for tenor, years in fx.TENORS.items()
    )
    drawing = curve.draw(CurveChart(points, fx.SESSION, fx.PREVIOUS, fx.EARLIER), WIDE)
    assert "−100" in [la.text for la in drawing.labels]
    assert overlaps(drawing) == []


def test_charts_without_a_value_say_so() -> None:
    empty = CurveChart((CurvePoint(2.0, "2y", None, None, None),), fx.SESSION, fx.PREVIOUS, fx.EARLIER)
    assert [la.text for la in curve.draw(empty, WIDE).labels] == ["no yield is known"]
    nothing = LineChart((("IG", (), ()),), "bp", "bp")
    assert [la.text for la in line.draw(nothing, NARROW).drawing.labels] == ["no value is known"]
    assert line.readouts(nothing) == []


def test_readouts_are_the_drawn_points_in_words() -> None:
    days = fx.business_days(40)
    chart = LineChart((("IG", days, tuple(float(i) for i in range(40))), ("HY", days[1:], (9.0,) * 39)), "bp", "bp")
    said = line.readouts(chart)
    assert (said[0][0], said[-1][0], len(said)) == (0.0, 1.0, 40)
    assert said[0][1].endswith(": IG 0\u202fbp, HY –")
    assert said[-1][1] == "12\u202fMar\u202f2031: IG 39\u202fbp, HY 9\u202fbp"


def test_ticks_are_round_and_few() -> None:
    for low, high in ((3.5, 4.8), (70, 172), (-0.02, 0.03), (6000, 7100), (1e-4, 3e-4), (-500, 1200)):
        ticks, decimals = round_ticks(low, high)
        assert 2 <= len(ticks) <= 5
        assert all(low - 1e-9 <= t <= high + 1e-9 for t in ticks)
        assert all(round(t, decimals) == t for t in ticks)
    for years in (0.1, 0.6, 2, 5, 12, 60):
        last = date(2025, 11, 5)
        ticks_ = date_ticks(last - timedelta(int(365 * years)), last, 8)
        assert 2 <= len(ticks_) <= 8


def test_bars_of_a_column_share_one_zero() -> None:
    scale = mini.extent([Mini("bar", (3.0, 4.0)), Mini("bar", (-1.0, 4.0)), Mini("residual", (0.4, 4.0))])
    assert scale == (-0.25, 0.75)
    zeros = {
        re.search(r'<line class="axis" x1="([\d.]+)%"', mini.draw(Mini("bar", (v, 4.0)), scale))[1] for v in (3, -1)
    }  # type: ignore[index]
    assert zeros == {"25"}
    assert 'class="neg"' in mini.draw(Mini("bar", (-1.0, 4.0)), scale)
    assert 'class="res"' in mini.draw(Mini("residual", (0.4, 4.0)), scale)
    assert mini.extent([]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("z", "tone", "beyond"), [(0.99, "z0", 0), (-1.0, "z1", 0), (2.0, "z1", 0), (2.01, "z2", 0), (-4.0, "z2", 1)]
)
def test_tone_says_how_rare(z: float, tone: str, beyond: int) -> None:
    svg = mini.draw(Mini("zdot", (z,)))
    assert f'<circle class="{tone}"' in svg
    assert svg.count("beyond") == beyond
    assert 'aria-hidden="true"' in svg


def test_text_widths_are_those_of_the_widest_font() -> None:
    assert text_width("0" * 10) == pytest.approx(76.35, abs=0.01)
    assert text_width("−7\u202fbp", bold=True) > text_width("−7\u202fbp")
