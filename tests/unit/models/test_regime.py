"""Quadrants, cells, the label and the disagreement from axes' probabilities, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barograph.core.estimate import Estimate, Quantity
from barograph.models.regime.regime import READINGS, Regime, entropy

NOW = datetime(2025, 11, 5, 23, tzinfo=UTC)
VIEW: Any = SimpleNamespace(known_at=NOW)
MONTH = date(2025, 9, 1)


def axis(name: str, up: float | None, low: float | None = None, high: float | None = None, **more: Any) -> Estimate:
    state = "insufficient" if up is None else more.pop("state", "ok")
    q = Quantity(f"regime.us.{name}.p_up", up, "percent", state, MONTH, low=low, high=high, **more)
    return Estimate(name, NOW, (q,))


def said(g: float | None, i: float | None) -> dict[str, dict[str, Any]]:
    return {"regime.us.growth.p_up": {"value": g}, "regime.us.inflation.p_up": {"value": i}}


def values(estimate: Estimate) -> dict[str, Any]:
    return {q.id.removeprefix("regime.us."): q.value for q in estimate.quantities}


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_probabilities_add_to_a_hundred(g: float, i: float, liq: float) -> None:
    given_ = {"growth": axis("growth", g), "inflation": axis("inflation", i), "liquidity": axis("liquidity", liq)}
    made = values(Regime().compose(VIEW, given_, []))
    assert sum(made[f"quadrant.{q}"] for q in READINGS) == pytest.approx(100.0)
    assert sum(v for k, v in made.items() if k.startswith("cell.")) == pytest.approx(100.0)
    assert made["cell.uuu"] + made["cell.uud"] == pytest.approx(made["quadrant.gu_iu"])
    assert made["quadrant.gu_id"] == pytest.approx(g * (100 - i) / 100)


def test_bands_are_the_corners() -> None:
    given_ = {"growth": axis("growth", 70.0, 60.0, 80.0), "inflation": axis("inflation", 40.0, 30.0, 50.0)}
    made = Regime().compose(VIEW, given_, [])
    up_down = made.get("regime.us.quadrant.gu_id")
    assert up_down is not None
    assert (up_down.low, up_down.high) == (pytest.approx(60 * 50 / 100), pytest.approx(80 * 70 / 100))
    cells = made.get("regime.us.cell.uuu")
    assert cells is not None and cells.state == "insufficient" and "liquidity" in (cells.reason or "")


def test_missing_axes_are_named_and_nothing_is_guessed() -> None:
    made = Regime().compose(VIEW, {"growth": axis("growth", 70.0)}, [])
    for q in made.quantities:
        if "weakness" not in q.id:
            assert q.value is None and q.reason is not None and "inflation" in q.reason
    degraded = {"growth": axis("growth", 70.0, state="degraded", reason="closed"), "inflation": axis("inflation", 60.0)}
    worn = Regime().compose(VIEW, degraded, []).get("regime.us.quadrant.gu_iu")
    assert worn is not None and worn.state == "degraded" and worn.reason == "closed"


def test_the_label_needs_five_of_seven() -> None:
    given_ = {"growth": axis("growth", 90.0), "inflation": axis("inflation", 10.0)}
    four = [said(50.0, 50.0)] * 60 + [said(90.0, 10.0)] * 3
    assert values(Regime().compose(VIEW, given_, four))["label"] == "undecided"
    five = [said(50.0, 50.0)] * 60 + [said(90.0, 10.0)] * 4
    made = values(Regime().compose(VIEW, given_, five))
    assert made["label"] == "growth_up_inflation_down" and made["reading"] == "neither"
    assert made["label_sessions"] == 1.0


def test_the_label_stays_until_another_is_likely() -> None:
    history = [said(90.0, 10.0)] * 10 + [said(45.0, 55.0)] * 30 + [said(None, None)] * 5
    given_ = {"growth": axis("growth", 45.0), "inflation": axis("inflation", 55.0)}
    assert values(Regime().compose(VIEW, given_, history))["label"] == "growth_up_inflation_down"
    turned = history + [said(5.0, 95.0)] * 6
    low = {"growth": axis("growth", 5.0), "inflation": axis("inflation", 95.0)}
    assert values(Regime().compose(VIEW, low, turned))["label"] == "growth_down_inflation_up"


def test_exactly_the_threshold_is_not_above_it() -> None:
    model = Regime()
    day = {"gu_iu": 60.0, "gu_id": 0.0, "gd_iu": 40.0, "gd_id": 0.0}
    assert model.hysteresis([day] * 20)[0] == "undecided"
    assert model.hysteresis([{**day, "gu_iu": 60.1}] * 20)[0] == "gu_iu"


def test_disagreement_spans_the_models() -> None:
    bear = Quantity("regime.us.market.hmm.p_bear", 80.0, "percent", period=MONTH)
    given_ = {"growth": axis("growth", 70.0), "market_hmm": Estimate("market_hmm", NOW, (bear,))}
    made = values(Regime().compose(VIEW, given_, []))
    assert (made["weakness.low"], made["weakness.high"]) == (pytest.approx(30.0), 80.0)
    assert made["weakness.disagreement"] == pytest.approx(50.0)
    alone = values(Regime().compose(VIEW, {"growth": axis("growth", 70.0)}, []))
    assert alone["weakness.disagreement"] is None


def test_entropy_of_certainty_and_ignorance() -> None:
    assert entropy({"a": 100.0, "b": 0.0, "c": 0.0, "d": None}) == 0.0
    assert entropy(dict.fromkeys("abcd", 25.0)) == pytest.approx(100.0)


def test_a_quadrant_that_is_likely_but_not_for_long_enough_challenges_the_label() -> None:
    held, other = said(90.0, 90.0), said(90.0, 10.0)
    today = {"growth": axis("growth", 90.0), "inflation": axis("inflation", 10.0)}
    made = values(Regime().compose(VIEW, today, [*[held] * 30, other, other]))
    assert made["label"] == "growth_up_inflation_up"
    assert (made["challenger"], made["challenger_sessions"]) == ("growth_up_inflation_down", 3.0)
    # At five it is the label, and nothing challenges it.
    taken = Regime().compose(VIEW, today, [*[held] * 30, *[other] * 4])
    assert values(taken)["label"] == "growth_up_inflation_down"
    gone = taken.get("regime.us.challenger")
    assert gone is not None and gone.value is None and gone.reason == "no other quadrant has more than 60 %"
