"""The contracts of the journey on an archive of invented figures: idempotence, chunks, withdrawal, coverage, no news.

Each with the planted bug that it must find. Future poison is in test_future_poison, formats and prose in files of their own.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from barograph.archive import writer as writing
from barograph.archive.archive import Archive
from barograph.archive.commit import CommitResult
from barograph.archive.stamp import Row, Stamped
from barograph.archive.table import VintageTable
from barograph.archive.view import AsOf
from barograph.core.errors import CoverageError
from barograph.core.estimate import Fact
from barograph.core.observation import Reading
from barograph.core.series import family_of
from barograph.core.time import DAY_END, AsOfDate, Clock, new_york
from barograph.models import registry
from barograph.report.render.json import document
from barograph.run import daily
from small_archive import CPI, FILLED, LAST, PAYROLLS, add, fetch, packaged, readings, small

TEN = "us.rates.par_10y"
FAR = datetime(2200, 1, 1, tzinfo=UTC)
HELD = sorted({r.series_id for r in readings()})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Filled in one commit. Read only."""
    return small(tmp_path_factory.mktemp("whole") / "archive")


def page(archive: Archive, day: date = LAST) -> dict[str, Any]:
    """The canonical page, but for what it says about itself."""
    made = document(daily.build_report(archive, archive.catalog, AsOfDate(new_york(day, DAY_END), day)))
    made.pop("head")
    return made


def facts_of(view: AsOf) -> dict[str, Fact]:
    return {f.id: f for m in registry() for f in m.facts(m.step(m.fit(view), view)[1])}


def seen(archive: Archive, at: datetime = FAR) -> dict[str, list[tuple[Any, ...]]]:
    """Every series at an instant: period, value, known_at, basis; batches differ between two ways of filling."""
    out = {}
    for series_id in HELD:
        p = archive.as_of(at).series(series_id)
        out[series_id] = list(zip(*(c.tolist() for c in (p.periods, p.values, p.known_at, p.basis)), strict=True))
    return out


# ---------------------------------------------------------------- idempotence


def again(archive: Archive, at: datetime) -> list[CommitResult]:
    return add(archive, readings(), at)


def test_the_same_answers_twice_add_no_row_and_change_no_page(tmp_path: Path) -> None:
    archive = small(tmp_path / "archive")
    rows, before = len(archive.table()), page(archive)
    for later in (timedelta(hours=1), timedelta(days=1), timedelta(days=40)):
        done = again(archive, FILLED + later)
        assert {d.new for d in done} == {0}
        assert sum(d.unchanged for d in done) == len(readings())
    assert len(archive.table()) == rows
    assert page(archive) == before


def test_planted_a_commit_that_does_not_compare_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = small(tmp_path / "archive")

    def stamp(series: Any, given_: Any, held: Any, looks: Any, stored_at: datetime, *rest: Any) -> Stamped:
        return Stamped([Row(r.period, stored_at, r.value, "fetch", stored_at) for r in given_], 0)

    monkeypatch.setattr(writing, "stamp", stamp)
    assert sum(d.new for d in again(archive, FILLED + timedelta(days=1))) > 0


# ---------------------------------------------------------------- chunks


def chunked(path: Path, seed: int) -> Archive:
    """The same download in random pieces, that overlap, in random order of series, over the runs of one day."""
    rng = random.Random(seed)
    archive = Archive.open(path, packaged(), create=True)
    families: dict[str, list[Reading]] = {}
    for r in readings():
        families.setdefault(family_of(r.series_id), []).append(r)
    pieces: list[list[Reading]] = []
    for rows in families.values():
        rows = sorted(rows, key=lambda r: (r.period, r.vintage or date.min))
        periods = sorted({r.period for r in rows})
        cuts = sorted({0, len(periods), *(rng.randrange(len(periods)) for _ in range(rng.randint(0, 4)))})
        for a, b in pairwise(cuts):
            since, until = periods[max(0, a - rng.randint(0, 3))], periods[b - 1]
            pieces.append([r for r in rows if since <= r.period <= until])
    rng.shuffle(pieces)
    begin = FILLED - timedelta(hours=2)
    while pieces:
        size = rng.randint(1, 6)
        now, pieces = pieces[:size], pieces[size:]
        with archive.writer(Clock(begin)) as writer:
            writer.commit([fetch(writer, rows, f"piece {len(pieces)} {i}") for i, rows in enumerate(now)])
            if rng.random() < 0.2:
                writer.compact(force=True)
    return archive


INSTANTS = [FAR, FILLED, datetime(2025, 9, 15, 14, tzinfo=UTC), datetime(2025, 8, 6, 12, 30, tzinfo=UTC)]


@settings(
    max_examples=15, deadline=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 10_000))
def test_any_split_of_the_download_gives_the_same_record(
    whole: Archive, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    archive = chunked(tmp_path_factory.mktemp("chunks") / "archive", seed)
    for at in INSTANTS:
        assert seen(archive, at) == seen(whole, at)
    assert len(archive.table()) == len(whole.table())


def test_planted_a_writer_that_forgets_what_it_holds_is_found(
    whole: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing.HeldRows, "of", lambda self, series_id, since=date.min: {})
    with pytest.raises(Exception) as found:  # twice the same key, or rows too many
        archive = chunked(tmp_path / "archive", 1)
        assert len(archive.table()) == len(whole.table())
    assert found.type.__name__ in ("AssertionError", "ArchiveError", "DamageError")


# ---------------------------------------------------------------- withdrawal


def withdrawn(path: Path) -> Archive:
    archive = small(path)
    later = FILLED + timedelta(days=1)
    add(
        archive, [Reading(TEN, LAST, None), Reading(PAYROLLS, date(2025, 8, 1), None, vintage=date(2025, 11, 6))], later
    )
    return archive


def check_withdrawn(archive: Archive) -> None:
    before, after = archive.as_of(FILLED + timedelta(minutes=1)), archive.as_of(FILLED + timedelta(days=2))
    for series_id, period in ((TEN, LAST), (PAYROLLS, date(2025, 8, 1))):
        assert before.series(series_id).value_on(period) is not None
        assert after.series(series_id).value_on(period) is None
        assert after.series(series_id).withdrawn == (period,)
        rows = archive.vintages(series_id, period)["value"].to_list()
        assert rows[-1] is None and rows[0] is not None  # nothing is lost of what was said before
    panel = after.panel([TEN, "us.rates.par_2y"], start=LAST - timedelta(5), end=LAST)
    assert panel[TEN][-1] is None and panel["us.rates.par_2y"][-1] is not None
    level = facts_of(after)["curve.us.10y.level"]
    assert level.value is None or level.period != LAST


def test_what_was_withdrawn_stays_withdrawn(tmp_path: Path) -> None:
    archive = withdrawn(tmp_path / "archive")
    check_withdrawn(archive)
    with archive.writer(Clock(FILLED + timedelta(days=3))) as writer:
        writer.compact(force=True)
    # Later answers that do not speak of the period leave it as it is.
    add(archive, [r for r in readings() if r.series_id == TEN and r.period < LAST], FILLED + timedelta(days=4))
    check_withdrawn(Archive.open(archive.path, archive.catalog))


def test_planted_a_newest_row_that_skips_null_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = withdrawn(tmp_path / "archive")
    real = VintageTable.visible

    def visible(self: VintageTable, known: int, stored: int | None, lo: int = 0, hi: int | None = None) -> Any:
        at = real(self, known, stored, lo, hi)
        gone = at[np.isnan(self.value[at])]
        back = [k - 1 for k in gone.tolist() if k > 0 and self.group[k - 1] == self.group[k]]
        return np.sort(np.concatenate([at[~np.isnan(self.value[at])], np.array(back, dtype=at.dtype)]))

    monkeypatch.setattr(VintageTable, "visible", visible)
    with pytest.raises(AssertionError):
        check_withdrawn(archive)


# ---------------------------------------------------------------- coverage


def test_beyond_what_was_looked_at_is_an_error_in_four_parts(whole: Archive) -> None:
    view = whole.as_of(datetime(2025, 12, 1, 23, tzinfo=UTC))
    for ask in (
        lambda: view.series(TEN, need=date(2025, 12, 1)),
        lambda: view.panel([TEN]),
        lambda: view.panel([TEN], end=date(2025, 11, 10)),
    ):
        with pytest.raises(CoverageError) as found:
            ask()
        text = str(found.value)
        assert all(part in text for part in ("asked:", "found:", "nearest:", "next:")), text
        assert "2025-11-05" in text and "barograph update" in text
    assert view.series(TEN, need=LAST).value_on(LAST) is not None
    assert view.panel([TEN], end=LAST).height > 0


def test_a_page_beyond_the_last_look_is_insufficient_and_carries_nothing_forward(whole: Archive) -> None:
    late = date(2025, 12, 1)
    made = page(whole, late)
    daily_ = {s["slug"]: s["state"] for s in made["sections"] if s["slug"] in ("curve", "credit", "attribution")}
    assert set(daily_.values()) == {"insufficient"}, daily_
    level = next(f for f in made["facts"] if f["id"] == "curve.us.10y.level")
    assert level["value"] is None and level["state"] == "insufficient"


# ---------------------------------------------------------------- adding up, no news


@pytest.mark.parametrize("seed", range(4))
def test_contributions_and_residual_are_the_return_of_the_index(tmp_path: Path, seed: int) -> None:
    archive = small(tmp_path / "archive", seed)
    for day in (LAST, date(2025, 10, 14), date(2025, 8, 20)):
        facts = facts_of(archive.as_of(new_york(day, DAY_END)))
        parts = [
            f.value for i, f in facts.items() if i.startswith("equity.us.sector.") and i.endswith("contribution_1d")
        ]
        given_ = [v for v in parts if v is not None]
        residual, total = facts["equity.us.attribution.residual"].value, facts["equity.us.spx.return_1d"].value
        assert given_ and residual is not None and total is not None
        assert abs(sum(given_) + residual - total) < 1e-9


def test_no_news_is_an_equal_estimate(whole: Archive) -> None:
    at = FILLED + timedelta(minutes=1)
    for model in registry():
        one, two = (whole.as_of(t) for t in (at, at + timedelta(minutes=10)))
        state = model.fit(one)
        first, second = model.step(state, one)[1], model.step(model.step(state, one)[0], two)[1]
        assert said(model.facts(first)) == said(model.facts(second)), model.name
        assert all(abs(a.total) < 1e-12 for a in model.explain(first, second)), model.name


def said(facts: tuple[Fact, ...]) -> dict[str, Any]:
    return {f.id: f.to_json() for f in facts}


def test_changes_are_split_into_rows_that_add_up(whole: Archive) -> None:
    days = (LAST - timedelta(1), LAST)
    explained = 0
    for model in registry():
        views = [whole.as_of(new_york(d, DAY_END)) for d in days]
        before, after = (model.step(model.fit(v), v)[1] for v in views)
        for row in model.explain(before, after):
            assert abs(sum(v for _, v in row.rows) - row.total) < 1e-9, (model.name, row.quantity)
            explained += 1
    assert explained > 0


def test_the_cpi_of_a_month_that_never_came_is_not_made_up(whole: Archive) -> None:
    assert whole.as_of(FAR).series(CPI).value_on(date(2025, 10, 1)) is None
