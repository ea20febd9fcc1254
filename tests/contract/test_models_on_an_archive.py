"""The models on a real archive: the same answers as on plain arrays, lineage that can be followed, no path in the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.core.estimate import Fact
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.models import registry
from models_view import NOW, FakeView, archive_of, catalog, close_of, rows_of, small_view

SESSION = date(2025, 11, 5)
MEMBERS = {"AAA": (60.0, 45, 100.0, 101.0), "BBB": (39.5, 40, 50.0, 49.0)}


def view_of() -> FakeView:
    view = small_view(3)
    rows = dict(view.rows)
    for key, (weight, sector, before, close) in MEMBERS.items():
        table = {"weight": {date(2025, 11, 4): weight}, "sector": {date(2025, 11, 4): float(sector)}}
        table["close"] = {date(2025, 11, 4): before, SESSION: close}
        for kind, values in table.items():
            id_ = f"us.equity.member.{kind}[{key}]"
            rows[id_] = rows_of(catalog()[id_], values)
    months = {date(2022 + m // 12, m % 12 + 1, 1): 300.0 + 0.7 * m for m in range(44)}
    for id_ in ("us.labour.payrolls", "us.prices.cpi"):
        rows[id_] = rows_of(catalog()[id_], months, "assumed")
    return replace(view, rows=rows)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(Path(tmp_path_factory.mktemp("record")) / "archive", view_of().rows, NOW)


def facts_of(view: Any) -> dict[str, Fact]:
    return {f.id: f for m in registry() for f in m.facts(m.step(m.fit(view), view)[1])}


def said(facts: dict[str, Fact]) -> dict[str, tuple[object, ...]]:
    """What a fact says, less the numbers of the batches."""
    return {i: (f.value, f.low, f.high, f.n, f.state, f.period, f.known_at, f.window) for i, f in facts.items()}


@pytest.mark.parametrize("day", [SESSION, date(2025, 11, 4), date(2025, 6, 20)])
def test_the_archive_gives_what_plain_arrays_give(archive: Archive, day: date) -> None:
    ours, plain = facts_of(archive.as_of(close_of(day))), facts_of(view_of().at(close_of(day)))
    assert said(ours) == said(plain)
    assert sum(f.value is not None for f in ours.values()) > 150


def test_lineage_leads_to_batches_and_their_payloads(archive: Archive) -> None:
    for fact in facts_of(archive.as_of(NOW)).values():
        for piece in fact.lineage:
            assert piece.batches, fact.id
            for identity, sha in piece.batches:
                assert archive.batch(identity).sha256 == sha
                assert archive.raw(sha)


def test_a_later_correction_leaves_the_page_of_that_day(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive", view_of().rows, NOW)
    before, ten = facts_of(archive.as_of(NOW)), archive.as_of(NOW).series("us.rates.par_10y")
    days = [date(2025, 11, 4), SESSION]
    corrected = {d: round(ten.value_on(d) + 0.07, 2) for d in days}
    later = datetime(2025, 11, 7, 23, tzinfo=UTC)
    with archive.writer(Clock(later)) as writer:
        sha = writer.store_raw(b"corrected")
        readings = [Reading("us.rates.par_10y", d, v) for d, v in corrected.items()]
        writer.commit([Fetch("test", "again", sha, (days[0], later.date()), ("us.rates.par_10y",), readings)])
    assert said(facts_of(archive.as_of(NOW))) == said(before)
    # What became known on the 7th is seen from then on.
    seen = archive.as_of(later + timedelta(hours=1)).series("us.rates.par_10y")
    assert [seen.value_on(d) for d in days] == list(corrected.values())


def test_a_view_of_what_was_stored_then(archive: Archive) -> None:
    # Nothing was stored a second before the first fill: every number is insufficient, none is guessed.
    empty = facts_of(archive.as_of(NOW, NOW - timedelta(seconds=1)))
    assert {f.state for f in empty.values()} == {"insufficient"}
    assert all(f.reason for f in empty.values())


def test_states_are_json(archive: Archive) -> None:
    import json

    for model in registry():
        state = model.fit(archive.as_of(NOW))
        assert json.loads(json.dumps(dict(state.params))) == dict(state.params)
        assert (state.model, state.version, state.fitted_as_of) == (model.name, model.version, NOW)


def test_fake_and_real_views_agree_on_points(archive: Archive) -> None:
    real, fake = archive.as_of(NOW), view_of()
    for id_ in ("us.equity.spx", "us.prices.cpi", "us.equity.member.close[AAA]"):
        a, b = real.series(id_), fake.series(id_)
        assert np.array_equal(a.periods, b.periods) and np.array_equal(a.values, b.values)
        assert a.bases == b.bases
        recent = a.periods > np.datetime64("2025-01-01")
        assert np.array_equal(a.known_at[recent], b.known_at[recent])
