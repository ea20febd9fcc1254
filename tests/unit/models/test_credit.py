"""Spreads against their trailing years: references with their days, gaps, place, real windows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.credit.credit import Credit, band_position
from models_view import FakeView, close_of, small_view

P = "credit.us.ig.oas"


def quantities(view: FakeView) -> dict[str, Quantity]:
    model = Credit()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def test_references_gaps_and_their_days() -> None:
    view = small_view(1)
    points, found = view.series("us.credit.ig_oas"), quantities(view)
    inside = points.periods > np.datetime64("2020-11-05")
    values, days = points.values[inside], points.periods[inside]
    assert found[f"{P}.avg_5y"].value == pytest.approx(values.mean(), abs=1e-10)
    for name, best in (("tight", values.min()), ("wide", values.max())):
        quantity = found[f"{P}.{name}_5y"]
        assert quantity.value == best
        assert quantity.period == days[values == best][-1].item()
    for name in ("avg", "tight", "wide"):
        gap = values[-1] - found[f"{P}.{name}_5y"].value
        assert found[f"{P}.gap_5y_{name}"].value == pytest.approx(gap, abs=1e-10)
    assert found[f"{P}.gap_5y_tight"].value >= 0.0 >= found[f"{P}.gap_5y_wide"].value
    assert found[f"{P}.avg_5y"].window == "2020-11-06 to 2025-11-05"
    changes = values[20:] - values[:-20]
    assert found[f"{P}.sd_20d"].value == pytest.approx(changes[-253:-1].std(ddof=1), abs=1e-9)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0.0, "near_tight"), (0.1, "near_tight"), (0.2, "lower_third"), (0.4, "below_middle"), (0.5, "middle"),
        (0.56, "above_middle"), (0.7, "upper_third"), (0.9, "near_wide"), (1.0, "near_wide"),
    ],
)  # fmt: skip
def test_band_position(place: float, expected: str) -> None:
    assert band_position(place, 0.0, 1.0) == expected


def test_the_published_pages_band_error_is_caught() -> None:
    # 52.8 between 50 and 55 was called the lower half; the midpoint is 52.5.
    assert band_position(52.8, 50.0, 55.0) == "above_middle"


def test_three_years_of_data_say_three_years() -> None:
    found = quantities(small_view(1, years=3))
    for name in ("avg_5y", "tight_5y", "gap_5y_wide", "band_position"):
        assert found[f"{P}.{name}"].state == "degraded"
        assert found[f"{P}.{name}"].window == "2022-11-07 to 2025-11-05, shorter than 5 years"
    assert found[f"{P}.percentile_3y"].state == "ok"


def test_a_gap_is_explained_by_level_and_reference() -> None:
    model, view = Credit(), small_view(1)
    before, after = (model.step(model.fit(v), v)[1] for v in (view.at(close_of(date(2025, 9, 30))), view))  # type: ignore[arg-type]
    rows = {a.quantity: a for a in model.explain(before, after)}
    gap = rows[f"{P}.gap_5y_avg"]
    assert [n for n, _ in gap.rows] == ["level", "avg_5y", "residual"]
    assert max(abs(a.gap()) for a in rows.values()) <= 1e-9
    assert abs(gap.rows[-1][1]) <= 1e-9


def test_levels_and_five_year_percentile_are_said_by_levels_alone() -> None:
    model, view = Credit(), small_view(1)
    ids = {f.id for f in model.facts(model.step(model.fit(view), view)[1])}  # type: ignore[arg-type]
    assert f"{P}.level" not in ids and f"{P}.percentile_5y" not in ids
