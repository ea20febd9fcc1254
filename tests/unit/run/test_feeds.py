"""An update with feeds: what fails, what is left out, what a later look says, and how the run ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

import invented_feeds as feeds
from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.errors import SourceError
from barograph.core.time import Clock
from barograph.run.ingest import UpdateResult, update
from barograph.run.settings import Settings
from barograph.sources import Request
from barograph.sources._http import Response

NOW = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)
CATALOG = load()
PRESS = next(f.code for f in CATALOG.feeds if f.id == feeds.PRESS)
SNB = next(f.code for f in CATALOG.feeds if f.agency == "SNB")


@dataclass
class Answers:
    """Bodies by address; what is not there is refused."""

    bodies: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        self.asked.append(request.url)
        if request.url not in self.bodies:
            raise SourceError(f"rss: {request.url}", "HTTP status 404", "", "Later.")
        return Response(200, self.bodies[request.url], None, None, None, False, 1)


Run = Callable[..., tuple[UpdateResult, Archive]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def go(bodies: dict[str, bytes], now: datetime = NOW, **more: object) -> tuple[UpdateResult, Archive]:
        place = tmp_path / "archive"
        archive = Archive.open(place, CATALOG, create=not place.exists())
        settings = Settings(archive=place, clock=Clock(now))
        return update(archive, CATALOG, settings, Answers(bodies), only="rss", **more), archive  # type: ignore[arg-type]

    return go


def test_feeds_that_fail_are_told_together_and_cost_no_figure(run: Run) -> None:
    result, archive = run({PRESS: feeds.body("feed_rss.xml"), SNB: feeds.body("feed_rdf.xml")})
    row = result.sources["rss"]
    assert (result.exit_code, row.came, row.failed, row.feeds_failed, row.new) == (0, 2, 11, 11, 4)
    assert len(row.failures) == 11
    [told] = [p for p in archive.problems(50) if p.severity == "warning"]
    assert told.message == "HTTP status 404" and told.subject.count(",") == 10
    left = [p for p in archive.problems(50) if p.severity == "info"]
    assert {p.subject for p in left} == {"news.us.fed_press", "news.ch.snb"}
    assert any("1 dated in the future" in n for n in result.notes)
    assert archive.coverage(feeds.PRESS) is not None and archive.coverage(feeds.ECB) is None


def test_where_no_feed_comes_the_run_has_failed(run: Run) -> None:
    assert run({})[0].exit_code == 1


def test_a_feed_that_is_none_is_kept_aside_with_its_bytes(run: Run) -> None:
    result, archive = run({PRESS: b"<!DOCTYPE rss><rss/>", SNB: feeds.body("feed_rdf.xml")})
    row = result.sources["rss"]
    assert (result.exit_code, row.bodies_quarantined, row.feeds_failed, row.new) == (0, 1, 12, 1)
    assert archive.coverage(feeds.PRESS) is None


def test_the_same_feed_twice_adds_nothing_and_a_later_one_what_is_new(run: Run) -> None:
    run({PRESS: feeds.body("feed_rss.xml")})
    result, archive = run({PRESS: feeds.body("feed_rss.xml")}, NOW.replace(day=6))
    assert result.sources["rss"].new == 0
    coverage = archive.coverage(feeds.PRESS)
    assert coverage and (coverage.start.day, coverage.end.day) == (5, 6)
    changed = feeds.body("feed_rss.xml").replace(b"Known by its guid", b"Known by another name")
    result, archive = run({PRESS: changed}, NOW.replace(day=7))
    assert result.sources["rss"].new == 1
    seen = {h.item.title: h.known_at for h in archive.as_of(NOW.replace(day=8)).headlines()}
    assert "Known by its guid" not in seen and seen["Known by another name"].day == 7


def test_an_update_up_to_a_past_day_looks_at_no_feed(run: Run) -> None:
    result, _ = run({PRESS: feeds.body("feed_rss.xml")}, until=NOW.date().replace(day=4))
    assert result.sources == {}


def test_a_users_feed_is_one_row(tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    rows.mkdir()
    (rows / "own.toml").write_text(
        '[[feed]]\nid = "own.news"\ntitle = "Own"\nprovider = "rss:https://example.net/f"\ngives = "news"\n'
        'rights = "personal"\ncitation = "own"\n',
        "utf-8",
    )
    catalog = load(rows)
    assert len(catalog.feeds) == len(CATALOG.feeds) + 1
    place = tmp_path / "archive"
    archive = Archive.open(place, catalog, create=True)
    answers = Answers({"https://example.net/f": feeds.body("feed_atom.xml")})
    update(archive, catalog, Settings(archive=place, clock=Clock(NOW)), answers, only="rss")
    assert {h.item.feed for h in archive.as_of(NOW).headlines()} == {"own.news"}
    shutil.rmtree(place)
