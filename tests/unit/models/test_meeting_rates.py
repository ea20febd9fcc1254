"""The algebra of fed funds futures: worked examples, the way there and back, and what cannot be told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._kernels.meeting_rates import month_averages, outcomes, rates_after

#: The meetings of the FOMC from December 2025 on, as its calendar of August 2024 has them.
MEETINGS = [
    date(2025, 12, 10),
    *(date(2026, *d) for d in ((1, 28), (3, 18), (4, 29), (6, 17), (7, 29), (9, 16), (10, 28))),
]
MONTHS = [(2025, 11), (2025, 12), *((2026, m) for m in range(1, 13))]


def test_a_month_is_weighted_by_its_days() -> None:
    """September 2022, meeting on the 21st: 21 days at 2.33, nine at 3.08: 2.555 (the exchange's way of counting)."""
    assert month_averages([2.33, 3.08], [date(2022, 9, 21)], [(2022, 9)]) == pytest.approx(
        [(21 * 2.33 + 9 * 3.08) / 30]
    )


def test_the_month_after_without_a_meeting_anchors() -> None:
    """By hand: the contract of November 2022 (no meeting but on the 2nd) is not whole; October has none: its average is the
    rate after the September meeting, and of a 75 bp expected move nothing is left open."""
    meetings = [date(2022, 9, 21), date(2022, 11, 2)]
    averages = {(2022, 9): 2.555, (2022, 10): 3.08, (2022, 11): (2 * 3.08 + 28 * 3.755) / 30}
    before, september, november = rates_after(averages, meetings, 2.33)
    assert (before, september) == (2.33, 3.08)
    # The month after November is not priced: solved from its own month, (30 x average - 2 x 3.08)/28.
    assert november == pytest.approx(3.755, abs=1e-12)
    assert outcomes(100 * (september - before)) == pytest.approx((75.0, 100.0, 100.0, 0.0))


def test_a_late_meeting_before_another_is_solved_from_the_next_month() -> None:
    """June 2025 (18th) and July (30th): one of 31 July days is at the later rate, known from August. By hand
    (31 x 4.20 - 1 x 4.05)/30 = 4.205."""
    meetings = [date(2025, 6, 18), date(2025, 7, 30)]
    averages = {(2025, 6): 4.30, (2025, 7): 4.20, (2025, 8): 4.05}
    assert rates_after(averages, meetings, 4.33) == pytest.approx([4.33, (31 * 4.20 - 4.05) / 30, 4.05])


def test_two_outcomes() -> None:
    """A mean move of -17.5 bp: 70 per cent for a cut of 25, 30 for none; of -30: 80 for 25, 20 for 50."""
    assert outcomes(-17.5) == pytest.approx((-25.0, 0.0, 70.0, 30.0))
    assert outcomes(-30.0) == pytest.approx((-50.0, -25.0, 20.0, 80.0))
    assert outcomes(0.0) == (0.0, 25.0, 100.0, 0.0)
    assert outcomes(-25.0 + 1e-12)[:2] == (-25.0, 0.0)


@given(st.lists(st.floats(-1.0, 15.0), min_size=len(MEETINGS) + 1, max_size=len(MEETINGS) + 1))
@settings(max_examples=100, deadline=None)
def test_there_and_back(path: list[float]) -> None:
    """Rates to prices to rates."""
    prices = {m: 100.0 - a for m, a in zip(MONTHS, month_averages(path, MEETINGS, MONTHS), strict=True)}
    back = rates_after({m: 100.0 - p for m, p in prices.items()}, MEETINGS, path[0])
    assert back == pytest.approx(path, abs=1e-9)


@given(st.floats(-300.0, 300.0))
def test_outcomes_have_the_mean(change: float) -> None:
    lower, upper, p_lower, p_upper = outcomes(change)
    assert upper - lower == 25.0 and lower % 25.0 == 0.0
    assert p_lower + p_upper == pytest.approx(100.0)
    assert 0.0 <= p_upper < 100.0 or p_upper == pytest.approx(0.0)
    assert (p_lower * lower + p_upper * upper) / 100.0 == pytest.approx(change, abs=1e-6)


def test_unpriced_months() -> None:
    averages = dict(zip(MONTHS[:5], month_averages([3.87, 3.7, 3.6, 3.5], MEETINGS[:3], MONTHS[:5]), strict=True))
    assert rates_after(averages, MEETINGS[:5], 3.87) == pytest.approx([3.87, 3.7, 3.6, 3.5, None, None])
    assert rates_after({}, MEETINGS[:2], None) == [None, None, None]
    # Without a rate of today: of the month before the first meeting.
    assert rates_after(averages, MEETINGS[:3], None)[0] == pytest.approx(3.87)


def test_a_few_days_of_a_month_are_not_asked() -> None:
    """April 2026, meeting on the 29th, nothing priced after it: one day of thirty says nothing."""
    assert rates_after({(2026, 4): 3.56}, [date(2026, 4, 29)], 3.56) == [3.56, None]


def test_a_meeting_on_the_last_day_of_a_month() -> None:
    """Nothing of the new rate is in that month; February has no meeting and holds it whole."""
    meetings = [date(2024, 1, 31), date(2024, 3, 20)]
    path = [5.33, 5.08, 4.83]
    months = [(2024, 1), (2024, 2), (2024, 3), (2024, 4)]
    averages = dict(zip(months, month_averages(path, meetings, months), strict=True))
    assert rates_after(averages, meetings, 5.33) == pytest.approx(path, abs=1e-9)


def test_meetings_in_one_month_are_refused() -> None:
    with pytest.raises(ValueError, match="two in one month"):
        rates_after({}, [date(2020, 3, 3), date(2020, 3, 15)], 1.58)
