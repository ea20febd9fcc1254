"""Which session a view shows, and which period is due on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from barograph.core.time import Clock, resolve_as_of
from barograph.models.session import due_period, grid, session_at, session_of, years_before
from models_view import FakeView, catalog, close_of


@pytest.mark.parametrize("text", ["2025-11-05", "2025-11-08", "2025-11-27", "2025-11-05T15:59:00-05:00", "2025-01-01"])
def test_it_is_the_session_that_the_as_of_resolves_to(text: str) -> None:
    clock = Clock(datetime(2026, 1, 2, 23, tzinfo=UTC))
    resolved = resolve_as_of(text, clock)
    assert session_at(resolved.instant) == resolved.session
    assert session_of(FakeView({}, resolved.instant)) == resolved.session  # type: ignore[arg-type]


def due(series_id: str, day: date) -> date:
    return due_period(catalog()[series_id], day, close_of(day), catalog().closures)


def test_a_market_that_closes_with_stocks_owes_the_session() -> None:
    assert due("us.equity.spx", date(2025, 11, 5)) == date(2025, 11, 5)
    assert due("us.rates.par_10y", date(2025, 11, 5)) == date(2025, 11, 5)


def test_a_bond_holiday_still_owes_the_session() -> None:
    # Veterans Day: stocks trade, bonds do not. Yesterday's change must not be shown under today's date.
    assert due("us.rates.par_10y", date(2025, 11, 11)) == date(2025, 11, 11)


def test_a_series_with_its_own_lag_owes_its_newest_scheduled_period() -> None:
    # H.10 of Monday 2025-11-03 speaks of the week to Friday 2025-10-31.
    assert due("us.fx.broad_dollar", date(2025, 11, 5)) == date(2025, 10, 31)
    # A bitcoin day ends at 24:00 UTC, an hour after the page.
    assert due("crypto.btc", date(2025, 11, 5)) == date(2025, 11, 4)


def test_years_before_a_leap_day() -> None:
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)


def test_grid_holds_sessions_between_both_ends() -> None:
    days = grid("NYSE", date(2025, 11, 26), date(2025, 12, 1))
    assert days.tolist() == [date(2025, 11, 26), date(2025, 11, 28), date(2025, 12, 1)]
    assert days.dtype == np.dtype("datetime64[D]")
