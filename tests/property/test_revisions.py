"""Laws of revisions and differences on random vintage logs, against references of a few lines that keep plain lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barograph.archive.archive import Archive
from barograph.archive.differences import units_of
from barograph.archive.revisions import Revisions, revisions_of
from barograph.core.ahead import next_release
from barograph.core.observation import BASES, Reading
from barograph.core.release import following_period, scheduled, vintage_instant
from small_archive import add, packaged

PAYROLLS, GDP, CLAIMS = "us.labour.payrolls", "us.growth.gdp_real", "us.labour.initial_claims"
FILLED = datetime(2012, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = {PAYROLLS: date(2009, 1, 1), GDP: date(2008, 10, 1), CLAIMS: date(2009, 5, 30)}
Row = tuple[date, datetime, float | None, str]  # period, known_at, value, basis


def log(series_id: str) -> st.SearchStrategy[list[Row]]:
    """Up to twenty rows over five periods and eight knowledge days, half of them on release days; no two of one
    (period, known_at)."""
    series = packaged()[series_id]
    periods = [FIRST[series_id]]
    while len(periods) < 5:
        periods.append(following_period(series, periods[-1]))
    due = [scheduled(series, p, packaged().closures) for p in periods]
    days = sorted({*due, *(d + timedelta(days=9) for d in due)})[:8]
    row = st.tuples(
        st.sampled_from(periods),
        st.sampled_from(days),
        st.one_of(st.none(), st.integers(90, 94).map(float)),
        st.sampled_from(["vintage", "vintage", "vintage", "fetch", "assumed"]),
    )
    return st.lists(row, max_size=20, unique_by=lambda r: (r[0], r[1])).map(sorted_rows)


def sorted_rows(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: (r[0], r[1]))


def table(series_id: str, rows: list[Row]) -> Revisions:
    return revisions_of(
        packaged()[series_id],
        packaged().closures,
        np.array([(p - _EPOCH.date()).days for p, _, _, _ in rows], dtype=np.int32),
        np.array([(k - _EPOCH) // timedelta(microseconds=1) for _, k, _, _ in rows], dtype=np.int64),
        np.array([np.nan if v is None else v for _, _, v, _ in rows], dtype=np.float64),
        np.array([BASES.index(b) for *_, b in rows], dtype=np.uint8),
    )


def base(series_id: str, known: datetime) -> int:
    return sum(c.known_at <= known for c in packaged()[series_id].unit_from)


def plain(series_id: str, rows: list[Row]) -> dict[date, list[tuple[datetime, float | None]]]:
    """Vintages of each period: releases only, from the first value on, a value once while it stands in one base."""
    out: dict[date, list[tuple[datetime, float | None]]] = {}
    for p, k, v, basis in rows:
        held = out.get(p, [])
        same = held and held[-1][1] == v and base(series_id, held[-1][0]) == base(series_id, k)
        if basis in ("vintage", "fetch") and not same and (held or v is not None):
            out.setdefault(p, []).append((k, v))
    return out


def first_prints(series_id: str, rows: list[Row]) -> dict[date, bool]:
    """Whether the first vintage is the first print: nothing was laid before it, and its successor was not due yet."""
    series, closures = packaged()[series_id], packaged().closures
    known = {p: vintages[0][0] for p, vintages in plain(series_id, rows).items()}
    laid = {p for p, k, _, b in rows if b == "assumed" and p in known and k < known[p]}
    return {
        p: p not in laid and k.date() < scheduled(series, following_period(series, p), closures).date()
        for p, k in known.items()
    }


@pytest.mark.parametrize("series_id", FIRST)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_table_is_that_of_a_plain_list(series_id: str, data: st.DataObject) -> None:
    rows = data.draw(log(series_id))
    found, wanted = table(series_id, rows), plain(series_id, rows)
    units = units_of(packaged()[series_id])
    frame = found.frame()
    assert [(r["period"], r["known_at"], r["value"]) for r in frame.to_dicts()] == [
        (p, k, v) for p in sorted(wanted) for k, v in wanted[p]
    ]
    assert [r["unit"] for r in frame.to_dicts()] == [
        units[base(series_id, k)] for p in sorted(wanted) for k, _ in wanted[p]
    ]
    whole = first_prints(series_id, rows)
    assert dict(zip(found.periods.tolist(), found.on_record.tolist(), strict=True)) == whole
    assert bool(found.note) == (not any(whole.values()))


@pytest.mark.parametrize("series_id", FIRST)
@given(data=st.data(), n=st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_releases_and_revisions_are_those_of_a_plain_list(series_id: str, data: st.DataObject, n: int) -> None:
    rows = data.draw(log(series_id))
    found, wanted, whole = table(series_id, rows), plain(series_id, rows), first_prints(series_id, rows)
    releases = sorted({k for vintages in wanted.values() for k, _ in vintages})
    nth, moved = found.nth(n), found.revision(n)
    for i, p in enumerate(sorted(wanted)):
        later = releases[releases.index(wanted[p][0][0]) :]
        at = later[n - 1] if whole[p] and len(later) >= n else None
        known = [(k, v) for k, v in wanted[p] if at and k <= at]
        value = known[-1][1] if known else None
        same = bool(known) and base(series_id, known[-1][0]) == base(series_id, known[0][0])
        assert (None if np.isnan(nth[i]) else nth[i]) == value
        first = wanted[p][0][1]
        expected = value - first if value is not None and first is not None and same else None
        assert (None if np.isnan(moved[i]) else moved[i]) == expected


def archive_of(folder: Path, rows: list[tuple[date, int, float | None]], series_id: str) -> Archive:
    """An archive of vintages (period, day of 2010 of the vintage, value)."""
    archive = Archive.open(folder, packaged(), create=True)
    days = sorted({d for _, d, _ in rows})
    for day in days:
        vintage = date(2010, 1, 1) + timedelta(day)
        add(archive, [Reading(series_id, p, v, vintage=vintage) for p, d, v in rows if d == day], FILLED, look=False)
    return archive


PERIODS = [date(2009, m, 1) for m in range(1, 7)]
VINTAGES = st.lists(
    st.tuples(st.sampled_from(PERIODS), st.integers(0, 300), st.one_of(st.none(), st.integers(90, 93).map(float))),
    min_size=1,
    max_size=15,
    unique_by=lambda r: (r[0], r[1]),
)


@given(rows=VINTAGES, days=st.lists(st.integers(0, 320), min_size=2, max_size=2).map(sorted))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_difference_turns_one_view_into_the_other(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[date, int, float | None]], days: list[int]
) -> None:
    archive = archive_of(tmp_path_factory.mktemp("d") / "a", rows, PAYROLLS)
    a, b = (archive.as_of(vintage_instant(packaged()[PAYROLLS], date(2010, 1, 1) + timedelta(d))) for d in days)
    shown, wanted = (
        dict(zip(x.periods.tolist(), x.values.tolist(), strict=True)) for x in (a.series(PAYROLLS), b.series(PAYROLLS))
    )
    changes = b.differences(a)
    for row in changes.iter_rows(named=True):
        assert shown.get(row["period"]) == row["old"]
        if row["new"] is None:
            assert row["kind"] == "withdrawn"
            shown.pop(row["period"])
        else:
            assert row["kind"] == ("new" if row["old"] is None else "revised")
            shown[row["period"]] = row["new"]
    assert shown == wanted
    assert a.differences(a).height == 0 and b.differences(b).height == 0
    assert changes["known_at"].is_between(a.known_at, b.known_at, closed="right").all()


@given(rows=VINTAGES, day=st.integers(0, 300))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_came_later_changes_nothing_at_an_earlier_view(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[date, int, float | None]], day: int
) -> None:
    """Future poison: the same view of an archive that ends at the day and of one that goes on."""
    known = vintage_instant(packaged()[PAYROLLS], date(2010, 1, 1) + timedelta(day))
    told = []
    for part in ([r for r in rows if r[1] <= day], rows):
        view = archive_of(tmp_path_factory.mktemp("p") / "a", part, PAYROLLS).as_of(known)
        r = view.revisions(PAYROLLS)
        told.append(
            (r.frame().to_dicts(), repr(r.sizes()), r.releases.tolist(), next_release(packaged()[PAYROLLS], view))
        )
    assert told[0] == told[1]


def test_the_reference_finds_a_table_that_keeps_unchanged_values() -> None:
    """Planted: a table in which every row counts as a vintage."""
    rows: list[Row] = [
        (date(2009, 1, 1), datetime(2009, 2, 6, 13, 30, tzinfo=UTC), 90.0, "vintage"),
        (date(2009, 1, 1), datetime(2009, 3, 6, 13, 30, tzinfo=UTC), 90.0, "vintage"),
    ]
    assert table(PAYROLLS, rows).frame().height == 1 != len(rows)
