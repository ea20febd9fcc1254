"""The usual size of a series' changes: a robust z by hand, and where nothing is usual."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from barograph.archive.points import Points
from barograph.catalog.load import load
from barograph.models.macro.surprise import FEWEST, WINDOW, usual

CATALOG = load()


def view(series_id: str, periods: list[date], values: list[float]) -> Any:
    zero = np.zeros(len(values), dtype=np.int64)
    points = Points(
        series_id, CATALOG[series_id].unit, np.array(periods, dtype="datetime64[D]"), np.array(values, dtype=np.float64),
        zero.astype("datetime64[us]"), zero.astype(np.uint8), zero,
    )  # fmt: skip
    return SimpleNamespace(series=lambda _: points)


def months(n: int) -> list[date]:
    return [date(2000 + k // 12, k % 12 + 1, 1) for k in range(n)]


def test_the_robust_z_by_hand() -> None:
    changes = [100.0, 120.0, 80.0, 110.0, 90.0] * 4
    found = usual(
        CATALOG["us.labour.payrolls"], view("us.labour.payrolls", months(21), np.cumsum([130_000.0, *changes]).tolist())
    )
    assert found is not None
    assert (found.median, found.n) == (100.0, 20)
    assert found.sd == pytest.approx(1.4826 * 10.0)  # the median of |0, 20, 20, 10, 10| is 10
    assert found.of_change(129_841.0, 130_000.0) == pytest.approx((-159.0 - 100.0) / 14.826)
    assert found.of_revision(130_004.0, 130_000.0) == pytest.approx(4.0 / 14.826)


def test_a_wild_change_long_ago_is_out_of_the_window() -> None:
    n = WINDOW["M"] + 30
    values = np.cumsum([130_000.0, -20_000.0, *([100.0, 120.0] * n)][:n]).tolist()
    found = usual(CATALOG["us.labour.payrolls"], view("us.labour.payrolls", months(n), values))
    assert found is not None and found.n == WINDOW["M"] and found.sd < 20.0


def test_daily_yields_are_measured_in_basis_points() -> None:
    days = [date(2024, 1, 1) + timedelta(k) for k in range(40)]
    values = [4.0 + 0.01 * (k * k % 13) for k in range(40)]
    found = usual(CATALOG["us.rates.par_10y"], view("us.rates.par_10y", days, values))
    assert found is not None and found.step.unit == "bp"
    assert found.of_revision(4.10, 4.00) == pytest.approx(10.0 / found.sd)


@pytest.mark.parametrize("values", [[1.0] * 30, [1.0, 2.0] * (FEWEST // 2), [100.0 + k for k in range(30)], []])
def test_without_spread_or_with_too_few_nothing_is_usual(values: list[float]) -> None:
    assert usual(CATALOG["us.labour.payrolls"], view("us.labour.payrolls", months(len(values)), values)) is None
