"""The path through the plane: ellipses that hold what they say, axes that never hide a distance, names that hide no month."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

import regime_page as rp
from barograph.report.blocks import PathChart
from barograph.report.charts import path
from barograph.report.charts.svg import Drawing
from drawings import corners, found, inside, outside, overlaps

LEFT, RIGHT, TOP, BOTTOM = path._LEFT, path._RIGHT, path._TOP, path._BOTTOM
SPOT = (date(2031, 3, 12), 0.4, -0.9)


def texts(drawing: Drawing) -> list[str]:
    return [la.text for la in drawing.labels]


def points(*values: tuple[float | None, float | None]) -> tuple[tuple[date, float | None, float | None], ...]:
    return tuple((rp.days(len(values), 30)[i], x, y) for i, (x, y) in enumerate(values))


def place(chart: PathChart, x: float, y: float) -> tuple[float, float]:
    limit = path.limit_of(chart)
    half = (RIGHT - LEFT) / 2
    return LEFT + half * (1 + x / limit), TOP + half * (1 - y / limit)


@pytest.mark.parametrize("held", [0.5, 0.8])
@pytest.mark.parametrize("covariance", [(0.12, 0.04, 0.09), (1.0, -0.9, 1.0), (4.0, 0.0, 0.01)])
def test_an_ellipse_is_where_the_distribution_says(held: float, covariance: tuple[float, float, float]) -> None:
    """Every point at the Mahalanobis distance of chi-squared's quantile with two degrees of freedom (scipy), to 1e-9."""
    xx, xy, yy = covariance
    det = xx * yy - xy * xy
    edge = path.ellipse(covariance, SPOT, held)
    assert len(edge) == 48
    for x, y in edge:
        dx, dy = x - SPOT[1], y - SPOT[2]
        assert (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / det == pytest.approx(chi2.ppf(held, 2), rel=1e-9)


@pytest.mark.parametrize(("held", "cls"), [(0.5, "e50"), (0.8, "e80")])
def test_as_many_draws_as_said_fall_into_the_drawn_ellipse(held: float, cls: str) -> None:
    """20,000 draws, three standard errors (0.0106 at one half) and the 48 corners' loss of 0.3 % of the area."""
    chart = replace(rp.path(), points=points((0.0, 0.0), (0.3, -0.2)), covariance=(0.2, 0.1, 0.15))
    (shape,) = found(path.draw(chart), "path", cls)
    (edge,) = corners(shape.get("d") or "")
    rng, hits, n = random.Random(1), 0, 20_000
    a, b, c = math.sqrt(0.2), 0.1 / math.sqrt(0.2), math.sqrt(0.15 - 0.05)
    for _ in range(n):
        u, v = rng.gauss(0, 1), rng.gauss(0, 1)
        hits += inside(place(chart, 0.3 + a * u, -0.2 + b * u + c * v), edge)
    assert hits / n == pytest.approx(held, abs=3 * math.sqrt(held * (1 - held) / n) + 0.003)


@pytest.mark.parametrize(
    "covariance", [None, (-1.0, 0.0, 1.0), (1.0, 1.1, 1.0), (math.nan, 0.0, 1.0), (math.inf, 0.0, 1.0), (0.0, 0.5, 1.0)]
)
def test_what_is_no_covariance_draws_no_ellipse_and_says_so(covariance: tuple[float, float, float] | None) -> None:
    drawing = path.draw(replace(rp.path(), covariance=covariance))
    assert found(drawing, "path", "e80") == found(drawing, "path", "e50") == []
    assert "no ellipses: uncertainty not known" in texts(drawing)
    assert "ellipses hold 50% and 80%" in texts(path.draw(rp.path()))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(-600, 1000), st.floats(-600, 1000)), min_size=3, max_size=3))
def test_a_cut_shape_lies_in_the_plot_and_keeps_what_was_there(triangle: list[tuple[float, float]]) -> None:
    cut = path._inside(triangle)
    assert all(LEFT - 1e-6 <= x <= RIGHT + 1e-6 and TOP - 1e-6 <= y <= BOTTOM + 1e-6 for x, y in cut)
    rng = random.Random(2)
    for _ in range(40):
        x, y = rng.uniform(LEFT + 1, RIGHT - 1), rng.uniform(TOP + 1, BOTTOM - 1)
        if len(cut) > 2 and min(_away((x, y), triangle)) > 0.5:
            assert inside((x, y), cut) == inside((x, y), triangle)


def _away(p: tuple[float, float], shape: Iterable[tuple[float, float]]) -> list[float]:
    corners_ = list(shape)
    out = []
    for (ax, ay), (bx, by) in zip(corners_, corners_[1:] + corners_[:1], strict=True):
        size = (bx - ax) ** 2 + (by - ay) ** 2
        t = max(0.0, min(1.0, ((p[0] - ax) * (bx - ax) + (p[1] - ay) * (by - ay)) / size)) if size else 0.0
        out.append(math.dist(p, (ax + t * (bx - ax), ay + t * (by - ay))))
    return out


def test_an_ellipse_that_lies_off_the_plot_is_cut_at_its_edge() -> None:
    chart = replace(rp.path(), points=points((0.0, 0.0), (2.2, 2.3)), covariance=(3.0, -1.0, 3.0))
    for cls in ("e80", "e50"):
        (shape,) = found(path.draw(chart), "path", cls)
        (edge,) = corners(shape.get("d") or "")
        assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in edge)
        assert max(x for x, _ in edge) == RIGHT and min(y for _, y in edge) == TOP
    assert path.limit_of(chart) == 2.4


@pytest.mark.parametrize(
    ("far", "limit"), [(0.1, 2.4), (2.4, 2.4), (2.41, 3.0), (3.1, 3.5), (-4.9, 5.5), (12.0, 15.0), (1e6, 1.5e6)]
)
def test_the_axes_are_fixed_and_say_when_they_are_not(far: float, limit: float) -> None:
    chart = replace(rp.path(), points=points((0.0, 0.0), (0.2, far)))
    assert path.limit_of(chart) == pytest.approx(limit)
    drawing = path.draw(chart)
    said = [t for t in texts(drawing) if t.startswith("axes to")]
    assert bool(said) == (limit > 2.4)
    (dot,) = found(drawing, "circle", "dot")
    assert TOP <= float(dot.get("cy") or 0) <= BOTTOM
    assert (overlaps(drawing), outside(drawing)) == ([], [])
    if limit == 3.5:
        assert said == ["axes to ±3.5, a month lies far out"]


def test_each_quadrant_lies_where_its_name_says() -> None:
    chart = replace(rp.path(), points=points((0.1, 0.1), (0.2, 0.2)))
    drawing = path.draw(chart)
    middle = ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
    for q, (right, high) in {"gu_id": (1, 0), "gu_iu": (1, 1), "gd_iu": (0, 1), "gd_id": (0, 0)}.items():
        (tint,) = found(drawing, "rect", f"tint {q}")
        assert float(tint.get("x") or 0) == (middle[0] if right else LEFT)
        assert float(tint.get("y") or 0) == (TOP if high else middle[1])
        words = [f"Growth {'high' if right else 'low'},", f"inflation {'high' if high else 'low'}"]
        near = [la.text for la in drawing.labels if la.bold and (la.box.left > middle[0]) == bool(right)
                and (la.box.bottom < middle[1]) == bool(high) and la.text in words]  # fmt: skip
        assert near == words


def test_a_quadrants_name_gives_way_to_the_newest_month() -> None:
    for x, y in ((2.1, -2.2), (-1.9, 2.2), (2.2, 2.2), (-2.3, -2.1)):
        drawing = path.draw(replace(rp.path(), points=points((0.0, 0.0), (x, y))))
        (dot,) = found(drawing, "circle", "dot")
        at = float(dot.get("cx") or 0), float(dot.get("cy") or 0)
        assert not any(la.box.holds(at) for la in drawing.labels)
        assert (overlaps(drawing), outside(drawing)) == ([], [])


def test_thirteen_months_are_drawn_and_older_ones_are_paler() -> None:
    chart = rp.path(n=30)
    drawing = path.draw(chart)
    months = found(drawing, "circle", "month")
    assert len(months) == 12
    ages = [int((e.get("class") or "")[-1]) for e in months]
    assert ages == sorted(ages, reverse=True) and {*ages} == {0, 1, 2, 3}
    xs = [place(chart, x or 0.0, 0.0)[0] for _, x, _ in chart.points[-13:]]
    assert [float(e.get("cx") or 0) for e in months] == pytest.approx(xs[:-1], abs=0.06)
    assert len(found(drawing, "path", "way")) == 12


def test_three_or_four_dates_are_named_the_newest_in_full() -> None:
    drawing = path.draw(rp.path())
    dated = [la for la in drawing.labels if "20" in la.text and "\u202f" in la.text]
    assert 3 <= len(dated) <= 4
    assert [la.text for la in dated if la.bold] == ["12\u202fMar\u202f2031"]


def test_a_month_of_which_one_figure_is_missing_is_left_out() -> None:
    chart = PathChart(points((0.1, 0.2), (None, 0.3), (0.4, None), (math.nan, 0.1), (0.5, math.inf), (0.6, 0.7)))
    assert [(x, y) for _, x, y in path.known(chart)] == [(0.1, 0.2), (0.6, 0.7)]
    assert texts(path.draw(PathChart(points((None, None))))) == texts(path.draw(PathChart(()))) == ["no month is known"]


Z = st.one_of(st.floats(-2.4, 2.4), st.floats(-6, 6), st.sampled_from([0.0, -0.0, 1e-9, 1e5, -1e5]))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(Z, Z), min_size=1, max_size=20),
    st.one_of(st.none(), st.tuples(st.floats(0, 4), st.floats(-1, 1), st.floats(0, 4))),
    st.booleans(),
)
def test_any_path_keeps_its_labels_apart_and_inside(
    values: list[tuple[float, float]], spread: tuple[float, float, float] | None, constant: bool
) -> None:
    values = [values[0]] * len(values) if constant else values
    covariance = None if spread is None else (spread[0], spread[1] * math.sqrt(spread[0] * spread[2]), spread[2])
    drawing = path.draw(PathChart(points(*values), covariance))
    assert (overlaps(drawing), outside(drawing)) == ([], [])
    assert (drawing.width, drawing.height) == (344, 344)
    for dot in found(drawing, "circle", ""):
        assert LEFT - 0.1 <= float(dot.get("cx") or 0) <= RIGHT + 0.1
        assert TOP - 0.1 <= float(dot.get("cy") or 0) <= BOTTOM + 0.1


def test_long_axis_names_stay_inside() -> None:
    drawing = path.draw(
        replace(rp.path(), labels=("growth of everything there is", "inflation in each and every place"))
    )
    assert (overlaps(drawing), outside(drawing)) == ([], [])


def test_labels_put_anywhere_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path, "place", lambda ways, *_: ways[0])
    chart = PathChart(tuple((date(2031, 1, 1) + timedelta(i), 0.01 * i, 0.0) for i in range(4)), None)
    assert overlaps(path.draw(chart)) != []
