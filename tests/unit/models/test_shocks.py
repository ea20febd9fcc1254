"""The daily system beside statsmodels and plain linear algebra, its facts, and the days on which it has nothing to say."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.tsa.api import VAR

from barograph.core.units import UNITS
from barograph.models._fitting import refit_at
from barograph.models._kernels.autoregression import Autoregression, expected, scale_and_root
from barograph.models._kernels.rotations import rotation
from barograph.models._protocol import State
from barograph.models.history import SessionView
from barograph.models.regime.shocks import Shocks
from barograph.models.regime.shocks_identification import RANKS, SHOCKS, SIGNS, VARIABLES, Point, rank_table, sign_table
from barograph.models.regime.shocks_sample import moves_of
from models_view import NOW, FakeView, close_of
from shocked_view import SERIES, fitted, quantities, shocked_view, simulated, without

SPLIT_UNITS = {
    "real10y": "bp",
    "breakeven10y": "bp",
    "hy": "bp",
    "spx": "percent",
    "dollar": "percent",
    "oil": "percent",
}
PARTS = (*SHOCKS, "other", "expected")


@pytest.fixture(scope="module")
def view() -> FakeView:
    return shocked_view()


# ------------------------------------------------------------------------------------------ the system beside peers


def test_the_autoregression_is_that_of_statsmodels() -> None:
    moves, _ = simulated(750, 3)
    peer = VAR(moves).fit(1, trend="c")
    ours = Autoregression.estimate(moves[:-1], moves[1:])
    np.testing.assert_allclose(ours.coefficients, peer.params, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.covariance, peer.sigma_u, rtol=0, atol=1e-10)
    np.testing.assert_allclose(moves[1:] - expected(ours.coefficients, moves[:-1]), peer.resid, rtol=0, atol=1e-12)
    scale, root = scale_and_root(ours.covariance)
    half = scale[:, None] * root
    np.testing.assert_allclose(half @ half.T, ours.covariance, rtol=1e-12, atol=1e-12)


def test_shocks_and_split_by_plain_linear_algebra(view: FakeView) -> None:
    model, state = fitted(view)
    found, mean = quantities(view), quantities(view, Shocks(point="mean"))
    p = state.params
    legs, _ = model._histories(SessionView(view))  # type: ignore[arg-type]
    sample = moves_of(SessionView(view), legs, 20)  # type: ignore[arg-type]
    moves = sample.moves
    assert not np.isnan(moves).any() or np.isnan(moves).all(axis=1).any()
    coefficients = np.array(p["coefficients"])
    residuals = moves[1:] - coefficients[0] - moves[:-1] @ coefficients[1:]
    half = np.diag(p["scale"]) @ np.array(p["root"])
    shocks = np.full((1 + len(p["draws"]), 4, len(residuals)), np.nan)
    for d, (number, *codes) in enumerate([p["target"], *p["draws"]]):
        impact = half @ rotation(state.seed, number, 7)
        plain = np.linalg.solve(impact, residuals.T)
        for k, code in enumerate(codes):
            shocks[d, k] = np.sign(code) * plain[abs(code) - 1]
            if d == 0:
                column = np.sign(code) * impact[:, abs(code) - 1]
                for v, variable in enumerate(VARIABLES[:-1]):
                    quantity = found[f"shock.us.{variable}.{SHOCKS[k]}"]
                    assert quantity.value == pytest.approx(column[v] * shocks[d, k, -1], abs=1e-10)
    assert int(np.isnan(residuals).any(axis=1).sum()) == 3  # Columbus Day, the day after, and the lag of that one
    for h in (1, 5, 20):
        sums = np.nansum(shocks[:, :, -h:], axis=2)
        for k, shock in enumerate(SHOCKS):
            quantity = found[f"shock.us.{shock}.{h}d"]
            assert quantity.value == pytest.approx(sums[0, k], abs=1e-10)
            assert mean[f"shock.us.{shock}.{h}d"].value == pytest.approx(sums[1:, k].mean(), abs=1e-10)
            low, high = np.percentile(sums[1:, k], [16, 84])
            assert (quantity.low, quantity.high) == (pytest.approx(low, abs=1e-10), pytest.approx(high, abs=1e-10))
            assert quantity.n == int((~np.isnan(residuals[-h:, 0])).sum())


def test_the_target_is_nearest_to_the_medians(view: FakeView) -> None:
    model, state = fitted(view, Shocks(draws=400, kept=10**6))
    p = state.params
    assert p["accepted"] == len(p["draws"]) >= 400
    half = np.diag(p["scale"]) @ np.array(p["root"])
    effects = []
    for number, *codes in p["draws"]:
        impact = half @ rotation(state.seed, number, 7)
        effects.append([np.sign(c) * impact[:, abs(c) - 1] for c in codes])
    every = np.array(effects)
    distance = (((every - np.median(every, axis=0)) / every.std(axis=0)) ** 2).sum(axis=(1, 2))
    assert p["draws"][int(distance.argmin())] == p["target"]
    assert model.draws != Shocks().draws


# --------------------------------------------------------------------------------------------------------- facts


def test_facts_their_units_and_their_order(view: FakeView) -> None:
    model, state = fitted(view)
    facts = model.facts(model.step(state, view)[1])  # type: ignore[arg-type]
    expected_ids = [("shock.us.acceptance", "percent")]
    expected_ids += [(f"shock.us.{s}.{h}d", "sigma") for h in (1, 5, 20) for s in SHOCKS]
    expected_ids += [(f"shock.us.{v}.{part}", u) for v, u in SPLIT_UNITS.items() for part in PARTS]
    expected_ids += [(f"shock.us.fomc.{k}", "bp") for k in ("policy", "information")]
    assert [(f.id, f.unit) for f in facts] == expected_ids
    assert {u for _, u in expected_ids} <= UNITS.keys()
    gone = model.step(state, without(view, "us.fx.uup"))[1]  # type: ignore[arg-type]
    assert [(f.id, f.unit) for f in model.facts(gone)] == expected_ids
    for fact in facts:
        assert fact.period is not None and fact.lineage, fact.id
        assert (fact.low is None) == (fact.high is None)
        assert fact.low is None or fact.low <= fact.high


@pytest.mark.parametrize("point", ["median_target", "mean"])
def test_the_split_adds_up_to_the_day(view: FakeView, point: Point) -> None:
    found = quantities(view, Shocks(point=point))
    points = view.series("us.equity.spx")
    assert found["shock.us.spx.move"].value == pytest.approx(
        100.0 * (points.values[-1] / points.values[-2] - 1.0), abs=1e-12
    )
    for variable in SPLIT_UNITS:
        total = sum(found[f"shock.us.{variable}.{part}"].value for part in PARTS)
        assert abs(total - found[f"shock.us.{variable}.move"].value) <= 1e-9


def test_explanations_add_up_and_name_the_parts(view: FakeView) -> None:
    model, state = fitted(view)
    before, after = (model.step(state, view.at(close_of(d)))[1] for d in (date(2025, 11, 4), date(2025, 11, 5)))  # type: ignore[arg-type]
    rows = {a.quantity: a for a in model.explain(before, after)}
    assert max(abs(a.gap()) for a in rows.values()) <= 1e-9
    for variable in SPLIT_UNITS:
        move = rows[f"shock.us.{variable}.move"]
        assert [n for n, _ in move.rows] == [*PARTS, "residual"]
        assert abs(move.rows[-1][1]) <= 1e-9
    assert [n for n, _ in rows["shock.us.growth.5d"].rows] == ["5d", "residual"]


def test_needs_lineage_and_window(view: FakeView) -> None:
    model, state = fitted(view)
    assert set(model.needs()) == SERIES
    found = quantities(view)
    acceptance = found["shock.us.acceptance"]
    assert {i.series_id for i in acceptance.inputs} == SERIES - {"us.rates.par_2y"}
    assert acceptance.n == state.params["tried"]
    assert acceptance.value == pytest.approx(100.0 * state.params["holding"] / state.params["tried"])
    assert acceptance.window.startswith(f"VAR(1), {state.params['n']} sessions, {state.params['first']} to 2025-11-03")
    assert acceptance.inputs[0].first <= date.fromisoformat(state.params["first"])
    assert state.params["accepted"] >= model.draws and len(state.params["draws"]) == model.kept


def test_a_state_survives_json_and_is_kept_through_the_month(view: FakeView) -> None:
    model, state = fitted(view)
    assert model.monthly
    again = State.from_json(json.loads(json.dumps(state.to_json())))
    assert model.step(again, view) == model.step(state, view)  # type: ignore[arg-type]
    kept, _ = model.step(state, view.at(close_of(date(2025, 11, 4))))  # type: ignore[arg-type]
    assert kept == state
    assert state.fitted_as_of == close_of(date(2025, 11, 3))
    assert Shocks(seed=1).fit(view.at(refit_at(NOW))).params["draws"] != state.params["draws"]  # type: ignore[arg-type]


def test_the_table_is_the_one_of_the_documentation() -> None:
    expected_rows = {
        "growth": [1, 1, -1, 1, 0, 0, 0],
        "inflation": [0, 1, 0, -1, 0, 1, 0],
        "policy": [1, -1, 1, -1, 1, 0, 0],
        "risk": [-1, -1, 1, -1, 0, 0, 1],
    }
    assert sign_table().tolist() == [expected_rows[s] for s in SHOCKS]
    assert rank_table().tolist() == [[6, 3, 0]] and len(RANKS) == 1
    # Rows that exclude each other up to sign need no ranking: all pairs but growth and risk.
    for a in SHOCKS:
        for b in SHOCKS:
            both = SIGNS[a].keys() & SIGNS[b].keys()
            products = {SIGNS[a][v] * SIGNS[b][v] for v in both}
            assert (products == {1, -1}) == (a != b and {a, b} != {"growth", "risk"}), (a, b)


# ------------------------------------------------------------------------------------------------ announcement days


def test_the_decision_day_is_split_by_sign_from_closes(view: FakeView) -> None:
    found = quantities(view)
    policy, information = (found[f"shock.us.fomc.{k}"] for k in ("policy", "information"))
    assert policy.period == information.period == date(2025, 10, 29)
    assert policy.window == "from closes"
    two, spx = (view.series(i) for i in ("us.rates.par_2y", "us.equity.spx"))
    day, before = date(2025, 10, 29), date(2025, 10, 28)
    change = 100.0 * (two.value_on(day) - two.value_on(before))
    apart = change * (spx.value_on(day) / spx.value_on(before) - 1.0) < 0.0
    assert policy.value == pytest.approx(change if apart else 0.0, abs=1e-9)
    assert information.value == pytest.approx(0.0 if apart else change, abs=1e-9)
    # At noon of the day its close is not yet known, and the meeting before is the newest.
    noon = quantities(view.at(close_of(day) - timedelta(hours=6)))
    assert noon["shock.us.fomc.policy"].period == date(2025, 9, 17)


def test_a_decision_day_without_a_close_says_so(view: FakeView) -> None:
    found = quantities(without(view, "us.rates.par_2y", date(2025, 10, 29)))
    assert found["shock.us.fomc.policy"].state == "insufficient"
    assert "2025-10-29" in found["shock.us.fomc.policy"].reason
    assert found["shock.us.growth.1d"].value is not None
