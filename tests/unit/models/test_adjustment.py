"""Prices adjusted for splits and dividends: ratios are total returns, and nothing depends on the unit of price."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from barograph.models.adjustment import adjusted

DAYS = np.array([date(2025, 1, d) for d in (2, 3, 6, 7, 8)], dtype="datetime64[D]")
NONE = (np.empty(0, "datetime64[D]"), np.empty(0))


def actions(**days: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([f"2025-01-{k[1:]}" for k in days], "datetime64[D]"), np.array(list(days.values()))


def test_without_actions_closes_stay() -> None:
    closes = np.array([10.0, 11.0, 12.0, 13.0, 14.0])
    assert adjusted(DAYS, closes, NONE, NONE) is closes


def test_a_split_leaves_no_jump() -> None:
    closes = np.array([100.0, 110.0, 55.0, 56.0, 57.0])
    out = adjusted(DAYS, closes, actions(d06=2.0), NONE)
    assert out == pytest.approx([50.0, 55.0, 55.0, 56.0, 57.0])


def test_a_dividend_is_put_back_into_the_return() -> None:
    # 100 -> 98 with a dividend of 2: (98 / (100 - 2)) - 1 = 0.
    out = adjusted(DAYS, np.array([100.0, 100.0, 98.0, 98.0, 98.0]), NONE, actions(d06=2.0))
    assert out == pytest.approx([98.0] * 5)


def test_split_and_dividend_on_one_day() -> None:
    # Two for one, then 1 per new share: 100 old = 50 new = 49 ex.
    out = adjusted(DAYS, np.array([100.0, 100.0, 49.0, 49.0, 49.0]), actions(d06=2.0), actions(d06=1.0))
    assert out == pytest.approx([49.0] * 5)


def test_actions_outside_the_history_change_nothing() -> None:
    closes = np.array([10.0, 11.0, 12.0, 13.0, 14.0])
    assert adjusted(DAYS, closes, actions(d01=2.0, d31=5.0), NONE) == pytest.approx(closes)


def test_scale_of_price_does_not_matter() -> None:
    closes = np.array([100.0, 103.0, 51.0, 52.0, 50.0])
    one = adjusted(DAYS, closes, actions(d06=2.0), actions(d08=1.5))
    seven = adjusted(DAYS, 7.0 * closes, actions(d06=2.0), actions(d08=7.0 * 1.5))
    assert seven / seven[-1] == pytest.approx(one / one[-1], rel=1e-12)
