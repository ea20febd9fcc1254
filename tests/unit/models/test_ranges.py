"""Ranges for the next session, and how the same rule fared: against a slow loop over the past."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.intervals import wilson
from barograph.models.markets.ranges import Ranges
from models_view import FakeView, close_of, small_view


def quantities(view: FakeView) -> dict[str, Quantity]:
    model = Ranges()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def view() -> FakeView:
    return small_view(5)


def test_range_and_record_against_a_loop(view: FakeView) -> None:
    values, found = view.series("us.equity.spx").values, quantities(view)
    returns = values[1:] / values[:-1] - 1.0
    for end, share in (("low", 0.1), ("high", 0.9)):
        quantile = np.quantile(returns[-252:], share)
        assert found[f"range.spx.{end}"].value == pytest.approx(values[-1] * (1 + quantile), rel=1e-12)
    hits = []
    for i in range(returns.size - 250, returns.size):
        low, high = np.quantile(returns[i - 252 : i], [0.1, 0.9])
        hits.append(low <= returns[i] <= high)
    rate = found["range.spx.hit_rate"]
    assert rate.value == pytest.approx(100.0 * np.mean(hits), abs=1e-9)
    assert rate.n == 250
    assert (rate.low, rate.high) == pytest.approx(tuple(100.0 * e for e in wilson(sum(hits), 250, 0.9)))
    assert found["range.spx.previous_result"].value == ("hit" if hits[-1] else "miss")


@pytest.mark.parametrize("asset", ["spx", "us10y"])
def test_previous_is_what_the_page_of_that_session_said(view: FakeView, asset: str) -> None:
    today, before = quantities(view), quantities(view.at(close_of(date(2025, 11, 4))))
    for end in ("low", "high"):
        said = today[f"range.{asset}.previous_{end}"]
        assert said.value == before[f"range.{asset}.{end}"].value
        assert said.period == before[f"range.{asset}.{end}"].period == date(2025, 11, 4)


@pytest.mark.parametrize("day", range(3, 29))
def test_a_hit_is_a_level_inside_what_was_said(view: FakeView, day: int) -> None:
    found = quantities(view.at(close_of(date(2025, 10, day))))
    for asset in ("spx", "us10y"):
        low, high, came, result = (
            found[f"range.{asset}.previous_{k}"].value for k in ("low", "high", "outcome", "result")
        )
        if result is None:
            continue
        assert result == ("hit" if low <= came <= high else "miss")


def test_yield_ranges_are_in_per_cent(view: FakeView) -> None:
    found, level = quantities(view), view.series("us.rates.par_10y").values[-1]
    assert found["range.us10y.low"].unit == "percent"
    assert found["range.us10y.low"].value < level < found["range.us10y.high"].value


def test_nominal_coverage_on_a_random_walk() -> None:
    # 20 histories of 250 ranges: mean coverage 80 % less the width lost to estimation, standard error 0.6 points.
    rates = [quantities(small_view(seed, years=3))["range.spx.hit_rate"].value for seed in range(20)]
    assert 77.0 <= float(np.mean(rates)) <= 82.0  # type: ignore[arg-type]


def test_a_short_past_degrades_and_then_ends() -> None:
    found = quantities(small_view(5, years=1))
    assert found["range.spx.low"].state == "degraded"
    assert found["range.spx.hit_rate"].state == "insufficient"
    found = quantities(small_view(5, years=2))
    assert (found["range.spx.low"].state, found["range.spx.hit_rate"].state) == ("ok", "degraded")


def test_explain_adds_up(view: FakeView) -> None:
    model = Ranges()
    before, after = (model.step(model.fit(v), v)[1] for v in (view.at(close_of(date(2025, 11, 3))), view))  # type: ignore[arg-type]
    assert max(abs(a.gap()) for a in model.explain(before, after)) <= 1e-9
