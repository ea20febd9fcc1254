"""The packaged days of the FOMC against an independent list of its announcements.

Marek Jarocinski and Peter Karadi (2020, doi 10.1257/mac.20180090) keep the list, here to September 2024. It calls the
unscheduled cut of 2020-03-03 scheduled; the meeting of 2020-03-18 was called off and is not in it.
"""

from __future__ import annotations

import csv
from datetime import date, time

import pytest

from barograph.catalog.load import load
from recorded import ABSENT, folder

pytestmark = pytest.mark.e2e


def test_the_same_days_at_the_same_times() -> None:
    place = folder()
    if place is None:
        pytest.skip(ABSENT)
    with (place / "reference" / "jk_surprises.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["start"] >= "2000"]
    theirs = {
        date.fromisoformat(r["start"][:10]): time.fromisoformat(r["start"][11:16])
        for r in rows
        if r["description"] == "FOMC Rate Decision (Scheduled)" and not r["start"].startswith("2020-03-03")
    }
    planned = {
        a.item.day: a.item.at
        for a in load().events
        if a.item.calendar == "us.fed.fomc" and a.item.title == "FOMC statement" and a.item.day <= max(theirs)
    }
    planned.pop(date(2020, 3, 18))
    assert len(theirs) == 197 and planned.keys() == theirs.keys()
    gaps = {}
    for day, at in theirs.items():
        said = planned[day]
        assert said is not None
        gaps[day] = abs((at.hour - said.hour) * 60 + at.minute - said.minute)
    assert max(gaps.values()) <= 5, "a statement may be minutes late, the plan may not be"
    assert sum(gap > 0 for gap in gaps.values()) < 12
