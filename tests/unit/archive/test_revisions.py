"""Revisions of a series: first prints, releases, bases, withdrawals, and what is no first print.

Payrolls of autumn 2008 as the Bureau published them (first print of September: 137,318 thousand, Employment Situation of
2008-10-03); all other figures are invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barograph.archive.archive import Archive
from barograph.archive.revisions import NONE_ON_RECORD, Revisions
from barograph.core.observation import Reading
from barograph.core.series import UnitChange
from small_archive import CPI, FILLED, PAYROLLS, add, packaged, small

GDP = "us.growth.gdp_real"
SEPTEMBER, OCTOBER = date(2008, 9, 1), date(2008, 10, 1)
ROWS = [
    (SEPTEMBER, 137_318.0, date(2008, 10, 3)),
    (SEPTEMBER, 137_139.0, date(2008, 11, 7)),
    (OCTOBER, 136_899.0, date(2008, 11, 7)),
    (SEPTEMBER, 137_020.0, date(2008, 12, 5)),
    (OCTOBER, 136_700.0, date(2008, 12, 5)),
    (date(2008, 11, 1), 136_167.0, date(2008, 12, 5)),
]


def held(path: Path, series_id: str, rows: list[tuple[date, float | None, date]]) -> Archive:
    """An archive of one series with these vintages."""
    archive = Archive.open(path, packaged(), create=True)
    for day in sorted({v for _, _, v in rows}):
        add(archive, [Reading(series_id, p, x, vintage=v) for p, x, v in rows if v == day], FILLED)
    return archive


@pytest.fixture
def payrolls(tmp_path: Path) -> Revisions:
    return held(tmp_path / "a", PAYROLLS, ROWS).as_of(FILLED).revisions(PAYROLLS)


def test_first_print_nth_release_and_latest(payrolls: Revisions) -> None:
    assert payrolls.periods.tolist() == [SEPTEMBER, OCTOBER, date(2008, 11, 1)]
    assert payrolls.first.tolist() == [137_318.0, 136_899.0, 136_167.0]
    assert payrolls.nth(2)[:2].tolist() == [137_139.0, 136_700.0]
    assert payrolls.latest.tolist() == [137_020.0, 136_700.0, 136_167.0]
    assert np.isnan(payrolls.nth(2)[2]) and np.isnan(payrolls.nth(3)[1])  # not out yet
    assert payrolls.revision(2)[:2].tolist() == [-179.0, -199.0]
    assert payrolls.revision_now.tolist() == [-298.0, -199.0, 0.0]
    assert payrolls.days_to_first.tolist() == [3.0, 7.0, 5.0]
    assert payrolls.count.tolist() == [3, 2, 1]
    assert (payrolls.unit, payrolls.note, len(payrolls)) == ("thousands", "", 3)


def test_sizes_count_what_is_out(payrolls: Revisions) -> None:
    second, third, fourth = payrolls.sizes((2, 3, 4))
    assert (second.n, second.mean, second.mean_size) == (2, -189.0, 189.0)
    assert second.sd == pytest.approx(np.std([-179.0, -199.0], ddof=1))
    assert (third.n, third.mean, third.sd) == (1, -298.0, None)
    assert (fourth.n, fourth.mean, fourth.mean_size, fourth.sd) == (0, None, None, None)


def test_the_change_over_a_month_is_taken_inside_one_vintage(payrolls: Revisions) -> None:
    moved = payrolls.change_revision(2, 1, lambda new, old: new - old, relative=False)
    # October: 136,899 - 137,139 at first, 136,700 - 137,020 a month later; never 136,700 - 137,139.
    assert moved[1] == -80.0
    assert np.isnan(moved[0])


def test_the_table_in_long_form(payrolls: Revisions) -> None:
    frame = payrolls.frame()
    assert frame.columns == ["period", "vintage", "known_at", "value", "unit", "first_print", "revision"]
    rows = frame.filter(pl.col("period") == SEPTEMBER)
    assert rows["vintage"].to_list() == [1, 2, 3]
    assert rows["revision"].to_list() == [None, -179.0, -298.0]
    assert rows["first_print"].to_list() == [True, False, False]
    assert rows["known_at"][0] == datetime(2008, 10, 3, 12, 30, tzinfo=UTC)


def test_an_earlier_view_knows_less(tmp_path: Path) -> None:
    archive = held(tmp_path / "a", PAYROLLS, ROWS)
    then = archive.as_of(datetime(2008, 11, 8, tzinfo=UTC)).revisions(PAYROLLS)
    assert then.latest.tolist() == [137_139.0, 136_899.0]
    assert archive.as_of(datetime(2008, 10, 2, tzinfo=UTC)).revisions(PAYROLLS).note == NONE_ON_RECORD
    stored = archive.held.links[0][0]
    assert archive.as_of(FILLED, stored).revisions(PAYROLLS).note == NONE_ON_RECORD


def test_an_unchanged_figure_is_a_revision_of_nought(tmp_path: Path) -> None:
    rows = [(SEPTEMBER, 137_318.0, date(2008, 10, 3)), (OCTOBER, 136_899.0, date(2008, 11, 7))]
    r = held(tmp_path / "a", PAYROLLS, rows).as_of(FILLED).revisions(PAYROLLS)
    assert r.count.tolist() == [1, 1]
    assert r.revision(2)[0] == 0.0


def test_a_withdrawn_value_stays_withdrawn(tmp_path: Path) -> None:
    rows = [*ROWS, (SEPTEMBER, None, date(2009, 1, 9)), (date(2008, 12, 1), 135_489.0, date(2009, 1, 9))]
    r = held(tmp_path / "a", PAYROLLS, rows).as_of(FILLED).revisions(PAYROLLS)
    assert np.isnan(r.latest[0]) and np.isnan(r.nth(4)[0]) and np.isnan(r.revision_now[0])
    assert (r.count[0], r.first[0]) == (4, 137_318.0)
    assert r.frame().filter(pl.col("period") == SEPTEMBER)["value"].to_list()[-1] is None


REBASED = [
    (date(2009, 1, 1), 11_340.9, date(2009, 4, 29)),
    (date(2009, 1, 1), 12_925.4, date(2009, 7, 31)),
    (date(2009, 4, 1), 12_892.4, date(2009, 7, 31)),
    (date(2009, 1, 1), 12_925.4, date(2009, 10, 29)),
    (date(2009, 4, 1), 12_901.5, date(2009, 10, 29)),
    (date(2009, 7, 1), 13_014.0, date(2009, 10, 29)),
]


def test_a_rebase_is_no_revision(tmp_path: Path) -> None:
    r = held(tmp_path / "a", GDP, REBASED).as_of(FILLED).revisions(GDP)
    assert r.frame()["unit"].to_list()[:2] == ["usd_bn_2000", "usd_bn_2005"]
    assert np.isnan(r.revision(2)[0]) and np.isnan(r.revision_now[0])
    assert r.revision(2)[1] == pytest.approx(9.1)
    assert r.frame()["revision"].to_list()[1] is None
    assert [s.n for s in r.sizes((2,))] == [1]


def test_a_rebase_that_is_not_known_of_is_found_as_a_revision(tmp_path: Path) -> None:
    """Planted: the catalogue forgets its changes of base."""
    archive = held(tmp_path / "a", GDP, REBASED)
    rows = {s.id: s for s in packaged()}
    rows[GDP] = replace(rows[GDP], unit_from=())
    archive.catalog = type(packaged())(rows, packaged().closures)
    assert archive.as_of(FILLED).revisions(GDP).revision(2)[0] == pytest.approx(1584.5)


def test_growth_rates_of_two_bases_are_compared_and_differences_are_not(tmp_path: Path) -> None:
    rows = [
        (date(2008, 10, 1), 11_500.0, date(2009, 1, 30)),
        (date(2009, 1, 1), 11_340.0, date(2009, 4, 29)),
        (date(2008, 10, 1), 13_000.0, date(2009, 7, 31)),
        (date(2009, 1, 1), 12_900.0, date(2009, 7, 31)),
    ]
    r = held(tmp_path / "a", GDP, rows).as_of(FILLED).revisions(GDP)
    grew = r.change_revision(2, 1, lambda new, old: 100 * (new / old - 1), relative=True)
    assert grew[1] == pytest.approx(100 * (12_900 / 13_000 - 11_340 / 11_500))
    assert np.isnan(r.change_revision(2, 1, lambda new, old: new - old, relative=False)[1])


def test_what_is_laid_over_todays_values_has_no_vintages(tmp_path: Path) -> None:
    archive = small(tmp_path / "a")
    assert archive.as_of(FILLED).revisions(CPI).note == NONE_ON_RECORD
    assert archive.as_of(FILLED).revisions("us.rates.par_10y").note == NONE_ON_RECORD
    empty = archive.as_of(FILLED).revisions("us.growth.retail_sales")
    assert (len(empty), empty.first.size, empty.frame().height, empty.unit) == (0, 0, 0, "usd_mn")
    assert [s.n for s in empty.sizes()] == [0] * 5


def test_a_later_look_makes_no_first_print_of_an_assumed_figure(tmp_path: Path) -> None:
    archive = small(tmp_path / "a")
    period = date(2025, 8, 1)
    add(archive, [Reading(CPI, period, 999.0)], datetime(2025, 11, 6, 23, 30, tzinfo=UTC))
    r = archive.as_of(datetime(2025, 11, 7, tzinfo=UTC)).revisions(CPI)
    assert r.periods.tolist() == [period]
    assert not r.on_record[0] and np.isnan(r.first[0]) and np.isnan(r.revision(2)[0])
    assert r.latest[0] == 999.0 and r.note == NONE_ON_RECORD


def test_a_figure_that_came_after_its_successor_was_due_is_no_first_print(tmp_path: Path) -> None:
    """The record begins, or has a gap: July and August stand in the first vintage of October."""
    rows = [(date(2008, 7, 1), 137_550.0, date(2008, 10, 3)), (date(2008, 8, 1), 137_477.0, date(2008, 10, 3)), *ROWS]
    r = held(tmp_path / "a", PAYROLLS, rows).as_of(FILLED).revisions(PAYROLLS)
    assert r.on_record.tolist() == [False, False, True, True, True]
    assert np.isnan(r.first[:2]).all() and np.isnan(r.days_to_first[:2]).all()
    assert not r.frame()["first_print"][0]


def test_a_print_delayed_by_a_closure_is_a_first_print(tmp_path: Path) -> None:
    """September and October 2013, late by the closure and still before their successors were due."""
    rows = [(date(2013, 9, 1), 136_393.0, date(2013, 10, 22)), (date(2013, 10, 1), 136_554.0, date(2013, 11, 8))]
    r = held(tmp_path / "a", PAYROLLS, rows).as_of(FILLED).revisions(PAYROLLS)
    assert r.on_record.tolist() == [True, True]
    assert r.days_to_first.tolist() == [22.0, 8.0]


def test_weekly_and_daily_series_look_back_by_their_own_steps(tmp_path: Path) -> None:
    claims = "us.labour.initial_claims"
    rows = [
        (date(2024, 1, 6), 203.0, date(2024, 1, 11)),
        (date(2024, 1, 13), 189.0, date(2024, 1, 18)),
        (date(2024, 1, 6), 202.0, date(2024, 1, 18)),
        (date(2024, 1, 13), 191.0, date(2024, 1, 25)),
        (date(2024, 1, 20), 215.0, date(2024, 1, 25)),
    ]
    r = held(tmp_path / "a", claims, rows).as_of(FILLED).revisions(claims)
    assert r.change(1, 1, lambda new, old: new - old)[0][1:].tolist() == [-13.0, 24.0]
    assert r.change_revision(2, 1, lambda new, old: new - old, relative=False)[1] == 2.0


def test_the_base_before_the_first_change_is_another(tmp_path: Path) -> None:
    series = packaged()["us.prices.pce"]
    assert series.unit_from and isinstance(series.unit_from[0], UnitChange)
    rows = [(date(2003, 10, 1), 110.0, date(2003, 11, 26)), (date(2003, 10, 1), 104.0, date(2003, 12, 22))]
    r = held(tmp_path / "a", "us.prices.pce", rows).as_of(FILLED).revisions("us.prices.pce")
    assert np.isnan(r.revision_now[0])  # both say `index`, and are not the same index
