"""The growth and inflation axes and the nowcast of GDP on invented series: laws that hold whatever the data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Estimate, Quantity
from barograph.models._fitting import refit_at
from barograph.models._protocol import State
from barograph.models.macro._gdp_forecast import GDP, bucket_of, first_figure
from barograph.models.macro._panel import Row, monthly_panel, outliers
from barograph.models.macro.activity import Activity
from barograph.models.macro.gdp_nowcast import GdpNowcast
from barograph.models.macro.growth import ROWS, Growth
from barograph.models.macro.inflation import Inflation
from macro_view import macro_view
from models_view import FakeView, Rows

#: An ordinary day, with no agency closed.
NOW = datetime(2025, 9, 10, 22, tzinfo=UTC)
MODELS = (Growth(), Inflation(), GdpNowcast(), Activity())


def fitted(model: Any, view: FakeView) -> State:
    return model.fit(view.at(refit_at(view.known_at)))


@cache
def said(name: str) -> tuple[State, Estimate]:
    model = next(m for m in MODELS if m.name == name)
    view = macro_view(known_at=NOW)
    state = fitted(model, view)
    return state, model.step(state, view)[1]


def value(estimate: Estimate, id_: str) -> float:
    found = estimate.get(id_)
    assert found is not None and isinstance(found.value, float), id_
    return found.value


def poisoned(view: FakeView) -> FakeView:
    """Absurd values that become known after the view."""

    def spoil(series_id: str, rows: Rows) -> Rows:
        late = np.datetime64(view.known_at.replace(tzinfo=None), "us") + np.timedelta64(3600, "s")
        periods = np.append(rows.periods, [rows.periods[-1], rows.periods[-1] + np.timedelta64(31, "D")])
        values = np.append(rows.values, [1e12, -1e12])
        return Rows(periods, values, np.append(rows.known_at, [late, late]), rows.basis)

    return view.mapped(spoil)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_the_future_changes_nothing(model: Any) -> None:
    view = macro_view(known_at=NOW)
    state, estimate = said(model.name)
    spoilt = poisoned(view)
    assert fitted(model, spoilt) == state
    assert model.step(state, spoilt)[1] == estimate


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_an_unchanged_view_gives_an_equal_estimate(model: Any) -> None:
    state, estimate = said(model.name)
    assert model.step(State.from_json(state.to_json()), macro_view(known_at=NOW))[1] == estimate


@pytest.mark.parametrize("name", ["growth", "inflation"])
def test_contributions_add_up_and_probabilities_are_some(name: str) -> None:
    _, estimate = said(name)
    head = f"regime.us.{name}"
    for word, whole in (("contribution", "level"), ("contribution_3m", "change_3m")):
        parts = [q.value for q in estimate.quantities if q.id.startswith(f"{head}.{word}.")]
        assert sum(v for v in parts if isinstance(v, float)) == pytest.approx(
            value(estimate, f"{head}.{whole}"), abs=1e-9
        )
    up = estimate.get(f"{head}.p_up")
    assert up is not None and up.low is not None and up.high is not None
    assert 0.0 <= up.low <= value(estimate, f"{head}.p_up") <= up.high <= 100.0


def test_the_axis_finds_the_factor() -> None:
    """The level of past months, read at each month's end, follows the factor that made the data (correlation above 0.8)."""
    model, state = Growth(), said("growth")[0]
    rng = np.random.default_rng(0)
    months = (2025 - 1995) * 12 + 10
    factor = np.zeros(months)
    for t in range(1, months):
        factor[t] = 0.8 * factor[t - 1] + 0.5 * rng.normal()
    levels, truth = [], []
    for back in range(36):
        when = NOW - timedelta(30 * back)
        estimate = model.step(state, macro_view(known_at=when))[1]  # type: ignore[arg-type]
        found = estimate.get("regime.us.growth.level")
        assert found is not None and found.period is not None
        at = (found.period.year - 1995) * 12 + found.period.month - 1
        levels.append(value(estimate, "regime.us.growth.level"))
        truth.append(factor[at - 2 : at + 1].mean())
    assert np.corrcoef(levels, truth)[0, 1] > 0.8


def test_news_add_up_to_the_change_of_the_nowcast() -> None:
    _, estimate = said("gdp_nowcast")
    for sessions in (1, 10):
        parts = [q.value for q in estimate.quantities if q.id.startswith(f"nowcast.us.gdp.news_{sessions}d.")]
        total = value(estimate, f"nowcast.us.gdp.change_{sessions}d")
        assert sum(v for v in parts if isinstance(v, float)) == pytest.approx(total, abs=1e-9)


def test_the_change_is_that_of_the_point_then_and_now() -> None:
    """Ten sessions before, in another month with other parameters, the same quarter stood at point less change."""
    model, view = GdpNowcast(), macro_view(known_at=NOW)
    then = view.at(datetime(2025, 8, 26, 22, tzinfo=UTC))
    before = model.step(fitted(model, then), then)[1]  # type: ignore[arg-type]
    _, after = said("gdp_nowcast")
    now, was = after.get("nowcast.us.gdp.point"), before.get("nowcast.us.gdp.point")
    assert now is not None and was is not None and now.period == was.period
    change = value(after, "nowcast.us.gdp.change_10d")
    assert change == pytest.approx(value(after, now.id) - value(before, was.id), abs=1e-9)
    refit = value(after, "nowcast.us.gdp.news_10d.refit")
    assert refit != 0.0


def test_the_interval_is_no_narrower_than_the_record() -> None:
    state, estimate = said("gdp_nowcast")
    point = estimate.get("nowcast.us.gdp.point")
    assert point is not None and point.period is not None and point.n is not None
    end = date(point.period.year + (point.period.month > 9), (point.period.month + 2) % 12 + 1, 1) - timedelta(1)
    errors = state.params["errors"][str(bucket_of((NOW.date() - end).days))]
    assert point.n == len(errors)
    half = (value(estimate, "nowcast.us.gdp.q85") - value(estimate, "nowcast.us.gdp.q15")) / 2
    assert half >= np.quantile(np.abs(errors), 0.70) - 1e-12


def test_buckets_and_first_figures() -> None:
    assert [bucket_of(d) for d in (-100, -61, -60, -31, -30, -1, 0, 40)] == [0, 0, 1, 1, 2, 2, 3, 3]
    view = macro_view(known_at=NOW)
    found = first_figure(view, date(2025, 4, 1))  # type: ignore[arg-type]
    points = view.series(GDP)
    growth = 100.0 * ((points.value_on(date(2025, 4, 1)) / points.value_on(date(2025, 1, 1))) ** 4 - 1.0)  # type: ignore[operator]
    assert found is not None and found[1] == pytest.approx(growth, abs=1e-9)
    assert first_figure(view, date(2025, 10, 1)) is None  # type: ignore[arg-type]


def test_too_little_is_insufficient_by_name() -> None:
    few = macro_view(known_at=NOW).mapped(lambda i, r: r if i in ("us.labour.payrolls", GDP) else None)
    for model in MODELS:
        estimate = model.step(fitted(model, few), few)[1]  # type: ignore[arg-type]
        assert estimate.quantities and all(q.state == "insufficient" and q.reason for q in estimate.quantities)


def test_a_missing_input_degrades_and_a_closure_is_named() -> None:
    without = macro_view(known_at=NOW).mapped(lambda i, r: None if i == "us.growth.retail_sales" else r)
    growth = Growth()
    level = growth.step(fitted(growth, without), without)[1].get("regime.us.growth.level")  # type: ignore[arg-type]
    assert level is not None and level.state == "degraded" and level.n == len(ROWS) - 1
    closed = macro_view(known_at=datetime(2025, 11, 5, 23, tzinfo=UTC))
    state = fitted(growth, closed)
    found = growth.step(state, closed)[1].get("regime.us.growth.level")  # type: ignore[arg-type]
    assert found is not None and found.state == "degraded" and "suspended" in (found.reason or "")


def test_scaling_an_index_changes_nothing() -> None:
    view = macro_view(known_at=NOW)
    ids = {r.series_id for r in ROWS if r.transform == "log_change"}

    def scale(series_id: str, rows: Rows) -> Rows:
        return Rows(rows.periods, rows.values * (7.0 if series_id in ids else 1.0), rows.known_at, rows.basis)

    growth = Growth()
    scaled = view.mapped(scale)
    made = growth.step(fitted(growth, scaled), scaled)[1]  # type: ignore[arg-type]
    assert value(made, "regime.us.growth.level") == pytest.approx(
        value(said("growth")[1], "regime.us.growth.level"), abs=1e-6
    )


def test_a_gap_leaves_no_rate_over_two_months() -> None:
    row = Row("us.prices.cpi", "log_change")
    view = macro_view(known_at=NOW)

    def holed(series_id: str, rows: Rows) -> Rows:
        keep = rows.periods.astype("datetime64[D]") != np.datetime64("2025-03-01", "D")
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    panel = monthly_panel(view.mapped(holed), [row], 24)  # type: ignore[arg-type]
    gone = {str(m) for m, v in zip(panel.months, panel.values[:, 0], strict=True) if np.isnan(v)}
    assert {"2025-03", "2025-04"} <= gone and "2025-05" not in gone


def test_outliers_by_the_rule() -> None:
    values = np.column_stack([np.r_[np.zeros(20), np.ones(20), 100.0], np.full(41, np.nan)])
    marked = outliers(values, 6.0)
    assert marked[:, 0].tolist() == [False] * 40 + [True] and not marked[:, 1].any()


def test_the_month_is_estimated_on_its_first_session_by_calendar() -> None:
    assert refit_at(datetime(2025, 11, 5, 23, tzinfo=UTC)) == datetime(2025, 11, 3, 23, tzinfo=UTC)
    # 1 November 2025 is a Saturday: on Sunday and before 18:00 of Monday the month before still counts.
    assert refit_at(datetime(2025, 11, 2, 23, tzinfo=UTC)) == datetime(2025, 10, 1, 22, tzinfo=UTC)
    assert refit_at(datetime(2025, 11, 3, 22, 59, tzinfo=UTC)) == datetime(2025, 10, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize("name", ["growth", "inflation"])
def test_the_level_has_an_interval(name: str) -> None:
    found = said(name)[1].get(f"regime.us.{name}.level")
    assert found is not None and found.low is not None and found.high is not None and isinstance(found.value, float)
    assert found.low < found.value < found.high
    assert found.high - found.value == pytest.approx(found.value - found.low)


@pytest.mark.parametrize("name", ["growth", "inflation"])
def test_old_data_are_said_to_be_old_and_then_give_nothing(name: str) -> None:
    """The newest month is September 2025: of four months and more ago in March 2026, of more than a year in 2027."""
    model = next(m for m in MODELS if m.name == name)
    state = said(name)[0]
    level = f"regime.us.{name}.level"
    late = model.step(state, FakeView(macro_view().rows, datetime(2026, 3, 10, 22, tzinfo=UTC)))[1].get(level)
    assert late is not None and late.state == "degraded" and "newest figure" in (late.reason or "")
    gone = model.step(state, FakeView(macro_view().rows, datetime(2027, 3, 10, 22, tzinfo=UTC)))[1].get(level)
    assert gone is not None and gone.value is None and gone.reason


def test_an_overdue_release_of_gdp_is_said() -> None:
    """The newest quarter is the third of 2025: the fourth is due in January, overdue in May, and no forecast in October."""
    state = said("gdp_nowcast")[0]
    rows = macro_view().rows
    assert FakeView(rows, datetime(2026, 1, 30, 22, tzinfo=UTC)).series(GDP).periods[-1].item() == date(2025, 7, 1)

    def point(month: int) -> Quantity:
        view = FakeView(rows, datetime(2026, month, 20, 22, tzinfo=UTC))
        found = GdpNowcast().step(state, view)[1].get("nowcast.us.gdp.point")
        assert found is not None
        return found

    assert "overdue" not in (point(1).reason or "") and isinstance(point(1).value, float)
    assert point(5).state == "degraded" and "a release of GDP is overdue; last GDP known: 2025 Q3" in (
        point(5).reason or ""
    )
    assert point(10).value is None and "2025 Q3" in (point(10).reason or "")


def test_the_daily_index_adds_up_and_follows_the_factor_behind_its_figures() -> None:
    state, estimate = said("activity")
    parts = [q.value for q in estimate.quantities if q.id.startswith("regime.us.activity.contribution.")]
    level = estimate.get("regime.us.activity.level")
    assert level is not None and level.low is not None and level.high is not None and isinstance(level.value, float)
    assert len(parts) == 6 and sum(v for v in parts if isinstance(v, float)) == pytest.approx(level.value, abs=1e-9)
    assert level.low < level.value < level.high and level.period is not None and level.period <= NOW.date()
    # The view's figures share one factor: all that are not claims load on it with one sign.
    assert all(b > 0.0 for b in state.params["beta"][1:])


def test_the_daily_index_says_why_it_is_silent() -> None:
    rows = {k: v for k, v in macro_view().rows.items() if k != "us.growth.gdp_real"}
    view = FakeView(rows, NOW)
    state = fitted(Activity(), view)
    level = Activity().step(state, view)[1].get("regime.us.activity.level")
    assert not state.params and level is not None and level.value is None and "history" in (level.reason or "")
    old = Activity().step(said("activity")[0], FakeView(macro_view().rows, datetime(2027, 3, 10, 22, tzinfo=UTC)))[1]
    assert all(q.value is None and q.reason for q in old.quantities)


def test_a_closure_widens_the_nowcast() -> None:
    """On 2025-11-05 an agency has been closed since 1 October, a day after the quarter: errors from before its end count.

    The errors on record are made unequal, so that which of them counted can be told.
    """
    when = datetime(2025, 11, 5, 23, tzinfo=UTC)
    state = said("gdp_nowcast")[0]
    errors = {"0": [4.0] * 30, "1": [3.0] * 30, "2": [2.5] * 30, "3": [2.0] * 30}
    known = State(state.model, state.version, state.fitted_as_of, 0, {**state.params, "errors": errors})
    rows = macro_view().rows
    closed = FakeView(rows, when)
    assert closed.catalog.closure_at(when) is not None
    calm = Catalog({s.id: s for s in closed.catalog}, ())

    def width(view: FakeView) -> tuple[float, str | None]:
        found = {q.id: q for q in GdpNowcast().step(known, view)[1].quantities}
        point, high = found["nowcast.us.gdp.point"], found["nowcast.us.gdp.q85"]
        assert isinstance(point.value, float) and isinstance(high.value, float) and point.period == date(2025, 7, 1)
        return high.value - point.value, point.window

    (wide, why), (narrow, usual) = width(closed), width(FakeView(rows, when, calm))
    assert (wide, narrow) == (pytest.approx(2.5), pytest.approx(2.0))
    assert "the last 30 days" in (why or "") and "after the end" in (usual or "")
