"""The page of the packaged sample: its states are those of docs/decisions/008, its texts follow from its facts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from barograph.run import sample
from barograph.run.sample import fill_sample, run_sample
from barograph.sources.sample import SAMPLE_SESSION

STATES = {
    "summary": "ok",
    "news": "insufficient",
    "regime": "degraded",
    "liquidity": "insufficient",
    "curve": "insufficient",
    "credit": "insufficient",
    "equity_premium": "insufficient",
    "attribution": "insufficient",
    "momentum": "degraded",
    "sensitivity": "insufficient",
    "megacaps": "insufficient",
    "positioning": "insufficient",
    "catalysts": "degraded",
    "sources": "ok",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, sample_archive: Path) -> Iterator[tuple[Path, list[str]]]:
    """The archive is made afresh; what the models estimate on it was estimated once, on the same figures."""
    out = tmp_path_factory.mktemp("sample")

    def filled(folder: Path) -> None:
        fill_sample(folder)
        shutil.copytree(sample_archive / "states", folder / "states")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "fill_sample", filled)
        yield out, run_sample(out, ["html", "md", "json"])


def test_states_are_those_of_the_decision(page: tuple[Path, list[str]]) -> None:
    out, _ = page
    report = json.loads((out / f"barograph-{SAMPLE_SESSION}.json").read_text("utf-8"))
    assert {s["slug"]: s["state"] for s in report["sections"]} == STATES
    assert report["sample"] is True
    assert not [p for p in report["problems"] if p["source"] in ("narrative", "models")]
    for section in report["sections"]:
        assert section["reason"] or section["state"] == "ok"


def test_everything_is_assumed_and_says_so(page: tuple[Path, list[str]]) -> None:
    report = json.loads((page[0] / f"barograph-{SAMPLE_SESSION}.json").read_text("utf-8"))
    bases = {f["known_basis"] for f in report["facts"]} - {None}
    assert bases == {"assumed"}


def test_the_page_says_that_it_is_a_sample_and_how_to_go_live(page: tuple[Path, list[str]]) -> None:
    out, lines = page
    assert "barograph update" in lines[-1]
    html = (out / f"barograph-{SAMPLE_SESSION}.html").read_text("utf-8")
    markdown = (out / f"barograph-{SAMPLE_SESSION}.md").read_text("utf-8")
    for page_ in (html, markdown):
        assert (
            "packaged sample, not from a live archive" in page_ and "barograph update, then barograph report" in page_
        )
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_a_second_build_gives_the_same_bytes(page: tuple[Path, list[str]], tmp_path: Path) -> None:
    run_sample(tmp_path, ["json"])
    name = f"barograph-{SAMPLE_SESSION}.json"
    assert (tmp_path / name).read_bytes() == (page[0] / name).read_bytes()
