"""Stacked shares: areas as high as their numbers, closed at the top, holes where nothing is known, words where they fit."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regime_page as rp
from barograph.report.blocks import ShareChart, Strip
from barograph.report.charts import NARROW, WIDE, Width, shares, stacking, strip
from barograph.report.charts.thinning import MOST, spread
from barograph.report.dates import day
from barograph.report.format import share
from drawings import Vertices, corners, found, inside, outside, overlaps

WIDTHS: tuple[Width, ...] = (WIDE, NARROW)
QUADRANTS = tuple(rp.NAMES)


def even(n: int, step: int, rows: list[tuple[float | None, ...]] | None = None, **more: object) -> ShareChart:
    """A chart of given rows, or of the same row at each date."""
    rows = rows or [(40.0, 30.0, 20.0, 10.0)] * n
    columns = zip(*rows, strict=True)
    chart = ShareChart(
        rp.days(n, step),
        tuple((q, rp.NAMES[q], tuple(c)) for q, c in zip(QUADRANTS, columns, strict=True)),
        "Probability",
    )
    return replace(chart, **more)  # type: ignore[arg-type]


def areas(chart: ShareChart, width: Width) -> dict[str, list[Vertices]]:
    """The shapes of each share, by the key's swatches left aside."""
    drawing = shares.draw(chart, width).drawing
    return {q: corners(e.get("d") or "") for q in QUADRANTS for e in found(drawing, "path", f"{q} share")}


@st.composite
def charts(draw: st.DrawFn) -> ShareChart:
    n, step = draw(st.sampled_from([1, 2, 3, 12, 60, 105, 300])), draw(st.sampled_from([1, 7, 30]))
    size = draw(st.sampled_from([0.0, 0.1, 0.6, 4.0]))
    holes = draw(st.sampled_from(["none", "some", "half", "last", "first", "all but one", "all"]))
    seed = draw(st.integers(0, 10**6))
    gaps = {
        "none": frozenset(), "some": frozenset(range(n // 3, n // 2)), "half": frozenset(range(0, n, 2)),
        "last": frozenset(range(n - 1 - n // 9, n)), "first": frozenset(range(n // 5 + 1)),
        "all but one": frozenset(range(n)) - {n // 2}, "all": frozenset(range(n)),
    }[holes]  # fmt: skip
    chart = rp.shares(n, step, seed=seed, size=size, gaps=gaps)
    start = chart.dates[0] + timedelta(draw(st.integers(-400, 400)))
    bands = ((start, start + timedelta(draw(st.integers(0, 900)))), (start + timedelta(1000), None))
    opinion = draw(st.sampled_from([chart.strip, None]))
    return replace(chart, boundary=draw(st.sampled_from([0, 1, 2, 4])), bands=bands, strip=opinion)


@settings(max_examples=120, deadline=None)
@given(charts(), st.sampled_from(WIDTHS))
def test_any_chart_keeps_its_labels_apart_its_shapes_inside_and_its_areas_closed(
    chart: ShareChart, width: Width
) -> None:
    plot = shares.draw(chart, width)
    assert (overlaps(plot.drawing), outside(plot.drawing)) == ([], [])
    known = [edges for _, edges in stacking.stacked(chart) if edges is not None]
    shapes = areas(chart, width)
    if not known:
        assert [la.text for la in plot.drawing.labels] == ["no probability is known"]
        assert shares.readouts(chart) == [] and not any(shapes.values())
        return
    for pieces in shapes.values():
        for piece in pieces:
            assert all(plot.left - 0.1 <= x <= plot.right + 0.1 and plot.top - 0.1 <= y for x, y in piece)
    ceilings = {y for piece in shapes[QUADRANTS[-1]] for _, y in piece[1:-1]}
    assert ceilings == {round(plot.top, 1)}
    said = shares.readouts(chart)
    assert len(said) <= MOST and all(0.0 <= x <= 1.0 for x, _ in said)
    assert [x for x, _ in said] == sorted({x for x, _ in said})
    assert said[-1][1].startswith(day(chart.dates[-1], "short"))


@pytest.mark.parametrize("width", WIDTHS)
def test_an_area_is_as_high_as_its_share(width: Width) -> None:
    chart = rp.shares(60, 1, size=0.4)
    plot, rows = shares.draw(chart, width), dict(stacking.stacked(chart))
    frame = shares._frame(chart, width)
    for k, q in enumerate(QUADRANTS):
        (piece,) = areas(chart, width)[q]
        edge = piece[1:-1]
        assert len(edge) == 60
        for (x, y), when in zip(edge, chart.dates, strict=True):
            edges = rows[when]
            assert edges is not None
            total = sum(v for *_, vs in chart.shares[: k + 1] for v in [vs[chart.dates.index(when)]] if v is not None)
            assert (frame.bottom - y) / (frame.bottom - frame.top) * 100.0 == pytest.approx(total, abs=0.06)
            share_of_time = (when - chart.dates[0]).days / 59
            assert (x - plot.left) / (plot.right - plot.left) == pytest.approx(share_of_time, abs=0.001)


def test_a_gap_is_a_hole_in_every_area_and_in_the_thick_seam() -> None:
    chart = rp.shares(60, 7, gaps=frozenset(range(20, 26)))
    plot = shares.draw(chart, WIDE)
    across = shares._frame(chart, WIDE).across
    hole = (across(chart.dates[19].toordinal()), across(chart.dates[26].toordinal()))
    for pieces in areas(chart, WIDE).values():
        assert len(pieces) == 2
        assert max(x for x, _ in pieces[0]) == pytest.approx(hole[0], abs=0.06)
        assert min(x for x, _ in pieces[1]) == pytest.approx(hole[1], abs=0.06)
    (seam,) = found(plot.drawing, "path", "seam")
    assert len(corners(seam.get("d") or "")) == 2
    said = {text.split(":")[0]: text for _, text in shares.readouts(chart)}
    assert said[day(chart.dates[20], "short")].split(": ")[1].startswith("–")


@pytest.mark.parametrize(
    "row",
    [(50.0, 50.0, 50.0, 50.0), (98.0, 0.0, 0.0, 0.0), (110.0, -10.0, 0.0, 0.0), (None, 50.0, 25.0, 25.0),
     (math.nan, 50.0, 25.0, 25.0), (math.inf, 0.0, 0.0, 0.0), (1e9, 0.0, 0.0, 0.0)],
)  # fmt: skip
def test_what_is_no_whole_is_a_hole(row: tuple[float | None, ...]) -> None:
    rows = [(40.0, 30.0, 20.0, 10.0)] * 9
    chart = even(9, 7, [*rows[:4], row, *rows[5:]])
    assert [edges is None for _, edges in stacking.stacked(chart)] == [i == 4 for i in range(9)]
    assert all(len(pieces) == 2 for pieces in areas(chart, NARROW).values())


def test_rounded_shares_are_closed_at_the_top() -> None:
    chart = even(5, 7, [(40.4, 30.3, 20.0, 10.0)] * 5)
    (_, edges), *_ = stacking.stacked(chart)
    assert edges == pytest.approx((100 * 40.4 / 100.7, 100 * 70.7 / 100.7, 100 * 90.7 / 100.7, 100.0))
    assert edges[-1] == 100.0  # type: ignore[index]


def test_a_single_date_is_seen() -> None:
    for n, gaps in ((1, frozenset()), (40, frozenset(range(40)) - {17})):
        chart = rp.shares(n, 7, gaps=gaps)
        for pieces in areas(chart, WIDE).values():
            (piece,) = pieces
            xs = [x for x, _ in piece]
            assert max(xs) - min(xs) >= 2.0


@pytest.mark.parametrize("width", WIDTHS)
def test_recessions_are_cut_at_the_axis_and_shown_on_long_charts_only(width: Width) -> None:
    chart = even(70, 30)
    first, last = chart.dates[0], chart.dates[-1]
    assert (last - first).days >= shares.LONG
    chart = replace(chart, bands=(
        (first - timedelta(900), first + timedelta(200)), (first - timedelta(900), first - timedelta(1)),
        (last - timedelta(100), None), (last + timedelta(1), None),
    ))  # fmt: skip
    plot = shares.draw(chart, width)
    bands = found(plot.drawing, "rect", "nber")
    left, right = ([float(b.get("x") or "") + w * float(b.get("width") or "") for b in bands] for w in (0, 1))
    assert len(bands) == 2
    assert left[0] == pytest.approx(plot.left, abs=0.06) and right[1] == pytest.approx(plot.right, abs=0.11)
    assert right[0] == pytest.approx(shares._frame(chart, width).across((first + timedelta(200)).toordinal()), abs=0.11)
    for band in bands:
        top, high = float(band.get("y") or ""), float(band.get("height") or "")
        assert top < plot.top and top + high == pytest.approx(shares._frame(chart, width).bottom, abs=0.11)
    assert [la.text for la in plot.drawing.labels].count("NBER") == 2
    short = replace(even(60, 30), bands=((date(2029, 1, 1), None),))
    assert (short.dates[-1] - short.dates[0]).days < shares.LONG
    assert found(shares.draw(short, width).drawing, "rect", "nber") == []


def test_the_thick_seam_lies_after_the_boundary() -> None:
    chart = even(30, 7)
    frame = shares._frame(chart, WIDE)
    for boundary, at in ((1, 40.0), (2, 70.0), (3, 90.0)):
        (seam,) = found(shares.draw(replace(chart, boundary=boundary), WIDE).drawing, "path", "seam")
        (line,) = corners(seam.get("d") or "")
        assert {y for _, y in line} == {round(frame.up(at), 1)}
    for boundary in (0, 4, 9):
        assert found(shares.draw(replace(chart, boundary=boundary), WIDE).drawing, "path", "seam") == []


@pytest.mark.parametrize(("weeks", "named"), [(30, True), (13, True), (12, False)])
def test_a_regime_that_holds_for_twelve_weeks_is_named_inside_its_area(weeks: int, named: bool) -> None:
    rows = [(97.0, 1.0, 1.0, 1.0)] * weeks + [(1.0, 1.0, 1.0, 97.0)] * 9
    chart = even(weeks + 9, 7, rows)
    drawing = shares.draw(chart, WIDE).drawing
    inner = [la for la, cls in zip(drawing.labels, drawing._label_classes, strict=True) if cls.startswith("on-")]
    assert bool(inner) == named
    (shape,) = areas(chart, WIDE)["gu_id"]
    for label in inner:
        box = label.box
        assert all(
            inside(p, shape) for p in ((box.left, box.top + 2), (box.right, box.top + 2), (box.right, box.bottom))
        )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(WIDTHS))
def test_a_name_lies_wholly_in_its_own_area(seed: int, width: Width) -> None:
    chart = rp.shares(105, 7, seed=seed, size=0.15)
    drawing, shapes = shares.draw(chart, width).drawing, areas(chart, width)
    for label, cls in zip(drawing.labels, drawing._label_classes, strict=True):
        if cls.startswith("on-"):
            k = QUADRANTS.index(cls.split()[0].removeprefix("on-"))  # type: ignore[arg-type]
            box = label.box
            for x, y in (
                (box.left, box.top + 2),
                (box.right, box.top + 2),
                (box.left, box.bottom - 2),
                (box.right, box.bottom - 2),
            ):
                assert inside((x, y), shapes[QUADRANTS[k]][0])
                # A lower share's shape would paint over it.
                assert k == 0 or not inside((x, y), shapes[QUADRANTS[k - 1]][0])


@pytest.mark.parametrize("width", WIDTHS)
def test_the_newest_shares_are_printed_as_facts_are_and_an_old_one_is_not_shown_as_new(width: Width) -> None:
    chart = even(20, 7, [(85.2, 8.1, 0.6, 6.1)] * 20)
    text = " ".join(la.text for la in shares.draw(chart, width).drawing.labels)
    for value in (85.2, 8.1, 0.6, 6.1):
        assert share(value) in text
    stale = even(20, 7, [*[(85.2, 8.1, 0.6, 6.1)] * 18, *[(None,) * 4] * 2])
    text = " ".join(la.text for la in shares.draw(stale, width).drawing.labels)
    assert f"last known {day(stale.dates[17], 'short')}" in text
    assert "85%" not in text and text.count("–") == 4


@pytest.mark.parametrize("width", WIDTHS)
def test_the_strip_shows_the_second_model_and_where_it_disagrees(width: Width) -> None:
    up = [(60.0, 30.0, 5.0, 5.0)] * 10
    values = (0.0,) * 3 + (30.0,) * 2 + (90.0,) * 2 + (None,) + (95.0, 10.0)
    chart = even(10, 7, up, strip=Strip("Second", "weak", values))
    drawing = shares.draw(chart, width).drawing
    strips = [e for step in range(5) for e in found(drawing, "rect", f"tone{step}") if float(e.get("width") or 0) > 6.0]
    assert sorted(e.get("class") or "" for e in strips) == ["tone0", "tone0", "tone1", "tone4", "tone4"]
    lines = found(drawing, "line", "apart")
    across = shares._frame(chart, width).across
    middle = [across((chart.dates[i].toordinal() + chart.dates[i + 1].toordinal()) / 2) for i in range(9)]
    assert [(float(e.get("x1") or 0), float(e.get("x2") or 0)) for e in lines] == [
        pytest.approx((middle[4], middle[6]), abs=0.06), pytest.approx((middle[7], middle[8]), abs=0.06),
    ]  # fmt: skip
    assert "weak 10%, agrees" in [la.text for la in drawing.labels]
    against = replace(chart, strip=Strip("Second", "weak", (*values[:-1], 51.0)))
    assert "weak 51%, disagrees" in [la.text for la in shares.draw(against, width).drawing.labels]
    silent = replace(chart, strip=Strip("Second", "weak", (*values[:-1], None)))
    assert "weak –" in [la.text for la in shares.draw(silent, width).drawing.labels]
    assert strip.words(even(10, 7)) == []


@pytest.mark.parametrize("n", [121, 300, 700])
@pytest.mark.parametrize("step", [1, 7, 30])
def test_at_most_120_dates_are_drawn_with_the_last_one_kept(n: int, step: int) -> None:
    chart = rp.shares(n, step)
    rows = [row for run in stacking.runs_of(chart) for row in run]
    assert len(rows) <= MOST and (rows[0][0], rows[-1][0]) == (chart.dates[0], chart.dates[-1])
    every = dict(stacking.stacked(chart))
    assert all(every[when] == edges for when, edges in rows)
    seam = [edges[1] for edges in every.values() if edges is not None]
    assert {min(seam), max(seam)} <= {edges[1] for _, edges in rows}
    checked = rp.shares(n, step, gaps=frozenset(range(0, n, 2)))
    assert len([row for run in stacking.runs_of(checked) for row in run]) <= MOST
    for width in WIDTHS:
        for pieces in areas(chart, width).values():
            assert max(len(p) for p in pieces) <= MOST + 2


def test_the_readout_says_every_share_and_the_second_model() -> None:
    chart = even(20, 7, [(85.2, 8.1, 0.6, 6.1)] * 20, strip=Strip("Second", "weak", (12.0,) * 20))
    x, text = shares.readouts(chart)[-1]
    assert x == 1.0
    assert text == (
        "12\u202fMar\u202f2031: growth up, inflation down 85%; growth up, inflation up 8%; growth down, inflation up 1%; "
        "growth down, inflation down 6%; Second, weak 12%"
    )


def test_labels_that_are_not_dodged_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = even(20, 7, [(97.0, 1.0, 1.0, 1.0)] * 20)
    assert overlaps(shares.draw(chart, WIDE).drawing) == []
    monkeypatch.setattr(shares, "dodge", lambda wanted, *_: list(wanted))
    assert len(overlaps(shares.draw(chart, WIDE).drawing)) > 2


def test_a_long_name_is_cut_and_not_drawn_over_the_edge() -> None:
    chart = even(
        30, 7, strip=Strip("A model with a name that no margin has room for, at any width", "weak", (12.0,) * 30)
    )
    long = tuple((q, f"{name}, as far as anybody is able to tell on this day", v) for q, name, v in chart.shares)
    for width in WIDTHS:
        drawing = shares.draw(replace(chart, shares=long, unit_label="Probability " * 20), width).drawing
        assert (overlaps(drawing), outside(drawing)) == ([], [])
        assert any(la.text.rstrip("0123456789% ").endswith("…") for la in drawing.labels)


def test_colour_comes_from_the_name_of_the_regime() -> None:
    css = files("barograph.report.render").joinpath("assets", "page.css").read_text("utf-8")
    for q, token in zip(QUADRANTS, ("r1", "r2", "r3", "r4"), strict=True):
        assert f"--{token})" in re.search(rf"\.{q} {{([^}}]*)}}", css)[1]  # type: ignore[index]
    chart = even(9, 7)
    turned = replace(chart, shares=tuple(reversed(chart.shares)))
    order = [e.get("class") for e in found(shares.draw(turned, WIDE).drawing, "path", "share")]
    assert order == [f"{q} share" for q in QUADRANTS]


def test_spread_keeps_both_ends() -> None:
    for n in (1, 2, 119, 120, 121, 999):
        kept = spread(n, MOST)
        assert len(kept) == min(n, MOST) and (kept[0], kept[-1]) == (0, n - 1)
        assert all(b > a for a, b in pairwise(kept))


def test_the_last_digits_of_a_calculation_make_no_hole() -> None:
    chart = even(3, 7, [(100.00000000000001, -1e-14, 0.0, 0.0)] * 3)
    assert [edges for _, edges in stacking.stacked(chart)] == [(100.0, 100.0, 100.0, 100.0)] * 3
    assert [stacking.percent(v) for v in (-0.1, 100.1, None, math.nan, math.inf)] == [None] * 5


@pytest.mark.parametrize(("most", "named"), [(49.0, False), (51.0, True)])
def test_only_a_regime_that_holds_more_than_half_is_named(most: float, named: bool) -> None:
    chart = even(60, 7, [(most, 99.0 - most, 0.5, 0.5)] * 60)
    drawing = shares.draw(chart, WIDE).drawing
    assert any(cls.startswith("on-gu_id") for cls in drawing._label_classes) == named
