"""A view says in which base its values stand: a change of base is no revision, and no page of 2010 speaks of 2017 dollars."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.core.observation import Reading
from barograph.core.time import Clock
from small_archive import fetch, packaged

GDP = "us.growth.gdp_real"
NOW = datetime(2025, 1, 2, tzinfo=UTC)
QUARTER = date(2009, 1, 1)
#: Real GDP of 2009 Q1 as printed: advance (2000 dollars), after the revisions of July 2009 (2005) and 2013 (2009).
#: ALFRED GDPC1.
PRINTS = [(date(2009, 4, 29), 11340.9, "usd_bn_2000"), (date(2009, 7, 31), 12925.4, "usd_bn_2005"),
          (date(2013, 7, 31), 14372.1, "usd_bn_2009")]  # fmt: skip


def filled(path: Path, *, vintages: bool) -> Archive:
    archive = Archive.open(path, packaged(), create=True)
    rows = [Reading(GDP, QUARTER, v, vintage=d if vintages else None) for d, v, _ in PRINTS]
    with archive.writer(Clock(datetime(2025, 1, 2, tzinfo=UTC))) as writer:
        writer.commit([fetch(writer, rows if vintages else rows[-1:])])
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return filled(tmp_path_factory.mktemp("units") / "a", vintages=True)


@pytest.mark.parametrize(("day", "value", "unit"), PRINTS)
def test_a_vintage_stands_in_the_base_of_its_day(archive: Archive, day: date, value: float, unit: str) -> None:
    points = archive.as_of(datetime(day.year, day.month, day.day, 23, tzinfo=UTC)).series(GDP)
    assert (points.value_on(QUARTER), points.unit) == (value, unit)


def test_todays_values_on_old_days_stand_in_todays_base(tmp_path: Path) -> None:
    archive = filled(tmp_path / "a", vintages=False)
    points = archive.as_of(datetime(2009, 6, 1, tzinfo=UTC)).series(GDP)
    assert points.bases == ("assumed",) and points.unit == packaged()[GDP].unit == "usd_bn_2017"


def test_without_a_value_the_unit_is_the_rows(archive: Archive) -> None:
    assert archive.as_of(datetime(2000, 1, 1, tzinfo=UTC)).series(GDP).unit == "usd_bn_2017"


def test_the_base_before_the_first_change_is_the_first() -> None:
    row = packaged()[GDP]
    assert row.unit_of(datetime(1980, 1, 1, tzinfo=UTC), "vintage", NOW) == "usd_bn_1987"
    assert row.unit_of(row.unit_from[-1].known_at, "fetch", NOW) == "usd_bn_2017"


def test_a_lag_over_values_stored_before_a_rebase_leaves_them_in_the_old_base(tmp_path: Path) -> None:
    """The same as-of, the same stored values: what is rebased later does not rename them."""
    archive = Archive.open(tmp_path / "a", packaged(), create=True)
    for stored, value in ((datetime(2018, 1, 2, tzinfo=UTC), 16900.0), (datetime(2025, 1, 2, tzinfo=UTC), 18900.0)):
        with archive.writer(Clock(stored)) as writer:
            writer.commit([fetch(writer, [Reading(GDP, date(2017, 4, 1), value)])])
    then = archive.as_of(datetime(2017, 12, 1, tzinfo=UTC)).series(GDP)
    assert (then.value_on(date(2017, 4, 1)), then.unit) == (16900.0, "usd_bn_2009")
    now = archive.as_of(datetime(2025, 2, 1, tzinfo=UTC)).series(GDP)
    assert (now.value_on(date(2017, 4, 1)), now.unit) == (18900.0, "usd_bn_2017")
