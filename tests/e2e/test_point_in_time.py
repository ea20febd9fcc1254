"""An archive that was filled only to a day says of that day what a fuller archive says of it later.

Three crises and the golden session, from the recorded sources with their clock at the day. Without a key the macro
figures that revise are today's, laid on their release days: they are the ones that may differ in value, and nothing
else about them may. With a key their vintages are true, and every fact must agree.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import recorded
from barograph.catalog.load import load
from command_line import GOLDEN_NOW, SESSION, command, differences, facts_at, values_at

pytestmark = pytest.mark.e2e

#: 18:30 New York of each day.
DAYS = {
    "2008-12-15": "2008-12-15T23:30:00+00:00",
    "2020-03-16": "2020-03-16T22:30:00+00:00",
    "2023-03-13": "2023-03-13T22:30:00+00:00",
    SESSION: "2025-11-05T23:30:00+00:00",
}
KEY = {"BAROGRAPH_FRED_API_KEY": "abcdefghijklmnopqrstuvwxyzabcdef"}
#: The recorded vintages of core CPI are dated at month ends, two weeks after the release; the catalogue's rule is right.
LATE = "us.prices.cpi_core"
Fill = Callable[..., Path]


@pytest.fixture(scope="module")
def vintaged(recorded_folder: Path) -> frozenset[str]:
    """FRED codes whose vintages are recorded."""
    return frozenset(p.name.removesuffix(".csv.gz") for p in (recorded_folder / "data" / "alfred").glob("*.csv.gz"))


@pytest.fixture(scope="module")
def revised(vintaged: frozenset[str]) -> frozenset[str]:
    """Series whose past figures were others at the time, and recorded so."""
    return frozenset(s.id for s in load() if s.revises and s.code("fred") in vintaged)


@pytest.fixture(scope="module")
def base(recorded_folder: Path) -> Iterator[recorded.Recorded]:
    with recorded.serve("2025-11-06") as address:
        yield address


@pytest.fixture(scope="module")
def fill(base: recorded.Recorded, tmp_path_factory: pytest.TempPathFactory) -> Fill:
    def run(day: str, now: str, *more: str, env: dict[str, str] | None = None) -> Path:
        base.set_today(day)
        archive = tmp_path_factory.mktemp("filled") / "archive"
        done = command("update", "--until", day, *more, archive=archive, now=now, gateway=base, env=env)
        # A provider has no file yet for a share or an index that does not exist yet: some failed.
        assert done.code in (0, 3), done.out + done.err
        assert "HTTP status 5" not in done.out
        return archive

    return run


def rests_on(fact: dict[str, Any], series: frozenset[str] | set[str]) -> bool:
    return any(p["series"] in series for p in fact["lineage"])


def unlike(then: dict[str, Any], later: dict[str, Any], revised: frozenset[str]) -> dict[str, Any]:
    """What may not differ and does. `then` is the archive that ends at the day, `later` the fuller one."""
    found = {}
    for id_, fields in differences(then, later).items():
        fields = dict(fields)
        if id_.startswith("nowcast.us.gdp.news_"):
            continue  # as with LATE: recorded vintages of orders, hours and employment come late, so other figures are news
        if "fact" not in fields:
            if then[id_]["value"] is None and str(then[id_]["reason"]).endswith("has never been looked at"):
                fields.pop("reason", None)  # its provider had no such file then; the fuller archive has looked
            if rests_on(later[id_], {LATE}):
                continue
            if rests_on(later[id_], revised):
                for part in ("value", "low", "high"):
                    fields.pop(part, None)
                fields.pop("unit", None)  # in dollars of its day then, of today when it was fetched today
        if fields:
            found[id_] = fields
    return found


@pytest.mark.parametrize("day", DAYS)
def test_what_was_known_then(fill: Fill, golden_archive: Path, revised: frozenset[str], day: str) -> None:
    then = facts_at(fill(day, DAYS[day]), day, DAYS[day])
    later = facts_at(golden_archive, day)
    assert unlike(then, later, revised) == {}
    assert sum(f["value"] is not None for f in then.values()) > 300
    held = [i for i, f in then.items() if f["value"] is not None and not rests_on(f, revised)]
    assert len(held) > 280  # compared in every field
    members = [i for i in then if i.startswith(("equity.us.member.", "equity.us.breadth."))]
    assert members
    if day == SESSION:
        assert all(then[i]["value"] is not None for i in members)


def test_a_release_rule_that_is_too_early_is_found(
    fill: Fill, tmp_path: Path, golden_archive: Path, revised: frozenset[str]
) -> None:
    """Planted: job openings two weeks before they were published."""
    day = "2023-03-13"
    (tmp_path / "early.toml").write_text(
        '[[override]]\nid = "us.labour.job_openings"\nrelease = "month_end+3 10:00"\n', encoding="utf-8"
    )
    env = {"BAROGRAPH_CATALOGUE": str(tmp_path)}
    leaky = fill("2025-11-06", GOLDEN_NOW, "--only", "fred", env=env)
    late = facts_at(leaky, day, env=env)
    found = unlike(facts_at(golden_archive, day), late, revised)
    assert "macro.us.job_openings.latest" in found
    assert {"value", "period", "known_at"} <= found["macro.us.job_openings.latest"].keys()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory, vintaged: frozenset[str]) -> dict[str, str]:
    """FRED alone, with a key. The recorded API has no vintages of some series: the catalogue must say so."""
    folder = tmp_path_factory.mktemp("catalogue")
    rows = [s.id for s in load() if s.revises and s.vintages and s.code("fred") and s.code("fred") not in vintaged]
    assert rows
    text = "\n".join(f'[[override]]\nid = "{i}"\nvintages = false\n' for i in rows)
    (folder / "no_vintages.toml").write_text(text, encoding="utf-8")
    return {"BAROGRAPH_CATALOGUE": str(folder), **KEY}


@pytest.fixture(scope="module")
def full(fill: Fill, key: dict[str, str]) -> Path:
    return fill("2025-11-06", GOLDEN_NOW, "--only", "fred", env=key)


@pytest.mark.parametrize("day", ["2008-12-15", "2020-03-16"])
def test_with_a_key_every_fact_agrees(
    fill: Fill, full: Path, key: dict[str, str], revised: frozenset[str], day: str
) -> None:
    then = facts_at(fill(day, DAYS[day], "--only", "fred", env=key), day, DAYS[day], key)
    later = facts_at(full, day, env=key)
    assert differences(then, later) == {}
    told = [i for i, f in then.items() if f["value"] is not None and rests_on(f, revised)]
    assert len(told) > 20
    assert all(f["known_basis"] == "vintage" for i, f in then.items() if i in told and i.endswith(".latest"))


def test_first_print_and_revisions_of_payrolls(full: Path, key: dict[str, str]) -> None:
    done = command("vintages", "fred:PAYEMS", "--period", "2008-09", "--json", archive=full, env=key).json()
    rows = done["vintages"]
    assert (done["series"], rows[0]["value"], rows[0]["known_at"]) == (
        "us.labour.payrolls",
        137318.0,
        "2008-10-03T12:30:00+00:00",
    )
    assert rows[-1]["value"] != 137318.0
    assert len({r["value"] for r in rows}) > 10
    assert {r["known_basis"] for r in rows} == {"vintage"}
    assert [r["known_at"] for r in rows] == sorted(r["known_at"] for r in rows)


def test_the_value_that_was_known(full: Path) -> None:
    assert values_at(full, "fred:PAYEMS", "2008-10-15")["2008-09-01"] == 137318.0
    assert "2008-09-01" not in values_at(full, "fred:PAYEMS", "2008-10-02")
    assert values_at(full, "fred:PAYEMS", "2008-11-07")["2008-09-01"] == 137139.0


def test_the_key_is_nowhere_in_the_archive(full: Path) -> None:
    key = KEY["BAROGRAPH_FRED_API_KEY"].encode()

    def content(path: Path) -> bytes:
        body = path.read_bytes()
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body

    files = [p for p in full.rglob("*") if p.is_file()]
    assert len(files) > 50
    assert [p.name for p in files if key in content(p)] == []
