"""Linked contributions and active effects: a textbook's figures, and what must add up whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from barograph.models.equities._brinson import brinson_fachler
from barograph.models.equities._linking import compounded, linked, linked_active, log_factor

# Bacon (2008), Practical Portfolio Performance Measurement and Attribution, tables 5.1, 8.1 and 8.2: UK, Japanese and US equities
# over four quarters. The book prints four decimals and counts interaction with selection.
OURS = np.array([[0.4, 0.3, 0.3], [0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.3, 0.5, 0.2]])
THEIRS = np.array([[0.4, 0.2, 0.4], [0.4, 0.3, 0.3], [0.5, 0.4, 0.1], [0.4, 0.4, 0.2]])
RETURNS = np.array([[0.2, -0.05, 0.06], [-0.05, 0.03, -0.05], [-0.2, 0.08, -0.15], [0.1, -0.07, 0.25]])
BENCH = np.array([[0.1, -0.04, 0.08], [-0.07, 0.04, -0.1], [-0.25, 0.05, -0.2], [0.05, -0.05, 0.1]])
ALLOCATION = np.array(
    [[0.0, -0.0104, -0.0016], [-0.0072, -0.0086, 0.0108], [0.025, 0.0175, -0.0075], [-0.003, -0.007, 0.0]]
)
SELECTION = np.array([[0.04, -0.003, -0.006], [0.014, -0.002, 0.005], [0.015, 0.015, 0.01], [0.015, -0.01, 0.03]])
FOUR_QUARTERS = {"allocation": [0.0165, -0.0060, 0.0015], "selection": [0.0804, 0.0018, 0.0385]}
PRINTED = 1e-4


def test_effects_of_the_textbook() -> None:
    made = brinson_fachler(OURS, THEIRS, RETURNS, BENCH)
    assert np.abs(made.allocation - ALLOCATION).max() < PRINTED
    assert np.abs(made.selection + made.interaction - SELECTION).max() < PRINTED


def test_linked_effects_of_the_textbook() -> None:
    made = brinson_fachler(OURS, THEIRS, RETURNS, BENCH)
    ours, theirs = (OURS * RETURNS).sum(axis=1), (THEIRS * BENCH).sum(axis=1)
    allocation = linked_active(made.allocation, ours, theirs)
    selection = linked_active(made.selection + made.interaction, ours, theirs)
    assert np.abs(allocation - FOUR_QUARTERS["allocation"]).max() < PRINTED
    assert np.abs(selection - FOUR_QUARTERS["selection"]).max() < PRINTED
    assert allocation.sum() + selection.sum() == pytest.approx(compounded(ours) - compounded(theirs), abs=1e-12)


def test_a_single_day_is_left_as_it_is() -> None:
    parts = np.array([[0.4, -0.1, 0.07]])
    assert linked(parts, np.array([0.0037])) == pytest.approx(parts[0], abs=1e-15)
    assert linked_active(parts, np.array([0.01]), np.array([-0.02])) == pytest.approx(parts[0], abs=1e-15)


def test_the_limits_at_returns_of_nought() -> None:
    assert log_factor(np.array([0.0]))[0] == 1.0
    assert log_factor(np.array([1e-12]))[0] == pytest.approx(1.0, abs=1e-11)
    # A day without a return of the whole whose parts cancel, and a stretch that ends where it began.
    parts = np.array([[0.02, -0.02], [0.05, 0.05], [-0.02, -1 / 1.1 * 0.1 + 0.02]])
    returns = parts.sum(axis=1)
    assert compounded(returns) == pytest.approx(0.0, abs=1e-15)
    assert linked(parts, returns).sum() == pytest.approx(0.0, abs=1e-12)
    same = np.array([0.01, -0.02])
    assert np.isfinite(linked_active(np.zeros((2, 3)), same, same)).all()


days = st.integers(1, 60)


@given(st.data())
def test_parts_and_residual_add_up_to_the_compounded_return(data: st.DataObject) -> None:
    n = data.draw(days)
    parts = data.draw(arrays(np.float64, (n, 4), elements=st.floats(-0.05, 0.05)))
    residual = data.draw(arrays(np.float64, (n, 1), elements=st.floats(-0.002, 0.002)))
    every = np.hstack([parts, residual])
    returns = every.sum(axis=1)
    assert linked(every, returns).sum() == pytest.approx(np.prod(1.0 + returns) - 1.0, abs=1e-9)


@given(st.data())
def test_effects_add_up_to_the_active_return(data: st.DataObject) -> None:
    n = data.draw(days)
    raw = [data.draw(arrays(np.float64, (n, 5), elements=st.floats(0.01, 1.0))) for _ in range(2)]
    ours, theirs = (r / r.sum(axis=1, keepdims=True) for r in raw)
    returns, bench = (data.draw(arrays(np.float64, (n, 5), elements=st.floats(-0.2, 0.2))) for _ in range(2))
    made = brinson_fachler(ours, theirs, returns, bench)
    effects = np.hstack([made.allocation, made.selection, made.interaction])
    r, b = (ours * returns).sum(axis=1), (theirs * bench).sum(axis=1)
    assert effects.sum(axis=1) == pytest.approx(r - b, abs=1e-12)
    # Sixty days of a fifth compound to tens of thousands: 1e-9 of that.
    whole = compounded(r) - compounded(b)
    scale = 1.0 + abs(compounded(r)) + abs(compounded(b))
    assert linked_active(effects, r, b).sum() == pytest.approx(whole, abs=1e-9 * scale)


def test_a_planted_sum_of_days_is_found() -> None:
    # Adding up the days without linking leaves the compounding over.
    returns = np.full(20, 0.01)
    assert abs(returns.sum() - compounded(returns)) > 1e-2
