"""`barograph series show`: its text on the packaged sample, its JSON, and the page of a series with vintages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.catalog.catalog import Catalog
from barograph.core.errors import InputError, UnknownSeries
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.report.render._series import render_series
from barograph.run.api import Record
from barograph.run.explore import asked_for, explore, lines, show_explored, tree
from barograph.run.settings import Settings
from barograph.run.show import show_series
from command_line import command
from small_archive import FILLED, PAYROLLS, add, packaged, small

NOW = Clock(datetime(2025, 11, 5, 23, 45, tzinfo=UTC))
SAMPLE_DAY = "2018-12-21"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("explore") / "a"
    archive = small(folder)
    add(archive, [Reading("us.vol.vix@fred", date(2025, 11, 4), 19.5)], NOW.now, look=False)
    return Record(settings=Settings(folder, NOW))


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_words_before_an_id() -> None:
    assert asked_for([]) == (False, None)
    assert asked_for(["fred:PAYEMS"]) == (False, "fred:PAYEMS")
    assert asked_for(["show", "fred:PAYEMS"]) == (True, "fred:PAYEMS")
    for words in (["show"], ["show", "a", "b"], ["a", "b"]):
        with pytest.raises(InputError) as error:
            asked_for(words)
        assert error.value.asked and error.value.found and error.value.nearest and error.value.step


def test_the_text_on_the_packaged_sample(sample_archive: Path) -> None:
    settings = Settings(sample_archive, Clock(datetime(2018, 12, 22, tzinfo=UTC)))
    said = plain(show_explored(settings, "fred:PAYEMS", SAMPLE_DAY, None, False, None))
    assert said == plain((Path(__file__).parent / "payrolls_explored.txt").read_text("utf-8")).rstrip("\n")
    old = show_series(settings, PAYROLLS, SAMPLE_DAY, None, False)
    assert old.splitlines()[0].split() == ["id:", PAYROLLS]


def test_the_text_of_a_series_with_vintages(record: Record) -> None:
    said = "\n".join(lines(explore(record, PAYROLLS, "2025-11-05")))
    assert re.search(r"vintages +58 on 29 periods", said)
    assert re.search(r"2025-07 +\d{3},\d{3} +2025-08-05 +\d{3},\d{3} .* −12 +2", said)
    assert "next       no date, for 2025-09, suspended, Government closure of October and November 2025" in said
    assert "known 2025-10-05 12:30 UTC  vintage" in said


def test_a_second_opinion_is_named(record: Record) -> None:
    x = explore(record, "us.vol.vix", "2025-11-05")
    [opinion] = x.opinions
    assert (opinion.provider, opinion.period, opinion.theirs) == ("fred", date(2025, 11, 4), 19.5)
    assert "second opinion, fred: 2025-11-04 19.50, on record" in "\n".join(lines(x))
    assert "Second opinions" in render_series(x)


def test_the_json_is_whole(record: Record) -> None:
    x = explore(record, PAYROLLS, "2025-11-05")
    told = json.loads(json.dumps(tree(x)))
    assert len(told["values"]) == len(x.points)
    assert len(told["vintages"]) == int(x.revisions.count.sum())
    assert told["next_release"]["state"] == "suspended" and told["next_release"]["at"] is None
    assert told["revisions"]["of"] == "change over a month" and told["revisions"]["unit"] == "thousands"
    assert sum(b["rows"] for b in told["batches"]) == len(told["vintages"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", b["sha256"]) for b in told["batches"])
    none = tree(explore(record, "us.prices.cpi", "2025-11-05"))
    assert (none["revisions"], none["vintages"], none["note"]) == (None, [], "no vintages on record")


def test_an_unknown_series_and_a_bad_day_are_refused(record: Record) -> None:
    with pytest.raises(UnknownSeries):
        explore(record, "us.labour.payroll", "2025-11-05")
    with pytest.raises(InputError):
        explore(record, PAYROLLS, "2030-01-01")


@pytest.fixture(scope="module")
def page(record: Record) -> str:
    return render_series(explore(record, PAYROLLS, "2025-11-05"))


def test_the_page_needs_nothing_from_outside_and_its_policy_names_what_it_holds(page: str) -> None:
    assert [a for a in re.findall(r'(?:src|href)="([^"]*)"', page) if not a.startswith("#")] == ["data:,"]
    assert not re.search(r"url\((?!#)|@import", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none'") and "unsafe" not in policy[1]
    for tag in ("style", "script"):
        [body] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}" in policy[1]
    assert " style=" not in page and not re.search(r" on\w+=", page)


def test_the_page_holds_chart_table_lineage_and_rights(page: str, record: Record) -> None:
    x = explore(record, PAYROLLS, "2025-11-05")
    assert page.count('class="plot w"') == 2 and page.count('class="plot n"') == 2
    assert page.count("Data behind this chart") == 1
    assert len(re.findall(r"<h1", page)) == 1
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)
    assert all(b.sha256 in page for b, _ in x.batches)
    assert "may be passed on freely" in page and "U.S. Bureau of Labor Statistics" in page
    assert page == render_series(explore(record, PAYROLLS, "2025-11-05"))


def test_a_series_without_vintages_says_so(record: Record) -> None:
    page = render_series(explore(record, "us.prices.cpi", "2025-11-05"))
    assert "No vintages on record." in page and "First prints and what they became" not in page


def test_a_series_without_a_value_has_a_page(record: Record) -> None:
    page = render_series(explore(record, "us.growth.retail_sales", "2025-11-05"))
    assert "No value is known at this as-of." in page
    assert "never looked at" in "\n".join(lines(explore(record, "us.growth.retail_sales", "2025-11-05")))


def test_words_of_a_catalogue_stay_words(tmp_path: Path) -> None:
    """A row of the user's own may hold anything."""
    evil = '<script>alert(1)</script> & "quoted" `</style>`'
    rows = {s.id: s for s in packaged()}
    rows[PAYROLLS] = replace(rows[PAYROLLS], title=evil, citation=evil, report=evil)
    catalog = Catalog(rows, packaged().closures)
    archive = Archive.open(tmp_path / "a", catalog, create=True)
    add(
        archive,
        [Reading(PAYROLLS, date(2008, m, 1), 137_000.0 + m, vintage=date(2008, m + 1, 9)) for m in range(1, 9)],
        FILLED,
    )
    record = Record(settings=Settings(tmp_path / "a", NOW))
    record.catalog = record.archive.catalog = catalog
    page = render_series(explore(record, PAYROLLS, "2025-11-05"))
    assert "<script>alert" not in page and page.count("<script>") == 1 and page.count("</style>") == 1
    assert "&lt;script&gt;alert(1)" in page


def test_the_command_writes_the_page_and_the_old_form_works(sample_archive: Path, tmp_path: Path) -> None:
    now = "2018-12-22T00:00:00+00:00"
    done = command("series", "show", PAYROLLS, "--html", "--out", tmp_path, archive=sample_archive, now=now)
    assert done.code == 0, done.err
    [path] = tmp_path.iterdir()
    assert path.name == f"barograph-series-{PAYROLLS}.html" and done.out.startswith(str(path))
    old = command("series", PAYROLLS, "--json", archive=sample_archive, now=now).json()
    assert old["id"] == PAYROLLS and "values" in old
    bad = command("series", "show", archive=sample_archive, now=now)
    assert bad.code == 2 and bad.err.startswith("asked:")
