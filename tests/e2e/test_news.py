"""Headlines from HTTP to page on the recorded sources: press_all.xml of the Federal Reserve, FOMC statements only."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import recorded
from command_line import SESSION, command

pytestmark = pytest.mark.e2e
#: A session with an FOMC statement, at 14:15 New York. (The recording has none between 2005-12 and 2009-01.)
STATEMENT, NOW = "2005-12-13", "2005-12-13T23:30:00+00:00"
URL = "https://www.federalreserve.gov/boarddocs/press/monetary/2005/20051213/default.htm"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, recorded_folder: Path) -> Iterator[Path]:
    """Yields and the press feed as they stood on the evening of the statement."""
    place = tmp_path_factory.mktemp("news") / "archive"
    with recorded.serve(STATEMENT) as base:
        for name in ("treasury", "rss"):
            done = command("update", "--only", name, archive=place, now=NOW, gateway=base)
            assert done.code == 0, done.out + done.err
    yield place


def news_of(archive: Path, out: Path, when: str, now: str = NOW) -> tuple[dict[str, Any], dict[str, str]]:
    """The section's JSON, and the pages by format."""
    done = command("report", "--as-of", when, "--format", "html,md,json", "--out", out, archive=archive, now=now)
    assert done.code == 0, done.err
    pages = {p.suffix: p.read_text("utf-8") for p in out.iterdir()}
    [section] = [s for s in json.loads(pages[".json"])["sections"] if s["slug"] == "news"]
    return section, pages


def test_the_statement_is_on_the_page_of_its_evening(archive: Path, tmp_path: Path) -> None:
    section, pages = news_of(archive, tmp_path, STATEMENT)
    [theme] = [b for b in section["blocks"] if b["kind"] == "headlines"]
    assert (theme["title"], theme["link"]) == ("Fed and US policy", "curve")
    [item] = theme["items"]
    assert item == {
        "title": "Federal Reserve issues FOMC statement", "url": URL, "at": "2005-12-13T19:15:00+00:00",
        "source": "Federal Reserve, press releases", "also": 0,
    }  # fmt: skip
    assert f'<a href="{URL}" rel="noopener nofollow">Federal Reserve issues FOMC statement</a>' in pages[".html"]
    assert (
        f"- 14:15 ET: [Federal Reserve issues FOMC statement]({URL}), Federal Reserve, press releases" in pages[".md"]
    )
    assert (section["state"], section["have"]) == ("degraded", 1), "the recording has one of the feeds"


def test_it_is_not_there_at_noon(archive: Path, tmp_path: Path) -> None:
    section, pages = news_of(archive, tmp_path, f"{STATEMENT}T12:00:00-05:00")
    assert section["have"] == 1
    assert "no lawful headline recorded for this session" in pages[".md"]
    assert all(URL not in text for text in pages.values())


def test_two_runs_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(archive, tmp_path / "copy"))
    one = news_of(copy, tmp_path / "a", STATEMENT)[1]
    # The first run wrote its statements to the ledger: from then on the head is the same.
    two = news_of(copy, tmp_path / "b", STATEMENT)[1]
    three = news_of(copy, tmp_path / "c", STATEMENT)[1]
    assert two == three
    assert one.keys() == two.keys()


def test_the_golden_session_had_no_statement(golden_archive: Path, tmp_path: Path) -> None:
    section, pages = news_of(golden_archive, tmp_path, SESSION, "2025-11-06T23:30:00+00:00")
    assert section["have"] == 1, "looked at a day later, the feed reaches back beyond the session"
    assert "no lawful headline recorded for this session" in pages[".html"]
    done = command("asof", "us.rates.par_10y", "--as-of", SESSION, archive=golden_archive)
    assert done.code == 0
