"""The nowcast of inflation on invented prices: identities, least squares by numpy, gaps, no look-ahead, missing inputs."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models._fitting import refit_at
from barograph.models.macro._rates import food_rates, last_mean, monthly_rates, regression
from barograph.models.macro.inflation_nowcast import BRENT, CORE, CPI, GAS, LESS_FOOD, PCE, InflationNowcast, bucket_of
from models_view import FakeView, Rows, catalog, rows_of

NOW = datetime(2025, 9, 3, 22, tzinfo=UTC)


def month(k: int) -> date:
    return date(2004 + k // 12, k % 12 + 1, 1)


@cache
def view(known_at: datetime = NOW) -> FakeView:
    """Prices whose headline is 0.8 core + 0.14 food + 0.04 gasoline, with noise; gasoline follows crude oil."""
    rng = np.random.default_rng(5)
    count = (2025 - 2004) * 12 + 9
    core, food = 0.2 + 0.05 * rng.normal(size=count), 0.2 + 0.2 * rng.normal(size=count)
    days = [date(2004, 1, 1) + timedelta(k) for k in range((NOW.date() - date(2004, 1, 1)).days)]
    oil = 60.0 * np.exp(np.cumsum(0.01 * rng.normal(size=len(days))))
    mondays = [k for k, d in enumerate(days) if d.weekday() == 0]
    gas = {days[k]: 1.0 + 0.03 * float(oil[k]) for k in mondays}
    means: dict[tuple[int, int], list[float]] = {}
    for d, v in gas.items():
        means.setdefault((d.year, d.month), []).append(v)
    level = [float(np.mean(means[month(k).year, month(k).month])) for k in range(count)]
    moves = np.r_[0.0, 100.0 * np.diff(np.log(level))]
    headline = 0.8 * core + 0.14 * food + 0.04 * moves
    less = (headline - 0.14 * food) / 0.86

    def index(rates: np.ndarray) -> dict[date, float]:
        return dict(zip([month(k) for k in range(count)], (100 * np.exp(np.cumsum(rates) / 100)).tolist(), strict=True))

    rows = {
        CPI: index(headline),
        CORE: index(core),
        LESS_FOOD: index(less),
        PCE: index(0.05 + 0.7 * headline),
        GAS: gas,
        BRENT: {d: float(v) for d, v in zip(days, oil, strict=True) if d.weekday() < 5},
    }
    return FakeView({i: rows_of(catalog()[i], v, "assumed") for i, v in rows.items()}, known_at)


def run(seen: FakeView, state: Any = None) -> dict[str, Quantity]:
    model: Any = InflationNowcast()
    state = state or model.fit(seen.at(refit_at(seen.known_at)))
    return {q.id.removeprefix("nowcast.us."): q for q in model.step(state, seen)[1].quantities}


def value(q: Quantity) -> float:
    assert isinstance(q.value, float)
    return q.value


def test_coefficients_and_food_come_back() -> None:
    """Slopes within 0.06 of those that made the data; food inflation by the identity to 1e-9."""
    model, seen = InflationNowcast(), view()
    params = model.fit(seen).params  # type: ignore[arg-type]
    _, core, food, gas = params["headline"]
    assert (core, food, gas) == pytest.approx((0.8, 0.14, 0.04), abs=0.06)
    assert params["pce"] == pytest.approx([0.05, 0.7], abs=1e-6)
    rates = food_rates(monthly_rates(seen, CPI), monthly_rates(seen, LESS_FOOD), 0.14)  # type: ignore[arg-type]
    assert np.std(list(rates.values())) == pytest.approx(0.2, rel=0.15)


def test_least_squares_are_numpys_and_outliers_stay_out() -> None:
    rng = np.random.default_rng(0)
    months = np.arange("2010-01", "2020-01", dtype="datetime64[M]")
    x = dict(zip(months, rng.normal(size=months.size).tolist(), strict=True))
    y = {m: 1.0 + 2.0 * v + 0.1 * float(rng.normal()) for m, v in x.items()}
    made = regression(y, (x,), 180, 60, 1e9)
    design = np.column_stack([np.ones(months.size), list(x.values())])
    assert made == pytest.approx(np.linalg.lstsq(design, np.array(list(y.values())), rcond=None)[0], abs=1e-10)
    y[months[50]] = 1e6
    assert regression(y, (x,), 180, 60, 6.0) == pytest.approx([1.0, 2.0], abs=0.1)
    assert regression(y, (x,), 50, 60, 6.0) is None


def test_parts_add_up_and_months_are_the_next_releases() -> None:
    found = run(view())
    parts = [value(q) for i, q in found.items() if i.startswith("cpi.contribution.")]
    assert len(parts) == 4 and math.fsum(parts) == pytest.approx(value(found["cpi.point"]), abs=1e-9)
    newest = view().series(CPI).periods[-1].item()
    assert found["cpi.point"].period == date(newest.year, newest.month + 1, 1)
    for name in ("cpi", "core_cpi", "pce"):
        assert value(found[f"{name}.q15"]) < value(found[f"{name}.point"]) < value(found[f"{name}.q85"])
        assert (found[f"{name}.point"].n or 0) >= 100 and found[f"{name}.point"].state == "ok"


def test_core_is_the_mean_of_its_last_twelve_rates() -> None:
    rates = monthly_rates(view(), CORE)  # type: ignore[arg-type]
    last = sorted(rates)[-12:]
    assert value(run(view())["core_cpi.point"]) == pytest.approx(np.mean([rates[m] for m in last]), abs=1e-12)


def test_gasoline_beats_the_past_mean_of_headline() -> None:
    """Errors on record at the month's end are smaller than those of the mean of the last twelve headline rates."""
    model, seen = InflationNowcast(), view()
    errors = model.fit(seen).params["errors"]["cpi"][2]  # type: ignore[arg-type]
    rates = monthly_rates(seen, CPI)  # type: ignore[arg-type]
    naive = [rates[m] - (last_mean(rates, m) or 0.0) for m in sorted(rates)[-len(errors) :]]
    assert np.sqrt(np.mean(np.square(errors))) < 0.8 * np.sqrt(np.mean(np.square(naive)))


def test_the_future_changes_nothing_and_no_news_nothing() -> None:
    seen = view()

    def poison(_: str, rows: Rows) -> Rows:
        late = np.datetime64(NOW.replace(tzinfo=None), "us") + np.timedelta64(1, "s")
        return Rows(
            np.append(rows.periods, rows.periods[-1]),
            np.append(rows.values, 1e9),
            np.append(rows.known_at, late),
            rows.basis,
        )

    assert run(seen) == run(seen) == run(seen.mapped(poison))


def test_scaling_an_index_changes_nothing() -> None:
    scaled = view().mapped(lambda i, r: Rows(r.periods, r.values * 3.0, r.known_at, r.basis) if i != "x" else r)
    for name in ("cpi", "core_cpi", "pce"):
        assert value(run(scaled)[f"{name}.point"]) == pytest.approx(value(run(view())[f"{name}.point"]), abs=1e-9)


def test_a_month_that_never_came_leaves_no_rate() -> None:
    gone = np.datetime64("2025-05-01", "D")

    def holed(i: str, rows: Rows) -> Rows:
        keep = (
            rows.periods.astype("datetime64[D]") != gone
            if i in (CPI, CORE, LESS_FOOD)
            else np.ones(rows.periods.size, bool)
        )
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    rates = monthly_rates(view().mapped(holed), CPI)  # type: ignore[arg-type]
    assert np.datetime64("2025-05", "M") not in rates and np.datetime64("2025-06", "M") not in rates
    assert run(view().mapped(holed))["cpi.point"].value is not None


def test_a_closure_is_named_and_missing_inputs_too() -> None:
    closed = view().at(datetime(2025, 11, 5, 23, tzinfo=UTC))
    assert closed.catalog.closure_at(closed.known_at) is not None
    point = run(closed)["cpi.point"]
    assert point.state in ("degraded", "insufficient") and point.reason
    if point.state == "degraded":
        assert "suspended" in point.reason and "last known: 2025-" in point.reason
    without = view().mapped(lambda i, r: None if i == GAS else r)
    for q in run(without).values():
        assert q.state == "insufficient" and GAS in (q.reason or "")


def test_times_of_the_month() -> None:
    assert [bucket_of(d) for d in (0, 14, 15, 30, 31, 60)] == [0, 0, 1, 1, 2, 2]


def test_a_release_that_is_overdue_is_said_and_one_long_gone_is_not_nowcast() -> None:
    """80 days after the month's first a release is overdue; with gasoline of another season there is no nowcast at all."""
    model = InflationNowcast()
    state = model.fit(view().at(refit_at(NOW)))
    rows = dict(view().rows)
    late = FakeView(rows, NOW + timedelta(110))
    found = {q.id: q for q in model.step(state, late)[1].quantities}
    point = found["nowcast.us.core_cpi.point"]
    assert point.period is not None and (late.day - point.period).days > 75
    assert point.state == "degraded" and "overdue" in (point.reason or "")
    gone = {q.id: q for q in model.step(state, FakeView(rows, NOW + timedelta(200)))[1].quantities}
    assert all(q.value is None and q.reason for q in gone.values())
