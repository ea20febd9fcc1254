"""The market regime's model on invented prices: names of states, online labels, no look-ahead, too little history."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from barograph.core.time import sessions
from barograph.models._protocol import State
from barograph.models.regime._market import SERIES
from barograph.models.regime.market_regime import MarketRegime
from models_view import FakeView, Rows, catalog, rows_of

NOW = datetime(2025, 6, 30, 22, tzinfo=UTC)


def prices(seed: int = 0, crash: bool = False) -> FakeView:
    days = sessions("NYSE", date(2012, 1, 3), date(2025, 6, 30))
    rng = np.random.default_rng(seed)
    bear = (np.arange(len(days)) // 400) % 3 == 2
    if crash:
        bear[-60:] = True
    returns = np.where(bear, -0.002 + 0.025 * rng.normal(size=len(days)), 0.0008 + 0.006 * rng.normal(size=len(days)))
    if crash:
        returns[-40:] = -0.02
    levels = 1000.0 * np.cumprod(1.0 + returns)
    return FakeView({SERIES: rows_of(catalog()[SERIES], dict(zip(days, levels.tolist(), strict=True)))}, NOW)


def run(view: FakeView, state: State | None = None) -> dict[str, Any]:
    model: Any = MarketRegime()
    state = state or model.fit(view)
    return {q.id.removeprefix("regime.us.market.jump."): q for q in model.step(state, view)[1].quantities}


def test_bear_is_the_state_of_lower_returns_and_higher_volatility() -> None:
    found = run(prices())
    assert found["bear.mean"].value < found["bull.mean"].value
    assert found["bear.volatility"].value > found["bull.volatility"].value
    assert 0.0 <= found["p_bear"].value <= 100.0 and found["days"].value >= 1.0
    crash = run(prices(crash=True))
    assert crash["label"].value == "bear" and crash["p_bear"].value > 50.0 and crash["days"].value < 200.0
    assert crash["label"].period == date(2025, 6, 30)


def test_the_future_and_the_scale_change_nothing() -> None:
    view = prices()
    model: Any = MarketRegime()
    state = model.fit(view)

    def poison(_: str, rows: Rows) -> Rows:
        late = np.datetime64(NOW.replace(tzinfo=None), "us") + np.timedelta64(1, "s")
        day = rows.periods[-1] + np.timedelta64(1, "D")
        return Rows(
            np.append(rows.periods, day), np.append(rows.values, 1e-9), np.append(rows.known_at, late), rows.basis
        )

    spoilt = view.mapped(poison)
    assert model.fit(spoilt) == state and run(spoilt, state) == run(view, state)
    scaled = view.mapped(lambda _, r: Rows(r.periods, 7.0 * r.values, r.known_at, r.basis))
    assert run(scaled)["label"].value == run(view)["label"].value
    assert run(scaled)["p_bear"].value == pytest.approx(run(view)["p_bear"].value)


def test_a_day_is_labelled_by_what_was_known_up_to_it() -> None:
    """Cutting the last month off leaves the label of the day before the cut as a chain of days would have it."""
    model: Any = MarketRegime()
    view = prices(crash=True)
    state = model.fit(view.at(datetime(2025, 3, 3, 23, tzinfo=UTC)))
    days = [datetime(2025, 6, d, 22, tzinfo=UTC) for d in (2, 9, 16, 23, 30)]
    labels = [run(view.at(d), state)["label"].value for d in days]
    back = State.from_json(state.to_json())
    again = [run(view.at(d), back)["label"].value for d in days]
    assert labels == again and labels[-1] == "bear"


def test_too_little_and_constant_histories_are_insufficient() -> None:
    short = prices().mapped(lambda _, r: Rows(r.periods[-500:], r.values[-500:], r.known_at[-500:], r.basis))
    flat = prices().mapped(lambda _, r: Rows(r.periods, np.full(r.values.size, 100.0), r.known_at, r.basis))
    for view in (short, flat, FakeView({}, NOW)):
        found = run(view)
        assert found and all(q.state == "insufficient" and q.reason for q in found.values())
