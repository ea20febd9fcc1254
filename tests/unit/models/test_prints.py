"""Last prints and their transforms; figures that never existed, rebased indices, revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.macro.prints import MACRO, Prints, steps_of
from models_view import NOW, FakeView, Rows, catalog, close_of, rows_of


def run(view: FakeView) -> dict[str, Quantity]:
    model = Prints()
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def monthly(first: date, count: int, value: float = 100.0, step: float = 1.0) -> dict[date, float]:
    months = (first.year * 12 + first.month - 1 + i for i in range(count))
    return {date(m // 12, m % 12 + 1, 1): value + step * i for i, m in enumerate(months)}


def view_of(known_at: datetime = NOW, **series: dict[date, float]) -> FakeView:
    ids = {i.rpartition(".")[2]: i for i in MACRO}
    return FakeView({ids[k]: rows_of(catalog()[ids[k]], v, "assumed") for k, v in series.items()}, known_at)


def test_transforms_by_the_catalogue() -> None:
    suffixes = {i.rpartition(".")[2]: [s.suffix for s in steps_of(catalog()[i])] for i in MACRO}
    assert suffixes["payrolls"] == ["change_1m"]
    assert suffixes["cpi"] == ["yoy", "mom"]
    assert suffixes["retail_sales"] == ["mom"]
    assert suffixes["gdp_real"] == ["growth"]
    assert suffixes["initial_claims"] == ["change_1w"]
    assert suffixes["effr"] == ["change_1d"]
    units = {i.rpartition(".")[2]: steps_of(catalog()[i])[0].unit for i in MACRO}
    assert (units["payrolls"], units["unemployment_rate"], units["effr"]) == ("thousands", "pp", "bp")


def test_numbers_of_monthly_and_quarterly_figures() -> None:
    quarters = {date(2024, 10, 1): 100.0, date(2025, 1, 1): 101.0, date(2025, 4, 1): 102.0}
    cpi = monthly(date(2023, 1, 1), 33)
    found = run(view_of(cpi=cpi, payrolls=monthly(date(2025, 1, 1), 8, 159_000.0, -26.0), gdp_real=quarters))
    assert found["macro.us.cpi.latest"].period == date(2025, 9, 1)
    new, old = cpi[date(2025, 9, 1)], cpi[date(2024, 9, 1)]
    assert found["macro.us.cpi.yoy"].value == pytest.approx(100.0 * (new / old - 1.0), abs=1e-12)
    assert found["macro.us.cpi.mom"].value == pytest.approx(100.0 * (new / (new - 1.0) - 1.0), abs=1e-12)
    assert found["macro.us.payrolls.change_1m"].value == -26.0
    assert found["macro.us.gdp_real.growth"].value == pytest.approx(100.0 * ((102.0 / 101.0) ** 4 - 1.0), abs=1e-12)
    assert found["macro.us.payrolls.latest"].state == "ok"  # the agency is closed: nothing newer was due


def test_a_late_figure_is_degraded_and_says_what_was_due() -> None:
    found = run(view_of(cpi=monthly(date(2023, 1, 1), 31)))
    latest = found["macro.us.cpi.latest"]
    assert (latest.period, latest.state) == (date(2025, 7, 1), "degraded")
    assert latest.reason == "a value for 2025-09-01 was due"
    assert found["macro.us.cpi.yoy"].state == "degraded"


def test_a_month_that_was_never_collected_gives_no_change() -> None:
    cpi = monthly(date(2024, 1, 1), 23)
    del cpi[date(2025, 10, 1)]
    found = run(view_of(close_of(date(2025, 12, 19)), cpi=cpi))
    assert found["macro.us.cpi.latest"].period == date(2025, 11, 1)
    assert found["macro.us.cpi.yoy"].state == "ok"
    assert found["macro.us.cpi.mom"].reason == "no value for the period it is compared with"


def test_a_daily_price_and_a_week_with_a_holiday() -> None:
    thursdays = {date(2025, 10, 16): 6.27, date(2025, 10, 23): 6.19, date(2025, 10, 30): 6.17}
    wednesday = {date(2025, 10, 15): 6.27, date(2025, 10, 23): 6.19, date(2025, 10, 30): 6.17}
    for weeks in (thursdays, wednesday):
        assert run(view_of(mortgage_30y=weeks))["macro.us.mortgage_30y.change_1w"].value == -2.0
    gap = {date(2025, 10, 9): 6.3, date(2025, 10, 30): 6.17}
    assert run(view_of(mortgage_30y=gap))["macro.us.mortgage_30y.change_1w"].state == "insufficient"


def vintage(series_id: str, rows: list[tuple[date, float, datetime | str]]) -> FakeView:
    periods, values, known = zip(*rows, strict=True)
    held = Rows(
        np.array(periods, "datetime64[D]"), np.array(values), np.array(known, "datetime64[us]"), basis="vintage"
    )
    return FakeView({series_id: held}, NOW)


JULY, AUGUST, SEPTEMBER = date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1)


def test_revision_is_latest_less_first_print() -> None:
    rows = [
        (JULY, 100.0, "2025-09-16T13:15"),
        (AUGUST, 101.0, "2025-09-26T13:15"),
        (AUGUST, 100.4, "2025-10-16T13:15"),
        (SEPTEMBER, 102.0, "2025-10-16T13:15"),
    ]
    found = run(vintage("us.growth.industrial_production", rows))["macro.us.industrial_production.revision"]
    assert (found.value, found.period, found.unit) == (-0.6, AUGUST, "index")
    assert found.window == "since 2025-10-01"


def test_no_revision_without_true_vintages_or_without_a_later_release() -> None:
    rows = [(AUGUST, 101.0, "2025-09-16T13:15")]
    assert "macro.us.industrial_production.revision" not in run(vintage("us.growth.industrial_production", rows))
    assumed = view_of(industrial_production=monthly(date(2024, 1, 1), 21))
    assert "macro.us.industrial_production.revision" not in run(assumed)


def test_a_change_of_base_is_no_inflation() -> None:
    row = catalog()["us.prices.pce"]
    rebased = row.unit_from[-1].known_at.replace(tzinfo=None)
    before, after = rebased - timedelta(30), rebased + timedelta(30)
    rows = [(date(2023, 7, 1), 133.0, before), (date(2023, 8, 1), 120.5, after)]
    view = vintage(row.id, rows).at(row.unit_from[-1].known_at + timedelta(40))
    change = run(view)["macro.us.pce.mom"]
    assert change.value is None and change.reason is not None and "the base of the index changed" in change.reason
    # The planted bug: without the guard a rebase of -9 % would be the month's inflation. Assumed rows are of one base.
    free = replace(view, rows={row.id: replace(view.rows[row.id], basis="assumed")})
    assert run(free)["macro.us.pce.mom"].value == pytest.approx(100.0 * (120.5 / 133.0 - 1.0))


def test_a_series_never_looked_at_says_so() -> None:
    found = run(view_of())
    assert found["macro.us.payrolls.latest"].reason == "us.labour.payrolls has never been looked at"
    assert {q.state for q in found.values()} == {"insufficient"}
