"""Periods as a person writes them."""

from __future__ import annotations

from datetime import date

import pytest

from barograph.catalog.load import load
from barograph.core.errors import InputError
from barograph.run.show import span_of

SERIES = load()["us.rates.par_10y"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("2008-02", date(2008, 2, 1), date(2008, 2, 29)),
        ("2008-12", date(2008, 12, 1), date(2008, 12, 31)),
        ("2008-Q3", date(2008, 7, 1), date(2008, 9, 30)),
        ("2008Q4", date(2008, 10, 1), date(2008, 12, 31)),
        ("2008-09-30", date(2008, 9, 30), date(2008, 9, 30)),
    ],
)
def test_a_period_is_all_of_its_days(text: str, first: date, last: date) -> None:
    assert span_of(text, SERIES) == (first, last)


@pytest.mark.parametrize("text", ["", "2008-13", "2008-Q5", "0000", "9999", "20080930x", "soon"])
def test_no_period(text: str) -> None:
    with pytest.raises(InputError, match="not a period"):
        span_of(text, SERIES)
