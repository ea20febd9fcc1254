"""State, strength, stretch and verdict; the strength's change by speed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.markets.momentum import Momentum, state_of
from barograph.models.markets.reversion import half_life
from models_view import NOW, FakeView, Rows, catalog, close_of, rows_of, sessions, small_view


def quantities(view: FakeView) -> dict[str, Quantity]:
    model = Momentum()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def shaped(values: np.ndarray) -> FakeView:
    days = sessions("NYSE", date(2015, 1, 2), NOW.date())[-values.size :]
    row = catalog()["us.equity.spx"]
    return FakeView({row.id: rows_of(row, dict(zip(days, values.tolist(), strict=True)))}, NOW)


@pytest.mark.parametrize(
    ("slow", "fast", "state"),
    [(1.0, 1.0, "bull"), (1.0, -1.0, "correction"), (-1.0, -1.0, "bear"), (-1.0, 1.0, "rebound"), (0.0, 0.0, "bull")],
)
def test_states(slow: float, fast: float, state: str) -> None:
    assert state_of(slow, fast) == state


def test_states_of_shaped_histories() -> None:
    up = np.linspace(0.0, 1.0, 1400)
    turned = np.where(np.arange(1400) >= 1370, up[1370] - 0.002 * (np.arange(1400) - 1370), up)
    for log_price, state in ((up, "bull"), (turned, "correction"), (-up, "bear"), (-turned, "rebound")):
        assert quantities(shaped(100.0 * np.exp(log_price)))["momentum.spx.state"].value == state


def test_numbers_against_the_definition() -> None:
    view = small_view(2)
    values, found = view.series("us.equity.spx").values, quantities(view)
    assert found["momentum.spx.return_252d"].value == pytest.approx(100 * (values[-1] / values[-253] - 1), abs=1e-10)
    assert found["momentum.spx.return_21d"].value == pytest.approx(100 * (values[-1] / values[-22] - 1), abs=1e-10)
    near = values[-63:]
    z = (near[-1] - near.mean()) / near.std(ddof=1)
    assert found["momentum.spx.z_price_63d"].value == pytest.approx(z, abs=1e-10)
    assert -10.0 <= found["momentum.spx.strength"].value <= 10.0
    assert found["momentum.us10y.return_252d"].unit == "bp"
    assert "momentum.vix.state" not in found


def test_reverting_and_trending_histories() -> None:
    rng = np.random.default_rng(4)
    noise, pulled = rng.standard_normal(1500), np.zeros(1500)
    for t in range(1, 1500):
        pulled[t] = 0.9 * pulled[t - 1] + 0.01 * noise[t]
    reverting = quantities(shaped(100.0 * np.exp(pulled)))
    assert reverting["momentum.spx.verdict"].value == "revert"
    half = reverting["momentum.spx.half_life"]
    assert half.low is not None and half.high is not None
    assert half.low < 6.6 < half.high  # -ln 2 / ln 0.9
    steps = np.zeros(1500)
    for t in range(1, 1500):
        steps[t] = 0.5 * steps[t - 1] + 0.01 * noise[t]
    trending = quantities(shaped(100.0 * np.exp(np.cumsum(steps) / 4)))
    assert trending["momentum.spx.verdict"].value == "trend"
    ratio = trending["momentum.spx.variance_ratio"]
    assert ratio.low is not None and ratio.low > 1.0


def test_half_life_only_where_the_unit_root_is_rejected() -> None:
    given, planted = 0, 0
    for seed in range(20):
        walk = 100.0 * np.exp(0.01 * np.cumsum(np.random.default_rng(seed).standard_normal(1500)))
        found = quantities(shaped(walk))["momentum.spx.half_life"]
        given += found.value is not None
        # The planted bug: without the test, random walks would get half-lives.
        planted += half_life(np.log(walk[-1255:])).steps is not None
        if found.value is None:
            assert found.reason == "a unit root is not rejected: no mean to return to"
    assert given <= 3 < 10 <= planted


def test_short_histories_say_what_they_lack() -> None:
    found = quantities(shaped(np.linspace(100.0, 110.0, 200) + np.sin(np.arange(200))))
    assert found["momentum.spx.state"].reason == "no value between 252 and 257 sessions back"
    assert found["momentum.spx.strength"].reason == "200 sessions where 256 are needed"
    assert found["momentum.spx.return_21d"].state == "ok"
    assert found["momentum.spx.verdict"].state == "insufficient"


def test_a_missing_base_is_replaced_by_an_older_value_and_said() -> None:
    view = small_view(2)
    days = view.series("us.equity.spx").periods

    def cut(found: str, rows: Rows) -> Rows:
        keep = rows.periods != days[-22]
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep]) if found == "us.equity.spx" else rows

    found = quantities(view.mapped(cut))["momentum.spx.return_21d"]
    assert found.window == f"since {days[-23]}"


def test_strength_is_explained_by_speed() -> None:
    model, view = Momentum(), small_view(2)
    before, after = (model.step(model.fit(v), v)[1] for v in (view.at(close_of(date(2025, 10, 20))), view))  # type: ignore[arg-type]
    rows = {a.quantity: a for a in model.explain(before, after)}
    row = rows["momentum.spx.strength"]
    assert [n for n, _ in row.rows] == ["2_8", "4_16", "8_32", "16_64", "32_128", "64_256", "residual"]
    assert max(abs(a.gap()) for a in rows.values()) <= 1e-9
    assert abs(row.rows[-1][1]) <= 1e-9 < abs(row.total)
    assert not [f.id for f in model.facts(after) if "forecast" in f.id]
