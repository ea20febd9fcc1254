"""Release days of the catalogue beside those of a recorded calendar, 2021 to 2025: never early, and how late.

The calendar names CPI on 2025-11-03, a day on which nothing came (BLS was closed): it is left out.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from barograph.catalog.load import load
from barograph.core.release import scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK

pytestmark = pytest.mark.e2e
CATALOG = load()
#: Event of the calendar -> row, and the least share of days that the rule hits.
EVENTS = {
    "Non-Farm Employment Change": ("us.labour.payrolls", 1.0),
    "Unemployment Claims": ("us.labour.initial_claims", 0.95),
    "CPI m/m": ("us.prices.cpi", 0.95),
    "PPI m/m": ("us.prices.ppi", 0.0),
    "Retail Sales m/m": ("us.growth.retail_sales", 0.0),
    "JOLTS Job Openings": ("us.labour.job_openings", 0.0),
    "Core PCE Price Index m/m": ("us.prices.pce_core", 0.15),
    "Advance GDP q/q": ("us.growth.gdp_real", 0.0),
}


def releases(series: Series) -> dict[date, date]:
    """Release day -> period, by the catalogue."""
    out, day = {}, date(2020, 9, 1)
    while day < date(2025, 12, 31):
        named = (day.day == 1 and (series.stamp == "month_start" or day.month % 3 == 1)) or (
            series.stamp == "week_end" and day.weekday() == 5
        )
        if named and (series.stamp != "week_end") == (day.day == 1 and series.stamp != "week_end"):
            out[scheduled(series, day, CATALOG.closures).astimezone(NEW_YORK).date()] = day
        day += timedelta(1)
    return out


@pytest.mark.parametrize("event", EVENTS)
def test_the_catalogue_is_never_early(recorded_folder: Path, event: str) -> None:
    series_id, share = EVENTS[event]
    with gzip.open(recorded_folder / "data" / "calendar" / "us_releases.csv.gz", "rt") as file:
        real = sorted({date.fromisoformat(r["date"]) for r in csv.DictReader(file) if r["event"] == event})
    real = [d for d in real if (event, d) != ("CPI m/m", date(2025, 11, 3))]
    ruled = sorted(releases(CATALOG[series_id]))
    late = Counter((min(ruled, key=lambda r: abs((r - d).days)) - d).days for d in real)
    print(event, len(real), sorted(late.items()))
    assert len(real) >= 17 and min(late) >= 0, late
    assert late[0] >= share * len(real)
