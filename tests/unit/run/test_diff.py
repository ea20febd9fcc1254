"""`barograph diff` on a small archive of invented figures: kinds, order, facts, and refusals in four parts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from barograph.core.errors import BarographError, CoverageError, InputError
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.run.api import Record
from barograph.run.diff import diff
from barograph.run.settings import Settings
from barograph.run.show_diff import show_diff
from small_archive import PAYROLLS, add, small

GDP = "us.growth.gdp_real"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("diff") / "a"
    archive = small(folder)
    rows = [
        Reading(GDP, date(2018, 1, 1), 17_000.0, vintage=date(2018, 4, 27)),
        Reading(GDP, date(2018, 1, 1), 18_300.0, vintage=date(2018, 7, 30)),
        Reading(GDP, date(2018, 4, 1), 18_400.0, vintage=date(2018, 7, 30)),
        Reading(PAYROLLS, date(2025, 7, 1), None, vintage=date(2025, 11, 4)),
    ]
    add(archive, rows, datetime(2025, 11, 6, 23, 30, tzinfo=UTC), look=False)
    return Record(settings=Settings(folder, Clock(datetime(2025, 11, 7, 23, 0, tzinfo=UTC))))


def of(tree: dict[str, Any], series_id: str) -> dict[str, Any]:
    return next(s for s in tree["series"] if s["id"] == series_id)


def test_a_day_with_itself_is_empty(record: Record) -> None:
    tree = diff(record, "2025-10-08", "2025-10-08")
    assert (tree["series"], tree["facts"]) == ([], [])


def test_new_and_revised_values(record: Record) -> None:
    before, after = "2025-09-03", "2025-09-05"
    found = of(record.diff(before, after), PAYROLLS)
    assert [e["period"] for e in found["new"]] == ["2025-08-01"]
    entry = found["new"][-1]
    assert entry["unit"] == "thousands" and entry["value"] - entry["before"] == 162.0
    assert [(e["period"], e["change"]) for e in found["revised"]] == [("2025-07-01", -12.0)]
    assert found["surprise"] is None  # every month adds 150: there is no usual size


def test_values_of_the_two_views_are_those_of_the_difference(record: Record) -> None:
    a, b = "2025-03-03", "2025-10-15"
    tree = record.diff(a, b)
    views = record.as_of(a), record.as_of(b)
    for s in tree["series"]:
        old, new = (
            {str(p): v for p, v in zip(x.periods, x.values, strict=True)} for x in (v.series(s["id"]) for v in views)
        )
        for kind in ("new", "revised", "rebased"):
            for e in s[kind]:
                old[e["period"]] = e["value"] if kind == "new" else e["new"]
        for e in s["withdrawn"]:
            old.pop(e["period"])
        assert old == new, s["id"]


def test_a_rebase_is_listed_as_a_change_of_unit(record: Record) -> None:
    found = of(record.diff("2018-06-01", "2018-08-01", GDP), GDP)
    assert found["revised"] == []
    [moved] = found["rebased"]
    assert (moved["old_unit"], moved["new_unit"]) == ("usd_bn_2009", "usd_bn_2012")
    assert [e["period"] for e in found["new"]] == ["2018-04-01"]
    text = show_diff(record.settings, "2018-06-01", "2018-08-01", GDP, None, False)
    assert "usd_bn_2009 to usd_bn_2012 (a change of unit, no revision)" in text


def test_a_withdrawal_is_named(record: Record) -> None:
    tree = record.diff("2025-11-03", "2025-11-04", PAYROLLS)
    assert [e["period"] for e in of(tree, PAYROLLS)["withdrawn"]] == ["2025-07-01"]
    assert "withdrawn  2025-07" in show_diff(record.settings, "2025-11-03", "2025-11-04", PAYROLLS, None, False)


def test_the_most_surprising_comes_first_and_those_without_a_usual_size_last(record: Record) -> None:
    listed = [s["surprise"] for s in record.diff("2025-10-01", "2025-11-05")["series"]]
    known = [abs(z) for z in listed if z is not None]
    assert len(known) > 5 and known == sorted(known, reverse=True)
    assert listed[: len(known)] == [z for z in listed if z is not None]


def test_facts_say_both_values_their_difference_and_their_states(record: Record) -> None:
    tree = record.diff("2025-11-04", "2025-11-05", "curve.")
    assert tree["facts"] and all(f["id"].startswith("curve.") for f in tree["facts"])
    for fact in tree["facts"]:
        assert fact["a"] != fact["b"] or fact["state_a"] != fact["state_b"]
        if isinstance(fact["a"], float) and isinstance(fact["b"], float):
            assert fact["difference"] == pytest.approx(fact["b"] - fact["a"])
    whole = {f.id: f.value for f in record.facts("2025-11-05")}
    assert all(whole[f["id"]] == f["b"] for f in tree["facts"])


def test_what_the_archive_did_not_hold_yet_is_not_seen(record: Record) -> None:
    assert record.diff("2025-11-03", "2025-11-04", PAYROLLS)["series"]
    filled = record.archive.held.batches["b000001"].stored_at.isoformat()
    with pytest.raises(CoverageError, match="nothing"):
        record.diff("2018-06-01", "2018-08-01", GDP, "2001-01-01")
    assert record.diff("2024-06-03", "2024-08-01", GDP, filled)["stored_as_of"] == filled


@pytest.mark.parametrize(
    ("a", "b", "kind", "found"),
    [
        ("2025-11-05", "2025-11-04", InputError, "the second lies before the first"),
        ("2025-11-05", "2030-01-01", InputError, "a day after the run's clock"),
        ("1950-01-01", "2025-11-04", InputError, "before the first session on record"),
        ("1963-01-02", "2025-11-04", CoverageError, "the archive holds nothing that was known then"),
        ("yesterday", "2025-11-04", InputError, "neither a date nor an ISO timestamp"),
        ("2025-11-04", "2025-02-30", InputError, "day is out of range"),
        ("2025-11-04T12:00", "2025-11-05", InputError, "without time zone"),
    ],
)
def test_refusals_have_four_parts(record: Record, a: str, b: str, kind: type[BarographError], found: str) -> None:
    with pytest.raises(kind) as error:
        record.diff(a, b)
    assert found in error.value.found
    assert error.value.asked and error.value.step and error.value.nearest


def test_json_holds_all_that_the_text_counts(record: Record) -> None:
    tree = json.loads(show_diff(record.settings, "2024-01-05", "2025-11-05", "", None, True))
    text = show_diff(record.settings, "2024-01-05", "2025-11-05", "", None, False)
    assert f"{len(tree['series'])} series, {len(tree['facts'])} facts changed" in text
    long = next(s for s in tree["series"] if len(s["new"]) > 100)
    assert f"and {len(long['new']) - 6:,} periods more" in text
    assert len(text.splitlines()) < 400
