"""Rows that users bring: added, changed, written to an archive, and refused in four parts where they are wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from barograph.catalog.catalog import Catalog
from barograph.catalog.check import CHOICES
from barograph.catalog.load import load, sample_overlay
from barograph.catalog.render import file_name, row_toml
from barograph.core.errors import CatalogError
from barograph.core.series import Series
from barograph.core.units import UNITS

CATALOG = load()
GOOD = """
[[series]]
id = "user.tide"
title = "Height of the tide"
block = "user"
unit = "index"
frequency = "D"
stamp = "day"
seasonal = "none"
release = "day 18:00"
transform = "level"
revises = false
providers = ["files:tide"]
rights = "personal"
citation = "own"
kind = "none"
readers = ["sources"]
"""


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "mine.toml").write_text(text)
    return tmp_path


def caught(tmp_path: Path, text: str) -> CatalogError:
    with pytest.raises(CatalogError) as found:
        load(folder(tmp_path, text))
    return found.value


# ------------------------------------------------------------------------------------------------ users' rows
def test_a_user_adds_and_overrides(tmp_path: Path) -> None:
    text = GOOD + '[[override]]\nid = "us.labour.payrolls"\nvintages = false\n'
    catalog = load(folder(tmp_path, text))
    assert catalog["user.tide"].release.text == "day 18:00"
    assert not catalog["us.labour.payrolls"].vintages
    assert catalog["us.labour.payrolls"].events == CATALOG["us.labour.payrolls"].events
    assert CATALOG["us.labour.payrolls"].vintages


def test_the_archives_rows_come_before_the_users(tmp_path: Path) -> None:
    archive, user = tmp_path / "archive", tmp_path / "user"
    assert len(load(archive_folder=archive)) == len(CATALOG)
    archive.mkdir()
    user.mkdir()
    (archive / "user-user.tide.toml").write_text(GOOD)
    (user / "mine.toml").write_text('[[override]]\nid = "user.tide"\ntitle = "Tide at Dover"\n')
    assert load(user, archive_folder=archive)["user.tide"].title == "Tide at Dover"


BAD: dict[str, tuple[str, str, str]] = {
    "no toml": ("[[series]\n", "no TOML", ""),
    "unknown table": ("[[serie]]\nid = 'a.b'\n", "unknown table 'serie'", "series"),
    "unknown key": (GOOD + 'untis = "bp"\n', "unknown key 'untis'", "unit"),
    "missing key": (GOOD.replace('kind = "none"\n', ""), "no kind", ""),
    "unknown unit": (GOOD.replace('"index"', '"percents"'), "unknown unit 'percents'", "percent"),
    "unknown rights": (GOOD.replace('"personal"', '"mine"'), "unknown rights", "public"),
    "bad rule": (GOOD.replace("day 18:00", "daily"), "bad release rule 'daily'", "day+1"),
    "bad clock": (GOOD.replace("day 18:00", "day 25:00"), "bad release rule", "day+1"),
    "rule of months": (GOOD.replace("day 18:00", "payroll 08:30"), "on frequency D", "close@"),
    "stamp": (GOOD.replace('stamp = "day"', 'stamp = "month_start"'), "with stamp month_start", "stamp day"),
    "week without day": (
        GOOD.replace('"D"', '"W"').replace('stamp = "day"', 'stamp = "week_end"'),
        "weekday ''",
        "week_end",
    ),
    "duplicate id": (GOOD + GOOD, "duplicate id", "override"),
    "packaged id": (GOOD.replace("user.tide", "us.prices.cpi"), "duplicate id: catalogue row", "override"),
    "no reader": (GOOD.replace('["sources"]', "[]"), "no reader", "levels"),
    "unknown reader": (GOOD.replace('["sources"]', '["level"]'), "unknown reader 'level'", "levels"),
    "one code in two rows": (GOOD.replace("files:tide", "fred:DGS10"), "fred:DGS10 stands in us.rates.par_10y", ""),
    "no provider": (GOOD.replace('["files:tide"]', "[]"), "no provider", "fred:"),
    "half a provider": (GOOD.replace("files:tide", "files"), "provider 'files'", "fred:PAYEMS"),
    "scale": (
        GOOD.replace('["files:tide"]', '[{ source = "files", code = "t", scale = 0.0 }]'),
        "a scale that is zero",
        "0.001",
    ),
    "type": (GOOD.replace("revises = false", 'revises = "no"'), "revises = 'no'", "true or false"),
    "flag for a number": (GOOD + "tolerance = true\n", "tolerance = True", "a number"),
    "timestamp for a day": (GOOD + "start = 2020-01-01T00:00:00Z\n", "start =", "a day"),
    "member as id": (GOOD.replace("user.tide", "user.tide[X]"), "a member in brackets", "par_10y"),
    "path as id": (GOOD.replace("user.tide", "user/../tide"), "id 'user/../tide'", "lower case"),
    "family of weeks": (
        GOOD.replace('"D"', '"M"').replace('stamp = "day"', 'stamp = "month_start"').replace("day 18:00", "h6 13:00")
        + "family = true\n",
        "a family that is not daily",
        "daily",
    ),
    "eligible before start": (GOOD + "start = 2020-01-01\neligible_from = 2019-01-01\n", "before start", ""),
    "unit_from": (GOOD + 'unit_from = [{ day = 2020-01-01, unit = "percent" }]\n', "unit_from out of order", "'index'"),
    "unit_from shape": (GOOD + "unit_from = [2020-01-01]\n", "unit_from entry", "day = 2023-09-28"),
    "event shape": (GOOD + "events = [{ period = 2020-01-01 }]\n", "event {", "known_from"),
    "override of nothing": ('[[override]]\nid = "us.prices.cpj"\n', "unknown id 'us.prices.cpj'", "us.prices.cpi"),
    "override breaks": ('[[override]]\nid = "us.prices.cpi"\nunit = "bananas"\n', "unknown unit 'bananas'", "one of"),
    "unknown group": (GOOD + 'group = "none"\n', "unknown group 'none'", ""),
    "row without id": ("[[series]]\ntitle = 'x'\n", "a row without id", "id ="),
    "tables": ("series = 3\n", "not a list of tables", "[[series]]"),
    "closure": ("[[closure]]\ntitle = 'x'\n", "closure with title", "backlog"),
    "closure days": (
        "[[closure]]\ntitle='x'\nstart=2020-01-02\nend=2020-01-01\nbacklog=2020-01-05\nagencies=['BLS']\n",
        "days are out of order",
        "start",
    ),
    "never of nothing": (
        "[[never]]\nseries=['us.prices.cpj']\nperiod=2020-01-01\nknown_from=2020-02-01\ntext='x'\n",
        "us.prices.cpj, which the catalogue does not hold",
        "",
    ),
    "two events": (
        "[[never]]\nseries=['us.prices.cpi']\nperiod=2025-10-01\nknown_from=2025-12-01\ntext='x'\n",
        "two events for 2025-10-01",
        "",
    ),
    "released before": (
        "[[release]]\nseries=['us.prices.pce']\ndays={2020-03-01=2020-02-01}\nknown_from=2020-02-01\ntext='x'\n",
        "2020-03-01 released on 2020-02-01",
        "after",
    ),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_what_is_wrong_is_said_in_four_parts(case: str, tmp_path: Path) -> None:
    text, found, near = BAD[case]
    error = caught(tmp_path, text)
    assert found in error.found
    assert near in error.nearest
    assert "mine.toml" in error.asked + error.found or error.asked == "the catalogue"
    assert error.step


def test_a_catalogue_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such folder"):
        load(tmp_path / "none")


def test_check_finds_what_was_planted() -> None:
    from dataclasses import replace

    rows = {s.id: s for s in CATALOG}
    rows["us.vol.vix"] = replace(rows["us.vol.vix"], readers=())
    rows["us.prices.cpi"] = replace(rows["us.prices.cpi"], providers=rows["us.prices.cpi_core"].providers)
    found = Catalog(rows, CATALOG.closures).check()
    assert "us.vol.vix: no reader" in found and "fred:CPILFESL stands in" in found[0]
    assert len(found) == 1 + len(rows["us.prices.cpi_core"].providers)


# ------------------------------------------------------------------------------------------------ writing rows
def test_every_row_survives_being_written_and_read(tmp_path: Path) -> None:
    for number, series in enumerate(load(sample=True)):
        if series.events:  # days of other agencies' releases hang on the id; a user's row has none
            continue
        renamed = series.id.replace(".", "_")
        text = (
            row_toml(series)
            .replace(f'"{series.id}"', f'"user.{renamed}"', 1)
            .replace("code = ", f"code = '{number}' #")
        )
        (tmp_path / "mine.toml").write_text("\n".join(_one_line(line, number) for line in text.splitlines()))
        again = load(tmp_path)[f"user.{renamed}"]
        for field in fields(Series):
            if field.name not in ("id", "providers"):
                assert getattr(again, field.name) == getattr(series, field.name), (series.id, field.name)


def _one_line(line: str, number: int) -> str:
    return f'providers = ["files:{number}"]' if line.startswith("providers") else line


def test_a_title_cannot_break_out_of_its_line(tmp_path: Path) -> None:
    from dataclasses import replace

    row = load(folder(tmp_path, GOOD))["user.tide"]
    for title in ('a "quoted" \\ title', "line\nid = 'x'", "tab\tbell\a del\x7f", "snow ☃ \u202e bidi"):
        (tmp_path / "mine.toml").write_text(row_toml(replace(row, title=title)), "utf-8")
        assert load(tmp_path)["user.tide"].title == title
    assert file_name("user.tide") == "user-user.tide.toml"


def test_the_sample_rows_can_live_in_an_archive(tmp_path: Path) -> None:
    for name, text in sample_overlay().items():
        (tmp_path / name).write_text(text, "utf-8")
    there, here = load(archive_folder=tmp_path), load(sample=True)
    assert list(there) == list(here) and len(here) > len(CATALOG)
    assert here.check() == []


def test_closed_lists_name_what_core_knows() -> None:
    assert set(CHOICES["unit"]) == set(UNITS)
