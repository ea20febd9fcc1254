"""Classes of a curve move, the dead band, the leading leg, and the split that adds up."""

from __future__ import annotations

from datetime import date
from math import sqrt

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.rates.curve import Curve, classify, dead_band, leading_leg
from models_view import NOW, FakeView, catalog, close_of, invented, rows_of, small_view


@pytest.mark.parametrize(
    ("d2", "d10", "band", "expected"),
    [
        (0.0, 0.0, 1.5, "unchanged"),
        (1.0, -1.0, 1.5, "unchanged"),
        (1.4, 1.4, 1.5, "unchanged"),
        (5.0, 5.0, 1.5, "bear_parallel"),
        (-5.0, -4.0, 1.5, "bull_parallel"),
        (5.0, 7.0, 1.5, "bear_steepener"),
        (7.0, 5.0, 1.5, "bear_flattener"),
        (-7.0, -5.0, 1.5, "bull_steepener"),
        (-5.0, -7.0, 1.5, "bull_flattener"),
        (-4.0, 3.0, 1.5, "twist_steepener"),
        (4.0, -3.0, 1.5, "twist_flattener"),
        # Signs differ, but one leg hardly moved: no twist.
        (-1.0, 6.0, 1.5, "bear_steepener"),
        (6.0, -1.0, 1.5, "bear_flattener"),
        # The slope's change is inside a wide band.
        (4.0, 9.0, 6.7, "bear_parallel"),
        (-1.0, 3.0, 6.7, "bear_parallel"),
        # Legs that part are never parallel, however wide the band.
        (2.0, -2.0, 6.7, "twist_flattener"),
        (-3.0, 3.5, 8.0, "twist_steepener"),
        (5.0, 6.5, 1.5, "bear_steepener"),  # on the band's edge: outside
    ],
)
def test_classes(d2: float, d10: float, band: float, expected: str) -> None:
    assert classify(d2, d10, band) == expected


def test_bull_and_bear_mirror_each_other() -> None:
    names = {"bull": "bear", "bear": "bull"}
    turned = {"steepener": "flattener", "flattener": "steepener", "parallel": "parallel"}
    rng = np.random.default_rng(0)
    for d2, d10 in rng.uniform(-12.0, 12.0, (500, 2)):
        side, _, shape = classify(d2, d10, 1.5).partition("_")
        other = classify(-d2, -d10, 1.5)
        assert other == ("unchanged" if side == "unchanged" else f"{names.get(side, side)}_{turned[shape]}")


def test_dead_band() -> None:
    assert dead_band(1, 3.6) == 1.5
    assert dead_band(1, 10.0) == 3.5
    assert dead_band(20, 10.0) == pytest.approx(1.5 * sqrt(20))


def test_leading_leg_at_its_edges() -> None:
    assert [leading_leg(*d) for d in ((1.0, 2.0), (2.0, 1.0), (1.0, 1.9), (0.0, 0.0), (-3.0, 0.0))] == [
        "long",
        "front",
        "both",
        "both",
        "front",
    ]


def quantities(view: FakeView) -> dict[str, Quantity]:
    model = Curve()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def test_z_and_band_are_those_of_the_trailing_changes() -> None:
    view = small_view(3)
    two, ten = (view.series(f"us.rates.par_{k}").values for k in ("2y", "10y"))
    slope = 100.0 * (ten - two)
    found = quantities(view)
    for h in (1, 20):
        changes = slope[h:] - slope[:-h]
        history, today = changes[-253:-1], changes[-1]
        z = (today - history.mean()) / history.std(ddof=1)
        assert found[f"curve.us.slope_z_{h}d"].value == pytest.approx(z, abs=1e-9)
        band = max(1.5 * sqrt(h), 0.35 * history.std(ddof=1))
        assert found[f"curve.us.dead_band_{h}d"].value == pytest.approx(band, abs=1e-9)
        label = classify(100 * (two[-1] - two[-1 - h]), 100 * (ten[-1] - ten[-1 - h]), band)
        assert found[f"curve.us.move_{h}d"].value == label
        assert found[f"curve.us.move_{h}d.modest"].value == ("yes" if abs(z) < 1.0 else "no")
    assert found["curve.us.move_20d"].n == 252 // 20


def test_split_adds_up_to_the_change() -> None:
    view = small_view(4)
    found, ten = quantities(view), view.series("us.rates.par_10y").values
    parts = [found[f"curve.us.10y.split_{k}_1d"].value for k in ("real", "breakeven")]
    assert all(isinstance(p, float) for p in parts)
    assert sum(parts) == pytest.approx(100.0 * (ten[-1] - ten[-2]), abs=1e-9)  # type: ignore[arg-type]


def test_explain_gives_real_and_breakeven() -> None:
    model, view = Curve(), small_view(4)
    earlier = view.at(close_of(date(2025, 10, 1)))
    before, after = (model.step(model.fit(v), v)[1] for v in (earlier, view))  # type: ignore[arg-type]
    (row,) = model.explain(before, after)
    assert [name for name, _ in row.rows] == ["real", "breakeven", "residual"]
    assert abs(row.gap()) <= 1e-9
    ten = view.series("us.rates.par_10y")
    old = ten.value_on(date(2025, 10, 1))
    assert old is not None
    assert row.total == pytest.approx(100.0 * (ten.values[-1] - old), abs=1e-9)
    assert abs(row.rows[-1][1]) <= 1e-9


def test_levels_are_not_said_twice() -> None:
    model, view = Curve(), small_view(4)
    facts = model.facts(model.step(model.fit(view), view)[1])  # type: ignore[arg-type]
    assert not [f.id for f in facts if f.id.endswith(".level")]


def test_without_the_two_year_there_is_no_move() -> None:
    values = invented("us.rates.par_10y", date(2020, 1, 2), date(2025, 11, 5), 1, level=4.0, step=0.05)
    found = quantities(FakeView({"us.rates.par_10y": rows_of(catalog()["us.rates.par_10y"], values)}, NOW))
    move = found["curve.us.move_1d"]
    assert move.state == "insufficient" and move.reason == "us.rates.par_2y has never been looked at"
