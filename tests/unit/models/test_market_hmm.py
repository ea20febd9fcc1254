"""The market's hidden Markov model and GDP's switching model: names, no look-ahead, age, too little history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.models._fitting import refit_at, refit_before
from barograph.models._kernels.alignment import renamed
from barograph.models._protocol import State
from barograph.models.macro._gdp_forecast import GDP
from barograph.models.macro.gdp_switching import GdpSwitching
from barograph.models.regime._market import SERIES
from barograph.models.regime.market_hmm import MarketHmm
from barograph.models.regime.market_regime import MarketRegime
from models_view import FakeView, Rows, catalog, rows_of

NOW = datetime(2025, 6, 30, 22, tzinfo=UTC)
MODELS: tuple[Any, ...] = (MarketHmm(), MarketRegime(), GdpSwitching())


@cache
def market(last: date = date(2025, 6, 30), now: datetime = NOW) -> FakeView:
    """Prices whose last 40 sessions are wild, in stretches of 400 sessions before."""
    days = sessions("NYSE", date(2012, 1, 3), last)
    rng = np.random.default_rng(0)
    bear = (np.arange(len(days)) // 400) % 3 == 2
    bear[-40:] = True
    moves = np.where(bear, -0.002 + 0.025 * rng.normal(size=len(days)), 0.0008 + 0.006 * rng.normal(size=len(days)))
    levels = 1000.0 * np.cumprod(1.0 + moves)
    return FakeView({SERIES: rows_of(catalog()[SERIES], dict(zip(days, levels.tolist(), strict=True)))}, now)


@cache
def economy(now: datetime = NOW, count: int = 212) -> FakeView:
    """GDP whose growth is 0.9 per quarter, and -1 in runs of four quarters each 32, the newest four among them."""
    rng = np.random.default_rng(1)
    low = (np.arange(count)[::-1] % 32) < 4
    growth = np.where(low, -1.0, 0.9) + 0.3 * rng.normal(size=count)
    growth[count // 2] = -30.0
    quarters = [date(2025 - (count + 3 - q) // 4, (q - count) % 4 * 3 + 1, 1) for q in range(count)]
    levels = 5000.0 * np.exp(np.cumsum(growth) / 100.0)
    return FakeView({GDP: rows_of(catalog()[GDP], dict(zip(quarters, levels.tolist(), strict=True)))}, now)


def view_of(model: Any) -> FakeView:
    return economy() if model.name == "gdp_switching" else market()


@cache
def fitted(model: Any) -> State:
    made: State = model.fit(view_of(model))
    return made


def run(model: Any, view: FakeView, state: State | None = None) -> dict[str, Quantity]:
    return {q.id: q for q in model.step(state or fitted(model), view)[1].quantities}


def number(q: Quantity) -> float:
    assert isinstance(q.value, float), q
    return q.value


def test_bear_is_the_lower_mean_and_its_probability_is_filtered() -> None:
    found = run(MODELS[0], market())
    head = "regime.us.market.hmm"
    assert number(found[f"{head}.p_bear"]) > 90.0 and found[f"{head}.label"].value == "bear"
    assert number(found[f"{head}.bear.mean"]) < number(found[f"{head}.bull.mean"])
    assert number(found[f"{head}.bear.volatility"]) > 2.0 * number(found[f"{head}.bull.volatility"])
    assert found[f"{head}.p_bear"].period == date(2025, 6, 30) and found[f"{head}.p_bear"].state == "ok"


def test_the_low_state_of_gdp_is_found_and_one_quarter_is_no_state() -> None:
    found = run(MODELS[2], economy())
    head = "regime.us.gdp.hamilton"
    assert number(found[f"{head}.p_low"]) > 90.0
    # 100 log points a quarter at an annual rate: -1 is -3.9 per cent, 0.9 is 3.7; the quarter of -30 does not count.
    assert number(found[f"{head}.low.mean"]) == pytest.approx(-3.9, abs=0.8)
    assert number(found[f"{head}.high.mean"]) == pytest.approx(3.7, abs=0.4)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_what_is_known_later_changes_nothing(model: Any) -> None:
    view = view_of(model)

    def poison(_: str, rows: Rows) -> Rows:
        late = np.datetime64(NOW.replace(tzinfo=None), "us") + np.timedelta64(1, "s")
        periods = np.append(rows.periods, [rows.periods[-1], rows.periods[-1] + np.timedelta64(92, "D")])
        known = np.append(rows.known_at, [late, late])
        return Rows(periods, np.append(rows.values, [1e9, 1e-9]), known, rows.basis)

    spoilt = view.mapped(poison)
    assert model.fit(spoilt) == fitted(model)
    assert run(model, spoilt) == run(model, view)
    assert run(model, view, State.from_json(fitted(model).to_json())) == run(model, view)


@pytest.mark.parametrize("model", MODELS[:2], ids=lambda m: m.name)
def test_old_closes_are_said_to_be_old_and_then_give_nothing(model: Any) -> None:
    """The newest close is of 20 June: two sessions old on the 24th, ten on 7 July."""
    rows = market(date(2025, 6, 20)).rows
    for now, state in (
        (datetime(2025, 6, 24, 22, tzinfo=UTC), "degraded"),
        (datetime(2025, 7, 8, 22, tzinfo=UTC), "insufficient"),
    ):
        found = run(model, FakeView(rows, now))
        label = next(q for i, q in found.items() if i.endswith(".label"))
        assert label.state == state and "2025-06-20" in (label.reason or "")


def test_an_old_quarter_is_said_to_be_old_and_then_gives_nothing() -> None:
    for days, state in ((100, "degraded"), (300, "insufficient")):
        found = run(MODELS[2], FakeView(economy().rows, NOW + timedelta(days)))["regime.us.gdp.hamilton.p_low"]
        assert found.state == state and found.reason


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_too_little_history_is_a_reason(model: Any) -> None:
    short = market().mapped(lambda _, r: Rows(r.periods[-900:], r.values[-900:], r.known_at[-900:], r.basis))
    view = economy(NOW, 80) if model.name == "gdp_switching" else short
    for seen in (view, FakeView({}, NOW)):
        state = model.fit(seen)
        assert not state.params
        assert all(q.value is None and q.reason for q in run(model, seen, state).values())


def test_growth_without_two_states_is_said_to_have_none() -> None:
    """White noise around one mean: no low state lasts a quarter and a half, so nothing is told."""
    rng = np.random.default_rng(5)
    rows = economy().rows[GDP]
    levels = 5000.0 * np.exp(np.cumsum(0.8 + 0.5 * rng.normal(size=rows.values.size)) / 100.0)
    view = FakeView({GDP: Rows(rows.periods, levels, rows.known_at, rows.basis)}, NOW)
    state = GdpSwitching().fit(view)
    found = run(MODELS[2], view, state)["regime.us.gdp.hamilton.p_low"]
    assert not state.params and found.value is None and "two states" in (found.reason or "")


@pytest.mark.parametrize("model", MODELS[:2], ids=lambda m: m.name)
def test_a_months_states_bear_the_names_of_those_of_the_month_before(model: Any) -> None:
    params = fitted(model).params
    assert params["assigned"] == [0, 1]
    assert datetime.fromisoformat(params["assigned_to"]) == refit_before(NOW) < refit_at(NOW)
    # Matched the other way round, every state changes its name and nothing else.
    lists = (
        ("centroids", "mean", "volatility") if model.name == "market_regime" else ("means", "variances", "startprob")
    )
    squares = () if model.name == "market_regime" else ("transmat",)
    turned = renamed(params, np.array([1, 0]), lists, squares)
    assert all(turned[key] == params[key][::-1] for key in lists)
    assert all(turned[key] == [row[::-1] for row in params[key][::-1]] for key in squares)
    assert {k: v for k, v in turned.items() if k not in (*lists, *squares)} == {
        k: v for k, v in params.items() if k not in (*lists, *squares)
    }
    # The chain of names is one month long: what was computed before does not enter.
    assert model.fit(view_of(model)) == model.fit(view_of(model).at(NOW))
