"""Revisions, differences and next releases on an archive filled with a FRED key from the recorded sources.

Answer from outside: the Philadelphia Fed's real-time data set of payrolls (EMPLOY), which the recorded sources hold for
tests only; the archive's vintages come from another collection (FRED-MD). Both are exact counts in thousands, so the
tolerance is nought and every difference is named.
"""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recorded
from barograph.archive.revisions import Revisions
from barograph.catalog.load import load
from barograph.core.ahead import next_release
from barograph.core.time import Clock
from barograph.models.macro.prints import steps_of
from barograph.run.api import Record
from barograph.run.settings import Settings
from command_line import GOLDEN_DAY, GOLDEN_NOW, command

pytestmark = pytest.mark.e2e

PAYROLLS, GDP = "us.labour.payrolls", "us.growth.gdp_real"
#: Periods whose prints both collections hold without a gap. Values of before 1999-08 stand in no recorded vintage.
FIRST, LAST = date(1999, 8, 1), date(2024, 2, 1)
#: The one vintage on which the two disagree, by period: (FRED-MD, Philadelphia Fed). Both name it May 2020.
MAY_2020 = {
    date(2020, 2, 1): (152_463.0, 152_442.0),
    date(2020, 3, 1): (151_582.0, 151_572.0),
    date(2020, 4, 1): (131_045.0, 131_072.0),
}


@pytest.fixture(scope="module")
def record(recorded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """FRED alone, with a key. The recording dates the bases of 2009 and 2013 a day before they changed."""
    folder = tmp_path_factory.mktemp("revisions")
    vintaged = {p.name.removesuffix(".csv.gz") for p in (recorded_folder / "data" / "alfred").glob("*.csv.gz")}
    rows = [s.id for s in load() if s.revises and s.vintages and s.code("fred") and s.code("fred") not in vintaged]
    text = "\n".join(f'[[override]]\nid = "{i}"\nvintages = false\n' for i in rows)
    early = ", ".join(f'{{ day = {day}, unit = "{unit}" }}' for day, unit in bases())
    (folder / "recorded.toml").write_text(f'{text}\n[[override]]\nid = "{GDP}"\nunit_from = [{early}]\n', "utf-8")
    env = {"BAROGRAPH_CATALOGUE": str(folder), "BAROGRAPH_FRED_API_KEY": "abcdefghijklmnopqrstuvwxyzabcdef"}
    archive = folder / "archive"
    with recorded.serve(GOLDEN_DAY) as base:
        done = command("update", "--only", "fred", archive=archive, now=GOLDEN_NOW, gateway=base, env=env)
        assert done.code in (0, 3), done.out + done.err
    return Record(settings=Settings(archive, Clock(datetime.fromisoformat(GOLDEN_NOW)), catalogue=folder))


def bases() -> list[tuple[str, str]]:
    """The packaged bases of GDP, with the two days as they are recorded."""
    recorded_days = {"2009-07-31": "2009-07-30", "2013-07-31": "2013-07-30"}
    days = [(c.known_at.date().isoformat(), c.unit) for c in load()[GDP].unit_from]
    return [(recorded_days.get(day, day), unit) for day, unit in days]


@pytest.fixture(scope="module")
def payrolls(record: Record) -> Revisions:
    return record.as_of("2025-11-06").revisions(PAYROLLS)


def at(r: Revisions, period: date) -> int:
    return r.periods.tolist().index(period)


def test_payrolls_of_september_2008(payrolls: Revisions) -> None:
    """First print 137,318, published 2008-10-03; seventeen values since."""
    i = at(payrolls, date(2008, 9, 1))
    assert payrolls.first[i] == 137_318.0
    assert payrolls.known_at[i, 0] == np.datetime64("2008-10-03T12:30")
    assert payrolls.count[i] == 17
    assert (payrolls.nth(2)[i], payrolls.nth(3)[i]) == (137_139.0, 137_020.0)
    assert payrolls.revision(2)[i] == -179.0
    assert payrolls.days_to_first[i] == 3.0


def philadelphia(folder: Path) -> dict[date, dict[date, float]]:
    """period -> last day of the vintage's month -> value, thousands; a row only where a value is new or changed."""
    path = folder / "data" / "philly" / "EMPLOY.csv.gz"
    if not path.is_file():
        pytest.skip("the recorded sources hold no Philadelphia Fed real-time data")
    out: dict[date, dict[date, float]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"]:
                out.setdefault(date.fromisoformat(row["date"]), {})[date.fromisoformat(row["vintage_date"])] = float(
                    row["value"]
                )
    return out


def unlike(r: Revisions, told: dict[date, dict[date, float]], n: int) -> tuple[int, dict[date, tuple[float, float]]]:
    """How many n-th releases both hold, and where they differ: (ours, theirs)."""
    ours, instants, count, found = r.nth(n), r.instants(n), 0, {}
    for i, period in enumerate(r.periods.tolist()):
        if not (FIRST <= period <= LAST) or not np.isfinite(ours[i]) or instants[i].item().date() > date(2024, 3, 31):
            continue
        month = instants[i].item().strftime("%Y-%m")
        theirs = [v for d, v in sorted(told[period].items()) if d.strftime("%Y-%m") <= month]
        count += 1
        if theirs[-1] != ours[i]:
            found[period] = (float(ours[i]), theirs[-1])
    return count, found


def test_first_prints_are_the_philadelphia_feds(payrolls: Revisions, recorded_folder: Path) -> None:
    told = philadelphia(recorded_folder)
    compared, found = unlike(payrolls, told, 1)
    assert compared == 295
    assert found == {date(2020, 4, 1): MAY_2020[date(2020, 4, 1)]}
    for i, period in enumerate(payrolls.periods.tolist()):
        if FIRST <= period <= LAST:
            month = min(told[period]).strftime("%Y-%m")
            assert payrolls.known_at[i, 0].item().strftime("%Y-%m") == month, period


def test_second_and_third_releases_are_the_philadelphia_feds(payrolls: Revisions, recorded_folder: Path) -> None:
    told = philadelphia(recorded_folder)
    for n, period in ((2, date(2020, 3, 1)), (3, date(2020, 2, 1))):
        compared, found = unlike(payrolls, told, n)
        assert compared > 290
        assert found == {period: MAY_2020[period]}
    assert unlike(payrolls, told, 4)[1] == {}


def test_planted_latest_values_are_found(payrolls: Revisions, recorded_folder: Path) -> None:
    """Planted: today's value in the place of the first print."""
    told = philadelphia(recorded_folder)
    latest = dict(zip(payrolls.periods.tolist(), payrolls.latest.tolist(), strict=True))
    same = [p for p, vintages in told.items() if FIRST <= p <= LAST and latest[p] == vintages[min(vintages)]]
    assert len(same) < 20


def test_the_gap_in_the_recording_is_no_first_print(payrolls: Revisions) -> None:
    """The recording has no vintages between March and August 2024."""
    late = [
        p for p, on in zip(payrolls.periods.tolist(), payrolls.on_record.tolist(), strict=True) if p >= FIRST and not on
    ]
    assert late == [date(2024, m, 1) for m in (3, 4, 5, 6)]


def test_gdp_over_its_bases(record: Record) -> None:
    r = record.as_of("2025-11-06").revisions(GDP)
    i = at(r, date(2009, 1, 1))
    held = r.frame().filter(r.frame()["period"] == date(2009, 1, 1))
    units = list(dict.fromkeys(held["unit"].to_list()))
    assert units == ["usd_bn_2000", "usd_bn_2005", "usd_bn_2009", "usd_bn_2012", "usd_bn_2017"]
    # The second value, 12,925 after 11,341, is another dollar and no revision of 1,585.
    assert (r.values[i, 0], r.values[i, 1]) == (pytest.approx(11_340.9), pytest.approx(12_925.4))
    assert np.isnan(r.revision(2)[i]) and np.isnan(r.revision_now[i])
    since = r.periods >= np.datetime64("1999-07-01")
    assert np.nanmax(np.abs(r.revision(2)[since])) < 300.0  # billions of dollars
    [step] = steps_of(record.catalog[GDP])
    grew = r.change_revision(2, step.back, step.apply, relative=True)
    # Bureau of Economic Analysis: -6.1 at an annual rate first, -6.4 in the comprehensive revision of July 2009.
    assert r.change(1, 1, step.apply)[0][i] == pytest.approx(-6.1, abs=0.1)
    assert grew[i] == pytest.approx(-0.3, abs=0.1)


def test_a_base_dated_a_day_late_is_found_as_a_revision(record: Record) -> None:
    """Planted: the packaged days against the recording, whose rebases of 2009 and 2013 came a day before them."""
    other = Record(settings=Settings(record.settings.archive, record.settings.clock))
    r = other.as_of("2025-11-06").revisions(GDP)
    assert r.revision(2)[at(r, date(2009, 1, 1))] == pytest.approx(1_584.5, abs=0.1)


def test_payrolls_are_what_the_third_of_october_2008_brought(record: Record) -> None:
    tree = record.diff("2008-10-02", "2008-10-03")
    found = next(s for s in tree["series"] if s["id"] == PAYROLLS)
    [new] = found["new"]
    assert (new["period"], new["value"], new["before"]) == ("2008-09-01", 137_318.0, 137_477.0)
    assert new["known_at"] == "2008-10-03T12:30:00+00:00"
    changes = {e["period"]: (e["old"], e["new"]) for e in found["revised"]}
    assert changes == {"2008-07-01": (137_557.0, 137_550.0), "2008-08-01": (137_473.0, 137_477.0)}
    assert found["surprise"] < -2.0
    assert [s["id"] for s in tree["series"]].index(PAYROLLS) < 5
    facts = {f["id"]: f for f in tree["facts"]}
    assert (facts["macro.us.payrolls.change_1m"]["a"], facts["macro.us.payrolls.change_1m"]["b"]) == (-84.0, -159.0)
    assert facts["macro.us.payrolls.change_1m"]["difference"] == -75.0


def test_a_comprehensive_revision_is_a_change_of_unit(record: Record) -> None:
    [found] = record.diff("2013-07-29", "2013-07-30", GDP)["series"]
    assert len(found["rebased"]) > 250 and found["revised"] == []
    assert {(e["old_unit"], e["new_unit"]) for e in found["rebased"]} == {("usd_bn_2005", "usd_bn_2009")}
    assert [e["period"] for e in found["new"]] == ["2013-04-01"]
    assert found["surprise"] is not None


#: Days by which the recorded first print missed the release foreseen two days before, beside nought: what is recorded.
MISSED: dict[str, dict[Any, int]] = {
    # One vintage of which the recording knows the month only; the Thursday of July 2025, which it has as the Friday.
    PAYROLLS: {-7: 1, 1: 1},
    "us.labour.unemployment_rate": {-7: 1, 1: 1},
    GDP: {-1: 60, -3: 12, -8: 1},  # the rule names the latest day in use, the recording the usual one
}


@pytest.mark.parametrize("series_id", MISSED)
def test_the_next_release_is_when_the_recorded_one_came(record: Record, series_id: str) -> None:
    series, r = record.catalog[series_id], record.as_of("2025-11-06").revisions(series_id)
    missed: dict[Any, int] = {}
    compared = 0
    for i, period in enumerate(r.periods.tolist()):
        if period < date(1999, 9, 1) or not r.on_record[i]:
            continue
        came = r.known_at[i, 0].item().replace(tzinfo=UTC)
        told = next_release(series, record.archive.as_of(came - timedelta(2)))
        if told is None or told.period != period:
            continue  # the first after the gap of 2024
        compared += 1
        assert told.at is not None
        days = (came.date() - told.at.date()).days
        if days:
            missed[days] = missed.get(days, 0) + 1
    assert compared > 100
    assert missed == MISSED[series_id]


def test_the_explorer_shows_what_became_of_september(record: Record) -> None:
    env = {"BAROGRAPH_CATALOGUE": str(record.settings.catalogue)}
    done = command("series", "show", "fred:PAYEMS", "--as-of", "2008-12-31", archive=record.settings.archive, env=env)
    text = done.out.replace("\u202f", " ")
    assert "2008-09      137,318  2008-10-03  137,139  137,020  137,020        −298         3" in text
    assert "next       2009-01-09 13:30 UTC, 08:30 ET, for 2008-12" in text
